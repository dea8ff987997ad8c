"""What the return of a posted payment undoes (T14, T15).

The applications of the payment are taken back, so that its documents are open again as they were; a refund is posted
on the line's day; and payment and refund settle each other. A refund of ours that comes back is undone in the same way,
by a payment. What the bank took for the return, a known bank fee, is a voucher of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.rules.meet_receipts import FACTS
from salesbatch.rules.receive_payments import open_dates, post_mapped, receive_payments
from salesbatch.rules.returned_payments import PostedPayments, Return, find_returns
from salesbatch.rules.settle import settle
from salesbatch.rules.unapply_entries import mirror_transactions


def post_returns(books: Books, company: Company, lines: pd.DataFrame, returns: Sequence[Return]) -> Journal:
    """Take the applications back, post a refund for each payment (a payment for each refund), and settle the two.

    lines: statement lines, those of the returns among them. Each payment is whole and open when its refund meets it.
    """
    about = lines.set_index("statement_line_no", drop=False)
    posted = PostedPayments(books)
    given = [(one.statement_line_no, entry) for one in returns for entry in one.payments]
    rows = about.loc[[line for line, _ in given]].reset_index(drop=True)
    days = open_dates(company, rows["date"])
    mirrored = _take_back(books, company, posted, [entry for _, entry in given], days)
    books = books.after(mirrored)
    facts = [posted.about(entry) for _, entry in given]
    refunds = pd.DataFrame(
        {
            "document": np.arange(len(given)),
            "statement_line_no": rows["statement_line_no"],
            "customer_no": pd.Series([fact["customer_no"] for fact in facts], dtype="str"),
            "posting_date": days,
            "document_date": rows["date"],
            "amount_minor": pd.Series([-posted.amount(entry) for _, entry in given], dtype="int64"),
            "currency_code": pd.Series([fact["currency_code"] for fact in facts], dtype="str"),
            "bank_account": rows["bank_account"],
            "external_document_no": rows["transaction_id"],
            "text": rows["text"],
            **{name: rows[name] for name in ("source", "sheet", "row")},
        }
    )
    refunds["returns"] = [entry for _, entry in given]
    refunds = refunds.sort_values(["posting_date", "statement_line_no", "returns"], ignore_index=True)
    money, refunds = receive_payments(books, company, refunds)
    pairs = refunds[["source", "sheet", "row"]].assign(
        applying_no=refunds["entry_no"], entry_no=refunds["returns"]
    )
    settled = settle(
        books.after(money),
        pairs,
        vouchers=money.table("gl_entries"),
        accept_late=False,
        accept_tolerance=False,
    )
    journal = Journal.join([money, settled.journal])
    fees = {one.statement_line_no: one for one in returns if one.fee}
    if fees:
        charged = about.loc[list(fees)].reset_index(drop=True)
        charged["amount_minor"] = pd.Series([-one.fee for one in fees.values()], dtype="int64")
        accounts = charged[["statement_line_no"]].assign(
            mapped_account=pd.Series([one.fee_account for one in fees.values()], dtype="str")
        )
        journal = Journal.join([journal, post_mapped(books.after(journal), company, charged, accounts)[0]])
    return Journal.join([mirrored, journal])


def _take_back(
    books: Books, company: Company, posted: PostedPayments, payments: list[int], days: pd.Series
) -> Journal:
    """The applications of the payments mirrored, the latest first, not before they were made."""
    found = [
        (transaction, max(day, made))
        for entry, day in zip(payments, days)
        for transaction, made in posted.transactions(entry)
    ]
    if not found:
        return Journal()
    rows = pd.DataFrame(sorted(found, reverse=True), columns=["takes_back", "posting_date"])
    first = books.next_no("transaction_no")
    rows = rows.assign(
        posting_date=rows["posting_date"].astype("datetime64[s]"),
        transaction_no=np.arange(first, first + len(rows)),
    )
    return mirror_transactions(books, company, rows)


def refund_numbers(journal: Journal) -> pd.Series:
    """Number of the (first) refund of each statement line."""
    banked = journal.table("bank_entries").drop_duplicates("statement_line_no")
    return banked.set_index("statement_line_no")["document_no"]


def returned_text(posted: PostedPayments, payments: Sequence[int]) -> str:
    """'6001=-1250.00': the payments as documents of a line that takes money out; '6002=700.00' of a refund of ours."""
    return ";".join(f"{posted.number(entry)}={posted.money_back(entry)}" for entry in payments)


def take_returns(books: Books, company: Company, lines: pd.DataFrame) -> tuple[Journal, pd.DataFrame]:
    """Post the certain returns among waiting lines and propose the others; the journal, and facts of `payment_matches`."""
    found = find_returns(books, lines)
    settings = company.settings
    closed = settings.allow_posting_to
    day = lines.set_index("statement_line_no")["date"]
    certain = [
        one
        for one in found
        if one.certain
        and not settings.strict_rules
        and not (closed and day[one.statement_line_no] > pd.Timestamp(closed))
    ]
    posted = PostedPayments(books)
    journal = post_returns(books, company, lines, certain) if certain else Journal()
    numbers = refund_numbers(journal) if certain else pd.Series(dtype="str")
    done = {one.statement_line_no for one in certain}
    rows = []
    for one in found:
        is_done = one.statement_line_no in done
        told = posted.told(one.payments, done=is_done) if one.payments else ""
        rows.append(
            {
                "statement_line_no": one.statement_line_no,
                "customer_no": str(posted.about(one.payments[0])["customer_no"]) if one.payments else "",
                "match_confidence": "high" if one.certain else "medium" if one.payments else "none",
                "match_score": 0,
                "related_party_matched": "fully" if "same payer" in one.by else "no",
                "document_no_matched": "yes" if "in full" in one.by else "no",
                "amount_matched": "one match" if one.payments else "multiple matches",
                "applied_documents": returned_text(posted, one.payments),
                "difference_minor": 0,
                "status": "applied" if is_done else "proposed" if one.payments else "unmatched",
                "evidence": "; ".join(part for part in (told, one.words) if part),
                "runner_up": "",
                "document_no": numbers.get(one.statement_line_no, ""),
                "bank_entry_no": 0,
            }
        )
    frame = pd.DataFrame(rows, columns=list(FACTS))
    whole = ("statement_line_no", "match_score", "difference_minor", "bank_entry_no")
    return journal, frame.astype({name: "int64" if name in whole else "str" for name in FACTS})
