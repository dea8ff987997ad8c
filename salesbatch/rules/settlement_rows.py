"""The ledger rows of a settlement: detailed entries, and a voucher where more than the application arises (T1, T7).

The applications of one payment on one day are one transaction, so that they can be taken back together. What
a payment of this run causes stands in the payment's own voucher.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.journal import Journal
from salesbatch.core.money import Int64, proportion, spread
from salesbatch.core.tables import in_order
from salesbatch.rules.number_series import next_voucher, voucher_series_of

_ENTRY_TYPES = {
    "tolerance": "payment_tolerance",
    "discount": "payment_discount",
    "write_off": "write_off",
    "rounding": "rounding",
}
SERIES = "PAYMENT"
"""What is applied by itself takes its vouchers from this series."""


def settlement_rows(books: Books, done: pd.DataFrame, vouchers: pd.DataFrame | None = None) -> Journal:
    """The rows of settled pairs. done: the pairs of `settle` with all their facts; vouchers: G/L rows of this run."""
    if not len(done):
        return Journal()
    done = done.reset_index(drop=True)
    day = done["posting_date"].to_numpy("datetime64[D]").astype(np.int64)
    event, _ = pd.factorize(done["applying_no"].to_numpy() * (np.ptp(day) + 1) + day - day.min())
    done = done.assign(
        event=event,
        transaction_no=books.next_no("transaction_no") + event,
        gain=done["sign"] * (done["cash_lcy_minor"] - done["applied_lcy"]),
    )
    vat = _vat_of_discounts(books, done)
    moves = _movements(done, vat)
    heads = _vouchers(books, done, moves, vouchers)
    rows = {
        "detailed_entries": _detailed_rows(books, done),
        "gl_entries": _gl_rows(books, moves, heads),
        "vat_entries": _vat_rows(books, vat, heads),
    }
    return Journal(rows={name: frame for name, frame in rows.items() if len(frame)})


# Detailed entries ------------------------------------------------------------------------------------------


def _detailed_rows(books: Books, done: pd.DataFrame) -> pd.DataFrame:
    """Per pair, in the order of T18: what the claim loses otherwise, the two sides of the application, gain or loss."""
    sign = done["sign"].to_numpy()
    parts = []
    for place, (piece, kind) in enumerate(_ENTRY_TYPES.items()):
        amount, local = -sign * done[piece].to_numpy(), -sign * done[f"{piece}_lcy"].to_numpy()
        parts.append(_side(done, "claim", place, kind, amount, local))
    cash_local = done["cash_lcy_minor"].to_numpy()
    parts.append(
        _side(done, "claim", 4, "application", -sign * done["applied"].to_numpy(), -sign * cash_local)
    )
    parts.append(
        _side(done, "pay", 5, "application", sign * done["cash_minor"].to_numpy(), sign * cash_local)
    )
    gain = done["gain"].to_numpy()
    nothing = np.zeros(len(done), dtype=np.int64)
    parts.append(_side(done, "claim", 6, "realized_gain", nothing, np.maximum(gain, 0)))
    parts.append(_side(done, "claim", 7, "realized_loss", nothing, np.minimum(gain, 0)))
    stacked = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    stacked = in_order(stacked, "pair", "place")
    first = books.next_no("detailed_entries")
    numbers = np.arange(first, first + len(stacked))
    pair = stacked["pair"].to_numpy()
    starts = np.r_[True, pair[1:] != pair[:-1]]
    application = np.repeat(numbers[starts], np.diff(np.r_[np.flatnonzero(starts), len(pair)]))
    given = {name: stacked[name] for name in entries.DETAILED_ENTRIES.names if name in stacked}
    return entries.DETAILED_ENTRIES.frame(
        {**given, "entry_no": numbers, "run_no": books.run_no, "application_no": application}, len(stacked)
    )


def _side(done: pd.DataFrame, side: str, place: int, kind: str, amount: Int64, local: Int64) -> pd.DataFrame:
    """The rows of one kind, of the pairs that have an amount of it."""
    own, other = ("entry_no", "applying_no") if side == "claim" else ("applying_no", "entry_no")
    pair = np.flatnonzero((amount != 0) | (local != 0))
    names = {
        "transaction_no": "transaction_no",
        "customer_ledger_entry_no": own,
        "applied_entry_no": other,
        "customer_no": "claim_customer_no",
        "posting_date": "posting_date",
        "document_type": "pay_document_type",
        "document_no": "pay_document_no",
        "currency_code": f"{side}_currency_code",
    }
    rows = {name: done[given].array[pair] for name, given in names.items()}
    amounts = {"amount_minor": amount[pair], "amount_lcy_minor": local[pair]}
    return pd.DataFrame({"pair": pair, "place": place, "entry_type": kind, **rows, **amounts})


# The general ledger ----------------------------------------------------------------------------------------


def _movements(done: pd.DataFrame, vat: pd.DataFrame) -> pd.DataFrame:
    """event, account_no, role and amount (debit positive, local currency); every event sums to 0."""
    sign = done["sign"].to_numpy()
    lost = sum(done[f"{name}_lcy"].to_numpy() for name in (*_ENTRY_TYPES, "applied"))
    discount = sign * done["discount_lcy"].to_numpy()
    of_vat = np.zeros(len(done), dtype=np.int64)
    np.add.at(of_vat, vat["pair"].to_numpy(), vat["amount_minor"].to_numpy())
    gain = done["gain"].to_numpy()
    rounding = sign * (done["write_off_lcy"] + done["rounding_lcy"]).to_numpy()
    parts = [
        (done["receivables_account"], "receivables", -sign * lost),
        (done["pay_account"], "receivables", sign * done["cash_lcy_minor"].to_numpy()),
        (done["payment_discount_account"], "payment_discount", discount - of_vat),
        (done["payment_tolerance_account"], "payment_tolerance", sign * done["tolerance_lcy"].to_numpy()),
        (done["rounding_account"], "rounding", rounding),
        (done["realized_gains_account"], "exchange", -np.maximum(gain, 0)),
        (done["realized_losses_account"], "exchange", -np.minimum(gain, 0)),
    ]
    frames = []
    for account, role, amount in parts:
        at = np.flatnonzero(amount)
        columns = {"event": done["event"].to_numpy()[at], "account_no": account.array[at], "role": role}
        frames.append(pd.DataFrame({**columns, "amount_minor": amount[at]}))
    frames.append(vat.loc[vat["amount_minor"] != 0, ["event", "account_no", "role", "amount_minor"]])
    stacked = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    moves = stacked.groupby(["event", "role", "account_no"], sort=False)["amount_minor"].sum().reset_index()
    return moves[moves["amount_minor"] != 0].reset_index(drop=True)


def _vouchers(
    books: Books, done: pd.DataFrame, moves: pd.DataFrame, posted: pd.DataFrame | None
) -> pd.DataFrame:
    """What each event's rows say of themselves, and the voucher of those that move an account, by event."""
    heads = done.drop_duplicates("event").set_index("event").sort_index()
    letter = voucher_series_of(books, SERIES)
    series = np.full(len(heads), letter, dtype=object)
    numbers = np.zeros(len(heads), dtype=np.int64)
    if posted is not None and len(posted):
        of_payment = posted.drop_duplicates("transaction_no").set_index("transaction_no")
        place = of_payment.index.get_indexer(pd.Index(heads["pay_transaction_no"]))
        same_day = (heads["posting_date"] == heads["pay_posting_date"]).to_numpy()
        shared = (place >= 0) & same_day
        series[shared] = of_payment["voucher_series"].to_numpy(dtype=object)[place[shared]]
        numbers[shared] = of_payment["voucher_no"].to_numpy()[place[shared]]
    alone = (numbers == 0) & heads.index.isin(moves["event"])
    first = next_voucher(books, letter)
    numbers[alone] = np.arange(first, first + int(alone.sum()))
    return heads.assign(voucher_series=pd.array(series, dtype="str"), voucher_no=numbers)


