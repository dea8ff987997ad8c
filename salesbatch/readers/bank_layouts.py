"""How a bank's own csv or Excel export is laid out: rows of `CSV Profiles`, ready ones, and what can be recognised.

A layout is known by its captions. The ready ones are those of Swedish banks whose exports stand in several
independent public sources, with the same captions in each. Everything else is proposed by what the captions and the
values look like; what can be read in two ways is a doubt, and a file with a doubt is not taken in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from salesbatch.core.sheets_posting import CSV_PROFILES
from salesbatch.readers.sheets import caption_key

FORM = ("code", "encoding", "delimiter", "skip_rows", "decimal_sign", "thousands_sign", "date_format")
"""Columns of `CSV Profiles` that say how a file is written; all others name a caption."""
FIELDS = tuple(column.field for column in CSV_PROFILES.columns if column.field not in FORM)
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
    "%d.%m.%y", "%y-%m-%d", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f']+")
_SIGNS = str.maketrans("\u2212\u2013\u2012", "---")
_MONEY = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*", re.ASCII)
_MARK = re.compile(r"(?:kr|sek|eur|usd|nok|dkk|gbp|chf|€|\$|£)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. captions: the bank's caption of each field; blank signs and formats: as the values show them."""

    code: str
    captions: Mapping[str, str]
    decimal_sign: str = ""
    thousands_sign: str = ""
    date_format: str = ""
    skip_rows: int = 0
    encoding: str = ""
    delimiter: str = ""
    doubts: tuple[str, ...] = field(default=())
    """Why a layout that was recognised is not certain."""

    def places(self, texts: Sequence[str]) -> dict[str, int]:
        """Column of each field where a row holds all the captions, else {}."""
        keys = [caption_key(text) for text in texts]
        found = {}
        for name, caption in self.captions.items():
            if caption_key(caption) not in keys:
                return {}
            found[name] = keys.index(caption_key(caption))
        return found

    def in_words(self) -> str:
        """The layout as a person types it into `CSV Profiles`."""
        form = {
            "Decimal Sign": self.decimal_sign,
            "Thousands Sign": self.thousands_sign,
            "Date Format": self.date_format,
        }
        by_field = {column.field: column.caption for column in CSV_PROFILES.columns}
        words = [f"{name} = {value}" for name, value in form.items() if value]
        words += [f"{by_field[name]} = {caption}" for name, caption in self.captions.items()]
        return "; ".join(words)


def _ready(code: str, **captions: str) -> Layout:
    return Layout(code, captions)


READY: tuple[Layout, ...] = (
    _ready(
        "NORDEA",
        date="Bokföringsdag", amount="Belopp", payer_account="Avsändare", payer_name="Namn",
        text="Rubrik", balance="Saldo", currency_code="Valuta",
    ),
    _ready(
        "NORDEA-DETAILS",
        date="Bokföringsdag", amount="Belopp", payer_account="Avsändare", payer_name="Namn",
        text="Ytterligare detaljer", additional_info="Meddelande", balance="Saldo", currency_code="Valuta",
    ),
    _ready(
        "SWEDBANK",
        date="Bokföringsdag", value_date="Valutadag", amount="Belopp", text="Beskrivning",
        additional_info="Referens", balance="Bokfört saldo", currency_code="Valuta",
    ),
    _ready(
        "SEB-IN-OUT",
        date="Bokförd", value_date="Valutadatum", amount_in="Insättningar", amount_out="Uttag",
        text="Text", additional_info="Typ", balance="Bokfört saldo",
    ),
    _ready(
        "SEB",
        date="Bokföringsdatum", value_date="Valutadatum", transaction_id="Verifikationsnummer",
        text="Text", amount="Belopp", balance="Saldo",
    ),
    _ready(
        "SEB-RECEIVER",
        date="Bokföringsdatum", value_date="Valutadatum", transaction_id="Verifikationsnummer",
        text="Text/mottagare", amount="Belopp", balance="Saldo",
    ),
    _ready("HANDELSBANKEN", date="Reskontradatum", text="Text", amount="Belopp", balance="Saldo"),
)  # fmt: skip

