"""`make corpus`: other projects' awkward workbooks and bank files, dropped into a small company.

None of them was made for this program, so that most are refused or say nothing to it; each must get a word, none
may stop a run, hang it, or leave half of something in the books. The files stand beside the project where there
are any (DATA, `../shared/data`); they are not part of it.
"""

from __future__ import annotations

import argparse
import collections
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fuzz.drops import make_company
from fuzz.judge import Verdict, blame, judge, scratch_folder

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
KINDS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xml", ".sta", ".txt", ".csv", ".ofx", ".qfx", ".qif")
FOLDERS = ("workbooks", "bank")
AT_ONCE = 12


def corpus_files(data: Path = DATA) -> list[Path]:
    """The files to drop, in the order of their names."""
    return sorted(
        path
        for folder in FOLDERS
        for path in (data / folder).rglob("*")
        if path.is_file() and path.suffix.lower() in KINDS and path.stat().st_size
    )


def judge_corpus(
    company: Path, files: list[Path], data: Path = DATA
) -> Iterator[tuple[list[str], Verdict, dict[str, Verdict]]]:
    """Drop the files a dozen at a time: names, verdict, and the verdicts of those that are wrong alone or slow."""
    scratch = scratch_folder()
    for first in range(0, len(files), AT_ONCE):
        drop = {
            path.relative_to(data).as_posix(): path.read_bytes() for path in files[first : first + AT_ONCE]
        }
        verdict = judge(company, drop, seconds=120, scratch=scratch)
        suspect = verdict.breaches or verdict.cpu > 10
        yield list(drop), verdict, blame(company, drop, scratch=scratch) if suspect else {}


def main() -> int:
    """Drop the whole corpus and print a line of what came of it; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args()
    files = corpus_files(given.data)
    if not files:
        print(f"there are no files under {given.data}")
        return 0
    outcomes: collections.Counter[str] = collections.Counter()
    kinds = collections.Counter(path.suffix.lower() for path in files)
    wrong, slowest, started = 0, 0.0, time.monotonic()
    base = Path(tempfile.mkdtemp(dir=scratch_folder()))
    try:
        company = make_company(base / "company")
        for names, verdict, alone in judge_corpus(company, files, given.data):
            outcomes.update(verdict.outcomes.values())
            slowest = max(slowest, verdict.cpu)
            if verdict.breaches:
                wrong += 1
                print(
                    names,
                    verdict.breaches,
                    *(f"{name}: {item.breaches}" for name, item in alone.items()),
                    sep="\n  ",
                )
    finally:
        shutil.rmtree(base)
    shown = " ".join(f"{name}={count}" for name, count in (*sorted(kinds.items()), *sorted(outcomes.items())))
    print(
        f"files={len(files)} {shown} wrong={wrong} slowest_drop_cpu_s={slowest:.1f} wall_s={time.monotonic() - started:.0f}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
