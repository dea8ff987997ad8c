"""Which sheet is what: by its name, and where the name says nothing, by its captions.

A sheet's name is compared without case, spaces, signs and plural, in English and Swedish. A sheet that still
has the name which Excel gave it, and a csv file with any name, is recognised by its captions when they fit one
table better than every other; where they fit several alike, the file's name may tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from salesbatch.core.tables import Column, Table, normal_name

_NAMED_BY_EXCEL = re.compile(r"(?:sheet|blad|tabelle|ark|table|export|data)?[0-9]*")
_FEWEST_CAPTIONS = 3
HEADER_ROWS = 20


def stem(name: str) -> str:
    """A sheet's name without what does not count: 'Sales_Prices' and 'sales price' are one."""
    text = normal_name(name)
    if text.endswith("ies"):
        return text[:-3] + "y"
    text = text.removesuffix("s") if len(text) > 3 else text
    for ending in ("or", "er", "ar"):
        if len(text) > len(ending) + 2 and text.endswith(ending):
            return text[: -len(ending)]
    return text


class SheetNames:
    """The names of all tables. Exact names win over names that are equal only without their plural."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tuple(tables)
        self._exact: dict[str, Table] = {}
        self._stems: dict[str, Table] = {}
        for table in tables:
            self._exact.setdefault(normal_name(table.sheet), table)
            self._stems.setdefault(stem(table.sheet), table)
        for table in tables:
            for alias in table.aliases:
                self._exact.setdefault(normal_name(alias), table)
                self._stems.setdefault(stem(alias), table)

    def claims(self, name: str) -> Table | None:
        """The table that a sheet of this name is, or None."""
        return self._exact.get(normal_name(name)) or self._stems.get(stem(name))

    def claims_file(self, name: str) -> Table | None:
        """The table that a csv file is by its name: 'Orders 2026-10-31.csv' is Orders."""
        base = re.sub(r"\.[^./]+$", "", name.rpartition("/")[2])
        return self.claims(base) or self.claims(re.sub(r"[\s_\-.(]*[0-9][0-9\s_\-.()]*$", "", base))

    def recognises(self, rows: Sequence[Sequence[str]], file: str) -> Table | None:
        """The one table that a header row fits best, with all its required columns; None when several fit alike.

        Of these it is the one that the file's name begins with: 'Fakturor Lund oktober.xlsx' has invoices.
        """
        best: list[tuple[int, Table]] = []
        for table in self.tables:
            captions = captions_of(table)
            required = {column.caption for column in table.columns if column.required}
            for row in rows:
                found = {
                    column.caption for text in row if text and (column := captions.get(caption_key(text)))
                }
                enough = len(found) >= min(_FEWEST_CAPTIONS, len(table.columns))
                if enough and required <= found:
                    best.append((len(found), table))
        best.sort(key=lambda item: -item[0])
        fitting = {table.name: table for count, table in best if count == best[0][0]}
        if len(fitting) > 1:
            words = re.split(r"[\s_\-.()]+", file.rpartition("/")[2])
            named = (self.claims(" ".join(words[:count])) for count in range(len(words), 0, -1))
            return next((fitting.get(table.name) for table in named if table), None)
        return next(iter(fitting.values()), None)


def named_by_excel(name: str) -> bool:
    """True for 'Sheet1', 'Blad1' and the like: names that say nothing."""
    return _NAMED_BY_EXCEL.fullmatch(normal_name(name)) is not None


def caption_key(text: str) -> str:
    """A caption as it is compared; the star that marks a required column in a template does not count."""
    return normal_name(text.replace("*", ""))


@lru_cache(maxsize=256)
def captions_of(table: Table) -> Mapping[str, Column]:
    """Columns by every caption that names them: its own first, then snake_case, then the aliases in order."""
    found: dict[str, Column] = {}
    for column in table.columns:
        found.setdefault(caption_key(column.caption), column)
    for column in table.columns:
        for name in (column.field, column.name):
            found.setdefault(caption_key(name), column)
    for column in table.columns:
        for alias in column.aliases:
            found.setdefault(caption_key(alias), column)
    return found
