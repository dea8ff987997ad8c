"""A bank's own csv or Excel export becomes a statement, when its layout is known or can be recognised for certain.

What stands above the captions and below the last row is no line; rows that the bank has only reserved are named
and left out. A running balance proves the rest: it must lead from each row to the next, upwards or downwards, or
nothing of the file is taken in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.money import decimal_text, floats_to_e5, minor_digits
from salesbatch.core.tables import PROVENANCE
from salesbatch.readers import bank_layouts as layouts
from salesbatch.readers.bank_file import Balance, Statement, StatementLine, amount_of, in_words, plain_text
from salesbatch.readers.bank_layouts import READY, Layout
from salesbatch.readers.raw_cells import BLANK, DATE, NUMBER, TEXT, CellColumn, SheetCells
from salesbatch.readers.sheets import caption_key
from salesbatch.readers.workbook import UnreadableFileError

_HEADER_ROWS = 40
_PENDING = re.compile(r"(?:reserv|prel|pending|väntande|ej bokf|not booked|kommande|upcoming|vormerk)", re.I)
_FOOTER = re.compile(r"\s*(?:summa|total|sum|saldo|ingående|utgående|opening|closing|antal|balance)\b", re.I)
_ACCOUNT_CAPTIONS = frozenset(
    caption_key(word) for word in ("Kontonummer", "Kontonr", "Konto", "Account", "Account Number", "IBAN")
)
_SHORTEST_ACCOUNT = 6
Int64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


SETUP_TABLES = ("csv_profiles", "bank_accounts")


@dataclass
class BankSetup:
    """What the setup says of bank files: the rows of `CSV Profiles`, and our accounts."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def with_rows(self, dropped: Mapping[str, pd.DataFrame | None]) -> BankSetup:
        """The setup as it is when the rows of a drop are taken in: a row takes the place of that of its code."""
        merged = dict(self.tables)
        for name, rows in dropped.items():
            if rows is not None:
                old = merged.get(name)
                parts = [rows] if old is None else [old[~old["code"].isin(rows["code"])], rows]
                merged[name] = pd.concat(
                    [part.drop(columns=[*PROVENANCE], errors="ignore") for part in parts]
                )
        return BankSetup(merged)

    @cached_property
    def layouts(self) -> list[Layout]:
        """The rows of `CSV Profiles`."""
        return layouts.own_layouts(self.tables.get("csv_profiles"))

    @cached_property
    def accounts(self) -> list[dict[str, str]]:
        """The rows of `Bank Accounts` as far as a file can name them."""
        rows = self.tables.get("bank_accounts")
        names = ("code", "iban", "account_no", "currency_code", "csv_profile")
        found = [] if rows is None else rows.to_dict("records")
        return [{name: str(row.get(name) or "") for name in names} for row in found]


def find_layout(cells: SheetCells, own: Sequence[Layout]) -> tuple[Layout, int] | None:
    """The layout of a sheet and the place of its captions: ours, a ready one, or one recognised; None for none."""
    rows = [cells.header_texts(place) for place in range(min(cells.height, _HEADER_ROWS))]
    for layout in (*own, *READY):
        first = max(0, layout.skip_rows - cells.first_row + 1)
        for place in range(first, len(rows)):
            if layout.places(rows[place]):
                return layout, place
    for place, texts in enumerate(rows):
        if found := layouts.caption_fields(texts):
            return layouts.proposed(texts, found), place
    return None


def has_known_layout(cells: SheetCells, own: Sequence[Layout]) -> bool:
    """Whether a sheet has all captions of a profile or of a ready layout."""
    found = find_layout(cells, own)
    return found is not None and bool(found[0].code)


