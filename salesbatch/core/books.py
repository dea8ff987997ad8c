"""The Books: what the ledger holds that one run can need. Rules read it and never write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from salesbatch.core import derived, entries
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.core.tables import Table


def open_entries_frame() -> pd.DataFrame:
    """An empty frame of open customer ledger entries: entry columns and the two remaining amounts."""
    frame = entries.CUSTOMER_LEDGER_ENTRIES.empty()
    frame["remaining_minor"] = pd.Series([], dtype="int64")
    frame["remaining_lcy_minor"] = pd.Series([], dtype="int64")
    return frame


@dataclass(frozen=True)
class Books:
    """A snapshot for one run: open things only, never history.

    run_no: the number that this run will have. version: the last committed run. last_no: last serial number
    given per ledger table, and under "transaction_no" the last transaction. master: current rows of every
    setup and master table by `Table.name`.
    open_entries: customer ledger entries that are open, all their columns plus remaining_minor and
    remaining_lcy_minor. orders and their lines: open orders, newest version; order_lines: their state.
    named: posted documents that the inbox refers to, and their lines. keys: input_keys of what the inbox
    holds. known_files: sha256 -> run. known_statement: statement lines already taken in on the dates and
    accounts of the inbox.
    """

    run_no: int = 1
    version: int = 0
    head: str = ""
    chained_rows: int = 0
    last_no: Mapping[str, int] = field(default_factory=dict)
    master: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    open_entries: pd.DataFrame = field(default_factory=open_entries_frame)
    orders: pd.DataFrame = field(default_factory=entries.DOCUMENTS.empty)
    orders_lines: pd.DataFrame = field(default_factory=entries.DOCUMENT_LINES.empty)
    order_lines: pd.DataFrame = field(default_factory=entries.ORDER_LINES.empty)
    document_states: pd.DataFrame = field(default_factory=entries.DOCUMENT_STATES.empty)
    named: pd.DataFrame = field(default_factory=entries.DOCUMENTS.empty)
    named_lines: pd.DataFrame = field(default_factory=entries.DOCUMENT_LINES.empty)
    series_states: pd.DataFrame = field(default_factory=entries.SERIES_STATES.empty)
    keys: pd.DataFrame = field(default_factory=entries.INPUT_KEYS.empty)
    known_files: Mapping[str, int] = field(default_factory=dict)
    known_statement: pd.DataFrame = field(default_factory=entries.STATEMENT_LINES.empty)
    open_held: pd.DataFrame = field(default_factory=entries.OPEN_HELD.empty)
    last_registered: str = ""

    @cached_property
    def company(self) -> Company:
        """The setup as the rules read it."""
        return Company.of(self.master)

    def rows_of(self, table: Table) -> pd.DataFrame:
        """Current rows of a master or setup table, one a key; columns of the table and `key`."""
        frame = self.master.get(table.name)
        return table.empty() if frame is None else frame

    def next_no(self, table: str) -> int:
        """The first free serial number of a ledger table."""
        return self.last_no.get(table, 0) + 1

    def after(self, journal: Journal) -> Books:
        """The books as they will be when the journal is committed, so that a later rule of the run builds on it."""
        rows = journal.rows
        last_no = dict(self.last_no)
        for name, frame in rows.items():
            table = entries.BY_NAME[name]
            if table.serial and len(frame):
                last_no[name] = int(frame[table.fields[0].name].max())
            if "transaction_no" in table.by_name and len(frame):
                last_no["transaction_no"] = max(
                    last_no.get("transaction_no", 0), int(frame["transaction_no"].max())
                )
        master = dict(self.master)
        for name, changed in journal.master.items():
            old = master.get(name)
            kept = (
                changed
                if old is None or not len(old)
                else pd.concat([old[~old["key"].isin(changed["key"])], changed], ignore_index=True)
            )
            master[name] = kept.sort_values("key", kind="stable", ignore_index=True)
        order_lines = derived.order_lines_after(self.order_lines, rows)
        orders, orders_lines = self.orders, self.orders_lines
        documents = rows.get("documents")
        if documents is not None and len(documents):
            new_orders = documents[documents["document_type"] == "order"]
            if len(new_orders):
                orders = pd.concat(
                    [orders[~orders["no"].isin(new_orders["no"])], new_orders], ignore_index=True
                )
                lines = rows["document_lines"]
                new_lines = lines[lines["document_id"].isin(new_orders["document_id"])]
                orders_lines = pd.concat(
                    [orders_lines[orders_lines["document_id"].isin(orders["document_id"])], new_lines],
                    ignore_index=True,
                )
        named, named_lines = self.named, self.named_lines
        if documents is not None and len(documents):
            posted = documents[documents["document_type"].isin(["invoice", "credit_memo"])]
            if len(posted):
                lines = rows["document_lines"]
                named = pd.concat([part for part in (named, posted) if len(part)], ignore_index=True)
                mine = lines[lines["document_id"].isin(posted["document_id"])]
                named_lines = pd.concat(
                    [part for part in (named_lines, mine) if len(part)], ignore_index=True
                )
        keys = self.keys
        new_keys = rows.get("input_keys")
        if new_keys is not None and len(new_keys):
            keys = pd.concat(
                [part for part in (keys, new_keys) if len(part)], ignore_index=True
            ).drop_duplicates(["table_name", "key"], keep="last", ignore_index=True)
        return replace(
            self,
            last_no=last_no,
            master=master,
            open_entries=_open_after(self.open_entries, rows),
            orders=orders,
            orders_lines=orders_lines,
            order_lines=order_lines,
            document_states=derived.document_states_after(self.document_states, rows, order_lines),
            named=named,
            named_lines=named_lines,
            series_states=derived.series_states_after(self.series_states, rows),
            keys=keys,
        )


def _open_after(open_entries: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if "detailed_entries" not in rows or not len(rows["detailed_entries"]):
        return open_entries
    remaining = derived.open_entries_after(
        open_entries[["entry_no", "remaining_minor", "remaining_lcy_minor"]], rows
    )
    entry_columns = list(entries.CUSTOMER_LEDGER_ENTRIES.names)
    known = [
        part
        for part in (open_entries[entry_columns], rows.get("customer_ledger_entries"))
        if part is not None and len(part)
    ]
    return (
        pd.concat(known, ignore_index=True).merge(remaining, on="entry_no", how="inner", validate="1:1")
        if known
        else open_entries
    )
