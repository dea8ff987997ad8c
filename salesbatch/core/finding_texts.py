"""The catalogue of findings: one entry a code, with its severity and its words in English and Swedish."""

from __future__ import annotations

from typing import NamedTuple

from salesbatch.core.bank_texts import BANK_TEXTS
from salesbatch.core.review_texts import REVIEW_TEXTS
from salesbatch.core.rule_texts import RULE_TEXTS
from salesbatch.core.settlement_texts import SETTLEMENT_TEXTS


class FindingText(NamedTuple):
    """Severity, sentence and suggestion; {value}, {column} and named placeholders are filled in."""

    severity: str
    en: str
    en_do: str
    sv: str
    sv_do: str


CATALOGUE: dict[str, FindingText] = {
    # Files and sheets -------------------------------------------------------------------------------
    "file-unreadable": FindingText(
        "error",
        "The file cannot be read: {reason}.",
        "Open it in Excel, save it as .xlsx and drop it again.",
        "Filen kan inte läsas: {reason}.",
        "Öppna den i Excel, spara som .xlsx och lägg in den igen.",
    ),
    "file-too-large": FindingText(
        "error",
        "The file was refused because reading it would need too much memory or time: {reason}.",
        "Delete unused rows and columns, or split the file.",
        "Filen avvisades eftersom den kräver för mycket minne eller tid: {reason}.",
        "Ta bort oanvända rader och kolumner, eller dela filen.",
    ),
    "file-unknown-kind": FindingText(
        "error",
        "'{value}' is not a kind of file that can be read here.",
        "Drop .xlsx, .xlsm, .xls, .xlsb, .ods, .csv or a bank statement in camt.053.",
        "'{value}' är inte en filtyp som kan läsas här.",
        "Lägg in .xlsx, .xlsm, .xls, .xlsb, .ods, .csv eller ett kontoutdrag i camt.053.",
    ),
    "picture-damaged": FindingText(
        "error",
        "The picture cannot be opened.",
        "Save it again as PNG or JPEG and drop it again.",
        "Bilden kan inte öppnas.",
        "Spara den på nytt som PNG eller JPEG och lägg in den igen.",
    ),
    "picture-kept": FindingText(
        "notice",
        "The picture is kept. Invoices show it when the Company sheet names it: Logo = {value}.",
        "",
        "Bilden sparas. Fakturorna visar den när bladet Company anger den: Logotyp = {value}.",
        "",
    ),
    "file-not-ready": FindingText(
        "notice",
        "The file is still being written and was left for the next run.",
        "Close it in Excel.",
        "Filen skrivs fortfarande och fick ligga till nästa körning.",
        "Stäng den i Excel.",
    ),
    # The inbox (folder) -----------------------------------------------------------------------------
    "file-open": FindingText(
        "notice",
        "The file is open in another program and was left for the next run.",
        "Close it; if nobody has it open, delete the '~$' file beside it.",
        "Filen är öppen i ett annat program och fick ligga till nästa körning.",
        "Stäng den; om ingen har den öppen, ta bort filen med '~$' bredvid.",
    ),
    "file-not-plain": FindingText(
        "notice",
        "'{value}' is a link or no plain file and was left alone.",
        "Drop the file itself.",
        "'{value}' är en länk eller ingen vanlig fil och lämnades orörd.",
        "Lägg in själva filen.",
    ),
    "file-name-twice": FindingText(
        "error",
        "Two files are called '{value}', in two spellings that look the same; only the first was read.",
        "Give one of them another name.",
        "Två filer heter '{value}', i två stavningar som ser lika ut; bara den första lästes.",
        "Ge en av dem ett annat namn.",
    ),
    "file-name-odd": FindingText(
        "error",
        "The name '{value}' is too long or holds characters that cannot be seen; the file was left alone.",
        "Give it a short name of letters and digits.",
        "Namnet '{value}' är för långt eller innehåller tecken som inte syns; filen lämnades orörd.",
        "Ge den ett kort namn av bokstäver och siffror.",
    ),
    "file-again": FindingText(
        "notice",
        "The same file was processed in run {run}.",
        "",
        "Samma fil behandlades i körning {run}.",
        "",
    ),
    "sheet-unknown": FindingText(
        "notice",
        "The sheet '{value}' is not one that this program reads; it was left alone.",
        "",
        "Bladet '{value}' är inte ett som programmet läser; det lämnades orört.",
        "",
    ),
    "sheet-hidden": FindingText(
        "notice",
        "The sheet '{value}' is hidden; it was read like the others.",
        "",
        "Bladet '{value}' är dolt; det lästes som de andra.",
        "",
    ),
    "sheet-no-header": FindingText(
        "error",
        "No header row was found in the first 20 rows.",
        "A row with the captions {captions} is needed above the data.",
        "Ingen rubrikrad hittades bland de första 20 raderna.",
        "En rad med rubrikerna {captions} behövs ovanför uppgifterna.",
    ),
    "column-missing": FindingText(
        "error",
        "The required column '{column}' is missing.",
        "Add the column '{column}'.",
        "Den obligatoriska kolumnen '{column}' saknas.",
        "Lägg till kolumnen '{column}'.",
    ),
    "column-unknown": FindingText(
        "notice",
        "The column '{value}' is not known and was ignored.",
        "",
        "Kolumnen '{value}' är okänd och lästes inte.",
        "",
    ),
    "column-twice": FindingText(
        "error",
        "The column '{value}' stands twice.",
        "Delete one of them.",
        "Kolumnen '{value}' finns två gånger.",
        "Ta bort en av dem.",
    ),
    "row-total": FindingText(
        "notice",
        "A total row was skipped.",
        "",
        "En summarad hoppades över.",
        "",
    ),
    "row-example": FindingText(
        "notice",
        "An example row was skipped.",
        "",
        "En exempelrad hoppades över.",
        "",
    ),
    # Files, sheets and rows as the readers meet them --------------------------------------------------
    "file-damaged": FindingText(
        "error",
        "The file is damaged or not a workbook; it cannot be opened.",
        "Open it in Excel, save it as .xlsx and drop it again.",
        "Filen är skadad eller ingen arbetsbok; den går inte att öppna.",
        "Öppna den i Excel, spara som .xlsx och lägg in den igen.",
    ),
    "file-password": FindingText(
        "error",
        "The file is protected with a password and cannot be read.",
        "Save it without a password and drop it again.",
        "Filen är skyddad med lösenord och kan inte läsas.",
        "Spara den utan lösenord och lägg in den igen.",
    ),
    "file-unsafe": FindingText(
        "error",
        "The file was refused because it is built in a way that Excel never does ({reason}).",
        "Open it in Excel, save it as .xlsx and drop it again.",
        "Filen avvisades eftersom den är byggd på ett sätt som Excel aldrig gör ({reason}).",
        "Öppna den i Excel, spara som .xlsx och lägg in den igen.",
    ),
    "file-far-cell": FindingText(
        "error",
        "The file was refused: the cell {cell} on the sheet '{sheet}' lies so far out that reading needs too much memory.",
        "Delete the rows and columns that lie far away from the data.",
        "Filen avvisades: cellen {cell} på bladet '{sheet}' ligger så långt bort att läsningen kräver för mycket minne.",
        "Ta bort rader och kolumner som ligger långt från uppgifterna.",
    ),
    "file-macros": FindingText(
        "notice",
        "The workbook holds macros; they were not run, only the cells were read.",
        "",
        "Arbetsboken innehåller makron; de kördes inte, bara cellerna lästes.",
        "",
    ),
    "file-links": FindingText(
        "notice",
        "The workbook is linked to other workbooks; the values that were saved with it were read.",
        "Update the links in Excel if the values may be old.",
        "Arbetsboken är länkad till andra arbetsböcker; de värden som sparats i den lästes.",
        "Uppdatera länkarna i Excel om värdena kan vara gamla.",
    ),
    "file-nothing-known": FindingText(
        "warning",
        "No sheet of the file is one that this program reads.",
        "Name the sheets Orders, Customers, Items … or use the templates.",
        "Inget blad i filen är ett som programmet läser.",
        "Döp bladen till Order, Kunder, Artiklar … eller använd mallarna.",
    ),
    "sheet-by-captions": FindingText(
        "notice",
        "The sheet '{value}' was read as {table} because of its captions.",
        "",
        "Bladet '{value}' lästes som {table} på grund av sina rubriker.",
        "",
    ),
    "cell-merged": FindingText(
        "error",
        "Merged cells ({area}) lie over the data.",
        "Unmerge them and fill in every cell.",
        "Sammanfogade celler ({area}) ligger över uppgifterna.",
        "Dela upp dem och fyll i varje cell.",
    ),
    "cell-error": FindingText(
        "error",
        "The cell shows the error {value}.",
        "Mend the formula or type the value.",
        "Cellen visar felet {value}.",
        "Rätta formeln eller skriv in värdet.",
    ),
    "cell-formula": FindingText(
        "error",
        "The cell has a formula whose result was never saved.",
        "Open the file in Excel and save it, or type the value.",
        "Cellen har en formel vars resultat aldrig sparats.",
        "Öppna filen i Excel och spara den, eller skriv in värdet.",
    ),
    "cell-missing": FindingText(
        "error",
        "'{column}' is missing.",
        "Fill it in.",
        "'{column}' saknas.",
        "Fyll i uppgiften.",
    ),
    "cell-characters": FindingText(
        "error",
        "'{value}' has a character that cannot be seen or printed ({character}).",
        "Type the text again instead of copying it.",
        "'{value}' innehåller ett tecken som inte syns eller kan skrivas ut ({character}).",
        "Skriv in texten på nytt i stället för att kopiera den.",
    ),
    "cell-too-long": FindingText(
        "error",
        "The text has {length} characters; '{column}' takes {most}.",
        "Shorten it.",
        "Texten har {length} tecken; '{column}' rymmer {most}.",
        "Korta den.",
    ),
    "cell-not-text": FindingText(
        "error",
        "'{value}' is a {kind} and not a text; Excel may have changed what was typed.",
        "Format the column as text and type the value again.",
        "'{value}' är {kind} och inte text; Excel kan ha ändrat det som skrevs.",
        "Formatera kolumnen som text och skriv värdet igen.",
    ),
    "code-digits-lost": FindingText(
        "error",
        "'{value}' has lost digits: Excel keeps 15 digits of a number.",
        "Format the column as text and type the value again.",
        "'{value}' har tappat siffror: Excel behåller 15 siffror i ett tal.",
        "Formatera kolumnen som text och skriv värdet igen.",
    ),
    "code-decimals": FindingText(
        "error",
        "'{value}' is a number with decimals and no code.",
        "Format the column as text and type the code again.",
        "'{value}' är ett tal med decimaler och ingen kod.",
        "Formatera kolumnen som text och skriv koden igen.",
    ),
    "choice-unknown": FindingText(
        "error",
        "'{value}' is not one of the choices of '{column}'.",
        "Use one of: {options}.",
        "'{value}' är inget av valen för '{column}'.",
        "Använd något av: {options}.",
    ),
    "yes-no-unknown": FindingText(
        "error",
        "'{value}' is neither yes nor no.",
        "Write yes or no.",
        "'{value}' är varken ja eller nej.",
        "Skriv ja eller nej.",
    ),
    "formula-unknown": FindingText(
        "error",
        "'{value}' is not a date formula.",
        "Write for example 30D, 1M or CM+10D.",
        "'{value}' är ingen datumformel.",
        "Skriv till exempel 30D, 1M eller CM+10D.",
    ),
    "number-unknown": FindingText(
        "error",
        "'{value}' is not a number.",
        "Type a plain number such as 1234.50.",
        "'{value}' är inget tal.",
        "Skriv ett vanligt tal, till exempel 1234,50.",
    ),
    "number-ambiguous": FindingText(
        "error",
        "'{value}' can be read in two ways: as a whole number or with decimals.",
        "Type it as a number in Excel, or with two decimals.",
        "'{value}' kan läsas på två sätt: som heltal eller med decimaler.",
        "Skriv det som ett tal i Excel, eller med två decimaler.",
    ),
    "number-decimals": FindingText(
        "error",
        "'{value}' has more than 5 decimals.",
        "Round it to 5 decimals.",
        "'{value}' har fler än 5 decimaler.",
        "Avrunda till 5 decimaler.",
    ),
    "number-too-large": FindingText(
        "error",
        "'{value}' is too large.",
        "Check the number; it must be below 1,000,000,000,000.",
        "'{value}' är för stort.",
        "Kontrollera talet; det måste vara under 1 000 000 000 000.",
    ),
    "number-negative": FindingText(
        "error",
        "'{value}' is below zero, which '{column}' cannot be.",
        "Type it without the minus sign, or use the sheet for the opposite case.",
        "'{value}' är under noll, vilket '{column}' inte kan vara.",
        "Skriv det utan minustecken, eller använd bladet för det motsatta fallet.",
    ),
    "number-not-whole": FindingText(
        "error",
        "'{value}' is not a whole number.",
        "Type a whole number.",
        "'{value}' är inget heltal.",
        "Skriv ett heltal.",
    ),
    "amount-decimals": FindingText(
        "error",
        "'{value}' has more decimals than {currency} has ({digits}).",
        "Round the amount.",
        "'{value}' har fler decimaler än {currency} har ({digits}).",
        "Avrunda beloppet.",
    ),
    "amount-other-currency": FindingText(
        "error",
        "'{value}' names another currency than the row, which is in {currency}.",
        "Fill in Currency Code, or type the amount without the currency.",
        "'{value}' anger en annan valuta än raden, som är i {currency}.",
        "Fyll i valutakoden, eller skriv beloppet utan valuta.",
    ),
    "percent-range": FindingText(
        "error",
        "'{value}' is not a percentage between 0 and 100.",
        "Type 25 for 25 %.",
        "'{value}' är ingen procentsats mellan 0 och 100.",
        "Skriv 25 för 25 %.",
    ),
    "percent-fraction": FindingText(
        "warning",
        "{value} was read as {value} %; a cell formatted as per cent holds 0.25 for 25 %.",
        "Type 25 for 25 % in a cell without the per cent format.",
        "{value} lästes som {value} %; en cell med procentformat innehåller 0,25 för 25 %.",
        "Skriv 25 för 25 % i en cell utan procentformat.",
    ),
    "date-unknown": FindingText(
        "error",
        "'{value}' is not a date.",
        "Type the date as 2026-10-31.",
        "'{value}' är inget datum.",
        "Skriv datumet som 2026-10-31.",
    ),
    "date-ambiguous": FindingText(
        "error",
        "'{value}' can be read in two ways: day first or month first.",
        "Type the date as 2026-10-31.",
        "'{value}' kan läsas på två sätt: med dagen eller månaden först.",
        "Skriv datumet som 2026-10-31.",
    ),
    "date-range": FindingText(
        "error",
        "'{value}' is not a date between {first} and {last}.",
        "Check the year.",
        "'{value}' är inget datum mellan {first} och {last}.",
        "Kontrollera årtalet.",
    ),
    "date-time": FindingText(
        "warning",
        "'{value}' has a time of day, which was left out.",
        "",
        "'{value}' har ett klockslag, som lämnades bort.",
        "",
    ),
    "date-serial": FindingText(
        "notice",
        "The number {value} was read as the date {date}.",
        "",
        "Talet {value} lästes som datumet {date}.",
        "",
    ),
    "header-differs": FindingText(
        "error",
        "'{value}' differs from '{first}' on the document's first row.",
        "Make them equal, or leave the cell blank.",
        "'{value}' skiljer sig från '{first}' på dokumentets första rad.",
        "Gör dem lika, eller lämna cellen tom.",
    ),
    "line-twice": FindingText(
        "error",
        "Line No. {value} stands twice in the document.",
        "Give every line its own number.",
        "Radnr {value} finns två gånger i dokumentet.",
        "Ge varje rad ett eget nummer.",
    ),
    "input-twice": FindingText(
        "notice",
        "'{value}' stands twice in this drop with the same content; it was read once.",
        "",
        "'{value}' finns två gånger i samma inläsning med samma innehåll; den lästes en gång.",
        "",
    ),
    "document-scattered": FindingText(
        "error",
        "The rows of '{value}' do not stand together.",
        "Move them together and drop the file again.",
        "Raderna för '{value}' står inte samlade.",
        "Flytta ihop dem och lägg in filen igen.",
    ),
    "setting-unknown": FindingText(
        "notice",
        "The setting '{value}' is not known and was ignored.",
        "",
        "Inställningen '{value}' är okänd och lästes inte.",
        "",
    ),
    "csv-encoding": FindingText(
        "error",
        "The characters of the file cannot be read.",
        "Save it as CSV UTF-8.",
        "Tecknen i filen kan inte läsas.",
        "Spara den som CSV UTF-8.",
    ),
    "csv-quote": FindingText(
        "error",
        "A quotation mark in row {row} is not closed where it should be; the rows after it would be lost in its text.",
        "Delete the mark or write it twice, or save the file as .xlsx.",
        "Ett citattecken på rad {row} avslutas inte där det borde; raderna efter skulle försvinna in i texten.",
        "Ta bort tecknet eller skriv det två gånger, eller spara filen som .xlsx.",
    ),
    # Documents and keys -----------------------------------------------------------------------------
    "input-exists": FindingText(
        "notice",
        "{count} of {total} were taken in before with the same content and were skipped.",
        "",
        "{count} av {total} fanns redan med samma innehåll och hoppades över.",
        "",
    ),
    "input-key-twice": FindingText(
        "error",
        "'{value}' stands twice in this drop with different content.",
        "Keep one of them.",
        "'{value}' finns två gånger i samma inläsning med olika innehåll.",
        "Behåll en av dem.",
    ),
    "document-changed-after-posting": FindingText(
        "error",
        "'{value}' was posted as {posted} and can no longer be changed.",
        "Correct a posted invoice with a credit memo that names it; give a payment or an action a new number.",
        "'{value}' är bokförd som {posted} och kan inte längre ändras.",
        "Rätta en bokförd faktura med en kreditnota som anger den; ge en betalning eller åtgärd ett nytt nummer.",
    ),
}

CATALOGUE |= {
    code: FindingText(*words)
    for code, words in (RULE_TEXTS | BANK_TEXTS | REVIEW_TEXTS | SETTLEMENT_TEXTS).items()
}
