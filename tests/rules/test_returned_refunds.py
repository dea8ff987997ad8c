"""Refunds of ours that the bank sends back: what they settled is open again, and no invoice is paid by them."""

from __future__ import annotations

import pytest
from office import Office
from reviewing import codes, last, remaining, run_answers, statement, unexplained

OUT = "2026-10-20 | -700 | Kreditnota CM-9 | Åkerlunds Bygg AB | 5050-1055"
BACK = "2026-10-23 | 700 | Retur CM-9 | Åkerlunds Bygg AB | 5050-1055"


def owe_each_other(office: Office) -> None:
    office.drop(
        "Opening.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount
            C1 | Credit Memo | CM-9 | 2026-09-05 | 2026-10-05 | -700
            C1 | Invoice | OLD-7 | 2026-09-06 | 2026-10-06 | 700
        """,
    )
    office.run("2026-10-10")


@pytest.fixture
def refunded(office: Office) -> Office:
    """Credit memo CM-9 of C1 is paid back by refund 6001; invoice OLD-7 of C1 is open and has the same amount."""
    owe_each_other(office)
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "-700", OUT))
    office.run("2026-10-20")
    assert remaining(office) == {"OLD-7": "700.00"}
    return office


def came_back(office: Office, line: str = BACK) -> None:
    closing = -700 + float(line.split("|")[1])
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "-700", f"{closing:.2f}", line))
    office.run("2026-10-31")


def test_a_refund_that_came_back_is_proposed_as_what_it_is(refunded: Office) -> None:
    came_back(refunded)
    line = refunded.table("payment_matches").iloc[-1]
    assert line[["status", "match_confidence", "customer_no", "applied_documents"]].tolist() == [
        "proposed", "medium", "C1", "6001=700.00",
    ]  # fmt: skip
    assert line["evidence"] == (
        "our refund 6001 of 2026-10-20 came back; accepting it opens CM-9 again; same payer 5050-1055; "
        "number CM-9 in the text"
    )
    assert remaining(refunded) == {"OLD-7": "700.00"}


def test_accepted_it_opens_the_credit_memo_again(refunded: Office) -> None:  # T14
    came_back(refunded)
    result = run_answers(refunded, {2: {"Decision": "Accept", "Decided By": "Eva"}})
    assert (codes(result), result.counts["payments_open"]) == ([], 0)
    assert remaining(refunded) == {"OLD-7": "700.00", "CM-9": "-700.00"}
    assert "1930" not in refunded.balance()
    payment = refunded.table("customer_ledger_entries").iloc[-1]
    assert payment[["document_type", "document_no", "customer_no", "posting_date", "amount"]].tolist() == [
        "payment", "6002", "C1", "2026-10-23", "-700.00",
    ]  # fmt: skip
    assert unexplained(refunded, "2026-10") == 0
    assert refunded.verify() == []


def test_it_comes_back_once(refunded: Office) -> None:
    came_back(refunded)
    run_answers(refunded, {2: {"Decision": "Accept"}})
    refunded.drop("Bank 3.xlsx", Bank_Statement=statement(3, "0", "700", BACK.replace("10-23", "10-26")))
    refunded.run("2026-11-03")
    assert last(refunded, "applied_documents") != "6001=700.00"
    assert last(refunded, "status") != "applied"


def test_a_refund_of_what_was_paid_twice_comes_back_and_waits_on_account_again(office: Office) -> None:
    twice = "2026-10-20 | 700 | tack | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "700", twice))
    office.run("2026-10-20")
    run_answers(office, {1: {"Decision": "On Account", "Customer No.": "C1"}}, "2026-10-20")
    out = "2026-10-21 | -700 | för mycket betalt | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "700", "0", out))
    office.run("2026-10-22")
    run_answers(
        office,
        {2: {"Decision": "Apply To", "Apply-to Documents": "6001", "Customer No.": "C1"}},
        "2026-10-22",
    )
    assert remaining(office) == {}
    back = "2026-10-25 | 700 | Returnerad betalning | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 3.xlsx", Bank_Statement=statement(3, "0", "700", back))
    office.run("2026-10-31")
    assert (last(office, "status"), last(office, "applied_documents")) == ("proposed", "6002=700.00")
    run_answers(office, {3: {"Decision": "Accept"}})
    assert remaining(office) == {"6001": "-700.00"}
    assert office.balance()["1930"] == "700.00"
    assert office.verify() == []


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-23 | 700 | Retur | Annan Kund AB | 8-8",  # Another payee.
        "2026-11-04 | 700 | Retur CM-9 | Åkerlunds Bygg AB | 5050-1055",  # Too late.
        "2026-10-23 | 710 | Retur CM-9 | Åkerlunds Bygg AB | 5050-1055",  # Another amount.
        "2026-10-23 | 700 | Retur | |",  # Nobody and nothing named.
    ],
)
def test_money_that_comes_back_and_fits_no_refund_pays_no_invoice_by_chance(
    refunded: Office, line: str
) -> None:
    came_back(refunded, line)
    assert last(refunded, "status") in ("proposed", "unmatched")
    assert last(refunded, "applied_documents") in ("", "OLD-7=700.00")
    assert remaining(refunded) == {"OLD-7": "700.00"}


def test_a_refund_and_its_return_in_one_statement_cancel_out(office: Office) -> None:
    owe_each_other(office)
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "0", OUT, BACK))
    office.run("2026-10-31")
    assert set(office.table("payment_matches")["status"]) == {"reversed"}
    assert remaining(office) == {"CM-9": "-700.00", "OLD-7": "700.00"}


def test_a_refund_that_came_back_can_be_named_by_hand(refunded: Office) -> None:
    came_back(refunded, "2026-10-23 | 700 | Bankgirot | |")
    assert last(refunded, "status") != "applied"
    result = run_answers(refunded, {2: {"Decision": "Apply To", "Apply-to Documents": "6001"}})
    assert codes(result) == []
    assert remaining(refunded) == {"OLD-7": "700.00", "CM-9": "-700.00"}
    assert refunded.verify() == []


# Less the bank's fee ----------------------------------------------------------------------------------------

FEES = "Amount | Account | Text\n35 | 6570 | Returavgift"
INVOICE = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
"""


@pytest.fixture
def paid(office: Office) -> Office:
    """Invoice 103001 of C1 is paid by payment 6001; 35 is a known bank fee."""
    office.drop("Fees.xlsx", Known_Bank_Fees=FEES)
    office.drop("Sales.xlsx", Invoices=INVOICE)
    office.run("2026-10-10")
    money = "2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "1250", money))
    office.run("2026-10-20")
    assert remaining(office) == {}
    return office


def taken_back(office: Office, amount: str, closing: str, text: str = "Retur 103001") -> None:
    back = f"2026-10-23 | {amount} | {text} | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", closing, back))
    office.run("2026-10-31")


