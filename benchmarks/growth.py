"""Whether a run costs by what it brings, and not by what the books hold.

    python benchmarks/growth.py [--history 300000]

A month of 100 orders is shipped, invoiced, paid and drawn three times: on books that hold nothing but setup,
customers and items, and on books that hold the paid invoices of earlier months beside that. The history is
posted straight into the books, as journals that pass all laws. The last line is for a script: name=value pairs.
How a single run grows with its lines is for throughput.py, called with --lines 10000 and --lines 100000.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ledger_commit import FACTS, selling_run
from throughput import (
    FIRST_INVOICE,
    NOON,
    POSTING_DATE,
    Cost,
    apart,
    measured,
    start_company,
    write_master,
    write_trade,
)

CUSTOMERS = 5000
INVOICES = 100
RUNS = 3
MONTHS = [f"2026-{month:02d}" for month in range(1, 10)]


def post_history(root: Path, invoices: int) -> None:
    """Orders, shipments, invoices and payments of earlier months, nothing of it open."""
    from salesbatch.core.inbox import Inbox
    from salesbatch.ledger import open_database, post, snapshot

    with open_database(root) as database:
        for month in MONTHS:
            books = snapshot(database, Inbox())
            journal = selling_run(books, invoices // len(MONTHS), per_document=1, paid=True, month=month)
            post(database, books, journal, run=FACTS)


def small_run(root: Path) -> tuple[Cost, list[str]]:
    """Take in and post what lies in the inbox, and draw everything."""
    from salesbatch.batch import RunOptions, run_folder

    with measured() as cost:
        result = run_folder(root, RunOptions(POSTING_DATE, NOON, workers=1))
    counts = result.counts
    whole = (counts["invoices"], counts["payments_applied"], result.exit_code) == (INVOICES, INVOICES, 0)
    return cost, [] if whole else [item.message() for item in result.findings[:5]] or [str(dict(counts))]


def small_runs(root: Path, history: int) -> list[Cost]:
    """The costs of the small runs one after the other, each in a fresh process."""
    costs = []
    for number in range(RUNS):
        orders = range(number * INVOICES, (number + 1) * INVOICES)
        write_trade(root / "inbox", orders, CUSTOMERS, FIRST_INVOICE + history)
        cost, problems = apart(small_run, root)
        if problems:
            raise SystemExit("\n".join(problems))
        costs.append(cost)
    return costs


def take_master(root: Path) -> None:
    """The customers and items that both books have."""
    from salesbatch.batch import RunOptions, run_folder

    write_master(root / "inbox", CUSTOMERS)
    run_folder(root, RunOptions(dt.date(2026, 10, 1), NOON))


def main() -> int:
    """Build both books, run on both, print both."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--history", type=int, default=300_000, help="invoices of earlier months")
    parser.add_argument("--verify", action="store_true", help="prove the books with the history too")
    wanted = parser.parse_args()
    found: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        for name, history in (("empty", 0), ("full", wanted.history // len(MONTHS) * len(MONTHS))):
            root = Path(scratch) / name
            start_company(root)
            take_master(root)
            if history:
                apart(post_history, root, history)
                print(
                    f"{history} invoices of earlier months, all paid: {(root / 'book.db').stat().st_size / 2**20:.0f} MB"
                )
            found[name] = small_runs(root, history)
            if history and wanted.verify:
                apart(prove, root)
    print(f"\n{'books':<9}{'CPU s of each run':>24}{'median':>9}{'peak MB':>9}")
    for name, costs in found.items():
        each = " ".join(f"{cost.cpu:.2f}" for cost in costs)
        print(f"{name:<9}{each:>24}{middle(costs):>9.2f}{max(cost.peak_mb for cost in costs):>9.0f}")
    empty, full = middle(found["empty"]), middle(found["full"])
    print(
        f"\nhistory={wanted.history} ratio_history={full / empty:.2f} cpu_empty={empty:.2f} cpu_full={full:.2f}"
    )
    return 0


def middle(costs: list[Cost]) -> float:
    """The CPU seconds of the run in the middle."""
    return median(cost.cpu for cost in costs)


def prove(root: Path) -> None:
    """All proofs of the books."""
    from salesbatch.ledger import open_database, verify

    with open_database(root) as database, measured() as cost:
        broken = verify(database)
    print(f"verify: {cost.cpu:.1f} s, {broken[:3] or 'proven'}")


if __name__ == "__main__":
    sys.exit(main())
