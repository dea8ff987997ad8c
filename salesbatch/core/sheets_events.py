"""The sheets of what happens beside documents: opening items, deliveries, steps, receipts, purchases."""

from __future__ import annotations

from salesbatch.core.declare import sheet

OPENING_ENTRIES = sheet(
    "Opening Entries",
    """
Customer No.* | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    Who owes the claim.
Document Type* | choice (Invoice, Credit Memo, Payment, Refund, Finance Charge Memo,
        Reminder) | Invoice | Dokumenttyp, Typ
    What the entry is.
Document No.* | code | 9001 | Dokumentnr, Fakturanr, Fakturanummer, Verifikationsnr
    Its number in the earlier system; customers pay by it.
External Document No. | code | PO-6610 | Externt dokumentnr, Ert ordernr
    The customer's own number.
Posting Date* | date | 2026-09-15 | Bokföringsdatum, Fakturadatum, Datum
    Date in the earlier system.
Due Date | date | 2026-10-15 | Förfallodatum, Förfaller
    Blank: the posting date.
Amount* | amount | 1250.00 | Belopp, Fakturabelopp, Ursprungsbelopp
    Claims are positive; credit memos and payments are negative.
Remaining Amount | amount | 1250.00 | Restbelopp, Kvar att betala, Saldo
    What is still open; blank: the whole amount.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Blank: the company's own.
Amount LCY | amount | 1250.00 | Belopp i redovisningsvaluta, Belopp SEK, Belopp (BVA)
    Amount in the company's currency as the earlier system has it; blank: by the rate of the posting date.
Discount Date | date | 2026-09-25 | Kassarabattdatum
    Last day of a payment discount.
Discount Amount | amount | 25.00 | Kassarabattbelopp, Kassarabatt
    The discount when paid by that day.
Payment Reference | code | 90012 | Betalningsreferens, OCR, OCR-nummer
    Reference that the customer pays with.
On Hold | text | ABC | Spärrad, Parkerad, Avvakta
    Initials: no reminder and no automatic payment.
""",
    key="Customer No., Document Type, Document No.",
    group="documents",
    aliases="Ingående poster, Öppna poster, Ingående reskontra, Open Items, Opening Balances",
    help="Open items taken over from an earlier system, posted against the opening balance account.",
)

_DELIVERY = """
Line No. | integer >=0 | 10000 | Radnr, Radnummer, Rad, Line
    Line of the order; or give the item.
Item No. | code | 1000 | Artikelnr, Artikelnummer, Artikel, Item
    The item, where the order has it once only.
Quantity* | quantity >=0 | 6 | {quantity}
    {quantity_help}
Posting Date* | date | 2026-10-05 | {day}
    {day_help}
Invoice | yes_no = no | no | Fakturera, Faktureras
    yes: it is invoiced at once.
"""

SHIPMENTS = sheet(
    "Shipments",
    """
Shipment No.* | code | FS-3301 | Följesedelsnr, Följesedel, Leveransnr, Delivery Note No., Delivery Note
    Number of the delivery note; one bad row holds the whole note.
Order No.* | code | O-2201 | Ordernr, Ordernummer, Order
    The order, by the sender's or our own number.
"""
    + _DELIVERY.format(
        quantity="Antal, Levererat antal, Kvantitet, Qty",
        quantity_help="How many left the house.",
        day="Bokföringsdatum, Leveransdatum, Datum, Date",
        day_help="Day of the shipment.",
    )
    + """
Shipping Agent Code | code | POST | Speditör, Speditörskod, Transportör
    Who carried it.
Package Tracking No. | code | 37320001SE | Kollinr, Spårningsnr, Kolli-id
    Number of the package.
""",
    key="Shipment No., Order No., Line No., Item No.",
    group="documents",
    aliases="Leveranser, Utleveranser, Följesedlar, Deliveries, Delivery Notes",
    help="What was shipped after the order was taken in.",
)

RECEIPTS = sheet(
    "Receipts",
    """
Receipt No.* | code | IN-77 | Inleveransnr, Mottagningsnr, Return Receipt No.
    Number of the receipt; one bad row holds all of it.
Return Order No.* | code | R-9 | Returordernr, Returorder, Returnr
    The return order.
"""
    + _DELIVERY.format(
        quantity="Antal, Mottaget antal, Kvantitet, Qty",
        quantity_help="How many came back.",
        day="Bokföringsdatum, Mottagningsdatum, Datum, Date",
        day_help="Day of the receipt.",
    ),
    key="Receipt No., Return Order No., Line No., Item No.",
    group="documents",
    aliases="Inleveranser, Returmottagningar, Return Receipts",
    help="Goods that came back after the return order was taken in.",
)

