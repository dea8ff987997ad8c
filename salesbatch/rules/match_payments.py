"""Bank statement lines: taken in once, matched to open entries, and posted where the match is certain (M-rules).

A line at or above the Auto-Post Confidence whose rule asks for no review is posted and applied in this run;
the rest is proposed and posts nothing until somebody decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import finding
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import in_order, look_up
from salesbatch.rules.checking import Checks
from salesbatch.rules.known_lines import doubtful_twins
from salesbatch.rules.match_rows import applied_text, match_rows, refused_pairs
from salesbatch.rules.meet_receipts import FACTS, meet_receipts
from salesbatch.rules.other_currency import propose_other_currencies
from salesbatch.rules.post_returns import take_returns
from salesbatch.rules.propose import Known, Matches, propose_matches
from salesbatch.rules.receive_payments import open_dates, post_mapped, receive_payments
from salesbatch.rules.settle import settle
from salesbatch.rules.take_statement import take_statement

BOOKED_ELSEWHERE = "Booked Elsewhere"
_HIGH_FROM = 3000
"""Scores of high rules begin here."""


def match_payments(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Take in the statement lines of this run, match them with those still open, post the certain ones.

    What was open before is matched again, since an invoice posted today may settle a line of yesterday; a
    line that stays as it was is not written anew.
    """
    table = BY_NAME["bank_statement"]
    checks = Checks(inbox, table)
    journals: list[Journal] = []
    dropped = inbox.table(table.name)
    rows = table.empty().assign(document=0) if dropped is None else dropped
    if dropped is not None:
        taken, rows = take_statement(checks, inbox, books, company)
        closed = tuple(sorted(set(checks.good(rows)["held_id"]) - {""}))
        journals.append(replace(taken, closed_held=closed))
        books = books.after(journals[0])
    lines = books.open_lines
    if not len(lines):
        return Journal.join([*journals, checks.journal(rows)])
    met = meet_receipts(books, company, lines)
    lines = lines[~lines["statement_line_no"].isin(met["statement_line_no"])].reset_index(drop=True)
    came_back, returned = take_returns(books, company, lines)
    lines = lines[~lines["statement_line_no"].isin(returned["statement_line_no"])].reset_index(drop=True)
    journals.append(came_back)
    books = books.after(came_back)
    refused = refused_pairs(books)
    opened = books.open_entries
    matches = propose_matches(
        lines,
        opened,
        company.table("customers"),
        company.table("payment_application_rules"),
        company.table("text_mapping"),
        company.settings,
        refused,
        Known(
            company.table("payer_aliases"),
            company.table("direct_debit_collections"),
            company.table("known_bank_fees"),
            books.settled_documents,
        ),
    )
    matches = propose_other_currencies(books, company, lines, matches)
    facts = matches.lines.reset_index(drop=True)
    facts["status"] = decide_status(matches, lines, company)
    doubted = facts["statement_line_no"].isin(refused["statement_line_no"])  # A person asked to be asked.
    doubted |= doubtful_twins(books, lines).to_numpy(dtype=bool)
    facts["status"] = facts["status"].mask(doubted & (facts["status"] == "applied"), "proposed")
    facts["status"] = facts["status"].mask(doubted & (facts["status"] == "on_account"), "unmatched")
    facts["document_no"] = ""
    certain = lines[(facts["status"].isin(["applied", "on_account"])).to_numpy()]
    if len(certain):
        journal, numbers = post_certain(books, company, certain, facts, matches)
        books = books.after(journal)
        journals.append(journal)
        facts["document_no"] = look_up(facts["statement_line_no"], numbers)
        facts["difference_minor"] = left_over(books, facts.assign(bank_entry_no=0))
    mapped = lines[((facts["status"] == "mapped") & (facts["mapped_account"] != BOOKED_ELSEWHERE)).to_numpy()]
    if len(mapped):
        journal, numbers = post_mapped(books, company, mapped, facts)
        books = books.after(journal)
        journals.append(journal)
        facts["document_no"] = facts["document_no"].where(
            facts["document_no"] != "", look_up(facts["statement_line_no"], numbers)
        )
    _warn_blocked(checks, books.run_no, company, rows, lines, facts)
    facts["applied_documents"] = look_up(facts["statement_line_no"], applied_text(matches, opened))
    facts["bank_entry_no"] = 0
    decided = [part[list(FACTS)] for part in (met, returned, facts) if len(part)]
    rows_of_matches = match_rows(books, pd.concat(decided, ignore_index=True))
    journals.append(Journal(rows={"payment_matches": rows_of_matches}))
    return Journal.join([*journals, checks.journal(rows)])


