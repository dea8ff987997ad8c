"""The tables of the contract as frames: what an export shows, with amounts still whole numbers.

A view has the columns of the contract in their order, with the unit as suffix (`amount_minor`, `quantity_e5`),
then what else the ledger knows. Exports turn it into text, workbooks draw it. A Scope says which part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.derived import NO_DATE, holds_among
from salesbatch.ledger import schema
from salesbatch.ledger.database import fetch, fetch_in
from salesbatch.ledger.frames import columns_frame, frame_of
from salesbatch.ledger.scopes import (
    EVERYTHING,
    Scope,
    in_local,
    last_posting_date,
    ledger_frame,
    looked_up,
    master_frame,
    remaining_amounts,
    scope_conditions,
    settings_of,
    text_series,
)

_LEDGER = schema.LEDGER
_MANY = 2000
"""Beyond so many keys a small table is read whole."""
VERSIONED = ("order", "return_order", "blanket_order", "quote")
"""Documents that are amended by a new version."""
BANDS = (("not_due", 0), ("days_1_30", 30), ("days_31_60", 60), ("days_61_90", 90))
"""Age bands by days overdue, upper ends; what is older is over_90."""


# The views -------------------------------------------------------------------------------------------------


def customer_ledger_entries(
    connection: Connection, scope: Scope, only: Sequence[int] | None = None
) -> pd.DataFrame:
    """Customer ledger entries with what remains of them: now, or at the end of the day as_of."""
    table = entries.CUSTOMER_LEDGER_ENTRIES
    if only is None:
        frame = ledger_frame(connection, table, scope)
    else:
        sql = _LEDGER[table.name]
        frame = frame_of(table, fetch_in(connection, select(sql), sql.c.entry_no, list(only)))
        frame = frame.sort_values("entry_no", ignore_index=True)
    remaining = remaining_amounts(connection, scope.as_of, scope.run_no)
    frame["remaining_amount_minor"] = looked_up(
        frame["entry_no"], remaining, "entry_no", "remaining_minor", 0
    )
    frame["remaining_amount_lcy_minor"] = looked_up(
        frame["entry_no"], remaining, "entry_no", "remaining_lcy_minor", 0
    )
    frame["open"] = (frame["remaining_amount_minor"] != 0) | (frame["remaining_amount_lcy_minor"] != 0)
    names = ("entry_no", "action", "on_hold", "run_no")
    holds = holds_among(ledger_frame(connection, entries.ENTRY_ACTIONS, Scope(as_of=scope.as_of), names))
    if scope.run_no is not None:
        holds = holds[holds["run_no"] <= scope.run_no]
    holds = holds.drop_duplicates("entry_no", keep="last", ignore_index=True)
    frame["on_hold"] = text_series(looked_up(frame["entry_no"], holds, "entry_no", "on_hold", None)).fillna(
        frame["on_hold"]
    )
    frame["currency_code"] = in_local(frame, settings_of(connection).local_currency_code)
    frame = frame.rename(columns={"discount_minor": "discount_amount_minor"})
    return _ordered(
        frame,
        "entry_no customer_no document_type document_no external_document_no posting_date document_date due_date"
        " currency_code amount_minor remaining_amount_minor amount_lcy_minor remaining_amount_lcy_minor open"
        " payment_reference discount_date discount_amount_minor on_hold prepayment run_no",
    )


def detailed_entries(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Every movement of a customer ledger entry."""
    frame = ledger_frame(connection, entries.DETAILED_ENTRIES, scope)
    frame["currency_code"] = in_local(frame, settings_of(connection).local_currency_code)
    return _ordered(
        frame,
        "entry_no customer_ledger_entry_no entry_type posting_date amount_minor amount_lcy_minor applied_entry_no"
        " transaction_no run_no",
    )


def gl_entries(connection: Connection, scope: Scope) -> pd.DataFrame:
    """The general ledger in the order of registration, with when and by whom."""
    frame = ledger_frame(connection, entries.GL_ENTRIES, scope)
    times = frame_of(entries.RUN_TIMES, fetch(connection, select(_LEDGER["run_times"])))
    for name in ("registered_at", "registered_by"):
        frame[name] = text_series(looked_up(frame["run_no"], times, "run_no", name, ""))
    return _ordered(
        frame,
        "entry_no transaction_no voucher_series voucher_no account_no posting_date document_type document_no"
        " description amount_minor registered_at registered_by reverses_entry_no run_no",
    )


def vat_entries(connection: Connection, scope: Scope) -> pd.DataFrame:
    """VAT entries: base and amount in local currency, negative for sales."""
    return _ordered(
        ledger_frame(connection, entries.VAT_ENTRIES, scope),
        "entry_no transaction_no posting_date document_type document_no customer_no run_no vat_bus_posting_group"
        " vat_prod_posting_group vat_identifier vat_percent_e5 vat_calculation_type base_minor amount_minor"
        " vat_return_box country_code vat_registration_no",
    )


