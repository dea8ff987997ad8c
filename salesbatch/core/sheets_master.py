"""The sheets of master data: customers, contacts, items, prices, vendors."""

from __future__ import annotations

from salesbatch.core.declare import columns, sheet
from salesbatch.core.tables import Table

CUSTOMER_CARD = columns("""
Name* | text | Bryggeri Bergslagen AB | Namn, Kundnamn, Customer Name, Company Name, Företagsnamn
    The customer's registered name, printed on every document.
Name 2 | text | Ekonomiavdelningen | Namn 2, Kundnamn 2
    A second line of the name.
Address | text | Kopparvägen 3 | Adress, Gatuadress, Street, Adress 1, Address 1
    Street address.
Address 2 | text | Box 220 | Adress 2, C/o
    A second line of the address.
Post Code | code | 791 40 | Postnummer, Postnr, Zip, Zip Code, Postal Code
    Post code.
City | text | Falun | Ort, Postort, Stad, Town
    City or postal town.
Country Code | code | SE | Landskod, Land, Country
    Country as two letters (ISO 3166), such as SE or DE.
Contact | text | Maja Ström | Kontakt, Kontaktperson, Er referens, Attention
    The person that we write to.
E-mail | text | faktura@bergslagen.example | E-post, E-postadress, Mail, Epost, E-mail Address
    Address that documents are sent to; several are parted by a semicolon.
Phone | text | 023-555 01 00 | Telefon, Telefonnummer, Tel, Phone No.
    Telephone number.
Registration No. | code | 556036-0793 | Organisationsnummer, Orgnr, Org.nr, Personnummer, Organisation No.
    Company registration number; its check digit is tested.
VAT Registration No. | code | SE556036079301 | Momsregistreringsnummer, Momsnr, VAT-nummer, VAT No.,
        VAT Number
    The buyer's VAT number; required where the buyer accounts for the VAT and for sales within the EU.
Peppol ID | code | 0007:5560360793 | Peppol-id
    Electronic address for e-invoices.
Language | choice (en, sv, de) | sv | Språk, Language Code, Språkkod
    Language of the documents that the customer gets; blank: the company's.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Currency of the customer's documents; blank: the company's own.
Customer Posting Group | code | DOMESTIC | Kundbokföringsgrupp, Kundbokföringsmall
    Decides the receivables account and the accounts for rounding, discount, interest and fees.
Gen. Bus. Posting Group | code | DOMESTIC | Bokföringsgrupp rörelse, Rörelsebokföringsgrupp
    With the item's group it decides the sales account.
VAT Bus. Posting Group | code | DOMESTIC | Momsgrupp rörelse, Momsbokföringsgrupp rörelse, Momstyp
    With the item's VAT group it decides the VAT.
Payment Terms Code | code | 30D | Betalningsvillkor, Betalningsvillkorskod, Payment Terms, Betvillkor
    Code of the payment terms; blank: due at once.
Payment Method Code | code | BG | Betalningssätt, Betalsätt, Betalningssättskod, Payment Method
    How the customer pays.
Reminder Terms | code | STANDARD | Påminnelsevillkor, Kravvillkor
    Which reminder levels the customer gets; blank: no reminders.
Finance Charge Terms | code | LATE | Räntevillkor, Dröjsmålsränta
    Terms of late interest; blank: no interest.
Credit Limit | amount >=0 | 50000 | Kreditgräns, Kreditlimit
    Highest exposure before a warning, in the company's currency; 0 or blank: no limit.
Blocked | choice (Ship, Invoice, All) | - | Spärrad, Spärr
    Ship: nothing new is shipped. Invoice: no invoices either. All: no documents at all.
Privacy Blocked | yes_no = no | no | Integritetsspärrad, Integritetsspärr
    yes: nothing is created or posted for the customer.
Bill-to Customer No. | code | C00100 | Faktureras kundnr, Faktureras till, Betalare, Fakturakund, Bill-to
    The customer that gets the invoice and owes the money; blank: the customer itself.
Prices Including VAT | yes_no = no | no | Priser inkl. moms, Inkl moms
    yes: the prices on the customer's documents include the VAT.
Customer Price Group | code | RETAIL | Kundprisgrupp, Prisgrupp, Prislista
    The group that sales prices can be made for.
Customer Discount Group | code | GOLD | Kundrabattgrupp
    The group that line discounts can be made for.
Invoice Discount Code | code | VOLUME | Fakturarabattkod, Fakturarabatt
    Terms of the discount on a whole invoice.
Combine Shipments | yes_no = no | no | Samfakturera, Samlingsfaktura
    yes: shipments of several orders are put on one invoice.
Shipping Advice | choice (Partial, Complete) = Partial | Partial | Leveransbesked, Delleverans
    Complete: an order is shipped in whole or not at all.
Prepayment % | percent >=0 | 20 | Förskott %, Förskottsprocent
    Share of an order that is invoiced in advance.
Block Payment Tolerance | yes_no = no | no | Spärra betalningstolerans
    yes: small differences in this customer's payments stay open.
Bank Account | text | 5050-1055 | Bankkonto, Bankgiro, IBAN, Bank Account No.
    Accounts that the customer pays from (IBAN, bankgiro or number), parted by semicolons.
Salesperson Code | code | ANNA | Säljarkod, Säljare, Vår referens, Salesperson
    Our salesperson.
Document Sending | choice (E-mail, Print, E-Document, None) | E-mail | Dokumentutskick, Utskickssätt
    How the customer's documents are sent.
""")
"""Everything on a customer's card but its number; the customer templates have the same columns."""

