"""A second, plain calculation of the sample company's books: Decimal, dicts and loops, nothing of the program.

It knows only what the samples need: best price and highest discount, VAT once per identifier, rounding to
whole kronor, other currencies at the rate of the day (a credit memo at that of its invoice), payments that
settle documents with discount, tolerance and gains or losses of exchange. The generator uses it to know what
customers owe; the tests use it as the oracle for what the program must have posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sample_workbooks.pricing import (
    LOCAL,
    Document,
    Setup,
    draw_document,
    group_documents,
)
from sample_workbooks.settling import OpenItem, Posted, discount_dates, settle
from sample_workbooks.tables import ZERO, Row, Tables, Totals, ocr_number, round_to


@dataclass
class Month:
    """What one month posts, and the balances at its end. customers: in their currency; customers_lcy: in kronor."""

    accounts: Totals = field(default_factory=Totals)
    closing: Totals = field(default_factory=Totals)
    customers: Totals = field(default_factory=Totals)
    customers_lcy: Totals = field(default_factory=Totals)
    vat: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [ZERO, ZERO]))
    invoices: list[Document] = field(default_factory=list)
    credit_memos: list[Document] = field(default_factory=list)
    receipts: Decimal = ZERO

    def check(self) -> None:
        """Debits equal credits, and the VAT accounts hold exactly the VAT of the documents."""
        if sum(self.accounts.values(), ZERO) != 0:
            raise AssertionError("the month does not balance")
        posted = sum((amount for account, amount in self.accounts.items() if account.startswith("26")), ZERO)
        if posted != sum((vat for _, vat in self.vat.values()), ZERO):
            raise AssertionError("VAT accounts and VAT of documents differ")

    def add(self, posted: Posted) -> None:
        """What settling posted."""
        self.accounts.add(posted.accounts)
        for identifier, (base, vat) in posted.vat.items():
            self.vat[identifier][0] += base
            self.vat[identifier][1] += vat


class Ledger:
    """The books as the months go by."""

    def __init__(self, setup_tables: Mapping[str, list[Row]]) -> None:
        self.setup = Setup(setup_tables)
        self.next_invoice = self.setup.series["POSTED-INVOICE"]
        self.next_credit_memo = self.setup.series["POSTED-CREDIT-MEMO"]
        self.items: dict[str, OpenItem] = {}
        self.balances = Totals()
        self.months: dict[str, Month] = {}
        opening = self.months.setdefault("opening", Month())
        for row in setup_tables["Opening Entries"]:
            amount = self._open(row)
            opening.accounts[self.setup.receivables(row["Customer No."])] += amount
            opening.accounts[str(self.setup.settings["Opening Balance Account"])] -= amount
        self._close(opening)

    def _open(self, row: Row) -> Decimal:
        item = OpenItem(
            row["Customer No."], row["Document No."], row["Document Type"].lower().replace(" ", "_"), row["Posting Date"],
            row["Due Date"] or row["Posting Date"], row["Amount"], row.get("Payment Reference") or "",
            row.get("External Document No.") or "", currency=row.get("Currency Code") or LOCAL,
            remaining_lcy=row.get("Amount LCY") or ZERO,
        )  # fmt: skip
        self.items[row["Document No."]] = item
        return item.remaining_lcy

    def post_sales(self, name: str, tables: Tables) -> Month:
        """Orders and invoices numbered together by posting date and key, then the credit memos."""
        month = self.months.setdefault(name, Month())
        self.setup.add_rates(tables.get("Exchange Rates", []))
        for document in self.draw_invoices(tables):
            self.next_invoice += 1
            self._take_in(month, document, 1)
        credits_ = [
            draw_document(self.setup, "credit_memo", header, rows, self._rate_day(header))
            for header, rows in group_documents(tables.get("Credit Memos", []))
        ]
        credits_.sort(key=lambda document: (document.posting_date, document.no))
        for document in credits_:
            document.posted_no = str(self.next_credit_memo)
            self.next_credit_memo += 1
            self._take_in(month, document, -1)
        return month

    def draw_invoices(self, tables: Tables) -> list[Document]:
        """The invoices of a run with the numbers that they will get; nothing is posted."""
        drawn = [
            draw_document(self.setup, "invoice", *document)
            for document in group_documents(tables.get("Invoices", []))
        ]
        for header, rows in group_documents(tables.get("Orders", [])):
            if header.get("Action") in ("Invoice", "Ship and Invoice"):
                document = draw_document(self.setup, "invoice", header, rows)
                document.order_no = document.no
                drawn.append(document)
        drawn.sort(key=lambda document: (document.posting_date, document.no))
        for place, document in enumerate(drawn):
            document.posted_no = str(self.next_invoice + place)
        return drawn

    def _take_in(self, month: Month, document: Document, sign: int) -> None:
        (month.invoices if sign > 0 else month.credit_memos).append(document)
        month.accounts.add(document.accounts)
        for part in document.vat_parts:
            month.vat[part.identifier][0] -= part.base * sign
            month.vat[part.identifier][1] -= part.vat * sign
        terms = self.setup.terms[document.terms_code]
        item = OpenItem(
            document.bill_to, document.posted_no, document.kind, document.posting_date, document.due_date,
            document.total * sign, ocr_number(document.posted_no), document.external_no, document.no,
            currency=document.currency, remaining_lcy=document.total_lcy * sign, vat_parts=document.vat_parts,
        )  # fmt: skip
        if sign > 0 and terms["Discount %"]:
            dates = discount_dates(
                document.document_date, document.posting_date, terms["Discount Date Calculation"],
                str(self.setup.settings["Payment Discount Grace Period"]),
            )  # fmt: skip
            if dates:
                item.discount_date, item.grace_date = dates
                item.discount = round_to(document.total * terms["Discount %"] / 100)
        self.items[document.posted_no] = item
        if document.applies_to:
            month.add(settle(self.setup, item, [(self.find(document.applies_to), None)], by_money=False))

    def find(self, number: str) -> OpenItem:
        """An open item by posted number, or by the sender's own number."""
        if number in self.items:
            return self.items[number]
        return next(item for item in self.items.values() if item.sender_no == number)

    def _rate_day(self, header: Row) -> date | None:
        """A credit memo has the exchange rate of its invoice."""
        number = header.get("Applies-to Document No.")
        return self.find(number).posting_date if number else None

    def post_receipts(self, name: str, rows: Iterable[Row | None]) -> None:
        """Receipts booked by hand: `Applies-to Document No.` holds numbers, each with `=amount` where it is a part."""
        for row in rows:
            if row is None:
                continue
            parts = {}
            for part in (row["Applies-to Document No."] or "").split(";"):
                number, _, amount = part.strip().partition("=")
                if number:
                    parts[number] = Decimal(amount) if amount else None
            self.receive(
                name,
                row["Customer No."],
                row["Amount"],
                row["Bank Account"],
                parts,
                number=row["Payment No."],
                day=row["Posting Date"],
                currency=row.get("Currency Code") or "",
            )

    def receive(
        self, name: str, customer_no: str, amount: Decimal, bank: str, parts: Mapping[str, Decimal | None],
        *, day: date, number: str = "", currency: str = "",
    ) -> None:  # fmt: skip
        """Money from (or back to) a customer, applied to documents; what is left stays on account.

        Where a credit memo stands among the documents, it goes to the others first.
        """
        month = self.months[name]
        currency = currency or self.setup.bank_currencies[bank]
        local = round_to(amount * self.setup.rate(currency, day))
        month.accounts[self.setup.banks[bank]] += local
        month.accounts[self.setup.receivables(customer_no)] -= local
        month.receipts += local
        money = OpenItem(
            customer_no, number, "payment" if amount > 0 else "refund", day, day, -amount,
            currency=currency, remaining_lcy=-local,
        )  # fmt: skip
        claims = [(self.find(document_no), wanted) for document_no, wanted in parts.items()]
        for item, _ in claims:
            if item.remaining * amount < 0:
                month.add(settle(self.setup, item, claims, by_money=False))
        month.add(settle(self.setup, money, claims))
        if money.remaining:
            self.items[number or f"{name}/{len(self.items)}"] = money

    def book(self, name: str, accounts: Mapping[str, Decimal]) -> None:
        """A bank line that is no customer money, such as a fee."""
        self.months[name].accounts.add(accounts)

    def close(self, name: str) -> Month:
        """End of a month: balances, checked."""
        month = self.months[name]
        self._close(month)
        month.check()
        return month

    def _close(self, month: Month) -> None:
        self.balances.add(month.accounts)
        month.closing = self.balances.filled()
        for item in self.items.values():
            month.customers[item.customer_no] += item.remaining
            month.customers_lcy[item.customer_no] += item.remaining_lcy
        month.customers = month.customers.filled()
        month.customers_lcy = month.customers_lcy.filled()


