"""The story of one thing in the books: where it came from, what was decided and why, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Record = dict[str, Any]
"""A row as it is exported: amounts as decimal text, dates as ISO text, flags as bool."""
SubjectKind = Literal["document", "entry", "line", "held"]


@dataclass(frozen=True)
class Subject:
    """What a story can be told of. kind and id find it; the rest is how a person knows it."""

    kind: SubjectKind
    id: int | str
    """document_id, customer ledger entry_no, statement_line_no or held_id."""
    type: str
    """invoice, order, payment … or statement_line, held."""
    no: str
    date: str = ""
    customer_no: str = ""
    run_no: int = 0


@dataclass(frozen=True)
class Story:
    """Everything the books know about a subject, as exported rows; what does not apply is empty."""

    subject: Subject
    language: str
    currency_code: str
    facts: Record = field(default_factory=dict)
    origin: Record = field(default_factory=dict)
    """source, sheet, row, run_no, posting_date, registered_at, registered_by, sha256; what is known of these."""
    versions: Sequence[Record] = ()
    """Earlier versions of an order, oldest first."""
    held_before: Sequence[Record] = ()
    lines: Sequence[Record] = ()
    findings: Sequence[Record] = ()
    statement_line: Record = field(default_factory=dict)
    decisions: Sequence[Record] = ()
    """payment_matches of the statement line, in the order in which they were made."""
    gl_entries: Sequence[Record] = ()
    vat_entries: Sequence[Record] = ()
    entries: Sequence[Record] = ()
    """Customer ledger entries, with what remains now."""
    applications: Sequence[Record] = ()
    """What was applied to the entries: date, type, amount, the other entry, and the match that led to it."""
    actions: Sequence[Record] = ()
    """What a person had done with the entries: applied, taken back, paid back, written off, held; with the row."""
    related: Sequence[Record] = ()
    """Documents of the same order, corrections and what they correct."""
    outputs: Sequence[Record] = ()
