"""Mutations of good input, from single bits to what people do to their sheets. All of them from one random source.

Three levels: the bytes of the file; the parts and the XML inside a workbook; cells, rows and captions.
"""

from __future__ import annotations

import copy
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from fuzz.drops import Good
from fuzz.forms import FORMS, Book, Formula


class Mutant(NamedTuple):
    """A file to drop. common: it is setup, and may change what becomes of its neighbours."""

    name: str
    content: bytes
    how: str
    common: bool = False


# Bytes ---------------------------------------------------------------------------------------------------


def flip_bits(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 3, 20))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def set_byte(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    changed[random.randrange(len(changed))] = random.choice(
        (0, 9, 10, 34, 38, 60, 62, 127, 255, random.randrange(256))
    )
    return bytes(changed)


def truncate(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def cut_out(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content))
    return content[:start] + content[start + random.randrange(1, 200) :]


def repeat_block(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content))
    block = content[start : start + random.randrange(1, 400)]
    return content[:start] + block * random.choice((2, 2, 50)) + content[start + len(block) :]


def swap_blocks(content: bytes, random: Random) -> bytes:
    a, b, c = sorted(random.randrange(len(content)) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bits,
    set_byte,
    truncate,
    cut_out,
    repeat_block,
    swap_blocks,
)

# Tokens of XML and other text ----------------------------------------------------------------------------

TOKENS = (
    b"-1", b"0", b"1e400", b"NaN", b"99999999999999999999", b"0.1", b"1,5", b"", b" ", b"&nope;", b"&#xD800;", b"&#0;",
    b"&#x202E;", b"&lt;script&gt;", b"]]>", b"<!-- x -->", b"<![CDATA[x]]>", b"\xff\xfe", b"\x00", b"XFE1048577",
    b"XFD1048576", b"A0", b"A1048576", b"ZZZZ1", b"2026-02-30", b"99999-01-01", b"0000-00-00", b"20261314", b"SEK", b"XXX",
    b"../../x", b"%s%n{0}", b"true", b"x" * 5000, "\u0661\u0662".encode(), "\u22125".encode(),
    b'<!DOCTYPE z [<!ENTITY a "b">]>', b"str", b"inlineStr", b"e", b"b", b"d", b"n", b"s",
)  # fmt: skip
_TEXT = re.compile(rb">([^<>]+)<|=\"([^\"]*)\"|(?<=[:;,|\s])([^:;,|\s<>]+)(?=[:;,|\s])")
_ELEMENT = re.compile(rb"<([A-Za-z:]+)\b[^<>]*(?:/>|>[^<>]*</\1>)")


def swap_token(text: bytes, random: Random) -> bytes:
    """One text, attribute or word becomes another one, ours or one of its own file."""
    places = [
        next(span for span in map(match.span, (1, 2, 3)) if span != (-1, -1))
        for match in _TEXT.finditer(text)
    ]
    if not places:
        return text + random.choice(TOKENS)
    start, end = random.choice(places)
    other = random.choice(places)
    token = text[slice(*other)] if random.random() < 0.4 else random.choice(TOKENS)
    return text[:start] + token + text[end:]


def drop_element(text: bytes, random: Random) -> bytes:
    found = [match.span() for match in _ELEMENT.finditer(text)]
    if not found:
        return truncate(text, random) if text else text
    start, end = random.choice(found)
    return text[:start] + text[end:]


def repeat_element(text: bytes, random: Random) -> bytes:
    """An element, or all from one element to another, stands twice."""
    found = [match.span() for match in _ELEMENT.finditer(text)]
    if not found:
        return repeat_block(text, random) if text else text
    start, end = random.choice(found)
    last = random.choice([stop for _, stop in found if stop >= end][:20])
    return text[:last] + text[start:last] + text[last:]


