"""The frames of the ledger: every table of the books, declared once.

From these come the SQL schema, the gate before commit, the canonical bytes of the hash chain and the export
columns. Three kinds of table:

    chained    append-only; part of the hash chain; the truth
    derived    what changes (remaining amounts, order state, last numbers); rebuilt from the chained tables
               by `core/derived.py` and compared by `verify`
    beside     about a run, not of it: times, user, file system work still to do

Kinds of column: id and number and minor and e5 are int64 (0 for none), day is datetime64[s] (NaT for none),
text is str ("" for none), flag is bool.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from salesbatch.core.tables import empty_frame

EntryKind = Literal["number", "minor", "e5", "day", "text", "flag"]
Standing = Literal["chained", "derived", "beside"]

_DTYPES = {
    "number": "int64",
    "minor": "int64",
    "e5": "int64",
    "day": "datetime64[s]",
    "text": "str",
    "flag": "bool",
}


@dataclass(frozen=True)
class Field:
    """One column of a ledger table."""

    name: str
    kind: EntryKind

    @property
    def dtype(self) -> str:
        """pandas dtype in a ledger frame."""
        return _DTYPES[self.kind]

    @property
    def export_name(self) -> str:
        """Name in an export: without the unit."""
        return self.name.removesuffix("_minor").removesuffix("_e5")


@dataclass(frozen=True)
class LedgerTable:
    """One table of the books."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    standing: Standing = "chained"
    indexes: tuple[tuple[str, ...], ...] = ()
    serial: bool = False
    """True where the first field is a dense number 1, 2, 3 … given by the rules."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def _empty(self) -> pd.DataFrame:
        return empty_frame({field.name: field.dtype for field in self.fields})

    def empty(self) -> pd.DataFrame:
        """A frame of this table without rows."""
        return self._empty.copy(deep=False)  # pandas copies on write, so the shared one stays empty.

    def frame(self, columns: dict[str, object], length: int | None = None) -> pd.DataFrame:
        """A frame with exactly this table's columns, in order, with its dtypes; what is not given is blank.

        Columns are not copied: who hands in a numpy array writes to it no more. Raises ValueError for a column
        that the table does not have, or a null where none may be.
        """
        unknown = set(columns) - set(self.names)
        if unknown:
            raise ValueError(f"{self.name} has no column {sorted(unknown)}")
        if length is None:
            length = max((len(value) for value in columns.values() if _is_column(value)), default=0)  # type: ignore[arg-type]
        data = {field.name: _column(field, columns.get(field.name), length) for field in self.fields}
        return pd.DataFrame(data, index=pd.RangeIndex(length), copy=False)


def _is_column(value: object) -> bool:
    return isinstance(value, (pd.Series, np.ndarray, list, pd.Index))


def _column(field: Field, value: object, length: int) -> Any:
    """A column as pandas or numpy holds it: a plain array is made faster than a series, and tables are wide."""
    blank: object = {"day": np.datetime64("NaT", "s"), "text": "", "flag": False}.get(field.kind, 0)
    if value is None:
        value = blank
    if not _is_column(value):
        if field.kind == "text":
            return pd.array([cast("str", value)], dtype="str").repeat(length)
        if isinstance(value, float):
            raise ValueError(f"{field.name} holds floats")
        return np.full(length, value, dtype=field.dtype)
    if isinstance(value, (pd.Series, pd.Index)):  # As texts, a column of texts is not looked through again.
        value = value.array if value.dtype == "str" else value.to_numpy()
    series = pd.Series(value, copy=False)
    if field.kind == "text":
        if series.dtype != "str":
            series = series.astype("str")
        kind = infer_dtype(np.asarray(series.array), skipna=False)  # Quicker than isna().
        if kind not in ("string", "empty"):  # Rows that came together from tables with different columns.
            series = series.fillna("")
    elif field.kind == "day":
        series = series.astype("datetime64[s]")
    elif str(series.dtype) != field.dtype:
        if series.isna().any():
            raise ValueError(f"{field.name} holds a null")
        if series.dtype.kind == "f":
            raise ValueError(f"{field.name} holds floats")
        series = pd.Series(series.to_numpy().astype(field.dtype))
    return series


def _fields(spec: str) -> tuple[Field, ...]:
    """'entry_no, amount_minor, posting_date:day, document_no:text' -> fields; no kind means by suffix."""
    fields = []
    for item in spec.replace("\n", " ").split(","):
        name, _, kind = item.strip().partition(":")
        if not name:
            continue
        unit = "minor" if name.endswith("_minor") else "e5" if name.endswith("_e5") else "number"
        fields.append(Field(name, cast("EntryKind", kind or unit)))
    return tuple(fields)


RUNS = LedgerTable(
    "runs",
    _fields(
        """run_no, posting_date:day, program_version:text, schema_version, setup_hash:text, files, rows_read,
        rows_held, strict:flag"""
    ),
    ("run_no",),
    serial=True,
)
FILES = LedgerTable(
    "files",
    _fields("file_no, run_no, name:text, kind:text, sha256:text, size"),
    ("file_no",),
    indexes=(("sha256",),),
    serial=True,
)
FINDINGS = LedgerTable(
    "findings",
    _fields(
        """finding_no, run_no, code:text, severity:text, source:text, sheet:text, cell:text, row, column:text,
        value:text, message:text, suggestion:text, document:text"""
    ),
    ("finding_no",),
    indexes=(("run_no",),),
    serial=True,
)
HELD = LedgerTable(
    "held",
    _fields(
        """held_no, run_no, held_id:text, table_name:text, key:text, source:text, sheet:text, row, reason:text,
        captions:text, cells:text"""
    ),
    ("held_no",),
    indexes=(("run_no",),),
    serial=True,
)
"""One row per input row held back; the rows of one document share a held_id. captions, cells: JSON lists, so
that the to-fix workbook is drawn from the books."""
MASTER_CHANGES = LedgerTable(
    "master_changes",
    _fields("""change_no, run_no, table_name:text, key:text, content:text, source:text, sheet:text, row"""),
    ("change_no",),
    serial=True,
)
"""The history of setup and master data: content is a JSON object of the columns that the row set."""
DOCUMENTS = LedgerTable(
    "documents",
    _fields(
        """document_id, run_no, document_type:text, no:text, posted_no:text, status:text, version, key:text,
        customer_no:text, bill_to_customer_no:text, posting_date:day, document_date:day, order_date:day,
        due_date:day, delivery_date:day, requested_delivery_date:day, discount_date:day,
        discount_percent_e5, discount_minor, currency_code:text, amount_minor, vat_amount_minor,
        amount_including_vat_minor, rounding_minor, line_discount_minor, external_document_no:text,
        your_reference:text, order_no:text, quote_no:text, corrects_no:text, payment_terms_code:text,
        payment_method_code:text, payment_reference:text, salesperson_code:text,
        customer_posting_group:text, gen_bus_posting_group:text, vat_bus_posting_group:text,
        prices_including_vat:flag, language:text, reason_code:text, comment:text, sell_to:text,
        bill_to:text, ship_to:text, seller:text, action:text, requested_by:text, send:text, transaction_no,
        source:text, sheet:text, row, exchange_rate_e5"""
    ),
    ("document_id",),
    indexes=(("document_type", "no"), ("posted_no",), ("order_no",)),
    serial=True,
)
"""status as of this row (open, released, posted); what it became later is in document_states.
Posted documents, and every version of the open ones (orders), as they stood. sell_to, bill_to, ship_to,
seller: JSON, frozen for the print. exchange_rate_e5: local currency for one unit, as posted; 0 until then."""
DOCUMENT_LINES = LedgerTable(
    "document_lines",
    _fields(
        """line_id, document_id, line_no, type:text, item_no:text, description:text, quantity_e5,
        unit_of_measure:text, unit_price_e5, line_discount_percent_e5, line_discount_minor,
        line_amount_minor, vat_prod_posting_group:text, gen_prod_posting_group:text, vat_identifier:text,
        vat_calculation_type:text, vat_percent_e5, vat_base_minor, vat_amount_minor, drop_shipment:flag,
        purchase_order_no:text, order_line_no, reason_code:text, price_source:text, discount_source:text,
        row"""
    ),
    ("line_id",),
    indexes=(("document_id",),),
    serial=True,
)
"""price_source: typed, item_card, or `sales_prices` and the key of the row; discount_source: typed, or
`line_discounts` or `sales_prices` and the key of the row; "" where there is none."""
CUSTOMER_LEDGER_ENTRIES = LedgerTable(
    "customer_ledger_entries",
    _fields(
        """entry_no, run_no, transaction_no, document_id, customer_no:text, document_type:text,
        document_no:text, external_document_no:text, description:text, posting_date:day, document_date:day,
        due_date:day, currency_code:text, amount_minor, amount_lcy_minor, payment_reference:text,
        discount_date:day, discount_tolerance_date:day, discount_minor, customer_posting_group:text,
        prepayment:flag, on_hold:text, bank_account:text"""
    ),
    ("entry_no",),
    indexes=(("customer_no",), ("document_no",)),
    serial=True,
)
DETAILED_ENTRIES = LedgerTable(
    "detailed_entries",
    _fields(
        """entry_no, run_no, transaction_no, customer_ledger_entry_no, entry_type:text, customer_no:text,
        posting_date:day, document_type:text, document_no:text, currency_code:text, amount_minor,
        amount_lcy_minor, applied_entry_no, application_no"""
    ),
    ("entry_no",),
    indexes=(("customer_ledger_entry_no",),),
    serial=True,
)
ENTRY_ACTIONS = LedgerTable(
    "entry_actions",
    _fields(
        """action_id, run_no, action:text, action_no:text, entry_no, transaction_no, posting_date:day,
        amount_minor, account_no:text, on_hold:text, reason_code:text, requested_by:text, comment:text,
        source:text, sheet:text, row"""
    ),
    ("action_id",),
    indexes=(("entry_no",), ("transaction_no",)),
    serial=True,
)
"""What a person had done with a customer ledger entry: apply, unapply, refund, write_off, hold, unhold.

