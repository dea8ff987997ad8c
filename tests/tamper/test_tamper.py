"""No small change of the books goes unnoticed. `make tamper` tries all of them; here a share of every kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from office import Office
from tamper.changes import cut_last_run, make_books, try_all

from salesbatch.cli import call


def test_a_share_of_all_small_changes_is_noticed_without_exception(tmp_path: Path) -> None:
    counts, missed = try_all(make_books(tmp_path), step=19)
    assert missed == []
    for kind in (
        "changed",
        "deleted",
        "cut off",
        "inserted between",
        "inserted",
        "exchanged",
        "derived, changed",
    ):
        assert counts[kind], kind


@pytest.fixture(scope="module")
def two_months(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with an invoice in two months, and so with two run workbooks and two ledger workbooks."""
    root = tmp_path_factory.mktemp("two months") / "company"
    office = Office(Path(shutil.copytree(set_up_folder, root)))
    office.settings(Ledger_Workbook="Every Run")
    for month in ("10", "11"):
        office.drop(
            f"Invoices {month}.xlsx",
            Invoices=f"No. | Customer No. | Item No. | Quantity\nI{month} | C1 | A1 | 1",
        )
        assert office.run(f"2026-{month}-20").exit_code == 0
    return root


def test_a_run_that_was_cut_off_is_found_with_any_workbook_that_was_printed_after_it(
    two_months: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(two_months, tmp_path / "company"))
    assert cut_last_run(root / "book.db") == 3
    for printed in ("Run 000003.xlsx", "Ledger 2026-11.xlsx"):
        kept = str(two_months / "ledgers" / printed)
        assert call(["verify", str(two_months), "--anchor", kept]) == 0
        capsys.readouterr()
        assert call(["verify", str(root), "--anchor", kept, "--json"]) == 5
        assert "anchor" in {item["code"] for item in json.loads(capsys.readouterr().out)["findings"]}


def test_the_workbook_of_an_earlier_run_still_proves_what_it_printed(two_months: Path) -> None:
    assert call(["verify", str(two_months), "--anchor", str(two_months / "ledgers" / "Run 000002.xlsx")]) == 0
