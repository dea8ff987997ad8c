"""OCR numbers: made, checked, and safe against the usual slips of a typing hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesbatch.core.references import check_ocr, luhn_digit, make_ocr, make_references

digits = st.text("0123456789", min_size=1, max_size=23)


@pytest.mark.parametrize(("level", "expected"), [(1, "10017"), (2, "10017"), (3, "100164"), (4, "10017")])
def test_each_level_makes_its_own_form_of_the_number(level, expected):
    assert make_ocr("1001", level) == expected


def test_letters_and_hyphens_of_a_document_number_are_left_out():
    assert make_ocr("INV-1001", 2) == "10017"


def test_a_number_without_digits_has_no_reference():
    assert make_ocr("OPENING", 2) == ""


def test_a_reference_never_passes_25_digits():
    assert len(make_ocr("1" * 24, 2)) == 25
    assert make_ocr("1" * 25, 2) == ""
    assert make_ocr("1" * 24, 3) == ""


def test_the_fixed_length_level_fills_with_zeros_in_front():
    assert make_ocr("1001", 4, length=10) == "0000010017"
    assert check_ocr("0000010017", 4, length=10)
    assert not check_ocr("10017", 4, length=10)


def test_a_number_longer_than_the_fixed_length_has_no_reference():
    assert make_ocr("123456", 4, length=5) == ""


def test_a_bankgiro_number_has_the_same_check_digit():
    assert luhn_digit("5050105") == "5"
    assert luhn_digit("9912346"[:-1]) == "6"


def test_blanks_between_the_digits_do_not_matter_when_checking():
    assert check_ocr("100 164", 3)


@pytest.mark.parametrize("reference", ["", "7", "INV-10017", "1" * 26, "10017x"])
def test_what_is_no_digit_text_of_2_to_25_is_refused_at_every_level(reference):
    assert not any(check_ocr(reference, level) for level in (1, 2, 3, 4))


def test_a_wrong_length_digit_is_found():
    assert not check_ocr("1001" + "7" + luhn_digit("10017"), 3)


def test_an_unknown_level_is_a_bug():
    with pytest.raises(ValueError, match="OCR level 5"):
        make_ocr("1001", 5)
    with pytest.raises(ValueError, match="OCR level 0"):
        check_ocr("10017", 0)


def test_a_column_keeps_its_index_and_its_blanks():
    column = pd.Series(["1001", "", "INV-20", "X"], index=[5, 3, 8, 1], dtype="str")
    made = make_references(column, 2)
    assert made.to_dict() == {5: "10017", 3: "", 8: make_ocr("20", 2), 1: ""}
    assert made.dtype == "str"


@given(digits, st.sampled_from([1, 2, 3, 4]))
def test_what_is_made_is_right(number, level):
    assert check_ocr(make_ocr(number, level), level)


@given(digits, st.integers(0, 24), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, change):
    ocr = make_ocr(number, 2)
    place %= len(ocr)
    wrong = ocr[:place] + str((int(ocr[place]) + change) % 10) + ocr[place + 1 :]
    assert not check_ocr(wrong, 2)


@given(st.lists(digits, max_size=20), st.sampled_from([2, 3]))
def test_the_column_gives_what_single_numbers_give(numbers, level):
    assert make_references(pd.Series(numbers, dtype="str"), level).tolist() == [
        make_ocr(n, level) for n in numbers
    ]
