"""The terms of the story's company, items, rates, customers and what payments may be off, and how amounts are rounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

D = Decimal
CENT, NOTHING, ONE = D("0.01"), D(0), D(1)
ITEMS = {"A1": (D(1000), "3001", D(25), "VAT25", "2611"), "A2": (D("50.30"), "3002", D(6), "VAT6", "2621")}
"""Price, sales account, VAT, its identifier and account. Only goods have an account for line discounts."""
DISCOUNT_ACCOUNT = {"A1": "3730"}
FAST, FAST_DAYS, FAST_PERCENT = "C4", 10, D(2)
"""The customer with a payment discount, and how long it is given."""
GRACE_DAYS = 5
"""So many days later it is still given (T11)."""
TOLERATED_PERCENT, TOLERATED = D(1), D(5)
"""What a payment may be off: so much of the claim, at most so many kronor (T9)."""
STRICT = "C2"
"""The customer who gets neither grace nor tolerance (T13)."""
ROUNDED = D("0.50")
"""A rest that is written off when the bank's line pays all else."""
ABROAD = "C5"
"""The customer who trades in euro."""
BANK = {"": "1930", "EUR": "1932"}
REST_ACCOUNT = {"tolerance": "3741", "rounding": "3740"}
RATES = {
    date(2026, 10, 1): D(11),
    date(2026, 10, 4): D("11.05"),
    date(2026, 10, 7): D("11.2345"),
    date(2026, 10, 14): D("10.9"),
    date(2026, 10, 23): D("11.5"),
}
"""Kronor for a euro from a day on."""


def rate_on(currency: str, day: date) -> Decimal:
    """The newest rate that is not later than the day; 1 for kronor."""
    return RATES[max(start for start in RATES if start <= day)] if currency else ONE


def money(amount: Decimal) -> Decimal:
    """Rounded to the öre, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One line as typed: price None takes the item card's."""

    item: str
    quantity: Decimal
    price: Decimal | None = None
    percent: Decimal = NOTHING


def spread(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """A total by weights; each running total is rounded, so that nothing is lost."""
    return spread_of(total, sum(weights, NOTHING), weights)


def spread_of(total: Decimal, whole: Decimal, parts: list[Decimal]) -> list[Decimal]:
    """What parts of a whole are of its total."""
    upto, given, shares = NOTHING, NOTHING, []
    for part in parts:
        upto += part
        shares.append(money(total * upto / whole) - given)
        given += shares[-1]
    return shares
