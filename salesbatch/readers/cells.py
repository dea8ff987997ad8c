"""Columns of cells become typed columns: whole arrays at once, every doubtful cell named.

Numbers are parsed as arrays; texts are parsed once for every distinct text, whatever the number of rows. A
problem never stops the column: the cell counts as blank and the caller decides what its row is worth.

The parser does not tell a cell's number format, so that a percentage is taken as typed: 25 is 25 %, and so is
the text '25 %'. A cell formatted as per cent holds 0.25 and is read as 0.25 %, with a warning where the whole
column looks like that.
"""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from salesbatch.core import money
from salesbatch.core.dates import DateFormulaError, parse_formula
from salesbatch.core.tables import TEXT_KINDS, Column, normal_name
from salesbatch.readers.cell_texts import NumberText, contradicts, read_date, read_number
from salesbatch.readers.raw_cells import (
    BLANK,
    DATE,
    ERROR,
    FORMULA,
    NUMBER,
    TEXT,
    TIME,
    YES_NO,
    CellColumn,
    Mask,
)

Int64 = npt.NDArray[np.int64]
_DAY = 86_400
_LIMIT_E5 = 10**17
_DIGITS_KEPT = 1e15
_FIRST_DAY = (date(2000, 1, 1) - date(1970, 1, 1)).days
_FIRST_DAY_OF_SETUP = (date(1900, 3, 1) - date(1970, 1, 1)).days
_LAST_DAY = (date(2100, 12, 31) - date(1970, 1, 1)).days
_SERIAL_ZERO, _SERIAL_ZERO_1904 = 25_569, 24_107
_ERROR_TEXT = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|SAKNAS!|NV|BEZUG!|WERT!)|Err:5[0-9]{2}"
)
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_YES = frozenset(["yes", "ja", "true", "1", "x", "y", "j", "sant", "wahr"])
_NO = frozenset(["no", "nej", "false", "0", "n", "nein", "falskt", "falsch"])
_TRIMMED = "\ufeff\u200b\u2060"


class Problem(NamedTuple):
    """One doubtful cell of a column: code of the finding and the cell's place in the column."""

    code: str
    position: int
    values: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What decides how cells are read: the company's language and currency."""

    language: str = "en"
    currency: str = "SEK"
    date_1904: bool = False
    old_dates: bool = False
    """True for the setup, where a starting date may lie before 2000."""


@dataclass(slots=True)
class Values:
    """A typed column, one integer a row, whatever its kind.

    values: numbers scaled by 100,000 (amounts too, until their currency is known), whole numbers, dates as
    seconds since 1970, yes/no as 1/0, texts as places in `texts` (place 0 is ""). blank: nothing there, or
    nothing that could be read. marks: currency that stood with a number, by row.
    """

    column: Column
    values: Int64
    blank: Mask
    texts: list[str] = field(default_factory=lambda: [""])
    marks: dict[int, str] = field(default_factory=dict)

    @classmethod
    def nothing(cls, column: Column, count: int) -> Values:
        """A column that the sheet does not have."""
        return cls(column, np.zeros(count, np.int64), np.ones(count, np.bool_))


def read_column(column: Column, cells: CellColumn, reading: Reading) -> tuple[Values, list[Problem]]:
    """The typed column and what is wrong with its cells."""
    problems = [
        *(Problem("cell-error", int(position)) for position in np.flatnonzero(cells.kinds == ERROR)),
        *(Problem("cell-formula", int(position)) for position in np.flatnonzero(cells.kinds == FORMULA)),
    ]
    joined = "\n".join(cells.texts)
    if "#" in joined or "Err:" in joined:  # Kinds of file that keep an error as its text only.
        errors = [text[:1] in "#E" and bool(_ERROR_TEXT.fullmatch(text.strip())) for text in cells.texts]
        shown = cells.of_texts(np.array(errors))
        problems += [Problem("cell-error", int(position)) for position in np.flatnonzero(shown)]
        cells = cells.without(shown)
    if column.kind in TEXT_KINDS:
        values = _read_texts(column, cells, reading, problems)
    elif column.kind == "date":
        values = _read_dates(column, cells, reading, problems)
    elif column.kind == "yes_no":
        values = _read_yes_no(column, cells, problems)
    else:
        values = _read_numbers(column, cells, reading, problems)
    return values, problems


def _by_text(
    cells: CellColumn, used: Mask, read: list[str], values: Int64, target: Int64
) -> list[tuple[int, int]]:
    """Give every text cell the value of its distinct text; (position, text) of cells whose text has a problem."""
    rows = used & (cells.kinds == TEXT)
    target[rows] = values[cells.codes[rows]]
    if not any(read):
        return []
    bad = np.fromiter(map(bool, read), np.bool_, len(read))
    return [
        (int(position), int(cells.codes[position])) for position in np.flatnonzero(rows & bad[cells.codes])
    ]


