"""The derived tables as pure functions of what was and what was added.

`Books.after`, the commit and `verify` all use these: the run adds its journal to the state, `verify` adds the
whole history to nothing, and both must come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.tables import in_order, look_up

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
    """Remaining amount = sum of the detailed entries; an entry is open while it is not 0 (L4).

    An entry that was closed and may open again stands in `current` with remaining 0 and its on_hold.
    """
    detailed, holds = _rows(journal, "detailed_entries"), holds_among(_rows(journal, "entry_actions"))
    if not len(detailed) and not len(holds):
        return current
    moves = detailed[["customer_ledger_entry_no", "amount_minor", "amount_lcy_minor"]]
    moves = moves.set_axis(["entry_no", "remaining_minor", "remaining_lcy_minor"], axis=1)
    total = (
        pd.concat([current[["entry_no", "remaining_minor", "remaining_lcy_minor"]], moves])
        .groupby("entry_no", sort=True)
        .sum()
    )
    still = total[(total["remaining_minor"] != 0) | (total["remaining_lcy_minor"] != 0)].reset_index()
    fresh = _rows(journal, "customer_ledger_entries")
    names = ["entry_no", "on_hold"]
    parts = [part[names] for part in (current, fresh, holds.sort_values("action_id")) if len(part)]
    known = pd.concat(parts).drop_duplicates("entry_no", keep="last").set_index("entry_no")["on_hold"]
    return still.assign(on_hold=look_up(still["entry_no"], known))


def holds_among(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions that put an entry on hold, or release it."""
    return actions[actions["action"].isin(("hold", "unhold"))]


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
            gl.loc[gl["voucher_no"] > 0, ["voucher_series", "voucher_no", "posting_date"]]
            .groupby("voucher_series", sort=True)
            .max()
            .reset_index()
        )
        parts.append(
            entries.SERIES_STATES.frame(
                {
                    "series_code": VOUCHER + vouchers["voucher_series"],
                    "series_starting_date": np.full(len(vouchers), NO_DATE),
                    "ordinal": vouchers["voucher_no"],
                    "last_number": vouchers["voucher_no"].astype("str"),
                    "last_date": vouchers["posting_date"],
                }
            )
        )
    if len(parts) == 1:
        return current
    stacked = pd.concat([part for part in parts if len(part)], ignore_index=True)
    by_line = stacked.groupby(["series_code", "series_starting_date"], sort=True)
    latest = stacked.loc[by_line["ordinal"].idxmax()]
    return latest.assign(last_date=by_line["last_date"].max().to_numpy()).reset_index(drop=True)


DONE = ("quantity_shipped_e5", "quantity_invoiced_e5", "quantity_returned_e5")
_MOVES = {  # Document type -> the order it moves, and the sign with which it moves each quantity of DONE.
    "shipment": ("order", 1, 0, 0),
    "invoice": ("order", 0, 1, 0),
    "credit_memo": ("order", -1, -1, 0),
    "return_receipt": ("return_order", 0, 0, 1),
}


