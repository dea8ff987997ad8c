"""Words in, words out: the commands. Prose goes to stderr, what another program reads goes to stdout.

Exit codes: 0 done; 1 the program failed, nothing committed; 2 usage; 3 done, but some input was rejected;
4 another run holds the folder; 5 the books do not verify. Slow imports happen inside the commands, so that
`--help` answers at once. This is the only place that reads a clock for a posting date.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich_click import RichGroup

from salesbatch import __version__
from salesbatch.terminal import Progress, say

if TYPE_CHECKING:
    from salesbatch.batch import RunOptions, RunResult
    from salesbatch.folder import CompanyFolder

DONE, FAILED, USAGE, SOME_REJECTED, BUSY, NOT_PROVEN = range(6)
FORMATS = ("csv", "json", "xlsx")


def _day(context: click.Context, option: click.Parameter, value: str | None) -> date | None:
    """A date written as 2026-10-31, or a usage error."""
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-10-31.", context, option)
    return day


def _anchor(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, str] | None:
    """Rows and SHA-256 in hex of the hash chain, as printed on a workbook, or a usage error."""
    if value is None:
        return None
    count, _, head = value.replace(" ", "").lower().partition(":")
    if not (re.fullmatch(r"[0-9]{1,18}", count) and re.fullmatch(r"[0-9a-f]{64}", head)):
        raise click.BadParameter(f"{value!r} is not an anchor; write it as COUNT:HASH.", context, option)
    return int(count), head


_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
_date = click.option(
    "--date", "posting_date", metavar="DATE", callback=_day, help="Posting date; default today."
)
_strict = click.option("--strict", is_flag=True, help="One error holds back the whole run.")
_debug = click.option("--debug", is_flag=True, help="Show a traceback when the program fails.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON report on stdout.")


@click.group(
    cls=RichGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="salesbatch")
def program() -> None:
    """Drop workbooks into a folder, get a correct sales ledger back."""


@program.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@_json
@_debug
def demo(*, folder: Path | None, as_json: bool, debug: bool) -> int:
    """Make FOLDER (default ./demo), copy the sample workbooks in and run them, month by month."""
    import sample_workbooks

    root = _free_folder(folder)
    place = _make_folder(root)
    reports = []
    for name in (*sample_workbooks.STEPS, sample_workbooks.MISTAKES):
        day = sample_workbooks.posting_date(name)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        for copy in sample_workbooks.copy_month(name, place.inbox):
            os.utime(
                copy, (moment, moment)
            )  # It is whole; a run need not wait and see whether it still grows.
        say(f"{name}:")
        result = _run(root, _options(posting_date=day))
        _tell(result)
        reports.append(_json_of(result))
        if result.exit_code not in (DONE, SOME_REJECTED):
            _print_json_if(as_json, {"folder": str(root), "runs": reports, "exit_code": result.exit_code})
            return int(result.exit_code)
    say()
    say(f"The company is in {root}: open its folders {place.ledgers.name} and {place.outbox.name} first.")
    say(f"What was held back is in {place.rejected.name}: mend it, drop it into {place.inbox.name} and type:")
    say(f"  salesbatch run {root}")
    _print_json_if(as_json, {"folder": str(root), "runs": reports, "exit_code": DONE})
    return DONE


@program.command()
@_folder
@click.option(
    "--country",
    type=click.Choice(["SE"]),
    default="SE",
    show_default=True,
    help="Whose accounts and VAT the setup begins with.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "sv"]),
    default="en",
    show_default=True,
    help="Of documents, findings and captions.",
)
@_json
@_debug
def init(*, folder: Path, country: str, language: str, as_json: bool, debug: bool) -> int:
    """Make a new company in FOLDER, with a Setup.xlsx to fill in and empty templates."""
    if _company(folder).exists():
        raise click.UsageError(f"{folder} is a company folder already.")
    from salesbatch.batch import init_folder

    outputs = [str(path) for path in init_folder(folder, language)]
    say(f"Made {folder}. Fill in inbox/Setup.xlsx, drop your other workbooks beside it and type:")
    say(f"  salesbatch run {folder}")
    _print_json_if(as_json, _empty_report(outputs=outputs))
    return DONE


@program.command()
@_folder
@_date
@click.option(
    "--dry-run", is_flag=True, help="Do everything but the commit; writes a preview under review/preview/."
)
@_strict
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that draw many PDFs; by default one a processor.",
)
@click.option("--no-pdf", is_flag=True, help="Leave the PDFs to a later run or to `write`.")
@_json
@_debug
def run(
    *,
    folder: Path,
    posting_date: date | None,
    dry_run: bool,
    strict: bool,
    workers: int | None,
    no_pdf: bool,
    as_json: bool,
    debug: bool,
) -> int:
    """Read what lies in the inbox of FOLDER, decide, post it, and write the ledgers and documents."""
    _existing(folder)
    options = _options(
        posting_date=posting_date or _today(), dry_run=dry_run, strict=strict, workers=workers, pdf=not no_pdf
    )
    return _finish(_run(folder, options), as_json)


@program.command()
@_folder
@_date
@_strict
@_json
@_debug
def check(*, folder: Path, posting_date: date | None, strict: bool, as_json: bool, debug: bool) -> int:
    """Same as `run --dry-run`: say what a run of FOLDER would do, and post nothing."""
    _existing(folder)
    return _finish(
        _run(folder, _options(posting_date=posting_date or _today(), dry_run=True, strict=strict)), as_json
    )


@program.command()
@_folder
@click.argument("run_no", metavar="[RUN]", type=click.IntRange(min=1), required=False)
@_json
@_debug
def write(*, folder: Path, run_no: int | None, as_json: bool, debug: bool) -> int:
    """Draw the ledgers and documents of FOLDER again from the books: of one RUN, or all that is missing."""
    _with_books(folder)
    from salesbatch.batch import write_outputs

    with _progress() as progress:
        outputs = [str(path) for path in write_outputs(folder, run_no, progress=progress)]
    for path in outputs[:20]:
        say(f"  {path}")
    say(f"{len(outputs)} files written.")
    _print_json_if(as_json, _empty_report(run=run_no or 0, outputs=outputs))
    return DONE


@program.command()
@_folder
@click.option(
    "--anchor",
    metavar="COUNT:HASH",
    callback=_anchor,
    help="Rows and head of the chain, COUNT:HASH, as printed on a workbook of the run.",
)
@_json
@_debug
def verify(*, folder: Path, anchor: tuple[int, str] | None, as_json: bool, debug: bool) -> int:
    """Prove the books of FOLDER: chain, debits and credits, sub-ledger, numbers, applications."""
    _with_books(folder)
    from salesbatch import ledger

    with ledger.open_database(folder) as database:
        broken = ledger.verify(database, anchor=anchor)
    for law in broken[:20]:
        row = f" row {law.row}" if law.row else ""
        say(f"  {law.law}: {law.table}{row}: {law.message}")
    if len(broken) > 20:
        say(f"  and {len(broken) - 20} more: see --json")
    code = NOT_PROVEN if broken else DONE
    say(f"The books do not verify: {len(broken)} laws are broken." if broken else "The books verify.")
    findings = [
        {"code": law.law, "severity": "error", "table": law.table, "row": law.row, "message": law.message}
        for law in broken
    ]
    _print_json_if(
        as_json,
        {**_empty_report(), "counts": {"broken": len(broken)}, "findings": findings, "exit_code": code},
    )
    return code


@program.command()
@_folder
@click.argument("table")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="csv when not given, or what the ending of FILE says.",
)
@click.option(
    "--as-of",
    metavar="DATE",
    callback=_day,
    help="Remaining amounts and open as they stood at the end of this day.",
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."
)
@_debug
def export(
    *, folder: Path, table: str, kind: str | None, as_of: date | None, output: Path | None, debug: bool
) -> int:
    """Print one TABLE of the ledger of FOLDER."""
    _with_books(folder)
    from salesbatch import ledger
    from salesbatch.exporting import encode_table

    if table not in ledger.EXPORT_TABLES:
        raise click.UsageError(f"No table {table!r}. There are: {', '.join(ledger.EXPORT_TABLES)}.")
    suffix = output.suffix[1:].lower() if output else ""
    chosen = kind or (suffix if suffix in FORMATS else "csv")
    with ledger.open_database(folder) as database:
        frame = ledger.export_table(database, table, as_of=as_of)
    content = encode_table(table, frame, chosen)
    if output is not None:
        from salesbatch.writers import save_file

        save_file(output, content)
        say(f"{len(frame)} rows written to {output}.")
    else:
        _write_stdout(content)
    return DONE


# What the commands share ---------------------------------------------------------------------------------


def _today() -> date:
    return datetime.now().astimezone().date()


def _company(folder: Path) -> CompanyFolder:
    from salesbatch.folder import CompanyFolder

    return CompanyFolder(folder)


def _existing(folder: Path) -> CompanyFolder:
    place = _company(folder)
    if not place.exists():
        raise click.UsageError(
            f"{folder} is no company folder: it has no inbox. Make one with: salesbatch init {folder}"
        )
    return place


def _with_books(folder: Path) -> CompanyFolder:
    place = _existing(folder)
    if not place.database.exists():
        raise click.UsageError(
            f"{folder} has no books yet. Drop your workbooks into its inbox and type: salesbatch run {folder}"
        )
    return place


def _free_folder(folder: Path | None) -> Path:
    """A folder that is not there or empty: nothing of anybody's is ever written over."""
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise click.UsageError(f"{folder} is not empty; name a new folder for the demo.")
        return folder
    number = 1
    while True:
        root = Path("demo" if number == 1 else f"demo-{number}")
        if not root.exists():
            return root
        number += 1


