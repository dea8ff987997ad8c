"""What the workbooks are drawn from: a run, a period, the held rows of a file.

Only committed rows are read, so drawing again gives the same workbook. Control figures are computed from the
rows on both sides and handed on as pairs; that they are equal is for the reader to see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.collector import without_collector
from salesbatch.core.company import Settings
from salesbatch.core.journal import Journal
from salesbatch.core.money import checked_sum
from salesbatch.core.reports import LedgerReport, ReportHead, RunReport, ToFixReport, gather_to_fix
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch
from salesbatch.ledger.frames import frame_of
from salesbatch.ledger.reconciliation import bank_reconciliation
from salesbatch.ledger.scopes import (
    Scope,
    last_posting_date,
    later_entries,
    ledger_frame,
    scope_conditions,
    settings_of,
)
from salesbatch.ledger.views import BANDS, VIEWS, age_bands, open_entries_at

LEDGER_FRAMES = (
    "customer_ledger_entries",
    "detailed_entries",
    "gl_entries",
    "vat_entries",
    "item_ledger_entries",
    "documents",
    "document_lines",
    "payment_matches",
    "statement_lines",
    "numbers",
    "runs",
)
DEBTORS_SHOWN = 8
"""So many customers who owe most stand on the summary."""
RUN_FRAMES = (
    "customer_ledger_entries", "documents", "payment_matches", "statement_lines", "runs", "files", "findings", "held",
)  # fmt: skip
"""What a run workbook shows. The other entries of the run stand in the ledger workbooks, with the run's number."""
_LEDGER = schema.LEDGER


@without_collector()
def run_report(database: Database, run_no: int) -> RunReport:
    """What one run did. Raises KeyError when there is no such run.

    Where ledger workbooks are written at the close only, the run's own workbook has all of its entries.
    """
    scope = Scope(run_no=run_no, brief=True)
    with database.read() as connection:
        head = report_head(connection, run_no)
        every_run = settings_of(connection).ledger_workbook == "Every Run"
        names = RUN_FRAMES if every_run else dict.fromkeys((*RUN_FRAMES, *LEDGER_FRAMES))
        frames = {name: VIEWS[name](connection, scope) for name in names}
        changes = ledger_frame(connection, entries.MASTER_CHANGES, Scope(run_no=run_no), ["change_no"])
        totals = {
            **_totals(connection, scope, head.currency_code),
            "receivables": _receivables(connection, run_no),
        }
        return RunReport(head, frames, _counts(frames, changes), totals, _checks(connection, scope))


@without_collector()
def ledger_report(database: Database, period: str) -> LedgerReport:
    """One accounting period ('2026-10') of the books.

    Its frames are read when they are asked for, one at a time; whoever draws them holds the folder's lock, so
    that they are of one moment.
    """
    first, last = period_days(period)
    scope = Scope(first=first, last=last, brief=True)
    with database.read() as connection:
        matches = VIEWS["payment_matches"](connection, scope)
        reconciliation = bank_reconciliation(
            connection, first, last, VIEWS["statement_lines"](connection, scope), matches
        )
        at_end = open_entries_at(connection, last)
        amount = at_end["remaining_amount_lcy_minor"]
        head = report_head(connection, _last_run_of(connection, scope, matches))
        return LedgerReport(
            head=head,
            period=period,
            frames=_Frames(database, scope, reconciliation),
            open_entries=open_entries_at(connection, None),
            invoiced_by_month=_invoiced_by_month(connection, last),
            age=_age(at_end, last),
            largest_debtors=_largest_debtors(connection, at_end, last),
            totals={**_totals(connection, scope, head.currency_code), "receivables": checked_sum(amount)},
            checks={**_checks(connection, scope), **_bank_checks(reconciliation, head.currency_code)},
            documents_in_outbox=_documents_in_outbox(connection, scope),
        )


class _Frames(Mapping[str, pd.DataFrame]):
    """The frames of a period by name. None is kept: a month of a large company does not fit into memory at once."""

    def __init__(self, database: Database, scope: Scope, reconciliation: pd.DataFrame) -> None:
        self._database, self._scope, self._reconciliation = database, scope, reconciliation

    @without_collector()
    def __getitem__(self, name: str) -> pd.DataFrame:
        if name == "bank_reconciliation":
            return self._reconciliation
        if name not in LEDGER_FRAMES:
            raise KeyError(name)
        with self._database.read() as connection:
            return VIEWS[name](connection, self._scope)

    def __iter__(self) -> Iterator[str]:
        return iter((*LEDGER_FRAMES, "bank_reconciliation"))

    def __len__(self) -> int:
        return len(LEDGER_FRAMES) + 1