def read_export(
    cells: SheetCells, layout: Layout, header: int, setup: BankSetup, currency: str
) -> list[Statement]:
    """The statements of an export, one an account. Raises UnreadableFileError, whole file or nothing."""
    export = _Export(cells, layout, header, currency)
    if export.layout.doubts:
        raise UnreadableFileError(
            "bank-export-proposed",
            doubt="; ".join(export.layout.doubts)[:200],
            layout=export.layout.in_words()[:800],
        )
    statements = []
    for rows, number in export.accounts():
        account = _account_of(export, setup, number)
        statement = export.statement(rows, account)
        if not layout.code:
            shown = {"layout": export.layout.in_words()[:800]}
            statement.findings.append(("bank-export-recognised", shown))
        statements.append(statement)
    return statements


class _Export:
    """The sheet of an export as arrays: a day, an amount and a balance a row, and the columns of texts."""

    def __init__(self, cells: SheetCells, layout: Layout, header: int, currency: str) -> None:
        self.cells = cells
        self.header = header
        self.captions = cells.header_texts(header)
        self.places = layout.places(self.captions)
        body = slice(header + 1, cells.height)
        self.columns = {name: cells.columns[place].take(body) for name, place in self.places.items()}
        self.height = cells.height - header - 1
        self.texts = {name: _texts(column) for name, column in self.columns.items()}
        self.all_texts = [_texts(column.take(body)) for column in cells.columns]
        self.layout = self._with_form(layout)
        codes = {text for text in self.texts.get("currency_code", ()) if re.fullmatch("[A-Z]{3}", text)}
        self.currency = min(codes) if len(codes) == 1 else currency
        self.findings: list[tuple[str, dict[str, str]]] = []
        self.pending: list[int] = []
        if not self.layout.doubts:
            self._read()

    def _with_form(self, layout: Layout) -> Layout:
        """The layout with the signs and formats that its own values show."""
        amounts = [
            text
            for name in ("amount", "amount_in", "amount_out", "balance")
            if name in self.columns
            for text in set(self.texts[name])
            if text and layouts.bare_amount(text)
        ]
        dates = self.columns["date"]
        written = [text for text in set(self.texts["date"]) if text and text[:1].isdigit()]
        typed = bool((dates.kinds == DATE).any()) and not written
        layout = layouts.with_form(layout, amounts, ["2026-01-31"] if typed else written or ["x"])
        money = [name for name in ("amount", "amount_in", "amount_out") if name in self.columns]
        if not layout.code and "amount" in money and not self._has_minus() and self._has_sides():
            doubts = (*layout.doubts, "no amount is negative, and a column says which are debits")
            layout = Layout("", layout.captions, doubts=doubts)
        return layout

    def _has_minus(self) -> bool:
        column = self.columns["amount"]
        texts = any(layouts.bare_amount(text).startswith("-") for text in column.texts if text)
        return texts or bool((column.numbers[column.kinds == NUMBER] < 0).any())

    def _has_sides(self) -> bool:
        """Whether some column holds nothing but D and C, or Debit and Credit."""
        sides = {"d", "c", "k", "cr", "dr", "debit", "credit", "debet", "kredit"}
        found = [{text.casefold() for text in texts if text} for texts in self.all_texts]
        return any(words and words <= sides for words in found)

    def _read(self) -> None:
        """Days, amounts and balances of the rows that are lines; the rest is a footer, pending, or wrong."""
        days, dated = self._days("date")
        amount, given = self._amount()
        blank = np.all([[not text for text in texts] for texts in self.all_texts], axis=0)
        words = self._status()
        rest = np.flatnonzero(~blank & ~(dated & given))
        for row in rest.tolist():
            first = next((texts[row] for texts in self.all_texts if texts[row]), "")
            if _PENDING.search(self.texts["date"][row]) or (words and _PENDING.search(words[row])):
                self.pending.append(row)
            elif not _FOOTER.match(first) and not self._is_note(row, dated, given):
                raise UnreadableFileError(
                    "bank-export-row", row=str(self.cells.first_row + self.header + 1 + row), value=first[:40]
                )
        lines = dated & given & ~blank
        if words:
            waiting = np.fromiter((bool(_PENDING.search(word)) for word in words), np.bool_, self.height)
            self.pending += np.flatnonzero(lines & waiting).tolist()
            lines &= ~waiting
        self.lines = np.flatnonzero(lines)
        self.days, self.amount = days, amount
        self.value_days = self._days("value_date")[0] if "value_date" in self.columns else [""] * self.height
        nothing = np.zeros(self.height, np.int64), np.zeros(self.height, np.bool_)
        balances: tuple[Int64, Mask] = self._money("balance") if "balance" in self.columns else nothing
        self.balance, self.balanced = balances

    def _is_note(self, row: int, dated: Mask, given: Mask) -> bool:
        """A row with one filled cell and neither day nor amount says something, but is no line."""
        return not dated[row] and not given[row] and sum(bool(texts[row]) for texts in self.all_texts) <= 2

    def _status(self) -> list[str]:
        place = next(
            (at for at, text in enumerate(self.captions) if caption_key(text) in ("status", "tillstånd")), -1
        )
        return self.all_texts[place] if place >= 0 else []

    def _days(self, name: str) -> tuple[list[str], Mask]:
        """ISO days of a column ('' for none), each distinct text read once."""
        column = self.columns[name]
        known: dict[str, str] = {"": ""}
        for text in set(self.texts[name]):
            try:
                known[text] = layouts.day_of(text, self.layout.date_format) if text else ""
            except ValueError:
                known[text] = ""
        days = [known[text] for text in self.texts[name]]
        for row in np.flatnonzero(column.kinds == DATE).tolist():
            days[row] = str(np.datetime64(int(column.numbers[row]), "s"))[:10]
        return days, np.fromiter((bool(day) for day in days), np.bool_, self.height)

    def _amount(self) -> tuple[Int64, Mask]:
        """Money in is positive; what a bank writes in its column of money out is negative with and without a sign."""
        if "amount" in self.columns:
            return self._money("amount")
        total, given = np.zeros(self.height, np.int64), np.zeros(self.height, np.bool_)
        for name, sign in (("amount_in", 1), ("amount_out", -1)):
            if name in self.columns:
                money, here = self._money(name)
                total += np.abs(money) * sign if sign < 0 else money
                given |= here
        return total, given

    def _money(self, name: str) -> tuple[Int64, Mask]:
        """Minor units of a column, each distinct text read once; and where there is an amount."""
        column = self.columns[name]
        digits = minor_digits(self.currency)
        scaled, exact = floats_to_e5(np.where(column.kinds == NUMBER, column.numbers, 0.0))
        minor, over = np.divmod(scaled, 10 ** (5 - digits))
        given = (column.kinds == NUMBER) & exact & (over == 0)
        known = {text: self._minor(text) for text in set(self.texts[name]) if text}
        for row in np.flatnonzero(column.kinds == TEXT).tolist():
            value = known.get(self.texts[name][row])
            if value is not None:
                minor[row], given[row] = value, True
        return minor, given

    def _minor(self, text: str) -> int | None:
        bare = layouts.bare_amount(text)
        layout = self.layout
        if layout.thousands_sign:
            bare = bare.replace(layout.thousands_sign, "")
        other = {",": ".", ".": ","}.get(layout.decimal_sign, "")
        if not bare or (other and other in bare):
            return None
        return amount_of(bare, self.currency, layout.decimal_sign or ".")

    def accounts(self) -> list[tuple[Int64, str]]:
        """The lines of each account where a column names it, else all of them."""
        place = next(
            (at for at, text in enumerate(self.captions) if caption_key(text) in _ACCOUNT_CAPTIONS), -1
        )
        if place < 0 or place in self.places.values():
            return [(self.lines, "")]
        numbers = np.array(self.all_texts[place], dtype=object)[self.lines]
        before = self.all_texts[place - 1] if place else []
        found = []
        for number in dict.fromkeys(numbers.tolist()):
            rows = self.lines[numbers == number]
            clearing = before[int(rows[0])] if before else ""
            found.append((rows, f"{clearing}{number}/{number}" if clearing else str(number)))
        return found

    def statement(self, rows: Int64, account: str) -> Statement:
        """The lines as a statement, oldest first, with the balances that the running balance proves."""
        days = [self.days[row] for row in rows.tolist()]
        down = len(days) > 1 and days[0] > days[-1]
        opening, closing, down = self._balances(rows, down)
        order = rows[::-1] if down else rows
        lines = [self._line(row) for row in order.tolist()]
        first, last = (lines[0].date, lines[-1].date) if lines else ("", "")
        result = Statement("", account, self.currency, f"{first}/{last}".strip("/"), lines=lines)
        if opening is not None and closing is not None and lines:
            result.opening, result.closing = Balance(first, opening), Balance(last, closing)
        result.pending = [self._pending_in_words(row) for row in self.pending]
        self.pending = []
        return result

    def _balances(self, rows: Int64, down: bool) -> tuple[int | None, int | None, bool]:
        """Opening and closing balance and whether the newest row is on top. Raises where it leads nowhere."""
        known = self.balanced[rows]
        if not known.any():
            return None, None, down
        amount, balance = self.amount[rows], self.balance[rows]
        moved = np.cumsum(amount)
        rising = (balance - moved)[known]
        falling = (balance + moved - amount)[known]
        total = int(moved[-1])
        up_fits, down_fits = bool((rising == rising[0]).all()), bool((falling == falling[0]).all())
        if down_fits and (down or not up_fits):
            return int(falling[0]) - total, int(falling[0]), True
        if up_fits:
            return int(rising[0]), int(rising[0]) + total, False
        line = falling if down else rising
        wrong = int(np.flatnonzero(line != line[0])[0])
        row = int(rows[np.flatnonzero(known)[wrong]])
        difference = decimal_text(int(line[wrong] - line[0]), minor_digits(self.currency))
        place = str(self.cells.first_row + self.header + 1 + row)
        raise UnreadableFileError("bank-export-balance", row=place, difference=difference)

    def _line(self, row: int) -> StatementLine:
        """One row as a line."""

        def said(name: str) -> str:
            return plain_text(self.texts[name][row]) if name in self.texts else ""

        return StatementLine(
            self.days[row],
            self.value_days[row],
            int(self.amount[row]),
            said("text"),
            said("additional_info"),
            said("payer_name"),
            said("payer_address"),
            said("payer_city"),
            said("payer_account"),
            said("payment_reference"),
            said("transaction_id"),
        )

    def _pending_in_words(self, row: int) -> str:
        return in_words(self._line(row), self.currency).strip()


