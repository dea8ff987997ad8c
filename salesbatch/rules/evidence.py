"""What speaks for a pair of statement line and open entry: party, document number and amount, by joins only.

Nothing here compares every line with every entry. Accounts and numbers are looked up in indexes, names are
compared once per distinct pair (`nearness`), amounts are counted by binary search in sorted columns. The
result are sparse edges: (line, entry) for written numbers, (line, customer) for parties.

Entries are held in the order in which they are to be settled, oldest due first, and lines by their number; so
a smaller position always goes first on a tie, and the order of the rows that came in never matters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.money import E5, PERCENT_E5, Int64, minor_digits, multiply_divide
from salesbatch.rules.nearness import find_name_hits, find_unique_names
from salesbatch.rules.scoring import FULLY, MULTIPLE, ONE, PARTIALLY

Bools = npt.NDArray[np.bool_]

SHORTEST_NUMBER = 4
"""A number of fewer characters is found everywhere and says nothing (M10)."""
TOO_COMMON = 100
"""What fits more documents or customers than this identifies none of them."""
_CANDIDATE_TYPES = ("", "invoice", "credit_memo", "finance_charge_memo", "reminder")
DISCOUNTED = ("invoice", "credit_memo")

BY_ACCOUNT, BY_NAME_AND_ADDRESS, BY_UNIQUE_NAME, BY_NAME = 1, 2, 3, 4
BY_UNIQUE_NAME_IN_TEXT, BY_NAME_IN_TEXT = 5, 6
BY_REFERENCE, BY_NUMBER, BY_EXTERNAL_NUMBER = 1, 2, 3


@dataclass(frozen=True)
class Pool:
    """The open entries that a payment may settle (M1), oldest due first; signed minor units."""

    entry_no: Int64
    customer: Int64
    currency: Int64
    posting_day: Int64
    remaining: Int64
    discount: Int64
    discount_day: Int64
    """Last day on which the discount may be taken, grace included; the smallest int64 where there is none."""
    granted_day: Int64
    """Last day on which it is given: the same where a late discount is accepted, else without the grace."""
    on_hold: Bools
    """An entry on hold is a candidate only for a line that names it."""
    document_type: list[str]
    document_no: list[str]
    external_document_no: list[str]
    payment_reference: list[str]
    customer_nos: list[str]
    currencies: list[str]

    def applicable(self, entry: Int64, day: Int64) -> Int64:
        """What each entry asks for on each day: less the discount while that may be taken (M13)."""
        in_time = day <= self.discount_day[entry]
        return np.asarray(self.remaining[entry] - np.where(in_time, self.discount[entry], 0), dtype=np.int64)


@dataclass(frozen=True)
class Payments:
    """The statement lines by number, with the band of amounts that each one fits."""

    line_no: Int64
    day: Int64
    amount: Int64
    currency: Int64
    low: Int64
    high: Int64
    text: list[str]
    additional_info: list[str]
    payer_name: list[str]
    payer_address: list[str]
    payer_city: list[str]
    payer_account: list[str]
    payment_reference: list[str]
    transaction_id: list[str]

    @cached_property
    def _words(self) -> list[str]:
        return [f"{text} {more}".strip() for text, more in zip(self.text, self.additional_info)]

    def words(self, line: int) -> str:
        """All that stands in a line's free texts."""
        return self._words[line]


@dataclass(frozen=True)
class DocumentEdges:
    """Lines that name an entry by number or payment reference; each pair once, by line, then entry."""

    line: Int64
    entry: Int64
    how: Int64


@dataclass(frozen=True)
class PartyEdges:
    """Lines whose payer is a customer, fully or partially; each pair once, by line, then customer."""

    line: Int64
    customer: Int64
    level: Int64
    how: Int64

    def find(self, line: Int64, customer: Int64) -> Int64:
        """Position of each pair in the edges, -1 where the line says nothing of the customer."""
        width = int(max(self.customer.max(initial=0), customer.max(initial=0))) + 1
        mine, wanted = self.line * width + self.customer, line * width + customer
        if len(mine) == 0:
            return np.full(len(wanted), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(mine, wanted), len(mine) - 1)
        return np.asarray(np.where(mine[place] == wanted, place, -1), dtype=np.int64)


