"""The derived tables as pure functions of what was and what was added.

`Books.after`, the commit and `verify` all use these: the run adds its journal to the state, `verify` adds the
whole history to nothing, and both must come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesbatch.core import entries

Rows = Mapping[str, pd.DataFrame]
NO_DATE = np.datetime64("1900-01-01", "s")
"""A number series without a starting date begins here."""
ORDERS = ("order", "return_order", "blanket_order")
"""Documents whose lines are shipped, received and invoiced in steps."""
VOUCHER = "VOUCHER "
"""Prefix of the series code under which a voucher series of the general ledger is kept."""


def _rows(journal: Rows, name: str) -> pd.DataFrame:
    frame = journal.get(name)
    return entries.BY_NAME[name].empty() if frame is None else frame


def open_entries_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """Remaining amount = sum of the detailed entries; an entry is open while it is not 0 (L4)."""
    detailed = _rows(journal, "detailed_entries")
    if not len(detailed):
        return current
    moves = detailed[["customer_ledger_entry_no", "amount_minor", "amount_lcy_minor"]]
    moves = moves.set_axis(["entry_no", "remaining_minor", "remaining_lcy_minor"], axis=1)
    total = (
        pd.concat([current[["entry_no", "remaining_minor", "remaining_lcy_minor"]], moves])
        .groupby("entry_no", sort=True)
        .sum()
    )
    still = total[(total["remaining_minor"] != 0) | (total["remaining_lcy_minor"] != 0)]
    return still.reset_index()


def series_states_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """The last number given in every line of every series, and the last voucher of every voucher series."""
    numbers, gl = _rows(journal, "numbers"), _rows(journal, "gl_entries")
    parts = [current]
    if len(numbers):
        parts.append(
            numbers.rename(columns={"number": "last_number", "posting_date": "last_date"})[
                list(entries.SERIES_STATES.names)
            ]
        )
    if len(gl):
        vouchers = (
            gl[gl["voucher_no"] > 0]
            .groupby("voucher_series", sort=True)
            .agg(ordinal=("voucher_no", "max"), last_date=("posting_date", "max"))
            .reset_index()
        )
        parts.append(
            entries.SERIES_STATES.frame(
                {
                    "series_code": VOUCHER + vouchers["voucher_series"],
                    "series_starting_date": np.full(len(vouchers), NO_DATE),
                    "ordinal": vouchers["ordinal"],
                    "last_number": vouchers["ordinal"].astype("str"),
                    "last_date": vouchers["last_date"],
                }
            )
        )
    if len(parts) == 1:
        return current
    stacked = pd.concat([part for part in parts if len(part)], ignore_index=True)
    key = ["series_code", "series_starting_date"]
    latest = stacked.sort_values([*key, "ordinal"], kind="stable").drop_duplicates(key, keep="last")
    latest_date = stacked.groupby(key, sort=True)["last_date"].max().reset_index()
    return (
        latest.drop(columns="last_date")
        .merge(latest_date, on=key, how="left")[list(entries.SERIES_STATES.names)]
        .reset_index(drop=True)
    )


def order_lines_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """Shipped, invoiced and returned quantity of every order line.

    A new version of an order brings its lines anew and keeps what was shipped and invoiced on the same line
    number. A line is open until it is invoiced in full; comment lines are never open.
    """
    documents, lines = _rows(journal, "documents"), _rows(journal, "document_lines")
    moving = (documents["order_no"] != "") | documents["document_type"].isin(ORDERS)
    if not moving.any():
        return current
    documents = documents[moving]
    joined = lines.merge(
        documents[["document_id", "document_type", "no", "order_no", "version"]],
        on="document_id",
        how="inner",
    )
    key = ["document_type", "no", "line_no"]
    state = current
    orders = joined[joined["document_type"].isin(ORDERS)]
    if len(orders):
        newest = (
            documents[documents["document_type"].isin(ORDERS)]
            .sort_values("version", kind="stable")
            .drop_duplicates(["document_type", "no"], keep="last")
        )
        fresh = orders[orders["document_id"].isin(newest["document_id"])]
        fresh = fresh[[*key, "document_id", "quantity_e5"]].merge(
            state[[*key, "quantity_shipped_e5", "quantity_invoiced_e5", "quantity_returned_e5"]],
            on=key,
            how="left",
        )
        done = ["quantity_shipped_e5", "quantity_invoiced_e5", "quantity_returned_e5"]
        fresh[done] = fresh[done].fillna(0).astype("int64")
        fresh["open"] = False
        renewed = pd.MultiIndex.from_frame(newest[["document_type", "no"]])
        keep = ~pd.MultiIndex.from_frame(state[["document_type", "no"]]).isin(renewed)
        state = pd.concat(
            [part for part in (state[keep], fresh[list(entries.ORDER_LINES.names)]) if len(part)],
            ignore_index=True,
        )
    moves = joined[
        (joined["order_no"] != "")
        & (joined["order_line_no"] > 0)
        & joined["document_type"].isin(["shipment", "invoice", "credit_memo", "return_receipt"])
    ]
    if len(moves) and len(state):
        amounts = pd.DataFrame({"no": moves["order_no"], "line_no": moves["order_line_no"]})
        kind = moves["document_type"]
        for column, positive, negative in (
            ("quantity_shipped_e5", "shipment", "credit_memo"),
            ("quantity_invoiced_e5", "invoice", "credit_memo"),
            ("quantity_returned_e5", "return_receipt", ""),
        ):
            signed = np.where(kind == positive, 1, np.where(kind == negative, -1, 0))
            amounts[column] = moves["quantity_e5"].to_numpy() * signed
        total = amounts.groupby(["no", "line_no"], sort=False).sum()
        where = pd.MultiIndex.from_frame(state[["no", "line_no"]])
        added = total.reindex(where).fillna(0).astype("int64").reset_index(drop=True)
        state = state.reset_index(drop=True).copy()
        for column in added.columns:
            state[column] += added[column]
    state = state.copy()
    state["open"] = state["quantity_invoiced_e5"] != state["quantity_e5"]
    return state.sort_values(key, kind="stable", ignore_index=True)[list(entries.ORDER_LINES.names)]


def document_states_after(current: pd.DataFrame, journal: Rows, order_lines: pd.DataFrame) -> pd.DataFrame:
    """What became of an order: released once something moved, posted once all is invoiced, archived when amended.

    order_lines: the state after the same journal; it holds the newest version of every order. Only orders
    have a row here; an invoice is posted, and stays so until a credit memo cancels it.
    """
    documents = _rows(journal, "documents")
    if not len(documents):
        return current
    orders = documents[documents["document_type"] == "order"]
    fresh = entries.DOCUMENT_STATES.frame({"document_id": orders["document_id"], "status": orders["status"]})
    parts = [part for part in (current, fresh) if len(part)]
    if not parts:
        return current
    state = pd.concat(parts, ignore_index=True)
    lines = order_lines[order_lines["document_type"] == "order"]
    moved = (lines["quantity_shipped_e5"] != 0) | (lines["quantity_invoiced_e5"] != 0)
    lately = pd.DataFrame({"open": lines["open"], "moved": moved}).groupby(lines["document_id"]).any()
    place = lately.index.get_indexer(pd.Index(state["document_id"]))
    newest = place >= 0
    is_open, has_moved = (
        np.where(newest, lately[name].to_numpy()[place], False) if len(lately) else newest
        for name in ("open", "moved")
    )
    status = state["status"].to_numpy(dtype=object)
    amended = ~newest & (status != "posted") & bool((orders["version"] > 1).any())
    status = np.select(
        [has_moved & is_open, has_moved & ~is_open, amended], ["released", "posted", "archived"], status
    )
    state["status"] = pd.Series(status, dtype="str")
    return state.sort_values("document_id", kind="stable", ignore_index=True)
