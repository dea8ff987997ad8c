"""Money received (or paid back) becomes a customer ledger entry, a bank entry and two ledger rows (T1, M26)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.core.tables import look_up
from salesbatch.rules.account import customer_entry_rows, gl_rows
from salesbatch.rules.exchange import find_rates, in_local
from salesbatch.rules.number_series import draw_numbers, number_rows
from salesbatch.rules.post_documents import title


def bank_accounts(company: Company) -> pd.DataFrame:
    """The company's bank accounts by code, with `account_key` (IBAN and numbers as compared)."""
    return company.table("bank_accounts").set_index("code", drop=False)


def receive_payments(books: Books, company: Company, payments: pd.DataFrame) -> tuple[Journal, pd.DataFrame]:
    """Post payments; returns the journal and the payments with document_no and entry_no.

    payments: in order; columns document, customer_no, posting_date, amount_minor (money in positive), bank_account
    (a code that exists), external_document_no, text, statement_line_no. Optional: currency_code (blank: the
    local one; a rate must exist), document_date (the bank's own date, where it is posted on another), and
    account_no (a G/L account instead of a bank's, where bank_account is blank).
    """
    count = len(payments)
    payments = _with_currency(company, payments.reset_index(drop=True))
    drawn = draw_numbers(books, "PAYMENT", payments["posting_date"])
    transaction = books.next_no("transaction_no")
    kind = np.where(payments["amount_minor"] >= 0, "payment", "refund")
    groups = company.table("customers").set_index("no")["customer_posting_group"]
    group = groups.reindex(payments["customer_no"]).fillna("").to_numpy(dtype=object)
    receivables = (
        company.table("customer_posting_groups")
        .set_index("code")
        .reindex(group)["receivables_account"]
        .fillna("")
        .to_numpy()
    )
    bank_account = (
        bank_accounts(company).reindex(payments["bank_account"])["gl_account"].fillna("").to_numpy()
    )
    at_bank = (payments["bank_account"] != "").to_numpy()
    if "account_no" in payments:
        bank_account = np.where(at_bank, bank_account, payments["account_no"].to_numpy())
    words = {"payment": title(company, "payment"), "refund": title(company, "refund")}
    payments = payments.assign(
        document_type=kind,
        posted_no=drawn.numbers,
        document_no=drawn.numbers,
        transaction_no=np.arange(transaction, transaction + count),
        customer=payments["customer_no"],
        description=[
            f"{words[word]} {number}" for word, number in zip(kind.tolist(), drawn.numbers.tolist())
        ],
    )
    ledger = pd.DataFrame(
        {
            name: payments[name]
            for name in (
                "transaction_no",
                "customer_no",
                "document_type",
                "document_no",
                "external_document_no",
                "posting_date",
                "document_date",
                "description",
                "bank_account",
                "currency_code",
            )
        }
        | {
            "due_date": payments["posting_date"],
            "amount_minor": -payments["amount_minor"],
            "amount_lcy_minor": -payments["amount_lcy_minor"],
            "customer_posting_group": group,
        }
    )
    moves = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": payments["document"],
                    "account_no": bank_account,
                    "role": np.where(at_bank, "bank", "balancing"),
                    "amount_minor": payments["amount_lcy_minor"],
                }
            ),
            pd.DataFrame(
                {
                    "document": payments["document"],
                    "account_no": receivables,
                    "role": "receivables",
                    "amount_minor": -payments["amount_lcy_minor"],
                }
            ),
        ],
        ignore_index=True,
    )
    customer_rows = customer_entry_rows(books, ledger)
    payments["entry_no"] = customer_rows["customer_ledger_entries"]["entry_no"]
    journal = Journal(
        rows={
            **customer_rows,
            "gl_entries": gl_rows(books, moves, payments, "PAYMENT"),
            "bank_entries": bank_rows(books, company, payments[at_bank].reset_index(drop=True)),
            "numbers": number_rows(books, "PAYMENT", drawn, payments["posting_date"], "payment", 0),
        }
    )
    return journal, payments


