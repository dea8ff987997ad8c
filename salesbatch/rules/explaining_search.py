"""Which line of a statement an explaining file means: by account, day and amount, or by a unique amount a few days off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesbatch.core.books import EXPLAINED_DAYS, Books

Entry = tuple[str, Any, int]
"""Account, booking date and amount of an entry."""
MISSING, AMBIGUOUS, SETTLED = (
    "statement-entry-missing",
    "statement-entry-ambiguous",
    "statement-entry-settled",
)
_NEAR = pd.Timedelta(days=EXPLAINED_DAYS)


class ExplainingSearch:
    """The lines of the books by account, date and amount, and what has become of them."""

    def __init__(self, books: Books) -> None:
        self._open: defaultdict[Entry, list[dict[Any, Any]]] = defaultdict(list)
        self._settled: set[Entry] = set()
        self._split: set[Entry] = set()
        self._parts: defaultdict[Entry, list[tuple[int, ...]]] = defaultdict(list)
        """The payments of every entry that was split, each in the order of their amounts."""
        self._days: defaultdict[str, Any] = defaultdict(lambda: pd.Timestamp.min)
        """The last day that the statements at hand have reached, by account."""
        waiting = set(books.open_lines["statement_line_no"])
        lines = pd.concat(
            [part for part in (books.bank_lines, books.known_statement) if len(part)] or [books.bank_lines]
        ).drop_duplicates("statement_line_no")
        lines = lines.sort_values("statement_line_no")
        taken_back = {
            (account, day, -amount)
            for account, day, amount, explains, entry in zip(
                lines["bank_account"],
                lines["date"],
                lines["amount_minor"].tolist(),
                lines["explains"],
                lines["entry_amount_minor"].tolist(),
            )
            if explains and amount == -entry
        }
        growing: defaultdict[Entry, list[int]] = defaultdict(list)
        for line in lines.to_dict("records"):  # Lines of the days in question.
            amount = int(line["amount_minor"])
            entry = int(line["entry_amount_minor"]) or amount
            key = (line["bank_account"], line["date"], entry)
            if not line["explains"]:
                self._days[key[0]] = max(self._days[key[0]], key[1])
            if amount != -entry and (entry != amount or line["explains"]):
                growing[key].append(amount)
                if sum(growing[key]) == entry:
                    self._parts[key].append(tuple(sorted(growing.pop(key))))
            if line["explains"]:
                continue
            if entry != amount or key in taken_back:
                self._split.add(key)
            if entry != amount:
                continue
            if line["statement_line_no"] in waiting:
                self._open[key].append(line)
            else:
                self._settled.add(key)

    def line_of(self, key: Entry, ids: set[str], parts: tuple[int, ...], wanted: int) -> tuple[int, str]:
        """Number of the open line that an entry is, each once; or 0 and why there is none.

        parts: the amounts of the payments; the same ones as of an entry that was split already are that entry, told
        by another file, and others are those of a second deposit. wanted: how many entries ask for such a line.
        """
        here = self._open.get(key, [])
        stems = ids | {number.rpartition("/")[0] for number in ids}
        named = [line for line in here if line["transaction_id"] and line["transaction_id"] in stems]
        if key in self._split and not named and parts in self._parts[key]:
            return 0, AMBIGUOUS if here else "known"
        if not here:
            return 0, SETTLED if key in self._settled and key not in self._split else MISSING
        plain = [line for line in here if not line["payer_name"] and not line["payment_reference"]]
        chosen = named or plain or here
        if len(chosen) > max(wanted, 1) and not named:
            return 0, AMBIGUOUS
        found = chosen[0]
        here.remove(found)  # chosen may be the same list.
        return int(found["statement_line_no"]), ""

    def near_line_of(self, key: Entry, missing: Sequence[Entry]) -> tuple[int, str]:
        """The same for an entry whose day has no such line: the only lump of its amount within a few days.

        Only where the statement has reached the day, so that its own line would be there, and where no other entry
        (missing: all that look for one) wants the amount.
        """
        account, day, amount = key
        if self._days[account] < day:
            return 0, MISSING
        near = self._near(key, [*dict.fromkeys([*self._open, *self._settled, *self._split])])
        lines = [line for one in near for line in self._open.get(one, ())]
        taken = [one for one in near if one in self._settled or one in self._split]
        rivals = self._near(key, missing)
        if not lines:
            return 0, MISSING
        lump = len(lines) == 1 and not lines[0]["payer_name"] and not lines[0]["payment_reference"]
        if not lump or taken or len(rivals) > 1:
            return 0, AMBIGUOUS
        self._open[account, lines[0]["date"], amount].clear()
        return int(lines[0]["statement_line_no"]), ""

    @staticmethod
    def _near(key: Entry, entries: Sequence[Entry]) -> list[Entry]:
        """Those of the same account and amount within a few days."""
        account, day, amount = key
        return [
            one for one in entries if one[0] == account and one[2] == amount and abs(one[1] - day) <= _NEAR
        ]
