"""The sample company after its demo: run once for all tests that look at its books."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from salesbatch.cli import call

ROOT = Path(__file__).parents[2]
EXIT_CODES_ACCEPTED = (0, 3)
"""Exit codes of a demo that has done its work: the workbook of mistakes leaves something to fix."""


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo has run, as a user types it: setup, three months, mistakes."""
    folder = tmp_path_factory.mktemp("samples") / "demo"
    command = [sys.executable, "-m", "salesbatch", "demo", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False, timeout=600
    )
    assert done.returncode in EXIT_CODES_ACCEPTED, done.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def export(
    demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], list[dict[str, str]]]:
    """Rows of an export table as the program writes them, read once a table."""
    place = tmp_path_factory.mktemp("exports")
    known: dict[str, list[dict[str, str]]] = {}

    def rows(table: str) -> list[dict[str, str]]:
        if table not in known:
            path = place / f"{table}.csv"
            assert call(["export", str(demo_folder), table, "-o", str(path)]) == 0
            with path.open(encoding="utf-8-sig", newline="") as file:
                known[table] = list(csv.DictReader(file))
        return known[table]

    return rows
