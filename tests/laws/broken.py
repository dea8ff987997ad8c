"""The program with one law taken out at a time: the stories must notice each, or they see nothing.

Most variants change the rows between the rules and the books, as a wrong rule would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, NamedTuple

import pandas as pd
import pytest

from salesbatch import ledger
from salesbatch.rules import number_series
from salesbatch.writers import ledger_workbook

Rows = dict[str, pd.DataFrame]


class Variant(NamedTuple):
    """A law that is broken, how, and how the program is made to do so."""

    law: str
    name: str
    put_in: Callable[[pytest.MonkeyPatch], None]


def rows(change: Callable[[Rows], None]) -> Callable[[pytest.MonkeyPatch], None]:
    """Let `change` loose on the rows of every run before they are posted."""

    def put_in(patch: pytest.MonkeyPatch) -> None:
        real = ledger.post

        def post(database: Any, books: Any, journal: Any, *more: Any, **options: Any) -> Any:
            given = {name: frame.copy() for name, frame in journal.rows.items()}
            change(given)
            return real(database, books, replace(journal, rows=given), *more, **options)

        patch.setattr(ledger, "post", post)

    return put_in


def _set(table: str, column: str, before: object, after: object) -> Callable[[Rows], None]:
    def change(given: Rows) -> None:
        if table in given:
            given[table][column] = given[table][column].replace(before, after)

    return change


def _cut(table: str, to: int) -> Callable[[Rows], None]:
    def change(given: Rows) -> None:
        if table in given:
            given[table] = given[table].iloc[:to]

    return change


def _by_file_name(given: Rows) -> None:
    if "documents" in given and given["documents"]["source"].str.startswith("other").any():
        _set("gl_entries", "account_no", "3001", "3002")(given)


def _into_the_past(given: Rows) -> None:
    for name, frame in given.items():
        if "posting_date" in frame and name != "runs":
            earlier = frame["posting_date"] - pd.Timedelta(days=9)
            frame["posting_date"] = earlier.astype(frame["posting_date"].dtype)


def _skipped_number(patch: pytest.MonkeyPatch) -> None:
    real = number_series.format_numbers
    patch.setattr(
        number_series,
        "format_numbers",
        lambda start, ordinals, *more: real(start, ordinals + (ordinals > 1), *more),
    )


def _half_the_money(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settle")
    real = module.settle_claims
    patch.setattr(module, "settle_claims", lambda claims, money, **more: real(claims, money // 2, **more))


def _changed_behind_its_back(patch: pytest.MonkeyPatch) -> None:
    real = ledger.post

    def post(database: Any, *more: Any, **options: Any) -> Any:
        result = real(database, *more, **options)
        with database.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER gl_entries_no_update")
            connection.exec_driver_sql("UPDATE gl_entries SET description = 'x' WHERE entry_no = 1")
        return result

    patch.setattr(ledger, "post", post)


def _sheet_without_its_last_row(table: str) -> Callable[[pytest.MonkeyPatch], None]:
    def put_in(patch: pytest.MonkeyPatch) -> None:
        real = ledger_workbook._frame

        def frame(report: Any, name: str) -> pd.DataFrame | None:
            found = real(report, name)
            return found.iloc[:-1] if name == table and found is not None else found

        patch.setattr(ledger_workbook, "_frame", frame)

    return put_in


def _balance_off_by_one(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.writers.text_journal")
    real = module._assertions

    def assertions(journal: Any, names: Any) -> Any:
        off = journal.balances.assign(amount_minor=journal.balances["amount_minor"] + 1)
        return real(replace(journal, balances=off), names)

    patch.setattr(module, "_assertions", assertions)


VARIANTS = (
    Variant("I1", "sales on another account", rows(_set("gl_entries", "account_no", "3001", "3002"))),
    Variant("I2", "a claim on another customer", rows(_set("detailed_entries", "customer_no", "C1", "C2"))),
    Variant("I3", "half of a payment settles nothing", _half_the_money),
    Variant("I4", "a number is skipped", _skipped_number),
    Variant("I5", "VAT under another rate", rows(_set("vat_entries", "vat_identifier", "VAT25", "VAT6"))),
    Variant("I6", "what was taken in is forgotten", rows(_cut("input_keys", 0))),
    Variant("I7", "a file's name decides the account", rows(_by_file_name)),
    Variant("I8", "posted into a closed period", rows(_into_the_past)),
    Variant("I9", "the last held row is lost", rows(_cut("held", -1))),
    Variant("I10", "a row changed after the commit", _changed_behind_its_back),
    Variant("I11", "the last open entry is not drawn", _sheet_without_its_last_row("open_entries")),
    Variant("I12", "the last ledger row is not drawn", _sheet_without_its_last_row("gl_entries")),
    Variant("beancount", "an exported balance is off", _balance_off_by_one),
)
