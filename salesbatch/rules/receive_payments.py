"""Money received (or paid back) becomes a customer ledger entry, a bank entry and two ledger rows (T1, M26)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.rules.account import customer_entry_rows, gl_rows
from salesbatch.rules.number_series import draw_numbers, number_rows
from salesbatch.rules.post_documents import title


def bank_accounts(company: Company) -> pd.DataFrame:
    """The company's bank accounts by code, with `account_key` (IBAN and numbers as compared)."""
    return company.table("bank_accounts").set_index("code", drop=False)


def receive_payments(books: Books, company: Company, payments: pd.DataFrame) -> tuple[Journal, pd.DataFrame]:
    """Post payments; returns the journal and the payments with document_no and entry_no.

    payments: in order; columns document, customer_no, posting_date, amount_minor (money in positive), bank_account
    (a code that exists), external_document_no, text, statement_line_no.
    """
    count = len(payments)
    payments = payments.reset_index(drop=True)
    drawn = draw_numbers(books, "PAYMENT", payments["posting_date"])
    transaction = books.next_no("transaction_no")
    kind = np.where(payments["amount_minor"] >= 0, "payment", "refund")
    customers = company.table("customers").set_index("no").reindex(payments["customer_no"])
    group = customers["customer_posting_group"].fillna("").to_numpy(dtype=object)
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
    local = company.settings.local_currency_code
    words = {"payment": title(company, "payment"), "refund": title(company, "refund")}
    payments = payments.assign(
        document_type=kind,
        posted_no=drawn.numbers,
        document_no=drawn.numbers,
        transaction_no=np.arange(transaction, transaction + count),
        customer=payments["customer_no"],
        description=[f"{words[word]} {number}" for word, number in zip(kind, drawn.numbers)],
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
                "description",
                "bank_account",
            )
        }
        | {
            "document_date": payments["posting_date"],
            "due_date": payments["posting_date"],
            "currency_code": local,
            "amount_minor": -payments["amount_minor"],
            "amount_lcy_minor": -payments["amount_minor"],
            "customer_posting_group": group,
        }
    )
    moves = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": payments["document"],
                    "account_no": bank_account,
                    "role": "bank",
                    "amount_minor": payments["amount_minor"],
                }
            ),
            pd.DataFrame(
                {
                    "document": payments["document"],
                    "account_no": receivables,
                    "role": "receivables",
                    "amount_minor": -payments["amount_minor"],
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
            "bank_entries": bank_rows(books, payments, local),
            "numbers": number_rows(books, "PAYMENT", drawn, payments["posting_date"], "payment", 0),
        }
    )
    return journal, payments


def bank_rows(books: Books, payments: pd.DataFrame, currency_code: str) -> pd.DataFrame:
    """Bank account ledger entries: what the books say that the bank holds."""
    first = books.next_no("bank_entries")
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
                "amount_minor",
                "statement_line_no",
            )
        }
        | {
            "entry_no": np.arange(first, first + len(payments)),
            "run_no": books.run_no,
            "currency_code": currency_code,
            "amount_lcy_minor": payments["amount_minor"],
        },
        len(payments),
    )
