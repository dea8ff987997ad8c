"""Looks into a workbook's own bytes for what the parser cannot say: bombs, far cells, errors, unsaved formulas.

The parser gives a blank for `#N/A` and for a formula whose result was never saved, so that a broken look-up in
the price column would look like "no price". Both stand plainly in the file. They are found by searching the
bytes; only a sheet that has them is looked at more closely. Runs in the child, standard library only.
"""

from __future__ import annotations

import importlib.util
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from html import unescape
from xml.etree import ElementTree

MOST_UNPACKED = 512 << 20
MOST_PARTS = 10_000
_LARGE_PART = 20 << 20
_MOST_RATIO = 200
_SPARSE_PART = 4 << 20
_MOST_CELLS = 5_000_000
_PIECE = 4 << 20

_HAS_MEMORY_LIMIT = importlib.util.find_spec("resource") is not None
_CALC_EXTENSION = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_ERROR_SIGN = re.compile(rb"t=[\"']e[\"']")

SpecialCell = tuple[int, int, bool, str]
"""Row and column number as Excel counts, True for an error and False for an unsaved formula, the error's text."""

ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class UnsafeFileError(Exception):
    """The file must not be parsed: code of the finding and its placeholders."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Package:
    """What is known of a workbook's bytes; the base class knows nothing and finds nothing."""

    date_1904 = False
    unpacked = 0
    notices: tuple[str, ...] = ()
    """Codes of what a person should know although it is harmless: macros never run, links are never followed."""

    def check_cells(self) -> None:
        """Raise UnsafeFileError for a cell so far out that the parser would need too much memory."""

    def special_cells(self, index: int, name: str) -> Iterator[SpecialCell]:
        """Error cells and formulas without a saved result of a sheet (by place and by name)."""
        return iter(())


