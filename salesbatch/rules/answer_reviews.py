"""Answers to the payment review: each decision does what it says, once, on the line as it was asked about (M22-M27).

Accept            the proposal as it stands
Reject            not this proposal: the same documents are not proposed again for the line
Apply To          the named documents, a payment for each customer; what is left over stays on the first one's account
On Account        the whole amount to the customer's account
Post To Account   the whole amount to a G/L account
Booked Elsewhere  posts nothing; the line stands in the reconciliation
Leave, blank      nothing; the line is asked about again
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.derived import OPEN_STATUS
from salesbatch.core.findings import finding
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.reports import review_state
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import look_up
from salesbatch.rules.answer_plans import (
    ACCEPT,
    APPLY_TO,
    BOOKED_ELSEWHERE,
    ON_ACCOUNT,
    POST_TO_ACCOUNT,
    REJECT,
    REMARK,
    Plan,
)
from salesbatch.rules.checking import Checks
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.match_payments import cash_of, left_over, post_certain
from salesbatch.rules.match_rows import applied_text, entry_list, match_rows, settled_text
from salesbatch.rules.matches import Matches, application_frame
from salesbatch.rules.payer_aliases import learn_payers
from salesbatch.rules.post_returns import post_returns, refund_numbers, returned_text
from salesbatch.rules.read_answers import AnswerReader
from salesbatch.rules.receive_payments import post_mapped
from salesbatch.rules.returned_payments import PostedPayments, Return

TABLE = BY_NAME["payment_review"]
_STATUS = {
    ACCEPT: "applied",
    APPLY_TO: "applied",
    ON_ACCOUNT: "on_account",
    POST_TO_ACCOUNT: "mapped",
    BOOKED_ELSEWHERE: "mapped",
    REJECT: "unmatched",
}


def answer_reviews(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Do what the dropped payment reviews decide."""
    dropped = inbox.table(TABLE.name)
    if dropped is None:
        return Journal()
    checks = Checks(inbox, TABLE)
    rows = dropped.assign(document=np.arange(len(dropped)))
    for name in ("apply_to_documents", "account", "customer_no"):  # An option of a drop-down explains itself.
        if name != "apply_to_documents":
            rows[name] = rows[name].str.partition(REMARK)[0].str.strip()
    answers = _current(checks, books, rows[~rows["decision"].isin(["", "Leave"])])
    plans = _plans(checks, books, answers)
    if not plans:
        return checks.journal(rows)
    done = answers[answers["statement_line_no"].isin([plan.statement_line_no for plan in plans])]
    journals = [_carry_out(books, company, plans, done)]
    _warn_blocked(checks, company, plans, done)
    keys = key_rows(books, TABLE.name, done, 0, done["decision"].map(_STATUS))
    waiting = books.open_held
    again = waiting.loc[(waiting["table_name"] == TABLE.name) & waiting["key"].isin(done["key"]), "held_id"]
    closed = {held_id for held_id in (*done["held_id"], *again) if held_id}
    journals.append(Journal(rows={"input_keys": keys}, closed_held=tuple(sorted(closed))))
    return Journal.join([*journals, checks.journal(rows)])


def _current(checks: Checks, books: Books, answers: pd.DataFrame) -> pd.DataFrame:
    """The answers to lines that still stand as they were asked about, by line.

    An answer that was given before is skipped with a notice; one to a line that moved on is a warning and
    does nothing: the line is asked about again, if it is still open.
    """
    lines = books.bank_lines["statement_line_no"]
    checks.report(
        answers[~answers["statement_line_no"].isin(lines)], "review-line-unknown", "statement_line_no"
    )
    answers = answers[answers["statement_line_no"].isin(lines)]
    last = books.bank_matches.set_index("statement_line_no")
    numbers = answers["statement_line_no"].astype("int64")
    match_no = look_up(numbers, last["match_no"], 0)
    marks = [review_state(line, match) for line, match in zip(numbers.tolist(), match_no.tolist())]
    known = books.keys[books.keys["table_name"] == TABLE.name].set_index("key")["content_hash"]
    given_before = look_up(answers["key"], known) == answers["content_hash"]
    unmarked = answers["state"] == ""
    current = look_up(numbers, last["status"]).isin(OPEN_STATUS)
    current &= (answers["state"] == marks) | (unmarked & ~given_before)
    for (source, sheet), part in answers.groupby(["source", "sheet"], sort=False):
        count = int((~current & given_before)[part.index].sum())
        if count:
            place = checks.place({"source": source, "sheet": sheet, "row": 0})
            checks.findings.append(finding("review-answered", place, count=count, total=len(part)))
    moved = answers[~current & ~given_before]
    checks.report(
        moved.assign(done=moved["decision"]), "review-moved-on", "statement_line_no", decision="done"
    )
    return answers[current].sort_values("statement_line_no", kind="stable", ignore_index=True)


