"""Rows of `documents`, `document_lines` and `input_keys` from drafts: one way for every kind of document."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books


def document_rows(
    books: Books, headers: pd.DataFrame, document_type: str, status: object, **more: object
) -> pd.DataFrame:
    """A `documents` row per header; columns of the same name are taken over, `more` adds or overrides."""
    count = len(headers)
    given: dict[str, object] = {name: headers[name] for name in entries.DOCUMENTS.names if name in headers}
    if "total_minor" in headers:
        given |= {
            "amount_minor": headers["total_minor"] - headers["vat_amount_minor"],
            "vat_amount_minor": headers["vat_amount_minor"],
            "amount_including_vat_minor": headers["total_minor"],
        }
    given |= {"run_no": books.run_no, "document_type": document_type, "status": status, **more}
    return entries.DOCUMENTS.frame(given, count)


def line_rows(books: Books, lines: pd.DataFrame, document_ids: pd.Series, place: pd.Series) -> pd.DataFrame:
    """`document_lines` rows in the order of their documents. document_ids, place: by `document`."""
    ids = document_ids.loc[lines["document"]].to_numpy()
    order = np.lexsort((lines["line_no"].to_numpy(), place.loc[lines["document"]].to_numpy()))
    names = [name for name in entries.DOCUMENT_LINES.names if name in lines]
    lines, ids = lines[names].iloc[order], ids[order]
    first = books.next_no("document_lines")
    given: dict[str, object] = {name: lines[name] for name in names}
    given |= {"line_id": np.arange(first, first + len(lines)), "document_id": ids}
    return entries.DOCUMENT_LINES.frame(given, len(lines))


def key_rows(
    books: Books, table: str, headers: pd.DataFrame, document_ids: object, posted: object
) -> pd.DataFrame:
    """`input_keys` rows: what was dropped under which key, and what it became ('' while it can be amended)."""
    return entries.INPUT_KEYS.frame(
        {
            "table_name": table,
            "key": headers["key"],
            "content_hash": headers["content_hash"],
            "run_no": books.run_no,
            "document_id": document_ids,
            "posted": posted,
        },
        len(headers),
    )


def new_ids(books: Books, headers: pd.DataFrame) -> np.ndarray:
    """Fresh document ids for headers, in order."""
    first = books.next_no("documents")
    return np.arange(first, first + len(headers))
