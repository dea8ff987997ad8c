"""Apply, Unapply, Refund, Write Off, Hold and Unhold: what a person has done with open entries, through real runs.

C1 has the terms 30D, C2 10D2 (2 % within 10 days). An invoice of one A1 is 1,250.00 with VAT.
"""

from __future__ import annotations

from money_setup import choose, pieces, remaining, voucher
from office import Office

ACTIONS = (
    "Action No. | Document Type | Document No. | Action | Posting Date | Amount | Applies-to Document No."
    " | Reason Code | Requested By | Comment\n"
)
PAY = "Payment No. | Posting Date | Customer No. | Amount | Applies-to Document No.\n"
INVOICES = "No. | Customer No. | Item No. | Quantity\n"


def act(office: Office, rows: str, day: str = "2026-11-05", file: str = "Actions.xlsx") -> object:
    office.drop(file, Actions=ACTIONS + rows)
    return office.run(day)


def codes(result: object) -> list[str]:
    return [item.code for item in result.findings]  # type: ignore[attr-defined]


def sold(office: Office, *rows: str, pay: str = "", day: str = "2026-10-15") -> None:
    """Post invoices typed as `No. | Customer No. | Item No. | Quantity`, and payments."""
    sheets = {"Invoices": INVOICES + "\n".join(rows)} if rows else {}
    office.drop("Sales.xlsx", **sheets, **({"Payments": PAY + pay} if pay else {}))
    assert office.run(day).exit_code == 0


# Apply -----------------------------------------------------------------------------------------------------


def test_a_payment_on_account_is_applied_to_invoices_in_the_order_written(bank: Office) -> None:  # T1, T3, T4
    sold(bank, "I1 | C1 | A1 | 1", "I2 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 1500 |")
    before = len(bank.table("gl_entries"))
    result = act(bank, "A-1 | Payment | 6001 | Apply | | | I2;103001")
    assert (result.exit_code, codes(result)) == (0, [])
    assert remaining(bank) == {"103001": "1000.00"}
    assert pieces(bank, "103002") == [("initial", "1250.00"), ("application", "-1250.00")]
    assert len(bank.table("gl_entries")) == before  # An application by itself moves no account.
    detailed = bank.table("detailed_entries").query("entry_type == 'application'")
    assert set(detailed["posting_date"]) == {"2026-11-05"}
    assert bank.verify() == []


def test_amounts_stand_behind_the_documents_or_in_the_amount_column(bank: Office) -> None:  # T3
    sold(bank, "I1 | C1 | A1 | 1", "I2 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 1500 |")
    act(bank, "A-1 | Payment | P1 | Apply | | | 103001=300,00; 103002=1 000.00")
    assert remaining(bank) == {"103001": "950.00", "103002": "250.00", "6001": "-200.00"}
    act(bank, "A-2 | Payment | 6001 | Apply | | 50 | 103001")
    assert remaining(bank) == {"103001": "900.00", "103002": "250.00", "6001": "-150.00"}


def test_an_invoice_can_name_the_payment_and_the_credit_memo_that_settle_it(bank: Office) -> None:  # T2
    sold(
        bank,
        "I1 | C1 | A1 | 2",
        "I2 | C1 | A1 | 1",
        pay="P1 | 2026-10-20 | C1 | 1250 |\nP2 | 2026-10-21 | C1 | 1250 | I2",
    )
    bank.drop(
        "Credit.xlsx",
        Credit_Memos="No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action\nK1 | C1 | A1 | 1 | I2 | Post",
    )
    bank.run("2026-10-25")
    assert remaining(bank) == {"103001": "2500.00", "104001": "-1250.00", "6001": "-1250.00"}
    act(bank, "A-1 | Invoice | 103001 | Apply | | | 6001; K1")
    assert remaining(bank) == {}
    assert bank.verify() == []


