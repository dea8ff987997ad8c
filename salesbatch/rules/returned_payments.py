"""Payments that came back after they were posted: which payment a line returns (T14, T15).

A line takes out again what an earlier line brought, or brings again what an earlier line took out as a refund of ours:
the same amount, a word of return, the same payer or document, a few days later, and one such payment only. Nobody
decides that but a person, unless the bank itself marks the return and repeats the payment's reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.match_texts import match_phrase
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.core.returns import REFERENCE_DAYS, RETURN_DAYS, say_return
from salesbatch.core.tables import look_up
from salesbatch.rules.evidence import SHORTEST_NUMBER, account_key, holds_number
from salesbatch.rules.match_rows import refused_pairs
from salesbatch.rules.payment_text import fold
from salesbatch.rules.unapply_entries import standing_applications

_BY_BANK = re.compile(r"(?:^|; )(?:Reversal|Returned\b)")
"""What the reader of the bank's file writes where the bank itself marks a return."""
_REFERENCE = re.compile(r"(?=\S*\d)\S{6,}")


@dataclass(frozen=True)
class Return:
    """A line and the payments that came back by it, with what says so; certain: by the bank's own reference.

    Without payments the line says that it is a return and `words` why nothing is proposed. by: names of what fits.
    fee: what the bank took for it beside, positive, a known bank fee of fee_account.
    """

    statement_line_no: int
    payments: tuple[int, ...]
    words: str
    by: frozenset[str] = frozenset()
    certain: bool = False
    fee: int = 0
    fee_account: str = ""


class PostedPayments:
    """The payments and refunds that lines at hand may return, and what stands of their applications."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.frame = books.posted_payments
        self._language = books.company.settings.language
        self._by_entry = {int(row["entry_no"]): row for row in self.frame.to_dict("records")}
        self.by_number = dict(zip(self.frame["document_no"], self.frame["entry_no"].tolist()))
        fees = books.company.table("known_bank_fees")
        self.fees = dict(zip(map(int, fees["amount_minor"]), fees["account"]))
        self._standing = standing_applications(books.applications)
        named = books.named_entries
        self._type = dict(zip(named["entry_no"].tolist(), named["document_type"]))
        self._numbers = {
            int(row["entry_no"]): [row["document_no"], row["external_document_no"], row["payment_reference"]]
            for row in named.to_dict("records")
        }

    def number(self, entry: int) -> str:
        """The payment's document number."""
        return str(self._by_entry[entry]["document_no"])

    def amount(self, entry: int) -> int:
        """The payment's money; negative for a refund of ours."""
        return -int(self._by_entry[entry]["amount_minor"])

    def beside(self, amount: int, entries: Sequence[int]) -> int:
        """What a line of this amount takes beside the payments that it returns: a bank's fee, or it is no return."""
        return -amount - sum(map(self.amount, entries))

    def about(self, entry: int) -> dict[Any, Any]:
        """All that is known of a payment."""
        return self._by_entry[entry]

    def applied(self, entry: int) -> pd.DataFrame:
        """The standing applications of a payment, latest first."""
        mine = self._standing[self._standing["customer_ledger_entry_no"] == entry]
        return mine.sort_values("transaction_no", ascending=False)

    def money_back(self, entry: int) -> str:
        """The amount by which the payment comes back as text: negative for what we lose."""
        return self.text_of(-self.amount(entry), entry)

    def text_of(self, amount: int, entry: int) -> str:
        """An amount as text, in the decimals of the payment's currency."""
        local = self._books.company.settings.local_currency_code
        return decimal_text(amount, minor_digits(str(self.about(entry)["currency_code"]) or local))

    def transactions(self, entry: int) -> list[tuple[int, pd.Timestamp]]:
        """Transactions that applied a payment, and the day of each."""
        applied = self.applied(entry).drop_duplicates("transaction_no")
        return list(zip(applied["transaction_no"].tolist(), applied["posting_date"]))

    def documents(self, entries: Sequence[int]) -> list[str]:
        """Numbers of the documents that the payments settle."""
        others = [other for entry in entries for other in self.applied(entry)["applied_entry_no"]]
        return sorted({self._numbers[other][0] for other in others})

    def words_of(self, entries: Sequence[int]) -> list[str]:
        """Every number by which the documents of the payments go."""
        others = {other for entry in entries for other in self.applied(entry)["applied_entry_no"]}
        return [
            number
            for other in sorted(others)
            for text in self._numbers[other]
            for number in text.split(";")
            if len(number) >= SHORTEST_NUMBER
        ]

    def is_gone(self, entry: int) -> bool:
        """Whether the payment was paid back already (a refund: has come back), or this very run applied it."""
        applied = self.applied(entry)
        # A refund may settle a payment that was there before it, as one made twice.
        back = {"refund", ""} if self.amount(entry) > 0 else {"payment", ""}
        gone = any(
            self._type.get(other, "") in back and (self.amount(entry) > 0 or other > entry)
            for other in applied["applied_entry_no"].tolist()
        )
        return gone or bool((applied["run_no"] == self._books.run_no).any())

    def later(self, entry: int) -> str:
        """The document of an application after the payment's own on the same entries, "" for none (T14)."""
        applied = self.applied(entry)
        own = set(applied["transaction_no"])
        whole = self._standing[self._standing["transaction_no"].isin(own)]
        touched = self._standing["customer_ledger_entry_no"].isin(whole["customer_ledger_entry_no"])
        first = whole.groupby("customer_ledger_entry_no")["transaction_no"].min()
        after = self._standing[touched & ~self._standing["transaction_no"].isin(own)]
        after = after[after["transaction_no"] > look_up(after["customer_ledger_entry_no"], first, 0)]
        return str(after.sort_values("transaction_no")["document_no"].iloc[-1]) if len(after) else ""

    def lacks_accounts(self, entry: int) -> bool:
        """Whether the payment is in a foreign currency and its group has no accounts for gains and losses."""
        company = self._books.company
        about = self._by_entry[entry]
        if about["currency_code"] in ("", company.settings.local_currency_code):
            return False
        groups = company.table("customer_posting_groups").set_index("code")
        mine = groups.reindex([about["customer_posting_group"]])[
            ["realized_gains_account", "realized_losses_account"]
        ]
        return bool((mine.fillna("") == "").to_numpy().any())

    def told(self, entries: Sequence[int], *, done: bool) -> str:
        """'returns payment 6001 of 2026-10-03; 103001 is open again', or that accepting would open it."""
        payments = ", ".join(self.number(entry) for entry in entries)
        day = f"{min(self._by_entry[entry]['posting_date'] for entry in entries):%Y-%m-%d}"
        ours = all(self.amount(entry) < 0 for entry in entries)
        parts = [self.say("returns refund" if ours else "returns", numbers=payments, day=day)]
        if documents := self.documents(entries):
            parts.append(self.say("open again" if done else "would open", numbers=", ".join(documents)))
        return "; ".join(parts)

    def say(self, name: str, **values: object) -> str:
        """A phrase in the company's language."""
        return match_phrase(name, self._language, **values)


