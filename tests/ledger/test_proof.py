"""Whatever is changed in the books, however small, is found; and the first changed row is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.ledger import Database, chain_proof, open_database, proof, schema, verify

CELLS = [(table.name, field.name) for table in entries.CHAINED for field in table.fields]
CHANGE = {
    "number": "{c} + 1000",
    "minor": "{c} + 1",
    "e5": "{c} + 1",
    "text": "{c} || ' '",
    "flag": "1 - {c}",
    "day": "'2031-02-03'",
}


@pytest.fixture(scope="module")
def opened(posted_folder: Path) -> Iterator[Database]:
    with open_database(posted_folder) as database:
        yield database


@contextmanager
def tampered(database: Database, *statements: str) -> Iterator[Connection]:
    """The books as a skilled hand would leave them: guards off, changed, guards on again. Rolled back after the test."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        guards = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for (name,) in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount > 0
        schema.create_triggers(connection)
        yield connection
        transaction.rollback()


def chain_breaches(connection: Connection) -> list[tuple[str, int]]:
    return [(law.table, law.row) for law in chain_proof.chain_holds(connection)]


def serial(table: str) -> str:
    return entries.BY_NAME[table].fields[0].name


def test_books_that_nobody_touched_are_proven(opened: Database) -> None:
    assert verify(opened) == []


def test_every_chained_table_has_rows_to_tamper_with(opened: Database) -> None:
    with opened.read() as connection:
        for table in entries.CHAINED:
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar(), table.name


@pytest.mark.parametrize(("table", "column"), CELLS, ids=[".".join(cell) for cell in CELLS])
def test_a_change_of_any_cell_of_any_table_names_its_row(opened: Database, table: str, column: str) -> None:
    key = serial(table)
    kind = entries.BY_NAME[table].by_name[column].kind
    new = CHANGE[kind].format(c=f'"{column}"')
    change = f'UPDATE {table} SET "{column}" = {new} WHERE {key} = (SELECT max({key}) FROM {table})'
    with opened.read() as connection:
        last = connection.exec_driver_sql(f"SELECT max({key}) FROM {table}").scalar()
    with tampered(opened, change) as connection:
        assert (table, last) in chain_breaches(connection)


@pytest.mark.parametrize("table", [table.name for table in entries.CHAINED])
def test_a_deleted_row_is_named(opened: Database, table: str) -> None:
    key = serial(table)
    with opened.read() as connection:
        first, last = connection.exec_driver_sql(
            f"SELECT min({key}), max({key}) FROM {table}"
        ).fetchone() or (0, 0)
    for number in (first, last):
        with tampered(opened, f"DELETE FROM {table} WHERE {key} = {number}") as connection:
            assert (table, number) in chain_breaches(connection)


@pytest.mark.parametrize("table", [table.name for table in entries.CHAINED])
def test_an_inserted_row_is_named(opened: Database, table: str) -> None:
    key = serial(table)
    others = ", ".join(f'"{name}"' for name in entries.BY_NAME[table].names[1:])
    for number in (0, 999):
        copy = f"INSERT INTO {table} ({key}, {others}) SELECT {number}, {others} FROM {table} LIMIT 1"
        with tampered(opened, copy) as connection:
            assert (table, number) in chain_breaches(connection)


@pytest.mark.parametrize("table", ["gl_entries", "documents", "detailed_entries", "numbers", "findings"])
def test_two_swapped_rows_are_named(opened: Database, table: str) -> None:
    key = serial(table)
    swap = [f"UPDATE {table} SET {key} = {to} WHERE {key} = {of}" for of, to in ((1, -1), (2, 1), (-1, 2))]
    with tampered(opened, *swap) as connection:
        assert (table, 1) in chain_breaches(connection)


def test_a_swapped_pair_of_equal_sums_is_found_by_the_chain_alone(opened: Database) -> None:
    # Debit and credit still agree, and so do all totals: only the hash can tell.
    with tampered(opened, "UPDATE gl_entries SET account_no = '3002' WHERE entry_no = 2") as connection:
        assert chain_breaches(connection) == [("gl_entries", 2)]


def test_blocks_and_heads_cannot_be_changed_either(opened: Database) -> None:
    for change in (
        "UPDATE run_chain SET head = 'f' || substr(head, 2) || 'x' WHERE run_no = 1",
        "UPDATE run_chain SET rows = rows + 1 WHERE run_no = 2",
        "UPDATE run_chain SET serialisation = 9 WHERE run_no = 2",
        "DELETE FROM run_chain WHERE run_no = 1",
        "DELETE FROM run_chain WHERE run_no = 2",
        "UPDATE chain_blocks SET sha256 = 'a' WHERE run_no = 1 AND table_name = 'gl_entries'",
        "UPDATE chain_blocks SET row_checks = zeroblob(20) WHERE run_no = 1 AND table_name = 'gl_entries'",
        "UPDATE chain_blocks SET columns = replace(columns, 'role', 'no') WHERE run_no = 1 AND table_name = 'gl_entries'",
        "UPDATE chain_blocks SET columns = '?' WHERE run_no = 1 AND table_name = 'gl_entries'",
        "UPDATE chain_blocks SET last_no = last_no - 1 WHERE run_no = 2 AND table_name = 'gl_entries'",
        "DELETE FROM chain_blocks WHERE run_no = 2 AND table_name = 'gl_entries'",
    ):
        with tampered(opened, change) as connection:
            assert chain_breaches(connection), change


