"""How claims are paid: by hand or by the bank's line; exactly, in part, too much, less a discount, or a little off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from laws.desk import Desk, act
from laws.model import Claim, Ledger
from laws.papers import BANKS, CUSTOMERS, NAMES, typed
from laws.terms import ABROAD, CENT, STRICT, money, rate_on

D = Decimal


def _slack(owed: Claim) -> Decimal:
    return min(owed.tolerance, owed.remaining / 4)


def _net(owed: Claim) -> Decimal:
    return owed.remaining - min(owed.discount, owed.remaining / 2)


SHARES: dict[str, Callable[[Claim], Decimal]] = {
    "all": lambda owed: owed.remaining,
    "part": lambda owed: owed.remaining * 2 / 5,
    "more": lambda owed: owed.remaining + 25,
    "net": _net,
    "a little less": lambda owed: owed.remaining - _slack(owed),
    "a little more": lambda owed: owed.remaining + _slack(owed),
    "too little": lambda owed: owed.remaining - _slack(owed) - CENT,
    "net and a little less": lambda owed: _net(owed) - _slack(owed),
}
"""What is paid of a claim."""
shares = st.sampled_from(["all", "part", "more"])
nets = st.sampled_from(["net", "net and a little less"])
ANY = st.sampled_from(sorted(SHARES))
SLIGHTLY = st.sampled_from(["a little less", "a little more"])


def _with_discount(when: str) -> Callable[[Desk], list[str]]:
    """Claims on which the discount is given today: in time or late."""
    return lambda desk: [
        name for name in desk.in_kronor() if desk.model.entries[name].discount_on(desk.day) == when
    ]


def _too_late(desk: Desk) -> list[str]:
    return [
        name
        for name in desk.in_kronor()
        if (owed := desk.model.entries[name]).discount and not owed.discount_on(desk.day)
    ]


def _tolerant(desk: Desk) -> list[str]:
    return [name for name in desk.invoices() if desk.model.entries[name].tolerance]


def _strict(desk: Desk) -> list[str]:
    return [name for name in desk.invoices() if desk.model.entries[name].customer == STRICT]


# By hand ---------------------------------------------------------------------------------------------------


@act("payments", Desk.claims, share=shares)
@act("payments less a discount", _with_discount("in time"), share=nets)
@act("payments in the days of grace", _with_discount("late"), share=ANY)
@act("payments less a discount, too late", _too_late, share=nets)
@act("payments within the tolerance", _tolerant, share=SLIGHTLY)
@act("payments beyond the tolerance", Desk.claims, share=st.just("too little"))
@act("payments in euro", Desk.in_euro, share=ANY)
def pay(desk: Desk, claim: str, share: str) -> None:
    """A payment for a claim, booked by hand."""
    owed = desk.model.entries[claim]
    _pay(desk, owed.customer, money(SHARES[share](owed)), owed.currency, claim)


@act("payments in kronor of a claim in euro", Desk.in_euro, share=ANY)
def pay_in_kronor(desk: Desk, claim: str, share: str) -> None:
    """Kronor for a claim in euro, at the rate of the day."""
    owed = desk.model.entries[claim]
    _pay(desk, owed.customer, money(SHARES[share](owed) * rate_on(owed.currency, desk.day)), "", claim)


@act("payments on account", lambda desk: CUSTOMERS)
@act("payments on account from abroad", lambda desk: [ABROAD])
def pay_on_account(desk: Desk, customer: str) -> None:
    """Money for nothing in particular."""
    _pay(desk, customer, D("333.33"), "", "")


def _pay(desk: Desk, customer: str, amount: Decimal, currency: str, claim: str) -> None:
    if (BANKS[currency], float(amount)) in desk.by_bank:
        return  # The bank's line would rightly be taken for the statement's word on this.
    key, day = desk.key("P"), desk.day
    named = desk.paper_of(claim)["posted_no"] if claim else ""
    rows: list[list[object]] = [[key, day, customer, typed(amount), currency, BANKS[currency], named]]
    desk.write(
        "Payments",
        rows,
        lambda ledger: ledger.pay(key, customer, amount, claim, day, currency),
        5,
        key,
        claim,
    )
    desk.by_hand[key] = (BANKS[currency], float(amount))


# By the bank -----------------------------------------------------------------------------------------------


def _before_closing(desk: Desk) -> list[str]:
    """Claims in kronor that were posted before the last closed day; a statement knows no claim of later days."""
    return [name for name in desk.in_kronor() if desk.model.entries[name].day < desk.closed]


@act("bank lines", Desk.in_kronor, share=shares)
@act("bank lines less a discount", _with_discount("in time"), share=nets)
@act("bank lines in the days of grace", _with_discount("late"), share=ANY)
@act("bank lines within the tolerance", _tolerant, share=SLIGHTLY)
@act("bank lines an öre short", _strict, share=st.just("too little"))
@act("bank lines in euro", Desk.in_euro, share=shares)
def bank_line(desk: Desk, claim: str, share: str) -> None:
    """The bank says that a customer paid, with the invoice's payment reference."""
    _bank_line(desk, claim, share, desk.day)


