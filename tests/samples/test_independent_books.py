"""The books of the demo against a second calculation of the same workbooks, to the öre.

The workbooks are read with openpyxl and worked out by `sample_workbooks.model`; what the program says comes
from its exports. Where a bank line may wait for a person, the test takes over whether it was posted in the end,
never what. By then the payment review has been answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from books_check import bean_check, export_journal, spoil
from sample_oracle import books_of_workbooks, read_step

import sample_workbooks
from sample_workbooks.mistakes import good_tables
from sample_workbooks.model import Ledger, Month, post_bank_lines

Export = Callable[[str], list[dict[str, str]]]
D = Decimal
POSTED = ("applied", "on_account")
BY_A_PERSON = ("accepted", "manual")
MONTHS = sample_workbooks.MONTHS

pytestmark = pytest.mark.slow


def sums(rows: list[dict[str, str]], name: str, amount: str = "amount") -> dict[str, Decimal]:
    """Amounts by the values of a column, without zeros."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        totals[row[name]] += D(row[amount])
    return {key: total for key, total in totals.items() if total}


@pytest.fixture(scope="session")
def lines(export: Export) -> dict[str, list[dict[str, str]]]:
    """What the program made of each bank line, in the order of the answer key."""
    found = {
        (row["date"], D(row["amount"]), row["text"], row["payer_name"]): row
        for row in export("payment_matches")
    }
    return {
        month: [
            found[answer["date"], D(answer["amount"]), answer["text"], answer["payer_name"]]
            for answer in answers
        ]
        for month, answers in sample_workbooks.answers()["statements"].items()
    }


@pytest.fixture(scope="session")
def expected(lines: Mapping[str, list[dict[str, str]]]) -> dict[str, Month]:
    """The second calculation, with the program's choice for lines that were allowed to wait."""
    posted = {
        month: {
            place: row["status"] in POSTED or (row["status"], answer["expect"]) == ("mapped", "by_decision")
            for place, (row, answer) in enumerate(zip(rows, sample_workbooks.answers()["statements"][month]))
        }
        for month, rows in lines.items()
    }
    return books_of_workbooks(posted)


@pytest.mark.parametrize("month", MONTHS)
def test_every_account_moves_as_calculated(month: str, export: Export, expected: dict[str, Month]) -> None:
    posted = [row for row in export("gl_entries") if row["posting_date"].startswith(month)]
    assert sums(posted, "account_no") == dict(expected[month].accounts.filled())


@pytest.mark.parametrize("month", MONTHS)
def test_every_account_stands_as_calculated(month: str, export: Export, expected: dict[str, Month]) -> None:
    posted = [row for row in export("gl_entries") if row["posting_date"][:7] <= month]
    assert sums(posted, "account_no") == dict(expected[month].closing)


@pytest.mark.parametrize("month", MONTHS)
def test_vat_of_every_identifier_is_as_calculated(
    month: str, export: Export, expected: dict[str, Month]
) -> None:
    rows = [row for row in export("vat_entries") if row["posting_date"].startswith(month)]
    base, vat = sums(rows, "vat_identifier", "base"), sums(rows, "vat_identifier")
    assert base == {identifier: pair[0] for identifier, pair in expected[month].vat.items()}
    assert vat == {identifier: pair[1] for identifier, pair in expected[month].vat.items() if pair[1]}


@pytest.mark.parametrize("month", MONTHS)
def test_every_customer_owes_what_was_calculated(
    month: str, export: Export, expected: dict[str, Month]
) -> None:
    customer_of = {row["entry_no"]: row["customer_no"] for row in export("customer_ledger_entries")}
    details = [row for row in export("detailed_entries") if row["posting_date"][:7] <= month]
    rows = [
        {"customer": customer_of[row["customer_ledger_entry_no"]], "amount": row["amount"]} for row in details
    ]
    assert sums(rows, "customer") == dict(expected[month].customers)


@pytest.mark.parametrize("month", MONTHS)
def test_every_customer_owes_what_was_calculated_in_kronor(
    month: str, export: Export, expected: dict[str, Month]
) -> None:
    customer_of = {row["entry_no"]: row["customer_no"] for row in export("customer_ledger_entries")}
    details = [row for row in export("detailed_entries") if row["posting_date"][:7] <= month]
    rows = [
        {"customer": customer_of[row["customer_ledger_entry_no"]], "amount": row["amount_lcy"]}
        for row in details
    ]
    assert sums(rows, "customer") == dict(expected[month].customers_lcy)


