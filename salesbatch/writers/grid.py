"""Draws sheets and pages as one workbook: the only file that writes xlsx.

Four laws. Text from a user is always written as text: no formula and no link can come from a cell's content.
The same content gives the same bytes: dates are given, nothing is random, nothing touches the disk. A sheet
that outgrows Excel's rows goes on in a second one. Rows are written in bulk (see `bulk_rows`); where that is not
possible, and for rows with single coloured cells, cells are written one at a time, with the same result.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_range, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from salesbatch.core.findings import column_letters
from salesbatch.core.money import E5, checked_sum
from salesbatch.writers import grid_looks as looks
from salesbatch.writers.bulk_rows import BULK_ROWS, BulkWorksheet, file_url, share_texts, with_rows
from salesbatch.writers.grid_pages import draw_page
from salesbatch.writers.grid_parts import (
    CellMark,
    GridColumn,
    GridPage,
    GridSheet,
    PageCell,
    PageChart,
    clean_text,
    cut_text,
    sheet_name,
    table_name,
    whole_text,
)
from salesbatch.writers.grid_rows import (
    LINK,
    Cells,
    NumberCells,
    RowBlock,
    TextCells,
    TypedCells,
    column_cells,
    natural_width,
)

__all__ = ["CellMark", "GridColumn", "GridPage", "GridSheet", "PageCell", "PageChart", "draw_workbook"]

MAX_LINKS = 65_530
"""Links that Excel allows on a sheet; the rest stay text."""
_OPTIONS_SHEET = "Options"


def draw_workbook(
    sheets: Iterable[GridSheet | GridPage],
    *,
    title: str,
    company: str = "",
    created: dt.date = dt.date(2000, 1, 1),
    footer: str = "",
    language: str = "en",
    front: tuple[str, Callable[[], GridPage]] | None = None,
) -> bytes:
    """The bytes of a workbook with these sheets in this order.

    sheets: each is let go before the next is asked for, so a generator keeps only one in memory. front: name
    of a page that stands before them and is made when all of them have been drawn. created: stands in the
    file's properties and is the only date in it. footer: printed at the foot of every page, such as run and
    head of the chain. language: of the words for yes and no.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {
            "title": title,
            "author": company,
            "created": dt.datetime(created.year, created.month, created.day, tzinfo=dt.UTC),
        }
    )
    drawing = _Drawing(book, language, (company, footer))
    first = drawing.add_page(front[0]) if front else None
    for sheet in sheets:
        for part in sheet.parts() if isinstance(sheet, GridSheet) else [sheet]:
            drawing.draw(part)
    if front and first:
        drawing.draw_page(*first, front[1]())
    drawing.draw_options()
    book.close()
    return with_rows(target, book.worksheets())


