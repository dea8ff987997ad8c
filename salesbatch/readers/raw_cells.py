"""The cells of a sheet as they were typed, column by column, before anybody asks what they mean.

A hundred thousand rows are a dozen arrays, never a million Python objects; a single cell becomes an object only
when a finding or the to-fix workbook asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from salesbatch.readers.child import BLANK, DATE, ERROR, FORMULA, NUMBER, TEXT, TIME, YES_NO, ColumnBuilder

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Kinds = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - cells have no time zone
_LONGEST_SHOWN = 40


@dataclass(slots=True)
class CellColumn:
    """Cells of one column: a kind each (`child` has the constants), numbers, and places in the distinct texts."""

    kinds: Kinds
    numbers: Floats
    codes: Codes
    texts: list[str]

    @classmethod
    def blank(cls, count: int) -> CellColumn:
        """A column without a single value."""
        return cls(np.zeros(count, np.uint8), _zeros(count, np.float64), _zeros(count, np.int32), [""])

    @classmethod
    def built(cls, builder: ColumnBuilder) -> CellColumn:
        """From a finished builder, for files that are read in this process."""
        count = len(builder.kinds)
        return cls(
            np.frombuffer(builder.kinds, np.uint8),
            np.array(builder.numbers) if builder.numbers else _zeros(count, np.float64),
            np.array(builder.codes, np.int32) if builder.codes else _zeros(count, np.int32),
            list(builder.index),
        )

    def take(self, rows: npt.NDArray[np.int64] | slice) -> CellColumn:
        """The same column, only those rows."""
        return CellColumn(self.kinds[rows], self.numbers[rows], self.codes[rows], self.texts)

    def without(self, gone: Mask) -> CellColumn:
        """The same column with some cells blank."""
        return CellColumn(np.where(gone, np.uint8(BLANK), self.kinds), self.numbers, self.codes, self.texts)

    def of_texts(self, mask: npt.NDArray[np.bool_]) -> Mask:
        """True where a cell holds one of the texts that the mask (one a distinct text) marks."""
        return np.asarray((self.kinds == TEXT) & mask[self.codes])

    def is_blank(self) -> Mask:
        """True where nothing was typed, or only spaces."""
        spaces = np.fromiter(map(str.isspace, self.texts), np.bool_, len(self.texts))
        spaces[0] = True
        return np.asarray((self.kinds == BLANK) | self.of_texts(spaces))

    def value(self, position: int) -> object:
        """One cell as a Python object: None, int, float, text, date, datetime or bool; an error as its text."""
        kind = self.kinds[position]
        if kind in (BLANK, FORMULA):
            return None
        if kind == NUMBER:
            number = float(self.numbers[position])
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if kind == DATE:
            moment = _EPOCH + timedelta(seconds=float(self.numbers[position]))
            return moment if moment.time() != moment.min.time() else moment.date()
        if kind == YES_NO:
            return bool(self.numbers[position])
        return self.texts[self.codes[position]]

    def shown(self, position: int) -> str:
        """The value as typed, for a finding: at most 40 characters."""
        value = self.value(position)
        if value is None:
            return ""
        if isinstance(value, float):
            text = format(value, ".15g")
        elif isinstance(value, bool):
            text = "TRUE" if value else "FALSE"
        elif isinstance(value, (date, datetime)):
            text = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        else:
            text = str(value)
        return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _zeros(count: int, kind: Any) -> npt.NDArray[Any]:
    """Zeros that take no memory."""
    return np.broadcast_to(np.zeros(1, kind), (count,))


@dataclass(slots=True)
class SheetCells:
    """All cells of one sheet. first_row and first_column are where its arrays begin, as Excel counts (from 1)."""

    source: str
    name: str
    first_row: int
    first_column: int
    columns: list[CellColumn] = field(repr=False)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    date_1904: bool = False

    @property
    def height(self) -> int:
        """Number of rows from first_row on."""
        return len(self.columns[0].kinds) if self.columns else 0

    def header_texts(self, position: int) -> list[str]:
        """The texts of one row, '' for everything else; for finding the header."""
        return [
            column.texts[column.codes[position]].strip() if column.kinds[position] == TEXT else ""
            for column in self.columns
        ]

    def rows(self) -> LazyRows:
        """The rows as they were typed, column A first, made when they are asked for."""
        return LazyRows(self)


class LazyRows(Sequence[list[object]]):
    """The rows of a sheet, each made when it is asked for."""

    def __init__(self, cells: SheetCells) -> None:
        self._cells = cells

    def __len__(self) -> int:
        return self._cells.height

    @overload
    def __getitem__(self, index: int) -> list[object]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[list[object]]: ...
    def __getitem__(self, index: int | slice) -> list[object] | Sequence[list[object]]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        before: list[object] = [None] * (self._cells.first_column - 1)
        return before + [column.value(index % len(self)) for column in self._cells.columns]


__all__ = [
    "BLANK",
    "DATE",
    "ERROR",
    "FORMULA",
    "NUMBER",
    "TEXT",
    "TIME",
    "YES_NO",
    "CellColumn",
    "LazyRows",
    "SheetCells",
]
