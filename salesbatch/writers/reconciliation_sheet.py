"""The bank reconciliation as a page: from the balance by the bank to the balance by the books, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from salesbatch.core.money import minor_digits
from salesbatch.core.reports import ReportHead
from salesbatch.writers.grid_parts import GridPage, PageCell, PageStyle
from salesbatch.writers.words import Words, caption, period_words, phrase, sheet_word, value_word

WIDTHS = (2.0, 13.0, 16.0, 40.0, 33.0, 13.0, 18.0, 13.0)
FIRST, PLACE, TEXT, WHO, STATUS, AMOUNT, MARK = 1, 2, 3, 4, 5, 6, 7
_WORDS: Mapping[str, Words] = {
    "bank_balance": Words("Balance by the bank, {date}", "Saldo enligt banken {date}"),
    "statement": Words("statement {number}", "kontoutdrag {number}"),
    "by_lines": Words("the lines taken in, without a balance", "de inlästa raderna, utan saldo"),
    "not_booked": Words("On the statement, not booked yet", "På kontoutdraget, ännu inte bokfört"),
    "booked_elsewhere": Words("On the statement, booked elsewhere", "På kontoutdraget, bokfört på annat håll"),
    "not_on_statement": Words("Booked by hand, not on a statement yet", "Bokfört för hand, ännu inte på kontoutdrag"),
    "other_period": Words("Bank and books in different periods", "Bank och bokföring i olika perioder"),
    "brought_forward": Words(
        "Brought forward: opening balance, and booked elsewhere in earlier periods",
        "Ingående skillnad: ingående saldo och tidigare perioders poster bokförda på annat håll",
    ),
    "opening": Words(
        "Opening balance at the bank, which is not in these books",
        "Ingående saldo på banken som inte finns i denna bokföring",
    ),
    "expected_balance": Words("Balance that the books should show", "Saldo som bokföringen ska visa"),
    "books_balance": Words("Balance by the books, {date}", "Saldo enligt bokföringen {date}"),
    "books_balance_lcy": Words(
        "The same in {currency}, as account {number} has it", "Detsamma i {currency}, som konto {number} har det"
    ),
    "account": Words("account {number}", "konto {number}"),
    "unexplained": Words("Unexplained", "Oförklarat"),
    "explained": Words("✓ explained", "✓ förklarat"),
    "difference": Words("✗ look here", "✗ se här"),
    "statement_gap": Words(
        "Statement {number} does not begin with the closing balance of statement {text}: one is missing",
        "Kontoutdrag {number} börjar inte med utgående saldo på kontoutdrag {text}: ett saknas",
    ),
    "place": Words("Statement / line", "Kontoutdrag / rad"),
    "intro": Words(
        "From the balance by the bank to the balance by the books: every item with the sign that leads there. "
        "Lines not booked yet wait in the Payment Review.",
        "Från saldot enligt banken till saldot enligt bokföringen: varje post med det tecken som leder dit. "
        "Rader som inte är bokförda väntar i betalningsgranskningen.",
    ),
}  # fmt: skip
_CAPTIONS = ("date", "document_no", "text", "payer_name", "status", "amount")


def reconciliation_page(frame: pd.DataFrame, head: ReportHead, period: str, tab_color: str = "") -> GridPage:
    """The page of all bank accounts of a period; frame: rows of the ledger's `bank_reconciliation`."""
    page = _Page(head)
    page.add_title(period)
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    for _, account in groupby(rows, key=lambda row: row["bank_account"]):
        page.add_account(list(account))
    return GridPage(
        sheet_word("bank_reconciliation", head.language),
        tuple(page.cells),
        WIDTHS,
        row_heights=page.heights,
        tab_color=tab_color,
    )


