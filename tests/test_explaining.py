"""The story of one thing: it is found by any of its numbers, and told from its file to what remains."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from office import Office

from salesbatch.cli import call
from salesbatch.core.stories import Subject
from salesbatch.explaining import grouped, hit_lines, kind_and_number, row_of_key

ORDER = """
    No. | Customer No. | Item No. | Quantity | Your Reference | Action
    S1 | C1 | A1 | 2 | | Ship and Invoice
    S1 | | A2 | 10 | | Ship and Invoice
"""
PRICES = """
    Item No. | Applies-to | Applies-to No. | Minimum Quantity | Unit Price
    A2 | All Customers | | 10 | 45.50
"""
STATEMENT = """
    Bank Account | Date | Amount | Text | Payer Name | Transaction ID
    BANK | 2026-10-20 | 2982.30 | Faktura 103001 | Åkerlunds Bygg AB | T-77
    BANK | 2026-10-21 | -12 | Bankavgift | |
"""


@pytest.fixture(scope="module")
def told_folder(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An order with a price from the price list, its invoice paid through the bank; one invoice held back."""
    office = Office(tmp_path_factory.mktemp("told") / "company")
    shutil.copytree(set_up_folder, office.root)
    office.drop("Prices.xlsx", Sales_Prices=PRICES)
    office.drop("Orders.xlsx", Orders=ORDER)
    result = office.run("2026-10-15")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    office.drop("Bank.xlsx", Bank_Statement=STATEMENT)
    office.drop(
        "Held.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Action
            H-1 | C9 | A1 | 1 | Post
        """,
    )
    assert office.run("2026-10-31").exit_code == 3
    return office.root


@pytest.fixture
def told(told_folder: Path, tmp_path: Path) -> Office:
    """A copy of that company, to go on with."""
    shutil.copytree(told_folder, tmp_path / "told")
    return Office(tmp_path / "told")


@pytest.fixture
def explain(told: Office, capsys: pytest.CaptureFixture[str]) -> Any:
    def lines(*key: str, code: int = 0) -> list[str]:
        assert call(["explain", str(told.root), *key]) == code
        seen = capsys.readouterr()
        return (seen.out if code == 0 else seen.err).splitlines()

    return lines


def fact(lines: list[str], label: str) -> str:
    """What stands beside the first such label."""
    line = next(line for line in lines if line.startswith(f"  {label}") and line[2 + len(label)] == " ")
    return line[2 + len(label) :].strip()


def section(lines: list[str], heading: str) -> list[str]:
    start = next(number for number, line in enumerate(lines) if line.startswith(heading))
    end = lines.index("", start) if "" in lines[start:] else len(lines)
    return [" ".join(line.split()) for line in lines[start + 1 : end]]


def test_an_invoice_is_told_from_its_file_to_its_payment(explain: Any) -> None:
    lines = explain("103001")
    assert lines[0] == "Invoice 103001"
    assert fact(lines, "Status") == "posted; settled"
    assert fact(lines, "Customer") == "C1 Åkerlunds Bygg AB"
    assert fact(lines, "Order") == "S1"
    assert fact(lines, "Total") == "2 982.30 SEK"
    assert fact(lines, "File") == "Orders.xlsx, Orders, row 2"
    assert fact(lines, "Taken in") == "run 000002, posting date 2026-10-15"
    assert fact(lines, "Kept as") == "processed/000002/Orders.xlsx"
    assert len(fact(lines, "SHA-256")) == 64
    entered = section(lines, "What was entered")
    assert entered[0] == "Voucher F 1, 2026-10-15: Invoice 103001"
    assert "1510 Kundfordringar 2 982.30" in entered
    assert "Customer ledger entry 1: Invoice 103001, 2 982.30 SEK, due 2026-11-14" in entered
    settled = section(lines, "What was applied to it")
    assert settled[0] == "2026-10-20 -2 982.30 SEK Payment 6001 (entry 2, run 000003)"
    assert "number INV 103001 in the text" in settled[1]
    assert settled[-1] == "Remains nothing"
    drawn = section(lines, "Files drawn")
    assert drawn[0] == "outbox/2026-10/Invoice 103001.pdf"


def test_prices_say_where_they_came_from(explain: Any) -> None:
    decided = section(explain("103001"), "What was decided")
    assert "2 PCS x 1 000 = 2 000.00 SEK" in decided
    assert "price: of the item card" in decided
    assert "10 PCS x 45.5 = 455.00 SEK" in decided
    assert "price: of the sales prices: Item No. A2, Applies To All Customers, Minimum Quantity 10" in decided
    assert "VAT 25 % = 500.00 (group STANDARD, VAT25, Normal VAT)" in decided


@pytest.mark.parametrize(
    ("key", "title"),
    [
        (["S1"], "Order S1"),
        (["s1"], "Order S1"),
        (["order", "S1"], "Order S1"),
        (["invoice", "S1"], "Invoice 103001"),
        (["5001"], "Shipment 5001"),
        (["6001"], "Payment 6001"),
        (["T-77"], "Payment 6001"),
        (["F", "1"], "Invoice 103001"),
        (["line", "1"], "Statement line 1"),
        (["rad", "1"], "Statement line 1"),
        (["entry", "1"], "Invoice 103001"),
        (["post 2"], "Payment 6001"),
        (["H-1"], "Held back H-1"),
    ],
)
def test_a_thing_is_found_by_any_of_its_numbers(explain: Any, key: list[str], title: str) -> None:
    assert explain(*key)[0] == title


def test_an_invoice_is_found_by_its_payment_reference(office: Office, capsys: Any) -> None:
    office.settings(OCR_Level="2")
    office.drop("Orders.xlsx", Orders=ORDER)
    office.run("2026-10-15")
    reference = office.table("customer_ledger_entries")["payment_reference"].iloc[0]
    assert reference
    assert call(["explain", str(office.root), f"{reference[:3]} {reference[3:]}"]) == 0
    assert capsys.readouterr().out.startswith("Invoice 103001\n")


def test_an_order_tells_what_became_of_it(explain: Any) -> None:
    lines = explain("S1")
    assert "shipped 2, invoiced 2" in section(lines, "What was decided")
    assert section(lines, "Belongs with") == [
        "Shipment 5001, 2026-10-15, run 000002",
        "Invoice 103001, 2026-10-15, 2 982.30 SEK, run 000002",
    ]


def test_a_statement_line_tells_its_match_and_its_reasons(explain: Any) -> None:
    lines = explain("line", "1")
    assert fact(lines, "File") == "Bank.xlsx, Bank Statement, row 2"
    assert fact(lines, "Text") == "Faktura 103001"
    decided = section(lines, "What was decided (run 000003)")
    assert decided[0] == "Status settled"
    assert any(line.startswith("Confidence high, ") for line in decided)
    assert "Facts payer: fully; number: yes; amount: one match" in decided
    assert any(line.startswith('Evidence "Åkerlunds Bygg AB" is customer C1') for line in decided)
    assert "Settles 103001=2982.30" in decided
    assert "1930 Bank 2 982.30" in section(lines, "What was entered")


def test_a_line_that_waits_says_so_and_has_entered_nothing(explain: Any) -> None:
    lines = explain("line", "2")
    assert fact(lines, "Status") == "no match, waits for a decision"
    assert "What was entered" not in lines


def test_what_was_held_back_tells_why_and_where_to_mend_it(explain: Any) -> None:
    lines = explain("H-1")
    assert fact(lines, "Status") == "waits for a correction"
    assert any("C9" in line for line in section(lines, "Findings"))
    assert section(lines, "Rows as typed")[0].startswith("row 2: No.: H-1; Customer No.: C9")
    assert section(lines, "Files drawn")[0] == "rejected/000003/Held - to fix.xlsx"


def test_a_document_that_was_held_before_says_why(told: Office, explain: Any) -> None:
    told.drop(
        "Mended.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Action
            H-1 | C1 | A1 | 1 | Post
        """,
    )
    told.run("2026-10-31")
    lines = explain("H-1")
    assert lines[0] == "Invoice 103002"
    assert fact(lines, "Your number") == "H-1"
    assert fact(lines, "Held back before").startswith("run 000003: ")
    assert "C9" in fact(lines, "Held back before")
    assert fact(lines, "Status") == "posted; 1 250.00 SEK remains"


