"""The program with one law taken out at a time: the stories must notice each, or they see nothing.

Most variants change the rows between the rules and the books, as a wrong rule would.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from fuzz.judge import scratch_folder
from laws.holding import mistake
from laws.paying import pay
from laws.runs import close_period, drop_again
from laws.selling import invoice
from laws.stories import Story
from laws.terms import ABROAD, Line
from office import Office

from salesbatch import ledger
from salesbatch.batch import write_outputs
from salesbatch.rules import number_series
from salesbatch.writers import ledger_workbook

Rows = dict[str, pd.DataFrame]
LINES = [Line("A1", Decimal(2), Decimal("99.99"), Decimal(10)), Line("A2", Decimal("2.5"))]


class Variant(NamedTuple):
    """A law that is broken, how, and how the program is made to do so."""

    law: str
    name: str
    put_in: Callable[[pytest.MonkeyPatch], None]
    paid: tuple[tuple[str, str], ...] = ()
    """Of which claim which share is paid, beside the part of one that is always paid."""


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


def _discount_for_all(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settlement")
    patch.setattr(
        module,
        "_eligible",
        lambda claims, *more: np.minimum(claims.discount, claims.remaining).astype(np.int64),
    )


def _no_grace(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settle")
    real = module.settle_claims
    patch.setattr(
        module, "settle_claims", lambda *given, **more: real(*given, **{**more, "accept_late": False})
    )


def _tolerance_in_euro_like_kronor(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settle")
    real = module.largest_tolerance
    patch.setattr(module, "largest_tolerance", lambda company, amount, local: real(company, amount, amount))


def _tolerance_for_all(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settle")
    real = module._gather

    def gather(*given: Any) -> Any:
        facts, refused = real(*given)
        return facts.assign(possible_tolerance=500), refused

    patch.setattr(module, "_gather", gather)


def _first_line_takes_the_rest(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.local_amounts")
    real = module._take_the_rest

    def take(converted: Any, group: Any, wanted: Any, has_base: Any) -> Any:
        return real(converted, group, wanted, has_base & np.r_[True, group[1:] != group[:-1]])

    patch.setattr(module, "_take_the_rest", take)


def _discount_without_vat(patch: pytest.MonkeyPatch) -> None:
    module = import_module("salesbatch.rules.settlement_rows")
    real = module._vat_of_discounts
    patch.setattr(module, "_vat_of_discounts", lambda books, done: real(books, done).iloc[:0])


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
    Variant(
        "I1",
        "a gain is posted as a loss",
        rows(_set("gl_entries", "account_no", "3960", "7960")),
        (("invoice I0004", "all"),),
    ),
    Variant("I2", "a claim on another customer", rows(_set("detailed_entries", "customer_no", "C1", "C2"))),
    Variant("I3", "half of a payment settles nothing", _half_the_money),
    Variant("I1", "who pays in full gets a discount too", _discount_for_all, (("invoice I0002", "all"),)),
    Variant("I4", "a number is skipped", _skipped_number),
    Variant("I5", "VAT under another rate", rows(_set("vat_entries", "vat_identifier", "VAT25", "VAT6"))),
    Variant("I1", "a discount leaves the VAT as it was", _discount_without_vat, (("invoice I0002", "net"),)),
    Variant("I1", "no days of grace", _no_grace, (("invoice I0003", "net"),)),
    Variant("I1", "tolerance for who gets none", _tolerance_for_all, (("opening OLD0005", "too little"),)),
    Variant(
        "I1", "euro tolerated like kronor", _tolerance_in_euro_like_kronor, (("invoice I0004", "too little"),)
    ),
    Variant("I1", "the first line in euro takes the rest", _first_line_takes_the_rest),
    Variant("I6", "what was taken in is forgotten", rows(_cut("input_keys", 0))),
    Variant("I7", "a file's name decides the account", rows(_by_file_name)),
    Variant("I8", "posted into a closed period", rows(_into_the_past)),
    Variant("I9", "the last held row is lost", rows(_cut("held", -1))),
    Variant("I10", "a row changed after the commit", _changed_behind_its_back),
    Variant("I11", "the last open entry is not drawn", _sheet_without_its_last_row("open_entries")),
    Variant("I12", "the last ledger row is not drawn", _sheet_without_its_last_row("gl_entries")),
    Variant("beancount", "an exported balance is off", _balance_off_by_one),
)


def begin() -> Story:
    """A story of one run, with a period that is closed."""
    story = Story()
    story.begin(LINES)
    story.run(1)
    story.day = date(2026, 10, 8)
    close_period(story, story.day)
    story.the_books_are_what_the_model_says()
    return story


def verdict(begun: Story, variant: Variant) -> str:
    """What the laws say of a program with this variant, on a copy of the story's folder; '' when they see nothing."""
    story = go_on(begun)
    try:
        with pytest.MonkeyPatch.context() as patch:
            variant.put_in(patch)
            tell_and_check(story, variant)
    except AssertionError as error:
        return str(error)
    finally:
        story.place.cleanup()
    return ""


def go_on(begun: Story) -> Story:
    """The same story on a copy of its folder."""
    story = copy.copy(begun)
    story.place = tempfile.TemporaryDirectory(dir=scratch_folder())
    story.office = Office(Path(shutil.copytree(begun.office.root, Path(story.place.name) / "company")))
    story.model, story.papers, story.past = copy.deepcopy(begun.model), [], [*begun.past]
    story.facts, story.mistakes, story.open_orders = dict(begun.facts), {}, {}
    return story


def tell_and_check(story: Story, variant: Variant) -> None:
    """One more run, or for what is only drawn the outputs again, and then every law."""
    law = variant.law
    if law in ("I11", "I12"):
        write_outputs(story.office.root)
    elif law != "beancount":
        invoice(story, "C1", LINES, 0)
        invoice(story, ABROAD, LINES, 0)
        pay(story, "invoice I0001", "part")
        for claim, share in variant.paid:
            pay(story, claim, share)
        if law == "I9":
            mistake(story, "NOBODY")
        story.run(1)
    if law == "I6":
        story.past = story.past[-1:]
        drop_again(story, 0, renamed=True)
    story.the_books_are_what_the_model_says()
    story.check_the_end()