class _Drawing:
    """One workbook in the making: its formats by look, its names taken, its option lists."""

    def __init__(self, book: Any, language: str, foot: tuple[str, str]) -> None:
        self.book = book
        self.language = language
        self.foot = foot
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.tables: set[str] = set()
        self.taken: set[str] = set()
        self.names: dict[str, str] = {}
        self.long_options: dict[tuple[str, ...], int] = {}
        book.set_size(2400, 1500)

    def draw(self, part: GridSheet | GridPage) -> None:
        """Draw a sheet behind those that are there."""
        if isinstance(part, GridPage):
            self.draw_page(*self.add_page(part.name), part)
        else:
            self._draw_sheet(part)

    def add_page(self, wanted: str, worksheet_class: type[Worksheet] | None = None) -> tuple[Any, str]:
        """An empty worksheet, and its name."""
        name = self.names[wanted] = sheet_name(wanted, self.taken)
        return self.book.add_worksheet(name, worksheet_class=worksheet_class), name

    def draw_page(self, page: Any, name: str, content: GridPage) -> None:
        """Draw a free page on its worksheet."""
        self._set_up(page, content.tab_color, landscape=content.landscape)
        draw_page(self, page, name, content)

    def look(self, properties: Mapping[str, Any]) -> Any:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(properties))
        return self.formats[key]

    def url(self, target: str, text: str) -> Any:
        """A link with its text: to a path beside the workbook, or to '#Sheet' inside it."""
        if target.startswith("#"):
            url = Url("internal:'{}'!A1".format(self.names.get(target[1:], target[1:]).replace("'", "''")))
        else:
            url = file_url(target)
        url.text = clean_text(text)
        return url

    # Sheets of rows ------------------------------------------------------------------------------------

    def _draw_sheet(self, sheet: GridSheet) -> None:
        rows = sheet.row_count
        cells = [_full_length(column_cells(column, self.language), rows) for column in sheet.columns]
        one_by_one = not BULK_ROWS or bool(sheet.marks) or any(isinstance(c, TypedCells) for c in cells)
        bulk = rows > 0 and not one_by_one
        page, name = self.add_page(sheet.name, BulkWorksheet if bulk else None)
        self._set_up(page, sheet.tab_color, landscape=True)
        header, first = sheet.header_row, sheet.header_row + 1
        for row, text in enumerate(filter(None, (sheet.title, *sheet.notes))):
            style = "subtitle" if row == 0 and sheet.title else "muted"
            page.write_string(row, 0, clean_text(text), self.look(looks.PAGE[style]))
        self._set_columns(page, sheet, cells)
        self._write_captions(page, sheet, name)
        if bulk:
            self._add_block(page, first, cells)  # type: ignore[arg-type]
        else:
            self._write_cells(page, sheet, cells)
        self._add_links(page, sheet, first)
        self._add_totals(page, sheet, cells, first + max(rows, 1))
        self._add_options(page, sheet, first, rows)
        if rows:  # No green corner at an account number.
            area = xl_range(first, 0, first + rows - 1, len(sheet.columns) - 1)
            page.ignore_errors({"number_stored_as_text": area})
        page.freeze_panes(first, sheet.frozen_columns)
        page.repeat_rows(header)
        if sheet.printed_columns:
            page.print_area(0, 0, header + max(rows, 1), sheet.printed_columns - 1)

    def _set_columns(self, page: Any, sheet: GridSheet, cells: Sequence[Cells]) -> None:
        for position, (column, column_values) in enumerate(zip(sheet.columns, cells)):
            width = column.width or natural_width(column.caption, column_values)
            look = self._cell_look(column_values.formats[0])
            page.set_column(position, position, width, look, {"hidden": True} if column.hidden else {})

    def _write_captions(self, page: Any, sheet: GridSheet, name: str) -> None:
        header, last_column = sheet.header_row, len(sheet.columns) - 1
        last_row = header + max(sheet.row_count, 1)
        captions = [clean_text(column.caption) for column in sheet.columns]
        if sheet.table and len({caption.lower() for caption in captions}) == len(captions) and all(captions):
            totals = any(column.total for column in sheet.columns)
            options = {
                "name": table_name(name, self.tables),
                "style": looks.TABLE_STYLE,
                "columns": [
                    {"header": caption, **({"total_function": "sum"} if column.total else {})}
                    for column, caption in zip(sheet.columns, captions)
                ],
                "total_row": totals,
            }
            if isinstance(page, BulkWorksheet):
                page.add_long_table(header, last_row + totals, last_column, options)
            else:
                page.add_table(header, 0, last_row + totals, last_column, options)
        elif sheet.columns:
            page.autofilter(header, 0, last_row, last_column)
        for position, (column, caption) in enumerate(zip(sheet.columns, captions)):
            look = self.look(looks.header(column.kind, column.tone))
            page.write_string(header, position, caption, look) if caption else page.write_blank(
                header, position, None, look
            )
            if column.comment:
                _write_note(page, header, position, column.comment)
        page.set_row(header, looks.HEADER_HEIGHT)

    def _add_block(self, page: BulkWorksheet, first: int, cells: Sequence[NumberCells | TextCells]) -> None:
        styles = [[self._cell_look(name)._get_xf_index() for name in column.formats] for column in cells]
        shared = [share_texts(page.str_table, c) if isinstance(c, TextCells) else c for c in cells]
        page.set_block(RowBlock(first, shared, styles))

    def _cell_look(self, number_format: str, **more: Any) -> Any:
        return self.look({**looks.cell(number_format), **more})

    def _write_cells(self, page: Any, sheet: GridSheet, cells: Sequence[Cells]) -> None:
        """One cell at a time, with their marks."""
        first = sheet.header_row + 1
        marks: dict[tuple[int, int], CellMark] = {}
        for mark in sheet.marks:
            for position in [mark.column] if mark.column >= 0 else range(len(cells)):
                marks.setdefault((mark.row, position), mark)
        for position, column_values in enumerate(cells):
            for row, (value, style) in enumerate(_values(column_values)):
                marked = marks.get((row, position))
                if value in (None, "") and not marked and not isinstance(column_values, TypedCells):
                    continue  # As in bulk: a blank cell has its column's look.
                tone = looks.TONES[marked.tone] if marked else {}
                tone = {**looks.of_column(sheet.columns[position]), **tone}
                shown = _number_format(value, column_values.formats[style])
                _write_value(page, first + row, position, value, self._cell_look(shown, **tone))
        self._set_heights(page, sheet, first)
        for mark in sheet.marks:
            if mark.note:
                _write_note(page, first + mark.row, max(mark.column, 0), mark.note)

    @staticmethod
    def _set_heights(page: Any, sheet: GridSheet, first: int) -> None:
        """Rows as high as their wrapped text needs; not every program finds out by itself."""
        wrapped = [
            (list(column.values), column.width or looks.WRAP_WIDTH) for column in sheet.columns if column.wrap
        ]
        for row in range(sheet.row_count if wrapped else 0):
            lines = max(_line_count(str(values[row] or ""), width) for values, width in wrapped)
            if lines > 1:
                page.set_row(first + row, min(lines, 20) * looks.LINE_HEIGHT)

    def _add_links(self, page: Any, sheet: GridSheet, first: int) -> None:
        """Links to our own files beside the workbook."""
        room = MAX_LINKS
        for position, column in enumerate(sheet.columns):
            if column.kind != "link":
                continue
            links = [(row, target) for row, target in enumerate(column.targets) if target][:room]
            room -= len(links)
            if isinstance(page, BulkWorksheet):
                letters = column_letters(position + 1)
                page.links += [(f"{letters}{first + row + 1}", target) for row, target in links]
                continue
            texts, look = list(column.values), self._cell_look(LINK)
            for row, target in links:
                page.write_url(first + row, position, self.url(target, texts[row]), look)

    def _add_totals(self, page: Any, sheet: GridSheet, cells: Sequence[Cells], row: int) -> None:
        """The total row: our own formulas, so that it follows the filter."""
        if not any(column.total for column in sheet.columns):
            return
        for position, (column, column_values) in enumerate(zip(sheet.columns, cells)):
            look = self.look({**looks.TOTAL, "num_format": column_values.formats[0]})
            if column.total:
                caption = re.sub(r"(['#\[\]])", r"'\1", column.caption)
                page.write_formula(row, position, f"=SUBTOTAL(109,[{caption}])", look, _exact_total(column))
            else:
                page.write_blank(row, position, None, look)

    def _add_options(self, page: Any, sheet: GridSheet, first: int, rows: int) -> None:
        """Drop-downs of columns and of single cells."""
        last = first + rows + sheet.input_rows - 1
        areas = [
            (first, last, position, column.options, False)
            for position, column in enumerate(sheet.columns)
            if column.options and last >= first
        ]
        areas += _joined_areas(
            (first + m.row, first + m.row, m.column, m.options, m.free) for m in sheet.marks if m.options
        )
        for top, bottom, position, choices, free in areas:
            options = [option for option in choices if option]
            source: Any = options
            if len(",".join(options)) > 255 or any("," in option for option in options):
                source = self._long_list(tuple(options))
            wrong = {"show_error": False} if free else {"error_type": "warning"}
            page.data_validation(
                top, position, bottom, position,
                {"validate": "list", "source": source, "ignore_blank": True, **wrong},
            )  # fmt: skip

    def _long_list(self, options: tuple[str, ...]) -> str:
        """Where a list stands that is too long for a drop-down of its own."""
        position = self.long_options.setdefault(options, len(self.long_options))
        return f"={_OPTIONS_SHEET}!{_area(0, position, len(options) - 1, position)}"

    def draw_options(self) -> None:
        """The hidden sheet of the lists that are too long for a drop-down of their own."""
        if not self.long_options:
            return
        page = self.book.add_worksheet(_OPTIONS_SHEET)
        for position, options in enumerate(self.long_options):
            for row, option in enumerate(options):
                page.write_string(row, position, clean_text(option))
        page.hide()

    def _set_up(self, page: Any, tab_color: str, *, landscape: bool) -> None:
        """Paper, scale and foot of the printed page; a page in portrait, such as a summary, stays one page."""
        if landscape:
            page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0 if landscape else 1)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        left, middle = (text.replace("&", "&&")[:100] for text in self.foot)
        page.set_footer(f"&L&8{f'{left} · ' if left else ''}&A&C&8{middle}&R&8&P / &N")
        if tab_color:
            page.set_tab_color(tab_color)


