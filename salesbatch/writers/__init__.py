"""The east door: everything that is drawn from the books, as bytes, and the way to save them.

Each drawing library is slow to import, so a function here brings in its own only when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesbatch.core.documents import PrintedDocument
    from salesbatch.core.general_journal import GeneralJournal
    from salesbatch.core.reports import LedgerReport, ReviewReport, RunReport, ToFixReport
    from salesbatch.core.tables import Table

__all__ = [
    "draw_invoice",
    "draw_ledger_workbook",
    "draw_review_workbook",
    "draw_run_workbook",
    "draw_setup_workbook",
    "draw_table_workbook",
    "draw_templates",
    "draw_text_journal",
    "draw_to_fix_workbook",
    "flush_folder",
    "make_folder",
    "safe_file_name",
    "save_file",
]


def draw_invoice(document: PrintedDocument, logo: bytes = b"") -> bytes:
    """An invoice or credit memo as PDF. logo: PNG or JPEG for the letterhead."""
    from salesbatch.writers.invoice_pdf import draw_invoice as draw

    return draw(document, logo)


def draw_ledger_workbook(report: LedgerReport) -> bytes:
    """One accounting period of the books as a workbook."""
    from salesbatch.writers.ledger_workbook import draw_ledger_workbook as draw

    return draw(report)


def draw_run_workbook(report: RunReport) -> bytes:
    """What one run did, as a workbook."""
    from salesbatch.writers.run_workbook import draw_run_workbook as draw

    return draw(report)


def draw_review_workbook(report: ReviewReport) -> bytes:
    """The statement lines that wait for a decision, as a workbook to answer and drop."""
    from salesbatch.writers.review_workbook import draw_review_workbook as draw

    return draw(report)


def draw_to_fix_workbook(report: ToFixReport) -> bytes:
    """What was held back of one file, as a workbook to mend and drop again."""
    from salesbatch.writers.to_fix_workbook import draw_to_fix_workbook as draw

    return draw(report)


def draw_setup_workbook(language: str = "en") -> bytes:
    """The setup of a new Swedish company, to be filled in."""
    from salesbatch.writers.setup_workbook import draw_setup_workbook as draw

    return draw(language)


def draw_templates(tables: Sequence[Table | str], language: str = "en") -> bytes:
    """Empty sheets with captions, notes, drop-downs and an example row; tables by declaration or name."""
    from salesbatch.writers.templates import draw_templates as draw

    return draw(tables, language)


def draw_table_workbook(name: str, frame: Any) -> bytes:
    """One exported ledger table as a workbook."""
    from salesbatch.writers.table_workbook import draw_table_workbook as draw

    return draw(name, frame)


def draw_text_journal(journal: GeneralJournal) -> bytes:
    """The general ledger as a text journal for an independent checker."""
    from salesbatch.writers.text_journal import draw_text_journal as draw

    return draw(journal)


def save_file(path: Path, content: bytes) -> str:
    """Write a file whole or not at all, and give its SHA-256; raises OSError."""
    from salesbatch.writers.save import save_file as save

    return save(path, content)


def make_folder(folder: Path) -> None:
    """Make what is missing of a folder, safe on the disk; raises OSError."""
    from salesbatch.writers.save import make_folder as make

    make(folder)


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder, and what is gone of them, to the disk; raises OSError."""
    from salesbatch.writers.save import flush_folder as flush

    flush(folder)


def safe_file_name(text: str, *, ending: str = "") -> str:
    """A readable name for a file that is safe on every system."""
    from salesbatch.writers.save import safe_file_name as name

    return name(text, ending=ending)
