"""Rows in bulk: XlsxWriter writes a mark in their place, and they are put there while the file is packed.

So the XML of a sheet never exists as a whole. This is the only place that leans on the inside of XlsxWriter;
`BULK_ROWS` says whether a version of it has what is needed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from salesbatch.writers.grid_parts import clean_text
from salesbatch.writers.grid_rows import RowBlock, TextCells

BULK_ROWS = all(
    hasattr(Worksheet, name) for name in ("_write_rows", "_check_dimensions", "_write_hyperlinks")
) and hasattr(SharedStringTable, "_get_shared_string_index")
"""True where this XlsxWriter lets rows be written in bulk."""
_ROWS = "<rows/>"
"""Stands in a sheet where its rows will be; no text of a user can read like this, since < is escaped."""
_LARGE = 20_000_000
"""A sheet of more cells than this may outgrow 2 GB of XML."""


class BulkWorksheet(Worksheet):
    """A worksheet whose rows below the captions come ready-made from a RowBlock.

    links: (cell, path) of links to our own files; a file has one entry in the sheet's list, however many cells
    lead to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.block: RowBlock | None = None
        self.links: list[tuple[str, str]] = []

    def set_block(self, block: RowBlock) -> None:
        """Give the rows; the sheet's used range grows by them."""
        self.block = block
        self._check_dimensions(block.first_row + block.row_count - 1, len(block.cells) - 1)

    def add_long_table(self, header: int, last_row: int, last_column: int, options: dict[str, Any]) -> None:
        """A table around the block.

        XlsxWriter visits every cell of a table, so it is added over the first rows and then stretched. The
        total that it writes below these stands inside the block, and so is not written out.
        """
        totals = bool(options["total_row"])
        self.add_table(header, 0, header + 1 + totals, last_column, options)
        table = self.tables[-1]
        table["range"] = xl_range(header, 0, last_row, last_column)
        table["autofilter"] = table["a_range"] = xl_range(header, 0, last_row - totals, last_column)

    def _write_rows(self) -> None:
        if self.block is None:
            super()._write_rows()
            return
        sheet: Any = self
        top, bottom = sheet.dim_rowmin, sheet.dim_rowmax
        sheet.dim_rowmax = self.block.first_row - 1
        super()._write_rows()
        sheet.fh.write(_ROWS)
        sheet.dim_rowmin, sheet.dim_rowmax = self.block.first_row + self.block.row_count, bottom
        super()._write_rows()
        sheet.dim_rowmin = top

    def _write_hyperlinks(self) -> None:
        sheet: Any = self
        known: dict[str, int] = {}
        parts = []
        for cell, path in self.links:
            if path not in known:
                sheet.rel_count += 1
                known[path] = sheet.rel_count
                sheet.external_hyper_links.append(["/hyperlink", file_url(path)._target(), "External"])
            parts.append(f'<hyperlink ref="{cell}" r:id="rId{known[path]}"/>')
        if parts:
            sheet.fh.write(f"<hyperlinks>{''.join(parts)}</hyperlinks>")


def share_texts(table: Any, cells: TextCells) -> TextCells:
    """The cells with the number of each text in the workbook's list of texts for its code."""
    numbers = [table._get_shared_string_index(clean_text(text)) for text in cells.texts]
    table.count += int((cells.codes >= 0).sum()) - len(numbers)
    # A code of -1, a blank, takes the last of the list.
    return replace(cells, codes=np.array([*numbers, -1], dtype=np.int32)[cells.codes], texts=[])


def with_rows(target: io.BytesIO, pages: Sequence[Any]) -> bytes:
    """The drawn workbook with the rows of its sheets where their marks are.

    Rows are packed lightly: the next level of packing takes four times the time to save a fifth of the bytes.
    """
    blocks = {
        f"xl/worksheets/sheet{number}.xml": page.block
        for number, page in enumerate(pages, start=1)
        if isinstance(page, BulkWorksheet) and page.block
    }
    result = io.BytesIO()
    with ZipFile(target) as drawn, ZipFile(result, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for info in drawn.infolist():
            block = blocks.get(info.filename)
            if block is None:
                packed.writestr(info, drawn.read(info))
                continue
            before, after = drawn.read(info).split(_ROWS.encode())
            large = block.row_count * len(block.cells) > _LARGE
            with packed.open(info.filename, "w", force_zip64=large) as part:
                part.write(before)
                for text in block.xml():
                    part.write(text.encode())
                part.write(after)
    return result.getvalue()


def file_url(path: str) -> Any:
    """A link to a file beside the workbook, with the forward slashes that every office program knows."""
    url = Url(f"external:{path}")
    if hasattr(url, "_relationship_link"):
        url._relationship_link = url._relationship_link.replace("\\", "/")
    return url
