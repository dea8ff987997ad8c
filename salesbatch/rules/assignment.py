"""Which line gets which entry or group: the best score first, oldest due first, lowest line first (M17).

The hypotheses are served in their order; each looks up the best entry that is still free. On equal score the
order is: larger group, lowest line, amount nearest to the line's, oldest due. An entry may be paid by several
lines as long as something is left of it; a line pays one entry, one group, or goes to one account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from salesbatch.core.company import Settings
from salesbatch.core.money import Int64
from salesbatch.rules.evidence import DISCOUNTED, Payments
from salesbatch.rules.explain_amount import payment_tolerance
from salesbatch.rules.hypotheses import (
    AMOUNT,
    COLLECTED,
    ENTRY,
    FAR,
    GROUP,
    MAPPING,
    PARTY,
    Facts,
    Hypotheses,
    SortedPool,
    build_hypotheses,
)

_NOTHING = (FAR, -1)
_SHORT = 24
"""Stretches up to this length are walked one by one; longer ones are searched as a whole."""


@dataclass
class Outcome:
    """What is applied. Amounts are minor units with the line's sign."""

    chosen: Int64
    """Hypothesis of each line, -1 for none."""
    line: list[int] = field(default_factory=list)
    entry: list[int] = field(default_factory=list)
    amount: list[int] = field(default_factory=list)
    discount: list[int] = field(default_factory=list)
    tolerance: list[int] = field(default_factory=list)
    entries_of: dict[int, list[int]] = field(default_factory=dict)
    """Entries applied to each line, in the order of settling."""
    left: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    """What is left open of each entry, without sign."""


class _Stretch(NamedTuple):
    """Neighbours in a sorted column: of which kind, sorted by the amount less discount or not, from, to."""

    kind: int
    net: bool
    start: int
    end: int


