"""The files of a drop become the Inbox: every sheet read, typed, checked, keyed, and gathered by table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.inbox import Held, Inbox, InputFile
from salesbatch.core.tables import RawSheet, Table
from salesbatch.readers import keys
from salesbatch.readers.cells import Reading
from salesbatch.readers.csv_file import read_csv
from salesbatch.readers.raw_cells import SheetCells
from salesbatch.readers.sheet_rows import TablePart
from salesbatch.readers.sheets import HEADER_ROWS, SheetNames, named_by_excel
from salesbatch.readers.table import HELD_TOGETHER, read_table
from salesbatch.readers.workbook import UnreadableFileError, WorkbookReader

Progress = Callable[[str, int, int], None]
_CSV = (".csv", ".tsv", ".txt")
_WORKBOOK = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xltm")
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class _Gathering:
    """What has been read so far in one drop."""

    def __init__(self, tables: Sequence[Table], reading: Reading) -> None:
        self.names = SheetNames(tables)
        self.reading = reading
        self.frames: dict[str, list[pd.DataFrame]] = {}
        self.held: list[Held] = []
        self.raw: dict[tuple[str, str], RawSheet] = {}
        self.findings: list[Finding] = []
        self.unreadable: list[str] = []
        self.dropped: list[str] = []
        self.rows_read = 0

    def read_file(self, file: InputFile, workbooks: WorkbookReader) -> None:
        """Read one file; whatever is wrong with it becomes a finding and never stops the next one."""
        known = 0
        before = len(self.findings)
        try:
            for cells, table in self._sheets(file, workbooks):
                known += 1
                self._add(read_table(cells, table, self.reading), table)
        except UnreadableFileError as error:
            value = "." + file.name.rpartition(".")[2] if error.code == "file-unknown-kind" else ""
            self.findings.append(finding(error.code, Place(file.name), value, **error.values))
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

    def _sheets(self, file: InputFile, workbooks: WorkbookReader) -> Iterator[tuple[SheetCells, Table]]:
        """The sheets of a file that are ours, one after the other, so that one at a time is in memory."""
        lower = file.name.lower()
        if not file.content.startswith(_MAGIC):
            if not lower.endswith(_CSV):
                raise UnreadableFileError(
                    "file-damaged" if lower.endswith(_WORKBOOK) else "file-unknown-kind"
                )
            cells = read_csv(file.name, file.content)
            table = self.names.claims_file(file.name) or self._recognise(cells)
            if table is not None:
                yield cells, table
            return
        for sheet in workbooks.open(file.content):
            table = self.names.claims(sheet.name)
            place = Place(file.name, sheet.name)
            if table is None and not named_by_excel(sheet.name):
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
            yield cells, table

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
        tuple(dict.fromkeys(gathering.dropped)),
    )
