"""What a person means by a number: the documents, entries, statement lines and held rows that are known by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.engine import Connection

from salesbatch.core.stories import Subject
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch
from salesbatch.ledger.scopes import settings_of
from salesbatch.ledger.views import VERSIONED

_LEDGER = schema.LEDGER
_SHOWN = 5
_SEPARATORS = re.compile(r"[\s-]")

Find = Callable[[Connection, str, bool], list[Subject]]


def find_subjects(database: Database, number: str, kind: str = "") -> list[Subject]:
    """What is known by a number, in the order of the books; empty for nothing.

    The strongest way in which anything fits decides: its own number; the sender's or an order's number; a payment
    reference; what a statement says; a key that was held back. kind: a document type, entry or line, or "" for
    any. Capitals count only when they decide.
    """
    with database.read() as connection:
        if kind in ("line", "entry"):
            return _by_serial(connection, kind, number)
        for exact in (True, False):
            for find in _WAYS:
                found = find(connection, number, exact)
                if kind:
                    found = [subject for subject in found if subject.type == kind]
                if found:
                    return list(dict.fromkeys(found))
    return []


def nearest_numbers(database: Database, number: str) -> list[str]:
    """Up to five numbers of documents, orders and payments that are spelled most like this one."""
    from rapidfuzz import fuzz, process

    documents, entry = _LEDGER["documents"], _LEDGER["customer_ledger_entries"]
    with database.read() as connection:
        known: set[str] = set()
        for column in (documents.c.posted_no, documents.c.no, documents.c.order_no, entry.c.document_no):
            known |= {str(row[0]) for row in fetch(connection, select(column).distinct()) if row[0]}
    near = process.extract(number, sorted(known), scorer=fuzz.ratio, score_cutoff=70, limit=_SHOWN)
    return [str(text) for text, _, _ in near]


def language(database: Database) -> str:
    """The company's language: en or sv."""
    with database.read() as connection:
        return "sv" if settings_of(connection).language == "sv" else "en"


# Ways to fit -----------------------------------------------------------------------------------------------


def _by_serial(connection: Connection, kind: str, number: str) -> list[Subject]:
    if not re.fullmatch(r"[0-9]{1,12}", number):
        return []
    if kind == "line":
        return _lines(connection, _LEDGER["statement_lines"].c.statement_line_no == int(number))
    return _entries(connection, _LEDGER["customer_ledger_entries"].c.entry_no == int(number))


def _by_own_number(connection: Connection, number: str, exact: bool) -> list[Subject]:
    document, entry, bank = (
        _LEDGER[name] for name in ("documents", "customer_ledger_entries", "bank_entries")
    )
    own = _is(number, exact, document.c.posted_no, document.c.no)
    found = _documents(connection, own)
    found += _entries(connection, _is(number, exact, entry.c.document_no), entry.c.document_id == 0)
    # What was booked from the bank to an account has no customer: its story is that of the statement line.
    mapped = select(bank.c.statement_line_no).where(
        _is(number, exact, bank.c.document_no), bank.c.customer_no == "", bank.c.statement_line_no > 0
    )
    return found + _lines(connection, _LEDGER["statement_lines"].c.statement_line_no.in_(mapped))


def _by_related_number(connection: Connection, number: str, exact: bool) -> list[Subject]:
    document, entry = _LEDGER["documents"], _LEDGER["customer_ledger_entries"]
    columns = (document.c.key, document.c.external_document_no, document.c.order_no, document.c.quote_no)
    found = _documents(connection, _is(number, exact, *columns))
    own = _is(number, exact, entry.c.external_document_no)
    return found + _entries(connection, own, entry.c.document_id == 0)


def _by_voucher(connection: Connection, number: str, exact: bool) -> list[Subject]:
    """'A 331': what the voucher was made of."""
    parts = re.fullmatch(r"([A-Za-zÅÄÖåäö]{1,3}) ?([0-9]{1,12})", number)
    if not parts:
        return []
    gl, document, entry = (_LEDGER[name] for name in ("gl_entries", "documents", "customer_ledger_entries"))
    transaction = select(gl.c.transaction_no).where(
        _is(parts[1], exact, gl.c.voucher_series), gl.c.voucher_no == int(parts[2])
    )
    found = _documents(connection, document.c.transaction_no.in_(transaction))
    found += _entries(connection, entry.c.transaction_no.in_(transaction), entry.c.document_id == 0)
    bank = _LEDGER["bank_entries"]
    lines = select(bank.c.statement_line_no).where(
        bank.c.transaction_no.in_(transaction), bank.c.customer_no == "", bank.c.statement_line_no > 0
    )
    return found + _lines(connection, _LEDGER["statement_lines"].c.statement_line_no.in_(lines))


