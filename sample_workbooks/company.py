"""The setup of the sample company: every setup sheet that a Swedish trading company needs.

Norrsken Kontor & Café AB in Umeå sells coffee, machines, services, breakfast and a few books to offices. It
does not exist; neither do its customers.
"""

# ruff: noqa: E501 - tables are read by line

from __future__ import annotations

from sample_workbooks.rates import EXCHANGE_RATES
from sample_workbooks.tables import (
    Row,
    Tables,
    luhn_digit,
    registration_no,
    rows_of,
    swedish_iban,
    swedish_vat_no,
)

REGISTRATION_NO = registration_no(1204)
BANKGIRO = "5999127" + luhn_digit("5999127")
IBAN = swedish_iban("999", "99901203004")
EURO_IBAN = swedish_iban("999", "99901203103")
PLUSGIRO = "9991204-" + luhn_digit("9991204")


def _settings() -> list[Row]:
    values = {
        "Name": "Norrsken Kontor & Café AB",
        "Address": "Storgatan 14",
        "Post Code": "903 26",
        "City": "Umeå",
        "Country Code": "SE",
        "Registration No.": REGISTRATION_NO,
        "VAT Registration No.": swedish_vat_no(REGISTRATION_NO),
        "F-tax": "yes",
        "Registered Office": "Umeå",
        "E-mail": "ekonomi@norrskenkontor.example",
        "Phone": "090-700 10 20",
        "Website": "https://norrskenkontor.example",
        "Accounting Method": "Invoice",
        "Bankgiro": f"{BANKGIRO[:4]}-{BANKGIRO[4:]}",
        "Plusgiro": PLUSGIRO,
        "IBAN": IBAN,
        "BIC": "NRSKSESS",
        "Local Currency Code": "SEK",
        "Language": "sv",
        "Fiscal Year Start": "01-01",
        "Invoice Rounding Precision": 1,
        "Invoice Rounding Type": "Nearest",
        "Allow Posting From": "2026-05-01",
        "Allow Posting To": "2026-12-31",
        "Quote Validity": "30D",
        "Default Quantity to Ship": "Remainder",
        "Shipping Advice": "Partial",
        "External Document No. Mandatory": "no",
        "Opening Balance Account": "2999",
        "Credit Warnings": "Both Warnings",
        "Stockout Warning": "yes",
        "Discount Posting": "Line Discounts",
        "Appln. between Currencies": "All",
        "Payment Discount Grace Period": "5D",
        "Max. Payment Tolerance Amount": 5,
        "Match Tolerance Type": "Percentage",
        "Match Tolerance Value": 0,
        "Name Matching": "Nearness",
        "On Overpayment": "On Account",
        "Auto-Post Confidence": "High",
        "Rounding Write-off Limit": "0,50",
        "Rounding Account": "3740",
        "OCR Level": 2,
        "Approval Signatures": "no",
    }
    return [{"Setting": setting, "Value": value} for setting, value in values.items()]


NUMBER_SERIES = """
Code                   | Starting No. | Voucher Series
CUSTOMER               | K00101       |
CONTACT                | KT00001      |
QUOTE                  | 101001       |
ORDER                  | 102001       |
INVOICE                | 300001       |
POSTED-INVOICE         | 103001       | A
CREDIT-MEMO            | 400001       |
POSTED-CREDIT-MEMO     | 104001       | A
SHIPMENT               | 105001       |
RETURN-ORDER           | 106001       |
RETURN-RECEIPT         | 107001       |
PREPAYMENT-INVOICE     | 108001       | A
PREPAYMENT-CREDIT-MEMO | 109001       | A
PAYMENT                | 110001       | B
REMINDER               | 111001       | C
FINANCE-CHARGE         | 112001       | C
PURCHASE-ORDER         | 113001       |
STATEMENT              | 114001       |
"""

PAYMENT_TERMS = """
Code   | Due Date Calculation | Discount Date Calculation | Discount % | Calc. Discount on Cr. Memos | Description
30D    | 30D    |    |    |    | 30 dagar netto
20D    | 20D    |    |    |    | 20 dagar netto
14D    | 14D    |    |    |    | 14 dagar netto
10D    | 10D    |    |    |    | 10 dagar netto
CM+10D | CM+10D |    |    |    | Den 10:e i nästa månad
2%8-30 | 30D    | 8D | #2 | no | 30 dagar netto, 2 % kassarabatt inom 8 dagar
0D     | 0D     |    |    |    | Omgående
"""

