"""Which lines of a statement were taken in before: by the bank's own id, else by booking date and amount as counts.

The same money comes in many shapes: an export that overlaps with the last one, the camt file of a day whose
sheet was dropped yesterday, a report of the evening after one of noon. A line is known when

1. it has the identity of a known line: account, date, amount, and the bank's id or else the texts, or
2. an earlier source has a line of that account, date and amount, and no line of this source stands for it yet.

So of two sources with two and three lines of 100.00 on a day, one line is new. An entry that a bank split into
its payments is counted as the one entry that it is; when it is known as a single line, its payments can still
explain that line. Two things prove that lines are
not the same: two different ids of the bank in the same kind of file, and statements whose balances follow each
other, because a line stands in one of them only. A statement whose own balances add up proves each of its lines,
even two that are equal in everything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.findings import WARNING, Place, finding
from salesbatch.rules.checking import Checks
from salesbatch.rules.statement_chain import Link, links_of
from salesbatch.rules.statement_entries import number_entries

NO_ID = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED"})
_TEXTS = ("text", "additional_info", "payer_name", "payer_account", "payment_reference")
_PLACE = ["bank_account", "statement_no", "source", "sheet"]

_UNKNOWN = -(10**9)
"""Number of a statement that is not in the books."""
Money = tuple[str, int]
"""Booking date and amount."""
Group = tuple[int, bool]
"""A statement, and whether its lines have an id of the bank."""


def leave_out_known(
    checks: Checks, books: Books, lines: pd.DataFrame, statements: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lines that are new, with `identity`, and the payments of entries that are known as single lines.

    What was left out is named once per source. lines: the lines of the drop with `account` and `document`;
    statements: one row per `document`.
    """
    lines = with_identity(lines.reset_index(drop=True))
    own_id = ~lines["transaction_id"].str.upper().isin(NO_ID)
    proven = statements.index[
        statements["openings"].eq(statements["closings"]) & (statements["openings"] > 0)
    ]
    # The same rows pasted twice into a sheet; without balances nothing says that both are meant.
    whole_row = ["document", "transaction_id", "date", "amount_minor", *_TEXTS]
    again = own_id & ~lines["document"].isin(proven)
    for names in (whole_row[:2], whole_row):  # Where no id comes twice in a statement, no row does.
        if again.any():
            again &= lines.duplicated(names)
    facts = pd.DataFrame(
        {
            "identity": lines["identity"],
            "day": _iso_days(lines["date"]),
            "amount": lines["amount_minor"].astype("int64"),
            "own_id": own_id,
            "again": again,
        }
    )
    facts["part"] = facts["amount"]
    facts["entry"], true_part = number_entries(lines)
    lines["entry_amount_minor"] = lines["entry_amount_minor"].where(true_part)
    facts["amount"] = facts["amount"].mask(true_part, lines["entry_amount_minor"]).astype("int64")
    new = np.zeros(len(lines), dtype=bool)
    explaining = np.zeros(len(lines), dtype=bool)
    identity = facts["identity"].to_numpy(dtype=object).copy()
    for account, part in lines.groupby("account", sort=False):
        known = _Account(books, str(account), statements[statements["bank_account"] == account])
        for document, rows in part.groupby("document", sort=True):
            here = facts.loc[rows.index]
            new[rows.index], identity[rows.index] = known.take(int(str(document)), here)
            explaining[rows.index] = ~new[rows.index] & true_part[rows.index] & known.by_count
            known.tell(checks, rows)
    lines["identity"] = pd.array(identity, dtype="str")
    return lines[new].reset_index(drop=True), lines[explaining].assign(explains=True)


