"""Rows that become documents."""

from __future__ import annotations

import pandas as pd
from typed_sheets import DAY, found, read, the_finding

from salesbatch.core.inbox import Inbox

HEAD = ["No.", "Customer No.", "Order Date", "External Document No.", "Item No.", "Quantity", "Unit Price"]


def documents(inbox: Inbox) -> list[tuple[str, str, list[str]]]:
    """(No., customer, items) of every clean document."""
    frame = inbox.tables.get("sales")
    if frame is None:
        return []
    return [
        (group["no"].iloc[0], group["customer_no"].iloc[0], group["item_no"].tolist())
        for _, group in frame.groupby("document", sort=True)
    ]


def sales(*rows: list[object], language: str = "en") -> Inbox:
    return read({"Sales": [HEAD, *rows]}, language=language)


def test_header_columns_may_be_filled_on_the_first_row_only() -> None:
    inbox = sales(
        ["S1", "C1", DAY, "PO1", "I1", 1, 2],
        [None, None, None, None, "I2", 3, 4],
        ["S2", "C2", None, None, "I3", 1, 1],
    )
    assert found(inbox) == []
    assert documents(inbox) == [("S1", "C1", ["I1", "I2"]), ("S2", "C2", ["I3"])]
    frame = inbox.tables["sales"]
    assert frame["order_date"].tolist()[:2] == [pd.Timestamp("2026-10-31")] * 2
    assert pd.isna(frame["order_date"][2])
    assert frame["external_document_no"].tolist() == ["PO1", "PO1", ""]


def test_header_columns_may_be_repeated_in_another_notation() -> None:
    inbox = sales(["S1", "C1", DAY, None, "I1", 1, 2], ["S1", "C1", "2026-10-31", None, "I2", 3, 4])
    assert found(inbox) == []
    assert documents(inbox) == [("S1", "C1", ["I1", "I2"])]


def test_a_differing_repeat_is_named_and_holds_the_whole_document_only() -> None:
    inbox = sales(
        ["S1", "C1", DAY, None, "I1", 1, 2],
        ["S1", "C9", DAY, None, "I2", 3, 4],
        ["S2", "C2", DAY, None, "I3", 1, 1],
    )
    item = the_finding(inbox, "header-differs")
    assert (item.cell, item.value, item.document) == ("B3", "C9", "S1")
    assert item.message() == "'C9' differs from 'C1' on the document's first row."
    assert documents(inbox) == [("S2", "C2", ["I3"])]
    assert [(held.key, held.rows) for held in inbox.held] == [("S1", (2, 3))]


def test_an_error_in_one_line_holds_all_lines_of_its_document() -> None:
    inbox = sales(
        ["S1", "C1", DAY, None, "I1", 1, 2],
        [None, None, None, None, "I2", "many", 4],
        ["S2", "C2", DAY, None, "I3", 1, 1],
    )
    assert found(inbox) == [("F3", "number-unknown", "many")]
    assert inbox.held[0].rows == (2, 3)
    assert documents(inbox) == [("S2", "C2", ["I3"])]
    assert inbox.tables["sales"]["document"].tolist() == [0]


def test_a_missing_header_cell_is_named_once_on_the_documents_first_row() -> None:
    inbox = sales(["S1", None, DAY, None, "I1", 1, 2], [None, None, None, None, "I2", 3, 4])
    assert found(inbox) == [("B2", "cell-missing", "")]


def test_documents_without_a_number_are_parted_by_customer_reference_and_empty_rows() -> None:
    inbox = sales(
        [None, "C1", DAY, "PO1", "I1", 1, 2],
        [None, None, None, None, "I2", 1, 2],
        [None, "C2", None, None, "I3", 1, 2],
        [],
        [None, "C2", None, None, "I4", 1, 2],
        [None, "C2", None, "PO7", "I5", 1, 2],
        [None, "C2", None, "PO8", "I6", 1, 2],
    )
    assert found(inbox) == []
    assert [(customer, items) for _, customer, items in documents(inbox)] == [
        ("C1", ["I1", "I2"]),
        ("C2", ["I3"]),
        ("C2", ["I4"]),
        ("C2", ["I5"]),
        ("C2", ["I6"]),
    ]


def test_an_empty_row_does_not_end_a_numbered_document() -> None:
    inbox = sales(["S1", "C1", DAY, None, "I1", 1, 2], [], [None, None, None, None, "I2", 1, 2])
    assert documents(inbox) == [("S1", "C1", ["I1", "I2"])]


def test_after_an_empty_row_a_customer_without_number_begins_a_document() -> None:
    inbox = sales(["S1", "C1", DAY, None, "I1", 1, 2], [], [None, "C1", None, None, "I2", 1, 2])
    assert [items for _, _, items in documents(inbox)] == [["I1"], ["I2"]]


def test_line_numbers_may_not_stand_twice_in_a_document() -> None:
    rows = [
        ["No.", "Customer No.", "Line No.", "Item No."],
        ["S1", "C1", 10, "I1"],
        ["S1", None, 20, "I2"],
        ["S1", None, 10, "I3"],
        ["S2", "C1", 10, "I1"],
    ]
    inbox = read({"Sales": rows})
    assert found(inbox) == [("C4", "line-twice", "10")]
    assert documents(inbox) == [("S2", "C1", ["I1"])]


def test_an_amount_in_the_header_follows_the_documents_currency_and_is_named_once() -> None:
    rows = [
        ["No.", "Customer No.", "Currency Code", "Freight", "Item No."],
        ["S1", "C1", "JPY", 1.5, "I1"],
        [None, None, None, None, "I2"],
    ]
    assert found(read({"Sales": rows})) == [("D2", "amount-decimals", "1.5")]
    rows[1][3] = 15
    assert read({"Sales": rows}).tables["sales"]["freight_minor"].tolist() == [15, 15]


def test_a_bad_row_of_a_delivery_note_holds_the_whole_note() -> None:
    rows = [
        ["Shipment No.", "Order No.", "Line No.", "Quantity"],
        ["N1", "S1", 10, 1],
        ["N2", "S2", 10, 1],
        ["N1", "S3", 10, "?"],
    ]
    inbox = read({"Shipments": rows})
    assert inbox.tables["shipments"]["shipment_no"].tolist() == ["N2"]
    assert [(held.rows, held.reason) for held in inbox.held] == [((2, 4), "number-unknown")]


def test_the_documents_of_several_files_are_numbered_densely() -> None:
    first = [HEAD, ["S1", "C1", DAY, None, "I1", "?", 2], ["S2", "C1", DAY, None, "I1", 1, 2]]
    second = [HEAD, ["S3", "C1", DAY, None, "I1", 1, 2], ["S3", "C1", DAY, None, "I2", 1, 2]]
    inbox = read({"Sales": first}, {"Sales": second})
    assert inbox.tables["sales"]["document"].tolist() == [0, 1, 1]