def _texts(column: CellColumn) -> list[str]:
    """The cells as texts, '' for blank ones; numbers as they are shown."""
    stripped = [text.strip() for text in column.texts]
    texts = [stripped[code] for code in column.codes.tolist()]
    for row in np.flatnonzero((column.kinds != TEXT) & (column.kinds != BLANK)).tolist():
        texts[row] = column.shown(row)
    for row in np.flatnonzero(column.kinds == BLANK).tolist():
        texts[row] = ""
    return texts


def _account_of(export: _Export, setup: BankSetup, number: str) -> str:
    """Our account: named in the file, by its profile, or the only one that there is. Raises when it is none of these."""
    accounts = setup.accounts
    if number:
        bare = {_bare(part) for part in number.split("/")}
        named = [
            row["code"] for row in accounts if {_bare(row["iban"]), _bare(row["account_no"])} & bare - {""}
        ]
        if named:
            return named[0]
    above: list[Any] = [export.cells.source.rpartition("/")[2]]
    above += [text for place in range(export.header) for text in export.cells.header_texts(place) if text]
    joined = [_bare(text) for text in above]
    named = [
        row["code"]
        for row in accounts
        for own in {_bare(row["iban"]), _bare(row["account_no"])}
        if len(own) >= _SHORTEST_ACCOUNT and any(own in text for text in joined)
    ]
    by_profile = [
        row["code"] for row in accounts if export.layout.code and row["csv_profile"] == export.layout.code
    ]
    for found in (named, by_profile, [row["code"] for row in accounts]):
        if len(set(found)) == 1:
            return found[0]
        if found:
            break
    raise UnreadableFileError("bank-export-account", layout=export.layout.code or "?")


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
