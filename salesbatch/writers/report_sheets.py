"""Frames of the ledger as sheets with human captions: what the ledger workbook and the run workbook share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesbatch.core.money import minor_digits
from salesbatch.core.reports import ReportHead
from salesbatch.writers.grid_parts import GridColumn, GridSheet, Kind
from salesbatch.writers.words import TRANSLATED_COLUMNS, caption, sheet_word, value_words

COLUMNS: Mapping[str, str] = {
    "customer_ledger_entries": """entry_no customer_no document_type document_no posting_date due_date description
        currency_code amount remaining_amount amount_lcy remaining_amount_lcy open external_document_no document_date
        payment_reference discount_date discount_amount on_hold prepayment run_no""",
    "open_entries": """customer_no document_type document_no posting_date due_date days_overdue description currency_code
        amount remaining_amount remaining_amount_lcy payment_reference on_hold external_document_no entry_no""",
    "detailed_entries": """entry_no customer_ledger_entry_no entry_type customer_no posting_date document_type
        document_no currency_code amount amount_lcy applied_entry_no transaction_no run_no""",
    "gl_entries": """entry_no posting_date voucher account_no debit credit description document_type document_no
        customer_no transaction_no amount registered_at registered_by reverses_entry_no run_no""",
    "vat_entries": """entry_no posting_date document_type document_no customer_no vat_identifier vat_percent base amount
        vat_return_box vat_calculation_type vat_bus_posting_group vat_prod_posting_group country_code
        vat_registration_no transaction_no run_no""",
    "item_ledger_entries": """entry_no item_no posting_date entry_type document_no order_no customer_no quantity
        invoiced_quantity cost_amount""",
    "documents": """document_type no posted_no status customer_no bill_to_customer_no posting_date document_date due_date
        delivery_date currency_code amount vat_amount amount_including_vat external_document_no order_no quote_no
        corrects_no canceled_by_no run_no""",
    "document_lines": """document_type no line_no type item_no description quantity unit_of_measure unit_price
        line_discount_percent line_amount vat_percent vat_amount quantity_shipped quantity_invoiced quantity_returned
        outstanding_quantity drop_shipment purchase_order_no""",
    "payment_matches": """bank_account statement_no line_no date amount text payer_name status customer_no
        applied_documents difference match_confidence match_score related_party_matched document_no_matched
        amount_matched evidence runner_up run_no""",
    "numbers": "series_code number posting_date document_type ordinal run_no",
    "runs": """run_no posting_date files rows_read rows_held strict program_version registered_at registered_by host
        chain_head""",
    "files": "name kind size sha256",
    "findings": "severity source sheet cell column value message suggestion document code",
    "held": "source sheet row table_name key reason held_id",
}  # fmt: skip
"""What a reader wants to see first stands first; a column that the frame does not have is left out."""

_TOTALS: Mapping[str, frozenset[str]] = {
    "customer_ledger_entries": frozenset({"amount_lcy", "remaining_amount_lcy"}),
    "open_entries": frozenset({"remaining_amount_lcy"}),
    "detailed_entries": frozenset({"amount_lcy"}),
    "gl_entries": frozenset({"debit", "credit", "amount"}),
    "vat_entries": frozenset({"base", "amount"}),
    "item_ledger_entries": frozenset({"cost_amount"}),
}
_LOCAL = frozenset({"gl_entries", "vat_entries", "item_ledger_entries"})
"""Tables whose amounts are in local currency without saying so."""
_LINKED = frozenset({"document_no", "posted_no"})
_BLANK_ZERO = frozenset(
    {
        "debit",
        "credit",
        "discount_amount",
        "applied_entry_no",
        "reverses_entry_no",
        "customer_ledger_entry_no",
    }
    | {"difference", "quantity_shipped", "quantity_invoiced", "quantity_returned", "outstanding_quantity"}
    | {"line_discount_percent", "row"}
)
_OTHER_NAMES = {
    "remaining_amount": "remaining_minor",
    "remaining_amount_lcy": "remaining_lcy_minor",
    "discount_amount": "discount_minor",
}
_PERCENT = frozenset({"vat_percent", "line_discount_percent"})
_WIDTHS = {
    "evidence": 48.0,
    "message": 52.0,
    "suggestion": 46.0,
    "text": 36.0,
    "sha256": 22.0,
    "chain_head": 22.0,
}
_FROZEN = {
    "customer_ledger_entries": 1,
    "open_entries": 1,
    "documents": 2,
    "document_lines": 2,
    "findings": 1,
}


def find_column(frame: pd.DataFrame, name: str) -> pd.Series | None:
    """A column by its export name, whatever unit its frame name carries; None where there is none."""
    for candidate in (f"{name}_minor", f"{name}_e5", name, _OTHER_NAMES.get(name, "")):
        if candidate in frame.columns:
            found: pd.Series = frame[candidate]
            return found
    return None


def report_sheet(
    table: str,
    frame: pd.DataFrame,
    head: ReportHead,
    links: Mapping[str, str] | None = None,
    tab_color: str = "",
) -> GridSheet:
    """A frame of the ledger as a sheet. links: document number -> path of its PDF beside the workbook."""
    frame = _with_shown_columns(table, frame)
    columns = []
    for name in COLUMNS[table].split():
        values = find_column(frame, name)
        if values is None:
            continue
        if name in _LINKED and links:
            targets = [links.get(number, "") for number in values.tolist()]
            columns.append(
                GridColumn(caption(name, head.language, head.currency_code), "link", values, targets=targets)
            )
        else:
            columns.append(_column(table, name, values, frame, head))
    frozen = _FROZEN.get(table, 1)
    return GridSheet(
        sheet_word(table, head.language), tuple(columns), frozen_columns=frozen, tab_color=tab_color
    )


def _with_shown_columns(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that a reader expects and the books do not keep: debit and credit, voucher."""
    if table == "gl_entries":
        amount = frame["amount_minor"]
        frame = frame.assign(
            debit_minor=amount.where(amount > 0, 0), credit_minor=(-amount).where(amount < 0, 0)
        )
        if "voucher_no" in frame.columns:
            number = frame["voucher_no"].astype("str").where(frame["voucher_no"] != 0, "")
            frame = frame.assign(voucher=(frame["voucher_series"] + " " + number).str.strip())
    return frame


