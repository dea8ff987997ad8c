"""Parses workbooks inside a guarded child process, so that no file can take the run down with it.

A workbook of 1.5 kB can make a parser ask for 500 GB and abort its whole process, which no `except` sees. So
this file runs by itself (`python -I child.py`): it imports the standard library and python_calamine only, sets
itself limits of memory and processor time for every file, and answers over a pipe with plain data, never with
pickled objects. When it dies, the parent names the file and starts another child.

One request: 4 bytes length of the head, 8 bytes length of the body (little endian), the head as JSON, the body.
An answer looks the same. `{"do": "open"}` with the file as body answers with the list of sheets,
`{"do": "sheet", "index": 0}` with the cells of one sheet, column by column:

    kinds    one byte a cell, see the constants below
    numbers  float64 a cell: numbers; dates as seconds since 1970-01-01; 1 or 0 for yes or no
    codes    int32 a cell: place of its text in `texts`; place 0 is ""
"""

from __future__ import annotations

import datetime
import gc
import importlib.util
import io
import itertools
import json
import os
import struct
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesbatch.readers import raw_scan

BLANK, NUMBER, TEXT, DATE, YES_NO, ERROR, FORMULA, TIME = range(8)
HEAD = struct.Struct("<IQ")
_CELLS_AT_ONCE = 240_000
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - cells have no time zone
_KIND_OF = {
    float: NUMBER,
    int: NUMBER,
    str: TEXT,
    datetime.date: DATE,
    datetime.datetime: DATE,
    bool: YES_NO,
    datetime.time: TIME,
    datetime.timedelta: TIME,
}
_MEGABYTE = 1 << 20


class ColumnBuilder:
    """Collects the cells of one column into flat arrays; equal texts are kept once."""

    def __init__(self) -> None:
        self.kinds = bytearray()
        self.numbers: array[float] = array("d")
        self.codes: array[int] = array("i")
        # A text that is met for the first time gets the next number: 0 is the blank.
        self.index: defaultdict[str, int] = defaultdict(itertools.count(1).__next__, {"": 0})

    def add(self, cells: Sequence[Any]) -> None:
        """Append cells as the parser gives them; '' is a blank."""
        types = set(map(type, cells))
        before, count = len(self.kinds), len(cells)
        if types == {float}:
            self.kinds += bytes((NUMBER,)) * count
            self._numbers(before, cells)
        elif types == {str}:
            self._texts(before, cells)
            some_blank = "" in cells
            self.kinds += (
                bytes([TEXT if text else BLANK for text in cells]) if some_blank else bytes((TEXT,)) * count
            )
        elif types in ({datetime.date}, {datetime.datetime}):
            seconds = {day: _seconds(day) for day in set(cells)}
            self.kinds += bytes((DATE,)) * count
            self._numbers(before, map(seconds.__getitem__, cells))
        elif types:
            self.kinds += bytes(
                [_KIND_OF[type(cell)] if type(cell) is not str else TEXT if cell else BLANK for cell in cells]
            )
            if str in types:
                self._texts(before, [cell if type(cell) is str else "" for cell in cells])
            if datetime.time in types or datetime.timedelta in types:
                self._texts(before, [str(c) if _KIND_OF[type(c)] == TIME else "" for c in cells], merge=True)
            if types != {str}:
                self._numbers(before, [c if type(c) is float else _number(c) for c in cells])

    def set(self, row: int, kind: int, text: str) -> None:
        """Put one special cell (an error, a formula without value) in its place, growing the column as needed."""
        self.pad(row + 1)
        self.kinds[row] = kind
        if not self.codes:
            self.codes.frombytes(bytes(4 * len(self.kinds)))
        self.codes[row] = self.index[text]

    def pad(self, count: int) -> None:
        """Fill up with blanks."""
        missing = count - len(self.kinds)
        if missing > 0:
            self.kinds += bytes(missing)
            if self.numbers:
                self.numbers.frombytes(bytes(8 * missing))
            if self.codes:
                self.codes.frombytes(bytes(4 * missing))

    def finish(self) -> None:
        """Make all arrays of one length; call once, after the last cell."""
        count = len(self.kinds)
        if self.numbers:
            self.numbers.frombytes(bytes(8 * (count - len(self.numbers))))
        if self.codes:
            self.codes.frombytes(bytes(4 * (count - len(self.codes))))

    def _numbers(self, before: int, numbers: Iterable[float]) -> None:
        self.numbers.frombytes(bytes(8 * (before - len(self.numbers))))
        self.numbers.extend(numbers)

    def _texts(self, before: int, texts: Sequence[str], *, merge: bool = False) -> None:
        index = self.index
        if merge and len(self.codes) > before:
            for position, text in enumerate(texts, before):
                if text:
                    self.codes[position] = index[text]
            return
        self.codes.frombytes(bytes(4 * (before - len(self.codes))))
        self.codes.extend(map(index.__getitem__, texts))


def _seconds(day: datetime.date) -> float:
    """Seconds since 1970 of a date or datetime."""
    moment = day if isinstance(day, datetime.datetime) else datetime.datetime.combine(day, datetime.time())
    return (moment - _EPOCH).total_seconds()


def _number(cell: Any) -> float:
    kind = type(cell)
    if kind is bool or kind is int:
        return float(cell)
    if kind is datetime.date or kind is datetime.datetime:
        return _seconds(cell)
    return 0.0


class Refusal(Exception):
    """The file is refused: code of the finding and its placeholders."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def _sibling(name: str) -> Any:
    """Load a file of this folder by its path: the package itself is never imported here."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(name + ".py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if not TYPE_CHECKING and __name__ == "__main__":
    raw_scan = _sibling("raw_scan")


