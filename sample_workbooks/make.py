# ruff: noqa: E501 - lists of captions are read by line
"""Makes the sample workbooks: `python -m sample_workbooks.make [FOLDER]`.

Equal on every run: the seeds are fixed, and so is the date inside the workbooks. The files lie by step, so
that a demo can drop them one after the other: setup, 2026-08, 2026-09, 2026-10, mistakes. `answers.json` tells
what must become of each bank line and of each mistake, and what a person decides about lines in doubt.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sample_workbooks import MONTHS, REVIEW
from sample_workbooks.abroad import announced_receipts, foreign_lines, foreign_orders
from sample_workbooks.bank import Answer, Payers
from sample_workbooks.bank_doubts import doubtful_lines, other_lines
from sample_workbooks.camt_files import BankFile, camt_text
from sample_workbooks.catalogue import master_tables
from sample_workbooks.company import EURO_IBAN, IBAN, setup_tables
from sample_workbooks.credits import action_rows, credit_rows, earlier_credit_rows
from sample_workbooks.layout import Sheet, Style, prepared_rows, write_workbook
from sample_workbooks.mistakes import MISTAKES, STEP, Mistake, mistake_sheets
from sample_workbooks.model import Ledger, post_bank_lines
from sample_workbooks.rates import rate_rows
from sample_workbooks.tables import Row, Tables, captions_of
from sample_workbooks.trade import Trade

NAMES = {"2026-08": "augusti", "2026-09": "september", "2026-10": "oktober"}

ABROAD = "Orders abroad"
"""The orders of the export desk, which come in a workbook of their own."""
CAMT = {
    ("2026-08", "EURO"): "001.08",
    ("2026-09", "BANK"): "001.02",
    ("2026-09", "EURO"): "001.08",
    ("2026-10", "BANK"): "001.04",
    ("2026-10", "EURO"): "001.08",
}
"""Statements that come as files of the bank; the others come as sheets."""

ORDER_CAPTIONS = (
    "No.", "Customer No.", "Posting Date", "Currency Code", "Order Date", "Document Date", "Your Reference", "External Document No.", "Payment Terms Code",
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
    ("2026-08", ABROAD): Style(),
    ("2026-08", "Kontoutdrag"): Style(),
    ("2026-08", "Plusgiro"): Style(),
    ("2026-09", "Orders"): Style(repeat_header=True, indent=1, date_format="d mmm yyyy"),
    ("2026-09", "Invoices"): Style(("Fakturor september",), swedish=True, sheet_name="Fakturor", total="Summa"),
    ("2026-09", "Credit Memos"): Style(swedish=True, sheet_name="Kreditnotor"),
    ("2026-09", "Payments"): Style(text_numbers=frozenset({"Amount"})),
    ("2026-09", ABROAD): Style(("Exportorder", "September 2026"), blank_between=True),
    ("2026-09", "Plusgiro"): Style(
        ("Kontohändelser", "PlusGiro", "2026-09-01 - 2026-09-30"), swedish=True, sheet_name="Kontoutdrag",
        number_codes=frozenset({"Payment Reference"}),
    ),
    ("2026-10", "Orders"): _SV_ORDERS,
    ("2026-10", "Invoices"): Style(blank_between=True, text_numbers=frozenset({"Quantity"}), number_codes=frozenset({"Item No."})),
    ("2026-10", "Credit Memos"): Style(number_codes=frozenset({"Applies-to Document No."})),
    ("2026-10", "Payments"): Style(swedish=True, sheet_name="Inbetalningar", total="Summa"),
    ("2026-10", ABROAD): Style(repeat_header=True),
    ("2026-10", "Plusgiro"): Style(text_numbers=frozenset({"Amount"}), text_dates=True),
}  # fmt: skip


@dataclass
class Samples:
    """Everything that is generated: sheets by step and file, rows by step and sheet, answers."""

    sheets: dict[str, dict[str, list[Sheet]]] = field(default_factory=dict)
    bank_files: dict[str, dict[str, str]] = field(default_factory=dict)
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
    statements: dict[str, list[Answer]] = {}
    drawn: dict[str, dict[str, list[Row]]] = {}
    for name in MONTHS:
        tables = _month(ledger, trade, payers, name)
        others = [*other_lines(payers, name), *foreign_lines(payers, name)]
        drawn[name], statements[name] = payers.statement(name, others, doubtful_lines)
        post_bank_lines(ledger, name, statements[name])
        ledger.close(name)
        _add_statements(samples, name, tables, drawn)
        samples.tables[name] = tables
    october = ledger.months["2026-10"].invoices
    unpaid = {item.document_no for item in ledger.items.values() if item.remaining > 0} - payers.settled
    samples.sheets[REVIEW] = {"Åtgärder.xlsx": [Sheet("Actions", action_rows(unpaid))]}
    samples.sheets[STEP] = mistake_sheets(october, unpaid)
    located = [_located(mistake, samples.sheets[STEP]) for mistake in MISTAKES]
    samples.answers = {"statements": statements, "mistakes": located, "untouched_invoices": sorted(unpaid)}
    samples.ledger = ledger
    return samples


def _month(ledger: Ledger, trade: Trade, payers: Payers, name: str) -> Tables:
    """A month's rows. The credit memos name posted numbers, so the invoices are drawn first."""
    tables = trade.month(name)
    tables["Exchange Rates"] = rate_rows(name)
    ledger.setup.add_rates(tables["Exchange Rates"])
    tables[ABROAD] = foreign_orders(ledger.setup, name)
    invoices = ledger.draw_invoices(_sold(tables))
    private = {number for number, row in ledger.setup.customers.items() if row["Template"] == "PRIVAT"}
    tables["Credit Memos"] = credit_rows(name, invoices, tables["Invoices"], private)
    if name != MONTHS[0]:
        previous = MONTHS[MONTHS.index(name) - 1]
        tables["Credit Memos"] += earlier_credit_rows(name, previous, ledger, payers)
    ledger.post_sales(name, _sold(tables))
    tables["Payments"] = payers.receipts(name) + announced_receipts(payers, name)
    ledger.post_receipts(name, tables["Payments"])
    return tables


