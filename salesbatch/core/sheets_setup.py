"""The sheets of the setup: company, numbers, terms, approvals, matching; usually in one Setup.xlsx."""

from __future__ import annotations

from dataclasses import replace

from salesbatch.core.declare import sheet
from salesbatch.core.sheets_master import CUSTOMER_CARD
from salesbatch.core.sheets_posting import (
    BANK_ACCOUNTS,
    CSV_PROFILES,
    CUSTOMER_POSTING_GROUPS,
    EXCHANGE_RATES,
    GENERAL_POSTING_SETUP,
    GL_ACCOUNTS,
    VAT_POSTING_SETUP,
)
from salesbatch.core.tables import Table

COMPANY = sheet(
    "Company",
    """
Setting* | code | Name | Inställning, Setup Field
    Name of the setting, in English or Swedish.
Value | text | Bryggeri Bergslagen AB | Värde
    Its value; blank keeps the default, which stands in the list of settings.
""",
    key="Setting",
    group="setup",
    aliases="Företag, Företagsuppgifter, Bolag, Company Information, Settings, Inställningar",
    help="Who we are and how we work, one setting a row.",
)

NUMBER_SERIES = sheet(
    "Number Series",
    """
Code* | code | POSTED-INVOICE | Kod, Nummerseriekod, Series, Serie
    What the numbers are for; the codes are fixed.
Starting Date | date | 2026-01-01 | Startdatum, Gäller från, Från datum
    The line with the latest starting date on or before the posting date gives the number.
Starting No.* | code | 103001 | Startnr, Startnummer, Första nr, From No.
    First number. Its last group of digits counts upwards.
Ending No. | code | 103999 | Slutnr, Slutnummer, Sista nr, To No.
    Last number; after it nothing is posted.
Warning No. | code | 103950 | Varningsnr, Varningsnummer
    From this number on, every run warns.
Increment | integer >=0 = 1 | 1 | Steg, Ökning, Increment-by No.
    Step from one number to the next.
Manual Nos. | yes_no = no | no | Manuella nr, Manuell numrering, Manual Numbers
    yes: the number typed in No. becomes the posted number.
Voucher Series | code | A | Verifikationsserie, Verserie, Ver.serie
    Letter of the vouchers in the general ledger.
""",
    key="Code, Starting Date",
    group="setup",
    aliases="Nummerserier, Nummerserie, No. Series",
    help="Where numbers come from. They are given by posting date, then key, never by the order of files.",
)

PAYMENT_TERMS = sheet(
    "Payment Terms",
    """
Code* | code | 30D | Kod, Betalningsvillkorskod, Villkor
    Code of the terms.
Due Date Calculation | formula | 30D | Förfallodatumformel, Förfallodagar, Beräkning av förfallodatum
    Date formula from the document date, such as 30D or CM+10D; blank: due at once.
Discount Date Calculation | formula | 10D | Kassarabattdatumformel, Rabattdatumformel
    Date formula of the last day for the payment discount.
Discount % | percent >=0 | 2 | Kassarabatt %, Rabatt %, Payment Discount %
    Payment discount when paid by that day.
Calc. Discount on Cr. Memos | yes_no = no | no | Kassarabatt på kreditnotor
    yes: credit memos carry the payment discount too.
Description | text | 30 dagar netto | Beskrivning, Benämning, Text
    What is printed on the invoice.
""",
    key="Code",
    group="setup",
    aliases="Betalningsvillkor, Betvillkor",
    help="When an invoice falls due and what paying early earns.",
)

PAYMENT_METHODS = sheet(
    "Payment Methods",
    """
Code* | code | BG | Kod, Betalningssättskod
    Code of the method.
Description | text | Bankgiro | Beskrivning, Benämning
    What it is called.
Bal. Account No. | code | 1910 | Motkonto, Motkontonr, Balancing Account
    An account here means that the invoice is paid at once, from this account, such as cash.
Payment Service | choice (PayPal, Swish) | - | Betaltjänst
    Prints a payment link or code of this service.
""",
    key="Code",
    group="setup",
    aliases="Betalningssätt, Betalsätt",
    help="How customers pay.",
)

CUSTOMER_TEMPLATES = sheet(
    "Customer Templates",
    """
Code* | code | DOMESTIC | Kod, Mallkod, Kundmall, Template
    Code that a customer names in Template.
Description | text | Svenska företag | Beskrivning, Benämning
    What the template is for.
""",
    tuple(replace(column, required=False) for column in CUSTOMER_CARD),
    key="Code",
    group="setup",
    aliases="Kundmallar, Kundmall",
    help="What a new customer gets where its own columns are blank.",
)

SALESPEOPLE = sheet(
    "Salespeople",
    """
Code* | code | ANNA | Kod, Säljarkod, Signatur
    Code that customers and documents name.
Name | text | Anna Lind | Namn
    Printed as our reference.
E-mail | text | anna@company.example | E-post, E-postadress, Mail, Epost
    E-mail address.
""",
    key="Code",
    group="setup",
    aliases="Säljare, Salespersons, Försäljare",
    help="Our salespeople.",
)

