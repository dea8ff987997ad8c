"""What looks like an answer and is asked about all the same; beside each the like of it that is posted."""

import pandas as pd
import pytest
from small_books import customers, entries, lines, search

from salesbatch.core.references import make_ocr

NORD, FRUIT = ("C1", "Nordlunds Byggvaror AB", "5050-1055"), ("C2", "Ostkustens Frukt HB", "991-2346")
TWO = customers(NORD, FRUIT)


def confidence(book, people=TWO, paid=0, **line):
    """The confidence of one line; öre rounding up to 0.50, a known bank fee of none."""
    found = search(
        lines(paid, **{name: [value] for name, value in line.items()}), book, people,
        rounding_write_off_limit_minor=50,
    )  # fmt: skip
    return found.lines["match_confidence"].item()


ROUNDED = entries(("C1", "INV-127536", 1494_57), ("C2", "INV-127436", 1495_00))


@pytest.mark.parametrize(
    ("line", "book", "expected"),
    [
        ({}, ROUNDED, "medium"),  # A slip for 127436, which is exactly that?
        ({}, ROUNDED.iloc[:1], "high"),
        ({}, entries(("C1", "INV-127536", 1494_57), ("C2", "INV-108811", 1495_00)), "high"),  # Far from it.
        ({"payer_account": "5050-1055"}, ROUNDED, "high"),  # The payer agrees with the number.
        ({"payer_name": "Ostkustens Fruktt"}, ROUNDED.iloc[:1], "medium"),  # More like somebody else.
        ({"payer_account": "5050-1055"}, ROUNDED.assign(customer_no="C1"), "medium"),  # The payer's own.
    ],
)
def test_a_number_that_fits_with_a_gap_only_may_be_a_slip(line, book, expected):
    assert confidence(book, paid=1495_00, text="Faktura INV-127536", **line) == expected


def test_one_slip_and_an_amount_that_only_one_has_need_a_payer():
    book = entries(("C1", "INV-127536", 1494_57))
    assert confidence(book, paid=1494_57, text="INV-127537") != "high"
    assert confidence(book, paid=1494_57, text="INV-127537", payer_account="5050-1055") == "high"


def test_documents_that_are_not_named_count_only_for_a_payer_who_is_known():
    book = entries(("C1", "INV-127536", 1494_57), ("C1", "INV-127900", 802_11))
    assert confidence(book, paid=2296_68, text="INV-127536") == "medium"
    assert confidence(book, paid=2296_68, text="INV-127536", payer_account="5050-1055") == "high"


def test_a_gap_without_a_number_needs_a_payer_who_is_sure():
    book, people = entries(("C1", "INV-127536", 1494_57)), customers(NORD, ("C3", "Nordlunds Byggvarer AB"))
    assert confidence(book, people, paid=1495_00, payer_name="Nordlunds Byggvarxr AB") != "high"
    assert confidence(book, people, paid=1495_00, payer_account="5050-1055") == "high"


def test_a_letter_that_is_missing_is_no_accent():
    # Saraängen without an a is Sarangen; so nearly is Åsaängen, which owes the same.
    people = customers(("C1", "Bostadsrättsföreningen Saraängen"), ("C2", "Bostadsrättsföreningen Åsaängen"))
    book = entries(("C1", "INV-127536", 1495_00), ("C2", "INV-108811", 1495_00))
    asked = {"paid": 1495_00, "payer_name": "Bostadsrättsföreningen Sarangen"}
    assert confidence(book, people, **asked) == "medium"
    assert confidence(book, people, **asked | {"payer_name": "Bostadsrättsföreningen Saraängen"}) == "high"
    assert confidence(book.iloc[:1], people, **asked) == "high"


