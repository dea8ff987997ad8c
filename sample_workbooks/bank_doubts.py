"""Bank lines that a person may have to look at, and those that are not a customer's at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sample_workbooks.bank import ALIKE, Answer, Payers, answer, weekday
from sample_workbooks.pricing import LOCAL
from sample_workbooks.settling import OpenItem
from sample_workbooks.tables import Row
from sample_workbooks.trade import Dice

Drawn = list[tuple[Row, Answer]]

STRANGERS = (
    ("OKÄND AVSÄNDARE HB", "Återbäring försäkring 88-12", "1834.56", "3994"),
    ("B SVENSSON", "Tack för senast", "212.35", ""),
    ("NORDKAP EVENT AB", "Deposition lokal", "4017.89", "Booked Elsewhere"),
)
"""Payer, text, amount, and what a person makes of it: an account, nothing yet, or booked elsewhere."""
OUTGOING = (
    (4, "Leverantörsbetalning Norrpack AB", "-38417.50", "nothing"),
    (12, "Skattekontot Skatteverket", "-64210.00", "nothing"),
    (20, "Autogiro Umeå El & Nät", "-7318.25", "nothing"),
    (24, "Lönebetalning", "-186540.00", "nothing"),
    (27, "Bankavgift företagspaket", "-185.00", "mapped"),
)


def doubtful_lines(payers: Payers, dice: Dice, due: list[OpenItem], drawn: Drawn) -> list[OpenItem]:
    """Take some claims out of `due` for lines that leave a doubt; gives the rest."""
    rest = list(due)

    def take(fits: Callable[[OpenItem], bool]) -> OpenItem | None:
        found = next((item for item in rest if item.document_no.startswith("103") and fits(item)), None)
        if found:
            rest.remove(found)
            payers.settled.add(found.document_no)
        return found

    def add(
        item: OpenItem | None, why: str, line: Callable[[OpenItem], Row], decision: str = "Accept"
    ) -> None:
        if item:
            drawn.append((line(item), answer("right_or_review", why, item, [item], decision=decision)))

    _wrong_amounts(payers, take, add)
    _wrong_references(payers, take, add)
    for _ in range(2):
        add(
            take(lambda item: _plain(item) and _folded(payers.name(item)) != payers.name(item).upper()),
            "name without dots",
            lambda item: _folded_line(payers, item),
        )
    add(
        take(_plain),
        "paid by somebody else",
        lambda item: {
            **payers.line(
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
        take(lambda item: item.customer_no in ("K00001", "K00002")),
        "two customers of one name",
        lambda item: payers.line(item, item.remaining, "Betalning kaffe", account=False),
        "Apply To",
    )
    if not payers.credit_used:
        _net_of_credit(payers, rest, drawn)
    return rest


Take = Callable[[Callable[[OpenItem], bool]], OpenItem | None]
Add = Callable[..., None]


def _plain(item: OpenItem) -> bool:
    return item.customer_no not in ALIKE and item.customer_no != "K00024"


def _wrong_amounts(payers: Payers, take: Take, add: Add) -> None:
    """A part, too much, three kronor short, some öre short or over."""

    def known(item: OpenItem) -> bool:
        return _plain(item) and item.remaining > 2000 and bool(payers.account(item))

    def paid(difference: str, text: str = "Bg-inbetalning") -> Callable[[OpenItem], Row]:
        return lambda item: payers.line(
            item, item.remaining + Decimal(difference), text, reference=item.payment_reference
        )

    for _ in range(2):
        partly = take(known)
        if partly:
            payers.possible.append(partly.remaining - int(partly.remaining * 3 / 5))
        add(
            partly,
            "part of the amount",
            lambda item: payers.line(
                item, Decimal(int(item.remaining * 3 / 5)), "Delbetalning", reference=item.payment_reference
            ),
        )
    add(take(_plain), "more than the amount", paid("150"))
    add(take(known), "three kronor short", paid("-3"))
    add(take(known), "some öre over", paid("0.40"))
    # This customer's invoices get no tolerance: the öre are written off.
    add(take(lambda item: item.customer_no == "K00024"), "some öre short", paid("-0.37"))


def _wrong_references(payers: Payers, take: Take, add: Add) -> None:
    """References without a payer, inside the text, of somebody else's invoice, or with a digit lost."""
    for _ in range(3):
        add(
            take(_plain),
            "reference without a payer",
            lambda item: payers.line(
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
            take(_plain),
            "reference inside the text",
            lambda item: payers.line(item, item.remaining, f"OCR {item.payment_reference}"),
            "Apply To",
        )
    other = next((item for item in payers.ledger.items.values() if _of_another(payers, item)), None)
    add(
        take(lambda item: _plain(item) and bool(payers.account(item))),
        "reference of another invoice",
        lambda item: payers.line(
            item, item.remaining, "Bg-inbetalning", reference=other.payment_reference if other else ""
        ),
        "Apply To",
    )
    add(
        take(lambda item: _plain(item) and item.document_no[1:2] == "0"),
        "a digit is missing",
        lambda item: payers.line(
            item, item.remaining, f"Faktura {item.document_no[:1]}{item.document_no[2:]}", account=False
        ),
        "Apply To",
    )


def _of_another(payers: Payers, item: OpenItem) -> bool:
    """An invoice that nobody pays for now: never, or much later."""
    plan = payers.plans.get(item.document_no)
    return (
        item.kind == "invoice"
        and item.currency == LOCAL
        and item.remaining > 0
        and plan is None
        and item.document_no not in payers.settled
        and item.document_no.startswith("103")
    )


def _net_of_credit(payers: Payers, rest: list[OpenItem], drawn: Drawn) -> None:
    """K00029 sets its old credit memo off against the first invoice that it pays."""
    credit = payers.ledger.items["30112"]
    item = next(
        (item for item in rest if item.customer_no == credit.customer_no and item.remaining > 1000), None
    )
    if item:
        payers.credit_used = True
        rest.remove(item)
        payers.settled.add(item.document_no)
        line = payers.line(
            item,
            item.remaining + credit.remaining,
            f"Faktura {item.document_no} minus kredit {credit.document_no}",
        )
        found = answer("right_or_review", "less a credit memo", item, [credit, item], decision="Leave")
        drawn.append((line, found))


def _folded_line(payers: Payers, item: OpenItem) -> Row:
    line = payers.line(item, item.remaining, f"Faktura {item.document_no}", account=False)
    line["Payer Name"] = _folded(payers.name(item))
    return line


def _folded(name: str) -> str:
    return name.upper().translate(str.maketrans("ÅÄÖÉØ", "AAOEO"))


def other_lines(payers: Payers, name: str) -> Drawn:
    """Money that is not a customer's, strangers, an invoice paid a second time, a credit that is paid back."""
    lines: Drawn = []
    for day, text, amount, expect in OUTGOING:
        decision = "Booked Elsewhere" if text.startswith("Autogiro") else ""
        account = "6570" if expect == "mapped" else ""
        found = answer(expect, "not a customer", account=account, decision=decision)
        lines.append((_plain_line("BANK", f"{name}-{day:02d}", amount, text), found))
    month = int(name[5:])
    for place, (payer, text, amount, account) in enumerate(STRANGERS[: 2 + month % 2]):
        line = _plain_line("BANK", f"{name}-{7 + place * 6:02d}", str(Decimal(amount) + month), text)
        decision = {"": "Leave", "Booked Elsewhere": "Booked Elsewhere"}.get(account, "Post To Account")
        own = account if account.isdigit() else ""
        expect = "by_decision" if own else "nothing"
        lines.append(
            ({**line, "Payer Name": payer}, answer(expect, "a stranger", account=own, decision=decision))
        )
    if name == "2026-09":
        interest = _plain_line("BANK", "2026-09-30", "43.18", "Kreditränta")
        lines.append((interest, answer("mapped", "not a customer", account="8311")))
    fee = _plain_line("PLUS", f"{name}-28", "-95.00", "Bankavgift plusgiro")
    lines.append((fee, answer("mapped", "not a customer", account="6570")))
    earlier = [
        (number, line)
        for number, line in payers.paid_by_ocr
        if line["Date"] < date.fromisoformat(f"{name}-01")
    ]
    if earlier:
        number, line = earlier[month % len(earlier)]
        again = {**line, "Date": date.fromisoformat(f"{name}-18")}
        found = answer("right_or_review", "paid a second time", decision="On Account")
        lines.append((again, {**found, "customer_no": number}))
    return lines + _paid_back(payers, name)


def _paid_back(payers: Payers, name: str) -> Drawn:
    """Credit memos of paid invoices: the money goes back to the customer."""
    lines: Drawn = []
    for item in payers.ledger.items.values():
        old = item.posting_date.isoformat()[:7] < name and item.document_no.startswith("104")
        if item.kind == "credit_memo" and item.remaining and old and item.currency == LOCAL:
            if item.document_no in payers.settled:
                continue
            payers.settled.add(item.document_no)
            payers.plans[item.document_no] = weekday(date.fromisoformat(f"{name}-01") + timedelta(days=9))
            line = payers.line(item, item.remaining, f"Återbetalning kreditnota {item.document_no}")
            found = answer("right_or_review", "credit paid back", item, [item], decision="Apply To")
            lines.append((line, found))
    return lines


def _plain_line(account: str, day: str, amount: str, text: str) -> Row:
    return {"Bank Account": account, "Date": date.fromisoformat(day), "Amount": Decimal(amount), "Text": text}
