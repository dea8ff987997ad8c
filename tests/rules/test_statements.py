"""Statements of an account, in every kind of file: each payment is taken in once, and a missing statement is told."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd
import pytest
from bank_files import camt_file, camt_statement

from salesbatch import readers
from salesbatch.core.books import Books
from salesbatch.core.findings import Finding
from salesbatch.core.inbox import InputFile
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.checking import Checks
from salesbatch.rules.known_lines import doubtful_twins
from salesbatch.rules.take_statement import take_statement

HEAD = "Bank Account;Statement No.;Date;Amount;Text;Payer Name;Transaction ID\n"


class Bank:
    """Books that remember statements only; what is dropped is taken in at once."""

    def __init__(self) -> None:
        accounts = (
            "Code;G/L Account;IBAN\nBANK;1930;SE4550000000058398257466\nSPAR;1940;SE3550000000054910000003\n"
        )
        setup = readers.read_inbox([InputFile("Bank Accounts.csv", "", accounts.encode())])
        self.books = Books(master=dict(setup.tables))
        self.findings: list[Finding] = []

    def drop(self, **files: str | bytes) -> list[int]:
        """Amounts of the lines that are new, in minor units. Files by name; text is rows of a csv sheet."""
        contents = {
            (f"{name}.csv" if isinstance(given, str) else f"{name}.xml"): (HEAD + given).encode()
            if isinstance(given, str)
            else given
            for name, given in files.items()
        }
        inbox = readers.read_inbox(
            [
                InputFile(name, hashlib.sha256(content).hexdigest(), content)
                for name, content in contents.items()
            ]
        )
        assert not inbox.unreadable, [item.message() for item in inbox.findings]
        checks = Checks(inbox, BY_NAME["bank_statement"])
        taken, _ = take_statement(checks, inbox, self.books, self.books.company)
        lines, statements = taken.table("statement_lines"), taken.table("bank_statements")
        self.findings = checks.findings
        last_no = {
            "statement_lines": self.books.last_no.get("statement_lines", 0) + len(lines),
            "bank_statements": self.books.last_no.get("bank_statements", 0) + len(statements),
        }
        self.books = replace(
            self.books,
            run_no=self.books.run_no + 1,
            last_no=last_no,
            known_statement=_more(self.books.known_statement, lines),
            statements=_more(self.books.statements, statements),
        )
        return lines["amount_minor"].tolist()

    @property
    def codes(self) -> list[str]:
        """Codes of the findings of the last drop."""
        return [item.code for item in self.findings]


def _more(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    parts = [part for part in (old, new) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else old


def sheet(*rows: str, no: str = "") -> str:
    """'day amount text payer id' each, as rows of the sheet of the account BANK."""
    text = ""
    for row in rows:
        day, amount, *rest = row.split(" ")
        words, payer, own_id = (*rest, "", "", "")[:3]
        text += f"BANK;{no};2026-10-{day};{amount};{words.replace('_', ' ')};{payer};{own_id}\n"
    return text


def camt(*rows: str, number: int = 1, opening: str = "", closing: str = "") -> bytes:
    """The same rows as a camt statement."""
    lines = ""
    for row in rows:
        day, amount, *rest = row.split(" ")
        text, payer, own_id = (*rest, "", "", "")[:3]
        lines += f"2026-10-{day}|{amount}|{own_id}|{payer}|{text}|\n"
    return camt_file(camt_statement(lines, number=number, opening=opening, closing=closing))


@pytest.fixture
def bank() -> Bank:
    return Bank()


# The same money once --------------------------------------------------------------------------------------


def test_a_sheet_and_the_camt_file_of_the_same_day_are_one(bank: Bank) -> None:
    day = ("20 100.00 Faktura Anna", "20 100.00 Faktura Bo", "20 -42 Avgift")
    assert bank.drop(Sheet=sheet(*day)) == [10_000, 10_000, -4_200]
    same = camt("20 -42 x y A3", "20 100.00 x y A1", "20 100.00 x y A2")
    assert bank.drop(camt=same) == []
    assert bank.codes == ["statement-line-known"]
    assert bank.findings[0].severity == "notice"


def test_the_other_way_round_and_in_one_drop_it_is_one_too(bank: Bank) -> None:
    assert bank.drop(a=camt("20 100.00 x y A1"), b=sheet("20 100.00 Faktura")) == [10_000]
    assert bank.drop(c=sheet("20 100.00 Betalning")) == []


def test_only_what_a_source_has_more_of_is_new(bank: Bank) -> None:
    assert bank.drop(a=sheet("20 100.00 a", "20 100.00 b", "20 7 c")) == [10_000, 10_000, 700]
    new = bank.drop(b=camt("20 100 x y A1", "20 100 x y A2", "20 100 x y A3", "21 100 x y A4"))
    assert new == [10_000, 10_000]
    assert bank.findings[0].message().startswith("2 of 4 lines were taken in before")


def test_equal_lines_of_one_day_in_one_file_all_count(bank: Bank) -> None:
    assert bank.drop(a=camt("20 100.00 Swish", "20 100.00 Swish")) == [10_000, 10_000]
    assert bank.drop(b=camt("20 100.00 Swish", "20 100.00 Swish", number=2)) == []
    assert bank.codes == ["input-exists"]


def test_other_ids_of_the_bank_in_the_same_kind_of_file_are_other_payments(bank: Bank) -> None:
    assert bank.drop(a=camt("20 100.00 Swish Anna A1")) == [10_000]
    assert bank.drop(b=camt("20 100.00 Swish Anna A1", "20 100.00 Swish Bo A2", number=2)) == [10_000]
    assert bank.codes == ["input-exists"]


def test_an_id_that_the_bank_uses_for_everything_is_not_trusted_alone(bank: Bank) -> None:
    day = ("20 100.00 Swish Anna 5490990001", "20 50.00 Swish Bo 5490990001", "20 50.00 Swish Eva 5490990001")
    assert bank.drop(a=sheet(*day)) == [10_000, 5_000, 5_000]
    assert bank.drop(b=sheet("21 100.00 Swish Anna 5490990001")) == [10_000]
    assert bank.drop(c=sheet(*day)) == []


def test_rows_that_were_pasted_twice_count_once_unless_balances_prove_both(bank: Bank) -> None:
    row = "20 100.00 Swish Anna A1"
    assert bank.drop(a=sheet(row, row)) == [10_000]
    assert bank.codes == ["input-exists"]
    proven = (
        "21 0 Opening_Balance",
        "21 100.00 Swish Anna A1",
        "21 100.00 Swish Anna A1",
        "21 200 Closing_Balance",
    )
    assert bank.drop(b=sheet(*proven)) == [10_000, 10_000]


def test_statements_that_follow_each_other_share_no_line(bank: Bank) -> None:
    noon = camt("20 100.00 Swish Anna", number=1, opening="0", closing="100")
    evening = camt("20 100.00 Swish Anna", number=2, opening="100", closing="200")
    assert bank.drop(noon=noon) == [10_000]
    assert bank.drop(evening=evening) == [10_000]
    assert bank.codes == []
    assert bank.drop(again=evening, sheet=sheet("20 100.00 Swish Anna", "20 100.00 Swish Anna")) == []
    assert bank.books.known_statement["identity"].is_unique


def test_three_statements_of_one_day_in_any_order_are_three(bank: Bank) -> None:
    def part(number: int) -> bytes:
        return camt("20 100 Swish", number=number, opening=str(100 * (number - 1)), closing=str(100 * number))

    assert bank.drop(c=part(3), a=part(1), b=part(2)) == [10_000] * 3
    assert bank.codes == []


def test_a_day_without_change_proves_nothing_about_the_same_day_in_another_file(bank: Bank) -> None:
    rows = ("20 100 in", "20 -100 ut")
    assert bank.drop(a=camt(*rows, opening="500", closing="500")) == [10_000, -10_000]
    balances = ("20 500 Opening_Balance", *rows, "20 70 mer", "20 570 Closing_Balance")
    assert bank.drop(b=sheet(*balances)) == [7_000]


def test_a_doubt_within_the_same_kind_of_file_is_a_warning(bank: Bank) -> None:
    assert bank.drop(a=sheet("20 100.00 Swish Anna")) == [10_000]
    assert bank.drop(b=sheet("20 100.00 Swish Bo")) == []
    assert [(item.code, item.severity) for item in bank.findings] == [("statement-line-known", "warning")]


def test_accounts_do_not_know_each_other(bank: Bank) -> None:
    assert bank.drop(a=sheet("20 100.00 Swish")) == [10_000]
    assert bank.drop(b="SPAR;;2026-10-20;100.00;Swish;;\n") == [10_000]


def test_ten_thousand_equal_lines_are_no_trouble(bank: Bank) -> None:
    import time

    assert len(bank.drop(a=sheet(*["20 100 Swish"] * 2_000))) == 2_000
    start = time.process_time()
    many = bank.drop(b=camt(*[f"20 100 Swish Anna A{number}" for number in range(10_000)]))
    assert len(many) == 8_000
    assert time.process_time() - start < 5


# One after the other --------------------------------------------------------------------------------------


def statement(first: int, last: int, opening: int, *moves: int, number: int = 1) -> bytes:
    """A statement of days first to last; its moves on the last day."""
    rows = [f"{first:02d} 1 a y I{first}-{number}"] + [
        f"{last:02d} {move} b y M{last}-{place}" for place, move in enumerate(moves)
    ]
    return camt(*rows, number=number, opening=str(opening), closing=str(opening + 1 + sum(moves)))


def test_a_chain_without_a_gap_is_silent(bank: Bank) -> None:
    bank.drop(a=statement(1, 2, 0, 50), b=statement(3, 4, 51, 10, number=2))
    assert bank.codes == []
    bank.drop(c=statement(6, 7, 62, 10, number=3))
    assert bank.codes == []


def test_a_missing_statement_is_a_warning_with_the_difference(bank: Bank) -> None:
    bank.drop(a=statement(1, 2, 0, 50))
    bank.drop(c=statement(6, 7, 62, 10, number=3))
    (gap,) = bank.findings
    assert (gap.code, gap.severity, gap.place.source, gap.place.sheet) == (
        "statement-gap",
        "warning",
        "c.xml",
        "STMT-3",
    )
    assert "62.00 differs by 11.00 from 51.00" in gap.message()
    assert "(to 2026-10-02)" in gap.message()
    assert "2026-10-02" in gap.message("sv")


def test_a_late_statement_that_fills_the_gap_is_out_of_order_only(bank: Bank) -> None:
    bank.drop(a=statement(1, 2, 0, 50))
    bank.drop(c=statement(6, 7, 62, 10, number=3))
    assert bank.drop(b=statement(3, 4, 51, 10, number=2)) == [100, 1_000]
    assert bank.codes == ["statement-out-of-order"]


def test_a_late_statement_that_leaves_a_gap_behind_it_says_so(bank: Bank) -> None:
    bank.drop(c=statement(6, 7, 62, 10, number=3))
    bank.drop(b=statement(3, 4, 51, 9, number=2))
    assert bank.codes == ["statement-out-of-order", "statement-gap-after"]
    assert "61.00 differs by 1.00 from 62.00" in bank.findings[1].message()


def test_an_overlap_is_a_warning_and_brings_only_what_is_new(bank: Bank) -> None:
    bank.drop(a=camt("01 1 a y A1", "05 9 b y A2", opening="0", closing="10"))
    new = bank.drop(b=camt("05 9 b y A2", "06 5 c y A3", number=2, opening="1", closing="15"))
    assert new == [500]
    assert bank.codes == ["input-exists", "statement-overlap"]
    assert "(2026-10-01 to 2026-10-05)" in bank.findings[1].message()


def test_the_same_statement_again_in_another_kind_of_file_breaks_no_chain(bank: Bank) -> None:
    bank.drop(a=statement(1, 2, 0, 50))
    bank.drop(b=sheet("01 0 Opening_Balance", "01 1 a", "02 50 b", "02 51 Closing_Balance"))
    assert bank.codes == ["statement-line-known"]
    assert len(bank.books.statements) == 1
    bank.drop(c=statement(3, 4, 51, 10, number=2))
    assert bank.codes == []


def test_a_statement_without_balances_is_no_link(bank: Bank) -> None:
    bank.drop(a=statement(1, 2, 0, 50))
    bank.drop(b=sheet("03 7 c"))
    assert bank.codes == []
    bank.drop(c=statement(4, 5, 51, 10, number=2))
    assert bank.codes == []


def test_a_file_that_does_not_add_up_is_held_whole_and_other_files_are_taken(bank: Bank) -> None:
    right = camt_statement("2026-10-20|5|A9||", number=2, opening="0", closing="5")
    wrong = camt_statement("2026-10-21|5|A8||", number=3, opening="5", closing="11")
    other = camt_statement("2026-10-22|7|A7||", number=4, opening="11", closing="18")
    assert bank.drop(a=camt_file(right, wrong), b=camt_file(other)) == [700]
    item, neighbour = bank.findings
    assert (item.code, item.place.sheet) == ("statement-does-not-add-up", "STMT-3")
    assert "-1.00" in item.message()
    assert (neighbour.code, neighbour.place.sheet) == ("statement-of-bad-file", "STMT-2")
    assert len(bank.books.statements) == 1


def test_an_entry_of_nothing_with_payments_that_cancel_out_is_two_lines(bank: Bank) -> None:
    rows = "Bank Account;Date;Amount;Text;Entry Amount\nBANK;2026-10-20;5;a;0\nBANK;2026-10-20;-5;b;0\n"
    for explained in ("", "yes"):
        content = rows.replace("Amount\n", "Amount;Explains\n").replace(";0\n", f";0;{explained}\n")
        inbox = readers.read_inbox([InputFile("Bank Statement.csv", "", content.encode())])
        checks = Checks(inbox, BY_NAME["bank_statement"])
        taken, _ = take_statement(checks, inbox, bank.books, bank.books.company)
        amounts = taken.table("statement_lines")["amount_minor"].tolist()
        assert amounts == ([] if explained else [500, -500])


def test_parts_that_do_not_add_up_to_their_entry_are_lines_of_their_own(bank: Bank) -> None:
    """A person typed an entry amount that is wrong; the money is what the rows say."""
    rows = "Bank Account;Date;Amount;Text;Entry Amount\nBANK;2026-10-20;5;a;11\nBANK;2026-10-20;5;b;11\n"
    inbox = readers.read_inbox([InputFile("Bank Statement.csv", "", rows.encode())])
    taken, _ = take_statement(Checks(inbox, BY_NAME["bank_statement"]), inbox, bank.books, bank.books.company)
    lines = taken.table("statement_lines")
    assert lines[["amount_minor", "entry_amount_minor"]].to_numpy().tolist() == [[500, 500], [500, 500]]


def test_equal_rows_are_doubtful_from_the_second_on_unless_balances_prove_them(bank: Bank) -> None:
    bank.drop(a=sheet("01 5 a", "01 5 a", "02 5 a"))
    lines = bank.books.known_statement
    assert doubtful_twins(bank.books, lines).tolist() == [False, True, False]
    bank.drop(b=camt("05 5 b", "05 5 b", opening="0", closing="10", number=2))
    lines = bank.books.known_statement.tail(2)
    assert doubtful_twins(bank.books, lines).tolist() == [False, False]
