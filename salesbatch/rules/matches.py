"""What is proposed for the lines of a statement: the answer of the matcher, however it was found."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from salesbatch.core.tables import in_order

APPLICATION_COLUMNS = (
    "statement_line_no", "entry_no", "amount_minor", "discount_minor", "tolerance_minor", "write_off_minor",
    "wanted_minor",
)  # fmt: skip


@dataclass(frozen=True)
class Matches:
    """What is proposed for every line.

    lines: one row per line in input order: statement_line_no, customer_no, match_confidence (high, medium,
    low, none or text_mapping), match_score, related_party_matched, document_no_matched, amount_matched,
    difference_minor (the line's amount less the cash on its applications), mapped_account, evidence, runner_up,
    and kind: settle, on account (of a customer who has paid already), returned, or nothing.
    applications: statement_line_no, entry_no, amount_minor (settled, all else included), discount_minor,
    tolerance_minor, write_off_minor and write_off_account (a bank fee's; "" for rounding), by line, in the order
    of settling; a claim has the line's sign, what is taken off against it the other one. All are in the document's
    currency; wanted_minor is the money that a document in another currency shall have at most, in the line's, 0 for
    as much as possible.
    """

    lines: pd.DataFrame
    applications: pd.DataFrame
    shared: frozenset[int] = frozenset()
    """Lines whose documents belong to several customers: never settled without asking."""
    asked: frozenset[int] = frozenset()
    """Other lines that are never settled without asking."""


def application_frame(columns: dict[str, object], accounts: object = "") -> pd.DataFrame:
    """Applications by line, in the order of settling; columns that are not given are 0."""
    count = len(columns["statement_line_no"])  # type: ignore[arg-type]
    frame = pd.DataFrame(
        {name: columns.get(name, [0] * count) for name in APPLICATION_COLUMNS}, dtype="int64"
    )
    frame["write_off_account"] = pd.Series(
        [accounts] * count if isinstance(accounts, str) else accounts, index=frame.index, dtype="str"
    )
    return in_order(frame, "statement_line_no")
