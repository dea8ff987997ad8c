"""The rows of a sheet that are read as a table: its header, its columns, and which of its rows are data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.finding_texts import CATALOGUE
from salesbatch.core.findings import ERROR, Finding, Place, column_letters, finding
from salesbatch.core.inbox import Held
from salesbatch.core.tables import Column, RawSheet, Table
from salesbatch.readers.cells import Problem
from salesbatch.readers.raw_cells import Mask, SheetCells
from salesbatch.readers.sheets import HEADER_ROWS, caption_key, captions_of

Int64 = npt.NDArray[np.int64]
_TOTAL = re.compile(
    r"(?:total|totalt|totals|grand total|summa|sum|delsumma|subtotal)(?:[\s:].*)?", re.I | re.S
)
_EXAMPLE = re.compile(r"(?:example|exempel).*", re.I | re.S)
_ALWAYS_ACCEPTED = {"problem": "problem", "heldid": "held_id", "decision": "decision", "beslut": "decision"}
"""Columns of a to-fix workbook, which every sheet may have."""
_DROP = frozenset({"drop", "släpp", "stryk"})


@dataclass
class TablePart:
    """What one sheet gave to a table. frame: its clean rows, with provenance."""

    frame: pd.DataFrame | None = None
    held: list[Held] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    raw: RawSheet | None = None
    rows_read: int = 0
    dropped: tuple[str, ...] = ()


@dataclass
class TableSheet:
    """A sheet while it is read: its cells, its mapped columns, its data rows (places in the cells' arrays)."""

    cells: SheetCells
    table: Table
    header: int
    places: dict[str, int]
    """Column name -> place of the column in `cells.columns`; 'held_id' too."""
    rows: Int64
    after_gap: Mask
    findings: list[Finding]
    errors: dict[int, list[str]] = field(default_factory=dict)
    """Row (place in `rows`) -> codes of its errors."""

    def place(self, column: Column | None, row: int) -> Place:
        """Where the cell stands, as Excel names it."""
        number, caption = 0, ""
        if column is not None and column.name in self.places:
            at = self.places[column.name]
            number = at + self.cells.first_column
            caption = self.cells.header_texts(self.header)[at] if self.header >= 0 else ""
        elif column is not None:
            caption = column.caption
        return Place(self.cells.source, self.cells.name, self.excel_row(row), number, caption)

    def excel_row(self, row: int) -> int:
        """1-based row number of a data row."""
        return int(self.rows[row]) + self.cells.first_row

    def add(self, column: Column | None, problems: Iterable[Problem]) -> None:
        """Turn problems of a column into findings at their cells; errors are kept by row."""
        for problem in problems:
            row = problem.position
            shown = ""
            if column is not None and column.name in self.places:
                shown = self.cells.columns[self.places[column.name]].shown(int(self.rows[row]))
            self.findings.append(
                finding(
                    problem.code, self.place(column, row), shown, hint=problem.hint, **dict(problem.values)
                )
            )
            if CATALOGUE[problem.code].severity == ERROR:
                self.errors.setdefault(row, []).append(problem.code)


def find_header(cells: SheetCells, table: Table) -> tuple[int, dict[int, Column]]:
    """Place of the row with most captions among Excel's first 20 rows, and its columns; -1 when there is none."""
    captions = captions_of(table)
    best, best_found = -1, dict[int, Column]()
    for position in range(max(0, min(cells.height, HEADER_ROWS - cells.first_row + 1))):
        texts = cells.header_texts(position)
        found = {
            at: captions[caption_key(text)] for at, text in enumerate(texts) if caption_key(text) in captions
        }
        if len({column.name for column in found.values()}) > len(
            {column.name for column in best_found.values()}
        ):
            best, best_found = position, found
    fewest = min(2, len(table.columns))
    if len({column.name for column in best_found.values()}) < fewest:
        return -1, {}
    return best, best_found


def without_header(cells: SheetCells, table: Table, part: TablePart) -> TablePart:
    blank = blank_rows(cells, range(len(cells.columns)))
    rows = np.flatnonzero(~blank)
    part.raw = raw_sheet(cells, -1, {})
    if len(rows):
        captions = (
            ", ".join(column.caption for column in table.columns if column.required)
            or table.columns[0].caption
        )
        part.findings.append(finding("sheet-no-header", Place(cells.source, cells.name), captions=captions))
        part.held.append(held_rows(cells, table, rows, "sheet-no-header"))
        part.rows_read = len(rows)
    return part


def open_sheet(
    cells: SheetCells, table: Table, header: int, found: dict[int, Column], part: TablePart
) -> TableSheet:
    """Map the columns, and name the ones that nobody knows."""
    places: dict[str, int] = {}
    sheet = TableSheet(cells, table, header, places, np.zeros(0, np.int64), np.zeros(0, np.bool_), [])
    texts = cells.header_texts(header)
    for at, text in enumerate(texts):
        number = at + cells.first_column
        place = Place(cells.source, cells.name, header + cells.first_row, number, text)
        column = found.get(at)
        if column is not None:
            if column.name in places:
                sheet.findings.append(finding("column-twice", place, text))
            else:
                places[column.name] = at
        elif caption_key(text) in _ALWAYS_ACCEPTED:
            places.setdefault(_ALWAYS_ACCEPTED[caption_key(text)], at)
        elif text or not cells.columns[at].take(slice(header + 1, None)).is_blank().all():
            sheet.findings.append(finding("column-unknown", place, text or column_letters(number)))
    return sheet


def has_all_columns(sheet: TableSheet, found: dict[int, Column], part: TablePart) -> bool:
    """A sheet without a required column, or with one twice, is held as a whole, with one finding and not one a row."""
    cells, table = sheet.cells, sheet.table
    missing = [
        column.caption for column in table.columns if column.required and column.name not in sheet.places
    ]
    codes = sorted({item.code for item in sheet.findings if item.severity == ERROR})
    blank = blank_rows(cells, found)
    blank[: sheet.header + 1] = True
    rows = np.flatnonzero(~blank)
    if missing and len(rows):
        place = Place(cells.source, cells.name, sheet.header + cells.first_row, 0, ", ".join(missing))
        sheet.findings.append(finding("column-missing", place))
        codes.append("column-missing")
    sheet.rows = rows
    sheet.after_gap = np.diff(np.r_[sheet.header, rows]) > 1
    if not codes or not len(rows):
        return not codes
    part.held.append(held_rows(cells, table, rows, ",".join(codes)))
    part.rows_read = len(rows)
    return False


def held_rows(cells: SheetCells, table: Table, rows: Int64, reason: str) -> Held:
    numbers = tuple((rows + cells.first_row).tolist())
    return Held(table.name, "", cells.source, cells.name, numbers, reason)


def blank_rows(cells: SheetCells, places: Iterable[int]) -> Mask:
    blank = np.ones(cells.height, np.bool_)
    for at in places:
        blank &= cells.columns[at].is_blank()
    return blank


def skip_rows(sheet: TableSheet) -> None:
    """Leave out example rows, and total rows that stand after the data."""
    if not len(sheet.rows):
        return
    places = sorted(at for name, at in sheet.places.items() if name in sheet.table.by_name)
    columns = [sheet.cells.columns[at].take(sheet.rows) for at in places]
    first_filled = np.argmin(np.stack([column.is_blank() for column in columns]), axis=0)

    def begins_with(pattern: re.Pattern[str], initials: str) -> Mask:
        found = np.zeros(len(sheet.rows), np.bool_)
        for place in np.unique(first_filled).tolist():
            column = columns[place]
            matches = [
                text[:1] in initials and pattern.fullmatch(text.strip()) is not None for text in column.texts
            ]
            found |= (first_filled == place) & column.of_texts(np.array(matches))
        return found

    examples, totals = begins_with(_EXAMPLE, "Ee "), begins_with(_TOTAL, "TtSsGgDd ")
    data = np.flatnonzero(~examples & ~totals)
    totals[: data[-1] + 1 if len(data) else 0] = False
    for code, skipped in (("row-example", examples), ("row-total", totals)):
        for row in np.flatnonzero(skipped).tolist():
            at = places[first_filled[row]]
            place = sheet.place(None, row)._replace(column_no=at + sheet.cells.first_column)
            sheet.findings.append(finding(code, place, columns[first_filled[row]].shown(row)))
    kept = ~(examples | totals)
    sheet.rows, sheet.after_gap = sheet.rows[kept], sheet.after_gap[kept]


def drop_rows(sheet: TableSheet) -> tuple[str, ...]:
    """Leave out rows that came back with Decision = Drop; their held ids."""
    at = sheet.places.get("decision")
    if at is None or "decision" in sheet.table.by_name or not len(sheet.rows):
        return ()
    column = sheet.cells.columns[at].take(sheet.rows)
    dropped = column.of_texts(np.array([text.strip().casefold() in _DROP for text in column.texts]))
    ids = read_held_ids(sheet)[dropped]
    sheet.rows, sheet.after_gap = sheet.rows[~dropped], sheet.after_gap[~dropped]
    return tuple(dict.fromkeys(item for item in ids.tolist() if item))


def raw_sheet(cells: SheetCells, header: int, places: dict[str, int]) -> RawSheet:
    before = ("",) * (cells.first_column - 1)
    captions = (*before, *cells.header_texts(header)) if header >= 0 else ()
    return RawSheet(
        cells.source,
        cells.name,
        header + cells.first_row if header >= 0 else 0,
        captions,
        cells.rows(),
        cells.first_row,
        {name: at + cells.first_column for name, at in places.items()},
    )


def read_held_ids(sheet: TableSheet) -> npt.NDArray[np.object_]:
    ids = np.full(len(sheet.rows), "", object)
    at = sheet.places.get("held_id")
    if at is not None:
        cells = sheet.cells.columns[at].take(sheet.rows)
        for row in np.flatnonzero(~cells.is_blank()).tolist():  # Only to-fix workbooks have them.
            ids[row] = cells.shown(row).strip()
    return ids
