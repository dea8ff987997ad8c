"""Reports are drawn from committed rows, and say the same when they are drawn again later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hand_made import FACTS, first_journal

from salesbatch.core.books import Books
from salesbatch.ledger import (
    Database,
    ledger_report,
    open_database,
    periods_touched,
    post,
    preview_to_fix,
    run_report,
    schema,
    to_fix_reports,
)
from salesbatch.ledger.reports import period_days


def test_a_run_report_counts_what_came_in_and_what_was_posted(database: Database) -> None:
    report = run_report(database, 1)
    wanted = {
        "files": 1,
        "rows_read": 12,
        "orders": 1,
        "shipments": 1,
        "invoices": 1,
        "opening_entries": 1,
        "documents_held": 1,
        "rows_held": 2,
        "errors": 1,
    }
    assert {name: report.counts[name] for name in wanted} == wanted
    assert report.totals["invoiced"] == 50_000
    assert report.totals["receivables"] == 70_000
    assert report.checks["receivables_equal_customer_ledger"] == (70_000, 70_000)
    assert report.head.posting_date == date(2026, 10, 5)
    assert report.head.company_name == "Ekdala Snickeri AB"


def test_a_run_report_says_the_same_after_later_runs(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_database(tmp_path_factory.mktemp("alone"), create=True) as alone:
        post(alone, Books(), first_journal(Books()), run=FACTS)
        then = run_report(alone, 1)
    now = run_report(database, 1)
    assert (then.head, then.counts, then.totals, then.checks) == (
        now.head,
        now.counts,
        now.totals,
        now.checks,
    )
    pd.testing.assert_frame_equal(
        then.frames["customer_ledger_entries"], now.frames["customer_ledger_entries"]
    )


def test_a_run_report_leaves_its_entries_to_the_ledger_workbook(database: Database) -> None:
    run, month = run_report(database, 1).frames, ledger_report(database, "2026-10").frames
    assert "gl_entries" not in run
    assert 1 in month["gl_entries"]["run_no"].tolist()
    assert {"documents", "customer_ledger_entries", "findings", "held", "files"} <= set(run)


def test_a_run_report_has_all_entries_where_ledger_workbooks_come_at_the_close(database: Database) -> None:
    with database.write() as connection:
        row = {"setting": "ledger_workbook", "value": "At Close", "key": "ledger_workbook"}
        connection.execute(schema.MASTER["company"].insert().values(row))
    frames = run_report(database, 1).frames
    assert frames["gl_entries"]["run_no"].unique().tolist() == [1]
    assert {"detailed_entries", "vat_entries", "item_ledger_entries", "document_lines"} <= set(frames)


def test_lines_of_shipments_are_left_out_since_they_repeat_those_of_their_order(database: Database) -> None:
    frames = ledger_report(database, "2026-10").frames
    assert "shipment" in frames["documents"]["document_type"].tolist()
    assert set(frames["document_lines"]["document_type"]) == {"invoice"}
    assert "sell_to" not in frames["documents"].columns


def test_the_frames_of_a_period_are_read_anew_each_time_so_that_none_is_kept(database: Database) -> None:
    frames = ledger_report(database, "2026-10").frames
    assert frames["gl_entries"] is not frames["gl_entries"]
    pd.testing.assert_frame_equal(frames["gl_entries"], frames["gl_entries"])
    assert [len(frames[name]) >= 0 for name in frames] == [True] * len(frames)
    assert frames.get("customers") is None


def test_a_run_that_never_was_has_no_report(database: Database) -> None:
    with pytest.raises(KeyError, match="9"):
        run_report(database, 9)


def test_a_period_holds_its_own_rows_and_the_open_entries_of_all(database: Database) -> None:
    october, november = ledger_report(database, "2026-10"), ledger_report(database, "2026-11")
    assert october.frames["gl_entries"]["entry_no"].tolist() == [1, 2, 3, 4, 5]
    assert november.frames["gl_entries"]["entry_no"].tolist() == [6, 7, 8, 9, 10]
    assert november.frames["document_lines"]["document_type"].tolist() == ["order", "credit_memo"]
    assert november.frames["customer_ledger_entries"]["remaining_amount_minor"].tolist() == [0, 0]
    assert november.open_entries["remaining_amount_lcy_minor"].tolist() == [7_500, 20_000]
    assert (october.totals["receivables"], november.totals["receivables"]) == (70_000, 27_500)
    assert all(left == right for report in (october, november) for left, right in report.checks.values())
    assert october.documents_in_outbox == {"103001": "outbox/2026-10/Invoice 103001.pdf"}
    assert (october.head.run_no, november.head.run_no) == (1, 2)


def test_open_amounts_are_aged_at_the_end_of_the_period(database: Database) -> None:
    def age(period: str) -> list[int]:
        return ledger_report(database, period).age["amount_minor"].tolist()

    assert age("2026-10") == [50_000, 0, 0, 0, 20_000]
    assert age("2026-11") == [0, 7_500, 0, 0, 20_000]
    assert age("2027-06") == [0, 0, 0, 0, 27_500]


def test_invoices_are_shown_by_month_without_what_was_taken_over(database: Database) -> None:
    by_month = ledger_report(database, "2026-11").invoiced_by_month
    assert by_month.to_numpy().tolist() == [["2026-10", 50_000], ["2026-11", -12_500]]
    assert ledger_report(database, "2027-10").invoiced_by_month["month"].tolist() == ["2026-11"]


def test_an_empty_period_of_the_books_can_be_drawn(database: Database) -> None:
    report = ledger_report(database, "2025-01")
    assert all(frame.empty for frame in report.frames.values())
    assert report.totals["receivables"] == 0


def test_periods_touched_are_those_of_the_rows_posted(database: Database) -> None:
    assert periods_touched(database, 1) == ["2026-10"]
    assert periods_touched(database, 2) == ["2026-11"]


@pytest.mark.parametrize("period", ["2026", "2026-13", "10-2026"])
def test_a_period_is_a_year_and_a_month(period: str) -> None:
    with pytest.raises(ValueError, match=r"period|month"):
        period_days(period)


def test_held_rows_come_back_as_typed_with_what_is_wrong(database: Database) -> None:
    (report,) = to_fix_reports(database, 1)
    (sheet,) = report.sheets
    assert report.source == "Orders.xlsx"
    assert sheet.captions == ("No.", "Customer No.", "Quantity")
    assert [(row.row, row.cells, row.held_id) for row in sheet.rows] == [
        (7, ("SO-9", "C9", 2), "h1"),
        (8, ("", "", 1), "h1"),
    ]
    assert sheet.problems == ((7, 1, "'C9' is not a customer.", "did you mean C1?"),)
    (other,) = to_fix_reports(database, 2)
    assert (other.source, other.sheets[0].problems) == ("November.xlsx", ())


def test_a_run_that_is_not_committed_has_the_same_to_fix_rows(database: Database, tmp_path: Path) -> None:
    (preview,) = preview_to_fix(Books(), first_journal(Books()))
    (posted,) = to_fix_reports(database, 1)
    assert preview.sheets == posted.sheets
    assert preview.head.company_name == "Ekdala Snickeri AB"
