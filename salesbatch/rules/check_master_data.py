"""What a row of setup or master data must hold to be taken in: its references exist, its values make sense."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.tables import Table, look_up
from salesbatch.rules.checking import Checks, close_to

REFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "customers": (
        ("customer_posting_group", "customer_posting_groups", "code"),
        ("payment_terms_code", "payment_terms", "code"),
        ("payment_method_code", "payment_methods", "code"),
        ("template", "customer_templates", "code"),
    ),
    "customer_templates": (
        ("customer_posting_group", "customer_posting_groups", "code"),
        ("payment_terms_code", "payment_terms", "code"),
    ),
    "items": (
        ("gen_prod_posting_group", "general_posting_setup", "gen_prod_posting_group"),
        ("vat_prod_posting_group", "vat_posting_setup", "vat_prod_posting_group"),
    ),
    "sales_prices": (("item_no", "items", "no"),),
    "bank_accounts": (("gl_account", "gl_accounts", "no"),),
    "customer_posting_groups": tuple(
        (name, "gl_accounts", "no")
        for name in (
            "receivables_account",
            "invoice_rounding_account",
            "payment_discount_account",
            "payment_tolerance_account",
            "bad_debt_account",
            "interest_account",
            "fee_account",
            "realized_gains_account",
            "realized_losses_account",
        )
    ),
    "general_posting_setup": tuple(
        (name, "gl_accounts", "no")
        for name in (
            "sales_account",
            "sales_credit_memo_account",
            "line_discount_account",
            "invoice_discount_account",
            "prepayment_account",
            "cogs_account",
            "inventory_account",
        )
    ),
    "vat_posting_setup": (("sales_vat_account", "gl_accounts", "no"),),
}
"""Column of a table -> table and column in which its value must stand."""


POSTS_TO: dict[str, tuple[str, ...]] = {
    "bank_accounts": ("gl_account",),
    "text_mapping": ("debit_account", "credit_account"),
    "vat_posting_setup": ("sales_vat_account",),
    "general_posting_setup": (
        "sales_account",
        "sales_credit_memo_account",
        "line_discount_account",
        "invoice_discount_account",
        "prepayment_account",
    ),
}
"""Columns that name accounts to which entries are posted against the customers' account."""


def check_master_rows(checks: Checks, books: Books, table: Table, rows: pd.DataFrame) -> None:
    """Findings for rows (with `is_new`) that point at nothing or contradict themselves."""
    for column, target, target_column in REFERENCES.get(table.name, ()):
        known = books.company.table(target)[target_column]
        if not len(known) and target == "gl_accounts":
            continue  # A company that keeps no list of accounts is not held to one.
        lost = rows[(rows[column] != "") & ~rows[column].isin(known)]
        if len(lost):
            checks.report(lost, "reference-unknown", column, hint=close_to(known))
    _check_control_accounts(checks, books, table, rows)
    if table.name == "company":
        _check_settings(checks, books, rows)
    if table.name == "customers":
        _check_customers(checks, books, rows)
    if table.name == "items":
        checks.report(
            rows[rows["gen_prod_posting_group"] == ""], "item-without-group", "gen_prod_posting_group"
        )
        checks.report(
            rows[rows["vat_prod_posting_group"] == ""], "item-without-group", "vat_prod_posting_group"
        )
    if table.name == "number_series":
        without = rows[~rows["starting_no"].str.contains(r"\d")]
        checks.report(without, "number-series-no-digits", "starting_no")
    if table.name == "vat_posting_setup":
        lacking = rows[
            (rows["vat_calculation_type"].isin(["Normal VAT", "Full VAT"]))
            & (rows["vat_percent_e5"].fillna(0) != 0)
            & (rows["sales_vat_account"] == "")
        ]
        checks.report(lacking, "vat-account-missing", "sales_vat_account")


def _check_control_accounts(checks: Checks, books: Books, table: Table, rows: pd.DataFrame) -> None:
    """Receivables are moved by customer ledger entries only: no other setup may post to their account directly."""
    control = set(books.company.table("customer_posting_groups")["receivables_account"])
    for column in POSTS_TO.get(table.name, ()):
        checks.report(rows[rows[column].isin(control) & (rows[column] != "")], "account-is-control", column)


def _check_settings(checks: Checks, books: Books, rows: pd.DataFrame) -> None:
    checks.report(
        rows[(rows["setting"] == "accounting_method") & (rows["value"] == "Cash")],
        "cash-accounting-refused",
        "value",
    )
    stored = books.rows_of(checks.table).set_index("setting")["value"]
    before = look_up(rows["setting"], stored)
    moved = rows[
        rows["setting"].isin(["bankgiro", "plusgiro", "iban"]) & (before != "") & (before != rows["value"])
    ]
    if len(moved):
        checks.report(
            moved.assign(before=before[moved.index]), "bank-account-changed", "value", before="before"
        )


def _check_customers(checks: Checks, books: Books, rows: pd.DataFrame) -> None:
    known = pd.concat([books.company.table("customers")["no"], rows["no"]])
    lost = rows[(rows["bill_to_customer_no"] != "") & ~rows["bill_to_customer_no"].isin(known)]
    if len(lost):
        checks.report(lost, "reference-unknown", "bill_to_customer_no", hint=close_to(known))
    typed = rows[rows["vat_registration_no"] != ""]
    wrong = typed[~np.array(_valid_vat_numbers(typed["vat_registration_no"]), dtype=bool)]
    checks.report(wrong, "vat-number-doubtful", "vat_registration_no")


def _valid_vat_numbers(numbers: Iterable[str]) -> list[bool]:
    """Check digits of EU VAT numbers; a number of another country is not judged."""
    from stdnum.eu import vat

    results = []
    for number in numbers:  # Only customers dropped in this run come here.
        prefix = number[:2].upper()
        results.append(
            vat.is_valid(number) if prefix.lower() in vat.MEMBER_STATES or prefix == "EL" else True
        )
    return results
