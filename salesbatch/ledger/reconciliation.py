"""The bank reconciliation of a period: from what the bank says to what the books say, every difference named.

For each bank account: balance by the bank, less what the bank has and the books do not (lines not booked yet,
lines booked elsewhere, the opening balance), plus what the books have and the bank does not (receipts booked by
hand that are on no statement), is what the books should show. Both ends come from different sources, statement
balances and bank entries, so that what is left unexplained is a proof and no plug.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.derived import OPEN_STATUS
from salesbatch.core.money import checked_sum
from salesbatch.core.tables import empty_frame, look_up
from salesbatch.ledger import schema
from salesbatch.ledger.database import fetch
from salesbatch.ledger.frames import frame_of
from salesbatch.ledger.scopes import Scope, ledger_frame, master_frame, settings_of

SECTIONS = (
    "bank_balance", "not_booked", "booked_elsewhere", "not_on_statement", "other_period", "brought_forward",
    "expected_balance", "books_balance", "books_balance_lcy", "unexplained", "statement_gap",
)  # fmt: skip
"""In the order of the reconciliation; amounts of the items are signed as they lead from the bank to the books.
books_balance_lcy: what an account in a foreign currency is worth in the general ledger, at the rates of its entries.
statement_gap is no item: it says where a statement is missing, which is what most often stays unexplained."""
COLUMNS = {
    "bank_account": "str", "account_name": "str", "gl_account": "str", "currency_code": "str", "section": "str",
    "date": "datetime64[s]", "statement_no": "str", "line_no": "int64", "document_no": "str", "customer_no": "str",
    "payer_name": "str", "text": "str", "status": "str", "amount_minor": "int64",
}  # fmt: skip
_LEDGER = schema.LEDGER
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Balance:
    """What the bank says that an account held at the end of a day.

    statement_no: where that stands. summed: no statement gives any balance, so it is the sum of the lines.
    """

    amount: int
    day: date
    statement_no: str = ""
    summed: bool = False


def bank_reconciliation(
    connection: Connection, first: date, last: date, lines: pd.DataFrame, matches: pd.DataFrame
) -> pd.DataFrame:
    """The reconciliation of every bank account that has statements, one row per figure and item (COLUMNS).

    lines, matches: the period's statement lines and the last decision on each (views of the period).
    """
    scope = Scope(first=first, last=last)
    banked = ledger_frame(connection, entries.BANK_ENTRIES, scope)
    facts = matches.set_index("statement_line_no")
    lines = lines.assign(
        **{
            name: look_up(lines["statement_line_no"], facts[name])
            for name in ("status", "document_no", "customer_no")
        },
        bank_entry_no=look_up(lines["statement_line_no"], facts["bank_entry_no"], 0),
    )
    balances = frame_of(entries.BANK_BALANCES, fetch(connection, select(_LEDGER["bank_balances"])))
    open_lines, open_receipts = _still_open(connection)
    with_statement = {
        row[0] for row in fetch(connection, select(_LEDGER["bank_statements"].c.bank_account).distinct())
    }
    local = settings_of(connection).local_currency_code
    names = _about_accounts(connection, local)
    parts = []
    for account, books_now, lines_now in balances.itertuples(index=False):
        if not lines_now and account not in with_statement and account not in set(lines["bank_account"]):
            continue  # A company that drops no statements has nothing to reconcile with.
        mine = [
            frame[frame["bank_account"] == account] for frame in (lines, banked, open_lines, open_receipts)
        ]
        books_end = books_now - _sum(connection, "bank_entries", account, last, None)
        if (
            not books_end
            and not len(mine[0])
            and not len(mine[1])
            and not _has_begun(connection, account, last)
        ):
            continue
        about = names.get(account, {"account_name": "", "gl_account": "", "currency_code": local})
        found = _of_account(connection, account, first, last, books_end, *mine)
        if about["currency_code"] != local:
            found = _with_local_balance(connection, found, account, last)
        parts.append(found.assign(bank_account=account, **about))
    frame = pd.concat(parts, ignore_index=True) if parts else empty_frame(COLUMNS)
    return frame[list(COLUMNS)].astype(COLUMNS)


def _of_account(
    connection: Connection,
    account: str,
    first: date,
    last: date,
    books_end: int,
    lines: pd.DataFrame,
    banked: pd.DataFrame,
    open_lines: pd.DataFrame,
    open_receipts: pd.DataFrame,
) -> pd.DataFrame:
    end, start = _balance(connection, account, last), _balance(connection, account, first - _DAY)
    books_start = books_end - checked_sum(banked["amount_minor"])
    items = pd.concat(
        [_lines_not_in_books(lines, banked), _entries_not_at_bank(lines, banked, open_receipts)],
        ignore_index=True,
    )
    older_lines = open_lines[open_lines["date"] < pd.Timestamp(first)]
    older_receipts = open_receipts[open_receipts["posting_date"] < pd.Timestamp(first)]
    earlier = pd.concat(
        [_as_items(older_lines, "not_booked", -1), _as_items(older_receipts, "not_on_statement", 1)],
        ignore_index=True,
    )
    # What was different at the start and is not among the items above: the opening balance, mostly.
    rest = books_start - start.amount - checked_sum(earlier["amount_minor"])
    everything = pd.concat([earlier, items], ignore_index=True)
    brought = _row("brought_forward", rest, first, text="" if books_start else "opening") if rest else None
    expected = end.amount + checked_sum(everything["amount_minor"]) + rest
    rows = [
        _row(
            "bank_balance",
            end.amount,
            end.day,
            statement_no=end.statement_no,
            text="lines" if end.summed else "",
        ),
        everything.assign(
            rank=everything["section"].map(SECTIONS.index)
            if len(everything)
            else pd.Series([], dtype="int64")
        ).sort_values(["rank", "date", "line_no", "document_no"], kind="stable"),
        brought,
        _row("expected_balance", expected, last),
        _row("books_balance", books_end, last),
        _row("unexplained", books_end - expected, last),
        *(_statement_gaps(connection, account, first, last) if books_end != expected else ()),
    ]
    found: pd.DataFrame = pd.concat([row for row in rows if row is not None and len(row)], ignore_index=True)
    return found


def _statement_gaps(connection: Connection, account: str, first: date, last: date) -> list[pd.DataFrame]:
    """Where a statement of the period does not begin with what the one before it ended with."""
    sql = _LEDGER["bank_statements"]
    known = select(sql).where(
        sql.c.bank_account == account, sql.c.opening_known == 1, sql.c.closing_known == 1
    )
    before = known.where(sql.c.date < first.isoformat()).order_by(sql.c.date.desc()).limit(1)
    within = known.where(sql.c.date.between(first.isoformat(), last.isoformat()))
    found = [*fetch(connection, before), *fetch(connection, within)]
    chain = frame_of(entries.BANK_STATEMENTS, found).drop_duplicates(
        ["date", "opening_minor", "closing_minor"]
    )
    chain = chain.sort_values(["first_date", "date", "bank_statement_no"])
    rows = []
    for one, other in pairwise(chain.to_dict("records")):  # The statements of a month.
        gap = int(other["opening_minor"]) - int(one["closing_minor"])
        if gap and other["first_date"] >= one["date"]:
            row = _row("statement_gap", -gap, other["first_date"], statement_no=str(other["statement_no"]))
            rows.append(row.assign(text=str(one["statement_no"])))
    return rows


def _has_begun(connection: Connection, account: str, day: date) -> bool:
    """Whether any statement of the account had begun by then."""
    sql = _LEDGER["bank_statements"]
    begun = select(sql.c.bank_statement_no).where(
        sql.c.bank_account == account, sql.c.first_date <= day.isoformat()
    )
    return connection.scalar(begun.limit(1)) is not None


def _about_accounts(connection: Connection, local: str) -> dict[str, dict[str, str]]:
    """Name, G/L account and currency of every bank account by its code."""
    accounts = master_frame(connection, "bank_accounts")
    columns = (accounts[name] for name in ("code", "name", "gl_account", "currency_code"))
    return {
        code: {"account_name": name, "gl_account": account, "currency_code": currency or local}
        for code, name, account, currency in zip(*columns)
    }


def _with_local_balance(
    connection: Connection, found: pd.DataFrame, account: str, last: date
) -> pd.DataFrame:
    """The reconciliation with what the books' balance is in local currency, below the balance itself."""
    banked = _LEDGER["bank_entries"]
    mine = select(func.sum(banked.c.amount_lcy_minor)).where(
        banked.c.bank_account == account, banked.c.posting_date <= last.isoformat()
    )
    row = _row("books_balance_lcy", int(connection.scalar(mine) or 0), last)
    place = int(np.flatnonzero(found["section"] == "books_balance")[0]) + 1
    return pd.concat([found.iloc[:place], row, found.iloc[place:]], ignore_index=True)