def open_package(content: bytes) -> Package:
    """Recognise the kind of file by its content and check what can be checked without parsing it."""
    if content[:4] == b"PK\x03\x04":
        return ZipPackage(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return BinaryPackage(content)
    raise UnsafeFileError("file-damaged")


# Zipped workbooks: xlsx, xlsm, xlsb, ods -----------------------------------------------------------------


class ZipPackage(Package):
    """A zipped workbook. Raises UnsafeFileError at once for archives that no spreadsheet program makes."""

    def __init__(self, content: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise UnsafeFileError("file-damaged") from None
        self.parts = {part.filename.replace("\\", "/").lstrip("/"): part for part in self.archive.infolist()}
        self._check_archive()
        signs = (("file-macros", "vbaproject.bin"), ("file-links", "/externallinks/"))
        self.notices = tuple(code for code, sign in signs if any(sign in name.lower() for name in self.parts))
        self.sheets: list[tuple[str, str]] = []
        self._find_sheets()

    def _check_archive(self) -> None:
        parts = self.archive.infolist()
        self.unpacked = sum(part.file_size for part in parts)
        if self.unpacked > MOST_UNPACKED:
            raise UnsafeFileError("file-too-large", reason=f"> {MOST_UNPACKED >> 20} MB")
        if len(parts) > MOST_PARTS:
            raise UnsafeFileError("file-unsafe", reason=f"{len(parts)} parts")
        if len(self.parts) != len(parts):
            raise UnsafeFileError("file-unsafe", reason="a part twice")
        for part in parts:
            if part.flag_bits & 1:
                raise UnsafeFileError("file-password")
            if part.file_size > _LARGE_PART and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
                raise UnsafeFileError("file-too-large", reason=f"{part.filename}: {part.file_size >> 20} MB")
        for name, part in self.parts.items():
            if name.endswith((".xml", ".rels")) and name != "META-INF/manifest.xml":
                head = self._read(part, 2048).replace(b"\0", b"")
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise UnsafeFileError("file-unsafe", reason=f"DOCTYPE: {part.filename}")
        manifest = self.parts.get("META-INF/manifest.xml")
        if manifest is not None and b"encryption-data" in self._read(manifest, 1 << 20):
            raise UnsafeFileError("file-password")

    def _read(self, part: zipfile.ZipInfo, most: int = -1) -> bytes:
        try:
            with self.archive.open(part) as stream:
                return stream.read(most)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
            raise UnsafeFileError("file-damaged") from None
        except Exception as error:  # zlib.error has no common parent with the others.
            if type(error).__name__ != "error":
                raise
            raise UnsafeFileError("file-damaged") from None

    def _find_sheets(self) -> None:
        """Names and parts of the sheets in the workbook's order; a workbook built oddly simply has none."""
        main = next((name for name in self.parts if re.fullmatch(r"(?i)xl/workbook\d*\.xml", name)), None)
        if main is None:
            self._find_binary_sheets()
            return
        folder, _, file = main.rpartition("/")
        relations = self.parts.get(f"{folder}/_rels/{file}.rels")
        text = self._read(self.parts[main])
        if relations is None or b"<!DOCTYPE" in text:
            return
        date_mode = re.search(rb"date1904\s*=\s*[\"'](\w+)", text)
        self.date_1904 = date_mode is not None and date_mode[1] in (b"1", b"true", b"on")
        try:
            targets = _targets(self._read(relations), folder)
            for element in _parse(text).iter():
                if element.tag.rpartition("}")[2] == "sheet":
                    link = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "id"), "")
                    self.sheets.append((element.get("name", ""), targets.get(link, "")))
        except ElementTree.ParseError:
            self.sheets = []

    def _find_binary_sheets(self) -> None:
        relations = self.parts.get("xl/_rels/workbook.bin.rels")
        main = self.parts.get("xl/workbook.bin")
        if relations is None or main is None:
            return
        try:
            targets = _targets(self._read(relations), "xl")
        except ElementTree.ParseError:
            return
        for record, data in _binary_records(self._read(main)):
            if record == 156 and len(data) > 12:  # A sheet: state, number, relation id, name (both UTF-16).
                length = struct.unpack_from("<I", data, 8)[0]
                link = data[12 : 12 + 2 * length].decode("utf-16-le", "replace")
                name = data[16 + 2 * length :].decode("utf-16-le", "replace")
                self.sheets.append((name, targets.get(link, "")))

    def _part_of(self, index: int, name: str) -> zipfile.ZipInfo | None:
        for sheet_name, part in self.sheets:
            if sheet_name == name and part in self.parts:
                return self.parts[part]
        if index < len(self.sheets):
            return self.parts.get(self.sheets[index][1])
        return None

    def check_cells(self) -> None:
        """Find a far cell in small sheets; the large ones run into the memory limit instead, if they must.

        Looking at every reference costs as much as parsing, so that it is done where it costs next to nothing,
        and on Windows, which has no such limit.
        """
        for name, path in self.sheets:
            part = self.parts.get(path)
            most = _SPARSE_PART if _HAS_MEMORY_LIMIT else MOST_UNPACKED
            if part is None or part.file_size > most or not path.endswith(".xml"):
                continue
            cell = far_cell(self._read(part))
            if cell:
                raise UnsafeFileError("file-far-cell", cell=cell, sheet=name)

    def special_cells(self, index: int, name: str) -> Iterator[SpecialCell]:
        """Error cells and unsaved formulas of an xlsx or xlsb sheet."""
        if "content.xml" in self.parts:
            yield from _open_document_errors(self.archive, self.parts["content.xml"], name)
            return
        part = self._part_of(index, name)
        if part is None:
            return
        if part.filename.endswith(".bin"):
            yield from _binary_special_cells(self._read(part))
            return
        rest = b""
        prefix: bytes | None = None
        try:
            with self.archive.open(part) as stream:
                while piece := stream.read(_PIECE):
                    text = rest + piece
                    if prefix is None:
                        found = re.search(rb"<(\w+:)?worksheet\b", text)
                        prefix = (found[1] or b"") if found else b""
                    end = text.rfind(b"row>") + 4
                    rest = text[end:] if end >= 4 else text
                    if end >= 4:
                        yield from special_cells_in(text[:end], prefix)
        except (zipfile.BadZipFile, OSError, EOFError):
            return  # The parser has read the sheet before: it decides whether the file is damaged.
        if prefix is not None:
            yield from special_cells_in(rest, prefix)


def _parse(text: bytes) -> ElementTree.Element:
    """Parse a part that was found to declare no document type, so that it can define no entities."""
    return ElementTree.fromstring(text)  # noqa: S314


def _targets(text: bytes, folder: str) -> dict[str, str]:
    """Relation id -> part name."""
    if b"<!DOCTYPE" in text:
        return {}
    targets = {}
    for element in _parse(text):
        target = element.get("Target", "").replace("\\", "/")
        targets[element.get("Id", "")] = (
            target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        )
    return targets


