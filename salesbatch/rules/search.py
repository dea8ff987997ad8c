"""The open documents and the lines as the search sees them: what is left to be paid, by customer and by amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.rules.evidence import TOO_COMMON, Payments, Pool
from salesbatch.rules.explain_amount import Amounts
from salesbatch.rules.payers import Payers
from salesbatch.rules.payment_text import NumberIndex

BY_CHANCE = 5e-4
"""So many sums may fit by chance, and a sum that fits is still taken."""
ALIKE_SHOWN = 8


@dataclass(frozen=True)
class Known:
    """What else is known beside customers and open documents.

    aliases: payer, customer_no, times. direct_debits: transaction_id, document_no, status. fees: amount_minor,
    account, text. settled: document_no, external_document_no, payment_reference, customer_no, amount_minor of
    documents that were settled lately.
    """

    aliases: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"payer": [], "customer_no": [], "times": []}, dtype="str")
    )
    direct_debits: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"transaction_id": [], "document_no": [], "status": []}, dtype="str"
        )
    )
    fees: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"amount_minor": [], "account": [], "text": []}, dtype="str")
    )
    settled: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {
                "document_no": [], "external_document_no": [], "payment_reference": [], "customer_no": [],
                "amount_minor": [],
            },
            dtype="str",
        )
    )  # fmt: skip


class Search:
    """Lines and documents by position; what is left of the documents is in `amounts` and shrinks as lines are served."""

    def __init__(
        self, pool: Pool, payments: Payments, customers: pd.DataFrame, settings: Settings, known: Known
    ) -> None:
        self.pool, self.payments, self.known = pool, payments, known
        self.amounts = Amounts(pool, payments, settings, known.fees)
        self.day: list[int] = payments.day.tolist()
        self.amount: list[int] = payments.amount.tolist()
        self.currency: list[int] = payments.currency.tolist()
        self.customer: list[int] = pool.customer.tolist()
        self.entry_currency: list[int] = pool.currency.tolist()
        self.posted: list[int] = pool.posting_day.tolist()
        self.on_hold: list[bool] = pool.on_hold.tolist()
        self.open = len(self.customer)
        code_of = {number: code for code, number in enumerate(pool.customer_nos)}
        settled = known.settled
        self.settled_amount: list[int] = [int(amount) for amount in settled["amount_minor"]]
        owners = [*self.customer, *(code_of.get(number, -1) for number in settled["customer_no"])]
        self.owners = owners
        self.document_no = [*pool.document_no, *settled["document_no"].tolist()]
        self.references = [*pool.payment_reference, *settled["payment_reference"].tolist()]
        self.numbers = NumberIndex(
            self.document_no,
            [*pool.external_document_no, *settled["external_document_no"].tolist()],
            self.references,
            owners,
            settings.local_currency_code,
        )
        self.by_amount: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        net = (pool.remaining - pool.discount).tolist()
        for entry, (full, less) in enumerate(zip(self.amounts.remaining, net)):
            self.by_amount[full, self.entry_currency[entry]].append(entry)
            if less != full:
                self.by_amount[less, self.entry_currency[entry]].append(entry)
        self._customers_with: dict[tuple[int, int], frozenset[int]] = {}
        self.payers = Payers(pool.customer_nos, payments, customers, known.aliases)
        self.parties, self.party = self.payers.parties, self.payers.party
        self.readings = [
            self.numbers.read(payments.words(line), reference)
            for line, reference in enumerate(payments.payment_reference)
        ]

    @cached_property
    def of_customer(self) -> dict[tuple[int, int], list[int]]:
        """Documents by customer and currency."""
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for entry, key in enumerate(zip(self.customer, self.entry_currency)):
            found[key].append(entry)
        return dict(found)

    def candidates(self, line: int, customer: int) -> list[int]:
        """A customer's open documents that the line may settle without naming them, oldest due first."""
        day, left = self.day[line], self.amounts.left
        return [
            entry
            for entry in self.of_customer.get((customer, self.currency[line]), ())
            if left[entry] and self.posted[entry] <= day and not self.on_hold[entry]
        ]

    def with_amount(self, line: int) -> list[int]:
        """Documents of anybody that ask for exactly the line's amount; none when they are too many to say anything."""
        many = len(self.by_amount.get((self.amount[line], self.currency[line]), ())) > TOO_COMMON
        return [] if many else self.all_with_amount(line)

    def all_with_amount(self, line: int) -> list[int]:
        """Documents of anybody that ask for exactly the line's amount."""
        amount, day = self.amount[line], self.day[line]
        sign = 1 if amount > 0 else -1
        return [
            entry
            for entry in self.by_amount.get((amount, self.currency[line]), ())
            if self.posted[entry] <= day
            and not self.on_hold[entry]
            and abs(amount) in (sign * self.amounts.left[entry], self.amounts.asked(entry, day, sign))
        ]

    def with_amount_at_first(self, line: int) -> list[int]:
        """Documents of anybody that asked for the line's amount before anything was settled, a few."""
        return self.by_amount.get((self.amount[line], self.currency[line]), [])[:ALIKE_SHOWN]

    def customers_with_amount(self, line: int) -> frozenset[int]:
        """Customers with a document that asked for the line's amount before anything was settled."""
        key = self.amount[line], self.currency[line]
        if key not in self._customers_with:
            self._customers_with[key] = frozenset(
                [self.customer[entry] for entry in self.by_amount.get(key, ())]
            )
        return self._customers_with[key]

    def asks(self, entry: int, line: int) -> bool:
        """Whether a document asks for just the line's amount on its day."""
        sign = 1 if self.amount[line] > 0 else -1
        return self.amounts.asked(entry, self.day[line], sign) == abs(self.amount[line])

    def ordered(self, entries: Sequence[int], line: int) -> list[int]:
        """Claims by due date, then what is taken off against them."""
        if len(entries) == 1:
            return list(entries)
        sign = 1 if self.amount[line] > 0 else -1
        return sorted(set(entries), key=lambda entry: (sign * self.amounts.left[entry] < 0, entry))
