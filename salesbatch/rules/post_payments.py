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
from salesbatch.core.money import minor_digits
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.checking import Checks, close_to, exists_only
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.exchange import check_rates, may_apply
from salesbatch.rules.number_series import draw_numbers
from salesbatch.rules.prepare_documents import check_posting_dates
from salesbatch.rules.receive_payments import (
    bank_accounts,
    bank_currencies,
    only_accounts,
    receive_payments,
)
from salesbatch.rules.settle import settle

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
    settled = _settle(books.after(journal), wanted, payments, posted)
    return Journal.join([journal, settled, checks.journal(dropped)])


def _check(checks: Checks, books: Books, rows: pd.DataFrame) -> pd.DataFrame:
    company = books.company
    customers = company.table("customers").set_index("no")
    unknown = rows[~rows["customer_no"].isin(customers.index)]
    if len(unknown):
        checks.report(unknown, "customer-unknown", "customer_no", hint=close_to(customers.index.to_series()))
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
    local = company.settings.local_currency_code
    rows["currency_code"] = rows["currency_code"].where(rows["currency_code"] != "", local)
    check_rates(checks, company, rows)
    accounts = bank_accounts(company)["code"]
    only = only_accounts(company, rows["currency_code"])
    rows["bank_account"] = rows["bank_account"].where(rows["bank_account"] != "", only)
    checks.report(rows[(rows["bank_account"] == "").to_numpy()], "bank-account-missing", "bank_account")
    lost = rows[((rows["bank_account"] != "") & ~rows["bank_account"].isin(accounts)).to_numpy()]
    if len(lost):
        checks.report(lost, "reference-unknown", "bank_account", hint=close_to(accounts))
    at_bank = bank_currencies(company, rows["bank_account"])
    other = rows[((at_bank != local) & (at_bank != rows["currency_code"])).to_numpy()]
    checks.report(
        other.assign(bank=other["bank_account"], bank_currency=at_bank[other.index]),
        "bank-account-other-currency",
        "currency_code",
        bank="bank",
        currency="bank_currency",
    )
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
    own_numbers = numbers_of_open(books)
    currencies = opened.set_index("entry_no")["currency_code"]
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
            number, amount = _split(part, minor_digits(str(row["currency_code"])))
            one = rows[rows["document"] == document].assign(named=number)
            if number not in theirs_by:
                checks.report(one, "payment-document-not-open", "applies_to_document_no", named="named")
                continue
            owner = pd.Series([currencies[theirs_by[number]]])
            if not may_apply(books.company, owner, one["currency_code"].reset_index(drop=True)).all():
                checks.report(one, "payment-document-other-currency", "applies_to_document_no", named="named")
                continue
            found.append((document, place, theirs_by[number], amount))
    return pd.DataFrame(found, columns=["document", "place", "entry_no", "wanted_minor"]).astype("int64")


def _split(part: str, decimals: int) -> tuple[str, int]:
    match = _PART.match(part)
    if match is None or match[2] is None:
        return part.strip(), 0
    digits = re.sub(r"\s", "", match[2])
    digits = digits.replace(".", "").replace(",", ".") if "," in digits else digits
    return match[1].strip(), round(float(digits) * 10**decimals)


def numbers_of_open(books: Books) -> list[tuple[str, int]]:
    """Numbers under which an open entry may be named: its own, and the sender's number of the document."""
    opened = books.open_entries
    pairs = list(zip(opened["document_no"], opened["entry_no"]))
    own = books.named.loc[books.named["no"] != books.named["posted_no"], ["no", "posted_no"]]
    by_posted = dict(zip(opened["document_no"], opened["entry_no"]))
    pairs += [
        (no, by_posted[posted]) for no, posted in zip(own["no"], own["posted_no"]) if posted in by_posted
    ]
    return [(str(number), int(entry)) for number, entry in pairs]


def _settle(books: Books, wanted: pd.DataFrame, payments: pd.DataFrame, posted: Journal) -> Journal:
    """Settle the named documents, receipts in the order of their dates; the findings name their rows."""
    columns = ["document", "entry_no", "source", "sheet", "row"]
    pairs = wanted.merge(
        payments[columns].rename(columns={"entry_no": "applying_no"}), on="document", how="inner"
    )
    pairs = pairs.sort_values(["applying_no", "place"], kind="stable", ignore_index=True)
    return settle(books, pairs, vouchers=posted.table("gl_entries")).journal
