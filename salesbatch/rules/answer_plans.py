"""What an answer to the payment review asks for: the words of the decisions, and a plan for each line."""

from __future__ import annotations

from dataclasses import dataclass

ACCEPT, REJECT, APPLY_TO, ON_ACCOUNT = "Accept", "Reject", "Apply To", "On Account"
POST_TO_ACCOUNT, BOOKED_ELSEWHERE = "Post To Account", "Booked Elsewhere"
POSTING = frozenset({ACCEPT, APPLY_TO, ON_ACCOUNT, POST_TO_ACCOUNT})
REMARK = " · "
"""What follows it in an option of a drop-down is for the eye only: '103001 · 1250.00 · Björk AB'."""


@dataclass(frozen=True)
class Piece:
    """One document that a line settles: amount (all else included), discount, and a bank fee with its account.

    A claim is positive, what is taken off against it negative. wanted: of a document in another currency the money
    that it shall have at most, in the line's currency; 0 for as much as possible.
    """

    entry_no: int
    amount: int
    discount: int
    fee: int = 0
    fee_account: str = ""
    wanted: int = 0


@dataclass(frozen=True)
class Wanted:
    """A document that an answer names: its number as typed, its open entry, and the amount (0: what is possible)."""

    number: str
    entry_no: int
    amount: int


@dataclass(frozen=True)
class Plan:
    """What is to be done with one line. others: further customers whose documents it pays, in the order named.

    returned: entries of payments that came back by the line; fee: what the bank took for it, to fee_account.
    """

    statement_line_no: int
    decision: str
    customer_no: str = ""
    account: str = ""
    pieces: tuple[Piece, ...] = ()
    refused: tuple[int, ...] = ()
    bank_entry_no: int = 0
    others: tuple[str, ...] = ()
    returned: tuple[int, ...] = ()
    fee: int = 0
    fee_account: str = ""

    @property
    def customers(self) -> tuple[str, ...]:
        """All customers whose money it is, the first one's first."""
        return tuple(filter(None, (self.customer_no, *self.others)))
