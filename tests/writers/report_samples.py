"""Reports made by hand, as the ledger would give them, for the tests of the workbooks."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import numpy as np
import openpyxl
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.reports import LedgerReport, ReportHead, RunReport

HEAD_HASH = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def head(language: str = "en", currency: str = "SEK") -> ReportHead:
    return ReportHead("Nordbageriet AB", language, currency, 17, dt.date(2026, 10, 31), 18_432, HEAD_HASH)


def texts(*values: str) -> pd.Series:
    return pd.Series(values, dtype="str")


def days(*values: str) -> pd.Series:
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def find(sheet: object, text: str) -> tuple[object, ...]:
    """The values to the right of the first cell in column B with this text."""
    for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
        if row[1] == text:
            return tuple(row[2:6])
    raise AssertionError(f"'{text}' does not stand in column B")


def column(sheet: object, caption: str) -> list[object]:
    """The values below a caption in row 1."""
    rows = list(sheet.iter_rows(values_only=True))  # type: ignore[attr-defined]
    at = rows[0].index(caption)
    return [row[at] for row in rows[1:]]


def customer_entries() -> pd.DataFrame:
    frame = entries.CUSTOMER_LEDGER_ENTRIES.frame(
        {
            "entry_no": [1, 2, 3],
            "run_no": [17, 17, 17],
            "customer_no": texts("C00031", "C00031", "C00008"),
            "document_type": texts("invoice", "payment", "invoice"),
            "document_no": texts("103001", "B2001", "103002"),
            "description": texts("Invoice 103001", "invoice", "Invoice 103002"),
            "posting_date": days("2026-09-01", "2026-10-02", "2026-10-20"),
            "due_date": days("2026-10-01", "NaT", "2026-11-19"),
            "currency_code": texts("SEK", "SEK", "JPY"),
            "amount_minor": [125_050, -100_000, 5_000],
            "amount_lcy_minor": [125_050, -100_000, 35_000],
        }
    )
    return frame.assign(
        remaining_amount_minor=[25_050, 0, 5_000],
        remaining_amount_lcy_minor=[25_050, 0, 35_000],
        open=[True, False, True],
    )


def gl_entries() -> pd.DataFrame:
    return entries.GL_ENTRIES.frame(
        {
            "entry_no": [1, 2],
            "voucher_series": texts("A", "A"),
            "voucher_no": [7, 7],
            "account_no": texts("1510", "3001"),
            "posting_date": days("2026-10-20", "2026-10-20"),
            "document_no": texts("103002", "103002"),
            "amount_minor": [35_000, -35_000],
        }
    )


def payment_matches() -> pd.DataFrame:
    frame = entries.PAYMENT_MATCHES.frame(
        {
            "match_no": [1, 2, 3, 4, 5],
            "statement_line_no": [1, 2, 3, 4, 1],
            "status": texts("proposed", "on_account", "proposed", "unmatched", "applied"),
            "match_confidence": texts("medium", "low", "medium", "none", "accepted"),
        }
    )
    return frame.assign(amount_minor=[100_000, 5_000, 20_000, 1_000, 100_000])


def ledger_report(language: str = "en", currency: str = "SEK", **frames: pd.DataFrame) -> LedgerReport:
    drawn: Mapping[str, pd.DataFrame] = frames or {
        "customer_ledger_entries": customer_entries(),
        "gl_entries": gl_entries(),
        "payment_matches": payment_matches(),
        "runs": entries.RUNS.empty(),
    }
    opened = customer_entries()
    return LedgerReport(
        head(language, currency),
        "2026-10",
        drawn,
        opened[opened["open"]].reset_index(drop=True),
        pd.DataFrame({"month": texts("2026-09", "2026-10"), "amount_minor": [125_050, 35_000]}),
        pd.DataFrame(
            {
                "band": texts("not due", "1-30", "31-60", "61-90", "over 90"),
                "amount_minor": [35_000, 25_050, 0, 0, 0],
            }
        ),
        pd.DataFrame(
            {
                "customer_no": texts("C00008", "C00031"),
                "customer_name": texts("Tokyo Tea KK", ""),
                "amount_minor": [35_000, 25_050],
                "overdue_minor": [0, 25_050],
            }
        ),
        {"invoiced": 35_000, "receivables": 60_050, "debit": 35_000, "credit": 35_000},
        {
            "debit_equals_credit": (35_000, 35_000),
            "receivables_equal_customer_ledger": (60_050, 60_000),
        },
        {"103001": "outbox/2026-09/Invoice 103001.pdf"},
    )


def findings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """(severity, cell, message)"""
    count = len(rows)
    return entries.FINDINGS.frame(
        {
            "finding_no": np.arange(1, count + 1),
            "code": texts(*["number-unknown"] * count),
            "severity": texts(*[row[0] for row in rows]),
            "source": texts(*["Orders.xlsx"] * count),
            "sheet": texts(*["Orders"] * count),
            "cell": texts(*[row[1] for row in rows]),
            "value": texts(*["=1+1"] * count),
            "message": texts(*[row[2] for row in rows]),
        },
        count,
    )


def run_report(language: str = "en", **frames: pd.DataFrame) -> RunReport:
    return RunReport(
        head(language),
        frames,
        {"files": 2, "rows_read": 340, "documents_held": 3},
        {"invoiced": 142_310_075},
        {"debit_equals_credit": (35_000, 35_000)},
    )
