"""What changes is a pure function of what was added: run by run and all at once come to the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hand_made import DAY_1, DAY_2, first_journal, rows, second_journal

from salesbatch.core import derived, entries
from salesbatch.core.books import Books

BEFORE = Books()
FIRST = first_journal(BEFORE)
BETWEEN = replace(BEFORE.after(FIRST), run_no=2, version=1)
SECOND = second_journal(BETWEEN)
HISTORY = {
    name: pd.concat(
        [journal.rows[name] for journal in (FIRST, SECOND) if name in journal.rows], ignore_index=True
    )
    for name in {*FIRST.rows, *SECOND.rows}
}


def test_remaining_is_the_sum_of_the_detailed_entries_and_closed_entries_are_gone() -> None:  # L4
    first = derived.open_entries_after(entries.OPEN_ENTRIES.empty(), FIRST.rows)
    assert first.to_dict("list") == {
        "entry_no": [1, 2],
        "remaining_minor": [50_000, 20_000],
        "remaining_lcy_minor": [50_000, 20_000],
        "on_hold": ["", ""],
    }
    second = derived.open_entries_after(first, SECOND.rows)
    assert second.to_dict("list") == {
        "entry_no": [1, 2],
        "remaining_minor": [7_500, 20_000],
        "remaining_lcy_minor": [7_500, 20_000],
        "on_hold": ["", "ANN"],
    }


def test_an_order_line_counts_what_was_shipped_and_invoiced() -> None:
    lines = derived.order_lines_after(entries.ORDER_LINES.empty(), FIRST.rows).set_index("line_no")
    assert lines.loc[
        10000, ["quantity_e5", "quantity_shipped_e5", "quantity_invoiced_e5", "open"]
    ].tolist() == [1_000_000, 400_000, 400_000, True]
    assert lines.loc[20000, ["quantity_shipped_e5", "open"]].tolist() == [0, True]
    assert not lines.loc[30000, "open"]  # A comment line is never open.


def test_a_new_version_of_an_order_keeps_what_was_shipped_on_the_same_line() -> None:
    first = derived.order_lines_after(entries.ORDER_LINES.empty(), FIRST.rows)
    second = derived.order_lines_after(first, SECOND.rows)
    assert second["line_no"].tolist() == [10000]
    assert second["document_id"].tolist() == [4]
    assert second["quantity_shipped_e5"].tolist() == [400_000]


def test_an_order_is_released_when_it_moves_archived_when_amended_and_posted_when_all_is_invoiced() -> None:
    lines = derived.order_lines_after(entries.ORDER_LINES.empty(), FIRST.rows)
    states = derived.document_states_after(entries.DOCUMENT_STATES.empty(), FIRST.rows, lines)
    assert dict(zip(states["document_id"], states["status"])) == {1: "released"}
    lines = derived.order_lines_after(lines, SECOND.rows)
    states = derived.document_states_after(states, SECOND.rows, lines)
    assert dict(zip(states["document_id"], states["status"])) == {1: "archived", 4: "released"}
    books = replace(BETWEEN.after(SECOND), run_no=3)
    rest = {
        "documents": rows(
            "documents",
            books,
            {"document_type": "invoice", "posted_no": "103002", "order_no": "SO-1"},
            {"document_type": "shipment", "posted_no": "SH-2", "order_no": "SO-1"},
        ),
        "document_lines": rows(
            "document_lines",
            books,
            {"document_id": 6, "line_no": 10000, "order_line_no": 10000, "quantity_e5": 600_000},
            {"document_id": 7, "line_no": 10000, "order_line_no": 10000, "quantity_e5": 600_000},
        ),
    }
    lines = derived.order_lines_after(lines, rest)
    states = derived.document_states_after(states, rest, lines)
    assert not lines["open"].any()
    assert dict(zip(states["document_id"], states["status"])) == {1: "archived", 4: "posted"}


def test_a_series_remembers_its_last_number_and_latest_date() -> None:
    states = derived.series_states_after(entries.SERIES_STATES.empty(), HISTORY).set_index("series_code")
    assert states.loc["POSTED-INVOICE", "last_number"] == "103001"
    assert states.loc["VOUCHER A", "ordinal"] == 2
    assert states.loc["VOUCHER A", "last_date"] == DAY_2
    assert states.loc["VOUCHER O", "last_date"] == DAY_1


def test_run_by_run_and_all_at_once_come_to_the_same() -> None:
    def state(*journals: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
        open_entries, series = entries.OPEN_ENTRIES.empty(), entries.SERIES_STATES.empty()
        lines, states = entries.ORDER_LINES.empty(), entries.DOCUMENT_STATES.empty()
        for journal in journals:
            open_entries = derived.open_entries_after(open_entries, journal)
            series = derived.series_states_after(series, journal)
            lines = derived.order_lines_after(lines, journal)
            states = derived.document_states_after(states, journal, lines)
        return [open_entries, series, lines, states]

    for one, other in zip(state(dict(FIRST.rows), dict(SECOND.rows)), state(HISTORY)):
        pd.testing.assert_frame_equal(one, other)


def test_nothing_added_changes_nothing() -> None:
    current = pd.DataFrame(
        {"entry_no": np.array([1]), "remaining_minor": np.array([5]), "remaining_lcy_minor": np.array([5])}
    )
    assert derived.open_entries_after(current, {}) is current
    assert derived.order_lines_after(entries.ORDER_LINES.empty(), {}).empty
