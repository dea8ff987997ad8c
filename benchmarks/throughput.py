"""What one run costs, stage by stage, beside the floors of its building blocks on the same data.

    python benchmarks/throughput.py --lines 30000 [--no-pdf]

A company with N order lines is made: three lines an order, every order shipped and invoiced, and one payment
an order on the bank statement, with the reference of its invoice. The run goes through the same code as
`salesbatch run`. Then the same work is done by the bare libraries on the same data: python-calamine reads the
same workbooks, sqlite3 inserts the same rows under the same indexes, XlsxWriter writes the same cells, fpdf2
draws one-page invoices with core fonts. A ratio says how many times the floor our code costs.

The run and every floor have a fresh process each. CPU time and memory include child processes; CPU time is what
counts, because it depends least on what else the machine does. The last line is for a script: name=value pairs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing import get_context
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

    def add(self, other: Cost) -> None:
        """Another cost that came after this one."""
        self.cpu += other.cpu
        self.wall += other.wall
        self.peak_mb = max(self.peak_mb, other.peak_mb)


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


def write_input(inbox: Path, orders: int) -> None:
    """Customers, items, orders and the bank statement."""
    write_master(inbox, orders)
    write_trade(inbox, range(orders), orders)


def write_master(inbox: Path, customers: int) -> None:
    """Customers and 500 items."""
    write_workbook(
        inbox / "Customers.xlsx",
        {
            "Customers": (
                ("No.", "Name", "Address", "Post Code", "City", "Country Code", "Template"),
                (
                    (f"C{i:07d}", f"Kund {i:07d} AB", f"Storgatan {i % 99 + 1}", "903 26", "Umeå", "SE", "FORETAG")
                    for i in range(customers)
                ),
            )
        },
    )  # fmt: skip
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


def write_trade(inbox: Path, orders: range, customers: int, first_invoice: int = FIRST_INVOICE) -> None:
    """Orders, and the bank statement that pays each in full. Later orders have later days, so that the numbers
    of the invoices follow the orders: order 0 becomes first_invoice."""
    from sample_workbooks.tables import ocr_number

    captions = (
        "No.", "Customer No.", "Order Date", "Posting Date", "External Document No.", "Line No.",
        "Item No.", "Description", "Quantity", "Unit of Measure", "Unit Price", "Action",
    )  # fmt: skip
    days = [dt.date(*MONTH, 1 + place * 25 // len(orders)) for place in range(len(orders))]
    a_file = LINES_A_FILE // 3
    for part, start in enumerate(range(0, len(orders), a_file), start=1):
        rows = (
            (
                f"S{order:07d}", f"C{order % customers:07d}", day, day, f"PO-{order:07d}", (line + 1) * 10000,
                f"A{item:04d}", f"Artikel {item:04d}", quantity, "ST", price(item), "Ship and Invoice",
            )
            for order, day in zip(orders[start : start + a_file], days[start : start + a_file])
            for line, (item, quantity) in enumerate(lines_of(order))
        )  # fmt: skip
        write_workbook(inbox / f"Orders {part}.xlsx", {"Orders": (captions, rows)})
    payments = (
        (
            "BANK", str(1 + orders.start), dt.date(*MONTH, 27 + order % 4), total_of(order), "Bankgirobetalning",
            f"KUND {order % customers:07d} AB", ocr_number(str(first_invoice + order)), f"T{order:08d}",
        )
        for order in orders
    )  # fmt: skip
    captions = (
        "Bank Account", "Statement No.", "Date", "Amount", "Text", "Payer Name", "Payment Reference", "Transaction ID",
    )  # fmt: skip
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
    books = sqlite3.connect(target, isolation_level=None)
    books.execute("PRAGMA journal_mode = WAL")
    books.execute("PRAGMA synchronous = FULL")
    for statement in made:
        books.execute(statement)
    total, count = Cost(), 0
    for position, name in enumerate(tables):
        rows = source.execute(f'SELECT * FROM "{name}"').fetchall()
        gc.freeze()  # What is only held ready for the floor is not to cost it anything.
        with measured() as cost:
            if position == 0:
                books.execute("BEGIN IMMEDIATE")
            if rows:
                books.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
            if name == tables[-1]:
                books.execute("COMMIT")
        total.add(cost)
        count += len(rows)
    books.close()
    source.close()
    return total, count


def floor_write(paths: Sequence[Path], target: Path) -> tuple[Cost, int]:
    """Bare XlsxWriter in constant memory: the same cells, numbers as numbers and texts as texts."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    total, count = Cost(), 0
    for number, path in enumerate(paths):
        source = CalamineWorkbook.from_path(str(path))
        with measured() as cost:
            book = xlsxwriter.Workbook(target / f"floor {number}.xlsx", {"constant_memory": True})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
        total.add(cost)
        for name in source.sheet_names:
            rows = source.get_sheet_by_name(name).to_python()
            gc.freeze()
            with measured() as cost:
                sheet = book.add_worksheet()
                for row_number, row in enumerate(rows):
                    for position, value in enumerate(row):
                        if isinstance(value, (float, int)):
                            sheet.write_number(row_number, position, value)
                        elif isinstance(value, dt.date):
                            sheet.write_datetime(row_number, position, value, day)
                        elif value != "":
                            sheet.write_string(row_number, position, str(value))
            total.add(cost)
            count += sum(1 for row in rows for value in row if value != "")
        with measured() as cost:
            book.close()
        total.add(cost)
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


