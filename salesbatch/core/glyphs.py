"""A document is posted only if it can be printed: which characters the shipped font can draw.

A PDF library draws an empty box, or nothing, for a character that the font lacks, and by then the document
has its number. So the rules ask here before posting. The table is made together with the fonts; a test
compares the two.
"""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

# made by scripts/make_fonts.py
DRAWABLE_RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x00AC),
    (0x00AE, 0x017F),
    (0x01FA, 0x01FF),
    (0x0218, 0x021B),
    (0x02C6, 0x02C7),
    (0x02D8, 0x02DD),
    (0x0394, 0x0394),
    (0x03A9, 0x03A9),
    (0x03BC, 0x03BC),
    (0x03C0, 0x03C0),
    (0x1E80, 0x1E85),
    (0x1E9E, 0x1E9E),
    (0x1EF2, 0x1EF3),
    (0x2002, 0x2003),
    (0x2007, 0x2007),
    (0x2009, 0x2009),
    (0x2010, 0x2015),
    (0x2018, 0x201A),
    (0x201C, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x202F, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2084),
    (0x20A4, 0x20A4),
    (0x20AC, 0x20AC),
    (0x20BA, 0x20BA),
    (0x2103, 0x2103),
    (0x2113, 0x2113),
    (0x2116, 0x2116),
    (0x2120, 0x2120),
    (0x2122, 0x2122),
    (0x212E, 0x212E),
    (0x2153, 0x2154),
    (0x215B, 0x215E),
    (0x2190, 0x2194),
    (0x2205, 0x2206),
    (0x220F, 0x220F),
    (0x2211, 0x2212),
    (0x221A, 0x221A),
    (0x221E, 0x221E),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
)
# end of what is made

DRAWABLE: frozenset[str] = frozenset(
    chr(code) for first, last in DRAWABLE_RANGES for code in range(first, last + 1)
)

# What has no ink of its own: soft hyphens, zero-width spaces and joiners, direction and byte order marks,
# which copying from web pages leaves in cells. They are left out when drawing.
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_TO_PRINTED: dict[int, str | None] = {ord(character): None for character in _INVISIBLE}
_TO_PRINTED |= {
    ord("\t"): " ",
    ord("\r"): "\n",
    ord("\v"): "\n",
    ord("\f"): "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
_ALLOWED = DRAWABLE | frozenset("\n\t\r\v\f") | frozenset(map(chr, _TO_PRINTED))


def to_printed(text: str) -> str:
    """Give the text as it is drawn: composed letters, no invisible signs, only `\\n` to control it.

    macOS writes "Å" as A and a ring, Excel breaks a line with `\\n` or `\\r\\n`; both print alike.
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_TO_PRINTED)


def missing_characters(texts: pd.Series) -> pd.Series:
    """Name the characters of each text that the shipped font cannot draw; "" where it can draw them all.

    texts: `str` with "" for blank. Gives `str` on the same index: each missing character once, in order.

    `missing_characters(pd.Series(["Åsa", "寿司 寿"]))` gives `["", "寿司"]`.
    """
    # One set over all texts answers for nearly every batch that nothing is missing.
    suspects = set("".join(texts.tolist())) - _ALLOWED
    if not suspects:
        return pd.Series("", index=texts.index, dtype="str", name=texts.name)
    pattern = "[" + re.escape("".join(sorted(suspects))) + "]"
    found = texts.str.contains(pattern, regex=True).tolist()
    # Only the few texts with a suspect are looked at one by one: composing letters can still clear them.
    missing = [_missing_in(text) if hit else "" for text, hit in zip(texts.tolist(), found, strict=True)]
    return pd.Series(missing, index=texts.index, dtype="str", name=texts.name)


def _missing_in(text: str) -> str:
    return "".join(dict.fromkeys(c for c in to_printed(text) if c not in DRAWABLE and c != "\n"))