CUSTOMERS = sheet(
    "Customers",
    columns("""
No.* | code | C00120 | Kundnr, Kundnummer, Customer No., Customer, Kund, Kund-id, Customer Number
    The customer's number, your own choice; letters, digits and leading zeros are kept.
"""),
    CUSTOMER_CARD,
    """
Template | code | DOMESTIC | Kundmall, Mall, Customer Template
    Customer template that fills the columns left blank on a new customer.
Merge Into | code | C00100 | Slå ihop med, Sammanfoga med
    This number becomes another name for that customer; posted entries keep their number.
""",
    key="No.",
    group="master",
    aliases="Kunder, Kundregister, Customer, Customer List",
    help="Who buys. Other than number and name, blanks of a new customer come from the template, then from "
    "the company's defaults. On a known customer a blank keeps what is stored, and `-` clears it.",
)

CONTACTS = sheet(
    "Contacts",
    """
No.* | code | KT0007 | Kontaktnr, Kontaktnummer, Contact No., Contact, Kontakt-id
    The contact's number.
Name* | text | Maja Ström | Namn, Kontaktnamn, Contact Name
    Name of the person or company.
Type | choice (Company, Person) = Person | Person | Typ, Kontakttyp
    A company, or a person who may belong to one.
Company No. | code | KT0006 | Företagsnr, Företagskontakt, Kontaktföretag
    The company contact that a person belongs to.
E-mail | text | maja@bergslagen.example | E-post, E-postadress, Mail, Epost
    Address that quotes are sent to.
Phone | text | 070-555 01 02 | Telefon, Telefonnummer, Mobil, Tel
    Telephone number.
Address | text | Kopparvägen 3 | Adress, Gatuadress, Street
    Street address.
Post Code | code | 791 40 | Postnummer, Postnr, Zip
    Post code.
City | text | Falun | Ort, Postort, Stad
    City or postal town.
Country Code | code | SE | Landskod, Land, Country
    Country as two letters.
Salesperson Code | code | ANNA | Säljarkod, Säljare, Salesperson
    Our salesperson.
Customer No. | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    The customer that the contact belongs to.
Last Contacted | date | 2026-10-01 | Senast kontaktad, Senaste kontakt
    When we last spoke.
Next Action | text | Ring i november | Nästa åtgärd, Nästa steg
    What to do next.
Notes | text | Vill ha pris på 40 säckar | Anteckningar, Notering
    For your own use.
Action | choice (Create Customer) | - | Åtgärd
    Create Customer: makes a customer of the contact with the customer template.
Template | code | DOMESTIC | Kundmall, Mall, Customer Template
    Customer template for Create Customer.
""",
    key="No.",
    group="master",
    aliases="Kontakter, Kontaktpersoner, Contact List",
    help="Persons and companies that are not customers yet. A contact can get a quote.",
)

