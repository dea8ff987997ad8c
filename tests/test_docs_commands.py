"""Every command that the docs show works: each is carried out on a company of its own."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from office import Office

from salesbatch.cli import call, program

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/guide.md",
    "docs/commands.md",
    "docs/architecture.md",
    "docs/workbooks.md",
)
STANDS_FOR = {
    "[FOLDER]": "",
    "[RUN]": "",
    "SHEET...": "orders",
    "SHEET": "orders",
    "FOLDER": "acme",
    "TABLE": "customer_ledger_entries",
    "KEY": "103001",
    "FILE": "new.xlsx",
    "COMMAND": "run",
}
"""What is typed for the words in capitals."""
ONLY_UNDERSTOOD = {"demo", "watch"}
"""The demo is run by its own test, and watch would never end: here both only tell their help."""


def commands_of(page: str) -> list[str]:
    """The commands in code blocks and between backticks; of a line only what is ours."""
    text = (ROOT / page).read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
    prose = " ".join(re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).split())
    found = re.findall(r"^(?:\S*[\\/])?salesbatch\s+(.+)$", blocks, flags=re.MULTILINE)
    found += re.findall(r"`salesbatch ([^`]+)`", prose)
    return list(dict.fromkeys(command.split("&&")[0].strip() for command in found))


SHOWN = [(page, command) for page in PAGES for command in commands_of(page)]


@pytest.fixture(scope="session")
def acme(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with posted invoices, a statement of which one line waits, and orders in its inbox."""
    office = Office(tmp_path_factory.mktemp("docs") / "acme")
    shutil.copytree(set_up_folder, office.root)
    office.drop(
        "October.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C1 | A1 | 1\nI2 | C1 | A1 | 2",
        Bank_Statement="""
            Bank Account | Date | Amount | Text | Payer Name
            BANK | 2026-10-12 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
            BANK | 2026-10-12 | 77 | okänd |
        """,
    )
    assert office.run("2026-10-12").exit_code == 0
    office.drop(
        "Orders.xlsx", Orders="No. | Customer No. | Item No. | Quantity | Action\nO1 | C1 | A1 | 1 | Release"
    )
    return office.root


@pytest.mark.parametrize(("page", "command"), SHOWN, ids=[f"{page}: {command}" for page, command in SHOWN])
def test_a_command_that_the_docs_show_works(
    page: str, command: str, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word, typed in STANDS_FOR.items():
        command = command.replace(word, typed)
    arguments = shlex.split(command)
    if arguments[0] in ONLY_UNDERSTOOD:
        arguments = [arguments[0], "--help"]
    elif len(arguments) == 1:  # Only spoken of.
        arguments = [*arguments, "--help"]
    elif arguments[0] != "init":  # It makes the folder itself.
        shutil.copytree(acme, tmp_path / "acme")
    monkeypatch.chdir(tmp_path)
    assert call(arguments) == 0, f"{page}: salesbatch {command}"


def test_the_docs_show_commands_at_all() -> None:
    assert {page for page, _ in SHOWN} >= {"README.md", "docs/guide.md", "docs/commands.md"}
    assert {command.split()[0] for _, command in SHOWN} >= set(program.commands)
