"""Credit memos of a month: for new invoices, for older ones that are still open, and for ones that were paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sample_workbooks.bank import ALIKE, Payers
from sample_workbooks.model import Ledger
from sample_workbooks.pricing import LOCAL, Document
from sample_workbooks.tables import Row
from sample_workbooks.trade import Dice, flat, working_days


def credit_rows(
    name: str, invoices: Sequence[Document], rows: Sequence[Row | None], private: set[str]
) -> list[Row | None]:
    """Credit memos of a month: some lines, or the whole, of invoices that are not paid yet.

    Half of them name the invoice by our posted number, the others by the sender's own.
    """
    dice = Dice(f"credit {name}")
    candidates = [
        document
        for document in invoices
        if document.customer_no not in private
        and len(document.lines) > 1
        and document.posting_date.day < 22
        and document.total > 300
    ]
    by_sheet = [document for document in candidates if not document.order_no][:2]
    by_order = dice.shuffled([document for document in candidates if document.order_no])[:5]
    memos: list[tuple[Row, list[Row]]] = []
    last = working_days(name)[-1]
    for serial, document in enumerate(by_sheet + by_order, start=1):
        header: Row = {
            "No.": f"K-{name[5:]}{serial:03d}",
            "Customer No.": document.customer_no,
            "Posting Date": min(document.posting_date + timedelta(days=dice.number(2, 6)), last),
            "Applies-to Document No.": document.posted_no if document.order_no else document.no,
            "Action": "Post",
        }
        whole = serial in (2, 6)
        lines = document.lines if whole else [document.lines[0]]
        credited = [
            {
                "Type": "G/L Account" if line.type == "G/L Account" else None,
                "Item No.": line.no,
                "Description": "Kreditering" if line.type == "G/L Account" else None,
                "Quantity": line.quantity if whole or line.quantity < 2 else Decimal(int(line.quantity / 2)),
                "Unit Price": line.unit_price,
                "Line Discount %": line.discount_percent,
                "VAT Prod. Posting Group": "SERV25" if line.type == "G/L Account" else None,
                "Reason Code": dice.one_of(("RETUR", "SKADAD", "FELPRIS")),
            }
            for line in lines
        ]
        memos.append((header, credited))
    return flat(memos)


def earlier_credit_rows(name: str, previous: str, ledger: Ledger, payers: Payers) -> list[Row | None]:
    """One memo for an unpaid invoice of the month before, one for a paid one, one in another currency."""
    days = working_days(name)
    documents = [
        document
        for document in ledger.months[previous].invoices
        if len(document.lines) > 1 and document.customer_no == document.bill_to
    ]

    def unpaid(document: Document, currency: str) -> bool:
        item = ledger.items[document.posted_no]
        plan = payers.plans.get(document.posted_no) or date.max
        untouched = document.posted_no not in payers.settled and item.remaining == item.amount
        return (
            untouched
            and document.currency == currency
            and not item.discount
            and plan > days[8]
            and document.customer_no not in ALIKE
            and document.lines[0].amount * 2 < document.net
        )

    def paid(document: Document) -> bool:
        item = ledger.items[document.posted_no]
        known = document.currency == LOCAL and bool(payers.account(item))
        return known and item.remaining == 0 and document.customer_no not in ALIKE

    chosen = [
        next((document for document in documents if fits(document)), None)
        for fits in (
            lambda document: unpaid(document, LOCAL),
            paid,
            lambda document: unpaid(document, "EUR"),
        )
    ]
    memos = [
        _first_line_back(document, f"K-{name[5:]}{101 + place}", days[2 + place])
        for place, document in enumerate(chosen)
        if document
    ]
    return flat(memos)


def _first_line_back(document: Document, number: str, day: date) -> tuple[Row, list[Row]]:
    """A credit memo for the first line of a posted invoice."""
    line = document.lines[0]
    item = line.type == "Item"
    header: Row = {
        "No.": number,
        "Customer No.": document.customer_no,
        "Posting Date": day,
        "Applies-to Document No.": document.posted_no,
        "Action": "Post",
    }
    credited: Row = {
        "Type": None if item else line.type,
        "Item No.": line.no,
        "Description": None if item else "Kreditering",
        "Quantity": line.quantity,
        "Unit Price": line.unit_price,
        "Line Discount %": line.discount_percent,
        "VAT Prod. Posting Group": None if item else line.product,
        "Reason Code": "RETUR",
    }
    return header, [credited]


def action_rows(unpaid: Collection[str]) -> list[Row | None]:
    """Rows of the Actions sheet: the oldest of our invoices that nobody has paid is disputed, and put on hold."""
    return [
        {
            "Action No.": "A-001",
            "Document Type": "Invoice",
            "Document No.": min(number for number in unpaid if number.startswith("103")),
            "Action": "Hold",
            "Requested By": "Anna Lindgren",
            "Comment": "Kunden bestrider fakturan",
        }
    ]