def _make_folder(root: Path) -> CompanyFolder:
    place = _company(root)
    place.create()
    return place


def _options(**values: Any) -> RunOptions:
    from salesbatch.batch import RunOptions

    return RunOptions(registered_at=datetime.now(UTC).isoformat(timespec="seconds"), **values)


@contextmanager
def _progress() -> Iterator[Progress]:
    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()


def _run(folder: Path, options: RunOptions) -> RunResult:
    from dataclasses import replace

    from salesbatch.batch import run_folder

    with _progress() as progress:
        return run_folder(folder, replace(options, progress=progress))


def _tell(result: RunResult) -> None:
    from salesbatch.summary import summary_lines

    for line in summary_lines(result, _currency_of(result)):
        say(line)


def _currency_of(result: RunResult) -> str:
    return str(getattr(result, "currency_code", "") or "SEK")


def _json_of(result: RunResult) -> dict[str, Any]:
    from salesbatch.summary import json_report

    return json_report(result, _currency_of(result))


def _finish(result: RunResult, as_json: bool) -> int:
    _tell(result)
    if as_json:
        _print_json_if(True, _json_of(result))
    return int(result.exit_code)


def _empty_report(run: int = 0, outputs: Sequence[str] = (), exit_code: int = DONE) -> dict[str, Any]:
    return {
        "run": run,
        "counts": {},
        "totals": {},
        "findings": [],
        "outputs": list(outputs),
        "exit_code": exit_code,
    }