One row per transaction that it caused (0 where it posts nothing). amount_minor: in the entry's currency, without
sign. on_hold: what a hold sets; the last hold or unhold of an entry is what holds."""
GL_ENTRIES = LedgerTable(
    "gl_entries",
    _fields(
        """entry_no, run_no, transaction_no, voucher_series:text, voucher_no, account_no:text,
        posting_date:day, document_type:text, document_no:text, description:text, customer_no:text,
        amount_minor, role:text, reverses_entry_no"""
    ),
    ("entry_no",),
    indexes=(("account_no", "posting_date"),),
    serial=True,
)
"""amount_minor: local currency, debit positive. role: receivables | sales | discount | vat | rounding | bank
| opening | balancing | payment_discount | payment_tolerance | write_off | exchange."""
VAT_ENTRIES = LedgerTable(
    "vat_entries",
    _fields(
        """entry_no, run_no, transaction_no, posting_date:day, document_type:text, document_no:text,
        customer_no:text, vat_bus_posting_group:text, vat_prod_posting_group:text, vat_identifier:text,
        vat_percent_e5, vat_calculation_type:text, vat_category:text, base_minor, amount_minor,
        vat_account_no:text, vat_return_box:text, country_code:text, vat_registration_no:text"""
    ),
    ("entry_no",),
    indexes=(("posting_date",), ("transaction_no",)),
    serial=True,
)
"""base and amount: local currency, negative for sales, positive for credit memos (V9)."""
ITEM_LEDGER_ENTRIES = LedgerTable(
    "item_ledger_entries",
    _fields(
        """entry_no, run_no, item_no:text, posting_date:day, entry_type:text, document_no:text, document_id,
        line_no, order_no:text, customer_no:text, quantity_e5, invoiced_quantity_e5, cost_amount_minor"""
    ),
    ("entry_no",),
    indexes=(("item_no",),),
    serial=True,
)
BANK_ENTRIES = LedgerTable(
    "bank_entries",
    _fields(
        """entry_no, run_no, transaction_no, bank_account:text, posting_date:day, document_type:text,
        document_no:text, customer_no:text, description:text, currency_code:text, amount_minor,
        amount_lcy_minor, statement_line_no"""
    ),
    ("entry_no",),
    indexes=(("bank_account",),),
    serial=True,
)
STATEMENT_LINES = LedgerTable(
    "statement_lines",
    _fields(
        """statement_line_no, run_no, bank_account:text, statement_no:text, line_no, date:day, value_date:day,
        amount_minor, currency_code:text, text:text, additional_info:text, payer_name:text,
        payer_address:text, payer_city:text, payer_account:text, payment_reference:text,
        transaction_id:text, identity:text, source:text, sheet:text, row, entry_amount_minor,
        explains:flag"""
    ),
    ("statement_line_no",),
    indexes=(("bank_account", "date"), ("identity",)),
    serial=True,
)
"""entry_amount_minor: what the bank booked as one, of which the line is a part; of a whole line its own amount.
explains: the line is of a file that explains entries of a statement; with the line that takes the entry back,
the lines of such a file add up to nothing."""
BANK_STATEMENTS = LedgerTable(
    "bank_statements",
    _fields(
        """bank_statement_no, run_no, bank_account:text, statement_no:text, first_date:day, date:day,
        opening_minor, closing_minor, opening_known:flag, closing_known:flag, kind:text, source:text,
        sheet:text"""
    ),
    ("bank_statement_no",),
    indexes=(("bank_account", "date"),),
    serial=True,
)
"""The balances of every statement that was taken in. first_date: of its first line or balance; date: of its last.
kind: what its file was read as (workbook, csv, camt.053)."""
PAYMENT_MATCHES = LedgerTable(
    "payment_matches",
    _fields(
        """match_no, run_no, statement_line_no, customer_no:text, match_confidence:text, match_score,
        related_party_matched:text, document_no_matched:text, amount_matched:text, applied_documents:text,
        difference_minor, status:text, evidence:text, runner_up:text, document_no:text, bank_entry_no,
        refused_entries:text"""
    ),
    ("match_no",),
    indexes=(("statement_line_no",),),
    serial=True,
)
"""Every decision on a statement line; the last one counts. document_no: the payment that was posted, "" where
nothing was. bank_entry_no: the receipt booked by hand that the line closes. refused_entries: entries (`12;15`)
whose proposal a person rejected; they are carried on to the later rows of the line."""
NUMBERS = LedgerTable(
    "numbers",
    _fields(
        """number_id, run_no, series_code:text, series_starting_date:day, ordinal, number:text,
        posting_date:day, document_type:text, document_id"""
    ),
    ("number_id",),
    indexes=(("series_code", "number"),),
    serial=True,
)
"""Every number that was given, in the order given. ordinal: 1, 2, 3 … within its series line."""

OPEN_ENTRIES = LedgerTable(
    "open_entries",
    _fields("entry_no, remaining_minor, remaining_lcy_minor, on_hold:text"),
    ("entry_no",),
    standing="derived",
)
"""What is open. on_hold: as the last Hold or Unhold left it, at first as the entry was posted."""
ORDER_LINES = LedgerTable(
    "order_lines",
    _fields(
        """document_type:text, no:text, line_no, document_id, quantity_e5, quantity_shipped_e5,
        quantity_invoiced_e5, quantity_returned_e5, open:flag"""
    ),
    ("document_type", "no", "line_no"),
    standing="derived",
    indexes=(("open",),),
)
DOCUMENT_STATES = LedgerTable(
    "document_states",
    _fields("document_id, status:text, canceled_by_no:text"),
    ("document_id",),
    standing="derived",
)
SERIES_STATES = LedgerTable(
    "series_states",
    _fields("series_code:text, series_starting_date:day, ordinal, last_number:text, last_date:day"),
    ("series_code", "series_starting_date"),
    standing="derived",
)
OPEN_STATEMENT_LINES = LedgerTable(
    "open_statement_lines",
    _fields("statement_line_no, match_no"),
    ("statement_line_no",),
    standing="derived",
)
"""Lines that wait for a decision, with the last match of each."""
OPEN_BANK_ENTRIES = LedgerTable(
    "open_bank_entries",
    _fields("entry_no"),
    ("entry_no",),
    standing="derived",
)
"""Bank entries booked by hand that no statement line has closed yet."""
BANK_BALANCES = LedgerTable(
    "bank_balances",
    _fields("bank_account:text, books_minor, lines_minor"),
    ("bank_account",),
    standing="derived",
)
"""Sum of the bank entries and sum of the statement lines of every bank account."""
INPUT_KEYS = LedgerTable(
    "input_keys",
    _fields("table_name:text, key:text, content_hash:text, run_no, document_id, posted:text"),
    ("table_name", "key"),
    standing="beside",
)
"""posted: what the input became (a posted number), "" while it can still be amended."""
OPEN_HELD = LedgerTable(
    "open_held",
    _fields("held_id:text, run_no, table_name:text, key:text"),
    ("held_id",),
    standing="beside",
    indexes=(("table_name", "key"),),
)
OUTBOX = LedgerTable(
    "outbox",
    _fields("outbox_no, run_no, kind:text, path:text, document_id, sha256:text, done:flag"),
    ("outbox_no",),
    standing="beside",
    serial=True,
    indexes=(("done",), ("run_no",)),
)
"""Work on files that follows a commit: kind is invoice_pdf | run_workbook | ledger_workbook | to_fix |
problem | review_workbook | remove_input."""
RUN_TIMES = LedgerTable(
    "run_times",
    _fields("run_no, registered_at:text, registered_by:text, host:text"),
    ("run_no",),
    standing="beside",
)
RUN_CHAIN = LedgerTable(
    "run_chain", _fields("run_no, serialisation, rows, head:text"), ("run_no",), standing="beside"
)
"""The head of the hash chain after each run: rows so far and SHA-256 in hex."""

LEDGER_TABLES: tuple[LedgerTable, ...] = (
    RUNS,
    FILES,
    FINDINGS,
    HELD,
    MASTER_CHANGES,
    DOCUMENTS,
    DOCUMENT_LINES,
    CUSTOMER_LEDGER_ENTRIES,
    DETAILED_ENTRIES,
    ENTRY_ACTIONS,
    GL_ENTRIES,
    VAT_ENTRIES,
    ITEM_LEDGER_ENTRIES,
    BANK_ENTRIES,
    STATEMENT_LINES,
    BANK_STATEMENTS,
    PAYMENT_MATCHES,
    NUMBERS,
    OPEN_ENTRIES,
    ORDER_LINES,
    DOCUMENT_STATES,
    SERIES_STATES,
    OPEN_STATEMENT_LINES,
    OPEN_BANK_ENTRIES,
    BANK_BALANCES,
    INPUT_KEYS,
    OPEN_HELD,
    OUTBOX,
    RUN_TIMES,
    RUN_CHAIN,
)
BY_NAME: dict[str, LedgerTable] = {table.name: table for table in LEDGER_TABLES}
CHAINED: tuple[LedgerTable, ...] = tuple(table for table in LEDGER_TABLES if table.standing == "chained")
