"""The docs name everything that the program offers, and nothing that it does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from salesbatch.cli import program

ROOT = Path(__file__).resolve().parent.parent
SHOWING = ("README.md", "docs/guide.md", "docs/commands.md")
DOCS = {ROOT / page: (ROOT / page).read_text("utf-8") for page in SHOWING}
COMMANDS_PAGE = DOCS[ROOT / "docs" / "commands.md"]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
COMMANDS = sorted(program.commands.items())


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_stands_on_the_page_of_commands(name: str, command: click.Command) -> None:
    assert f"| `salesbatch {name} " in COMMANDS_PAGE
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert f"`{option}`" in COMMANDS_PAGE, f"{name} {option}"


def test_every_command_that_the_docs_name_exists() -> None:
    for path, text in DOCS.items():
        named = set(re.findall(r"`salesbatch ([a-z]+)|^\.?\S*salesbatch ([a-z]+) ", text, flags=re.MULTILINE))
        for name in {first or second for first, second in named}:
            assert name in program.commands, f"{path.name}: salesbatch {name}"


def test_every_option_that_the_docs_name_exists() -> None:
    offered = {option for _, command in COMMANDS for p in command.params for option in p.opts}
    offered |= {"--help", "--version", "-h"}
    named = set(re.findall(r"`(--?[a-z][a-z-]*)[ `]", COMMANDS_PAGE))
    assert named - offered == set()


def test_every_exit_code_is_documented() -> None:
    assert re.findall(r"^\| (\d) \|", COMMANDS_PAGE, flags=re.MULTILINE) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_decisions_are_numbered_without_a_gap_and_dated() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {page.name[:4]} "), page.name
        assert re.search(r"^\d{4}-\d\d-\d\d · (accepted|replaced by \d{4})$", text, flags=re.MULTILINE), (
            page.name
        )


def test_the_make_targets_that_the_docs_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^|`)make ([a-z]+)\b", page.read_text("utf-8"), flags=re.MULTILINE)
        assert set(named) <= targets, page.name


def test_the_command_that_is_installed_is_the_one_in_the_docs() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["scripts"] == {"salesbatch": "salesbatch.cli:main"}
