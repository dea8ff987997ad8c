"""What could be done with each line, from every field that the bank gives, with how much speaks for it.

A line is read for three things that do not depend on one another: which documents it names, who paid, and what
adds up to its amount. Each hypothesis carries how surely each of them fits:

    document   3 number or reference in full    2 its digits    1 nearly    0 not named
    party      3 surely the customer   2 likely   1 possibly   0 unknown   -1 surely another customer
    amount     3 exactly, or less a discount in time   2 with a gap that has a name   1 not

`trust` makes a confidence of them, and is the whole of what is posted without asking: two of the three must
agree and none speak against. Amount alone is never above low.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.rules.combinations import Combination, combinations
from salesbatch.rules.evidence import SHORTEST_NUMBER, TOO_COMMON, Payments, Pool, account_key
from salesbatch.rules.explain_amount import (
    EXACT,
    FITS,
    FITS_EXACTLY,
    OVER,
    PART,
    ROUNDING,
    SHORT_LUMP,
    Amounts,
    Fit,
)
from salesbatch.rules.payer_names import POSSIBLE_FROM, NameIndex
from salesbatch.rules.payment_text import (
    BETWEEN,
    GOOD,
    OTHER_WORD,
    STRONG,
    WEAK,
    Mention,
    NumberIndex,
    Reading,
    fold,
    one_edit_apart,
)

Maker = Callable[..., "Hypothesis"]
"""Makes a hypothesis of entries and a fit, with all else that is known of the line."""
SURE, LIKELY, POSSIBLE, UNKNOWN, ANOTHER = 3, 2, 1, 0, -1
HIGH, MEDIUM, LOW = 3, 2, 1
BY_CHANCE = 5e-4
"""So many sums may fit by chance, and a sum that fits is still taken."""
ROUNDED_BY_CHANCE = 5e-3
_ALIKE_SHOWN = 8
_MOST_PARTIES = 40
_FEW = 3
_NEXT_LIKE = 8.0
"""A name that is less like by so many points of 100 is another name."""
_NOT_BY_NAME = frozenset({"account", "alias", "customer number", "name and address"})
_SHORTEST_TYPO = 5
_ROUND = 100_000
"""Whole thousands, which people also pay on account; documents that are not round themselves add up to them by chance."""
_INSTALMENTS = 12
_HAS_DIGIT = re.compile("[0-9]")
_OFFICIAL = re.compile(r"(?<!\d)(\d{6})-(\d{4})(?!\d)")
"""Registration and personal numbers, of which no part is a document's number nearly."""


class Party(NamedTuple):
    """A customer that a line may come from, and what says so."""

    customer: int
    strength: int
    how: str
    written: str = ""
    times: int = 0


class Hypothesis(NamedTuple):
    """One thing that could be done with a line. entries: claims by due date, then what is taken off against them.

    rivals: other answers that are as good by the same evidence; note: what keeps it from being trusted.
    """

    line: int
    customer: int
    entries: tuple[int, ...]
    fit: Fit
    document: int = 0
    party: int = UNKNOWN
    named: int = 0
    how: str = ""
    written: str = ""
    rivals: int = 0
    note: str = ""
    confidence: int = 0

    @property
    def weight(self) -> int:
        """Evidence in points: a number 6, 4 or 2, a party 6, 4 or 2, an amount 4 or 2; what speaks against -5."""
        against = -5 if self.party == ANOTHER else 0
        amount = {FITS_EXACTLY: 4, FITS: 3}.get(self.fit.level, 0)
        return (
            self.document * 2
            + max(self.party, 0) * 2
            + amount
            + against
            + (1 if self.confidence == HIGH else 0)
        )