def _by_reference(connection: Connection, number: str, exact: bool) -> list[Subject]:
    """An OCR number as it stands on a document; blanks and hyphens do not count."""
    entry = _LEDGER["customer_ledger_entries"]
    return _entries(connection, _is(_SEPARATORS.sub("", number), exact, entry.c.payment_reference))


def _by_statement(connection: Connection, number: str, exact: bool) -> list[Subject]:
    line = _LEDGER["statement_lines"]
    same = _is(number, exact, line.c.transaction_id)
    return _lines(connection, same) or _lines(
        connection, _is(_SEPARATORS.sub("", number), exact, line.c.payment_reference)
    )


def _by_held_key(connection: Connection, number: str, exact: bool) -> list[Subject]:
    held = _LEDGER["held"]
    statement = (
        select(held.c.held_id, held.c.key, held.c.run_no)
        .where(_is(number, exact, held.c.key, held.c.held_id))
        .order_by(held.c.held_no)
    )
    return [
        Subject("held", str(held_id), "held", str(key), run_no=int(run_no))
        for held_id, key, run_no in fetch(connection, statement)
    ]


_WAYS: Sequence[Find] = (
    _by_own_number,
    _by_related_number,
    _by_voucher,
    _by_reference,
    _by_statement,
    _by_held_key,
)


# Subjects --------------------------------------------------------------------------------------------------


def _is(number: str, exact: bool, *columns: Any) -> ColumnElement[bool]:
    if exact:
        return or_(*(column == number for column in columns))
    return or_(*(func.lower(column) == number.lower() for column in columns))


def _documents(connection: Connection, *conditions: ColumnElement[bool]) -> list[Subject]:
    """Documents, of an amended one only its newest version."""
    sql = _LEDGER["documents"]
    columns = (
        sql.c.document_id,
        sql.c.document_type,
        sql.c.posted_no,
        sql.c.no,
        sql.c.posting_date,
        sql.c.customer_no,
        sql.c.run_no,
    )
    newest: dict[object, Subject] = {}
    for document_id, kind, posted_no, no, day, customer_no, run_no in fetch(
        connection, select(*columns).where(*conditions).order_by(sql.c.document_id)
    ):
        place = (kind, no) if kind in VERSIONED else document_id
        newest[place] = Subject(
            "document", int(document_id), str(kind), str(posted_no or no), str(day or ""), customer_no, run_no
        )
    return list(newest.values())


def _entries(connection: Connection, *conditions: ColumnElement[bool]) -> list[Subject]:
    """Customer ledger entries; one that a document made is told as that document."""
    sql = _LEDGER["customer_ledger_entries"]
    statement: Select[Any] = select(
        sql.c.entry_no,
        sql.c.document_id,
        sql.c.document_type,
        sql.c.document_no,
        sql.c.posting_date,
        sql.c.customer_no,
        sql.c.run_no,
    )
    found = []
    for entry_no, document_id, kind, no, day, customer_no, run_no in fetch(
        connection, statement.where(*conditions).order_by(sql.c.entry_no)
    ):
        owner = ("document", int(document_id)) if document_id else ("entry", int(entry_no))
        found.append(Subject(owner[0], owner[1], kind, no, str(day or ""), customer_no, run_no))  # type: ignore[arg-type]
    return found


def _lines(connection: Connection, *conditions: ColumnElement[bool]) -> list[Subject]:
    sql = _LEDGER["statement_lines"]
    columns = (sql.c.statement_line_no, sql.c.date, sql.c.run_no)
    return [
        Subject("line", int(number), "statement_line", str(number), str(day or ""), run_no=int(run_no))
        for number, day, run_no in fetch(
            connection, select(*columns).where(*conditions).order_by(sql.c.statement_line_no)
        )
    ]
