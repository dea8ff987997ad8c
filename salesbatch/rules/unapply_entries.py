"""Applications and write-offs taken back: the latest first, every row of theirs mirrored, the entries open again (T14, T15).

Done before the documents and payments of the drop, so that these can settle what it opens.
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
from salesbatch.core.tables import look_up
from salesbatch.rules.entry_actions import (
    UNAPPLY,
    Actions,
    done_rows,
    find_entries,
    settle_dates,
    take_actions,
)
from salesbatch.rules.number_series import next_voucher, voucher_series_of
from salesbatch.rules.post_documents import title
from salesbatch.rules.settlement_rows import SERIES


def unapply_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Take back the latest application of every entry that an Unapply names."""
    actions = take_actions(inbox, books, posting_date, UNAPPLY)
    if actions is None:
        return Journal()
    actions = find_entries(actions, books.named_entries, books, "nothing-to-unapply")
    actions = _find_transactions(actions, books.applications)
    actions = settle_dates(actions, books, actions.rows["applied_on"])
    rows = actions.rows
    if not len(rows):
        return actions.journal()
    first = books.next_no("transaction_no")
    rows = rows.assign(transaction_no=np.arange(first, first + len(rows)))
    mirrored = mirror_transactions(books, company, rows)
    return Journal.join([mirrored, done_rows(books, rows, rows["document_no"]), actions.journal()])


def _find_transactions(actions: Actions, applications: pd.DataFrame) -> Actions:
    """`takes_back`, the transaction of each row, and its day in `applied_on`; rows for which there is none are held."""
    checks, rows = actions.checks, actions.rows
    standing = standing_applications(applications)
    found: dict[int, tuple[int, pd.Timestamp]] = {}
    for row in rows.to_dict("records"):  # Few, and each changes what the next one finds.
        document, one = int(row["document"]), rows[rows["document"] == row["document"]]
        mine = standing.loc[standing["customer_ledger_entry_no"] == row["entry_no"], "transaction_no"]
        if not len(mine):
            checks.report(one, "nothing-to-unapply", "document_no")
            continue
        whole = standing[standing["transaction_no"] == mine.max()]
        touched = standing[standing["customer_ledger_entry_no"].isin(whole["customer_ledger_entry_no"])]
        later = touched[touched["transaction_no"] > mine.max()]
        if len(later):
            newest = later.sort_values("transaction_no")["document_no"].iloc[-1]
            checks.report(
                one.assign(other=newest), "not-the-latest-application", "document_no", other="other"
            )
            continue
        found[document] = (int(mine.max()), whole["posting_date"].max())
        standing = standing[standing["transaction_no"] != mine.max()]
    rows = rows[rows["document"].isin(list(found))].reset_index(drop=True)
    by_row = [found[document] for document in rows["document"]]
    rows["takes_back"] = np.array([number for number, _ in by_row], dtype=np.int64)
    rows["applied_on"] = pd.Series([day for _, day in by_row], dtype="datetime64[s]")
    return actions.with_rows(rows)


def standing_applications(applications: pd.DataFrame) -> pd.DataFrame:
    """Rows of the applications that were not taken back: what takes one back has its number and another transaction."""
    applied = applications[applications["application_no"] != 0]
    times = applied.groupby("application_no")["transaction_no"].transform("nunique")
    return applied[times == 1]


def mirror_transactions(books: Books, company: Company, rows: pd.DataFrame) -> Journal:
    """Detailed, G/L and VAT entries of the transactions with the opposite sign, under new numbers, on the new day.

    rows: takes_back (the transaction), transaction_no (the new one) and posting_date.
    """
    detailed = _copies(books, entries.DETAILED_ENTRIES, books.applications, rows)
    gl = _copies(books, entries.GL_ENTRIES, books.application_gl, rows)
    vat = _copies(books, entries.VAT_ENTRIES, books.application_vat, rows)
    if len(gl):
        letter = voucher_series_of(books, SERIES)
        voucher, _ = pd.factorize(gl["transaction_no"])
        gl["voucher_series"] = letter
        gl["voucher_no"] = voucher + next_voucher(books, letter)
        gl["description"] = title(company, "unapplied") + ": " + gl["description"]
    frames = {"detailed_entries": detailed, "gl_entries": gl, "vat_entries": vat}
    return Journal(rows={name: frame for name, frame in frames.items() if len(frame)})


def _copies(
    books: Books, table: entries.LedgerTable, written: pd.DataFrame, rows: pd.DataFrame
) -> pd.DataFrame:
    """The rows that the transactions wrote into a table, mirrored."""
    by_old = rows.set_index("takes_back")
    copies = written[written["transaction_no"].isin(by_old.index)].reset_index(drop=True)
    old = copies["transaction_no"]
    first = books.next_no(table.name)
    copies = copies.assign(
        run_no=books.run_no,
        transaction_no=look_up(old, by_old["transaction_no"], 0),
        posting_date=by_old["posting_date"].reindex(old).to_numpy(),
        **{field.name: -copies[field.name] for field in table.fields if field.kind == "minor"},
    )
    if "reverses_entry_no" in copies:
        copies["reverses_entry_no"] = copies["entry_no"]
    copies = copies.sort_values(["transaction_no", "entry_no"], ignore_index=True)
    copies["entry_no"] = np.arange(first, first + len(copies))
    return copies
