"""How a document of the samples is priced and what it posts: plain Decimal, dicts and loops.

Best price is the lowest, line discount the highest that fits; VAT is rounded once per identifier; a total in
kronor is rounded to whole kronor. What is invoiced in another currency is booked in kronor at the rate of the
posting date. Part of the plain calculation in `model.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sample_workbooks.tables import KRONA, ZERO, Row, Running, Totals, round_to

LOCAL = "SEK"
UNIT = Decimal("0.00001")
"""A price that was converted has five decimals."""

HEADER = (
    "No.", "Customer No.", "Posting Date", "Document Date", "Order Date", "Due Date", "Your Reference",
    "Currency Code", "External Document No.", "Payment Terms Code", "Applies-to Document No.", "Action",
)  # fmt: skip


@dataclass
class Line:
    """A line as it is posted. account: where the revenue goes; discount_account '' posts the line net."""

    type: str
    no: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    gross: Decimal
    discount: Decimal
    amount: Decimal
    product: str
    identifier: str
    vat_percent: Decimal
    vat_account: str
    account: str
    discount_account: str
    vat: Decimal = ZERO
    base: Decimal = ZERO


@dataclass
class VatPart:
    """What a document posts of one VAT product group, in kronor; amounts are positive."""

    product: str
    identifier: str
    account: str
    base: Decimal = ZERO
    vat: Decimal = ZERO


@dataclass
class Document:
    """An invoice or credit memo with what it posts; amounts are positive for both.

    The lines, vat, net, rounding and total are in the document's currency; accounts, vat_parts and total_lcy
    are in kronor.
    """

    kind: str
    no: str
    customer_no: str
    bill_to: str
    posting_date: date
    document_date: date
    due_date: date
    lines: list[Line]
    vat: dict[str, tuple[Decimal, Decimal]]
    net: Decimal
    rounding: Decimal
    total: Decimal
    accounts: Totals
    vat_parts: list[VatPart]
    total_lcy: Decimal
    currency: str
    terms_code: str
    applies_to: str = ""
    order_no: str = ""
    external_no: str = ""
    posted_no: str = ""


def add_formula(day: date, formula: str) -> date:
    """Due dates of the forms that the sample terms use: 30D, CM+10D."""
    for term in formula.split("+"):
        if term == "CM":
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        elif term.endswith("D"):
            day += timedelta(days=int(term[:-1]))
        else:
            raise ValueError(f"no such formula: {formula}")
    return day


def group_documents(rows: Iterable[Row | None]) -> list[tuple[Row, list[Row]]]:
    """Rows of a document sheet as (header, lines): a new No. begins a document, header cells may stand once."""
    documents: list[tuple[Row, list[Row]]] = []
    for row in rows:
        if row is None:
            continue
        if row.get("No.") and (not documents or documents[-1][0]["No."] != row["No."]):
            documents.append(({}, []))
        header, lines = documents[-1]
        for caption in HEADER:
            if row.get(caption) is not None:
                header.setdefault(caption, row[caption])
        lines.append(row)
    return documents


class Setup:
    """The setup and master data as dicts, customers with their templates filled in."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        templates = {row["Code"]: row for row in tables["Customer Templates"]}
        self.customers = {
            row["No."]: _filled(row, templates.get(row["Template"], {})) for row in tables["Customers"]
        }
        self.items = {row["No."]: row for row in tables["Items"]}
        self.prices = _by(tables["Sales Prices"], "Item No.")
        self.discounts = tables["Line Discounts"]
        self.terms = {row["Code"]: row for row in tables["Payment Terms"]}
        self.customer_groups = {row["Code"]: row for row in tables["Customer Posting Groups"]}
        self.posting = {
            (row["Gen. Bus. Posting Group"], row["Gen. Prod. Posting Group"]): row
            for row in tables["General Posting Setup"]
        }
        self.vat_rows = tables["VAT Posting Setup"]
        self.banks = {row["Code"]: row["G/L Account"] for row in tables["Bank Accounts"]}
        self.bank_currencies = {
            row["Code"]: row.get("Currency Code") or LOCAL for row in tables["Bank Accounts"]
        }
        self.rates: dict[str, dict[date, Decimal]] = defaultdict(dict)
        self.add_rates(tables["Exchange Rates"])
        self.settings = {row["Setting"]: row["Value"] for row in tables["Company"]}
        self.series = {
            row["Code"]: int(row["Starting No."])
            for row in tables["Number Series"]
            if row["Starting No."].isdigit()
        }

    def add_rates(self, rows: Iterable[Row | None]) -> None:
        """Take in rows of Exchange Rates."""
        for row in rows:
            if row is not None:
                self.rates[row["Currency Code"]][row["Starting Date"]] = row["Rate"]

    def rate(self, currency: str, day: date) -> Decimal:
        """Kronor for one unit of a currency: the latest rate on or before the day."""
        if currency == LOCAL:
            return Decimal(1)
        rates = self.rates[currency]
        return rates[max(start for start in rates if start <= day)]

    def vat(self, business: str, product: str, day: date) -> Row:
        """The row that holds on a day: the latest starting date on or before it."""
        rows = [
            row
            for row in self.vat_rows
            if (row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]) == (business, product)
            and (row["Starting Date"] or date.min) <= day
        ]
        return max(rows, key=lambda row: row["Starting Date"] or date.min)

    def receivables(self, customer_no: str) -> str:
        """The receivables account of a customer."""
        return str(
            self.customer_groups[self.customers[customer_no]["Customer Posting Group"]]["Receivables Account"]
        )

    def best_price(
        self, customer: Row, item: Row, quantity: Decimal, day: date, currency: str = LOCAL
    ) -> tuple[Decimal, Decimal]:
        """Unit price and its own discount: the lowest resulting price, or the item's own where none fits.

        A price in the document's currency goes before all others; prices in kronor are converted.
        """
        fitting: dict[str, list[tuple[Decimal, Decimal]]] = {currency: [], LOCAL: []}
        for row in self.prices.get(item["No."], []):
            code = row.get("Currency Code") or LOCAL
            if code in fitting and _fits(row, customer, "Customer Price Group", quantity, day):
                fitting[code].append((row["Unit Price"], row.get("Line Discount %") or ZERO))
        found = fitting[currency] or fitting[LOCAL] or [(item["Unit Price"], ZERO)]
        price, percent = min(found, key=lambda each: each[0] * (100 - each[1]))
        if not fitting[currency] and currency != LOCAL:
            price = round_to(price / self.rate(currency, day), UNIT)
        return price, percent

    def best_discount(self, customer: Row, item: Row, quantity: Decimal, day: date) -> Decimal:
        """The highest line discount that fits, 0 without one."""
        fitting = [
            row["Line Discount %"]
            for row in self.discounts
            if (
                row["Item No."] == item["No."]
                or (row["Item Discount Group"] and row["Item Discount Group"] == item["Item Discount Group"])
            )
            and _fits(row, customer, "Customer Discount Group", quantity, day)
        ]
        return max(fitting, default=ZERO)


