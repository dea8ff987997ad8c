"""Empty sheets to fill in: captions with a note, drop-downs, one example row that the reader skips.

The columns come from the declarations in `core`, so a template offers exactly what is read. In Swedish the
sheets and captions have their Swedish names; options keep their one spelling, since they are what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from salesbatch.core.declare import swedish_caption, swedish_sheet
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import NUMBER_KINDS, Column, Table
from salesbatch.writers.grid import CellMark, GridColumn, GridSheet, draw_workbook
from salesbatch.writers.grid_parts import Kind

INPUT_ROWS = 500
"""Rows below the captions that have drop-downs."""
EXAMPLE = {"en": "Example", "sv": "Exempel"}
_NOT_READ = {
    "en": "An example: this row is not read.",
    "sv": "Ett exempel: den här raden läses inte.",
}
YES_NO = {"en": ("yes", "no"), "sv": ("ja", "nej")}
_CELL_KINDS: dict[str, Kind] = {"date": "date", "amount": "money", "yes_no": "text", "integer": "integer"}
_WORDS = {
    "en": {
        "required": "Required.",
        "default": "Blank: {value}.",
        "date": "A date.",
        "percent": "0 to 100.",
        "formula": "A date formula such as 30D, 1M or CM+10D.",
        "header": "Once per document, on its first row.",
        "written": "Filled in by the program.",
    },
    "sv": {
        "required": "Obligatorisk.",
        "default": "Tomt: {value}.",
        "date": "Ett datum.",
        "percent": "0 till 100.",
        "formula": "En datumformel, till exempel 30D, 1M eller CM+10D.",
        "header": "En gång per dokument, på dess första rad.",
        "written": "Fylls i av programmet.",
    },
}
_TITLE = {"en": "Template", "sv": "Mall"}
# What nearly every document needs stands first; the other columns follow as declared.
_DOCUMENT_ORDER = (
    "No.",
    "Customer No.",
    "Applies-to Document No.",
    "Posting Date",
    "Your Reference",
    "Item No.",
    "Description",
    "Quantity",
    "Unit Price",
    "Line Discount %",
    "Action",
)


def draw_templates(tables: Sequence[Table | str], language: str = "en") -> bytes:
    """A workbook with an empty sheet per table, given as such or by `Table.name`; each has an example row.

    language: en or sv. Raises KeyError for a name that is no table.
    """
    wanted = [BY_NAME[table] if isinstance(table, str) else table for table in tables]
    return draw_workbook(
        [template_sheet(table, language) for table in wanted], title=_TITLE[language], language=language
    )


def template_sheet(table: Table, language: str) -> GridSheet:
    """One sheet with its captions and its example row."""
    columns = ordered_columns(table)
    cells: list[list[object]] = [[typed_value(column, column.example, language)] for column in columns]
    first = columns[0].example
    cells[0] = [f"{EXAMPLE[language]}: {first}" if first else EXAMPLE[language]]
    sheet = input_sheet(table, columns, cells, language)
    return replace(sheet, marks=(CellMark(0, -1, _NOT_READ[language], "notice"),))


def input_sheet(
    table: Table, columns: Sequence[Column], cells: Sequence[Sequence[object]], language: str
) -> GridSheet:
    """A sheet to fill in; cells: values per column, as Python objects."""
    return GridSheet(
        sheet_name(table, language),
        tuple(input_column(column, values, language) for column, values in zip(columns, cells, strict=True)),
        table=False,
        frozen_columns=1,
        input_rows=INPUT_ROWS,
    )


def sheet_name(table: Table, language: str) -> str:
    """The sheet's name in the language, without the slash that Excel does not allow: GL Accounts."""
    return (swedish_sheet(table) if language == "sv" else table.sheet).replace("/", "")


def input_column(column: Column, values: Sequence[object], language: str) -> GridColumn:
    """A column to fill in, with its note and drop-down."""
    options = YES_NO[language] if column.kind == "yes_no" else column.options
    return GridColumn(
        swedish_caption(column) if language == "sv" else column.caption,
        "typed",
        list(values),
        comment=column_note(column, language),
        options=options,
        tone="required" if column.required else "plain",
        cell_kind=_CELL_KINDS.get(column.kind, "quantity" if column.kind in NUMBER_KINDS else "text"),
    )


def column_note(column: Column, language: str) -> str:
    """The note at a caption: what the column is for, and what may stand in it."""
    words = _WORDS[language]
    parts = [column.help]
    if column.required:
        parts.append(words["required"])
    if column.kind in ("date", "percent", "formula"):
        parts.append(words[column.kind])
    if column.default:
        parts.append(words["default"].format(value=value_text(column, column.default, language)))
    if column.header:
        parts.append(words["header"])
    if not column.in_hash:
        parts.append(words["written"])
    return " ".join(part for part in parts if part)


def ordered_columns(table: Table) -> tuple[Column, ...]:
    """The columns as a person fills them in."""
    if not table.documents:
        return table.columns
    first = [table.by_caption[caption] for caption in _DOCUMENT_ORDER if caption in table.by_caption]
    return (*first, *(column for column in table.columns if column not in first))


def value_text(column: Column, text: str, language: str) -> str:
    """A canonical text as it is typed in a language: only yes and no differ."""
    if column.kind != "yes_no" or text not in YES_NO["en"]:
        return text
    return YES_NO[language][YES_NO["en"].index(text)]


def typed_value(column: Column, text: str, language: str) -> object:
    """A canonical text as the cell's value: a date, a number or a text; None for blank."""
    if text == "":
        return None
    if column.kind == "date":
        return date.fromisoformat(text)
    if column.kind in NUMBER_KINDS:
        return Decimal(text)
    return value_text(column, text, language)
