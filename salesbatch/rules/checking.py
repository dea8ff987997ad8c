"""Checks of a rule: findings at their cells, and the documents that they hold back.

A rule tests whole columns at once and hands the rows that failed to `Checks`; only those few rows are walked.
A document with an error is left out whole, with all its rows, and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.findings import ERROR, Finding, Place, finding
from salesbatch.core.inbox import Held, Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.tables import Table, look_up

Hint = Callable[[str], str]


class Checks:
    """Collects the findings of one table and remembers which documents (or rows of master data) they hold.

    Every frame handed in must have `document`, `source`, `sheet`, `row` and `key`.
    """

    def __init__(self, inbox: Inbox, table: Table) -> None:
        self.inbox = inbox
        self.table = table
        self.findings: list[Finding] = []
        self.held: dict[int, list[str]] = {}

    def report(
        self,
        rows: pd.DataFrame,
        code: str,
        column: str = "",
        *,
        severity: str = "",
        hint: Hint | None = None,
        **values: str,
    ) -> None:
        """One finding per row of `rows`; `values` name columns of `rows` that fill the placeholders."""
        if not len(rows):
            return
        for item in rows.to_dict("records"):  # Only rows that failed a check come here.
            value = item.get(column)
            found = finding(
                code,
                self.place(item, column),
                ""
                if value is None or value is pd.NA or value is pd.NaT
                else _as_typed(self.inbox, item, self.table, column, value),
                hint=hint(str(value)) if hint else "",
                severity=severity,
                document=str(item["key"]),
                **{name: item[source] for name, source in values.items()},
            )
            self.findings.append(found)
            if found.severity == ERROR:
                self.held.setdefault(int(item["document"]), []).append(code)

    def place(self, item: Mapping[Any, Any], column: str = "") -> Place:
        """Where a row, or one of its cells, was read."""
        source, sheet, row = str(item["source"]), str(item["sheet"]), int(str(item["row"]))
        raw = self.inbox.raw.get((source, sheet))
        number = raw.column_numbers.get(column, 0) if raw else 0
        declared = self.table.by_name.get(column)
        return Place(source, sheet, row, number, declared.caption if declared else "")

    def good(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of documents that are not held."""
        if not self.held:
            return rows
        return rows[~rows["document"].isin(list(self.held))]

    def held_items(self, rows: pd.DataFrame) -> tuple[Held, ...]:
        """The held documents, each with all its input rows. rows: one row per input row."""
        if not self.held:
            return ()
        mine = rows[rows["document"].isin(list(self.held))]
        items = []
        for document, part in mine.groupby("document", sort=True):
            first = part.iloc[0]
            reasons = ",".join(dict.fromkeys(self.held[int(str(document))]))
            numbers = tuple(int(row) for row in part["row"])
            items.append(
                Held(
                    self.table.name,
                    str(first["key"]),
                    str(first["source"]),
                    str(first["sheet"]),
                    numbers,
                    reasons,
                    str(first.get("held_id", "")),
                )
            )
        return tuple(items)

    def journal(self, rows: pd.DataFrame) -> Journal:
        """The findings and held documents as a journal to be joined with the rule's own."""
        return Journal(findings=tuple(self.findings), held=self.held_items(rows))


def _as_typed(inbox: Inbox, item: Mapping[Any, Any], table: Table, column: str, value: object) -> str:
    raw = inbox.raw.get((str(item["source"]), str(item["sheet"])))
    number = raw.column_numbers.get(column, 0) if raw else 0
    if raw is not None and number:
        cells = raw.row(int(str(item["row"])))
        if number <= len(cells) and cells[number - 1] not in (None, ""):
            return str(cells[number - 1])[:40]
    return str(value)[:40]


def sort_out_known(checks: Checks, books: Books, headers: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was taken in before: `exists` is skipped with a notice, what was posted cannot change.

    Returns the headers that are new or amended, with the columns `amends` (bool) and `known_document_id`.
    """
    keys = books.keys[books.keys["table_name"] == checks.table.name]
    known = keys.set_index("key")
    hashes = look_up(headers["key"], known["content_hash"])
    posted = look_up(headers["key"], known["posted"])
    earlier = look_up(headers["key"], known["document_id"], 0)
    same = (hashes == headers["content_hash"]) & (hashes != "")
    changed = (hashes != "") & ~same
    if same.any():
        for (source, sheet), part in headers.groupby(["source", "sheet"], sort=False):
            count = int(same[part.index].sum())
            if count:
                checks.findings.append(
                    finding("input-exists", Place(str(source), str(sheet)), count=count, total=len(part))
                )
    if (changed & (posted != "")).any():
        late = headers[changed & (posted != "")].assign(posted=posted)
        checks.report(
            late, "document-changed-after-posting", checks.table.key_columns[0].name, posted="posted"
        )
    fresh = headers.assign(amends=changed, known_document_id=earlier)
    return fresh[~same & ~(changed & (posted != ""))]


def exists_only(checks: Checks, books: Books, rows: pd.DataFrame) -> np.ndarray:
    """True for the rows that are neither known nor conflicting (tables whose rows are acts, such as payments)."""
    fresh = sort_out_known(checks, books, rows)
    return rows.index.isin(fresh.index[~fresh["amends"]])


def close_to(candidates: pd.Series) -> Hint:
    """A hint function: the known code most like the one typed, '' when none is near."""
    from rapidfuzz import fuzz, process

    choices = sorted(set(candidates))

    def hint(value: str) -> str:
        stripped = value.lstrip("0")
        padded = [choice for choice in choices if _bare(choice) == _bare(value) and _bare(value)]
        if padded:
            return str(padded[0])
        best = process.extractOne(stripped or value, choices, scorer=fuzz.ratio, score_cutoff=75)
        return str(best[0]) if best else ""

    return hint


def _bare(code: str) -> str:
    """A code without its leading zeros after the letters: C00412 and C0412 are alike."""
    letters = code.rstrip("0123456789")
    return letters.casefold() + code[len(letters) :].lstrip("0")
