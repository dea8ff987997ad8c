"""What the search finds, and what it leaves to a person: one small book per behaviour, by family of payment."""

from random import Random

import pandas as pd
import pytest
from small_books import applied, customers, entries, known, lines, mappings, search

from salesbatch.core.references import make_ocr

NORD = ("C1", "Nordlunds Byggvaror Aktiebolag", "5050-1055")
FRUIT = ("C2", "Ostkustens Frukt och Grönt HB", "991-2346")
TWO = customers(NORD, FRUIT)
LUMP = entries(
    *[
        ("C1", f"INV-10{place:02}", amount)
        for place, amount in enumerate((184375, 91250, 441000, 267525, 38800))
    ]
)


def told(matches, line=1):
    """Confidence, customer and documents with amounts of a line."""
    row = matches.lines.set_index("statement_line_no").loc[line]
    mine = [(entry, amount) for number, entry, amount, _ in applied(matches) if number == line]
    return row["match_confidence"], row["customer_no"], mine


def row(matches, line=1):
    return matches.lines.set_index("statement_line_no").loc[line]


# Lumps: several documents, no number ------------------------------------------------------------------------


def test_a_lump_is_settled_when_one_set_of_documents_adds_up():
    found = search(lines(184375 + 441000 + 38800, payer_account=["50501055"]), LUMP, TWO)
    assert told(found) == ("high", "C1", [(1, 184375), (3, 441000), (5, 38800)])
    assert row(found)["amount_matched"] == "one match"
    assert "no other of the customer's documents add up to it" in row(found)["evidence"]


def test_a_lump_that_two_sets_explain_is_proposed_and_not_settled():
    book = entries(
        ("C1", "INV-1001", 30000),
        ("C1", "INV-1002", 20000),
        ("C1", "INV-1003", 40000),
        ("C1", "INV-1004", 10000),
    )
    found = search(lines(50000, payer_account=["5050-1055"]), book, TWO)
    assert told(found)[0] == "medium"
    assert row(found)["amount_matched"] == "multiple matches"
    assert row(found)["runner_up"].endswith("same amount, same customer")


def test_the_sum_of_somebody_elses_documents_is_no_lump():
    found = search(lines(184375 + 441000, payer_account=["991-2346"]), LUMP, TWO)
    assert told(found) == ("none", "", [])


def test_a_sum_that_had_to_fit_among_very_many_is_not_trusted():
    random = Random(1)
    amounts = [random.randrange(100, 900) * 100 for _ in range(30)]
    book = entries(*[("C1", f"INV-{1000 + place}", amount) for place, amount in enumerate(amounts)])
    found = search(lines(sum(amounts[:3]), payer_account=["5050-1055"]), book, TWO)
    assert told(found)[0] in ("medium", "low")


def test_all_that_a_payer_owes_less_its_credit_memo_is_one_payment():
    kinds = ["invoice", "invoice", "credit_memo"]
    book = entries(
        ("C1", "103001", 100000), ("C1", "103002", 55550), ("C1", "104001", -12345), document_type=kinds
    )
    found = search(lines(143205, payer_account=["5050-1055"]), book, TWO)
    assert told(found) == ("high", "C1", [(1, 100000), (2, 55550), (3, -12345)])
    assert row(found)["difference_minor"] == 0


# OCR, RF, KID and viitenumero ---------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [2, 3])
def test_an_ocr_number_in_a_text_is_its_invoice(level):
    book = entries(("C1", "INV-2026-0042", 440000), ("C2", "INV-2026-0051", 440000))
    found = search(lines(440000, text=[f"BG 5051-8875 OCR {make_ocr('INV-2026-0042', level)}"]), book, TWO)
    assert told(found) == ("high", "C1", [(1, 440000)])
    assert "with a right check digit" in row(found)["evidence"]


def test_an_ocr_number_with_a_wrong_check_digit_is_not_trusted():
    right = make_ocr("INV-2026-0042", 2)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    book = entries(("C1", "INV-2026-0042", 440000), ("C2", "INV-2026-0051", 440000))
    assert told(search(lines(440000, text=[f"OCR {wrong}"]), book, TWO))[0] != "high"


