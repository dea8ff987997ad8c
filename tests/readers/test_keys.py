"""Natural keys, content hashes, and what stands twice in one drop."""

from __future__ import annotations

import pandas as pd
from typed_sheets import DAY, dropped, found, read, the_finding, workbook

from salesbatch.core.inbox import Inbox

HEAD = ["No.", "Customer No.", "Order Date", "Item No.", "Quantity", "Unit Price"]


def hashes(inbox: Inbox, table: str = "sales") -> list[str]:
    return inbox.tables[table]["content_hash"].tolist()


def test_the_hash_is_of_the_values_and_not_of_how_they_were_written() -> None:
    plain = read({"Sales": [HEAD, ["S1", "C1", DAY, "7", 1, 1234.5]]})
    other = read(
        {
            "Försäljning": [
                ["Pris", "Antal", "Artikelnr", "Orderdatum", "Kundnr", "Ordernr", "Beskrivning"],
                ["1 234,50", "1", 7, "31.10.2026", "C1", "S1", ""],
            ]
        },
        language="sv",
    )
    assert hashes(plain) == hashes(other)


def test_every_changed_value_changes_the_hash_and_so_does_the_order_of_the_lines() -> None:
    line, next_line = ["S1", "C1", DAY, "I1", 1, 2], ["S1", "C1", DAY, "I2", 1, 2]
    known = {hashes(read({"Sales": [HEAD, line, next_line]}))[0]}
    for changed in (
        [next_line, line],
        [line],
        [["S1", "C2", *line[2:]]],
        [[*line[:5], 3]],
        [[*line[:4], 2, 1]],
    ):
        digest = hashes(read({"Sales": [HEAD, *changed]}))[0]
        assert digest not in known
        known.add(digest)


def test_all_rows_of_a_document_have_its_key_and_its_hash() -> None:
    inbox = read(
        {
            "Sales": [
                HEAD,
                ["S1", "C1", DAY, "I1", 1, 2],
                [None, None, None, "I2", 1, 2],
                ["S2", "C1", DAY, "I1", 1, 2],
            ]
        }
    )
    frame = inbox.tables["sales"]
    assert frame["key"].tolist() == ["S1", "S1", "S2"]
    assert frame["content_hash"].nunique() == 2
    assert frame["content_hash"].str.fullmatch("[0-9a-f]{32}").all()


def test_clearing_a_value_is_content_too() -> None:
    blank = read({"Buyers": [["No.", "Name", "Credit Limit"], ["B1", "a", None]]})
    cleared = read({"Buyers": [["No.", "Name", "Credit Limit"], ["B1", "a", "-"]]})
    assert hashes(blank, "buyers") != hashes(cleared, "buyers")


def test_a_key_of_several_columns_cannot_be_confused_with_another() -> None:
    rows = [
        ["Shipment No.", "Order No.", "Line No.", "Quantity"],
        ["N1", "S1", 10, 1],
        ["N1|S1", "10", None, 1],
        ["N2", "S1", None, 1],
    ]
    keys = read({"Shipments": rows}).tables["shipments"]["key"].tolist()
    assert keys == ["N1|S1|10", "N1\\|S1|10|", "N2|S1|"]


def test_without_a_number_the_customers_reference_is_the_key() -> None:
    rows = [
        ["No.", "Customer No.", "External Document No.", "Item No."],
        [None, "C1", "PO7", "I1"],
        [None, None, None, "I2"],
        [None, "C2", "PO7", "I1"],
    ]
    frame = read({"Sales": rows}).tables["sales"]
    assert frame["key"].tolist() == ["external_document_no=PO7|C1"] * 2 + ["external_document_no=PO7|C2"]


def test_without_any_number_the_key_is_the_content_and_its_occurrence() -> None:
    rows = [["Customer No.", "Item No."], ["C1", "I1"], ["C2", "I2"], ["C1", "I1"]]
    frame = read({"Sales": rows}).tables["sales"]
    stem, _, number = frame["key"][0].partition("#")
    assert stem == "content=" + frame["content_hash"][0]
    assert (number, frame["key"][2]) == ("1", stem + "#2")
    assert frame["key"].nunique() == 3


def test_the_same_file_under_two_names_is_read_once() -> None:
    rows = [["Customer No.", "Item No."], ["C1", "I1"], ["C2", "I2"]]
    inbox = read({"Sales": rows}, {"Sales": rows})
    assert inbox.tables["sales"]["customer_no"].tolist() == ["C1", "C2"]
    assert inbox.tables["sales"]["document"].tolist() == [0, 1]
    assert [item.code for item in inbox.findings] == ["input-twice"] * 2
    assert inbox.held == ()


