"""The company folder: what is read, what is left alone, and who may work in it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from salesbatch.folder import CompanyFolder, Drop, FolderBusyError, run_name

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX rights and links")


@pytest.fixture
def folder(tmp_path: Path) -> CompanyFolder:
    company = CompanyFolder(tmp_path / "acme")
    company.create()
    return company


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


def put(folder: CompanyFolder, name: str, content: bytes, age: float = 3600) -> Path:
    path = folder.inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    changed = path.stat().st_mtime - age
    os.utime(path, (changed, changed))
    return path


def no_waiting(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s")


def names(drop: Drop) -> list[str]:
    return [file.name for file in drop.files]


def codes(drop: Drop) -> dict[str, str]:
    return {item.place.source: item.code for item in drop.findings}


def test_a_new_company_folder_has_every_place_and_is_open_to_its_owner_only(tmp_path: Path) -> None:
    company = CompanyFolder(tmp_path / "new" / "acme")
    assert not company.exists()
    company.create()
    places = [
        company.inbox,
        company.processed,
        company.rejected,
        company.review,
        company.outbox,
        company.ledgers,
    ]
    assert all(place.is_dir() for place in places)
    assert company.exists()
    if sys.platform != "win32":
        assert {place.stat().st_mode & 0o777 for place in [company.root, *places]} == {0o700}


def test_creating_again_changes_nothing(folder: CompanyFolder) -> None:
    put(folder, "Orders.xlsx", workbook())
    folder.create()
    assert names(folder.list_inbox()) == ["Orders.xlsx"]


def test_the_run_number_is_written_with_six_digits(folder: CompanyFolder) -> None:
    assert run_name(17) == "000017"
    assert folder.processed_run(17) == folder.root / "processed" / "000017"
    assert folder.rejected_run(1234567) == folder.root / "rejected" / "1234567"


def test_old_files_are_read_at_once_in_the_order_of_their_names_with_sub_folders(
    folder: CompanyFolder,
) -> None:
    put(folder, "b.csv", b"b")
    put(folder, "a.xlsx", workbook())
    put(folder, "shop/orders.csv", b"c")
    drop = folder.list_inbox(sleep=no_waiting)
    assert names(drop) == ["a.xlsx", "b.csv", "shop/orders.csv"]
    assert drop.files[1].content == b"b"
    assert drop.files[1].sha256 == hashlib.sha256(b"b").hexdigest()
    assert drop.not_ready == ()
    assert drop.findings == ()


def test_an_empty_or_missing_inbox_is_an_empty_drop(tmp_path: Path, folder: CompanyFolder) -> None:
    assert folder.list_inbox() == Drop((), (), ())
    assert CompanyFolder(tmp_path / "nowhere").list_inbox() == Drop((), (), ())


def test_a_file_that_excel_holds_open_is_left_and_named(folder: CompanyFolder) -> None:
    put(folder, "Orders.xlsx", workbook())
    put(folder, "~$Orders.xlsx", b"lock")
    put(folder, "Customers.xlsx", workbook())
    drop = folder.list_inbox()
    assert names(drop) == ["Customers.xlsx"]
    assert drop.not_ready == ("Orders.xlsx",)
    assert codes(drop) == {"Orders.xlsx": "file-open"}


def test_a_file_that_libreoffice_holds_open_is_left_and_named(folder: CompanyFolder) -> None:
    put(folder, "Orders.ods", workbook())
    put(folder, ".~lock.Orders.ods#", b"lock")
    assert folder.list_inbox().not_ready == ("Orders.ods",)


def test_a_lonely_owner_file_is_named_but_never_read(folder: CompanyFolder) -> None:
    put(folder, "~$Orders.xlsx", b"lock")
    drop = folder.list_inbox()
    assert drop.files == ()
    assert drop.not_ready == ("~$Orders.xlsx",)


def test_hidden_files_are_passed_over(folder: CompanyFolder) -> None:
    put(folder, ".DS_Store", b"x")
    put(folder, ".trash/Orders.xlsx", workbook())
    assert folder.list_inbox() == Drop((), (), ())


def test_a_file_that_grows_while_it_is_looked_at_is_left(folder: CompanyFolder) -> None:
    path = put(folder, "Orders.csv", b"No.\n", age=0)
    looks = []

    def grow(seconds: float) -> None:
        looks.append(seconds)
        with path.open("ab") as file:
            file.write(b"102001\n")

    drop = folder.list_inbox(sleep=grow)
    assert drop.files == ()
    assert drop.not_ready == ("Orders.csv",)
    assert codes(drop) == {"Orders.csv": "file-not-ready"}
    assert 1.5 < sum(looks) < 2.5


def test_a_young_file_that_stands_still_is_read_after_one_short_wait(folder: CompanyFolder) -> None:
    put(folder, "a.csv", b"a", age=0)
    put(folder, "b.csv", b"b", age=0)
    waits: list[float] = []
    assert names(folder.list_inbox(sleep=waits.append)) == ["a.csv", "b.csv"]
    assert len(waits) == 1


def test_a_workbook_without_its_end_waits_while_it_is_young_and_is_handed_on_when_it_is_old(
    folder: CompanyFolder,
) -> None:
    put(folder, "young.xlsx", workbook()[:40], age=30)
    put(folder, "old.xlsx", workbook()[:40], age=90)
    drop = folder.list_inbox(sleep=no_waiting)
    assert names(drop) == ["old.xlsx"]  # The reader says what is wrong with it.
    assert drop.not_ready == ("young.xlsx",)


def test_an_empty_file_waits_while_it_is_young(folder: CompanyFolder) -> None:
    put(folder, "Orders.xlsx", b"", age=5)
    assert folder.list_inbox().not_ready == ("Orders.xlsx",)


@posix_only
def test_links_and_what_is_no_plain_file_are_named_and_left_alone(
    folder: CompanyFolder, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"secret")
    (folder.inbox / "link.csv").symlink_to(secret)
    (folder.inbox / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(folder.inbox / "pipe.csv")
    drop = folder.list_inbox()
    assert drop.files == ()
    assert codes(drop) == dict.fromkeys(["link.csv", "elsewhere", "pipe.csv"], "file-not-plain")


@posix_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_a_finding_and_does_not_stop_the_others(folder: CompanyFolder) -> None:
    put(folder, "closed.csv", b"x").chmod(0)
    put(folder, "open.csv", b"y")
    drop = folder.list_inbox()
    assert names(drop) == ["open.csv"]
    assert codes(drop) == {"closed.csv": "file-unreadable"}


def test_an_error_while_opening_is_a_finding_and_does_not_stop_the_others(
    folder: CompanyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "closed.csv", b"x")
    put(folder, "open.csv", b"y")
    really_open = os.open

    def refuse(path: object, *rest: int) -> int:
        if str(path).endswith("closed.csv"):
            raise PermissionError(13, "Permission denied")
        return really_open(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    drop = folder.list_inbox()
    assert names(drop) == ["open.csv"]
    assert [item.message() for item in drop.findings] == ["The file cannot be read: permission denied."]


def test_names_are_composed_unicode_and_found_again_in_whatever_form_they_stand_on_disk(
    folder: CompanyFolder,
) -> None:
    apart = unicodedata.normalize("NFD", "Försäljning.csv")
    put(folder, apart, b"x")
    drop = folder.list_inbox()
    assert names(drop) == ["Försäljning.csv"]
    assert folder.input_path("Försäljning.csv") is not None
    assert folder.remove_input("Försäljning.csv", drop.files[0].sha256)
    assert list(folder.inbox.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems join the two names themselves")
def test_two_names_that_look_the_same_are_never_mixed_up(folder: CompanyFolder) -> None:
    put(folder, unicodedata.normalize("NFC", "Kå.csv"), b"1")
    put(folder, unicodedata.normalize("NFD", "Kå.csv"), b"2")
    drop = folder.list_inbox()
    assert len(drop.files) == 1
    assert codes(drop) == {"Kå.csv": "file-name-twice"}


def test_an_input_that_was_saved_over_meanwhile_stays(folder: CompanyFolder) -> None:
    path = put(folder, "Orders.csv", b"first")
    read = folder.list_inbox().files[0]
    path.write_bytes(b"second")
    assert folder.remove_input("Orders.csv", read.sha256)
    assert path.read_bytes() == b"second"


def test_what_is_saved_over_an_input_in_the_moment_it_is_deleted_stays(
    folder: CompanyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "Orders.csv", b"first")
    read = folder.list_inbox().files[0]
    really_rename = Path.rename

    def save_first(moved: Path, target: Path) -> Path:
        if moved == path:
            path.write_bytes(b"second")
        return really_rename(moved, target)

    monkeypatch.setattr(Path, "rename", save_first)
    assert folder.remove_input("Orders.csv", read.sha256)
    assert [entry.read_bytes() for entry in folder.inbox.iterdir()] == [b"second"]
    assert names(folder.list_inbox()) == ["Orders.csv"]


@pytest.mark.parametrize("saved_since", [False, True])
def test_a_run_that_is_killed_while_it_deletes_an_input_leaves_it_to_the_next(
    folder: CompanyFolder, monkeypatch: pytest.MonkeyPatch, saved_since: bool
) -> None:
    path = put(folder, "bank/Orders.csv", b"first")
    read = folder.list_inbox().files[0]
    with monkeypatch.context() as patch:
        patch.setattr("salesbatch.folder._take_away", lambda aside: sys.exit())
        patch.setattr("salesbatch.folder._put_back", lambda aside: None)
        with pytest.raises(SystemExit):
            folder.remove_input("bank/Orders.csv", read.sha256)
    assert not path.exists()
    if saved_since:
        path.write_bytes(b"second")
    with folder.lock():
        assert path.read_bytes() == (b"second" if saved_since else b"first")
        assert folder.remove_input("bank/Orders.csv", read.sha256)
    assert [entry.read_bytes() for entry in path.parent.iterdir()] == ([b"second"] if saved_since else [])


def test_an_input_that_is_gone_already_counts_as_removed(folder: CompanyFolder) -> None:
    assert folder.remove_input("Orders.csv", "0" * 64)


def test_one_run_holds_a_folder_and_says_who_it_is(folder: CompanyFolder) -> None:
    with folder.lock(), pytest.raises(FolderBusyError) as busy, folder.lock():
        pass
    assert f"process {os.getpid()} on " in str(busy.value)


def test_the_folder_is_free_again_after_a_run_also_after_a_failed_one(folder: CompanyFolder) -> None:
    with pytest.raises(RuntimeError), folder.lock():
        raise RuntimeError
    with folder.lock():
        assert folder.lock_file.exists()


def test_the_lock_of_a_killed_process_is_gone_with_it(folder: CompanyFolder) -> None:
    program = (
        "import sys, time; from pathlib import Path; from salesbatch.folder import CompanyFolder\n"
        "with CompanyFolder(Path(sys.argv[1])).lock():\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(folder.root)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(FolderBusyError, match=f"process {other.pid}"), folder.lock():
            pass
        other.kill()
        other.wait()
        with folder.lock():
            pass
