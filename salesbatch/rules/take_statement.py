"""Statement lines enter once: an identity over files, opening + lines = closing, balances are no lines."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import Place, finding
from salesbatch.core.inbox import Inbox
from salesbatch.core.money import decimal_text
from salesbatch.rules.checking import Checks, close_to
from salesbatch.rules.receive_payments import bank_accounts

OPENING, CLOSING = (
    ("opening balance", "ingående saldo", "ing saldo"),
    ("closing balance", "utgående saldo", "utg saldo"),
)
NO_ID = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED"})
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
    local = company.settings.local_currency_code
    checks.report(rows[~rows["currency_code"].isin(["", local])], "currency-not-posted", "currency_code")
    word = rows["text"].str.strip().str.casefold()
    opening, closing = word.isin(OPENING), word.isin(CLOSING)
    _check_balances(checks, rows, opening, closing)
    lines = checks.good(rows[~opening & ~closing])
    zero = lines[lines["amount_minor"] == 0]
    lines = lines[lines["amount_minor"] != 0].reset_index(drop=True)
    checks.report(zero, "statement-line-zero", "amount_minor")
    if not len(lines):
        return entries.STATEMENT_LINES.empty(), rows
    lines["identity"] = _identities(lines)
    known = (
        lines["identity"].isin(books.known_statement["identity"])
        if len(books.known_statement)
        else pd.Series(np.zeros(len(lines), dtype=bool))
    )
    if known.any():
        for (source, sheet), part in lines.groupby(["source", "sheet"], sort=False):
            count = int(known[part.index].sum())
            if count:
                checks.findings.append(
                    finding("input-exists", Place(str(source), str(sheet)), count=count, total=len(part))
                )
    lines = lines[~known].drop_duplicates("identity").reset_index(drop=True)
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
            "currency_code": lines["currency_code"].where(lines["currency_code"] != "", local),
        },
        len(lines),
    )
    return frame, rows


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


def _identities(lines: pd.DataFrame) -> pd.Series:
    """The bank's own id where it is a real one, else account, date, amount, texts and the occurrence among equals."""
    day = lines["date"].dt.strftime("%Y-%m-%d")
    own = ~lines["transaction_id"].str.upper().isin(NO_ID)
    texts = lines[["text", "additional_info", "payer_name", "payer_account", "payment_reference"]]
    plain = lines["account"] + "|" + day + "|" + lines["amount_minor"].astype("str")
    for name in texts:
        plain = plain + "|" + texts[name].str.strip()
    occurrence = plain.groupby([plain, lines["source"], lines["sheet"]]).cumcount().astype("str")
    return (lines["account"] + "|id|" + lines["transaction_id"]).where(own, plain + "|" + occurrence)


def _check_balances(checks: Checks, rows: pd.DataFrame, opening: pd.Series, closing: pd.Series) -> None:
    """A statement that does not add up is held whole, with the difference."""
    amount = rows["amount_minor"].fillna(0).astype("int64")
    sums = (
        pd.DataFrame(
            {
                "document": rows["document"],
                "opening": amount.where(opening, 0),
                "closing": amount.where(closing, 0),
                "moved": amount.where(~opening & ~closing, 0),
                "both": opening.astype("int64") + 2 * closing.astype("int64"),
            }
        )
        .groupby("document")
        .agg(
            opening=("opening", "sum"),
            closing=("closing", "sum"),
            moved=("moved", "sum"),
            both=("both", "sum"),
        )
    )
    wrong = sums[(sums["both"] == 3) & (sums["opening"] + sums["moved"] != sums["closing"])]
    if len(wrong):
        places = rows[closing & rows["document"].isin(wrong.index)]
        about = wrong.loc[places["document"]]
        difference = (about["opening"] + about["moved"] - about["closing"]).tolist()
        checks.report(
            places.assign(difference=[decimal_text(value, 2) for value in difference]),
            "statement-does-not-add-up",
            "amount_minor",
            difference="difference",
        )
