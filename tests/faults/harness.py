"""Runs the program under faults and compares what is left with an undisturbed run, byte for byte.

One process imports everything once; each trial is forked from it. The first child runs into the fault, the second
runs calmly after it, as the next run of the day would. Then every row of the books and every byte of every file must
be as after the calm run.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import drop
import shim
from remembering import Memory
from shim import Fault

HANG_SECONDS = 120
CLEAN_ERRORS = ("OSError", "PermissionError", "BooksDiskError", "FilesNotWrittenError")
"""How a run may end that met a broken disk."""
ENDS = ("killed", "done", *CLEAN_ERRORS)
"""How a run may end at all; anything else is a bug."""
State = dict[str, str]


@dataclass(frozen=True)
class Trial:
    """One fault and what came of it. ended: killed, done, or the name of the error."""

    fault: Fault
    point: int | str
    ended: str
    wrong: tuple[str, ...]
    seed: int = 1


class Bench:
    """A company at the morning of its day, and what it looks like after a calm run."""

    def __init__(self, place: Path, *, first_day: bool = False, remember: bool = True) -> None:
        self.place = place
        self.numbers = iter(range(10**9))
        self.morning = place / "morning"
        if first_day:
            drop.drop_first_day(self.morning)
        else:
            drop.make_company(self.morning)
            drop.drop_day(self.morning)
        self.version = place / "version" / "inbox" / "Sales.xlsx"
        drop.drop_new_version(self.version)
        self.new_sha256 = hashlib.sha256(self.version.read_bytes()).hexdigest()
        self.distinct = False
        self.known: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = {}
        self.memory = Memory()
        if remember:
            self.memory.put_in()
        calm = self.folder()
        drop.run(calm)  # In this process: imports, fonts and memory are there for all children.
        drop.run(calm)
        self.calm = state_of(calm)
        self._settle()

    def _settle(self) -> None:
        """What is there now is shared with all children: no collector need look at it again."""
        self.memory.unpack()
        gc.collect()
        gc.freeze()

    def folder(self) -> Path:
        """A company of one's own, at the morning."""
        root = self.place / f"company-{os.getpid()}-{next(self.numbers)}"
        shutil.copytree(self.morning, root)
        return root

    @functools.cached_property
    def points(self) -> list[str]:
        """The calls of a calm run, in order: 'rename ledgers/Run 000003.xlsx'."""
        root = self.folder()
        log = self.place / "calls.txt"
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

        def calm() -> None:
            shim.arm(root, Fault.CALM, log=handle)
            drop.run(root)

        ended = in_child(calm)
        os.close(handle)
        assert (ended, differences(self.calm, state_of(root))) == ("done", []), "the calm run is not the same"
        self.away(root)
        return log.read_text().splitlines()

    def remember_saved_over(self) -> None:
        """Have the answers ready for a new version that is there before the run reads, and for one that comes later."""
        for early in (True, False):
            root = self.folder()
            if not early:
                drop.run(root)
            shutil.copy2(self.version, root / "inbox")
            drop.run(root)
            self.away(root)
        self._settle()

    def try_fault(
        self, fault: Fault, point: int | str, seed: int = 1, broken: Callable[[], None] | None = None
    ) -> Trial:
        """One fault at one point, a calm run after it, and all that is wrong then.

        Point len(points) + 1 is after the last call, when the run has said that it is done.
        """
        root = self.folder()
        stash = root.with_name(f"{root.name}-stash")
        stash.mkdir()
        version = shutil.copy2(self.version, stash / "new-version")

        def disturbed() -> None:
            if broken:
                broken()
            shim.arm(
                root,
                fault,
                point,
                seed=seed,
                stash=stash,
                version=version,
                over=root / "inbox" / "Sales.xlsx",
            )
            drop.run(root)
            if fault in (Fault.POWER_ALL, Fault.POWER_HALF):
                shim.power_off()

        def calm() -> None:
            if broken:
                broken()
            drop.run(root)

        ended = in_child(disturbed)
        wrong = []
        if ended not in ENDS:
            wrong.append(f"the disturbed run ended with {ended}")
        if isinstance(point, int) and point > len(
            self.points
        ):  # It said that it was done: all must be there, with no help of another run.
            wrong += differences(self.calm, state_of(root))
        left = () if broken or not self.distinct else self._left_in(root)
        if not left or left not in self.known:
            self.known[left] = self._finish(root, fault, calm)
        self.away(root, stash)
        return Trial(fault, point, ended, (*wrong, *self.known[left]), seed)

    def _finish(self, root: Path, fault: Fault, calm: Callable[[], None]) -> tuple[str, ...]:
        """Let the next run finish what was left, and compare."""
        after = in_child(calm)
        wrong = [] if after == "done" else [f"the next run ended with {after}"]
        state = state_of(root)
        if fault != Fault.SAVED_OVER:
            wrong += differences(self.calm, state)
        elif self.new_sha256 not in state.values():
            wrong.append("the new version of an input is lost")
        return tuple(wrong)

    def _left_in(self, root: Path) -> tuple[tuple[str, str], ...]:
        """All that another run can see: bytes of the files, and rows of the books as SQLite recovers them in a copy."""
        copy = Path(shutil.copytree(root, root.with_name(f"{root.name}-copy")))
        state = state_of(copy)
        shutil.rmtree(copy)
        return tuple(sorted(state.items()))

    def kill_chain(
        self, chance: random.Random, seconds: float, broken: Callable[[], None] | None = None
    ) -> Trial:
        """One to five runs killed at random moments, one after another, and a calm one after them."""
        root = self.folder()
        killed = 0

        def run() -> None:
            if broken:
                broken()
            drop.run(root)

        for _ in range(chance.randint(1, 5)):
            killed += in_child(run, kill_after=chance.uniform(0, seconds)) == "killed"
        after = in_child(run)
        wrong = [] if after == "done" else [f"the next run ended with {after}"]
        wrong += differences(self.calm, state_of(root))
        self.away(root)
        return Trial(Fault.KILL, killed, "killed", tuple(wrong))

    def away(self, *paths: Path) -> None:
        """The trial is over."""
        for path in paths:
            shutil.rmtree(path)


