"""Random stories of a small company, each step told to the program as a workbook and to the model as a fact.

After every day the books are compared with the model and the laws are checked from the exports. When a story
ends, its files are dropped into a second company in another order, and Beancount looks at the books.

Each step is drawn from what the state of the story allows. hypothesis' own state machine would pick rules evenly and
switch some of them off for a whole story, which keeps rare what needs much to happen before.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from books_check import bean_check, export_journal
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from laws import acting, holding, paying, runs, selling
from laws.desk import BY_ITSELF, PAPERS, Desk, Draw
from laws.papers import first_day, lines, steps
from laws.terms import ABROAD, FAST, STRICT, Line
from laws.workbooks import compare_workbooks
from office import Office

D = Decimal
TOLD_BY = (selling, paying, acting, holding, runs)
ACTS = (*PAPERS, *BY_ITSELF)
"""All that these can tell."""


class Story(Desk):
    """A company's autumn, and the laws that hold all through it."""

    def begin(self, given: list[Line]) -> None:
        """Nobody starts from nothing: invoices of every kind, fresh and late, and an old claim."""
        selling.invoice(self, "C1", given, 0)
        selling.invoice(self, FAST, given, 0)
        selling.invoice(self, FAST, given, 9)
        selling.invoice(self, ABROAD, given, 0)
        selling.old_claim(self, STRICT, D("5000.05"))
        selling.invoice(self, STRICT, given, 1)
        selling.invoice(self, ABROAD, given, 0)
        selling.invoice(self, FAST, given, 20)

    def pass_a_day(self, draw: Draw) -> None:
        """Something that runs by itself, then some papers and their run."""
        self.take_a_step(BY_ITSELF, draw)
        for _ in range(draw(st.integers(5, 9))):
            self.take_a_step(PAPERS, draw)
        self.run(**{name: draw(choice, label=name) for name, choice in runs.RUN.items()})

    def run(self, files: int, killed: int = 0, first: str = "") -> None:
        """Run what was written, and look at the books."""
        runs.run(self, files, killed, first)
        self.the_books_are_what_the_model_says()

    def the_books_are_what_the_model_says(self) -> None:
        """I1-I5, I8 and I10, each from the exports or by `verify`."""
        office, model = self.office, self.model
        balance = {account: D(total) for account, total in office.balance().items()}
        _same(balance, model.accounts, "I1")
        entries = office.table("customer_ledger_entries")
        owed = _owed(office)
        _same(owed, model.balances(), "I2")
        assert sum(owed.values(), D(0)) == model.accounts["1510"], "I2"
        assert self.rows_before(self.closed) == self.closed_rows or not self.closed_rows, "I8"
        self._compare_open(entries)
        rows = office.table("vat_entries")
        vat: dict[str, tuple[Decimal, Decimal]] = {}
        for identifier, base, amount in zip(rows["vat_identifier"], rows["base"], rows["amount"]):
            before = vat.get(identifier, (D(0), D(0)))
            vat[identifier] = (before[0] + D(base), before[1] + D(amount))
        _same(vat, model.vat, "I5")
        posted = Counter(office.table("documents").query("posted_no != ''")["document_type"])
        assert (posted["invoice"], posted["credit_memo"]) == (
            model.posted["invoice"],
            model.posted["credit_memo"],
        ), "I4"
        for series, first in (("POSTED-INVOICE", 103001), ("POSTED-CREDIT-MEMO", 104001), ("PAYMENT", 6001)):
            numbers = (
                office.table("numbers").query(f"series_code == '{series}'")["number"].astype(int).tolist()
            )
            assert numbers == list(range(first, first + len(numbers))), "I4"
        moved = office.table("item_ledger_entries")
        stock: dict[str, Decimal] = defaultdict(Decimal)
        for item, quantity in zip(moved["item_no"], moved["quantity"]):
            stock[item] += D(quantity)
        _same(stock, model.stock, "I1")
        assert office.verify() == [], "I1-I5, I10"
        steps["comparisons"] += 1

    def _compare_open(self, entries: object) -> None:
        """Every claim, payment and credit has left what the model says; none has less than nothing (I3)."""
        key_of = {}
        documents = self.office.table("documents")
        for kind, number, own, order in zip(
            documents["document_type"], documents["posted_no"], documents["no"], documents["order_no"]
        ):
            if number:
                key_of[kind, number] = f"{kind} {order or own}"
        opened, local = {}, {}
        names = [
            "document_type",
            "document_no",
            "external_document_no",
            "remaining_amount",
            "remaining_amount_lcy",
        ]
        for kind, number, own, remaining, in_kronor in entries[names].itertuples(index=False):  # type: ignore[index]
            key = key_of.get((kind, number)) or (
                f"payment {own}" if kind == "payment" else f"opening {number}"
            )
            opened[key], local[key] = D(remaining), D(in_kronor)
        model = self.model.entries
        _same(opened, {name: entry.remaining for name, entry in model.items()}, "I3")
        _same(local, {name: entry.local for name, entry in model.items()}, "I3")
        assert all(
            total >= 0 for name, total in opened.items() if name.split()[0] in ("invoice", "opening")
        ), "I3"

    # The end of a story ---------------------------------------------------------------------------------------

    def check_the_end(self) -> None:
        """The laws that are checked once a story: the order of files, the workbooks, and Beancount's opinion."""
        self._workbooks_say_what_the_books_say()
        with contextlib.redirect_stderr(io.StringIO()):  # One line of prose for every story.
            journal = export_journal(self.office.root, Path(self.place.name) / "books.beancount")
        done = bean_check(journal)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), "beancount"
        self._balances_do_not_depend_on_the_order_of_files()
        steps["stories checked by beancount"] += 1

    def _balances_do_not_depend_on_the_order_of_files(self) -> None:
        other = Office(Path(shutil.copytree(first_day(), Path(self.place.name) / "other")))
        for drop in self.past:
            for number, content in enumerate(reversed(drop.files.values())):
                other.put(f"other way round {number}.xlsx", content)
            other.run(drop.day.isoformat())
        _same(other.balance(), self.office.balance(), "I7")
        _same(_owed(other), _owed(self.office), "I7")
        steps["I7 replayed in another order"] += 1

    def _workbooks_say_what_the_books_say(self) -> None:
        steps["I11, I12 workbooks compared"] += compare_workbooks(self.office)


def tell_stories(number: int, days: int, phases: list[Phase], seed_of_all: int) -> None:
    """Tell so many stories of so many days; raises what broke a law, with all that was drawn for that story."""

    @seed(seed_of_all)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=phases,
    )
    @given(st.data())
    def tell(data: st.DataObject) -> None:
        story = Story()
        try:
            story.begin(data.draw(lines))
            story.run(1)
            for _ in range(days):
                story.pass_a_day(data.draw)
            story.check_the_end()
        finally:
            story.place.cleanup()

    tell()


def _owed(office: Office) -> dict[str, Decimal]:
    """What every customer owes by the detailed entries, zeros left out."""
    details = office.table("detailed_entries")
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for customer, amount in zip(details["customer_no"], details["amount_lcy"]):
        owed[customer] += D(amount)
    return {customer: total for customer, total in sorted(owed.items()) if total}


def _same(found: Mapping[str, Any], said: Mapping[str, Any], law: str) -> None:
    """What differs between the books and the model, nothing and zero being the same."""
    wrong = [
        f"{name}: {found.get(name)}, not {said.get(name)}"
        for name in sorted({*found, *said})
        if (found.get(name) or 0) != (said.get(name) or 0)
    ]
    assert not wrong, f"{law} {'; '.join(wrong)}"
