"""What the commands share: options, the company folder they work on, runs, and the two streams.

Slow imports happen inside the functions, so that `--help` answers at once. The clock for posting dates is read
here and nowhere else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salesbatch.terminal import Progress, say

if TYPE_CHECKING:
    from salesbatch.batch import RunOptions, RunResult
    from salesbatch.folder import CompanyFolder

DONE, FAILED, USAGE, SOME_REJECTED, BUSY, NOT_PROVEN = range(6)


def day_option(context: click.Context, option: click.Parameter, value: str | None) -> date | None:
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


folder_argument = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
date_option = click.option(
    "--date", "posting_date", metavar="DATE", callback=day_option, help="Posting date; default today."
)
strict_option = click.option("--strict", is_flag=True, help="One error holds back the whole run.")
debug_option = click.option("--debug", is_flag=True, help="Show a traceback when the program fails.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON report on stdout.")


def today() -> date:
    """The day on which a run posts when nobody says otherwise."""
    return datetime.now().astimezone().date()


def company(folder: Path) -> CompanyFolder:
    """The places of a company; nothing on disk is touched."""
    from salesbatch.folder import CompanyFolder

    return CompanyFolder(folder)


def existing(folder: Path) -> CompanyFolder:
    """The company in a folder, or a usage error."""
    place = company(folder)
    if not place.exists():
        raise click.UsageError(
            f"{folder} is no company folder: it has no inbox. Make one with: salesbatch init {folder}"
        )
    return place


def with_books(folder: Path) -> CompanyFolder:
    """The company in a folder that has had a run, or a usage error."""
    place = existing(folder)
    if not place.database.exists():
        raise click.UsageError(
            f"{folder} has no books yet. Drop your workbooks into its inbox and type: salesbatch run {folder}"
        )
    return place


def free_folder(folder: Path | None) -> Path:
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


def make_folder(root: Path) -> CompanyFolder:
    """A new company folder."""
    place = company(root)
    place.create()
    return place


def run_options(**values: Any) -> RunOptions:
    """Options of a run that begins now."""
    from salesbatch.batch import RunOptions

    return RunOptions(registered_at=datetime.now(UTC).isoformat(timespec="seconds"), **values)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A progress bar that is wiped at the end."""
    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()


def run_company(folder: Path, options: RunOptions) -> RunResult:
    """Run the folder, with its progress on stderr."""
    from dataclasses import replace

    from salesbatch.batch import run_folder

    with shown_progress() as progress:
        return run_folder(folder, replace(options, progress=progress))


def tell(result: RunResult) -> None:
    """The ten lines of a run on stderr."""
    from salesbatch.summary import summary_lines

    for line in summary_lines(result, currency_of(result)):
        say(line)


def currency_of(result: RunResult) -> str:
    """The currency of a run's totals."""
    return str(getattr(result, "currency_code", "") or "SEK")


def json_of(result: RunResult) -> dict[str, Any]:
    """The JSON report of a run."""
    from salesbatch.summary import json_report

    return json_report(result, currency_of(result))


def finish(result: RunResult, as_json: bool) -> int:
    """Tell a run in both ways; its exit code."""
    tell(result)
    if as_json:
        print_json_if(True, json_of(result))
    return int(result.exit_code)


def empty_report(run: int = 0, outputs: Sequence[str] = (), exit_code: int = DONE) -> dict[str, Any]:
    """The JSON report of a command that posts nothing."""
    return {
        "run": run,
        "counts": {},
        "totals": {},
        "findings": [],
        "outputs": list(outputs),
        "exit_code": exit_code,
    }


def write_stdout(content: bytes) -> None:
    """Bytes as they are, so that neither line ends nor letters depend on the machine."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_text(lines: Sequence[str]) -> None:
    """Lines for a person on stdout, in the terminal's own encoding; what it cannot show is replaced."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    write_stdout(("\n".join(lines) + "\n").encode(encoding, "replace"))


def print_json_if(wanted: bool, report: dict[str, Any], indent: int | None = 1) -> None:
    """One JSON report on stdout, where it is asked for; without indent on one line."""
    if wanted:
        text = json.dumps(report, ensure_ascii=False, indent=indent)
        write_stdout((text + "\n").encode("utf-8", "replace"))