# Texts ---------------------------------------------------------------------------------------------------


def _read_texts(column: Column, cells: CellColumn, reading: Reading, problems: list[Problem]) -> Values:
    count = len(cells.kinds)
    index = defaultdict(itertools.count(1).__next__, {"": 0})  # A new text gets the next place.
    values = np.zeros(count, np.int64)
    cleaned, found = list(map(str.strip, cells.texts)), list[Problem | None]()
    if not _is_clean(column, cells.texts):
        cleaned, found = map(list, zip(*(_clean_text(column, text) for text in cells.texts)))
    if column.kind == "code" and column.field.endswith("currency_code"):
        # A currency is known by its code in capitals, or its decimals and rates would not be found.
        cleaned = [text.upper() for text in cleaned]
    places = np.fromiter(map(index.__getitem__, cleaned), np.int64, len(cleaned))
    wrong = [problem.code if problem else "" for problem in found]
    for position, text_no in _by_text(cells, np.ones(count, np.bool_), wrong, places, values):
        problem = found[text_no]
        if problem:
            problems.append(problem._replace(position=position))
    for position, text, problem in _other_texts(column, cells, reading):
        if problem:
            problems.append(problem._replace(position=position))
        else:
            values[position] = index[text]
    texts = list(index)
    if column.kind in ("choice", "formula"):
        values, texts = _choose(column, values, texts, problems)
    return Values(column, values, values == 0, texts)


def _is_clean(column: Column, texts: list[str]) -> bool:
    """True when no text can have a problem, which is told from all of them at once."""
    joined = "".join(texts)
    return (
        joined.isascii()
        and joined.isprintable()
        and max(map(len, texts)) <= column.most
        and (column.kind == "text" or "E+" not in joined.upper())
    )


def _clean_text(column: Column, text: str) -> tuple[str, Problem | None]:
    """A text without the spaces around it, in composed letters; or what is wrong with it."""
    clean = unicodedata.normalize("NFC", text).strip().strip(_TRIMMED).strip()
    if column.kind == "text":
        clean = clean.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    else:
        clean = re.sub(r"[\u00a0\u2000-\u200a\u202f\u205f]", " ", clean)
    if not clean.isprintable():
        for character in clean:
            kind = unicodedata.category(character)
            if kind in ("Cc", "Cf", "Cs", "Co", "Cn") and not (character == "\n" and column.kind == "text"):
                return "", Problem("cell-characters", 0, (("character", f"U+{ord(character):04X}"),))
    if len(clean) > column.most:
        most = str(column.most)
        return "", Problem("cell-too-long", 0, (("length", str(len(clean))), ("most", most)))
    if column.kind == "code" and _SCIENTIFIC.fullmatch(clean):
        return "", Problem("code-digits-lost", 0)
    return clean, None


def _other_texts(
    column: Column, cells: CellColumn, reading: Reading
) -> list[tuple[int, str, Problem | None]]:
    """Numbers, dates and the like in a text column: their text, or why they are none."""
    found: list[tuple[int, str, Problem | None]] = []
    known: dict[float, tuple[str, Problem | None]] = {}
    rows = np.flatnonzero(
        (cells.kinds != TEXT) & (cells.kinds != BLANK) & (cells.kinds != ERROR) & (cells.kinds != FORMULA)
    )
    # Only cells that are no text come here; a column of item numbers repeats a few hundred.
    for position, kind, number in zip(
        rows.tolist(), cells.kinds[rows].tolist(), cells.numbers[rows].tolist()
    ):
        if kind == NUMBER:
            if number not in known:
                known[number] = _number_as_text(column, number)
            found.append((position, *known[number]))
        elif column.kind == "text" and kind == DATE:
            found.append((position, str(cells.value(position)), None))
        elif column.kind == "text":
            found.append((position, cells.shown(position), None))
        elif column.kind == "choice" and kind == YES_NO:
            found.append((position, "Yes" if number else "No", None))
        else:
            found.append(
                (position, "", Problem("cell-not-text", 0, (("kind", _kind_word(kind, reading.language)),)))
            )
    return found


def _number_as_text(column: Column, number: float) -> tuple[str, Problem | None]:
    if not np.isfinite(number) or abs(number) >= _DIGITS_KEPT:
        return "", Problem("code-digits-lost", 0)
    if float(number).is_integer():
        return str(int(number)), None
    if column.kind == "code":
        return "", Problem("code-decimals", 0)
    return format(number, ".15g"), None