def test_a_credit_memo_and_its_invoice_name_each_other(told: Office, explain: Any) -> None:
    told.drop(
        "Credit.xlsx",
        Credit_Memos="""
            No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action
            K-1 | C1 | A1 | 1 | 103001 | Post
        """,
    )
    told.run("2026-11-02")
    assert fact(explain("K-1"), "Corrects") == "103001"
    assert any(line.startswith("Credit memo 104001") for line in section(explain("103001"), "Belongs with"))


def test_what_a_person_had_done_with_entries_is_told_with_its_row_and_voucher(
    told: Office, explain: Any
) -> None:
    told.drop(
        "Steps.xlsx",
        Actions="""
            Action No. | Document Type | Document No. | Action | Amount | Reason Code | Requested By | Comment
            U-1 | Payment | 6001 | Unapply | | | Anna | paid by another
            W-1 | Invoice | S1 | Write Off | 0.30 | | |
            | Invoice | 103001 | Hold | | DISP | Anna | disputed
        """,
    )
    result = told.run("2026-11-02")
    # S1 is the order's number, not the invoice's: that row is held.
    assert (result.exit_code, result.counts["actions"]) == (3, 2)
    told.drop(
        "Steps.xlsx",
        Actions="""
            Action No. | Document Type | Document No. | Action | Amount
            W-1 | Invoice | 103001 | Write Off | 0.30
        """,
    )
    told.run("2026-11-03")
    lines = explain("invoice 103001")
    assert fact(lines, "Status") == "posted; 2 982.00 SEK remains"
    assert fact(lines, "On hold") == "DISP"
    assert section(lines, "What was applied to it")[-2:] == [
        "2026-11-03 -0.30 SEK write-off (run 000005)",
        "Remains 2 982.00 SEK",
    ]
    assert section(lines, "What was asked for") == [
        "2026-11-02 unapply Payment 6001 (U-1, run 000004)",
        "Anna, paid by another; Steps.xlsx, Actions, row 2",
        "2026-11-02 put on hold Invoice 103001 (run 000004)",
        "DISP, Anna, disputed; Steps.xlsx, Actions, row 4",
        "2026-11-03 write-off Invoice 103001, 0.30 SEK, 3740 (W-1, run 000005)",
        "Steps.xlsx, Actions, row 2",
    ]
    entered = section(lines, "What was entered")
    assert "Voucher B 2, 2026-11-03: Written off: Invoice 103001" in entered


