"""Which open documents add up to an amount: sums of signed amounts, and whether the answer is the only one.

A sum that fits says little when there are so many sums that one of them had to fit. So every answer comes with
the number of sums that would have fitted by chance, which is what makes a lump of five out of nine invoices
certain and a lump of fifteen out of forty worthless.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from salesbatch.core.money import Int64

ALL_SUMS = 16
"""Up to so many items every sum is tried; above, sums of a few items, of all, and of all but a few."""
_GRAINS = (1, 100, 10_000)
_MOST = 120
_OTHERS = 0.02
_MOST_FOUND = 8


@dataclass(frozen=True)
class Combination:
    """Items that add up. by_chance: how many sums at least as simple would fit an amount made up at random."""

    items: tuple[int, ...]
    total: int
    by_chance: float


def combinations(amounts: list[int], target: int, room: int = 0) -> list[Combination]:
    """Sets of items (positions) whose sum is at most `room` from the target, the simplest first, at most 8.

    Sets of one item are not among them: they are matches of their own. Amounts carry their signs.
    """
    count = len(amounts)
    if count < 2 or count > _MOST or sum(amount for amount in amounts if amount > 0) < target - room:
        return []
    if count <= ALL_SUMS:
        found = _all_sums(amounts, target, room)
    else:
        found = _few_items(amounts, target, room)
    found.sort(key=lambda items: (len(items) not in (count, count - 1), len(items), items))
    return [
        Combination(items, sum(amounts[item] for item in items), _by_chance(amounts, items, target, room))
        for items in found[:_MOST_FOUND]
    ]


def _by_chance(amounts: list[int], items: tuple[int, ...], target: int, room: int) -> float:
    """How many sums at least as simple would fit by chance.

    Whole kronor are counted among whole kronor: they meet a hundred times as often.
    """
    most = 0.0
    for grain in _GRAINS:
        if target % grain or (not room and any(amounts[item] % grain for item in items)):
            break
        alike = [amount for amount in amounts if amount % grain == 0] if not room else amounts
        count, size, span = len(alike), len(items), sum(abs(amount) for amount in alike)
        # Leaving one or two out is as simple as taking one or two.
        tried = (
            sum(comb(count, few) for few in range(2, size + 1))
            if size * 2 <= count
            else _left_out(count, size)
        )
        each = (2 * room + grain) / max(span, 1)
        # The oldest due are as many sums as there are items. Of many items not all sums are looked at, so that
        # others may fit too: they are believed where that is unlikely.
        if items == tuple(range(size)) and (len(amounts) <= ALL_SUMS or tried * each < _OTHERS):
            tried = min(tried, count)
        most = max(most, tried * each)
    return most


def _left_out(count: int, size: int) -> int:
    return sum(comb(count, few) for few in range(count - size + 1)) + (
        sum(comb(count, few) for few in range(2, size + 1)) if count - size > 2 else 0
    )


def _all_sums(amounts: list[int], target: int, room: int) -> list[tuple[int, ...]]:
    sums = np.zeros(1, dtype=np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    hits: list[int] = np.flatnonzero(np.abs(sums - target) <= room).tolist()
    sets = [tuple(item for item in range(len(amounts)) if hit >> item & 1) for hit in hits[: 8 * _MOST_FOUND]]
    return [items for items in sets if len(items) > 1]


def _few_items(amounts: list[int], target: int, room: int) -> list[tuple[int, ...]]:
    values = np.array(amounts, dtype=np.int64)
    count, total = len(values), int(values.sum())
    everything = tuple(range(count))
    found: set[tuple[int, ...]] = set()
    if abs(total - target) <= room:
        found.add(everything)
    for wanted, inverse in ((target, False), (total - target, True)):
        if inverse:  # All but one.
            for item in np.flatnonzero(np.abs(values - wanted) <= room).tolist():
                found.add(tuple(other for other in everything if other != item))
        first, second = np.triu_indices(count, 1)
        pairs = values[first] + values[second]
        for hit in np.flatnonzero(np.abs(pairs - wanted) <= room).tolist():
            found.add(_set(everything, (int(first[hit]), int(second[hit])), inverse))
        if not inverse or found:  # All but three are no answer by themselves, and make another one doubtful.
            found |= {
                _set(everything, three, inverse)
                for three in _triples(values, wanted, room, first, second, pairs)
            }
    prefix = np.cumsum(values)  # The oldest due first.
    for hit in np.flatnonzero(np.abs(prefix - target) <= room).tolist():
        if hit > 0:
            found.add(tuple(range(hit + 1)))
    return sorted(found, key=lambda items: (len(items), items))[: 8 * _MOST_FOUND]


def _triples(
    values: Int64, target: int, room: int, first: Int64, second: Int64, pairs: Int64
) -> set[tuple[int, ...]]:
    """Three items: the third is looked up among the sorted amounts."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    low = np.searchsorted(ascending, target - room - pairs, side="left")
    high = np.searchsorted(ascending, target + room - pairs, side="right")
    found: set[tuple[int, ...]] = set()
    for hit in np.flatnonzero(high > low).tolist():
        for place in range(int(low[hit]), int(high[hit])):
            third = int(order[place])
            if third > second[hit]:
                found.add((int(first[hit]), int(second[hit]), third))
    return found


def _set(everything: tuple[int, ...], chosen: tuple[int, ...], inverse: bool) -> tuple[int, ...]:
    return tuple(item for item in everything if item not in chosen) if inverse else tuple(sorted(chosen))
