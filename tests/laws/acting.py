"""What a person does to entries: Apply, Refund, Unapply, Write Off and Hold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hypothesis import strategies as st
from laws.desk import Desk, act
from laws.model import Ledger, Link
from laws.papers import typed

D = Decimal


def _pairs(across: bool) -> Callable[[Desk], list[tuple[str, str]]]:
    """Money on account and a claim of the same customer, in one currency or in two."""

    def find(desk: Desk) -> list[tuple[str, str]]:
        entries = desk.model.entries
        return [
            (credit, claim)
            for credit in desk.credits()
            for claim in desk.claims()
            if entries[credit].customer == entries[claim].customer
            and (entries[credit].currency != entries[claim].currency) == across
        ]

    return find


@act("Apply", _pairs(across=False))
@act("Apply in another currency", _pairs(across=True))
def apply(desk: Desk, pair: tuple[str, str]) -> None:
    """Money on account is put to a claim of its customer."""
    credit, claim = pair
    number = desk.paper_of(claim)["posted_no"]
    _act(desk, "Apply", credit, lambda ledger: ledger.apply(credit, claim), number, claim)


@act("Refund", lambda desk: [name for name in desk.credits() if not desk.model.entries[name].currency])
def refund(desk: Desk, credit: str) -> None:
    """Money on account is paid back."""
    _act(desk, "Refund", credit, lambda ledger: ledger.refund(credit))


def _applied(so: Callable[[Link], object]) -> Callable[[Desk], list[tuple[str, str]]]:
    """Hand-booked payments with the claim they ate last, of which this is so; no coming paper touches either."""

    def find(desk: Desk) -> list[tuple[str, str]]:
        touched = desk.touched()
        return [
            (link.credit, link.claim)
            for link in desk.model.latest()
            if link.credit.startswith("payment P") and so(link) and not touched & {link.credit, link.claim}
        ]

    return find


@act("Unapply", _applied(lambda link: True))
@act("Unapply a discount", _applied(lambda link: link.discounts))
@act("Unapply a tolerance", _applied(lambda link: "tolerance" in link.pieces))
@act("Unapply a gain or a loss", _applied(lambda link: link.gain))
def take_back(desk: Desk, pair: tuple[str, str]) -> None:
    """The latest application of a payment is taken back."""
    credit, claim = pair
    _act(desk, "Unapply", credit, lambda ledger: ledger.unapply(credit), claim=claim)


@act("Write Off", Desk.in_kronor, whole=st.booleans())
def give_up(desk: Desk, claim: str, whole: bool) -> None:
    """A claim is written off, wholly or by one krona."""
    amount = desk.model.entries[claim].remaining if whole else D(1)
    _act(
        desk,
        "Write Off",
        claim,
        lambda ledger: ledger.write_off(claim, amount),
        amount=None if whole else amount,
    )


@act("Hold", Desk.invoices)
def dispute(desk: Desk, claim: str) -> None:
    """A claim is put on hold: no amount changes."""
    _act(desk, "Hold", claim, lambda ledger: None)


def _act(
    desk: Desk,
    what: str,
    name: str,
    meaning: Callable[[Ledger], object],
    applies: str = "",
    claim: str = "",
    amount: Decimal | None = None,
) -> None:
    """A row of the Actions sheet on an entry."""
    kind, number = name.split(maxsplit=1)[0], desk.paper_of(name)["posted_no"]
    account = "6570" if what == "Write Off" else None
    key = desk.key("N")
    rows: list[list[object]] = [[key, kind.title(), number, what, typed(amount), applies or None, account]]
    desk.write("Actions", rows, meaning, 0 if what == "Unapply" else 7, key, f"{name};{claim}")