def period_days(period: str) -> tuple[date, date]:
    """First and last day of '2026-10'. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}", period):
        raise ValueError(f"'{period}' is no period such as 2026-10")
    first = date.fromisoformat(f"{period}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def periods_touched(database: Database, run_no: int) -> list[str]:
    """Months ('2026-10') in which a run posted or took in anything that stands in a ledger workbook."""
    months: set[str] = set()
    with database.read() as connection:
        for name in LEDGER_FRAMES:
            table = entries.BY_NAME[name]
            day = next((column for column in ("posting_date", "date") if column in table.by_name), None)
            if day is None or name == "runs":
                continue
            month = func.substr(_LEDGER[name].c[day], 1, 7)
            conditions = scope_conditions(connection, table, Scope(run_no=run_no))
            months |= {row[0] for row in fetch(connection, select(month).where(*conditions).distinct())}
    return sorted(month for month in months if month)


# Figures ---------------------------------------------------------------------------------------------------


def report_head(connection: Connection, run_no: int) -> ReportHead:
    """What stands on top: the anchor is the head of the chain after the run."""
    settings = settings_of(connection)
    runs, heads = _LEDGER["runs"], _LEDGER["run_chain"]
    wanted = select(runs.c.posting_date, heads.c.rows, heads.c.head).join(
        heads, heads.c.run_no == runs.c.run_no
    )
    found = fetch(connection, wanted.where(runs.c.run_no == run_no))
    if not found:
        raise KeyError(f"there is no run {run_no}")
    posted, rows, head = found[0]
    day = date.fromisoformat(posted) if posted else last_posting_date(connection)
    return _head_of(settings, run_no, day, int(rows), str(head))


def _head_of(settings: Settings, run_no: int, day: date, rows: int, head: str) -> ReportHead:
    language = "sv" if settings.language == "sv" else "en"
    return ReportHead(settings.name, language, settings.local_currency_code, run_no, day, rows, head)


def _last_run_of(connection: Connection, scope: Scope, matches: pd.DataFrame) -> int:
    """The last run with a row in a workbook; the last of all when it has none."""
    found = [int(matches["run_no"].max())] if len(matches) else []
    for name in LEDGER_FRAMES:
        table = entries.BY_NAME[name]
        if "run_no" in table.names and name != "payment_matches":
            run_no = _LEDGER[name].c.run_no
            found.append(
                connection.scalar(select(func.max(run_no)).where(*scope_conditions(connection, table, scope)))
                or 0
            )
    return max(found) or int(connection.scalar(select(func.max(_LEDGER["runs"].c.run_no))) or 0)


def _receivables(connection: Connection, run_no: int) -> int:
    """What customers owed after a run, in local currency: what they owe now without what came later."""
    later = _LEDGER["detailed_entries"]
    now = connection.scalar(select(func.sum(_LEDGER["open_entries"].c.remaining_lcy_minor))) or 0
    undone = select(func.sum(later.c.amount_lcy_minor)).where(*later_entries(connection, None, run_no))
    return int(now) - int(connection.scalar(undone) or 0)


def _sum(connection: Connection, scope: Scope, column: Any, *conditions: ColumnElement[bool]) -> int:
    """Sum of a column over the rows of the scope that meet the conditions; exact, or the database refuses."""
    mine = scope_conditions(connection, entries.BY_NAME[column.table.name], scope)
    return int(connection.scalar(select(func.sum(column)).where(*mine, *conditions)) or 0)


def _totals(connection: Connection, scope: Scope, local: str) -> dict[str, int]:
    """Control totals in local currency: what was invoiced, credited, paid, taken over, its VAT; and statements."""
    entry, gl = _LEDGER["customer_ledger_entries"].c, _LEDGER["gl_entries"].c

    def posted(*conditions: ColumnElement[bool]) -> int:
        return _sum(connection, scope, entry.amount_lcy_minor, *conditions)

    return {
        "invoiced": posted(entry.document_type == "invoice", entry.document_id != 0),
        "credited": -posted(entry.document_type == "credit_memo", entry.document_id != 0),
        "paid": -posted(entry.document_type == "payment"),
        "vat": -_sum(connection, scope, gl.amount_minor, gl.role == "vat"),
        **_statement_totals(connection, scope, local),
        "debit": _sum(connection, scope, gl.amount_minor, gl.amount_minor > 0),
        "credit": -_sum(connection, scope, gl.amount_minor, gl.amount_minor < 0),
    }


def _checks(connection: Connection, scope: Scope) -> dict[str, tuple[int, int]]:
    """Pairs that must be equal: two ways to the same figure."""
    gl = _LEDGER["gl_entries"].c

    def booked(*conditions: ColumnElement[bool]) -> int:
        return _sum(connection, scope, gl.amount_minor, *conditions)

    return {
        "debit_equals_credit": (booked(gl.amount_minor > 0), -booked(gl.amount_minor < 0)),
        "receivables_equal_customer_ledger": (
            booked(gl.role == "receivables"),
            _sum(connection, scope, _LEDGER["detailed_entries"].c.amount_lcy_minor),
        ),
        "vat_account_equals_vat_entries": (
            booked(gl.role == "vat"),
            _sum(connection, scope, _LEDGER["vat_entries"].c.amount_minor),
        ),
    }


def _bank_checks(reconciliation: pd.DataFrame, local: str) -> dict[str, tuple[int, int]]:
    """What the bank's balances explain of the books' ones: all accounts in local currency, each foreign one."""
    foreign = reconciliation["currency_code"] != local
    names = (
        "bank_reconciled " + reconciliation["bank_account"] + " " + reconciliation["currency_code"]
    ).where(foreign, "bank_reconciled")
    found: dict[str, tuple[int, int]] = {}
    for name, rows in reconciliation.groupby(names):
        left, right = (
            checked_sum(rows.loc[rows["section"] == section, "amount_minor"])
            for section in ("expected_balance", "books_balance")
        )
        found[str(name)] = (left, right)
    return found


def _statement_totals(connection: Connection, scope: Scope, local: str) -> dict[str, int]:
    """What moved on the statements, each currency by itself: an amount without a rate has none in another one."""
    line = _LEDGER["statement_lines"].c
    mine = scope_conditions(connection, entries.STATEMENT_LINES, scope)
    code = func.coalesce(func.nullif(line.currency_code, ""), local)
    moved = select(code, func.sum(line.amount_minor)).where(*mine).group_by(code).order_by(code)
    sums = {str(name): int(amount) for name, amount in fetch(connection, moved)}
    return {"bank": sums.pop(local, 0), **{f"bank {name}": amount for name, amount in sums.items()}}


def _counts(frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> dict[str, int]:
    """How many of everything, under the names of the run's summary."""
    kinds = frames["documents"]["document_type"].value_counts()
    entry, matches, held = (frames[name] for name in ("customer_ledger_entries", "payment_matches", "held"))
    run = frames["runs"]
    last = matches.drop_duplicates(
        "statement_line_no", keep="last"
    )  # A proposal may be rejected and made anew.
    applied = last["status"].isin(["applied", "mapped"])
    return {
        "files": int(run["files"].sum()),
        "rows_read": int(run["rows_read"].sum()),
        "master_changes": len(changes),
        "quotes": int(kinds.get("quote", 0)),
        "orders": int(kinds.get("order", 0)),
        "shipments": int(kinds.get("shipment", 0)),
        "invoices": int(kinds.get("invoice", 0)),
        "credit_memos": int(kinds.get("credit_memo", 0)),
        "opening_entries": int(((entry["document_id"] == 0) & (entry["document_type"] != "payment")).sum()),
        # An entry that its payments explain, and the line that takes it back, are no payments.
        "payments": len(frames["statement_lines"]) - int((last["status"] == "reversed").sum()),
        "payments_applied": int(applied.sum()),
        "payments_open": int(last["status"].isin(["proposed", "unmatched"]).sum()),
        "documents_held": int(held["held_id"].nunique()),
        "rows_held": len(held),
        "errors": int((frames["findings"]["severity"] == "error").sum()),
        "warnings": int((frames["findings"]["severity"] == "warning").sum()),
    }


