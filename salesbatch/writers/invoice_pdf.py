"""An invoice or credit memo on paper: every fact that the VAT law asks for, where it is looked for.

The sheet is a Swedish business letter: the seller top left, the buyer in the right-hand window of a C5
envelope, then facts, lines, VAT per rate, total, and how to pay at the foot of the last sheet. The content
was frozen at posting (`PrintedDocument`), so drawing again gives the same bytes. Mandatory content: the
Swedish VAT act, ML 2023:200 chapter 17.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesbatch.core.documents import Party, PrintedDocument
from salesbatch.writers.figures import format_date
from salesbatch.writers.invoice_table import (
    HEAD_HEIGHT,
    Piece,
    draw_heading,
    draw_piece,
    lay_out_table,
    put_on_sheets,
)
from salesbatch.writers.invoice_totals import Closing, draw_closing, lay_out_closing
from salesbatch.writers.page import ACCENT, HAIRLINE, QUIET, Page, wrap_text
from salesbatch.writers.texts import Texts, country_name, texts_for

LEFT, RIGHT = 20.0, 190.0
# The right-hand window of a C5 envelope shows 118 to 188 mm and 42 to 71 mm wherever the sheet slips in it.
WINDOW = 118.0
_ADDRESS_TOP = 47.0
_LOGO_TOP, _LOGO = 12.0, (60.0, 16.0)
_FACTS_VALUE = 58.0
_NEXT_TOP = 33.0
BOTTOM = 262.0
_FOOTER_TOP = 267.5
_LINE = 4.6
_SMALL_LINE = 3.3
_CELL_STARTS = (LEFT, 69.0, WINDOW, 155.0)
_CELL_HEIGHT = 9.6
# Countries whose addresses have the town before the post code.
_TOWN_FIRST = frozenset(["AU", "CA", "GB", "IE", "IN", "NZ", "US", "ZA"])


def draw_invoice(document: PrintedDocument, logo: bytes = b"") -> bytes:
    """Draw an invoice or credit memo as a PDF; the same document gives the same bytes. logo: PNG or JPEG.

    Raises `UndrawableTextError` if the font lacks a character of a text; the rules check before posting.
    """
    texts = texts_for(document.language)
    is_credit = document.document_type == "credit_memo"
    title = texts.credit_memo if is_credit else texts.invoice
    seller = document.seller.party.name
    page = Page(
        title=f"{title} {document.no}",
        author=seller,
        language=texts.language_tag,
        created=document.document_date,
        identity="\n".join(
            (seller, document.seller.party.registration_no, document.document_type, document.no)
        ),
    )
    page.start_sheet()
    top = _draw_first_head(page, document, texts, title, logo)
    closing, spilled = lay_out_closing(document, texts)
    table = lay_out_table(document, texts, LEFT, RIGHT, closing_texts=(document.comment, *spilled))
    sheets = put_on_sheets(table.rows, top + HEAD_HEIGHT, _NEXT_TOP + HEAD_HEIGHT, BOTTOM - 5.0)
    _make_room(sheets, closing, top)

    for number, pieces in enumerate(sheets, start=1):
        if number > 1:
            page.start_sheet()
            _draw_next_head(page, document, texts, title)
        if pieces or len(sheets) == 1:
            draw_heading(page, table, top if number == 1 else _NEXT_TOP, LEFT, RIGHT)
        for piece in pieces:
            draw_piece(page, table, piece, LEFT, RIGHT)
        if number < len(sheets):
            page.text_right(RIGHT, BOTTOM + 1.0, texts.continued, 7.5, colour=QUIET)
        else:
            end = pieces[-1].bottom if pieces else (top + HEAD_HEIGHT if number == 1 else _NEXT_TOP)
            draw_closing(page, closing, end, (LEFT, RIGHT, BOTTOM))
        _draw_footer(page, document, texts, texts.page_of.format(page=number, pages=len(sheets)))
    return page.finish()


def _make_room(sheets: list[list[Piece]], closing: Closing, top: float) -> None:
    """Keep totals and payment together: on the last sheet if they fit, else on a new one with the last row.

    A total alone on a sheet says nothing of what it is a total of, so a whole row goes with it where one can.
    """
    last = sheets[-1]
    end = last[-1].bottom if last else top + HEAD_HEIGHT
    if end + closing.height <= BOTTOM:
        return
    carried: list[Piece] = []
    if (
        len(last) > 1
        and last[-1].first == 0
        and last[-1].row.height + closing.height + HEAD_HEIGHT < BOTTOM - _NEXT_TOP
    ):
        piece = last.pop()
        carried = [Piece(piece.row, _NEXT_TOP + HEAD_HEIGHT, piece.first, piece.last)]
    sheets.append(carried)


def _draw_first_head(page: Page, document: PrintedDocument, texts: Texts, title: str, logo: bytes) -> float:
    """Draw letterhead, title, address window and facts; give where the table may begin."""
    seller = document.seller.party
    y = 21.0
    if logo:
        y += page.picture(LEFT, _LOGO_TOP, *_LOGO, logo) + _LOGO_TOP - 13.5
    for line in wrap_text(seller.name, WINDOW - LEFT - 6, 15, True):
        page.text(LEFT, y, line, 15, bold=True, colour=ACCENT)
        y += 6.0
    for line in _address_lines(seller, "", texts, with_name=False):
        page.text(LEFT, y - 0.8, line, 8, colour=QUIET)
        y += 3.8
    page.text(WINDOW, 21.0, title, 20, bold=True, colour=ACCENT)
    page.text(WINDOW, 27.5, document.no, 11, bold=True)

    address_end = _draw_lines(
        page, WINDOW, _ADDRESS_TOP, _address_lines(document.bill_to, seller.country_code, texts), 10
    )
    facts_end = _draw_facts(page, _facts(document, texts), max(_ADDRESS_TOP, y + 3.0))
    y = max(address_end, facts_end, 72.0) + 2.0
    return _draw_details(page, document, texts, y) + 4.0


def _address_lines(party: Party, home_country: str, texts: Texts, *, with_name: bool = True) -> list[str]:
    """Give a postal address as lines; the country only abroad, in capitals as the post asks."""
    if party.country_code.upper() in _TOWN_FIRST:
        town = f"{party.city} {party.post_code}"
    else:
        town = f"{party.post_code} {party.city}"
    lines = [party.name] if with_name else []
    lines += [party.name_2, party.address, party.address_2, town.strip()]
    if home_country and party.country_code and party.country_code != home_country:
        lines.append(country_name(party.country_code, texts).upper())
    return [line for line in lines if line]


def _draw_lines(page: Page, x: float, y: float, lines: Sequence[str], size: float) -> float:
    """Draw lines under each other, broken at the right margin; give where the next would stand."""
    for text in lines:
        for line in wrap_text(text, RIGHT - x, size):
            page.text(x, y, line, size)
            y += _LINE
    return y


def _facts(document: PrintedDocument, texts: Texts) -> list[tuple[str, str, bool]]:
    """Give label, value and weight of the facts that every reader looks for first."""
    reference_label = texts.ocr_no if document.payment_reference.isdigit() else texts.payment_reference
    if document.document_type == "credit_memo":
        return [
            (texts.credit_memo_no, document.no, True),
            (texts.credit_memo_date, format_date(document.document_date, texts), False),
            (texts.corrected_invoice, document.corrects_no, True),
            (texts.customer_no, document.customer_no, False),
        ]
    return [
        (texts.invoice_no, document.no, True),
        (texts.invoice_date, format_date(document.document_date, texts), False),
        (texts.due_date, format_date(document.due_date, texts), True),
        (reference_label, document.payment_reference, True),
        (texts.customer_no, document.customer_no, False),
        (texts.payment_terms, document.payment_terms, False),
    ]


def _draw_facts(page: Page, facts: Sequence[tuple[str, str, bool]], y: float) -> float:
    for label, value, bold in facts:
        if not value:
            continue
        page.text(LEFT, y, label, 9, colour=QUIET)
        for line in wrap_text(value, WINDOW - _FACTS_VALUE - 6, 9, bold):
            page.text(_FACTS_VALUE, y, line, 9, bold=bold)
            y += _LINE
    return y


def _draw_details(page: Page, document: PrintedDocument, texts: Texts, y: float) -> float:
    """Draw references and delivery as small labels over values, in a grid; give where it ends."""
    buyer = document.bill_to
    cells = [
        (texts.your_reference, document.your_reference),
        (texts.our_reference, document.our_reference),
        (texts.your_order_no, document.external_document_no),
        (texts.order_no, document.order_no),
        (texts.delivery_date, format_date(document.delivery_date, texts) if document.delivery_date else ""),
        (texts.your_vat_no, buyer.vat_registration_no),
        (texts.your_registration_no, buyer.registration_no),
        (texts.currency, document.currency_code),
    ]
    cells = [cell for cell in cells if cell[1]]
    ship_to = document.ship_to if document.ship_to != document.bill_to else None
    starts = _CELL_STARTS[:2] if ship_to else _CELL_STARTS
    page.rule(LEFT, y, RIGHT - LEFT, weight=0.12, colour=HAIRLINE)
    y += 5.2
    end = y
    if ship_to:
        page.text(WINDOW, y, texts.delivery_address, 7, colour=QUIET)
        lines = _address_lines(ship_to, document.seller.party.country_code, texts)
        end = _draw_lines(page, WINDOW, y + 4.0, lines, 9)
    for start in range(0, len(cells), len(starts)):
        tallest = 1
        for place, (label, value) in enumerate(cells[start : start + len(starts)]):
            x = starts[place]
            next_x = starts[place + 1] if place + 1 < len(starts) else (WINDOW if ship_to else RIGHT)
            page.text(x, y, label, 7, colour=QUIET)
            lines = wrap_text(value, next_x - x - 3.0, 9)
            for number, line in enumerate(lines):
                page.text(x, y + 4.0 + number * 3.9, line, 9)
            tallest = max(tallest, len(lines))
        y += _CELL_HEIGHT + (tallest - 1) * 3.9
        end = max(end, y)
    return end


def _draw_next_head(page: Page, document: PrintedDocument, texts: Texts, title: str) -> None:
    """Draw the short head of a following sheet: whose document it is, and which."""
    page.text(LEFT, 21.0, document.seller.party.name, 10, bold=True, colour=ACCENT)
    page.text(WINDOW, 21.0, f"{title} {document.no}", 10, bold=True, colour=ACCENT)
    page.text(WINDOW, 25.6, f"{texts.customer_no} {document.customer_no}", 8, colour=QUIET)
    page.text_right(RIGHT, 25.6, format_date(document.document_date, texts), 8, colour=QUIET)


def _draw_footer(page: Page, document: PrintedDocument, texts: Texts, page_of: str) -> None:
    """Draw who the seller is in law, on every sheet: numbers, registered office, F-tax, contact, page."""
    seller = document.seller
    party = seller.party
    columns = (
        (
            LEFT,
            44.0,
            [party.name, *_address_lines(party, document.bill_to.country_code, texts, with_name=False)],
        ),
        (
            69.0,
            46.0,
            [
                _labelled(texts.registration_no, party.registration_no),
                _labelled(texts.vat_no, party.vat_registration_no),
                _labelled(texts.registered_office, seller.registered_office),
                texts.f_tax if seller.f_tax else "",
            ],
        ),
        (WINDOW, 46.0, [_labelled(texts.phone, seller.phone), seller.e_mail, seller.website]),
    )
    page.rule(LEFT, _FOOTER_TOP, RIGHT - LEFT, weight=0.2, colour=ACCENT)
    page.text_right(RIGHT, _FOOTER_TOP + 4.4, page_of, 7, colour=QUIET)
    for x, width, lines in columns:
        y = _FOOTER_TOP + 4.4
        for text in lines:
            for line in wrap_text(text, width, 7):
                page.text(x, y, line, 7, colour=QUIET)
                y += _SMALL_LINE


def _labelled(label: str, value: str) -> str:
    return f"{label} {value}" if value else ""
