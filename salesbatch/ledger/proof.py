"""The books prove themselves: the chain, the laws of bookkeeping, and the derived tables, from what is stored.

Nothing is believed that can be computed: every block is hashed again, every derived row is rebuilt from
nothing, setup and master data are folded from their history. An empty list means proven.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Select, distinct, func, literal, select, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from salesbatch.core import derived, entries
from salesbatch.core.laws import SHOWN, BrokenLaw, remaining_within
from salesbatch.core.tables import TEXT_KINDS
from salesbatch.core.tables import Table as Sheet
from salesbatch.ledger import schema
from salesbatch.ledger.chain_proof import anchor_holds, chain_holds, store_is_intact
from salesbatch.ledger.database import BooksUnreadableError, Database, fetch
from salesbatch.ledger.frames import Row, columns_frame, frame_of, rows_of, without_collector

_LEDGER = schema.LEDGER


@without_collector()
def verify(database: Database, *, anchor: tuple[int, str] | None = None) -> list[BrokenLaw]:
    """Every proof of the books; at most 20 breaches of each kind, worst first.

    anchor: (chained rows, head) as printed on a workbook after some run; it shows whether rows that were
    there then have been cut off since, which no chain can show by itself.
    """
    broken: list[BrokenLaw] = []
    try:
        with database.read() as connection:
            broken += islice(store_is_intact(connection), SHOWN)
            broken += islice(chain_holds(connection), SHOWN)
            broken += islice(anchor_holds(connection, anchor), SHOWN)
            for check in CHECKS:
                broken += islice(check(connection), SHOWN)
    except (DatabaseError, sqlite3.DatabaseError, BooksUnreadableError) as error:
        broken.append(BrokenLaw("store_intact", "book.db", 0, str(getattr(error, "orig", error))))
    return broken


# The laws of bookkeeping -----------------------------------------------------------------------------------


def _debit_equals_credit(connection: Connection) -> Iterator[BrokenLaw]:
    gl = _LEDGER["gl_entries"]
    total = func.sum(gl.c.amount_minor)
    for by in ((gl.c.transaction_no,), (gl.c.voucher_series, gl.c.voucher_no)):
        off = select(func.min(gl.c.entry_no), total, *by).group_by(*by).having(total != 0).limit(SHOWN)
        if len(by) == 2:
            off = off.where(gl.c.voucher_no > 0)
        for first, amount, *key in fetch(connection, off):
            named = " ".join(str(part) for part in key)
            kind = "voucher" if len(by) == 2 else "transaction"
            yield BrokenLaw(
                "debit_equals_credit", "gl_entries", int(first), f"{kind} {named} is off by {amount}"
            )


def _subledger_equals_control(connection: Connection) -> Iterator[BrokenLaw]:
    """Per transaction by role, and in total over the accounts that are used for receivables."""
    gl, detailed = _LEDGER["gl_entries"], _LEDGER["detailed_entries"]
    receivables = gl.c.role == "receivables"
    control = select(
        gl.c.transaction_no, gl.c.amount_minor.label("control"), literal(0).label("ledger")
    ).where(receivables)
    ledger = select(detailed.c.transaction_no, literal(0), detailed.c.amount_lcy_minor)
    for number, left, right in fetch(connection, _unequal(control, ledger, 1)):
        message = (
            f"transaction {number} moves the receivables accounts by {left}, the customer ledger by {right}"
        )
        yield BrokenLaw("subledger_equals_control", "gl_entries", 0, message)
    accounts = select(gl.c.account_no).where(receivables).distinct()
    left = connection.scalar(select(func.sum(gl.c.amount_minor)).where(gl.c.account_no.in_(accounts))) or 0
    right = connection.scalar(select(func.sum(detailed.c.amount_lcy_minor))) or 0
    if left != right:
        message = f"the receivables accounts hold {left}, the customer ledger {right}"
        yield BrokenLaw("subledger_equals_control", "gl_entries", 0, message)


def _vat_equals_account(connection: Connection) -> Iterator[BrokenLaw]:
    gl, vat = _LEDGER["gl_entries"], _LEDGER["vat_entries"]
    moved = select(
        gl.c.transaction_no, gl.c.account_no, gl.c.amount_minor.label("control"), literal(0).label("ledger")
    )
    listed = select(vat.c.transaction_no, vat.c.vat_account_no, literal(0), vat.c.amount_minor)
    sides = (moved.where(gl.c.role == "vat"), listed.where(vat.c.amount_minor != 0))
    for number, account, left, right in fetch(connection, _unequal(*sides, 2)):
        message = f"transaction {number} moves VAT account {account} by {left}, its VAT entries by {right}"
        yield BrokenLaw("vat_equals_account", "vat_entries", 0, message)


def _bank_equals_account(connection: Connection) -> Iterator[BrokenLaw]:
    gl, banked = _LEDGER["gl_entries"], _LEDGER["bank_entries"]
    moved = select(gl.c.transaction_no, gl.c.amount_minor.label("control"), literal(0).label("ledger"))
    listed = select(banked.c.transaction_no, literal(0), banked.c.amount_lcy_minor)
    for number, left, right in fetch(connection, _unequal(moved.where(gl.c.role == "bank"), listed, 1)):
        message = f"transaction {number} moves the bank accounts by {left}, its bank entries by {right}"
        yield BrokenLaw("bank_equals_account", "bank_entries", 0, message)


def _unequal(left: Select[Any], right: Select[Any], keys: int) -> Select[Any]:
    """Groups in which the two sides, stacked, do not come to the same."""
    both = union_all(left, right).subquery()
    columns = list(both.columns)
    by, control, ledger = columns[:keys], func.sum(columns[keys]), func.sum(columns[keys + 1])
    return select(*by, control, ledger).group_by(*by).having(control != ledger).limit(SHOWN)


def _never_overapplied(connection: Connection) -> Iterator[BrokenLaw]:
    """Per entry: initial detailed entries make its amount, and what remains lies between 0 and that."""
    entry, detailed = _LEDGER["customer_ledger_entries"], _LEDGER["detailed_entries"]
    initial = func.sum(detailed.c.amount_minor).filter(detailed.c.entry_type == "initial")
    sums = (
        select(
            detailed.c.customer_ledger_entry_no.label("entry_no"),
            func.coalesce(initial, 0).label("initial"),
            func.sum(detailed.c.amount_minor).label("remaining"),
            func.sum(detailed.c.amount_lcy_minor).label("remaining_lcy"),
        )
        .group_by(detailed.c.customer_ledger_entry_no)
        .subquery()
    )
    wanted = select(
        entry.c.entry_no, entry.c.amount_minor, sums.c.initial, sums.c.remaining, sums.c.remaining_lcy
    )
    rows = fetch(connection, wanted.select_from(entry.outerjoin(sums, sums.c.entry_no == entry.c.entry_no)))
    if not rows:
        return
    table = np.array([[value or 0 for value in row] for row in rows], dtype=np.int64)
    for position in np.flatnonzero(table[:, 1] != table[:, 2]):
        message = "its initial detailed entries do not make its amount"
        yield BrokenLaw("initial_amount", "customer_ledger_entries", int(table[position, 0]), message)
    yield from remaining_within(table[:, 0], table[:, 1], table[:, 3], table[:, 4])


def _numbers_without_gap(connection: Connection) -> Iterator[BrokenLaw]:
    """Places 1, 2, 3 … in every series line, every number once in its series, every voucher number used."""
    table = _LEDGER["numbers"]
    by = (table.c.series_code, table.c.series_starting_date)
    facts = (
        func.count(distinct(table.c.ordinal)),
        func.count(),
        func.min(table.c.ordinal),
        func.max(table.c.ordinal),
    )
    for code, _, different, count, first, last in fetch(connection, select(*by, *facts).group_by(*by)):
        if not (different == count == last and first == 1):
            yield BrokenLaw(
                "numbers_without_gap",
                "numbers",
                0,
                f"series {code} has {count} numbers between place {first} and {last}",
            )
    key = (table.c.series_code, table.c.number)
    twice = (
        select(*key, func.max(table.c.number_id))
        .group_by(*key)
        .having((func.count() > 1) | (table.c.number == ""))
        .limit(SHOWN)
    )
    for code, number, row in fetch(connection, twice):
        yield BrokenLaw(
            "numbers_without_gap",
            "numbers",
            int(row),
            f"the number '{number}' of {code} is blank or given twice",
        )
    gl = _LEDGER["gl_entries"]
    vouchers = select(
        gl.c.voucher_series,
        func.count(distinct(gl.c.voucher_no)),
        func.min(gl.c.voucher_no),
        func.max(gl.c.voucher_no),
    )
    for series, count, first, last in fetch(
        connection, vouchers.where(gl.c.voucher_no > 0).group_by(gl.c.voucher_series)
    ):
        if first != 1 or count != last:
            yield BrokenLaw(
                "numbers_without_gap",
                "gl_entries",
                0,
                f"voucher series {series} has {count} vouchers up to {last}",
            )


def _lines_have_documents(connection: Connection) -> Iterator[BrokenLaw]:
    lines, documents = _LEDGER["document_lines"], _LEDGER["documents"]
    owned = lines.outerjoin(documents, documents.c.document_id == lines.c.document_id)
    orphans = select(lines.c.line_id).select_from(owned).where(documents.c.document_id.is_(None)).limit(SHOWN)
    for (row,) in fetch(connection, orphans):
        yield BrokenLaw("lines_have_documents", "document_lines", int(row), "its document is missing")


# What can be rebuilt ---------------------------------------------------------------------------------------

_HISTORY = {
    "customer_ledger_entries": ("entry_no", "on_hold"),
    "entry_actions": ("action_id", "action", "entry_no", "on_hold"),
    "detailed_entries": ("customer_ledger_entry_no", "amount_minor", "amount_lcy_minor"),
    "numbers": ("series_code", "series_starting_date", "ordinal", "number", "posting_date"),
    "gl_entries": ("voucher_series", "voucher_no", "posting_date"),
    "documents": ("document_id", "document_type", "no", "order_no", "version", "status"),
    "document_lines": ("document_id", "line_no", "quantity_e5", "order_line_no"),
    "payment_matches": ("match_no", "statement_line_no", "status", "bank_entry_no"),
    "bank_entries": ("entry_no", "bank_account", "amount_minor", "statement_line_no"),
    "statement_lines": ("bank_account", "amount_minor"),
}
"""The columns that the derived tables are made from."""


def _derived_rebuilt(connection: Connection) -> Iterator[BrokenLaw]:
    """Remaining amounts, order state and last numbers, made from nothing and the whole history, are the stored ones."""
    history = {}
    for name, columns in _HISTORY.items():
        declared, sql = entries.BY_NAME[name], _LEDGER[name]
        serial = sql.c[declared.fields[0].name]
        rows = fetch(connection, select(*(sql.c[column] for column in columns)).order_by(serial))
        history[name] = columns_frame([declared.by_name[column] for column in columns], rows)
    order_lines = derived.order_lines_after(entries.ORDER_LINES.empty(), history)
    states = derived.document_states_after(entries.DOCUMENT_STATES.empty(), history, order_lines)
    rebuilt = {
        entries.OPEN_ENTRIES: derived.open_entries_after(entries.OPEN_ENTRIES.empty(), history),
        entries.SERIES_STATES: derived.series_states_after(entries.SERIES_STATES.empty(), history),
        entries.ORDER_LINES: order_lines,
        entries.DOCUMENT_STATES: states,
        entries.OPEN_STATEMENT_LINES: derived.open_statement_lines_after(
            entries.OPEN_STATEMENT_LINES.empty(), history
        ),
        entries.OPEN_BANK_ENTRIES: derived.open_bank_entries_after(
            entries.OPEN_BANK_ENTRIES.empty(), history
        ),
        entries.BANK_BALANCES: derived.bank_balances_after(entries.BANK_BALANCES.empty(), history),
    }
    for table, frame in rebuilt.items():
        stored = frame_of(table, fetch(connection, select(_LEDGER[table.name])))
        yield from _compare(table, stored, frame)


def _compare(table: entries.LedgerTable, stored: pd.DataFrame, rebuilt: pd.DataFrame) -> Iterator[BrokenLaw]:
    have, want = set(rows_of(table, stored)), set(rows_of(table, rebuilt))
    places = [table.names.index(name) for name in table.key]
    wrong = {tuple(row[place] for place in places) for row in have ^ want}
    for key in sorted(wrong, key=str):
        row = key[0] if len(key) == 1 and isinstance(key[0], int) else 0
        named = " ".join(str(part) for part in key)
        yield BrokenLaw("derived_state", table.name, int(row), f"{named} is not what the entries make it")


def _master_rebuilt(connection: Connection) -> Iterator[BrokenLaw]:
    """Setup and master data, folded from their history in the order of the changes, are the stored rows."""
    changes = _LEDGER["master_changes"]
    columns = (changes.c.table_name, changes.c.key, changes.c.content)
    rows = fetch(connection, select(*columns).order_by(changes.c.table_name, changes.c.change_no))
    folded: dict[str, dict[str, dict[str, Any]]] = {}
    for name, part in groupby(rows, key=lambda row: str(row[0])):
        known: dict[str, dict[str, Any]] = folded.setdefault(name, {})
        for _, key, content in part:
            try:
                known.setdefault(str(key), {}).update(json.loads(content))
            except ValueError:
                yield BrokenLaw("master_history", name, 0, f"a change of {key} is no JSON object")
    for sheet in schema.SHEET_TABLES:
        sql = schema.MASTER[sheet.name]
        stored = {str(row[-1]): row for row in fetch(connection, select(sql))}
        expected = {
            key: _master_row(sheet, key, content) for key, content in folded.get(sheet.name, {}).items()
        }
        for key in sorted(set(stored) | set(expected)):
            if stored.get(key) != expected.get(key):
                yield BrokenLaw("master_history", sheet.name, 0, f"{key} is not what its history makes it")


def _master_row(sheet: Sheet, key: str, content: dict[str, Any]) -> Row:
    """The stored form of a row from its folded content."""
    values: list[Any] = []
    for column in sheet.columns:
        value = content.get(column.name)
        if column.kind in TEXT_KINDS:
            values.append("" if value is None else value)
        else:
            values.append(int(value) if isinstance(value, bool) else value)
    return (*values, key)


CHECKS: tuple[Callable[[Connection], Iterator[BrokenLaw]], ...] = (
    _debit_equals_credit,
    _subledger_equals_control,
    _vat_equals_account,
    _bank_equals_account,
    _never_overapplied,
    _numbers_without_gap,
    _lines_have_documents,
    _derived_rebuilt,
    _master_rebuilt,
)
