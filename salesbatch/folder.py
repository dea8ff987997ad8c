"""The company folder: its places, its lock, and what lies ready in its inbox.

A run reads a file once into memory and works on those bytes only, so nothing that is saved over the file
meanwhile can slip in between check and use. What is still being written is left alone and named.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from salesbatch import writers
from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.inbox import InputFile

YOUNG = 2.0
"""A file changed less than so many seconds ago is looked at twice before it is read."""
STABLE = 0.4
"""So long must size and time of a young file stand still."""
INCOMPLETE = 60.0
"""A workbook without its end is taken as still being copied while it is younger than this."""
MAX_BYTES = 512 * 2**20
"""No larger file is read into memory."""
MAX_NAME_BYTES, MAX_PATH_BYTES = 200, 1000
"""Room is left for what is added to a name (' - problem.txt') and put before it (processed/000017/)."""
_FOLDERS = ("inbox", "processed", "rejected", "review", "outbox", "ledgers")
_ASIDE = ".leaving"
"""Ends the hidden name of a file that is looked at for the last time before it is deleted."""
_ZIP_START, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_ZIP_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".ods")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_LOCK_BYTE = 2**30  # Beyond the text, so that a lock on Windows does not hide who holds it.


class FolderBusyError(Exception):
    """Another run holds the folder; `holder` names it as far as it said so."""

    def __init__(self, root: Path, holder: str) -> None:
        super().__init__(f"another run holds {root}" + (f" ({holder})" if holder else ""))
        self.root = root
        self.holder = holder


class Drop(NamedTuple):
    """What an inbox holds: files read whole, names left for the next run, and what to tell about the rest."""

    files: tuple[InputFile, ...]
    not_ready: tuple[str, ...]
    findings: tuple[Finding, ...]


class _Look(NamedTuple):
    """Size and time of a file at one moment; two equal looks mean that nobody wrote in between."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, facts: os.stat_result) -> _Look:
        return cls(facts.st_size, facts.st_mtime_ns)


