"""Invented books with open invoices, and a bank statement of which every line's right answer is known.

A statement is made family by family, in shares that are fixed here. A family is a way in which money comes in:
with a clean reference, with a mistyped one, in a lump without any, from somebody unknown, twice. The label of
a line says what the payer meant, and whether a careful person could tell from the statement and the books:

* what was meant is known for every line, because the line was made from it;
* whether it can be told is tested afterwards, by counting the other explanations that the same data allow.
  A line with a second explanation as good as the first is labelled as one that nobody can decide.

Nothing that the matcher reads is made from the label: only fields that a bank and a ledger really have.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesbatch.core.entries import CUSTOMER_LEDGER_ENTRIES, STATEMENT_LINES
from salesbatch.core.references import make_ocr

TODAY = dt.date(2026, 10, 31)

SHARES: dict[str, float] = {
    # A reference that can be used.
    "ocr": 0.138,
    "ocr among words": 0.050,
    "number": 0.100,
    "number in other form": 0.040,
    "dropped zeros or prefix": 0.020,
    "mistyped number": 0.020,
    "list of numbers": 0.040,
    "abbreviated list": 0.020,
    "less a named credit memo": 0.015,
    "number, discount in time": 0.020,
    "number, discount too late": 0.010,
    "number, part payment": 0.015,
    "number, overpaid": 0.008,
    "number, bank fee missing": 0.008,
    "number, rounded": 0.012,
    "paid by an agent": 0.015,
    "paid by another customer": 0.010,
    "instalments": 0.010,
    # No reference, but a payer who is known.
    "account": 0.070,
    "account, discount in time": 0.010,
    "lump of some": 0.025,
    "lump of all": 0.015,
    "lump less a credit memo": 0.010,
    "name in other form": 0.060,
    "name with noise": 0.040,
    "name swapped": 0.015,
    "alias": 0.020,
    "customer number in text": 0.005,
    "account, rounded": 0.008,
    "direct debit": 0.010,
    # Nobody can settle these.
    "supplier, salary, tax": 0.038,
    "unknown payer": 0.030,
    "amount only": 0.020,
    "equal invoices of a payer": 0.010,
    "two lumps possible": 0.005,
    "namesakes": 0.005,
    "paid twice": 0.012,
    "paid long ago": 0.008,
    "returned": 0.008,
    "round sum on account": 0.012,
    "two customers": 0.005,
    "number by chance": 0.005,
    "payer and number disagree": 0.003,
}
"""Share of the lines of a statement per family; they add up to 1."""
UNDECIDABLE = frozenset(list(SHARES)[list(SHARES).index("supplier, salary, tax") :])

_SURNAMES = [
    "Lindström",
    "Bergqvist",
    "Åkesson",
    "Sjögren",
    "Öberg",
    "Nyström",
    "Hedlund",
    "Wikström",
    "Ekström",
    "Forsberg",
    "Sandberg",
    "Löfgren",
    "Hägglund",
    "Söderlund",
    "Nordin",
    "Björklund",
    "Engström",
    "Mattsson",
    "Lundqvist",
    "Holmgren",
    "Strömberg",
    "Dahlin",
    "Fransson",
    "Hermansson",
    "Isaksson",
    "Palmér",
    "Rosén",
    "Sundqvist",
    "Törnqvist",
    "Viklund",
    "Ågren",
    "Åström",
    "Östlund",
    "Blomqvist",
    "Cederholm",
    "Danielsson",
    "Edström",
    "Falk",
    "Grönlund",
    "Hallberg",
    "Jönsson",
    "Källström",
    "Ljungberg",
    "Månsson",
    "Norén",
    "Olofsson",
    "Persson",
    "Quist",
    "Rydberg",
    "Ståhl",
    "Thorell",
    "Ulfsson",
    "Wallin",
    "Zetterlund",
    "Müller",
    "Schäfer",
    "Köhler",
    "Nielsen",
    "Sørensen",
    "Kjær",
    "Virtanen",
    "Mäkinen",
    "Koskinen",
    "Dubois",
    "Lefèvre",
    "Moreau",
    "Jensen",
    "Haugen",
    "Solberg",
    "Bakken",
    "O'Brien",
    "Whitfield",
    "Hargreaves",
]
_FIRST = [
    "Anna",
    "Lars",
    "Karin",
    "Erik",
    "Eva",
    "Johan",
    "Maria",
    "Per",
    "Lena",
    "Anders",
    "Sara",
    "Mikael",
    "Kristina",
    "Jan",
    "Ulla",
    "Olof",
    "Ingrid",
    "Nils",
    "Astrid",
    "Gustav",
    "Birgitta",
    "Håkan",
    "Åsa",
    "Göran",
    "Märta",
    "Björn",
    "Sofia",
    "Magnus",
    "Elin",
    "Fredrik",
    "Malin",
    "Jörgen",
    "Therese",
    "Mats",
    "Annika",
    "Stefan",
    "Helena",
    "Roger",
    "Camilla",
    "Bengt",
    "Josefin",
    "Rolf",
    "Pia",
    "Henrik",
    "Matilda",
    "Tomas",
    "Viktoria",
    "Daniel",
    "Linnéa",
    "Peter",
]
_TRADES = [
    "Bygg",
    "Måleri",
    "Rör",
    "El",
    "Transport",
    "Åkeri",
    "Plåt",
    "Tak",
    "Golv",
    "Trädgård",
    "Städ",
    "Fönsterputs",
    "Däckservice",
    "Bilverkstad",
    "Konditori",
    "Bageri",
    "Restaurang",
    "Catering",
    "Livs",
    "Frukt och Grönt",
    "Fisk",
    "Slakteri",
    "Tryckeri",
    "Reklam",
    "Redovisning",
    "Juridik",
    "Konsult",
    "Maskin",
    "Smide",
    "Svets",
    "Snickeri",
    "Möbler",
    "Inredning",
    "Textil",
    "Skor",
    "Cykel",
    "Båtvarv",
    "Marin",
    "Entreprenad",
    "Schakt",
    "Betong",
    "Grus",
    "Energi",
    "Ventilation",
    "Larm",
    "Glas",
    "Optik",
    "Tandvård",
    "Frisör",
    "Hudvård",
    "Förlag",
    "Musik",
    "Film",
    "Data",
    "Elektronik",
    "Verktyg",
]
_PLACES = [
    "Norrköping",
    "Sundsvall",
    "Umeå",
    "Luleå",
    "Örebro",
    "Västerås",
    "Gävle",
    "Falun",
    "Mora",
    "Kiruna",
    "Ystad",
    "Lund",
    "Malmö",
    "Halmstad",
    "Varberg",
    "Borås",
    "Skövde",
    "Motala",
    "Visby",
    "Kalmar",
    "Växjö",
    "Karlskrona",
    "Trelleborg",
    "Ängelholm",
    "Östersund",
    "Härnösand",
    "Sollefteå",
    "Ljusdal",
    "Arboga",
    "Köping",
    "Säter",
    "Nora",
    "Åmål",
    "Höganäs",
    "Mönsterås",
    "Bålsta",
    "Täby",
    "Nacka",
    "Solna",
    "Märsta",
]
_FORMS = ("AB", "AB", "AB", "AB", "HB", "KB", "Aktiebolag", "Ek. för.", "GmbH", "ApS", "Oy", "Ltd")
OTHER_FORM = {
    "AB": ("Aktiebolag", "A.B.", ""),
    "Aktiebolag": ("AB", "aktieb.", ""),
    "HB": ("Handelsbolag", ""),
    "KB": ("Kommanditbolag", ""),
    "Ek. för.": ("Ekonomisk förening", "ek för"),
    "GmbH": ("G.m.b.H.", ""),
    "ApS": ("Aps", ""),
    "Oy": ("OY", ""),
    "Ltd": ("Limited", "Ltd."),
}
_AGENTS = (
    "Fakturaservice i Norden AB",
    "Svensk Betalväxel",
    "Factoringhuset AB",
    "PAYGATE EUROPE SA",
    "Inkassokraft",
)
_SUPPLIERS = (
    "Lön oktober", "Skatteverket arbetsgivaravgift", "Hyra lokal nov", "Elnätet faktura 88310245", "Kortavgift",
    "Telebolaget 4410-2231", "Leasing bil RKX482", "Ränta", "Försäkring premie", "Kontorsmaterial order 55120",
)  # fmt: skip
_STRANGERS = (
    "Kvarnbyn Invest",
    "Bostadsstiftelsen Lyan",
    "Zenon Kapital",
    "Elvira Stormhatt",
    "Cosmos Trading SIA",
)
_PRICE_LIST = (39900, 49900, 79900, 99500, 125000, 149500, 199000, 250000, 312500, 495000, 750000, 1250000)
FEES = (3500, 5000)


@dataclass
class Customer:
    """A customer and what is open on its account, by position in the list of entries."""

    no: str
    name: str
    address: str
    city: str
    account: str
    person: bool
    form: str
    alias: str = ""
    entries: list[int] = field(default_factory=list)


@dataclass
class Entry:
    """An open invoice or credit memo; amounts in öre."""

    entry_no: int
    customer: int
    kind: str
    number: str
    external: str
    reference: str
    posted: dt.date
    due: dt.date
    amount: int
    remaining: int
    discount: int = 0
    discount_date: dt.date | None = None
    used: bool = False


@dataclass
class Truth:
    """What the payer meant by a line. applied: settled amount by entry number. payable: whether one can tell.

    twins: entries that stand for one another, because several lines pay as many equal entries. kind: settle,
    on account (the customer is known and nothing is to be settled), returned, or nothing.
    """

    family: str
    customer: int = -1
    applied: dict[int, int] = field(default_factory=dict)
    payable: bool = True
    kind: str = "settle"
    reference: bool = False
    twins: frozenset[int] = frozenset()
    written: str = ""


@dataclass(frozen=True)
class Statement:
    """All that the matcher is given, and what it is not given: truths, in the order of lines."""

    lines: pd.DataFrame
    entries: pd.DataFrame
    customers: pd.DataFrame
    aliases: pd.DataFrame
    direct_debits: pd.DataFrame
    fees: pd.DataFrame
    settled: pd.DataFrame
    truths: list[Truth]
    customer_nos: list[str]


class Books:
    """Customers and their open entries. count: open invoices; a customer has about seven, some have hundreds."""

    def __init__(self, chance: random.Random, count: int, style: int) -> None:
        self.chance, self.style = chance, style
        self.customers: list[Customer] = []
        self.entries: list[Entry] = []
        self.settled: list[Entry] = []
        for position in range(max(count * 3 // 25, 30)):
            self.customers.append(self._customer(position))
        weights = [chance.paretovariate(1.3) for _ in self.customers]
        owners = chance.choices(range(len(self.customers)), [min(weight, 40) for weight in weights], k=count)
        for position in range(1, count):  # Whoever buys much gets several invoices in one go.
            if chance.random() < 0.2:
                owners[position] = owners[position - 1]
        first = 3001
        for position, owner in enumerate(owners):
            self._invoice(owner, first + position)
        for position in range(count * 6 // 100):
            self._credit_memo(chance.choice(owners), position)
        for position in range(count // 20):
            self._settled(chance.choice(owners), first + count + position)

    def _customer(self, position: int) -> Customer:
        chance = self.chance
        form, person = "", chance.random() < 0.2
        if person:
            middle = f" {chance.choice(_FIRST)}" if chance.random() < 0.25 else ""
            name = f"{chance.choice(_FIRST)}{middle} {chance.choice(_SURNAMES)}"
        elif chance.random() < 0.06:
            name = (
                f"Bostadsrättsföreningen {chance.choice(_FIRST)}{chance.choice(['gården', 'hus', 'ängen'])}"
            )
        else:
            form = chance.choice(_FORMS)
            surname, trade, place = chance.choice(_SURNAMES), chance.choice(_TRADES), chance.choice(_PLACES)
            core = chance.choice(
                [
                    f"{surname}s {trade}",
                    f"{surname}s {trade} i {place}",
                    f"{place} {trade}",
                    f"{trade} & {chance.choice(_TRADES)} {surname}",
                    f"{surname} & {chance.choice(_SURNAMES)} {trade}",
                    f"{place}s {trade} och {chance.choice(_TRADES)}",
                ]
            )
            name = f"{core} {form}"
        account = ""
        if chance.random() < 0.55:
            account = (
                f"SE{chance.randrange(10, 99)}5000{chance.randrange(10**15):016d}"
                if chance.random() < 0.5
                else f"{chance.randrange(100, 6000)}-{chance.randrange(1000, 9999)}"
            )
        alias = ""
        if chance.random() < 0.08:
            alias = f"{chance.choice(['KONCERNEKONOMI', 'EKONOMICENTER', 'SHARED SERVICES'])} {chance.randrange(10**4):04d}"
        street = (
            f"{chance.choice(['Stor', 'Hamn', 'Kungs', 'Skol', 'Industri'])}gatan {chance.randrange(1, 90)}"
        )
        return Customer(
            f"C{position + 1:05d}", name, street, chance.choice(_PLACES), account, person, form, alias
        )

    def number(self, serial: int) -> str:
        """Number of a document; a company has one series, and there are four kinds of them."""
        return (
            f"{100000 + serial}",
            f"INV-{100000 + serial}",
            f"F2026-{serial:05d}",
            f"{40000 + serial:08d}",
        )[self.style]

    def _amount(self) -> int:
        chance, kind = self.chance, self.chance.random()
        if kind < 0.2:
            return chance.choice(_PRICE_LIST)
        amount = int(min(max(chance.lognormvariate(12.9, 1.0), 9_000), 60_000_00))
        return amount if kind < 0.75 else max(amount // 100, 90) * 100

    def _entry(self, owner: int, kind: str, number: str, amount: int) -> Entry:
        chance = self.chance
        posted = TODAY - dt.timedelta(days=chance.randrange(12, 130))
        external = ""
        if chance.random() < 0.25:
            external = chance.choice(
                [f"PO-{chance.randrange(10**5):05d}", f"45{chance.randrange(10**8):08d}"]
            )
        reference = make_ocr(number, 2) if kind == "invoice" and chance.random() < 0.8 else ""
        entry = Entry(
            0,
            owner,
            kind,
            number,
            external,
            reference,
            posted,
            posted + dt.timedelta(days=30),
            amount,
            amount,
        )
        return entry

    def _invoice(self, owner: int, serial: int) -> None:
        entry = self._entry(owner, "invoice", self.number(serial), self._amount())
        if self.chance.random() < 0.12:
            entry.discount = entry.amount * 2 // 100
            entry.discount_date = entry.posted + dt.timedelta(days=10)
        elif self.chance.random() < 0.02:
            entry.remaining = entry.amount * self.chance.randrange(20, 80) // 100
        self._add(entry)

    def _credit_memo(self, owner: int, position: int) -> None:
        amount = -max(self._amount() // 6, 2_000)
        self._add(self._entry(owner, "credit_memo", f"CM-{70000 + position}", amount))

    def _settled(self, owner: int, serial: int) -> None:
        entry = self._entry(owner, "invoice", self.number(serial), self._amount())
        entry.remaining, entry.used = 0, True
        self.settled.append(entry)

    def _add(self, entry: Entry) -> None:
        entry.entry_no = len(self.entries) + 1
        self.customers[entry.customer].entries.append(len(self.entries))
        self.entries.append(entry)


def folded(name: str) -> str:
    """Capitals without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).upper()


