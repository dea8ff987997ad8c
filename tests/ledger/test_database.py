"""The file of the books is opened safely or not at all."""

from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from salesbatch.core import entries
from salesbatch.ledger import (
    BooksBusyError,
    BooksMissingError,
    BooksUnreadableError,
    Database,
    ForeignDatabaseError,
    NetworkFileSystemError,
    NewerBooksError,
    open_database,
    schema,
    verify,
)
from salesbatch.ledger.database import network_file_system


def test_books_that_are_not_there_are_not_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(BooksMissingError, match="salesbatch init"):
        open_database(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_only_the_owner_can_read_the_books_and_their_log(tmp_path: Path) -> None:
    with open_database(tmp_path, create=True) as database, database.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM runs")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"book.db": 0o600, "book.db-wal": 0o600, "book.db-shm": 0o600}


def test_every_commit_is_forced_to_disk_and_references_are_kept(database: Database) -> None:
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_network_file_system_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileSystemError, match="NFS"):
        open_database(tmp_path, create=True, file_system=lambda folder: "NFS")
    assert list(tmp_path.iterdir()) == []
    open_database(tmp_path, create=True, file_system=lambda folder: "FUSE", allow_network=True).close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="statfs of Linux")
@pytest.mark.parametrize(
    ("magic", "name"),
    [(0x6969, "NFS"), (0xFF534D42, "CIFS"), (0x01021997, "9p"), (0x65735546, "FUSE"), (0xEF53, "")],
)
def test_the_kind_of_file_system_is_told_by_its_magic_number(
    magic: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        @staticmethod
        def statfs(path: bytes, facts: object) -> int:
            facts[:8] = magic.to_bytes(8, sys.byteorder)  # type: ignore[index]
            return 0

    monkeypatch.setattr("salesbatch.ledger.database.ctypes.CDLL", lambda *a, **k: Library)
    assert network_file_system(tmp_path) == name


def test_books_of_a_newer_program_are_refused(folder: Path) -> None:
    with sqlite3.connect(folder / "book.db") as connection:
        connection.execute("UPDATE schema_versions SET version = 99")
    with pytest.raises(NewerBooksError, match="99"):
        open_database(folder)


def test_columns_of_a_newer_program_are_refused(folder: Path) -> None:
    with sqlite3.connect(folder / "book.db") as connection:
        connection.execute("ALTER TABLE customers ADD COLUMN mood TEXT")
        connection.execute("UPDATE schema_versions SET fingerprint = 'other'")
    with pytest.raises(NewerBooksError, match=r"customers\.mood"):
        open_database(folder)


def test_a_column_that_a_table_gained_is_added_blank_and_the_old_chain_still_holds(folder: Path) -> None:
    with sqlite3.connect(folder / "book.db") as connection:
        connection.execute("ALTER TABLE items DROP COLUMN description_de")
        connection.execute("UPDATE schema_versions SET fingerprint = 'other'")
    with open_database(folder) as database:
        with database.read() as connection:
            columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(items)")]
        assert "description_de" in columns
        assert verify(database) == []


def test_a_file_that_is_no_database_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(b"this is not a database, but long enough to look at" * 100)
    with pytest.raises(BooksUnreadableError, match="damaged or no database"):
        open_database(tmp_path)


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "book.db") as connection:
        connection.execute("CREATE TABLE recipes (title TEXT)")
    with pytest.raises(ForeignDatabaseError):
        open_database(tmp_path, create=True)
    with sqlite3.connect(tmp_path / "book.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_an_empty_file_left_by_a_killed_start_becomes_books(tmp_path: Path) -> None:
    (tmp_path / "book.db").touch()
    with open_database(tmp_path) as database:
        assert verify(database) == []


def test_a_writer_that_waits_too_long_is_told_why(folder: Path) -> None:
    with (
        open_database(folder) as holder,
        open_database(folder, busy_seconds=0.05) as other,
        holder.write(),
        pytest.raises(BooksBusyError, match="held by another program"),
        other.write(),
    ):
        pass


@pytest.mark.parametrize("table", [*(table.name for table in entries.CHAINED), "run_chain", "chain_blocks"])
def test_what_is_chained_can_be_neither_changed_nor_deleted(database: Database, table: str) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
    column = schema.METADATA.tables[table].columns.keys()[1]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="append-only"), database.write() as connection:
            connection.exec_driver_sql(statement)


def test_a_column_holds_only_values_of_its_kind(database: Database) -> None:
    with pytest.raises(Exception, match="cannot store TEXT value in INTEGER"), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO open_entries VALUES (4, 'ten', 0, '')")
