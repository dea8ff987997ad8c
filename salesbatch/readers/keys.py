"""What makes an input row the same row again: its natural key, and a hash of its content.

Both are taken from the typed values before any default is filled in, so that it does not matter how a number
was written, which file it came in, or what the best price was on that day. A blank cell and an absent column
are the same. The hash is the SHA-256 of `name=value` for everything that is filled in: of the header once and
of the lines in their order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.inbox import Held
from salesbatch.core.tables import TEXT_KINDS, Column, RawSheet, Table
from salesbatch.readers.cells import Values

Int64 = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
_FIELD, _LINE = "\x1f", "\x1e"
_HASH_LENGTH = 32
CONTENT = "content="


def contents(table: Table, values: Mapping[str, Values], documents: Int64, cleared: Objects) -> Objects:
    """Content hash of each row; in a document table the hash of its document on every row."""
    hashed = [column for column in table.columns if column.in_hash and not values[column.name].blank.all()]
    lines = [_pieces(values[column.name]) for column in hashed if not (column.header and table.documents)]
    if cleared.any():
        lines.append([f"cleared={names}{_FIELD}" if names else "" for names in cleared])
    count = len(documents)
    rows = list(map("".join, zip(*lines))) if lines else [""] * count
    if not table.documents:
        return np.array([_hash(row) for row in rows], object)
    starts = _starts(documents)
    heads = [_pieces(values[column.name], starts) for column in hashed if column.header]
    head_rows = list(map("".join, zip(*heads))) if heads else [""] * len(starts)
    ends = [*starts[1:].tolist(), count]
    hashes = [
        _hash(head + _LINE + _LINE.join(rows[start:end]))
        for head, start, end in zip(head_rows, starts.tolist(), ends)
    ]
    return np.repeat(np.array(hashes, object), np.diff(np.r_[starts, count]))


def key_texts(table: Table, values: Mapping[str, Values], documents: Int64, content: Objects) -> Objects:
    """Natural key of each row: its key columns joined with `|`; where all are blank an alternative, or the content.

    An alternative key ('external_document_no=PO-7|C00120') says which column it is, and the customer, because
    two customers may use the same number. A key by content gets its occurrence later.
    """
    parts = [_key_part(values[column.name]) for column in table.key_columns]
    result = parts[0]
    for part in parts[1:]:
        result = result + "|" + part
    missing = np.logical_and.reduce([values[column.name].blank for column in table.key_columns])
    if not missing.any():
        return result
    result = result.copy()
    customer = values.get("customer_no")
    for caption in table.alternative_keys:
        column = table.by_caption[caption]
        rows = np.flatnonzero(missing & ~values[column.name].blank)
        owner = _key_part(customer)[rows] if customer is not None else ""
        result[rows] = f"{column.field}=" + _key_part(values[column.name])[rows] + "|" + owner
        missing[rows] = False
    rows = np.flatnonzero(missing)
    result[rows] = CONTENT + content[rows]
    return result


def _starts(documents: Int64) -> Int64:
    return (
        np.flatnonzero(np.r_[True, documents[1:] != documents[:-1]])
        if len(documents)
        else np.zeros(0, np.int64)
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH_LENGTH]


def _pieces(values: Values, rows: Int64 | None = None) -> list[str]:
    """'name=value' of each row, '' where blank; built once for every distinct value."""
    name = values.column.name
    texts, places = _canonical(values)
    pieces = np.array([f"{name}={text}{_FIELD}" for text in texts], object)
    chosen = pieces[places]
    chosen[values.blank] = ""
    return list((chosen if rows is None else chosen[rows]).tolist())


def _key_part(values: Values) -> Objects:
    texts, places = _canonical(values)
    parts = np.array([text.replace("\\", "\\\\").replace("|", "\\|") for text in texts], object)[places]
    parts[values.blank] = ""
    return parts


def _canonical(values: Values) -> tuple[list[str], Int64]:
    """The distinct values as text, and each row's place among them."""
    if values.column.kind in TEXT_KINDS:
        return values.texts, values.values
    places, distinct = pd.factorize(values.values)
    return [_text_of(values.column, number) for number in distinct.tolist()], places.astype(np.int64)


def _text_of(column: Column, number: int) -> str:
    if column.kind == "date":
        return str(np.datetime64(number, "s").astype("datetime64[D]"))
    if column.kind == "yes_no":
        return "yes" if number else "no"
    return str(number)


# The same key twice in one drop --------------------------------------------------------------------------


