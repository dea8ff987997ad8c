"""Watching: a run whenever something lands in the inbox and stays still.

What the operating system tells of the inbox is only a knock at the door. What counts is how the inbox looks:
names, sizes and times of its files. A run is due when it looks different from what the last run left behind, and
when it has looked the same for a while, so that ten files copied one after the other make one run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

STILL = 2.0
"""So many seconds must the inbox look the same before it is run."""
AGAIN = 60.0
"""So many seconds later is tried again what a run left in the inbox: it was open or still being written."""
BUSY_PAUSE = 2.0
"""Between two tries when another run holds the folder."""
KNOCK = 5.0
"""At the latest after so many seconds the inbox is looked at, knock or not."""

Look = frozenset[tuple[str, int, int]]


class WatchMissingError(Exception):
    """The package that listens to the file system is not installed."""


def inbox_knocks(inbox: Path, *, polling: bool) -> Iterator[object]:
    """Something every time that the inbox may have changed, and every few seconds anyway; ends by KeyboardInterrupt.

    polling: for network folders, where nobody tells of changes. Raises WatchMissingError at once.
    """
    try:
        from watchfiles import watch
    except ImportError:
        raise WatchMissingError from None
    return watch(
        inbox,
        watch_filter=None,
        rust_timeout=int(KNOCK * 1000),
        yield_on_timeout=True,
        force_polling=polling or None,
        raise_interrupt=True,
    )


def watch_inbox(
    inbox: Path,
    knocks: Iterable[object],
    run: Callable[[], bool],
    *,
    busy: tuple[type[Exception], ...] = (),
    on_busy: Callable[[Exception], None] = lambda error: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Run what lies in the inbox now, then again whenever it changes; ends when the knocks end.

    run: does one run; True when it left something in the inbox that a later one can take. busy: errors of a
    folder that another run holds; the first is told, then it is waited for.
    """
    left: Look = frozenset()
    retry_at = float("inf")
    for _ in _first_at_once(knocks):
        seen = look_at(inbox)
        due = seen != left or clock() >= retry_at
        if not due or not any(_is_input(name) for name, _, _ in seen):
            left = left & seen  # A file that was taken away and comes back is a new one.
            continue
        _wait_until_still(inbox, seen, sleep)
        not_all = _run_when_free(run, busy, on_busy, sleep)
        left = look_at(inbox)
        retry_at = clock() + AGAIN if not_all else float("inf")


def look_at(inbox: Path) -> Look:
    """Name, size and time of every file of the inbox, of hidden ones only those that say what is open."""
    found = set()
    for folder, names, files in os.walk(inbox):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if name.startswith(".") and not name.startswith(".~lock."):
                continue
            path = os.path.join(folder, name)
            try:
                facts = os.stat(path, follow_symlinks=False)
            except OSError:  # Gone between the listing and the look.
                continue
            found.add((os.path.relpath(path, inbox), facts.st_size, facts.st_mtime_ns))
    return frozenset(found)


def _is_input(name: str) -> bool:
    """False for the owner files of Excel and LibreOffice, which are no workbooks."""
    return not os.path.basename(name).startswith(("~$", ".~lock."))


def _first_at_once(knocks: Iterable[object]) -> Iterator[object]:
    yield None
    yield from knocks


def _wait_until_still(inbox: Path, seen: Look, sleep: Callable[[float], None]) -> None:
    while True:
        sleep(STILL)
        now = look_at(inbox)
        if now == seen:
            return
        seen = now


def _run_when_free(
    run: Callable[[], bool],
    busy: tuple[type[Exception], ...],
    on_busy: Callable[[Exception], None],
    sleep: Callable[[float], None],
) -> bool:
    told = False
    while True:
        try:
            return run()
        except busy as error:
            if not told:
                on_busy(error)
            told = True
            sleep(BUSY_PAUSE)
