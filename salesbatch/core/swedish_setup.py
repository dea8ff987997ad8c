"""A complete setup for a Swedish company, as plain data: what `init` puts into Setup.xlsx.

Every value stands as its canonical text under the column's English caption: dates ISO, numbers with a point.
The accounts are those of the BAS chart of accounts. What the law or a bank can change stands here with dates
or is left for the accountant to fill in; the program itself holds no rate and no account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = Mapping[str, str]

TO_FILL_IN = (
    "Name",
    "Address",
    "Post Code",
    "City",
    "Registration No.",
    "VAT Registration No.",
    "F-tax",
    "Registered Office",
    "E-mail",
    "Bankgiro",
    "IBAN",
    "BIC",
)
"""Settings that only the accountant knows; they are marked in the workbook."""

COMPANY_VALUES: Row = {
    "Country Code": "SE",
    "Accounting Method": "Invoice",
    "Local Currency Code": "SEK",
    "Fiscal Year Start": "01-01",
    "Quote Validity": "30D",
    "Opening Balance Account": "2999",
    "Rounding Write-off Limit": "0.50",
    "Rounding Account": "3740",
    "OCR Level": "2",
}
"""Values of settings where the default alone would not say enough."""

_NUMBER_SERIES = """
Code                   | Starting No. | Voucher Series
CUSTOMER               | C00001       |
CONTACT                | KT00001      |
QUOTE                  | 101001       |
ORDER                  | 102001       |
INVOICE                | 100001       |
POSTED-INVOICE         | 103001       | F
CREDIT-MEMO            | 200001       |
POSTED-CREDIT-MEMO     | 104001       | F
SHIPMENT               | 105001       |
RETURN-ORDER           | 106001       |
RETURN-RECEIPT         | 107001       |
PREPAYMENT-INVOICE     | 108001       | F
PREPAYMENT-CREDIT-MEMO | 109001       | F
PAYMENT                | 110001       | I
REMINDER               | 111001       | R
FINANCE-CHARGE         | 112001       | R
PURCHASE-ORDER         | 113001       |
STATEMENT              | 114001       |
"""

_PAYMENT_TERMS = """
Code       | Due Date Calculation | Discount Date Calculation | Discount % | Calc. Discount on Cr. Memos | Description
0D         | 0D     |     |   |    | Betalas omgående
10D        | 10D    |     |   |    | 10 dagar netto
14D        | 14D    |     |   |    | 14 dagar netto
20D        | 20D    |     |   |    | 20 dagar netto
30D        | 30D    |     |   |    | 30 dagar netto
60D        | 60D    |     |   |    | 60 dagar netto
30D-2%10D  | 30D    | 10D | 2 | no | 30 dagar netto, 2 % kassarabatt inom 10 dagar
CM         | CM     |     |   |    | Månadens sista dag
CM+10D     | CM+10D |     |   |    | Den 10:e i nästa månad
CM+30D     | CM+30D |     |   |    | 30 dagar från månadens slut
"""

_PAYMENT_METHODS = """
Code   | Description | Bal. Account No. | Payment Service
BG     | Bankgiro    |      |
BANK   | Kontoinsättning | |
SWISH  | Swish       |      | Swish
PAYPAL | PayPal      |      | PayPal
CASH   | Kontant     | 1910 |
"""

_GL_ACCOUNTS = """
No.  | Name                                                  | Type    | Direct Posting
1460 | Lager av handelsvaror                                 | Balance | yes
1510 | Kundfordringar                                        | Balance | no
1511 | Kundfordringar, EU                                    | Balance | no
1517 | Kundfordringar, utanför EU                            | Balance | no
1519 | Nedskrivning av kundfordringar                        | Balance | yes
1910 | Kassa                                                 | Balance | yes
1920 | PlusGiro                                              | Balance | yes
1930 | Företagskonto                                         | Balance | yes
2420 | Förskott från kunder                                  | Balance | no
2611 | Utgående moms på försäljning inom Sverige, 25 %       | Balance | no
2621 | Utgående moms på försäljning inom Sverige, 12 %       | Balance | no
2631 | Utgående moms på försäljning inom Sverige, 6 %        | Balance | no
2650 | Redovisningskonto för moms                            | Balance | yes
2999 | OBS-konto                                             | Balance | yes
3001 | Försäljning inom Sverige, 25 % moms                   | Income  | yes
3002 | Försäljning inom Sverige, 12 % moms                   | Income  | yes
3003 | Försäljning inom Sverige, 6 % moms                    | Income  | yes
3004 | Försäljning inom Sverige, momsfri                     | Income  | yes
3041 | Försäljning av tjänster inom Sverige, 25 % moms       | Income  | yes
3105 | Försäljning av varor till land utanför EU             | Income  | yes
3106 | Försäljning av varor till annat EU-land, momspliktig  | Income  | yes
3108 | Försäljning av varor till annat EU-land, momsfri      | Income  | yes
3231 | Försäljning i byggsektorn, omvänd betalningsskyldighet | Income | yes
3305 | Försäljning av tjänster till land utanför EU          | Income  | yes
3308 | Försäljning av tjänster till annat EU-land            | Income  | yes
3520 | Fakturerade frakter                                   | Income  | yes
3521 | Fakturerade frakter, EU-land                          | Income  | yes
3522 | Fakturerade frakter, export                           | Income  | yes
3540 | Faktureringsavgifter                                  | Income  | yes
3590 | Övriga fakturerade kostnader                          | Income  | yes
3730 | Lämnade rabatter                                      | Income  | yes
3731 | Lämnade kassarabatter                                 | Income  | yes
3732 | Lämnade mängdrabatter                                 | Income  | yes
3740 | Öres- och kronutjämning                               | Income  | no
3960 | Valutakursvinster på fordringar och skulder av rörelsekaraktär | Income | yes
4010 | Inköp av varor och material                           | Income  | yes
6351 | Konstaterade förluster på kundfordringar              | Income  | yes
6352 | Befarade förluster på kundfordringar                  | Income  | yes
6570 | Bankkostnader                                         | Income  | yes
7960 | Valutakursförluster på fordringar och skulder av rörelsekaraktär | Income | yes
8313 | Ränteintäkter från kortfristiga fordringar            | Income  | yes
"""

_CUSTOMER_POSTING_GROUPS = """
Code     | Receivables Account | Invoice Rounding Account | Payment Discount Account | Payment Tolerance Account | Bad Debt Account | Interest Account | Fee Account | Realized Gains Account | Realized Losses Account
DOMESTIC | 1510 | 3740 | 3731 | 3740 | 6351 | 8313 | 3540 | 3960 | 7960
EU       | 1511 | 3740 | 3731 | 3740 | 6351 | 8313 | 3540 | 3960 | 7960
EXPORT   | 1517 | 3740 | 3731 | 3740 | 6351 | 8313 | 3540 | 3960 | 7960
"""  # noqa: E501

BUSINESS_GROUPS = ("DOMESTIC", "CONSTRUCTION", "EU", "EXPORT")
"""Kinds of customer; CONSTRUCTION are Swedish builders, who account for the VAT on building services."""

_SALES_ACCOUNTS = """
Group    | DOMESTIC | CONSTRUCTION | EU   | EXPORT
GOODS    | 3001     | 3001         | 3108 | 3105
FOOD     | 3003     | 3003         | 3108 | 3105
BOOKS    | 3003     | 3003         | 3108 | 3105
CATERING | 3002     | 3002         | 3002 | 3002
SERVICE  | 3041     | 3041         | 3308 | 3305
BUILD    | 3041     | 3231         | 3041 | 3041
FREIGHT  | 3520     | 3520         | 3521 | 3522
FEE      | 3540     | 3540         | 3540 | 3540
EXEMPT   | 3004     | 3004         | 3004 | 3004
"""
_STOCK_GROUPS = ("GOODS", "FOOD", "BOOKS")

GOODS_CLAUSE_EU = "Unionsintern försäljning, undantagen från moms (art. 138)"
SERVICE_CLAUSE_EU = "Omvänd betalningsskyldighet, art. 196 / Reverse charge"
BUILD_CLAUSE = "Omvänd betalningsskyldighet"
EXPORT_CLAUSE = "Export, undantagen från moms"
OUTSIDE_CLAUSE = "Tjänst omsatt utomlands, ingen svensk moms"
EXEMPT_CLAUSE = "Undantag från moms"

# VAT group, starting date, rate, identifier, calculation type, category, account, box, clause. Food is taxed
# at 6 % from April 2026 to the end of 2027, at 12 % before and after.
_DOMESTIC_VAT = """
GOODS25  |            | 25 | VAT25  | Normal VAT | S | 2611 | 05 |
SERV25   |            | 25 | VAT25  | Normal VAT | S | 2611 | 05 |
BUILD25  |            | 25 | VAT25  | Normal VAT | S | 2611 | 05 |
CATER12  |            | 12 | VAT12  | Normal VAT | S | 2621 | 05 |
BOOKS6   |            | 6  | VAT6   | Normal VAT | S | 2631 | 05 |
FOOD     | 2012-01-01 | 12 | VAT12  | Normal VAT | S | 2621 | 05 |
FOOD     | 2026-04-01 | 6  | VAT6   | Normal VAT | S | 2631 | 05 |
FOOD     | 2028-01-01 | 12 | VAT12  | Normal VAT | S | 2621 | 05 |
ZERO     |            | 0  | VAT0   | Normal VAT | Z |      | 42 |
EXEMPT   |            | 0  | EXEMPT | Exempt     | E |      | 42 | {exempt}
"""
# What other kinds of customer have instead, by VAT group; what is not named is as in Sweden, such as meals
# and work on buildings, which are taxed where they take place.
_OTHER_VAT = {
    "CONSTRUCTION": f"""
