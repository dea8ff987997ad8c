"""The end of a document: VAT per rate, what is to be paid, the notes that the law asks for, and how to pay.

It stands together on the last sheet, payment at its very foot, where a payer's eye goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from salesbatch.core.documents import PrintedDocument
from salesbatch.writers.figures import format_amount, format_date, format_iban, format_money, format_number
from salesbatch.writers.page import ACCENT, QUIET, TINT, Page, fitting_size, text_width, wrap_text
from salesbatch.writers.texts import LOCAL_CURRENCIES, Texts

_ROW = 4.8
_TOP_SPACE = 8.0
_TOTAL_HEIGHT = 9.0
_NOTE_LINE = 4.1
_NOTE_SIZE = 8.5
_NOTE_WIDTH = 170.0
_VAT_GAP = 6.0
_BOX_ROW = 10.5
_BOX_PADDING = 3.0
_BOX_SPACE = 3.0
_BOX_STARTS = (4.0, 54.0, 94.0, 136.0, 172.0)
# Longer notes would push the payment box off the sheet, so they go with the lines.
_MOST_NOTES_HEIGHT = 60.0


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a document, measured and ready to draw."""

    vat_headings: tuple[str, ...]
    vat_rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    notes: tuple[tuple[str, ...], ...]
    payment: tuple[tuple[str, str], ...]
    accounts: tuple[tuple[str, str], ...]

    @property
    def sums_height(self) -> float:
        left = (len(self.vat_rows) + 1) * _ROW
        right = len(self.totals) * _ROW + _TOTAL_HEIGHT
        return _TOP_SPACE + max(left, right)

    @property
    def notes_height(self) -> float:
        return sum(len(note) * _NOTE_LINE + 1.2 for note in self.notes) + (4.0 if self.notes else 0.0)

    @property
    def payment_height(self) -> float:
        if not self.payment:
            return 0.0
        return _BOX_SPACE + self.box_height

    @property
    def box_height(self) -> float:
        return 2 * _BOX_PADDING + 7.4 + (_BOX_ROW - 0.4 if self.accounts else 0.0)

    @property
    def height(self) -> float:
        return self.sums_height + self.notes_height + self.payment_height


def lay_out_closing(document: PrintedDocument, texts: Texts) -> tuple[Closing, list[str]]:
    """Put the figures of the end into words and measure them; give also the notes too long to stand there."""
    digits, currency = document.minor_digits, document.currency_code
    headings, rows = _vat_summary(document, texts)
    totals = [(texts.total_without_vat, document.net_minor), (texts.vat_total, document.vat_minor)]
    if document.rounding_minor:
        label = texts.ore_rounding if currency == "SEK" else texts.rounding
        totals.append((label, document.rounding_minor))
    is_credit = document.document_type == "credit_memo"
    total_label = texts.total_credited if is_credit else texts.total_due
    total = format_amount(document.total_minor, digits, currency, texts)
    to_pay = not is_credit and document.total_minor > 0
    notes = _notes(document, texts, to_pay)
    broken = tuple(tuple(wrap_text(note, _NOTE_WIDTH, _NOTE_SIZE)) for note in notes)
    spilled = sum(map(len, broken)) * _NOTE_LINE > _MOST_NOTES_HEIGHT
    closing = Closing(
        vat_headings=headings,
        vat_rows=rows,
        totals=tuple((label, format_money(amount, digits, texts)) for label, amount in totals),
        total=(total_label, total),
        notes=() if spilled else broken,
        payment=_payment(document, texts, total) if to_pay else (),
        accounts=_accounts(document, texts) if to_pay else (),
    )
    return closing, notes if spilled else []