class Assignment:
    """Serves the hypotheses one after the other and keeps what is left of each entry.

    Each line depends on what the better ones took, so this is a loop; a turn costs a few look-ups.
    """

    def __init__(self, facts: Facts, table: Int64, settings: Settings) -> None:
        self.facts, self._settings = facts, settings
        pool, payments = facts.pool, facts.payments
        sorted_pool = SortedPool(pool)
        self.hypotheses = build_hypotheses(facts, sorted_pool, table)
        self._sorted = sorted_pool.entries
        self._open = np.ones(len(pool.remaining), dtype=bool)
        # What is read one value at a time is kept as lists: they are far quicker at that than arrays.
        self._order = {key: entries.tolist() for key, entries in self._sorted.items()}
        of_entry = (
            pool.posting_day,
            pool.remaining,
            pool.discount,
            pool.granted_day,
            pool.customer,
            pool.discount_day,
        )
        self._entries = list(zip(*(column.tolist() for column in of_entry)))
        of_line = (payments.day, payments.amount, payments.low, payments.high)
        self._lines = list(zip(*(column.tolist() for column in of_line)))
        self._left: list[int] = np.abs(pool.remaining).tolist()
        self._latest = [int(np.iinfo(np.int64).min)] * len(self._left)
        self._named: list[int] = facts.documents.entry.tolist()
        self._named_start = _starts(facts.documents.line, payments)
        self._payer: list[int] = facts.parties.customer.tolist()
        self._payer_start = _starts(facts.parties.line, payments)
        self._line: list[int] = self.hypotheses.line.tolist()
        self._kind: list[int] = self.hypotheses.kind.tolist()
        self._subject: list[int] = self.hypotheses.subject.tolist()
        self._distance: list[int] = self.hypotheses.distance.tolist()
        self._stretch: list[list[int]] = self.hypotheses.stretches.tolist()

    def run(self) -> Outcome:
        """Serve all lines."""
        hypotheses = self.hypotheses
        outcome = Outcome(np.full(len(self.facts.payments.amount), -1, dtype=np.int64))
        done = [False] * len(outcome.chosen)
        equal = _runs_of_equals(hypotheses)
        lines, kinds = self._line, self._kind
        turn = 0
        while turn < len(lines):
            end = equal[turn]
            line = lines[turn]
            if not done[line]:
                best = (FAR, -1, -1)
                for row in range(turn, end):
                    if kinds[row] in (GROUP, MAPPING):
                        if self._take_at_once(row, kinds[row], outcome):
                            done[line] = True
                            break
                    else:
                        best = min(best, (*self.best_entry(row), row), key=_preference)
                if not done[line] and best[1] >= 0:
                    self._take(best[2], [best[1]], outcome)
                    done[line] = True
            turn = end
        outcome.left = np.array(self._left, dtype=np.int64)
        return outcome

    def _take_at_once(self, row: int, kind: int, outcome: Outcome) -> bool:
        """Take a mapping, or those members of a group that no other line has touched (M18)."""
        if kind == MAPPING:
            outcome.chosen[self.hypotheses.line[row]] = row
            return True
        group = self.hypotheses.subject[row]
        members = self.facts.groups.member[
            self.facts.groups.start[group] : self.facts.groups.start[group + 1]
        ]
        untouched = [entry for entry in members.tolist() if self._left[entry] == abs(self._entries[entry][1])]
        if not untouched:
            return False
        self._take(row, untouched, outcome)
        return True

    def _take(self, row: int, entries: list[int], outcome: Outcome) -> None:
        """Apply a line to entries by due date until its money is gone, with discounts in time (T6, T8, T11).

        Money for the full amounts settles in full and takes no discount. Several lines may pay one entry: the
        one that completes the amount less discount gets it, if all came in time.
        """
        line = self._line[row]
        day, whole = self._lines[line][:2]
        money, sign = abs(whole), 1 if whole > 0 else -1
        outcome.chosen[line] = row
        in_full = money >= sum(self._left[entry] for entry in entries)
        for entry in entries:
            if money == 0:
                break
            left, discount, discount_day = (
                self._left[entry],
                abs(self._entries[entry][2]),
                self._entries[entry][3],
            )
            latest = max(day, self._latest[entry])
            if in_full or not discount or latest > discount_day or money < left - discount:
                discount, amount = 0, min(left, money)
            else:
                amount, discount = left, min(left, discount)
            tolerance = 0
            if amount < left and amount == money and left - amount <= self._tolerance(entry):
                tolerance, amount = left - amount, left
            self._left[entry] = left - amount
            self._open[entry] = left > amount
            self._latest[entry] = latest
            money -= amount - discount - tolerance
            outcome.line.append(line)
            outcome.entry.append(entry)
            outcome.amount.append(sign * amount)
            outcome.discount.append(sign * discount)
            outcome.tolerance.append(sign * tolerance)
            outcome.entries_of.setdefault(line, []).append(entry)

    def _tolerance(self, entry: int) -> int:
        """The payment tolerance of an entry, without sign (T9)."""
        kinds = self.facts.pool.document_type
        return (
            payment_tolerance(abs(self._entries[entry][1]), self._settings)
            if kinds[entry] in DISCOUNTED
            else 0
        )

    def best_entry(self, row: int, but: frozenset[int] | None = None) -> tuple[int, int]:
        """(distance of the amount, entry) of a hypothesis' best free entry; (FAR, -1) where there is none.

        but: entries to pass over, to ask for the runner-up; entries that other lines took then count as free.
        """
        line, kind = self._line[row], self._kind[row]
        if kind in (ENTRY, COLLECTED):
            entry = self._subject[row]
            free = self._left[entry] > 0 if but is None else entry not in but
            return (self._distance[row], entry) if free else _NOTHING
        start, end, start_net, end_net = self._stretch[row]
        best = self._best_of(line, _Stretch(kind, False, start, end), but)
        if start_net < end_net:
            other = self._best_of(line, _Stretch(kind, True, start_net, end_net), but)
            best = min(best, other, key=_preference)
        return best

    def _best_of(self, line: int, stretch: _Stretch, but: frozenset[int] | None) -> tuple[int, int]:
        """The best of a stretch: the nearest amount (party: the oldest), then the first in order of settling."""
        kind, net, start, end = stretch
        if end - start <= _SHORT:
            return self._walk(line, stretch, but)
        if kind == PARTY or self._lines[line][2] == self._lines[line][3]:
            # Mostly the first ones are free, and all ask for the same: try them before searching the rest.
            best = self._walk(line, _Stretch(kind, net, start, start + _SHORT), but)
            if best[1] >= 0:
                return best
            start += _SHORT
        return self._search(line, _Stretch(kind, net, start, end), but)

    def _walk(self, line: int, stretch: _Stretch, but: frozenset[int] | None) -> tuple[int, int]:
        """The best of a short stretch, entry by entry: on so few, plain integers beat arrays."""
        kind, net, start, end = stretch
        day, amount, low, high = self._lines[line]
        named, own = self._spoken_for(line, kind)
        best = _NOTHING
        for entry in self._order[kind, net][start:end]:
            posting_day, remaining, discount, _, customer, discount_day = self._entries[entry]
            if posting_day > day or (remaining > 0) != (amount > 0) or entry in named or customer in own:
                continue
            if self._left[entry] == 0 if but is None else entry in but:
                continue
            in_time = day <= discount_day
            asked = remaining - discount if in_time else remaining
            if kind == PARTY:
                if not low <= asked <= high:
                    return FAR, entry
            elif in_time == net:
                best = min(best, (abs(asked - amount), entry), key=_preference)
                if low == high:
                    return best
        return best

    def _search(self, line: int, stretch: _Stretch, but: frozenset[int] | None) -> tuple[int, int]:
        """The best of a long stretch, all entries at once."""
        kind, net, start, end = stretch
        pool = self.facts.pool
        entries = self._sorted[kind, net][start:end]
        day, amount, low, high = self._lines[line]
        named, own = self._spoken_for(line, kind)
        free = (pool.posting_day[entries] <= day) & ((pool.remaining[entries] > 0) == (amount > 0))
        free &= self._open[entries] if but is None else ~np.isin(entries, list(but))
        free &= ~(np.isin(entries, named) | np.isin(pool.customer[entries], own))
        asked = pool.applicable(entries, np.full(len(entries), day))
        if kind == PARTY:
            places = np.flatnonzero(free & ((asked < low) | (asked > high)))
            return (FAR, int(entries[places[0]])) if len(places) else _NOTHING
        places = np.flatnonzero(free & ((pool.discount_day[entries] >= day) == net))
        if len(places) == 0:
            return _NOTHING
        distance = np.abs(asked[places] - amount)
        nearest = int(distance.min())
        return nearest, int(entries[places[distance == nearest]].min())

    def _spoken_for(self, line: int, kind: int) -> tuple[list[int], list[int]]:
        """Entries and customers that are none of a stretch's: named ones, refused ones, the payer."""
        start, end = self._named_start[line], self._named_start[line + 1]
        named = self._named[start:end] if start < end else []
        if line in self.facts.refused:
            named = [*named, *self.facts.refused[line]]
        if kind != AMOUNT:
            return named, []
        start, end = self._payer_start[line], self._payer_start[line + 1]
        return named, self._payer[start:end] if start < end else []


def _preference(candidate: tuple[int, ...]) -> tuple[bool, int, int]:
    """Found before not found, then the nearest amount, then the oldest due."""
    return (candidate[1] < 0, candidate[0], candidate[1])


def _starts(line: Int64, payments: Payments) -> list[int]:
    """Where each line's edges start; one more at the end."""
    starts: list[int] = np.searchsorted(line, np.arange(len(payments.amount) + 1)).tolist()
    return starts


def _runs_of_equals(hypotheses: Hypotheses) -> list[int]:
    """End of the run of hypotheses of equal rank (one line, one score, one size) that starts at each row."""
    count = len(hypotheses.line)
    if count == 0:
        return []
    columns = (hypotheses.line, hypotheses.score, hypotheses.size)
    last = np.r_[np.any([column[1:] != column[:-1] for column in columns], axis=0), True]
    ends = np.flatnonzero(last) + 1
    end: list[int] = np.repeat(ends, np.diff(np.r_[0, ends])).tolist()
    return end
