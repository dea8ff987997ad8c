"""Date formulas (P5): due dates and discount dates as an accountant writes them.

<n>D|W|M|Q|Y   move by n days, weeks, months, quarters, years (a month's end is kept inside the month)
CD CW CM CQ CY the end of the current day, week (Sunday), month, quarter, year; `-CM` is its first day
D10            the next 10th of a month;  WD1 the next Monday
sums           CM+10D, 1M-1D, -1Y

>>> str(add_formula(np.array(["2026-01-31"], dtype="datetime64[D]"), "1M")[0])
'2026-02-28'
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]

_TERM = re.compile(r"([+-]?)(?:(\d+)([DWMQY])|C([DWMQY])|(WD|D)(\d+))")
_MONTHS = {"M": 1, "Q": 3, "Y": 12}


class DateFormulaError(ValueError):
    """The text is not a date formula."""


@lru_cache(maxsize=512)
def parse_formula(text: str) -> tuple[tuple[int, str, int], ...]:
    """Terms (sign, unit, number) of a formula; blank gives none. Raises DateFormulaError."""
    compact = re.sub(r"[\s<>]", "", text).upper()
    terms: list[tuple[int, str, int]] = []
    position = 0
    while position < len(compact):
        match = _TERM.match(compact, position)
        if match is None or (position and not match[1]):
            raise DateFormulaError(f"'{text}' is not a date formula")
        sign = -1 if match[1] == "-" else 1
        if match[3]:
            if int(match[2]) > 9999:
                raise DateFormulaError(f"'{text}' reaches too far")
            terms.append((sign, match[3], int(match[2])))
        elif match[4]:
            terms.append((sign, "C" + match[4], 0))
        else:
            number = int(match[6])
            if not 1 <= number <= (7 if match[5] == "WD" else 31):
                raise DateFormulaError(f"'{text}' names a day that does not exist")
            terms.append((sign, "@" + match[5], number))
        position = match.end()
    return tuple(terms)


def add_formula(dates: npt.ArrayLike, formula: str) -> Days:
    """Each date moved by the formula; NaT stays NaT. dates: datetime64, any unit; result datetime64[D]."""
    days = np.asarray(dates).astype("datetime64[D]")
    for sign, unit, number in parse_formula(formula):
        days = _add_term(days, sign, unit, number)
    return days


def add_formulas(dates: npt.ArrayLike, formulas: npt.ArrayLike) -> Days:
    """Like add_formula with a formula per row; a handful of distinct formulas, so it loops over those."""
    days = np.asarray(dates).astype("datetime64[D]")
    texts = np.asarray(formulas, dtype=object)
    result = days.copy()
    for formula in sorted(set(texts.tolist())):
        rows = texts == formula
        result[rows] = add_formula(days[rows], formula)
    return result


def end_of_month(days: Days) -> Days:
    """Last day of each date's month."""
    return np.asarray((days.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1)


def _add_months(days: Days, months: int) -> Days:
    month = days.astype("datetime64[M]")
    day = days - month.astype("datetime64[D]")
    moved = month + months
    return np.asarray(
        np.minimum(moved.astype("datetime64[D]") + day, end_of_month(moved.astype("datetime64[D]")))
    )


def _add_term(days: Days, sign: int, unit: str, number: int) -> Days:
    if unit in ("D", "W"):
        return np.asarray(days + np.timedelta64(sign * number * (7 if unit == "W" else 1), "D"))
    if unit in _MONTHS:
        return _add_months(days, sign * number * _MONTHS[unit])
    if unit == "@D":
        return _nth_of_month(days, sign, number)
    if unit in ("@WD", "CW"):
        weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0.
        if unit == "CW":
            steps = 6 - weekday if sign > 0 else -weekday
        else:
            ahead = (number - 1 - weekday) % 7
            steps = np.where(ahead == 0, 7, ahead) if sign > 0 else ahead - 7
        moved = days + steps.astype("timedelta64[D]")
        return np.asarray(np.where(np.isnat(days), days, moved))
    if unit == "CD":
        return days
    span = _MONTHS[unit[1]]
    month = days.astype("datetime64[M]")
    first = (month - (month.astype(np.int64) % span).astype("timedelta64[M]")).astype("datetime64[D]")
    first = np.where(np.isnat(days), days, first)
    if sign < 0:
        return np.asarray(first)
    return np.asarray((first.astype("datetime64[M]") + span).astype("datetime64[D]") - 1)


def _nth_of_month(days: Days, sign: int, number: int) -> Days:
    def nth(months: int) -> Days:
        month = days.astype("datetime64[M]") + months
        return np.asarray(
            np.minimum(
                month.astype("datetime64[D]") + (number - 1), end_of_month(month.astype("datetime64[D]"))
            )
        )

    here = nth(0)
    return np.asarray(
        np.where(here > days, here, nth(1)) if sign > 0 else np.where(here < days, here, nth(-1))
    )