BUILD25  | | 0 | BUILD-RC | Reverse Charge VAT | AE | | 41 | {BUILD_CLAUSE}
""",
    "EU": f"""
GOODS25  | | 0 | EU-GOODS | Reverse Charge VAT | K  | | 35 | {GOODS_CLAUSE_EU}
FOOD     | | 0 | EU-GOODS | Reverse Charge VAT | K  | | 35 | {GOODS_CLAUSE_EU}
BOOKS6   | | 0 | EU-GOODS | Reverse Charge VAT | K  | | 35 | {GOODS_CLAUSE_EU}
ZERO     | | 0 | EU-GOODS | Reverse Charge VAT | K  | | 35 | {GOODS_CLAUSE_EU}
SERV25   | | 0 | EU-SERV  | Reverse Charge VAT | AE | | 39 | {SERVICE_CLAUSE_EU}
""",
    "EXPORT": f"""
GOODS25  | | 0 | EXPORT   | Exempt  | G | | 36 | {EXPORT_CLAUSE}
FOOD     | | 0 | EXPORT   | Exempt  | G | | 36 | {EXPORT_CLAUSE}
BOOKS6   | | 0 | EXPORT   | Exempt  | G | | 36 | {EXPORT_CLAUSE}
ZERO     | | 0 | EXPORT   | Exempt  | G | | 36 | {EXPORT_CLAUSE}
SERV25   | | 0 | OUTSIDE  | Outside | O | | 40 | {OUTSIDE_CLAUSE}
""",
}
_VAT_CAPTIONS = (
    "VAT Prod. Posting Group",
    "Starting Date",
    "VAT %",
    "VAT Identifier",
    "VAT Calculation Type",
    "VAT Category",
    "Sales VAT Account",
    "VAT Return Box",
    "Clause",
)

_BANK_ACCOUNTS = """
Code | Name          | G/L Account
BANK | Företagskonto | 1930
"""

_CUSTOMER_TEMPLATES = """
Code         | Description                | Country Code | Language | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group | Payment Terms Code | Payment Method Code | Reminder Terms | Finance Charge Terms | Document Sending
DOMESTIC     | Kunder i Sverige           | SE | sv | DOMESTIC | DOMESTIC     | DOMESTIC     | 30D | BG   | STANDARD | LATE | E-mail
CONSTRUCTION | Byggföretag i Sverige      | SE | sv | DOMESTIC | CONSTRUCTION | CONSTRUCTION | 30D | BG   | STANDARD | LATE | E-mail
EU           | Företag i andra EU-länder  |    | en | EU       | EU           | EU           | 30D | BANK | STANDARD | LATE | E-mail
EXPORT       | Kunder utanför EU          |    | en | EXPORT   | EXPORT       | EXPORT       | 30D | BANK | STANDARD | LATE | E-mail
"""  # noqa: E501

_REMINDER_LEVELS = """
Reminder Terms | Level | Grace Period | Due Date Calculation | Additional Fee | Fee per Line | Calculate Interest | Text
STANDARD | 1 | 5D | 10D | 0   | 0 | no  | Vi saknar er betalning. Om ni redan har betalat kan ni bortse från denna påminnelse.
STANDARD | 2 | 7D | 10D | 60  | 0 | yes | Trots vår påminnelse har vi inte fått betalt.
STANDARD | 3 | 7D | 8D  | 180 | 0 | yes | Betalas inte skulden inom åtta dagar lämnas ärendet till inkasso.
"""  # noqa: E501

# Late interest by law is the reference rate, set every half-year, and eight percentage points; the accountant
# keeps it up to date in Interest Rates.
_FINANCE_CHARGE_TERMS = """
Code | Interest Rate % | Interest Period (Days) | Grace Period | Minimum Amount | Additional Fee | Post Interest | Post Fee
LATE | 10              | 365                    | 5D           | 50             | 0              | yes           | yes
"""

# Confidence, priority, party, document, amount, direct debit. The first rule that fits decides.
_MATCHING = """
High   | Not Considered | Not Considered | Not Considered   | Yes
High   | Fully          | Yes - Multiple | One Match        | Not Considered
High   | Fully          | Yes - Multiple | Multiple Matches | Not Considered
High   | Fully          | Yes            | One Match        | Not Considered
High   | Fully          | Yes            | Multiple Matches | Not Considered
High   | Partially      | Yes - Multiple | One Match        | Not Considered
High   | Partially      | Yes - Multiple | Multiple Matches | Not Considered
High   | Partially      | Yes            | One Match        | Not Considered
High   | Fully          | No             | One Match        | Not Considered
High   | No             | Yes - Multiple | One Match        | Not Considered
High   | No             | Yes - Multiple | Multiple Matches | Not Considered
Medium | Fully          | Yes - Multiple | Not Considered   | Not Considered
Medium | Fully          | Yes            | Not Considered   | Not Considered
Medium | Fully          | No             | Multiple Matches | Not Considered
Medium | Partially      | Yes - Multiple | Not Considered   | Not Considered
Medium | Partially      | Yes            | Not Considered   | Not Considered
Medium | No             | Yes            | One Match        | Not Considered
Medium | No             | Yes - Multiple | Not Considered   | Not Considered
Medium | Partially      | No             | One Match        | Not Considered
Medium | No             | Yes            | Not Considered   | Not Considered
Low    | Fully          | No             | No Matches       | Not Considered
Low    | Partially      | No             | Multiple Matches | Not Considered
Low    | Partially      | No             | No Matches       | Not Considered
Low    | No             | No             | One Match        | Not Considered
Low    | No             | No             | Multiple Matches | Not Considered
"""


def swedish_setup(language: str = "sv") -> dict[str, tuple[Row, ...]]:
    """Rows of every setup table that starts filled, by `Table.name`: canonical texts by English caption.

    language: the company's own, as set in the `Company` sheet. Tables that are not in the result start empty.
    """
    return {
        "company": company_rows(language),
        "number_series": _rows(_NUMBER_SERIES),
        "payment_terms": _rows(_PAYMENT_TERMS),
        "payment_methods": _rows(_PAYMENT_METHODS),
        "gl_accounts": _rows(_GL_ACCOUNTS),
        "customer_posting_groups": _rows(_CUSTOMER_POSTING_GROUPS),
        "general_posting_setup": general_posting_rows(),
        "vat_posting_setup": vat_posting_rows(),
        "bank_accounts": _rows(_BANK_ACCOUNTS),
        "customer_templates": _rows(_CUSTOMER_TEMPLATES),
        "reminder_levels": _rows(_REMINDER_LEVELS),
        "finance_charge_terms": _rows(_FINANCE_CHARGE_TERMS),
        "payment_application_rules": payment_application_rows(),
    }


def company_rows(language: str) -> tuple[Row, ...]:
    """A row for every setting, in the settings' order; blank where the accountant fills it in."""
    from salesbatch.core.company import SETTING_COLUMNS

    given = {**COMPANY_VALUES, "Language": language}
    return tuple(
        {
            "Setting": column.caption,
            "Value": given.get(column.caption, _plain_default(column.kind, column.default)),
        }
        for column in SETTING_COLUMNS.values()
    )


