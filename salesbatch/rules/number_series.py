"""Numbers: the next of a series by posting date, then key, without a gap (N1-N4).

Numbers are drawn last, when nothing can hold a document back any more, inside the journal that is committed
as one transaction: a number can neither be lost nor given twice.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.derived import NO_DATE, VOUCHER

OPENING = "OPENING"
MANUAL = " (manual)"
"""Behind the code of a series: the sender's own numbers that were used in its place."""
_DIGITS = re.compile(r"^(.*?)(\d+)(\D*)$")


class Drawn:
    """Numbers drawn for documents. problem: code of the finding per document, '' where a number was given."""

    def __init__(
        self,
        numbers: pd.Series,
        starting: np.ndarray,
        ordinals: np.ndarray,
        problem: pd.Series,
        warned: pd.Series,
    ) -> None:
        self.numbers = numbers
        self.starting = starting
        self.ordinals = ordinals
        self.problem = problem
        self.warned = warned


def draw_numbers(books: Books, code: str, posting_dates: pd.Series) -> Drawn:
    """The next numbers of a series for documents in the given order.

    posting_dates: one per document, already sorted by posting date and key. The line of the series used is
    the one with the latest starting date on or before the posting date (N1).
    """
    index = posting_dates.index
    numbers = np.full(len(index), "", dtype=object)
    problem = np.full(len(index), "number-series-missing", dtype=object)
    warned = np.zeros(len(index), dtype=bool)
    starting = np.full(len(index), NO_DATE)
    ordinals = np.zeros(len(index), dtype=np.int64)
    series = books.company.table("number_series")
    lines = series[series["code"] == code].copy()
    lines["starts"] = lines["starting_date"].fillna(pd.Timestamp(NO_DATE))
    lines = lines.sort_values("starts")
    days = posting_dates.to_numpy()
    chosen = np.searchsorted(lines["starts"].to_numpy(), days, side="right") - 1
    states = books.series_states[books.series_states["series_code"] == code]
    last = dict(zip(states["series_starting_date"].to_numpy(), states["ordinal"].to_numpy()))
    for position, line in enumerate(lines.to_dict("records")):
        rows = np.flatnonzero(chosen == position)
        if not len(rows):
            continue
        begins = np.datetime64(line["starts"], "s")
        first = int(last.get(begins, 0)) + 1
        ordinal = np.arange(first, first + len(rows))
        step = 1 if pd.isna(line["increment"]) else int(line["increment"])
        texts, values = format_numbers(str(line["starting_no"]), ordinal, step)
        ending = _value_of(str(line["ending_no"]))
        warning = _value_of(str(line["warning_no"]))
        fits = np.ones(len(rows), dtype=bool) if ending is None else values <= ending
        numbers[rows] = np.where(fits, texts, "")
        problem[rows] = np.where(fits, "", "number-series-ended")
        if warning is not None:
            warned[rows] = values > warning
        starting[rows] = begins
        ordinals[rows] = ordinal
    return Drawn(
        pd.Series(numbers, index=index, dtype="str"),
        starting,
        ordinals,
        pd.Series(problem, index=index, dtype="str"),
        pd.Series(warned, index=index),
    )


def draw_manual(books: Books, code: str, numbers: pd.Series) -> Drawn:
    """The sender's own numbers, counted in the order in which they were used (N3)."""
    states = books.series_states
    known = states.loc[states["series_code"] == code + MANUAL, "ordinal"]
    first = int(known.max()) + 1 if len(known) else 1
    nothing = pd.Series(np.zeros(len(numbers), dtype=bool), index=numbers.index)
    ordinals = np.arange(first, first + len(numbers))
    return Drawn(numbers, np.full(len(numbers), NO_DATE), ordinals, numbers.where(nothing, ""), nothing)


def format_numbers(
    starting_no: str, ordinals: np.ndarray, increment: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Texts and values of the numbers at the given places (1 = the starting number): 'F-001' at 2 is 'F-002'."""
    match = _DIGITS.match(starting_no)
    if match is None:
        raise ValueError(f"number series start '{starting_no}' holds no digits")
    prefix, digits, suffix = match.groups()
    values = int(digits) + (ordinals - 1) * increment
    size = len(digits)
    texts = np.array([prefix + str(value).zfill(size) + suffix for value in values.tolist()], dtype=object)
    return texts, values


def _value_of(number: str) -> int | None:
    match = _DIGITS.match(number) if number else None
    return int(match[2]) if match else None


def number_rows(
    books: Books, code: str, drawn: Drawn, posting_dates: pd.Series, document_type: str, document_ids: object
) -> pd.DataFrame:
    """The rows of `numbers` for drawn numbers, in the order in which they were given."""
    length = len(drawn.numbers)
    first = books.next_no("numbers")
    return entries.NUMBERS.frame(
        {
            "number_id": np.arange(first, first + length),
            "run_no": books.run_no,
            "series_code": code,
            "series_starting_date": drawn.starting,
            "ordinal": drawn.ordinals,
            "number": drawn.numbers,
            "posting_date": posting_dates,
            "document_type": document_type,
            "document_id": document_ids,
        },
        length,
    )


def voucher_series_of(books: Books, code: str) -> str:
    """The letter under which documents of a number series stand in the general ledger; 'A' when none is set.

    Entries taken over from an earlier system stand apart, so that the others' vouchers have no gap without them.
    """
    if code == OPENING:
        return "IB"
    series = books.company.table("number_series")
    letters = series.loc[series["code"] == code, "voucher_series"]
    letters = letters[letters != ""]
    return str(letters.iloc[0]) if len(letters) else "A"


def next_voucher(books: Books, letter: str) -> int:
    """The first free number of a voucher series."""
    states = books.series_states
    known = states.loc[states["series_code"] == VOUCHER + letter, "ordinal"]
    return int(known.max()) + 1 if len(known) else 1


def allows_manual(books: Books, code: str) -> bool:
    """Whether the sender's own number becomes the posted number (Manual Nos. = yes, N3)."""
    series = books.company.table("number_series")
    chosen = series.loc[series["code"] == code, "manual_nos"]
    return bool(chosen.fillna(False).any())


__all__ = [
    "Drawn",
    "allows_manual",
    "draw_numbers",
    "format_numbers",
    "next_voucher",
    "number_rows",
    "voucher_series_of",
]
