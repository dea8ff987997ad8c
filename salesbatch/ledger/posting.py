"""One run, one transaction: entries, numbers, fingerprints, derived state, outbox and the chain, or nothing.

The journal is proved against the laws and its blocks of the hash chain are made before the write lock is
taken. Under the lock the version and head of the books are compared with those that the run decided on; when
they moved, the run decides again. Rows go in through the driver's own executemany with statements that
SQLAlchemy wrote once. Every step costs by what the run brings, never by what the books already hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.engine import Connection

from salesbatch.core import derived, entries
from salesbatch.core.books import Books
from salesbatch.core.entries import LedgerTable
from salesbatch.core.journal import Journal
from salesbatch.core.laws import BrokenLaw, LawBrokenError, check_journal, remaining_within
from salesbatch.ledger import chain, schema
from salesbatch.ledger.database import Database, fetch, fetch_in
from salesbatch.ledger.frames import Row, columns_frame, frame_of, rows_of, sheet_rows, without_collector

DRAWN = ("invoice_pdf", "run_workbook", "ledger_workbook")
"""Kinds of outbox rows whose file is drawn from the books alone."""
ORDER_TYPES = ("order", "return_order", "blanket_order")


class StaleBooksError(Exception):
    """Another run was committed since the snapshot; decide again on a new one."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """About a run, not of it: ISO time in UTC, user and computer."""

    registered_at: str
    registered_by: str
    host: str


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Work on files that follows the commit; see OUTBOX for the kinds."""

    kind: str
    path: str
    document_id: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What was committed: run number, head of the chain, chained rows so far, and rows written per table."""

    run_no: int
    head: str
    chained_rows: int
    rows: Mapping[str, int]


@without_collector()
def post(
    database: Database, books: Books, journal: Journal, *, run: RunFacts, outbox: Sequence[OutboxItem] = ()
) -> Posted:
    """Commit the journal of one run.

    Raises LawBrokenError (a bug in a rule) and StaleBooksError; in both cases nothing was written.
    """
    check_journal(books, journal)
    rows = dict(journal.rows)
    try:
        blocks = chain.make_blocks(books.run_no, rows)
    except UnicodeEncodeError as error:
        raise LawBrokenError(
            [BrokenLaw("plain_text", "", 0, f"a text is no valid Unicode: {error}")]
        ) from error
    head = chain.next_head(books.head, books.run_no, blocks)
    total = books.chained_rows + sum(block.rows for block in blocks)
    written: dict[str, int] = {}
    with database.write() as connection:
        _check_still_current(connection, books)
        for table in entries.CHAINED:
            if table.name in rows and len(rows[table.name]):
                written[table.name] = _insert(connection, table.name, rows_of(table, rows[table.name]))
        if len(journal.table("input_keys")):
            written["input_keys"] = _upsert(
                connection, "input_keys", rows_of(entries.INPUT_KEYS, journal.table("input_keys"))
            )
        _write_master(connection, journal.master)
        _write_derived(connection, rows)
        _write_held(connection, journal)
        written["outbox"] = _write_outbox(connection, books.run_no, outbox)
        facts = (run.registered_at, run.registered_by, run.host)
        _insert(connection, "run_times", [(books.run_no, *facts)])
        _insert(connection, "run_chain", [(books.run_no, chain.SERIALISATION, total, head)])
        _insert(connection, "chain_blocks", map(astuple, blocks))
    return Posted(books.run_no, head, total, written)


def chain_state(connection: Connection) -> tuple[int, int, str]:
    """Last run, chained rows so far and head; (0, 0, "") for empty books."""
    table = schema.LEDGER["run_chain"]
    found = fetch(
        connection,
        select(table.c.run_no, table.c.rows, table.c.head).order_by(table.c.run_no.desc()).limit(1),
    )
    return (int(found[0][0]), int(found[0][1]), str(found[0][2])) if found else (0, 0, chain.GENESIS)


def _check_still_current(connection: Connection, books: Books) -> None:
    if chain_state(connection) != (books.version, books.chained_rows, books.head):
        raise StaleBooksError(f"another run was committed since run {books.run_no} took its snapshot")


# Writing rows ----------------------------------------------------------------------------------------------


def _many(connection: Connection, sql: str, rows: Iterable[Row]) -> int:
    """The driver's own executemany, inside the transaction of the connection."""
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)  # type: ignore[arg-type]  # Any iterable will do: nothing is copied.
        return max(int(cursor.rowcount), 0)
    finally:
        cursor.close()


def _insert(connection: Connection, table: str, rows: Iterable[Row]) -> int:
    return _many(connection, schema.insert_sql(table, connection.dialect.name), rows)


def _upsert(connection: Connection, table: str, rows: Iterable[Row]) -> int:
    return _many(connection, schema.upsert_sql(table, connection.dialect.name), rows)


def _delete(connection: Connection, table: str, keys: Iterable[Row]) -> int:
    return _many(connection, schema.delete_sql(table, connection.dialect.name), keys)


