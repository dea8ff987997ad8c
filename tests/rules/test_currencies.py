"""Documents, payments and opening items in other currencies: both amounts of every entry, gains and losses.

A few drops hold many cases each, because a run costs more than a case; a case is found by the sender's own number.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from money_setup import choose, remaining
from office import Office

from salesbatch import ledger
from salesbatch.batch import RunResult

INVOICE = (
    "No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code\nI1 | C1 | A1 | 1 | 100 | EUR"
)
PAY = "Payment No. | Posting Date | Customer No. | Amount | Currency Code | Bank Account | Applies-to Document No.\n"
Make = Callable[[str], Office]


@dataclass
class Played:
    """A company after its runs, and what the last run said."""

    office: Office
    result: RunResult
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """An exported table, read once."""
        if name not in self.tables:
            self.tables[name] = self.office.table(name)
        return self.tables[name]

    def entry(self, no: str) -> list[str]:
        """Currency and the four amounts of the entry of a document or receipt, by the sender's number."""
        table = self.table("customer_ledger_entries").set_index("document_no")
        names = ["currency_code", "amount", "amount_lcy", "remaining_amount", "remaining_amount_lcy"]
        return list(table.loc[self.number(no), names])

    def number(self, no: str) -> str:
        """The posted number."""
        documents = self.table("documents")
        posted = documents[(documents["no"] == no) | (documents["order_no"] == no)]["posted_no"]
        entries = self.table("customer_ledger_entries").set_index("external_document_no")
        return str(posted.iloc[-1]) if len(posted) else str(entries.at[no, "document_no"])

    def voucher(self, no: str) -> dict[str, str]:
        """Movement per account of the voucher of a document or receipt, what settling it caused included."""
        rows = self.table("gl_entries")
        rows = rows[rows["document_no"] == self.number(no)]
        assert rows[["voucher_series", "voucher_no"]].drop_duplicates().shape[0] == 1
        sums: dict[str, Decimal] = {}
        for account, amount in zip(rows["account_no"], rows["amount"]):
            sums[account] = sums.get(account, Decimal(0)) + Decimal(amount)
        return {account: str(amount) for account, amount in sorted(sums.items()) if amount}