def other_form(chance: random.Random, customer: Customer) -> str:
    """The name as another bank writes it: company form, accents, case, cut at 27 or 35 characters."""
    name = customer.name
    if customer.form:
        core = name[: -len(customer.form)].strip()
        form = chance.choice((*OTHER_FORM[customer.form], customer.form))
        name = f"{core} {form}".strip() if chance.random() < 0.9 else f"{form} {core}".strip()
    way = chance.random()
    if way < 0.35:
        name = folded(name)
    elif way < 0.5:
        name = "".join("?" if ord(letter) > 127 else letter for letter in name).upper()
    elif way < 0.7:
        name = name.upper()
    return name[: chance.choice((27, 35, 70, 70))].strip()


def noisy(chance: random.Random, name: str) -> str:
    """One or two slips: a letter changed, lost, doubled or a sign put in, two words in other order, a word lost."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        way, place = chance.random(), chance.randrange(1, max(len(name) - 1, 2))
        if way < 0.3:
            name = name[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + name[place + 1 :]
        elif way < 0.5:
            name = name[:place] + name[place + 1 :]
        elif way < 0.65:
            name = name[:place] + chance.choice("-.,_ '") + name[place:]
        elif way < 0.75:
            name = name[:place] + name[place] + name[place:]
        elif way < 0.85:
            name = name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]
        else:
            words = name.split()
            if len(words) > 2 and way < 0.92:
                words.pop()
            elif len(words) > 1:
                one = chance.randrange(len(words) - 1)
                words[one], words[one + 1] = words[one + 1], words[one]
            name = " ".join(words)
    return name


def frames(
    books: Books, lines: list[dict[str, object]], truths: list[Truth], debits: list[tuple[str, str]]
) -> Statement:
    """Lists to the frames that the matcher takes."""
    opened = books.entries

    def ledger(rows: list[Entry]) -> pd.DataFrame:
        frame = CUSTOMER_LEDGER_ENTRIES.frame(
            {
                "entry_no": [row.entry_no for row in rows],
                "customer_no": [books.customers[row.customer].no for row in rows],
                "document_type": [row.kind for row in rows],
                "document_no": [row.number for row in rows],
                "external_document_no": [row.external for row in rows],
                "posting_date": pd.to_datetime([row.posted for row in rows]),
                "document_date": pd.to_datetime([row.posted for row in rows]),
                "due_date": pd.to_datetime([row.due for row in rows]),
                "currency_code": ["SEK"] * len(rows),
                "amount_minor": [row.amount for row in rows],
                "payment_reference": [row.reference for row in rows],
                "discount_minor": [row.discount for row in rows],
                "discount_date": pd.to_datetime([row.discount_date for row in rows]),
                "discount_tolerance_date": pd.to_datetime([row.discount_date for row in rows]),
            },
            len(rows),
        )
        return frame.assign(remaining_minor=np.array([row.remaining for row in rows], dtype=np.int64))

    order = sorted(range(len(lines)), key=lambda place: (str(lines[place]["date"]), place))
    rows = [lines[place] for place in order]
    texts = ("text", "additional_info", "payer_name", "payer_account", "payer_address", "payer_city",
             "payment_reference", "transaction_id")  # fmt: skip
    statement = STATEMENT_LINES.frame(
        {
            "statement_line_no": list(range(1, len(rows) + 1)),
            "bank_account": ["BANK"] * len(rows),
            "date": pd.to_datetime([row["date"] for row in rows]),
            "amount_minor": [row["amount"] for row in rows],
            "currency_code": ["SEK"] * len(rows),
            **{name: [row.get(name, "") for row in rows] for name in texts},
        },
        len(rows),
    )
    people = books.customers
    customers = pd.DataFrame(
        {
            "no": [one.no for one in people],
            "name": [one.name for one in people],
            "address": [one.address for one in people],
            "city": [one.city for one in people],
            "bank_account": [one.account for one in people],
        },
        dtype="str",
    )
    aliases = pd.DataFrame(
        [(one.alias, one.no, 2) for one in people if one.alias], columns=["payer", "customer_no", "times"]
    ).astype({"payer": "str", "customer_no": "str"})
    return Statement(
        statement,
        ledger(opened),
        customers,
        aliases,
        pd.DataFrame(debits, columns=["transaction_id", "document_no"], dtype="str").assign(status="Sent"),
        pd.DataFrame(
            {"amount_minor": FEES, "account": ["6570"] * len(FEES), "text": ["Bankavgift"] * len(FEES)}
        ),
        ledger(books.settled),
        [truths[place] for place in order],
        [one.no for one in people],
    )


def shuffled_families(chance: random.Random, count: int) -> list[str]:
    """One family per line to make, in the fixed shares, in any order."""
    wanted: dict[str, int] = defaultdict(int)
    for family, share in SHARES.items():
        wanted[family] = round(share * count)
    wanted["ocr"] += count - sum(wanted.values())
    families = [family for family, number in wanted.items() for _ in range(number)]
    chance.shuffle(families)
    return families
