"""Write docs/workbooks.md from the declarations of the sheets and the catalogue of findings.

The page and the program cannot drift: what is read is what is declared, and the page is made of that alone.

    python scripts/make_docs.py            write the page
    python scripts/make_docs.py --check    change nothing; exit 1 when the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from salesbatch.core.company import SETTING_COLUMNS  # noqa: E402
from salesbatch.core.declare import swedish_caption, swedish_sheet  # noqa: E402
from salesbatch.core.finding_texts import CATALOGUE  # noqa: E402
from salesbatch.core.money import decimal_text, plain_text  # noqa: E402
from salesbatch.core.sheets_bank import BANK_STATEMENT  # noqa: E402
from salesbatch.core.sheets_documents import BANK_TABLES, DOCUMENT_TABLES  # noqa: E402
from salesbatch.core.sheets_master import MASTER_TABLES  # noqa: E402
from salesbatch.core.sheets_setup import SETUP_TABLES  # noqa: E402
from salesbatch.core.tables import Column, Table  # noqa: E402

PAGE = ROOT / "docs" / "workbooks.md"

INTRODUCTION = """\
# Workbooks

<!-- Made by scripts/make_docs.py from the declarations in salesbatch/core; do not edit by hand. -->

What can be dropped into `inbox/`: every sheet, every column, every option, and everything that can be found
wrong in them. `salesbatch template SHEET -o FILE` makes an empty workbook of any of these sheets.

## How a sheet is read

* The name of the sheet decides what it is; case, spaces, `_` and `-` do not matter, and the Swedish and the
  other names below are understood too. A workbook can hold any number of sheets.
* The captions may stand in any of the first 20 rows, the columns in any order. Columns that are not known are
  left alone. Captions are understood in English, in Swedish, by their other names and in `snake_case`.
* **Bold** columns are required. A blank cell in any other column means what the column says.
* Amounts and quantities are numbers, or text such as `1 234,50`, `1.234,50` or `(100,00)`. Amounts are in the
  row's Currency Code, or in the company's currency where the sheet has none. Prices and quantities can have
  five decimals, percentages go from 0 to 100.
* Dates are dates, or text such as `2026-10-05`. Codes keep their leading zeros.
* In master data a blank keeps what is stored, and `-` clears it.
* In document sheets the columns marked "document" belong to the whole document: fill them in on its first
  row, or repeat them. The others belong to the line. A new number begins a new document.
* A row whose first filled cell begins with `Example` or `Exempel` is skipped, and so is one that begins with
  `Total` or `Summa`. The columns `Problem` and `Held Id` of a to-fix workbook are left alone.
"""
_KINDS = {
    "quantity": "quantity",
    "percent": "per cent",
    "integer": "whole number",
    "yes_no": "yes or no",
    "formula": "date formula",
}


def page_text() -> str:
    """The whole page."""
    groups: tuple[tuple[str, Sequence[Table]], ...] = (
        ("Setup", SETUP_TABLES),
        ("Master data", MASTER_TABLES),
        ("Documents and what happens to them", DOCUMENT_TABLES),
        ("Bank", (BANK_STATEMENT,)),
        ("Answers to questions", tuple(table for table in BANK_TABLES if table.group == "answers")),
    )
    parts = [INTRODUCTION, _overview(groups)]
    for title, tables in groups:
        parts.append(f"## {title}\n")
        for table in tables:
            parts.append(_table_text(table))
            if table.name == "company":
                parts.append(_settings_text())
    parts.append(_findings_text())
    return "\n".join(parts)


def _overview(groups: Iterable[tuple[str, Sequence[Table]]]) -> str:
    lines = ["## All sheets\n", "| | sheet | in Swedish | key |", "|---|---|---|---|"]
    for title, tables in groups:
        for number, table in enumerate(tables):
            link = f"[{table.sheet}](#{_anchor(table.sheet)})"
            first = title if number == 0 else ""
            lines.append(f"| {first} | {link} | {swedish_sheet(table)} | {' + '.join(table.key)} |")
    return "\n".join(lines) + "\n"


def _table_text(table: Table) -> str:
    lines = [f"### {table.sheet}\n", f"{table.help}\n"]
    key = " + ".join(table.key)
    if table.alternative_keys:
        key += f"; where it is blank, {' or '.join(table.alternative_keys)}"
    lines.append(f"In Swedish: {swedish_sheet(table)}. Other names: {_others(table.aliases)}. Key: {key}.\n")
    of = "| of " if table.documents else ""
    lines.append(f"| column | in Swedish | kind {of}| meaning | other captions |")
    lines.append("|---" * (6 if table.documents else 5) + "|")
    for column in table.columns:
        cells = [f"**{column.caption}**" if column.required else column.caption, swedish_caption(column)]
        cells.append(_kind(column, column.default))
        if table.documents:
            cells.append("document" if column.header else "line")
        cells += [column.help, _others(column.aliases)]
        lines.append(_row(cells))
    return "\n".join(lines) + "\n"


def _settings_text() -> str:
    lines = ["The settings:\n", "| setting | in Swedish | kind | meaning |", "|---|---|---|---|"]
    for column in SETTING_COLUMNS.values():
        kind = _kind(column, _setting_default(column))
        lines.append(_row([column.caption, swedish_caption(column), kind, column.help]))
    return "\n".join(lines) + "\n"


def _findings_text() -> str:
    lines = [
        "## Findings\n",
        "Everything that can be said about an input. An error holds back the whole document that it touches",
        "and never its neighbours; a warning is posted all the same; a notice only tells. What stands in",
        "braces is filled in.\n",
        "| code | severity | what it says | what to do |",
        "|---|---|---|---|",
    ]
    for code in sorted(CATALOGUE):
        text = CATALOGUE[code]
        lines.append(_row([f"`{code}`", text.severity, text.en, text.en_do]))
    return "\n".join(lines) + "\n"


def _kind(column: Column, default: str) -> str:
    """The kind of a column with its options and default: `Item`, G/L Account, Comment; blank: Item."""
    kind = ", ".join(column.options) if column.options else _KINDS.get(column.kind, column.kind)
    if not column.in_hash:
        kind += "; filled in by the program"
    return f"{kind}; blank: `{default}`" if default else kind


def _setting_default(column: Column) -> str:
    """A setting's default as it is typed; declared are amounts in minor units, percentages scaled."""
    if column.default and column.kind == "amount":
        return decimal_text(int(column.default), 2)
    if column.default and column.kind in ("percent", "quantity"):
        return plain_text(int(column.default))
    return column.default


def _others(aliases: Sequence[str]) -> str:
    return ", ".join(aliases[1:]) or "none"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


def _anchor(title: str) -> str:
    """The anchor that a heading gets: lower case, no dots and slashes, blanks as hyphens."""
    kept = "".join(sign for sign in title.lower() if sign.isalnum() or sign in " -")
    return kept.replace(" ", "-")


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with --check only say whether it is up to date."""
    text = page_text()
    if "--check" in arguments:
        if PAGE.exists() and PAGE.read_text("utf-8") == text:
            return 0
        sys.stderr.write("docs/workbooks.md is out of date: run python scripts/make_docs.py\n")
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
