"""Draws the ledger workbook: one accounting period of the books, for accountant and owner.

First a summary that fits on a page (figures, checks that must agree, three charts, the head of the hash
chain), then every ledger of the period as a real Excel table, with links from an entry to its document.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesbatch.core.reports import LedgerReport, ReportHead
from salesbatch.writers import grid_looks as looks
from salesbatch.writers.grid import draw_workbook
from salesbatch.writers.grid_parts import GridPage
from salesbatch.writers.reconciliation_sheet import reconciliation_page
from salesbatch.writers.report_sheets import find_column, foot_line, report_sheet
from salesbatch.writers.summary_page import SHOWN_AS_CHECK, SummaryPage
from salesbatch.writers.words import period_words, phrase, sheet_word, value_word

TABLES = (
    "customer_ledger_entries", "open_entries", "detailed_entries", "gl_entries", "vat_entries",
    "item_ledger_entries", "documents", "document_lines", "payment_matches", "bank_reconciliation", "numbers", "runs",
)  # fmt: skip
_OUTCOMES: Mapping[str, str] = {
    "applied": "settled", "mapped": "settled", "on_account": "settled", "proposed": "waiting", "unmatched": "unmatched",
}  # fmt: skip


def draw_ledger_workbook(report: LedgerReport) -> bytes:
    """The bytes of `Ledger <period>.xlsx`; the same report gives the same bytes."""
    head = report.head
    frames = dict(report.frames)
    frames["open_entries"] = _with_days_overdue(report.open_entries, head)
    # The workbook stands in ledgers/, the documents in outbox/ beside it.
    links = {no: f"../{path}" for no, path in report.documents_in_outbox.items()}
    if not len(frames.get("bank_reconciliation", ())):
        frames.pop("bank_reconciliation", None)  # A company that drops no statements has none.
    shown = [table for table in TABLES if table in frames]
    sheets = [
        reconciliation_page(frames[table], head, report.period, looks.ACCENT)
        if table == "bank_reconciliation"
        else report_sheet(table, frames[table], head, links, looks.TAB_COLORS.get(table, ""))
        for table in shown
    ]
    rows = {table: len(frames[table]) for table in shown}
    title = phrase("ledger_title", head.language, period=period_words(report.period, head.language))
    return draw_workbook(
        [_summary(report, title, rows), *sheets],
        title=title,
        company=head.company_name,
        created=head.posting_date,
        footer=foot_line(head, phrase("foot", head.language, run="{run}", head="{head}")),
        language=head.language,
    )


def _with_days_overdue(open_entries: pd.DataFrame, head: ReportHead) -> pd.DataFrame:
    """Days past the due date as of the report's date; blank for what is not due, and for payments."""
    due = open_entries["due_date"].to_numpy().astype("datetime64[D]")
    days = np.where(np.isnat(due), 0, (np.datetime64(head.posting_date, "D") - due).astype(np.int64))
    remaining = find_column(open_entries, "remaining_amount")
    claim = remaining.to_numpy() > 0 if remaining is not None else np.ones(len(days), dtype=bool)
    overdue = pd.array(days, dtype="Int64")
    overdue[~((days > 0) & claim)] = pd.NA
    return open_entries.assign(days_overdue=overdue)


def _summary(report: LedgerReport, title: str, rows: Mapping[str, int]) -> GridPage:
    head, language = report.head, report.head.language
    page = SummaryPage(head)
    page.add_title(title)
    ages = list(zip(report.age["band"].tolist(), report.age["amount_minor"].tolist()))
    overdue = sum(amount for band, amount in ages if band != "not due")
    figures = {name: amount for name, amount in report.totals.items() if name not in SHOWN_AS_CHECK}
    figures.setdefault("receivables", sum(amount for _, amount in ages))
    page.add_figures(phrase("key_figures", language), {**figures, "overdue": overdue})
    page.add_checks(report.checks)
    currency = head.currency_code
    by_month = page.add_table(
        phrase("by_month", language),
        (phrase("month", language), currency),
        [
            (period_words(month, language, short=True), (amount,))
            for month, amount in zip(*(report.invoiced_by_month[name] for name in ("month", "amount_minor")))
        ],
    )
    by_age = page.add_table(
        phrase("by_age", language),
        (phrase("age", language), currency),
        [(value_word(band, language), (amount,)) for band, amount in ages],
        total=True,
    )
    debtors = [
        (f"{number} {name}".strip(), (amount, overdue))
        for number, name, amount, overdue in zip(
            *(
                report.largest_debtors[name]
                for name in ("customer_no", "customer_name", "amount_minor", "overdue_minor")
            )
        )
    ]
    by_customer = page.add_table(
        phrase("by_customer", language),
        (phrase("customer", language), currency, phrase("overdue_total", language)),
        debtors,
    )
    outcomes = _payment_outcomes(report.frames.get("payment_matches"))
    if any(outcomes.values()):
        page.add_table(
            phrase("by_status", language),
            (phrase("outcome", language), phrase("count", language)),
            [(phrase(name, language), (count,)) for name, count in outcomes.items()],
            style="integer",
        )
    page.add_contents(rows)
    page.add_proof()
    page.add_chart("column", phrase("by_month", language), by_month, (looks.ACCENT,))
    page.add_chart("bar", phrase("by_age", language), by_age, looks.AGE_COLORS)
    if debtors:
        names = (phrase("owed", language), phrase("overdue_total", language))
        page.add_chart("bar", phrase("by_customer", language), by_customer, (looks.BLUE,), names)
    return page.page(sheet_word("summary", language), looks.BLUE)


def _payment_outcomes(matches: pd.DataFrame | None) -> dict[str, int]:
    """Statement lines by what became of them: settled, waiting for an answer, unmatched.

    Counted, not summed: lines can be in several currencies.
    """
    counts = dict.fromkeys(("settled", "waiting", "unmatched"), 0)
    if matches is not None and len(matches):
        last = matches.drop_duplicates("statement_line_no", keep="last")  # Only the last decision counts.
        for status, count in last["status"].value_counts().items():
            outcome = _OUTCOMES.get(str(status))
            if outcome:
                counts[outcome] += int(count)
    return counts