def build_pool(
    open_entries: pd.DataFrame, customers: pd.DataFrame, local_currency: str, accept_late: bool = True
) -> Pool:
    """The candidates among the open entries, in the order of settling."""
    wanted = open_entries["document_type"].isin(_CANDIDATE_TYPES) & (open_entries["remaining_minor"] != 0)
    entries = open_entries[wanted]
    due = entries["due_date"].where(entries["due_date"].notna(), entries["posting_date"])
    entries = entries.assign(due_date=due).sort_values(["due_date", "entry_no"], kind="stable")
    # Customers are numbered by their number, so that a code never depends on the order of rows.
    nos = np.unique(
        np.r_[customers["no"].to_numpy(object), entries["customer_no"].to_numpy(object)].astype(str)
    )
    currency = entries["currency_code"].mask(entries["currency_code"] == "", local_currency)
    currencies = sorted({local_currency, *currency})
    remaining = entries["remaining_minor"].to_numpy(np.int64)
    size = np.where(entries["document_type"].isin(DISCOUNTED), entries["discount_minor"].abs(), 0)
    discount = np.sign(remaining) * np.minimum(size, np.abs(remaining)).astype(np.int64)
    in_time = _days(entries["discount_date"])
    last = np.maximum(in_time, _days(entries["discount_tolerance_date"]))
    never = np.iinfo(np.int64).min
    return Pool(
        entry_no=entries["entry_no"].to_numpy(np.int64),
        customer=np.searchsorted(nos, entries["customer_no"].to_numpy(object).astype(str)).astype(np.int64),
        currency=np.array([currencies.index(code) for code in currency], dtype=np.int64),
        posting_day=_days(entries["posting_date"]),
        remaining=remaining,
        discount=discount,
        discount_day=np.where(discount == 0, never, last),
        granted_day=np.where(discount == 0, never, last if accept_late else in_time),
        on_hold=(entries["on_hold"] != "").to_numpy(dtype=bool),
        document_type=entries["document_type"].tolist(),
        document_no=entries["document_no"].tolist(),
        external_document_no=entries["external_document_no"].tolist(),
        payment_reference=entries["payment_reference"].tolist(),
        customer_nos=nos.tolist(),
        currencies=currencies,
    )


def build_payments(lines: pd.DataFrame, pool: Pool, settings: Settings) -> Payments:
    """The lines by number; a currency that no entry has becomes -1."""
    lines = lines.sort_values("statement_line_no", kind="stable")
    known = {code: position for position, code in enumerate(pool.currencies)}
    codes = [code or settings.local_currency_code for code in lines["currency_code"].tolist()]
    amount = lines["amount_minor"].to_numpy(np.int64)
    digits = np.array([minor_digits(code) for code in codes], dtype=np.int64)
    low, high = amount_band(amount, digits, settings)
    return Payments(
        line_no=lines["statement_line_no"].to_numpy(np.int64),
        day=_days(lines["date"]),
        amount=amount,
        currency=np.array([known.get(code, -1) for code in codes], dtype=np.int64),
        low=low,
        high=high,
        **{name: lines[name].tolist() for name in _LINE_TEXTS},
    )


_LINE_TEXTS = (
    "text", "additional_info", "payer_name", "payer_address", "payer_city", "payer_account",
    "payment_reference", "transaction_id",
)  # fmt: skip


def _days(dates: pd.Series) -> Int64:
    """Days since 1970; a blank date is the smallest int64, before every day."""
    return dates.to_numpy("datetime64[D]").astype(np.int64)


