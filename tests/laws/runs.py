"""How a story goes on: runs, calm or killed or only looked at; periods that are closed, and files that come again."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from fuzz.forms import Book
from hypothesis import strategies as st
from laws.desk import BY_ITSELF, Desk, act
from laws.papers import CAPTIONS, HELD, Dropped, steps
from test_killed import Killed, interrupt

from salesbatch.batch import RunResult

RUN = {
    "files": st.integers(1, 3),
    "killed": st.sampled_from([*[0] * 9, 1, 2, 3, 4, 5, 6]),
    "first": st.sampled_from(["", "", "--dry-run", "--strict"]),
}
"""What is drawn for a run."""


def run(desk: Desk, files: int, killed: int = 0, first: str = "") -> None:
    """The papers are spread over some workbooks and dropped, and the folder is run; then it is another day.

    It may be looked at before with --dry-run, or tried with --strict, which posts nothing when a row would be
    held; and it may be killed after so many steps and run again.
    """
    drop = Dropped(desk.day, keys={paper.key for paper in desk.papers})
    for number in range(files):
        sheets: dict[str, list[list[object]]] = {}
        for paper in desk.papers[number::files]:
            sheets.setdefault(paper.table, [list(CAPTIONS[paper.table])]).extend(paper.rows)
        if sheets:
            drop.files[f"{desk.day} {number}.xlsx"] = Book(sheets).content()
    for name, content in drop.files.items():
        desk.office.put(name, content)
    mistakes = sum(len(paper.rows) for paper in desk.papers if paper.phase == HELD)
    if first == "--dry-run" or (first and mistakes):
        before = desk.dump()
        options = {"dry_run": True} if first == "--dry-run" else {"strict": True}
        looked = desk.office.run(desk.day.isoformat(), **options)
        assert (looked.run_no, desk.dump()) == (0, before), f"I6 {first}"
        steps[f"{first}, nothing posted"] += 1
    strict = first == "--strict" and not mistakes
    was_killed = bool(killed) and _killed(desk, killed)
    result = desk.office.run(desk.day.isoformat(), strict=strict)
    steps["--strict, all posted"] += strict
    for paper in sorted(desk.papers, key=lambda paper: (paper.phase, paper.day, paper.key)):
        paper.meaning(desk.model)
        if paper.phase != HELD:
            desk.facts[paper.key] = paper
    if was_killed:  # What its counts said died with it; the books are compared all the same.
        steps["runs killed"] += 1
    else:
        _account_for_rows(desk, result, drop, mistakes)
        for number, name in enumerate(drop.files):
            held = [paper for paper in desk.papers[number::files] if paper.phase == HELD]
            if any(paper.key.startswith("X") for paper in held):
                desk.mistakes[name] = (held, result.run_no)
    desk.past.append(drop)
    desk.papers = []
    desk.day += timedelta(days=3)
    steps["runs"] += 1


def run_by_itself(desk: Desk, drop: Dropped) -> RunResult:
    """Drop files that are no papers of the day, and run them."""
    for name, content in drop.files.items():
        desk.office.put(name, content)
    desk.past.append(drop)
    return desk.office.run(drop.day.isoformat())


def _killed(desk: Desk, after: int) -> bool:
    """Run and die after so many pieces of work on files or books; whether it lived that long."""
    left = [after]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        interrupt(patch, die)
        desk.office.run(desk.day.isoformat())
    return left[0] <= 0


def _account_for_rows(desk: Desk, result: RunResult, drop: Dropped, mistakes: int) -> None:
    """I9: every row that was dropped was posted or held, and everything posted names its file, sheet and row."""
    rows = sum(len(paper.rows) for paper in desk.papers)
    assert result.counts["rows_read"] == rows, "I9"
    said = [(item.code, item.place.sheet, item.cell, item.value, item.document) for item in result.findings]
    assert result.counts["rows_held"] == mistakes, f"I9 {said}"
    assert result.exit_code == (3 if mistakes else 0)
    with closing(sqlite3.connect(desk.office.root / "book.db")) as books:
        places = books.execute(
            "SELECT source, sheet, row FROM documents WHERE run_no = ?", (result.run_no,)
        ).fetchall()
        held = books.execute(
            "SELECT source, sheet, row FROM held WHERE run_no = ?", (result.run_no,)
        ).fetchall()
    assert {place[0] for place in (*places, *held)} <= set(drop.files), "I9"
    assert len(held) == mistakes, "I9"
    assert not set(places) & set(held), "I9"
    steps["I9 rows accounted for"] += rows


def _closable(desk: Desk) -> list[date]:
    days = [desk.day - timedelta(days=days) for days in range(5)]
    return [day for day in days if day > desk.closed and desk.past]


@act("periods closed", _closable, BY_ITSELF)
def close_period(desk: Desk, day: date) -> None:
    """The dates before a day are closed; from now on nothing is posted there (I8)."""
    rows = [["Setting", "Value"], ["Allow Posting From", day.isoformat()]]
    run_by_itself(desk, Dropped(desk.day, {f"Close {desk.day}.xlsx": Book({"Company": rows}).content()}))
    desk.closed, desk.closed_rows = day, desk.rows_before(day)


def _repeatable(desk: Desk) -> list[int]:
    """Drops whose orders nobody changed since; settings are no documents and come again only by intent."""
    later: set[str] = set()
    found = []
    for place, drop in reversed([*enumerate(desk.past)]):
        if drop.keys and not drop.keys & later:
            found.append(place)
        later |= drop.keys
    return found


@act("files dropped again", _repeatable, BY_ITSELF, renamed=st.booleans())
def drop_again(desk: Desk, place: int, renamed: bool) -> None:
    """Files of an earlier run come again, perhaps under other names: nothing happens (I6)."""
    before = desk.dump()
    for name, content in desk.past[place].files.items():
        desk.office.put(f"again {name}" if renamed else name, content)
    desk.office.run(desk.day.isoformat())
    assert desk.dump() == before, "I6"
