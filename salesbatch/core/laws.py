"""The laws of bookkeeping, checked on every journal before it is committed.

A broken law is a bug in a rule, never a data problem: `check_journal` raises, nothing is written, the run
ends. The first gate is the shape of the frames; only on sound frames are the laws worth computing. Every
law is one function that yields what it finds, on whole arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.derived import NO_DATE, VOUCHER
from salesbatch.core.journal import Journal
from salesbatch.core.money import LIMIT

SHOWN = 20
"""So many breaches of one law are told; the first is what matters."""
_EXACT = float(2**62)
_EXCHANGE_TYPES = ("application", "realized_gain", "realized_loss", "rounding")


@dataclass(frozen=True, slots=True)
class BrokenLaw:
    """One breach: which law, in which table, at which row (its serial number, 0 where there is none)."""

    law: str
    table: str
    row: int
    message: str

    def __str__(self) -> str:
        place = f"{self.table} {self.row}" if self.row else self.table
        return f"{self.law}: {place}: {self.message}"


class LawBrokenError(Exception):
    """A journal breaks the laws below; nothing of it was written."""

    def __init__(self, broken: Iterable[BrokenLaw]) -> None:
        self.broken = tuple(broken)
        super().__init__(self.broken)

    def __str__(self) -> str:
        return "; ".join(str(item) for item in self.broken[:5])


def check_journal(books: Books, journal: Journal) -> None:
    """Every law on the whole journal of a run; raises LawBrokenError with what was found, or returns in silence."""
    broken = list(islice(_gate(books, journal), SHOWN))
    if broken:
        raise LawBrokenError(broken)
    for law in LAWS:
        broken += islice(law(books, journal), SHOWN)
    if broken:
        raise LawBrokenError(broken)


# The gate: shape of the frames -----------------------------------------------------------------------------


def _gate(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Exactly the columns and dtypes of each table, no nulls, dense serial numbers, amounts within the limit."""
    for name, frame in journal.rows.items():
        table = entries.BY_NAME.get(name)
        if table is None or not (table.standing == "chained" or table is entries.INPUT_KEYS):
            yield BrokenLaw("known_tables", name, 0, "a journal cannot write this table")
            continue
        if tuple(frame.columns) != table.names:
            wrong = sorted(set(frame.columns) ^ set(table.names))
            yield BrokenLaw(
                "columns", name, 0, f"the columns differ from the declared ones: {wrong or 'other order'}"
            )
            continue
        yield from _check_columns(table, frame, books.run_no)
        if table.serial:
            yield from _check_serial(table, frame, books.next_no(name))
    runs = journal.table("runs")
    if len(runs) != 1 or int(runs["run_no"].iloc[0]) != books.run_no:
        yield BrokenLaw("one_run", "runs", books.run_no, "the journal must hold exactly the row of its run")
    yield from _check_keys(journal)


def _check_columns(table: entries.LedgerTable, frame: pd.DataFrame, run_no: int) -> Iterator[BrokenLaw]:
    for field in table.fields:
        column = frame[field.name]
        if str(column.dtype) != field.dtype:
            yield BrokenLaw("dtypes", table.name, 0, f"{field.name} is {column.dtype}, not {field.dtype}")
            continue
        if field.kind == "text" and column.isna().any():
            yield BrokenLaw(
                "no_nulls", table.name, _serial(table, frame, column.isna()), f"{field.name} holds a null"
            )
        if field.kind == "minor":
            beyond = (column >= LIMIT) | (column <= -LIMIT)
            if beyond.any():
                yield BrokenLaw(
                    "limit", table.name, _serial(table, frame, beyond), f"{field.name} is beyond the limit"
                )
        if field.name == "run_no" and (column != run_no).any():
            yield BrokenLaw(
                "run_no", table.name, _serial(table, frame, column != run_no), f"a row is not of run {run_no}"
            )


def _check_serial(table: entries.LedgerTable, frame: pd.DataFrame, first: int) -> Iterator[BrokenLaw]:
    column = frame[table.fields[0].name]
    if column.dtype == "int64":
        wrong = np.flatnonzero(column.to_numpy() != np.arange(first, first + len(frame)))
        if len(wrong):
            found, wanted = int(column.iloc[wrong[0]]), first + int(wrong[0])
            yield BrokenLaw("dense_numbers", table.name, found, f"the serial number should be {wanted}")


