"""Random stories of a small company, each step told to the program as a workbook and to the model as a fact.

After every run the books are compared with the model and the laws are checked from the exports. When a story
ends, its files are dropped into a second company in another order, and Beancount looks at the books.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from books_check import bean_check, export_journal
from fuzz.forms import Book
from fuzz.judge import scratch_folder
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from laws.model import ITEMS, Ledger, Line, money
from laws.workbooks import compare_workbooks
from office import Office
from test_killed import Killed, interrupt

from salesbatch.batch import RunResult

D = Decimal
NAMES = {"C1": "Åkerlunds Bygg AB", "C2": "Östgöta Café"}
CUSTOMERS = tuple(NAMES)
AT_MOST = 4
"""So many papers at most wait for a run."""
steps: Counter[str] = Counter()
"""How often each step was taken and each law was checked, over all stories."""

lines = st.lists(
    st.builds(
        Line,
        st.sampled_from(sorted(ITEMS)),
        st.sampled_from([D(1), D(2), D("2.5"), D(7), D("0.33333"), D(12)]),
        st.sampled_from([None, D("99.99"), D("0.12345"), D("1234.565"), D("10.005")]),
        st.sampled_from([D(0), D(10), D("33.33"), D("12.5")]),
    ),
    min_size=1,
    max_size=4,
)


@dataclass
class Paper:
    """One document that a person wrote: how it looks in a sheet, and what it means once it is taken in."""

    table: str
    rows: list[list[object]]
    meaning: Callable[[Ledger], None]
    phase: int
    """In a run, unapplying comes before openings, orders, invoices, credit memos, payments, bank and other actions."""
    day: date
    key: str
    claim: str = ""
    """What is paid or credited: no second paper of the same run touches it."""
    lines: list[Line] = field(default_factory=list)
    customer: str = ""


CAPTIONS = {
    "Opening Entries": ["Customer No.", "Document Type", "Document No.", "Posting Date", "Amount"],
    "Orders": ["No.", "Customer No.", "Order Date", "Item No.", "Quantity", "Unit Price", "Line Discount %", "Action"],
    "Invoices": ["No.", "Customer No.", "Posting Date", "Item No.", "Quantity", "Unit Price", "Line Discount %"],
    "Credit Memos": [
        "No.", "Customer No.", "Posting Date", "Applies-to Document No.", "Item No.", "Quantity", "Unit Price", "Line Discount %", "Action",
    ],
    "Bank Statement": ["Bank Account", "Date", "Amount", "Text", "Payer Name", "Payment Reference", "Transaction ID"],
    "Actions": ["Action No.", "Document Type", "Document No.", "Action", "Amount", "Applies-to Document No.", "Reason Code"],
    "Payments": ["Payment No.", "Posting Date", "Customer No.", "Amount", "Bank Account", "Applies-to Document No."],
}  # fmt: skip


@cache
def first_day() -> Path:
    """The company before every story; no payment discounts, so that what is paid is what was asked."""
    office = Office(Path(tempfile.mkdtemp(dir=scratch_folder())) / "company").set_up()
    office.drop(
        "Terms.xlsx", Customers="No. | Name | Payment Terms Code | Credit Limit\nC2 | Östgöta Café | 30D | -"
    )
    assert office.run("2026-10-01").exit_code == 0
    return office.root


MENDED = {"NOBODY": "C1", "NOTHING": "A1", "C3": "C1", "01/02/2026": None, "ett": 1}
"""What a person types over the mistakes; the date becomes the day."""


def typed(amount: Decimal | None) -> object:
    return None if amount is None else float(amount)


@dataclass
class Dropped:
    """Everything that was dropped for one run: files by name, and the day of the run."""

    day: date
    files: dict[str, bytes] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)


class Story(RuleBasedStateMachine):
    """A company's autumn."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory(dir=scratch_folder())
        self.office = Office(Path(shutil.copytree(first_day(), Path(self.place.name) / "company")))
        self.model = Ledger()
        self.day = date(2026, 10, 2)
        self.count = 0
        self.papers: list[Paper] = []
        self.past: list[Dropped] = []
        self.open_orders: dict[str, str] = {}
        self.facts: dict[str, Paper] = {}
        self.mistakes: dict[str, tuple[list[Paper], int, int]] = {}
        self.closed = date.min
        self.closed_rows = ""
        self.ran = False

    # What a person does -------------------------------------------------------------------------------------

    @initialize(given=lines)
    def begin(self, given: list[Line]) -> None:
        """Nobody starts from nothing: an invoice and an old claim."""
        self.invoice(given, "C1", 0)
        self.old_claim("C2", D("5000.05"))

    @rule(given=lines, customer=st.sampled_from(CUSTOMERS), back=st.sampled_from([0, 1, 9]))
    def invoice(self, given: list[Line], customer: str, back: int) -> None:
        """An invoice written by hand, perhaps late; one of a closed period is held."""
        key, day = self._key("I"), self.day - timedelta(days=back)
        rows = [
            [key, customer, day, line.item, typed(line.quantity), typed(line.price), typed(line.percent)]
            for line in given
        ]
        if day < self.closed:
            self._write("Invoices", rows, lambda ledger: None, 9, day, key)
            steps["papers: of a closed period"] += 1
            return
        self._write(
            "Invoices", rows, lambda ledger: ledger.sell("invoice", key, customer, given), 3, day, key
        )
        self.papers[-1].lines, self.papers[-1].customer = given, customer

    @rule(given=lines, customer=st.sampled_from(CUSTOMERS), ship=st.booleans())
    def order(self, given: list[Line], customer: str, ship: bool) -> None:
        """An order, shipped and invoiced at once or later."""
        self._order(self._key("S"), given, customer, ship)

    @precondition(lambda self: self.open_orders)
    @rule(given=lines, ship=st.booleans(), which=st.integers(0, 99))
    def change_order(self, given: list[Line], ship: bool, which: int) -> None:
        """An open order comes again with other lines, perhaps to be shipped now."""
        key = sorted(self.open_orders)[which % len(self.open_orders)]
        steps["papers: changed orders"] += not any(paper.key == key for paper in self.papers)
        self._order(key, given, self.open_orders[key], ship)

    def _order(self, key: str, given: list[Line], customer: str, ship: bool) -> None:
        if any(paper.key == key for paper in self.papers):
            return  # Twice in one drop with other lines would hold both.
        rows = [
            [
                key,
                customer,
                self.day,
                line.item,
                typed(line.quantity),
                typed(line.price),
                typed(line.percent),
                "Ship and Invoice" if ship else "Release",
            ]
            for line in given
        ]

        def meaning(ledger: Ledger) -> None:
            if ship:
                ledger.sell("invoice", key, customer, given)

        self._write("Orders", rows, meaning, 2, self.day, key)
        if ship:
            self.open_orders.pop(key, None)
        else:
            self.open_orders[key] = customer

    @rule(customer=st.sampled_from(CUSTOMERS), amount=st.sampled_from([D("5000.05"), D(125), D("77.70")]))
    def old_claim(self, customer: str, amount: Decimal) -> None:
        """An open invoice of an earlier system."""
        key = self._key("OLD")
        rows: list[list[object]] = [[customer, "Invoice", key, date(2026, 9, 1), typed(amount)]]
        self._write(
            "Opening Entries",
            rows,
            lambda ledger: ledger.take_over(key, customer, amount),
            1,
            date(2026, 9, 1),
            key,
        )

    @precondition(lambda self: self._claims())
    @rule(which=st.integers(0, 99), share=st.sampled_from(["all", "half", "more", "on account"]))
    def pay(self, which: int, share: str) -> None:
        """A payment: exact, too little, too much, or for nothing in particular."""
        claim = self._claims()[which % len(self._claims())]
        asked, customer = self.model.remaining[claim], self.model.customer[claim]
        amount = {"all": asked, "half": money(asked / 2), "more": asked + 25, "on account": D("333.33")}[
            share
        ]
        key, day = self._key("P"), self.day
        steps[f"payments: {share}"] += 1
        named = "" if share == "on account" else self._paper_of(claim)["posted_no"]
        rows: list[list[object]] = [[key, day, customer, typed(amount), "BANK", named]]
        self._write(
            "Payments",
            rows,
            lambda ledger: ledger.pay(key, customer, amount, claim if named else ""),
            5,
            day,
            key,
            claim,
        )

    @precondition(lambda self: self._claims("invoice"))
    @rule(which=st.integers(0, 99))
    def bank_line(self, which: int) -> None:
        """The bank says that a customer paid an invoice in full, with its payment reference."""
        claim = self._claims("invoice")[which % len(self._claims("invoice"))]
        paper = self._paper_of(claim)
        amount, customer, key = self.model.remaining[claim], self.model.customer[claim], self._key("B")
        rows: list[list[object]] = [
            [
                "BANK",
                self.day,
                typed(amount),
                f"{key} {paper['posted_no']}",
                NAMES[customer],
                paper["payment_reference"],
                f"T{key}",
            ]
        ]
        self._write(
            "Bank Statement",
            rows,
            lambda ledger: ledger.pay(key, customer, amount, claim),
            6,
            self.day,
            key,
            claim,
        )

    @precondition(lambda self: self._claims("invoice"))
    @rule(given=lines, which=st.integers(0, 99), whole=st.booleans())
    def credit(self, given: list[Line], which: int, whole: bool) -> None:
        """A credit memo for an invoice: for all of it, or for less or more."""
        claim = self._claims("invoice")[which % len(self._claims("invoice"))]
        if whole and (sold := self.facts.get(claim.split()[1])) and sold.lines:
            given = sold.lines
            steps["papers: credit memos for all"] += 1
        customer, key, day = self.model.customer[claim], self._key("M"), self.day
        rows = [
            [
                key,
                customer,
                day,
                self._paper_of(claim)["posted_no"],
                line.item,
                typed(line.quantity),
                typed(line.price),
                typed(line.percent),
                "Post",
            ]
            for line in given
        ]

        def meaning(ledger: Ledger) -> None:
            ledger.sell("credit_memo", key, customer, given)
            ledger.apply(f"credit_memo {key}", claim)

        self._write("Credit Memos", rows, meaning, 4, day, key, claim)

    @precondition(lambda self: self._credits())
    @rule(what=st.sampled_from(["Apply", "Refund"]), which=st.integers(0, 99))
    def use_credit(self, what: str, which: int) -> None:
        """Money on account is put to a claim of its customer, or paid back."""
        credit = self._credits()[which % len(self._credits())]
        customer = self.model.customer[credit]
        claims = [name for name in self._claims() if self.model.customer[name] == customer]
        if what == "Apply" and claims:
            claim = claims[which % len(claims)]
            self._act(
                what,
                credit,
                lambda ledger: ledger.apply(credit, claim),
                self._paper_of(claim)["posted_no"],
                claim,
            )
        else:
            self._act("Refund", credit, lambda ledger: ledger.refund(credit))

    @precondition(lambda self: self._applied())
    @rule(which=st.integers(0, 99))
    def take_back(self, which: int) -> None:
        """The latest application of a payment is taken back."""
        credit, claim = self._applied()[which % len(self._applied())]
        self._act("Unapply", credit, lambda ledger: ledger.unapply(credit), claim=claim)

    @precondition(lambda self: self._claims("invoice"))
    @rule(which=st.integers(0, 99), whole=st.booleans())
    def give_up(self, which: int, whole: bool) -> None:
        """A claim is written off, wholly or by one krona."""
        claim = self._claims("invoice")[which % len(self._claims("invoice"))]
        amount = self.model.remaining[claim] if whole else D(1)
        self._act(
            "Write Off",
            claim,
            lambda ledger: ledger.write_off(claim, amount),
            amount=None if whole else amount,
        )

    @precondition(lambda self: self._claims("invoice"))
    @rule(which=st.integers(0, 99))
    def dispute(self, which: int) -> None:
        """A claim is put on hold: no amount changes."""
        claim = self._claims("invoice")[which % len(self._claims("invoice"))]
        self._act("Hold", claim, lambda ledger: None)

    def _act(
        self,
        what: str,
        name: str,
        meaning: Callable[[Ledger], object],
        applies: str = "",
        claim: str = "",
        amount: Decimal | None = None,
    ) -> None:
        """A row of the Actions sheet on an entry, named as the office knows it."""
        kind, own = name.split()
        number = self._paper_of(name)["posted_no"] if kind == "invoice" else own
        key = self._key("N")
        rows: list[list[object]] = [
            [
                key,
                kind.title(),
                number,
                what,
                typed(amount),
                applies or None,
                "6570" if what == "Write Off" else None,
            ]
        ]
        self._write("Actions", rows, meaning, 0 if what == "Unapply" else 7, self.day, key, f"{name};{claim}")
        steps[f"actions: {what}"] += 1

    @precondition(lambda self: not self.papers and self.past)
    @rule(days=st.integers(0, 4))
    def close_period(self, days: int) -> None:
        """The dates before a day are closed; from now on nothing is posted there (I8)."""
        day = self.day - timedelta(days=days)
        if day > self.closed:
            rows = [["Setting", "Value"], ["Allow Posting From", day.isoformat()]]
            self._run_by_itself(
                Dropped(self.day, {f"Close {self.day}.xlsx": Book({"Company": rows}).content()})
            )
            self.closed, self.closed_rows = day, self._rows_before(day)
            steps["periods closed"] += 1

    @precondition(lambda self: self.mistakes and not self.papers)
    @rule()
    def mend(self) -> None:
        """The to-fix workbook of a run comes back with its cells mended: what was held is posted after all."""
        name, (papers, others, run_no) = self.mistakes.popitem()
        name = f"{Path(name).stem} - to fix.xlsx"
        book = openpyxl.load_workbook(self.office.root / "rejected" / f"{run_no:06d}" / name)
        for cell in (cell for row in book["Invoices"].iter_rows() for cell in row):
            if cell.value in MENDED and any(
                book["Invoices"].cell(cell.row, column).value in {paper.key for paper in papers}
                for column in (1, 2, 3)
            ):
                cell.value = MENDED[cell.value] or max(self.day, self.closed)
        content = io.BytesIO()
        book.save(content)
        result = self._run_by_itself(Dropped(self.day, {name: content.getvalue()}))
        assert result.counts["rows_held"] == others, "I9"
        for paper in papers:
            self.model.sell("invoice", paper.key, "C1", [Line("A1", D(1)), Line("A2", D(1))])
        self.ran = True
        steps["mended by the to-fix workbook"] += len(papers)

    def _run_by_itself(self, drop: Dropped) -> RunResult:
        for name, content in drop.files.items():
            self.office.put(name, content)
        self.past.append(drop)
        return self.office.run(drop.day.isoformat())

    @rule(what=st.integers(0, 4))
    def mistake(self, what: int) -> None:
        """A document that must be held, whatever lies beside it: the model learns nothing."""
        key = self._key("X")
        rows: list[list[object]] = [
            [key, "NOBODY", self.day, "A1", 1, None, None],
            [key, "C1", self.day, "NOTHING", 1, None, None],
            [key, "C3", self.day, "A1", 1, None, None],
            [key, "C1", "01/02/2026", "A1", 1, None, None],
            [key, "C1", self.day, "A1", "ett", None, None],
        ]
        good: list[object] = [key, None, None, "A2", 1, None, None]
        self._write("Invoices", [rows[what], good], lambda ledger: None, 9, self.day, key)

    @precondition(lambda self: self._rewritable())
    @rule(which=st.integers(0, 99))
    def rewrite_history(self, which: int) -> None:
        """A posted invoice comes again with another quantity: it is held, the books keep what was posted."""
        paper = self._rewritable()[which % len(self._rewritable())]
        rows = [list(row) for row in paper.rows]
        rows[0][4] = float(str(rows[0][4])) + 1
        self._write("Invoices", rows, lambda ledger: None, 9, paper.day, paper.key)
        steps["papers: posted ones changed"] += 1

    def _rewritable(self) -> list[Paper]:
        waiting = {paper.key for paper in self.papers}
        return [paper for key, paper in self.facts.items() if paper.lines and key not in waiting]

    @precondition(lambda self: self._repeatable())
    @rule(which=st.integers(0, 99), renamed=st.booleans())
    def drop_again(self, which: int, renamed: bool) -> None:
        """Files of an earlier run come again, perhaps under other names: nothing happens."""
        again = self._repeatable()[which % len(self._repeatable())]
        before = self._dump()
        for name, content in again.files.items():
            self.office.put(f"again {name}" if renamed else name, content)
        self.office.run(self.day.isoformat())
        assert self._dump() == before, "I6"
        steps["I6 dropped again"] += 1

    def _repeatable(self) -> list[Dropped]:
        """Drops whose orders nobody changed since; settings are no documents and come again only by intent."""
        later: set[str] = set()
        found = []
        for drop in reversed(self.past):
            if drop.keys and not drop.keys & later:
                found.append(drop)
            later |= drop.keys
        return found

    @precondition(lambda self: len(self.papers) >= 2)
    @rule(files=st.integers(1, 3), killed=st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6]), looked=st.booleans())
    def run(self, files: int, killed: int = 0, looked: bool = False) -> None:
        """The papers are spread over some workbooks and dropped, and the folder is run.

        It may be looked at before with --dry-run, and may be killed after so many steps and run again.
        """
        drop = Dropped(self.day, keys={paper.key for paper in self.papers})
        for number in range(files):
            sheets: dict[str, list[list[object]]] = {}
            for paper in self.papers[number::files]:
                sheets.setdefault(paper.table, [list(CAPTIONS[paper.table])]).extend(paper.rows)
            if sheets:
                drop.files[f"{self.day} {number}.xlsx"] = Book(sheets).content()
        for name, content in drop.files.items():
            self.office.put(name, content)
        if looked:
            before = self._dump()
            self.office.run(self.day.isoformat(), dry_run=True)
            assert self._dump() == before, "I6"
            steps["dry runs"] += 1
        was_killed = bool(killed) and self._killed(killed)
        result = self.office.run(self.day.isoformat())
        for paper in sorted(self.papers, key=lambda paper: (paper.phase, paper.day, paper.key)):
            paper.meaning(self.model)
            if paper.phase != 9:
                self.facts[paper.key] = paper
        mistakes = sum(len(paper.rows) for paper in self.papers if paper.phase == 9)
        if was_killed:
            steps["runs killed"] += (
                1  # What its counts said died with it; the books are compared all the same.
            )
        else:
            self._account_for_rows(result, drop, mistakes)
            for number, name in enumerate(drop.files):
                held = [paper for paper in self.papers[number::files] if paper.phase == 9]
                wrong = [paper for paper in held if paper.key.startswith("X")]
                if wrong and all(paper.table == "Invoices" for paper in held):
                    others = sum(len(paper.rows) for paper in held if paper not in wrong)
                    self.mistakes[name] = (wrong, others, result.run_no)
        self.past.append(drop)
        self.papers = []
        self.day += timedelta(days=3)
        self.ran = True
        steps["runs"] += 1

    def _killed(self, after: int) -> bool:
        """Run and die after so many pieces of work on files or books; whether it lived that long."""
        left = [after]

        def die() -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
            interrupt(patch, die)
            self.office.run(self.day.isoformat())
        return left[0] <= 0

    # The laws -----------------------------------------------------------------------------------------------

    @invariant()
    def the_books_are_what_the_model_says(self) -> None:
        """I1-I5 and I10, each from the exports or by `verify`; only after a run, because nothing else changes books."""
        if len(self.papers) >= AT_MOST:  # Whatever the story likes to do, the books move on.
            self.run(1 + self.count % 3)
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
        opened = {}
        for kind, number, own, remaining in entries[  # type: ignore[index]
            ["document_type", "document_no", "external_document_no", "remaining_amount"]
        ].itertuples(index=False):
            key = key_of.get((kind, number)) or (
                f"payment {own}" if kind == "payment" else f"opening {number}"
            )
            opened[key] = D(remaining)
        assert _filled(opened) == _filled(self.model.remaining), "I3"
        assert all(
            total >= 0 for name, total in opened.items() if name.split()[0] in ("invoice", "opening")
        ), "I3"

    def _account_for_rows(self, result: RunResult, drop: Dropped, mistakes: int) -> None:
        """I9: every row that was dropped was posted or held, and everything posted names its file, sheet and row."""
        rows = sum(len(paper.rows) for paper in self.papers)
        assert result.counts["rows_read"] == rows, "I9"
        said = [
            (item.code, item.place.sheet, item.cell, item.value, item.document) for item in result.findings
        ]
        assert result.counts["rows_held"] == mistakes, f"I9 {said}"
        assert result.exit_code == (3 if mistakes else 0)
        with closing(sqlite3.connect(self.office.root / "book.db")) as books:
            places = books.execute(
                "SELECT source, sheet, row FROM documents WHERE run_no = ?", (result.run_no,)
            ).fetchall()
            held = books.execute(
                "SELECT source, sheet, row FROM held WHERE run_no = ?", (result.run_no,)
            ).fetchall()
        assert {place[0] for place in (*places, *held)} <= set(drop.files), "I9"
        assert len(held) == mistakes, "I9"
        assert not set(places) & set(held), "I9"
        steps["I9 rows accounted for"] += rows

    def _key(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count:04d}"

    def _write(
        self,
        table: str,
        rows: list[list[object]],
        meaning: Callable[[Ledger], object],
        phase: int,
        day: date,
        key: str,
        claim: str = "",
    ) -> None:
        self.papers.append(
            Paper(table, rows, lambda ledger: (meaning(ledger), None)[1], phase, day, key, claim)
        )
        steps[f"papers: {table}"] += 1

    def _claims(self, kind: str = "") -> list[str]:
        """Open claims that no paper of the coming run touches: within one run only the program knows the order."""
        touched = self._touched()
        return [
            name
            for name, amount in self.model.remaining.items()
            if amount >= 2
            and name.split()[0] in ("invoice", "opening")
            and kind in name
            and name not in touched
        ]

    def _credits(self) -> list[str]:
        """Hand-booked payments of which something is left, and that no paper of the coming run touches."""
        return [
            name
            for name, amount in self.model.remaining.items()
            if amount < 0 and name.startswith("payment P") and name not in self._touched()
        ]

    def _applied(self) -> list[tuple[str, str]]:
        """Hand-booked payments with the claim they ate last, neither touched by a paper of the coming run."""
        claim_of = {credit: claim for credit, claim, _ in self.model.applied}
        found = [
            (credit, claim_of[credit]) for credit in self.model.latest() if credit.startswith("payment P")
        ]
        return [pair for pair in found if not self._touched() & set(pair)]

    def _touched(self) -> set[str]:
        return {name for paper in self.papers for name in paper.claim.split(";")}

    def _rows_before(self, day: date) -> str:
        """Everything that was posted on a date before this one, opening entries of the earlier system aside."""
        texts = []
        for name in ("gl_entries", "vat_entries", "detailed_entries"):
            rows = self.office.table(name)
            dates = rows["posting_date"].astype(str)
            texts.append(rows[(dates < day.isoformat()) & (dates != "2026-09-01")].to_csv())
        return "".join(texts)

    def _paper_of(self, claim: str) -> Mapping[str, str]:
        """The printed invoice of a claim, as the customer has it before him; of an old claim only its number."""
        kind, own = claim.split()
        documents = self.office.table("documents")
        mine = (documents["no"] == own) | (documents["order_no"] == own)
        found = documents[mine & (documents["posted_no"] != "") & (documents["document_type"] == kind)]
        return {"posted_no": own} if kind == "opening" else found.iloc[0].to_dict()

    def _dump(self) -> dict[str, str]:
        names = (
            "gl_entries",
            "customer_ledger_entries",
            "detailed_entries",
            "vat_entries",
            "item_ledger_entries",
            "numbers",
        )
        names = (*names, "documents", "document_lines")
        return {name: self.office.table(name).to_csv() for name in names}

    # The end of a story ---------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """I7, I11, I12 and the second opinion."""
        try:
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
