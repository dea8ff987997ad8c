"""Export tables have the columns of the contract, in order, as text that no reader rounds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from salesbatch.ledger import EXPORT_TABLES, Database, export_table
from salesbatch.ledger.exports import as_text

CONTRACT = {
    "customer_ledger_entries": """
        entry_no customer_no document_type document_no external_document_no posting_date document_date
        due_date currency_code amount remaining_amount amount_lcy remaining_amount_lcy open
        payment_reference discount_date discount_amount on_hold prepayment run_no
    """,
    "detailed_entries": """
        entry_no customer_ledger_entry_no entry_type posting_date amount amount_lcy applied_entry_no
        transaction_no run_no
    """,
    "gl_entries": """
        entry_no transaction_no voucher_series voucher_no account_no posting_date document_type document_no
        description amount registered_at registered_by reverses_entry_no run_no
    """,
    "vat_entries": """
        entry_no transaction_no posting_date document_type document_no customer_no run_no
        vat_bus_posting_group vat_prod_posting_group vat_identifier vat_percent vat_calculation_type base
        amount vat_return_box country_code vat_registration_no
    """,
    "item_ledger_entries": """
        entry_no item_no posting_date entry_type document_no order_no quantity invoiced_quantity cost_amount
    """,
    "documents": """
        document_type no posted_no status customer_no bill_to_customer_no posting_date document_date
        due_date currency_code amount vat_amount amount_including_vat external_document_no order_no quote_no
        corrects_no canceled_by_no run_no
    """,
    "document_lines": """
        document_type no line_no type item_no description quantity unit_price line_discount_percent
        line_amount vat_percent vat_amount quantity_shipped quantity_invoiced quantity_returned
        outstanding_quantity drop_shipment purchase_order_no
    """,
    "payment_matches": """
        bank_account statement_no line_no date amount text payer_name customer_no match_confidence
        match_score related_party_matched document_no_matched amount_matched applied_documents difference
        status evidence runner_up run_no
    """,
}


def records(frame: pd.DataFrame, names: str) -> list[list[object]]:
    return frame[names.split()].to_numpy(dtype=object).tolist()


@pytest.mark.parametrize("table", CONTRACT)
def test_the_columns_of_the_contract_come_first_and_in_order(database: Database, table: str) -> None:
    wanted = CONTRACT[table].split()
    assert export_table(database, table).columns.tolist()[: len(wanted)] == wanted


@pytest.mark.parametrize("table", EXPORT_TABLES)
def test_every_table_exports_plain_values_now_and_as_of_any_day(database: Database, table: str) -> None:
    for as_of in (None, date(2026, 10, 31), date(2020, 1, 1)):
        frame = export_table(database, table, as_of=as_of)
        assert not any(name.endswith(("_minor", "_e5")) for name in frame.columns)
        assert not frame.isna().any().any()
        for value in frame.to_numpy(dtype=object).ravel():
            assert isinstance(value, (str, int, bool))


def test_a_table_that_does_not_exist_is_no_table(database: Database) -> None:
    with pytest.raises(KeyError):
        export_table(database, "open_entries")


def test_remaining_amounts_follow_the_day(database: Database) -> None:
    names = "document_no amount remaining_amount remaining_amount_lcy open"
    assert records(export_table(database, "customer_ledger_entries"), names) == [
        ["103001", "500.00", "75.00", "75.00", True],
        ["OLD-7", "200.00", "200.00", "200.00", True],
        ["P-1", "-300.00", "0.00", "0.00", False],
        ["104001", "-125.00", "0.00", "0.00", False],
    ]
    then = export_table(database, "customer_ledger_entries", as_of=date(2026, 10, 31))
    assert records(then, names) == [
        ["103001", "500.00", "500.00", "500.00", True],
        ["OLD-7", "200.00", "200.00", "200.00", True],
    ]


def test_the_general_ledger_says_when_and_by_whom(database: Database) -> None:
    gl = export_table(database, "gl_entries")
    assert records(gl.head(1), "account_no posting_date amount registered_at registered_by") == [
        ["1510", "2026-10-05", "500.00", "2026-11-03T08:00:00Z", "anna"]
    ]
    assert export_table(database, "gl_entries", as_of=date(2026, 10, 31))["entry_no"].tolist() == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_only_the_newest_version_of_an_order_is_shown_with_its_state(database: Database) -> None:
    documents = export_table(database, "documents")
    assert records(documents, "document_type no posted_no status amount") == [
        ["shipment", "", "SH-1", "posted", "0.00"],
        ["invoice", "", "103001", "posted", "400.00"],
        ["order", "SO-1", "", "released", "1000.00"],
        ["credit_memo", "CM-1", "104001", "posted", "100.00"],
    ]
    then = export_table(database, "documents", as_of=date(2026, 10, 31))
    assert records(then[then["document_type"] == "order"], "no amount status") == [
        ["SO-1", "1200.00", "released"]
    ]


def test_order_lines_say_what_is_outstanding(database: Database) -> None:
    lines = export_table(database, "document_lines")
    order = lines[lines["document_type"] == "order"]
    assert records(
        order, "line_no quantity unit_price quantity_shipped quantity_invoiced outstanding_quantity"
    ) == [[10000, "10", "100", "4", "4", "6"]]
    invoice = lines[lines["document_type"] == "invoice"]
    assert records(invoice, "quantity line_amount vat_percent vat_amount outstanding_quantity") == [
        ["4", "400.00", "25", "100.00", "0"]
    ]


def test_matches_stand_beside_their_statement_line(database: Database) -> None:
    names = "bank_account line_no date amount text payer_name match_confidence applied_documents difference status"
    assert records(export_table(database, "payment_matches"), names) == [
        [
            "BANK",
            1,
            "2026-11-03",
            "300.00",
            "103001",
            "Björk & Lind",
            "high",
            "103001=300.00",
            "0.00",
            "applied",
        ],
        ["BANK", 2, "2026-11-03", "9.90", "?", "", "none", "", "9.90", "unmatched"],
    ]


def test_aging_ties_to_the_open_entries_of_the_day(database: Database) -> None:
    names = "customer_no name balance not_due days_1_30 over_90"
    assert records(export_table(database, "aging"), names) == [
        ["C1", "Björk & Lind AB", "75.00", "75.00", "0.00", "0.00"],
        ["C2", "NA", "200.00", "0.00", "0.00", "200.00"],
    ]
    later = export_table(database, "aging", as_of=date(2026, 11, 5))
    assert records(later, "customer_no not_due days_1_30") == [
        ["C1", "0.00", "75.00"],
        ["C2", "0.00", "0.00"],
    ]


def test_other_tables(database: Database) -> None:
    assert records(export_table(database, "held"), "held_id row open") == [
        ["h1", 7, False],
        ["h1", 8, False],
        ["h2", 9, True],
    ]
    assert records(export_table(database, "numbers"), "series_code number series_starting_date") == [
        ["SHIPMENT", "SH-1", ""],
        ["POSTED-INVOICE", "103001", ""],
        ["PAYMENT", "P-1", ""],
        ["POSTED-CREDIT-MEMO", "104001", ""],
    ]
    assert records(export_table(database, "outbox"), "kind document_no done") == [
        ["invoice_pdf", "103001", False],
        ["run_workbook", "", False],
    ]
    assert records(export_table(database, "runs"), "run_no registered_by host chained_rows")[1] == [
        2,
        "anna",
        "desk-1",
        69,
    ]
    assert records(export_table(database, "customers"), "no name credit_limit privacy_blocked")[0] == [
        "C1",
        "Björk & Lind AB",
        "",
        False,
    ]
    assert export_table(database, "approvals").empty


def test_amounts_have_the_decimals_of_their_currency() -> None:
    frame = pd.DataFrame(
        {
            "currency_code": pd.array(["SEK", "JPY", "KWD", ""], dtype="str"),
            "amount_minor": np.array([-5, -5, -5, 10**15 - 1]),
            "amount_lcy_minor": np.array([-5, 0, 5, 100]),
            "quantity_e5": np.array([1, -150_000, 0, 1_234_500_000]),
        }
    )
    text = as_text(frame, "SEK")
    assert text["amount"].tolist() == ["-0.05", "-5", "-0.005", "9999999999999.99"]
    assert text["amount_lcy"].tolist() == ["-0.05", "0.00", "0.05", "1.00"]
    assert text["quantity"].tolist() == ["0.00001", "-1.5", "0", "12345"]
