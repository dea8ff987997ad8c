"""How the sheets are written down: two lines of text a column, so that a declaration reads like the sheet.

    Unit Price* | price >=0 | 125.00 | À-pris, Pris, Price
        Price of one unit in the document's currency.

First line: caption (`*` = required), kind with its options and default, an example, and other accepted
captions, parted by commas. The first of those is the Swedish caption, also where it is the same word.
A line that ends with a comma goes on in the next, indented by eight. Lines indented by four are the help,
which becomes the cell comment and the page in docs.

Kinds are those of `core.tables.Kind`, followed by any of: `>=0` (never negative), `written` (filled in by the
program and no part of the content), `long` (a text of thousands of characters), `(A, B)` (options of a choice),
`= X` (default). A mistake in a declaration raises ValueError when the module is imported.
"""

from __future__ import annotations

import re
from typing import cast, get_args

from salesbatch.core.tables import Column, Group, Kind, Table

_KIND = re.compile(
    r"^(?P<kind>[a-z_]+)(?P<flags>(?: (?:>=0|written|long))*)"
    r"(?: \((?P<options>[^)]*)\))?(?: = (?P<default>.+))?$"
)
_CONTINUED = re.compile(r",\n {8,}")


def columns(text: str, *, header: bool = False) -> tuple[Column, ...]:
    """The columns that a text declares, in order; `header`: they belong to the whole document."""
    found: list[Column] = []
    for line in _CONTINUED.sub(", ", text).splitlines():
        if not line.strip():
            continue
        if line.startswith("    "):
            if not found:
                raise ValueError(f"help without a column: {line}")
            last = found.pop()
            found.append(_column(last, " ".join((last.help, line.strip())).strip()))
        else:
            found.append(_first_line(line, header))
    return tuple(found)


def sheet(
    name: str,
    *parts: str | tuple[Column, ...],
    key: str,
    group: Group,
    aliases: str,
    help: str,
    documents: bool = False,
    alternative_keys: str = "",
) -> Table:
    """A sheet of the given parts; key, aliases and alternative_keys are captions parted by commas.

    Raises ValueError for a key that is no column of the sheet, and for a column that stands there twice.
    """
    declared = tuple(
        column for part in parts for column in (columns(part) if isinstance(part, str) else part)
    )
    captions = [column.caption for column in declared]
    if len(set(captions)) != len(captions):
        raise ValueError(f"{name} has a column twice")
    table = Table(name, declared, _list(key), group, _list(aliases), help, documents, _list(alternative_keys))
    for caption in (*table.key, *table.alternative_keys):
        if caption not in captions:
            raise ValueError(f"{name} has no column {caption}")
    return table


def without(declared: tuple[Column, ...], *captions: str) -> tuple[Column, ...]:
    """The columns but for those named; raises ValueError for a caption that is not there."""
    missing = set(captions) - {column.caption for column in declared}
    if missing:
        raise ValueError(f"there is no column {sorted(missing)}")
    return tuple(column for column in declared if column.caption not in captions)


def swedish_caption(column: Column) -> str:
    """The caption in a Swedish workbook: the first alias of every declared column."""
    return column.aliases[0] if column.aliases else column.caption


def swedish_sheet(table: Table) -> str:
    """The sheet's name in a Swedish workbook: the first alias of every declared sheet."""
    return table.aliases[0] if table.aliases else table.sheet


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _column(column: Column, help: str) -> Column:
    from dataclasses import replace

    return replace(column, help=help)


def _first_line(line: str, header: bool) -> Column:
    cells = [cell.strip() for cell in line.split(" | ")]
    if len(cells) != 4:
        raise ValueError(f"a column has caption, kind, example and aliases: {line}")
    caption, kind_text, example, aliases = cells
    match = _KIND.match(kind_text)
    if match is None or match["kind"] not in get_args(Kind):
        raise ValueError(f"unknown kind: {line}")
    options = _list(match["options"] or "")
    default = match["default"] or ""
    if options and default and default not in options:
        raise ValueError(f"the default is none of the options: {line}")
    return Column(
        caption.removesuffix("*"),
        cast(Kind, match["kind"]),
        required=caption.endswith("*"),
        default=default,
        options=options,
        aliases=_list(aliases),
        header=header,
        example="" if example == "-" else example,
        non_negative=">=0" in match["flags"],
        in_hash="written" not in match["flags"],
        long="long" in match["flags"],
    )
