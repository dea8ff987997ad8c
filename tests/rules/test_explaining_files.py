"""BgMax and camt.054 explain what the statement brought as one line; money comes from the statement only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bank_files import bgmax_file, camt_file, camt_notification, camt_statement
from office import Office

from salesbatch import ledger

INVOICES = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
    I2 | C1 | A1 | 2
"""
LUMP = "2026-10-20 | 3750.00 | BG-1 | | Bankgiro 5050-1055 |"
OTHER = "2026-10-20 | -42.00 | BR-2 | | Bankavgift |"
PAYMENTS = """
    1250.00 | Åkerlunds Bygg AB | {0}
    2500.00 | Åkerlunds Bygg AB | {1}
"""


def invoice(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")


@pytest.fixture
def office(office_after: Callable[..., Office]) -> Office:
    """A company with two invoices."""
    return office_after(invoice)


def payments_for(office: Office) -> str:
    """The payments that settle both invoices."""
    return PAYMENTS.format(*office.table("customer_ledger_entries")["payment_reference"])


def remaining(office: Office) -> dict[str, str]:
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def settled_by_parts(office: Office) -> None:
    """What must hold after a deposit was explained, whatever the order of the files."""
    assert remaining(office) == {}
    assert office.balance()["1930"] == "3750.00"
    matches = office.table("payment_matches").drop_duplicates(
        ["statement_no", "line_no", "amount"], keep="last"
    )
    assert sorted(zip(matches["amount"], matches["status"])) == [
        ("-3750.00", "reversed"),
        ("-42.00", "unmatched"),
        ("1250.00", "applied"),
        ("2500.00", "applied"),
        ("3750.00", "reversed"),
    ]
    # The explaining file adds nothing: all lines together are what the statement says.
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 3708.0
    with ledger.open_database(office.root) as database:
        report = ledger.ledger_report(database, "2026-10").frames["bank_reconciliation"]
    rows = [(row.section, row.amount_minor) for row in report.itertuples()]
    assert ("bank_balance", 370800) in rows
    assert ("books_balance", 375000) in rows
    assert ("not_booked", 4200) in rows
    assert rows[-1] == ("unexplained", 0)
    assert office.verify() == []


def statement(*lines: str, number: int = 1, **balances: str) -> bytes:
    return camt_file(camt_statement("\n".join(lines), number=number, **balances))


def test_a_deposit_and_its_payments_in_one_drop_settle_each_invoice(office: Office) -> None:
    payments = payments_for(office)
    office.put("a.bgmax", bgmax_file(payments))
    office.put("b.xml", statement(LUMP, OTHER, opening="0", closing="3708"))
    result = office.run("2026-10-21")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    assert [item.code for item in result.findings] == ["statement-entry-explained"]
    settled_by_parts(office)


def test_payments_that_come_after_the_statement_take_the_place_of_the_open_line(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, OTHER, opening="0", closing="3708"))
    office.run("2026-10-21")
    assert set(office.table("payment_matches")["status"]) == {"unmatched"}
    office.put("n.xml", camt_notification("3750.00", payments, reference="BG-1"))
    assert office.run("2026-10-22").exit_code == 0
    settled_by_parts(office)


def test_a_deposit_whose_line_names_a_payer_is_explained_too(office: Office) -> None:
    payments = payments_for(office)
    named = "2026-10-20 | 3750.00 | BG-1 | | Bankgiro 5050-1055 | Bankgirot"
    office.put("a.bgmax", bgmax_file(payments))
    office.put("b.xml", statement(named, OTHER, opening="0", closing="3708"))
    assert office.run("2026-10-21").exit_code == 0
    settled_by_parts(office)


def test_payments_that_come_before_the_statement_wait_for_it(office: Office) -> None:
    payments = payments_for(office)
    office.put("a.txt", bgmax_file(payments))
    result = office.run("2026-10-20")
    assert result.exit_code == 3
    assert [item.code for item in result.findings] == ["statement-entry-missing"]
    assert len(office.table("statement_lines")) == 0
    assert office.balance().get("1930", "0.00") == "0.00"
    office.put("b.xml", statement(LUMP, OTHER, opening="0", closing="3708"))
    result = office.run("2026-10-21")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    settled_by_parts(office)
    assert not office.table("held")["open"].any()


