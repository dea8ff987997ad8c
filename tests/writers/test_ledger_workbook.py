"""The ledger workbook: a period that an accountant can check and an owner can read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from report_samples import HEAD_HASH, column, find, ledger_report, read

from salesbatch.core import entries
from salesbatch.writers.ledger_workbook import draw_ledger_workbook


def test_the_summary_says_whose_books_these_are_and_as_of_when() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert sheet["B1"].value == "Nordbageriet AB"
    assert sheet["B2"].value == "Customer ledger October 2026"
    assert sheet["B3"].value == "Run 17 · 2026-10-31 · amounts in SEK"


def test_control_figures_that_agree_are_ticked_and_others_show_the_difference() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert find(sheet, "Debit = credit") == (350, 350, "✓ agrees", None)
    assert find(sheet, "Receivables account = customer ledger") == (600.5, 600, "✗ differs", 0.5)


def test_key_figures_hold_what_is_overdue() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert find(sheet, "Receivables")[0] == 600.5
    assert find(sheet, "of which overdue")[0] == 250.5
    assert find(sheet, "1-30 days")[0] == 250.5


def test_statement_lines_are_counted_once_by_what_became_of_them_in_the_end() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert [find(sheet, name)[0] for name in ("Applied", "Proposed", "Unmatched")] == [2, 1, 1]


def test_the_summary_names_who_owes_most_and_what_of_it_is_overdue() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert find(sheet, "C00008 Tokyo Tea KK")[:2] == (350, 0)
    assert find(sheet, "C00031")[:2] == (250.5, 250.5)  # Without a name, the number.


def test_three_charts_are_drawn_from_the_cells_beside_them() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert len(sheet._charts) == 3


def test_where_nobody_owes_anything_no_chart_says_so() -> None:
    report = ledger_report()
    nobody = replace(report, largest_debtors=report.largest_debtors[:0])
    assert len(read(draw_ledger_workbook(nobody))["Summary"]._charts) == 2


def test_the_head_of_the_chain_stands_in_the_workbook() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    assert find(sheet, "Head (SHA-256)")[0] == HEAD_HASH
    assert find(sheet, "Rows in the hash chain")[0] == 18_432


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "en",
            ["Summary", "Customer Ledger Entries", "Open Entries", "GL Entries", "Payment Matches", "Runs"],
        ),
        (
            "sv",
            [
                "Sammanfattning",
                "Kundreskontraposter",
                "Öppna poster",
                "Huvudboksposter",
                "Betalningsmatchningar",
                "Körningar",
            ],
        ),
    ],
)
def test_sheets_are_named_in_the_companys_language(language: str, names: list[str]) -> None:
    assert read(draw_ledger_workbook(ledger_report(language))).sheetnames == names


def test_the_summary_links_to_the_sheets() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Summary"]
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert "'GL Entries'!A1" in links


def test_an_entry_links_to_its_document() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Customer Ledger Entries"]
    links = {cell.value: cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {"103001": "../outbox/2026-09/Invoice%20103001.pdf"}


def test_entries_are_shown_in_words_numbers_and_dates() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Customer Ledger Entries"]
    assert column(sheet, "Document Type")[:3] == ["Invoice", "Payment", "Invoice"]
    assert column(sheet, "Description")[1] == "invoice"  # The user's own word is not the program's.
    assert column(sheet, "Amount in SEK")[:3] == [1250.5, -1000, 350]
    assert column(sheet, "Due Date")[:2] == [dt.datetime.fromisoformat("2026-10-01"), None]
    assert column(sheet, "Open")[:3] == ["Yes", "No", "Yes"]


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Customer Ledger Entries"]
    assert column(sheet, "Amount")[:3] == [1250.5, -1000, 5000]


def test_the_total_row_sums_local_currency_only() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Customer Ledger Entries"]
    assert column(sheet, "Amount in SEK")[-1] == "=SUBTOTAL(109,[Amount in SEK])"
    assert column(sheet, "Amount")[-1] is None


def test_the_general_ledger_shows_debit_and_credit() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["GL Entries"]
    assert column(sheet, "Debit")[:2] == [350, None]
    assert column(sheet, "Credit")[:2] == [None, 350]
    assert column(sheet, "Voucher")[:2] == ["A 7", "A 7"]
    assert column(sheet, "Account No.")[:2] == ["1510", "3001"]


def test_open_entries_tell_how_late_they_are() -> None:
    sheet = read(draw_ledger_workbook(ledger_report()))["Open Entries"]
    assert column(sheet, "Days Overdue")[:2] == [30, None]
    assert column(sheet, "Customer No.")[:2] == ["C00031", "C00008"]


def test_swedish_words_are_used_for_values_too() -> None:
    sheet = read(draw_ledger_workbook(ledger_report("sv")))["Kundreskontraposter"]
    assert column(sheet, "Dokumenttyp")[:3] == ["Faktura", "Betalning", "Faktura"]
    assert column(sheet, "Öppen")[:3] == ["Ja", "Nej", "Ja"]


def test_a_period_without_rows_is_drawn_too() -> None:
    tables = (
        "customer_ledger_entries",
        "gl_entries",
        "vat_entries",
        "documents",
        "document_lines",
        "payment_matches",
    )
    frames = {name: entries.BY_NAME[name].empty() for name in tables}
    assert len(read(draw_ledger_workbook(ledger_report(**frames))).sheetnames) == len(tables) + 2


def test_the_same_report_gives_the_same_bytes() -> None:
    assert draw_ledger_workbook(ledger_report()) == draw_ledger_workbook(ledger_report())