def _column(table: str, name: str, values: pd.Series, frame: pd.DataFrame, head: ReportHead) -> GridColumn:
    shown = caption(name, head.language, head.currency_code)
    kind = _kind(name, values)
    width, blank_zero = _WIDTHS.get(name, 0.0), name in _BLANK_ZERO
    if kind == "money":
        local = table in _LOCAL or name.endswith("_lcy") or "currency_code" not in frame.columns
        digits = minor_digits(head.currency_code) if local else _digits_by_row(frame["currency_code"], head)
        total = name in _TOTALS.get(table, ()) and isinstance(digits, int)
        return GridColumn(shown, kind, values, width, digits=digits, total=total, blank_zero=blank_zero)
    if name in TRANSLATED_COLUMNS and kind == "text":
        values = value_words(values, head.language)
    return GridColumn(shown, kind, values, width, blank_zero=blank_zero)


def _kind(name: str, values: pd.Series) -> Kind:
    column, dtype = str(values.name), str(values.dtype)
    if column.endswith("_minor"):
        return "money"
    if column.endswith("_e5"):
        return "percent" if name in _PERCENT else "quantity"
    if dtype.startswith("datetime64"):
        return "date"
    if dtype in ("bool", "boolean"):
        return "flag"
    return "integer" if dtype.lower().startswith("int") else "text"


def _digits_by_row(currencies: pd.Series, head: ReportHead) -> int | np.ndarray:
    """Decimals of each row's currency; one number where all rows have the same."""
    known = {code: minor_digits(code or head.currency_code) for code in currencies.unique()}
    if len(set(known.values())) <= 1:
        return next(iter(known.values()), minor_digits(head.currency_code))
    return currencies.map(known).to_numpy(dtype=np.int64)


def foot_line(head: ReportHead, words: str) -> str:
    """What stands at the foot of every printed page: the run and the beginning of the chain's head."""
    return words.format_map({"run": f"{head.run_no:06d}", "head": head.chain_head[:16]})
