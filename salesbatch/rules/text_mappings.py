"""Recurring texts that say where money belongs: the longest one that stands in a line wins (M19, M20)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core.money import Int64
from salesbatch.rules.evidence import Payments

BOOKED_ELSEWHERE = "Booked Elsewhere"
TEXT_MAPPING = "text_mapping"


def usable_mappings(text_mappings: pd.DataFrame) -> pd.DataFrame:
    """Mappings with a text, the longest first, equally long ones by text."""
    mappings = text_mappings.assign(text=text_mappings["text"].str.strip())
    mappings = mappings[mappings["text"] != ""]
    return (
        mappings.assign(length=-mappings["text"].str.len(), fold=mappings["text"].str.casefold())
        .sort_values(["length", "fold", "debit_account", "credit_account", "customer_no"], kind="stable")
        .reset_index(drop=True)
    )


def find_mappings(mappings: pd.DataFrame, payments: Payments) -> tuple[Int64, Int64]:
    """Lines whose text holds a mapping's whole text, each with the longest that has an account for it (M19).

    All texts are one long string that is searched once per mapping.
    """
    if len(mappings) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    texts = [text.casefold().replace("\0", " ") for text in payments.text]
    joined = "\0".join(texts) + "\0"
    ends = np.cumsum([len(text) + 1 for text in texts])
    found = np.full(len(texts), -1, dtype=np.int64)
    for position, row in enumerate(mappings.itertuples(index=False)):
        place = joined.find(str(row.fold))
        while place >= 0:
            line = int(np.searchsorted(ends, place, side="right"))
            if (
                found[line] < 0
                and payments.amount[line] != 0
                and mapped_account(row, payments.amount[line]) != ("", "")
            ):
                found[line] = position
            place = joined.find(str(row.fold), int(ends[line]))
    lines = np.flatnonzero(found >= 0)
    return lines, found[lines]


def mapped_account(mapping: Any, amount: int) -> tuple[str, str]:
    """(account, customer) of a mapping for money in (debit account) or out (credit account) (M20)."""
    if mapping.customer_no:
        return "", mapping.customer_no
    accounts = (mapping.debit_account, mapping.credit_account)
    own, other = accounts if amount >= 0 else accounts[::-1]
    wanted = BOOKED_ELSEWHERE.casefold()
    if wanted in (own.strip().casefold(), "" if own else other.strip().casefold()):
        return BOOKED_ELSEWHERE, ""
    return own, ""
