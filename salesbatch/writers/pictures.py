"""A picture is made ready for print once per process; documents share it.

Leans on the inside of fpdf2: `get_img_info`, and `FPDF.image_cache` as the place where a document looks for a
picture by its name before it reads one. A test compares the result with what fpdf2 does by itself.
"""

from __future__ import annotations

import io
from functools import lru_cache

from fpdf import FPDF
from fpdf.image_datastructures import RasterImageInfo
from fpdf.image_parsing import get_img_info
from PIL import Image

_NAME = "logo"
_DOTS_PER_MM = 300 / 25.4
_MM_PER_PIXEL = 25.4 / 96


def draw_picture(pdf: FPDF, content: bytes, x: float, y: float, width: float, height: float) -> float:
    """Draw a picture into the top left of a box of millimetres, as large as it is sharp; gives its height."""
    info = _prepared(content, width, height)
    scale = min(width / info.width, height / info.height, _MM_PER_PIXEL)
    pdf.image_cache.images[_NAME] = RasterImageInfo(**{**info, "i": 1, "usages": 0, "iccp_i": None})
    pdf.image(_NAME, x, y, info.width * scale, info.height * scale)
    return info.height * scale


@lru_cache(maxsize=4)
def _prepared(content: bytes, width: float, height: float) -> RasterImageInfo:
    """The pixels as they go into every PDF: on white, because paper is, and no finer than print."""
    picture = on_paper(content, int(width * _DOTS_PER_MM), int(height * _DOTS_PER_MM))
    return get_img_info(_NAME, picture, FPDF().image_cache.image_filter)


def on_paper(content: bytes, width: int, height: int) -> Image.Image:
    """A picture without transparency that fits into so many pixels."""
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    whole = paper.convert("RGB")
    whole.thumbnail((width, height), Image.Resampling.LANCZOS)
    return whole