def test_an_rf_reference_and_a_grouped_reference_are_found():
    book = entries(("C1", "103001", 62000), ("C2", "103002", 62000))
    found = search(lines(62000, text=["RF74 103001"]), book, TWO)
    assert told(found)[2] == [(1, 62000)]
    again = entries(
        ("C1", "103001", 62000), ("C2", "103002", 62000), payment_reference=["1030016", "1030024"]
    )
    assert told(search(lines(62000, payment_reference=["10300 24"]), again, TWO)) == (
        "high",
        "C2",
        [(2, 62000)],
    )


def test_an_ocr_number_of_a_settled_invoice_settles_nothing_else():
    book = entries(("C1", "103002", 62000))
    settled = entries(("C1", "103001", 62000)).assign(amount_minor=62000)
    past = known()
    past = type(past)(settled=settled)
    found = search(
        lines(62000, text=[f"OCR {make_ocr('103001', 2)}"], payer_account=["5050-1055"]),
        book,
        TWO,
        known=past,
    )
    assert told(found)[1:] == ("C1", [])
    assert row(found)["kind"] == "on account"
    assert "103001 was settled before" in row(found)["evidence"]


# Credit memos ---------------------------------------------------------------------------------------------------


CREDIT = entries(
    ("C1", "INV-1001", 100000), ("C1", "CM-1002", -15000), ("C1", "INV-1003", 85000),
    document_type=["invoice", "credit_memo", "invoice"],
)  # fmt: skip


def test_an_invoice_less_a_credit_memo_goes_before_an_invoice_of_the_net_amount_when_they_are_named():
    found = search(lines(85000, text=["INV-1001 minus CM-1002"], payer_name=[NORD[1]]), CREDIT, TWO)
    assert told(found) == ("high", "C1", [(1, 100000), (2, -15000)])


def test_without_numbers_an_invoice_and_a_net_of_the_same_amount_are_a_question():
    found = search(lines(85000, payer_name=[NORD[1]]), CREDIT, TWO)
    assert told(found)[0] == "medium"
    assert row(found)["amount_matched"] == "multiple matches"


def test_a_credit_memo_that_is_not_named_is_found_when_only_it_explains_the_gap():
    book = CREDIT.iloc[:2].assign(remaining_minor=[100037, -15000])
    found = search(lines(85037, text=["fakt INV-1001"], payer_name=[NORD[1]]), book, TWO)
    assert told(found) == ("high", "C1", [(1, 100037), (2, -15000)])
    whole = search(lines(85000, text=["fakt INV-1001"], payer_name=[NORD[1]]), CREDIT.iloc[:2], TWO)
    assert told(whole)[0] == "medium"  # It may be a part payment as well.


def test_a_credit_memo_of_another_customer_is_not_taken_off():
    book = CREDIT.iloc[:2].assign(customer_no=["C1", "C2"])
    found = search(lines(85000, text=["INV-1001 CM-1002"], payer_name=[NORD[1]]), book, TWO)
    assert told(found)[0] != "high"


# Rounding, fees, discounts ------------------------------------------------------------------------------------------


def test_a_sum_rounded_to_whole_kronor_is_written_off_with_its_account_and_limit():
    book = entries(("C1", "INV-1001", 81730), ("C1", "INV-1002", 41726), ("C1", "INV-1003", 130000))
    found = search(lines(123500, payer_account=["5050-1055"]), book, TWO, rounding_account="3740")
    assert told(found) == ("high", "C1", [(1, 81730), (2, 41726)])
    assert found.applications["write_off_minor"].tolist() == [0, -44]
    assert "0.44 more is written off as rounding to account 3740 (limit 0.50)" in row(found)["evidence"]


@pytest.mark.parametrize(("paid", "book"), [
    (123600, [81730, 41726, 130000]),  # 1.44 away
    (123500, [81730, 41726, 123520]),  # two answers
    (500000, [499970, 130000, 41726, 250003]),  # a round sum fits too easily? two documents would not
])  # fmt: skip
def test_what_is_rounded_too_far_or_fits_twice_is_not_written_off(paid, book):
    opened = entries(*[("C1", f"INV-100{place}", amount) for place, amount in enumerate(book)])
    found = search(lines(paid, payer_account=["5050-1055"]), opened, TWO)
    assert told(found)[0] != "high"