def column_number(letters: bytes) -> int:
    """b'A' -> 1, b'AA' -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def far_cell(text: bytes) -> str:
    """Name of the outermost cell when the area up to it is too large to hold, else ''."""
    references: set[tuple[bytes, bytes]] = set(re.findall(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']", text))
    if not references:
        return ""
    cells = [(int(row), column_number(letters), letters + row) for letters, row in references]
    if max(row for row, _, _ in cells) * max(column for _, column, _ in cells) <= _MOST_CELLS:
        return ""
    return max(cells, key=lambda cell: cell[0] * cell[1])[2].decode()


def special_cells_in(text: bytes, prefix: bytes) -> Iterator[SpecialCell]:
    """Error cells and unsaved formulas in a piece of a sheet's XML that ends with a row."""
    # A pattern finds these short signs in half the time that `in` takes, and this is done with every byte of a sheet.
    if _ERROR_SIGN.search(text):
        pattern = rb"<%sc\b([^>]*\bt=[\"']e[\"'][^>]*)>(.*?)</%sc>" % (prefix, prefix)
        for match in re.finditer(pattern, text, re.DOTALL):
            place = _place(text, match.start(), match[1], prefix)
            value = re.search(rb"<%sv[^>]*>([^<]*)<" % prefix, match[2])
            if place is not None:
                yield (*place, True, unescape(value[1].decode("utf-8", "replace")) if value else "#N/A")
    if re.search(b"<%sf" % prefix, text):
        pattern = rb"<%sf\b(?:[^>]*/>|[^>]*>[^<]*</%sf>)\s*(?:<%sv\b[^>]*/>|<%sv\b[^>]*>\s*</%sv>)?\s*</%sc>"
        for match in re.finditer(pattern % ((prefix,) * 6), text):
            start = max(text.rfind(b"<%sc%s" % (prefix, end), 0, match.start()) for end in (b" ", b">"))
            if start < 0:
                continue
            attributes = text[start : text.find(b">", start)]
            if re.search(rb"\bt=[\"'](?:str|e)[\"']", attributes):
                continue  # A saved result that is an empty text, or an error found above.
            place = _place(text, start, attributes, prefix)
            if place is not None:
                yield (*place, False, "")


def _place(text: bytes, start: int, attributes: bytes, prefix: bytes) -> tuple[int, int] | None:
    """Row and column of the cell at `start`; counted where the writer left the reference out."""
    reference = re.search(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})", attributes)
    if reference:
        return int(reference[2]), column_number(reference[1])
    row_start = text.rfind(b"<%srow" % prefix, 0, start)
    row = (
        re.search(rb"\br=[\"']([0-9]{1,7})", text[row_start : text.find(b">", row_start)])
        if row_start >= 0
        else None
    )
    if row is None:
        return None
    return int(row[1]), len(re.findall(rb"<%sc\b" % prefix, text[row_start:start])) + 1


def _open_document_errors(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, sheet: str
) -> Iterator[SpecialCell]:
    """Error cells of an ods sheet: places are counted, because rows and cells are written with repeats."""
    text = archive.read(part)
    if b'value-type="error"' not in text or b"<!DOCTYPE" in text:
        return
    row = column = 0
    inside = False
    for event, element in ElementTree.iterparse(io.BytesIO(text), ("start", "end")):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        if tag == "table" and event == "start":
            inside, row = attributes.get("name") == sheet, 0
        elif tag == "table-row" and inside:
            if event == "start":
                column = 0
            else:
                row += int(attributes.get("number-rows-repeated", "1"))
                element.clear()
        elif tag in ("table-cell", "covered-table-cell") and inside and event == "end":
            # LibreOffice gives the kind twice: its own word for an error comes besides the standard's.
            if element.get(_CALC_EXTENSION + "value-type") == "error":
                yield row + 1, column + 1, True, "".join(element.itertext()).strip() or "#N/A"
            column += int(attributes.get("number-columns-repeated", "1"))


