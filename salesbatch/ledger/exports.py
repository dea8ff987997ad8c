"""A ledger table for the world outside: amounts as decimal text, dates as ISO text, flags as true and false."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.collector import without_collector
from salesbatch.core.money import decimal_text, minor_digits, plain_text
from salesbatch.ledger import EXPORT_TABLES
from salesbatch.ledger.database import Database
from salesbatch.ledger.frames import day_texts
from salesbatch.ledger.scopes import Scope, settings_of
from salesbatch.ledger.views import VIEWS


@without_collector()
def export_table(database: Database, name: str, *, as_of: date | None = None) -> pd.DataFrame:
    """One table with the columns of the contract, in their order, and what else the ledger knows after them.

    Amounts are text in their currency's decimals, quantities, prices and percentages text without needless
    zeros, dates ISO text ("" for none), flags bool. as_of: the table as it stood at the end of that day.
    Raises KeyError for a table that does not exist.
    """
    if name not in EXPORT_TABLES:
        raise KeyError(name)
    with database.read() as connection:
        frame = VIEWS[name](connection, Scope(as_of=as_of))
        return as_text(frame, settings_of(connection).local_currency_code)


def as_text(frame: pd.DataFrame, local_currency: str) -> pd.DataFrame:
    """A view with every unit turned into text, and the units gone from the names."""
    digits = np.full(len(frame), minor_digits(local_currency), dtype=np.int64)
    own = digits
    if "currency_code" in frame:
        codes, where = np.unique(frame["currency_code"].to_numpy(dtype=object), return_inverse=True)
        known = [minor_digits(code or local_currency) for code in codes]
        own = np.array(known, dtype=np.int64)[where] if len(codes) else digits
    columns: dict[str, Any] = {}
    for name in frame.columns:
        column = frame[name]
        if name.endswith("_minor"):
            columns[name.removesuffix("_minor")] = _amounts(column, digits if "_lcy_" in name else own)
        elif name.endswith("_e5"):
            columns[name.removesuffix("_e5")] = _figures(column, plain_text)
        elif column.dtype.kind == "M":
            columns[name] = ["" if text is None else text for text in day_texts(column.to_numpy())]
        elif str(column.dtype) in ("boolean", "Int64"):
            columns[name] = column.astype(object).where(column.notna(), "")
        else:
            columns[name] = column
    return pd.DataFrame({name: _typed(values) for name, values in columns.items()}, index=frame.index)


def _typed(values: Any) -> Any:
    return pd.array(values, dtype="str") if isinstance(values, list) else values


def _amounts(column: pd.Series, digits: npt.NDArray[np.int64]) -> list[str]:
    """Minor units as decimal text; rows of one currency together."""
    texts = np.empty(len(column), dtype=object)
    for places in np.unique(digits).tolist():
        rows = digits == places
        texts[rows] = _figures(column[rows], lambda value, places=places: decimal_text(value, places))  # type: ignore[misc]
    found: list[str] = texts.tolist()
    return found


def _figures(column: pd.Series, text_of: Callable[[int], str]) -> list[str]:
    """Text of each number, made once per distinct number; "" for a blank."""
    blank = column.isna().to_numpy()
    values = column.fillna(0).to_numpy(dtype=np.int64)
    distinct, where = np.unique(values, return_inverse=True)
    texts = (
        np.array([text_of(value) for value in distinct.tolist()], dtype=object)[where]
        if len(values)
        else np.empty(0, dtype=object)
    )
    texts[blank] = ""
    found: list[str] = texts.tolist()
    return found
