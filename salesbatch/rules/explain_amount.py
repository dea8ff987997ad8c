"""How an amount fits documents: exactly, less a discount in time, or with a gap that has a name (T6, T10, T11).

A gap has one of few names: payment tolerance, öre rounding within its limit, a known bank fee, a discount taken
too late (the rest stays open). What no name explains is a part payment or an overpayment, and says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.money import percent_of
from salesbatch.rules.evidence import DISCOUNTED, Payments, Pool

EXACT, DISCOUNT, TOLERANCE, ROUNDING, FEE, LATE, PART, OVER, SHORT_LUMP = (
    "exact", "discount", "tolerance", "rounding", "fee", "late", "part", "over", "short lump",
)  # fmt: skip
FITS_EXACTLY, FITS, FITS_NOT = 3, 2, 1
_LEVELS = {
    EXACT: FITS_EXACTLY,
    DISCOUNT: FITS_EXACTLY,
    TOLERANCE: FITS,
    ROUNDING: FITS,
    FEE: FITS,
    LATE: FITS,
}
_MOST_DISCOUNTS = 6


class Fit(NamedTuple):
    """How an amount fits some documents. gap: what is missing after the discounts, negative where there is more.

    discounted: the documents whose discount is taken. account: where a fee goes.
    """

    kind: str
    gap: int = 0
    discounted: tuple[int, ...] = ()
    account: str = ""

    @property
    def level(self) -> int:
        """3 exactly or with discount, 2 with a gap that has a name, 1 not."""
        return _LEVELS.get(self.kind, FITS_NOT)


PAID_EXACTLY = Fit(EXACT)


class Piece(NamedTuple):
    """What a line settles of one document: minor units with the line's sign for a claim, against it otherwise."""

    entry: int
    amount: int
    discount: int = 0
    tolerance: int = 0
    write_off: int = 0


