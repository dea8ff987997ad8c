"""OFX 1 (SGML) and 2 (XML): the same statement either way."""

from __future__ import annotations

import pytest

from salesbatch import readers
from salesbatch.core.inbox import Inbox, InputFile

SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><LANGUAGE>SWE</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>SEK
<BANKACCTFROM><BANKID>5000<ACCTID>SE4550000000058398257466<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261001<DTEND>20261031
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261020120000.000[+1:CET]<TRNAMT>1250.00<FITID>F-1<NAME>Åkerlunds & Söner
<MEMO>Faktura 103001</STMTTRN>
<STMTTRN><TRNTYPE>FEE<DTPOSTED>20261021<TRNAMT>-42,50<FITID>F-2<NAME>Avgift</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1207.50<DTASOF>20261031</LEDGERBAL>
<AVAILBAL><BALAMT>9999.00<DTASOF>20261031</AVAILBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
XML = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>SEK</CURDEF>
<BANKACCTFROM><BANKID>5000</BANKID><ACCTID>SE4550000000058398257466</ACCTID></BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261001</DTSTART><DTEND>20261031</DTEND>
<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20261020</DTPOSTED><TRNAMT>1250.00</TRNAMT><FITID>F-1</FITID>
<NAME>Åkerlunds &amp; Söner</NAME><MEMO>Faktura 103001</MEMO></STMTTRN>
<STMTTRN><TRNTYPE>FEE</TRNTYPE><DTPOSTED>20261021</DTPOSTED><TRNAMT>-42.50</TRNAMT><FITID>F-2</FITID>
<NAME>Avgift</NAME></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>1207.50</BALAMT><DTASOF>20261031</DTASOF></LEDGERBAL>
<BANKTRANLISTP><STMTTRNP><TRNTYPE>POS</TRNTYPE><DTTRAN>20261031</DTTRAN><DTPOSTED>20261031</DTPOSTED>
<TRNAMT>-7</TRNAMT><NAME>Kort</NAME></STMTTRNP></BANKTRANLISTP></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def read(content: bytes) -> Inbox:
    return readers.read_inbox([InputFile("utdrag.qfx", "", content)])


def codes(inbox: Inbox) -> list[str]:
    return [item.code for item in inbox.findings]


@pytest.mark.parametrize(
    "content", [SGML.encode("cp1252"), SGML.encode(), XML.encode()], ids=["1252", "1", "2"]
)
def test_both_versions_give_the_same_lines(content: bytes) -> None:
    inbox = read(content)
    assert inbox.kinds["utdrag.qfx"] == "OFX"
    frame = inbox.tables["bank_statement"]
    frame["date"] = frame["date"].dt.strftime("%m-%d")
    columns = ["date", "amount_minor", "text", "payer_name", "transaction_id"]
    assert frame[columns].to_numpy().tolist() == [
        ["10-20", 125000, "Faktura 103001", "Åkerlunds & Söner", "F-1"],
        ["10-21", -4250, "Avgift", "Avgift", "F-2"],
        ["10-31", 120750, "Closing Balance", "", ""],
    ]
    assert set(frame["bank_account"]) == {"SE4550000000058398257466"}


def test_pending_transactions_are_named_and_left_out() -> None:
    inbox = read(XML.encode())
    assert codes(inbox) == ["statement-pending"]
    assert "2026-10-31 -7.00 Kort" in inbox.findings[0].message()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("1250.00", "1250.001", "bank-file-value"),
        ("20261020", "20261320", "bank-file-value"),
        ("<CURDEF>SEK</CURDEF>", "", "bank-file-value"),
        ("</OFX>", "", "bank-file-damaged"),
        ("</STMTRS>", "", "bank-file-damaged"),
        ("<OFX>", "<!DOCTYPE x [<!ENTITY a 'b'>]><OFX>", "bank-file-unsafe"),
    ],
)
def test_what_is_wrong_refuses_the_file(old: str, new: str, code: str) -> None:
    inbox = read(XML.replace(old, new, 1).encode())
    assert codes(inbox)[0] == code
    assert "bank_statement" not in inbox.tables


def test_a_balance_of_a_later_day_is_not_the_statements() -> None:
    inbox = read(XML.replace("<DTASOF>20261031", "<DTASOF>20261102").encode())
    assert "Closing Balance" not in set(inbox.tables["bank_statement"]["text"])