def post_bank_lines(
    ledger: Ledger,
    name: str,
    answers: Iterable[Mapping[str, object]],
    posted: Mapping[int, bool] | None = None,
) -> None:
    """The bank lines of a month as the answer key says.

    answers: rows of the key (see `answers.json`). posted: for lines that may also wait for a review, or that
    only a person can book, whether they were posted; blank means no.
    """
    for index, answer in enumerate(answers):
        kind, amount = str(answer["expect"]), Decimal(str(answer["amount"]))
        bank, day = str(answer["bank_account"]), date.fromisoformat(str(answer["date"]))
        done = kind in ("applied", "mapped") or bool((posted or {}).get(index))
        if not done or kind in ("nothing", "met"):
            continue
        if answer["account"]:
            local = round_to(amount * ledger.setup.rate(ledger.setup.bank_currencies[bank], day))
            ledger.book(name, {ledger.setup.banks[bank]: local, str(answer["account"]): -local})
        else:
            parts: dict[str, Decimal | None] = dict.fromkeys(str(answer["documents"]).split(), None)
            number = f"{name}-{index}"
            ledger.receive(name, str(answer["customer_no"]), amount, bank, parts, number=number, day=day)


def expected_books(
    steps: Mapping[str, Tables],
    answers: Mapping[str, list[dict[str, object]]],
    posted: Mapping[str, Mapping[int, bool]] | None = None,
) -> dict[str, Month]:
    """The months of the sample company. steps: sheets by step ('setup', '2026-08', ...)."""
    ledger = Ledger(steps["setup"])
    for name in sorted(answers):
        ledger.post_sales(name, steps[name])
        ledger.post_receipts(name, steps[name].get("Payments", []))
        post_bank_lines(ledger, name, answers[name], (posted or {}).get(name))
        ledger.close(name)
    return ledger.months


def expected_month(
    month: str,
    steps: Mapping[str, Tables],
    answers: Mapping[str, list[dict[str, object]]],
    posted: Mapping[str, Mapping[int, bool]] | None = None,
) -> Month:
    """One month of `expected_books`."""
    return expected_books(steps, answers, posted)[month]
