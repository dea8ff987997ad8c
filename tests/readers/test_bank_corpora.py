"""Public MT940 and BgMax files with known answers: read to those answers, or refused with a true reason.

They are github.com/wolph/mt940 (BSD) and github.com/Zimpler/bankgiro_inbetalningar (MIT), and stand beside the
project where there are any; without them these tests are skipped. The answers of the first are read as text.
"""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from pathlib import Path

import pytest

from salesbatch import readers
from salesbatch.core.inbox import InputFile
from salesbatch.core.money import minor_digits
from salesbatch.readers.bank_file import Statement
from salesbatch.readers.bgmax import read_bgmax
from salesbatch.readers.mt940 import read_mt940

BANK = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank"
MT940, BGMAX = BANK / "mt940_wolph", BANK / "bgmax_zimpler" / "spec" / "fixtures"
pytestmark = pytest.mark.skipif(not BANK.exists(), reason="the corpus is not here")

FRAGMENT = "a single field, no message with account, currency and balances"
REFUSED = {
    **dict.fromkeys(
        (
            "betterplace/amount_formats", "betterplace/currency_in_25", "betterplace/empty_86",
            "betterplace/empty_entry_date", "betterplace/empty_line", "betterplace/missing_crlf_at_end",
            "cmxl/account_balance_credit", "cmxl/account_balance_debit", "cmxl/account_identification_iban",
            "cmxl/account_identification_legacy", "cmxl/available_balance", "cmxl/closing_balance",
            "cmxl/reference", "cmxl/statement_details", "cmxl/statement_line", "cmxl/statement_number",
            "self-provided/account_identification", "self-provided/empty_non_swift", "self-provided/sparkassen",
        ),
        ("bank-file-value", FRAGMENT),
    ),
    "self-provided/gv_codes": ("bank-file-value", "it ends without a closing balance"),
    "self-provided/mt942": ("bank-file-sum", "it states debits of 2.30 and lists 0.42"),
    "self-provided/invalid_statement": ("file-unknown-kind", "ten numbers"),
}  # fmt: skip
"""Files that are refused: code and why."""
OTHER_ANSWER = {
    "self-provided/raphaelm": "its :62M: has no currency; 105000,00 was answered as '000,00' in currency '105'",
}


def names() -> list[str]:
    return sorted(str(path.relative_to(MT940))[:-4] for path in MT940.rglob("*.sta"))


def test_every_file_of_the_list_is_there() -> None:
    assert set(REFUSED) <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_file_is_read_or_refused_with_its_reason(name: str) -> None:
    inbox = readers.read_inbox([InputFile("a.sta", "", (MT940 / f"{name}.sta").read_bytes())])
    errors = [item.code for item in inbox.findings if item.severity == "error"]
    assert errors == ([REFUSED[name][0]] if name in REFUSED else [])


# The answers ----------------------------------------------------------------------------------------------


def _day(text: str) -> str:
    year_high, year_low, month, day = base64.b64decode(text)
    return f"{year_high * 256 + year_low:04}-{month:02}-{day:02}"


def _amount(block: str) -> tuple[Decimal, str]:
    amount = re.search(
        r"amount: !!python/object/apply:decimal\.Decimal\s+- '([^']+)'\s+currency: (\w+)", block
    )
    assert amount
    return Decimal(amount[1]), amount[2]


def answers(name: str) -> tuple[list[dict[str, object]], list[Decimal | None]]:
    """The transactions, and the last opening and closing balance, of an answer."""
    text = (MT940 / f"{name}.yml").read_text(encoding="utf-8")
    head, _, rest = text.partition("\ntransactions:")
    found = []
    for block in rest.split("!!python/object:mt940.models.Transaction\n")[1:]:
        dates = re.findall(
            r"^    (date|entry_date|guessed_entry_date): !!python[^\n]*\n    - !!binary \|\n\s+(\S+)",
            block,
            re.M,
        )
        days = {key: _day(value) for key, value in dates}
        reference = re.search(r"^    bank_reference: (.*)$", block, re.M)
        found.append(
            {
                "amount": _amount(block),
                "value_date": days.get("date", ""),
                "entry_date": days.get("guessed_entry_date", days.get("entry_date", "")),
                "status": re.search(r"^    status: (\w+)", block, re.M)[1],  # type: ignore[index]
                "reference": reference[1].strip("'\"") if reference and reference[1] != "null" else "",
            }
        )
    balances = []
    for kind in ("opening", "closing"):
        block = re.search(rf"final_{kind}_balance: .*?status: \w", head, re.S)
        balances.append(_amount(block[0])[0] if block and name not in OTHER_ANSWER else None)
    return found, balances


