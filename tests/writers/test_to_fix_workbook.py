"""The to-fix workbook: held rows as typed, coloured where they are wrong, readable when dropped back."""

from __future__ import annotations

import datetime as dt
import hashlib

import openpyxl
from report_samples import head, read

from salesbatch.core.inbox import InputFile
from salesbatch.core.reports import ToFixReport, ToFixRow, ToFixSheet
from salesbatch.readers import read_inbox
from salesbatch.writers.to_fix_workbook import draw_to_fix_workbook

CAPTIONS = (
    "No.",
    "Customer No.",
    "Requested Delivery Date",
    "Item No.",
    "Description",
    "Quantity",
    "Unit Price",
    "Sent",
)
ROWS = (
    ToFixRow(6, ("O-7", "C00031", {"date": "2026-10-20"}, "00112", "=1+1", 40, 32.5, None), "17-1"),  # type: ignore[arg-type]
    ToFixRow(
        7,
        (None, None, None, "00115", "Kardemummabulle", 120, "12,5o", {"date": "2026-10-20T08:30:00"}),
        "17-1",
    ),  # type: ignore[arg-type]
    ToFixRow(19, ("O-19", "C00008", "2026-02-30", "00112", "Surdegsbröd", 16, 32.5, None), "17-2"),
)
PROBLEMS = (
    (7, 6, "'12,5o' is not a number.", "Type the number only."),
    (19, 2, "'2026-02-30' is not a date.", ""),
    (19, -1, "The document is held.", ""),
)


def report(*sheets: ToFixSheet, language: str = "en") -> ToFixReport:
    return ToFixReport(
        head(language), "Orders week 43.xlsx", sheets or (ToFixSheet("Orders", CAPTIONS, ROWS, PROBLEMS),)
    )


def draw(*sheets: ToFixSheet, language: str = "en") -> openpyxl.Workbook:
    return read(draw_to_fix_workbook(report(*sheets, language=language)))


def test_captions_stand_in_the_first_row_of_a_sheet_named_as_the_users() -> None:
    workbook = draw()
    assert workbook.sheetnames == ["Read me", "Orders"]
    assert [cell.value for cell in workbook["Orders"][1]] == ["Problem", "Decision", *CAPTIONS, "Held Id"]


def test_values_keep_what_they_were_typed_as() -> None:
    sheet = draw()["Orders"]
    first, second = ([cell.value for cell in sheet[row]][2:10] for row in (2, 3))
    assert first == [
        "O-7",
        "C00031",
        dt.datetime.fromisoformat("2026-10-20"),
        "00112",
        "=1+1",
        40,
        32.5,
        None,
    ]
    assert second == [
        None,
        None,
        None,
        "00115",
        "Kardemummabulle",
        120,
        "12,5o",
        dt.datetime.fromisoformat("2026-10-20T08:30"),
    ]
    assert sheet["G2"].data_type == "s"


def test_a_wrong_cell_is_coloured_and_says_what_to_do() -> None:
    sheet = draw()["Orders"]
    assert sheet["I3"].fill.fgColor.rgb == "FFF8CBC6"
    assert sheet["I3"].comment.text == "'12,5o' is not a number. Type the number only."
    assert sheet["I2"].fill.fgColor.rgb == "00000000"
    assert sheet["A3"].value == "Unit Price: '12,5o' is not a number. Type the number only."


def test_several_problems_of_a_row_stand_one_below_the_other() -> None:
    sheet = draw()["Orders"]
    assert sheet["A5"].value == "Requested Delivery Date: '2026-02-30' is not a date.\nThe document is held."
    assert sheet["A5"].fill.fgColor.rgb == "FFF8CBC6"
    assert sheet["A2"].value is None


def test_an_empty_row_parts_two_documents() -> None:
    sheet = draw()["Orders"]
    assert [cell.value for cell in sheet["K"]] == ["Held Id", "17-1", "17-1", None, "17-2"]
    assert all(cell.value is None for cell in sheet[4])
    assert sheet.column_dimensions["K"].hidden


def test_rows_of_master_data_stand_close() -> None:
    rows = (ToFixRow(2, ("C1", "A"), "17-1"), ToFixRow(9, ("C2", "B"), "17-2"))
    sheet = draw(ToFixSheet("Customers", ("No.", "Name"), rows, ()))["Customers"]
    assert [cell.value for cell in sheet["C"]] == ["No.", "C1", "C2"]


def test_cells_take_what_belongs_in_their_column() -> None:
    sheet = draw()["Orders"]
    assert sheet["F2"].number_format == "@"  # An item number keeps its zeros when it is typed again.
    assert sheet["E5"].number_format == "yyyy-mm-dd"
    assert sheet["I3"].number_format == "General"  # A price that is typed anew becomes a number.


def test_a_decision_can_be_chosen() -> None:
    (rule,) = (
        r for r in draw(language="sv")["Orders"].data_validations.dataValidation if str(r.sqref) == "B2:B5"
    )
    assert rule.formula1 == '"Släpp"'


def test_a_file_that_was_held_twice_gets_no_column_twice() -> None:
    again = ("Problem", "Decision", *CAPTIONS, "Held Id")
    rows = tuple(ToFixRow(row.row, ("old", None, *row.cells, row.held_id), row.held_id) for row in ROWS)
    problems = tuple((row, column + 2 if column >= 0 else -1, *words) for row, column, *words in PROBLEMS)
    sheet = draw(ToFixSheet("Orders", again, rows, problems))["Orders"]  # type: ignore[arg-type]
    assert [cell.value for cell in sheet[1]] == ["Problem", "Decision", *CAPTIONS, "Held Id"]
    assert sheet["I3"].comment.text == "'12,5o' is not a number. Type the number only."
    assert sheet["A2"].value is None


def test_cells_beyond_the_captions_are_not_lost() -> None:
    sheet = draw(ToFixSheet("Customers", ("No.",), (ToFixRow(2, ("C1", "stray"), "17-1"),), ()))["Customers"]
    assert [cell.value for cell in sheet[2]] == [None, None, "C1", "stray", "17-1"]


def test_a_read_me_tells_what_to_do() -> None:
    texts = [cell.value for row in draw()["Read me"].iter_rows() for cell in row]
    assert "These rows of Orders week 43.xlsx were held back. Nothing of them has been posted." in texts


def test_the_same_report_gives_the_same_bytes() -> None:
    assert draw_to_fix_workbook(report()) == draw_to_fix_workbook(report())


def test_dropped_back_untouched_it_is_read_with_the_same_problems_and_its_held_ids() -> None:
    content = draw_to_fix_workbook(report())
    inbox = read_inbox([InputFile("Orders - to fix.xlsx", hashlib.sha256(content).hexdigest(), content)])
    errors = {(item.cell, item.value) for item in inbox.findings if item.severity == "error"}
    assert {("I3", "12,5o"), ("E5", "2026-02-30")} <= errors
    assert [(item.key, item.held_id) for item in inbox.held] == [("O-7", "17-1"), ("O-19", "17-2")]
