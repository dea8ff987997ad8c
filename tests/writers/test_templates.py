"""What a person gets to fill in: templates and the setup workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from salesbatch.core.sheets import BY_NAME, SHEETS
from salesbatch.core.sheets_setup import SETUP_TABLES
from salesbatch.core.swedish_setup import TO_FILL_IN, swedish_setup
from salesbatch.core.tables import normal_name
from salesbatch.writers.setup_workbook import draw_setup_workbook
from salesbatch.writers.templates import draw_templates, ordered_columns


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def choices(page: Worksheet, cell: str) -> str:
    """The drop-down of a cell, '' without one."""
    for validation in page.data_validations.dataValidation:
        if cell in validation.sqref:
            return str(validation.formula1).strip('"')
    return ""


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_template_has_a_sheet_per_table_with_every_caption(language: str) -> None:
    book = opened(draw_templates(SHEETS, language))
    pages = [page for page in book.worksheets if page.sheet_state == "visible"]
    assert len(pages) == len(SHEETS)
    for page, table in zip(pages, SHEETS):
        name = table.sheet if language == "en" else table.aliases[0]
        assert page.title == name.replace("G/L", "GL")
        assert normal_name(page.title) == normal_name(name)
        for cell, column in zip(page[1], ordered_columns(table), strict=True):
            assert cell.value == (column.caption if language == "en" else column.aliases[0])


@pytest.mark.parametrize(("language", "word"), [("en", "Example"), ("sv", "Exempel")])
def test_the_example_row_begins_with_the_word_that_readers_skip(language: str, word: str) -> None:
    for page in opened(draw_templates(SHEETS, language)).worksheets:
        if page.sheet_state == "visible":
            assert str(page["A2"].value).startswith(word), page.title
            assert page["A2"].comment.text.startswith(("An example", "Ett exempel"))
            assert page["A2"].fill.fill_type == page["B2"].fill.fill_type == "solid"
            assert page.max_row == 2


def test_examples_are_typed_cells_so_that_codes_keep_their_zeros_and_dates_are_dates() -> None:
    page = opened(draw_templates([BY_NAME["invoices"]], "en")).active
    assert page is not None
    row = {caption.value: cell for caption, cell in zip(page[1], page[2])}
    assert row["Item No."].value == "1000"
    assert row["Item No."].number_format == "@"
    assert row["Posting Date"].value.isoformat() == "2026-10-02T00:00:00"
    assert (row["Quantity"].value, row["Unit Price"].value) == (12, 125)


def test_what_every_line_needs_stands_first_on_a_document_sheet() -> None:
    captions = [column.caption for column in ordered_columns(BY_NAME["credit_memos"])]
    assert captions[:7] == [
        "No.", "Customer No.", "Applies-to Document No.", "Posting Date", "Your Reference", "Item No.",
        "Description",
    ]  # fmt: skip
    assert sorted(captions) == sorted(BY_NAME["credit_memos"].by_caption)
    assert ordered_columns(BY_NAME["items"]) == BY_NAME["items"].columns


def test_captions_have_notes_and_options_have_drop_downs() -> None:
    page = opened(draw_templates([BY_NAME["orders"]], "sv"))["Order"]
    at = {cell.value: cell for cell in page[1]}
    assert "Obligatorisk." in at["Kundnr"].comment.text
    assert "Tomt: Item." in at["Typ"].comment.text
    assert choices(page, f"{at['Åtgärd'].column_letter}100") == "Open,Release,Ship,Invoice,Ship and Invoice"
    assert choices(page, f"{at['Direktleverans'].column_letter}3") == "ja,nej"
    assert choices(page, f"{at['Antal'].column_letter}3") == ""
    assert page.freeze_panes == "B2"


def test_a_table_can_be_asked_for_by_its_name() -> None:
    assert draw_templates(["orders"]) == draw_templates([BY_NAME["orders"]])
    with pytest.raises(KeyError):
        draw_templates(["no_such_sheet"])


def test_the_same_template_is_the_same_bytes() -> None:
    assert draw_templates([BY_NAME["orders"]], "sv") == draw_templates([BY_NAME["orders"]], "sv")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_setup_workbook_has_every_setup_sheet_with_its_rows(language: str) -> None:
    book = opened(draw_setup_workbook(language))
    rows = swedish_setup(language)
    names = [table.sheet if language == "en" else table.aliases[0] for table in SETUP_TABLES]
    assert book.sheetnames == [name.replace("G/L", "GL") for name in names]
    for page, table in zip(book.worksheets, SETUP_TABLES):
        above = 2 if table.name == "company" else 0  # What to do stands above the captions.
        assert page.max_row == above + 1 + len(rows.get(table.name, ())), page.title


def test_the_first_sheet_is_the_company_and_marks_what_to_fill_in() -> None:
    page = opened(draw_setup_workbook("sv")).worksheets[0]
    assert page["A1"].value.startswith("Fyll i de gula cellerna")
    at = {row[0].value: row[1] for row in page.iter_rows(min_row=4)}
    assert at["Namn"].value is None
    assert at["Namn"].comment.text.startswith("Fyll i detta.")
    coloured = [name for name, cell in at.items() if cell.fill.fill_type == "solid"]
    assert len(coloured) == len(TO_FILL_IN)
    assert coloured[0] == "Namn"
    assert at["Språk"].value == "sv"
    assert at["Konto för ingående balans"].value == "2999"
    assert at["Gräns för öresavskrivning"].value == 0.5
    assert choices(page, at["Språk"].coordinate) == "en,sv,de"
    assert choices(page, at["F-skatt"].coordinate) == "ja,nej"
    assert choices(page, at["Namn"].coordinate) == ""


def test_the_setup_keeps_codes_as_texts_and_numbers_as_numbers() -> None:
    book = opened(draw_setup_workbook("en"))
    vat = book["VAT Posting Setup"]
    row = {caption.value: cell.value for caption, cell in zip(vat[1], vat[2])}
    assert (row["VAT %"], row["VAT Return Box"], row["Sales VAT Account"]) == (25, "05", "2611")
    food = [line for line in vat.iter_rows(min_row=2, values_only=True) if line[:2] == ("DOMESTIC", "FOOD")]
    assert [f"{line[2]:%Y-%m-%d}" for line in food] == ["2012-01-01", "2026-04-01", "2028-01-01"]


def test_swedish_captions_lead_back_to_their_columns() -> None:
    for page, table in zip(opened(draw_setup_workbook("sv")).worksheets, SETUP_TABLES):
        captions = page[3] if table.name == "company" else page[1]
        for cell, column in zip(captions, table.columns, strict=True):
            assert normal_name(cell.value) in {normal_name(alias) for alias in column.aliases}