def _gl_rows(books: Books, moves: pd.DataFrame, heads: pd.DataFrame) -> pd.DataFrame:
    order = np.lexsort((moves["account_no"].to_numpy(dtype=object).astype(str), moves["event"].to_numpy()))
    moves = moves.iloc[order]
    about = heads.loc[moves["event"]]
    first = books.next_no("gl_entries")
    return entries.GL_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(moves)),
            "run_no": books.run_no,
            "account_no": moves["account_no"],
            "role": moves["role"],
            "amount_minor": moves["amount_minor"],
            **_about(about),
            "voucher_series": about["voucher_series"],
            "voucher_no": about["voucher_no"],
            "description": about["pay_description"],
        },
        len(moves),
    )


def _about(heads: pd.DataFrame) -> dict[str, object]:
    return {
        "transaction_no": heads["transaction_no"],
        "posting_date": heads["posting_date"],
        "document_type": heads["pay_document_type"],
        "document_no": heads["pay_document_no"],
        "customer_no": heads["claim_customer_no"],
    }


# VAT -------------------------------------------------------------------------------------------------------

_OF_GROUP = (
    "vat_bus_posting_group",
    "vat_prod_posting_group",
    "vat_identifier",
    "vat_percent_e5",
    "vat_calculation_type",
    "vat_category",
    "vat_account_no",
    "vat_return_box",
    "country_code",
    "vat_registration_no",
)


