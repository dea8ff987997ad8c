"""The sample company: workbooks of a Swedish trading company, by step, for the demo and the tests.

    >>> from sample_workbooks import STEPS, copy_month, posting_date
    >>> for step in STEPS: copy_month(step, inbox)   # and run with --date posting_date(step)

`MONTHS` are the three months of trade; `setup` goes before them, `mistakes` after them. Between the last month and
the mistakes a person answers the payment review:

    >>> answer_review(written_review, inbox); copy_month(REVIEW, inbox)
"""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

MONTHS = ("2026-08", "2026-09", "2026-10")
STEPS = ("setup", *MONTHS)
REVIEW = "review"
MISTAKES = "mistakes"
_POSTING_DATES = {
    "setup": date(2026, 7, 31),
    "2026-08": date(2026, 8, 31),
    "2026-09": date(2026, 9, 30),
    "2026-10": date(2026, 10, 31),
    REVIEW: date(2026, 11, 2),
    MISTAKES: date(2026, 11, 30),
}


def path(name: str = "") -> Traversable:
    """The folder of a step ('setup', a month, 'review', 'mistakes'), or of all of them."""
    root = files(__name__)
    return root / name if name else root


def posting_date(name: str) -> date:
    """The posting date of the run that takes a step in: the last day of its month."""
    return _POSTING_DATES[name]


def copy_month(name: str, folder: str | Path) -> list[Path]:
    """Copy the workbooks and bank files of a step into a folder (an inbox); returns the copies, sorted by name."""
    if name not in _POSTING_DATES:
        raise KeyError(f"no sample step '{name}'; there are {', '.join(_POSTING_DATES)}")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    copies = []
    for workbook in sorted(path(name).iterdir(), key=lambda entry: entry.name):
        if workbook.name.endswith((".xlsx", ".xml")) and not workbook.name.startswith("~$"):
            copy = target / workbook.name
            copy.write_bytes(workbook.read_bytes())
            copies.append(copy)
    return copies


def answers() -> dict[str, Any]:
    """What must become of each bank line and of each mistake."""
    return dict(json.loads((path() / "answers.json").read_text(encoding="utf-8")))


def answer_review(path: str | Path, target: str | Path) -> int:
    """Type decisions into a written Payment Review workbook, as a person would, and save it to a folder.

    Returns how many decisions were typed.
    """
    from sample_workbooks.review import answers_for_review, type_decisions

    source = Path(path)
    return type_decisions(source, Path(target) / source.name, answers_for_review(answers()["statements"]))