def find_returns(books: Books, lines: pd.DataFrame) -> list[Return]:
    """The lines that say they are a return, and the one posted payment that each takes back.

    lines: statement lines that wait. Lines without any posted payment that fits are left to the matcher.
    """
    posted = PostedPayments(books)
    brought = posted.frame[posted.frame["statement_line_no"] != 0]
    if not len(brought):
        return []
    refused = set(map(tuple, refused_pairs(books).itertuples(index=False)))
    origins = [
        (row.iloc[0].to_dict(), tuple(row["entry_no"].tolist()))
        for _, row in brought.groupby("statement_line_no", sort=True)
    ]
    found: list[Return] = []
    taken: set[int] = set()
    back = lines[say_return(lines) & (lines["amount_minor"] != 0)]
    back = back.sort_values(["date", "statement_line_no"], kind="stable")
    for line in back.to_dict("records"):  # Returns: a few a day.
        fitting = [
            (origin, payments, why)
            for origin, payments in origins
            if not taken.intersection(payments)
            and not any((line["statement_line_no"], entry) in refused for entry in payments)
            and (why := _why(posted, line, origin, payments))
        ]
        one = _decide(posted, line, fitting, lines)
        if one is not None:
            taken.update(one.payments)
            found.append(one)
    return found


def _decide(
    posted: PostedPayments,
    line: dict[Any, Any],
    fitting: list[tuple[dict[Any, Any], tuple[int, ...], dict[str, str]]],
    waiting: pd.DataFrame,
) -> Return | None:
    """The return that a line is, if one payment fits better than all others; None where none fits."""
    number = int(line["statement_line_no"])
    fitting = [item for item in fitting if "return fee" not in item[2]] or fitting
    best = [item for item in fitting if "by reference" in item[2]]
    best = best or [item for item in fitting if "in full" in item[2]] or fitting
    if not best:
        return None
    if len(best) > 1:
        numbers = ", ".join(posted.number(entry) for _, payments, _ in best for entry in payments)
        return Return(number, (), posted.say("returns several", count=len(best), numbers=numbers))
    _, payments, why = best[0]
    if "by reference" not in why and _open_twin(line, waiting):
        return None  # It is not posted yet, and the two lines cancel each other out.
    fee = posted.beside(int(line["amount_minor"]), payments)
    account = posted.fees.get(fee, "")
    told = "; ".join(
        posted.say(name, written=written, numbers=written, account=account) for name, written in why.items()
    )
    for entry in payments:
        if later := posted.later(entry):
            day = f"{posted.about(entry)['posting_date']:%Y-%m-%d}"
            words = posted.say("returned later", numbers=posted.number(entry), day=day, other=later)
            return Return(number, (), f"{words}; {told}")
    if any(posted.lacks_accounts(entry) for entry in payments):
        return None
    certain = "by reference" in why and not fee and bool(_BY_BANK.search(str(line["additional_info"])))
    return Return(number, payments, told, frozenset(why), certain, fee, account)


