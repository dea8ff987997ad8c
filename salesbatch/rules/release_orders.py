"""Orders are taken in, amended and released; what their Action asks for is done by the rules that follow.

The action that this run is to carry out is written on the order's row, so that `ship_orders` and
`post_invoices` read it from the books and nothing is passed on behind their back.
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
from salesbatch.core.tables import in_order, look_up
from salesbatch.rules.calculate_vat import rounding_of, total_documents
from salesbatch.rules.checking import Checks
from salesbatch.rules.document_rows import document_rows, key_rows, line_rows, new_ids
from salesbatch.rules.number_series import draw_numbers, number_rows
from salesbatch.rules.parties import ship_to_texts
from salesbatch.rules.prepare_documents import Drafts, prepare_documents
from salesbatch.rules.warn_credit import warn_credit

SHIPS = ("Ship", "Ship and Invoice")
INVOICES = ("Invoice", "Ship and Invoice")


def release_orders(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """New and amended orders of the `Orders` sheet (O1, D13): whole orders or nothing."""
    drafts = prepare_documents(inbox, books, posting_date, BY_NAME["orders"], "order")
    if drafts is None:
        return Journal()
    checks = drafts.checks
    headers, lines = _number(books, drafts), drafts.lines
    headers, lines = _amend(checks, books, headers, lines)
    _check_actions(checks, books, headers, lines)
    headers, lines = checks.good(headers).reset_index(drop=True), checks.good(lines).reset_index(drop=True)
    if not len(headers):
        return checks.journal(drafts.rows)
    settings = company.settings
    headers = total_documents(lines, headers, *rounding_of(settings))
    warn_credit(checks, books, headers)
    headers = in_order(headers, "posting_date", "key")
    headers["document_id"] = new_ids(books, headers)
    status = pd.Series(np.where(headers["action"] == "Open", "open", "released"))
    acts = pd.Series(np.where(headers["acts"], headers["action"], ""))
    documents = document_rows(books, headers, "order", status, action=acts, ship_to=ship_to_texts(headers))
    ids = headers.set_index("document")["document_id"]
    place = pd.Series(np.arange(len(headers)), index=headers["document"])
    drawn = headers[headers["drawn"]]
    journal = Journal(
        rows={
            "documents": documents,
            "document_lines": line_rows(books, lines, ids, place),
            "input_keys": key_rows(books, "orders", headers, headers["document_id"], ""),
        },
        closed_held=tuple(held_id for held_id in headers["held_id"].tolist() if held_id),
    )
    if len(drawn):
        series = draw_numbers(books, "ORDER", drawn["posting_date"])
        rows = number_rows(books, "ORDER", series, drawn["posting_date"], "order", drawn["document_id"])
        journal = Journal.join([journal, Journal(rows={"numbers": rows})])
    return Journal.join([journal, checks.journal(drafts.rows)])


def _number(books: Books, drafts: Drafts) -> pd.DataFrame:
    """The order's number is the sender's own; a blank one is drawn from the series ORDER."""
    headers = in_order(drafts.headers, "posting_date", "key")
    known = books.orders.set_index("document_id")["no"]
    earlier = look_up(headers["known_document_id"], known)
    headers["no"] = headers["no"].where(headers["no"] != "", earlier)
    headers["drawn"] = headers["no"] == ""
    blank = headers[headers["drawn"]]
    if len(blank):
        drawn = draw_numbers(books, "ORDER", blank["posting_date"])
        headers.loc[blank.index, "no"] = drawn.numbers
        failed = blank[(drawn.problem != "").to_numpy()]
        if len(failed):
            drafts.checks.report(
                failed.assign(series="ORDER"), "number-series-missing", "no", series="series"
            )
    return headers


def _amend(
    checks: Checks, books: Books, headers: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """An amended order replaces the earlier version; what was shipped or invoiced of it must still be there.

    Adds `version` and `acts`: an Action acts once, so an amended order acts only when its Action is another.
    """
    before = books.orders.set_index("no")
    old = before.reindex(headers["no"])
    headers["version"] = np.where(headers["amends"], old["version"].fillna(0).to_numpy(dtype=np.int64) + 1, 1)
    first_action = look_up(headers["no"], before["action"])
    headers["acts"] = ~headers["amends"] | (first_action.to_numpy() != headers["action"].to_numpy())
    taken = headers[~headers["amends"] & headers["no"].isin(books.orders["no"])]
    checks.report(taken, "order-no-taken", "no")
    state = books.order_lines[books.order_lines["document_type"] == "order"]
    moved = state[(state["quantity_shipped_e5"] != 0) | (state["quantity_invoiced_e5"] != 0)]
    moved = moved[moved["no"].isin(headers["no"])]
    if not len(moved):
        return headers, lines
    old_items = books.orders_lines[["document_id", "line_no", "item_no"]]
    moved = moved.merge(old_items, on=["document_id", "line_no"], how="left")
    numbers = headers.set_index("document")["no"]
    current = lines.assign(no=look_up(lines["document"], numbers))[
        ["no", "line_no", "item_no", "quantity_e5"]
    ]
    compared = moved.merge(current, on=["no", "line_no"], how="left", suffixes=("_old", ""))
    gone = compared[
        compared["item_no"].isna()
        | (compared["item_no"] != compared["item_no_old"])
        | (compared["quantity_e5"] < compared["quantity_shipped_e5"])
    ]
    lost = headers[headers["no"].isin(gone["no"])]
    checks.report(lost, "order-line-shipped", "no")
    return headers, lines


def _check_actions(checks: Checks, books: Books, headers: pd.DataFrame, lines: pd.DataFrame) -> None:
    """An action that cannot be carried out holds the order, so that no order is taken in half."""
    ships = headers[headers["action"].isin(SHIPS) & headers["acts"]]
    for code, rows in (
        ("SHIPMENT", ships),
        ("POSTED-INVOICE", headers[headers["action"].isin(INVOICES) & headers["acts"]]),
    ):
        if len(rows):
            drawn = draw_numbers(books, code, rows["posting_date"])
            failed = rows[(drawn.problem != "").to_numpy()]
            checks.report(
                failed.assign(series=code), "number-series-missing", "posting_date", series="series"
            )
    sold = lines["document"].isin(headers["document"]) & (lines["type"] != "comment")
    for column in ("qty_to_ship_e5", "qty_to_invoice_e5"):
        asked = lines[sold & lines[column].notna() & (lines[column] != lines["quantity_e5"])]
        checks.report(asked, "partial-quantity-not-posted", column)
    dropped = lines[sold & lines["drop_shipment"].astype(bool) & lines["document"].isin(ships["document"])]
    checks.report(dropped.drop_duplicates("document"), "drop-shipment-not-posted", "drop_shipment")
    only_invoice = headers[(headers["action"] == "Invoice") & headers["acts"]]
    state = books.order_lines
    shipped = state[
        (state["document_type"] == "order") & (state["quantity_shipped_e5"] > state["quantity_invoiced_e5"])
    ]["no"]
    checks.report(only_invoice[~only_invoice["no"].isin(shipped)], "nothing-to-invoice", "action")
    invoiced = headers[headers["action"].isin(INVOICES) & headers["acts"]]
    totals = lines.groupby("document")["line_amount_minor"].sum()
    checks.report(invoiced[(look_up(invoiced["document"], totals, 0) < 0).to_numpy()], "total-negative", "no")
