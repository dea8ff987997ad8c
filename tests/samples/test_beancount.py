"""The demo's books, checked by a program that has nothing to do with this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from books_check import bean_check, export_journal, spoil

pytestmark = pytest.mark.slow


def test_the_books_of_the_demo_are_accepted(demo_folder: Path, tmp_path: Path) -> None:
    journal = export_journal(demo_folder, tmp_path / "demo.beancount")
    text = journal.read_text("utf-8")
    assert text.count(" * ") > 400
    assert text.count(" balance ") > 50
    done = bean_check(journal)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_one_ore_in_the_books_of_the_demo_is_found(demo_folder: Path, tmp_path: Path) -> None:
    spoiled = spoil(
        demo_folder,
        tmp_path / "spoiled",
        "UPDATE vat_entries SET amount_minor = amount_minor + 1 WHERE entry_no ="
        " (SELECT MIN(entry_no) FROM vat_entries WHERE entry_no >= 100 AND amount_minor <> 0)",
    )
    done = bean_check(export_journal(spoiled, tmp_path / "spoiled.beancount"))
    assert done.returncode == 1
    assert "Balance failed for 'Liabilities:26" in done.stdout + done.stderr