@dataclass(frozen=True)
class CompanyFolder:
    """The places of one company. Making the object touches nothing on disk."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Drop zone."""
        return self.root / "inbox"

    @property
    def processed(self) -> Path:
        """The exact bytes that runs read, by run."""
        return self.root / "processed"

    @property
    def rejected(self) -> Path:
        """To-fix workbooks, by run."""
        return self.root / "rejected"

    @property
    def review(self) -> Path:
        """Open questions and previews."""
        return self.root / "review"

    @property
    def outbox(self) -> Path:
        """Documents to send, by month."""
        return self.root / "outbox"

    @property
    def ledgers(self) -> Path:
        """Run and ledger workbooks."""
        return self.root / "ledgers"

    @property
    def database(self) -> Path:
        """The books."""
        return self.root / "book.db"

    @property
    def toml(self) -> Path:
        """Technical settings; need not exist."""
        return self.root / "salesbatch.toml"

    @property
    def lock_file(self) -> Path:
        """Held by the operating system while a run works; its text is for information only."""
        return self.root / ".lock"

    def exists(self) -> bool:
        """Is this a company folder, that is: has it an inbox?"""
        return self.inbox.is_dir()

    def create(self) -> None:
        """Make what is missing of the folder, readable by its owner only; what is there keeps its rights."""
        for path in (self.root, *(self.root / name for name in _FOLDERS)):
            writers.make_folder(path)

    def processed_run(self, run_no: int) -> Path:
        """Where the bytes of a run are kept."""
        return self.processed / run_name(run_no)

    def rejected_run(self, run_no: int) -> Path:
        """Where the to-fix workbooks of a run lie."""
        return self.rejected / run_name(run_no)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one run; raises FolderBusyError at once when another process holds it.

        The operating system lets go when the process dies, however it dies. The file itself stays: to delete
        it would let two processes hold two different files of one name.
        """
        handle = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            try:
                _hold(handle)
            except OSError:
                raise FolderBusyError(self.root, _read_holder(handle)) from None
            try:
                _say_holder(handle, f"process {os.getpid()} on {socket.gethostname()}\n")
                for place in (self.inbox, self.review):
                    for aside in sorted(place.rglob(f".*{_ASIDE}")):  # A run was cut short there.
                        _put_back(aside)
                yield
            finally:
                _say_holder(handle, "")
                _let_go(handle)
        finally:
            os.close(handle)

    def list_inbox(
        self, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> Drop:
        """Read every ready file of the inbox and its sub-folders once, in the order of their names.

        Not ready: what a program holds open (`~$name` beside it), what changes while it is looked at, and a
        workbook without its end that is younger than a minute. Hidden files are passed over; links and what
        is no plain file are named and left alone. A file that cannot be opened is a finding and does not
        stop the others.
        """
        gathered = _Gathered()
        paths = self._walk(gathered)
        waiting = _still_changing(paths, now, sleep)
        for name in sorted(paths):
            if name in waiting:
                gathered.leave(name)
            else:
                _read_one(name, paths[name], gathered, now)
        return gathered.drop()

    def input_path(self, name: str) -> Path | None:
        """The file of this name in the inbox, or None; on disk its Unicode form may differ."""
        straight = self.inbox.joinpath(*name.split("/"))
        if os.path.lexists(straight):
            return straight
        return self._walk(_Gathered()).get(name)

    def remove_input(self, name: str, sha256: str) -> bool:
        """Take a processed file out of the inbox, for good; False when it lies there still and the next run must try again.

        True also when it is gone already, so that a run that was cut short can finish the job, and when it was
        saved over meanwhile: what lies there then is another input.
        """
        path = self.input_path(name)
        if path is None:
            return True
        try:
            _remove_if(path, sha256)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def remove_unchanged(self, path: Path, sha256: str) -> bool:
        """Take away a file of ours, unless a person changed it or a program holds it open; True when it is gone."""
        held_open = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"))
        try:
            if any(mark.exists() for mark in held_open):
                return False
            return _remove_if(path, sha256)
        except OSError:
            return False

    def _walk(self, gathered: _Gathered) -> dict[str, Path]:
        """Candidates by name. Names use `/` and composed Unicode, whatever the file system does."""
        found: dict[str, Path] = {}
        pending = [(self.inbox, "")]
        while pending:
            folder, prefix = pending.pop()
            try:
                with os.scandir(folder) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                gathered.tell("file-unreadable", prefix.rstrip("/") or "inbox", reason=_reason(error))
                continue
            held_open = {owned for owned in (_owner_of(entry.name) for entry in entries) if owned}
            names = set()
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                shown = _shown(entry.name)
                name = prefix + shown
                if entry.name.startswith("~$"):
                    continue
                if shown in names:
                    gathered.tell("file-name-twice", name)
                    continue
                names.add(shown)
                if _is_odd(shown) or len(name.encode()) > MAX_PATH_BYTES:
                    gathered.tell("file-name-odd", _visible(name))
                elif entry.is_symlink():
                    gathered.tell("file-not-plain", name)
                elif entry.is_dir(follow_symlinks=False):
                    pending.append((Path(entry.path), name + "/"))
                elif not entry.is_file(follow_symlinks=False):
                    gathered.tell("file-not-plain", name)
                elif shown in held_open:
                    gathered.leave(name, "file-open")
                else:
                    found[name] = Path(entry.path)
            for entry in entries:
                if entry.name.startswith("~$") and _owner_of(entry.name) not in names:
                    gathered.leave(prefix + _shown(entry.name))
        return found


class _Gathered:
    """What a look into the inbox gathers on its way."""

    def __init__(self) -> None:
        self.files: list[InputFile] = []
        self.not_ready: list[str] = []
        self.findings: list[Finding] = []

    def leave(self, name: str, code: str = "file-not-ready") -> None:
        self.not_ready.append(name)
        self.tell(code, name)

    def tell(self, code: str, name: str, reason: str = "") -> None:
        self.findings.append(finding(code, Place(source=name), name, reason=reason))

    def drop(self) -> Drop:
        by_name = sorted(self.findings, key=lambda item: (item.place.source, item.code))
        return Drop(tuple(self.files), tuple(sorted(self.not_ready)), tuple(by_name))


def run_name(run_no: int) -> str:
    """How a run is written in names of files and folders: 17 -> '000017'."""
    return f"{run_no:06d}"


def _shown(raw: str) -> str:
    """A file's name as text: composed Unicode, and no bytes that are not text."""
    return unicodedata.normalize("NFC", raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _is_odd(name: str) -> bool:
    """Whether a name is too long for what is made of it, or would show another name than it is."""
    return len(name.encode()) > MAX_NAME_BYTES or _visible(name) != name


def _visible(name: str) -> str:
    """A name with a mark for each character that cannot be seen; bytes that were no text have it already."""
    return "".join("\ufffd" if unicodedata.category(sign) in _UNSEEN else sign for sign in name)


def _owner_of(name: str) -> str:
    """The workbook that an owner file of Excel or LibreOffice speaks for, or ""."""
    if name.startswith("~$"):
        return _shown(name[2:])
    if name.startswith(".~lock.") and name.endswith("#"):
        return _shown(name[7:-1])
    return ""


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _look(path: Path) -> _Look | None:
    try:
        return _Look.of(path.stat(follow_symlinks=False))
    except OSError:
        return None


def _still_changing(
    paths: Mapping[str, Path], now: Callable[[], float], sleep: Callable[[float], None]
) -> set[str]:
    """Names of the young files that did not stand still; old files are not waited for.

    All young files are looked at together, so that a hundred of them cost one wait.
    """
    moment = now()
    looks = {name: _look(path) for name, path in paths.items()}
    unsure = {name for name, look in looks.items() if look and abs(moment - look.changed_ns / 1e9) < YOUNG}
    waited = 0.0
    while unsure and waited < YOUNG:
        sleep(STABLE)
        waited += STABLE
        again = {name: _look(paths[name]) for name in unsure}
        unsure = {name for name in unsure if again[name] != looks[name]}
        looks |= again
    return unsure


def _remove_if(path: Path, sha256: str) -> bool:
    """Delete a file if this is its content still; False when it was saved over. Raises OSError, the file in its place.

    It is moved aside and looked at there before it goes, so that nothing that is saved meanwhile goes with it.
    """
    if _sha256_of(path) != sha256:
        return False
    aside = path.with_name(f".{path.name}{_ASIDE}")
    path.rename(aside)
    same = False
    try:
        same = _sha256_of(aside) == sha256
        if same:
            _take_away(aside)
    finally:
        if aside.exists():
            _put_back(aside)
    return same


def _put_back(aside: Path) -> None:
    """Give a file its name again, unless another one was saved there: saving replaces what was there before."""
    path = aside.with_name(aside.name[1:].removesuffix(_ASIDE))
    if path.exists():
        _take_away(aside)
    else:
        aside.rename(path)
        writers.flush_folder(path.parent)


def _take_away(path: Path) -> None:
    """Delete a file so that no power cut brings it back; raises OSError."""
    path.unlink(missing_ok=True)
    writers.flush_folder(path.parent)


def _sha256_of(path: Path) -> str:
    content, _ = _read_bytes(path)
    return hashlib.sha256(content).hexdigest()


def _read_bytes(path: Path) -> tuple[bytes, os.stat_result]:
    """All bytes of a plain file and its facts; raises OSError, also when it changes while it is read."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(path, flags)
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise _NotPlainError
        if before.st_size > MAX_BYTES:
            raise _TooLargeError
        content = file.read(MAX_BYTES + 1)
        after = os.fstat(handle)
    if _Look.of(before) != _Look.of(after) or len(content) != after.st_size:
        raise _ChangingError
    return content, after


class _ChangingError(OSError):
    pass


class _NotPlainError(OSError):
    pass


class _TooLargeError(OSError):
    pass


def _read_one(name: str, path: Path, gathered: _Gathered, now: Callable[[], float]) -> None:
    try:
        content, facts = _read_bytes(path)
    except _ChangingError:
        return gathered.leave(name)
    except _NotPlainError:
        return gathered.tell("file-not-plain", name)
    except _TooLargeError:
        return gathered.tell("file-too-large", name, reason=f"it is larger than {MAX_BYTES // 2**20} MB")
    except FileNotFoundError:  # Taken away between the look and the reading: it was never dropped.
        return None
    except OSError as error:
        if getattr(error, "winerror", 0) == 32:  # Windows: another program has it open for writing.
            return gathered.leave(name, "file-open")
        return gathered.tell("file-unreadable", name, reason=_reason(error))
    if _lacks_its_end(name, content) and abs(now() - facts.st_mtime) < INCOMPLETE:
        return gathered.leave(name)
    gathered.files.append(InputFile(name, hashlib.sha256(content).hexdigest(), content))
    return None


def _lacks_its_end(name: str, content: bytes) -> bool:
    """A workbook is a zip archive; its directory stands at the end and is written last."""
    if not content:
        return True
    if content.startswith(_ZIP_START):
        return _ZIP_END not in content[-65557:]
    # The beginning of a copy that has not even its first four bytes right yet.
    return name.lower().endswith(_ZIP_SUFFIXES) and not content.strip(b"\0")


def _say_holder(handle: int, text: str) -> None:
    """For information only: a disk that has no room for it is no reason to stop."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, text.encode())


def _read_holder(handle: int) -> str:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        return os.read(handle, 200).decode("utf-8", "replace").strip()
    except OSError:
        return ""


if sys.platform == "win32":
    import msvcrt

    def _hold(handle: int) -> None:
        os.lseek(handle, _LOCK_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _let_go(handle: int) -> None:
        os.lseek(handle, _LOCK_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _let_go(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
