"""The words of a run's result: about ten lines for a person, one report for a program.

The same result is told twice. `summary_lines` is prose in the company's language and goes to stderr;
`json_report` is for scripts: amounts as decimal text with a point, findings with every field by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from salesbatch.core.findings import ERROR, NOTICE, WARNING, Finding
from salesbatch.core.money import decimal_text, minor_digits

SHOWN = 20
"""So many problems are printed; the rest stands in the workbooks."""
ALIKE = 3
"""So many warnings of one kind are printed: the tenth overdue customer must not hide the one missing rate."""


class Result(Protocol):
    """What this module needs to know of a run."""

    @property
    def run_no(self) -> int: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def totals(self) -> Mapping[str, int]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def outputs(self) -> Sequence[str]: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def language(self) -> str: ...


# Count -> (line on which it stands, English one|many, Swedish one|many). What is not here is not told to a
# person; it still stands in the JSON report.
_COUNTS: dict[str, tuple[str, str, str]] = {
    "files": ("taken", "file|files", "fil|filer"),
    "rows_read": ("taken", "row|rows", "rad|rader"),
    "master_changes": (
        "taken",
        "change of master data|changes of master data",
        "ändring av grunddata|ändringar av grunddata",
    ),
    "orders": ("posted", "order|orders", "order|order"),
    "shipments": ("posted", "shipment|shipments", "leverans|leveranser"),
    "invoices": ("posted", "invoice|invoices", "faktura|fakturor"),
    "credit_memos": ("posted", "credit memo|credit memos", "kreditnota|kreditnotor"),
    "opening_entries": ("posted", "opening entry|opening entries", "ingående post|ingående poster"),
    "payments": ("posted", "payment|payments", "betalning|betalningar"),
    "actions": ("posted", "action on entries|actions on entries", "åtgärd på poster|åtgärder på poster"),
    "payments_applied": (
        "settled",
        "payment settled|payments settled",
        "betalning kopplad|betalningar kopplade",
    ),
    "payments_open": ("settled", "payment left open|payments left open", "betalning öppen|betalningar öppna"),
    "documents_held": ("held", "document|documents", "dokument|dokument"),
    "rows_held": ("held", "row|rows", "rad|rader"),
}
_ENGLISH = {
    "run": "Run {run}",
    "dry": "Checked; nothing was posted",
    "empty": "Nothing to do: no file lies ready in the inbox",
    "taken": "Taken in",
    "posted": "Posted",
    "settled": "Bank",
    "held": "Held back",
    "more": "and {count} more: see {place}",
    "receivables": "Receivables",
    "look": "Look in",
    "nothing": "nothing",
    "warnings": "Take note",
}
_SWEDISH = {
    "run": "Körning {run}",
    "dry": "Kontrollerat; inget bokfördes",
    "empty": "Inget att göra: ingen fil ligger klar i inkorgen",
    "taken": "Inläst",
    "posted": "Bokfört",
    "settled": "Bank",
    "held": "Hållet",
    "more": "och {count} till: se {place}",
    "receivables": "Kundfordringar",
    "look": "Se",
    "nothing": "inget",
    "warnings": "Observera",
}
_WORDS = {"en": _ENGLISH, "sv": _SWEDISH}


def summary_lines(result: Result, currency_code: str = "SEK") -> list[str]:
    """The result as an accountant reads it: taken in, posted, held and why, receivables, where to look."""
    language = "sv" if result.language == "sv" else "en"
    words = _WORDS[language]
    idle = not result.run_no and not result.counts.get("files", 0)
    first = (
        words["run"].format(run=f"{result.run_no:06d}")
        if result.run_no
        else words["empty" if idle else "dry"]
    )
    lines = [first]
    for group in () if idle else ("taken", "posted", "settled", "held"):
        told = _told(group, result.counts, language)
        if told or group in ("taken", "posted"):
            lines.append(_line(words[group], told or words["nothing"]))
    errors = [item for item in result.findings if item.severity == ERROR]
    others = [item for item in result.findings if item.severity == WARNING]
    notices = [item for item in result.findings if item.severity == NOTICE and item.code.startswith("file-")]
    lines += _problem_lines(errors, language, SHOWN, _place_of_problems(result))
    if others or notices:
        lines.append(_line(words["warnings"], ""))
        lines += _warning_lines([*others, *notices], language, _place_of_run(result))
    if "receivables" in result.totals:
        lines.append(
            _line(
                words["receivables"],
                f"{_grouped(result.totals['receivables'], currency_code)} {currency_code}",
            )
        )
    places = _places(result.outputs)
    if places:
        lines.append(_line(words["look"], ", ".join(places)))
    return lines


def json_report(result: Result, currency_code: str = "SEK") -> dict[str, Any]:
    """The result for a program: run, counts, totals, findings, outputs, exit_code."""
    digits = minor_digits(currency_code)
    return {
        "run": result.run_no,
        "counts": dict(result.counts),
        "totals": {name: decimal_text(amount, digits) for name, amount in result.totals.items()},
        "findings": [finding_report(item, result.language) for item in result.findings],
        "outputs": [str(path) for path in result.outputs],
        "exit_code": result.exit_code,
    }


def finding_report(item: Finding, language: str) -> dict[str, Any]:
    """A finding with every field by name."""
    return {
        "code": item.code,
        "severity": item.severity,
        "file": item.place.source,
        "sheet": item.place.sheet,
        "cell": item.cell,
        "row": item.place.row,
        "column": item.place.column,
        "value": item.value,
        "message": item.message(language),
        "suggestion": item.suggestion(language),
        "document": item.document,
    }


def finding_line(item: Finding, language: str) -> str:
    """'Orders.xlsx, Orders, F17: sentence suggestion' on one line, without control characters."""
    row = f"row {item.place.row}" if language == "en" else f"rad {item.place.row}"
    cell = item.cell or (row if item.place.row else "")
    place = ", ".join(part for part in (item.place.source, item.place.sheet, cell) if part)
    sentence = " ".join(
        part for part in (item.message(language), _sentence(item.suggestion(language))) if part
    )
    return printable(f"{place}: {sentence}" if place else sentence)


def printable(text: str) -> str:
    """Text that cannot move the cursor or hide itself: what a user typed is printed, never obeyed."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(label: str, text: str) -> str:
    return f"  {label:<15} {text}".rstrip()


