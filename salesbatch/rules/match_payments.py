"""Bank statement lines: taken in once, matched to open entries, and posted where the match is certain (M-rules).

A line at or above the Auto-Post Confidence whose rule asks for no review is posted and applied in this run;
the rest is proposed and posts nothing until somebody decides.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import decimal_text
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import look_up
from salesbatch.rules.account import gl_rows
from salesbatch.rules.apply_entries import apply_entries
from salesbatch.rules.checking import Checks
from salesbatch.rules.number_series import draw_numbers, number_rows
from salesbatch.rules.propose import Matches, propose_matches
from salesbatch.rules.receive_payments import bank_accounts, bank_rows, receive_payments
from salesbatch.rules.take_statement import take_statement

BOOKED_ELSEWHERE = "Booked Elsewhere"


def match_payments(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Take in the statement lines of this run, match them, post the certain ones."""
    table = BY_NAME["bank_statement"]
    if inbox.table(table.name) is None:
        return Journal()
    checks = Checks(inbox, table)
    lines, rows = take_statement(checks, inbox, books, company)
    if not len(lines):
        return checks.journal(rows)
    customers, opened = company.table("customers"), books.open_entries
    matches = propose_matches(
        lines,
        opened,
        customers,
        company.table("payment_application_rules"),
        company.table("text_mapping"),
        company.settings,
    )
    facts = matches.lines.reset_index(drop=True)
    facts["status"] = _status(facts, lines, matches, company)
    facts["document_no"] = ""
    journals = [Journal(rows={"statement_lines": lines})]
    certain = lines[(facts["status"].isin(["applied", "on_account"])).to_numpy()]
    if len(certain):
        journal, numbers = _post_certain(books, company, certain, facts, matches)
        books = books.after(journal)
        journals.append(journal)
        facts["document_no"] = look_up(facts["statement_line_no"], numbers)
    mapped = lines[((facts["status"] == "mapped") & (facts["mapped_account"] != BOOKED_ELSEWHERE)).to_numpy()]
    if len(mapped):
        journal, numbers = _post_mapped(books, company, mapped, facts)
        books = books.after(journal)
        journals.append(journal)
        facts["document_no"] = facts["document_no"].where(
            facts["document_no"] != "", look_up(facts["statement_line_no"], numbers)
        )
    _warn_blocked(checks, company, rows, lines, facts)
    journals.append(Journal(rows={"payment_matches": _match_rows(books, facts, matches, opened)}))
    return Journal.join([*journals, checks.journal(rows)])


def _status(facts: pd.DataFrame, lines: pd.DataFrame, matches: Matches, company: Company) -> np.ndarray:
    """applied, on_account, mapped, proposed or unmatched.

    Applied is what reaches the Auto-Post Confidence by a rule that asks for no review. A payment discount is
    proposed, never taken without a decision yet, and so is a line dated after the last open day.
    """
    settings = company.settings
    confidence = facts["match_confidence"]
    levels = ["high"] if settings.auto_post_confidence == "High" else ["high", "medium"]
    certain = confidence.isin(levels) & ~facts["match_score"].isin(scores_to_review(company))
    if settings.allow_posting_to:
        certain &= (lines["date"] <= pd.Timestamp(settings.allow_posting_to)).to_numpy()
    with_discount = facts["statement_line_no"].isin(
        matches.applications.loc[matches.applications["discount_minor"] != 0, "statement_line_no"]
    )
    certain &= ~with_discount
    if settings.on_overpayment == "Review":
        certain &= facts["difference_minor"] == 0
    applied = facts["statement_line_no"].isin(matches.applications["statement_line_no"])
    by_text = confidence == "text_mapping"
    mapped, to_customer = by_text & (facts["mapped_account"] != ""), by_text & (facts["customer_no"] != "")
    return np.select(
        [mapped, to_customer, certain & applied, applied],
        ["mapped", "on_account", "applied", "proposed"],
        "unmatched",
    )


def scores_to_review(company: Company) -> set[int]:
    """Scores of the application rules that ask for a review: by the sheet, else the low and medium ones (M22)."""
    rules = company.table("payment_application_rules")
    confidence = rules["match_confidence"].map({"Low": 1, "Medium": 2, "High": 3})
    scores = (confidence + 1) * 1000 - rules["priority"].fillna(0).astype("int64")
    asked = rules["review_required"].fillna(False).to_numpy(dtype=bool) | (
        rules["review_required"].isna() & (confidence < 3)
    ).to_numpy(dtype=bool)
    return set(scores[asked].astype("int64")) if len(rules) else set(range(1000, 3000))


def _open_dates(company: Company, days: pd.Series) -> pd.Series:
    """A line dated in a closed period is posted on the first open date; the statement keeps its own date."""
    first = company.settings.allow_posting_from
    return days.where(days >= pd.Timestamp(first), np.datetime64(first, "s")) if first else days


