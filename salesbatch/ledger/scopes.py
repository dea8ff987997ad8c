"""Parts of the books: a run, a period, or everything up to a day, read without the history around it.

The blocks of the hash chain say which serial numbers a run has and which days a block holds, so a part is found
by ranges of the primary key. Remaining amounts of the past are reached backwards from now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.company import Company, Settings
from salesbatch.core.entries import LedgerTable
from salesbatch.core.sheets import BY_NAME as SHEETS
from salesbatch.ledger import schema
from salesbatch.ledger.database import fetch, fetch_chunks
from salesbatch.ledger.frames import chunked_frame, columns_frame, sheet_frame

_LEDGER = schema.LEDGER
_FOR_THE_PRINT = frozenset({"sell_to", "bill_to", "ship_to", "seller"})
_RANGES = 40
"""More ranges of serial numbers than this are asked for as one."""


@dataclass(frozen=True)
class Scope:
    """Which rows: of one run, of the days first..last, or up to as_of. Nothing given: all.

    brief: what a workbook shows. Texts that only a printed document needs are left out, and so are the lines
    of shipments and return receipts: they repeat those of their order, and what moved are item ledger entries.
    """

    run_no: int | None = None
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    brief: bool = False


EVERYTHING = Scope()


# Reading ---------------------------------------------------------------------------------------------------


def ledger_frame(
    connection: Connection, table: LedgerTable, scope: Scope = EVERYTHING, names: Sequence[str] = ()
) -> pd.DataFrame:
    """The rows of a ledger table in a scope, in serial order; with `names` only those columns."""
    sql = _LEDGER[table.name]
    wanted = names or [name for name in table.names if not (scope.brief and name in _FOR_THE_PRINT)]
    statement = select(*(sql.c[name] for name in wanted))
    for condition in scope_conditions(connection, table, scope):
        statement = statement.where(condition)
    rows = fetch_chunks(connection, statement.order_by(*sql.primary_key.columns))
    return chunked_frame([table.by_name[name] for name in wanted], rows)


def scope_conditions(connection: Connection, table: LedgerTable, scope: Scope) -> list[ColumnElement[bool]]:
    """The scope as conditions on a table: ranges of its serial number from the blocks, then the day itself."""
    sql, blocks = _LEDGER[table.name], schema.CHAIN_BLOCKS
    serial = sql.c[table.fields[0].name]
    day = sql.c[_day_name(table)] if _day_name(table) else None
    mine = select(blocks.c.first_no, blocks.c.last_no).where(blocks.c.table_name == table.name)
    if scope.run_no is not None:
        found = fetch(connection, mine.where(blocks.c.run_no == scope.run_no))
        return [serial.between(*found[0]) if found else serial < 0]
    if scope.first is not None and scope.last is not None and day is not None:
        first, last = scope.first.isoformat(), scope.last.isoformat()
        touching = mine.where(blocks.c.first_day <= last, blocks.c.last_day >= first).order_by(
            blocks.c.first_no
        )
        ranges = _joined(fetch(connection, touching))
        if not ranges:
            return [serial < 0]
        return [or_(*(serial.between(low, high) for low, high in ranges)), day.between(first, last)]
    if scope.as_of is not None and day is not None:
        return [or_(day <= scope.as_of.isoformat(), day.is_(None))]
    return []


def _day_name(table: LedgerTable) -> str:
    return next((name for name in ("posting_date", "date") if name in table.by_name), "")


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that meet become one; too many become one that spans them all."""
    joined: list[tuple[int, int]] = []
    for low, high in ranges:
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined if len(joined) <= _RANGES else [(joined[0][0], joined[-1][1])]


def settings_of(connection: Connection) -> Settings:
    """The company's settings as they stand."""
    return Company.of({"company": master_frame(connection, "company")}).settings


def master_frame(connection: Connection, name: str) -> pd.DataFrame:
    """Current rows of a setup or master table."""
    sql = schema.MASTER[name]
    return sheet_frame(SHEETS[name], fetch(connection, select(sql).order_by(sql.c.key)))


def last_posting_date(connection: Connection) -> date:
    """Posting date of the last run; 1970-01-01 for empty books."""
    runs = _LEDGER["runs"]
    found = connection.scalar(select(runs.c.posting_date).order_by(runs.c.run_no.desc()).limit(1))
    return date.fromisoformat(found) if found else date(1970, 1, 1)


def looked_up(keys: pd.Series, table: pd.DataFrame, key: str, column: str, blank: Any) -> Any:
    """Value of a column per key; blank where there is none. Keeps whole numbers whole."""
    position = pd.Index(table[key]).get_indexer(keys)
    values = table[column].to_numpy()
    if not len(values):
        return np.full(len(keys), blank, dtype=values.dtype)
    return np.where(position >= 0, values[np.maximum(position, 0)], blank)


def text_series(values: Any) -> pd.Series:
    return pd.Series(values, dtype="str")


def in_local(frame: pd.DataFrame, local: str) -> pd.Series:
    """Currency code with the blank ones named."""
    return frame["currency_code"].where(frame["currency_code"] != "", local)


def remaining_amounts(connection: Connection, as_of: date | None, run_no: int | None = None) -> pd.DataFrame:
    """Remaining amounts of the entries that are open: now, at the end of a day, or after a run.

    A state in the past is reached backwards from now, by undoing what came after it: what is open is a short
    list, and so is what came after.
    """
    names = ("entry_no", "remaining_minor", "remaining_lcy_minor")
    fields = [entries.OPEN_ENTRIES.by_name[name] for name in names]
    state = _LEDGER["open_entries"]
    now = columns_frame(fields, fetch(connection, select(*(state.c[name] for name in names))))
    if as_of is None and run_no is None:
        return now
    later = _LEDGER["detailed_entries"]
    columns = (
        later.c.customer_ledger_entry_no,
        -func.sum(later.c.amount_minor),
        -func.sum(later.c.amount_lcy_minor),
    )
    statement = select(*columns).where(*later_entries(connection, as_of, run_no))
    undone = columns_frame(fields, fetch(connection, statement.group_by(later.c.customer_ledger_entry_no)))
    return pd.concat([now, undone], ignore_index=True).groupby("entry_no", sort=True).sum().reset_index()


def later_entries(
    connection: Connection, as_of: date | None, run_no: int | None
) -> list[ColumnElement[bool]]:
    """Conditions for the detailed entries after a day or a run; the blocks say where such entries can be."""
    later, blocks = _LEDGER["detailed_entries"], schema.CHAIN_BLOCKS
    mine = select(func.min(blocks.c.first_no)).where(blocks.c.table_name == "detailed_entries")
    conditions: list[ColumnElement[bool]] = []
    if run_no is not None:
        first = connection.scalar(mine.where(blocks.c.run_no > run_no))
        conditions.append(later.c.entry_no >= first if first else later.c.entry_no < 0)
    if as_of is not None:
        first = connection.scalar(mine.where(blocks.c.last_day > as_of.isoformat()))
        conditions.append(later.c.entry_no >= first if first else later.c.entry_no < 0)
        conditions.append(later.c.posting_date > as_of.isoformat())
    return conditions
