"""One run of one company folder: read, validate, decide, commit, write. All the ifs of the flow live here.

Killed at any moment, the next run ends with the same books and files as an undisturbed one: nothing is true
before the one commit, the bytes that were read are archived before it, and everything after it is a list of
work in the books that can be done again.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from salesbatch import __version__, ledger, readers, writers
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import ERROR, Finding, Place, finding
from salesbatch.core.inbox import Inbox, InputFile
from salesbatch.core.journal import Journal
from salesbatch.core.money import checked_sum
from salesbatch.core.reports import ReportHead, RunReport
from salesbatch.core.sheets import BY_NAME
from salesbatch.delivery import FilesNotWrittenError, deliver, plan_delivery, to_fix_names
from salesbatch.folder import CompanyFolder, Drop

WAITS_FOR = frozenset(
    {
        "customer-unknown",
        "customer-group-missing",
        "item-unknown",
        "reference-unknown",
        "account-unknown",
        "vat-setup-missing",
        "vat-group-missing",
        "general-group-missing",
        "general-setup-missing",
        "number-series-missing",
        "bank-account-unknown",
        "exchange-rate-missing",
    }
)
"""Reasons that a later drop of setup or master data can take away."""
WAITS_FOR_STATEMENT = frozenset({"statement-entry-missing"})
"""Reasons that a later bank file can take away."""
READ_WITH = ("company", "csv_profiles", "bank_accounts")
"""The setup that says how a drop is read: language, currency, and the banks' own files."""
TRIES = 20
"""So often is a run decided again when another process commits between its snapshot and its commit."""


class Stages(Protocol):
    """A clock that a benchmark puts in: every stage of the run is wrapped in it."""

    def stage(self, name: str) -> AbstractContextManager[object]:
        """The context of one stage: read, snapshot, decide, commit, write."""
        ...


@dataclass(frozen=True)
class RunOptions:
    """How a run is to be done. posting_date is the run's own day, registered_at the moment of its commit (UTC, ISO).

    Both come from outside: nothing here or below reads a clock.
    """

    posting_date: date
    registered_at: str
    dry_run: bool = False
    strict: bool = False
    workers: int | None = None
    pdf: bool = True
    progress: Callable[[str, int, int], None] | None = None
    stages: Stages | None = None


@dataclass(frozen=True)
class RunResult:
    """What a run did. run_no is 0 when nothing was committed; totals are minor units; outputs relative paths."""

    run_no: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    outputs: Sequence[str] = ()
    exit_code: int = 0
    language: str = "en"
    currency_code: str = "SEK"


def run_folder(root: Path, options: RunOptions) -> RunResult:
    """Run a company folder; raises FolderBusyError when another run holds it."""
    place = CompanyFolder(root)
    place.create()
    with place.lock(), ledger.open_database(root, create=True) as database:
        return _Run(place, database, options).run()


def write_outputs(
    root: Path, run_no: int | None = None, progress: Callable[[str, int, int], None] | None = None
) -> list[str]:
    """Draw outputs again from the books: those of one run, or all that is missing."""
    place = CompanyFolder(root)
    tell = progress or _silent
    with place.lock(), ledger.open_database(root) as database:
        ledger.renew_outbox(database, run_no)
        return deliver(database, place, tell)


def init_folder(root: Path, language: str = "en") -> list[str]:
    """A new company folder with inbox/Setup.xlsx and empty templates; returns the paths made."""
    outputs = {"inbox/Setup.xlsx": writers.draw_setup_workbook(language)}
    for name, sheets in TEMPLATES.items():
        outputs[f"templates/{name}.xlsx"] = writers.draw_templates(sheets, language=language)
    CompanyFolder(root).create()
    for path, content in outputs.items():
        writers.save_file(root / path, content)
    return list(outputs)