def _write_stdout(content: bytes) -> None:
    """Bytes as they are, so that neither line ends nor letters depend on the machine."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _print_json_if(wanted: bool, report: dict[str, Any]) -> None:
    if wanted:
        _write_stdout((json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))


# The door ------------------------------------------------------------------------------------------------


def call(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. A data problem never comes here; what does is told in one line."""
    try:
        return int(program.main(args=list(arguments), prog_name="salesbatch", standalone_mode=False) or 0)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        return FAILED
    except BrokenPipeError:  # The reader of stdout has seen enough (`| head`).
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it lives until the process ends.
        return DONE
    except Exception as error:
        return _failed(error, arguments)


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    from salesbatch.folder import FolderBusyError

    ledger = sys.modules.get("salesbatch.ledger")  # Where it was never loaded, it cannot have raised.
    if isinstance(error, (FolderBusyError, getattr(ledger, "BooksBusyError", FolderBusyError))):
        say(f"salesbatch: {error}. Try again when it is done.")
        _print_json_if("--json" in arguments, _empty_report(exit_code=BUSY))
        return BUSY
    if "--debug" in arguments:
        import traceback

        say(traceback.format_exc())
    what = " ".join(str(error).split())
    say(f"salesbatch: the program failed: {type(error).__name__}" + (f": {what}" if what else ""))
    _print_json_if("--json" in arguments, _empty_report(exit_code=FAILED))
    return FAILED


def main() -> NoReturn:
    """The `salesbatch` command."""
    sys.exit(call(sys.argv[1:]))
