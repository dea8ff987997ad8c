"""The families of statement lines: how each is made from the books, and whether one can tell what was meant."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz

from benchmarks.matching_books import (
    _AGENTS,
    _STRANGERS,
    _SUPPLIERS,
    FEES,
    OTHER_FORM,
    TODAY,
    Books,
    Customer,
    Entry,
    Statement,
    Truth,
    folded,
    frames,
    noisy,
    other_form,
    shuffled_families,
)

_MOST = 12
"""Open items up to which all subsets of a payer are tried when a lump is made or tested."""


class Maker:
    """Makes the lines of one statement; an entry is paid by one family only."""

    def __init__(self, seed: int, count: int) -> None:
        self.chance = random.Random(seed)
        self.books = Books(self.chance, count * 5 // 4, seed % 4)
        self.lines: list[dict[str, object]] = []
        self.truths: list[Truth] = []
        self.debits: list[tuple[str, str]] = []
        self.touched: set[int] = set()
        self.left = list(range(len(self.books.entries)))
        self.chance.shuffle(self.left)
        families = shuffled_families(self.chance, count)
        # What changes the books so that a case arises comes first, what repeats another line comes last.
        rank = {"namesakes": 0, "equal invoices of a payer": 0, "two lumps possible": 0, "paid long ago": 0,
                "lump of all": 1, "lump of some": 1, "lump less a credit memo": 1, "abbreviated list": 1,
                "list of numbers": 1, "less a named credit memo": 1, "paid twice": 3}  # fmt: skip
        families.sort(key=lambda family: rank.get(family, 2))
        made: defaultdict[str, int] = defaultdict(int)
        wanted = {family: families.count(family) for family in dict.fromkeys(families)}
        for family in families:
            if made[family] < wanted[family]:
                before = len(self.lines)
                _FAMILIES[family](self, family)
                made[family] += len(self.lines) - before
        self._label()

    # Picking ------------------------------------------------------------------------------------------------

    def one(self, fits: Callable[[Entry, Customer], bool] = lambda entry, customer: True) -> Entry | None:
        """A free invoice that fits, in random order; None when there is none among the next thousand."""
        step = 0
        while step < min(len(self.left), 1000):
            entry = self.books.entries[self.left[-1 - step]]
            if entry.used or entry.kind != "invoice":
                self.left.pop(-1 - step)
            elif fits(entry, self.books.customers[entry.customer]):
                self.left.pop(-1 - step)
                entry.used = True
                return entry
            else:
                step += 1
        return None

    def some(self, fewest: int, most: int, fits: Callable[[Customer], bool]) -> list[Entry]:
        """All free invoices of a customer that has from fewest to most of them; marked as used."""
        for _ in range(300):
            customer = self.chance.choice(self.books.customers)
            free = self.free(customer)
            if fewest <= len(free) <= most and fits(customer):
                return free
        return []

    def free(self, customer: Customer, kind: str = "invoice") -> list[Entry]:
        return [
            entry
            for entry in (self.books.entries[place] for place in customer.entries)
            if not entry.used and entry.kind == kind
        ]

    def owner(self, entry: Entry) -> Customer:
        return self.books.customers[entry.customer]

    def day(self, entries: Sequence[Entry] = ()) -> dt.date:
        first = max([entry.posted for entry in entries] + [TODAY - dt.timedelta(days=10)])
        return first + dt.timedelta(days=self.chance.randrange((TODAY - first).days + 1))

    def late(self, entries: Sequence[Entry]) -> dt.date:
        """A day on which no discount is given any more: what is paid is the full amount."""
        day = self.day(entries)
        for entry in entries:
            if entry.discount_date and day <= entry.discount_date:
                entry.discount_date = day - dt.timedelta(days=1)
        return day

    # Writing ------------------------------------------------------------------------------------------------

    def put(self, truth: Truth, day: dt.date, amount: int, **fields: str) -> None:
        self.lines.append({"date": day, "amount": amount, **fields})
        self.truths.append(truth)

    def payer(self, customer: Customer, share: float = 0.6) -> dict[str, str]:
        """The payer's name and account, as far as the bank gives them; account in so many of the cases."""
        fields = {"payer_name": other_form(self.chance, customer)}
        if customer.account and self.chance.random() < share:
            fields["payer_account"] = customer.account
        if self.chance.random() < 0.3:
            fields |= {"payer_address": customer.address, "payer_city": customer.city}
        return fields

    def filler(self) -> str:
        chance = self.chance
        return chance.choice(
            ["", "", "Betalning", "Överföring", "Bet", "TACK", f"{TODAY:%Y%m}{chance.randrange(10, 31)}",
             f"tel 08-{chance.randrange(10**6):06d}", f"order {chance.randrange(10**4, 10**5)}", "Bankgiro",
             f"Org {chance.randrange(55 * 10**4, 56 * 10**4)}-{chance.randrange(1000, 9999)}", "Insättning"]
        )  # fmt: skip

    def said(self, words: str) -> dict[str, str]:
        """Words in one of the fields where a bank may put them."""
        parts = [self.filler(), words, self.filler() if self.chance.random() < 0.4 else ""]
        text = " ".join(part for part in parts if part)
        return (
            {"text": text} if self.chance.random() < 0.7 else {"text": "Inbetalning", "additional_info": text}
        )

    def named(self, number: str) -> str:
        words = ["", "", "Faktura ", "fakt ", "Inv ", "avs ", "nr ", "Betaln faktnr ", "ref "]
        return f"{self.chance.choice(words)}{number}"

    # With a reference ---------------------------------------------------------------------------------------

    def ocr(self, family: str) -> None:
        entry = self.one(lambda entry, _: bool(entry.reference))
        if entry is None:
            return
        reference, chance = entry.reference, self.chance
        truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, reference=True)
        payer = self.payer(self.owner(entry)) if chance.random() < 0.5 else {}
        if family == "ocr":
            shown = reference if chance.random() < 0.8 else f"{reference[:4]} {reference[4:]}"
            fields = {"payment_reference": shown, "text": self.filler()}
        else:
            fields = self.said(
                f"BG 5051-8875 OCR {reference}" if chance.random() < 0.5 else f"OCR: {reference}"
            )
        self.put(truth, self.late([entry]), entry.remaining, **fields, **payer)

    def number(self, family: str) -> None:
        entry = self.one()
        if entry is None:
            return
        customer, chance = self.owner(entry), self.chance
        payer = self.payer(customer) if chance.random() < 0.7 else {}
        number = entry.number
        if family == "number in other form":
            number = self._other_number(entry.number)
        elif family == "dropped zeros or prefix":
            digits = "".join(letter for letter in number if letter.isdigit())
            short = {0: digits[-4:], 1: digits, 2: f"2026-{digits[4:].lstrip('0')}", 3: digits.lstrip("0")}
            number = short[self.books.style]
            payer = self.payer(customer)
        elif family == "mistyped number":
            number, payer = self._mistyped(entry.number), self.payer(customer)
            same = {other.number for other in self.books.entries if other.remaining == entry.remaining}
            while number in same:  # That would be a payment of the other one.
                number = self._mistyped(entry.number)
        truth = Truth(
            family, entry.customer, {entry.entry_no: entry.remaining}, reference=family != "mistyped number"
        )
        self.put(truth, self.late([entry]), entry.remaining, **self.said(self.named(number)), **payer)

    def _other_number(self, number: str) -> str:
        digits = "".join(letter for letter in number if letter.isdigit())
        half = len(digits) // 2
        halves = (digits[:half], digits[half:])
        forms = [
            f"FAKT.{digits}",
            f"nr{digits}",
            f"#{digits}",
            " ".join(halves),
            f"F-{digits}",
            "-".join(halves),
        ]
        return self.chance.choice([*forms, number.lower(), number.replace("-", " "), number.replace("-", "")])

    def _mistyped(self, number: str) -> str:
        place = self.chance.randrange(len(number) - 4, len(number))
        way = self.chance.random()
        if way < 0.4:
            wrong = self.chance.choice([digit for digit in "0123456789" if digit != number[place]])
            return number[:place] + wrong + number[place + 1 :]
        if way < 0.75 and number[place - 1] != number[place]:
            return number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]
        return number[:place] + number[place + 1 :]

    def listed(self, family: str) -> None:
        chance = self.chance
        free = self.some(2, 400, lambda customer: True)
        if family == "abbreviated list":
            for _ in range(200):
                stems: defaultdict[str, list[Entry]] = defaultdict(list)
                for entry in free:
                    stems[entry.number[:-2]].append(entry)
                free = max(stems.values(), key=len, default=[])
                if len(free) > 1:
                    break
                free = self.some(3, 400, lambda customer: True)
            if len(free) < 2:
                return
        elif len(free) < 2:
            return
        chosen = sorted(
            chance.sample(free, min(len(free), chance.choice((2, 2, 3, 4, 5)))), key=lambda e: e.number
        )
        numbers = [entry.number for entry in chosen]
        text = chance.choice([", ", " ", "+", " & ", "; ", "/"]).join(numbers)
        if family == "abbreviated list":
            apart = chance.choice(["/", ",", ", ", "+"])
            text = numbers[0] + "".join(apart + number[-2:] for number in numbers[1:])
            serials = [int(number[-4:]) for number in numbers]
            if len(numbers) > 2 and serials == list(range(serials[0], serials[0] + len(serials))):
                text = f"{numbers[0]}-{numbers[-1][-2:] if chance.random() < 0.5 else numbers[-1]}"
        self._pay(family, chosen, self.said(self.named(text)), 0.6, reference=True)

    def _pay(
        self, family: str, chosen: list[Entry], fields: dict[str, str], share: float, reference: bool
    ) -> None:
        """One line that pays some documents in full; share: how often the payer is told."""
        for entry in chosen:
            entry.used = True
        amount = sum(entry.remaining for entry in chosen)
        payer = self.payer(self.books.customers[chosen[0].customer]) if self.chance.random() < share else {}
        truth = Truth(
            family,
            chosen[0].customer,
            {entry.entry_no: entry.remaining for entry in chosen},
            reference=reference,
        )
        self.put(truth, self.late(chosen), amount, **fields, **payer)

    def less_credit_memo(self, family: str) -> None:
        named = family == "less a named credit memo"
        for _ in range(500):
            customer = self.chance.choice(self.books.customers)
            free, credit = self.free(customer), self.free(customer, "credit_memo")
            if (
                not free
                or not credit
                or (not named and (not customer.account or len(customer.entries) > _MOST))
            ):
                continue
            chosen = [self.chance.choice(free), credit[0]]
            if len(free) > 1 and self.chance.random() < 0.4:
                chosen = [*self.chance.sample(free, 2), credit[0]]
            if sum(entry.remaining for entry in chosen) > 5000:
                words = " minus ".join(entry.number for entry in chosen) if named else self.filler()
                fields = self.said(words) if named else {"text": words, "payer_account": customer.account}
                self._pay(family, chosen, fields, 0.7 if named else 0.0, reference=named)
                return

    def with_gap(self, family: str) -> None:
        """A number, and an amount that is not what is open."""
        discounted = "discount" in family
        entry = self.one(
            lambda entry, customer: (
                (entry.discount > 0) == discounted and entry.remaining == entry.amount > 20_000
            )
        )
        if entry is None:
            return
        day, amount, settled = self.day([entry]), entry.remaining, entry.remaining
        if family == "number, discount in time":
            entry.discount_date = min(day + dt.timedelta(days=self.chance.randrange(4)), TODAY)
            amount -= entry.discount
        elif family == "number, discount too late":
            entry.discount_date = day - dt.timedelta(days=self.chance.randrange(1, 20))
            amount = settled = amount - entry.discount
        elif family == "number, part payment":
            amount = settled = entry.remaining * self.chance.randrange(2, 9) // 10 // 100 * 100
        elif family == "number, overpaid":
            amount += self.chance.choice((10_000, 25_000, 100, 3_300, 99_99))
        elif family == "number, bank fee missing":
            amount -= self.chance.choice(FEES)
        elif family == "number, rounded":
            amount = (amount + 50) // 100 * 100
        payer = self.payer(self.owner(entry))
        truth = Truth(family, entry.customer, {entry.entry_no: settled}, reference=True)
        self.put(truth, day, amount, **self.said(self.named(entry.number)), **payer)

    def other_payer(self, family: str) -> None:
        entry = self.one()
        if entry is None:
            return
        if family == "paid by an agent":
            payer = {"payer_name": self.chance.choice(_AGENTS)}
            if self.chance.random() < 0.5:
                payer["payer_account"] = (
                    f"{self.chance.randrange(100, 6000)}-{self.chance.randrange(1000, 9999)}"
                )
        else:
            # When the payer had an invoice of the same amount, nobody would know which one is meant.
            other = self.chance.choice(self.books.customers)
            while any(self.books.entries[place].remaining == entry.remaining for place in other.entries):
                other = self.chance.choice(self.books.customers)
            payer = self.payer(other)
        truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, reference=True)
        self.put(truth, self.late([entry]), entry.remaining, **self.said(self.named(entry.number)), **payer)

    def instalments(self, family: str) -> None:
        entry = self.one(lambda entry, _: entry.remaining > 100_000 and not entry.discount)
        if entry is None:
            return
        first = entry.remaining * self.chance.randrange(3, 7) // 10
        payer = self.payer(self.owner(entry))
        days = sorted(self.day([entry]) for _ in range(2))
        for day, amount in zip(days, (first, entry.remaining - first)):
            truth = Truth(family, entry.customer, {entry.entry_no: amount}, reference=True)
            self.put(truth, day, amount, **self.said(self.named(entry.number)), **payer)

    # Without a reference ------------------------------------------------------------------------------------

    def by_payer(self, family: str) -> None:
        """One document, and only the payer says whose."""
        chance = self.chance
        wanted: dict[str, Callable[[Entry, Customer], bool]] = {
            "account": lambda entry, customer: bool(customer.account),
            "account, rounded": lambda entry, customer: bool(customer.account) and entry.remaining % 100 != 0,
            "account, discount in time": lambda entry, customer: bool(customer.account and entry.discount),
            "name swapped": lambda entry, customer: customer.person,
            "alias": lambda entry, customer: bool(customer.alias),
        }
        entry = self.one(wanted.get(family, lambda entry, customer: True))
        if entry is None:
            return
        customer = self.owner(entry)
        amount, text = entry.remaining, self.filler()
        fields = {"payer_name": other_form(chance, customer)}
        if family.startswith("account"):
            fields = {"payer_account": customer.account}
            if chance.random() < 0.4:
                fields["payer_name"] = other_form(chance, customer)
        elif family == "name with noise":
            fields["payer_name"] = noisy(chance, customer.name)
        elif family == "name swapped":
            words = customer.name.split()
            swapped = " ".join([words[-1], *words[:-1]])
            fields["payer_name"] = swapped if chance.random() < 0.6 else folded(swapped)
        elif family == "alias":
            fields["payer_name"] = customer.alias
        elif family == "customer number in text":
            fields, text = {}, f"kundnr {customer.no}"
        written = fields.get("payer_name", "")
        if (
            chance.random() < 0.15
            and "payer_name" in fields
            and "payer_account" not in fields
            and family != "alias"
        ):
            text = f"{fields.pop('payer_name')} {text}".strip()  # Some banks give one field only.
        day = self.late([entry])
        if family == "account, discount in time":
            day = self.day([entry])
            entry.discount_date = min(day + dt.timedelta(days=2), TODAY)
            amount -= entry.discount
        elif family == "account, rounded":
            amount = (amount + 50) // 100 * 100
        truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, written=written)
        self.put(truth, day, amount, text=text, **fields)

    def lump(self, family: str) -> None:
        free = self.some(
            *((2, 60) if family == "lump of all" else (3, _MOST)), lambda customer: bool(customer.account)
        )
        if not free:
            return
        customer = self.owner(free[0])
        if family == "lump of some":
            free = self.chance.sample(free, self.chance.randrange(2, min(len(free), 6)))
        fields = {"text": self.filler(), "payer_account": customer.account}
        self._pay(family, free, fields, 0.0, reference=False)

    def direct_debit(self, family: str) -> None:
        entry = self.one()
        if entry is None:
            return
        name = f"DD-{TODAY:%Y}-{len(self.debits) + 1:06d}"
        self.debits.append((name, entry.number))
        truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, reference=True)
        self.put(truth, self.late([entry]), entry.remaining, text="Autogiro", transaction_id=name)

    # What nobody can settle ---------------------------------------------------------------------------------

    def no_customer(self, family: str) -> None:
        chance = self.chance
        nothing = Truth(family, payable=False, kind="nothing")
        amount = int(chance.lognormvariate(12.9, 1.0))
        day = self.day()
        if family == "supplier, salary, tax":
            text = chance.choice(_SUPPLIERS)
            self.put(nothing, day, chance.randrange(1, 5000) if text == "Ränta" else -amount, text=text)
        elif family == "unknown payer":
            words = chance.choice(["", f"Faktura {chance.randrange(7000, 99999)}", self.filler()])
            name = f"{chance.choice(_STRANGERS)} {chance.randrange(100)}"
            self.put(nothing, day, amount, text=words, payer_name=name)
        else:
            number = chance.choice(self.books.entries).number
            digits = "".join(letter for letter in number if letter.isdigit())
            words = chance.choice(
                [f"Kungsgatan {digits[-4:]}", f"order {digits}", f"tel {digits}", f"kvitto {digits}"]
            )
            self.put(nothing, day, amount, text=words)

    def amount_only(self, family: str) -> None:
        entry = self.one()
        if entry is not None:
            truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, payable=False)
            self.put(truth, self.late([entry]), entry.remaining, text=self.filler())

    def two_possible(self, family: str) -> None:
        """Books in which two answers are equally good."""
        lumps = family == "two lumps possible"
        free = self.some(
            4 if lumps else 2, 40, lambda customer: bool(customer.account) and customer.no not in self.touched
        )
        if not free:
            return
        customer = self.owner(free[0])
        self.touched.add(customer.no)
        for entry in free:
            entry.discount, entry.discount_date = 0, None
        if lumps:
            one, two, three, four = free[:4]
            total = one.remaining + two.remaining
            if total - three.remaining < 5000:
                return
            four.amount = four.remaining = total - three.remaining
            chosen = [one, two]
            three.used = four.used = True
        else:
            free[1].amount = free[1].remaining = free[0].remaining
            chosen, free[1].used = free[:1], True
        fields = {"text": self.filler(), "payer_account": customer.account}
        self._pay(family, chosen, fields, 0.0, reference=False)
        self.truths[-1].payable = False

    def namesakes(self, family: str) -> None:
        chance = self.chance
        first, second = self.some(1, 9, self._fresh), self.some(1, 9, self._fresh)
        if not first or not second or first[0].customer == second[0].customer:
            return
        one, other = self.owner(first[0]), self.owner(second[0])
        self.touched |= {one.no, other.no}
        other.name, other.form, other.person = one.name, one.form, one.person
        for entry in (first[0], second[0]):
            entry.discount, entry.discount_date = 0, None
        second[0].amount = second[0].remaining = first[0].remaining
        first[0].used = second[0].used = True
        truth = Truth(family, first[0].customer, {first[0].entry_no: first[0].remaining}, payable=False)
        name = other_form(chance, one)
        self.put(truth, self.day(), first[0].remaining, text=self.filler(), payer_name=name)

    def _fresh(self, customer: Customer) -> bool:
        return customer.no not in self.touched and not customer.alias

    def twice(self, family: str) -> None:
        for _ in range(200):
            place = self.chance.randrange(len(self.lines))
            truth, line = self.truths[place], self.lines[place]
            first = line["date"]
            assert isinstance(first, dt.date)
            if truth.family in ("ocr", "number", "ocr among words") and first < TODAY and truth.applied:
                again = {name: str(value) for name, value in line.items() if name not in ("date", "amount")}
                day = first + dt.timedelta(days=self.chance.randrange(1, (TODAY - first).days + 1))
                amount = sum(truth.applied.values())
                self.put(Truth(family, truth.customer, {}, False, "on account", True), day, amount, **again)
                return

    def long_ago(self, family: str) -> None:
        """The number of an invoice that is settled; another one of the same amount is open."""
        for _ in range(200):
            entry = self.chance.choice(self.books.settled)
            customer = self.owner(entry)
            free = self.free(customer)
            if free and customer.no not in self.touched:
                self.touched.add(customer.no)
                entry.amount = free[0].remaining
                free[0].used = True
                free[0].discount, free[0].discount_date = 0, None
                words = self.said(self.named(entry.number))
                truth = Truth(family, entry.customer, {}, False, "on account", True)
                self.put(truth, self.day(), entry.amount, **words, **self.payer(customer))
                return

    def returned(self, family: str) -> None:
        entry = self.one(lambda entry, customer: bool(customer.account))
        if entry is None:
            return
        first = self.day([entry])
        second = min(first + dt.timedelta(days=self.chance.randrange(0, 5)), TODAY)
        payer = self.payer(self.owner(entry), 1.0)
        truth = Truth(family, entry.customer, {}, False, "returned", True)
        self.put(truth, first, entry.remaining, **self.said(self.named(entry.number)), **payer)
        word = self.chance.choice(["Retur", "Återbetalning", "RETURNED PAYMENT", "Returnerad betalning"])
        self.put(truth, second, -entry.remaining, text=f"{word} {entry.number}", **payer)

    def on_account(self, family: str) -> None:
        free = self.some(1, 40, lambda customer: bool(customer.account))
        if free:
            customer = self.owner(free[0])
            amount = self.chance.randrange(1, 40) * 100_000
            truth = Truth(family, free[0].customer, {}, False, "on account")
            self.put(truth, self.day(), amount, text=self.filler(), payer_account=customer.account)

    def two_customers(self, family: str) -> None:
        one, other = self.one(), self.one()
        if one is None or other is None or one.customer == other.customer:
            return
        applied = {entry.entry_no: entry.remaining for entry in (one, other)}
        truth = Truth(family, one.customer, applied, payable=False, reference=True)
        words = self.said(f"{one.number}, {other.number}")
        self.put(truth, self.late([one, other]), one.remaining + other.remaining, **words)

    def disagree(self, family: str) -> None:
        entry, other = self.one(lambda entry, customer: bool(customer.account)), self.one()
        if entry is None or other is None or entry.customer == other.customer:
            return
        if sum(a != b for a, b in zip(entry.number, other.number)) < 3:
            return  # Nearly the payer's own number would be a slip.
        truth = Truth(family, entry.customer, {entry.entry_no: entry.remaining}, payable=False)
        payer = {"payer_account": self.owner(entry).account}
        self.put(truth, self.late([entry]), entry.remaining, **self.said(self.named(other.number)), **payer)

    # Can one tell? ------------------------------------------------------------------------------------------

    def _label(self) -> None:
        """Lines without a reference can be told when the payer's open items explain the amount in one way only.

        A person has the whole statement: what other lines name is not there any more, and neither is what
        another line of the payer can only be for. As many equal lines as equal invoices are told as well.
        """
        named = [truth for truth in self.truths if truth.reference or truth.family == "mistyped number"]
        referenced = {entry for truth in named for entry in truth.applied}
        of_payer: defaultdict[int, list[int]] = defaultdict(list)
        by_name = []
        for place, truth in enumerate(self.truths):
            # A mistyped number is told by payer and amount together.
            if truth.payable and not truth.reference and truth.family != "mistyped number":
                of_payer[truth.customer].append(place)
                if truth.family.startswith("name"):
                    by_name.append(place)
        gone = set(referenced)
        for customer, places in of_payer.items():
            gone |= self._label_payer(customer, places, referenced)
        by_amount: defaultdict[int, list[Customer]] = defaultdict(list)
        for entry in self.books.entries:
            if entry.entry_no not in gone:
                by_amount[entry.remaining].append(self.books.customers[entry.customer])
        for place in by_name:
            line, truth = self.lines[place], self.truths[place]
            written = truth.written or str(line["payer_name"])
            others = by_amount[int(str(line["amount"]))]
            truth.payable &= not self._has_rival(written, self.books.customers[truth.customer], others)

    def _label_payer(self, customer: int, places: list[int], referenced: set[int]) -> set[int]:
        """Label the lines of one payer; returns the documents that they can only be for."""
        gone: set[int] = set()
        waiting = list(places)
        ways: dict[int, list[frozenset[int]]] = {}
        while waiting:
            before = len(waiting)
            for place in list(waiting):
                line, truth = self.lines[place], self.truths[place]
                room = 50 if truth.family == "account, rounded" else 0
                items = self._items(customer, line, referenced | gone)
                ways[place] = _explanations(items, int(str(line["amount"])), room)
                if not room and int(str(line["amount"])) % 100 == 0:
                    # A round payment may as well be that of an invoice which differs by öre.
                    near = _explanations(items, int(str(line["amount"])), 50, most=1)
                    ways[place] += [way for way in near if way not in ways[place]]
                if any(len(way) == 1 for way in ways[place]):
                    # One invoice is doubted for the sake of a simple sum, not of any that can be made.
                    ways[place] = [way for way in ways[place] if len(way) <= 3 or len(way) >= len(items) - 1]
                if len(ways[place]) == 1:
                    # Books that explain it in one way only, and not as it was meant, mislead.
                    truth.payable = ways[place][0] == frozenset(truth.applied)
                    gone |= ways[place][0] if truth.payable else frozenset()
                    waiting.remove(place)
            if len(waiting) == before:
                twins = self._twins(waiting, ways)
                gone |= twins
                waiting = [place for place in waiting if not self.truths[place].twins]
                if not twins:
                    break
        for place in waiting:
            self.truths[place].payable = False
        return gone

    def _twins(self, waiting: list[int], ways: dict[int, list[frozenset[int]]]) -> set[int]:
        """Documents that as many equal lines are for: whichever is settled by which, all of them are."""
        for place in waiting:
            same = [other for other in waiting if set(ways[other]) == set(ways[place])]
            if all(len(way) == 1 for way in ways[place]) and len(same) == len(ways[place]) > 1:
                twins = frozenset().union(*ways[place])
                for other in same:
                    self.truths[other].twins = twins
                return set(twins)
        return set()

    def _items(self, customer: int, line: dict[str, object], gone: set[int]) -> dict[int, int]:
        """What a payer's open documents ask for on the line's day."""
        day, items = line["date"], {}
        assert isinstance(day, dt.date)
        for entry in (self.books.entries[place] for place in self.books.customers[customer].entries):
            if entry.entry_no not in gone and entry.posted <= day:
                in_time = entry.discount_date is not None and day <= entry.discount_date
                items[entry.entry_no] = entry.remaining - (entry.discount if in_time else 0)
        return items

    @staticmethod
    def _has_rival(written: str, customer: Customer, others: list[Customer]) -> bool:
        """Whether what is written fits another customer with an invoice of this amount about as well."""
        fits = _alike(written, customer)
        limit = min(fits, 100.0) if fits >= 100 else fits - 5
        return any(_alike(written, other) >= limit for other in others if other is not customer)

    def statement(self) -> Statement:
        return frames(self.books, self.lines, self.truths, self.debits)