def test_a_payment_applied_later_still_takes_the_discount_of_its_own_day(bank: Office) -> None:  # T6, T7
    sold(bank, "I1 | C2 | A1 | 1", pay="P1 | 2026-10-20 | C2 | 1225 |")
    act(bank, "A-1 | Payment | 6001 | Apply | | | 103001")
    assert remaining(bank) == {}
    assert pieces(bank, "103001")[1:] == [("payment_discount", "-25.00"), ("application", "-1225.00")]
    # The voucher of the application stands by itself, on its own day.
    assert voucher(bank, "B", 2) == {"1510": "-25.00", "2611": "5.00", "3731": "20.00"}
    assert bank.verify() == []


CANNOT_APPLY = {
    "A-1 | Payment | 6001 | Apply | | |": "action-applies-to-missing",
    "A-2 | Payment | 6009 | Apply | | | 103001": "action-document-unknown",
    "A-3 | Credit Memo | 6001 | Apply | | | 103001": "action-document-unknown",
    "A-4 | Payment | 6001 | Apply | | | 103009": "payment-document-not-open",
    "A-5 | Payment | 6001 | Apply | | | 103002": "action-cannot-apply",  # Another customer's.
    "A-6 | Payment | 6001 | Apply | | | 6002": "action-cannot-apply",  # Of the same sign.
    "A-7 | Payment | 6001 | Apply | 2026-10-19 | | 103001": "action-too-early",
    "A-8 | Payment | 6001 | Apply | | 600 | 103001": "action-amount-too-large",
    "A-9 | Payment | 6001 | Apply | | -5 | 103001": "action-amount-too-large",
    "A-10 | Payment | 6001 | Apply | | 5 | 103001;103003": "action-amount-several",
    "A-11 | Payment | 6001 | Apply | | | 103001=1.2.3": "applies-to-amount-unreadable",
    " | Payment | 6001 | Apply | | | 103001": "action-no-missing",
    "A-13 | Payment | 6001 | Apply | | | 9001": "action-document-several",
    "A-14 | Payment | 6001 | Apply | | | 103004": "payment-document-other-currency",
    "A-15 | Payment | 6002 | Apply | | | 103001": "action-document-unknown",  # A-12 has used it up.
}


def test_an_apply_that_cannot_be_is_held_whole_with_its_reason(bank: Office) -> None:  # T2, T5, T16
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount
            C1 | Invoice | 9001 | 2026-09-20 | 500
            C1 | Reminder | 9001 | 2026-09-20 | 60
        """,
    )
    bank.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code
            I1 | C1 | A1 | 1 | 1000 |
            I2 | C2 | A1 | 1 | 1000 |
            I3 | C1 | A1 | 1 | 1000 |
            I4 | C1 | A1 | 1 | 100 | EUR
        """,
        Payments=PAY + "P1 | 2026-10-20 | C1 | 500 |\nP2 | 2026-10-20 | C1 | 500 |",
    )
    assert bank.run("2026-10-15").exit_code == 0
    before = remaining(bank)
    result = act(bank, "\n".join([*CANNOT_APPLY, "A-12 | Payment | 6002 | Apply | | | 103003"]))
    assert (result.exit_code, codes(result)) == (3, list(CANNOT_APPLY.values()))
    # Nothing of these rows was done, and their neighbour was.
    del before["6002"]
    assert remaining(bank) == {**before, "103003": "750.00"}
    assert set(bank.table("held")["table_name"]) == {"actions"}
    assert bank.verify() == []


def test_the_same_actions_again_change_nothing(bank: Office) -> None:
    sold(bank, "I1 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 1500 |")
    rows = "A-1 | Payment | 6001 | Apply | | 100 | 103001\nA-2 | Payment | 6001 | Refund | 2026-10-25 | 50 |\n | Invoice | 103001 | Hold | | | | XY"
    act(bank, rows)
    after = {name: len(bank.table(name)) for name in ("detailed_entries", "gl_entries", "numbers")}
    result = act(bank, rows, "2026-11-06", "Renamed.xlsx")
    assert (result.exit_code, set(codes(result))) == (0, {"file-again", "input-exists"})
    assert after == {name: len(bank.table(name)) for name in after}
    changed = act(bank, rows.replace("| 100 |", "| 101 |"), "2026-11-07")
    assert [item.code for item in changed.findings if item.severity == "error"] == [
        "document-changed-after-posting"
    ]
    assert after == {name: len(bank.table(name)) for name in after}


