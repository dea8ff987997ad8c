"""The grid: what a workbook is made of, and that nothing typed by a user becomes more than text."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import python_calamine

from salesbatch.writers import grid, grid_parts
from salesbatch.writers.grid import (
    CellMark,
    GridColumn,
    GridPage,
    GridSheet,
    PageCell,
    PageChart,
    draw_workbook,
)
from salesbatch.writers.grid_parts import clean_text, sheet_names, table_name, utf16_length

PAYLOADS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1+1", "{=1+1}", "=HYPERLINK(\"http://x\")", "http://example.com",
    "mailto:a@b.se", "internal:Sheet1!A1", "external:c:\\x.xlsx", "#REF!", "TRUE", "00123", "1E5", "_x0041_bc",
    "<r><t>x</t></r>", "<r>&lt;</r>", "a\x0bb", "a\nb", " both ends ", "å ä ö € Ž − 😀", "</t></si>", "]]>", "&amp;",
)  # fmt: skip


def texts(values: list[str]) -> pd.Series:
    return pd.Series(values, dtype="str")


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def draw(*columns: GridColumn, **options: object) -> bytes:
    return draw_workbook([GridSheet("Sheet", columns, **options)], title="Test")  # type: ignore[arg-type]


@pytest.fixture(params=["in bulk", "one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of writing rows must give the same workbook."""
    if request.param == "one by one":
        monkeypatch.setattr(grid, "BULK_ROWS", False)
    return str(request.param)


def test_this_xlsxwriter_lets_rows_be_written_in_bulk() -> None:
    assert grid.BULK_ROWS


@pytest.mark.usefixtures("way")
def test_text_of_a_user_stays_text() -> None:
    content = draw(
        GridColumn("Text", "text", texts(list(PAYLOADS))), GridColumn("Code", "code", texts(list(PAYLOADS)))
    )
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert not re.search(r' t="(?!s")', sheet)
    rows = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    assert [row[0] for row in rows] == list(PAYLOADS)
    assert [row[1] for row in rows] == list(PAYLOADS)


def test_typed_text_of_a_user_stays_text_too() -> None:
    content = draw(
        GridColumn("Typed", "typed", list(PAYLOADS)), marks=(CellMark(0, 0, "<r>=1+1</r>"),), table=False
    )
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    rows = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    assert [row[0] for row in rows] == list(PAYLOADS)


@pytest.mark.usefixtures("way")
def test_values_are_written_as_what_they_mean() -> None:
    days = pd.Series(np.array(["2026-10-31", "NaT"], dtype="datetime64[s]"))
    sheet = book(
        draw(
            GridColumn("No.", "code", texts(["007", ""])),
            GridColumn("Date", "date", days),
            GridColumn("Amount", "money", pd.Series([-123456789, 5])),
            GridColumn("Quantity", "quantity", pd.Series([1_250_000, 300_000])),
            GridColumn("VAT %", "percent", pd.Series([2_500_000, 0])),
            GridColumn("Count", "integer", pd.Series([3, None], dtype="Int64")),
            GridColumn("Open", "flag", pd.Series([True, False])),
        )
    ).active
    assert [cell.value for cell in sheet[2]] == [
        "007",
        dt.datetime.fromisoformat("2026-10-31"),
        -1234567.89,
        12.5,
        25,
        3,
        "Yes",
    ]
    assert [cell.value for cell in sheet[3]] == [None, None, 0.05, 3, 0, None, "No"]
    assert [cell.number_format for cell in sheet[2]] == [
        "@", "yyyy-mm-dd", "#,##0.00;[Red]-#,##0.00", "#,##0.0", "#,##0.00", "0", "@",
    ]  # fmt: skip


@pytest.mark.usefixtures("way")
def test_amounts_take_the_decimals_of_their_rows_currency() -> None:
    amounts = GridColumn("Amount", "money", pd.Series([12345, 500, 1999]), digits=[2, 0, 3])
    sheet = book(draw(amounts)).active
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [123.45, 500, 1.999]
    formats = [sheet.cell(row, 1).number_format.split(";")[0] for row in (2, 3, 4)]
    assert formats == ["#,##0.00", "#,##0", "#,##0.000"]


