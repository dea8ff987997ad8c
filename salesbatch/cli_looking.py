"""The commands that look into the books and post nothing: verify, export, explain; and template."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from salesbatch.cli_parts import (
    DONE,
    NOT_PROVEN,
    day_option,
    debug_option,
    empty_report,
    folder_argument,
    json_option,
    print_json_if,
    with_books,
    write_stdout,
    write_text,
)
from salesbatch.terminal import say

if TYPE_CHECKING:
    from salesbatch.core.tables import Table

FORMATS = ("csv", "json", "xlsx", "beancount")
JOURNAL, BEANCOUNT = "journal", "beancount"
"""The general ledger as a text journal: a table with a format of its own."""
_new_file = click.Path(path_type=Path, dir_okay=False)


def _anchor(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, str] | None:
    """Rows and SHA-256 in hex of the hash chain: as typed, or as they stand on a workbook; or a usage error."""
    if value is None:
        return None
    count, _, head = value.replace(" ", "").lower().partition(":")
    if re.fullmatch(r"[0-9]{1,18}", count) and re.fullmatch(r"[0-9a-f]{64}", head):
        return int(count), head
    path = Path(value)
    if not path.is_file():
        raise click.BadParameter(
            f"{value!r} is neither COUNT:HASH nor a workbook that is there.", context, option
        )
    from salesbatch.readers import read_anchor

    anchor = read_anchor(path.read_bytes())
    if anchor is None:
        raise click.BadParameter(
            f"{value} has no rows and head of a chain on its first sheet; give a Run or Ledger workbook.",
            context,
            option,
        )
    return anchor


@click.command(cls=RichCommand)
@folder_argument
@click.option(
    "--anchor",
    metavar="COUNT:HASH|FILE",
    callback=_anchor,
    help="Rows and head of the chain, as printed on a workbook; or the workbook itself.",
)
@json_option
@debug_option
def verify(*, folder: Path, anchor: tuple[int, str] | None, as_json: bool, debug: bool) -> int:
    """Prove the books of FOLDER: chain, debits and credits, sub-ledger, numbers, applications."""
    with_books(folder)
    from salesbatch import ledger

    with ledger.open_database(folder) as database:
        broken = ledger.verify(database, anchor=anchor)
        head = None if broken else ledger.chain_head(database)
    for law in broken[:20]:
        row = f" row {law.row}" if law.row else ""
        say(f"  {law.law}: {law.table}{row}: {law.message}")
    if len(broken) > 20:
        say(f"  and {len(broken) - 20} more: see --json")
    code = NOT_PROVEN if broken else DONE
    report = {**empty_report(exit_code=code), "counts": {"broken": len(broken)}}
    if head is None:
        say(f"The books do not verify: {len(broken)} laws are broken.")
    else:
        say("The books verify.")
        say(f"  {head.rows} rows in {head.run_no} runs; anchor {head.rows}:{head.head}")
        report["counts"] |= {"runs": head.run_no, "rows": head.rows}
        report["anchor"] = f"{head.rows}:{head.head}"
    report["findings"] = [
        {"code": law.law, "severity": "error", "table": law.table, "row": law.row, "message": law.message}
        for law in broken
    ]
    print_json_if(as_json, report)
    return code


@click.command(cls=RichCommand)
@folder_argument
@click.argument("table")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="csv when not given, or what the ending of FILE says; beancount is for `journal`.",
)
@click.option(
    "--as-of",
    metavar="DATE",
    callback=day_option,
    help="Remaining amounts and open as they stood at the end of this day.",
)
@click.option("--output", "-o", type=_new_file, help="A file instead of stdout.")
@debug_option
def export(
    *, folder: Path, table: str, kind: str | None, as_of: date | None, output: Path | None, debug: bool
) -> int:
    """Print one TABLE of the ledger of FOLDER, or the general ledger as a text `journal`."""
    with_books(folder)
    from salesbatch import ledger

    tables = (*ledger.EXPORT_TABLES, JOURNAL)
    if table not in tables:
        raise click.UsageError(f"No table {table!r}. There are: {', '.join(tables)}.")
    chosen = _format(table, kind, output)
    with ledger.open_database(folder) as database:
        if table == JOURNAL:
            from salesbatch.writers import draw_text_journal

            journal = ledger.general_journal(database, as_of=as_of)
            content, rows = draw_text_journal(journal), len(journal.rows)
        else:
            from salesbatch.exporting import encode_table

            frame = ledger.export_table(database, table, as_of=as_of)
            content, rows = encode_table(table, frame, chosen), len(frame)
    if output is not None:
        from salesbatch.writers import save_file

        save_file(output, content)
        say(f"{rows} rows written to {output}.")
    else:
        write_stdout(content)
    return DONE


def _format(table: str, kind: str | None, output: Path | None) -> str:
    """The format asked for, that of the file's ending, or the table's usual one; a usage error when they clash."""
    suffix = output.suffix[1:].lower() if output else ""
    usual = BEANCOUNT if table == JOURNAL else "csv"
    chosen = kind or (suffix if suffix in FORMATS else usual)
    if (table == JOURNAL) != (chosen == BEANCOUNT):
        raise click.UsageError(
            f"{table} is not written as {chosen}: `{JOURNAL}` is written as {BEANCOUNT}, tables as csv, json or xlsx."
        )
    return chosen


@click.command(cls=RichCommand)
@folder_argument
@click.argument("key", nargs=-1, required=True)
@json_option
@debug_option
def explain(*, folder: Path, key: tuple[str, ...], as_json: bool, debug: bool) -> int:
    """Tell the story of one document, statement line or entry of FOLDER.

    KEY is a posted number, the sender's number, an order number, a payment reference, `line 12`, `entry 12`, or
    a kind and a number such as `invoice 103001`.
    """
    with_books(folder)
    from salesbatch import explaining, ledger

    wanted = " ".join(key)
    with ledger.open_database(folder) as database:
        kind, number = explaining.kind_and_number(wanted)
        found = ledger.find_subjects(database, number, kind)
        if not found:
            near = ledger.nearest_numbers(database, number)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise click.UsageError(f"The books know no {wanted!r}.{hint}")
        if len(found) > 1:
            language = ledger.language(database)
            print_json_if(as_json, explaining.hits_report(wanted, found))
            if not as_json:
                write_text(explaining.hit_lines(folder.as_posix(), found, language))
            return DONE
        story = ledger.tell_story(database, found[0])
    print_json_if(as_json, explaining.story_report(wanted, story))
    if not as_json:
        write_text(explaining.story_lines(story))
    return DONE


@click.command(cls=RichCommand)
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True)
@click.option(
    "--output", "-o", type=_new_file, required=True, help="The workbook to make, such as Orders.xlsx."
)
@click.option(
    "--language",
    type=click.Choice(["en", "sv"]),
    default="en",
    show_default=True,
    help="Of sheet names, captions and notes.",
)
@debug_option
def template(*, sheets: tuple[str, ...], output: Path, language: str, debug: bool) -> int:
    """Make a workbook with an empty SHEET of each name: captions, notes, drop-downs, an example row."""
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{output} is no name of a workbook; let it end in .xlsx.")
    if output.exists():
        raise click.UsageError(f"{output} is there already; name a new file.")
    tables = {table.name: table for table in (_sheet_named(name) for name in sheets)}
    from salesbatch.writers import draw_templates, save_file

    save_file(output, draw_templates(list(tables.values()), language))
    say(f"{output}: {', '.join(table.sheet for table in tables.values())}.")
    return DONE


def _sheet_named(name: str) -> Table:
    """The sheet that a person means by a name, or a usage error with those that are spelled alike."""
    from difflib import get_close_matches

    from salesbatch.core.sheets import SHEETS
    from salesbatch.readers import sheet_named

    table = sheet_named(name)
    if table is not None:
        return table
    spellings = {text.casefold(): text for sheet in SHEETS for text in (sheet.sheet, *sheet.aliases)}
    near = [sheet.sheet for sheet in SHEETS if name.casefold() in sheet.sheet.casefold().split()]
    near += [spellings[text] for text in get_close_matches(name.casefold(), spellings, 3)]
    if near:
        hint = f"Did you mean {', '.join(dict.fromkeys(near))}?"
    else:
        hint = f"There are: {', '.join(sheet.sheet for sheet in SHEETS)}."
    raise click.UsageError(f"No sheet is called {name!r}. {hint}")
