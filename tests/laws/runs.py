"""How a story goes on: runs, calm or killed or only looked at; periods closed, mistakes made and mended, files that come again."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from fuzz.forms import Book
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from laws.acts import Acts
from laws.model import Line
from laws.papers import CAPTIONS, MENDED, Dropped, Paper, steps
from test_killed import Killed, interrupt

from salesbatch.batch import RunResult


class Runs(Acts):
    """Papers into workbooks, workbooks into runs."""

    @precondition(lambda self: not self.papers and self.past)
    @rule(days=st.integers(0, 4))
    def close_period(self, days: int) -> None:
        """The dates before a day are closed; from now on nothing is posted there (I8)."""
        day = self.day - timedelta(days=days)
        if day > self.closed:
            rows = [["Setting", "Value"], ["Allow Posting From", day.isoformat()]]
            self._run_by_itself(
                Dropped(self.day, {f"Close {self.day}.xlsx": Book({"Company": rows}).content()})
            )
            self.closed, self.closed_rows = day, self._rows_before(day)
            steps["periods closed"] += 1

    @precondition(lambda self: self.mistakes and not self.papers)
    @rule()
    def mend(self) -> None:
        """The to-fix workbook of a run comes back with its cells mended: what was held is posted after all."""
        name, (papers, others, run_no) = self.mistakes.popitem()
        name = f"{Path(name).stem} - to fix.xlsx"
        book = openpyxl.load_workbook(self.office.root / "rejected" / f"{run_no:06d}" / name)
        for cell in (cell for row in book["Invoices"].iter_rows() for cell in row):
            if cell.value in MENDED and any(
                book["Invoices"].cell(cell.row, column).value in {paper.key for paper in papers}
                for column in (1, 2, 3)
            ):
                cell.value = MENDED[cell.value] or max(self.day, self.closed)
        content = io.BytesIO()
        book.save(content)
        result = self._run_by_itself(Dropped(self.day, {name: content.getvalue()}))
        assert result.counts["rows_held"] == others, "I9"
        for paper in papers:
            day = max(self.day, self.closed)
            self.model.sell("invoice", paper.key, "C1", [Line("A1", Decimal(1)), Line("A2", Decimal(1))], day)
        self.ran = True
        steps["mended by the to-fix workbook"] += len(papers)

    close_period_too, mend_too = close_period, mend

    def _run_by_itself(self, drop: Dropped) -> RunResult:
        for name, content in drop.files.items():
            self.office.put(name, content)
        self.past.append(drop)
        return self.office.run(drop.day.isoformat())

    @precondition(lambda self: not self._to_be_held())
    @rule(what=st.integers(0, 4))
    def mistake(self, what: int) -> None:
        """A document that must be held, whatever lies beside it: the model learns nothing."""
        key = self._key("X")
        rows: list[list[object]] = [
            [key, "NOBODY", self.day, "A1", 1, None, None],
            [key, "C1", self.day, "NOTHING", 1, None, None],
            [key, "C3", self.day, "A1", 1, None, None],
            [key, "C1", "01/02/2026", "A1", 1, None, None],
            [key, "C1", self.day, "A1", "ett", None, None],
        ]
        good: list[object] = [key, None, None, "A2", 1, None, None]
        self._write("Invoices", [rows[what], good], lambda ledger: None, 9, self.day, key)

    @precondition(lambda self: self._rewritable() and not self._to_be_held())
    @rule(which=st.integers(0, 99))
    def rewrite_history(self, which: int) -> None:
        """A posted invoice comes again with another quantity: it is held, the books keep what was posted."""
        paper = self._rewritable()[which % len(self._rewritable())]
        rows = [list(row) for row in paper.rows]
        rows[0][4] = float(str(rows[0][4])) + 1
        self._write("Invoices", rows, lambda ledger: None, 9, paper.day, paper.key)
        steps["papers: posted ones changed"] += 1

    def _to_be_held(self) -> bool:
        """One such paper in a run is enough."""
        return any(paper.phase == 9 for paper in self.papers)

    def _rewritable(self) -> list[Paper]:
        waiting = {paper.key for paper in self.papers}
        return [paper for key, paper in self.facts.items() if paper.lines and key not in waiting]

    @precondition(lambda self: self._repeatable())
    @rule(which=st.integers(0, 99), renamed=st.booleans())
    def drop_again(self, which: int, renamed: bool) -> None:
        """Files of an earlier run come again, perhaps under other names: nothing happens."""
        again = self._repeatable()[which % len(self._repeatable())]
        before = self._dump()
        for name, content in again.files.items():
            self.office.put(f"again {name}" if renamed else name, content)
        self.office.run(self.day.isoformat())
        assert self._dump() == before, "I6"
        steps["I6 dropped again"] += 1

    def _repeatable(self) -> list[Dropped]:
        """Drops whose orders nobody changed since; settings are no documents and come again only by intent."""
        later: set[str] = set()
        found = []
        for drop in reversed(self.past):
            if drop.keys and not drop.keys & later:
                found.append(drop)
            later |= drop.keys
        return found

    @precondition(lambda self: len(self.papers) >= 2)
    @rule(
        files=st.integers(1, 3),
        killed=st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6]),
        first=st.sampled_from(["", "", "--dry-run", "--strict"]),
    )
    def run(self, files: int, killed: int = 0, first: str = "") -> None:
        """The papers are spread over some workbooks and dropped, and the folder is run.

        It may be looked at before with --dry-run, or tried with --strict, which posts nothing when a row would be
        held; and it may be killed after so many steps and run again.
        """
        drop = Dropped(self.day, keys={paper.key for paper in self.papers})
        for number in range(files):
            sheets: dict[str, list[list[object]]] = {}
            for paper in self.papers[number::files]:
                sheets.setdefault(paper.table, [list(CAPTIONS[paper.table])]).extend(paper.rows)
            if sheets:
                drop.files[f"{self.day} {number}.xlsx"] = Book(sheets).content()
        for name, content in drop.files.items():
            self.office.put(name, content)
        mistakes = sum(len(paper.rows) for paper in self.papers if paper.phase == 9)
        if first == "--dry-run" or (first and mistakes):
            before = self._dump()
            options = {"dry_run": True} if first == "--dry-run" else {"strict": True}
            looked = self.office.run(self.day.isoformat(), **options)
            assert (looked.run_no, self._dump()) == (0, before), f"I6 {first}"
            steps[f"{first}, nothing posted"] += 1
        strict = first == "--strict" and not mistakes
        was_killed = bool(killed) and self._killed(killed)
        result = self.office.run(self.day.isoformat(), strict=strict)
        steps["--strict, all posted"] += strict
        for paper in sorted(self.papers, key=lambda paper: (paper.phase, paper.day, paper.key)):
            paper.meaning(self.model)
            if paper.phase != 9:
                self.facts[paper.key] = paper
        if was_killed:
            steps["runs killed"] += (
                1  # What its counts said died with it; the books are compared all the same.
            )
        else:
            self._account_for_rows(result, drop, mistakes)
            for number, name in enumerate(drop.files):
                held = [paper for paper in self.papers[number::files] if paper.phase == 9]
                wrong = [paper for paper in held if paper.key.startswith("X")]
                if wrong and all(paper.table == "Invoices" for paper in held):
                    others = sum(len(paper.rows) for paper in held if paper not in wrong)
                    self.mistakes[name] = (wrong, others, result.run_no)
        self.past.append(drop)
        self.papers = []
        self.day += timedelta(days=3)
        self.ran = True
        steps["runs"] += 1

    def _killed(self, after: int) -> bool:
        """Run and die after so many pieces of work on files or books; whether it lived that long."""
        left = [after]

        def die() -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
            interrupt(patch, die)
            self.office.run(self.day.isoformat())
        return left[0] <= 0

    def _account_for_rows(self, result: RunResult, drop: Dropped, mistakes: int) -> None:
        """I9: every row that was dropped was posted or held, and everything posted names its file, sheet and row."""
        rows = sum(len(paper.rows) for paper in self.papers)
        assert result.counts["rows_read"] == rows, "I9"
        said = [
            (item.code, item.place.sheet, item.cell, item.value, item.document) for item in result.findings
        ]
        assert result.counts["rows_held"] == mistakes, f"I9 {said}"
        assert result.exit_code == (3 if mistakes else 0)
        with closing(sqlite3.connect(self.office.root / "book.db")) as books:
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
