"""A small ledger made by hand: two runs whose every amount can be checked on paper.

Run 1 takes over one old item (200.00 of C2), ships an order of C1 and invoices 4 pieces at 100.00 plus 25 % VAT
(103001, 500.00). Run 2 brings 300.00 from the bank and a credit memo of 125.00 (104001), both applied to
103001, and a second version of the order. 75.00 remains of 103001.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.derived import NO_DATE
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME as SHEETS
from salesbatch.ledger import RunFacts

FACTS = RunFacts("2026-11-03T08:00:00Z", "anna", "desk-1")
DAY_1, DAY_2 = np.datetime64("2026-10-05", "s"), np.datetime64("2026-11-03", "s")
SELLER = json.dumps(
    {
        "party": {"name": "Ekdala Snickeri AB", "city": "Nora"},
        "registered_office": "Nora",
        "bankgiro": "5050-1055",
    }
)
BUYER = json.dumps(
    {"name": "Björk & Lind", "address": "Storgatan 1", "post_code": "111 22", "city": "Stockholm"}
)


def rows(table: str, books: Books, *records: dict[str, Any], length: int | None = None) -> pd.DataFrame:
    """Rows of a ledger table with serial numbers and run number filled in; what a record leaves out is blank."""
    declared = entries.BY_NAME[table]
    columns: dict[str, Any] = {}
    for name in sorted({name for record in records for name in record}):
        blank: Any = {"text": "", "day": np.datetime64("NaT", "s"), "flag": False}.get(
            declared.by_name[name].kind, 0
        )
        values = [record.get(name, blank) for record in records]
        columns[name] = (
            np.array(values, dtype="datetime64[s]") if declared.by_name[name].kind == "day" else values
        )
    if declared.serial:
        first = books.next_no(table)
        columns[declared.fields[0].name] = np.arange(first, first + len(records))
    if "run_no" in declared.names:
        columns["run_no"] = books.run_no
    return declared.frame(columns, length or len(records))


def sheet(name: str, *records: dict[str, Any]) -> pd.DataFrame:
    """Rows of a setup or master table as a journal carries them: the table's columns and `key`."""
    table = SHEETS[name]
    columns = {}
    for column in table.columns:
        blank: Any = "" if column.dtype == "str" else pd.NaT if column.kind == "date" else pd.NA
        columns[column.name] = pd.array(
            [record.get(column.name, blank) for record in records], dtype=column.dtype
        )
    columns["key"] = pd.array([record["key"] for record in records], dtype="str")
    return pd.DataFrame(columns)


