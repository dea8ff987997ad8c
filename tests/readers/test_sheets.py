"""Which sheet is what, where its header stands, and which of its rows are data."""

from __future__ import annotations

import pytest
from typed_sheets import TABLES, dropped, found, read, the_finding, workbook

from salesbatch.core.sheets import SHEETS
from salesbatch.readers.sheets import SheetNames, named_by_excel, stem

HEAD = ["No.", "Name", "Credit Limit"]


@pytest.mark.parametrize("name", ["Buyers", "buyers", "BUYER", " Buyers ", "B-uyers", "Köpare", "köpare"])
def test_a_sheet_is_known_by_its_name_without_case_signs_and_plural(name: str) -> None:
    table = SheetNames(TABLES).claims(name)
    assert table is not None
    assert table.name == "buyers"


@pytest.mark.parametrize("name", ["Buyers old", "Sheet1", "Buyers (2)", ""])
def test_other_sheets_are_not_claimed(name: str) -> None:
    assert SheetNames(TABLES).claims(name) is None


def test_a_csv_file_is_known_by_its_name_even_with_a_date_behind_it() -> None:
    names = SheetNames(TABLES)
    for name in ("north/Buyers.csv", "buyers_2026-10-31.csv", "Köpare (2).csv", "Buyers 20261031.CSV"):
        table = names.claims_file(name)
        assert table is not None, name
        assert table.name == "buyers"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Kunder", "customers"),
        ("kund", "customers"),
        ("Artiklar", "items"),
        ("Offerter", "quotes"),
        ("Order", "orders"),
        ("ORDERS", "orders"),
        ("Fakturor", "invoices"),
        ("Kreditnotor", "credit_memos"),
        ("credit_memos", "credit_memos"),
        ("Kontoutdrag", "bank_statement"),
        ("Företag", "company"),
        ("G/L Accounts", "gl_accounts"),
        ("VAT Posting Setup", "vat_posting_setup"),
    ],
)
def test_the_programs_own_sheets_are_found_in_english_and_swedish(name: str, table: str) -> None:
    found_table = SheetNames(SHEETS).claims(name)
    assert found_table is not None
    assert found_table.name == table


def test_no_two_sheets_answer_to_the_same_name() -> None:
    owners: dict[str, str] = {}
    for table in SHEETS:
        for name in (table.sheet, *table.aliases):
            assert owners.setdefault(stem(name), table.name) == table.name, name


def test_names_given_by_excel_say_nothing() -> None:
    assert all(map(named_by_excel, ["Sheet1", "Blad 2", "Tabelle1", "Ark1"]))
    assert not named_by_excel("Orders")


def test_the_header_is_found_below_titles_and_columns_in_any_order() -> None:
    rows = [
        ["Buyers of the north"],
        [],
        [None, "Made 2026-10-31"],
        [None, "KREDITGRÄNS", "name", "kundnr*"],
        [None, 10, "a", "B1"],
    ]
    inbox = read({"Buyers": rows})
    assert found(inbox) == []
    frame = inbox.tables["buyers"]
    assert (frame["no"][0], frame["name"][0], frame["credit_limit_minor"][0], frame["row"][0]) == (
        "B1",
        "a",
        1000,
        5,
    )
    raw = inbox.raw["file1.xlsx", "Buyers"]
    assert (raw.header_row, raw.captions) == (4, ("", "KREDITGRÄNS", "name", "kundnr*"))
    assert raw.column_numbers == {"credit_limit_minor": 2, "name": 3, "no": 4}
    assert raw.row(5) == [None, 10, "a", "B1"]
    assert raw.row(99) == []


def test_snake_case_and_frame_names_are_accepted_as_captions() -> None:
    inbox = read({"Buyers": [["no", "name", "credit_limit", "prepayment_percent"], ["B1", "a", 1, 2]]})
    assert found(inbox, notices=True) == []


def test_a_header_below_the_twentieth_row_is_not_looked_for() -> None:
    inbox = read({"Buyers": [*([["x"]] * 20), HEAD, ["B1", "a", 1]]})
    assert [item.code for item in inbox.findings] == ["sheet-no-header"]
    assert inbox.held[0].rows == tuple(range(1, 23))


