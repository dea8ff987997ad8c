"""From a document to its balanced entries: the only place that knows the posting groups (L1-L3, R15, V9)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.money import percent_inside
from salesbatch.rules.number_series import next_voucher, voucher_series_of

ROLES = ("receivables", "bank", "sales", "discount", "vat", "rounding", "balancing")
"""The order in which the rows of a voucher stand."""
_OF_VOUCHER = (
    "transaction_no",
    "posting_date",
    "document_type",
    "posted_no",
    "description",
    "customer",
)
_OF_VAT_ENTRY = (
    "transaction_no",
    "posting_date",
    "document_type",
    "posted_no",
    "bill_to_customer_no",
    "vat_bus_posting_group",
    "country_code",
    "vat_registration_no",
)


def document_postings(books: Books, headers: pd.DataFrame, lines: pd.DataFrame, sign: int) -> pd.DataFrame:
    """General ledger movements of invoices (sign 1) or credit memos (sign -1).

    headers: document, bill-to posting group, total, rounding. Returns document, account_no, role and
    amount_minor (debit positive), one row per account and role of a document; each document sums to 0.
    """
    company = books.company
    groups = (
        company.table("customer_posting_groups").set_index("code").reindex(headers["customer_posting_group"])
    )
    receivables = _movement(
        headers["document"], groups["receivables_account"], "receivables", headers["total_minor"]
    )
    rounding = _movement(
        headers["document"], groups["invoice_rounding_account"], "rounding", -headers["rounding_minor"]
    )
    sold = lines[lines["type"] != "comment"]
    setup = company.table("general_posting_setup").set_index(
        ["gen_bus_posting_group", "gen_prod_posting_group"]
    )
    setup = setup[["sales_account", "sales_credit_memo_account", "line_discount_account"]]
    pair = setup.reindex(pd.MultiIndex.from_frame(sold[["gen_bus_posting_group", "gen_prod_posting_group"]]))
    sales_account = pair["sales_account"].fillna("").to_numpy(dtype=object)
    if sign < 0:  # L3: the credit memo's own account where there is one.
        own = pair["sales_credit_memo_account"].fillna("").to_numpy(dtype=object)
        sales_account = np.where(own == "", sales_account, own)
    is_account = (sold["type"] == "gl_account").to_numpy()
    sales_account = np.where(is_account, sold["item_no"].to_numpy(dtype=object), sales_account)
    discount_account = pair["line_discount_account"].fillna("").to_numpy(dtype=object)
    split = (
        np.isin(company.settings.discount_posting, ["Line Discounts", "All Discounts"])
        & (discount_account != "")
        & ~is_account
    )
    gross_discount = sold["line_discount_minor"].to_numpy()
    inside = (
        sold["prices_including_vat"].to_numpy(dtype=bool)
        & (sold["vat_calculation_type"] == "Normal VAT").to_numpy()
    )
    discount = np.where(
        split,
        gross_discount
        - np.where(inside, percent_inside(gross_discount, sold["vat_percent_e5"].to_numpy()), 0),
        0,
    )
    sales = _movement(
        sold["document"], sales_account, "sales", -(sold["vat_base_minor"].to_numpy() + discount)
    )
    discounts = _movement(sold["document"], discount_account, "discount", discount)
    vat = _movement(sold["document"], sold["sales_vat_account"], "vat", -sold["vat_amount_minor"])
    moves = pd.concat([receivables, sales, discounts, vat, rounding], ignore_index=True)
    moves["amount_minor"] *= sign
    moves = moves.groupby(["document", "rank", "account_no"], sort=False)["amount_minor"].sum().reset_index()
    moves = moves[moves["amount_minor"] != 0]
    return moves.assign(role=pd.array(ROLES, dtype="str")[moves["rank"].to_numpy()])


def _movement(document: pd.Series, account: object, role: str, amount: object) -> pd.DataFrame:
    """The rows of one role, of the documents or lines that have an amount of it."""
    minor = np.asarray(amount, dtype=np.int64)
    at = np.flatnonzero(minor)
    return pd.DataFrame(
        {
            "document": document.to_numpy()[at],
            "account_no": pd.array(np.asarray(account, dtype=object)[at], dtype="str"),
            "rank": ROLES.index(role),
            "amount_minor": minor[at],
        }
    )


def gl_rows(books: Books, moves: pd.DataFrame, documents: pd.DataFrame, series_code: str) -> pd.DataFrame:
    """Rows of gl_entries for movements; one voucher a document, numbered in the order of `documents`.

    A document that moves no account, such as an invoice for a free sample, gets no voucher, so that the series has no gap.
    documents: document, transaction_no, posting_date, document_type, posted_no, customer, description.
    """
    letter = voucher_series_of(books, series_code)
    documents = documents[documents["document"].isin(moves["document"])]
    first_voucher = next_voucher(books, letter)
    place = pd.Index(documents["document"]).get_indexer(moves["document"])
    rank = pd.Index(ROLES).get_indexer(pd.Index(moves["role"]))
    account, _ = pd.factorize(moves["account_no"], sort=True)
    order = np.lexsort((account, rank, place))
    about, moves = documents[list(_OF_VOUCHER)].iloc[place[order]], moves.iloc[order]
    first = books.next_no("gl_entries")
    return entries.GL_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(moves)),
            "run_no": books.run_no,
            "transaction_no": about["transaction_no"],
            "voucher_series": letter,
            "voucher_no": first_voucher + place[order],
            "account_no": moves["account_no"],
            "posting_date": about["posting_date"],
            "document_type": about["document_type"],
            "document_no": about["posted_no"],
            "description": about["description"],
            "customer_no": about["customer"],
            "amount_minor": moves["amount_minor"],
            "role": moves["role"],
        },
        len(moves),
    )


def vat_rows(books: Books, headers: pd.DataFrame, lines: pd.DataFrame, sign: int) -> pd.DataFrame:
    """VAT entries per document and VAT group: negative for sales, positive for credit memos (V9); none for rounding."""
    group = ["document", "vat_prod_posting_group", "vat_identifier", "vat_calculation_type", "vat_percent_e5"]
    facts = ["vat_category", "sales_vat_account", "vat_return_box"]
    sold = lines.loc[lines["type"] != "comment", [*group, *facts, "vat_base_minor", "vat_amount_minor"]]
    sums = sold.groupby(group, sort=True, as_index=False).agg(
        base_minor=("vat_base_minor", "sum"),
        amount_minor=("vat_amount_minor", "sum"),
        **{name: (name, "first") for name in facts},
    )
    place = pd.Index(headers["document"]).get_indexer(sums["document"])
    order = np.argsort(place, kind="stable")
    sums, about = sums.iloc[order], headers[list(_OF_VAT_ENTRY)].iloc[place[order]]
    first = books.next_no("vat_entries")
    return entries.VAT_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(sums)),
            "run_no": books.run_no,
            "transaction_no": about["transaction_no"],
            "posting_date": about["posting_date"],
            "document_type": about["document_type"],
            "document_no": about["posted_no"],
            "customer_no": about["bill_to_customer_no"],
            "vat_bus_posting_group": about["vat_bus_posting_group"],
            "vat_prod_posting_group": sums["vat_prod_posting_group"],
            "vat_identifier": sums["vat_identifier"],
            "vat_percent_e5": sums["vat_percent_e5"],
            "vat_calculation_type": sums["vat_calculation_type"],
            "vat_category": sums["vat_category"],
            "base_minor": -sign * sums["base_minor"],
            "amount_minor": -sign * sums["amount_minor"],
            "vat_account_no": sums["sales_vat_account"],
            "vat_return_box": sums["vat_return_box"],
            "country_code": about["country_code"],
            "vat_registration_no": about["vat_registration_no"],
        },
        len(sums),
    )


def customer_entry_rows(books: Books, documents: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A customer ledger entry and its initial detailed entry per row of `documents`.

    documents: columns named as in CUSTOMER_LEDGER_ENTRIES (amount_minor signed, claim positive).
    """
    count = len(documents)
    first, first_detail = books.next_no("customer_ledger_entries"), books.next_no("detailed_entries")
    given = {name: documents[name] for name in entries.CUSTOMER_LEDGER_ENTRIES.names if name in documents}
    numbers = np.arange(first, first + count)
    ledger = entries.CUSTOMER_LEDGER_ENTRIES.frame(
        {**given, "entry_no": numbers, "run_no": books.run_no}, count
    )
    detailed = entries.DETAILED_ENTRIES.frame(
        {
            "entry_no": np.arange(first_detail, first_detail + count),
            "run_no": books.run_no,
            "transaction_no": ledger["transaction_no"],
            "customer_ledger_entry_no": numbers,
            "entry_type": "initial",
            "customer_no": ledger["customer_no"],
            "posting_date": ledger["posting_date"],
            "document_type": ledger["document_type"],
            "document_no": ledger["document_no"],
            "currency_code": ledger["currency_code"],
            "amount_minor": ledger["amount_minor"],
            "amount_lcy_minor": ledger["amount_lcy_minor"],
        },
        count,
    )
    return {"customer_ledger_entries": ledger, "detailed_entries": detailed}
