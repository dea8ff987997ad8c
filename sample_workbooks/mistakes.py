"""Workbooks full of typical mistakes, with good neighbours that must be posted all the same.

MISTAKES is the table of what is wrong: one row a mistake, with the idea of the finding that it must give. The
cell is worked out when the workbooks are written and stands in `answers.json`.
"""

# ruff: noqa: E501 - tables are read by line

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sample_workbooks.layout import Raw, Sheet, Style
from sample_workbooks.pricing import LOCAL, Document
from sample_workbooks.tables import Row, Tables

STEP = "mistakes"
POSTING_DATE = date(2026, 11, 30)
ORDERS_FILE, INVOICES_FILE, BANK_FILE = (
    "Order med fel.xlsx",
    "Fakturor med fel.xlsx",
    "Kontoutdrag med fel.xlsx",
)
CUSTOMERS_FILE = "Nya kunder med fel.xlsx"


@dataclass(frozen=True)
class Mistake:
    """One mistake. expect: held (not posted), posted (accepted, with a notice at most), either.

    key: number of the document or row; caption: column of the wrong cell; line: which line of the document.
    """

    file: str
    sheet: str
    key: str
    caption: str
    what: str
    idea: str
    expect: str = "held"
    line: int = 0


_O, _F, _K, _B, _C = (
    (ORDERS_FILE, "Orders"),
    (INVOICES_FILE, "Invoices"),
    (INVOICES_FILE, "Credit Memos"),
    (BANK_FILE, "Bank Statement"),
    (CUSTOMERS_FILE, "Customers"),
)