SHIPPING_AGENTS = sheet(
    "Shipping Agents",
    """
Code* | code | POST | Kod, Speditörskod
    Code that shipments name.
Name | text | Paketposten | Namn
    What it is called.
Tracking URL | text | https://tracking.example/%1 | Spårningslänk, Spårningsadress
    Link for tracking; %1 is replaced by the package's number.
""",
    key="Code",
    group="setup",
    aliases="Speditörer, Transportörer, Fraktförare",
    help="Who carries the goods.",
)

REMINDER_LEVELS = sheet(
    "Reminder Levels",
    """
Reminder Terms* | code | STANDARD | Påminnelsevillkor, Kravvillkor
    Code that customers name.
Level* | integer >=0 | 1 | Nivå, Påminnelsenivå
    1 for the first reminder, then 2, 3 and so on.
Grace Period* | formula | 5D | Respit, Anståndsperiod
    Days after the due date before the reminder.
Due Date Calculation | formula | 10D | Förfallodatumformel
    The reminder's own due date, from its document date.
Additional Fee | amount >=0 | 60 | Avgift, Påminnelseavgift, Tilläggsavgift
    Fee of the reminder.
Fee per Line | amount >=0 | 0 | Avgift per rad
    Fee for each invoice on it.
Calculate Interest | yes_no = no | no | Beräkna ränta
    yes: late interest is added.
Text | text | Vi saknar er betalning. | Text, Påminnelsetext
    Text of the reminder.
""",
    key="Reminder Terms, Level",
    group="setup",
    aliases="Påminnelsenivåer, Påminnelser, Reminder Terms",
    help="What each reminder costs and says.",
)

FINANCE_CHARGE_TERMS = sheet(
    "Finance Charge Terms",
    """
Code* | code | LATE | Kod, Räntevillkorskod
    Code that customers name.
Interest Rate % | percent >=0 | 10 | Räntesats %, Ränta %, Räntesats
    Rate for a year where there is no row in Interest Rates.
Interest Period (Days) | integer >=0 | 365 | Ränteperiod (dagar), Ränteperiod
    Days that the rate is for.
Grace Period | formula | 5D | Respit, Anståndsperiod
    Days after the due date before interest is charged.
Minimum Amount | amount >=0 | 50 | Minsta belopp, Minimibelopp
    Less than this is not charged.
Additional Fee | amount >=0 | 0 | Avgift, Tilläggsavgift
    Fee of the charge memo.
Post Interest | yes_no = yes | yes | Bokför ränta
    yes: the interest becomes a claim on the customer.
Post Fee | yes_no = yes | yes | Bokför avgift
    yes: the fee becomes a claim on the customer.
""",
    key="Code",
    group="setup",
    aliases="Räntevillkor, Dröjsmålsräntevillkor",
    help="Terms of late interest.",
)

INTEREST_RATES = sheet(
    "Interest Rates",
    """
Finance Charge Terms* | code | LATE | Räntevillkor, Räntevillkorskod
    The terms that the rate belongs to.
Starting Date* | date | 2026-07-01 | Startdatum, Gäller från, Från datum
    The rate holds from this day.
Rate %* | percent >=0 | 10 | Räntesats %, Ränta %, Räntesats
    Rate for a year: reference rate plus eight percentage points where nothing else is agreed.
""",
    key="Finance Charge Terms, Starting Date",
    group="setup",
    aliases="Räntesatser, Räntor",
    help="Late interest by date.",
)

APPROVERS = sheet(
    "Approvers",
    """
ID* | code | EVA | Id, Attestant, User ID
    Code of the person.
Name | text | Eva Holm | Namn
    Name of the person.
E-mail | text | eva@company.example | E-post, E-postadress, Mail, Epost
    Where questions are sent.
Sales Amount Limit | amount >=0 | 50000 | Beloppsgräns, Attestgräns
    Highest amount that the person approves alone; 0 or blank: none.
Unlimited | yes_no = no | no | Obegränsad, Obegränsat
    yes: approves any amount.
Approver ID | code | OLA | Attestant-id, Nästa attestant, Chef
    Next in the chain, for what is above the limit.
Substitute ID | code | PER | Ersättare, Ersättar-id
    Who decides when this person delegates.
""",
    key="ID",
    group="setup",
    aliases="Attestanter, Godkännare",
    help="Who approves documents.",
)

APPROVAL_RULES = sheet(
    "Approval Rules",
    """
Code* | code | BIG | Kod, Regel
    Name of the rule.
Document Type | choice (Quote, Order, Invoice, Credit Memo, Return Order) | Order | Dokumenttyp
    Documents that the rule is for; blank: all.
Customer No. | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    Only this customer; blank: all.
Customer Posting Group | code | EXPORT | Kundbokföringsgrupp
    Only customers of this group; blank: all.
Salesperson Code | code | ANNA | Säljarkod, Säljare
    Only documents of this salesperson; blank: all.
Minimum Amount | amount >=0 | 100000 | Minsta belopp, Minimibelopp
    From this total, VAT not included.
Discount % above | percent >=0 | 15 | Rabatt % över
    A line discount above this.
Over Credit Limit | yes_no = no | no | Över kreditgräns
    yes: only when the customer goes over the credit limit.
First Approver ID | code | EVA | Första attestant, Attestant
    Who is asked first.
""",
    key="Code",
    group="setup",
    aliases="Attestregler, Godkännanderegler",
    help="Which documents wait for an approval. A rule fits when all that it names is true.",
)

