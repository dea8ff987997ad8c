"""A picture in the drop: the logo of the invoices, where the Company sheet names it. It is kept, never posted."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from salesbatch.readers.workbook import UnreadableFileError

LARGEST_PICTURE = 5 * 2**20
LARGEST_SIDE = 5000
"""Pixels; a letterhead at 300 dpi needs some 700."""
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def is_picture(content: bytes) -> bool:
    """Whether a file begins as PNG or JPEG."""
    return content.startswith(_BEGINNINGS)


def check_picture(content: bytes) -> None:
    """Raises UnreadableFileError for a picture that is too large, or that cannot be drawn."""
    if len(content) > LARGEST_PICTURE:
        raise UnreadableFileError("file-too-large", reason=f"> {LARGEST_PICTURE >> 20} MB")
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # Pillow warns of large ones; they are refused here.
            Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture,
        ):
            size = picture.size
            if max(size) <= LARGEST_SIDE:
                picture.convert("RGBA")  # What drawing does.
    except Image.DecompressionBombError as error:
        raise UnreadableFileError("file-too-large", reason=f"> {LARGEST_SIDE} pixels") from error
    except Exception as error:  # Pillow tells of bad bytes in a dozen ways.
        raise UnreadableFileError("picture-damaged") from error
    if max(size) > LARGEST_SIDE:
        raise UnreadableFileError("file-too-large", reason=f"{max(size)} > {LARGEST_SIDE} pixels")
