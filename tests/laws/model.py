"""A small sales ledger in plain Python, dicts and Decimal: what the books must hold after a story.

It is written from the rules of bookkeeping, not from the program: lines are priced and rounded, VAT is rounded
once per rate and document, every claim stands open until payments and credit memos have eaten it. Money that comes
in time may be short by the discount, which takes back its part of the VAT. Foreign money stands in kronor at the
rate of its day, and what two days' rates leave over is a gain or a loss.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

D = Decimal
CENT, NOTHING, ONE = D("0.01"), D(0), D(1)
ITEMS = {"A1": (D(1000), "3001", D(25), "VAT25", "2611"), "A2": (D("50.30"), "3002", D(6), "VAT6", "2621")}
"""Price, sales account, VAT, its identifier and account. Only goods have an account for line discounts."""
DISCOUNT_ACCOUNT = {"A1": "3730"}
FAST, FAST_DAYS, FAST_PERCENT = "C4", 10, D(2)
"""The customer with a payment discount."""
ABROAD = "C5"
"""The customer who trades in euro."""
BANK = {"": "1930", "EUR": "1932"}
RATES = {
    date(2026, 10, 1): D(11),
    date(2026, 10, 7): D("11.2345"),
    date(2026, 10, 14): D("10.9"),
    date(2026, 10, 23): D("11.5"),
}
"""Kronor for a euro from a day on."""


def rate_on(currency: str, day: date) -> Decimal:
    """The newest rate that is not later than the day; 1 for kronor."""
    return RATES[max(start for start in RATES if start <= day)] if currency else ONE


def money(amount: Decimal) -> Decimal:
    """Rounded to the öre, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One line as typed: price None takes the item card's."""

    item: str
    quantity: Decimal
    price: Decimal | None = None
    percent: Decimal = NOTHING


@dataclass
class Claim:
    """An open entry, signed: a claim is positive, money and credit negative; `local` is what remains in kronor."""

    customer: str
    remaining: Decimal
    local: Decimal
    currency: str = ""
    day: date = date.min
    rate: Decimal = ONE
    discount: Decimal = NOTHING
    discount_until: date = date.min
    taxed: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    """What was sold by item, with its VAT, and the VAT."""


@dataclass
class Link:
    """What one application did, so that it can be taken back."""

    credit: str
    claim: str
    part: Decimal
    of_claim: Decimal
    of_credit: Decimal
    discounts: list[tuple[str, Decimal, Decimal]]
    """Item, share of the discount, and the VAT in it; no item for a claim without VAT."""

    @property
    def discount(self) -> Decimal:
        """The whole discount."""
        return sum((share for _, share, _ in self.discounts), NOTHING)


