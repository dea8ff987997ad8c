"""Public camt files with known answers (github.com/genkgo/camt, MIT): read to those answers, or refused with a reason.

The files stand beside the project where there are any; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from salesbatch import readers
from salesbatch.core.inbox import InputFile
from salesbatch.core.money import minor_digits
from salesbatch.readers.bank_file import Statement
from salesbatch.readers.camt import read_camt

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data"
CORPUS = ROOT / "bank" / "camt_genkgo" / "test" / "data"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")

OTHER_CURRENCY = "bank-file-currency"
"""Its closing balance is written in SEK on an account in EUR: whoever reads it as 27.00 reads what nobody wrote."""
FILES = {
    "camt053.v2.multi.statement": "",
    "camt053.v2.with-account-name": "",
    "camt53.only-Dt-with-DtTm": "",
    "camt053.v2.five.decimals": "",
    "camt053.v2.all-balance-types": "",
    "camt053.v2.minimal": OTHER_CURRENCY,
    "camt053.v2.minimal.ultimate": OTHER_CURRENCY,
    "camt053.v2.with-party-ids": OTHER_CURRENCY,
    "camt053.v3": OTHER_CURRENCY,
    "camt053.v4": OTHER_CURRENCY,
    "camt053.v8": OTHER_CURRENCY,
    "camt053.v2.wrong": "bank-file-empty",
    "camt052.v1": "bank-file-unknown",  # Version 1 has another root; a report of the day is no statement either way.
    "camt052.v2": "bank-file-intraday",
    "camt052.v2.other-account": "bank-file-intraday",
    "camt052.v2.with-account-name": "bank-file-intraday",
    "camt052.v4": "bank-file-intraday",
    "camt052.v6": "bank-file-intraday",
    "camt052.v6.Amt-zero": "bank-file-intraday",
    "camt052.v8": "bank-file-intraday",
    "camt054.v2": "bank-file-notification",
    "camt054.v2.with-account-name": "bank-file-notification",
    "camt054.v4": "bank-file-notification",
    "camt054.v8": "bank-file-notification",
    "camt054.v8-with-UETR": "bank-file-notification",
    "camt054.v8-with-financial-institution": "bank-file-notification",
}
"""Every file and the reason that refuses it, '' for those that are read."""
NOT_ADDING_UP = {"camt053.v2.five.decimals": -5, "camt053.v2.all-balance-types": 582}
"""Read, and then held by the rule of statements: opening balance and lines less the closing balance."""


def content(name: str) -> bytes:
    return (CORPUS / f"{name}.xml").read_bytes()


def test_the_list_is_complete_and_the_files_are_those_of_the_manifest() -> None:
    assert {path.stem for path in CORPUS.glob("*.xml")} == set(FILES)
    with (ROOT / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
        hashes = {
            row["path"]: row["sha256"]
            for row in csv.DictReader(manifest)
            if row["path"].startswith("bank/camt_genkgo/test/data/")
        }
    for name in FILES:
        assert hashlib.sha256(content(name)).hexdigest() == hashes[f"bank/camt_genkgo/test/data/{name}.xml"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_its_reason(name: str) -> None:
    inbox = readers.read_inbox([InputFile(f"{name}.xml", "", content(name))])
    errors = [item.code for item in inbox.findings if item.severity == "error"]
    assert errors == ([FILES[name]] if FILES[name] else [])


@pytest.mark.parametrize(
    "path", sorted(CORPUS.parents[1].glob("assets/*.xsd")), ids=lambda path: str(path.stem)
)
def test_a_schema_is_no_statement(path: Path) -> None:
    inbox = readers.read_inbox([InputFile(path.name, "", path.read_bytes())])
    assert [item.code for item in inbox.findings] == ["bank-file-unknown"]


# The answers ----------------------------------------------------------------------------------------------

READABLE = [name for name, code in FILES.items() if code in ("", OTHER_CURRENCY)]


def mended(name: str) -> list[Statement]:
    """The statements; where the closing balance is in another currency than the account, it is put right first.

    So is the one payment of version 3, which is said to be 105.75 of an entry of 8.85.
    """
    mended = content(name).replace(b'<Amt Ccy="SEK">27.00</Amt>', b'<Amt Ccy="EUR">27.00</Amt>')
    return read_camt(mended.replace(b'<Amt Ccy="EUR">105.750</Amt>', b'<Amt Ccy="EUR">8.850</Amt>'))


def answers(name: str) -> list[dict[str, Any]]:
    """The entries of the answer, each with its statement under getRecord."""
    entries = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))["getEntries"]
    return [item for item in entries if isinstance(item, dict)]


def day(answer: dict[str, Any] | None) -> str:
    return answer["0"][:10] if answer else ""


def payer(detail: dict[str, Any]) -> tuple[str, str]:
    """Name and account of who paid, else of who is behind the payment."""
    found: dict[str, tuple[str, str]] = {}
    for party in detail["getRelatedParties"]:
        kind = party["getRelatedPartyType"]["__CLASS__"].rpartition("\\")[2]
        account = party["getAccount"]["getIdentification"] if party["getAccount"] else ""
        found[kind] = (party["getRelatedPartyType"]["getName"], account)
    return found.get("Debtor") or found.get("UltimateDebtor") or ("", "")


@pytest.mark.parametrize("name", READABLE)
def test_entries_are_what_the_answers_say(name: str) -> None:
    statements = mended(name)
    wanted = answers(name)
    # Of a file with several statements the answer keeps the entries of the last one only.
    told = {answer["getRecord"]["getId"] for answer in wanted if isinstance(answer["getRecord"], dict)}
    lines = [(item, line) for item in statements if item.statement_id in told for line in item.lines]
    assert len(lines) == len(wanted)
    for (statement, line), answer in zip(lines, wanted):
        assert minor_digits(answer["getAmount"]["getCurrency"]["getCode"]) == 2
        assert str(line.amount_minor) == answer["getAmount"]["getAmount"]
        assert statement.currency_code == answer["getAmount"]["getCurrency"]["getCode"]
        assert (line.date, line.value_date) == (day(answer["getBookingDate"]), day(answer["getValueDate"]))
        assert line.transaction_id == (answer["getAccountServicerReference"] or "")
        detail = answer["getTransactionDetail"]
        if answer["getCreditDebitIndicator"] == "CRDT":
            assert (line.payer_name, line.payer_account) == payer(detail)
        remittance = detail["getRemittanceInformation"] or {}
        reference = remittance.get("getCreditorReferenceInformation")
        assert line.payment_reference == (reference["getRef"] if reference else "")
        if remittance.get("getUnstructuredBlock"):
            assert line.text == remittance["getUnstructuredBlock"]["getMessage"]
        end_to_end = (detail["getReference"] or {}).get("getEndToEndId") or ""
        assert end_to_end in line.additional_info


@pytest.mark.parametrize("name", READABLE)
def test_balances_and_accounts_are_what_the_answers_say(name: str) -> None:
    statements = {statement.statement_id: statement for statement in mended(name)}
    for answer in answers(name):
        record = answer["getRecord"]
        if not isinstance(record, dict):
            continue
        statement = statements[record["getId"]]
        assert statement.account == record["getAccount"]["getIdentification"]
        number = record["getElectronicSequenceNumber"] or record["getLegalSequenceNumber"] or record["getId"]
        assert statement.statement_no == number
        told = {item["getType"]: item for item in reversed(record["getBalances"])}  # PRCD is an opening too.
        for kind, mine in (("opening", statement.opening), ("closing", statement.closing)):
            assert (kind in told) == (mine is not None)
            if mine is not None:
                assert (str(mine.amount_minor), mine.date) == (
                    told[kind]["getAmount"]["getAmount"],
                    day(told[kind]["getDate"]),
                )


@pytest.mark.parametrize("name", [name for name, code in FILES.items() if not code])
def test_which_statements_add_up(name: str) -> None:
    for statement in read_camt(content(name)):
        if statement.opening and statement.closing:
            moved = sum(line.amount_minor for line in statement.lines)
            difference = statement.opening.amount_minor + moved - statement.closing.amount_minor
            assert difference == NOT_ADDING_UP.get(name, 0)
