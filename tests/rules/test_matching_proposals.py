"""What the matcher's door gives with Strict Rules on: applications, words, limits; one small book per behaviour."""

import pytest
from small_books import applied, customers, entries, lines, mappings, propose

BERG = customers(("C001", "Anna Berg", "5050-1055; SE45 5000"), ("C002", "Lars Ek", ""))


def test_the_evidence_names_account_number_and_amount():
    book = entries(("C001", "103001", 62000))
    found = propose(lines(62000, payer_account=["5050 1055"], text=["fakt 103001"]), book, BERG).lines.iloc[0]
    assert found["evidence"] == (
        "payer account 5050 1055 is customer C001; number 103001 in the text; amount equals the remaining amount"
    )
    assert found["match_confidence"] == "high"


def test_the_runner_up_says_what_sets_it_apart():
    book = entries(("C001", "103001", 62000), ("C002", "103007", 62000))
    found = propose(lines(62000, payer_name=["Anna Berg"]), book, BERG).lines.iloc[0]
    assert found["customer_no"] == "C001"
    assert found["runner_up"] == "INV 103007: same amount, other payer"


def test_a_payment_reference_finds_its_entry_however_it_is_grouped():
    book = entries(("C001", "103001", 62000), payment_reference=["1030018"])
    matches = propose(lines(62000, payment_reference=["10300 18"]), book, BERG)
    assert matches.lines["document_no_matched"].tolist() == ["yes"]  # M10
    assert matches.lines["evidence"][0].startswith("payment reference 1030018 of INV 103001; amount equals")


def test_a_reference_with_letters_must_be_equal_to_the_letter():
    book = entries(("C001", "103001", 62000), payment_reference=["RF40 1001"])
    found = propose(lines(100, 100, payment_reference=["RF40 1001", "RF401001"]), book, BERG).lines
    assert found["document_no_matched"].tolist() == ["yes", "no"]


def test_the_account_counts_although_another_name_is_written():
    book = entries(("C001", "103001", 62000))
    found = propose(lines(100, payer_account=["se455000"], payer_name=["Lars Ek"]), book, BERG).lines.iloc[0]
    assert (found["customer_no"], found["related_party_matched"]) == ("C001", "fully")  # M4


def test_a_shared_name_is_partial_until_address_and_city_are_equal():
    twins = customers(
        ("C001", "Anna Berg", "", "Hamngatan 1", "Umeå"), ("C002", "Anna Berg", "", "Storgatan 2", "Umeå")
    )
    book = entries(("C001", "103001", 62000), ("C002", "103002", 62000))
    here = {"payer_address": ["", "Storgatan 2", "storgatan 2"], "payer_city": ["Umeå"] * 3}
    found = propose(lines(5, 6, 7, payer_name=["Anna Berg"] * 3, **here), book, twins).lines
    assert found["related_party_matched"].tolist() == ["partially", "fully", "partially"]  # M8
    assert found["customer_no"][1] == "C002"
    assert "address and city are those of customer C002" in found["evidence"][1]


def test_the_text_is_not_read_for_a_name_where_the_payer_is_given():
    book = entries(("C001", "103001", 62000))
    found = propose(lines(5, payer_name=["Somebody"], text=["Anna Berg"]), book, BERG).lines.iloc[0]
    assert found["match_confidence"] == "none"  # M5


def test_the_first_occurrence_alone_counts_with_strict_rules():
    book = entries(("C001", "1001", 62000))
    line = lines(5, text=["10012 1001"])
    strict, free = (propose(line, book, BERG, strict_rules=strict) for strict in (True, False))
    assert strict.lines["document_no_matched"].tolist() == ["no"]  # M10
    assert free.lines["document_no_matched"].tolist() == ["yes"]


def test_numbers_with_hyphens_blanks_and_foreign_letters_are_found():
    numbers = ["INV-1001", "PO 77/12", "ÅR-2026", "#4711", "123"]
    book = entries(*[("C001", number, 100 + place) for place, number in enumerate(numbers)])
    texts = ["xINV-1001", "(inv-1001)", "po 77/12", "år-2026", "kår-2026", "#4711", "123"]
    found = propose(lines(*[5] * 7, text=texts), book, BERG).lines
    assert found["document_no_matched"].tolist() == ["no", "yes", "yes", "yes", "no", "yes", "no"]


