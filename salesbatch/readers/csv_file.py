"""A csv file becomes the same columns of cells as a sheet; everything in it is text."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

from salesbatch.readers.child import ColumnBuilder
from salesbatch.readers.raw_cells import CellColumn, SheetCells
from salesbatch.readers.workbook import UnreadableFileError

_ROWS_AT_ONCE = 20_000
_MOST_COLUMNS = 1_000
_LARGEST_FILE = 512 << 20


def read_csv(source: str, content: bytes, encoding: str = "", delimiter: str = "") -> SheetCells:
    """The cells of a csv file; the sheet is named like the file. Raises UnreadableFileError.

    encoding, delimiter: those that a profile names; where they are blank or do not fit, as the file shows them.
    """
    if len(content) > _LARGEST_FILE:
        raise UnreadableFileError("file-too-large", reason=f"> {_LARGEST_FILE >> 20} MB")
    text = _decode(content, encoding)
    delimiter = delimiter if len(delimiter) == 1 else _delimiter(text)
    try:
        columns = _columns(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        columns = _columns_of_lines(text, delimiter)
    name = source.rpartition("/")[2]
    return SheetCells(source, name.rpartition(".")[0] or name, 1, 1, columns)


def _columns_of_lines(text: str, delimiter: str) -> list[CellColumn]:
    """The cells of a file with loose quotation marks. None may reach over a line: it would swallow whole rows."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, _ in enumerate(reader, 1):
            if reader.line_num != number:
                raise UnreadableFileError("csv-quote", row=str(number))
        return _columns(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFileError("file-damaged") from error


def _columns(reader: Iterator[list[str]]) -> list[CellColumn]:
    builders: list[ColumnBuilder] = []
    count = 0
    while piece := list(itertools.islice(reader, _ROWS_AT_ONCE)):
        width = max(map(len, piece))
        if width > _MOST_COLUMNS:
            raise UnreadableFileError("file-too-large", reason=f"> {_MOST_COLUMNS} columns")
        while len(builders) < width:
            builders.append(ColumnBuilder())
            builders[-1].pad(count)
        for builder, cells in zip(builders, itertools.zip_longest(*piece, fillvalue="")):
            builder.add(cells)
        count += len(piece)
        for builder in builders:
            builder.pad(count)
    columns = []
    for builder in builders:
        builder.finish()
        columns.append(CellColumn.built(builder))
    return columns


def _decode(content: bytes, named: str = "") -> str:
    """UTF-8 where it is valid (with or without its mark), UTF-16 with its mark, else the Western code page of Windows."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = (*((named,) if named.lower().replace("-", "") != "utf8" else ()), "utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text
    raise UnreadableFileError("csv-encoding")


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into most cells; Excel's own `sep=` line decides if there is one."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]

    def width(delimiter: str) -> int:
        return max((len(row) for row in csv.reader(lines, delimiter=delimiter)), default=0)

    return max((";", "\t", ",", "|"), key=width)
