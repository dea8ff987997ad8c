"""A bank file's statements become rows of the sheet `Bank Statement`, so that rules see one kind of statement.

A row's source is the file, its sheet the bank's id of the statement, its row the running number of the line:
1, 2, 3 … for the lines, then the opening and the closing balance. Money that has arrived cannot be refused for
its words: characters that cannot be seen are left out, and a text that is too long is cut, with a notice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, overload

import numpy as np
import pandas as pd

from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.money import LIMIT, decimal_text, minor_digits
from salesbatch.core.sheets_bank import CLOSING_WORDS, OPENING_WORDS
from salesbatch.core.tables import TEXT_KINDS, Column, RawSheet, Table
from salesbatch.readers import keys
from salesbatch.readers.cells import Values
from salesbatch.readers.sheet_rows import TablePart

LARGEST_FILE = 50 << 20
"""Bytes of a bank's file; the largest that were seen have a tenth of that."""
OPENING, CLOSING = "Opening Balance", "Closing Balance"
_BALANCE_WORDS = OPENING_WORDS | CLOSING_WORDS
_NAMED = 5
"""So many lines are named in one finding."""
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "UNKNOWN"))
_AMOUNT = re.compile(r"([+-]?)([0-9]{0,18})(?:\.([0-9]{0,18}))?", re.ASCII)
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


class StatementLine(NamedTuple):
    """One line; dates are ISO text ('' for none), the amount is minor units, money in positive."""

    date: str
    value_date: str
    amount_minor: int
    text: str = ""
    additional_info: str = ""
    payer_name: str = ""
    payer_address: str = ""
    payer_city: str = ""
    payer_account: str = ""
    payment_reference: str = ""
    transaction_id: str = ""
    entry_amount_minor: int | None = None
    """Of a part of an entry: what the whole entry moved on the account."""


class Balance(NamedTuple):
    """A balance at the end (or begin) of a day: ISO date and minor units."""

    date: str
    amount_minor: int


@dataclass(slots=True)
class Statement:
    """One statement of one account, as the bank gave it.

    pending: the entries left out because they are not booked, in words. explains: its lines are payments inside
    entries of the account's statement, and add no money. intraday: a report during the day, never posted.
    """

    statement_id: str
    account: str
    currency_code: str
    statement_no: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    lines: list[StatementLine] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    explains: bool = False
    intraday: bool = False
    findings: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Further findings of the file: code and placeholders."""


def plain_text(text: str) -> str:
    """A text on one line, in composed letters, without characters that cannot be seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = " ".join(text.split())
    if not text.isprintable():
        text = "".join(sign for sign in text if unicodedata.category(sign) not in _UNSEEN).strip()
    return text


def statement_parts(source: str, statements: Sequence[Statement], table: Table) -> list[TablePart]:
    """The statements of a file as parts of the table `Bank Statement`, each under a sheet name of its own."""
    taken: dict[str, int] = {}
    parts = []
    for statement in statements:
        name = statement.statement_id or statement.statement_no or "Bank Statement"
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:  # A bank may use one id for the statements of two accounts.
            name = f"{name} ({taken[name]})"
        parts.append(_part(source, name, statement, table))
    return parts


def _part(source: str, sheet: str, statement: Statement, table: Table) -> TablePart:
    place = Place(source, sheet)
    findings = [finding(code, place, **values) for code, values in statement.findings]
    if statement.pending:
        named = listed(statement.pending)
        findings.append(finding("statement-pending", place, count=len(statement.pending), named=named))
    if statement.intraday:
        findings.append(_intraday(statement, place))
        return TablePart(findings=findings)
    if not statement.lines:
        findings.append(finding("statement-without-lines", place, statement.statement_no))
    columns = _columns(statement)
    for column in table.columns:
        if column.kind in TEXT_KINDS:
            findings += _cut(columns[column.name], column, place)
    count = len(columns["date"])
    if not count:
        return TablePart(findings=findings)
    values = {column.name: _values(column, columns[column.name]) for column in table.columns}
    single = np.arange(count, dtype=np.int64)
    nothing = np.full(count, "", object)
    content = keys.contents(table, values, single, nothing)
    data: dict[str, object] = {column.name: _array(column, columns[column.name]) for column in table.columns}
    provenance = {
        "source": np.full(count, source, object),
        "sheet": np.full(count, sheet, object),
        "row": single + 1,
        "key": keys.key_texts(table, values, single, content),
        "content_hash": content,
        "cleared": nothing,
        "held_id": nothing,
    }
    for name, array in provenance.items():
        data[name] = array if name == "row" else pd.array(array, dtype="str")
    raw = RawSheet(
        source,
        sheet,
        0,
        tuple(column.caption for column in table.columns),
        _AsTyped(table.columns, columns, minor_digits(statement.currency_code)),
    )
    return TablePart(pd.DataFrame(data), findings=findings, raw=raw, rows_read=len(statement.lines))


def clean_reference(text: str) -> str:
    """A reference that is one: 'NOTPROVIDED', zeros and dashes are none."""
    return "" if text.upper() in _NO_REFERENCE or not text.strip("0-./ ") else text


