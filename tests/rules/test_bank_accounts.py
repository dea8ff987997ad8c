"""A month of three bank accounts, in kronor, euro and yen: two kinds of file of each, decisions, and the balances.

The month is played once; the tests look at what it left.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import openpyxl
import pytest
from bank_files import camt_file, camt_statement
from money_setup import choose, remaining
from office import Office

from salesbatch import ledger
from salesbatch.batch import RunResult

SALES = """
    No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code
    I1 | C1 | A1 | 1 | 1000 |
    I2 | C1 | A1 | 1 | 100 | EUR
    I3 | C1 | A1 | 3 | 1001 | JPY
    I4 | C2 | A1 | 1 | 40 | EUR
"""
"""103001 1,250.00 SEK; 103002 125.00 EUR; 103003 3,754 JPY; 103004 50.00 EUR."""
RATES = "Currency Code | Starting Date | Rate\nEUR | 2026-10-14 | 11.00\nJPY | 2026-10-20 | 0.08"
MAPPING = """
    Text | Debit Account | Credit Account
    Bankavgift | 6570 | 6570
    Löner | Booked Elsewhere | Booked Elsewhere
"""
KRONOR = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    BANK | 7 | 2026-10-20 | 10000 | Opening Balance |
    BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
    BANK | 7 | 2026-10-20 | 77 | okänd |
    BANK | 7 | 2026-10-20 | -300 | Löner |
    BANK | 7 | 2026-10-20 | -42 | Bankavgift |
    BANK | 7 | 2026-10-20 | 10985 | Closing Balance |
"""
KRONOR_CAMT = """
    2026-10-20 | 1250.00 | K1 | Åkerlunds Bygg AB | 103001 |
    2026-10-20 | 77.00 | K2 | Anna | Swish |
    2026-10-20 | 77.00 | K3 | Bo | Swish |
    2026-10-20 | -300.00 | K4 | | LÖN OKT |
    2026-10-20 | -42.00 | K5 | | Pris bankgiro |
    2026-10-22 | -500.00 | K6 | Levernatören AB | Faktura 8812 |
"""
EURO_CAMT = """
    2026-10-20 | 125.00 | E1 | Åkerlunds Bygg AB | Invoice 103002 |
    2026-10-20 | -2.00 | E2 | | Bankavgift |
"""
EURO_SHEET = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    EURO | 21 | 2026-10-20 | 1000 | Opening Balance |
    EURO | 21 | 2026-10-20 | 125 | Överföring | Åkerlunds Bygg
    EURO | 21 | 2026-10-20 | -2 | Avgift |
    EURO | 21 | 2026-10-22 | 9.90 | ? |
    EURO | 21 | 2026-10-22 | 1132.90 | Closing Balance |
"""
YEN = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    YEN | 3 | 2026-10-20 | 20000 | Opening Balance |
    YEN | 3 | 2026-10-20 | 3754 | Invoice 103003 | Åkerlunds Bygg AB
    YEN | 3 | 2026-10-21 | -5000 | Tokyo office |
    YEN | 3 | 2026-10-21 | 18754 | Closing Balance |
"""
RECEIPT = """
    Payment No. | Posting Date | Customer No. | Amount | Currency Code | Bank Account | Applies-to Document No.
    P1 | 2026-10-27 | C2 | 50 | EUR | EURO | 103004
"""
EURO_ACCOUNT = "DE89370400440532013000"