@dataclass(frozen=True)
class RunCost:
    """What a run cost: its stages, the whole of it, and what it said it did."""

    stages: dict[str, Cost]
    whole: Cost
    counts: dict[str, int]
    messages: list[str]
    exit_code: int


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a fresh process, so that nothing that another one left in memory costs it anything."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def run_company(root: Path, pdf: bool, workers: int) -> RunCost:
    """Run the folder, then draw its PDFs as a stage of their own: the next run draws what this one left out."""
    import salesbatch.rules  # Loaded before the clock starts, as the libraries of the floors are.  # noqa: F401
    from salesbatch.batch import RunOptions, run_folder

    clock = StageClock()
    with measured() as whole:
        result = run_folder(root, RunOptions(POSTING_DATE, NOON, pdf=False, stages=clock))
        if pdf:
            with clock.stage("pdf"):
                run_folder(root, RunOptions(POSTING_DATE, NOON, workers=workers))
    messages = [
        f"{item.severity}: {item.place.source} {item.cell} {item.message()}" for item in result.findings[:5]
    ]
    return RunCost(clock.costs, whole, dict(result.counts), messages, result.exit_code)


def start_company(root: Path) -> None:
    """A company folder with its setup taken in."""
    from salesbatch.batch import RunOptions, run_folder
    from salesbatch.folder import CompanyFolder

    place = CompanyFolder(root)
    place.create()
    write_setup(place.inbox)
    started = run_folder(root, RunOptions(dt.date(*MONTH, 1), NOON, pdf=False))
    if started.exit_code:
        raise SystemExit("\n".join(item.message() for item in started.findings[:20]))


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
    start_company(root)
    write_input(root / "inbox", orders)
    inputs = scratch / "inputs"
    shutil.copytree(root / "inbox", inputs)
    run: RunCost = apart(run_company, root, pdf, workers)
    told = ", ".join(f"{name} {count}" for name, count in run.counts.items() if count)
    print(f"{orders * 3} lines, {orders} orders: exit code {run.exit_code}; {told}")
    for message in run.messages:
        print(f"  {message}")

    reads = [apart(floor_read, sorted(inputs.iterdir())) for _ in range(3)]  # The shortest floor wavers most.
    read = sorted(reads, key=lambda cost: cost.cpu)[1]
    insert, rows = apart(floor_insert, root / "book.db", scratch / "floor.db")
    write, cells = apart(floor_write, sorted((root / "ledgers").glob("*.xlsx")), scratch)
    drawn = apart(floor_pdf, PDF_SAMPLE)
    print_report(
        run,
        {
            "read": (read, "python-calamine, the same files"),
            "commit": (insert, f"sqlite3, the same {rows} rows"),
            "write": (write, f"XlsxWriter, the same {cells} cells"),
            "pdf": (drawn, f"fpdf2, {PDF_SAMPLE} core-font invoices"),
        },
    )
    invoices = len(list((root / "outbox").rglob("*.pdf")))
    cpu = {name: cost.cpu for name, cost in run.stages.items()}
    each, floor_each = (cpu["pdf"] / invoices if invoices else float("nan")), drawn.cpu / PDF_SAMPLE
    figures = {
        "lines": orders * 3,
        "ratio_without_pdf": (run.whole.cpu - cpu.get("pdf", 0)) / (read.cpu + insert.cpu + write.cpu),
        "ratio_decide": cpu["decide"] / read.cpu,
        "ratio_pdf": each / floor_each,
        "peak_mb": round(run.whole.peak_mb),
        "ms_per_invoice": each * 1000,
        "ratio_read": cpu["read"] / read.cpu,
        "ratio_commit": cpu["commit"] / insert.cpu,
        "ratio_write": cpu["write"] / write.cpu,
        "cpu_without_pdf": run.whole.cpu - cpu.get("pdf", 0),
    }
    print(" ".join(f"{k}={v:.2f}" if isinstance(v, float) else f"{k}={v}" for k, v in figures.items()))
    return 0 if run.exit_code == 0 else 1


def print_report(run: RunCost, floors: dict[str, tuple[Cost, str]]) -> None:
    """Stages and floors as a table."""
    print(f"\n{'stage':<12}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}{'share':>8}")
    for name, cost in [*run.stages.items(), ("whole run", run.whole)]:
        share = f"{cost.cpu / run.whole.cpu:.0%}"
        print(f"{name:<12}{cost.cpu:>9.2f}{cost.wall:>9.2f}{cost.peak_mb:>9.0f}{share:>8}")
    print(f"\n{'floor':<12}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}")
    for name, (cost, what) in floors.items():
        print(f"{name:<12}{cost.cpu:>9.2f}{cost.wall:>9.2f}{cost.peak_mb:>9.0f}  {what}")
    print()


if __name__ == "__main__":
    sys.exit(main())
