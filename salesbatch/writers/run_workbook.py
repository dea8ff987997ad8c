"""Draws the run workbook: what came in, what was posted, what was held back and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from salesbatch.core.reports import ReportHead, RunReport
from salesbatch.writers import grid_looks as looks
from salesbatch.writers.grid import draw_workbook
from salesbatch.writers.grid_parts import CellMark, GridPage, GridSheet, MarkTone, PageStyle
from salesbatch.writers.report_sheets import foot_line, report_sheet
from salesbatch.writers.summary_page import FIRST, SHOWN_AS_CHECK, SummaryPage
from salesbatch.writers.words import caption, phrase, sheet_word

TABLES = (
    "findings", "held", "documents", "document_lines", "payment_matches", "customer_ledger_entries",
    "detailed_entries", "gl_entries", "vat_entries", "item_ledger_entries", "numbers", "files",
)  # fmt: skip
_ORDER: Mapping[str, int] = {"error": 0, "warning": 1, "notice": 2}
_SHOWN_ON_SUMMARY = 12
_WIDTHS = (1.5, 46.0, 17.0, 17.0, 22.0, 22.0)
"""No charts stand beside the figures, so sentences have more room than on other summaries."""


def draw_run_workbook(report: RunReport) -> bytes:
    """The bytes of `Run <run>.xlsx`; the same report gives the same bytes."""
    head = report.head
    frames = {table: report.frames[table] for table in TABLES if len(report.frames.get(table, ()))}
    if "findings" in frames:
        frames["findings"] = _worst_first(frames["findings"])
    sheets = [_sheet(table, frame, head) for table, frame in frames.items()]
    title = phrase("run_title", head.language, run=head.run_no)
    return draw_workbook(
        [_summary(report, title, frames), *sheets],
        title=title,
        company=head.company_name,
        created=head.posting_date,
        footer=foot_line(head, phrase("foot", head.language, run="{run}", head="{head}")),
        language=head.language,
    )


def _worst_first(findings: pd.DataFrame) -> pd.DataFrame:
    """Errors first, then warnings, then notices; within these as they were found."""
    rank = findings["severity"].map(_ORDER).fillna(len(_ORDER))
    return findings.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def _sheet(table: str, frame: pd.DataFrame, head: ReportHead) -> GridSheet:
    sheet = report_sheet(table, frame, head, tab_color=looks.TAB_COLORS.get(table, ""))
    if table != "findings":
        return sheet
    severities: list[MarkTone] = frame["severity"].tolist()
    marks = [CellMark(row, 0, tone=tone) for row, tone in enumerate(severities) if tone in looks.TONES]
    columns = tuple(replace(column, wrap=column.width > 40) for column in sheet.columns)
    return replace(sheet, columns=columns, marks=tuple(marks))


def _summary(report: RunReport, title: str, frames: Mapping[str, pd.DataFrame]) -> GridPage:
    language = report.head.language
    page = SummaryPage(report.head)
    page.add_title(title)
    totals = {name: amount for name, amount in report.totals.items() if name not in SHOWN_AS_CHECK}
    counts = {
        name: count for name, count in report.counts.items() if count
    }  # What did not happen is not told.
    page.add_figures(phrase("what_happened", language), totals, counts)
    page.add_checks(report.checks)
    _add_findings(page, frames.get("findings"))
    page.add_contents({table: len(frame) for table, frame in frames.items()})
    page.add_proof()
    return page.page(sheet_word("summary", language), looks.BLUE, _WIDTHS)


def _add_findings(page: SummaryPage, findings: pd.DataFrame | None) -> None:
    """The worst findings with their places, so that nobody has to look for them."""
    language = page.head.language
    page.add_heading(sheet_word("findings", language))
    serious = findings[findings["severity"] != "notice"] if findings is not None else None
    if serious is None or not len(serious):
        page.put(FIRST, phrase("nothing_held", language), "muted")
        page.row += 2
        return
    page.put(FIRST, caption("source", language, ""), "column")
    page.put(FIRST + 1, caption("message", language, ""), "column")
    for column in range(FIRST + 2, FIRST + 5):
        page.put(column, "", "column")
    page.row += 1
    shown = serious.head(_SHOWN_ON_SUMMARY)  # A dozen rows, so a plain loop.
    for row in shown.to_dict("records"):
        place = " · ".join(
            str(part) for part in (row["source"], row["sheet"], row["cell"] or row["row"]) if part
        )
        style: PageStyle = "error" if row["severity"] == "error" else "warning"
        words = f"{row['message']} {row['suggestion']}".strip()
        page.put(FIRST, place, "wrapped")
        page.put(FIRST + 1, words, style, span=4)
        page.heights[page.row] = 3 + 15.0 * max(1, -(-len(words) // 76), -(-len(place) // 46))
        page.row += 1
    if len(serious) > len(shown):
        more, sheet = len(serious) - len(shown), sheet_word("findings", language)
        page.put(
            FIRST + 1, phrase("more_findings", language, count=more, sheet=sheet), "link", target=f"#{sheet}"
        )
        page.row += 1
    page.row += 1
