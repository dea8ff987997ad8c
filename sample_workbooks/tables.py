"""Small words for the sample data: rows from text, check digits, exact rounding. Plain Python only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Any]]
"""Rows by sheet; a row is a Row, or None where the sheet has a blank row."""


class Totals(defaultdict[str, Decimal]):
    """Amounts by name; a name that was never added to stands for 0."""

    def __init__(self, amounts: Mapping[str, Decimal] | None = None) -> None:
        super().__init__(Decimal, amounts or {})

    def add(self, other: Mapping[str, Decimal]) -> None:
        """Add the other amounts name by name."""
        for name, amount in other.items():
            self[name] += amount

    def negated(self) -> Totals:
        """All signs turned."""
        return Totals({name: -amount for name, amount in self.items()})

    def filled(self) -> Totals:
        """Without the zeros."""
        return Totals({name: amount for name, amount in self.items() if amount})


ORE = Decimal("0.01")
KRONA = Decimal(1)
ZERO = Decimal(0)


def round_to(amount: Decimal, step: Decimal = ORE) -> Decimal:
    """Nearest multiple of `step`, halves away from zero."""
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


class Running:
    """Amounts x part / whole, rounded so that their sum is the rounded sum: nothing is lost on the way."""

    def __init__(self, part: Decimal, whole: Decimal = Decimal(1)) -> None:
        self._part, self._divisor = part, whole or Decimal(1)
        self._whole, self._given = ZERO, ZERO

    def next(self, amount: Decimal) -> Decimal:
        """The next amount's share."""
        self._whole += amount
        share = round_to(self._whole * self._part / self._divisor) - self._given
        self._given += share
        return share


def rows_of(text: str) -> list[Row]:
    """Rows of a text table: the first line holds the captions, cells are parted by `|`, blank is None.

    A cell that starts with `#` is a number, one that starts with `@` a date; all others are texts, so that
    codes keep their zeros.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()]
    captions = [cell.strip() for cell in lines[0].split("|")]
    rows = []
    for line in lines[1:]:
        cells = [_typed(cell.strip()) for cell in line.split("|")]
        if len(cells) != len(captions):
            raise ValueError(f"{len(cells)} cells under {len(captions)} captions: {line}")
        rows.append(dict(zip(captions, cells)))
    return rows


def _typed(cell: str) -> object:
    if not cell:
        return None
    if cell[0] == "#":
        return Decimal(cell[1:])
    if cell[0] == "@":
        return date.fromisoformat(cell[1:])
    return cell


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` + it valid in the Luhn (modulus 10) scheme."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def ocr_number(number: str) -> str:
    """The payment reference of an invoice at OCR level 2: its digits and a Luhn digit; 103001 -> 1030014."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits + luhn_digit(digits)


def registration_no(serial: int) -> str:
    """An invented Swedish registration number with a right check digit, in a series not handed out."""
    digits = f"5599{serial:05d}"
    return f"{digits[:6]}-{digits[6:]}{luhn_digit(digits)}"


def swedish_vat_no(registration: str) -> str:
    """SE + ten digits + 01."""
    return f"SE{registration.replace('-', '')}01"


def swedish_iban(bank: str, account: str) -> str:
    """An invented Swedish IBAN with right check digits (modulus 97)."""
    bban = bank.zfill(3) + account.zfill(17)
    return f"SE{98 - int(bban + '281400') % 97:02d}{bban}"


def foreign_iban(country: str, account: str) -> str:
    """An invented IBAN of Germany, Finland or Norway with right check digits; blank for other countries."""
    if country == "DE":
        bban = "99999999" + account.zfill(10)
    elif country == "FI":
        bban = "999999" + account[-7:].zfill(7)
        bban += luhn_digit(bban)
    elif country == "NO":
        body = "9999" + account[-6:].zfill(6)
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        digit = -sum(int(sign) * weight for sign, weight in zip(body, weights)) % 11
        if digit == 10:
            raise ValueError(f"no check digit for {body}")
        bban = f"{body}{digit}"
    else:
        return ""
    letters = "".join(str(ord(letter) - 55) for letter in country)
    return f"{country}{98 - int(f'{bban}{letters}00') % 97:02d}{bban}"


def captions_of(rows: Sequence[Row | None]) -> tuple[str, ...]:
    """All captions in the order in which they first appear."""
    return tuple(dict.fromkeys(caption for row in rows if row for caption in row))
