"""Watching an inbox: when a run is due, what is waited for, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office import SETUP, workbook

from salesbatch.cli import call
from salesbatch.folder import FolderBusyError
from salesbatch.watching import AGAIN, STILL, WatchMissingError, inbox_knocks, watch_inbox


class Watched:
    """An inbox, a clock that moves only by sleeping, and runs that take what lies there."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.now = 0.0
        self.runs: list[list[str]] = []
        self.events: dict[int, Callable[[], object]] = {}
        self.on_sleep: list[Callable[[], object]] = []
        self.stays: set[str] = set()
        self.told: list[str] = []

    def put(self, name: str, content: str = "x") -> None:
        (self.inbox / name).write_text(content)

    def knocks(self, count: int) -> Iterator[int]:
        for number in range(count):
            self.events.get(number, lambda: None)()
            yield number

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.on_sleep:
            self.on_sleep.pop(0)()

    def run(self) -> bool:
        names = sorted(path.name for path in self.inbox.iterdir())
        self.runs.append(names)
        for path in self.inbox.iterdir():
            if path.name not in self.stays:
                path.unlink()
        return bool(self.stays & set(names))

    def watch(self, knocks: int, run: Callable[[], bool] | None = None) -> None:
        watch_inbox(
            self.inbox,
            self.knocks(knocks),
            run or self.run,
            busy=(FolderBusyError,),
            on_busy=lambda error: self.told.append(str(error)),
            sleep=self.sleep,
            clock=lambda: self.now,
        )


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_what_lies_there_already_is_run_at_once(watched: Watched) -> None:
    watched.put("Orders.xlsx")
    watched.watch(knocks=0)
    assert watched.runs == [["Orders.xlsx"]]


def test_an_empty_inbox_is_not_run(watched: Watched) -> None:
    watched.watch(knocks=3)
    assert watched.runs == []


def test_each_drop_is_one_run_and_its_leaving_is_none(watched: Watched) -> None:
    watched.events = {1: lambda: watched.put("a.xlsx"), 4: lambda: watched.put("a.xlsx")}
    watched.watch(knocks=8)
    assert watched.runs == [["a.xlsx"], ["a.xlsx"]]


def test_files_that_arrive_one_after_the_other_are_one_run(watched: Watched) -> None:
    watched.put("a.xlsx")
    watched.on_sleep = [lambda: watched.put("b.xlsx"), lambda: watched.put("b.xlsx", "more")]
    watched.watch(knocks=0)
    assert watched.runs == [["a.xlsx", "b.xlsx"]]
    assert watched.now == 3 * STILL


def test_a_file_that_a_run_refuses_is_not_run_again_until_it_changes(watched: Watched) -> None:
    watched.stays = {"a.xlsx"}
    run = watched.run
    watched.put("a.xlsx")
    watched.events = {3: lambda: watched.put("a.xlsx", "mended")}
    watched.watch(knocks=6, run=lambda: run() and False)
    assert watched.runs == [["a.xlsx"], ["a.xlsx"]]


def test_a_file_left_for_later_is_tried_again_after_a_while(watched: Watched) -> None:
    def pass_time() -> None:
        watched.now += AGAIN

    watched.stays = {"a.xlsx"}
    watched.put("a.xlsx")
    watched.events = {2: pass_time}
    watched.watch(knocks=4)
    assert len(watched.runs) == 2


def test_a_workbook_is_run_when_the_program_that_had_it_open_lets_go(watched: Watched) -> None:
    watched.stays = {"a.xlsx", "~$a.xlsx"}
    watched.put("~$a.xlsx")
    watched.put("a.xlsx")
    watched.events = {2: (watched.inbox / "~$a.xlsx").unlink}
    watched.watch(knocks=4)
    assert watched.runs == [["a.xlsx", "~$a.xlsx"], ["a.xlsx"]]


def test_hidden_files_and_owner_files_alone_start_no_run(watched: Watched) -> None:
    for name in (".DS_Store", "~$Orders.xlsx", ".~lock.Orders.ods#"):
        watched.put(name)
    watched.watch(knocks=1)
    assert watched.runs == []


def test_a_folder_that_another_run_holds_is_waited_for_and_told_once(watched: Watched) -> None:
    tries = []

    def run() -> bool:
        tries.append(1)
        if len(tries) < 4:
            raise FolderBusyError(watched.inbox, "process 7")
        return watched.run()

    watched.put("a.xlsx")
    watched.watch(knocks=0, run=run)
    assert watched.runs == [["a.xlsx"]]
    assert len(watched.told) == 1
    assert "process 7" in watched.told[0]


def test_without_the_package_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(WatchMissingError):
        inbox_knocks(tmp_path, polling=False)
    (tmp_path / "inbox").mkdir()
    assert call(["watch", str(tmp_path)]) == 2
    assert "pip install 'salesbatch[watch]'" in " ".join(capsys.readouterr().err.split())


def test_ctrl_c_ends_it_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "inbox").mkdir()
    monkeypatch.setattr("salesbatch.watching.watch_inbox", interrupted)
    assert call(["watch", str(tmp_path)]) == 0
    assert "No longer watching." in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent another way there.")
def test_a_dropped_workbook_is_posted_by_a_program_that_watches(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    (folder / "inbox").mkdir(parents=True)
    # A shell may have told its children to pass over Ctrl-C; a terminal does not.
    heeds = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    starts = "from salesbatch.cli import call; sys.exit(call(sys.argv[1:]))"
    program = subprocess.Popen(
        [sys.executable, "-c", f"{heeds}; {starts}", "watch", str(folder), "--no-pdf", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        assert program.stderr is not None
        assert "Watching" in program.stderr.readline()
        dropped = folder / "inbox" / "Setup.xlsx"
        dropped.write_bytes(workbook(SETUP))
        until = time.monotonic() + 60
        while dropped.exists() and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(1)
        os.kill(program.pid, signal.SIGINT)
        out, err = program.communicate(timeout=30)
    finally:
        program.kill()
    assert program.returncode == 0, err
    assert '"run": 1' in out
    assert len(out.strip().splitlines()) == 1
    assert "Run 000001" in err
    assert "No longer watching." in err
