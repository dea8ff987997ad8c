"""Posted documents as they are printed: read in bulk, handed on one by one.

Everything on the page was frozen when the document was posted, so drawing again gives the same page. Only
the words of payment terms and VAT clauses come from the setup, by the codes that were frozen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from salesbatch.core.documents import Letterhead, Party, PrintedDocument, PrintedLine, PrintedVat
from salesbatch.core.money import minor_digits
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch, fetch_in
from salesbatch.ledger.scopes import settings_of

CHUNK = 500
"""So many documents are read at once; memory does not grow with their number."""
_LEDGER = schema.LEDGER
_PARTY = tuple(field.name for field in fields(Party))
_LETTERHEAD = tuple(field.name for field in fields(Letterhead) if field.name != "party")

Record = dict[str, Any]


@dataclass(frozen=True)
class _Words:
    """What the setup says in words, by code."""

    local_currency: str
    terms: Mapping[str, str]
    people: Mapping[str, str]
    clauses: Mapping[tuple[str, str, str], str]


def printed_documents(database: Database, document_ids: Sequence[int]) -> Iterator[PrintedDocument]:
    """Invoices and credit memos in the order of the given ids; ids of other documents are passed over."""
    wanted = [int(number) for number in document_ids]
    words: _Words | None = None
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        with database.read() as connection:
            words = words or _words(connection)
            made = _read_chunk(connection, chunk, words)
        for number in chunk:
            if number in made:
                yield made[number]


def _words(connection: Connection) -> _Words:
    terms, people, vat = (
        schema.MASTER[name] for name in ("payment_terms", "salespeople", "vat_posting_setup")
    )
    setup = select(
        vat.c.vat_bus_posting_group, vat.c.vat_prod_posting_group, vat.c.vat_identifier, vat.c.clause
    ).order_by(vat.c.starting_date)
    return _Words(
        settings_of(connection).local_currency_code,
        {str(code): str(text) for code, text in fetch(connection, select(terms.c.code, terms.c.description))},
        {str(code): str(name) for code, name in fetch(connection, select(people.c.code, people.c.name))},
        {(str(bus), str(prod), str(name)): str(text) for bus, prod, name, text in fetch(connection, setup)},
    )


def _read_chunk(connection: Connection, ids: Sequence[int], words: _Words) -> dict[int, PrintedDocument]:
    heads, lines = _LEDGER["documents"], _LEDGER["document_lines"]
    printed = select(heads).where(heads.c.document_type.in_(("invoice", "credit_memo")))
    documents = [
        dict(zip(heads.columns.keys(), row))
        for row in fetch_in(connection, printed, heads.c.document_id, ids)
    ]
    own = select(lines).order_by(lines.c.document_id, lines.c.line_no, lines.c.line_id)
    names = lines.columns.keys()
    rows = [dict(zip(names, row)) for row in fetch_in(connection, own, lines.c.document_id, ids)]
    by_document = {
        number: list(part) for number, part in groupby(rows, key=lambda row: int(row["document_id"]))
    }
    foreign = [
        head for head in documents if (head["currency_code"] or words.local_currency) != words.local_currency
    ]
    vat_lcy = _vat_in_local_currency(connection, foreign)
    return {
        int(head["document_id"]): _printed(
            head,
            by_document.get(int(head["document_id"]), []),
            words,
            vat_lcy.get((head["document_type"], head["posted_no"]), ()),
        )
        for head in documents
    }


def _vat_in_local_currency(
    connection: Connection, heads: Sequence[Record]
) -> dict[tuple[str, str], tuple[tuple[str, int], ...]]:
    """VAT per identifier as posted, with the sign of the document: found by the day, then the number."""
    if not heads:
        return {}
    vat = _LEDGER["vat_entries"]
    days = sorted({head["posting_date"] for head in heads})
    columns = (vat.c.document_type, vat.c.document_no, vat.c.vat_identifier, vat.c.amount_minor)
    statement = select(*columns).where(vat.c.posting_date.in_(days)).order_by(vat.c.entry_no)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for kind, number, name, amount in fetch_in(
        connection, statement, vat.c.document_no, sorted({head["posted_no"] for head in heads})
    ):
        sums = found.setdefault((str(kind), str(number)), {})
        sums[str(name)] = sums.get(str(name), 0) + (int(amount) if kind == "credit_memo" else -int(amount))
    return {key: tuple(sums.items()) for key, sums in found.items()}


def _printed(
    head: Record, lines: Sequence[Record], words: _Words, vat_lcy: tuple[tuple[str, int], ...]
) -> PrintedDocument:
    currency = head["currency_code"] or words.local_currency
    ship_to = _party(head["ship_to"])
    posted = _day(head["posting_date"]) or date(1970, 1, 1)
    return PrintedDocument(
        document_type=head["document_type"],
        no=head["posted_no"],
        language=head["language"] or "en",
        seller=_letterhead(head["seller"]),
        customer_no=head["bill_to_customer_no"] or head["customer_no"],
        bill_to=_party(head["bill_to"]) or _party(head["sell_to"]) or Party(""),
        ship_to=ship_to,
        posting_date=posted,
        document_date=_day(head["document_date"]) or posted,
        due_date=_day(head["due_date"]) or posted,
        delivery_date=_day(head["delivery_date"]),
        currency_code=currency,
        minor_digits=minor_digits(currency),
        prices_including_vat=bool(head["prices_including_vat"]),
        payment_terms=words.terms.get(head["payment_terms_code"]) or head["payment_terms_code"],
        payment_reference=head["payment_reference"],
        order_no=head["order_no"],
        external_document_no=head["external_document_no"],
        your_reference=head["your_reference"],
        our_reference=words.people.get(head["salesperson_code"]) or head["salesperson_code"],
        corrects_no=head["corrects_no"],
        lines=tuple(_line(line) for line in lines),
        vat=_vat_summary(head, lines, words),
        net_minor=head["amount_minor"],
        vat_minor=head["vat_amount_minor"],
        rounding_minor=head["rounding_minor"],
        total_minor=head["amount_including_vat_minor"],
        discount_date=_day(head["discount_date"]),
        discount_minor=head["discount_minor"],
        comment=head["comment"],
        vat_lcy=vat_lcy,
    )


def _line(line: Record) -> PrintedLine:
    return PrintedLine(
        type=line["type"],
        no=line["item_no"],
        description=line["description"],
        quantity_e5=line["quantity_e5"],
        unit_of_measure=line["unit_of_measure"],
        unit_price_e5=line["unit_price_e5"],
        line_discount_percent_e5=line["line_discount_percent_e5"],
        line_amount_minor=line["line_amount_minor"],
        vat_percent_e5=line["vat_percent_e5"],
        vat_identifier=line["vat_identifier"],
    )


def _vat_summary(head: Record, lines: Sequence[Record], words: _Words) -> tuple[PrintedVat, ...]:
    """One row per VAT identifier, highest rate first; rounding and comment lines carry no VAT."""
    sums: dict[tuple[str, int], list[int]] = {}
    clauses: dict[tuple[str, int], str] = {}
    for line in lines:
        if line["type"] in ("comment", "rounding") or not line["vat_identifier"]:
            continue
        key = (str(line["vat_identifier"]), int(line["vat_percent_e5"]))
        total = sums.setdefault(key, [0, 0])
        total[0] += line["vat_base_minor"]
        total[1] += line["vat_amount_minor"]
        group = (head["vat_bus_posting_group"], line["vat_prod_posting_group"], key[0])
        clauses[key] = clauses.get(key) or words.clauses.get(group, "")
    ordered = sorted(sums, key=lambda key: (-key[1], key[0]))
    return tuple(PrintedVat(key[0], key[1], sums[key][0], sums[key][1], clauses[key]) for key in ordered)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=4096)
def _party(text: str) -> Party | None:
    """A frozen party; None for a blank one."""
    content = json.loads(text) if text else {}
    known = {name: str(content.get(name) or "") for name in _PARTY}
    return Party(**known) if any(known.values()) else None


@lru_cache(maxsize=256)
def _letterhead(text: str) -> Letterhead:
    """A frozen letterhead."""
    content = json.loads(text) if text else {}
    party = _party(json.dumps(content.get("party", {}))) or Party("")
    return Letterhead(party, **{name: content[name] for name in _LETTERHEAD if name in content})
