"""The files of a drop become the Inbox: every sheet read, typed, checked, keyed, and gathered by table.

READERS lists the kinds of file; a new kind is one line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesbatch.core.collector import without_collector
from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.inbox import PICTURE, Held, Inbox, InputFile
from salesbatch.core.sheets import FOR_PEOPLE
from salesbatch.core.tables import RawSheet, Table
from salesbatch.readers import keys
from salesbatch.readers.bank_export import SETUP_TABLES, BankSetup, find_layout, has_known_layout, read_export
from salesbatch.readers.bank_file import LARGEST_FILE, Statement, statement_parts
from salesbatch.readers.bgmax import is_bgmax, read_bgmax
from salesbatch.readers.camt import is_xml, read_camt
from salesbatch.readers.cells import Reading
from salesbatch.readers.csv_file import read_csv
from salesbatch.readers.mt940 import is_mt940, read_mt940
from salesbatch.readers.ofx import is_ofx, read_ofx
from salesbatch.readers.picture import check_picture, is_picture
from salesbatch.readers.raw_cells import SheetCells
from salesbatch.readers.sheet_rows import TablePart
from salesbatch.readers.sheets import HEADER_ROWS, SheetNames, caption_key, captions_of, named_by_excel
from salesbatch.readers.table import HELD_TOGETHER, read_table
from salesbatch.readers.workbook import SheetInfo, UnreadableFileError, WorkbookReader

Progress = Callable[[str, int, int], None]
Parts = Iterator[tuple[TablePart, Table]]
_TO_FIX = " - to fix.xlsx"
_CSV = (".csv", ".tsv", ".txt")
_WORKBOOK = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xltm")
_HEAD = 1 << 14
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class _Gathering:
    """What has been read so far in one drop."""

    def __init__(self, tables: Sequence[Table], reading: Reading, setup: BankSetup) -> None:
        self.setup = setup
        self.setup_tables = {table.name: table for table in tables if table.name in SETUP_TABLES}
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
        self.exports: list[tuple[InputFile, list[SheetCells]]] = []
        """Files that may be a bank's own export, read last, because the setup of the drop says how."""
        self.rows_read = 0

    def read_file(self, file: InputFile, workbooks: WorkbookReader) -> None:
        """Read one file; whatever is wrong with it becomes a finding and never stops the next one."""
        known = 0
        before = len(self.findings)
        try:
            reader = _reader_of(file)
            self.kinds[file.name] = reader.kind
            waiting = len(self.exports)
            for part, table in reader.read(self, file, workbooks):
                known += 1
                self._add(part, table)
            known += len(self.exports) - waiting + (reader.kind == PICTURE)
        except UnreadableFileError as error:
            self.findings.append(finding(error.code, Place(file.name), **error.values))
            self._forget(file.name, before)
            return
        if not known:
            self.findings.append(finding("file-nothing-known", Place(file.name)))

    def _forget(self, source: str, before: int) -> None:
        """An unreadable file gives nothing at all, even when its first sheets could be read."""
        self.unreadable.append(source)
        self.kinds.pop(source, None)
        self.held = [item for item in self.held if item.source != source]
        self.raw = {place: sheet for place, sheet in self.raw.items() if place[0] != source}
        self.findings[before:] = self.findings[-1:]
        for frames in self.frames.values():
            frames[:] = [frame for frame in frames if frame["source"].iat[0] != source]

    def read_bank_file(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """The statements of a bank file; all of them are right, or none is taken."""
        if len(file.content) > LARGEST_FILE:
            raise UnreadableFileError("file-too-large", reason=f"> {LARGEST_FILE >> 20} MB")
        read = next(read for claims, read in BANK_FILES if claims(file))
        self.kinds[file.name], statements = read(file.content)
        if self.bank_statement is not None:
            for part in statement_parts(file.name, statements, self.bank_statement):
                yield part, self.bank_statement

    def read_picture(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """A picture has no rows; it lies in the archive for the invoices."""
        check_picture(file.content)
        self.findings.append(finding("picture-kept", Place(file.name), file.name.rpartition("/")[2]))
        yield from ()

    def read_csv(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """A csv file: one sheet, known by the file's name or its captions, or a bank's export."""
        cells = read_csv(file.name, file.content)
        table = self.names.claims_file(file.name)
        if table is None and not has_known_layout(cells, self.setup.layouts):
            table = self._recognise(cells)
        if table is not None and not self._is_export(table, cells):
            yield read_table(cells, table, self.reading), table
        elif table is not None or self.has_own_layouts or find_layout(cells, ()):
            self.exports.append((file, [cells]))

    @property
    def has_own_layouts(self) -> bool:
        """Whether the setup, or a sheet of this drop, says how a bank's files are read."""
        return bool(self.setup.layouts) or "csv_profiles" in self.frames

    def _is_export(self, table: Table, cells: SheetCells) -> bool:
        """A sheet called 'Kontoutdrag' that names no account, in the layout of a bank, is the bank's and not ours."""
        if table is not self.bank_statement:
            return False
        captions = captions_of(table)
        count = max(0, min(cells.height, HEADER_ROWS - cells.first_row + 1))
        named = {captions.get(caption_key(text)) for at in range(count) for text in cells.header_texts(at)}
        return (
            table.by_name["bank_account"] not in named and find_layout(cells, self.setup.layouts) is not None
        )

    def read_exports(self) -> None:
        """The banks' own exports. Whatever is wrong with one becomes a finding and never stops the next one."""
        if not self.exports or self.bank_statement is None:
            return
        dropped = {name: self.table(table) for name, table in self.setup_tables.items()}
        setup = self.setup.with_rows(dropped)
        for file, sheets in self.exports:
            before = len(self.findings)
            known = 0
            try:
                for cells in sheets:
                    for part in self._export_parts(file, cells, setup):
                        known += 1
                        self._add(part, self.bank_statement)
            except UnreadableFileError as error:
                self.findings.append(finding(error.code, Place(file.name), **error.values))
                self._forget(file.name, before)
                continue
            if known:
                self.kinds[file.name] = "bank export"
            else:
                self.findings.append(finding("file-nothing-known", Place(file.name)))

    def _export_parts(self, file: InputFile, cells: SheetCells, setup: BankSetup) -> Iterator[TablePart]:
        found = find_layout(cells, setup.layouts)
        for layout in () if found and found[0] in setup.layouts else setup.layouts:
            # The profile may know an encoding or a delimiter that nobody could guess.
            if (layout.encoding or layout.delimiter) and not file.content.startswith(_MAGIC):
                again = read_csv(file.name, file.content, layout.encoding, layout.delimiter)
                if own := find_layout(again, [layout]):
                    cells, found = (again, own) if own[0] is layout else (cells, found)
        if found is None or self.bank_statement is None:
            return
        statements = read_export(cells, *found, setup, self.reading.currency)
        for statement in statements:
            statement.statement_id = cells.name
        yield from statement_parts(file.name, statements, self.bank_statement)

    def read_workbook(self, file: InputFile, workbooks: WorkbookReader) -> Parts:
        """The sheets of a workbook that are ours, one after the other, so that one at a time is in memory."""
        # A to-fix workbook keeps the names of the sheets that it was made from, such as a bank's statement id.
        any_name = file.name.endswith(_TO_FIX)
        known = False
        strange: list[SheetInfo] = []
        sheets = workbooks.open(file.content)
        self.findings += [finding(code, Place(file.name)) for code in workbooks.notices]
        for sheet in sheets:
            table = self.names.claims(sheet.name)
            place = Place(file.name, sheet.name)
            if table is None and sheet.name.casefold() in FOR_PEOPLE:
                continue
            if table is None and not named_by_excel(sheet.name) and not any_name:
                self.findings.append(finding("sheet-unknown", place, sheet.name))
                strange.append(sheet)
                continue
            cells = workbooks.cells(file.name, sheet)
            if table is None and not has_known_layout(cells, self.setup.layouts):
                table = self._recognise(cells)
            if table is None:
                if cells.height:
                    self.findings.append(finding("sheet-unknown", place, sheet.name))
                    strange.append(sheet)
                continue
            if self._is_export(table, cells):
                strange.append(sheet)
                continue
            known = True
            if sheet.hidden:
                self.findings.append(finding("sheet-hidden", place, sheet.name))
            yield read_table(cells, table, self.reading), table
        exports = [] if known else self._exports_among(file, strange, workbooks)
        if exports:
            self.exports.append((file, exports))
            named = {Place(file.name, cells.name) for cells in exports}
            self.findings = [
                item for item in self.findings if item.code != "sheet-unknown" or item.place not in named
            ]

    def _exports_among(
        self, file: InputFile, sheets: Sequence[SheetInfo], workbooks: WorkbookReader
    ) -> list[SheetCells]:
        """Of a workbook without any sheet of ours, those that are laid out as a bank's export."""
        read = (workbooks.cells(file.name, sheet) for sheet in sheets)
        return [cells for cells in read if cells.height and find_layout(cells, self.setup.layouts)]

    def _recognise(self, cells: SheetCells) -> Table | None:
        count = max(0, min(cells.height, HEADER_ROWS - cells.first_row + 1))
        rows = [cells.header_texts(position) for position in range(count)]
        table = self.names.recognises(rows, cells.source)
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
        table.model().validate(frame, inplace=True)
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


BANK_FILES: tuple[tuple[Callable[[InputFile], bool], Callable[[bytes], tuple[str, list[Statement]]]], ...] = (
    (is_ofx, read_ofx),
    (is_bgmax, read_bgmax),
    (is_mt940, read_mt940),
    (is_xml, read_camt),
)
"""The bank's formats: what claims a file by its content, and what reads it."""
READERS: tuple[FileReader, ...] = (
    FileReader("workbook", lambda file: file.content.startswith(_MAGIC), _Gathering.read_workbook),
    FileReader(
        "bank file",
        lambda file: any(claims(file) for claims, _ in BANK_FILES),
        _Gathering.read_bank_file,
    ),
    FileReader(PICTURE, lambda file: is_picture(file.content), _Gathering.read_picture),
    FileReader("csv", lambda file: file.name.lower().endswith(_CSV) or _is_export(file), _Gathering.read_csv),
)
"""The first that claims a file reads it. What is known by its content goes before what is known by its name only."""


def _is_export(file: InputFile) -> bool:
    """Whether a file of any name begins like a bank's csv export; whole lines, so that no letter is cut."""
    head = file.content[:_HEAD]
    if len(file.content) > _HEAD:
        head = head.rpartition(b"\n")[0]
    try:
        return find_layout(read_csv(file.name, head), ()) is not None
    except UnreadableFileError:
        return False


def _reader_of(file: InputFile) -> FileReader:
    for reader in READERS:
        if reader.claims(file):
            return reader
    if file.name.lower().endswith(_WORKBOOK):
        raise UnreadableFileError("file-damaged")
    raise UnreadableFileError("file-unknown-kind", value="." + file.name.rpartition(".")[2])


@without_collector()
def gather_inbox(
    files: Sequence[InputFile],
    tables: Sequence[Table],
    reading: Reading,
    progress: Progress | None = None,
    setup: BankSetup | None = None,
) -> Inbox:
    """Read all files of a drop as the given tables. setup: what the books know of our banks already."""
    gathering = _Gathering(tables, replace(reading), setup or BankSetup())
    with WorkbookReader() as workbooks:
        for number, file in enumerate(files, 1):
            gathering.read_file(file, workbooks)
            if progress is not None:
                progress(file.name, number, len(files))
    gathering.read_exports()
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
