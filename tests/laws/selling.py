"""What is sold: invoices, orders, open claims of an earlier system, and credit memos."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from operator import methodcaller

from hypothesis import strategies as st
from laws.desk import Desk, act
from laws.model import Ledger
from laws.papers import CUSTOMERS, HELD, lines, typed
from laws.terms import ABROAD, FAST, ITEMS, Line

D = Decimal


@act("invoices", lambda desk: CUSTOMERS, given=lines, back=st.sampled_from([0, 1, 9]))
@act("invoices with a discount", lambda desk: [FAST], given=lines, back=st.sampled_from([0, 9]))
@act("invoices in euro", lambda desk: [ABROAD], given=lines, back=st.just(0))
def invoice(desk: Desk, customer: str, given: list[Line], back: int) -> None:
    """An invoice written by hand, perhaps late, but of no closed period."""
    day = max(desk.day - timedelta(days=back), desk.closed)
    key, currency = desk.key("I"), "EUR" if customer == ABROAD else ""
    meaning = methodcaller("sell", "invoice", key, customer, given, day, currency)
    paper = desk.write("Invoices", _rows(key, customer, day, given, currency), meaning, 3, key, day=day)
    paper.lines = given


@act(
    "invoices of a closed period",
    lambda desk: [desk.closed] if desk.closed > date.min and desk.nothing_to_be_held() else [],
    given=lines,
)
def invoice_of_a_closed_period(desk: Desk, closed: date, given: list[Line]) -> None:
    """An invoice that is held, because its date is closed."""
    key, day = desk.key("I"), closed - timedelta(days=1)
    desk.write("Invoices", _rows(key, "C1", day, given, ""), lambda ledger: None, HELD, key, day=day)


def _rows(key: str, customer: str, day: date, given: list[Line], currency: str) -> list[list[object]]:
    return [
        [
            key,
            customer,
            day,
            line.item,
            typed(line.quantity),
            _price(line, currency),
            typed(line.percent),
            currency,
        ]
        for line in given
    ]


def _price(line: Line, currency: str) -> object:
    """The price as typed: in euro always, because a blank one is the card's in kronor, translated."""
    return typed(ITEMS[line.item][0] if currency and line.price is None else line.price)


@act("orders", lambda desk: CUSTOMERS, given=lines, ship=st.just(False))
@act("orders shipped at once", lambda desk: CUSTOMERS, given=lines, ship=st.just(True))
def order(desk: Desk, customer: str, given: list[Line], ship: bool) -> None:
    """An order, shipped and invoiced at once or later."""
    _order(desk, desk.key("S"), given, customer, ship)


def _waiting(desk: Desk) -> list[str]:
    """Open orders that do not come in the coming run: twice in one drop with other lines would hold both."""
    coming = {paper.key for paper in desk.papers}
    return [key for key in desk.open_orders if key not in coming]


@act("orders changed", _waiting, given=lines, ship=st.just(False))
@act("orders shipped later", _waiting, given=lines, ship=st.just(True))
def change_order(desk: Desk, key: str, given: list[Line], ship: bool) -> None:
    """An open order comes again with other lines, perhaps to be shipped now."""
    _order(desk, key, given, desk.open_orders[key], ship)


def _order(desk: Desk, key: str, given: list[Line], customer: str, ship: bool) -> None:
    rows = [
        [
            key,
            customer,
            desk.day,
            line.item,
            typed(line.quantity),
            typed(line.price),
            typed(line.percent),
            "Ship and Invoice" if ship else "Release",
        ]
        for line in given
    ]
    sale = methodcaller("sell", "invoice", key, customer, given, desk.day)
    desk.write("Orders", rows, sale if ship else lambda ledger: None, 2, key)
    if ship:
        desk.open_orders.pop(key, None)
    else:
        desk.open_orders[key] = customer


@act(
    "claims of an earlier system",
    lambda desk: CUSTOMERS,
    amount=st.sampled_from([D("5000.05"), D(125), D("77.70")]),
)
def old_claim(desk: Desk, customer: str, amount: Decimal) -> None:
    """An open invoice of an earlier system."""
    key, day = desk.key("OLD"), date(2026, 9, 1)
    rows: list[list[object]] = [[customer, "Invoice", key, day, typed(amount)]]
    desk.write(
        "Opening Entries", rows, lambda ledger: ledger.take_over(key, customer, amount), 1, key, day=day
    )


@act("credit memos", Desk.invoices, given=lines)
def credit(desk: Desk, claim: str, given: list[Line]) -> None:
    """A credit memo for an invoice, for less or for more."""
    owed, key, day = desk.model.entries[claim], desk.key("M"), desk.day
    customer, currency = owed.customer, owed.currency
    number = desk.paper_of(claim)["posted_no"]
    rows = [[*row[:3], number, *row[3:], "Post"] for row in _rows(key, customer, day, given, currency)]
    sale = methodcaller("sell", "credit_memo", key, customer, given, day, currency, owed.rate)

    def meaning(ledger: Ledger) -> None:
        sale(ledger)
        ledger.apply(f"credit_memo {key}", claim)

    desk.write("Credit Memos", rows, meaning, 4, key, claim)


def _with_lines(desk: Desk) -> list[str]:
    return [name for name in desk.invoices() if (paper := desk.facts.get(name.split()[1])) and paper.lines]


@act("credit memos for all", _with_lines)
def credit_all(desk: Desk, claim: str) -> None:
    """A credit memo for all that an invoice sold."""
    credit(desk, claim, desk.facts[claim.split()[1]].lines)