_WORDS: dict[str, str] = {
    "date": "bokföringsdag, bokföringsdatum, bokförd, bokfört datum, reskontradatum, booking date, posting date, "
    "date, datum, buchungstag, buchungsdatum, bogføringsdato, bokføringsdato, kirjauspäivä, transaktionsdatum, "
    "transaktionsdag, transaction date, dato",
    "value_date": "valutadag, valutadatum, value date, valuta datum, wertstellung, valutering, rentedato, arvopäivä",
    "amount": "belopp, amount, betrag, beløb, beløp, summa, transaktionsbelopp, belopp sek, määrä, umsatz",
    "amount_in": "insättning, insättningar, insatt, in, credit, kredit, amount in, paid in, money in, haben, inn, "
    "ind, inbetalning, inbetalningar, deposits",
    "amount_out": "uttag, ut, debit, debet, amount out, paid out, money out, soll, utbetalning, utbetalningar, "
    "withdrawals",
    "balance": "saldo, bokfört saldo, balance, running balance, kontostand, kontosaldo, saldo efter transaktion",
    "currency_code": "valuta, valutakod, currency, währung, currency code",
    "text": "text, rubrik, beskrivning, transaktionstext, description, details, transaktion, verwendungszweck, tekst, "
    "text/mottagare, specifikation, ytterligare detaljer, benämning",
    "additional_info": "meddelande, message, ytterligare information, referens, reference, kommentar, memo, melding",
    "payer_name": "namn, avsändare namn, betalare, motpart, name, payer, payer name, beneficiary/payer, avsender, "
    "auftraggeber",
    "payer_account": "avsändare, avsändarkonto, från konto, motpartskonto, payer account, fra konto",
    "payment_reference": "ocr, ocr-nummer, ocr nummer, kid, betalningsreferens, payment reference, viite, viitenumero",
    "transaction_id": "verifikationsnummer, transaktions-id, transaktionsid, transaction id, bankreferens, "
    "arkivreferens, reference number",
}
_CAPTIONS = {
    name: [caption_key(word) for word in text.replace("\n", " ").split(",")] for name, text in _WORDS.items()
}


def own_layouts(rows: pd.DataFrame | None) -> list[Layout]:
    """The rows of `CSV Profiles`, blanks filled with their defaults."""
    if rows is None:
        return []
    layouts = []
    for row in rows.to_dict("records"):  # A handful of banks.
        given = {str(name): "" if value is None or value is pd.NA else value for name, value in row.items()}
        default = {column.field: column.default for column in CSV_PROFILES.columns}
        form = {name: str(given.get(name) or default[name]) for name in FORM}
        captions = {name: str(given[name]) for name in FIELDS if given.get(name)}
        if "date" not in captions or not captions.keys() & {"amount", "amount_in", "amount_out"}:
            continue
        form["delimiter"] = {"tab": "\t", "\\t": "\t"}.get(form["delimiter"].lower(), form["delimiter"])
        layouts.append(Layout(**{**form, "skip_rows": int(form["skip_rows"])}, captions=captions))  # type: ignore[arg-type]
    return layouts


def caption_fields(texts: Sequence[str]) -> dict[str, int]:
    """Which field each column of a row is, by the words that banks use; {} for a row that is no header.

    The first word of a list wins over later ones, so that a booking date goes before the day of a purchase.
    """
    keys = [caption_key(text) for text in texts]
    found: dict[str, int] = {}
    for name, words in _CAPTIONS.items():
        place = next((keys.index(word) for word in words if word in keys), -1)
        if place >= 0 and place not in found.values():
            found[name] = place
    if "amount" in found:
        found.pop("amount_in", None)
        found.pop("amount_out", None)
    complete = "amount" in found or {"amount_in", "amount_out"} <= found.keys()
    return found if "date" in found and complete else {}