@pytest.fixture(scope="module")
def company(money_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    def make(name: str) -> Office:
        folder = tmp_path_factory.mktemp(name) / "company"
        shutil.copytree(money_folder, folder)
        return Office(folder)

    return make


# Documents -------------------------------------------------------------------------------------------------

PRICES = """
    Item No. | Currency Code | Unit Price
    A1 | EUR | 95
    A1 | | 500
"""
SALES = """
    No. | Customer No. | Posting Date | Item No. | Quantity | Unit Price | Currency Code
    EUR | C1 | 2026-10-21 | A1 | 1 | 100 | EUR
    EUR | C1 | 2026-10-21 | A2 | 1 | 10 | EUR
    SUM | C1 | 2026-10-15 | A1 | 1 | 0.33 | EUR
    SUM | C1 | 2026-10-15 | A2 | 1 | 0.33 | EUR
    SUM | C1 | 2026-10-15 | A1 | 1 | 0.34 | EUR
    YEN | C1 | 2026-10-15 | A1 | 3 | 1001 | jpy
    DINAR | C1 | 2026-10-15 | A1 | 1 | 10.005 | KWD
    OLD | C1 | 2026-11-20 | A1 | 1 | 100 | EUR
    LIST | C1 | 2026-10-15 | A1 | 1 | | EUR
    DOLLAR | C1 | 2026-10-15 | A1 | 1 | | USD
    CARD | C1 | 2026-10-15 | A2 | 1 | | USD
    WHOLE | C1 | 2026-10-15 | A1 | 1 | 100.30 | EUR
    KRONOR | C1 | 2026-10-15 | A1 | 1 | 100.30 |
"""
ORDER = "No. | Customer No. | Posting Date | Item No. | Quantity | Unit Price | Currency Code | Action\n"


@pytest.fixture(scope="module")
def sold(company: Make) -> Played:
    """One drop of invoices and an order in five currencies; documents in kronor are rounded to whole ones."""
    office = company("sold")
    choose(office, "Invoice Rounding Precision | 1.00\nLanguage | sv")
    office.drop(
        "Sales.xlsx",
        Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-15 | 11.12345",
        Sales_Prices=PRICES,
        Invoices=SALES,
        Orders=ORDER + "ORDER | C1 | 2026-10-21 | A1 | 2 | 100 | EUR | Ship and Invoice",
    )
    return Played(office, office.run("2026-10-15", pdf=True))


def test_an_invoice_in_euro_stands_in_kronor_in_the_general_ledger(sold: Played) -> None:  # L7
    # 110.00 + 25.00 + 0.60 EUR at 11.20: 1,120.00, 112.00, 280.00 and 6.72.
    assert sold.entry("EUR") == ["EUR", "135.60", "1518.72", "135.60", "1518.72"]
    assert sold.voucher("EUR") == {
        "1510": "1518.72",
        "2611": "-280.00",
        "2621": "-6.72",
        "3001": "-1120.00",
        "3002": "-112.00",
    }
    vat = sold.table("vat_entries").query(f"document_no == '{sold.number('EUR')}'")
    assert vat[["base", "amount"]].to_numpy().tolist() == [["-112.00", "-6.72"], ["-1120.00", "-280.00"]]
    assert sold.office.verify() == []


def test_the_lines_in_kronor_sum_to_the_total(sold: Played) -> None:  # L7
    # VAT: 0.67 x 25 % = 0.17, 0.33 x 6 % = 0.02. Total 1.19 EUR x 11.12345 = 13.2369: 13.24.
    # Bases by running total: 0.33 3.67; 0.66 7.34 (3.67); 1.00 11.12 (3.78). VAT: 0.19 is 2.11 in all.
    # 11.12 + 2.11 is 13.23, so the last base takes the öre that is missing: 3.79.
    assert sold.entry("SUM")[1:3] == ["1.19", "13.24"]
    voucher = sold.voucher("SUM")
    assert (voucher["1510"], voucher["3001"], voucher["3002"]) == ("13.24", "-7.46", "-3.67")


def test_yen_have_no_decimals_and_dinars_three(sold: Played) -> None:
    # 3,003 + 25 % (750.75 is 751) = 3,754 JPY x 0.07 = 262.78. 10.005 + 2.501 = 12.506 KWD x 34.50 = 431.457.
    assert sold.entry("YEN")[:3] == ["JPY", "3754", "262.78"]
    assert sold.entry("DINAR")[:3] == ["KWD", "12.506", "431.46"]


def test_a_rate_older_than_a_week_is_warned_about(sold: Played) -> None:
    assert [item.message() for item in sold.result.findings] == [
        "The exchange rate used for EUR is 19 days old."
    ]
    assert sold.result.exit_code == 0


def test_a_price_in_the_documents_currency_goes_before_a_cheaper_one_in_kronor(sold: Played) -> None:  # R5
    lines = sold.table("document_lines")
    prices = {no: lines.loc[lines["no"] == no, "unit_price"].tolist() for no in ("LIST", "DOLLAR", "CARD")}
    # 95 EUR as listed; 500 SEK at 10.00 are 50 USD; the card price 50.30 SEK is 5.03 USD.
    assert prices == {"LIST": ["95"], "DOLLAR": ["50"], "CARD": ["5.03"]}


def test_invoice_rounding_is_for_documents_in_kronor(sold: Played) -> None:  # V11
    assert sold.entry("WHOLE")[1] == "125.38"
    assert sold.entry("KRONOR")[1] == "125.00"


def test_an_order_in_euro_is_invoiced_in_euro(sold: Played) -> None:
    assert sold.entry("ORDER")[:3] == ["EUR", "250.00", "2800.00"]


def test_the_printed_invoice_names_its_vat_in_kronor(sold: Played) -> None:
    """ML 17 kap.: the VAT of an invoice in a foreign currency stands on it in kronor too."""
    pypdf = pytest.importorskip("pypdf")
    (path,) = sold.office.root.glob(f"outbox/*/Invoice {sold.number('EUR')}.pdf")
    page = pypdf.PdfReader(BytesIO(path.read_bytes())).pages[0].extract_text().replace("\u00a0", " ")
    assert "Moms i SEK" in page
    assert {"25,00", "280,00", "0,60", "6,72"} <= set(page.split())
    with ledger.open_database(sold.office.root) as database:
        documents = {item.no: item for item in ledger.printed_documents(database, range(1, 20))}
    assert dict(documents[sold.number("EUR")].vat_lcy) == {"VAT25": 28000, "VAT6": 672}
    assert documents[sold.number("KRONOR")].vat_lcy == ()


def test_without_a_rate_the_document_waits_and_comes_back_when_there_is_one(office: Office) -> None:  # T16
    office.drop("Sales.xlsx", Invoices=INVOICE)
    result = office.run("2026-10-15")
    assert [(item.code, item.message()) for item in result.findings] == [
        ("exchange-rate-missing", "There is no exchange rate for EUR on this date.")
    ]
    office.drop("Rates.xlsx", Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-14 | 11.00")
    result = office.run("2026-10-16")
    assert result.counts["invoices"] == 1
    # The posting date was blank: it is that of the run that posts.
    assert Played(office, result).entry("I1")[2] == "1375.00"


# Payments --------------------------------------------------------------------------------------------------

CLAIMS = "No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code\n" + "\n".join(
    f"{no} | {'C2' if no == 'DISC' else 'C1'} | A1 | 1 | 100 | EUR"
    for no in ("UP", "DOWN", "PARTS", "DISC", "BANK", "SEK", "CENT", "LESS", "MORE")
)
MONEY = PAY + """
    UP-P | 2026-10-20 | C1 | 125 | EUR | EURO | UP
    DOWN-P | 2026-11-01 | C1 | 125 | EUR | EURO | DOWN
    PARTS-1 | 2026-10-20 | C1 | 41.67 | EUR | EURO | PARTS
    PARTS-2 | 2026-11-01 | C1 | 90 | EUR | EURO | PARTS
    DISC-P | 2026-10-10 | C2 | 122.50 | EUR | EURO | DISC
    BANK-P | 2026-10-10 | C1 | 125 | EUR | BANK | BANK
    SEK-P | 2026-10-20 | C1 | 1400 | | BANK | SEK
    CENT-P | 2026-10-20 | C1 | 1400.05 | | BANK | CENT
    LESS-P | 2026-10-20 | C1 | 1300 | | BANK | LESS
    MORE-P | 2026-10-20 | C1 | 1500 | | BANK | MORE
    WRONG | 2026-10-20 | C1 | 125 | | EURO |
""".strip()  # fmt: skip


@pytest.fixture(scope="module")
def paid(company: Make) -> Played:
    """Claims of 125.00 EUR, posted at 11.00 (1,375.00 SEK), and what is paid for them."""
    office = company("paid")
    choose(office, "Appln. between Currencies | All")
    office.drop("Sales.xlsx", Invoices=CLAIMS, Payments=MONEY)
    return Played(office, office.run("2026-10-05"))


@pytest.mark.parametrize(
    ("no", "local", "kind", "gain", "voucher"),
    [
        (
            "UP",
            "1400.00",
            "realized_gain",
            "25.00",
            {"1510": "-1375.00", "1932": "1400.00", "3960": "-25.00"},
        ),
        (
            "DOWN",
            "1362.50",
            "realized_loss",
            "-12.50",
            {"1510": "-1375.00", "1932": "1362.50", "7960": "12.50"},
        ),
    ],
)
def test_another_rate_at_payment_is_a_gain_or_a_loss(
    paid: Played, no: str, local: str, kind: str, gain: str, voucher: dict[str, str]
) -> None:  # T16
    assert paid.entry(no) == ["EUR", "125.00", "1375.00", "0.00", "0.00"]
    assert paid.entry(f"{no}-P")[1:] == ["-125.00", f"-{local}", "0.00", "0.00"]
    detailed = paid.table("detailed_entries")
    claim = paid.table("customer_ledger_entries").set_index("document_no").at[paid.number(no), "entry_no"]
    own = detailed[detailed["customer_ledger_entry_no"] == claim]
    assert own[["entry_type", "amount", "amount_lcy"]].to_numpy().tolist() == [
        ["initial", "125.00", "1375.00"],
        ["application", "-125.00", f"-{local}"],
        [kind, "0.00", gain],
    ]
    assert paid.voucher(f"{no}-P") == voucher


def test_a_part_payment_realises_its_part_and_the_last_one_the_rest(paid: Played) -> None:
    # 41.67 of 125.00: 458.37 of 1,375.00 against 466.70: gain 8.33. The rest 83.33: 916.63 against 908.30: loss 8.33.
    assert paid.entry("PARTS")[3:] == ["0.00", "0.00"]
    assert paid.entry("PARTS-2")[3:] == ["-6.67", "-72.70"]
    assert paid.voucher("PARTS-1")["3960"] == "-8.33"
    assert paid.voucher("PARTS-2")["7960"] == "8.33"


def test_a_discount_in_euro_is_split_in_kronor_at_the_rate_of_the_invoice(paid: Played) -> None:  # T7
    # 2.50 EUR at 11.00 are 27.50 SEK: 22.00 and VAT 5.50.
    assert paid.entry("DISC")[3:] == ["0.00", "0.00"]
    assert paid.voucher("DISC-P") == {"1510": "-1375.00", "1932": "1347.50", "2611": "5.50", "3731": "22.00"}


def test_euro_on_an_account_in_kronor_is_there_in_kronor(paid: Played) -> None:
    assert paid.entry("BANK")[3:] == ["0.00", "0.00"]
    assert paid.voucher("BANK-P") == {"1510": "-1375.00", "1930": "1375.00"}
    assert [item.message() for item in paid.result.findings if item.severity == "error"] == [
        "The bank account EURO is in EUR."
    ]


@pytest.mark.parametrize(
    ("no", "left", "left_of_money", "gain"),
    [
        ("SEK", "0.00", "0.00", "-25.00"),  # 1,400.00 at 11.20 are the 125.00 EUR, claimed as 1,375.00
        ("CENT", "0.00", "0.00", "-25.05"),  # less than a cent apart: both sides close
        ("LESS", "8.93", "0.00", "-23.23"),  # 116.07 EUR, claimed as 1,276.77
        ("MORE", "0.00", "-100.00", "-25.00"),
    ],
)
def test_kronor_settle_a_claim_in_euro_at_the_rate_of_their_day(
    paid: Played, no: str, left: str, left_of_money: str, gain: str
) -> None:  # T16
    assert paid.entry(no)[3] == left
    assert paid.entry(f"{no}-P")[3] == left_of_money
    assert paid.voucher(f"{no}-P")["3960"] == gain


def test_after_all_payments_the_books_hold(paid: Played) -> None:
    assert paid.office.verify() == []
    receivables = sum(
        Decimal(amount) for amount in paid.table("customer_ledger_entries")["remaining_amount_lcy"]
    )
    assert Decimal(paid.office.balance()["1510"]) == receivables


def test_where_the_setting_forbids_it_kronor_settle_no_claim_in_euro(bank: Office) -> None:  # T16
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-20 | C1 | 1400 | | BANK | I1")
    result = bank.run("2026-10-05")
    assert [item.code for item in result.findings] == ["payment-document-other-currency"]
    assert remaining(bank) == {"103001": "125.00"}


def test_without_accounts_for_gains_and_losses_nothing_is_settled_and_it_is_said(bank: Office) -> None:
    bank.drop(
        "G.xlsx",
        Customer_Posting_Groups="Code | Receivables Account | Realized Gains Account\nDOMESTIC | 1510 | -",
    )
    bank.drop("Sales.xlsx", Invoices=INVOICE, Payments=PAY + "P1 | 2026-10-20 | C1 | 125 | EUR | EURO | I1")
    result = bank.run("2026-10-05")
    assert [(item.code, item.place.sheet, item.place.row) for item in result.findings] == [
        ("exchange-accounts-missing", "Payments", 2)
    ]
    assert remaining(bank) == {"103001": "125.00", "6001": "-125.00"}


# Old items and credit memos --------------------------------------------------------------------------------

BACK = """
    Bank Account | Date | Amount | Text | Payer Name
    EURO | 2026-10-20 | -125 | refund {memo} | Åkerlunds Bygg AB
"""
OLD = """
    Customer No. | Document Type | Document No. | Posting Date | Amount | Remaining Amount | Currency Code | Amount LCY
    C1 | Invoice | 9001 | 2026-08-01 | 300 | 100 | EUR | 3150
    C1 | Payment | 9002 | 2026-08-01 | -40 | | EUR | -424
    C1 | Invoice | 9003 | 2026-08-01 | 900 | 300 | | 900
    C1 | Invoice | 9004 | 2026-10-01 | 10 | | EUR |
    C1 | Invoice | 9005 | 2026-08-01 | 125 | | EUR | 1312.50
    C1 | Invoice | 9006 | 2026-08-01 | 10 | | EUR |
    C1 | Invoice | 9007 | 2026-10-01 | 10 | | EUR | -110
    C1 | Invoice | 9008 | 2026-08-01 | 900 | 300 | | 300
"""
MEMOS = """
    No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code | Applies-to Document No. | Action
    FULL-K | C1 | A1 | 1 | 100 | EUR | FULL | Post
    HALF-K | C1 | A1 | 1 | 50 | | HALF | Post
    OLD-K | C1 | A1 | 1 | 100 | | 9005 | Post
    OTHER-K | C1 | A1 | 1 | 100 | USD | OTHER | Post
"""


@pytest.fixture(scope="module")
def taken_over(company: Make) -> Played:
    """Items of an earlier system, one of them paid."""
    office = company("old")
    office.drop(
        "Old.xlsx", Opening_Entries=OLD, Payments=PAY + "P1 | 2026-10-20 | C1 | 100 | EUR | EURO | 9001"
    )
    return Played(office, office.run("2026-10-05"))


@pytest.fixture(scope="module")
def credited(taken_over: Played) -> Played:
    """Three invoices at 11.00; then the rate of their day is corrected, and four memos are posted at 11.20."""
    office = taken_over.office
    office.drop("Sales.xlsx", Invoices="\n".join([INVOICE.partition("\n")[0], *(
        f"{no} | C1 | A1 | 1 | 100 | EUR" for no in ("FULL", "HALF", "OTHER")
    )]))  # fmt: skip
    office.run("2026-10-05")
    office.drop("R.xlsx", Exchange_Rates="Currency Code | Starting Date | Rate\nEUR | 2026-10-04 | 11.05")
    office.drop("Credit.xlsx", Credit_Memos=MEMOS)
    return Played(office, office.run("2026-10-20"))


def test_an_old_item_is_taken_over_with_its_own_amount_in_kronor(taken_over: Played) -> None:
    assert [(item.code, item.place.row) for item in taken_over.result.findings] == [
        ("exchange-rate-missing", 7),
        ("opening-amount-lcy", 8),
        ("opening-amount-lcy", 9),
    ]
    entries = taken_over.table("customer_ledger_entries").set_index("document_no")
    names = ["currency_code", "amount", "amount_lcy"]
    assert list(entries.loc["9002", names]) == ["EUR", "-40.00", "-424.00"]
    assert list(entries.loc["9003", names]) == ["SEK", "300.00", "300.00"]
    assert list(entries.loc["9004", names]) == ["EUR", "10.00", "110.00"]


def test_what_remains_of_an_old_item_is_worth_its_part_and_its_payment_gains_on_that(
    taken_over: Played,
) -> None:  # T16
    entries = taken_over.table("customer_ledger_entries").set_index("document_no")
    # 100 of 300 EUR are 1,050.00 of the 3,150.00; they brought 1,120.00 at 11.20.
    assert list(entries.loc["9001", ["amount", "amount_lcy", "open"]]) == ["100.00", "1050.00", False]
    assert taken_over.voucher("P1") == {"1510": "-1050.00", "1932": "1120.00", "3960": "-70.00"}


def test_a_credit_memo_takes_back_its_invoice_at_the_rate_of_the_invoice(credited: Played) -> None:  # X1, X2
    # The day's rate is 11.20, and that of the invoice was corrected; revenue and VAT of 11.00 are taken back.
    assert credited.entry("FULL-K") == ["EUR", "-125.00", "-1375.00", "0.00", "0.00"]
    assert credited.entry("FULL")[3:] == ["0.00", "0.00"]
    assert credited.voucher("FULL-K") == {"1510": "-1375.00", "2611": "275.00", "3001": "1100.00"}
    rates = credited.table("documents").set_index("no")["exchange_rate"]
    assert (rates["FULL"], rates["FULL-K"], rates["OTHER-K"]) == ("11", "11", "10")


def test_a_memo_without_a_currency_has_that_of_its_invoice(credited: Played) -> None:
    assert credited.entry("HALF-K") == ["EUR", "-62.50", "-687.50", "0.00", "0.00"]
    assert credited.entry("HALF")[3:] == ["62.50", "687.50"]


def test_a_memo_of_an_old_invoice_takes_its_rate_from_the_amounts_taken_over(credited: Played) -> None:
    assert credited.entry("OLD-K") == ["EUR", "-125.00", "-1312.50", "0.00", "0.00"]


def test_a_memo_in_another_currency_than_its_invoice_has_the_rate_of_its_day(credited: Played) -> None:  # T16
    assert [item.code for item in credited.result.findings] == ["currencies-not-applied"]
    assert credited.entry("OTHER-K")[:4] == ["USD", "-125.00", "-1250.00", "-125.00"]
    assert credited.entry("OTHER")[3] == "125.00"
    assert credited.office.verify() == []


def test_money_paid_back_at_another_rate_than_the_credit_is_a_loss(credited: Played) -> None:  # M26, T16
    """An invoice is paid, then credited, then the money goes back; the memo is worth 11.00 and costs 11.20."""
    office = credited.office
    office.drop(
        "Paid.xlsx", Payments=PAY + f"P9 | 2026-10-20 | C1 | 125 | EUR | EURO | {credited.number('OTHER')}"
    )
    office.run("2026-10-20")
    memo = "No. | Customer No. | Item No. | Quantity | Unit Price | Applies-to Document No. | Action\n"
    office.drop("Memo.xlsx", Credit_Memos=memo + "BACK-K | C1 | A1 | 1 | 100 | OTHER | Post")
    office.run("2026-10-20")
    number = Played(office, credited.result).number("BACK-K")
    office.drop("Bank.xlsx", Bank_Statement=BACK.format(memo=number))
    after = Played(office, office.run("2026-10-20"))
    assert after.entry("BACK-K") == ["EUR", "-125.00", "-1375.00", "0.00", "0.00"]
    (match,) = after.table("payment_matches").to_dict("records")
    assert (match["status"], match["applied_documents"]) == ("applied", f"{number}=-125.00")
    gl = after.table("gl_entries")
    refund = gl[gl["document_type"] == "refund"].groupby("account_no")["amount"].agg(list).to_dict()
    assert (refund["1932"], refund["7960"]) == (["-1400.00"], ["25.00"])
    assert office.verify() == []


# Statements ------------------------------------------------------------------------------------------------


def test_lines_are_in_the_currency_of_their_account_and_in_its_decimals(bank: Office) -> None:
    bank.drop(
        "Bank.xlsx",
        Bank_Accounts="Code | Name | G/L Account | Currency Code\nDINAR | Dinarkonto | 1910 | KWD",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Currency Code | Text
            YEN | 1 | 2026-10-20 | 1234 | | x
            YEN | 2 | 2026-10-20 | 12.50 | | y
            BANK | 1 | 2026-10-20 | 125 | EUR | z
            DINAR | 1 | 2026-10-20 | 12.345 | KWD | w
        """,
    )
    result = bank.run("2026-10-21")
    assert sorted(item.code for item in result.findings if item.severity == "error") == [
        "amount-finer-than-currency",
        "bank-account-other-currency",
    ]
    assert sorted(bank.table("statement_lines")["amount"]) == ["12.345", "1234"]
