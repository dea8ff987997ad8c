"""Delivery: files are drawn from the books after the commit, each marked as done when it is safe on the disk.

The commit left a list of work (`outbox`). Whoever runs next finishes what a killed run left undone, and since
drawing again gives the same bytes, nobody can tell the difference.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import chain, count
from pathlib import Path

import pandas as pd

from salesbatch import ledger, writers
from salesbatch.core.documents import PrintedDocument
from salesbatch.core.reports import ToFixReport
from salesbatch.folder import CompanyFolder, run_name

Tell = Callable[[str, int, int], None]


class FilesNotWrittenError(Exception):
    """The run is posted, but a disk would not take all of its files."""


CHUNK = 64
"""So many PDFs are drawn, saved and marked together."""
WORTH_A_POOL = 200
"""Fewer PDFs than this are drawn faster by one process than a second one takes to start."""
NAMES = {"invoice": "Invoice", "credit_memo": "Credit Memo"}


def document_path(document_type: str, posted_no: str, posting_date: pd.Timestamp) -> str:
    """Where a document's PDF lies below the company folder.

    Numbers that a person typed may differ in case only, which many file systems do not see: small letters get a
    mark, so that 'a' and 'A' stay two files.
    """
    mark = "" if posted_no == posted_no.upper() else f" {hashlib.sha256(posted_no.encode()).hexdigest()[:8]}"
    name = writers.safe_file_name(f"{NAMES[document_type]} {posted_no}{mark}", ending=".pdf")
    return f"outbox/{posting_date:%Y-%m}/{name}"


def plan_delivery(
    journal_rows: dict[str, pd.DataFrame],
    run_no: int,
    *,
    pdf: bool,
    every_run: bool,
    unreadable: Collection[str],
    open_lines: int = 0,
) -> list[ledger.OutboxItem]:
    """The work on files that a run's commit brings with it, in the order in which it will be done.

    open_lines: statement lines that wait for a decision once the run is committed.
    """
    items: list[ledger.OutboxItem] = []
    documents = journal_rows.get("documents")
    if documents is not None and pdf:
        posted = documents[documents["document_type"].isin(list(NAMES)) & (documents["posted_no"] != "")]
        for kind, number, day, document_id in zip(
            posted["document_type"], posted["posted_no"], posted["posting_date"], posted["document_id"]
        ):
            items.append(
                ledger.OutboxItem("invoice_pdf", document_path(kind, number, day), int(document_id), "")
            )
    held = journal_rows.get("held")
    if held is not None:
        for name in to_fix_names(set(held["source"]), unreadable).values():
            items.append(ledger.OutboxItem("to_fix", f"rejected/{run_name(run_no)}/{name}", 0, ""))
    for source in sorted(unreadable):
        items.append(ledger.OutboxItem("unreadable", f"rejected/{run_name(run_no)}/{source}", 0, ""))
        items.append(
            ledger.OutboxItem("problem", f"rejected/{run_name(run_no)}/{source} - problem.txt", 0, "")
        )
    if open_lines:
        items.append(ledger.OutboxItem("review_workbook", f"review/{review_name(run_no)}", 0, ""))
    items.append(ledger.OutboxItem("run_workbook", f"ledgers/Run {run_name(run_no)}.xlsx", 0, ""))
    if every_run:
        periods: set[str] = set()
        for name in ("gl_entries", "documents", "statement_lines", "detailed_entries"):
            frame = journal_rows.get(name)
            if frame is not None and len(frame):
                column = "date" if name == "statement_lines" else "posting_date"
                periods |= set(frame[column].dt.strftime("%Y-%m"))
        items += [
            ledger.OutboxItem("ledger_workbook", f"ledgers/Ledger {period}.xlsx", 0, "")
            for period in sorted(periods)
        ]
    files = journal_rows["files"]
    items += [
        ledger.OutboxItem("remove_input", f"inbox/{name}", 0, sha)
        for name, sha in zip(files["name"], files["sha256"])
    ]
    return items


def review_name(run_no: int) -> str:
    """'Payment Review 000017.xlsx'."""
    return f"Payment Review {run_name(run_no)}.xlsx"


def to_fix_names(sources: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """'Orders.xlsx' -> 'Orders - to fix.xlsx', by input in order; a to-fix workbook of one keeps its name.

    No two inputs get one name, nor one that is taken, also where a disk does not tell 'A' from 'a': beside
    Orders.csv it is 'Orders.xlsx - to fix.xlsx'.
    """
    names: dict[str, str] = {}
    used = {name.casefold() for name in taken}
    for source in sorted(sources):
        stem = source.rsplit(".", 1)[0] if "." in source.rsplit("/", 1)[-1] else source
        stems = chain((stem.removesuffix(" - to fix"), source), (f"{source} {n}" for n in count(2)))
        name = next(name for one in stems if (name := f"{one} - to fix.xlsx").casefold() not in used)
        used.add(name.casefold())
        names[source] = name
    return names


def deliver(
    database: ledger.Database, place: CompanyFolder, tell: Tell, *, workers: int = 1, pdf: bool = True
) -> list[str]:
    """Do all work on files that is not marked as done; returns the paths written, relative to the folder."""
    pending = ledger.pending_outbox(database)
    if not pdf:
        pending = pending[pending["kind"] != "invoice_pdf"]
    written: list[str] = []
    invoices = pending[pending["kind"] == "invoice_pdf"]
    if len(invoices):
        written += _deliver_invoices(database, place, invoices, tell, workers)
    others = pending[pending["kind"] != "invoice_pdf"]
    held = lru_cache(1)(lambda run_no: _held_reports(database, run_no))
    last_of_path = set(others.drop_duplicates("path", keep="last")["outbox_no"])
    for done, row in enumerate(others.to_dict("records"), start=1):
        tell("write", done, len(others))
        number, kind, path = int(row["outbox_no"]), str(row["kind"]), str(row["path"])
        if kind == "ledger_workbook" and number not in last_of_path:
            ledger.mark_done(database, [number], {})  # A later row draws the same workbook.
            continue
        digest = _deliver_one(database, place, kind, path, int(row["run_no"]), str(row["sha256"]), held)
        if digest is None:
            continue  # Open in Excel, or no right to take it away: tried again by the next run.
        ledger.mark_done(database, [number], {number: digest})
        if kind != "remove_input":
            written.append(path)
    _clear_reviews(database, place)
    return written


def _clear_reviews(database: ledger.Database, place: CompanyFolder) -> None:
    """Take away the payment reviews that a newer one replaces, or whose lines are all settled.

    Only where nobody has touched them: the bytes are ours and no program holds the file. A file into which
    answers were typed stays until a person moves it.
    """
    names = sorted(path.name for path in place.review.glob("Payment Review [0-9]*.xlsx"))
    if names and not ledger.open_line_count(database):
        names.append("")  # Nothing is asked any more, so the last one has had its day too.
    for name in names[:-1]:
        run = name.removeprefix("Payment Review ").removesuffix(".xlsx")
        if run.isdigit():
            sha256 = ledger.review_hashes(database, int(run)).get(f"review/{name}", "")
            place.remove_unchanged(place.review / name, sha256)


def _deliver_one(
    database: ledger.Database,
    place: CompanyFolder,
    kind: str,
    path: str,
    run_no: int,
    sha256: str,
    held: Callable[[int], Mapping[str, ToFixReport]],
) -> str | None:
    """Do one piece of work; its SHA-256, or None when it has to wait. held: the to-fix reports of a run, by name."""
    target = place.root / path
    if kind == "remove_input":
        return sha256 if place.remove_input(path.removeprefix("inbox/"), sha256) else None
    if kind == "unreadable":
        source = path.split("/", 2)[2]
        content = (place.processed_run(run_no) / source).read_bytes()
    elif kind == "problem":
        content = _problem_text(
            database, run_no, path.split("/", 2)[2].removesuffix(" - problem.txt")
        ).encode()
    elif kind == "to_fix":
        content = writers.draw_to_fix_workbook(held(run_no)[path.split("/", 2)[2]])
    elif kind == "review_workbook":
        content = writers.draw_review_workbook(ledger.review_report(database, run_no))
        if target.exists() and target.read_bytes() != content:
            return ""  # Written before the run was cut short, and answers stand in it by now: it is not ours.
    elif kind == "run_workbook":
        content = writers.draw_run_workbook(ledger.run_report(database, run_no))
    else:
        period = path.removeprefix("ledgers/Ledger ").removesuffix(".xlsx")
        content = writers.draw_ledger_workbook(ledger.ledger_report(database, period))
    try:
        return writers.save_file(target, content)
    except PermissionError:
        if os.name == "nt":
            return None
        raise


def _held_reports(database: ledger.Database, run_no: int) -> dict[str, ToFixReport]:
    reports = {report.source: report for report in ledger.to_fix_reports(database, run_no)}
    names = to_fix_names(reports, ledger.unreadable_files(database, run_no))
    return {names[source]: report for source, report in reports.items()}


def _problem_text(database: ledger.Database, run_no: int, source: str) -> str:
    findings = ledger.run_findings(database, run_no)
    mine = findings[findings["source"] == source]
    return "".join(
        f"{source}: {message}\n{suggestion}\n"
        for message, suggestion in zip(mine["message"], mine["suggestion"])
    )


def _deliver_invoices(
    database: ledger.Database, place: CompanyFolder, rows: pd.DataFrame, tell: Tell, workers: int
) -> list[str]:
    """Draw the PDFs in chunks, in this process or spread over several, marking each chunk when it is on the disk."""
    path_of = dict(zip(rows["document_id"].tolist(), rows["path"].tolist()))
    outbox_of = dict(zip(rows["document_id"].tolist(), rows["outbox_no"].tolist()))
    written: list[str] = []
    total = len(rows)
    for digests in _drawn(
        _chunks(ledger.printed_documents(database, rows["document_id"].tolist()), path_of, place),
        workers if total >= WORTH_A_POOL else 1,
    ):
        ledger.mark_done(
            database,
            [outbox_of[number] for number in digests],
            {outbox_of[number]: digest for number, digest in digests.items()},
        )
        written += [path_of[number] for number in digests]
        tell("pdf", len(written), total)
    return written


Chunk = list[tuple[int, Path, PrintedDocument, Path | None]]
"""Documents by their id, where their PDFs go, and the picture of the letterhead."""


def _chunks(
    documents: Iterable[PrintedDocument], path_of: dict[int, str], place: CompanyFolder
) -> Iterator[Chunk]:
    chunk: Chunk = []
    for document_id, document in zip(path_of, documents, strict=True):
        logo = place.processed / document.seller.logo if document.seller.logo else None
        chunk.append((document_id, place.root / path_of[document_id], document, logo))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _drawn(chunks: Iterator[Chunk], workers: int) -> Iterator[dict[int, str]]:
    if workers <= 1:
        yield from map(draw_chunk, chunks)
        return
    with ProcessPoolExecutor(workers, initializer=_end_with_parent) as pool:
        waiting = []
        for chunk in chunks:
            waiting.append(pool.submit(draw_chunk, chunk))
            while len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _end_with_parent() -> None:
    """A worker ends when its run is killed: else it would wait for ever, with the folder's lock that it inherited."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def draw_chunk(chunk: Chunk) -> dict[int, str]:
    """Draw and save some invoices; SHA-256 by document. A PDF that was delivered before is never replaced."""
    digests = {}
    for document_id, path, document, logo in chunk:
        if path.exists():
            digests[document_id] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            digests[document_id] = writers.save_file(path, writers.draw_invoice(document, _picture(logo)))
    return digests


@lru_cache(maxsize=4)
def _picture(path: Path | None) -> bytes:
    """The bytes of a letterhead's picture; without the archive an invoice is drawn without it."""
    return path.read_bytes() if path and path.exists() else b""
