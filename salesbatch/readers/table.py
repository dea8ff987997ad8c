"""A sheet and its declaration become a frame of clean rows, held rows and findings.

Every check names its cell and goes on, so that one pass tells everything that is wrong with the sheet. A row
with an error is held; in a document sheet the whole document is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core import money
from salesbatch.core.finding_texts import CATALOGUE
from salesbatch.core.findings import ERROR, Finding, Place, column_letters, finding
from salesbatch.core.inbox import Held
from salesbatch.core.tables import NUMBER_KINDS, TEXT_KINDS, Column, RawSheet, Table
from salesbatch.readers import keys
from salesbatch.readers.cells import Problem, Reading, Values, read_column
from salesbatch.readers.company import read_settings
from salesbatch.readers.documents import fill_down, number_documents, repeated_lines
from salesbatch.readers.raw_cells import CellColumn, Mask, SheetCells
from salesbatch.readers.sheets import HEADER_ROWS, caption_key, captions_of

Int64 = npt.NDArray[np.int64]
_TOTAL = re.compile(
    r"(?:total|totalt|totals|grand total|summa|sum|delsumma|subtotal)(?:[\s:].*)?", re.I | re.S
)
_EXAMPLE = re.compile(r"(?:example|exempel).*", re.I | re.S)
_ALWAYS_ACCEPTED = {"problem": "problem", "heldid": "held_id", "decision": "decision", "beslut": "decision"}
"""Columns of a to-fix workbook, which every sheet may have."""
_DROP = frozenset({"drop", "släpp", "stryk"})
HELD_TOGETHER = frozenset({"shipments", "receipts", "purchase_invoices"})
"""Tables of single rows whose first key column is a paper: one bad row of the paper holds all its rows."""
_LOCAL_AMOUNTS = frozenset({"credit_limit"})
_CURRENCIES_OF_MARK = {"kr": ("SEK", "NOK", "DKK", "ISK"), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")}


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
class _Sheet:
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


def read_table(cells: SheetCells, table: Table, reading: Reading) -> TablePart:
    """Read one sheet as one table."""
    part = TablePart()
    header, found = find_header(cells, table)
    if header < 0:
        return _without_header(cells, table, part)
    sheet = _open_sheet(cells, table, header, found, part)
    part.raw = _raw_sheet(cells, header, sheet.places)
    if not _has_all_columns(sheet, found, part):
        part.findings = sheet.findings
        return part
    part.dropped = _drop_rows(sheet)
    _skip_rows(sheet)
    part.rows_read = len(sheet.rows)
    part.findings = sheet.findings
    if not len(sheet.rows):
        return part
    reading = replace(reading, date_1904=cells.date_1904, old_dates=table.group == "setup")
    _finish(sheet, reading, part)
    return part


# Header and rows -----------------------------------------------------------------------------------------


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


def _without_header(cells: SheetCells, table: Table, part: TablePart) -> TablePart:
    blank = _blank_rows(cells, range(len(cells.columns)))
    rows = np.flatnonzero(~blank)
    part.raw = _raw_sheet(cells, -1, {})
    if len(rows):
        captions = (
            ", ".join(column.caption for column in table.columns if column.required)
            or table.columns[0].caption
        )
        part.findings.append(finding("sheet-no-header", Place(cells.source, cells.name), captions=captions))
        part.held.append(_held_rows(cells, table, rows, "sheet-no-header"))
        part.rows_read = len(rows)
    return part


def _open_sheet(
    cells: SheetCells, table: Table, header: int, found: dict[int, Column], part: TablePart
) -> _Sheet:
    """Map the columns, and name the ones that nobody knows."""
    places: dict[str, int] = {}
    sheet = _Sheet(cells, table, header, places, np.zeros(0, np.int64), np.zeros(0, np.bool_), [])
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


def _has_all_columns(sheet: _Sheet, found: dict[int, Column], part: TablePart) -> bool:
    """A sheet without a required column, or with one twice, is held as a whole, with one finding and not one a row."""
    cells, table = sheet.cells, sheet.table
    missing = [
        column.caption for column in table.columns if column.required and column.name not in sheet.places
    ]
    codes = sorted({item.code for item in sheet.findings if item.severity == ERROR})
    blank = _blank_rows(cells, found)
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
    part.held.append(_held_rows(cells, table, rows, ",".join(codes)))
    part.rows_read = len(rows)
    return False


def _held_rows(cells: SheetCells, table: Table, rows: Int64, reason: str) -> Held:
    numbers = tuple((rows + cells.first_row).tolist())
    return Held(table.name, "", cells.source, cells.name, numbers, reason)


def _blank_rows(cells: SheetCells, places: Iterable[int]) -> Mask:
    blank = np.ones(cells.height, np.bool_)
    for at in places:
        blank &= cells.columns[at].is_blank()
    return blank


def _skip_rows(sheet: _Sheet) -> None:
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
            shown = columns[first_filled[row]].shown(row)
            sheet.findings.append(finding(code, sheet.place(None, row), shown))
    kept = ~(examples | totals)
    sheet.rows, sheet.after_gap = sheet.rows[kept], sheet.after_gap[kept]


def _drop_rows(sheet: _Sheet) -> tuple[str, ...]:
    """Leave out rows that came back with Decision = Drop; their held ids."""
    at = sheet.places.get("decision")
    if at is None or not len(sheet.rows):
        return ()
    column = sheet.cells.columns[at].take(sheet.rows)
    dropped = column.of_texts(np.array([text.strip().casefold() in _DROP for text in column.texts]))
    ids = _held_ids(sheet)[dropped]
    sheet.rows, sheet.after_gap = sheet.rows[~dropped], sheet.after_gap[~dropped]
    return tuple(dict.fromkeys(item for item in ids.tolist() if item))


def _raw_sheet(cells: SheetCells, header: int, places: dict[str, int]) -> RawSheet:
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


# Values --------------------------------------------------------------------------------------------------


def _finish(sheet: _Sheet, reading: Reading, part: TablePart) -> None:
    table = sheet.table
    values, cleared = _read_values(sheet, reading)
    documents = (
        _documents_of(sheet, values) if table.documents else np.arange(len(sheet.rows), dtype=np.int64)
    )
    _check_merged(sheet)
    if table.documents:
        for column in table.header_columns:
            sheet.add(column, fill_down(values[column.name], documents))
        line_no = next(
            (column for column in table.columns if column.field == "line_no" and not column.header), None
        )
        if line_no is not None:
            sheet.add(line_no, repeated_lines(values[line_no.name], documents))
    _check_required(sheet, values, documents)
    for column in table.columns:
        if column.kind in ("amount", "price"):
            sheet.add(column, _to_currency(sheet, column, values, reading.currency))
    held_ids = _held_ids(sheet)
    content = keys.contents(table, values, documents, cleared)
    key_texts = keys.key_texts(table, values, documents, content)
    bad = _bad_rows(sheet, values, documents)
    owners = values[table.key_columns[0].name].values if table.name in HELD_TOGETHER else documents
    part.held += _held_of(sheet, bad, owners, key_texts, held_ids)
    part.findings = _with_documents(sheet, documents, key_texts)
    frame = _frame(sheet, values, documents, content, key_texts, cleared, held_ids)
    if table.name == "company":  # A setting that nobody knows was named and is left out.
        bad |= values["setting"].values == 0
    part.frame = frame[~bad].reset_index(drop=True) if bad.any() else frame


def _read_values(sheet: _Sheet, reading: Reading) -> tuple[dict[str, Values], npt.NDArray[np.object_]]:
    """Every column of the table typed; and per row the names of the columns that `-` clears."""
    table, rows = sheet.table, sheet.rows
    selection: Int64 | slice = rows
    if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1:
        selection = slice(int(rows[0]), int(rows[-1]) + 1)
    values: dict[str, Values] = {}
    cleared = np.full(len(rows), "", object)
    key_names = {column.name for column in table.key_columns}
    clearable = table.group in ("setup", "master")
    for column in table.columns:
        if column.name not in sheet.places:
            values[column.name] = Values.nothing(column, len(rows))
            continue
        cells = sheet.cells.columns[sheet.places[column.name]].take(selection)
        if clearable and column.name not in key_names:
            cells = _clear(column, cells, cleared)
        if table.name == "company" and column.field == "value":
            continue
        values[column.name], problems = read_column(column, cells, reading)
        sheet.add(column, problems)
    if table.name == "company":
        _read_company(sheet, selection, values, cleared, reading)
    return values, cleared


def _clear(column: Column, cells: CellColumn, cleared: npt.NDArray[np.object_]) -> CellColumn:
    """A `-` alone clears what is stored: remember the column, and read the cell as blank."""
    dashes = np.fromiter((text.strip() in ("-", "\u2212", "\u2013") for text in cells.texts), np.bool_)
    if not dashes.any():
        return cells
    rows = cells.of_texts(dashes)
    cleared[rows] = [f"{text};{column.name}" if text else column.name for text in cleared[rows]]
    return cells.without(rows)


def _read_company(
    sheet: _Sheet,
    selection: Int64 | slice,
    values: dict[str, Values],
    cleared: npt.NDArray[np.object_],
    reading: Reading,
) -> None:
    """The `Company` sheet: every row has the kind that its setting declares."""
    by_name = sheet.table.by_name
    at = sheet.places.get("value")
    cells = sheet.cells.columns[at].take(selection) if at is not None else CellColumn.blank(len(sheet.rows))
    blanked = cells.without(np.asarray(cleared != "")) if at is not None else cells
    setting, value, unknown, problems = read_settings(
        by_name["setting"], by_name["value"], values["setting"], blanked, reading
    )
    values["setting"], values["value"] = setting, value
    sheet.add(by_name["setting"], unknown)
    sheet.add(by_name["value"], problems)


def _documents_of(sheet: _Sheet, values: dict[str, Values]) -> Int64:
    """Document number of each row, from 0 within the sheet."""
    nothing = np.zeros(len(sheet.rows), np.int64)

    def places_of(field_name: str) -> Int64:
        return values[field_name].values if field_name in values else nothing

    number = places_of(sheet.table.key_columns[0].name)
    return number_documents(
        number, places_of("customer_no"), places_of("external_document_no"), sheet.after_gap
    )


def _check_merged(sheet: _Sheet) -> None:
    """A merged area hides what belongs to its other cells: name it where it covers data of more than one cell."""
    columns = {
        at + sheet.cells.first_column: name
        for name, at in sheet.places.items()
        if name in sheet.table.by_name
    }
    rows = sheet.rows + sheet.cells.first_row
    for first_row, first_column, last_row, last_column in sheet.cells.merged:
        inside = np.flatnonzero((rows >= first_row) & (rows <= last_row))
        covered = [
            number
            for number in range(first_column, min(last_column, first_column + 20_000) + 1)
            if number in columns
        ]
        below = last_row - first_row + 1 if first_row > sheet.header + sheet.cells.first_row else 0
        if not len(inside) or not covered or (below < 2 and len(covered) < 2):
            continue
        column = sheet.table.by_name[columns[covered[0]]]
        area = f"{column_letters(first_column)}{first_row}:{column_letters(last_column)}{last_row}"
        problem = Problem("cell-merged", int(inside[0]), (("area", area),))
        sheet.add(column, [problem])
        for row in inside[1:].tolist():
            sheet.errors.setdefault(row, []).append("cell-merged")


def _check_required(sheet: _Sheet, values: dict[str, Values], documents: Int64) -> None:
    for column in sheet.table.columns:
        if not column.required:
            continue
        blank = values[column.name].blank
        if not blank.any():
            continue
        rows = np.flatnonzero(blank)
        if column.header and sheet.table.documents:
            rows = rows[np.r_[True, documents[rows][1:] != documents[rows][:-1]]]
        # A cell that was filled in, but wrongly, has its own finding already.
        cells = sheet.cells.columns[sheet.places[column.name]]
        tried = ~cells.take(sheet.rows[rows]).is_blank()
        sheet.add(column, [Problem("cell-missing", int(row)) for row in rows[~tried]])


def _to_currency(sheet: _Sheet, column: Column, values: dict[str, Values], local: str) -> list[Problem]:
    """Amounts become minor units of their row's currency; a currency typed into the cell must be that one.

    Only cells that the row itself has are checked, so that a document's amount is named once.
    """
    mine = values[column.name]
    is_local = column.field in _LOCAL_AMOUNTS or column.field.endswith("lcy")
    codes = values.get("currency_code") if not is_local else None
    names = [text.upper() or local for text in codes.texts] if codes is not None else [local]
    places = codes.values if codes is not None else np.zeros(len(mine.values), np.int64)
    problems = []
    for row, mark in mine.marks.items():
        currency = names[int(places[row])]
        if currency != mark and currency not in _CURRENCIES_OF_MARK.get(mark, ()):
            problems.append(Problem("amount-other-currency", row, (("currency", currency),)))
    if column.kind != "amount":
        return problems
    digits = np.fromiter((money.minor_digits(name) for name in names), np.int64, len(names))[places]
    divisor = np.power(10, 5 - digits)
    minor, rest = np.divmod(mine.values, divisor)
    at = sheet.places.get(column.name)
    for row in np.flatnonzero((rest != 0) & ~mine.blank).tolist():
        if at is None or sheet.cells.columns[at].kinds[sheet.rows[row]]:
            extra = (("currency", names[int(places[row])]), ("digits", str(int(digits[row]))))
            problems.append(Problem("amount-decimals", row, extra))
    mine.values = minor
    return problems


def _held_ids(sheet: _Sheet) -> npt.NDArray[np.object_]:
    ids = np.full(len(sheet.rows), "", object)
    at = sheet.places.get("held_id")
    if at is not None:
        cells = sheet.cells.columns[at].take(sheet.rows)
        for row in np.flatnonzero(~cells.is_blank()).tolist():  # Only to-fix workbooks have them.
            ids[row] = cells.shown(row).strip()
    return ids


# What is held, and what is clean -------------------------------------------------------------------------


def _bad_rows(sheet: _Sheet, values: dict[str, Values], documents: Int64) -> Mask:
    """True for every row that is held: its own errors, its document's, its delivery note's."""
    bad = np.zeros(len(sheet.rows), np.bool_)
    bad[list(sheet.errors)] = True
    if not bad.any():
        return bad
    if sheet.table.documents:
        return np.isin(documents, documents[bad])
    if sheet.table.name in HELD_TOGETHER:
        paper = values[sheet.table.key_columns[0].name]
        return bad | (np.isin(paper.values, paper.values[bad]) & ~paper.blank)
    return bad


def _held_of(
    sheet: _Sheet,
    bad: Mask,
    documents: Int64,
    key_texts: npt.NDArray[np.object_],
    held_ids: npt.NDArray[np.object_],
) -> list[Held]:
    """One held item a document, or a row."""
    groups: dict[int, list[int]] = {}
    for row in np.flatnonzero(bad).tolist():
        groups.setdefault(int(documents[row]), []).append(row)
    held = []
    for rows in groups.values():
        codes = dict.fromkeys(code for row in rows for code in sheet.errors.get(row, ()))
        held_id = next((held_ids[row] for row in rows if held_ids[row]), "")
        held.append(
            Held(
                sheet.table.name,
                str(key_texts[rows[0]]),
                sheet.cells.source,
                sheet.cells.name,
                tuple(sheet.excel_row(row) for row in rows),
                ",".join(codes),
                str(held_id),
            )
        )
    return held


def _with_documents(sheet: _Sheet, documents: Int64, key_texts: npt.NDArray[np.object_]) -> list[Finding]:
    """The findings, each with the key of the document or row that it is about."""
    if not sheet.findings:
        return []
    numbers = sheet.rows + sheet.cells.first_row
    named = []
    for item in sheet.findings:
        row = int(np.searchsorted(numbers, item.place.row))
        known = row < len(numbers) and int(numbers[row]) == item.place.row
        named.append(replace(item, document=str(key_texts[row])) if known else item)
    return sorted(named, key=lambda item: (item.place.row, item.place.column_no))


def _frame(
    sheet: _Sheet,
    values: dict[str, Values],
    documents: Int64,
    content: npt.NDArray[np.object_],
    key_texts: npt.NDArray[np.object_],
    cleared: npt.NDArray[np.object_],
    held_ids: npt.NDArray[np.object_],
) -> pd.DataFrame:
    count = len(sheet.rows)
    no_texts = pd.array(np.full(count, "", object), dtype="str")
    data: dict[str, object] = {}
    for column in sheet.table.columns:
        blank_text = column.kind in TEXT_KINDS and len(values[column.name].texts) == 1
        data[column.name] = no_texts.copy() if blank_text else _array(values[column.name])
    provenance = {
        "source": np.full(count, sheet.cells.source, object),
        "sheet": np.full(count, sheet.cells.name, object),
        "row": sheet.rows + sheet.cells.first_row,
        "key": key_texts,
        "content_hash": content,
        "cleared": cleared,
        "held_id": held_ids,
    }
    for name, array in provenance.items():
        data[name] = array if name == "row" else pd.array(array, dtype="str")
    if sheet.table.documents:
        data["document"] = documents
    # Every array was made here and belongs to nobody else; copying fifty of them would cost more than parsing.
    return pd.DataFrame(data, copy=False)


def _array(values: Values) -> object:
    """The column as the frame has it."""
    kind = values.column.kind
    if kind == "date":
        dates = values.values.astype("datetime64[s]")
        dates[values.blank] = np.datetime64("NaT", "s")
        return dates
    if kind == "yes_no":
        return pd.arrays.BooleanArray(values.values.astype(np.bool_), values.blank.copy())
    if kind in NUMBER_KINDS:
        return pd.arrays.IntegerArray(np.where(values.blank, 1, values.values), values.blank.copy())
    return pd.array(values.texts, dtype="str").take(values.values)