def _check_keys(journal: Journal) -> Iterator[BrokenLaw]:
    keys = journal.table("input_keys")
    if keys.duplicated(["table_name", "key"]).any():
        yield BrokenLaw("unique_keys", "input_keys", 0, "an input key stands twice")
    for name, frame in journal.master.items():
        if "key" not in frame or frame["key"].isna().any() or frame["key"].duplicated().any():
            yield BrokenLaw("unique_keys", name, 0, "every changed master row needs a key of its own")


def _serial(table: entries.LedgerTable, frame: pd.DataFrame, wrong: pd.Series) -> int:
    return int(frame.loc[wrong, table.fields[0].name].iloc[0]) if table.serial else 0


# The laws --------------------------------------------------------------------------------------------------


def transactions_balance(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Debit = credit in every transaction and in every voucher (L2)."""
    gl = journal.table("gl_entries")
    for by in (["transaction_no"], ["voucher_series", "voucher_no"]):
        rows = gl if by == ["transaction_no"] else gl[gl["voucher_no"] > 0]
        total = exact_sums(rows, by, ["amount_minor"])
        for key, amount in total.loc[total["amount_minor"] != 0, "amount_minor"].items():
            first = _first(rows, by, key, "entry_no")
            yield BrokenLaw(
                "debit_equals_credit", "gl_entries", first, f"{' '.join(by)} {key} is off by {amount}"
            )


def initial_amounts_agree(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """The initial detailed entries of a customer ledger entry make its amount, and every entry has them (L4)."""
    detailed = journal.table("detailed_entries")
    initial = detailed[detailed["entry_type"] == "initial"]
    opened = exact_sums(initial, ["customer_ledger_entry_no"], ["amount_minor", "amount_lcy_minor"])
    own = journal.table("customer_ledger_entries").set_index("entry_no")[["amount_minor", "amount_lcy_minor"]]
    numbers = own.index.union(opened.index)
    left, right = opened.reindex(numbers, fill_value=0), own.reindex(numbers, fill_value=0)
    unknown = ~numbers.isin(own.index)
    wrong = (left.to_numpy() != right.to_numpy()).any(axis=1) | unknown
    for number in numbers[wrong]:
        yield BrokenLaw(
            "initial_amount",
            "customer_ledger_entries",
            int(number),
            "its initial detailed entries do not make its amount",
        )


def applications_pair_up(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """What one application takes from an entry it gives to another: 0 in its currency, and in local currency."""
    detailed = journal.table("detailed_entries")
    applied = detailed[detailed["entry_type"] == "application"]
    if not len(applied):
        return
    currencies = applied.groupby("application_no")["currency_code"].nunique()
    plain = exact_sums(applied, ["application_no"], ["amount_minor", "amount_lcy_minor"])
    wide = exact_sums(
        detailed[detailed["entry_type"].isin(_EXCHANGE_TYPES)], ["application_no"], ["amount_lcy_minor"]
    )
    off = (plain["amount_minor"] != 0) & (currencies.reindex(plain.index) == 1)
    off |= (plain["amount_lcy_minor"] != 0) & (wide["amount_lcy_minor"].reindex(plain.index) != 0)
    off |= plain.index == 0
    for number in plain.index[off]:
        first = _first(applied, ["application_no"], number, "entry_no")
        message = (
            f"application {number} is off by {plain['amount_minor'][number]}"
            if number
            else "an application without a number"
        )
        yield BrokenLaw("applications_pair_up", "detailed_entries", first, message)


def nothing_is_overapplied(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """What remains of an entry lies between 0 and its amount; what is closed is closed in local currency too.

    Entries that were closed before the run are not in the books of a run; the commit checks those.
    """
    detailed = journal.table("detailed_entries")
    columns = ["amount_minor", "remaining_minor", "remaining_lcy_minor"]
    fresh = journal.table("customer_ledger_entries").assign(remaining_minor=0, remaining_lcy_minor=0)
    parts = [part[["entry_no", *columns]] for part in (books.open_entries, fresh) if len(part)]
    if not parts or not len(detailed):
        return
    known = pd.concat(parts, ignore_index=True).set_index("entry_no")
    moves = exact_sums(detailed, ["customer_ledger_entry_no"], ["amount_minor", "amount_lcy_minor"])
    known = known[known.index.isin(moves.index)]
    moves = moves.reindex(known.index)
    yield from remaining_within(
        known.index.to_numpy(),
        known["amount_minor"].to_numpy(),
        (known["remaining_minor"] + moves["amount_minor"]).to_numpy(),
        (known["remaining_lcy_minor"] + moves["amount_lcy_minor"]).to_numpy(),
    )


def remaining_within(
    numbers: np.ndarray, amounts: np.ndarray, remaining: np.ndarray, remaining_lcy: np.ndarray
) -> Iterator[BrokenLaw]:
    """Each remaining amount has the sign of its entry and is not larger; 0 means 0 in local currency as well."""
    signed = remaining * np.sign(amounts)
    beyond = (signed < 0) | (signed > np.abs(amounts)) | ((amounts == 0) & (remaining != 0))
    for position in np.flatnonzero(beyond):
        message = f"{remaining[position]} would remain of {amounts[position]}"
        yield BrokenLaw("never_overapplied", "customer_ledger_entries", int(numbers[position]), message)
    for position in np.flatnonzero(~beyond & (remaining == 0) & (remaining_lcy != 0)):
        message = f"it is closed but {remaining_lcy[position]} remains in local currency"
        yield BrokenLaw("never_overapplied", "customer_ledger_entries", int(numbers[position]), message)


def numbers_follow(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Every number is the next of its series line, every voucher the next of its voucher series: no hole (N4)."""
    numbers = journal.table("numbers")
    key = ["series_code", "series_starting_date"]
    states = books.series_states
    if numbers["series_starting_date"].isna().any():
        yield BrokenLaw(
            "numbers_follow", "numbers", 0, "a series line without a starting date begins on 1900-01-01"
        )
        return
    given = numbers[[*key, "ordinal"]].assign(
        row=numbers["number_id"], place=numbers.groupby(key, sort=False).cumcount() + 1
    )
    given = given.merge(states[[*key, "ordinal"]].rename(columns={"ordinal": "last"}), on=key, how="left")
    wanted = given["last"].fillna(0).astype("int64") + given["place"]
    for row, ordinal, expected in given.assign(wanted=wanted)[given["ordinal"] != wanted][
        ["row", "ordinal", "wanted"]
    ].itertuples(index=False):
        yield BrokenLaw(
            "numbers_follow", "numbers", int(row), f"the place {ordinal} in its series should be {expected}"
        )
    twice = numbers[(numbers["number"] == "") | numbers.duplicated(["series_code", "number"])]
    for row, number in twice[["number_id", "number"]].itertuples(index=False):
        yield BrokenLaw(
            "numbers_follow", "numbers", int(row), f"the number '{number}' is blank or given twice"
        )
    yield from _vouchers_follow(states, journal.table("gl_entries"))


def _vouchers_follow(states: pd.DataFrame, gl: pd.DataFrame) -> Iterator[BrokenLaw]:
    used = (
        gl.loc[gl["voucher_no"] > 0, ["voucher_series", "voucher_no"]]
        .drop_duplicates()
        .sort_values(["voucher_series", "voucher_no"])
    )
    starting = states[states["series_starting_date"] == NO_DATE]
    last = dict(zip(starting["series_code"], starting["ordinal"]))
    for series, part in used.groupby("voucher_series", sort=True):
        first = int(last.get(VOUCHER + str(series), 0)) + 1
        if not np.array_equal(part["voucher_no"].to_numpy(), np.arange(first, first + len(part))):
            yield BrokenLaw(
                "vouchers_follow",
                "gl_entries",
                0,
                f"the vouchers of series {series} do not go on from {first - 1} without a hole",
            )


def lines_have_documents(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Every document line belongs to a document of the same journal."""
    documents = journal.table("documents")["document_id"]
    lines = journal.table("document_lines")
    for row, owner in lines.loc[~lines["document_id"].isin(documents), ["line_id", "document_id"]].itertuples(
        index=False
    ):
        yield BrokenLaw(
            "lines_have_documents", "document_lines", int(row), f"its document {owner} is not in the journal"
        )


def subledger_equals_control(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Per transaction the customer ledger moves by what the receivables accounts move."""
    gl, detailed = journal.table("gl_entries"), journal.table("detailed_entries")
    controls = set(gl.loc[gl["role"] == "receivables", "account_no"])
    for master in (books.master, journal.master):
        groups = master.get("customer_posting_groups")
        if groups is not None:
            controls |= set(groups["receivables_account"]) - {""}
    moved = gl.loc[gl["account_no"].isin(controls), ["transaction_no", "amount_minor"]]
    sub = detailed[["transaction_no", "amount_lcy_minor"]].set_axis(
        ["transaction_no", "amount_minor"], axis=1
    )
    for number, control, ledger in _differences(moved, sub, ["transaction_no"]):
        message = f"transaction {number} moves the receivables accounts by {control}, the customer ledger by {ledger}"
        yield BrokenLaw(
            "subledger_equals_control",
            "gl_entries",
            _first(gl, ["transaction_no"], number, "entry_no"),
            message,
        )


def vat_entries_equal_accounts(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Per transaction and VAT account the VAT entries make the movement of the account (V9)."""
    gl, vat = journal.table("gl_entries"), journal.table("vat_entries")
    by = ["transaction_no", "account_no"]
    moved = gl.loc[gl["role"] == "vat", [*by, "amount_minor"]]
    listed = vat.loc[vat["amount_minor"] != 0, ["transaction_no", "vat_account_no", "amount_minor"]].set_axis(
        [*by, "amount_minor"], axis=1
    )
    for key, account, entry in _differences(moved, listed, by):
        message = f"transaction and account {key} move by {account}, the VAT entries by {entry}"
        yield BrokenLaw("vat_equals_account", "gl_entries", _first(gl, by, key, "entry_no"), message)


def bank_entries_equal_accounts(books: Books, journal: Journal) -> Iterator[BrokenLaw]:
    """Per transaction the bank entries make, in local currency, what the bank accounts of the ledger move (L7)."""
    gl, banked = journal.table("gl_entries"), journal.table("bank_entries")
    by = ["transaction_no"]
    moved = gl.loc[gl["role"] == "bank", [*by, "amount_minor"]]
    listed = banked[[*by, "amount_lcy_minor"]].set_axis([*by, "amount_minor"], axis=1)
    for number, account, entry in _differences(moved, listed, by):
        message = f"transaction {number} moves the bank accounts by {account}, the bank entries by {entry}"
        yield BrokenLaw("bank_equals_account", "gl_entries", _first(gl, by, number, "entry_no"), message)


Law = Callable[[Books, Journal], Iterator[BrokenLaw]]
LAWS: tuple[Law, ...] = (
    transactions_balance,
    initial_amounts_agree,
    applications_pair_up,
    nothing_is_overapplied,
    numbers_follow,
    lines_have_documents,
    subledger_equals_control,
    vat_entries_equal_accounts,
    bank_entries_equal_accounts,
)


# Sums ------------------------------------------------------------------------------------------------------


def exact_sums(frame: pd.DataFrame, by: list[str], amounts: list[str]) -> pd.DataFrame:
    """Sums per group that cannot wrap: int64, or exact Python integers where the total may leave int64."""
    values = frame[[*by, *amounts]]
    if any(float(np.abs(values[name].to_numpy(dtype=np.float64)).sum()) > _EXACT for name in amounts):
        values = values.astype(dict.fromkeys(amounts, object))
    return values.groupby(by, sort=True)[amounts].sum()


def _differences(left: pd.DataFrame, right: pd.DataFrame, by: list[str]) -> Iterator[tuple[object, int, int]]:
    """Groups in which the two sides do not come to the same: (key, left, right)."""
    sides = (
        left[by].assign(left=left["amount_minor"], right=np.int64(0)),
        right[by].assign(left=np.int64(0), right=right["amount_minor"]),
    )  # Stacked, not joined: a join would turn money into floats.
    stacked = (
        pd.concat([side for side in sides if len(side)], ignore_index=True)
        if len(left) + len(right)
        else sides[0]
    )
    sums = exact_sums(stacked, by, ["left", "right"])
    off = sums[sums["left"] != sums["right"]]
    for key, one, other in zip(off.index, off["left"], off["right"]):
        yield key, int(one), int(other)


def _first(frame: pd.DataFrame, by: list[str], key: object, serial: str) -> int:
    """Serial number of the first row of a group; 0 when the frame has none."""
    values = key if isinstance(key, tuple) else (key,)
    rows = np.ones(len(frame), dtype=bool)
    for name, value in zip(by, values):
        rows &= (frame[name] == value).to_numpy(dtype=bool)
    return int(frame.loc[rows, serial].iloc[0]) if rows.any() else 0
