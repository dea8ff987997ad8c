"""Real full and read-only disks below the books and below each folder of results, one at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import drop
from harness import Bench, differences, in_child, state_of

from salesbatch import cli

PLACES = ("books", "processed", "outbox", "ledgers", "rejected")
STATES = ("full", "read-only")
AFTER_THE_COMMIT = ("outbox", "ledgers", "rejected")


def why_not() -> str:
    """Why disks cannot be mounted here, or ""."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "mounting small disks needs Linux and root"
    return ""


def try_disk(bench: Bench, place: str, state: str) -> list[str]:
    """What is wrong after a run onto a disk that is full or read-only, and after the disk is well again."""
    root = bench.folder()
    mounted = root if place == "books" else root / place
    _mount(mounted)
    if place == "books":  # The archive is written before the books; here it must not be what fails.
        _mount(root / "processed")
    filler = mounted / "filler"
    words = bench.place / "words.txt"
    try:
        before = {name: found for name, found in state_of(root).items() if name.startswith("books")}
        if state == "full":
            _fill(filler)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)

        def run() -> None:
            os.dup2(os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            try:
                drop.run(root)
            except Exception as error:
                os._exit(cli._failed(error, []))

        ended = in_child(run)
        told = words.read_text()
        if state == "full":
            filler.unlink()
        else:
            subprocess.run(["mount", "-o", "remount,rw", str(mounted)], check=True)
        wrong = [] if ended == "exit 1" else [f"the run ended with {ended}"]
        if str(mounted) not in told or told.count("\n") != 1:
            wrong.append(f"it was told as {told!r}")
        posted = {n: found for n, found in state_of(root).items() if n.startswith("books")} != before
        if posted != (place in AFTER_THE_COMMIT):
            wrong.append("posted" if posted else "not posted")
        after = in_child(lambda: drop.run(root))
        wrong += [] if after == "done" else [f"the next run ended with {after}"]
        return wrong + differences(bench.calm, state_of(root))
    finally:
        for path in (root / "processed", mounted) if place == "books" else (mounted,):
            subprocess.run(["umount", str(path)], check=True)
        bench.away(root)


def _mount(folder: Path) -> None:
    """Put a small disk of its own in the place of a folder, with the same content."""
    content = folder.with_name(f"{folder.name}-content")
    shutil.copytree(folder, content)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], check=True)
    shutil.copytree(content, folder, dirs_exist_ok=True)
    shutil.rmtree(content)


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
