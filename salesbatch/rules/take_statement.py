"""Statement lines enter once: an identity over files, opening + lines = closing, balances are no lines."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import minor_digits
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks, close_to
from salesbatch.rules.exchange import check_rates, digits_of
from salesbatch.rules.explain_lines import explain_lines, own_documents, report_parts, statement_rows
from salesbatch.rules.known_lines import leave_out_known, with_identity
from salesbatch.rules.receive_payments import bank_accounts, bank_currencies
from salesbatch.rules.statement_balances import balance_kinds, balance_rows, check_balances, statements_of

STATEMENT = ["source", "sheet", "account", "statement_no"]


def take_statement(
    checks: Checks, inbox: Inbox, books: Books, company: Company
) -> tuple[Journal, pd.DataFrame]:
    """The new lines and statements as a journal, and all input rows for naming what was held (one statement a document)."""
    rows = inbox.tables["bank_statement"].reset_index(drop=True).copy()
    rows["account"] = _bank_account_codes(company, rows["bank_account"])
    rows["document"] = rows.groupby(STATEMENT, sort=False).ngroup()
    rows["key"] = rows["account"] + " " + rows["statement_no"]
    explains = rows["explains"].fillna(False).astype(bool)
    first_of_entry = int(rows["document"].max()) + 1
    explaining = own_documents(with_identity(_with_entry(rows[explains])), first_of_entry)
    rows = pd.concat([rows[~explains], explaining])
    unknown = rows[rows["account"] == ""].drop_duplicates(["document", "bank_account"])
    if len(unknown):
        checks.report(
            unknown,
            "bank-account-unknown",
            "bank_account",
            hint=close_to(company.table("bank_accounts")["code"]),
        )
    rows = _in_currency_of_account(checks, company, rows)
    of_statement = rows[~explains[rows.index]]
    statements = statements_of(checks, of_statement)
    check_balances(checks, of_statement, statements)
    opening, closing = balance_kinds(rows)
    check_rates(checks, company, rows[~opening & ~closing], day="date")
    lines = checks.good(rows[~opening & ~closing])
    nothing = (lines["amount_minor"] == 0) | (explains[lines.index] & (lines["entry_amount_minor"] == 0))
    nothing = nothing.astype(bool)
    checks.report(lines[nothing], "statement-line-zero", "amount_minor")
    lines = lines[~nothing]
    to_explain = lines[explains[lines.index]]
    lines = lines[~explains[lines.index]]
    if len(lines):
        kept = statements[~statements.index.isin(list(checks.held))]
        lines, further = leave_out_known(checks, books, lines, kept)
        to_explain = pd.concat([to_explain, own_documents(further, int(rows["document"].max()) + 1)])
    taken = statement_rows(books, lines, books.next_no("statement_lines"))
    journal = Journal({"statement_lines": taken} if len(taken) else {})
    if len(to_explain):
        report_parts(checks, to_explain)
        explained = explain_lines(checks, books.after(journal), checks.good(to_explain))
        journal = Journal.join([journal, explained])
    if len(of_statement):
        balances = balance_rows(checks, books, of_statement, journal.table("statement_lines"))
        journal = Journal.join([journal, Journal({"bank_statements": balances})])
    return journal, rows


def _with_entry(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines that explain; one that names no entry is an entry of its own."""
    return rows.assign(entry_amount_minor=rows["entry_amount_minor"].fillna(rows["amount_minor"]))


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
    return rows.assign(
        currency_code=codes,
        **{name: _scaled(rows[name], off, scale) for name in ("amount_minor", "entry_amount_minor")},
    )


def _scaled(amounts: pd.Series, off: np.ndarray, scale: np.ndarray) -> pd.Series:
    """Amounts that were read with the decimals of another currency."""
    if not off.any():
        return amounts
    plain = plain_int(amounts)
    moved = np.where(off < 0, plain // scale, plain * np.where(off > 0, scale, 1))
    return pd.Series(pd.array(moved, dtype="Int64"), index=amounts.index).where(amounts.notna())


def _bank_account_codes(company: Company, typed: pd.Series) -> pd.Series:
    """The code of a bank account named by its code, IBAN, bankgiro or number; '' when it is none of ours."""
    accounts = bank_accounts(company)
    codes: dict[str, str] = {}
    if len(accounts) == 1 and company.settings.bankgiro:  # Where else would the bankgiro's money come to?
        codes[_bare(company.settings.bankgiro)] = str(accounts["code"].iloc[0])
    for column in ("account_no", "bankgiro", "iban", "code"):
        for number, account_code in zip(accounts[column], accounts["code"]):
            if number:
                codes[_bare(number)] = str(account_code)
    known = {text: _code_of(codes, text) for text in typed.unique()}
    return typed.map(known).astype("str")


def _code_of(codes: dict[str, str], text: str) -> str:
    """A bank may write two numbers in one: 'BIC/account', 'bankgiro/account'."""
    for number in (text, *text.split("/")):
        if _bare(number) in codes:
            return codes[_bare(number)]
    return ""


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
