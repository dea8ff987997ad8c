"""All lines of a run decided together: what a line takes, no other line has (M17 and better).

In this order, each on what the ones before it have left open:

    direct debits        the collected document, whatever the amount
    returned payments    a payment and its return a few days later are a pair, and settle nothing
    named documents      lines that name what they pay; a second payment of the same document is one on account
    known payers         lines of which only the payer is known, all of a customer together
    amounts              what only an amount speaks for, as a proposal

Lines that want the same document are decided as one: of all ways to serve them the best is taken, by evidence,
then least money unexplained, then oldest due, then the lowest line. When two ways are equally good and not the
same for the books, none of them is trusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from salesbatch.core.returns import RETURN_DAYS, says_return
from salesbatch.rules.evidence import account_key
from salesbatch.rules.explain_amount import EXACT, OVER, PART, Fit, Piece
from salesbatch.rules.named_documents import documents_named
from salesbatch.rules.payment_text import GOOD, fold
from salesbatch.rules.rival_lines import assign, components
from salesbatch.rules.search import Search
from salesbatch.rules.trust import ANOTHER, HIGH, LIKELY, LOW, MEDIUM, SURE, UNKNOWN, Hypothesis
from salesbatch.rules.unnamed_documents import documents_of_amount, documents_of_payers

SETTLE, ON_ACCOUNT, RETURNED, NOTHING, DEBIT = "settle", "on account", "returned", "nothing", "direct debit"
LONGEST_ID = 35
_DEAD_DEBITS = frozenset(
    {"rejected", "canceled", "cancelled", "returned", "avvisad", "makulerad", "closed rejected"}
)
_MOST_ROUNDS = 6


def is_alive(status: str) -> bool:
    """Whether a direct debit of this status may still bring money."""
    return str(status).strip().lower() not in _DEAD_DEBITS


class Decision(NamedTuple):
    """What becomes of a line. others: the next best hypotheses; other_line: its pair, or the line that paid first."""

    kind: str = NOTHING
    chosen: Hypothesis | None = None
    pieces: tuple[Piece, ...] = ()
    others: tuple[Hypothesis, ...] = ()
    confidence: int = 0
    customer: int = -1
    other_line: int = -1
    note: str = ""


class Decider:
    """Decides the lines of a run, in the phases above."""

    def __init__(self, search: Search, refused: dict[int, list[int]]) -> None:
        self.search, self.refused = search, refused
        self.decisions = [Decision()] * len(search.amount)
        # Lines are served by day, then number, whatever the order in which they came.
        self.order: list[int] = np.argsort(search.payments.day, kind="stable").tolist()
        self.done = [amount == 0 or search.currency[line] < 0 for line, amount in enumerate(search.amount)]
        self._paid_by: dict[int, int] = {}

    def run(self) -> list[Decision]:
        """All decisions, by position of the line."""
        self._direct_debits()
        self._returned()
        contested = self._named()
        self._known_payers(contested)
        self._amounts()
        return self.decisions

    # Before anything else --------------------------------------------------------------------------------------

    def _direct_debits(self) -> None:
        search, table = self.search, self.search.known.direct_debits
        number_to_entry = {number: entry for entry, number in enumerate(search.pool.document_no)}
        collected: defaultdict[str, list[int]] = defaultdict(list)
        for name, number, status in zip(
            *(table[c].tolist() for c in ("transaction_id", "document_no", "status"))
        ):
            if number in number_to_entry and is_alive(status):
                collected[name].append(number_to_entry[number])
        for line in self.order if collected else ():
            name = search.payments.transaction_id[line]
            if self.done[line] or not name or len(name) > LONGEST_ID:
                continue
            entries = [
                entry
                for entry in collected.get(name, ())
                if search.entry_currency[entry] == search.currency[line]
                and search.posted[entry] <= search.day[line]
                and search.amounts.left[entry] * search.amount[line] > 0
            ]
            if not entries:
                continue
            named = {mention.document for mention in search.readings[line].mentions}
            gap = {entry: abs(search.amounts.left[entry] - search.amount[line]) for entry in entries}
            entry = min(entries, key=lambda one: (one not in named, gap[one], one))
            fit = self._any_fit([entry], line)
            chosen = Hypothesis(
                line, search.customer[entry], (entry,), fit, 3, SURE, 1, "direct debit", name, confidence=HIGH
            )
            self._settle(line, chosen, (), DEBIT)

    def _any_fit(self, entries: Sequence[int], line: int) -> Fit:
        amounts, amount = self.search.amounts, self.search.amount[line]
        fit = amounts.fit(entries, amount, self.search.day[line])
        if fit is not None:
            return fit
        sign = 1 if amount > 0 else -1
        gap = sum(sign * amounts.left[entry] for entry in entries) - abs(amount)
        return Fit(PART if gap > 0 else OVER, gap)

    def _returned(self) -> None:
        """Pairs of a payment, or a refund, and its return: opposite amounts, a word of return, one payer, few days."""
        search = self.search
        back = [
            line for line in self.order if not self.done[line] and says_return(search.payments.words(line))
        ]
        by_amount: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for line in self.order if back else ():
            if not self.done[line]:
                by_amount[search.amount[line], search.currency[line]].append(line)
        for line in back:
            if self.done[line]:
                continue
            found = [
                other
                for other in by_amount.get((-search.amount[line], search.currency[line]), ())
                if not self.done[other]
                and 0 <= search.day[line] - search.day[other] <= RETURN_DAYS
                and self._same_payer(line, other)
            ]
            mine = self._means(line)
            found = [other for other in found if mine & self._means(other)] or found
            if len({search.readings[other] for other in found}) == 1:  # Else one cannot tell which came back.
                other = max(found, key=lambda one: (search.day[one], one))
                for one, pair in ((line, other), (other, line)):
                    self.done[one] = True
                    parties = search.parties(one)
                    customer = parties[0].customer if parties and parties[0].strength >= LIKELY else -1
                    self.decisions[one] = Decision(
                        RETURNED, confidence=HIGH, customer=customer, other_line=pair
                    )

    def _same_payer(self, line: int, other: int) -> bool:
        """The same account or name, or, where the bank gives neither, the same document."""
        payments = self.search.payments
        accounts = account_key(payments.payer_account[line]), account_key(payments.payer_account[other])
        names = fold(payments.payer_name[line]), fold(payments.payer_name[other])
        if all(accounts):
            return accounts[0] == accounts[1]
        if all(names):
            return names[0] == names[1]
        return bool(self._means(line) & self._means(other))

    def _means(self, line: int) -> set[int]:
        return {mention.document for mention in self.search.readings[line].mentions}

    # Lines that name documents -----------------------------------------------------------------------------------

    def _named(self) -> dict[int, set[int]]:
        """Serve the lines that name documents. Returns the lines that name a document without being sure, by document."""
        search = self.search
        wanted: dict[int, list[Hypothesis]] = {}
        for line in self.order:
            if self.done[line] or not (search.readings[line].mentions or search.readings[line].digits):
                continue
            found = self._not_refused(documents_named(search, line))
            if found:
                wanted[line] = found
        for lines in components(wanted):
            self._serve(lines, wanted, named=True)
        contested: defaultdict[int, set[int]] = defaultdict(set)
        for line in wanted:
            decision = self.decisions[line]
            if decision.chosen is not None and decision.confidence < HIGH:
                for entry in decision.chosen.entries:
                    contested[entry].add(line)
        for line in self.order:
            if not self.done[line]:
                self._paid_before(line)
        return contested

    def _paid_before(self, line: int) -> None:
        """A line that names a document which is settled, by another line or long ago: its money is on account."""
        search = self.search
        mentions = [one for one in search.readings[line].mentions if one.strength >= GOOD]
        if not mentions or search.amount[line] < 0:
            return
        first = mentions[0].document
        settled = [
            one.document
            for one in mentions
            if one.document >= search.open or not search.amounts.left[one.document]
        ]
        if len(settled) < len(mentions):
            return
        customer = search.owners[first]
        if customer < 0:
            return
        was = (
            search.settled_amount[first - search.open]
            if first >= search.open
            else abs(search.amounts.remaining[first])
        )
        party = search.party(line, customer)
        if party == ANOTHER:
            return
        sure = party >= LIKELY and len({search.owners[one] for one in settled}) == 1
        sure &= not says_return(search.payments.words(line))
        other_line = self._paid_by.get(first, -1)
        if search.amount[line] not in (was, search.amount[other_line] if other_line >= 0 else was):
            return  # Not that payment again.
        self.done[line] = True
        self.decisions[line] = Decision(
            ON_ACCOUNT, confidence=HIGH if sure else MEDIUM, customer=customer, other_line=other_line,
            note=search.document_no[first],
        )  # fmt: skip

    # Lines of which the payer is known -----------------------------------------------------------------------------

    def _known_payers(self, contested: dict[int, set[int]]) -> None:
        """Serve the lines of known payers, on what the lines with numbers have left.

        What one line takes may leave another with a single answer, so the lines of a payer whose documents
        moved are looked at again, until nothing moves.
        """
        waiting = [line for line in self.order if not self.done[line] and self.search.parties(line)]
        for _ in range(_MOST_ROUNDS):
            wanted: dict[int, list[Hypothesis]] = {}
            for line in waiting:
                found = self._not_refused(documents_of_payers(self.search, line, contested))
                if not found:
                    continue
                before = self.decisions[line].chosen
                named = before is not None and before.document > 0
                if not named or found[0].confidence == HIGH or (before and found[0].weight > before.weight):
                    wanted[line] = found
            for lines in components(wanted):
                self._serve(lines, wanted, named=False)
            moved = {self.decisions[line].customer for line in waiting if self.done[line]}
            waiting = [
                line
                for line in waiting
                if not self.done[line] and any(party.customer in moved for party in self.search.parties(line))
            ]
            if not waiting:
                break

    def _amounts(self) -> None:
        for line in self.order:
            if self.done[line] or self.decisions[line].chosen is not None:
                continue
            found = self._not_refused(documents_of_amount(self.search, line))
            if found:
                self._propose(line, found[0], found[1:])

    # Assignment ------------------------------------------------------------------------------------------------

    def _not_refused(self, found: list[Hypothesis]) -> list[Hypothesis]:
        """What no person has said no to."""
        if not self.refused or not found:
            return found
        refused = set(self.refused.get(found[0].line, ()))
        return [one for one in found if not refused.intersection(one.entries)]

    def _serve(self, lines: list[int], wanted: dict[int, list[Hypothesis]], named: bool) -> None:
        """Serve lines that compete: the best way to serve all of them, and only what is the same in every best way."""
        if len(lines) == 1:
            line = lines[0]
            self._take(line, wanted[line][0], wanted[line][1:])
            return
        if not named:
            lines = self._serve_twins(lines, wanted)
            if not lines:
                return
        best, tied = assign(lines, wanted, self.search.amounts, self.search.amount)
        for line in lines:
            one = best.get(line)
            others = [other for other in wanted[line] if other is not one]
            if one is not None:
                if line in tied:
                    one = one._replace(
                        confidence=min(one.confidence, MEDIUM), note="another line fits as well"
                    )
                self._take(line, one, others)
        for line in lines:
            if best.get(line) is not None or self.done[line]:
                continue
            lost = wanted[line][0]
            if not named:
                self.decisions[line] = Decision(others=tuple(wanted[line][:2]), customer=lost.customer)
            elif lost.document < GOOD or any(self.search.amounts.left[entry] for entry in lost.entries):
                self._propose(line, lost._replace(confidence=min(lost.confidence, MEDIUM)), ())

    def _serve_twins(self, lines: list[int], wanted: dict[int, list[Hypothesis]]) -> list[int]:
        """As many equal payments as equal documents of one payer: each settles one, oldest due first.

        Returns the lines that are left.
        """
        equal: defaultdict[tuple[int, frozenset[tuple[int, ...]]], list[int]] = defaultdict(list)
        for line in lines:
            equal[self.search.amount[line], frozenset(one.entries for one in wanted[line])].append(line)
        for (_, sets), twins in equal.items():
            entries = sorted(sets)
            fits = (
                len(one.entries) == 1
                and one.fit.kind == EXACT
                and not one.note
                and one.rivals < len(entries)  # No other answer, as an invoice that differs by öre.
                and self.search.asks(one.entries[0], line)  # Nor less on that day, by a discount.
                and one.party >= LIKELY
                and not self._writes_a_number(line)  # Who writes a number means one of them.
                for line in twins
                for one in wanted[line]
            )
            if len(twins) < 2 or len(entries) != len(twins) or not all(fits):
                continue
            for line, entry in zip(twins, entries):
                one = next(one for one in wanted[line] if one.entries == entry)
                others = [other for other in wanted[line] if other is not one]
                self._take(line, one._replace(confidence=HIGH, rivals=0), others)
        return [line for line in lines if not self.done[line]]

    def _writes_a_number(self, line: int) -> bool:
        payments = self.search.payments
        return any(sign.isdigit() for sign in payments.words(line) + payments.payment_reference[line])

    def _take(self, line: int, one: Hypothesis, others: Sequence[Hypothesis]) -> None:
        if one.confidence == HIGH:
            self._settle(line, one, others)
        else:
            self._propose(line, one, others)

    def _settle(self, line: int, one: Hypothesis, others: Sequence[Hypothesis], kind: str = SETTLE) -> None:
        """What is certain is taken from what is left at once."""
        amounts = self.search.amounts
        if one.fit.kind in (PART, OVER):
            # What other lines have taken since may leave just what this line pays.
            one = one._replace(fit=self._any_fit(one.entries, line))
        pieces = tuple(amounts.pieces(one.entries, one.fit, self.search.amount[line]))
        if not pieces:
            return
        amounts.take(pieces, self.search.day[line])
        for piece in pieces:
            self._paid_by.setdefault(piece.entry, line)
        self.done[line] = True
        self.decisions[line] = Decision(kind, one, pieces, tuple(others[:3]), one.confidence, one.customer)

    def _propose(self, line: int, one: Hypothesis, others: Sequence[Hypothesis]) -> None:
        """What is not certain takes nothing away from other lines."""
        pieces = tuple(self.search.amounts.pieces(one.entries, one.fit, self.search.amount[line]))
        self.decisions[line] = Decision(
            SETTLE, one, pieces, tuple(others[:3]), min(one.confidence, MEDIUM) or LOW, one.customer
        )
        if one.document >= GOOD or one.party > UNKNOWN:
            # Where the payer is somebody else, what the payer has open may explain it better.
            self.done[line] = one.document >= GOOD and one.party != ANOTHER