def _kind_word(kind: int, language: str) -> str:
    swedish = language == "sv"
    if kind == DATE:
        return "ett datum" if swedish else "date"
    if kind == YES_NO:
        return "sant eller falskt" if swedish else "true or false value"
    return "ett klockslag" if swedish else "time of day"


def _choose(
    column: Column, values: Int64, texts: list[str], problems: list[Problem]
) -> tuple[Int64, list[str]]:
    """Texts become the declared options, or date formulas in capitals; what is neither is a problem."""
    options = {normal_name(option): option for option in column.options}
    chosen = ["", *column.options] if column.kind == "choice" else [""]
    places = np.zeros(len(texts), np.int64)
    wrong: dict[int, Problem] = {}
    for text_no, text in enumerate(texts[1:], 1):
        if column.kind == "choice":
            option = options.get(normal_name(text))
            if option is None:
                near = difflib.get_close_matches(normal_name(text), list(options), 1, 0.7)
                hint = options[near[0]] if near else ""
                wrong[text_no] = Problem("choice-unknown", 0, (("options", ", ".join(column.options)),), hint)
                continue
            places[text_no] = chosen.index(option)
        else:
            try:
                parse_formula(text)
            except DateFormulaError:
                wrong[text_no] = Problem(
                    "formula-unknown", 0, (), f"{text}D" if text.isascii() and text.isdigit() else ""
                )
                continue
            places[text_no] = len(chosen)
            chosen.append(re.sub(r"\s", "", text).upper())
    if wrong:
        for position in np.flatnonzero(np.isin(values, list(wrong))).tolist():
            problems.append(wrong[int(values[position])]._replace(position=position))
    return places[values], chosen


# Numbers -------------------------------------------------------------------------------------------------


def _read_numbers(column: Column, cells: CellColumn, reading: Reading, problems: list[Problem]) -> Values:
    count = len(cells.kinds)
    values = np.zeros(count, np.int64)
    numeric = cells.kinds == NUMBER
    given = numeric.copy()
    if numeric.any():
        scaled, exact = money.floats_to_e5(np.where(numeric, cells.numbers, 0.0))
        values = np.where(numeric, scaled, 0)
        for position in np.flatnonzero(numeric & ~exact).tolist():
            problems.append(Problem(_why_inexact(float(cells.numbers[position])), position))
            given[position] = False
    marks: dict[int, str] = {}
    if len(cells.texts) > 1:
        given |= _numbers_from_texts(column, cells, reading, values, marks, problems)
    for kind in (YES_NO, DATE, TIME):
        problems += [
            Problem("number-unknown", int(position)) for position in np.flatnonzero(cells.kinds == kind)
        ]
    _check_range(column, values, given, problems)
    if column.kind == "percent" and (values[given] < money.E5).all():
        # Where a column has fractions only, it was probably formatted as per cent.
        fractions = given & numeric & (values > 0)
        problems += [Problem("percent-fraction", int(position)) for position in np.flatnonzero(fractions)]
    if column.kind == "integer":
        values = values // money.E5
    return Values(column, np.where(given, values, 0), ~given, marks=marks)


def _why_inexact(number: float) -> str:
    if not np.isfinite(number):
        return "number-unknown"
    return "number-too-large" if abs(number) >= 1e12 else "number-decimals"


def _numbers_from_texts(
    column: Column,
    cells: CellColumn,
    reading: Reading,
    values: Int64,
    marks: dict[int, str],
    problems: list[Problem],
) -> Mask:
    """Fill in the numbers that stand as text; True where one was read."""
    read = [
        read_number(text.strip(), reading.language) if text.strip() else NumberText() for text in cells.texts
    ]
    shown = {number.shows for number in read}
    wrong = []
    for number in read:
        code = number.problem
        if not code and contradicts(number, shown, reading.language):
            code = "number-ambiguous"
        if (number.percent and column.kind != "percent") or (
            number.mark and column.kind not in ("amount", "price")
        ):
            code = code or "number-unknown"
        wrong.append(code)
    scaled = np.fromiter((number.value_e5 for number in read), np.int64, len(read))
    rows = (cells.kinds == TEXT) & ~cells.is_blank()
    for position, text_no in _by_text(cells, rows, wrong, scaled, values):
        problems.append(Problem(wrong[text_no], position))
        rows[position] = False
    marked = np.fromiter((bool(number.mark) for number in read), np.bool_, len(read))
    for position in np.flatnonzero(rows & marked[cells.codes]).tolist():
        marks[position] = read[int(cells.codes[position])].mark
    return np.asarray(rows)


