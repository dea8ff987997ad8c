"""The general ledger as a text journal in the syntax of Beancount, which any of its tools can check.

Every voucher is a transaction, so that a checker adds up debit and credit again. The balances of receivables,
VAT and bank accounts are asserted at every month end; those figures come from the sub-ledgers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any

import numpy as np

from salesbatch.core.general_journal import GeneralJournal
from salesbatch.core.money import decimal_text, minor_digits

_NOT_IN_ACCOUNT = re.compile(r"[^0-9A-Za-zÅÄÖåäö-]+")
_NOT_IN_LINK = re.compile(r"[^A-Za-z0-9/._-]+")
_EQUITY = "20"
_ROOT_OF_CLASS = {"1": "Assets", "2": "Liabilities", "3": "Income"} | dict.fromkeys("45678", "Expenses")


def draw_text_journal(journal: GeneralJournal) -> bytes:
    """The journal as UTF-8 text; the same books give the same bytes."""
    return ("\n".join(_lines(journal)) + "\n").encode("utf-8")


def _lines(journal: GeneralJournal) -> Iterator[str]:
    names = account_names(journal)
    yield f'option "title" {quoted(journal.company_name)}'
    yield f'option "operating_currency" {quoted(journal.currency_code)}'
    yield ""
    if not len(journal.rows) and not len(journal.balances):
        return
    days = [frame[name].min() for frame, name in ((journal.rows, "posting_date"), (journal.balances, "day"))]
    first = min(day for day in days if day == day)  # noqa: PLR0124 - NaT differs from itself.
    for no, name in zip(journal.accounts["no"], journal.accounts["name"]):
        yield f"{first:%Y-%m-%d} open {names[no]} {journal.currency_code}"
        if name:
            yield f"  name: {quoted(name)}"
    yield ""
    yield from _transactions(journal, names)
    yield from _assertions(journal, names)


def account_names(journal: GeneralJournal) -> Mapping[str, str]:
    """'1510' -> 'Assets:1510': by the type in the chart of accounts, then by the class of the BAS plan.

    Signs that the syntax does not allow become hyphens; two accounts never share a name.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for no, kind in zip(journal.accounts["no"], journal.accounts["type"]):
        part = _NOT_IN_ACCOUNT.sub("-", no).strip("-")
        part = part if part[:1].isdigit() or part[:1].isupper() else f"A{part}"
        name, number = f"{_root(no, kind)}:{part}", 2
        while name in taken:
            name, number = f"{_root(no, kind)}:{part}-{number}", number + 1
        taken.add(name)
        names[no] = name
    return names


def _root(no: str, kind: str) -> str:
    by_class = "Equity" if no.startswith(_EQUITY) else _ROOT_OF_CLASS.get(no[:1], "Equity")
    if kind == "Balance" and by_class in ("Income", "Expenses"):
        return "Assets"
    if kind == "Income" and by_class not in ("Income", "Expenses"):
        return "Income"
    return by_class


def _transactions(journal: GeneralJournal, names: Mapping[str, str]) -> Iterator[str]:
    """One transaction a voucher. Text is made row by row, because every row is a line of its own."""
    digits, currency = minor_digits(journal.currency_code), journal.currency_code
    rows = journal.rows.assign(day=np.datetime_as_string(journal.rows["posting_date"].to_numpy(), unit="D"))
    columns = [
        "day", "transaction_no", "voucher_series", "voucher_no", "customer_no", "customer_name", "description",
        "document_type", "document_no", "run_no", "entry_no", "account_no", "amount_minor",
    ]  # fmt: skip
    records: Iterator[Any] = rows[columns].itertuples(index=False)
    for _, part in groupby(records, key=lambda row: (row.day, row[1], row[2], row[3])):
        voucher = list(part)
        yield from _head(voucher)
        for row in voucher:
            yield f"  {names[row.account_no]:<32} {decimal_text(row.amount_minor, digits):>18} {currency}"
        yield ""


def _head(voucher: list[Any]) -> Iterator[str]:
    first = voucher[0]
    payee = f"{quoted(first.customer_name or first.customer_no)} " if first.customer_no else ""
    link = _NOT_IN_LINK.sub("-", first.document_no)
    yield f"{first.day} * {payee}{quoted(first.description)}" + (f" ^{link}" if link else "")
    yield f"  voucher: {quoted(f'{first.voucher_series} {first.voucher_no}')}"
    yield f"  document: {quoted(f'{first.document_type} {first.document_no}')}"
    if first.customer_no:
        yield f"  customer: {quoted(first.customer_no)}"
    yield f"  entries: {quoted(f'{first.entry_no}-{voucher[-1].entry_no}')}"
    yield f"  run: {quoted(str(first.run_no))}"


def _assertions(journal: GeneralJournal, names: Mapping[str, str]) -> Iterator[str]:
    """A balance holds at the beginning of its day, so that of a month end is asserted on the day after.

    `~ 0` asks for the exact amount; without it a checker would pass over a difference of the last digit.
    """
    digits, currency = minor_digits(journal.currency_code), journal.currency_code
    frame = journal.balances
    days = [f"{day:%Y-%m-%d}" for day in frame["day"] + timedelta(days=1)] if len(frame) else []
    for day, account, amount, ledger in zip(
        days, frame["account_no"], frame["amount_minor"].tolist(), frame["ledger"]
    ):
        text = decimal_text(amount, digits)
        yield f"{day} balance {names[account]:<24} {text:>18} ~ 0 {currency}"
        yield f"  source: {quoted(ledger)}"


def quoted(text: str) -> str:
    """A text as the syntax writes it, on one line: backslash and quotation mark are marked, controls are blanks.

    >>> quoted('Kalle "Bus" AB')
    '"Kalle \\\\"Bus\\\\" AB"'
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
