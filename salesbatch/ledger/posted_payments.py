"""Payments and refunds that were posted and may have come back: those of the amounts that lines at hand undo.

History is asked for only where a line says that it is a return, or a person names a payment, and every step goes
through an index.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.books import posted_payments_frame
from salesbatch.core.inbox import Inbox
from salesbatch.core.returns import REFERENCE_DAYS, say_return
from salesbatch.ledger import schema
from salesbatch.ledger.database import fetch_in
from salesbatch.ledger.frames import frame_of, iso_day

_LEDGER = schema.LEDGER
_LINE = [
    "statement_line_no", "bank_account", "date", "text", "additional_info", "payer_name", "payer_account",
    "payment_reference", "transaction_id",
]  # fmt: skip


def posted_payments(
    connection: Connection,
    inbox: Inbox,
    bank_lines: pd.DataFrame,
    accounts: Iterable[str],
    named: set[str],
    fees: Iterable[int],
) -> pd.DataFrame:
    """The payments, one row each, with the statement line that brought them (0 and blank where none did).

    bank_lines: lines that wait; accounts: codes of our bank accounts; named: document numbers of an answer;
    fees: what banks take for a return beside.
    """
    lines = _lines_returned(connection, inbox, bank_lines, sorted(accounts), sorted({0, *map(int, fees)}))
    links = _payments_of(connection, lines)
    numbers = sorted(set(links["document_no"]) | named)
    sql = _LEDGER["customer_ledger_entries"]
    of_money = select(sql).where(sql.c.document_type.in_(["payment", "refund"]))
    ledger = frame_of(
        entries.CUSTOMER_LEDGER_ENTRIES, fetch_in(connection, of_money, sql.c.document_no, numbers)
    )
    if not len(ledger):
        return posted_payments_frame()
    lines = lines[_LINE].assign(line_amount_minor=lines["amount_minor"])
    empty = posted_payments_frame()
    ledger = ledger[[name for name in empty if name in ledger and name not in _LINE]]
    found = ledger.merge(links, on="document_no", how="left")
    found["statement_line_no"] = found["statement_line_no"].fillna(0).astype("int64")
    found = found.merge(lines, on="statement_line_no", how="left")
    found["line_amount_minor"] = found["line_amount_minor"].fillna(0).astype("int64")
    for name in _LINE[1:]:
        if name != "date":
            found[name] = found[name].fillna("")
    found = found[list(empty)].astype(empty.dtypes.to_dict())
    return found.sort_values("entry_no", ignore_index=True)


def _lines_returned(
    connection: Connection, inbox: Inbox, bank_lines: pd.DataFrame, accounts: list[str], fees: list[int]
) -> pd.DataFrame:
    """Statement lines taken in of the amount which a line at hand says to take back, or to bring back."""
    statement = inbox.table("bank_statement")
    amounts: set[int] = set()
    days: list[pd.Timestamp] = []
    for frame in (bank_lines, statement):
        if frame is None or not {"text", "additional_info"} <= set(frame.columns):
            continue
        told = frame[frame["amount_minor"].notna() & frame["date"].notna()]
        told = told[say_return(told)]
        amounts |= {-amount - fee for amount in told["amount_minor"].astype("int64").tolist() for fee in fees}
        days += told["date"].tolist()
    if not days or not accounts:
        return entries.STATEMENT_LINES.empty()
    first, last = min(days) - pd.Timedelta(days=REFERENCE_DAYS), max(days)
    sql = _LEDGER["statement_lines"]
    near = select(sql).where(
        sql.c.bank_account.in_(accounts), sql.c.date.between(iso_day(first.date()), iso_day(last.date()))
    )
    found = fetch_in(connection, near, sql.c.amount_minor, sorted(amounts))
    return frame_of(entries.STATEMENT_LINES, found)


def _payments_of(connection: Connection, lines: pd.DataFrame) -> pd.DataFrame:
    """statement_line_no and document_no of the payments that the lines brought; several for several customers."""
    sql = _LEDGER["payment_matches"]
    found = fetch_in(
        connection, select(sql), sql.c.statement_line_no, sorted(lines["statement_line_no"].tolist())
    )
    last = frame_of(entries.PAYMENT_MATCHES, found).sort_values("match_no")
    last = last.drop_duplicates("statement_line_no", keep="last")
    last = last[last["document_no"] != ""]
    banked, blocks = _LEDGER["bank_entries"], schema.CHAIN_BLOCKS
    mine = select(blocks.c.run_no, blocks.c.first_no, blocks.c.last_no).where(
        blocks.c.table_name == "bank_entries"
    )
    pairs = list(zip(last["statement_line_no"].tolist(), last["document_no"].tolist()))
    for run_no, lowest, highest in fetch_in(
        connection, mine, blocks.c.run_no, sorted(set(last["run_no"].tolist()))
    ):
        wanted = last.loc[last["run_no"] == run_no, "statement_line_no"].tolist()
        of_run = select(banked.c.statement_line_no, banked.c.document_no).where(
            banked.c.entry_no.between(lowest, highest)
        )
        pairs += [
            (int(line), str(number))
            for line, number in fetch_in(connection, of_run, banked.c.statement_line_no, wanted)
        ]
    frame = pd.DataFrame(pairs, columns=["statement_line_no", "document_no"]).drop_duplicates()
    return frame.astype({"statement_line_no": "int64", "document_no": "str"})
