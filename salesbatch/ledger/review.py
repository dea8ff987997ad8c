"""What the payment review is drawn from: the statement lines that wait for a decision, and what may be chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.books import NEAR_DAYS
from salesbatch.core.collector import without_collector
from salesbatch.core.reports import ReviewReport, review_state
from salesbatch.core.tables import look_up
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch, fetch_in
from salesbatch.ledger.frames import frame_of
from salesbatch.ledger.reports import report_head
from salesbatch.ledger.scopes import in_local, master_frame, settings_of
from salesbatch.ledger.views import open_entries_at

_LEDGER = schema.LEDGER


@without_collector()
def review_report(database: Database, run_no: int) -> ReviewReport:
    """The open statement lines as they stand now, under the head of a run. Raises KeyError for an unknown run."""
    with database.read() as connection:
        head = report_head(connection, run_no)
        customers = master_frame(connection, "customers")
        names = customers.set_index("no")["name"]
        lines = _lines(connection)
        lines["customer_name"] = look_up(lines["customer_no"], names)
        lines["currency_code"] = in_local(lines, settings_of(connection).local_currency_code)
        documents = open_entries_at(connection, None).rename(
            columns={"remaining_amount_minor": "remaining_minor"}
        )
        documents["customer_name"] = look_up(documents["customer_no"], names)
        due = documents["due_date"].fillna(documents["posting_date"])
        documents = documents.assign(due=due).sort_values(
            ["customer_no", "due", "entry_no"], ignore_index=True
        )
        receipts = _receipts(connection, lines)
        receipts["customer_name"] = look_up(receipts["customer_no"], names)
        return ReviewReport(
            head=head,
            lines=lines,
            documents=documents,
            receipts=receipts,
            accounts=_accounts(connection),
            customers=customers[["no", "name"]],
        )


def open_line_count(database: Database) -> int:
    """How many statement lines wait for a decision."""
    with database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(_LEDGER["open_statement_lines"])) or 0)


def review_hashes(database: Database, run_no: int) -> dict[str, str]:
    """Path and SHA-256 of the review workbooks that a run has delivered."""
    outbox = _LEDGER["outbox"]
    statement = select(outbox.c.path, outbox.c.sha256).where(
        outbox.c.run_no == run_no, outbox.c.kind == "review_workbook", outbox.c.done == 1
    )
    with database.read() as connection:
        return {str(path): str(sha256) for path, sha256 in fetch(connection, statement)}


def _lines(connection: Connection) -> pd.DataFrame:
    """The open lines with the last match of each, most money first."""
    state = _LEDGER["open_statement_lines"]
    lines, matches = _LEDGER["statement_lines"], _LEDGER["payment_matches"]
    taken = select(lines).join(state, state.c.statement_line_no == lines.c.statement_line_no)
    frame = frame_of(entries.STATEMENT_LINES, fetch(connection, taken))
    last = select(matches).join(state, state.c.match_no == matches.c.match_no)
    found = frame_of(entries.PAYMENT_MATCHES, fetch(connection, last)).drop(columns="run_no")
    frame = frame.merge(found, on="statement_line_no", how="inner", validate="1:1")
    frame["state"] = pd.array(
        [
            review_state(line, match)
            for line, match in zip(frame["statement_line_no"].tolist(), frame["match_no"].tolist())
        ],
        dtype="str",
    )
    order = np.lexsort((frame["statement_line_no"].to_numpy(), -frame["amount_minor"].abs().to_numpy()))
    return frame.iloc[order].reset_index(drop=True)


def _receipts(connection: Connection, lines: pd.DataFrame) -> pd.DataFrame:
    """Receipts booked by hand that a line could be: same account and amount, a few days apart."""
    state, banked = _LEDGER["open_bank_entries"], _LEDGER["bank_entries"]
    amounts = lines["amount_minor"].unique().tolist()
    wanted = select(banked).join(state, state.c.entry_no == banked.c.entry_no)
    found = frame_of(entries.BANK_ENTRIES, fetch_in(connection, wanted, banked.c.amount_minor, amounts))
    pairs = lines[["statement_line_no", "bank_account", "amount_minor", "date"]].merge(
        found[["bank_account", "amount_minor", "posting_date", "document_no", "customer_no"]],
        on=["bank_account", "amount_minor"],
        how="inner",
    )
    near = (pairs["posting_date"] - pairs["date"]).dt.days.abs() <= NEAR_DAYS
    return pairs[near].sort_values(["statement_line_no", "document_no"], ignore_index=True)


def _accounts(connection: Connection) -> pd.DataFrame:
    """The G/L accounts that a line may be posted to."""
    accounts = master_frame(connection, "gl_accounts")
    control = set(master_frame(connection, "customer_posting_groups")["receivables_account"])
    control |= set(master_frame(connection, "bank_accounts")["gl_account"])
    usable = accounts["direct_posting"].fillna(True) & ~accounts["blocked"].fillna(False)
    return accounts.loc[usable & ~accounts["no"].isin(control), ["no", "name"]].reset_index(drop=True)
