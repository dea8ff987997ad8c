"""What a commit costs beside the bare driver, and what a snapshot costs in front of a long history.

    python benchmarks/ledger_commit.py [lines] [history]

`lines`: order lines of the one big run (about 7 rows each); `history`: paid invoices that lie in the books
before the small run at the end. The bare figure is sqlite3.executemany of the same rows into the same tables
with the same indexes and settings.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.derived import NO_DATE
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.laws import check_journal
from salesbatch.ledger import (
    OutboxItem,
    RunFacts,
    chain,
    open_database,
    periods_touched,
    post,
    run_report,
    schema,
    snapshot,
    verify,
)
from salesbatch.ledger.frames import rows_of

FACTS = RunFacts("2026-10-05T08:00:00Z", "bench", "bench")
PARTY = (
    '{"name":"Kund AB","address":"Storgatan 1","post_code":"111 22","city":"Stockholm","country_code":"SE"}'
)


def texts(prefix: str, numbers: np.ndarray) -> list[str]:
    return [f"{prefix}{number}" for number in numbers.tolist()]


def frame(table: str, books: Books, length: int, **columns: Any) -> pd.DataFrame:
    declared = entries.BY_NAME[table]
    if declared.serial:
        columns[declared.fields[0].name] = np.arange(length) + books.next_no(table)
    if "run_no" in declared.names:
        columns["run_no"] = books.run_no
    return declared.frame(columns, length)


def selling_run(
    books: Books, lines: int, per_document: int = 4, paid: bool = False, month: str = "2026-10"
) -> Journal:
    """Orders, shipments and invoices in one run; paid: every invoice is settled in the same run."""
    count = lines // per_document
    day = np.datetime64(f"{month}-05", "s")
    no = np.arange(count) + books.next_no("customer_ledger_entries")
    first_document = books.next_no("documents")
    customers = [f"C{number % 5000:07d}" for number in range(count)]
    invoices, orders = texts("F", no), texts("SO", no)
    kinds = ("order", "shipment", "invoice")
    ids = {kind: first_document + position * count + np.arange(count) for position, kind in enumerate(kinds)}
    documents = pd.concat(
        [
            frame(
                "documents",
                books,
                count,
                document_type=kind,
                no=orders if kind == "order" else "",
                posted_no="" if kind == "order" else invoices if kind == "invoice" else texts("S", no),
                status="released" if kind == "order" else "posted",
                version=1 if kind == "order" else 0,
                customer_no=customers,
                bill_to_customer_no=customers,
                posting_date=day,
                document_date=day,
                due_date=day,
                currency_code="SEK",
                amount_minor=40_000,
                vat_amount_minor=10_000,
                amount_including_vat_minor=50_000,
                order_no="" if kind == "order" else orders,
                sell_to=PARTY,
                bill_to=PARTY,
                seller=PARTY,
                source="Orders.xlsx",
                sheet="Orders",
            )
            for kind in kinds
        ],
        ignore_index=True,
    )
    documents["document_id"] = np.concatenate([ids[kind] for kind in kinds])
    line_frames = []
    for kind in kinds:
        line_frames.append(
            frame(
                "document_lines",
                books,
                lines,
                document_id=np.repeat(ids[kind], per_document),
                line_no=np.tile(np.arange(1, per_document + 1) * 10000, count),
                type="item",
                item_no=texts("I", np.arange(lines) % 900),
                description="A chair of oak",
                quantity_e5=100_000,
                unit_of_measure="PCS",
                unit_price_e5=10_000_000,
                line_amount_minor=10_000,
                vat_identifier="VAT25",
                vat_percent_e5=2_500_000,
                vat_base_minor=10_000,
                vat_amount_minor=2_500,
                order_line_no=0
                if kind == "order"
                else np.tile(np.arange(1, per_document + 1) * 10000, count),
                row=np.arange(lines),
            )
        )
    document_lines = pd.concat(line_frames, ignore_index=True)
    document_lines["line_id"] = np.arange(len(document_lines)) + books.next_no("document_lines")
    transaction = np.arange(count) + books.last_no.get("transaction_no", 0) + 1
    voucher = transaction_place(books, "VOUCHER A", count)
    shape = {
        "posting_date": day,
        "document_type": "invoice",
        "document_no": invoices,
        "customer_no": customers,
        "transaction_no": transaction,
    }
    sides = (("1510", 50_000, "receivables"), ("3001", -40_000, "sales"), ("2611", -10_000, "vat"))
    gl = [
        frame(
            "gl_entries",
            books,
            count,
            **shape,
            voucher_series="A",
            voucher_no=voucher,
            account_no=account,
            amount_minor=amount,
            role=role,
        )
        for account, amount, role in sides
    ]
    entry = frame(
        "customer_ledger_entries",
        books,
        count,
        **shape,
        document_id=ids["invoice"],
        amount_minor=50_000,
        amount_lcy_minor=50_000,
        currency_code="SEK",
        due_date=day,
    )
    cle = [entry]
    dle = [
        frame(
            "detailed_entries",
            books,
            count,
            **shape,
            entry_type="initial",
            customer_ledger_entry_no=entry["entry_no"],
            amount_minor=50_000,
            amount_lcy_minor=50_000,
            currency_code="SEK",
        )
    ]
    if paid:
        money = {
            **shape,
            "document_type": "payment",
            "document_no": texts("P", no),
            "transaction_no": transaction + count,
        }
        payment_no = no + count
        cle.append(
            frame(
                "customer_ledger_entries",
                books,
                count,
                **money,
                amount_minor=-50_000,
                amount_lcy_minor=-50_000,
                currency_code="SEK",
            )
        )
        for kind, owner, amount in (
            ("initial", payment_no, -50_000),
            ("application", payment_no, 50_000),
            ("application", no, -50_000),
        ):
            dle.append(
                frame(
                    "detailed_entries",
                    books,
                    count,
                    **money,
                    entry_type=kind,
                    customer_ledger_entry_no=owner,
                    amount_minor=amount,
                    amount_lcy_minor=amount,
                    currency_code="SEK",
                    application_no=0 if kind == "initial" else transaction,
                )
            )
        for account, amount, role in (("1930", 50_000, "bank"), ("1510", -50_000, "receivables")):
            gl.append(
                frame(
                    "gl_entries",
                    books,
                    count,
                    **money,
                    voucher_series="B",
                    voucher_no=voucher,
                    account_no=account,
                    amount_minor=amount,
                    role=role,
                )
            )
    banked = bank_rows(books, count, money) if paid else {}
    stacked = {
        "gl_entries": pd.concat(gl, ignore_index=True),
        "customer_ledger_entries": pd.concat(cle, ignore_index=True),
        "detailed_entries": pd.concat(dle, ignore_index=True),
    }
    for name, rows in stacked.items():
        rows["entry_no"] = np.arange(len(rows)) + books.next_no(name)
    if paid:  # Payments follow the invoices of this run in the table.
        assert (stacked["customer_ledger_entries"]["entry_no"].iloc[count:] == payment_no).all()
    numbers = [
        frame(
            "numbers",
            books,
            count,
            series_code=code,
            series_starting_date=NO_DATE,
            ordinal=transaction_place(books, code, count),
            number=found,
            posting_date=day,
            document_type=kind,
            document_id=ids[kind],
        )
        for code, kind, found in (
            ("SHIPMENT", "shipment", texts("S", no)),
            ("POSTED-INVOICE", "invoice", invoices),
        )
    ]
    given = pd.concat(numbers, ignore_index=True)
    given["number_id"] = np.arange(len(given)) + books.next_no("numbers")
    return Journal(
        {
            "runs": frame("runs", books, 1, posting_date=np.array([day]), files=1, rows_read=lines),
            "documents": documents,
            "document_lines": document_lines,
            **stacked,
            **banked,
            "vat_entries": frame(
                "vat_entries",
                books,
                count,
                **shape,
                vat_identifier="VAT25",
                vat_percent_e5=2_500_000,
                base_minor=-40_000,
                amount_minor=-10_000,
                vat_account_no="2611",
            ),
            "item_ledger_entries": frame(
                "item_ledger_entries",
                books,
                lines,
                item_no=texts("I", np.arange(lines) % 900),
                posting_date=day,
                entry_type="sale",
                document_id=np.repeat(ids["shipment"], per_document),
                quantity_e5=-100_000,
            ),
            "numbers": given,
            "input_keys": entries.INPUT_KEYS.frame(
                {
                    "table_name": "orders",
                    "key": orders,
                    "content_hash": orders,
                    "run_no": books.run_no,
                    "document_id": ids["order"],
                },
                count,
            ),
        }
    )


def bank_rows(books: Books, count: int, payments: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The statement lines that brought these payments, and what they put into the bank."""
    money = {"bank_account": "BANK", "amount_minor": 50_000, "currency_code": "SEK"}
    lines = frame(
        "statement_lines",
        books,
        count,
        **money,
        date=payments["posting_date"],
        payment_reference=payments["document_no"],
        identity=payments["document_no"],
        entry_amount_minor=50_000,
    )
    entries_of_bank = frame(
        "bank_entries",
        books,
        count,
        **{name: value for name, value in payments.items() if name in entries.BY_NAME["bank_entries"].names},
        **money,
        amount_lcy_minor=50_000,
        statement_line_no=lines["statement_line_no"].to_numpy(),
    )
    return {"statement_lines": lines, "bank_entries": entries_of_bank}


