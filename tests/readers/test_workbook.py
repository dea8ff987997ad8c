"""The guarded child: what it reads, what it refuses, and that nothing takes the run down."""

from __future__ import annotations

import io
import itertools
import os
import signal
import time
import zipfile
from pathlib import Path

import bombs
import openpyxl
import pytest
from typed_sheets import dropped, found, read, the_finding, workbook

from salesbatch.core.inbox import InputFile
from salesbatch.readers.raw_scan import _binary_special_cells, far_cell
from salesbatch.readers.workbook import UnreadableFileError, WorkbookReader

GOOD = {"Buyers": [["No.", "Name"], ["B1", "a"]]}
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "workbooks"
BOMBS = bombs.bombs()


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_at_once_and_its_neighbours_are_read(name: str) -> None:
    content, code = BOMBS[name]
    start = time.monotonic()
    inbox = read(dropped("bomb.xlsx", content), GOOD)
    assert time.monotonic() - start < 20  # A few milliseconds; the processor time is held in test_bad_input.
    item = next(finding for finding in inbox.findings if finding.severity == "error")
    assert (item.code, item.place.source) == (code, "bomb.xlsx")
    assert inbox.unreadable == ("bomb.xlsx",)
    assert inbox.tables["buyers"]["no"].tolist() == ["B1"]


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system does not show a child's memory"
)
def test_refusing_a_bomb_takes_a_fraction_of_a_second_and_little_memory() -> None:
    with WorkbookReader() as reader:
        reader.open(workbook(GOOD))
        for content, code in BOMBS.values():
            start = time.monotonic()
            with pytest.raises(UnreadableFileError) as caught:
                [reader.cells("bomb.xlsx", sheet) for sheet in reader.open(content)]
            assert caught.value.code == code
            assert time.monotonic() - start < 20  # Nearly always a few milliseconds; the machine may be busy.
        assert reader._child is not None
        status = Path(f"/proc/{reader._child.pid}/status").read_text()
        assert int(status.partition("VmHWM:")[2].split()[0]) < 300_000


def test_the_far_cell_is_named() -> None:
    inbox = read(dropped("far.xlsx", bombs.far("XFD1048576", 1_048_576)))
    message = the_finding(inbox, "file-far-cell").message()
    assert message.startswith(
        "The file was refused: the cell XFD1048576 on the sheet 'Buyers' lies so far out"
    )


def test_the_far_cell_is_named_and_not_a_near_one_in_the_last_column() -> None:
    cells = b'<c r="F1"><v>1</v></c><c r="A1048576"/><c r="F2"><v>2</v></c>'
    assert far_cell(cells) == "A1048576"


def test_a_cell_in_the_last_row_alone_is_read() -> None:
    inbox = read(dropped("long.xlsx", bombs.far("A1048576", 1_048_576)))
    assert found(inbox) == [("B1048576", "cell-missing", "")]


def test_a_child_that_would_need_too_much_memory_dies_alone() -> None:
    # Larger than what is scanned for far cells: here only the memory limit helps.
    filler = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>a customer with a long name {row}</t></is></c></row>'
        for row in range(2, 60_000)
    )
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = bombs.package(bombs.sheet(bombs.CAPTIONS + filler + last))
    inbox = read(GOOD, dropped("far.xlsx", content), GOOD | {"Sales": []})
    assert the_finding(inbox, "file-too-large").place.source == "far.xlsx"
    assert inbox.unreadable == ("far.xlsx",)
    assert inbox.tables["buyers"]["no"].tolist() == ["B1"]


def test_a_child_that_is_killed_is_replaced() -> None:
    with WorkbookReader() as reader:
        reader.open(workbook(GOOD))
        child = reader._child
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        sheets = reader.open(workbook(GOOD))
        assert reader.cells("x", sheets[0]).rows()[1] == ["B1", "a"]


def test_a_child_that_hangs_is_ended_by_the_clock() -> None:
    with WorkbookReader() as reader:
        sheets = reader.open(workbook(GOOD))
        child = reader._child
        assert child is not None
        os.kill(child.pid, signal.SIGSTOP)
        reader._seconds = 0.2  # type: ignore[assignment]
        with pytest.raises(UnreadableFileError) as caught:
            reader.cells("x", sheets[0])
        assert caught.value.code == "file-too-large"


def test_no_child_is_left_behind() -> None:
    with WorkbookReader() as reader:
        reader.open(workbook(GOOD))
        child = reader._child
        assert child is not None
    assert child.returncode is not None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.xlsx", b"", "file-damaged"),
        ("text.xlsx", b"No.;Name\n", "file-damaged"),
        ("cut.xlsx", workbook(GOOD)[:-300], "file-damaged"),
        ("zip.xlsx", bombs.package("")[:60], "file-damaged"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "file-damaged"),
        (
            "secret.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "file-password",
        ),
        ("picture.png", b"\x89PNG", "file-unknown-kind"),
    ],
    ids=["empty", "text", "cut", "zip", "old", "secret", "picture"],
)
def test_what_is_no_readable_workbook_is_named(name: str, content: bytes, code: str) -> None:
    inbox = read(dropped(name, content), GOOD)
    assert [(item.code, item.place.source) for item in inbox.findings] == [(code, name)]
    assert inbox.unreadable == (name,)
    assert len(inbox.tables["buyers"]) == 1


