"""Companies that are set up once for all tests of settling."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from money_setup import take_in
from office import Office


@pytest.fixture(scope="session")
def money_folder(set_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company with accounts for discounts, tolerance and exchange, rates, and bank accounts abroad."""
    folder = tmp_path_factory.mktemp("money") / "company"
    shutil.copytree(set_up_folder, folder)
    take_in(Office(folder))
    return folder


@pytest.fixture
def bank(money_folder: Path, tmp_path: Path) -> Office:
    """A company of one's own that can settle everything: discounts, tolerance, other currencies."""
    shutil.copytree(money_folder, tmp_path / "bank")
    return Office(tmp_path / "bank")
