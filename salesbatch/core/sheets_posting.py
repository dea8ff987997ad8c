"""The sheets of the setup that decide where money is posted: accounts, groups, VAT, banks, rates."""

from __future__ import annotations

from salesbatch.core.declare import sheet

GL_ACCOUNTS = sheet(
    "G/L Accounts",
    """
No.* | code | 1510 | Kontonr, Konto, Kontonummer, Account No., Account
    Account number of the general ledger.
Name* | text | Kundfordringar | Namn, Kontonamn, Benämning, Account Name
    Its name.
Type | choice (Balance, Income) | Balance | Typ, Kontotyp, Account Type
    Balance: assets and debts. Income: revenue and costs.
Direct Posting | yes_no = yes | no | Direktbokföring, Direktkontering
    no: only the program posts here, as on receivables, VAT, prepayment and rounding.
Blocked | yes_no = no | no | Spärrat, Spärrad
    yes: nothing more is posted here.
""",
    key="No.",
    group="setup",
    aliases="Konton, Kontoplan, Redovisningskonton, Chart of Accounts, Accounts",
    help="The accounts that the sales ledger posts to.",
)

CUSTOMER_POSTING_GROUPS = sheet(
    "Customer Posting Groups",
    """
Code* | code | DOMESTIC | Kod
    Code of the group.
Receivables Account* | code | 1510 | Kundfordringskonto, Reskontrakonto, Kundfordringar
    What customers of this group owe.
Invoice Rounding Account | code | 3740 | Öresavrundningskonto, Avrundningskonto faktura
    Rounding of invoices to whole kronor.
Payment Discount Account | code | 3731 | Kassarabattkonto
    Payment discounts that were taken.
Payment Tolerance Account | code | 3740 | Betalningstoleranskonto
    Small differences that were accepted.
Bad Debt Account | code | 6351 | Kundförlustkonto, Konto för kundförluster
    Claims that are written off because they will not be paid.
Interest Account | code | 8313 | Räntekonto, Räntekonto kund
    Late interest.
Fee Account | code | 3540 | Avgiftskonto, Påminnelseavgiftskonto
    Reminder and invoicing fees.
Realized Gains Account | code | 3960 | Kursvinstkonto, Valutakursvinst
    Exchange gains at payment.
Realized Losses Account | code | 7960 | Kursförlustkonto, Valutakursförlust
    Exchange losses at payment.
""",
    key="Code",
    group="setup",
    aliases="Kundbokföringsgrupper, Kundbokföringsmallar",
    help="Accounts by kind of customer.",
)

GENERAL_POSTING_SETUP = sheet(
    "General Posting Setup",
    """
Gen. Bus. Posting Group* | code | DOMESTIC | Bokföringsgrupp rörelse, Rörelsebokföringsgrupp
    The customer's group.
Gen. Prod. Posting Group* | code | GOODS | Bokföringsgrupp artikel, Artikelbokföringsgrupp
    The item's group.
Sales Account* | code | 3001 | Försäljningskonto
    Revenue.
Sales Credit Memo Account | code | 3001 | Kreditkonto försäljning, Försäljningskreditkonto
    Revenue on credit memos; blank: the sales account.
Line Discount Account | code | 3732 | Radrabattkonto
    Line discounts; blank: revenue is posted net.
Invoice Discount Account | code | 3732 | Fakturarabattkonto
    Invoice discounts; blank: revenue is posted net.
Prepayment Account | code | 2420 | Förskottskonto
    Advance payments by customers.
COGS Account | code | 4010 | Kostnad sålda varor, Varukostnadskonto
    Cost of goods sold; kept for later, nothing is posted to it.
Inventory Account | code | 1460 | Lagerkonto
    Stock; kept for later, nothing is posted to it.
Blocked | yes_no = no | no | Spärrad
    yes: this pair of groups cannot be sold.
""",
    key="Gen. Bus. Posting Group, Gen. Prod. Posting Group",
    group="setup",
    aliases="Bokföringsinställningar, Bokföringsinställning, Generella bokföringsinställningar",
    help="Revenue accounts by customer group and item group.",
)