MISTAKES: tuple[Mistake, ...] = (
    Mistake(*_O, "M-101", "Customer No.", "a zero was lost: K0012", "unknown customer; did you mean K00012?"),
    Mistake(*_O, "M-102", "Quantity", "error cell #N/A", "error cell", line=1),
    Mistake(
        *_O,
        "M-103",
        "Unit Price",
        "formula without a stored result",
        "formula without a result; open and save in Excel",
    ),
    Mistake(*_O, "M-104", "Posting Date", "31 November as text", "no such date"),
    Mistake(*_O, "M-105", "Item No.", "item KAF-099 does not exist", "unknown item; did you mean ...?"),
    Mistake(*_O, "M-106", "Line Discount %", "discount -10", "discount must be 0-100"),
    Mistake(*_O, "M-107", "Quantity", "no quantity on a line", "quantity is missing", line=1),
    Mistake(*_O, "M-108", "Customer No.", "no customer number", "required value is missing"),
    Mistake(*_O, "M-109", "No.", "two orders carry one number", "same number twice with different content"),
    Mistake(
        *_O,
        "M-110",
        "External Document No.",
        "number of 19 digits, shown as 4.5E+18",
        "number that has lost digits",
    ),
    Mistake(*_O, "M-111", "Customer No.", "customer blocked for everything", "customer is blocked"),
    Mistake(*_O, "M-112", "Customer No.", "customer blocked for shipping", "customer is blocked"),
    Mistake(*_O, "M-113", "Item No.", "blocked item UTG-001", "item is blocked"),
    Mistake(*_O, "M-114", "Item No.", "item blocked for sale UTG-002", "item is blocked for sale"),
    Mistake(
        *_O, "M-115", "Posting Date", "a date in a closed period", "posting date outside the open period"
    ),
    Mistake(*_O, "M-116", "Posting Date", "the year 2062", "posting date outside the open period"),
    Mistake(*_O, "M-117", "Quantity", "quantity 0", "nothing to sell on the line"),
    Mistake(*_O, "M-118", "Item No.", "merged cells over two lines", "merged cells over data"),
    Mistake(
        *_O,
        "M-119",
        "Posting Date",
        "second line repeats the order with another date",
        "differing repeat",
        line=1,
    ),
    Mistake(*_O, "M-120", "Action", "action that does not exist", "not one of the options"),
    Mistake(*_O, "M-121", "Quantity", "'12 st' as a quantity", "not a number"),
    Mistake(*_O, "M-122", "Payment Terms Code", "terms 45D do not exist", "unknown payment terms"),
    Mistake(*_O, "M-123", "Line Discount %", "discount 150", "discount must be 0-100"),
    Mistake(*_O, "M-124", "Qty. to Ship", "12 to ship of 10", "cannot ship more than 10"),
    Mistake(*_O, "M-125", "Currency Code", "currency SKR", "unknown currency"),
    Mistake(*_O, "M-126", "VAT Prod. Posting Group", "VAT group MOMS99", "no VAT setup for the pair"),
    Mistake(
        *_O, "M-127", "Customer No.", "customer that is itself held in this drop", "refers to a held customer"
    ),
    Mistake(
        *_O, "M-128", "Item No.", "leading zeros lost: 702 for 00702", "unknown item; did you mean 00702?"
    ),
    Mistake(
        *_O,
        "M-199",
        "Unit Price",
        "'1,234' as text",
        "ambiguous amount, unless the language decides",
        "either",
    ),
    Mistake(*_O, "M-901", "Quantity", "'1 024' as text with a no-break space", "accepted", "posted"),
    Mistake(*_O, "M-902", "Customer No.", "blanks around the customer number", "accepted", "posted"),
    Mistake(*_O, "M-903", "Posting Date", "date as ISO text", "accepted", "posted"),
    Mistake(*_O, "", "Intern anteckning", "unknown column", "notice: column ignored", "posted"),
    Mistake(*_O, "", "No.", "total row at the end", "notice: total row skipped", "posted"),
    Mistake(*_F, "MF-101", "Unit Price", "error cell #REF!", "error cell"),
    Mistake(
        *_F,
        "MF-102",
        "Item No.",
        "row on the receivables account 1510",
        "no direct posting on this account",
        line=1,
    ),
    Mistake(*_F, "MF-103", "Quantity", "negative total", "total must not be negative"),
    Mistake(*_F, "MF-104", "Item No.", "blocked account 3911", "account is blocked", line=1),
    Mistake(*_F, "MF-105", "Customer No.", "customer blocked for invoices", "customer is blocked"),
    Mistake(*_F, "MF-902", "Quantity", "minus as U+2212", "accepted", "posted", line=1),
    Mistake(*_F, "", "No.", "sheet with Swedish name and captions, header in row 6", "accepted", "posted"),
    Mistake(
        *_K,
        "MK-101",
        "Applies-to Document No.",
        "credit memo without its invoice",
        "required value is missing",
    ),
    Mistake(*_K, "MK-102", "Applies-to Document No.", "credit memo for invoice 199999", "unknown invoice"),
    Mistake(*_C, "K00201", "No.", "one number for two customers", "same number twice with different content"),
    Mistake(*_C, "K00202", "Registration No.", "number shown as 1.2E+15", "number that has lost digits"),
    Mistake(
        *_C,
        "K00203",
        "Template",
        "template FORETAGG does not exist",
        "unknown template; did you mean FORETAG?",
    ),
    Mistake(*_B, "B1", "Amount", "minus as U+2212 in a text amount", "accepted", "posted"),
    Mistake(*_B, "B2", "Amount", "'12.50.00' as an amount", "not an amount"),
    Mistake(
        *_B,
        "B3",
        "Bank Account",
        "bank account BANQ does not exist",
        "unknown bank account; did you mean BANK?",
    ),
    Mistake(*_B, "B4", "Date", "no date", "required value is missing"),
)


def _order(
    number: str, customer: str | None, *lines: Row, day: Any = date(2026, 11, 4), **more: Any
) -> list[Row]:
    header = {"No.": number, "Customer No.": customer, "Posting Date": day, "Action": "Ship and Invoice"}
    header |= {caption.replace("_", " "): value for caption, value in more.items()}
    return [{**(header if place == 0 else {}), **line} for place, line in enumerate(lines)]


