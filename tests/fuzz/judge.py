"""Drops files into a company, runs it in a forked child, and judges what became of the books.

Whatever the files are: no traceback, no crash, no hang; the books verify; every byte that was dropped is kept;
a document is posted whole or not at all; a file that was rejected leaves the books as if it had never been there,
unless it disputes a key with another file; and the good neighbour in the same drop is posted.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
import unicodedata
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.drops import DAY, NEIGHBOUR, book
from office import Office

from salesbatch import batch
from salesbatch.core.inbox import Inbox

SECONDS = 10
"""A drop of one file that takes longer has hung."""
NEIGHBOUR_FILE = "good neighbour.xlsx"
NOT_READ = frozenset(
    f"file-{word}" for word in ("not-ready", "open", "not-plain", "name-twice", "name-odd", "unreadable")
)
"""Words about a file that stays in the inbox."""
BESIDE_BUSINESS = frozenset(
    [
        "runs",
        "files",
        "findings",
        "held",
        "open_held",
        "outbox",
        "run_times",
        "run_chain",
        "chain_blocks",
        "sqlite_sequence",
    ]
)
"""Tables that speak of the run and its files; all others are the business."""
DISPUTING = """
    SELECT DISTINCT other.source FROM held JOIN held AS other USING (run_no, table_name, key)
    WHERE run_no = ? AND held.reason LIKE '%input-key-twice%'
"""
"""Files that hold a row whose key stands twice in the drop with different content."""


@dataclass
class Verdict:
    """What became of one drop. outcomes: accepted, partly, rejected or nothing, by file."""

    breaches: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0


def in_child(work: Callable[[], dict[str, Any]], seconds: int) -> tuple[dict[str, Any], str, Any]:
    """Do something in a fork of this warm process: its answer, or in a word what ended it; and what it used.

    seconds: of processor time, so that a busy machine makes no hang; ten times as much by the clock, for what
    only waits. Neither signal has a handler, so that they end the child inside of any library.
    """
    with tempfile.TemporaryFile() as answer:
        child = os.fork()
        if child == 0:
            try:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(seconds * 10)
                _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, hardest))
                answer.write(json.dumps(work()).encode())
                answer.flush()
                os._exit(0)
            except BaseException:
                answer.write(traceback.format_exc().encode("utf-8", "replace"))
                answer.flush()
                os._exit(1)
        _, status, used = os.wait4(child, 0)
        answer.seek(0)
        text = answer.read().decode("utf-8", "replace")
    if os.WIFSIGNALED(status):
        ended = os.WTERMSIG(status)
        return {}, "hang" if ended in (signal.SIGALRM, signal.SIGXCPU) else f"ended by signal {ended}", used
    if os.WEXITSTATUS(status):
        return {}, f"traceback: {text.strip().splitlines()[-1]}\n{text}", used
    return json.loads(text), "", used


def judge(
    company: Path,
    files: Mapping[str, bytes],
    *,
    neighbour: bool = True,
    seconds: int = SECONDS,
    compare: bool = True,
    scratch: Path | None = None,
    calm: Mapping[str, str] | None = None,
) -> Verdict:
    """Drop the files and a good neighbour into a copy of the company and run it.

    neighbour: whether the neighbour must be posted. compare: whether the books are compared with those of a run
    without the files that were rejected, which costs a second run. calm: what `calm_books` gives, to save that
    run where every file was rejected.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        root = Path(place) / "company"
        answer, broken, used = in_child(lambda: _run(company, root, files), seconds)
        verdict = Verdict(
            [broken] if broken else list(answer["breaches"]),
            {} if broken else dict(answer["outcomes"]),
            time.monotonic() - started,
            used.ru_utime + used.ru_stime,
            used.ru_maxrss / 1024,
        )
        if broken:
            return verdict
        if neighbour and answer["neighbour"] != ["123.40", "154.25"]:
            verdict.breaches.append(f"the neighbour became {answer['neighbour']}")
        # A row of a file may rightly be held because a file that was rejected says otherwise about the same key:
        # the files of such a dispute stay in both runs.
        stay = {name for name, outcome in verdict.outcomes.items() if outcome != "rejected"}
        kept = {
            name: files[name] for name in files if {name, _composed(name)} & stay.union(answer["disputing"])
        }
        if compare and len(kept) < len(files):
            other, broken = calm, ""
            if kept or calm is None:
                answered, broken, _ = in_child(lambda: _run(company, Path(place) / "other", kept), seconds)
                other = answered.get("business", {})
            if broken:
                verdict.breaches.append(f"without the rejected files: {broken}")
            elif other != answer["business"]:
                changed = [name for name, rows in answer["business"].items() if rows != other.get(name)]
                verdict.breaches.append(f"a rejected file changed the books: {', '.join(changed)}")
    return verdict


