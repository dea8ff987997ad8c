"""A second, plain calculation of the sample company's books: Decimal, dicts and loops, nothing of the program.

It knows only what the samples need: whole documents in kronor, best price and highest discount, VAT once per
identifier, rounding to whole kronor, payments that settle documents. The generator uses it to know what
customers owe; the tests use it as the oracle for what the program must have posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sample_workbooks.pricing import (
    Document,
    Setup,
    add_formula,
    draw_document,
    group_documents,
)
from sample_workbooks.tables import ZERO, Row, Tables, Totals, ocr_number


@dataclass
class OpenItem:
    """A customer ledger entry. document_no is the posted number, or that of the earlier system."""

    customer_no: str
    document_no: str
    kind: str
    posting_date: date
    due_date: date
    remaining: Decimal
    payment_reference: str = ""
    external_no: str = ""
    sender_no: str = ""
    discount_date: date | None = None
    discount_percent: Decimal = ZERO


@dataclass
class Month:
    """What one month posts, and the balances at its end."""

    accounts: Totals = field(default_factory=Totals)
    closing: Totals = field(default_factory=Totals)
    customers: Totals = field(default_factory=Totals)
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
            self._open(row)
            opening.accounts[self.setup.receivables(row["Customer No."])] += row["Amount"]
            opening.accounts[str(self.setup.settings["Opening Balance Account"])] -= row["Amount"]
        self._close(opening)

    def _open(self, row: Row) -> None:
        self.items[row["Document No."]] = OpenItem(
            row["Customer No."], row["Document No."], row["Document Type"], row["Posting Date"],
            row["Due Date"] or row["Posting Date"], row["Amount"], row.get("Payment Reference") or "",
            row.get("External Document No.") or "",
        )  # fmt: skip

    def post_sales(self, name: str, tables: Tables) -> Month:
        """Orders and invoices numbered together by posting date and key, then the credit memos."""
        month = self.months.setdefault(name, Month())
        for document in self.draw_invoices(tables):
            self.next_invoice += 1
            self._take_in(month, document, 1)
        credits_ = [
            draw_document(self.setup, "credit_memo", *document)
            for document in group_documents(tables.get("Credit Memos", []))
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
        for identifier, (base, vat) in document.vat.items():
            month.vat[identifier][0] -= base * sign
            month.vat[identifier][1] -= vat * sign
        terms = self.setup.terms[document.terms_code]
        item = OpenItem(
            document.bill_to, document.posted_no, document.kind, document.posting_date, document.due_date,
            document.total * sign, ocr_number(document.posted_no), document.external_no, document.no,
        )  # fmt: skip
        if sign > 0 and terms["Discount %"]:
            item.discount_percent = terms["Discount %"]
            item.discount_date = add_formula(document.document_date, terms["Discount Date Calculation"])
        self.items[document.posted_no] = item
        if document.applies_to:
            target = self.find(document.applies_to)
            applied = min(target.remaining, document.total)
            target.remaining -= applied
            item.remaining += applied

    def find(self, number: str) -> OpenItem:
        """An open item by posted number, or by the sender's own number."""
        if number in self.items:
            return self.items[number]
        return next(item for item in self.items.values() if item.sender_no == number)

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
            account = self.setup.banks[row["Bank Account"]]
            self.receive(
                name,
                row["Customer No."],
                row["Amount"],
                account,
                parts,
                number=row["Payment No."],
                day=row["Posting Date"],
            )

    def receive(
        self, name: str, customer_no: str, amount: Decimal, account: str, parts: Mapping[str, Decimal | None],
        *, number: str = "", day: date = date.min,
    ) -> None:  # fmt: skip
        """Money in from a customer, applied to documents; what is left stays as credit on account."""
        month = self.months[name]
        month.accounts[account] += amount
        month.accounts[self.setup.receivables(customer_no)] -= amount
        month.receipts += amount
        rest = amount
        for document_no, wanted in parts.items():
            item = self.find(document_no)
            applied = min(item.remaining, rest, item.remaining if wanted is None else wanted)
            item.remaining -= applied
            rest -= applied
        if rest:
            self.items[number or f"{name}/{len(self.items)}"] = OpenItem(
                customer_no, number, "payment", day, day, -rest
            )

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
        month.customers = month.customers.filled()


def post_bank_lines(
    ledger: Ledger,
    name: str,
    answers: Iterable[Mapping[str, object]],
    posted: Mapping[int, bool] | None = None,
) -> None:
    """The bank lines of a month as the answer key says.

    answers: rows of the key (see `answers.json`). posted: for lines that may also wait for a review, whether
    they were posted; blank means no.
    """
    for index, answer in enumerate(answers):
        kind, amount = str(answer["expect"]), Decimal(str(answer["amount"]))
        bank = ledger.setup.banks[str(answer["bank_account"])]
        if kind == "applied" or (kind == "right_or_review" and (posted or {}).get(index)):
            parts: dict[str, Decimal | None] = (
                dict.fromkeys(str(answer["documents"]).split(), None) if answer["documents"] else {}
            )
            day = date.fromisoformat(str(answer["date"]))
            ledger.receive(
                name, str(answer["customer_no"]), amount, bank, parts, number=f"{name}-{index}", day=day
            )
        elif kind == "mapped":
            ledger.book(name, {bank: amount, str(answer["account"]): -amount})


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
