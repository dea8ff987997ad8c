"""A bank's own csv and Excel exports: ready layouts, own profiles, and layouts that are recognised for certain."""

from __future__ import annotations

import hashlib
import io
import random

import openpyxl
import pandas as pd
import pytest

from salesbatch import readers
from salesbatch.core.inbox import Inbox, InputFile

ACCOUNTS = "Code;G/L Account;IBAN;Account No.;CSV Profile\n"
ONE = ACCOUNTS + "BANK;1930;SE4550000000058398257466;8327-9,123 456 789-0;\n".replace(",", " ")
TWO = ONE + "SPAR;1940;SE3550000000054910000003;5491 00 000 03;SPARBANK\n"


def read(content: str | bytes, *, name: str = "export.csv", accounts: str = ONE, **more: str) -> Inbox:
    files = {"Bank Accounts.csv": accounts.encode()}
    files |= {f"{key}.csv": text.encode() for key, text in more.items()}
    files[name] = content.encode() if isinstance(content, str) else content
    return readers.read_inbox(
        [InputFile(key, hashlib.sha256(text).hexdigest(), text) for key, text in files.items()]
    )


def codes(inbox: Inbox) -> list[str]:
    return [item.code for item in inbox.findings if item.code != "sheet-by-captions"]


def lines(inbox: Inbox, *columns: str) -> list[list[object]]:
    frame = inbox.tables["bank_statement"].copy()
    frame["date"] = frame["date"].dt.strftime("%m-%d")
    return frame[list(columns or ("date", "amount_minor", "text"))].to_numpy().tolist()


NORDEA = """Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta
Reserverat;-89,00;;;Espresso House;Kortköp;;SEK
2026/10/21;-500,00;1709 20 72840;;;Swish betalning;4\u00a0995,52;SEK
2026/10/20;1 250,00;5050-1055;;Åkerlunds Bygg AB;Faktura 103001;5495,52;SEK
"""


def test_nordea_with_a_reserved_row_newest_first() -> None:
    inbox = read("\ufeff" + NORDEA)
    assert lines(inbox, "date", "amount_minor", "text", "payer_name", "payer_account", "currency_code") == [
        ["10-20", 125000, "Faktura 103001", "Åkerlunds Bygg AB", "5050-1055", "SEK"],
        ["10-21", -50000, "Swish betalning", "", "1709 20 72840", "SEK"],
        ["10-20", 424552, "Opening Balance", "", "", "SEK"],
        ["10-21", 499552, "Closing Balance", "", "", "SEK"],
    ]
    assert codes(inbox) == ["statement-pending"]
    assert "-89.00 Espresso House" in inbox.findings[0].message()
    assert inbox.kinds["export.csv"] == "bank export"
    assert set(inbox.tables["bank_statement"]["bank_account"]) == {"BANK"}


def test_nordea_as_it_is_since_the_details_have_a_column() -> None:
    inbox = read(
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Ytterligare detaljer;Meddelande;Egna anteckningar;"
        "Saldo;Valuta;\n2026/10/20;1250,00;5050-1055;;Åkerlunds Bygg AB;Bg 5050-1055;103001;;5495,52;SEK;\n"
    )
    assert lines(inbox, "text", "additional_info", "amount_minor")[0] == ["Bg 5050-1055", "103001", 125000]


def test_swedbank_with_a_line_above_and_two_accounts_in_one_file() -> None:
    text = """* Transaktioner Period 2026-10-01 – 2026-10-31 Skapad 2026-10-31 16:41 CEST
Radnummer,Clearingnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,Referens,Beskrivning,Belopp,Bokfört saldo
1,8327-9,1234567890,Företagskonto,SEK,2026-10-23,2026-10-22,2026-10-23,"Swish","Kalle Karlsson",270.00,5270.00
2,8327-9,1234567890,Företagskonto,SEK,2026-10-20,2026-10-20,2026-10-20,"BG","Inbetalning, bankgiro",1000.00,5000.00
1,5491,5491000003,Sparkonto,SEK,2026-10-31,2026-10-31,2026-10-31,"Ränta","Ränta",12.50,112.50
"""
    inbox = read(text.encode("cp1252"), accounts=TWO.replace("5491 00 000 03", "5491000003"))
    assert codes(inbox) == []
    assert lines(inbox, "bank_account", "date", "amount_minor", "text") == [
        ["BANK", "10-20", 100000, "Inbetalning, bankgiro"],
        ["BANK", "10-23", 27000, "Kalle Karlsson"],
        ["BANK", "10-20", 400000, "Opening Balance"],
        ["BANK", "10-23", 527000, "Closing Balance"],
        ["SPAR", "10-31", 1250, "Ränta"],
        ["SPAR", "10-31", 10000, "Opening Balance"],
        ["SPAR", "10-31", 11250, "Closing Balance"],
    ]


