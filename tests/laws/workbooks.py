"""The ledger workbooks read back with openpyxl: what their sheets add up to is what the books hold (I11, I12)."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
from office import Office

COLUMNS = (
    ("Customer Ledger Entries", "Amount in SEK", "customer_ledger_entries", "amount_lcy"),
    ("Detailed Entries", "Amount in SEK", "detailed_entries", "amount_lcy"),
    ("GL Entries", "Amount", "gl_entries", "amount"),
    ("VAT Entries", "VAT Base", "vat_entries", "base"),
    ("VAT Entries", "Amount", "vat_entries", "amount"),
    ("Item Ledger Entries", "Quantity", "item_ledger_entries", "quantity"),
)
"""Sheet and column, export table and column."""
SMALLEST = Decimal("0.00001")
"""Excel keeps floats; quantities have five decimals, amounts two."""


def compare_workbooks(office: Office) -> int:
    """Compare every ledger workbook with the books; returns how many there are.

    Each sheet of movements adds up to the movements of its period, and all of them to the books. The customers'
    movements of all periods are what stands open in the last workbook: opening + movements = closing.
    """
    paths = sorted((office.root / "ledgers").glob("Ledger *.xlsx"))
    moved = Decimal(0)
    periods = {path.stem.split()[-1] for path in paths}
    tables = {name: office.table(name) for _, _, name, _ in COLUMNS}
    for name, rows in tables.items():
        assert set(rows["posting_date"].astype(str).str[:7]) <= periods, f"I12 {name}"
    receivables = Decimal(office.balance().get("1510", "0"))
    for path in paths:
        book = openpyxl.load_workbook(path, data_only=True)
        for sheet, caption, name, column in COLUMNS:
            rows = tables[name]
            mine = rows[rows["posting_date"].astype(str).str.startswith(path.stem.split()[-1])]
            assert _sum(book, sheet, caption) == sum(map(Decimal, mine[column]), Decimal(0)), (
                f"I12 {path.name} {sheet} {caption}"
            )
        moved += _sum(book, "Detailed Entries", "Amount in SEK")
        debit, credit = _sum(book, "GL Entries", "Debit"), _sum(book, "GL Entries", "Credit")
        assert debit == credit, "I12"
        said = [
            str(cell.value) for row in book["Summary"].iter_rows() for cell in row if cell.value is not None
        ]
        assert sum("agrees" in text for text in said) >= 3, "I11"
        assert not any("differ" in text for text in said), "I11"
    assert moved == receivables, "I11"
    last_drawn = max(paths, key=lambda path: path.stat().st_mtime_ns)
    book = openpyxl.load_workbook(last_drawn, data_only=True)
    assert _sum(book, "Open Entries", "Remaining in SEK") == receivables, "I11"
    return len(paths)


def _sum(book: openpyxl.Workbook, sheet: str, caption: str) -> Decimal:
    """Sum of a column of a sheet of ours: rows of data have a second cell that the total row has not."""
    head, *rows = book[sheet].iter_rows(values_only=True)
    column = head.index(caption)
    numbers = (row[column] for row in rows if row[0] and row[1] and not str(row[column]).startswith("="))
    return sum((Decimal(str(number)).quantize(SMALLEST) for number in numbers if number), Decimal(0))
