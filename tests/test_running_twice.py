"""Dropping the same thing again, renamed, re-saved or edited: nothing is posted twice, nothing is lost."""

from __future__ import annotations

import shutil

from office import Office

SALES = """
    No. | Customer No. | Item No. | Quantity | Unit Price
    I1 | C1 | A1 | 1 | 100
    I2 | C1 | A1 | 2 | 100
"""


def test_the_same_workbook_renamed_changes_nothing(office: Office) -> None:
    path = office.drop("Invoices.xlsx", Invoices=SALES)
    copy = shutil.copy2(path, office.root / "kopia.xlsx")
    office.run()
    before = office.balance(), office.table("numbers")["number"].tolist()
    shutil.move(copy, office.root / "inbox" / "Invoices (1).xlsx")
    result = office.run()
    assert result.exit_code == 0
    assert result.counts["invoices"] == 0
    assert {item.code for item in result.findings} == {"input-exists", "file-again"}
    assert (office.balance(), office.table("numbers")["number"].tolist()) == before


def test_a_re_saved_workbook_with_other_columns_blank_changes_nothing(office: Office) -> None:
    office.drop("Invoices.xlsx", Invoices=SALES)
    office.run()
    wider = SALES.replace("Unit Price", "Unit Price | Comment | Note").replace("| 100", "| 100.00 | |")
    office.drop("Invoices.xlsx", Invoices=wider)
    assert office.run().counts["invoices"] == 0
    assert len(office.table("customer_ledger_entries")) == 2


def test_an_edited_row_among_posted_ones_is_held_and_a_new_one_posted(office: Office) -> None:
    office.drop("Invoices.xlsx", Invoices=SALES)
    office.run()
    edited = SALES.replace("I2 | C1 | A1 | 2 | 100", "I2 | C1 | A1 | 2 | 120\n    I3 | C1 | A1 | 1 | 5")
    office.drop("Invoices.xlsx", Invoices=edited)
    result = office.run()
    assert [(item.code, item.document) for item in result.findings if item.severity == "error"] == [
        ("document-changed-after-posting", "I2")
    ]
    assert office.table("documents")[["no", "amount"]].to_numpy().tolist() == [
        ["I1", "100.00"],
        ["I2", "200.00"],
        ["I3", "5.00"],
    ]


def test_a_corrected_to_fix_workbook_is_accepted_as_it_is_and_closes_what_was_held(office: Office) -> None:
    import openpyxl

    office.drop("Invoices.xlsx", Invoices=SALES.replace("I2 | C1", "I2 | C9"))
    office.run()
    assert office.table("held").query("open")["key"].tolist() == ["I2"]
    path = office.root / "rejected" / "000002" / "Invoices - to fix.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Invoices"]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "C9"]
    cell.value = "C1"
    book.save(office.root / "inbox" / "Invoices - to fix.xlsx")
    result = office.run()
    assert result.exit_code == 0, [item.message() for item in result.findings]
    assert office.table("documents")["no"].tolist() == ["I1", "I2"]
    assert not len(office.table("held").query("open"))


def test_the_same_number_twice_in_one_drop_with_other_content_holds_both(office: Office) -> None:
    office.drop("A.xlsx", Invoices=SALES)
    office.drop("B.xlsx", Invoices=SALES.replace("I2 | C1 | A1 | 2", "I2 | C1 | A1 | 3"))
    result = office.run()
    assert result.exit_code == 3
    assert office.table("documents")["no"].tolist() == ["I1"]


def test_the_bytes_that_were_read_are_kept_and_the_inbox_is_empty(office: Office) -> None:
    path = office.drop("ord/Invoices.xlsx", Invoices=SALES)
    content = path.read_bytes()
    office.run()
    assert (office.root / "processed" / "000002" / "ord" / "Invoices.xlsx").read_bytes() == content
    assert not path.exists()


def test_a_dry_run_commits_nothing_and_a_strict_run_with_an_error_neither(office: Office) -> None:
    path = office.drop("Invoices.xlsx", Invoices=SALES.replace("I2 | C1", "I2 | C9"))
    for options in ({"dry_run": True}, {"strict": True}):
        result = office.run(**options)
        assert result.run_no == 0
        assert result.exit_code == 3
        assert path.exists()
        assert not len(office.table("documents"))
        assert (office.root / "review" / "preview" / "Invoices - to fix.xlsx").exists()
    assert office.run().run_no == 2