def _replace(connection: Connection, table: LedgerTable, before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Write what changed: rows that are gone are deleted, rows that are new or other are put in their place."""
    key = list(table.key)
    old = list(rows_of(table, before))
    new = list(rows_of(table, after))
    unchanged = set(old) & set(new)
    positions = [table.names.index(name) for name in key]
    kept = {tuple(row[position] for position in positions) for row in new}
    gone = [tuple(row[position] for position in positions) for row in old]
    _delete(connection, table.name, (row for row in gone if row not in kept))
    _upsert(connection, table.name, (row for row in new if row not in unchanged))


# What changes ----------------------------------------------------------------------------------------------


def _write_master(connection: Connection, master: Mapping[str, pd.DataFrame]) -> None:
    """The current rows of setup and master data; their history stands in master_changes."""
    sheets = {sheet.name: sheet for sheet in schema.SHEET_TABLES}
    for name, frame in master.items():
        if len(frame):
            _upsert(connection, name, sheet_rows(sheets[name], frame))


def _write_derived(connection: Connection, rows: Mapping[str, pd.DataFrame]) -> None:
    """Remaining amounts, order state and last numbers after this run, of what this run touches."""
    if len(rows.get("detailed_entries", ())) or len(rows.get("entry_actions", ())):
        _write_open_entries(connection, rows)
    if len(rows.get("documents", ())):
        _write_orders(connection, rows)
    if len(rows.get("payment_matches", ())) or len(rows.get("bank_entries", ())):
        _write_bank(connection, rows)
    if len(rows.get("numbers", ())) or len(rows.get("gl_entries", ())):
        table = entries.SERIES_STATES
        before = frame_of(table, fetch(connection, select(schema.LEDGER[table.name])))
        _replace(connection, table, before, derived.series_states_after(before, rows))


def _write_open_entries(connection: Connection, rows: Mapping[str, pd.DataFrame]) -> None:
    """Remaining amounts of the entries that the run opened or applied; entries closed earlier are proved here."""
    table = entries.OPEN_ENTRIES
    sql = schema.LEDGER[table.name]
    detailed = rows.get("detailed_entries", entries.DETAILED_ENTRIES.empty())["customer_ledger_entry_no"]
    held = derived.holds_among(rows.get("entry_actions", entries.ENTRY_ACTIONS.empty()))["entry_no"]
    fresh = rows.get("customer_ledger_entries", entries.CUSTOMER_LEDGER_ENTRIES.empty())["entry_no"]
    older = np.setdiff1d(np.union1d(detailed, held), fresh.to_numpy()).tolist()
    before = frame_of(table, fetch_in(connection, select(sql), sql.c.entry_no, older))
    closed = np.setdiff1d(older, before["entry_no"].to_numpy()).tolist()
    reopening = holds_of(connection, closed).assign(remaining_minor=0, remaining_lcy_minor=0)
    known_before = [part[list(table.names)] for part in (before, reopening) if len(part)]
    after = derived.open_entries_after(
        pd.concat(known_before, ignore_index=True) if known_before else before, rows
    )
    _replace(connection, table, before, after)
    owner = schema.LEDGER["customer_ledger_entries"]
    amounts = fetch_in(connection, select(owner.c.entry_no, owner.c.amount_minor), owner.c.entry_no, older)
    known = columns_frame(entries.CUSTOMER_LEDGER_ENTRIES.fields[:1] + table.fields[1:2], amounts).set_index(
        "entry_no"
    )
    unknown = set(older) - set(known.index)
    broken = [
        BrokenLaw("entries_exist", "customer_ledger_entries", no, "there is no such entry")
        for no in sorted(unknown)
    ]
    amounts_after = after.set_index("entry_no")[["remaining_minor", "remaining_lcy_minor"]]
    remaining = amounts_after.reindex(known.index, fill_value=0)
    broken += remaining_within(
        known.index.to_numpy(),
        known["remaining_minor"].to_numpy(),
        remaining["remaining_minor"].to_numpy(),
        remaining["remaining_lcy_minor"].to_numpy(),
    )
    if broken:
        raise LawBrokenError(broken)


def holds_of(connection: Connection, numbers: Sequence[int]) -> pd.DataFrame:
    """entry_no and on_hold of customer ledger entries: as the last Hold or Unhold left it, else as posted."""
    owner, actions = schema.LEDGER["customer_ledger_entries"], schema.LEDGER["entry_actions"]
    fields = [entries.CUSTOMER_LEDGER_ENTRIES.by_name[name] for name in ("entry_no", "on_hold")]
    posted = fetch_in(connection, select(owner.c.entry_no, owner.c.on_hold), owner.c.entry_no, numbers)
    later = select(actions.c.entry_no, actions.c.on_hold).where(actions.c.action.in_(("hold", "unhold")))
    rows = [*posted, *fetch_in(connection, later.order_by(actions.c.action_id), actions.c.entry_no, numbers)]
    return columns_frame(fields, rows).drop_duplicates("entry_no", keep="last", ignore_index=True)


def _write_orders(connection: Connection, rows: Mapping[str, pd.DataFrame]) -> None:
    """State of the orders that the run brings, ships, invoices or takes back."""
    documents = rows["documents"]
    is_order = documents["document_type"].isin(ORDER_TYPES)
    touched = set(documents.loc[is_order, "no"]) | set(documents["order_no"]) - {""}
    if not touched:
        return
    sql = schema.LEDGER["order_lines"]
    found = fetch_in(
        connection, select(sql).where(sql.c.document_type.in_(ORDER_TYPES)), sql.c.no, sorted(touched)
    )
    lines = frame_of(entries.ORDER_LINES, found)
    lines_after = derived.order_lines_after(lines, rows)
    _replace(connection, entries.ORDER_LINES, lines, lines_after)
    sql = schema.LEDGER["document_states"]
    states = frame_of(
        entries.DOCUMENT_STATES,
        fetch_in(connection, select(sql), sql.c.document_id, lines["document_id"].unique().tolist()),
    )
    _replace(
        connection, entries.DOCUMENT_STATES, states, derived.document_states_after(states, rows, lines_after)
    )


def _write_bank(connection: Connection, rows: Mapping[str, pd.DataFrame]) -> None:
    """Open statement lines, receipts that wait for their line, and the sums of every bank account."""
    matches = rows.get("payment_matches", entries.PAYMENT_MATCHES.empty())
    for table, after, touched in (
        (entries.OPEN_STATEMENT_LINES, derived.open_statement_lines_after, matches["statement_line_no"]),
        (entries.OPEN_BANK_ENTRIES, derived.open_bank_entries_after, matches["bank_entry_no"]),
    ):
        sql = schema.LEDGER[table.name]
        found = fetch_in(connection, select(sql), sql.c[table.key[0]], touched.unique().tolist())
        before = frame_of(table, found)
        _replace(connection, table, before, after(before, rows))
    table = entries.BANK_BALANCES
    before = frame_of(table, fetch(connection, select(schema.LEDGER[table.name])))
    _replace(connection, table, before, derived.bank_balances_after(before, rows))


def _write_held(connection: Connection, journal: Journal) -> None:
    """Held items that were settled are closed, new ones are open until their correction is dropped."""
    _delete(connection, "open_held", ((held_id,) for held_id in journal.closed_held))
    held = journal.table("held")
    if len(held):
        items = held.loc[held["held_id"] != "", list(entries.OPEN_HELD.names)].drop_duplicates("held_id")
        _upsert(connection, "open_held", rows_of(entries.OPEN_HELD, items))


# Outbox ----------------------------------------------------------------------------------------------------


def _write_outbox(connection: Connection, run_no: int, outbox: Sequence[OutboxItem]) -> int:
    table = schema.LEDGER["outbox"]
    last = int(connection.scalar(select(func.max(table.c.outbox_no))) or 0)
    numbered = enumerate(outbox, start=last + 1)
    return _insert(
        connection,
        "outbox",
        ((no, run_no, item.kind, item.path, item.document_id, item.sha256, 0) for no, item in numbered),
    )


def pending_outbox(database: Database) -> pd.DataFrame:
    """Outbox rows of which the file work is not done yet, oldest first."""
    table = schema.LEDGER["outbox"]
    statement: Select[Any] = select(table).where(table.c.done == 0).order_by(table.c.outbox_no)
    with database.read() as connection:
        return frame_of(entries.OUTBOX, fetch(connection, statement))


def renew_outbox(database: Database, run_no: int | None = None) -> None:
    """What can be drawn again from the books is to be drawn again: of one run, or of all.

    Of all runs the to-fix workbooks stay as they are: what was held then may long be settled.
    """
    table = schema.LEDGER["outbox"]
    again = table.update().values(done=0)
    if run_no is None:
        again = again.where(table.c.kind.in_(DRAWN))
    else:
        again = again.where(table.c.kind.in_((*DRAWN, "to_fix")), table.c.run_no == run_no)
    with database.write() as connection:
        connection.execute(again)


def mark_done(database: Database, outbox_nos: Sequence[int], sha256: Mapping[int, str] | None = None) -> None:
    """The files of these outbox rows are written; sha256 by outbox number where the file has one."""
    hashes = sha256 or {}
    table = schema.LEDGER["outbox"]
    this_row = table.c.outbox_no == bindparam("number")
    hashed = [{"number": int(number), "found": hashes[number]} for number in outbox_nos if number in hashes]
    plain = [{"number": int(number)} for number in outbox_nos if number not in hashes]
    with database.write() as connection:
        if hashed:
            connection.execute(
                table.update().where(this_row).values(done=1, sha256=bindparam("found")), hashed
            )
        if plain:
            connection.execute(table.update().where(this_row).values(done=1), plain)
