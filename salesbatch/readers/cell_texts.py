"""Numbers and dates that stand in a cell as text: read them as an accountant means them, or not at all.

`float`, `Decimal` and date parsers of libraries accept 'NaN', '1e5', '1_000' and foreign digits, and read
01/02/2026 as the second of January without a word. Here a text is either plain or it is a finding.

    >>> read_number("1 234,50", "sv").value_e5
    123450000
    >>> read_number("1,234", "").problem
    'number-ambiguous'
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

DECIMAL_SIGNS = {"sv": ",", "de": ",", "en": "."}
"""Which sign a company's language writes before the decimals; it decides what '1,234' means."""

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u2002\u2003\t", " ") | {"\u2212": "-"})
_PLAIN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_BODY = re.compile(r"[0-9][0-9 .,]*|[.,][0-9]+")
_GROUPS = re.compile(r"[0-9]{1,3}([ .,])[0-9]{3}(?:\1[0-9]{3})*")
_MARK_FIRST = re.compile(r"([A-Za-z]{2,3}|[€$£])\.? ?(?=[0-9(+.,-])")
_MARK_LAST = re.compile(r"(?<=[0-9)-]) ?([A-Za-z]{2,3}\.?|[€$£]|:-)$")
_MARKS = {"€": "EUR", "$": "$", "£": "GBP", ":-": "kr"}
_LONGEST_WHOLE = 12


class NumberText(NamedTuple):
    """A number read from text: value scaled by 100,000, or the code of the problem.

    mark: the currency that stands with it ('' if none). shows: the decimal sign that the text proves ('' if
    it proves nothing). guessed: the sign whose meaning the language decided.
    """

    value_e5: int = 0
    problem: str = ""
    mark: str = ""
    shows: str = ""
    guessed: str = ""
    percent: bool = False


def read_number(text: str, language: str) -> NumberText:
    """A number in any of the usual notations; `language` decides what would otherwise be ambiguous."""
    plain = _PLAIN.fullmatch(text)
    if plain:
        value = int(plain[2]) * 100_000 + (int(plain[3].ljust(5, "0")) if plain[3] else 0)
        return NumberText(-value if plain[1] else value, shows="." if plain[3] else "")
    body = text.translate(_SPACES).strip()
    percent = body.endswith("%")
    body, mark = _without_mark(body.removesuffix("%").rstrip())
    body, negative = _without_sign(body)
    if not _BODY.fullmatch(body):
        return NumberText(0, "number-unknown")
    whole, part, shows, guessed = _split(body, language)
    if guessed == "?":
        return NumberText(0, "number-ambiguous")
    if not (whole.isdigit() or whole == "") or not (part.isdigit() or part == "") or not whole + part:
        return NumberText(0, "number-unknown")
    digits, decimals = whole.lstrip("0"), part.rstrip("0")
    if len(digits) > _LONGEST_WHOLE:
        return NumberText(0, "number-too-large")
    if len(decimals) > 5:
        return NumberText(0, "number-decimals")
    value = int(digits or "0") * 100_000 + int(decimals.ljust(5, "0"))
    return NumberText(-value if negative else value, "", mark, shows, guessed, percent)


def _without_mark(body: str) -> tuple[str, str]:
    """The number without its currency, and the currency: 'kr', '$' or a code of three capitals."""
    for pattern in (_MARK_LAST, _MARK_FIRST):
        match = pattern.search(body) if pattern is _MARK_LAST else pattern.match(body)
        if match:
            sign = match[1].rstrip(".")
            mark = _MARKS.get(sign) or (
                "kr" if sign.lower() == "kr" else sign.upper() if len(sign) == 3 else ""
            )
            known = sign in _MARKS or sign.lower() in ("kr", "sek") or (len(sign) == 3 and sign.isupper())
            if not known:
                return "", ""
            return (body[: match.start()] + body[match.end() :]).strip(), mark
    return body, ""


