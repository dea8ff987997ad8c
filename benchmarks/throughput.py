"""What one run costs, stage by stage, beside the floors of its building blocks on the same data.

    python benchmarks/throughput.py --lines 30000 [--no-pdf]

A company with N order lines is made: three lines an order, every order shipped and invoiced, and one payment
an order on the bank statement, with the reference of its invoice. The run goes through the same code as
`salesbatch run`. Then the same work is done by the bare libraries on the same data: python-calamine reads the
same workbooks, sqlite3 inserts the same rows under the same indexes, XlsxWriter writes the same cells, fpdf2
draws one-page invoices with core fonts. A ratio says how many times the floor our code costs.

CPU time includes child processes. The last line is for a script: name=value pairs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MONTH = (2026, 10)
NOON = "2026-12-31T12:00:00+00:00"
POSTING_DATE = dt.date(2026, 10, 31)
FIRST_INVOICE = 103001
LINES_A_FILE = 300_000
PDF_SAMPLE = 300


# The clock ------------------------------------------------------------------------------------------------


@dataclass
class Cost:
    """CPU and wall seconds, and the largest memory of the process tree in MB."""

    cpu: float = 0.0
    wall: float = 0.0
    peak_mb: float = 0.0


@dataclass
class StageClock:
    """Handed to a run as `stages`: the run wraps each of its stages in `stage(name)`.

    A stage inside another one counts for itself only.
    """

    costs: dict[str, Cost] = field(default_factory=dict)
    inner: list[Cost] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what the block costs to the stage."""
        cost = self.costs.setdefault(name, Cost())
        self.inner.append(Cost())
        with measured() as block:
            yield
        inner = self.inner.pop()
        cost.cpu += block.cpu - inner.cpu
        cost.wall += block.wall - inner.wall
        cost.peak_mb = max(cost.peak_mb, block.peak_mb)
        if self.inner:
            self.inner[-1].cpu += block.cpu
            self.inner[-1].wall += block.wall


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure a block; the cost is filled in when it ends."""
    cost = Cost()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            cost.peak_mb = max(cost.peak_mb, tree_mb(os.getpid()))
            done.wait(0.05)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    cpu, wall = cpu_seconds(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.cpu, cost.wall = cpu_seconds() - cpu, time.perf_counter() - wall
        done.set()
        watcher.join()


def cpu_seconds() -> float:
    """Of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def tree_mb(process: int) -> float:
    """Resident memory of a process and its children; 0 on a system that does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(tree_mb(int(child)) for child in children)


# The company ----------------------------------------------------------------------------------------------


def write_workbook(path: Path, sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> None:
    """Captions and rows of each sheet, dates as dates."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        path,
        {"constant_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"},
    )
    for name, (captions, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, captions)
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, position, value)
                elif isinstance(value, (int, float, Decimal)):
                    sheet.write_number(number, position, value)
                elif value is not None:
                    sheet.write_string(number, position, str(value))
    book.close()


def write_setup(inbox: Path) -> None:
    """The setup of the sample company."""
    from sample_workbooks.company import setup_tables

    sheets = {}
    for name, rows in setup_tables().items():
        captions = tuple(dict.fromkeys(caption for row in rows for caption in row))
        sheets[name.replace("/", "")] = (
            captions,
            [[row.get(caption) for caption in captions] for row in rows],
        )
    write_workbook(inbox / "Setup.xlsx", sheets)


def price(item: int) -> int:
    """Whole kronor, a multiple of 4, so that 25 % VAT is whole kronor too."""
    return 4 * (5 + item % 200)


def lines_of(order: int) -> list[tuple[int, int]]:
    """Three lines: (item, quantity)."""
    return [((order * 7 + 13 * line) % 500, 1 + (order + line) % 9) for line in range(3)]


