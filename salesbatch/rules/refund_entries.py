"""Credit paid back to a customer: the action Refund (X2, T2). The VAT was adjusted by the credit memo and stays."""

from __future__ import annotations

from datetime import date

import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.tables import look_up
from salesbatch.rules.entry_actions import (
    REFUND,
    Actions,
    done_rows,
    find_entries,
    settle_amounts,
    settle_dates,
    take_actions,
)
from salesbatch.rules.post_payments import check_payments
from salesbatch.rules.receive_payments import receive_payments
from salesbatch.rules.settle import settle


def refund_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """A refund per row, from the bank account, applied to the credit memo or payment that the row names.

    The money that is asked for goes out: what it leaves open is left open, not taken as tolerance or late discount.
    """
    actions = take_actions(inbox, books, posting_date, REFUND)
    if actions is None:
        return Journal()
    actions = find_entries(actions, books.open_entries, books)
    claims = actions.rows[(actions.rows["entry_remaining_minor"] >= 0).to_numpy()]
    actions.checks.report(claims, "nothing-to-refund", "document_no")
    actions = settle_amounts(actions.with_rows(actions.rows), books)
    actions = settle_dates(actions, books, actions.rows["entry_posting_date"])
    rows = check_payments(actions.checks, books, _as_payments(actions))
    rows = actions.checks.good(rows).sort_values("posting_date", kind="stable", ignore_index=True)
    if not len(rows):
        return actions.journal()
    posted, refunds = receive_payments(books, company, rows.drop(columns=["entry_no"]))
    pairs = refunds[["document", "entry_no", "amount", "source", "sheet", "row"]].rename(
        columns={"entry_no": "applying_no", "amount": "wanted_minor"}
    )
    pairs = pairs.assign(entry_no=look_up(pairs["document"], rows.set_index("document")["entry_no"], 0))
    settled = settle(
        books.after(posted),
        pairs,
        vouchers=posted.table("gl_entries"),
        accept_late=False,
        accept_tolerance=False,
    )
    applied = settled.journal.table("detailed_entries").drop_duplicates("applied_entry_no")
    number = look_up(refunds["entry_no"], applied.set_index("applied_entry_no")["transaction_no"], 0)
    kept = done_rows(books, rows.assign(transaction_no=number), refunds["document_no"])
    return Journal.join([posted, settled.journal, kept, actions.journal()])


def _as_payments(actions: Actions) -> pd.DataFrame:
    """The rows as money that goes out, in the currency of the credit."""
    rows = actions.rows
    return rows.assign(
        customer_no=rows["entry_customer_no"],
        currency_code=rows["entry_currency_code"],
        amount_minor=-rows["amount"],
        external_document_no=rows["action_no"],
        text=rows["comment"],
        statement_line_no=0,
    )
