"""The ledger, and the only place with SQL: snapshot, post, reports, exports, verify.

The rooms behind this door are imported when they are first used, so that asking the program for help does not
load a database library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesbatch.core.laws import BrokenLaw, LawBrokenError
    from salesbatch.ledger.chain_proof import ChainHead, chain_head
    from salesbatch.ledger.database import (
        BooksBusyError,
        BooksDiskError,
        BooksMissingError,
        BooksUnreadableError,
        Database,
        NetworkFileSystemError,
        network_file_system,
        open_database,
    )
    from salesbatch.ledger.exports import export_table
    from salesbatch.ledger.general_journal import general_journal
    from salesbatch.ledger.migrations import ForeignDatabaseError, NewerBooksError
    from salesbatch.ledger.posting import (
        OutboxItem,
        Posted,
        RunFacts,
        StaleBooksError,
        mark_done,
        pending_outbox,
        post,
        renew_outbox,
    )
    from salesbatch.ledger.printing import printed_documents
    from salesbatch.ledger.proof import verify
    from salesbatch.ledger.reports import (
        held_waiting,
        ledger_report,
        periods_touched,
        preview_to_fix,
        run_findings,
        run_report,
        to_fix_reports,
        unreadable_files,
    )
    from salesbatch.ledger.review import open_line_count, review_hashes, review_report
    from salesbatch.ledger.snapshots import setup_rows, snapshot
    from salesbatch.ledger.stories import tell_story
    from salesbatch.ledger.subjects import find_subjects, language, nearest_numbers

EXPORT_TABLES = (
    "customer_ledger_entries",
    "detailed_entries",
    "gl_entries",
    "vat_entries",
    "item_ledger_entries",
    "documents",
    "document_lines",
    "payment_matches",
    "statement_lines",
    "bank_entries",
    "held",
    "findings",
    "runs",
    "approvals",
    "customers",
    "contacts",
    "items",
    "numbers",
    "aging",
    "outbox",
)
"""Every table that `export_table` knows."""

_ROOMS = {
    "database": (
        "BooksBusyError BooksDiskError BooksMissingError BooksUnreadableError Database"
        " NetworkFileSystemError network_file_system open_database"
    ),
    "chain_proof": "ChainHead chain_head",
    "exports": "export_table",
    "general_journal": "general_journal",
    "migrations": "ForeignDatabaseError NewerBooksError",
    "posting": "OutboxItem Posted RunFacts StaleBooksError mark_done pending_outbox post renew_outbox",
    "printing": "printed_documents",
    "reports": "held_waiting ledger_report periods_touched preview_to_fix run_findings run_report to_fix_reports"
    " unreadable_files",
    "review": "open_line_count review_hashes review_report",
    "snapshots": "setup_rows snapshot",
    "stories": "tell_story",
    "subjects": "find_subjects language nearest_numbers",
    "proof": "verify",
}
_ROOM_OF = {name: f"salesbatch.ledger.{room}" for room, names in _ROOMS.items() for name in names.split()}
_ROOM_OF |= dict.fromkeys(("BrokenLaw", "LawBrokenError"), "salesbatch.core.laws")

__all__ = [
    "EXPORT_TABLES",
    "BooksBusyError",
    "BooksDiskError",
    "BooksMissingError",
    "BooksUnreadableError",
    "BrokenLaw",
    "ChainHead",
    "Database",
    "ForeignDatabaseError",
    "LawBrokenError",
    "NetworkFileSystemError",
    "NewerBooksError",
    "OutboxItem",
    "Posted",
    "RunFacts",
    "StaleBooksError",
    "chain_head",
    "export_table",
    "find_subjects",
    "general_journal",
    "held_waiting",
    "language",
    "ledger_report",
    "mark_done",
    "nearest_numbers",
    "network_file_system",
    "open_database",
    "open_line_count",
    "pending_outbox",
    "periods_touched",
    "post",
    "preview_to_fix",
    "printed_documents",
    "renew_outbox",
    "review_hashes",
    "review_report",
    "run_findings",
    "run_report",
    "setup_rows",
    "snapshot",
    "tell_story",
    "to_fix_reports",
    "unreadable_files",
    "verify",
]


def __getattr__(name: str) -> Any:
    """The name out of its room, remembered here from then on."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ROOM_OF[name]), name)
    globals()[name] = value
    return value
