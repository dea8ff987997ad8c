"""A font is read once per process and then only pointed at: documents share what never changes.

fpdf2 reads and cuts a TTF for every document, which costs 28 to 100 ms where drawing costs two. The shipped
faces are cut already, so here a face is embedded whole: the character code in the PDF *is* the glyph number
(Identity-H with an Identity map), and nothing is learnt from one document that a second could see. A face is
immutable; the objects that belong to a document are made anew for it.

This is the only place that leans on the inside of fpdf2: `TTFFont` as the type of a font, and
`OutputProducer._add_fonts` as the moment when fonts are written. `check_fpdf2` stops loudly if they change.
"""

from __future__ import annotations

import inspect
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TextEmphasis
from fpdf.fonts import TTFFont
from fpdf.output import OutputProducer
from fpdf.syntax import PDFObject

FAMILY = "notosans"
# The prefix of six capitals marks a subset, as PDF 32000-1 9.6.4 asks.
_SUBSET_PREFIX = "SALESB+"
_FILES = {False: "NotoSans-Regular.ttf", True: "NotoSans-Bold.ttf"}


class UndrawableTextError(ValueError):
    """A text holds a character that the font lacks; `core.glyphs` finds these before posting."""


class _GlyphCodes(dict[int, str]):
    """Code point -> four hex digits of the glyph, for `str.translate`; an unknown character never passes."""

    def __missing__(self, code: int) -> str:
        raise UndrawableTextError(f"The font cannot draw {chr(code)!r} (U+{code:04X})")


class _GlyphWidths(dict[str, int]):
    """Character -> width in thousandths of the font size."""

    def __missing__(self, character: str) -> int:
        raise UndrawableTextError(f"The font cannot draw {character!r} (U+{ord(character):04X})")


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the font, as it goes into every document. Never changed after loading."""

    name: str
    codes: _GlyphCodes
    widths: _GlyphWidths
    descriptor: str  # PDF dictionary without its /FontFile2 entry
    cid_font: str  # PDF dictionary without its /FontDescriptor entry
    font_file: bytes  # stream object without its number
    to_unicode: bytes  # stream object without its number

    def width(self, text: str) -> int:
        """Give the width in thousandths of the font size."""
        return sum(map(self.widths.__getitem__, text))


@cache
def load_face(bold: bool) -> Face:
    """Read a shipped face; the second call in a process costs nothing."""
    check_fpdf2()
    data = (resources.files("salesbatch.writers") / "fonts" / _FILES[bold]).read_bytes()
    font: Any = TTFont(BytesIO(data), recalcTimestamp=False)
    scale = 1000 / font["head"].unitsPerEm
    characters: dict[int, str] = font.getBestCmap()
    order = {name: number for number, name in enumerate(font.getGlyphOrder())}
    advances = [round(font["hmtx"].metrics[name][0] * scale) for name in font.getGlyphOrder()]
    name = _SUBSET_PREFIX + str(font["name"].getDebugName(6))
    numbers = {code: order[glyph] for code, glyph in sorted(characters.items())}
    return Face(
        name=name,
        codes=_GlyphCodes({code: f"{number:04X}" for code, number in numbers.items()}),
        widths=_GlyphWidths({chr(code): advances[number] for code, number in numbers.items()}),
        descriptor=_describe(font, name, scale),
        cid_font=(
            f"/Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity\n"
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>\n"
            f"/DW {advances[0]} /W [0 [{' '.join(map(str, advances))}]]"
        ),
        font_file=_stream(data, f"/Length1 {len(data)} "),
        to_unicode=_stream(_map_to_unicode(numbers)),
    )


def _describe(font: Any, name: str, scale: float) -> str:
    head, metrics, weight = font["head"], font["OS/2"], font["OS/2"].usWeightClass
    box = " ".join(str(round(edge * scale)) for edge in (head.xMin, head.yMin, head.xMax, head.yMax))
    # Flag 4 = symbolic, as a font with its own encoding must say; 2**18 = bold.
    flags = 4 | (1 << 18 if weight >= 600 else 0)
    return (
        f"/Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [{box}] /ItalicAngle 0\n"
        f"/Ascent {round(font['hhea'].ascent * scale)} /Descent {round(font['hhea'].descent * scale)} "
        f"/CapHeight {round(metrics.sCapHeight * scale)} /StemV {50 + (weight // 65) ** 2}"
    )


def _map_to_unicode(numbers: dict[int, int]) -> bytes:
    """Build the CMap by which a reader copies and searches text; of two characters of a glyph, the lower."""
    characters: dict[int, int] = {}
    for code, number in numbers.items():
        characters.setdefault(number, code)
    entries = [f"<{number:04X}> <{code:04X}>" for number, code in sorted(characters.items())]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")


def _stream(data: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(data, 9)
    head = f"<<{entries}/Filter /FlateDecode /Length {len(packed)}>>\nstream\n"
    return head.encode("ascii") + packed + b"\nendstream"


class SharedFont(TTFFont):
    """A document's handle on a shared face. It keeps no record of the characters that were drawn."""

    __slots__ = ("face",)

    def __init__(self, face: Face, number: int, bold: bool) -> None:
        # The parent's __init__ is left out on purpose: it reads and measures the whole font file.
        self.face = face
        self.i = number
        self.type = "TTF"
        self.name = face.name
        self.emphasis = TextEmphasis.coerce("B" if bold else "")
        self.fontkey = FAMILY + ("B" if bold else "")
        self.color_font = None
        self.is_compressed = self.is_cff = self.is_cid_keyed = self.is_symbol = False
        self.biggest_size_pt = 0.0

    def encode_text(self, text: str) -> str:
        return f"<{text.translate(self.face.codes)}> Tj"

    def get_text_width(self, text: str, font_size_pt: float, _: object = None) -> tuple[int, float]:
        return len(text), self.face.width(text) * font_size_pt * 0.001


