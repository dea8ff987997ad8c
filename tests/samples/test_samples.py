"""The sample workbooks themselves: they are what the generator makes, and their own arithmetic is right."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sample_oracle import ROOT, books_of_workbooks, read_statements, read_step
from stdnum import iban, luhn
from stdnum.eu import vat as eu_vat
from stdnum.se import orgnr

import sample_workbooks
from sample_workbooks.make import make_samples, write_samples
from sample_workbooks.model import Ledger
from sample_workbooks.pricing import Setup, VatPart, add_formula, draw_document, group_documents
from sample_workbooks.review import answers_for_review, decide
from sample_workbooks.settling import OpenItem, settle
from sample_workbooks.tables import Running, ocr_number, round_to

D = Decimal


@pytest.fixture(scope="module")
def setup() -> Setup:
    return Setup(read_step("setup"))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_generating_again_gives_the_workbooks_of_the_repository(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path) for path in write_samples(tmp_path)}
    data = (*ROOT.rglob("*.xlsx"), *ROOT.rglob("*.xml"), ROOT / "answers.json")
    kept = {path.relative_to(ROOT) for path in data}
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
    assert 300 <= invoices <= 350
    assert all(len(months[name].credit_memos) >= 6 for name in sample_workbooks.MONTHS)
    setup_tables = read_step("setup")
    assert len(setup_tables["Customers"]) >= 44
    assert len(setup_tables["Items"]) >= 64
    assert len(setup_tables["Opening Entries"]) == 16
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
            assert not account[:2].isalpha() or iban.is_valid(account)
    for row in tables["Bank Accounts"]:
        assert row["IBAN"] is None or iban.is_valid(row["IBAN"])


def test_the_cells_of_the_workbooks_give_the_generators_books() -> None:
    generated = make_samples().ledger
    assert generated is not None
    for name, month in books_of_workbooks().items():
        other = generated.months[name]
        mine = (month.accounts, month.closing, month.customers, month.customers_lcy)
        assert mine == (other.accounts, other.closing, other.customers, other.customers_lcy)
        numbers = [(doc.posted_no, doc.no, doc.total, doc.due_date) for doc in month.invoices]
        assert numbers == [(doc.posted_no, doc.no, doc.total, doc.due_date) for doc in other.invoices]


def test_statement_balances_hold_and_follow_on_each_other() -> None:
    closing: dict[str, Decimal] = {}
    for name in sample_workbooks.MONTHS:
        found = read_statements(name)
        assert {statement.account for statement in found} == {"BANK", "PLUS", "EURO"}
        lines: dict[str, list[tuple[str, Decimal]]] = {"BANK": [], "PLUS": [], "EURO": []}
        for statement in found:
            assert closing.get(statement.account, statement.opening) == statement.opening
            closing[statement.account] = statement.closing
            assert statement.opening + sum(amount for _, amount in statement.lines) == statement.closing
            lines[statement.account] += statement.lines
        answers = sample_workbooks.answers()["statements"][name]
        for account, own in lines.items():
            told = [(row["date"], D(row["amount"])) for row in answers if row["bank_account"] == account]
            assert sorted(told) == sorted(own)


def test_every_answer_is_found_by_its_line() -> None:
    rows = [row for rows in sample_workbooks.answers()["statements"].values() for row in rows]
    assert len(answers_for_review({"all": rows})) == len(rows)
    keys = {(row["date"], row["amount"], row["text"], row["payer_name"]) for row in rows}
    assert len(keys) == len(rows)


def test_three_versions_of_the_bank_file_are_there() -> None:
    versions = {
        re.search(r"camt\.053\.(\d{3}\.\d{2})", path.read_text(encoding="utf-8"))[1]  # type: ignore[index]
        for path in ROOT.rglob("*.xml")
    }
    assert versions == {"001.02", "001.04", "001.08"}


def test_the_end_of_september_comes_twice_in_two_formats() -> None:
    export = [row for row in read_step("2026-10")["Bank Statement"] if row["Bank Account"] == "BANK"]
    first = {"BANK": [statement for statement in read_statements("2026-09") if statement.account == "BANK"]}
    last_days = [line for statement in first["BANK"] for line in statement.lines if line[0] >= "2026-09-24"]
    assert sorted((str(row["Date"]), row["Amount"]) for row in export) == sorted(last_days)


def test_no_payment_comes_before_its_invoice_and_discounts_are_taken_as_the_answers_say() -> None:
    months = books_of_workbooks()
    posted = {doc.posted_no: doc for month in months.values() for doc in month.invoices}
    setup = Setup(read_step("setup"))
    kinds = set()
    for answers in sample_workbooks.answers()["statements"].values():
        for answer in answers:
            for number in answer["documents"].split():
                if number not in posted:
                    continue
                day, doc = date.fromisoformat(answer["date"]), posted[number]
                assert day > doc.posting_date
                formula = setup.terms[doc.terms_code]["Discount Date Calculation"]
                if answer["why"].startswith("discount"):
                    last = add_formula(doc.document_date, formula)
                    kind = answer["why"].removeprefix("discount ")
                    late = {"in time": (-30, 0), "in the days of grace": (1, 5), "taken too late": (6, 40)}
                    assert late[kind][0] <= (day - last).days <= late[kind][1]
                    assert D(answer["amount"]) == doc.total - round_to(doc.total * D("0.02"))
                    kinds.add((kind, doc.currency))
                elif formula:
                    assert day > add_formula(doc.document_date, formula) + timedelta(days=5)
    assert len(kinds) == 6


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
    kept = [path.name for path in (ROOT / "2026-09").iterdir() if path.suffix in (".xlsx", ".xml")]
    assert [copy.name for copy in copies] == sorted(kept)
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
    assert ledger.months["2026-08"].accounts.filled() == {"1910": 1000, "1510": -1000}


# Currencies, discounts and small differences, on paper ----------------------------------------------------


def claim(amount: str, **more: object) -> OpenItem:
    """An invoice of K00012 of 1 September, or of the customer that `more` names."""
    given = {"customer_no": "K00012", "document_no": "1", "kind": "invoice", **more}
    return OpenItem(
        posting_date=date(2026, 9, 1),
        due_date=date(2026, 10, 1),
        remaining=D(amount),
        **given,  # type: ignore[arg-type]
    )


def money(amount: str, day: int, **more: object) -> OpenItem:
    """A payment in September."""
    given = {"customer_no": "K00012", "document_no": "P", "kind": "payment", **more}
    when = date(2026, 9, day)
    return OpenItem(posting_date=when, due_date=when, remaining=-D(amount), **given)  # type: ignore[arg-type]


def discounted(amount: str, discount: str, **more: object) -> OpenItem:
    """An invoice with a discount until 9 September and five days of grace."""
    dates = {"discount_date": date(2026, 9, 9), "grace_date": date(2026, 9, 14)}
    return claim(amount, discount=D(discount), **dates, **more)


def test_amounts_in_kronor_add_up_to_the_total_in_kronor() -> None:
    """0.10 euro at 11.05 is 1.105: 1.11 each, but 3.32 for three."""
    running = Running(D("11.05"))
    assert [running.next(D("0.10")) for _ in range(3)] == [D("1.11"), D("1.10"), D("1.11")]


def test_an_invoice_in_euro_is_priced_in_euro_and_booked_in_kronor(setup: Setup) -> None:
    """30 kg at 17.40 (list in euro) and 2 boxes at 149.55 kr / 11.125 = 13.44270: 522.00 + 26.89 = 548.89 EUR.

    In kronor 522 x 11.125 = 5807.25; 548.89 x 11.125 = 6106.40, so the second line is 299.15. No whole euro.
    """
    rows = [
        {
            "No.": "T",
            "Customer No.": "K00050",
            "Posting Date": date(2026, 8, 1),
            "Item No.": "KAF-001",
            "Quantity": D(30),
        },
        {"Item No.": "KON-009", "Quantity": D(2)},
    ]
    invoice = draw_document(setup, "invoice", *group_documents(rows)[0])
    assert [line.unit_price for line in invoice.lines] == [D("17.40"), D("13.44270")]
    assert (invoice.total, invoice.total_lcy) == (D("548.89"), D("6106.40"))
    assert invoice.accounts == {"1511": D("6106.40"), "3108": D("-6106.40")}


def test_food_eaten_in_sweden_carries_swedish_vat_in_kronor(setup: Setup) -> None:
    """8 at 5.35 = 42.80, 12 % = 5.14 EUR; 47.94 x 11.125 = 533.33 kr, of which 476.15 are the base."""
    rows = [
        {
            "No.": "T",
            "Customer No.": "K00050",
            "Posting Date": date(2026, 8, 1),
            "Item No.": "FIK-003",
            "Quantity": D(8),
        }
    ]
    invoice = draw_document(setup, "invoice", *group_documents(rows)[0])
    assert invoice.vat == {"MOMS12": (D("42.80"), D("5.14"))}
    assert invoice.accounts == {"1511": D("533.33"), "3002": D("-476.15"), "2621": D("-57.18")}


def test_a_discount_in_time_lowers_base_and_vat(setup: Setup) -> None:
    """2 % of 12500.00 is 250.00, of which 50.00 are VAT at 25 %."""
    invoice = discounted("12500", "250", vat_parts=[VatPart("GOODS25", "MOMS25", "2611", D(10000), D(2500))])
    posted = settle(setup, money("12250", 9), [(invoice, None)])
    assert invoice.remaining == 0
    assert posted.accounts.filled() == {"1510": -250, "3731": 200, "2611": 50}
    assert posted.vat == {"MOMS25": [200, 50]}


def test_a_discount_is_given_in_the_days_of_grace_and_not_after_them(setup: Setup) -> None:
    early, late = discounted("12500", "250"), discounted("12500", "250")
    settle(setup, money("12250", 14), [(early, None)])
    settle(setup, money("12250", 15), [(late, None)])
    assert (early.remaining, late.remaining) == (0, 250)


def test_full_payment_in_time_takes_no_discount(setup: Setup) -> None:
    invoice, payment = discounted("12500", "250"), money("12500", 5)
    settle(setup, payment, [(invoice, None)])
    assert (invoice.remaining, payment.remaining) == (0, 0)


def test_a_small_difference_is_tolerated_and_a_larger_one_is_not(setup: Setup) -> None:
    short, far = claim("1000"), claim("1000")
    posted = settle(setup, money("995", 20), [(short, None)])
    settle(setup, money("994.99", 20), [(far, None)])
    assert (short.remaining, far.remaining) == (0, D("5.01"))
    assert posted.accounts.filled() == {"1510": -5, "3740": 5}


def test_where_no_tolerance_is_allowed_only_ore_are_written_off(setup: Setup) -> None:
    short, far = claim("1000", customer_no="K00024"), claim("1000", customer_no="K00024")
    posted = settle(setup, money("999.63", 20, customer_no="K00024"), [(short, None)])
    settle(setup, money("999.49", 20, customer_no="K00024"), [(far, None)])
    assert (short.remaining, far.remaining) == (0, D("0.51"))
    assert posted.accounts.filled() == {"1510": D("-0.37"), "3740": D("0.37")}


def euro(amount: str, kronor: str, day: int = 0, **more: object) -> OpenItem:
    """An item of K00050 in euro: a claim, or with a day a payment."""
    given = {"customer_no": "K00050", "currency": "EUR", "remaining_lcy": D(kronor), **more}
    return money(amount, day, **given) if day else claim(amount, **given)


def test_a_better_rate_at_payment_is_a_gain_and_a_worse_one_a_loss(setup: Setup) -> None:
    """1000 EUR booked at 11 100.00 kr: 40 kr gain at 11.14, 60 kr loss at 11.04."""
    posted = settle(setup, euro("1000", "-11140", 20), [(euro("1000", "11100"), None)])
    assert posted.accounts.filled() == {"1511": 40, "3960": -40}
    posted = settle(setup, euro("1000", "-11040", 20), [(euro("1000", "11100"), None)])
    assert posted.accounts.filled() == {"1511": -60, "7960": 60}


def test_a_part_in_euro_shrinks_the_claim_at_its_own_rate(setup: Setup) -> None:
    """400 of 1000 EUR at 11.14 are 4456.00 kr; the claim loses 400/1000 of 11 100.00."""
    invoice = euro("1000", "11100")
    posted = settle(setup, euro("400", "-4456", 20), [(invoice, None)])
    assert (invoice.remaining, invoice.remaining_lcy) == (600, 6660)
    assert posted.accounts.filled() == {"1511": 16, "3960": -16}


def test_kronor_settle_a_claim_in_another_currency_at_the_rate_of_the_day(setup: Setup) -> None:
    """1000 NOK booked at 950.00 kr; at 0.961 they take 961.00 kr, a gain of 11.00."""
    invoice = claim("1000", customer_no="K00051", currency="NOK", remaining_lcy=D(950))
    payment = money("961", 20, customer_no="K00051")
    posted = settle(setup, payment, [(invoice, None)])
    assert (invoice.remaining, invoice.remaining_lcy, payment.remaining) == (0, 0, 0)
    assert posted.accounts.filled() == {"1517": 11, "3960": -11}


# The person who answers -------------------------------------------------------------------------------------


def test_a_right_proposal_is_accepted_and_a_wrong_one_is_put_right() -> None:
    wanted = {"decision": "Accept", "documents": "103001 103002", "customer_no": "K1", "account": ""}
    right = {"customer": "K1 · Ett AB", "documents": "103002=80.00;\n103001=1250.00"}
    assert decide(right, wanted) == {"decision": "Accept", "decided_by": "Anna Lindgren"}
    wrong = decide({"customer": "K2 · Två AB", "documents": "103001=1250.00"}, wanted)
    assert (wrong["decision"], wrong["apply_to"], wrong["customer_no"]) == ("Apply To", "103001;103002", "K1")


def test_what_nobody_knows_stays_open() -> None:
    assert decide({}, {}) == {}
    assert decide({}, {"decision": "Leave", "documents": ""}) == {}
