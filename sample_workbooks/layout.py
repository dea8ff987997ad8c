"""Sheets as accountants make them: titles above the header, Swedish captions, texts for numbers, total rows.

The cells of a sheet say the same as its rows; only the look differs from workbook to workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sample_workbooks.tables import Row, captions_of

CREATED = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
SWEDISH = {
    "No.": "Nr",
    "Customer No.": "Kundnr",
    "Posting Date": "Bokföringsdatum",
    "Document Date": "Dokumentdatum",
    "Order Date": "Orderdatum",
    "External Document No.": "Externt dokumentnr",
    "Your Reference": "Er referens",
    "Payment Terms Code": "Betalningsvillkor",
    "Action": "Åtgärd",
    "Type": "Typ",
    "Item No.": "Artikelnr",
    "Description": "Beskrivning",
    "Quantity": "Antal",
    "Unit Price": "À-pris",
    "Line Discount %": "Rabatt %",
    "VAT Prod. Posting Group": "Momskod",
    "Reason Code": "Orsakskod",
    "Applies-to Document No.": "Avser fakturanr",
    "Payment No.": "Betalningsnr",
    "Amount": "Belopp",
    "Bank Account": "Bankkonto",
    "Text": "Text",
    "Date": "Bokföringsdag",
    "Payer Name": "Betalare",
    "Payer Account": "Betalarens konto",
    "Payment Reference": "OCR",
    "Transaction ID": "Transaktions-id",
    "Statement No.": "Kontoutdragsnr",
    "Currency Code": "Valuta",
}
NUMBERS = {"Orders": "Ordernr", "Invoices": "Fakturanr", "Credit Memos": "Kreditnotanr"}
MONEY = frozenset(
    {
        "Unit Price",
        "Unit Cost",
        "Amount",
        "Credit Limit",
        "Rate",
        "Additional Fee",
        "Minimum Amount",
        "Remaining Amount",
        "Fee per Line",
    }
)
WIDE = {
    "Name": 34,
    "Description": 38,
    "Text": 40,
    "Address": 24,
    "E-mail": 32,
    "Payer Name": 34,
    "Clause": 44,
    "Bank Account": 30,
    "Value": 34,
}


@dataclass(frozen=True)
class Style:
    """How a sheet looks. Sets name captions of columns."""

    title: tuple[str, ...] = ()
    swedish: bool = False
    repeat_header: bool = False
    blank_between: bool = False
    total: str = ""
    text_numbers: frozenset[str] = frozenset()
    text_dates: bool = False
    number_codes: frozenset[str] = frozenset()
    indent: int = 0
    hidden: bool = False
    sheet_name: str = ""
    date_format: str = "yyyy-mm-dd"


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written: its contract name, its rows (None is a blank row) and its look."""

    name: str
    rows: Sequence[Row | None]
    style: Style = Style()
    captions: tuple[str, ...] = ()


