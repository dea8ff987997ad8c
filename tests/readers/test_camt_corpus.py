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
NO_DAY = "bank-file-value"
"""Its entry has neither a booking date nor a value date, so nobody can say on which day the money moved."""
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
    "camt052.v1": "bank-file-unknown",  # Version 1 has other elements than those that came after it.
    "camt052.v2": "",
    "camt052.v2.other-account": "",
    "camt052.v2.with-account-name": NO_DAY,
    "camt052.v4": "",
    "camt052.v6": "",
    "camt052.v6.Amt-zero": "",
    "camt052.v8": "",
    "camt054.v2": "",
    "camt054.v2.with-account-name": NO_DAY,
    "camt054.v4": "",
    "camt054.v8": "",
    "camt054.v8-with-UETR": NO_DAY,
    "camt054.v8-with-financial-institution": NO_DAY,
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
    return read_camt(mended.replace(b'<Amt Ccy="EUR">105.750</Amt>', b'<Amt Ccy="EUR">8.850</Amt>'))[1]


def answers(name: str) -> list[dict[str, Any]]:
    """The entries of the answer, each with its statement under getRecord."""
    entries = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))["getEntries"]
    return [item for item in entries if isinstance(item, dict)]


def references(answer: Any) -> list[str]:
    """The creditor references anywhere in an answer, in order."""
    if isinstance(answer, list):
        return [text for item in answer for text in references(item)]
    if not isinstance(answer, dict):
        return []
    own = [answer["getRef"]] if answer.get("getRef") else []
    return own + [text for item in answer.values() for text in references(item)]


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
    pending = [answer for answer in wanted if answer["getStatus"] != "BOOK"]
    assert len(pending) == sum(len(statement.pending) for statement in statements)
    wanted = [answer for answer in wanted if answer not in pending]
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
        assert line.payment_reference == ";".join(dict.fromkeys(references(answer)))
        detail = answer["getTransactionDetail"]
        if detail is None:
            continue
        if answer["getCreditDebitIndicator"] == "CRDT":
            assert (line.payer_name, line.payer_account) == payer(detail)
        remittance = detail["getRemittanceInformation"] or {}
        if remittance.get("getUnstructuredBlock"):
            said = remittance["getUnstructuredBlock"]["getMessage"]
            one = len(answer["getTransactionDetails"]) == 1  # Several without amounts are one line.
            assert line.text == said if one else line.text.startswith(said)
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
        told = {
            item["getType"]: item for item in reversed(record.get("getBalances", []))
        }  # PRCD is an opening too.
        for kind, mine in (("opening", statement.opening), ("closing", statement.closing)):
            assert (kind in told) == (mine is not None)
            if mine is not None:
                assert (str(mine.amount_minor), mine.date) == (
                    told[kind]["getAmount"]["getAmount"],
                    day(told[kind]["getDate"]),
                )


@pytest.mark.parametrize("name", [name for name, code in FILES.items() if not code])
def test_which_statements_add_up(name: str) -> None:
    for statement in read_camt(content(name))[1]:
        if statement.opening and statement.closing:
            moved = sum(line.amount_minor for line in statement.lines)
            difference = statement.opening.amount_minor + moved - statement.closing.amount_minor
            assert difference == NOT_ADDING_UP.get(name, 0)
