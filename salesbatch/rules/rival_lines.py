"""Lines that want the same documents: all ways to serve them are weighed, and a tie is told (M17 and better)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from salesbatch.rules.explain_amount import FITS, Amounts
from salesbatch.rules.payment_text import GOOD
from salesbatch.rules.trust import Hypothesis

_LARGEST_COMPONENT = 9
_MOST_STEPS = 4000


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
    if len(lines) > _LARGEST_COMPONENT:
        return _assign_one_by_one(lines, wanted, amounts, money), set()
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
        return _assign_one_by_one(lines, wanted, amounts, money), set(lines)
    tied = {
        line
        for line in lines
        for way in ways
        if way.get(line) is not best.get(line) and not _is_second_payment(way.get(line), best.get(line))
    }
    return best, tied


def _is_second_payment(one: Hypothesis | None, other: Hypothesis | None) -> bool:
    """Which of two equal payments of a named document settles it is all the same; the first one does."""
    return (one is None) != (other is None) and (one or other).document >= GOOD  # type: ignore[union-attr]


def _value(one: Hypothesis | None) -> int:
    """The objective: evidence first, then what is explained of the money."""
    if one is None:
        return 0
    return 100 * one.weight + (10 if one.fit.level >= FITS else 0) + (5 if not one.rivals else 0)


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
