"""`make fuzz RUNS=5000 SEED=1`: thousands of mutated files through the whole program.

Files go in drops of eighty, each with a good neighbour; a drop in which something is wrong is halved until the file
that did it is found and kept. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from fuzz.drops import make_company, sent_back
from fuzz.judge import Verdict, blame, calm_books, judge, scratch_folder
from fuzz.mutate import Mutant, mutant

AT_ONCE = 80
SLOW = 20
"""A drop that takes so many seconds of processor time is halved too: one file of it may take more than ten."""
COMPARED = 6
"""Every so many drops, the books are compared with those of a run without the rejected files."""


class Fuzzing:
    """Counts, and what was found."""

    def __init__(self, company: Path, seed: int, keep: Path | None) -> None:
        self.company = company
        self.seed = seed
        self.keep = keep
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.found: list[str] = []
        self.slowest = 0.0
        self.scratch = scratch_folder()
        self.good = sent_back(company)
        self.calm = calm_books(company, self.scratch)

    def drop(self, number: int) -> None:
        """One drop of mutated files. Its files follow from seed and number alone, so that it can be repeated."""
        random = Random(f"{self.seed} {number}")
        mutants = [
            mutant(slot, random, self.good) for slot in range(number * AT_ONCE, (number + 1) * AT_ONCE)
        ]
        # Setup that was changed may rightly change what becomes of its neighbours, so it is dropped alone.
        together = [item for item in mutants if not item.common and item.content]
        drops = [together, *([item] for item in mutants if item.common and item.content)]
        for files in drops:
            self._judge(number, files)

    def _judge(self, number: int, mutants: list[Mutant]) -> None:
        files = {item.name: item.content for item in mutants}
        common = [item.name for item in mutants if item.common]
        verdict = judge(
            self.company,
            files,
            neighbour=not common,
            compare=number % COMPARED == 0 or len(files) == 1,
            seconds=120,
            scratch=self.scratch,
            calm=self.calm,
        )
        self.slowest = max(self.slowest, verdict.cpu)
        self.outcomes.update(verdict.outcomes.values())
        if not verdict.breaches and verdict.cpu < SLOW:
            return
        alone = blame(self.company, files, common, self.scratch)
        if verdict.breaches and not alone:
            self._tell(number, "all together", verdict, mutants)
        for name, found in alone.items():
            self._tell(number, name, found, [item for item in mutants if item.name == name])

    def _tell(self, number: int, name: str, verdict: Verdict, mutants: list[Mutant]) -> None:
        how = mutants[0].how if len(mutants) == 1 else f"{len(mutants)} files"
        self.found.append(
            f"seed {self.seed} drop {number}: {name} ({how})\n  " + "\n  ".join(verdict.breaches)
        )
        print(self.found[-1], file=sys.stderr, flush=True)
        if self.keep:
            for item in mutants:
                digest = hashlib.sha256(item.content).hexdigest()[:8]
                path = self.keep / f"{number}-{digest}" / item.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(item.content)


def main() -> int:
    """Parse the command line, fuzz, and print what came of it; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5000, help="mutated files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first drop, to repeat one")
    parser.add_argument("--keep", type=Path, help="folder for the files that were found")
    given = parser.parse_args()
    started = time.monotonic()
    base = Path(tempfile.mkdtemp(dir=scratch_folder()))
    try:
        fuzzing = Fuzzing(make_company(base / "company"), given.seed, given.keep)
        number = given.first
        while sum(fuzzing.outcomes.values()) < given.runs:
            fuzzing.drop(number)
            number += 1
            if number % 5 == 0:
                print(_line(fuzzing, number, started), file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(base)
    print(_line(fuzzing, number, started))
    return 1 if fuzzing.found else 0


def _line(fuzzing: Fuzzing, drops: int, started: float) -> str:
    total, seconds = sum(fuzzing.outcomes.values()), time.monotonic() - started
    counts = " ".join(
        f"{name}={fuzzing.outcomes[name]}" for name in ("accepted", "partly", "rejected", "nothing")
    )
    return (
        f"seed={fuzzing.seed} files={total} drops={drops} {counts} found={len(fuzzing.found)}"
        f" slowest_drop_cpu_s={fuzzing.slowest:.1f} files_per_s={total / seconds:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