# The items -----------------------------------------------------------------------------------------------


def _lines_not_in_books(lines: pd.DataFrame, banked: pd.DataFrame) -> pd.DataFrame:
    """Lines of the period whose money is not in the books of the period, and why."""
    is_open = lines["status"].isin(OPEN_STATUS) | (lines["status"] == "")
    # An entry that was explained by its payments, and the line that takes it back, are nothing together.
    elsewhere = ~is_open & (lines["document_no"] == "") & (lines["status"] != "reversed")
    booked_here = lines["document_no"].isin(banked["document_no"]) | (lines["status"] == "reversed")
    section = np.select(
        [is_open, elsewhere, ~booked_here], ["not_booked", "booked_elsewhere", "other_period"], ""
    )
    return _as_items(lines.assign(section=section)[section != ""], "", -1)


def _entries_not_at_bank(
    lines: pd.DataFrame, banked: pd.DataFrame, open_receipts: pd.DataFrame
) -> pd.DataFrame:
    """Bank entries of the period that no line of the period has, and why."""
    booked = lines[lines["document_no"] != ""]
    of_line = banked["document_no"].isin(booked["document_no"])
    # A line that pays documents of several customers has a payment for each of them.
    of_line |= banked["statement_line_no"].isin(booked["statement_line_no"]) & (
        banked["statement_line_no"] > 0
    )
    waiting = banked["entry_no"].isin(open_receipts["entry_no"])
    mine = banked[~of_line].assign(
        section=np.where(waiting[~of_line], "not_on_statement", "other_period"), status=""
    )
    return _as_items(mine, "", 1)


