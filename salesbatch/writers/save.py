"""Saves a file whole or not at all: under a passing name, flushed to the disk, then renamed.

A reader of the folder sees the old file or the new one, never half of one, and after a power cut likewise.
Content is made in memory first, so a full disk leaves nothing under the final name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from pathlib import Path

MAX_NAME_BYTES = 120
"""File systems take 255 bytes; room is left for an ending, a mark and a sync program's own suffix."""
_KEEP = " ._-()+,&=@"
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$")


def save_file(path: Path, content: bytes) -> str:
    """Write `content` to `path`, replacing what is there, and give its SHA-256 in hex.

    Folders above are made if need be, for their owner only. Raises OSError, and then the old file is as it
    was and nothing else is left: PermissionError where another program, such as Excel on Windows, holds it.
    """
    passing = path.with_name(f".{path.name}.part")
    try:
        make_folder(path.parent)
        _write_through(passing, content)
        os.replace(passing, path)
        flush_folder(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            passing.unlink()
        if isinstance(error, OSError):  # A full disk does not say for which file it is full.
            error.filename, error.filename2 = str(path), None
        raise
    return hashlib.sha256(content).hexdigest()


def make_folder(folder: Path) -> None:
    """Make what is missing of a folder, for its owner only, so that it survives a power cut; raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    flush_folder(folder.parent)


def _write_through(path: Path, content: bytes) -> None:
    """Write a new file down to the disk. What a killed run left under this name is replaced."""
    path.unlink(missing_ok=True)
    # O_EXCL: never follow a link that somebody put in the way.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Names that came or went must reach the disk too; Windows keeps names safe by itself and cannot be asked."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_file_name(text: str, *, ending: str = "") -> str:
    """A name for a file, readable and safe on every system, from text that a user may have typed.

    Letters (also å, ä, ö), digits, spaces and a few signs stay; anything else becomes '-'. A name that had to
    be changed gets eight hex digits of its text, so that 'A/1' and 'A:1' stay two files.

        >>> safe_file_name("Invoice 103001", ending=".pdf")
        'Invoice 103001.pdf'
        >>> safe_file_name("Invoice 10/3:1", ending=".pdf")
        'Invoice 10-3-1 3a2eaa4a.pdf'
    """
    normal = unicodedata.normalize("NFKC", text)
    kept = "".join(sign if _is_safe(sign) else "-" for sign in normal)
    name = re.sub(r" {2,}", " ", kept).strip(" .").lstrip("-.")
    if _RESERVED.match(name.split(".")[0].strip()):
        name = f"_{name}"
    name = _cut_bytes(name, MAX_NAME_BYTES - len(ending.encode()) - 9)
    if name != text or not name:
        mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name} {mark}" if name else mark
    return name + ending


def _is_safe(sign: str) -> bool:
    """Letters and digits of the Latin alphabets, and signs that no system treats specially."""
    if sign.isascii():
        return sign.isalnum() or sign in _KEEP
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")


def _cut_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, cut between characters."""
    return text.encode()[:limit].decode(errors="ignore").rstrip(" .")