def test_several_lines_may_pay_one_invoice_until_it_is_settled():
    book = entries(("C001", "103001", 1000))
    matches = propose(lines(600, 600, 600, text=["103001"] * 3), book, BERG)
    assert applied(matches) == [(1, 1, 600, 0), (2, 1, 400, 0)]  # M17
    assert matches.lines["difference_minor"].tolist() == [0, 200, 600]
    assert matches.lines["evidence"][2] == "the line names INV 103001, which is settled by other lines"


def test_two_equal_payments_settle_the_oldest_first_and_in_the_order_of_lines():
    due = ["2026-02-20", "2026-02-10", "2026-02-10"]
    book = entries(("C001", "103001", 500), ("C001", "103002", 500), ("C001", "103003", 500), due_date=due)
    matches = propose(lines(500, 500, payer_name=["Anna Berg"] * 2), book, BERG)
    assert applied(matches) == [(1, 2, 500, 0), (2, 3, 500, 0)]


def test_inside_the_band_the_nearest_amount_goes_before_the_oldest():
    book = entries(("C001", "103001", 50800), ("C001", "103002", 50000))
    matches = propose(lines(50000, payer_name=["Anna Berg"]), book, BERG, match_tolerance_value_e5=500_000)
    assert applied(matches) == [(1, 2, 50000, 0)]


def test_full_payment_in_time_settles_in_full_without_a_discount():
    # Decided where sources differ, 9
    book = entries(("C001", "103001", 10000), discount_minor=[200], discount_date=["2026-02-05"])
    matches = propose(lines(10000, text=["103001"]), book, BERG)
    assert applied(matches) == [(1, 1, 10000, 0)]
    assert matches.lines["difference_minor"].tolist() == [0]


def test_named_invoices_paid_net_take_their_discounts_and_in_full_take_none():
    book = entries(
        ("C001", "103001", 10000), ("C001", "103002", 5000),
        discount_minor=[200, 100], discount_date=["2026-02-05", "2026-02-05"],
    )  # fmt: skip
    text = ["103001 103002"]
    assert applied(propose(lines(14700, text=text), book, BERG)) == [(1, 1, 10000, 200), (1, 2, 5000, 100)]
    assert applied(propose(lines(15000, text=text), book, BERG)) == [(1, 1, 10000, 0), (1, 2, 5000, 0)]


def test_a_late_payment_among_several_costs_the_discount():
    book = entries(("C001", "103001", 10000), discount_minor=[200], discount_date=["2026-02-05"])
    late_first = lines(5000, 4800, text=["103001"] * 2, date=["2026-02-06", "2026-02-05"])
    assert applied(propose(late_first, book, BERG)) == [(1, 1, 5000, 0), (2, 1, 4800, 0)]


def test_amounts_count_over_all_customers_but_not_over_other_currencies():
    book = entries(
        ("C001", "103001", 500),
        ("C002", "103002", 500),
        ("C002", "103003", 500),
        currency_code=["", "SEK", "EUR"],
    )
    found = propose(lines(500, 500, currency_code=["", "EUR"]), book, BERG).lines
    assert found["amount_matched"].tolist() == ["multiple matches", "one match"]  # M14
    assert found["customer_no"].tolist() == ["C001", "C002"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency_code": ["EUR"]}, "the line names INV 103001, which is in EUR"),
        ({"posting_date": ["2026-02-02"]}, "the line names INV 103001, which is dated after the payment"),
        ({"document_no": ["200000"]}, "no account, name, number or amount fits an open entry"),
    ],
)
def test_a_line_without_a_match_says_why(changes, reason):
    found = propose(
        lines(100, text=["103001"]), entries(("C001", "103001", 62000), **changes), BERG
    ).lines.iloc[0]
    assert (found["match_confidence"], found["evidence"]) == ("none", reason)
    assert (found["match_score"], found["difference_minor"], found["customer_no"]) == (0, 100, "")


