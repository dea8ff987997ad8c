"""JSON objects in bulk: one per row of some columns, each distinct cell of a column written once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import repeat

import numpy as np
import pandas as pd

dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_rows(columns: Mapping[str, pd.Series], said: Mapping[str, np.ndarray]) -> list[str]:
    """A JSON object per row. columns: values by name, of equal length; said: by name, which rows name the column.

    A blank that is named is null.

    `json_rows({"no": pd.Series(["C1", ""])}, {"no": np.array([True, False])})` gives `['{"no":"C1"}', '{}']`.
    """
    count = len(next(iter(columns.values())))
    members: list[Iterable[str]] = []
    same = ""  # What all rows say alike since the last member.
    for name, values in columns.items():
        if not said[name].any():
            continue
        codes, distinct = _factorize(values)  # -1, the last one: no value.
        cells = [None if cell == "" else cell for cell in distinct.tolist()] + [None]
        texts = [f'"{name}":{dump(cell)},' for cell in cells]
        if said[name].all() and (codes == codes[0]).all():
            same += texts[codes[0]]
            continue
        if same:
            members.append(repeat(same, count))
            same = ""
        members.append(np.where(said[name], np.array(texts, dtype=object)[codes], "").tolist())
    members.append(repeat(same, count))
    return ["{" + "".join(row)[:-1] + "}" for row in zip(*members)]


def _factorize(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """As pandas does it; a column that says one thing, as most do, is seen through sooner."""
    first = values.iloc[0]
    if values.dtype == "str" and (values.to_numpy(dtype=object) == first).all():
        return np.zeros(len(values), dtype=np.int64), pd.Index([first])
    codes, distinct = pd.factorize(values)
    return codes, pd.Index(distinct)
