"""One run, one transaction: all of it or nothing, and cost by what the run brings."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hand_made import FACTS, first_journal, rows, second_journal

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.ledger import (
    Database,
    LawBrokenError,
    OutboxItem,
    StaleBooksError,
    mark_done,
    open_database,
    pending_outbox,
    post,
    posting,
    renew_outbox,
    snapshot,
    verify,
)


def dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "book.db") as connection:
        return list(connection.iterdump())


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path, create=True) as database:
        yield database


def test_rows_come_back_from_the_books_as_they_were_posted(database: Database) -> None:
    books = Books()
    with database.read() as connection:
        for name, frame in first_journal(books).rows.items():
            if name == "input_keys":
                continue
            table = entries.BY_NAME[name]
            stored = posting.frame_of(table, posting.fetch(connection, posting.schema.LEDGER[name].select()))
            pd.testing.assert_frame_equal(stored.iloc[: len(frame)], frame)


def test_the_run_is_told_what_was_committed(empty: Database) -> None:
    posted = post(empty, Books(), first_journal(Books()), run=FACTS, outbox=[OutboxItem("to_fix", "x")])
    assert posted.run_no == 1
    assert len(posted.head) == 64
    chained = {name: count for name, count in posted.rows.items() if name not in ("input_keys", "outbox")}
    assert posted.chained_rows == sum(chained.values())
    assert posted.rows["gl_entries"] == 5
    assert posted.rows["outbox"] == 1


def test_the_same_journals_make_the_same_head_in_any_database(empty: Database, database: Database) -> None:
    post(
        empty,
        Books(),
        first_journal(Books()),
        run=replace(FACTS, registered_at="2030-01-01T00:00:00Z", host="elsewhere"),
    )
    with empty.read() as one, database.read() as other:
        heads = [
            connection.exec_driver_sql("SELECT head FROM run_chain WHERE run_no = 1").scalar()
            for connection in (one, other)
        ]
    assert heads[0] == heads[1]


def test_a_journal_decided_on_old_books_is_refused_and_leaves_no_trace(
    database: Database, folder: Path
) -> None:
    old = Books()
    before = dump(folder)
    with pytest.raises(StaleBooksError):
        post(database, old, first_journal(old), run=FACTS)
    assert dump(folder) == before


def test_a_broken_law_writes_nothing(empty: Database, tmp_path: Path) -> None:
    journal = first_journal(Books())
    gl = journal.table("gl_entries").assign(amount_minor=lambda frame: frame["amount_minor"] + 1)
    before = dump(tmp_path)
    with pytest.raises(LawBrokenError, match="debit_equals_credit"):
        post(empty, Books(), replace(journal, rows={**journal.rows, "gl_entries": gl}), run=FACTS)
    assert dump(tmp_path) == before


@pytest.mark.parametrize(
    "step", ["_write_master", "_write_derived", "_write_held", "_write_outbox", "_insert"]
)
def test_a_failure_at_any_step_rolls_everything_back(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        if step != "_insert" or arguments[1] == "chain_blocks":  # The very last insert.
            raise OSError("the disk is gone")
        original(*arguments, **named)

    original = getattr(posting, step)
    before = dump(tmp_path)
    monkeypatch.setattr(posting, step, fail)
    with pytest.raises(OSError, match="the disk is gone"):
        post(empty, Books(), first_journal(Books()), run=FACTS)
    monkeypatch.undo()
    assert dump(tmp_path) == before
    post(empty, Books(), first_journal(Books()), run=FACTS)
    assert verify(empty) == []


def test_an_entry_that_was_closed_before_cannot_be_applied_again(database: Database, folder: Path) -> None:
    # Entry 3, the payment, is closed: it is not in the books of the run, so the commit itself must look.
    books = snapshot(database, Inbox())
    assert 3 not in books.open_entries["entry_no"].tolist()
    shape = {
        "entry_type": "application",
        "transaction_no": 5,
        "application_no": 3,
        "currency_code": "SEK",
        "posting_date": "2026-11-04",
    }
    journal = Journal(
        {
            "runs": rows("runs", books, {"posting_date": "2026-11-04"}),
            "detailed_entries": rows(
                "detailed_entries",
                books,
                {**shape, "customer_ledger_entry_no": 3, "amount_minor": 100, "amount_lcy_minor": 100},
                {**shape, "customer_ledger_entry_no": 1, "amount_minor": -100, "amount_lcy_minor": -100},
            ),
        }
    )
    before = dump(folder)
    with pytest.raises(LawBrokenError, match="customer_ledger_entries 3"):
        post(database, books, journal, run=FACTS)
    assert dump(folder) == before


def test_unapplying_opens_closed_entries_again(database: Database) -> None:
    books = snapshot(database, Inbox())
    shape = {
        "entry_type": "application",
        "transaction_no": 5,
        "application_no": 3,
        "currency_code": "SEK",
        "posting_date": "2026-11-04",
    }
    journal = Journal(
        {
            "runs": rows("runs", books, {"posting_date": "2026-11-04"}),
            "detailed_entries": rows(
                "detailed_entries",
                books,
                {
                    **shape,
                    "customer_ledger_entry_no": 3,
                    "amount_minor": -30_000,
                    "amount_lcy_minor": -30_000,
                },
                {**shape, "customer_ledger_entry_no": 1, "amount_minor": 30_000, "amount_lcy_minor": 30_000},
            ),
        }
    )
    post(database, books, journal, run=FACTS)
    open_entries = snapshot(database, Inbox()).open_entries
    assert dict(zip(open_entries["entry_no"], open_entries["remaining_minor"])) == {
        1: 37_500,
        2: 20_000,
        3: -30_000,
    }
    assert verify(database) == []


def test_held_items_are_closed_by_their_correction_and_new_ones_opened(database: Database) -> None:
    assert snapshot(database, Inbox()).open_held["held_id"].tolist() == ["h2"]


def test_input_keys_keep_only_what_was_dropped_last(database: Database) -> None:
    keys = snapshot(database, Inbox(tables={"orders": pd.DataFrame({"key": ["SO-1"]})})).keys
    assert keys[["content_hash", "run_no", "document_id"]].to_numpy().tolist() == [["h2", 2, 4]]


def test_file_work_is_pending_until_it_is_marked_done(database: Database) -> None:
    pending = pending_outbox(database)
    assert pending[["outbox_no", "kind", "document_id"]].to_numpy().tolist() == [
        [1, "invoice_pdf", 3],
        [2, "run_workbook", 0],
    ]
    mark_done(database, [1], {1: "abc"})
    assert pending_outbox(database)["outbox_no"].tolist() == [2]
    mark_done(database, pending_outbox(database)["outbox_no"].tolist())
    assert pending_outbox(database).empty
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT outbox_no, sha256, done FROM outbox").fetchall() == [
            (1, "abc", 1),
            (2, "", 1),
        ]


def test_what_is_drawn_from_the_books_can_be_drawn_again(database: Database) -> None:
    mark_done(database, [1, 2])
    renew_outbox(database, 2)
    assert pending_outbox(database).empty
    renew_outbox(database, 1)
    assert pending_outbox(database)["kind"].tolist() == ["invoice_pdf", "run_workbook"]
    mark_done(database, [1, 2])
    renew_outbox(database)
    assert len(pending_outbox(database)) == 2


def _post_in_a_process(folder: Path, start: Any, results: Any) -> None:
    with open_database(folder) as database:
        books = snapshot(database, Inbox())
        start.wait(timeout=60)
        try:
            post(database, books, second_journal(books), run=FACTS)
            results.put("posted")
        except StaleBooksError:
            results.put("stale")


def test_of_two_processes_one_posts_and_the_other_decides_again(tmp_path: Path) -> None:
    with open_database(tmp_path, create=True) as database:
        post(database, Books(), first_journal(Books()), run=FACTS)
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_post_in_a_process, args=(tmp_path, start, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert sorted(results.get(timeout=60) for _ in workers) == ["posted", "stale"]
    for worker in workers:
        worker.join()
    with open_database(tmp_path) as database:
        assert snapshot(database, Inbox()).version == 2
        assert verify(database) == []


def test_the_cost_of_a_commit_follows_the_run_and_not_the_history(database: Database) -> None:
    """Every statement of a commit finds its rows through an index: none of them reads a ledger table through."""
    books = snapshot(database, Inbox())
    seen: list[str] = []
    frames = {name: second_journal(books).rows[name] for name in ("documents", "document_lines")}
    applied = entries.DETAILED_ENTRIES.frame(
        {
            "entry_no": [9, 10],
            "customer_ledger_entry_no": [1, 2],
            "amount_minor": [-1, -1],
            "amount_lcy_minor": [-1, -1],
        }
    )
    with database.write() as connection:
        posting._insert(connection, "documents", posting.rows_of(entries.DOCUMENTS, frames["documents"]))
        connection.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
        posting._check_still_current(connection, books)
        posting._write_orders(connection, frames)
        posting._write_open_entries(connection, {"detailed_entries": applied})
        connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        scans = [
            (statement[:80], plan)
            for statement in seen
            if statement.startswith(("SELECT", "DELETE", "UPDATE"))
            for *_, plan in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement)
            if plan.startswith("SCAN") and "run_chain" not in plan
        ]
        connection.rollback()
    assert scans == []
