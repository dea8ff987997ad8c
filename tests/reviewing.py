"""What a person does with a payment review: type into its yellow cells, save it into the inbox, and look at what came of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import openpyxl
from office import Office

from salesbatch import ledger
from salesbatch.batch import RunResult

INVOICES = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
    I2 | C1 | A1 | 2
    I3 | C2 | A1 | 2
"""


CAPTIONS = "Bank Account | Statement No. | Date | Amount | Text | Payer Name | Payer Account"


def statement(number: int, opening: str, closing: str, *lines: str) -> str:
    """A sheet Bank Statement. lines: 'date | amount | text | payer | account' each."""
    days = [line.split("|")[0].strip() for line in lines]
    rows = [
        f"{days[0]} | {opening} | Opening Balance | |",
        *lines,
        f"{days[-1]} | {closing} | Closing Balance | |",
    ]
    return "\n".join([CAPTIONS, *(f"BANK | {number} | {row}" for row in rows)])


def ask_about(office: Office, statement: str, *, waiting: int) -> None:
    """Post invoices 103001 (C1, 1250), 103002 (C1, 2500) and 103003 (C2, 2500), and drop a statement of open questions."""
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    office.drop("Bank.xlsx", Bank_Statement=statement)
    assert office.run("2026-10-31").counts["payments_open"] == waiting


def review(office: Office) -> Path:
    """The newest payment review."""
    return sorted((office.root / "review").glob("Payment Review *.xlsx"))[-1]


def answer(office: Office, answers: dict[int, dict[str, object]], source: Path | None = None) -> Path:
    """Type into the answer cells of the review as a person does, save it under another name in the inbox."""
    book = openpyxl.load_workbook(source or review(office))
    sheet = book["Payment Review"]
    captions = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        line = sheet.cell(row, captions["Statement Line No."]).value
        for caption, value in answers.get(line, {}).items():
            sheet.cell(row, captions[caption]).value = value
    path = office.root / "inbox" / f"answered {time.monotonic_ns()}.xlsx"
    book.save(path)
    moment = time.time() - 60
    os.utime(path, (moment, moment))
    return path


def run_answers(office: Office, answers: dict[int, dict[str, object]], day: str = "2026-11-02") -> RunResult:
    answer(office, answers)
    return office.run(day)


def codes(result: RunResult) -> list[str]:
    """All findings; that of the sheets written for people there is none is part of what is tested."""
    return sorted(item.code for item in result.findings)


def matches(office: Office) -> dict[int, tuple[str, ...]]:
    """Status, confidence, customer and documents of the last decision on every line."""
    found = office.table("payment_matches")
    columns = ["status", "match_confidence", "customer_no", "applied_documents"]
    return {int(row["line_no"]): tuple(row[name] for name in columns) for row in found.to_dict("records")}


def last(office: Office, column: str = "evidence") -> str:
    return str(office.table("payment_matches").iloc[-1][column])


def remaining(office: Office) -> dict[str, str]:
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def unexplained(office: Office, period: str) -> int:
    """What the bank reconciliation of a period cannot explain, in minor units, over all accounts."""
    with ledger.open_database(office.root) as database:
        frame = ledger.ledger_report(database, period).frames["bank_reconciliation"]
    return int(frame.loc[frame["section"] == "unexplained", "amount_minor"].abs().sum())