def _as_items(frame: pd.DataFrame, section: str, sign: int) -> pd.DataFrame:
    """Lines or bank entries as items of the reconciliation."""
    blank = pd.Series([""] * len(frame), index=frame.index, dtype="str")
    data = {
        "section": frame["section"] if "section" in frame else blank + section,
        "date": frame["date"] if "date" in frame else frame["posting_date"],
        "line_no": frame.get("line_no", 0),
        "text": frame["text"] if "text" in frame else frame["description"],
        "amount_minor": sign * frame["amount_minor"],
    }
    texts = ("statement_no", "document_no", "customer_no", "payer_name", "status")
    return pd.DataFrame(data | {name: frame.get(name, blank) for name in texts}).reset_index(drop=True)


def _row(section: str, amount: int, day: date, *, statement_no: str = "", text: str = "") -> pd.DataFrame:
    blank = dict.fromkeys(("document_no", "customer_no", "payer_name", "status"), "")
    row = {
        "section": section,
        "date": pd.Timestamp(day),
        "statement_no": statement_no,
        "line_no": 0,
        "text": text,
    }
    return pd.DataFrame([row | blank | {"amount_minor": amount}]).astype(
        {name: kind for name, kind in COLUMNS.items() if name in row | blank or name == "amount_minor"}
    )