def amounts(statements: list[Statement]) -> list[tuple[Decimal, str]]:
    return [
        (Decimal(line.amount_minor).scaleb(-minor_digits(item.currency_code)), item.currency_code)
        for item in statements
        for line in item.lines
    ]


ANSWERED = [name for name in names() if name not in REFUSED and (MT940 / f"{name}.yml").exists()]


@pytest.mark.parametrize("name", ANSWERED)
def test_lines_and_balances_are_what_the_answers_say(name: str) -> None:
    _, statements = read_mt940((MT940 / f"{name}.sta").read_bytes())
    wanted, balances = answers(name)
    lines = [line for statement in statements for line in statement.lines]
    # The library counts a reversed credit as money in, which it is not.
    signed = [
        (-value if item["status"] == "RC" else value, currency)
        for item in wanted
        for value, currency in [item["amount"]]  # type: ignore[misc]
    ]
    assert amounts(statements) == signed
    for line, item in zip(lines, wanted):
        assert line.value_date == item["value_date"]
        assert line.date == (item["entry_date"] or item["value_date"])
        reference = str(item["reference"])
        assert line.transaction_id == ("" if reference in ("NONREF", "") else reference)
    # An answer has the last final balances of all messages of its file.
    found = [
        {kind and kind.amount_minor for kind in pair}
        for pair in zip(*((s.opening, s.closing) for s in statements))
    ]
    digits = minor_digits(statements[-1].currency_code)
    for wanted_balance, mine in zip(balances, found):
        assert wanted_balance is None or int(wanted_balance.scaleb(digits)) in mine


# BgMax ----------------------------------------------------------------------------------------------------


def test_the_sample_of_four_deposits_is_read_to_its_sums() -> None:
    kind, statements = read_bgmax((BGMAX / "BgMaxfil4.txt").read_bytes())
    assert kind == "BgMax"
    found = [
        (item.currency_code, sum(line.amount_minor for line in item.lines), len(item.lines))
        for item in statements
    ]
    assert found == [("SEK", 370000, 2), ("SEK", 200000, 1), ("SEK", 290000, 4), ("EUR", 400000, 2)]
    split = statements[2].lines[3]
    assert split.amount_minor == 140000
    assert split.additional_info == (
        "7495575 SEK1000.00; 695668 SEK500.00; 74450 SEK-500.00; 5500001234"
        if "8988777" not in split.payment_reference
        else "7495575 SEK1000.00; 695668 SEK500.00; 8988777 SEK400.00; 74450 SEK-500.00; 5500001234"
    )
    assert statements[0].lines[0].payer_name == "Kalles Plåt AB"
    assert statements[0].lines[0].payer_city == "Storåker"
    assert statements[0].lines[0].payment_reference == "665760;665869;665661;657775"
    assert statements[3].lines[0].text == "Faktura8014573"


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("BgMaxfil4", []),
        ("minimal", ["bank-file-mended"]),  # Its last line is shorter than 80 characters.
        ("BgMaxfil4_broken", ["bank-file-characters"]),
        ("isolated_deposit", ["file-nothing-known"]),  # No line 01: a piece of a file.
        ("isolated_payment", ["file-nothing-known"]),
    ],
)
def test_a_bgmax_file_is_read_or_refused_with_its_reason(name: str, codes: list[str]) -> None:
    inbox = readers.read_inbox([InputFile(f"{name}.txt", "", (BGMAX / f"{name}.txt").read_bytes())])
    assert [item.code for item in inbox.findings] == codes


def test_the_broken_sample_is_refused_for_its_trailer_too() -> None:
    content = (BGMAX / "BgMaxfil4_broken.txt").read_bytes()
    content = re.sub(b"\xc3?[\xaf\xef]\xc2?[\xbf]\xc2?\xbd", b"a", content)
    inbox = readers.read_inbox([InputFile("a.txt", "", content)])
    assert [item.code for item in inbox.findings] == ["bank-file-count"]
    assert "counts 8 lines of kind 20, but there are 9" in inbox.findings[0].message()
