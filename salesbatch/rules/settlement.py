"""How far money settles claims: discount, late discount, tolerance, rounding (T3, T6-T13, T18).

Arithmetic only, on whole arrays: nothing here knows of entries, accounts or currencies. All amounts are
minor units of the payment's currency without sign. A claim stands for anything that money is applied to: an
invoice that a receipt pays, or a credit memo that is paid back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salesbatch.core.money import Int64

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Claims:
    """What is to be settled: one row a claim, the claims of a payment adjacent and in the order of settling.

    payment: dense group number, ascending. remaining: what is open. discount: what may still be taken off.
    in_time, late: whether the payment came by the discount date, or after it and within the grace period.
    tolerance: the largest difference that is accepted. wanted: money that this claim shall have at most, 0
    for as much as possible. absorbed: a difference up to this is that of two exchange rates and of nothing else.
    """

    payment: Int64
    remaining: Int64
    discount: Int64
    in_time: Bools
    late: Bools
    tolerance: Int64
    wanted: Int64
    absorbed: Int64


@dataclass(frozen=True)
class Settled:
    """What becomes of each claim. cash + discount + tolerance + write_off + rounding = remaining where it closes.

    tolerance, write_off and rounding are positive where money is missing, negative where there is too much.
    rest: money left over, per payment.
    """

    cash: Int64
    discount: Int64
    tolerance: Int64
    write_off: Int64
    rounding: Int64
    closes: Bools
    rest: Int64


def settle_claims(
    claims: Claims,
    money: Int64,
    *,
    accept_late: bool = True,
    accept_tolerance: bool = True,
    write_off_limit: Int64 | None = None,
    precision: int = 0,
) -> Settled:
    """Settle claims with the money of their payments, claims served in order.

    A discount is given for money that comes in time and reaches the claim less the discount (T6); for money
    in the grace period when accept_late (T11). Money for the full amounts in time takes no discount. What is
    short or too much in all is tolerance when it lies within that of the claims (T9, T10), else written off
    within write_off_limit (per payment), else a discount is not lost over `precision` units. What then is
    missing stays open on the last claims, what is too much stays with the payment (T8, T17).
    """
    count = len(money)
    group, remaining = claims.payment, claims.remaining
    limited = claims.wanted > 0
    most = np.where(limited, np.minimum(claims.wanted, remaining), remaining)
    discount = _eligible(claims, money, most, accept_late)
    need = np.minimum(most, remaining - discount)
    before = _before(group, need)
    left = np.maximum(money[group] - before, 0)
    short = _sums(group, need, count) - money
    last = np.r_[group[1:] != group[:-1], True] if len(group) else np.zeros(0, dtype=bool)

    room = np.where(limited | (not accept_tolerance), 0, np.minimum(claims.tolerance, need))
    tolerated = (short != 0) & (np.abs(short) <= _sums(group, room, count))
    tolerance = np.where(tolerated[group], _from_the_end(group, room, np.abs(short)), 0)
    tolerance *= np.sign(short)[group]
    open_limit = np.zeros(count, dtype=np.int64) if write_off_limit is None else write_off_limit
    in_last = np.zeros(count, dtype=np.int64)
    in_last[group[last]] = np.where(limited, 0, need)[last]
    absorbed = np.zeros(count, dtype=np.int64)
    absorbed[group[last]] = claims.absorbed[last]
    can_close = ~tolerated & (short != 0) & (short < in_last)
    absorbing = can_close & (np.abs(short) <= absorbed)
    written = can_close & ~absorbing & (np.abs(short) <= open_limit) & (in_last > 0)
    on_discount = np.zeros(count, dtype=bool)
    on_discount[group[last]] = (discount > 0)[last]
    rounded = can_close & ~absorbing & ~written & on_discount & (short > 0) & (short <= precision)

    ending = np.where(last, short[group], 0)
    write_off, rounding = np.where(written[group], ending, 0), np.where(rounded[group], ending, 0)
    through = ((short == 0) | tolerated | absorbing | written | rounded)[group]
    exact = need - tolerance - np.where((absorbing | written | rounded)[group], ending, 0)
    cash = np.where(through, exact, np.minimum(left, need))
    paid = through | (left >= need)
    cash = np.where(paid, cash, np.minimum(left, most))
    discount = np.where(paid, discount, 0)
    closes = paid & (need + discount == remaining)
    return Settled(cash, discount, tolerance, write_off, rounding, closes, money - _sums(group, cash, count))


def _eligible(claims: Claims, money: Int64, most: Int64, accept_late: bool) -> Int64:
    """The discounts that would be given if the money suffices; none for full payment in time."""
    in_full = (money >= _sums(claims.payment, most, len(money)))[claims.payment] & (most == claims.remaining)
    allowed = (claims.in_time & ~in_full) | (claims.late & accept_late)
    discount = np.where(allowed, np.minimum(claims.discount, claims.remaining), 0)
    return np.asarray(np.where(most >= claims.remaining - discount, discount, 0), dtype=np.int64)


def _sums(group: Int64, values: Int64, count: int) -> Int64:
    result = np.zeros(count, dtype=np.int64)
    np.add.at(result, group, values)
    return result


def _before(group: Int64, values: Int64) -> Int64:
    """Sum of the values of the earlier rows of the same group."""
    running = np.cumsum(values) - values
    first = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    return np.asarray(running - np.repeat(running[starts], np.diff(np.r_[starts, len(group)])), np.int64)


def _from_the_end(group: Int64, room: Int64, wanted: Int64) -> Int64:
    """Fill each group's total into the room of its rows, the last row first."""
    after = _before(group[::-1], room[::-1])[::-1]
    return np.asarray(np.clip(wanted[group] - after, 0, room), dtype=np.int64)
