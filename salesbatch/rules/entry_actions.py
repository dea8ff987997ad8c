"""The `Actions` sheet for what concerns customer ledger entries: which rows are to be done, on which entry, when.

A row is a document of its own: one that cannot be done is held, and its neighbours are done. A row that was
done is known by its key and skipped when it comes again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import amount_text, minor_digits
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks, exists_only
from salesbatch.rules.document_rows import key_rows
from salesbatch.rules.exchange import digits_of
from salesbatch.rules.named_entries import best_of, entries_by_number
from salesbatch.rules.prepare_documents import check_posting_dates

UNAPPLY, APPLY, REFUND, WRITE_OFF, HOLD, UNHOLD = "Unapply", "Apply", "Refund", "Write Off", "Hold", "Unhold"
ON_ENTRIES = (UNAPPLY, APPLY, REFUND, WRITE_OFF, HOLD, UNHOLD)
"""In the order in which a drop does them."""
REPEATABLE = (UNAPPLY, APPLY, REFUND, WRITE_OFF)
"""What can happen twice to one entry, and so needs an Action No."""
TABLE = BY_NAME["actions"]


@dataclass(frozen=True)
class Actions:
    """The rows of some actions. dropped: all of them; rows: what is still to be done, in order, each with `document`."""

    checks: Checks
    dropped: pd.DataFrame
    rows: pd.DataFrame

    def with_rows(self, rows: pd.DataFrame) -> Actions:
        """The same with other rows; those of held documents left out."""
        return replace(self, rows=self.checks.good(rows).reset_index(drop=True))

    def journal(self) -> Journal:
        """Findings and held rows."""
        return self.checks.journal(self.dropped)


def take_actions(inbox: Inbox, books: Books, posting_date: date, *wanted: str) -> Actions | None:
    """The rows of the wanted actions that are new, by date and Action No.; None when the drop has none.

    Adds `typed` (whether the date was) and fills posting_date.
    """
    sheet = inbox.table(TABLE.name)
    if sheet is None or not sheet["action"].isin(wanted).any():
        return None
    dropped = sheet.assign(document=np.arange(len(sheet)))
    dropped = dropped[dropped["action"].isin(wanted)].reset_index(drop=True)
    checks = Checks(inbox, TABLE)
    rows = dropped[exists_only(checks, books, dropped)].reset_index(drop=True)
    nameless = rows[(rows["action_no"] == "") & rows["action"].isin(REPEATABLE)]
    checks.report(nameless, "action-no-missing", "action")
    day = rows["posting_date"]
    rows = rows.assign(
        typed=day.notna(), posting_date=day.fillna(pd.Timestamp(posting_date)).astype("datetime64[s]")
    )
    order = sorted(
        range(len(rows)), key=lambda place: (rows["posting_date"][place], _natural(rows["key"][place]))
    )
    return Actions(checks, dropped, rows.iloc[order]).with_rows(rows.iloc[order])


def _natural(key: str) -> list[tuple[int, str]]:
    """A key by which A-9 goes before A-10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", key)]


def find_entries(
    actions: Actions, known: pd.DataFrame, books: Books, missing: str = "action-document-unknown"
) -> Actions:
    """The entry that each row names by Document Type and Document No., its columns as `entry_…`.

    known: the customer ledger entries that can be meant.
    """
    checks, rows = actions.checks, actions.rows
    found = entries_by_number(known, books.named, set(rows["document_no"])).add_prefix("entry_")
    asked = rows.assign(
        entry_document_type=rows["document_type"].str.lower().str.replace(" ", "_"),
        entry_number=rows["document_no"],
    )
    named = asked.merge(found, on=["entry_document_type", "entry_number"], how="inner")
    named = named.rename(columns={"entry_by_sender": "by_sender", "entry_entry_no": "entry_no"})
    best = best_of(named, ["document"])
    lost = rows[~rows["document"].isin(best["document"])]
    checks.report(lost, missing, "document_no", kind="document_type")
    checks.report(best[best["several"]], "action-document-several", "document_no")
    order = rows["document"].reset_index(drop=True)
    best = best.set_index("document").reindex(order[order.isin(best["document"])]).reset_index()
    return actions.with_rows(best)