def cut_off_the_last_run(connection: Connection) -> None:
    """All traces of run 2 removed, and the derived tables put back: what a chain alone cannot see."""
    blocks = connection.exec_driver_sql(
        "SELECT table_name, first_no FROM chain_blocks WHERE run_no = 2"
    ).fetchall()
    for table, first in blocks:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {serial(table)} >= {first}")
    for table in ("run_chain", "chain_blocks", "run_times"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE run_no = 2")


def test_a_cut_tail_is_found_by_the_anchor_and_only_by_it(opened: Database) -> None:
    with opened.read() as connection:
        anchors = connection.exec_driver_sql("SELECT rows, head FROM run_chain ORDER BY run_no").fetchall()
    with tampered(opened) as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        cut_off_the_last_run(connection)
        assert chain_breaches(connection) == []
        assert list(chain_proof.anchor_holds(connection, tuple(anchors[0]))) == []
        assert [law.law for law in chain_proof.anchor_holds(connection, tuple(anchors[1]))] == ["anchor"]


def test_an_anchor_of_an_earlier_run_still_holds_later(opened: Database) -> None:
    with opened.read() as connection:
        (rows, head), _ = connection.exec_driver_sql(
            "SELECT rows, head FROM run_chain ORDER BY run_no"
        ).fetchall()
    assert verify(opened, anchor=(rows, head)) == []
    assert verify(opened, anchor=(rows, head.upper())) == []
    assert [law.law for law in verify(opened, anchor=(rows + 1, head))] == ["anchor"]
    assert [law.law for law in verify(opened, anchor=(rows, "0" * 64))] == ["anchor"]


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("UPDATE gl_entries SET amount_minor = amount_minor + 1 WHERE entry_no = 2", "debit_equals_credit"),
        ("UPDATE gl_entries SET role = 'sales' WHERE entry_no = 1", "subledger_equals_control"),
        ("UPDATE gl_entries SET account_no = '1510' WHERE entry_no = 2", "subledger_equals_control"),
        ("UPDATE vat_entries SET amount_minor = 1 WHERE entry_no = 1", "vat_equals_account"),
        ("UPDATE bank_entries SET amount_lcy_minor = 1 WHERE entry_no = 1", "bank_equals_account"),
        (
            "UPDATE detailed_entries SET amount_minor = amount_minor - 7501 WHERE entry_no = 5",
            "never_overapplied",
        ),
        ("UPDATE detailed_entries SET amount_lcy_minor = 1 WHERE entry_no = 4", "never_overapplied"),
        ("UPDATE customer_ledger_entries SET amount_minor = 1 WHERE entry_no = 1", "initial_amount"),
        ("DELETE FROM detailed_entries WHERE entry_no = 2", "initial_amount"),
        ("UPDATE numbers SET ordinal = 2 WHERE number_id = 2", "numbers_without_gap"),
        ("UPDATE numbers SET number = '', series_code = 'X' WHERE number_id = 2", "numbers_without_gap"),
        ("UPDATE gl_entries SET voucher_no = 3 WHERE transaction_no = 4", "numbers_without_gap"),
        ("UPDATE document_lines SET document_id = 77 WHERE line_id = 4", "lines_have_documents"),
        ("UPDATE open_entries SET remaining_minor = 7499 WHERE entry_no = 1", "derived_state"),
        ("DELETE FROM open_entries WHERE entry_no = 2", "derived_state"),
        ("INSERT INTO open_entries VALUES (3, 5, 5, '')", "derived_state"),
        ("UPDATE open_entries SET on_hold = '' WHERE entry_no = 2", "derived_state"),
        ("UPDATE order_lines SET quantity_shipped_e5 = 0", "derived_state"),
        ("UPDATE document_states SET status = 'posted' WHERE document_id = 4", "derived_state"),
        (
            "UPDATE series_states SET last_number = '103009' WHERE series_code = 'POSTED-INVOICE'",
            "derived_state",
        ),
        ("UPDATE customers SET bank_account = 'SE00' WHERE key = 'C1'", "master_history"),
        ("DELETE FROM customers WHERE key = 'C2'", "master_history"),
        ("INSERT INTO payment_terms VALUES ('X', '', '', NULL, NULL, '', 'X')", "master_history"),
    ],
)
def test_every_law_is_proved_from_what_is_stored(opened: Database, change: str, law: str) -> None:
    with tampered(opened, change) as connection:
        found = {breach.law for check in proof.CHECKS for breach in check(connection)}
        assert law in found


def test_missing_guards_and_references_are_told(folder: Path) -> None:
    with sqlite3.connect(folder / "book.db") as connection:
        connection.execute("DROP TRIGGER gl_entries_no_update")
        connection.execute("UPDATE order_lines SET document_id = 55")
    with open_database(folder) as database:
        told = {(law.law, law.table) for law in verify(database)}
    assert {("append_only", "gl_entries"), ("references_found", "order_lines")} <= told


def test_a_damaged_file_is_a_finding_and_not_a_crash(folder: Path) -> None:
    with sqlite3.connect(folder / "book.db") as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'gl_entries'"
        ).fetchone()
    content = bytearray((folder / "book.db").read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes([0xA5]) * 4096
    (folder / "book.db").write_bytes(content)
    with open_database(folder) as database:
        assert {law.law for law in verify(database)} >= {"store_intact"}


def test_master_data_is_folded_from_its_history_in_order(opened: Database) -> None:
    with opened.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT name, credit_limit_minor FROM customers WHERE key = 'C1'"
        ).fetchone()
    assert tuple(row or ()) == ("Björk & Lind AB", None)
