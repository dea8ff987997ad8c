"""Decisions on statement lines as rows of `payment_matches`: what was found, what was done, and why.

A line has a row for every decision that differs from the one before; the last row is what counts.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.journal import Journal
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.core.tables import in_order, look_up
from salesbatch.rules.matches import Matches

DECIDED = ("status", "customer_no", "match_confidence", "applied_documents", "difference_minor")
"""What makes a decision another one. Words and counts change with every document that is posted; these do not."""


def match_rows(books: Books, facts: pd.DataFrame) -> pd.DataFrame:
    """New PAYMENT_MATCHES rows for those lines whose decision is not the one that stands already.

    facts: one row per line with any columns of the table; what is missing is blank.
    """
    last = books.bank_matches.set_index("statement_line_no")
    table = entries.PAYMENT_MATCHES
    given: dict[str, object] = {name: facts[name] for name in table.names if name in facts}
    frame = table.frame(given | {"match_no": 0, "run_no": books.run_no}, len(facts))
    numbers = frame["statement_line_no"]
    before = look_up(numbers, last["refused_entries"])
    frame["refused_entries"] = frame["refused_entries"].where(frame["refused_entries"] != "", before)
    stays = numbers.isin(last.index)
    for name in DECIDED:
        blank: str | int = 0 if name == "difference_minor" else ""
        stays &= frame[name] == look_up(numbers, last[name], blank)
    frame = in_order(frame[~stays], "statement_line_no")
    first = books.next_no("payment_matches")
    return frame.assign(match_no=np.arange(first, first + len(frame)))


def applied_text(matches: Matches, opened: pd.DataFrame) -> pd.Series:
    """'INV-1=1250.00;INV-2=80.00' per statement line."""
    return _texts(matches.applications, opened)


def _texts(pairs: pd.DataFrame, opened: pd.DataFrame) -> pd.Series:
    by_entry = opened.set_index("entry_no")
    numbers = look_up(pairs["entry_no"], by_entry["document_no"]).tolist()
    currency = look_up(pairs["entry_no"], by_entry["currency_code"]).tolist()
    texts: dict[int, str] = {}
    for line, number, amount, code in zip(
        pairs["statement_line_no"].tolist(), numbers, pairs["amount_minor"].tolist(), currency
    ):
        text = f"{number}={decimal_text(amount, minor_digits(code))}"
        texts[line] = f"{texts[line]};{text}" if line in texts else text
    return pd.Series(texts, dtype="str")


def settled_text(journal: Journal, opened: pd.DataFrame) -> pd.Series:
    """What each posted payment settled, as `applied_text` says it, by the payment's number.

    journal: of the payments and their settlement; opened: the entries that were open before. A claim in another
    currency than the money is named with what it lost in its own.
    """
    detailed = journal.table("detailed_entries")
    mine = detailed[detailed["customer_ledger_entry_no"].isin(opened["entry_no"])]
    lost = mine.groupby(["document_no", "customer_ledger_entry_no"], sort=False)["amount_minor"].sum()
    pairs = lost.reset_index().set_axis(["statement_line_no", "entry_no", "amount_minor"], axis=1)
    pairs["amount_minor"] = -pairs["amount_minor"]
    return _texts(pairs[pairs["amount_minor"] != 0], opened)


def refused_pairs(books: Books) -> pd.DataFrame:
    """statement_line_no and entry_no of what a person has rejected, for the lines at hand."""
    found = books.bank_matches.loc[
        books.bank_matches["refused_entries"] != "", ["statement_line_no", "refused_entries"]
    ]
    pairs = [(line, int(entry)) for line, text in found.itertuples(index=False) for entry in text.split(";")]
    return pd.DataFrame(pairs, columns=["statement_line_no", "entry_no"]).astype("int64")


def entry_list(numbers: Iterable[int]) -> str:
    """Entry numbers as they stand in `refused_entries`: '12;15'."""
    return ";".join(str(number) for number in sorted(set(numbers)))