@dataclass(frozen=True)
class Known:
    """What else is known beside customers and open documents.

    aliases: payer, customer_no, times. direct_debits: transaction_id, document_no, status. fees: amount_minor,
    account, text. settled: document_no, external_document_no, payment_reference, customer_no, amount_minor of
    documents that were settled lately.
    """

    aliases: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"payer": [], "customer_no": [], "times": []}, dtype="str")
    )
    direct_debits: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"transaction_id": [], "document_no": [], "status": []}, dtype="str"
        )
    )
    fees: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"amount_minor": [], "account": [], "text": []}, dtype="str")
    )
    settled: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {
                "document_no": [], "external_document_no": [], "payment_reference": [], "customer_no": [],
                "amount_minor": [],
            },
            dtype="str",
        )
    )  # fmt: skip


def trust(hypothesis: Hypothesis) -> int:
    """high, medium or low: what two independent kinds of evidence agree on, and nothing contradicts, is high."""
    one, party, amount = hypothesis.document, hypothesis.party, hypothesis.fit.level
    if hypothesis.note:
        return MEDIUM if one or party >= LIKELY else LOW
    if one == 0 and party <= UNKNOWN:
        return LOW
    if hypothesis.rivals:
        return MEDIUM if one or party >= LIKELY else LOW
    if one == STRONG:
        sure = amount >= FITS if party >= UNKNOWN else amount == FITS_EXACTLY
        sure |= amount == 1 and party >= LIKELY and len(hypothesis.entries) == 1
    elif one == GOOD:
        sure = (amount == FITS_EXACTLY and party >= UNKNOWN) or (amount >= FITS and party >= POSSIBLE)
        sure |= amount == 1 and party == SURE and len(hypothesis.entries) == 1
    elif one == WEAK:
        sure = amount == FITS_EXACTLY and party >= LIKELY
    else:
        sure = amount >= FITS and party >= LIKELY and hypothesis.fit.kind != "fee"
    if sure:
        return HIGH
    return MEDIUM if one or party >= LIKELY or amount >= FITS else LOW


