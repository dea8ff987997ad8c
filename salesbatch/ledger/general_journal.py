"""The general ledger beside balances that come from the sub-ledgers, for a program that has not made either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.collector import without_collector
from salesbatch.core.general_journal import GeneralJournal
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch
from salesbatch.ledger.frames import text_array
from salesbatch.ledger.scopes import Scope, ledger_frame, looked_up, master_frame, settings_of, text_series

CUSTOMER_LEDGER, VAT_ENTRIES, BANK_ENTRIES = "customer ledger", "VAT entries", "bank entries"
_OWN_LEDGER = ("receivables", "vat", "bank")
"""Roles of G/L rows that have a sub-ledger of their own."""
_MOVEMENT = ["account_no", "posting_date", "amount_minor", "ledger"]


@without_collector()
def general_journal(database: Database, *, as_of: date | None = None) -> GeneralJournal:
    """Every voucher up to a day, and what receivables, VAT and bank accounts must hold at every month end."""
    scope = Scope(as_of=as_of)
    with database.read() as connection:
        settings = settings_of(connection)
        rows = ledger_frame(connection, entries.GL_ENTRIES, scope)
        customers = master_frame(connection, "customers")
        chart = master_frame(connection, "gl_accounts")
        setup = _asserted_accounts(connection)
        moves = pd.concat(
            [
                _receivables(connection, scope),
                _vat(connection, scope),
                _bank(connection, scope),
            ],
            ignore_index=True,
        )
    rows["customer_name"] = text_series(looked_up(rows["customer_no"], customers, "no", "name", ""))
    rows = rows.sort_values(["posting_date", "entry_no"], ignore_index=True)
    balances = _balances(rows, moves, setup)
    used = sorted(set(rows["account_no"]) | set(balances["account_no"]))
    accounts = pd.DataFrame({"no": text_array(used)})
    for name in ("name", "type"):
        accounts[name] = text_series(looked_up(accounts["no"], chart, "no", name, ""))
    return GeneralJournal(settings.name, settings.local_currency_code, accounts, rows, balances)


def _asserted_accounts(connection: Connection) -> dict[str, str]:
    """The accounts that the setup has for a sub-ledger, and its name."""
    found: dict[str, str] = {}
    for table, column, ledger in (
        ("customer_posting_groups", "receivables_account", CUSTOMER_LEDGER),
        ("vat_posting_setup", "sales_vat_account", VAT_ENTRIES),
        ("bank_accounts", "gl_account", BANK_ENTRIES),
    ):
        for account in master_frame(connection, table)[column].tolist():
            found.setdefault(account, ledger)
    found.pop("", None)
    return found


# The sub-ledgers -------------------------------------------------------------------------------------------


def _receivables(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Detailed entries on the receivables account that the posting group of their entry had in their run."""
    detailed = ledger_frame(connection, entries.DETAILED_ENTRIES, scope)
    owners = ledger_frame(
        connection, entries.CUSTOMER_LEDGER_ENTRIES, names=("entry_no", "customer_posting_group")
    )
    group = text_series(
        looked_up(detailed["customer_ledger_entry_no"], owners, "entry_no", "customer_posting_group", "")
    )
    account = _account_then(
        connection, "customer_posting_groups", "receivables_account", group, detailed["run_no"]
    )
    return _movements(account, detailed["posting_date"], detailed["amount_lcy_minor"], CUSTOMER_LEDGER)


def _vat(connection: Connection, scope: Scope) -> pd.DataFrame:
    names = ("vat_account_no", "posting_date", "amount_minor")
    frame = ledger_frame(connection, entries.VAT_ENTRIES, scope, names)
    return _movements(frame["vat_account_no"], frame["posting_date"], frame["amount_minor"], VAT_ENTRIES)


def _bank(connection: Connection, scope: Scope) -> pd.DataFrame:
    names = ("bank_account", "run_no", "posting_date", "amount_lcy_minor")
    frame = ledger_frame(connection, entries.BANK_ENTRIES, scope, names)
    account = _account_then(connection, "bank_accounts", "gl_account", frame["bank_account"], frame["run_no"])
    return _movements(account, frame["posting_date"], frame["amount_lcy_minor"], BANK_ENTRIES)


