"""A finding is a data problem as a value: code, place, and the words for an accountant.

Every code stands once in a catalogue (`core/finding_texts.py`): severity, sentence and suggestion in English
and Swedish. A finding names file, sheet, cell and the value as typed, so that it can be mended at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from salesbatch.core.finding_texts import CATALOGUE

ERROR, WARNING, NOTICE = "error", "warning", "notice"


class Place(NamedTuple):
    """Where something was read: file, sheet, 1-based row and column number as Excel counts, caption."""

    source: str = ""
    sheet: str = ""
    row: int = 0
    column_no: int = 0
    column: str = ""


AMOUNTS = frozenset(
    ("amount", "balance", "difference", "exposure", "limit", "overdue", "remaining", "stated", "sum", "total")
)
"""Placeholders that hold an amount of money, '12.50' or '12.50 SEK', or a whole number."""

NOWHERE = Place()
"""A finding about the run as a whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One data problem. `values` fill the placeholders of the catalogue's sentences."""

    code: str
    place: Place = NOWHERE
    value: str = ""
    values: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    severity_override: str = ""
    document: str = ""

    @property
    def severity(self) -> str:
        """error (holds back its document), warning or notice."""
        return self.severity_override or CATALOGUE[self.code].severity

    @property
    def cell(self) -> str:
        """The cell as Excel names it ('F17'); blank where its column is not on the sheet."""
        if self.place.row and self.place.column_no:
            return f"{column_letters(self.place.column_no)}{self.place.row}"
        return ""

    def message(self, language: str = "en") -> str:
        """One sentence: what is wrong."""
        text = CATALOGUE[self.code]
        return self._fill(text.sv if language == "sv" else text.en, language)

    def suggestion(self, language: str = "en") -> str:
        """One sentence: what to do; a concrete hint ('did you mean C0123?') goes before the general one."""
        text = CATALOGUE[self.code]
        general = self._fill(text.sv_do if language == "sv" else text.en_do, language)
        if not self.hint:
            return general
        asked = "Menade du" if language == "sv" else "Did you mean"
        return f"{asked} {self.hint}?" if not general else f"{asked} {self.hint}? {general}"

    def at(self, place: Place) -> Finding:
        """The same finding at another place."""
        return replace(self, place=place)

    def _fill(self, template: str, language: str) -> str:
        values = {name: written(text, language) if name in AMOUNTS else text for name, text in self.values}
        return template.format_map({"value": self.value, "column": self.place.column, **values})


def finding(
    code: str,
    place: Place = NOWHERE,
    value: object = "",
    *,
    hint: str = "",
    severity: str = "",
    document: str = "",
    **values: object,
) -> Finding:
    """A finding with its placeholders; an unknown code is a bug and raises KeyError."""
    CATALOGUE[code]
    filled = tuple((name, str(item)) for name, item in values.items())
    return Finding(code, place, str(value), filled, hint, severity, document)


def written(amount: str, language: str) -> str:
    """An amount as its language writes it: '12.50 SEK' is '12,50 SEK' in Swedish."""
    return amount.replace(".", ",") if language == "sv" else amount


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
