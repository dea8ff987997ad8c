"""Receipts booked by hand: the `Payments` sheet, applied to the documents that it names (T1-T3, T17)."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.apply_entries import applicable_amounts, apply_entries
from salesbatch.rules.checking import Checks, close_to, exists_only
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.number_series import draw_numbers
from salesbatch.rules.prepare_documents import check_posting_dates
from salesbatch.rules.receive_payments import bank_accounts, receive_payments

_PART = re.compile(r"^(.*?)(?:=\s*(-?[\d\s.,]+))?$")


def post_payments(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Post the hand-booked receipts and refunds of this run; what names no document stays on account."""
    table = BY_NAME["payments"]
    dropped = inbox.table(table.name)
    if dropped is None:
        return Journal()
    dropped = dropped.assign(document=np.arange(len(dropped)))
    checks = Checks(inbox, table)
    rows = dropped[exists_only(checks, books, dropped)].reset_index(drop=True)
    rows = _check(checks, books, rows)
    wanted = _documents_named(checks, books, rows)
    rows = checks.good(rows).sort_values(["posting_date", "key"], kind="stable", ignore_index=True)
    if not len(rows):
        return checks.journal(dropped)
    payments = rows.assign(
        amount_minor=rows["amount_minor"].astype("int64"),
        external_document_no=rows["payment_no"],
        statement_line_no=0,
    )
    posted, payments = receive_payments(books, company, payments)
    keys = key_rows(books, table.name, payments, 0, payments["document_no"])
    closed = tuple(held_id for held_id in payments["held_id"] if held_id)
    journal = Journal(rows={**posted.rows, "input_keys": keys}, closed_held=closed)
    applied = _apply(books.after(journal), wanted, payments)
    return Journal.join([journal, applied, checks.journal(dropped)])


def _check(checks: Checks, books: Books, rows: pd.DataFrame) -> pd.DataFrame:
    company = books.company
    customers = company.table("customers").set_index("no")
    unknown = rows[~rows["customer_no"].isin(customers.index)]
    if len(unknown):
        checks.report(unknown, "customer-unknown", "customer_no", hint=close_to(customers.index.to_series()))
    local = company.settings.local_currency_code
    checks.report(rows[~rows["currency_code"].isin(["", local])], "currency-not-posted", "currency_code")
    checks.report(rows[(rows["amount_minor"] == 0).fillna(False)], "amount-zero", "amount_minor")
    known = customers.reindex(rows["customer_no"])
    checks.report(
        rows[
            (known["customer_posting_group"].fillna("").to_numpy() == "")
            & rows["customer_no"].isin(customers.index).to_numpy()
        ],
        "customer-group-missing",
        "customer_no",
    )
    stopped = known["blocked"].fillna("").to_numpy() == "All"
    checks.report(rows[stopped], "customer-blocked-payment", "customer_no")
    check_posting_dates(checks, books, rows)
    accounts = bank_accounts(company)
    only = str(accounts["code"].iloc[0]) if len(accounts) == 1 else ""
    rows["bank_account"] = rows["bank_account"].where(rows["bank_account"] != "", only)
    checks.report(rows[(rows["bank_account"] == "").to_numpy()], "bank-account-missing", "bank_account")
    lost = rows[((rows["bank_account"] != "") & ~rows["bank_account"].isin(accounts["code"])).to_numpy()]
    if len(lost):
        checks.report(lost, "reference-unknown", "bank_account", hint=close_to(accounts["code"]))
    drawn = draw_numbers(books, "PAYMENT", rows["posting_date"])
    checks.report(
        rows[(drawn.problem != "").to_numpy()].assign(series="PAYMENT"),
        "number-series-missing",
        "posting_date",
        series="series",
    )
    return rows


def _documents_named(checks: Checks, books: Books, rows: pd.DataFrame) -> pd.DataFrame:
    """document, place, entry_no, wanted_minor of every open document that a receipt names (`No.` or `No.=amount`).

    A receipt that names none in its own column settles those of the customer's documents whose number stands
    in its text.
    """
    opened = books.open_entries
    own_numbers = _numbers_of_open(books)
    found: list[tuple[int, int, int, int]] = []
    for row in rows.to_dict("records"):  # Typed by hand: a few receipts a day.
        document = int(row["document"])
        theirs = set(opened.loc[opened["customer_no"] == row["customer_no"], "entry_no"])
        theirs_by = {number: entry for number, entry in own_numbers if entry in theirs}
        parts = [part.strip() for part in str(row["applies_to_document_no"]).split(";") if part.strip()]
        if not parts:
            words = set(re.findall(r"[A-Za-z0-9/-]{4,}", str(row["text"])))
            found += [
                (document, place, theirs_by[number], 0)
                for place, number in enumerate(sorted(words & set(theirs_by)))
            ]
            continue
        for place, part in enumerate(parts):
            number, amount = _split(part)
            if number not in theirs_by:
                one = rows[rows["document"] == document].assign(named=number)
                checks.report(one, "payment-document-not-open", "applies_to_document_no", named="named")
                continue
            found.append((document, place, theirs_by[number], amount))
    return pd.DataFrame(found, columns=["document", "place", "entry_no", "wanted_minor"]).astype("int64")


def _split(part: str) -> tuple[str, int]:
    match = _PART.match(part)
    if match is None or match[2] is None:
        return part.strip(), 0
    digits = re.sub(r"\s", "", match[2])
    digits = digits.replace(".", "").replace(",", ".") if "," in digits else digits
    return match[1].strip(), round(float(digits) * 100)


def _numbers_of_open(books: Books) -> list[tuple[str, int]]:
    """Numbers under which an open entry may be named: its own, and the sender's number of the document."""
    opened = books.open_entries
    pairs = list(zip(opened["document_no"], opened["entry_no"]))
    own = books.named.loc[books.named["no"] != books.named["posted_no"], ["no", "posted_no"]]
    by_posted = dict(zip(opened["document_no"], opened["entry_no"]))
    pairs += [
        (no, by_posted[posted]) for no, posted in zip(own["no"], own["posted_no"]) if posted in by_posted
    ]
    return [(str(number), int(entry)) for number, entry in pairs]


def _apply(books: Books, wanted: pd.DataFrame, payments: pd.DataFrame) -> Journal:
    pairs = wanted.merge(
        payments[["document", "entry_no", "amount_minor"]].rename(columns={"entry_no": "applying_no"}),
        on="document",
        how="inner",
    )
    pairs = pairs.merge(books.open_entries[["entry_no", "remaining_minor"]], on="entry_no", how="inner")
    pairs = pairs[pairs["remaining_minor"] * pairs["amount_minor"] > 0]  # T2: opposite signs in the ledger.
    pairs = pairs.sort_values(["applying_no", "place"], kind="stable").drop_duplicates(
        ["applying_no", "entry_no"], ignore_index=True
    )
    if not len(pairs):
        return Journal()
    amount = applicable_amounts(
        pairs["remaining_minor"], pairs["wanted_minor"], pairs["amount_minor"], pairs["applying_no"]
    )
    taken = pairs.assign(amount_minor=amount)
    # Two receipts may name one invoice: the later one gets what the earlier left.
    before = taken.groupby("entry_no")["amount_minor"].cumsum() - taken["amount_minor"]
    rest = (taken["remaining_minor"] - before).abs()
    taken["amount_minor"] = np.sign(taken["amount_minor"]) * np.minimum(
        taken["amount_minor"].abs(), rest.where(before.abs() < taken["remaining_minor"].abs(), 0)
    )
    return apply_entries(books, taken)
