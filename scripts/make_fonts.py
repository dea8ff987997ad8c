"""Make the two font files that the documents are printed with, and the table of what they can draw.

A whole font in every PDF would cost 500 kB and its subsetting most of the drawing time, so the faces are cut
once, here: Latin letters, punctuation and signs, no hinting, no layout tables. Run it again only when the set
of characters shall change:

    python scripts/make_fonts.py [folder of the Noto fonts]

It writes `salesbatch/writers/fonts/NotoSans-*.ttf` and the ranges in `salesbatch/core/glyphs.py`. The same
source fonts give the same files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("/usr/share/fonts/truetype/noto")
FONTS = ROOT / "salesbatch" / "writers" / "fonts"
GLYPHS_MODULE = ROOT / "salesbatch" / "core" / "glyphs.py"
FACES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
MATH_FACE = "NotoSansMath-Regular.ttf"

MINUS = 0x2212
# Signs that product texts hold and that Noto Sans lacks; Noto Sans Math has them in one weight.
MATH_SIGNS = "←↑→↓↔∅∆∏∑√∞≈≠≤≥"
# The Romanian comma letters, the capital sharp s, the Welsh w and y, the spaces, dashes and quotes that Excel
# and Word put into texts, and the signs that stand in addresses and article texts.
SINGLES = (
    "ȘșȚțẀẁẂẃẄẅẞỲỳǺǻǼǽǾǿˆˇ˘˙˚˛˜˝"
    + "\u2002\u2003\u2007\u2009\u202f"
    + "‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄"
    + "€₤₺℃ℓ№℠™Ω℮⅓⅔⅛⅜⅝⅞"
    + "ΔΩπμ"
)
RANGES = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F))


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    wanted = {code for first, last in RANGES for code in range(first, last + 1)} | set(map(ord, SINGLES))
    drawn = [make_face(source, name, wanted) for name in FACES]
    # A text may be set in either weight, so only what both faces hold may be promised.
    common = set.intersection(*drawn)
    write_ranges(common)
    missing = (wanted | {MINUS} | set(map(ord, MATH_SIGNS))) - common
    names = "".join(map(chr, sorted(missing))) or "none"
    sys.stdout.write(f"{len(common)} characters; not in the source fonts: {names}\n")


def make_face(source: Path, name: str, wanted: set[int]) -> set[int]:
    """Cut one face, add the minus and the mathematical signs, save it; give back the codes that it draws."""
    font = TTFont(source / name, recalcTimestamp=False)
    options = Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 4, 5, 6, 7, 13, 14]
    )
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "STAT", "MATH", "meta", "gasp", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    add_minus(font)
    add_math_signs(font, TTFont(source / MATH_FACE))
    font["post"].formatType = 3.0  # No glyph names: nothing reads them.
    font.save(FONTS / name)
    return set(font.getBestCmap())


def add_minus(font: TTFont) -> None:
    """Make U+2212 from the bar of the plus sign: as wide as a digit, as heavy as the face."""
    plus = font.getBestCmap()[ord("+")]
    glyph = font["glyf"][plus]
    points = list(glyph.coordinates)
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for x, y in points if x == left), max(y for x, y in points if x == left)
    pen = TTGlyphPen(None)
    pen.moveTo((left, bottom))
    for point in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(point)
    pen.closePath()
    add_glyph(font, MINUS, "minus", pen.glyph(), font["hmtx"].metrics[plus])


def add_math_signs(font: TTFont, math: TTFont) -> None:
    """Take the mathematical signs over; both fonts have 1,000 units to the em."""
    if font["head"].unitsPerEm != math["head"].unitsPerEm:
        raise SystemExit("The fonts differ in units per em")
    names, glyphs = math.getBestCmap(), math.getGlyphSet()
    for character in MATH_SIGNS:
        code = ord(character)
        if code not in names or code in font.getBestCmap():
            continue
        pen = TTGlyphPen(None)
        glyphs[names[code]].draw(pen)
        add_glyph(font, code, f"math{code:04X}", pen.glyph(), math["hmtx"].metrics[names[code]])


def add_glyph(font: TTFont, code: int, name: str, glyph: object, metrics: tuple[int, int]) -> None:
    font["glyf"][name] = glyph
    font["hmtx"].metrics[name] = metrics
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def write_ranges(codes: Iterable[int]) -> None:
    """Put the ranges between the two marks in core/glyphs.py, which must not read font files."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    body = "\n".join(f"    (0x{first:04X}, 0x{last:04X})," for first, last in ranges)
    block = f"# made by scripts/make_fonts.py\nDRAWABLE_RANGES = (\n{body}\n)\n# end of what is made"
    text = GLYPHS_MODULE.read_text(encoding="utf-8")
    text, count = re.subn(
        r"# made by scripts/make_fonts\.py.*?# end of what is made", block, text, flags=re.S
    )
    if count != 1:
        raise SystemExit(f"The marks are not in {GLYPHS_MODULE}")
    GLYPHS_MODULE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
