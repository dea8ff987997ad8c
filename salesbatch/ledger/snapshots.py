"""The books as one run needs them: open things, setup, and what the inbox names. Never history.

One read transaction, every question answered through an index, so that the cost follows what is open and what
was dropped, not what was ever posted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.books import (
    EXPLAINED_DAYS,
    NEAR_DAYS,
    Books,
    open_entries_frame,
    open_receipts_frame,
    with_numbers,
)
from salesbatch.core.collector import without_collector
from salesbatch.core.company import Company
from salesbatch.core.inbox import PICTURE, Inbox
from salesbatch.ledger import schema
from salesbatch.ledger.database import IN_CHUNK, Database, fetch, fetch_in
from salesbatch.ledger.frames import (
    columns_frame,
    day_texts,
    frame_of,
    iso_day,
    sheet_frame,
)
from salesbatch.ledger.named_applications import named_applications
from salesbatch.ledger.posted_payments import posted_payments
from salesbatch.ledger.posting import chain_state

NAMING_COLUMNS = ("applies_to_document_no", "apply_to_documents", "document_no", "order_no")
"""Columns of dropped sheets that name documents of ours; several in a cell are parted by `;`, each `No.` or `No.=amount`."""
CLAIMS = ("invoice", "credit_memo", "finance_charge_memo", "reminder")
_NUMBER = re.compile(r"[0-9A-Za-zÅÄÖåäö][0-9A-Za-z/.-]*[0-9][0-9A-Za-z/-]*")
POSTED_TYPES = ("invoice", "credit_memo", "prepayment_invoice", "prepayment_credit_memo")
_LEDGER = schema.LEDGER


@without_collector()
def snapshot(database: Database, inbox: Inbox) -> Books:
    """What the ledger holds that a run on this inbox can need, all of one moment."""
    with database.read() as connection:
        version, rows, head = chain_state(connection)
        master = _master(connection)
        open_entries = _open_entries(connection)
        orders, order_lines, orders_lines = _open_orders(connection)
        keys = _keys(connection, inbox)
        named = _named(connection, inbox, keys)
        bank_lines, bank_matches = _bank_lines(connection, inbox)
        accounts = master["bank_accounts"]["code"] if "bank_accounts" in master else ()
        fees = master["known_bank_fees"]["amount_minor"] if "known_bank_fees" in master else ()
        payments = posted_payments(connection, inbox, bank_lines, accounts, _named_by_answers(inbox), fees)
        named_entries, applications, application_gl, application_vat = named_applications(
            connection, inbox, payments["document_no"].unique()
        )
        return Books(
            run_no=version + 1,
            version=version,
            head=head,
            chained_rows=rows,
            logo=_logo(connection, inbox, master, version + 1),
            last_no=_last_numbers(connection),
            master=master,
            open_entries=open_entries,
            claim_vat=_claim_vat(connection, pd.concat([open_entries, named_entries])),
            named_entries=named_entries,
            applications=applications,
            application_gl=application_gl,
            application_vat=application_vat,
            posted_payments=payments,
            orders=orders,
            orders_lines=orders_lines,
            order_lines=order_lines,
            named=named,
            series_states=_whole(connection, entries.SERIES_STATES),
            keys=keys,
            known_files=_known_files(connection, inbox),
            known_statement=_known_statement(connection, inbox, master),
            statements=_statements(connection, inbox, master),
            bank_lines=bank_lines,
            bank_matches=bank_matches,
            open_receipts=_open_receipts(connection, inbox, bank_lines),
            settled_documents=_settled_documents(connection, inbox, bank_lines, open_entries),
            open_held=_whole(connection, entries.OPEN_HELD),
            last_registered=_last_registered(connection, version),
        )


def _whole(connection: Connection, table: entries.LedgerTable) -> pd.DataFrame:
    sql = _LEDGER[table.name]
    return frame_of(table, fetch(connection, select(sql).order_by(*sql.primary_key.columns)))


def _by_ids(
    connection: Connection, table: entries.LedgerTable, column: str, values: Iterable[int], order_by: str
) -> pd.DataFrame:
    """Rows of a table by an indexed number, in serial order."""
    sql = _LEDGER[table.name]
    found = fetch_in(
        connection, select(sql), sql.c[column], np.unique(np.asarray(list(values), dtype=np.int64)).tolist()
    )
    return frame_of(table, found).sort_values(order_by, ignore_index=True)


def _last_numbers(connection: Connection) -> dict[str, int]:
    """Last serial number of every table: the end of its primary key, whatever its length.

    `transaction_no` is the last transaction, found among the rows of the newest run that posted any.
    """
    last = {}
    for table in entries.LEDGER_TABLES:
        if table.serial:
            column = _LEDGER[table.name].c[table.fields[0].name]
            last[table.name] = int(connection.scalar(select(func.max(column))) or 0)
    last["transaction_no"] = max(
        _last_transaction(connection, name) for name in ("gl_entries", "detailed_entries")
    )
    return last


def _last_transaction(connection: Connection, name: str) -> int:
    """The highest transaction number in a table: its newest run holds it."""
    blocks, table = schema.CHAIN_BLOCKS, _LEDGER[name]
    of_table = select(blocks.c.first_no, blocks.c.last_no).where(blocks.c.table_name == name)
    for first_no, last_no in fetch(connection, of_table.order_by(blocks.c.run_no.desc()).limit(1)):
        among = select(func.max(table.c.transaction_no)).where(table.c.entry_no.between(first_no, last_no))
        return int(connection.scalar(among) or 0)
    return 0


def _last_registered(connection: Connection, version: int) -> str:
    table = _LEDGER["run_times"]
    return str(connection.scalar(select(table.c.registered_at).where(table.c.run_no == version)) or "")


def setup_rows(database: Database, names: Collection[str]) -> dict[str, pd.DataFrame]:
    """Current rows of these setup tables, those without any left out: what reading a drop needs of the books."""
    with database.read() as connection:
        return _master(connection, names)


def _master(connection: Connection, names: Collection[str] = schema.MASTER) -> dict[str, pd.DataFrame]:
    """Current rows of every setup and master table that has any."""
    found = {}
    for sheet in schema.SHEET_TABLES:
        if sheet.name not in names:
            continue
        sql = schema.MASTER[sheet.name]
        rows = fetch(connection, select(sql).order_by(sql.c.key))
        if rows:
            found[sheet.name] = sheet_frame(sheet, rows)
    return found


def _open_entries(connection: Connection) -> pd.DataFrame:
    """Open customer ledger entries with what remains of them, found from the list of the open ones."""
    state, entry = _LEDGER["open_entries"], _LEDGER["customer_ledger_entries"]
    kept = [field for field in entries.CUSTOMER_LEDGER_ENTRIES.fields if field.name != "on_hold"]
    fields = (*kept, *entries.OPEN_ENTRIES.fields[1:])
    columns = [*(entry.c[field.name] for field in kept), *list(state.columns)[1:]]
    statement = select(*columns).select_from(state.join(entry, entry.c.entry_no == state.c.entry_no))
    frame = columns_frame(fields, fetch(connection, statement.order_by(state.c.entry_no)))
    return frame[list(open_entries_frame().columns)]


def _claim_vat(connection: Connection, open_entries: pd.DataFrame) -> pd.DataFrame:
    """VAT entries of the open entries that may still get a payment discount."""
    posted = open_entries.loc[open_entries["discount_minor"] != 0, "transaction_no"]
    return _by_ids(connection, entries.VAT_ENTRIES, "transaction_no", posted, "entry_no")


def _open_orders(connection: Connection) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Open orders (newest version), the state of all their lines, and the lines themselves."""
    state = _LEDGER["order_lines"]
    is_open: ColumnElement[bool] = state.c.open == 1
    still = fetch(connection, select(state.c.document_type, state.c.no).where(is_open).distinct())
    wanted = sorted({no for _, no in still})
    kinds = sorted({kind for kind, _ in still})
    found = fetch_in(connection, select(state).where(state.c.document_type.in_(kinds)), state.c.no, wanted)
    lines = frame_of(entries.ORDER_LINES, found).sort_values(list(entries.ORDER_LINES.key), ignore_index=True)
    open_keys = pd.MultiIndex.from_tuples(still, names=["document_type", "no"]) if still else None
    if open_keys is not None:  # An order and a return order may have the same number.
        lines = lines[pd.MultiIndex.from_frame(lines[["document_type", "no"]]).isin(open_keys)].reset_index(
            drop=True
        )
    orders = _by_ids(connection, entries.DOCUMENTS, "document_id", lines["document_id"], "document_id")
    own = _by_ids(connection, entries.DOCUMENT_LINES, "document_id", orders["document_id"], "line_id")
    return orders, lines, own


