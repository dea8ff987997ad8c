"""Lines that want the same documents: all ways to serve them are weighed, and a tie is told (M17 and better).

A few lines are served by trying all ways. Where there are more, the best way is the answer of an integer program: a
line gets one of its hypotheses or none, and of no document more is taken than is left of it. A tie is found by asking
it again, for a way that is as good and as different as can be, until no line is left that could be served otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from salesbatch.core.money import Int64
from salesbatch.rules.explain_amount import FITS, Amounts
from salesbatch.rules.payment_text import GOOD
from salesbatch.rules.trust import Hypothesis

_MOST_TRIED = 9
"""Lines whose ways are tried one after the other."""
_MOST_STEPS = 4000
_MOST_OPTIONS = 600
_MOST_NODES = 2000
"""So large an integer program is, and so far it is followed; beyond that no line is trusted."""


def components(wanted: dict[int, list[Hypothesis]]) -> list[list[int]]:
    """Lines that want a document in common, directly or through others; each by day, then number."""
    parent = {line: line for line in wanted}

    def root(line: int) -> int:
        while parent[line] != line:
            parent[line] = parent[parent[line]]
            line = parent[line]
        return line

    first_with: dict[int, int] = {}
    for line, found in wanted.items():
        for one in found:
            for entry in one.entries:
                if entry in first_with:
                    parent[root(line)] = root(first_with[entry])
                else:
                    first_with[entry] = line
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for line in wanted:
        groups[root(line)].append(line)
    return list(groups.values())


def assign(
    lines: list[int], wanted: dict[int, list[Hypothesis]], amounts: Amounts, money: Sequence[int]
) -> tuple[dict[int, Hypothesis], set[int]]:
    """The best hypothesis for each line, and the lines for which another way would be as good."""
    if len(lines) > _MOST_TRIED:
        return _assign_many(lines, wanted, amounts, money)
    options = [[*wanted[line], None] for line in lines]
    pieces = {
        id(one): amounts.pieces(one.entries, one.fit, money[one.line])
        for found in options for one in found if one is not None
    }  # fmt: skip
    most = [max(_value(one) for one in found) for found in options]
    tail = [sum(most[place:]) for place in range(len(most) + 1)]
    best_value, best, ways = -1, {}, []  # type: int, dict[int, Hypothesis], list[dict[int, Hypothesis]]
    steps = 0

    def walk(place: int, value: int, used: dict[int, int], chosen: dict[int, Hypothesis]) -> None:
        nonlocal best_value, best, ways, steps
        steps += 1
        if steps > _MOST_STEPS or value + tail[place] < best_value:
            return
        if place == len(lines):
            if value > best_value:
                best_value, best, ways = value, dict(chosen), []
            ways.append(dict(chosen))
            return
        for one in options[place]:
            if one is None:
                walk(place + 1, value, used, chosen)
                continue
            wants = pieces[id(one)]
            if any(used.get(p.entry, 0) + abs(p.amount) > abs(amounts.left[p.entry]) for p in wants):
                continue
            for p in wants:
                used[p.entry] = used.get(p.entry, 0) + abs(p.amount)
            chosen[lines[place]] = one
            walk(place + 1, value + _value(one), used, chosen)
            del chosen[lines[place]]
            for p in wants:
                used[p.entry] -= abs(p.amount)

    walk(0, 0, {}, {})
    if steps > _MOST_STEPS:
        return _assign_many(lines, wanted, amounts, money)
    tied: set[int] = set().union(*[_served_otherwise(lines, best, way) for way in ways])
    return best, tied


def _served_otherwise(lines: list[int], best: dict[int, Hypothesis], way: dict[int, Hypothesis]) -> set[int]:
    """The lines that another way serves otherwise than the best one."""
    return {
        line
        for line in lines
        if way.get(line) is not best.get(line) and not _is_second_payment(line, best, way)
    }


def _is_second_payment(line: int, best: dict[int, Hypothesis], way: dict[int, Hypothesis]) -> bool:
    """Which of two equal payments of a named document settles it is all the same; the first one does."""
    one, other, served = best.get(line), way.get(line), way
    if one is None:
        one, other, served = other, one, best
    if one is None or other is not None or one.document < GOOD:
        return False
    return any(another.entries == one.entries for another in served.values())


def _value(one: Hypothesis | None) -> int:
    """The objective: evidence first, then what is explained of the money."""
    if one is None:
        return 0
    return 100 * one.weight + (10 if one.fit.level >= FITS else 0) + (5 if not one.rivals else 0)


def _assign_many(
    lines: list[int], wanted: dict[int, list[Hypothesis]], amounts: Amounts, money: Sequence[int]
) -> tuple[dict[int, Hypothesis], set[int]]:
    """The same for many lines; where they are too many to be sure of the best way, all of them count as tied."""
    found = None
    if sum([len(wanted[line]) for line in lines]) <= _MOST_OPTIONS:
        found = _Program(lines, wanted, amounts, money).best_and_tied()
    return found or (_assign_one_by_one(lines, wanted, amounts, money), set(lines))


class _Program:
    """Many lines and their hypotheses as an integer program: a variable for each hypothesis, 1 where it is taken."""

    def __init__(
        self, lines: list[int], wanted: dict[int, list[Hypothesis]], amounts: Amounts, money: Sequence[int]
    ) -> None:
        self._lines = lines
        self._options = [one for line in lines for one in wanted[line]]
        self._place = np.repeat(np.arange(len(lines)), [len(wanted[line]) for line in lines])
        wanted_by = Counter((one.line, one.entries) for one in self._options)
        self._several = Counter(entries for _, entries in wanted_by)
        self._value = np.array([_value(one) for one in self._options], dtype=np.int64)
        taken = [
            (option, piece.entry, abs(piece.amount))
            for option, one in enumerate(self._options)
            for piece in amounts.pieces(one.entries, one.fit, money[one.line])
        ]
        self._option, entry, self._money = (np.array(part, dtype=np.int64) for part in zip(*taken))
        entries, self._entry = np.unique(entry, return_inverse=True)
        self._left = np.array([abs(amounts.left[entry]) for entry in entries], dtype=np.int64)

    def best_and_tied(self) -> tuple[dict[int, Hypothesis], set[int]] | None:
        """The best way, in it the first lines before others; and the lines that are served otherwise in one as good.

        None where it is not found.
        """
        best = self._solve(self._value)
        if best is None:
            return None
        least = sum(_value(one) for one in best.values())
        first = self._solve(len(self._lines) - self._place, least)
        if first is None:
            return None
        tied: set[int] = set()
        while True:
            gain = np.array([self._differs(one, first, tied) for one in self._options])
            other = self._solve(gain, least)
            if other is None:
                return None
            more = _served_otherwise(self._lines, first, other) - tied
            if not more:
                break
            tied |= more
        for line, chosen in first.items() if tied else ():
            if line in tied or not self._has_twins(chosen):
                continue
            other = self._solve(np.array([self._leaves(one, chosen) for one in self._options]), least)
            if other is None:
                return None
            tied |= _served_otherwise(self._lines, first, other)
        return first, tied

    def _has_twins(self, best: Hypothesis) -> bool:
        """Whether several lines want the same documents, which one of them names: one of them may stand for another."""
        return best.document >= GOOD and self._several[best.entries] > 1

    @staticmethod
    def _leaves(one: Hypothesis, best: Hypothesis) -> int:
        """How much taking a hypothesis says that a line of several is served otherwise, and no twin in its place."""
        return int(one.line == best.line and one is not best) - int(one.entries == best.entries)

    def _differs(self, one: Hypothesis, chosen: dict[int, Hypothesis], tied: set[int]) -> int:
        """How much taking a hypothesis says that a line, which is not known to be tied, is served otherwise."""
        best = chosen.get(one.line)
        if one.line in tied:
            return 0
        if best is None:
            return int(one.document < GOOD or all(one.entries != other.entries for other in chosen.values()))
        if self._has_twins(best):
            return int(one is not best)
        return -int(one is best)

    def _solve(self, gain: Int64, least: int = 0) -> dict[int, Hypothesis] | None:
        """The way with the most gain, among those of at least a value; None where it is not found."""
        optimize: Any = import_module("scipy.optimize")  # Slow to load, and seldom needed.
        count, lines = len(self._options), len(self._lines)
        every = np.arange(count)
        table = np.zeros((1 + lines + len(self._left), count))
        table[0] = -self._value
        table[1 + self._place, every] = 1
        table[1 + lines + self._entry, self._option] = self._money / self._left[self._entry]
        most = np.r_[-least, np.ones(len(table) - 1)]
        found = optimize.milp(
            -gain,
            integrality=np.ones(count),
            bounds=optimize.Bounds(0, 1),
            constraints=optimize.LinearConstraint(table, -np.inf, most),
            options={"node_limit": _MOST_NODES, "mip_rel_gap": 0.0},
        )
        if found.status != 0:
            return None
        taken = np.flatnonzero(found.x > 0.5)
        used = np.zeros_like(self._left)
        np.add.at(used, self._entry, np.where(np.isin(self._option, taken), self._money, 0))
        if (used > self._left).any():
            return None
        return {self._options[option].line: self._options[option] for option in taken.tolist()}


def _assign_one_by_one(
    lines: list[int], wanted: dict[int, list[Hypothesis]], amounts: Amounts, money: Sequence[int]
) -> dict[int, Hypothesis]:
    """Where very many lines want the same: the strongest first, then by day."""
    used: defaultdict[int, int] = defaultdict(int)
    best: dict[int, Hypothesis] = {}
    ranked = sorted(
        ((one, place) for place, line in enumerate(lines) for one in wanted[line]),
        key=lambda pair: (-_value(pair[0]), pair[1]),
    )
    for one, _ in ranked:
        if one.line in best:
            continue
        wants = amounts.pieces(one.entries, one.fit, money[one.line])
        if all(used[p.entry] + abs(p.amount) <= abs(amounts.left[p.entry]) for p in wants):
            best[one.line] = one
            for p in wants:
                used[p.entry] += abs(p.amount)
    return best