def general_posting_rows() -> tuple[Row, ...]:
    """Revenue accounts of every pair of customer group and item group; discounts are posted net."""
    rows = []
    for line in _rows(_SALES_ACCOUNTS):
        for business in BUSINESS_GROUPS:
            stock = (
                {"COGS Account": "4010", "Inventory Account": "1460"}
                if line["Group"] in _STOCK_GROUPS
                else {}
            )
            rows.append(
                {
                    "Gen. Bus. Posting Group": business,
                    "Gen. Prod. Posting Group": line["Group"],
                    "Sales Account": line[business],
                    "Prepayment Account": "2420",
                    **stock,
                }
            )
    return tuple(sorted(rows, key=lambda row: BUSINESS_GROUPS.index(row["Gen. Bus. Posting Group"])))


def vat_posting_rows() -> tuple[Row, ...]:
    """The VAT of every pair of customer group and item group, with the dates from which a rate holds."""
    head = " | ".join(_VAT_CAPTIONS) + "\n"
    domestic = _rows(head + _DOMESTIC_VAT.format(exempt=EXEMPT_CLAUSE).lstrip("\n"))
    rows: list[Row] = []
    for business in BUSINESS_GROUPS:
        other = _rows(head + _OTHER_VAT.get(business, "").lstrip("\n"))
        replaced = {row["VAT Prod. Posting Group"] for row in other}
        same = [row for row in domestic if row["VAT Prod. Posting Group"] not in replaced]
        rows.extend({"VAT Bus. Posting Group": business, **row} for row in (*same, *other))
    return tuple(rows)


