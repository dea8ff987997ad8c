"""Columns become cells: values scaled, blanks told apart, and whole rows of sheet XML at once.

Writing a cell at a time costs some 5 microseconds; a sheet of a million cells is written here column by
column, each row by one `%` on a ready-made template. Text goes through the workbook's shared strings, so
that a name that stands in ten thousand rows is stored once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.findings import column_letters
from salesbatch.core.money import E5
from salesbatch.writers.grid_parts import GridColumn

CHUNK = 8192
LINK = "link"
"""Stands among the formats of a column of links for the look of a link."""
_EPOCH = np.datetime64("1899-12-30", "D")
_YES_NO = {"en": ("No", "Yes"), "sv": ("Nej", "Ja")}


@dataclass(frozen=True, eq=False)
class NumberCells:
    """values: float64 or int64; blank: True where the cell is blank, None where no cell is.

    style: which of `formats` each row has, None where all have the first.
    """

    values: npt.NDArray[Any]
    formats: tuple[str, ...]
    blank: npt.NDArray[np.bool_] | None = None
    style: npt.NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class TextCells:
    """codes: index into `texts` per row, -1 for blank; style: 1 where a row is a link, None where none is."""

    codes: npt.NDArray[np.signedinteger[Any]]
    texts: list[str]
    formats: tuple[str, ...] = ("@",)
    style: npt.NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class TypedCells:
    """Python objects, to be written one at a time as what each is."""

    values: list[object]
    formats: tuple[str, ...] = ("@",)

    def __len__(self) -> int:
        return len(self.values)


Cells = NumberCells | TextCells | TypedCells


def money_format(digits: int) -> str:
    """Excel number format of an amount: thousands apart, negative red."""
    plain = "#,##0" + ("." + "0" * digits if digits else "")
    return f"{plain};[Red]-{plain}"


def column_cells(column: GridColumn, language: str = "en") -> Cells:
    """The cells of a column; raises ValueError for values that do not fit the kind."""
    if column.kind == "typed":
        return TypedCells(list(column.values), (plain_format(column.cell_kind),))
    if column.kind in ("text", "code"):
        return _text_cells(_series(column.values, "str"))
    if column.kind == "link":
        texts = _text_cells(_series(column.values, "str"))
        linked = np.array([bool(target) for target in column.targets] or [False] * len(texts), dtype=np.intp)
        return replace(texts, formats=("@", LINK), style=linked)
    if column.kind == "flag":
        flags = _series(column.values, "boolean")
        codes = flags.fillna(False).to_numpy(dtype=np.intp)
        return TextCells(np.where(flags.isna(), -1, codes), list(_YES_NO.get(language, _YES_NO["en"])))
    if column.kind == "date":
        days = _series(column.values, "datetime64[s]").to_numpy().astype("datetime64[D]")
        blank = np.isnat(days)
        serial = np.where(blank, 0, (days - _EPOCH).astype(np.int64))
        return NumberCells(serial, ("yyyy-mm-dd",), blank if blank.any() else None)
    numbers = _series(column.values, "Int64")
    blank = numbers.isna().to_numpy()
    values = numbers.fillna(0).to_numpy(dtype=np.int64)
    if column.blank_zero:
        blank = blank | (values == 0)
    some_blank = blank if blank.any() else None
    if column.kind == "integer":
        return NumberCells(values, ("0",), some_blank)
    if column.kind == "money":
        return _money_cells(values, column.digits, some_blank)
    return NumberCells(values / E5, (scaled_format(column.kind, values),), some_blank)


def plain_format(kind: str) -> str:
    """The format of cells that a person fills in: text stays text, the rest is what Excel takes it for."""
    return {"text": "@", "code": "@", "link": "@", "date": "yyyy-mm-dd"}.get(kind, "General")


def scaled_format(kind: str, values_e5: npt.NDArray[np.int64]) -> str:
    """As many decimals as the column's values have, percentages at least two.

    One format with optional decimals would show a lonely point at whole numbers.
    """
    if not len(values_e5):
        return "General"
    decimals = 2 if kind == "percent" else 0
    while decimals < 5 and (values_e5 % 10 ** (5 - decimals)).any():
        decimals += 1
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _money_cells(
    values: npt.NDArray[np.int64], digits: Any, blank: npt.NDArray[np.bool_] | None
) -> NumberCells:
    if isinstance(digits, int):
        return NumberCells(values / 10**digits, (money_format(digits),), blank)
    per_row = np.asarray(digits, dtype=np.int64)
    kinds, style = np.unique(per_row, return_inverse=True)
    formats = tuple(money_format(int(digit)) for digit in kinds) or (money_format(2),)
    return NumberCells(values / np.power(10, per_row), formats, blank, style if len(kinds) > 1 else None)


def _series(values: Any, dtype: Any) -> pd.Series:
    """The values as a column of this dtype with rows 0, 1, 2 …"""
    if isinstance(values, pd.Series):
        series = values.reset_index(drop=True)
    else:
        series = pd.Series(values, dtype=dtype if len(values) == 0 else None)
    return series if str(series.dtype) == dtype else series.astype(dtype)


def _text_cells(series: pd.Series) -> TextCells:
    codes, uniques = pd.factorize(series)
    texts = ["" if text is None else str(text) for text in uniques.tolist()]
    if "" in texts:
        codes = np.where(codes == texts.index(""), -1, codes)
    return TextCells(np.asarray(codes, dtype=np.intp), texts)


def natural_width(caption: str, cells: Cells) -> float:
    """Width in characters that shows the caption in two lines with its filter button, and nearly all values."""
    longest_word = max((len(word) for word in caption.split()), default=0)
    least = max(longest_word, min(len(caption) / 2 + 1, 20)) + 4.5
    if isinstance(cells, NumberCells):
        if cells.formats == ("yyyy-mm-dd",):
            return max(least, 12.5)
        largest = float(np.abs(cells.values).max()) if len(cells) else 0.0
        decimals = max(len(format_code.partition(";")[0].partition(".")[2]) for format_code in cells.formats)
        return max(least, len(f"{largest:,.0f}") + decimals + 4.0)
    texts = (
        cells.texts
        if isinstance(cells, TextCells)
        else [str(value) for value in cells.values if value is not None]
    )
    lengths = sorted(len(text) for text in texts[:5000])
    usual = lengths[int(len(lengths) * 0.98)] if lengths else 0
    return min(max(least, usual + 3.0), 48.0)


@dataclass(frozen=True, eq=False)
class RowBlock:
    """The rows of a sheet between its captions and its total, ready to be written as XML.

    first_row: 0-based. cells: the codes of TextCells are shared-string numbers here, so that of a column of
    texts only its numbers are kept. styles: per column the style number of each of its formats.
    """

    first_row: int
    cells: Sequence[NumberCells | TextCells]
    styles: Sequence[Sequence[int]]

    @property
    def row_count(self) -> int:
        """Rows in the block."""
        return max((len(cells) for cells in self.cells), default=0)

    def xml(self) -> Iterator[str]:
        """The <row> elements, some thousand at a time; a blank cell is left out and has its column's look."""
        template = '<row r="%d">'
        columns: list[tuple[npt.NDArray[Any], _Varied | None]] = []
        for position, cells in enumerate(self.cells):
            kind = ' t="s"' if isinstance(cells, TextCells) else ""
            start = f'<c r="{column_letters(position + 1)}%d"'
            forms = [f'{start} s="{style}"{kind}><v>%s</v></c>' for style in self.styles[position]]
            blank = cells.codes < 0 if isinstance(cells, TextCells) else cells.blank
            if blank is not None and blank.all():
                continue
            values = cells.codes if isinstance(cells, TextCells) else cells.values
            if cells.style is None and (blank is None or not blank.any()):
                template += forms[0]
                columns.append((values, None))
            else:
                template += "%s"
                columns.append((values, _Varied(forms, blank, cells.style)))
        template += "</row>"
        for begin in range(0, self.row_count, CHUNK):
            part = slice(begin, min(begin + CHUNK, self.row_count))
            numbers = range(self.first_row + part.start + 1, self.first_row + part.stop + 1)
            arguments: list[Any] = [numbers]
            for values, varied in columns:
                given = values[part].tolist()
                arguments += [numbers, given] if varied is None else [varied.cells(numbers, given, part)]
            yield "".join([template % row for row in zip(*arguments)])


@dataclass(frozen=True, eq=False)
class _Varied:
    """A column whose cells are not all alike: some blank, some in another style."""

    forms: list[str]
    blank: npt.NDArray[np.bool_] | None
    style: npt.NDArray[np.intp] | None

    def cells(self, numbers: range, values: list[Any], part: slice) -> list[str]:
        """The cells of some rows as XML."""
        count = len(values)
        blank = [False] * count if self.blank is None else self.blank[part].tolist()
        style = [0] * count if self.style is None else self.style[part].tolist()
        return [
            "" if nothing else self.forms[kind] % (number, value)
            for number, value, nothing, kind in zip(numbers, values, blank, style)
        ]
