"""A second, plain calculation of the sample company's books: Decimal, dicts and loops, nothing of the program.

It knows only what the samples need: whole documents in kronor, best price and highest discount, VAT once per
identifier, rounding to whole kronor, payments that settle documents. The generator uses it to know what
customers owe; the tests use it as the oracle for what the program must have posted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sample_workbooks.tables import KRONA, ZERO, Row, Tables, ocr_number, round_to

Totals = Counter[str]
HEADER = (
    "No.", "Customer No.", "Posting Date", "Document Date", "Order Date", "Due Date", "Your Reference",
    "External Document No.", "Payment Terms Code", "Applies-to Document No.", "Action",
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
    identifier: str
    vat_percent: Decimal
    vat_account: str
    account: str
    discount_account: str


@dataclass
class Document:
    """An invoice or credit memo with what it posts; amounts are positive for both."""

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
    terms_code: str
    applies_to: str = ""
    order_no: str = ""
    external_no: str = ""
    posted_no: str = ""


@dataclass
class OpenItem:
    """A customer ledger entry. document_no is the posted number, or that of the earlier system."""

    customer_no: str
    document_no: str
    kind: str
    posting_date: date
    due_date: date
    remaining: Decimal
    payment_reference: str = ""
    external_no: str = ""
    sender_no: str = ""
    discount_date: date | None = None
    discount_percent: Decimal = ZERO


@dataclass
class Month:
    """What one month posts, and the balances at its end."""

    accounts: Totals = field(default_factory=Counter)
    closing: Totals = field(default_factory=Counter)
    customers: Totals = field(default_factory=Counter)
    vat: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [ZERO, ZERO]))
    invoices: list[Document] = field(default_factory=list)
    credit_memos: list[Document] = field(default_factory=list)
    receipts: Decimal = ZERO

    def check(self) -> None:
        """Debits equal credits, and the VAT accounts hold exactly the VAT of the documents."""
        if sum(self.accounts.values(), ZERO) != 0:
            raise AssertionError("the month does not balance")
        posted = sum((amount for account, amount in self.accounts.items() if account.startswith("26")), ZERO)
        if posted != sum((vat for _, vat in self.vat.values()), ZERO):
            raise AssertionError("VAT accounts and VAT of documents differ")


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
        self.customers = {row["No."]: _filled(row, templates.get(row["Template"], {})) for row in tables["Customers"]}
        self.items = {row["No."]: row for row in tables["Items"]}
        self.prices = _by(tables["Sales Prices"], "Item No.")
        self.discounts = tables["Line Discounts"]
        self.terms = {row["Code"]: row for row in tables["Payment Terms"]}
        self.customer_groups = {row["Code"]: row for row in tables["Customer Posting Groups"]}
        self.posting = {
            (row["Gen. Bus. Posting Group"], row["Gen. Prod. Posting Group"]): row for row in tables["General Posting Setup"]
        }
        self.vat_rows = tables["VAT Posting Setup"]
        self.banks = {row["Code"]: row["G/L Account"] for row in tables["Bank Accounts"]}
        self.settings = {row["Setting"]: row["Value"] for row in tables["Company"]}
        self.series = {row["Code"]: int(row["Starting No."]) for row in tables["Number Series"] if row["Starting No."].isdigit()}

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
        return str(self.customer_groups[self.customers[customer_no]["Customer Posting Group"]]["Receivables Account"])

    def best_price(self, customer: Row, item: Row, quantity: Decimal, day: date) -> tuple[Decimal, Decimal]:
        """Unit price and its own discount: the lowest resulting price, or the item's own where none fits."""
        fitting = [
            (row["Unit Price"], row.get("Line Discount %") or ZERO)
            for row in self.prices.get(item["No."], [])
            if _fits(row, customer, "Customer Price Group", quantity, day)
        ]
        return min(fitting, key=lambda found: found[0] * (100 - found[1])) if fitting else (item["Unit Price"], ZERO)

    def best_discount(self, customer: Row, item: Row, quantity: Decimal, day: date) -> Decimal:
        """The highest line discount that fits, 0 without one."""
        fitting = [
            row["Line Discount %"]
            for row in self.discounts
            if (row["Item No."] == item["No."] or (row["Item Discount Group"] and row["Item Discount Group"] == item["Item Discount Group"]))
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
    wanted = {"All Customers": None, "Customer": customer["No."], group: customer.get(group)}[row["Applies To"]]
    return (
        row["Applies-to No."] == wanted
        and quantity >= (row["Minimum Quantity"] or 0)
        and (row.get("Starting Date") or date.min) <= day <= (row.get("Ending Date") or date.max)
    )


def draw_document(setup: Setup, kind: str, header: Row, rows: list[Row]) -> Document:
    """One invoice or credit memo from its rows."""
    customer = setup.customers[header["Customer No."]]
    bill_to = customer.get("Bill-to Customer No.") or customer["No."]
    posted_on: date = header["Posting Date"]
    document_date: date = header.get("Document Date") or posted_on
    priced_on: date = header.get("Order Date") or posted_on
    lines = [_line(setup, kind, customer, row, priced_on, posted_on) for row in rows if row.get("Type") != "Comment"]
    inclusive = customer["Prices Including VAT"] == "yes"
    vat = _vat_of(lines, inclusive)
    exact = sum((base + amount for base, amount in vat.values()), ZERO)
    total = round_to(exact, KRONA)
    terms_code = header.get("Payment Terms Code") or setup.customers[bill_to]["Payment Terms Code"]
    terms = setup.terms[terms_code]
    due = header.get("Due Date") or (document_date if kind == "credit_memo" else add_formula(document_date, terms["Due Date Calculation"]))
    group = setup.customer_groups[setup.customers[bill_to]["Customer Posting Group"]]
    accounts = _accounts_of(lines, vat, inclusive)
    accounts[group["Invoice Rounding Account"]] -= total - exact
    accounts[group["Receivables Account"]] += total
    if kind == "credit_memo":
        accounts = Counter({account: -amount for account, amount in accounts.items()})
    return Document(
        kind, header["No."], customer["No."], bill_to, posted_on, document_date, due, lines, vat,
        sum((base for base, _ in vat.values()), ZERO), total - exact, total,
        Counter({account: amount for account, amount in accounts.items() if amount}),
        terms_code, header.get("Applies-to Document No.") or "", external_no=header.get("External Document No.") or "",
    )  # fmt: skip


def _line(setup: Setup, kind: str, customer: Row, row: Row, priced_on: date, posted_on: date) -> Line:
    quantity: Decimal = row["Quantity"]
    if row.get("Type") == "G/L Account":
        item, account, discount_account = None, row["Item No."], ""
        price, percent = row["Unit Price"], row.get("Line Discount %") or ZERO
    else:
        item = setup.items[row["Item No."]]
        posting = setup.posting[customer["Gen. Bus. Posting Group"], item["Gen. Prod. Posting Group"]]
        account = (kind == "credit_memo" and posting["Sales Credit Memo Account"]) or posting["Sales Account"]
        discount_account = posting["Line Discount Account"] or ""
        price, own = setup.best_price(customer, item, quantity, priced_on)
        percent = max(own, setup.best_discount(customer, item, quantity, priced_on))
        price = price if row.get("Unit Price") is None else row["Unit Price"]
        percent = percent if row.get("Line Discount %") is None else row["Line Discount %"]
    product = row.get("VAT Prod. Posting Group") or (item["VAT Prod. Posting Group"] if item else None)
    vat = setup.vat(customer["VAT Bus. Posting Group"], product, posted_on)
    gross = round_to(quantity * price)
    discount = round_to(gross * percent / 100)
    return Line(
        row.get("Type") or "Item", row["Item No."], quantity, price, percent, gross, discount, gross - discount,
        vat["VAT Identifier"], vat["VAT %"], vat["Sales VAT Account"] or "", account, discount_account,
    )  # fmt: skip


def _vat_of(lines: list[Line], inclusive: bool) -> dict[str, tuple[Decimal, Decimal]]:
    """Base and VAT per identifier, rounded once for each; prices with VAT inside give the VAT out of the gross."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    percents = {line.identifier: line.vat_percent for line in lines}
    for line in lines:
        sums[line.identifier] += line.amount
    result = {}
    for identifier, amount in sums.items():
        percent = percents[identifier]
        vat = round_to(amount - amount / (1 + percent / 100)) if inclusive else round_to(amount * percent / 100)
        result[identifier] = (amount - vat if inclusive else amount, vat)
    return result


def _accounts_of(lines: list[Line], vat: Mapping[str, tuple[Decimal, Decimal]], inclusive: bool) -> Totals:
    """Revenue, line discounts and VAT of an invoice, credits negative."""
    accounts: Totals = Counter()
    for line in lines:
        if inclusive:
            same = [other for other in lines if other.identifier == line.identifier]
            if line.discount or len({other.account for other in same}) > 1:
                raise ValueError("the samples keep prices with VAT to one account an identifier, without discounts")
            continue
        accounts[line.account] -= line.gross if line.discount_account else line.amount
        if line.discount_account:
            accounts[line.discount_account] += line.discount
    for identifier, (base, amount) in vat.items():
        line = next(line for line in lines if line.identifier == identifier)
        if inclusive:
            accounts[line.account] -= base
        if amount:
            accounts[line.vat_account] -= amount
    return accounts


class Ledger:
    """The books as the months go by."""

    def __init__(self, setup_tables: Mapping[str, list[Row]]) -> None:
        self.setup = Setup(setup_tables)
        self.next_invoice = self.setup.series["POSTED-INVOICE"]
        self.next_credit_memo = self.setup.series["POSTED-CREDIT-MEMO"]
        self.items: dict[str, OpenItem] = {}
        self.balances: Totals = Counter()
        self.months: dict[str, Month] = {}
        opening = self.months.setdefault("opening", Month())
        for row in setup_tables["Opening Entries"]:
            self._open(row)
            opening.accounts[self.setup.receivables(row["Customer No."])] += row["Amount"]
            opening.accounts[str(self.setup.settings["Opening Balance Account"])] -= row["Amount"]
        self._close(opening)

    def _open(self, row: Row) -> None:
        self.items[row["Document No."]] = OpenItem(
            row["Customer No."], row["Document No."], row["Document Type"], row["Posting Date"],
            row["Due Date"] or row["Posting Date"], row["Amount"], row.get("Payment Reference") or "",
            row.get("External Document No.") or "",
        )  # fmt: skip

    def post_sales(self, name: str, tables: Tables) -> Month:
        """Orders and invoices numbered together by posting date and key, then the credit memos."""
        month = self.months.setdefault(name, Month())
        drawn = self._orders_to_invoice(tables)
        drawn += [draw_document(self.setup, "invoice", *document) for document in group_documents(tables.get("Invoices", []))]
        drawn.sort(key=lambda document: (document.posting_date, document.no))
        for document in drawn:
            document.posted_no = str(self.next_invoice)
            self.next_invoice += 1
            self._take_in(month, document, 1)
        credits_ = [draw_document(self.setup, "credit_memo", *document) for document in group_documents(tables.get("Credit Memos", []))]
        credits_.sort(key=lambda document: (document.posting_date, document.no))
        for document in credits_:
            document.posted_no = str(self.next_credit_memo)
            self.next_credit_memo += 1
            self._take_in(month, document, -1)
        return month

    def _orders_to_invoice(self, tables: Tables) -> list[Document]:
        drawn = []
        for header, rows in group_documents(tables.get("Orders", [])):
            if header.get("Action") in ("Invoice", "Ship and Invoice"):
                document = draw_document(self.setup, "invoice", header, rows)
                document.order_no = document.no
                drawn.append(document)
        return drawn

    def _take_in(self, month: Month, document: Document, sign: int) -> None:
        (month.invoices if sign > 0 else month.credit_memos).append(document)
        month.accounts.update(document.accounts)
        for identifier, (base, vat) in document.vat.items():
            month.vat[identifier][0] -= base * sign
            month.vat[identifier][1] -= vat * sign
        terms = self.setup.terms[document.terms_code]
        item = OpenItem(
            document.bill_to, document.posted_no, document.kind, document.posting_date, document.due_date,
            document.total * sign, ocr_number(document.posted_no), document.external_no, document.no,
        )  # fmt: skip
        if sign > 0 and terms["Discount %"]:
            item.discount_percent = terms["Discount %"]
            item.discount_date = add_formula(document.document_date, terms["Discount Date Calculation"])
        self.items[document.posted_no] = item
        if document.applies_to:
            target = self.find(document.applies_to)
            applied = min(target.remaining, document.total)
            target.remaining -= applied
            item.remaining += applied

    def find(self, number: str) -> OpenItem:
        """An open item by posted number, or by the sender's own number."""
        if number in self.items:
            return self.items[number]
        return next(item for item in self.items.values() if item.sender_no == number)

    def post_receipts(self, name: str, rows: Iterable[Row | None]) -> None:
        """Receipts booked by hand: `Applies-to Document No.` holds numbers, each with `=amount` where it is a part."""
        for row in rows:
            if row is None:
                continue
            parts = {}
            for part in (row["Applies-to Document No."] or "").split(";"):
                number, _, amount = part.strip().partition("=")
                if number:
                    parts[number] = Decimal(amount) if amount else None
            account = self.setup.banks[row["Bank Account"]]
            self.receive(name, row["Customer No."], row["Amount"], account, parts, number=row["Payment No."], day=row["Posting Date"])

    def receive(
        self, name: str, customer_no: str, amount: Decimal, account: str, parts: Mapping[str, Decimal | None],
        *, number: str = "", day: date = date.min,
    ) -> None:  # fmt: skip
        """Money in from a customer, applied to documents; what is left stays as credit on account."""
        month = self.months[name]
        month.accounts[account] += amount
        month.accounts[self.setup.receivables(customer_no)] -= amount
        month.receipts += amount
        rest = amount
        for document_no, wanted in parts.items():
            item = self.find(document_no)
            applied = min(item.remaining, rest, item.remaining if wanted is None else wanted)
            item.remaining -= applied
            rest -= applied
        if rest:
            self.items[number or f"{name}/{len(self.items)}"] = OpenItem(customer_no, number, "payment", day, day, -rest)

    def book(self, name: str, accounts: Mapping[str, Decimal]) -> None:
        """A bank line that is no customer money, such as a fee."""
        self.months[name].accounts.update(accounts)

    def close(self, name: str) -> Month:
        """End of a month: balances, checked."""
        month = self.months[name]
        self._close(month)
        month.check()
        return month

    def _close(self, month: Month) -> None:
        self.balances.update(month.accounts)
        month.closing = Counter({account: amount for account, amount in self.balances.items() if amount})
        for item in self.items.values():
            month.customers[item.customer_no] += item.remaining
        month.customers = Counter({number: amount for number, amount in month.customers.items() if amount})


def post_bank_lines(ledger: Ledger, name: str, answers: Iterable[Mapping[str, object]], posted: Mapping[int, bool] | None = None) -> None:
    """The bank lines of a month as the answer key says.

    answers: rows of the key (see `answers.json`). posted: for lines that may also wait for a review, whether
    they were posted; blank means no.
    """
    for index, answer in enumerate(answers):
        kind, amount = str(answer["expect"]), Decimal(str(answer["amount"]))
        bank = ledger.setup.banks[str(answer["bank_account"])]
        if kind == "applied" or (kind == "right_or_review" and (posted or {}).get(index)):
            parts: dict[str, Decimal | None] = dict.fromkeys(str(answer["documents"]).split(), None) if answer["documents"] else {}
            day = date.fromisoformat(str(answer["date"]))
            ledger.receive(name, str(answer["customer_no"]), amount, bank, parts, number=f"{name}-{index}", day=day)
        elif kind == "mapped":
            ledger.book(name, {bank: amount, str(answer["account"]): -amount})


def expected_books(
    steps: Mapping[str, Tables],
    answers: Mapping[str, list[dict[str, object]]],
    posted: Mapping[str, Mapping[int, bool]] | None = None,
) -> dict[str, Month]:
    """The months of the sample company. steps: sheets by step ('setup', '2026-08', ...)."""
    ledger = Ledger(steps["setup"])
    for name in sorted(answers):
        ledger.post_sales(name, steps[name])
        ledger.post_receipts(name, steps[name].get("Payments", []))
        post_bank_lines(ledger, name, answers[name], (posted or {}).get(name))
        ledger.close(name)
    return ledger.months


def expected_month(
    month: str,
    steps: Mapping[str, Tables],
    answers: Mapping[str, list[dict[str, object]]],
    posted: Mapping[str, Mapping[int, bool]] | None = None,
) -> Month:
    """One month of `expected_books`."""
    return expected_books(steps, answers, posted)[month]
