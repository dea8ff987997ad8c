"""Papers that must be held: mistakes, which come back mended in their to-fix workbook, and posted ones that come changed."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
from laws.desk import BY_ITSELF, Desk, act
from laws.papers import HELD, Dropped
from laws.runs import run_by_itself
from laws.terms import Line

MENDED = {"NOBODY": "C1", "NOTHING": "A1", "C3": "C1", "01/02/2026": None, "ett": 1}
"""What a person types over the mistakes; the date becomes the day."""


@act("mistakes", lambda desk: sorted(MENDED) if desk.nothing_to_be_held() else [])
def mistake(desk: Desk, what: str) -> None:
    """A document that must be held, whatever lies beside it: the model learns nothing."""
    key = desk.key("X")
    row: list[object] = [key, "C1", desk.day, "A1", 1, None, None]
    row[{"NOBODY": 1, "C3": 1, "01/02/2026": 2, "NOTHING": 3, "ett": 4}[what]] = what
    good: list[object] = [key, None, None, "A2", 1, None, None]
    desk.write("Invoices", [row, good], lambda ledger: None, HELD, key)


def _rewritable(desk: Desk) -> list[str]:
    waiting = {paper.key for paper in desk.papers}
    posted = [key for key, paper in desk.facts.items() if paper.lines and key not in waiting]
    return posted if desk.nothing_to_be_held() else []


@act("posted ones changed", _rewritable)
def rewrite_history(desk: Desk, key: str) -> None:
    """A posted invoice comes again with another quantity: it is held, the books keep what was posted."""
    paper = desk.facts[key]
    rows = [list(row) for row in paper.rows]
    rows[0][4] = float(str(rows[0][4])) + 1
    desk.write("Invoices", rows, lambda ledger: None, HELD, key, day=paper.day)


@act("mistakes mended", lambda desk: sorted(desk.mistakes), BY_ITSELF)
def mend(desk: Desk, name: str) -> None:
    """The to-fix workbook of a run comes back with its cells mended: what was held is posted after all."""
    papers, run_no = desk.mistakes.pop(name)
    name = f"{Path(name).stem} - to fix.xlsx"
    book = openpyxl.load_workbook(desk.office.root / "rejected" / f"{run_no:06d}" / name)
    day = max(desk.day, desk.closed)
    for cell in (cell for row in book["Invoices"].iter_rows() for cell in row):
        if cell.value in MENDED:
            cell.value = MENDED[cell.value] or day
        elif isinstance(cell.value, datetime) and cell.value.date() < desk.closed:
            cell.value = day  # Its period was closed meanwhile.
    content = io.BytesIO()
    book.save(content)
    result = run_by_itself(desk, Dropped(desk.day, {name: content.getvalue()}))
    assert result.counts["rows_held"] == 0, f"I9 {[item.message() for item in result.findings]}"
    for paper in papers:
        desk.model.sell("invoice", paper.key, "C1", [Line("A1", Decimal(1)), Line("A2", Decimal(1))], day)