@pytest.mark.usefixtures("way")
def test_zero_can_be_shown_as_blank() -> None:
    sheet = book(draw(GridColumn("Debit", "money", pd.Series([0, 100]), blank_zero=True))).active
    assert [sheet["A2"].value, sheet["A3"].value] == [None, 1]


def test_the_two_ways_of_writing_rows_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    days = pd.Series(np.datetime64("2026-01-01", "s") + random.integers(0, 400, 50).astype("timedelta64[D]"))
    columns = (
        GridColumn("Text", "text", texts([f"Row {n % 7}" if n % 5 else "" for n in range(50)])),
        GridColumn(
            "Link",
            "link",
            texts([str(n) for n in range(50)]),
            targets=["x.pdf" if n % 2 else "" for n in range(50)],
        ),
        GridColumn("Date", "date", days.where(days.index % 3 != 0)),
        GridColumn("Amount", "money", pd.Series(random.integers(-(10**14), 10**14, 50)), total=True),
        GridColumn("Quantity", "quantity", pd.Series(random.integers(-(10**9), 10**9, 50))),
    )

    def cells() -> list[tuple[object, str, str | None]]:
        sheet = book(draw(*columns, title="Title", notes=("Note",))).active
        return [
            (cell.value, cell.number_format, cell.hyperlink.target if cell.hyperlink else None)
            for row in sheet.iter_rows()
            for cell in row
        ]

    in_bulk = cells()
    monkeypatch.setattr(grid, "BULK_ROWS", False)
    assert cells() == in_bulk