def decide_status(matches: Matches, lines: pd.DataFrame, company: Company) -> np.ndarray:
    """applied, on_account, mapped, reversed, proposed or unmatched, of each line.

    Applied is what reaches the Auto-Post Confidence by a rule that asks for no review; with Strict Rules off the
    search has its own confidence, and rules ask for a review only where the sheet says so. A line dated after
    the last open day is proposed, and so is what settles documents of two customers, or in another currency.
    """
    settings, facts = company.settings, matches.lines
    confidence = facts["match_confidence"]
    levels = ["high"] if settings.auto_post_confidence == "High" else ["high", "medium"]
    certain = confidence.isin(levels) & ~facts["match_score"].isin(scores_to_review(company))
    certain &= ~facts["statement_line_no"].isin(matches.shared | matches.asked)
    if settings.allow_posting_to:
        certain &= (lines["date"] <= pd.Timestamp(settings.allow_posting_to)).to_numpy()
    if settings.on_overpayment == "Review":
        certain &= facts["difference_minor"] == 0
    applied = facts["statement_line_no"].isin(matches.applications["statement_line_no"])
    by_text = confidence == "text_mapping"
    mapped, to_customer = by_text & (facts["mapped_account"] != ""), by_text & (facts["customer_no"] != "")
    paid_before = certain & (facts["kind"] == "on account") & (settings.on_overpayment == "On Account")
    return np.select(
        [facts["kind"] == "returned", mapped, to_customer | paid_before, certain & applied, applied],
        ["reversed", "mapped", "on_account", "applied", "proposed"],
        "unmatched",
    )


def scores_to_review(company: Company) -> set[int]:
    """Scores of the application rules that ask for a review: by the sheet, else the low and medium ones (M22).

    With Strict Rules off the confidence is the search's own, and a low or medium rule does not say how sure the
    search is: only a high rule of which the sheet asks for a review counts.
    """
    rules, strict = company.table("payment_application_rules"), company.settings.strict_rules
    if not len(rules):
        return set(range(1000, 3000)) if strict else set()
    confidence = rules["match_confidence"].map({"Low": 1, "Medium": 2, "High": 3})
    scores = (confidence + 1) * 1000 - rules["priority"].fillna(0).astype("int64")
    asked = rules["review_required"].fillna(False).to_numpy(dtype=bool) | (
        rules["review_required"].isna() & (confidence < 3)
    ).to_numpy(dtype=bool)
    return {score for score in scores[asked].astype("int64") if strict or score >= _HIGH_FROM}


def post_certain(
    books: Books, company: Company, lines: pd.DataFrame, facts: pd.DataFrame, matches: Matches
) -> tuple[Journal, pd.Series]:
    """A payment per line and customer, and its applications; what is left over stays on the customer's account (T17).

    Only a proposal that a person accepted pays documents of several customers; the rest is then the first one's.
    Returns the journal, and per line the number of its (first) payment.
    """
    payments = _payments_of_lines(books, company, lines, facts, matches)
    posted, payments = receive_payments(books, company, payments)
    pairs = _pairs_of_lines(books, payments, matches)
    settled = settle(books.after(posted), pairs, vouchers=posted.table("gl_entries"), round_off=True)
    numbers = payments.drop_duplicates("statement_line_no").set_index("statement_line_no")["document_no"]
    return Journal.join([posted, settled.journal]), numbers


def _payments_of_lines(
    books: Books, company: Company, lines: pd.DataFrame, facts: pd.DataFrame, matches: Matches
) -> pd.DataFrame:
    """The receipts and refunds to post, by posting date and line."""
    customer = facts.set_index("statement_line_no")["customer_no"]
    payments = pd.DataFrame(
        {
            "statement_line_no": lines["statement_line_no"],
            "customer_no": look_up(lines["statement_line_no"], customer),
            "posting_date": open_dates(company, lines["date"]),
            "document_date": lines["date"],
            "amount_minor": lines["amount_minor"],
            "currency_code": lines["currency_code"],
            "bank_account": lines["bank_account"],
            "external_document_no": lines["transaction_id"],
            **{name: lines[name] for name in ("source", "sheet", "row")},
        }
    )
    others = _cash_by_customer(books, matches)
    others = others.merge(
        payments.drop(columns="amount_minor"), on="statement_line_no", suffixes=("", "_first")
    )
    others = others[others["customer_no"] != others["customer_no_first"]]
    if len(others):
        given = others.groupby("statement_line_no")["amount_minor"].sum()
        payments["amount_minor"] -= look_up(payments["statement_line_no"], given, 0)
        payments = pd.concat([payments, others[payments.columns]], ignore_index=True)
    payments = in_order(payments, "posting_date", "statement_line_no")
    return payments.assign(document=np.arange(1, len(payments) + 1))


def _cash_by_customer(books: Books, matches: Matches) -> pd.DataFrame:
    """statement_line_no, customer_no, amount_minor: the money that each customer's documents take of a shared line."""
    pairs = matches.applications[matches.applications["statement_line_no"].isin(matches.shared)]
    owner = look_up(pairs["entry_no"], books.open_entries.set_index("entry_no")["customer_no"])
    result: pd.DataFrame = (
        pairs.assign(customer_no=owner, amount_minor=cash_of(pairs))
        .groupby(["statement_line_no", "customer_no"], sort=True)["amount_minor"]
        .sum()
        .reset_index()
    )
    return result


