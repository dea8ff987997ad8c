"""Orders and invoices: what is posted, in which amounts, under which numbers."""

from __future__ import annotations

import pytest
from office import Office

ORDER = """
    No. | Customer No. | Item No. | Quantity | Action
    S1 | C1 | A1 | 2 | {action}
    S1 | | A2 | 3 |
"""


def test_ship_and_invoice_posts_shipment_invoice_and_entries(office: Office) -> None:  # O1, O8, O9, L1, L2
    office.drop("Orders.xlsx", Orders=ORDER.format(action="Ship and Invoice"))
    result = office.run("2026-10-15")
    assert result.exit_code == 0
    # 2 x 1000.00 at 25 % and 3 x 50.30 at 6 %: 2000.00 + 500.00 + 150.90 + 9.05
    assert office.balance() == {
        "1510": "2659.95",
        "2611": "-500.00",
        "2621": "-9.05",
        "3001": "-2000.00",
        "3002": "-150.90",
    }
    documents = office.table("documents").set_index("document_type")
    assert documents.loc["order", ["no", "status", "amount_including_vat"]].tolist() == [
        "S1",
        "posted",
        "2659.95",
    ]
    assert documents.loc["shipment", ["posted_no", "order_no"]].tolist() == ["5001", "S1"]
    assert documents.loc["invoice", ["posted_no", "order_no", "due_date"]].tolist() == [
        "103001",
        "S1",
        "2026-11-14",
    ]
    items = office.table("item_ledger_entries")
    assert items[["item_no", "quantity", "invoiced_quantity"]].to_numpy().tolist() == [
        ["A1", "-2", "-2"],
        ["A2", "-3", "-3"],
    ]
    assert office.verify() == []


def test_an_open_order_posts_nothing(office: Office) -> None:
    office.drop("Orders.xlsx", Orders=ORDER.format(action=""))
    office.run()
    assert office.balance() == {}
    assert office.table("documents")[["document_type", "no", "status"]].to_numpy().tolist() == [
        ["order", "S1", "open"]
    ]


def test_an_order_is_shipped_first_and_invoiced_by_a_later_drop(office: Office) -> None:  # O1, O3, O5
    office.drop("Orders.xlsx", Orders=ORDER.format(action="Ship"))
    office.run("2026-10-15")
    assert office.balance() == {}
    lines = office.table("document_lines").query("document_type == 'order'")
    assert lines[["quantity_shipped", "quantity_invoiced", "outstanding_quantity"]].to_numpy().tolist() == [
        ["2", "0", "0"],
        ["3", "0", "0"],
    ]
    office.drop("Orders again.xlsx", Orders=ORDER.format(action="Invoice"))
    result = office.run("2026-10-20")
    assert result.counts["invoices"] == 1
    assert result.counts["shipments"] == 0
    assert office.balance()["1510"] == "2659.95"
    order = office.table("documents").query("document_type == 'order'")
    assert order["status"].tolist() == ["posted"]
    moved = office.table("item_ledger_entries")
    assert moved[["item_no", "quantity", "invoiced_quantity"]].to_numpy().tolist() == [
        ["A1", "-2", "0"],
        ["A2", "-3", "0"],
        ["A1", "0", "-2"],
        ["A2", "0", "-3"],
    ]
    assert office.verify() == []


def test_an_order_of_which_nothing_is_shipped_cannot_be_invoiced(office: Office) -> None:  # O5
    office.drop("Orders.xlsx", Orders=ORDER.format(action="Invoice"))
    result = office.run()
    assert result.exit_code == 3
    assert [item.code for item in result.findings] == ["nothing-to-invoice"]
    assert not len(office.table("documents"))


