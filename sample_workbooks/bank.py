"""What customers pay: receipts booked by hand, and the lines of the bank statements with their answers.

Every bank line comes with an answer: `applied` must settle exactly the named documents by itself;
`right_or_review` may do so, or may wait in the review, but must not do anything else; `mapped` goes to an
account by its text; `met` closes a receipt that was booked by hand and posts nothing more; `returned` is one of
a pair that cancels out and posts nothing; `nothing` must post nothing until a person decides. What a person then
decides stands in `decision`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from sample_workbooks.model import Ledger
from sample_workbooks.pricing import LOCAL
from sample_workbooks.settling import OpenItem
from sample_workbooks.tables import ZERO, Row
from sample_workbooks.trade import Dice, working_days

Answer = dict[str, object]
OPENING_BALANCES = {
    "BANK": Decimal("412345.67"),
    "PLUS": Decimal("38210.40"),
    "EURO": Decimal("5120.15"),
}
ALIKE = {f"K000{number:02d}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31, 32, 33)}
"""Customers whose name is also, or nearly, another's."""
TO_PLUSGIRO = {"K00016", "K00018", "K00021", "K00025", "K00028", "K00036", "K00047"}
"""Customers who pay to the plusgiro account."""
DISCOUNT_HABITS = ("net", "grace", "full", "net", "late net", "net")
"""How invoices with a payment discount are paid, in turn."""


TakeDoubtful = Callable[["Payers", Dice, list[OpenItem], list[tuple[Row, Answer]]], list[OpenItem]]


