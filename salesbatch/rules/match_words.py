"""Every match is told in words: what speaks for it, and what came second and why not.

The reviewer reads one sentence a line, such as 'payer account 5050-1055 is customer C001; number 103001 in
the text; amount equals the remaining amount', and can weigh the runner-up: 'INV 103007: same amount, other
payer'.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.findings import written
from salesbatch.core.match_texts import document_label, match_phrase
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.rules.assignment import Assignment, Outcome
from salesbatch.rules.evidence import (
    BY_ACCOUNT,
    BY_EXTERNAL_NUMBER,
    BY_NAME,
    BY_NAME_AND_ADDRESS,
    BY_NAME_IN_TEXT,
    BY_NUMBER,
    BY_UNIQUE_NAME,
    BY_UNIQUE_NAME_IN_TEXT,
    DocumentEdges,
)
from salesbatch.rules.hypotheses import COLLECTED, ENTRY, GROUP, MAPPING
from salesbatch.rules.scoring import MULTIPLE, NO

_PARTY_WORDS = {
    BY_ACCOUNT: "account",
    BY_NAME_AND_ADDRESS: "name and address",
    BY_UNIQUE_NAME: "unique name",
    BY_NAME: "fitting name",
    BY_UNIQUE_NAME_IN_TEXT: "unique name in text",
    BY_NAME_IN_TEXT: "name in text",
}
_LISTED = 5


class Words:
    """Tells the outcome; all lists are by position of line, entry or hypothesis."""

    def __init__(
        self,
        assignment: Assignment,
        outcome: Outcome,
        named: DocumentEdges,
        mappings: pd.DataFrame,
        language: str,
    ) -> None:
        self._language = language
        self._assignment, self._outcome = assignment, outcome
        self._facts = assignment.facts
        hypotheses = assignment.hypotheses
        order = np.argsort(hypotheses.line, kind="stable")
        count = len(outcome.chosen)
        self._rows = order.tolist()
        self._rows_start = np.searchsorted(hypotheses.line[order], np.arange(count + 1)).tolist()
        self._chosen = outcome.chosen.tolist()
        self._kind, self._subject = hypotheses.kind.tolist(), hypotheses.subject.tolist()
        self._amount_code, self._counts = hypotheses.amount.tolist(), self._facts.counts.tolist()
        self._mappings = mappings["text"].tolist()
        self._named = {
            (line, entry): how
            for line, entry, how in zip(named.line.tolist(), named.entry.tolist(), named.how.tolist())
        }
        self._named_start = np.searchsorted(named.line, np.arange(count + 1)).tolist()
        self._named_entry = named.entry.tolist()
        parties = self._facts.parties
        self._party = {
            (line, customer): how
            for line, customer, how in zip(
                parties.line.tolist(), parties.customer.tolist(), parties.how.tolist()
            )
        }
        self._party_start = np.searchsorted(parties.line, np.arange(count + 1)).tolist()
        self._party_customer = parties.customer.tolist()
        pool, payments = self._facts.pool, self._facts.payments
        self._customer = pool.customer.tolist()
        self._remaining: list[int] = pool.remaining.tolist()
        self._discount: list[int] = pool.discount.tolist()
        self._posting_day, self._discount_day = pool.posting_day.tolist(), pool.discount_day.tolist()
        self._currency, self._left = pool.currency.tolist(), outcome.left.tolist()
        self._amount, self._day = payments.amount.tolist(), payments.day.tolist()
        self._line_currency = payments.currency.tolist()

    def evidence(self, line: int) -> str:
        """What speaks for the match, or why there is none."""
        row = self._chosen[line]
        if row < 0:
            return self._why_not(line)
        if self._kind[row] == MAPPING:
            return self._say("mapping", text=self._mappings[self._subject[row]])
        entries = self._outcome.entries_of[line]
        if self._kind[row] == COLLECTED:
            name = self._facts.payments.transaction_id[line]
            return self._say("direct debit", written=name, numbers=self._list(entries))
        parts = [self._party_words(line, self._customer[entries[0]]), self._number_words(line, entries)]
        parts.append(self._amount_words(line, row, entries))
        return "; ".join(part for part in parts if part)

    def runner_up(self, line: int) -> str:
        """The best of what was not chosen, with what sets it apart; '' where there is nothing."""
        taken = frozenset(self._outcome.entries_of.get(line, ()))
        chosen = self._chosen[line]
        for place in range(self._rows_start[line], self._rows_start[line + 1]):
            row = self._rows[place]
            kind = self._kind[row]
            if row == chosen and kind in (ENTRY, GROUP, MAPPING, COLLECTED):
                continue
            if kind == MAPPING:
                return self._say("mapped", text=self._mappings[self._subject[row]])
            if kind == GROUP:
                members = self._members(self._subject[row])
                apart = self._apart(line, row, members[0], taken)
                return self._say("together", documents=self._list(members), apart=apart)
            entry = self._assignment.best_entry(row, taken)[1]
            if entry >= 0:
                return f"{self._label(entry)}: {self._apart(line, row, entry, taken)}"
        return ""

    def _party_words(self, line: int, customer: int) -> str:
        how = self._party.get((line, customer))
        if how is None:
            return ""
        payments = self._facts.payments
        written = payments.payer_account if how == BY_ACCOUNT else payments.payer_name
        customer_no = self._facts.pool.customer_nos[customer]
        return self._say(_PARTY_WORDS[how], written=written[line], customer=customer_no)

    def _number_words(self, line: int, entries: list[int]) -> str:
        pool = self._facts.pool
        found: dict[bool, list[str]] = {}
        for entry in entries:
            how = self._named.get((line, entry))
            if how == BY_NUMBER:
                found.setdefault(True, []).append(pool.document_no[entry])
            elif how == BY_EXTERNAL_NUMBER:
                found.setdefault(True, []).append(self._number_of(pool.external_document_no[entry], entry))
            elif how is not None:
                found.setdefault(False, []).append(self._number_of(pool.payment_reference[entry], entry))
        parts = []
        for in_text, numbers in found.items():
            names = ("in full", "several in full") if in_text else ("one reference", "references")
            parts.append(self._say(names[len(numbers) > 1], numbers=self._some(numbers)))
        return "; ".join(parts)

    def _amount_words(self, line: int, row: int, entries: list[int]) -> str:
        code = self._amount_code[row]
        members = self._members(self._subject[row]) if self._kind[row] == GROUP else entries
        asked = sum(self._asked(line, entry) for entry in members)
        net = any(self._asked(line, entry) != self._remaining[entry] for entry in members)
        what = self._say("sum" if len(members) > 1 else "remaining", count=len(members))
        what = self._say("net", what=what) if net else what
        rest = abs(self._amount[line]) - abs(asked)
        if rest == 0 and code != NO:
            text = self._say("equals", what=what)
        else:
            digits = minor_digits(self._facts.pool.currencies[self._line_currency[line]])
            less = self._say("more" if rest > 0 else "less")
            gap = written(decimal_text(abs(rest), digits), self._language)
            text = self._say("differs", gap=gap, less=less, what=what)
            text = self._say("in band", told=text) if code != NO else text
        if code == MULTIPLE:
            count = self._counts[line]
            name = "documents have it" if len(members) == 1 else "others have it"
            text = self._say(name, told=text, count=count)
        return text

    def _why_not(self, line: int) -> str:
        """Why a line has no match: what was found and why it could not be used."""
        amount = self._amount[line]
        if amount == 0:
            return self._say("zero")
        start, end = self._named_start[line], self._named_start[line + 1]
        if start < end:
            entry = self._named_entry[start]
            if entry in self._facts.refused.get(line, ()):
                reason = self._say("was rejected")
            elif self._currency[entry] != self._line_currency[line]:
                reason = self._say("is in", currency=self._facts.pool.currencies[self._currency[entry]])
            elif (self._remaining[entry] > 0) != (amount > 0):
                reason = self._say("opposite")
            elif self._posting_day[entry] > self._day[line]:
                reason = self._say("later")
            elif self._left[entry] == 0:
                reason = self._say("used up")
            else:
                reason = self._say("no rule")
            return self._say("named but", document=self._label(entry), reason=reason)
        start, end = self._party_start[line], self._party_start[line + 1]
        if start < end:
            words = self._party_words(line, self._party_customer[start])
            return self._say("payer without", party=words)
        if self._counts[line] > 1:
            return self._say("only amounts fit", count=self._counts[line])
        return self._say("nothing fits")

    def _apart(self, line: int, row: int, entry: int, taken: frozenset[int]) -> str:
        """What sets a runner-up apart from what was chosen."""
        parts = []
        if (line, entry) in self._named:
            parts.append("named too" if taken else "named")
        parts.append("same amount" if self._amount_code[row] != NO else "other amount")
        customer = self._customer[entry]
        known = (line, customer) in self._party
        if taken and self._customer[next(iter(taken))] == customer:
            parts.append("same customer")
        elif known:
            parts.append("fits the payer")
        else:
            parts.append(
                "other payer" if self._party_start[line] < self._party_start[line + 1] else "payer unknown"
            )
        if self._left[entry] == 0 and entry not in taken:
            parts.append("taken")
        return ", ".join(self._say(name) for name in parts)

    def _say(self, name: str, **values: object) -> str:
        return match_phrase(name, self._language, **values)

    def _number_of(self, number: str, entry: int) -> str:
        return self._say("number of", number=number, document=self._label(entry))

    def _asked(self, line: int, entry: int) -> int:
        """What an entry asks for on the line's day."""
        return self._remaining[entry] - (
            self._discount[entry] if self._day[line] <= self._discount_day[entry] else 0
        )

    def _members(self, group: int) -> list[int]:
        groups = self._facts.groups
        members: list[int] = groups.member[groups.start[group] : groups.start[group + 1]].tolist()
        return members

    def _label(self, entry: int) -> str:
        pool = self._facts.pool
        return document_label(pool.document_type[entry], pool.document_no[entry], self._language)

    def _list(self, entries: list[int]) -> str:
        return self._some([self._label(entry) for entry in entries])

    def _some(self, words: list[str]) -> str:
        listed, more = ", ".join(words[:_LISTED]), len(words) - _LISTED
        return self._say("and more", listed=listed, count=more) if more > 0 else listed
