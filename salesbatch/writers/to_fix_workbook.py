"""Draws the to-fix workbook: the rows that were held back, as typed, with what is wrong at each cell.

Mended and dropped back as it is, the program reads it: captions in row 1, sheets named as the user named
them. `Problem` stands in front of the user's columns, where it is read first and stays in sight; the reader
leaves it alone. `Decision` takes Drop. The hidden `Held Id` closes the held item even when its key was wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from salesbatch.core.reports import ToFixReport, ToFixRow, ToFixSheet
from salesbatch.core.tables import Column, Table, normal_name
from salesbatch.writers import grid_looks as looks
from salesbatch.writers.grid import draw_workbook
from salesbatch.writers.grid_parts import CellMark, GridColumn, GridPage, GridSheet, Kind
from salesbatch.writers.report_sheets import foot_line
from salesbatch.writers.summary_page import FIRST, SummaryPage
from salesbatch.writers.words import phrase, sheet_word

PROBLEM, HELD_ID = "Problem", "Held Id"
_OURS = frozenset(normal_name(caption) for caption in (PROBLEM, HELD_ID))
_DECISION = frozenset(phrase("decision", language).casefold() for language in ("en", "sv"))
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)([T ]00:00(:00)?)?")
_CELL_KINDS: Mapping[str, Kind] = {
    "code": "text",
    "text": "text",
    "choice": "text",
    "formula": "text",
    "date": "date",
}


def draw_to_fix_workbook(report: ToFixReport) -> bytes:
    """The bytes of `<name> - to fix.xlsx`; the same report gives the same bytes."""
    head = report.head
    title = phrase("to_fix_title", head.language, source=report.source)
    return draw_workbook(
        [_read_me(report, title), *(_sheet(sheet, head.language) for sheet in report.sheets)],
        title=title,
        company=head.company_name,
        created=head.posting_date,
        footer=foot_line(head, phrase("foot", head.language, run="{run}", head="{head}")),
        language=head.language,
    )


def _sheet(sheet: ToFixSheet, language: str) -> GridSheet:
    table = _table_of(sheet.sheet)
    rows: list[ToFixRow | None] = list(sheet.rows)
    if table is not None and table.documents:
        rows = _with_gaps(sheet.rows)
    position = {row.row: index for index, row in enumerate(rows) if row is not None}
    filled = {index for row in sheet.rows for index, value in enumerate(row.cells) if value not in (None, "")}
    captions = (*sheet.captions, *[""] * (max(filled, default=-1) + 1 - len(sheet.captions)))
    kept = [
        index
        for index, caption in enumerate(captions)
        if normal_name(caption) not in _OURS and (caption or index in filled)
    ]
    ours = [
        GridColumn(PROBLEM, "typed", [], 46.0, phrase("problem_help", language), tone="problem", wrap=True)
    ]
    if not any(normal_name(caption) in _DECISION for caption in captions):  # A sheet of answers has its own.
        words = [phrase(name, language) for name in ("decision", "decision_help", "drop")]
        ours.append(GridColumn(words[0], "typed", [], 11.0, words[1], (words[2],), tone="optional"))
    place = {index: shown for shown, index in enumerate(kept, start=len(ours))}
    sentences, notes = _problems(sheet, captions, position, place)
    marks = [CellMark(row, column, "\n".join(lines)) for (row, column), lines in sorted(notes.items())]
    marks += [CellMark(row, -1, tone="line") for row in position.values()]
    problem = ["\n".join(sentences.get(index, ())) for index in range(len(rows))]
    columns = [
        replace(ours[0], values=problem),
        *ours[1:],
        *(_user_column(rows, index, captions[index], table) for index in kept),
        GridColumn(HELD_ID, "typed", [row.held_id if row is not None else None for row in rows], hidden=True),
    ]
    return GridSheet(
        sheet.sheet, tuple(columns), marks=tuple(marks), table=False, frozen_columns=1, tab_color=looks.RED
    )


def _with_gaps(rows: tuple[ToFixRow, ...]) -> list[ToFixRow | None]:
    """An empty row between documents: without numbers, only that keeps two of one customer apart."""
    result: list[ToFixRow | None] = []
    for row in rows:
        if result and result[-1] is not None and result[-1].held_id != row.held_id:
            result.append(None)
        result.append(row)
    return result


def _problems(
    sheet: ToFixSheet, captions: tuple[str, ...], position: Mapping[int, int], place: Mapping[int, int]
) -> tuple[dict[int, list[str]], dict[tuple[int, int], list[str]]]:
    """Sentences by row for the Problem column; notes by cell. A problem of a whole row colours its Problem cell."""
    sentences: dict[int, list[str]] = {}
    notes: dict[tuple[int, int], list[str]] = {}
    for row, column, sentence, suggestion in sheet.problems:
        if row not in position:
            continue
        here = position[row]
        words = f"{sentence} {suggestion}".strip()
        if column in place:
            notes.setdefault((here, place[column]), []).append(words)
            words = f"{captions[column]}: {words}"
        else:
            notes.setdefault((here, 0), [])
        if words not in sentences.setdefault(here, []):
            sentences[here].append(words)
    return sentences, notes


def _user_column(
    rows: Sequence[ToFixRow | None], index: int, caption: str, table: Table | None
) -> GridColumn:
    """A column of the user: its caption, its values as typed, ready for what belongs in it."""
    column = _column_of(table, caption)
    kind = _CELL_KINDS.get(column.kind, "quantity") if column else "text"
    values = [_cell(row, index) for row in rows]
    if kind == "date":
        values = [_as_date(value) for value in values]
    options = column.options if column and column.kind == "choice" else ()
    return GridColumn(caption, "typed", values, options=options, cell_kind=kind)


def _cell(row: ToFixRow | None, index: int) -> object:
    """A cell as typed. The books keep cells as JSON, where a date stands as {"date": ISO text}."""
    value = row.cells[index] if row is not None and index < len(row.cells) else None
    if isinstance(value, dict):
        text = str(value.get("date", ""))
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    return value


def _as_date(value: object) -> object:
    """An ISO date is the same day as text and as a date; as a date it can be mended with the keyboard."""
    match = _ISO_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return value


def _table_of(sheet_name: str) -> Table | None:
    """The input sheet of that name; only for formats and drop-downs, so an unknown one does no harm."""
    from salesbatch.core.sheets import SHEETS

    wanted = normal_name(sheet_name)
    for table in SHEETS:
        names = {normal_name(name) for name in (table.sheet, *table.aliases)}
        if wanted in names or wanted in {name.removesuffix("s") for name in names}:
            return table
    return None


def _column_of(table: Table | None, caption: str) -> Column | None:
    wanted = normal_name(caption)
    for column in table.columns if table else ():
        if wanted in {normal_name(name) for name in (column.caption, column.field, *column.aliases)}:
            return column
    return None


def _read_me(report: ToFixReport, title: str) -> GridPage:
    """What to do, in three steps, and how much of it there is."""
    language = report.head.language
    page = SummaryPage(report.head)
    page.add_title(title, with_currency=False)
    page.put(FIRST, phrase("fix_intro", language, source=report.source), "text")
    page.row += 2
    for number in (1, 2, 3):
        page.put(FIRST, f"{number}.  {phrase(f'fix_step_{number}', language)}", "text")
        page.row += 1
    page.row += 1
    page.put(FIRST, phrase("fix_whole", language), "muted")
    page.row += 2
    page.add_heading(phrase("to_correct", language))
    for sheet in report.sheets:
        cells = len({(row, column) for row, column, _, _ in sheet.problems})
        page.put(FIRST, sheet.sheet, "link", target=f"#{sheet.sheet}")
        page.put(FIRST + 1, cells, "integer")
        page.row += 1
    return page.page(sheet_word("read_me", language), looks.GREY)