class _Ready(PDFObject):
    """An object whose text is known but for its number."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def serialize(self, obj_dict: Any = None, _security_handler: Any = None) -> Any:
        # Bytes go into the buffer as they are; the text that fpdf2 makes elsewhere is encoded once more.
        if _security_handler is not None:
            raise NotImplementedError("Shared fonts cannot go into an encrypted document")
        return b"%d 0 obj\n%b\nendobj" % (self.id, self.body)


class SharedFontProducer(OutputProducer):
    """Writes the shared faces as they are, five objects a face, instead of cutting each for the document."""

    def _add_fonts(
        self, image_objects_per_index: Any, gfxstate_objs_per_name: Any, pattern_objs_per_name: Any
    ) -> Any:
        written: dict[int, PDFObject] = {}
        for font in sorted(self.fpdf.fonts.values(), key=lambda font: font.i):
            if not isinstance(font, SharedFont):
                raise TypeError(f"{font!r} is not a shared font")
            written[font.i] = self._add_face(font.face)
        return written

    def _add_face(self, face: Face) -> PDFObject:
        file_no = self._add_pdf_obj(_Ready(face.font_file), "fonts")
        map_no = self._add_pdf_obj(_Ready(face.to_unicode), "fonts")
        descriptor = f"<<{face.descriptor} /FontFile2 {file_no} 0 R>>"
        descriptor_no = self._add_pdf_obj(_Ready(descriptor.encode("ascii")), "fonts")
        cid_font = f"<<{face.cid_font} /FontDescriptor {descriptor_no} 0 R>>"
        cid_no = self._add_pdf_obj(_Ready(cid_font.encode("ascii")), "fonts")
        composite = _Ready(
            f"<</Type /Font /Subtype /Type0 /BaseFont /{face.name} /Encoding /Identity-H "
            f"/DescendantFonts [{cid_no} 0 R] /ToUnicode {map_no} 0 R>>".encode("ascii")
        )
        self._add_pdf_obj(composite, "fonts")
        return composite


def add_shared_fonts(pdf: FPDF) -> None:
    """Give a document both faces under `FAMILY`; write it with `output_producer_class=SharedFontProducer`."""
    pdf.fonts[FAMILY] = SharedFont(load_face(False), 1, False)
    pdf.fonts[FAMILY + "B"] = SharedFont(load_face(True), 2, True)


def check_fpdf2() -> None:
    """Stop if the inside of fpdf2 is no longer what this file was written against."""
    expected: dict[Any, list[str]] = {
        OutputProducer._add_fonts: [
            "self",
            "image_objects_per_index",
            "gfxstate_objs_per_name",
            "pattern_objs_per_name",
        ],
        OutputProducer._add_pdf_obj: ["self", "pdf_obj", "trace_label"],
        PDFObject.serialize: ["self", "obj_dict", "_security_handler"],
        TTFFont.encode_text: ["self", "text"],
    }
    for function, names in expected.items():
        if list(inspect.signature(function).parameters) != names:
            raise RuntimeError(f"This version of fpdf2 is not supported: {function.__qualname__} has changed")
    if "output_producer_class" not in inspect.signature(FPDF.output).parameters:
        raise RuntimeError("This version of fpdf2 is not supported: FPDF.output has changed")