PAYMENT_METHODS = """
Code    | Description       | Bal. Account No. | Payment Service
BG      | Bankgiro          |      |
SWISH   | Swish             |      | Swish
KONTANT | Kontant i butiken | 1910 |
"""

GL_ACCOUNTS = """
No.  | Name                                    | Type    | Direct Posting | Blocked
1510 | Kundfordringar                          | Balance | no  |
1511 | Kundfordringar, EU                      | Balance | no  |
1517 | Kundfordringar, export                  | Balance | no  |
1460 | Lager av handelsvaror                   | Balance |     |
1910 | Kassa                                   | Balance |     |
1920 | PlusGiro                                | Balance |     |
1930 | Företagskonto                           | Balance |     |
1940 | Swishkonto                              | Balance |     |
1980 | Valutakonto EUR                         | Balance |     |
2420 | Förskott från kunder                    | Balance | no  |
2611 | Utgående moms, 25 %                     | Balance | no  |
2614 | Utgående moms, omvänd betalningsskyldighet | Balance | no |
2621 | Utgående moms, 12 %                     | Balance | no  |
2631 | Utgående moms, 6 %                      | Balance | no  |
2650 | Redovisningskonto för moms              | Balance |     |
2999 | OBS-konto, ingående poster              | Balance |     |
3001 | Försäljning varor, 25 % moms            | Income  |     |
3002 | Försäljning frukost och fika, 12 % moms | Income  |     |
3003 | Försäljning livsmedel och böcker, 6 % moms | Income |   |
3004 | Försäljning, momsfri                    | Income  |     |
3041 | Försäljning tjänster, 25 % moms         | Income  |     |
3105 | Försäljning varor till land utanför EU  | Income  |     |
3108 | Försäljning varor till annat EU-land    | Income  |     |
3231 | Försäljning byggtjänster, omvänd betalningsskyldighet | Income | |
3305 | Försäljning tjänster till land utanför EU | Income |    |
3308 | Försäljning tjänster till annat EU-land | Income  |     |
3520 | Fakturerade frakter                     | Income  |     |
3540 | Faktureringsavgifter                    | Income  |     |
3590 | Övriga fakturerade kostnader            | Income  |     |
3731 | Lämnade kassarabatter                   | Income  |     |
3732 | Lämnade mängdrabatter                   | Income  |     |
3740 | Öres- och kronutjämning                 | Income  | no  |
3790 | Övriga intäktskorrigeringar             | Income  |     |
3911 | Hyresintäkter (används inte längre)     | Income  |     | yes
3960 | Valutakursvinster                       | Income  |     |
3994 | Försäkringsersättningar                 | Income  |     |
4010 | Inköp av varor                          | Income  |     |
6351 | Konstaterade förluster på kundfordringar | Income |     |
6570 | Bankkostnader                           | Income  |     |
7960 | Valutakursförluster                     | Income  |     |
8311 | Ränteintäkter från bank                 | Income  |     |
8313 | Ränteintäkter från kundfordringar       | Income  |     |
"""

CUSTOMER_POSTING_GROUPS = """
Code     | Receivables Account | Invoice Rounding Account | Payment Discount Account | Payment Tolerance Account | Interest Account | Fee Account | Realized Gains Account | Realized Losses Account
DOMESTIC | 1510 | 3740 | 3731 | 3740 | 8313 | 3540 | 3960 | 7960
EU       | 1511 | 3740 | 3731 | 3740 | 8313 | 3540 | 3960 | 7960
EXPORT   | 1517 | 3740 | 3731 | 3740 | 8313 | 3540 | 3960 | 7960
"""

