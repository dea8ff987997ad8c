"""Fixtures: a company that is set up once and copied for every test that needs it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from office import Office


@pytest.fixture(scope="session")
def set_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company folder whose setup and master data are taken in.

    No ledger workbook is drawn: it would be a quarter of every run, and the few tests that read one ask for it.
    """
    return Office(tmp_path_factory.mktemp("office") / "company").set_up(Ledger_Workbook="At Close").root


@pytest.fixture
def office(set_up_folder: Path, tmp_path: Path) -> Office:
    """A company of one's own: customers C1 to C3, items A1 to A3, nothing posted yet."""
    shutil.copytree(set_up_folder, tmp_path / "company")
    return Office(tmp_path / "company")


@pytest.fixture(scope="session")
def _told_once(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    @cache
    def folder_after(tell: Callable[[Office], object]) -> Path:
        folder = Path(shutil.copytree(set_up_folder, tmp_path_factory.mktemp("told") / "company"))
        tell(Office(folder))
        return folder

    return folder_after


@pytest.fixture
def office_after(
    _told_once: Callable[..., Path], tmp_path: Path
) -> Callable[[Callable[[Office], object]], Office]:
    """`office_after(tell)`: a company of one's own after `tell(office)`, which is told once for all tests."""
    return lambda tell: Office(Path(shutil.copytree(_told_once(tell), tmp_path / "company")))