def test_unknown_columns_are_named_and_ignored() -> None:
    inbox = read({"Buyers": [[*HEAD, "Hair", None], ["B1", "a", 1, "red", "loose"]]})
    assert found(inbox, notices=True) == [("D1", "column-unknown", "Hair"), ("E1", "column-unknown", "E")]
    assert len(inbox.tables["buyers"]) == 1


def test_the_columns_of_a_to_fix_workbook_are_accepted_as_they_are() -> None:
    inbox = read({"Buyers": [[*HEAD, "Problem", "Held Id"], ["B1", "a", 1, "The price was wrong.", "17-3"]]})
    assert found(inbox, notices=True) == []
    assert inbox.tables["buyers"]["held_id"].tolist() == ["17-3"]


def test_a_held_row_can_be_dropped_for_good() -> None:
    rows = [[*HEAD, "Held Id", "Decision"], ["B1", "a", "?", "17-3", "Drop"], ["B2", "b", 1, "17-4", None]]
    inbox = read({"Buyers": rows})
    assert found(inbox) == []
    assert inbox.dropped == ("17-3",)
    assert inbox.tables["buyers"]["no"].tolist() == ["B2"]


def test_a_column_that_stands_twice_rejects_the_sheet() -> None:
    inbox = read({"Buyers": [["No.", "Name", "Namn"], ["B1", "a", "b"]]})
    assert found(inbox) == [("C1", "column-twice", "Namn")]
    assert inbox.tables == {}
    assert [(held.rows, held.reason) for held in inbox.held] == [((2,), "column-twice")]


def test_a_missing_required_column_is_one_finding_and_holds_all_rows() -> None:
    inbox = read({"Buyers": [["No.", "Credit Limit"], *([f"B{n}", n] for n in range(50))]})
    (item,) = inbox.findings
    assert item.message() == "The required column 'Name' is missing."
    assert item.place.row == 1
    assert inbox.held[0].rows == tuple(range(2, 52))
    assert inbox.rows_read == 50


def test_a_required_cell_that_is_blank_is_named_once() -> None:
    inbox = read({"Buyers": [HEAD, ["B1", " ", 1], ["A" * 51, "x", 1]]})
    assert found(inbox) == [("B2", "cell-missing", " "), ("A3", "cell-too-long", "A" * 39 + "…")]
    assert inbox.findings[0].message("sv") == "'Name' saknas."


def test_empty_total_and_example_rows_are_skipped() -> None:
    rows = [
        HEAD,
        ["Example AB", "x", 5],
        ["B1", "a", 1],
        [],
        ["B2", "b", 2],
        [None, None, "  "],
        ["Summa:", None, 3],
        ["Total", None, 3],
    ]
    inbox = read({"Buyers": rows})
    assert inbox.tables["buyers"]["row"].tolist() == [3, 5]
    assert found(inbox, notices=True) == [
        ("A2", "row-example", "Example AB"),
        ("A7", "row-total", "Summa:"),
        ("A8", "row-total", "Total"),
    ]
    assert inbox.rows_read == 2


def test_a_total_in_the_middle_and_names_that_begin_like_one_are_data() -> None:
    inbox = read({"Buyers": [HEAD, ["Total", "Total AB", 1], ["TOTALENERGIES", "b", 2]]})
    assert inbox.tables["buyers"]["no"].tolist() == ["Total", "TOTALENERGIES"]


def test_unknown_and_hidden_sheets_are_named() -> None:
    content = workbook({"Notes": [["a"]], "Buyers": [HEAD, ["B1", "a", 1]]}, hidden=["Buyers"])
    inbox = read(dropped("x.xlsx", content))
    assert [(item.code, item.value) for item in inbox.findings] == [
        ("sheet-unknown", "Notes"),
        ("sheet-hidden", "Buyers"),
    ]
    assert len(inbox.tables["buyers"]) == 1


def test_a_file_without_any_known_sheet_is_warned_about() -> None:
    inbox = read({"Notes": [["a"]]})
    assert [item.code for item in inbox.findings] == ["sheet-unknown", "file-nothing-known"]


