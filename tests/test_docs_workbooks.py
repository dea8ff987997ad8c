"""docs/workbooks.md says what the program reads: it is made of the same declarations."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from salesbatch.core.finding_texts import CATALOGUE
from salesbatch.core.sheets import SHEETS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    assert script.main(["--check"]) == 0, "run python scripts/make_docs.py"


def test_a_page_that_is_out_of_date_is_told_apart_and_left_alone(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "workbooks.md"
    page.write_text("old", "utf-8")
    monkeypatch.setattr(script, "PAGE", page)
    assert script.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert page.read_text("utf-8") == "old"
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0


def test_every_sheet_column_and_finding_stands_on_the_page(script: ModuleType) -> None:
    text = script.page_text()
    for table in SHEETS:
        section = text.split(f"\n### {table.sheet}\n")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"| {'**' * column.required}{column.caption}{'**' * column.required} |" in section
    for code in CATALOGUE:
        assert f"| `{code}` |" in text


def test_every_sheet_of_the_overview_has_its_section(script: ModuleType) -> None:
    text = script.page_text()
    headings = {script._anchor(line[4:]) for line in text.splitlines() if line.startswith("### ")}
    linked = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert linked == headings
