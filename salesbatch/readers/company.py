"""The `Company` sheet: each row is a setting with a kind of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from salesbatch.core import money
from salesbatch.core.company import SETTING_COLUMNS, setting_field
from salesbatch.core.tables import Column
from salesbatch.readers.cells import Problem, Reading, Values, read_column
from salesbatch.readers.documents import shown_value
from salesbatch.readers.raw_cells import CellColumn

Int64 = npt.NDArray[np.int64]

_CURRENCY = "local_currency_code"


def read_settings(
    setting_column: Column, value_column: Column, captions: Values, cells: CellColumn, reading: Reading
) -> tuple[Values, Values, list[Problem], list[Problem]]:
    """Settings by field name, their values as canonical text, and the problems of both columns.

    Amounts become whole minor units and percentages and quantities whole numbers scaled by 100,000, so that the
    stored text says the same whatever language it was typed in. A setting that nobody knows keeps a blank field
    name; the caller leaves its row out.
    """
    fields = [setting_field(text) if text else "" for text in captions.texts]
    by_field = dict.fromkeys(name for name in fields if name)
    texts = ["", *by_field]
    place_of = {name: number for number, name in enumerate(texts)}
    places = np.array([place_of[name] for name in fields], np.int64)[captions.values]
    setting = Values(setting_column, places, captions.blank.copy(), texts)
    unknown = [
        Problem("setting-unknown", int(row)) for row in np.flatnonzero((places == 0) & ~captions.blank)
    ]

    reading = replace(reading, currency=_currency(places, place_of, cells, reading), old_dates=True)
    index: dict[str, int] = {"": 0}
    values = np.zeros(len(places), np.int64)
    problems: list[Problem] = []
    for row in range(len(places)):  # Some fifty settings, each of another kind.
        if places[row]:
            text, found = _canonical(
                SETTING_COLUMNS[texts[places[row]]], cells.take(slice(row, row + 1)), reading
            )
            values[row] = index.setdefault(text, len(index))
            problems += [problem._replace(position=row) for problem in found]
    return setting, Values(value_column, values, values == 0, list(index)), unknown, problems


def _currency(places: Int64, place_of: dict[str, int], cells: CellColumn, reading: Reading) -> str:
    """The local currency that the sheet itself names, for its own amounts."""
    rows = np.flatnonzero(places == place_of.get(_CURRENCY, -1))
    value = cells.value(int(rows[0])) if len(rows) else None
    return value.strip().upper() if isinstance(value, str) and value.strip() else reading.currency


def _canonical(column: Column, cells: CellColumn, reading: Reading) -> tuple[str, list[Problem]]:
    values, problems = read_column(column, cells, reading)
    if values.blank[0]:
        return "", problems
    number = int(values.values[0])
    if column.kind == "amount":
        divisor = 10 ** (5 - money.minor_digits(reading.currency))
        if number % divisor:
            digits = str(money.minor_digits(reading.currency))
            problems.append(
                Problem("amount-decimals", 0, (("currency", reading.currency), ("digits", digits)))
            )
        return str(number // divisor), problems
    if column.kind in ("percent", "quantity", "price"):
        return str(number), problems
    return shown_value(values, 0), problems