ITEMS = sheet(
    "Items",
    """
No.* | code | 1000 | Artikelnr, Artikelnummer, Item No., Item, Artikel, Art.nr, SKU, Product No.
    The item's number.
Description* | text | Mörkrost 1 kg | Benämning, Artikelnamn, Beskrivning, Item Name, Artikelbenämning
    What is printed on the line of a document.
Type | choice (Inventory, Service, Non-Inventory) = Inventory | Inventory | Typ, Artikeltyp, Item Type
    Inventory: quantities are kept. Service and Non-Inventory: they are not.
Unit of Measure | code = PCS | PCS | Enhet, Enhetskod, Unit, UoM
    Unit that the item is sold in.
Unit Price* | price >=0 | 129.00 | À-pris, Pris, Price, Försäljningspris, Sales Price, Styckpris
    Price of one unit without VAT, in the company's currency.
Unit Cost | price >=0 | 61.50 | Självkostnad, Kostnadspris, Inköpspris, Cost
    What one unit costs us.
Gen. Prod. Posting Group | code | GOODS | Bokföringsgrupp artikel, Artikelbokföringsgrupp
    With the customer's group it decides the sales account.
VAT Prod. Posting Group | code | FOOD | Momsgrupp artikel, Momsbokföringsgrupp artikel, Momskod
    With the customer's VAT group it decides the VAT.
Item Discount Group | code | COFFEE | Artikelrabattgrupp, Rabattgrupp
    The group that line discounts can be made for.
Vendor No. | code | V0010 | Leverantörsnr, Leverantör, Vendor
    Who delivers the item on drop shipment.
Inventory | quantity | 120 | Lagersaldo, Saldo, I lager, Antal i lager
    Opening quantity in stock; it is taken in once, when the item is new.
Drop Shipment | yes_no = no | no | Direktleverans
    yes: the vendor delivers straight to the customer unless the line says otherwise.
Blocked | yes_no = no | no | Spärrad
    yes: the item cannot be sold.
Sales Blocked | yes_no = no | no | Försäljningsspärrad, Spärrad för försäljning
    yes: no new sales; returns are still taken.
Description sv | text | Mörkrost 1 kg | Benämning svenska, Svensk benämning, Description Swedish
    Description on Swedish documents; blank: Description.
Description de | text | Dunkle Röstung 1 kg | Benämning tyska, Tysk benämning, Description German
    Description on German documents; blank: Description.
""",
    key="No.",
    group="master",
    aliases="Artiklar, Artikelregister, Produkter, Products, Item List",
    help="What is sold.",
)

SALES_PRICES = sheet(
    "Sales Prices",
    """
Item No.* | code | 1000 | Artikelnr, Artikelnummer, Item, Artikel, Art.nr
    The item.
Applies To | choice (All Customers, Customer, Customer Price Group) = All Customers | Customer | Gäller,
        Försäljningstyp
    Whom the price is for.
Applies-to No. | code | C00120 | Gäller nr, Gäller för nr, Försäljningskod
    The customer or price group; blank for all customers.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Currency of the price; blank: the company's own.
Minimum Quantity | quantity >=0 = 0 | 10 | Minsta antal, Minimiantal, Min antal
    The price holds from this quantity on a line.
Unit Price* | price >=0 | 119.00 | À-pris, Pris, Price, Försäljningspris
    Price of one unit, without VAT.
Line Discount % | percent >=0 | 5 | Radrabatt %, Rabatt %, Discount %
    Discount that goes with this price.
Starting Date | date | 2026-01-01 | Startdatum, Gäller från, Från datum, Valid From
    First day; blank: always.
Ending Date | date | 2026-12-31 | Slutdatum, Gäller till, Till datum, Valid To
    Last day; blank: until further notice.
""",
    key="Item No., Applies To, Applies-to No., Currency Code, Minimum Quantity, Starting Date",
    group="master",
    aliases="Försäljningspriser, Priser, Prislista, Price List, Prices",
    help="Prices other than the item's own. The lowest that holds on the line's date and quantity is taken.",
)

LINE_DISCOUNTS = sheet(
    "Line Discounts",
    """
Item No. | code | 1000 | Artikelnr, Artikelnummer, Item, Artikel, Art.nr
    The item; or name a group in the next column.
Item Discount Group | code | COFFEE | Artikelrabattgrupp, Rabattgrupp
    All items of this group.
Applies To | choice (All Customers, Customer,
        Customer Discount Group) = All Customers | All Customers | Gäller, Försäljningstyp
    Whom the discount is for.
Applies-to No. | code | GOLD | Gäller nr, Gäller för nr, Försäljningskod
    The customer or discount group; blank for all customers.
Minimum Quantity | quantity >=0 = 0 | 10 | Minsta antal, Minimiantal, Min antal
    The discount holds from this quantity on a line.
Line Discount %* | percent >=0 | 10 | Radrabatt %, Rabatt %, Discount %
    Discount, 0 to 100.
Starting Date | date | 2026-01-01 | Startdatum, Gäller från, Från datum, Valid From
    First day; blank: always.
Ending Date | date | 2026-12-31 | Slutdatum, Gäller till, Till datum, Valid To
    Last day; blank: until further notice.
""",
    key="Item No., Item Discount Group, Applies To, Applies-to No., Minimum Quantity, Starting Date",
    group="master",
    aliases="Radrabatter, Rabatter",
    help="Discounts on lines. The highest one that holds is taken.",
)

