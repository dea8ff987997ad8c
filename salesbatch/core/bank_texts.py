"""Findings of bank files and statements: severity, sentence and what to do in English, the same in Swedish."""

from __future__ import annotations

BANK_TEXTS: dict[str, tuple[str, str, str, str, str]] = {
    "bank-file-damaged": (
        "error",
        "The bank file is damaged or cut short: {reason}.",
        "Get it anew from the bank.",
        "Bankfilen är skadad eller avhuggen: {reason}.",
        "Hämta den på nytt från banken.",
    ),
    "bank-file-unsafe": (
        "error",
        "The bank file was refused because it holds what no bank sends: {reason}.",
        "Get it anew from the bank.",
        "Bankfilen avvisades eftersom den innehåller det som ingen bank skickar: {reason}.",
        "Hämta den på nytt från banken.",
    ),
    "bank-file-unknown": (
        "error",
        "The XML file is no bank statement that can be read here ('{value}').",
        "Drop the account's statement as camt.053.",
        "XML-filen är inget kontoutdrag som kan läsas här ('{value}').",
        "Lägg in kontoutdraget som camt.053.",
    ),
    "bank-file-empty": (
        "error",
        "The bank file holds no statement.",
        "Get it anew from the bank.",
        "Bankfilen innehåller inget kontoutdrag.",
        "Hämta den på nytt från banken.",
    ),
    "bank-file-intraday": (
        "error",
        "The file is a report during the day (camt.052); what it shows may still change, so it is never posted.",
        "Drop the day's statement (camt.053) when the bank has made it.",
        "Filen är en rapport under dagen (camt.052); det den visar kan ändras, så den bokförs aldrig.",
        "Lägg in dagens kontoutdrag (camt.053) när banken har gjort det.",
    ),
    "bank-file-notification": (
        "error",
        "The file is a notification (camt.054): it explains entries of a statement and adds no money. "
        "It is not used yet.",
        "Drop the account's statement (camt.053).",
        "Filen är en avisering (camt.054): den förklarar rader i ett kontoutdrag och tillför inga pengar. "
        "Den används inte ännu.",
        "Lägg in kontoutdraget (camt.053).",
    ),
    "bank-file-value": (
        "error",
        "Statement {statement}, entry {entry}: {element} is missing or cannot be read ('{value}'); "
        "nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Kontoutdrag {statement}, post {entry}: {element} saknas eller går inte att läsa ('{value}'); "
        "inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "bank-file-split": (
        "error",
        "Statement {statement}, entry {entry}: its payments add up to {sum} and the entry is {amount}, "
        "a difference of {difference}; nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Kontoutdrag {statement}, post {entry}: betalningarna är tillsammans {sum} men posten är {amount}, "
        "en skillnad på {difference}; inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "bank-file-currency": (
        "error",
        "Statement {statement}: the account is in {currency}, but {element} is in {other}; "
        "nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Kontoutdrag {statement}: kontot är i {currency} men {element} är i {other}; inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "bank-file-total": (
        "error",
        "Statement {statement}: the bank counts {stated} entries, but the file holds {count}; "
        "nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Kontoutdrag {statement}: banken räknar {stated} poster men filen innehåller {count}; "
        "inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "statement-pending": (
        "notice",
        "{count} entries that the bank has not booked yet were left out.",
        "They come with a later statement.",
        "{count} poster som banken inte har bokfört ännu lämnades utanför.",
        "De kommer med ett senare kontoutdrag.",
    ),
    "statement-without-lines": (
        "notice",
        "The statement {value} has no booked entries.",
        "",
        "Kontoutdraget {value} har inga bokförda poster.",
        "",
    ),
    "statement-text-cut": (
        "notice",
        "A text of '{column}' was cut after {most} characters.",
        "",
        "En text i '{column}' kortades till {most} tecken.",
        "",
    ),
    # Statements of an account, one after the other -------------------------------------------------
    "statement-line-known": (
        "notice",
        "{count} of {total} lines were taken in before from another source, with the same date and amount, "
        "and were left out.",
        "If one of them is a payment of its own, drop a statement with its opening and closing balance.",
        "{count} av {total} rader fanns redan från en annan källa, med samma datum och belopp, och hoppades över.",
        "Om någon av dem är en egen betalning, lägg in ett kontoutdrag med ingående och utgående saldo.",
    ),
    "statement-gap": (
        "warning",
        "The opening balance {value} differs by {difference} from {balance}, the closing balance of the statement "
        "before it (to {day}): a statement is missing between them.",
        "Drop the missing statement.",
        "Ingående saldo {value} skiljer sig med {difference} från {balance}, utgående saldo i utdraget före "
        "(till {day}): ett kontoutdrag saknas emellan.",
        "Lägg in det kontoutdrag som saknas.",
    ),
    "statement-gap-after": (
        "warning",
        "The closing balance {value} differs by {difference} from {balance}, the opening balance of the statement "
        "after it (from {day}): a statement is missing between them.",
        "Drop the missing statement.",
        "Utgående saldo {value} skiljer sig med {difference} från {balance}, ingående saldo i utdraget efter "
        "(från {day}): ett kontoutdrag saknas emellan.",
        "Lägg in det kontoutdrag som saknas.",
    ),
    "statement-overlap": (
        "warning",
        "The statement overlaps with another one of the account ({first} to {last}); lines that were known "
        "were left out.",
        "Compare the balance of the bank account with the bank.",
        "Utdraget överlappar ett annat för kontot ({first} till {last}); rader som redan fanns hoppades över.",
        "Jämför bankkontots saldo med banken.",
    ),
    "statement-out-of-order": (
        "warning",
        "The statement is older than one that was taken in before (from {day}).",
        "Drop statements in the order of their dates.",
        "Utdraget är äldre än ett som redan lästs in (från {day}).",
        "Lägg in kontoutdrag i datumordning.",
    ),
}