def item_ledger_entries(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Movements of goods."""
    return _ordered(
        ledger_frame(connection, entries.ITEM_LEDGER_ENTRIES, scope),
        "entry_no item_no posting_date entry_type document_no order_no quantity_e5 invoiced_quantity_e5 cost_amount_minor",
    )


def documents(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Documents as they stand now: status and canceled-by from their state, only the newest version of an order."""
    frame = _standing(connection, ledger_frame(connection, entries.DOCUMENTS, scope), scope)
    return _ordered(
        frame,
        "document_type no posted_no status customer_no bill_to_customer_no posting_date document_date due_date"
        " currency_code amount_minor vat_amount_minor amount_including_vat_minor external_document_no order_no"
        " quote_no corrects_no canceled_by_no run_no exchange_rate_e5",
    )


def _standing(connection: Connection, frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Documents with what became of them since, without the older versions of amended ones."""
    sql = _LEDGER["document_states"]
    if len(frame) > _MANY:
        rows = fetch(connection, select(sql))
    else:
        rows = fetch_in(connection, select(sql), sql.c.document_id, frame["document_id"].tolist())
    states = frame_of(entries.DOCUMENT_STATES, rows)
    status = text_series(looked_up(frame["document_id"], states, "document_id", "status", ""))
    known = (status != "") & ((status != "archived") | (scope.as_of is None))  # It was not archived yet then.
    frame["status"] = status.where(known, frame["status"])
    frame["canceled_by_no"] = text_series(
        looked_up(frame["document_id"], states, "document_id", "canceled_by_no", "")
    )
    frame["currency_code"] = in_local(frame, settings_of(connection).local_currency_code)
    return frame if scope.run_no is not None else frame[_is_newest(frame)].reset_index(drop=True)


def _is_newest(frame: pd.DataFrame) -> pd.Series:
    """False for an older version of a document that was amended before it was posted."""
    newest = frame.groupby(["document_type", "no"])["version"].transform("max")
    older = (frame["version"] < newest) & (frame["no"] != "")
    return ~(older | (frame["document_type"].isin(VERSIONED) & (frame["status"] == "archived")))


def document_lines(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Lines of the documents in the scope; lines of orders with what was shipped, invoiced and is outstanding."""
    names = (
        "document_id",
        "run_no",
        "document_type",
        "no",
        "posted_no",
        "status",
        "version",
        "currency_code",
        "order_no",
    )
    heads = _standing(connection, ledger_frame(connection, entries.DOCUMENTS, scope, names), scope)
    sql = _LEDGER["document_lines"]
    table = entries.DOCUMENT_LINES
    if scope == EVERYTHING:
        rows = fetch(connection, select(sql).order_by(sql.c.line_id))
    elif scope.run_no is not None:
        conditions = scope_conditions(connection, table, scope)
        rows = fetch(connection, select(sql).where(*conditions).order_by(sql.c.line_id))
    else:
        rows = fetch_in(connection, select(sql), sql.c.document_id, heads["document_id"].tolist())
    frame = frame_of(table, rows)
    frame = frame[frame["document_id"].isin(heads["document_id"])].sort_values("line_id", ignore_index=True)
    for name in ("document_type", "no", "posted_no", "currency_code", "order_no"):
        frame[name] = text_series(looked_up(frame["document_id"], heads, "document_id", name, ""))
    frame["run_no"] = looked_up(frame["document_id"], heads, "document_id", "run_no", 0)
    state = _order_state(connection, heads)
    place = pd.MultiIndex.from_frame(state[["document_id", "line_no"]])
    position = place.get_indexer(pd.MultiIndex.from_frame(frame[["document_id", "line_no"]]))
    known = position >= 0
    for name in ("quantity_shipped_e5", "quantity_invoiced_e5", "quantity_returned_e5"):
        values = state[name].to_numpy()
        frame[name] = np.where(known, values[np.maximum(position, 0)], 0) if len(values) else 0
    frame["outstanding_quantity_e5"] = np.where(known, frame["quantity_e5"] - frame["quantity_shipped_e5"], 0)
    return _ordered(
        frame,
        "document_type no line_no type item_no description quantity_e5 unit_price_e5 line_discount_percent_e5"
        " line_amount_minor vat_percent_e5 vat_amount_minor quantity_shipped_e5 quantity_invoiced_e5"
        " quantity_returned_e5 outstanding_quantity_e5 drop_shipment purchase_order_no",
    )


def _order_state(connection: Connection, heads: pd.DataFrame) -> pd.DataFrame:
    sql = _LEDGER["order_lines"]
    orders = heads.loc[heads["document_type"].isin(VERSIONED), "no"].unique().tolist()
    if len(orders) > _MANY:
        rows = fetch(connection, select(sql))
    else:
        rows = fetch_in(connection, select(sql).where(sql.c.document_type.in_(VERSIONED)), sql.c.no, orders)
    return frame_of(entries.ORDER_LINES, rows)


def statement_lines(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Lines of bank statements as they were taken in."""
    frame = ledger_frame(connection, entries.STATEMENT_LINES, scope)
    frame["currency_code"] = in_local(frame, settings_of(connection).local_currency_code)
    return _ordered(
        frame,
        "bank_account statement_no line_no date value_date amount_minor currency_code text additional_info payer_name"
        " payer_address payer_city payer_account payment_reference transaction_id",
    )


def bank_entries(connection: Connection, scope: Scope) -> pd.DataFrame:
    """What was booked on bank accounts: in the account's currency, and in local currency as its G/L account has it."""
    return _ordered(
        ledger_frame(connection, entries.BANK_ENTRIES, scope),
        "entry_no bank_account posting_date document_type document_no customer_no description currency_code"
        " amount_minor amount_lcy_minor statement_line_no transaction_no run_no",
    )


def payment_matches(connection: Connection, scope: Scope) -> pd.DataFrame:
    """What was decided on every statement line; of several decisions on a line the last one."""
    matches, lines = _LEDGER["payment_matches"], _LEDGER["statement_lines"]
    statement = select(matches)
    if scope.run_no is not None:
        statement = statement.where(*scope_conditions(connection, entries.PAYMENT_MATCHES, scope))
    elif scope != EVERYTHING:
        on_days = scope_conditions(connection, entries.STATEMENT_LINES, scope)
        statement = statement.join(lines, lines.c.statement_line_no == matches.c.statement_line_no).where(
            *on_days
        )
    frame = frame_of(entries.PAYMENT_MATCHES, fetch(connection, statement.order_by(matches.c.match_no)))
    if scope.run_no is None:
        last = frame.drop_duplicates("statement_line_no", keep="last")
        frame = last.sort_values("statement_line_no", ignore_index=True)
    numbers = frame["statement_line_no"].unique().tolist()
    if scope == EVERYTHING:
        rows = fetch(connection, select(lines))
    else:
        rows = fetch_in(connection, select(lines), lines.c.statement_line_no, numbers)
    taken = frame_of(entries.STATEMENT_LINES, rows)
    taken["currency_code"] = in_local(taken, settings_of(connection).local_currency_code)
    for name in ("bank_account", "statement_no", "currency_code", "text", "payer_name"):
        frame[name] = text_series(looked_up(frame["statement_line_no"], taken, "statement_line_no", name, ""))
    for name in ("line_no", "amount_minor"):
        frame[name] = looked_up(frame["statement_line_no"], taken, "statement_line_no", name, 0)
    nothing = np.datetime64("NaT", "s")
    frame["date"] = looked_up(frame["statement_line_no"], taken, "statement_line_no", "date", nothing).astype(
        "datetime64[s]"
    )
    return _ordered(
        frame,
        "bank_account statement_no line_no date amount_minor text payer_name customer_no match_confidence match_score"
        " related_party_matched document_no_matched amount_matched applied_documents difference_minor status evidence"
        " runner_up run_no",
    )


def held(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Rows that were held back, and whether they still wait for a correction."""
    frame = ledger_frame(connection, entries.HELD, scope)
    waiting = [row[0] for row in fetch(connection, select(_LEDGER["open_held"].c.held_id))]
    frame["open"] = frame["held_id"].isin(waiting)
    return _ordered(frame, "held_id table_name key source sheet row reason open run_no")


def findings(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Everything that was reported."""
    return _ordered(
        ledger_frame(connection, entries.FINDINGS, scope),
        "run_no code severity source sheet cell row column value message suggestion document",
    )


def files(connection: Connection, scope: Scope) -> pd.DataFrame:
    """The files that were taken in."""
    return ledger_frame(connection, entries.FILES, scope)


def runs(connection: Connection, scope: Scope) -> pd.DataFrame:
    """The runs, with when, by whom, and the head of the chain after each."""
    frame = ledger_frame(connection, entries.RUNS, scope)
    times = frame_of(entries.RUN_TIMES, fetch(connection, select(_LEDGER["run_times"])))
    heads = frame_of(entries.RUN_CHAIN, fetch(connection, select(_LEDGER["run_chain"])))
    for name in ("registered_at", "registered_by", "host"):
        frame[name] = text_series(looked_up(frame["run_no"], times, "run_no", name, ""))
    frame["chained_rows"] = looked_up(frame["run_no"], heads, "run_no", "rows", 0)
    frame["chain_head"] = text_series(looked_up(frame["run_no"], heads, "run_no", "head", ""))
    return _ordered(frame, "run_no posting_date registered_at registered_by host program_version")


def numbers(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Every number that was given, in the order given."""
    frame = ledger_frame(connection, entries.NUMBERS, scope)
    frame["series_starting_date"] = frame["series_starting_date"].mask(
        frame["series_starting_date"] == NO_DATE
    )
    return _ordered(frame, "series_code number posting_date document_type run_no")


def approvals(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Approval requests; none are made yet."""
    fields = entries._fields(
        "approval_no, document_type:text, document_no:text, customer_no:text, amount_minor, requested_by:text,"
        " approver_id:text, status:text, decided_by:text, comment:text, run_no"
    )
    return columns_frame(fields, [])


def master(name: str) -> Callable[[Connection, Scope], pd.DataFrame]:
    """The current rows of a setup or master table."""

    def view(connection: Connection, scope: Scope) -> pd.DataFrame:
        return master_frame(connection, name).drop(columns="key")

    return view


def aging(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Open amounts per customer by days overdue, in local currency; their sum is the receivables account."""
    day = scope.as_of or last_posting_date(connection)
    open_at = open_entries_at(connection, day if scope.as_of else None)
    amount = open_at["remaining_amount_lcy_minor"]
    band = age_bands(open_at["due_date"], day)
    columns = {
        f"{name}_minor": amount.where(band == name, 0) for name in (*(name for name, _ in BANDS), "over_90")
    }
    table = pd.DataFrame({"customer_no": open_at["customer_no"], "balance_minor": amount, **columns})
    frame = table.groupby("customer_no", sort=True).sum().reset_index()
    customers = master_frame(connection, "customers")
    names = looked_up(frame["customer_no"], customers, "no", "name", "")
    frame.insert(1, "name", text_series(names))
    frame["as_of"] = pd.Series(np.full(len(frame), np.datetime64(day, "s")), dtype="datetime64[s]")
    return frame


def open_entries_at(connection: Connection, as_of: date | None) -> pd.DataFrame:
    """The customer ledger entries that are open, now or at the end of a day."""
    remaining = remaining_amounts(connection, as_of)
    still = remaining[(remaining["remaining_minor"] != 0) | (remaining["remaining_lcy_minor"] != 0)]
    frame = customer_ledger_entries(connection, Scope(as_of=as_of), still["entry_no"].tolist())
    if as_of is not None:
        frame = frame[frame["posting_date"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    return frame


def age_bands(due: pd.Series, day: date) -> pd.Series:
    """Name of the age band of each due date; blank due dates are not due."""
    overdue = (pd.Timestamp(day) - due).dt.days.fillna(0).to_numpy()
    names = np.array([*(name for name, _ in BANDS), "over_90"], dtype=object)
    return pd.Series(
        names[np.searchsorted([upper for _, upper in BANDS], overdue, side="left")], index=due.index
    )


def outbox(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Work on files that follows a commit, and whether it is done."""
    sql, owner = _LEDGER["outbox"], _LEDGER["documents"]
    statement: Select[Any] = select(sql, func.coalesce(owner.c.posted_no, ""))
    statement = statement.select_from(sql.outerjoin(owner, owner.c.document_id == sql.c.document_id))
    if scope.run_no is not None:
        statement = statement.where(sql.c.run_no == scope.run_no)
    fields = (*entries.OUTBOX.fields, entries.Field("document_no", "text"))
    frame = columns_frame(fields, fetch(connection, statement.order_by(sql.c.outbox_no)))
    return _ordered(frame, "outbox_no run_no kind path document_no sha256 done")


def _ordered(frame: pd.DataFrame, first: str) -> pd.DataFrame:
    """The columns of the contract first, then the others."""
    names = first.split()
    return frame[[*names, *(name for name in frame.columns if name not in names)]]


View = Callable[[Connection, Scope], pd.DataFrame]
VIEWS: dict[str, View] = {
    "customer_ledger_entries": customer_ledger_entries,
    "detailed_entries": detailed_entries,
    "gl_entries": gl_entries,
    "vat_entries": vat_entries,
    "item_ledger_entries": item_ledger_entries,
    "documents": documents,
    "document_lines": document_lines,
    "payment_matches": payment_matches,
    "statement_lines": statement_lines,
    "bank_entries": bank_entries,
    "held": held,
    "findings": findings,
    "files": files,
    "runs": runs,
    "approvals": approvals,
    "customers": master("customers"),
    "contacts": master("contacts"),
    "items": master("items"),
    "numbers": numbers,
    "aging": aging,
    "outbox": outbox,
}
