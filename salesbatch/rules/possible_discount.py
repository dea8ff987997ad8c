"""The payment discount that an entry may still get when it is posted (L5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.company import Company
from salesbatch.core.dates import add_formula


def possible_discount(company: Company, entries: pd.DataFrame) -> pd.DataFrame:
    """Adds discount_tolerance_date, the last day of a late discount, and drops discounts that had run out already.

    entries: discount_date, discount_minor, posting_date.
    """
    grace = company.settings.payment_discount_grace_period
    last = add_formula(entries["discount_date"].to_numpy(), grace)
    until = pd.Series(last.astype("datetime64[s]"), index=entries.index)
    possible = (entries["discount_minor"] != 0) & (until >= entries["posting_date"])
    return entries.assign(
        discount_minor=np.where(possible, entries["discount_minor"], 0),
        discount_tolerance_date=until.where(possible, np.datetime64("NaT", "s")).astype("datetime64[s]"),
    )