def test_an_action_that_this_version_does_not_know_is_held(bank: Office) -> None:
    sold(bank, "I1 | C1 | A1 | 1")
    result = act(bank, "A-1 | Invoice | 103001 | Cancel | | |")
    assert (result.exit_code, codes(result)) == (3, ["action-not-acted-on"])


# Unapply ---------------------------------------------------------------------------------------------------


def test_an_application_with_discount_and_vat_is_taken_back_whole_and_done_again(bank: Office) -> None:  # T14
    sold(bank, "I1 | C2 | A1 | 1", pay="P1 | 2026-10-20 | C2 | 1225 | I1")
    balance = bank.balance()
    assert remaining(bank) == {}
    result = act(bank, "U-1 | Payment | 6001 | Unapply | | | | | Anna | wrong invoice")
    assert (result.exit_code, codes(result)) == (0, [])
    assert remaining(bank) == {"103001": "1250.00", "6001": "-1225.00"}
    assert pieces(bank, "103001")[1:] == [
        ("payment_discount", "-25.00"),
        ("application", "-1225.00"),
        ("payment_discount", "25.00"),
        ("application", "1225.00"),
    ]
    assert voucher(bank, "B", 2) == {"1510": "25.00", "2611": "-5.00", "3731": "-20.00"}
    gl = bank.table("gl_entries")
    taken = gl[gl["voucher_series"].eq("B") & (gl["voucher_no"] == 2)]
    reversed_rows = gl.set_index("entry_no").loc[taken["reverses_entry_no"]]
    assert reversed_rows["account_no"].tolist() == taken["account_no"].tolist()
    assert set(taken["description"]) == {"Unapplied: Payment 6001"}
    vat = bank.table("vat_entries")
    assert vat["amount"].tolist() == ["-250.00", "5.00", "-5.00"]
    assert bank.verify() == []
    act(bank, "A-1 | Payment | 6001 | Apply | | | 103001")
    assert remaining(bank) == {}
    assert bank.balance() == balance
    assert bank.verify() == []


def test_what_is_unapplied_can_be_applied_otherwise_in_the_same_drop(bank: Office) -> None:  # T14
    sold(bank, "I1 | C2 | A1 | 1", "I2 | C2 | A1 | 1", pay="P1 | 2026-10-20 | C2 | 1225 | I1")
    bank.drop(
        "Both.xlsx",
        Actions=ACTIONS + "A-1 | Payment | 6001 | Apply | | | I2\nU-9 | Payment | 6001 | Unapply | | | ",
        Payments=PAY + "P2 | 2026-11-05 | C2 | 1250 | I1",
    )
    result = bank.run("2026-11-05")
    assert result.exit_code == 0
    assert remaining(bank) == {}
    assert pieces(bank, "103002")[1:] == [("payment_discount", "-25.00"), ("application", "-1225.00")]
    assert bank.verify() == []


def test_the_latest_application_goes_first_and_a_lump_goes_whole(bank: Office) -> None:  # T14, T17
    sold(
        bank,
        "I1 | C1 | A1 | 1",
        "I2 | C1 | A1 | 1",
        "I3 | C1 | A1 | 1",
        pay="P1 | 2026-10-20 | C1 | 500 | I1\nP2 | 2026-10-22 | C1 | 300 | I1\nP3 | 2026-10-22 | C1 | 2600 | I2;I3",
    )
    result = act(bank, "U-1 | Payment | 6001 | Unapply\nU-2 | Invoice | 103003 | Unapply")
    assert [item.message() for item in result.findings] == [
        "The application of '6001' is not the latest one; 6002 was applied later."
    ]
    lump = {"103002": "1250.00", "103003": "1250.00", "6003": "-2600.00"}
    assert remaining(bank) == {"103001": "450.00", **lump}
    # By the invoice the latest is found, then the one before it, then none.
    result = act(bank, "\n".join(f"U-{number} | Invoice | 103001 | Unapply" for number in (3, 4, 5)))
    assert codes(result) == ["nothing-to-unapply"]
    assert remaining(bank) == {"103001": "1250.00", "6001": "-500.00", "6002": "-300.00", **lump}
    assert bank.verify() == []