def test_a_sheet_that_kept_excels_name_is_recognised_by_its_captions() -> None:
    inbox = read({"Sheet1": [["Kundnr", "Namn", "Kreditgräns"], ["B1", "a", 1]]})
    assert len(inbox.tables["buyers"]) == 1
    assert (
        the_finding(inbox, "sheet-by-captions").message()
        == "The sheet 'Sheet1' was read as Buyers because of its captions."
    )


def test_captions_that_fit_two_tables_alike_recognise_none() -> None:
    inbox = read({"Sheet1": [["No.", "Currency Code", "Amount"], ["B1", "SEK", 1]]})
    assert inbox.tables == {}
    assert "sheet-unknown" in {item.code for item in inbox.findings}


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("Fakturor Lund oktober.xlsx", "invoices"),
        ("in/invoices_2026-10 (2).csv", "invoices"),
        ("Kunder oktober.xlsx", None),  # It is no list of customers.
        ("Oktober.xlsx", None),
    ],
)
def test_where_captions_fit_several_tables_the_file_s_name_tells(file: str, table: str | None) -> None:
    captions = ["No.", "Customer No.", "Posting Date", "Item No.", "Quantity"]
    recognised = SheetNames(SHEETS).recognises([captions], file)
    assert (recognised and recognised.name) == table


def test_an_empty_template_is_no_problem() -> None:
    inbox = read({"Buyers": [HEAD], "Sales": []})
    assert inbox.findings == ()
    assert inbox.tables == {}


def test_merged_cells_over_data_are_named_and_elsewhere_they_are_not() -> None:
    rows = [["Title", None, None], HEAD, ["B1", "a", 1], ["B2", "b", 2], ["B3", None, 3], ["Total", None, 6]]
    content = workbook({"Buyers": rows}, merged={"Buyers": ["A1:C1", "B4:B5", "A6:B6"]})
    inbox = read(dropped("x.xlsx", content))
    assert found(inbox) == [("B4", "cell-merged", "b"), ("B5", "cell-missing", "")]
    assert dict(the_finding(inbox, "cell-merged").values)["area"] == "B4:B5"
    assert inbox.tables["buyers"]["no"].tolist() == ["B1"]
    assert [(held.key, held.reason) for held in inbox.held] == [
        ("B2", "cell-merged"),
        ("B3", "cell-merged,cell-missing"),
    ]


def test_a_merge_of_one_data_cell_with_an_unknown_column_is_harmless() -> None:
    rows = [["No.", "Name", "Hair"], ["B1", "a", None]]
    assert found(read(dropped("x.xlsx", workbook({"Buyers": rows}, merged={"Buyers": ["B2:C2"]})))) == []


def test_a_dash_clears_master_data_and_is_a_value_elsewhere() -> None:
    inbox = read(
        {
            "Buyers": [
                [*HEAD, "Language", "Currency Code"],
                ["B1", "a", "-", " - ", "-"],
                ["B2", "b", 1, "", ""],
            ]
        }
    )
    assert found(inbox) == []
    assert inbox.tables["buyers"]["cleared"].tolist() == ["credit_limit_minor;language;currency_code", ""]
    assert inbox.tables["buyers"]["credit_limit_minor"].isna().tolist() == [True, False]


def test_every_finding_of_a_file_comes_in_one_pass_in_the_order_of_the_sheet() -> None:
    rows = [HEAD, ["B1", "a", "x"], ["B2", None, "y"], ["B3", "c", 3]]
    inbox = read({"Buyers": rows})
    assert [item[0] for item in found(inbox)] == ["C2", "B3", "C3"]
    assert [item.document for item in inbox.findings] == ["B1", "B2", "B2"]


def test_bad_rows_never_stop_their_neighbours() -> None:
    inbox = read({"Buyers": [HEAD, ["B1", "a", "x"], ["B2", "b", 2]]}, {"Buyers": [HEAD, ["B3", "c", 3]]})
    assert inbox.tables["buyers"]["no"].tolist() == ["B2", "B3"]
    assert inbox.tables["buyers"]["source"].tolist() == ["file1.xlsx", "file2.xlsx"]