def test_numbers_follow_posting_date_then_key_and_have_no_hole(office: Office) -> None:  # N4
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Posting Date | Item No. | Quantity
            Z9 | C1 | 2026-10-02 | A1 | 1
            B1 | C1 | 2026-10-09 | A1 | 1
            A1 | C1 | 2026-10-09 | A1 | 1
            X1 | C9 | 2026-10-01 | A1 | 1
        """,
    )
    result = office.run()
    documents = office.table("documents").set_index("no")
    assert result.exit_code == 3
    assert documents["posted_no"].to_dict() == {"Z9": "103001", "A1": "103002", "B1": "103003"}


def test_an_invoice_for_a_free_sample_has_a_number_and_no_voucher(office: Office) -> None:  # N4
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price
            I1 | C1 | A1 | 1 | 0
            I2 | C1 | A1 | 1 | 100
            I3 | C1 | A1 | 1 | 0
        """,
    )
    assert office.run().exit_code == 0
    assert office.table("documents")["posted_no"].tolist() == ["103001", "103002", "103003"]
    office.drop("More.xlsx", Invoices="No. | Customer No. | Item No. | Quantity\nI4 | C1 | A1 | 1")
    office.run()
    vouchers = office.table("gl_entries")[["document_no", "voucher_no"]].drop_duplicates()
    assert vouchers.to_numpy().tolist() == [["103002", 1], ["103004", 2]]
    assert office.verify() == []


def test_a_line_discount_goes_to_its_own_account(office: Office) -> None:  # R15, D7
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Line Discount %
            I1 | C1 | A1 | 3 | 99.95 | 10
            I1 | | A2 | 1 | 100 | 10
        """,
    )
    office.run()
    # 299.85 - 29.99 (29.985 rounded) = 269.86, VAT 67.47 (67.465); food 100 - 10 = 90 net (no account), VAT 5.40
    assert office.balance() == {
        "1510": "432.73",
        "2611": "-67.47",
        "2621": "-5.40",
        "3001": "-299.85",
        "3002": "-90.00",
        "3730": "29.99",
    }


def test_vat_is_rounded_once_per_identifier_and_spread_over_the_lines(office: Office) -> None:  # V2, V3, V5
    lines = "\n".join("I1 | C1 | A1 | 1 | 0.10" for _ in range(3))
    office.drop("Invoices.xlsx", Invoices=f"No. | Customer No. | Item No. | Quantity | Unit Price\n{lines}")
    office.run()
    assert office.table("document_lines")["vat_amount"].tolist() == ["0.03", "0.02", "0.03"]
    vat = office.table("vat_entries")
    assert vat[["base", "amount"]].to_numpy().tolist() == [["-0.30", "-0.08"]]


def test_negative_lines_round_in_a_group_of_their_own(office: Office) -> None:  # V6
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price
            I1 | C1 | A1 | 1 | 10.10
            I1 | | A1 | -1 | 0.10
        """,
    )
    office.run()
    # -0.10 at 25 % is -0.025, rounded -0.03; its rest of 0.005 goes to the positive group: 2.525 + 0.005 = 2.53
    assert office.table("document_lines")["vat_amount"].tolist() == ["2.53", "-0.03"]