def repeat_lines(text: bytes, random: Random) -> bytes:
    """Lines are repeated, left out or put in another order."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return swap_token(text, random)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    action = random.randrange(3)
    if action == 0:
        lines.insert(other, lines[one])
    elif action == 1:
        del lines[one]
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def change_encoding(text: bytes, random: Random) -> bytes:
    """The same text in another encoding than it says."""
    decoded = text.decode("utf-8", "replace")
    return decoded.encode(
        random.choice(("utf-16", "utf-16-be", "utf-32", "cp037", "utf-8-sig", "latin-1")), "replace"
    )


TEXTS: tuple[Callable[[bytes, Random], bytes], ...] = (
    swap_token,
    swap_token,
    swap_token,
    drop_element,
    repeat_element,
    repeat_lines,
    change_encoding,
)


def change_part(content: bytes, random: Random) -> bytes:
    """One part of a workbook is mutated, dropped, renamed or put in another's place; the archive stays whole."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    words = ("sheet", "sharedStrings", "workbook", "content")
    wanted = [name for name in parts if any(word in name for word in words)]
    name = random.choice(wanted if random.random() < 0.8 else list(parts))
    action = random.randrange(10)
    if action == 0:
        del parts[name]
    elif action == 1:
        parts[name.swapcase() if random.random() < 0.5 else name + "x"] = parts.pop(name)
    elif action == 2:
        parts[name] = parts[random.choice(list(parts))]
    elif action == 3:
        parts[name] = random.choice(BYTES)(parts[name], random) if parts[name] else b"x"
    else:
        for _ in range(random.choice((1, 1, 1, 4))):
            parts[name] = random.choice(TEXTS)(parts[name], random)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for part, data in parts.items():
            archive.writestr(zipfile.ZipInfo(part, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def change_archive(content: bytes, random: Random) -> bytes:
    """The archive around the parts of a workbook: names, methods, sizes, sums, flags, order, and what lies before and after."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    one = random.randrange(len(parts))
    action = random.randrange(12)
    if action == 0:  # A part twice, once with another content.
        parts.insert(random.randrange(len(parts)), (parts[one][0], random.choice(parts)[1]))
    elif action == 1:
        old = random.choice(("\\", "./", "/", "../", "x\u0301", "\u202e"))
        parts[one] = (old + parts[one][0], parts[one][1])
    elif action == 2:
        random.shuffle(parts)
    elif action == 3:
        parts += [
            (f"xl/{random.choice(('vbaProject.bin', 'externalLinks/a.xml', 'media/a.png'))}", b"x" * 99)
        ]
    method = zipfile.ZIP_DEFLATED
    if action == 4:
        method = random.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED))
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", allowZip64=True) as archive:
        warnings.simplefilter("ignore")  # A name twice is meant.
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = method
            with archive.open(info, "w", force_zip64=action == 5) as part:
                part.write(data)
        if action == 6:
            archive.comment = random.choice((b"PK\x05\x06" + bytes(18), b"x" * 60000))
    made = bytearray(buffer.getvalue())
    if action == 7:
        return random.choice((b"#!/bin/sh\n", b"\xef\xbb\xbf", bytes(512))) + bytes(made)
    if action == 8:
        return bytes(made) + random.choice((b"\0", b"PK\x05\x06", bytes(70000), bytes(made)))
    if action > 8:  # One field of a local head or of the directory says something else.
        sign, offset = random.choice(((b"PK\x03\x04", 4), (b"PK\x01\x02", 6), (b"PK\x05\x06", 4)))
        places = [match.start() for match in re.finditer(re.escape(sign), made)]
        at = random.choice(places) + offset + random.randrange(0, 24, 2)
        made[at : at + 2] = random.choice((b"\0\0", b"\xff\xff", b"\1\0", b"\x08\0", random.randbytes(2)))
    return bytes(made)


# Cells ---------------------------------------------------------------------------------------------------

CELLS: tuple[object, ...] = (
    None, "", " ", 0, -1, 1, -0.0, 0.001, 0.1 + 0.2, 1 / 3, 2.675, 1e-9, 1e12, 999999999999.99, 1e15, 1e20, 1e308, -1e11,
    12345678901234567890.0, 99999999, True, False, "NaN", "Infinity", "1e5", "1_000", "+5", "--5", "(100,00)", "100-", "−100",
    "1 234,50", "1.234,50", "1,234.50", "1.234", "1,234", "12,50 kr", "12.50 EUR", "25 %", "١٢٣", "１２３", "1.2E+15", "-",
    date(1900, 1, 1), date(1999, 12, 31), date(2026, 10, 31), date(2031, 1, 1), date(2100, 12, 31),
    datetime(2026, 10, 14, 12, 30), "2026-02-30", "01/02/2026", "31.10.2026", "2026-10-14", 60, 46309, 2958466,  # noqa: DTZ001
    "=1+1", "@SUM(A1)", "+46 8", "-rf", "=cmd|' /C calc'!A0", "../../x", "a/b\\c:d", "CON", "a.", "A\u202eB", "dold\u200btext",
    "\ufeffC1", "e\u0301", "Å" * 120, "x" * 60, "x" * 4000, "😀", "'", '"', "<b>&amp;</b>", "{value}{0}%s", "NA", "null", "None",
    "#REF!", "TRUE", "yes", "Total", "Summa", "Example", "Exempel", "0", "00123", "C1", "C99", "c2", "C3", "A1", "A3", "103001", "103002",
    "F1", "S1", "BANK", "SEK", "EUR", "sek", "All", "Drop", "Comment", "G/L Account", "3001", "1510", "DOMESTIC", "EU", "30D", "CM+1M", "D",
    "Accept", "Reject", "Apply To", "On Account", "Post To Account", "Booked Elsewhere", "Leave", "U1-1", "U2-1=10,00;103001",
    "103001 · 2 500,00 · Björk", "Apply", "Unapply", "Refund", "Write Off", "Hold", "Unhold", "Payment", "6001", "CM-1", "2-1", "C1;C2",
    Formula("=1+1", ""), Formula("=NA()", "#N/A"), Formula("=A1&B1", "C1"), Formula("=2*3", 6), "Rad 1\nRad 2", "a\tb", "a;b", "a|b",
)  # fmt: skip
CAPTIONS = (
    "No.", "Customer No.", "Amount", "Quantity", "Unit Price", "Posting Date", "Action", "Item No.", "Currency Code", "Held Id",
    "Problem", "Decision", "Kundnr", "Antal", "Belopp", "Datum", "Hair", "", " no. ", "NO", "Line No.", "Prices Including VAT",
    "Bill-to Customer No.", "Invoice Discount %", "Prepayment %", "Type", "Comment", "Payment Reference", "Due Date",
    "Payment Terms Code", "External Document No.", "Delivery Date", "Qty. to Invoice", "Language", "Decision", "State", "Statement Line No.", "Apply-to Documents", "Account",
)  # fmt: skip


def change_cells(rows: list[list[object]], random: Random) -> str:
    row, column = random.randrange(1, len(rows)), random.randrange(len(rows[0]))
    rows[row][column] = random.choice(CELLS)
    return f"cell {row},{column} = {rows[row][column]!r:.60}"


def change_column(rows: list[list[object]], random: Random) -> str:
    column, cell = random.randrange(len(rows[0])), random.choice(CELLS)
    for row in rows[1:]:
        row[column] = cell
    return f"column {column} = {cell!r:.60}"


def change_type(rows: list[list[object]], random: Random) -> str:
    """A number as a text, a text as a number, a date as its serial, a sign turned."""
    row, column = random.randrange(1, len(rows)), random.randrange(len(rows[0]))
    cell = rows[row][column]
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        rows[row][column] = random.choice(
            (str(cell), f"{cell:.2f}".replace(".", ","), -cell, cell * 1000, f"{cell} kr", cell + 0.005)
        )
    elif isinstance(cell, date):
        rows[row][column] = random.choice(
            (
                cell.isoformat(),
                cell.strftime("%d/%m/%Y"),
                cell.toordinal() - 693594,
                cell.replace(year=2016),
                f"{cell:%Y%m%d}",
            )
        )
    elif isinstance(cell, str) and cell:
        rows[row][column] = random.choice(
            (cell.swapcase(), cell + " ", cell[:-1], cell * 20, cell[::-1], "0" + cell, cell + "\u200b")
        )
    return f"type of {row},{column}: {cell!r:.40} -> {rows[row][column]!r:.40}"


def swap_cells(rows: list[list[object]], random: Random) -> str:
    places = [(random.randrange(1, len(rows)), random.randrange(len(rows[0]))) for _ in range(2)]
    (a, b), (c, d) = places
    rows[a][b], rows[c][d] = rows[c][d], rows[a][b]
    return f"cells {places} swapped"


def change_caption(rows: list[list[object]], random: Random) -> str:
    column = random.randrange(len(rows[0]))
    rows[0][column] = random.choice(CAPTIONS)
    return f"caption {column} = {rows[0][column]!r}"


def add_column(rows: list[list[object]], random: Random) -> str:
    caption, cells = random.choice(CAPTIONS), [random.choice(CELLS) for _ in range(2)]
    for number, row in enumerate(rows):
        row.append(random.choice(cells) if number else caption)
    return f"column {caption!r} with {cells!r:.80}"


def move_rows(rows: list[list[object]], random: Random) -> str:
    """Rows repeated, left out, in another order, with gaps between or above them."""
    one, other = random.randrange(len(rows)), random.randrange(len(rows))
    action = random.randrange(5)
    if action == 0:
        rows.insert(other, list(rows[one]))
    elif action == 1 and len(rows) > 2:
        del rows[one]
    elif action == 2:
        rows[one], rows[other] = rows[other], rows[one]
    elif action == 3:
        rows.insert(one, [None] * len(rows[0]))
    else:
        rows[:0] = [[None] * len(rows[0]) for _ in range(random.choice((1, 5, 19, 25)))]
    return f"rows {one} {other} by {action}"


def repeat_rows(rows: list[list[object]], random: Random) -> str:
    """All rows once more, one of them changed: the same key with another content."""
    again = copy.deepcopy(rows[1:])
    rows += again
    if random.random() < 0.7:
        change_type(rows, random)
    return "all rows twice"


ROWS: tuple[Callable[[list[list[object]], Random], str], ...] = (
    change_cells,
    change_cells,
    change_cells,
    change_type,
    change_type,
    swap_cells,
    change_column,
    change_caption,
    add_column,
    move_rows,
    repeat_rows,
)


NAMES = (
    "{slot}.{ending}.{ending}", "{slot}.XLSX", "{slot}.csv", "{slot}.txt", "{slot}.xml", "{slot}.pdf", "{slot}", "{slot}.ods", "{slot}.",
    "{slot} .{ending}", " {slot}.{ending}", "{slot} räka\u0308.{ending}", "{slot} ręka €.{ending}", "{slot} 😀.{ending}", "~${slot}.{ending}",
    "{slot} - to fix.{ending}", "{slot} - to fix - to fix.xlsx", "{slot}.{ending} - problem.txt", "held 000003/{slot}.{ending}",
    "{slot}/Payment Review 000002.xlsx", "{slot}/Setup.xlsx", "{slot}/a/b/c/d/e.{ending}", "{slot}/- to fix.xlsx/x.{ending}",
    "{slot}\u202excod.{ending}", "{slot}\n.{ending}", "{slot}\t.{ending}", "{slot} <b>&{{value}}%s'\".{ending}", "={slot}+1.{ending}",
    "-{slot}.{ending}", "con {slot}.{ending}", "{slot}\\..\\x.{ending}", "{slot}:a|b?*.{ending}", "{slot}" + "x" * 180 + ".{ending}",
    "{slot}" + "å" * 120 + ".{ending}", "{slot}/" + "y" * 90 + "/" + "z" * 90 + "/q.{ending}", "Orders {slot}.csv", "Kontoutdrag {slot}.csv",
)  # fmt: skip
"""Names for a file of slot and its own ending."""


def change_book(book: Book, random: Random) -> str:
    """One to four changes of cells, rows and captions, now and then of the sheet or the whole workbook."""
    done = []
    name = random.choice(list(book.sheets))
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        rows = book.sheets[name]
        if len(rows) > 1 and rows[0]:
            done.append(random.choice(ROWS)(rows, random))
    if random.random() < 0.1:
        action = random.randrange(5)
        if action == 0:
            book.hidden.add(name)
        elif action == 1:
            book.date_1904 = True
        elif action == 2:
            row, column = random.randrange(1, 4), random.randrange(3)
            book.merged.append((name, row, column, row + random.randrange(2), column + 1))
        elif action == 3:
            other = random.choice(
                ("Sheet1", "Orders", "Payments", "Notes", "Invoices", "Company", "Payment Review")
            )
            if other not in book.sheets:
                book.sheets = {other if key == name else key: rows for key, rows in book.sheets.items()}
        else:
            other = random.choice(("Orders2", "Order", "Sheet1"))
            if other not in book.sheets:
                book.sheets[other] = copy.deepcopy(book.sheets[name])
        done.append(f"sheet {name} by {action}")
    return "; ".join(done)


# A mutated file ------------------------------------------------------------------------------------------


def mutant(slot: int, random: Random, good: Good | None = None) -> Mutant:
    """One mutated file. good: what to begin with."""
    good = good or Good()
    if random.random() < 0.66:
        made = _workbook(slot, random, good)
    else:
        what = random.choice(list(good.files))
        content, change = good.files[what](slot), random.choice((*TEXTS, *BYTES))
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            content = change(content, random) if content else content
        made = Mutant(f"{slot}/{what}", content, f"{what}: {change.__name__}")
    if made.common or random.random() > 0.06:
        return made
    name = random.choice(NAMES).format(slot=slot, ending=made.name.rpartition(".")[2])
    return made._replace(name=name, how=f"{made.how}; name")


def _workbook(slot: int, random: Random, good: Good) -> Mutant:
    """A workbook in one of its forms, or as csv: its cells changed, a part of it, its archive or its bytes."""
    common = random.random() < 0.08
    books = good.common if common else good.books
    what = random.choice(list(books))
    book, level = books[what](slot), random.random()
    how = change_book(book, random) if level < 0.6 else ""
    if how and random.random() < 0.1:
        name = f"{slot}/{next(iter(book.sheets))}.csv"
        return Mutant(name, book.csv().encode("utf-8", "replace"), f"{what}.csv: {how}", common)
    form = random.choice(FORMS) if random.random() < 0.2 else ".xlsx"
    content = book.content(form)
    if not how:
        packed = form != ".xls"
        change = random.choice(
            (change_part, change_part, change_part, change_archive, *BYTES[:2]) if packed else BYTES
        )
        change = random.choice(BYTES) if level > 0.9 else change
        content, how = change(content, random), change.__name__
    return Mutant(f"{slot} {what}{form}", content, f"{what}{form}: {how}", common)