def test_every_cut_of_a_workbook_is_an_answer_and_never_a_crash() -> None:
    content = workbook(GOOD)
    inbox = read(*(dropped(f"{size}.xlsx", content[:size]) for size in range(0, len(content), 97)))
    assert {item.code for item in inbox.findings} == {"file-damaged"}


def test_a_formula_that_was_never_calculated_is_named_and_no_blank() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Buyers"
    for row in (["No.", "Name", "Credit Limit"], ["B1", "a", "=1+1"], ["B2", "b", 5], ["=B9", "c", "#REF!"]):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    inbox = read(dropped("made.xlsx", buffer.getvalue()))
    assert found(inbox) == [
        ("C2", "cell-formula", ""),
        ("A4", "cell-formula", ""),
        ("C4", "cell-error", "#REF!"),
    ]
    assert inbox.tables["buyers"]["no"].tolist() == ["B2"]


def test_a_formula_with_a_saved_result_is_its_result_even_when_that_is_empty() -> None:
    caption = '<c r="C1" t="inlineStr"><is><t>Credit Limit</t></is></c></row>'
    row = (
        '<row r="2"><c r="A2" t="str"><f>A9</f><v>B1</v></c><c r="B2" t="str"><f t="shared" si="0"/><v>a</v></c>'
        '<c r="C2" t="str"><f>""</f><v></v></c></row>'
    )
    inbox = read(
        dropped("x.xlsx", bombs.package(bombs.sheet(bombs.CAPTIONS.replace("</row>", caption) + row)))
    )
    assert found(inbox) == []
    assert inbox.tables["buyers"]["credit_limit_minor"].isna().tolist() == [True]


def test_error_cells_are_found_in_xml_with_prefixes_and_without_references() -> None:
    xml = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="1"><x:c t="inlineStr"><x:is><x:t>No.</x:t></x:is></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>Name</x:t></x:is></x:c></x:row>'
        '<x:row r="2"><x:c t="inlineStr"><x:is><x:t>B1</x:t></x:is></x:c><x:c t=\'e\'><x:v>#N/A</x:v></x:c></x:row>'
        '<x:row r="3"><x:c t="inlineStr"><x:is><x:t>B2</x:t></x:is></x:c><x:c><x:f>A1</x:f></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    inbox = read(dropped("odd.xlsx", bombs.package(xml)))
    assert found(inbox) == [("B2", "cell-error", "#N/A"), ("B3", "cell-formula", "")]


def test_error_cells_are_found_in_an_open_document_sheet() -> None:
    names = ["office", "table", "text"]
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'

    def cells(*texts: str) -> str:
        kind = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        return "".join(kind.format(text) for text in texts)

    wrong = (
        '<table:table-cell table:formula="of:=VLOOKUP(1)" office:value-type="float" office:value="0" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    rows = (
        f"<table:table-row>{cells('No.', 'Name', 'Credit Limit')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cells('B1', 'a')}{wrong}</table:table-row>"
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} {calc}><office:body><office:spreadsheet>'
        f'<table:table table:name="Buyers">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert found(read(dropped("calc.ods", buffer.getvalue()))) == [("C4", "cell-error", "#N/A")]


def test_error_cells_are_found_in_the_records_of_a_binary_workbook() -> None:
    def record(number: int, content: bytes) -> bytes:
        return bytes((number, len(content))) + content

    row = (6).to_bytes(4, "little") + bytes(12)
    cell = (2).to_bytes(4, "little") + bytes(4)
    data = (
        record(0, row)
        + record(3, cell + b"\x2a")
        + record(5, cell + bytes(8))
        + record(11, cell + b"\x07" + bytes(4))
    )
    assert list(_binary_special_cells(data)) == [(7, 3, True, "#N/A"), (7, 3, True, "#DIV/0!")]


# A corpus of awkward workbooks from other projects; it lies beside the project where it is tested, not in it.


def corpus_files() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file()) if CORPUS.is_dir() else []


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of awkward workbooks is not here")
def test_no_awkward_workbook_stops_the_reader() -> None:
    from salesbatch.readers import read_inbox

    clock = [time.monotonic()]
    files = [InputFile(path.name, "", path.read_bytes()) for path in corpus_files()]
    inbox = read_inbox(files, progress=lambda name, number, count: clock.append(time.monotonic()))
    slowest = max(after - before for before, after in itertools.pairwise(clock))
    assert slowest < 10
    # Every file gives rows or a word about it.
    assert {file.name for file in files} <= {item.place.source for item in inbox.findings}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of awkward workbooks is not here")
@pytest.mark.parametrize(
    "name", ["13796.xls", "57003-FixedFunctionTestCaseData.xls", "errors.xlsx", "pivots.xlsx"]
)
def test_error_cells_are_found_in_every_kind_of_workbook(name: str) -> None:
    from salesbatch.readers.raw_cells import ERROR

    (path,) = [path for path in corpus_files() if path.name == name]
    errors = []
    with WorkbookReader() as reader:
        for sheet in reader.open(path.read_bytes()):
            for column in reader.cells(name, sheet).columns:
                errors += [column.shown(int(row)) for row in (column.kinds == ERROR).nonzero()[0]]
    assert {"#DIV/0!", "#REF!", "#VALUE!"} & set(errors), errors
