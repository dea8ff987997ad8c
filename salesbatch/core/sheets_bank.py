"""The sheets of the bank, and of answered questions."""

from __future__ import annotations

from salesbatch.core.declare import sheet

OPENING_WORDS = frozenset({"opening balance", "ingående saldo", "ing saldo"})
CLOSING_WORDS = frozenset({"closing balance", "utgående saldo", "utg saldo"})
"""A row of a statement with one of these alone in Text is a balance and no line; compared without case."""

BANK_STATEMENT = sheet(
    "Bank Statement",
    """
Bank Account* | code | BANK | Bankkonto, Konto, Account
    Code or IBAN of our account.
Statement No. | code | 2026-10 | Kontoutdragsnr, Utdragsnr, Statement
    The bank's number of the statement.
Date* | date | 2026-10-09 | Datum, Bokföringsdatum, Bokföringsdag, Booking Date, Posting Date,
        Transaktionsdatum
    Booking date.
Value Date | date | 2026-10-09 | Valutadatum, Valutadag
    Value date.
Amount* | amount | 1250.00 | Belopp
    Money in is positive, money out is negative.
Currency Code | code | EUR | Valutakod, Valuta, Currency
    Blank: the account's own.
Text | text long | Faktura 103001 | Text, Rubrik, Beskrivning, Transaktionstext, Description,
        Meddelande till mottagare
    Text of the line. "Opening Balance" and "Closing Balance" are balances and no lines.
Additional Info | text long | OCR 1030016 | Ytterligare information, Meddelande, Övrig information, Message
    A longer message.
Payer Name | text | Bryggeri Bergslagen AB | Betalarens namn, Betalare, Avsändare, Motpart, Payer, Name
    Who paid.
Payer Address | text | Kopparvägen 3 | Betalarens adress, Avsändaradress
    The payer's street.
Payer City | text | Falun | Betalarens ort, Avsändarort
    The payer's city.
Payer Account | text | 5050-1055 | Betalarens konto, Avsändarkonto, Från konto
    The payer's account.
Payment Reference | text long | 1030016 | Betalningsreferens, OCR, OCR-nummer, Referens, Reference
    Reference that the payer gave.
Transaction ID | code | T-2026-7781 | Transaktions-id, Verifikationsnummer, Bankreferens
    The bank's own id of the line.
Entry Amount | amount | 18400.00 | Postens belopp, Insättningens belopp
    Of a payment that is a part of one entry of the account, such as a deposit: the amount of that entry.
Explains | yes_no = no | no | Förklarar
    yes: the row names a payment inside an entry of the account's statement, and adds no money of its own.
""",
    key="Bank Account, Transaction ID, Date, Amount, Text",
    group="bank",
    aliases="Kontoutdrag, Bankutdrag, Banktransaktioner, Transaktioner, Bank Statement Lines, Transactions",
    help="Lines of a bank statement. Bank files (camt, MT940, BgMax, OFX, CSV) become the same rows.",
)

PAYMENT_REVIEW = sheet(
    "Payment Review",
    """
Statement Line No.* | integer >=0 | 17 | Kontoutdragsrad, Radnr kontoutdrag
    The line that is asked about; leave it as it is.
Bank Account | code written | BANK | Bankkonto
    Our account.
Statement No. | code written | 2026-10 | Kontoutdragsnr
    The bank's statement.
Date | date written | 2026-10-09 | Datum
    Booking date.
Amount | amount written | 1250.00 | Belopp
    Money in is positive.
Currency Code | code written | EUR | Valutakod, Valuta
    Currency of the amount.
Text | text written long | Faktura 103001 | Text
    Text of the line.
Additional Info | text written long | OCR 1030016 | Ytterligare information, Meddelande
    A longer message.
Payer Name | text written | Bryggeri Bergslagen AB | Betalarens namn, Betalare
    Who paid.
Payer Account | text written | 5050-1055 | Betalarens konto
    The payer's account.
Payment Reference | text written long | 1030016 | Betalningsreferens, OCR
    Reference that the payer gave.
Match Confidence | text written | medium | Matchningssäkerhet, Säkerhet
    How sure the proposal is.
Proposed Customer No. | code written | C00120 | Föreslaget kundnr, Föreslagen kund
    Customer of the proposal.
Proposed Documents | text written long | 103001=1250.00 | Föreslagna dokument, Förslag
    Documents of the proposal, with amounts.
Difference | amount written | 0.00 | Differens
    What the proposal leaves over.
Evidence | text written long | name; amount | Underlag, Grund
    What speaks for it.
Runner-up | text written long | C00131 103044 | Tvåa, Näst bästa
    The next best proposal.
State | code written | a81f03 | Läge
    Mark of the line when it was written; a line that moved on since is not acted upon.
Decision | choice (Accept, Reject, Apply To, On Account, Post To Account, Booked Elsewhere,
        Leave) = Leave | Accept | Beslut
    Your answer; blank or Leave: the line is asked about again.
Apply-to Documents | text | 103001=1000.00;103002 | Kopplas till dokument, Kopplas till
    For Apply To: documents parted by semicolons, each `No.` or `No.=amount`; they may be several customers'.
Account | code | 6570 | Konto
    For Post To Account: the account.
Customer No. | code | C00120 | Kundnr, Kundnummer, Kund
    For On Account: the customer. For Apply To: only where all documents are this one customer's.
Decided By | text | Eva Holm | Beslutad av, Beslutat av
    Who decided.
Comment | text | Betalat av moderbolaget | Kommentar
    Why.
""",
    key="Statement Line No.",
    group="answers",
    aliases="Betalningsgranskning, Granska betalningar",
    help="Payments that were not sure enough: written by the program, answered in Decision, dropped back.",
)

APPROVALS = sheet(
    "Approvals",
    """
Approval No.* | integer >=0 | 4 | Attestnr, Attestnummer
    The question; leave it as it is.
Document Type | text written | Order | Dokumenttyp
    What waits.
Document No. | code written | O-2201 | Dokumentnr
    Its number.
Customer No. | code written | C00120 | Kundnr
    The customer.
Customer Name | text written | Bryggeri Bergslagen AB | Kundnamn
    The customer's name.
Amount | amount written | 150000.00 | Belopp
    Total of the document.
Currency Code | code written | EUR | Valutakod, Valuta
    Currency of the amount.
Rule | text written | BIG | Regel
    The rule that asks.
Requested By | text written | Anna Lind | Begärd av
    Who wants it.
Approver ID | code written | EVA | Attestant, Attestant-id
    Who is asked.
State | code written | a81f03 | Läge
    Mark of the document when it was written; one that changed since is not acted upon.
Decision | choice (Approve, Reject, Delegate) | Approve | Beslut
    The answer; blank: it goes on waiting.
Decided By | code | EVA | Beslutad av, Beslutat av
    ID of the approver who answers.
Comment | text | OK enligt avtal | Kommentar
    Why.
Approval Code | code | - | Attestkod
    Signature of the approver, where the setting Approval Signatures is on.
""",
    key="Approval No.",
    group="answers",
    aliases="Attester, Attest, Godkännanden",
    help="Documents that wait for an approval: written by the program, answered in Decision, dropped back.",
)