def amount_band(amount: Int64, digits: Int64, settings: Settings) -> tuple[Int64, Int64]:
    """Lowest and highest amount that fits each line, bounds included; it never crosses zero (M12)."""
    value = settings.match_tolerance_value_e5
    if settings.match_tolerance_type == "Percentage":
        one = multiply_divide(amount, PERCENT_E5 - value, PERCENT_E5)
        other = multiply_divide(amount, PERCENT_E5 + value, PERCENT_E5)
        return np.minimum(one, other), np.maximum(one, other)
    width = multiply_divide(10**digits, value, E5)
    low, high = amount - width, amount + width
    return np.where((amount >= 0) & (low < 0), 0, low), np.where((amount < 0) & (high > 0), 0, high)


def count_in_band(pool: Pool, payments: Payments) -> Int64:
    """How many entries of the whole pool ask for an amount in each line's band (M14).

    All customers, dates and signs count; of each entry the amount that it asks for on the line's day.
    """
    counts = np.zeros(len(payments.amount), dtype=np.int64)
    for currency in range(len(pool.currencies)):
        lines = np.flatnonzero(payments.currency == currency)
        entries = np.flatnonzero(pool.currency == currency)
        counts[lines] = _count(np.sort(pool.remaining[entries]), payments, lines)
        with_discount = entries[pool.discount[entries] != 0]
        if len(with_discount) == 0:
            continue
        # Only entries with a discount change their amount with the day; a statement has few days.
        full = with_discount[np.argsort(pool.remaining[with_discount], kind="stable")]
        net = with_discount[np.argsort((pool.remaining - pool.discount)[with_discount], kind="stable")]
        days, day_of = np.unique(payments.day[lines], return_inverse=True)
        for position, day in enumerate(days):
            mine = lines[day_of == position]
            still_full = full[pool.discount_day[full] >= day]
            still_net = net[pool.discount_day[net] >= day]
            counts[mine] -= _count(pool.remaining[still_full], payments, mine)
            counts[mine] += _count((pool.remaining - pool.discount)[still_net], payments, mine)
    return counts


def _count(ascending: Int64, payments: Payments, lines: Int64) -> Int64:
    """How many of the ascending amounts lie in each line's band."""
    upto = np.searchsorted(ascending, payments.high[lines], side="right")
    return np.asarray(upto - np.searchsorted(ascending, payments.low[lines], side="left"), dtype=np.int64)


def amount_codes(counts: Int64) -> Int64:
    """one match or multiple matches for an amount that lies in the band, by the count (M14)."""
    return np.where(counts > 1, MULTIPLE, ONE)


def find_documents(pool: Pool, payments: Payments, every_occurrence: bool) -> DocumentEdges:
    """Lines that name an entry: its number or external number in the text, or its payment reference (M10).

    every_occurrence: False tests the first occurrence of a number only, as the strict rules want it.
    """
    line, entry, how = [], [], []
    for kind, numbers in ((BY_NUMBER, pool.document_no), (BY_EXTERNAL_NUMBER, pool.external_document_no)):
        found_line, found_entry = _find_numbers(numbers, payments, every_occurrence)
        line.append(found_line)
        entry.append(found_entry)
        how.append(np.full(len(found_line), kind))
    keys = _index_of([_reference_key(reference) for reference in pool.payment_reference])
    pairs = [
        (position, found)
        for position, references in enumerate(payments.payment_reference)
        if references
        for reference in references.split(";")  # A payment of several invoices may name all of them.
        for found in keys.get(_reference_key(reference.strip()), ())
    ]
    line.append(np.array([pair[0] for pair in pairs], dtype=np.int64))
    entry.append(np.array([pair[1] for pair in pairs], dtype=np.int64))
    how.append(np.full(len(pairs), BY_REFERENCE))
    lines, entries, hows = np.concatenate(line), np.concatenate(entry), np.concatenate(how)
    order = np.lexsort((hows, entries, lines))
    lines, entries, hows = lines[order], entries[order], hows[order]
    first = _first_of_run(lines, entries)
    return DocumentEdges(lines[first], entries[first], hows[first])


