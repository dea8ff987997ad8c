"""What the sample company sells in a month: orders, invoices and credit memos as rows of a sheet.

Everything is drawn from dice with a fixed seed, so that each generation gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from sample_workbooks.pricing import Setup
from sample_workbooks.tables import ORE, Row, Tables, round_to

Chosen = TypeVar("Chosen")

KINDS = {
    "company": (
        ("FOOD", 46),
        ("GOODS", 24),
        ("MACHINE", 7),
        ("SERVICE", 10),
        ("CATERING", 7),
        ("BOOKS", 4),
        ("FREIGHT", 2),
    ),
    "cafe": (("FOOD", 66), ("GOODS", 20), ("MACHINE", 5), ("SERVICE", 6), ("BOOKS", 3)),
    "builder": (("FOOD", 35), ("GOODS", 25), ("SERVICE", 10), ("BUILD", 30)),
    "abroad": (("FOOD", 50), ("GOODS", 26), ("MACHINE", 10), ("SERVICE", 8), ("BOOKS", 6)),
    "private": (("FOOD", 55), ("GOODS", 30), ("CATERING", 15)),
}
OUT_OF_TRADE = ("K00044", "K00045", "K00046", "K00049", "K00050", "K00051")
"""Blocked customers, and those abroad who are invoiced in their currency (`abroad.py`)."""
COMMENTS = (
    "Leverans till lastkajen",
    "Enligt offert",
    "Lämnas i receptionen",
    "Ersätter tidigare beställning",
    "Ring före leverans",
)


class Dice:
    """Draws that depend on the seed alone; only `random()` of the generator is used, which never changes."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def hit(self, percent: int) -> bool:
        """True in that many of a hundred cases."""
        return self._random.random() * 100 < percent

    def one_of(self, things: Sequence[Chosen]) -> Chosen:
        """Any one of the things."""
        return things[self.number(0, len(things) - 1)]

    def weighted(self, pairs: Sequence[tuple[Chosen, int]]) -> Chosen:
        """One of the things, by weight."""
        left = self._random.random() * sum(weight for _, weight in pairs)
        for thing, weight in pairs:
            left -= weight
            if left < 0:
                return thing
        return pairs[-1][0]

    def shuffled(self, things: Sequence[Chosen]) -> list[Chosen]:
        """The things in another order."""
        rest, result = list(things), []
        while rest:
            result.append(rest.pop(self.number(0, len(rest) - 1)))
        return result


