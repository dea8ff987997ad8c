"""JSON objects in bulk: one per row of some columns, each distinct cell of a column written once."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_rows(columns: Mapping[str, pd.Series], said: Mapping[str, np.ndarray]) -> list[str]:
    """A JSON object per row. columns: values by name, of equal length; said: by name, which rows name the column.

    A blank that is named is null.

    `json_rows({"no": pd.Series(["C1", ""])}, {"no": np.array([True, False])})` gives `['{"no":"C1"}', '{}']`.
    """
    members = []
    for name, values in columns.items():
        if said[name].any():
            codes, distinct = pd.factorize(values)  # -1, the last one: no value.
            cells = [None if cell == "" else cell for cell in distinct.tolist()] + [None]
            texts = np.array([f'"{name}":{dump(cell)}' for cell in cells], dtype=object)
            members.append(np.where(said[name], texts[codes], "").tolist())
    count = len(next(iter(columns.values())))
    rows = zip(*members) if members else [()] * count
    return ["{" + ",".join(filter(None, row)) + "}" for row in rows]
