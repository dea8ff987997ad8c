"""Customer ledger entries by the numbers that a person names them with: ours, or the sender's."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

MONEY = ("payment", "refund")
_WHOLE = r"\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+"
_AMOUNT = re.compile(rf"-?({_WHOLE})(?:[.,](\d{{1,3}}))?")


def entries_by_number(
    entries: pd.DataFrame, documents: pd.DataFrame, numbers: Collection[str]
) -> pd.DataFrame:
    """The entries that go by these numbers, one row per number and entry: `number`, `by_sender`, and their columns.

    entries: columns of customer ledger entries. documents: posted documents, whose `no` is the sender's number;
    of a receipt or refund the sender's number is its external document number. Our own numbers come first.
    """
    wanted = list(numbers)
    own = entries[entries["document_no"].isin(wanted)]
    own = own.assign(number=own["document_no"], by_sender=False)
    sent = documents.loc[(documents["posted_no"] != "") & documents["no"].isin(wanted)]
    sent = sent[["document_type", "posted_no", "no"]].set_axis(
        ["document_type", "document_no", "number"], axis=1
    )
    theirs = entries.merge(sent.drop_duplicates(), on=["document_type", "document_no"], how="inner")
    booked = entries[entries["document_type"].isin(MONEY) & entries["external_document_no"].isin(wanted)]
    booked = booked.assign(number=booked["external_document_no"])
    parts = [own, theirs.assign(by_sender=True), booked.assign(by_sender=True)]
    found = pd.concat([part for part in parts if len(part)] or [own], ignore_index=True)
    return found.drop_duplicates(["number", "entry_no"], ignore_index=True)


def best_of(named: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One row per group of `by`: the entry meant, and in `several` whether more than one could be.

    named: what was asked for beside the entries that go by it; our own number wins over a sender's.
    """
    best = named[named["by_sender"] == named.groupby(by)["by_sender"].transform("min")]
    several = best.groupby(by)["entry_no"].transform("nunique") > 1
    return best.assign(several=several).drop_duplicates(by, ignore_index=True)


def at_rows(rows: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The rows of the sheet that named something, with the number named."""
    return rows.merge(named[["document", "number"]], on="document", how="inner")


def parts_of(text: str) -> list[tuple[str, str]]:
    """'103001=1000.00; 103002' -> [('103001', '1000.00'), ('103002', '')].

    >>> parts_of("103001 = 1 000,00 ; 103002;")
    [('103001', '1 000,00'), ('103002', '')]
    """
    parts = (part.partition("=") for part in text.split(";"))
    return [(number.strip(), amount.strip()) for number, _, amount in parts if number.strip()]


def amount_of(text: str, digits: int) -> int | None:
    """A typed amount in minor units, without sign; None where it is no amount, or could be read in two ways.

    >>> amount_of("1 234,50", 2), amount_of("1.234,50", 2), amount_of("1234.5", 2), amount_of("7", 0)
    (123450, 123450, 123450, 7)
    >>> amount_of("1.234", 2), amount_of("1.2.3", 2), amount_of("0.001", 2), amount_of("ten", 2)
    (None, None, None, None)
    """
    match = _AMOUNT.fullmatch(text.replace("\xa0", " ").replace("\u202f", " ").strip())
    if match is None:
        return None
    whole, part = match[1], match[2] or ""
    if len(part) > digits:
        return None
    return int(re.sub(r"\D", "", whole) + part.ljust(digits, "0"))
