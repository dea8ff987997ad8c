"""What a person does in a story: every rule writes one paper, told to the program as a row and to the model as a fact."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from fuzz.judge import scratch_folder
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from laws.model import ABROAD, FAST, ITEMS, ONE, Ledger, Line, money
from laws.papers import BANKS, CUSTOMERS, ENOUGH, NAMES, Dropped, Paper, first_day, lines, steps, typed
from office import Office

D = Decimal


class Acts(RuleBasedStateMachine):
    """A company, its model, and the papers that wait for the next run."""

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

    @initialize(given=lines)
    def begin(self, given: list[Line]) -> None:
        """Nobody starts from nothing: invoices of every kind, and an old claim."""
        self._invoice(given, "C1", self.day)
        self.invoice_of_a_kind([*given, Line("A1", ONE)], FAST)
        self.invoice_of_a_kind([Line("A1", ONE, D("87.65"))], ABROAD)
        self.old_claim("C2", D("5000.05"))

    @precondition(lambda self: len(self._claims()) < ENOUGH)
    @rule(given=lines, customer=st.sampled_from(CUSTOMERS), back=st.sampled_from([0, 1, 9]))
    def invoice(self, given: list[Line], customer: str, back: int) -> None:
        """An invoice written by hand, perhaps late; one of a closed period is held."""
        self._invoice(given, customer, self.day - timedelta(days=back))

    @precondition(lambda self: len(self._claims()) < ENOUGH)
    @rule(given=lines, customer=st.sampled_from([FAST, ABROAD]))
    def invoice_of_a_kind(self, given: list[Line], customer: str) -> None:
        """An invoice with a payment discount, or in euro."""
        self._invoice(given[:1] if customer == ABROAD else given, customer, self.day)

    def _invoice(self, given: list[Line], customer: str, day: date) -> None:
        key, currency = self._key("I"), "EUR" if customer == ABROAD else ""
        rows = [
            [
                key,
                customer,
                day,
                line.item,
                typed(line.quantity),
                _price(line, currency),
                typed(line.percent),
                currency,
            ]
            for line in given
        ]
        if day < self.closed:
            self._write("Invoices", rows, lambda ledger: None, 9, day, key)
            steps["papers: of a closed period"] += 1
            return
        self._write(
            "Invoices",
            rows,
            lambda ledger: ledger.sell("invoice", key, customer, given, day, currency),
            3,
            day,
            key,
        )
        self.papers[-1].lines, self.papers[-1].customer = given, customer
        steps["invoices in euro"] += bool(currency)
        steps["invoices with a discount"] += customer == FAST

    @precondition(lambda self: len(self._claims()) < ENOUGH)
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

        day = self.day

        def meaning(ledger: Ledger) -> None:
            if ship:
                ledger.sell("invoice", key, customer, given, day)

        self._write("Orders", rows, meaning, 2, self.day, key)
        if ship:
            self.open_orders.pop(key, None)
        else:
            self.open_orders[key] = customer

    @precondition(lambda self: len(self._claims()) < ENOUGH)
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
    @rule(which=st.integers(0, 99), share=st.sampled_from(["all", "part", "more", "on account", "net"]))
    def pay(self, which: int, share: str) -> None:
        """A payment: exact, too little, too much, less a discount, or for nothing in particular."""
        claim = self._claims()[which % len(self._claims())]
        owed, key, day = self.model.entries[claim], self._key("P"), self.day
        amount = {
            "all": owed.remaining,
            "part": owed.remaining
            * 2
            / 5,  # Not a half: the bank's line of the other half would be taken for this one.
            "more": owed.remaining + 25,
            "on account": D("333.33"),
            "net": owed.remaining - min(owed.discount, owed.remaining / 2),
        }[share]
        amount, customer = money(amount), owed.customer
        steps[f"payments: {share}"] += 1
        steps["payments in euro"] += bool(owed.currency)
        named = "" if share == "on account" else self._paper_of(claim)["posted_no"]
        currency = owed.currency if named else ""
        rows: list[list[object]] = [[key, day, customer, typed(amount), currency, BANKS[currency], named]]
        self._write(
            "Payments",
            rows,
            lambda ledger: ledger.pay(key, customer, amount, claim if named else "", day),
            5,
            day,
            key,
            claim,
        )

    @precondition(lambda self: self._claims("invoice"))
    @rule(which=st.integers(0, 99), net=st.booleans())
    def bank_line(self, which: int, net: bool) -> None:
        """The bank says that a customer paid an invoice in full or less its discount, with its payment reference."""
        self._bank_line(self._claims("invoice"), which, net, self.day)

    @precondition(lambda self: self._claims_before_closing())
    @rule(which=st.integers(0, 99), net=st.booleans())
    def bank_line_of_a_closed_period(self, which: int, net: bool) -> None:
        """The bank's line is of a day that is closed: it is posted on the first open day, the discount is by its own."""
        claims = self._claims_before_closing()
        self._bank_line(claims, which, net, self.closed - timedelta(days=1))
        steps["bank lines of a closed period"] += 1

    def _bank_line(self, claims: list[str], which: int, net: bool, day: date) -> None:
        claim = claims[which % len(claims)]
        paper, owed, key = self._paper_of(claim), self.model.entries[claim], self._key("B")
        net = net and day <= owed.discount_until
        amount, customer = owed.remaining, owed.customer
        if net:
            amount -= min(owed.discount, owed.remaining / 2)
        amount = money(amount)
        steps["bank lines in euro"] += bool(owed.currency)
        steps["bank lines less a discount"] += net
        rows: list[list[object]] = [
            [
                BANKS[owed.currency],
                day,
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
            lambda ledger: ledger.pay(key, customer, amount, claim, day),
            6,
            day,
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
        owed, key, day = self.model.entries[claim], self._key("M"), self.day
        customer, currency, rate = owed.customer, owed.currency, owed.rate
        given = given[:1] if currency else given
        rows = [
            [
                key,
                customer,
                day,
                self._paper_of(claim)["posted_no"],
                line.item,
                typed(line.quantity),
                _price(line, currency),
                typed(line.percent),
                currency,
                "Post",
            ]
            for line in given
        ]

        def meaning(ledger: Ledger) -> None:
            ledger.sell("credit_memo", key, customer, given, day, currency, rate)
            ledger.apply(f"credit_memo {key}", claim)

        self._write("Credit Memos", rows, meaning, 4, day, key, claim)

    @precondition(lambda self: self._credits())
    @rule(what=st.sampled_from(["Apply", "Refund"]), which=st.integers(0, 99))
    def use_credit(self, what: str, which: int) -> None:
        """Money on account is put to a claim of its customer, or paid back."""
        entries = self.model.entries
        pairs = [
            (credit, claim)
            for credit in self._credits()
            for claim in self._claims()
            if (entries[credit].customer, entries[credit].currency)
            == (entries[claim].customer, entries[claim].currency)
        ]
        in_kronor = [name for name in self._credits() if not entries[name].currency]
        if what == "Apply" and pairs:
            credit, claim = pairs[which % len(pairs)]
            number = self._paper_of(claim)["posted_no"]
            self._act(what, credit, lambda ledger: ledger.apply(credit, claim), number, claim)
        elif in_kronor:
            credit = in_kronor[which % len(in_kronor)]
            self._act("Refund", credit, lambda ledger: ledger.refund(credit))

    @precondition(lambda self: self._applied())
    @rule(which=st.integers(0, 99))
    def take_back(self, which: int) -> None:
        """The latest application of a payment is taken back."""
        credit, claim = self._applied()[which % len(self._applied())]
        self._act("Unapply", credit, lambda ledger: ledger.unapply(credit), claim=claim)

    pay_too, use_credit_too, take_back_too = pay, use_credit, take_back  # What is rare is offered twice.

    @precondition(lambda self: self._in_kronor())
    @rule(which=st.integers(0, 99), whole=st.booleans())
    def give_up(self, which: int, whole: bool) -> None:
        """A claim is written off, wholly or by one krona."""
        claim = self._in_kronor()[which % len(self._in_kronor())]
        amount = self.model.entries[claim].remaining if whole else D(1)
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

    # What a paper needs to know -------------------------------------------------------------------------------

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
            for name, entry in self.model.entries.items()
            if entry.remaining >= 2
            and name.split()[0] in ("invoice", "opening")
            and kind in name
            and name not in touched
        ]

    def _in_kronor(self) -> list[str]:
        return [name for name in self._claims("invoice") if not self.model.entries[name].currency]

    def _claims_before_closing(self) -> list[str]:
        """Claims in kronor that were posted before the last closed day; a statement knows no claim of later days."""
        return [name for name in self._in_kronor() if self.model.entries[name].day < self.closed]

    def _credits(self) -> list[str]:
        """Hand-booked payments of which something is left, and that no paper of the coming run touches."""
        touched = self._touched()
        return [
            name
            for name, entry in self.model.entries.items()
            if entry.remaining < 0 and name.startswith("payment P") and name not in touched
        ]

    def _applied(self) -> list[tuple[str, str]]:
        """Hand-booked payments with the claim they ate last, neither touched by a paper of the coming run."""
        found = [pair for pair in self.model.latest().items() if pair[0].startswith("payment P")]
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


def _price(line: Line, currency: str) -> object:
    """The price as typed: in euro always, because a blank one is the card's in kronor, translated."""
    return typed(ITEMS[line.item][0] if currency and line.price is None else line.price)
