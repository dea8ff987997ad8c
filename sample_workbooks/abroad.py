"""Customers abroad who are invoiced in their own currency: what they order, and how they pay.

Those in the euro area pay to the account in euro; those in Norway to the account in kronor, where the bank has
exchanged the money at the rate of the day. Their invoices carry no Swedish VAT, but what guests eat in Umeå
does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sample_workbooks.bank import Answer, Payers, answer, weekday
from sample_workbooks.pricing import LOCAL, Setup
from sample_workbooks.settling import OpenItem
from sample_workbooks.tables import ORE, Row, round_to
from sample_workbooks.trade import Dice, flat, working_days

BUYERS = ("K00049", "K00050", "K00051", "K00049", "K00050", "K00042", "K00049", "K00050", "K00051")
"""Who orders, in turn; K00042 pays in kronor and asks for one invoice a month in euro."""
GOODS = (
    "KAF-001", "KAF-002", "KAF-003", "KAF-004", "KAF-008", "TEE-001", "TEE-004", "LIV-006", "LIV-007", "MAS-002",
    "MAS-007", "KON-003", "KON-009", "00701",
)  # fmt: skip
SILENT_FEE = Decimal("12.50")
CHARGES = Decimal("8.00")
Drawn = list[tuple[Row, Answer]]


def foreign_orders(setup: Setup, name: str) -> list[Row | None]:
    """Rows of the Orders sheet of the export desk."""
    dice = Dice(f"abroad {name}")
    days = working_days(name)
    orders = []
    for serial, number in enumerate(BUYERS, start=1):
        customer = setup.customers[number]
        header: Row = {
            "No.": f"U-{name[5:]}{serial:03d}",
            "Customer No.": number,
            "Posting Date": days[min(dice.number(serial * 2 - 2, serial * 2), len(days) - 1)],
            "Currency Code": "EUR" if number == "K00042" else None,
            "Action": "Ship and Invoice",
        }
        if dice.hit(50):
            header["Your Reference"] = customer["Contact"]
        lines: list[Row] = []
        for item in dice.shuffled(GOODS)[: dice.number(2, 5)]:
            line: Row = {"Item No.": item, "Quantity": Decimal(_quantity(dice, item))}
            if dice.hit(15):  # An offer in the buyer's currency.
                price = setup.items[item]["Unit Price"] / setup.rate(
                    customer.get("Currency Code") or "EUR", header["Posting Date"]
                )
                line["Unit Price"] = round_to(price * Decimal("0.95"), Decimal("0.05"))
                line["Line Discount %"] = Decimal(dice.one_of((0, 0, 5)))
            lines.append(line)
        if number == "K00050" and serial == 5:
            lines.append({"Item No.": "FIK-003", "Quantity": Decimal(dice.number(8, 23))})
        orders.append((header, lines))
    return flat(orders)


def _quantity(dice: Dice, item: str) -> int:
    if item.startswith("MAS"):
        return dice.number(1, 3)
    return dice.weighted(((dice.number(3, 20), 60), (dice.number(20, 90), 40)))


def announced_receipts(payers: Payers, name: str) -> list[Row | None]:
    """A payment in euro that is booked by hand from the buyer's word; the bank's line comes the day after."""
    due = [item for item in _due(payers, name) if item.currency == "EUR" and not item.discount]
    last = working_days(name)[-1]
    early = [item for item in due if (payers.plans[item.document_no] or last) < last - timedelta(days=4)]
    if len(early) < 3:  # The others shall come by the bank alone.
        return []
    item = early[0]
    payers.settled.add(item.document_no)
    line = _euro_line(payers, item, item.remaining, f"Invoice {item.document_no}")
    receipt: Row = {
        "Payment No.": f"KV-{name[5:]}96",
        "Posting Date": line["Date"],
        "Customer No.": item.customer_no,
        "Amount": item.remaining,
        "Currency Code": "EUR",
        "Bank Account": "EURO",
        "Applies-to Document No.": item.document_no,
        "Text": "Betalning enligt kundens besked",
    }
    line["Date"] = weekday(line["Date"] + timedelta(days=1))
    payers.by_hand.append((line, answer("met", "booked by hand before", item, [item])))
    return [receipt]


def _due(payers: Payers, name: str) -> list[OpenItem]:
    """Claims in other currencies that are paid in this month."""
    payers.due(name, Dice(f"paid abroad {name}"))
    first, last = working_days(name)[0], working_days(name)[-1]
    due = []
    for item in payers.ledger.items.values():
        plan = payers.plans.get(item.document_no)
        free = item.currency != LOCAL and item.remaining > 0 and item.document_no not in payers.settled
        if free and plan and plan <= last:
            payers.plans[item.document_no] = max(plan, first)
            due.append(item)
    return due


def foreign_lines(payers: Payers, name: str) -> Drawn:
    """Bank lines of the month that pay claims in other currencies."""
    due = _due(payers, name)
    drawn: Drawn = []
    euro = [item for item in due if item.currency == "EUR"]
    euro = _with_discount(payers, euro, drawn)
    forms: list[Callable[[Payers, OpenItem], tuple[Row, Answer]]] = [
        _by_reference,
        _less_fee,
        _with_charges,
        _by_number,
    ]
    lump = next((pair for pair in _pairs(euro)), None)
    if lump:
        drawn.append(_advised(payers, lump))
        euro = [item for item in euro if item not in lump]
    for place, item in enumerate(euro):
        drawn.append(forms[(int(name[5:]) + place) % len(forms)](payers, item))
    for item in due:
        if item.currency == "NOK":
            drawn.append(_exchanged(payers, item))
    payers.settled.update(item.document_no for item in due)
    return drawn


def _euro_line(payers: Payers, item: OpenItem, amount: Decimal, text: str, reference: str = "") -> Row:
    line = payers.line(item, amount, text, reference=reference)
    line["Bank Account"] = "EURO"
    line["Payer Name"] = payers.name(item)
    return line


def _with_discount(payers: Payers, due: list[OpenItem], drawn: Drawn) -> list[OpenItem]:
    """A buyer who takes the discount: in time, in the days of grace, or too late."""
    rest = []
    for item in due:
        habit = payers.habits.get(item.document_no, "full")
        if habit == "full" or item.remaining != item.amount:
            rest.append(item)
            continue
        net = item.remaining - item.discount
        line = _euro_line(payers, item, net, f"Rechnung {item.document_no} abzgl. 2% Skonto")
        if habit == "late net":
            found = answer("right_or_review", "discount taken too late", item, [item], decision="Accept")
        else:
            why = "discount in time" if habit == "net" else "discount in the days of grace"
            found = answer("applied", why, item, [item])
        drawn.append((line, found))
    return rest


def _by_reference(payers: Payers, item: OpenItem) -> tuple[Row, Answer]:
    line = _euro_line(payers, item, item.remaining, "SEPA-inbetalning", item.payment_reference)
    return line, answer("applied", "payment reference", item, [item])


def _by_number(payers: Payers, item: OpenItem) -> tuple[Row, Answer]:
    line = _euro_line(payers, item, item.remaining, f"Invoice {item.document_no}")
    return line, answer("applied", "number in text", item, [item])


def _with_charges(payers: Payers, item: OpenItem) -> tuple[Row, Answer]:
    """The bank keeps its charges and says so: a line of their own."""
    line = _euro_line(payers, item, item.remaining, f"Invoice {item.document_no}, charges shared")
    fee: Row = {"Bank Account": "EURO", "Date": line["Date"], "Amount": -CHARGES, "Text": "Bank Charges"}
    line["Charges"] = CHARGES
    line["after"] = [({**fee, "Is Charge": True}, answer("mapped", "charges of the bank", account="6570"))]
    return line, answer("applied", "number in text", item, [item])


def _less_fee(payers: Payers, item: OpenItem) -> tuple[Row, Answer]:
    """A bank on the way has kept something and says nothing."""
    line = _euro_line(payers, item, item.remaining - SILENT_FEE, f"Invoice {item.document_no}")
    return line, answer("right_or_review", "a fee is missing", item, [item], decision="Accept")


def _advised(payers: Payers, items: Sequence[OpenItem]) -> tuple[Row, Answer]:
    """Two invoices at once, with what the payer's system says of each."""
    total = sum((item.remaining for item in items), Decimal(0))
    line = _euro_line(
        payers,
        items[0],
        total,
        "Lieferantenzahlung" if items[0].customer_no == "K00049" else "Toimittajamaksu",
    )
    line["Date"] = max(plan for plan in (payers.plans[item.document_no] for item in items) if plan)
    line["Advice"] = [(item.document_no, item.remaining) for item in items]
    return line, answer("applied", "remittance advice", items[0], items)


def _exchanged(payers: Payers, item: OpenItem) -> tuple[Row, Answer]:
    """Money in another currency, exchanged by the bank into kronor at the rate of the day."""
    day = payers.plans[item.document_no] or date.min
    amount = round_to(item.remaining * payers.ledger.setup.rate(item.currency, day), ORE)
    line = payers.line(item, amount, f"Utlandsbetalning NOK {item.remaining:.2f} faktura {item.document_no}")
    line["Instructed"] = (item.currency, item.remaining)
    found = answer("right_or_review", "paid in another currency", item, [item], decision="Apply To")
    return line, found


def _pairs(items: Sequence[OpenItem]) -> list[tuple[OpenItem, OpenItem]]:
    near = timedelta(days=12)
    return [
        (one, other)
        for place, one in enumerate(items)
        for other in items[place + 1 :]
        if one.customer_no == other.customer_no and abs(one.due_date - other.due_date) < near
    ]
