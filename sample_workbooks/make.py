# ruff: noqa: E501 - lists of captions are read by line
"""Makes the sample workbooks: `python -m sample_workbooks.make [FOLDER]`.

Equal on every run: the seeds are fixed, and so is the date inside the workbooks. The files lie by step, so
that a demo can drop them one after the other: setup, 2026-08, 2026-09, 2026-10, mistakes. `answers.json` tells
what must become of each bank line and of each mistake.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sample_workbooks.bank import Payers
from sample_workbooks.catalogue import master_tables
from sample_workbooks.company import setup_tables
from sample_workbooks.layout import Sheet, Style, prepared_rows, write_workbook
from sample_workbooks.mistakes import MISTAKES, STEP, Mistake, mistake_sheets
from sample_workbooks.model import Ledger, post_bank_lines
from sample_workbooks.tables import Row, Tables, captions_of
from sample_workbooks.trade import Trade, credit_rows

MONTHS = ("2026-08", "2026-09", "2026-10")
NAMES = {"2026-08": "augusti", "2026-09": "september", "2026-10": "oktober"}

ORDER_CAPTIONS = (
    "No.", "Customer No.", "Posting Date", "Order Date", "Document Date", "Your Reference", "External Document No.", "Payment Terms Code",
    "Type", "Item No.", "Description", "Quantity", "Unit Price", "Line Discount %", "Action",
)  # fmt: skip
INVOICE_CAPTIONS = (
    "No.", "Customer No.", "Posting Date", "Document Date", "Your Reference", "External Document No.", "Payment Terms Code",
    "Type", "Item No.", "Description", "Quantity", "Unit Price", "Line Discount %", "VAT Prod. Posting Group",
)  # fmt: skip
CREDIT_CAPTIONS = (
    "No.", "Customer No.", "Applies-to Document No.", "Posting Date", "Type", "Item No.", "Description", "Quantity", "Unit Price",
    "Line Discount %", "VAT Prod. Posting Group", "Reason Code", "Action",
)  # fmt: skip
BANK_CAPTIONS = (
    "Bank Account", "Statement No.", "Date", "Text", "Payer Name", "Payer Account", "Payment Reference", "Amount", "Transaction ID",
)  # fmt: skip

_SV_ORDERS = Style(
    ("Norrsken Kontor & Café AB", "Order oktober 2026"),
    swedish=True,
    sheet_name="Order",
    text_dates=True,
    text_numbers=frozenset({"Unit Price"}),
)
STYLES: dict[tuple[str, str], Style] = {
    ("2026-08", "Orders"): Style(("Orderlista augusti", "Sammanställd av säljavdelningen"), total="Total"),
    ("2026-08", "Invoices"): Style(blank_between=True),
    ("2026-08", "Credit Memos"): Style(),
    ("2026-08", "Payments"): Style(total="Summa"),
    ("2026-08", "Bank Statement"): Style(),
    ("2026-09", "Orders"): Style(repeat_header=True, indent=1, date_format="d mmm yyyy"),
    ("2026-09", "Invoices"): Style(("Fakturor september",), swedish=True, sheet_name="Fakturor", total="Summa"),
    ("2026-09", "Credit Memos"): Style(swedish=True, sheet_name="Kreditnotor"),
    ("2026-09", "Payments"): Style(text_numbers=frozenset({"Amount"})),
    ("2026-09", "Bank Statement"): Style(
        ("Kontohändelser", "Företagskonto 9991-120300-4", "2026-09-01 - 2026-09-30"), swedish=True, sheet_name="Kontoutdrag",
        number_codes=frozenset({"Payment Reference"}),
    ),
    ("2026-10", "Orders"): _SV_ORDERS,
    ("2026-10", "Invoices"): Style(blank_between=True, text_numbers=frozenset({"Quantity"}), number_codes=frozenset({"Item No."})),
    ("2026-10", "Credit Memos"): Style(number_codes=frozenset({"Applies-to Document No."})),
    ("2026-10", "Payments"): Style(swedish=True, sheet_name="Inbetalningar", total="Summa"),
    ("2026-10", "Bank Statement"): Style(text_numbers=frozenset({"Amount"}), text_dates=True),
}  # fmt: skip


@dataclass
class Samples:
    """Everything that is generated: sheets by step and file, rows by step and sheet, answers."""

    sheets: dict[str, dict[str, list[Sheet]]] = field(default_factory=dict)
    tables: dict[str, Tables] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    ledger: Ledger | None = None


def make_samples() -> Samples:
    """The rows and the answers, in memory."""
    samples = Samples()
    workbooks = {"00 Setup.xlsx": setup_tables(), **master_tables()}
    samples.sheets["setup"] = {
        file: [Sheet(name, rows, _setup_style(name)) for name, rows in tables.items()]
        for file, tables in workbooks.items()
    }
    samples.tables["setup"] = {name: rows for tables in workbooks.values() for name, rows in tables.items()}
    ledger = Ledger(samples.tables["setup"])
    trade, payers = Trade(ledger.setup), Payers(ledger)
    statements: dict[str, list[dict[str, object]]] = {}
    for name in MONTHS:
        tables = _month(ledger, trade, payers, name)
        statement, statements[name] = payers.statement(name)
        tables["Bank Statement"] = statement
        post_bank_lines(ledger, name, statements[name])
        ledger.close(name)
        samples.tables[name] = tables
        samples.sheets[name] = _workbooks(name, tables)
    october = ledger.months["2026-10"].invoices
    unpaid = {item.document_no for item in ledger.items.values() if item.remaining > 0} - payers.settled
    samples.sheets[STEP] = mistake_sheets(october, unpaid)
    located = [_located(mistake, samples.sheets[STEP]) for mistake in MISTAKES]
    samples.answers = {"statements": statements, "mistakes": located, "untouched_invoices": sorted(unpaid)}
    samples.ledger = ledger
    return samples


def _month(ledger: Ledger, trade: Trade, payers: Payers, name: str) -> Tables:
    """A month's rows. The credit memos name posted numbers, so the invoices are drawn first."""
    tables = trade.month(name)
    invoices = ledger.draw_invoices(tables)
    private = {number for number, row in ledger.setup.customers.items() if row["Template"] == "PRIVAT"}
    tables["Credit Memos"] = credit_rows(name, invoices, tables["Invoices"], private)
    ledger.post_sales(name, tables)
    tables["Payments"] = payers.receipts(name)
    ledger.post_receipts(name, tables["Payments"])
    return tables


