"""What a printed document says: the frozen content that a PDF (and later an e-invoice) is drawn from.

The ledger builds these from posted rows only; a writer adds layout and nothing else, so that drawing
again gives the same document. Amounts are int64 minor units of `currency_code`, quantities, prices and
percentages are scaled by 100,000 (`_e5`), as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Party:
    """A name and a postal address; blank fields print nothing."""

    name: str
    name_2: str = ""
    address: str = ""
    address_2: str = ""
    post_code: str = ""
    city: str = ""
    country_code: str = ""
    registration_no: str = ""
    vat_registration_no: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The seller as printed on every page, with the ways to pay it."""

    party: Party
    registered_office: str = ""
    f_tax: bool = False
    e_mail: str = ""
    phone: str = ""
    website: str = ""
    bankgiro: str = ""
    plusgiro: str = ""
    iban: str = ""
    bic: str = ""
    swish_no: str = ""
    logo: str = ""
    """The picture as it was at posting: its place in the archive, '000001/logo.png'."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a document. A comment line has only a description."""

    type: str  # item | gl_account | comment | charge | rounding
    no: str
    description: str
    quantity_e5: int = 0
    unit_of_measure: str = ""
    unit_price_e5: int = 0
    line_discount_percent_e5: int = 0
    line_amount_minor: int = 0
    vat_percent_e5: int = 0
    vat_identifier: str = ""


@dataclass(frozen=True, slots=True)
class PrintedVat:
    """One row of the VAT summary: a rate, its base and its VAT (V2: rounded once per identifier)."""

    vat_identifier: str
    vat_percent_e5: int
    base_minor: int
    vat_minor: int
    clause: str = ""


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """An invoice or credit memo as it was posted."""

    document_type: str  # invoice | credit_memo
    no: str
    language: str  # en | sv
    seller: Letterhead
    customer_no: str
    bill_to: Party
    ship_to: Party | None
    posting_date: date
    document_date: date
    due_date: date
    delivery_date: date | None
    currency_code: str
    minor_digits: int
    prices_including_vat: bool
    payment_terms: str
    payment_reference: str  # the OCR number
    order_no: str
    external_document_no: str
    your_reference: str
    our_reference: str
    corrects_no: str  # a credit memo names the invoice that it changes (ML 17:22)
    lines: tuple[PrintedLine, ...]
    vat: tuple[PrintedVat, ...]
    net_minor: int
    vat_minor: int
    rounding_minor: int
    total_minor: int
    discount_date: date | None = None
    discount_minor: int = 0
    comment: str = ""
    vat_lcy: tuple[tuple[str, int], ...] = ()  # VAT per identifier in local currency, for foreign documents