@pytest.mark.usefixtures("way")
def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (
        GridColumn("A", "text", texts(["x", "y"])),
        GridColumn("B", "money", pd.Series([1, 2]), total=True),
    )
    first = draw(*columns)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert draw(*columns) == first
    assert "2000-01-01T00:00:00Z" in part(first, "docProps/core.xml")


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    draw(GridColumn("A", "text", texts(["x"] * 100)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("way")
def test_rows_are_a_real_table_with_filter_frozen_captions_and_total() -> None:
    sheet = book(
        draw(
            GridColumn("Name", "text", texts(["a", "b"])),
            GridColumn("Amount", "money", pd.Series([150, 251]), total=True),
        )
    ).active
    table = next(iter(sheet.tables.values()))
    assert table.ref == "A1:B4"
    assert table.autoFilter.ref == "A1:B3"
    assert table.totalsRowCount == 1
    assert [column.totalsRowFunction for column in table.tableColumns] == [None, "sum"]
    assert sheet.freeze_panes == "A2"
    assert sheet["B4"].value == "=SUBTOTAL(109,[Amount])"


def test_a_total_is_cached_so_that_readers_without_formulas_see_it() -> None:
    content = draw(GridColumn("Amount", "money", pd.Series([10, 20]), total=True))
    assert python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()[-1] == [0.3]


def test_an_empty_sheet_is_a_table_of_one_blank_row() -> None:
    sheet = book(draw(GridColumn("Name"), GridColumn("Amount", "money", total=True))).active
    assert next(iter(sheet.tables.values())).ref == "A1:B3"
    assert sheet["A2"].value is None


@pytest.mark.usefixtures("way")
def test_a_sheet_that_outgrows_excel_goes_on_in_a_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_parts, "MAX_ROWS", 12)
    workbook = book(draw(GridColumn("No.", "integer", pd.Series(range(25)))))
    assert workbook.sheetnames == ["Sheet", "Sheet (2)", "Sheet (3)"]
    values = [row[0] for sheet in workbook for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert values == list(range(25))
    assert len({name for sheet in workbook for name in sheet.tables}) == 3


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_text_too_long_for_a_cell_is_cut_and_says_so(letter: str) -> None:
    rows = python_calamine.load_workbook(
        io.BytesIO(draw(GridColumn("A", "text", texts([letter * 40_000, "kept"]))))
    )
    long, kept = (row[0] for row in rows.get_sheet_by_index(0).to_python()[1:])
    assert utf16_length(long) <= 32_767
    assert long.endswith("…")
    assert kept == "kept"


def test_half_a_character_does_not_break_the_workbook() -> None:
    content = draw(
        GridColumn("A", "typed", ["a\ud800b"]), marks=(CellMark(0, 0, "note \udfff"),), table=False
    )
    assert book(content).active["A2"].value == "a\ufffdb"


def test_typed_cells_keep_their_types() -> None:
    values = [
        1.5,
        12,
        "12",
        dt.date(2026, 2, 3),
        dt.datetime.fromisoformat("2026-02-03T04:05"),
        True,
        None,
        float("nan"),
        10**400,
    ]
    sheet = book(draw(GridColumn("A", "typed", values), table=False)).active
    read = [sheet.cell(row, 1).value for row in range(2, 11)]
    assert read[:7] == [
        1.5,
        12,
        "12",
        dt.datetime.fromisoformat("2026-02-03"),
        dt.datetime.fromisoformat("2026-02-03T04:05"),
        True,
        None,
    ]
    assert read[7] == "nan"
    assert str(read[8]).startswith("1000")
    assert sheet["A3"].number_format == "General"
    assert sheet["A4"].number_format == "@"


def test_a_mark_colours_its_cell_and_carries_a_note() -> None:
    columns = (GridColumn("A", "typed", ["x", "y"]), GridColumn("B", "typed", [1, 2]))
    sheet = book(
        draw(*columns, marks=(CellMark(1, 1, "Too much."), CellMark(0, -1, tone="warning")), table=False)
    ).active
    assert sheet["B3"].fill.fgColor.rgb == "FFF8CBC6"
    assert sheet["B3"].comment.text == "Too much."
    assert sheet["A3"].fill.fgColor.rgb == "00000000"
    assert sheet["A2"].fill.fgColor.rgb == sheet["B2"].fill.fgColor.rgb == "FFFCE8B2"


def test_columns_can_have_drop_downs_notes_and_be_hidden() -> None:
    many = tuple(f"Option number {n}" for n in range(40))
    columns = (
        GridColumn("Type", options=("Item", "", "Comment"), comment="What the line sells."),
        GridColumn("Many", options=many),
        GridColumn("Held Id", hidden=True),
    )
    workbook = book(draw(*columns, input_rows=100))
    sheet = workbook["Sheet"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists == {"A2:A101": '"Item,Comment"', "B2:B101": "Options!$A$1:$A$40"}
    assert workbook["Options"].sheet_state == "hidden"
    assert [row[0] for row in workbook["Options"].values] == list(many)
    assert sheet["A1"].comment.text == "What the line sells."
    assert sheet.column_dimensions["C"].hidden


@pytest.mark.usefixtures("way")
def test_links_go_to_our_own_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MAX_LINKS", 2)
    numbers = texts(["103001", "http://evil.example", "103003", "103004"])
    targets = ["../outbox/2026-10/Invoice 103001.pdf", "", "../outbox/x.pdf", "../outbox/y.pdf"]
    content = draw(GridColumn("Document No.", "link", numbers, targets=targets))
    sheet = book(content).active
    links = [sheet.cell(row, 1).hyperlink for row in range(2, 6)]
    assert [link.target if link else None for link in links] == [
        "../outbox/2026-10/Invoice%20103001.pdf", None, "../outbox/x.pdf", None,
    ]  # fmt: skip
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == numbers.tolist()


def test_many_links_to_one_file_share_its_entry() -> None:
    links = GridColumn(
        "Document No.", "link", texts(["1", "1", "2"]), targets=["a&b.pdf", "a&b.pdf", "c.pdf"]
    )
    content = draw(links)
    sheet = book(content).active
    assert [sheet.cell(row, 1).hyperlink.target for row in (2, 3, 4)] == ["a&b.pdf", "a&b.pdf", "c.pdf"]
    assert part(content, "xl/worksheets/_rels/sheet1.xml.rels").count("/hyperlink") == 2


def test_blank_cells_are_not_written_and_have_the_look_of_their_column() -> None:
    content = draw(
        GridColumn("A", "text", texts(["x", ""])),
        GridColumn("B", "money", pd.Series([0, 0]), blank_zero=True),
    )
    assert re.findall(r'<c r="([A-Z]+\d+)"', part(content, "xl/worksheets/sheet1.xml")) == ["A1", "B1", "A2"]
    assert book(content).active.column_dimensions["B"].number_format.startswith("#,##0.00")


def test_sheets_are_asked_for_one_by_one_and_the_front_page_last() -> None:
    asked: list[str] = []

    def sheets() -> Iterator[GridSheet]:
        for name in ("First", "Second"):
            asked.append(name)
            yield GridSheet(name, (GridColumn("A", "text", texts([name])),))

    def front() -> GridPage:
        asked.append("Summary")
        return GridPage("Summary", (PageCell(0, 0, "Second", "link", target="#Second"),))

    drawn = book(draw_workbook(sheets(), title="Test", front=("Summary", front)))
    assert asked == ["First", "Second", "Summary"]
    assert drawn.sheetnames == ["Summary", "First", "Second"]
    assert drawn["Summary"]["A1"].hyperlink.location == "'Second'!A1"
    assert drawn["Second"]["A2"].value == "Second"


def test_captions_of_a_user_may_be_double_or_blank_where_there_is_no_table() -> None:
    sheet = book(
        draw(GridColumn("A", "typed", [1]), GridColumn("A", "typed", [2]), GridColumn("", "typed", [3]))
    ).active
    assert [cell.value for cell in sheet[1]] == ["A", "A", None]
    assert [cell.value for cell in sheet[2]] == [1, 2, 3]
    assert not sheet.tables


def test_columns_of_different_lengths_are_a_bug() -> None:
    with pytest.raises(ValueError, match="columns of 2 and 3 rows"):
        draw(GridColumn("A", "text", texts(["a", "b", "c"])), GridColumn("B", "text", texts(["a", "b"])))


def test_sheet_names_are_made_acceptable_and_unlike() -> None:
    names = sheet_names(["G/L Entries", "g-l entries", "History", "", "'x'", "y" * 40, "y" * 40])
    assert names[:5] == ["G-L Entries", "g-l entries (2)", "History_", "Sheet", "x"]
    assert all(len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(names)


def test_table_names_never_look_like_a_cell() -> None:
    taken: set[str] = set()
    names = [table_name(name, taken) for name in ("Runs", "AB12", "2026", "R", "Läs mig", "runs")]
    assert names == ["Runs", "_AB12", "_2026", "_R", "Läs_mig", "runs_2"]


def test_a_page_holds_figures_links_and_charts() -> None:
    cells = (
        PageCell(0, 0, "Nordbageriet AB", "title"),
        PageCell(1, 0, "=1+1", "text"),
        PageCell(2, 0, "2026-10", "label"),
        PageCell(2, 1, -123456, "money"),
        PageCell(3, 0, "Sheet", "link", target="#Sheet"),
    )
    chart = PageChart("column", "Invoiced", 0, 3, (2, 0, 3, 0), (2, 1, 3, 1), ("#2F6DA8",))
    page = GridPage("Summary", cells, (20.0, 15.0), (chart,))
    content = draw_workbook(
        [page, GridSheet("Sheet", (GridColumn("A"),))], title="Test", company="A & B", footer="Run 1"
    )
    sheet = book(content)["Summary"]
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    assert sheet["B3"].value == -1234.56
    assert sheet["A4"].hyperlink.location == "'Sheet'!A1"
    assert "<c:f>Summary!$B$3:$B$4</c:f>" in part(content, "xl/charts/chart1.xml")
    assert "A &amp;&amp; B" in part(content, "xl/worksheets/sheet1.xml")


def test_clean_text_leaves_ordinary_text_alone() -> None:
    assert clean_text("Kaffe & Kaka i Örebro AB") == "Kaffe & Kaka i Örebro AB"
