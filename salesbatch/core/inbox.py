"""The Inbox: what one run read, validated, with the fingerprints of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from salesbatch.core.findings import Finding
from salesbatch.core.tables import RawSheet

PICTURE = "picture"
"""The kind of a file that may be the logo: it is kept, and has no rows."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A dropped file: its name below inbox/ (with `/`), and the bytes that were read once."""

    name: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that were held back for one reason: a whole document, or one row of master data."""

    table: str
    key: str
    source: str
    sheet: str
    rows: tuple[int, ...]
    reason: str
    """Codes of the findings, comma-separated."""
    held_id: str = ""
    """The id that these rows carried when they were dropped as a corrected to-fix workbook."""


@dataclass(frozen=True)
class Inbox:
    """The validated tables of one run.

    tables: frame per table name (`core.tables.Table.name`), clean rows of all files; documents with an error
    are not in them but in `held`. raw: the cells as typed by (source, sheet). unreadable: names of files of
    which nothing could be read, with the code of the finding that says why.
    """

    files: tuple[InputFile, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    raw: Mapping[tuple[str, str], RawSheet] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[str, ...] = ()
    rows_read: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What each file was read as, by its name: 'workbook', 'csv', 'camt.053'."""
    dropped: tuple[str, ...] = ()
    """Held ids whose rows came back with Decision = Drop: they are closed for good and taken in nowhere."""

    def table(self, name: str) -> pd.DataFrame | None:
        """The clean rows of a table, or None when the drop has none."""
        frame = self.tables.get(name)
        return frame if frame is not None and len(frame) else None

    @property
    def settings(self) -> dict[str, str]:
        """What the drop's Company sheet says, by setting, as canonical text."""
        rows = self.table("company")
        return {} if rows is None else dict(zip(rows["setting"], rows["value"]))
