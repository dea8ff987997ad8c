"""What will not be paid is written off: the action Write Off.

The account is, in this order: the one that Reason Code names; the rounding account for what is within the
Rounding Write-off Limit; the tolerance account for what is within the entry's payment tolerance; for a claim
the bad debt account of its posting group. VAT is left as it was: relief for a bad debt is claimed by hand,
when the law's conditions for it are met.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import amount_text, proportion
from salesbatch.rules.entry_actions import (
    WRITE_OFF,
    Actions,
    done_rows,
    find_entries,
    settle_amounts,
    settle_dates,
    take_actions,
)
from salesbatch.rules.number_series import next_voucher, voucher_series_of
from salesbatch.rules.post_documents import title
from salesbatch.rules.settle import largest_tolerance
from salesbatch.rules.settlement_rows import SERIES


def write_off_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Write off what the rows name: a detailed entry of the claim, and a voucher against the account."""
    actions = take_actions(inbox, books, posting_date, WRITE_OFF)
    if actions is None:
        return Journal()
    actions = settle_amounts(find_entries(actions, books.open_entries, books), books)
    actions = settle_dates(actions, books, actions.rows["entry_posting_date"])
    rows = _with_accounts(actions, company)
    rows = actions.checks.good(rows).reset_index(drop=True)
    if not len(rows):
        return actions.journal()
    first = books.next_no("transaction_no")
    rows = rows.assign(transaction_no=np.arange(first, first + len(rows)))
    _name(actions, rows)
    kept = done_rows(books, rows, rows["document_no"])
    return Journal.join([_posted(books, company, rows), kept, actions.journal()])


def _with_accounts(actions: Actions, company: Company) -> pd.DataFrame:
    """The rows with account_no and is_loss; rows without an account that can be posted to are reported.

    is_loss: a claim on an account for more than small differences.
    """
    rows, settings = actions.rows, company.settings
    groups = (
        company.table("customer_posting_groups")
        .set_index("code")
        .reindex(rows["entry_customer_posting_group"])
    )
    own = {
        name: groups[f"{name}_account"].fillna("").to_numpy(dtype=object)
        for name in ("receivables", "invoice_rounding", "payment_tolerance", "bad_debt")
    }
    if settings.rounding_account:
        own["invoice_rounding"][:] = settings.rounding_account
    amount, whole = rows["amount"].to_numpy(), np.abs(rows["entry_amount_minor"].to_numpy())
    local_whole = np.abs(rows["entry_amount_lcy_minor"].to_numpy())
    local = proportion(local_whole, amount, whole)
    is_rounding = (local <= settings.rounding_write_off_limit_minor) & (own["invoice_rounding"] != "")
    is_tolerance = (amount <= largest_tolerance(company, whole, local_whole)) & (
        own["payment_tolerance"] != ""
    )
    is_claim = (rows["entry_remaining_minor"] > 0).to_numpy()
    account = np.select(
        [is_rounding, is_tolerance, is_claim],
        [own["invoice_rounding"], own["payment_tolerance"], own["bad_debt"]],
        "",
    ).astype(object)
    reason = rows["reason_code"].to_numpy(dtype=object)
    chart = company.table("gl_accounts").set_index("no")
    named = rows["reason_code"].isin(chart.index).to_numpy() | rows["reason_code"].str.isdigit().to_numpy()
    account = np.where(named, reason, account)
    meant_for_it = np.any(
        [account == accounts for name, accounts in own.items() if name != "receivables"], axis=0
    )
    facts = chart.reindex(account)
    control = set(company.table("customer_posting_groups")["receivables_account"])
    control |= set(company.table("bank_accounts")["gl_account"])
    open_to_it = facts["direct_posting"].fillna(True).to_numpy(dtype=bool) | meant_for_it
    good = np.isin(account, chart.index) & ~facts["blocked"].fillna(False).to_numpy(dtype=bool) & open_to_it
    rows = rows.assign(
        account_no=pd.array(account, dtype="str"), is_loss=is_claim & (named | ~(is_rounding | is_tolerance))
    )
    bad = rows[~good | rows["account_no"].isin(control).to_numpy()]
    actions.checks.report(bad, "write-off-account-missing", "reason_code", account="account_no")
    return rows