def test_gains_losses_discounts_and_tolerance_all_occur(expected: dict[str, Month]) -> None:
    closing = expected[MONTHS[-1]].closing
    assert closing["3960"] < 0 < closing["7960"]
    assert closing["3731"] > 0
    assert closing["1980"] > 0


@pytest.mark.parametrize("kind", ["invoice", "credit_memo"])
def test_documents_have_the_calculated_numbers_dates_and_totals(
    kind: str, export: Export, expected: dict[str, Month]
) -> None:
    rows = [
        row for row in export("documents") if row["document_type"] == kind and row["posting_date"] < "2026-11"
    ]
    told = {
        row["posted_no"]: (
            row["order_no"] or row["no"],
            row["bill_to_customer_no"],
            row["posting_date"],
            row["due_date"],
            row["currency_code"],
            D(row["amount_including_vat"]),
        )
        for row in rows
    }
    documents = [
        doc
        for month in MONTHS
        for doc in (expected[month].invoices if kind == "invoice" else expected[month].credit_memos)
    ]
    for doc in documents:
        number, customer, posted, due, currency, total = told.pop(doc.posted_no)
        assert (number, customer, posted, due, currency) == (
            doc.no,
            doc.bill_to,
            str(doc.posting_date),
            str(doc.due_date),
            doc.currency,
        )
        assert total == doc.total  # Rounded to whole kronor, other currencies not at all.
    assert not told


@pytest.mark.parametrize("month", MONTHS)
def test_bank_lines_that_leave_no_doubt_settle_their_documents(
    month: str, lines: Mapping[str, list[dict[str, str]]]
) -> None:
    wrong = []
    for answer, row in zip(sample_workbooks.answers()["statements"][month], lines[month]):
        settled = (row["status"], row["customer_no"], documents_of(row))
        right = ("applied", answer["customer_no"], set(answer["documents"].split()))
        alone = row["match_confidence"] not in BY_A_PERSON
        if answer["expect"] == "applied" and (settled != right or not alone):
            wrong.append(
                (answer["why"], answer["documents"], row["status"], row["applied_documents"], row["evidence"])
            )
    assert not wrong


@pytest.mark.parametrize("month", MONTHS)
def test_no_bank_line_is_ever_posted_wrongly(month: str, lines: Mapping[str, list[dict[str, str]]]) -> None:
    wrong = []
    for answer, row in zip(sample_workbooks.answers()["statements"][month], lines[month]):
        posted = row["status"] in POSTED
        if answer["expect"] == "nothing" and posted:
            wrong.append((answer["why"], row["text"], row["status"], row["applied_documents"]))
        if answer["expect"] == "returned" and row["status"] != "reversed":
            wrong.append((answer["why"], row["text"], row["status"], row["applied_documents"]))
        if answer["expect"] == "mapped" and row["status"] != "mapped":
            wrong.append((answer["why"], row["text"], row["status"], row["applied_documents"]))
        right = row["customer_no"] == answer["customer_no"] and documents_of(row) <= set(
            answer["documents"].split()
        )
        if answer["expect"] == "right_or_review" and posted and not right:
            wrong.append((answer["why"], answer["documents"], row["status"], row["applied_documents"]))
    assert not wrong


def test_every_decision_of_the_person_is_carried_out(lines: Mapping[str, list[dict[str, str]]]) -> None:
    undone, decided = [], 0
    for month, rows in lines.items():
        for answer, row in zip(sample_workbooks.answers()["statements"][month], rows):
            decided += row["match_confidence"] in BY_A_PERSON
            if answer["decision"] not in ("", "Leave") and row["status"] in ("proposed", "unmatched"):
                undone.append((answer["why"], answer["decision"], row["text"], row["status"]))
    assert not undone
    assert decided >= 10  # The rest is settled by itself.


