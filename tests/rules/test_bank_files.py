"""Bank files dropped into a company folder: what is posted, what is held, what comes back."""

from __future__ import annotations

from bank_files import IBAN, camt_file, camt_statement
from office import Office

INVOICES = """
    No. | Customer No. | Item No. | Quantity
    I1 | C1 | A1 | 1
    I2 | C1 | A1 | 2
"""
DAY = """
    2026-10-20 | 1250.00 | BR-1 | Åkerlunds Bygg AB | Faktura 103001 |
    2026-10-20 | -42.00 | BR-2 | | Bankavgift |
"""
SHEET = """
    Bank Account | Statement No. | Date | Amount | Text | Payer Name
    BANK | 7 | 2026-10-20 | 1250 | Betalning 103001 | Åkerlunds Bygg
    BANK | 7 | 2026-10-20 | -42 | Avgift |
"""


def remaining(office: Office) -> dict[str, str]:
    entries = office.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


def test_a_day_that_comes_as_camt_and_as_a_sheet_is_posted_once(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    office.put("kontoutdrag.txt", camt_file(camt_statement(DAY, opening="0", closing="1208")))
    result = office.run("2026-10-21")
    assert result.exit_code == 0
    assert remaining(office) == {"103002": "2500.00"}
    assert office.balance()["1930"] == "1250.00"
    lines = office.table("statement_lines")
    assert lines[
        ["bank_account", "statement_no", "line_no", "amount", "transaction_id"]
    ].to_numpy().tolist() == [
        ["BANK", "1", 1, "1250.00", "BR-1"],
        ["BANK", "1", 2, "-42.00", "BR-2"],
    ]
    office.drop("Bank.xlsx", Bank_Statement=SHEET)
    result = office.run("2026-10-22")
    assert [(item.code, item.severity) for item in result.findings] == [("statement-line-known", "notice")]
    assert len(office.table("statement_lines")) == 2
    assert office.balance()["1930"] == "1250.00"
    assert office.verify() == []


def test_a_missing_statement_warns_and_what_came_is_posted(office: Office) -> None:
    office.put("a.xml", camt_file(camt_statement(DAY, number=1, opening="0", closing="1208")))
    office.run("2026-10-21")
    third = camt_statement("2026-10-22 | 5 | BR-9 | | ? |", number=3, opening="1300", closing="1305")
    office.put("c.xml", camt_file(third))
    result = office.run("2026-10-23")
    assert [(item.code, item.severity) for item in result.findings] == [("statement-gap", "warning")]
    assert "differs by 92.00 from 1208.00" in result.findings[0].message()
    assert result.exit_code == 0
    assert len(office.table("statement_lines")) == 3
    assert office.verify() == []


def test_two_references_in_one_payment_settle_both_invoices(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.run("2026-10-10")
    references = office.table("customer_ledger_entries")["payment_reference"].tolist()
    line = f"2026-10-20 | 3750.00 | BR-1 | Åkerlunds Bygg AB | | {';'.join(references)}"
    office.put("a.xml", camt_file(camt_statement(line)))
    office.run("2026-10-21")
    match = office.table("payment_matches").iloc[0]
    assert match["document_no_matched"] == "yes - multiple"
    assert match["applied_documents"] == "103001=1250.00;103002=2500.00"
    assert match["status"] == "applied"
    assert remaining(office) == {}


def test_a_statement_of_an_unknown_account_waits_for_it_and_comes_back_whole(office: Office) -> None:
    account = "SE3550000000054910000003"
    long_text = "Faktura 999999 " * 60
    rows = f"2026-10-20 | 1250.00 | BR-1 | Åkerlunds Bygg AB | {long_text} |"
    office.put("a.xml", camt_file(camt_statement(rows, account=account, opening="-5.50", closing="1244.50")))
    result = office.run("2026-10-21")
    assert [item.code for item in result.findings] == ["bank-account-unknown"]
    assert (office.root / "rejected" / "000002" / "a - to fix.xlsx").exists()
    office.drop("Setup.xlsx", Bank_Accounts=f"Code | G/L Account | IBAN\nNY | 1930 | {account}")
    result = office.run("2026-10-22")
    assert result.exit_code == 0, [item.message() for item in result.findings]
    line = office.table("statement_lines").iloc[0]
    assert (line["bank_account"], line["amount"], line["transaction_id"]) == ("NY", "1250.00", "BR-1")
    assert line["text"] == long_text.strip()
    assert not office.table("held")["open"].any()


def test_a_bank_file_that_is_refused_is_put_back_with_its_problem_and_the_rest_is_posted(
    office: Office,
) -> None:
    office.put("day.xml", camt_file(camt_statement(DAY)).replace(b"053.001.08", b"053.001.01"))
    office.put("bad.xml", camt_file(camt_statement(DAY))[:-30])
    office.drop("Sales.xlsx", Invoices=INVOICES)
    result = office.run("2026-10-21")
    assert result.exit_code == 3
    assert sorted(item.code for item in result.findings) == ["bank-file-damaged", "bank-file-unknown"]
    assert result.counts["invoices"] == 2
    rejected = office.root / "rejected" / "000002"
    assert {path.name for path in rejected.iterdir()} == {
        "bad.xml",
        "bad.xml - problem.txt",
        "day.xml",
        "day.xml - problem.txt",
    }
    assert "version 001.02 or later" in (rejected / "day.xml - problem.txt").read_text(encoding="utf-8")


def test_an_account_is_known_by_its_iban_in_any_writing(office: Office) -> None:
    spaced = " ".join(IBAN[place : place + 4] for place in range(0, len(IBAN), 4))
    office.put("a.xml", camt_file(camt_statement(DAY, account=spaced)))
    assert office.run("2026-10-21").exit_code == 0
    assert set(office.table("statement_lines")["bank_account"]) == {"BANK"}


def test_rows_that_are_equal_in_everything_are_not_both_posted_unless_balances_prove_them(
    office: Office,
) -> None:
    """Twins without an id, in a file without balances: a person says whether the second one is a payment."""
    office.drop("Sales.xlsx", Invoices=INVOICES + "    I3 | C1 | A1 | 1\n")
    office.run("2026-10-10")
    ocr = office.table("customer_ledger_entries")["payment_reference"][0]
    head = "Bank Account | Statement No. | Date | Amount | Text | Payer Name | Payment Reference\n"
    row = f"BANK | 7 | 2026-10-20 | 1250 | Betalning | Åkerlunds Bygg AB | {ocr}\n"
    office.drop("Bank.xlsx", Bank_Statement=head + row + row)
    office.run("2026-10-21")
    matches = office.table("payment_matches").drop_duplicates("line_no", keep="last")
    assert matches["status"].iloc[0] == "applied"
    assert matches["status"].iloc[1] != "applied"
    assert office.balance()["1930"] == "1250.00"


def test_a_report_during_the_day_is_told_and_posts_nothing(office: Office) -> None:
    text = camt_file(camt_statement(DAY)).decode().replace("camt.053", "camt.052")
    text = text.replace("BkToCstmrStmt", "BkToCstmrAcctRpt").replace("Stmt>", "Rpt>")
    office.put("report.xml", text.encode())
    result = office.run("2026-10-20")
    assert (result.exit_code, [item.code for item in result.findings]) == (0, ["bank-file-intraday"])
    assert "Åkerlunds Bygg AB" in result.findings[0].message()
    assert len(office.table("statement_lines")) == 0


def test_a_banks_csv_is_posted_by_the_account_that_names_its_profile(office: Office) -> None:
    office.drop("Sales.xlsx", Invoices=INVOICES)
    office.drop("Setup.xlsx", Bank_Accounts="Code | G/L Account | CSV Profile\nBANK | 1930 | NORDEA")
    office.run("2026-10-10")
    office.put(
        "PLUSGIRO.csv",
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
        "Reserverat;-10,00;;;Kort;Kort;;SEK\n"
        "2026/10/20;1250,00;;;Åkerlunds Bygg AB;Faktura 103001;1250,00;SEK\n".encode(),
    )
    result = office.run("2026-10-21")
    assert (result.exit_code, [item.code for item in result.findings]) == (0, ["statement-pending"])
    assert remaining(office) == {"103002": "2500.00"}
    office.put("a.xml", camt_file(camt_statement(DAY.strip().splitlines()[0], opening="0", closing="1250")))
    office.run("2026-10-22")
    assert office.balance()["1930"] == "1250.00"
    assert office.verify() == []