def _told(group: str, counts: Mapping[str, int], language: str) -> str:
    parts = []
    for name, (line, english, swedish) in _COUNTS.items():
        count = counts.get(name, 0)
        if line == group and count:
            one, many = (swedish if language == "sv" else english).split("|")
            parts.append(f"{count:,} {one if count == 1 else many}".replace(",", " "))
    return ", ".join(parts)


def _problem_lines(items: Sequence[Finding], language: str, limit: int, place: str) -> list[str]:
    lines = [f"    {finding_line(item, language)}" for item in items[:limit]]
    if len(items) > limit:
        lines.append("    " + _WORDS[language]["more"].format(count=len(items) - limit, place=place))
    return lines


def _warning_lines(items: Sequence[Finding], language: str, place: str) -> list[str]:
    """A few of each kind, in the order in which the kinds first appear."""
    kinds: dict[str, list[Finding]] = {}
    for item in items:
        kinds.setdefault(item.code, []).append(item)
    lines: list[str] = []
    for alike in list(kinds.values())[:SHOWN]:
        lines += _problem_lines(alike, language, ALIKE, place)
    return lines


def _place_of_problems(result: Result) -> str:
    for path in result.outputs:
        parts = str(path).split("/")
        if parts[0] == "rejected" and len(parts) > 1:
            return "/".join(parts[:2])
    return _place_of_run(result)


def _place_of_run(result: Result) -> str:
    for path in result.outputs:
        if str(path).rsplit("/", 1)[-1].startswith("Run "):
            return str(path)
    return "--json"


def _places(outputs: Iterable[str]) -> list[str]:
    """Where the outputs lie: a workbook by its name, many files of one folder as folder and number."""
    folders: dict[str, list[str]] = {}
    for path in outputs:
        folder, _, _ = str(path).rpartition("/")
        folders.setdefault(folder, []).append(str(path))
    places = []
    for folder, paths in folders.items():
        places += paths if len(paths) <= 2 else [f"{folder or '.'}/ ({len(paths)})"]
    return places


def _grouped(minor: int, currency_code: str) -> str:
    """1234567 -> '12 345.67': groups of three parted by a blank, as in both languages here."""
    whole, point, part = decimal_text(minor, minor_digits(currency_code)).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}".replace(",", " ") + point + part
