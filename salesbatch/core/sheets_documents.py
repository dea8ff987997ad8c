"""The sheets of documents, one row per line; and the list of all sheets that are no setup or master data."""

from __future__ import annotations

from salesbatch.core.declare import columns, sheet
from salesbatch.core.sheets_bank import APPROVALS, BANK_STATEMENT, PAYMENT_REVIEW
from salesbatch.core.sheets_events import (
    ACTIONS,
    OPENING_ENTRIES,
    PAYMENTS,
    PURCHASE_INVOICES,
    RECEIPTS,
    SHIPMENTS,
)
from salesbatch.core.tables import Column, Table

_NUMBER = """
No. | code | {example} | {aliases}
    The sender's own number of the document and the key of its rows; the posted number comes from the series.
"""
_CUSTOMER = """
Customer No.* | code | C00120 | Kundnr, Kundnummer, Customer, Kund, Kund-id, Sell-to Customer No.
    The customer that buys.
"""
_HEADER = """
Contact No. | code | KT0007 | Kontaktnr, Kontakt, Contact
    The contact that the document is for.
Bill-to Customer No. | code | C00100 | Faktureras kundnr, Faktureras till, Fakturakund, Bill-to
    Who gets the invoice; blank: as on the customer.
Document Date | date | 2026-10-02 | Dokumentdatum, Date, Datum
    Date printed on the document; blank: the posting date.
Posting Date | date | 2026-10-02 | Bokföringsdatum, Fakturadatum, Invoice Date
    Date in the books; blank: the run's date.
Order Date | date | 2026-10-01 | Orderdatum, Beställningsdatum
    Date that prices are taken by; blank: the document date.
Due Date | date | 2026-11-01 | Förfallodatum, Förfaller, Betalas senast
    Blank: from the payment terms.
Requested Delivery Date | date | 2026-10-09 | Önskat leveransdatum, Önskad leverans
    When the customer wants the goods.
External Document No. | code | PO-7781 | Externt dokumentnr, Kundens ordernr, Ert ordernr, Inköpsordernr,
        PO Number
    The customer's own number of the order.
Your Reference | text | Maja Ström | Er referens, Referens, Märkning
    The customer's reference, printed on the document.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Currency of all amounts of the document; blank: the customer's.
Payment Terms Code | code | 30D | Betalningsvillkor, Betalningsvillkorskod, Payment Terms, Betvillkor
    Blank: as on the customer.
Payment Method Code | code | BG | Betalningssätt, Betalsätt, Betalningssättskod, Payment Method
    Blank: as on the customer.
Salesperson Code | code | ANNA | Säljarkod, Säljare, Vår referens, Salesperson
    Our reference; blank: as on the customer.
Ship-to Name | text | Bryggeriets lager | Leveransnamn, Leverans till namn
    Delivery address, if it is another than the customer's.
Ship-to Address | text | Hamngatan 9 | Leveransadress, Leverans till adress
    Street of the delivery address.
Ship-to Post Code | code | 791 41 | Leveranspostnr, Leverans till postnr
    Post code of the delivery address.
Ship-to City | text | Falun | Leveransort, Leverans till ort
    City of the delivery address.
Ship-to Country Code | code | SE | Leveransland, Leverans till landskod
    Country of the delivery address.
Shipping Advice | choice (Partial, Complete) | Partial | Leveransbesked, Delleverans
    Complete: shipped in whole or not at all; blank: as on the customer.
Prepayment % | percent >=0 | 20 | Förskott %, Förskottsprocent
    Share that is invoiced in advance; blank: as on item or customer.
Invoice Discount % | percent >=0 | 2 | Fakturarabatt %
    Discount on the whole document; blank: from Invoice Discounts.
Send | choice (E-mail, Print, E-Document, None) | E-mail | Skicka, Utskick
    How the document is sent; blank: as on the customer.
Requested By | text | Anna Lind | Begärd av, Beställd av
    Who asks for an approval, where one is needed.
Delivery Date | date | 2026-10-05 | Leveransdatum, Leveransdag
    Day of delivery, printed on the invoice where it differs from the invoice date.
Comment | text | Leverans till porten | Kommentar, Meddelande, Fritext
    A text printed on the document.
"""
_LINES = """
Line No. | integer >=0 | 10000 | Radnr, Radnummer, Rad, Line
    Number of the line; blank: 10000, 20000 and so on.
Type | choice (Item, G/L Account, Comment, Charge) = Item | Item | Typ, Radtyp
    What the line is. A comment has only a description.
Item No. | code | 1000 | Artikelnr, Artikelnummer, Item, Artikel, Art.nr, SKU
    The item, or the account of a G/L Account line.
Description | text | Mörkrost 1 kg | Benämning, Beskrivning, Artikelbenämning, Text
    Text of the line; blank: the item's.
Quantity | quantity | 12 | Antal, Kvantitet, Qty, Ant
    How many.
Unit of Measure | code | PCS | Enhet, Enhetskod, Unit, UoM
    Unit; blank: the item's.
Unit Price | price | 125.00 | À-pris, A-pris, Pris, Price, Styckpris, Pris/st
    Price of one unit; blank: the best price.
Line Discount % | percent >=0 | 5 | Radrabatt %, Rabatt %, Discount %, Rabatt, Discount
    Discount on the line; blank: the best discount.
VAT Prod. Posting Group | code | FOOD | Momsgrupp artikel, Momsbokföringsgrupp artikel, Momskod
    Blank: the item's.
Qty. to Ship | quantity >=0 | 12 | Antal att leverera, Att leverera, Levereras nu
    How many to ship now; blank: by the setting Default Quantity to Ship.
Qty. to Invoice | quantity >=0 | 12 | Antal att fakturera, Att fakturera, Faktureras nu
    How many to invoice now; blank: what is shipped.
Drop Shipment | yes_no | no | Direktleverans
    yes: the vendor delivers straight to the customer; blank: as on the item.
Vendor No. | code | V0010 | Leverantörsnr, Leverantör, Vendor
    Who delivers a drop shipment; blank: the item's vendor.
Reason Code | code | DAMAGED | Orsakskod, Orsak
    Why, above all on returns and credit memos.
"""