def with_identity(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with `identity`: account, date, amount, the bank's own id or else the texts, and the occurrence.

    Date and amount belong to an identity by id too: some banks use one number for all payments of a kind.
    """
    own_id = ~lines["transaction_id"].str.upper().isin(NO_ID)
    said = "id|" + lines["transaction_id"]
    if not own_id.all():
        texts = lines[_TEXTS[0]].str.strip()
        for name in _TEXTS[1:]:
            texts = texts + "|" + lines[name].str.strip()
        said = said.where(own_id, texts)
    facts = (lines["account"], _iso_days(lines["date"]), lines["amount_minor"], said)
    rows = zip(*(fact.tolist() for fact in facts))
    stems = [f"{account}|{day}|{amount}|{text}" for account, day, amount, text in rows]
    plain = pd.Series(stems, index=lines.index, dtype="str")
    occurrence = plain.groupby([plain, lines["document"]], sort=False).cumcount()
    identity = [f"{stem}|{number}" for stem, number in zip(stems, occurrence.tolist())]
    return lines.assign(identity=pd.array(identity, dtype="str"))


def doubtful_twins(books: Books, lines: pd.DataFrame) -> pd.Series:
    """True for lines that repeat another one in everything, without an id of the bank or balances that prove them.

    They may be the same row pasted twice, so nobody but a person may say that both are payments. The first of
    them is one in either case.
    """
    if not len(lines):
        return pd.Series([], dtype="bool")
    again = lines["transaction_id"].str.upper().isin(NO_ID)
    if again.any():
        again &= ~lines["identity"].str.rpartition("|")[2].isin(["0", "explained"])
    if not again.any():
        return again
    proven = books.statements[books.statements["opening_known"] & books.statements["closing_known"]]
    places = pd.MultiIndex.from_frame(proven[["run_no", *_PLACE]])
    mine = pd.MultiIndex.from_frame(lines[["run_no", *_PLACE]])
    return again & ~mine.isin(places) & ~lines["explains"]


def _iso_days(dates: pd.Series) -> pd.Series:
    """ISO texts of dates; thirty times as fast as strftime."""
    texts = np.datetime_as_string(dates.to_numpy().astype("datetime64[D]"))
    return pd.Series(texts.astype(object), index=dates.index, dtype="str")


class _Account:
    """The lines of one account that are known, in groups that are the same in what makes lines comparable."""

    def __init__(self, books: Books, account: str, statements: pd.DataFrame) -> None:
        self.kind_of: dict[int, str] = {}
        self.counts: defaultdict[Money, Counter[Group]] = defaultdict(Counter)
        """Per date and amount, how many entries each statement has, those with an id of the bank apart."""
        self.parts: defaultdict[str, defaultdict[tuple[int, Group], list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )
        """Per date the entries that came as several payments: entry amount and group, and what each payment is."""
        self.by_identity: defaultdict[str, list[int]] = defaultdict(list)
        """The statements in which an identity stands."""
        self.found = (0, 0, 0, 0)
        self.by_count: list[bool] = []
        """Of the statement taken last, which lines were known by date and amount only."""
        known = books.statements[books.statements["bank_account"] == account].reset_index(drop=True)
        self._links = links_of(known, new=False)
        # Statements of the books count down from -1, those of the drop are their document.
        self._numbers = [-1 - link.number for link in self._links]
        places = {tuple(key): -1 - number for number, *key in known[["run_no", *_PLACE]].itertuples()}
        self.kind_of |= {-1 - number: kind for number, kind in enumerate(known["kind"])}
        for document, link in zip(
            statements.index[statements["opening_known"] & statements["closing_known"]],
            links_of(statements, new=True),
        ):
            self._links.append(link)
            self._numbers.append(int(document))
        self.kind_of |= dict(zip(statements.index.tolist(), statements["kind"]))
        self._load(books.known_statement, account, places)

    def _load(self, lines: pd.DataFrame, account: str, places: dict[tuple[object, ...], int]) -> None:
        mine = lines[lines["bank_account"] == account]
        own_id = ~mine["transaction_id"].str.upper().isin(NO_ID)
        days = _iso_days(mine["date"])
        entry = mine["entry_amount_minor"].where(mine["entry_amount_minor"] != 0, mine["amount_minor"])
        keys = zip(*(mine[name] for name in ("run_no", *_PLACE)))
        moved: Counter[tuple[Money, Group]] = Counter()
        for key, day, amount, whole, explains, has_id, identity in zip(
            keys, days, mine["amount_minor"], entry, mine["explains"], own_id, mine["identity"]
        ):
            statement = places.get(key, _UNKNOWN)
            self.by_identity[identity].append(statement)
            if not explains:  # What explains a line is no money beside it.
                moved[(day, whole), (statement, has_id)] += amount
                if amount != whole:
                    self.parts[day][whole, (statement, has_id)].append(amount)
        for (money, group), amount in moved.items():
            self.counts[money][group] += amount // money[1]

    def take(self, document: int, facts: pd.DataFrame) -> tuple[list[bool], list[str]]:
        """For each line of a statement whether it is new, and its identity; then the new ones are known too.

        The loop is one over entries, because whether one is known depends on what those before it stood for;
        it costs a few look-ups an entry.
        """
        apart, kind = self._apart(document), self.kind_of[document]
        names = facts["identity"].tolist()
        first = facts.drop_duplicates("entry")
        own_ids = first["own_id"].tolist()
        moneys: list[Money] = list(zip(first["day"].tolist(), first["amount"].tolist()))
        used: Counter[tuple[Money, Group]] = Counter()
        new = [True] * len(first)
        by_count = [False] * len(first)
        doubtful = 0
        for place, (name, again) in enumerate(zip(first["identity"].tolist(), first["again"].tolist())):
            same = [other for other in self.by_identity.get(name, ()) if other not in apart]
            if same:
                used[moneys[place], (same[0], own_ids[place])] += 1
            new[place] = not (same or again)
        # Entries with an id of the bank choose first: they can stand for those of another kind of file only.
        for place in sorted(range(len(new)), key=lambda place: not own_ids[place]):
            money = moneys[place]
            if not new[place] or money not in self.counts:
                continue
            for group, count in self.counts[money].items():
                other_kind = self.kind_of.get(group[0], kind) != kind
                comparable = other_kind or not (own_ids[place] or group[1])
                if comparable and group[0] not in apart and used[money, group] < count:
                    used[money, group] += 1
                    new[place], by_count[place] = False, True
                    doubtful += not other_kind
                    break
        place_of = pd.Series(range(len(first)), index=first["entry"]).loc[facts["entry"]].tolist()
        payments: list[list[int]] = [[] for _ in new]
        for place, part in zip(place_of, facts["part"].tolist()):
            payments[place].append(part)
        one_by_one = self._known_one_by_one(moneys, payments, new, used, apart, kind)
        for place in np.flatnonzero(new).tolist():
            group = (document, own_ids[place])
            self.counts[moneys[place]][group] += 1
            if len(payments[place]) > 1:
                day, amount = moneys[place]
                self.parts[day][amount, group] += payments[place]
        line_new = [new[place] for place in place_of]
        self.by_count = [by_count[place] for place in place_of]
        for row in np.flatnonzero(line_new).tolist():
            stem, _, number = names[row].rpartition("|")
            # What stands there is an equal line of another statement, which was proven to be another payment.
            while names[row] in self.by_identity:
                number = str(int(number) + 1)
                names[row] = f"{stem}|{number}"
            self.by_identity[names[row]].append(document)
        known = len(line_new) - sum(line_new)
        counted = sum(self.by_count) + sum(len(payments[place]) for place in one_by_one)
        self.found = (known - counted, counted, doubtful, len(line_new))
        return line_new, names

    def _known_one_by_one(
        self,
        moneys: list[Money],
        payments: list[list[int]],
        new: list[bool],
        used: Counter[tuple[Money, Group]],
        apart: set[int],
        kind: str,
    ) -> list[int]:
        """Places of entries of which one kind of file has the payments as an entry and another as lines of their own.

        All payments of an entry must be there: a single transfer that equals one of them is money of its own.
        They are set to known in `new`, and what they stand for is counted in `used`.
        """
        others = [number for number, other in self.kind_of.items() if other != kind and number not in apart]
        lines: defaultdict[Money, list[int]] = defaultdict(list)
        whole: list[int] = []
        for place, is_new in enumerate(new):
            if is_new and len(payments[place]) == 1:
                lines[moneys[place]].append(place)
            elif is_new:
                whole.append(place)
        found: list[int] = []
        for day in sorted({day for day, _ in lines} & self.parts.keys()):
            for (entry, group), amounts in self.parts[day].items():
                key = ((day, entry), group)
                wanted = Counter(amounts)
                if group[0] not in others or used[key] or self.counts[day, entry][group] == 0:
                    continue
                if all(len(lines[day, amount]) >= count for amount, count in wanted.items()):
                    found += [lines[day, amount].pop(0) for amount in amounts]
                    used[key] = self.counts[day, entry][group]
        for place in whole:
            day = moneys[place][0]
            for number in others:
                keys = [
                    ((day, amount), (number, has_id))
                    for amount in set(payments[place])
                    for has_id in (True, False)
                ]
                left = {key: self.counts[key[0]][key[1]] - used[key] for key in keys if key[0] in self.counts}
                taken = _take_all(payments[place], left)
                if taken is not None:
                    used.update(taken)
                    found.append(place)
                    break
        for place in found:
            new[place] = False
        return found

    def tell(self, checks: Checks, rows: pd.DataFrame) -> None:
        """Name what was left out of the statement taken last."""
        by_id, by_count, doubtful, total = self.found
        place = Place(str(rows["source"].iloc[0]), str(rows["sheet"].iloc[0]))
        if by_id:
            checks.findings.append(finding("input-exists", place, count=by_id, total=total))
        if by_count:
            severity = WARNING if doubtful else ""
            checks.findings.append(
                finding("statement-line-known", place, severity=severity, count=by_count, total=total)
            )

    def _apart(self, document: int) -> set[int]:
        """Statements that cannot share a line with this one: those before and after it in an unbroken chain.

        Only those that touch its days matter, since lines of other days are never compared.
        """
        if document not in self._numbers:
            return set()
        mine = self._links[self._numbers.index(document)]
        near = [
            (number, link)
            for number, link in zip(self._numbers, self._links)
            if link is not mine and link.date >= mine.first_date and link.first_date <= mine.date
        ]
        return {number for forward in (True, False) for number in _reached(mine, near, forward)}


def _take_all(
    amounts: list[int], left: dict[tuple[Money, Group], int]
) -> Counter[tuple[Money, Group]] | None:
    """What stands for each amount, out of what is left; None when one of them has nothing."""
    taken: Counter[tuple[Money, Group]] = Counter()
    for amount in amounts:
        free = [key for key, count in left.items() if key[0][1] == amount and count > taken[key]]
        if not free:
            return None
        taken[free[0]] += 1
    return taken


def _reached(start: Link, near: list[tuple[int, Link]], forward: bool) -> Iterator[int]:
    """Statements that follow (or go before) one, each beginning where the one before it ends."""
    waiting, left = [start], list(near)
    while waiting:
        here = waiting.pop()
        for number, link in list(left):
            before, after = (here, link) if forward else (link, here)
            if _is_next(before, after):
                left.remove((number, link))
                waiting.append(link)
                yield number


def _is_next(before: Link, after: Link) -> bool:
    """Follows for certain: a statement without movement fits anywhere and proves nothing on its own day."""
    still = before.opening == before.closing or after.opening == after.closing
    return after.follows(before) and not (still and after.first_date == before.date)