@dataclass
class Ledger:
    """Balances by account in kronor, VAT by identifier, and every entry of a customer by `kind key`."""

    accounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    vat: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    entries: dict[str, Claim] = field(default_factory=dict)
    posted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many documents of each kind were posted."""
    stock: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    links: list[Link] = field(default_factory=list)
    """The applications that stand, the latest last."""
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often what is rare came about."""

    def sell(
        self,
        kind: str,
        key: str,
        customer: str,
        lines: list[Line],
        day: date,
        currency: str = "",
        rate: Decimal | None = None,
    ) -> None:
        """Post an invoice, or a credit memo, which is its mirror; a document in euro has one line."""
        sign = -1 if kind == "credit_memo" else 1
        rate = rate or rate_on(currency, day)
        sold: dict[str, Decimal] = defaultdict(Decimal)
        off: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            gross = money(line.quantity * (ITEMS[line.item][0] if line.price is None else line.price))
            discount = money(gross * line.percent / 100)
            sold[line.item] += gross - discount
            off[line.item] += discount
            self.stock[line.item] -= sign * line.quantity
        tax = {item: money(amount * ITEMS[item][2] / 100) for item, amount in sold.items()}
        total = sum(sold.values(), NOTHING) + sum(tax.values(), NOTHING)
        taxed = []
        for item, amount in sold.items():
            _, account, _, _, vat_account = ITEMS[item]
            of_vat = money(tax[item] * rate)
            net = money((amount + tax[item]) * rate) - of_vat
            if item in DISCOUNT_ACCOUNT:
                self.accounts[DISCOUNT_ACCOUNT[item]] += sign * money(off[item] * rate)
                self.accounts[account] -= sign * (net + money(off[item] * rate))
            else:
                self.accounts[account] -= sign * net
            self.accounts[vat_account] -= sign * of_vat
            self._tax(item, -sign * net, -sign * of_vat)
            taxed.append((item, net + of_vat, of_vat))
        self._open(kind, key, customer, sign * total, currency, day, rate)
        claim = self.entries[f"{kind} {key}"]
        claim.taxed = sorted(taxed, reverse=True)
        if customer == FAST and sign > 0:
            claim.discount = money(total * FAST_PERCENT / 100)
            claim.discount_until = day + timedelta(days=FAST_DAYS)
        self.posted[kind] += 1

    def take_over(self, key: str, customer: str, amount: Decimal) -> None:
        """An open invoice of an earlier system."""
        self.accounts["2999"] -= amount
        self._open("opening", key, customer, amount)

    def pay(self, key: str, customer: str, amount: Decimal, claim: str, day: date) -> None:
        """Money from a customer, for one claim (`kind key`) or on account (''); what is left over stays open."""
        currency = self.entries[claim].currency if claim else ""
        rate = rate_on(currency, day)
        self.accounts[BANK[currency]] += money(amount * rate)
        self._open("payment", key, customer, -amount, currency, day, rate)
        self.posted["payment"] += 1
        if claim:
            self.apply(f"payment {key}", claim)

    def apply(self, credit: str, claim: str) -> None:
        """Let a payment or credit memo eat as much of a claim as both have left, the discount aside."""
        paid, owed = self.entries[credit], self.entries[claim]
        left = -paid.remaining
        off = self.discount_for(claim, left, paid.day) if credit.startswith("payment") else NOTHING
        part = max(NOTHING, min(left, owed.remaining - off))
        if not part:
            return
        of_claim = money(owed.local * (part + off) / owed.remaining) - off
        of_credit = money(-paid.local * part / left)
        link = Link(credit, claim, part, of_claim, of_credit, self._shares(owed, off))
        self.links.append(link)
        self._move(link, 1)
        self.done["discounts taken"] += bool(off)
        self.done["gains and losses"] += of_credit != of_claim

    def discount_for(self, claim: str, amount: Decimal, day: date) -> Decimal:
        """What this money may be short of the claim: the discount, if it comes in time and is not the whole claim."""
        owed = self.entries[claim]
        off = min(owed.discount, owed.remaining)
        return (
            off if day <= owed.discount_until and owed.remaining - off <= amount < owed.remaining else NOTHING
        )

    def unapply(self, credit: str) -> None:
        """Take the latest application of a payment back: both are open again."""
        found = max(number for number, link in enumerate(self.links) if link.credit == credit)
        link = self.links.pop(found)
        self._move(link, -1)
        self.done["discounts taken back"] += bool(link.discounts)

    def latest(self) -> dict[str, str]:
        """Payments whose latest application is also the latest of its claim, so that it can be taken back; their claims."""
        by_claim = {link.claim: number for number, link in enumerate(self.links)}
        by_credit = {link.credit: number for number, link in enumerate(self.links)}
        return {
            link.credit: link.claim
            for number, link in enumerate(self.links)
            if by_claim[link.claim] == number == by_credit[link.credit] and link.credit.startswith("payment")
        }

    def write_off(self, claim: str, amount: Decimal) -> None:
        """Give up a part of a claim in kronor; the VAT stays."""
        self._settle_by_account(claim, -amount, "6570")

    def refund(self, credit: str) -> None:
        """Pay all that a customer has to his credit in kronor back."""
        self._settle_by_account(credit, -self.entries[credit].remaining, BANK[""])

    def balances(self) -> dict[str, Decimal]:
        """What every customer owes in kronor, zeros left out."""
        owed: dict[str, Decimal] = defaultdict(Decimal)
        for claim in self.entries.values():
            owed[claim.customer] += claim.local
        return {customer: amount for customer, amount in sorted(owed.items()) if amount}

    def _open(
        self,
        kind: str,
        key: str,
        customer: str,
        amount: Decimal,
        currency: str = "",
        day: date = date.min,
        rate: Decimal = ONE,
    ) -> None:
        local = money(amount * rate)
        self.accounts["1510"] += local
        self.entries[f"{kind} {key}"] = Claim(customer, amount, local, currency, day, rate)

    def _settle_by_account(self, name: str, amount: Decimal, account: str) -> None:
        self.accounts["1510"] += amount
        self.accounts[account] -= amount
        self.entries[name].remaining += amount
        self.entries[name].local += amount

    def _move(self, link: Link, sign: int) -> None:
        """Do what a link says, or with sign -1 undo it."""
        paid, owed = self.entries[link.credit], self.entries[link.claim]
        owed.remaining -= sign * (link.part + link.discount)
        owed.local -= sign * (link.of_claim + link.discount)
        paid.remaining += sign * link.part
        paid.local += sign * link.of_credit
        gain = link.of_credit - link.of_claim
        if gain:
            self.accounts["3960" if gain > 0 else "7960"] -= sign * gain
            self.accounts["1510"] += sign * gain
        for item, share, tax in link.discounts:
            self.accounts["3731"] += sign * (share - tax)
            self.accounts["1510"] -= sign * share
            if item:
                self.accounts[ITEMS[item][4]] += sign * tax
                self._tax(item, sign * (share - tax), sign * tax)

    def _shares(self, owed: Claim, off: Decimal) -> list[tuple[str, Decimal, Decimal]]:
        """A discount by what was sold with which VAT, by weight; each running total is rounded, so that nothing is lost."""
        if not off:
            return []
        whole = sum((gross for _, gross, _ in owed.taxed), NOTHING)
        upto, given, shares = NOTHING, NOTHING, []
        for item, gross, tax in owed.taxed:
            upto += gross
            share = money(off * upto / whole) - given
            given += share
            shares.append((item, share, money(share * tax / gross) if gross else NOTHING))
        return shares

    def _tax(self, item: str, base: Decimal, amount: Decimal) -> None:
        identifier = ITEMS[item][3]
        before = self.vat.get(identifier, (NOTHING, NOTHING))
        self.vat[identifier] = (before[0] + base, before[1] + amount)