TEMPLATES: dict[str, tuple[str, ...]] = {
    "Customers": ("customers",),
    "Items": ("items", "sales_prices", "line_discounts"),
    "Opening Entries": ("opening_entries",),
    "Orders": ("orders",),
    "Invoices": ("invoices",),
    "Credit Memos": ("credit_memos",),
    "Payments": ("payments",),
    "Actions": ("actions",),
    "Bank Statement": ("bank_statement",),
}


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody listens."""


class _Run:
    """The steps of one run, holding what they share."""

    def __init__(self, place: CompanyFolder, database: ledger.Database, options: RunOptions) -> None:
        self.place = place
        self.database = database
        self.options = options
        self.tell = options.progress or _silent
        self.brought_back: frozenset[str] = frozenset()
        self.drop_findings: tuple[Finding, ...] = ()

    def run(self) -> RunResult:
        """From the inbox to the files."""
        finished = [] if self.options.dry_run else self._deliver()
        drop = self._without_processed(self.place.list_inbox())
        self.drop_findings = drop.findings
        if not drop.files:
            books = self._snapshot(Inbox())
            return self._result(books, Journal(), Inbox(findings=drop.findings), finished, run_no=0)
        inbox = self._with_waiting(self._read(drop))
        for _ in range(TRIES):
            books = self._snapshot(inbox)
            with self._stage("decide"):
                decided, journal = self._decide(inbox, books)
            stopped = self.options.strict and any(
                item.severity == ERROR for item in (*decided.findings, *journal.findings)
            )
            if self.options.dry_run or stopped:
                return self._preview(decided, books, journal, stopped)
            self._archive(decided, books.run_no)
            after = books.after(journal)
            try:
                with self._stage("commit"):
                    self._commit(decided, books, journal, after)
            except ledger.StaleBooksError:
                continue  # Another process committed meanwhile: deciding is pure, so decide again.
            result = self._result(after, journal, decided, finished, books.run_no)
            del inbox, decided, books, journal, after  # Files are drawn from the books on the disk.
            with self._stage("write"):
                return replace(result, outputs=[*finished, *self._deliver()])
        raise RuntimeError("the books kept changing under this run; try again")

    def _stage(self, name: str) -> AbstractContextManager[object]:
        return self.options.stages.stage(name) if self.options.stages else nullcontext()

    def _without_processed(self, drop: Drop) -> Drop:
        """What an earlier run has posted but could not take out of the inbox is named and not read again."""
        pending = ledger.pending_outbox(self.database)
        removals = pending[pending["kind"] == "remove_input"]
        runs = dict(zip(zip(removals["path"], removals["sha256"]), removals["run_no"].tolist()))
        run_of = {file: runs.get((f"inbox/{file.name}", file.sha256)) for file in drop.files}
        again = tuple(
            finding("file-again", Place(file.name), file.name, run=run) for file, run in run_of.items() if run
        )
        left = tuple(file for file, run in run_of.items() if not run)
        return drop._replace(files=left, findings=(*drop.findings, *again))

    def _read(self, drop: Drop) -> Inbox:
        """The drop as tables. A setup in it that changes language or currency decides how the rest is read."""
        setup = ledger.setup_rows(self.database, READ_WITH)
        settings = Company.of(setup).settings
        read_as = (settings.local_currency_code, settings.language)
        with self._stage("read"):
            while True:
                currency, language = read_as
                inbox = readers.read_inbox(
                    drop.files,
                    local_currency=currency,
                    language=language,
                    progress=self.tell,
                    setup=setup,
                )
                dropped = inbox.settings
                wanted = (
                    dropped.get("local_currency_code") or currency,
                    dropped.get("language") or language,
                )
                if wanted == read_as:
                    return replace(inbox, findings=(*drop.findings, *inbox.findings))
                read_as = wanted

    def _with_waiting(self, inbox: Inbox) -> Inbox:
        """Rows held for a customer, an item, a setup row or a statement come back when one is dropped.

        They come back as the to-fix workbook that a person would have dropped again, and are archived with
        the run like any other file. What the drop itself corrects is left to the drop.
        """
        groups = {BY_NAME[name].group for name in inbox.tables}
        reasons = WAITS_FOR if groups & {"setup", "master"} else frozenset()
        if "bank" in groups:
            reasons |= WAITS_FOR_STATEMENT
        if not reasons:
            return inbox
        dropped = {(name, key) for name, frame in inbox.tables.items() for key in frame["key"]}
        dropped |= {(item.table, item.key) for item in inbox.held}
        waiting = ledger.held_waiting(self.database, reasons, dropped)
        if not waiting:
            return inbox
        names = to_fix_names(report.source for report in waiting)
        contents = {names[report.source]: writers.draw_to_fix_workbook(report) for report in waiting}
        again = tuple(
            InputFile(name, hashlib.sha256(content).hexdigest(), content)
            for name, content in contents.items()
        )
        self.brought_back = frozenset(contents)
        return self._read(Drop((*inbox.files, *again), (), self.drop_findings))

    def _snapshot(self, inbox: Inbox) -> Books:
        with self._stage("snapshot"):
            return ledger.snapshot(self.database, inbox)

    def _decide(self, inbox: Inbox, books: Books) -> tuple[Inbox, Journal]:
        from salesbatch import rules  # A run on an empty inbox does not pay for them.

        self.tell("decide", 0, 1)
        notices = tuple(
            finding("file-again", Place(file.name), file.name, run=books.known_files[file.sha256])
            for file in inbox.files
            if file.sha256 in books.known_files
        )
        journal = Journal.join(
            [rules.decide(inbox, books, self.options.posting_date), Journal(findings=notices)]
        )
        inbox, journal = rules.leave_waiting(inbox, journal, self.brought_back)
        strict = self.options.strict
        return inbox, rules.record_run(
            inbox, books, journal, self.options.posting_date, version=__version__, strict=strict
        )

    def _archive(self, inbox: Inbox, run_no: int) -> None:
        """Keep exactly the bytes that were read. What lies there already is of a run that never came to be."""
        folder = self.place.processed_run(run_no)
        if folder.exists():
            shutil.rmtree(folder)
        for done, file in enumerate(inbox.files, start=1):
            self.tell("archive", done, len(inbox.files))
            writers.save_file(folder / file.name, file.content)

    def _commit(self, inbox: Inbox, books: Books, journal: Journal, after: Books) -> None:
        self.tell("commit", 0, 1)
        outbox = plan_delivery(
            dict(journal.rows),
            books.run_no,
            pdf=True,
            every_run=after.company.settings.ledger_workbook == "Every Run",
            unreadable=inbox.unreadable,
            open_lines=len(after.open_lines),
        )
        facts = ledger.RunFacts(
            registered_at=max(self.options.registered_at, books.last_registered),  # A clock may go backwards.
            registered_by=_user(),
            host=socket.gethostname(),
        )
        ledger.post(self.database, books, journal, run=facts, outbox=outbox)

    def _deliver(self) -> list[str]:
        workers = self.options.workers or os.cpu_count() or 1
        try:
            return deliver(self.database, self.place, self.tell, workers=workers, pdf=self.options.pdf)
        except OSError as error:
            raise FilesNotWrittenError(
                f"{error}. What is posted stays posted; the next run writes the files that are missing"
            ) from error

    def _preview(self, inbox: Inbox, books: Books, journal: Journal, stopped: bool) -> RunResult:
        """What would be posted and held, under review/preview/; nothing is committed and the inbox stays."""
        folder = self.place.review / "preview"
        if folder.exists():
            shutil.rmtree(folder)
        outputs = []
        reports = ledger.preview_to_fix(books, journal)
        names = to_fix_names(report.source for report in reports)
        for report in reports:
            path = f"review/preview/{names[report.source]}"
            writers.save_file(self.place.root / path, writers.draw_to_fix_workbook(report))
            outputs.append(path)
        path = "review/preview/Run preview.xlsx"
        preview = writers.draw_run_workbook(self._preview_report(inbox, books, journal))
        writers.save_file(self.place.root / path, preview)
        outputs.append(path)
        if stopped:
            journal = Journal.join([journal, Journal(findings=(finding("held-for-strict"),))])
        return self._result(books.after(journal), journal, inbox, outputs, run_no=0)

    def _preview_report(self, inbox: Inbox, books: Books, journal: Journal) -> RunReport:
        """The run workbook of a run that was decided and not committed: its numbers are those it would get."""
        settings = books.after(journal).company.settings
        frames = dict(journal.rows)
        if "payment_matches" in frames:
            lines = books.after(journal).bank_lines.drop(columns=["run_no"])
            frames["payment_matches"] = frames["payment_matches"].merge(
                lines, on="statement_line_no", how="left"
            )
        head = ReportHead(
            settings.name,
            "sv" if settings.language == "sv" else "en",
            settings.local_currency_code,
            books.run_no,
            self.options.posting_date,
            books.chained_rows,
            books.head,
        )
        return RunReport(head, frames, _counts(inbox, journal), _totals(journal), {})

    def _result(
        self, after: Books, journal: Journal, inbox: Inbox, outputs: Sequence[str], run_no: int
    ) -> RunResult:
        settings = after.company.settings
        findings = sorted(
            (*inbox.findings, *journal.findings),
            key=lambda item: (item.place.source, item.place.sheet, item.place.row, item.place.column_no),
        )
        rejected = bool(inbox.held or journal.held or inbox.unreadable) or any(
            item.severity == ERROR for item in findings
        )
        return RunResult(
            run_no=run_no,
            counts={**_counts(inbox, journal), "payments_open": len(after.open_lines)},
            totals={
                "receivables": checked_sum(after.open_entries["remaining_lcy_minor"]),
                **_totals(journal),
            },
            findings=findings,
            outputs=outputs,
            exit_code=3 if rejected else 0,
            language=settings.language,
            currency_code=settings.local_currency_code,
        )


def _counts(inbox: Inbox, journal: Journal) -> dict[str, int]:
    documents = journal.table("documents")
    kinds = documents["document_type"].value_counts()
    posted = documents[documents["posted_no"] != ""]["document_type"].value_counts()
    ledger_types = journal.table("customer_ledger_entries")
    matches = journal.table("payment_matches")["status"]
    held = (*inbox.held, *journal.held)
    return {
        "files": len(inbox.files),
        "rows_read": inbox.rows_read,
        "master_changes": len(journal.table("master_changes")),
        "orders": int(kinds.get("order", 0)),
        "shipments": int(posted.get("shipment", 0)),
        "invoices": int(posted.get("invoice", 0)),
        "credit_memos": int(posted.get("credit_memo", 0)),
        "opening_entries": int(
            (
                (ledger_types["document_id"] == 0)
                & ~ledger_types["document_type"].isin(["payment", "refund"])
            ).sum()
        ),
        "payments": int((ledger_types["document_type"].isin(["payment", "refund"])).sum()),
        "actions": len(journal.table("entry_actions").drop_duplicates(["source", "sheet", "row"])),
        "payments_applied": int(matches.isin(["applied", "mapped"]).sum()),
        "payments_open": int(matches.isin(["proposed", "unmatched"]).sum()),
        "documents_held": len(held),
        "rows_held": sum(len(item.rows) for item in held),
    }


def _totals(journal: Journal) -> dict[str, int]:
    ledger_entries = journal.table("customer_ledger_entries")
    posted = ledger_entries[ledger_entries["document_id"] != 0]
    amounts = {
        kind: checked_sum(posted.loc[posted["document_type"] == kind, "amount_lcy_minor"])
        for kind in ("invoice", "credit_memo")
    }
    bank = checked_sum(journal.table("bank_entries")["amount_lcy_minor"])
    return {"invoiced": amounts["invoice"], "credited": -amounts["credit_memo"], "received": bank}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


__all__ = ["RunOptions", "RunResult", "init_folder", "run_folder", "write_outputs"]
