"""One payment for documents of several customers, typed by hand into the payment review."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from office import Office
from reviewing import answer, ask_about, codes, matches, remaining, run_answers, unexplained

STATEMENT = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name | Payer Account
    BANK | 7 | 2026-10-30 | 0 | Opening Balance | |
    BANK | 7 | 2026-10-30 | 1800 | tack | Moderbolaget AB | 5050-1055
    BANK | 7 | 2026-10-30 | 1800 | Closing Balance | |
"""
SPLIT = "103001=1250;103003=550"
TYPED = {"Decision": "Apply To", "Decided By": "Eva"}


def pay_for_two(office: Office) -> None:
    ask_about(office, STATEMENT, waiting=1)


@pytest.fixture
def paid_for_two(office_after: Callable[..., Office]) -> Office:
    """Invoices 103001 (C1, 1250), 103002 (C1, 2500), 103003 (C2, 2500); 1800.00 of the parent company wait."""
    return office_after(pay_for_two)


def payments(office: Office) -> dict[str, tuple[str, str, str]]:
    """Customer, amount and what is left of every payment."""
    entries = office.table("customer_ledger_entries").query("document_type == 'payment'")
    return {
        row.document_no: (row.customer_no, row.amount, row.remaining_amount) for row in entries.itertuples()
    }


def test_a_typed_split_is_a_payment_for_each_customer(paid_for_two: Office) -> None:
    result = run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": SPLIT}})
    assert (codes(result), result.exit_code) == ([], 0)
    assert matches(paid_for_two)[1] == ("applied", "manual", "C1", "103001=1250.00;103003=550.00")
    assert payments(paid_for_two) == {"6001": ("C1", "-1250.00", "0.00"), "6002": ("C2", "-550.00", "0.00")}
    assert remaining(paid_for_two) == {"103002": "2500.00", "103003": "1950.00"}
    assert paid_for_two.balance()["1930"] == "1800.00"
    assert unexplained(paid_for_two, "2026-10") == 0
    told = paid_for_two.table("payment_matches").iloc[0]["evidence"]
    assert told == "applied by hand by Eva for customers C1, C2"
    assert paid_for_two.verify() == []


def test_the_same_split_again_changes_nothing(paid_for_two: Office) -> None:
    path = answer(paid_for_two, {1: TYPED | {"Apply-to Documents": SPLIT}})
    typed = path.read_bytes()
    paid_for_two.run("2026-11-02")
    before = paid_for_two.balance()
    paid_for_two.put("again.xlsx", typed)
    assert codes(paid_for_two.run("2026-11-03")) == ["file-again", "review-answered"]
    assert paid_for_two.balance() == before
    assert len(payments(paid_for_two)) == 2


def test_a_document_without_an_amount_gets_what_the_typed_amounts_leave(paid_for_two: Office) -> None:
    run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": "103001;103003=800"}})
    assert payments(paid_for_two) == {"6001": ("C1", "-1000.00", "0.00"), "6002": ("C2", "-800.00", "0.00")}
    assert remaining(paid_for_two) == {"103001": "250.00", "103002": "2500.00", "103003": "1700.00"}


def test_what_is_left_over_stays_on_the_account_of_the_first(paid_for_two: Office) -> None:
    run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": "103003=300;103001=500"}})
    assert payments(paid_for_two) == {
        "6001": ("C2", "-1300.00", "-1000.00"),
        "6002": ("C1", "-500.00", "0.00"),
    }
    assert paid_for_two.table("payment_matches").iloc[0]["difference"] == "1000.00"
    assert unexplained(paid_for_two, "2026-10") == 0
    assert paid_for_two.verify() == []


