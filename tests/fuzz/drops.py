"""Good input of every kind for a small company: what the mutations begin with.

Every file gets a slot number that goes into its keys, so that many files can lie in one inbox without meeting.
Sheets are rows of typed cells, other files are bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from bank_files import IBAN, camt_file, camt_statement
from office import CODES, NUMBER, SETUP, Office

Rows = list[list[object]]
DAY = "2026-10-15"
KNOWN = 80
"""Customers U0 to U79 are there to be changed, each by the files of its own slots."""

ORDERS = """
    No. | Customer No. | Order Date | Item No. | Description | Quantity | Unit Price | Line Discount % | Action
    O{slot}A | C1 | 2026-10-12 | A1 | Kaffebryggare | 2 | 950.50 | 10 | Ship and Invoice
    O{slot}A | | | A2 | Kaffe 500 g | 12 | | |
    O{slot}B | C2 | 2026-10-13 | A1 | | 1 | | |
    O{slot}C | C1 | 2026-10-13 | A2 | | 7.5 | | | Ship and Invoice
"""
INVOICES = """
    No. | Customer No. | Posting Date | External Document No. | Type | Item No. | Description | Quantity | Unit Price | VAT Prod. Posting Group | Comment
    I{slot}A | C1 | 2026-10-10 | PO-{slot} | Item | A1 | | 3 | | | Tack för köpet
    I{slot}A | | | | Comment | | Levereras till bakdörren | | | |
    I{slot}B | C2 | 2026-10-11 | | G/L Account | 3001 | Konsulttimmar | 4 | 800 | STANDARD |
"""
CREDIT_MEMOS = """
    No. | Customer No. | Posting Date | Applies-to Document No. | Item No. | Quantity | Unit Price
    M{slot}A | C1 | 2026-10-12 | 103001 | A1 | 0.01 | 100
    M{slot}B | C2 | 2026-10-12 | 103002 | A2 | 0.01 |
"""
PAYMENTS = """
    Payment No. | Posting Date | Customer No. | Amount | Bank Account | Applies-to Document No. | Text
    P{slot}A | 2026-10-14 | C1 | 12.50 | BANK | 103001 | Swish
    P{slot}B | 2026-10-14 | C2 | 100 | BANK | | Inbetalning