@act("bank lines of a closed period", _before_closing, share=ANY)
def bank_line_of_a_closed_period(desk: Desk, claim: str, share: str) -> None:
    """The bank's line is of a day that is closed: it is posted on the first open day, the discount is by its own."""
    _bank_line(desk, claim, share, desk.closed - timedelta(days=1))


def _bank_line(desk: Desk, claim: str, share: str, day: date) -> None:
    owed, key = desk.model.entries[claim], desk.key("B")
    amount, customer, currency = money(SHARES[share](owed)), owed.customer, owed.currency
    if (BANKS[currency], float(amount)) in desk.by_hand.values():
        return  # The statement's word on a payment that was booked by hand.
    _write_line(
        desk,
        claim,
        amount,
        currency,
        key,
        day,
        lambda ledger: ledger.pay(key, customer, amount, claim, day, currency, by_bank=True),
    )
    desk.by_bank.add((BANKS[currency], float(amount)))


@act("bank lines in kronor of a claim in euro", Desk.in_euro)
def bank_line_in_kronor(desk: Desk, claim: str) -> None:
    """Kronor at the bank for a claim in euro: a person is asked, and until then nothing is posted."""
    amount = money(desk.model.entries[claim].remaining * rate_on("EUR", desk.day))
    if (BANKS[""], float(amount)) not in desk.by_hand.values():
        _write_line(desk, claim, amount, "", desk.key("B"), desk.day, lambda ledger: None)
        desk.by_bank.add((BANKS[""], float(amount)))
        desk.in_doubt.add(claim)


def _booked_lately(desk: Desk) -> list[str]:
    """Payments that were booked by hand in the last run, the only ones of their amount."""
    amounts = list(desk.by_hand.values())
    return [
        key
        for key, mine in desk.by_hand.items()
        if f"payment {key}" in desk.model.entries.keys() - desk.touched()
        and (desk.day - desk.model.entries[f"payment {key}"].day).days <= 3
        and amounts.count(mine) == 1
    ]


@act("bank lines of payments by hand", _booked_lately)
def bank_line_of_a_payment(desk: Desk, payment: str) -> None:
    """The statement's word on a payment that was booked by hand: nothing is posted again."""
    (bank, amount), payer = desk.by_hand[payment], NAMES[desk.model.entries[f"payment {payment}"].customer]
    key = desk.key("B")
    row: list[object] = [bank, desk.day, amount, f"{key} {payment}", payer, "", key]
    desk.write("Bank Statement", [row], lambda ledger: None, 6, key, f"payment {payment}")


def _write_line(
    desk: Desk,
    claim: str,
    amount: Decimal,
    currency: str,
    key: str,
    day: date,
    meaning: Callable[[Ledger], None],
) -> None:
    paper = desk.paper_of(claim)
    row: list[object] = [
        BANKS[currency],
        day,
        typed(amount),
        f"{key} {paper['posted_no']}",
        NAMES[desk.model.entries[claim].customer],
        paper["payment_reference"],
        key,
    ]
    desk.write("Bank Statement", [row], meaning, 6, key, claim, day)
