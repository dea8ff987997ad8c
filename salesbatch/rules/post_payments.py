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
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks, close_to, exists_only
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.exchange import check_rates, may_apply
from salesbatch.rules.named_entries import amount_of, at_rows, best_of, entries_by_number, parts_of
from salesbatch.rules.number_series import draw_numbers
from salesbatch.rules.prepare_documents import check_posting_dates
from salesbatch.rules.receive_payments import (
    bank_accounts,
    bank_currencies,
    only_accounts,
    receive_payments,
)
from salesbatch.rules.settle import settle


def post_payments(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Post the hand-booked receipts and refunds of this run; what names no document stays on account."""
    table = BY_NAME["payments"]
    dropped = inbox.table(table.name)
    if dropped is None:
        return Journal()
    dropped = dropped.assign(document=np.arange(len(dropped)))
    checks = Checks(inbox, table)
    rows = dropped[exists_only(checks, books, dropped)].reset_index(drop=True)
    rows = check_payments(checks, books, rows)
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


def check_payments(checks: Checks, books: Books, rows: pd.DataFrame) -> pd.DataFrame:
    """What must be known before money is booked by hand; fills in currency and bank account.

    rows: customer_no, amount_minor, posting_date, currency_code, bank_account, and what `Checks` needs.
    """
    company, rows = books.company, rows.copy()
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
    named = _numbers_named(checks, rows)
    found = entries_by_number(books.open_entries, books.named, set(named["number"]))
    own = rows[["document", "customer_no", "amount_minor", "currency_code"]]
    own = own.rename(columns={"amount_minor": "paid", "currency_code": "paid_in"})
    asked = named.merge(own, on="document")
    known = asked.merge(found, on=["number", "customer_no"], how="inner")
    owed = known["remaining_minor"].to_numpy() * np.sign(plain_int(known["paid"])) > 0
    best = best_of(known[owed], ["document", "place"])
    place = pd.MultiIndex.from_frame(named[["document", "place"]])
    lost = named["written"].to_numpy() & ~place.isin(pd.MultiIndex.from_frame(best[["document", "place"]]))
    column = "applies_to_document_no"
    checks.report(at_rows(rows, named[lost]), "payment-document-not-open", column, named="number")
    several = best[best["several"] & best["written"]]
    checks.report(at_rows(rows, several), "action-document-several", column)
    allowed = may_apply(books.company, best["currency_code"], best["paid_in"])
    barred = best[~allowed & best["written"].to_numpy()]
    checks.report(at_rows(rows, barred), "payment-document-other-currency", column, named="number")
    return best.loc[allowed, ["document", "place", "entry_no", "wanted_minor"]]


def _numbers_named(checks: Checks, rows: pd.DataFrame) -> pd.DataFrame:
    """document, place, number, wanted_minor, and whether the number was written as one: in its column, not the text."""
    found: list[tuple[int, int, str, int, bool]] = []
    for row in rows.to_dict("records"):  # Typed by hand: a few receipts a day.
        document = int(row["document"])
        parts = parts_of(str(row["applies_to_document_no"]))
        if not parts:
            words = sorted(set(re.findall(r"[A-Za-z0-9/-]{4,}", str(row["text"]))))
            found += [(document, place, word, 0, False) for place, word in enumerate(words)]
        for place, (number, text) in enumerate(parts):
            amount = amount_of(text, minor_digits(str(row["currency_code"]))) if text else 0
            if amount is None:
                one = rows[rows["document"] == document]
                checks.report(one, "applies-to-amount-unreadable", "applies_to_document_no")
            else:
                found.append((document, place, number, amount, True))
    frame = pd.DataFrame(found, columns=["document", "place", "number", "wanted_minor", "written"])
    whole = dict.fromkeys(("document", "place", "wanted_minor"), "int64")
    return frame.astype({**whole, "number": "str", "written": "bool"})


def _settle(books: Books, wanted: pd.DataFrame, payments: pd.DataFrame, posted: Journal) -> Journal:
    """Settle the named documents, receipts in the order of their dates; the findings name their rows."""
    columns = ["document", "entry_no", "source", "sheet", "row"]
    pairs = wanted.merge(
        payments[columns].rename(columns={"entry_no": "applying_no"}), on="document", how="inner"
    )
    pairs = pairs.sort_values(["applying_no", "place"], kind="stable", ignore_index=True)
    return settle(books, pairs, vouchers=posted.table("gl_entries")).journal