def _line(item: Any, quantity: Any, **more: Any) -> Row:
    row: Row = {"Item No.": item, "Quantity": Decimal(quantity) if isinstance(quantity, int) else quantity}
    return row | more


def _orders() -> tuple[list[Row], set[str]]:
    """Rows of the sheet, and the numbers of the good orders among them."""
    plain = _line("KAF-001", 6)
    wrong: list[list[Row]] = [
        _order("M-101", "K0012", plain, _line("KON-004", 20)),
        _order("M-102", "K00005", plain, _line("TEE-001", Raw("error", "#N/A"))),
        _order(
            "M-103",
            "K00008",
            _line("KON-010", 3, **{"Unit Price": Raw("uncached", "=240*1.2"), "Line Discount %": Decimal(0)}),
        ),
        _order("M-104", "K00009", plain, day="2026-11-31"),
        _order("M-105", "K00011", _line("KAF-099", 4), plain),
        _order("M-106", "K00012", _line("KON-011", 5, **{"Line Discount %": Decimal(-10)})),
        _order("M-107", "K00013", plain, _line("KAF-002", None)),
        _order("M-108", None, plain),
        _order("M-109", "K00015", _line("KAF-003", 4)),
        _order(
            "M-110", "K00016", plain, **{"External_Document_No.": Raw("scientific", 4.512345678901235e18)}
        ),
        _order("M-111", "K00044", plain),
        _order("M-112", "K00045", plain),
        _order("M-113", "K00017", _line("UTG-001", 1)),
        _order("M-114", "K00018", _line("UTG-002", 2)),
        _order("M-115", "K00019", plain, day=date(2026, 3, 31)),
        _order("M-116", "K00020", plain, day=date(2062, 11, 4)),
        _order("M-117", "K00021", _line("KAF-004", 0)),
        _order("M-118", "K00022", _line(Raw("merge", (2, "KON-012")), 1), _line(None, 2)),
        _order("M-119", "K00023", plain, _line("KAF-002", 6)),
        _order("M-120", "K00024", plain, Action="Skicka nu"),
        _order("M-121", "K00025", _line("FIK-001", "12 st")),
        _order("M-122", "K00026", plain, **{"Payment_Terms_Code": "45D"}),
        _order("M-123", "K00027", _line("KON-009", 4, **{"Line Discount %": Decimal(150)})),
        _order("M-124", "K00028", _line("KAF-005", 10, **{"Qty. to Ship": Decimal(12)})),
        _order("M-125", "K00029", plain, **{"Currency_Code": "SKR"}),
        _order("M-126", "K00030", _line("LIV-011", 4, **{"VAT Prod. Posting Group": "MOMS99"})),
        _order("M-127", "K00202", plain),
        _order("M-128", "K00034", _line(Raw("number", 702), 3)),
        _order("M-109", "K00035", _line("KAF-008", 2)),
        _order(
            "M-199",
            "K00037",
            _line("KON-006", 2, **{"Unit Price": "1,234", "Line Discount %": Decimal(0)}),
            day=POSTING_DATE,
        ),
    ]
    wrong[18][1]["No."], wrong[18][1]["Posting Date"] = "M-119", date(2026, 11, 9)
    good: list[list[Row]] = [
        _order(
            "M-901", "K00038", _line("KON-004", "1\u00a0024"), _line("KAF-001", 12), day=date(2026, 11, 2)
        ),
        _order("M-902", " K00011 ", _line("KAF-002", 8), _line("00701", 2), day=date(2026, 11, 3)),
        _order("M-903", "K00014", _line("KAF-003", 10), day="2026-11-05"),
        _order(
            "M-904", "K00017", _line("MAS-005", 1), _line("TJA-001", Decimal("2.5")), day=date(2026, 11, 6)
        ),
        _order("M-905", "K00041", _line("KAF-003", 30), _line("TJA-003", 1), day=date(2026, 11, 9)),
        _order("M-906", "K00003", _line("TJA-007", 6), _line("LIV-010", 2), day=date(2026, 11, 10)),
        _order("M-907", "K00048", _line("00703", 3), _line("FIK-003", 14), day=date(2026, 11, 11)),
    ]
    rows: list[Row] = []
    for place, document in enumerate(wrong):
        rows += document
        if place % 4 == 3 and place // 4 < len(good):
            rows += good[place // 4]
    rows[0]["Intern anteckning"], rows[5]["Intern anteckning"] = "kolla med Anna", "prel."
    return rows, {document[0]["No."] for document in good}


def _invoices() -> tuple[list[Row], set[str]]:
    def invoice(number: str, customer: str, day: int, *lines: Row) -> list[Row]:
        header = {"No.": number, "Customer No.": customer, "Posting Date": date(2026, 11, day)}
        return [{**(header if place == 0 else {}), **line} for place, line in enumerate(lines)]

    def account(number: str, amount: Any) -> Row:
        return {
            "Type": "G/L Account",
            "Item No.": number,
            "Description": "Övrigt",
            "Quantity": Decimal(1),
            "Unit Price": amount,
            "VAT Prod. Posting Group": "SERV25",
        }

    hours = _line("TJA-002", 2)
    documents = [
        invoice("MF-901", "K00007", 12, hours, account("3520", Decimal("145.50"))),
        invoice(
            "MF-101",
            "K00009",
            12,
            _line("TJA-006", 4, **{"Unit Price": Raw("error", "#REF!"), "Line Discount %": Decimal(0)}),
        ),
        invoice("MF-102", "K00010", 12, hours, account("1510", Decimal("500.00"))),
        invoice("MF-103", "K00012", 13, _line("KON-003", Decimal(-40)), hours),
        invoice(
            "MF-902",
            "K00018",
            13,
            _line("TJA-001", 4),
            _line("KON-003", "\u22122", **{"Unit Price": Decimal("64.00"), "Line Discount %": Decimal(0)}),
        ),
        invoice("MF-104", "K00020", 13, hours, account("3911", Decimal("900.00"))),
        invoice("MF-105", "K00046", 16, hours),
        invoice("MF-903", "K00047", 16, hours, _line("TJA-006", 3)),
    ]
    return [row for document in documents for row in document], {"MF-901", "MF-902", "MF-903"}


def _hidden_invoices() -> list[Row]:
    return [
        {
            "No.": "MF-904",
            "Customer No.": "K00022",
            "Posting Date": date(2026, 11, 17),
            "Item No.": "TJA-004",
            "Quantity": Decimal(1),
        },
    ]


def _credit_memos(invoice: Document) -> list[Row]:
    line = invoice.lines[0]
    base: Row = {
        "Posting Date": date(2026, 11, 18),
        "Action": "Post",
        "Item No.": "KAF-001",
        "Quantity": Decimal(1),
        "Unit Price": Decimal("189.50"),
        "Line Discount %": Decimal(0),
    }
    return [
        {**base, "No.": "MK-101", "Customer No.": "K00005"},
        {**base, "No.": "MK-102", "Customer No.": "K00008", "Applies-to Document No.": "199999"},
        {
            **base,
            "No.": "MK-901",
            "Customer No.": invoice.customer_no,
            "Applies-to Document No.": invoice.posted_no,
            "Item No.": line.no,
            "Quantity": line.quantity,
            "Unit Price": line.unit_price,
            "Line Discount %": line.discount_percent,
        },
    ]


def _customers() -> list[Row]:
    base = {"Template": "FORETAG", "City": "Umeå", "Address": "Nygatan 1", "Post Code": "903 27"}
    return [
        {"No.": "K00201", "Name": "Nya Kunden AB", **base},
        {
            "No.": "K00202",
            "Name": "Siffrorna Försvann AB",
            "Registration No.": Raw("scientific", 1.234567890123456e15),
            **base,
        },
        {"No.": "K00203", "Name": "Fel Mall AB", **base, "Template": "FORETAGG"},
        {"No.": "K00204", "Name": "Allt Rätt i Norr AB", **base},
        {"No.": "K00201", "Name": "En Annan Kund AB", **base},
    ]


def _bank_lines() -> list[Row]:
    day = date(2026, 11, 20)
    return [
        {
            "Bank Account": "BANK",
            "Date": day,
            "Amount": "\u22121 250,00",
            "Text": "Leverantörsbetalning Bageriet Limpan",
        },
        {"Bank Account": "BANK", "Date": day, "Amount": "12.50.00", "Text": "Inbetalning B2"},
        {"Bank Account": "BANQ", "Date": day, "Amount": Decimal("300.00"), "Text": "Inbetalning B3"},
        {"Bank Account": "BANK", "Amount": Decimal("400.00"), "Text": "Inbetalning B4"},
    ]


def mistake_sheets(october: Sequence[Document], open_numbers: set[str]) -> dict[str, list[Sheet]]:
    """Sheets by file. october: that month's invoices; open_numbers: those of them that are still unpaid."""
    orders, _ = _orders()
    invoices, _ = _invoices()
    invoice = credited_invoice(october, open_numbers)
    title = ("Order november", "Bearbetas av Anna, klart för inläsning")
    return {
        CUSTOMERS_FILE: [Sheet("Customers", _customers())],
        ORDERS_FILE: [
            Sheet("Orders", orders, Style(title=title, total="Total")),
            Sheet("Diagram", [{"Vecka": Decimal(45), "Antal order": Decimal(31)}]),
        ],
        INVOICES_FILE: [
            Sheet("Invoices", invoices, Style(("Fakturor utan order", "November 2026", "Norrsken Kontor & Café AB", "Utkast 3"), swedish=True, sheet_name="Fakturor", indent=1)),
            Sheet("Invoices", _hidden_invoices(), Style(hidden=True, sheet_name="Invoices")),
            Sheet("Credit Memos", _credit_memos(invoice), Style(swedish=True, sheet_name="Kreditnotor")),
        ],
        BANK_FILE: [Sheet("Bank Statement", _bank_lines(), Style(swedish=True, sheet_name="Kontoutdrag"))],
    }  # fmt: skip


def credited_invoice(october: Sequence[Document], open_numbers: set[str]) -> Document:
    """An unpaid invoice of October with several lines, for the one good credit memo."""
    return next(
        document
        for document in october
        if document.posted_no in open_numbers
        and len(document.lines) > 2
        and document.customer_no not in ("K00039", "K00040")
        and document.currency == LOCAL
    )


def good_tables(october: Sequence[Document], open_numbers: set[str]) -> Tables:
    """Only the documents that must be posted, with their cells as they are meant."""
    orders, good_orders = _orders()
    invoices, good_invoices = _invoices()
    memos = _credit_memos(credited_invoice(october, open_numbers))
    return {
        "Orders": _meant(orders, good_orders),
        "Invoices": _meant(invoices, good_invoices) + _hidden_invoices(),
        "Credit Memos": _meant(memos, {"MK-901"}),
    }


def _meant(rows: Sequence[Row], good: set[str]) -> list[Row]:
    kept, keep = [], False
    for row in rows:
        keep = row["No."] in good if row.get("No.") else keep
        if not keep:
            continue
        row = dict(row)
        if row.get("Customer No."):
            row["Customer No."] = row["Customer No."].strip()
        if isinstance(row.get("Posting Date"), str):
            row["Posting Date"] = date.fromisoformat(row["Posting Date"])
        if isinstance(row["Quantity"], str):
            row["Quantity"] = Decimal(row["Quantity"].replace("\u00a0", "").replace("\u2212", "-"))
        kept.append(row)
    return kept
