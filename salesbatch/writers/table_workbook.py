"""One ledger table as a workbook, for `export --format xlsx`: the columns of the export, as what they are.

An export has amounts as decimal text and dates as ISO text. In a workbook they become numbers and dates, so
that they add up; codes stay text, so that they keep their zeros.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.entries import BY_NAME
from salesbatch.writers.grid import GridColumn, GridSheet, draw_workbook

_FIGURE = r"-?\d{1,13}(\.\d{1,5})?"
_AMOUNT_WORDS = ("amount", "base", "difference", "balance", "price", "cost", "limit")
_SCALED_WORDS = ("quantity", "percent", "rate")


def draw_table_workbook(name: str, frame: pd.DataFrame) -> bytes:
    """The bytes of a workbook with one sheet. frame: as `ledger.export_table` gives it."""
    columns = tuple(_column(name, str(caption), frame[caption]) for caption in frame.columns)
    title = name.replace("_", " ").capitalize()
    return draw_workbook([GridSheet(title, columns, frozen_columns=1)], title=title)


def _column(table: str, caption: str, values: pd.Series) -> GridColumn:
    if values.dtype == "bool":
        return GridColumn(caption, "flag", values)
    if pd.api.types.is_integer_dtype(values.dtype):
        return GridColumn(caption, "integer", values)
    texts = values.fillna("").astype("str")
    kind = _kind(table, caption)
    filled = texts != ""
    if kind == "day" and _all(texts[filled], r"\d{4}-\d\d-\d\d"):
        return GridColumn(
            caption, "date", pd.to_datetime(texts.where(filled), format="%Y-%m-%d").astype("datetime64[s]")
        )
    if kind in ("minor", "e5") and _all(texts[filled], _FIGURE):
        point = texts.str.find(".").to_numpy(dtype=np.int64)
        decimals = np.where(point < 0, 0, texts.str.len().to_numpy(dtype=np.int64) - point - 1)
        whole = texts.str.replace(".", "", regex=False).where(filled, "0").astype("int64")
        if kind == "minor":
            digits = decimals.tolist() if len(set(decimals.tolist())) > 1 else int(decimals.max(initial=0))
            return GridColumn(caption, "money", whole.where(filled).astype("Int64"), digits=digits)
        scaled = whole * 10 ** (5 - decimals)
        return GridColumn(caption, "quantity", scaled.where(filled).astype("Int64"))
    return GridColumn(caption, "code" if kind == "number" else "text", texts)


def _all(texts: pd.Series, pattern: str) -> bool:
    return bool(texts.str.fullmatch(pattern).all())


def _kind(table: str, caption: str) -> str:
    """What the ledger says that a column is, or what its name says where the ledger has no such column."""
    declared = BY_NAME.get(table)
    if declared is not None:
        for field in declared.fields:
            if field.export_name == caption:
                return field.kind
    if caption == "date" or caption.endswith(("_date", "_from", "_to")):
        return "day"
    words = caption.split("_")
    if any(word in words for word in _SCALED_WORDS):
        return "e5"
    return "minor" if any(word in words for word in _AMOUNT_WORDS) else "text"