def transaction_place(books: Books, code: str, count: int) -> np.ndarray:
    states = books.series_states
    last = states.loc[states["series_code"] == code, "ordinal"]
    return np.arange(count) + (int(last.iloc[0]) if len(last) else 0) + 1


def timed(label: str, action: Any) -> Any:
    begun = time.perf_counter()
    result = action()
    print(f"{label:<58}{time.perf_counter() - begun:8.3f} s")
    return result


def big_run(lines: int) -> None:
    with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as whole:
        journal = selling_run(Books(), lines)
        count = sum(len(rows) for rows in journal.rows.values())
        print(f"one run of {count:,} rows")
        prepared = {name: list(rows_of(entries.BY_NAME[name], rows)) for name, rows in journal.rows.items()}

        def write_bare() -> None:
            with open_database(Path(bare), create=True) as database, database.write() as connection:
                cursor = connection.connection.cursor()
                for name, rows in prepared.items():
                    cursor.executemany(schema.insert_sql(name, "sqlite"), rows)

        timed("bare executemany of ready tuples, same indexes", write_bare)
        prepared.clear()
        timed("  laws", lambda: check_journal(Books(), journal))
        timed("  blocks of the chain", lambda: chain.make_blocks(1, dict(journal.rows)))
        timed(
            "  frames to tuples",
            lambda: [list(rows_of(entries.BY_NAME[name], rows)) for name, rows in journal.rows.items()],
        )
        outbox = [
            OutboxItem("invoice_pdf", f"outbox/2026-10/Invoice F{number}.pdf", number)
            for number in range(lines // 4)
        ]
        with open_database(Path(whole), create=True) as database:
            books = replace(snapshot(database, Inbox()))
            timed("post", lambda: post(database, books, journal, run=FACTS, outbox=outbox))
            print(f"book.db: {sum(file.stat().st_size for file in Path(whole).iterdir()) / 2**20:.0f} MB")
            timed("snapshot after it", lambda: snapshot(database, Inbox()))
            timed("run report", lambda: run_report(database, 1))
            assert timed("verify", lambda: verify(database)) == []


def long_history(invoices: int) -> None:
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder), create=True) as database:
        for _ in range(10):
            books = snapshot(database, Inbox())
            post(database, books, selling_run(books, invoices // 10, per_document=1, paid=True), run=FACTS)
        print(
            f"history of {invoices:,} invoices, all paid; book.db {(Path(folder) / 'book.db').stat().st_size / 2**20:.0f} MB"
        )
        books = snapshot(database, Inbox())
        post(database, books, selling_run(books, 400), run=FACTS)
        keys = pd.DataFrame({"key": texts("SO", np.arange(2000) + 1)})
        books = timed(
            "snapshot, 2,000 keys of the inbox known",
            lambda: snapshot(database, Inbox(tables={"orders": keys})),
        )
        journal = selling_run(books, 400)
        timed("post of 100 invoices", lambda: post(database, books, journal, run=FACTS))
        timed("run report", lambda: run_report(database, books.run_no))
        timed("periods touched", lambda: periods_touched(database, books.run_no))
        assert timed("verify", lambda: verify(database)) == []


if __name__ == "__main__":
    big_run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    long_history(int(sys.argv[2]) if len(sys.argv) > 2 else 300_000)