def test_an_unapply_that_may_not_be_is_held(bank: Office) -> None:  # T14, T15
    sold(bank, "I1 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 1250 | I1\nP2 | 2026-10-20 | C1 | 10 |")
    choose(bank, "Allow Posting From | 2026-11-01")
    cannot = {
        "U-1 | Payment | 6002 | Unapply": "nothing-to-unapply",
        " | Payment | 6001 | Unapply": "action-no-missing",
        "U-3 | Payment | 6001 | Unapply | 2026-10-30": "posting-date-closed",
    }
    result = act(bank, "\n".join(cannot))
    assert (result.exit_code, codes(result)) == (3, list(cannot.values()))
    early = act(bank, "U-4 | Payment | P1 | Unapply | 2026-10-19")
    assert codes(early) == ["action-too-early"]
    assert remaining(bank) == {"6002": "-10.00"}


def test_tolerance_and_exchange_differences_are_taken_back_too(bank: Office) -> None:  # T10, T14, T16
    choose(bank, "Max. Payment Tolerance Amount | 5.00")
    bank.drop(
        "Sales.xlsx",
        Invoices="No. | Customer No. | Item No. | Quantity | Unit Price | Currency Code\nI1 | C1 | A1 | 1 | 1000 |\nI2 | C1 | A1 | 1 | 100 | EUR",
        Payments="Payment No. | Posting Date | Customer No. | Amount | Currency Code | Applies-to Document No.\n"
        "P1 | 2026-10-20 | C1 | 1246 | | I1\nP2 | 2026-10-20 | C1 | 125 | EUR | I2",
    )
    bank.run("2026-10-05")
    assert remaining(bank) == {}
    balance = bank.balance()
    assert (balance["3741"], balance["3960"]) == ("4.00", "-25.00")
    act(bank, "U-1 | Payment | 6001 | Unapply\nU-2 | Payment | 6002 | Unapply")
    assert remaining(bank) == {
        "103001": "1250.00",
        "103002": "125.00",
        "6001": "-1246.00",
        "6002": "-125.00",
    }
    assert not {"3741", "3960", "7960"} & set(bank.balance())
    assert bank.verify() == []
    act(bank, "A-1 | Payment | 6001 | Apply | | | I1\nA-2 | Payment | 6002 | Apply | | | I2")
    assert bank.balance() == balance
    assert bank.verify() == []


# Refund ----------------------------------------------------------------------------------------------------


def test_credit_is_paid_back_from_the_bank_and_its_line_closes_the_refund(bank: Office) -> None:  # X2, T2
    sold(bank, "I1 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 1300 | I1")
    bank.drop(
        "Credit.xlsx",
        Credit_Memos="No. | Customer No. | Item No. | Quantity | Applies-to Document No. | Action\nK1 | C1 | A1 | 1 | I1 | Post",
    )
    bank.run("2026-10-25")
    assert remaining(bank) == {"6001": "-50.00", "104001": "-1250.00"}
    vat = bank.table("vat_entries")
    result = act(
        bank, "R-1 | Credit Memo | K1 | Refund | 2026-11-03 | |\nR-2 | Payment | 6001 | Refund | | 20 |"
    )
    assert (result.exit_code, codes(result)) == (0, [])
    assert remaining(bank) == {"6001": "-30.00"}
    assert voucher(bank, "B", 2) == {"1510": "1250.00", "1930": "-1250.00"}
    entries = bank.table("customer_ledger_entries").set_index("document_no")
    assert entries.loc[
        "6002", ["document_type", "external_document_no", "amount", "posting_date"]
    ].tolist() == [
        "refund",
        "R-1",
        "1250.00",
        "2026-11-03",
    ]
    assert len(bank.table("vat_entries")) == len(vat)  # The credit memo has adjusted the VAT already.
    bank.drop(
        "Bank.xlsx",
        Bank_Statement="Bank Account | Statement No. | Date | Amount | Text | Payer Name\nBANK | 7 | 2026-11-04 | -1250 | 6002 |",
    )
    bank.run("2026-11-06")
    match = bank.table("payment_matches").iloc[0]
    assert (match["status"], len(bank.table("customer_ledger_entries"))) == ("applied", len(entries))
    assert bank.balance()["1930"] == "30.00"  # 1,300 came in, 1,250 and 20 went out.
    assert bank.verify() == []


