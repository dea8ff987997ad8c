"""Draws the payment review: every statement line that waits for a decision, with what the program found for it.

`Read me` says in three sentences what to do, and what each answer does. The sheet of questions has exactly the
columns that are read back, from left to right as one decides: the payment, what is proposed and why, the yellow
cells of the answer; behind them, for the screen only, what is seldom looked at. Drop-downs hold the real choices:
open documents of the likely customer first, accounts that may be posted to, customers. `Open Documents` shows
them all, to look up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.core.reports import ReviewReport
from salesbatch.core.sheets import BY_NAME
from salesbatch.core.tables import Column, look_up
from salesbatch.writers import grid_looks as looks
from salesbatch.writers.grid import draw_workbook
from salesbatch.writers.grid_parts import CellMark, GridColumn, GridPage, GridSheet, Kind, MarkTone
from salesbatch.writers.report_sheets import foot_line
from salesbatch.writers.review_words import decision_help, review_phrase
from salesbatch.writers.summary_page import FIRST, SummaryPage
from salesbatch.writers.templates import column_note, input_column, sheet_name
from salesbatch.writers.words import caption, phrase, sheet_word, value_word

TABLE = BY_NAME["payment_review"]
ANSWERS = ("decision", "apply_to_documents", "account", "customer_no", "decided_by", "comment")
FEW = 200
"""So many open documents of all customers still make a drop-down that one finds one's way in."""
MOST_CUSTOMERS = 2000
REMARK = " · "
_CODE = 50
_WIDTHS: Mapping[str, float] = {
    "date": 11.5, "amount_minor": 12.5, "currency_code": 10.5, "payer_name": 19, "text": 22,
    "proposed_customer_no": 19, "proposed_documents": 18, "difference_minor": 11, "evidence": 36,
    "decision": 15, "apply_to_documents": 31, "customer_no": 21, "account": 19,
    "comment": 24, "decided_by": 15, "match_confidence": 19, "runner_up": 36,
    "payment_reference": 17, "additional_info": 26, "payer_account": 19, "bank_account": 11,
    "statement_no": 12, "statement_line_no": 12, "state": 9,
}  # fmt: skip
"""Width of each column, in the order in which they stand."""
_COLUMNS = tuple(TABLE.by_name[name] for name in _WIDTHS)
_PRINTED = list(_WIDTHS).index("account") + 1
_WRAPPED = frozenset(
    {
        "text",
        "additional_info",
        "payer_name",
        "proposed_customer_no",
        "proposed_documents",
        "evidence",
        "runner_up",
    }
)
_HIDDEN_WHEN_BLANK = frozenset({"additional_info", "payer_account", "payment_reference", "runner_up"})
_CONFIDENCE: Mapping[str, MarkTone] = {"high": "good", "medium": "warning", "low": "error"}


def draw_review_workbook(report: ReviewReport) -> bytes:
    """The bytes of `Payment Review <run>.xlsx`; the same report gives the same bytes."""
    head = report.head
    title = review_phrase("title", head.language)
    return draw_workbook(
        [_read_me(report, title), _review_sheet(report), _documents_sheet(report)],
        title=title,
        company=head.company_name,
        created=head.posting_date,
        footer=foot_line(head, phrase("foot", head.language, run="{run}", head="{head}")),
        language=head.language,
    )


# The questions ---------------------------------------------------------------------------------------------


def _review_sheet(report: ReviewReport) -> GridSheet:
    language = report.head.language
    values = _values(report)
    columns = tuple(_column(column, values[column.name], report) for column in _COLUMNS)
    return GridSheet(
        sheet_name(TABLE, language),
        columns,
        marks=tuple(_marks(report)),
        table=False,
        frozen_columns=2,
        printed_columns=_PRINTED,
        tab_color=looks.AMBER,
    )


def _values(report: ReviewReport) -> dict[str, Sequence[object]]:
    """What stands in each column, by `Column.name`; the answers are blank."""
    lines, language = report.lines, report.head.language
    values: dict[str, Sequence[object]] = {name: [None] * len(lines) for name in ANSWERS}
    for column in TABLE.columns:
        if column.name in lines and column.name not in ANSWERS:
            values[column.name] = lines[column.name].tolist()
    values["match_confidence"] = [value_word(word, language) for word in lines["match_confidence"]]
    values["proposed_customer_no"] = [
        _named(number, name) for number, name in zip(lines["customer_no"], lines["customer_name"])
    ]
    values["proposed_documents"] = lines["applied_documents"].str.replace(";", ";\n").tolist()
    return values


