"""What the bank booked as one entry: a single line, or the payments that a batch was split into.

Whether money is known is a question about entries and never about their parts: one file gives a deposit of
18,400.00 as one line, the next one as its forty payments, and both are the same money.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def number_entries(rows: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Per row the number of its entry, from 0, and whether it is a true part of one.

    rows: with document, date, amount_minor, entry_amount_minor and explains; parts of one entry stand after one
    another. Parts that do not add up to their entry are no parts, but lines of their own. A row that explains
    is always a part, if only of an entry of its own amount.
    """
    numbers = np.arange(len(rows), dtype=np.int64)
    entry = rows["entry_amount_minor"].fillna(0)
    is_part = (entry != 0) & (rows["explains"].fillna(False) | (entry != rows["amount_minor"]))
    true_part = np.zeros(len(rows), dtype=bool)
    places = np.flatnonzero(is_part.to_numpy(dtype=bool))
    columns = ("document", "date", "entry_amount_minor", "amount_minor")
    open_entry: dict[tuple[object, ...], list[int]] = {}
    sums: dict[tuple[object, ...], int] = {}
    # A loop over the parts only: where an entry ends is known when its parts have added up to it.
    for place, *key, amount in zip(places.tolist(), *(rows[name].iloc[places].tolist() for name in columns)):
        name = tuple(key)
        mine = open_entry.setdefault(name, [])
        mine.append(place)
        sums[name] = sums.get(name, 0) + amount
        if sums[name] == key[2]:
            numbers[mine] = mine[0]
            true_part[mine] = True
            del open_entry[name], sums[name]
    explains = rows["explains"].fillna(False).to_numpy(dtype=bool)
    for mine in open_entry.values():
        if explains[mine[0]]:  # What is missing or wrong is a matter of the whole entry.
            numbers[mine] = mine[0]
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64), true_part