def _alike(written: str, customer: Customer) -> float:
    """How alike a written name is to a customer's, 0 to 100, as a person reads it.

    Words in any order, company forms aside, a '?' read as the letter that the name has there.
    """
    core = _plain(customer.name)
    text = _plain(written)
    solid, other = text.replace(" ", ""), core.replace(" ", "")
    if "?" in text and len(solid) == len(other):
        solid = "".join(b if a == "?" else a for a, b in zip(solid, other))
    if solid == other or (len(solid) > 11 and other.startswith(solid)):
        return 100.0
    whole = fuzz.ratio(
        folded(written).replace(" ", ""), folded(customer.name).replace(" ", "")
    )  # A slip in the form.
    return float(max(fuzz.token_sort_ratio(text, core), fuzz.ratio(solid, other), whole - 1))


def _plain(name: str) -> str:
    words = folded(name).replace("Ø", "O").replace(".", "").replace("'", "").replace("&", " ").split()
    return " ".join(word for word in words if not _is_form(word))


def _is_form(word: str) -> bool:
    return any(
        len(word) == len(form) and all(a in (b, "?") for a, b in zip(word, form)) for form in _FORM_WORDS
    )


_FORM_WORDS = {
    word
    for forms in OTHER_FORM.items()
    for form in (forms[0], *forms[1])
    for word in folded(form).replace(".", "").split()
}


