"""Sheets, and actions, that this version reads and does not act on are held, so that nothing dropped is lost in silence."""

from __future__ import annotations

from datetime import date

import numpy as np

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import Place, finding
from salesbatch.core.inbox import Held, Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.checking import Checks
from salesbatch.rules.entry_actions import ON_ENTRIES
from salesbatch.rules.take_master_data import NOT_MASTER

ACTED_ON = frozenset(
    {
        "orders",
        "invoices",
        "credit_memos",
        "actions",
        "payments",
        "bank_statement",
        "payment_review",
        "opening_entries",
    }
)


def hold_unknown(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """One finding a sheet, and its rows held."""
    findings, held = [], []
    for name, frame in inbox.tables.items():
        table = BY_NAME[name]
        if (
            not len(frame)
            or name in ACTED_ON
            or (table.group in ("setup", "master") and name not in NOT_MASTER)
        ):
            continue
        for (source, sheet), part in frame.groupby(["source", "sheet"], sort=False):
            findings.append(finding("sheet-not-acted-on", Place(str(source), str(sheet)), table.sheet))
            rows = tuple(int(row) for row in part["row"])
            held.append(Held(name, table.sheet, str(source), str(sheet), rows, "sheet-not-acted-on"))
    return Journal.join([Journal(findings=tuple(findings), held=tuple(held)), _other_actions(inbox)])


def _other_actions(inbox: Inbox) -> Journal:
    """A finding and a held row per action that is not acted on."""
    rows = inbox.table("actions")
    if rows is None:
        return Journal()
    checks = Checks(inbox, BY_NAME["actions"])
    rows = rows.assign(document=np.arange(len(rows)))
    checks.report(rows[~rows["action"].isin(ON_ENTRIES)], "action-not-acted-on", "action")
    return checks.journal(rows)
