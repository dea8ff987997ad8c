"""The program with one rule of reliability taken out: every such variant must be caught, or the harness sees nothing.

Each variant is put in by patching a forked child; its calm run gives the same books and files as the real program,
so only a fault can tell. `fault` and `sign` name one fault that does: the call before which it happens.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from shim import Fault

from salesbatch import batch, delivery, folder, ledger
from salesbatch.core import derived, entries
from salesbatch.folder import CompanyFolder
from salesbatch.ledger import database, posting, schema
from salesbatch.ledger.frames import frame_of, rows_of
from salesbatch.writers import save


class Variant(NamedTuple):
    """A rule that is broken, and a fault that must show it."""

    name: str
    put_in: Callable[[], None]
    fault: Fault
    sign: str


def no_fsync() -> None:
    def write(path: Path, content: bytes) -> None:
        path.unlink(missing_ok=True)
        path.write_bytes(content)

    save._write_through = write


def no_folder_flush() -> None:
    save.flush_folder = lambda folder: None


def no_flush_of_new_folders() -> None:
    save.make_folder = lambda folder: folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def no_flush_of_removals() -> None:
    folder._take_away = lambda path: path.unlink(missing_ok=True)


def synchronous_off() -> None:
    database._PRAGMAS = (*database._PRAGMAS, "PRAGMA synchronous = OFF")


def input_moved_before_commit() -> None:
    real = batch._Run._commit

    def commit(run: Any, inbox: Any, *rest: Any) -> None:
        for file in inbox.files:
            run.place.remove_input(file.name, file.sha256)
        real(run, inbox, *rest)

    batch._Run._commit = commit


def archived_after_commit() -> None:
    archive, real = batch._Run._archive, batch._Run._commit

    def commit(run: Any, inbox: Any, books: Any, *rest: Any) -> None:
        real(run, inbox, books, *rest)
        archive(run, inbox, books.run_no)

    batch._Run._archive = lambda run, inbox, run_no: None
    batch._Run._commit = commit


def marked_before_the_file() -> None:
    real = ledger.pending_outbox

    def pending(books: Any) -> Any:
        rows = real(books)
        ledger.mark_done(books, rows["outbox_no"].tolist())
        return rows

    ledger.pending_outbox = pending


def written_in_place() -> None:
    def write(path: Path, content: bytes) -> str:
        save.make_folder(path.parent)
        with open(path, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        save.flush_folder(path.parent)
        return hashlib.sha256(content).hexdigest()

    save.save_file = write


def two_transactions() -> None:
    real = posting.post

    def post(books: Any, snapshot: Any, journal: Any, *, run: Any, outbox: Any = ()) -> Any:
        posted = real(books, snapshot, journal, run=run)
        with books.write() as connection:
            posting._write_outbox(connection, snapshot.run_no, outbox)
        return posted

    ledger.post = post


def number_outside_the_transaction() -> None:
    real = posting.post

    def post(books: Any, snapshot: Any, journal: Any, **facts: Any) -> Any:
        table = entries.SERIES_STATES
        with books.write() as connection:
            before = frame_of(table, database.fetch(connection, schema.LEDGER[table.name].select()))
            after = derived.series_states_after(before, dict(journal.rows))
            posting._upsert(connection, table.name, rows_of(table, after))
        return real(books, snapshot, journal, **facts)

    ledger.post = post


def a_commit_per_statement() -> None:
    @contextlib.contextmanager
    def write(books: Any) -> Iterator[Any]:
        with database._plain_errors(books.path), books.engine.connect() as connection:
            connection.execution_options(begins="SELECT 1")
            with connection.begin():
                yield connection

    database.Database.write = write


def changed_input_removed() -> None:
    def remove(place: Any, name: str, sha256: str) -> bool:
        if (place.inbox / name).exists():
            folder._take_away(place.inbox / name)
        return True

    CompanyFolder.remove_input = remove


def no_second_look() -> None:
    def remove(path: Path, sha256: str) -> bool:
        same = folder._sha256_of(path) == sha256
        if same:
            folder._take_away(path)
        return same

    folder._remove_if = remove


def failed_removal_taken_as_done() -> None:
    real = CompanyFolder.remove_input
    CompanyFolder.remove_input = lambda place, name, sha256: real(place, name, sha256) or True


def disk_errors_swallowed() -> None:
    real = save.save_file

    def write(path: Path, content: bytes) -> str:
        try:
            return real(path, content)
        except OSError:
            return hashlib.sha256(content).hexdigest()

    save.save_file = write


def left_overs_stay() -> None:
    def write(path: Path, content: bytes) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    save._write_through = write


def a_review_not_known_again() -> None:
    real = delivery._deliver_one

    def deliver_one(books: Any, place: Any, kind: str, path: str, *rest: Any) -> Any:
        if kind == "review_workbook" and (place.root / path).exists():
            return ""
        return real(books, place, kind, path, *rest)

    delivery._deliver_one = deliver_one


VARIANTS = (
    Variant("no fsync of files", no_fsync, Fault.POWER_ALL, "unlink inbox/"),
    Variant("no fsync of folders", no_folder_flush, Fault.POWER_ALL, "unlink inbox/"),
    Variant("no fsync above new folders", no_flush_of_new_folders, Fault.POWER_ALL, "unlink inbox/"),
    Variant("no fsync after a removal", no_flush_of_removals, Fault.POWER_ALL, "unlink book.db-wal"),
    Variant("synchronous = OFF", synchronous_off, Fault.POWER_ALL, "unlink inbox/bank/"),
    Variant("input moved before the commit", input_moved_before_commit, Fault.KILL, "unlink inbox/bank/"),
    Variant("input archived after the commit", archived_after_commit, Fault.KILL, "create processed/"),
    Variant("outbox marked before the file", marked_before_the_file, Fault.KILL, "create outbox/"),
    Variant("file written in place", written_in_place, Fault.TORN, "write outbox/"),
    Variant("two transactions", two_transactions, Fault.POWER_ALL, "fdatasync book.db-wal#3"),
    Variant(
        "number outside the transaction",
        number_outside_the_transaction,
        Fault.POWER_ALL,
        "fdatasync book.db-wal#3",
    ),
    Variant(
        "a commit for each statement", a_commit_per_statement, Fault.POWER_ALL, "fdatasync book.db-wal#9"
    ),
    Variant("changed input removed", changed_input_removed, Fault.SAVED_OVER, "create outbox/"),
    Variant("no second look before a removal", no_second_look, Fault.SAVED_OVER, "unlink inbox/#3"),
    Variant(
        "failed removal taken as done", failed_removal_taken_as_done, Fault.IO_ERROR, "unlink inbox/.Sales"
    ),
    Variant("disk errors swallowed", disk_errors_swallowed, Fault.IO_ERROR, "write outbox/"),
    Variant("left-overs of a killed run stay", left_overs_stay, Fault.KILL, "rename outbox/"),
    Variant("a review not known again", a_review_not_known_again, Fault.KILL, "fsync review\n"),
)
