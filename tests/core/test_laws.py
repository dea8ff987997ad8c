"""Every law has a journal that keeps it and one that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import first_journal, second_journal

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.journal import Journal
from salesbatch.core.laws import LawBrokenError, check_journal
from salesbatch.core.money import LIMIT

BEFORE = Books()
BETWEEN = replace(BEFORE.after(first_journal(BEFORE)), run_no=2, version=1)


def changed(journal: Journal, table: str, row: int, **values: object) -> Journal:
    """The journal with some cells of one row (by position) changed."""
    frame = journal.table(table).copy()
    for column, value in values.items():
        frame.loc[row, column] = value
    return replace(journal, rows={**journal.rows, table: frame})


def broken_laws(books: Books, journal: Journal) -> dict[str, int]:
    """Law -> row of its first breach."""
    with pytest.raises(LawBrokenError) as caught:
        check_journal(books, journal)
    found: dict[str, int] = {}
    for item in caught.value.broken:
        found.setdefault(item.law, item.row)
    return found


def test_the_journals_made_by_hand_keep_every_law() -> None:
    check_journal(BEFORE, first_journal(BEFORE))
    check_journal(BETWEEN, second_journal(BETWEEN))


@pytest.mark.parametrize(
    ("change", "law", "row"),
    [
        # L2: debit = credit in the transaction, and so in the voucher.
        (("gl_entries", 2, {"amount_minor": 10_001}), "debit_equals_credit", 8),
        # L4: the initial detailed entry is the amount of the entry.
        (("customer_ledger_entries", 0, {"amount_minor": -30_001}), "initial_amount", 3),
        (("detailed_entries", 0, {"customer_ledger_entry_no": 1}), "initial_amount", 1),
        # An application gives what it takes.
        (
            ("detailed_entries", 2, {"amount_minor": -29_999, "amount_lcy_minor": -29_999}),
            "applications_pair_up",
            4,
        ),
        (("detailed_entries", 1, {"application_no": 0}), "applications_pair_up", 4),
        (("detailed_entries", 1, {"amount_lcy_minor": 30_001}), "applications_pair_up", 4),
        # N4: numbers go on without a hole, and never twice.
        (("numbers", 0, {"ordinal": 2}), "numbers_follow", 3),
        (("numbers", 1, {"number": ""}), "numbers_follow", 4),
        (("gl_entries", [2, 3, 4], {"voucher_no": 3}), "vouchers_follow", 0),
        (("document_lines", 1, {"document_id": 1}), "lines_have_documents", 7),
        # The sub-ledger moves with its control account.
        (("gl_entries", 1, {"account_no": "1930", "role": "bank"}), "subledger_equals_control", 6),
        (("gl_entries", 0, {"account_no": "1510"}), "subledger_equals_control", 6),
        # V9: VAT entries and VAT account.
        (("vat_entries", 0, {"amount_minor": 2_499}), "vat_equals_account", 10),
        (("vat_entries", 0, {"vat_account_no": "2621"}), "vat_equals_account", 10),
        # L7: bank entries in local currency and the bank accounts of the ledger.
        (("bank_entries", 0, {"amount_lcy_minor": 29_999}), "bank_equals_account", 6),
    ],
)
def test_a_changed_figure_breaks_its_law(
    change: tuple[str, int, dict[str, object]], law: str, row: int
) -> None:
    table, place, values = change
    assert broken_laws(BETWEEN, changed(second_journal(BETWEEN), table, place, **values))[law] == row


def test_nothing_is_applied_beyond_what_remains() -> None:
    open_entries = BETWEEN.open_entries.assign(remaining_minor=42_499, remaining_lcy_minor=42_499)
    books = replace(BETWEEN, open_entries=open_entries)
    assert broken_laws(books, second_journal(books)) == {"never_overapplied": 1}


def test_an_entry_that_is_closed_is_closed_in_local_currency_too() -> None:
    open_entries = BETWEEN.open_entries.assign(remaining_minor=42_500, remaining_lcy_minor=42_510)
    books = replace(BETWEEN, open_entries=open_entries)
    assert broken_laws(books, second_journal(books)) == {"never_overapplied": 1}


def test_sums_beyond_int64_are_exact_instead_of_wrapping() -> None:
    # 40,000 rows of nearly the limit come to 4 x 10^19, which wraps to a wrong sum in int64.
    gl = entries.GL_ENTRIES.frame(
        {"entry_no": np.arange(1, 40_001), "run_no": 1, "transaction_no": 1, "amount_minor": LIMIT - 1},
        40_000,
    )
    runs = entries.RUNS.frame({"run_no": [1]})
    with pytest.raises(LawBrokenError, match=str(40_000 * (LIMIT - 1))):
        check_journal(BEFORE, Journal({"runs": runs, "gl_entries": gl}))


# The gate


def without_column(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="role")


def as_float(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(amount_minor=frame["amount_minor"].astype("float64"))


def with_null(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(description=frame["description"].mask(frame["entry_no"] == 2))


def with_hole(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(entry_no=frame["entry_no"] + (frame["entry_no"] > 3))


def of_another_run(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(run_no=7)


def too_large(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(amount_minor=frame["amount_minor"].where(frame["entry_no"] != 4, LIMIT))


@pytest.mark.parametrize(
    ("spoil", "law", "row"),
    [
        (without_column, "columns", 0),
        (as_float, "dtypes", 0),
        (with_null, "no_nulls", 2),
        (with_hole, "dense_numbers", 5),
        (of_another_run, "run_no", 1),
        (too_large, "limit", 4),
    ],
)
def test_a_frame_of_another_shape_does_not_pass_the_gate(
    spoil: Callable[[pd.DataFrame], pd.DataFrame], law: str, row: int
) -> None:
    journal = first_journal(BEFORE)
    spoilt = replace(journal, rows={**journal.rows, "gl_entries": spoil(journal.table("gl_entries"))})
    assert broken_laws(BEFORE, spoilt)[law] == row


def test_a_journal_cannot_write_derived_tables_or_unknown_ones() -> None:
    journal = first_journal(BEFORE)
    for name in ("open_entries", "run_chain", "elsewhere"):
        spoilt = replace(journal, rows={**journal.rows, name: entries.OPEN_ENTRIES.empty()})
        assert "known_tables" in broken_laws(BEFORE, spoilt)


def test_a_journal_holds_exactly_the_row_of_its_run() -> None:
    journal = first_journal(BEFORE)
    spoilt = replace(journal, rows={name: frame for name, frame in journal.rows.items() if name != "runs"})
    assert "one_run" in broken_laws(BEFORE, spoilt)


def test_an_input_key_and_a_master_row_stand_once() -> None:
    journal = first_journal(BEFORE)
    twice = pd.concat([journal.table("input_keys")] * 2, ignore_index=True)
    assert "unique_keys" in broken_laws(BEFORE, replace(journal, rows={**journal.rows, "input_keys": twice}))
    customers = journal.master["customers"].assign(key=pd.array(["C1", "C1"], dtype="str"))
    assert "unique_keys" in broken_laws(
        BEFORE, replace(journal, master={**journal.master, "customers": customers})
    )