def _facts(line: Mapping[object, object], language: str) -> str:
    """What the rule sheet weighed and the score that it gave, for the note at the evidence."""
    if not line["match_score"]:
        return ""
    facts = [
        f"{caption(name, language, '')}: {value_word(str(line[name]), language)}"
        for name in ("related_party_matched", "document_no_matched", "amount_matched")
    ]
    return "\n".join((*facts, f"{caption('match_score', language, '')}: {line['match_score']}"))


def _column(column: Column, values: Sequence[object], report: ReviewReport) -> GridColumn:
    language = report.head.language
    width, wrap, hidden = _WIDTHS[column.name], column.name in _WRAPPED, _is_hidden(column, report)
    shown = input_column(column, [], language).caption
    note = column_note(column, language)
    if column.name in ANSWERS:
        options = column.options if column.name == "decision" else ()
        return GridColumn(
            shown, "typed", values, width, note, options, tone="answer", wrap=column.name == "comment"
        )
    if column.kind == "amount":
        digits = np.array([minor_digits(code) for code in report.lines["currency_code"]], dtype=np.int64)
        return GridColumn(
            shown,
            "money",
            np.array(values, dtype=np.int64),
            width,
            note,
            digits=digits if len(set(digits.tolist())) > 1 else int(digits[0]) if len(digits) else 2,
            hidden=hidden,
            blank_zero=column.name == "difference_minor",
        )
    if column.kind == "date":
        return GridColumn(shown, "date", report.lines[column.name], width, note)
    kind: Kind = "integer" if column.kind == "integer" else "text"
    frame = pd.Series(list(values), dtype="int64" if kind == "integer" else "str")
    return GridColumn(shown, kind, frame, width, note, hidden=hidden, wrap=wrap)


def _is_hidden(column: Column, report: ReviewReport) -> bool:
    """What says nothing here stays out of sight; it is read back all the same."""
    lines, local = report.lines, report.head.currency_code
    if column.name == "state":
        return True
    if column.name == "currency_code":
        return bool((lines["currency_code"] == local).all())
    if column.name == "bank_account":
        return lines["bank_account"].nunique() <= 1
    return column.name in _HIDDEN_WHEN_BLANK and bool((lines[column.name] == "").all())


def _marks(report: ReviewReport) -> list[CellMark]:
    """Colours and drop-downs of single cells."""
    place = {column.name: position for position, column in enumerate(_COLUMNS)}
    options = _Options(report)
    marks = []
    lines = report.lines
    facts = [_facts(line, report.head.language) for line in lines.to_dict("records")]
    for row, (number, customer, confidence, amount) in enumerate(
        zip(
            lines["statement_line_no"].tolist(),
            lines["customer_no"].tolist(),
            lines["match_confidence"].tolist(),
            lines["amount_minor"].tolist(),
        )
    ):
        marks += [
            CellMark(row, place[name], tone=_CONFIDENCE.get(confidence, "line"))
            for name in ("proposed_documents", "match_confidence")
        ]
        choices = {
            "apply_to_documents": options.documents(number, customer, amount),
            "account": options.accounts,
            "customer_no": options.customers(customer),
        }
        marks += [
            CellMark(row, place[name], tone="answer", options=choices.get(name, ()), free=True)
            for name in ANSWERS
        ]
        marks.append(CellMark(row, place["evidence"], facts[row], tone="line"))
        marks.append(CellMark(row, -1, tone="line"))  # What no other mark has taken.
    return marks


