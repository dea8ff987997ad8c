"""All sheets that the program reads, in the order in which a run takes them in."""

from __future__ import annotations

from salesbatch.core.sheets_documents import BANK_TABLES, DOCUMENT_TABLES
from salesbatch.core.sheets_master import MASTER_TABLES
from salesbatch.core.sheets_setup import SETUP_TABLES
from salesbatch.core.tables import Table

SHEETS: tuple[Table, ...] = (*SETUP_TABLES, *MASTER_TABLES, *DOCUMENT_TABLES, *BANK_TABLES)
FOR_PEOPLE = frozenset({"read me", "läs mig", "open documents", "öppna dokument", "options"})
"""Sheets that the program writes beside those to fill in; they come back with the answers and say nothing new."""
BY_NAME: dict[str, Table] = {table.name: table for table in SHEETS}
