"""Setup.xlsx of a new company: every setup sheet, filled as far as can be known beforehand in Sweden.

The cells that only the accountant knows are coloured; each setting has its meaning as a note.
"""

from __future__ import annotations

from dataclasses import replace

from salesbatch.core.company import SETTING_COLUMNS
from salesbatch.core.declare import swedish_caption
from salesbatch.core.sheets_setup import SETUP_TABLES
from salesbatch.core.swedish_setup import TO_FILL_IN, Row, swedish_setup
from salesbatch.core.tables import Column, Table
from salesbatch.writers.grid import CellMark, GridSheet, draw_workbook
from salesbatch.writers.templates import YES_NO, column_note, input_sheet, typed_value

_TITLE = {"en": "Setup", "sv": "Inställningar"}
_FILL_IN = {"en": "Fill this in.", "sv": "Fyll i detta."}
_HOW = {
    "en": "Fill in the yellow cells, look through the other sheets, save this file in the inbox and run. "
    "Point at a value to read what it means.",
    "sv": "Fyll i de gula cellerna, se igenom de andra bladen, spara filen i inkorgen och kör. "
    "Peka på ett värde för att läsa vad det betyder.",
}
_ONE_OF = {"en": "One of: {options}.", "sv": "Något av: {options}."}
_SETTINGS = {column.caption: column for column in SETTING_COLUMNS.values()}


def draw_setup_workbook(language: str = "en") -> bytes:
    """The workbook with one sheet per setup table, captions in the language (en or sv)."""
    rows = swedish_setup(language)
    sheets = [_sheet(table, rows.get(table.name, ()), language) for table in SETUP_TABLES]
    return draw_workbook(sheets, title=_TITLE[language], language=language)


def _sheet(table: Table, rows: tuple[Row, ...], language: str) -> GridSheet:
    if table.name == "company":
        return _company_sheet(table, rows, language)
    cells = [
        [typed_value(column, row.get(column.caption, ""), language) for row in rows]
        for column in table.columns
    ]
    return input_sheet(table, table.columns, cells, language)


def _company_sheet(table: Table, rows: tuple[Row, ...], language: str) -> GridSheet:
    """Settings by name with their values; what is to be filled in is coloured."""
    settings = [_SETTINGS[row["Setting"]] for row in rows]
    names: list[object] = [
        swedish_caption(column) if language == "sv" else column.caption for column in settings
    ]
    values = [typed_value(column, row["Value"], language) for column, row in zip(settings, rows)]
    sheet = input_sheet(table, table.columns, [names, values], language)
    marks = tuple(_mark(number, column, language) for number, column in enumerate(settings))
    widths = (34.0, 44.0)
    columns = tuple(replace(column, width=width) for column, width in zip(sheet.columns, widths))
    return replace(sheet, columns=columns, marks=marks, input_rows=0, notes=(_HOW[language],))


def _mark(row: int, column: Column, language: str) -> CellMark:
    """The note, colour and drop-down of a setting's value."""
    to_fill = column.caption in TO_FILL_IN
    options = YES_NO[language] if column.kind == "yes_no" else column.options
    note = [_FILL_IN[language]] if to_fill else []
    note.append(column_note(replace(column, default=""), language))
    if options:
        note.append(_ONE_OF[language].format(options=", ".join(options)))
    return CellMark(
        row, 1, " ".join(part for part in note if part), "warning" if to_fill else "plain", options
    )