class _Options:
    """The choices of the drop-downs: codes with what explains them behind a dot."""

    def __init__(self, report: ReviewReport) -> None:
        documents = report.documents
        self._owner = documents["customer_no"].tolist()
        self._remaining = documents["remaining_minor"].tolist()
        self._label = [
            REMARK.join(
                (
                    number,
                    decimal_text(remaining, minor_digits(currency)),
                    _plain(name or customer),
                )
            )
            for number, remaining, currency, name, customer in zip(
                *(
                    documents[name]
                    for name in (
                        "document_no",
                        "remaining_minor",
                        "currency_code",
                        "customer_name",
                        "customer_no",
                    )
                )
            )
        ]
        self._of_customer: dict[str, list[int]] = {}
        for position, owner in enumerate(self._owner):
            self._of_customer.setdefault(owner, []).append(position)
        self._receipts: dict[int, list[str]] = {}
        for line, number, name in zip(
            *(report.receipts[name] for name in ("statement_line_no", "document_no", "customer_name"))
        ):
            words = review_phrase("receipt", report.head.language, customer=_plain(name))
            self._receipts.setdefault(int(line), []).append(f"{number}{REMARK}{words}")
        self.accounts = tuple(
            _named(number, name) for number, name in zip(report.accounts["no"], report.accounts["name"])
        )
        customers = [
            (number, _named(number, name))
            for number, name in zip(report.customers["no"], report.customers["name"])
        ]
        self._customers = customers if len(customers) <= MOST_CUSTOMERS else []
        self._by_customer: dict[str, tuple[str, ...]] = {}
        self._name_of = dict(customers)

    def documents(self, line: int, customer: str, amount: int) -> tuple[str, ...]:
        """Receipts that the line could be, documents of the likely customer, then all others while they are few."""
        own = self._of_customer.get(customer, [])
        others = (
            [p for p in range(len(self._label)) if self._owner[p] != customer]
            if len(self._label) <= FEW
            else []
        )
        fitting = [self._label[p] for p in (*own, *others) if self._remaining[p] * amount > 0]
        return tuple(dict.fromkeys([*self._receipts.get(line, ()), *fitting]))

    def customers(self, likely: str) -> tuple[str, ...]:
        """All customers while they are not too many, the likely one first where they are few."""
        if len(self._customers) > FEW:
            likely = ""  # One long list for all lines: to look through, not to be led by.
        if likely not in self._by_customer:
            first = [self._name_of[likely]] if likely in self._name_of else []
            self._by_customer[likely] = tuple(dict.fromkeys([*first, *(text for _, text in self._customers)]))
        return self._by_customer[likely]


def _named(number: str, name: str) -> str:
    """'C1 · Björk AB', short enough for a column of codes."""
    return f"{number}{REMARK}{_plain(name)}"[:_CODE].strip() if number and name else number


def _plain(name: str) -> str:
    """A name without what parts documents from one another."""
    return " ".join(name.replace(";", ",").split())


# What there is to choose from ------------------------------------------------------------------------------


def _documents_sheet(report: ReviewReport) -> GridSheet:
    """All open documents by customer, oldest due first."""
    language, documents = report.head.language, report.documents
    money = [minor_digits(code) for code in documents["currency_code"]]
    shown: dict[str, tuple[Kind, float]] = {
        "customer_no": ("text", 12.0),
        "name": ("text", 30.0),
        "document_type": ("text", 16.0),
        "document_no": ("text", 16.0),
        "posting_date": ("date", 17.0),
        "due_date": ("date", 16.0),
        "currency_code": ("text", 10.0),
        "amount": ("money", 15.0),
        "remaining_amount": ("money", 15.0),
    }
    source = {"name": "customer_name", "amount": "amount_minor", "remaining_amount": "remaining_minor"}
    columns = []
    for name, (kind, width) in shown.items():
        values = documents[source.get(name, name)]
        if name == "document_type":
            values = look_up(
                values, pd.Series({word: value_word(word, language) for word in values.unique()}, dtype="str")
            )
        digits = np.array(money, dtype=np.int64) if len(set(money)) > 1 else money[0] if money else 2
        columns.append(
            GridColumn(
                caption(name, language, report.head.currency_code),
                kind,
                values,
                width,
                digits=digits,
            )
        )
    return GridSheet(
        sheet_word("open_documents", language), tuple(columns), frozen_columns=2, tab_color=looks.ACCENT
    )


def _read_me(report: ReviewReport, title: str) -> GridPage:
    """What is asked, what each answer does, and what to do with the file."""
    language = report.head.language
    page = SummaryPage(report.head)
    page.add_title(title, with_currency=False)
    page.put(FIRST, review_phrase("intro", language, count=len(report.lines)), "text")
    page.row += 2
    for number in (1, 2, 3):
        page.put(FIRST, f"{number}.  {review_phrase(f'step_{number}', language)}", "text")
        page.row += 1
    page.row += 1
    page.put(FIRST, review_phrase("moved_on", language), "muted")
    page.row += 2
    questions = sheet_name(TABLE, language)
    page.put(FIRST, questions, "link", target=f"#{questions}")
    page.row += 2
    decision = next(column for column in TABLE.columns if column.name == "decision")
    page.add_heading(input_column(decision, [], language).caption)
    for option in decision.options:
        words = decision_help(option, language)
        page.put(FIRST, option, "wrapped")
        page.put(FIRST + 1, words, "wrapped", span=4)
        page.heights[page.row] = 4 + 16.0 * -(-len(words) // 62)
        page.row += 1
    page.row += 1
    return page.page(sheet_word("read_me", language), looks.GREY)