def _plans(checks: Checks, books: Books, answers: pd.DataFrame) -> list[Plan]:
    reader = AnswerReader(checks, books)
    lines = books.bank_lines.set_index("statement_line_no", drop=False)
    last = books.bank_matches.set_index("statement_line_no", drop=False)
    plans = []
    for place in range(len(answers)):
        answer = answers.iloc[[place]]
        number = int(answer["statement_line_no"].iloc[0])
        plan = reader.plan(answer, lines.loc[number].to_dict(), last.loc[number].to_dict())
        if plan is not None:
            plans.append(plan)
    return plans


def _carry_out(books: Books, company: Company, plans: list[Plan], answers: pd.DataFrame) -> Journal:
    """Post what is to be posted, write down every decision, remember the payers."""
    wanted = [plan.statement_line_no for plan in plans]
    lines = books.bank_lines.set_index("statement_line_no", drop=False).loc[wanted].reset_index(drop=True)
    facts, matches = _facts(books, plans, lines, answers)
    decisions = np.array([plan.decision for plan in plans], dtype=object)
    journals: list[Journal] = []
    numbers = facts["document_no"]
    came_back = np.array([bool(plan.returned) for plan in plans])
    if came_back.any():
        returns = [
            Return(plan.statement_line_no, plan.returned, "", fee=plan.fee, fee_account=plan.fee_account)
            for plan in plans
            if plan.returned
        ]
        journals.append(post_returns(books, company, lines, returns))
        books = books.after(journals[0])
        numbers = numbers.where(
            numbers != "", look_up(facts["statement_line_no"], refund_numbers(journals[0]))
        )
    to_customer = np.isin(decisions, [ACCEPT, APPLY_TO, ON_ACCOUNT]) & ~came_back
    to_customer &= (facts["bank_entry_no"] == 0).to_numpy()
    for chosen in (to_customer, decisions == POST_TO_ACCOUNT):
        mine = lines[chosen].reset_index(drop=True)
        if not len(mine):
            continue
        journal, posted = (
            post_certain(books, company, mine, facts, matches)
            if chosen is to_customer
            else post_mapped(books, company, mine, facts)
        )
        if chosen is to_customer:
            settled = _settled_by_line(journal, books.open_entries)
            facts["applied_documents"] = look_up(facts["statement_line_no"], settled).where(
                to_customer, facts["applied_documents"]
            )
        journals.append(journal)
        books = books.after(journal)
        numbers = numbers.where(numbers != "", look_up(facts["statement_line_no"], posted))
    facts["document_no"] = numbers
    facts["difference_minor"] = left_over(books, facts)
    journals.append(Journal(rows={"payment_matches": match_rows(books, facts)}))
    journals.append(learn_payers(books, _taught(plans, lines, facts)))
    return Journal.join(journals)


def _settled_by_line(journal: Journal, opened: pd.DataFrame) -> pd.Series:
    """What each line settled, over all its payments; a line for several customers has one for each."""
    banked = journal.table("bank_entries")
    texts = look_up(banked["document_no"], settled_text(journal, opened))
    told = texts[texts != ""].groupby(banked["statement_line_no"]).agg(";".join)
    return told.astype("str")