def _reference_key(reference: str) -> str:
    """A reference of digits is the same however it is grouped: '1001 64' is '100164'."""
    bare = reference.replace(" ", "").replace("-", "")
    return bare if bare.isdecimal() else reference


def _index_of(keys: list[str]) -> dict[str, list[int]]:
    """Positions by key; blank keys and keys that are too common are left out."""
    index: defaultdict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        if key:
            index[key].append(position)
    return {key: positions for key, positions in index.items() if len(positions) <= TOO_COMMON}


_RUN = re.compile("[0-9A-Z]+")


def _find_numbers(numbers: list[str], payments: Payments, every_occurrence: bool) -> tuple[Int64, Int64]:
    """Pairs (line, entry) where the entry's number stands in the line's text between boundaries.

    A number that stands between boundaries consists of whole runs of letters and digits, so the runs of each
    distinct text are looked up in a dictionary of the numbers' runs; only what is found there is compared.
    """
    holders = _index_of([number.upper() if len(number) >= SHORTEST_NUMBER else "" for number in numbers])
    by_runs: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for number in holders:
        if runs := tuple(_RUN.findall(number)):
            by_runs[runs].append(number)
    widths = sorted({len(runs) for runs in by_runs})
    texts, line_text = _distinct([f"{a} {b}" for a, b in zip(payments.text, payments.additional_info)])
    text_nos, entries = [], []
    for text_no, text in enumerate(texts):  # Once per distinct text: about a dozen look-ups each.
        text = text.upper()
        found: list[str] = _RUN.findall(text)
        seen: set[str] = set()
        for width in widths:
            for start in range(len(found) - width + 1):
                seen.update(by_runs.get(tuple(found[start : start + width]), ()))
        for number in seen:
            if _stands_alone(number, text, every_occurrence):
                text_nos.extend([text_no] * len(holders[number]))
                entries.extend(holders[number])
    return _expand(np.array(text_nos, dtype=np.int64), np.array(entries, dtype=np.int64), line_text)


def _stands_alone(number: str, text: str, every_occurrence: bool) -> bool:
    """Whether the number has no ASCII letter or digit next to it; the text's ends are fine."""
    start = text.find(number)
    while start >= 0:
        end = start + len(number)
        if not (start and _joins(text[start - 1])) and not (end < len(text) and _joins(text[end])):
            return True
        start = text.find(number, start + 1) if every_occurrence else -1
    return False


def holds_number(text: str, number: str) -> bool:
    """Whether a number stands in a text between boundaries; both in capitals."""
    return _stands_alone(number, text, every_occurrence=True)


