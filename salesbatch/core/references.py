"""Payment references must survive a mistyped digit: OCR numbers with a Luhn check digit.

An OCR number is the digits of the document number, at some levels a length digit, and a check digit. The
level is what the company has agreed with its bank:

    1    nothing is refused; a check digit is given all the same
    2    check digit
    3    length digit and check digit
    4    check digit and one agreed length; zeros in front where the number is shorter

    >>> make_ocr("INV-1001", 2), make_ocr("INV-1001", 3)
    ('10017', '100164')
    >>> check_ocr("100164", 3), check_ocr("100146", 3)
    (True, False)
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

MAX_LENGTH = 25
"""The longest OCR number that a bank takes; the shortest has 2 digits."""
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_NO_DIGIT = re.compile(r"[^0-9]")


def luhn_digit(digits: str) -> str:
    """The Luhn check digit that goes after the digits: every second digit counts double, from the right."""
    signs = digits.encode()[::-1]
    total = sum(signs[1::2]) + sum(signs[::2].translate(_DOUBLED)) - len(signs) * ord("0")
    return str(-total % 10)


def make_ocr(document_no: str, level: int = 2, *, length: int = 0) -> str:
    """The OCR number of one document number; '' where it has no digits or would pass 25 digits.

    level: 1 to 4, see the module; length: the agreed number of digits at level 4 in all, check digit
    included (0: as long as the number makes it, which is one length as long as the series keeps its width).
    """
    return str(make_references(pd.Series([document_no], dtype="str"), level, length=length).iloc[0])


def make_references(document_no: pd.Series, level: int = 2, *, length: int = 0) -> pd.Series:
    """OCR numbers of a whole column of document numbers: str in, str out, same index."""
    if level not in (1, 2, 3, 4):
        raise ValueError(f"OCR level {level} is none of 1, 2, 3, 4")
    base = document_no.astype("str").str.replace(r"[^0-9]", "", regex=True)
    blank = base == ""
    if level == 3:
        base = base + ((base.str.len() + 2) % 10).astype("str")
    elif level == 4 and length:
        base = base.str.zfill(length - 1)
    result = np.full(len(base), "", dtype=object)
    lengths = base.str.len().to_numpy()
    for width in np.unique(lengths[~blank.to_numpy()]):  # A series has one or two widths, never one a row.
        if width + 1 > MAX_LENGTH or (level == 4 and length and width + 1 != length):
            continue
        rows = np.flatnonzero((lengths == width) & ~blank.to_numpy())
        texts = base.iloc[rows].tolist()
        result[rows] = [text + check for text, check in zip(texts, _check_digits(texts, int(width)))]
    return pd.Series(result, index=document_no.index, dtype="str")


def _check_digits(texts: list[str], width: int) -> list[str]:
    """Luhn digits of equally long digit texts at once."""
    digits = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).reshape(len(texts), width) - 48
    values = digits.astype(np.int64)
    values[:, ::-1][:, ::2] *= 2
    values -= np.where(values > 9, 9, 0)
    return [str(digit) for digit in (-values.sum(axis=1) % 10).tolist()]


def check_ocr(reference: str, level: int = 2, *, length: int = 0) -> bool:
    """Whether a reference as typed (blanks and hyphens allowed) is a right OCR number of this level.

    Level 1 takes any 2 to 25 digits; the others want the check digit, 3 also the length digit, 4 the length.
    """
    if level not in (1, 2, 3, 4):
        raise ValueError(f"OCR level {level} is none of 1, 2, 3, 4")
    digits = reference.replace(" ", "").replace("-", "")
    if not 2 <= len(digits) <= MAX_LENGTH or _NO_DIGIT.search(digits):
        return False
    if level == 1:
        return True
    if luhn_digit(digits[:-1]) != digits[-1]:
        return False
    if level == 3:
        return len(digits) > 2 and int(digits[-2]) == len(digits) % 10
    return not (level == 4 and length) or len(digits) == length