def post_mapped(
    books: Books, company: Company, lines: pd.DataFrame, facts: pd.DataFrame
) -> tuple[Journal, pd.Series]:
    """Lines between the bank and an account: the whole amount of each to mapped_account of its facts (M20).

    Returns the journal, and per line the document number.
    """
    lines = lines.sort_values(["date", "statement_line_no"], kind="stable", ignore_index=True)
    account = look_up(lines["statement_line_no"], facts.set_index("statement_line_no")["mapped_account"])
    drawn = draw_numbers(books, "PAYMENT", lines["date"])
    transaction = books.next_no("transaction_no")
    documents = pd.DataFrame(
        {
            "document": lines["statement_line_no"],
            "statement_line_no": lines["statement_line_no"],
            "transaction_no": np.arange(transaction, transaction + len(lines)),
            "posting_date": open_dates(company, lines["date"]),
            "document_type": "payment",
            "posted_no": drawn.numbers,
            "document_no": drawn.numbers,
            "customer": "",
            "customer_no": "",
            "description": lines["text"],
            "amount_minor": lines["amount_minor"],
            "currency_code": lines["currency_code"],
            "bank_account": lines["bank_account"],
        }
    )
    rates, _ = find_rates(company, documents["currency_code"], documents["posting_date"])
    local_amount = in_local(company, documents["amount_minor"], documents["currency_code"], rates)
    documents["amount_lcy_minor"] = local_amount
    bank = bank_accounts(company).reindex(lines["bank_account"])["gl_account"].to_numpy()
    moves = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": documents["document"],
                    "account_no": bank,
                    "role": "bank",
                    "amount_minor": documents["amount_lcy_minor"],
                }
            ),
            pd.DataFrame(
                {
                    "document": documents["document"],
                    "account_no": account.to_numpy(),
                    "role": "balancing",
                    "amount_minor": -documents["amount_lcy_minor"],
                }
            ),
        ],
        ignore_index=True,
    )
    journal = Journal(
        rows={
            "gl_entries": gl_rows(books, moves, documents, "PAYMENT"),
            "bank_entries": bank_rows(books, company, documents),
            "numbers": number_rows(books, "PAYMENT", drawn, documents["posting_date"], "payment", 0),
        }
    )
    return journal, documents.set_index("statement_line_no")["posted_no"]


def open_dates(company: Company, days: pd.Series) -> pd.Series:
    """A line dated in a closed period is posted on the first open date; the statement keeps its own date."""
    first = company.settings.allow_posting_from
    return days.where(days >= pd.Timestamp(first), np.datetime64(first, "s")) if first else days


def _with_currency(company: Company, payments: pd.DataFrame) -> pd.DataFrame:
    """Payments with currency_code, amount_lcy_minor and document_date filled."""
    local = company.settings.local_currency_code
    if "currency_code" not in payments:
        payments = payments.assign(currency_code=local)
    codes = payments["currency_code"].where(payments["currency_code"] != "", local)
    rates, _ = find_rates(company, codes, payments["posting_date"])
    if "document_date" not in payments:
        payments = payments.assign(document_date=payments["posting_date"])
    return payments.assign(
        currency_code=codes, amount_lcy_minor=in_local(company, payments["amount_minor"], codes, rates)
    )


def bank_currencies(company: Company, codes: pd.Series) -> pd.Series:
    """Currency of each bank account."""
    local = company.settings.local_currency_code
    own = bank_accounts(company)["currency_code"]
    return look_up(codes, own.where(own != "", local), local)


def only_accounts(company: Company, currencies: pd.Series) -> pd.Series:
    """The account that a blank Bank Account means: the only one in that currency, or the only one at all; else ""."""
    codes = bank_accounts(company)["code"].reset_index(drop=True)
    own = bank_currencies(company, codes)
    alone = pd.Series(codes.to_numpy(), index=own).loc[lambda found: ~found.index.duplicated(keep=False)]
    return look_up(currencies, alone, codes.iloc[0] if len(codes) == 1 else "")


def bank_rows(books: Books, company: Company, payments: pd.DataFrame) -> pd.DataFrame:
    """Bank account ledger entries: what the books say that the bank holds, in the account's own currency.

    payments: with currency_code and amount_lcy_minor; money in a foreign currency on an account in local
    currency is there in local currency.
    """
    first = books.next_no("bank_entries")
    own = bank_currencies(company, payments["bank_account"])
    same = (own == payments["currency_code"]).to_numpy()
    amount = np.where(same, payments["amount_minor"], payments["amount_lcy_minor"])
    return entries.BANK_ENTRIES.frame(
        {
            name: payments[name]
            for name in (
                "transaction_no",
                "bank_account",
                "posting_date",
                "document_type",
                "document_no",
                "customer_no",
                "description",
                "amount_lcy_minor",
                "statement_line_no",
            )
        }
        | {
            "entry_no": np.arange(first, first + len(payments)),
            "run_no": books.run_no,
            "currency_code": own,
            "amount_minor": amount,
        },
        len(payments),
    )