"""
STATEMENT = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name | Payment Reference | Transaction ID
    BANK | B{slot} | 2026-10-14 | 20.25 | Faktura 103001 | Åkerlunds Bygg AB | | T{slot}A
    BANK | B{slot} | 2026-10-14 | -45 | Bankavgift | | | T{slot}B
    BANK | B{slot} | 2026-10-15 | 5 | Okänd | Någon Annan | {slot}99 | T{slot}C
"""
CUSTOMERS = """
    No. | Name | Address | Post Code | City | Country Code | E-mail | VAT Registration No. | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group | Payment Terms Code | Credit Limit | Blocked | Bank Account
    K{slot} | Nya Kunden {slot} AB | Gatan 3 | 333 33 | Växjö | SE | ny@kund.se | | DOMESTIC | DOMESTIC | DOMESTIC | 30D | 5000 | | {iban}
    U{known} | Gamla Kunden | | | | | | | | | | 10D2 | 2000 | |
"""
ITEMS = """
    No. | Description | Type | Unit of Measure | Unit Price | Unit Cost | Gen. Prod. Posting Group | VAT Prod. Posting Group | Inventory | Blocked
    X{slot} | Ny vara {slot} | Inventory | PCS | 12.34567 | 5 | GOODS | STANDARD | 10 | no
"""
PRICES = """
    Item No. | Applies To | Applies-to No. | Minimum Quantity | Unit Price | Starting Date | Ending Date
    A1 | Customer | C1 | {slot} | 900 | 2026-01-01 | 2026-12-31
"""
OPENING = """
    Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount | Remaining Amount | Payment Reference
    C1 | Invoice | OLD{slot}A | 2026-09-01 | 2026-10-01 | 1250 | 250.75 |
    C2 | Credit Memo | OLD{slot}B | 2026-09-02 | | -100 | |
"""
ACTIONS = """
    Action No. | Document Type | Document No. | Action | Posting Date | Amount | Applies-to Document No. | Comment
    N{slot}A | Invoice | 103001 | Hold | 2026-10-14 | | | frågar
    N{slot}B | Invoice | 103002 | Write Off | 2026-10-14 | 0.25 | |
"""
SETUP_SHEETS = ("Company", "Number Series", "Payment Terms", "VAT Posting Setup", "General Posting Setup")
MT940 = """:20:STMT{slot}
:25:{iban}
:28C:{slot}/1
:60F:C261013SEK1000,00
:61:2610141014C20,25NTRFNONREF//T{slot}A
:86:Faktura 103001 Åkerlunds Bygg AB
:61:2610141014D45,00NCHGNONREF//T{slot}B
:86:Bankavgift
:62F:C261014SEK975,25
-
"""
BGMAX = (
    f"{'01BGMAX':<22}01{'20261014120000123456':<20}T".ljust(80)
    + "\n"
    + "05" + "0050501055" + "          " + "SEK".ljust(3) + " " * 55
    + "\n"
    + "20" + "0000000000" + "{slot:025d}" + "000000000000002025" + "2" + "3" + "000000000001" + "0" + " " * 10
    + "\n"
    + "15" + "0" * 35 + "20261014" + "00001" + "000000000000002025" + "SEK" + "00000001" + "D"
    + "\n"
    + "70" + "00000001" + "00000000" + "00000000" + "00000001" + " " * 46
    + "\n"
)  # fmt: skip
OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:UTF-8

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>SEK<BANKACCTFROM><BANKID>5000<ACCTID>{iban}<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20261013<DTEND>20261014
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261014<TRNAMT>20.25<FITID>T{slot}A<NAME>Akerlunds Bygg AB<MEMO>Faktura 103001</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1020.25<DTASOF>20261014</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


@dataclass
class Book:
    """A workbook before it is written: sheets of rows, and what a person can do to it beside the cells."""

    sheets: dict[str, Rows]
    hidden: set[str] = field(default_factory=set)
    merged: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    date_1904: bool = False

    def content(self) -> bytes:
        """The bytes of the workbook."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": self.date_1904})
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        for name, rows in self.sheets.items():
            sheet = book.add_worksheet(name)
            for row_no, row in enumerate(rows):
                for column_no, cell in enumerate(row):
                    if isinstance(cell, Formula):
                        sheet.write_formula(row_no, column_no, cell.text, None, cell.result)
                    elif isinstance(cell, bool):
                        sheet.write_boolean(row_no, column_no, cell)
                    elif isinstance(cell, datetime):
                        sheet.write_datetime(row_no, column_no, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(row_no, column_no, cell, day)
                    elif isinstance(cell, (int, float)):
                        sheet.write_number(row_no, column_no, cell)
                    elif cell not in (None, ""):
                        sheet.write_string(row_no, column_no, str(cell)[:32767])
            if name in self.hidden:
                sheet.hide()
            for where, *area in self.merged:
                if where == name:
                    sheet.merge_range(*area, None)
        book.close()
        return buffer.getvalue()

    def csv(self) -> str:
        """The first sheet as a csv text, as Excel saves it in Sweden."""
        rows = next(iter(self.sheets.values()))
        return "".join(";".join(_quoted(cell) for cell in row) + "\r\n" for row in rows)


@dataclass(frozen=True)
class Formula:
    """A formula and the result that was saved with it."""

    text: str
    result: object


def _quoted(cell: object) -> str:
    text = "" if cell is None else str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[;"\r\n]', text) else text


def book(slot: int, **sheets: str) -> Book:
    """Sheets typed as text tables; numbers, dates and yes/no become what a person's Excel makes of them."""
    made: dict[str, Rows] = {}
    for name, text in sheets.items():
        lines = text.strip().splitlines()
        captions = [cell.strip() for cell in lines[0].split("|")]
        rows: Rows = [list(captions)]
        for line in lines[1:]:
            cells = [
                cell.strip().format(slot=slot, known=slot % KNOWN, iban=IBAN) for cell in line.split("|")
            ]
            rows.append([_typed(caption, cell) for caption, cell in zip(captions, cells)])
        made[name.replace("_", " ")] = rows
    return Book(made)


