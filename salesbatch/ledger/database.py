"""The file of the books: opened safely or not at all.

`book.db` is SQLite: write-ahead log, every commit forced to disk, foreign keys on, readable by its owner only.
Locks and the shared memory of the log do not work on network file systems, so those are refused.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Select, create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError

from salesbatch.ledger import migrations
from salesbatch.ledger.frames import Row

FILE_NAME = "book.db"
BUSY_SECONDS = 30.0
"""So long a writer waits for another one."""
IN_CHUNK = 4000
"""So many values stand in one IN list."""
FETCHED_AT_ONCE = 8192
_NETWORK_MAGIC = {
    0x6969: "NFS", 0x517B: "SMB", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x01021997: "9p", 0x65735546: "FUSE",
    0x564C: "NCP", 0x5346414F: "AFS", 0x6B414653: "AFS", 0x00C36400: "Ceph", 0x47504653: "GPFS", 0x0BD00BD0: "Lustre",
}  # fmt: skip
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -131072",
)


class BooksMissingError(Exception):
    """There is no book.db where one was expected."""


class BooksUnreadableError(Exception):
    """The file is damaged or is no database."""


class BooksBusyError(Exception):
    """Another program has been writing to the books for longer than we wait."""


class BooksDiskError(Exception):
    """The disk of the books is full, read-only or broken, or nobody may open them."""


class NetworkFileSystemError(Exception):
    """The folder lies on a file system on which SQLite cannot keep its promises."""


class Database:
    """The books of one company; a context manager."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the last one folds the log into the file."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction: everything read in it is of one moment."""
        with _plain_errors(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction that holds the only write lock from its first moment; rolled back on any exception."""
        with _plain_errors(self.path), self.engine.connect() as connection:
            connection.execution_options(begins="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection


def open_database(
    folder: Path,
    *,
    create: bool = False,
    allow_network: bool = False,
    busy_seconds: float = BUSY_SECONDS,
    file_system: Callable[[Path], str] | None = None,
) -> Database:
    """Open `folder/book.db`, brought up to this program's schema; with `create` make it when it is not there.

    allow_network: the caller takes the risk of a network file system. file_system: names the network file
    system of a path ("" for a local one); given by tests. Raises BooksMissingError, NetworkFileSystemError,
    NewerBooksError, ForeignDatabaseError, BooksUnreadableError.
    """
    path = Path(folder) / FILE_NAME
    if not path.exists() and not create:
        raise BooksMissingError(f"{path} is not there: run 'salesbatch init' first")
    network = (file_system or network_file_system)(path.parent)
    if network and not allow_network:
        raise NetworkFileSystemError(
            f"{path.parent} lies on {network}: the books must lie on a disk of this computer, or locks cannot be trusted"
        )
    if not path.exists():
        _create_file(path)
    database = Database(path, _engine(path, busy_seconds))
    try:
        _bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return database


def _create_file(path: Path) -> None:
    """An empty file that only its owner can read; the log files take over its mode."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _bring_up_to_date(database: Database) -> None:
    with database.read() as connection:
        if migrations.is_current(connection):
            return
    with database.write() as connection:
        if not migrations.is_current(connection):  # Another process may have been quicker.
            migrations.bring_up_to_date(connection)


def _engine(path: Path, busy_seconds: float) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    engine = create_engine("sqlite://", creator=connect, pool_size=2)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """The driver would begin only before the first change; we say when, and how."""
        connection.exec_driver_sql(connection.get_execution_options().get("begins", "BEGIN"))

    return engine


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Driver errors in words that a person can act on."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        text = str(cause)
        if "locked" in text or "busy" in text:
            raise BooksBusyError(f"{path} is held by {_lock_holder(path) or 'another program'}") from error
        if any(
            words in text for words in ("disk I/O error", "is full", "readonly database", "unable to open")
        ):
            raise BooksDiskError(f"{path}: {text}") from error
        if "malformed" in text or "not a database" in text:
            raise BooksUnreadableError(f"{path} is damaged or no database: {text}") from error
        raise


def _lock_holder(path: Path) -> str:
    """Who holds a write lock of SQLite on these books: 'process 812 (python3)'; "" where the system does not tell.

    Read from the system's list of locks: to open and close one of the files here would drop our own locks on it.
    """
    try:
        files = {name.stat().st_ino for name in path.parent.glob(f"{path.name}*")}
        for line in Path("/proc/locks").read_text().splitlines():
            mode, process, place = line.split()[-5:-2]
            is_one = int(place.split(":")[2]) in files
            if is_one and mode == "WRITE" and int(process) not in (os.getpid(), -1):
                return f"process {process} ({Path(f'/proc/{process}/comm').read_text().strip()})"
    except (OSError, ValueError):
        pass
    return ""


def network_file_system(folder: Path) -> str:
    """Name of the network or user-space file system below a folder; "" for a local one or where nothing can tell."""
    if sys.platform == "win32":
        drive = os.path.splitdrive(folder.resolve())[0]
        return (
            "a network drive"
            if drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == 4
            else ""
        )
    if not sys.platform.startswith("linux"):
        return ""
    facts = ctypes.create_string_buffer(256)  # struct statfs begins with f_type, a long on every Linux.
    if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(folder), facts) != 0:
        return ""
    magic = int.from_bytes(facts.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder) & 0xFFFFFFFF
    return _NETWORK_MAGIC.get(magic, "")


# Reading ---------------------------------------------------------------------------------------------------


def fetch(connection: Connection, statement: Select[Any]) -> list[Row]:
    """All rows of a statement as the driver gives them, without an object per row."""
    result = connection.execute(statement)
    cursor = result.cursor
    rows: Any = cursor.fetchall() if cursor is not None else []  # A list, in every driver.
    result.close()
    found: list[Row] = rows
    return found


def fetch_chunks(connection: Connection, statement: Select[Any]) -> Iterator[list[Row]]:
    """The rows of a statement, some thousand at a time."""
    result = connection.execute(statement)
    cursor: Any = result.cursor
    while rows := cursor.fetchmany(FETCHED_AT_ONCE):
        yield rows
    result.close()


def fetch_in(connection: Connection, statement: Select[Any], column: Any, values: Sequence[Any]) -> list[Row]:
    """Rows of a statement where a column is one of the values."""
    return [row for rows in fetch_chunks_in(connection, statement, column, values) for row in rows]


def fetch_chunks_in(
    connection: Connection, statement: Select[Any], column: Any, values: Sequence[Any]
) -> Iterator[list[Row]]:
    """The same, asked for and handed on in chunks that any database takes."""
    for start in range(0, len(values), IN_CHUNK):
        yield fetch(connection, statement.where(column.in_(values[start : start + IN_CHUNK])))


__all__ = [
    "BooksBusyError",
    "BooksDiskError",
    "BooksMissingError",
    "BooksUnreadableError",
    "Database",
    "NetworkFileSystemError",
    "fetch",
    "fetch_chunks",
    "fetch_chunks_in",
    "fetch_in",
    "network_file_system",
    "open_database",
]
