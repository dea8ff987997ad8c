"""Rows of a document sheet become drafts: what was left blank is filled in, what cannot be posted is held.

The order is that of a clerk: is the customer known and free to buy, are the dates possible, are the goods
known, what do they cost, what VAT do they carry. Nothing is posted and no number is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.dates import add_formulas
from salesbatch.core.glyphs import missing_characters
from salesbatch.core.inbox import Inbox
from salesbatch.core.money import Int64
from salesbatch.core.tables import Table, look_up
from salesbatch.rules.calculate_vat import calculate_vat
from salesbatch.rules.checking import Checks, close_to, sort_out_known
from salesbatch.rules.corrected_invoices import corrected_invoices, invoice_rates
from salesbatch.rules.exchange import check_rates
from salesbatch.rules.prepare_lines import prepare_lines

PRINTED = (
    "your_reference",
    "external_document_no",
    "comment",
    "ship_to_name",
    "ship_to_address",
    "ship_to_city",
)
"""Texts of a document's head that are printed as they were typed."""
FIRST_ACTION = {"order": "Open", "invoice": "Post", "credit_memo": "Open"}
"""What a blank Action means: the first one of the sheet."""
NO_POSTING = frozenset({"Open", "Release"})


@dataclass(frozen=True)
class Drafts:
    """Documents of one sheet, ready to be numbered and posted.

    headers: one row a document; lines: its lines with prices, discounts and VAT; both without the held ones.
    rows: all input rows of the sheet, for naming what was held.
    """

    table: Table
    checks: Checks
    headers: pd.DataFrame
    lines: pd.DataFrame
    rows: pd.DataFrame

    def without_held(self) -> Drafts:
        """The same after further checks: held documents left out."""
        return Drafts(
            self.table, self.checks, self.checks.good(self.headers), self.checks.good(self.lines), self.rows
        )


def prepare_documents(
    inbox: Inbox, books: Books, posting_date: date, table: Table, document_type: str
) -> Drafts | None:
    """Drafts of a document sheet, or None when the drop has none. document_type: order | invoice | credit_memo."""
    rows = inbox.table(table.name)
    if rows is None:
        return None
    checks = Checks(inbox, table)
    keep = [
        "document",
        "key",
        "content_hash",
        "source",
        "sheet",
        "row",
        "held_id",
        *(column.name for column in table.header_columns),
    ]
    first = rows[keep].drop_duplicates("document", ignore_index=True)
    headers = sort_out_known(checks, books, first).reset_index(drop=True)
    earlier = books.named.drop_duplicates("document_id").set_index("document_id")
    headers["version"] = look_up(headers["known_document_id"], earlier["version"], 0) + 1
    same_no = look_up(headers["known_document_id"], earlier["no"])
    headers["no"] = headers["no"].where(headers["no"] != "", same_no)
    headers = _fill_headers(checks, books, headers, posting_date, document_type)
    headers["rate_e5"] = _rates(checks, books, headers, document_type)
    _check_headers(checks, books, headers, document_type)
    headers = checks.good(headers).reset_index(drop=True)
    own_lines = rows[rows["document"].isin(headers["document"])].reset_index(drop=True)
    lines = prepare_lines(checks, books, own_lines, headers, document_type)
    headers, lines = checks.good(headers).reset_index(drop=True), checks.good(lines).reset_index(drop=True)
    lines = calculate_vat(lines, headers)
    return Drafts(table, checks, headers, lines, rows)


def _rates(checks: Checks, books: Books, headers: pd.DataFrame, document_type: str) -> Int64:
    """The rate of each header's posting date; a credit memo has that of its invoice and asks for no other."""
    if document_type != "credit_memo":
        return check_rates(checks, books.company, headers)
    rates = invoice_rates(books, headers, "applies_to_document_no")
    rates[rates == 0] = check_rates(checks, books.company, headers[rates == 0])
    return rates