@dataclass
class Payers:
    """The customers' habits over the months: when each invoice is paid, and what must not be paid again."""

    ledger: Ledger
    balances: dict[str, Decimal] = field(default_factory=lambda: dict(OPENING_BALANCES))
    plans: dict[str, date | None] = field(default_factory=dict)
    habits: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    """Documents that a line has named already, whether or not it was sure to settle them."""
    possible: list[Decimal] = field(default_factory=list)
    """What may be left open of claims that were paid in part, if the payment was taken in."""
    credit_used: bool = False
    paid_by_ocr: list[tuple[str, Row]] = field(default_factory=list)
    by_hand: list[tuple[Row, Answer]] = field(default_factory=list)
    """Lines of this month's statements that belong to receipts booked by hand."""

    def receipts(self, name: str) -> list[Row | None]:
        """Rows of the Payments sheet: cash in the shop, Swish, and a payment that the bank announced."""
        dice = Dice(f"receipts {name}")
        due = self.due(name, dice)
        private = [item for item in due if item.customer_no in ("K00039", "K00040")][:3]
        small = [item for item in due if item not in private and item.remaining < 4000 and item.sender_no][:3]
        rows: list[Row | None] = []
        for place, item in enumerate(private + small):
            partly = place == len(private) + len(small) - 1
            amount = Decimal(int(item.remaining / 2)) if partly else item.remaining
            own = item.sender_no.startswith("F-")  # Only an invoice of the Invoices sheet is known by it.
            number = item.sender_no if own else item.document_no
            rows.append(
                {
                    "Payment No.": f"KV-{name[5:]}{place + 1:02d}",
                    "Posting Date": self.plans[item.document_no],
                    "Customer No.": item.customer_no,
                    "Amount": amount,
                    "Bank Account": "SWISH" if place % 2 else "KASSA",
                    "Applies-to Document No.": f"{number}={amount}" if partly else number,
                    "Text": "Swish" if place % 2 else "Kontant i butiken",
                }
            )
            self.settled.add(item.document_no)
        together = [
            item for item in due if item.document_no not in self.settled and item.customer_no not in ALIKE
        ]
        pair = next(iter(_pairs([item for item in together if item.remaining < 9000])), None)
        if pair:
            day = max(plan for plan in (self.plans[item.document_no] for item in pair) if plan)
            rows.append(
                {
                    "Payment No.": f"KV-{name[5:]}90",
                    "Posting Date": day,
                    "Customer No.": pair[0].customer_no,
                    "Amount": pair[0].remaining + pair[1].remaining,
                    "Bank Account": "SWISH",
                    "Applies-to Document No.": f"{pair[0].document_no};{pair[1].document_no}",
                    "Text": "Swish för två fakturor",
                }
            )
            self.settled.update(item.document_no for item in pair)
        return rows + self._announced(name, together)

    def _announced(self, name: str, due: Sequence[OpenItem]) -> list[Row | None]:
        """A receipt that is booked from the customer's word; its bank line comes a day or two later."""
        self.by_hand = []
        last = working_days(name)[-1]
        item = next(
            (
                item
                for item in due
                if item.document_no not in self.settled
                and self.account(item)
                and item.customer_no not in TO_PLUSGIRO
                and item.remaining > 5000
                and (self.plans[item.document_no] or last) < last - timedelta(days=4)
            ),
            None,
        )
        if item is None:
            return []
        self.settled.add(item.document_no)
        line = self.line(item, item.remaining, f"Faktura {item.document_no}")
        receipt: Row = {
            "Payment No.": f"KV-{name[5:]}95",
            "Posting Date": line["Date"],
            "Customer No.": item.customer_no,
            "Amount": item.remaining,
            "Bank Account": "BANK",
            "Applies-to Document No.": item.document_no,
            "Text": "Betalning enligt kundens besked",
        }
        line["Date"] = weekday(line["Date"] + timedelta(days=1))
        self.by_hand.append((line, answer("met", "booked by hand before", item, [item])))
        return [receipt]

    def statement(
        self, name: str, others: Sequence[tuple[Row, Answer]], take_doubtful: TakeDoubtful
    ) -> tuple[dict[str, list[Row]], list[Answer]]:
        """Lines of the month's statements by account and date, between their balances, and the answers to them.

        others: lines that are drawn already. take_doubtful: draws the doubtful ones and gives the claims left.
        """
        dice = Dice(f"bank {name}")
        due = [item for item in self.due(name, dice) if item.document_no not in self.settled]
        everything = [item for item in self.ledger.items.values() if item.remaining > 0]
        drawn = [*others, *self.by_hand]
        due = self._discount_lines(due, drawn)
        due = take_doubtful(self, dice, due, drawn)
        for items in self._bundles(dice, due):
            drawn.append(self._sure_line(dice, items, everything))
        self._returned(name, drawn)
        drawn.sort(key=lambda pair: (pair[0]["Date"], str(pair[0]["Text"]), pair[0]["Amount"]))
        drawn = [line for main in drawn for line in (main, *main[0].get("after", ()))]
        statements, answers = {}, []
        for account in self.balances:
            lines = [(line, found) for line, found in drawn if line["Bank Account"] == account]
            statements[account] = self._statement(name, account, [line for line, _ in lines])
            answers += [{**found, **_told(line)} for line, found in lines]
        return statements, answers

    def _statement(self, name: str, account: str, lines: Sequence[Row]) -> list[Row]:
        first = date.fromisoformat(f"{name}-01")
        opening: Row = {
            "Bank Account": account,
            "Date": first,
            "Amount": self.balances[account],
            "Text": "Opening Balance",
        }
        self.balances[account] += sum((line["Amount"] for line in lines), ZERO)
        if account == "PLUS" and name != "2026-08":  # From September on each line has an id of its own.
            for place, line in enumerate(lines, start=1):
                line["Transaction ID"] = f"PG{name.replace('-', '')}{place:04d}"
        closing: Row = {
            "Bank Account": account,
            "Date": (first + timedelta(days=31)).replace(day=1) - timedelta(days=1),
            "Amount": self.balances[account],
            "Text": "Closing Balance",
        }
        return [{**line, "Statement No.": name} for line in (opening, *lines, closing)]

    def due(self, name: str, dice: Dice) -> list[OpenItem]:
        """Claims in kronor that are paid in this month, oldest first."""
        days = working_days(name)
        for item in self.ledger.items.values():
            if item.document_no not in self.plans and item.remaining > 0:
                self.plans[item.document_no] = self._plan(dice, item, days[0])
        chosen = []
        for item in self.ledger.items.values():
            plan = self.plans.get(item.document_no)
            if item.remaining > 0 and plan and plan <= days[-1] and item.document_no not in self.settled:
                self.plans[item.document_no] = max(plan, days[0])
                chosen.append(item)
        chosen = [item for item in chosen if item.currency == LOCAL]
        return sorted(chosen, key=lambda item: (item.due_date, item.document_no))

    def _plan(self, dice: Dice, item: OpenItem, first_day: date) -> date | None:
        """Most pay on the due date or a little before, some late, a few never; some take the discount."""
        if item.customer_no == "K00046":  # Blocked for new invoices, and pays its old one.
            return date(2026, 8, 12)
        untouched = item.remaining == item.amount
        if untouched and item.discount and item.discount_date and item.grace_date:
            habit = DISCOUNT_HABITS[len(self.habits) % len(DISCOUNT_HABITS)]
            in_time = _days_between(item.posting_date, item.discount_date)[-3:]
            late = _days_between(item.discount_date, item.grace_date)
            after = _days_between(item.grace_date, item.grace_date + timedelta(days=7))
            days = {"net": in_time, "grace": late, "late net": after}.get(habit, [])
            self.habits[item.document_no] = habit if days else "full"
            if days:
                return max(days[dice.number(0, len(days) - 1)], first_day)
        habit = dice.weighted((("in time", 56), ("late", 24), ("very late", 12), ("never", 8)))
        if habit == "never" and item.currency == LOCAL:
            return None
        spread = {
            "in time": dice.number(-3, 0),
            "late": dice.number(1, 8),
            "very late": dice.number(10, 25),
            "never": 2,
        }
        day = item.due_date + timedelta(days=spread[habit])
        return weekday(max(day, item.posting_date + timedelta(days=1), first_day))

    def _discount_lines(self, due: list[OpenItem], drawn: list[tuple[Row, Answer]]) -> list[OpenItem]:
        """Invoices that are paid less the payment discount; gives those that are not."""
        rest = []
        for item in due:
            habit = self.habits.get(item.document_no, "full")
            if habit == "full" or item.remaining != item.amount:
                rest.append(item)
                continue
            self.settled.add(item.document_no)
            line = self.line(
                item, item.remaining - item.discount, "Bg-inbetalning", reference=item.payment_reference
            )
            if habit == "late net":
                self.possible.append(item.discount)
                found = answer("right_or_review", "discount taken too late", item, [item], decision="Accept")
            else:
                why = "discount in time" if habit == "net" else "discount in the days of grace"
                found = answer("applied", why, item, [item])
            drawn.append((line, found))
        return rest

    def _bundles(self, dice: Dice, due: list[OpenItem]) -> list[list[OpenItem]]:
        """Single payments, and lumps of two to four documents of one customer."""
        by_customer: dict[str, list[OpenItem]] = {}
        for item in due:
            by_customer.setdefault(item.customer_no, []).append(item)
        bundles = []
        for items in by_customer.values():
            while items:
                lump = len(items) > 1 and dice.hit(55) and self._known(items[0])
                size = min(len(items), dice.number(2, 4)) if lump else 1
                bundles.append(items[:size])
                items = items[size:]
        return bundles

    def _known(self, item: OpenItem) -> bool:
        return bool(self.account(item)) or item.customer_no not in ALIKE

    def account(self, item: OpenItem) -> str:
        """The account that the customer pays from, '' where we do not know it."""
        accounts = str(self.ledger.setup.customers[item.customer_no].get("Bank Account") or "")
        return accounts.rsplit("; ", maxsplit=1)[-1]

    def name(self, item: OpenItem) -> str:
        """The customer's name."""
        return str(self.ledger.setup.customers[item.customer_no]["Name"])

    def line(
        self,
        item: OpenItem,
        amount: Decimal,
        text: str,
        *,
        name: bool = True,
        account: bool = True,
        reference: str = "",
    ) -> Row:
        """A line that the customer of `item` brings on the planned day."""
        return {
            "Bank Account": "PLUS" if item.customer_no in TO_PLUSGIRO else "BANK",
            "Date": self.plans[item.document_no],
            "Amount": amount,
            "Text": text,
            "Payer Name": self.name(item).upper() if name else None,
            "Payer Account": (self.account(item) or None) if account else None,
            "Payment Reference": reference or None,
        }

    def _sure_line(self, dice: Dice, items: list[OpenItem], everything: list[OpenItem]) -> tuple[Row, Answer]:
        """A line that leaves no doubt: payer known, and document named or amount found once only."""
        first, total = items[0], sum((item.remaining for item in items), ZERO)
        self.settled.update(item.document_no for item in items)
        if len(items) > 1:
            numbers = [item.document_no for item in items]
            text = dice.one_of(("Faktura ", "Fakt nr ", "")) + dice.one_of((", ", " ", "+")).join(numbers)
            line = self.line(first, total, text)
            line["Date"] = max(plan for plan in (self.plans[number] for number in numbers) if plan)
            return line, answer("applied", "lump", first, items)
        unique = self._only_one(first, everything)
        account = bool(self.account(first))
        certain = account or first.customer_no not in ALIKE or unique
        form = dice.weighted((("ocr", 52), ("number", 26), ("amount", 22)))
        if form == "amount" and unique and (account or first.customer_no not in ALIKE):
            text = dice.one_of(("Inbetalning", "Betalning leverantör", "Överföring"))
            line = self.line(first, total, text, name=not account or dice.hit(50))
            return line, answer("applied", "payer and amount", first, items)
        expect = "applied" if certain else "right_or_review"
        if form == "number":
            text = dice.one_of(("Faktura {}", "Betalning fakt {}", "Fakturanr {}", "Inv {}")).format(
                first.document_no
            )
            return self.line(first, total, text), answer(expect, "number in text", first, items)
        line = self.line(first, total, "Bg-inbetalning", reference=first.payment_reference)
        if certain:
            self.paid_by_ocr.append((first.customer_no, line))
        return line, answer(expect, "payment reference", first, items)

    def _only_one(self, item: OpenItem, everything: list[OpenItem]) -> bool:
        """No other claim, alone or with others of the same customer, has this amount, discounts included."""
        amounts = Counter(amount for other in everything for amount in _amounts(other)) + Counter(
            self.possible
        )
        own = [other.remaining for other in everything if other.customer_no == item.customer_no]
        sums = sum(
            1 for size in (2, 3) for chosen in combinations(own, size) if sum(chosen) == item.remaining
        )
        return amounts[item.remaining] == 1 and not sums

    def _returned(self, name: str, drawn: list[tuple[Row, Answer]]) -> None:
        """A payment that the payer's bank takes back some days later: neither is booked, the customer still owes."""
        for number, line in self.paid_by_ocr:
            if line["Bank Account"] == "BANK" and f"{name}-03" <= line["Date"].isoformat() <= f"{name}-18":
                back = {
                    **line,
                    "Date": weekday(line["Date"] + timedelta(days=4)),
                    "Amount": -line["Amount"],
                    "Text": "Returnerad betalning",
                    "Returned": True,
                }
                found = answer("returned", "returned payment")
                drawn[:] = [
                    (other, {**known, "expect": "returned"} if other is line else known)
                    for other, known in drawn
                ]
                drawn.append((back, {**found, "customer_no": number}))
                return


def answer(
    expect: str,
    why: str,
    payer: OpenItem | None = None,
    items: Sequence[OpenItem] = (),
    account: str = "",
    decision: str = "",
) -> Answer:
    """The answer to a line."""
    return {
        "expect": expect,
        "why": why,
        "customer_no": payer.customer_no if payer else "",
        "documents": " ".join(item.document_no for item in items),
        "account": account,
        "decision": decision,
    }


def _told(line: Row) -> Answer:
    return {
        "bank_account": line["Bank Account"],
        "date": line["Date"].isoformat(),
        "amount": f"{line['Amount']:.2f}",
        "text": line["Text"],
        "payment_reference": line.get("Payment Reference") or "",
        "payer_name": line.get("Payer Name") or "",
    }


def weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def _days_between(after: date, until: date) -> list[date]:
    days = [after + timedelta(days=number) for number in range(1, (until - after).days + 1)]
    return [day for day in days if day.weekday() < 5]


def _amounts(item: OpenItem) -> set[Decimal]:
    return {item.remaining, item.remaining - item.discount}


def _pairs(items: Sequence[OpenItem]) -> list[tuple[OpenItem, OpenItem]]:
    return [pair for pair in combinations(items, 2) if pair[0].customer_no == pair[1].customer_no]
