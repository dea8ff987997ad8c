"""How a sheet is described: columns with kind, caption, aliases, default and help, declared once.

From these declarations come the reader's checks, the pandera model of the frame, the templates, the pages
of `docs/workbooks.md` and the SQL tables of master data and setup. There is no second list of columns.
The declarations themselves stand in `sheets_setup`, `sheets_master` and `sheets_documents`.

The frame of a table has one column per declared column under `Column.name`, with these dtypes:

    code, text, choice, formula   str, "" for blank
    date                          datetime64[s], NaT for blank
    amount                        Int64 minor units, name ends in _minor
    quantity, price, percent      Int64 scaled by 100,000, name ends in _e5
    integer                       Int64
    yes_no                        boolean

and, on every row, PROVENANCE: source, sheet, row, key, content_hash, cleared, held_id, and in document
tables `document`, a dense number of the document within the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pandera

Kind = Literal[
    "code", "text", "date", "amount", "quantity", "price", "percent", "integer", "yes_no", "choice", "formula"
]
Group = Literal["setup", "master", "documents", "bank", "answers"]

TEXT_KINDS = frozenset({"code", "text", "choice", "formula"})
NUMBER_KINDS = frozenset({"amount", "quantity", "price", "percent", "integer"})
_SUFFIX = {"amount": "_minor", "quantity": "_e5", "price": "_e5", "percent": "_e5"}
MAX_LENGTH = {"code": 50, "text": 500, "choice": 50, "formula": 30}
MAX_LENGTH_LONG = 8_000
"""Of a text that may be long: a bank's message can list a hundred invoices."""

PROVENANCE = ("source", "sheet", "row", "key", "content_hash", "cleared", "held_id")


def snake_case(caption: str) -> str:
    """'Line Discount %' -> 'line_discount_percent'; 'G/L Account' -> 'gl_account'; 'No.' -> 'no'."""
    text = caption.lower().replace("%", " percent ").replace("g/l", "gl").replace("cr.", "cr ")
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    caption: str
    kind: Kind = "text"
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    help: str = ""
    header: bool = False
    """In a document sheet: belongs to the document, not to its line."""
    example: str = ""
    non_negative: bool = False
    in_hash: bool = True
    signed_text: bool = False
    long: bool = False

    @property
    def most(self) -> int:
        """The longest text, in characters, that the column takes."""
        return MAX_LENGTH_LONG if self.long else MAX_LENGTH[self.kind]

    @cached_property
    def field(self) -> str:
        """snake_case name without the unit: 'unit_price'."""
        return snake_case(self.caption)

    @cached_property
    def name(self) -> str:
        """Column name in a frame: 'unit_price_e5'."""
        return self.field + _SUFFIX.get(self.kind, "")

    @cached_property
    def dtype(self) -> str:
        """pandas dtype of the column in an input frame."""
        if self.kind in TEXT_KINDS:
            return "str"
        if self.kind == "date":
            return "datetime64[s]"
        return "boolean" if self.kind == "yes_no" else "Int64"


@dataclass(frozen=True)
class Table:
    """One sheet: its names, its columns, its key and what it is for."""

    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Captions of the columns that make the natural key of a row; for documents of the document."""
    group: Group
    aliases: tuple[str, ...] = ()
    help: str = ""
    documents: bool = False
    """True where several rows make one document."""
    alternative_keys: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """snake_case name of the table: 'sales_prices'."""
        return snake_case(self.sheet)

    @cached_property
    def by_caption(self) -> dict[str, Column]:
        """Columns by caption."""
        return {column.caption: column for column in self.columns}

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by frame name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns of the natural key."""
        return tuple(self.by_caption[caption] for caption in self.key)

    @cached_property
    def header_columns(self) -> tuple[Column, ...]:
        """Columns that belong to the whole document."""
        return tuple(column for column in self.columns if column.header)

    @property
    def provenance(self) -> tuple[str, ...]:
        """Names of the columns that say where a row came from."""
        return (*PROVENANCE, "document") if self.documents else PROVENANCE

    @cached_property
    def _empty(self) -> pd.DataFrame:
        return empty_frame({**{c.name: c.dtype for c in self.columns}, **_provenance_dtypes(self.documents)})

    def empty(self) -> pd.DataFrame:
        """A frame of this table without rows, with the right dtypes."""
        return self._empty.copy(deep=False)  # pandas copies on write, so the shared one stays empty.

    def model(self) -> pandera.DataFrameSchema:
        """The pandera model of the frame (strict, no coercion): the gate that a table passes when it enters."""
        import pandera.pandas as pandera

        columns: dict[str, Any] = {}
        for column in self.columns:
            checks: list[Any] = []
            if column.options:
                checks.append(pandera.Check.isin(["", *column.options]))
            if column.non_negative:
                checks.append(pandera.Check.ge(0))
            columns[column.name] = pandera.Column(
                column.dtype, checks, nullable=column.kind not in TEXT_KINDS
            )
        for name, dtype in _provenance_dtypes(self.documents).items():
            columns[name] = pandera.Column(dtype)
        return pandera.DataFrameSchema(columns, strict=True, coerce=False, name=self.name)


