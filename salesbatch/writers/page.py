"""A sheet of A4 paper to put texts, rules and tinted boxes on: all that a document needs of a PDF library.

Only this file, its `font_cache` and `pictures` know fpdf2. Positions are millimetres from the top left corner, `y` of a
text is its baseline, sizes are points. The same calls give the same bytes on any day and any machine with the
same libraries: no clock, no random identifiers.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from functools import lru_cache

from fpdf import FPDF
from fpdf.drawing_primitives import DeviceRGB

from salesbatch.core.glyphs import to_printed
from salesbatch.writers.font_cache import FAMILY, SharedFontProducer, add_shared_fonts, load_face
from salesbatch.writers.pictures import draw_picture

WIDTH, HEIGHT = 210.0, 297.0
_MM_PER_POINT = 25.4 / 72

# The few colours of a document: text, labels, the accent of titles and rules, fine lines, the tint of boxes.
INK = DeviceRGB(0.11, 0.13, 0.16)
QUIET = DeviceRGB(0.40, 0.43, 0.47)
ACCENT = DeviceRGB(0.10, 0.25, 0.40)
HAIRLINE = DeviceRGB(0.84, 0.86, 0.88)
TINT = DeviceRGB(0.945, 0.957, 0.969)


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Give the width of one line in millimetres."""
    return load_face(bold).width(to_printed(text).replace("\n", " ")) * size * 0.001 * _MM_PER_POINT


def wrap_text(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width` mm: at spaces, and inside a word only if it must be.

    A line break in the text stays one; no-break spaces hold. A blank text has no lines, and nothing is lost.
    """
    text = to_printed(text).strip()
    if not text:
        return []
    if "\n" not in text and text_width(text, size, bold) <= width:
        return [text]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrap_paragraph(paragraph.rstrip(" "), width, size, bold)
    return lines


def fitting_size(text: str, width: float, sizes: tuple[float, ...], bold: bool = False) -> float:
    """Give the first of the sizes at which one line is no wider than `width` mm, else the last."""
    return next((size for size in sizes if text_width(text, size, bold) <= width), sizes[-1])


def _wrap_paragraph(text: str, width: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, bold) > width:
            fitting = _fitting_length(line, width, size, bold)
            lines.append(line[:fitting])
            line = line[fitting:]
    return [*lines, line]


def _fitting_length(word: str, width: float, size: float, bold: bool) -> int:
    """Count the characters that fit, at least one: a longer word is cut there."""
    widths, room = load_face(bold).widths, width / (size * 0.001 * _MM_PER_POINT)
    for number, character in enumerate(word):
        room -= widths[character]
        if room < 0:
            return max(number, 1)
    return len(word)


class _Document(FPDF):
    """fpdf2's document with an identifier that says which document it is, not when it was drawn."""

    identity = ""

    def file_id(self) -> str:
        digest = hashlib.sha256(self.identity.encode("utf-8")).hexdigest()[:32].upper()
        return f"<{digest}><{digest}>"


class Page:
    """The sheets of one document, drawn from the first to the last. `finish` gives the PDF."""

    def __init__(self, *, title: str, author: str, language: str, created: date, identity: str) -> None:
        pdf = _Document(unit="mm", format="A4")
        pdf.identity = identity
        pdf.set_auto_page_break(False)
        pdf.set_title(to_printed(title))
        pdf.set_author(to_printed(author))
        pdf.set_lang(language)
        pdf.set_creator("salesbatch")
        pdf.set_producer("fpdf2")
        # The date of the document, not of the drawing: drawing again must give the same bytes.
        pdf.set_creation_date(datetime.combine(created, time(), UTC))
        # Nothing is transparent, and a transparency group makes some printers rasterise the page.
        pdf.allow_images_transparency = False
        add_shared_fonts(pdf)
        self._pdf = pdf
        self._fill: DeviceRGB | None = None

    def start_sheet(self) -> None:
        """Begin the next sheet of paper."""
        self._pdf.add_page()

    def text(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: DeviceRGB = INK
    ) -> None:
        """Put one line with its left end at `x`; a line break in it becomes a space."""
        if not text:
            return
        pdf = self._pdf
        pdf.set_font(FAMILY, "B" if bold else "", size)
        self._use(colour)
        pdf.text(x, y, to_printed(text).replace("\n", " "))

    def text_right(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: DeviceRGB = INK
    ) -> None:
        """Put one line with its right end at `x`."""
        self.text(x - text_width(text, size, bold), y, text, size, bold=bold, colour=colour)

    def rule(
        self, x: float, y: float, width: float, *, weight: float = 0.2, colour: DeviceRGB = HAIRLINE
    ) -> None:
        """Draw a level line `weight` mm thick whose middle is at `y`."""
        self.box(x, y - weight / 2, width, weight, colour)

    def box(self, x: float, y: float, width: float, height: float, colour: DeviceRGB = TINT) -> None:
        """Fill an area."""
        self._use(colour)
        self._pdf.rect(x, y, width, height, style="F")

    def picture(self, x: float, y: float, width: float, height: float, content: bytes) -> float:
        """Draw a PNG or JPEG into the top left of a box, as large as it goes; give its height."""
        return draw_picture(self._pdf, content, x, y, width, height)

    def finish(self) -> bytes:
        """Close the document and give its bytes."""
        return bytes(self._pdf.output(output_producer_class=SharedFontProducer))

    def _use(self, colour: DeviceRGB) -> None:
        # Text and fill are kept on one colour; otherwise fpdf2 saves and restores the state around each text.
        if self._fill is not colour:
            self._fill = colour
            self._pdf.set_fill_color(colour)
            self._pdf.set_text_color(colour)
