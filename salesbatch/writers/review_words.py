"""The words of the payment review in English and Swedish: what is asked, and what each answer does."""

from __future__ import annotations

from collections.abc import Mapping

from salesbatch.writers.words import Words

_PHRASES: Mapping[str, Words] = {
    "title": Words("Payment Review", "Betalningsgranskning"),
    "receipt": Words(
        "receipt booked by hand, {customer}",
        "inbetalning bokförd för hand, {customer}",
    ),
    "intro": Words(
        "{count} payments wait for a decision. Nothing of them has been posted.",
        "{count} betalningar väntar på ett beslut. Inget av dem är bokfört.",
    ),
    "step_1": Words(
        "Choose a Decision in the yellow cells of every line that you want to settle.",
        "Välj ett Beslut i de gula cellerna på varje rad som du vill avgöra.",
    ),
    "step_2": Words(
        "Fill in the yellow cell that the decision needs. The drop-downs hold what is open.",
        "Fyll i den gula cell som beslutet behöver. Listorna innehåller det som är öppet.",
    ),
    "step_3": Words(
        "Save this file and put it in the inbox. You may give it another name.",
        "Spara filen och lägg den i inkorgen. Du får ge den ett annat namn.",
    ),
    "moved_on": Words(
        "A line that was settled in another way meanwhile stays as it is. "
        "Lines without an answer are asked about again.",
        "En rad som under tiden har avgjorts på annat sätt lämnas som den är. "
        "Rader utan svar frågas om igen.",
    ),
    "accept": Words(
        "The proposal is right: the payment is posted and settles the proposed documents.",
        "Förslaget är rätt: betalningen bokförs och reglerar de föreslagna dokumenten.",
    ),
    "reject": Words(
        "The proposal is wrong: these documents are not proposed again for this payment.",
        "Förslaget är fel: de dokumenten föreslås inte igen för betalningen.",
    ),
    "apply_to": Words(
        "Settles what stands in Apply-to Documents, such as 103001=500.00;103002. "
        "Documents of several customers get a payment each; what is left over stays on the account of the first.",
        "Reglerar det som står i Kopplas till dokument, till exempel 103001=500,00;103002. "
        "Flera kunders dokument får var sin betalning; det som blir över stannar på den förstas konto.",
    ),
    "on_account": Words(
        "The whole amount goes to the account of the customer in Customer No., to be applied later.",
        "Hela beloppet bokförs a conto på kunden i Kundnr och kan kopplas senare.",
    ),
    "post_to_account": Words(
        "The whole amount is posted to the G/L account in Account, such as bank charges or interest.",
        "Hela beloppet bokförs på kontot i Konto, till exempel bankavgifter eller ränta.",
    ),
    "booked_elsewhere": Words(
        "No customer's money, such as suppliers, salaries or tax: "
        "nothing is posted, and the line stands in the bank reconciliation.",
        "Inte en kunds pengar, till exempel leverantörer, löner eller skatt: "
        "inget bokförs och raden står i bankavstämningen.",
    ),
    "leave": Words(
        "Nothing happens now; the line is asked about again.",
        "Inget händer nu; raden frågas om igen.",
    ),
}


def review_phrase(name: str, language: str, **values: object) -> str:
    """A sentence of the payment review with its placeholders filled in."""
    filled = {key: str(value) for key, value in values.items()}
    return _PHRASES[name].in_language(language).format_map(filled)


def decision_help(option: str, language: str) -> str:
    """What a decision does: 'Apply To' -> 'Settles …'."""
    return review_phrase(option.casefold().replace(" ", "_"), language)