VAT_POSTING_SETUP = sheet(
    "VAT Posting Setup",
    """
VAT Bus. Posting Group* | code | DOMESTIC | Momsgrupp rörelse, Momsbokföringsgrupp rörelse
    The customer's VAT group.
VAT Prod. Posting Group* | code | GOODS25 | Momsgrupp artikel, Momsbokföringsgrupp artikel
    The item's VAT group.
Starting Date | date | 2026-04-01 | Startdatum, Gäller från, Från datum
    The row holds from this date until a later row of the pair; blank: from the beginning.
VAT %* | percent >=0 | 25 | Moms %, Momssats, VAT Rate
    Rate of the VAT; 0 where there is none.
VAT Identifier | code | VAT25 | Momsidentifierare, Moms-id
    Lines with the same identifier share one VAT line on the document.
VAT Calculation Type | choice (Normal VAT, Reverse Charge VAT, Full VAT, Exempt,
        Outside) = Normal VAT | Normal VAT | Momsberäkningstyp
    How the VAT is worked out.
VAT Category | choice (S, Z, E, AE, K, G, O) | S | Momskategori
    Category in e-invoices: S rate, Z zero, E exempt, AE reverse charge, K within the EU, G export, O outside.
Sales VAT Account | code | 2611 | Konto för utgående moms, Utgående moms, Momskonto
    Where the output VAT is posted.
VAT Return Box | code | 05 | Momsruta, Ruta, Momsdeklarationsruta
    Box of the VAT return for the base.
Clause | text | Omvänd betalningsskyldighet | Momsklausul, Momstext
    Sentence that the law wants on the invoice.
""",
    key="VAT Bus. Posting Group, VAT Prod. Posting Group, Starting Date",
    group="setup",
    aliases="Momsbokföringsinställningar, Momsinställningar, Moms, VAT Setup",
    help="VAT by customer group, item group and date.",
)

BANK_ACCOUNTS = sheet(
    "Bank Accounts",
    """
Code* | code | BANK | Kod, Bankkod
    Our own name of the account.
Name | text | Företagskonto | Namn, Benämning
    What it is called.
G/L Account* | code | 1930 | Bokföringskonto, Redovisningskonto, Huvudbokskonto
    Account of the general ledger.
IBAN | code | SE4550000000058398257466 | IBAN
    IBAN; bank files are recognised by it.
Bankgiro | code | 5050-1055 | Bankgiro, Bankgironr, Bankgironummer
    Bankgiro number that payments come to.
Account No. | code | 9991-120300-4 | Kontonr, Kontonummer, Bankkontonr
    The bank's own number of the account.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Currency of the account; blank: the company's own.
CSV Profile | code | MYBANK | CSV-profil, Filprofil
    How the bank's text or Excel files are read.
""",
    key="Code",
    group="setup",
    aliases="Bankkonton, Bankkonto",
    help="Our bank accounts.",
)

CSV_PROFILES = sheet(
    "CSV Profiles",
    """
Code* | code | MYBANK | Kod
    Code that a bank account names.
Encoding | text = utf-8 | cp1252 | Teckenkodning, Kodning
    Encoding of the file.
Delimiter | text = ; | ; | Avgränsare, Fältavgränsare
    Sign between the fields; write tab for a tabulator.
Skip Rows | integer >=0 = 0 | 2 | Hoppa över rader
    Rows above the captions.
Decimal Sign | text = , | , | Decimaltecken
    Sign before the decimals.
Thousands Sign | text | - | Tusentalstecken, Tusentalsavgränsare
    Sign between thousands.
Date Format | text = %Y-%m-%d | %Y-%m-%d | Datumformat
    How dates are written: %Y year, %m month, %d day.
Date | text | Bokföringsdag | Datum, Bokföringsdatum
    The bank's caption of the booking date.
Value Date | text | Valutadag | Valutadatum
    The bank's caption of the value date.
Amount | text | Belopp | Belopp
    The bank's caption of the signed amount.
Amount In | text | Insättning | Insättning
    The bank's caption where money in has a column of its own.
Amount Out | text | Uttag | Uttag
    The bank's caption where money out has a column of its own.
Balance | text | Saldo | Saldo
    The bank's caption of the running balance.
Currency Code | text | Valuta | Valutakod, Valuta, Currency
    The bank's caption of the currency.
Text | text | Rubrik | Text
    The bank's caption of the text.
Additional Info | text | Meddelande | Ytterligare information, Meddelande
    The bank's caption of a longer message.
Payer Name | text | Avsändare | Betalarens namn, Betalare
    The bank's caption of the payer's name.
Payer Address | text | Adress | Betalarens adress
    The bank's caption of the payer's address.
Payer City | text | Ort | Betalarens ort
    The bank's caption of the payer's city.
Payer Account | text | Avsändarkonto | Betalarens konto
    The bank's caption of the payer's account.
Payment Reference | text | Referens | Betalningsreferens, OCR
    The bank's caption of the payment reference.
Transaction ID | text | Verifikationsnr | Transaktions-id
    The bank's caption of its own id.
""",
    key="Code",
    group="setup",
    aliases="CSV-profiler, Filprofiler",
    help="How a bank's own text or Excel file is read: its form, and its caption of each field.",
)

EXCHANGE_RATES = sheet(
    "Exchange Rates",
    """
Currency Code* | code | EUR | Valutakod, Valuta, Currency
    The foreign currency.
Starting Date* | date | 2026-10-01 | Startdatum, Datum, Kursdatum, Date
    The rate holds from this day.
Rate* | price >=0 | 11.125 | Kurs, Valutakurs, Exchange Rate
    Company currency for one unit of the foreign currency.
""",
    key="Currency Code, Starting Date",
    group="setup",
    aliases="Valutakurser, Kurser, Rates",
    help="The latest rate on or before the posting date is used; one older than 7 days is warned about. Gains and losses "
    "are posted when a claim is paid; what is open at a month end is not valued again.",
)
