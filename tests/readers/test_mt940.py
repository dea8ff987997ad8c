"""MT940 and MT942: statements with their balances, texts in three dialects, and nothing passed over."""

from __future__ import annotations

import pytest

from salesbatch import readers
from salesbatch.core.inbox import Inbox, InputFile
from salesbatch.readers.mt940 import read_mt940

HEAD = """{1:F01ESSESESSAXXX0000000000}{2:O9400000000000ESSESESSXXXX00000000000000000000N}{4:
:20:20261020
:25:SE4550000000058398257466
:28C:12/1
:60F:C261019SEK1000,00
"""
TAIL = ":62F:C261020SEK{0}\n-}}\n"


def read(text: str, name: str = "bank.txt") -> Inbox:
    return readers.read_inbox([InputFile(name, "", text.replace("\n", "\r\n").encode("latin-1"))])


def lines(inbox: Inbox, *columns: str) -> list[list[object]]:
    frame = inbox.tables["bank_statement"].copy()
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    return frame[list(columns)].to_numpy().tolist()


def codes(inbox: Inbox) -> list[str]:
    return [item.code for item in inbox.findings]


def test_a_swedish_statement_with_plain_texts() -> None:
    inbox = read(
        HEAD + ":61:2610201020C1250,00NTRFFAKTURA 103001//BR-1\n:86:Åkerlunds Bygg AB\nFaktura 103001\n"
        ":61:2610201020D42,NCHGNONREF\n:86:Bankavgift\n" + TAIL.format("2208,")
    )
    assert inbox.kinds["bank.txt"] == "MT940"
    assert lines(inbox, "date", "amount_minor", "text", "additional_info", "transaction_id") == [
        ["2026-10-20", 125000, "Åkerlunds Bygg AB Faktura 103001", "FAKTURA 103001", "BR-1"],
        ["2026-10-20", -4200, "Bankavgift", "", ""],
        ["2026-10-19", 100000, "Opening Balance", "", ""],
        ["2026-10-20", 220800, "Closing Balance", "", ""],
    ]
    assert set(inbox.tables["bank_statement"]["statement_no"]) == {"12/1"}


def test_german_subfields_give_text_payer_and_account() -> None:
    inbox = read(
        HEAD + ":61:2610201020CR10,NTRFNONREF//X1\n"
        ":86:166?00GUTSCHRIFT?100399?20EREF+RE-4711?21SVWZ+Rechnung 103001 ?22und 103002?30DEUTDEFF\n"
        "?31DE89370400440532013000?32Muster Gmb?33H\n" + TAIL.format("1010,")
    )
    columns = ("text", "additional_info", "payer_name", "payer_account")
    assert lines(inbox, *columns)[0] == [
        "Rechnung 103001 und 103002",
        "GUTSCHRIFT; RE-4711",
        "Muster GmbH",
        "DE89370400440532013000",
    ]


def test_words_between_slashes_give_text_payer_and_account() -> None:
    inbox = read(
        HEAD + ":61:2610201020C10,NTRFEREF//X1\n"
        ":86:/EREF/E2E-9/NAME/Jansen B.V./IBAN/NL91ABNA0417164300/REMI/Factuur 103001\n"
        + TAIL.format("1010,")
    )
    columns = ("text", "additional_info", "payer_name", "payer_account")
    assert lines(inbox, *columns)[0] == [
        "Factuur 103001",
        "E2E-9; EREF",
        "Jansen B.V.",
        "NL91ABNA0417164300",
    ]


@pytest.mark.parametrize(
    ("mark", "amount"), [("C", 500), ("D", -500), ("RC", -500), ("RD", 500), ("CR", 500)]
)
def test_a_reversed_credit_takes_money_back_and_a_reversed_debit_brings_it(mark: str, amount: int) -> None:
    inbox = read(HEAD + f":61:2610201020{mark}5,NTRFNONREF\n" + TAIL.format(f"{1000 + amount // 100},"))
    assert lines(inbox, "amount_minor")[0] == [amount]


def test_dates_over_the_turn_of_the_year_and_a_thirtieth_of_february() -> None:
    _, (statement,) = read_mt940(
        b":20:1\n:25:1\n:28:1\n:60F:C251230SEK0,\n:61:2512310102C1,NTRFNONREF\n:61:2601011231C1,NTRFNONREF\n"
        b":61:2602300302C1,NTRFNONREF\n:62F:C260301SEK3,\n"
    )
    assert [(line.date, line.value_date) for line in statement.lines] == [
        ("2026-01-02", "2025-12-31"),
        ("2025-12-31", "2026-01-01"),
        ("2026-03-02", "2026-02-28"),
    ]


def test_statements_of_a_file_keep_their_own_balances_and_pages_are_linked() -> None:
    _, statements = read_mt940(
        b":20:1\n:25:1\n:28C:7/1\n:60F:C261019SEK0,\n:61:261020C1,NTRFNONREF\n:62M:C261020SEK1,\n-\n"
        b":20:1\n:25:1\n:28C:7/2\n:60M:C261020SEK1,\n:61:261020C2,NTRFNONREF\n:62F:C261020SEK3,\n-\n"
    )
    found = [
        (s.statement_no, s.opening and s.opening.amount_minor, s.closing and s.closing.amount_minor)
        for s in statements
    ]
    assert found == [("7/1", 0, 100), ("7/2", 100, 300)]


def test_a_time_of_day_that_was_cut_at_the_end_of_a_line_is_no_field() -> None:
    full = "Betalning fran kund med en mycket lang text och klockslag 2026T16"
    inbox = read(HEAD + f":61:2610201020C5,NTRFNONREF\n:86:{full}\n:20:37 klart\n" + TAIL.format("1005,"))
    assert len(full) == 65
    assert lines(inbox, "text")[0] == [f"{full}:20:37 klart"]


def test_an_mt942_is_a_report_during_the_day_and_posts_nothing() -> None:
    text = (
        ":20:1\n:25:SE4550000000058398257466\n:28C:1/1\n:34F:SEK0,\n:13D:2610201200+0100\n"
        ":61:2610201020C10,NTRFNONREF\n:86:A\n:61:2610201020EC99,NTRFNONREF\n:90D:0SEK0,\n:90C:1SEK{0},\n-\n"
    )
    inbox = read(text.format(10))
    assert (codes(inbox), inbox.kinds["bank.txt"]) == (["statement-pending", "bank-file-intraday"], "MT942")
    assert "1 entries, together 10.00" in inbox.findings[1].message()
    assert "bank_statement" not in inbox.tables
    wrong = read(text.format(12))
    assert codes(wrong) == ["bank-file-sum"]
    assert "a difference of 2.00" in wrong.findings[0].message()


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (":60F:C261019SEK1000,00", ":60F:C261319SEK1000,00", ":60F:"),
        (":60F:C261019SEK1000,00", ":60F:1000", ":60F:"),
        ("C1250,00NTRF", "X1250,00NTRF", ":61:"),
        ("1250,00NTRF", "1250,001NTRF", ":61:"),
        (":25:SE4550000000058398257466\n", "", ":25:"),
        (":62F:", ":66F:", ":62F:"),
    ],
)
def test_what_cannot_be_read_refuses_the_file_and_names_the_field(old: str, new: str, element: str) -> None:
    text = HEAD + ":61:2610201020C1250,00NTRFNONREF\n:86:A\n" + TAIL.format("2250,")
    assert old in text
    inbox = read(text.replace(old, new, 1))
    assert codes(inbox) == ["bank-file-value"]
    assert element in inbox.findings[0].message()