class _Page:
    """Grows downwards, a row at a time."""

    def __init__(self, head: ReportHead) -> None:
        self.head = head
        self.currency = head.currency_code
        self.cells: list[PageCell] = []
        self.heights: dict[int, float] = {}
        self.row = 0

    def word(self, name: str, **values: object) -> str:
        text = _WORDS[name].in_language(self.head.language)
        return text.format_map({key: str(value) for key, value in values.items()})

    def put(self, column: int, value: object, style: PageStyle = "text", currency: str = "") -> None:
        digits = minor_digits(currency or self.currency)
        self.cells.append(PageCell(self.row, column, value, style, digits=digits))

    def add_title(self, period: str) -> None:
        self.put(FIRST, self.head.company_name, "title")
        self.heights[self.row] = 30
        self.row += 1
        words = f"{sheet_word('bank_reconciliation', self.head.language)} {period_words(period, self.head.language)}"
        self.put(FIRST, words, "subtitle")
        self.row += 1
        head = self.head
        words = phrase(
            "subtitle", head.language, run=head.run_no, date=head.posting_date, currency=head.currency_code
        )
        self.put(FIRST, words.rpartition(" · ")[0], "muted")  # Each account has its own currency.
        self.row += 1
        self.put(FIRST, self.word("intro"), "muted")
        self.row += 2

    def add_account(self, rows: list[dict[Any, Any]]) -> None:
        """One bank account, from the bank to the books, in the account's own currency."""
        about = rows[0]
        self.currency = str(about["currency_code"])
        foreign = self.currency != self.head.currency_code
        names = [
            about["bank_account"],
            about["account_name"],
            self.word("account", number=about["gl_account"]),
            self.currency if foreign else "",
        ]
        self._across(" · ".join(name for name in names if name), "heading")
        for section, group in groupby(rows, key=lambda row: row["section"]):
            items = list(group)
            if section == "bank_balance":
                self._add_bank(items[0])
            elif section in ("expected_balance", "books_balance"):
                self._add_figure(
                    self.word(section, date=f"{items[0]['date']:%Y-%m-%d}"), items[0]["amount_minor"]
                )
            elif section == "statement_gap":
                for item in items:
                    self._add_figure(
                        self.word(section, number=item["statement_no"], text=item["text"]),
                        item["amount_minor"],
                        "money",
                    )
            elif section == "books_balance_lcy":
                words = self.word(section, currency=self.head.currency_code, number=about["gl_account"])
                self._add_figure(words, items[0]["amount_minor"], "money", self.head.currency_code)
            elif section == "unexplained":
                self._add_proof(items[0]["amount_minor"])
            elif section == "brought_forward":
                name = "opening" if items[0]["text"] == "opening" else section
                self._add_figure(self.word(name), items[0]["amount_minor"], "money")
            else:
                self._add_items(section, items)
        self.row += 2

    def _across(self, words: str, style: PageStyle) -> None:
        self.put(FIRST, words, style)
        for column in range(FIRST + 1, MARK + 1):
            self.put(column, "", style)
        self.row += 1

    def _add_bank(self, row: dict[Any, Any]) -> None:
        number = row["statement_no"]
        source = self.word("statement", number=number) if row["statement_no"] else ""
        words = self.word("bank_balance", date=f"{row['date']:%Y-%m-%d}")
        source = source or (self.word("by_lines") if row["text"] == "lines" else "")
        self._add_figure(f"{words} ({source})" if source else words, row["amount_minor"])
        self.row += 1

    def _add_figure(
        self, words: str, amount: int, style: PageStyle = "money_total", currency: str = ""
    ) -> None:
        self.put(FIRST, words, "text")
        self.put(AMOUNT, amount, style, currency)
        self.row += 1

    def _add_items(self, section: str, items: list[dict[Any, Any]]) -> None:
        """The items of one kind under their captions, and their sum."""
        self.put(FIRST, f"{self.word(section)} ({len(items)})", "subtitle")
        self.row += 1
        for column, name in zip((FIRST, PLACE, TEXT, WHO, STATUS, AMOUNT), _CAPTIONS):
            words = caption(name, self.head.language, self.currency)
            if column == PLACE and any(item["line_no"] for item in items):
                words = self.word("place")
            self.put(column, words, "number_column" if column == AMOUNT else "column")
        self.row += 1
        for item in items:
            place = f"{item['statement_no']} / {item['line_no']}" if item["line_no"] else item["document_no"]
            self.put(FIRST, item["date"].date(), "date")
            self.put(PLACE, place.removeprefix(" / "))
            self.put(TEXT, item["text"])
            self.put(WHO, item["payer_name"] or item["customer_no"])
            self.put(
                STATUS, value_word(item["status"], self.head.language) if section == "not_booked" else ""
            )
            self.put(AMOUNT, item["amount_minor"], "money")
            self.row += 1
        self.put(AMOUNT, sum(item["amount_minor"] for item in items), "money_total")
        self.row += 2

    def _add_proof(self, amount: int) -> None:
        self.put(FIRST, self.word("unexplained"), "text")
        self.put(AMOUNT, amount, "money_total")
        self.put(MARK, self.word("difference" if amount else "explained"), "bad" if amount else "good")
        self.row += 1
