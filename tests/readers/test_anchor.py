"""The anchor of the chain, read back from a workbook."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import xlsxwriter

from salesbatch.core.reports import ReportHead, RunReport
from salesbatch.readers import read_anchor
from salesbatch.writers import draw_run_workbook

HEAD = "0123456789abcdef" * 4


def run_workbook(language: str = "en") -> bytes:
    head = ReportHead("Provbolaget AB", language, "SEK", 7, date(2026, 10, 31), 12034, HEAD)
    return draw_run_workbook(RunReport(head, {}, {}, {}, {}))


def test_rows_and_head_are_found_in_either_language() -> None:
    assert read_anchor(run_workbook()) == (12034, HEAD)
    assert read_anchor(run_workbook("sv")) == (12034, HEAD)


def test_a_workbook_that_was_saved_again_keeps_its_anchor() -> None:
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(run_workbook())).save(saved)
    assert read_anchor(saved.getvalue()) == (12034, HEAD)


def test_another_workbook_has_no_anchor() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Files")
    sheet.write_string(0, 0, "SHA-256")
    sheet.write_string(1, 0, HEAD)  # A hash without a count above it is the hash of something else.
    book.close()
    assert read_anchor(buffer.getvalue()) is None


def test_what_is_no_workbook_has_no_anchor() -> None:
    assert read_anchor(b"") is None
    assert read_anchor(b"PK\x03\x04 but nothing more") is None