def number_occurrences(table: Table, frame: pd.DataFrame) -> None:
    """Count equal keys within a sheet where equal rows can be meant: keys by content, and bank lines. In place."""
    keys = frame["key"]
    counted = keys.str.startswith(CONTENT) if table.group != "bank" else pd.Series(True, index=frame.index)
    if not counted.any():
        return
    first = (
        ~frame.duplicated(["source", "sheet", "document"])
        if table.documents
        else pd.Series(True, index=frame.index)
    )
    chosen = frame[counted & first]
    number = chosen.groupby(["source", "sheet", "key"], sort=False).cumcount() + 1
    named = chosen["key"] + "#" + number.astype("str")
    if table.documents:
        by_document = named.set_axis(chosen["document"])
        rows = frame.index[counted]
        frame.loc[rows, "key"] = frame.loc[rows, "document"].map(by_document).astype("str")
    else:
        frame.loc[named.index, "key"] = named


def hold_repeats(
    table: Table,
    frame: pd.DataFrame,
    held: list[Held],
    raw: Mapping[tuple[str, str], RawSheet],
    together: str = "",
) -> tuple[pd.DataFrame, list[Held], list[Finding]]:
    """Settle keys that stand twice in the drop: equal content is kept once, different content is held wholly.

    held: what the table's sheets hold already; a clean row with the key of a held one is held with it.
    together: column whose equal values are one paper (delivery notes). Gives the rows that stay.
    """
    if table.group == "bank" or not len(frame):
        return frame, [], []
    if table.group == "answers":
        frame = _answered(frame)
    owner = frame["document"] if table.documents else pd.Series(np.arange(len(frame)), index=frame.index)
    first = frame[~owner.duplicated()]
    held_keys = {item.key for item in held if item.key and not item.key.startswith(CONTENT)}
    repeated = first[first["key"].duplicated(keep=False) | first["key"].isin(held_keys)]
    if not len(repeated):
        return frame, [], []
    place_of_row = repeated["source"] + _FIELD + repeated["sheet"]
    by_key = repeated.groupby("key", sort=False)
    same = (by_key["content_hash"].transform("nunique") == 1) & ~repeated["key"].isin(held_keys)
    one_sheet = place_of_row.groupby(repeated["key"], sort=False).transform("nunique") == 1
    scattered = one_sheet & (by_key["key"].transform("size") > 1) & table.documents
    again = same & repeated["key"].duplicated()
    named = repeated[["key", "source", "sheet", "row"]].assign(
        code=np.where(same, "input-twice", np.where(scattered, "document-scattered", "input-key-twice"))
    )[again | ~same]
    findings = [
        finding(code, _key_place(table, raw, source, sheet, row), _shown_key(key), document=key)
        for key, source, sheet, row, code in zip(*(named[column].tolist() for column in named.columns))
    ]
    gone, bad = owner[repeated.index[again]], owner[repeated.index[~same]]
    bad_rows = owner.isin(bad)
    if together and len(bad):
        papers = frame.loc[bad_rows, ["source", "sheet", together]].drop_duplicates()
        bad_rows |= (
            frame[["source", "sheet", together]].apply(tuple, axis=1).isin(papers.apply(tuple, axis=1))
        )
    groups = frame[together] if together else owner
    items = [_held_item(table, rows) for _, rows in frame[bad_rows].groupby(groups[bad_rows], sort=False)]
    return frame[~bad_rows & ~owner.isin(gone)].reset_index(drop=True), items, findings


def _answered(frame: pd.DataFrame) -> pd.DataFrame:
    """Answers, where colleagues share a workbook and each answers some of it: an open row gives way to another copy's."""
    waits = frame["decision"].isin(("", "Leave"))
    beside = frame["key"].isin(frame.loc[~waits, "key"]) | (waits & frame["key"].duplicated())
    return frame[~(waits & beside)].reset_index(drop=True)


def _shown_key(key: str) -> str:
    return key.partition("=")[2].rpartition("|")[0] or key if "=" in key else key


def _key_place(
    table: Table, raw: Mapping[tuple[str, str], RawSheet], source: str, sheet: str, row: int
) -> Place:
    column = table.key_columns[0]
    known = raw.get((source, sheet))
    number = known.column_numbers.get(column.name, 0) if known is not None else 0
    return Place(source, sheet, row, number, column.caption)


def _held_item(table: Table, rows: pd.DataFrame) -> Held:
    first = rows.iloc[0]
    held_ids = [text for text in rows["held_id"].tolist() if text]
    return Held(
        table.name,
        str(first["key"]),
        str(first["source"]),
        str(first["sheet"]),
        tuple(int(row) for row in rows["row"]),
        "input-key-twice",
        held_ids[0] if held_ids else "",
    )