def _vat_summary(
    document: PrintedDocument, texts: Texts
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Give one row per VAT identifier (rate, base, VAT), and VAT in the seller's currency if given."""
    digits = document.minor_digits
    local = dict(document.vat_lcy)
    headings = [texts.vat_percent, texts.vat_base, texts.vat_amount]
    if local:
        currency = LOCAL_CURRENCIES.get(document.seller.party.country_code.upper(), "")
        headings.append(texts.vat_in.format(currency=currency) if currency else texts.vat_in_local_currency)
    rows = []
    for vat in document.vat:
        cells = [
            format_number(vat.vat_percent_e5, texts),
            format_money(vat.base_minor, digits, texts),
            format_money(vat.vat_minor, digits, texts),
        ]
        if local:
            # The local currencies that ask for this all have two decimals.
            cells.append(
                format_money(local[vat.vat_identifier], 2, texts) if vat.vat_identifier in local else ""
            )
        rows.append(tuple(cells))
    return tuple(headings), tuple(rows)


def _notes(document: PrintedDocument, texts: Texts, to_pay: bool) -> list[str]:
    """Give the sentences: what is credited, why there is no VAT (each clause once), the cash discount."""
    notes = []
    if document.document_type == "credit_memo":
        if document.corrects_no:
            notes.append(texts.corrects_sentence.format(no=document.corrects_no))
        notes.append(texts.credit_sentence)
    notes += dict.fromkeys(vat.clause for vat in document.vat if vat.clause)
    if to_pay and document.discount_date and document.discount_minor:
        digits, currency = document.minor_digits, document.currency_code
        rest = document.total_minor - document.discount_minor
        notes.append(
            texts.discount_sentence.format(
                date=format_date(document.discount_date, texts),
                discount=format_amount(document.discount_minor, digits, currency, texts),
                rest=format_amount(rest, digits, currency, texts),
            )
        )
    return notes


def _payment(document: PrintedDocument, texts: Texts, total: str) -> tuple[tuple[str, str], ...]:
    """Give what a payer types: amount, date, reference, giro account."""
    cells = [(texts.total_due, total), (texts.due_date, format_date(document.due_date, texts))]
    if document.payment_reference:
        is_ocr = document.payment_reference.isdigit()
        cells.append((texts.ocr_no if is_ocr else texts.payment_reference, document.payment_reference))
    giro = _giros(document, texts)
    if giro and document.currency_code == "SEK":
        cells.append(giro[0])
    return tuple(cells)


def _giros(document: PrintedDocument, texts: Texts) -> list[tuple[str, str]]:
    seller = document.seller
    cells = [(texts.bankgiro, seller.bankgiro), (texts.plusgiro, seller.plusgiro)]
    return [cell for cell in cells if cell[1]]


def _accounts(document: PrintedDocument, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Give the other ways to pay, in the second row of the box; the giros and Swish are for kronor."""
    seller = document.seller
    cells = [("IBAN", format_iban(seller.iban)), ("BIC", seller.bic)]
    if document.currency_code == "SEK":
        cells += [*_giros(document, texts)[1:], (texts.swish, seller.swish_no)]
    elif not seller.iban:
        cells += _giros(document, texts)
    return tuple(cell for cell in cells if cell[1])


def draw_closing(page: Page, closing: Closing, top: float, frame: tuple[float, float, float]) -> None:
    """Draw the sums under the table, the notes under the sums, and the payment box at the bottom.

    frame: left edge, right edge and bottom line in mm.
    """
    left, right, bottom = frame
    y = _draw_sums(page, closing, top + _TOP_SPACE, left, right)
    y += 4.0
    for note in closing.notes:
        for line in note:
            page.text(left, y, line, _NOTE_SIZE)
            y += _NOTE_LINE
        y += 1.2
    if closing.payment:
        _draw_payment(page, closing, left, right, bottom)


def _draw_sums(page: Page, closing: Closing, top: float, left: float, right: float) -> float:
    x = left
    for place, heading in enumerate(closing.vat_headings):
        cells = [row[place] for row in closing.vat_rows]
        x += max([text_width(heading, 7.5, True), *(text_width(cell, 8.5) for cell in cells)])
        page.text_right(x, top, heading, 7.5, bold=True, colour=ACCENT)
        for number, cell in enumerate(cells, start=1):
            page.text_right(x, top + number * _ROW, cell, 8.5)
        x += _VAT_GAP
    page.rule(left, top + 1.5, x - _VAT_GAP - left, weight=0.2, colour=ACCENT)
    labels = 118.0
    y = top
    for label, figure in closing.totals:
        page.text(labels, y, label, 9, colour=QUIET)
        page.text_right(right, y, figure, 9)
        y += _ROW
    page.rule(labels, y - 1.8, right - labels, weight=0.35, colour=ACCENT)
    label, figure = closing.total
    page.text(labels, y + 4.4, label, 11, bold=True)
    room = right - labels - text_width(label, 11, True) - 3.0
    size = fitting_size(figure, room, (13, 11, 9.5, 8), True)
    page.text_right(right, y + 4.4, figure, size, bold=True, colour=ACCENT)
    return max(y + _TOTAL_HEIGHT, top + (len(closing.vat_rows) + 1) * _ROW)


def _draw_payment(page: Page, closing: Closing, left: float, right: float, bottom: float) -> None:
    height = closing.box_height
    top = bottom - height
    page.box(left, top, right - left, height, TINT)
    page.box(left, top, 1.0, height, ACCENT)
    y = top + _BOX_PADDING + 2.6
    for place, (label, value) in enumerate(closing.payment):
        x, room = left + _BOX_STARTS[place], _BOX_STARTS[place + 1] - _BOX_STARTS[place] - 3.0
        page.text(x, y, label, 7, colour=QUIET)
        size = fitting_size(value, room, (10.5, 9, 8, 7), True)
        page.text(x, y + 4.6, value, size, bold=True)
    x = left + _BOX_STARTS[0]
    for label, value in closing.accounts:
        page.text(x, y + _BOX_ROW, label, 7, colour=QUIET)
        page.text(x, y + _BOX_ROW + 4.2, value, 9)
        x += max(text_width(label, 7), text_width(value, 9)) + 8.0
