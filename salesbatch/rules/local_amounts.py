"""Documents in a foreign currency as the general ledger sees them: in local currency, line by line (L7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.company import Company
from salesbatch.core.money import Int64, minor_digits, to_local
from salesbatch.core.tables import look_up
from salesbatch.rules.exchange import digits_of, in_local

_OF_LINE = ("vat_base_minor", "vat_amount_minor", "line_discount_minor")


def in_local_currency(
    company: Company, headers: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Headers and lines with total, rounding, VAT base, VAT and discount in minor units of the local currency.

    Each amount is the running total at the rate less what the lines before it took, so that a document's lines
    sum to its total; a line without VAT has none in local currency either. What the rounding of base and VAT
    leaves over is on the last line with a base. headers: currency_code, exchange_rate_e5, total_minor,
    rounding_minor. Documents in local currency stay as they are.
    """
    codes = headers["currency_code"]
    foreign = ~codes.isin(["", company.settings.local_currency_code])
    if not foreign.any():
        return headers, lines
    rates = headers["exchange_rate_e5"].to_numpy()
    totals = in_local(company, headers["total_minor"], codes, rates)
    rounding = in_local(company, headers["rounding_minor"], codes, rates)
    lines = lines.copy()
    order = np.argsort(pd.factorize(lines["document"])[0], kind="stable")
    mine = order[lines["document"].isin(headers.loc[foreign, "document"]).to_numpy()[order]]
    owner = lines["document"].iloc[mine]
    by_document = pd.DataFrame({"rate": rates, "digits": digits_of(codes)}, index=headers["document"])
    rate = look_up(owner, by_document["rate"], 0).to_numpy()
    digits = look_up(owner, by_document["digits"], 0).to_numpy()
    group, _ = pd.factorize(owner)
    local_digits = minor_digits(company.settings.local_currency_code)
    converted = {
        name: _by_running_totals(lines[name].to_numpy()[mine], group, rate, digits, local_digits)
        for name in _OF_LINE
    }
    wanted = look_up(owner, pd.Series(totals - rounding, index=headers["document"]), 0).to_numpy()
    has_base = lines["vat_base_minor"].to_numpy()[mine] != 0
    converted["vat_base_minor"] = _take_the_rest(converted, group, wanted, has_base)
    for name, values in converted.items():
        column = lines[name].to_numpy().copy()
        column[mine] = values
        lines[name] = column
    sums = (
        pd.Series(converted["vat_base_minor"] + converted["vat_amount_minor"]).groupby(owner.to_numpy()).sum()
    )
    in_full = look_up(headers["document"], sums, 0) + rounding
    headers = headers.assign(
        total_minor=np.where(foreign, in_full, headers["total_minor"]), rounding_minor=rounding
    )
    return headers, lines


def _by_running_totals(amounts: Int64, group: Int64, rate: Int64, digits: Int64, local: int) -> Int64:
    running = pd.Series(amounts).groupby(group).cumsum().to_numpy()
    upto = to_local(running, rate, digits, local)
    before = np.r_[0, upto[:-1]]
    before[np.r_[True, group[1:] != group[:-1]]] = 0
    return np.asarray(upto - before, dtype=np.int64)


def _take_the_rest(converted: dict[str, Int64], group: Int64, wanted: Int64, has_base: np.ndarray) -> Int64:
    """The bases, with the öre that rounding base and VAT apart leaves over on the last line that has a base."""
    base = converted["vat_base_minor"].copy()
    count = int(group.max()) + 1
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, group, base + converted["vat_amount_minor"])
    last = np.full(count, -1, dtype=np.int64)
    places = np.flatnonzero(has_base)
    last[group[places]] = places  # Later places overwrite earlier ones.
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    rest = wanted[first] - sums
    with_base = last >= 0
    base[last[with_base]] += rest[with_base]
    return base
