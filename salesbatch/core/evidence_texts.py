"""The evidence of a payment in the reader's language.

The search tells its decisions in the company's language (`match_texts`). What the rule sheet, receipts and answers say
is kept in English; what is drawn for a Swedish company has the known phrases in Swedish. What stands in quotation
marks or in brackets is the user's own and stays, and so does a phrase that is not known here.
"""

from __future__ import annotations

import re

_SWEDISH = {
    # Who paid.
    "payer account": "betalarens konto",
    "payer name": "betalarens namn",
    "address and city are those of customer": "adress och ort är de som kunden har:",
    "is customer": "är kund",
    "fits customer": "passar kund",
    "the only one of that name": "den enda med det namnet",
    "the text names customer": "texten nämner kund",
    "the payer fits": "betalaren passar",
    "but no open entry of it can take the payment": "men ingen öppen post hos kunden kan ta emot betalningen",
    # What for.
    "payment references": "betalningsreferenser",
    "payment reference": "betalningsreferens",
    "numbers": "numren",
    "number": "nummer",
    "in the text": "i texten",
    "the text holds": "texten innehåller",
    "of the text mapping": "ur textmappningen",
    "text mapping": "textmappning",
    "together": "tillsammans",
    "INV": "faktura",
    "CM": "kreditnota",
    "FIN": "räntefaktura",
    "REM": "påminnelse",
    "of": "på",
    "and": "och",
    "more": "till",
    # How much.
    "amount equals the remaining amount": "beloppet är lika med det som återstår",
    "amount equals the sum of the": "beloppet är lika med summan av de",
    "amount is": "beloppet är",
    "more than the remaining amount": "mer än det som återstår",
    "less than the remaining amount": "mindre än det som återstår",
    "more than the sum of the": "mer än summan av de",
    "less than the sum of the": "mindre än summan av de",
    "documents": "dokumenten",
    "less the discount": "minus kassarabatten",
    "within the tolerance": "inom toleransen",
    "open documents have it": "öppna dokument har det",
    "others have it too": "andra har det också",
    # Why not, and what came second.
    "the amount is 0": "beloppet är 0",
    "no account, name, number or amount fits an open entry": "varken konto, namn, nummer eller belopp passar en öppen post",
    "no account, name or number fits an open entry, and": "varken konto, namn eller nummer passar en öppen post, och",
    "of them have the amount": "av dem har beloppet",
    "the line names": "raden nämner",
    "which was rejected": "som har avvisats",
    "which is in": "som är i",
    "which has the opposite sign": "som har motsatt tecken",
    "which is dated after the payment": "som är daterad efter betalningen",
    "which is settled by other lines": "som regleras av andra rader",
    "which is open, but no rule fits": "som är öppen, men ingen regel passar",
    "named too": "nämns också",
    "named": "nämns",
    "same amount": "samma belopp",
    "other amount": "annat belopp",
    "same customer": "samma kund",
    "fits the payer": "passar betalaren",
    "other payer": "annan betalare",
    "payer unknown": "okänd betalare",
    "settled by another line": "regleras av en annan rad",
    # What keeps an answer from being trusted.
    "documents of several customers are never settled without asking": "flera kunders dokument regleras aldrig utan fråga",
    "dated after the payment": "daterat efter betalningen",
    "documents of other customers are named too": "andra kunders dokument nämns också",
    "the payer's own": "betalarens eget",
    "has the amount too": "har också beloppet",
    "others that are not named add up too easily": "andra som inte nämns ger för lätt samma summa",
    "it may be a part payment of what is named": "det kan vara en delbetalning av det som nämns",
    "the amount is that of": "beloppet är det på",
    "is not open": "är inte öppet",
    "which is not open": "som inte är öppet",
    "is settled": "är reglerat",
    "the text names": "texten nämner",
    "the money does not reach for all": "pengarna räcker inte till alla",
    "another document is named": "ett annat dokument nämns",
    "others of a like name have the amount": "andra med liknande namn har beloppet",
    "the amount fits other customers of that name": "beloppet passar andra kunder med det namnet",
    "another line may be for it": "en annan rad kan gälla det",
    "another line fits as well": "en annan rad passar lika bra",
    "so many sums are possible that one had to fit": "så många summor är möjliga att någon måste stämma",
    "a round amount may be meant for the account": "ett jämnt belopp kan vara avsett för kontot",
    # What a person decided.
    "accepted by": "godkänd av",
    "the proposal": "förslaget",
    "was rejected": "avvisades",
    "applied by hand by": "kopplad för hand av",
    "booked on account by": "bokförd a conto av",
    "booked elsewhere by": "bokförd på annat håll enligt",
    "posted to account": "bokförd på konto",
    "closed by hand with a receipt booked by hand": "stängd för hand med en inbetalning bokförd för hand",
    "by": "av",
    "receipt": "inbetalning",
    "booked by hand on": "bokförd för hand",
    "for customer": "för kund",
    "for customers": "för kunderna",
}  # fmt: skip
_PHRASE = re.compile(
    r'"[^"]*"|\((?!\d+ open documents|others have)[^)]*\)|(?<!\w)(?:'
    + "|".join(sorted(map(re.escape, _SWEDISH), key=len, reverse=True))
    + r")(?!\w)"
)


def evidence_text(text: str, language: str) -> str:
    """Evidence as a person reads it.

    >>> evidence_text('payer name "The Receipt AB" fits customer C7; amount is 2.00 less than the remaining amount', "sv")
    'betalarens namn "The Receipt AB" passar kund C7; beloppet är 2.00 mindre än det som återstår'
    """
    if language != "sv":
        return text
    return _PHRASE.sub(lambda found: _SWEDISH.get(found[0], found[0]), text)