def _taught(plans: list[Plan], lines: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """payer_account, payer_name, customer_no and known per line and customer: who paid for whom.

    A payer for two customers is known as both: neither is certain by the name alone from then on, and a line of
    its that names a document of either is no stranger's. Money that comes back teaches nothing.
    """
    pairs = [(at, one) for at, plan in enumerate(plans) if not plan.returned for one in plan.customers]
    place = [at for at, _ in pairs]
    customer = pd.Series([number for _, number in pairs], dtype="str")
    payers = lines[["payer_account", "payer_name"]].iloc[place].reset_index(drop=True)
    known_as = facts["known_as"].iloc[place].reset_index(drop=True)
    return payers.assign(customer_no=customer, known=known_as == customer)


def _facts(
    books: Books, plans: list[Plan], lines: pd.DataFrame, answers: pd.DataFrame
) -> tuple[pd.DataFrame, Matches]:
    """The decisions as facts of `payment_matches`, in the order of the plans, and what they apply."""
    last = books.bank_matches.set_index("statement_line_no").loc[lines["statement_line_no"]].reset_index()
    posted = PostedPayments(books)
    sign = np.sign(lines["amount_minor"]).tolist()
    pieces = [(plan, piece, one) for plan, one in zip(plans, sign) for piece in plan.pieces]
    columns = {
        "statement_line_no": [plan.statement_line_no for plan, _, _ in pieces],
        "entry_no": [piece.entry_no for _, piece, _ in pieces],
        "amount_minor": [one * piece.amount for _, piece, one in pieces],
        "discount_minor": [one * piece.discount for _, piece, one in pieces],
        "write_off_minor": [one * piece.fee for _, piece, one in pieces],
        "wanted_minor": [one * piece.wanted for _, piece, one in pieces],
    }
    applications = application_frame(dict(columns), [piece.fee_account for _, piece, _ in pieces])
    decisions = pd.Series([plan.decision for plan in plans], dtype="str")
    accepted = decisions == ACCEPT
    cash = cash_of(applications).groupby(applications["statement_line_no"])
    owner = look_up(applications["entry_no"], books.open_entries.set_index("entry_no")["customer_no"])
    owners = owner.groupby(applications["statement_line_no"]).nunique()
    shared = frozenset(owners.index[owners > 1].tolist())
    paid = look_up(lines["statement_line_no"], cash.sum(), 0)
    came_back = pd.Series([bool(plan.returned) for plan in plans], dtype="bool")
    receipt = pd.Series([plan.bank_entry_no for plan in plans], dtype="int64")
    has_rest = decisions.isin([ACCEPT, APPLY_TO]) & (receipt == 0) & ~came_back
    receipts = books.open_receipts.set_index("entry_no")["document_no"]
    facts = pd.DataFrame(
        {
            "statement_line_no": lines["statement_line_no"],
            "customer_no": pd.Series([plan.customer_no for plan in plans], dtype="str"),
            "match_confidence": accepted.map({True: "accepted", False: "manual"}).mask(
                decisions == REJECT, "none"
            ),
            "match_score": last["match_score"].where(accepted, 0),
            **{
                name: last[name].where(accepted, "")
                for name in ("related_party_matched", "document_no_matched", "amount_matched", "runner_up")
            },
            "difference_minor": (lines["amount_minor"] - paid).where(has_rest, 0),
            "status": decisions.map(_STATUS).astype("str"),
            "evidence": _evidence(plans, answers, last, posted),
            "document_no": look_up(receipt, receipts),
            "bank_entry_no": receipt,
            "refused_entries": pd.Series([entry_list(plan.refused) for plan in plans], dtype="str"),
            "mapped_account": pd.Series([plan.account for plan in plans], dtype="str"),
            # The customer as whom the matcher knew the payer by itself.
            "known_as": last["customer_no"].where(last["related_party_matched"] == "fully", ""),
        }
    )
    matches = Matches(facts, applications, shared)
    facts["applied_documents"] = look_up(
        facts["statement_line_no"], applied_text(matches, books.open_entries)
    )
    texts = pd.Series([returned_text(posted, plan.returned) for plan in plans], dtype="str")
    facts["applied_documents"] = facts["applied_documents"].where(~came_back, texts)
    return facts, matches


def _evidence(
    plans: list[Plan], answers: pd.DataFrame, last: pd.DataFrame, posted: PostedPayments
) -> pd.Series:
    """'accepted by Eva Holm (paid by the parent): the text names …': who decided, why, and what spoke for it."""
    about = answers.set_index("statement_line_no")
    texts = []
    for plan, documents, customer, evidence in zip(
        plans, last["applied_documents"], last["customer_no"], last["evidence"]
    ):
        answer = about.loc[plan.statement_line_no]
        proposal = posted.say("proposal", documents=documents, customer=customer)
        name = "receipt closed" if plan.bank_entry_no else plan.decision
        text = posted.say(name, account=plan.account, proposal=proposal)
        if plan.returned:
            evidence = posted.told(plan.returned, done=True)
        if answer["decided_by"]:
            text = posted.say("by", told=text, person=answer["decided_by"])
        text += f" ({answer['comment']})" if answer["comment"] else ""
        if plan.others:
            text = posted.say("for customers", told=text, customers=", ".join(plan.customers))
        keeps = plan.decision == ACCEPT or plan.returned
        texts.append(f"{text}: {evidence}" if keeps and evidence else text)
    return pd.Series(texts, dtype="str")


def _warn_blocked(checks: Checks, company: Company, plans: list[Plan], answers: pd.DataFrame) -> None:
    """K6 as decided: money from a blocked customer that has reached the bank is booked, with a warning."""
    customers = company.table("customers")
    blocked = set(customers.loc[customers["blocked"] == "All", "no"])
    found = [
        (plan.statement_line_no, number) for plan in plans for number in plan.customers if number in blocked
    ]
    named = pd.DataFrame(found, columns=["statement_line_no", "customer"])
    hit = answers.merge(named.astype({"customer": "str"}), on="statement_line_no", how="inner")
    checks.report(hit, "payment-from-blocked", "payer_name", customer="customer")
