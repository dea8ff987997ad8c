"""Books made by hand, posted into a database of their own; made once and copied, for speed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from hand_made import FACTS, first_journal, second_journal

from salesbatch.core.inbox import Inbox
from salesbatch.ledger import Database, OutboxItem, open_database, post, snapshot


@pytest.fixture(scope="session")
def posted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company folder in which both runs made by hand are committed."""
    folder = tmp_path_factory.mktemp("posted")
    with open_database(folder, create=True) as database:
        books = snapshot(database, Inbox())
        items = [
            OutboxItem("invoice_pdf", "outbox/2026-10/Invoice 103001.pdf", 3),
            OutboxItem("run_workbook", "ledgers/Run 000001.xlsx"),
        ]
        post(database, books, first_journal(books), run=FACTS, outbox=items)
        books = snapshot(database, Inbox())
        post(database, books, second_journal(books), run=FACTS)
    return folder


@pytest.fixture
def folder(posted_folder: Path, tmp_path: Path) -> Path:
    """A copy of the posted folder that a test may spoil."""
    shutil.copy(posted_folder / "book.db", tmp_path / "book.db")
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """The posted books, opened."""
    with open_database(folder) as opened:
        yield opened
