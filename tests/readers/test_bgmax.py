"""BgMax: deposits with their payments, every sum and count checked, damaged copies mended and told."""

from __future__ import annotations

import pytest
from bank_files import bgmax_file

from salesbatch import readers
from salesbatch.core.inbox import Inbox, InputFile

PAYMENTS = """
    1250.00 | Åkerlunds Bygg AB | 1030016 |
    2500.00 | Bageri Österåker | | Faktura 103002 och 103003
    -100.00 | Bageri Österåker | 1030040 |
"""


def read(content: bytes, name: str = "avi.dat") -> Inbox:
    return readers.read_inbox([InputFile(name, "", content)])


def codes(inbox: Inbox) -> list[str]:
    return [item.code for item in inbox.findings]


def changed(old: str, new: str, payments: str = PAYMENTS) -> bytes:
    text = bgmax_file(payments).decode("iso-8859-1")
    assert old in text
    return text.replace(old, new, 1).encode("iso-8859-1")


def test_a_deposit_becomes_payments_that_explain_it() -> None:
    inbox = read(bgmax_file(PAYMENTS))
    frame = inbox.tables["bank_statement"]
    assert inbox.kinds["avi.dat"] == "BgMax"
    assert codes(inbox) == []
    assert frame[
        ["amount_minor", "payer_name", "payment_reference", "text", "transaction_id"]
    ].to_numpy().tolist() == [
        [125000, "Åkerlunds Bygg AB", "1030016", "", "2026-10-20/00056/000000000001"],
        [250000, "Bageri Österåker", "", "Faktura 103002 och 103003", "2026-10-20/00056/000000000002"],
        [-10000, "Bageri Österåker", "1030040", "", "2026-10-20/00056/000000000003"],
    ]
    assert set(frame["entry_amount_minor"]) == {365000}
    assert frame["explains"].all()
    assert set(frame["bank_account"]) == {"58410000010098232/50501055"}
    assert frame["payer_city"].tolist()[0] == "Storåker"


def test_several_references_with_their_amounts_stand_beside_the_payment() -> None:
    extra = "22" + "0003783511" + f"{'1030024':>25}" + f"{100000:018}" + "21" + f"{1:012}" + "0"
    credit = "23" + "0003783511" + f"{'1030032':>25}" + f"{25000:018}" + "21" + f"{1:012}" + "0"
    both = f"{extra:<80}\r\n{credit:<80}\r\n26Åkerlunds"
    content = changed("26Åkerlunds", both).replace(
        b"70000000020000000100000000", b"70000000020000000100000002"
    )
    line = read(content).tables["bank_statement"].iloc[0]
    assert line["payment_reference"] == "1030016;1030024;1030032"
    assert "1030024 SEK1000.00; 1030032 SEK-250.00" in line["additional_info"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (f"{365000:018}SEK", f"{365100:018}SEK", "bank-file-sum"),
        ("SEK00000003 ", "SEK00000004 ", "bank-file-total"),
        ("7000000002", "7000000003", "bank-file-count"),
        ("0000000000000001\r\n"[:16], "0000000000000002", "bank-file-count"),
        ("70000000020000000100000000", "70000000020000000100000001", "bank-file-count"),
        ("70000000020000000100000000", "99000000020000000100000000", "bank-file-damaged"),
        ("20261020", "20261320", "bank-file-damaged"),
        ("SEK00000003 ", "EUR00000003 ", "bank-file-currency"),
    ],
)
def test_a_false_sum_or_count_refuses_the_whole_file(old: str, new: str, code: str) -> None:
    place = bgmax_file(PAYMENTS).decode("iso-8859-1").rfind(old)
    text = bgmax_file(PAYMENTS).decode("iso-8859-1")
    inbox = read((text[:place] + new + text[place + len(old) :]).encode("iso-8859-1"))
    assert codes(inbox) == [code]
    assert "bank_statement" not in inbox.tables


def test_the_difference_of_a_false_sum_is_named() -> None:
    assert (
        "a difference of 1.00" in read(changed(f"{365000:018}SEK", f"{365100:018}SEK")).findings[0].message()
    )


def test_trimmed_and_tab_damaged_lines_are_filled_up_and_told() -> None:
    text = bgmax_file(PAYMENTS).decode("iso-8859-1")
    mended = "\n".join(line.rstrip() for line in text.splitlines())
    mended = mended.replace("27Storgatan 2                        12345", "27Storgatan 2\t\t\t\t12345")
    inbox = read(mended.encode("iso-8859-1"))
    assert codes(inbox) == ["bank-file-mended"]
    assert len(inbox.tables["bank_statement"]) == 3


def test_a_copy_in_utf_8_is_read_and_one_that_lost_its_letters_is_refused() -> None:
    text = bgmax_file(PAYMENTS).decode("iso-8859-1")
    assert read(text.encode()).tables["bank_statement"]["payer_name"].iloc[0] == "Åkerlunds Bygg AB"
    lost = text.encode("iso-8859-1").decode("utf-8", "replace").encode("utf-8")
    assert codes(read(lost)) == ["bank-file-characters"]


def test_kinds_of_lines_that_nobody_knows_are_passed_over() -> None:
    assert (
        len(
            read(changed("26Åkerlunds", "66 något nytt".ljust(80) + "\r\n26Åkerlunds")).tables[
                "bank_statement"
            ]
        )
        == 3
    )


def test_a_file_that_was_cut_is_refused() -> None:
    for cut in (200, 500, -90):
        assert codes(read(bgmax_file(PAYMENTS)[:cut]))[0].startswith("bank-file-")
