"""The commands: their words, their exit codes, and what goes to which stream."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from office import Office

import salesbatch
from salesbatch.cli import call
from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.reports import ReportHead, RunReport
from salesbatch.exporting import encode_csv, encode_json, harmless_text
from salesbatch.folder import CompanyFolder
from salesbatch.summary import finding_line, summary_lines
from salesbatch.terminal import Progress
from salesbatch.writers import draw_run_workbook, draw_templates

CELL = Place("Orders.xlsx", "Orders", 17, 6, "Unit Price")


@dataclass(frozen=True)
class Options:
    """What the commands hand down, as the flow takes it."""

    registered_at: str
    posting_date: date
    dry_run: bool = False
    strict: bool = False
    workers: int | None = None
    pdf: bool = True
    progress: Any = None


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    run_no: int = 3
    counts: Any = None
    totals: Any = None
    findings: tuple[Finding, ...] = ()
    outputs: tuple[str, ...] = ()
    exit_code: int = 0
    language: str = "en"


def outcome(**values: Any) -> Outcome:
    return Outcome(**{"counts": {}, "totals": {}, **values})


class Flow:
    """Stands in for the flow below the commands: notes what it was asked and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[Options] = []
        self.answer: Callable[[Options], Outcome] = lambda options: outcome()

    def run_folder(self, folder: Path, options: Options) -> Outcome:
        self.asked.append(options)
        return self.answer(options)


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> Flow:
    flow = Flow()
    module = ModuleType("salesbatch.batch")
    module.RunOptions = Options  # type: ignore[attr-defined]
    module.run_folder = flow.run_folder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "salesbatch.batch", module)
    return flow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    company = CompanyFolder(tmp_path / "acme")
    company.create()
    return company.root


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Any:
    """A company with books, and a ledger that says what a test tells it to."""
    CompanyFolder(folder).database.touch()

    @contextmanager
    def open_database(folder: Path) -> Iterator[str]:
        yield "database"

    module = SimpleNamespace(
        open_database=open_database,
        EXPORT_TABLES=("gl_entries",),
        chain_head=lambda database: SimpleNamespace(run_no=3, rows=1204, head="ab" * 32),
    )
    monkeypatch.setitem(sys.modules, "salesbatch.ledger", module)
    monkeypatch.setattr(salesbatch, "ledger", module, raising=False)
    return module


def test_the_stand_ins_have_the_fields_of_what_they_stand_in_for() -> None:
    from salesbatch.batch import RunOptions, RunResult

    def names(of: Any) -> set[str]:
        return {field.name for field in fields(of)}

    assert names(Options) <= names(RunOptions)
    assert names(Outcome) <= names(RunResult)


# Usage ----------------------------------------------------------------------------------------------------


