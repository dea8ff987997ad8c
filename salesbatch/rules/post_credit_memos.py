"""Credit memos: mirrored entries, the goods come back, and the memo is applied to the invoice that it names (X1, X2, L3)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import look_up
from salesbatch.rules.calculate_vat import rounding_of, total_documents
from salesbatch.rules.checking import Checks
from salesbatch.rules.corrected_invoices import corrected_invoices
from salesbatch.rules.number_series import draw_numbers
from salesbatch.rules.parties import ship_to_texts
from salesbatch.rules.post_documents import post_documents, store_open_documents
from salesbatch.rules.prepare_documents import prepare_documents
from salesbatch.rules.settle import settle


def post_credit_memos(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Post the credit memos of this run and settle the invoices that they change (ML 17:22 wants the reference)."""
    drafts = prepare_documents(inbox, books, posting_date, BY_NAME["credit_memos"], "credit_memo")
    if drafts is None:
        return Journal()
    checks, settings = drafts.checks, company.settings
    headers = _name_invoices(checks, books, drafts.headers)
    lines = checks.good(drafts.lines)
    headers = headers.assign(ship_to=ship_to_texts(headers), order_no="")
    headers = total_documents(lines, headers, *rounding_of(settings))
    checks.report(headers[headers["total_minor"] < 0], "total-negative", "no")
    posting = headers[headers["action"] == "Post"]
    drawn = draw_numbers(books, "POSTED-CREDIT-MEMO", posting["posting_date"])
    failed = posting[(drawn.problem != "").to_numpy()]
    checks.report(
        failed.assign(series="POSTED-CREDIT-MEMO"), "number-series-missing", "posting_date", series="series"
    )
    _check_not_above_invoice(checks, posting)
    headers, lines = checks.good(headers), checks.good(lines)
    journals = [checks.journal(drafts.rows)]
    still_open = headers[headers["action"] == "Open"].reset_index(drop=True)
    if len(still_open):
        stored = store_open_documents(books, drafts.table, still_open, lines, "credit_memo")
        books = books.after(stored)
        journals.append(stored)
    posting = headers[headers["action"] == "Post"].reset_index(drop=True)
    if len(posting):
        posted = post_documents(
            books, company, posting, lines[lines["document"].isin(posting["document"])], "credit_memo"
        )
        journals.append(posted)
        journals.append(_apply(books.after(posted), posted))
    return Journal.join(journals)


def _name_invoices(checks: Checks, books: Books, headers: pd.DataFrame) -> pd.DataFrame:
    """The invoice that each memo changes, by its posted number or by the sender's own number."""
    typed = headers["applies_to_document_no"]
    invoices = corrected_invoices(books, typed)
    column = "applies_to_document_no"
    checks.report(headers[typed == ""], "applies-to-missing", column)
    checks.report(headers[~invoices["known"] & (typed != "")], "applies-to-unknown", column)
    theirs = invoices["bill_to_customer_no"] == headers["bill_to_customer_no"]
    checks.report(headers[invoices["known"] & ~theirs], "applies-to-other-customer", column)
    headers = headers.assign(corrects_no=invoices["posted_no"], invoice_total_minor=invoices["total_minor"])
    return checks.good(headers).reset_index(drop=True)


def _check_not_above_invoice(checks: Checks, headers: pd.DataFrame) -> None:
    """More credited than was invoiced is most often a slip: a warning, the memo is posted."""
    known = headers[headers["invoice_total_minor"] >= 0]
    checks.report(
        known[known["total_minor"] > known["invoice_total_minor"]],
        "credit-above-invoice",
        "applies_to_document_no",
    )


def _apply(books: Books, posted: Journal) -> Journal:
    """Settle each named invoice as far as both go; the rest of the memo stays open as the customer's credit (X2)."""
    memos = posted.table("customer_ledger_entries")
    corrects = posted.table("documents").set_index("document_id")["corrects_no"]
    wanted = memos.assign(corrects_no=look_up(memos["document_id"], corrects))
    invoices = books.open_entries[books.open_entries["document_type"] == "invoice"]
    pairs = wanted[["entry_no", "customer_no", "corrects_no", "amount_minor"]].rename(
        columns={"entry_no": "applying_no"}
    )
    pairs = pairs.merge(
        invoices[["entry_no", "customer_no", "document_no", "remaining_minor"]],
        left_on=["customer_no", "corrects_no"],
        right_on=["customer_no", "document_no"],
        how="inner",
    ).sort_values(["entry_no", "applying_no"], kind="stable", ignore_index=True)
    return settle(books, pairs, vouchers=posted.table("gl_entries")).journal