def _keys(connection: Connection, inbox: Inbox) -> pd.DataFrame:
    """What became of the keys that were dropped, as far as they were known before."""
    sql = _LEDGER["input_keys"]
    rows = []
    for name, frame in inbox.tables.items():
        if "key" in frame and len(frame):
            mine = select(sql).where(sql.c.table_name == name)
            rows += fetch_in(connection, mine, sql.c.key, sorted(set(frame["key"])))
    return frame_of(entries.INPUT_KEYS, rows)


def _named(connection: Connection, inbox: Inbox, keys: pd.DataFrame) -> pd.DataFrame:
    """Documents that the inbox names by number, and those that its known keys became."""
    numbers = sorted(named_numbers(inbox.tables))
    sql = _LEDGER["documents"]
    ids = set(keys["document_id"]) - {0}
    posted = [text for text in keys["posted"] if text]
    numbers = sorted({*numbers, *posted})
    for start in range(0, len(numbers), IN_CHUNK):
        chunk = numbers[start : start + IN_CHUNK]
        by_sender = sql.c.document_type.in_(POSTED_TYPES) & sql.c.no.in_(chunk)
        for condition in (sql.c.posted_no.in_(chunk), by_sender):
            ids |= {row[0] for row in fetch(connection, select(sql.c.document_id).where(condition))}
    return _by_ids(connection, entries.DOCUMENTS, "document_id", ids, "document_id")


