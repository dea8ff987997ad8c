"""Documents, payments and opening items in other currencies: both amounts of every entry, gains and losses."""

from __future__ import annotations

import pytest
from money_setup import choose, pieces, remaining, voucher
from office import Office

INVOICE = (
    "No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code\nI1 | C1 | A1 | 1 | 100 | EUR"
)
PAY = "Payment No. | Posting Date | Customer No. | Amount | Currency Code | Bank Account | Applies-to Document No.\n"


def entry(office: Office, document_no: str) -> list[str]:
    table = office.table("customer_ledger_entries").set_index("document_no")
    names = ["currency_code", "amount", "amount_lcy", "remaining_amount", "remaining_amount_lcy"]
    return list(table.loc[document_no, names])


def test_an_invoice_in_euro_stands_in_kronor_in_the_general_ledger(bank: Office) -> None:  # L7
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    result = bank.run("2026-10-21")
    assert result.exit_code == 0
    # 100.00 + 25.00 EUR at 11.20: 1,120.00 and 280.00.
    assert entry(bank, "103001") == ["EUR", "125.00", "1400.00", "125.00", "1400.00"]
    assert bank.balance() == {"1510": "1400.00", "2611": "-280.00", "3001": "-1120.00"}
    vat = bank.table("vat_entries").iloc[0]
    assert (vat["base"], vat["amount"]) == ("-1120.00", "-280.00")
    document = bank.table("documents").iloc[0]
    assert (document["currency_code"], document["amount_including_vat"]) == ("EUR", "125.00")
    assert dict(result.totals)["invoiced"] == 140000
    assert bank.verify() == []


def test_the_lines_in_kronor_sum_to_the_total(bank: Office) -> None:  # L7
    bank.drop(
        "Rates2.xlsx", Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-15 | 11.12345"
    )
    bank.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code
            I1 | C1 | A1 | 1 | 0.33 | EUR
            I1 | C1 | A2 | 1 | 0.33 | EUR
            I1 | C1 | A1 | 1 | 0.34 | EUR
        """,
    )
    bank.run("2026-10-16")
    # VAT: 0.67 x 25 % = 0.17, 0.33 x 6 % = 0.02. Total 1.19 EUR x 11.12345 = 13.2369: 13.24.
    # Bases by running total: 0.33 3.67; 0.66 7.34 (3.67); 1.00 11.12 (3.78). VAT: 0.19 is 2.11 in all.
    # 11.12 + 2.11 is 13.23, so the last base takes the öre that is missing: 3.79.
    assert entry(bank, "103001")[1:3] == ["1.19", "13.24"]
    balance = bank.balance()
    assert balance["1510"] == "13.24"
    assert (balance["3001"], balance["3002"]) == ("-7.46", "-3.67")
    assert bank.verify() == []


def test_yen_have_no_decimals_and_dinars_three(bank: Office) -> None:
    bank.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code
            I1 | C1 | A1 | 3 | 1001 | JPY
            I2 | C1 | A1 | 1 | 10.005 | KWD
        """,
    )
    bank.run("2026-10-15")
    # 3,003 + 25 % (750.75 is 751) = 3,754 JPY x 0.07 = 262.78. 10.005 + 2.501 = 12.506 KWD x 34.50 = 431.457.
    assert entry(bank, "103001")[:3] == ["JPY", "3754", "262.78"]
    assert entry(bank, "103002")[:3] == ["KWD", "12.506", "431.46"]
    assert bank.verify() == []


