"""A run that dies at any step: the next run ends with the same books and the same files as an undisturbed one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from office import Office

from salesbatch import ledger, writers
from salesbatch.folder import CompanyFolder

SALES = {
    "Invoices": """
        No. | Customer No. | Item No. | Quantity
        I1 | C1 | A1 | 1
        I2 | C9 | A1 | 1
    """,
    "Company": "Setting | Value\nLedger Workbook | Every Run",
    "Bank Statement": """
        Bank Account | Statement No. | Date | Amount | Text | Payer Name
        BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
    """,
}
STEPS: tuple[tuple[Any, str], ...] = (
    (writers, "save_file"),
    (ledger, "post"),
    (ledger, "mark_done"),
    (CompanyFolder, "remove_input"),
)


class Killed(BaseException):
    """Stands for the end of the process: nothing of the program can catch it."""


def files_of(root: Path) -> dict[str, str]:
    """SHA-256 of every file a person sees, by path."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(("book.db", ".lock"))
    }


def books_of(office: Office) -> dict[str, list[list[object]]]:
    """Every exported table."""
    return {name: office.table(name).astype(str).to_numpy().tolist() for name in ledger.EXPORT_TABLES}


@pytest.fixture(scope="module")
def undisturbed(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, int]:
    """Books and files of a calm run, and how many steps it took."""
    office = Office(Path(shutil.copytree(set_up_folder, tmp_path_factory.mktemp("calm") / "company")))
    office.drop("Sales.xlsx", **SALES)
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        interrupt(patch, lambda: count.__setitem__(0, count[0] + 1))
        office.run(pdf=True)
    return books_of(office), files_of(office.root), count[0]


def interrupt(patch: pytest.MonkeyPatch, step: Callable[[], None]) -> None:
    """Call `step` after every piece of work on files or books, which is before the next one."""
    for owner, name in STEPS:
        real = getattr(owner, name)

        def wrapped(*args: Any, _real: Any = real, **options: Any) -> Any:
            result = _real(*args, **options)
            step()
            return result

        patch.setattr(owner, name, wrapped)


@pytest.mark.parametrize("point", range(1, 13))
def test_a_run_killed_at_any_step_is_finished_by_the_next(
    office: Office, undisturbed: tuple[Any, Any, int], monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    books, files, steps = undisturbed
    assert steps == 12, "the run has other steps now: test them all"
    office.drop("Sales.xlsx", **SALES)
    left = [point]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    with monkeypatch.context() as patch:
        interrupt(patch, die)
        with pytest.raises(Killed):
            office.run(pdf=True)
    office.run(pdf=True)
    assert books_of(office) == books
    assert files_of(office.root) == files
    assert office.verify() == []
