"""The bank reconciliation: from what the bank says to what the books say, with every difference named."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest
from office import Office

from salesbatch import ledger

SALES = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
    I2 | C1 | A1 | 2
"""
MAPPING = "Text | Debit Account | Credit Account\nLöner | Booked Elsewhere | Booked Elsewhere"
OCTOBER = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    BANK | 7 | 2026-10-20 | 10000 | Opening Balance |
    BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
    BANK | 7 | 2026-10-20 | 77 | okänd |
    BANK | 7 | 2026-10-21 | -300 | Löner |
    BANK | 7 | 2026-10-21 | 11027 | Closing Balance |
"""


def reconciliation(office: Office, period: str) -> list[tuple[str, str, int]]:
    """Section, text and amount of every row."""
    with ledger.open_database(office.root) as database:
        frame = ledger.ledger_report(database, period).frames["bank_reconciliation"]
    return list(zip(frame["section"], frame["text"], frame["amount_minor"].tolist()))


def tell_october(office: Office) -> None:
    office.settings(Ledger_Workbook="Every Run")
    office.drop("Sales.xlsx", Invoices=SALES)
    office.run("2026-10-10")
    office.drop(
        "Bank.xlsx",
        Bank_Statement=OCTOBER,
        Text_Mapping=MAPPING,
        Payments="Payment No. | Posting Date | Customer No. | Amount\nP1 | 2026-10-31 | C2 | 440",
    )
    office.run("2026-10-31")


@pytest.fixture
def october(office_after: Callable[..., Office]) -> Office:
    """A statement with a settled line, an unknown one and salaries; a receipt that is on no statement yet."""
    return office_after(tell_october)


def test_every_difference_is_named_and_nothing_stays_unexplained(october: Office) -> None:
    assert reconciliation(october, "2026-10") == [
        ("bank_balance", "", 1102700),
        ("not_booked", "okänd", -7700),
        ("booked_elsewhere", "Löner", 30000),
        ("not_on_statement", "Payment 6001", 44000),
        ("brought_forward", "opening", -1000000),
        ("expected_balance", "", 169000),
        ("books_balance", "", 169000),
        ("unexplained", "", 0),
    ]


def test_the_next_period_begins_where_the_last_one_ended(october: Office) -> None:
    october.drop(
        "Bank 11.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 8 | 2026-11-02 | 11027 | Opening Balance |
            BANK | 8 | 2026-11-02 | 440 | P1 | Östgöta Café
            BANK | 8 | 2026-11-03 | 2500 | Faktura 103002 | Åkerlunds Bygg AB
            BANK | 8 | 2026-11-03 | 13967 | Closing Balance |
        """,
    )
    october.run("2026-11-30")
    assert reconciliation(october, "2026-11") == [
        ("bank_balance", "", 1396700),
        ("not_booked", "okänd", -7700),  # Of October, and still waiting.
        ("other_period", "P1", -44000),  # The bank has it in November, the books in October.
        ("brought_forward", "", -926000),
        ("expected_balance", "", 419000),
        ("books_balance", "", 419000),
        ("unexplained", "", 0),
    ]
    # October, drawn again, knows that its receipt has come to the bank since.
    assert ("other_period", "Payment 6001", 44000) in reconciliation(october, "2026-10")
    assert reconciliation(october, "2026-10")[-1] == ("unexplained", "", 0)
    assert october.verify() == []


def test_a_missing_statement_is_what_stays_unexplained(october: Office) -> None:
    october.drop(
        "Bank 9.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 9 | 2026-10-28 | 11527 | Opening Balance |
            BANK | 9 | 2026-10-28 | 2500 | Faktura 103002 | Åkerlunds Bygg AB
            BANK | 9 | 2026-10-28 | 14027 | Closing Balance |
        """,
    )
    october.run("2026-10-31")
    assert reconciliation(october, "2026-10")[-2:] == [
        ("unexplained", "", -50000),
        ("statement_gap", "7", -50000),
    ]


def test_without_balances_the_lines_are_summed(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=SALES)
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
            BANK | 7 | 2026-10-20 | 77 | okänd |
        """,
    )
    office.run("2026-10-15")
    assert reconciliation(office, "2026-10") == [
        ("bank_balance", "lines", 132700),
        ("not_booked", "okänd", -7700),
        ("expected_balance", "", 125000),
        ("books_balance", "", 125000),
        ("unexplained", "", 0),
    ]


def test_a_company_without_statements_has_no_reconciliation(office: Office) -> None:
    office.settings(Ledger_Workbook="Every Run")
    office.drop(
        "Payments.xlsx",
        Payments="Payment No. | Posting Date | Customer No. | Amount\nP1 | 2026-10-31 | C2 | 440",
    )
    office.run("2026-10-31")
    assert reconciliation(office, "2026-10") == []
    book = openpyxl.load_workbook(office.root / "ledgers" / "Ledger 2026-10.xlsx")
    assert "Bank Reconciliation" not in book.sheetnames


def test_the_ledger_workbook_shows_it_and_ticks_it_off(october: Office) -> None:
    book = openpyxl.load_workbook(october.root / "ledgers" / "Ledger 2026-10.xlsx")
    sheet = book["Bank Reconciliation"]
    shown = [
        tuple(value for value in row if value not in (None, "")) for row in sheet.iter_rows(values_only=True)
    ]
    assert ("Balance by the bank, 2026-10-31 (statement 7)", 11027) in shown
    assert ("Balance by the books, 2026-10-31", 1690) in shown
    assert ("Unexplained", 0, "✓ explained") in shown
    assert ("BANK · Företagskonto · account 1930",) in shown
    summary = [
        row
        for row in book["Summary"].iter_rows(values_only=True)
        if row[1] == "Bank reconciled = bank entries"
    ]
    assert summary[0][2:5] == (1690, 1690, "✓ agrees")