def _name(actions: Actions, rows: pd.DataFrame) -> None:
    """The run report names every write-off: amount, document, account and reason, and that VAT is left as it was."""
    rows = rows.assign(
        shown=[
            amount_text(amount, code) for amount, code in zip(rows["amount"], rows["entry_currency_code"])
        ],
        why=[f" ({reason})" if reason else "" for reason in rows["reason_code"]],
    )
    for code, mine in (("claim-written-off", rows["is_loss"]), ("difference-written-off", ~rows["is_loss"])):
        actions.checks.report(
            rows[mine],
            code,
            amount="shown",
            document_no="entry_document_no",
            account="account_no",
            reason="why",
        )


def _posted(books: Books, company: Company, rows: pd.DataFrame) -> Journal:
    """Per row the claim's detailed entry, which can be unapplied, and a voucher of receivables and account."""
    sign = np.sign(rows["entry_remaining_minor"].to_numpy())
    whole, local = (np.abs(rows[f"entry_remaining_{name}"].to_numpy()) for name in ("minor", "lcy_minor"))
    before, amount = rows["before"].to_numpy(), rows["amount"].to_numpy()
    # By running totals, so that an entry written off in parts leaves nothing in local currency.
    local = sign * (proportion(local, before + amount, whole) - proportion(local, before, whole))
    about = {
        "run_no": books.run_no,
        "transaction_no": rows["transaction_no"],
        "customer_no": rows["entry_customer_no"],
        "posting_date": rows["posting_date"],
        "document_type": rows["entry_document_type"],
        "document_no": rows["entry_document_no"],
    }
    first = books.next_no("detailed_entries")
    numbers = np.arange(first, first + len(rows))
    detailed = entries.DETAILED_ENTRIES.frame(
        {
            **about,
            "entry_no": numbers,
            "application_no": numbers,
            "customer_ledger_entry_no": rows["entry_no"],
            "entry_type": "write_off",
            "currency_code": rows["entry_currency_code"],
            "amount_minor": -sign * amount,
            "amount_lcy_minor": -local,
        },
        len(rows),
    )
    return Journal(
        rows={"detailed_entries": detailed, "gl_entries": _vouchers(books, company, rows, about, local)}
    )


def _vouchers(
    books: Books, company: Company, rows: pd.DataFrame, about: dict[str, object], local: np.ndarray
) -> pd.DataFrame:
    groups = company.table("customer_posting_groups").set_index("code")["receivables_account"]
    receivables = groups.reindex(rows["entry_customer_posting_group"]).to_numpy(dtype=object)
    letter = voucher_series_of(books, SERIES)
    voucher = next_voucher(books, letter)
    twice = {
        name: np.repeat(np.asarray(value), 2) if isinstance(value, pd.Series) else value
        for name, value in about.items()
    }
    first, count = books.next_no("gl_entries"), len(rows)
    description = title(company, "written_off") + ": " + rows["entry_description"]
    return entries.GL_ENTRIES.frame(
        {
            **twice,
            "entry_no": np.arange(first, first + 2 * count),
            "voucher_series": letter,
            "voucher_no": np.repeat(np.arange(voucher, voucher + count), 2),
            "description": np.repeat(description.to_numpy(), 2),
            "account_no": np.stack([receivables, rows["account_no"].to_numpy(dtype=object)], axis=1).ravel(),
            "role": np.tile(np.array(["receivables", "write_off"], dtype=object), count),
            "amount_minor": np.stack([-local, local], axis=1).ravel(),
        },
        2 * count,
    )
