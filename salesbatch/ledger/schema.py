"""The SQL tables, generated from the declarations in core: there is no second list of columns.

Ledger tables come from `core.entries`, setup and master tables from the sheets (the columns of the sheet and
`key`). Three tables are the store's own: the version of the schema, and the blocks of the hash chain. What is
chained is append-only: triggers refuse to change or delete it. Nothing here is beyond PostgreSQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeEngine

from salesbatch.core import entries
from salesbatch.core.entries import LEDGER_TABLES, LedgerTable
from salesbatch.core.sheets import SHEETS
from salesbatch.core.tables import TEXT_KINDS
from salesbatch.core.tables import Table as Sheet

SCHEMA_VERSION = 1
"""Raise it together with a new function in `migrations.MIGRATIONS`."""

_INTEGER: TypeEngine[Any] = BigInteger().with_variant(
    Integer(), "sqlite"
)  # SQLite's rowid alias must be spelled INTEGER.
_STORED: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(("number", "minor", "e5", "flag"), _INTEGER),
    **dict.fromkeys(("amount", "quantity", "price", "percent", "integer", "yes_no"), _INTEGER),
    **dict.fromkeys(("text", "day", "date", *TEXT_KINDS), Text()),
}
"""SQL type per kind of column: ledger fields first, then sheet columns. A day is ISO text."""
_FOREIGN = {
    ("document_lines", "document_id"): "documents.document_id",
    ("detailed_entries", "customer_ledger_entry_no"): "customer_ledger_entries.entry_no",
    ("open_entries", "entry_no"): "customer_ledger_entries.entry_no",
    ("order_lines", "document_id"): "documents.document_id",
    ("document_states", "document_id"): "documents.document_id",
}
"""Column -> the row that it must find. Only columns that are never 0."""
_LIVE = {("order_lines", "open"): 1, ("outbox", "done"): 0}
"""Flags that are indexed on the few rows that still matter, so that history costs nothing."""
SHEET_TABLES: tuple[Sheet, ...] = tuple(sheet for sheet in SHEETS if sheet.group in ("setup", "master"))
"""Setup and master sheets, of which the books hold the current rows."""

METADATA = MetaData()
CHAIN_BLOCKS = Table(
    "chain_blocks",
    METADATA,
    Column("run_no", _INTEGER, primary_key=True, autoincrement=False),
    Column("table_name", Text, primary_key=True),
    Column("rows", _INTEGER, nullable=False),
    Column("first_no", _INTEGER, nullable=False),
    Column("last_no", _INTEGER, nullable=False),
    Column("columns", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("row_checks", LargeBinary, nullable=False),
    Column("first_day", Text),
    Column("last_day", Text),
    Index("ix_chain_blocks_table_name", "table_name", "run_no"),
    sqlite_strict=True,
)
SCHEMA_VERSIONS = Table(
    "schema_versions",
    METADATA,
    Column("version", _INTEGER, primary_key=True, autoincrement=False),
    Column("fingerprint", Text, nullable=False),
    sqlite_strict=True,
)
APPEND_ONLY = (*(table.name for table in entries.CHAINED), "run_chain", "chain_blocks")


def _ledger_table(declared: LedgerTable) -> Table:
    columns: list[Column[Any]] = []
    for field in declared.fields:
        target = _FOREIGN.get((declared.name, field.name))
        keys = [ForeignKey(target)] if target else []
        primary = field.name in declared.key
        nullable = field.kind == "day" and not primary
        columns.append(
            Column(
                field.name,
                _STORED[field.kind],
                *keys,
                primary_key=primary,
                nullable=nullable,
                autoincrement=False,
            )
        )
    rowid = len(declared.key) == 1 and declared.by_name[declared.key[0]].kind == "number"
    table = Table(declared.name, METADATA, *columns, sqlite_strict=True, sqlite_with_rowid=rowid)
    for names in declared.indexes:
        live = _LIVE.get((declared.name, names[0])) if len(names) == 1 else None
        where = None if live is None else table.c[names[0]] == live
        on = [table.c[name] for name in (declared.key if live is not None else names)]
        Index(f"ix_{declared.name}_{'_'.join(names)}", *on, sqlite_where=where, postgresql_where=where)
    return table


def _sheet_table(sheet: Sheet) -> Table:
    columns: list[Column[Any]] = [
        Column(column.name, _STORED[column.kind], nullable=column.kind not in TEXT_KINDS)
        for column in sheet.columns
    ]
    return Table(sheet.name, METADATA, *columns, Column("key", Text, primary_key=True), sqlite_strict=True)


LEDGER = {declared.name: _ledger_table(declared) for declared in LEDGER_TABLES}
"""SQL tables of the ledger by name."""
MASTER = {sheet.name: _sheet_table(sheet) for sheet in SHEET_TABLES}
"""SQL tables of setup and master data by `Table.name`."""


def fingerprint() -> str:
    """What this program believes the tables to be: SHA-256 of all tables and columns with their types."""
    lines = [
        f"{table.name}.{column.name} {column.type}"
        for table in METADATA.sorted_tables
        for column in table.columns
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def create_triggers(connection: Connection) -> None:
    """Append-only tables refuse UPDATE and DELETE."""
    for name in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {name}_no_{action.lower()} BEFORE {action} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )


# Statements for the driver's executemany -------------------------------------------------------------------


def driver_dialect(name: str) -> Dialect:
    """A dialect that writes parameters as the driver's positional executemany takes them."""
    kind, style = (sqlite.dialect, "qmark") if name == "sqlite" else (postgresql.dialect, "format")
    return kind(paramstyle=style)


@cache
def insert_sql(table_name: str, dialect: str) -> str:
    """INSERT of all columns of a table, in order."""
    table = METADATA.tables[table_name]
    return _written(insert(table), table, dialect)


@cache
def upsert_sql(table_name: str, dialect: str) -> str:
    """INSERT that replaces the row of the same primary key."""
    table = METADATA.tables[table_name]
    make: Callable[[Table], sqlite.Insert | postgresql.Insert] = (
        sqlite.insert if dialect == "sqlite" else postgresql.insert
    )
    statement = make(table)
    others = {
        column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
    }
    keys = list(table.primary_key.columns)
    if not others:  # Nothing beside the key: the row that is there says it all.
        return _written(statement.on_conflict_do_nothing(index_elements=keys), table, dialect)
    return _written(statement.on_conflict_do_update(index_elements=keys, set_=others), table, dialect)


@cache
def delete_sql(table_name: str, dialect: str) -> str:
    """DELETE of one row by its primary key."""
    table = METADATA.tables[table_name]
    statement = delete(table).where(
        *(column == bindparam(f"is_{column.name}") for column in table.primary_key.columns)
    )
    return str(statement.compile(dialect=driver_dialect(dialect)))


def _written(statement: Insert, table: Table, dialect: str) -> str:
    return str(
        statement.compile(
            dialect=driver_dialect(dialect), column_keys=[column.name for column in table.columns]
        )
    )
