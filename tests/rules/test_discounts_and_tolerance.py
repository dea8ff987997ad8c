"""Payment discount, late discount, tolerance and rounding: what is posted where, and what the accountant is told.

C2 has the terms 10D2: 2 % when paid within 10 days. An invoice of 1 coffee machine at 1,000 is 1,250.00 with VAT.
"""

from __future__ import annotations

import pytest
from money_setup import choose, pieces, remaining, voucher
from office import Office

INVOICE = "No. | Customer No. | Item No. | Quantity\nI1 | C2 | A1 | 1"
PAY = "Payment No. | Posting Date | Customer No. | Amount | Applies-to Document No.\n"


def notices(office: Office, run: object) -> list[str]:
    return [item.message() for item in run.findings if item.severity == "notice"]  # type: ignore[attr-defined]


def test_a_discount_in_time_is_split_into_base_and_vat_per_rate(bank: Office) -> None:  # T6, T7, L5
    # 1,000.00 + 25 % = 1,250.00; 2 x 50.30 = 100.60 + 6 % (6.04) = 106.64; in all 1,356.64, 2 % is 27.13.
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE + "\nI1 | C2 | A2 | 2",
        Payments=PAY + "P1 | 2026-10-25 | C2 | 1329.51 | I1",
    )
    result = bank.run("2026-10-15")
    assert result.exit_code == 0
    assert remaining(bank) == {}
    assert pieces(bank, "103001") == [
        ("initial", "1356.64"),
        ("payment_discount", "-27.13"),
        ("application", "-1329.51"),
    ]
    # 27.13 is 25.00 and 2.13 by weight; of these 5.00 and 0.12 are VAT. All of it stands in the payment's voucher.
    assert voucher(bank, "B", 1) == {
        "1510": "-1356.64",
        "1930": "1329.51",
        "2611": "5.00",
        "2621": "0.12",
        "3731": "22.01",
    }
    vat = bank.table("vat_entries").query("document_type == 'payment'")
    assert vat[["vat_identifier", "base", "amount", "document_no"]].to_numpy().tolist() == [
        ["VAT6", "2.01", "0.12", "6001"],
        ["VAT25", "20.00", "5.00", "6001"],
    ]
    assert bank.verify() == []


IN_TIME, IN_GRACE, AFTER_GRACE = "2026-10-25", "2026-10-30", "2026-10-31"
ORACLE = [  # day, paid, remaining on invoice and payment, discount, tolerance: a late discount is accepted.
    (IN_TIME, 985, 0, 0, 20, -5),
    (IN_TIME, 980, 0, 0, 20, 0),
    (IN_TIME, 975, 0, 0, 20, 5),
    (IN_GRACE, 1005, 0, -25, 20, 0),
    (IN_GRACE, 1000, 0, -20, 20, 0),
    (IN_GRACE, 995, 0, -15, 20, 0),
    (IN_GRACE, 985, 0, 0, 20, -5),
    (IN_GRACE, 980, 0, 0, 20, 0),
    (IN_GRACE, 975, 0, 0, 20, 5),
    (AFTER_GRACE, 1005, 0, 0, 0, -5),
    (AFTER_GRACE, 1000, 0, 0, 0, 0),
    (AFTER_GRACE, 995, 0, 0, 0, 5),
    (AFTER_GRACE, 985, 15, 0, 0, 0),
    (AFTER_GRACE, 980, 20, 0, 0, 0),
    (AFTER_GRACE, 975, 25, 0, 0, 0),
]


