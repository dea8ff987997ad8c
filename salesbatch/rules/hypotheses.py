"""What could be done with each line, as a sorted list: one row per hypothesis, the best first.

    entry           an entry that the line names
    group           several entries of one customer that the line names
    party amount    an entry of the payer with an amount in the line's band
    party           any other entry of the payer
    amount          an entry of anybody with an amount in the band
    mapping         the whole line to an account, by its text
    collected       an entry that a direct debit of the line's id collects

Party amount, party and amount stand for many pairs at once: such a row holds a stretch of a sorted column of
entries, and the entry is chosen when the row's turn comes. So ten thousand lines on ten thousand equal
invoices are ten thousand rows, never a hundred million pairs. A pair about which all facts say no is never a
hypothesis, whatever the rule sheet holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from salesbatch.core.money import Int64
from salesbatch.rules.evidence import (
    TOO_COMMON,
    Bools,
    DocumentEdges,
    PartyEdges,
    Payments,
    Pool,
    amount_codes,
)
from salesbatch.rules.groups import Groups, group_amount_codes
from salesbatch.rules.scoring import MULTIPLE_DOCUMENTS, NO, YES, look_up_scores

ENTRY, GROUP, PARTY_AMOUNT, PARTY, AMOUNT, MAPPING, COLLECTED = range(7)
FAR = int(np.iinfo(np.int64).max)
"""Farther than every amount."""


@dataclass(frozen=True)
class Facts:
    """All that is known before anything is applied."""

    pool: Pool
    payments: Payments
    counts: Int64
    """Open entries with an amount in each line's band."""
    documents: DocumentEdges
    """Usable ones only: sign, day and currency tested."""
    parties: PartyEdges
    groups: Groups
    mapping_line: Int64
    mapping: Int64
    """Row of the text mappings that fits each of mapping_line."""
    mapping_score: Int64
    refused: Mapping[int, list[int]] = field(default_factory=dict)
    """Entries by line that a person has said no to: no hypothesis holds them."""
    collected: Mapping[int, list[int]] = field(default_factory=dict)
    """Entries by line that a direct debit collects."""


@dataclass(frozen=True)
class Hypotheses:
    """By score, size (both descending), line, kind and subject."""

    line: Int64
    kind: Int64
    score: Int64
    size: Int64
    """Documents: a group has several, a mapping none."""
    party: Int64
    document: Int64
    amount: Int64
    subject: Int64
    """Entry, group or mapping, by kind; 0 where a stretch says which."""
    distance: Int64
    """Of an entry in the band: how far its amount is from the line's; otherwise FAR."""
    stretches: Int64
    """Start and end in the column sorted by full amount, then in the one by amount less discount."""


class SortedColumn(NamedTuple):
    """Entries by amount within a group of entries (a customer's, or all), then in the order of settling."""

    key: Int64
    entries: Int64
    amounts: Int64
    """All different amounts, ascending: a key is group x (their number + 1) + rank of the amount."""

    @classmethod
    def of(cls, group: Int64, amount: Int64, entries: Int64) -> SortedColumn:
        """Sort some entries; group and amount are per entry of the pool."""
        amounts = np.unique(amount[entries])
        key = group[entries] * (len(amounts) + 1) + np.searchsorted(amounts, amount[entries])
        order = np.argsort(key, kind="stable")
        return cls(key[order], entries[order], amounts)

    def stretch(self, group: Int64, low: Int64, high: Int64) -> tuple[Int64, Int64]:
        """Start and end of the entries of each group with an amount from low to high."""
        base = group * (len(self.amounts) + 1)
        start = np.searchsorted(self.key, base + np.searchsorted(self.amounts, low, side="left"))
        end = np.searchsorted(self.key, base + np.searchsorted(self.amounts, high, side="right"))
        return start, np.maximum(start, end)


class SortedPool:
    """The pool in the orders in which it is looked through, by (kind, less discount or not)."""

    def __init__(self, pool: Pool) -> None:
        everything = np.flatnonzero(~pool.on_hold)
        reduced = np.flatnonzero((pool.discount != 0) & ~pool.on_hold)
        net = pool.remaining - pool.discount
        self._currencies = len(pool.currencies)
        owner = self._owner(pool.customer, pool.currency)
        self._columns = {
            (PARTY_AMOUNT, False): SortedColumn.of(owner, pool.remaining, everything),
            (PARTY_AMOUNT, True): SortedColumn.of(owner, net, reduced),
            (AMOUNT, False): SortedColumn.of(pool.currency, pool.remaining, everything),
            (AMOUNT, True): SortedColumn.of(pool.currency, net, reduced),
        }
        signed = owner * 2 + (pool.remaining < 0)
        by_owner = everything[np.argsort(signed[everything], kind="stable")]
        self._signed = signed[by_owner]
        self.entries = {key: column.entries for key, column in self._columns.items()}
        self.entries[PARTY, False] = by_owner

    def _owner(self, customer: Int64, currency: Int64) -> Int64:
        return customer * self._currencies + currency

    def in_band(self, payments: Payments, line: Int64, customer: Int64 | None) -> Int64:
        """Stretches of the entries in each line's band, of a customer per line or of all."""
        currency, kind = payments.currency[line], AMOUNT if customer is None else PARTY_AMOUNT
        group = currency if customer is None else self._owner(customer, currency)
        low, high = payments.low[line], payments.high[line]
        full, net = self._columns[kind, False], self._columns[kind, True]
        return np.stack([*full.stretch(group, low, high), *net.stretch(group, low, high)], axis=1)

    def of_customer(self, payments: Payments, line: Int64, customer: Int64) -> Int64:
        """Stretches of a customer's entries of each line's sign and currency, in the order of settling."""
        wanted = self._owner(customer, payments.currency[line]) * 2 + (payments.amount[line] < 0)
        none = np.zeros_like(line)
        ends = np.searchsorted(self._signed, wanted), np.searchsorted(self._signed, wanted, side="right")
        return np.stack([*ends, none, none], axis=1)