def test_several_things_of_one_number_are_listed_with_the_words_for_each(told: Office, explain: Any) -> None:
    told.drop("Orders.xlsx", Orders=ORDER.replace("S1", "103001"))
    told.run("2026-11-02")
    lines = explain("103001")
    assert lines[0] == "2 things go by that number:"
    asked = [line.split("explain ")[1].removeprefix(f"{told.root} ") for line in lines if "explain" in line]
    assert asked == ["invoice 103001", "order 103001"]
    for words in asked:
        assert explain(*words.split())[0].casefold() == words


def test_an_unknown_number_is_a_usage_error_that_names_near_ones(explain: Any) -> None:
    told = " ".join(" ".join(explain("103010", code=2)).split())
    assert "The books know no '103010'." in told
    assert "Did you mean 103001" in told
    assert "line 99" in " ".join(explain("line", "99", code=2))


def test_the_json_report_has_every_part_by_name(told: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["explain", str(told.root), "103001", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    story = report["story"]
    assert report["key"] == "103001"
    assert story["subject"]["type"] == "invoice"
    assert story["facts"]["amount_including_vat"] == "2982.30"
    assert story["origin"]["run_no"] == 2
    assert [line["price_source"] for line in story["lines"]] == [
        "item_card",
        "sales_prices A2|All Customers|||1000000|",
    ]
    assert story["entries"][0]["remaining_amount"] == "0.00"
    assert story["applications"][0]["applied_document_no"] == "6001"


def test_a_swedish_company_is_told_in_swedish(told: Office, capsys: pytest.CaptureFixture[str]) -> None:
    told.settings(Language="sv")
    told.run("2026-11-02")
    assert call(["explain", str(told.root), "faktura", "103001"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Faktura 103001"
    assert fact(lines, "Status") == "bokförd; reglerad"
    assert fact(lines, "Inläst") == "körning 000002, bokföringsdatum 2026-10-15"
    assert "pris: från artikelkortet" in section(lines, "Vad som beslutades")


def test_what_a_user_typed_cannot_steer_the_terminal() -> None:
    typed = [Subject("held", "1-1", "held", "\x1b[2J\u202eX"), Subject("held", "1-2", "held", "\r\nX")]
    assert all(line.isprintable() for line in hit_lines("acme", typed, "en"))


def test_words_before_a_number_say_what_is_meant() -> None:
    assert kind_and_number("  Credit  Memo 7 ") == ("credit_memo", "7")
    assert kind_and_number("order") == ("", "order")
    assert kind_and_number("INVOICE-1") == ("", "INVOICE-1")


def test_a_key_is_told_by_its_columns_and_an_odd_one_as_it_is() -> None:
    assert row_of_key("line_discounts", "x|y") == "x|y"
    assert row_of_key("typed", "") == ""
    assert grouped("-1234567.8") == "-1 234 567.8"
    assert grouped("") == ""