def test_an_invoice_is_no_candidate_for_money_out_and_a_credit_memo_none_for_money_in():
    book = entries(
        ("C001", "103001", 500), ("C001", "104001", -500), document_type=["invoice", "credit_memo"]
    )
    matches = propose(lines(500, -500, text=["104001", "103001"]), book, BERG)  # M2
    assert applied(matches) == [(1, 1, 500, 0), (2, 2, -500, 0)]
    assert matches.lines["match_confidence"].tolist() == ["low", "low"]


def test_payments_and_closed_entries_are_no_candidates():
    book = entries(("C001", "105001", 500), ("C001", "103001", 0), document_type=["payment", "invoice"])
    found = propose(lines(500, text=["103001 105001"]), book, BERG).lines  # M1
    assert found["match_confidence"].tolist() == ["none"]


def test_a_line_of_zero_is_left_alone():
    found = propose(lines(0, text=["103001"]), entries(("C001", "103001", 500)), BERG).lines.iloc[0]
    assert (found["match_confidence"], found["evidence"]) == ("none", "the amount is 0")  # M3


def test_a_mapping_yields_to_a_high_match_and_beats_a_medium_one():
    book = entries(("C001", "103001", 500))
    words = mappings(("Hyra", "3910", "5010", ""))
    line = lines(500, 400, -900, payer_name=["Anna Berg", "Anna Berg", ""], text=["Hyra 103001"] * 3)
    matches = propose(line, book, BERG, words)
    assert matches.lines["match_confidence"].tolist() == ["high", "text_mapping", "text_mapping"]  # M19
    assert matches.lines["mapped_account"].tolist() == ["", "3910", "5010"]  # M20
    assert matches.lines["match_score"].tolist()[1:] == [3005, 3005]
    assert matches.lines["runner_up"][0] == 'text mapping "Hyra"'
    assert matches.lines["difference_minor"].tolist() == [0, 0, 0]
    assert applied(matches) == [(1, 1, 500, 0)]


def test_the_longest_mapping_wins_and_booked_elsewhere_is_an_account():
    words = mappings(
        ("lön", "7010", "7010", ""), ("Lön oktober", "booked elsewhere", "", ""), ("C-kund", "", "", "C002")
    )
    found = propose(lines(-100, 100, text=["LÖN OKTOBER", "c-kund"]), entries(), BERG, words).lines
    assert found["mapped_account"].tolist() == ["Booked Elsewhere", ""]
    assert found["customer_no"].tolist() == ["", "C002"]
    assert found["evidence"][0] == 'the text holds "Lön oktober" of the text mapping'
    assert found["related_party_matched"].tolist() == ["not considered"] * 2


def test_a_mapping_without_an_account_for_money_out_does_not_fit_it():
    found = propose(lines(-100, text=["hyra"]), entries(), BERG, mappings(("hyra", "3910", "", ""))).lines
    assert found["match_confidence"].tolist() == ["none"]


def test_what_fits_more_than_a_hundred_documents_identifies_none():
    book = entries(
        *[("C002", f"{200000 + place}", 500) for place in range(101)], external_document_no=["FRAME-1"] * 101
    )
    found = propose(lines(500, text=["FRAME-1"]), book, BERG).lines.iloc[0]
    assert found["match_confidence"] == "none"
    assert (
        found["evidence"] == "no account, name or number fits an open entry, and 101 of them have the amount"
    )


def test_nothing_in_gives_nothing_out_with_the_right_columns():
    for matches in (propose(lines(), entries(), customers()), propose(lines(5), entries(), customers())):
        assert applied(matches) == []
        assert set(matches.applications.drop(columns="write_off_account").dtypes.astype(str)) == {"int64"}
    assert matches.lines["match_confidence"].tolist() == ["none"]
    texts = matches.lines.drop(columns=["statement_line_no", "match_score", "difference_minor"])
    assert texts.dtypes.astype(str).unique().tolist() == ["str"]
