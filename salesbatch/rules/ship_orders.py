"""Shipping: a posted shipment and an item entry per goods line; nothing in the customer's ledger (O8)."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import line_value
from salesbatch.core.tables import in_order, plain_int
from salesbatch.rules.document_rows import new_ids
from salesbatch.rules.number_series import draw_numbers, number_rows
from salesbatch.rules.release_orders import SHIPS


def ship_orders(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Ship what is outstanding of every order of this run whose Action says so."""
    orders = books.orders[(books.orders["run_no"] == books.run_no) & books.orders["action"].isin(SHIPS)]
    if not len(orders):
        return Journal()
    state = books.order_lines[books.order_lines["document_type"] == "order"]
    lines = books.orders_lines[
        books.orders_lines["document_id"].isin(orders["document_id"])
        & (books.orders_lines["type"] != "comment")
    ]
    lines = lines.merge(
        state[["document_id", "line_no", "quantity_shipped_e5"]],
        on=["document_id", "line_no"],
        how="left",
        validate="1:1",
    )
    lines["to_ship"] = lines["quantity_e5"] - lines["quantity_shipped_e5"]
    lines = lines[lines["to_ship"] > 0]
    orders = in_order(orders[orders["document_id"].isin(lines["document_id"])], "posting_date", "key")
    if not len(orders):
        return Journal()
    drawn = draw_numbers(books, "SHIPMENT", orders["posting_date"])
    ids = pd.Series(new_ids(books, orders), index=orders["document_id"])
    zero = dict.fromkeys(
        (
            "amount_minor",
            "vat_amount_minor",
            "amount_including_vat_minor",
            "rounding_minor",
            "line_discount_minor",
            "discount_minor",
            "transaction_no",
        ),
        0,
    )
    kept = {name: orders[name] for name in entries.DOCUMENTS.names if name not in zero}
    shipments = entries.DOCUMENTS.frame(
        kept
        | {
            "document_id": ids.to_numpy(),
            "run_no": books.run_no,
            "document_type": "shipment",
            "no": drawn.numbers,
            "posted_no": drawn.numbers,
            "status": "posted",
            "version": 1,
            "order_no": orders["no"],
            "delivery_date": orders["posting_date"],
            "action": "",
        },
        len(orders),
    )
    place = pd.Index(orders["document_id"]).get_indexer(lines["document_id"])
    order = np.lexsort((lines["line_no"].to_numpy(), place))
    lines, place = lines.iloc[order], place[order]
    first = books.next_no("document_lines")
    unpriced = {"line_discount_minor", "line_amount_minor", "vat_base_minor", "vat_amount_minor"}
    shipment_lines = entries.DOCUMENT_LINES.frame(
        {name: lines[name] for name in entries.DOCUMENT_LINES.names if name not in unpriced}
        | {
            "line_id": np.arange(first, first + len(lines)),
            "document_id": ids.to_numpy()[place],
            "quantity_e5": lines["to_ship"],
            "order_line_no": lines["line_no"],
        },
        len(lines),
    )
    is_goods = (shipment_lines["type"] == "item").to_numpy()
    goods, place = shipment_lines[is_goods], place[is_goods]
    invoiced = (orders["action"] == "Ship and Invoice").to_numpy()[place]
    owner = shipments[list(OF_OWNER)].iloc[place]
    item_rows = item_entry_rows(books, company, goods, owner, sign=-1, shipped=True, invoiced=invoiced)
    numbers = number_rows(books, "SHIPMENT", drawn, orders["posting_date"], "shipment", ids.to_numpy())
    return Journal(
        rows={
            "documents": shipments,
            "document_lines": shipment_lines,
            "item_ledger_entries": item_rows,
            "numbers": numbers,
        }
    )


OF_OWNER = ("posting_date", "posted_no", "order_no", "customer_no")
"""What an item ledger entry has from the document of its line."""


def item_entry_rows(
    books: Books,
    company: Company,
    lines: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    sign: int,
    shipped: bool,
    invoiced: bool | npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Item ledger entries of document lines. Quantity out is negative; cost is quantity x the item's unit cost.

    documents: the owner of each line (same order), at least its OF_OWNER. shipped: whether the quantity
    moves; invoiced: whether it is invoiced by the same posting. An
    invoice of goods shipped earlier has quantity 0 and an invoiced quantity.
    """
    items = company.table("items").set_index("no")
    cost = plain_int(items["unit_cost_e5"].reindex(lines["item_no"]))
    quantity = lines["quantity_e5"].to_numpy() * sign
    moved = quantity if shipped else np.zeros(len(lines), dtype=np.int64)
    first = books.next_no("item_ledger_entries")
    return entries.ITEM_LEDGER_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(lines)),
            "run_no": books.run_no,
            "item_no": lines["item_no"],
            "posting_date": documents["posting_date"],
            "entry_type": "sale",
            "document_no": documents["posted_no"],
            "document_id": lines["document_id"],
            "line_no": lines["line_no"],
            "order_no": documents["order_no"],
            "customer_no": documents["customer_no"],
            "quantity_e5": moved,
            "invoiced_quantity_e5": np.where(invoiced, quantity, 0),
            "cost_amount_minor": line_value(moved, cost),
        },
        len(lines),
    )