def _why(
    posted: PostedPayments, line: dict[Any, Any], origin: dict[Any, Any], payments: tuple[int, ...]
) -> dict[str, str]:
    """What says that a line returns the payments of another one, by name of the phrase; {} where it does not."""
    days = (line["date"] - origin["date"]).days
    money = sum(posted.amount(entry) for entry in payments)
    # A bank takes its fee with what it takes back, or off what it brings.
    fee = posted.beside(int(line["amount_minor"]), payments)
    if (
        line["bank_account"] != origin["bank_account"]
        or (fee and fee not in posted.fees)
        or money * line["amount_minor"] >= 0
        or money != origin["line_amount_minor"]
        or not 0 <= days <= REFERENCE_DAYS
        or any(posted.is_gone(entry) for entry in payments)
    ):
        return {}
    text = f"{line['text']} {line['additional_info']} {line['payment_reference']}".upper()
    documents = posted.words_of(payments)
    named = [number for number in documents if holds_number(text, number.upper())]
    shared = (_references(line) & _references(origin)) - {number.upper() for number in documents}
    why: dict[str, str] = {}
    if shared:
        why["by reference"] = min(shared)
    if days > RETURN_DAYS and not shared:
        return {}
    accounts = [account_key(str(one["payer_account"])) for one in (line, origin)]
    names = [fold(str(one["payer_name"])).strip() for one in (line, origin)]
    if all(accounts):
        same, written = accounts[0] == accounts[1], str(origin["payer_account"])
    else:
        same, written = names[0] == names[1] != "", str(origin["payer_name"])
    known = all(accounts) or all(names)
    if known and same:
        why["same payer"] = written
    if known and not same and not shared:
        return {}
    if named:
        why["in full"] = named[0]
    if why and fee:
        why["return fee"] = posted.text_of(fee, payments[0])
    return why


def _references(line: dict[Any, Any]) -> set[str]:
    """What the bank or the payer gave a line as its mark: end-to-end ids and the bank's own number, in capitals."""
    words = [str(line["transaction_id"]), *str(line["additional_info"]).split("; ")]
    return {word.upper() for word in words if _REFERENCE.fullmatch(word)}


def _open_twin(line: dict[Any, Any], waiting: pd.DataFrame) -> bool:
    """Whether a line that is not posted yet brought the amount too, from the same payer a few days before."""
    near = waiting[
        (waiting["bank_account"] == line["bank_account"])
        & (waiting["amount_minor"] == -line["amount_minor"])
        & (waiting["date"] <= line["date"])
        & (waiting["date"] >= line["date"] - pd.Timedelta(days=RETURN_DAYS))
    ]
    mine = account_key(str(line["payer_account"])) or fold(str(line["payer_name"])).strip()
    theirs = [
        account_key(str(account)) or fold(str(name)).strip()
        for account, name in zip(near["payer_account"], near["payer_name"])
    ]
    return mine in theirs