def test_the_vat_rate_is_the_one_in_force_on_the_posting_date(office: Office) -> None:  # V1
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Posting Date | Item No. | Quantity | Unit Price
            I1 | C1 | 2026-03-31 | A2 | 1 | 100
            I2 | C1 | 2026-04-01 | A2 | 1 | 100
        """,
    )
    office.run()
    assert office.table("vat_entries")["amount"].tolist() == ["-12.00", "-6.00"]


def test_prices_that_include_vat_hold_it_inside(office: Office) -> None:  # V4
    office.drop("Customers.xlsx", Customers="No. | Name | Prices Including VAT\nC1 | Åkerlunds Bygg AB | yes")
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price\nI1 | C1 | A1 | 1 | 99.99\nI2 | C1 | A1 | 1 |",
    )
    office.run()
    documents = office.table("documents")
    assert documents[["amount", "vat_amount", "amount_including_vat"]].to_numpy().tolist() == [
        ["79.99", "20.00", "99.99"],
        ["1000.00", "250.00", "1250.00"],
    ]


def test_the_invoice_is_rounded_to_whole_kronor_without_vat(office: Office) -> None:  # V11
    office.settings(Invoice_Rounding_Precision="1.00")
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price\nI1 | C1 | A1 | 1 | 99.99",
    )
    office.run()
    # 99.99 + 25.00 = 124.99, rounded to 125.00
    assert office.balance() == {"1510": "125.00", "2611": "-25.00", "3001": "-99.99", "3740": "-0.01"}
    assert office.table("vat_entries")["base"].tolist() == ["-99.99"]
    assert office.verify() == []


def test_reverse_charge_reports_the_base_and_charges_nothing(office: Office) -> None:  # V7
    office.drop(
        "Customers.xlsx",
        Customers="""
            No. | Name | Country Code | VAT Registration No. | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group
            E1 | Büro GmbH | DE | DE136695976 | DOMESTIC | DOMESTIC | EU
            E2 | Ohne Nummer GmbH | DE | | DOMESTIC | DOMESTIC | EU
        """,
        Invoices="No. | Customer No. | Item No. | Quantity\nI1 | E1 | A1 | 1\nI2 | E2 | A1 | 1",
    )
    result = office.run()
    assert office.table("vat_entries")[
        ["base", "amount", "vat_calculation_type", "vat_registration_no"]
    ].to_numpy().tolist() == [["-1000.00", "0.00", "Reverse Charge VAT", "DE136695976"]]
    assert [item.code for item in result.findings if item.severity == "error"] == ["vat-number-missing"]
    assert office.balance() == {"1510": "1000.00", "3001": "-1000.00"}


def test_the_cheapest_fitting_price_and_the_highest_discount_win(office: Office) -> None:  # R1-R4, R7
    office.drop(
        "Prices.xlsx",
        Sales_Prices="""
            Item No. | Applies To | Applies-to No. | Minimum Quantity | Unit Price | Starting Date | Ending Date
            A1 | All Customers | | 0 | 950 | |
            A1 | Customer | C1 | 10 | 900 | |
            A1 | Customer | C2 | 0 | 100 | |
            A1 | All Customers | | 0 | 1 | 2026-01-01 | 2026-01-31
        """,
        Line_Discounts="""
            Item No. | Applies To | Applies-to No. | Minimum Quantity | Line Discount %
            A1 | All Customers | | 0 | 3
            A1 | Customer | C1 | 10 | 5
        """,
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Line Discount %
            I1 | C1 | A1 | 9 | |
            I1 | | A1 | 10 | |
            I1 | | A1 | 1 | 0 |
            I1 | | A1 | 1 | | 0
            I1 | | A2 | 1 | |
        """,
    )
    office.run()
    lines = office.table("document_lines")
    assert lines[["unit_price", "line_discount_percent"]].to_numpy().tolist() == [
        ["950", "3"],
        ["900", "5"],
        ["0", "3"],
        ["950", "0"],
        ["50.3", "0"],
    ]


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ("I1 | C9 | | A1 | 1 | ", "customer-unknown"),
        ("I1 | C3 | | A1 | 1 | ", "customer-blocked"),
        ("I1 | C1 | | A9 | 1 | ", "item-unknown"),
        ("I1 | C1 | | A3 | 1 | ", "item-blocked"),
        ("I1 | C1 | | A1 | | ", "quantity-missing"),
        ("I1 | C1 | | A1 | 0 | ", "quantity-missing"),
        ("I1 | C1 | | A1 | -1 | ", "total-negative"),
        ("I1 | C1 | 2025-12-31 | A1 | 1 | ", "posting-date-closed"),
        ("I1 | C1 | | A1 | 1 | EUR", "exchange-rate-missing"),
    ],
)
def test_a_wrong_document_is_held_and_its_neighbour_posted(office: Office, sheet: str, code: str) -> None:
    office.settings(Allow_Posting_From="2026-01-01")
    office.drop(
        "Invoices.xlsx",
        Invoices=f"No. | Customer No. | Posting Date | Item No. | Quantity | Currency Code\n{sheet}\nI2 | C1 | | A1 | 1 |",
    )
    result = office.run()
    assert [item.code for item in result.findings if item.severity == "error"] == [code]
    assert result.exit_code == 3
    assert office.table("documents")["no"].tolist() == ["I2"]
    held = office.table("held")
    assert held["key"].tolist() == ["I1"]
    assert (office.root / "rejected" / "000002" / "Invoices - to fix.xlsx").exists()


def test_a_lost_zero_in_a_customer_number_is_asked_about(office: Office) -> None:
    office.drop("Customers.xlsx", Customers="No. | Name | Template\nC00412 | Nollan AB |")
    office.run()
    office.drop("Invoices.xlsx", Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C0412 | A1 | 1")
    result = office.run()
    (found,) = [item for item in result.findings if item.severity == "error"]
    assert (found.place.source, found.place.sheet, found.cell, found.value) == (
        "Invoices.xlsx",
        "Invoices",
        "B2",
        "C0412",
    )
    assert found.suggestion().startswith("Did you mean C00412?")


def test_going_over_the_credit_limit_is_a_warning_only(office: Office) -> None:  # K2, K3
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C2 | A2 | 1\nI2 | C2 | A1 | 1",
    )
    result = office.run()
    assert [(item.code, item.document) for item in result.findings] == [("credit-limit-exceeded", "I2")]
    assert result.exit_code == 0
    assert result.counts["invoices"] == 2