def test_every_case_of_the_oracle_comes_out_of_a_run_as_the_reference_says(
    bank: Office,
) -> None:  # T6-T12, T18
    choose(bank, "Payment Discount Grace Period | 5D\nMax. Payment Tolerance Amount | 5.00")
    # 800.00 + 25 % = 1,000.00; 2 % is 20.00, of which 4.00 is VAT.
    invoices = "".join(f"I{place} | C2 | A1 | 1 | 800\n" for place in range(len(ORACLE)))
    payments = "".join(
        f"P{place:02} | {day} | C2 | {paid} | I{place}\n" for place, (day, paid, *_) in enumerate(ORACLE)
    )
    bank.drop(
        "Sales.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price\n" + invoices,
        Payments=PAY + payments,
    )
    result = bank.run("2026-10-15")
    entries = bank.table("customer_ledger_entries").set_index("external_document_no")
    of_payment = entries["remaining_amount"].to_dict()
    numbers = bank.table("documents").query("document_type == 'invoice'").set_index("no")["posted_no"]
    of_invoice = bank.table("customer_ledger_entries").set_index("document_no")["remaining_amount"]
    for place, (day, paid, on_invoice, on_payment, discount, tolerance) in enumerate(ORACLE):
        case, number = f"{paid} on {day}", numbers[f"I{place}"]
        given: dict[str, float] = {}
        for kind, amount in pieces(bank, number):
            given[kind] = given.get(kind, 0) - float(amount)
        assert float(of_invoice[number]) == on_invoice, case
        assert float(of_payment[f"P{place:02}"]) == on_payment, case
        assert given.get("payment_discount", 0) == discount, case
        assert given.get("payment_tolerance", 0) == tolerance, case
    # Nine discounts of 20.00 are 16.00 and 4.00 of VAT each; tolerances -5, 5, -5, 5, -5 and 5 come to nothing.
    balance = bank.balance()
    assert (balance["3731"], "3741" in balance) == ("144.00", False)
    assert balance["2611"] == str(-200 * len(ORACLE) + 4 * 9) + ".00"
    codes = [item.code for item in result.findings]
    assert (codes.count("late-discount-taken"), codes.count("payment-tolerance-taken")) == (6, 6)
    assert bank.verify() == []


def test_full_payment_in_time_takes_no_discount(bank: Office) -> None:  # decision 9
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-20 | C2 | 1300 | I1")
    bank.run("2026-10-15")
    assert remaining(bank) == {"6001": "-50.00"}
    assert "3731" not in bank.balance()


def test_a_day_late_the_discount_stays_open(bank: Office) -> None:  # T6
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-26 | C2 | 1225 | I1")
    bank.run("2026-10-15")
    assert remaining(bank) == {"103001": "25.00"}


def test_a_late_discount_within_the_grace_period_is_given_and_named(bank: Office) -> None:  # T11, T12
    choose(bank, "Payment Discount Grace Period | 5D")
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-30 | C2 | 1225 | I1")
    result = bank.run("2026-10-15")
    assert remaining(bank) == {}
    assert notices(bank, result) == [
        "The payment discount of 25.00 SEK on 103001 was given late (grace period until 2026-10-30) on account 3731."
    ]
    (found,) = (item for item in result.findings if item.code == "late-discount-taken")
    assert (found.place.source, found.place.sheet, found.place.row) == ("Sales.xlsx", "Payments", 2)
    assert bank.balance()["3731"] == "20.00"
    entry = bank.table("customer_ledger_entries").iloc[0]
    assert (entry["discount_date"], entry["discount_tolerance_date"]) == ("2026-10-25", "2026-10-30")


def test_customers_whose_tolerance_is_blocked_get_neither(bank: Office) -> None:  # T13
    choose(bank, "Payment Discount Grace Period | 5D\nMax. Payment Tolerance Amount | 5.00")
    bank.drop("C.xlsx", Customers="No. | Name | Block Payment Tolerance\nC2 | Östgöta Café | yes")
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE + "\nI2 | C2 | A1 | 1",
        Payments=PAY + "P1 | 2026-10-30 | C2 | 1225 | I1\nP2 | 2026-10-31 | C2 | 1248 | I2",
    )
    bank.run("2026-10-15")
    assert remaining(bank) == {"103001": "25.00", "103002": "2.00"}


