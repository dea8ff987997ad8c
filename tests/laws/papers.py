"""What a person writes: papers on their way into a sheet, and what each of them means to the model."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from fuzz.judge import scratch_folder
from hypothesis import strategies as st
from laws.model import Ledger
from laws.terms import ABROAD, FAST, GRACE_DAYS, ITEMS, RATES, STRICT, TOLERATED, TOLERATED_PERCENT, Line
from money_setup import ACCOUNTS, GROUPS
from office import Office

D = Decimal
NAMES = {
    "C1": "Åkerlunds Bygg AB",
    STRICT: "Östgöta Café",
    FAST: "Snabbt Betalt AB",
    ABROAD: "Hamburger Handel GmbH",
}
CUSTOMERS = ("C1", STRICT, FAST)
"""Those who are sold to in kronor."""
BANKS = {"": "BANK", "EUR": "EURO"}
HELD = 9
"""The phase of papers that are to be held: they mean nothing to the model."""
steps: Counter[str] = Counter()
"""How often each step was taken and each law was checked, over all stories."""

lines = st.lists(
    st.builds(
        Line,
        st.sampled_from(sorted(ITEMS)),
        st.sampled_from([D(1), D(2), D("2.5"), D(7), D("0.33333"), D(12)]),
        st.sampled_from([None, D("99.99"), D("0.12345"), D("1234.565"), D("10.005")]),
        st.sampled_from([D(0), D(10), D("33.33"), D("12.5")]),
    ),
    min_size=1,
    max_size=3,
)


@dataclass
class Paper:
    """One document that a person wrote: how it looks in a sheet, and what it means once it is taken in."""

    table: str
    rows: list[list[object]]
    meaning: Callable[[Ledger], None]
    phase: int
    """In a run, unapplying comes before openings, orders, invoices, credit memos, payments, bank and other actions."""
    day: date
    key: str
    claim: str = ""
    """What is paid or credited: no second paper of the same run touches it."""
    lines: list[Line] = field(default_factory=list)
    """What an invoice sells."""


CAPTIONS = {
    "Opening Entries": ["Customer No.", "Document Type", "Document No.", "Posting Date", "Amount"],
    "Orders": ["No.", "Customer No.", "Order Date", "Item No.", "Quantity", "Unit Price", "Line Discount %", "Action"],
    "Invoices": ["No.", "Customer No.", "Posting Date", "Item No.", "Quantity", "Unit Price", "Line Discount %", "Currency Code"],
    "Credit Memos": [
        "No.", "Customer No.", "Posting Date", "Applies-to Document No.", "Item No.", "Quantity", "Unit Price", "Line Discount %", "Currency Code", "Action",
    ],
    "Bank Statement": ["Bank Account", "Date", "Amount", "Text", "Payer Name", "Payment Reference", "Transaction ID"],
    "Actions": ["Action No.", "Document Type", "Document No.", "Action", "Amount", "Applies-to Document No.", "Reason Code"],
    "Payments": ["Payment No.", "Posting Date", "Customer No.", "Amount", "Currency Code", "Bank Account", "Applies-to Document No."],
}  # fmt: skip


@cache
def first_day() -> Path:
    """The company before every story: a customer with a payment discount, one abroad, accounts for both, and some tolerance."""
    office = Office(Path(tempfile.mkdtemp(dir=scratch_folder())) / "company").set_up()
    customers = "No. | Name | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group"
    groups = "DOMESTIC | DOMESTIC | DOMESTIC"
    rates = "\n".join(f"EUR | {day} | {rate}" for day, rate in RATES.items())
    office.drop(
        "Terms.xlsx",
        Company=f"Setting | Value\nPayment Discount Grace Period | {GRACE_DAYS}D\n"
        f"Payment Tolerance % | {TOLERATED_PERCENT}\nMax. Payment Tolerance Amount | {TOLERATED}\n"
        "Appln. between Currencies | All",
        GL_Accounts=ACCOUNTS,
        Customer_Posting_Groups=GROUPS,
        Bank_Accounts="Code | Name | G/L Account | IBAN | Currency Code\nEURO | Eurokonto | 1932 | DE89370400440532013000 | EUR",
        Exchange_Rates=f"Currency Code | Starting Date | Rate\n{rates}",
        Customers=f"{customers} | Payment Terms Code | Credit Limit | Block Payment Tolerance\n"
        f"{STRICT} | {NAMES[STRICT]} | {groups} | 30D | - | yes\n"
        f"{FAST} | {NAMES[FAST]} | {groups} | 10D2 | - | no\n"
        f"{ABROAD} | {NAMES[ABROAD]} | {groups} | 30D | - | no",
    )
    result = office.run("2026-10-01")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    return office.root


def typed(amount: Decimal | None) -> object:
    return None if amount is None else float(amount)


@dataclass
class Dropped:
    """Everything that was dropped for one run: files by name, and the day of the run."""

    day: date
    files: dict[str, bytes] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