def test_a_known_fee_is_written_off_to_its_account_and_an_unknown_one_stays_open():
    book = entries(("C1", "INV-1001", 100000))
    fees = known(fees=[(3500, "6570", "Utland")])
    by_number = {"text": ["INV-1001"] * 2, "payer_name": [NORD[1]] * 2}
    found = search(lines(96500, text=["INV-1001"], payer_name=[NORD[1]]), book, TWO, known=fees)
    assert told(found) == ("high", "C1", [(1, 100000)])
    assert found.applications["write_off_account"].tolist() == ["6570"]
    assert row(found)["difference_minor"] == 0
    part = search(lines(96400, 1, **by_number), book, TWO, known=fees)
    assert applied(part)[0] == (1, 1, 96400, 0)


def test_a_discount_taken_too_late_is_not_given():
    book = entries(("C1", "INV-1001", 100000), discount_minor=[2000], discount_date=["2026-01-20"])
    found = search(lines(98000, text=["INV-1001"], payer_name=[NORD[1]]), book, TWO)
    assert applied(found) == [(1, 1, 98000, 0)]
    assert "20.00 of discount was taken too late and stays open" in row(found)["evidence"]


def test_the_reading_without_a_difference_is_taken():
    book = entries(("C1", "INV-1001", 100000), discount_minor=[2000], discount_date=["2026-02-05"])
    in_full = search(lines(100000, text=["INV-1001"]), book, TWO)
    net = search(lines(98000, text=["INV-1001"]), book, TWO)
    assert (applied(in_full), applied(net)) == ([(1, 1, 100000, 0)], [(1, 1, 100000, 2000)])


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [
    "AKERO TR?DG?RDSM?STERI AB", "Åkerö Trädgårdsmästeri Aktiebolag", "TRADGARDSMASTERI AKERO", "Åkerö Trädgårdsmäste",
    "Åkeö Trädgårdsmästeri AB", "AKERO TR??DG??RDSM??STERI",
])  # fmt: skip
def test_a_name_is_known_however_a_bank_writes_it(written):
    both = customers(("C1", "Åkerö Trädgårdsmästeri AB"), FRUIT)
    book = entries(("C1", "INV-1001", 222200), ("C2", "INV-1002", 222200))
    found = search(lines(222200, payer_name=[written]), book, both)
    assert told(found) == ("high", "C1", [(1, 222200)])
    assert row(found)["runner_up"] == "INV-1002: same amount, other payer"


@pytest.mark.parametrize(("name", "written"), [
    ("Gatan AB", "Storgatan Förvaltning AB"),  # within a word
    ("Jan Tomas AB", "Jan Tom"),  # a company form is a word of its own
    ("Volvo", "Volvo Trucks Finland"),
])  # fmt: skip
def test_half_a_name_is_nobody(name, written):
    both = customers(("C1", name), FRUIT)
    found = search(lines(222200, payer_name=[written]), entries(("C1", "INV-1001", 222200)), both)
    assert told(found)[0] != "high"


def test_of_two_namesakes_the_amount_says_which_unless_both_have_it():
    twins = customers(("C1", "Anna Berg"), ("C2", "Anna Berg"))
    one = entries(("C1", "INV-1001", 222200), ("C2", "INV-1002", 50000))
    assert told(search(lines(222200, payer_name=["Berg Anna"]), one, twins)) == ("high", "C1", [(1, 222200)])
    both = entries(("C1", "INV-1001", 222200), ("C2", "INV-1002", 222200))
    assert told(search(lines(222200, payer_name=["Berg Anna"]), both, twins))[0] != "high"


def test_an_alias_is_as_good_as_the_name():
    aliases = known(aliases=[("KONCERNEN EKONOMI", "C2", 3), ("se45 5000", "C1", 1)])
    book = entries(("C1", "INV-1001", 222200), ("C2", "INV-1002", 222200))
    by_name = search(lines(222200, payer_name=["Koncernen Ekonomi"]), book, TWO, known=aliases)
    assert told(by_name) == ("high", "C2", [(2, 222200)])
    assert 'payer "Koncernen Ekonomi" is known as customer C2 (3)' in row(by_name)["evidence"]
    by_account = search(lines(222200, payer_account=["SE455000"]), book, TWO, known=aliases)
    assert told(by_account)[1] == "C1"