def _setup_style(sheet: str) -> Style:
    if sheet == "Customers":
        return Style(("Kundregister",))
    return Style(sheet_name=sheet.replace("/", ""))  # Excel has no sheet names with a slash.


def _workbooks(name: str, tables: Tables) -> dict[str, list[Sheet]]:
    """The month's sheets by file; August's orders come in two files."""
    word = NAMES[name]

    def sheet(table: str, rows: list[Row | None], captions: tuple[str, ...]) -> Sheet:
        style = STYLES[name, table]
        used = captions_of(rows)
        return Sheet(
            table,
            rows,
            style,
            tuple(caption for caption in captions if caption in used or caption in ("No.", "Action")),
        )

    orders = tables["Orders"]
    files: dict[str, list[Sheet]] = {}
    if name == "2026-08":
        half = _half(orders)
        files["Order augusti del 2.xlsx"] = [sheet("Orders", orders[half:], ORDER_CAPTIONS)]
        files["Order augusti.xlsx"] = [sheet("Orders", orders[:half], ORDER_CAPTIONS)]
    else:
        files[f"Order {word}.xlsx"] = [sheet("Orders", orders, ORDER_CAPTIONS)]
    files[f"Fakturor och kreditnotor {word}.xlsx"] = [
        sheet("Invoices", tables["Invoices"], INVOICE_CAPTIONS),
        sheet("Credit Memos", tables["Credit Memos"], CREDIT_CAPTIONS),
    ]
    files[f"Kassa och Swish {word}.xlsx"] = [
        sheet("Payments", tables["Payments"], captions_of(tables["Payments"]))
    ]
    files[f"Kontoutdrag {word}.xlsx"] = [sheet("Bank Statement", tables["Bank Statement"], BANK_CAPTIONS)]
    return files


def _half(orders: list[Row | None]) -> int:
    """Where the second file begins: at an order's first row."""
    return next(
        place for place, row in enumerate(orders) if place > len(orders) // 2 and row and row.get("No.")
    )


def _located(mistake: Mistake, sheets: Mapping[str, list[Sheet]]) -> dict[str, str]:
    """A row of the table of mistakes with the name of its sheet and its cell as Excel names it."""
    sheet = next(each for each in sheets[mistake.file] if each.name == mistake.sheet)
    captions = sheet.captions or captions_of(prepared_rows(sheet))
    header_row = len(sheet.style.title) + (2 if sheet.style.title else 1)
    column = captions.index(mistake.caption) + sheet.style.indent
    row = header_row
    if mistake.key:
        first = next(place for place, each in enumerate(sheet.rows) if each and _names(each, mistake.key))
        row += 1 + first + mistake.line
    elif "total row" in mistake.what:
        row += 1 + len(sheet.rows)
    return {
        "file": mistake.file,
        "sheet": sheet.style.sheet_name or sheet.name,
        "cell": f"{chr(65 + column)}{row}",
        "key": mistake.key,
        "column": mistake.caption,
        "what": mistake.what,
        "idea": mistake.idea,
        "expect": mistake.expect,
    }


def _names(row: Row, key: str) -> bool:
    return (
        row.get("No.") == key
        or str(row.get("Text", "")).endswith(key)
        or (key == "B1" and "Limpan" in str(row.get("Text", "")))
    )


def write_samples(folder: Path, samples: Samples | None = None) -> list[Path]:
    """Write all workbooks and the answers below `folder`; returns what was written."""
    samples = samples or make_samples()
    written = []
    for step, files in samples.sheets.items():
        for name, sheets in files.items():
            path = folder / step / name
            write_workbook(path, sheets)
            written.append(path)
    answers = folder / "answers.json"
    answers.write_text(
        json.dumps(samples.answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    return [*written, answers]


def main() -> None:
    """Command line of the generator."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for path in write_samples(folder):
        print(path)


if __name__ == "__main__":
    main()