@pytest.mark.parametrize(
    ("paid", "tolerance", "account"), [("1246", "-4.00", "4.00"), ("1254", "4.00", "-4.00")]
)
def test_a_difference_within_tolerance_closes_both_sides_and_is_named(
    bank: Office, paid: str, tolerance: str, account: str
) -> None:  # T9, T10
    # 0.5 % of 1,250.00 is 6.25, at most 5.00.
    choose(bank, "Payment Tolerance % | 0.5\nMax. Payment Tolerance Amount | 5.00")
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + f"P1 | 2026-11-01 | C2 | {paid} | I1")
    result = bank.run("2026-10-15")
    assert remaining(bank) == {}
    assert pieces(bank, "103001")[1] == ("payment_tolerance", tolerance)
    assert bank.balance()["3741"] == account
    shown = account.removeprefix("-") if account.startswith("4") else account
    assert notices(bank, result) == [
        f"A difference of {shown} SEK on 103001 was accepted as payment tolerance (limit 5.00 SEK) on account 3741."
    ]
    assert "2611" in bank.balance()
    assert bank.balance()["2611"] == "-250.00"  # Tolerance leaves the VAT as it was.


@pytest.mark.parametrize(
    ("percent", "largest", "paid", "open_after"),
    [
        ("0.5", "0", "1243.75", {}),  # only a percentage: 6.25
        ("0.5", "0", "1243.74", {"103001": "6.26"}),
        ("0", "5.00", "1245.00", {}),  # only a largest amount
        ("0", "5.00", "1244.99", {"103001": "5.01"}),
    ],
)
def test_the_tolerance_is_the_smaller_of_percentage_and_amount(
    bank: Office, percent: str, largest: str, paid: str, open_after: dict[str, str]
) -> None:  # T9
    choose(bank, f"Payment Tolerance % | {percent}\nMax. Payment Tolerance Amount | {largest}")
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + f"P1 | 2026-11-01 | C2 | {paid} | I1")
    bank.run("2026-10-15")
    assert remaining(bank) == open_after


def test_a_group_without_a_discount_account_leaves_the_discount_open_and_says_so(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-20 | C2 | 1225 | I1")
    result = office.run("2026-10-15")
    assert remaining(office) == {"103001": "25.00"}
    assert [item.message() for item in result.findings if item.code == "settlement-account-missing"] == [
        "What was to be posted to the Payment Discount Account of posting group DOMESTIC was left open: the group has none."
    ]
    assert result.exit_code == 0


def test_an_old_item_without_vat_entries_gets_its_discount_whole(bank: Office) -> None:  # T7
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount | Discount Date | Discount Amount
            C2 | Invoice | 9001 | 2026-09-20 | 500 | 2026-10-20 | 10
        """,
        Payments=PAY + "P1 | 2026-10-19 | C2 | 490 | 9001",
    )
    bank.run("2026-10-15")
    assert remaining(bank) == {}
    assert bank.balance()["3731"] == "10.00"
    assert not len(bank.table("vat_entries"))


def test_a_credit_memo_that_settles_an_invoice_takes_no_discount(bank: Office) -> None:  # T6
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE + "\nI2 | C2 | A1 | 2",
        Credit_Memos="""
            No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action
            K1 | C2 | A1 | 1 | I2 | Post
        """,
        Payments=PAY + "P1 | 2026-10-20 | C2 | 1200 | I2",
    )
    bank.run("2026-10-15")
    # I2 is 2,500.00 with a possible discount of 50.00: credited 1,250.00, and 1,200.00 in time settles the rest.
    assert remaining(bank) == {"103001": "1250.00"}
    assert bank.balance()["3731"] == "40.00"
    assert bank.verify() == []


def test_a_lump_with_discounts_on_some_invoices_and_the_rest_on_account(bank: Office) -> None:  # T3, T6, T17
    bank.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Payment Terms Code
            I1 | C2 | A1 | 1 | 10D2
            I2 | C2 | A1 | 1 | 30D
        """,
        Payments=PAY + "P1 | 2026-10-20 | C2 | 2480 | I1;I2",
    )
    bank.run("2026-10-15")
    # 1,225.00 + 1,250.00 = 2,475.00 was due; 5.00 is too much and not the whole 2,500.00.
    assert remaining(bank) == {"6001": "-5.00"}
    assert voucher(bank, "B", 1) == {"1510": "-2505.00", "1930": "2480.00", "2611": "5.00", "3731": "20.00"}


