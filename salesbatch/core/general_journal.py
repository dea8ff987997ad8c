"""The general ledger as another program is to check it: accounts, vouchers, and balances known from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class GeneralJournal:
    """Vouchers, and what the sub-ledgers say that their accounts must hold.

    accounts: no, name, type (Balance, Income or ""), every account that is posted to or asserted. rows: ledger
    frame of gl_entries by posting date and entry number, with customer_name. balances: account_no, day (the
    last of a month), amount_minor, ledger (customer ledger | VAT entries | bank entries); taken from the
    sub-ledgers, never from the vouchers, so that they can contradict them.
    """

    company_name: str
    currency_code: str
    accounts: pd.DataFrame
    rows: pd.DataFrame
    balances: pd.DataFrame
