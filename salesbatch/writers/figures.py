"""Numbers and dates as people read them: whole-number maths only, for everything was rounded before.

A figure on paper must be the posted figure, so nothing here rounds and no float appears. Swedish parts
thousands with a no-break space and has a decimal comma, English has a comma and a point; a minus is U+2212.
"""

from __future__ import annotations

from datetime import date

from salesbatch.writers.texts import Texts

_SCALE_DIGITS = 5  # of the `_e5` columns
MINUS = "−"


def format_money(amount_minor: int, minor_digits: int, texts: Texts) -> str:
    """Give an amount with all decimals of its currency: 123456 -> "1 234,56" (sv), "1,234.56" (en)."""
    return _format_scaled(amount_minor, minor_digits, minor_digits, texts)


def format_amount(amount_minor: int, minor_digits: int, currency_code: str, texts: Texts) -> str:
    """Give an amount with its currency, which stands after it in Swedish and before it in English."""
    figure = format_money(amount_minor, minor_digits, texts)
    if not currency_code:
        return figure
    return f"{currency_code}\u00a0{figure}" if texts.currency_first else f"{figure}\u00a0{currency_code}"


def format_price(price_e5: int, minor_digits: int, texts: Texts) -> str:
    """Give a unit price with the decimals of its currency and as many more as it has: 12.50, 0.12345."""
    return _format_scaled(price_e5, _SCALE_DIGITS, minor_digits, texts)


def format_number(number_e5: int, texts: Texts) -> str:
    """Give a quantity or percentage without needless decimals: 3, 2.5, 12,000."""
    return _format_scaled(number_e5, _SCALE_DIGITS, 0, texts)


def _format_scaled(number: int, digits: int, least_decimals: int, texts: Texts) -> str:
    """Write number / 10^digits with at least `least_decimals` decimals and no other closing zeros."""
    whole, rest = divmod(abs(number), 10**digits)
    figure = f"{whole:,}"
    if texts.thousands_sign != ",":
        figure = figure.replace(",", texts.thousands_sign)
    # A currency with more decimals than the scale has none to cut: the figure is filled up with zeros.
    decimals = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    decimals = decimals.ljust(least_decimals, "0")
    if decimals:
        figure = f"{figure}{texts.decimal_sign}{decimals}"
    return MINUS + figure if number < 0 else figure


def format_date(day: date, texts: Texts) -> str:
    """Give a date that cannot be misread: 2026-11-22 (sv), 22 Nov 2026 (en)."""
    if not texts.months:
        return day.isoformat()
    return f"{day.day}\u00a0{texts.months[day.month - 1]}\u00a0{day.year}"


def format_iban(iban: str) -> str:
    """Give an IBAN in groups of four, as ISO 13616 prints it."""
    compact = "".join(iban.split())
    return "\u00a0".join(compact[start : start + 4] for start in range(0, len(compact), 4))
