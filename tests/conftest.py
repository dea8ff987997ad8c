"""Fixtures: a company that is set up once and copied for every test that needs it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from office import Office


@pytest.fixture(scope="session")
def set_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company folder whose setup and master data are taken in."""
    return Office(tmp_path_factory.mktemp("office") / "company").set_up().root


@pytest.fixture
def office(set_up_folder: Path, tmp_path: Path) -> Office:
    """A company of one's own: customers C1 to C3, items A1 to A3, nothing posted yet."""
    shutil.copytree(set_up_folder, tmp_path / "company")
    return Office(tmp_path / "company")
