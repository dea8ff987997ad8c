"""An independent second opinion: the text journal of the books, checked by Beancount in a process of its own."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from salesbatch.cli import call

CHECKER = Path(sys.executable).with_name("bean-check")


def bean_check(journal: Path) -> subprocess.CompletedProcess[str]:
    """Run the checker on a journal; return code 0 when it finds nothing."""
    command = [str(CHECKER)] if CHECKER.exists() else [sys.executable, "-m", "beancount.scripts.check"]
    # Its cache would lie beside the journal and could answer for a file that was changed meanwhile.
    return subprocess.run(
        [*command, "--no-cache", str(journal)], capture_output=True, text=True, encoding="utf-8", check=False
    )


def export_journal(folder: Path, to: Path) -> Path:
    """The journal of a company's books as a file."""
    assert call(["export", str(folder), "journal", "--format", "beancount", "-o", str(to)]) == 0
    return to


def spoil(folder: Path, to: Path, statement: str) -> Path:
    """A copy of a company whose books were changed behind the program's back: guards off, one statement, done."""
    to.mkdir()
    (to / "inbox").mkdir()
    shutil.copy(folder / "book.db", to / "book.db")
    with sqlite3.connect(to / "book.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement).rowcount > 0
    return to