# Line discounts on coffee and goods stand on an account of their own; on services they lower the revenue.
GENERAL_POSTING_SETUP = """
Gen. Bus. Posting Group | Gen. Prod. Posting Group | Sales Account | Sales Credit Memo Account | Line Discount Account | Invoice Discount Account | Prepayment Account | COGS Account | Inventory Account
DOMESTIC | GOODS    | 3001 | 3790 | 3732 | 3732 | 2420 | 4010 | 1460
DOMESTIC | FOOD     | 3003 |      | 3732 | 3732 | 2420 | 4010 | 1460
DOMESTIC | CATERING | 3002 |      |      |      | 2420 |      |
DOMESTIC | BOOKS    | 3003 |      |      |      | 2420 | 4010 | 1460
DOMESTIC | SERVICE  | 3041 |      |      |      | 2420 |      |
DOMESTIC | BUILD    | 3041 |      |      |      | 2420 |      |
DOMESTIC | FREIGHT  | 3520 |      |      |      | 2420 |      |
BUILDER  | GOODS    | 3001 | 3790 | 3732 | 3732 | 2420 | 4010 | 1460
BUILDER  | FOOD     | 3003 |      | 3732 | 3732 | 2420 | 4010 | 1460
BUILDER  | CATERING | 3002 |      |      |      | 2420 |      |
BUILDER  | BOOKS    | 3003 |      |      |      | 2420 | 4010 | 1460
BUILDER  | SERVICE  | 3041 |      |      |      | 2420 |      |
BUILDER  | BUILD    | 3231 |      |      |      | 2420 |      |
BUILDER  | FREIGHT  | 3520 |      |      |      | 2420 |      |
EU       | GOODS    | 3108 |      | 3732 | 3732 | 2420 | 4010 | 1460
EU       | FOOD     | 3108 |      | 3732 | 3732 | 2420 | 4010 | 1460
EU       | BOOKS    | 3108 |      |      |      | 2420 | 4010 | 1460
EU       | CATERING | 3002 |      |      |      | 2420 |      |
EU       | SERVICE  | 3308 |      |      |      | 2420 |      |
EU       | FREIGHT  | 3108 |      |      |      | 2420 |      |
EXPORT   | GOODS    | 3105 |      | 3732 | 3732 | 2420 | 4010 | 1460
EXPORT   | FOOD     | 3105 |      | 3732 | 3732 | 2420 | 4010 | 1460
EXPORT   | BOOKS    | 3105 |      |      |      | 2420 | 4010 | 1460
EXPORT   | SERVICE  | 3305 |      |      |      | 2420 |      |
EXPORT   | FREIGHT  | 3105 |      |      |      | 2420 |      |
"""

_EU_GOODS = "Unionsintern försäljning, undantagen från moms (art. 138)"
_EU_SERVICE = "Omvänd betalningsskyldighet, art. 196 / Reverse charge"
_EXPORT = "Export, undantagen från moms"
_DOMESTIC_VAT = """
{bus} | GOODS25  |             | #25 | MOMS25 | Normal VAT | S | 2611 | 05 |
{bus} | SERV25   |             | #25 | MOMS25 | Normal VAT | S | 2611 | 05 |
{bus} | CATER12  |             | #12 | MOMS12 | Normal VAT | S | 2621 | 05 |
{bus} | BOOKS6   |             | #6  | MOMS6  | Normal VAT | S | 2631 | 05 |
{bus} | FOOD     | @2012-01-01 | #12 | MOMS12 | Normal VAT | S | 2621 | 05 |
{bus} | FOOD     | @2026-04-01 | #6  | MOMS6  | Normal VAT | S | 2631 | 05 |
{bus} | FOOD     | @2028-01-01 | #12 | MOMS12 | Normal VAT | S | 2621 | 05 |
{bus} | FREE     |             | #0  | MOMSFRI | Exempt    | E |      | 42 | Undantag från moms
"""
VAT_POSTING_SETUP = (
    "VAT Bus. Posting Group | VAT Prod. Posting Group | Starting Date | VAT % | VAT Identifier | VAT Calculation Type"
    " | VAT Category | Sales VAT Account | VAT Return Box | Clause"
    + _DOMESTIC_VAT.format(bus="DOMESTIC")
    + "DOMESTIC | BUILD25 | | #25 | MOMS25 | Normal VAT | S | 2611 | 05 |"
    + _DOMESTIC_VAT.format(bus="BUILDER")
    + "BUILDER | BUILD25 | | #0 | OMVAND | Reverse Charge VAT | AE | | 41 | Omvänd betalningsskyldighet"
    # What foreign guests eat in Umeå is sold in Sweden.
    + "\nEU | CATER12 | | #12 | MOMS12 | Normal VAT | S | 2621 | 05 |"
    + "".join(
        f"\n{bus} | {prod} | | #0 | {identifier} | {kind} | {category} | | {box} | {clause}"
        for bus, prods, identifier, kind, category, box, clause in (
            ("EU", ("GOODS25", "FOOD", "BOOKS6"), "EU-VARA", "Reverse Charge VAT", "K", "35", _EU_GOODS),
            ("EU", ("SERV25",), "EU-TJANST", "Reverse Charge VAT", "AE", "39", _EU_SERVICE),
            ("EXPORT", ("GOODS25", "FOOD", "BOOKS6"), "EXPORT-VARA", "Exempt", "G", "36", _EXPORT),
            ("EXPORT", ("SERV25",), "EXPORT-TJ", "Outside", "O", "40", "Omsättning utanför Sverige"),
        )
        for prod in prods
    )
)