def test_the_same_key_with_equal_content_is_kept_once_with_a_notice() -> None:
    rows = [["No.", "Name", "Credit Limit"], ["B1", "a", 5], ["B1", "a", "5,00"]]
    inbox = read({"Buyers": rows})
    assert inbox.tables["buyers"]["row"].tolist() == [2]
    item = the_finding(inbox, "input-twice")
    assert (item.cell, item.value, item.severity) == ("A3", "B1", "notice")


def test_the_same_key_with_different_content_holds_both_and_nobody_else() -> None:
    first, second = [["No.", "Name"], ["B1", "a"], ["B2", "b"]], [["No.", "Name"], ["B1", "other"]]
    inbox = read({"Buyers": first}, {"Buyers": second})
    assert inbox.tables["buyers"]["no"].tolist() == ["B2"]
    assert [(item.code, item.place.source, item.cell) for item in inbox.findings] == [
        ("input-key-twice", "file1.xlsx", "A2"),
        ("input-key-twice", "file2.xlsx", "A2"),
    ]
    assert [(held.key, held.source, held.rows) for held in inbox.held] == [
        ("B1", "file1.xlsx", (2,)),
        ("B1", "file2.xlsx", (2,)),
    ]


def test_rows_of_a_document_that_do_not_stand_together_are_held_with_a_word_for_it() -> None:
    inbox = read(
        {
            "Sales": [
                HEAD,
                ["S1", "C1", DAY, "I1", 1, 2],
                ["S2", "C1", DAY, "I1", 1, 2],
                ["S1", "C1", DAY, "I2", 1, 2],
            ]
        }
    )
    assert found(inbox) == [("A2", "document-scattered", "S1"), ("A4", "document-scattered", "S1")]
    assert inbox.tables["sales"]["no"].tolist() == ["S2"]
    assert inbox.tables["sales"]["document"].tolist() == [0]


def test_a_clean_document_is_held_when_its_namesake_is() -> None:
    inbox = read(
        {"Sales": [HEAD, ["S1", "C1", DAY, "I1", 1, 2]]}, {"Sales": [HEAD, ["S1", "C1", DAY, "I2", "?", 2]]}
    )
    assert "sales" not in inbox.tables
    assert sorted(held.source for held in inbox.held) == ["file1.xlsx", "file2.xlsx"]


def test_a_delivery_note_is_held_whole_when_one_of_its_rows_stands_twice() -> None:
    head = ["Shipment No.", "Order No.", "Line No.", "Quantity"]
    inbox = read(
        {
            "Shipments": [
                head,
                ["N1", "S1", 10, 1],
                ["N1", "S1", 20, 1],
                ["N1", "S1", 10, 2],
                ["N2", "S1", 10, 1],
            ]
        }
    )
    assert inbox.tables["shipments"]["shipment_no"].tolist() == ["N2"]
    assert [held.rows for held in inbox.held] == [(2, 3, 4)]


def test_equal_bank_lines_are_twins_and_keep_their_number() -> None:
    rows = [
        ["Bank Account", "Date", "Amount", "Text"],
        ["BANK", DAY, 100, "Swish"],
        ["BANK", DAY, 100, "Swish"],
        ["BANK", DAY, 7, "Swish"],
    ]
    frame = read({"Bank Lines": rows}, {"Bank Lines": rows[:2]}).tables["bank_lines"]
    stem = "BANK|2026-10-31|10000|Swish"
    assert frame["key"].tolist() == [stem + "#1", stem + "#2", "BANK|2026-10-31|700|Swish#1", stem + "#1"]


def test_the_held_id_of_a_corrected_row_comes_along() -> None:
    rows = [["No.", "Name", "Credit Limit", "Held Id"], ["B1", "a", "?", "17-1"], ["B2", "b", 2, "17-2"]]
    inbox = read({"Buyers": rows})
    assert inbox.held[0].held_id == "17-1"
    assert inbox.tables["buyers"]["held_id"].tolist() == ["17-2"]


def test_a_file_saved_again_by_another_program_gives_the_same_keys_and_hashes() -> None:
    import io

    import openpyxl

    content = workbook({"Sales": [HEAD, ["S1", "C1", DAY, "I1", 1, 2.5], [None, None, None, "I2", 2, 10]]})
    book = openpyxl.load_workbook(io.BytesIO(content))
    buffer = io.BytesIO()
    book.save(buffer)
    one, two = read(dropped("a.xlsx", content)), read(dropped("a.xlsx", buffer.getvalue()))
    pd.testing.assert_frame_equal(one.tables["sales"], two.tables["sales"])