@pytest.mark.parametrize(("others", "expected"), [(3, "high"), (9, "medium")])
def test_an_amount_that_many_owe_does_not_say_which_of_several_is_meant(others, expected):
    people = customers(
        ("C1", "Bostadsrättsföreningen Danielängen"), ("C2", "Bostadsrättsföreningen Danielhus"),
        *[(f"D{place}", f"{chr(65 + place) * 7} Transport") for place in range(others)],
    )  # fmt: skip
    book = entries(
        ("C1", "INV-127536", 2500_00),
        *[(f"D{place}", f"INV-1080{place}1", 2500_00) for place in range(others)],
    )
    assert confidence(book, people, paid=2500_00, payer_name="BOSTADSRÄTTSFÖRENINGEN DANI") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261019", "medium"),  # A day.
        ("tel 0120-126109", "medium"),
        ("order 20261019", "medium"),
        ("F2026-1019", "high"),  # A number that lacks a digit.
    ],
)
def test_days_and_numbers_of_something_else_are_no_slips(text, expected):
    book = entries(("C1", "F2026-10149", 2107_62), ("C1", "F2026-15090", 2107_62))
    assert confidence(book, paid=2107_62, text=text, payer_account="5050-1055") == expected


def test_the_number_of_a_document_is_no_slip_of_another_ones_reference():
    book = entries(
        ("C1", "INV-111602", 1000_50), ("C2", "INV-116029", 400_00),
        payment_reference=["1116029", ""],
    )  # fmt: skip
    asked = {"paid": 1000_50, "payer_account": "5050-1055"}
    assert confidence(book, text="avs 116029", **asked) == "medium"
    assert confidence(book.iloc[:1], text="avs 116029", **asked) == "high"


def test_a_list_is_read_as_one_though_it_has_a_right_check_digit_by_chance():
    first = next(
        number for number in range(107079, 107200) if make_ocr(str(number), 2)[-2:] in ("82", "91", "73")
    )
    tail = int(make_ocr(str(first), 2)[-2:])
    numbers = [first, *range(first - first % 100 + tail - 1, first - first % 100 + tail + 1)]
    amounts = [2527_92, 4950_00, 943_11]
    book = entries(
        *[("C1", f"INV-{number}", amount) for number, amount in zip(sorted(set(numbers)), amounts)]
    )
    paid = lines(sum(amounts[: len(book)]), text=[f"faktnr {first}-{tail}"], payer_account=["5050-1055"])
    found = search(paid, book, TWO)
    assert len(found.applications) == len(book)
    assert found.lines["match_confidence"].item() == "high"


def test_equal_payments_are_no_twins_where_one_invoice_could_be_paid_less_a_discount():
    book = entries(("C1", "INV-127536", 7500_00), ("C1", "INV-127537", 7500_00))
    paid = lines(7500_00, 7500_00, payer_account=["5050-1055"] * 2)
    assert set(search(paid, book, TWO).lines["match_confidence"]) == {"high"}
    less = book.assign(
        discount_minor=[0, 150_00], discount_date=pd.to_datetime(["2026-02-10"] * 2),
        discount_tolerance_date=pd.to_datetime(["2026-02-10"] * 2),
    )  # fmt: skip
    assert "high" not in set(search(paid, less, TWO).lines["match_confidence"])


def test_a_lump_of_nearly_all_is_not_the_only_one_where_two_open_invoices_make_up_a_third():
    sizes = [1211_06 + 137_37 * place for place in range(16)]
    book = entries(
        *[
            ("C1", f"INV-1270{place:02}", size)
            for place, size in enumerate([*sizes, 995_00, 995_00, 1990_00, 61_17])
        ]
    )
    paid = sum(sizes) + 1990_00  # Or with both of 995.00, but never without leaving something open.
    assert confidence(book, paid=paid, payer_account="5050-1055") == "medium"


def test_money_that_comes_back_pays_no_invoice_of_the_payer():
    book = entries(("C1", "INV-127536", 700_00))
    asked = {"paid": 700_00, "payer_account": "5050-1055"}
    assert confidence(book, text="Returnerad betalning", **asked) == "medium"
    assert confidence(book, text="Betalning", **asked) == "high"
