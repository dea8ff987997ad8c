"""The samples read with openpyxl and the standard library alone: nothing here depends on the program's own readers.

The calculation that follows is `sample_workbooks.model`, which knows nothing of the program either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

import sample_workbooks
from sample_workbooks.layout import NUMBERS, SWEDISH
from sample_workbooks.model import Month, expected_books

D = Decimal
BALANCES = ("Opening Balance", "Closing Balance")
ROOT = Path(sample_workbooks.__file__).parent
SHEETS = {
    "Order": "Orders",
    "Fakturor": "Invoices",
    "Kreditnotor": "Credit Memos",
    "Inbetalningar": "Payments",
    "Kontoutdrag": "Bank Statement",
    "GL Accounts": "G/L Accounts",
}
AMOUNTS = frozenset(
    {
        "Quantity", "Unit Price", "Line Discount %", "Amount", "VAT %", "Discount %", "Minimum Quantity", "Credit Limit",
        "Unit Cost", "Inventory", "Rate", "Amount LCY",
    }
)  # fmt: skip
DAYS = frozenset(
    {"Posting Date", "Document Date", "Order Date", "Due Date", "Date", "Starting Date", "Ending Date"}
)
ENGLISH = {swedish: caption for caption, swedish in SWEDISH.items()} | dict.fromkeys(NUMBERS.values(), "No.")


def value_of(caption: str, cell: Any) -> Any:
    """A cell as the accountant means it: numbers exact, dates as dates, codes as texts."""
    if cell is None or cell == "":
        return None
    if caption in DAYS:
        return cell.date() if isinstance(cell, datetime) else date.fromisoformat(str(cell))
    if caption in AMOUNTS:
        text = cell.replace("\u00a0", "").replace(",", ".") if isinstance(cell, str) else f"{cell:.15g}"
        return Decimal(text)
    return f"{cell:.0f}" if isinstance(cell, float) and cell == int(cell) else str(cell)


def _as_text(caption: str, cell: Any) -> Any:
    return None if cell is None else str(cell)


def read_sheet(sheet: Any) -> list[dict[str, Any] | None]:
    """Rows under the header, which is the first row with four known captions or two on a narrow sheet."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    widths = [sum(isinstance(cell, str) for cell in row) for row in rows[:20]]
    top = next(place for place, width in enumerate(widths) if width >= min(4, max(widths)))
    captions = [ENGLISH.get(cell, cell) if cell else None for cell in rows[top]]
    as_meant = _as_text if sheet.title == "CSV Profiles" else value_of  # It holds the bank's captions.
    result: list[dict[str, Any] | None] = []
    for row in rows[top + 1 :]:
        filled = [cell for cell in row if cell is not None]
        if filled and str(filled[0]).startswith(("Total", "Summa")):
            break
        read = {caption: as_meant(caption, cell) for caption, cell in zip(captions, row) if caption}
        result.append(read if filled else None)
    return result


@cache
def read_step(name: str) -> dict[str, list[Any]]:
    """All rows of a step by contract sheet name, workbooks in the order of their names."""
    tables: dict[str, list[Any]] = {}
    for path in sorted((ROOT / name).glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            tables.setdefault(SHEETS.get(sheet.title, sheet.title), []).extend(read_sheet(sheet))
    return tables


@dataclass
class BankStatement:
    """A statement of one account: lines as (date, amount), in the order in which they stand."""

    account: str
    opening: Decimal
    closing: Decimal
    lines: list[tuple[str, Decimal]]


def read_statements(name: str) -> list[BankStatement]:
    """The statements of a month that carry balances, from sheets and from bank files."""
    found = []
    rows = read_step(name)["Bank Statement"]
    for account in dict.fromkeys(row["Bank Account"] for row in rows):
        own = [row for row in rows if row["Bank Account"] == account]
        balances = {row["Text"]: row["Amount"] for row in own if row["Text"] in BALANCES}
        if balances:
            lines = [(str(row["Date"]), row["Amount"]) for row in own if row["Text"] not in BALANCES]
            found.append(BankStatement(account, *(balances[text] for text in BALANCES), lines))
    for path in sorted((ROOT / name).glob("*.xml")):
        found += _camt_statements(path)
    return found


def _camt_statements(path: Path) -> list[BankStatement]:
    """Each payment of an entry is a line, and so are charges that the bank took from one."""
    accounts = {row["IBAN"]: row["Code"] for row in read_step("setup")["Bank Accounts"] if row["IBAN"]}
    found = []
    for statement in ElementTree.parse(path).getroot().iterfind(".//{*}Stmt"):
        balances = {_text(each, "Tp/CdOrPrtry/Cd"): _signed(each) for each in statement.iterfind("{*}Bal")}
        lines = []
        for entry in statement.iterfind("{*}Ntry"):
            if (_text(entry, "Sts") or _text(entry, "Sts/Cd")) != "BOOK":
                continue
            day, whole = _text(entry, "BookgDt/Dt"), _signed(entry)
            amounts = [
                D(_text(detail, "Amt") or _text(detail, "AmtDtls/TxAmt/Amt")) * (1 if whole >= 0 else -1)
                for detail in entry.iterfind("{*}NtryDtls/{*}TxDtls")
            ] or [whole]
            lines += [(day, amount) for amount in amounts]
            if sum(amounts) != whole:
                lines.append((day, whole - sum(amounts)))
        account = accounts[_text(statement, "Acct/Id/IBAN")]
        found.append(BankStatement(account, balances["OPBD"], balances["CLBD"], lines))
    return found


def _text(element: Any, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def _signed(element: Any) -> Decimal:
    return D(_text(element, "Amt")) * (1 if _text(element, "CdtDbtInd") == "CRDT" else -1)


def read_steps() -> dict[str, dict[str, list[Any]]]:
    """Setup and the three months."""
    return {name: read_step(name) for name in sample_workbooks.STEPS}


def books_of_workbooks(posted: Mapping[str, Mapping[int, bool]] | None = None) -> dict[str, Month]:
    """What the books must hold, worked out from the workbooks' own cells."""
    return expected_books(read_steps(), sample_workbooks.answers()["statements"], posted)