def _without_sign(body: str) -> tuple[str, bool]:
    """The number without its sign; two signs, or a plus, leave something behind that is no number."""
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(), True
    if body.startswith("-"):
        return body[1:].lstrip(), True
    if body.endswith("-"):
        return body[:-1].rstrip(), True
    return body, False


def _split(body: str, language: str) -> tuple[str, str, str, str]:
    """Whole part without group signs, decimals, the decimal sign shown, the sign that was guessed ('?': cannot)."""
    signs = [character for character in body if character in ".,"]
    decimal = ""
    shows = guessed = ""
    if len(set(signs)) == 2:
        decimal = shows = signs[-1]
        if signs.count(decimal) > 1:
            return "x", "", "", ""
    elif len(signs) == 1:
        before, _, after = body.partition(signs[0])
        if len(after) != 3 or len(before) > 3 or before.strip("0") == "" or " " in before:
            decimal = shows = signs[0]
        else:
            mine = DECIMAL_SIGNS.get(language, "")
            if not mine:
                return "", "", "", "?"
            guessed = signs[0]
            decimal = signs[0] if signs[0] == mine else ""
    elif signs:
        shows = "," if signs[0] == "." else "."
    whole, _, part = body.partition(decimal) if decimal else (body, "", "")
    if any(character in " .," for character in whole):
        if not _GROUPS.fullmatch(whole):
            return "x", "", "", ""
        whole = re.sub(r"[ .,]", "", whole)
    if decimal and not part:
        return "x", "", "", ""
    return whole, part, shows, guessed


def contradicts(number: NumberText, shown: set[str], language: str) -> bool:
    """True when the language's reading of an ambiguous text goes against what other cells of the column show."""
    if not number.guessed:
        return False
    read_as_decimal = number.guessed == DECIMAL_SIGNS.get(language, "")
    other = "," if number.guessed == "." else "."
    return (other if read_as_decimal else number.guessed) in shown


# Dates ---------------------------------------------------------------------------------------------------

_CLOCK = r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?Z?)?"
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _CLOCK)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})(?:\2| )([0-9]{4})" + _CLOCK)
_WORDS = re.compile(r"([0-9]{1,2})\.?[ -]([A-Za-zäÄ]{3,9})\.?[ -]([0-9]{4})")
_MONTH_NAMES = {
    **dict(
        zip(
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], range(1, 13)
        )
    ),
    **{"maj": 5, "mai": 5, "okt": 10, "dez": 12, "mär": 3, "mrz": 3},
}


class DateText(NamedTuple):
    """A date read from text, or the code of the problem; has_time: a time of day stood there and was left out."""

    day: date | None = None
    problem: str = ""
    has_time: bool = False


def read_date(text: str) -> DateText:
    """ISO, 20261031, 31.10.2026, 31 okt 2026, and with slashes where day and month cannot be confused."""
    body = text.translate(_SPACES).strip()
    match = _YEAR_FIRST.fullmatch(body)
    if match:
        return _date(match[1], match[3], match[4], any(int(part or 0) for part in match.groups()[4:]))
    match = _COMPACT.fullmatch(body)
    if match:
        return _date(match[1], match[2], match[3])
    match = _YEAR_LAST.fullmatch(body)
    if match:
        first, second = int(match[1]), int(match[3])
        has_time = any(int(part or 0) for part in match.groups()[4:])
        if match[2] == "." or first > 12 or first == second:
            return _date(match[4], match[3], match[1], has_time)
        if second > 12:
            return _date(match[4], match[1], match[3], has_time)
        return DateText(problem="date-ambiguous")
    match = _WORDS.fullmatch(body)
    month = _MONTH_NAMES.get(match[2][:3].lower()) if match else None
    if match and month:
        return _date(match[3], str(month), match[1])
    return DateText(problem="date-unknown")


def _date(year: str, month: str, day: str, has_time: bool = False) -> DateText:
    try:
        return DateText(date(int(year), int(month), int(day)), "", has_time)
    except ValueError:
        return DateText(problem="date-unknown")
