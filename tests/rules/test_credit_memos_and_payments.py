"""Credit memos, receipts booked by hand and bank statement lines: what they settle and what stays open."""

from __future__ import annotations

from office import Office

INVOICES = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
    I2 | C1 | A1 | 2
"""


def remaining(office: Office) -> dict[str, str]:
    """Remaining amount of every open entry by document number."""
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def test_a_credit_memo_settles_the_invoice_that_it_names(office: Office) -> None:  # X1, L3, T1
    office.drop(
        "Sales.xlsx",
        Invoices=INVOICES,
        Credit_Memos="""
            No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action
            K1 | C1 | A1 | 1 | I2 | Post
        """,
    )
    result = office.run()
    assert result.exit_code == 0
    assert remaining(office) == {"103001": "1250.00", "103002": "1250.00"}
    assert office.balance() == {"1510": "2500.00", "2611": "-500.00", "3001": "-2000.00"}
    memo = office.table("documents").query("document_type == 'credit_memo'").iloc[0]
    assert (memo["posted_no"], memo["corrects_no"], memo["amount_including_vat"]) == (
        "104001",
        "103002",
        "1250.00",
    )
    vat = office.table("vat_entries").query("document_type == 'credit_memo'").iloc[0]
    assert (vat["base"], vat["amount"]) == ("1000.00", "250.00")
    back = office.table("item_ledger_entries").query("document_no == '104001'").iloc[0]
    assert back["quantity"] == "1"
    assert office.verify() == []


def test_a_credit_memo_without_its_invoice_is_held(office: Office) -> None:  # ML 17:22
    office.drop(
        "Sales.xlsx",
        Invoices=INVOICES,
        Credit_Memos="""
            No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action
            K1 | C1 | A1 | 1 | 999999 | Post
            K2 | C2 | A1 | 1 | I1 | Post
        """,
    )
    result = office.run()
    assert sorted(item.code for item in result.findings if item.severity == "error") == [
        "applies-to-other-customer",
        "applies-to-unknown",
    ]
    assert result.counts["credit_memos"] == 0


def test_a_receipt_settles_the_documents_that_it_names(office: Office) -> None:  # T3, T17
    office.drop(
        "Sales.xlsx",
        Invoices=INVOICES,
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount | Applies-to Document No.
            P1 | 2026-10-16 | C1 | 3000 | 103001;I2
            P2 | 2026-10-17 | C1 | 100 | 103002=60
            P3 | 2026-10-17 | C2 | 55.50 |
            P4 | 2026-10-17 | C1 | 10 | 777777
        """,
    )
    result = office.run()
    assert [item.code for item in result.findings if item.severity == "error"] == [
        "payment-document-not-open"
    ]
    # P1: 1250 to 103001 and 1750 of 2500 to 103002; P2: 60 of the rest, 40 on account; P3 on account
    assert remaining(office) == {"103002": "690.00", "6002": "-40.00", "6003": "-55.50"}
    assert office.balance()["1930"] == "3155.50"
    assert office.verify() == []


def test_a_bank_line_with_number_name_and_amount_is_applied_and_a_doubt_is_proposed(
    office: Office,
) -> None:  # M14-M16
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-20 | 10000 | Opening Balance |
            BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
            BANK | 7 | 2026-10-20 | 2500 | tack |
            BANK | 7 | 2026-10-21 | -42 | Bankavgift |
            BANK | 7 | 2026-10-21 | 13708 | Closing Balance |
        """,
        Text_Mapping="Text | Debit Account | Credit Account\nBankavgift | 6570 | 6570",
    )
    result = office.run("2026-10-31")
    assert result.exit_code == 0
    matches = office.table("payment_matches")
    assert matches[["amount", "match_confidence", "status", "applied_documents"]].to_numpy().tolist() == [
        ["1250.00", "high", "applied", "103001=1250.00"],
        ["2500.00", "low", "proposed", "103002=2500.00"],
        ["-42.00", "text_mapping", "mapped", ""],
    ]
    assert remaining(office) == {"103002": "2500.00"}
    assert office.balance()["1930"] == "1208.00"
    assert office.balance()["6570"] == "42.00"
    assert office.verify() == []


def test_a_payment_meets_an_invoice_of_the_same_run(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.drop(
        "Bank.xlsx",
        Bank_Statement="Bank Account | Statement No. | Date | Amount | Text | Payment Reference | Payer Name\nBANK | 7 | 2026-10-20 | 1250 | Bg | 1030014 | Åkerlunds Bygg AB",
    )
    office.run("2026-10-15")
    assert remaining(office) == {"103002": "2500.00"}


def test_a_statement_that_does_not_add_up_is_held_whole(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-20 | 100 | Opening Balance |
            BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
            BANK | 7 | 2026-10-21 | 1351 | Closing Balance |
        """,
    )
    result = office.run("2026-10-31")
    (found,) = result.findings
    assert (found.code, found.cell) == ("statement-does-not-add-up", "D4")
    assert "-1.00" in found.message()
    assert not len(office.table("statement_lines"))
    assert remaining(office) == {"103001": "1250.00", "103002": "2500.00"}


def test_the_same_statement_lines_in_another_file_are_not_booked_twice(office: Office) -> None:
    text = """
        Bank Account | Statement No. | Date | Amount | Text | Payer Name
        BANK | {no} | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
        BANK | {no} | 2026-10-20 | 5 | okänd |
        BANK | {no} | 2026-10-20 | 5 | okänd |
    """
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.drop("Bank.xlsx", Bank_Statement=text.format(no="7"))
    office.run("2026-10-15")
    assert len(office.table("statement_lines")) == 3
    office.drop("Bank export.xlsx", Bank_Statement=text.format(no="8"))
    result = office.run("2026-10-31")
    assert [item.code for item in result.findings] == ["input-exists"]
    assert len(office.table("statement_lines")) == 3
    assert office.balance()["1930"] == "1250.00"


def test_a_receipt_that_names_a_credit_or_an_amount_that_can_be_read_in_two_ways_is_held(
    office: Office,
) -> None:
    office.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount
            C1 | Invoice | 9001 | 2026-09-20 | 5000
            C1 | Credit Memo | 9002 | 2026-09-20 | -500
        """,
    )
    office.drop(
        "Pay.xlsx",
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount | Applies-to Document No.
            P1 | 2026-10-05 | C1 | 500 | 9002
            P2 | 2026-10-05 | C1 | 1234 | 9001=1.234
            P3 | 2026-10-05 | C1 | 1234 | 9001 = 1 234,00
            P4 | 2026-10-05 | C1 | -500 | 9002
        """,
    )
    result = office.run()
    assert [item.code for item in result.findings] == [
        "payment-document-not-open",
        "applies-to-amount-unreadable",
    ]
    entries = office.table("customer_ledger_entries").set_index("document_no")["remaining_amount"]
    assert entries.to_dict() == {"9001": "3766.00", "9002": "0.00", "6001": "0.00", "6002": "0.00"}