def payment_application_rows() -> tuple[Row, ...]:
    """The rules that give a proposed match its confidence; what is not High waits for a person."""
    captions = (
        "Match Confidence | Related Party Matched | Document No. Matched | Amount Matched | Direct Debit\n"
    )
    rows: list[Row] = []
    counted: dict[str, int] = {}
    for row in _rows(captions + _MATCHING.lstrip("\n")):
        confidence = row["Match Confidence"]
        counted[confidence] = counted.get(confidence, 0) + 1
        review = "no" if confidence == "High" else "yes"
        rows.append({**row, "Priority": str(counted[confidence]), "Review Required": review})
    return tuple(rows)


def _rows(text: str) -> tuple[dict[str, str], ...]:
    """Rows of a text table: the first line holds the captions, cells are parted by `|`."""
    captions, *lines = [_cells(line) for line in text.strip("\n").splitlines()]
    return tuple(dict(zip(captions, line, strict=True)) for line in lines)


def _cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in line.split("|")]


def _plain_default(kind: str, default: str) -> str:
    """A setting's default as it is typed: its declaration has amounts in minor units, percentages scaled."""
    if not default or kind not in ("amount", "percent", "price", "quantity"):
        return default
    value = int(default) / (100 if kind == "amount" else 100_000)
    return f"{value:.2f}" if kind == "amount" else f"{value:g}"