def settle_dates(actions: Actions, books: Books, earliest: pd.Series) -> Actions:
    """T5, T14: a typed date before `earliest` is a finding, a blank one moves to it; both lie in the open period."""
    checks, rows = actions.checks, actions.rows
    early = rows["typed"] & (rows["posting_date"] < earliest)
    named = rows[early].assign(earliest=earliest[early].dt.strftime("%Y-%m-%d"))
    checks.report(named, "action-too-early", "posting_date", earliest="earliest")
    later = rows["posting_date"].where(rows["posting_date"] > earliest, earliest).astype("datetime64[s]")
    rows = rows.assign(posting_date=later)
    check_posting_dates(checks, books, checks.good(rows))
    return actions.with_rows(rows)


def settle_amounts(actions: Actions, books: Books, *, in_all: bool = True) -> Actions:
    """`amount` in minor units of the entry's currency, without sign: as typed, else all that remains.

    More than remains is a finding. in_all: earlier rows on the same entry have used up their part of it, which
    stands in `before`.
    """
    checks, rows = actions.checks, actions.rows
    local = books.company.settings.local_currency_code
    currency = rows["entry_currency_code"].where(rows["entry_currency_code"] != "", local)
    typed = rows["amount_minor"].notna().to_numpy()
    # The sheet has no currency of its own, so it was read in the decimals of the local one.
    asked, rest = np.divmod(
        plain_int(rows["amount_minor"]) * 10 ** digits_of(currency), 10 ** minor_digits(local)
    )
    checks.report(rows[typed & (rest != 0)], "amount-finer-than-currency", "amount_minor")
    amounts, befores, lefts = [], [], []
    used: dict[int, int] = {}
    remaining = np.abs(rows["entry_remaining_minor"].to_numpy()).tolist()
    for entry, whole, is_typed, wanted in zip(rows["entry_no"], remaining, typed, asked.tolist()):
        before = used.get(entry, 0) if in_all else 0  # Few rows, and each leaves less for the next.
        amount = wanted if is_typed else whole - before
        if 0 < amount <= whole - before:
            used[entry] = before + amount
        amounts.append(amount)
        befores.append(before)
        lefts.append(whole - before)
    rows = rows.assign(
        amount=np.array(amounts, dtype=np.int64),
        before=np.array(befores, dtype=np.int64),
        left=[amount_text(left, code) for left, code in zip(lefts, currency)],
        entry_currency_code=currency,
    )
    beyond = (rows["amount"] <= 0) | (rows["amount"] > np.array(lefts, dtype=np.int64))
    checks.report(rows[beyond], "action-amount-too-large", "amount_minor", remaining="left")
    return actions.with_rows(rows)


def done_rows(books: Books, done: pd.DataFrame, posted: object) -> Journal:
    """What is kept of the actions that were done: the facts of each, its key, and that it is no longer held.

    done: rows with entry_no, and transaction_no, amount, account_no and on_hold where they have any; several rows
    of one action are its transactions. posted: the document number that each led to.
    """
    first = books.next_no("entry_actions")
    given = {name: done[name] for name in entries.ENTRY_ACTIONS.names if name in done}
    facts = entries.ENTRY_ACTIONS.frame(
        {
            **given,
            "action_id": np.arange(first, first + len(done)),
            "run_no": books.run_no,
            "action": done["action"].str.lower().str.replace(" ", "_"),
            "amount_minor": done.get("amount", 0),
        },
        len(done),
    )
    keys = key_rows(books, TABLE.name, done, 0, posted).drop_duplicates(
        ["table_name", "key"], ignore_index=True
    )
    return Journal(
        rows={"entry_actions": facts, "input_keys": keys},
        closed_held=tuple(sorted(set(done["held_id"]) - {""})),
    )
