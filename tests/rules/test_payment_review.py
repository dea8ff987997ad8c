"""The payment review from end to end: what is asked, how a person answers, and what each answer does."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest
from office import Office
from reviewing import INVOICES, answer, ask_about, codes, matches, remaining, review, run_answers

STATEMENT = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    BANK | 7 | 2026-10-20 | 10000 | Opening Balance |
    BANK | 7 | 2026-10-20 | 1250 | tack | Moderbolaget AB
    BANK | 7 | 2026-10-20 | 77 | okänd |
    BANK | 7 | 2026-10-21 | -300 | Löner |
    BANK | 7 | 2026-10-21 | 11027 | Closing Balance |
"""
"""Line 1 has the amount of invoice 103001 and an unknown payer; lines 2 and 3 fit nothing."""


def ask(office: Office) -> None:
    ask_about(office, STATEMENT, waiting=3)


@pytest.fixture
def asked(office_after: Callable[..., Office]) -> Office:
    """Invoices 103001 (C1, 1250), 103002 (C1, 2500) and 103003 (C2, 2500); three lines wait for an answer."""
    return office_after(ask)


# What is asked --------------------------------------------------------------------------------------------


def test_open_lines_are_asked_about_most_money_first_with_their_candidates(asked: Office) -> None:  # M22
    book = openpyxl.load_workbook(review(asked))
    sheet = book["Payment Review"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    captions = rows[0]
    found = [dict(zip(captions, row)) for row in rows[1:]]
    assert [row["Amount"] for row in found] == [1250, -300, 77]
    first = found[0]
    assert first["Proposed Customer No."] == "C1 · Åkerlunds Bygg AB"
    assert first["Proposed Documents"] == "103001=1250.00"
    assert first["Match Confidence"] == "Low"
    assert "amount equals the remaining amount" in first["Evidence"]
    note = sheet.cell(2, captions.index("Evidence") + 1).comment.text
    assert "Amount Matched: One match" in note
    assert "Score: " in note
    assert first["Decision"] is None
    lists = {
        str(validation.sqref): validation.formula1 for validation in sheet.data_validations.dataValidation
    }
    column = openpyxl.utils.get_column_letter(captions.index("Decision") + 1)
    assert "Accept,Reject,Apply To" in lists[f"{column}2:{column}4"]
    documents = openpyxl.utils.get_column_letter(captions.index("Apply-to Documents") + 1)
    formula = lists[f"{documents}2"]
    options = (
        [cell.value for (cell,) in book["Options"][formula.partition("!")[2].replace("$", "")]]
        if "!" in formula
        else formula.strip('"').split(",")
    )
    assert options == [
        "103001 · 1250.00 · Åkerlunds Bygg AB",
        "103002 · 2500.00 · Åkerlunds Bygg AB",
        "103003 · 2500.00 · Östgöta Café",
    ]


def test_the_columns_are_those_that_are_read_back_and_the_answer_stands_beside_the_reason(
    asked: Office,
) -> None:
    from salesbatch.core.sheets import BY_NAME

    sheet = openpyxl.load_workbook(review(asked))["Payment Review"]
    captions = [cell.value for cell in sheet[1]]
    assert sorted(captions) == sorted(column.caption for column in BY_NAME["payment_review"].columns)
    assert captions[0] == "Date"
    assert captions.index("Decision") == captions.index("Evidence") + 1
    last = openpyxl.utils.get_column_letter(captions.index("Account") + 1)  # The rest is for the screen.
    assert sheet.print_area.endswith(f"$A$1:${last}$4")


def test_the_first_sheet_says_in_three_sentences_what_to_do(asked: Office) -> None:
    page = openpyxl.load_workbook(review(asked)).worksheets[0]
    texts = [cell.value for row in page.iter_rows() for cell in row if cell.value]
    assert page.title == "Read me"
    assert [text[:2] for text in texts if text[:1] in "123" and text[1:2] == "."] == ["1.", "2.", "3."]
    assert "3 payments wait for a decision. Nothing of them has been posted." in texts


def test_dropped_back_without_answers_it_changes_nothing(asked: Office) -> None:
    before = asked.table("payment_matches")
    result = run_answers(asked, {1: {"Decision": "Leave"}})
    assert (codes(result), result.exit_code) == ([], 0)
    assert asked.table("payment_matches").equals(before)


def test_in_a_swedish_company_the_review_is_swedish_and_is_read_back(office: Office) -> None:
    asked = office
    asked.settings(Language="sv")
    asked.drop("Sales.xlsx", Invoices=INVOICES)
    asked.run("2026-10-10")
    asked.drop("Bank.xlsx", Bank_Statement=STATEMENT)
    asked.run("2026-10-31")
    book = openpyxl.load_workbook(review(asked))
    sheet = book["Betalningsgranskning"]
    captions = [cell.value for cell in sheet[1]]
    assert (
        "beloppet är det som återstår; bara beloppet talar för det"
        in sheet.cell(2, captions.index("Underlag") + 1).value
    )
    sheet.cell(2, captions.index("Beslut") + 1).value = "Accept"
    sheet.cell(2, captions.index("Beslutad av") + 1).value = "Eva"
    book.save(asked.root / "inbox" / "svar.xlsx")
    assert codes(asked.run("2026-11-02")) == []
    told = asked.table("payment_matches").iloc[0]["evidence"]
    assert told.startswith("godkänd av Eva: beloppet är det som återstår")
    assert matches(asked)[1] == ("applied", "accepted", "C1", "103001=1250.00")
    assert "Läs mig" in book.sheetnames


# What the answers do --------------------------------------------------------------------------------------


def test_accept_posts_the_proposal(asked: Office) -> None:  # M22
    result = run_answers(asked, {1: {"Decision": "Accept", "Decided By": "Eva", "Comment": "moderbolag"}})
    assert (codes(result), result.exit_code, result.counts["payments_open"]) == ([], 0, 2)
    assert matches(asked)[1] == ("applied", "accepted", "C1", "103001=1250.00")
    assert remaining(asked) == {"103002": "2500.00", "103003": "2500.00"}
    assert asked.balance()["1930"] == "1250.00"
    evidence = asked.table("payment_matches").iloc[0]["evidence"]
    assert evidence.startswith("accepted by Eva (moderbolag): ")
    assert asked.verify() == []


def test_apply_to_settles_the_named_documents_and_leaves_the_rest_on_account(
    asked: Office,
) -> None:  # M23, M27, T3
    run_answers(asked, {1: {"Decision": "Apply To", "Apply-to Documents": "103001=500;103002=700,50"}})
    assert matches(asked)[1] == ("applied", "manual", "C1", "103001=500.00;103002=700.50")
    assert remaining(asked) == {
        "103001": "750.00",
        "103002": "1799.50",
        "103003": "2500.00",
        "6001": "-49.50",
    }
    assert asked.verify() == []


def test_an_option_of_the_drop_down_and_the_senders_number_are_understood(asked: Office) -> None:
    run_answers(
        asked,
        {
            1: {"Decision": "Apply To", "Apply-to Documents": "103003 · 2500.00 · Östgöta Café"},
            2: {"Decision": "Apply To", "Apply-to Documents": "I1"},
        },
    )
    assert matches(asked)[1][2:] == ("C2", "103003=1250.00")
    assert matches(asked)[2][2:] == ("C1", "103001=77.00")


def test_a_wrong_answer_comes_back_to_be_fixed(asked: Office) -> None:
    result = run_answers(asked, {1: {"Decision": "Apply To", "Apply-to Documents": "103001;103009"}})
    assert (codes(result), result.exit_code) == (["review-document-not-open"], 3)
    assert matches(asked)[1][0] == "proposed"
    (fix,) = (asked.root / "rejected" / "000004").glob("*to fix.xlsx")
    book = openpyxl.load_workbook(fix)
    sheet = book["Payment Review"]
    captions = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 2
    sheet.cell(2, captions.index("Apply-to Documents") + 1).value = "103001"
    book.save(asked.root / "inbox" / fix.name)
    assert asked.run("2026-11-03").exit_code == 0
    assert matches(asked)[1] == ("applied", "manual", "C1", "103001=1250.00")
    assert not asked.table("held")["open"].any()


def test_on_account_waits_at_the_customer(asked: Office) -> None:  # M27
    run_answers(asked, {2: {"Decision": "On Account", "Customer No.": "C2 · Östgöta Café"}})
    assert matches(asked)[2] == ("on_account", "manual", "C2", "")
    assert remaining(asked)["6001"] == "-77.00"
    assert asked.verify() == []


def test_post_to_account_takes_the_whole_amount(asked: Office) -> None:
    run_answers(asked, {2: {"Decision": "Post To Account", "Account": 3740}})
    assert matches(asked)[2][0] == "unmatched"  # 3740 takes no direct posting
    run_answers(asked, {2: {"Decision": "Post To Account", "Account": "3004"}})
    assert matches(asked)[2] == ("mapped", "manual", "", "")
    assert (asked.balance()["3004"], asked.balance()["1930"]) == ("-77.00", "77.00")
    assert asked.verify() == []


@pytest.mark.parametrize("account", ["1510", "1930", "3740", "9999"])
def test_no_line_is_posted_to_a_control_account_or_an_unknown_one(asked: Office, account: str) -> None:
    result = run_answers(asked, {2: {"Decision": "Post To Account", "Account": account}})
    assert result.exit_code == 3
    assert matches(asked)[2][0] == "unmatched"


def test_booked_elsewhere_posts_nothing(asked: Office) -> None:
    before = asked.balance()
    run_answers(asked, {3: {"Decision": "Booked Elsewhere"}})
    assert matches(asked)[3] == ("mapped", "manual", "", "")
    assert asked.balance() == before
    assert asked.verify() == []


def test_a_rejected_document_is_not_proposed_again(asked: Office) -> None:
    result = run_answers(asked, {1: {"Decision": "Reject"}})
    assert codes(result) == []
    assert matches(asked)[1] == ("unmatched", "none", "", "")
    asked.drop("More.xlsx", Invoices="No. | Customer No. | Item No. | Quantity\nI4 | C1 | A1 | 1")
    asked.run("2026-10-15")
    # Another invoice of that amount is proposed; the rejected one never is.
    assert matches(asked)[1] == ("proposed", "low", "C1", "103004=1250.00")
    run_answers(asked, {1: {"Decision": "Reject"}}, "2026-11-03")
    assert matches(asked)[1][0] == "unmatched"
    assert asked.verify() == []


# Answers and time -----------------------------------------------------------------------------------------


def test_the_same_answers_again_are_a_notice(asked: Office) -> None:
    given = {1: {"Decision": "Accept"}, 2: {"Decision": "On Account", "Customer No.": "C1"}}
    first = answer(asked, given)
    again = first.read_bytes()
    asked.run("2026-11-02")
    before = asked.balance()
    (asked.root / "inbox" / "again.xlsx").write_bytes(again)
    result = asked.run("2026-11-03")
    assert (codes(result), result.exit_code) == (["file-again", "review-answered"], 0)
    assert asked.balance() == before


def test_colleagues_who_share_a_review_each_answer_their_lines(asked: Office) -> None:
    shared = review(asked)
    for answers in (
        {1: {"Decision": "Accept"}},
        {3: {"Decision": "Post To Account", "Account": "3004"}, 2: {"Decision": "Leave"}},
        {},
    ):
        answer(asked, answers, shared)
    result = asked.run("2026-11-02")
    assert codes(result) == []
    assert {line: match[0] for line, match in matches(asked).items()} == {
        1: "applied",
        2: "unmatched",
        3: "mapped",
    }


def test_colleagues_who_answer_one_line_differently_are_asked_again(asked: Office) -> None:
    shared = review(asked)
    answer(asked, {1: {"Decision": "Accept"}, 3: {"Decision": "Booked Elsewhere"}}, shared)
    answer(asked, {1: {"Decision": "Reject"}, 3: {"Decision": "Booked Elsewhere"}}, shared)
    result = asked.run("2026-11-02")
    assert codes(result) == ["input-key-twice", "input-key-twice", "input-twice"]
    assert {line: match[0] for line, match in matches(asked).items()} == {
        1: "proposed",
        2: "unmatched",
        3: "mapped",
    }
    assert "103001" in remaining(asked)


def test_an_answer_to_a_line_that_moved_on_does_nothing(asked: Office) -> None:
    old = asked.root / "old.xlsx"
    old.write_bytes(review(asked).read_bytes())
    run_answers(asked, {1: {"Decision": "Accept"}})
    answer(asked, {1: {"Decision": "On Account", "Customer No.": "C2"}}, old)
    result = asked.run("2026-11-03")
    assert (codes(result), result.exit_code) == (["review-moved-on"], 0)
    assert matches(asked)[1] == ("applied", "accepted", "C1", "103001=1250.00")


def test_two_accepts_of_one_document_settle_it_once(asked: Office) -> None:
    asked.drop(
        "Bank 2.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 8 | 2026-10-22 | 11027 | Opening Balance |
            BANK | 8 | 2026-10-22 | 1250 | igen |
            BANK | 8 | 2026-10-22 | 12277 | Closing Balance |
        """,
    )
    asked.run("2026-11-01")
    run_answers(
        asked,
        {
            1: {"Decision": "Apply To", "Apply-to Documents": "103001"},
            4: {"Decision": "Apply To", "Apply-to Documents": "103001"},
        },
    )
    assert asked.verify() == []
    assert "103001" not in remaining(asked)
    assert asked.table("payment_matches")["status"].tolist() == [
        "applied",
        "unmatched",
        "unmatched",
        "unmatched",
    ]


def test_a_check_shows_what_the_answers_would_do_and_does_nothing(asked: Office) -> None:
    before = asked.table("payment_matches")
    path = answer(asked, {1: {"Decision": "Accept"}, 2: {"Decision": "Booked Elsewhere"}})
    result = asked.run("2026-11-02", dry_run=True)
    assert (result.exit_code, result.counts["payments_open"]) == (0, 1)
    assert asked.table("payment_matches").equals(before)
    assert path.exists()
    book = openpyxl.load_workbook(asked.root / "review" / "preview" / "Run preview.xlsx")
    assert book["Payment Matches"].max_row == 3


def test_an_answer_on_a_closed_day_waits_and_one_on_an_earlier_day_moves_to_the_first_open_one(
    asked: Office,
) -> None:
    asked.settings(Allow_Posting_To="2026-10-19")
    asked.run("2026-10-19")
    assert codes(run_answers(asked, {1: {"Decision": "Accept"}}, "2026-10-19")) == ["review-date-closed"]
    asked.settings(Allow_Posting_From="2026-11-01", Allow_Posting_To="2026-11-30")
    asked.run("2026-11-02")
    run_answers(asked, {1: {"Decision": "Accept"}})
    payment = asked.table("customer_ledger_entries").query("document_type == 'payment'").iloc[0]
    assert payment["posting_date"] == "2026-11-01"
    assert asked.table("statement_lines").iloc[0]["date"] == "2026-10-20"
    assert asked.verify() == []


def test_money_of_a_blocked_customer_is_booked_with_a_warning(asked: Office) -> None:  # K6
    result = run_answers(asked, {2: {"Decision": "On Account", "Customer No.": "C3"}})
    assert (codes(result), result.exit_code) == (["payment-from-blocked"], 0)
    assert matches(asked)[2][0] == "on_account"


# Open lines are matched again ------------------------------------------------------------------------------


def test_an_invoice_posted_today_settles_a_line_of_yesterday(office: Office) -> None:
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-20 | 1250 | Faktura 103001 | Åkerlunds Bygg AB
        """,
    )
    office.run("2026-10-20")
    assert matches(office)[1][0] == "unmatched"
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-15")
    assert matches(office)[1] == ("applied", "high", "C1", "103001=1250.00")
    assert "103001" not in remaining(office)
    assert list((office.root / "review").glob("*.xlsx")) == []  # Nothing is asked any more.
    assert office.verify() == []


def test_a_text_mapping_dropped_later_settles_the_lines_that_it_fits(asked: Office) -> None:  # M19
    asked.drop(
        "Mapping.xlsx",
        Text_Mapping="Text | Debit Account | Credit Account\nLöner | Booked Elsewhere | Booked Elsewhere",
    )
    asked.run("2026-11-01")
    assert matches(asked)[3][:2] == ("mapped", "text_mapping")


def test_a_line_that_stays_as_it_was_is_not_written_again(asked: Office) -> None:
    from salesbatch import ledger

    asked.drop("More.xlsx", Customers="No. | Name | Customer Posting Group\nC7 | Ny Kund AB | DOMESTIC")
    asked.run("2026-11-01")
    with ledger.open_database(asked.root) as database:
        report = ledger.run_report(database, 4)
    assert not len(report.frames["payment_matches"])
    assert len(asked.table("payment_matches")) == 3


def test_a_review_that_nobody_touched_gives_way_to_the_next(asked: Office) -> None:
    first = review(asked)
    asked.drop("More.xlsx", Customers="No. | Name | Customer Posting Group\nC7 | Ny Kund AB | DOMESTIC")
    asked.run("2026-11-01")
    assert [path.name for path in (asked.root / "review").glob("*.xlsx")] == ["Payment Review 000004.xlsx"]
    assert not first.exists()


def test_a_review_into_which_somebody_typed_is_left_alone(asked: Office) -> None:
    first = review(asked)
    book = openpyxl.load_workbook(first)
    sheet = book["Payment Review"]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("Decision") + 1).value = "Accept"
    book.save(first)
    typed = first.read_bytes()
    asked.drop("More.xlsx", Customers="No. | Name | Customer Posting Group\nC7 | Ny Kund AB | DOMESTIC")
    asked.run("2026-11-01")
    assert first.read_bytes() == typed
    assert review(asked).name == "Payment Review 000004.xlsx"