PAYMENT_APPLICATION_RULES = sheet(
    "Payment Application Rules",
    """
Match Confidence* | choice (High, Medium, Low) | High | Matchningssäkerhet, Säkerhet
    How sure a payment is that fits the rule.
Priority* | integer >=0 | 1 | Prioritet, Ordning
    1 is tried first within its confidence.
Related Party Matched* | choice (Fully, Partially, No, Not Considered) | Fully | Motpart matchad, Part matchad
    How well the payer was recognised.
Document No. Matched* | choice (Yes - Multiple, Yes, No, Not Considered) | Yes | Dokumentnr matchat
    Whether the text names the document.
Amount Matched* | choice (One Match, Multiple Matches, No Matches,
        Not Considered) | One Match | Belopp matchat
    How many open entries have this amount.
Direct Debit | choice (Yes, No, Not Considered) = Not Considered | Not Considered | Autogiro
    Whether the payment was collected by direct debit.
Review Required | yes_no | no | Granskning krävs, Kräver granskning
    yes: the payment waits in Payment Review.
""",
    key="Match Confidence, Priority",
    group="setup",
    aliases="Regler för betalningsmatchning, Matchningsregler, Matching Rules",
    help="How sure a proposed match is. The first rule that fits gives the confidence.",
)

TEXT_MAPPING = sheet(
    "Text Mapping",
    """
Text* | text | Bankavgift | Text, Söktext
    Words that the statement line must hold.
Debit Account | code | 6570 | Debetkonto
    Account against which money in is booked; Booked Elsewhere: nothing is posted.
Credit Account | code | 8311 | Kreditkonto
    Account against which money out is booked; Booked Elsewhere: nothing is posted.
Customer No. | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    Customer on whose account such payments are booked, applied to no document.
""",
    key="Text",
    group="setup",
    aliases="Textmappning, Textkoppling, Text-to-Account Mapping, Text Mappings",
    help="What recurring texts on a bank statement mean.",
)

PAYER_ALIASES = sheet(
    "Payer Aliases",
    """
Payer* | text | KONCERNEN EKONOMI | Betalare, Betalarnamn
    Name or account as the bank writes it.
Customer No.* | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    The customer that it is.
Times | integer >=0 = 1 | 3 | Gånger, Antal gånger
    How often that was right; it grows by itself.
""",
    key="Payer, Customer No.",
    group="setup",
    aliases="Betalaralias, Kända betalare",
    help="Payers that pay under another name. Accepted reviews add to it.",
)

DIRECT_DEBIT_COLLECTIONS = sheet(
    "Direct Debit Collections",
    """
Transaction ID* | code | DD-2026-0007 | Transaktions-id
    Id of the collection in the bank's file.
Document No.* | code | 103001 | Dokumentnr, Fakturanr, Fakturanummer
    The invoice that is collected.
Status* | code | Sent | Status
    How far the collection has come, in your own words; Rejected, Canceled and Returned ones settle nothing.
""",
    key="Transaction ID, Document No.",
    group="setup",
    aliases="Autogirouppdrag, Autogiro",
    help="Direct debits under way. A bank line with the id settles the invoice.",
)

KNOWN_BANK_FEES = sheet(
    "Known Bank Fees",
    """
Amount* | amount >=0 | 35 | Belopp
    Amount that is missing in the payment.
Account* | code | 6570 | Konto, Kontonr
    Where the fee is posted.
Text | text | Utlandsbetalning | Text, Beskrivning
    What the fee is for.
""",
    key="Amount, Account",
    group="setup",
    aliases="Kända bankavgifter, Bankavgifter",
    help="Fees that a bank takes out of a payment.",
)

SETUP_TABLES: tuple[Table, ...] = (
    COMPANY,
    NUMBER_SERIES,
    PAYMENT_TERMS,
    PAYMENT_METHODS,
    GL_ACCOUNTS,
    CUSTOMER_POSTING_GROUPS,
    GENERAL_POSTING_SETUP,
    VAT_POSTING_SETUP,
    BANK_ACCOUNTS,
    CSV_PROFILES,
    EXCHANGE_RATES,
    CUSTOMER_TEMPLATES,
    SALESPEOPLE,
    SHIPPING_AGENTS,
    REMINDER_LEVELS,
    FINANCE_CHARGE_TERMS,
    INTEREST_RATES,
    APPROVERS,
    APPROVAL_RULES,
    PAYMENT_APPLICATION_RULES,
    TEXT_MAPPING,
    PAYER_ALIASES,
    DIRECT_DEBIT_COLLECTIONS,
    KNOWN_BANK_FEES,
)
