"""What a workbook is made of: sheets of typed columns, pages of free cells, charts. No file format in here.

A writer says what a cell means (money in minor units, a date, a code) and never how it looks; `grid` knows
how Excel shows it. All texts pass through `clean_text`, sheet names through `sheet_names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["text", "code", "date", "money", "quantity", "percent", "integer", "flag", "link", "typed"]
HeaderTone = Literal["plain", "required", "optional", "problem", "answer"]
MarkTone = Literal["error", "warning", "notice", "good", "answer", "line", "plain"]

MAX_TEXT = 32_767
"""Characters that a cell can hold, as Excel counts them (UTF-16 units)."""
MAX_ROWS = 1_048_576
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class GridColumn:
    """One column of a sheet with its values.

    values by kind: text, code, link: str ("" = blank); date: datetime64 (NaT = blank); money: integer minor
    units; quantity, percent: integers scaled by 100,000; integer: integers; flag: bool. Numbers and flags
    may be nullable, a null is a blank cell. typed: Python objects, each written as what it is.
    """

    caption: str
    kind: Kind = "text"
    values: Any = ()
    width: float = 0.0
    """In characters; 0: from the caption and the values."""
    comment: str = ""
    """Note at the header cell."""
    options: tuple[str, ...] = ()
    """Drop-down list of the cells."""
    digits: Any = 2
    """Decimals of money: one number, or one per row where rows differ in currency."""
    targets: Sequence[str] = ()
    """For links: path of the file, relative to the workbook's folder, per row; "" is plain text."""
    total: bool = False
    """Sum in a total row below the table; money and quantities only."""
    blank_zero: bool = False
    """Show a 0 as a blank cell: 'none' rather than 'nothing'."""
    hidden: bool = False
    wrap: bool = False
    """Long text in several lines; only where cells are written one at a time."""
    tone: HeaderTone = "plain"
    cell_kind: Kind = "text"
    """For typed columns: how blank and text cells are formatted, so that what is typed there stays right."""


@dataclass(frozen=True)
class CellMark:
    """A coloured cell with a note. row, column: index from 0; column -1 is the whole row.

    options: drop-down of this one cell, which needs a column. free: other values may be typed without a word.
    """

    row: int
    column: int
    note: str = ""
    tone: MarkTone = "error"
    options: tuple[str, ...] = ()
    free: bool = False


