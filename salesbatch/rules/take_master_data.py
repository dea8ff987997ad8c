"""Setup and master data enter the books: what a row sets is kept with its history, what it leaves blank stays.

An absent column or a blank cell keeps the stored value, `-` clears it; a row that changes nothing is skipped.
A new customer takes what it lacks from its template (K11), then a new row of any table from the defaults of
its sheet.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import finding
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import E5
from salesbatch.core.sheets_master import MASTER_TABLES
from salesbatch.core.sheets_setup import SETUP_TABLES
from salesbatch.core.tables import TEXT_KINDS, Column, Table
from salesbatch.rules.check_master_data import check_master_rows
from salesbatch.rules.checking import Checks
from salesbatch.rules.json_rows import json_rows

NOT_MASTER = frozenset({"opening_entries", "contacts", "recurring_lines"})


def take_setup(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Every setup sheet of the drop becomes the setup of this run and those after it."""
    return _take(inbox, books, SETUP_TABLES)


def take_master_data(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Customers, items, prices and discounts of the drop, checked against the setup."""
    return _take(inbox, books, tuple(table for table in MASTER_TABLES if table.name not in NOT_MASTER))


def _take(inbox: Inbox, books: Books, tables: tuple[Table, ...]) -> Journal:
    """Tables one after the other, each seeing those before it."""
    journals: list[Journal] = []
    for table in tables:
        dropped = inbox.table(table.name)
        if dropped is None:
            continue
        journal = _take_table(inbox, books, table, dropped)
        books = books.after(journal)
        journals.append(journal)
    return Journal.join(journals)


def _take_table(inbox: Inbox, books: Books, table: Table, dropped: pd.DataFrame) -> Journal:
    rows = dropped.assign(document=np.arange(len(dropped)))
    stored = books.rows_of(table)
    is_new = ~rows["key"].isin(stored["key"]).to_numpy()
    merged = _merge(table, rows, stored, is_new, books)
    checks = Checks(inbox, table)
    check_master_rows(checks, books, table, merged.assign(is_new=is_new))
    good = ~merged["document"].isin(list(checks.held)).to_numpy()
    columns = [column.name for column in table.columns]
    old = stored.set_index("key").reindex(merged["key"])
    differs = np.zeros(len(merged), dtype=bool)
    changed_cells: dict[str, np.ndarray] = {}
    for name in columns:
        if is_new.all():  # A first drop is compared with nothing.
            changed_cells[name] = is_new
        else:
            changed_cells[name] = ~_same(merged[name], old[name].reset_index(drop=True)) | is_new
        differs |= changed_cells[name]
    take = (differs | is_new) & good
    if table.name == "customers":
        _warn_of_changed_bank_account(checks, merged, old, ~is_new & good & changed_cells["bank_account"])
    known = ~differs & ~is_new & good
    for (source, sheet), part in merged.loc[:, ["source", "sheet"]].groupby(["source", "sheet"], sort=False):
        same = int(known[part.index].sum())
        if same:
            checks.findings.append(
                finding(
                    "input-exists",
                    checks.place({"source": source, "sheet": sheet, "row": 0}),
                    count=same,
                    total=len(part),
                )
            )
    changes = merged[take]
    journal = Journal(
        rows={
            "master_changes": _change_rows(
                books,
                table,
                changes,
                {name: cells[take] for name, cells in changed_cells.items()},
                is_new[take],
            )
        },
        master={table.name: changes[[*columns, "key"]].reset_index(drop=True)},
        closed_held=tuple(held_id for held_id in merged.loc[good, "held_id"].tolist() if held_id),
    )
    return Journal.join([journal, checks.journal(rows)])


def _merge(
    table: Table, rows: pd.DataFrame, stored: pd.DataFrame, is_new: np.ndarray, books: Books
) -> pd.DataFrame:
    """The rows as they would stand afterwards: new value, else stored value, else template, else default."""
    merged = rows.reset_index(drop=True).copy()
    old = stored.set_index("key").reindex(merged["key"]).reset_index(drop=True)
    template = _templates(books, merged, is_new) if table.name == "customers" else None
    cleared = merged["cleared"]
    some_cleared = bool((cleared != "").any())
    for column in table.columns:
        value = merged[column.name]
        if not is_new.all():
            value = _fill(value, old[column.name], column)
        if template is not None and column.name in template:
            value = _fill(value, template[column.name], column)
        only = _only_choice(books, table, column)
        if only:
            value = value.mask((value == "") & is_new, only)
        default = _default(column)
        if default is not None:
            blank = _blank(value) & is_new
            if blank.any():
                value = value.mask(blank, default)
        if some_cleared and cleared.str.contains(column.name, regex=False).any():
            wipe = np.array([column.name in names.split(";") for names in cleared])
            value = value.mask(
                wipe, "" if column.kind in TEXT_KINDS else pd.NA if default is None else default
            )
        merged[column.name] = as_dtype(value, column.dtype)
    return merged


def _templates(books: Books, rows: pd.DataFrame, is_new: np.ndarray) -> pd.DataFrame | None:
    """The template's values per customer row: the named one, else the domestic one for a customer at home."""
    templates = books.company.table("customer_templates")
    if not len(templates):
        return None
    home = books.company.settings.country_code
    standard = templates.loc[templates["code"].isin(["DOMESTIC", "DEFAULT", "INRIKES", "STANDARD"]), "code"]
    default = str(standard.iloc[0]) if len(standard) else str(templates["code"].iloc[0])
    at_home = rows["country_code"].isin(["", home])
    wanted = rows["template"].where(
        rows["template"] != "", pd.Series(np.where(at_home, default, ""), index=rows.index)
    )
    values = templates.set_index("code").reindex(wanted).reset_index(drop=True)
    values.loc[~is_new] = pd.NA
    keep = [
        name
        for name in values.columns
        if name not in ("no", "name", "key", "template", "code", "description")
        and not _blank(templates[name]).all()
    ]
    return values[keep]


def _fill(value: pd.Series, other: pd.Series, column: Column) -> pd.Series:
    if column.kind in TEXT_KINDS:
        return value.mask(_blank(value), other.fillna("").to_numpy())
    given = as_dtype(other, column.dtype)
    return value.where(value.notna(), given.to_numpy() if column.kind == "date" else given.array)


ONLY_CHOICE = {
    ("customers", "customer_posting_group"): ("customer_posting_groups", "code"),
    ("customers", "gen_bus_posting_group"): ("general_posting_setup", "gen_bus_posting_group"),
    ("customers", "vat_bus_posting_group"): ("vat_posting_setup", "vat_bus_posting_group"),
    ("items", "gen_prod_posting_group"): ("general_posting_setup", "gen_prod_posting_group"),
    ("items", "vat_prod_posting_group"): ("vat_posting_setup", "vat_prod_posting_group"),
}
"""Where a setup offers a single group, a row that names none means that one."""


def _only_choice(books: Books, table: Table, column: Column) -> str:
    """The one value that the setup offers for a column; '' where it offers none or several."""
    target, name = ONLY_CHOICE.get((table.name, column.name), ("", ""))
    offered = list(books.company.table(target)[name].unique()) if target else []
    return str(offered[0]) if len(offered) == 1 else ""


def as_dtype(series: pd.Series, dtype: str) -> pd.Series:
    """The series with the dtype that a column declares."""
    return series.astype(pandas_dtype(dtype))


def _blank(value: pd.Series) -> np.ndarray:
    # As objects: a column of texts would be looked through for nulls first, and has none.
    texts = value.dtype == "str"
    return np.asarray(value.to_numpy(dtype=object) == "" if texts else value.isna(), dtype=bool)


def _default(column: Column) -> object | None:
    """The typed default of a column; None when it has none."""
    if column.default == "":
        return None
    if column.kind in TEXT_KINDS:
        return column.default
    if column.kind == "yes_no":
        return column.default == "yes"
    if column.kind == "integer":
        return int(column.default)
    if column.kind == "date":
        return pd.Timestamp(column.default)
    scale = 100 if column.kind == "amount" else E5
    return round(float(column.default) * scale)


def _same(new: pd.Series, old: pd.Series) -> np.ndarray:
    if new.dtype == "str":
        return (new == old.fillna("")).to_numpy(dtype=bool)
    equal = (new == old).fillna(False).to_numpy(dtype=bool)
    return equal | (new.isna() & old.isna()).to_numpy(dtype=bool)


def _change_rows(
    books: Books, table: Table, changes: pd.DataFrame, cells: dict[str, np.ndarray], is_new: np.ndarray
) -> pd.DataFrame:
    """History: a JSON object per row with the columns that it set (null: cleared)."""
    columns, said = {}, {}
    for column in table.columns:
        values = changes[column.name]
        columns[column.name] = values.dt.strftime("%Y-%m-%d") if column.kind == "date" else values
        said[column.name] = np.where(is_new, ~_blank(values), cells[column.name])
    first = books.next_no("master_changes")
    return entries.MASTER_CHANGES.frame(
        {
            "change_no": np.arange(first, first + len(changes)),
            "run_no": books.run_no,
            "table_name": table.name,
            "key": changes["key"],
            "content": json_rows(columns, said),
            "source": changes["source"],
            "sheet": changes["sheet"],
            "row": changes["row"],
        },
        len(changes),
    )


def _warn_of_changed_bank_account(
    checks: Checks, merged: pd.DataFrame, old: pd.DataFrame, changed: np.ndarray
) -> None:
    """A changed bank account is always listed: it is how payment fraud begins."""
    before = old["bank_account"].fillna("").to_numpy()
    rows = merged[changed & (before != "")]
    if len(rows):
        checks.report(
            rows.assign(before=before[changed & (before != "")]),
            "bank-account-changed",
            "bank_account",
            before="before",
        )
