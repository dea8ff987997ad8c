"""The company's setup: settings as typed fields, setup tables as frames.

Every setting of the `Company` sheet is a field of `Settings`; its caption, kind, default and options stand in
the field's metadata and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from salesbatch.core.tables import Column, Kind, snake_case


def _setting(
    caption: str, kind: Kind = "text", default: str = "", options: str = "", sv: str = "", help: str = ""
) -> Any:
    choices = tuple(options.split("|")) if options else ()
    column = Column(caption, kind, default=default, options=choices, aliases=(sv,) if sv else (), help=help)
    return field(default=typed_setting(column, default), metadata={"column": column})


def typed_setting(column: Column, value: str) -> Any:
    """The typed value of a setting's canonical text: amounts as minor units, percentages as e5, yes/no as bool."""
    if column.kind == "yes_no":
        return value == "yes"
    if column.kind in ("amount", "percent", "integer", "price", "quantity"):
        return int(value or 0)
    return value


@dataclass(frozen=True)
class Settings:
    """Settings of the `Company` sheet. Amounts are minor units, percentages e5, dates ISO text, blanks ""."""

    name: str = _setting("Name", sv="Namn", help="The company's registered name, printed on every document.")
    address: str = _setting("Address", sv="Adress", help="Street address, printed on every document.")
    post_code: str = _setting("Post Code", "code", sv="Postnummer", help="Post code.")
    city: str = _setting("City", sv="Ort", help="City or postal town.")
    country_code: str = _setting(
        "Country Code",
        "code",
        "SE",
        sv="Landskod",
        help="Country as two letters; customers of this country count as domestic.",
    )
    registration_no: str = _setting(
        "Registration No.",
        "code",
        sv="Organisationsnummer",
        help="Company registration number, printed on every document.",
    )
    vat_registration_no: str = _setting(
        "VAT Registration No.",
        "code",
        sv="Momsregistreringsnummer",
        help="VAT number, which the law wants on every invoice.",
    )
    f_tax: bool = _setting("F-tax", "yes_no", "no", sv="F-skatt", help="yes prints 'Godkänd för F-skatt'.")
    registered_office: str = _setting(
        "Registered Office", sv="Säte", help="Town of the registered office, printed on every document."
    )
    e_mail: str = _setting(
        "E-mail", sv="E-post", help="Address that questions about invoices go to, printed on every document."
    )
    phone: str = _setting("Phone", sv="Telefon", help="Telephone number, printed on every document.")
    website: str = _setting(
        "Website", sv="Webbplats", help="Address of the website, printed on every document."
    )
    logo: str = _setting(
        "Logo",
        sv="Logotyp",
        help="Name of a picture (PNG or JPEG) that is dropped with the workbook; invoices show it.",
    )
    accounting_method: str = _setting(
        "Accounting Method",
        "choice",
        "Invoice",
        "Invoice|Cash",
        sv="Bokföringsmetod",
        help="Invoice: sales are booked when invoiced. Cash accounting is refused for now.",
    )
    bankgiro: str = _setting("Bankgiro", "code", help="Bankgiro number that customers pay to.")
    plusgiro: str = _setting("Plusgiro", "code", help="Plusgiro number that customers pay to.")
    iban: str = _setting(
        "IBAN",
        "code",
        help="IBAN that customers from abroad pay to, unless a bank account is kept in the invoice's currency.",
    )
    bic: str = _setting("BIC", "code", help="BIC of that bank.")
    swish_no: str = _setting("Swish No.", "code", sv="Swishnummer", help="Number for Swish payments.")
    paypal_account: str = _setting("PayPal Account", sv="PayPal-konto", help="Account for PayPal links.")
    peppol_id: str = _setting(
        "Peppol ID", "code", sv="Peppol-id", help="Our electronic address for e-invoices."
    )
    local_currency_code: str = _setting(
        "Local Currency Code",
        "code",
        "SEK",
        sv="Redovisningsvaluta",
        help="The currency that the books are kept in.",
    )
    language: str = _setting(
        "Language",
        "choice",
        "en",
        "en|sv|de",
        sv="Språk",
        help="Language of findings, reports and, where the customer has none, of documents.",
    )
    fiscal_year_start: str = _setting(
        "Fiscal Year Start", "text", "01-01", sv="Räkenskapsår börjar", help="MM-DD."
    )
    invoice_rounding_precision_minor: int = _setting(
        "Invoice Rounding Precision",
        "amount",
        "1",
        sv="Fakturaavrundning",
        help="1.00 rounds to whole kronor (V11).",
    )
    invoice_rounding_type: str = _setting(
        "Invoice Rounding Type",
        "choice",
        "Nearest",
        "Nearest|Up|Down",
        sv="Avrundningstyp",
        help="Which way an invoice is rounded.",
    )
    allow_posting_from: str = _setting(
        "Allow Posting From",
        "date",
        sv="Tillåt bokföring från",
        help="First date that may be posted on; blank: any that is not closed.",
    )
    allow_posting_to: str = _setting(
        "Allow Posting To",
        "date",
        sv="Tillåt bokföring till",
        help="Last date that may be posted on; blank: any.",
    )
    quote_validity: str = _setting(
        "Quote Validity",
        "formula",
        sv="Offertens giltighet",
        help="How long a quote holds, from its document date.",
    )
    default_quantity_to_ship: str = _setting(
        "Default Quantity to Ship",
        "choice",
        "Remainder",
        "Remainder|Blank",
        sv="Standardantal att leverera",
        help="What a blank Qty. to Ship means: all that remains, or nothing.",
    )
    shipping_advice: str = _setting(
        "Shipping Advice",
        "choice",
        "Partial",
        "Partial|Complete",
        sv="Leveransbesked",
        help="Complete: an order is shipped in whole or not at all; a customer can have it otherwise.",
    )
    external_document_no_mandatory: bool = _setting(
        "External Document No. Mandatory",
        "yes_no",
        "no",
        sv="Externt dokumentnr obligatoriskt",
        help="yes: every document needs the customer's own number.",
    )
    opening_balance_account: str = _setting(
        "Opening Balance Account",
        "code",
        "2999",
        sv="Konto för ingående balans",
        help="Account that open items of an earlier system are posted against.",
    )
    ledger_workbook: str = _setting(
        "Ledger Workbook",
        "choice",
        "Every Run",
        "Every Run|At Close",
        sv="Reskontraarbetsbok",
        help="When the ledger workbook of a period is written.",
    )
    strict_rules: bool = _setting(
        "Strict Rules",
        "yes_no",
        "no",
        sv="Strikta regler",
        help="no: the matcher's search finds matches and says how sure they are; yes: the rule table alone does.",
    )
    credit_warnings: str = _setting(
        "Credit Warnings",
        "choice",
        "Both Warnings",
        "Both Warnings|Credit Limit|Overdue Balance|No Warning",
        sv="Kreditvarningar",
        help="What is warned about when a customer gets an order or invoice.",
    )
    stockout_warning: bool = _setting(
        "Stockout Warning",
        "yes_no",
        "yes",
        sv="Lagervarning",
        help="yes: warns when more is sold than there is in stock.",
    )
    prepayment_check: bool = _setting(
        "Prepayment Check",
        "yes_no",
        "yes",
        sv="Förskottskontroll",
        help="yes: an order waits until its prepayment is paid.",
    )
    discount_posting: str = _setting(
        "Discount Posting",
        "choice",
        "Line Discounts",
        "No Discounts|Invoice Discounts|Line Discounts|All Discounts",
        sv="Rabattbokföring",
        help="Which discounts are posted to their own account, where the posting setup has one.",
    )
    appln_between_currencies: str = _setting(
        "Appln. between Currencies",
        "choice",
        "None",
        "None|EMU|All",
        sv="Koppling mellan valutor",
        help="Whether a payment may settle an entry in another currency.",
    )
    payment_tolerance_percent_e5: int = _setting(
        "Payment Tolerance %",
        "percent",
        "0",
        sv="Betalningstolerans %",
        help="Difference in a payment that is accepted, in per cent of the invoice.",
    )
    max_payment_tolerance_amount_minor: int = _setting(
        "Max. Payment Tolerance Amount",
        "amount",
        "0",
        sv="Max betalningstolerans",
        help="Largest difference that is accepted, whatever the percentage.",
    )
    payment_discount_grace_period: str = _setting(
        "Payment Discount Grace Period",
        "formula",
        sv="Respit för kassarabatt",
        help="Days after the discount date on which the discount is still given.",
    )
    match_tolerance_type: str = _setting(
        "Match Tolerance Type",
        "choice",
        "Percentage",
        "Percentage|Amount",
        sv="Matchningstolerans, typ",
        help="Whether the matcher's tolerance is a percentage or an amount.",
    )
    match_tolerance_value_e5: int = _setting(
        "Match Tolerance Value",
        "quantity",
        "0",
        sv="Matchningstolerans, värde",
        help="How far the amount of a payment may be off and still match.",
    )
    name_matching: str = _setting(
        "Name Matching",
        "choice",
        "Nearness",
        "Nearness|Permutations|Disabled",
        sv="Namnmatchning",
        help="How payers are compared with customers. Nearness: by how alike the names are.",
    )
    on_overpayment: str = _setting(
        "On Overpayment",
        "choice",
        "On Account",
        "On Account|Review",
        sv="Vid överbetalning",
        help="What happens to money that is too much: kept on account, or asked about.",
    )
    auto_post_confidence: str = _setting(
        "Auto-Post Confidence",
        "choice",
        "High",
        "High|Medium",
        sv="Bokför automatiskt från",
        help="Matches of this confidence are posted without asking.",
    )
    rounding_write_off_limit_minor: int = _setting(
        "Rounding Write-off Limit",
        "amount",
        "50",
        sv="Gräns för öresavskrivning",
        help="A rest up to this amount is written off as rounding.",
    )
    rounding_account: str = _setting(
        "Rounding Account", "code", sv="Avrundningskonto", help="Account of such rests."
    )
    ocr_level: int = _setting(
        "OCR Level",
        "integer",
        "2",
        sv="OCR-nivå",
        help="Form of payment references: 2 check digit, 3 also a length digit, 4 fixed length; 1 loose.",
    )
    approval_signatures: bool = _setting(
        "Approval Signatures",
        "yes_no",
        "no",
        sv="Attestsignaturer",
        help="yes: an approval needs the approver's signature.",
    )
    archive_quotes: bool = _setting(
        "Archive Quotes",
        "yes_no",
        "yes",
        sv="Arkivera offerter",
        help="yes: quotes that became orders or invoices are kept.",
    )


