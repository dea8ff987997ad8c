"""The anchor of the hash chain, read back from a workbook of ours: rows so far, and the head below them."""

from __future__ import annotations

import re
from itertools import pairwise

from salesbatch.readers.workbook import UnreadableFileError, WorkbookReader

_HEAD = re.compile(r"[0-9a-f]{64}")


def read_anchor(content: bytes) -> tuple[int, str] | None:
    """The count and the SHA-256 that stand one above the other on the first sheet; None where they do not.

    The labels beside them are in the language of the company, so the two cells are known by their form. The
    workbook may have been saved again by a spreadsheet program.
    """
    try:
        with WorkbookReader() as reader:
            sheets = reader.open(content)
            if not sheets:
                return None
            cells = reader.cells("", sheets[0])
    except UnreadableFileError:
        return None
    for column in cells.columns:
        values = [column.value(row) for row in range(len(column.kinds))]
        for above, value in pairwise(values):
            if isinstance(value, str) and _HEAD.fullmatch(value.strip()) and isinstance(above, int):
                return above, value.strip()
    return None