def _explanations(items: dict[int, int], amount: int, room: int, most: int = 99) -> list[frozenset[int]]:
    """The sets of items that add up to the amount, up to `room` off: all sums of few items, small sums of many."""
    numbers, values = list(items), np.array(list(items.values()), dtype=np.int64)
    if most == 1:
        return [frozenset({number}) for number, value in items.items() if abs(value - amount) <= room]
    if len(numbers) <= _MOST + 4:
        sums = np.zeros(1, dtype=np.int64)
        for value in values:
            sums = np.concatenate([sums, sums + value])
        hits = np.flatnonzero(np.abs(sums - amount) <= room).tolist()
        return [
            frozenset(number for place, number in enumerate(numbers) if hit >> place & 1)
            for hit in hits
            if hit
        ]
    found = [frozenset(numbers)] if abs(int(values.sum()) - amount) <= room else []
    for size in (1, 2, 3) if len(numbers) < 60 else (1, 2):
        places = np.array(list(itertools.combinations(range(len(numbers)), size)))
        hits = np.flatnonzero(np.abs(values[places].sum(axis=1) - amount) <= room)
        found += [frozenset(numbers[place] for place in places[hit]) for hit in hits.tolist()]
        if size < 3:  # All but one or two.
            hits = np.flatnonzero(np.abs(values.sum() - values[places].sum(axis=1) - amount) <= room)
            found += [frozenset(numbers) - {numbers[place] for place in places[hit]} for hit in hits.tolist()]
    return found


