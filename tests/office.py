"""A small company for tests: sheets are typed as text tables, as a user would write them, then dropped and run."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from salesbatch import ledger
from salesbatch.batch import RunOptions, RunResult, run_folder

NUMBER = re.compile(r"-?\d+(\.\d+)?")
CODES = {
    "No.",
    "Item No.",
    "Customer No.",
    "Code",
    "Bank Account",
    "Payment Reference",
    "Statement No.",
    "Payment No.",
    "G/L Account",
    "Applies-to Document No.",
    "Receivables Account",
    "Sales Account",
    "Sales VAT Account",
    "Line Discount Account",
    "Starting No.",
    "Invoice Rounding Account",
    "Sales Credit Memo Account",
    "Opening Balance Account",
    "Document No.",
    "Value",
    "Ending No.",
}

SETUP = {
    "Company": """
        Setting | Value
        Name | Provbolaget AB
        Address | Storgatan 1
        Post Code | 111 22
        City | Stockholm
        Registration No. | 556000-0001
        VAT Registration No. | SE556000000101
        Registered Office | Stockholm
        Bankgiro | 5050-1055
    """,
    "Number Series": """
        Code | Starting No. | Voucher Series
        ORDER | 1001 |
        INVOICE | 2001 |
        CREDIT-MEMO | 3001 |
        POSTED-INVOICE | 103001 | F
        POSTED-CREDIT-MEMO | 104001 | K
        SHIPMENT | 5001 |
        PAYMENT | 6001 | B
    """,
    "Payment Terms": """
        Code | Due Date Calculation | Discount Date Calculation | Discount %
        30D | 30D | |
        10D2 | 30D | 10D | 2
        CM10 | CM+10D | |
    """,
    "GL Accounts": """
        No. | Name | Type | Direct Posting
        1510 | Kundfordringar | Balance | no
        1930 | Bank | Balance | no
        2611 | Utgående moms 25 % | Balance | no
        2621 | Utgående moms 12 % | Balance | no
        2999 | Observationskonto | Balance | yes
        3001 | Försäljning 25 % | Income | yes
        3002 | Försäljning 12 % | Income | yes
        3004 | Försäljning utan moms | Income | yes
        3730 | Lämnade rabatter | Income | yes
        3740 | Öresutjämning | Income | no
        6570 | Bankkostnader | Income | yes
    """,
    "Customer Posting Groups": """
        Code | Receivables Account | Invoice Rounding Account
        DOMESTIC | 1510 | 3740
    """,
    "General Posting Setup": """
        Gen. Bus. Posting Group | Gen. Prod. Posting Group | Sales Account | Line Discount Account
        DOMESTIC | GOODS | 3001 | 3730
        DOMESTIC | FOOD | 3002 |
    """,
    "VAT Posting Setup": """
        VAT Bus. Posting Group | VAT Prod. Posting Group | Starting Date | VAT % | VAT Identifier | VAT Calculation Type | Sales VAT Account
        DOMESTIC | STANDARD | | 25 | VAT25 | Normal VAT | 2611
        DOMESTIC | FOOD | | 12 | VAT12 | Normal VAT | 2621
        DOMESTIC | FOOD | 2026-04-01 | 6 | VAT6 | Normal VAT | 2621
        EU | STANDARD | | 25 | REVERSE | Reverse Charge VAT |
    """,
    "Bank Accounts": """
        Code | Name | G/L Account | IBAN
        BANK | Företagskonto | 1930 | SE4550000000058398257466
    """,
    "Customers": """
        No. | Name | Address | Post Code | City | Country Code | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group | Payment Terms Code | Credit Limit | Blocked
        C1 | Åkerlunds Bygg AB | Ängsvägen 1 | 222 33 | Lund | SE | DOMESTIC | DOMESTIC | DOMESTIC | 30D | |
        C2 | Östgöta Café | Torget 2 | 582 22 | Linköping | SE | DOMESTIC | DOMESTIC | DOMESTIC | 10D2 | 1000 |
        C3 | Spärrad Kund AB | Gränd 3 | 100 00 | Stockholm | SE | DOMESTIC | DOMESTIC | DOMESTIC | 30D | | All
    """,
    "Items": """
        No. | Description | Unit Price | Unit Cost | Gen. Prod. Posting Group | VAT Prod. Posting Group | Blocked
        A1 | Kaffebryggare | 1000 | 600 | GOODS | STANDARD | no
        A2 | Kaffe 500 g | 50.30 | 30 | FOOD | FOOD | no
        A3 | Utgången vara | 10 | 5 | GOODS | STANDARD | yes
    """,
}


def workbook(sheets: dict[str, str]) -> bytes:
    """Sheets typed as text tables (cells parted by |) as the bytes of a workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  The same sheets give the same bytes.
    for name, text in sheets.items():
        sheet = book.add_worksheet(name)
        rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        captions = rows[0]
        for row_no, row in enumerate(rows):
            for column_no, cell in enumerate(row):
                is_code = column_no < len(captions) and captions[column_no] in CODES
                if row_no and cell and NUMBER.fullmatch(cell) and not is_code:
                    sheet.write_number(row_no, column_no, float(cell))
                elif cell:
                    sheet.write_string(row_no, column_no, cell)
    book.close()
    return buffer.getvalue()


