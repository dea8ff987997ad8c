"""The parent's side of the guarded child: hands it files, takes cells back, and outlives its death.

One child serves a whole run. It gets the bytes that were read once (and hashed, and archived), never a path, so
that what is checked is what is parsed. When a file kills it, or takes too long, that file is named and the next
one gets a new child.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import numpy as np

from salesbatch.readers.child import HEAD
from salesbatch.readers.raw_cells import CellColumn, SheetCells

MEMORY_LIMIT = 1536 << 20
_LARGEST_FILE = 512 << 20
_SECONDS, _SECONDS_PER_MEGABYTE = 25, 2


class UnreadableFileError(Exception):
    """The file cannot be read: code of the finding and its placeholders."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a workbook before its cells were read."""

    index: int
    name: str
    hidden: bool


class WorkbookReader:
    """Reads workbooks through one child process; use it as a context manager, so that the child ends with it."""

    def __init__(self, memory_limit: int = MEMORY_LIMIT) -> None:
        self._memory_limit = memory_limit
        self._child: subprocess.Popen[bytes] | None = None
        self._opened = 0
        self._timed_out = False
        self._seconds = _SECONDS
        self._date_1904 = False
        self.notices: list[str] = []
        """Codes of what is to be told of the workbook that was opened last."""

    def __enter__(self) -> WorkbookReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def open(self, content: bytes) -> list[SheetInfo]:
        """The sheets of a workbook, in its order; chart sheets are left out. Raises UnreadableFileError."""
        if len(content) > _LARGEST_FILE:
            raise UnreadableFileError("file-too-large", reason=f"> {_LARGEST_FILE >> 20} MB")
        self._seconds = _SECONDS + _SECONDS_PER_MEGABYTE * (len(content) >> 20)
        fresh = self._child is None
        try:
            head, _ = self._ask({"do": "open"}, content)
        except UnreadableFileError as error:
            # A child that served other files may have been worn out by those; a new one decides.
            if fresh or error.code != "file-too-large" or self._child is not None:
                raise
            head, _ = self._ask({"do": "open"}, content)
        self._opened += 1
        self._date_1904 = bool(head["date_1904"])
        self.notices = head["notices"]
        return [
            SheetInfo(index, sheet["name"], sheet["hidden"])
            for index, sheet in enumerate(head["sheets"])
            if sheet["cells"]
        ]

    def cells(self, source: str, sheet: SheetInfo) -> SheetCells:
        """The cells of a sheet of the workbook opened last. Raises UnreadableFileError."""
        head, body = self._ask({"do": "sheet", "index": sheet.index}, b"")
        height = head["height"]
        columns: list[CellColumn] = []
        position = 0

        def part(count: int, kind: Any) -> np.ndarray[Any, Any]:
            nonlocal position
            size = count * np.dtype(kind).itemsize
            array = np.frombuffer(body, kind, count, position)
            position += size + -size % 8
            return array

        for numbers, codes, texts in head["columns"]:
            blank = CellColumn.blank(height)
            number_array = part(numbers, np.float64) if numbers else blank.numbers
            code_array = part(codes, np.int32) if codes else blank.codes
            kinds = part(height, np.uint8)
            text_list = json.loads(part(texts, np.uint8).tobytes()) if texts else [""]
            columns.append(CellColumn(kinds, number_array, code_array, text_list))
        merged = [cast("tuple[int, int, int, int]", tuple(area)) for area in head["merged"]]
        return SheetCells(
            source,
            sheet.name,
            head["first_row"],
            head["first_column"],
            columns,
            merged,
            sheet.hidden,
            self._date_1904,
        )

    def _ask(self, request: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        child = self._child or self._start()
        source, target = cast(IO[bytes], child.stdout), cast(IO[bytes], child.stdin)
        self._timed_out = False
        # A timer that kills the child works the same on every system; the read below then ends by itself.
        timer = threading.Timer(self._seconds, self._kill_late)
        timer.daemon = True
        timer.start()
        try:
            text = json.dumps(request).encode()
            target.write(HEAD.pack(len(text), len(body)))
            target.write(text)
            target.write(body)
            target.flush()
            start = source.read(HEAD.size)
            head_length, body_length = HEAD.unpack(start) if len(start) == HEAD.size else (0, 0)
            head_text, answer = source.read(head_length), source.read(body_length)
        except (BrokenPipeError, ConnectionResetError, OSError):
            head_length, body_length, head_text, answer = 0, 0, b"", b""
        finally:
            timer.cancel()
        if not head_length or len(head_text) < head_length or len(answer) < body_length:
            raise self._death()
        head = json.loads(head_text)
        if "refused" in head:
            raise self._refusal(head["refused"], head["values"])
        return head, answer

    def _refusal(self, code: str, values: dict[str, str]) -> UnreadableFileError:
        if code == "memory":
            self._stop()
            return UnreadableFileError("file-too-large", reason=f"> {self._memory_limit >> 20} MB")
        if code == "damaged":
            return UnreadableFileError("file-damaged", **values)
        return UnreadableFileError(code, **values)

    def _death(self) -> UnreadableFileError:
        """Why the child is gone; the next request starts another one."""
        child, late = self._child, self._timed_out
        self._stop()
        result = child.returncode if child is not None else 0
        too_slow = late or (hasattr(signal, "SIGXCPU") and result == -signal.SIGXCPU)
        if too_slow:
            return UnreadableFileError("file-too-large", reason=f"> {self._seconds if late else 6} s")
        if hasattr(signal, "SIGSEGV") and result == -signal.SIGSEGV:
            return UnreadableFileError("file-damaged")
        return UnreadableFileError("file-too-large", reason=f"> {self._memory_limit >> 20} MB")

    def _start(self) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("child.py")
        # -I: neither the current folder nor the environment decides what the child imports.
        self._child = subprocess.Popen(
            [sys.executable, "-I", str(script), str(self._memory_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.path.dirname(script),
            close_fds=True,
        )
        return self._child

    def _kill_late(self) -> None:
        child = self._child
        if child is not None:
            self._timed_out = True
            child.kill()

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for stream in (child.stdin, child.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass  # The pipe of a dead child; there is nothing left to send.
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
