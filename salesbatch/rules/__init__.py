"""The rules of the business. RULES is its table of contents: read it from top to bottom.

Every rule is `rule(inbox, books, company, posting_date) -> Journal`: pure, without a file, a clock or a
connection. A rule sees the books as the rules before it leave them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.rules.answer_reviews import answer_reviews
from salesbatch.rules.apply_entries import apply_entries
from salesbatch.rules.hold_entries import hold_entries
from salesbatch.rules.hold_unknown import hold_unknown
from salesbatch.rules.leave_waiting import leave_waiting
from salesbatch.rules.match_payments import match_payments
from salesbatch.rules.post_credit_memos import post_credit_memos
from salesbatch.rules.post_invoices import post_invoices
from salesbatch.rules.post_opening_entries import post_opening_entries
from salesbatch.rules.post_opening_stock import post_opening_stock
from salesbatch.rules.post_payments import post_payments
from salesbatch.rules.record_run import record_run
from salesbatch.rules.refund_entries import refund_entries
from salesbatch.rules.release_orders import release_orders
from salesbatch.rules.ship_orders import ship_orders
from salesbatch.rules.take_master_data import take_master_data, take_setup
from salesbatch.rules.unapply_entries import unapply_entries
from salesbatch.rules.write_off_entries import write_off_entries

__all__ = ["RULES", "decide", "leave_waiting", "record_run"]

Rule = Callable[[Inbox, Books, Company, date], Journal]

RULES: tuple[Rule, ...] = (
    take_setup,
    take_master_data,
    post_opening_entries,
    post_opening_stock,
    unapply_entries,
    release_orders,
    ship_orders,
    post_invoices,
    post_credit_memos,
    post_payments,
    apply_entries,
    refund_entries,
    write_off_entries,
    hold_entries,
    answer_reviews,
    match_payments,
    hold_unknown,
)


def decide(inbox: Inbox, books: Books, posting_date: date) -> Journal:
    """All rules in order, each on the books that those before it would leave; the joined journal of the run."""
    journals: list[Journal] = []
    for rule in RULES:
        journal = rule(inbox, books, books.company, posting_date)
        books = books.after(journal)
        journals.append(journal)
    return Journal.join(journals)