def master_of(books: Books, master: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The history rows of new master rows: every column that is not blank."""
    records = []
    for name, frame in master.items():
        for record in frame.to_dict("records"):
            content = {
                key: _json(value) for key, value in record.items() if key != "key" and not _blank(value)
            }
            records.append(
                {
                    "table_name": name,
                    "key": record["key"],
                    "content": json.dumps(content, ensure_ascii=False),
                    "source": "Setup.xlsx",
                    "sheet": name,
                    "row": 2,
                }
            )
    return rows("master_changes", books, *records)


def _blank(value: Any) -> bool:
    return value is pd.NA or value is pd.NaT or value == ""


def _json(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def first_master() -> dict[str, pd.DataFrame]:
    """Setup and customers of run 1."""
    return {
        "company": sheet(
            "company",
            {"key": "name", "setting": "name", "value": "Ekdala Snickeri AB"},
            {"key": "language", "setting": "language", "value": "en"},
        ),
        "customer_posting_groups": sheet(
            "customer_posting_groups", {"key": "DOMESTIC", "code": "DOMESTIC", "receivables_account": "1510"}
        ),
        "payment_terms": sheet(
            "payment_terms",
            {"key": "30D", "code": "30D", "due_date_calculation": "30D", "description": "30 days net"},
        ),
        "salespeople": sheet("salespeople", {"key": "AN", "code": "AN", "name": "Anna Nord"}),
        "vat_posting_setup": sheet(
            "vat_posting_setup",
            {
                "key": "DOMESTIC|VAT25|",
                "vat_bus_posting_group": "DOMESTIC",
                "vat_prod_posting_group": "VAT25",
                "starting_date": pd.Timestamp("2020-01-01"),
                "vat_percent_e5": 2_500_000,
                "vat_identifier": "VAT25",
                "sales_vat_account": "2611",
                "clause": "Standard rate",
            },
        ),
        "customers": sheet(
            "customers",
            {
                "key": "C1",
                "no": "C1",
                "name": "Björk & Lind",
                "credit_limit_minor": 500_000,
                "privacy_blocked": False,
            },
            {"key": "C2", "no": "C2", "name": "NA"},
        ),
        "bank_accounts": sheet(
            "bank_accounts",
            {"key": "BANK", "code": "BANK", "gl_account": "1930", "iban": "SE4550000000058398257466"},
        ),
    }


def first_journal(books: Books) -> Journal:
    """Run 1 on empty books."""
    master = first_master()
    item = {
        "type": "item",
        "item_no": "I1",
        "description": "Chair",
        "unit_of_measure": "PCS",
        "unit_price_e5": 10_000_000,
        "vat_identifier": "VAT25",
        "vat_prod_posting_group": "VAT25",
        "vat_percent_e5": 2_500_000,
    }
    header = {
        "customer_no": "C1",
        "bill_to_customer_no": "C1",
        "posting_date": DAY_1,
        "document_date": DAY_1,
        "currency_code": "SEK",
        "source": "Orders.xlsx",
        "sheet": "Orders",
        "row": 2,
    }
    order_lines = [
        {
            **item,
            "document_id": 1,
            "line_no": 10000,
            "quantity_e5": 1_000_000,
            "line_amount_minor": 100_000,
            "vat_base_minor": 100_000,
            "vat_amount_minor": 25_000,
        },
        {
            **item,
            "document_id": 1,
            "line_no": 20000,
            "quantity_e5": 200_000,
            "line_amount_minor": 20_000,
            "vat_base_minor": 20_000,
            "vat_amount_minor": 5_000,
        },
        {"document_id": 1, "line_no": 30000, "type": "comment", "description": "Ring the bell"},
    ]
    part = {
        **item,
        "line_no": 10000,
        "order_line_no": 10000,
        "quantity_e5": 400_000,
        "line_amount_minor": 40_000,
        "vat_base_minor": 40_000,
        "vat_amount_minor": 10_000,
    }
    invoice = {
        **header,
        "document_type": "invoice",
        "posted_no": "103001",
        "status": "posted",
        "order_no": "SO-1",
        "due_date": np.datetime64("2026-11-04", "s"),
        "amount_minor": 40_000,
        "vat_amount_minor": 10_000,
        "amount_including_vat_minor": 50_000,
        "payment_terms_code": "30D",
        "payment_reference": "1030016",
        "salesperson_code": "AN",
        "vat_bus_posting_group": "DOMESTIC",
        "language": "en",
        "seller": SELLER,
        "bill_to": BUYER,
        "sell_to": BUYER,
        "delivery_date": DAY_1,
        "transaction_no": 1,
    }
    gl = {
        "posting_date": DAY_1,
        "document_type": "invoice",
        "document_no": "103001",
        "customer_no": "C1",
        "transaction_no": 1,
        "voucher_series": "A",
        "voucher_no": 1,
        "description": "Invoice 103001",
    }
    old = {
        **gl,
        "document_no": "OLD-7",
        "customer_no": "C2",
        "transaction_no": 2,
        "voucher_series": "O",
        "description": "Taken over",
    }
    entry = {
        "customer_no": "C1",
        "document_type": "invoice",
        "document_no": "103001",
        "posting_date": DAY_1,
        "document_date": DAY_1,
        "due_date": np.datetime64("2026-11-04", "s"),
        "currency_code": "SEK",
        "customer_posting_group": "DOMESTIC",
        "transaction_no": 1,
        "document_id": 3,
        "amount_minor": 50_000,
        "amount_lcy_minor": 50_000,
    }
    old_entry = {
        **entry,
        "customer_no": "C2",
        "document_no": "OLD-7",
        "due_date": np.datetime64("2026-07-01", "s"),
        "transaction_no": 2,
        "document_id": 0,
        "amount_minor": 20_000,
        "amount_lcy_minor": 20_000,
    }
    initial = {
        "entry_type": "initial",
        "posting_date": DAY_1,
        "document_type": "invoice",
        "currency_code": "SEK",
    }
    frames = {
        "runs": rows(
            "runs",
            books,
            {
                "posting_date": DAY_1,
                "program_version": "0.1.0",
                "schema_version": 1,
                "files": 1,
                "rows_read": 12,
                "rows_held": 2,
            },
        ),
        "files": rows(
            "files", books, {"name": "Orders.xlsx", "kind": "workbook", "sha256": "aa11", "size": 4711}
        ),
        "findings": rows(
            "findings",
            books,
            {
                "code": "customer-unknown",
                "severity": "error",
                "source": "Orders.xlsx",
                "sheet": "Orders",
                "cell": "B7",
                "row": 7,
                "column": "Customer No.",
                "value": "C9",
                "message": "'C9' is not a customer.",
                "suggestion": "did you mean C1?",
            },
            {"code": "file-again", "severity": "notice", "source": "Old.xlsx"},
        ),
        "held": rows(
            "held",
            books,
            *(
                {
                    "held_id": "h1",
                    "table_name": "orders",
                    "key": "SO-9",
                    "source": "Orders.xlsx",
                    "sheet": "Orders",
                    "row": row,
                    "reason": "customer-unknown",
                    "captions": '["No.","Customer No.","Quantity"]',
                    "cells": json.dumps(cells),
                }
                for row, cells in ((7, ["SO-9", "C9", 2]), (8, ["", "", 1]))
            ),
        ),
        "master_changes": master_of(books, master),
        "documents": rows(
            "documents",
            books,
            {
                **header,
                "document_type": "order",
                "no": "SO-1",
                "key": "SO-1",
                "status": "released",
                "version": 1,
                "amount_minor": 120_000,
                "vat_amount_minor": 30_000,
                "amount_including_vat_minor": 150_000,
            },
            {
                **header,
                "document_type": "shipment",
                "posted_no": "SH-1",
                "status": "posted",
                "order_no": "SO-1",
            },
            invoice,
        ),
        "document_lines": rows(
            "document_lines", books, *order_lines, {**part, "document_id": 2}, {**part, "document_id": 3}
        ),
        "customer_ledger_entries": rows("customer_ledger_entries", books, entry, old_entry),
        "detailed_entries": rows(
            "detailed_entries",
            books,
            {
                **initial,
                "customer_ledger_entry_no": 1,
                "customer_no": "C1",
                "document_no": "103001",
                "transaction_no": 1,
                "amount_minor": 50_000,
                "amount_lcy_minor": 50_000,
            },
            {
                **initial,
                "customer_ledger_entry_no": 2,
                "customer_no": "C2",
                "document_no": "OLD-7",
                "transaction_no": 2,
                "amount_minor": 20_000,
                "amount_lcy_minor": 20_000,
            },
        ),
        "gl_entries": rows(
            "gl_entries",
            books,
            {**gl, "account_no": "1510", "amount_minor": 50_000, "role": "receivables"},
            {**gl, "account_no": "3001", "amount_minor": -40_000, "role": "sales"},
            {**gl, "account_no": "2611", "amount_minor": -10_000, "role": "vat"},
            {**old, "account_no": "1510", "amount_minor": 20_000, "role": "receivables"},
            {**old, "account_no": "2999", "amount_minor": -20_000, "role": "opening"},
        ),
        "vat_entries": rows(
            "vat_entries",
            books,
            {
                "transaction_no": 1,
                "posting_date": DAY_1,
                "document_type": "invoice",
                "document_no": "103001",
                "customer_no": "C1",
                "vat_identifier": "VAT25",
                "vat_percent_e5": 2_500_000,
                "base_minor": -40_000,
                "amount_minor": -10_000,
                "vat_account_no": "2611",
                "vat_return_box": "05",
            },
        ),
        "item_ledger_entries": rows(
            "item_ledger_entries",
            books,
            {
                "item_no": "I1",
                "posting_date": DAY_1,
                "entry_type": "sale",
                "document_no": "SH-1",
                "document_id": 2,
                "line_no": 10000,
                "order_no": "SO-1",
                "customer_no": "C1",
                "quantity_e5": -400_000,
                "invoiced_quantity_e5": -400_000,
                "cost_amount_minor": -24_000,
            },
        ),
        "numbers": rows(
            "numbers",
            books,
            {
                "series_code": "SHIPMENT",
                "series_starting_date": NO_DATE,
                "ordinal": 1,
                "number": "SH-1",
                "posting_date": DAY_1,
                "document_type": "shipment",
                "document_id": 2,
            },
            {
                "series_code": "POSTED-INVOICE",
                "series_starting_date": NO_DATE,
                "ordinal": 1,
                "number": "103001",
                "posting_date": DAY_1,
                "document_type": "invoice",
                "document_id": 3,
            },
        ),
        "input_keys": rows(
            "input_keys",
            books,
            {"table_name": "orders", "key": "SO-1", "content_hash": "h", "document_id": 1},
        ),
    }
    return Journal(frames, master)


def second_journal(books: Books) -> Journal:
    """Run 2 on the books after run 1."""
    d = books.next_no("documents")
    item = {
        "type": "item",
        "item_no": "I1",
        "description": "Chair",
        "unit_price_e5": 10_000_000,
        "vat_identifier": "VAT25",
        "vat_prod_posting_group": "VAT25",
        "vat_percent_e5": 2_500_000,
    }
    header = {
        "customer_no": "C1",
        "bill_to_customer_no": "C1",
        "posting_date": DAY_2,
        "document_date": DAY_2,
        "currency_code": "SEK",
        "source": "November.xlsx",
        "sheet": "Orders",
        "row": 3,
    }
    pay = {
        "posting_date": DAY_2,
        "document_type": "payment",
        "document_no": "P-1",
        "customer_no": "C1",
        "transaction_no": 3,
        "voucher_series": "B",
        "voucher_no": 1,
    }
    credit = {
        **pay,
        "document_type": "credit_memo",
        "document_no": "104001",
        "transaction_no": 4,
        "voucher_series": "A",
        "voucher_no": 2,
    }
    entry = {
        "customer_no": "C1",
        "posting_date": DAY_2,
        "document_date": DAY_2,
        "due_date": DAY_2,
        "currency_code": "SEK",
        "customer_posting_group": "DOMESTIC",
    }
    detail = {"customer_no": "C1", "posting_date": DAY_2, "currency_code": "SEK"}

    def moved(
        kind: str, of: dict[str, Any], entry_no: int, amount: int, application_no: int = 0, applied: int = 0
    ) -> dict[str, Any]:
        return {
            **detail,
            "entry_type": kind,
            "customer_ledger_entry_no": entry_no,
            "transaction_no": of["transaction_no"],
            "document_type": of["document_type"],
            "document_no": of["document_no"],
            "amount_minor": amount,
            "amount_lcy_minor": amount,
            "application_no": application_no,
            "applied_entry_no": applied,
        }

    frames = {
        "runs": rows(
            "runs",
            books,
            {
                "posting_date": DAY_2,
                "program_version": "0.1.0",
                "schema_version": 1,
                "files": 1,
                "rows_read": 4,
            },
        ),
        "files": rows(
            "files", books, {"name": "November.xlsx", "kind": "workbook", "sha256": "bb22", "size": 815}
        ),
        "findings": rows(
            "findings", books, {"code": "file-again", "severity": "notice", "source": "November.xlsx"}
        ),
        "held": rows(
            "held",
            books,
            {
                "held_id": "h2",
                "table_name": "orders",
                "key": "SO-8",
                "source": "November.xlsx",
                "sheet": "Orders",
                "row": 9,
                "reason": "customer-unknown",
                "captions": '["No."]',
                "cells": '["SO-8"]',
            },
        ),
        "master_changes": rows(
            "master_changes",
            books,
            {
                "table_name": "customers",
                "key": "C1",
                "content": '{"name":"Björk & Lind AB","credit_limit_minor":null}',
                "source": "November.xlsx",
                "sheet": "Customers",
                "row": 2,
            },
        ),
        "documents": rows(
            "documents",
            books,
            {
                **header,
                "document_type": "order",
                "no": "SO-1",
                "key": "SO-1",
                "status": "open",
                "version": 2,
                "amount_minor": 100_000,
                "vat_amount_minor": 25_000,
                "amount_including_vat_minor": 125_000,
            },
            {
                **header,
                "document_type": "credit_memo",
                "no": "CM-1",
                "posted_no": "104001",
                "status": "posted",
                "corrects_no": "103001",
                "amount_minor": 10_000,
                "vat_amount_minor": 2_500,
                "amount_including_vat_minor": 12_500,
                "transaction_no": 4,
                "seller": SELLER,
                "bill_to": BUYER,
                "language": "sv",
            },
        ),
        "document_lines": rows(
            "document_lines",
            books,
            {
                **item,
                "document_id": d,
                "line_no": 10000,
                "quantity_e5": 1_000_000,
                "line_amount_minor": 100_000,
            },
            {
                **item,
                "document_id": d + 1,
                "line_no": 10000,
                "quantity_e5": 100_000,
                "line_amount_minor": 10_000,
                "vat_base_minor": 10_000,
                "vat_amount_minor": 2_500,
            },
        ),
        "customer_ledger_entries": rows(
            "customer_ledger_entries",
            books,
            {
                **entry,
                "document_type": "payment",
                "document_no": "P-1",
                "transaction_no": 3,
                "amount_minor": -30_000,
                "amount_lcy_minor": -30_000,
                "bank_account": "BANK",
            },
            {
                **entry,
                "document_type": "credit_memo",
                "document_no": "104001",
                "transaction_no": 4,
                "document_id": d + 1,
                "amount_minor": -12_500,
                "amount_lcy_minor": -12_500,
            },
        ),
        "detailed_entries": rows(
            "detailed_entries",
            books,
            moved("initial", pay, 3, -30_000),
            moved("application", pay, 3, 30_000, 1, 1),
            moved("application", pay, 1, -30_000, 1, 3),
            moved("initial", credit, 4, -12_500),
            moved("application", credit, 4, 12_500, 2, 1),
            moved("application", credit, 1, -12_500, 2, 4),
        ),
        "gl_entries": rows(
            "gl_entries",
            books,
            {**pay, "account_no": "1930", "amount_minor": 30_000, "role": "bank"},
            {**pay, "account_no": "1510", "amount_minor": -30_000, "role": "receivables"},
            {**credit, "account_no": "1510", "amount_minor": -12_500, "role": "receivables"},
            {**credit, "account_no": "3001", "amount_minor": 10_000, "role": "sales"},
            {**credit, "account_no": "2611", "amount_minor": 2_500, "role": "vat"},
        ),
        "vat_entries": rows(
            "vat_entries",
            books,
            {
                "transaction_no": 4,
                "posting_date": DAY_2,
                "document_type": "credit_memo",
                "document_no": "104001",
                "customer_no": "C1",
                "vat_identifier": "VAT25",
                "vat_percent_e5": 2_500_000,
                "base_minor": 10_000,
                "amount_minor": 2_500,
                "vat_account_no": "2611",
                "vat_return_box": "05",
            },
        ),
        "item_ledger_entries": rows(
            "item_ledger_entries",
            books,
            {
                "item_no": "I1",
                "posting_date": DAY_2,
                "entry_type": "sale",
                "document_no": "104001",
                "document_id": d + 1,
                "line_no": 10000,
                "customer_no": "C1",
                "quantity_e5": 100_000,
            },
        ),
        "bank_entries": rows(
            "bank_entries",
            books,
            {
                "transaction_no": 3,
                "bank_account": "BANK",
                "posting_date": DAY_2,
                "document_type": "payment",
                "document_no": "P-1",
                "customer_no": "C1",
                "currency_code": "SEK",
                "amount_minor": 30_000,
                "amount_lcy_minor": 30_000,
                "statement_line_no": 1,
            },
        ),
        "statement_lines": rows(
            "statement_lines",
            books,
            {
                "bank_account": "BANK",
                "statement_no": "11",
                "line_no": 1,
                "date": DAY_2,
                "amount_minor": 30_000,
                "currency_code": "SEK",
                "text": "103001",
                "payer_name": "Björk & Lind",
                "identity": "i1",
                "source": "November.xlsx",
                "row": 2,
            },
            {
                "bank_account": "BANK",
                "statement_no": "11",
                "line_no": 2,
                "date": DAY_2,
                "amount_minor": 990,
                "currency_code": "SEK",
                "text": "?",
                "identity": "i2",
                "source": "November.xlsx",
                "row": 3,
            },
        ),
        "bank_statements": rows(
            "bank_statements",
            books,
            {
                "bank_account": "BANK",
                "statement_no": "11",
                "first_date": DAY_2,
                "date": DAY_2,
                "opening_minor": 5_000,
                "closing_minor": 35_990,
                "opening_known": True,
                "closing_known": True,
                "source": "November.xlsx",
            },
        ),
        "entry_actions": rows(
            "entry_actions",
            books,
            {
                "action": "hold",
                "entry_no": 2,
                "on_hold": "ANN",
                "posting_date": DAY_2,
                "action_no": "H-1",
                "comment": "disputed",
            },
        ),
        "payment_matches": rows(
            "payment_matches",
            books,
            {
                "statement_line_no": 1,
                "customer_no": "C1",
                "match_confidence": "high",
                "match_score": 901,
                "related_party_matched": "fully",
                "document_no_matched": "yes",
                "amount_matched": "no matches",
                "applied_documents": "103001=300.00",
                "status": "applied",
                "evidence": "number in text",
                "document_no": "P-1",
            },
            {
                "statement_line_no": 2,
                "match_confidence": "none",
                "status": "unmatched",
                "difference_minor": 990,
            },
        ),
        "numbers": rows(
            "numbers",
            books,
            {
                "series_code": "PAYMENT",
                "series_starting_date": NO_DATE,
                "ordinal": 1,
                "number": "P-1",
                "posting_date": DAY_2,
                "document_type": "payment",
            },
            {
                "series_code": "POSTED-CREDIT-MEMO",
                "series_starting_date": NO_DATE,
                "ordinal": 1,
                "number": "104001",
                "posting_date": DAY_2,
                "document_type": "credit_memo",
                "document_id": d + 1,
            },
        ),
        "input_keys": rows(
            "input_keys",
            books,
            {"table_name": "orders", "key": "SO-1", "content_hash": "h2", "document_id": d},
            {
                "table_name": "credit_memos",
                "key": "CM-1",
                "content_hash": "c",
                "document_id": d + 1,
                "posted": "104001",
            },
        ),
    }
    changed = books.master["customers"].copy()
    changed = changed[changed["key"] == "C1"].assign(
        name=pd.array(["Björk & Lind AB"], dtype="str"), credit_limit_minor=pd.array([pd.NA], dtype="Int64")
    )
    return Journal(frames, {"customers": changed.reset_index(drop=True)}, closed_held=("h1",))
