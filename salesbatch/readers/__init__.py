"""The readers: files in, typed and checked tables out. Outside callers use this door only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from salesbatch.core.inbox import Inbox, InputFile
    from salesbatch.core.tables import Table

__all__ = ["read_anchor", "read_inbox", "sheet_named"]


def read_inbox(
    files: Sequence[InputFile],
    *,
    local_currency: str = "SEK",
    language: str = "en",
    progress: Callable[[str, int, int], None] | None = None,
    setup: Mapping[str, pd.DataFrame] | None = None,
) -> Inbox:
    """Read the files of a drop: clean tables, held rows, and every finding of every file in one pass.

    local_currency: of amounts whose row names no currency. language: decides what '1,234' means where it
    stands as text. progress: called with the file's name, its number and the number of files when it is read.
    setup: rows of the books' setup by table, of which `CSV Profiles` and `Bank Accounts` say how banks' own files
    are read; what the drop itself holds of them goes before.
    No file stops another one; a file that cannot be read at all is named in `Inbox.unreadable`.
    """
    # Imported here, because pandas and the sheets' declarations take half a second that `--help` must not pay.
    from salesbatch.core.sheets import SHEETS
    from salesbatch.readers.bank_export import BankSetup
    from salesbatch.readers.cells import Reading
    from salesbatch.readers.inbox import gather_inbox

    return gather_inbox(files, SHEETS, Reading(language, local_currency), progress, BankSetup(setup or {}))


def sheet_named(name: str) -> Table | None:
    """The sheet that a person means by a name, as the name of a dropped sheet is understood; None for no sheet."""
    from salesbatch.core.sheets import SHEETS
    from salesbatch.readers.sheets import SheetNames

    return SheetNames(SHEETS).claims(name)


def read_anchor(content: bytes) -> tuple[int, str] | None:
    """Rows and head of the hash chain as they stand on the first sheet of a workbook of ours; None where not."""
    from salesbatch.readers.anchor import read_anchor as read

    return read(content)