def _filled(row: Row, template: Row) -> Row:
    return {**template, **{caption: value for caption, value in row.items() if value is not None}}


def _by(rows: Iterable[Row], caption: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[caption]].append(row)
    return groups


def _fits(row: Row, customer: Row, group: str, quantity: Decimal, day: date) -> bool:
    wanted = {"All Customers": None, "Customer": customer["No."], group: customer.get(group)}[
        row["Applies To"]
    ]
    return (
        row["Applies-to No."] == wanted
        and quantity >= (row["Minimum Quantity"] or 0)
        and (row.get("Starting Date") or date.min) <= day <= (row.get("Ending Date") or date.max)
    )


def draw_document(
    setup: Setup, kind: str, header: Row, rows: list[Row], rated_on: date | None = None
) -> Document:
    """One invoice or credit memo from its rows. rated_on: the day whose exchange rate it has, else its posting date."""
    customer = setup.customers[header["Customer No."]]
    bill_to = customer.get("Bill-to Customer No.") or customer["No."]
    posted_on: date = header["Posting Date"]
    document_date: date = header.get("Document Date") or posted_on
    priced_on: date = header.get("Order Date") or posted_on
    currency = header.get("Currency Code") or setup.customers[bill_to].get("Currency Code") or LOCAL
    lines = [
        _line(setup, kind, customer, row, priced_on, posted_on, currency)
        for row in rows
        if row.get("Type") != "Comment"
    ]
    inclusive = customer["Prices Including VAT"] == "yes"
    vat = _vat_of(lines, inclusive)
    exact = sum((base + amount for base, amount in vat.values()), ZERO)
    total = round_to(exact, KRONA) if currency == LOCAL else exact
    terms_code = header.get("Payment Terms Code") or setup.customers[bill_to]["Payment Terms Code"]
    terms = setup.terms[terms_code]
    due = header.get("Due Date") or (
        document_date if kind == "credit_memo" else add_formula(document_date, terms["Due Date Calculation"])
    )
    group = setup.customer_groups[setup.customers[bill_to]["Customer Posting Group"]]
    accounts, parts, total_lcy = _accounts_of(lines, inclusive, setup.rate(currency, rated_on or posted_on))
    accounts[group["Invoice Rounding Account"]] -= total - exact
    total_lcy += total - exact
    accounts[group["Receivables Account"]] += total_lcy
    if kind == "credit_memo":
        accounts = accounts.negated()
    return Document(
        kind, header["No."], customer["No."], bill_to, posted_on, document_date, due, lines, vat,
        sum((base for base, _ in vat.values()), ZERO), total - exact, total,
        accounts.filled(), parts, total_lcy, currency,
        terms_code, header.get("Applies-to Document No.") or "", external_no=header.get("External Document No.") or "",
    )  # fmt: skip