_OptionArea = tuple[int, int, int, tuple[str, ...], bool]


def _joined_areas(cells: Iterable[_OptionArea]) -> list[_OptionArea]:
    """(first row, last row, column, options, free) of single cells; neighbours with the same list become one area."""
    joined: list[_OptionArea] = []
    for top, bottom, column, options, free in sorted(cells, key=lambda cell: (cell[2], cell[0])):
        before = joined[-1] if joined else None
        if before and before[1:] == (top - 1, column, options, free):
            joined[-1] = (before[0], bottom, column, options, free)
        else:
            joined.append((top, bottom, column, options, free))
    return joined


def _full_length(cells: Cells, rows: int) -> Cells:
    """A column without values among others that have some is blank; any other difference is a bug."""
    if len(cells) == rows:
        return cells
    if len(cells):
        raise ValueError(f"columns of {len(cells)} and {rows} rows in one sheet")
    return TextCells(np.full(rows, -1, dtype=np.intp), [], cells.formats[:1])


def _values(cells: Cells) -> list[tuple[object, int]]:
    """Each value of a column with the number of its format."""
    if isinstance(cells, TypedCells):
        return [(value, 0) for value in cells.values]
    styles = cells.style.tolist() if cells.style is not None else [0] * len(cells)
    if isinstance(cells, TextCells):
        texts = [*cells.texts, ""]
        return [(texts[code], style) for code, style in zip(cells.codes.tolist(), styles)]
    blanks = cells.blank.tolist() if cells.blank is not None else [False] * len(cells)
    values = [None if blank else value for value, blank in zip(cells.values.tolist(), blanks)]
    return list(zip(values, styles))


