"""csv files: the same rules as for sheets."""

from __future__ import annotations

import pytest
from typed_sheets import dropped, found, read

from salesbatch.core.inbox import Inbox


def csv(text: str, *, name: str = "Buyers.csv", encoding: str = "utf-8", language: str = "sv") -> Inbox:
    return read(dropped(name, text.encode(encoding)), language=language)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(encoding: str, delimiter: str) -> None:
    text = 'Kundnr;Namn;Kreditgräns\n00123;Åkerö;"1 234,50"\n'.replace(";", delimiter)
    inbox = csv(text, encoding=encoding)
    assert found(inbox) == []
    row = inbox.tables["buyers"].iloc[0]
    assert (row["no"], row["name"], row["credit_limit_minor"], row["row"]) == ("00123", "Åkerö", 123_450, 2)


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks() -> None:
    inbox = csv('No.;Name\nB1;"a; ""b""\nc"\nB2;d\n')
    assert inbox.tables["buyers"]["name"].tolist() == ['a; "b"\nc', "d"]
    assert inbox.tables["buyers"]["row"].tolist() == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        'No.;Name\nB1;"a\nB2;b\n',  # Never closed.
        'No.;Name\nB1;"a\nB2;"b"\nB3;c\n',  # Closed by the next row's own mark.
        'No.;Name\nB1;"a\nB2;b"x\nB3;c\n',
    ],
)
def test_a_loose_quotation_mark_never_swallows_rows(text: str) -> None:
    inbox = csv(text)
    assert inbox.tables == {}
    assert [(item.code, dict(item.values)) for item in inbox.findings] == [("csv-quote", {"row": "2"})]


def test_a_loose_quotation_mark_within_its_row_is_text() -> None:
    inbox = csv('No.;Name\nB1;Café "Norr" AB\nB2;"Bar "Syd" AB"\nB3;"c" \n')
    assert inbox.tables["buyers"]["no"].tolist() == ["B1", "B2", "B3"]
    assert inbox.tables["buyers"]["name"].tolist() == ['Café "Norr" AB', 'Bar Syd" AB"', "c"]


def test_excels_own_line_about_the_delimiter_is_obeyed() -> None:
    assert csv("sep=|\nNo.|Name\nB1|a\n").tables["buyers"]["row"].tolist() == [3]


def test_a_csv_file_is_recognised_by_its_captions_when_its_name_says_nothing() -> None:
    inbox = csv("Kundnr;Namn;Saldo\nB1;a;5\n", name="export_17.csv")
    assert inbox.tables["buyers"]["balance_minor"].tolist() == [500]
    assert [item.code for item in inbox.findings] == ["sheet-by-captions"]


def test_a_csv_file_that_nobody_knows_is_named() -> None:
    assert [item.code for item in csv("a;b\n1;2\n", name="x.csv").findings] == ["file-nothing-known"]


def test_short_and_long_rows_are_no_problem_and_bad_cells_are_named() -> None:
    inbox = csv("No.;Name;Saldo\nB1;a\nB2;b;x;y\n\nB3;c;NaN\n")
    assert found(inbox) == [("C3", "number-unknown", "x"), ("C5", "number-unknown", "NaN")]
    assert inbox.tables["buyers"]["no"].tolist() == ["B1"]


def test_an_error_that_was_exported_as_text_is_an_error() -> None:
    assert found(csv("No.;Name;Saldo\nB1;a;#SAKNAS!\n")) == [("C2", "cell-error", "#SAKNAS!")]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert [item.code for item in read(dropped("Buyers.csv", b"No.;Name\n\0\1\2")).findings] == [
        "csv-encoding"
    ]
    assert [item.code for item in read(dropped("Buyers.csv", b"")).findings] == []
