"""The Books: what the ledger holds that one run can need. Rules read it and never write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from salesbatch.core import derived, entries
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.core.tables import Table, in_order

NEAR_DAYS = 5
"""A receipt booked by hand and its line on the statement are at most so many days apart."""

EXPLAINED_DAYS = 3
"""A deposit and the file that explains it are booked at most so many days apart."""


def open_entries_frame() -> pd.DataFrame:
    """An empty frame of open customer ledger entries: entry columns and the two remaining amounts."""
    frame = entries.CUSTOMER_LEDGER_ENTRIES.empty()
    frame["remaining_minor"] = pd.Series([], dtype="int64")
    frame["remaining_lcy_minor"] = pd.Series([], dtype="int64")
    return frame


def open_receipts_frame() -> pd.DataFrame:
    """An empty frame of receipts that were booked by hand: bank entry columns and `numbers`."""
    return entries.BANK_ENTRIES.empty().assign(numbers=pd.Series([], dtype="str"))


def posted_payments_frame() -> pd.DataFrame:
    """An empty frame of posted payments: columns of their customer ledger entries, and of the line that brought them."""
    ledger = entries.CUSTOMER_LEDGER_ENTRIES.empty()[
        ["entry_no", "customer_no", "document_no", "posting_date", "currency_code", "amount_minor",
         "customer_posting_group"]
    ]  # fmt: skip
    lines = entries.STATEMENT_LINES.empty()[
        ["statement_line_no", "bank_account", "date", "text", "additional_info", "payer_name", "payer_account",
         "payment_reference", "transaction_id"]
    ]  # fmt: skip
    return pd.concat([ledger, lines], axis=1).assign(line_amount_minor=pd.Series([], dtype="int64"))


@dataclass(frozen=True)
class Books:
    """A snapshot for one run: open things only, never history.

    run_no: the number that this run will have. version: the last committed run. last_no: last serial number
    given per ledger table, and under "transaction_no" the last transaction. master: current rows of every
    setup and master table by `Table.name`.
    open_entries: customer ledger entries that are open, all their columns plus remaining_minor and
    remaining_lcy_minor. claim_vat: VAT entries of those of them that may still get a payment discount.
    named_entries: customer ledger entries, open or closed, of applications that the inbox takes back, by an Unapply
    or because a payment came back; applications: all detailed entries of these; application_gl and
    application_vat: what the applications wrote. posted_payments: payments and refunds that a line at hand may
    return.
    orders and their lines: open orders, newest version; order_lines: their state.
    shipped_now: order_no, line_no, quantity_e5 that this run shipped to be invoiced at once.
    named: posted documents that the inbox refers to. keys: input_keys of what the inbox
    holds. known_files: sha256 -> run. known_statement: statement lines already taken in on the dates and
    accounts of the inbox. statements: those of the days of the inbox, of later days, and the last before them,
    of every bank account. bank_lines: statement lines that wait for a decision, and those that the inbox
    answers; bank_matches: the last decision on each. open_receipts: bank entries booked by hand that no
    statement line has closed, with `numbers`, the document numbers that speak for each, parted by blanks.
    settled_documents: closed customer ledger entries whose number stands in a statement line at hand.
    logo: where the picture that the setup names lies in the archive, this run's included ('000001/logo.png').
    """

    run_no: int = 1
    version: int = 0
    head: str = ""
    chained_rows: int = 0
    logo: str = ""
    last_no: Mapping[str, int] = field(default_factory=dict)
    master: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    open_entries: pd.DataFrame = field(default_factory=open_entries_frame)
    claim_vat: pd.DataFrame = field(default_factory=entries.VAT_ENTRIES.empty)
    named_entries: pd.DataFrame = field(default_factory=entries.CUSTOMER_LEDGER_ENTRIES.empty)
    applications: pd.DataFrame = field(default_factory=entries.DETAILED_ENTRIES.empty)
    application_gl: pd.DataFrame = field(default_factory=entries.GL_ENTRIES.empty)
    application_vat: pd.DataFrame = field(default_factory=entries.VAT_ENTRIES.empty)
    posted_payments: pd.DataFrame = field(default_factory=posted_payments_frame)
    orders: pd.DataFrame = field(default_factory=entries.DOCUMENTS.empty)
    orders_lines: pd.DataFrame = field(default_factory=entries.DOCUMENT_LINES.empty)
    order_lines: pd.DataFrame = field(default_factory=entries.ORDER_LINES.empty)
    named: pd.DataFrame = field(default_factory=entries.DOCUMENTS.empty)
    shipped_now: pd.DataFrame = field(default_factory=lambda: _shipped_now({}))
    series_states: pd.DataFrame = field(default_factory=entries.SERIES_STATES.empty)
    keys: pd.DataFrame = field(default_factory=entries.INPUT_KEYS.empty)
    known_files: Mapping[str, int] = field(default_factory=dict)
    known_statement: pd.DataFrame = field(default_factory=entries.STATEMENT_LINES.empty)
    statements: pd.DataFrame = field(default_factory=entries.BANK_STATEMENTS.empty)
    bank_lines: pd.DataFrame = field(default_factory=entries.STATEMENT_LINES.empty)
    bank_matches: pd.DataFrame = field(default_factory=entries.PAYMENT_MATCHES.empty)
    open_receipts: pd.DataFrame = field(default_factory=open_receipts_frame)
    settled_documents: pd.DataFrame = field(default_factory=entries.CUSTOMER_LEDGER_ENTRIES.empty)
    open_held: pd.DataFrame = field(default_factory=entries.OPEN_HELD.empty)
    last_registered: str = ""

    @cached_property
    def company(self) -> Company:
        """The setup as the rules read it."""
        return Company.of(self.master)

    @cached_property
    def open_lines(self) -> pd.DataFrame:
        """The statement lines that wait for a decision, by number."""
        last = self.bank_matches
        settled = last.loc[~last["status"].isin(derived.OPEN_STATUS), "statement_line_no"]
        lines = self.bank_lines
        return lines[~lines["statement_line_no"].isin(settled)].reset_index(drop=True)

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
        if not any(map(len, (*rows.values(), *journal.master.values()))):
            return self  # Most rules of most runs have nothing to do.
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
            master[name] = in_order(kept, "key")
        order_lines = derived.order_lines_after(self.order_lines, rows)
        orders, orders_lines = self.orders, self.orders_lines
        documents = rows.get("documents")
        if documents is not None and len(documents):
            new_orders = documents[documents["document_type"] == "order"]
            if len(new_orders):
                orders = _stacked(orders[~orders["no"].isin(new_orders["no"])], new_orders)
                lines = rows["document_lines"]
                new_lines = lines[lines["document_id"].isin(new_orders["document_id"])]
                kept_lines = orders_lines[orders_lines["document_id"].isin(orders["document_id"])]
                orders_lines = _stacked(kept_lines, new_lines)
        named = self.named
        if documents is not None and len(documents):
            posted = documents[documents["document_type"].isin(["invoice", "credit_memo"])]
            if len(posted):
                named = _stacked(named, posted)
        keys = self.keys
        new_keys = rows.get("input_keys")
        if new_keys is not None and len(new_keys):
            keys = _stacked(keys, new_keys)
            if len(self.keys):
                keys = keys.drop_duplicates(["table_name", "key"], keep="last", ignore_index=True)
        return replace(
            self,
            last_no=last_no,
            master=master,
            open_entries=_open_after(self.open_entries, self.named_entries, rows),
            applications=_applications_after(self, rows),
            claim_vat=_claim_vat_after(self.claim_vat, rows),
            orders=orders,
            orders_lines=orders_lines,
            order_lines=order_lines,
            named=named,
            shipped_now=_shipped_now(rows) if "item_ledger_entries" in rows else self.shipped_now,
            series_states=derived.series_states_after(self.series_states, rows),
            keys=keys,
            statements=_stacked(self.statements, rows.get("bank_statements")),
            bank_lines=_stacked(self.bank_lines, rows.get("statement_lines")),
            bank_matches=_matches_after(self.bank_matches, rows.get("payment_matches")),
            open_receipts=_receipts_after(self, rows),
        )


def _applications_after(books: Books, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Detailed entries of the named entries, so that what this run applied or took back is known."""
    detailed = rows.get("detailed_entries")
    if detailed is None or not len(books.named_entries):
        return books.applications
    mine = detailed["customer_ledger_entry_no"].isin(books.named_entries["entry_no"])
    return _stacked(books.applications, detailed[mine])