@pytest.mark.parametrize(
    ("money_in", "out", "saldo"), [("31 036,00", "-87 768,00", ("43 268,00", "12 232,00"))]
)
def test_seb_with_money_in_and_money_out_in_two_columns(
    money_in: str, out: str, saldo: tuple[str, str]
) -> None:
    inbox = read(
        "Bokförd;Valutadatum;Text;Typ;Insättningar;Uttag;Bokfört saldo\n"
        f"2026-10-30;2026-10-30;LBE5801;Annan;;{out};{'-44 500,00'}\n"
        f"2026-10-30;2026-10-29;BG 5801-7161;Bankgirobetalning;{money_in};;{saldo[0]}\n"
    )
    assert lines(inbox)[:2] == [["10-30", 3103600, "BG 5801-7161"], ["10-30", -8776800, "LBE5801"]]
    assert lines(inbox)[2][1] == 1223200


def test_seb_and_handelsbanken_as_excel_with_rows_above() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Kontohändelser"
    for row in (["Företagskonto"], ["Kontonummer: 8327-9 123 456 789-0"], ["Saldo", 1150.5], []):
        sheet.append(row)
    sheet.append(["Reskontradatum", "Transaktionsdatum", "Text", "Belopp", "Saldo"])
    sheet.append(["Prel", "2026-10-22", "Kortköp", -20, None])
    sheet.append(["2026-10-21", "2026-10-21", "Avgift", -99.5, 1150.5])
    sheet.append(["2026-10-20", "2026-10-20", "Bg 103001", 1250, 1250])
    sheet.append(["Summa", None, None, 1150.5, None])
    stream = io.BytesIO()
    book.save(stream)
    inbox = read(stream.getvalue(), name="utdrag.xlsx", accounts=TWO)
    assert lines(inbox, "bank_account", "date", "amount_minor", "text") == [
        ["BANK", "10-20", 125000, "Bg 103001"],
        ["BANK", "10-21", -9950, "Avgift"],
        ["BANK", "10-20", 0, "Opening Balance"],
        ["BANK", "10-21", 115050, "Closing Balance"],
    ]
    assert codes(inbox) == ["statement-pending"]


def test_a_running_balance_that_does_not_follow_refuses_the_file_with_the_difference() -> None:
    inbox = read(NORDEA.replace("4\u00a0995,52", "4 995,50"))
    assert codes(inbox) == ["bank-export-balance"]
    assert "a difference of" in inbox.findings[-1].message()
    assert "0.02" in inbox.findings[-1].message()
    assert "bank_statement" not in inbox.tables


def test_a_row_that_cannot_be_read_refuses_the_file() -> None:
    inbox = read(NORDEA.replace("2026/10/20;1 250,00", "2026/10/20;1 250x00"))
    assert codes(inbox) == ["bank-export-row"]


# Recognised ----------------------------------------------------------------------------------------------


def test_an_unknown_bank_is_recognised_by_captions_and_values_and_says_so() -> None:
    inbox = read(
        "Kontoutdrag\nKund;Bageri AB\n\nDatum;Beskrivning;Insättning;Uttag\n"
        "20.10.2026;Faktura 103001;1.250,00;\n21.10.2026;Avgift;;\u221242,50\n22.10.2026;Avgift;;42,50\n"
        "Summa;;1.250,00;85,00\n"
    )
    assert lines(inbox) == [
        ["10-20", 125000, "Faktura 103001"],
        ["10-21", -4250, "Avgift"],
        ["10-22", -4250, "Avgift"],
    ]
    (item,) = [item for item in inbox.findings if item.code == "bank-export-recognised"]
    assert "Decimal Sign = ,; Thousands Sign = .; Date Format = %d.%m.%Y; Date = Datum" in item.message()


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ("2026-10-20;A;1.250\n2026-10-21;B;2.000\n", "may be the decimal or the thousands sign"),
        ("2026-10-20;A;1,25\n2026-10-21;B;2.50\n", "not the same in all rows"),
        ("04/05/2026;A;1,25\n06/07/2026;B;2,50\n", "the dates may be"),
        ("20th of May;A;1,25\n", "not known"),
    ],
)
def test_what_can_be_read_in_two_ways_is_proposed_and_not_taken_in(rows: str, doubt: str) -> None:
    inbox = read("Datum;Text;Belopp\n" + rows)
    assert codes(inbox) == ["bank-export-proposed"]
    assert doubt in inbox.findings[-1].message()
    assert "Amount = Belopp" in inbox.findings[-1].message()
    assert inbox.unreadable == ("export.csv",)


