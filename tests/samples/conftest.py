"""The sample company after its demo: run once for all tests that look at its books."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXIT_CODES_ACCEPTED = (0, 3)
"""Exit codes of a demo that has done its work: the workbook of mistakes leaves something to fix."""


def run_program(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m salesbatch ...` as a user types it."""
    command = [sys.executable, "-m", "salesbatch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo has run: setup, three months, mistakes."""
    folder = tmp_path_factory.mktemp("samples") / "demo"
    done = run_program("demo", str(folder))
    assert done.returncode in EXIT_CODES_ACCEPTED, done.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def export(demo_folder: Path) -> Callable[[str], list[dict[str, str]]]:
    """Rows of an export table as the program prints them, read once a table."""
    import csv

    known: dict[str, list[dict[str, str]]] = {}

    def rows(table: str) -> list[dict[str, str]]:
        if table not in known:
            done = run_program("export", str(demo_folder), table)
            assert done.returncode == 0, done.stderr[-4000:]
            known[table] = list(csv.DictReader(StringIO(done.stdout.lstrip("\ufeff"))))
        return known[table]

    return rows
