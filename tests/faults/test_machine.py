"""Clocks, locks, shares and files that go away: the machine around a run."""

from __future__ import annotations

import functools
import subprocess
import sys
import time
from pathlib import Path

import pytest
from office import Office

from salesbatch import batch, folder, ledger
from salesbatch.cli import call
from salesbatch.folder import CompanyFolder, FolderBusyError
from salesbatch.ledger import database

INVOICE = "No. | Customer No. | Item No. | Quantity\nI1 | C1 | A1 | 1"
HOLD = """
import sqlite3, sys
books = sqlite3.connect(sys.argv[1], isolation_level=None)
books.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""

DRAW = """
import itertools, sys; from pathlib import Path
from salesbatch import delivery; from salesbatch.folder import CompanyFolder, FolderBusyError
chunks = ([(1, Path(sys.argv[0]), None, None)] for _ in itertools.count())
with CompanyFolder(Path(sys.argv[1])).lock():
    for _ in delivery._drawn(chunks, 3):
        print("drawn", flush=True)
"""


def test_books_on_a_network_share_are_refused_and_nothing_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "network_file_system", lambda path: "NFS")
    path = Office(tmp_path).drop("Invoices.xlsx", Invoices=INVOICE)
    assert call(["run", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert f"{tmp_path} lies on NFS: the books must lie on a disk of this computer" in told
    assert path.exists()
    assert not (tmp_path / "book.db").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")
def test_books_that_another_program_writes_to_name_it_and_end_with_4(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = functools.partial(ledger.open_database, busy_seconds=0.1)
    monkeypatch.setattr(ledger, "open_database", quick)
    command = [sys.executable, "-c", HOLD, str(office.root / "book.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        assert call(["write", str(office.root)]) == 4
        other.stdin.close()
    assert f"book.db is held by process {other.pid} (python" in capsys.readouterr().err
    assert call(["write", str(office.root)]) == 0


def test_a_run_killed_while_several_processes_draw_leaves_none_behind_that_holds_the_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "draw.py").write_text(DRAW)
    command = [sys.executable, str(tmp_path / "draw.py"), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        with pytest.raises(FolderBusyError), CompanyFolder(tmp_path).lock():
            pass
        run.kill()
    end = time.monotonic() + 20
    while True:
        try:
            with CompanyFolder(tmp_path).lock():
                return
        except FolderBusyError:
            assert time.monotonic() < end, "the workers still hold the folder"
            time.sleep(0.05)


def test_a_clock_that_goes_backwards_does_not_turn_the_order_of_the_runs(office: Office) -> None:
    office.drop("Invoices.xlsx", Invoices=INVOICE)
    assert office.run("2020-01-01").run_no == 2
    assert office.table("runs")["registered_at"].tolist() == ["2026-10-01T12:00:00+00:00"] * 2
    assert office.verify() == []


def test_an_input_that_vanishes_between_the_look_and_the_reading_was_never_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = office.drop("Gone.xlsx", Invoices=INVOICE)
    office.put("Stays.csv", b"stays")
    walk = CompanyFolder._walk

    def walk_and_lose(*args: object) -> dict[str, Path]:
        found = walk(*args)  # type: ignore[arg-type]
        gone.unlink()
        return found

    monkeypatch.setattr(CompanyFolder, "_walk", walk_and_lose)
    drop = CompanyFolder(office.root).list_inbox()
    assert [file.name for file in drop.files] == ["Stays.csv"]
    assert drop.findings == ()


def test_an_input_that_cannot_be_taken_away_is_not_read_again_and_goes_when_it_can(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = office.drop("Invoices.xlsx", Invoices=INVOICE)

    def refuse(path: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(folder, "_take_away", refuse)
        assert office.run().run_no == 2
        again = office.run()
    assert (again.run_no, [(item.code, item.place.source) for item in again.findings]) == (
        0,
        [("file-again", "Invoices.xlsx")],
    )
    assert path.exists()
    assert office.run().run_no == 0
    assert not path.exists()
    assert office.table("runs")["run_no"].tolist() == [1, 2]


def test_a_disk_that_takes_no_files_leaves_the_run_posted_and_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop("Invoices.xlsx", Invoices=INVOICE)

    def full(*args: object, **options: object) -> list[str]:
        raise OSError(28, "No space left on device", "outbox/Invoice 103001.pdf")

    with monkeypatch.context() as patch:
        patch.setattr(batch, "deliver", lambda *args, **options: [])
        office.run()
        patch.setattr(batch, "deliver", full)
        with pytest.raises(
            batch.FilesNotWrittenError, match=r"No space left on device: 'outbox/Invoice 103001\.pdf'"
        ):
            office.run()
    assert office.table("documents")["posted_no"].tolist() == ["103001"]
