"""The small drop on which faults are tried: a company with a past, and a day on which everything happens.

Run 1 takes in the setup, run 2 a day of sales of which one invoice is held. The drop that is put under fault has
orders, invoices, an open credit memo, a statement with a clear and an unclear payment, a change of setup, the customer for
whom the held invoice waits, a row that cannot be posted, and a workbook that cannot be read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from office import SETUP, Office

from salesbatch.batch import RunOptions, RunResult, run_folder

DAY = "2026-10-20"
DAMAGED = b"PK\x03\x04 was a workbook once PK\x05\x06" + b"\0" * 18
INVOICES = """
    No. | Customer No. | Item No. | Quantity
    I11 | C1 | A2 | 7
    I12 | C9 | A1 | 1
"""
SALES = {
    "Orders": """
        No. | Customer No. | Item No. | Quantity | Action
        O1 | C1 | A1 | 2 | Ship and Invoice
        O1 | C1 | A2 | 10 | Ship and Invoice
        O2 | C2 | A1 | 1 | Ship
    """,
    "Invoices": INVOICES,
    "Credit Memos": """
        No. | Customer No. | Item No. | Quantity | Applies-to Document No.
        K1 | C1 | A2 | 1 | 103001
    """,
}
STATEMENT = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    BANK | 7 | 2026-10-19 | 533.18 | Faktura 103001 | Åkerlunds Bygg AB
    BANK | 7 | 2026-10-19 | 999 | Tack för lånet | Okänd Avsändare
"""
CHANGE = {
    "Payment Terms": """
        Code | Due Date Calculation | Discount Date Calculation | Discount %
        15D | 15D | |
    """,
    "Customers": """
        No. | Name | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group | Payment Terms Code
        C8 | Nykund AB | DOMESTIC | DOMESTIC | DOMESTIC | 15D
    """,
}


def make_company(root: Path) -> None:
    """Runs 1 and 2, calmly."""
    office = Office(root).set_up()
    office.settings(Ledger_Workbook="Every Run")
    office.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity
            I1 | C1 | A2 | 10
            I2 | C8 | A1 | 1
        """,
    )
    assert office.run("2026-10-10", pdf=True).exit_code == 3


def drop_day(root: Path) -> None:
    """Everything of the day into the inbox."""
    office = Office(root)
    office.drop("Sales.xlsx", **SALES)
    office.drop("bank/Statement.xlsx", Bank_Statement=STATEMENT)
    office.drop("Change.xlsx", **CHANGE)
    office.put("Damaged.xlsx", DAMAGED)


def drop_first_day(root: Path) -> None:
    """The first drop of all: there are no books yet."""
    office = Office(root)
    office.drop("Setup.xlsx", **SETUP)
    office.drop("Sales.xlsx", Invoices=INVOICES)


def drop_new_version(path: Path) -> None:
    """Sales.xlsx as a person saves it while a run is at work on the old one."""
    Office(path.parent.parent).drop(path.name, Invoices=INVOICES + "    I13 | C2 | A1 | 3\n")


def run(root: Path) -> RunResult:
    """A run of the day, always at the same moment, so that two of them can be compared."""
    return run_folder(
        root,
        RunOptions(posting_date=date.fromisoformat(DAY), registered_at=f"{DAY}T12:00:00+00:00", workers=1),
    )
