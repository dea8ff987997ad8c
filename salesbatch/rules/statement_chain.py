"""Statements of an account follow one another: the opening balance of each is the closing balance before it.

A break is a warning and no error: the lines are true whatever is missing between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesbatch.core.findings import Place, finding
from salesbatch.core.money import decimal_text
from salesbatch.rules.checking import Checks


@dataclass(frozen=True, slots=True)
class Link:
    """One statement in its account's chain; days are ISO text, amounts minor units."""

    number: int
    """Its place in the frame that it came from."""
    new: bool
    first_date: str
    date: str
    opening: int
    closing: int
    statement_no: str = ""

    def is_same(self, other: Link) -> bool:
        """The same statement once more, perhaps from another kind of file, which may date its balances otherwise."""
        return (self.date, self.opening, self.closing) == (other.date, other.opening, other.closing)

    def follows(self, other: Link) -> bool:
        """Begins where the other ends, in money and in time."""
        return self.opening == other.closing and self.first_date >= other.date


def links_of(statements: pd.DataFrame, *, new: bool) -> list[Link]:
    """The statements of which both balances are known, in the order of the frame."""
    known = (statements["opening_known"] & statements["closing_known"]).to_numpy(dtype=bool)
    mine = statements[known]
    days = [mine[name].dt.strftime("%Y-%m-%d") for name in ("first_date", "date")]
    columns = (*days, mine["opening_minor"], mine["closing_minor"], mine["statement_no"])
    return [
        Link(number, new, *values)
        for number, values in zip(
            np.flatnonzero(known).tolist(), zip(*(column.tolist() for column in columns))
        )
    ]


def check_chain(
    checks: Checks, known: pd.DataFrame, new: pd.DataFrame, rows: pd.DataFrame, lines: pd.DataFrame
) -> None:
    """Name every gap, overlap and statement that comes too late.

    known: BANK_STATEMENTS rows of the accounts, around the days of the drop; new: those of the drop, by
    `document`; rows: their input rows; lines: the lines that are new. Loops go over statements, never over lines.
    """
    moved = rows.groupby("document").size()
    fresh = lines.groupby(["bank_account", "statement_no", "source", "sheet"]).size()
    for account in dict.fromkeys(new["bank_account"]):
        mine = new[new["bank_account"] == account]
        links = links_of(known[known["bank_account"] == account], new=False)
        digits = int(mine["digits"].iloc[0])
        latest = max((link.first_date for link in links), default="")
        added = links_of(mine, new=True)
        places = [Place(str(source), str(sheet)) for source, sheet in zip(mine["source"], mine["sheet"])]
        repeats = []
        for document, *key in mine[["bank_account", "statement_no", "source", "sheet"]].itertuples():
            balances = int(mine.at[document, "openings"] + mine.at[document, "closings"])
            repeats.append(int(moved[document]) - balances > int(fresh.get(tuple(key), 0)))
        for link in added:
            if link.date < latest:
                _tell(checks, "statement-out-of-order", places[link.number], link, day=latest)
        before: Link | None = None
        for after in in_order([*links, *added]):
            if before is not None and (before.new or after.new):
                _compare(checks, before, after, places, repeats, digits)
            if (
                before is None or after.date >= before.date
            ):  # One that lies inside another says nothing of the next.
                before = after


def _compare(
    checks: Checks,
    before: Link,
    after: Link,
    places: Sequence[Place],
    repeats: Sequence[bool],
    digits: int,
) -> None:
    """Two neighbours, of which at least one is new. digits: decimals of the account's currency."""
    if after.is_same(before) or after.follows(before):
        return
    about, other = (after, before) if after.new else (before, after)
    place = places[about.number]
    if after.first_date < before.date or (after.first_date == before.date and repeats[about.number]):
        _tell(checks, "statement-overlap", place, about, first=other.first_date, last=other.date)
        return
    code = "statement-gap" if after.new else "statement-gap-after"
    stated = decimal_text(after.opening if after.new else before.closing, digits)
    values = {
        "value": stated,
        "stated": stated,
        "balance": decimal_text(before.closing if after.new else after.opening, digits),
        "difference": decimal_text(after.opening - before.closing, digits),
        "day": before.date if after.new else after.first_date,
    }
    _tell(checks, code, place, about, **values)


def in_order(links: Sequence[Link]) -> list[Link]:
    """By time; of several statements of the same days each goes after the one that it begins where that one ends."""
    waiting = sorted(links, key=lambda link: (link.first_date, link.date, _number(link.statement_no)))
    chain: list[Link] = []
    while waiting:
        first = waiting[0]
        tied = [
            position
            for position, link in enumerate(waiting)
            if (link.first_date, link.date) == (first.first_date, first.date)
        ]
        if len(tied) > 1 and chain:
            tied.sort(key=lambda position: not waiting[position].follows(chain[-1]))
        elif len(tied) > 1:  # The first of all: the one that follows none of the others.
            closings = {waiting[position].closing for position in tied}
            tied.sort(key=lambda position: waiting[position].opening in closings)
        chain.append(waiting.pop(tied[0]))
    return chain


def _number(statement_no: str) -> tuple[int, str]:
    """Statement 9 goes before 10."""
    return (
        (int(statement_no), "") if statement_no.isdecimal() and len(statement_no) < 19 else (0, statement_no)
    )


def _tell(checks: Checks, code: str, place: Place, link: Link, **values: str) -> None:
    value = values.pop("value", link.statement_no)
    checks.findings.append(finding(code, place, value, document=link.statement_no, **values))
