"""Workbooks made in memory for the tests of the readers, and small tables of the tests' own."""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from salesbatch.core.findings import Finding
from salesbatch.core.inbox import Inbox, InputFile
from salesbatch.core.tables import (
    Table,
    amount,
    as_header,
    choice,
    code,
    day,
    formula,
    integer,
    percent,
    price,
    quantity,
    text,
    yes_no,
)
from salesbatch.readers.cells import Reading
from salesbatch.readers.inbox import gather_inbox

BUYERS = Table(
    "Buyers",
    (
        code("No.", "Kundnr", required=True),
        text("Name", "Namn", required=True),
        amount("Credit Limit", "Kreditgräns", non_negative=True),
        percent("Prepayment %", "Förskott %"),
        yes_no("Blocked", "Spärrad"),
        choice("Language", "English|Swedish|German", "Språk"),
        formula("Payment Terms", "Betalningsvillkor"),
        day("Since", "Sedan"),
        code("Currency Code", "Valuta"),
        amount("Balance", "Saldo"),
    ),
    key=("No.",),
    group="master",
    aliases=("Köpare",),
)

SALES = Table(
    "Sales",
    (
        *as_header(
            (
                code("No.", "Ordernr"),
                code("Customer No.", "Kundnr", required=True),
                day("Order Date", "Orderdatum"),
                code("External Document No."),
                code("Currency Code", "Valuta"),
                amount("Freight", "Frakt"),
                choice("Action", "Open|Ship and Invoice"),
            )
        ),
        integer("Line No.", "Radnr", non_negative=True),
        code("Item No.", "Artikelnr", required=True),
        text("Description", "Beskrivning"),
        quantity("Quantity", "Antal"),
        price("Unit Price", "Pris"),
        percent("Line Discount %", "Rabatt %"),
    ),
    key=("No.",),
    group="documents",
    aliases=("Försäljning", "Order"),
    documents=True,
    alternative_keys=("External Document No.",),
)

NOTES = Table(
    "Shipments",
    (
        code("Shipment No.", required=True),
        code("Order No.", required=True),
        integer("Line No."),
        quantity("Quantity", required=True, non_negative=True),
    ),
    key=("Shipment No.", "Order No.", "Line No."),
    group="documents",
)

LINES = Table(
    "Bank Lines",
    (
        code("Bank Account", required=True),
        day("Date", required=True),
        amount("Amount", required=True),
        text("Text"),
    ),
    key=("Bank Account", "Date", "Amount", "Text"),
    group="bank",
)

TABLES = (BUYERS, SALES, NOTES, LINES)
DAY = datetime.date(2026, 10, 31)


@dataclass(frozen=True)
class Formula:
    """A formula and the result that was saved with it."""

    text: str
    result: object


def workbook(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    merged: Mapping[str, Sequence[str]] | None = None,
    hidden: Sequence[str] = (),
    date_1904: bool = False,
) -> bytes:
    """An xlsx file of the given rows: text, numbers, dates, yes/no, None, Formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": date_1904})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    times = book.add_format({"num_format": "hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Formula):
                    sheet.write_formula(row, column, cell.text, None, cell.result)
                elif isinstance(cell, bool):
                    sheet.write_boolean(row, column, cell)
                elif isinstance(cell, datetime.datetime):
                    sheet.write_datetime(row, column, cell, moments)
                elif isinstance(cell, datetime.date):
                    sheet.write_datetime(row, column, cell, dates)
                elif isinstance(cell, datetime.time):
                    sheet.write_datetime(row, column, cell, times)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(row, column, cell)
                elif cell is not None:
                    sheet.write_string(row, column, str(cell))
        for area in (merged or {}).get(name, ()):
            sheet.merge_range(area, None)
            top = rows[int("".join(c for c in area.partition(":")[0] if c.isdigit())) - 1]
            first = ord(area[0]) - ord("A")
            sheet.write(area.partition(":")[0], top[first] if first < len(top) else None)
        if name in hidden:
            sheet.hide()
    book.close()
    return buffer.getvalue()


def dropped(name: str, content: bytes) -> InputFile:
    """A file as the program hands it to the readers."""
    return InputFile(name, hashlib.sha256(content).hexdigest(), content)


def read(
    *files: InputFile | Mapping[str, Sequence[Sequence[object]]],
    language: str = "en",
    currency: str = "SEK",
    tables: Sequence[Table] = TABLES,
) -> Inbox:
    """Read files, or sheets given as rows, as the tests' own tables."""
    given = [
        file if isinstance(file, InputFile) else dropped(f"file{number}.xlsx", workbook(file))
        for number, file in enumerate(files, 1)
    ]
    return gather_inbox(given, tables, Reading(language, currency))


def found(inbox: Inbox, *, notices: bool = False) -> list[tuple[str, str, str]]:
    """(cell or row, code, value as typed) of the findings."""
    return [
        (item.cell or str(item.place.row), item.code, item.value)
        for item in inbox.findings
        if notices or item.severity != "notice"
    ]


def the_finding(inbox: Inbox, code_wanted: str) -> Finding:
    """The one finding with this code."""
    (item,) = [item for item in inbox.findings if item.code == code_wanted]
    return item
