"""A short look at what `make faults` tries at length; docs/reliability.md says what is promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent
SHORT = "matrix broken kills disks --every 180 --faults 1,2,3,4,5,6 --kills 2 --distinct --quick"


def test_a_short_look_at_all_faults_finds_nothing_wrong_and_every_broken_variant(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("the fault harness forks, which Windows cannot")
    out = tmp_path / "report.json"
    command = [sys.executable, str(HARNESS), *SHORT.split(), "--folder", str(tmp_path), "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert out.exists(), done.stdout + done.stderr
    report = json.loads(out.read_text())
    assert report["wrong"] == []
    if "broken" in report["parts"]:
        caught = {row["broken rule"]: row["caught"] for row in report["parts"]["broken"]["rows"]}
        assert len(caught) >= 10
        assert all(caught.values())
        matrix = {row["fault"]: row["runs"] for row in report["parts"]["matrix"]["rows"]}
        assert len(matrix) == 6
        assert all(matrix.values())
    if report["skipped"]:
        pytest.skip("; ".join(f"{part}: {why}" for part, why in report["skipped"].items()))
