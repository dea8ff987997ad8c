"""How good the matcher is, on statements of which every line's right answer is known.

    python benchmarks/matching.py --seed 1 [--lines 20000]

Books and statement are invented from a seed (`matching_books.py`, `matching_statements.py`: families in fixed
shares). A line counts as payable where a careful person could settle it from the same data. Printed are

    coverage    payable lines that were applied as meant, without asking, of all payable lines
    precision   what was posted without asking and is as meant, of all that was posted without asking; whatever
                is posted on a line that nobody could decide counts as wrong, even when it is what was meant
    proposals   proposals that are as meant, of all proposals

by family and in all, and the same with Strict Rules on, which is the plain rule sheet. The last line is for a
script: name=value pairs. Seconds are CPU seconds of one process for matching, books in memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.matching_books import SHARES, Statement, Truth
from benchmarks.matching_statements import Maker
from salesbatch.core.company import Company, Settings
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.match_payments import decide_status
from salesbatch.rules.propose import Known, Matches, propose_matches

POSTED = ("applied", "on_account", "reversed")


@dataclass
class Tally:
    """Counts of one family."""

    lines: int = 0
    payable: int = 0
    covered: int = 0
    posted: int = 0
    posted_right: int = 0
    proposed: int = 0
    proposed_right: int = 0

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def match(statement: Statement, strict: bool) -> tuple[Matches, pd.Series, float]:
    """The answer for a statement: matches, status per line, CPU seconds."""
    settings = Settings(strict_rules=strict)
    known = Known(statement.aliases, statement.direct_debits, statement.fees, statement.settled)
    rules, mappings = BY_NAME["payment_application_rules"].empty(), BY_NAME["text_mapping"].empty()
    start = time.process_time()
    matches = propose_matches(
        statement.lines, statement.entries, statement.customers, rules, mappings, settings, known=known
    )
    status = decide_status(matches, statement.lines, Company(settings, {}))
    return matches, pd.Series(status, index=statement.lines["statement_line_no"]), time.process_time() - start


def judge(
    statement: Statement, matches: Matches, status: pd.Series, show: str = ""
) -> tuple[dict[str, Tally], list[str]]:
    """Tallies by family, and in words every line that was posted wrongly."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    pairs = matches.applications
    for line, entry, amount in zip(pairs["statement_line_no"], pairs["entry_no"], pairs["amount_minor"]):
        found[line][entry] = amount
    customer = dict(zip(matches.lines["statement_line_no"], matches.lines["customer_no"]))
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    wrong = []
    for number, truth in enumerate(statement.truths, start=1):
        tally, state = tallies[truth.family], str(status[number])
        right = _is_right(truth, state, found[number], customer[number], statement.customer_nos)
        if show in (truth.family, "all") and truth.payable and not (right and state in POSTED):
            wrong.append(_told(statement, number, truth, state, found[number], customer[number], matches))
        tally.lines += 1
        tally.payable += truth.payable
        if state in POSTED:
            good = right and (truth.payable or truth.kind in ("on account", "returned"))
            tally.posted += 1
            tally.posted_right += good
            tally.covered += good and truth.payable
            if not good:
                wrong.append(_told(statement, number, truth, state, found[number], customer[number], matches))
        elif state == "proposed":
            tally.proposed += 1
            tally.proposed_right += right
    return dict(tallies), wrong


def _is_right(truth: Truth, state: str, applied: dict[int, int], customer: str, nos: list[str]) -> bool:
    if truth.kind == "nothing":
        return False
    if truth.kind == "returned":
        return state == "reversed"
    if state == "reversed" or customer != nos[truth.customer]:
        return False
    if truth.twins and len(applied) == 1:  # Any of the equal ones.
        return set(applied) <= truth.twins and list(applied.values()) == list(truth.applied.values())
    return applied == truth.applied


def _told(
    statement: Statement,
    number: int,
    truth: Truth,
    state: str,
    applied: dict[int, int],
    customer: str,
    matches: Matches,
) -> str:
    line = statement.lines.iloc[number - 1]
    about = matches.lines.iloc[number - 1]
    fields = ("amount_minor", "text", "additional_info", "payer_name", "payer_account", "payment_reference")
    return (
        f"line {number} {truth.family} {state} {customer} {applied} meant {statement.customer_nos[truth.customer]}"
        f" {truth.applied} payable={truth.payable}\n    {[line[name] for name in fields]}\n    {about['evidence']}"
        f" | {about['runner_up']}"
    )


def share(part: int, whole: int) -> str:
    """A share with four decimals, cut and not rounded: 1.0000 is all of them."""
    return f"{part * 10_000 // whole / 10_000:.4f}" if whole else "  -   "


def table(tallies: dict[str, Tally]) -> str:
    """A row per family."""
    rows = [
        f"{'family':28}{'lines':>7}{'payable':>9}{'coverage':>10}{'posted':>8}{'precision':>11}{'proposed':>10}{'right':>8}"
    ]
    total = Tally()
    for family in SHARES:
        tally = tallies.get(family, Tally())
        total.add(tally)
        rows.append(_row(family, tally))
    return "\n".join([*rows, _row("all", total)])


def _row(family: str, tally: Tally) -> str:
    return (
        f"{family:28}{tally.lines:7}{tally.payable:9}{share(tally.covered, tally.payable):>10}{tally.posted:8}"
        f"{share(tally.posted_right, tally.posted):>11}{tally.proposed:10}{share(tally.proposed_right, tally.proposed):>8}"
    )


def summed(tallies: dict[str, Tally]) -> Tally:
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    return total


def main() -> int:
    """Make, match, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--show", type=int, default=10, help="wrong lines to print")
    parser.add_argument("--family", default="", help="a family of which the missed lines are printed too")
    parser.add_argument("--no-reference", action="store_true", help="leave out the plain rules")
    given = parser.parse_args()
    statement = Maker(given.seed, given.lines).statement()
    print(
        f"{len(statement.lines)} lines, {len(statement.entries)} open documents, {len(statement.customers)} customers,"
        f" {sum(not truth.reference for truth in statement.truths) / len(statement.truths):.0%} without a reference,"
        f" {sum(not truth.payable for truth in statement.truths) / len(statement.truths):.0%} that nobody can settle\n"
    )
    totals, seconds = {}, {}
    for strict in (False, True) if not given.no_reference else (False,):
        matches, status, seconds[strict] = match(statement, strict)
        tallies, wrong = judge(statement, matches, status, given.family)
        totals[strict] = summed(tallies)
        print("Strict Rules on: the plain rule sheet" if strict else "The matcher")
        print(table(tallies), end="\n\n")
        if not strict:
            print("\n".join([*wrong[: given.show], f"{len(wrong)} posted wrongly\n"]))
    own, plain = totals[False], totals.get(True, Tally())
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(
        f"precision={share(own.posted_right, own.posted)} coverage={share(own.covered, own.payable)}"
        f" proposals_right={share(own.proposed_right, own.proposed)}"
        f" reference_coverage={share(plain.covered, plain.payable).strip()}"
        f" reference_precision={share(plain.posted_right, plain.posted).strip()} seconds={seconds[False]:.1f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
