"""Good input of every kind for a small company: what the mutations begin with.

Every file gets a slot number that goes into its keys, so that many files can lie in one inbox without meeting.
Sheets are rows of typed cells, other files are bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl
from bank_files import IBAN, bgmax_file, camt_file, camt_notification, camt_statement
from fuzz.forms import Book, Rows
from office import CODES, NUMBER, SETUP, Office
from PIL import Image

DAY = "2026-10-15"
KNOWN = 80
"""Each slot has a customer, an invoice, a bank line and a held row of its own, so that its files meet no others."""

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
    BANK | B{slot} | 2026-10-14 | {slot}.25 | Faktura 103001 | Åkerlunds Bygg AB | | T{slot}A
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
    N{slot}C | Credit Memo | CM-1 | Apply | 2026-10-14 | 0.05 | 103001 |
    N{slot}D | Credit Memo | CM-1 | Refund | 2026-10-14 | 0.01 | |
    N{slot}E | Payment | 6001 | Unapply | 2026-10-14 | | |
"""
CURRENCY = """
    No. | Customer No. | Posting Date | Currency Code | Item No. | Quantity | Unit Price
    E{slot} | C1 | 2026-10-10 | EUR | A1 | 3 | 99.95
    E{slot} | | | | A2 | 0.5 | 7
"""
QUOTES = """
    No. | Customer No. | Item No. | Quantity
    Q{slot} | C1 | A1 | 3
"""
SHIPMENTS = """
    Shipment No. | Order No. | Item No. | Quantity | Posting Date
    S{slot} | S1 | A1 | 1 | 2026-10-14
"""
SETUP_SHEETS = {
    **SETUP,
    "Exchange Rates": "Currency Code | Starting Date | Rate\nEUR | 2026-10-01 | 11.5\nUSD | 2026-10-01 | 10",
    "Payment Methods": "Code | Description | Bal. Account No.\nKONTANT | Kontant | 1930",
    "Customer Templates": "Code | Customer Posting Group | Payment Terms Code\nNY | DOMESTIC | 30D",
    "Known Bank Fees": "Amount | Account | Text\n15 | 6570 | Avgift",
    "Text Mapping": "Text | Debit Account | Credit Account | Customer No.\nBankavgift | 6570 | 6570 |",
    "Payer Aliases": "Payer | Customer No. | Times\nNågon Annan | C1 | 2",
    "CSV Profiles": "Code | Delimiter | Decimal Sign | Date Format | Date | Amount | Text\nEGEN | ; | , | yyyy-mm-dd | Dag | Kronor | Rad",
}
NORDEA = """Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta
Reserverat;-89,00;;;Espresso House;Kortköp;;SEK
2026/10/14;-500,00;1709 20 72840;;;Swish betalning;4\u00a0995,52;SEK
2026/10/14;{slot},75;5050-1055;;Åkerlunds Bygg AB;Faktura 103001;5495,52;SEK
"""
MT940 = """:20:STMT{slot}
:25:{iban}
:28C:{slot}/1
:60F:C261013SEK1000,00
:61:2610141014C{slot},25NTRFNONREF//T{slot}A
:86:Faktura 103001 Åkerlunds Bygg AB
:61:2610141014D45,00NCHGNONREF//T{slot}B
:86:Bankavgift
:62F:C261014SEK{closing},25
-
"""
OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:UTF-8

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>SEK<BANKACCTFROM><BANKID>5000<ACCTID>{iban}<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20261013<DTEND>20261014
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261014<TRNAMT>{slot}.25<FITID>T{slot}A<NAME>Akerlunds Bygg AB<MEMO>Faktura 103001</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>{closing}.25<DTASOF>20261014</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


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
    "currency": lambda slot: book(slot, Invoices=CURRENCY),
    "not acted on": lambda slot: book(slot, Quotes=QUOTES, Shipments=SHIPMENTS),
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
    name.lower(): lambda slot, name=name: book(slot, **{name: SETUP_SHEETS[name]}) for name in SETUP_SHEETS
}
"""Setup: a change of it may change everything else in the drop, and rightly."""

