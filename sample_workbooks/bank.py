"""What customers pay: receipts booked by hand, and the lines of the bank statement with their answers.

Every bank line comes with an answer: `applied` must settle exactly the named documents by itself;
`right_or_review` may do so, or may wait in the review, but must not do anything else; `mapped` goes to an
account by its text; `nothing` must post nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from sample_workbooks.model import Ledger, OpenItem
from sample_workbooks.tables import ZERO, Row
from sample_workbooks.trade import Dice, working_days

Answer = dict[str, object]
OPENING_BALANCE = Decimal("412345.67")
ALIKE = {f"K000{number:02d}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31, 32, 33)}
"""Customers whose name is also, or nearly, another's."""

STRANGERS = (
    ("OKÄND AVSÄNDARE HB", "Återbäring försäkring 88-12", "1834.56"),
    ("B SVENSSON", "Tack för senast", "212.35"),
    ("NORDKAP EVENT AB", "Deposition lokal", "4017.89"),
)
OUTGOING = (
    (4, "Leverantörsbetalning Norrpack AB", "-38417.50", "nothing"),
    (12, "Skattekontot Skatteverket", "-64210.00", "nothing"),
    (20, "Autogiro Umeå El & Nät", "-7318.25", "nothing"),
    (24, "Lönebetalning", "-186540.00", "nothing"),
    (27, "Bankavgift företagspaket", "-185.00", "mapped"),
)