@dataclass
class Trade:
    """The company's selling over the months: orders left open or shipped come back later."""

    setup: Setup
    later: list[tuple[Row, list[Row], str]] = field(default_factory=list)
    """Orders that return next month, with the Action they then have."""

    def month(self, name: str) -> Tables:
        """Orders and Invoices of a month, one row a line, the header's cells on the first row only."""
        dice = Dice(f"norrsken {name}")
        days = working_days(name)
        orders = [(header, lines) for header, lines in self._returning(dice, days)]
        count = {"2026-08": 86, "2026-09": 90, "2026-10": 94}[name]
        stem = name[5:]
        posting = sorted(dice.one_of(days) for _ in range(count))
        serials = _nearly_sorted(dice, count)
        for place, (day, serial) in enumerate(zip(posting, serials)):
            header = self._header(dice, f"O-{stem}{serial:03d}", self._customer(dice), day)
            lines = self._lines(
                dice, header, dice.weighted(((1, 22), (2, 26), (3, 22), (4, 16), (5, 9), (8, 5)))
            )
            header["Action"] = "Ship and Invoice"
            action = {20: "Open", 41: "Ship", 55: "Open", 66: "Ship", 72: "Release"}.get(place)
            if action:
                self._keep_for_later(header, lines, action, place)
            if dice.hit(7):
                lines.insert(
                    dice.number(1, len(lines)), {"Type": "Comment", "Description": dice.one_of(COMMENTS)}
                )
            orders.append((header, lines))
        invoices = self._invoices(dice, days, stem)
        return {"Orders": flat(orders), "Invoices": flat(invoices)}

    def _keep_for_later(self, header: Row, lines: list[Row], action: str, place: int) -> None:
        header["Action"] = action
        header["Order Date"] = header["Posting Date"]
        header["Document Date"] = None
        for line in lines:  # A price that was agreed does not change with the month.
            line["Unit Price"], line["Line Discount %"] = self._agreed(header, line)
        then = {"Ship": "Invoice", "Open": "Ship and Invoice" if place == 20 else ""}.get(action, "")
        if then:
            self.later.append((header, lines, then))

    def _agreed(self, header: Row, line: Row) -> tuple[Decimal, Decimal]:
        customer, item = self.setup.customers[header["Customer No."]], self.setup.items[line["Item No."]]
        price, own = self.setup.best_price(customer, item, line["Quantity"], header["Posting Date"])
        percent = max(own, self.setup.best_discount(customer, item, line["Quantity"], header["Posting Date"]))
        if line.get("Unit Price") is not None:
            return line["Unit Price"], line["Line Discount %"]
        return price, percent

    def _returning(self, dice: Dice, days: list[date]) -> list[tuple[Row, list[Row]]]:
        returning = [
            (
                {**header, "Action": action, "Posting Date": days[dice.number(0, 4)], "Document Date": None},
                [dict(line) for line in lines],
            )
            for header, lines, action in self.later
        ]
        self.later = []
        return returning

    def _customer(self, dice: Dice) -> Row:
        weights = [
            (row, _weight(row)) for row in self.setup.customers.values() if row["No."] not in OUT_OF_TRADE
        ]
        return dice.weighted(weights)

    def _header(self, dice: Dice, number: str, customer: Row, day: date) -> Row:
        header: Row = {"No.": number, "Customer No.": customer["No."], "Posting Date": day}
        if dice.hit(12) and day.day > 4:
            header["Document Date"] = day - timedelta(days=dice.number(1, 3))
        if dice.hit(35):
            header["External Document No."] = (
                f"{dice.one_of(('BEST', 'PO', 'REK'))}-{dice.number(10, 99)}{number[2:]}"
            )
        if dice.hit(30) and customer.get("Contact"):
            header["Your Reference"] = customer["Contact"]
        if dice.hit(3):
            header["Payment Terms Code"] = "10D"
        return header

    def _lines(self, dice: Dice, header: Row, count: int) -> list[Row]:
        customer = self.setup.customers[header["Customer No."]]
        sort = _sort_of(customer)
        lines: list[Row] = []
        used: set[str] = set()
        while len(lines) < count:
            item = dice.one_of(self._items(dice.weighted(KINDS[sort])))
            if item["No."] in used:
                count -= 1
                continue
            used.add(item["No."])
            line: Row = {"Item No.": item["No."], "Quantity": _quantity(dice, item)}
            if sort == "private":  # Their prices are typed, with the VAT inside.
                vat = self.setup.vat(
                    customer["VAT Bus. Posting Group"],
                    item["VAT Prod. Posting Group"],
                    header["Posting Date"],
                )
                line["Quantity"] = Decimal(dice.number(1, 4))
                line["Unit Price"] = round_to(item["Unit Price"] * (1 + vat["VAT %"] / 100), ORE)
                line["Line Discount %"] = Decimal(0)
            elif dice.hit(8):
                line["Unit Price"] = (
                    round_to(item["Unit Price"] * Decimal("0.96"), Decimal("0.05")) or item["Unit Price"]
                )
                line["Line Discount %"] = Decimal(dice.one_of((0, 0, 5, 10)))
            lines.append(line)
        return lines

    def _items(self, kind: str) -> list[Row]:
        def fits(row: Row) -> bool:
            machine = row["No."].startswith("MAS")
            group = row["Gen. Prod. Posting Group"]
            return (
                (group == "GOODS" and machine == (kind == "MACHINE"))
                if kind in ("GOODS", "MACHINE")
                else bool(group == kind)
            )

        return [
            row
            for row in self.setup.items.values()
            if fits(row) and not row["Blocked"] and not row["Sales Blocked"]
        ]

    def _invoices(self, dice: Dice, days: list[date], stem: str) -> list[tuple[Row, list[Row]]]:
        """Services without an order: hours, a rent, a row straight on an account, a comment."""
        customers = [
            row
            for row in self.setup.customers.values()
            if row["No."] not in OUT_OF_TRADE and _sort_of(row) in ("company", "cafe", "builder")
        ]
        invoices = []
        for serial in range(1, 13):
            customer = dice.one_of(customers)
            header = self._header(dice, f"F-{stem}{serial:03d}", customer, dice.one_of(days))
            lines: list[Row] = [
                {
                    "Item No.": "TJA-002",
                    "Quantity": Decimal(dice.number(2, 9)) / 2,
                    "Description": "Service enligt arbetsorder",
                },
                {"Item No.": "TJA-006", "Quantity": Decimal(dice.number(1, 22))},
            ]
            if dice.hit(60):
                lines.append(
                    {
                        "Item No.": "TJA-005",
                        "Quantity": Decimal(1),
                        "Description": f"Hyra helautomat 2026-{stem}",
                    }
                )
            if dice.hit(50):
                lines.append(
                    {
                        "Type": "Comment",
                        "Description": f"Arbetsorder {dice.number(100, 999)}, utförd av Bengt",
                    }
                )
            if dice.hit(60):
                amount = round_to(Decimal(dice.number(4000, 52000)) / 100, ORE)
                lines.append(
                    {
                        "Type": "G/L Account",
                        "Item No.": dice.one_of(("3520", "3590")),
                        "Description": "Frakt och emballage",
                        "Quantity": Decimal(1),
                        "Unit Price": amount,
                        "VAT Prod. Posting Group": "SERV25",
                    }
                )
            if dice.hit(40):
                lines.append({"Item No.": "MAS-010", "Quantity": Decimal(dice.number(1, 4))})
            invoices.append((header, lines))
        return invoices