def _account_then(
    connection: Connection, table: str, column: str, codes: pd.Series, runs: pd.Series
) -> pd.Series:
    """The account that a row of the setup named in a run: from the history of the setup, as it may have changed."""
    changes = schema.LEDGER["master_changes"]
    wanted = select(changes.c.key, changes.c.run_no, changes.c.content).where(changes.c.table_name == table)
    history: dict[str, list[tuple[int, str]]] = {}
    for key, run_no, content in fetch(connection, wanted.order_by(changes.c.change_no)):
        account = json.loads(content).get(column)
        if account is not None:
            history.setdefault(str(key), []).append((int(run_no), str(account)))
    pairs = pd.DataFrame({"code": codes.to_numpy(), "run": runs.to_numpy()})
    distinct = pairs.drop_duplicates()  # A few groups times the runs that used them.
    known = {
        (code, run): _last_before(history.get(code, ()), run)
        for code, run in zip(distinct["code"], distinct["run"].tolist())
    }
    return text_series([known[pair] for pair in zip(pairs["code"], pairs["run"].tolist())])


def _last_before(history: Sequence[tuple[int, str]], run_no: int) -> str:
    """What was last set in or before a run; '' where nothing was."""
    return next((account for changed, account in reversed(history) if changed <= run_no), "")


def _movements(account: pd.Series, day: pd.Series, amount: pd.Series, ledger: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "account_no": account.to_numpy(),
            "posting_date": day.to_numpy(),
            "amount_minor": amount.to_numpy(),
            "ledger": ledger,
        },
        columns=_MOVEMENT,
    )
    return frame[(frame["account_no"] != "").to_numpy()]


# Month ends ------------------------------------------------------------------------------------------------


def _balances(rows: pd.DataFrame, moves: pd.DataFrame, setup: dict[str, str]) -> pd.DataFrame:
    """What each account must hold at the end of every month from the first posting to the last.

    Vouchers of another kind on such an account (a transfer between two banks, a settlement of VAT) have no
    sub-ledger: those rows, and only those, are taken from the general ledger itself.
    """
    owned = rows["role"].isin(_OWN_LEDGER)
    ledgers = {
        **dict(zip(rows.loc[owned, "account_no"], rows.loc[owned, "role"].map(_LEDGER_OF_ROLE))),
        **dict(zip(moves["account_no"], moves["ledger"])),
        **setup,
    }
    others = rows.loc[~owned & rows["account_no"].isin(ledgers), _MOVEMENT[:3]]
    both = pd.concat([moves[_MOVEMENT[:3]], others], ignore_index=True)
    days = pd.concat([rows["posting_date"], both["posting_date"]], ignore_index=True)
    columns = ["account_no", "day", "amount_minor", "ledger"]
    if not len(days):
        return pd.DataFrame(columns=columns)
    months = pd.period_range(days.min(), days.max(), freq="M")
    both["month"] = both["posting_date"].dt.to_period("M")
    sums = both.groupby(["account_no", "month"])["amount_minor"].sum().unstack(fill_value=0)
    sums = sums.reindex(index=sorted(ledgers), columns=months, fill_value=0).cumsum(axis=1)
    ends = months.to_timestamp(how="end").normalize().to_numpy().astype("datetime64[s]")
    count = len(sums.index)
    return pd.DataFrame(
        {
            "account_no": text_array(sums.index.tolist() * len(months)),
            "day": np.repeat(ends, count),
            "amount_minor": sums.to_numpy(dtype=np.int64).T.ravel(),
            "ledger": text_array([ledgers[account] for account in sums.index] * len(months)),
        }
    )


_LEDGER_OF_ROLE = {"receivables": CUSTOMER_LEDGER, "vat": VAT_ENTRIES, "bank": BANK_ENTRIES}
