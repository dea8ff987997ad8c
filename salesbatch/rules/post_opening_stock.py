"""The opening quantity of an item enters its item ledger once; a later drop does not change it."""

from __future__ import annotations

from datetime import date

import numpy as np

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import line_value
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import look_up, plain_int
from salesbatch.rules.checking import Checks
from salesbatch.rules.document_rows import key_rows


def post_opening_stock(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Item ledger entries for the Inventory column of items that had none yet."""
    dropped = inbox.table("items")
    if dropped is None:
        return Journal()
    checks = Checks(inbox, BY_NAME["items"])
    stocked = dropped[(dropped["inventory_e5"].notna() & (dropped["inventory_e5"] != 0)).to_numpy(dtype=bool)]
    stocked = stocked[stocked["key"].isin(company.table("items")["key"])].reset_index(drop=True)
    known = books.keys[books.keys["table_name"] == "items"].set_index("key")
    quantity = plain_int(stocked["inventory_e5"])
    before = look_up(stocked["key"], known["content_hash"])
    other = (before != "").to_numpy() & (before.to_numpy(dtype=object) != quantity.astype(str).astype(object))
    checks.report(stocked[other].assign(document=0), "opening-stock-kept", "inventory_e5")
    fresh = stocked[(before == "").to_numpy()].reset_index(drop=True)
    if not len(fresh):
        return Journal(findings=tuple(checks.findings))
    quantity = plain_int(fresh["inventory_e5"])
    cost = plain_int(company.table("items").set_index("key")["unit_cost_e5"].reindex(fresh["key"]))
    first = books.next_no("item_ledger_entries")
    rows = entries.ITEM_LEDGER_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(fresh)),
            "run_no": books.run_no,
            "item_no": fresh["no"],
            "posting_date": np.full(len(fresh), np.datetime64(posting_date, "s")),
            "entry_type": "opening",
            "quantity_e5": quantity,
            "invoiced_quantity_e5": quantity,
            "cost_amount_minor": line_value(quantity, cost),
        },
        len(fresh),
    )
    keys = key_rows(books, "items", fresh.assign(content_hash=quantity.astype(str)), 0, "opening stock")
    return Journal(rows={"item_ledger_entries": rows, "input_keys": keys}, findings=tuple(checks.findings))