INVOICE_DISCOUNTS = sheet(
    "Invoice Discounts",
    """
Code* | code | VOLUME | Kod, Fakturarabattkod, Invoice Discount Code
    The code on the customer.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Currency of the amounts; blank: the company's own.
Minimum Amount | amount >=0 = 0 | 10000 | Minsta belopp, Minimibelopp
    The row holds from this total.
Discount % | percent >=0 | 2 | Rabatt %, Fakturarabatt %, Invoice Discount %
    Discount on the whole document.
Service Charge | amount >=0 | 49 | Expeditionsavgift, Serviceavgift, Faktureringsavgift
    Charge that is added from this total on, such as on small orders.
""",
    key="Code, Currency Code, Minimum Amount",
    group="master",
    aliases="Fakturarabatter",
    help="Discounts and service charges by the total of a document.",
)

PREPAYMENT_PERCENTAGES = sheet(
    "Prepayment Percentages",
    """
Item No. | code | 1000 | Artikelnr, Artikelnummer, Item, Artikel, Art.nr
    The item; blank: every item.
Applies To | choice (All Customers, Customer, Customer Price Group) = All Customers | Customer | Gäller,
        Försäljningstyp
    Whom it is for.
Applies-to No. | code | C00120 | Gäller nr, Gäller för nr, Försäljningskod
    The customer or price group; blank for all customers.
Prepayment %* | percent >=0 | 30 | Förskott %, Förskottsprocent
    Share that is invoiced in advance.
Starting Date | date | 2026-01-01 | Startdatum, Gäller från, Från datum, Valid From
    First day; blank: always.
Ending Date | date | 2026-12-31 | Slutdatum, Gäller till, Till datum, Valid To
    Last day; blank: until further notice.
""",
    key="Item No., Applies To, Applies-to No., Starting Date",
    group="master",
    aliases="Förskottsprocent, Förskottsprocentsatser",
    help="Advance payment by item and customer.",
)

RECURRING_LINES = sheet(
    "Recurring Lines",
    """
Customer No.* | code | C00120 | Kundnr, Kundnummer, Kund, Customer
    The customer.
Code* | code | COFFEE-SUB | Kod, Avtalskod, Abonnemang
    Name of the set of lines, such as a subscription.
Item No. | code | 1000 | Artikelnr, Artikelnummer, Item, Artikel, Art.nr
    The item; its price is taken when the invoice is made.
Quantity | quantity | 4 | Antal, Kvantitet, Qty
    Quantity each time.
Valid From | date | 2026-01-01 | Giltig från, Gäller från, Startdatum, Starting Date
    First day; blank: always.
Valid To | date | 2026-12-31 | Giltig till, Gäller till, Slutdatum, Ending Date
    Last day; blank: until further notice.
Blocked | yes_no = no | no | Spärrad
    yes: no invoices are made of it for now.
""",
    key="Customer No., Code, Item No.",
    group="master",
    aliases="Återkommande rader, Abonnemang, Avtalsrader, Subscriptions",
    help="Lines that are invoiced again and again.",
)

VENDORS = sheet(
    "Vendors",
    """
No.* | code | V0010 | Leverantörsnr, Leverantörsnummer, Vendor No., Vendor, Leverantör
    The vendor's number.
Name* | text | Rosteriet i Hamnen AB | Namn, Leverantörsnamn, Vendor Name
    The vendor's name.
Name 2 | text | - | Namn 2
    A second line of the name.
Address | text | Kajen 8 | Adress, Gatuadress, Street
    Street address.
Address 2 | text | - | Adress 2
    A second line of the address.
Post Code | code | 411 04 | Postnummer, Postnr, Zip
    Post code.
City | text | Göteborg | Ort, Postort, Stad
    City or postal town.
Country Code | code | SE | Landskod, Land, Country
    Country as two letters.
Contact | text | Olle Krans | Kontakt, Kontaktperson
    The person that we write to.
E-mail | text | order@rosteriet.example | E-post, E-postadress, Mail, Epost
    Address that purchase orders are sent to.
Phone | text | 031-555 02 00 | Telefon, Telefonnummer, Tel
    Telephone number.
Language | choice (en, sv, de) | sv | Språk, Språkkod, Language Code
    Language of the purchase orders; blank: the company's.
""",
    key="No.",
    group="master",
    aliases="Leverantörer, Leverantörsregister, Suppliers",
    help="Who delivers items on drop shipment.",
)

MASTER_TABLES: tuple[Table, ...] = (
    CUSTOMERS,
    CONTACTS,
    ITEMS,
    SALES_PRICES,
    LINE_DISCOUNTS,
    INVOICE_DISCOUNTS,
    PREPAYMENT_PERCENTAGES,
    RECURRING_LINES,
    VENDORS,
)
