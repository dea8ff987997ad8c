"""A small sales ledger in plain Python, dicts and Decimal: what the books must hold after a story.

It is written from the rules of bookkeeping, not from the program: lines are priced and rounded, VAT is rounded
once per rate and document, every claim stands open until payments and credit memos have eaten it. Money that comes
in time, or within the days of grace, may be short by the discount, which takes back its part of the VAT; money that
is off by no more than the tolerance settles all the same. Foreign money stands in kronor at the rate of its day, and
what two days' rates leave over is a gain or a loss. The names in brackets are those of the rules of the trade that
the program follows too: pricing and VAT V2-V5, ledger L5 and L7, settling T6-T13, T16 and T18.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from laws.terms import (
    BANK,
    CENT,
    DISCOUNT_ACCOUNT,
    FAST,
    FAST_DAYS,
    FAST_PERCENT,
    GRACE_DAYS,
    ITEMS,
    NOTHING,
    ONE,
    REST_ACCOUNT,
    ROUNDED,
    STRICT,
    TOLERATED,
    TOLERATED_PERCENT,
    Line,
    money,
    rate_on,
    spread,
    spread_of,
)


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
    tolerance: Decimal = NOTHING
    """What a payment of it may be off."""
    taxed: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    """What was sold by item, with its VAT, and the VAT."""

    def discount_on(self, day: date) -> str:
        """Whether money of this day gets the discount: `in time`, `late`, or not at all."""
        if not self.discount or day > self.discount_until + timedelta(days=GRACE_DAYS):
            return ""
        return "in time" if day <= self.discount_until else "late"


@dataclass
class Link:
    """What one application did, so that it can be taken back."""

    credit: str
    claim: str
    cash: Decimal
    cash_local: Decimal
    pieces: dict[str, tuple[Decimal, Decimal]]
    """What the claim shrank by, in its currency and in kronor: tolerance, discount, rounding, applied."""
    discounts: list[tuple[str, Decimal, Decimal]]
    """Item, share of the discount, and the VAT in it."""

    @property
    def gain(self) -> Decimal:
        """What two days' rates leave over, in kronor."""
        return self.cash_local - self.pieces["applied"][1]


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
        """Post an invoice, or a credit memo, which is its mirror."""
        sign = -1 if kind == "credit_memo" else 1
        rate = rate or rate_on(currency, day)
        nets, offs = [], []
        for line in lines:
            gross = money(line.quantity * (ITEMS[line.item][0] if line.price is None else line.price))
            offs.append(money(gross * line.percent / 100))
            nets.append(gross - offs[-1])
            self.stock[line.item] -= sign * line.quantity
        taxes = [NOTHING] * len(lines)
        for item in {line.item for line in lines}:  # V2, V5: once a rate, then spread over its lines.
            mine = [place for place, line in enumerate(lines) if line.item == item]
            weights = [nets[place] for place in mine]
            for place, tax in zip(mine, spread(money(sum(weights) * ITEMS[item][2] / 100), weights)):
                taxes[place] = tax
        total = sum(nets, NOTHING) + sum(taxes, NOTHING)
        nets, taxes, offs = (spread_of(rate, ONE, amounts) for amounts in (nets, taxes, offs))
        nets[-1] += money(total * rate) - sum(nets) - sum(taxes)  # L7: the lines are the total.
        taxed: dict[str, tuple[Decimal, Decimal]] = {}
        for line, net, tax, off in zip(lines, nets, taxes, offs):
            _, account, _, _, vat_account = ITEMS[line.item]
            if line.item in DISCOUNT_ACCOUNT:
                self.accounts[DISCOUNT_ACCOUNT[line.item]] += sign * off
                self.accounts[account] -= sign * off
            self.accounts[account] -= sign * net
            self.accounts[vat_account] -= sign * tax
            self._tax(line.item, -sign * net, -sign * tax)
            before = taxed.get(line.item, (NOTHING, NOTHING))
            taxed[line.item] = (before[0] + net + tax, before[1] + tax)
        self._open(kind, key, customer, sign * total, currency, day, rate)
        claim = self.entries[f"{kind} {key}"]
        claim.taxed = [(item, *taxed[item]) for item in sorted(taxed, reverse=True)]
        if customer == FAST and sign > 0:
            claim.discount = money(total * FAST_PERCENT / 100)
            claim.discount_until = day + timedelta(days=FAST_DAYS)
        self.posted[kind] += 1

    def take_over(self, key: str, customer: str, amount: Decimal) -> None:
        """An open invoice of an earlier system."""
        self.accounts["2999"] -= amount
        self._open("opening", key, customer, amount)

    def pay(
        self,
        key: str,
        customer: str,
        amount: Decimal,
        claim: str,
        day: date,
        currency: str = "",
        by_bank: bool = False,
    ) -> None:
        """Money from a customer, for one claim (`kind key`) or on account (''); what is left over stays open."""
        rate = rate_on(currency, day)
        self.accounts[BANK[currency]] += money(amount * rate)
        self._open("payment", key, customer, -amount, currency, day, rate)
        self.posted["payment"] += 1
        if claim:
            self.apply(f"payment {key}", claim, by_bank)

    def apply(self, credit: str, claim: str, by_bank: bool = False) -> None:
        """Let a payment or credit memo eat as much of a claim as both have left (T6-T13, T16, T18)."""
        paid, owed, is_money = self.entries[credit], self.entries[claim], credit.startswith("payment")
        left, across = -paid.remaining, paid.currency != owed.currency
        up = rate_on(owed.currency, paid.day) / rate_on(paid.currency, paid.day) if across else ONE
        when = owed.discount_on(paid.day) if is_money else ""
        if when == "in time" and left >= money(owed.remaining * up):
            when = ""  # Who pays all in time wants no discount.
        off = min(owed.discount, owed.remaining) if when else NOTHING
        need = money((owed.remaining - off) * up)
        short = need - left
        given_up, reason = NOTHING, ""
        if is_money and short and abs(short) <= min(money(min(owed.tolerance, owed.remaining) * up), need):
            given_up, reason = short, "tolerance"
        elif by_bank and short and short < need and abs(short) <= money(ROUNDED * left / -paid.local):
            given_up, reason = short, "rounding"
        elif across and short < need and abs(short) <= money(CENT * up) + CENT:
            reason = "rates"  # No more than two roundings make.
        closes = bool(reason) or short <= 0
        cash = left if reason else min(left, need)
        pieces = {reason: money(given_up / up)} if given_up else {}
        if closes and off:
            pieces["discount"] = off
        rest = owed.remaining - sum(pieces.values(), NOTHING)
        pieces["applied"] = rest if closes else min(money(cash / up), rest)
        order = [name for name in ("tolerance", "discount", "rounding", "applied") if name in pieces]
        local = spread_of(owed.local, owed.remaining, [pieces[name] for name in order])
        both = {name: (pieces[name], in_local) for name, in_local in zip(order, local)}
        shares = self._shares(owed, both["discount"][1]) if "discount" in both else []
        link = Link(credit, claim, cash, money(-paid.local * cash / left), both, shares)
        self.links.append(link)
        self._move(link, 1)
        for name in link_names(link, when, across):
            self.done[name] += 1

    def unapply(self, credit: str) -> None:
        """Take the latest application of a payment back: both are open again."""
        found = max(number for number, link in enumerate(self.links) if link.credit == credit)
        link = self.links.pop(found)
        self._move(link, -1)
        for name in link_names(link, "", across=False):
            self.done[f"{name}, taken back"] += 1

    def latest(self) -> list[Link]:
        """Applications that are the latest both of their credit and of their claim, so that they can be taken back."""
        by_claim = {link.claim: link for link in self.links}
        by_credit = {link.credit: link for link in self.links}
        found = [link for link in self.links if by_claim[link.claim] is link is by_credit[link.credit]]
        return [link for link in found if link.pieces]

    def write_off(self, claim: str, amount: Decimal) -> None:
        """Give up a part of a claim in kronor; the VAT stays."""
        self._settle_by_account(claim, -amount, "6570")
        self.links.append(Link("", claim, NOTHING, NOTHING, {}, []))

    def refund(self, credit: str) -> None:
        """Pay all that a customer has to his credit in kronor back."""
        self._settle_by_account(credit, -self.entries[credit].remaining, BANK[""])
        self.links.append(Link(credit, "", NOTHING, NOTHING, {}, []))

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
        claim = Claim(customer, amount, local, currency, day, rate)
        if amount > 0 and customer != STRICT:
            most = money(TOLERATED * amount / local)
            claim.tolerance = min(money(amount * TOLERATED_PERCENT / 100), most)
        self.entries[f"{kind} {key}"] = claim

    def _settle_by_account(self, name: str, amount: Decimal, account: str) -> None:
        self.accounts["1510"] += amount
        self.accounts[account] -= amount
        self.entries[name].remaining += amount
        self.entries[name].local += amount

    def _move(self, link: Link, sign: int) -> None:
        """Do what a link says, or with sign -1 undo it."""
        paid, owed = self.entries[link.credit], self.entries[link.claim]
        paid.remaining += sign * link.cash
        paid.local += sign * link.cash_local
        self.accounts["1510"] += sign * link.cash_local
        for name, (amount, local) in link.pieces.items():
            owed.remaining -= sign * amount
            owed.local -= sign * local
            self.accounts["1510"] -= sign * local
            if name in REST_ACCOUNT:
                self.accounts[REST_ACCOUNT[name]] += sign * local
        gain = link.gain
        self.accounts["3960" if gain > 0 else "7960"] -= sign * gain
        for item, share, tax in link.discounts:
            self.accounts["3731"] += sign * (share - tax)
            self.accounts[ITEMS[item][4]] += sign * tax
            self._tax(item, sign * (share - tax), sign * tax)

    def _shares(self, owed: Claim, off: Decimal) -> list[tuple[str, Decimal, Decimal]]:
        """A discount in kronor by what was sold with which VAT, by weight (T7)."""
        shares = spread(off, [gross for _, gross, _ in owed.taxed])
        return [
            (item, share, money(share * tax / gross)) for (item, gross, tax), share in zip(owed.taxed, shares)
        ]

    def _tax(self, item: str, base: Decimal, amount: Decimal) -> None:
        identifier = ITEMS[item][3]
        before = self.vat.get(identifier, (NOTHING, NOTHING))
        self.vat[identifier] = (before[0] + base, before[1] + amount)


def link_names(link: Link, when: str, across: bool) -> list[str]:
    """What is worth counting of an application."""
    found = {
        "discounts taken late": when == "late" and "discount" in link.pieces,
        "discounts taken": "discount" in link.pieces,
        "tolerance taken": "tolerance" in link.pieces,
        "rests written off": "rounding" in link.pieces,
        "gains and losses": bool(link.gain),
        "applied in another currency": across,
    }
    return [name for name, so in found.items() if so]