SETTING_COLUMNS: dict[str, Column] = {item.name: item.metadata["column"] for item in fields(Settings)}
"""Column declaration of every setting by field name; the `Company` sheet is checked against these."""


def setting_field(caption: str) -> str:
    """Field name of a setting's caption, '' when there is no such setting."""
    wanted = snake_case(caption)
    for name, column in SETTING_COLUMNS.items():
        if wanted in (snake_case(column.caption), *(snake_case(alias) for alias in column.aliases)):
            return name
    return ""


@dataclass(frozen=True)
class Company:
    """The setup of one company: its settings, and its setup and master tables as frames."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]

    @classmethod
    def of(cls, master: Mapping[str, pd.DataFrame]) -> Company:
        """From the stored rows; the `company` table has columns setting (field name) and value (canonical text)."""
        rows = master.get("company")
        values: dict[str, Any] = {}
        if rows is not None:
            for name, value in zip(rows["setting"], rows["value"]):
                if name in SETTING_COLUMNS and value != "":
                    values[name] = typed_setting(SETTING_COLUMNS[name], value)
        return cls(Settings(**values), master)

    def table(self, name: str) -> pd.DataFrame:
        """Rows of a setup or master table by `Table.name`; an empty frame when it was never filled."""
        frame = self.tables.get(name)
        if frame is not None:
            return frame
        from salesbatch.core.sheets import BY_NAME

        return BY_NAME[name].empty()
