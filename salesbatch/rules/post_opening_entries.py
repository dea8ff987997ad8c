"""Open items of an earlier system: posted against the Opening Balance Account, without VAT or revenue."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import proportion
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import plain_int
from salesbatch.rules.account import customer_entry_rows, gl_rows
from salesbatch.rules.checking import Checks, close_to, exists_only
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.exchange import check_rates, in_local
from salesbatch.rules.number_series import OPENING
from salesbatch.rules.possible_discount import possible_discount
from salesbatch.rules.post_documents import title

TYPES = {
    "Invoice": ("invoice", 1),
    "Finance Charge Memo": ("finance_charge_memo", 1),
    "Reminder": ("reminder", 1),
    "Credit Memo": ("credit_memo", -1),
    "Payment": ("payment", -1),
    "Refund": ("refund", 1),
}


def post_opening_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Customer ledger entries with what remained open; Dr receivables, Cr opening balance account."""
    table = BY_NAME["opening_entries"]
    dropped = inbox.table(table.name)
    if dropped is None:
        return Journal()
    checks = Checks(inbox, table)
    rows = dropped.assign(document=np.arange(len(dropped)))
    rows = rows[exists_only(checks, books, rows)].reset_index(drop=True)
    customers = company.table("customers").set_index("no")
    unknown = rows[~rows["customer_no"].isin(customers.index)]
    if len(unknown):
        checks.report(unknown, "customer-unknown", "customer_no", hint=close_to(customers.index.to_series()))
    rows["remaining"] = rows["remaining_amount_minor"].fillna(rows["amount_minor"]).astype("int64")
    rows["sign"] = rows["document_type"].map(lambda word: TYPES[word][1])
    checks.report(
        rows[
            (rows["remaining"] * rows["sign"] < 0) | (rows["amount_minor"].astype("int64") * rows["sign"] < 0)
        ],
        "opening-sign",
        "amount_minor",
    )
    checks.report(
        rows[(rows["remaining"].abs() > rows["amount_minor"].astype("int64").abs())],
        "opening-remaining",
        "remaining_amount_minor",
    )
    own_group = customers.reindex(rows["customer_no"])["customer_posting_group"].fillna("").to_numpy()
    checks.report(
        rows[(own_group == "") & rows["customer_no"].isin(customers.index).to_numpy()],
        "customer-group-missing",
        "customer_no",
    )
    rows["customer_posting_group"] = own_group
    rows["remaining_lcy"] = _in_local_currency(checks, company, rows)
    good = checks.good(rows).sort_values(["posting_date", "key"], kind="stable", ignore_index=True)
    good = good[good["remaining"] != 0].reset_index(drop=True)
    if not len(good):
        return checks.journal(dropped.assign(document=np.arange(len(dropped))))
    first = books.next_no("transaction_no")
    good["transaction_no"] = np.arange(first, first + len(good))
    good["kind"] = good["document_type"].map(lambda word: TYPES[word][0])
    discount = good["discount_amount_minor"].fillna(0).astype("int64").abs() * np.sign(good["remaining"])
    good = possible_discount(company, good.assign(discount_minor=discount))
    good["description_text"] = title(company, "opening") + " " + good["document_no"]
    ledger = pd.DataFrame(
        {
            name: good[name]
            for name in (
                "transaction_no",
                "customer_no",
                "document_no",
                "external_document_no",
                "posting_date",
                "payment_reference",
                "discount_date",
                "discount_tolerance_date",
                "discount_minor",
                "customer_posting_group",
                "currency_code",
                "on_hold",
            )
        }
        | {
            "document_type": good["kind"],
            "description": good["description_text"],
            "document_date": good["posting_date"],
            "due_date": good["due_date"].fillna(good["posting_date"]),
            "amount_minor": good["remaining"],
            "amount_lcy_minor": good["remaining_lcy"],
        }
    )
    groups = (
        company.table("customer_posting_groups").set_index("code").reindex(good["customer_posting_group"])
    )
    both = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": good["document"],
                    "account_no": groups["receivables_account"].to_numpy(),
                    "role": "receivables",
                    "amount_minor": good["remaining_lcy"],
                }
            ),
            pd.DataFrame(
                {
                    "document": good["document"],
                    "account_no": company.settings.opening_balance_account,
                    "role": "balancing",
                    "amount_minor": -good["remaining_lcy"],
                }
            ),
        ],
        ignore_index=True,
    )
    about = good.assign(
        document_type=good["kind"],
        posted_no=good["document_no"],
        customer=good["customer_no"],
        description=good["description_text"],
    )
    journal = Journal(
        rows={
            **customer_entry_rows(books, ledger),
            "gl_entries": gl_rows(books, both, about, OPENING),
            "input_keys": key_rows(books, table.name, good, 0, good["document_no"]),
        },
        closed_held=tuple(held_id for held_id in good["held_id"] if held_id),
    )
    return Journal.join([journal, checks.journal(dropped.assign(document=np.arange(len(dropped))))])


def _in_local_currency(checks: Checks, company: Company, rows: pd.DataFrame) -> np.ndarray:
    """The remaining claim in local currency: its part of the typed Amount LCY, else by the rate of its posting date.

    Fills currency_code; in local currency Amount LCY can only repeat Amount.
    """
    local = company.settings.local_currency_code
    rows["currency_code"] = rows["currency_code"].where(rows["currency_code"] != "", local)
    is_local = (rows["currency_code"] == local).to_numpy()
    given = rows["amount_lcy_minor"].notna().to_numpy()
    amount, amount_lcy = plain_int(rows["amount_minor"]), plain_int(rows["amount_lcy_minor"])
    remaining = rows["remaining"].to_numpy()
    wrong = given & np.where(is_local, amount_lcy != amount, np.sign(amount_lcy) != np.sign(amount))
    checks.report(rows[wrong], "opening-amount-lcy", "amount_lcy_minor")
    rates = np.zeros(len(rows), dtype=np.int64)
    by_rate = is_local | ~given
    rates[by_rate] = check_rates(checks, company, rows[by_rate])
    converted = in_local(company, remaining, rows["currency_code"], rates)
    share = proportion(amount_lcy, remaining, amount)
    return np.asarray(np.where(given & ~is_local, share, converted), dtype=np.int64)
