"""Mutated input through the whole program: a short run here, `make fuzz RUNS=5000` for a long one.

What a long run found lies in `found/` and is dropped here for good. The judge itself is tried on programs that
were broken on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fuzz.corpus import DATA, corpus_files, judge_corpus
from fuzz.drops import BOOKS, INVOICES, book, make_company, sent_back
from fuzz.forms import FORMS
from fuzz.judge import judge, scratch_folder
from fuzz.mutate import mutant

from salesbatch import batch, delivery, rules
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal

FOUND = Path(__file__).parent / "found"
pytestmark = pytest.mark.skipif(
    scratch_folder() is None, reason="forked children and their limits as Linux has them"
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_company(tmp_path_factory.mktemp("fuzz") / "company")


def test_good_files_of_every_kind_that_is_acted_on_are_accepted(company: Path) -> None:
    good = sent_back(company)
    files = {}
    for slot, (name, make) in enumerate(good.books.items(), start=1):
        form = FORMS[slot % len(FORMS)]
        files[f"{name}{form}"] = make(slot).content(form)
    files |= {f"{slot}/{name}": make(slot) for slot, (name, make) in enumerate(good.files.items(), start=20)}
    verdict = judge(company, files)
    assert verdict.breaches == []
    rejected = {
        name.partition(".")[0]
        for name, outcome in verdict.outcomes.items()
        if outcome in ("partly", "rejected")
    }
    assert rejected == {"not acted on"}


def test_a_drop_of_mutated_files_breaks_nothing(company: Path) -> None:
    random = Random("a drop for every build")
    good = sent_back(company)
    mutants = [mutant(slot, random, good) for slot in range(50)]
    verdict = judge(
        company, {item.name: item.content for item in mutants if item.content and not item.common}, seconds=60
    )
    assert verdict.breaches == []
    assert {"accepted", "partly", "rejected"} <= set(verdict.outcomes.values())


def test_what_was_found_stays_mended(company: Path) -> None:
    files = [path for path in sorted(FOUND.rglob("*")) if path.is_file()]
    verdict = judge(
        company, {path.relative_to(FOUND).as_posix(): path.read_bytes() for path in files}, seconds=60
    )
    assert verdict.breaches == []


@pytest.mark.skipif(
    not corpus_files(), reason=f"the workbooks and bank files of other projects are not in {DATA}"
)
def test_a_sample_of_other_projects_files_breaks_nothing(company: Path) -> None:
    for _, verdict, _ in judge_corpus(company, corpus_files()[::28]):
        assert verdict.breaches == []


# The judge judged -----------------------------------------------------------------------------------------


def _raising(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("division by zero")


def _short(run: Any, inbox: Inbox, run_no: int) -> None:
    for file in inbox.files:
        delivery.writers.save_file(run.place.processed_run(run_no) / file.name, file.content[:-1])


BROKEN: Mapping[str, tuple[object, str, object, str]] = {
    "a reader that raises": (batch.readers, "read_inbox", _raising, "traceback: ZeroDivisionError"),
    "an archive that is cut short": (batch._Run, "_archive", _short, "is not in the archive"),
    "no copy of what was rejected": (delivery, "_deliver_one", lambda *_: "", "lacking: rejected/"),
    "one to-fix workbook for two files": (
        delivery,
        "to_fix_names",
        lambda sources, taken=(): dict.fromkeys(sources, "x - to fix.xlsx"),
        "files to fix",
    ),
}


@pytest.fixture
def files() -> Mapping[str, bytes]:
    """A good file, one of which a document is held, and one that cannot be read."""
    unknown = "No. | Customer No. | Item No. | Quantity\nY1 | C9 | A1 | 1"
    return {
        "good.xlsx": BOOKS["orders"](1).content(),
        "held.xlsx": book(2, Invoices=unknown).content(),
        "held too.xlsx": book(2, Invoices=unknown.replace("Y1", "Y2")).content(),
        "bad.xlsx": b"PK\x03\x04 and nothing more" * 9,
    }


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_program_is_found_out(
    company: Path, files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    where, what, broken, breach = BROKEN[name]
    monkeypatch.setattr(where, what, broken)
    assert breach in " ".join(judge(company, files, compare=False).breaches)


@pytest.fixture
def disputing() -> Mapping[str, bytes]:
    """Two files that say different things about one customer, for which both rows are held; one has nothing else."""
    customer = "No. | Name | Credit Limit\nC2 | Café | {}"
    return {
        "one.xlsx": book(3, Customers=customer.format(1000), Invoices=INVOICES).content(),
        "other.xlsx": book(4, Customers=customer.format(2000)).content(),
    }


def test_files_that_dispute_a_key_may_hold_each_others_rows(
    company: Path, disputing: Mapping[str, bytes]
) -> None:
    verdict = judge(company, disputing)
    assert verdict.breaches == []
    assert verdict.outcomes == {"one.xlsx": "partly", "other.xlsx": "rejected"}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a dispute"])
def test_a_rejected_file_that_leaves_something_behind_is_found_out(
    company: Path,
    files: Mapping[str, bytes],
    disputing: Mapping[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    beside: bool,
) -> None:
    decide = rules.decide

    def leaky(inbox: Any, books: Any, posting_date: Any) -> Journal:
        """Writes down that a file could not be read, where nobody asked for it."""
        journal = decide(inbox, books, posting_date)
        if not inbox.unreadable:
            return journal
        return replace(
            journal, rows={**journal.rows, "documents": journal.table("documents").assign(comment="?")}
        )

    monkeypatch.setattr(rules, "decide", leaky)
    dropped = {**files, **(disputing if beside else {})}
    assert "a rejected file changed the books: documents" in judge(company, dropped).breaches
