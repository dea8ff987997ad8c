"""All rounding of money happens here: half away from zero, exact, on whole arrays.

Money is int64 minor units (öre); quantities, unit prices and percentages are int64 scaled by 100,000
(`_e5`). A product of two scaled numbers overflows int64 at ordinary sizes (10,000 pieces at 100,000.00 is
10^19), so every product goes through `multiply_divide`, which falls back to exact Python integers for the
few rows that need it.

    >>> multiply_divide(np.array([5]), np.array([1]), 10)
    array([1])
    >>> multiply_divide(np.array([-5]), np.array([1]), 10)
    array([-1])
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

E5 = 100_000
PERCENT_E5 = 100 * E5
LIMIT = 10**15
"""No single amount may reach this many minor units (V2 of the limits: 10^13 kronor)."""
_SAFE = float(2**62)

_MINOR_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


class MoneyOverflowError(ArithmeticError):
    """A sum or product left the range in which the books are exact."""


def minor_digits(currency_code: str) -> int:
    """Decimals of a currency's minor unit after ISO 4217: SEK 2, JPY 0, KWD 3."""
    return _MINOR_DIGITS.get(currency_code, 2)


def divide_round(numerator: Int64, divisor: int) -> Int64:
    """Divide by a positive integer, rounding half away from zero (symmetric, unlike `//`)."""
    magnitude = np.abs(numerator)
    quotient = magnitude // divisor
    quotient += (magnitude - quotient * divisor) * 2 >= divisor
    return np.asarray(np.sign(numerator) * quotient, dtype=np.int64)


def _divide_round_exact(numerator: int, divisor: int) -> int:
    quotient, rest = divmod(abs(numerator), divisor)
    quotient += rest * 2 >= divisor
    return quotient if numerator >= 0 else -quotient


def multiply_divide(a: npt.ArrayLike, b: npt.ArrayLike, divisor: int) -> Int64:
    """round(a * b / divisor) without overflow; raises MoneyOverflowError where the result exceeds LIMIT * 1000."""
    left, right = np.broadcast_arrays(np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64))
    estimate = np.abs(left.astype(np.float64)) * np.abs(right.astype(np.float64))
    large = estimate > _SAFE
    if not large.any():
        return divide_round(left * right, divisor)
    result = divide_round(np.where(large, 0, left) * np.where(large, 0, right), divisor)
    for position in np.flatnonzero(large):  # Only the rows beyond int64 pay for exact integers.
        value = _divide_round_exact(int(left.flat[position]) * int(right.flat[position]), divisor)
        if abs(value) > LIMIT * 1000:
            raise MoneyOverflowError(f"{int(left.flat[position])} x {int(right.flat[position])} is too large")
        result.flat[position] = value
    return result


def line_value(
    quantity_e5: npt.ArrayLike, unit_price_e5: npt.ArrayLike, digits: int | npt.ArrayLike = 2
) -> Int64:
    """round(quantity x unit price) in minor units (D7). digits: of the currency, one for all or one per row."""
    places = np.unique(np.asarray(digits, dtype=np.int64))
    if len(places) <= 1:
        return multiply_divide(quantity_e5, unit_price_e5, 10 ** (10 - int(places[0] if len(places) else 2)))
    quantities, prices, each = np.broadcast_arrays(
        np.asarray(quantity_e5, dtype=np.int64), np.asarray(unit_price_e5, dtype=np.int64), np.asarray(digits)
    )
    result = np.zeros(each.shape, dtype=np.int64)
    for place in places.tolist():  # A drop has a handful of currencies, and they have 0, 2 or 3 decimals.
        rows = each == place
        result[rows] = multiply_divide(quantities[rows], prices[rows], 10 ** (10 - place))
    return result


def percent_of(amount: npt.ArrayLike, percent_e5: npt.ArrayLike) -> Int64:
    """round(amount x percent / 100), in the unit of the amount."""
    return multiply_divide(amount, percent_e5, PERCENT_E5)


def percent_inside(gross: npt.ArrayLike, percent_e5: npt.ArrayLike) -> Int64:
    """VAT contained in a gross amount: round(gross - gross / (1 + percent/100)) (V4)."""
    amounts, rates = np.broadcast_arrays(np.asarray(gross, dtype=np.int64), np.asarray(percent_e5, np.int64))
    result = np.zeros(amounts.shape, dtype=np.int64)
    for rate in np.unique(rates):  # A document has a handful of rates, never one a row.
        rows = rates == rate
        result[rows] = multiply_divide(amounts[rows], np.int64(rate), PERCENT_E5 + int(rate))
    return result


