"""What the search finds is posted by the run, and what it doubts is answered in the review: from end to end."""

from __future__ import annotations

import os
import time

import openpyxl
from office import Office

OPENING = """
    Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount
    C1 | Invoice | 8001 | 2026-09-01 | 2026-10-01 | 1000.00
    C1 | Credit Memo | 9001 | 2026-09-05 | 2026-09-05 | -150.00
    C1 | Invoice | 8002 | 2026-09-10 | 2026-10-10 | 817.30
    C1 | Invoice | 8003 | 2026-09-10 | 2026-10-10 | 2000.00
    C1 | Invoice | 8004 | 2026-09-11 | 2026-10-11 | 333.33
    C2 | Invoice | 8005 | 2026-09-12 | 2026-10-12 | 444.44
    C2 | Invoice | 8006 | 2026-09-12 | 2026-10-12 | 5000.00
    C2 | Invoice | 8007 | 2026-09-12 | 2026-10-12 | 640.00
"""
SETUP = {
    "Known_Bank_Fees": "Amount | Account | Text\n35.00 | 6351 | Utlandsbetalning",
    "Direct_Debit_Collections": "Transaction ID | Document No. | Status\nDD-7 | 8006 | Sent",
}
STATEMENT = """
    Bank Account | Date | Amount | Text | Payer Name | Transaction ID
    BANK | 2026-10-20 | 850.00 | 8001 minus 9001 | Åkerlunds Bygg AB |
    BANK | 2026-10-20 | 817.00 | faktura 8002 | AKERLUNDS BYGG |
    BANK | 2026-10-20 | 1965.00 | faktura 8003 | Åkerlunds Bygg AB |
    BANK | 2026-10-20 | 777.77 | 8004, 8005 | Gruppen |
    BANK | 2026-10-20 | 4900.00 | autogiro | | DD-7
    BANK | 2026-10-21 | 640.00 | 8007 | Östgöta Café |
    BANK | 2026-10-22 | -640.00 | Retur 8007 | Östgöta Café |
"""


def matches(office: Office) -> list[tuple[str, ...]]:
    found = office.table("payment_matches")
    last = found.drop_duplicates(["line_no"], keep="last").sort_values(
        "line_no", key=lambda no: no.astype(int)
    )
    columns = ["status", "match_confidence", "customer_no", "applied_documents", "difference"]
    return [tuple(row) for row in last[columns].itertuples(index=False)]


def remaining(office: Office) -> dict[str, str]:
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def take_in(bank: Office) -> None:
    bank.drop("A setup.xlsx", **SETUP)
    bank.drop("Opening.xlsx", Opening_Entries=OPENING)
    result = bank.run("2026-09-30")
    assert result.exit_code == 0, [item.message() for item in result.findings]


def test_a_statement_is_settled_and_a_payment_for_two_customers_is_answered_in_the_review(
    bank: Office,
) -> None:
    take_in(bank)
    bank.drop("Bank.xlsx", Bank_Statement=STATEMENT)
    result = bank.run("2026-10-31")
    assert matches(bank) == [
        ("applied", "high", "C1", "8001=1000.00;9001=-150.00", "0.00"),
        ("applied", "high", "C1", "8002=817.30", "0.00"),
        ("applied", "high", "C1", "8003=2000.00", "0.00"),
        ("proposed", "medium", "C1", "8004=333.33;8005=444.44", "0.00"),
        ("applied", "high", "C2", "8006=4900.00", "0.00"),
        ("reversed", "high", "C2", "", "0.00"),
        ("reversed", "high", "C2", "", "0.00"),
    ]
    # The credit memo, the öre and the fee are gone; the direct debit brought 100.00 less than it should.
    assert remaining(bank) == {"8004": "333.33", "8005": "444.44", "8006": "100.00", "8007": "640.00"}
    balance = bank.balance()
    assert (balance["6351"], balance["3740"]) == ("35.00", "0.30")
    told = {item.code: item.message() for item in result.findings}
    assert "bank fee of 35.00 SEK on 8003" in told["fee-written-off"]
    assert "to account 6351" in told["fee-written-off"]
    assert "rounding-written-off" in told
    assert bank.verify() == []

    # A person accepts the proposal, with money for documents of two customers.
    (review,) = (bank.root / "review").glob("Payment Review *.xlsx")
    book = openpyxl.load_workbook(review)
    sheet = book["Payment Review"]
    captions = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 2  # Only what is doubtful is asked.
    assert "never settled without asking" in sheet.cell(2, captions.index("Evidence") + 1).value
    sheet.cell(2, captions.index("Decision") + 1).value = "Accept"
    path = bank.root / "inbox" / "answered.xlsx"
    book.save(path)
    moment = time.time() - 60
    os.utime(path, (moment, moment))
    answered = bank.run("2026-11-02")
    assert answered.exit_code == 0
    assert matches(bank)[3] == ("applied", "accepted", "C1", "8004=333.33;8005=444.44", "0.00")
    assert remaining(bank) == {"8006": "100.00", "8007": "640.00"}
    payments = bank.table("customer_ledger_entries").query("document_type == 'payment' and amount != '0.00'")
    assert payments[["customer_no", "amount"]].to_numpy().tolist()[-2:] == [
        ["C1", "-333.33"],
        ["C2", "-444.44"],
    ]
    assert bank.verify() == []


def test_a_second_payment_next_month_is_kept_on_account_and_takes_no_other_invoice(bank: Office) -> None:
    take_in(bank)
    first = (
        "Bank Account | Date | Amount | Text | Payer Name\nBANK | 2026-10-20 | 640.00 | 8007 | Östgöta Café"
    )
    bank.drop("October.xlsx", Bank_Statement=first)
    bank.run("2026-10-31")
    bank.drop("More.xlsx", Opening_Entries=(
        "Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount\n"
        "C2 | Invoice | 8010 | 2026-10-25 | 2026-11-25 | 640.00"
    ))  # fmt: skip
    again = (
        "Bank Account | Date | Amount | Text | Payer Name\nBANK | 2026-11-20 | 640.00 | 8007 | Östgöta Café"
    )
    bank.drop("November.xlsx", Bank_Statement=again)
    bank.run("2026-11-30")
    assert matches(bank)[-1][:4] == ("on_account", "high", "C2", "")
    assert "8007 was settled before" in bank.table("payment_matches").iloc[-1]["evidence"]
    assert remaining(bank)["8010"] == "640.00"
    assert bank.verify() == []