def test_the_payer_is_known_as_both_from_then_on(paid_for_two: Office) -> None:
    run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": SPLIT}})
    paid_for_two.drop(
        "Bank 2.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name | Payer Account
            BANK | 8 | 2026-11-05 | 1800 | Opening Balance | |
            BANK | 8 | 2026-11-05 | 1950 | 103003 | Moderbolaget AB | 5050-1055
            BANK | 8 | 2026-11-06 | 700 | tack | Moderbolaget AB | 5050-1055
            BANK | 8 | 2026-11-06 | 4450 | Closing Balance | |
        """,
    )
    paid_for_two.run("2026-11-06")
    found = paid_for_two.table("payment_matches").set_index("date")
    assert found.loc["2026-11-05", ["status", "customer_no"]].tolist() == ["applied", "C2"]
    assert "is known as customer C2 (1)" in found.loc["2026-11-05", "evidence"]
    # Without a number the payer alone does not say whose money it is.
    assert found.loc["2026-11-06", "status"] == "unmatched"
    assert paid_for_two.verify() == []


def test_money_of_a_blocked_customer_in_a_split_is_booked_with_a_warning(office: Office) -> None:  # K6
    office.drop(
        "Opening.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount
            C1 | Invoice | OLD-1 | 2026-09-01 | 2026-09-30 | 1000
            C3 | Invoice | OLD-3 | 2026-09-01 | 2026-09-30 | 800
        """,
        Bank_Statement=STATEMENT,
    )
    office.run("2026-10-31")
    result = run_answers(office, {1: TYPED | {"Apply-to Documents": "OLD-1;OLD-3"}})
    assert (codes(result), result.exit_code) == (["payment-from-blocked"], 0)
    assert [item.value for item in result.findings] == ["Moderbolaget AB"]
    assert "C3" in result.findings[0].message()
    assert remaining(office) == {}


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [
        ("103001=1250;103999=550", "review-document-not-open", "103999"),
        ("103001=1250;103003=550.01", "review-money-short", "103003"),
        ("103001;103003;103002=600", "review-money-short", "103003"),
        ("103001=1000;103003=300;103001=200", "review-document-twice", "103001"),
        ("103001=1000;I1=200;103003", "review-document-twice", "I1"),
        ("103001=1251;103003=500", "review-amount-too-large", "1250.00 SEK"),
        ("103001=1250;103003=fem", "review-amount-unreadable", "fem"),
        ("103001=1250;103003=-5", "review-amount-unreadable", "-5"),
        ("103001=1250;103003=0", "review-amount-unreadable", "0"),
    ],
)
def test_a_wrong_split_is_a_finding_at_its_cell_and_changes_nothing(
    paid_for_two: Office, typed: str, code: str, told: str
) -> None:
    before = paid_for_two.table("payment_matches"), paid_for_two.balance(), remaining(paid_for_two)
    result = run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": typed}})
    (found,) = result.findings
    assert (found.code, found.value, result.exit_code) == (code, typed, 3)
    assert found.cell[0].isalpha()
    assert told in found.message()
    after = paid_for_two.table("payment_matches"), paid_for_two.balance(), remaining(paid_for_two)
    assert after[0].equals(before[0])
    assert after[1:] == before[1:]
    assert paid_for_two.verify() == []


def test_every_wrong_document_of_an_answer_is_named_at_once(paid_for_two: Office) -> None:
    result = run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": "X1=5;103003=fem"}})
    assert codes(result) == ["review-amount-unreadable", "review-document-not-open"]


def test_a_customer_that_is_named_must_own_every_document(paid_for_two: Office) -> None:
    result = run_answers(paid_for_two, {1: TYPED | {"Apply-to Documents": SPLIT, "Customer No.": "C1"}})
    assert codes(result) == ["review-other-customer"]
    assert "103003 belongs to customer C2, not to C1" in result.findings[0].message()
    assert len(payments(paid_for_two)) == 0


@pytest.mark.parametrize(
    ("setting", "code"), [("None", "review-document-currency"), ("All", "review-split-currency")]
)
def test_a_split_in_two_currencies_is_refused(bank: Office, setting: str, code: str) -> None:
    bank.drop(
        "Opening.xlsx",
        Company=f"Setting | Value\nAppln. between Currencies | {setting}",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount | Currency Code
            C1 | Invoice | OLD-1 | 2026-10-05 | 2026-11-04 | 1000 |
            C2 | Invoice | OLD-2 | 2026-10-05 | 2026-11-04 | 100 | EUR
        """,
        Bank_Statement=STATEMENT,
    )
    bank.run("2026-10-31")
    result = run_answers(bank, {1: TYPED | {"Apply-to Documents": "OLD-1=1000;OLD-2=800"}})
    assert codes(result) == [code]
    assert "EUR" in result.findings[0].message()
    assert remaining(bank) == {"OLD-1": "1000.00", "OLD-2": "100.00"}