def test_the_same_deposit_in_bgmax_and_camt_054_and_twice_is_explained_once(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, OTHER, opening="0", closing="3708"))
    office.put("a.txt", bgmax_file(payments))
    office.run("2026-10-21")
    office.put("again.txt", bgmax_file(payments) + b"\r\n")
    office.put("n.xml", camt_notification("3750.00", payments))
    result = office.run("2026-10-22")
    assert result.exit_code == 0
    assert sorted(item.code for item in result.findings) == ["input-exists", "statement-line-known"]
    settled_by_parts(office)


def test_a_statement_that_repeats_the_explained_line_brings_nothing_new(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, OTHER, opening="0", closing="3708"))
    office.put("a.txt", bgmax_file(payments))
    office.run("2026-10-21")
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
        Bank Account | Date | Amount | Text
        BANK | 2026-10-20 | 3750 | BG
        BANK | 2026-10-20 | -42 | Avgift
        """,
    )
    assert office.run("2026-10-22").exit_code == 0
    settled_by_parts(office)


def test_an_entry_that_one_bank_file_splits_and_another_does_not_is_one_entry(office: Office) -> None:
    """One line first, then a camt.053 with the payments inside: they explain it. The other way round: known."""
    payments = payments_for(office)
    split = camt_notification("3750.00", payments).decode()
    split = split.replace("camt.054", "camt.053").replace("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt")
    split = split.replace("Ntfctn>", "Stmt>")
    office.drop(
        "Bank.xlsx", Bank_Statement="Bank Account | Date | Amount | Text\nBANK | 2026-10-20 | 3750 | BG"
    )
    office.run("2026-10-20")
    office.put("a.xml", split.encode())
    office.run("2026-10-21")
    assert remaining(office) == {}
    assert office.balance()["1930"] == "3750.00"
    office.put(
        "again.sta",
        b":20:1\n:25:SE4550000000058398257466\n:28C:1/1\n:60F:C261020SEK0,\n:61:2610201020C3750,NTRFNONREF\n"
        b":86:BG\n:62F:C261020SEK3750,\n",
    )
    office.run("2026-10-22")
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 3750.0
    assert office.verify() == []


def test_split_first_and_whole_afterwards_is_known(office: Office) -> None:
    payments = payments_for(office)
    split = camt_notification("3750.00", payments).decode()
    split = split.replace("camt.054", "camt.053").replace("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt")
    office.put("a.xml", split.replace("Ntfctn>", "Stmt>").encode())
    office.run("2026-10-21")
    office.drop(
        "Bank.xlsx", Bank_Statement="Bank Account | Date | Amount | Text\nBANK | 2026-10-20 | 3750 | BG"
    )
    office.run("2026-10-22")
    office.put("n.xml", camt_notification("3750.00", payments, reference="X-9"))
    office.run("2026-10-23")
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 3750.0
    assert remaining(office) == {}
    assert office.verify() == []


def test_a_line_that_was_settled_before_is_not_split_any_more(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement("2026-10-20 | 1250.00 | BG-1 | Åkerlunds Bygg AB | Faktura 103001 |"))
    office.run("2026-10-21")
    office.put("n.xml", camt_notification("1250.00", payments.strip().splitlines()[0], reference="ANOTHER"))
    result = office.run("2026-10-22")
    assert [(item.code, item.severity) for item in result.findings] == [
        ("statement-entry-settled", "warning")
    ]
    assert office.balance()["1930"] == "1250.00"
    assert len(office.table("statement_lines")) == 1


def test_of_two_lines_that_could_be_meant_none_is_taken_unless_the_bank_names_it(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, "2026-10-20 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |"))
    office.put("a.txt", bgmax_file(payments))
    result = office.run("2026-10-21")
    assert [item.code for item in result.findings] == ["statement-entry-ambiguous"]
    assert len(office.table("statement_lines")) == 2
    office.put("n.xml", camt_notification("3750.00", payments, reference="BG-2"))
    assert office.run("2026-10-22").exit_code == 0
    lines = office.table("statement_lines")
    matches = office.table("payment_matches").drop_duplicates(
        ["statement_no", "line_no", "amount"], keep="last"
    )
    assert len(lines) == 5
    assert (matches["status"] == "reversed").sum() == 2
    assert remaining(office) == {}
    assert office.verify() == []


def test_a_transfer_with_the_amount_of_a_part_is_money_of_its_own(office: Office) -> None:
    """Parts are known by their entry: a later file with the deposit and such a transfer brings the transfer."""
    payments = payments_for(office)
    office.drop(
        "Bank.xlsx", Bank_Statement="Bank Account | Date | Amount | Text\nBANK | 2026-10-20 | 3750 | BG"
    )
    office.put("a.txt", bgmax_file(payments))
    office.run("2026-10-20")
    office.put("b.xml", statement(LUMP, "2026-10-20 | 1250.00 | T-1 | Bageri AB | Handpenning |"))
    office.run("2026-10-21")
    lines = office.table("statement_lines")
    assert sum(lines["amount"].astype(float)) == 5000.0
    assert lines["text"].iloc[-1] == "Handpenning"
    assert office.verify() == []


def test_two_equal_deposits_of_a_day_are_each_explained_by_their_own_payments(office: Office) -> None:
    payments = payments_for(office)
    second = "2026-10-20 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |"
    office.put("b.xml", statement(LUMP, second))
    office.put("1.txt", bgmax_file(payments))
    office.put("2.txt", bgmax_file("3000.00 | Okänd AB | |\n750.00 | Okänd AB | |"))
    result = office.run("2026-10-21")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 7500.0
    assert (office.table("payment_matches")["status"] == "reversed").sum() == 4
    assert remaining(office) == {}
    assert office.verify() == []


def test_a_person_can_type_what_a_deposit_was(office: Office) -> None:
    payments = [line.split("|") for line in payments_for(office).strip().splitlines()]
    office.put("b.xml", statement(LUMP))
    rows = "".join(
        f"BANK | 2026-10-20 | {amount} | {payer} | {ocr} | 3750 | yes\n" for amount, payer, ocr in payments
    )
    head = "Bank Account | Date | Amount | Payer Name | Payment Reference | Entry Amount | Explains\n"
    office.drop("Bank.xlsx", Bank_Statement=head + rows.replace("1250.00", "1249.00"))
    result = office.run("2026-10-21")
    assert [item.code for item in result.findings] == ["statement-entry-parts"]
    office.drop("Bank.xlsx", Bank_Statement=head + rows)
    office.run("2026-10-22")
    assert remaining(office) == {}
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 3750.0


LISTED = """
    Bank Account | Date | Amount | Text | Payer Name
    BANK | 2026-10-20 | 1250 | Bg-inbetalning | Åkerlunds Bygg AB
    BANK | 2026-10-20 | 2500 | Bg-inbetalning | Åkerlunds Bygg AB
    BANK | 2026-10-20 | 1250 | Handpenning | Bageri AB
