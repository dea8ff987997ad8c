"""What a person typed into the payment review, checked and made into what is to be done with each line.

Answers are typed by hand, some dozens a day, so they are walked one by one; each sees what the ones before it
have taken of the open documents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.money import amount_text, minor_digits, proportion
from salesbatch.rules.answer_plans import (
    ACCEPT,
    APPLY_TO,
    ON_ACCOUNT,
    POST_TO_ACCOUNT,
    POSTING,
    REJECT,
    REMARK,
    Piece,
    Plan,
    Wanted,
)
from salesbatch.rules.checking import Checks, close_to
from salesbatch.rules.exchange import find_rates, may_apply
from salesbatch.rules.returned_payments import PostedPayments

_AMOUNT = re.compile(r"\d[\d\s]*(?:[.,](\d+))?")


def _numbers_of(applied: str) -> list[str]:
    """'6001=-1250.00;6002=-80.00' -> ['6001', '6002']."""
    return [part.rpartition("=")[0] for part in applied.split(";")]


@dataclass
class AnswerReader:
    """Checks answers one after the other and keeps what is left of every open document."""

    checks: Checks
    books: Books
    left: dict[int, int] = field(default_factory=dict)
    """Signed remaining amount of every open entry, less what earlier answers took."""

    def __post_init__(self) -> None:
        opened = self.books.open_entries
        self.left = dict(zip(opened["entry_no"].tolist(), opened["remaining_minor"].tolist()))
        self.entries = opened.set_index("entry_no")
        self.by_number: dict[str, list[int]] = defaultdict(list)
        for number, entry in zip(opened["document_no"], opened["entry_no"].tolist()):
            self.by_number[number].append(entry)
        named = self.books.named
        for number, posted in zip(named["no"], named["posted_no"]):
            if number and number != posted and number not in self.by_number:
                self.by_number[number] = list(self.by_number.get(posted, ()))
        self.customers = self.books.company.table("customers").set_index("no")
        self.accounts = self.books.company.table("gl_accounts").set_index("no")
        fees = self.books.company.table("known_bank_fees")
        self.fees = dict(zip((int(amount) for amount in fees["amount_minor"]), fees["account"]))
        self.posted = PostedPayments(self.books)
        self._taken_back: set[int] = set()
        self._local = self.books.company.settings.local_currency_code
        self.receipts = self.books.open_receipts
        self.receipts_used: set[int] = set()

    def plan(self, answer: pd.DataFrame, line: dict[Any, Any], last: dict[Any, Any]) -> Plan | None:
        """What one answer asks for; None, with its findings reported, where it cannot be done.

        answer: a frame of one row, with Apply-to Documents, Account and Customer No. without remarks.
        """
        row = answer.iloc[0]
        decision, number = str(row["decision"]), int(line["statement_line_no"])
        closed = self.books.company.settings.allow_posting_to
        if decision in POSTING and closed and line["date"] > pd.Timestamp(closed):
            self._report(answer, "review-date-closed", "decision", date=f"{line['date']:%Y-%m-%d}")
            return None
        if decision in (ACCEPT, REJECT) and not last["applied_documents"]:
            self._report(answer, "review-nothing-proposed", "decision")
            return None
        if decision == ACCEPT:
            return self._accept(answer, line, last)
        if decision == REJECT:
            refused = self._returned(line, _numbers_of(str(last["applied_documents"])))
            refused = refused or [entry for entry, _ in self._proposed(last, 1)]
            kept = [int(entry) for entry in str(last["refused_entries"]).split(";") if entry]
            return Plan(number, decision, refused=(*kept, *refused))
        if decision == APPLY_TO:
            return self._apply_to(answer, line)
        if decision == ON_ACCOUNT:
            if not row["customer_no"]:
                self._report(answer, "review-customer-missing", "customer_no")
                return None
            return Plan(number, decision, row["customer_no"]) if self._good_customer(answer) else None
        if decision == POST_TO_ACCOUNT:
            return Plan(number, decision, account=row["account"]) if self._good_account(answer) else None
        return Plan(number, decision)

    def _report(self, answer: pd.DataFrame, code: str, column: str, **values: str) -> None:
        named = answer.assign(**values)
        self.checks.report(named, code, column, hint=None, **{name: name for name in values})

    # The proposal ---------------------------------------------------------------------------------------

    def _proposed(self, last: dict[Any, Any], sign: int) -> list[tuple[int, int]]:
        """Entry and amount of every document of the proposal that is still open; a claim is positive.

        A number that documents of several customers have is that of the proposal's own.
        """
        found = []
        for part in str(last["applied_documents"]).split(";"):
            number, _, text = part.rpartition("=")
            all_of_it = self.by_number.get(number, ())
            mine = [entry for entry in all_of_it if self._owner(entry) == last["customer_no"]] or [*all_of_it]
            amount = self.amount_of(text.lstrip("-"), self._digits(mine[0])) if mine else None
            if amount is not None:
                found.append((mine[0], amount if text.startswith("-") == (sign < 0) else -amount))
        return found

    def _accept(self, answer: pd.DataFrame, line: dict[Any, Any], last: dict[Any, Any]) -> Plan | None:
        """The proposal as it stands; when a document was taken meanwhile, the line has moved on."""
        if payments := self._returned(line, _numbers_of(str(last["applied_documents"]))):
            return self._take_back(answer, line, payments)
        money = int(line["amount_minor"]) - int(last["difference_minor"])
        pairs = self._proposed(last, 1 if int(line["amount_minor"]) > 0 else -1)
        whole = len(pairs) == str(last["applied_documents"]).count(";") + 1
        if not whole or any(abs(self.left[entry]) < abs(amount) for entry, amount in pairs):
            self._report(answer, "review-moved-on", "statement_line_no", decision=ACCEPT)
            return None
        # What the documents are reduced by and the money does not pay is the discount of the proposal, or a fee.
        # In another currency the amounts say nothing about the money, and `settle` finds the discount.
        alike = all(self._currency(entry) == self._code(line) for entry, _ in pairs)
        missing = sum(amount for _, amount in pairs) - abs(money) if alike else 0
        pieces = []
        for entry, amount in pairs:
            own = min(missing, amount, self._discount(entry, line)) if missing > 0 and amount > 0 else 0
            missing -= own
            pieces.append(Piece(entry, amount, own))
        account = self.fees.get(missing, "")
        if account:
            place = max(place for place, piece in enumerate(pieces) if piece.amount > 0)
            pieces[place] = replace(pieces[place], fee=missing, fee_account=account)
        self._take(pieces)
        owners = dict.fromkeys(self._owner(entry) for entry, _ in pairs)
        first = str(last["customer_no"])
        others = tuple(owner for owner in owners if owner != first)
        return Plan(int(line["statement_line_no"]), ACCEPT, first, pieces=tuple(pieces), others=others)

    # Documents that a person names ------------------------------------------------------------------------

    def _apply_to(self, answer: pd.DataFrame, line: dict[Any, Any]) -> Plan | None:
        """The named documents, in the order in which they are named, as far as the money goes (T3)."""
        row = answer.iloc[0]
        number = int(line["statement_line_no"])
        parts = [part.strip() for part in re.split(r"[;\n]", str(row["apply_to_documents"])) if part.strip()]
        if not parts:
            self._report(answer, "review-documents-missing", "apply_to_documents")
            return None
        receipt = self._receipt(answer, line, parts)
        if receipt is not None:
            return receipt if receipt.bank_entry_no else None
        payments = self._returned(line, [part.partition(REMARK)[0].strip() for part in parts])
        if any(abs(self.left.get(entry, 0)) < abs(self.posted.amount(entry)) for entry in payments):
            return self._take_back(answer, line, payments)
        if row["customer_no"] and not self._good_customer(answer):
            return None
        found = [self._named(answer, line, part) for part in parts]
        wanted = [one for one in found if one is not None]
        owners = list(dict.fromkeys(self._owner(one.entry_no) for one in wanted))
        if not self._single(answer, wanted) or not self._in_one_currency(answer, line, wanted, owners):
            return None
        if len(wanted) < len(parts):
            return None
        pieces = self._spread(answer, line, wanted)
        if pieces is None:
            return None
        self._take(pieces)
        return Plan(number, APPLY_TO, owners[0], pieces=tuple(pieces), others=tuple(owners[1:]))

    def _named(self, answer: pd.DataFrame, line: dict[Any, Any], part: str) -> Wanted | None:
        """The open entry of `No.` or `No.=amount`, and the amount (0 for as much as possible)."""
        text, _, typed = part.partition(REMARK)[0].partition("=")
        number, column = text.strip(), "apply_to_documents"
        amount = self.amount_of(typed, minor_digits(str(line["currency_code"]))) if typed.strip() else 0
        if amount is None or (typed.strip() and not amount):
            self._report(answer, "review-amount-unreadable", column, named=typed.strip())
            return None
        customer = answer.iloc[0]["customer_no"]
        entries = [entry for entry in self.by_number.get(number, ()) if self.left[entry]]
        mine = [entry for entry in entries if not customer or self._owner(entry) == customer]
        fitting = [entry for entry in mine if self.left[entry] * int(line["amount_minor"]) > 0]
        if not entries:
            self._report(answer, "review-document-not-open", column, named=number)
        elif not mine:
            owner = self._owner(entries[0])
            self._report(
                answer, "review-other-customer", column, named=number, owner=owner, customer=customer
            )
        elif not fitting:
            self._report(answer, "review-document-sign", column, named=number)
        elif len({self._owner(entry) for entry in fitting}) > 1:
            self._report(answer, "review-document-ambiguous", column, named=number)
        elif not self._may_settle(fitting[0], line):
            currency = str(self.entries.at[fitting[0], "currency_code"])
            self._report(answer, "review-document-currency", column, named=number, currency=currency)
        else:
            return Wanted(number, fitting[0], amount)
        return None

    def _single(self, answer: pd.DataFrame, wanted: list[Wanted]) -> bool:
        """Whether every document is named once; what is named again is reported."""
        entries = [one.entry_no for one in wanted]
        again = [one for place, one in enumerate(wanted) if one.entry_no in entries[:place]]
        for one in again:
            self._report(answer, "review-document-twice", "apply_to_documents", named=one.number)
        return not again

    def _in_one_currency(
        self, answer: pd.DataFrame, line: dict[Any, Any], wanted: list[Wanted], owners: list[str]
    ) -> bool:
        """Whether a line for several customers pays in its own currency only: each one's share must be told in it."""
        other = [one for one in wanted if self._currency(one.entry_no) != self._code(line)]
        if len(owners) < 2 or not other:
            return True
        for one in other:
            self._report(
                answer,
                "review-split-currency",
                "apply_to_documents",
                named=one.number,
                currency=self._currency(one.entry_no),
                paid=self._code(line),
            )
        return False

    def _receipt(self, answer: pd.DataFrame, line: dict[Any, Any], parts: list[str]) -> Plan | None:
        """A plan that closes a receipt booked by hand; without one where the receipt does not fit; None for no receipt."""
        numbers = [part.partition(REMARK)[0].partition("=")[0].strip() for part in parts]
        known = self.receipts[
            (self.receipts["bank_account"] == line["bank_account"])
            & self.receipts["document_no"].isin(numbers)
            & ~self.receipts["entry_no"].isin(self.receipts_used)
        ]
        if not len(known):
            return None
        receipt = known.iloc[0]
        number = int(line["statement_line_no"])
        if len(parts) > 1 or receipt["amount_minor"] != line["amount_minor"]:
            if (
                receipt["document_no"] in self.by_number
            ):  # Its own rest may be meant, as when it is paid back.
                return None
            self._report(answer, "review-receipt-alone", "apply_to_documents", named=receipt["document_no"])
            return Plan(number, APPLY_TO)
        self.receipts_used.add(int(receipt["entry_no"]))
        return Plan(number, APPLY_TO, str(receipt["customer_no"]), bank_entry_no=int(receipt["entry_no"]))

    def _spread(self, answer: pd.DataFrame, line: dict[Any, Any], wanted: list[Wanted]) -> list[Piece] | None:
        """The line's money over the documents; None, with a finding, where it does not reach for all of them.

        What is typed is set aside first; documents without an amount share the rest in their order. A discount in
        time is taken where the money pays the rest of a document (T6), and of a typed amount only when all that
        is typed is more than the money.
        """
        money = abs(int(line["amount_minor"]))
        in_full = money >= sum(self._asks(one.entry_no, line)[0] for one in wanted)
        too_much = sum(one.amount for one in wanted) > money
        given: dict[int, Piece] = {}
        for one in sorted(wanted, key=lambda one: not one.amount):
            left, possible = self._asks(one.entry_no, line)
            own = self._currency(one.entry_no) == self._code(line)
            if one.amount > left and own:
                self._short(answer, "review-amount-too-large", line, one.number, left)
                return None
            amount, may_discount = (
                (one.amount, too_much and one.amount == left) if one.amount else (left, not in_full)
            )
            discount = possible if may_discount else 0
            if not one.amount and money < left - discount:
                amount, discount = money, 0
            money -= amount - discount
            if amount <= 0 or money < 0:
                self._short(answer, "review-money-short", line, one.number, abs(int(line["amount_minor"])))
                return None
            given[one.entry_no] = (
                Piece(one.entry_no, amount, discount)
                if own
                else Piece(one.entry_no, abs(self.left[one.entry_no]), 0, wanted=one.amount)
            )
        return [given[one.entry_no] for one in wanted]

    def _short(self, answer: pd.DataFrame, code: str, line: dict[Any, Any], number: str, amount: int) -> None:
        """Report a document that cannot get what the answer gives it, with an amount in the line's currency."""
        money = amount_text(amount, self._code(line))
        self._report(answer, code, "apply_to_documents", named=number, amount=money)

    def _take(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            sign = 1 if self.left[piece.entry_no] > 0 else -1
            self.left[piece.entry_no] -= sign * abs(piece.amount)

    def _owner(self, entry: int) -> str:
        return str(self.entries.at[entry, "customer_no"])

    def _may_settle(self, entry: int, line: dict[Any, Any]) -> bool:
        """T16: whether money of the line's currency may settle the entry."""
        currencies = (self.entries.at[entry, "currency_code"], line["currency_code"])
        owed, paid = (pd.Series([str(code)], dtype="str") for code in currencies)
        return bool(may_apply(self.books.company, owed, paid)[0])

    def _currency(self, entry: int) -> str:
        return str(self.entries.at[entry, "currency_code"]) or self._local

    def _code(self, line: dict[Any, Any]) -> str:
        return str(line["currency_code"]) or self._local

    def _digits(self, entry: int) -> int:
        """Decimals of an entry's currency."""
        return minor_digits(self._currency(entry))

    def _asks(self, entry: int, line: dict[Any, Any]) -> tuple[int, int]:
        """What is left of an entry, and its possible discount, without sign, in the line's currency at its day (T16)."""
        left = abs(self.left[entry])
        amounts = [left, left - min(self._discount(entry, line), left)]
        if self._currency(entry) != self._code(line):
            codes = pd.Series([self._currency(entry), self._code(line)], dtype="str")
            owed, paid = find_rates(self.books.company, codes, pd.Series([line["date"]] * 2))[0].tolist()
            up, down = owed * 10 ** minor_digits(codes[1]), paid * 10 ** minor_digits(codes[0])
            amounts = proportion(amounts, [up] * 2, [down] * 2).tolist()
        return amounts[0], amounts[0] - amounts[1]

    def _discount(self, entry: int, line: dict[Any, Any]) -> int:
        """The payment discount of an entry that the line is in time for, without sign."""
        about = self.entries.loc[entry]
        days = [day for day in (about["discount_date"], about["discount_tolerance_date"]) if not pd.isna(day)]
        in_time = bool(days) and line["date"] <= max(days)
        return abs(int(str(about["discount_minor"]))) if in_time else 0

    @staticmethod
    def amount_of(text: str, digits: int) -> int | None:
        """'1 250,50' as minor units; None for what is no amount of the currency."""
        bare = text.strip()
        match = _AMOUNT.fullmatch(bare)
        if match is None or len(match[1] or "") > digits:
            return None
        whole, _, rest = re.sub(r"\s", "", bare).replace(",", ".").partition(".")
        return int(whole + rest.ljust(digits, "0"))

    # Payments that came back --------------------------------------------------------------------------------

    def _returned(self, line: dict[Any, Any], numbers: list[str]) -> list[int]:
        """Entries of posted payments, where money goes out and every number is that of one; else none.

        Where money comes in, those of our refunds; a number that an open claim has too is the claim's.
        """
        if not all(number in self.posted.by_number for number in numbers):
            return []
        found = {number: self.posted.by_number[number] for number in numbers}
        sign = 1 if int(line["amount_minor"]) > 0 else -1
        claimed = any(
            self.left[other] > 0 and other != entry
            for number, entry in found.items()
            for other in self.by_number.get(number, ())
        )
        if (sign > 0 and claimed) or any(self.posted.amount(entry) * sign > 0 for entry in found.values()):
            return []
        return list(found.values())

    def _take_back(self, answer: pd.DataFrame, line: dict[Any, Any], payments: list[int]) -> Plan | None:
        """A plan that returns whole payments; None, with a finding, where they cannot be returned by the line."""
        decision = str(answer.iloc[0]["decision"])
        column = "apply_to_documents" if decision == APPLY_TO else "statement_line_no"
        fee = self.posted.beside(int(line["amount_minor"]), payments)
        for entry in payments:
            named, later = self.posted.number(entry), self.posted.later(entry)
            if self.posted.is_gone(entry) or entry in self._taken_back:
                self._report(answer, "review-return-gone", column, named=named)
            elif later:
                self._report(answer, "review-return-later", column, named=named, other=later)
            elif self.posted.lacks_accounts(entry):
                group = str(self.posted.about(entry)["customer_posting_group"])
                self._report(answer, "exchange-accounts-missing", column, document_no=named, group=group)
            elif (fee and fee not in self.posted.fees) or (
                str(self.posted.about(entry)["currency_code"]) or self._local
            ) != self._code(line):
                self._report(answer, "review-return-amount", column, named=named)
            else:
                continue
            return None
        self._taken_back.update(payments)
        self.left.update(dict.fromkeys(payments, 0))
        owners = list(dict.fromkeys(str(self.posted.about(entry)["customer_no"]) for entry in payments))
        return Plan(
            int(line["statement_line_no"]),
            decision,
            owners[0],
            others=tuple(owners[1:]),
            returned=tuple(payments),
            fee=fee,
            fee_account=self.posted.fees.get(fee, ""),
        )

    # Customers and accounts --------------------------------------------------------------------------------

    def _good_customer(self, answer: pd.DataFrame) -> bool:
        number = str(answer.iloc[0]["customer_no"])
        if number not in self.customers.index:
            hint = close_to(self.customers.index.to_series())
            self.checks.report(answer, "customer-unknown", "customer_no", hint=hint)
            return False
        if not self.customers.at[number, "customer_posting_group"]:
            self.checks.report(answer, "customer-group-missing", "customer_no")
            return False
        return True

    def _good_account(self, answer: pd.DataFrame) -> bool:
        """An account that exists, takes direct postings and is moved by nothing but its own postings."""
        number = str(answer.iloc[0]["account"])
        company = self.books.company
        control = set(company.table("customer_posting_groups")["receivables_account"])
        control |= set(company.table("bank_accounts")["gl_account"])
        if not number:
            self._report(answer, "review-account-missing", "account")
        elif number not in self.accounts.index:
            hint = close_to(self.accounts.index.to_series())
            self.checks.report(answer, "account-unknown", "account", hint=hint)
        elif self.accounts["blocked"].fillna(False)[number]:
            self.checks.report(answer, "account-blocked", "account")
        elif number in control or not self.accounts["direct_posting"].fillna(True)[number]:
            self.checks.report(answer, "review-account-not-direct", "account")
        else:
            return True
        return False
