"""A snapshot holds open things and what the inbox names, and reads nothing else."""

from __future__ import annotations

import pandas as pd
import pytest
from hand_made import DAY_2

from salesbatch.core.inbox import Inbox, InputFile
from salesbatch.core.sheets import BY_NAME as SHEETS
from salesbatch.ledger import Database, open_database, snapshot
from salesbatch.ledger.snapshots import named_numbers


def test_empty_books_are_ready_for_the_first_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_database(tmp_path_factory.mktemp("empty"), create=True) as database:
        books = snapshot(database, Inbox())
    assert (books.run_no, books.version, books.head, books.chained_rows) == (1, 0, "", 0)
    assert books.next_no("documents") == 1
    assert books.open_entries.columns.tolist()[-2:] == ["remaining_minor", "remaining_lcy_minor"]


def test_open_entries_come_with_what_remains_and_closed_ones_stay_away(database: Database) -> None:
    found = snapshot(database, Inbox()).open_entries
    assert found[["document_no", "amount_minor", "remaining_minor"]].to_numpy().tolist() == [
        ["103001", 50_000, 7_500],
        ["OLD-7", 20_000, 20_000],
    ]
    assert str(found["due_date"].dtype) == "datetime64[s]"


def test_open_orders_come_in_their_newest_version_with_lines_and_state(database: Database) -> None:
    books = snapshot(database, Inbox())
    assert books.orders[["no", "version"]].to_numpy().tolist() == [["SO-1", 2]]
    assert books.orders_lines["quantity_e5"].tolist() == [1_000_000]
    assert books.order_lines["quantity_shipped_e5"].tolist() == [400_000]


def test_serial_numbers_go_on(database: Database) -> None:
    books = snapshot(database, Inbox())
    assert (books.run_no, books.version) == (3, 2)
    assert books.next_no("documents") == 6
    assert books.next_no("gl_entries") == 11
    assert books.last_no["transaction_no"] == 4


def test_master_rows_come_with_the_dtypes_of_their_sheet(database: Database) -> None:
    customers = snapshot(database, Inbox()).master["customers"]
    assert customers["name"].tolist() == ["Björk & Lind AB", "NA"]  # A customer may be called NA.
    declared = {column.name: column.dtype for column in SHEETS["customers"].columns}
    assert {name: str(dtype) for name, dtype in customers.dtypes.items() if name != "key"} == declared
    assert customers["credit_limit_minor"].isna().tolist() == [True, True]
    vat = snapshot(database, Inbox()).master["vat_posting_setup"]
    assert vat["starting_date"].tolist() == [pd.Timestamp("2020-01-01")]


def test_documents_that_the_inbox_names_are_there(database: Database) -> None:
    credit = pd.DataFrame({"applies_to_document_no": ["103001"], "key": ["CM-9"]})
    books = snapshot(database, Inbox(tables={"credit_memos": credit}))
    assert books.named["posted_no"].tolist() == ["103001"]


def test_documents_that_known_keys_became_are_there(database: Database) -> None:
    books = snapshot(database, Inbox(tables={"credit_memos": pd.DataFrame({"key": ["CM-1", "CM-2"]})}))
    assert books.keys["posted"].tolist() == ["104001"]
    assert books.named["posted_no"].tolist() == ["104001"]


def test_several_documents_in_one_cell_are_all_named() -> None:
    tables = {
        "payments": pd.DataFrame({"applies_to_document_no": ["A-1; A-2=50.00", ""]}),
        "actions": pd.DataFrame({"document_no": ["A-3"]}),
    }
    assert named_numbers(tables) == {"A-1", "A-2", "A-3"}


def test_a_file_is_known_by_its_bytes(database: Database) -> None:
    inbox = Inbox(files=(InputFile("renamed.xlsx", "aa11", b""), InputFile("new.xlsx", "cc33", b"")))
    assert snapshot(database, inbox).known_files == {"aa11": 1}


def test_statement_lines_of_the_same_account_and_day_are_known(database: Database) -> None:
    def dropped(day: str) -> Inbox:
        days = pd.Series([day]).astype("datetime64[s]")
        return Inbox(
            tables={
                "bank_statement": pd.DataFrame(
                    {"bank_account": ["SE4550000000058398257466"], "date": days, "amount_minor": [1]}
                )
            }
        )

    assert snapshot(database, dropped(str(DAY_2)[:10])).known_statement["identity"].tolist() == ["i1", "i2"]
    assert snapshot(database, dropped("2026-11-04")).known_statement.empty


def test_last_registration_is_known(database: Database) -> None:
    assert snapshot(database, Inbox()).last_registered == "2026-11-03T08:00:00Z"


def test_no_question_reads_the_history_through(database: Database) -> None:
    seen: list[str] = []
    inbox = Inbox(
        files=(InputFile("a.xlsx", "aa11", b""),),
        tables={
            "orders": pd.DataFrame({"key": ["SO-1"], "applies_to_document_no": ["103001"]}),
            "bank_statement": pd.DataFrame(
                {
                    "bank_account": ["BANK"],
                    "date": pd.Series([DAY_2]),
                    "amount_minor": [-300_00],
                    "text": ["Retur 103001"],
                    "additional_info": [""],
                    "payment_reference": [""],
                }
            ),
        },
    )
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.set_trace_callback(seen.append)  # type: ignore[union-attr]
    snapshot(database, inbox)
    driver.set_trace_callback(None)  # type: ignore[union-attr]
    assert len(seen) > 40
    history = (
        "documents",
        "document_lines",
        "customer_ledger_entries",
        "detailed_entries",
        "gl_entries",
        "numbers",
        "statement_lines",
        "files",
        "input_keys",
        "chain_blocks",
        "order_lines",
    )
    with database.read() as connection:
        for statement in seen:
            if statement.startswith("SELECT"):
                for *_, plan in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement):
                    scanned = plan.split()[1] if plan.startswith("SCAN") else ""
                    assert scanned not in history or "ix_order_lines_open" in plan or "max(" in statement, (
                        statement,
                        plan,
                    )
