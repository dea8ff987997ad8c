"""Where a buyer is asked to pay: the company's own account, or the one that is kept in the invoice's currency."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from salesbatch.core.company import Company, Settings
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.parties import seller_texts

KRONOR, EURO, OTHER_BANK = (
    "SE4550000000058398257466",
    "SE35 5000 0000 0549 1000 0003",
    "SE1730000000010000000001",
)


def _paid_to(currency: str, *accounts: tuple[str, str]) -> tuple[str, str]:
    """IBAN and BIC on an invoice in a currency. accounts: currency and IBAN of each bank account."""
    columns = {"code": [], "currency_code": [], "iban": []}
    for number, (kept_in, iban) in enumerate(accounts):
        for name, value in zip(columns, (f"B{number}", kept_in, iban)):
            columns[name].append(value)
    table = BY_NAME["bank_accounts"].empty().drop(columns=list(columns))
    table = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()}).join(
        table
    )
    company = Company(Settings(iban=KRONOR, bic="ESSESESS"), {"bank_accounts": table})
    texts = seller_texts(company, pd.Series(["SEK", currency, currency], dtype="str"), "")
    assert json.loads(texts[0])["iban"] == KRONOR
    assert texts[1] == texts[2]
    said = json.loads(texts[1])
    return said["iban"], said["bic"]


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([("SEK", KRONOR), ("EUR", EURO)], (EURO, "ESSESESS")),
        ([("SEK", KRONOR), ("EUR", OTHER_BANK)], (OTHER_BANK, "")),  # The BIC is that of another bank.
        ([("SEK", KRONOR), ("USD", EURO)], (KRONOR, "ESSESESS")),
        ([("EUR", "")], (KRONOR, "ESSESESS")),
        ([("EUR", EURO), ("EUR", OTHER_BANK)], (KRONOR, "ESSESESS")),  # Nothing says which of the two.
        ([], (KRONOR, "ESSESESS")),
    ],
)
def test_a_foreign_buyer_pays_to_the_account_of_the_currency(
    accounts: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    assert _paid_to("EUR", *accounts) == expected


def test_the_local_currency_goes_to_the_company_s_own_account() -> None:
    assert _paid_to("", ("", EURO)) == (KRONOR, "ESSESESS")
