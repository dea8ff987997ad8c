"""Applications that the inbox takes back: the only history that a run may need, and only when it is named.

From a document to its entries, from these to the entries on the other side of their applications, and to what
the applications wrote: every step through an index.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.entries import LedgerTable
from salesbatch.core.inbox import Inbox
from salesbatch.ledger import schema
from salesbatch.ledger.database import fetch_in
from salesbatch.ledger.frames import frame_of
from salesbatch.ledger.posting import holds_of

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]
_LEDGER = schema.LEDGER


def named_applications(connection: Connection, inbox: Inbox, payments: Iterable[str] = ()) -> Frames:
    """(entries, detailed entries, G/L entries, VAT entries) of the applications that an Unapply or a return can mean.

    payments: numbers of payments that may have come back.
    """
    actions = inbox.table("actions")
    unapplied: list[str] = []
    if actions is not None:
        unapplied = actions.loc[actions["action"] == "Unapply", "document_no"].unique().tolist()
    numbers = [*unapplied, *payments]
    if not numbers:
        return _nothing()
    documents, ledger, keys = (
        _LEDGER[name] for name in ("documents", "customer_ledger_entries", "input_keys")
    )
    by_sender = select(documents.c.posted_no).where(documents.c.posted_no != "")
    by_receipt = select(keys.c.posted).where(keys.c.table_name == "payments")
    senders = [
        *fetch_in(connection, by_sender, documents.c.no, unapplied),
        *fetch_in(connection, by_receipt, keys.c.key, unapplied),
    ]
    numbers += [str(row[0]) for row in senders]
    found = fetch_in(connection, select(ledger.c.entry_no), ledger.c.document_no, sorted(set(numbers)))
    own = _detailed_of(connection, {row[0] for row in found})
    both_sides = set(own["applied_entry_no"]) | set(own["customer_ledger_entry_no"])
    # The other side may have settled further entries in the same breath: these are taken back with it.
    detailed = _detailed_of(connection, both_sides)
    detailed = _detailed_of(connection, set(detailed["applied_entry_no"]) | both_sides)
    numbers_needed = sorted(set(detailed["customer_ledger_entry_no"]))
    named = frame_of(
        entries.CUSTOMER_LEDGER_ENTRIES,
        fetch_in(connection, select(ledger), ledger.c.entry_no, numbers_needed),
    ).sort_values("entry_no", ignore_index=True)
    holds = holds_of(connection, numbers_needed).set_index("entry_no")["on_hold"]
    named["on_hold"] = pd.array(holds.reindex(named["entry_no"]).to_numpy(dtype=object), dtype="str")
    applied = detailed[detailed["application_no"] != 0]
    return (
        named,
        detailed,
        _of_transactions(connection, entries.GL_ENTRIES, applied),
        _of_transactions(connection, entries.VAT_ENTRIES, applied),
    )


def _nothing() -> Frames:
    return (
        entries.CUSTOMER_LEDGER_ENTRIES.empty(),
        entries.DETAILED_ENTRIES.empty(),
        entries.GL_ENTRIES.empty(),
        entries.VAT_ENTRIES.empty(),
    )


def _detailed_of(connection: Connection, numbers: Iterable[int]) -> pd.DataFrame:
    table = entries.DETAILED_ENTRIES
    sql = _LEDGER[table.name]
    wanted = sorted({int(number) for number in numbers} - {0})
    rows = fetch_in(connection, select(sql), sql.c.customer_ledger_entry_no, wanted)
    return frame_of(table, rows).sort_values("entry_no", ignore_index=True)


def _of_transactions(connection: Connection, table: LedgerTable, applied: pd.DataFrame) -> pd.DataFrame:
    """Rows of the transactions of these detailed entries: looked for in the blocks of their runs."""
    sql, blocks = _LEDGER[table.name], schema.CHAIN_BLOCKS
    mine = select(blocks.c.run_no, blocks.c.first_no, blocks.c.last_no).where(
        blocks.c.table_name == table.name
    )
    runs = np.unique(applied["run_no"]).tolist()
    rows = []
    for run_no, first, last in fetch_in(connection, mine, blocks.c.run_no, runs):
        transactions = np.unique(applied.loc[applied["run_no"] == run_no, "transaction_no"]).tolist()
        of_run = select(sql).where(sql.c.entry_no.between(first, last))
        rows += fetch_in(connection, of_run, sql.c.transaction_no, transactions)
    return frame_of(table, rows).sort_values("entry_no", ignore_index=True)
