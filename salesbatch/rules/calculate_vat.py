"""VAT is computed and rounded once per identifier and document, then spread over the lines (V2-V7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.money import (
    PERCENT_E5,
    Int64,
    divide_round,
    multiply_divide,
    percent_inside,
    spread,
    to_precision,
)
from salesbatch.core.tables import in_order


def calculate_vat(lines: pd.DataFrame, headers: pd.DataFrame) -> pd.DataFrame:
    """Add vat_base_minor and vat_amount_minor to every line; per document the lines of a group sum to its VAT.

    Groups are (document, VAT identifier, calculation type, percentage, sign of the line). The group of the
    negative lines hands its rounding remainder to that of the positive ones (V6). Prices that include VAT hold
    it inside (V4), others have it put on top (V3). Full VAT has no base; reverse charge, exempt and outside
    have no VAT (V7).
    """
    lines = in_order(lines, "document", "line_no")
    amount = lines["line_amount_minor"].to_numpy()
    kind = lines["vat_calculation_type"].to_numpy(dtype=object)
    rate = np.where(kind == "Normal VAT", lines["vat_percent_e5"].to_numpy(), 0)
    inside = lines["prices_including_vat"].to_numpy(dtype=bool)
    negative = amount < 0
    # Sorted: a negative group comes just before its positive twin.
    group = [lines["document"], lines["vat_identifier"], lines["vat_calculation_type"], rate, ~negative]
    codes: Int64 = np.asarray(lines.groupby(group, sort=True).ngroup(), dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    starts = (
        np.flatnonzero(np.r_[True, sorted_codes[1:] != sorted_codes[:-1]])
        if len(order)
        else np.zeros(0, dtype=np.int64)
    )
    totals = np.add.reduceat(amount[order], starts) if len(order) else np.zeros(0, dtype=np.int64)
    first = order[starts]
    vat = _group_vat(
        totals, rate[first], inside[first], negative[first], lines[["document", "vat_identifier"]].iloc[first]
    )
    line_vat = np.zeros(len(lines), dtype=np.int64)
    line_vat[order] = spread(
        amount[order], np.cumsum(np.r_[0, np.diff(sorted_codes) != 0]) if len(order) else sorted_codes, vat
    )
    full = kind == "Full VAT"
    lines["vat_amount_minor"] = np.where(full, amount, line_vat)
    lines["vat_base_minor"] = np.where(full, 0, np.where(inside, amount - line_vat, amount))
    return lines


def _group_vat(
    totals: np.ndarray, rates: np.ndarray, inside: np.ndarray, negative: np.ndarray, first: pd.DataFrame
) -> np.ndarray:
    """VAT per group, rounded once; the exact remainder of a negative group goes into its positive twin."""
    vat = np.where(inside, percent_inside(totals, rates), multiply_divide(totals, rates, PERCENT_E5))
    document, identifier = first["document"].to_numpy(), first["vat_identifier"].to_numpy(dtype=object)
    same = (document[:-1] == document[1:]) & (identifier[:-1] == identifier[1:]) & (rates[:-1] == rates[1:])
    twins = np.flatnonzero(same & negative[:-1] & ~negative[1:] & ~inside[:-1])
    for position in twins:  # Documents that hold both positive and negative lines are few.
        exact = int(totals[position]) * int(rates[position]) - int(vat[position]) * PERCENT_E5
        product = int(totals[position + 1]) * int(rates[position + 1]) + exact
        vat[position + 1] = divide_round(np.array([product]), PERCENT_E5)[0]
    return np.asarray(vat, dtype=np.int64)


def rounding_of(settings: Settings) -> tuple[int, str, str]:
    """How invoices are rounded: precision and direction, and the currency that this is meant for (V11)."""
    precision = settings.invoice_rounding_precision_minor
    return precision, settings.invoice_rounding_type, settings.local_currency_code


def total_documents(
    lines: pd.DataFrame,
    headers: pd.DataFrame,
    precision_minor: int,
    direction: str,
    local_currency: str = "",
) -> pd.DataFrame:
    """Headers with net_minor, vat_amount_minor, line_discount_minor, rounding_minor and total_minor (V11).

    The invoice rounding carries no VAT; total = net + VAT + rounding. The precision is one of the local
    currency: documents in another one are not rounded.
    """
    sums = (
        lines.groupby("document")[["vat_base_minor", "vat_amount_minor", "line_discount_minor"]]
        .sum()
        .reindex(headers["document"])
    )
    net, vat = sums["vat_base_minor"].to_numpy(), sums["vat_amount_minor"].to_numpy()
    total = to_precision(net + vat, precision_minor, direction)
    if local_currency:
        foreign = ~headers["currency_code"].isin(["", local_currency]).to_numpy()
        total = np.where(foreign, net + vat, total)
    return headers.assign(
        net_minor=net,
        vat_amount_minor=vat,
        line_discount_minor=sums["line_discount_minor"].to_numpy(),
        rounding_minor=total - net - vat,
        total_minor=total,
    )