def test_master_data_keeps_what_a_later_row_leaves_blank_and_clears_on_a_dash(office: Office) -> None:
    office.drop(
        "Customers.xlsx", Customers="No. | Name | City | Payment Terms Code\nC1 | Åkerlund & Söner AB | - |"
    )
    office.run()
    customer = office.table("customers").set_index("no").loc["C1"]
    assert (customer["name"], customer["city"], customer["address"], customer["payment_terms_code"]) == (
        "Åkerlund & Söner AB",
        "",
        "Ängsvägen 1",
        "30D",
    )
    office.drop(
        "Customers.xlsx", Customers="No. | Name | City | Payment Terms Code\nC1 | Åkerlund & Söner AB | |"
    )
    assert office.run().counts["master_changes"] == 0
    assert office.verify() == []


def test_an_empty_inbox_makes_no_run(office: Office) -> None:
    result = office.run()
    assert (result.run_no, result.exit_code) == (0, 0)
    assert office.table("runs")["run_no"].tolist() == [1]


def test_what_was_held_for_an_unknown_customer_comes_back_when_the_customer_is_dropped(
    office: Office,
) -> None:
    office.drop("Invoices.xlsx", Invoices=SALES.replace("I2 | C1", "I2 | C9"))
    office.run()
    office.drop(
        "Customers.xlsx",
        Customers="No. | Name | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group\nC9 | Nykund AB | DOMESTIC | DOMESTIC | DOMESTIC",
    )
    result = office.run()
    assert result.exit_code == 0, [item.message() for item in result.findings]
    assert office.table("documents")[["no", "customer_no"]].to_numpy().tolist() == [
        ["I1", "C1"],
        ["I2", "C9"],
    ]
    assert not len(office.table("held").query("open"))
    assert office.verify() == []


def test_what_still_waits_is_not_held_anew_by_every_drop_of_master_data(office: Office) -> None:
    office.drop("Invoices.xlsx", Invoices=SALES.replace("I2 | C1", "I2 | C9"))
    office.run()
    office.drop("Customers.xlsx", Customers="No. | Name | Template\nC7 | En annan |")
    result = office.run()
    assert result.exit_code == 0
    assert office.table("held")[["held_id", "key", "open"]].to_numpy().tolist() == [["2-1", "I2", True]]
    assert [path.name for path in (office.root / "processed" / "000003").rglob("*.xlsx")] == [
        "Customers.xlsx"
    ]


def test_a_setup_of_the_same_drop_decides_how_the_rest_is_read(office: Office) -> None:
    office.settings(Language="sv")
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price\nI1 | C1 | A1 | 1 | 1,234",
    )
    office.run()
    assert office.table("document_lines")["unit_price"].tolist() == ["1.234"]


def test_a_held_document_that_is_dropped_by_decision_is_closed_for_good(office: Office) -> None:
    import openpyxl

    office.drop("Invoices.xlsx", Invoices=SALES.replace("I2 | C1", "I2 | C9"))
    office.run()
    book = openpyxl.load_workbook(office.root / "rejected" / "000002" / "Invoices - to fix.xlsx")
    sheet = book["Invoices"]
    captions = [cell.value for cell in sheet[1]]
    sheet.cell(2, captions.index("Decision") + 1).value = "Drop"
    book.save(office.root / "inbox" / "Invoices - to fix.xlsx")
    result = office.run()
    assert result.exit_code == 0
    assert office.table("documents")["no"].tolist() == ["I1"]
    assert not office.table("held")["open"].any()


def test_an_open_document_is_amended_and_then_posted_as_its_newest_version(office: Office) -> None:
    text = "No. | Customer No. | Item No. | Quantity | Action\nI1 | C1 | A1 | {quantity} | {action}"
    office.drop("Invoices.xlsx", Invoices=text.format(quantity=1, action="Open"))
    office.run()
    assert office.balance() == {}
    office.drop("Invoices.xlsx", Invoices=text.format(quantity=2, action="Open"))
    office.run()
    assert office.table("documents")[["no", "status", "amount"]].to_numpy().tolist() == [
        ["I1", "open", "2000.00"]
    ]
    office.drop("Invoices.xlsx", Invoices=text.format(quantity=2, action="Post"))
    office.run()
    assert office.table("documents")[["no", "posted_no", "status"]].to_numpy().tolist() == [
        ["I1", "103001", "posted"]
    ]
    assert office.table("document_lines")["quantity"].tolist() == ["2"]
    assert office.verify() == []