def test_a_refund_pays_back_what_is_on_account(bank: Office) -> None:  # T2
    bank.drop("Pay.xlsx", Payments=PAY + "P1 | 2026-10-05 | C1 | 500 |")
    bank.run("2026-10-06")
    bank.drop(
        "Back.xlsx", Payments=PAY + "P2 | 2026-10-06 | C1 | -200 | 6001\nP3 | 2026-10-07 | C1 | -400 | 6001"
    )
    bank.run("2026-10-15")
    assert remaining(bank) == {"6003": "100.00"}
    assert bank.table("customer_ledger_entries")["document_type"].tolist() == ["payment", "refund", "refund"]
    assert bank.verify() == []


def test_two_payments_of_one_invoice_in_one_run_share_it(bank: Office) -> None:  # T8
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE,
        Payments=PAY
        + "P1 | 2026-10-20 | C2 | 500 | I1\nP2 | 2026-10-22 | C2 | 725 | I1\nP3 | 2026-10-23 | C2 | 60 | I1",
    )
    bank.run("2026-10-15")
    # 500.00 in part, then 750.00 - 25.00 in time closes it; the third finds nothing left.
    assert remaining(bank) == {"6003": "-60.00"}
    assert pieces(bank, "103001") == [
        ("initial", "1250.00"),
        ("application", "-500.00"),
        ("payment_discount", "-25.00"),
        ("application", "-725.00"),
    ]


BANK = "Bank Account | Statement No. | Date | Amount | Text | Payment Reference | Payer Name\n"


def test_a_bank_line_in_time_takes_the_discount_by_itself(bank: Office) -> None:  # T6, M13
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.drop("Bank.xlsx", Bank_Statement=BANK + "BANK | 7 | 2026-10-20 | 1225 | Bg | 1030014 | Östgöta Café")
    result = bank.run("2026-10-15")
    assert result.counts["payments_applied"] == 1
    assert remaining(bank) == {}
    match = bank.table("payment_matches").iloc[0]
    assert (match["status"], match["applied_documents"], match["difference"]) == (
        "applied",
        "103001=1250.00",
        "0.00",
    )
    assert voucher(bank, "B", 1)["3731"] == "20.00"
    assert bank.verify() == []


def test_a_bank_line_of_a_closed_period_keeps_its_day_for_the_discount(bank: Office) -> None:
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.run("2026-10-15")
    bank.settings(Allow_Posting_From="2026-11-01")
    bank.drop("Bank.xlsx", Bank_Statement=BANK + "BANK | 7 | 2026-10-25 | 1225 | Bg | 1030014 | Östgöta Café")
    bank.run("2026-11-02")
    assert remaining(bank) == {}
    payment = bank.table("customer_ledger_entries").iloc[1]
    assert (payment["posting_date"], payment["document_date"]) == ("2026-11-01", "2026-10-25")


@pytest.mark.parametrize(("paid", "rest"), [("1249.60", "0.40"), ("1250.40", "-0.40")])
def test_the_rest_of_a_bank_line_is_written_off_as_rounding(bank: Office, paid: str, rest: str) -> None:
    choose(bank, "Match Tolerance Type | Amount\nMatch Tolerance Value | 1\nRounding Account | 3740")
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.drop(
        "Bank.xlsx", Bank_Statement=BANK + f"BANK | 7 | 2026-11-20 | {paid} | Bg | 1030014 | Östgöta Café"
    )
    result = bank.run("2026-10-15")
    assert remaining(bank) == {}
    assert bank.balance()["3740"] == rest
    assert [text for text in notices(bank, result) if "rounding" in text] == [
        f"A rest of {rest} SEK on 103001 was written off as rounding (limit 0.50 SEK) on account 3740."
    ]
    assert bank.table("payment_matches").iloc[0]["difference"] == "0.00"
    assert bank.verify() == []
