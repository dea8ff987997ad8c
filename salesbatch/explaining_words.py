"""The words of a story in English and Swedish, and the words by which a person names a kind of thing."""

from __future__ import annotations

KIND_WORDS: dict[str, str] = {
    "line": "line",
    "rad": "line",
    "statement line": "line",
    "kontorad": "line",
    "entry": "entry",
    "post": "entry",
    "invoice": "invoice",
    "faktura": "invoice",
    "credit memo": "credit_memo",
    "kreditnota": "credit_memo",
    "order": "order",
    "shipment": "shipment",
    "leverans": "shipment",
    "quote": "quote",
    "offert": "quote",
    "blanket order": "blanket_order",
    "ramorder": "blanket_order",
    "return order": "return_order",
    "returorder": "return_order",
    "payment": "payment",
    "betalning": "payment",
    "refund": "refund",
    "återbetalning": "refund",
}
"""What may stand before a number on the command line."""

_BOTH = """
invoice | Invoice | Faktura
credit_memo | Credit memo | Kreditnota
order | Order | Order
shipment | Shipment | Leverans
quote | Quote | Offert
blanket_order | Blanket order | Ramorder
return_order | Return order | Returorder
return_receipt | Return receipt | Returmottagning
payment | Payment | Betalning
refund | Refund | Återbetalning
finance_charge_memo | Finance charge memo | Räntefaktura
reminder | Reminder | Påminnelse
statement_line | Statement line | Kontoutdragsrad
held | Held back | Hållet
several | {count} things go by that number: | {count} saker har det numret:
run | run | körning
row | row | rad
by | by | av
entry | entry | post
status | Status | Status
customer | Customer | Kund
bill_to | Invoiced to | Faktureras
dated | Date | Datum
due | Due | Förfaller
due_on | due | förfaller
your_number | Your number | Ert nummer
their_number | Customer's number | Kundens nummer
corrects | Corrects | Rättar
corrected_by | corrected by | rättad av
reference | Reference | Referens
amount | Amount | Belopp
net | Net | Netto
vat | VAT | Moms
rounding | Rounding | Avrundning
total | Total | Summa
rate | Exchange rate | Valutakurs
groups | Posting groups | Bokföringsgrupper
reason | Reason | Orsak
still_held | waits for a correction | väntar på rättelse
no_longer_held | no longer waits | väntar inte längre
posted | posted | bokförd
open | open | öppen
released | released | släppt
archived | archived | arkiverad
settled_word | settled | reglerad
remains | {amount} remains | {amount} återstår
origin | Where it came from | Varifrån det kom
file | File | Fil
files | Files of the run | Körningens filer
sheet | Sheet | Blad
opening_entries | Opening Entries | Ingående poster
payments | Payments | Betalningar
actions | Actions | Åtgärder
orders | Orders | Order
invoices | Invoices | Fakturor
credit_memos | Credit Memos | Kreditnotor
bank_statement | Bank Statement | Kontoutdrag
taken_in | Taken in | Inläst
posting_date | posting date | bokföringsdatum
registered | Registered | Registrerat
kept | Kept as | Sparad som
sha256 | SHA-256 | SHA-256
version | Earlier version | Tidigare version
held_before | Held back before | Hållet tidigare
rows | Rows as typed | Rader som de skrevs
decided | What was decided | Vad som beslutades
price_source | price: | pris:
discount_source | discount: | rabatt:
typed | as typed in the sheet | som det skrevs i bladet
item_card | of the item card | från artikelkortet
sales_prices | of the sales prices | från försäljningspriserna
line_discounts | of the line discounts | från radrabatterna
vat_group | group | grupp
product_group | product group | produktgrupp
quantity_shipped | shipped | levererat
quantity_invoiced | invoiced | fakturerat
statement_line_head | The statement line | Raden på kontoutdraget
bank_account | Bank account | Bankkonto
text | Text | Text
additional_info | More | Mer
payer_name | Payer | Betalare
payer_account | Payer's account | Betalarens konto
transaction_id | Transaction | Transaktion
applied | settled | kopplad
on_account | left on the customer's account | på kundens konto
mapped | booked by text mapping | bokförd genom textmappning
proposed | proposed, waits for a decision | föreslagen, väntar på beslut
unmatched | no match, waits for a decision | ingen träff, väntar på beslut
confidence | Confidence | Säkerhet
high | high | hög
medium | medium | medel
low | low | låg
none | none | ingen
text_mapping | text mapping | textmappning
facts | Facts | Fakta
related_party_matched | payer | betalare
document_no_matched | number | nummer
amount_matched | amount | belopp
fully | fully | helt
partially | partially | delvis
no | no | nej
yes | yes | ja
yes - multiple | yes, several | ja, flera
one match | one match | en träff
multiple matches | several matches | flera träffar
no matches | no match | ingen träff
not considered | not considered | prövades inte
evidence | Evidence | Skäl
runner_up | Next best | Näst bäst
applied_to | Settles | Reglerar
difference | Difference | Skillnad
findings | Findings | Anmärkningar
error | error | fel
warning | warning | varning
notice | notice | upplysning
entered | What was entered | Vad som bokfördes
voucher | Voucher | Verifikation
vat_entry | VAT entry | Momspost
vat_figures | base {base}, {percent} % = {amount} | underlag {base}, {percent} % = {amount}
box | box | ruta
customer_entry | Customer ledger entry | Kundreskontrapost
settled | What was applied to it | Vad som kopplats
remaining | Remains | Återstår
nothing | nothing | inget
application | application | koppling
payment_discount | payment discount | kassarabatt
payment_tolerance | payment tolerance | betalningstolerans
write_off | write-off | avskrivning
realized_gain | exchange gain | kursvinst
realized_loss | exchange loss | kursförlust
on_hold | On hold | Spärrad
asked | What was asked for | Vad som begärdes
apply | apply | koppla
unapply | unapply | koppla bort
hold | put on hold | spärra
unhold | release | häv spärren för
related | Belongs with | Hör ihop med
drawn | Files drawn | Ritade filer
not_drawn | not drawn yet | inte ritad än
"""

_ROWS = [[cell.strip() for cell in line.split(" | ")] for line in _BOTH.strip().splitlines()]
WORDS: dict[str, dict[str, str]] = {
    "en": {name: english for name, english, _ in _ROWS},
    "sv": {name: swedish for name, _, swedish in _ROWS},
}
"""Words by name, in each language."""
