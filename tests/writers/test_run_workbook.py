"""The run workbook: what came in, what was posted, what was held back and why."""

from __future__ import annotations

from report_samples import column, customer_entries, find, findings, read, run_report

from salesbatch.core import entries
from salesbatch.writers.run_workbook import draw_run_workbook

FOUND = findings(
    ("notice", "A1", "Ignored."), ("error", "F17", "'12,5o' is not a number."), ("warning", "B9", "Late.")
)


def test_the_summary_counts_what_came_in_and_was_posted() -> None:
    sheet = read(draw_run_workbook(run_report()))["Summary"]
    assert find(sheet, "Invoiced")[0] == 1_423_100.75
    assert find(sheet, "Rows read")[0] == 340
    assert find(sheet, "Documents held back")[0] == 3


def test_a_run_without_findings_says_so() -> None:
    find(read(draw_run_workbook(run_report()))["Summary"], "Nothing was held back.")


def test_findings_stand_worst_first_each_with_its_place() -> None:
    sheet = read(draw_run_workbook(run_report(findings=FOUND)))["Findings"]
    assert column(sheet, "Severity") == ["Error", "Warning", "Notice"]
    assert column(sheet, "Cell") == ["F17", "B9", "A1"]
    assert column(sheet, "What is wrong")[0] == "'12,5o' is not a number."


def test_severities_are_coloured_unlike() -> None:
    sheet = read(draw_run_workbook(run_report(findings=FOUND)))["Findings"]
    assert len({sheet.cell(row, 1).fill.fgColor.rgb for row in (2, 3, 4)}) == 3


def test_the_value_as_typed_stays_text() -> None:
    sheet = read(draw_run_workbook(run_report(findings=FOUND)))["Findings"]
    assert {(cell.value, cell.data_type) for cell in sheet["F"][1:]} == {("=1+1", "s")}


def test_errors_and_warnings_stand_on_the_summary_and_notices_do_not() -> None:
    sheet = read(draw_run_workbook(run_report(findings=FOUND)))["Summary"]
    assert find(sheet, "Orders.xlsx · Orders · F17")[0] == "'12,5o' is not a number."
    assert "Orders.xlsx · Orders · A1" not in [row[1].value for row in sheet.iter_rows()]


def test_many_errors_are_named_in_part_with_a_link_to_the_rest() -> None:
    many = findings(*[("error", f"F{row}", "Wrong.") for row in range(2, 52)])
    sheet = read(draw_run_workbook(run_report(findings=many)))["Summary"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "and 38 more on the sheet Findings" in texts


def test_only_what_happened_gets_a_sheet() -> None:
    report = run_report(customer_ledger_entries=customer_entries(), documents=entries.DOCUMENTS.empty())
    assert read(draw_run_workbook(report)).sheetnames == ["Summary", "Customer Ledger Entries"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert draw_run_workbook(run_report(findings=FOUND)) == draw_run_workbook(run_report(findings=FOUND))
