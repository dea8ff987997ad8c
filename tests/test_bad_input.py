"""Bad input through the whole program: a clear word at its cell, the books as they were, and the neighbours posted."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bombs
import openpyxl
import pytest
from bank_files import camt_file, camt_statement
from fuzz.drops import book
from fuzz.forms import Book
from office import Office
from pypdf import PdfReader

from salesbatch.batch import RunResult
from salesbatch.cli import call
from salesbatch.core.findings import Finding

GOOD = "No. | Customer No. | Item No. | Quantity | Unit Price\nGOOD | C1 | A1 | 1 | 100"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and file names as Linux has them")


MEASURED = """
import json, re, resource, sys
from pathlib import Path
from office import Office
result = Office(Path(sys.argv[1])).run()
parsers = resource.getrusage(resource.RUSAGE_CHILDREN)
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({
    "exit": result.exit_code,
    "refused": sorted({item.place.source for item in result.findings if item.severity == "error"}),
    "seconds": parsers.ru_utime + parsers.ru_stime,
    "megabytes": max(parsers.ru_maxrss, own) / 1024,
}))
"""
"""Runs a folder, and tells what its parsers took in all and the most memory that a process held."""


def errors(result: RunResult) -> list[Finding]:
    return [item for item in result.findings if item.severity == "error"]


def invoiced(office: Office) -> list[str]:
    """What was invoiced, including VAT, in the order of the numbers."""
    documents = office.table("documents")
    return documents.loc[documents["document_type"] == "invoice", "amount_including_vat"].tolist()


# Files -------------------------------------------------------------------------------------------------------


def test_bombs_are_refused_in_a_second_and_300_mb_and_the_file_beside_them_is_posted(office: Office) -> None:
    hostile = {f"bomb {number}.{name}": content for number, (name, content) in enumerate(hostile_files())}
    for name, content in hostile.items():
        office.put(name, content)
    office.drop("good.xlsx", Invoices=GOOD)

    # In an interpreter of its own: what a process takes begins with what the one that started it held.
    tests = Path(__file__).parent
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, str(office.root)],
        env=os.environ | {"PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer = json.loads(found.stdout)
    assert answer["exit"] == 3
    assert answer["refused"] == sorted(hostile)
    assert answer["seconds"] < len(hostile)  # Of processor time, so that a busy machine makes no difference.
    assert answer["megabytes"] < 300
    for name, content in hostile.items():
        assert (office.root / "rejected/000002" / name).read_bytes() == content
        told = (office.root / f"rejected/000002/{name} - problem.txt").read_text("utf-8")
        assert told.startswith(f"{name}: The ")
    assert invoiced(office) == ["125.00"]


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """(ending, content) of every bomb."""
    for content, code in bombs.bombs().values():
        if code != "file-damaged":  # Those are found by their sheet, and no sheet here is called Buyers.
            yield "xlsx", content
    for entity in (bombs.LAUGHS, bombs.EXTERNAL):
        statement = camt_file(camt_statement("2026-10-20 | 5.00 | | & | &c;"))
        yield "xml", statement.replace(b"<Document", entity.encode() + b"<Document", 1)


def test_a_workbook_with_macros_or_links_is_read_and_says_so(office: Office) -> None:
    plain = book(1, Invoices=GOOD).content()
    buffer = io.BytesIO(plain)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    office.put("Invoices.xlsm", buffer.getvalue())
    result = office.run()
    assert (result.exit_code, [item.code for item in result.findings]) == (0, ["file-macros", "file-links"])
    assert invoiced(office) == ["125.00"]


ODD_NAMES = (
    "a" * 210 + ".xlsx",
    "å" * 100 + ".xlsx",
    "two\nlines.xlsx",
    "\x1b[31mred.xlsx",
    "\u202excod.xlsx",
    "d" * 201 + "/Orders.xlsx",
)
NAMES = (
    "-rf.xlsx",
    " .xlsx",
    "a..xlsx",
    "con.xlsx",
    "{value} %s.xlsx",
    "Orders",
    "x" * 190 + ".xlsx",
    "sub/a;b&c'd.xlsx",
)


def test_a_file_whose_name_cannot_be_shown_or_kept_stays_where_it_is(office: Office) -> None:
    for name in ODD_NAMES:
        office.put(name, book(1, Invoices=GOOD).content())
    office.drop("good.xlsx", Invoices=GOOD.replace("GOOD", "BESIDE"))
    result = office.run()
    assert (result.exit_code, [item.code for item in errors(result)]) == (
        3,
        ["file-name-odd"] * len(ODD_NAMES),
    )
    assert all((office.root / "inbox" / name).exists() for name in ODD_NAMES)
    assert invoiced(office) == ["125.00"]


def test_any_other_name_is_a_name_and_comes_back_with_what_was_held(office: Office) -> None:
    for number_, name in enumerate(NAMES):
        office.put(name, book(1, Invoices=GOOD.replace("C1", "C9").replace("GOOD", f"N{number_}")).content())
    assert office.run().exit_code == 3
    rejected = office.root / "rejected/000002"
    assert sorted(path.relative_to(rejected).as_posix() for path in rejected.rglob("*.xlsx")) == sorted(
        f"{name.removesuffix('.xlsx')} - to fix.xlsx" for name in NAMES
    )
    assert not [path for path in (office.root / "inbox").rglob("*") if path.is_file()]


def test_two_files_of_one_name_get_a_to_fix_workbook_each_and_come_back_each(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = "No. | Customer No. | Item No. | Quantity\n{} | C9 | A1 | 1"
    kinds = {"invoices.csv": "N1", "invoices.xlsx": "N2", "Invoices.xlsx": "N3", "b.xlsx": "N4"}
    for name, key in kinds.items():
        sheets = book(1, Invoices=lost.format(key))
        office.put(name, sheets.csv().encode() if name.endswith("csv") else sheets.content())
    office.put("b - to fix.xlsx", b"PK\x03\x04 not a workbook")
    office.run()
    rejected = office.root / "rejected/000002"
    found = {path.name: path.read_bytes() for path in rejected.glob("*to fix.xlsx")}
    assert found.pop("b - to fix.xlsx").startswith(b"PK\x03\x04 not")
    rows = {
        name: openpyxl.load_workbook(io.BytesIO(content)).worksheets[-1] for name, content in found.items()
    }
    assert {name: sheet["C2"].value for name, sheet in rows.items()} == {
        "Invoices - to fix.xlsx": "N3",
        "invoices.csv - to fix.xlsx": "N1",
        "invoices.xlsx - to fix.xlsx": "N2",
        "b.xlsx - to fix.xlsx": "N4",
    }
    assert call(["explain", str(office.root), "N2"]) == 0
    assert "rejected/000002/invoices.xlsx - to fix.xlsx\n" in capsys.readouterr().out
    # When their customer comes, all of them come back.
    office.drop("Customer.xlsx", Customers="No. | Name | VAT Bus. Posting Group\nC9 | Ny | DOMESTIC")
    office.run()
    assert len(invoiced(office)) == 4


# Cells -------------------------------------------------------------------------------------------------------


def cell(kind: str, inside: str) -> tuple[str, str]:
    """A cell as it stands in the file: its attributes and what is inside it."""
    return kind, inside


def number(text: str) -> tuple[str, str]:
    return cell("", f"<v>{text}</v>")


COLUMNS = ("No.", "Customer No.", "Posting Date", "Item No.", "Quantity", "Unit Price", "Comment")
BAD_CELLS: list[tuple[str, object, str]] = [
    ("Quantity", cell('t="e"', "<v>#N/A</v>"), "cell-error"),
    ("Quantity", cell('t="e"', "<f>VLOOKUP(1,A:B,2)</f><v>#REF!</v>"), "cell-error"),
    ("Quantity", cell("", "<f>1+1</f>"), "cell-formula"),
    ("Quantity", cell('t="b"', "<v>1</v>"), "number-unknown"),
    ("Quantity", number("NaN"), "number-unknown"),
    ("Quantity", number("1e400"), "number-unknown"),
    ("Quantity", number("1e308"), "number-too-large"),
    ("Quantity", number("1000000000000"), "number-too-large"),
    ("Quantity", number("0.3333333333333"), "number-decimals"),
    *(
        ("Quantity", text, "number-unknown")
        for text in ("NaN", "Infinity", "1e5", "1_000", "١٢٣", "１２３", "+5", "--5", "sju", "0x10", "5 kg", "=1+1")
    ),
    ("Unit Price", number("-5"), "unit-price-negative"),
    ("Unit Price", "12,50 EUR", "amount-other-currency"),
    ("Posting Date", "01/02/2026", "date-ambiguous"),
    ("Posting Date", "2026-02-30", "date-unknown"),
    ("Posting Date", "1/2/26", "date-unknown"),
    ("Posting Date", number("60"), "date-unknown"),
    ("Posting Date", number("-1"), "date-unknown"),
    ("Posting Date", "1999-12-31", "date-range"),
    ("Posting Date", number("2958466"), "date-unknown"),
    ("Posting Date", cell('t="b"', "<v>1</v>"), "date-unknown"),
    ("Customer No.", "NA", "customer-unknown"),
    ("Customer No.", "None", "customer-unknown"),
    ("Customer No.", "\u0410\u0412", "customer-unknown"),
    ("Customer No.", "C3", "customer-blocked"),
    ("Item No.", "A1\u202e", "cell-characters"),
    ("Item No.", "A\u200b1", "cell-characters"),
    ("Item No.", "x" * 51, "cell-too-long"),
    ("Item No.", number("10.5"), "code-decimals"),
    ("Item No.", number("12345678901234567890"), "code-digits-lost"),
    ("Item No.", "1.2E+15", "code-digits-lost"),
    ("Item No.", cell('t="b"', "<v>1</v>"), "cell-not-text"),
    ("Comment", "bell \x07", "cell-characters"),
    ("Comment", "\ue000 private", "cell-characters"),
    ("Comment", "x" * 40_000, "cell-too-long"),
    ("Comment", "日本語", "character-not-printable"),
]  # fmt: skip


def sheet_with(bad: list[tuple[str, object, str]]) -> bytes:
    """An invoice a row: a good one first and last, between them one for every bad cell."""
    rows: list[list[object]] = [list(COLUMNS)]
    for position in range(len(bad) + 2):
        good = [f"N{position}", "C1", "2026-10-14", "A1", number("1"), number("100"), f"comment {position}"]
        if 0 < position <= len(bad):
            column, typed, _ = bad[position - 1]
            good[COLUMNS.index(column)] = typed  # type: ignore[call-overload]
        rows.append(good)
    xml = []
    for row_no, row in enumerate(rows, start=1):
        cells = []
        for letter, item in zip("ABCDEFG", row):
            kind, inside = (
                item
                if isinstance(item, tuple)
                else ('t="inlineStr"', f"<is><t>{_escaped(str(item))}</t></is>")
            )
            cells.append(f'<c r="{letter}{row_no}" {kind}>{inside}</c>')
        xml.append(f'<row r="{row_no}">{"".join(cells)}</row>')
    return bombs.package(bombs.sheet("".join(xml)), book=bombs._BOOK.replace("Buyers", "Invoices"))


def _escaped(text: str) -> str:
    """Characters that XML does not allow are written as Excel writes them."""
    return (
        re.sub(r"[\x00-\x08]", lambda found: f"_x{ord(found[0]):04X}_", text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
    )


def test_every_bad_cell_is_named_at_its_place_holds_its_invoice_and_no_other(office: Office) -> None:
    office.put("Invoices.xlsx", sheet_with(BAD_CELLS))
    result = office.run()
    assert result.exit_code == 3
    found = [(item.cell, item.code, item.place.column) for item in errors(result)]
    wanted = [
        (f"{'ABCDEFG'[COLUMNS.index(column)]}{row}", code, column)
        for row, (column, _, code) in enumerate(BAD_CELLS, start=3)
    ]
    assert sorted(found) == sorted(wanted)
    for item in errors(result):
        assert len(item.value) <= 40
        assert item.message("en").endswith(".")
        assert item.suggestion("sv")
    # The first and the last row of the sheet are posted, and nothing of the others is.
    assert invoiced(office) == ["125.00", "125.00"]
    assert office.balance() == {"1510": "250.00", "2611": "-50.00", "3001": "-200.00"}
    assert office.verify() == []
    to_fix = openpyxl.load_workbook(office.root / "rejected/000002/Invoices - to fix.xlsx")["Invoices"]
    held = [row[0].value for row in to_fix.iter_rows(min_row=2) if row[0].value]
    assert len(held) == len(BAD_CELLS)
    assert all(held)


# Texts -------------------------------------------------------------------------------------------------------

STARTS = ("=", "+", "-", "@", "\t=", "＝", "＠", " =", "'=", "{=")
PAYLOADS = [
    f"{start}{rest}"
    for start in STARTS
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.y/z","k")', "SUM(A1:A9)", "DDE(\"a\")", "WEBSERVICE(B1)")
] + ["http://x.y/z", "mailto:a@b.se", "file:///etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "${jndi:x}", "%n%s", "TRUE", "1E5"]  # fmt: skip


def test_no_text_of_a_user_becomes_a_formula_or_a_link_in_any_output(office: Office) -> None:
    rows = [
        [
            "No.",
            "Name",
            "Address",
            "City",
            "Customer Posting Group",
            "Gen. Bus. Posting Group",
            "VAT Bus. Posting Group",
        ]
    ]
    lines = [
        [
            "No.",
            "Customer No.",
            "External Document No.",
            "Your Reference",
            "Item No.",
            "Description",
            "Quantity",
            "Unit Price",
        ]
    ]
    payments = [["Bank Account", "Date", "Amount", "Text", "Payer Name"]]
    for number_, text in enumerate(PAYLOADS):
        rows.append([f"K{number_}", text, text, text, "DOMESTIC", "DOMESTIC", "DOMESTIC"])
        lines.append([f"I{number_}", f"K{number_}", text[:35], text, "A1", text, 1, 100])
        lines.append([f"W{number_}", text[:20], "", text, "A1", text, 1, 100])  # Held: an unknown customer.
        payments.append(["BANK", "2026-10-14", 1 + number_, text, text])
    office.settings(Ledger_Workbook="Every Run")
    office.put("In.xlsx", Book({"Customers": rows, "Invoices": lines, "Bank Statement": payments}).content())
    result = office.run(pdf=True)
    assert result.counts["invoices"] == sum(
        text[0] not in "＝＠" for text in PAYLOADS
    )  # The font has no wide signs.
    assert result.counts["rows_held"] == 2 * len(PAYLOADS) - result.counts["invoices"]
    outputs = [
        path
        for path in office.root.rglob("*.xlsx")
        if path.parent.name != "000002" or "rejected" in path.parts
    ]
    assert {"Run 000002.xlsx", "Ledger 2026-10.xlsx", "In - to fix.xlsx", "Payment Review 000002.xlsx"} <= {
        path.name for path in outputs
    }
    for path in outputs:
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                text = archive.read(part).decode("utf-8", "replace")
                for formula in re.findall(r"<f[ >][^<]*", text):
                    assert (
                        re.search(r"cmd|calc|HYPERLINK\(&quot;http|DDE|WEBSERVICE|1\+1|A1:A9", formula)
                        is None
                    ), (path, formula)
                if part.endswith(".rels"):
                    assert "x.y" not in text, (path, part)
                    assert "mailto" not in text, (path, part)
                    assert "passwd" not in text, (path, part)
            assert not [
                part for part in archive.namelist() if "externalLink" in part or "vba" in part.lower()
            ]
    for path in (office.root / "outbox").rglob("*.pdf"):
        content = path.read_bytes()
        assert not re.search(rb"/(JS|JavaScript|Launch|URI|EmbeddedFile|OpenAction\s*<<)", content), path
    shown = "\n".join(
        page.extract_text() for page in PdfReader(next((office.root / "outbox").rglob("*103001.pdf"))).pages
    )
    assert PAYLOADS[0] in shown


PATHS = [
    "../../x",
    "/etc/x",
    "..\\x",
    "C:\\x",
    "a/b",
    "a:b",
    "CON",
    "a.",
    ".hidden",
    "-rf",
    "nul.txt",
    "å" * 20,
    "A",
    "a",
]


def test_no_document_number_leads_a_file_out_of_the_outbox_or_onto_another(office: Office) -> None:
    office.drop(
        "Series.xlsx", Number_Series="Code | Starting No. | Manual Nos.\nPOSTED-INVOICE | 103001 | yes"
    )
    office.run()
    rows = "\n".join(f"{text} | C1 | A1 | 1 | 100" for text in PATHS)
    office.drop("Invoices.xlsx", Invoices=f"No. | Customer No. | Item No. | Quantity | Unit Price\n{rows}")
    before = {path for path in office.root.parent.rglob("*") if path.is_file()}
    result = office.run(pdf=True)
    assert result.exit_code == 0
    documents = office.table("documents")
    assert sorted(documents.loc[documents["document_type"] == "invoice", "posted_no"]) == sorted(PATHS)
    made = {path for path in office.root.parent.rglob("*") if path.is_file()} - before
    drawn = [path for path in made if path.suffix == ".pdf"]
    assert {path.parent for path in drawn} == {office.root / "outbox" / "2026-10"}
    assert len({path.name.casefold() for path in drawn}) == len(PATHS)
    assert all(path.is_relative_to(office.root) for path in made)


def test_nothing_that_a_stranger_typed_steers_the_terminal(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.drop(
        "Orders.xlsx",
        Orders="No. | Customer No. | Item No. | Quantity\nS1 | C1\u202e | A1 | 1\nS2 | C9 | A1 | \x9b31m",
    )
    assert call(["run", str(office.root), "--date", "2026-10-15", "--no-pdf"]) == 3
    told = capsys.readouterr()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told.out + told.err)


def test_an_xml_file_that_fetches_a_file_gets_nothing_and_names_no_path(
    office: Office, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    entity = f'<!DOCTYPE z [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    statement = camt_file(camt_statement("2026-10-20 | 5.00 | | Payer | TEXT")).replace(b"TEXT", b"&x;")
    office.put("bank.xml", statement.replace(b"<Document", entity.encode() + b"<Document", 1))
    rows = bombs.CAPTIONS + '<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row>'
    office.put("Buyers.xlsx", bombs.package(bombs.sheet(rows, entity)))
    result = office.run()
    assert sorted(item.code for item in errors(result)) == ["bank-file-unsafe", "file-unsafe"]
    for path in office.root.rglob("*"):
        assert not path.is_file() or b"the secret" not in path.read_bytes()
