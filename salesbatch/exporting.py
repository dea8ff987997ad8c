"""A ledger table as bytes: csv, json or xlsx. Columns and texts of the frame are final already."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pandas as pd

FORMATS = ("csv", "json", "xlsx")
_FIGURE = re.compile(r"-?\d+(\.\d+)?")
_DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")


def encode_table(name: str, frame: pd.DataFrame, kind: str) -> bytes:
    """The table `name` in the format `kind`; raises ValueError for a format that does not exist."""
    if kind == "csv":
        return encode_csv(frame)
    if kind == "json":
        return encode_json(frame)
    if kind == "xlsx":
        from salesbatch.writers import draw_table_workbook

        return draw_table_workbook(name, frame)
    raise ValueError(f"no format {kind}")


def encode_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8, comma, every field quoted, lines ended by CR LF (RFC 4180), texts made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(frame.columns)
    columns = [[harmless_text(value) for value in frame[name].tolist()] for name in frame.columns]
    writer.writerows(zip(*columns))
    return text.getvalue().encode("utf-8")


def encode_json(frame: pd.DataFrame) -> bytes:
    """A list of objects, one a row; amounts stay decimal text, so that no reader rounds them."""
    columns = {name: [_plain(value) for value in frame[name].tolist()] for name in frame.columns}
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def harmless_text(value: object) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; figures stay as they are.

    >>> harmless_text("=1+1"), harmless_text("-100.00"), harmless_text("+46 70 123")
    ("'=1+1", '-100.00', "'+46 70 123")
    """
    text = _blank_or_text(value)
    return "'" + text if text.startswith(_DANGEROUS) and not _FIGURE.fullmatch(text) else text


def _blank_or_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 - only a missing number differs from itself.
        return ""
    return str(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, str)) else _blank_or_text(value)
