"""How money and credit memos settle claims in the second calculation: discount, tolerance, rates of exchange.

Plain Decimal and loops, one payment at a time. A claim is settled by tolerance, then discount, then what is
written off, then money; in kronor it shrinks at the rate at which it was invoiced, and what the money is worth
more or less than that is a gain or a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sample_workbooks.pricing import LOCAL, Setup, VatPart, add_formula
from sample_workbooks.tables import ZERO, Running, Totals, round_to

WRITE_OFF_LIMIT = Decimal("0.50")


@dataclass
class OpenItem:
    """A customer ledger entry. document_no is the posted number, or that of the earlier system.

    amount and remaining are in the item's currency, remaining_lcy is in kronor. discount is what may be taken
    off by discount_date, or, a little late, by grace_date.
    """

    customer_no: str
    document_no: str
    kind: str
    posting_date: date
    due_date: date
    remaining: Decimal
    payment_reference: str = ""
    external_no: str = ""
    sender_no: str = ""
    discount_date: date | None = None
    grace_date: date | None = None
    discount: Decimal = ZERO
    currency: str = LOCAL
    remaining_lcy: Decimal = ZERO
    vat_parts: Sequence[VatPart] = ()
    amount: Decimal = ZERO
    amount_lcy: Decimal = ZERO

    def __post_init__(self) -> None:
        self.amount = self.remaining
        if self.currency == LOCAL:
            self.remaining_lcy = self.remaining
        self.amount_lcy = self.remaining_lcy

    def due_on(self, day: date) -> Decimal:
        """What settles the item on a day: less the discount while it may be taken."""
        last = self.grace_date or self.discount_date
        return self.remaining - (self.discount if last and day <= last else ZERO)


@dataclass
class Posted:
    """What settling posts: accounts in kronor, and base and VAT per identifier."""

    accounts: Totals = field(default_factory=Totals)
    vat: dict[str, list[Decimal]] = field(default_factory=dict)


@dataclass
class _Part:
    """One claim of a payment; amounts without sign, in the currency of the payment until they are split."""

    item: OpenItem
    remaining: Decimal
    most: Decimal
    wanted: bool
    possible: Decimal = ZERO
    discount: Decimal = ZERO
    room: Decimal = ZERO
    tolerance: Decimal = ZERO
    written_off: Decimal = ZERO
    cash: Decimal = ZERO
    closes: bool = False

    @property
    def need(self) -> Decimal:
        """Money that settles the claim, or the part of it that was asked for."""
        return min(self.most, self.remaining - self.discount)


def settle(
    setup: Setup, money: OpenItem, claims: Sequence[tuple[OpenItem, Decimal | None]], *, by_money: bool = True
) -> Posted:
    """Settle claims with a payment or, by_money off, with a credit memo; what is left of both stays open."""
    sign = 1 if money.remaining < 0 else -1
    parts = [
        _part(setup, money, item, wanted, by_money)
        for item, wanted in claims
        if item.remaining * sign > 0 and money.remaining * sign < 0
    ]
    posted = Posted()
    if not parts:
        return posted
    paid = abs(money.remaining)
    _give_discounts(money, parts, paid)
    _close_small_differences(parts, paid, by_money)
    shares = Running(abs(money.remaining_lcy), paid)
    for part in parts:
        cash_lcy = shares.next(part.cash)
        _book(setup, money, part, cash_lcy, sign, posted)
        money.remaining += sign * part.cash
        money.remaining_lcy += sign * cash_lcy
    return posted


def _part(setup: Setup, money: OpenItem, item: OpenItem, wanted: Decimal | None, by_money: bool) -> _Part:
    day = money.posting_date
    rate = setup.rate(item.currency, day) / setup.rate(money.currency, day)

    def across(amount: Decimal) -> Decimal:
        return amount if item.currency == money.currency else round_to(amount * rate)

    remaining = across(abs(item.remaining))
    part = _Part(item, remaining, remaining if wanted is None else min(wanted, remaining), wanted is not None)
    if by_money and item.kind in ("invoice", "credit_memo"):
        part.possible = across(abs(item.discount))
        customer = setup.customers[item.customer_no]
        most = Decimal(str(setup.settings["Max. Payment Tolerance Amount"]))
        if customer.get("Block Payment Tolerance") != "yes" and wanted is None:
            most = round_to(most * abs(item.amount / item.amount_lcy))
            part.room = across(min(most, abs(item.remaining)))
    return part


def _give_discounts(money: OpenItem, parts: Sequence[_Part], paid: Decimal) -> None:
    """In time for less than the full amount, or within the days of grace."""
    in_full = paid >= sum(part.most for part in parts)
    for part in parts:
        item, day = part.item, money.posting_date
        in_time = bool(item.discount_date and day <= item.discount_date)
        late = bool(not in_time and item.grace_date and day <= item.grace_date)
        whole = part.most == part.remaining
        if ((in_time and not (in_full and whole)) or late) and part.most >= part.remaining - part.possible:
            part.discount = part.possible


def _close_small_differences(parts: Sequence[_Part], paid: Decimal, by_money: bool) -> None:
    """Tolerance, else öre that are written off, else money in the order of the claims."""
    short = sum((part.need for part in parts), ZERO) - paid
    last = parts[-1]
    if short and abs(short) <= sum(min(part.room, part.need) for part in parts):
        left = abs(short)
        for part in reversed(parts):
            part.tolerance = min(left, part.room, part.need)
            left -= part.tolerance
            part.tolerance *= 1 if short > 0 else -1
        for part in parts:
            part.cash, part.closes = part.need - part.tolerance, True
    elif short and by_money and abs(short) <= WRITE_OFF_LIMIT and not last.wanted and short < last.need:
        last.written_off = short
        for part in parts:
            part.cash, part.closes = part.need - part.written_off, True
    else:
        left = paid
        for part in parts:
            if left < part.need:
                part.discount = ZERO
            part.cash = min(left, part.need)
            left -= part.cash
            part.closes = part.cash + part.discount == part.remaining


def _book(setup: Setup, money: OpenItem, part: _Part, cash_lcy: Decimal, sign: int, posted: Posted) -> None:
    """The claim shrinks in both currencies; accounts get what is neither claim nor money."""
    item = part.item
    cross = item.currency != money.currency
    back = setup.rate(money.currency, money.posting_date) / setup.rate(item.currency, money.posting_date)
    pieces = [part.tolerance, part.discount, part.written_off, part.cash]
    if cross:
        pieces = [round_to(piece * back) for piece in pieces]
        pieces[1] = abs(item.discount) if part.discount else ZERO
    if part.closes:
        pieces[3] = abs(item.remaining) - sum(pieces[:3], ZERO)
    local = Running(abs(item.remaining_lcy), abs(item.remaining))
    tolerance, discount, written_off, applied = (local.next(piece) for piece in pieces)
    item.remaining -= sign * sum(pieces, ZERO)
    item.remaining_lcy -= sign * (tolerance + discount + written_off + applied)
    group = setup.customer_groups[setup.customers[item.customer_no]["Customer Posting Group"]]
    accounts = Totals()
    accounts[group["Receivables Account"]] += cash_lcy - (tolerance + discount + written_off + applied)
    accounts[group["Payment Tolerance Account"]] += tolerance
    accounts[setup.settings["Rounding Account"]] += written_off
    accounts[group["Payment Discount Account"]] += discount
    _adjust_vat(item, discount, sign, accounts, group["Payment Discount Account"], posted)
    gain = sign * (cash_lcy - applied)
    posted.accounts.add({account: sign * amount for account, amount in accounts.items()})
    posted.accounts[group["Realized Gains Account" if gain > 0 else "Realized Losses Account"]] -= gain


def _adjust_vat(
    item: OpenItem, discount: Decimal, sign: int, accounts: Totals, account: str, posted: Posted
) -> None:
    """The discount lowers base and VAT of each group in proportion; the VAT comes back from its account."""
    gross = sum((part.base + part.vat for part in item.vat_parts), ZERO)
    if not discount or not gross:
        return
    shares = Running(discount, gross)
    for part in item.vat_parts:
        own = part.base + part.vat
        share = shares.next(own)
        vat = round_to(share * part.vat / own) if own else ZERO
        if vat:
            accounts[part.account] += vat
            accounts[account] -= vat
        pair = posted.vat.setdefault(part.identifier, [ZERO, ZERO])
        pair[0] += sign * (share - vat)
        pair[1] += sign * vat


def discount_dates(
    document_date: date, posting_date: date, formula: str, grace: str
) -> tuple[date, date] | None:
    """Last day of the discount and of the grace after it; None where it had run out when the invoice was posted."""
    last = add_formula(document_date, formula)
    until = add_formula(last, grace) if grace else last
    return (last, until) if until >= posting_date else None