def test_without_a_rate_the_document_waits_and_comes_back_when_there_is_one(office: Office) -> None:  # T16
    office.drop("Sales.xlsx", Invoices=INVOICE)
    result = office.run("2026-10-15")
    assert [(item.code, item.message()) for item in result.findings] == [
        ("exchange-rate-missing", "There is no exchange rate for EUR on this date.")
    ]
    office.drop("Rates.xlsx", Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-14 | 11.00")
    assert office.run("2026-10-16").counts["invoices"] == 1
    # The posting date was blank: it is that of the run that posts.
    assert entry(office, "103001")[2] == "1375.00"


def test_a_rate_older_than_a_week_is_warned_about(bank: Office) -> None:
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    result = bank.run("2026-10-19")
    assert [item.message() for item in result.findings] == ["The exchange rate used for EUR is 18 days old."]
    assert result.exit_code == 0


def test_a_price_in_the_documents_currency_goes_before_a_cheaper_one_in_kronor(bank: Office) -> None:  # R5
    bank.drop(
        "Prices.xlsx",
        Sales_Prices="""
            Item No. | Currency Code | Unit Price
            A1 | EUR | 95
            A1 | | 500
        """,
    )
    bank.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Currency Code
            I1 | C1 | A1 | 1 | EUR
            I2 | C1 | A1 | 1 | USD
            I3 | C1 | A2 | 1 | USD
        """,
    )
    bank.run("2026-10-15")
    lines = bank.table("document_lines").query("document_type == 'invoice'")
    # 95 EUR as listed; 500 SEK at 10.00 are 50 USD; the card price 50.30 SEK is 5.03 USD.
    assert lines["unit_price"].tolist() == ["95", "50", "5.03"]


def test_invoice_rounding_is_for_documents_in_kronor(bank: Office) -> None:  # V11
    choose(bank, "Invoice Rounding Precision | 1.00")
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE.replace("| 100 |", "| 100.30 |") + "\nI2 | C1 | A1 | 1 | 100.30 |",
    )
    bank.run("2026-10-05")
    assert entry(bank, "103001")[1] == "125.38"
    assert entry(bank, "103002")[1] == "125.00"


@pytest.mark.parametrize(
    ("day", "local", "kind", "gain", "account"),
    [
        (
            "2026-10-20",
            "1400.00",
            "realized_gain",
            "25.00",
            {"1510": "-1375.00", "1932": "1400.00", "3960": "-25.00"},
        ),
        (
            "2026-11-01",
            "1362.50",
            "realized_loss",
            "-12.50",
            {"1510": "-1375.00", "1932": "1362.50", "7960": "12.50"},
        ),
    ],
)
def test_another_rate_at_payment_is_a_gain_or_a_loss(
    bank: Office, day: str, local: str, kind: str, gain: str, account: dict[str, str]
) -> None:  # T16
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + f"P1 | {day} | C1 | 125 | EUR | EURO | I1")
    assert bank.run("2026-10-05").exit_code == 0
    assert entry(bank, "103001") == ["EUR", "125.00", "1375.00", "0.00", "0.00"]
    assert entry(bank, "6001")[1:] == ["-125.00", f"-{local}", "0.00", "0.00"]
    assert pieces(bank, "103001") == [("initial", "125.00"), ("application", "-125.00"), (kind, "0.00")]
    own = bank.table("detailed_entries").query(f"entry_type == '{kind}'")
    assert own["amount_lcy"].tolist() == [gain]
    assert voucher(bank, "B", 1) == account
    at_bank = bank.table("gl_entries").query("account_no == '1932'")
    assert at_bank["amount"].tolist() == [local]
    assert bank.verify() == []


def test_a_part_payment_realises_its_part_and_the_last_one_the_rest(bank: Office) -> None:
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE,
        Payments=PAY
        + "P1 | 2026-10-20 | C1 | 41.67 | EUR | EURO | I1\nP2 | 2026-11-01 | C1 | 90 | EUR | EURO | I1",
    )
    bank.run("2026-10-05")
    # 41.67 of 125.00: 458.37 of 1,375.00 against 466.70: gain 8.33. The rest 83.33: 916.63 against 908.30: loss 8.33.
    assert entry(bank, "103001")[3:] == ["0.00", "0.00"]
    assert entry(bank, "6002")[3:] == ["-6.67", "-72.70"]
    assert (bank.balance()["3960"], bank.balance()["7960"]) == ("-8.33", "8.33")
    assert bank.verify() == []


def test_a_discount_in_euro_is_split_in_kronor_at_the_rate_of_the_invoice(bank: Office) -> None:  # T7
    bank.drop(
        "Sales.xlsx",
        Invoices=INVOICE.replace("C1", "C2"),
        Payments=PAY + "P1 | 2026-10-10 | C2 | 122.50 | EUR | EURO | I1",
    )
    bank.run("2026-10-05")
    # 2.50 EUR at 11.00 are 27.50 SEK: 22.00 and VAT 5.50.
    assert remaining(bank) == {}
    assert voucher(bank, "B", 1) == {"1510": "-1375.00", "1932": "1347.50", "2611": "5.50", "3731": "22.00"}
    assert bank.verify() == []


def test_kronor_settle_a_claim_in_euro_only_where_the_setting_allows_it(bank: Office) -> None:  # T16
    pay = PAY + "P1 | 2026-10-20 | C1 | 1400 | | BANK | 103001"
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.run("2026-10-05")
    bank.drop("Pay.xlsx", Payments=pay)
    result = bank.run("2026-10-20")
    assert [item.code for item in result.findings] == ["payment-document-other-currency"]
    choose(bank, "Appln. between Currencies | All")
    bank.drop("Pay 2.xlsx", Payments=pay.replace("P1", "P2"))
    assert bank.run("2026-10-21").exit_code == 0
    # 1,400.00 at 11.20 are the 125.00 EUR; claimed at 11.00 they were 1,375.00.
    assert remaining(bank) == {}
    assert bank.balance()["3960"] == "-25.00"
    assert bank.verify() == []


@pytest.mark.parametrize(
    ("paid", "left"),
    [
        ("1400.05", {}),  # less than a cent apart: both sides close
        ("1300", {"103001": "8.93"}),  # 116.07 EUR
        ("1500", {"6001": "-100.00"}),
    ],
)
def test_what_the_conversion_leaves_over_is_gain_or_loss_and_the_rest_stays_open(
    bank: Office, paid: str, left: dict[str, str]
) -> None:  # T16
    choose(bank, "Appln. between Currencies | All")
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + f"P1 | 2026-10-20 | C1 | {paid} | | BANK | I1")
    bank.run("2026-10-05")
    assert remaining(bank) == left
    assert bank.verify() == []


def test_euro_on_an_account_in_kronor_is_there_in_kronor(bank: Office) -> None:
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-10 | C1 | 125 | EUR | BANK | I1")
    bank.run("2026-10-05")
    assert remaining(bank) == {}
    assert bank.balance()["1930"] == "1375.00"
    bank.drop("Pay.xlsx", Payments=PAY + "P2 | 2026-10-10 | C1 | 125 | | EURO |")
    result = bank.run("2026-10-11")
    assert [item.message() for item in result.findings] == ["The bank account EURO is in EUR."]


def test_an_old_item_in_euro_is_taken_over_with_its_own_amount_in_kronor(bank: Office) -> None:
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount | Currency Code | Amount LCY
            C1 | Invoice | 9001 | 2026-08-01 | 100 | EUR | 1050
            C1 | Invoice | 9002 | 2026-10-01 | 10 | EUR |
            C1 | Invoice | 9003 | 2026-08-01 | 10 | EUR |
            C1 | Invoice | 9004 | 2026-10-01 | 10 | EUR | -110
        """,
    )
    result = bank.run("2026-10-05")
    assert [item.code for item in result.findings] == ["exchange-rate-missing", "opening-amount-lcy"]
    assert entry(bank, "9001") == ["EUR", "100.00", "1050.00", "100.00", "1050.00"]
    assert entry(bank, "9002") == ["EUR", "10.00", "110.00", "10.00", "110.00"]
    assert bank.balance()["2999"] == "-1160.00"


