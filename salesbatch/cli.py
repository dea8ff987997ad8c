"""Words in, words out: the commands. Prose goes to stderr, what another program reads goes to stdout.

Exit codes: 0 done; 1 the program failed, nothing committed; 2 usage; 3 done, but some input was rejected;
4 another run holds the folder; 5 the books do not verify. Slow imports happen inside the commands, so that
`--help` answers at once. The commands that only look are in `cli_looking`, what all share is in `cli_parts`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import click
from rich_click import RichGroup

from salesbatch import __version__
from salesbatch.cli_looking import explain, export, template, verify
from salesbatch.cli_parts import (
    BUSY,
    DONE,
    FAILED,
    SOME_REJECTED,
    USAGE,
    company,
    date_option,
    debug_option,
    empty_report,
    existing,
    finish,
    folder_argument,
    free_folder,
    json_of,
    json_option,
    make_folder,
    print_json_if,
    run_company,
    run_options,
    shown_progress,
    strict_option,
    tell,
    today,
    with_books,
)
from salesbatch.terminal import say

DEMO_STEPS = {
    "setup": "the company, its customers and items, and what was open in its old system",
    "review": "a person answers the payment review",
    "mistakes": "workbooks full of mistakes, to see how they come back",
}
"""What a step of the demo is; the others are months of orders, invoices, rates and bank files."""
OPEN_FIRST = (
    (
        "ledgers/Ledger 2026-10.xlsx",
        "a month of the books: summary with charts, every entry, bank reconciliation",
    ),
    ("outbox/2026-10", "the invoices and credit memos of that month, as PDF"),
    ("review/Payment Review *.xlsx", "payments that wait for a decision, with what was found for them"),
    ("rejected/*/Order* - to fix.xlsx", "what was held back: the cells that are wrong, and why"),
    ("ledgers/Run *.xlsx", "what the last run did"),
)
LEFT_FOR_LATER = frozenset({"file-not-ready", "file-open"})
"""Findings of files that a run leaves in the inbox because they are being written or are open."""


@click.group(
    cls=RichGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="salesbatch")
def program() -> None:
    """Drop workbooks into a folder, get a correct sales ledger back."""


@program.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@json_option
@debug_option
def demo(*, folder: Path | None, as_json: bool, debug: bool) -> int:
    """Make FOLDER (default ./demo), copy the sample workbooks in and run them, month by month.

    Then the payment review is answered, and workbooks full of mistakes are dropped.
    """
    import sample_workbooks

    root = free_folder(folder)
    place = make_folder(root)
    reports = []
    for name in (*sample_workbooks.STEPS, sample_workbooks.REVIEW, sample_workbooks.MISTAKES):
        day = sample_workbooks.posting_date(name)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        sample_workbooks.copy_month(name, place.inbox)
        say()
        say(
            f"{name}: {DEMO_STEPS.get(name, 'orders, invoices, credit memos, exchange rates and bank files of a month')}"
        )
        if name == sample_workbooks.REVIEW:
            for written in sorted(place.review.glob("Payment Review *.xlsx")):
                typed = sample_workbooks.answer_review(written, place.inbox)
                say(
                    f"  {typed} decisions are typed into {written.name}, as a person would, and it is dropped."
                )
        for copy in place.inbox.iterdir():  # All are whole; a run need not wait and see whether they grow.
            os.utime(copy, (moment, moment))
        result = run_company(root, run_options(posting_date=day))
        tell(result)
        reports.append(json_of(result))
        if result.exit_code not in (DONE, SOME_REJECTED):
            print_json_if(as_json, {"folder": str(root), "runs": reports, "exit_code": result.exit_code})
            return int(result.exit_code)
    say()
    say(f"The company is in {root}. Open first:")
    for pattern, words in OPEN_FIRST:
        for found in sorted(root.glob(pattern))[-1:]:
            say(f"  {found.relative_to(root).as_posix():<44} {words}")
    say("Then mend the to-fix workbook or answer the payment review, save it into inbox/ and type:")
    say(f"  salesbatch run {root}")
    say(f"Ask about any number: salesbatch explain {root} 103001. Prove the books: salesbatch verify {root}")
    print_json_if(as_json, {"folder": str(root), "runs": reports, "exit_code": DONE})
    return DONE


@program.command()
@folder_argument
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
@json_option
@debug_option
def init(*, folder: Path, country: str, language: str, as_json: bool, debug: bool) -> int:
    """Make a new company in FOLDER, with a Setup.xlsx to fill in and empty templates."""
    if company(folder).exists():
        raise click.UsageError(f"{folder} is a company folder already.")
    from salesbatch.batch import init_folder

    outputs = [str(path) for path in init_folder(folder, language)]
    say(f"Made {folder}. Fill in inbox/Setup.xlsx, drop your other workbooks beside it and type:")
    say(f"  salesbatch run {folder}")
    print_json_if(as_json, empty_report(outputs=outputs))
    return DONE


@program.command()
@folder_argument
@date_option
@click.option(
    "--dry-run", is_flag=True, help="Do everything but the commit; writes a preview under review/preview/."
)
@strict_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that draw many PDFs; by default one a processor.",
)
@click.option("--no-pdf", is_flag=True, help="Leave the PDFs to a later run or to `write`.")
@json_option
@debug_option
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
    existing(folder)
    options = run_options(
        posting_date=posting_date or today(), dry_run=dry_run, strict=strict, workers=workers, pdf=not no_pdf
    )
    return finish(run_company(folder, options), as_json)


@program.command()
@folder_argument
@date_option
@strict_option
@json_option
@debug_option
def check(*, folder: Path, posting_date: date | None, strict: bool, as_json: bool, debug: bool) -> int:
    """Same as `run --dry-run`: say what a run of FOLDER would do, and post nothing."""
    existing(folder)
    return finish(
        run_company(folder, run_options(posting_date=posting_date or today(), dry_run=True, strict=strict)),
        as_json,
    )


@program.command()
@folder_argument
@strict_option
@click.option("--no-pdf", is_flag=True, help="Leave the PDFs to a later run or to `write`.")
@json_option
@debug_option
def watch(*, folder: Path, strict: bool, no_pdf: bool, as_json: bool, debug: bool) -> int:
    """Run FOLDER whenever something lands in its inbox, until Ctrl-C; the posting date is the day of each run."""
    place = existing(folder)
    from salesbatch import ledger
    from salesbatch.folder import FolderBusyError
    from salesbatch.watching import WatchMissingError, inbox_knocks, watch_inbox

    told: list[object] = []

    def run_once() -> bool:
        result = run_company(folder, run_options(posting_date=today(), strict=strict, pdf=not no_pdf))
        waits = any(item.code in LEFT_FOR_LATER for item in result.findings)
        # A file that stays open is named once, not every minute.
        if result.run_no or (result.findings and list(result.findings) != told):
            told[:] = result.findings
            tell(result)
            print_json_if(as_json, json_of(result), indent=None)
        return waits

    try:
        knocks = inbox_knocks(place.inbox, polling=bool(ledger.network_file_system(place.inbox)))
        say(f"Watching {place.inbox}; Ctrl-C ends it.")
        watch_inbox(
            place.inbox,
            knocks,
            run_once,
            busy=(FolderBusyError, ledger.BooksBusyError),
            on_busy=lambda error: say(f"{error}; waiting."),
        )
    except WatchMissingError:
        raise click.UsageError(
            "watch needs the package watchfiles. Install it with: pip install 'salesbatch[watch]'"
        ) from None
    except KeyboardInterrupt:
        say("No longer watching.")
    return DONE


@program.command()
@folder_argument
@click.argument("run_no", metavar="[RUN]", type=click.IntRange(min=1), required=False)
@json_option
@debug_option
def write(*, folder: Path, run_no: int | None, as_json: bool, debug: bool) -> int:
    """Draw the ledgers and documents of FOLDER again from the books: of one RUN, or all that is missing."""
    with_books(folder)
    from salesbatch import ledger
    from salesbatch.batch import write_outputs

    if run_no:
        with ledger.open_database(folder) as database:
            last = ledger.chain_head(database).run_no
        if run_no > last:
            raise click.UsageError(f"There is no run {run_no}; the last one is {last}.")

    with shown_progress() as progress:
        outputs = [str(path) for path in write_outputs(folder, run_no, progress=progress)]
    for path in outputs[:20]:
        say(f"  {path}")
    say(f"{len(outputs)} files written.")
    print_json_if(as_json, empty_report(run=run_no or 0, outputs=outputs))
    return DONE


for command in (verify, export, explain, template):
    program.add_command(command)


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
        print_json_if("--json" in arguments, empty_report(exit_code=BUSY))
        return BUSY
    if "--debug" in arguments:
        import traceback

        say(traceback.format_exc())
    what = " ".join(str(error).split())
    say(f"salesbatch: the program failed: {type(error).__name__}" + (f": {what}" if what else ""))
    print_json_if("--json" in arguments, empty_report(exit_code=FAILED))
    return FAILED


def main() -> NoReturn:
    """The `salesbatch` command."""
    sys.exit(call(sys.argv[1:]))