def _invoiced_by_month(connection: Connection, last: date) -> pd.DataFrame:
    """Invoices less credit memos including VAT, in local currency, for up to 12 months up to a day."""
    entry = _LEDGER["customer_ledger_entries"]
    first = date(last.year - 1, last.month, 1) + timedelta(days=31)
    month = func.substr(entry.c.posting_date, 1, 7)
    statement = (
        select(month, func.sum(entry.c.amount_lcy_minor))
        .where(
            *scope_conditions(
                connection, entries.CUSTOMER_LEDGER_ENTRIES, Scope(first=first.replace(day=1), last=last)
            )
        )
        .where(entry.c.document_type.in_(("invoice", "credit_memo")), entry.c.document_id != 0)
        .group_by(month)
        .order_by(month)
    )
    rows = fetch(connection, statement)
    months, amounts = [str(row[0]) for row in rows], [int(row[1]) for row in rows]
    return pd.DataFrame(
        {"month": pd.array(months, dtype="str"), "amount_minor": pd.array(amounts, dtype="int64").to_numpy()}
    )


def _age(open_entries: pd.DataFrame, day: date) -> pd.DataFrame:
    """Open amounts in local currency by days overdue."""
    labels = {
        "not_due": "not due",
        "days_1_30": "1-30",
        "days_31_60": "31-60",
        "days_61_90": "61-90",
        "over_90": "over 90",
    }
    band = age_bands(open_entries["due_date"], day)
    amount = open_entries["remaining_amount_lcy_minor"]
    names = [*(name for name, _ in BANDS), "over_90"]
    sums = [checked_sum(amount[(band == name).to_numpy(dtype=bool)]) for name in names]
    return pd.DataFrame(
        {"band": pd.array([labels[name] for name in names], dtype="str"), "amount_minor": sums}
    )