def test_what_remains_of_an_old_item_is_worth_its_part_of_the_amount_in_kronor(bank: Office) -> None:
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount | Remaining Amount | Currency Code | Amount LCY
            C1 | Invoice | 9001 | 2026-08-01 | 300 | 100 | EUR | 3150
            C1 | Payment | 9002 | 2026-08-01 | -40 | | EUR | -424
            C1 | Invoice | 9003 | 2026-08-01 | 900 | 300 | | 900
            C1 | Invoice | 9004 | 2026-08-01 | 900 | 300 | | 300
        """,
        Payments=PAY + "P1 | 2026-10-20 | C1 | 100 | EUR | EURO | 9001",
    )
    result = bank.run("2026-10-05")
    assert [(item.code, item.place.row) for item in result.findings] == [("opening-amount-lcy", 5)]
    assert entry(bank, "9002") == ["EUR", "-40.00", "-424.00", "-40.00", "-424.00"]
    assert entry(bank, "9003")[:3] == ["SEK", "300.00", "300.00"]
    # 100 of 300 EUR are 1,050.00 of the 3,150.00; they brought 1,120.00 at 11.20.
    assert entry(bank, "9001") == ["EUR", "100.00", "1050.00", "0.00", "0.00"]
    assert bank.balance() == {"1510": "-124.00", "1932": "1120.00", "2999": "-926.00", "3960": "-70.00"}
    assert bank.verify() == []


def test_a_line_of_the_euro_account_settles_the_euro_invoice(bank: Office) -> None:
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payment Reference | Payer Name
            EURO | 1 | 2026-10-20 | 125 | Invoice | 1030014 | Åkerlunds Bygg AB
            EURO | 1 | 2026-10-20 | -2 | Fee | |
        """,
        Text_Mapping="Text | Debit Account | Credit Account\nFee | 6570 | 6570",
    )
    result = bank.run("2026-10-15")
    assert result.counts["payments_applied"] == 2
    assert remaining(bank) == {}
    # 123.00 EUR at 11.20; the invoice of 1,375.00 brought 1,400.00.
    balance = bank.balance()
    assert (balance["1932"], balance["6570"], balance["3960"]) == ("1377.60", "22.40", "-25.00")
    assert bank.verify() == []


