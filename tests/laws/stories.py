"""Random stories of a small company, each step told to the program as a workbook and to the model as a fact.

After every run the books are compared with the model and the laws are checked from the exports. When a story
ends, its files are dropped into a second company in another order, and Beancount looks at the books.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

from books_check import bean_check, export_journal
from hypothesis.stateful import invariant
from laws.papers import AT_MOST, first_day, steps
from laws.runs import Runs
from laws.workbooks import compare_workbooks
from office import Office

D = Decimal


class Story(Runs):
    """A company's autumn, and the laws that hold all through it."""

    stopped = False
    """Set by a clock that ends all stories: in the middle of a run nothing can be compared."""

    @invariant()
    def the_books_are_what_the_model_says(self) -> None:
        """I1-I5 and I10, each from the exports or by `verify`; only after a run, because nothing else changes books."""
        if len(self.papers) >= AT_MOST:  # Whatever the story likes to do, the books move on.
            killed, first = (0, 0, 2, 5)[self.count % 4], ("", "--dry-run", "--strict")[self.count % 3]
            self.run(1 + self.count % 3, killed, first)
        if not self.ran:
            return
        self.ran = False
        office, model = self.office, self.model
        balance = {account: D(total) for account, total in office.balance().items()}
        assert balance == _filled(dict(sorted(model.accounts.items()))), "I1"
        entries = office.table("customer_ledger_entries")
        owed = _owed(office)
        assert owed == model.balances(), "I2"
        assert sum(owed.values(), D(0)) == model.accounts["1510"], "I2"
        assert self._rows_before(self.closed) == self.closed_rows or not self.closed_rows, "I8"
        self._compare_open(entries)
        rows = office.table("vat_entries")
        vat: dict[str, tuple[Decimal, Decimal]] = {}
        for identifier, base, amount in zip(rows["vat_identifier"], rows["base"], rows["amount"]):
            before = vat.get(identifier, (D(0), D(0)))
            vat[identifier] = (before[0] + D(base), before[1] + D(amount))
        assert vat == model.vat, "I5"
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
        assert {item: total for item, total in stock.items() if total} == {
            i: t for i, t in model.stock.items() if t
        }
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
        assert _filled(opened) == _filled({name: entry.remaining for name, entry in model.items()}), "I3"
        assert _filled(local) == _filled({name: entry.local for name, entry in model.items()}), "I3"
        assert all(
            total >= 0 for name, total in opened.items() if name.split()[0] in ("invoice", "opening")
        ), "I3"

    # The end of a story ---------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """I7, I11, I12 and the second opinion."""
        try:
            if self.stopped:
                return
            if self.papers:
                self.run(1)
                self.the_books_are_what_the_model_says()
            if self.past:
                self.check_the_end()
        finally:
            self.place.cleanup()

    def check_the_end(self) -> None:
        """The laws that are checked once a story: the order of files, the workbooks, and Beancount's opinion."""
        self._workbooks_say_what_the_books_say()
        with contextlib.redirect_stderr(io.StringIO()):  # One line of prose for every story.
            journal = export_journal(self.office.root, Path(self.place.name) / "books.beancount")
        done = bean_check(journal)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), "beancount"
        self._balances_do_not_depend_on_the_order_of_files()
        steps.update(self.model.done)
        steps["stories checked by beancount"] += 1

    def _balances_do_not_depend_on_the_order_of_files(self) -> None:
        other = Office(Path(shutil.copytree(first_day(), Path(self.place.name) / "other")))
        for drop in self.past:
            for number, content in enumerate(reversed(drop.files.values())):
                other.put(f"other way round {number}.xlsx", content)
            other.run(drop.day.isoformat())
        assert (other.balance(), _owed(other)) == (self.office.balance(), _owed(self.office)), "I7"
        steps["I7 replayed in another order"] += 1

    def _workbooks_say_what_the_books_say(self) -> None:
        steps["I11, I12 workbooks compared"] += compare_workbooks(self.office)


def _owed(office: Office) -> dict[str, Decimal]:
    """What every customer owes by the detailed entries, zeros left out."""
    details = office.table("detailed_entries")
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for customer, amount in zip(details["customer_no"], details["amount_lcy"]):
        owed[customer] += D(amount)
    return {customer: total for customer, total in sorted(owed.items()) if total}


def _filled(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: amount for name, amount in amounts.items() if amount}