BANK_ACCOUNTS = f"""
Code  | Name                | G/L Account | IBAN        | Bankgiro   | Account No.   | Currency Code | CSV Profile
BANK  | Företagskonto       | 1930        | {IBAN}      | {BANKGIRO} | 9991-120300-4 |               | NORDBANK
PLUS  | PlusGiro            | 1920        |             |            | {PLUSGIRO}    |               |
EURO  | Valutakonto i euro  | 1980        | {EURO_IBAN} |            | 9991-120310-3 | EUR           |
SWISH | Swishkonto          | 1940        |             |            | 9991-120301-2 |               |
KASSA | Kassa Umeå          | 1910        |             |            |               |               |
"""

CSV_PROFILES = """
Code     | Encoding | Delimiter | Skip Rows | Decimal Sign | Thousands Sign | Date Format | Date | Amount | Text | Payer Name | Payment Reference
NORDBANK | cp1252   | ;         | #2        | ,            |                | %Y-%m-%d    | Bokföringsdag | Belopp | Rubrik | Avsändare | Referens
"""

CUSTOMER_TEMPLATES = """
Code    | Country Code | Customer Posting Group | Gen. Bus. Posting Group | VAT Bus. Posting Group | Payment Terms Code | Payment Method Code | Reminder Terms | Finance Charge Terms | Language | Document Sending | Prices Including VAT
FORETAG | SE |DOMESTIC | DOMESTIC | DOMESTIC | 30D | BG | STANDARD | RANTA | sv | E-mail | no
BYGG    | SE |DOMESTIC | BUILDER  | BUILDER  | 30D | BG | STANDARD | RANTA | sv | E-mail | no
PRIVAT  | SE |DOMESTIC | DOMESTIC | DOMESTIC | 10D | BG | STANDARD |       | sv | Print  | yes
EU      |    |EU       | EU       | EU       | 30D | BG | STANDARD | RANTA | en | E-mail | no
EXPORT  |    |EXPORT   | EXPORT   | EXPORT   | 30D | BG | STANDARD | RANTA | en | E-mail | no
"""

SALESPEOPLE = """
Code | Name           | E-mail
ANLI | Anna Lindgren  | anna@norrskenkontor.example
BESU | Bengt Sundkvist | bengt@norrskenkontor.example
"""

SHIPPING_AGENTS = """
Code  | Name              | Tracking URL
FJALL | Fjällfrakt i Norr | https://fjallfrakt.example/spara/%1
"""

REMINDER_LEVELS = """
Reminder Terms | Level | Grace Period | Due Date Calculation | Additional Fee | Fee per Line | Calculate Interest | Text
STANDARD | #1 | 5D | 10D | #0   | | no  | Vi saknar er betalning. Har ni redan betalat kan ni bortse från denna påminnelse.
STANDARD | #2 | 7D | 10D | #60  | | yes | Trots påminnelse har fakturan inte betalats.
STANDARD | #3 | 7D | 8D  | #180 | | yes | Betalas inte skulden inom åtta dagar lämnas ärendet till inkasso.
"""

FINANCE_CHARGE_TERMS = """
Code  | Interest Rate % | Interest Period (Days) | Grace Period | Minimum Amount | Additional Fee | Post Interest | Post Fee
RANTA | #10             | #365                   | 5D           | #50            | #0             | yes           | yes
"""

INTEREST_RATES = """
Finance Charge Terms | Starting Date | Rate %
RANTA | @2026-01-01 | #10
RANTA | @2026-07-01 | #10
"""

