"""Several processes at once on one company: nothing is lost, doubled or skipped, and nobody waits for ever."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drop
from harness import Bench
from office import Office, workbook

from salesbatch import batch
from salesbatch.cli import call
from salesbatch.cli_parts import BUSY, DONE, SOME_REJECTED
from salesbatch.core.inbox import InputFile
from salesbatch.folder import CompanyFolder, Drop

LONGEST_SECONDS = 300


def one_folder(bench: Bench, processes: int, drops: int, kills: int = 0) -> tuple[list[str], dict[str, int]]:
    """Each process drops files and runs the folder until its files are taken; `kills` runs are killed meanwhile."""
    root = bench.folder()

    def work(name: str) -> dict[str, int]:
        codes: dict[str, int] = {}
        for number in range(drops):
            path = root / "inbox" / f"{name}-{number}.xlsx"
            passing = path.with_name(f".{path.name}")
            passing.write_bytes(invoices_of(name, number))
            os.utime(passing, (0, 0))
            passing.rename(path)
            while path.exists():
                code = str(call(["run", str(root), "--date", drop.DAY, "--workers", "1"]))
                codes[code] = codes.get(code, 0) + 1
                time.sleep(random.uniform(0.1, 0.5))
        return codes

    with _quiet():
        results = at_once(work, processes, kills)
    wrong, codes = _sum_up(results)
    wrong += [f"exit code {code}" for code in codes if int(code) not in (DONE, SOME_REJECTED, BUSY)]
    wrong += what_is_wrong(root, processes, drops)
    bench.away(root)
    return wrong, codes


def one_book(bench: Bench, processes: int, drops: int) -> tuple[list[str], dict[str, int]]:
    """The same without the lock on the folder: the books themselves must keep runs apart."""
    root = bench.folder()
    drop.run(root)

    def work(name: str) -> dict[str, int]:
        CompanyFolder.lock = lambda place: contextlib.nullcontext()  # type: ignore[method-assign]
        batch._Run._deliver = lambda run: []  # type: ignore[method-assign]
        batch._Run._archive = lambda run, inbox, run_no: None  # type: ignore[method-assign]
        stale = 0
        commit = batch._Run._commit

        def counted(*args: Any) -> None:
            nonlocal stale
            try:
                commit(*args)
            except batch.ledger.StaleBooksError:
                stale += 1
                raise

        batch._Run._commit = counted  # type: ignore[method-assign]
        for number in range(drops):
            content = invoices_of(name, number)
            file = InputFile(f"{name}-{number}.xlsx", hashlib.sha256(content).hexdigest(), content)
            CompanyFolder.list_inbox = lambda place, file=file: Drop((file,), (), ())  # type: ignore[method-assign]
            assert drop.run(root).run_no
        return {"runs": drops, "decided again": stale}

    wrong, counts = _sum_up(at_once(work, processes, 0))
    wrong += what_is_wrong(root, processes, drops, archived=False)
    bench.away(root)
    return wrong, counts


def invoices_of(name: str, number: int) -> bytes:
    """A workbook with two invoices."""
    rows = "".join(f"{name}-{number}-{line} | C1 | A1 | 1\n" for line in (1, 2))
    return workbook({"Invoices": f"No. | Customer No. | Item No. | Quantity\n{rows}"})


def what_is_wrong(root: Path, processes: int, drops: int, archived: bool = True) -> list[str]:
    """Lost, doubled or skipped documents, broken laws, missing files."""
    office = Office(root)
    drop.run(root)
    documents = office.table("documents")
    mine = documents[documents["no"].str.startswith("P") & documents["no"].str.contains("-")]
    wanted = [f"P{one}-{two}-{line}" for one in range(processes) for two in range(drops) for line in (1, 2)]
    wrong = [] if sorted(mine["no"]) == sorted(wanted) else [f"{len(wanted)} dropped, {len(mine)} posted"]
    posted = sorted(
        int(no) for no in documents.loc[documents["document_type"] == "invoice", "posted_no"] if no
    )
    if posted != list(range(posted[0], posted[0] + len(posted))):
        wrong.append("the series of posted invoices has gaps or doubles")
    wrong += [f"law broken: {law}" for law in office.verify()]
    pdfs = {path.stem.split()[-1] for path in (root / "outbox").rglob("Invoice *.pdf")}
    if pdfs != {str(no) for no in posted}:
        wrong.append("the PDFs are not those of the posted invoices")
    if any(path.is_file() for path in (root / "inbox").rglob("*")):
        wrong.append("the inbox is not empty")
    kept = {path.name for path in (root / "processed").rglob("P*-*.xlsx")}
    if archived and kept != {f"P{one}-{two}.xlsx" for one in range(processes) for two in range(drops)}:
        wrong.append("the inputs are not all archived")
    return wrong


def at_once(work: Any, processes: int, kills: int) -> list[dict[str, int] | str]:
    """Results of the processes, or the name of the error that ended them; a killed one begins again."""
    chance = random.Random(processes)
    end = time.monotonic() + LONGEST_SECONDS
    running = {number: _start(work, f"P{number}") for number in range(processes)}
    results: list[dict[str, int] | str] = []
    while running:
        time.sleep(0.02)
        for number, (child, reader) in list(running.items()):
            if kills and chance.random() < 0.01:
                os.kill(child, signal.SIGKILL)
                kills -= 1
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
            if not os.waitpid(child, os.WNOHANG)[0]:
                continue
            with os.fdopen(reader) as answer:
                said = answer.read()
            del running[number]
            if said:
                results.append(json.loads(said))
            elif time.monotonic() > end:
                results.append("hangs")
            else:
                running[number] = _start(work, f"P{number}")
    return results


def _start(work: Any, name: str) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        random.seed(os.getpid())
        try:
            result: object = work(name)
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps(result).encode())
        os._exit(0)
    os.close(writer)
    return child, reader


def _sum_up(results: list[dict[str, int] | str]) -> tuple[list[str], dict[str, int]]:
    wrong = [f"a process ended with {result}" for result in results if isinstance(result, str)]
    counts: dict[str, int] = {}
    for result in results:
        for key, count in result.items() if isinstance(result, dict) else ():
            counts[key] = counts.get(key, 0) + count
    return wrong, dict(sorted(counts.items()))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The runs say nothing on stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