def _claim_vat_after(known: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """VAT entries of the open entries with a possible discount, those of this journal added."""
    fresh, vat = rows.get("customer_ledger_entries"), rows.get("vat_entries")
    if fresh is None or vat is None or not len(vat):
        return known
    posted = fresh.loc[fresh["discount_minor"] != 0, "transaction_no"]
    return _stacked(known, vat[vat["transaction_no"].isin(posted)])


def _stacked(known: pd.DataFrame, new: pd.DataFrame | None) -> pd.DataFrame:
    if new is None or not len(new):
        return known
    return pd.concat([known, new], ignore_index=True) if len(known) else new.reset_index(drop=True)


def _matches_after(known: pd.DataFrame, new: pd.DataFrame | None) -> pd.DataFrame:
    """The last decision on every line."""
    if new is None or not len(new):
        return known
    return _stacked(known, new).drop_duplicates("statement_line_no", keep="last", ignore_index=True)


def _receipts_after(books: Books, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Receipts booked by hand that still wait for their statement line."""
    state = books.open_receipts
    banked = rows.get("bank_entries")
    if banked is not None and len(banked):
        by_hand = banked[banked["statement_line_no"] == 0]
        if len(by_hand):
            named = with_numbers(
                by_hand,
                rows.get("customer_ledger_entries", entries.CUSTOMER_LEDGER_ENTRIES.empty()),
                rows.get("detailed_entries", entries.DETAILED_ENTRIES.empty()),
                books.open_entries,
            )
            state = _stacked(state, named)
    matches = rows.get("payment_matches")
    if matches is not None and len(matches) and len(state):
        state = state[~state["entry_no"].isin(matches["bank_entry_no"])].reset_index(drop=True)
    return state


def with_numbers(
    receipts: pd.DataFrame, ledger: pd.DataFrame, detailed: pd.DataFrame, settled: pd.DataFrame
) -> pd.DataFrame:
    """Receipts with `numbers`: their own, the sender's, and those of the documents that they settled.

    ledger: customer ledger entries of the receipts; detailed: the detailed entries of these; settled: the
    customer ledger entries that they were applied to (ledger columns). Others among them do no harm.
    """
    own = ledger[ledger["document_no"].isin(receipts["document_no"])]
    applied = detailed.loc[
        (detailed["entry_type"] == "application")
        & detailed["customer_ledger_entry_no"].isin(own["entry_no"]),
        ["customer_ledger_entry_no", "applied_entry_no"],
    ]
    by_entry = (
        _stacked(
            settled[["entry_no", "document_no", "external_document_no"]],
            own[["entry_no", "document_no", "external_document_no"]],
        )
        .drop_duplicates("entry_no")
        .set_index("entry_no")
    )
    words: dict[str, list[str]] = {number: [number] for number in receipts["document_no"]}
    for number, external in zip(own["document_no"], own["external_document_no"]):
        words[number].append(external)
    document = own.set_index("entry_no")["document_no"]
    for receipt, other in applied.itertuples(index=False):  # Receipts typed by hand: a few a day.
        if other in by_entry.index:
            words[document[receipt]] += by_entry.loc[other].tolist()
    texts = [
        " ".join(word for word in dict.fromkeys(words[number]) if word) for number in receipts["document_no"]
    ]
    return receipts.assign(numbers=pd.array(texts, dtype="str")).reset_index(drop=True)


def _open_after(
    open_entries: pd.DataFrame, named: pd.DataFrame, rows: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The open entries after a journal. named: entries that the inbox names, of which closed ones may open again."""
    if not len(rows.get("detailed_entries", ())) and not len(rows.get("entry_actions", ())):
        return open_entries
    closed = named[~named["entry_no"].isin(open_entries["entry_no"])]
    state = list(entries.OPEN_ENTRIES.names)
    current = _stacked(open_entries[state], closed.assign(remaining_minor=0, remaining_lcy_minor=0)[state])
    remaining = derived.open_entries_after(current, rows)
    fresh = rows.get("customer_ledger_entries")
    columns = [name for name in entries.CUSTOMER_LEDGER_ENTRIES.names if name != "on_hold"]
    known = [part[columns] for part in (open_entries, closed, fresh) if part is not None and len(part)]
    if not known:
        return open_entries
    both = pd.concat(known, ignore_index=True)
    place = pd.Index(remaining["entry_no"]).get_indexer(both["entry_no"])
    both, left = both[place >= 0].reset_index(drop=True), remaining.iloc[place[place >= 0]]
    both = both.assign(**{name: left[name].array for name in state if name != "entry_no"})
    result: pd.DataFrame = both[list(open_entries.columns)]
    return result


def _shipped_now(rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What the shipments of a journal moved and invoiced in one, per order line."""
    moved = rows.get("item_ledger_entries", entries.ITEM_LEDGER_ENTRIES.empty())
    at_once = moved[
        (moved["order_no"] != "") & (moved["quantity_e5"] != 0) & (moved["invoiced_quantity_e5"] != 0)
    ]
    return at_once[["order_no", "line_no"]].assign(quantity_e5=-at_once["quantity_e5"])
