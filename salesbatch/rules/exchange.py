"""Exchange rates: the latest of a currency on or before a day; none is an error, an old one a warning (T16)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.company import Company
from salesbatch.core.money import E5, Int64, from_local, minor_digits, to_local
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks

Days = npt.NDArray[np.int64]

OLD_AFTER = 7
"""A rate that is older than so many days is warned about."""
_EURO = frozenset({"EUR", "ATS", "BEF", "DEM", "ESP", "FIM", "FRF", "GRD", "IEP", "ITL", "LUF", "NLG", "PTE"})
"""Currencies that the setting EMU lets settle each other."""


def digits_of(codes: pd.Series) -> Int64:
    """Decimals of each row's currency."""
    places, distinct = pd.factorize(codes)
    digits = np.array([minor_digits(str(code)) for code in distinct], dtype=np.int64)
    return digits[places] if len(codes) else np.zeros(0, dtype=np.int64)


def find_rates(company: Company, codes: pd.Series, days: pd.Series) -> tuple[Int64, Days]:
    """(rate, age in days) of each row's currency on its day; rate 0 where there is none, 1 for the local one.

    Rates are local currency for one unit, scaled by 100,000.
    """
    local = company.settings.local_currency_code
    rates, ages = np.zeros(len(codes), dtype=np.int64), np.zeros(len(codes), dtype=np.int64)
    wanted = codes.to_numpy(dtype=object)
    day = days.to_numpy().astype("datetime64[D]")
    for code in pd.unique(codes):  # As many rounds as there are currencies.
        rows = np.flatnonzero(wanted == code)
        if code in ("", local):
            rates[rows] = E5
            continue
        starts, values = _rates_of(company, str(code))
        place = np.searchsorted(starts, day[rows], side="right") - 1
        known = place >= 0
        rates[rows[known]] = values[place[known]]
        ages[rows[known]] = (day[rows[known]] - starts[place[known]]).astype(np.int64)
    return rates, ages


def _rates_of(company: Company, code: str) -> tuple[npt.NDArray[np.datetime64], Int64]:
    """Starting dates and rates of one currency, oldest first."""
    table = company.table("exchange_rates")
    mine = table[table["currency_code"] == code].sort_values("starting_date")
    mine = mine[plain_int(mine["rate_e5"]) > 0]
    return mine["starting_date"].to_numpy().astype("datetime64[D]"), plain_int(mine["rate_e5"])


def check_rates(
    checks: Checks,
    company: Company,
    rows: pd.DataFrame,
    column: str = "currency_code",
    day: str = "posting_date",
) -> Int64:
    """The rate of each row; rows without one are held, an old rate is named once per currency and day."""
    rates, ages = find_rates(company, rows[column], rows[day])
    missing = rows[rates == 0].drop_duplicates(["document", column, day])
    checks.report(missing, "exchange-rate-missing", column, currency=column)
    old = rows[(ages > OLD_AFTER) & (rates > 0)]
    if len(old):
        named = old.assign(age=ages[(ages > OLD_AFTER) & (rates > 0)].astype(str))
        checks.report(
            named.drop_duplicates([column, day]), "exchange-rate-old", column, currency=column, age="age"
        )
    return rates


def in_local(company: Company, amounts: npt.ArrayLike, codes: pd.Series, rates: Int64) -> Int64:
    """Minor units of each row's currency as minor units of the company's own."""
    values = np.asarray(amounts, dtype=np.int64)
    local = company.settings.local_currency_code
    foreign = ~codes.isin(["", local]).to_numpy()
    if not foreign.any():
        return values
    result = values.copy()
    digits = digits_of(codes)
    result[foreign] = to_local(values[foreign], rates[foreign], digits[foreign], minor_digits(local))
    return result


def in_foreign(company: Company, amounts: npt.ArrayLike, codes: pd.Series, rates: Int64) -> Int64:
    """Minor units of the company's currency as minor units of each row's."""
    values = np.asarray(amounts, dtype=np.int64)
    local = company.settings.local_currency_code
    foreign = ~codes.isin(["", local]).to_numpy()
    if not foreign.any():
        return values
    result = values.copy()
    digits = digits_of(codes)
    result[foreign] = from_local(values[foreign], rates[foreign], digits[foreign], minor_digits(local))
    return result


def may_apply(company: Company, one: pd.Series, other: pd.Series) -> npt.NDArray[np.bool_]:
    """T16: entries in different currencies settle each other only where Appln. between Currencies allows it."""
    setting = company.settings.appln_between_currencies
    local = company.settings.local_currency_code
    left, right = one.where(one != "", local), other.where(other != "", local)
    same = (left == right).to_numpy()
    if setting == "All":
        return np.ones(len(same), dtype=bool)
    if setting == "EMU":
        return np.asarray(same | (left.isin(_EURO) & right.isin(_EURO)).to_numpy(), dtype=bool)
    return np.asarray(same, dtype=bool)
