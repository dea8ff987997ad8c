"""The files of a drop become the Inbox: every sheet read, typed, checked, keyed, and gathered by table.

READERS lists the kinds of file; a new kind is one line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.inbox import Held, Inbox, InputFile
from salesbatch.core.tables import RawSheet, Table
from salesbatch.readers import keys
from salesbatch.readers.bank_file import statement_parts
from salesbatch.readers.camt import is_xml, read_camt
from salesbatch.readers.cells import Reading
from salesbatch.readers.csv_file import read_csv
from salesbatch.readers.raw_cells import SheetCells
from salesbatch.readers.sheet_rows import TablePart
from salesbatch.readers.sheets import HEADER_ROWS, SheetNames, named_by_excel
from salesbatch.readers.table import HELD_TOGETHER, read_table
from salesbatch.readers.workbook import UnreadableFileError, WorkbookReader

Progress = Callable[[str, int, int], None]
Parts = Iterator[tuple[TablePart, Table]]
_TO_FIX = " - to fix.xlsx"
_CSV = (".csv", ".tsv", ".txt")
_WORKBOOK = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xltm")
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class _Gathering:
    """What has been read so far in one drop."""

    def __init__(self, tables: Sequence[Table], reading: Reading) -> None:
        self.names = SheetNames(tables)
        self.bank_statement = next((table for table in tables if table.name == "bank_statement"), None)
        self.reading = reading
        self.frames: dict[str, list[pd.DataFrame]] = {}
        self.held: list[Held] = []
        self.raw: dict[tuple[str, str], RawSheet] = {}
        self.findings: list[Finding] = []
        self.unreadable: list[str] = []
        self.kinds: dict[str, str] = {}
        self.dropped: list[str] = []
        self.rows_read = 0

    def read_file(self, file: InputFile, workbooks: WorkbookReader) -> None:
        """Read one file; whatever is wrong with it becomes a finding and never stops the next one."""
        known = 0
        before = len(self.findings)
        try:
            reader = _reader_of(file)
            self.kinds[file.name] = reader.kind
            for part, table in reader.read(self, file, workbooks):
                known += 1
                self._add(part, table)
        except UnreadableFileError as error:
            self.findings.append(finding(error.code, Place(file.name), **error.values))
            self._forget(file.name, before)
            return
        if not known:
            self.findings.append(finding("file-nothing-known", Place(file.name)))

    def _forget(self, source: str, before: int) -> None:
        """An unreadable file gives nothing at all, even when its first sheets could be read."""
        self.unreadable.append(source)
        self.held = [item for item in self.held if item.source != source]
        self.raw = {place: sheet for place, sheet in self.raw.items() if place[0] != source}
        self.findings[before:] = self.findings[-1:]
        for frames in self.frames.values():
            frames[:] = [frame for frame in frames if frame["source"].iat[0] != source]

    def read_bank_file(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """The statements of a bank file; all of them are right, or none is taken."""
        statements = read_camt(file.content)
        if self.bank_statement is not None:
            for part in statement_parts(file.name, statements, self.bank_statement):
                yield part, self.bank_statement

    def read_csv(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """A csv file: one sheet, known by the file's name or its captions."""
        cells = read_csv(file.name, file.content)
        table = self.names.claims_file(file.name) or self._recognise(cells)
        if table is not None:
            yield read_table(cells, table, self.reading), table

    def read_workbook(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """The sheets of a workbook that are ours, one after the other, so that one at a time is in memory."""
        # A to-fix workbook keeps the names of the sheets that it was made from, such as a bank's statement id.
        any_name = file.name.endswith(_TO_FIX)
        sheets = workbooks.open(file.content)
        self.findings += [finding(code, Place(file.name)) for code in workbooks.notices]
        for sheet in sheets:
            table = self.names.claims(sheet.name)
            place = Place(file.name, sheet.name)
            if table is None and not named_by_excel(sheet.name) and not any_name:
                self.findings.append(finding("sheet-unknown", place, sheet.name))
                continue
            cells = workbooks.cells(file.name, sheet)
            if table is None:
                table = self._recognise(cells)
                if table is None:
                    if cells.height:
                        self.findings.append(finding("sheet-unknown", place, sheet.name))
                    continue
            if sheet.hidden:
                self.findings.append(finding("sheet-hidden", place, sheet.name))
            yield read_table(cells, table, self.reading), table

    def _recognise(self, cells: SheetCells) -> Table | None:
        count = max(0, min(cells.height, HEADER_ROWS - cells.first_row + 1))
        table = self.names.recognises([cells.header_texts(position) for position in range(count)])
        if table is not None:
            place = Place(cells.source, cells.name)
            self.findings.append(finding("sheet-by-captions", place, cells.name, table=table.sheet))
        return table

    def _add(self, part: TablePart, table: Table) -> None:
        self.findings += part.findings
        self.held += part.held
        self.dropped += part.dropped
        self.rows_read += part.rows_read
        if part.raw is not None:
            self.raw[part.raw.source, part.raw.sheet] = part.raw
        if part.frame is not None and len(part.frame):
            self.frames.setdefault(table.name, []).append(part.frame)

    def table(self, table: Table) -> pd.DataFrame | None:
        """All clean rows of a table, without repeats, through the gate; None when there are none."""
        frames = self.frames.get(table.name, [])
        if not frames:
            return None
        if table.documents:
            frames = list(_renumbered(frames))
        frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        keys.number_occurrences(table, frame)
        mine = [item for item in self.held if item.table == table.name]
        together = table.key_columns[0].name if table.name in HELD_TOGETHER else ""
        frame, held, findings = keys.hold_repeats(table, frame, mine, self.raw, together)
        self.held += held
        self.findings += findings
        if table.documents and len(frame):
            frame["document"] = np.unique(frame["document"].to_numpy(), return_inverse=True)[1].astype(
                np.int64
            )
        # The gate: from here on a frame is what its declaration says. Cells were checked before; a failure is a bug.
        table.model().validate(frame)
        return frame if len(frame) else None


def _renumbered(frames: Sequence[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The frames with document numbers that are unique over all of them."""
    offset = 0
    for frame in frames:
        frame["document"] = frame["document"] + offset
        offset = int(frame["document"].to_numpy()[-1]) + 1
        yield frame


class FileReader(NamedTuple):
    """One kind of file: how its content tells it, and how it becomes parts of tables."""

    kind: str
    claims: Callable[[InputFile], bool]
    read: Callable[[_Gathering, InputFile, WorkbookReader], Parts]


READERS: tuple[FileReader, ...] = (
    FileReader("workbook", lambda file: file.content.startswith(_MAGIC), _Gathering.read_workbook),
    FileReader("camt.053", is_xml, _Gathering.read_bank_file),
    FileReader("csv", lambda file: file.name.lower().endswith(_CSV), _Gathering.read_csv),
)
"""The first that claims a file reads it. What is known by its content goes before what is known by its name only."""


def _reader_of(file: InputFile) -> FileReader:
    for reader in READERS:
        if reader.claims(file):
            return reader
    if file.name.lower().endswith(_WORKBOOK):
        raise UnreadableFileError("file-damaged")
    raise UnreadableFileError("file-unknown-kind", value="." + file.name.rpartition(".")[2])


def gather_inbox(
    files: Sequence[InputFile], tables: Sequence[Table], reading: Reading, progress: Progress | None = None
) -> Inbox:
    """Read all files of a drop as the given tables."""
    gathering = _Gathering(tables, replace(reading))
    with WorkbookReader() as workbooks:
        for number, file in enumerate(files, 1):
            gathering.read_file(file, workbooks)
            if progress is not None:
                progress(file.name, number, len(files))
    frames = {table.name: frame for table in tables if (frame := gathering.table(table)) is not None}
    return Inbox(
        tuple(files),
        frames,
        tuple(gathering.held),
        gathering.raw,
        tuple(gathering.findings),
        tuple(gathering.unreadable),
        gathering.rows_read,
        gathering.kinds,
        tuple(dict.fromkeys(gathering.dropped)),
    )