def test_a_line_in_another_currency_than_its_account_holds_the_statement(bank: Office) -> None:
    bank.drop(
        "Bank.xlsx",
        Bank_Statement="Bank Account | Date | Amount | Currency Code | Text\nBANK | 2026-10-20 | 125 | EUR | x",
    )
    result = bank.run("2026-10-21")
    assert [item.code for item in result.findings if item.severity == "error"] == [
        "bank-account-other-currency"
    ]


def test_amounts_of_the_yen_account_are_whole_yen(bank: Office) -> None:
    bank.drop(
        "Bank.xlsx",
        Bank_Statement="Bank Account | Statement No. | Date | Amount | Text\nYEN | 1 | 2026-10-20 | 1234 | x\nYEN | 2 | 2026-10-20 | 12.50 | y",
    )
    result = bank.run("2026-10-21")
    assert [item.code for item in result.findings if item.severity == "error"] == [
        "amount-finer-than-currency"
    ]
    assert bank.table("statement_lines")["amount"].tolist() == ["1234"]


CREDIT = """
    No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code | Applies-to Document No. | Action
    K1 | C1 | A1 | 1 | {price} | {currency} | {invoice} | Post
"""


@pytest.mark.parametrize("currency", ["EUR", ""])
def test_a_credit_memo_takes_back_its_invoice_at_the_rate_of_the_invoice(
    bank: Office, currency: str
) -> None:  # X1, X2
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.run("2026-10-05")
    bank.drop("Credit.xlsx", Credit_Memos=CREDIT.format(price=100, currency=currency, invoice="I1"))
    result = bank.run("2026-10-20")
    assert (result.exit_code, result.findings) == (0, [])
    # The day's rate is 11.20, but revenue and VAT of 11.00 are taken back: nothing is gained or lost.
    assert entry(bank, "104001")[:3] == ["EUR", "-125.00", "-1375.00"]
    assert remaining(bank) == {}
    assert bank.balance() == {}
    assert bank.table("vat_entries")["amount"].tolist() == ["-275.00", "275.00"]
    assert bank.table("documents").set_index("posted_no")["exchange_rate"].to_dict() == {
        "103001": "11",
        "104001": "11",
    }
    assert bank.verify() == []


