"""The run itself goes on record: its files, its findings, and every row that it held back (BFL 5:11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import Finding
from salesbatch.core.inbox import Held, Inbox
from salesbatch.core.journal import Journal


def record_run(
    inbox: Inbox, books: Books, journal: Journal, posting_date: date, *, version: str, strict: bool
) -> Journal:
    """The journal of the rules, completed: what was read, found and held, as rows of this run."""
    findings = (*inbox.findings, *journal.findings)
    held = (*inbox.held, *journal.held)
    company = books.after(Journal(master=journal.master)).company
    language = company.settings.language
    run = entries.RUNS.frame(
        {
            "run_no": [books.run_no],
            "posting_date": [np.datetime64(posting_date, "s")],
            "program_version": [version],
            "schema_version": [1],
            "setup_hash": [setup_hash(company)],
            "files": [len(inbox.files)],
            "rows_read": [inbox.rows_read],
            "rows_held": [sum(len(item.rows) for item in held)],
            "strict": [strict],
        }
    )
    rows = {
        "runs": run,
        "files": _file_rows(inbox, books),
        "findings": _finding_rows(books, findings, language),
        "held": _held_rows(inbox, books, held),
    }
    superseded = {item.held_id for item in held if item.held_id} | set(inbox.dropped)
    return Journal.join([journal, Journal(rows=rows, closed_held=tuple(sorted(superseded)))])


def setup_hash(company: Company) -> str:
    """SHA-256 over the setup that the run was decided by."""
    rows = company.tables.get("company")
    text = "" if rows is None else json.dumps(sorted(zip(rows["setting"], rows["value"])), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _file_rows(inbox: Inbox, books: Books) -> pd.DataFrame:
    first = books.next_no("files")
    count = len(inbox.files)
    return entries.FILES.frame(
        {
            "file_no": np.arange(first, first + count),
            "run_no": np.full(count, books.run_no),
            "name": [file.name for file in inbox.files],
            "kind": [
                "unreadable" if file.name in inbox.unreadable else inbox.kinds.get(file.name, "workbook")
                for file in inbox.files
            ],
            "sha256": [file.sha256 for file in inbox.files],
            "size": [len(file.content) for file in inbox.files],
        },
        count,
    )


def _finding_rows(books: Books, findings: Iterable[Finding], language: str) -> pd.DataFrame:
    items = sorted(
        findings,
        key=lambda item: (
            item.place.source,
            item.place.sheet,
            item.place.row,
            item.place.column_no,
            item.code,
        ),
    )
    first = books.next_no("findings")
    return entries.FINDINGS.frame(
        {
            "finding_no": np.arange(first, first + len(items)),
            "run_no": np.full(len(items), books.run_no),
            "code": [item.code for item in items],
            "severity": [item.severity for item in items],
            "source": [item.place.source for item in items],
            "sheet": [item.place.sheet for item in items],
            "cell": [item.cell for item in items],
            "row": np.array([item.place.row for item in items], dtype=np.int64),
            "column": [item.place.column for item in items],
            "value": [item.value for item in items],
            "message": [item.message(language) for item in items],
            "suggestion": [item.suggestion(language) for item in items],
            "document": [item.document for item in items],
        },
        len(items),
    )


def _held_rows(inbox: Inbox, books: Books, held: Iterable[Held]) -> pd.DataFrame:
    """One row per input row held, with its cells as typed, so that the to-fix workbook is drawn from the books."""
    table: dict[str, list[object]] = {
        name: []
        for name in ("held_id", "table_name", "key", "source", "sheet", "row", "reason", "captions", "cells")
    }
    for number, item in enumerate(held, start=1):
        raw = inbox.raw.get((item.source, item.sheet))
        captions = json.dumps(list(raw.captions) if raw else [], ensure_ascii=False)
        for row in item.rows:
            cells = raw.row(row) if raw else []
            values = (
                f"{books.run_no}-{number}",
                item.table,
                item.key,
                item.source,
                item.sheet,
                row,
                item.reason,
                captions,
                json.dumps([_plain(cell) for cell in cells], ensure_ascii=False),
            )
            for name, value in zip(table, values):
                table[name].append(value)
    count = len(table["row"])
    first = books.next_no("held")
    given: dict[str, object] = {
        **table,
        "row": np.array(table["row"], dtype=np.int64),
        "held_no": np.arange(first, first + count),
        "run_no": np.full(count, books.run_no),
    }
    return entries.HELD.frame(given, count)


def _plain(cell: object) -> object:
    """A cell as JSON: dates as {"date": ISO text}, everything else as it is."""
    if isinstance(cell, (datetime, date)):
        return {"date": cell.isoformat()}
    if cell is None or isinstance(cell, (str, int, float, bool)):
        return cell
    return str(cell)