def order_lines_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """Shipped, invoiced and returned quantity of every order line.

    A new version of an order brings its lines anew and keeps what was shipped and invoiced on the same line
    number. A line is open until it is invoiced in full; comment lines are never open. current: by key.
    """
    documents = _rows(journal, "documents")
    if not len(documents):
        return current
    orders = documents[documents["document_type"].isin(ORDERS)]
    moves = documents[(documents["order_no"] != "") & documents["document_type"].isin(list(_MOVES))]
    if not len(orders) and not len(moves):
        return current
    lines = _rows(journal, "document_lines")
    key = ["document_type", "no", "line_no"]
    state = current.reset_index(drop=True)
    if len(orders):
        newest = orders.sort_values("version", kind="stable").drop_duplicates(
            ["document_type", "no"], keep="last"
        )
        owner = pd.Index(newest["document_id"]).get_indexer(lines["document_id"])
        fresh = lines.loc[owner >= 0, ["document_id", "line_no", "quantity_e5"]]
        fresh = fresh.assign(
            **{name: newest[name].array[owner[owner >= 0]] for name in ("document_type", "no")}
        )
        fresh = _with_sums(fresh.assign(**dict.fromkeys(DONE, 0), open=False), key, state)
        known = newest[newest["no"].isin(state["no"])]
        renewed = pd.MultiIndex.from_frame(known[["document_type", "no"]])
        kept = state[~pd.MultiIndex.from_frame(state[["document_type", "no"]]).isin(renewed)]
        parts = [part for part in (kept, fresh[list(entries.ORDER_LINES.names)]) if len(part)]
        state = pd.concat(parts, ignore_index=True)
        state = in_order(state, *key)
    if len(moves):
        names = ("document_type", *DONE)
        place, words = pd.factorize(moves["document_type"])
        meaning = [np.array(part)[place] for part in zip(*(_MOVES[word] for word in words))]
        moves = moves[["document_id"]].assign(no=moves["order_no"], **dict(zip(names, meaning)))
        heads = state[["document_id", "document_type", "no"]].drop_duplicates("document_id")
        moves = moves.merge(heads, on=["document_type", "no"], how="inner", suffixes=("", "_moved"))
        moved = lines.loc[lines["order_line_no"] > 0, ["document_id", "order_line_no", "quantity_e5"]]
        moved = moved.merge(moves, on="document_id", how="inner")
        key = ["document_id", "line_no"]
        by_line = pd.DataFrame(
            {
                "document_id": moved["document_id_moved"],
                "line_no": moved["order_line_no"],
                **{name: moved["quantity_e5"] * moved[name] for name in DONE},
            }
        )
        state = _with_sums(state, key, by_line.groupby(key, sort=False).sum().reset_index())
    return state.assign(open=state["quantity_invoiced_e5"] != state["quantity_e5"])[
        list(entries.ORDER_LINES.names)
    ]


def _with_sums(state: pd.DataFrame, key: list[str], added: pd.DataFrame) -> pd.DataFrame:
    """The quantities of DONE in `added` put on top of those in `state`, by key; whole numbers all the way."""
    if not len(added):
        return state
    place = pd.MultiIndex.from_frame(added[key]).get_indexer(pd.MultiIndex.from_frame(state[key]))
    more = {
        name: state[name].to_numpy() + np.where(place >= 0, added[name].to_numpy()[place], 0) for name in DONE
    }
    return state.assign(**more)


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


OPEN_STATUS = ("proposed", "unmatched")
"""What a statement line is while it waits for a decision."""


def open_statement_lines_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """The lines whose last decision leaves them open, each with that decision."""
    matches = _rows(journal, "payment_matches")
    if not len(matches):
        return current
    last = matches.sort_values("match_no", kind="stable").drop_duplicates("statement_line_no", keep="last")
    still = last.loc[last["status"].isin(OPEN_STATUS), ["statement_line_no", "match_no"]]
    kept = current[~current["statement_line_no"].isin(last["statement_line_no"])]
    parts = [part for part in (kept, still) if len(part)]
    if not parts:
        return entries.OPEN_STATEMENT_LINES.empty()
    return pd.concat(parts, ignore_index=True).sort_values("statement_line_no", ignore_index=True)


def open_bank_entries_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """The bank entries that came from no statement line, until one closes them."""
    banked, matches = _rows(journal, "bank_entries"), _rows(journal, "payment_matches")
    if not len(banked) and not len(matches):
        return current
    by_hand = banked.loc[banked["statement_line_no"] == 0, ["entry_no"]]
    parts = [part for part in (current, by_hand) if len(part)]
    if not parts:
        return entries.OPEN_BANK_ENTRIES.empty()
    state = pd.concat(parts, ignore_index=True)
    still = state[~state["entry_no"].isin(matches["bank_entry_no"])]
    return still.sort_values("entry_no", ignore_index=True)


def bank_balances_after(current: pd.DataFrame, journal: Rows) -> pd.DataFrame:
    """Per bank account the sum of what was booked, and of what the statements say moved."""
    banked, lines = _rows(journal, "bank_entries"), _rows(journal, "statement_lines")
    sides = (
        pd.DataFrame(
            {
                "bank_account": banked["bank_account"],
                "books_minor": banked["amount_minor"],
                "lines_minor": np.int64(0),
            }
        ),
        pd.DataFrame(
            {
                "bank_account": lines["bank_account"],
                "books_minor": np.int64(0),
                "lines_minor": lines["amount_minor"],
            }
        ),
    )
    parts = [part for part in (current, *sides) if len(part)]
    if len(parts) == 0 or (len(parts) == 1 and parts[0] is current):
        return current
    return pd.concat(parts, ignore_index=True).groupby("bank_account", sort=True).sum().reset_index()