def _sold(tables: Tables) -> Tables:
    """The tables with the orders of both desks in one."""
    return {**tables, "Orders": tables["Orders"] + tables[ABROAD]}


def _add_statements(
    samples: Samples, name: str, tables: Tables, drawn: Mapping[str, Mapping[str, list[Row]]]
) -> None:
    """The month's statements as sheets and files, and last month's end once more as the bank's website gives it."""
    word, files, bank_files = NAMES[name], _workbooks(name, tables), samples.bank_files.setdefault(name, {})
    for account, title in (("BANK", "Kontoutdrag"), ("PLUS", "Plusgiro")):
        if (name, account) not in CAMT:
            style = STYLES[name, title]
            captions = tuple(each for each in BANK_CAPTIONS if each in captions_of(drawn[name][account]))
            rows = drawn[name][account]
            files[f"{title} {word}.xlsx"] = [Sheet("Bank Statement", rows, style, captions)]
    for account, iban, currency in (("BANK", IBAN, "SEK"), ("EURO", EURO_IBAN, "EUR")):
        if (name, account) in CAMT:
            opening, *lines, closing = drawn[name][account]
            file = BankFile(
                CAMT[name, account], iban, currency, "Norrsken Kontor & Café AB", MONTHS.index(name) + 1,
                opening["Amount"], opening["Date"], closing["Date"], lines,
                2 if account == "BANK" else 1, _pending(name, account),
            )  # fmt: skip
            bank_files[f"camt053_{iban[-7:]}_{name}.xml"] = camt_text(file)
    if name == "2026-10":
        again = [
            {
                caption: line.get(caption)
                for caption in ("Bank Account", "Date", "Text", "Payer Name", "Amount")
            }
            for line in drawn["2026-09"]["BANK"][1:-1]
            if line["Date"] >= date(2026, 9, 24)
        ]
        export = Sheet("Bank Statement", again, Style(swedish=True, sheet_name="Kontoutdrag"))
        files["Kontohändelser 24-30 september.xlsx"] = [export]
    samples.sheets[name] = files


def _pending(name: str, account: str) -> Row | None:
    """An entry that the bank has announced and not booked: it must not be taken in."""
    if (name, account) != ("2026-10", "BANK"):
        return None
    return {"Date": date(2026, 10, 31), "Amount": Decimal("1250.00"), "Text": "Reserverat belopp"}


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
    files[f"Export {word}.xlsx"] = [Sheet("Orders", tables[ABROAD], STYLES[name, ABROAD])]
    files[f"Valutakurser {word}.xlsx"] = [Sheet("Exchange Rates", tables["Exchange Rates"])]
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
    for step, texts in samples.bank_files.items():
        for name, text in texts.items():
            path = folder / step / name
            path.write_text(text, encoding="utf-8", newline="\n")
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