# Score 4000 - priority for High, 3000 - for Medium, 2000 - for Low; a blank amount column means any.
PAYMENT_APPLICATION_RULES = """
Match Confidence | Priority | Related Party Matched | Document No. Matched | Amount Matched | Direct Debit | Review Required
High   | #1  | Not Considered | Not Considered | Not Considered   | Yes            | no
High   | #2  | Fully          | Yes - Multiple | One Match        | Not Considered | no
High   | #3  | Fully          | Yes - Multiple | Multiple Matches | Not Considered | no
High   | #4  | Fully          | Yes            | One Match        | Not Considered | no
High   | #5  | Fully          | Yes            | Multiple Matches | Not Considered | no
High   | #6  | Partially      | Yes - Multiple | One Match        | Not Considered | no
High   | #7  | Partially      | Yes - Multiple | Multiple Matches | Not Considered | no
High   | #8  | Partially      | Yes            | One Match        | Not Considered | no
High   | #9  | Fully          | No             | One Match        | Not Considered | no
High   | #10 | No             | Yes - Multiple | One Match        | Not Considered | no
High   | #11 | No             | Yes - Multiple | Multiple Matches | Not Considered | no
Medium | #1  | Fully          | Yes - Multiple | Not Considered   | Not Considered | yes
Medium | #2  | Fully          | Yes            | Not Considered   | Not Considered | yes
Medium | #3  | Fully          | No             | Multiple Matches | Not Considered | yes
Medium | #4  | Partially      | Yes - Multiple | Not Considered   | Not Considered | yes
Medium | #5  | Partially      | Yes            | Not Considered   | Not Considered | yes
Medium | #6  | No             | Yes            | One Match        | Not Considered | yes
Medium | #7  | No             | Yes - Multiple | Not Considered   | Not Considered | yes
Medium | #8  | Partially      | No             | One Match        | Not Considered | yes
Medium | #9  | No             | Yes            | Not Considered   | Not Considered | yes
Low    | #1  | Fully          | No             | No Matches       | Not Considered | yes
Low    | #2  | Partially      | No             | Multiple Matches | Not Considered | yes
Low    | #3  | Partially      | No             | No Matches       | Not Considered | yes
Low    | #4  | No             | No             | One Match        | Not Considered | yes
Low    | #5  | No             | No             | Multiple Matches | Not Considered | yes
"""

TEXT_MAPPING = """
Text              | Debit Account    | Credit Account   | Customer No.
Bankavgift        | 6570             | 6570             |
Kreditränta       | 8311             | 8311             |
Lönebetalning     | Booked Elsewhere | Booked Elsewhere |
Skattekontot      | Booked Elsewhere | Booked Elsewhere |
Leverantörsbetaln | Booked Elsewhere | Booked Elsewhere |
Bank Charges      | 6570             | 6570             |
"""

PAYER_ALIASES = """
Payer                  | Customer No. | Times
STIFTELSEN RENHOLMEN FÖRVALTNING | K00030 | #3
"""

KNOWN_BANK_FEES = """
Amount | Account | Text
#35    | 6570    | Utlandsbetalning
"""


def setup_tables() -> Tables:
    """The sheets of 00 Setup.xlsx in their order."""
    texts = {
        "Number Series": NUMBER_SERIES,
        "Payment Terms": PAYMENT_TERMS,
        "Payment Methods": PAYMENT_METHODS,
        "G/L Accounts": GL_ACCOUNTS,
        "Customer Posting Groups": CUSTOMER_POSTING_GROUPS,
        "General Posting Setup": GENERAL_POSTING_SETUP,
        "VAT Posting Setup": VAT_POSTING_SETUP,
        "Bank Accounts": BANK_ACCOUNTS,
        "CSV Profiles": CSV_PROFILES,
        "Exchange Rates": EXCHANGE_RATES,
        "Customer Templates": CUSTOMER_TEMPLATES,
        "Salespeople": SALESPEOPLE,
        "Shipping Agents": SHIPPING_AGENTS,
        "Reminder Levels": REMINDER_LEVELS,
        "Finance Charge Terms": FINANCE_CHARGE_TERMS,
        "Interest Rates": INTEREST_RATES,
        "Payment Application Rules": PAYMENT_APPLICATION_RULES,
        "Text Mapping": TEXT_MAPPING,
        "Payer Aliases": PAYER_ALIASES,
        "Known Bank Fees": KNOWN_BANK_FEES,
    }
    return {"Company": _settings(), **{sheet: rows_of(text) for sheet, text in texts.items()}}