def to_precision(amount_minor: Int64, precision_minor: int, direction: str = "Nearest") -> Int64:
    """Round amounts to a multiple of `precision_minor`: Nearest (half away from zero), Up or Down (by magnitude)."""
    if precision_minor <= 1:
        return np.asarray(amount_minor, dtype=np.int64)
    if direction == "Nearest":
        return divide_round(np.asarray(amount_minor, dtype=np.int64), precision_minor) * precision_minor
    magnitude = np.abs(amount_minor)
    steps = -(-magnitude // precision_minor) if direction == "Up" else magnitude // precision_minor
    return np.asarray(np.sign(amount_minor) * steps * precision_minor, dtype=np.int64)


def spread(weights: Int64, group: Int64, totals: Int64) -> Int64:
    """Spread each group's total over its rows by weight, carrying the remainder, so that the sum is exact (V5).

    weights: int64, one sign within a group; group: dense group index per row, rows of a group adjacent;
    totals: one total per group. A group whose weights are all zero gets its total on its last row.

        >>> spread(np.array([10, 10, 10]), np.array([0, 0, 0]), np.array([8]))
        array([3, 2, 3])
    """
    if len(weights) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    running = np.cumsum(weights)
    before = np.repeat(running[starts] - weights[starts], lengths)
    cumulative = running - before
    whole = np.repeat(cumulative[starts + lengths - 1], lengths)
    total = totals[group]
    signs = np.sign(whole) * np.sign(total)
    upto = _scale(np.abs(cumulative), np.abs(total), np.abs(whole)) * signs
    ends = starts + lengths - 1
    upto[ends] = total[ends]
    previous = np.r_[0, upto[:-1]]
    previous[starts] = 0
    return np.asarray(upto - previous, dtype=np.int64)


def _scale(part: Int64, total: Int64, whole: Int64) -> Int64:
    """round(part * total / whole) for non-negative arrays with a divisor per row; 0 where the divisor is 0."""
    divisor = np.where(whole == 0, 1, whole)
    large = part.astype(np.float64) * total.astype(np.float64) * 2 > _SAFE
    product = np.where(large, 0, part) * np.where(large, 0, total)
    result = (2 * product + divisor) // (2 * divisor)
    for position in np.flatnonzero(large):  # Exact integers for the few rows beyond int64.
        result[position] = _divide_round_exact(
            int(part[position]) * int(total[position]), int(divisor[position])
        )
    result[whole == 0] = 0
    return np.asarray(result, dtype=np.int64)


def proportion(amount: npt.ArrayLike, part: npt.ArrayLike, whole: npt.ArrayLike) -> Int64:
    """round(amount x part / whole) row by row; 0 where the whole is 0.

    >>> proportion([1000, -1000], [1, 1], [3, 3])
    array([ 333, -333])
    """
    total, some, all_of = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.int64) for value in (amount, part, whole))
    )
    signs = np.sign(total) * np.sign(some) * np.sign(all_of)
    return np.asarray(_scale(np.abs(some), np.abs(total), np.abs(all_of)) * signs, dtype=np.int64)


def to_local(
    amount: npt.ArrayLike, rate_e5: npt.ArrayLike, digits: npt.ArrayLike, local_digits: int
) -> Int64:
    """Minor units of a foreign currency as minor units of the local one; rate: local currency for 1 unit.

    >>> to_local([100_00], [11_12345], [2], 2)
    array([111235])
    """
    return proportion(amount, np.asarray(rate_e5, np.int64) * 10**local_digits, E5 * _powers(digits))


def from_local(
    amount: npt.ArrayLike, rate_e5: npt.ArrayLike, digits: npt.ArrayLike, local_digits: int
) -> Int64:
    """Minor units of the local currency as minor units of a foreign one; 0 where there is no rate."""
    return proportion(amount, E5 * _powers(digits), np.asarray(rate_e5, np.int64) * 10**local_digits)


def _powers(digits: npt.ArrayLike) -> Int64:
    return np.power(np.int64(10), np.asarray(digits, dtype=np.int64))


def checked_sum(amounts: npt.ArrayLike) -> int:
    """Sum that cannot wrap silently: raises MoneyOverflowError when the total may leave int64."""
    values = np.asarray(amounts, dtype=np.int64)
    if values.size and float(np.abs(values.astype(np.float64)).sum()) > _SAFE:
        return sum(values.tolist())
    return int(values.sum())


def floats_to_e5(values: npt.NDArray[np.float64]) -> tuple[Int64, npt.NDArray[np.bool_]]:
    """Turn a spreadsheet's floats into exact e5 integers through 15 significant digits (what Excel keeps).

    Returns (scaled, exact): `exact` is False where the value has more than 5 decimals, is not finite or is
    beyond 10^12, so that the caller can name the cell.
    """
    usable = np.isfinite(values) & (np.abs(values) < 1e12)
    clean = np.where(usable, values, 0.0)
    scaled = np.rint(clean * E5).astype(np.int64)
    exact = usable & (scaled / E5 == clean)
    for position in np.flatnonzero(usable & ~exact):  # Only results of formulas such as 0.1+0.2 come here.
        digits = Decimal(format(clean[position], ".15g")).scaleb(5)
        if digits == digits.to_integral_value():
            scaled[position] = int(digits)
            exact[position] = True
    return scaled, exact


def decimal_text(value: int, digits: int) -> str:
    """An integer of minor units as decimal text with a point: decimal_text(-5, 2) is '-0.05'."""
    if digits == 0:
        return str(value)
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def amount_text(amount_minor: int, currency_code: str) -> str:
    """An amount with its currency: '12.50 SEK'."""
    return f"{decimal_text(int(amount_minor), minor_digits(currency_code))} {currency_code}"


def plain_text(value_e5: int) -> str:
    """A scaled quantity, price or percentage as decimal text without needless zeros: 1250000 -> '12.5'."""
    text = decimal_text(value_e5, 5).rstrip("0").rstrip(".")
    return text if text not in ("", "-0", "-") else "0"
