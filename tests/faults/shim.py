"""The fault shim from Python: built when there is a compiler, armed in a process that was started with it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


class Fault(IntEnum):
    """What happens at the point; the numbers are those of shim.c."""

    CALM = 0
    KILL = 1
    TORN = 2
    IO_ERROR = 3
    DISK_FULL = 4
    POWER_ALL = 5
    POWER_HALF = 6
    SAVED_OVER = 7

    @property
    def words(self) -> str:
        """For tables."""
        return {
            Fault.CALM: "nothing",
            Fault.KILL: "SIGKILL",
            Fault.TORN: "half a write, then SIGKILL",
            Fault.IO_ERROR: "EIO once",
            Fault.DISK_FULL: "ENOSPC from then on",
            Fault.POWER_ALL: "power lost, nothing unsynced kept",
            Fault.POWER_HALF: "power lost, a random half kept",
            Fault.SAVED_OVER: "an input is saved over",
        }[self]


def why_not() -> str:
    """Why the shim cannot be used here, or ""."""
    if not sys.platform.startswith("linux"):
        return "the fault shim needs Linux"
    if not _compiler():
        return "the fault shim needs a C compiler (cc, gcc or clang)"
    return ""


def build() -> Path:
    """The shared library, in a folder of its own."""
    target = Path(tempfile.mkdtemp(prefix="salesbatch-shim-")) / "shim.so"
    command = [_compiler(), "-shared", "-fPIC", "-O2", "-o", str(target), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return target


def _compiler() -> str:
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), "")


def arm(
    root: Path,
    fault: Fault,
    point: int | str = 0,
    *,
    seed: int = 1,
    log: int = -1,
    stash: Path | str = "",
    version: Path | str = "",
    over: Path | str = "",
) -> None:
    """From now on this process counts its calls below root, and `fault` happens at call number `point`.

    A point that is a text means the first call that contains it: "unlink inbox/"; "fsync ledgers#2" the second.
    """
    places = [os.fsencode(path) for path in (stash, version, over)]
    sign, _, which = point.partition("#") if isinstance(point, str) else ("", "", point)
    number = int(which or 1)
    _shim().fault_arm(
        os.fsencode(root),
        int(fault),
        ctypes.c_long(number),
        sign.encode(),
        ctypes.c_uint64(seed),
        log,
        *places,
    )


def count() -> int:
    """Calls since the shim was armed."""
    return int(_shim().fault_count())


def power_off() -> None:
    """Lose power now; nothing comes after it."""
    _shim().fault_power_off()


def _shim() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.fault_count.restype = ctypes.c_long
    return library
