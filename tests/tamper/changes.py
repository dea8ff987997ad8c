"""Every small change of the books, one after the other: cells changed, rows deleted, put in, exchanged, cut off.

The change is made as a skilled hand would make it, with the guards off, and taken back by a savepoint.
"""

from __future__ import annotations

import collections
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hand_made import FACTS, first_journal, second_journal
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from salesbatch.core import entries
from salesbatch.core.inbox import Inbox
from salesbatch.ledger import chain_proof, open_database, post, proof, snapshot

CELL = {
    "number": ("{c} + 1", "-{c} - 1"),
    "minor": ("{c} + 1", "-{c} - 1"),
    "e5": ("{c} + 1", "-{c} - 1"),
    "text": ("{c} || ' '", "CASE {c} WHEN '' THEN 'x' ELSE '' END"),
    "flag": ("1 - {c}",),
    "day": (
        "CASE {c} WHEN '2031-02-03' THEN '2031-02-04' ELSE '2031-02-03' END",
        "CASE WHEN {c} IS NULL THEN '2031-02-03' END",
    ),
}
"""The least change of a cell of each kind, and a coarse one."""
DERIVED = tuple(table for table in entries.LEDGER_TABLES if table.standing == "derived")
SWAPPED_WITH = 3
"""A row is exchanged with the next rows, so many of them, and with the first of its table."""


class Change(NamedTuple):
    """One change: what it is, the table, the row, and the statements that make it."""

    kind: str
    table: str
    row: int
    statements: tuple[str, ...]


def changes(connection: Connection) -> Iterator[Change]:
    """Every change of every row of every chained table, then of the tables that are derived from them."""
    for table in entries.CHAINED:
        key, others = table.names[0], ", ".join(f'"{name}"' for name in table.names[1:])
        rows = [
            row
            for (row,) in connection.exec_driver_sql(f"SELECT {key} FROM {table.name} ORDER BY 1").fetchall()
        ]
        for row in rows:
            where = f"WHERE {key} = {row}"
            for field in table.fields:
                for new in CELL[field.kind]:
                    yield Change("changed", table.name, row, (set_cell(table.name, field.name, new, where),))
            yield Change("deleted", table.name, row, (f"DELETE FROM {table.name} {where}",))
            yield Change("cut off", table.name, row, (f"DELETE FROM {table.name} WHERE {key} >= {row}",))
            move = f"UPDATE {table.name} SET {key} = -{key} WHERE {key} >= {row}"
            back = f"UPDATE {table.name} SET {key} = 1 - {key} WHERE {key} < 0"
            copy = f"INSERT INTO {table.name} ({key}, {others}) SELECT {row}, {others} FROM {table.name} WHERE {key} = {row + 1}"
            yield Change("inserted between", table.name, row, (move, back, copy))
        for number in (0, -1, len(rows) + 1, len(rows) + 1000):
            copy = f"INSERT INTO {table.name} ({key}, {others}) SELECT {number}, {others} FROM {table.name} LIMIT 1"
            yield Change("inserted", table.name, number, (copy,))
        for one, other in swaps(rows):
            exchange = tuple(
                f"UPDATE {table.name} SET {key} = {to} WHERE {key} = {of}"
                for of, to in ((one, 0), (other, one), (0, other))
            )
            yield Change("exchanged", table.name, one, exchange)
    for table in DERIVED:
        rows = connection.exec_driver_sql(f"SELECT {', '.join(table.key)} FROM {table.name}").fetchall()
        for row, key in enumerate(rows, start=1):
            where = "WHERE " + " AND ".join(f"{name} = {value!r}" for name, value in zip(table.key, key))
            for field in table.fields:
                for new in CELL[field.kind]:
                    yield Change(
                        "derived, changed", table.name, row, (set_cell(table.name, field.name, new, where),)
                    )
            yield Change("derived, deleted", table.name, row, (f"DELETE FROM {table.name} {where}",))


def set_cell(table: str, column: str, new: str, where: str) -> str:
    name = f'"{column}"'
    return f"UPDATE {table} SET {name} = {new.replace('{c}', name)} {where}"


def swaps(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours, near ones, and each with the first."""
    for place, row in enumerate(rows):
        near = rows[place + 1 : place + 1 + SWAPPED_WITH]
        yield from ((row, other) for other in dict.fromkeys([*near, *rows[:1]]) if other != row)


def contents(connection: Connection, table: str) -> list[object]:
    return [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}" ORDER BY 1')]


def make_books(folder: Path) -> Path:
    """The small ledger made by hand: two runs with rows in every chained table."""
    with open_database(folder, create=True) as database:
        for journal in (first_journal, second_journal):
            books = snapshot(database, Inbox())
            post(database, books, journal(books), run=FACTS)
    return folder


def try_all(folder: Path, step: int = 1, first: int = 0) -> tuple[collections.Counter[str], list[Change]]:
    """Make every change (or every step-th) and count by kind; the changes that nothing noticed."""
    counts: collections.Counter[str] = collections.Counter()
    missed: list[Change] = []
    with (
        open_database(folder) as database,
        database.engine.connect() as connection,
        connection.begin() as all_of_it,
    ):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        drop_guards(connection)
        original = {table.name: contents(connection, table.name) for table in (*entries.CHAINED, *DERIVED)}
        for change in itertools.islice(list(changes(connection)), first, None, step):
            savepoint = connection.begin_nested()
            try:
                for statement in change.statements:
                    connection.exec_driver_sql(statement)
                if contents(connection, change.table) != original[change.table]:
                    counts[change.kind] += 1
                    if not noticed(connection, change):
                        missed.append(change)
            except IntegrityError:
                counts["refused by the database itself"] += 1
            finally:
                savepoint.rollback()
        all_of_it.rollback()
    return counts, missed


def noticed(connection: Connection, change: Change) -> bool:
    """Whether the checks of `verify` that look at this find it: the chain, or what is rebuilt from chained rows."""
    checks = proof.CHECKS if change.kind.startswith("derived") else (chain_proof.chain_holds,)
    return any(True for check in checks for _ in check(connection))


def drop_guards(connection: Connection) -> None:
    """Take away the triggers that refuse changes."""
    for (name,) in connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def cut_last_run(path: Path) -> int:
    """Remove the last run without a trace from a stored book: its rows, blocks, head and times. Returns its number."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        (run_no,) = connection.execute("SELECT max(run_no) FROM run_chain").fetchone()
        for table, first in connection.execute(
            "SELECT table_name, first_no FROM chain_blocks WHERE run_no = ?", (run_no,)
        ).fetchall():
            connection.execute(f"DELETE FROM {table} WHERE {entries.BY_NAME[table].names[0]} >= ?", (first,))
        for table in ("run_chain", "chain_blocks", "run_times"):
            connection.execute(f"DELETE FROM {table} WHERE run_no = ?", (run_no,))
    return int(run_no)
