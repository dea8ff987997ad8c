"""A file is saved whole or not at all, under a name that is safe everywhere."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesbatch.writers.save import safe_file_name, save_file


def test_a_saved_file_has_its_content_and_its_hash_is_given(tmp_path: Path) -> None:
    path = tmp_path / "outbox" / "2026-10" / "Invoice 103001.pdf"
    assert save_file(path, b"content") == hashlib.sha256(b"content").hexdigest()
    assert path.read_bytes() == b"content"
    assert [item.name for item in path.parent.iterdir()] == ["Invoice 103001.pdf"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_files_and_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ledgers" / "Run 000001.xlsx"
    save_file(path, b"x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"the old and longer one")
    save_file(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "Ledger 2026-10.xlsx"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise PermissionError(13, "open in Excel")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(PermissionError):
        save_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["Ledger 2026-10.xlsx"]


def test_the_rename_comes_after_the_flush_and_the_folder_is_flushed_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (steps.append("replace"), replace(*names))[1])
    save_file(tmp_path / "a", b"x")
    assert steps == ["fsync", "replace", "fsync"] or os.name == "nt"


def test_what_a_killed_run_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".a.part").write_bytes(b"half")
    save_file(tmp_path / "a", b"whole")
    assert [item.name for item in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".a.part").symlink_to(victim)
    save_file(tmp_path / "a", b"x")
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Invoice 103001", "Invoice 103001.pdf"),
        ("Faktura Å-1 (kopia)", "Faktura Å-1 (kopia).pdf"),
    ],
)
def test_readable_names_stay_as_they_are(text: str, name: str) -> None:
    assert safe_file_name(text, ending=".pdf") == name


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a\u202eb", "A\u200bB",
     "a/b", "a:b", "CON", "nul.x", "COM¹", ".hidden", "-rf", "a.", " a", "", "\0", "å" * 200],
)  # fmt: skip
def test_unsafe_names_are_changed_and_marked(text: str) -> None:
    name = safe_file_name(text, ending=".pdf")
    assert name.endswith(f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.pdf")
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name[0] not in ".- "
    assert len(name.encode()) <= 255


def test_names_that_would_become_one_stay_two() -> None:
    assert safe_file_name("A/1") != safe_file_name("A:1") != safe_file_name("A-1")


@given(st.text())
def test_any_text_gives_a_file_inside_its_folder(text: str) -> None:
    folder = Path("/outbox")
    path = folder / safe_file_name(text, ending=".pdf")
    assert path.parent == folder
    assert os.path.normpath(path) == str(path)
    assert len(path.name.encode()) <= 255