@dataclass(frozen=True, eq=False)
class GridSheet:
    """A sheet of rows under captions.

    table: a real Excel table (banded, filter buttons, structured names); without it the sheet has only a
    filter, and captions may be blank or double. input_rows: rows below the values that get the drop-downs
    too. A title or notes stand above the captions; without them the captions stand in row 1. printed_columns:
    only the first so many are printed, for a sheet whose last columns are for the screen; 0 is all.
    """

    name: str
    columns: tuple[GridColumn, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    marks: tuple[CellMark, ...] = ()
    table: bool = True
    frozen_columns: int = 0
    input_rows: int = 0
    printed_columns: int = 0
    tab_color: str = ""

    @property
    def row_count(self) -> int:
        """Rows of values: the longest column."""
        return max((len(column.values) for column in self.columns), default=0)

    @property
    def header_row(self) -> int:
        """0-based row of the captions."""
        above = bool(self.title) + len(self.notes)
        return above + 1 if above else 0

    def part(self, start: int, stop: int) -> GridSheet:
        """The rows from start up to stop as a sheet of their own."""
        columns = tuple(
            replace(
                column,
                values=column.values[start:stop],
                targets=column.targets[start:stop],
                digits=column.digits if isinstance(column.digits, int) else column.digits[start:stop],
            )
            for column in self.columns
        )
        marks = tuple(replace(m, row=m.row - start) for m in self.marks if start <= m.row < stop)
        return replace(self, columns=columns, marks=marks)

    def parts(self) -> list[GridSheet]:
        """The sheet itself, or several where it has more rows than Excel: the next ones are named 'X (2)'."""
        room = MAX_ROWS - self.header_row - 2  # The captions and a total row need room too.
        if self.row_count <= room:
            return [self]
        sheets = []
        for number, start in enumerate(range(0, self.row_count, room), start=1):
            sheet = self.part(start, start + room)
            sheets.append(sheet if number == 1 else replace(sheet, name=f"{self.name[:25]} ({number})"))
        return sheets


PageStyle = Literal[
    "title", "subtitle", "heading", "column", "number_column", "label", "text", "wrapped", "muted", "code",
    "money", "money_total", "integer", "date", "good", "bad", "link", "error", "warning", "notice",
]  # fmt: skip


@dataclass(frozen=True)
class PageCell:
    """One cell of a page. value: str, int, float or date; money is in minor units with `digits`.

    span: columns to merge to the right. target: path relative to the workbook, or '#Sheet name' inside it.
    """

    row: int
    column: int
    value: object
    style: PageStyle = "text"
    span: int = 1
    digits: int = 2
    target: str = ""


@dataclass(frozen=True)
class PageChart:
    """A chart of cells of its own page.

    categories, values: (first row, first column, last row, last column). colors: one for all, or one a point.
    part: a part of each value, drawn over it, with its own colour. names: of values and part, for a legend.
    """

    kind: Literal["column", "bar"]
    title: str
    row: int
    column: int
    categories: tuple[int, int, int, int]
    values: tuple[int, int, int, int]
    colors: tuple[str, ...] = ()
    part: tuple[int, int, int, int] | None = None
    names: tuple[str, ...] = ()
    width: int = 480
    height: int = 280
    x_offset: int = 0


@dataclass(frozen=True)
class GridPage:
    """A sheet laid out freely: a summary, a read-me."""

    name: str
    cells: tuple[PageCell, ...]
    widths: tuple[float, ...] = ()
    charts: tuple[PageChart, ...] = ()
    row_heights: dict[int, float] = field(default_factory=dict)
    landscape: bool = True
    tab_color: str = ""


def clean_text(text: str) -> str:
    """Text that a cell can hold and that stays text.

    Longer text is cut, with an ellipsis; halves of a broken character become U+FFFD. Control characters are
    legal in a cell in escaped form and are left to XlsxWriter, which escapes them. A text that begins with
    <r> and ends with </r> would be taken by it for formatted text and written as raw XML: such a text is
    handed over as one formatted run, so that the cell reads exactly as typed.

        >>> clean_text("<r>x</r>")
        '<r><t xml:space="preserve">&lt;r&gt;x&lt;/r&gt;</t></r>'
    """
    text = whole_text(text)
    if len(text) > MAX_TEXT // 2 and utf16_length(text) > MAX_TEXT:
        text = cut_text(text, MAX_TEXT)
    if text.startswith("<r>") and text.endswith("</r>"):
        text = cut_text(text, MAX_TEXT - 100)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<r><t xml:space="preserve">{escaped}</t></r>'
    return text


def whole_text(text: str) -> str:
    """The text with halves of broken characters replaced: they cannot be written to any file."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def utf16_length(text: str) -> int:
    """Length as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_text(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units; what was cut ends in an ellipsis."""
    if utf16_length(text) <= limit:
        return text
    short = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2]
    return short.decode("utf-16-le", "ignore") + "…"


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel accepts, each once: forbidden characters become '-', at most 31 characters."""
    taken: set[str] = set()
    result = []
    for wanted in names:
        name = cut_text(_BAD_IN_SHEET_NAME.sub("-", wanted).strip().strip("'"), 31) or "Sheet"
        if name.casefold() == "history":  # Excel keeps this name for itself.
            name += "_"
        unique, number = name, 2
        while unique.casefold() in taken:
            unique = f"{cut_text(name, 31 - len(f' ({number})'))} ({number})"
            number += 1
        taken.add(unique.casefold())
        result.append(unique)
    return result


def table_name(sheet_name: str, taken: set[str]) -> str:
    """A name for an Excel table: letters, digits and _, not like a cell address, each once."""
    name = re.sub(r"\W+", "_", sheet_name).strip("_")
    if not re.match(r"[^\W\d]", name) or re.match(r"(?i)^([a-z]{1,3}\d+|[rc]|r\d+c\d+)$", name):
        name = f"_{name}"
    unique, number = name, 2
    while unique.casefold() in taken:
        unique, number = f"{name}_{number}", number + 1
    taken.add(unique.casefold())
    return unique