def _fill_headers(
    checks: Checks, books: Books, headers: pd.DataFrame, posting_date: date, document_type: str
) -> pd.DataFrame:
    """Blank fields from the customer, the terms and the run's posting date (D1, P1-P4)."""
    company = books.company
    customers = company.table("customers")
    headers = headers.assign(
        action=headers["action"].where(headers["action"] != "", FIRST_ACTION[document_type])
    )
    unknown = headers[~headers["customer_no"].isin(customers["no"])]
    if len(unknown):
        checks.report(unknown, "customer-unknown", "customer_no", hint=close_to(customers["no"]))
    headers = checks.good(headers).reset_index(drop=True).copy()
    by_no = customers.set_index("no")
    sell_to = by_no.reindex(headers["customer_no"]).reset_index(drop=True)
    bill_to_no = headers["bill_to_customer_no"].where(
        headers["bill_to_customer_no"] != "", sell_to["bill_to_customer_no"]
    )
    headers["bill_to_customer_no"] = bill_to_no.where(bill_to_no != "", headers["customer_no"])
    lost = headers[~headers["bill_to_customer_no"].isin(customers["no"])]
    if len(lost):
        checks.report(lost, "customer-unknown", "bill_to_customer_no", hint=close_to(customers["no"]))
        headers = checks.good(headers).reset_index(drop=True)
        sell_to = by_no.reindex(headers["customer_no"]).reset_index(drop=True)
    bill_to = by_no.reindex(headers["bill_to_customer_no"]).reset_index(drop=True)

    today = pd.Timestamp(posting_date)
    headers["posting_date"] = headers["posting_date"].fillna(today).astype("datetime64[s]")
    headers["document_date"] = headers["document_date"].fillna(headers["posting_date"])
    headers["order_date"] = headers["order_date"].fillna(headers["document_date"])
    if document_type == "credit_memo":
        invoices = corrected_invoices(books, headers["applies_to_document_no"])
        headers["currency_code"] = headers["currency_code"].where(
            headers["currency_code"] != "", invoices["currency_code"]
        )
    for name in ("payment_terms_code", "currency_code"):
        headers[name] = headers[name].where(headers[name] != "", bill_to[name])
    if document_type != "credit_memo":  # P9: a credit memo does not take the customer's payment method.
        headers["payment_method_code"] = headers["payment_method_code"].where(
            headers["payment_method_code"] != "", bill_to["payment_method_code"]
        )
    headers["salesperson_code"] = headers["salesperson_code"].where(
        headers["salesperson_code"] != "", sell_to["salesperson_code"]
    )
    local = company.settings.local_currency_code
    headers["currency_code"] = headers["currency_code"].where(headers["currency_code"] != "", local)
    headers["customer_posting_group"] = bill_to["customer_posting_group"]
    headers["gen_bus_posting_group"] = sell_to["gen_bus_posting_group"]
    headers["vat_bus_posting_group"] = sell_to["vat_bus_posting_group"]
    headers["prices_including_vat"] = sell_to["prices_including_vat"].fillna(False).astype(bool)
    headers["language"] = sell_to["language"].where(sell_to["language"] != "", company.settings.language)
    headers["customer_price_group"] = bill_to["customer_price_group"]
    headers["customer_discount_group"] = bill_to["customer_discount_group"]
    headers["country_code"] = sell_to["country_code"].where(
        sell_to["country_code"] != "", company.settings.country_code
    )
    headers["vat_registration_no"] = sell_to["vat_registration_no"]
    for side, frame in (("sell", sell_to), ("bill", bill_to)):
        headers[f"{side}_blocked"] = frame["blocked"]
        headers[f"{side}_privacy"] = frame["privacy_blocked"].fillna(False).astype(bool)
    return _fill_terms(headers, company.table("payment_terms"), document_type)