def test_a_payer_known_for_two_customers_decides_nothing():
    aliases = known(aliases=[("KONCERNEN", "C1", 2), ("KONCERNEN", "C2", 2)])
    book = entries(("C1", "INV-1001", 222200), ("C2", "INV-1002", 222200))
    assert told(search(lines(222200, payer_name=["KONCERNEN"]), book, TWO, known=aliases))[0] != "high"


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["48213", "0048213", "nr48213", "48 213", "00048213"])
def test_zeros_that_were_dropped_do_not_matter(written):
    book = entries(("C1", "00048213", 193410), ("C2", "00048377", 193410))
    found = search(lines(193410, text=[f"betalning {written}"]), book, TWO)
    assert told(found) == ("high", "C1", [(1, 193410)])


@pytest.mark.parametrize(("text", "amount"), [
    ("Kungsgatan 1042", 193410),  # a street, with the amount of somebody else's invoice beside it
    ("betalning 213", 193410),  # three digits
    ("tel 08-1042", 193410),
])  # fmt: skip
def test_a_number_by_chance_settles_nothing(text, amount):
    book = entries(("C1", "INV-1042", 500), ("C2", "INV-2213", amount))
    found = search(lines(amount, text=[text]), book, TWO)
    assert told(found)[0] in ("none", "low")


@pytest.mark.parametrize(("text", "chosen"), [
    ("1001/02/03", [1, 2, 3]), ("INV-1001-1003", [1, 2, 3]), ("INV-1001 - INV-1003", [1, 2, 3]),
    ("faktura 1001, 1003", [1, 3]), ("1001+03", [1, 3]),
])  # fmt: skip
def test_a_list_of_numbers_is_read_in_full(text, chosen):
    amounts = {1: 10010, 2: 20020, 3: 30330}
    book = entries(*[("C1", f"INV-100{entry}", amount) for entry, amount in amounts.items()])
    paid = sum(amounts[entry] for entry in chosen)
    found = search(lines(paid, text=[text], payer_name=[NORD[1]]), book, TWO)
    assert told(found) == ("high", "C1", [(entry, amounts[entry]) for entry in chosen])
    assert row(found)["document_no_matched"] == "yes - multiple"


def test_a_slip_in_a_number_is_forgiven_when_payer_and_amount_agree():
    book = entries(("C1", "103017", 62000), ("C1", "103045", 70000), ("C2", "103071", 90000))
    found = search(lines(62000, text=["fakt 103071"], payer_account=["5050-1055"]), book, TWO)
    assert told(found) == ("high", "C1", [(1, 62000)])
    assert '"103071" is nearly INV 103017' in row(found)["evidence"]


@pytest.mark.parametrize(("text", "amount", "book"), [
    ("ref INV-120068", 750000, [("C1", "INV-120068", 1930000), ("C1", "INV-120065", 750000)]),  # no slip
    ("INV-46050", 246893, [("C1", "INV-46050", 493787), ("C1", "CM-1", -208333), ("C1", "CM-2", -38561)]),  # half
])  # fmt: skip
def test_what_may_be_a_part_payment_of_the_named_document_settles_no_other_unasked(text, amount, book):
    found = search(lines(amount, text=[text], payer_account=["5050-1055"]), entries(*book), TWO)
    assert told(found)[0] != "high" or told(found)[2] == [(1, amount)]


@pytest.mark.parametrize(("text", "amount", "book"), [
    ("", 1100000, [("C1", "INV-1001", 682200), ("C1", "INV-1002", 417800)]),  # a round sum, on account
    ("", 416900, [("C1", "INV-1001", 251022), ("C1", "INV-1002", 165878), ("C1", "INV-1003", 416856)]),  # rounded
    ("Org 558102-5526", 79900, [("C1", "INV-55810", 79900), ("C1", "INV-46340", 79900)]),  # no invoice number
])  # fmt: skip
def test_a_sum_or_a_number_that_fits_by_chance_is_left_to_a_person(text, amount, book):
    found = search(lines(amount, text=[text], payer_account=["5050-1055"]), entries(*book), TWO)
    assert told(found)[0] != "high"


