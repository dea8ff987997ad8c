"""Frames to rows and rows to frames: the one place that knows how a kind of column is stored.

Dates are ISO text (NULL for none), money and scaled numbers integers, flags 0 or 1, texts never NULL in a
ledger table. Rows travel as plain tuples: the driver's own executemany and fetchall are several times faster
than going through objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.entries import Field, LedgerTable
from salesbatch.core.tables import TEXT_KINDS, Table, empty_frame

Row = tuple[Any, ...]
Days = npt.NDArray[np.datetime64]
NO_DAY = np.datetime64("NaT", "s")


# Ledger tables ---------------------------------------------------------------------------------------------


def rows_of(table: LedgerTable, frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a ledger frame as the driver takes them, in the order of the table's columns."""
    return zip(*(stored_values(field, frame[field.name]) for field in table.fields), strict=True)


def stored_values(field: Field, column: pd.Series) -> list[Any]:
    """The values of one column as they are stored."""
    if field.kind == "text":
        return column.to_numpy(dtype=object).tolist()
    if field.kind == "day":
        return day_texts(column.to_numpy())
    if field.kind == "flag":
        return column.to_numpy().astype(np.int64).tolist()
    return column.to_numpy().tolist()


def frame_of(table: LedgerTable, rows: Sequence[Row]) -> pd.DataFrame:
    """The ledger frame of fetched rows that hold exactly the table's columns, in order."""
    return columns_frame(table.fields, rows)


def columns_frame(fields: Sequence[Field], rows: Sequence[Row]) -> pd.DataFrame:
    """A frame of fetched rows with the dtypes that the fields declare."""
    return chunked_frame(fields, [rows])


def chunked_frame(fields: Sequence[Field], chunks: Iterable[Sequence[Row]]) -> pd.DataFrame:
    """A frame of rows that come some thousand at a time, so that not all of them exist as tuples at once.

    A text that stands in many rows is kept once: the driver makes a new one for every cell.
    """
    parts: list[list[Any]] = [[] for _ in fields]
    known: list[dict[str, str]] = [{} for _ in fields]
    for rows in chunks:
        for field, part, texts, values in zip(fields, parts, known, zip(*rows)):
            part.append(_loaded(field, values, texts))
    if not parts[0]:
        return _without_rows(tuple(fields)).copy(deep=False)  # pandas copies on write.
    arrays = [np.concatenate(part) for part in parts]
    data = {
        field.name: pd.array(array, dtype="str") if field.kind == "text" else array
        for field, array in zip(fields, arrays)
    }
    return pd.DataFrame(data, index=pd.RangeIndex(len(arrays[0])))


@cache
def _without_rows(fields: tuple[Field, ...]) -> pd.DataFrame:
    """Most questions of a small company are answered with nothing, so that answer is made once."""
    return empty_frame({field.name: field.dtype for field in fields})


def _loaded(field: Field, values: Sequence[Any], known: dict[str, str]) -> npt.NDArray[Any]:
    if field.kind == "text":
        array = np.empty(len(values), dtype=object)
        array[:] = list(map(known.setdefault, values, values))
        return array
    if field.kind == "day":
        return days_of(values)
    return np.array(values, dtype=np.int64).astype(bool if field.kind == "flag" else np.int64, copy=False)


def text_array(values: Sequence[Any]) -> Any:
    """A pandas `str` array of texts, made without looking at every value twice."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return pd.array(array, dtype="str")


# Days ------------------------------------------------------------------------------------------------------


def day_texts(days: npt.NDArray[Any]) -> list[str | None]:
    """datetime64 -> ISO text, None for NaT. A column has few distinct days, so each is formatted once."""
    whole = days.astype("datetime64[D]").astype(np.int64)
    distinct, where = np.unique(whole, return_inverse=True)
    texts = np.empty(len(distinct), dtype=object)
    formatted = np.datetime_as_string(distinct.astype("datetime64[D]"))
    texts[:] = [None if text == "NaT" else str(text) for text in formatted]
    found: list[str | None] = texts[where].tolist()
    return found


def days_of(texts: Sequence[str | None]) -> Days:
    """ISO text -> datetime64[s], NaT for None; each distinct text is parsed once."""
    known: dict[str | None, np.datetime64] = {None: NO_DAY}
    for text in set(texts) - {None}:
        known[text] = np.datetime64(date.fromisoformat(str(text)), "s")
    return np.array([known[text] for text in texts], dtype="datetime64[s]")


def iso_day(value: date) -> str:
    """A date as it is stored."""
    return value.isoformat()


# Setup and master data: frames of `core.tables`, where a blank number is null ------------------------------


def sheet_rows(table: Table, frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a setup or master frame: the table's columns, then `key`."""
    columns = [_sheet_values(column.kind, frame[column.name]) for column in table.columns]
    return zip(*columns, frame["key"].to_numpy(dtype=object).tolist(), strict=True)


def _sheet_values(kind: str, column: pd.Series) -> list[Any]:
    if kind in TEXT_KINDS:
        return column.astype("str").to_numpy(dtype=object).tolist()
    if kind == "date":
        return day_texts(column.astype("datetime64[s]").to_numpy())
    blank = column.isna().to_numpy()
    values = column.astype("Int64").fillna(0).to_numpy(dtype=np.int64).tolist()
    return [None if nothing else value for nothing, value in zip(blank, values)] if blank.any() else values


def sheet_frame(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    """The frame of stored setup or master rows: the table's columns with their dtypes, and `key`."""
    names = [*(column.name for column in table.columns), "key"]
    kinds = [*(column.kind for column in table.columns), "code"]
    columns: Iterable[Sequence[Any]] = zip(*rows) if rows else ((),) * len(names)
    data = {
        name: _sheet_loaded(kind, values) for name, kind, values in zip(names, kinds, columns, strict=True)
    }
    return pd.DataFrame(data, index=pd.RangeIndex(len(rows)))


def _sheet_loaded(kind: str, values: Sequence[Any]) -> Any:
    if kind in TEXT_KINDS:
        return text_array(values)
    if kind == "date":
        return days_of(values)
    blank = np.array([value is None for value in values], dtype=bool)
    filled = np.array([0 if value is None else value for value in values], dtype=np.int64)
    if kind == "yes_no":
        return pd.arrays.BooleanArray(filled.astype(bool), blank)
    return pd.arrays.IntegerArray(filled, blank)
