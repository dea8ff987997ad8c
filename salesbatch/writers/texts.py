"""Every word that a document prints, by language. A new language is one more `Texts`; none may be left out.

The type check holds a language complete: a `Texts` without a field does not pass. What the company or the
ledger writes itself (descriptions, payment terms, VAT clauses) comes with the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one language, and how it writes figures and dates."""

    language_tag: str  # BCP 47, for the PDF
    decimal_sign: str
    thousands_sign: str
    currency_first: bool
    months: tuple[str, ...]  # twelve short names; none means ISO dates

    invoice: str
    credit_memo: str
    page_of: str  # {page} {pages}
    continued: str

    invoice_no: str
    credit_memo_no: str
    invoice_date: str
    credit_memo_date: str
    due_date: str
    customer_no: str
    payment_terms: str
    ocr_no: str
    payment_reference: str
    your_reference: str
    our_reference: str
    your_order_no: str
    order_no: str
    delivery_date: str
    delivery_address: str
    your_registration_no: str
    your_vat_no: str
    corrected_invoice: str
    currency: str

    item_no: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    unit_price_with_vat: str
    discount_percent: str
    vat_percent: str
    amount: str
    amount_with_vat: str

    vat_base: str
    vat_amount: str
    vat_in: str  # {currency}
    vat_in_local_currency: str
    total_without_vat: str
    rounding: str
    ore_rounding: str
    total_due: str
    total_credited: str
    vat_total: str

    bankgiro: str
    plusgiro: str
    swish: str
    discount_sentence: str  # {date} {discount} {rest}
    corrects_sentence: str  # {no}
    credit_sentence: str

    phone: str
    registration_no: str
    vat_no: str
    registered_office: str
    f_tax: str


ENGLISH = Texts(
    language_tag="en-GB",
    decimal_sign=".",
    thousands_sign=",",
    currency_first=True,
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    invoice="Invoice",
    credit_memo="Credit memo",
    page_of="Page {page} of {pages}",
    continued="Continued on the next page",
    invoice_no="Invoice no.",
    credit_memo_no="Credit memo no.",
    invoice_date="Invoice date",
    credit_memo_date="Date",
    due_date="Due date",
    customer_no="Customer no.",
    payment_terms="Payment terms",
    ocr_no="OCR number",
    payment_reference="Payment reference",
    your_reference="Your reference",
    our_reference="Our reference",
    your_order_no="Your order no.",
    order_no="Our order no.",
    delivery_date="Delivery date",
    delivery_address="Delivery address",
    your_registration_no="Your registration no.",
    your_vat_no="Your VAT no.",
    corrected_invoice="Corrects invoice",
    currency="Currency",
    item_no="Item no.",
    description="Description",
    quantity="Quantity",
    unit="Unit",
    unit_price="Unit price",
    unit_price_with_vat="Price incl. VAT",
    discount_percent="Disc. %",
    vat_percent="VAT %",
    amount="Amount",
    amount_with_vat="Amount incl. VAT",
    vat_base="Net amount",
    vat_amount="VAT",
    vat_in="VAT in {currency}",
    vat_in_local_currency="VAT, local currency",
    total_without_vat="Total excl. VAT",
    rounding="Rounding",
    ore_rounding="Rounding",
    total_due="Amount due",
    total_credited="Amount credited",
    vat_total="VAT",
    bankgiro="Bankgiro",
    plusgiro="Plusgiro",
    swish="Swish",
    discount_sentence="If you pay by {date} you may deduct a cash discount of {discount} and pay {rest}.",
    corrects_sentence="This credit memo corrects invoice {no}.",
    credit_sentence="The amount is credited to your account. Please do not pay it.",
    phone="Phone",
    registration_no="Company reg. no.",
    vat_no="VAT no.",
    registered_office="Registered office",
    f_tax="Approved for F-tax",
)

SWEDISH = Texts(
    language_tag="sv-SE",
    decimal_sign=",",
    thousands_sign="\u00a0",
    currency_first=False,
    months=(),
    invoice="Faktura",
    credit_memo="Kreditfaktura",
    page_of="Sida {page} av {pages}",
    continued="Fortsätter på nästa sida",
    invoice_no="Fakturanummer",
    credit_memo_no="Kreditfakturanummer",
    invoice_date="Fakturadatum",
    credit_memo_date="Datum",
    due_date="Förfallodatum",
    customer_no="Kundnummer",
    payment_terms="Betalningsvillkor",
    ocr_no="OCR-nummer",
    payment_reference="Betalningsreferens",
    your_reference="Er referens",
    our_reference="Vår referens",
    your_order_no="Ert ordernummer",
    order_no="Vårt ordernummer",
    delivery_date="Leveransdatum",
    delivery_address="Leveransadress",
    your_registration_no="Ert org.nr",
    your_vat_no="Ert momsreg.nr",
    corrected_invoice="Avser faktura",
    currency="Valuta",
    item_no="Artikelnr",
    description="Benämning",
    quantity="Antal",
    unit="Enhet",
    unit_price="À-pris",
    unit_price_with_vat="À-pris inkl. moms",
    discount_percent="Rabatt %",
    vat_percent="Moms %",
    amount="Belopp",
    amount_with_vat="Belopp inkl. moms",
    vat_base="Belopp exkl. moms",
    vat_amount="Moms",
    vat_in="Moms i {currency}",
    vat_in_local_currency="Moms i lokal valuta",
    total_without_vat="Summa exkl. moms",
    rounding="Avrundning",
    ore_rounding="Öresavrundning",
    total_due="Att betala",
    total_credited="Att kreditera",
    vat_total="Moms",
    bankgiro="Bankgiro",
    plusgiro="Plusgiro",
    swish="Swish",
    discount_sentence=(
        "Vid betalning senast {date} får ni dra av {discount} i kassarabatt och betala {rest}."
    ),
    corrects_sentence="Denna kreditfaktura ändrar faktura {no}.",
    credit_sentence="Beloppet krediteras ert konto hos oss och ska inte betalas.",
    phone="Telefon",
    registration_no="Org.nr",
    vat_no="Momsreg.nr",
    registered_office="Säte",
    f_tax="Godkänd för F-skatt",
)

TEXTS: Mapping[str, Texts] = MappingProxyType({"en": ENGLISH, "sv": SWEDISH})

# The currency in which the seller's VAT must also be shown, by country; others say "local currency".
_EURO_COUNTRIES = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
LOCAL_CURRENCIES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_EURO_COUNTRIES.split(), "EUR")
    | {"SE": "SEK", "DK": "DKK", "NO": "NOK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "GB": "GBP"}
)


def texts_for(language: str) -> Texts:
    """Give the words of a language ("sv", "sv-SE"); a language that is not here gets English."""
    return TEXTS.get(language[:2].lower(), ENGLISH)


@cache
def country_name(country_code: str, texts: Texts) -> str:
    """Give the name of a country in the language of the document; an unknown code is given back."""
    # Only letters abroad need the names, and babel is slow to import.
    from babel import Locale

    territories = Locale.parse(texts.language_tag, sep="-").territories
    return str(territories.get(country_code.upper(), country_code))
