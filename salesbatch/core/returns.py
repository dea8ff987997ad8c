"""Words and days by which a statement line is known as the return of a payment."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import pandas as pd

RETURN_DAYS = 14
"""A payment comes back within so many days, unless the bank itself names which one it was."""
REFERENCE_DAYS = 60
"""A payment that the bank names as returned was made at most so many days before."""
_WORDS = re.compile(
    r"RETUR|RETOUR|ATERBETAL|ATERFORD|ATERFORING|ATERSAND|AVVIS|AFVIS|MAKULER|REVERSAL|REVERSED|CHARGEBACK"
    r"|REJECT|REFUSED|UNPAID|STORN|RUCKLAST|RUECKLAST|RUCKGABE|RUECKGABE|R-TRANSACTION|TILBAGE|TILBAKE|PALAUTUS|ZWROT"
)


@lru_cache(maxsize=200_000)
def says_return(text: str) -> bool:
    """Whether a text speaks of money that came back, accents and case aside.

    >>> says_return("Återbetalning 103001"), says_return("Rücklastschrift"), says_return("Hyra oktober")
    (True, True, False)
    """
    if text.isascii():
        return bool(_WORDS.search(text.upper()))
    plain = unicodedata.normalize("NFKD", text)
    return bool(
        _WORDS.search("".join(letter for letter in plain if not unicodedata.combining(letter)).upper())
    )


def say_return(lines: pd.DataFrame) -> pd.Series:
    """Which lines (text, additional_info) speak of money that came back: bool on the same index."""
    return (lines["text"] + " " + lines["additional_info"]).map(says_return).astype(bool)
