"""The hash chain: what was committed, in bytes that no database decides.

A run and a table make one block. Its SHA-256 is taken column by column (integers little-endian, days since
1970, texts as lengths and UTF-8), together with the table's name, its columns and the version of this
serialisation, so columns that come later change no old hash. The head after a run hashes the head before it
and all blocks of the run. A 32-bit check per row is stored beside the block, only so that the first changed
row can be named; the proof is the SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.entries import CHAINED, LedgerTable

SERIALISATION = 1
"""Raise it when the bytes of a block are made in another way; blocks keep the version that they were made with."""
GENESIS = ""
"""The head before the first run."""
NO_DAY = np.iinfo(np.int64).min

Ints = npt.NDArray[np.int64]
Values = Ints | list[str]
Checks = npt.NDArray[np.uint32]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0xCBF29CE484222325)


@dataclass(frozen=True, slots=True)
class Block:
    """The rows that one run added to one table.

    first_day and last_day: the range of its posting dates, to find a period without reading history.
    """

    run_no: int
    table_name: str
    rows: int
    first_no: int
    last_no: int
    columns: str
    sha256: str
    row_checks: bytes
    first_day: str | None
    last_day: str | None


def make_blocks(run_no: int, rows: dict[str, pd.DataFrame]) -> list[Block]:
    """One block for each chained table that has rows, in the order in which the tables are declared."""
    return [
        _make_block(table, run_no, rows[table.name])
        for table in CHAINED
        if table.name in rows and len(rows[table.name])
    ]


def _make_block(table: LedgerTable, run_no: int, frame: pd.DataFrame) -> Block:
    values = [_frame_values(field.kind, frame[field.name]) for field in table.fields]
    columns = json.dumps([[field.name, field.kind] for field in table.fields], separators=(",", ":"))
    serial = frame[table.fields[0].name]
    day = next((name for name in ("posting_date", "date") if name in table.by_name), None)
    days = frame[day].dropna() if day else None
    first, last = (days.min(), days.max()) if days is not None and len(days) else (None, None)
    return Block(
        run_no,
        table.name,
        len(frame),
        int(serial.iloc[0]),
        int(serial.iloc[-1]),
        columns,
        digest(table.name, columns, values, len(frame)),
        row_checks(values, len(frame)).astype("<u4").tobytes(),
        None if first is None else first.date().isoformat(),
        None if last is None else last.date().isoformat(),
    )


def _frame_values(kind: str, column: pd.Series) -> Values:
    if kind == "text":
        texts: list[str] = column.to_numpy(dtype=object).tolist()
        return texts
    if kind == "day":
        return column.to_numpy().astype("datetime64[D]").astype(np.int64)
    return column.to_numpy().astype(np.int64)


def stored_values(kind: str, values: Sequence[Any]) -> Values:
    """One fetched column as the chain takes it; raises ValueError where a value is none of its kind."""
    if kind == "text":
        if set(map(type, values)) - {str}:
            raise ValueError("not a text")
        return list(values)
    if kind == "day":
        known = {text: _day_number(text) for text in set(values)}
        return np.array([known[text] for text in values], dtype=np.int64)
    try:
        return np.frombuffer(array("q", values), dtype=np.int64)
    except (TypeError, OverflowError) as error:
        raise ValueError("not an integer") from error


def _day_number(text: object) -> int:
    if text is None:
        return NO_DAY
    if not isinstance(text, str) or date.fromisoformat(text).isoformat() != text:
        raise ValueError("not an ISO date")
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


def digest(table_name: str, columns: str, values: Sequence[Values], rows: int) -> str:
    """SHA-256 in hex of a block. A text column is its lengths in characters and then all texts as one UTF-8 run."""
    sha = hashlib.sha256(f"{SERIALISATION}\n{table_name}\n{columns}\n{rows}\n".encode())
    for column in values:
        if isinstance(column, list):
            content = "".join(column).encode("utf-8")
            sha.update(np.fromiter(map(len, column), dtype="<i8", count=rows).tobytes())
            sha.update(len(content).to_bytes(8, "little"))
            sha.update(content)
        else:
            sha.update(column.astype("<i8", copy=False).tobytes())
    return sha.hexdigest()


class _TextChecks(dict[str, int]):
    """CRC-32 of texts, each distinct text computed once."""

    def __missing__(self, text: str) -> int:
        check = self[text] = zlib.crc32(text.encode("utf-8"))
        return check


def row_checks(values: Sequence[Values], rows: int) -> Checks:
    """A 32-bit check per row over all its columns, made on whole columns."""
    mixed = np.full(rows, _SEED, dtype=np.uint64)
    for column in values:
        if isinstance(column, list):
            checks = np.fromiter(map(_TextChecks().__getitem__, column), dtype=np.uint64, count=rows)
        else:
            checks = column.view(np.uint64) if column.dtype == np.int64 else column.astype(np.uint64)
        mixed ^= checks
        mixed *= _MIX
        mixed ^= mixed >> np.uint64(29)
    return (mixed ^ (mixed >> np.uint64(32))).astype(np.uint32)


def next_head(previous: str, run_no: int, blocks: Iterable[Block]) -> str:
    """The head after a run: SHA-256 in hex over the head before it and every block of the run."""
    parts = sorted(
        f"{block.table_name}\t{block.rows}\t{block.first_no}\t{block.last_no}\t{block.sha256}"
        for block in blocks
    )
    text = "\n".join([str(SERIALISATION), previous, str(run_no), *parts])
    return hashlib.sha256(text.encode()).hexdigest()
