"""Breaks the disk under the program at every call, kills it, lets it race, and says what was wrong afterwards.

    python tests/faults                     all parts, every point: what `make faults` does
    python tests/faults matrix --every 20   one part, every 20th point
    python tests/faults --help

Exit code 0 when nothing was wrong. The tables are Markdown; --json keeps the same figures for another program.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import shim
from shim import Fault

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1:3]]  # For office and salesbatch.
PARTS = ("matrix", "first-day", "kills", "broken", "together", "disks")
NEED_SHIM = ("matrix", "first-day", "broken")
WRITES = ("write", "pwrite")
SHOWN = 12


def main() -> int:
    """All parts that were asked for."""
    options = _options()
    wanted = options.parts or PARTS
    reason = shim.why_not()
    if not reason and "LD_PRELOAD" not in os.environ:  # A process must be started with the shim to have it.
        os.environ.update(LD_PRELOAD=str(shim.build()), OPENBLAS_NUM_THREADS="1", PYTHONHASHSEED="0")
        os.execv(sys.executable, [sys.executable, *sys.argv])
    report: dict[str, Any] = {"seed": options.seed, "parts": {}, "skipped": {}, "wrong": []}
    with tempfile.TemporaryDirectory(prefix="salesbatch-faults-", dir=options.folder) as folder:
        benches: dict[str, Any] = {}
        for part in wanted:
            why = _why_not(part, reason)
            if why:
                report["skipped"][part] = why
                print(f"{part}: skipped, {why}")
                continue
            kind = "first" if part == "first-day" else "day"
            if kind not in benches:
                benches[kind] = _bench(Path(folder).resolve() / kind, options, first_day=kind == "first")
            began = time.monotonic()
            rows, wrong = RUN[part](benches[kind], options)
            seconds = round(time.monotonic() - began, 1)
            report["parts"][part] = {"rows": rows, "seconds": seconds}
            report["wrong"] += [f"{part}: {words}" for words in wrong]
            _show(f"{part}, {seconds} s", rows)
    print(f"\nwrong={len(report['wrong'])}")
    for words in report["wrong"][:SHOWN]:
        print(f"  {words}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    return 1 if report["wrong"] else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/faults", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--every", type=int, default=1, help="try every so-manieth point of the matrix")
    parser.add_argument(
        "--every-broken", type=int, default=0, help="of broken variants; 0: the one fault named for each"
    )
    parser.add_argument("--faults", default="1,2,3,4,5,6,7", help="numbers of faults, see shim.py")
    parser.add_argument("--kills", type=int, default=1000, help="random kills")
    parser.add_argument("--processes", default="2,4,8", help="how many at once")
    parser.add_argument("--drops", type=int, default=2, help="files that each of them drops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--distinct", action="store_true", help="faults that leave the same rows and files share one next run"
    )
    parser.add_argument(
        "--quick", action="store_true", help="of broken variants and disks only what shows that they are seen"
    )
    parser.add_argument("--whole", action="store_true", help="read, decide and draw anew in every run")
    parser.add_argument(
        "--folder", help="where to work; a memory disk is fastest, the shim is the disk that forgets"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")
    return options


def _why_not(part: str, reason: str) -> str:
    if part == "disks":
        import disks

        return disks.why_not()
    return reason if part in NEED_SHIM else ""


def _bench(place: Path, options: argparse.Namespace, *, first_day: bool) -> Any:
    from harness import Bench

    place.mkdir()
    return Bench(place, first_day=first_day, remember=not options.whole)


# The parts -------------------------------------------------------------------------------------------------------

Rows = list[dict[str, Any]]


def matrix(bench: Any, options: argparse.Namespace) -> tuple[Rows, list[str]]:
    """Every kind of fault at every point; the last point of a power loss is after the run has said 'done'."""
    from harness import spread

    kinds = [Fault(int(number)) for number in options.faults.split(",")]
    chance = random.Random(options.seed)
    calls = Counter(line.split()[0] for line in bench.points)
    print(f"{len(bench.points)} points: " + ", ".join(f"{n} {call}" for call, n in calls.most_common()))
    rows, wrong = [], []
    for fault in kinds:
        points = list(range(1, len(bench.points) + 1))
        if fault == Fault.TORN:
            points = [point for point in points if bench.points[point - 1].split()[0] in WRITES]
        if fault in (Fault.POWER_ALL, Fault.POWER_HALF):
            points.append(len(bench.points) + 1)
        tasks = [
            (point, chance.randrange(2**32))
            for point in points[chance.randrange(options.every) :: options.every]
        ]

        bench.distinct = options.distinct

        def work(task: tuple[int, int], fault: Fault = fault) -> tuple[str, list[str]]:
            trial = bench.try_fault(fault, *task)
            return trial.ended, list(trial.wrong)

        if fault == Fault.SAVED_OVER:
            bench.remember_saved_over()
        began = time.monotonic()
        found = list(spread(tasks, options.jobs, work))
        ended = Counter("clean error" if end[0].isupper() else end for _, (end, _) in found)
        bad = [(task, faults) for task, (_, faults) in found if faults]
        wrong += [
            f"{fault.words} at {point} (seed {seed}): {'; '.join(faults)}" for (point, seed), faults in bad
        ]
        rows.append(_row(fault.words, len(found), ended, len(bad), time.monotonic() - began))
        print(f"  {rows[-1]}", file=sys.stderr, flush=True)
    return rows, wrong


def kills(bench: Any, options: argparse.Namespace) -> tuple[Rows, list[str]]:
    """Chains of one to five runs that are killed at any moment."""
    import drop
    from harness import in_child, spread

    root = bench.folder()
    began = time.monotonic()
    in_child(lambda: drop.run(root))
    longest = 0.8 * (time.monotonic() - began)
    bench.away(root)
    chance = random.Random(options.seed)
    killed, chains, bad, wrong = 0, 0, 0, []
    began = time.monotonic()
    while killed < options.kills:
        seeds = [chance.randrange(2**32) for _ in range(max(options.jobs, (options.kills - killed) // 4))]

        def work(seed: int) -> tuple[int, list[str]]:
            trial = bench.kill_chain(random.Random(seed), longest)
            return trial.point, list(trial.wrong)

        for seed, (number, faults) in spread(seeds, options.jobs, work):
            killed, chains, bad = killed + number, chains + 1, bad + bool(faults)
            wrong += [f"chain {seed}: {'; '.join(faults)}"] if faults else []
        print(f"  {killed} killed in {chains} chains, {bad} wrong", file=sys.stderr, flush=True)
    row = _row(
        f"random kills in {chains} chains", killed, Counter(killed=killed), bad, time.monotonic() - began
    )
    return [row], wrong


def broken(bench: Any, options: argparse.Namespace) -> tuple[Rows, list[str]]:
    """Each broken variant must be caught by what it leaves behind, and the real program must pass the same fault."""
    from broken import VARIANTS
    from harness import ENDS, spread

    rows, wrong = [], []
    step = options.every_broken
    points = list(range(1, len(bench.points) + 2))[:: step or 1] if step else []

    def work(number: int) -> tuple[bool, bool, int, int]:
        variant = VARIANTS[number]
        checks = (
            [] if options.quick else [(Fault.CALM, 0, variant.put_in), (variant.fault, variant.sign, None)]
        )
        clean = [not bench.try_fault(fault, at, broken=put_in).wrong for fault, at, put_in in checks]
        calm, real = clean or (True, True)
        tried = [
            bench.try_fault(variant.fault, point, broken=variant.put_in) for point in [variant.sign, *points]
        ]
        # A variant that only crashes no longer breaks its rule: that it is seen shows nothing.
        return calm, real, sum(bool(trial.wrong) and trial.ended in ENDS for trial in tried), len(tried)

    for number, (calm, real, caught, tried) in sorted(spread(list(range(len(VARIANTS))), options.jobs, work)):
        variant = VARIANTS[number]
        rows.append(
            {
                "broken rule": variant.name,
                "fault": variant.fault.words,
                "tried": tried,
                "caught": caught,
            }
        )
        wrong += [] if caught else [f"{variant.name} is not caught"]
        wrong += [] if calm else [f"{variant.name} shows without a fault"]
        wrong += [] if real else [f"the real program fails where '{variant.name}' should"]
    return rows, wrong


def together(bench: Any, options: argparse.Namespace) -> tuple[Rows, list[str]]:
    """Several processes on one folder, and on one book."""
    import together as race

    rows, wrong = [], []
    for processes in map(int, options.processes.split(",")):
        for name, race_on, more in (
            ("one folder", race.one_folder, ()),
            ("one folder, some killed", race.one_folder, (processes,)),
            ("one book", race.one_book, ()),
        ):
            began = time.monotonic()
            bad, counts = race_on(bench, processes, options.drops, *more)
            rows.append(
                {
                    "on": name,
                    "processes": processes,
                    "documents": 2 * processes * options.drops,
                    "counts": " ".join(f"{key}: {count}" for key, count in counts.items()),
                    "wrong": len(bad),
                    "seconds": round(time.monotonic() - began, 1),
                }
            )
            wrong += [f"{processes} on {name}: {words}" for words in bad]
    return rows, wrong


def small_disks(bench: Any, options: argparse.Namespace) -> tuple[Rows, list[str]]:
    """Full and read-only disks."""
    import disks

    rows, wrong = [], []
    both = [(place, state) for place in disks.PLACES for state in disks.STATES]
    for place, state in both[::5] if options.quick else both:
        bad = disks.try_disk(bench, place, state)
        rows.append({"disk of": place, "state": state, "wrong": len(bad)})
        wrong += [f"{place} {state}: {words}" for words in bad]
    return rows, wrong


RUN: dict[str, Callable[[Any, argparse.Namespace], tuple[Rows, list[str]]]] = {
    "matrix": matrix,
    "first-day": matrix,
    "kills": kills,
    "broken": broken,
    "together": together,
    "disks": small_disks,
}


def _row(name: str, runs: int, ended: Counter[str], wrong: int, seconds: float) -> dict[str, Any]:
    return {
        "fault": name,
        "runs": runs,
        "ended": ", ".join(f"{count} {how}" for how, count in sorted(ended.items())),
        "wrong": wrong,
        "seconds": round(seconds, 1),
        "runs a second": round(runs / seconds, 2) if seconds else 0,
    }


def _show(title: str, rows: Sequence[dict[str, Any]]) -> None:
    print(f"\n{title}\n")
    lines: Iterable[Iterable[object]] = [
        rows[0].keys(),
        ["---"] * len(rows[0]),
        *(row.values() for row in rows),
    ]
    for line in lines:
        print("| " + " | ".join(map(str, line)) + " |")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