def test_due_and_discount_dates_follow_the_payment_terms(office: Office) -> None:  # P1, P2, L5
    office.drop(
        "Invoices.xlsx",
        Invoices="No. | Customer No. | Document Date | Item No. | Quantity | Payment Terms Code\nI1 | C2 | 2026-10-05 | A1 | 1 |\nI2 | C2 | 2026-10-05 | A1 | 1 | CM10",
    )
    office.run("2026-10-15")
    entries = office.table("customer_ledger_entries")
    assert entries[["due_date", "discount_date", "discount_amount"]].to_numpy().tolist() == [
        ["2026-11-04", "2026-10-15", "25.00"],
        ["2026-11-10", "", "0.00"],
    ]


def test_opening_entries_come_in_against_the_balance_account(office: Office) -> None:
    office.drop(
        "Opening.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount | Remaining Amount
            C1 | Invoice | 9001 | 2026-08-01 | 2026-08-31 | 500 | 300
            C2 | Credit Memo | 9002 | 2026-08-02 | | -100 |
            C2 | Invoice | 9003 | 2026-08-02 | | -100 |
        """,
    )
    result = office.run()
    assert [item.code for item in result.findings if item.severity == "error"] == ["opening-sign"]
    assert office.balance() == {"1510": "200.00", "2999": "-200.00"}
    assert result.totals["receivables"] == 20000
    assert office.verify() == []


def test_a_text_that_cannot_be_printed_is_found_before_posting(office: Office) -> None:
    office.drop(
        "Invoices.xlsx",
        Invoices="""
            No. | Customer No. | Your Reference | Item No. | Description | Quantity
            I1 | C1 | Łukasz Žižka, 5 € | A1 | Kaffe ☕ | 1
            I2 | C1 | 漢字 | A1 | | 1
            I3 | C1 | Łukasz Žižka, 5 € | A1 | | 1
        """,
    )
    result = office.run(pdf=True)
    assert [(item.code, item.cell) for item in result.findings] == [
        ("character-not-printable", "E2"),
        ("character-not-printable", "C3"),
    ]
    assert (office.root / "outbox" / "2026-10" / "Invoice 103001.pdf").read_bytes().startswith(b"%PDF")
    assert result.counts["invoices"] == 1


def test_an_item_without_posting_groups_is_named_when_it_is_taken_in_and_holds_its_sales(
    office: Office,
) -> None:
    office.drop(
        "Items.xlsx",
        Items="No. | Description | Unit Price\nA9 | Spade | 100",
        Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C1 | A9 | 1\nI2 | C1 | A1 | 1",
    )
    result = office.run()
    said = {item.code: item.message() for item in result.findings}
    assert (
        said["item-without-group"] == "The item has no VAT Prod. Posting Group; its sales will be held back."
    )
    assert said["general-group-missing"].startswith("Item 'A9' has no Gen. Prod. Posting Group")
    assert "general-setup-missing" not in said
    assert office.table("documents").query("document_type == 'invoice'")["no"].tolist() == ["I2"]
    office.drop(
        "Mended.xlsx",
        Items="No. | Description | Unit Price | Gen. Prod. Posting Group | VAT Prod. Posting Group\n"
        "A9 | Spade | 100 | GOODS | STANDARD",
    )
    assert office.run("2026-10-16").exit_code == 0  # The held invoice comes back by itself.
    assert office.balance()["1510"] == "1375.00"


def test_what_the_law_wants_of_the_seller_on_an_invoice_is_missed_aloud(office: Office) -> None:
    office.settings(**{"VAT Registration No.": "-", "Bankgiro": "-"})
    office.drop("Invoices.xlsx", Invoices="No. | Customer No. | Item No. | Quantity\nI1 | C1 | A1 | 1")
    result = office.run()
    said = {item.code: item.message() for item in result.findings}
    assert said["seller-incomplete"].startswith("The setup lacks VAT Registration No. of the seller")
    assert "payment-account-missing" in said
    assert result.exit_code == 0
    assert office.balance()["1510"] == "1250.00"