def day_of(order: int, orders: int) -> dt.date:
    """Later orders have later days, so that the numbers of the invoices follow the orders."""
    return dt.date(*MONTH, 1 + order * 25 // orders)


def write_input(inbox: Path, orders: int) -> None:
    """Customers, items, orders and the bank statement."""
    from sample_workbooks.tables import ocr_number

    write_workbook(
        inbox / "Customers.xlsx",
        {
            "Customers": (
                ("No.", "Name", "Address", "Post Code", "City", "Country Code", "Template"),
                (
                    (
                        f"C{i:07d}",
                        f"Kund {i:07d} AB",
                        f"Storgatan {i % 99 + 1}",
                        "903 26",
                        "Umeå",
                        "SE",
                        "FORETAG",
                    )
                    for i in range(orders)
                ),
            )
        },
    )
    write_workbook(
        inbox / "Items.xlsx",
        {
            "Items": (
                ("No.", "Description", "Unit of Measure", "Unit Price", "Gen. Prod. Posting Group",
                 "VAT Prod. Posting Group", "Inventory"),
                (
                    (f"A{i:04d}", f"Artikel {i:04d}", "ST", price(i), "GOODS", "GOODS25", 10**7)
                    for i in range(500)
                ),
            )
        },
    )  # fmt: skip
    a_file = LINES_A_FILE // 3
    for part, start in enumerate(range(0, orders, a_file), start=1):
        rows = (
            (
                f"S{order:07d}", f"C{order:07d}", day_of(order, orders), day_of(order, orders),
                f"PO-{order:07d}", (line + 1) * 10000, f"A{item:04d}", f"Artikel {item:04d}", quantity, "ST",
                price(item), "Ship and Invoice",
            )
            for order in range(start, min(start + a_file, orders))
            for line, (item, quantity) in enumerate(lines_of(order))
        )  # fmt: skip
        captions = (
            "No.", "Customer No.", "Order Date", "Posting Date", "External Document No.", "Line No.",
            "Item No.", "Description", "Quantity", "Unit of Measure", "Unit Price", "Action",
        )  # fmt: skip
        write_workbook(inbox / f"Orders {part}.xlsx", {"Orders": (captions, rows)})
    payments = (
        (
            "BANK", "1", dt.date(*MONTH, 27 + order % 4), total_of(order), "Bankgirobetalning",
            f"KUND {order:07d} AB", ocr_number(str(FIRST_INVOICE + order)),
        )
        for order in range(orders)
    )  # fmt: skip
    captions = ("Bank Account", "Statement No.", "Date", "Amount", "Text", "Payer Name", "Payment Reference")
    write_workbook(inbox / "Bank.xlsx", {"Bank Statement": (captions, payments)})


def total_of(order: int) -> int:
    """What the invoice of the order comes to with 25 % VAT."""
    return sum(price(item) * quantity for item, quantity in lines_of(order)) * 5 // 4


# The floors -----------------------------------------------------------------------------------------------


def floor_read(paths: Sequence[Path]) -> Cost:
    """Bare python-calamine: every cell of the same files as Python values."""
    from python_calamine import CalamineWorkbook

    with measured() as cost:
        for path in paths:
            book = CalamineWorkbook.from_path(str(path))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
    return cost


def floor_insert(database: Path, target: Path) -> tuple[Cost, int]:
    """Bare sqlite3: the same rows into the same tables with the same indexes, in one transaction."""
    source = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    made = [row[0] for row in source.execute(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"
    )]  # fmt: skip
    tables = [row[0] for row in source.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )]  # fmt: skip
    rows = {name: source.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    source.close()
    books = sqlite3.connect(target, isolation_level=None)
    books.execute("PRAGMA journal_mode = WAL")
    books.execute("PRAGMA synchronous = FULL")
    for statement in made:
        books.execute(statement)
    with measured() as cost:
        books.execute("BEGIN IMMEDIATE")
        for name, content in rows.items():
            if content:
                books.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(content[0]))})', content)
        books.execute("COMMIT")
    books.close()
    return cost, sum(map(len, rows.values()))


