"""Invoices are posted: from the `Invoices` sheet, and from the orders whose Action asks for it (O9, L1, L2).

All of a run's invoices are numbered together by posting date, then key, wherever they came from.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.calculate_vat import calculate_vat, rounding_of, total_documents
from salesbatch.rules.checking import Checks
from salesbatch.rules.exchange import digits_of
from salesbatch.rules.number_series import allows_manual, draw_numbers
from salesbatch.rules.parties import ship_to_texts
from salesbatch.rules.post_documents import post_documents, store_open_documents
from salesbatch.rules.prepare_documents import Drafts, prepare_documents
from salesbatch.rules.prepare_lines import find_vat
from salesbatch.rules.release_orders import INVOICES
from salesbatch.rules.warn_credit import warn_credit


def post_invoices(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Post the invoices of this run."""
    drafts = prepare_documents(inbox, books, posting_date, BY_NAME["invoices"], "invoice")
    journals: list[Journal] = []
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    settings = company.settings
    if drafts is not None:
        drafts = _check_totals(drafts)
        headers = drafts.headers.assign(ship_to=ship_to_texts(drafts.headers), order_no="")
        totalled = total_documents(drafts.lines, headers, *rounding_of(settings))
        drafts.checks.report(totalled[totalled["total_minor"] < 0], "total-negative", "no")
        _check_series(drafts.checks, books, totalled[totalled["action"] == "Post"])
        totalled = drafts.checks.good(totalled)
        warn_credit(drafts.checks, books, totalled)
        lines = drafts.checks.good(drafts.lines)
        still_open = totalled[totalled["action"] == "Open"].reset_index(drop=True)
        if len(still_open):
            stored = store_open_documents(books, drafts.table, still_open, lines, "invoice")
            books = books.after(stored)
            journals.append(stored)
        posting = totalled[totalled["action"] != "Open"]
        parts.append((posting, lines[lines["document"].isin(posting["document"])]))
        journals.append(drafts.checks.journal(drafts.rows))
    from_orders = _invoices_of_orders(inbox, books)
    if from_orders is not None:
        headers, lines = from_orders
        parts.append(
            (
                total_documents(lines, headers, *rounding_of(settings)),
                lines,
            )
        )
    parts = [part for part in parts if len(part[0])]
    if parts:
        headers = pd.concat([part[0] for part in parts], ignore_index=True)
        lines = pd.concat([part[1] for part in parts], ignore_index=True)
        journals.append(post_documents(books, company, headers, lines, "invoice"))
    return Journal.join(journals)


def _check_totals(drafts: Drafts) -> Drafts:
    """D11: what is to ship and to invoice on an invoice is its whole quantity."""
    lines = drafts.lines
    for column in ("qty_to_ship_e5", "qty_to_invoice_e5"):
        if column in lines:
            other = lines[lines[column].notna() & (lines[column] != lines["quantity_e5"])]
            drafts.checks.report(other, "partial-quantity-on-invoice", column)
    return drafts.without_held()


def _check_series(checks: Checks, books: Books, headers: pd.DataFrame) -> None:
    if allows_manual(books, "POSTED-INVOICE"):
        taken = headers["no"].isin(books.named["posted_no"]) & (headers["no"] != "")
        checks.report(headers[taken], "number-taken", "no")
        headers = headers[headers["no"] == ""]
    drawn = draw_numbers(books, "POSTED-INVOICE", headers["posting_date"])
    failed = headers[(drawn.problem != "").to_numpy()]
    checks.report(
        failed.assign(series="POSTED-INVOICE"), "number-series-missing", "posting_date", series="series"
    )


def _invoices_of_orders(inbox: Inbox, books: Books) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Headers and lines of what is shipped and not yet invoiced of the orders that ask for an invoice (O3, O5)."""
    orders = books.orders[(books.orders["run_no"] == books.run_no) & books.orders["action"].isin(INVOICES)]
    if not len(orders):
        return None
    state = books.order_lines[books.order_lines["document_type"] == "order"]
    lines = books.orders_lines[books.orders_lines["document_id"].isin(orders["document_id"])]
    lines = lines.merge(
        state[["document_id", "line_no", "quantity_shipped_e5", "quantity_invoiced_e5"]],
        on=["document_id", "line_no"],
        how="left",
        validate="1:1",
    )
    is_comment = lines["type"] == "comment"
    lines["quantity_e5"] = np.where(
        is_comment, 0, lines["quantity_shipped_e5"] - lines["quantity_invoiced_e5"]
    )
    lines = lines[is_comment | (lines["quantity_e5"] != 0)]
    sold = lines.loc[lines["type"] != "comment", "document_id"]
    orders = orders[orders["document_id"].isin(sold)]
    lines = lines[lines["document_id"].isin(orders["document_id"])].reset_index(drop=True)
    if not len(orders):
        return None
    customers = books.company.table("customers").set_index("no").reindex(orders["customer_no"])
    home = books.company.settings.country_code
    country = customers["country_code"].where(customers["country_code"] != "", home).to_numpy()
    headers = orders.assign(
        document=-orders["document_id"],  # Negative: cannot meet the numbering of the Invoices sheet.
        no="",
        order_no=orders["no"],
        country_code=country,
        vat_registration_no=customers["vat_registration_no"].to_numpy(),
        content_hash="",
        version=1,
        held_id="",
        delivery_date=orders["delivery_date"].fillna(orders["posting_date"]),
    ).reset_index(drop=True)
    owner = pd.Index(headers["document_id"]).get_indexer(lines["document_id"])
    lines["document"] = -lines["document_id"]
    for name in (
        "vat_bus_posting_group",
        "gen_bus_posting_group",
        "posting_date",
        "prices_including_vat",
        "customer_no",
        "currency_code",
        "key",
        "source",
        "sheet",
    ):
        lines[name] = headers[name].array[owner]
    lines["order_line_no"] = lines["line_no"]
    checks = Checks(inbox, BY_NAME["orders"])
    lines = find_vat(checks, books, lines)
    return headers, calculate_vat(amounts_of(lines), headers)


def amounts_of(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with discount and amount computed anew for their quantity (D7, O11)."""
    from salesbatch.core.money import line_value, percent_of

    digits = digits_of(lines["currency_code"])
    gross = line_value(lines["quantity_e5"].to_numpy(), lines["unit_price_e5"].to_numpy(), digits)
    discount = percent_of(gross, lines["line_discount_percent_e5"].to_numpy())
    return lines.assign(line_discount_minor=discount, line_amount_minor=gross - discount)