def test_help_answers_at_once_and_imports_nothing_slow() -> None:
    program = (
        "import sys; from salesbatch.cli import call; code = call(['--help']);"
        "slow = {'pandas', 'pandera', 'sqlalchemy', 'fpdf', 'xlsxwriter', 'openpyxl', 'scipy', 'numpy'};"
        "print(sorted(slow & set(sys.modules)), code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Drop workbooks into a folder" in done.stdout
    assert done.stderr.strip() == "[] 0"


def test_the_version_is_the_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "salesbatch", "--version"], capture_output=True, text=True, check=True
    )
    assert salesbatch.__version__ in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "{folder}", "--colour"],
        ["run", "{folder}", "--date", "31/10/2026"],
        ["run", "{folder}", "--date", "20261031"],
        ["run", "{folder}", "--workers", "0"],
        ["run", "{folder}/nowhere"],
        ["fly", "{folder}"],
        ["verify", "{folder}", "--anchor", "12:abc"],
        ["verify", "{folder}", "--anchor", "{folder}/Run 000001.xlsx"],  # There is no such file.
        ["verify", "{folder}"],  # It has no books yet.
        ["explain", "{folder}", "103001"],
        ["watch", "{folder}/nowhere"],
        ["template", "Orders"],  # It does not say into which file.
        ["template", "Orders", "-o", "{folder}/new.csv"],
        ["template", "Orders", "-o", "{folder}"],
        ["template", "Gubbar", "-o", "{folder}/new.xlsx"],
        ["export", "{folder}", "gl_entries", "--format", "pdf"],
        ["init", "{folder}"],  # It is a company folder already.
        ["demo", "{folder}"],  # It is not empty.
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    arguments: list[str], folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call([argument.format(folder=folder) for argument in arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.strip()
    assert "Traceback" not in told.err
    assert flow.asked == []


# A run ----------------------------------------------------------------------------------------------------


def test_the_options_of_run_reach_the_flow(folder: Path, flow: Flow) -> None:
    line = ["run", str(folder), "--date", "2026-10-31", "--dry-run", "--strict", "--workers", "3", "--no-pdf"]
    assert call(line) == 0
    asked = flow.asked[0]
    assert (asked.posting_date, asked.dry_run, asked.strict, asked.workers, asked.pdf) == (
        date(2026, 10, 31),
        True,
        True,
        3,
        False,
    )


def test_without_options_a_run_posts_today_with_pdfs(folder: Path, flow: Flow) -> None:
    before = datetime.now().astimezone().date()
    call(["run", str(folder)])
    asked = flow.asked[0]
    assert before <= asked.posting_date <= datetime.now().astimezone().date()
    assert (asked.dry_run, asked.strict, asked.pdf) == (False, False, True)


def test_check_is_a_dry_run(folder: Path, flow: Flow) -> None:
    assert call(["check", str(folder), "--date", "2026-10-31"]) == 0
    assert flow.asked[0].dry_run
    assert flow.asked[0].posting_date == date(2026, 10, 31)


def test_rejected_input_gives_3_with_a_sentence_at_each_cell(
    folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = finding("column-missing", CELL, hint="Price")
    flow.answer = lambda options: outcome(findings=(problem,), counts={"documents_held": 1}, exit_code=3)
    assert call(["run", str(folder)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "Orders.xlsx, Orders, F17: The required column 'Unit Price' is missing." in told.err
    assert "Did you mean Price?" in told.err


def test_json_is_one_report_on_stdout_and_prose_stays_on_stderr(
    folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    flow.answer = lambda options: outcome(
        run_no=7,
        counts={"files": 1, "invoices": 2},
        totals={"receivables": 123456789},
        findings=(finding("column-missing", CELL),),
        outputs=("ledgers/Run 000007.xlsx",),
        exit_code=3,
    )
    assert call(["run", str(folder), "--json"]) == 3
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert list(report) == ["run", "counts", "totals", "findings", "outputs", "exit_code"]
    assert report["run"] == 7
    assert report["totals"] == {"receivables": "1234567.89"}
    assert report["exit_code"] == 3
    place = {
        name: report["findings"][0][name] for name in ("code", "severity", "file", "sheet", "cell", "row")
    }
    assert place == {
        "code": "column-missing",
        "severity": "error",
        "file": "Orders.xlsx",
        "sheet": "Orders",
        "cell": "F17",
        "row": 17,
    }
    assert "Run 000007" in told.err


def test_another_run_on_the_folder_gives_4_and_names_it(
    folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    def try_to_lock(options: Options) -> Outcome:
        with CompanyFolder(folder).lock():
            return outcome()

    flow.answer = try_to_lock
    with CompanyFolder(folder).lock():
        assert call(["run", str(folder), "--json"]) == 4
    told = capsys.readouterr()
    assert f"process {os.getpid()}" in told.err
    assert json.loads(told.out)["exit_code"] == 4
    assert call(["run", str(folder)]) == 0


def test_a_bug_is_one_line_and_1_and_a_traceback_only_when_asked_for(
    folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: Options) -> Outcome:
        raise ValueError("debits and\ncredits differ")

    flow.answer = fail
    assert call(["run", str(folder)]) == 1
    told = capsys.readouterr()
    assert told.err == "salesbatch: the program failed: ValueError: debits and credits differ\n"
    assert call(["run", str(folder), "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupted_run_says_so(folder: Path, flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(options: Options) -> Outcome:
        raise KeyboardInterrupt

    flow.answer = interrupt
    assert call(["run", str(folder)]) == 1
    assert "Stopped." in capsys.readouterr().err


def test_the_demo_runs_the_sample_workbooks_step_by_step_and_ends_well(
    tmp_path: Path, flow: Flow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    dropped: list[list[str]] = []

    def take(options: Options) -> Outcome:
        inbox = CompanyFolder(Path("demo")).inbox
        dropped.append(sorted(path.name for path in inbox.iterdir()))
        for path in inbox.iterdir():
            path.unlink()
        (Path("demo/ledgers") / f"Run {len(dropped):06d}.xlsx").touch()
        return outcome(exit_code=3 if len(dropped) == 6 else 0)

    flow.answer = take
    assert call(["demo", "--json"]) == 0
    assert [asked.posting_date.isoformat() for asked in flow.asked] == [
        "2026-07-31",
        "2026-08-31",
        "2026-09-30",
        "2026-10-31",
        "2026-11-02",
        "2026-11-30",
    ]
    assert "00 Setup.xlsx" in dropped[0]
    assert all(dropped)
    told = capsys.readouterr()
    assert [report["exit_code"] for report in json.loads(told.out)["runs"]] == [0, 0, 0, 0, 0, 3]
    assert "salesbatch run demo" in told.err
    assert "review: a person answers the payment review" in told.err
    assert re.search(r"Open first:\n +ledgers/Run 000006.xlsx +what the last run did\n", told.err)


def test_a_second_demo_leaves_the_first_alone(
    tmp_path: Path, flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "demo" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    assert call(["demo"]) == 0
    assert sorted(path.name for path in kept.parent.iterdir()) == ["mine.txt"]
    assert (tmp_path / "demo-2" / "inbox").is_dir()


# The words of a result ------------------------------------------------------------------------------------


def test_a_result_is_told_in_about_ten_lines() -> None:
    result = outcome(
        counts={"files": 2, "rows_read": 1340, "invoices": 117, "payments": 1, "documents_held": 3},
        totals={"receivables": 123456700},
        findings=(finding("column-missing", CELL),),
        outputs=(
            "ledgers/Run 000003.xlsx",
            *(f"outbox/2026-10/Invoice {number}.pdf" for number in range(103001, 103118)),
            "rejected/000003/Orders - to fix.xlsx",
        ),
        exit_code=3,
    )
    lines = summary_lines(result)
    assert lines == [
        "Run 000003",
        "  Taken in        2 files, 1 340 rows",
        "  Posted          117 invoices, 1 payment",
        "  Held back       3 documents",
        "    Orders.xlsx, Orders, F17: The required column 'Unit Price' is missing. "
        "Add the column 'Unit Price'.",
        "  Receivables     1 234 567.00 SEK",
        "  Look in         ledgers/Run 000003.xlsx, outbox/2026-10/ (117), "
        "rejected/000003/Orders - to fix.xlsx",
    ]


def test_a_swedish_company_is_told_in_swedish() -> None:
    result = outcome(
        counts={"files": 1, "invoices": 1, "rows_held": 2},
        findings=(finding("column-missing", CELL),),
        language="sv",
    )
    lines = summary_lines(result)
    assert lines[1:4] == [
        "  Inläst          1 fil",
        "  Bokfört         1 faktura",
        "  Hållet          2 rader",
    ]
    assert "Den obligatoriska kolumnen 'Unit Price' saknas." in lines[4]


def test_twenty_problems_are_shown_and_the_place_of_the_rest_is_named() -> None:
    many = tuple(finding("column-missing", CELL._replace(row=row)) for row in range(1, 26))
    lines = summary_lines(outcome(findings=many, outputs=("rejected/000003/Orders - to fix.xlsx",)))
    assert sum("Orders.xlsx, Orders" in line for line in lines) == 20
    assert "    and 5 more: see rejected/000003" in lines


def test_a_kind_of_warning_that_is_frequent_does_not_hide_the_one_that_is_rare() -> None:
    overdue = [finding("customer-overdue", CELL, f"C{number}", overdue="100.00") for number in range(50)]
    rare = finding("exchange-rate-old", CELL, "EUR", currency="EUR", age="9")
    lines = summary_lines(outcome(findings=(*overdue, rare), outputs=("ledgers/Run 000003.xlsx",)))
    assert sum("'C" in line for line in lines) == 3
    assert "    and 47 more: see ledgers/Run 000003.xlsx" in lines
    assert any("EUR" in line for line in lines)


def test_files_that_were_left_are_named() -> None:
    left = finding("file-not-ready", Place(source="Orders.xlsx"), "Orders.xlsx")
    assert any(
        "Orders.xlsx: The file is still being written" in line
        for line in summary_lines(outcome(findings=(left,)))
    )


def test_what_a_user_typed_cannot_steer_the_terminal() -> None:
    line = finding_line(finding("column-unknown", CELL, "\x1b[2J\r\nx\u202e"), "en")
    assert line.isprintable()


def test_negative_receivables_and_other_currencies_are_written_right() -> None:
    assert any(
        "-1 234.05 EUR" in line for line in summary_lines(outcome(totals={"receivables": -123405}), "EUR")
    )
    assert any(" 5 000 JPY" in line for line in summary_lines(outcome(totals={"receivables": 5000}), "JPY"))


def test_progress_without_a_terminal_is_one_plain_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for done in range(4):
        progress("read", done, 3)
    progress("commit", 0, 1)
    progress.close()
    assert capsys.readouterr().err == "read (3) ...\ncommit ...\n"


def test_progress_on_a_terminal_is_redrawn_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress()
    progress("pdf", 5, 10)
    progress("pdf", 10, 10)
    progress.close()
    assert "[############            ] 5/10" in screen.getvalue()
    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


# Verify and export ----------------------------------------------------------------------------------------


def test_proven_books_give_0(folder: Path, ledger: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ledger.verify = lambda database, *, anchor=None: []
    assert call(["verify", str(folder), "--json"]) == 0
    told = capsys.readouterr()
    assert "The books verify." in told.err
    assert f"1204 rows in 3 runs; anchor 1204:{'ab' * 32}" in told.err
    report = json.loads(told.out)
    assert report["anchor"] == f"1204:{'ab' * 32}"
    assert report["counts"] == {"broken": 0, "runs": 3, "rows": 1204}


def test_broken_books_give_5_and_name_law_table_and_row(
    folder: Path, ledger: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = SimpleNamespace(law="hash-chain", table="gl_entries", row=12, message="the row was changed")
    ledger.verify = lambda database, *, anchor=None: [broken]
    assert call(["verify", str(folder), "--json"]) == 5
    told = capsys.readouterr()
    assert "hash-chain: gl_entries row 12: the row was changed" in told.err
    report = json.loads(told.out)
    assert report["exit_code"] == 5
    assert report["findings"][0]["row"] == 12


def test_an_anchor_is_handed_to_verify_as_rows_and_hash(folder: Path, ledger: Any) -> None:
    seen = []
    ledger.verify = lambda database, *, anchor=None: seen.append(anchor) or []
    assert call(["verify", str(folder), "--anchor", "1204:" + "AB" * 32]) == 0
    assert seen == [(1204, "ab" * 32)]


def test_an_anchor_is_read_from_the_workbook_that_carries_it(
    folder: Path, ledger: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    ledger.verify = lambda database, *, anchor=None: seen.append(anchor) or []
    head = ReportHead("Provbolaget AB", "en", "SEK", 3, date(2026, 10, 31), 1204, "ab" * 32)
    kept = tmp_path / "Run 000003.xlsx"
    kept.write_bytes(draw_run_workbook(RunReport(head, {}, {}, {}, {})))
    assert call(["verify", str(folder), "--anchor", str(kept)]) == 0
    assert seen == [(1204, "ab" * 32)]
    other = tmp_path / "Orders.xlsx"
    other.write_bytes(draw_templates(["orders"]))
    assert call(["verify", str(folder), "--anchor", str(other)]) == 2
    assert "no rows and head of a chain" in " ".join(capsys.readouterr().err.split())


def export_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"entry_no": [1, 2], "description": ["=1+1", "Räksmörgås"], "amount": ["-100.00", "5.00"]}
    )


def test_an_export_is_utf8_csv_on_stdout(folder: Path, ledger: Any, capfdbinary: Any) -> None:
    asked = []
    ledger.export_table = lambda database, name, *, as_of=None: asked.append((name, as_of)) or export_frame()
    assert call(["export", str(folder), "gl_entries", "--as-of", "2026-09-30"]) == 0
    rows = list(csv.reader(io.StringIO(capfdbinary.readouterr().out.decode("utf-8"), newline="")))
    assert rows == [
        ["entry_no", "description", "amount"],
        ["1", "'=1+1", "-100.00"],
        ["2", "Räksmörgås", "5.00"],
    ]
    assert asked == [("gl_entries", date(2026, 9, 30))]


def test_a_table_that_does_not_exist_is_a_usage_error_that_names_those_that_do(
    folder: Path, ledger: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["export", str(folder), "gl_entrys"]) == 2
    assert "gl_entries" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "kind"),
    [("gl_entries", "beancount"), ("journal", "csv"), ("journal", "xlsx")],
)
def test_the_journal_and_the_tables_have_formats_of_their_own(
    folder: Path, ledger: Any, table: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["export", str(folder), table, "--format", kind]) == 2
    assert "beancount" in capsys.readouterr().err


def test_json_keeps_amounts_as_text_and_numbers_as_numbers() -> None:
    rows = json.loads(encode_json(export_frame()))
    assert rows[0] == {"entry_no": 1, "description": "=1+1", "amount": "-100.00"}


@pytest.mark.parametrize("sign", list("=+-@\t\r\n\0＝＋－＠"))
def test_no_text_in_a_csv_can_be_run_as_a_formula(sign: str) -> None:
    frame = pd.DataFrame({"text": [f"{sign}cmd|' /C calc'!A0"]})
    rows = list(csv.reader(io.StringIO(encode_csv(frame).decode("utf-8"), newline="")))
    assert rows[1][0].startswith("'" + sign)


@pytest.mark.parametrize(
    ("value", "text"), [("-100.00", "-100.00"), (-5, "-5"), (True, "true"), ("", ""), (None, "")]
)
def test_figures_and_blanks_in_a_csv_are_left_as_they_are(value: object, text: str) -> None:
    assert harmless_text(value) == text


# Templates, and runs that are not there -------------------------------------------------------------------


def test_templates_are_named_as_a_person_types_them(tmp_path: Path) -> None:
    made = tmp_path / "new.xlsx"
    assert call(["template", "orders", "Credit memos", "Kunder", "ORDER", "-o", str(made)]) == 0
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == ["Orders", "Credit Memos", "Customers"]
    captions = [cell.value for cell in book["Customers"][1]]
    assert "Credit Limit" in captions


def test_templates_speak_swedish(tmp_path: Path) -> None:
    made = tmp_path / "ny.xlsx"
    assert call(["template", "orders", "bank statement", "-o", str(made), "--language", "sv"]) == 0
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == ["Order", "Kontoutdrag"]
    assert "Artikelnr" in [cell.value for cell in book["Order"][1]]


@pytest.mark.parametrize(
    ("typed", "near"), [("Custmers", "Customers"), ("Memos", "Credit Memos"), ("Kontoutdag", "Kontoutdrag")]
)
def test_a_sheet_that_does_not_exist_is_told_with_those_spelled_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str, near: str
) -> None:
    assert call(["template", typed, "-o", str(tmp_path / "new.xlsx")]) == 2
    assert f"Did you mean {near}" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "new.xlsx").exists()


def test_a_template_is_never_written_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "Orders.xlsx"
    mine.write_bytes(b"mine")
    assert call(["template", "orders", "-o", str(mine)]) == 2
    assert mine.read_bytes() == b"mine"
    assert "is there already" in " ".join(capsys.readouterr().err.split())


def test_a_template_is_read_back_as_empty_sheets(tmp_path: Path) -> None:
    from salesbatch.core.inbox import InputFile
    from salesbatch.readers import read_inbox

    made = tmp_path / "new.xlsx"
    call(["template", "orders", "items", "-o", str(made)])
    inbox = read_inbox([InputFile("new.xlsx", "0" * 64, made.read_bytes())])
    assert (inbox.rows_read, inbox.held, inbox.unreadable) == (0, (), ())


def test_a_run_that_does_not_exist_cannot_be_written(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["write", str(office.root), "1"]) == 0
    assert call(["write", str(office.root), "2"]) == 2
    assert "There is no run 2; the last one is 1." in " ".join(capsys.readouterr().err.split())