def _line(
    setup: Setup, kind: str, customer: Row, row: Row, priced_on: date, posted_on: date, currency: str
) -> Line:
    quantity: Decimal = row["Quantity"]
    if row.get("Type") == "G/L Account":
        item, account, discount_account = None, row["Item No."], ""
        price, percent = row["Unit Price"], row.get("Line Discount %") or ZERO
    else:
        item = setup.items[row["Item No."]]
        posting = setup.posting[customer["Gen. Bus. Posting Group"], item["Gen. Prod. Posting Group"]]
        account = (kind == "credit_memo" and posting["Sales Credit Memo Account"]) or posting["Sales Account"]
        discount_account = posting["Line Discount Account"] or ""
        price, own = setup.best_price(customer, item, quantity, priced_on, currency)
        percent = max(own, setup.best_discount(customer, item, quantity, priced_on))
        price = price if row.get("Unit Price") is None else row["Unit Price"]
        percent = percent if row.get("Line Discount %") is None else row["Line Discount %"]
    product = row.get("VAT Prod. Posting Group") or (item["VAT Prod. Posting Group"] if item else "")
    vat = setup.vat(customer["VAT Bus. Posting Group"], product, posted_on)
    gross = round_to(quantity * price)
    discount = round_to(gross * percent / 100)
    return Line(
        row.get("Type") or "Item", row["Item No."], quantity, price, percent, gross, discount, gross - discount,
        product, vat["VAT Identifier"], vat["VAT %"], vat["Sales VAT Account"] or "", account, discount_account,
    )  # fmt: skip


def _vat_of(lines: list[Line], inclusive: bool) -> dict[str, tuple[Decimal, Decimal]]:
    """Base and VAT per identifier, rounded once for each; prices with VAT inside give the VAT out of the gross.

    The VAT is spread over the lines by their amounts, so that what is rounded away on one is made up for by
    the next.
    """
    result = {}
    for identifier in dict.fromkeys(line.identifier for line in lines):
        same = [line for line in lines if line.identifier == identifier]
        amount, percent = sum((line.amount for line in same), ZERO), same[0].vat_percent
        vat = (
            round_to(amount - amount / (1 + percent / 100)) if inclusive else round_to(amount * percent / 100)
        )
        result[identifier] = (amount - vat if inclusive else amount, vat)
        running = Running(vat, amount)
        for line in same:
            line.vat = running.next(line.amount)
            line.base = line.amount - line.vat if inclusive else line.amount
    return result


def _accounts_of(lines: list[Line], inclusive: bool, rate: Decimal) -> tuple[Totals, list[VatPart], Decimal]:
    """Revenue, line discounts and VAT of an invoice in kronor, credits negative; VAT by product group; the total.

    Bases, VAT and discounts come from running totals of their own; what they are off the total together is on
    the last base.
    """
    accounts = Totals()
    parts: dict[str, VatPart] = {}
    bases, vats, discounts = Running(rate), Running(rate), Running(rate)
    total = round_to(sum((line.base + line.vat for line in lines), ZERO) * rate)
    posted = ZERO
    for line in lines:
        if inclusive and line.discount:
            raise ValueError("the samples keep prices with VAT without discounts")
        base, vat = bases.next(line.base), vats.next(line.vat)
        discount = discounts.next(line.discount if line.discount_account else ZERO)
        posted += base + vat
        if line is lines[-1]:
            base += total - posted
        accounts[line.account] -= base + discount
        if line.discount_account:
            accounts[line.discount_account] += discount
        part = parts.setdefault(line.product, VatPart(line.product, line.identifier, line.vat_account))
        part.base, part.vat = part.base + base, part.vat + vat
        if vat:
            accounts[line.vat_account] -= vat
    return accounts, [parts[product] for product in sorted(parts)], total