class Amounts:
    """What is left of every document, and what explains the difference between an amount and a sum."""

    def __init__(self, pool: Pool, payments: Payments, settings: Settings, fees: pd.DataFrame) -> None:
        self.left: list[int] = pool.remaining.tolist()
        self.remaining: list[int] = pool.remaining.tolist()
        self.discount: list[int] = pool.discount.tolist()
        self.discount_day: list[int] = pool.discount_day.tolist()
        self._paid_day: dict[int, int] = {}
        """The last day of what this run has settled of a document."""
        self._kinds = pool.document_type
        self._fees: dict[int, str] = {}
        for amount, account in zip(fees["amount_minor"].tolist(), fees["account"].tolist()):
            self._fees.setdefault(int(amount), str(account))
        self.rounding_limit = settings.rounding_write_off_limit_minor
        self._settings = settings

    def possible_discount(self, entry: int, day: int, sign: int) -> int:
        """The discount that a document still gives on a day, if all that was paid of it came in time."""
        latest = max(day, self._paid_day.get(entry, day))
        if sign * self.left[entry] <= 0 or latest > self.discount_day[entry]:
            return 0
        return abs(self.discount[entry]) if self.left[entry] * sign > abs(self.discount[entry]) else 0

    def asked(self, entry: int, day: int, sign: int) -> int:
        """What a document asks for on a day, in the direction of the line."""
        return sign * self.left[entry] - self.possible_discount(entry, day, sign)

    def fit(self, entries: Sequence[int], amount: int, day: int) -> Fit | None:
        """How an amount pays these documents together; None when no named gap explains the difference."""
        sign = 1 if amount > 0 else -1
        money, full = abs(amount), sign * sum([self.left[entry] for entry in entries])
        if full <= 0:
            return None
        if money == full:
            return PAID_EXACTLY
        discounts = {
            entry: discount for entry in entries if (discount := self.possible_discount(entry, day, sign))
        }
        net = full - sum(discounts.values())
        if discounts and (taken := self._taken(discounts, full - money)):
            return Fit(DISCOUNT, 0, taken)
        late = sum(
            abs(self.discount[entry])
            for entry in entries
            if day > self.discount_day[entry] and self.left[entry] == self.remaining[entry]
        )
        # Read before a fee of the same size: what stays open can still be asked for.
        if late and full - money == late:
            return Fit(LATE, late)
        for gap, taken in ((full - money, ()), *([(net - money, tuple(discounts))] if discounts else [])):
            if abs(gap) <= self._tolerance(entries, sign):
                return Fit(TOLERANCE, gap, taken)
            if abs(gap) <= self.rounding_limit:
                return Fit(ROUNDING, gap, taken)
            if gap in self._fees:
                return Fit(FEE, gap, taken, self._fees[gap])
        return None

    @staticmethod
    def _taken(discounts: dict[int, int], missing: int) -> tuple[int, ...]:
        """The documents whose discounts add up to what is missing, all of them first."""
        if sum(discounts.values()) == missing:
            return tuple(discounts)
        if missing > 0 and len(discounts) <= _MOST_DISCOUNTS:
            for size in range(1, len(discounts)):
                for some in itertools.combinations(discounts, size):
                    if sum(discounts[entry] for entry in some) == missing:
                        return some
        return ()

    def _tolerance(self, entries: Sequence[int], sign: int) -> int:
        """Payment tolerance of the documents together (T9)."""
        total = 0
        for entry in entries:
            if sign * self.left[entry] > 0 and self._kinds[entry] in DISCOUNTED:
                total += payment_tolerance(abs(self.remaining[entry]), self._settings)
        return total

    def pieces(self, entries: Sequence[int], fit: Fit, amount: int) -> list[Piece]:
        """What is settled of each document: claims in their order, then what is taken off against them.

        The last claim carries the gap. Where the money does not reach, the later claims get what is left of it.
        None where other lines have left no claim beyond what would be taken off: money pays no credit memo.
        """
        if fit.kind == EXACT and len(entries) == 1:
            return [Piece(entries[0], self.left[entries[0]])]
        sign = 1 if amount > 0 else -1
        if sum(sign * self.left[entry] for entry in entries) <= 0:
            return []
        claims = [entry for entry in entries if sign * self.left[entry] > 0]
        others = [entry for entry in entries if sign * self.left[entry] < 0]
        money = abs(amount) + sum(abs(self.left[entry]) for entry in others)
        result = []
        for place, entry in enumerate(claims):
            left = abs(self.left[entry])
            discount = min(abs(self.discount[entry]), left) if entry in fit.discounted else 0
            last = place == len(claims) - 1
            gap = fit.gap if last and fit.kind in (TOLERANCE, ROUNDING, FEE) else 0
            settled = left if money + gap >= left - discount else max(money, 0)
            if settled < left:
                discount, gap = 0, 0
            money -= settled - discount - gap
            tolerance = gap if fit.kind == TOLERANCE else 0
            write_off = gap if fit.kind in (ROUNDING, FEE) else 0
            if settled:
                result.append(
                    Piece(entry, sign * settled, sign * discount, sign * tolerance, sign * write_off)
                )
        result += [Piece(entry, self.left[entry]) for entry in others]
        return result

    def take(self, pieces: Sequence[Piece], day: int) -> None:
        """Take pieces, paid on a day, from what is left."""
        for piece in pieces:
            self.left[piece.entry] -= piece.amount
            self._paid_day[piece.entry] = max(day, self._paid_day.get(piece.entry, day))


def payment_tolerance(amount: int, settings: Settings) -> int:
    """How much may be missing of a document of this amount, or be too much, and be accepted (T9)."""
    percent, largest = settings.payment_tolerance_percent_e5, settings.max_payment_tolerance_amount_minor
    own = int(percent_of(np.array([amount], dtype=np.int64), np.int64(percent))[0]) if percent else largest
    return min(own, largest or own, amount)
