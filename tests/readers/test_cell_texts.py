"""Numbers and dates that stand in cells as text."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesbatch.readers.cell_texts import read_date, read_number


@pytest.mark.parametrize(
    ("text", "value_e5"),
    [
        ("1 234,50", 123_450_000),
        ("1.234,50", 123_450_000),
        ("1,234.50", 123_450_000),
        ("1234.5", 123_450_000),
        ("1\u00a0234,50", 123_450_000),
        ("1\u202f234,50", 123_450_000),
        ("1\u2009234,50", 123_450_000),
        ("(100,00)", -10_000_000),
        ("100-", -10_000_000),
        ("\u2212100", -10_000_000),
        ("-100", -10_000_000),
        ("1.234.567,8", 123_456_780_000),
        ("1 234 567", 123_456_700_000),
        ("0,125", 12_500),
        ("1234,567", 123_456_700),
        ("007", 700_000),
        (",5", 50_000),
        ("12,50 kr", 1_250_000),
        ("kr 12,50", 1_250_000),
        ("12.50 SEK", 1_250_000),
        ("€ 12", 1_200_000),
        ("100:-", 10_000_000),
        ("25 %", 2_500_000),
    ],
)
@pytest.mark.parametrize("language", ["en", "sv", "de", ""])
def test_every_usual_notation_gives_the_same_number_in_every_language(
    text: str, value_e5: int, language: str
) -> None:
    number = read_number(text, language)
    assert (number.problem, number.value_e5) == ("", value_e5)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-inf",
        "1e5",
        "1E+5",
        "1_000",
        "١٢٣",
        "１２３",
        "+5",
        "--5",
        "-5-",
        "(-5)",
        "(5",
        "5.",
        "1 2 3",
        "12 34",
        "1.23.4",
        "1,234,5",
        "5 st",
        "0x10",
        "-",
        "",
        ".",
        "12..5",
        "1 234.567,8,9",
        "5 % %",
    ],
)
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    assert read_number(text, "sv").problem == "number-unknown"


@pytest.mark.parametrize(
    ("text", "swedish", "english"), [("1,234", 123_400, 123_400_000), ("1.234", 123_400_000, 123_400)]
)
def test_the_language_decides_what_one_sign_before_three_digits_means(
    text: str, swedish: int, english: int
) -> None:
    assert read_number(text, "sv").value_e5 == swedish
    assert read_number(text, "de").value_e5 == swedish
    assert read_number(text, "en").value_e5 == english
    assert read_number(text, "").problem == "number-ambiguous"


def test_too_many_decimals_and_too_large_numbers_are_named_as_such() -> None:
    assert read_number("1,234567", "sv").problem == "number-decimals"
    assert read_number("1,2300000000", "sv").value_e5 == 123_000
    assert read_number("1000000000000", "sv").problem == "number-too-large"
    assert read_number("999999999999,99", "sv").value_e5 == 99_999_999_999_999_000


@given(st.integers(-(10**17) + 1, 10**17 - 1), st.sampled_from(["sv", "en"]))
def test_a_number_written_in_the_languages_own_way_is_read_back(value_e5: int, language: str) -> None:
    whole, part = divmod(abs(value_e5), 100_000)
    groups = f"{whole:,}".replace(",", " " if language == "sv" else ",")
    text = ("-" if value_e5 < 0 else "") + groups + ("," if language == "sv" else ".") + f"{part:05d}"
    assert read_number(text, language).value_e5 == value_e5


@given(st.text(max_size=12))
def test_no_text_at_all_breaks_the_number_reader(text: str) -> None:
    number = read_number(text, "en")
    assert number.problem or any(character in "0123456789" for character in text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-31",
        "20261031",
        "2026/10/31",
        "2026.10.31",
        "31.10.2026",
        "31/10/2026",
        "31/10 2026",
        "31-10-2026",
        "10/31/2026",
        "31 okt 2026",
        "31 October 2026",
        "31. Oktober 2026",
        " 2026-10-31 ",
        "2026-10-31T00:00:00",
    ],
)
def test_dates_that_can_mean_one_day_only_are_read(text: str) -> None:
    assert read_date(text).day == datetime.date(2026, 10, 31)


def test_a_slash_date_that_can_mean_two_days_is_no_guess() -> None:
    assert read_date("01/02/2026").problem == "date-ambiguous"
    assert read_date("02/02/2026").day == datetime.date(2026, 2, 2)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "26-10-31", "1/2/26", "2026-13-01", "１/2/2026", "i morgon", "32.1.2026"]
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert read_date(text).problem == "date-unknown"


def test_a_time_of_day_is_noticed() -> None:
    assert read_date("2026-10-31 12:30").has_time
    assert not read_date("2026-10-31 00:00").has_time