class Office:
    """One company folder, and what a person does with it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def set_up(self, **values: str) -> Office:
        """Take in the setup of SETUP as run 1, with these settings beside it."""
        self.drop("Setup.xlsx", **{**SETUP, "Company": SETUP["Company"] + _rows(values)})
        result = self.run("2026-10-01")
        assert result.exit_code == 0, [item.message() for item in result.findings]
        return self

    def settings(self, **values: str) -> None:
        """Change settings by a dropped Company sheet: `Invoice_Rounding_Precision="1.00"`."""
        self.drop("Settings.xlsx", Company=f"Setting | Value\n{_rows(values)}")

    def drop(self, file: str, **sheets: str) -> Path:
        """Put a workbook into the inbox. Sheet names as keywords: `Credit_Memos=...`."""
        path = self.root / "inbox" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook({name.replace("_", " "): text for name, text in sheets.items()}))
        _make_old(path)
        return path

    def put(self, file: str, content: bytes) -> Path:
        """Put a file of any kind into the inbox."""
        path = self.root / "inbox" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        _make_old(path)
        return path

    def run(self, day: str = "2026-10-15", **options: object) -> RunResult:
        """Run the folder with this posting date."""
        given = {"workers": 1, "pdf": False, **options}
        return run_folder(
            self.root,
            RunOptions(posting_date=date.fromisoformat(day), registered_at=f"{day}T12:00:00+00:00", **given),
        )  # type: ignore[arg-type]

    def table(self, name: str) -> pd.DataFrame:
        """An exported ledger table."""
        with ledger.open_database(self.root) as database:
            return ledger.export_table(database, name)

    def balance(self) -> dict[str, str]:
        """Balance per G/L account as text with two decimals, accounts at zero left out."""
        from decimal import Decimal

        totals: dict[str, Decimal] = {}
        for account, amount in self.table("gl_entries")[["account_no", "amount"]].itertuples(index=False):
            totals[account] = totals.get(account, Decimal(0)) + Decimal(amount)
        return {account: str(total) for account, total in sorted(totals.items()) if total}

    def verify(self) -> list[object]:
        """The laws that the books break."""
        with ledger.open_database(self.root) as database:
            return list(ledger.verify(database))


def _rows(settings: dict[str, str]) -> str:
    return "\n".join(f"{caption.replace('_', ' ')} | {value}" for caption, value in settings.items())


def _make_old(path: Path) -> None:
    """A file saved a minute ago: a run need not wait to see whether it is still being written."""
    import os
    import time

    moment = time.time() - 60
    os.utime(path, (moment, moment))