def _vat_of_discounts(books: Books, done: pd.DataFrame) -> pd.DataFrame:
    """T7: base and VAT in each discount, in proportion to the VAT entries of its invoice.

    One row a VAT group: pair, event, the group, base_minor, amount_minor, account_no and role; both amounts
    signed like a credit memo's. An entry without VAT entries (taken over from an earlier system) has none.
    """
    names = ["pair", "event", *_OF_GROUP, "base_minor", "amount_minor", "account_no", "role"]
    given = done.loc[done["discount_lcy"] != 0, ["event", "claim_transaction_no", "discount_lcy", "sign"]]
    known = books.claim_vat
    known = known[known["transaction_no"].isin(given["claim_transaction_no"])]
    if not len(given) or not len(known):
        nothing = {"pair": "int64", "event": "int64", "base_minor": "int64", "amount_minor": "int64"}
        blank = {name: pd.Series([], dtype=nothing.get(name, "str")) for name in names}
        return pd.DataFrame({**blank, "vat_percent_e5": pd.Series([], dtype="int64")})
    groups = given.assign(pair=given.index).merge(
        known[["transaction_no", "entry_no", *_OF_GROUP, "base_minor", "amount_minor"]],
        left_on="claim_transaction_no",
        right_on="transaction_no",
        how="inner",
    )
    groups = groups.sort_values(["pair", "entry_no"], kind="stable", ignore_index=True)
    # Sales are negative in VAT entries: turned, so that what was sold weighs positive.
    base, vat = (-groups["sign"] * groups[name].to_numpy() for name in ("base_minor", "amount_minor"))
    gross = np.maximum((base + vat).to_numpy(), 0)
    code, _ = pd.factorize(groups["pair"])
    totals = groups["discount_lcy"].to_numpy()[np.flatnonzero(np.r_[True, code[1:] != code[:-1]])]
    share = spread(gross, code.astype(np.int64), totals)
    part = proportion(share, vat.to_numpy(), np.where(gross == 0, 1, gross))
    return groups.assign(
        base_minor=groups["sign"] * (share - part),
        amount_minor=groups["sign"] * part,
        account_no=groups["vat_account_no"],
        role="vat",
    )[names]


def _vat_rows(books: Books, vat: pd.DataFrame, heads: pd.DataFrame) -> pd.DataFrame:
    vat = vat[(vat["base_minor"] != 0) | (vat["amount_minor"] != 0)]
    by: Sequence[str] = ("event", *_OF_GROUP)
    sums = vat.groupby(list(by), sort=False)[["base_minor", "amount_minor"]].sum().reset_index()
    first = books.next_no("vat_entries")
    return entries.VAT_ENTRIES.frame(
        {
            "entry_no": np.arange(first, first + len(sums)),
            "run_no": books.run_no,
            **_about(heads.loc[sums["event"]]),
            **{name: sums[name] for name in (*_OF_GROUP, "base_minor", "amount_minor")},
        },
        len(sums),
    )