class Parser:
    """Answers requests; holds the workbook that was opened last."""

    def __init__(self, memory_limit: int) -> None:
        self.memory_limit = memory_limit
        self.content = b""
        self.workbook: Any = None
        self.package: raw_scan.Package | None = None

    def answer(self, request: dict[str, Any], body: bytes) -> tuple[dict[str, Any], list[Any]]:
        """The answer's head and the pieces of its body. Raises Refusal."""
        if request["do"] == "open":
            return self._open(body), []
        return self._sheet(int(request["index"]))

    def _open(self, body: bytes) -> dict[str, Any]:
        import python_calamine

        self.workbook = self.package = None
        self.content = body
        self._limit(len(body))
        try:
            self.package = raw_scan.open_package(body)
        except raw_scan.UnsafeFileError as error:
            raise Refusal(error.code, **error.values) from None
        self._limit(self.package.unpacked)
        try:
            self.package.check_cells()
            self.workbook = python_calamine.load_workbook(io.BytesIO(body))
        except raw_scan.UnsafeFileError as error:
            raise Refusal(error.code, **error.values) from None
        except python_calamine.PasswordError:
            raise Refusal("file-password") from None
        sheets = [
            {
                "name": sheet.name,
                "hidden": not str(sheet.visible).endswith(".Visible"),
                "cells": _has_cells(sheet),
            }
            for sheet in self.workbook.sheets_metadata
        ]
        return {"sheets": sheets, "date_1904": self.package.date_1904, "notices": self.package.notices}

    def _sheet(self, index: int) -> tuple[dict[str, Any], list[Any]]:
        sheet = self.workbook.get_sheet_by_index(index)
        start = sheet.start or (0, 0)
        first_row, first_column = start[0] + 1, start[1] + 1
        columns = [ColumnBuilder() for _ in range(sheet.width)]
        # Rows are turned into columns in pieces, so that the cells never exist as Python objects all at once.
        rows = itertools.islice(sheet.iter_rows(), start[0], None)
        # The first piece is short: it holds the captions, and after it a column of numbers has numbers only.
        at_once = 20
        while piece := list(itertools.islice(rows, at_once)):
            at_once = max(1, _CELLS_AT_ONCE // max(1, len(columns)))
            for column, cells in zip(columns, zip(*piece)):
                column.add(cells)
        merged = [[r1 + 1, c1 + 1, r2 + 1, c2 + 1] for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]
        if self.package is not None:
            for row, column_no, is_error, text in self.package.special_cells(index, sheet.name):
                if row < first_row:
                    continue
                while column_no >= first_column + len(columns):
                    columns.append(ColumnBuilder())
                if column_no >= first_column:
                    columns[column_no - first_column].set(
                        row - first_row, ERROR if is_error else FORMULA, text
                    )
        height = max((len(column.kinds) for column in columns), default=0)
        pieces: list[Any] = []
        heads: list[list[int]] = []
        for column in columns:
            column.pad(height)
            column.finish()
            texts = (
                json.dumps(list(column.index), ensure_ascii=False).encode("utf-8", "replace")
                if column.codes
                else b""
            )
            # The longer numbers go first and each part ends on eight bytes, so that the parent can use them in place.
            for part in (
                memoryview(column.numbers).cast("B"),
                memoryview(column.codes).cast("B"),
                column.kinds,
                texts,
            ):
                pieces += (part, bytes(-len(part) % 8))
            heads.append([len(column.numbers), len(column.codes), len(texts)])
        head = {
            "first_row": first_row,
            "first_column": first_column,
            "height": height,
            "merged": merged,
            "columns": heads,
        }
        return head, pieces

    def _limit(self, unpacked: int) -> None:
        """Arm the limits for one file: both grow with what the file unpacks to, up to the run's own ceiling."""
        try:
            import resource
        except ImportError:  # Windows has no such limits; the parent's clock and the scan guard there.
            return
        memory = min(self.memory_limit, 320 * _MEGABYTE + 20 * unpacked)
        _, hardest = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory, hardest))
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + 6 + unpacked // (8 * _MEGABYTE)
        _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hardest))


def _has_cells(sheet: Any) -> bool:
    return str(sheet.typ).endswith(".WorkSheet")


def _refusal_of(error: BaseException) -> dict[str, Any]:
    if isinstance(error, Refusal):
        return {"refused": error.code, "values": error.values}
    if isinstance(error, MemoryError):
        return {"refused": "memory", "values": {}}
    return {"refused": "damaged", "values": {"reason": f"{type(error).__name__}: {error}"[:200]}}


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    source = sys.stdin.buffer
    # Nothing that a library prints may get between the answers: they go to a copy of the pipe that only we know.
    target = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:
        pass
    gc.disable()  # Everything lives as long as its file; cycles are swept up between files.
    parser = Parser(int(sys.argv[1]))
    while len(start := source.read(HEAD.size)) == HEAD.size:
        head_length, body_length = HEAD.unpack(start)
        request = json.loads(source.read(head_length))
        body = source.read(body_length)
        try:
            head, pieces = parser.answer(request, body)
        except (
            BaseException
        ) as error:  # Every failure of a parser is an answer; the parent must never see a traceback.
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            head, pieces = _refusal_of(error), []
        _send(target, head, pieces)
        if request["do"] == "open":
            gc.collect()


def _send(target: IO[bytes], head: dict[str, Any], pieces: list[Any]) -> None:
    text = json.dumps(head).encode()
    target.write(HEAD.pack(len(text), sum(map(len, pieces))))
    target.write(text)
    for piece in pieces:
        target.write(piece)
    target.flush()


if __name__ == "__main__":
    main()