def _number_format(value: object, wanted: str) -> str:
    """The column's format, unless it would hide what the value is.

    A number in a text format would lose its kind when edited; in a date format it would not be seen.
    """
    if isinstance(value, (int, float, Decimal)) and wanted == "@":
        return "General"
    if isinstance(value, (dt.time, dt.timedelta)):
        return "[h]:mm:ss"
    if isinstance(value, dt.date):
        whole_day = not isinstance(value, dt.datetime) or value.time() == dt.time()
        return "yyyy-mm-dd" if whole_day else "yyyy-mm-dd hh:mm:ss"
    return wanted


def _write_value(page: Any, row: int, column: int, value: object, look: Any) -> None:
    """Write a Python object as what it is; text never becomes anything but text."""
    if value is None or value == "":
        page.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, look)
    elif (
        isinstance(value, (int, float, Decimal)) and -(10**300) < value < 10**300
    ):  # Also false for no number.
        page.write_number(row, column, value, look)
    elif isinstance(value, dt.datetime) and value.year >= 1900:
        page.write_datetime(row, column, value.replace(tzinfo=None), look)
    elif (isinstance(value, dt.date) and value.year >= 1900) or isinstance(value, (dt.time, dt.timedelta)):
        page.write_datetime(row, column, value, look)
    else:
        page.write_string(row, column, clean_text(str(value)), look)


def _line_count(text: str, width: float) -> int:
    """Lines that a text takes in a column, with a little to spare for words that do not break."""
    return sum(max(1, math.ceil(len(line) * 1.12 / width)) for line in text.split("\n"))


def _exact_total(column: GridColumn) -> float:
    """The sum as Excel will show it, made from integers."""
    total = checked_sum(pd.Series(column.values, dtype="Int64").fillna(0).to_numpy(dtype=np.int64))
    return total / (10 ** int(column.digits) if column.kind == "money" else E5)


def _write_note(page: Any, row: int, column: int, text: str) -> None:
    short = cut_text(whole_text(text), 1000)
    lines = sum(1 + len(line) // 38 for line in short.split("\n"))
    size = {"width": 260, "height": 24 + 17 * min(lines, 20)}
    page.write_comment(row, column, short, {"author": "salesbatch", "font_size": 9, **size})


def _area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    return str(xl_range_abs(first_row, first_column, last_row, last_column))