class Search:
    """Finds the hypotheses of lines; what is left of the documents is in `amounts` and shrinks as lines are served."""

    def __init__(
        self, pool: Pool, payments: Payments, customers: pd.DataFrame, settings: Settings, known: Known
    ) -> None:
        self.pool, self.payments, self.known = pool, payments, known
        self.amounts = Amounts(pool, payments, settings, known.fees)
        self.day: list[int] = payments.day.tolist()
        self.amount: list[int] = payments.amount.tolist()
        self.currency: list[int] = payments.currency.tolist()
        self.customer: list[int] = pool.customer.tolist()
        self.entry_currency: list[int] = pool.currency.tolist()
        self.posted: list[int] = pool.posting_day.tolist()
        self.on_hold: list[bool] = pool.on_hold.tolist()
        self.open = len(self.customer)
        self._code = {number: code for code, number in enumerate(pool.customer_nos)}
        settled = known.settled
        self.settled_amount: list[int] = [int(amount) for amount in settled["amount_minor"]]
        owners = [*self.customer, *(self._code.get(number, -1) for number in settled["customer_no"])]
        self.owners = owners
        self.document_no = [*pool.document_no, *settled["document_no"].tolist()]
        self.references = [*pool.payment_reference, *settled["payment_reference"].tolist()]
        self.numbers = NumberIndex(
            self.document_no,
            [*pool.external_document_no, *settled["external_document_no"].tolist()],
            self.references,
            owners,
            settings.local_currency_code,
        )
        self.of_customer: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for entry, key in enumerate(zip(self.customer, self.entry_currency)):
            self.of_customer[key].append(entry)
        self._by_amount: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        net = (pool.remaining - pool.discount).tolist()
        for entry, (full, less) in enumerate(zip(self.amounts.remaining, net)):
            self._by_amount[full, self.entry_currency[entry]].append(entry)
            if less != full:
                self._by_amount[less, self.entry_currency[entry]].append(entry)
        self._index_payers(customers)
        self._parties: dict[int, list[Party]] = {}
        self.readings = [
            self.numbers.read(f"{text} {info}".strip(), reference)
            for text, info, reference in zip(
                payments.text, payments.additional_info, payments.payment_reference
            )
        ]

    # Who paid ------------------------------------------------------------------------------------------------

    def _index_payers(self, customers: pd.DataFrame) -> None:
        codes = [self._code[number] for number in customers["no"]]
        self._accounts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for code, accounts in zip(codes, customers["bank_account"].tolist()):
            for account in filter(None, accounts.split(";")):
                self._accounts[account_key(account)].setdefault(code, 0)
        self._places = dict(zip(codes, zip(customers["address"].tolist(), customers["city"].tolist())))
        self._names = NameIndex(customers["name"].tolist(), codes)
        aliases = self.known.aliases
        self._aliases: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for payer, number, times in zip(
            *(aliases[name].tolist() for name in ("payer", "customer_no", "times"))
        ):
            if number in self._code:
                count = int(times) if not pd.isna(times) else 1
                for key in {account_key(payer), account_key(fold(payer))} - {""}:
                    self._aliases[key][self._code[number]] = count
        self._numbers_of_customers = {
            account_key(fold(number)): code
            for number, code in self._code.items()
            if len(number) >= 4 and any(sign.isdigit() for sign in number)
        }

    def parties(self, line: int) -> list[Party]:
        """Customers that the line may come from, each with its best evidence, the surest first."""
        if line in self._parties:
            return self._parties[line]
        payments = self.payments
        name, account = payments.payer_name[line], payments.payer_account[line]
        text = f"{payments.text[line]} {payments.additional_info[line]}".strip()
        found = []
        if key := account_key(account):
            found += self._owners_of(self._accounts.get(key), "account", account)
            found += self._owners_of(self._aliases.get(key), "alias", account)
        if self._aliases and (written := name or text):
            found += self._owners_of(self._aliases.get(account_key(fold(written))), "alias", written)
        hits = self._names.of_name(name) if name else ()
        if text and not (hits and max([hit.strength for hit in hits]) >= LIKELY):
            hits = (*hits, *self._names.in_text(text))
        for hit in hits:
            if hit.strength == LIKELY and self._lives_here(line, hit.customer):
                found.append(Party(hit.customer, SURE, "name and address", name or text))
            else:
                found.append(Party(hit.customer, hit.strength, hit.how, name or text))
        if _HAS_DIGIT.search(folded := fold(text)):
            for word in dict.fromkeys([account_key(part) for part in folded.split()]):
                if word in self._numbers_of_customers:
                    found.append(Party(self._numbers_of_customers[word], SURE, "customer number", word))
        if len(found) > 1:  # Of each customer the surest, and of equal ones the first.
            best: dict[int, Party] = {}
            for party in sorted(found, key=lambda party: (-party.strength, party.customer)):
                best.setdefault(party.customer, party)
            found = list(best.values())
        self._parties[line] = found
        return found

    @staticmethod
    def _owners_of(owners: dict[int, int] | None, how: str, written: str) -> list[Party]:
        """An account that several customers have, or a payer for several, does not say which."""
        if not owners or len(owners) > TOO_COMMON:
            return []
        strength = SURE if len(owners) == 1 else LIKELY
        return [Party(customer, strength, how, written, times) for customer, times in owners.items()]

    def _lives_here(self, line: int, customer: int) -> bool:
        """Whether the payer's address and city, both written, are the customer's."""
        here = fold(self.payments.payer_address[line]), fold(self.payments.payer_city[line])
        place = self._places.get(customer, ("", ""))
        return all(here) and here == (fold(place[0]), fold(place[1]))

    def party(self, line: int, customer: int) -> int:
        """How surely a line comes from a customer; ANOTHER where it surely comes from somebody else."""
        parties = self.parties(line)
        for party in parties:
            if party.customer == customer:
                return party.strength
        return ANOTHER if parties and parties[0].strength == SURE else UNKNOWN

    # What is there to be paid --------------------------------------------------------------------------------

    def candidates(self, line: int, customer: int) -> list[int]:
        """A customer's open documents that the line may settle without naming them, oldest due first."""
        day, left = self.day[line], self.amounts.left
        return [
            entry
            for entry in self.of_customer.get((customer, self.currency[line]), ())
            if left[entry] and self.posted[entry] <= day and not self.on_hold[entry]
        ]

    def with_amount(self, line: int) -> list[int]:
        """Documents of anybody that ask for exactly the line's amount; none when they are too many to say anything."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        found = self._by_amount.get((amount, self.currency[line]), ())
        if len(found) > TOO_COMMON:
            return []
        return [
            entry
            for entry in found
            if self.posted[entry] <= day
            and not self.on_hold[entry]
            and abs(amount) in (sign * self.amounts.left[entry], self.amounts.asked(entry, day, sign))
        ]

    def with_amount_at_first(self, line: int) -> list[int]:
        """Documents of anybody that asked for the line's amount before anything was settled, a few."""
        return list(self._by_amount.get((self.amount[line], self.currency[line]), ())[:_ALIKE_SHOWN])

    # Documents that the line names ---------------------------------------------------------------------------

    def referenced(self, line: int) -> list[Hypothesis]:
        """Hypotheses of the documents that a line names, the best first."""
        mentions = self._usable(line, self.readings[line])
        by_customer: defaultdict[int, list[Mention]] = defaultdict(list)
        for mention in mentions:
            by_customer[self.customer[mention.document]].append(mention)
        found = []
        strong = [mention.document for mention in mentions if mention.strength >= GOOD]
        several = len({self.customer[entry] for entry in strong}) > 1
        for customer in sorted(by_customer) if len(by_customer) > 1 else by_customer:
            found += self._explain_named(line, customer, by_customer[customer], several)
        fit = self.amounts.fit(strong, self.amount[line], self.day[line]) if several else None
        if fit is not None and fit.level == FITS_EXACTLY:
            note = "documents of several customers are never settled without asking"
            entries = tuple(self._ordered(strong, line))
            found = [
                Hypothesis(
                    line, self.customer[entries[0]], entries, fit, STRONG, UNKNOWN, len(strong), note=note,
                    confidence=MEDIUM,
                )
            ]  # fmt: skip
        if len(found) == 1 and found[0].fit.level >= FITS:
            return found
        if not any(one.fit.level >= FITS for one in found):
            found += self._nearly_named(line)
        return self._ranked(found)

    def _usable(self, line: int, reading: Reading) -> list[Mention]:
        left, currency = self.amounts.left, self.currency[line]
        return [
            mention
            for mention in reading.mentions
            if mention.document < self.open
            and left[mention.document]
            and self.entry_currency[mention.document] == currency
        ]

    def _ordered(self, entries: Sequence[int], line: int) -> list[int]:
        """Claims by due date, then what is taken off against them."""
        if len(entries) == 1:
            return list(entries)
        sign = 1 if self.amount[line] > 0 else -1
        return sorted(set(entries), key=lambda entry: (sign * self.amounts.left[entry] < 0, entry))

    def _explain_named(
        self, line: int, customer: int, mentions: list[Mention], several: bool
    ) -> list[Hypothesis]:
        """Hypotheses of what a line names of one customer; several: it names documents of others too."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        party = self.party(line, customer)
        named = {mention.document: mention for mention in mentions}
        strong = self._ordered([entry for entry, one in named.items() if one.strength >= GOOD], line)
        note = ""
        if strong and max([self.posted[entry] for entry in strong]) > day:
            note = "dated after the payment"
        elif several:
            note = "documents of other customers are named too"
        elif party == ANOTHER and (own := self._payers_own(line)):
            note = f"the payer's own {self.document_no[own[0]]} has the amount too"

        def made(
            entries: Sequence[int], fit: Fit, document: int, more: str = "", rivals: int = 0
        ) -> Hypothesis:
            first = named[entries[0]] if entries[0] in named else mentions[0]
            count = sum([entry in named for entry in entries])
            one = Hypothesis(
                line, customer, tuple(entries), fit, document, party, count, first.how, first.written, rivals,
                more or note,
            )  # fmt: skip
            return _trusted(one)

        if not strong:
            weak = [entry for entry in named if sign * self.amounts.left[entry] > 0]
            fitting = [
                (entry, fit)
                for entry in weak
                if named[entry].how != OTHER_WORD
                and (fit := self.amounts.fit([entry], amount, day)) is not None
            ]
            return [made([entry], fit, WEAK, rivals=len(fitting) - 1) for entry, fit in fitting]
        document = min([named[entry].strength for entry in strong])
        if max([sign * self.amounts.left[entry] for entry in strong]) <= 0:
            return []
        fit = self.amounts.fit(strong, amount, day)
        if fit is None and (implied := [entry for entry, one in named.items() if one.how == BETWEEN]):
            everything = self._ordered([*strong, *implied], line)
            fit = self.amounts.fit(everything, amount, day)
            strong = everything if fit is not None else strong
        if fit is not None:
            return [made(strong, fit, document)]
        found = self._some_of_the_named(line, strong, made, document)
        found += [] if found or several else self._with_unnamed(line, customer, strong, made, document)
        if found:
            return found
        return [self._gap(line, customer, strong, made, document)]

    def _payers_own(self, line: int) -> list[int]:
        """Documents of the payer, who is surely known, that ask for exactly the line's amount."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        return [
            entry
            for party in self.parties(line)
            if party.strength == SURE
            for entry in self.candidates(line, party.customer)
            if abs(amount) in (sign * self.amounts.left[entry], self.amounts.asked(entry, day, sign))
        ]

    def _some_of_the_named(
        self, line: int, strong: list[int], made: Maker, document: int
    ) -> list[Hypothesis]:
        """More documents are named than the money pays: those of them that add up."""
        if len(strong) < 2:
            return []
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        singles = [(entry,) for entry in strong if abs(amount) == self.amounts.asked(entry, day, sign)]
        sums = combinations([self.amounts.asked(entry, day, sign) for entry in strong], abs(amount))
        sets = [*singles, *(tuple(strong[item] for item in one.items) for one in sums)]
        found = []
        for entries in sets:
            if (fit := self.amounts.fit(entries, amount, day)) is not None:
                found.append(made(self._ordered(entries, line), fit, document, rivals=len(sets) - 1))
        return found

    def _with_unnamed(
        self, line: int, customer: int, strong: list[int], made: Maker, document: int
    ) -> list[Hypothesis]:
        """The named documents and others of the customer that are not named, credit memos first."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        missing = abs(amount) - sum(self.amounts.asked(entry, day, sign) for entry in strong)
        others = [entry for entry in self.candidates(line, customer) if entry not in strong]
        against = [entry for entry in others if sign * self.amounts.left[entry] < 0]
        for pool in (against if missing < 0 else [], others):
            asked = [self.amounts.asked(entry, day, sign) for entry in pool]
            single = [
                Combination((place,), value, 0.0) for place, value in enumerate(asked) if value == missing
            ]
            # A sum may be negative here, so the target is shifted by what is named.
            shifted = [*asked, abs(amount) - missing]
            sums = [
                Combination(tuple(item for item in one.items if item < len(pool)), missing, one.by_chance)
                for one in combinations(shifted, abs(amount))
                if len(pool) in one.items and len(one.items) > 2
            ]
            sets = [*single, *sums]
            if not sets:
                continue
            found = []
            for one in sets[:3]:
                entries = self._ordered([*strong, *(pool[item] for item in one.items)], line)
                fit = self.amounts.fit(entries, amount, day)
                if fit is not None and fit.level == FITS_EXACTLY:
                    note = "" if one.by_chance < BY_CHANCE else "others that are not named add up too easily"
                    full = abs(amount) - missing
                    shared = any(
                        abs(full - parts * abs(amount)) < parts for parts in range(2, _INSTALMENTS + 1)
                    )
                    if (amount % 100 == 0 or shared) and not note:
                        note = "it may be a part payment of what is named"
                    found.append(made(entries, fit, min(document, GOOD), note, len(sets) - 1))
            return found
        return []

    def _gap(self, line: int, customer: int, strong: list[int], made: Maker, document: int) -> Hypothesis:
        """A part payment or an overpayment of what is named."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        full = sum(sign * self.amounts.left[entry] for entry in strong)
        claims = [entry for entry in strong if sign * self.amounts.left[entry] > 0]
        note = ""
        payers = [customer, *(one.customer for one in self.parties(line) if one.strength >= LIKELY)]
        rivals = [
            entry
            for payer in dict.fromkeys(payers)
            for entry in self.candidates(line, payer)
            if entry not in strong
            and abs(amount) in (sign * self.amounts.left[entry], self.amounts.asked(entry, day, sign))
        ]
        if rivals:
            note = f"the amount is that of {self.document_no[rivals[0]]}"
        elif self.readings[line].unknown and abs(amount) > full:
            note = f"{self.readings[line].unknown[0]} is not open"
        if abs(amount) > full > 0:
            return made(strong, Fit(OVER, full - abs(amount)), document, note)
        if len(claims) == 1 and len(strong) == 1:
            return made(claims, Fit(PART, full - abs(amount)), document, note)
        return made(
            claims, Fit(SHORT_LUMP, full - abs(amount)), document, note or "the money does not reach for all"
        )

    def _nearly_named(self, line: int) -> list[Hypothesis]:
        """Documents of the line's exact amount whose number is written nearly: one slip, or only its end."""
        official = {part for number in _OFFICIAL.findall(self.payments.text[line]) for part in number}
        digits = [run for run in self.readings[line].digits if run not in official]
        if not digits:
            return []
        parties = self.parties(line)
        anybody = self.with_amount(line)
        own = [
            entry
            for party in parties[:_ALIKE_SHOWN]
            for entry in self.candidates(line, party.customer)
            if (fit := self.amounts.fit([entry], self.amount[line], self.day[line]))
            and fit.level == FITS_EXACTLY
        ]
        pool = list(dict.fromkeys([*own, *anybody]))
        near = [(entry, run) for entry in pool for run in digits if self._is_nearly(run, entry)]
        near = list({entry: (entry, run) for entry, run in near}.values())
        found = []
        named = [mention for mention in self.readings[line].mentions if mention.strength >= GOOD]
        taken = {mention.document for mention in named}
        # A slip may make the number of another document; what else is named stands against it.
        slips = {_digits_of(mention.written) for mention in named}
        if any(
            mention.document >= self.open
            and self.settled_amount[mention.document - self.open] == self.amount[line]
            for mention in named
        ):
            return []  # It is that payment a second time.
        for entry, run in near:
            if entry in taken:
                continue
            fit = self.amounts.fit([entry], self.amount[line], self.day[line]) or Fit(EXACT)
            party = self.party(line, self.customer[entry])
            rivals = len(near) - 1
            # A customer's own open document is paid in part sooner than a slip makes its number.
            own_number = any(
                mention.document < self.open
                and self.customer[mention.document] == self.customer[entry]
                and _digits_of(mention.written) == run
                for mention in named
            )
            note = "another document is named" if slips - {run} or own_number else ""
            one = _trusted(
                Hypothesis(
                    line, self.customer[entry], (entry,), fit, WEAK, party, 1, "nearly", run, rivals, note
                )
            )
            alone = len(anybody) == 1 and not rivals and not taken and party == UNKNOWN
            if alone and run in {word.lstrip("0") for word in map(_digits_of, self.readings[line].unknown)}:
                one = one._replace(confidence=HIGH)
            found.append(one)
        return found

    def _is_nearly(self, run: str, entry: int) -> bool:
        """Whether digits as they are typed are a document's with one slip, or its last four or more."""
        numbers = self.numbers
        for number in {
            numbers.digits_of[entry],
            numbers.all_digits_of[entry],
            _digits_of(self.references[entry]),
        }:
            if len(number) >= _SHORTEST_TYPO <= len(run) and one_edit_apart(run, number):
                return True
            if SHORTEST_NUMBER <= len(run) < len(number) and number.endswith(run):
                return True
        return False

    # A payer, and no document ---------------------------------------------------------------------------------

    def by_payer(
        self, line: int, contested: Mapping[int, set[int]] = MappingProxyType({})
    ) -> list[Hypothesis]:
        """Hypotheses of the payer's open documents that explain the amount, the best first."""
        found: list[Hypothesis] = []
        parties = self.parties(line)
        for party in parties[:_MOST_PARTIES]:
            found += self._explain_unnamed(line, party, contested)
        sure = [one for one in found if one.fit.level == FITS_EXACTLY]
        owners = {one.customer for one in sure}
        if sure and self._others_alike(line, max(sure, key=lambda one: one.party).customer):
            note = "others of a like name have the amount"
            found = [_trusted(one._replace(note=one.note or note)) for one in found]
        if len(owners) > 1:
            best = max(one.party for one in sure)
            if sum(party.strength == best for party in parties) > 1 or best < SURE:
                found = [
                    _trusted(one._replace(note=one.note or "the amount fits other customers of that name"))
                    for one in found
                ]
        elif len(sure) == 1 and sure[0].party == POSSIBLE and len(self.with_amount(line)) == 1:
            # Nobody else in the whole ledger has the amount, and the name is near.
            found = [one._replace(confidence=MEDIUM) for one in found]
        return self._ranked(found)

    def _others_alike(self, line: int, customer: int) -> bool:
        """Whether other customers, about as like the payer's name, had a document of the line's amount.

        Also when that is settled by now: the name does not say whose payment that was.
        """
        parties = {party.customer: party for party in self.parties(line)}
        party = parties[customer]
        if party.how in _NOT_BY_NAME:
            return False
        documents = self._by_amount.get((self.amount[line], self.currency[line]), ())
        others = {self.customer[entry] for entry in documents} - {customer}
        if party.strength < SURE and others & parties.keys():
            return True
        if not others:
            return False
        payments = self.payments
        written = payments.payer_name[line], f"{payments.text[line]} {payments.additional_info[line]}"
        own = self._names.likeness(*written, customer)
        if own < POSSIBLE_FROM:
            return False  # It stands in a text among other words.
        least = own if own == 100.0 else own - _NEXT_LIKE
        return any(self._names.likeness(*written, other) >= least for other in others)

    def _explain_unnamed(
        self, line: int, party: Party, contested: Mapping[int, set[int]]
    ) -> list[Hypothesis]:
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        money = abs(amount)
        open_now = self.candidates(line, party.customer)
        claims = [entry for entry in open_now if sign * self.amounts.left[entry] > 0]
        note = self._against(line)

        def made(entries: Sequence[int], fit: Fit, rivals: int, more: str = "") -> Hypothesis:
            more = more or note
            if not more and any(contested.get(entry, set()) - {line} for entry in entries):
                more = "another line may be for it"
            one = Hypothesis(
                line, party.customer, tuple(entries), fit, 0, party.strength, 0, "", "", rivals, more
            )
            return _trusted(one)

        asked = [self.amounts.asked(entry, day, sign) for entry in open_now]
        full = [sign * self.amounts.left[entry] for entry in open_now]
        singles = [
            entry
            for entry in claims
            if money in (sign * self.amounts.left[entry], self.amounts.asked(entry, day, sign))
        ]
        sums = combinations(asked, money)
        if full != asked:
            known = {one.items for one in sums}
            sums += [one for one in combinations(full, money) if one.items not in known]
        if singles:  # A single document is doubted for the sake of a simple sum, not of any that can be made.
            sums = [one for one in sums if self._is_simple(one, len(open_now))]
        rivals = len(singles) + len(sums) - 1
        if amount % 100 == 0:  # A round payment may be that of a document that differs by öre.
            rivals += sum(
                min(abs(whole - money), abs(net - money)) <= self.amounts.rounding_limit
                for entry, whole, net in zip(open_now, full, asked)
                if whole > 0 and entry not in singles
            )
        found = [
            made([entry], self.amounts.fit([entry], amount, day) or Fit(EXACT), rivals) for entry in singles
        ]
        for one in sums[:4]:
            entries = self._ordered([open_now[item] for item in one.items], line)
            fit = self.amounts.fit(entries, amount, day)
            if fit is not None and fit.level == FITS_EXACTLY:
                easily = one.by_chance > BY_CHANCE and not self._is_natural(one, len(open_now))
                found.append(
                    made(
                        entries,
                        fit,
                        rivals,
                        "so many sums are possible that one had to fit"
                        if easily
                        else "a round amount may be meant for the account"
                        if amount % _ROUND == 0 and any(asked[item] % 10_000 for item in one.items)
                        else "",
                    )
                )
        if found:
            return found
        return self._with_gap(line, open_now, claims, made)

    @staticmethod
    def _is_simple(one: Combination, count: int) -> bool:
        """A few documents, or all of them but at most one."""
        return len(one.items) <= _FEW or len(one.items) >= count - 1

    @staticmethod
    def _is_natural(one: Combination, count: int) -> bool:
        """All that is open, which is a thing that payers do."""
        return len(one.items) == count

    def _with_gap(self, line: int, open_now: list[int], claims: list[int], made: Maker) -> list[Hypothesis]:
        """Documents that fit with a gap that has a name: rounding, a fee, tolerance, a discount taken too late."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        fits = [
            (entry, fit) for entry in claims if (fit := self.amounts.fit([entry], amount, day)) is not None
        ]
        # A round sum is often money on account; that it rounds an invoice may be chance.
        round_sum = "a round sum may be meant for the account" if amount % 10_000 == 0 else ""
        found = [
            made([entry], fit, len(fits) - 1, round_sum if fit.kind == ROUNDING else "")
            for entry, fit in fits
        ]
        room = self.amounts.rounding_limit
        if not room or amount % 100:
            return found
        sums = combinations([self.amounts.asked(entry, day, sign) for entry in open_now], abs(amount), room)
        if fits:
            sums = [one for one in sums if self._is_simple(one, len(open_now))]
        rivals = len(fits) + len(sums) - 1
        if sums:
            found = [_trusted(one._replace(rivals=rivals)) for one in found]
        for one in sums[:3]:
            entries = self._ordered([open_now[item] for item in one.items], line)
            fit = self.amounts.fit(entries, amount, day)
            if fit is not None:
                easily = one.by_chance > ROUNDED_BY_CHANCE or amount % 10_000 == 0
                found.append(made(entries, fit, rivals, "a rounded sum fits too easily" if easily else ""))
        return found

    def _against(self, line: int) -> str:
        """What the line's text says against an answer that does not name what it names."""
        reading = self.readings[line]
        for mention in reading.mentions:
            if mention.strength >= GOOD:
                number = self.document_no[mention.document]
                return f"the text names {number}" if mention.document < self.open else f"{number} is settled"
        return f"the text names {reading.unknown[0]}, which is not open" if reading.unknown else ""

    # Nothing but the amount -----------------------------------------------------------------------------------

    def by_amount(self, line: int) -> list[Hypothesis]:
        """Documents of anybody with the amount: never more than low."""
        found = [entry for entry in self.with_amount(line) if self.amounts.left[entry]]
        amount, day = self.amount[line], self.day[line]
        return [
            Hypothesis(
                line, self.customer[entry], (entry,), self.amounts.fit([entry], amount, day) or Fit(EXACT),
                0, self.party(line, self.customer[entry]), rivals=len(found) - 1, confidence=LOW,
            )
            for entry in found[:3]
        ]  # fmt: skip

    @staticmethod
    def _ranked(found: list[Hypothesis]) -> list[Hypothesis]:
        return sorted(found, key=lambda one: (-one.confidence, -one.weight, len(one.entries), one.entries))


def _trusted(one: Hypothesis) -> Hypothesis:
    return one._replace(confidence=trust(one))


def _digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit()).lstrip("0")
