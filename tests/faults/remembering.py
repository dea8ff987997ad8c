"""Reading, deciding and drawing are pure: what the calm run found is handed out again for the same question.

A run of the small drop costs seconds, nearly all of them in pure functions that touch no file. A matrix of thousands
of faults is about what the program does to files and books, so those functions answer from memory when they are
asked the same: the same files, and books in which every row is the same. What was not asked before is computed.
Each answer is kept as bytes and unpacked anew, so that no run can change it for the next one.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from salesbatch import batch, ledger, readers, writers
from salesbatch.core import derived
from salesbatch.core.books import Books
from salesbatch.ledger import chain, posting

COPIES = 3
REPORTS = ("run_report", "review_report", "ledger_report", "to_fix_reports")
DERIVED = (
    "open_entries_after",
    "order_lines_after",
    "document_states_after",
    "series_states_after",
    "open_statement_lines_after",
    "open_bank_entries_after",
    "bank_balances_after",
)
DRAWINGS = (
    "draw_invoice",
    "draw_run_workbook",
    "draw_ledger_workbook",
    "draw_review_workbook",
    "draw_to_fix_workbook",
)


class Memory:
    """Answers by question; filled where it is used first, which is in the process that all others are forked from."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.unpacked: dict[str, list[Any]] = {}
        self.books = ""
        self.question: tuple[object, ...] = ()
        self.journal: object = None

    def ask(self, question: tuple[object, ...], compute: Callable[[], Any]) -> Any:
        """The remembered answer, or the computed one."""
        key = hashlib.sha256(pickle.dumps(question)).hexdigest()
        if key not in self.answers:
            self.answers[key] = pickle.dumps(compute(), protocol=pickle.HIGHEST_PROTOCOL)
        ready = self.unpacked.get(key)
        return ready.pop() if ready else pickle.loads(self.answers[key])

    def unpack(self) -> None:
        """Unpack every answer as often as a run may ask for it; a forked process finds them all untouched."""
        for key, answer in self.answers.items():
            self.unpacked[key] = [pickle.loads(answer) for _ in range(COPIES)]

    def put_in(self) -> None:
        """From now on the program of this process asks the memory first."""
        self._reading_and_deciding()
        for name in DERIVED:
            self._follow(derived, name)
        self._follow(chain, "make_blocks")
        read_lazily = ledger.ledger_report
        ledger.ledger_report = lambda *args: _whole(read_lazily(*args))
        for name in REPORTS:
            self._replace(ledger, name, lambda name, database, *rest: (name, rows_of_books(database), rest))
        for name in DRAWINGS:
            self._replace(writers, name, lambda name, *report: (name, report))

    def _reading_and_deciding(self) -> None:
        read, decide, snapshot, check = (
            readers.read_inbox,
            batch._Run._decide,
            ledger.snapshot,
            posting.check_journal,
        )
        after = Books.after

        def remembered_read(files: Any, **options: Any) -> Any:
            options = {**options, "progress": None}
            return self.ask(("read", files_of(files), sorted(options)), lambda: read(files, **options))

        def remembered_snapshot(database: Any, inbox: Any) -> Any:
            self.books = rows_of_books(database)
            return self.ask(
                ("snapshot", self.books, files_of(inbox.files)), lambda: snapshot(database, inbox)
            )

        def remembered_decision(run: Any, inbox: Any, books: Any) -> Any:
            self.question = ("decide", self.books, files_of(inbox.files), sorted(run.brought_back))
            inbox, self.journal = self.ask(self.question, lambda: decide(run, inbox, books))
            return inbox, self.journal

        def remembered_after(books: Any, journal: Any) -> Any:
            if journal is not self.journal:
                return after(books, journal)
            return self.ask(("after", *self.question), lambda: after(books, journal))

        def remembered_check(books: Any, journal: Any) -> None:
            if journal is not self.journal:
                check(books, journal)
            self.ask(("check", *self.question), lambda: check(books, journal))

        readers.read_inbox = remembered_read
        ledger.snapshot = remembered_snapshot
        batch._Run._decide = remembered_decision
        posting.check_journal = remembered_check
        Books.after = remembered_after

    def _follow(self, owner: Any, name: str) -> None:
        """Of what follows from the journal that was decided: the answer to the same journal and the same rows before."""
        real = getattr(owner, name)

        def remembered(before: Any, rows: Any, *more: Any) -> Any:
            known = getattr(self.journal, "rows", {})
            if not known or any(rows.get(table) is not frame for table, frame in known.items()):
                return real(before, rows, *more)
            return self.ask((name, self.question, before, more), lambda: real(before, rows, *more))

        setattr(owner, name, remembered)

    def _replace(self, owner: Any, name: str, question: Callable[..., tuple[object, ...]]) -> None:
        real = getattr(owner, name)
        setattr(owner, name, lambda *args: self.ask(question(name, *args), lambda: real(*args)))


def _whole(report: Any) -> Any:
    """A report whose frames are read, so that it can be kept without its database."""
    return replace(report, frames=dict(report.frames))


def files_of(files: Any) -> tuple[tuple[str, str], ...]:
    return tuple((file.name, file.sha256) for file in files)


def rows_of_books(database: ledger.Database) -> str:
    """A digest of every row of the books, but for what the outbox says of work that is done."""
    digest = hashlib.sha256()
    with database.read() as connection:
        cursor = connection.connection.cursor()
        tables = cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        for (table,) in tables:
            columns = "outbox_no, run_no, kind, path, document_id" if table == "outbox" else "*"
            rows = cursor.execute(f"SELECT {columns} FROM {table}").fetchall()
            if rows:
                digest.update(repr((table, rows)).encode())
    return digest.hexdigest()