def test_a_refund_of_more_than_is_there_or_of_a_claim_is_held(bank: Office) -> None:
    sold(bank, "I1 | C1 | A1 | 1", pay="P1 | 2026-10-20 | C1 | 100 |")
    cannot = {
        "R-1 | Invoice | 103001 | Refund | | |": "nothing-to-refund",
        "R-2 | Payment | 6001 | Refund | | 100.01 |": "action-amount-too-large",
        "R-4 | Payment | 6001 | Refund | | 41 |": "action-amount-too-large",  # After R-3 40 are left.
    }
    result = act(bank, "\n".join([*cannot, "R-3 | Payment | 6001 | Refund | | 60 |"]))
    assert codes(result) == list(cannot.values())
    assert remaining(bank) == {"103001": "1250.00", "6001": "-40.00"}
    bank.drop("Bank2.xlsx", Bank_Accounts="Code | Name | G/L Account\nPLUS | Plusgiro | 1910")
    result = act(bank, "R-5 | Payment | 6001 | Refund | | |")
    assert codes(result) == ["bank-account-missing"]
    bank.drop(
        "Again.xlsx",
        Actions="Action No. | Document Type | Document No. | Action | Bank Account\nR-5 | Payment | 6001 | Refund | PLUS",
    )
    assert bank.run("2026-11-06").exit_code == 0
    assert (remaining(bank), bank.balance()["1910"]) == ({"103001": "1250.00"}, "-40.00")


# Write Off -------------------------------------------------------------------------------------------------