def _typed(caption: str, cell: str) -> object:
    if caption not in CODES and NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return date.fromisoformat(cell)
    return cell


BOOKS: dict[str, Callable[[int], Book]] = {
    "orders": lambda slot: book(slot, Orders=ORDERS),
    "invoices": lambda slot: book(slot, Invoices=INVOICES),
    "credit memos": lambda slot: book(slot, Credit_Memos=CREDIT_MEMOS),
    "payments": lambda slot: book(slot, Payments=PAYMENTS),
    "statement": lambda slot: book(slot, Bank_Statement=STATEMENT),
    "customers": lambda slot: book(slot, Customers=CUSTOMERS),
    "items": lambda slot: book(slot, Items=ITEMS, Sales_Prices=PRICES),
    "opening": lambda slot: book(slot, Opening_Entries=OPENING),
    "actions": lambda slot: book(slot, Actions=ACTIONS),
    "mixed": lambda slot: book(
        slot,
        Customers=CUSTOMERS,
        Items=ITEMS,
        Orders=ORDERS.replace("| C2 |", "| K{slot} |"),
        Payments=PAYMENTS,
    ),
}
"""Workbooks whose rows belong to one slot alone."""

COMMON_BOOKS: dict[str, Callable[[int], Book]] = {
    name.lower(): lambda slot, name=name: book(slot, **{name: SETUP[name]}) for name in SETUP_SHEETS
}
"""Setup: a change of it may change everything else in the drop, and rightly."""

FILES: dict[str, Callable[[int], bytes]] = {
    "camt.xml": lambda slot: camt_file(
        camt_statement(
            f"2026-10-14 | 20.25 | T{slot}A | Åkerlunds Bygg AB | Faktura 103001 |\n"
            f"2026-10-14 | -45.00 | T{slot}B | | Bankavgift |\n"
            f"2026-10-15 | 5.00 | T{slot}C | Någon Annan | | {slot}99",
            number=slot,
            opening="1000.00",
            closing="980.25",
        )
    ),
    "mt940.sta": lambda slot: MT940.format(slot=slot, iban=IBAN).encode("cp1252"),
    "bgmax.txt": lambda slot: BGMAX.format(slot=slot).encode("latin-1"),
    "bank.ofx": lambda slot: OFX.format(slot=slot, iban=IBAN).encode(),
    "Orders.csv": lambda slot: BOOKS["orders"](slot).csv().encode("cp1252"),
    "Bank Statement.csv": lambda slot: BOOKS["statement"](slot).csv().encode("utf-8-sig"),
}

NEIGHBOUR = """
    No. | Customer No. | Posting Date | Item No. | Quantity | Unit Price
    GOOD-1 | C1 | 2026-10-15 | A1 | 1 | 123.40
"""
"""Dropped with every mutated file: 123.40 and 25 % VAT must be posted whatever lies beside it."""


def make_company(root: Path) -> Path:
    """A company that has been at work for two weeks: open invoices, an open order, an unknown payment."""
    office = Office(root).set_up()
    office.drop(
        "First.xlsx",
        Invoices="""
            No. | Customer No. | Posting Date | Item No. | Quantity
            F1 | C1 | 2026-10-05 | A1 | 2
            F2 | C2 | 2026-10-06 | A2 | 10
        """,
        Orders="""
            No. | Customer No. | Item No. | Quantity | Unit Price
            S1 | C1 | A1 | 5 | 990
        """,
        Bank_Statement="""
            Bank Account | Date | Amount | Text | Payer Name
            BANK | 2026-10-07 | 77.70 | hm | Ingen Vet
        """,
    )
    known = "\n".join(f"U{number} | Kund {number} | 30D" for number in range(KNOWN))
    office.drop("Known.xlsx", Customers=f"No. | Name | Payment Terms Code\n{known}")
    result = office.run("2026-10-08")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    return root
