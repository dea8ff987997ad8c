"""The lines of a document as a table: columns as wide as their figures need, rows broken over sheets.

Laying out comes before drawing, because "page 1 of 3" must be known on page 1. A row stays together if it
can; a description longer than a sheet goes on over the next one, and no line of it is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salesbatch.core.documents import PrintedDocument, PrintedLine
from salesbatch.writers.figures import format_money, format_number, format_price
from salesbatch.writers.page import ACCENT, HAIRLINE, INK, QUIET, Page, text_width, wrap_text
from salesbatch.writers.texts import Texts

# The text size of the table; smaller ones are taken only when long figures leave no room for descriptions.
SIZES = (9.0, 8.0, 7.0)
HEAD_SIZE = 7.5
LINE_HEIGHT = 4.3
ROW_PADDING = 2.5
HEAD_HEIGHT = 8.0
_GAP = 4.0
_NO_WIDTH_LIMIT = 34.0
_LEAST_DESCRIPTION = 40.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, which edge its texts stand on, and that edge in mm."""

    heading: str
    x: float
    right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its figures beside the first line, and the lines of its description."""

    cells: tuple[str, ...]  # one per column; "" at the description
    lines: tuple[str, ...]
    no_lines: tuple[str, ...]  # the item number, broken if it is very long
    quiet: bool = False

    @property
    def line_count(self) -> int:
        return max(len(self.lines), len(self.no_lines), 1)

    @property
    def height(self) -> float:
        return self.line_count * LINE_HEIGHT + ROW_PADDING


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines `first` to before `last` of a row, which stand on one sheet at `y`."""

    row: Row
    y: float
    first: int
    last: int

    @property
    def bottom(self) -> float:
        return self.y + (self.last - self.first) * LINE_HEIGHT + ROW_PADDING


@dataclass(frozen=True, slots=True)
class Table:
    """The columns and rows of a document, ready to be put on sheets."""

    size: float
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    description: int  # which column is the description
    no: int | None  # which column is the item number, if there is one


def lay_out_table(
    document: PrintedDocument, texts: Texts, left: float, right: float, *, closing_texts: Sequence[str] = ()
) -> Table:
    """Choose the columns that some line needs, give them their widths and break the descriptions.

    `closing_texts` follow the lines as rows of their own, so that they may run over sheets.
    """
    # The ledger's rounding line stands in the totals, where readers look for it; twice would be confusing.
    lines = [line for line in document.lines if line.type != "rounding" or document.rounding_minor == 0]
    with_vat = document.prices_including_vat
    figures = [_format_line(line, document, texts) for line in lines]
    headings = (
        texts.item_no,
        texts.description,
        texts.quantity,
        texts.unit,
        texts.unit_price_with_vat if with_vat else texts.unit_price,
        texts.discount_percent,
        texts.vat_percent,
        texts.amount_with_vat if with_vat else texts.amount,
    )
    # Item number, unit and discount are columns only if some line has one.
    shown = [i for i in range(len(headings)) if i not in {0, 3, 5} or any(cells[i] for cells in figures)]
    for size in SIZES:
        widths = {
            i: _column_width(headings[i], [cells[i] for cells in figures], size) for i in shown if i != 1
        }
        if 0 in widths:
            widths[0] = min(widths[0], _NO_WIDTH_LIMIT)
        widths[1] = right - left - sum(widths.values()) - _GAP * len(widths)
        if widths[1] >= _LEAST_DESCRIPTION:
            break
    columns, x = [], left
    for i in shown:
        stands_right = i not in {0, 1, 3}
        columns.append(Column(headings[i], x + widths[i] if stands_right else x, stands_right))
        x += widths[i] + _GAP
    # A comment has no figures beside it, so it may run to the right edge.
    comment_width = right - columns[shown.index(1)].x
    rows = []
    for line, cells in zip(lines, figures, strict=True):
        is_comment = line.type == "comment"
        rows.append(
            Row(
                cells=tuple("" if i < 2 else cells[i] for i in shown),
                lines=tuple(wrap_text(line.description, comment_width if is_comment else widths[1], size)),
                no_lines=tuple(wrap_text(cells[0], widths[0], size)) if cells[0] else (),
                quiet=is_comment,
            )
        )
    for text in closing_texts:
        if text:
            broken = tuple(wrap_text(text, comment_width, size))
            rows.append(Row(cells=("",) * len(columns), lines=broken, no_lines=(), quiet=True))
    return Table(size, tuple(columns), tuple(rows), shown.index(1), shown.index(0) if 0 in shown else None)


def _format_line(line: PrintedLine, document: PrintedDocument, texts: Texts) -> tuple[str, ...]:
    """Give the eight cells of a line. A comment has none; a ledger account's number stays in the house."""
    if line.type == "comment":
        return ("",) * 8
    return (
        line.no if line.type in {"item", "charge"} else "",
        "",
        format_number(line.quantity_e5, texts),
        line.unit_of_measure,
        format_price(line.unit_price_e5, document.minor_digits, texts),
        format_number(line.line_discount_percent_e5, texts) if line.line_discount_percent_e5 else "",
        format_number(line.vat_percent_e5, texts),
        format_money(line.line_amount_minor, document.minor_digits, texts),
    )


def _column_width(heading: str, cells: Sequence[str], size: float) -> float:
    return max([text_width(heading, HEAD_SIZE, True), *(text_width(cell, size) for cell in cells)])


def put_on_sheets(rows: Sequence[Row], first_top: float, next_top: float, bottom: float) -> list[list[Piece]]:
    """Share the rows out: each sheet's pieces with their places; the tops are those of the first row."""
    sheets: list[list[Piece]] = [[]]
    y = first_top
    for row in rows:
        if y + row.height > bottom and sheets[-1] and row.height <= bottom - next_top:
            sheets.append([])
            y = next_top
        line = 0
        while line < row.line_count:
            room = int((bottom - y - ROW_PADDING) / LINE_HEIGHT)
            if room < 1:
                sheets.append([])
                y = next_top
                continue
            last = min(line + room, row.line_count)
            sheets[-1].append(Piece(row, y, line, last))
            y = sheets[-1][-1].bottom
            line = last
    return sheets


def draw_heading(page: Page, table: Table, top: float, left: float, right: float) -> None:
    """Draw the heading of the table between `top` and `top + HEAD_HEIGHT`."""
    baseline = top + HEAD_HEIGHT - 3.0
    for column in table.columns:
        put = page.text_right if column.right else page.text
        put(column.x, baseline, column.heading, HEAD_SIZE, bold=True, colour=ACCENT)
    page.rule(left, top + HEAD_HEIGHT - 0.6, right - left, weight=0.35, colour=ACCENT)


def draw_piece(page: Page, table: Table, piece: Piece, left: float, right: float) -> None:
    """Draw what of a row stands on this sheet, in reading order; its figures beside its first line only."""
    row, baseline = piece.row, piece.y + LINE_HEIGHT
    if table.no is not None:
        x = table.columns[table.no].x
        for number, text in enumerate(row.no_lines[piece.first : piece.last]):
            page.text(x, baseline + number * LINE_HEIGHT, text, table.size)
    x, colour = table.columns[table.description].x, QUIET if row.quiet else INK
    for number, text in enumerate(row.lines[piece.first : piece.last]):
        page.text(x, baseline + number * LINE_HEIGHT, text, table.size, colour=colour)
    if piece.first == 0:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell:
                put = page.text_right if column.right else page.text
                put(column.x, baseline, cell, table.size)
    if not row.quiet:
        page.rule(left, piece.bottom, right - left, weight=0.12, colour=HAIRLINE)