class Raw:
    """A cell that is written in a special way; see `mistakes.py`."""

    def __init__(self, kind: str, value: Any = "") -> None:
        self.kind, self.value = kind, value


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """One workbook; equal sheets give equal bytes."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True})
    workbook.set_properties({"author": "Norrsken Kontor & Café AB", "created": CREATED})
    formats = _Formats(workbook)
    for sheet in sheets:
        _write_sheet(workbook, formats, sheet)
    workbook.close()


class _Formats:
    def __init__(self, workbook: Any) -> None:
        self._workbook, self._known = workbook, {}  # type: ignore[var-annotated]
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.header = workbook.add_format(
            {"bold": True, "bg_color": "#DDE6EE", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.bold = workbook.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"})

    def number(self, pattern: str) -> Any:
        if pattern not in self._known:
            self._known[pattern] = self._workbook.add_format({"num_format": pattern})
        return self._known[pattern]


def _write_sheet(workbook: Any, formats: _Formats, sheet: Sheet) -> None:
    style = sheet.style
    page = workbook.add_worksheet(style.sheet_name or sheet.name)
    rows = prepared_rows(sheet)
    captions = sheet.captions or captions_of(rows)
    top, left = 0, style.indent
    for line in style.title:
        page.write_string(top, left, line, formats.title if top == 0 else None)
        top += 1
    top += 1 if style.title else 0
    for place, caption in enumerate(captions):
        page.write_string(top, left + place, shown_caption(sheet, caption), formats.header)
        page.set_column(left + place, left + place, WIDE.get(caption, 14))
    page.freeze_panes(top + 1, 0)
    line_no = top
    for row in rows:
        line_no += 1
        for place, caption in enumerate(captions):
            value = (row or {}).get(caption)
            if value is not None:
                _write_cell(page, formats, line_no, left + place, caption, value, style)
    if style.total:
        _write_total(page, formats, line_no + 1, left, captions, rows, style.total)
    if style.hidden:
        page.hide()


def prepared_rows(sheet: Sheet) -> list[Row | None]:
    """The rows with the header repeated on each line, or with a blank row between documents."""
    style = sheet.style
    result: list[Row | None] = []
    header: Row = {}
    for row in sheet.rows:
        if row is not None and row.get("No."):
            if style.blank_between and result:
                result.append(None)
            header = {
                caption: row[caption]
                for caption in ("No.", "Customer No.", "Posting Date", "Action")
                if caption in row
            }
        result.append({**header, **row} if style.repeat_header and row is not None else row)
    return result


def shown_caption(sheet: Sheet, caption: str) -> str:
    """The caption as it stands in the sheet."""
    if not sheet.style.swedish:
        return caption
    if caption == "No.":
        return NUMBERS.get(sheet.name, "Nr")
    return SWEDISH.get(caption, caption)


def swedish_number(value: Decimal) -> str:
    """1234.5 -> '1 234,50' with a no-break space, as copied from another program."""
    text = f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return text.replace(",", "\u00a0").replace(".", ",")


def _write_cell(
    page: Any, formats: _Formats, row: int, column: int, caption: str, value: Any, style: Style
) -> None:
    if isinstance(value, Raw):
        _write_raw(page, formats, row, column, value)
    elif isinstance(value, date):
        if style.text_dates:
            page.write_string(row, column, value.isoformat())
        else:
            page.write_datetime(row, column, value, formats.number(style.date_format))
    elif isinstance(value, Decimal | int):
        if caption in style.text_numbers:
            page.write_string(
                row,
                column,
                swedish_number(Decimal(value)) if caption in MONEY else str(value).replace(".", ","),
            )
        else:
            money = caption in MONEY and Decimal(value) == Decimal(value).quantize(Decimal("0.01"))
            page.write_number(row, column, float(value), formats.number("#,##0.00" if money else "General"))
    elif caption in style.number_codes and str(value).isdigit() and not str(value).startswith("0"):
        page.write_number(row, column, int(value))
    else:
        page.write_string(row, column, str(value))


def _write_raw(page: Any, formats: _Formats, row: int, column: int, cell: Raw) -> None:
    if cell.kind == "error":
        page.write_formula(row, column, "=NA()" if cell.value == "#N/A" else "=#REF!+1", None, cell.value)
    elif cell.kind == "uncached":
        page.write_formula(row, column, cell.value, None, "")
    elif cell.kind == "merge":
        rows, text = cell.value
        page.merge_range(row, column, row + rows - 1, column, text)
    elif cell.kind == "number":
        page.write_number(row, column, cell.value)
    elif cell.kind == "scientific":
        page.write_number(row, column, cell.value, formats.number("0.0E+00"))
    else:
        page.write_string(row, column, cell.value)


def _write_total(
    page: Any,
    formats: _Formats,
    row: int,
    left: int,
    captions: Sequence[str],
    rows: Sequence[Row | None],
    word: str,
) -> None:
    page.write_string(row, left, word, formats.bold)
    for place, caption in enumerate(captions):
        if caption in ("Quantity", "Amount"):
            numbers = [each[caption] for each in rows if each and isinstance(each.get(caption), Decimal)]
            page.write_number(row, left + place, float(sum(numbers, Decimal(0))), formats.bold)