def _largest_debtors(connection: Connection, open_entries: pd.DataFrame, day: date) -> pd.DataFrame:
    """Who owes most: customers with what they owe and what of it is overdue, in local currency."""
    amount = open_entries["remaining_amount_lcy_minor"]
    late = (open_entries["due_date"] < pd.Timestamp(day)).to_numpy(dtype=bool)
    owed = pd.DataFrame(
        {
            "customer_no": open_entries["customer_no"],
            "amount_minor": amount,
            "overdue_minor": amount.where(late, 0),
        }
    )
    sums = owed.groupby("customer_no", as_index=False, sort=True).sum()
    sums = sums[sums["amount_minor"] > 0].nlargest(DEBTORS_SHOWN, "amount_minor").reset_index(drop=True)
    customers = schema.MASTER["customers"].c
    wanted = select(customers.no, customers.name).where(customers.no.in_(sums["customer_no"].tolist()))
    names = {str(number): str(name) for number, name in fetch(connection, wanted)}
    return sums.assign(customer_name=[names.get(number, "") for number in sums["customer_no"].tolist()])


def _documents_in_outbox(connection: Connection, scope: Scope) -> dict[str, str]:
    """Path of the PDF by the number of the document."""
    outbox, documents = _LEDGER["outbox"].c, _LEDGER["documents"].c
    statement = select(documents.posted_no, outbox.path).where(
        outbox.document_id == documents.document_id,
        outbox.kind == "invoice_pdf",
        *scope_conditions(connection, entries.DOCUMENTS, scope),
    )
    return {str(number): str(path) for number, path in fetch(connection, statement)}


# Held rows -------------------------------------------------------------------------------------------------


def to_fix_reports(database: Database, run_no: int) -> list[ToFixReport]:
    """One report for every input file of which this run held something back: rows as typed, and what is wrong."""
    with database.read() as connection:
        head = report_head(connection, run_no)
        held = ledger_frame(connection, entries.HELD, Scope(run_no=run_no))
        findings = ledger_frame(connection, entries.FINDINGS, Scope(run_no=run_no))
    return gather_to_fix(head, held, findings)


def unreadable_files(database: Database, run_no: int) -> list[str]:
    """Names of the files of which one run could read nothing."""
    with database.read() as connection:
        files = ledger_frame(connection, entries.FILES, Scope(run_no=run_no), ["name", "kind"])
    return files.loc[files["kind"] == "unreadable", "name"].to_list()


def run_findings(database: Database, run_no: int) -> pd.DataFrame:
    """The findings of one run, as they were committed."""
    with database.read() as connection:
        return ledger_frame(connection, entries.FINDINGS, Scope(run_no=run_no))


def preview_to_fix(books: Books, journal: Journal) -> list[ToFixReport]:
    """The same for a run that was decided and not committed."""
    settings = books.after(journal).company.settings
    runs = journal.table("runs")
    day = runs["posting_date"].iloc[0].date() if len(runs) else date(1970, 1, 1)
    head = _head_of(settings, books.run_no, day, books.chained_rows, books.head)
    return gather_to_fix(head, journal.table("held"), journal.table("findings"))


def held_waiting(
    database: Database, reasons: frozenset[str], but: Collection[tuple[str, str]] = ()
) -> list[ToFixReport]:
    """What is held for nothing but the given reasons, by run and file, to be read again when they are gone.

    but: (table, key) of what is not wanted, because the same was dropped anew.
    The source of a report is 'held <run>/<file>'; its rows carry the ids under which they are held.
    """
    held, still = _LEDGER["held"], _LEDGER["open_held"]
    statement = select(held).join(still, still.c.held_id == held.c.held_id).order_by(held.c.held_no)
    with database.read() as connection:
        rows = frame_of(entries.HELD, fetch(connection, statement))
        if not len(rows):
            return []
        head = report_head(connection, int(rows["run_no"].max()))
    waiting = [
        set(reason.split(",")) <= reasons and (table, key) not in but
        for reason, table, key in zip(rows["reason"], rows["table_name"], rows["key"])
    ]
    rows = rows[waiting]
    rows["source"] = "held " + rows["run_no"].astype("str").str.zfill(6) + "/" + rows["source"]
    return gather_to_fix(head, rows, entries.FINDINGS.empty())
