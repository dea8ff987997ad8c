"""Credit warnings (K2, K3, K9): the bill-to customer's exposure against the limit, and what is overdue. Posting goes on."""

from __future__ import annotations

import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.core.tables import look_up, plain_int
from salesbatch.rules.checking import Checks
from salesbatch.rules.exchange import find_rates, in_local


def warn_credit(checks: Checks, books: Books, headers: pd.DataFrame) -> None:
    """Warnings for documents whose customer goes over the limit or owes what is due; never an error.

    Exposure = balance + open orders of earlier drops + the documents of this drop up to and with this one.
    """
    setting = books.company.settings.credit_warnings
    if setting == "No Warning" or not len(headers):
        return
    digits = minor_digits(books.company.settings.local_currency_code)
    customers = books.company.table("customers").set_index("no")
    who = headers["bill_to_customer_no"]
    if setting in ("Both Warnings", "Credit Limit"):
        limit = (
            pd.Series(plain_int(customers["credit_limit_minor"]), index=customers.index)
            .reindex(who)
            .to_numpy()
        )
        balance = books.open_entries.groupby("customer_no")["remaining_lcy_minor"].sum()
        orders = books.orders[~books.orders["no"].isin(headers["no"])]
        ordered = _in_local(books, orders, "amount_including_vat_minor")
        outstanding = ordered.groupby(orders["bill_to_customer_no"]).sum()
        mine = _in_local(books, headers, "total_minor").groupby(who).cumsum()
        exposure = mine + look_up(who, balance, 0) + look_up(who, outstanding, 0)
        over = (limit != 0) & (exposure > limit).to_numpy()
        if over.any():
            rows = headers[over].assign(
                exposure=[decimal_text(value, digits) for value in exposure[over]],
                limit=[decimal_text(value, digits) for value in limit[over]],
            )
            checks.report(rows, "credit-limit-exceeded", "customer_no", exposure="exposure", limit="limit")
    if setting in ("Both Warnings", "Overdue Balance"):
        entries = books.open_entries
        latest = headers["posting_date"].max()
        late = entries[(entries["due_date"] < latest) & (entries["remaining_lcy_minor"] > 0)]
        if len(late):
            overdue = late.groupby("customer_no")["remaining_lcy_minor"].sum()
            rows = headers[who.isin(overdue.index).to_numpy()].drop_duplicates("bill_to_customer_no")
            amounts = [decimal_text(int(overdue[number]), digits) for number in rows["bill_to_customer_no"]]
            checks.report(rows.assign(overdue=amounts), "customer-overdue", "customer_no", overdue="overdue")


def _in_local(books: Books, documents: pd.DataFrame, column: str) -> pd.Series:
    """Amounts of documents in local currency, by the rate of their posting date."""
    codes = documents["currency_code"]
    rates, _ = find_rates(books.company, codes, documents["posting_date"])
    return pd.Series(in_local(books.company, documents[column], codes, rates), index=documents.index)