def test_an_open_review_is_left_alone(asked: Office) -> None:
    first = review(asked)
    first.with_name(f"~${first.name}").write_bytes(b"")
    asked.drop("More.xlsx", Customers="No. | Name | Customer Posting Group\nC7 | Ny Kund AB | DOMESTIC")
    asked.run("2026-11-01")
    assert first.exists()


def test_a_payer_that_a_review_named_is_known_next_time(
    asked: Office,
) -> None:  # 14(b): aliases from accepted matches
    run_answers(asked, {1: {"Decision": "Accept"}})
    asked.drop(
        "Bank 2.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 8 | 2026-11-22 | 2500 | tack | Moderbolaget AB
        """,
    )
    asked.run("2026-11-22")
    # Two open documents have the amount; the payer is now known to be C1.
    assert asked.table("payment_matches").iloc[3][["customer_no", "related_party_matched"]].tolist() == [
        "C1",
        "fully",
    ]
    assert asked.verify() == []


# Receipts booked by hand ------------------------------------------------------------------------------------


def test_a_receipt_booked_by_hand_is_closed_by_its_bank_line(office: Office) -> None:  # M20
    office.drop(
        "Sales.xlsx",
        Invoices=INVOICES,
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount | Applies-to Document No.
            P1 | 2026-10-16 | C1 | 1250 | 103001
            P2 | 2026-10-16 | C2 | 600 |
        """,
    )
    office.run("2026-10-15")
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-18 | 1250 | Faktura 103001 |
            BANK | 7 | 2026-10-18 | 600 | insättning | Östgöta Café
            BANK | 7 | 2026-10-18 | 600 | insättning | Någon annan
        """,
    )
    result = office.run("2026-10-31")
    assert result.exit_code == 0
    assert office.balance()["1930"] == "1850.00"  # Nothing was booked twice.
    found = office.table("payment_matches")
    assert found["status"].tolist() == ["applied", "applied", "unmatched"]
    assert found["document_no"].tolist() == ["6001", "6002", ""]
    assert "receipt 6001, booked by hand on 2026-10-16" in found.iloc[0]["evidence"]
    assert "103001 in the text" in found.iloc[0]["evidence"]
    assert office.verify() == []


def test_a_receipt_far_away_or_of_another_amount_is_left_alone(office: Office) -> None:
    office.drop(
        "Payments.xlsx",
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount
            KVITTO-1 | 2026-10-12 | C1 | 600
            KVITTO-2 | 2026-10-18 | C1 | 601
        """,
    )
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-18 | 600 | KVITTO-1 och KVITTO-2 | Åkerlunds Bygg AB
        """,
    )
    office.run("2026-10-31")
    assert matches(office)[1][0] == "unmatched"


def test_a_receipt_may_be_named_by_hand(office: Office) -> None:
    office.drop(
        "Payments.xlsx",
        Payments="""
            Payment No. | Posting Date | Customer No. | Amount
            P1 | 2026-10-16 | C1 | 600
        """,
    )
    office.drop(
        "Bank.xlsx",
        Bank_Statement="""
            Bank Account | Statement No. | Date | Amount | Text | Payer Name
            BANK | 7 | 2026-10-18 | 600 | kassa |
        """,
    )
    office.run("2026-10-31")
    assert matches(office)[1][0] == "unmatched"
    run_answers(office, {1: {"Decision": "Apply To", "Apply-to Documents": "6001"}})
    assert matches(office)[1] == ("applied", "manual", "C1", "")
    assert office.balance()["1930"] == "600.00"
    assert office.verify() == []