def _still_open(connection: Connection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statement lines that wait for a decision now, and receipts booked by hand that wait for their line."""
    lines, matches, state = (
        _LEDGER[name] for name in ("statement_lines", "payment_matches", "open_statement_lines")
    )
    statement = select(lines).join(state, state.c.statement_line_no == lines.c.statement_line_no)
    waiting = frame_of(entries.STATEMENT_LINES, fetch(connection, statement))
    last = select(matches).join(state, state.c.match_no == matches.c.match_no)
    found = frame_of(entries.PAYMENT_MATCHES, fetch(connection, last)).set_index("statement_line_no")
    waiting["status"] = look_up(waiting["statement_line_no"], found["status"])
    banked, open_banked = _LEDGER["bank_entries"], _LEDGER["open_bank_entries"]
    receipts = select(banked).join(open_banked, open_banked.c.entry_no == banked.c.entry_no)
    return waiting, frame_of(entries.BANK_ENTRIES, fetch(connection, receipts))


# Balances ------------------------------------------------------------------------------------------------


def _balance(connection: Connection, account: str, day: date) -> _Balance:
    """What the bank says at the end of a day: the last balance known then, and the lines since.

    Without any balance before the day it is the first one after it, less the lines between; without any
    balance at all the sum of all lines.
    """
    sql = _LEDGER["bank_statements"]
    mine = select(sql).where(sql.c.bank_account == account)
    upto = day.isoformat()
    latest = mine.where(or_(sql.c.date <= upto, sql.c.first_date <= upto)).order_by(
        sql.c.date.desc(), sql.c.bank_statement_no.desc()
    )
    before = frame_of(entries.BANK_STATEMENTS, fetch(connection, latest.limit(8)))
    known: list[tuple[date, int, int, str]] = []
    for row in before.to_dict("records"):  # A few statements around the day.
        ends, begins = row["date"].date(), row["first_date"].date()
        if row["closing_known"] and ends <= day:
            known.append((ends, 1, int(row["closing_minor"]), str(row["statement_no"])))
        if row["opening_known"] and begins <= day:
            known.append((begins - _DAY, 0, int(row["opening_minor"]), str(row["statement_no"])))
    if known:
        since, _, amount, number = max(known, key=lambda item: item[:2])
        moved = _sum(connection, "statement_lines", account, since, day)
        return _Balance(amount + moved, day, number)
    next_ones = mine.where(sql.c.opening_known == 1).order_by(sql.c.first_date, sql.c.bank_statement_no)
    after = frame_of(entries.BANK_STATEMENTS, fetch(connection, next_ones.limit(1)))
    for row in after.to_dict("records"):
        moved = _sum(connection, "statement_lines", account, day, row["first_date"].date() - _DAY)
        return _Balance(int(row["opening_minor"]) - moved, day)
    balances = _LEDGER["bank_balances"]
    lines_now = (
        connection.scalar(select(balances.c.lines_minor).where(balances.c.bank_account == account)) or 0
    )
    later = _sum(connection, "statement_lines", account, day, None)
    return _Balance(int(lines_now) - later, day, summed=True)


def _sum(connection: Connection, name: str, account: str, after: date, upto: date | None) -> int:
    """What moved on a bank account after a day, up to a day or up to now; the blocks say where such rows can be."""
    table, blocks = _LEDGER[name], schema.CHAIN_BLOCKS
    day = table.c["date" if name == "statement_lines" else "posting_date"]
    begins = select(func.min(blocks.c.first_no)).where(
        blocks.c.table_name == name, blocks.c.last_day > after.isoformat()
    )
    first = connection.scalar(begins)
    if not first:
        return 0
    serial = table.c[entries.BY_NAME[name].fields[0].name]
    total = select(func.sum(table.c.amount_minor)).where(
        serial >= first, table.c.bank_account == account, day > after.isoformat()
    )
    if upto is not None:
        total = total.where(day <= upto.isoformat())
    return int(connection.scalar(total) or 0)