def _joins(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _distinct(values: list[str]) -> tuple[list[str], Int64]:
    """Distinct values, and which of them stands at each position."""
    code, found = pd.factorize(np.array(values, dtype=object))
    return found.tolist(), code.astype(np.int64)


def _expand(of: Int64, other: Int64, groups: Int64) -> tuple[Int64, Int64]:
    """Pairs (member of group `of`, other) for pairs (of, other); groups: the group of each member."""
    order = np.argsort(groups, kind="stable")
    size = np.bincount(groups, minlength=int(of.max(initial=-1)) + 1)
    repeats = size[of]
    begin = (np.cumsum(size) - size)[of]
    offset = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return order[np.repeat(begin, repeats) + offset], np.repeat(other, repeats)


def _first_of_run(*columns: Int64) -> Bools:
    """True on the first row of each run of equal rows."""
    if len(columns[0]) == 0:
        return np.zeros(0, dtype=bool)
    changed = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.asarray(np.r_[True, changed], dtype=bool)


def find_parties(pool: Pool, payments: Payments, customers: pd.DataFrame, settings: Settings) -> PartyEdges:
    """Lines whose payer is a customer: by bank account fully, by name partially or fully (M4 to M9).

    A payer that fits more than 100 customers fits none.
    """
    code = np.searchsorted(np.array(pool.customer_nos), customers["no"].to_numpy(object).astype(str))
    parts = [
        _by_account(payments, customers, code),
        _by_name(payments, customers, code, settings.name_matching, structured=True),
        _by_name(payments, customers, code, settings.name_matching, structured=False),
    ]
    line, customer, how = (np.concatenate(columns).astype(np.int64) for columns in zip(*parts))
    order = np.lexsort((how, customer, line))
    line, customer, how = line[order], customer[order], how[order]
    keep = _first_of_run(line, customer)
    keep &= np.bincount(line[keep], minlength=len(payments.amount))[line] <= TOO_COMMON
    level = np.where(np.isin(how, (BY_NAME, BY_NAME_IN_TEXT)), PARTIALLY, FULLY)
    return PartyEdges(line[keep], customer[keep], level[keep], how[keep])


def account_key(account: str) -> str:
    """An account number as it is compared: capital letters and digits only (M4)."""
    account = account.upper()
    return account if account.isascii() and account.isalnum() else "".join(_RUN.findall(account))


def _by_account(payments: Payments, customers: pd.DataFrame, code: Int64) -> tuple[Int64, Int64, Int64]:
    index: defaultdict[str, set[int]] = defaultdict(set)
    for customer, accounts in zip(code.tolist(), customers["bank_account"].tolist()):
        if accounts:
            for account in accounts.split(";"):
                index[account_key(account)].add(customer)
    accounts, line_account = _distinct(payments.payer_account)
    pairs = [
        (position, customer)
        for position, account in enumerate(accounts)
        if (key := account_key(account)) and len(index.get(key, ())) <= TOO_COMMON
        for customer in index.get(key, ())
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    line, customer = _expand(found[:, 0], found[:, 1], line_account)
    return line, customer, np.full(len(line), BY_ACCOUNT)


def _by_name(
    payments: Payments, customers: pd.DataFrame, code: Int64, mode: str, *, structured: bool
) -> tuple[Int64, Int64, Int64]:
    """Names in the payer's name field where it is filled (structured), elsewhere in the text (M5)."""
    fields = payments.payer_name if structured else payments.text
    mine = np.array([bool(name) == structured for name in payments.payer_name], dtype=bool)
    lines = np.flatnonzero(mine)
    sources, line_source = _distinct([fields[line] for line in lines.tolist()])
    names, customer_name = _distinct(customers["name"].tolist())
    name, source = find_name_hits(names, sources, mode)
    wanted = np.unique(name)
    holders = np.bincount(customer_name, minlength=len(names))
    unique = np.zeros(len(names), dtype=bool)
    unique[wanted] = find_unique_names(names, wanted, holders)
    few = np.bincount(source, weights=holders[name], minlength=len(sources))[source] <= TOO_COMMON
    name, source = name[few], source[few]
    row, source = _expand(name, source, customer_name)
    line, row = _expand(source, row, line_source)
    line = lines[line]
    how = np.where(unique[customer_name[row]], BY_UNIQUE_NAME, BY_NAME)
    if not structured:
        return line, code[row], how + (BY_NAME_IN_TEXT - BY_NAME)
    same = _same_text(payments.payer_city, line, customers["city"], row)
    same &= _same_text(payments.payer_address, line, customers["address"], row)
    return line, code[row], np.where(same & (how == BY_NAME), BY_NAME_AND_ADDRESS, how)


def _same_text(left: list[str], line: Int64, right: pd.Series, row: Int64) -> Bools:
    """Whether both are filled and equal to the letter."""
    a, b = np.array(left, dtype=object)[line], right.to_numpy(object)[row]
    return np.asarray((a == b) & (a != ""), dtype=bool)