@dataclass
class Payers:
    """The customers' habits over the months: when each invoice is paid, and what must not be paid again."""

    ledger: Ledger
    balance: Decimal = OPENING_BALANCE
    plans: dict[str, date | None] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    """Documents that a line has named already, whether or not it was sure to settle them."""
    possible: list[Decimal] = field(default_factory=list)
    """What may be left open of claims that were paid in part, if the payment was taken in."""
    credit_used: bool = False
    paid_by_ocr: list[tuple[str, Row]] = field(default_factory=list)

    def receipts(self, name: str) -> list[Row | None]:
        """Rows of the Payments sheet: cash in the shop and Swish."""
        dice = Dice(f"receipts {name}")
        due = self._due(name, dice)
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
        return rows

    def statement(self, name: str) -> tuple[list[Row | None], list[Answer]]:
        """Lines of the month's bank statement by date, between its two balances, and the answers to the lines."""
        dice = Dice(f"bank {name}")
        due = [item for item in self._due(name, dice) if item.document_no not in self.settled]
        everything = [item for item in self.ledger.items.values() if item.remaining > 0]
        drawn = self._other_lines(name)
        due = self._doubtful_lines(name, dice, due, drawn)
        for items in self._bundles(dice, due):
            drawn.append(self._sure_line(dice, items, everything))
        drawn.sort(key=lambda pair: (pair[0]["Date"], str(pair[0]["Text"]), pair[0]["Amount"]))
        return self._statement(name, drawn), [{**answer, **_told(line)} for line, answer in drawn]

    def _statement(self, name: str, drawn: Sequence[tuple[Row, Answer]]) -> list[Row | None]:
        days = working_days(name)
        first: Row = {
            "Bank Account": "BANK",
            "Date": days[0].replace(day=1),
            "Amount": self.balance,
            "Text": "Opening Balance",
        }
        lines = [line for line, _ in drawn]
        self.balance += sum((line["Amount"] for line in lines), ZERO)
        last_day = (days[0].replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        closing: Row = {
            "Bank Account": "BANK",
            "Date": last_day,
            "Amount": self.balance,
            "Text": "Closing Balance",
        }
        if name != "2026-08":  # From September on the bank gives each line an id of its own.
            for place, line in enumerate(lines, start=1):
                line["Transaction ID"] = f"NB{name.replace('-', '')}{place:05d}"
        return [{**line, "Statement No.": name} for line in (first, *lines, closing)]

    def _due(self, name: str, dice: Dice) -> list[OpenItem]:
        """Claims that are paid in this month, oldest first."""
        days = working_days(name)
        for item in self.ledger.items.values():
            if item.document_no not in self.plans and item.remaining > 0:
                self.plans[item.document_no] = _pay_date(dice, item, days[0])
        chosen = []
        for item in self.ledger.items.values():
            plan = self.plans.get(item.document_no)
            if item.remaining > 0 and plan and plan <= days[-1] and item.document_no not in self.settled:
                self.plans[item.document_no] = max(plan, days[0])
                chosen.append(item)
        return sorted(chosen, key=lambda item: (item.due_date, item.document_no))

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
        return bool(self._account(item)) or item.customer_no not in ALIKE

    def _account(self, item: OpenItem) -> str:
        accounts = str(self.ledger.setup.customers[item.customer_no].get("Bank Account") or "")
        return accounts.rsplit("; ", maxsplit=1)[-1]

    def _line(
        self,
        item: OpenItem,
        amount: Decimal,
        text: str,
        *,
        name: bool = True,
        account: bool = True,
        reference: str = "",
    ) -> Row:
        customer = self.ledger.setup.customers[item.customer_no]
        return {
            "Bank Account": "BANK",
            "Date": self.plans[item.document_no],
            "Amount": amount,
            "Text": text,
            "Payer Name": customer["Name"].upper() if name else None,
            "Payer Account": (self._account(item) or None) if account else None,
            "Payment Reference": reference or None,
        }

    def _sure_line(self, dice: Dice, items: list[OpenItem], everything: list[OpenItem]) -> tuple[Row, Answer]:
        """A line that leaves no doubt: payer known, and document named or amount found once only."""
        first, total = items[0], sum((item.remaining for item in items), ZERO)
        self.settled.update(item.document_no for item in items)
        if len(items) > 1:
            numbers = [item.document_no for item in items]
            text = dice.one_of(("Faktura ", "Fakt nr ", "")) + dice.one_of((", ", " ", "+")).join(numbers)
            line = self._line(first, total, text)
            line["Date"] = max(plan for plan in (self.plans[number] for number in numbers) if plan)
            return line, _answer("applied", "lump", first, items)
        unique = self._only_one(first, everything)
        account = bool(self._account(first))
        certain = account or first.customer_no not in ALIKE or unique
        form = dice.weighted((("ocr", 52), ("number", 26), ("amount", 22)))
        if form == "amount" and unique and (account or first.customer_no not in ALIKE):
            text = dice.one_of(("Inbetalning", "Betalning leverantör", "Överföring"))
            line = self._line(first, total, text, name=not account or dice.hit(50))
            return line, _answer("applied", "payer and amount", first, items)
        if form == "number":
            text = dice.one_of(("Faktura {}", "Betalning fakt {}", "Fakturanr {}", "Inv {}")).format(
                first.document_no
            )
            return self._line(first, total, text), _answer(
                "applied" if certain else "right_or_review", "number in text", first, items
            )
        line = self._line(first, total, "Bg-inbetalning", reference=first.payment_reference)
        if certain:
            self.paid_by_ocr.append((first.customer_no, line))
        return line, _answer("applied" if certain else "right_or_review", "payment reference", first, items)

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

    def _doubtful_lines(
        self, name: str, dice: Dice, due: list[OpenItem], drawn: list[tuple[Row, Answer]]
    ) -> list[OpenItem]:
        """Take some claims out of `due` for the lines that a person may have to look at."""
        rest = list(due)

        def take(fits: Callable[[OpenItem], bool]) -> OpenItem | None:
            found = next((item for item in rest if item.document_no.startswith("103") and fits(item)), None)
            if found:
                rest.remove(found)
                self.settled.add(found.document_no)
            return found

        def add(item: OpenItem | None, why: str, line: Callable[[OpenItem], Row]) -> None:
            if item:
                drawn.append((line(item), _answer("right_or_review", why, item, [item])))

        def plain(item: OpenItem) -> bool:
            return item.customer_no not in ALIKE

        for _ in range(2):
            partly = take(lambda item: plain(item) and item.remaining > 2000 and bool(self._account(item)))
            if partly:
                self.possible.append(partly.remaining - int(partly.remaining * 3 / 5))
            add(
                partly,
                "part of the amount",
                lambda item: self._line(
                    item,
                    Decimal(int(item.remaining * 3 / 5)),
                    "Delbetalning",
                    reference=item.payment_reference,
                ),
            )
        add(
            take(plain),
            "more than the amount",
            lambda item: self._line(
                item, item.remaining + 150, "Bg-inbetalning", reference=item.payment_reference
            ),
        )
        for _ in range(3):
            add(
                take(plain),
                "reference without a payer",
                lambda item: self._line(
                    item,
                    item.remaining,
                    "Bg-inbetalning",
                    name=False,
                    account=False,
                    reference=item.payment_reference,
                ),
            )
        for _ in range(2):
            add(
                take(plain),
                "reference inside the text",
                lambda item: self._line(item, item.remaining, f"OCR {item.payment_reference}"),
            )
        for _ in range(2):
            add(
                take(lambda item: plain(item) and _folded(self._name(item)) != self._name(item).upper()),
                "name without dots",
                self._folded_line,
            )
        add(
            take(plain),
            "paid by somebody else",
            lambda item: {
                **self._line(
                    item,
                    item.remaining,
                    f"Faktura {item.document_no} för kunds räkning",
                    name=False,
                    account=False,
                ),
                "Payer Name": "BETALTJÄNST NORD AB",
                "Payer Account": "9959-118 442 0",
            },
        )
        add(
            take(lambda item: plain(item) and item.document_no[1:2] == "0"),
            "a digit is missing",
            lambda item: self._line(
                item, item.remaining, f"Faktura {item.document_no[:1]}{item.document_no[2:]}", account=False
            ),
        )
        add(
            take(lambda item: item.customer_no in ("K00001", "K00002")),
            "two customers of one name",
            lambda item: self._line(item, item.remaining, "Betalning kaffe", account=False),
        )
        if not self.credit_used:
            self._net_of_credit(rest, drawn)
        return rest

    def _net_of_credit(self, rest: list[OpenItem], drawn: list[tuple[Row, Answer]]) -> None:
        """K00029 sets its old credit memo off against the first invoice that it pays."""
        credit = self.ledger.items["30112"]
        item = next(
            (item for item in rest if item.customer_no == credit.customer_no and item.remaining > 1000), None
        )
        if item:
            self.credit_used = True
            rest.remove(item)
            self.settled.add(item.document_no)
            line = self._line(
                item,
                item.remaining + credit.remaining,
                f"Faktura {item.document_no} minus kredit {credit.document_no}",
            )
            drawn.append((line, _answer("right_or_review", "less a credit memo", item, [credit, item])))

    def _name(self, item: OpenItem) -> str:
        return str(self.ledger.setup.customers[item.customer_no]["Name"])

    def _folded_line(self, item: OpenItem) -> Row:
        line = self._line(item, item.remaining, f"Faktura {item.document_no}", account=False)
        line["Payer Name"] = _folded(self._name(item))
        return line

    def _other_lines(self, name: str) -> list[tuple[Row, Answer]]:
        """Money that is not a customer's, strangers, and an invoice that is paid a second time."""
        lines: list[tuple[Row, Answer]] = []
        for day, text, amount, expect in OUTGOING:
            line: Row = {
                "Bank Account": "BANK",
                "Date": date.fromisoformat(f"{name}-{day:02d}"),
                "Amount": Decimal(amount),
                "Text": text,
            }
            lines.append(
                (line, _answer(expect, "not a customer", account="6570" if expect == "mapped" else ""))
            )
        month = int(name[5:])
        for place, (payer, text, amount) in enumerate(STRANGERS[: 2 + month % 2]):
            line = {
                "Bank Account": "BANK",
                "Date": date.fromisoformat(f"{name}-{7 + place * 6:02d}"),
                "Amount": Decimal(amount) + month,
                "Text": text,
            }
            lines.append(({**line, "Payer Name": payer}, _answer("nothing", "a stranger")))
        if name == "2026-09":
            interest: Row = {
                "Bank Account": "BANK",
                "Date": date(2026, 9, 30),
                "Amount": Decimal("43.18"),
                "Text": "Kreditränta",
            }
            lines.append((interest, _answer("mapped", "not a customer", account="8311")))
        earlier = [
            (number, line)
            for number, line in self.paid_by_ocr
            if line["Date"] < date.fromisoformat(f"{name}-01")
        ]
        if earlier:
            number, line = earlier[month % len(earlier)]
            again = {**line, "Date": date.fromisoformat(f"{name}-18")}
            again.pop("Transaction ID", None)
            lines.append((again, {**_answer("right_or_review", "paid a second time"), "customer_no": number}))
        return lines


def _answer(
    expect: str, why: str, payer: OpenItem | None = None, items: Sequence[OpenItem] = (), account: str = ""
) -> Answer:
    documents = " ".join(item.document_no for item in items)
    return {
        "expect": expect,
        "why": why,
        "customer_no": payer.customer_no if payer else "",
        "documents": documents,
        "account": account,
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


def _pay_date(dice: Dice, item: OpenItem, first_day: date) -> date | None:
    """Most pay on the due date or a little before, some late, a few never."""
    if item.customer_no == "K00046":  # Blocked for new invoices, and pays its old one.
        return date(2026, 8, 12)
    habit = dice.weighted((("in time", 56), ("late", 24), ("very late", 12), ("never", 8)))
    if habit == "never":
        return None
    days = {"in time": dice.number(-3, 0), "late": dice.number(1, 8), "very late": dice.number(10, 25)}[habit]
    day = max(item.due_date + timedelta(days=days), item.posting_date + timedelta(days=1), first_day)
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def _amounts(item: OpenItem) -> set[Decimal]:
    net = item.remaining - item.remaining * item.discount_percent / 100
    return {item.remaining, net.quantize(Decimal("0.01"))}


def _pairs(items: Sequence[OpenItem]) -> list[tuple[OpenItem, OpenItem]]:
    return [pair for pair in combinations(items, 2) if pair[0].customer_no == pair[1].customer_no]


def _folded(name: str) -> str:
    return name.upper().translate(str.maketrans("ÅÄÖÉØ", "AAOEO"))