def _check_range(column: Column, values: Int64, given: Mask, problems: list[Problem]) -> None:
    """Whole numbers, percentages and what may not be negative; a cell outside counts as not given."""
    checks: list[tuple[str, Mask]] = []
    if column.kind == "integer":
        checks.append(("number-not-whole", np.asarray(values % money.E5 != 0)))
    if column.kind == "percent":
        checks.append(("percent-range", np.asarray((values < 0) | (values > money.PERCENT_E5))))
    elif column.non_negative:
        checks.append(("number-negative", np.asarray(values < 0)))
    for code, outside in checks:
        for position in np.flatnonzero(outside & given).tolist():
            problems.append(Problem(code, position))
            given[position] = False


# Dates and yes/no ----------------------------------------------------------------------------------------


def _read_dates(column: Column, cells: CellColumn, reading: Reading, problems: list[Problem]) -> Values:
    count = len(cells.kinds)
    days = np.zeros(count, np.int64)
    given = cells.kinds == DATE
    if given.any():
        seconds = np.where(given, cells.numbers, 0.0)
        days = np.rint(seconds / _DAY).astype(np.int64)
        with_time = given & (np.abs(seconds - days * float(_DAY)) > 1.0)
        days = np.where(with_time, np.floor(seconds / _DAY).astype(np.int64), days)
        problems += [Problem("date-time", int(position)) for position in np.flatnonzero(with_time)]
    if len(cells.texts) > 1:
        read = [read_date(text) if text.strip() else None for text in cells.texts]
        found = np.fromiter(
            ((r.day - date(1970, 1, 1)).days if r and r.day else 0 for r in read), np.int64, len(read)
        )
        wrong = ["" if r is None else r.problem for r in read]
        rows = (cells.kinds == TEXT) & ~cells.is_blank()
        for position, text_no in _by_text(cells, rows, wrong, found, days):
            problems.append(Problem(wrong[text_no], position))
            rows[position] = False
        timed = np.fromiter((r is not None and r.has_time for r in read), np.bool_, len(read))
        problems += [
            Problem("date-time", int(position)) for position in np.flatnonzero(rows & timed[cells.codes])
        ]
        given = given | rows
    for position in np.flatnonzero(cells.kinds == NUMBER).tolist():
        given[position] = _read_serial(float(cells.numbers[position]), position, days, reading, problems)
    for kind in (YES_NO, TIME):
        problems += [
            Problem("date-unknown", int(position)) for position in np.flatnonzero(cells.kinds == kind)
        ]
    first = _FIRST_DAY_OF_SETUP if reading.old_dates or column.field == "starting_date" else _FIRST_DAY
    outside = given & ((days < first) | (days > _LAST_DAY))
    bounds = (("first", str(np.datetime64(first, "D"))), ("last", str(np.datetime64(_LAST_DAY, "D"))))
    problems += [Problem("date-range", int(position), bounds) for position in np.flatnonzero(outside)]
    given = given & ~outside
    return Values(column, np.where(given, days * _DAY, 0), ~given)


def _read_serial(
    number: float, position: int, days: Int64, reading: Reading, problems: list[Problem]
) -> bool:
    """A number in a date column: 20261031, or the number that Excel keeps for a date; True when it is a date."""
    whole = int(number) if np.isfinite(number) and number.is_integer() and abs(number) < 1e9 else -1
    written = read_date(str(whole)) if 20_000_101 <= whole <= 21_001_231 else None
    if written is not None and written.day is not None:
        days[position] = (written.day - date(1970, 1, 1)).days
        return True
    day = whole - (_SERIAL_ZERO_1904 if reading.date_1904 else _SERIAL_ZERO)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        problems.append(Problem("date-unknown", position))
        return False
    days[position] = day
    problems.append(Problem("date-serial", position, (("date", str(np.datetime64(day, "D"))),)))
    return True


def _read_yes_no(column: Column, cells: CellColumn, problems: list[Problem]) -> Values:
    given = cells.kinds == YES_NO
    numeric = cells.kinds == NUMBER
    known = numeric & ((cells.numbers == 0) | (cells.numbers == 1))
    values = np.where(given | known, cells.numbers, 0).astype(np.int64)
    wrong = (numeric & ~known) | (cells.kinds == DATE) | (cells.kinds == TIME)
    given = given | known
    if len(cells.texts) > 1:
        answers = [text.strip().casefold() for text in cells.texts]
        found = np.fromiter((answer in _YES for answer in answers), np.int64, len(answers))
        unknown = ["x" if answer and answer not in _YES and answer not in _NO else "" for answer in answers]
        rows = (cells.kinds == TEXT) & ~cells.is_blank()
        for position, _ in _by_text(cells, rows, unknown, found, values):
            wrong[position] = True
            rows[position] = False
        given = given | rows
    problems += [Problem("yes-no-unknown", int(position)) for position in np.flatnonzero(wrong)]
    return Values(column, np.where(given, values, 0), ~given)
