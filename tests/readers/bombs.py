"""Hostile workbooks, made small: what a parser must never be given."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Buyers" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_BOOK_RELATIONS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
CAPTIONS = '<row r="1"><c r="A1" t="inlineStr"><is><t>No.</t></is></c><c r="B1" t="inlineStr"><is><t>Name</t></is></c></row>'


def sheet(rows: str, before: str = "") -> str:
    """A sheet's XML of the given rows."""
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    )


def package(
    sheet_xml: str | bytes, *, book: str = _BOOK, extra: dict[str, bytes] | None = None, twice: bool = False
) -> bytes:
    """A workbook of one sheet with exactly this XML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", _BOOK_RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
        if twice:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
    return buffer.getvalue()


def swollen(part: str, size: int) -> bytes:
    """A workbook with a part that unpacks to `size` bytes of blanks."""
    return package(sheet(CAPTIONS), extra={part: b" " * size})


def lying_about_size(claimed: int) -> bytes:
    """A sheet of 10 MB whose directory entry says that it is small."""
    content = bytearray(package(sheet(CAPTIONS + " " * (10 << 20))))
    entry = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", content, entry + 24, claimed)
    return bytes(content)


LAUGHS = '<!DOCTYPE z [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_ENTITY_ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>&{};</t></is></c></row>'


def far(cell: str, row: int) -> bytes:
    """A caption row and one cell far away."""
    return package(sheet(f'{CAPTIONS}<row r="{row}"><c r="{cell}"><v>1</v></c></row>'))


def open_document(rows: str) -> bytes:
    """An ods workbook of one sheet with exactly these rows."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Buyers">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


@cache
def bombs() -> dict[str, tuple[bytes, str]]:
    """Name -> (file, code of the finding that refuses it)."""
    return {
        "60 MB of blanks in the sheet": (package(sheet(CAPTIONS + " " * (60 << 20))), "file-too-large"),
        "60 MB of shared strings": (swollen("xl/sharedStrings.xml", 60 << 20), "file-too-large"),
        "600 MB over several parts": (
            package(
                sheet(CAPTIONS), extra={f"xl/part{number}.xml": b" " * (19 << 20) for number in range(32)}
            ),
            "file-too-large",
        ),
        "one 40 MB string": (
            package(
                sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * (40 << 20)}</t></is></c></row>')
            ),
            "file-too-large",
        ),
        "billion laughs in the sheet": (
            package(sheet(CAPTIONS + _ENTITY_ROW.format("c"), LAUGHS)),
            "file-unsafe",
        ),
        "billion laughs in the workbook": (
            package(sheet(CAPTIONS), book=_BOOK.replace("?>", "?>" + LAUGHS, 1)),
            "file-unsafe",
        ),
        "entities behind a long comment": (
            package(sheet(CAPTIONS + _ENTITY_ROW.format("c"), f"<!--{'x' * 3000}-->{LAUGHS}")),
            "file-damaged",
        ),
        "entities in an encoding of two bytes": (
            package(
                sheet(CAPTIONS + _ENTITY_ROW.format("c"), LAUGHS)
                .replace("?>", ' encoding="utf-16"?>', 1)
                .encode("utf-16")
            ),
            "file-unsafe",
        ),
        "entities that grow by the square": (
            package(
                sheet(CAPTIONS + _ENTITY_ROW.format("q"), f'<!DOCTYPE z [<!ENTITY q "{"x" * 50_000}">]>')
            ),
            "file-unsafe",
        ),
        "a cell repeated to the end of the sheet": (
            open_document(
                '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" '
                'office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
            ),
            "file-damaged",
        ),
        "an external entity": (package(sheet(CAPTIONS + _ENTITY_ROW.format("x"), EXTERNAL)), "file-unsafe"),
        "the last cell of the sheet": (far("XFD1048576", 1_048_576), "file-far-cell"),
        "the last column": (far("XFD1000", 1000), "file-far-cell"),
        "a part twice": (package(sheet(CAPTIONS), twice=True), "file-unsafe"),
        "too many parts": (
            package(sheet(CAPTIONS), extra={f"xl/media/{number}": b"" for number in range(10_001)}),
            "file-unsafe",
        ),
        "a directory that lies": (lying_about_size(5000), "file-damaged"),
    }