def test_a_slip_that_fits_two_documents_of_the_amount_is_a_question():
    book = entries(("C1", "103017", 62000), ("C1", "103018", 62000))
    found = search(lines(62000, text=["fakt 10301"], payer_account=["5050-1055"]), book, TWO)
    assert told(found)[0] == "medium"


def test_a_unique_number_with_its_amount_beats_the_account():
    book = entries(("C1", "103017", 62000), ("C2", "103018", 70000))
    found = search(lines(70000, text=["103018"], payer_account=["5050-1055"]), book, TWO)
    assert told(found) == ("high", "C2", [(2, 70000)])
    assert "the payer is customer C1, who pays for another" in row(found)["evidence"]


def test_when_the_payer_and_the_number_disagree_a_person_decides():
    book = entries(("C1", "103017", 62000), ("C2", "109999", 70000))
    found = search(lines(62000, text=["109999"], payer_account=["5050-1055"]), book, TWO)
    assert told(found)[0] == "medium"


# Several lines ----------------------------------------------------------------------------------------------------------


def test_what_one_line_names_is_not_there_for_another_that_names_nothing():
    book = entries(("C1", "103001", 62000), ("C1", "103002", 62000))
    found = search(lines(62000, 62000, text=["", "103001"], payer_account=["5050-1055"] * 2), book, TWO)
    assert [told(found, line)[2] for line in (1, 2)] == [[(2, 62000)], [(1, 62000)]]


def test_as_many_equal_payments_as_equal_invoices_settle_them_oldest_first():
    book = entries(("C1", "103001", 62000), ("C1", "103002", 62000), due_date=["2026-02-20", "2026-02-10"])
    found = search(lines(62000, 62000, payer_account=["5050-1055"] * 2), book, TWO)
    assert [told(found, line) for line in (1, 2)] == [
        ("high", "C1", [(2, 62000)]),
        ("high", "C1", [(1, 62000)]),
    ]


def test_one_payment_for_two_equal_invoices_is_proposed_for_the_oldest():
    book = entries(("C1", "103001", 62000), ("C1", "103002", 62000), due_date=["2026-02-20", "2026-02-10"])
    assert told(search(lines(62000, payer_account=["5050-1055"]), book, TWO)) == (
        "medium",
        "C1",
        [(2, 62000)],
    )


def test_instalments_of_a_named_invoice_share_it():
    book = entries(("C1", "103001", 62000))
    found = search(lines(20000, 42000, text=["103001"] * 2, payer_name=[NORD[1]] * 2), book, TWO)
    assert [told(found, line)[2] for line in (1, 2)] == [[(1, 20000)], [(1, 42000)]]


def test_a_second_payment_of_a_named_invoice_is_kept_on_account():
    book = entries(("C1", "103001", 62000), ("C1", "103002", 62000))
    day = ["2026-02-01", "2026-02-03"]
    found = search(lines(62000, 62000, text=["103001"] * 2, payer_name=[NORD[1]] * 2, date=day), book, TWO)
    assert told(found, 1) == ("high", "C1", [(1, 62000)])
    assert (told(found, 2), row(found, 2)["kind"]) == (("high", "C1", []), "on account")
    assert "103001 is settled by line 1 already" in row(found, 2)["evidence"]


def test_a_payment_and_its_return_settle_nothing():
    book = entries(("C1", "103001", 62000))
    day = ["2026-02-01", "2026-02-03"]
    account = ["5050-1055"] * 2
    found = search(
        lines(62000, -62000, text=["103001", "Retur 103001"], payer_account=account, date=day), book, TWO
    )
    assert found.lines["kind"].tolist() == ["returned", "returned"]
    assert applied(found) == []
    assert row(found, 1)["evidence"] == "the payment of line 2 was returned; the two cancel out"


def test_money_out_without_a_word_of_return_is_not_paired():
    book = entries(("C1", "103001", 62000))
    found = search(
        lines(62000, -62000, text=["103001", "Hyra"], payer_account=["5050-1055", "1-1"]), book, TWO
    )
    assert told(found)[2] == [(1, 62000)]


def test_documents_of_two_customers_are_a_proposal_only():
    book = entries(("C1", "INV-1001", 125000), ("C2", "INV-1002", 231040))
    found = search(lines(356040, text=["INV-1001, INV-1002"]), book, TWO)
    assert told(found) == ("medium", "C1", [(1, 125000), (2, 231040)])
    assert found.shared == {1}