def test_a_rate_that_was_corrected_since_does_not_change_what_is_taken_back(bank: Office) -> None:
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.run("2026-10-05")
    bank.drop("R.xlsx", Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-04 | 11.05")
    bank.drop("Credit.xlsx", Credit_Memos=CREDIT.format(price=50, currency="EUR", invoice="103001"))
    bank.run("2026-10-06")
    assert entry(bank, "104001")[:3] == ["EUR", "-62.50", "-687.50"]
    assert remaining(bank) == {"103001": "62.50"}
    assert bank.verify() == []


def test_a_credit_memo_of_an_old_invoice_takes_its_rate_from_the_amounts_taken_over(bank: Office) -> None:
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount | Currency Code | Amount LCY
            C1 | Invoice | 9001 | 2026-08-01 | 125 | EUR | 1312.50
        """,
    )
    bank.run("2026-10-05")
    bank.drop("Credit.xlsx", Credit_Memos=CREDIT.format(price=100, currency="", invoice="9001"))
    bank.run("2026-10-20")
    assert entry(bank, "104001")[:3] == ["EUR", "-125.00", "-1312.50"]
    assert remaining(bank) == {}
    assert bank.verify() == []


def test_a_memo_in_another_currency_than_its_invoice_has_the_rate_of_its_day(bank: Office) -> None:  # T16
    bank.drop("Sales.xlsx", Invoices=INVOICE)
    bank.run("2026-10-05")
    bank.drop("Credit.xlsx", Credit_Memos=CREDIT.format(price=100, currency="USD", invoice="I1"))
    result = bank.run("2026-10-20")
    assert [item.code for item in result.findings] == ["currencies-not-applied"]
    assert entry(bank, "104001")[:3] == ["USD", "-125.00", "-1250.00"]
    assert remaining(bank) == {"103001": "125.00", "104001": "-125.00"}


def test_without_accounts_for_gains_and_losses_nothing_is_settled_and_it_is_said(bank: Office) -> None:
    bank.drop(
        "G.xlsx",
        Customer_Posting_Groups="Code | Receivables Account | Realized Gains Account\nDOMESTIC | 1510 | -",
    )
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-20 | C1 | 125 | EUR | EURO | I1")
    result = bank.run("2026-10-05")
    assert "exchange-accounts-missing" in [item.code for item in result.findings]
    assert remaining(bank) == {"103001": "125.00", "6001": "-125.00"}


def test_an_order_in_euro_is_invoiced_in_euro(bank: Office) -> None:
    bank.drop(
        "Orders.xlsx",
        Orders="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code | Action
            O1 | C1 | A1 | 2 | 100 | EUR | Ship and Invoice
        """,
    )
    result = bank.run("2026-10-05")
    assert result.exit_code == 0
    assert entry(bank, "103001")[:3] == ["EUR", "250.00", "2750.00"]


def test_the_printed_invoice_names_its_vat_in_kronor(bank: Office) -> None:
    from salesbatch import ledger

    bank.drop("Sales.xlsx", Invoices=INVOICE + "\nI1 | C1 | A2 | 1 | 10 |")
    bank.run("2026-10-20")
    with ledger.open_database(bank.root) as database:
        (printed,) = ledger.printed_documents(database, [1])
    assert (printed.currency_code, printed.total_minor) == ("EUR", 12500 + 1060)
    # 25.00 EUR and 0.60 EUR at 11.20.
    assert dict(printed.vat_lcy) == {"VAT25": 28000, "VAT6": 672}
