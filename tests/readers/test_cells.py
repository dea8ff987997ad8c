"""Typed columns out of cells, through real workbooks."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest
from typed_sheets import BUYERS, DAY, Formula, dropped, found, read, the_finding, workbook

from salesbatch.core.inbox import Inbox

HEAD = ["No.", "Name", "Credit Limit", "Prepayment %", "Blocked", "Language", "Payment Terms", "Since"]


def buyer(column: str, *cells: object, language: str = "en", currency: str = "SEK") -> Inbox:
    """One buyer a cell, the cell in the given column."""
    rows = [["No.", "Name", column], *([f"B{number}", "Åsa", cell] for number, cell in enumerate(cells, 1))]
    return read({"Buyers": rows}, language=language, currency=currency)


def column_of(inbox: Inbox, name: str) -> list[object]:
    """Values of a clean column, blanks as None."""
    frame = inbox.tables["buyers"]
    return [None if pd.isna(value) else value for value in frame[name]]


def test_a_full_row_becomes_exact_typed_values() -> None:
    row = ["00123", " Åkerö & Co ", 1234.5, 25, "ja", "swedish", "30d", DAY]
    inbox = read({"Buyers": [HEAD, row]})
    assert found(inbox) == []
    got = inbox.tables["buyers"].iloc[0]
    assert (got["no"], got["name"], got["language"], got["payment_terms"]) == (
        "00123",
        "Åkerö & Co",
        "Swedish",
        "30D",
    )
    assert (got["credit_limit_minor"], got["prepayment_percent_e5"], bool(got["blocked"])) == (
        123_450,
        2_500_000,
        True,
    )
    assert got["since"] == pd.Timestamp("2026-10-31")
    assert (got["source"], got["sheet"], got["row"], got["key"]) == ("file1.xlsx", "Buyers", 2, "00123")


def test_the_frame_has_the_declared_columns_and_types_and_no_more() -> None:
    frame = buyer("Credit Limit", None).tables["buyers"]
    assert list(frame.columns) == list(BUYERS.empty().columns)
    assert frame.dtypes.astype(str).tolist() == BUYERS.empty().dtypes.astype(str).tolist()


def test_the_binary_noise_of_a_sum_is_no_third_decimal() -> None:
    assert column_of(buyer("Credit Limit", 0.1 + 0.2, 100.10, 90_071_992_547.41), "credit_limit_minor") == [
        30,
        10_010,
        9_007_199_254_741,
    ]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (float("1e308"), "number-too-large"),
        (10.0**12, "number-too-large"),
        (1.005, "amount-decimals"),
        (1 / 3, "number-decimals"),
        (-1, "number-negative"),
        (True, "number-unknown"),
        (DAY, "number-unknown"),
        ("1e5", "number-unknown"),
        ("sju", "number-unknown"),
        ("25 %", "number-unknown"),
        ("12,50 EUR", "amount-other-currency"),
    ],
)
def test_an_amount_that_is_none_is_named_at_its_cell(cell: object, code: str) -> None:
    inbox = buyer("Credit Limit", cell)
    (item,) = [finding for finding in inbox.findings if finding.severity == "error"]
    assert (item.cell, item.code, item.place.column) == ("C2", code, "Credit Limit")
    assert "buyers" not in inbox.tables
    assert [(held.key, held.rows, held.reason) for held in inbox.held] == [("B1", (2,), code)]


def test_amounts_are_minor_units_of_the_rows_own_currency() -> None:
    rows = [
        ["No.", "Name", "Currency Code", "Balance"],
        ["B1", "a", "JPY", 1500],
        ["B2", "b", "KWD", 1.234],
        ["B3", "c", "", "1 234,56 kr"],
        ["B4", "d", "JPY", 15.5],
        ["B5", "e", "EUR", "12,50 kr"],
        ["B6", "f", "EUR", "€ 12,50"],
    ]
    inbox = read({"Buyers": rows}, language="sv")
    assert found(inbox) == [("D5", "amount-decimals", "15.5"), ("D6", "amount-other-currency", "12,50 kr")]
    assert column_of(inbox, "balance_minor") == [1500, 1234, 123_456, 1250]


def test_a_credit_limit_is_in_the_companys_currency_whatever_the_customers_is() -> None:
    rows = [["No.", "Name", "Currency Code", "Credit Limit"], ["B1", "a", "JPY", 50_000.5]]
    assert column_of(read({"Buyers": rows}), "credit_limit_minor") == [5_000_050]


def test_an_ambiguous_number_is_decided_by_the_language_and_not_against_the_column() -> None:
    assert column_of(buyer("Credit Limit", "1.500", language="sv"), "credit_limit_minor") == [150_000]
    assert column_of(buyer("Credit Limit", "1,500", language="en"), "credit_limit_minor") == [150_000]
    # The other cells of the column show that the point stands before decimals here.
    inbox = buyer("Credit Limit", "1.500", "2.75", language="sv")
    assert found(inbox) == [("C2", "number-ambiguous", "1.500")]
    assert found(buyer("Credit Limit", "1.500", language="")) == [("C2", "number-ambiguous", "1.500")]


def test_percentages_are_taken_as_typed_between_0_and_100() -> None:
    inbox = buyer("Prepayment %", 25, "25 %", "12,5", 100, 101, -1)
    assert found(inbox) == [("C6", "percent-range", "101"), ("C7", "percent-range", "-1")]
    assert column_of(inbox, "prepayment_percent_e5") == [2_500_000, 2_500_000, 1_250_000, 10_000_000]


def test_a_column_that_seems_formatted_as_per_cent_is_warned_about() -> None:
    assert found(buyer("Prepayment %", 0.5, 20)) == []
    inbox = buyer("Prepayment %", 0.25, 0.1)
    assert found(inbox) == [("C2", "percent-fraction", "0.25"), ("C3", "percent-fraction", "0.1")]
    assert column_of(inbox, "prepayment_percent_e5") == [25_000, 10_000]


def test_yes_and_no_in_three_languages() -> None:
    inbox = buyer("Blocked", "yes", "Nej", "TRUE", False, 1, 0, "x", "kanske", 2)
    assert column_of(inbox, "blocked") == [True, False, True, False, True, False, True]
    assert found(inbox) == [("C9", "yes-no-unknown", "kanske"), ("C10", "yes-no-unknown", "2")]


def test_a_choice_is_found_whatever_its_case_and_a_slip_gets_a_hint() -> None:
    inbox = buyer("Language", " SWEDISH ", "Germann", "Finnish")
    assert column_of(inbox, "language") == ["Swedish"]
    first, second = inbox.findings
    assert (first.code, first.cell, first.hint) == ("choice-unknown", "C3", "German")
    assert first.suggestion("en") == "Did you mean German? Use one of: English, Swedish, German."
    assert second.hint == ""


def test_date_formulas_are_checked() -> None:
    inbox = buyer("Payment Terms", "30D", "cm + 10d", 30, "trettio")
    assert column_of(inbox, "payment_terms") == ["30D", "CM+10D"]
    assert [(item.cell, item.code, item.hint) for item in inbox.findings] == [
        ("C4", "formula-unknown", "30D"),
        ("C5", "formula-unknown", ""),
    ]


def test_dates_as_cells_texts_and_numbers() -> None:
    inbox = buyer("Since", DAY, "2026-10-31", "31.10.2026", 20261031, "20261031", 46326)
    assert set(column_of(inbox, "since")) == {pd.Timestamp("2026-10-31")}
    assert found(inbox, notices=True) == [("C7", "date-serial", "46326")]
    assert the_finding(inbox, "date-serial").message() == "The number 46326 was read as the date 2026-10-31."


def test_dates_in_a_workbook_of_the_1904_system() -> None:
    rows = [["No.", "Name", "Since"], ["B1", "a", DAY], ["B2", "b", 46326 - 1462]]
    inbox = read(dropped("mac.xlsx", workbook({"Buyers": rows}, date_1904=True)))
    assert column_of(inbox, "since") == [pd.Timestamp("2026-10-31")] * 2


def test_a_time_of_day_is_cut_off_with_a_warning() -> None:
    noon = datetime.datetime.combine(DAY, datetime.time(12, 30))
    just_before = noon - datetime.timedelta(hours=12, minutes=30, seconds=0.4)
    inbox = buyer("Since", noon, just_before, "2026-10-31 08:00")
    assert column_of(inbox, "since") == [pd.Timestamp("2026-10-31")] * 3
    assert found(inbox) == [
        ("C2", "date-time", "2026-10-31 12:30:00"),
        ("C4", "date-time", "2026-10-31 08:00"),
    ]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("01/02/2026", "date-ambiguous"),
        (datetime.date(1999, 12, 31), "date-range"),
        ("2101-01-01", "date-range"),
        (12, "date-unknown"),
        (46326.5, "date-unknown"),
        (60, "date-unknown"),
        (-1, "date-unknown"),
        (datetime.time(12, 0), "date-unknown"),
        (True, "date-unknown"),
        ("snart", "date-unknown"),
    ],
)
def test_what_is_no_date_is_named(cell: object, code: str) -> None:
    inbox = buyer("Since", cell)
    assert [(item.cell, item.code) for item in inbox.findings] == [("C2", code)]


def codes_of(*cells: object) -> Inbox:
    return read({"Buyers": [["No.", "Name"], *([cell, "namn"] for cell in cells)]})


def test_codes_keep_their_zeros_and_whole_numbers_lose_their_point() -> None:
    inbox = codes_of("00123", 123, " A 1 ", "NA", "None", "null", "1E5")
    assert column_of(inbox, "no") == ["00123", "123", "A 1", "NA", "None", "null", "1E5"]
    assert found(inbox) == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (12345678901234567890, "code-digits-lost"),
        (1e15, "code-digits-lost"),
        ("1.2E+15", "code-digits-lost"),
        ("1,23457E+19", "code-digits-lost"),
        (10.5, "code-decimals"),
        (DAY, "cell-not-text"),
        (True, "cell-not-text"),
        ("A\u202eB", "cell-characters"),
        ("A\x07B", "cell-characters"),
        ("A\nB", "cell-characters"),
        ("A" * 51, "cell-too-long"),
    ],
)
def test_a_code_that_cannot_be_trusted_is_named(cell: object, code: str) -> None:
    inbox = codes_of(cell)
    assert [(item.cell, item.code) for item in inbox.findings] == [("A2", code)]


def test_texts_may_break_lines_but_not_hide_signs() -> None:
    rows = [
        ["No.", "Name"],
        ["1", "Rad 1\nRad 2"],
        ["2", "dold\u200btext"],
        ["3", 12.5],
        ["4", DAY],
        ["5", "A\u030asa"],
    ]
    inbox = read({"Buyers": rows})
    assert column_of(inbox, "name") == ["Rad 1\nRad 2", "12.5", "2026-10-31", "Åsa"]
    item = the_finding(inbox, "cell-characters")
    assert (item.cell, dict(item.values)["character"]) == ("B3", "U+200B")


def test_the_value_in_a_finding_is_cut_to_forty_characters() -> None:
    inbox = codes_of("B" * 60)
    assert len(inbox.findings[0].value) == 40
    assert inbox.findings[0].message() == "The text has 60 characters; 'No.' takes 50."


def test_an_error_cell_is_not_a_blank() -> None:
    rows = [
        ["No.", "Name", "Credit Limit"],
        ["B1", "a", Formula("=VLOOKUP(1,A:A,1)", "#N/A")],
        ["B2", "b", Formula("=1+1", 2)],
    ]
    inbox = read({"Buyers": rows})
    assert found(inbox) == [("C2", "cell-error", "#N/A")]
    assert the_finding(inbox, "cell-error").message("sv") == "Cellen visar felet #N/A."
    assert column_of(inbox, "credit_limit_minor") == [200]


def test_every_finding_says_cell_value_rule_and_what_to_do_in_both_languages() -> None:
    rows = [HEAD, ["A" * 60, "", "x", 200, "?", "Klingon", "soon", "31/2/2026"]]
    inbox = read({"Buyers": rows})
    assert len(inbox.findings) == 8
    for item in inbox.findings:
        assert item.cell
        assert item.place.column
        for language in ("en", "sv"):
            assert item.message(language).endswith(".")
            assert item.suggestion(language).endswith(".")