def proposed(texts: Sequence[str], found: Mapping[str, int]) -> Layout:
    """A layout of a header row by its words, its form still open."""
    keys = [caption_key(text) for text in texts]
    captions = {name: texts[place] for name, place in found.items()}
    doubled = [name for name, place in found.items() if keys.count(keys[place]) > 1]
    doubts = tuple(f"two columns are called '{texts[found[name]]}'" for name in doubled)
    return Layout("", captions, doubts=doubts)


def with_form(layout: Layout, amounts: Iterable[str], dates: Iterable[str]) -> Layout:
    """The layout with its blank signs and date format as the values show them; a doubt for what may be two."""
    doubts = list(layout.doubts)
    decimal, thousands = layout.decimal_sign, layout.thousands_sign
    if not decimal:
        decimal, thousands, doubt = _signs_of(amounts)
        doubts += [doubt] if doubt else []
    written = layout.date_format
    if not written:
        written, doubt = _format_of(list(dates))
        doubts += [doubt] if doubt else []
    return replace(
        layout, decimal_sign=decimal, thousands_sign=thousands, date_format=written, doubts=tuple(doubts)
    )


def _signs_of(amounts: Iterable[str]) -> tuple[str, str, str]:
    """Decimal sign, thousands sign and doubt: what stands before one or two last digits is a decimal sign."""
    decimals: set[str] = set()
    between: set[str] = set()
    for text in amounts:
        bare = bare_amount(text)
        signs = [sign for sign in bare if sign in ".,"]
        if not signs:
            continue
        last = len(bare) - max(bare.rfind("."), bare.rfind(",")) - 1
        if len(set(signs)) == 2 or (len(signs) == 1 and last != 3):
            decimals.add(signs[-1])
            between |= set(signs[:-1])
        elif len(signs) > 1:
            between.add(signs[0])
        else:
            between.add(f"?{signs[0]}")
    open_signs = {sign[1] for sign in between if sign[0] == "?"}
    sure = {sign for sign in between if sign[0] != "?"}
    if len(decimals) > 1 or decimals & sure:
        return "", "", "the decimal sign is not the same in all rows"
    if open_signs and not decimals and not sure:
        sign = min(open_signs)
        return "", "", f"'{sign}' may be the decimal or the thousands sign"
    decimal = min(decimals) if decimals else ("." if "," in sure | open_signs else ",")
    if decimal in open_signs:
        return "", "", f"'{decimal}' stands before two digits and before three"
    return decimal, min(sure | open_signs, default=""), ""


def _format_of(dates: Sequence[str]) -> tuple[str, str]:
    """The one date format that all dates have, and a doubt where that may be another one with other days."""
    fitting: dict[str, list[str]] = {}
    for written in DATE_FORMATS:
        try:
            fitting[written] = [day_of(text, written) for text in dates]
        except ValueError:
            continue
    if not fitting:
        return "", "the dates are written in a way that is not known"
    first, *others = fitting
    doubt = next((other for other in others if fitting[other] != fitting[first]), "")
    return first, f"the dates may be {first} or {doubt}" if doubt else ""


def day_of(text: str, written: str) -> str:
    """ISO date of a text; a time of day after a date that is complete does not count. Raises ValueError."""
    head = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    day = datetime.strptime(head, written).date()  # noqa: DTZ007 - a bank's day has no time zone
    if not 1990 <= day.year <= 2100:
        raise ValueError(text)
    return day.isoformat()


def bare_amount(text: str) -> str:
    """An amount as digits and signs only: no blanks, no currency, the minus sign in front; '' for no amount."""
    bare = _SPACES.sub("", _MARK.sub("", text)).translate(_SIGNS).replace(":-", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    bare = bare.removeprefix("+")
    return bare if _MONEY.fullmatch(bare) else ""