class Month:
    """The company after its month, and what each run said."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.drop("Sales.xlsx", Invoices=SALES, Exchange_Rates=RATES, Text_Mapping=MAPPING)
        office.settings(Ledger_Workbook="Every Run")
        self.sold = office.run("2026-10-15")
        office.drop("Kronor.xlsx", Bank_Statement=KRONOR)
        office.put("euro.xml", in_euro(EURO_CAMT, opening="1000", closing="1123"))
        office.drop("Yen.xlsx", Bank_Statement=YEN)
        self.first = office.run("2026-10-21")
        office.put(
            "kronor.xml", camt_file(camt_statement(KRONOR_CAMT, number=8, opening="10000", closing="10562"))
        )
        office.drop("Euro.xlsx", Bank_Statement=EURO_SHEET, Payments=RECEIPT)
        self.again = office.run("2026-10-29")
        self.answered = answer(
            office,
            {
                "Tokyo office": {"Decision": "Booked Elsewhere", "Decided By": "Eva"},
                "Faktura 8812": {"Decision": "Booked Elsewhere"},
                "?": {"Decision": "Post To Account", "Account": "3004"},
            },
        )

    def lines(self, account: str) -> list[str]:
        """Amounts of the lines of an account as they were taken in."""
        table = self.office.table("statement_lines")
        return table.loc[table["bank_account"] == account, "amount"].tolist()

    def reconciliation(self, account: str) -> list[tuple[str, str, int]]:
        """Section, text and amount of every row of an account's reconciliation."""
        with ledger.open_database(self.office.root) as database:
            frame = ledger.ledger_report(database, "2026-10").frames["bank_reconciliation"]
        mine = frame[frame["bank_account"] == account]
        return list(zip(mine["section"], mine["text"], mine["amount_minor"].tolist()))


def in_euro(lines: str, **balances: str) -> bytes:
    """A camt.053 file of the euro account."""
    return camt_file(camt_statement(lines, account=EURO_ACCOUNT, **balances).replace("SEK", "EUR"))


def answer(office: Office, answers: dict[str, dict[str, str]]) -> RunResult:
    """Answer the newest payment review by the lines' texts, and run."""
    path = sorted((office.root / "review").glob("Payment Review *.xlsx"))[-1]
    book = openpyxl.load_workbook(path)
    sheet = book["Payment Review"]
    captions = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for caption, value in answers.get(sheet.cell(row, captions["Text"]).value, {}).items():
            sheet.cell(row, captions[caption]).value = value
    answered = office.root / "inbox" / "answered.xlsx"
    book.save(answered)
    os.utime(answered, (time.time() - 60,) * 2)
    return office.run("2026-10-30")