def named_numbers(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Document numbers that dropped rows name: `A-1; A-2=50.00` names A-1 and A-2."""
    numbers: set[str] = set()
    for name, frame in tables.items():
        own = (
            ("no",) if name in ("invoices", "credit_memos") else ()
        )  # With Manual Nos. it becomes the posted one.
        for column in (*NAMING_COLUMNS, *own):
            if column in frame:
                for text in set(frame[column]):
                    parts = (part.partition(" · ")[0] for part in re.split(r"[;\n]", text))
                    numbers |= {part.partition("=")[0].strip() for part in parts}
    return numbers - {""}


def _named_by_answers(inbox: Inbox) -> set[str]:
    """Document numbers that a payment review applies its lines to."""
    answers = inbox.table("payment_review")
    if answers is None:
        return set()
    chosen = answers.loc[answers["decision"] == "Apply To", ["apply_to_documents"]]
    return named_numbers({"payment_review": chosen})


def _bank_lines(connection: Connection, inbox: Inbox) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statement lines that wait for a decision, those that the inbox answers, and the last match of each."""
    state = _whole(connection, entries.OPEN_STATEMENT_LINES)
    answers = inbox.table("payment_review")
    asked = np.array([], dtype=np.int64)
    if answers is not None:
        asked = answers["statement_line_no"].dropna().to_numpy(dtype=np.int64)
    numbers = np.union1d(state["statement_line_no"].to_numpy(), asked)
    lines = _by_ids(connection, entries.STATEMENT_LINES, "statement_line_no", numbers, "statement_line_no")
    settled = np.setdiff1d(lines["statement_line_no"].to_numpy(), state["statement_line_no"].to_numpy())
    parts = [
        _by_ids(connection, entries.PAYMENT_MATCHES, "match_no", state["match_no"], "match_no"),
        _by_ids(connection, entries.PAYMENT_MATCHES, "statement_line_no", settled, "match_no"),
    ]
    matches = (
        pd.concat([part for part in parts if len(part)], ignore_index=True)
        if any(map(len, parts))
        else parts[0]
    )
    return lines, matches.drop_duplicates("statement_line_no", keep="last", ignore_index=True)


def _open_receipts(connection: Connection, inbox: Inbox, lines: pd.DataFrame) -> pd.DataFrame:
    """Receipts booked by hand that a statement line of this run could close, with the numbers that speak for each.

    A company that never drops a statement has all its receipts open, so only the days of the lines count.
    """
    statement = inbox.table("bank_statement")
    days = lines["date"] if statement is None else pd.concat([lines["date"], statement["date"]])
    if not days.notna().any():
        return open_receipts_frame()
    state, banked = _LEDGER["open_bank_entries"], _LEDGER["bank_entries"]
    near = pd.Timedelta(days=NEAR_DAYS)
    first, last = (iso_day(day.date()) for day in (days.min() - near, days.max() + near))
    wanted = select(banked).join(state, state.c.entry_no == banked.c.entry_no)
    found = fetch(
        connection, wanted.where(banked.c.posting_date.between(first, last)).order_by(banked.c.entry_no)
    )
    receipts = frame_of(entries.BANK_ENTRIES, found)
    sql = _LEDGER["customer_ledger_entries"]
    found = fetch_in(connection, select(sql), sql.c.document_no, receipts["document_no"].unique().tolist())
    ledger = frame_of(entries.CUSTOMER_LEDGER_ENTRIES, found)
    detailed = _by_ids(
        connection, entries.DETAILED_ENTRIES, "customer_ledger_entry_no", ledger["entry_no"], "entry_no"
    )
    settled = _by_ids(
        connection, entries.CUSTOMER_LEDGER_ENTRIES, "entry_no", detailed["applied_entry_no"], "entry_no"
    )
    return with_numbers(receipts, ledger, detailed, settled)


def _settled_documents(
    connection: Connection, inbox: Inbox, bank_lines: pd.DataFrame, open_entries: pd.DataFrame
) -> pd.DataFrame:
    """Closed documents whose number a statement line at hand names: what is paid twice is known by them."""
    statement = inbox.table("bank_statement")
    names = ["text", "additional_info", "payment_reference"]
    parts = [bank_lines] + ([statement] if statement is not None else [])
    words: set[str] = set()
    written = [part[name] for part in parts for name in names if name in part]
    for text in {str(text) for column in written for text in column.unique()}:
        for word in _NUMBER.findall(text):
            # An OCR number is the digits of the document's number and a check digit.
            words |= {word, word.upper(), word[:-1]} if word.isdecimal() else {word, word.upper()}
    sql = _LEDGER["customer_ledger_entries"]
    wanted = sorted(words - set(open_entries["document_no"]))
    found = fetch_in(
        connection, select(sql).where(sql.c.document_type.in_(CLAIMS)), sql.c.document_no, wanted
    )
    frame = frame_of(entries.CUSTOMER_LEDGER_ENTRIES, found)
    closed = frame[~frame["entry_no"].isin(open_entries["entry_no"])]
    return closed.sort_values("entry_no", ignore_index=True)


def _logo(connection: Connection, inbox: Inbox, master: Mapping[str, pd.DataFrame], run_no: int) -> str:
    """Of the pictures of this name, the one that was dropped last; "" without one."""
    wanted = inbox.settings.get("logo", Company.of(master).settings.logo)
    if not wanted:
        return ""
    files = _LEDGER["files"]
    kept = select(files.c.run_no, files.c.name).where(files.c.kind == PICTURE).order_by(files.c.file_no)
    dropped = [(run_no, name) for name, kind in inbox.kinds.items() if kind == PICTURE]
    places = [f"{run:06d}/{name}" for run, name in (*fetch(connection, kept), *dropped)]
    return next(
        (place for place in reversed(places) if place.casefold().endswith(f"/{wanted}".casefold())), ""
    )


def _known_files(connection: Connection, inbox: Inbox) -> dict[str, int]:
    """The first run that took in a file with the same bytes."""
    sql = _LEDGER["files"]
    rows = fetch_in(
        connection,
        select(sql.c.sha256, sql.c.run_no),
        sql.c.sha256,
        sorted({file.sha256 for file in inbox.files}),
    )
    known: dict[str, int] = {}
    for sha256, run_no in rows:
        known[sha256] = min(run_no, known.get(sha256, run_no))
    return known


def _known_statement(
    connection: Connection, inbox: Inbox, master: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Statement lines taken in before, on the accounts and dates of the inbox.

    The sheet may call an account by its IBAN, so all our accounts count: there are few of them.
    """
    accounts: set[str] = set(master["bank_accounts"]["code"]) if "bank_accounts" in master else set()
    days: set[str | None] = set()
    for frame in inbox.tables.values():
        if {"bank_account", "date", "amount_minor"} <= set(frame.columns):
            accounts |= set(frame["bank_account"])
            days |= set(day_texts(frame["date"].to_numpy()))
            if "explains" in frame:  # What a file explains may stand on a day near its own.
                explained = frame.loc[frame["explains"].fillna(False).astype(bool), "date"].dropna()
                for off in range(-EXPLAINED_DAYS, EXPLAINED_DAYS + 1):
                    days |= set(day_texts((explained.drop_duplicates() + pd.Timedelta(days=off)).to_numpy()))
    sql = _LEDGER["statement_lines"]
    on_accounts = select(sql).where(sql.c.bank_account.in_(sorted(accounts)))
    found = (
        fetch_in(connection, on_accounts, sql.c.date, sorted(day for day in days if day)) if accounts else []
    )
    return frame_of(entries.STATEMENT_LINES, found).sort_values("statement_line_no", ignore_index=True)


def _statements(connection: Connection, inbox: Inbox, master: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Statements of the days that were dropped and of later ones, and per account the last ones before them."""
    dropped = inbox.table("bank_statement")
    table = entries.BANK_STATEMENTS
    if dropped is None or "bank_accounts" not in master or not dropped["date"].notna().any():
        return table.empty()
    sql = _LEDGER[table.name]
    first = iso_day(dropped["date"].min().date())
    rows = []
    for account in sorted(set(master["bank_accounts"]["code"])):
        mine = select(sql).where(sql.c.bank_account == account)
        rows += fetch(connection, mine.where(sql.c.date >= first))
        before = mine.where(sql.c.date < first)
        # Several may end on one day, so the last three are asked for and the rules find their order.
        rows += fetch(connection, before.order_by(sql.c.date.desc(), sql.c.bank_statement_no.desc()).limit(3))
    return frame_of(table, rows).sort_values("bank_statement_no", ignore_index=True)
