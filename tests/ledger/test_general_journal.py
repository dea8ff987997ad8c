"""The text journal of the books: a checker that knows nothing of this program accepts it, or finds the error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from books_check import bean_check, export_journal, spoil
from office import Office

from salesbatch.cli import call

INVOICES = """
    No. | Customer No. | Posting Date | Item No. | Description | Quantity | Line Discount % | Action
    I-1 | C1 | 2026-09-28 | A1 | | 2 | 10 | Post
    I-2 | C2 | 2026-10-05 | A2 | Kaffe "mörk" \\ rost | 3 | | Post
"""
PAYMENTS = """
    Payment No. | Customer No. | Posting Date | Amount | Applies-to Document No. | Bank Account
    P-1 | C1 | 2026-10-09 | 1000 | 103001 | BANK
"""


@pytest.fixture(scope="module")
def posted(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two invoices in two months, a payment, a credit memo, an opening entry of the year before; only looked at."""
    office = Office(tmp_path_factory.mktemp("posted") / "company")
    shutil.copytree(set_up_folder, office.root)
    opening = """
        Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount
        C1 | Invoice | ALT-7 | 2025-12-30 | 2026-01-29 | 800
    """
    office.settings(Opening_Balance_Account="2999")
    office.drop("Opening.xlsx", Opening_Entries=opening)
    office.drop("Invoices.xlsx", Invoices=INVOICES)
    office.run("2026-10-31")
    office.drop("Payments.xlsx", Payments=PAYMENTS)
    credit = """
        No. | Customer No. | Posting Date | Item No. | Quantity | Applies-to Document No. | Action
        K-1 | C2 | 2026-11-03 | A2 | 1 | 103002 | Post
    """
    office.drop("Credit.xlsx", Credit_Memos=credit)
    result = office.run("2026-11-30")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    return office


def test_a_checker_of_other_people_accepts_the_books(posted: Office, tmp_path: Path) -> None:
    done = bean_check(export_journal(posted.root, tmp_path / "books.beancount"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_accounts_are_named_by_type_and_class_and_vouchers_carry_their_document(
    posted: Office, tmp_path: Path
) -> None:
    text = export_journal(posted.root, tmp_path / "books.beancount").read_text("utf-8")
    assert 'option "title" "Provbolaget AB"' in text
    assert "2025-12-30 open Assets:1510 SEK\n" in text
    assert "open Liabilities:2611 SEK\n" in text
    assert "open Income:3001 SEK\n" in text
    voucher = text[text.index("2026-09-28 *") :].split("\n\n")[0].splitlines()
    assert voucher[0] == '2026-09-28 * "Åkerlunds Bygg AB" "Invoice 103001" ^103001'
    assert '  voucher: "F 1"' in voucher
    assert '  document: "invoice 103001"' in voucher
    assert [line.split() for line in voucher if line.endswith("SEK")] == [
        ["Assets:1510", "2250.00", "SEK"],
        ["Income:3001", "-2000.00", "SEK"],
        ["Income:3730", "200.00", "SEK"],
        ["Liabilities:2611", "-450.00", "SEK"],
    ]


def test_every_month_end_asserts_receivables_vat_and_bank(posted: Office, tmp_path: Path) -> None:
    text = export_journal(posted.root, tmp_path / "books.beancount").read_text("utf-8")
    asserted = [line.split() for line in text.splitlines() if " balance " in line]
    assert len({line[0] for line in asserted}) == 12  # December 2025 to November 2026.
    by_place = {(line[0], line[2]): line[3] for line in asserted}
    assert by_place["2026-01-01", "Assets:1510"] == "800.00"
    assert by_place["2026-10-01", "Assets:1510"] == "3050.00"
    assert by_place["2026-10-01", "Liabilities:2611"] == "-450.00"
    # 3 x 50.30 at 6 % is 159.95; 1000.00 was paid.
    assert by_place["2026-11-01", "Assets:1510"] == "2209.95"
    assert by_place["2026-11-01", "Assets:1930"] == "1000.00"
    # One of three was credited: 53.32.
    assert by_place["2026-12-01", "Assets:1510"] == "2156.63"


def test_the_same_books_give_the_same_bytes(posted: Office, tmp_path: Path) -> None:
    first = export_journal(posted.root, tmp_path / "first.beancount").read_bytes()
    assert export_journal(posted.root, tmp_path / "second.beancount").read_bytes() == first


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        # One öre between two accounts of one voucher: debit is still credit.
        (
            "UPDATE gl_entries SET amount_minor = amount_minor + CASE role WHEN 'sales' THEN 1 ELSE -1 END"
            " WHERE document_no = '103001' AND role IN ('sales', 'receivables')",
            "Balance failed for 'Assets:1510'",
        ),
        ("UPDATE gl_entries SET amount_minor = amount_minor + 1 WHERE entry_no = 3", "does not balance"),
        (
            "UPDATE vat_entries SET amount_minor = amount_minor - 1 WHERE entry_no = 1",
            "Balance failed for 'Liabilities:2611'",
        ),
        (
            "UPDATE detailed_entries SET amount_lcy_minor = amount_lcy_minor + 1 WHERE entry_no = 1",
            "Balance failed for 'Assets:1510'",
        ),
        (
            "UPDATE bank_entries SET amount_lcy_minor = amount_lcy_minor - 1",
            "Balance failed for 'Assets:1930'",
        ),
    ],
)
def test_an_error_of_one_ore_on_either_side_is_found(
    posted: Office, tmp_path: Path, statement: str, told: str
) -> None:
    spoiled = spoil(posted.root, tmp_path / "spoiled", statement)
    done = bean_check(export_journal(spoiled, tmp_path / "spoiled.beancount"))
    assert done.returncode == 1
    assert told in done.stdout + done.stderr


def test_a_receivables_account_that_was_changed_keeps_what_it_had(office: Office, tmp_path: Path) -> None:
    office.drop("Invoices.xlsx", Invoices=INVOICES)
    office.run("2026-10-31")
    office.drop(
        "Setup.xlsx",
        GL_Accounts="""
            No. | Name | Type | Direct Posting
            1519 | Kundfordringar, nya | Balance | no
        """,
        Customer_Posting_Groups="""
            Code | Receivables Account
            DOMESTIC | 1519
        """,
    )
    office.drop("Payments.xlsx", Payments=PAYMENTS)
    result = office.run("2026-11-30")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    path = export_journal(office.root, tmp_path / "books.beancount")
    assert "balance Assets:1519" in path.read_text("utf-8")
    done = bean_check(path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_books_without_vouchers_are_an_empty_journal(office: Office, tmp_path: Path) -> None:
    path = export_journal(office.root, tmp_path / "books.beancount")
    assert " * " not in path.read_text("utf-8")
    assert bean_check(path).returncode == 0


def test_a_day_ends_the_journal(posted: Office, tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    assert call(["export", str(posted.root), "journal", "--as-of", "2026-10-06", "-o", str(path)]) == 0
    text = path.read_text("utf-8")
    assert "^103002" in text
    assert "^104001" not in text
    assert bean_check(path).returncode == 0