def test_a_proposal_put_into_csv_profiles_is_read_in_the_same_drop() -> None:
    profile = "Code;Decimal Sign;Thousands Sign;Date Format;Date;Text;Amount\nUSBANK;.;,;%m/%d/%Y;Datum;Text;Belopp\n"
    inbox = read("Datum;Text;Belopp\n04/05/2026;A;1,250\n06/07/2026;B;2.50\n", CSV_Profiles=profile)
    assert lines(inbox) == [["04-05", 125000, "A"], ["06-07", 250, "B"]]
    assert "bank-export-recognised" not in codes(inbox)


def test_a_profile_knows_an_encoding_and_a_delimiter_that_nobody_could_guess() -> None:
    profile = (
        "Code;Encoding;Delimiter;Skip Rows;Date;Payer Name;Amount\nBALT;iso-8859-13;^;1;Kuupäev;Nimi;Summa\n"
    )
    text = "Välja\nKuupäev^Nimi^Summa\n2026-10-20^Šiauliai^12,50\n".encode("iso-8859-13")
    inbox = read(text, CSV_Profiles=profile)
    assert lines(inbox, "date", "amount_minor", "payer_name") == [["10-20", 1250, "Šiauliai"]]


def test_debits_in_a_column_of_their_own_word_are_not_read_as_money_in() -> None:
    inbox = read("Date;Details;Amount;Debit/Credit\n2026-10-20;A;1,25;K\n2026-10-21;B;2,50;D\n")
    assert codes(inbox) == ["bank-export-proposed"]


def test_the_account_is_known_by_the_file_the_profile_or_being_the_only_one() -> None:
    plain = "Datum;Text;Belopp\n2026-10-20;A;1,25\n"
    assert codes(read(plain, accounts=TWO)) == ["bank-export-account"]
    by_name = read(plain, accounts=TWO, name="Transaktioner 54910000003 oktober.csv")
    assert set(by_name.tables["bank_statement"]["bank_account"]) == {"SPAR"}
    profile = "Code;Date;Text;Amount\nSPARBANK;Datum;Text;Belopp\n"
    by_profile = read(plain, accounts=TWO, CSV_Profiles=profile)
    assert set(by_profile.tables["bank_statement"]["bank_account"]) == {"SPAR"}


def test_a_file_is_known_by_its_content_whatever_its_name() -> None:
    for name in ("utdrag.dat", "Kontoutdrag.csv", "Transaktioner 2026.txt", "utdrag"):
        assert len(lines(read(NORDEA, name=name))) == 4, name


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_stranger_sends_is_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        content = bytearray(NORDEA.encode())
        for _ in range(dice.randint(1, 5)):
            place = dice.randrange(len(content))
            content[place : place + dice.choice((0, 1, 20))] = dice.choice(
                (b"-1", b"NaN", b"\0", b"\xe2\x80\xae", b";", b"\n", b"9" * 30, b"\xff", b"")
            )
        read(bytes(content))


def test_a_file_of_another_kind_is_no_export() -> None:
    assert codes(read("Namn;Ort\nA;B\n")) == ["file-nothing-known"]


def test_a_hundred_thousand_rows_are_read_in_bulk() -> None:
    import time

    rows = pd.date_range("2020-01-01", periods=2000).strftime("%Y-%m-%d").repeat(50)
    text = "Datum;Text;Belopp\n" + "".join(f"{day};Rad {i};{i % 997 + 1},50\n" for i, day in enumerate(rows))
    begun = time.process_time()
    inbox = read(text)
    assert len(inbox.tables["bank_statement"]) == 100_000
    assert time.process_time() - begun < 20
