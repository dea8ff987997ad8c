"""What is said of a statement line and its match, in English and Swedish: one short phrase per fact.

Evidence is written once, when a line is decided, in the company's language, and shown as it was written. This is the
one table of its words.
"""

from __future__ import annotations

import re

MATCH_TEXTS: dict[str, tuple[str, str]] = {
    "account": (
        "payer account {written} is customer {customer}",
        "betalarens konto {written} är kund {customer}",
    ),
    "alias": (
        'payer "{written}" is known as customer {customer} ({times})',
        'betalaren "{written}" är känd som kund {customer} ({times})',
    ),
    "customer number": ("customer number {customer} in the text", "kundnummer {customer} i texten"),
    "name and address": (
        'payer name "{written}", address and city are those of customer {customer}',
        'betalarens namn "{written}", adress och ort är kund {customer}',
    ),
    "name": ('"{written}" is customer {customer}', '"{written}" är kund {customer}'),
    "likely name": (
        '"{written}" is most like customer {customer}',
        '"{written}" liknar mest kund {customer}',
    ),
    "possible name": ('"{written}" may be customer {customer}', '"{written}" kan vara kund {customer}'),
    "another": (
        "the payer is customer {customer}, who pays for another",
        "betalaren är kund {customer}, som betalar för en annan",
    ),
    "in full": ("number {numbers} in the text", "{numbers} i texten"),
    "external": (
        "the customer's own number of {numbers} in the text",
        "kundens eget nummer på {numbers} i texten",
    ),
    "digits": ('"{written}" is {numbers}', '"{written}" är {numbers}'),
    "check digit": (
        "reference {written} with a right check digit is {numbers}",
        "referens {written} med rätt kontrollsiffra är {numbers}",
    ),
    "reference": (
        "payment reference {written} is that of {numbers}",
        "betalningsreferens {written} hör till {numbers}",
    ),
    "list": ('the list "{written}" means {numbers}', 'listan "{written}" menar {numbers}'),
    "between": ('{numbers} lies in the list "{written}"', '{numbers} ligger i listan "{written}"'),
    "nearly": ('"{written}" is nearly {numbers}', '"{written}" är nästan {numbers}'),
    "direct debit": ("direct debit {written} collects {numbers}", "autogiro {written} drar {numbers}"),
    "exact one": ("amount equals the remaining amount", "beloppet är det som återstår"),
    "exact several": (
        "amount equals the sum of the {count} documents",
        "beloppet är summan av de {count} dokumenten",
    ),
    "only sum": (
        "no other of the customer's documents add up to it",
        "inga andra av kundens dokument ger samma summa",
    ),
    "discount": ("less the discount of {gap} in time", "minus kassarabatten {gap} i tid"),
    "tolerance": ("{gap} {less} is payment tolerance", "{gap} {less} är betalningstolerans"),
    "rounding": (
        "{gap} {less} is written off as rounding to account {account} (limit {limit})",
        "{gap} {less} skrivs av som öresavrundning på konto {account} (gräns {limit})",
    ),
    "fee": (
        "{gap} less is a known bank fee, to account {account}",
        "{gap} mindre är en känd bankavgift, på konto {account}",
    ),
    "late": (
        "{gap} of discount was taken too late and stays open",
        "{gap} i rabatt togs för sent och står kvar öppet",
    ),
    "part": ("part payment, {gap} stays open", "delbetalning, {gap} står kvar öppet"),
    "short lump": ("{gap} less than the documents together", "{gap} mindre än dokumenten tillsammans"),
    "over": ("{gap} more than is open stays on account", "{gap} mer än vad som är öppet står kvar på konto"),
    "rivals": ("{count} other answers fit as well", "{count} andra svar passar lika bra"),
    "note": ("not certain: {note}", "inte säkert: {note}"),
    "paid by line": (
        "{number} is settled by line {line} already; the money is kept on account",
        "{number} är redan betald av rad {line}; pengarna står på konto",
    ),
    "paid before": (
        "{number} was settled before; the money is kept on account",
        "{number} var redan betald; pengarna står på konto",
    ),
    "returned": (
        "the payment of line {line} was returned; the two cancel out",
        "betalningen på rad {line} kom i retur; de två tar ut varandra",
    ),
    "returns": ("returns payment {numbers} of {day}", "betalning {numbers} från {day} kom i retur"),
    "returns refund": (
        "our refund {numbers} of {day} came back",
        "vår utbetalning {numbers} från {day} kom tillbaka",
    ),
    "return fee": (
        "{written} is a known bank fee, to account {account}",
        "{written} är en känd bankavgift, på konto {account}",
    ),
    "open again": ("open again: {numbers}", "öppet igen: {numbers}"),
    "would open": ("accepting it opens {numbers} again", "godkänns det blir {numbers} öppet igen"),
    "by reference": (
        "the bank repeats the payment's reference {written}",
        "banken upprepar betalningens referens {written}",
    ),
    "same payer": ("same payer {written}", "samma betalare {written}"),
    "returns several": (
        "{count} payments may have come back: {numbers}",
        "{count} betalningar kan ha kommit i retur: {numbers}",
    ),
    "returned later": (
        "payment {numbers} of {day} may have come back, but {other} was applied after it: unapply that first",
        "betalning {numbers} från {day} kan ha kommit i retur, men {other} kopplades efter den: häv den kopplingen först",
    ),
    "in currency": ("in {currency}", "i {currency}"),
    "at the rate": (
        "{amount} at the rate of the day is {converted}",
        "{amount} är {converted} till dagens kurs",
    ),
    "was sent": ("the payer sent {amount}", "betalaren skickade {amount}"),
    "currency barred": (
        "Appln. between Currencies does not let {currency} settle it",
        "Appln. between Currencies låter inte {currency} reglera det",
    ),
    "no document": (
        "no open document of it in this currency fits the amount; {count} are open",
        "inget öppet dokument i denna valuta passar beloppet; {count} är öppna",
    ),
    "nothing": (
        "no account, name, number or amount fits an open document",
        "inget konto, namn, nummer eller belopp passar ett öppet dokument",
    ),
    "zero": ("the amount is 0", "beloppet är 0"),
    "amount only": ("nothing but the amount speaks for it", "bara beloppet talar för det"),
    "mapping": (
        'the text holds "{text}" of the text mapping',
        'texten innehåller "{text}" ur textmappningen',
    ),
    "less": ("less", "mindre"),
    "more": ("more", "mer"),
    "same amount": ("same amount", "samma belopp"),
    "other amount": ("other amount", "annat belopp"),
    "named too": ("named too", "också nämnd"),
    "same customer": ("same customer", "samma kund"),
    "other payer": ("other payer", "annan betalare"),
    "payer unknown": ("payer unknown", "okänd betalare"),
    "payer fits": ("the payer fits", "betalaren passar"),
    "taken": ("settled by another line", "betald av en annan rad"),
    # The rule sheet's own words.
    "unique name": (
        'payer name "{written}" is customer {customer}, the only one of that name',
        'betalarens namn "{written}" är kund {customer}, den enda med det namnet',
    ),
    "fitting name": (
        'payer name "{written}" fits customer {customer}',
        'betalarens namn "{written}" passar kund {customer}',
    ),
    "unique name in text": (
        "the text names customer {customer}, the only one of that name",
        "texten nämner kund {customer}, den enda med det namnet",
    ),
    "name in text": ("the text names customer {customer}", "texten nämner kund {customer}"),
    "several in full": ("numbers {numbers} in the text", "{numbers} i texten"),
    "references": ("payment references {numbers}", "betalningsreferenser {numbers}"),
    "one reference": ("payment reference {numbers}", "betalningsreferens {numbers}"),
    "number of": ("{number} of {document}", "{number} på {document}"),
    "and more": ("{listed} and {count} more", "{listed} och {count} till"),
    "remaining": ("the remaining amount", "det som återstår"),
    "sum": ("the sum of the {count} documents", "summan av de {count} dokumenten"),
    "net": ("{what} less the discount", "{what} minus kassarabatten"),
    "equals": ("amount equals {what}", "beloppet är lika med {what}"),
    "differs": ("amount is {gap} {less} than {what}", "beloppet är {gap} {less} än {what}"),
    "in band": ("{told}, within the tolerance", "{told}, inom toleransen"),
    "documents have it": (
        "{told} ({count} open documents have it)",
        "{told} ({count} öppna dokument har det)",
    ),
    "others have it": ("{told} (others have it too)", "{told} (andra har det också)"),
    "named but": ("the line names {document}, which {reason}", "raden nämner {document}, som {reason}"),
    "was rejected": ("was rejected", "har avvisats"),
    "is in": ("is in {currency}", "är i {currency}"),
    "opposite": ("has the opposite sign", "har motsatt tecken"),
    "later": ("is dated after the payment", "är daterad efter betalningen"),
    "used up": ("is settled by other lines", "regleras av andra rader"),
    "no rule": ("is open, but no rule fits", "är öppen, men ingen regel passar"),
    "payer without": (
        "{party}, but no open entry of it can take the payment",
        "{party}, men ingen öppen post hos kunden kan ta emot betalningen",
    ),
    "nothing fits": (
        "no account, name, number or amount fits an open entry",
        "varken konto, namn, nummer eller belopp passar en öppen post",
    ),
    "only amounts fit": (
        "no account, name or number fits an open entry, and {count} of them have the amount",
        "varken konto, namn eller nummer passar en öppen post, och {count} av dem har beloppet",
    ),
    "mapped": ('text mapping "{text}"', 'textmappning "{text}"'),
    "together": ("{documents} together: {apart}", "{documents} tillsammans: {apart}"),
    "named": ("named", "nämns"),
    "fits the payer": ("fits the payer", "passar betalaren"),
    # Documents.
    "invoice": ("INV {number}", "faktura {number}"),
    "credit_memo": ("CM {number}", "kreditnota {number}"),
    "finance_charge_memo": ("FIN {number}", "räntefaktura {number}"),
    "reminder": ("REM {number}", "påminnelse {number}"),
    # Receipts booked by hand, and deposits that a file explains.
    "receipt": (
        "receipt {number}, booked by hand on {day} for customer {customer}: same amount",
        "inbetalning {number}, bokförd för hand {day} för kund {customer}: samma belopp",
    ),
    "found": ("{number} in the text", "{number} i texten"),
    "explained": ("explained by {file}", "förklarad av {file}"),
    "taken back": ("taken back", "återförd"),
    # What a person decided.
    "Accept": ("accepted", "godkänd"),
    "Apply To": ("applied by hand", "kopplad för hand"),
    "On Account": ("booked on account", "bokförd a conto"),
    "Post To Account": ("posted to account {account}", "bokförd på konto {account}"),
    "Booked Elsewhere": ("booked elsewhere", "bokförd på annat håll"),
    "Reject": ("the proposal {proposal} was rejected", "förslaget {proposal} avvisades"),
    "proposal": ("{documents} of {customer}", "{documents} på {customer}"),
    "receipt closed": (
        "closed by hand with a receipt booked by hand",
        "stängd för hand med en inbetalning bokförd för hand",
    ),
    "by": ("{told} by {person}", "{told} av {person}"),
    "for customers": ("{told} for customers {customers}", "{told} för kunderna {customers}"),
}
NOTES: dict[str, str] = {
    "documents of several customers are never settled without asking": "flera kunders dokument regleras aldrig utan fråga",
    "dated after the payment": "daterat efter betalningen",
    "documents of other customers are named too": "andra kunders dokument nämns också",
    "the payer's own {number} has the amount too": "betalarens eget {number} har också beloppet",
    "others that are not named add up too easily": "andra som inte nämns ger för lätt samma summa",
    "it may be a part payment of what is named": "det kan vara en delbetalning av det som nämns",
    "the amount is that of {number}": "beloppet är det på {number}",
    "the payer is more like another customer": "betalaren liknar mer en annan kund",
    "{number} has the amount, and nearly that number": "{number} har beloppet, och nästan det numret",
    "{number} is not open": "{number} är inte öppet",
    "{number} is settled": "{number} är reglerat",
    "the text names {number}, which is not open": "texten nämner {number}, som inte är öppet",
    "the text names {number}": "texten nämner {number}",
    "the money does not reach for all": "pengarna räcker inte till alla",
    "another document is named": "ett annat dokument nämns",
    "others of a like name have the amount": "andra med liknande namn har beloppet",
    "the amount fits other customers of that name": "beloppet passar andra kunder med det namnet",
    "several customers may be meant, and many owe that amount": "flera kunder kan avses, och många är skyldiga det beloppet",
    "the text says that money came back": "texten säger att pengar kom tillbaka",
    "another line may be for it": "en annan rad kan gälla det",
    "another line fits as well": "en annan rad passar lika bra",
    "so many sums are possible that one had to fit": "så många summor är möjliga att någon måste stämma",
    "a round amount may be meant for the account": "ett jämnt belopp kan vara avsett för kontot",
    "a round sum may be meant for the account": "en jämn summa kan vara avsedd för kontot",
    "a rounded sum fits too easily": "en avrundad summa passar för lätt",
}
"""What keeps an answer from being trusted, as the search says it, and in Swedish."""
_NOTES = [
    (re.compile(re.escape(english).replace(r"\{number\}", r"(?P<number>\S+)")), swedish)
    for english, swedish in NOTES.items()
]
_NUMBERED = frozenset(("invoice", "credit_memo", "finance_charge_memo", "reminder"))


def match_phrase(name: str, language: str, **values: object) -> str:
    """A phrase in the language of the company, English where there is none."""
    english, swedish = MATCH_TEXTS[name]
    text = swedish if language == "sv" else english
    return text.format(**values) if values else text


def match_phrases(language: str) -> dict[str, str]:
    """All phrases in the language of the company, for who says many of them."""
    return {name: match_phrase(name, language) for name in MATCH_TEXTS}


def note_phrase(note: str, language: str) -> str:
    """A note of the search in the language of the company.

    >>> note_phrase("the amount is that of 103002", "sv")
    'beloppet är det på 103002'
    """
    if language != "sv":
        return note
    for pattern, swedish in _NOTES:
        if found := pattern.fullmatch(note):
            return swedish.format(**found.groupdict())
    return note


def document_label(kind: str, number: str, language: str) -> str:
    """'INV 103001'; a number that has letters needs no type before it."""
    return (
        match_phrase(kind, language, number=number) if kind in _NUMBERED and number[:1].isdigit() else number
    )
