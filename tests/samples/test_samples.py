"""The sample workbooks themselves: they are what the generator makes, and their own arithmetic is right."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sample_oracle import ROOT, books_of_workbooks, read_step
from stdnum import iban, luhn
from stdnum.eu import vat as eu_vat
from stdnum.se import orgnr

import sample_workbooks
from sample_workbooks.make import make_samples, write_samples
from sample_workbooks.model import Ledger
from sample_workbooks.pricing import Setup, add_formula, draw_document, group_documents
from sample_workbooks.tables import ocr_number, round_to

D = Decimal


@pytest.fixture(scope="module")
def setup() -> Setup:
    return Setup(read_step("setup"))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_generating_again_gives_the_workbooks_of_the_repository(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path) for path in write_samples(tmp_path)}
    kept = {path.relative_to(ROOT) for path in (*ROOT.rglob("*.xlsx"), ROOT / "answers.json")}
    assert written == kept
    for name in sorted(written):
        if name.suffix == ".xlsx":  # Compared unpacked: another zlib may pack the same content otherwise.
            assert members(tmp_path / name) == members(ROOT / name), name
        else:
            assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


def test_two_generations_are_equal_byte_for_byte(tmp_path: Path) -> None:
    first, second = (write_samples(tmp_path / name) for name in ("first", "second"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_company_trades_enough_to_be_believed() -> None:
    months = books_of_workbooks()
    invoices = sum(len(month.invoices) for month in months.values())
    assert 280 <= invoices <= 330
    assert all(len(months[name].credit_memos) >= 6 for name in sample_workbooks.MONTHS)
    setup_tables = read_step("setup")
    assert len(setup_tables["Customers"]) >= 44
    assert len(setup_tables["Items"]) >= 64
    assert len(setup_tables["Opening Entries"]) == 15
    assert len(setup_tables["Payment Application Rules"]) == 25


def test_identifiers_have_right_check_digits() -> None:
    tables = read_step("setup")
    company = {row["Setting"]: row["Value"] for row in tables["Company"]}
    assert orgnr.is_valid(company["Registration No."])
    assert luhn.is_valid(company["Bankgiro"].replace("-", ""))
    assert iban.is_valid(company["IBAN"])
    for row in tables["Customers"]:
        assert row["Registration No."] is None or orgnr.is_valid(row["Registration No."])
        assert row["VAT Registration No."] is None or eu_vat.is_valid(row["VAT Registration No."])
        for account in (row["Bank Account"] or "").split("; "):
            assert not account.startswith("SE") or iban.is_valid(account)


def test_the_cells_of_the_workbooks_give_the_generators_books() -> None:
    generated = make_samples().ledger
    assert generated is not None
    for name, month in books_of_workbooks().items():
        other = generated.months[name]
        assert (month.accounts, month.closing, month.customers) == (
            other.accounts,
            other.closing,
            other.customers,
        )
        numbers = [(doc.posted_no, doc.no, doc.total, doc.due_date) for doc in month.invoices]
        assert numbers == [(doc.posted_no, doc.no, doc.total, doc.due_date) for doc in other.invoices]


def test_statement_balances_hold_and_follow_on_each_other() -> None:
    closing = None
    for name in sample_workbooks.MONTHS:
        first, *lines, last = read_step(name)["Bank Statement"]
        assert (first["Text"], last["Text"]) == ("Opening Balance", "Closing Balance")
        assert closing in (None, first["Amount"])
        closing = last["Amount"]
        assert first["Amount"] + sum(line["Amount"] for line in lines) == closing
        answers = sample_workbooks.answers()["statements"][name]
        assert [D(str(answer["amount"])) for answer in answers] == [line["Amount"] for line in lines]
        keys = [
            (answer["date"], answer["amount"], answer["text"], answer["payer_name"]) for answer in answers
        ]
        assert len(set(keys)) == len(keys)


def test_no_payment_comes_before_its_invoice_and_none_takes_a_payment_discount() -> None:
    months = books_of_workbooks()
    posted = {doc.posted_no: doc for month in months.values() for doc in month.invoices}
    setup = Setup(read_step("setup"))
    for answers in sample_workbooks.answers()["statements"].values():
        for answer in answers:
            for number in answer["documents"].split():
                if number in posted:
                    day = date.fromisoformat(answer["date"])
                    assert day > posted[number].posting_date
                    terms = setup.terms[posted[number].terms_code]
                    if terms["Discount %"]:
                        assert day > add_formula(
                            posted[number].document_date, terms["Discount Date Calculation"]
                        )


def test_mistakes_are_real_in_the_xml_of_the_workbooks() -> None:
    orders = members(ROOT / "mistakes/Order med fel.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert re.search(r'<c r="\w+" t="e"><f>NA\(\)</f><v>#N/A</v></c>', orders)
    assert re.search(r"<f>240\*1\.2</f><v></v>", orders)
    assert "<mergeCell " in orders
    invoices = members(ROOT / "mistakes/Fakturor med fel.xlsx")
    assert "#REF!</v>" in invoices["xl/worksheets/sheet1.xml"].decode()
    assert 'state="hidden"' in invoices["xl/workbook.xml"].decode()
    assert len(sample_workbooks.answers()["mistakes"]) >= 25


def test_every_workbook_opens_in_a_second_reader() -> None:
    from python_calamine import CalamineWorkbook

    for path in ROOT.rglob("*.xlsx"):
        workbook = CalamineWorkbook.from_path(path)
        assert all(workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names)


def test_a_month_is_copied_for_the_demo(tmp_path: Path) -> None:
    copies = sample_workbooks.copy_month("2026-09", tmp_path / "inbox")
    assert [copy.name for copy in copies] == sorted(path.name for path in (ROOT / "2026-09").glob("*.xlsx"))
    assert all(copy.read_bytes() == (ROOT / "2026-09" / copy.name).read_bytes() for copy in copies)
    with pytest.raises(KeyError, match="2027-01"):
        sample_workbooks.copy_month("2027-01", tmp_path)


# The calculation, checked on paper ------------------------------------------------------------------------


def test_payment_references_carry_a_luhn_digit() -> None:
    assert ocr_number("103001") == "1030014"
    assert all(luhn.is_valid(ocr_number(str(number))) for number in range(103001, 103400))


def test_rounding_is_to_nearest_with_halves_away_from_zero() -> None:
    assert [round_to(D(x)) for x in ("0.125", "0.135", "-0.125", "2.004")] == [
        D("0.13"),
        D("0.14"),
        D("-0.13"),
        D("2.00"),
    ]
    assert [round_to(D(x), D(1)) for x in ("10.50", "-10.50", "10.49")] == [11, -11, 10]


def test_due_dates_follow_the_terms() -> None:
    assert add_formula(date(2026, 8, 31), "30D") == date(2026, 9, 30)
    assert add_formula(date(2026, 8, 3), "CM+10D") == date(2026, 9, 10)
    assert add_formula(date(2026, 12, 15), "CM+10D") == date(2027, 1, 10)


def test_food_carries_twelve_per_cent_before_april_and_six_after(setup: Setup) -> None:
    assert setup.vat("DOMESTIC", "FOOD", date(2026, 3, 31))["VAT %"] == 12
    assert setup.vat("DOMESTIC", "FOOD", date(2026, 4, 1))["VAT %"] == 6
    assert setup.vat("DOMESTIC", "FOOD", date(2028, 1, 1))["VAT %"] == 12


def test_an_invoice_worked_out_on_paper(setup: Setup) -> None:
    """12 kg dark roast at 189.50, 5 % off for customers of AVTAL; two thermos brewers at 2795.00, 8 % off.

    Food: 2274.00 - 113.70 = 2160.30, 6 % = 129.62 (129.618). Goods: 5590.00 - 447.20 = 5142.80, 25 % = 1285.70.
    Together 8718.42, so 8718 to pay and 0.42 rounded away.
    """
    rows = [
        {
            "No.": "T-1",
            "Customer No.": "K00011",
            "Posting Date": date(2026, 8, 10),
            "Item No.": "KAF-001",
            "Quantity": D(12),
        },
        {"Item No.": "MAS-002", "Quantity": D(2)},
    ]
    invoice = draw_document(setup, "invoice", *group_documents(rows)[0])
    assert invoice.vat == {"MOMS6": (D("2160.30"), D("129.62")), "MOMS25": (D("5142.80"), D("1285.70"))}
    assert (invoice.total, invoice.rounding) == (D(8718), D("-0.42"))
    assert invoice.accounts == {
        "1510": D(8718),
        "3003": D("-2274.00"),
        "3001": D("-5590.00"),
        "3732": D("560.90"),
        "2631": D("-129.62"),
        "2611": D("-1285.70"),
        "3740": D("0.42"),
    }


def test_a_credit_memo_turns_the_signs_and_takes_its_own_account(setup: Setup) -> None:
    """One kettle at 598.40 for 25 %: 748.00. Revenue goes back through 3790."""
    header = {
        "No.": "T-2",
        "Customer No.": "K00020",
        "Posting Date": date(2026, 9, 1),
        "Applies-to Document No.": "103001",
    }
    memo = draw_document(
        setup,
        "credit_memo",
        header,
        [{"Item No.": "MAS-008", "Quantity": D(1), "Unit Price": D("598.40"), "Line Discount %": D(0)}],
    )
    assert memo.accounts == {"1510": D(-748), "3790": D("598.40"), "2611": D("149.60")}
    assert memo.due_date == date(2026, 9, 1)


def test_prices_with_vat_inside_give_the_vat_out_of_the_gross(setup: Setup) -> None:
    """Two bags at 200.87: 401.74, of which 22.74 is VAT (401.74 - 401.74 / 1.06 = 22.7400); 402 to pay."""
    header = {"No.": "T-3", "Customer No.": "K00039", "Posting Date": date(2026, 8, 3)}
    line = {"Item No.": "KAF-001", "Quantity": D(2), "Unit Price": D("200.87"), "Line Discount %": D(0)}
    invoice = draw_document(setup, "invoice", header, [line])
    assert invoice.accounts == {"1510": D(402), "3003": D("-379.00"), "2631": D("-22.74"), "3740": D("-0.26")}


def test_the_lowest_price_and_the_highest_discount_are_taken(setup: Setup) -> None:
    cafe, large, town = (setup.customers[number] for number in ("K00001", "K00013", "K00027"))
    roast, paper = setup.items["KAF-001"], setup.items["KON-010"]
    day = date(2026, 8, 3)
    assert setup.best_price(cafe, roast, D(30), day) == (D("172.5"), D(0))
    assert setup.best_price(large, roast, D(24), day) == (D(179), D(0))
    assert setup.best_price(large, roast, D(48), day) == (D("161.25"), D(0))
    assert setup.best_price(town, paper, D(20), day) == (D(281), D(10))
    assert setup.best_discount(town, setup.items["KON-007"], D(5), day) == D("6.25")
    assert setup.best_discount(town, setup.items["KON-007"], D(5), date(2026, 9, 1)) == 10


def test_reverse_charge_and_export_carry_no_vat(setup: Setup) -> None:
    day = date(2026, 8, 3)
    for customer, item, account in (
        ("K00003", "TJA-007", "3231"),
        ("K00041", "KAF-001", "3108"),
        ("K00043", "TJA-002", "3305"),
    ):
        header = {"No.": "T", "Customer No.": customer, "Posting Date": day}
        invoice = draw_document(setup, "invoice", header, [{"Item No.": item, "Quantity": D(2)}])
        assert [vat for _, vat in invoice.vat.values()] == [0]
        assert -invoice.accounts[account] - invoice.accounts["3732"] == invoice.net


def test_a_receipt_settles_a_part_where_it_names_an_amount() -> None:
    ledger = Ledger(read_step("setup"))
    ledger.months["2026-08"] = type(ledger.months["opening"])()
    row = {
        "Payment No.": "P",
        "Posting Date": date(2026, 8, 3),
        "Customer No.": "K00008",
        "Amount": D(1000),
        "Bank Account": "KASSA",
    }
    ledger.post_receipts("2026-08", [{**row, "Applies-to Document No.": "20436=1000"}])
    assert ledger.find("20436").remaining == 1964
    assert ledger.months["2026-08"].accounts == {"1910": 1000, "1510": -1000}
