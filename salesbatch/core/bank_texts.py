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
        "The XML file is no bank file that can be read here ('{value}').",
        "Drop camt.053 (or .052, .054), version 001.02 or later.",
        "XML-filen är ingen bankfil som kan läsas här ('{value}').",
        "Lägg in camt.053 (eller .052, .054), version 001.02 eller senare.",
    ),
    "bank-file-empty": (
        "error",
        "The bank file holds no statement.",
        "Get it anew from the bank.",
        "Bankfilen innehåller inget kontoutdrag.",
        "Hämta den på nytt från banken.",
    ),
    "bank-file-intraday": (
        "warning",
        "A report during the day: {count} entries, together {total}, may still change and are never posted ({named}).",
        "Drop the day's statement when the bank has made it.",
        "En rapport under dagen: {count} poster, tillsammans {total}, kan ändras och bokförs aldrig ({named}).",
        "Lägg in dagens kontoutdrag när banken har gjort det.",
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
    "bank-file-sum": (
        "error",
        "Statement {statement}: the bank's total is {stated}, but the lines of the file are together {sum}, "
        "a difference of {difference}; nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Kontoutdrag {statement}: bankens summa är {stated} men filens rader är tillsammans {sum}, "
        "en skillnad på {difference}; inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "bank-file-count": (
        "error",
        "The last line of the file counts {stated} lines of kind {kind}, but there are {count}; "
        "nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Filens sista rad räknar {stated} rader av typ {kind} men det finns {count}; inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "bank-file-characters": (
        "error",
        "Letters of the bank file were lost when it was copied; nothing of the file was taken in.",
        "Get the file anew from the bank, and do not open and save it on the way.",
        "Bokstäver i bankfilen har gått förlorade när den kopierades; inget i filen lästes in.",
        "Hämta filen på nytt från banken, och öppna och spara den inte på vägen.",
    ),
    "bank-file-mended": (
        "warning",
        "{count} lines of the bank file are not 80 characters long or hold tabs; they were read as if filled up.",
        "Have the file sent as the bank made it.",
        "{count} rader i bankfilen är inte 80 tecken långa eller innehåller tabbar; de lästes som utfyllda.",
        "Lägg in filen så som banken gjorde den.",
    ),
    "bank-export-recognised": (
        "notice",
        "The bank's own file was read by its captions: {layout}.",
        "If that is right, nothing is to be done; a row of CSV Profiles makes it fixed.",
        "Bankens egen fil lästes efter sina rubriker: {layout}.",
        "Om det stämmer behöver inget göras; en rad i CSV-profiler gör det fast.",
    ),
    "bank-export-proposed": (
        "error",
        "The file looks like a bank's export, but it can be read in two ways: {doubt}. Proposed: {layout}.",
        "Put the proposal, corrected, as a row into the sheet CSV Profiles and drop it with the file.",
        "Filen ser ut som en banks export men kan läsas på två sätt: {doubt}. Förslag: {layout}.",
        "Skriv förslaget, rättat, som en rad i bladet CSV-profiler och lägg in det tillsammans med filen.",
    ),
    "bank-export-account": (
        "error",
        "The bank's file does not say which of the company's accounts it is (layout {layout}).",
        "Name the layout in CSV Profile of the bank account, or the bank's number in Account No., and drop it again.",
        "Bankens fil säger inte vilket av företagets konton den gäller (layout {layout}).",
        "Ange layouten i bankkontots CSV-profil, eller bankens nummer i Kontonr, och lägg in filen igen.",
    ),
    "bank-export-row": (
        "error",
        "Row {row} of the bank's file ('{value}') has no date or amount that can be read; "
        "nothing of the file was taken in.",
        "Get the file anew from the bank, or correct the row of CSV Profiles.",
        "Rad {row} i bankens fil ('{value}') har inget datum eller belopp som går att läsa; "
        "inget i filen lästes in.",
        "Hämta filen på nytt från banken, eller rätta raden i CSV-profiler.",
    ),
    "bank-export-balance": (
        "error",
        "The running balance of the bank's file does not follow at row {row}, a difference of {difference}; "
        "nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Det löpande saldot i bankens fil stämmer inte på rad {row}, en skillnad på {difference}; "
        "inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "statement-pending": (
        "notice",
        "{count} entries that the bank has not booked yet were left out: {named}.",
        "They come with a later statement.",
        "{count} poster som banken inte har bokfört ännu lämnades utanför: {named}.",
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
    "statement-entry-explained": (
        "notice",
        "{count} payments took the place of {entries} lines of the account's statement.",
        "",
        "{count} betalningar tog platsen för {entries} rader i kontots utdrag.",
        "",
    ),
    "statement-entry-missing": (
        "error",
        "The file explains {amount} on {day}, but no statement of the account has brought that money yet.",
        "Drop the account's statement; the payments wait for it and come back by themselves.",
        "Filen förklarar {amount} den {day}, men inget kontoutdrag har ännu visat de pengarna.",
        "Lägg in kontoutdraget; betalningarna väntar på det och kommer tillbaka av sig själva.",
    ),
    "statement-entry-settled": (
        "warning",
        "The file explains {amount} on {day}, but that line was settled before as one; its payments were not used.",
        "If the line was settled wrongly, undo that run and drop both files together.",
        "Filen förklarar {amount} den {day}, men den raden var redan avslutad som en; betalningarna användes inte.",
        "Om raden avslutades fel, ångra den körningen och lägg in båda filerna tillsammans.",
    ),
    "statement-entry-ambiguous": (
        "error",
        "The file explains {amount} on {day}, but several lines of the statement have that amount.",
        "Answer the lines in Payment Review instead.",
        "Filen förklarar {amount} den {day}, men flera rader i utdraget har det beloppet.",
        "Besvara raderna i Payment Review i stället.",
    ),
    "statement-entry-parts": (
        "error",
        "The payments inside the entry of {amount} on {day} do not add up to it.",
        "Correct the amounts, or Entry Amount.",
        "Betalningarna i posten {amount} den {day} är tillsammans inte lika med den.",
        "Rätta beloppen, eller Postens belopp.",
    ),
    "statement-of-bad-file": (
        "error",
        "Another statement of the file does not add up, so nothing of the file was taken in.",
        "Get the file anew from the bank.",
        "Ett annat kontoutdrag i filen går inte ihop, så inget i filen lästes in.",
        "Hämta filen på nytt från banken.",
    ),
    "statement-gap": (
        "warning",
        "The opening balance {stated} differs by {difference} from {balance}, the closing balance of the statement "
        "before it (to {day}): a statement is missing between them.",
        "Drop the missing statement.",
        "Ingående saldo {stated} skiljer sig med {difference} från {balance}, utgående saldo i utdraget före "
        "(till {day}): ett kontoutdrag saknas emellan.",
        "Lägg in det kontoutdrag som saknas.",
    ),
    "statement-gap-after": (
        "warning",
        "The closing balance {stated} differs by {difference} from {balance}, the opening balance of the statement "
        "after it (from {day}): a statement is missing between them.",
        "Drop the missing statement.",
        "Utgående saldo {stated} skiljer sig med {difference} från {balance}, ingående saldo i utdraget efter "
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