def floor_write(paths: Sequence[Path], target: Path) -> tuple[Cost, int]:
    """Bare XlsxWriter in constant memory: the same cells, numbers as numbers and texts as texts."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    total, count = Cost(), 0
    for number, path in enumerate(paths):
        source = CalamineWorkbook.from_path(str(path))
        sheets = [source.get_sheet_by_name(name).to_python() for name in source.sheet_names]
        with measured() as cost:
            book = xlsxwriter.Workbook(target / f"floor {number}.xlsx", {"constant_memory": True})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for rows in sheets:
                sheet = book.add_worksheet()
                for row_number, row in enumerate(rows):
                    for position, value in enumerate(row):
                        if isinstance(value, (float, int)):
                            sheet.write_number(row_number, position, value)
                        elif isinstance(value, dt.date):
                            sheet.write_datetime(row_number, position, value, day)
                        elif value != "":
                            sheet.write_string(row_number, position, str(value))
            book.close()
        count += sum(1 for rows in sheets for row in rows for value in row if value != "")
        total.cpu += cost.cpu
        total.wall += cost.wall
        total.peak_mb = max(total.peak_mb, cost.peak_mb)
    return total, count


def floor_pdf(count: int) -> Cost:
    """Bare fpdf2: one-page invoices of ten lines, cell by cell, core font; nothing is written to disk."""
    from fpdf import FPDF

    with measured() as cost:
        for number in range(count):
            pdf = FPDF()
            pdf.set_creation_date(dt.datetime(2026, 10, 31, tzinfo=dt.UTC))
            pdf.add_page()
            pdf.set_font("Helvetica", size=16)
            pdf.cell(0, 10, f"Invoice {FIRST_INVOICE + number}", new_x="LMARGIN", new_y="NEXT")
            pdf.set_font("Helvetica", size=9)
            for text in (
                "Kund 0000001 AB",
                "Storgatan 14",
                "903 26 Umeå",
                "Due date 2026-11-30",
                "Reference 1030016",
            ):
                pdf.cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
            for line in range(10):
                for width, text in (
                    (20, f"A{line:04d}"),
                    (80, f"Artikel {line:04d}"),
                    (20, "3 ST"),
                    (25, "24.00"),
                    (25, "72.00"),
                ):
                    pdf.cell(width, 5, text)
                pdf.ln()
            for label, amount in (("Net", "720.00"), ("VAT 25 %", "180.00"), ("To pay", "900.00")):
                pdf.cell(145, 5, label, align="R")
                pdf.cell(25, 5, amount, align="R", new_x="LMARGIN", new_y="NEXT")
            pdf.output()
    return cost


# The report -----------------------------------------------------------------------------------------------


def main() -> int:
    """Make the company, run it, measure the floors, print both."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--lines", type=int, default=30_000, help="order lines (three an order)")
    parser.add_argument("--no-pdf", action="store_true", help="leave the PDFs out")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw PDFs")
    parser.add_argument("--keep", type=Path, help="make the company here and keep it")
    wanted = parser.parse_args()
    orders = max(wanted.lines // 3, 1)
    with tempfile.TemporaryDirectory(prefix="throughput-") as scratch:
        root = wanted.keep or Path(scratch) / "company"
        return measure(root, Path(scratch), orders, pdf=not wanted.no_pdf, workers=wanted.workers)


def measure(root: Path, scratch: Path, orders: int, *, pdf: bool, workers: int) -> int:
    """One benchmark in the company folder `root`; floors work in `scratch`."""
    from salesbatch.batch import RunOptions, run_folder
    from salesbatch.folder import CompanyFolder

    place = CompanyFolder(root)
    place.create()
    write_setup(place.inbox)
    started = run_folder(root, RunOptions(dt.date(*MONTH, 1), NOON, pdf=False))
    if started.exit_code:
        print("\n".join(item.message() for item in started.findings[:20]), file=sys.stderr)
    write_input(place.inbox, orders)
    inputs = scratch / "inputs"
    inputs.mkdir()
    for path in place.inbox.iterdir():
        (inputs / path.name).write_bytes(path.read_bytes())

    clock = StageClock()
    with measured() as whole:
        result = run_folder(root, RunOptions(POSTING_DATE, NOON, pdf=False, stages=clock))
        if pdf:  # The next run draws what this one left out, so that the PDFs are a stage of their own.
            with clock.stage("pdf"):
                run_folder(root, RunOptions(POSTING_DATE, NOON, workers=workers))
    told = ", ".join(f"{name} {count}" for name, count in result.counts.items())
    print(f"{orders * 3} lines, {orders} orders: exit code {result.exit_code}; {told}")
    for item in result.findings[:5]:
        print(f"  {item.severity}: {item.place.source} {item.cell} {item.message()}")

    invoices = len(list(place.outbox.rglob("*.pdf"))) if pdf else 0
    read = floor_read(sorted(inputs.iterdir()))
    insert, rows = floor_insert(place.database, scratch / "floor.db")
    write, cells = floor_write(sorted(place.ledgers.glob("*.xlsx")), scratch)
    drawn = floor_pdf(PDF_SAMPLE)
    print_report(clock, whole, {"read": (read, "python-calamine, the same files"),
                                "commit": (insert, f"sqlite3, the same {rows} rows"),
                                "write": (write, f"XlsxWriter, the same {cells} cells"),
                                "pdf": (drawn, f"fpdf2, {PDF_SAMPLE} core-font invoices")})  # fmt: skip
    floors = read.cpu + insert.cpu + write.cpu
    pdf_cpu = sum(cost.cpu for name, cost in clock.costs.items() if "pdf" in name.lower())
    others = sum(cost.cpu for name, cost in clock.costs.items() if "pdf" not in name.lower())
    decide = sum(cost.cpu for name, cost in clock.costs.items() if "decide" in name.lower())
    each = pdf_cpu / invoices * 1000 if invoices else float("nan")
    peak = max([whole.peak_mb, *(cost.peak_mb for cost in clock.costs.values())])
    floor_each = drawn.cpu / PDF_SAMPLE * 1000
    print(
        f"lines={orders * 3} ratio_without_pdf={others / floors:.2f} ratio_decide={decide / read.cpu:.2f}"
        f" ratio_pdf={each / floor_each:.2f} peak_mb={peak:.0f} ms_per_invoice={each:.2f}"
    )
    return 0 if result.exit_code == 0 else 1


def print_report(clock: StageClock, whole: Cost, floors: dict[str, tuple[Cost, str]]) -> None:
    """Stages and floors as a table."""
    print(f"\n{'stage':<12}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}")
    for name, cost in [*clock.costs.items(), ("whole run", whole)]:
        print(f"{name:<12}{cost.cpu:>9.2f}{cost.wall:>9.2f}{cost.peak_mb:>9.0f}")
    print(f"\n{'floor':<12}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}")
    for name, (cost, what) in floors.items():
        print(f"{name:<12}{cost.cpu:>9.2f}{cost.wall:>9.2f}{cost.peak_mb:>9.0f}  {what}")
    print()


if __name__ == "__main__":
    sys.exit(main())
