"""What could be done with each line, from every field that the bank gives, with how much speaks for it.

A line is read for three things that do not depend on one another: which documents it names, who paid, and what
adds up to its amount. Each hypothesis carries how surely each of them fits:

    document   3 number or reference in full    2 its digits    1 nearly    0 not named
    party      3 surely the customer   2 likely   1 possibly   0 unknown   -1 surely another customer
    amount     3 exactly, or less a discount in time   2 with a gap that has a name   1 not

`trust` makes a confidence of them, and is the whole of what is posted without asking: two of the three must
agree and none speak against. Amount alone is never above low.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from salesbatch.rules.explain_amount import FEE, FITS, FITS_EXACTLY, Fit
from salesbatch.rules.payment_text import GOOD, STRONG, WEAK

SURE, LIKELY, POSSIBLE, UNKNOWN, ANOTHER = 3, 2, 1, 0, -1
HIGH, MEDIUM, LOW = 3, 2, 1


class Party(NamedTuple):
    """A customer that a line may come from, and what says so."""

    customer: int
    strength: int
    how: str
    written: str = ""
    times: int = 0


class Hypothesis(NamedTuple):
    """One thing that could be done with a line. entries: claims by due date, then what is taken off against them.

    rivals: other answers that are as good by the same evidence; note: what keeps it from being trusted.
    """

    line: int
    customer: int
    entries: tuple[int, ...]
    fit: Fit
    document: int = 0
    party: int = UNKNOWN
    named: int = 0
    how: str = ""
    written: str = ""
    rivals: int = 0
    note: str = ""
    confidence: int = 0

    @property
    def weight(self) -> int:
        """Evidence in points: a number 6, 4 or 2, a party 6, 4 or 2, an amount 4 or 2; what speaks against -5."""
        against = -5 if self.party == ANOTHER else 0
        amount = {FITS_EXACTLY: 4, FITS: 3}.get(self.fit.level, 0)
        return (
            self.document * 2
            + max(self.party, 0) * 2
            + amount
            + against
            + (1 if self.confidence == HIGH else 0)
        )


def trust(hypothesis: Hypothesis) -> int:
    """high, medium or low: what two independent kinds of evidence agree on, and nothing contradicts, is high."""
    one, party, amount = hypothesis.document, hypothesis.party, hypothesis.fit.level
    if hypothesis.note:
        return MEDIUM if one or party >= LIKELY else LOW
    if one == 0 and party <= UNKNOWN:
        return LOW
    if hypothesis.rivals:
        return MEDIUM if one or party >= LIKELY else LOW
    exact = amount == FITS_EXACTLY
    if one == STRONG:
        sure = exact or (party >= UNKNOWN and amount >= FITS)
        sure |= party >= LIKELY and len(hypothesis.entries) == 1
    elif one == GOOD:
        # What is not named counts only for a payer who is known.
        named = hypothesis.named >= len(hypothesis.entries)
        sure = (exact and named and party >= UNKNOWN) or (party >= LIKELY and amount >= FITS)
        sure |= party == SURE and len(hypothesis.entries) == 1
    elif one == WEAK:
        sure = exact and party >= LIKELY
    else:
        sure = (exact and party >= LIKELY) or (
            party == SURE and amount >= FITS and hypothesis.fit.kind != FEE
        )
    if sure:
        return HIGH
    return MEDIUM if one or party >= LIKELY or amount >= FITS else LOW


def trusted(one: Hypothesis) -> Hypothesis:
    """The hypothesis with its confidence."""
    return Hypothesis(*one[:-1], trust(one))


def ranked(found: list[Hypothesis]) -> list[Hypothesis]:
    """The best first."""
    return sorted(found, key=lambda one: (-one.confidence, -one.weight, len(one.entries), one.entries))


Maker = Callable[..., Hypothesis]
"""Makes a hypothesis of entries and a fit, with all else that is known of the line."""
