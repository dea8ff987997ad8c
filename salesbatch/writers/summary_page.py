"""The first sheet of a workbook: sections one below the other, with charts beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from salesbatch.core.money import minor_digits
from salesbatch.core.reports import ReportHead
from salesbatch.writers.grid_parts import GridPage, PageCell, PageChart, PageStyle
from salesbatch.writers.words import figure, phrase, sheet_word

WIDTHS = (1.5, 34.0, 15.0, 15.0, 12.0, 11.0, 2.0, *([9.5] * 6))
"""A margin, five columns of figures, a gap, and room for charts."""
CHART_COLUMN, CHART_TOP, CHART_ROWS = 7, 4, 15
FIRST, LAST = 1, 5
SHOWN_AS_CHECK = frozenset({"debit", "credit"})
"""Totals that stand among the control figures anyway."""


@dataclass
class SummaryPage:
    """A page that grows downwards; charts stand to the right of what they show."""

    head: ReportHead
    cells: list[PageCell] = field(default_factory=list)
    charts: list[PageChart] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    row: int = 0

    def put(
        self,
        column: int,
        value: object,
        style: PageStyle = "text",
        span: int = 1,
        target: str = "",
        figure_name: str = "",
    ) -> None:
        """One cell in the current row; a figure's name may end with its currency."""
        digits = minor_digits(
            figure_name.rpartition(" ")[2] if " " in figure_name else self.head.currency_code
        )
        self.cells.append(PageCell(self.row, column, value, style, span, digits, target))

    def add_title(self, title: str, *, with_currency: bool = True) -> None:
        """Company, what this is, as of when."""
        head = self.head
        self.put(FIRST, head.company_name, "title")
        self.heights[self.row] = 30
        self.row += 1
        self.put(FIRST, title, "subtitle")
        self.row += 1
        words = phrase(
            "subtitle", head.language, run=head.run_no, date=head.posting_date, currency=head.currency_code
        )
        self.put(FIRST, words if with_currency else words.rpartition(" · ")[0], "muted")
        self.row += 2

    def add_heading(self, words: str) -> None:
        """The heading of a section, over its whole width."""
        self.put(FIRST, words, "heading")
        for column in range(FIRST + 1, LAST + 1):
            self.put(column, "", "heading")
        self.row += 1

    def add_figures(
        self, heading: str, money: Mapping[str, int], counts: Mapping[str, int] | None = None
    ) -> None:
        """Label and figure, one a row; amounts in minor units of the company's currency."""
        self.add_heading(heading)
        for name, amount in money.items():
            self.put(FIRST, figure(name, self.head.language), "label")
            self.put(FIRST + 1, amount, "money", figure_name=name)
            self.row += 1
        for name, count in (counts or {}).items():
            self.put(FIRST, figure(name, self.head.language), "label")
            self.put(FIRST + 1, count, "integer")
            self.row += 1
        self.row += 1

    def add_checks(self, checks: Mapping[str, tuple[int, int]]) -> None:
        """What must be equal, with a tick or the difference."""
        if not checks:
            return
        language = self.head.language
        self.add_heading(phrase("control_figures", language))
        self.put(FIRST, phrase("check", language), "column")
        for column, name in enumerate(("left", "right"), start=FIRST + 1):
            self.put(column, phrase(name, language), "number_column")
        self.put(FIRST + 3, "", "column")
        self.put(FIRST + 4, "", "column")
        self.row += 1
        for name, (left, right) in checks.items():
            self.put(FIRST, figure(name, language), "label")
            self.put(FIRST + 1, left, "money", figure_name=name)
            self.put(FIRST + 2, right, "money", figure_name=name)
            if left == right:
                self.put(FIRST + 3, phrase("agrees", language), "good")
            else:
                self.put(FIRST + 3, phrase("differs", language), "bad")
                self.put(FIRST + 4, left - right, "money", figure_name=name)
            self.row += 1
        self.row += 1

    def add_table(
        self,
        heading: str,
        captions: Sequence[str],
        rows: Sequence[tuple[str, tuple[int, ...]]],
        *,
        style: PageStyle = "money",
        total: bool = False,
    ) -> tuple[int, int]:
        """Names and figures under their captions; gives the first and last row, for a chart."""
        self.add_heading(heading)
        for column, words in enumerate(captions, start=FIRST):
            self.put(column, words, "number_column" if column > FIRST else "column")
        self.row += 1
        first = self.row
        for name, figures in rows:
            self.put(FIRST, name, "label")
            for column, number in enumerate(figures, start=FIRST + 1):
                self.put(column, number, style)
            self.row += 1
        last = max(first, self.row - 1)
        if total:
            self.put(FIRST, "", "label")
            self.put(FIRST + 1, sum(figures[0] for _, figures in rows), "money_total")
            self.row += 1
        self.row += 1
        return first, last

    def add_contents(self, rows: Mapping[str, int]) -> None:
        """Links to the other sheets: table name -> number of rows."""
        language = self.head.language
        self.add_heading(phrase("contents", language))
        for table, count in rows.items():
            name = sheet_word(table, language)
            self.put(FIRST, name, "link", target=f"#{name}")
            self.put(FIRST + 1, count, "integer")
            self.row += 1
        self.row += 1

    def add_proof(self) -> None:
        """The head of the hash chain: the anchor outside the books."""
        language = self.head.language
        self.add_heading(phrase("chain", language))
        self.put(FIRST, phrase("chain_rows", language), "label")
        self.put(FIRST + 1, self.head.chained_rows, "integer")
        self.row += 1
        self.put(FIRST, phrase("chain_head", language), "label")
        self.put(FIRST + 1, self.head.chain_head, "code")
        self.row += 1
        self.put(FIRST, phrase("chain_help", language), "muted")
        self.row += 2

    def add_chart(
        self,
        kind: Literal["column", "bar"],
        title: str,
        rows: tuple[int, int],
        colors: tuple[str, ...],
        names: tuple[str, ...] = (),
    ) -> None:
        """A chart of a table's rows, below the last chart; names: of two columns, the second a part of the first."""
        self.charts.append(
            PageChart(
                kind,
                title,
                CHART_TOP + len(self.charts) * CHART_ROWS,
                CHART_COLUMN,
                (rows[0], FIRST, rows[1], FIRST),
                (rows[0], FIRST + 1, rows[1], FIRST + 1),
                colors,
                (rows[0], FIRST + 2, rows[1], FIRST + 2) if names else None,
                names,
                width=440,
                height=CHART_ROWS * 24 - 20,
            )
        )

    def page(self, name: str, tab_color: str, widths: tuple[float, ...] = WIDTHS) -> GridPage:
        """The page as it is now."""
        return GridPage(
            name,
            tuple(self.cells),
            widths,
            tuple(self.charts),
            self.heights,
            landscape=False,
            tab_color=tab_color,
        )