def test_a_payment_taken_back_with_the_banks_fee_is_proposed_and_names_the_fee(paid: Office) -> None:
    taken_back(paid, "-1285", "-35")
    assert (last(paid, "status"), last(paid, "applied_documents")) == ("proposed", "6001=-1250.00")
    assert last(paid) == (
        "returns payment 6001 of 2026-10-20; accepting it opens 103001 again; same payer 5050-1055; "
        "number 103001 in the text; 35.00 is a known bank fee, to account 6570"
    )
    assert remaining(paid) == {}


def test_accepted_the_invoice_is_open_as_it_was_and_the_fee_is_a_cost(paid: Office) -> None:
    taken_back(paid, "-1285", "-35")
    result = run_answers(paid, {2: {"Decision": "Accept"}})
    assert (codes(result), result.counts["payments_open"]) == ([], 0)
    assert remaining(paid) == {"103001": "1250.00"}
    assert {account: paid.balance()[account] for account in ("1930", "6570", "1510")} == {
        "1930": "-35.00", "6570": "35.00", "1510": "1250.00",
    }  # fmt: skip
    assert unexplained(paid, "2026-10") == 0
    assert paid.verify() == []


def test_an_amount_that_no_known_fee_explains_is_no_return(paid: Office) -> None:
    taken_back(paid, "-1286", "-36")
    assert (last(paid, "status"), last(paid, "applied_documents")) == ("unmatched", "")
    result = run_answers(paid, {2: {"Decision": "Apply To", "Apply-to Documents": "6001"}})
    assert codes(result) == ["review-return-amount"]
    assert remaining(paid) == {}


def test_a_payment_of_the_very_amount_goes_before_one_with_a_fee(paid: Office) -> None:
    money = "2026-10-21 | 1285 | a conto | Åkerlunds Bygg AB | 5050-1055"
    paid.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", "2535", money))
    paid.run("2026-10-21")
    run_answers(paid, {2: {"Decision": "On Account", "Customer No.": "C1"}}, "2026-10-22")
    back = "2026-10-23 | -1285 | Retur | Åkerlunds Bygg AB | 5050-1055"
    paid.drop("Bank 3.xlsx", Bank_Statement=statement(3, "2535", "1250", back))
    paid.run("2026-10-31")
    assert last(paid, "applied_documents") == "6002=-1285.00"


def test_a_refund_that_comes_back_less_the_banks_fee(refunded: Office) -> None:
    refunded.drop("Fees.xlsx", Known_Bank_Fees=FEES)
    refunded.run("2026-10-20")
    came_back(refunded, BACK.replace("| 700 |", "| 665 |"))
    assert last(refunded, "applied_documents") == "6001=700.00"
    run_answers(refunded, {2: {"Decision": "Accept"}})
    assert remaining(refunded) == {"OLD-7": "700.00", "CM-9": "-700.00"}
    assert (refunded.balance()["1930"], refunded.balance()["6570"]) == ("-35.00", "35.00")
    assert unexplained(refunded, "2026-10") == 0
    assert refunded.verify() == []