def test_what_is_written_off_goes_to_the_account_that_its_size_and_reason_say(bank: Office) -> None:
    choose(bank, "Max. Payment Tolerance Amount | 5.00")
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount
            C1 | Invoice | 9001 | 2026-09-20 | 0.40
            C1 | Invoice | 9002 | 2026-09-20 | 4.50
            C1 | Invoice | 9003 | 2026-09-20 | 1000
            C1 | Invoice | 9004 | 2026-09-20 | 200
            C1 | Payment | 9005 | 2026-09-20 | -3
            C1 | Payment | 9006 | 2026-09-20 | -300
        """,
    )
    sold(bank, "I1 | C1 | A1 | 1")
    rows = """
        W-1 | Invoice | 9001 | Write Off
        W-2 | Invoice | 9002 | Write Off
        W-3 | Invoice | 9003 | Write Off | | 600 | | BANKRUPT
        W-4 | Invoice | 9004 | Write Off | | | | 6570
        W-5 | Payment | 9005 | Write Off
        W-6 | Invoice | I1 | Write Off"""
    result = act(bank, rows)
    assert [item.message() for item in result.findings] == [
        "0.40 SEK on 9001 was written off to account 3740.",
        "4.50 SEK on 9002 was written off to account 3741.",
        "600.00 SEK on 9003 was written off to account 6351 (BANKRUPT); the VAT was left as it was.",
        "200.00 SEK on 9004 was written off to account 6570 (6570); the VAT was left as it was.",
        "3.00 SEK on 9005 was written off to account 3741.",
        "1250.00 SEK on 103001 was written off to account 6351; the VAT was left as it was.",
    ]
    assert remaining(bank) == {"9003": "400.00", "9006": "-300.00"}
    balance = bank.balance()
    accounts = ("3740", "3741", "6351", "6570", "2611")
    assert [balance[account] for account in accounts] == ["0.40", "1.50", "1850.00", "200.00", "-250.00"]
    assert bank.verify() == []
    # What was lost and is paid after all is opened again.
    act(bank, "U-1 | Invoice | 103001 | Unapply")
    assert (remaining(bank)["103001"], bank.balance()["6351"]) == ("1250.00", "600.00")
    assert bank.verify() == []


def test_a_write_off_without_an_account_that_can_be_posted_to_is_held(bank: Office) -> None:
    bank.drop(
        "Old.xlsx",
        Opening_Entries="""
            Customer No. | Document Type | Document No. | Posting Date | Amount
            C1 | Invoice | 9003 | 2026-09-20 | 1000
            C1 | Payment | 9006 | 2026-09-20 | -300
        """,
    )
    bank.run("2026-10-15")
    cannot = {
        "W-1 | Payment | 9006 | Write Off": "write-off-account-missing",  # A credit is no bad debt.
        "W-2 | Invoice | 9003 | Write Off | | 100 | | 6359": "write-off-account-missing",  # No such account.
        "W-3 | Invoice | 9003 | Write Off | | 100 | | 1510": "write-off-account-missing",  # Receivables.
        "W-4 | Invoice | 9003 | Write Off | | 100 | | 2611": "write-off-account-missing",  # Not posted to directly.
        "W-5 | Invoice | 9003 | Write Off | | 1000.01": "action-amount-too-large",
    }
    for row in cannot:
        bank.drop(f"{row[:3]}.xlsx", Actions=ACTIONS + row)
    result = bank.run("2026-11-05")
    assert sorted(codes(result)) == sorted(cannot.values())
    assert remaining(bank) == {"9003": "1000.00", "9006": "-300.00"}


# Hold and Unhold -------------------------------------------------------------------------------------------


def test_an_entry_on_hold_is_matched_only_by_its_number(bank: Office) -> None:
    sold(bank, "I1 | C1 | A1 | 1")
    result = act(
        bank, " | Invoice | 103001 | Hold | | | | | Anna Lind | disputed\n | Invoice | 103009 | Hold"
    )
    assert codes(result) == ["action-document-unknown"]
    entries = bank.table("customer_ledger_entries")
    assert entries["on_hold"].tolist() == ["Anna Lind"]
    line = "Bank Account | Statement No. | Date | Amount | Text | Payer Name\nBANK | 7 | 2026-11-04 | 1250 | {} | Åkerlunds Bygg AB"
    bank.drop("Bank.xlsx", Bank_Statement=line.format("Insättning"))
    bank.run("2026-11-06")
    match = bank.table("payment_matches").iloc[-1]
    assert (match["status"], match["applied_documents"]) == ("unmatched", "")
    # Released, the line that still waits finds it.
    result = act(bank, "H-2 | Invoice | 103001 | Unhold\nH-3 | Invoice | 103001 | Unhold")
    assert codes(result) == ["action-done-already"]
    assert bank.table("payment_matches").iloc[-1]["applied_documents"] == "103001=1250.00"
    assert bank.table("customer_ledger_entries")["on_hold"].tolist() == ["", ""]
    assert bank.verify() == []


def test_a_line_that_names_an_entry_on_hold_settles_it(bank: Office) -> None:
    sold(bank, "I1 | C1 | A1 | 1")
    bank.drop(
        "Both.xlsx",
        Actions=ACTIONS + " | Invoice | I1 | Hold | | | | DISP",
        Bank_Statement="Bank Account | Statement No. | Date | Amount | Text | Payer Name\nBANK | 7 | 2026-11-04 | 1250 | Faktura 103001 | Åkerlunds Bygg AB",
    )
    assert bank.run("2026-11-06").counts["payments_applied"] == 1
    assert remaining(bank) == {}
    assert bank.table("customer_ledger_entries")["on_hold"].tolist() == ["DISP", ""]
