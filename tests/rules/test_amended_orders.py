"""Orders that come again changed, buyers that do not pay themselves, series that change with the year."""

from __future__ import annotations

from office import Office

CAPTIONS = "No. | Customer No. | Item No. | Line No. | Quantity | Action"


def errors(result: object) -> list[str]:
    """Codes of the errors of a run."""
    return [item.code for item in result.findings if item.severity == "error"]  # type: ignore[attr-defined]


def test_an_amended_open_order_is_replaced_whole(office: Office) -> None:  # a missing line is a deleted line
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 2 |\nS1 | C1 | A2 | | 1 |")
    office.run()
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 5 | Release")
    result = office.run()
    assert result.exit_code == 0
    lines = office.table("document_lines")
    assert lines[["no", "item_no", "quantity", "outstanding_quantity"]].to_numpy().tolist() == [
        ["S1", "A1", "5", "5"]
    ]
    assert office.table("documents")["status"].tolist() == ["released"]
    assert office.verify() == []


def test_an_action_acts_once_and_an_added_line_waits_for_the_next(office: Office) -> None:
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 2 | Ship")
    office.run()
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 2 | Ship\nS1 | C1 | A2 | | 1 |")
    assert office.run().counts["shipments"] == 0
    lines = office.table("document_lines").query("document_type == 'order'")
    assert lines[["item_no", "quantity_shipped", "outstanding_quantity"]].to_numpy().tolist() == [
        ["A1", "2", "0"],
        ["A2", "0", "1"],
    ]
    office.drop(
        "Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 2 | Ship and Invoice\nS1 | C1 | A2 | | 1 |"
    )
    result = office.run()
    assert (result.counts["shipments"], result.counts["invoices"]) == (1, 1)
    invoice = office.table("document_lines").query("document_type == 'invoice'")
    assert invoice[["item_no", "quantity"]].to_numpy().tolist() == [["A1", "2"], ["A2", "1"]]
    moved = office.table("item_ledger_entries").astype({"quantity": float, "invoiced_quantity": float})
    stock = moved.groupby("item_no")[["quantity", "invoiced_quantity"]].sum()
    assert stock.loc["A1"].tolist() == [-2.0, -2.0]
    assert stock.loc["A2"].tolist() == [-1.0, -1.0]
    assert office.verify() == []


def test_a_shipped_line_can_be_neither_removed_nor_exchanged_nor_reduced(office: Office) -> None:
    office.drop(
        "Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | 10000 | 2 | Ship\nS1 | C1 | A2 | 20000 | 1 |"
    )
    office.run()
    removed = "S1 | C1 | A2 | 20000 | 1 | Ship"
    exchanged = "S1 | C1 | A2 | 10000 | 2 | Ship\nS1 | C1 | A2 | 20000 | 1 |"
    reduced = "S1 | C1 | A1 | 10000 | 1 | Ship\nS1 | C1 | A2 | 20000 | 1 |"
    for wrong in (removed, exchanged, reduced):
        office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\n{wrong}")
        assert errors(office.run()) == ["order-line-shipped"], wrong
    assert office.table("document_lines").query("document_type == 'order'")["quantity"].tolist() == ["2", "1"]


def test_a_posted_order_cannot_be_changed(office: Office) -> None:
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 2 | Ship and Invoice")
    office.run()
    office.drop("Orders.xlsx", Orders=f"{CAPTIONS}\nS1 | C1 | A1 | | 3 | Ship and Invoice")
    (found,) = office.run().findings
    assert found.code == "document-changed-after-posting"
    assert "103001" in found.message()


def test_the_bill_to_customer_owes(office: Office) -> None:  # L1
    office.drop("Customers.xlsx", Customers="No. | Name | Bill-to Customer No.\nC1 | Åkerlunds Bygg AB | C2")
    office.drop("Invoices.xlsx", Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C1 | A1 | 1")
    office.run()
    entry = office.table("customer_ledger_entries").iloc[0]
    assert (entry["customer_no"], entry["amount"]) == ("C2", "1250.00")
    document = office.table("documents").iloc[0]
    assert (document["customer_no"], document["bill_to_customer_no"]) == ("C1", "C2")


def test_a_number_series_begins_anew_on_its_starting_date(office: Office) -> None:  # N1, N2
    office.drop(
        "Series.xlsx",
        Number_Series="""
            Code | Starting Date | Starting No. | Ending No.
            POSTED-INVOICE | 2027-01-01 | F27-0001 | F27-0002
        """,
        Invoices="""
            No. | Customer No. | Posting Date | Item No. | Quantity
            I1 | C1 | 2026-12-31 | A1 | 1
            I2 | C1 | 2027-01-01 | A1 | 1
            I3 | C1 | 2027-01-02 | A1 | 1
            I4 | C1 | 2027-01-03 | A1 | 1
        """,
    )
    result = office.run()
    posted = office.table("documents").set_index("no")["posted_no"].to_dict()
    assert posted == {"I1": "103001", "I2": "F27-0001", "I3": "F27-0002"}
    assert [(item.code, item.document) for item in result.findings if item.severity == "error"] == [
        ("number-series-missing", "I4")
    ]
    assert office.verify() == []


def test_opening_entries_dropped_again_change_nothing(office: Office) -> None:
    text = "Customer No. | Document Type | Document No. | Posting Date | Amount\nC1 | Invoice | 9001 | 2026-08-01 | 500"
    for file in ("Opening.xlsx", "Opening copy.xlsx"):
        office.drop(file, Opening_Entries=text)
        office.run()
    assert office.balance() == {"1510": "500.00", "2999": "-500.00"}


def test_an_amount_beyond_the_books_is_held(office: Office) -> None:
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price
            I1 | C1 | A1 | 900000000 | 900000000
            I2 | C1 | A1 | 10000 | 100000
        """,
    )
    assert errors(office.run()) == ["amount-too-large"]
    assert office.table("documents")["amount"].tolist() == ["1000000000.00"]


def test_an_invoice_of_nothing_is_a_document_without_amounts(office: Office) -> None:
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price\nI1 | C1 | A1 | 1 | 0",
    )
    result = office.run()
    assert result.exit_code == 0
    assert office.table("documents")["amount_including_vat"].tolist() == ["0.00"]
    assert office.balance() == {}
    assert office.verify() == []


def test_with_manual_numbers_the_senders_own_number_is_the_posted_one(office: Office) -> None:  # N3, L10
    office.drop(
        "Series.xlsx", Number_Series="Code | Starting No. | Manual Nos.\nPOSTED-INVOICE | 103001 | yes"
    )
    text = "No. | Customer No. | External Document No. | Item No. | Quantity\n"
    office.drop("Invoices.xlsx", Invoices=text + "2026-77 | C1 | | A1 | 1\n | C2 | PO1 | A2 | 1")
    office.run()
    assert office.table("documents")["posted_no"].tolist() == ["2026-77", "103001"]
    office.drop("Invoices.xlsx", Invoices=text + "2026-78 | C1 | | A1 | 1\n103001 | C1 | | A1 | 1")
    assert errors(office.run()) == ["number-taken"]
    assert office.table("documents")["posted_no"].tolist() == ["2026-77", "103001", "2026-78"]
    assert office.verify() == []