FILES: dict[str, Callable[[int], bytes]] = {
    "camt.xml": lambda slot: camt_file(
        camt_statement(
            f"2026-10-14 | {slot}.50 | T{slot}A | Åkerlunds Bygg AB | Faktura 103001 |\n"
            f"2026-10-14 | -45.00 | T{slot}B | | Bankavgift |\n"
            f"2026-10-15 | 5.00 | T{slot}C | Någon Annan | | {slot}99",
            number=slot,
            opening="1000.00",
            closing=f"{slot + 960}.50",
        )
    ),
    "camt054.xml": lambda slot: camt_notification(
        f"{1100 + slot % KNOWN}.00",
        f"1000 | Kund | U{slot % KNOWN}-1\n{100 + slot % KNOWN} | Åkerlunds Bygg AB | 1030014",
        day="2026-10-07",
    ),
    "mt940.sta": lambda slot: MT940.format(slot=slot, iban=IBAN, closing=slot + 955).encode("cp1252"),
    "bgmax.txt": lambda slot: bgmax_file(
        f"{1102 + slot % KNOWN} | Åkerlunds Bygg AB | 1030014 |\n-2 | Östgöta Café | | Faktura 103002",
        day="2026-10-07",
    ),
    "bank.ofx": lambda slot: OFX.format(slot=slot, iban=IBAN, closing=slot + 1000).encode(),
    "Nordea.csv": lambda slot: NORDEA.format(slot=slot).encode("utf-8-sig"),
    "Orders.csv": lambda slot: BOOKS["orders"](slot).csv().encode("cp1252"),
    "Bank Statement.csv": lambda slot: BOOKS["statement"](slot).csv().encode("utf-8-sig"),
    "logo.png": lambda slot: picture(slot, "PNG"),
    "logo.jpg": lambda slot: picture(slot, "JPEG"),
}


def picture(slot: int, kind: str) -> bytes:
    """A small picture of many colours."""
    content = io.BytesIO()
    Image.radial_gradient("L").rotate(slot).resize((30, 20)).convert("RGB").save(content, kind)
    return content.getvalue()


class Good(NamedTuple):
    """All good input: workbooks and files by name, and setup, each made for a slot."""

    books: Mapping[str, Callable[[int], Book]] = BOOKS
    files: Mapping[str, Callable[[int], bytes]] = FILES
    common: Mapping[str, Callable[[int], Book]] = COMMON_BOOKS


DECISIONS = (
    {"Decision": "Accept"},
    {"Decision": "Reject"},
    {"Decision": "Apply To", "Apply-to Documents": "U{known}-1"},
    {"Decision": "On Account", "Customer No.": "U{known}"},
    {"Decision": "Post To Account", "Account": "3001"},
    {"Decision": "Booked Elsewhere", "Decided By": "Eva"},
)


def sent_back(company: Path) -> Good:
    """The good input, and the company's own workbooks as a person sends them back: a row answered or corrected.

    A slot answers the line and corrects the row that are its own.
    """
    (review,) = (company / "review").glob("Payment Review *.xlsx")
    (to_fix,) = (company / "rejected").rglob("Held - to fix.xlsx")
    lines, held = (_rows(path, name) for path, name in ((review, "Payment Review"), (to_fix, "Invoices")))

    def answer(slot: int) -> Book:
        return _answered("Payment Review", lines, slot, DECISIONS[slot % len(DECISIONS)])

    def correct(slot: int) -> Book:
        return _answered("Invoices", held, slot, {"Quantity": 2} if slot % 5 else {"Decision": "Drop"})

    return Good({**BOOKS, "review": answer, "review again": answer, "to fix": correct})


def _rows(path: Path, sheet: str) -> Rows:
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [list(row) for row in rows if any(cell is not None for cell in row)]


def _answered(sheet: str, rows: Rows, slot: int, cells: Mapping[str, object]) -> Book:
    """The captions and the slot's own row with these cells filled in."""
    captions, row = list(rows[0]), list(rows[1 + slot % KNOWN])
    for caption, cell in cells.items():
        row[captions.index(caption)] = cell.format(known=slot % KNOWN) if isinstance(cell, str) else cell
    return Book({sheet: [captions, row]})


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
    numbers = range(KNOWN)
    office.drop(
        "Known.xlsx",
        Exchange_Rates=SETUP_SHEETS["Exchange Rates"],
        Customers="No. | Name | VAT Bus. Posting Group | Payment Terms Code\n"
        + "\n".join(f"U{number} | Kund {number} | DOMESTIC | 30D" for number in numbers),
        Opening_Entries="Customer No. | Document Type | Document No. | Posting Date | Amount\n"
        "C1 | Credit Memo | CM-1 | 2026-09-01 | -500\n"
        + "\n".join(
            f"U{number} | Invoice | U{number}-1 | 2026-09-01 | {1100 + number}" for number in numbers
        ),
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount | Bank Account | Applies-to Document No.
            P1 | 2026-10-07 | C1 | 100 | BANK | 103001
        """,
        Bank_Statement="Bank Account | Date | Amount | Text\n"
        + "\n".join(f"BANK | 2026-10-07 | {1100 + number} | Insättning {number}" for number in numbers),
    )
    office.drop(
        "Held.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity\n"
        + "\n".join(f"H{number} | C1 | A1 | många" for number in numbers),
    )
    result = office.run("2026-10-08")
    found = {item.code for item in result.findings if item.severity == "error"}
    assert found == {"number-unknown"}, [item.message() for item in result.findings]
    return root
