"""What the matcher says of a line, in English and Swedish: one short phrase per fact."""

from __future__ import annotations

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
    "in full": ("number {numbers} in the text", "nummer {numbers} i texten"),
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
}


def match_phrase(name: str, language: str, **values: object) -> str:
    """A phrase in the language of the company, English where there is none."""
    english, swedish = MATCH_TEXTS[name]
    return (swedish if language == "sv" else english).format(**values)
