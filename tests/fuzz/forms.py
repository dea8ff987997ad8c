"""A workbook before it is written, and the forms it can take: xlsx, csv, ods, xlsb and xls.

The last three have no writer of their own here, so that they are made by hand, as small as the formats allow.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.sax.saxutils import quoteattr

import xlsxwriter

Rows = list[list[object]]
FORMS = (".xlsx", ".ods", ".xlsb", ".xls")


@dataclass(frozen=True)
class Formula:
    """A formula and the result that was saved with it."""

    text: str
    result: object


@dataclass
class Book:
    """Sheets of rows, and what a person can do to a workbook beside the cells; merged cells are in xlsx only."""

    sheets: dict[str, Rows]
    hidden: set[str] = field(default_factory=set)
    merged: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    date_1904: bool = False

    def content(self, form: str = ".xlsx") -> bytes:
        """The bytes of the workbook in one of FORMS."""
        return {".xlsx": self._xlsx, ".ods": self._ods, ".xlsb": self._xlsb, ".xls": self._xls}[form]()

    def csv(self) -> str:
        """The first sheet as a csv text, as Excel saves it in Sweden."""
        rows = next(iter(self.sheets.values()))
        return "".join(";".join(_quoted(cell) for cell in row) + "\r\n" for row in rows)

    def _xlsx(self) -> bytes:
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": self.date_1904})
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        for name, rows in self.sheets.items():
            sheet = book.add_worksheet(name)
            for row_no, column_no, cell in _cells(rows):
                if isinstance(cell, Formula):
                    sheet.write_formula(row_no, column_no, cell.text, None, cell.result)
                elif isinstance(cell, bool):
                    sheet.write_boolean(row_no, column_no, cell)
                elif isinstance(cell, date):
                    with_time = moment if isinstance(cell, datetime) else day
                    sheet.write_datetime(row_no, column_no, cell, with_time)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(row_no, column_no, cell)
                else:
                    sheet.write_string(row_no, column_no, str(cell)[:32767])
            if name in self.hidden:
                sheet.hide()
            for where, *area in self.merged:
                if where == name:
                    sheet.merge_range(*area, None)
        book.close()
        return buffer.getvalue()

    def _ods(self) -> bytes:
        spaces = " ".join(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
            for name in ("office", "table", "text")
        )
        tables = "".join(
            f"<table:table table:name={quoteattr(name)}>"
            + "".join(f"<table:table-row>{''.join(map(_open_cell, row))}</table:table-row>" for row in rows)
            + "</table:table>"
            for name, rows in self.sheets.items()
        )
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
        )
        return _archive(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": _XML_ILLEGAL.sub("", content).encode("utf-8", "replace"),
                "META-INF/manifest.xml": b"<manifest/>",
            }
        )

    def _xlsb(self) -> bytes:
        sheets, relations = b"", ""
        parts = {
            "_rels/.rels": _relations(
                f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/>'
            )
        }
        for number, (name, rows) in enumerate(self.sheets.items(), start=1):
            body, at = b"", -1
            for row_no, column_no, cell in _cells(rows):
                if row_no != at:
                    at = row_no
                    body += _record(0, struct.pack("<I13x", row_no))
                body += _binary_cell(column_no, cell, self._serial(cell))
            parts[f"xl/worksheets/sheet{number}.bin"] = b"".join(
                (
                    _record(129),
                    _record(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, max(map(len, rows)) - 1)),
                    _record(145) + body + _record(146) + _record(130),
                )
            )
            sheets += _record(
                156, struct.pack("<II", name in self.hidden, number) + _wide(f"s{number}") + _wide(name)
            )
            relations += f'<Relationship Id="s{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.bin"/>'
        relations += f'<Relationship Id="st" Type="{_OFFICE}/styles" Target="styles.bin"/>'
        parts["xl/_rels/workbook.bin.rels"] = _relations(relations)
        parts["xl/workbook.bin"] = (
            _record(131)
            + _record(153, struct.pack("<III", self.date_1904, 0, 0))
            + _record(143)
            + sheets
            + _record(144)
            + _record(132)
        )
        formats = b"".join(_record(47, struct.pack("<HH12x", 0, number)) for number in (0, 14))
        parts["xl/styles.bin"] = _record(617, struct.pack("<I", 2)) + formats + _record(618)
        return _archive(parts)

    def _xls(self) -> bytes:
        bodies = []
        for rows in self.sheets.values():
            body = _old(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
            for row_no, column_no, cell in _cells(rows):
                body += _old_cell(row_no, column_no, cell, self._serial(cell))
            bodies.append(body + _old(0x0A))
        head = b"".join(
            (
                _old(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)),
                _old(0x42, struct.pack("<H", 1200)),
                _old(0x22, struct.pack("<H", self.date_1904)),
                *(_old(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 14)),
            )
        )
        names = [_text(name, "B") for name in self.sheets]
        start = len(head) + sum(10 + len(name) for name in names) + 4
        for name, sheet, body in zip(names, self.sheets, bodies):
            head += _old(0x85, struct.pack("<IH", start, sheet in self.hidden) + name)
            start += len(body)
        return _compound(head + _old(0x0A) + b"".join(bodies))

    def _serial(self, cell: object) -> float:
        """A date as the days that a workbook counts; 0 for anything else."""
        if not isinstance(cell, date):
            return 0.0
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
        first = datetime(1904, 1, 1) if self.date_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        return (moment - first).total_seconds() / 86400


def _cells(rows: Rows) -> Iterator[tuple[int, int, object]]:
    """The cells that are not blank, with their places."""
    for row_no, row in enumerate(rows):
        for column_no, cell in enumerate(row):
            if cell is not None and cell != "":
                yield row_no, column_no, cell


def _quoted(cell: object) -> str:
    text = "" if cell is None else str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[;"\r\n]', text) else text


def _archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# ods -----------------------------------------------------------------------------------------------------

_XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _open_cell(cell: object) -> str:
    formula = ""
    if isinstance(cell, Formula):
        formula, cell = f" table:formula={quoteattr('of:' + cell.text)}", cell.result
    if cell is None or cell == "":
        return f"<table:table-cell{formula}/>"
    text = quoteattr(str(cell))[1:-1]
    if isinstance(cell, bool):
        kind = f'boolean" office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, date):
        kind = f'date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, (int, float)):
        kind = f'float" office:value="{cell!r}"'
    else:
        kind = 'string"'
    return f'<table:table-cell{formula} office:value-type="{kind}><text:p>{text}</text:p></table:table-cell>'


# xlsb ----------------------------------------------------------------------------------------------------

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations(inside: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{inside}</Relationships>'.encode()


def _record(number: int, data: bytes = b"") -> bytes:
    """A record of an xlsb part: number and length in pieces of seven bits."""
    head = bytes((number,)) if number < 128 else bytes((number & 0x7F | 0x80, number >> 7))
    length = len(data)
    while length > 127:
        head += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return head + bytes((length,)) + data


def _wide(text: str) -> bytes:
    coded = text.encode("utf-16-le", "surrogatepass")
    return struct.pack("<I", len(coded) // 2) + coded


def _binary_cell(column_no: int, cell: object, serial: float) -> bytes:
    place = struct.pack("<II", column_no, isinstance(cell, date))
    tail = b""
    number = {bool: 4, float: 5, str: 6}
    if isinstance(cell, Formula):
        cell, tail, number = cell.result, b"\0" * 10, {bool: 10, float: 9, str: 8}
    if isinstance(cell, bool):
        return _record(number[bool], place + bytes((cell,)) + tail)
    if isinstance(cell, (int, float, date)):
        value = serial if isinstance(cell, date) else float(cell)
        return _record(number[float], place + struct.pack("<d", value) + tail)
    return _record(number[str], place + _wide(str(cell)[:32767]) + tail)


# xls -----------------------------------------------------------------------------------------------------


def _old(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _text(text: str, length: str = "H") -> bytes:
    """A text of an xls record, two bytes a letter; long ones are cut, because they would need a second record."""
    coded = text.encode("utf-16-le", "surrogatepass")[:8000]
    return struct.pack(f"<{length}B", len(coded) // 2, 1) + coded


def _old_cell(row_no: int, column_no: int, cell: object, serial: float) -> bytes:
    place = struct.pack("<HHH", row_no, column_no, isinstance(cell, date))
    if isinstance(cell, Formula):
        tail = struct.pack("<HIHBH", 0, 0, 3, 0x1E, 1)
        if isinstance(cell.result, (int, float)):
            return _old(0x06, place + struct.pack("<d", cell.result) + tail)
        return _old(0x06, place + b"\0" * 6 + b"\xff\xff" + tail) + _old(0x207, _text(str(cell.result)))
    if isinstance(cell, bool):
        return _old(0x205, place + bytes((cell, 0)))
    if isinstance(cell, (int, float, date)):
        return _old(0x203, place + struct.pack("<d", serial if isinstance(cell, date) else float(cell)))
    return _old(0x204, place + _text(str(cell)))


def _compound(stream: bytes) -> bytes:
    """A compound file with the workbook as its only stream, in sectors of 512 bytes: tables, directory, stream."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    count, tables = len(stream) // 512, 1
    while tables * 128 < tables + 1 + count:
        tables += 1
    first = tables + 1
    following = [0xFFFFFFFD] * tables + [0xFFFFFFFE] + [*range(first + 1, first + count), 0xFFFFFFFE]
    following += [0xFFFFFFFF] * (tables * 128 - len(following))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<9I", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))
    directory = b""
    for name, kind, child, start, size in (
        ("Root Entry", 5, 1, 0xFFFFFFFE, 0),
        ("Workbook", 2, 0xFFFFFFFF, first, len(stream)),
    ):
        coded = name.encode("utf-16-le")
        directory += coded.ljust(64, b"\0") + struct.pack("<HBB", len(coded) + 2, kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
        directory += struct.pack("<IQ", start, size)
    return head + struct.pack(f"<{len(following)}I", *following) + directory.ljust(512, b"\0") + stream