def build_hypotheses(facts: Facts, sorted_pool: SortedPool, table: Int64) -> Hypotheses:
    """All hypotheses that a rule gives a score, the best first."""
    payments, parties = facts.payments, facts.parties
    in_band = amount_codes(facts.counts)
    usable = (payments.amount != 0) & (payments.currency >= 0)
    known = usable[parties.line]
    line, customer, level = parties.line[known], parties.customer[known], parties.level[known]
    # An amount that more than 100 documents have says nothing by itself, and would only make work.
    lines = np.flatnonzero(usable & (facts.counts <= TOO_COMMON))
    nobody, none_in_band = np.zeros_like(lines), np.zeros_like(in_band)
    parts = [
        _entries(facts, in_band),
        _groups(facts),
        _stretched(
            sorted_pool.in_band(payments, line, customer), line, in_band, kind=PARTY_AMOUNT, party=level
        ),
        _stretched(
            sorted_pool.of_customer(payments, line, customer), line, none_in_band, kind=PARTY, party=level
        ),
        _stretched(sorted_pool.in_band(payments, lines, None), lines, in_band, kind=AMOUNT, party=nobody),
    ]
    scored = [
        part | {"score": look_up_scores(table, part["party"], part["document"], part["amount"])}
        for part in parts
    ]
    scored.append(_mappings(facts))
    if facts.collected:
        scored.append(_collections(facts, table))
    columns = {name: np.concatenate([part[name] for part in scored]) for name in scored[0]}
    order = np.lexsort(
        (columns["subject"], columns["kind"], columns["line"], -columns["size"], -columns["score"])
    )
    order = order[columns["score"][order] > 0]
    return Hypotheses(**{name: column[order] for name, column in columns.items()})


def _part(line: Int64, **given: Int64 | int) -> dict[str, Int64]:
    """The columns of one kind of hypothesis; what is not given is 0, the distance FAR."""
    blank: Mapping[str, Int64 | int] = {
        "kind": 0, "size": 1, "party": NO, "document": NO, "amount": NO, "subject": 0, "distance": FAR,
    }  # fmt: skip
    none = np.zeros(len(line), dtype=np.int64)
    part = {name: none + given.get(name, value) for name, value in blank.items()}
    stretches = given.get("stretches", np.zeros((len(line), 4), dtype=np.int64))
    return {"line": line, **part, "stretches": np.asarray(stretches)}


def _entries(facts: Facts, in_band: Int64) -> dict[str, Int64]:
    """Entries that the line names, alone."""
    line, entry = facts.documents.line, facts.documents.entry
    payments = facts.payments
    asked = facts.pool.applicable(entry, payments.day[line])
    fits = (asked >= payments.low[line]) & (asked <= payments.high[line])
    return _part(
        line,
        kind=ENTRY,
        party=_levels(facts.parties, line, facts.pool.customer[entry]),
        document=YES,
        amount=np.where(fits, in_band[line], NO),
        subject=entry,
        distance=np.where(fits, np.abs(asked - payments.amount[line]), FAR),
    )


def _groups(facts: Facts) -> dict[str, Int64]:
    """Entries that the line names, together."""
    groups = facts.groups
    return _part(
        groups.line,
        kind=GROUP,
        size=groups.size,
        party=_levels(facts.parties, groups.line, groups.customer),
        document=MULTIPLE_DOCUMENTS,
        amount=group_amount_codes(groups, facts.pool, facts.payments, facts.counts),
        subject=np.arange(len(groups.line)),
    )


def _stretched(stretches: Int64, line: Int64, amount: Int64, *, kind: int, party: Int64) -> dict[str, Int64]:
    """Entries that the line does not name; amount: the amount fact per line. Only lines that have any."""
    filled: Bools = (stretches[:, 1] > stretches[:, 0]) | (stretches[:, 3] > stretches[:, 2])
    line = line[filled]
    return _part(line, kind=kind, party=party[filled], amount=amount[line], stretches=stretches[filled])


def _mappings(facts: Facts) -> dict[str, Int64]:
    part = _part(facts.mapping_line, kind=MAPPING, size=0, subject=facts.mapping)
    return part | {"score": facts.mapping_score}


def _collections(facts: Facts, table: Int64) -> dict[str, Int64]:
    """Entries that a direct debit collects; of several with one id the one that is named or has the amount."""
    pool, payments = facts.pool, facts.payments
    named = set(zip(facts.documents.line.tolist(), facts.documents.entry.tolist()))
    lines, entries = [], []
    for line, collected in facts.collected.items():
        usable = [
            entry
            for entry in collected
            if pool.currency[entry] == payments.currency[line]
            and pool.posting_day[entry] <= payments.day[line]
            and pool.remaining[entry] * payments.amount[line] > 0
            and entry not in facts.refused.get(line, ())
        ]
        if usable:
            gap = {entry: abs(int(pool.remaining[entry] - payments.amount[line])) for entry in usable}
            lines.append(line)
            entries.append(min(usable, key=lambda entry: ((line, entry) not in named, gap[entry], entry)))
    part = _part(np.array(lines, dtype=np.int64), kind=COLLECTED, subject=np.array(entries, dtype=np.int64))
    return part | {"score": look_up_scores(table, part["party"], part["document"], part["amount"], 2)}


def _levels(parties: PartyEdges, line: Int64, customer: Int64) -> Int64:
    """The party fact of each pair of line and customer."""
    return np.asarray(np.r_[parties.level, NO][parties.find(line, customer)], dtype=np.int64)
