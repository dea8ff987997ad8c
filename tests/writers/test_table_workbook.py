"""An exported table as a workbook."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pandas as pd

from salesbatch.writers.table_workbook import draw_table_workbook


def read(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_amounts_and_dates_become_numbers_and_dates_and_codes_stay_text() -> None:
    frame = pd.DataFrame(
        {
            "entry_no": [1, 2],
            "customer_no": ["00123", "K00102"],
            "document_no": ["103001", "-5"],
            "posting_date": ["2026-10-31", ""],
            "amount": ["-1250.05", ""],
            "open": [True, False],
        }
    )
    rows = read(draw_table_workbook("customer_ledger_entries", frame))
    assert rows[0] == ("entry_no", "customer_no", "document_no", "posting_date", "amount", "open")
    number, customer, document, day, amount, _ = rows[1]
    assert (number, customer, document, amount) == (1, "00123", "103001", -1250.05)
    assert isinstance(day, dt.datetime)
    assert day.date() == dt.date(2026, 10, 31)
    assert rows[2][2:5] == ("-5", None, None)


def test_currencies_with_other_decimals_and_scaled_quantities_keep_their_value() -> None:
    frame = pd.DataFrame({"amount": ["100", "1.250", "-0.05"], "quantity": ["2.5", "0.00001", "-3"]})
    rows = read(draw_table_workbook("something_else", frame))
    assert rows[1:4] == [(100, 2.5), (1.25, 0.00001), (-0.05, -3)]


def test_no_text_becomes_a_formula() -> None:
    frame = pd.DataFrame({"description": ["=1+1", "+46", "@x", '=HYPERLINK("http://x")']})
    content = draw_table_workbook("gl_entries", frame)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert [row[0] for row in read(content)[1:]] == ["=1+1", "+46", "@x", '=HYPERLINK("http://x")']


def test_a_table_without_rows_has_its_captions() -> None:
    frame = pd.DataFrame({"entry_no": pd.Series([], dtype="int64"), "amount": pd.Series([], dtype="str")})
    assert read(draw_table_workbook("gl_entries", frame))[0] == ("entry_no", "amount")
