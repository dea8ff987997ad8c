"""A small sales ledger in plain Python, dicts and Decimal: what the books must hold after a story.

It is written from the rules of bookkeeping, not from the program: lines are priced and rounded, VAT is rounded
once per rate and document, every claim stands open until payments and credit memos have eaten it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

D = Decimal
CENT, NOTHING = D("0.01"), D(0)
ITEMS = {"A1": (D(1000), "3001", D(25), "VAT25", "2611"), "A2": (D("50.30"), "3002", D(6), "VAT6", "2621")}
"""Price, sales account, VAT, its identifier and account. Only goods have an account for line discounts."""
DISCOUNT_ACCOUNT = {"A1": "3730"}


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
class Ledger:
    """Balances by account, VAT by identifier, and every claim with what remains of it."""

    accounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    vat: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    remaining: dict[str, Decimal] = field(default_factory=dict)
    """What remains open, signed, by `kind key`: a claim is positive, money and credit negative."""
    customer: dict[str, str] = field(default_factory=dict)
    posted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many documents of each kind were posted."""
    stock: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    applied: list[tuple[str, str, Decimal]] = field(default_factory=list)
    """Who ate how much of which claim, the latest last."""

    def sell(self, kind: str, key: str, customer: str, lines: list[Line]) -> Decimal:
        """Post an invoice, or a credit memo, which is its mirror; returns its total."""
        sign = -1 if kind == "credit_memo" else 1
        base: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            card, account, _, _, _ = ITEMS[line.item]
            gross = money(line.quantity * (card if line.price is None else line.price))
            discount = money(gross * line.percent / 100)
            if line.item in DISCOUNT_ACCOUNT:
                self.accounts[account] -= sign * gross
                self.accounts[DISCOUNT_ACCOUNT[line.item]] += sign * discount
            else:
                self.accounts[account] -= sign * (gross - discount)
            base[line.item] += gross - discount
            self.stock[line.item] -= sign * line.quantity
        total = D(0)
        for item, amount in base.items():
            _, _, rate, identifier, account = ITEMS[item]
            tax = money(amount * rate / 100)
            self.accounts[account] -= sign * tax
            before = self.vat.get(identifier, (D(0), D(0)))
            self.vat[identifier] = (before[0] - sign * amount, before[1] - sign * tax)
            total += amount + tax
        self._claim(kind, key, customer, sign * total)
        self.posted[kind] += 1
        return total

    def take_over(self, key: str, customer: str, amount: Decimal) -> None:
        """An open invoice of an earlier system."""
        self.accounts["2999"] -= amount
        self._claim("opening", key, customer, amount)

    def pay(self, key: str, customer: str, amount: Decimal, claim: str) -> None:
        """Money from a customer, for one claim (`kind key`) or on account (''); what is left over stays open."""
        self.accounts["1930"] += amount
        self._claim("payment", key, customer, -amount)
        self.posted["payment"] += 1
        if claim:
            self.apply(f"payment {key}", claim)

    def apply(self, credit: str, claim: str) -> None:
        """Let a payment or credit memo eat as much of a claim as both have left."""
        part = max(D(0), min(-self.remaining[credit], self.remaining[claim]))
        self.remaining[credit] += part
        self.remaining[claim] -= part
        if part:
            self.applied.append((credit, claim, part))

    def unapply(self, credit: str) -> None:
        """Take the latest application of a payment back: both are open again."""
        found = max(number for number, link in enumerate(self.applied) if link[0] == credit)
        _, claim, part = self.applied.pop(found)
        self.remaining[credit] -= part
        self.remaining[claim] += part

    def latest(self) -> list[str]:
        """Payments whose latest application is also the latest of its claim, so that it can be taken back."""
        by_claim = {claim: number for number, (_, claim, _) in enumerate(self.applied)}
        by_credit = {credit: number for number, (credit, _, _) in enumerate(self.applied)}
        return [
            credit
            for number, (credit, claim, _) in enumerate(self.applied)
            if by_claim[claim] == number == by_credit[credit] and credit.startswith("payment")
        ]

    def write_off(self, claim: str, amount: Decimal) -> None:
        """Give up a part of a claim; the VAT stays."""
        self._move(claim, -amount, "6570")

    def refund(self, credit: str) -> None:
        """Pay all that a customer has to his credit back."""
        self._move(credit, -self.remaining[credit], "1930")

    def _move(self, name: str, amount: Decimal, account: str) -> None:
        self.accounts["1510"] += amount
        self.accounts[account] -= amount
        self.remaining[name] += amount

    def _claim(self, kind: str, key: str, customer: str, amount: Decimal) -> None:
        self.accounts["1510"] += amount
        self.remaining[f"{kind} {key}"] = amount
        self.customer[f"{kind} {key}"] = customer

    def balances(self) -> dict[str, Decimal]:
        """What every customer owes, zeros left out."""
        owed: dict[str, Decimal] = defaultdict(Decimal)
        for name, amount in self.remaining.items():
            owed[self.customer[name]] += amount
        return {customer: amount for customer, amount in sorted(owed.items()) if amount}