def _binary_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Records (number, content) of an xlsb part; stops quietly where the part is cut off."""
    position, end = 0, len(data)
    while position + 2 <= end:
        record = data[position]
        position += 1
        if record & 0x80:
            record = (record & 0x7F) | (data[position] & 0x7F) << 7
            position += 1
        length = shift = 0
        while position < end:
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        yield record, data[position : position + length]
        position += length


def _binary_special_cells(data: bytes) -> Iterator[SpecialCell]:
    row = 0
    for record, content in _binary_records(data):
        if record == 0 and len(content) >= 4:
            row = int.from_bytes(content[:4], "little") + 1
        elif record in (3, 11) and len(content) >= 9:
            column_no = int.from_bytes(content[:4], "little") + 1
            yield row, column_no, True, ERROR_TEXTS.get(content[8], "#N/A")


# The old binary workbooks: xls ---------------------------------------------------------------------------


class BinaryPackage(Package):
    """An xls workbook, or a workbook with a password, in its compound file."""

    def __init__(self, content: bytes) -> None:
        self.unpacked = len(content)
        self.stream = b""
        self.sheet_starts: list[int] = []
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnsafeFileError("file-password")
        if "_VBA_PROJECT_CUR".encode("utf-16-le") in content:
            self.notices = ("file-macros",)
        try:
            self.stream = workbook_stream(content)
            self._read_globals()
        except (struct.error, IndexError, ValueError):
            self.stream = b""  # The parser decides whether the file is damaged; here it only finds no errors.

    def _read_globals(self) -> None:
        for record, start, length in _old_records(self.stream, 0):
            if record == 0x2F:
                raise UnsafeFileError("file-password")
            if record == 0x22 and length >= 2:
                self.date_1904 = self.stream[start] == 1
            elif record == 0x85 and length >= 6:
                self.sheet_starts.append(struct.unpack_from("<I", self.stream, start)[0])

    def special_cells(self, index: int, name: str) -> Iterator[SpecialCell]:
        """Error values and formulas that give an error."""
        if index >= len(self.sheet_starts):
            return
        for record, start, length in _old_records(self.stream, self.sheet_starts[index]):
            if record == 0x205 and length >= 8 and self.stream[start + 7] == 1:
                code = self.stream[start + 6]
            elif (
                record in (0x06, 0x206, 0x406)
                and length >= 14
                and self.stream[start + 12 : start + 14] == b"\xff\xff"
            ):
                if self.stream[start + 6] != 2:
                    continue
                code = self.stream[start + 8]
            else:
                continue
            row, column = struct.unpack_from("<HH", self.stream, start)
            yield row + 1, column + 1, True, ERROR_TEXTS.get(code, "#N/A")


def _old_records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Records (number, start of content, length) from a begin to its end record; charts inside are passed over."""
    depth = 0
    while position + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, position)
        position += 4
        if record in (0x09, 0x209, 0x409, 0x809):
            depth += 1
        elif record == 0x0A:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield record, position, length
        position += length


def workbook_stream(content: bytes) -> bytes:
    """The workbook stream of a compound file; b'' when there is none. Raises struct.error for a broken one."""
    sector_size = 1 << struct.unpack_from("<H", content, 30)[0]
    if sector_size not in (512, 4096):
        return b""

    def sector(number: int) -> bytes:
        return content[(number + 1) * sector_size : (number + 2) * sector_size]

    table_sectors = [n for n in struct.unpack_from("<109I", content, 76) if n < 0xFFFFFFFA]
    further, count = struct.unpack_from("<II", content, 68)
    while further < 0xFFFFFFFA and count > 0:
        numbers = struct.unpack(f"<{sector_size // 4}I", sector(further))
        table_sectors += [n for n in numbers[:-1] if n < 0xFFFFFFFA]
        further, count = numbers[-1], count - 1
    table = b"".join(sector(n) for n in table_sectors)
    following = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def chain(number: int) -> bytes:
        pieces: list[bytes] = []
        while number < len(following) and len(pieces) <= len(following):
            pieces.append(sector(number))
            number = following[number]
        return b"".join(pieces)

    directory = chain(struct.unpack_from("<I", content, 48)[0])
    small_stream = b""
    for start in range(0, len(directory) - 127, 128):
        entry = directory[start : start + 128]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            small_stream = chain(first)
        elif name.lower() in ("workbook", "book"):
            if size >= struct.unpack_from("<I", content, 56)[0]:
                return chain(first)[:size]
            return _small_chain(
                content, chain(struct.unpack_from("<I", content, 60)[0]), small_stream, first, size
            )
    return b""


def _small_chain(content: bytes, table: bytes, stream: bytes, number: int, size: int) -> bytes:
    """A stream so short that it lies in the small sectors."""
    following = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    width = 1 << struct.unpack_from("<H", content, 32)[0]
    pieces: list[bytes] = []
    while number < len(following) and len(pieces) <= len(following):
        pieces.append(stream[number * width : (number + 1) * width])
        number = following[number]
    return b"".join(pieces)[:size]