def _post_certain(
    books: Books, company: Company, lines: pd.DataFrame, facts: pd.DataFrame, matches: Matches
) -> tuple[Journal, pd.Series]:
    """A payment per line and its applications; what is left over stays on the customer's account (T17)."""
    customer = facts.set_index("statement_line_no")["customer_no"]
    payments = pd.DataFrame(
        {
            "document": lines["statement_line_no"],
            "statement_line_no": lines["statement_line_no"],
            "customer_no": look_up(lines["statement_line_no"], customer),
            "posting_date": _open_dates(company, lines["date"]),
            "amount_minor": lines["amount_minor"],
            "bank_account": lines["bank_account"],
            "external_document_no": lines["transaction_id"],
        }
    ).sort_values(["posting_date", "statement_line_no"], kind="stable", ignore_index=True)
    posted, payments = receive_payments(books, company, payments)
    after = books.after(posted)
    pairs = matches.applications[
        matches.applications["statement_line_no"].isin(payments["statement_line_no"])
    ]
    entry = payments.set_index("statement_line_no")["entry_no"]
    pairs = pairs.assign(applying_no=look_up(pairs["statement_line_no"], entry, 0)).sort_values(
        ["applying_no", "entry_no"], kind="stable"
    )
    applied = apply_entries(after, pairs[["entry_no", "applying_no", "amount_minor"]])
    return Journal.join([posted, applied]), payments.set_index("statement_line_no")["document_no"]


def _post_mapped(
    books: Books, company: Company, lines: pd.DataFrame, facts: pd.DataFrame
) -> tuple[Journal, pd.Series]:
    """A line with a text mapping: the whole amount between the bank and the mapped account (M20)."""
    lines = lines.sort_values(["date", "statement_line_no"], kind="stable", ignore_index=True)
    account = look_up(lines["statement_line_no"], facts.set_index("statement_line_no")["mapped_account"])
    drawn = draw_numbers(books, "PAYMENT", lines["date"])
    transaction = books.next_no("transaction_no")
    documents = pd.DataFrame(
        {
            "document": lines["statement_line_no"],
            "statement_line_no": lines["statement_line_no"],
            "transaction_no": np.arange(transaction, transaction + len(lines)),
            "posting_date": _open_dates(company, lines["date"]),
            "document_type": "payment",
            "posted_no": drawn.numbers,
            "document_no": drawn.numbers,
            "customer": "",
            "customer_no": "",
            "description": lines["text"],
            "amount_minor": lines["amount_minor"],
            "bank_account": lines["bank_account"],
        }
    )
    bank = bank_accounts(company).reindex(lines["bank_account"])["gl_account"].to_numpy()
    moves = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": documents["document"],
                    "account_no": bank,
                    "role": "bank",
                    "amount_minor": documents["amount_minor"],
                }
            ),
            pd.DataFrame(
                {
                    "document": documents["document"],
                    "account_no": account.to_numpy(),
                    "role": "balancing",
                    "amount_minor": -documents["amount_minor"],
                }
            ),
        ],
        ignore_index=True,
    )
    journal = Journal(
        rows={
            "gl_entries": gl_rows(books, moves, documents, "PAYMENT"),
            "bank_entries": bank_rows(books, documents, company.settings.local_currency_code),
            "numbers": number_rows(books, "PAYMENT", drawn, documents["posting_date"], "payment", 0),
        }
    )
    return journal, documents.set_index("statement_line_no")["posted_no"]


def _warn_blocked(
    checks: Checks, company: Company, rows: pd.DataFrame, lines: pd.DataFrame, facts: pd.DataFrame
) -> None:
    """K6 as decided: money from a blocked customer that has reached the bank is booked, with a warning."""
    customers = company.table("customers")
    blocked = customers.loc[customers["blocked"] == "All", "no"]
    hit = lines[(facts["customer_no"].isin(blocked) & (facts["status"] == "applied")).to_numpy()]
    if len(hit):
        places = rows.merge(
            hit[["source", "sheet", "row", "statement_line_no"]], on=["source", "sheet", "row"], how="inner"
        )
        named = places.assign(
            customer=look_up(places["statement_line_no"], facts.set_index("statement_line_no")["customer_no"])
        )
        checks.report(named, "payment-from-blocked", "payer_name", customer="customer")


def _match_rows(books: Books, facts: pd.DataFrame, matches: Matches, opened: pd.DataFrame) -> pd.DataFrame:
    """`payment_matches` rows: the facts, the score, what was applied, and the reasons in words."""
    first = books.next_no("payment_matches")
    return entries.PAYMENT_MATCHES.frame(
        {
            name: facts[name]
            for name in (
                "statement_line_no",
                "customer_no",
                "match_confidence",
                "match_score",
                "related_party_matched",
                "document_no_matched",
                "amount_matched",
                "difference_minor",
                "status",
                "evidence",
                "runner_up",
                "document_no",
            )
        }
        | {
            "match_no": np.arange(first, first + len(facts)),
            "run_no": books.run_no,
            "applied_documents": look_up(facts["statement_line_no"], _applied_text(matches, opened)),
        },
        len(facts),
    )


def _applied_text(matches: Matches, opened: pd.DataFrame) -> pd.Series:
    """'INV-1=1250.00;INV-2=80.00' per statement line."""
    pairs = matches.applications
    number = look_up(pairs["entry_no"], opened.set_index("entry_no")["document_no"])
    texts = [
        f"{number}={decimal_text(amount, 2)}"
        for number, amount in zip(number, pairs["amount_minor"].tolist())
    ]
    return (
        pd.Series(texts, index=pairs["statement_line_no"], dtype="str")
        .groupby(level=0, sort=False)
        .agg(";".join)
    )
