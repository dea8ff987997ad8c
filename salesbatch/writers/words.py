"""The words of the workbooks in English and Swedish: sheets, captions, values, sentences.

Input sheets have their captions in core; here is only what the program itself says in what it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd


class Words(NamedTuple):
    """One thing said in both languages."""

    en: str
    sv: str

    def in_language(self, language: str) -> str:
        """The words in Swedish for 'sv', in English for any other language."""
        return self.sv if language == "sv" else self.en


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _pairs(text: str) -> dict[str, Words]:
    """Lines 'name | English | Swedish'."""
    rows = (line.split("|") for line in text.strip().splitlines())
    return {name.strip(): Words(en.strip(), sv.strip()) for name, en, sv in rows}


SHEETS: Mapping[str, Words] = _pairs("""
summary                 | Summary                 | Sammanfattning
customer_ledger_entries | Customer Ledger Entries | Kundreskontraposter
open_entries            | Open Entries            | Öppna poster
detailed_entries        | Detailed Entries        | Detaljerade poster
gl_entries              | GL Entries              | Huvudboksposter
vat_entries             | VAT Entries             | Momsposter
item_ledger_entries     | Item Ledger Entries     | Artikelposter
documents               | Documents               | Dokument
document_lines          | Document Lines          | Dokumentrader
payment_matches         | Payment Matches         | Betalningsmatchningar
bank_reconciliation     | Bank Reconciliation     | Bankavstämning
numbers                 | Numbers Used            | Använda nummer
runs                    | Runs                    | Körningar
files                   | Files                   | Filer
findings                | Findings                | Anmärkningar
held                    | Held Back               | Kvarhållet
read_me                 | Read me                 | Läs mig
open_documents          | Open Documents          | Öppna dokument
""")

CAPTIONS: Mapping[str, Words] = _pairs("""
account_no              | Account No.             | Konto
action                  | What to do              | Åtgärd
amount                  | Amount                  | Belopp
amount_including_vat    | Amount incl. VAT        | Belopp inkl. moms
amount_lcy              | Amount in {currency}    | Belopp i {currency}
amount_matched          | Amount Matched          | Belopp matchat
applied_documents       | Applied to              | Avprickad mot
applied_entry_no        | Applied Entry No.       | Avprickad post
bank_account            | Bank Account            | Bankkonto
base                    | VAT Base                | Momsunderlag
bill_to_customer_no     | Bill-to Customer No.    | Faktureras kund
canceled_by_no          | Canceled by             | Makulerad av
cell                    | Cell                    | Cell
closing_balance         | Closing Balance         | Utgående saldo
code                    | Code                    | Kod
column                  | Column                  | Kolumn
corrects_no             | Corrects                | Rättar
cost_amount             | Cost                    | Kostnad
country_code            | Country                 | Land
credit                  | Credit                  | Kredit
currency_code           | Currency                | Valuta
customer_ledger_entry_no | Ledger Entry No.       | Reskontrapost
customer_no             | Customer No.            | Kundnr
date                    | Date                    | Datum
days_overdue            | Days Overdue            | Dagar försenad
debit                   | Debit                   | Debet
delivery_date           | Delivery Date           | Leveransdatum
description             | Description             | Beskrivning
difference              | Difference              | Differens
discount_amount         | Discount                | Rabatt
discount_date           | Discount Date           | Kassarabattdatum
document                | Document                | Dokument
document_date           | Document Date           | Dokumentdatum
document_no             | Document No.            | Dokumentnr
document_no_matched     | Number Matched          | Nummer matchat
document_type           | Document Type           | Dokumenttyp
drop_shipment           | Drop Shipment           | Direktleverans
due_date                | Due Date                | Förfallodatum
entry_no                | Entry No.               | Löpnr
entry_type              | Entry Type              | Posttyp
evidence                | Evidence                | Underlag
external_document_no    | External Document No.   | Externt dokumentnr
files                   | Files                   | Filer
chain_head              | Head of the Chain       | Kedjans huvud
held_id                 | Held Id                 | Held Id
host                    | Computer                | Dator
invoiced_quantity       | Invoiced Quantity       | Fakturerat antal
item_no                 | Item No.                | Artikelnr
key                     | Key                     | Nyckel
kind                    | Kind                    | Slag
line_amount             | Line Amount             | Radbelopp
line_discount_percent   | Discount %              | Rabatt %
line_no                 | Line No.                | Radnr
match_confidence        | Confidence              | Säkerhet
match_score             | Score                   | Poäng
message                 | What is wrong           | Vad som är fel
name                    | Name                    | Namn
no                      | No.                     | Nr
number                  | Number                  | Nummer
on_hold                 | On Hold                 | Spärrad
open                    | Open                    | Öppen
opening_balance         | Opening Balance         | Ingående saldo
order_no                | Order No.               | Ordernr
ordinal                 | Ordinal                 | Ordningsnr
outstanding_quantity    | Outstanding             | Återstår
payer_name              | Payer                   | Betalare
payment_reference       | Payment Reference       | Betalningsreferens
posted_no               | Posted No.              | Bokfört nr
posting_date            | Posting Date            | Bokföringsdatum
prepayment              | Prepayment              | Förskott
program_version         | Program                 | Program
purchase_order_no       | Purchase Order No.      | Inköpsordernr
quantity                | Quantity                | Antal
quantity_invoiced       | Invoiced                | Fakturerat
quantity_returned       | Returned                | Returnerat
quantity_shipped        | Shipped                 | Levererat
quote_no                | Quote No.               | Offertnr
reason                  | Reason                  | Orsak
registered_at           | Registered at (UTC)     | Registrerad (UTC)
registered_by           | Registered by           | Registrerad av
related_party_matched   | Party Matched           | Part matchad
remaining_amount        | Remaining               | Återstår
remaining_amount_lcy    | Remaining in {currency} | Återstår i {currency}
reverses_entry_no       | Reverses Entry          | Vänder post
row                     | Row                     | Rad
rows_held               | Rows Held Back          | Kvarhållna rader
rows_read               | Rows Read               | Lästa rader
run_no                  | Run                     | Körning
runner_up               | Runner-up               | Näst bäst
series_code             | Series                  | Serie
severity                | Severity                | Allvar
sha256                  | SHA-256                 | SHA-256
sheet                   | Sheet                   | Blad
size                    | Bytes                   | Byte
source                  | File                    | Fil
statement_no            | Statement No.           | Utdragsnr
status                  | Status                  | Status
strict                  | Strict                  | Strikt
suggestion              | What to do              | Vad du kan göra
table_name              | Table                   | Tabell
text                    | Text                    | Text
transaction_no          | Transaction No.         | Transaktionsnr
type                    | Type                    | Typ
unit_of_measure         | Unit                    | Enhet
unit_price              | Unit Price              | À-pris
value                   | Value as typed          | Värde som det står
vat_amount              | VAT                     | Moms
vat_bus_posting_group   | VAT Bus. Group          | Moms bokf.mall kund
vat_calculation_type    | VAT Calculation         | Momsberäkning
vat_identifier          | VAT Identifier          | Momskod
vat_percent             | VAT %                   | Moms %
vat_prod_posting_group  | VAT Prod. Group         | Moms bokf.mall artikel
vat_registration_no     | VAT Registration No.    | Momsreg.nr
vat_return_box          | VAT Return Box          | Ruta i momsdeklaration
voucher                 | Voucher                 | Verifikation
""")

VALUES: Mapping[str, Words] = _pairs("""
invoice                 | Invoice                 | Faktura
credit_memo             | Credit Memo             | Kreditnota
payment                 | Payment                 | Betalning
refund                  | Refund                  | Återbetalning
finance_charge_memo     | Finance Charge Memo     | Räntefaktura
reminder                | Reminder                | Påminnelse
quote                   | Quote                   | Offert
order                   | Order                   | Order
shipment                | Shipment                | Leverans
return_order            | Return Order            | Returorder
return_receipt          | Return Receipt          | Returmottagning
prepayment_invoice      | Prepayment Invoice      | Förskottsfaktura
prepayment_credit_memo  | Prepayment Credit Memo  | Förskottskreditnota
blanket_order           | Blanket Order           | Avropsorder
purchase_order          | Purchase Order          | Inköpsorder
released                | Released                | Släppt
pending_approval        | Pending Approval        | Väntar på attest
pending_prepayment      | Pending Prepayment      | Väntar på förskott
posted                  | Posted                  | Bokförd
canceled                | Canceled                | Makulerad
corrected               | Corrected               | Rättad
converted               | Converted               | Omvandlad
archived                | Archived                | Arkiverad
open                    | Open                    | Öppen
closed                  | Closed                  | Stängd
initial                 | Initial                 | Ursprunglig
application             | Application             | Avprickning
payment_discount        | Payment Discount        | Kassarabatt
payment_tolerance       | Payment Tolerance       | Betalningstolerans
write_off               | Write-off               | Avskrivning
realized_gain           | Realized Gain           | Realiserad vinst
realized_loss           | Realized Loss           | Realiserad förlust
rounding                | Rounding                | Avrundning
sale                    | Sale                    | Försäljning
high                    | High                    | Hög
medium                  | Medium                  | Medel
low                     | Low                     | Låg
none                    | None                    | Ingen
accepted                | Accepted                | Godkänd
manual                  | Manual                  | Manuell
text_mapping            | Text Mapping            | Textmappning
fully                   | Fully                   | Helt
partially               | Partially               | Delvis
yes                     | Yes                     | Ja
no                      | No                      | Nej
yes_multiple            | Yes, several            | Ja, flera
yes - multiple          | Yes, several            | Ja, flera
one match               | One match               | En träff
multiple matches        | Several matches         | Flera träffar
no matches              | No match                | Ingen träff
one_match               | One match               | En träff
multiple_matches        | Several matches         | Flera träffar
no_matches              | No match                | Ingen träff
applied                 | Applied                 | Avprickad
proposed                | Proposed                | Föreslagen
unmatched               | Unmatched               | Omatchad
mapped                  | Mapped                  | Mappad
on_account              | On Account              | A conto
duplicate               | Duplicate               | Dubblett
reversed                | Reversed                | Vänd
error                   | Error                   | Fel
warning                 | Warning                 | Varning
notice                  | Notice                  | Upplysning
item                    | Item                    | Artikel
gl_account              | G/L Account             | Konto
comment                 | Comment                 | Kommentar
charge                  | Charge                  | Avgift
not due                 | Not due                 | Ej förfallet
1-30                    | 1-30 days               | 1-30 dagar
31-60                   | 31-60 days              | 31-60 dagar
61-90                   | 61-90 days              | 61-90 dagar
over 90                 | Over 90 days            | Över 90 dagar
""")

TRANSLATED_COLUMNS = frozenset(
    _split(
        "document_type status entry_type match_confidence related_party_matched document_no_matched "
        "amount_matched severity type"
    )
)
"""Columns whose values are words of the program, not of the user."""

FIGURES: Mapping[str, Words] = _pairs("""
applied                 | Payments applied        | Avprickade betalningar
balance                 | Balance                 | Saldo
credit_memos            | Credit memos            | Kreditnotor
credited                | Credited                | Krediterat
customer_ledger         | Sum of the customer ledger | Summa kundreskontra
documents               | Documents posted        | Bokförda dokument
documents_held          | Documents held back     | Kvarhållna dokument
documents_posted        | Documents posted        | Bokförda dokument
errors                  | Errors                  | Fel
files                   | Files read              | Lästa filer
findings                | Findings                | Anmärkningar
invoiced                | Invoiced                | Fakturerat
invoices                | Invoices                | Fakturor
notices                 | Notices                 | Upplysningar
open                    | Open receivables        | Öppna fordringar
overdue                 | of which overdue        | varav förfallet
paid                    | Paid                    | Betalt
payments                | Payments                | Betalningar
payments_applied        | Payments applied        | Avprickade betalningar
payments_proposed       | Payments proposed       | Föreslagna betalningar
payments_unmatched      | Payments unmatched      | Omatchade betalningar
receivables             | Receivables             | Kundfordringar
bank                    | Bank statements         | Kontoutdrag
debit                   | Debit                   | Debet
credit                  | Credit                  | Kredit
master_changes          | Changes of master data  | Ändrade stamdata
quotes                  | Quotes                  | Offerter
orders                  | Orders                  | Order
shipments               | Shipments               | Leveranser
opening_entries         | Opening entries         | Ingående poster
payments_open           | Payments still open     | Öppna betalningar
actions                 | Actions on entries      | Åtgärder på poster
debit_equals_credit     | Debit = credit          | Debet = kredit
receivables_equal_customer_ledger | Receivables account = customer ledger | Kundfordringskonto = kundreskontra
vat_account_equals_vat_entries | VAT account = VAT entries | Momskonto = momsposter
bank_reconciled         | Bank reconciled = bank entries | Avstämd bank = bankposter
rows                    | Rows read               | Lästa rader
rows_held               | Rows held back          | Kvarhållna rader
rows_read               | Rows read               | Lästa rader
sales                   | Sales excl. VAT         | Försäljning exkl. moms
vat                     | VAT                     | Moms
warnings                | Warnings                | Varningar
""")

_SHORT = _pairs("""
ledger_title            | Customer ledger {period} | Kundreskontra {period}
run_title               | Run {run}                | Körning {run}
to_fix_title            | To fix: {source}         | Att rätta: {source}
subtitle                | Run {run} · {date} · amounts in {currency} | Körning {run} · {date} · belopp i {currency}
key_figures             | Key figures              | Nyckeltal
control_figures         | Control figures          | Avstämning
check                   | Check                    | Kontroll
left                    | Here                     | Här
right                   | There                    | Där
agrees                  | ✓ agrees                 | ✓ stämmer
differs                 | ✗ differs                | ✗ differens
by_age                  | Open by age              | Öppet efter ålder
by_month                | Invoiced by month        | Fakturerat per månad
by_status               | Statement lines by outcome | Kontoutdragsrader efter utfall
by_customer             | Who owes most            | Störst skuld
customer                | Customer                 | Kund
owed                    | owed                     | skuld
count                   | Number                   | Antal
age                     | Age                      | Ålder
month                   | Month                    | Månad
outcome                 | Outcome                  | Utfall
settled                 | Applied                  | Avprickade
waiting                 | Proposed                 | Föreslagna
unmatched               | Unmatched                | Omatchade
contents                | Sheets                   | Blad
rows                    | Rows                     | Rader
chain                   | Proof                    | Bevis
chain_rows              | Rows in the hash chain   | Rader i hashkedjan
chain_head              | Head (SHA-256)           | Huvud (SHA-256)
came_in                 | What came in             | Vad som kom in
what_happened           | What happened            | Vad som hände
nothing_held            | Nothing was held back.   | Inget hölls kvar.
open_total              | Open receivables         | Öppna fordringar
overdue_total           | of which overdue         | varav förfallet
foot                    | Run {run} · {head}       | Körning {run} · {head}
decision                | Decision                 | Beslut
drop                    | Drop                     | Släpp
to_correct              | To correct               | Att rätta
""")

PHRASES: Mapping[str, Words] = {
    **_SHORT,
    "chain_help": Words(
        "Compare with what 'salesbatch verify' prints: the same head proves that nothing was changed.",
        "Jämför med det som 'salesbatch verify' skriver: samma huvud bevisar att inget har ändrats.",
    ),
    "problem_help": Words(
        "What is wrong in this row. This column is not read.",
        "Vad som är fel i raden. Kolumnen läses inte.",
    ),
    "decision_help": Words(
        "Blank: the row is corrected and shall be posted. Drop: give it up for good, with its whole document.",
        "Tom: raden är rättad och ska bokföras. Släpp: ge upp den för gott, med hela sitt dokument.",
    ),
    "fix_step_3": Words(
        "Or choose Drop in the column Decision, on all rows of what shall not be posted at all.",
        "Eller välj Släpp i kolumnen Beslut, på alla rader av det som inte alls ska bokföras.",
    ),
    "fix_intro": Words(
        "These rows of {source} were held back. Nothing of them has been posted.",
        "Dessa rader i {source} hölls kvar. Inget av dem är bokfört.",
    ),
    "fix_step_1": Words(
        "Correct the red cells. Point at one to read what is wrong.",
        "Rätta de röda cellerna. Peka på en för att läsa vad som är fel.",
    ),
    "fix_step_2": Words(
        "Save this file and put it in the inbox. You may give it another name.",
        "Spara filen och lägg den i inkorgen. Du får ge den ett annat namn.",
    ),
    "fix_whole": Words(
        "A document is posted whole or not at all, so its right rows stand here too. Leave them as they are.",
        "Ett dokument bokförs helt eller inte alls, så även dess rätta rader står här. Låt dem stå kvar.",
    ),
    "more_findings": Words(
        "and {count} more on the sheet {sheet}",
        "och {count} till på bladet {sheet}",
    ),
}

MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": _split("January February March April May June July August September October November December"),
    "sv": _split("januari februari mars april maj juni juli augusti september oktober november december"),
}


def phrase(name: str, language: str, **values: object) -> str:
    """A sentence with its placeholders filled in."""
    return PHRASES[name].in_language(language).format_map({key: str(value) for key, value in values.items()})


def sheet_word(name: str, language: str) -> str:
    """The name of an output sheet."""
    return SHEETS[name].in_language(language)


def caption(name: str, language: str, currency: str) -> str:
    """The caption of a column, given its name in an export."""
    words = CAPTIONS.get(name)
    text = words.in_language(language) if words else name.replace("_", " ").capitalize()
    return text.replace("{currency}", currency)


def figure(name: str, language: str) -> str:
    """The words for a total, a count or a check; an unknown one shows its own name.

    What follows a blank is an account or a currency: 'bank EUR' is 'Bank statements · EUR'.
    """
    name, _, about = name.partition(" ")
    words = FIGURES.get(name) or FIGURES.get(name.removesuffix("_minor"))
    text = words.in_language(language) if words else name.replace("_", " ").capitalize()
    return f"{text} · {about}" if about else text


def value_word(value: str, language: str) -> str:
    """A value of the program in words: 'credit_memo' -> 'Credit Memo'; an unknown one stays."""
    words = VALUES.get(value)
    return words.in_language(language) if words else value


def value_words(values: pd.Series, language: str) -> pd.Series:
    """A whole column of such values."""
    known = {value: value_word(value, language) for value in _distinct(values)}
    return values.map(known).astype("str") if len(values) else values


def _distinct(values: pd.Series) -> Iterable[str]:
    return [str(value) for value in values.unique()]


def period_words(period: str, language: str, *, short: bool = False) -> str:
    """'2026-10' -> 'October 2026', or short 'Oct 2026'."""
    year, _, month = period.partition("-")
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return period
    name = MONTHS.get(language, MONTHS["en"])[int(month) - 1]
    return f"{name[:3] if short else name} {year}"