def test_a_direct_debit_settles_what_it_collects_unless_it_was_rejected():
    book = entries(("C1", "INV-1001", 18040), ("C2", "INV-1002", 34500))
    debits = known(direct_debits=[("DD-7", "INV-1002", "Sent"), ("DD-8", "INV-1001", "Rejected")])
    found = search(lines(34500, 18000, transaction_id=["DD-7", "DD-8"]), book, TWO, known=debits)
    assert told(found) == ("high", "C2", [(2, 34500)])
    assert (row(found)["match_score"], row(found)["document_no_matched"]) == (3999, "not considered")
    assert told(found, 2)[0] == "none"


# Guard rails --------------------------------------------------------------------------------------------------------------


def test_an_amount_alone_is_never_above_low():
    found = search(lines(62001), entries(("C1", "103001", 62001)), TWO)
    assert told(found) == ("low", "C1", [(1, 62001)])
    assert "nothing but the amount speaks for it" in row(found)["evidence"]


def test_a_mapping_yields_to_a_number_with_its_amount_and_beats_less():
    words = mappings(("Hyra", "3910", "5010", ""))
    book = entries(("C1", "103001", 500))
    found = search(lines(500, 400, text=["Hyra 103001", "hyra"]), book, TWO, words)
    assert found.lines["match_confidence"].tolist() == ["high", "text_mapping"]
    assert found.lines["mapped_account"].tolist() == ["", "3910"]


def test_the_words_are_swedish_in_a_swedish_company():
    found = search(lines(62000, text=["103001"]), entries(("C1", "103001", 62000)), TWO, language="sv")
    assert row(found)["evidence"] == "faktura 103001 i texten; beloppet är det som återstår"


@pytest.mark.parametrize("seed", range(12))
def test_equal_input_gives_equal_output_whatever_the_order_of_rows(seed):
    random = Random(seed)
    amounts = [random.choice([10000, 20000, 30000, 12345, 54321]) for _ in range(9)]
    book = entries(
        *[(random.choice(["C1", "C2"]), f"10300{place}", amount) for place, amount in enumerate(amounts)],
        due_date=[f"2026-02-{random.randrange(10, 14)}" for _ in amounts],
    )
    texts = ["", "103001", "103002/03", "Nordlunds Byggvaror", "103009", "1030018", "retur"]
    count = 8
    statement = lines(
        *[random.choice([*amounts, 30000, 22345, -10000]) for _ in range(count)],
        text=[random.choice(texts) for _ in range(count)],
        payer_account=[random.choice(["", "5050-1055", "991-2346"]) for _ in range(count)],
        date=[f"2026-02-0{random.randrange(1, 6)}" for _ in range(count)],
    )
    first = search(statement, book, TWO)
    again = search(
        statement.sample(frac=1, random_state=seed), book.sample(frac=1, random_state=seed), TWO.iloc[::-1]
    )
    ordered = again.lines.sort_values("statement_line_no", ignore_index=True)
    pd.testing.assert_frame_equal(first.lines, ordered)
    assert sorted(applied(first)) == sorted(applied(again))
    taken = first.applications.merge(
        first.lines[first.lines["match_confidence"] == "high"], on="statement_line_no"
    )
    settled = taken.groupby("entry_no")["amount_minor"].sum()
    opened = book.set_index("entry_no")["remaining_minor"]
    assert (settled.abs() <= opened[settled.index].abs()).all()


@pytest.mark.parametrize(
    "info",
    [
        "77 SEK1250.00",
        "CN-7 -SEK1250.00",
        "Instructed EUR1250.00 EUR/SEK11.234",
        "Instructed JPY1250 SEK/JPY1250.5",
    ],
)
def test_an_amount_of_a_remittance_advice_is_no_document_number(info):
    book = entries(("C1", "1250", 2000000), ("C1", "INV-1250", 3000000))
    found = search(
        lines(1404300, additional_info=[info], payer_account=["5050-1055"]),
        book,
        customers(("C1", "Åkerlunds Bygg AB", "5050-1055")),
    )
    assert told(found)[0] == "none"
