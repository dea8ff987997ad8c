"""Setup that settling needs beyond the small company of `office`: accounts, rates, and words for its tests."""

from __future__ import annotations

from decimal import Decimal

from office import Office

ACCOUNTS = """
    No. | Name | Type | Direct Posting
    3731 | Kassarabatter | Income | no
    3741 | Betalningsdifferenser | Income | no
    3960 | Kursvinster | Income | no
    6351 | Kundförluster | Income | yes
    7960 | Kursförluster | Income | no
    1910 | Kassa | Balance | yes
    1932 | Eurokonto | Balance | no
    1933 | Yenkonto | Balance | no
"""
GROUPS = """
    Code | Receivables Account | Payment Discount Account | Payment Tolerance Account | Bad Debt Account | Realized Gains Account | Realized Losses Account
    DOMESTIC | 1510 | 3731 | 3741 | 6351 | 3960 | 7960
"""


RATES = """
    Currency Code | Starting Date | Rate
    EUR | 2026-10-01 | 11.00
    EUR | 2026-10-20 | 11.20
    EUR | 2026-11-01 | 10.90
    USD | 2026-10-14 | 10.00
    JPY | 2026-10-14 | 0.07
    KWD | 2026-10-14 | 34.50
"""
BANKS = """
    Code | Name | G/L Account | IBAN | Currency Code
    EURO | Eurokonto | 1932 | DE89370400440532013000 | EUR
    YEN | Yenkonto | 1933 | | JPY
"""


def take_in(office: Office) -> None:
    """Take in the accounts, groups, rates and bank accounts."""
    office.drop(
        "Money.xlsx",
        GL_Accounts=ACCOUNTS,
        Customer_Posting_Groups=GROUPS,
        Exchange_Rates=RATES,
        Company="Setting | Value\nLedger Workbook | At Close",  # Nobody reads it here, and it takes time.
        Bank_Accounts=BANKS,
    )
    result = office.run("2026-10-01")
    assert result.exit_code == 0, [item.message() for item in result.findings]


def choose(office: Office, settings: str) -> None:
    """Change settings with the next run, typed as `Caption | value` lines."""
    office.drop("A settings.xlsx", Company=f"Setting | Value\n{settings}")


def remaining(office: Office) -> dict[str, str]:
    """Remaining amount of every open entry by document number."""
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def pieces(office: Office, document_no: str) -> list[tuple[str, str]]:
    """(kind, amount) of every detailed entry of a document's customer ledger entry, in order."""
    entries = office.table("customer_ledger_entries").set_index("document_no")["entry_no"]
    detailed = office.table("detailed_entries")
    own = detailed[detailed["customer_ledger_entry_no"] == entries[document_no]]
    return list(zip(own["entry_type"], own["amount"]))


def voucher(office: Office, series: str, number: int) -> dict[str, str]:
    """Movement per account of a voucher."""
    rows = office.table("gl_entries")
    rows = rows[(rows["voucher_series"] == series) & (rows["voucher_no"] == number)]
    sums: dict[str, Decimal] = {}
    for account, amount in zip(rows["account_no"], rows["amount"]):
        sums[account] = sums.get(account, Decimal(0)) + Decimal(amount)
    return {account: str(amount) for account, amount in sorted(sums.items())}