def _fill_terms(headers: pd.DataFrame, terms: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Due date, discount date and discount percentage from the payment terms (P1-P4)."""
    known = terms.set_index("code").reindex(headers["payment_terms_code"]).reset_index(drop=True)
    headers["terms_known"] = (headers["payment_terms_code"] == "") | headers["payment_terms_code"].isin(
        terms["code"]
    )
    allowed = np.ones(len(headers), dtype=bool)
    if document_type == "credit_memo":
        allowed = known["calc_discount_on_cr_memos"].fillna(False).to_numpy(dtype=bool)
    days = headers["document_date"].to_numpy()
    due = np.where(
        allowed, add_formulas(days, known["due_date_calculation"].fillna("")), days.astype("datetime64[D]")
    )
    headers["due_date"] = headers["due_date"].fillna(pd.Series(due.astype("datetime64[s]")))
    percent = known["discount_percent_e5"].fillna(0).to_numpy(dtype=np.int64) * allowed
    headers["discount_percent_e5"] = percent
    discount_day = add_formulas(days, known["discount_date_calculation"].fillna("")).astype("datetime64[s]")
    headers["discount_date"] = pd.Series(
        np.where(percent > 0, discount_day, np.datetime64("NaT", "s"))
    ).astype("datetime64[s]")
    return headers


def _check_headers(checks: Checks, books: Books, headers: pd.DataFrame, document_type: str) -> None:
    settings = books.company.settings
    checks.report(headers[~headers["terms_known"]], "reference-unknown", "payment_terms_code")
    checks.report(headers[headers["customer_posting_group"] == ""], "customer-group-missing", "customer_no")
    checks.report(
        headers[headers["sell_privacy"] | headers["bill_privacy"]], "customer-privacy-blocked", "customer_no"
    )
    _check_blocked(checks, headers, document_type)
    _check_printable(checks, books, headers)
    check_posting_dates(checks, books, headers[~headers["action"].isin(NO_POSTING)])
    if settings.external_document_no_mandatory and document_type != "order":
        checks.report(
            headers[headers["external_document_no"] == ""],
            "external-document-no-missing",
            "external_document_no",
        )
    if document_type == "invoice":
        early = headers[headers["due_date"] < headers["document_date"]]
        checks.report(early, "due-date-before-document-date", "due_date")


def _check_printable(checks: Checks, books: Books, headers: pd.DataFrame) -> None:
    """Every text of the document's head must be in the font before it is posted, not when it is drawn."""
    for column in PRINTED:
        undrawable = missing_characters(headers[column])
        lacking = headers[(undrawable != "").to_numpy()]
        if len(lacking):
            checks.report(
                lacking.assign(characters=undrawable),
                "character-not-printable",
                column,
                characters="characters",
            )
    parts = ["no", "name", "name_2", "address", "address_2", "city"]
    customers = books.company.table("customers")[parts].set_index("no")
    named = ("customer_no", "bill_to_customer_no")
    buyers = customers.reindex(pd.concat([headers[column] for column in named]).unique())
    missing = missing_characters(
        buyers["name"] + buyers["name_2"] + buyers["address"] + buyers["address_2"] + buyers["city"]
    )
    for column in named if (missing != "").any() else ():
        undrawable = look_up(headers[column], missing)
        lacking = headers[(undrawable != "").to_numpy()]
        checks.report(
            lacking.assign(characters=undrawable), "character-not-printable", column, characters="characters"
        )


def check_posting_dates(
    checks: Checks, books: Books, rows: pd.DataFrame, column: str = "posting_date"
) -> None:
    """D2: a posting date outside the allowed window is an error."""
    settings = books.company.settings
    for limit, before in ((settings.allow_posting_from, True), (settings.allow_posting_to, False)):
        if limit:
            edge = pd.Timestamp(limit)
            outside = rows[rows[column] < edge] if before else rows[rows[column] > edge]
            checks.report(outside, "posting-date-closed", column)


def _check_blocked(checks: Checks, headers: pd.DataFrame, document_type: str) -> None:
    """K4-K6: Ship stops orders, Invoice also invoices, All everything; a credit memo is stopped by All only (X12)."""
    stops = {"order": ["Ship", "All"], "invoice": ["Invoice", "All"], "credit_memo": ["All"]}[document_type]
    sell = headers["sell_blocked"].isin(stops)
    other = headers["bill_to_customer_no"] != headers["customer_no"]
    bill_stops = ["Ship", "Invoice", "All"] if document_type != "credit_memo" else ["All"]
    bill = other & headers["bill_blocked"].isin(bill_stops)
    if document_type == "order":
        sell |= headers["action"].isin(["Invoice", "Ship and Invoice"]) & (
            headers["sell_blocked"] == "Invoice"
        )
    checks.report(headers[sell], "customer-blocked", "customer_no", blocked="sell_blocked")
    checks.report(headers[bill & ~sell], "customer-blocked", "bill_to_customer_no", blocked="bill_blocked")