def amount_of(text: str, currency: str, decimal_sign: str = ".") -> int | None:
    """Minor units of an amount as written, exactly; None where it is none, or has too many decimals."""
    match = _AMOUNT.fullmatch(text.replace(decimal_sign, ".", 1) if decimal_sign != "." else text)
    digits = minor_digits(currency)
    if match and (match[2] or match[3]):
        fraction = (match[3] or "").rstrip("0")
        if len(fraction) <= digits:
            amount = int(match[2] + fraction.ljust(digits, "0") or "0")
            if amount < LIMIT:
                return -amount if match[1] == "-" else amount
    return None


def in_words(line: StatementLine, currency: str) -> str:
    """A line as a finding names it: date, amount and who or what."""
    who = line.payer_name or line.text
    return f"{line.date} {decimal_text(line.amount_minor, minor_digits(currency))} {who[:40]}".rstrip()


def listed(texts: Sequence[str]) -> str:
    """The first few of many texts."""
    return "; ".join(texts[:_NAMED]) + ("; …" if len(texts) > _NAMED else "")


def _intraday(statement: Statement, place: Place) -> Finding:
    """What a report during the day shows, in words: it may still change, so nothing of it is taken in."""
    currency = statement.currency_code
    total = sum(line.amount_minor for line in statement.lines)
    return finding(
        "bank-file-intraday",
        place,
        count=len(statement.lines),
        total=decimal_text(total, minor_digits(currency)),
        named=listed([in_words(line, currency) for line in statement.lines]),
    )


def _columns(statement: Statement) -> dict[str, list[Any]]:
    """The statement column by column, the balances last."""
    rows = [_no_balance(line) for line in statement.lines]
    balances = ((OPENING, statement.opening), (CLOSING, statement.closing))
    rows += [StatementLine(item.date, "", item.amount_minor, word) for word, item in balances if item]
    names = StatementLine._fields
    columns: dict[str, list[Any]] = {
        name: list(values) for name, values in zip(names, zip(*rows) if rows else ((),) * len(names))
    }
    columns["bank_account"] = [statement.account] * len(rows)
    columns["statement_no"] = [statement.statement_no] * len(rows)
    columns["currency_code"] = [statement.currency_code] * len(rows)
    columns["explains"] = [statement.explains or None] * len(rows)
    if statement.explains:
        amounts = zip(columns["entry_amount_minor"], columns["amount_minor"])
        columns["entry_amount_minor"] = [amount if entry is None else entry for entry, amount in amounts]
    return columns


def _no_balance(line: StatementLine) -> StatementLine:
    """A payer who writes 'Closing Balance' must not make a balance of his payment."""
    return line._replace(text=f"({line.text})") if line.text.casefold() in _BALANCE_WORDS else line


def _cut(texts: list[str], column: Column, place: Place) -> list[Finding]:
    """Cut what the sheet could not hold either, in place; one notice a text."""
    most, found = column.most, []
    if max(map(len, texts), default=0) > most:
        for position, text in enumerate(texts):
            if len(text) > most:
                texts[position] = text[:most]
                found.append(
                    finding(
                        "statement-text-cut",
                        place._replace(row=position + 1, column=column.caption),
                        most=most,
                    )
                )
    return found


def _values(column: Column, cells: list[Any]) -> Values:
    """A column as the keys and hashes of sheets are made from it."""
    if column.kind in TEXT_KINDS:
        index: dict[str, int] = {"": 0}
        places = np.fromiter((index.setdefault(text, len(index)) for text in cells), np.int64, len(cells))
        return Values(column, places, places == 0, list(index))
    if column.kind == "date":
        days = np.array(cells, dtype="datetime64[s]")
        blank = np.isnat(days)
        return Values(column, np.where(blank, 0, days.astype(np.int64)), blank)
    blank = np.fromiter((cell is None for cell in cells), np.bool_, len(cells))
    return Values(column, np.array([cell or 0 for cell in cells], dtype=np.int64), blank)


def _array(column: Column, cells: list[Any]) -> Any:
    """A column as the frame has it."""
    if column.kind == "date":
        return np.array(cells, dtype="datetime64[s]")
    kind: Any = column.dtype
    return pd.array(cells, dtype=kind)


class _AsTyped(Sequence[list[object]]):
    """The rows as a person would have typed them into the sheet, each made when a finding asks for it."""

    def __init__(self, columns: Sequence[Column], cells: dict[str, list[Any]], digits: int) -> None:
        self._columns = columns
        self._cells = cells
        self._unit = 10**digits

    def __len__(self) -> int:
        return len(self._cells["date"])

    @overload
    def __getitem__(self, index: int) -> list[object]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[list[object]]: ...
    def __getitem__(self, index: int | slice) -> list[object] | Sequence[list[object]]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        return [self._typed(column, self._cells[column.name][index]) for column in self._columns]

    def _typed(self, column: Column, value: Any) -> object:
        if column.kind == "date":
            return date.fromisoformat(value) if value else None
        if column.kind == "yes_no":
            return "yes" if value else None
        if column.kind == "amount" and value is not None:
            # A cell of a workbook is a float too; what is posted never comes from here.
            return value // self._unit if value % self._unit == 0 else value / self._unit
        return value or None