@pytest.fixture(scope="module")
def month(money_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month") / "company"
    shutil.copytree(money_folder, folder)
    return Month(Office(folder))


# What is taken in --------------------------------------------------------------------------------------------


def test_every_run_of_the_month_is_clean_but_for_the_overlap(month: Month) -> None:
    for result in (month.sold, month.first, month.again, month.answered):
        told = {(item.code, item.place.source) for item in result.findings if item.severity != "notice"}
        overlap = {("statement-overlap", "kronor.xml"), ("statement-overlap", "Euro.xlsx")}
        assert told == (overlap if result is month.again else set())
        assert result.exit_code == 0
    assert month.office.verify() == []


def test_of_two_kinds_of_file_of_one_account_only_the_excess_is_new(month: Month) -> None:
    # The camt file has one more 77.00 on the 20th than the sheet, and one line of the 22nd.
    assert month.lines("BANK") == ["1250.00", "77.00", "-300.00", "-42.00", "77.00", "-500.00"]
    # The euro sheet came after the camt file and has one line more.
    assert month.lines("EURO") == ["125.00", "-2.00", "9.90"]
    said = [(item.code, item.place.source, item.message()[:10]) for item in month.again.findings]
    assert ("statement-line-known", "kronor.xml", "4 of 6 lin") in said
    assert ("statement-line-known", "Euro.xlsx", "2 of 3 lin") in said


def test_a_yen_has_no_decimals_anywhere(month: Month) -> None:
    assert month.lines("YEN") == ["3754", "-5000"]
    matches = month.office.table("payment_matches")
    assert matches.loc[matches["bank_account"] == "YEN", "applied_documents"].tolist() == ["103003=3754", ""]


# What is booked ----------------------------------------------------------------------------------------------


def test_lines_settle_invoices_of_their_own_currency_and_gains_are_realised(month: Month) -> None:  # M1, T16
    entries = month.office.table("customer_ledger_entries").set_index("document_no")
    assert not entries["open"].any()
    assert entries["currency_code"].iloc[:4].tolist() == ["SEK", "EUR", "JPY", "EUR"]
    # 125.00 EUR: 1,375.00 claimed, 1,400.00 paid. 50.00 EUR: 550.00 and 560.00. 3,754 JPY: 262.78 and 300.32.
    assert month.office.balance()["3960"] == "-72.54"


def test_the_general_ledger_holds_each_account_at_the_rates_of_its_days(month: Month) -> None:
    balance = month.office.balance()
    # 125 - 2 + 50 + 9.90 EUR at 11.20; 3,754 JPY at 0.08.
    assert (balance["1932"], balance["1933"]) == ("2048.48", "300.32")
    assert balance["1930"] == "1208.00"
    # 42.00 SEK and 2.00 EUR of fees; 9.90 EUR posted to an account.
    assert (balance["6570"], balance["3004"]) == ("64.40", "-110.88")


def test_the_bank_entries_are_exported_with_both_amounts(month: Month) -> None:
    table = month.office.table("bank_entries")
    euro = table[table["bank_account"] == "EURO"]
    assert euro["currency_code"].unique().tolist() == ["EUR"]
    assert euro["amount"].tolist() == ["125.00", "-2.00", "50.00", "9.90"]
    assert euro["amount_lcy"].tolist() == ["1400.00", "-22.40", "560.00", "110.88"]
    yen = table[table["bank_account"] == "YEN"]
    assert yen[["amount", "amount_lcy"]].to_numpy().tolist() == [["3754", "300.32"]]


def test_booked_elsewhere_by_text_and_by_decision_posts_nothing(month: Month) -> None:
    matches = month.office.table("payment_matches").set_index("text")
    for text, confidence in (
        ("Löner", "text_mapping"),
        ("Tokyo office", "manual"),
        ("Faktura 8812", "manual"),
    ):
        assert matches.loc[text, ["status", "match_confidence", "applied_documents"]].tolist() == [
            "mapped",
            confidence,
            "",
        ]
    assert "by Eva" in matches.loc["Tokyo office", "evidence"]


# What ties bank and books ------------------------------------------------------------------------------------


def test_the_account_in_kronor_is_reconciled_with_every_open_item_named(month: Month) -> None:
    assert month.reconciliation("BANK") == [
        ("bank_balance", "", 1056200),
        ("not_booked", "Swish", -7700),
        ("not_booked", "okänd", -7700),
        ("booked_elsewhere", "Löner", 30000),
        ("booked_elsewhere", "Faktura 8812", 50000),
        ("brought_forward", "opening", -1000000),
        ("expected_balance", "", 120800),
        ("books_balance", "", 120800),
        ("unexplained", "", 0),
    ]


def test_an_account_in_euro_is_reconciled_in_euro_and_tied_to_its_balance_in_kronor(month: Month) -> None:
    assert month.reconciliation("EURO") == [
        ("bank_balance", "", 113290),
        ("not_on_statement", "Payment 6006", 5000),
        ("brought_forward", "opening", -100000),
        ("expected_balance", "", 18290),
        ("books_balance", "", 18290),
        ("books_balance_lcy", "", 204848),
        ("unexplained", "", 0),
    ]


def test_an_account_in_yen_is_reconciled_in_whole_yen(month: Month) -> None:
    assert month.reconciliation("YEN") == [
        ("bank_balance", "", 18754),
        ("booked_elsewhere", "Tokyo office", 5000),
        ("brought_forward", "opening", -20000),
        ("expected_balance", "", 3754),
        ("books_balance", "", 3754),
        ("books_balance_lcy", "", 30032),
        ("unexplained", "", 0),
    ]


def test_the_ledger_workbook_shows_each_account_in_its_currency(month: Month) -> None:
    book = openpyxl.load_workbook(month.office.root / "ledgers" / "Ledger 2026-10.xlsx")
    sheet = book["Bank Reconciliation"]
    rows = [row for row in sheet.iter_rows() if any(cell.value not in (None, "") for cell in row)]
    shown = [tuple(cell.value for cell in row if cell.value not in (None, "")) for row in rows]
    assert ("EURO · Eurokonto · account 1932 · EUR",) in shown
    assert ("Balance by the bank, 2026-10-31 (statement 21)", 1132.9) in shown
    assert ("The same in SEK, as account 1932 has it", 2048.48) in shown
    assert ("Balance by the bank, 2026-10-31 (statement 3)", 18754) in shown
    assert shown.count(("Unexplained", 0, "✓ explained")) == 3
    summary = {row[1]: row[2:5] for row in book["Summary"].iter_rows(values_only=True)}
    assert summary["Bank reconciled = bank entries"] == (1208, 1208, "✓ agrees")
    assert summary["Bank reconciled = bank entries · EURO EUR"] == (182.9, 182.9, "✓ agrees")
    assert summary["Bank reconciled = bank entries · YEN JPY"] == (3754, 3754, "✓ agrees")
    assert (summary["Bank statements"][0], summary["Bank statements · JPY"][0]) == (562, -1246)


# Other currencies, by a person's decision ---------------------------------------------------------------------

MIXED = """
    Bank Account | Date | Amount | Text | Payer Name
    BANK | 2026-10-20 | 1400 | thanks for the euro invoice | X
    BANK | 2026-10-20 | 500 | part of the other one | X
    YEN | 2026-10-20 | 3754 | arigato | X
    EURO | 2026-10-26 | 50 | P1 | Östgöta Café
"""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_line_settles_a_document_in_another_currency_where_that_is_allowed(
    bank: Office, allowed: bool
) -> None:  # T16
    if allowed:
        choose(bank, "Appln. between Currencies | All")
    bank.drop("Sales.xlsx", Invoices=SALES, Exchange_Rates=RATES)
    bank.run("2026-10-15")
    # The receipt of 50 EUR is met by its line; the rest is asked about.
    bank.drop("Bank.xlsx", Bank_Statement=MIXED, Payments=RECEIPT.replace("103004", ""))
    bank.run("2026-10-27")
    result = answer(
        bank,
        {
            "thanks for the euro invoice": {"Decision": "Apply To", "Apply-to Documents": "103002"},
            "part of the other one": {"Decision": "Apply To", "Apply-to Documents": "103004"},
            "arigato": {"Decision": "Accept"},
        },
    )
    matches = bank.table("payment_matches")
    assert matches["status"].tolist() == ["applied" if allowed else "unmatched"] * 2 + ["applied"] * 2
    if allowed:
        # 500.00 SEK at 11.20 are 44.64 EUR. 125.00 EUR were claimed as 1,375.00.
        wanted = ["103002=125.00", "103004=44.64", "103003=3754", ""]
        assert remaining(bank) == {"103001": "1250.00", "103004": "5.36", "6001": "-50.00"}
        assert matches["difference"].tolist() == ["0.00", "0.00", "0", "0.00"]
    else:
        wanted = ["", "", "103003=3754", ""]
        refused = [item for item in result.findings if item.code == "review-document-currency"]
        assert [item.values[0] for item in refused] == [("named", "103002"), ("named", "103004")]
        assert result.exit_code == 3
        assert "1930" not in bank.balance()
    assert matches["applied_documents"].tolist() == wanted
    assert bank.verify() == []


# What is refused ---------------------------------------------------------------------------------------------


def test_a_statement_that_does_not_add_up_is_refused_with_the_difference_in_its_currency(
    bank: Office,
) -> None:
    bank.put("euro.xml", in_euro(EURO_CAMT, opening="1000", closing="1123.05"))
    bank.drop("Yen.xlsx", Bank_Statement=YEN.replace("18754", "18750"))
    result = bank.run("2026-10-21")
    wrong = {item.place.source: item for item in result.findings if item.severity == "error"}
    assert {item.code for item in wrong.values()} == {"statement-does-not-add-up"}
    assert "-0.05" in wrong["euro.xml"].message()
    assert " 4" in wrong["Yen.xlsx"].message()
    assert ".04" not in wrong["Yen.xlsx"].message()
    assert not len(bank.table("statement_lines"))
    assert bank.balance() == {}
