"""Statement lines enter once: an identity over files, opening + lines = closing, balances are no lines."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.money import minor_digits
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks, close_to
from salesbatch.rules.exchange import check_rates, digits_of
from salesbatch.rules.known_lines import leave_out_known
from salesbatch.rules.receive_payments import bank_accounts, bank_currencies
from salesbatch.rules.statement_balances import balance_kinds, check_balances, statements_of

STATEMENT = ["source", "sheet", "account", "statement_no"]


def take_statement(
    checks: Checks, inbox: Inbox, books: Books, company: Company
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The new lines as STATEMENT_LINES rows, and all input rows for naming what was held (one statement a document)."""
    rows = inbox.tables["bank_statement"].reset_index(drop=True).copy()
    rows["account"] = _bank_account_codes(company, rows["bank_account"])
    rows["document"] = rows.groupby(STATEMENT, sort=False).ngroup()
    rows["key"] = rows["account"] + " " + rows["statement_no"]
    unknown = rows[rows["account"] == ""].drop_duplicates(["document", "bank_account"])
    if len(unknown):
        checks.report(
            unknown,
            "bank-account-unknown",
            "bank_account",
            hint=close_to(company.table("bank_accounts")["code"]),
        )
    rows = _in_currency_of_account(checks, company, rows)
    statements = statements_of(checks, rows)
    check_balances(checks, rows, statements)
    opening, closing = balance_kinds(rows)
    check_rates(checks, company, rows[~opening & ~closing], day="date")
    lines = checks.good(rows[~opening & ~closing])
    zero = lines[lines["amount_minor"] == 0]
    lines = lines[lines["amount_minor"] != 0].reset_index(drop=True)
    checks.report(zero, "statement-line-zero", "amount_minor")
    if len(lines):
        lines = leave_out_known(checks, books, lines, statements.drop(index=list(checks.held)))
    if not len(lines):
        return entries.STATEMENT_LINES.empty(), rows
    first = books.next_no("statement_lines")
    number = lines.groupby(["account", "statement_no", "source", "sheet"], sort=False).cumcount() + 1
    frame = entries.STATEMENT_LINES.frame(
        {
            name: lines[name]
            for name in (
                "statement_no",
                "date",
                "value_date",
                "text",
                "additional_info",
                "payer_name",
                "payer_address",
                "payer_city",
                "payer_account",
                "payment_reference",
                "transaction_id",
                "identity",
                "source",
                "sheet",
                "row",
            )
        }
        | {
            "statement_line_no": np.arange(first, first + len(lines)),
            "run_no": books.run_no,
            "bank_account": lines["account"],
            "line_no": number,
            "amount_minor": lines["amount_minor"].astype("int64"),
            "currency_code": lines["currency_code"],
        },
        len(lines),
    )
    return frame, rows


def _in_currency_of_account(checks: Checks, company: Company, rows: pd.DataFrame) -> pd.DataFrame:
    """Lines are in the currency of their account: a blank currency is that one, and another is an error.

    The reader takes a blank currency for the local one, so amounts are scaled to the decimals of the account's.
    """
    own = bank_currencies(company, rows["account"])
    blank = (rows["currency_code"] == "").to_numpy()
    codes = rows["currency_code"].where(~blank, own)
    other = rows[((codes != own) & (rows["account"] != "")).to_numpy()]
    checks.report(
        other.assign(bank=other["account"], bank_currency=own[other.index]).drop_duplicates("document"),
        "bank-account-other-currency",
        "currency_code",
        bank="bank",
        currency="bank_currency",
    )
    read_as = minor_digits(company.settings.local_currency_code)
    off = np.where(blank, digits_of(own) - read_as, 0)
    amount = plain_int(rows["amount_minor"])
    scale = np.power(np.int64(10), np.abs(off))
    uneven = (off < 0) & (amount % scale != 0)
    checks.report(rows[uneven].drop_duplicates("document"), "amount-finer-than-currency", "amount_minor")
    scaled = np.where(off < 0, amount // scale, amount * np.where(off > 0, scale, 1))
    return rows.assign(currency_code=codes, amount_minor=pd.array(scaled, dtype="Int64"))


def _bank_account_codes(company: Company, typed: pd.Series) -> pd.Series:
    """The code of a bank account named by its code, IBAN, bankgiro or number; '' when it is none of ours."""
    accounts = bank_accounts(company)
    codes: dict[str, str] = {}
    for column in ("account_no", "bankgiro", "iban", "code"):
        for number, account_code in zip(accounts[column], accounts["code"]):
            if number:
                codes[_bare(number)] = str(account_code)
    known = {text: codes.get(_bare(text), "") for text in typed.unique()}
    return typed.map(known).astype("str")


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