def cash_of(pairs: pd.DataFrame) -> pd.Series:
    """The money of applications: what is settled less discount, tolerance and what is written off."""
    result: pd.Series = (
        pairs["amount_minor"] - pairs["discount_minor"] - pairs["tolerance_minor"] - pairs["write_off_minor"]
    )
    return result


def _pairs_of_lines(books: Books, payments: pd.DataFrame, matches: Matches) -> pd.DataFrame:
    """The matched entries as pairs to settle, in the order of the match.

    What is taken off against the claims of a line, such as a credit memo in a lump, settles them first. An amount
    below what is open is a limit, unless it is where the money of the line ran out: what is missing there may be
    a discount, tolerance or rounding, and `settle` decides that. So it does of a document in another currency, whose
    amount says nothing about the money.
    """
    entries = books.open_entries.set_index("entry_no")
    pairs = matches.applications.assign(
        customer_no=look_up(matches.applications["entry_no"], entries["customer_no"]),
        remaining=look_up(matches.applications["entry_no"], entries["remaining_minor"], 0),
        owed_in=look_up(matches.applications["entry_no"], entries["currency_code"]),
    )
    about = payments[
        [
            "statement_line_no",
            "customer_no",
            "entry_no",
            "amount_minor",
            "currency_code",
            "source",
            "sheet",
            "row",
        ]
    ]
    about = about.rename(
        columns={"entry_no": "applying_no", "amount_minor": "money", "currency_code": "paid_in"}
    )
    pairs = pairs.merge(about, on=["statement_line_no", "customer_no"], how="inner")
    payment, cash = pairs["applying_no"], cash_of(pairs)
    own = np.sign(pairs["amount_minor"]) == np.sign(pairs["money"])
    last = ~payment.where(own, -1).duplicated(keep="last") & own
    ran_out = last & (cash.groupby(payment).transform("sum") == pairs["money"])
    limited = (pairs["amount_minor"].abs() < pairs["remaining"].abs()) & ~ran_out
    local = books.company.settings.local_currency_code
    cross = pairs["owed_in"].where(pairs["owed_in"] != "", local) != pairs["paid_in"].where(
        pairs["paid_in"] != "", local
    )
    # A fee is written off on the last claim, so the whole payment may be short by it.
    charged = pairs.assign(fee=pairs["write_off_minor"].abs())[pairs["write_off_account"] != ""]
    fees = charged.groupby("applying_no")
    pairs = pairs.assign(
        wanted_minor=cash.abs().where(limited & ~cross, pairs["wanted_minor"]),
        fee_account=look_up(payment, fees["write_off_account"].max()),
        fee_minor=look_up(payment, fees["fee"].max(), 0),
    )
    offset = pairs.loc[~own, ["applying_no", "entry_no"]].merge(
        pairs[own], on="applying_no", suffixes=("_against", "")
    )
    offset = offset.assign(
        applying_no=offset["entry_no_against"],
        wanted_minor=np.int64(0),
        fee_minor=np.int64(0),
        fee_account="",
    )
    settled = [offset[pairs.columns], pairs[own].sort_values("applying_no", kind="stable")]
    result: pd.DataFrame = pd.concat([part for part in settled if len(part)] or settled, ignore_index=True)
    return result


def left_over(books: Books, facts: pd.DataFrame) -> pd.Series:
    """What the posted payment of each line still has open: the line's difference after all that was settled."""
    payments = books.open_entries[books.open_entries["document_type"].isin(["payment", "refund"])]
    rest = -payments.set_index("document_no")["remaining_minor"]
    posted = (facts["document_no"] != "") & (facts["status"] == "applied") & (facts["bank_entry_no"] == 0)
    return facts["difference_minor"].mask(posted, look_up(facts["document_no"], rest, 0))


def _warn_blocked(
    checks: Checks,
    run_no: int,
    company: Company,
    rows: pd.DataFrame,
    lines: pd.DataFrame,
    facts: pd.DataFrame,
) -> None:
    """K6 as decided: money from a blocked customer that has reached the bank is booked, with a warning."""
    customers = company.table("customers")
    blocked = customers.loc[customers["blocked"] == "All", "no"]
    hit = lines[(facts["customer_no"].isin(blocked) & (facts["status"] == "applied")).to_numpy()]
    if not len(hit):
        return
    place = ["source", "sheet", "row"]
    named = hit[["statement_line_no", *place]].assign(
        customer=look_up(hit["statement_line_no"], facts.set_index("statement_line_no")["customer_no"])
    )
    of_today = (hit["run_no"] == run_no).to_numpy()
    here = rows.merge(named[of_today], on=place, how="inner")
    checks.report(here, "payment-from-blocked", "payer_name", customer="customer")
    checks.findings += [
        finding("payment-from-blocked", customer=customer) for customer in named.loc[~of_today, "customer"]
    ]