def calm_books(company: Path, scratch: Path | None = None) -> dict[str, str]:
    """The tables of the business after a run over the good neighbour alone."""
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        answer, broken, _ = in_child(lambda: _run(company, Path(place) / "company", {}), SECONDS)
    assert not broken, broken
    return dict(answer["business"])


def _run(company: Path, root: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    """In the child: run a copy of the company with these files and say what is wrong."""
    shutil.copytree(company, root)
    office = Office(root)
    for name, content in files.items():
        office.put(name, content)
    office.put(NEIGHBOUR_FILE, book(0, Invoices=NEIGHBOUR).content())
    seen: list[Inbox] = []
    read = batch.readers.read_inbox

    def spy(*given: Any, **named: Any) -> Inbox:
        seen.append(read(*given, **named))
        return seen[-1]

    batch.readers.read_inbox = spy  # type: ignore[assignment]
    try:
        result = office.run(DAY)
    finally:
        batch.readers.read_inbox = read
    breaches = [f"the books do not verify: {law}" for law in office.verify()]
    if result.exit_code not in (0, 3):
        breaches.append(f"exit code {result.exit_code}")
    with closing(sqlite3.connect(root / "book.db")) as books:
        books.row_factory = sqlite3.Row
        run_no = result.run_no
        stay = {item.place.source for item in result.findings if item.code in NOT_READ}
        breaches += _lost(root, run_no, files, stay)
        breaches += _halves(books, run_no, seen[-1])
        breaches += _reports(books, root, run_no, seen[-1])
        for item in result.findings:  # Every word can be said in both languages.
            _ = [item.message(language) + item.suggestion(language) for language in ("en", "sv")]
        outcomes = {name: _outcome(books, run_no, _composed(name), seen[-1]) for name in files}
        amounts = books.execute(
            "SELECT amount_minor, amount_including_vat_minor FROM documents WHERE key LIKE '%GOOD-1%' AND source = ?"
            " AND posted_no <> ''",
            (NEIGHBOUR_FILE,),
        ).fetchall()
        disputing = [source for (source,) in books.execute(DISPUTING, (run_no,))]
        business = _business(books)
    neighbour = [f"{amount / 100:.2f}" for row in amounts for amount in row]
    return {
        "breaches": breaches,
        "outcomes": outcomes,
        "neighbour": neighbour,
        "disputing": disputing,
        "business": business,
    }


def _lost(root: Path, run_no: int, files: Mapping[str, bytes], stay: set[str]) -> list[str]:
    """Every dropped file is in the archive byte for byte, or still in the inbox with a word about it."""
    breaches = []
    for name, content in files.items():
        archived, dropped = root / "processed" / f"{run_no:06d}" / _composed(name), root / "inbox" / name
        if _visible(name) in stay:
            if not dropped.exists():
                breaches.append(f"{name} was called not ready and is gone")
        elif not archived.exists() or archived.read_bytes() != content:
            breaches.append(f"{name} is not in the archive as it was dropped")
        elif dropped.exists():
            breaches.append(f"{name} is still in the inbox")
    return breaches


def _halves(books: sqlite3.Connection, run_no: int, inbox: Inbox) -> list[str]:
    """No row is both held and posted, and of a document's rows all became lines or none."""
    query = "SELECT source, sheet, row FROM {} WHERE run_no = ?"
    held = {tuple(row) for row in books.execute(query.format("held"), (run_no,))}
    lines = {
        tuple(row)
        for row in books.execute(
            "SELECT source, sheet, document_lines.row FROM document_lines JOIN documents USING (document_id) WHERE run_no = ?",
            (run_no,),
        )
    }
    taken = set(lines)
    for table in ("documents", "master_changes", "statement_lines"):
        taken |= {tuple(row) for row in books.execute(query.format(table), (run_no,))}
    breaches = [f"held and taken in: {place}" for place in sorted(held & taken)]
    for frame in inbox.tables.values():
        if "document" not in frame.columns:
            continue
        for _, rows in frame.groupby("document"):
            places = set(zip(rows["source"], rows["sheet"], rows["row"].tolist()))
            if places & lines and not places <= lines:
                breaches.append(f"only a part of a document was posted: {sorted(places - lines)}")
    return breaches


def _reports(books: sqlite3.Connection, root: Path, run_no: int, inbox: Inbox) -> list[str]:
    """What was not taken in lies in rejected/: a to-fix workbook, or the file itself and why."""
    (held,) = books.execute("SELECT COUNT(DISTINCT source) FROM held WHERE run_no = ?", (run_no,)).fetchone()
    drawn = "SELECT path FROM outbox WHERE run_no = ? AND kind = 'to_fix'"
    paths = {path.casefold(): path for (path,) in books.execute(drawn, (run_no,))}
    wanted = set(paths.values())
    for name in inbox.unreadable:
        own = f"rejected/{run_no:06d}/{name}"
        wanted |= {own, f"{own} - problem.txt"}
    breaches = [f"lacking: {path}" for path in sorted(wanted) if not (root / path).is_file()]
    if len(wanted) != held + 2 * len(inbox.unreadable):
        breaches.append(f"{held} files to fix, and {len(paths)} workbooks for them")
    return breaches


def _composed(name: str) -> str:
    """A file's name as the program writes it."""
    return unicodedata.normalize("NFC", name)


def _visible(name: str) -> str:
    """A file's name as it is told of: a mark for each character that cannot be seen."""
    return "".join("\ufffd" if unicodedata.category(sign)[0] == "C" else sign for sign in _composed(name))


def _outcome(books: sqlite3.Connection, run_no: int, name: str, inbox: Inbox) -> str:
    """accepted, partly, rejected, or nothing: only notices."""
    if name in inbox.unreadable:
        return "rejected"
    held = {
        (row["sheet"], row["row"])
        for row in books.execute(
            "SELECT sheet, row FROM held WHERE run_no = ? AND source = ?", (run_no, name)
        )
    }
    clean = {
        (sheet, int(row))
        for frame in inbox.tables.values()
        for source, sheet, row in zip(frame["source"], frame["sheet"], frame["row"])
        if source == name
    }
    if held:
        return "partly" if clean - held else "rejected"
    return "accepted" if clean else "nothing"


def _business(books: sqlite3.Connection) -> dict[str, str]:
    """The tables of the business as text; numbers of rows and runs are part of it."""
    names = [
        row["name"]
        for row in books.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return {
        name: "\n".join(sorted(repr(tuple(row)) for row in books.execute(f'SELECT * FROM "{name}"')))
        for name in names
        if name not in BESIDE_BUSINESS
    }


def blame(
    company: Path, files: Mapping[str, bytes], common: Collection[str] = (), scratch: Path | None = None
) -> dict[str, Verdict]:
    """Which files of a drop are wrong by themselves, found by halving the drop; empty when only all together are."""
    found: dict[str, Verdict] = {}
    pending = [dict(files)]
    while pending:
        some = pending.pop()
        if len(some) > 1:
            names = list(some)
            halves = [{name: some[name] for name in part} for part in (names[::2], names[1::2])]
        else:
            halves = [some]
        for half in halves:
            verdict = judge(company, half, neighbour=not set(half) & set(common), scratch=scratch)
            if verdict.breaches and len(half) == 1:
                found |= dict.fromkeys(half, verdict)
            elif verdict.breaches:
                pending.append(half)
    return found


def scratch_folder() -> Path | None:
    """Memory where there is a file system in it: thousands of small books need no disk."""
    memory = Path("/dev/shm")
    return memory if sys.platform == "linux" and os.access(memory, os.W_OK) else None
