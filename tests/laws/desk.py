"""The desk of a story: a company, its model, the papers that wait for the next run, and how the next step is chosen."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from fuzz.judge import scratch_folder
from hypothesis import strategies as st
from laws.model import Ledger
from laws.papers import HELD, Dropped, Paper, first_day, steps
from office import Office

Draw = Callable[..., Any]


class Act(NamedTuple):
    """A kind of step: what there is to do it to, how it is told, and what is drawn for it."""

    name: str
    among: Callable[[Desk], Sequence[Any]]
    tell: Callable[..., None]
    choices: dict[str, st.SearchStrategy[Any]]


PAPERS: list[Act] = []
"""What is written for the next run."""
BY_ITSELF: list[Act] = []
"""What has a run of its own, in the morning of a day."""


def act(
    name: str,
    among: Callable[[Any], Sequence[Any]],
    acts: list[Act] = PAPERS,
    **choices: st.SearchStrategy[Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a step of a function that takes the desk, one of what `among` finds, and what is drawn from `choices`."""

    def register(tell: Callable[..., None]) -> Callable[..., None]:
        acts.append(Act(name, among, tell, choices))
        return tell

    return register


class Desk:
    """One company in a story."""

    def __init__(self) -> None:
        self.place = tempfile.TemporaryDirectory(dir=scratch_folder())
        self.office = Office(Path(shutil.copytree(first_day(), Path(self.place.name) / "company")))
        self.model = Ledger(done=steps)
        self.day = date(2026, 10, 2)
        self.count = 0
        self.told: Counter[str] = Counter()
        self.offered: Counter[str] = Counter()
        """How often each step was told, and how often it could have been."""
        self.papers: list[Paper] = []
        self.past: list[Dropped] = []
        self.open_orders: dict[str, str] = {}
        self.facts: dict[str, Paper] = {}
        self.mistakes: dict[str, tuple[list[Paper], int]] = {}
        """By file: the papers that are held in it by mistake, and the run that held them."""
        self.by_hand: dict[str, tuple[str, float]] = {}
        """Bank and amount of every payment that was booked by hand."""
        self.by_bank: set[tuple[str, float]] = set()
        """Bank and amount of every line of the bank's."""
        self.in_doubt: set[str] = set()
        """Claims of which the program asks a person: nothing else is done to them."""
        self.closed = date.min
        self.closed_rows = ""

    # The next step --------------------------------------------------------------------------------------------

    def take_a_step(self, acts: Sequence[Act], draw: Draw) -> None:
        """Do something that can be done now, mostly what is rare in this story."""
        possible = {one.name: (one, found) for one in acts if (found := one.among(self))}
        if not possible:
            return
        anything = draw(st.sampled_from([False, False, True]), label="anything")
        names = [*possible] if anything else self._rare([*possible])
        one, found = possible[draw(st.sampled_from(names), label="step")]
        self.offered.update([*possible])
        given = {name: draw(choice, label=name) for name, choice in one.choices.items()}
        before = len(self.papers)
        one.tell(self, draw(st.sampled_from(found), label=one.name), **given)
        self.told[one.name] += 1
        steps[one.name] += acts is BY_ITSELF or len(self.papers) > before

    def _rare(self, names: list[str]) -> list[str]:
        """Of what was told least in this story the half that could be told least often."""
        least = min(self.told[name] for name in names)
        rare = [name for name in names if self.told[name] == least]
        middle = sorted(self.offered[name] for name in rare)[(len(rare) - 1) // 2]
        return [name for name in rare if self.offered[name] <= middle]

    # Papers ---------------------------------------------------------------------------------------------------

    def key(self, letter: str) -> str:
        """A number for a paper, which no other has."""
        self.count += 1
        return f"{letter}{self.count:04d}"

    def write(
        self,
        table: str,
        rows: list[list[object]],
        meaning: Callable[[Ledger], object],
        phase: int,
        key: str,
        claim: str = "",
        day: date | None = None,
    ) -> Paper:
        """Put a paper on the pile for the next run."""
        paper = Paper(table, rows, meaning, phase, day or self.day, key, claim)
        self.papers.append(paper)
        return paper

    # What a paper needs to know -------------------------------------------------------------------------------

    def claims(self, kind: str = "") -> list[str]:
        """Open claims that no paper of the coming run touches: within one run only the program knows the order."""
        touched = self.touched()
        return [
            name
            for name, entry in self.model.entries.items()
            if entry.remaining >= 2
            and name.split()[0] in ("invoice", "opening")
            and kind in name
            and name not in touched
        ]

    def invoices(self) -> list[str]:
        """Open claims that are invoices of ours."""
        return self.claims("invoice")

    def in_kronor(self) -> list[str]:
        """Open invoices in kronor."""
        return [name for name in self.invoices() if not self.model.entries[name].currency]

    def in_euro(self) -> list[str]:
        """Open invoices in euro."""
        return [name for name in self.invoices() if self.model.entries[name].currency]

    def credits(self) -> list[str]:
        """Hand-booked payments of which something is left, and that no paper of the coming run touches.

        Those of the bank have no number of their own; ours depends on the order in which files were dropped.
        """
        touched = self.touched()
        return [
            name
            for name, entry in self.model.entries.items()
            if entry.remaining < 0 and name.startswith("payment P") and name not in touched
        ]

    def touched(self) -> set[str]:
        """Entries that a paper of the coming run does something to."""
        return self.in_doubt | {name for paper in self.papers for name in paper.claim.split(";")}

    def nothing_to_be_held(self) -> bool:
        """Whether no paper of the coming run will be held: one such paper in a run is enough."""
        return all(paper.phase != HELD for paper in self.papers)

    def paper_of(self, name: str) -> Mapping[str, str]:
        """The printed invoice of an entry, as the customer has it before him; of anything else only its number."""
        kind, own = name.split()
        if kind in ("opening", "payment"):
            return {"posted_no": own}
        documents = self.office.table("documents")
        mine = (documents["no"] == own) | (documents["order_no"] == own)
        found = documents[mine & (documents["posted_no"] != "") & (documents["document_type"] == kind)]
        return found.iloc[0].to_dict()

    def rows_before(self, day: date) -> str:
        """Everything that was posted on a date before this one, opening entries of the earlier system aside."""
        texts = []
        for name in ("gl_entries", "vat_entries", "detailed_entries"):
            rows = self.office.table(name)
            dates = rows["posting_date"].astype(str)
            texts.append(rows[(dates < day.isoformat()) & (dates != "2026-09-01")].to_csv())
        return "".join(texts)

    def dump(self) -> dict[str, str]:
        """Every row of the ledger and of the documents."""
        names = (
            "gl_entries",
            "customer_ledger_entries",
            "detailed_entries",
            "vat_entries",
            "item_ledger_entries",
            "numbers",
            "documents",
            "document_lines",
        )
        return {name: self.office.table(name).to_csv() for name in names}