def _provenance_dtypes(documents: bool) -> dict[str, str]:
    dtypes = dict.fromkeys(PROVENANCE, "str") | {"row": "int64"}
    return {**dtypes, "document": "int64"} if documents else dtypes


def empty_frame(dtypes: dict[str, str]) -> pd.DataFrame:
    """A frame without rows with the given column dtypes."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in dtypes.items()})


def plain_int(series: pd.Series, default: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A nullable Int64 column as plain int64, blanks filled."""
    return series.fillna(default).to_numpy(dtype=np.int64)


def look_up(keys: pd.Series, values: pd.Series, blank: str | int = "") -> pd.Series:
    """The value that stands for each key in `values` (its index holds the keys), `blank` where there is none.

    Series.map turns a look-up that finds nothing into floats; this one keeps texts texts and numbers int64.
    """
    place = values.index.get_indexer(pd.Index(keys))
    found = place >= 0
    if isinstance(blank, str):
        texts = (
            values.to_numpy(dtype=object)[place] if len(values) else np.full(len(keys), blank, dtype=object)
        )
        return pd.Series(np.where(found, texts, blank), index=keys.index, dtype="str")
    whole = (
        values.to_numpy(dtype=np.int64)[place] if len(values) else np.full(len(keys), blank, dtype=np.int64)
    )
    return pd.Series(np.where(found, whole, blank), index=keys.index)


def in_order(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """A frame sorted by columns without blanks, stable, numbered anew; what is sorted already is not moved."""
    if _are_in_order([frame[name].to_numpy() for name in names]):
        return frame.reset_index(drop=True)
    return frame.sort_values(list(names), kind="stable", ignore_index=True)


def _are_in_order(columns: Sequence[np.ndarray[Any, Any]]) -> bool:
    """Whether no row has to go before the row above it; looking costs a fraction of sorting texts."""
    alike = np.ones(max(len(columns[0]) - 1, 0), dtype=bool)
    for values in columns:
        above, below = values[:-1], values[1:]
        if not (above <= below)[alike].all():
            return False
        alike &= above == below
    return True


def normal_name(text: str) -> str:
    """Sheet names and captions are compared without case, spaces, dots, `_`, `-` and a plural s or or/er/ar."""
    return re.sub(r"[\s_\-./()]+", "", text).casefold()


# Short words for declarations ---------------------------------------------------------------------------


def code(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of codes: leading zeros are kept."""
    return Column(caption, "code", aliases=aliases, **options)


def text(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of free text."""
    return Column(caption, "text", aliases=aliases, **options)


def day(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of dates."""
    return Column(caption, "date", aliases=aliases, **options)


def amount(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of money in the row's currency."""
    return Column(caption, "amount", aliases=aliases, **options)


def quantity(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of quantities, 5 decimals."""
    return Column(caption, "quantity", aliases=aliases, **options)


def price(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of unit prices, 5 decimals."""
    return Column(caption, "price", aliases=aliases, **options)


def percent(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of percentages 0-100, 5 decimals."""
    return Column(caption, "percent", aliases=aliases, **options)


def integer(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of whole numbers."""
    return Column(caption, "integer", aliases=aliases, **options)


def yes_no(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of yes or no."""
    return Column(caption, "yes_no", aliases=aliases, **options)


def choice(caption: str, options: str, *aliases: str, **more: Any) -> Column:
    """A column with fixed options, written 'A|B|C'."""
    return Column(caption, "choice", options=tuple(options.split("|")), aliases=aliases, **more)


def formula(caption: str, *aliases: str, **options: Any) -> Column:
    """A column of date formulas (P5)."""
    return Column(caption, "formula", aliases=aliases, **options)


def as_header(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The same columns, marked as belonging to the whole document."""
    from dataclasses import replace

    return tuple(replace(column, header=True) for column in columns)


@dataclass(frozen=True)
class RawSheet:
    """The cells of a sheet as they were read, for findings and the to-fix workbook.

    rows: the values of each row (column A first), from first_row on; readers make a row when it is asked for,
    so that a large sheet stays a few arrays. captions: the header row's texts; header_row: 0 where none was
    found. column_numbers: 1-based column number of each column name found.
    """

    source: str
    sheet: str
    header_row: int
    captions: tuple[str, ...]
    rows: Sequence[list[object]] = field(repr=False)
    first_row: int = 1
    column_numbers: dict[str, int] = field(default_factory=dict)

    def row(self, number: int) -> list[object]:
        """The values of a row by its 1-based Excel number; [] beyond the end."""
        index = number - self.first_row
        return self.rows[index] if 0 <= index < len(self.rows) else []