_FAMILIES: dict[str, Callable[[Maker, str], None]] = {
    "ocr": Maker.ocr, "ocr among words": Maker.ocr, "number": Maker.number, "number in other form": Maker.number,
    "dropped zeros or prefix": Maker.number, "mistyped number": Maker.number, "list of numbers": Maker.listed,
    "abbreviated list": Maker.listed, "less a named credit memo": Maker.less_credit_memo,
    "number, discount in time": Maker.with_gap, "number, discount too late": Maker.with_gap,
    "number, part payment": Maker.with_gap, "number, overpaid": Maker.with_gap,
    "number, bank fee missing": Maker.with_gap, "number, rounded": Maker.with_gap,
    "paid by an agent": Maker.other_payer, "paid by another customer": Maker.other_payer,
    "instalments": Maker.instalments, "account": Maker.by_payer, "account, discount in time": Maker.by_payer,
    "lump of some": Maker.lump, "lump of all": Maker.lump, "lump less a credit memo": Maker.less_credit_memo,
    "name in other form": Maker.by_payer, "name with noise": Maker.by_payer, "name swapped": Maker.by_payer,
    "alias": Maker.by_payer, "customer number in text": Maker.by_payer, "account, rounded": Maker.by_payer,
    "direct debit": Maker.direct_debit, "supplier, salary, tax": Maker.no_customer,
    "unknown payer": Maker.no_customer, "amount only": Maker.amount_only,
    "equal invoices of a payer": Maker.two_possible, "two lumps possible": Maker.two_possible,
    "namesakes": Maker.namesakes, "paid twice": Maker.twice, "paid long ago": Maker.long_ago,
    "returned": Maker.returned, "round sum on account": Maker.on_account, "two customers": Maker.two_customers,
    "number by chance": Maker.no_customer, "payer and number disagree": Maker.disagree,
}  # fmt: skip
