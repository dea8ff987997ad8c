"""`make tamper`: every small change of a small book, one after the other; `verify` must notice each of them."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tamper.changes import make_books, try_all


def main() -> int:
    """Try all changes, print the counts, and 1 when one was missed."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        counts, missed = try_all(make_books(Path(folder)))
    for kind, count in sorted(counts.items()):
        print(f"{kind:32} {count:6}")
    for change in missed:
        print("missed:", *change)
    refused = counts["refused by the database itself"]
    print(
        f"changes={counts.total() - refused} missed={len(missed)} refused={refused} cpu_s={time.process_time() - started:.0f}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