def test_a_receipt_booked_by_hand_and_its_bank_line_are_one_payment(
    lines: Mapping[str, list[dict[str, str]]],
) -> None:
    met = [
        (row["status"], row["bank_entry_no"])
        for month, rows in lines.items()
        for answer, row in zip(sample_workbooks.answers()["statements"][month], rows)
        if answer["expect"] == "met"
    ]
    assert len(met) >= 4
    assert all(status == "applied" and int(entry_no) > 0 for status, entry_no in met)


def test_lines_that_came_before_in_another_format_are_not_taken_in_again(export: Export) -> None:
    answers = sample_workbooks.answers()["statements"]["2026-09"]
    wanted = [row for row in answers if row["bank_account"] == "BANK" and row["date"] >= "2026-09-24"]
    lines = [
        row
        for row in export("statement_lines")
        if row["bank_account"] == "BANK" and "2026-09-24" <= row["date"] <= "2026-09-30"
    ]
    assert len(lines) == len(wanted)


def documents_of(row: Mapping[str, str]) -> set[str]:
    """Document numbers of `103001=1250.00;103002=80.00`."""
    return {part.partition("=")[0].strip() for part in row["applied_documents"].split(";") if part.strip()}


# The workbooks of mistakes --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def november(lines: Mapping[str, list[dict[str, str]]]) -> Month:
    """What the good neighbours of the mistakes must post."""
    ledger = Ledger(read_step("setup"))
    answers: dict[str, Any] = sample_workbooks.answers()
    for month in MONTHS:
        ledger.post_sales(month, read_step(month))
        ledger.post_receipts(month, read_step(month)["Payments"])
        post_bank_lines(ledger, month, answers["statements"][month])
        ledger.close(month)
    unpaid = set(answers["untouched_invoices"])
    return ledger.post_sales("2026-11", good_tables(ledger.months["2026-10"].invoices, unpaid))


def test_good_neighbours_of_mistakes_are_posted(export: Export, november: Month) -> None:
    rows = {
        row["posted_no"]: row
        for row in export("documents")
        if row["posting_date"] >= "2026-11" and row["posted_no"]
    }
    for doc in (*november.invoices, *november.credit_memos):
        row = rows[doc.posted_no]
        assert (row["order_no"] or row["no"], row["customer_no"]) == (doc.no, doc.customer_no)
        assert D(row["amount_including_vat"]) == doc.total


def test_documents_with_a_mistake_are_held(export: Export) -> None:
    posted = {row["order_no"] or row["no"] for row in export("documents") if row["posted_no"]}
    held = {
        row["key"]
        for row in sample_workbooks.answers()["mistakes"]
        if row["expect"] == "held" and row["key"].startswith("M")
    }
    assert not posted & held
    assert len(held) >= 25


def test_every_mistake_is_named_at_its_cell(export: Export) -> None:
    """The finding stands at the very cell, or at least in its row where the fault is one of the whole document."""
    told = {(row["sheet"], row["cell"]) for row in export("findings")}
    rows = {(sheet, "".join(sign for sign in cell if sign.isdigit())) for sheet, cell in told}
    lost = [
        mistake
        for mistake in sample_workbooks.answers()["mistakes"]
        if mistake["expect"] == "held"
        and (mistake["sheet"], mistake["cell"]) not in told
        and (mistake["sheet"], mistake["cell"].lstrip("ABCDEFGHIJKLMNOP")) not in rows
    ]
    assert not lost


# A second opinion: a program that has nothing to do with this one --------------------------------------------


def test_the_books_of_the_demo_are_accepted(demo_folder: Path, tmp_path: Path) -> None:
    journal = export_journal(demo_folder, tmp_path / "demo.beancount")
    text = journal.read_text("utf-8")
    assert text.count(" * ") > 400
    assert text.count(" balance ") > 50
    done = bean_check(journal)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_one_ore_in_the_books_of_the_demo_is_found(demo_folder: Path, tmp_path: Path) -> None:
    spoiled = spoil(
        demo_folder,
        tmp_path / "spoiled",
        "UPDATE vat_entries SET amount_minor = amount_minor + 1 WHERE entry_no ="
        " (SELECT MIN(entry_no) FROM vat_entries WHERE entry_no >= 100 AND amount_minor <> 0)",
    )
    done = bean_check(export_journal(spoiled, tmp_path / "spoiled.beancount"))
    assert done.returncode == 1
    assert "Balance failed for 'Liabilities:26" in done.stdout + done.stderr