_ACTIONS = (
    "Make Order, Make Invoice, Release, Reopen, Ship, Invoice, Ship and Invoice, Post Prepayment Invoice, "
    "Post Prepayment Credit Memo, Cancel, Correct, Create Credit Memo, Undo Shipment, Send, Apply, Unapply, "
    "Refund, Write Off, Hold, Unhold, Issue Reminder, Cancel Reminder"
)
_ACTION_DOCUMENTS = (
    "Quote, Order, Invoice, Credit Memo, Return Order, Blanket Order, Shipment, Return Receipt, "
    "Prepayment Invoice, Prepayment Credit Memo, Purchase Order, Payment, Refund, Reminder, "
    "Finance Charge Memo"
)

ACTIONS = sheet(
    "Actions",
    f"""
Action No. | code | A-100 | Åtgärdsnr, Händelsenr
    Key of a step that can happen twice: Ship, Invoice, Ship and Invoice, Apply, Unapply, Refund, Write Off.
        A row that was done is skipped when it comes again; with a new number it is done again.
Document Type* | choice ({_ACTION_DOCUMENTS}) | Payment | Dokumenttyp, Typ
    What kind of document it is about.
Document No.* | code | 6001 | Dokumentnr, Dokumentnummer, Document
    Its number, the sender's or the posted one.
Action* | choice ({_ACTIONS}) | Apply | Åtgärd, Händelse
    What shall be done. Done for now are Apply, Unapply, Refund, Write Off, Hold and Unhold on the open entries
        of customers; rows with another action are held.
Posting Date | date | 2026-10-06 | Bokföringsdatum, Datum, Date
    Date in the books; blank: the run's date, or that of the entries where they are later.
Amount | amount | 500.00 | Belopp
    Amount to apply, refund or write off, in the document's currency; blank: as much as possible.
Applies-to Document No. | text | 103001 | Avser dokumentnr, Kopplas till, Avser fakturanr
    Apply: the documents on the other side, parted by semicolons, each `No.` or `No.=amount`.
Bank Account | code | BANK | Bankkonto, Konto
    Refund: our account that the money is paid from; blank: the only one in that currency.
Reason Code | code | DAMAGED | Orsakskod, Orsak
    Why. Write Off: may be the account to write off to. Hold: stands on the entry as On Hold.
Requested By | text | Anna Lind | Begärd av
    Who asks for it. Hold without a Reason Code: stands on the entry as On Hold.
Comment | text | Fel artikel | Kommentar, Anteckning
    A text that is kept with it.
""",
    key="Action No., Document Type, Document No., Action",
    group="documents",
    aliases="Åtgärder, Händelser",
    help="Later steps on documents that are known already. In one drop Unapply goes first, so that what it opens "
    "can be used; then documents and payments, and then Apply, Refund, Write Off, Hold and Unhold, each by date and "
    "Action No.",
)

PAYMENTS = sheet(
    "Payments",
    """
Payment No.* | code | P-410 | Betalningsnr, Inbetalningsnr, Kvittonr, Receipt No.
    Your own number of the receipt.
Posting Date* | date | 2026-10-07 | Bokföringsdatum, Betalningsdatum, Datum, Date, Payment Date
    Day of the payment.
Customer No.* | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    Who paid.
Amount* | amount | 1250.00 | Belopp, Betalt belopp, Betalat belopp, Inbetalt belopp
    Money in is positive, money paid back is negative.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Blank: the company's own.
Bank Account | code | BANK | Bankkonto, Konto
    Code of our bank account; blank: the only one in that currency.
Applies-to Document No. | text | 103001=1000.00;103002 | Avser fakturanr, Kopplas till, Fakturanr,
        Avser dokumentnr, Invoice No.
    Documents that are paid, parted by semicolons, each `No.` or `No.=amount`; blank: found by the matcher.
Text | text | Kvitto 14 | Text, Beskrivning, Meddelande, Description
    Text of the entry.
""",
    key="Payment No.",
    group="documents",
    aliases="Betalningar, Inbetalningar, Kundbetalningar, Customer Payments, Receipts by Hand",
    help="Receipts booked by hand. When its bank line comes later, the line closes the receipt.",
)

PURCHASE_INVOICES = sheet(
    "Purchase Invoices",
    """
Vendor Invoice No.* | code | L-88120 | Leverantörens fakturanr, Leverantörsfakturanr
    The vendor's number of the invoice.
Purchase Order No.* | code | 113001 | Inköpsordernr, Beställningsnr, Purchase Order
    Our purchase order of the drop shipment.
Posting Date* | date | 2026-10-08 | Bokföringsdatum, Fakturadatum, Datum, Date
    Date of the invoice.
Line No. | integer >=0 | 10000 | Radnr, Radnummer, Rad, Line
    Line of the purchase order; blank: all lines.
Quantity | quantity | 12 | Antal, Kvantitet, Qty
    How many were invoiced; blank: what is left.
Direct Unit Cost | price >=0 | 61.50 | Inköpspris, À-pris inköp, Unit Cost
    Cost of one unit; blank: as ordered.
""",
    key="Vendor Invoice No., Purchase Order No., Line No.",
    group="documents",
    aliases="Inköpsfakturor, Leverantörsfakturor, Vendor Invoices",
    help="The vendor's invoice of a drop shipment; it can come only after the sales invoice.",
)
