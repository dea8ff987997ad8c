"""The chain proved: the file is whole, every block hashes to what was committed, every head follows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.laws import SHOWN, BrokenLaw
from salesbatch.ledger import chain, schema
from salesbatch.ledger.database import Database, fetch
from salesbatch.ledger.frames import Row

_LEDGER = schema.LEDGER


class ChainHead(NamedTuple):
    """Where the chain ends: the last run, the chained rows up to it, and the SHA-256 over them in hex."""

    run_no: int
    rows: int
    head: str


def chain_head(database: Database) -> ChainHead:
    """The end of the chain as it is stored; run 0 for empty books."""
    table = _LEDGER["run_chain"]
    wanted = select(table.c.run_no, table.c.rows, table.c.head).order_by(table.c.run_no.desc()).limit(1)
    with database.read() as connection:
        found = fetch(connection, wanted)
    return (
        ChainHead(int(found[0][0]), int(found[0][1]), str(found[0][2]))
        if found
        else ChainHead(0, 0, chain.GENESIS)
    )


def store_is_intact(connection: Connection) -> Iterator[BrokenLaw]:
    """The file is whole, every reference finds its row, and the guards of the append-only tables stand."""
    if connection.dialect.name != "sqlite":
        return
    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if message != "ok":
            yield BrokenLaw("store_intact", "book.db", 0, str(message))
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield BrokenLaw("references_found", str(table), int(row or 0), f"its row in {parent} is missing")
    master = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    guards = {name for (name,) in master}
    for table in schema.APPEND_ONLY:
        if not {f"{table}_no_update", f"{table}_no_delete"} <= guards:
            yield BrokenLaw("append_only", table, 0, "its guard against changes is gone")


def chain_holds(connection: Connection) -> Iterator[BrokenLaw]:
    """Every block hashes to what was committed, blocks leave no row out, and every head follows the one before."""
    blocks = [chain.Block(*row) for row in fetch(connection, select(schema.CHAIN_BLOCKS))]
    by_run: dict[int, list[chain.Block]] = {}
    for block in blocks:
        by_run.setdefault(block.run_no, []).append(block)
    for table in entries.CHAINED:
        mine = sorted(
            (block for block in blocks if block.table_name == table.name), key=lambda block: block.run_no
        )
        yield from _table_holds(connection, table, mine)
    heads = _LEDGER["run_chain"]
    head, rows, expected = chain.GENESIS, 0, 1
    for run_no, serialisation, stored_rows, stored_head in fetch(
        connection, select(heads).order_by(heads.c.run_no)
    ):
        own = by_run.pop(run_no, [])
        head = chain.next_head(head, run_no, own)
        rows += sum(block.rows for block in own)
        if (
            run_no != expected
            or serialisation != chain.SERIALISATION
            or (rows, head) != (stored_rows, stored_head)
        ):
            yield BrokenLaw(
                "chain",
                "run_chain",
                run_no,
                "the head of the chain after this run is not what its blocks make",
            )
            head, rows = stored_head, stored_rows
        expected = run_no + 1
    for run_no in sorted(by_run):
        yield BrokenLaw("chain", "chain_blocks", run_no, "this run has rows but no head")


def _table_holds(
    connection: Connection, table: entries.LedgerTable, blocks: Sequence[chain.Block]
) -> Iterator[BrokenLaw]:
    serial = _LEDGER[table.name].c[table.fields[0].name]
    expected = 1
    for block in blocks:
        if block.first_no != expected or block.last_no != block.first_no + block.rows - 1:
            yield BrokenLaw(
                "chain",
                "chain_blocks",
                block.run_no,
                f"its block of {table.name} does not follow the one before",
            )
        yield from _block_holds(connection, table, block)
        expected = block.last_no + 1
    outside: ColumnElement[bool] = (serial < 1) | (serial >= expected)
    for (number,) in fetch(connection, select(serial).where(outside).order_by(serial).limit(SHOWN)):
        yield BrokenLaw("chain", table.name, int(number), "this row belongs to no committed run")


def _block_holds(
    connection: Connection, table: entries.LedgerTable, block: chain.Block
) -> Iterator[BrokenLaw]:
    """The rows of one run in one table, hashed again; the first row that differs is named."""
    sql = _LEDGER[table.name]
    try:
        declared: list[tuple[str, str]] = [(name, kind) for name, kind in json.loads(block.columns)]
        columns = [sql.c[name] for name, _ in declared]
    except (ValueError, KeyError, TypeError):
        yield BrokenLaw("chain", "chain_blocks", block.run_no, f"its columns of {table.name} cannot be read")
        return
    statement = select(*columns).where(columns[0].between(block.first_no, block.last_no)).order_by(columns[0])
    rows = fetch(connection, statement)
    numbers = [row[0] for row in rows]
    if numbers != list(range(block.first_no, block.last_no + 1)):
        missing = sorted(set(range(block.first_no, block.last_no + 1)) - set(numbers))
        yield BrokenLaw("chain", table.name, int(missing[0]), f"this row of run {block.run_no} is missing")
        return
    stored = np.frombuffer(block.row_checks, dtype="<u4")
    try:
        values = [chain.stored_values(kind, column) for (_, kind), column in zip(declared, zip(*rows))]
    except ValueError:
        number = _first_odd(declared, rows)
        yield BrokenLaw(
            "chain", table.name, number, f"this row of run {block.run_no} was changed after it was committed"
        )
        return
    checks = chain.row_checks(values, len(rows))
    differs = np.flatnonzero(checks != stored) if len(checks) == len(stored) else np.arange(0)
    if chain.digest(table.name, block.columns, values, len(rows)) != block.sha256:
        if len(differs):
            number = int(numbers[int(differs[0])])
            yield BrokenLaw(
                "chain",
                table.name,
                number,
                f"this row of run {block.run_no} was changed after it was committed",
            )
        else:
            yield BrokenLaw(
                "chain", "chain_blocks", block.run_no, f"its hash of {table.name} is not that of the rows"
            )
    elif len(differs) or len(checks) != len(stored):
        yield BrokenLaw("chain", "chain_blocks", block.run_no, f"its row checks of {table.name} were changed")


def _first_odd(declared: Sequence[tuple[str, str]], rows: Sequence[Row]) -> int:
    """Serial number of the first row with a value that its column cannot hold."""
    for row in rows:
        for (_, kind), value in zip(declared, row):
            try:
                chain.stored_values(kind, [value])
            except ValueError:
                return int(row[0])
    return 0


def anchor_holds(connection: Connection, anchor: tuple[int, str] | None) -> Iterator[BrokenLaw]:
    """The head that was printed outside the database stands in the chain, at the same count of rows."""
    if anchor is None:
        return
    table = _LEDGER["run_chain"]
    count, head = anchor
    found = fetch(connection, select(table.c.rows).where(table.c.head == head.strip().lower()))
    if not found:
        yield BrokenLaw(
            "anchor",
            "run_chain",
            0,
            "the printed head is not in the chain: rows were cut off or written anew",
        )
    elif int(found[0][0]) != count:
        yield BrokenLaw(
            "anchor", "run_chain", 0, f"at the printed head the books hold {found[0][0]} rows, not {count}"
        )
