"""One line that names several documents of one customer pays them together, or none of them so (M11).

A group is all entries of one customer that one line names. Its amount is the sum of what they ask for; the
documents are paid by due date until the money is gone (M18). Entries of different customers never make a
group, and without written numbers there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salesbatch.core.money import Int64
from salesbatch.rules.evidence import DocumentEdges, Payments, Pool
from salesbatch.rules.scoring import MULTIPLE, NO, ONE


@dataclass(frozen=True)
class Groups:
    """Groups by line, then customer; the members of one stand together, in the order of settling."""

    line: Int64
    customer: Int64
    start: Int64
    """Where each group's members start; one more at the end."""
    member: Int64
    total: Int64
    """What the members ask for together on the line's day, minor units."""

    @property
    def size(self) -> Int64:
        """Members of each group."""
        return np.asarray(np.diff(self.start), dtype=np.int64)


def form_groups(edges: DocumentEdges, pool: Pool, payments: Payments) -> Groups:
    """All groups of two or more; edges: usable ones only (sign, day and currency tested)."""
    customer = pool.customer[edges.entry]
    order = np.lexsort((edges.entry, customer, edges.line))
    line, customer, entry = edges.line[order], customer[order], edges.entry[order]
    if len(line) == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return Groups(nothing, nothing, np.zeros(1, dtype=np.int64), nothing, nothing)
    starts = np.flatnonzero(np.r_[True, (line[1:] != line[:-1]) | (customer[1:] != customer[:-1])])
    size = np.diff(np.r_[starts, len(line)])
    asked = pool.applicable(entry, payments.day[line])
    total = np.add.reduceat(asked, starts)
    several = size > 1
    members = np.repeat(several, size)
    return Groups(
        line[starts][several],
        customer[starts][several],
        np.r_[0, np.cumsum(size[several])],
        entry[members],
        total[several],
    )


def group_amount_codes(groups: Groups, pool: Pool, payments: Payments, counts: Int64) -> Int64:
    """no, one or multiple matches for each group's total in its line's band.

    All groups of the same currency count, whatever their line, and with them the single entries in the band
    (counts, per line).
    """
    codes = np.full(len(groups.line), NO, dtype=np.int64)
    currency = payments.currency[groups.line]
    for code in np.unique(currency):  # As many rounds as the statements have currencies.
        mine = np.flatnonzero(currency == code)
        totals, line = np.sort(groups.total[mine]), groups.line[mine]
        low, high = payments.low[line], payments.high[line]
        equal = np.searchsorted(totals, high, side="right") - np.searchsorted(totals, low, side="left")
        fits = (groups.total[mine] >= low) & (groups.total[mine] <= high)
        codes[mine] = np.where(fits, np.where((equal > 1) | (counts[line] > 0), MULTIPLE, ONE), NO)
    return codes