def _header(example: str, aliases: str, *further: str, customer: str = _CUSTOMER) -> tuple[Column, ...]:
    """Header columns in the order in which a person fills them in."""
    number = _NUMBER.format(example=example, aliases=aliases)
    return columns(number + customer + "".join(further) + _HEADER, header=True)


def _action(text: str) -> tuple[Column, ...]:
    return columns(text, header=True)


_DOCUMENT_KEYS = "External Document No., Your Reference"

QUOTES = sheet(
    "Quotes",
    _header(
        "Q-118",
        "Offertnr, Offertnummer, Quote No., Quote",
        """
Customer Template | code | DOMESTIC | Kundmall, Mall
    Terms for a contact that is no customer yet; then Customer No. stays blank.
Valid Until | date | 2026-11-02 | Giltig till, Giltig t.o.m.
    Last day of the offer; blank: by the setting Quote Validity.
""",
        customer=_CUSTOMER.replace("Customer No.*", "Customer No."),
    ),
    _action("""
Action | choice (Open, Send, Make Order, Make Invoice, Delete) = Open | Send | Åtgärd, Händelse
    What happens to the quote.
"""),
    _LINES,
    key="No.",
    group="documents",
    aliases="Offerter, Offert, Sales Quotes",
    help="Offers. They post nothing.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

ORDERS = sheet(
    "Orders",
    _header(
        "O-2201",
        "Ordernr, Ordernummer, Order No., Order",
        """
Blanket Order No. | code | B-12 | Avropsordernr, Ramordernr, Ramorder
    The blanket order that this order is taken from.
""",
    ),
    _action("""
Action | choice (Open, Release, Ship, Invoice, Ship and Invoice) = Open | Ship and Invoice | Åtgärd, Händelse
    How far the order goes in this run; it acts once per document.
"""),
    _LINES,
    key="No.",
    group="documents",
    aliases="Order, Ordrar, Försäljningsorder, Kundorder, Sales Orders",
    help="Orders, shipped and invoiced in parts if need be. Later steps come through Shipments and Actions.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

INVOICES = sheet(
    "Invoices",
    _header("F-551", "Fakturanr, Fakturanummer, Invoice No., Invoice, Faktura"),
    _action("""
Action | choice (Post, Open) = Post | Post | Åtgärd, Händelse
    Post: into the books now. Open: kept as a draft.
"""),
    _LINES,
    key="No.",
    group="documents",
    aliases="Fakturor, Faktura, Kundfakturor, Sales Invoices",
    help="Invoices for what needs no order.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

CREDIT_MEMOS = sheet(
    "Credit Memos",
    _header(
        "K-31",
        "Kreditnotanr, Kreditnotanummer, Kreditnr, Credit Memo No., Credit Note No., Kreditfakturanr",
        """
Applies-to Document No.* | code | 103001 | Avser fakturanr, Krediterar fakturanr, Avser faktura,
        Invoice No., Fakturanr
    The posted invoice that is changed; the law wants it on the credit memo.
""",
    ),
    _action("""
Action | choice (Open, Post) = Open | Post | Åtgärd, Händelse
    Post: into the books now. Open: kept as a draft.
"""),
    _LINES,
    key="No.",
    group="documents",
    aliases="Kreditnotor, Kreditnota, Kreditfakturor, Credit Notes, Sales Credit Memos",
    help="Credit memos. Quantities and prices are positive.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

RETURN_ORDERS = sheet(
    "Return Orders",
    _header(
        "R-9",
        "Returordernr, Returnr, Return Order No., Retur",
        """
Applies-to Document No. | code | 103001 | Avser fakturanr, Avser faktura, Invoice No., Fakturanr
    The posted invoice that the goods were sold with.
""",
    ),
    _action("""
Action | choice (Open, Receive, Invoice, Receive and Invoice) = Open | Receive and Invoice | Åtgärd, Händelse
    How far the return goes in this run; it acts once per document.
"""),
    _LINES,
    """
Applies-to Line No. | integer >=0 | 10000 | Avser radnr, Avser rad
    Line of that invoice.
""",
    key="No.",
    group="documents",
    aliases="Returorder, Returer, Returordrar, Sales Return Orders, Returns",
    help="Goods that come back. Receive takes them in, Invoice credits them.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

BLANKET_ORDERS = sheet(
    "Blanket Orders",
    _header("B-12", "Ramordernr, Avropsordernr, Blanket Order No."),
    _action("""
Action | choice (Open) = Open | Open | Åtgärd, Händelse
    A blanket order stays open; orders name it in Blanket Order No.
"""),
    _LINES,
    key="No.",
    group="documents",
    aliases="Ramorder, Avropsorder, Ramordrar, Ramavtal",
    help="What a customer has agreed to take over time.",
    documents=True,
    alternative_keys=_DOCUMENT_KEYS,
)

DOCUMENT_TABLES: tuple[Table, ...] = (
    OPENING_ENTRIES,
    QUOTES,
    BLANKET_ORDERS,
    ORDERS,
    INVOICES,
    CREDIT_MEMOS,
    RETURN_ORDERS,
    SHIPMENTS,
    RECEIPTS,
    ACTIONS,
    PAYMENTS,
    PURCHASE_INVOICES,
)

BANK_TABLES: tuple[Table, ...] = (BANK_STATEMENT, PAYMENT_REVIEW, APPROVALS)
"""Bank lines, and the answers to questions of earlier runs."""
