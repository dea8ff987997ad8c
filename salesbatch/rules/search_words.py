"""Why a line was decided so, and why not otherwise, in words for the person who checks it."""

from __future__ import annotations

from collections.abc import Sequence

from salesbatch.core.company import Settings
from salesbatch.core.findings import written
from salesbatch.core.match_texts import document_label, match_phrases, note_phrase
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.rules.decide import DEBIT, ON_ACCOUNT, RETURNED, Decision
from salesbatch.rules.explain_amount import DISCOUNT, EXACT, FEE, ROUNDING
from salesbatch.rules.search import Search
from salesbatch.rules.trust import LIKELY, POSSIBLE, Hypothesis, Party

_LISTED = 5


class SearchWords:
    """Tells decisions in the language of the company."""

    def __init__(self, search: Search, settings: Settings) -> None:
        self._search, self._settings, self._language = search, settings, settings.language
        self._phrases = match_phrases(settings.language)
        self._labels_made: dict[int, str] = {}
        self._apart_made: dict[tuple[bool, bool, str, bool], str] = {}

    def evidence(self, line: int, decision: Decision) -> str:
        """What speaks for a decision, or why there is none."""
        if decision.kind == RETURNED:
            return self._say("returned", line=self._number_of(decision.other_line))
        if decision.kind == ON_ACCOUNT:
            name = "paid by line" if decision.other_line >= 0 else "paid before"
            other = self._number_of(decision.other_line) if decision.other_line >= 0 else ""
            told = self._say(name, number=decision.note, line=other)
            party = self._party_of(line, decision.customer)
            return "; ".join(part for part in (self._party_words(party), told) if part)
        one = decision.chosen
        if one is None:
            return self._why_not(line)
        parts = [self._payer_words(line, one), *self._number_words(line, one), *self._amount_words(line, one)]
        if one.document == 0 and one.party < POSSIBLE and decision.kind != DEBIT:
            parts.append(self._say("amount only"))
        if one.rivals:
            parts.append(self._say("rivals", count=one.rivals))
        if one.note:
            parts.append(self._say("note", note=note_phrase(one.note, self._language)))
        return "; ".join([part for part in parts if part])

    def runner_up(self, line: int, decision: Decision) -> str:
        """The best of what was not chosen, and what sets it apart."""
        taken = decision.chosen.entries if decision.chosen else ()
        for one in decision.others:
            if set(one.entries) != set(taken):
                return self._apart(line, list(one.entries), one.customer, bool(one.document), taken, decision)
        if decision.chosen is not None:
            for entry in self._search.with_amount_at_first(line):
                if entry not in taken:
                    return self._apart(line, [entry], self._search.customer[entry], False, taken, decision)
        return ""

    def mapping(self, text: str) -> str:
        """What a text mapping says of a line."""
        return self._say("mapping", text=text)

    def _say(self, name: str, **values: object) -> str:
        return self._phrases[name].format_map(values) if values else self._phrases[name]

    def _number_of(self, line: int) -> int:
        return int(self._search.payments.line_no[line])

    def _money(self, line: int, amount: int) -> str:
        code = self._search.pool.currencies[self._search.currency[line]]
        return written(decimal_text(abs(amount), minor_digits(code)), self._language)

    # What speaks for it ------------------------------------------------------------------------------------------

    def _party_of(self, line: int, customer: int) -> Party | None:
        for party in self._search.parties(line):
            if party.customer == customer:
                return party
        return None

    def _payer_words(self, line: int, one: Hypothesis) -> str:
        party = self._party_of(line, one.customer)
        if party is None and one.party < 0:
            return self._say(
                "another", customer=self._search.pool.customer_nos[self._search.parties(line)[0].customer]
            )
        return self._party_words(party)

    def _party_words(self, party: Party | None) -> str:
        if party is None:
            return ""
        customer = self._search.pool.customer_nos[party.customer]
        if party.how in ("account", "alias", "customer number", "name and address"):
            return self._say(party.how, written=party.written, customer=customer, times=max(party.times, 1))
        kind = {LIKELY: "likely name", POSSIBLE: "possible name"}.get(party.strength, "name")
        return self._say(kind, written=party.written, customer=customer)

    def _number_words(self, line: int, one: Hypothesis) -> list[str]:
        if one.how in ("nearly", "direct debit"):
            return [self._say(one.how, written=one.written, numbers=self._labels(list(one.entries)))]
        by_how: dict[tuple[str, str], list[int]] = {}
        for mention in self._search.readings[line].mentions:
            if mention.document in one.entries:
                written = "" if mention.how in ("in full", "external") else mention.written
                by_how.setdefault((mention.how, written), []).append(mention.document)
        return [
            self._say(
                how if how != "other word" else "digits", written=written, numbers=self._labels(entries)
            )
            for (how, written), entries in by_how.items()
        ]

    def _amount_words(self, line: int, one: Hypothesis) -> list[str]:
        fit, several = one.fit, len(one.entries) > 1
        if fit.kind == EXACT and not several:
            return [self._say("exact one")]
        gap = self._money(line, fit.gap)
        parts = []
        if fit.kind in (EXACT, DISCOUNT):
            parts.append(self._say("exact several" if several else "exact one", count=len(one.entries)))
            if several and not one.document and not one.rivals:
                parts.append(self._say("only sum"))
        if fit.discounted:
            discount = sum(abs(self._search.amounts.discount[entry]) for entry in fit.discounted)
            parts.append(self._say("discount", gap=self._money(line, discount)))
        if fit.kind not in (EXACT, DISCOUNT):
            account = fit.account if fit.kind == FEE else self._settings.rounding_account or "-"
            limit = (
                self._money(line, self._settings.rounding_write_off_limit_minor)
                if fit.kind == ROUNDING
                else ""
            )
            less = self._say("less" if fit.gap > 0 else "more")
            parts.append(self._say(fit.kind, gap=gap, less=less, account=account, limit=limit))
        return parts

    def _why_not(self, line: int) -> str:
        search = self._search
        if search.amount[line] == 0:
            return self._say("zero")
        parties = search.parties(line)
        if parties and parties[0].strength >= LIKELY:
            count = len(search.candidates(line, parties[0].customer)) if search.currency[line] >= 0 else 0
            return f"{self._party_words(parties[0])}; {self._say('no document', count=count)}"
        return self._say("nothing")

    # What speaks against the next one --------------------------------------------------------------------------------

    def _apart(
        self,
        line: int,
        entries: list[int],
        customer: int,
        named: bool,
        taken: Sequence[int],
        decision: Decision,
    ) -> str:
        search = self._search
        sign = 1 if search.amount[line] > 0 else -1
        amounts, day = search.amounts, search.day[line]
        total = discount = 0
        gone = False
        for entry in entries:
            total += sign * amounts.remaining[entry]
            discount += abs(amounts.discount[entry]) if day <= amounts.discount_day[entry] else 0
            gone |= amounts.left[entry] == 0 and entry not in taken
        if taken and customer == decision.customer:
            payer = "same customer"
        elif self._party_of(line, customer) is not None:
            payer = "payer fits"
        else:
            payer = "other payer" if search.parties(line) else "payer unknown"
        same_amount = abs(search.amount[line]) in (total, total - discount)
        return f"{self._labels(entries)}: {self._words_apart(named, same_amount, payer, gone)}"

    def _words_apart(self, named: bool, same_amount: bool, payer: str, taken: bool) -> str:
        key = named, same_amount, payer, taken
        if key not in self._apart_made:
            words = ["named too"] if named else []
            words += ["same amount" if same_amount else "other amount", payer, *(["taken"] if taken else [])]
            self._apart_made[key] = ", ".join([self._say(word) for word in words])
        return self._apart_made[key]

    def _labels(self, entries: list[int]) -> str:
        """'INV 103001, INV 103002'; a number that has letters needs no type before it."""
        if len(entries) == 1:
            return self._label(entries[0])
        more = len(entries) - _LISTED
        return ", ".join(map(self._label, entries[:_LISTED])) + (f" + {more}" if more > 0 else "")

    def _label(self, entry: int) -> str:
        if entry not in self._labels_made:
            kind = self._search.pool.document_type[entry] if entry < self._search.open else ""
            self._labels_made[entry] = document_label(kind, self._search.document_no[entry], self._language)
        return self._labels_made[entry]