def in_child(work: Callable[[], object], *, kill_after: float | None = None) -> str:
    """Do some work in a forked child. 'done', 'killed', 'hangs', or the name of the exception."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        ended = "done"
        signal.alarm(HANG_SECONDS)
        os.close(reader)
        try:
            work()
        except BaseException as error:
            ended = type(error).__name__
            if os.environ.get("FAULTS_SHOW"):
                traceback.print_exc()
        with contextlib.suppress(OSError):
            os.write(writer, ended.encode())
        os._exit(0)
    os.close(writer)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)  # It is not waited for yet, so the number is still its own.
    said = os.read(reader, 200).decode()
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if said:
        return said
    if os.WIFEXITED(status):
        return f"exit {os.WEXITSTATUS(status)}"
    return "hangs" if os.WTERMSIG(status) == signal.SIGALRM else "killed"


def state_of(root: Path) -> State:
    """SHA-256 of every file, and of the rows of every table of the books.

    The lock file is left out: what stands in it says who holds the folder, and binds nobody when he is gone.
    """
    state = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(("book.db", ".lock"))
    }
    if (root / "book.db").exists():
        with contextlib.closing(sqlite3.connect(root / "book.db")) as books:
            tables = books.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            for (table,) in tables:
                rows = sorted(map(repr, books.execute(f"SELECT * FROM {table}")))
                state[f"books: {table}"] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return state


def differences(calm: State, state: State) -> list[str]:
    """What is missing, other or too much."""
    return [
        f"{name} is {'missing' if name not in state else 'too much' if name not in calm else 'other'}"
        for name in sorted(calm.keys() | state.keys())
        if calm.get(name) != state.get(name)
    ]


def spread(tasks: list[Any], jobs: int, work: Callable[[Any], object]) -> Iterator[tuple[Any, Any]]:
    """Do tasks in some forked processes, each taking its share; results as they come, as plain data."""
    readers = []
    for job in range(jobs):
        reader, writer = os.pipe()
        if not os.fork():
            os.close(reader)
            with os.fdopen(writer, "w") as out:
                for number in range(job, len(tasks), jobs):
                    out.write(json.dumps([number, work(tasks[number])]) + "\n")
                    out.flush()
            os._exit(0)
        os.close(writer)
        readers.append(os.fdopen(reader))
    import selectors

    with selectors.DefaultSelector() as waiting:
        for stream in readers:
            waiting.register(stream, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                line = key.fileobj.readline()
                if not line:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()
                    os.wait()
                    continue
                number, result = json.loads(line)
                yield tasks[number], result
