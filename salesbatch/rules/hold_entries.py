"""Customer ledger entries put on hold and released: the actions Hold and Unhold.

An entry on hold is not reminded of, and no bank line is matched with it unless the line names it by number. It
can still be paid, applied and written off by hand.
"""

from __future__ import annotations

from datetime import date

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.rules.entry_actions import HOLD, UNHOLD, done_rows, find_entries, take_actions
from salesbatch.rules.prepare_documents import check_posting_dates

ON_HOLD = "HOLD"
"""What stands on an entry that is held by a row without Reason Code and Requested By."""


def hold_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Set or clear On Hold of the named entries; where it is so already, a notice says it."""
    actions = take_actions(inbox, books, posting_date, HOLD, UNHOLD)
    if actions is None:
        return Journal()
    check_posting_dates(actions.checks, books, actions.rows)
    actions = find_entries(actions.with_rows(actions.rows), books.open_entries, books)
    rows = actions.rows
    by = rows["reason_code"].where(rows["reason_code"] != "", rows["requested_by"])
    wanted = by.where(by != "", ON_HOLD).where(rows["action"] == HOLD, "")
    before = wanted.groupby(rows["entry_no"]).shift().fillna(rows["entry_on_hold"])
    same = wanted == before
    actions.checks.report(rows[same], "action-done-already", "document_no")
    rows = rows.assign(on_hold=wanted, transaction_no=0)
    return Journal.join([done_rows(books, rows, rows["document_no"]), actions.journal()])
