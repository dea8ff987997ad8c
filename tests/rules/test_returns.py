"""Payments that came back after they were posted: the invoice is open again, and the books say why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bank_files import camt_file, camt_statement
from office import Office
from reviewing import INVOICES, codes, last, matches, remaining, run_answers, statement, unexplained

PAID = "2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB | 5050-1055"
BACK = "2026-10-23 | -1250 | Retur 103001 | Åkerlunds Bygg AB | 5050-1055"


def pay(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "1250", PAID))
    office.run("2026-10-20")
    assert "103001" not in remaining(office)


@pytest.fixture
def paid(office_after: Callable[..., Office]) -> Office:
    """Invoices 103001 (C1, 1250), 103002 (C1, 2500) and 103003 (C2, 2500); 103001 is paid by payment 6001."""
    return office_after(pay)


def came_back(office: Office, *lines: str, closing: str = "0") -> None:
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", closing, *(lines or (BACK,))))
    office.run("2026-10-31")


def invoice(office: Office, number: str) -> dict[str, str]:
    found = office.table("customer_ledger_entries").set_index("document_no").loc[number]
    return found[["due_date", "remaining_amount", "open"]].to_dict()


def test_a_return_in_a_later_statement_is_proposed_with_one_cell_to_accept(paid: Office) -> None:
    before = paid.balance()
    came_back(paid)
    line = paid.table("payment_matches").iloc[-1]
    assert line[["status", "match_confidence", "customer_no", "applied_documents"]].tolist() == [
        "proposed", "medium", "C1", "6001=-1250.00",
    ]  # fmt: skip
    assert line["evidence"] == (
        "returns payment 6001 of 2026-10-20; accepting it opens 103001 again; same payer 5050-1055; "
        "number 103001 in the text"
    )
    assert paid.balance() == before


def test_accepted_it_opens_the_invoice_again_as_it_was(paid: Office) -> None:  # T14
    due = paid.table("customer_ledger_entries").set_index("document_no").loc["103001", "due_date"]
    came_back(paid)
    result = run_answers(paid, {2: {"Decision": "Accept", "Decided By": "Eva"}})
    assert (codes(result), result.exit_code, result.counts["payments_open"]) == ([], 0, 0)
    assert remaining(paid) == {"103001": "1250.00", "103002": "2500.00", "103003": "2500.00"}
    assert invoice(paid, "103001")["due_date"] == due  # It ages from its own due date.
    ages = paid.table("aging").set_index("customer_no")["balance"]
    assert ages.to_dict() == {"C1": "3750.00", "C2": "2500.00"}
    assert "1930" not in paid.balance()
    assert paid.balance()["1510"] == "6250.00"
    assert last(paid) == "accepted by Eva: returns payment 6001 of 2026-10-20; open again: 103001"
    refund = paid.table("customer_ledger_entries").iloc[-1]
    assert refund[["document_type", "document_no", "customer_no", "posting_date", "amount"]].tolist() == [
        "refund", "6002", "C1", "2026-10-23", "1250.00",
    ]  # fmt: skip
    assert unexplained(paid, "2026-10") == 0
    assert paid.verify() == []


def test_the_same_statement_and_answer_again_change_nothing(paid: Office) -> None:
    came_back(paid)
    run_answers(paid, {2: {"Decision": "Accept"}})
    before = paid.balance(), remaining(paid), len(paid.table("payment_matches"))
    paid.drop("Bank 2 again.xlsx", Bank_Statement=statement(2, "1250", "0", BACK))
    paid.run("2026-11-03")
    assert (paid.balance(), remaining(paid), len(paid.table("payment_matches"))) == before


def test_a_payment_comes_back_once(paid: Office) -> None:
    came_back(paid)
    run_answers(paid, {2: {"Decision": "Accept"}})
    again = BACK.replace("10-23", "10-26")
    paid.drop("Bank 3.xlsx", Bank_Statement=statement(3, "0", "-1250", again))
    paid.run("2026-11-03")
    assert (last(paid, "status"), last(paid, "applied_documents")) == ("unmatched", "")
    result = run_answers(paid, {3: {"Decision": "Apply To", "Apply-to Documents": "6001"}})
    assert codes(result) == ["review-return-gone"]
    assert paid.verify() == []


def test_the_discount_goes_back_with_the_payment(office: Office) -> None:  # T7, T14
    office.drop(
        "Setup 2.xlsx",
        GL_Accounts="No. | Name | Type | Direct Posting\n3731 | Kassarabatter | Income | no",
        Customer_Posting_Groups="Code | Receivables Account | Payment Discount Account\nDOMESTIC | 1510 | 3731",
        Invoices=INVOICES,
    )
    office.run("2026-10-10")
    before = office.balance()
    office.drop(
        "Bank 1.xlsx",
        Bank_Statement=statement(1, "0", "2450", "2026-10-15 | 2450 | 103003 | Östgöta Café | 1-1"),
    )
    office.run("2026-10-15")
    assert office.balance()["3731"] == "40.00"
    back = "2026-10-19 | -2450 | Returned payment 103003 | Östgöta Café | 1-1"
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "2450", "0", back))
    office.run("2026-10-20")
    run_answers(office, {2: {"Decision": "Accept"}})
    assert remaining(office)["103003"] == "2500.00"
    assert office.balance() == before
    assert office.verify() == []


def test_money_on_account_that_comes_back_leaves_nothing_open(paid: Office) -> None:
    money = "2026-10-21 | 300 | insättning | Någon | 7-7"
    paid.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", "1550", money))
    paid.run("2026-10-21")
    run_answers(paid, {2: {"Decision": "On Account", "Customer No.": "C2"}})
    paid.drop(
        "Bank 3.xlsx",
        Bank_Statement=statement(3, "1550", "1250", "2026-10-27 | -300 | Retur | Någon | 7-7"),
    )
    paid.run("2026-11-03")
    assert last(paid) == "returns payment 6002 of 2026-10-21; same payer 7-7"
    run_answers(paid, {3: {"Decision": "Accept"}})
    assert remaining(paid) == {"103002": "2500.00", "103003": "2500.00"}
    assert paid.balance()["1930"] == "1250.00"
    assert paid.verify() == []


def test_a_payment_for_two_customers_comes_back_for_both(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    money = "2026-10-20 | 1800 | tack | Moderbolaget AB | 9-9"
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "1800", money))
    office.run("2026-10-20")
    run_answers(
        office, {1: {"Decision": "Apply To", "Apply-to Documents": "103001;103003=550"}}, "2026-10-21"
    )
    back = "2026-10-23 | -1800 | Retur | Moderbolaget AB | 9-9"
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1800", "0", back))
    office.run("2026-10-31")
    assert last(office, "applied_documents") == "6001=-1250.00;6002=-550.00"
    run_answers(office, {2: {"Decision": "Accept"}})
    assert remaining(office) == {"103001": "1250.00", "103002": "2500.00", "103003": "2500.00"}
    assert "1930" not in office.balance()
    assert unexplained(office, "2026-10") == 0
    assert office.verify() == []


def test_two_payments_that_fit_are_named_and_none_is_proposed(paid: Office) -> None:
    twice = [f"2026-10-2{day} | 700 | a conto | Östgöta Café | 1-1" for day in (1, 2)]
    paid.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", "2650", *twice))
    paid.run("2026-10-22")
    run_answers(
        paid, {line: {"Decision": "On Account", "Customer No.": "C2"} for line in (2, 3)}, "2026-10-23"
    )
    back = "2026-10-26 | -700 | Retur | Östgöta Café | 1-1"
    paid.drop("Bank 3.xlsx", Bank_Statement=statement(3, "2650", "1950", back))
    paid.run("2026-10-31")
    assert (last(paid, "status"), last(paid)) == (
        "unmatched",
        "2 payments may have come back: 6002, 6003",
    )
    run_answers(paid, {4: {"Decision": "Apply To", "Apply-to Documents": "6003"}})
    assert remaining(paid)["6002"] == "-700.00"
    assert "6003" not in remaining(paid)
    assert paid.verify() == []


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-23 | -1250 | Retur | Annan Kund AB | 8-8",  # Another payer.
        "2026-10-23 | -1251 | Retur 103001 | Åkerlunds Bygg AB | 5050-1055",  # Another amount.
        "2026-11-04 | -1250 | Retur 103001 | Åkerlunds Bygg AB | 5050-1055",  # Too late.
        "2026-10-23 | -1250 | Hyra | Åkerlunds Bygg AB | 5050-1055",  # No word of return.
        "2026-10-23 | -1250 | Retur | |",  # Nobody and nothing named.
    ],
)
def test_what_does_not_fit_is_no_return(paid: Office, line: str) -> None:
    came_back(paid, line, closing=str(1250 + float(line.split("|")[1])))
    assert (last(paid, "status"), last(paid, "applied_documents")) == ("unmatched", "")


def test_a_return_that_nothing_says_can_be_named_by_hand(paid: Office) -> None:
    came_back(paid, "2026-10-23 | -1250 | Bankgirot | |")
    wrong = run_answers(paid, {2: {"Decision": "Apply To", "Apply-to Documents": "6001=1000"}})
    assert codes(wrong) == ["review-document-not-open"]
    result = run_answers(
        paid, {2: {"Decision": "Apply To", "Apply-to Documents": "6001", "Decided By": "Eva"}}
    )
    assert codes(result) == []
    assert remaining(paid)["103001"] == "1250.00"
    assert last(paid) == "applied by hand by Eva: returns payment 6001 of 2026-10-20; open again: 103001"
    assert paid.verify() == []


def test_a_payment_of_another_amount_cannot_come_back_by_the_line(paid: Office) -> None:
    came_back(paid, "2026-10-23 | -1200 | Retur | |", closing="50")
    result = run_answers(paid, {2: {"Decision": "Apply To", "Apply-to Documents": "6001"}})
    assert (codes(result), result.exit_code) == (["review-return-amount"], 3)
    assert "103001" not in remaining(paid)


def test_what_was_applied_later_must_be_taken_back_first(office: Office) -> None:  # T14
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    part = "2026-10-20 | 500 | Faktura 103001 | Åkerlunds Bygg AB | 5050-1055"
    rest = "2026-10-21 | 750 | Faktura 103001 | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 1.xlsx", Bank_Statement=statement(1, "0", "1250", part, rest))
    office.run("2026-10-21")
    assert "103001" not in remaining(office)
    back = "2026-10-23 | -500 | Retur 103001 | Åkerlunds Bygg AB | 5050-1055"
    office.drop("Bank 2.xlsx", Bank_Statement=statement(2, "1250", "750", back))
    office.run("2026-10-31")
    assert "but 6002 was applied after it: unapply that first" in last(office)
    answer = {3: {"Decision": "Apply To", "Apply-to Documents": "6001"}}
    assert codes(run_answers(office, answer)) == ["review-return-later"]
    office.drop(
        "Actions.xlsx",
        Actions="""
            Action No. | Document Type | Document No. | Action
            A1 | Payment | 6002 | Unapply
        """,
    )
    office.run("2026-11-03")
    assert last(office, "status") == "proposed"
    run_answers(office, {3: {"Decision": "Accept"}}, "2026-11-04")
    assert remaining(office) == {
        "103001": "1250.00", "103002": "2500.00", "103003": "2500.00", "6002": "-750.00",
    }  # fmt: skip
    assert office.verify() == []


def test_a_rejected_return_is_not_proposed_again(paid: Office) -> None:
    came_back(paid)
    run_answers(paid, {2: {"Decision": "Reject"}})
    assert (last(paid, "status"), last(paid, "applied_documents")) == ("unmatched", "")
    assert "103001" not in remaining(paid)


def test_a_return_in_a_closed_period_is_posted_on_the_first_open_day(paid: Office) -> None:
    came_back(paid)
    paid.settings(Allow_Posting_From="2026-11-01", Allow_Posting_To="2026-11-30")
    paid.run("2026-11-02")
    run_answers(paid, {2: {"Decision": "Accept"}})
    refund = paid.table("customer_ledger_entries").iloc[-1]
    assert (refund["document_type"], refund["posting_date"]) == ("refund", "2026-11-01")
    assert remaining(paid)["103001"] == "1250.00"
    assert paid.verify() == []


def test_a_payment_in_euro_that_comes_back_at_another_rate_is_a_loss(bank: Office) -> None:  # T16
    bank.drop(
        "Opening.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount | Currency Code
            C1 | Invoice | OLD-1 | 2026-10-05 | 2026-11-04 | 100 | EUR
        """,
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Account
            EURO | 1 | 2026-10-21 | 0 | Opening Balance |
            EURO | 1 | 2026-10-21 | 100 | OLD-1 | 5050-1055
            EURO | 1 | 2026-11-03 | -100 | Retur | 5050-1055
            EURO | 1 | 2026-11-03 | 0 | Closing Balance |
        """,
    )
    bank.run("2026-10-20")
    # Both came in one drop, so they cancel each other out before anything is posted.
    assert remaining(bank) == {"OLD-1": "100.00"}
    bank.drop(
        "Bank 2.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Account
            EURO | 2 | 2026-11-04 | 0 | Opening Balance |
            EURO | 2 | 2026-10-24 | 100 | OLD-1 | 5050-1055
            EURO | 2 | 2026-11-04 | 100 | Closing Balance |
        """,
    )
    bank.run("2026-11-04")
    assert remaining(bank) == {}
    before = bank.balance()
    bank.drop(
        "Bank 3.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Account
            EURO | 3 | 2026-11-05 | 100 | Opening Balance |
            EURO | 3 | 2026-11-05 | -100 | Retur | 5050-1055
            EURO | 3 | 2026-11-05 | 0 | Closing Balance |
        """,
    )
    bank.run("2026-11-05")
    run_answers(bank, {4: {"Decision": "Accept"}}, "2026-11-06")
    assert remaining(bank) == {"OLD-1": "100.00"}
    after = bank.balance()
    # Paid at 11.20 (a gain of 20 on the invoice, taken back), paid back at 10.90: 30 less went out than came in.
    assert "1932" not in {account for account in after if after[account] == before.get(account)}
    assert after["3960"] == "-30.00"
    assert bank.verify() == []


# Certain by the bank's own reference -----------------------------------------------------------------------


def camt(number: int, opening: str, closing: str, row: str, more: str = "") -> bytes:
    """A camt.053 file of one line whose payment has the end-to-end id E2E-778899."""
    text = camt_statement(row, number=number, opening=opening, closing=closing)
    refs = f"<TxDtls><Refs><EndToEndId>E2E-778899</EndToEndId></Refs>{more}"
    return camt_file(text.replace("<TxDtls>", refs, 1))


REASON = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrInf>"


def pay_by_camt(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    row = "2026-10-12 | 1250.00 | R-1 | Åkerlunds Bygg AB | Faktura 103001 |"
    office.put("one.xml", camt(1, "0.00", "1250.00", row))
    office.run("2026-10-12")
    assert "103001" not in remaining(office)


@pytest.fixture
def paid_by_camt(office_after: Callable[..., Office]) -> Office:
    return office_after(pay_by_camt)


def test_a_return_that_the_bank_marks_with_the_payments_reference_is_posted_by_itself(
    paid_by_camt: Office,
) -> None:
    row = "2026-11-16 | -1250.00 | R-2 | | |"  # Five weeks later, and without a payer.
    paid_by_camt.put("two.xml", camt(2, "1250.00", "0.00", row, REASON))
    result = paid_by_camt.run("2026-11-16")
    assert (result.exit_code, result.counts["payments_open"]) == (0, 0)
    assert remaining(paid_by_camt)["103001"] == "1250.00"
    assert last(paid_by_camt, "status") == "applied"
    assert last(paid_by_camt) == (
        "returns payment 6001 of 2026-10-12; open again: 103001; the bank repeats the payment's reference E2E-778899"
    )
    assert "Returned AC04 Account closed" in paid_by_camt.table("statement_lines").iloc[-1]["additional_info"]
    assert unexplained(paid_by_camt, "2026-11") == 0
    assert paid_by_camt.verify() == []
    paid_by_camt.put("two again.xml", camt(2, "1250.00", "0.00", row, REASON) + b"\n")
    before = paid_by_camt.balance()
    paid_by_camt.run("2026-11-17")
    assert paid_by_camt.balance() == before


def test_the_invoice_may_be_paid_again_in_the_same_statement(paid_by_camt: Office) -> None:
    rows = """
        2026-10-16 | -1250.00 | R-2 | | |
        2026-10-17 | 1250.00 | R-3 | Åkerlunds Bygg AB | Faktura 103001 |
    """
    text = camt_statement(rows, number=2, opening="1250.00", closing="1250.00")
    refs = f"<TxDtls><Refs><EndToEndId>E2E-778899</EndToEndId></Refs>{REASON}"
    paid_by_camt.put("two.xml", camt_file(text.replace("<TxDtls>", refs, 1)))
    paid_by_camt.run("2026-10-17")
    assert remaining(paid_by_camt) == {"103002": "2500.00", "103003": "2500.00"}
    assert matches(paid_by_camt)[2][0] == "applied"
    assert paid_by_camt.balance()["1930"] == "1250.00"
    assert paid_by_camt.verify() == []


def test_the_reference_without_the_banks_mark_is_a_proposal(paid_by_camt: Office) -> None:
    row = "2026-10-16 | -1250.00 | R-2 | Åkerlunds Bygg AB | Retur |"
    paid_by_camt.put("two.xml", camt(2, "1250.00", "0.00", row))
    paid_by_camt.run("2026-10-16")
    assert (last(paid_by_camt, "status"), last(paid_by_camt, "applied_documents")) == (
        "proposed",
        "6001=-1250.00",
    )