def working_days(name: str) -> list[date]:
    """Mondays to Fridays of a month."""
    day = date.fromisoformat(f"{name}-01")
    days = [day + timedelta(days=number) for number in range(31)]
    return [each for each in days if each.month == day.month and each.weekday() < 5]


def flat(documents: Sequence[tuple[Row, list[Row]]]) -> list[Row | None]:
    """Documents as rows: the header on each document's first row."""
    rows: list[Row | None] = []
    for header, lines in documents:
        for place, line in enumerate(lines):
            rows.append({**(header if place == 0 else {}), **line})
    return rows


def _weight(customer: Row) -> int:
    special = {
        "K00017": 6,
        "K00013": 5,
        "K00031": 4,
        "K00027": 5,
        "K00034": 4,
        "K00041": 2,
        "K00042": 2,
        "K00043": 2,
    }
    return special.get(customer["No."], 2 if customer["Template"] == "PRIVAT" else 3)


def _sort_of(customer: Row) -> str:
    if customer["Template"] in ("EU", "EXPORT"):
        return "abroad"
    if customer.get("Customer Price Group") == "CAFE":
        return "cafe"
    return {"BYGG": "builder", "PRIVAT": "private"}.get(customer["Template"], "company")


def _nearly_sorted(dice: Dice, count: int) -> list[int]:
    """1..count, with some neighbours exchanged: people do not write orders in the order of their dates."""
    numbers = list(range(1, count + 1))
    for place in range(count - 1):
        if dice.hit(20):
            numbers[place], numbers[place + 1] = numbers[place + 1], numbers[place]
    return numbers


def _quantity(dice: Dice, item: Row) -> Decimal:
    number = item["No."]
    if number in ("KON-002", "KON-005"):
        return Decimal(dice.number(1, 14) * 500)
    if item["Gen. Prod. Posting Group"] in ("SERVICE", "BUILD") and item["Unit of Measure"] == "HUR":
        return Decimal(dice.number(2, 16)) / 2
    if item["Unit Price"] > 10000:
        return Decimal(1)
    if number.startswith("MAS") or number in ("TJA-003", "40020", "FIK-002"):
        return Decimal(dice.number(1, 3))
    if number == "KON-003":
        return Decimal(dice.number(2, 15) * 10)
    if item["Gen. Prod. Posting Group"] == "CATERING":
        return Decimal(dice.number(6, 45))
    return Decimal(
        dice.weighted(((dice.number(1, 6), 50), (dice.number(6, 24), 35), (dice.number(24, 60), 15)))
    )