"""


@pytest.mark.parametrize("order", [("camt", "sheet"), ("sheet", "camt")])
def test_payments_that_one_file_has_as_an_entry_and_another_as_lines_are_taken_in_once(
    office: Office, order: tuple[str, str]
) -> None:
    split = camt_notification("3750.00", payments_for(office)).decode()
    split = split.replace("camt.054", "camt.053").replace("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt")
    for day, kind in enumerate(order, start=21):
        if kind == "camt":
            office.put("a.xml", split.replace("Ntfctn>", "Stmt>").encode())
        else:
            office.drop("Bank.xlsx", Bank_Statement=LISTED)
        result = office.run(f"2026-10-{day}")
    assert "statement-line-known" in [item.code for item in result.findings]
    # The two payments once, and the transfer that equals one of them.
    assert sorted(office.table("statement_lines")["amount"]) == ["1250.00", "1250.00", "2500.00"]
    assert office.verify() == []


# Days apart, and equal deposits ------------------------------------------------------------------------------

LATER = "2026-10-22 | -42.00 | BR-2 | | Bankavgift |"


def explained(office: Office) -> bool:
    """Whether the deposit was replaced by its payments, and the lines of every day are what the statement says."""
    frame = office.table("statement_lines")
    days = frame.assign(amount=frame["amount"].astype(float)).groupby("date")["amount"].sum()
    assert days.get("2026-10-20", 0.0) in (3750.0, 7500.0, 0.0)
    assert office.verify() == []
    return remaining(office) == {}


@pytest.mark.parametrize("day", ["2026-10-19", "2026-10-21", "2026-10-22"])
def test_a_file_dated_a_few_days_off_explains_the_only_deposit_of_its_amount(
    office: Office, day: str
) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, LATER, opening="0", closing="3708"))
    office.run("2026-10-22")
    office.put("n.xml", camt_notification("3750.00", payments, day=day))
    result = office.run("2026-10-23")
    assert [item.code for item in result.findings] == ["statement-entry-explained"]
    assert explained(office)
    assert set(office.table("statement_lines")["date"]) == {"2026-10-20", "2026-10-22"}
    assert office.balance()["1930"] == "3750.00"
    office.put("n again.xml", camt_notification("3750.00", payments, day=day) + b"\n")
    office.run("2026-10-24")
    assert len(office.table("statement_lines")) == 5


def test_too_many_days_apart_the_payments_wait(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, "2026-10-25 | -42.00 | BR-2 | | Bankavgift |"))
    office.put("n.xml", camt_notification("3750.00", payments, day="2026-10-24"))
    assert [item.code for item in office.run("2026-10-25").findings] == ["statement-entry-missing"]
    assert not explained(office)


def test_while_the_statement_has_not_reached_the_day_its_own_deposit_may_still_come(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP))
    office.put("n.xml", camt_notification("3750.00", payments, day="2026-10-21"))
    assert [item.code for item in office.run("2026-10-21").findings] == ["statement-entry-missing"]
    assert not explained(office)
    office.put("c.xml", statement(LATER, number=2))
    office.run("2026-10-22")
    assert explained(office)


@pytest.mark.parametrize(
    "more",
    [
        "2026-10-22 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |",  # Two deposits could be meant.
        "2026-10-19 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |",
    ],
)
def test_of_two_deposits_on_near_days_none_is_taken(office: Office, more: str) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, more, LATER))
    office.put("n.xml", camt_notification("3750.00", payments, day="2026-10-21"))
    assert [item.code for item in office.run("2026-10-22").findings] == ["statement-entry-ambiguous"]
    assert not explained(office)


def test_a_payment_that_names_its_payer_is_no_deposit_of_another_day(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement("2026-10-20 | 3750.00 | T-1 | Bageri AB | Handpenning |", LATER))
    office.put("n.xml", camt_notification("3750.00", payments, day="2026-10-21"))
    assert [item.code for item in office.run("2026-10-22").findings] == ["statement-entry-ambiguous"]
    assert not explained(office)


def test_of_two_files_on_near_days_none_takes_the_only_deposit(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, LATER))
    office.put("1.xml", camt_notification("3750.00", payments, day="2026-10-21"))
    office.put("2.xml", camt_notification("3750.00", "3750.00 | Okänd AB | ", day="2026-10-19"))
    result = office.run("2026-10-22")
    assert [item.code for item in result.findings] == ["statement-entry-ambiguous"] * 2
    assert not explained(office)


def test_a_second_equal_deposit_of_a_day_is_explained_when_it_comes(office: Office) -> None:
    """The first was explained before; the second file waits for its own deposit and is not taken for the first."""
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, opening="0", closing="3750"))
    office.put("1.txt", bgmax_file("3000.00 | Okänd AB | |\n750.00 | Okänd AB | |"))
    office.run("2026-10-20")
    office.put("2.txt", bgmax_file(payments))
    assert [item.code for item in office.run("2026-10-21").findings] == ["statement-entry-missing"]
    second = "2026-10-20 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |"
    office.put("c.xml", statement(second, number=2, opening="3750", closing="7500"))
    office.run("2026-10-22")
    assert explained(office)
    assert sum(office.table("statement_lines")["amount"].astype(float)) == 7500.0


def test_the_first_deposit_told_by_another_file_does_not_take_the_second(office: Office) -> None:
    payments = payments_for(office)
    office.put("b.xml", statement(LUMP, opening="0", closing="3750"))
    office.put("1.txt", bgmax_file(payments))
    office.run("2026-10-20")
    second = "2026-10-20 | 3750.00 | BG-2 | | Bankgiro 5050-1055 |"
    office.put("c.xml", statement(second, number=2, opening="3750", closing="7500"))
    told_anew = payments.replace("Åkerlunds Bygg AB", "AKERLUNDS BYGG")  # The bank's other file cuts names.
    office.put("n.xml", camt_notification("3750.00", told_anew))
    assert [item.code for item in office.run("2026-10-21").findings] == ["statement-entry-ambiguous"]
    matches = office.table("payment_matches").drop_duplicates(
        ["statement_no", "line_no", "amount"], keep="last"
    )
    assert (matches["status"] == "reversed").sum() == 2  # The first deposit and what takes it back.
    assert office.balance()["1930"] == "3750.00"
    assert office.verify() == []
