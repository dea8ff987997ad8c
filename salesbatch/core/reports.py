"""What the workbooks are drawn from: plain facts gathered by the ledger, so that a writer only lays them out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class ReportHead:
    """What stands on top of every workbook: whose it is, as of when, and the anchor of the hash chain."""

    company_name: str
    language: str  # en | sv
    currency_code: str
    run_no: int
    posting_date: date
    chained_rows: int
    chain_head: str
    """SHA-256 in hex of the chain after the last run in the workbook."""


@dataclass(frozen=True)
class LedgerReport:
    """One accounting period of the books ('2026-10').

    frames: ledger frames of the period by export table name, with the columns that an export has but money
    still in `*_minor` and quantities in `*_e5` (customer_ledger_entries, detailed_entries, gl_entries,
    vat_entries, item_ledger_entries, documents, document_lines, payment_matches, statement_lines, numbers,
    runs). open_entries: what is open now, over all periods (customer_ledger_entries columns).
    invoiced_by_month: month (text), amount_minor, for up to 12 months up to the period. age: band (text:
    not due, 1-30, 31-60, 61-90, over 90), amount_minor, of the open entries at the period's end.
    largest_debtors: customer_no, customer_name, amount_minor, overdue_minor of the same entries, most money
    first. totals: control figures, name -> minor units. checks: name -> (left, right), which must be equal,
    such as receivables account and the sum of the customer ledger. A figure in a foreign currency has it last
    in its name: 'bank EUR', 'bank_reconciled EURO EUR'; every other one is in the company's currency.
    """

    head: ReportHead
    period: str
    frames: Mapping[str, pd.DataFrame]
    open_entries: pd.DataFrame
    invoiced_by_month: pd.DataFrame
    age: pd.DataFrame
    largest_debtors: pd.DataFrame
    totals: Mapping[str, int]
    checks: Mapping[str, tuple[int, int]]
    documents_in_outbox: Mapping[str, str] = field(default_factory=dict)
    """Document number -> path of its PDF relative to the company folder, for links."""


@dataclass(frozen=True)
class RunReport:
    """What one run did.

    frames: as in LedgerReport, the rows of this run, and `files`, `findings`, `held`. counts: name -> number
    of files, rows, documents … totals: name -> minor units.
    """

    head: ReportHead
    frames: Mapping[str, pd.DataFrame]
    counts: Mapping[str, int]
    totals: Mapping[str, int]
    checks: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class ToFixRow:
    """One held row: its 1-based row number in the user's file, its cells as typed, its held id."""

    row: int
    cells: tuple[object, ...]
    held_id: str


@dataclass(frozen=True)
class ToFixSheet:
    """The held rows of one sheet. problems: (row, column index from 0 or -1 for the whole row, sentence, suggestion)."""

    sheet: str
    captions: tuple[str, ...]
    rows: tuple[ToFixRow, ...]
    problems: tuple[tuple[int, int, str, str], ...]


@dataclass(frozen=True)
class ToFixReport:
    """Everything of one input file that was held back."""

    head: ReportHead
    source: str
    sheets: tuple[ToFixSheet, ...]


@dataclass(frozen=True)
class ReviewReport:
    """The statement lines that wait for a decision, with what may be chosen.

    lines: columns of STATEMENT_LINES and of the last match of each, `state` and `customer_name`; most money
    first. documents: open documents: customer_no, customer_name, document_type, document_no, due_date,
    remaining_minor, currency_code; by customer, oldest due first. receipts: statement_line_no, document_no,
    customer_name and amount_minor of receipts booked by hand that a line could be. accounts: no, name of those
    that may be posted to directly. customers: no, name.
    """

    head: ReportHead
    lines: pd.DataFrame
    documents: pd.DataFrame
    receipts: pd.DataFrame
    accounts: pd.DataFrame
    customers: pd.DataFrame


def review_state(statement_line_no: int, match_no: int) -> str:
    """The mark of a line as it was asked about: six letters, another one after every decision on the line.

    >>> review_state(17, 4)
    'kcdfld'
    """
    digits = hashlib.sha256(f"{statement_line_no}|{match_no}".encode()).hexdigest()[:6]
    # Letters only: a program that reads it as a number would spoil it.
    return "".join("abcdefghijklmnop"[int(digit, 16)] for digit in digits)


_LETTERS = re.compile("[A-Z]+")


def gather_to_fix(head: ReportHead, held: pd.DataFrame, findings: pd.DataFrame) -> list[ToFixReport]:
    """One report for every input file, from rows of `held` and `findings`: rows as typed, and what is wrong."""
    problems: dict[tuple[str, str], list[Any]] = {}
    columns = ["source", "sheet", "row", "cell", "column", "message", "suggestion"]
    for source, sheet, *rest in findings.loc[findings["severity"] == "error", columns].itertuples(
        index=False
    ):
        problems.setdefault((source, sheet), []).append(tuple(rest))
    order = held[["source", "sheet", "row", "held_no", "held_id", "captions", "cells"]]
    rows = order.sort_values(["source", "sheet", "row", "held_no"], kind="stable").itertuples(index=False)
    sheets: dict[str, list[ToFixSheet]] = {}
    for (source, sheet), part in groupby(rows, key=lambda row: (row.source, row.sheet)):
        sheets.setdefault(source, []).append(
            _to_fix_sheet(sheet, list(part), problems.get((source, sheet), []))
        )
    return [ToFixReport(head, source, tuple(found)) for source, found in sheets.items()]


def _to_fix_sheet(sheet: str, rows: list[Any], problems: list[Any]) -> ToFixSheet:
    """The held rows of a sheet, each row once, and the problems of those rows."""
    once = {int(row.row): row for row in reversed(rows)}
    captions = tuple(str(caption or "") for caption in json.loads(rows[0].captions or "[]"))
    kept = [once[number] for number in sorted(once)]
    told = dict.fromkeys(
        (int(number), _column_index(cell, column, captions), str(message), str(suggestion))
        for number, cell, column, message, suggestion in problems
        if int(number) in once
    )
    return ToFixSheet(
        sheet,
        captions,
        tuple(ToFixRow(int(row.row), tuple(json.loads(row.cells or "[]")), str(row.held_id)) for row in kept),
        tuple(sorted(told)),
    )


def _column_index(cell: str, column: str, captions: tuple[str, ...]) -> int:
    """0 for column A, by the cell's letters or else by the caption; -1 for the whole row."""
    letters = _LETTERS.match(cell)
    if letters:
        index = 0
        for letter in letters[0]:
            index = index * 26 + ord(letter) - 64
        return index - 1
    return captions.index(column) if column in captions else -1
