"""A sheet and its declaration become a frame of clean rows, held rows and findings.

Every check names its cell and goes on, so that one pass tells everything that is wrong with the sheet. A row
with an error is held; in a document sheet the whole document is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core import money
from salesbatch.core.findings import Finding, column_letters
from salesbatch.core.inbox import Held
from salesbatch.core.tables import NUMBER_KINDS, TEXT_KINDS, Column, Table
from salesbatch.readers import keys
from salesbatch.readers.cells import Problem, Reading, Values, read_column
from salesbatch.readers.company import read_settings
from salesbatch.readers.documents import fill_down, number_documents, repeated_lines
from salesbatch.readers.raw_cells import CellColumn, Mask, SheetCells
from salesbatch.readers.sheet_rows import (
    TablePart,
    TableSheet,
    drop_rows,
    find_header,
    has_all_columns,
    open_sheet,
    raw_sheet,
    read_held_ids,
    skip_rows,
    without_header,
)

Int64 = npt.NDArray[np.int64]
HELD_TOGETHER = frozenset({"shipments", "receipts", "purchase_invoices"})
"""Tables of single rows whose first key column is a paper: one bad row of the paper holds all its rows."""
_LOCAL_AMOUNTS = frozenset({"credit_limit"})
_CURRENCIES_OF_MARK = {"kr": ("SEK", "NOK", "DKK", "ISK"), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")}


def read_table(cells: SheetCells, table: Table, reading: Reading) -> TablePart:
    """Read one sheet as one table."""
    part = TablePart()
    header, found = find_header(cells, table)
    if header < 0:
        return without_header(cells, table, part)
    sheet = open_sheet(cells, table, header, found, part)
    part.raw = raw_sheet(cells, header, sheet.places)
    if not has_all_columns(sheet, found, part):
        part.findings = sheet.findings
        return part
    part.dropped = drop_rows(sheet)
    skip_rows(sheet)
    part.rows_read = len(sheet.rows)
    part.findings = sheet.findings
    if not len(sheet.rows):
        return part
    reading = replace(reading, date_1904=cells.date_1904, old_dates=table.group == "setup")
    _finish(sheet, reading, part)
    return part


# Values --------------------------------------------------------------------------------------------------


def _finish(sheet: TableSheet, reading: Reading, part: TablePart) -> None:
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
    held_ids = read_held_ids(sheet)
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


def _read_values(sheet: TableSheet, reading: Reading) -> tuple[dict[str, Values], npt.NDArray[np.object_]]:
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
        if clearable and not column.required and column.name not in key_names:
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
    sheet: TableSheet,
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


def _documents_of(sheet: TableSheet, values: dict[str, Values]) -> Int64:
    """Document number of each row, from 0 within the sheet."""
    nothing = np.zeros(len(sheet.rows), np.int64)

    def places_of(field_name: str) -> Int64:
        return values[field_name].values if field_name in values else nothing

    number = places_of(sheet.table.key_columns[0].name)
    return number_documents(
        number, places_of("customer_no"), places_of("external_document_no"), sheet.after_gap
    )


def _check_merged(sheet: TableSheet) -> None:
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


def _check_required(sheet: TableSheet, values: dict[str, Values], documents: Int64) -> None:
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


def _to_currency(sheet: TableSheet, column: Column, values: dict[str, Values], local: str) -> list[Problem]:
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


# What is held, and what is clean -------------------------------------------------------------------------


def _bad_rows(sheet: TableSheet, values: dict[str, Values], documents: Int64) -> Mask:
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
    sheet: TableSheet,
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


def _with_documents(sheet: TableSheet, documents: Int64, key_texts: npt.NDArray[np.object_]) -> list[Finding]:
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
    sheet: TableSheet,
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
