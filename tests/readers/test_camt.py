"""camt.053: every version becomes the same rows, money is exact, and a file that is not whole is refused whole."""

from __future__ import annotations

import hashlib
import io
import random
import re
from pathlib import Path

import pytest

from salesbatch import readers
from salesbatch.core.inbox import Inbox, InputFile
from salesbatch.readers.bank_file import LARGEST_FILE
from salesbatch.readers.camt import read_camt
from salesbatch.readers.workbook import UnreadableFileError

FOLDER = Path(__file__).parent / "camt"
SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank" / "camt_genkgo" / "assets"
NS = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def golden(version: str) -> bytes:
    return (FOLDER / f"v{version}.xml").read_bytes()


def read(*files: tuple[str, bytes]) -> Inbox:
    return readers.read_inbox(
        [InputFile(name, hashlib.sha256(content).hexdigest(), content) for name, content in files]
    )


def codes(inbox: Inbox) -> list[str]:
    return [item.code for item in inbox.findings]


def rows(inbox: Inbox, *columns: str) -> list[list[object]]:
    return inbox.tables["bank_statement"][list(columns)].to_numpy().tolist()


def balance(code: str, amount: str, sign: str = "CRDT", currency: str = "SEK") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-10-08</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "10.00",
    details: str = "",
    *,
    day: str = "<Dt>2026-10-08</Dt>",
    more: str = "",
    sign: str = "CRDT",
) -> str:
    return (
        f"<Ntry><Amt Ccy='SEK'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt>{day}</BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def camt(
    *entries: str, head: str = "<Ccy>SEK</Ccy></Acct>", namespace: str = NS, before: str = "", tail: str = ""
) -> bytes:
    """A small file of one statement."""
    return (
        f'<?xml version="1.0"?>{before}<Document xmlns="{namespace}"><BkToCstmrStmt><Stmt><Id>S-1</Id>'
        f"<ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id>{head}"
        f"{''.join(entries)}</Stmt>{tail}</BkToCstmrStmt></Document>"
    ).encode()


# What a statement becomes ---------------------------------------------------------------------------------


def test_version_2_is_read_with_split_entries_balances_and_pending_left_out() -> None:
    inbox = read(("utdrag.xml", golden("02")))
    assert rows(
        inbox, "date", "amount_minor", "text", "payer_name", "payment_reference", "transaction_id"
    ) == [
        [DAY, 125_000, "Faktura 103001 tack för kaffet", "Åkerlunds Bygg AB", "", "BR-77810"],
        [DAY, 100_050, "", "Östgöta Café", "1030022", "BR-77811/1"],
        [DAY, 250_000, "", "Betaltjänsten AB", "1030030;1030048", "BR-77811/2"],
        [DAY, -4_200, "Bankavgift", "", "", ""],
        [DAY, 1_000_000, "Opening Balance", "", "", ""],
        [DAY, 1_470_850, "Closing Balance", "", "", ""],
    ]
    first = inbox.tables["bank_statement"].iloc[0]
    assert (first["payer_address"], first["payer_city"], first["payer_account"]) == (
        "Ängsvägen 1",
        "Lund",
        "5050-1055",
    )
    assert (first["bank_account"], first["statement_no"], first["currency_code"]) == (
        "SE4550000000058398257466",
        "211",
        "SEK",
    )
    assert str(first["value_date"])[:10] == "2026-10-09"
    assert rows(inbox, "source", "sheet", "row") == [
        ["utdrag.xml", "UTDRAG-211", number] for number in range(1, 7)
    ]
    assert [(item.code, item.message()) for item in inbox.findings] == [
        ("statement-pending", "1 entries that the bank has not booked yet were left out: 2026-10-08 777.00.")
    ]
    assert inbox.kinds == {"utdrag.xml": "camt.053"}
    assert inbox.rows_read == 4


def test_who_is_behind_a_payment_stands_in_the_additional_info() -> None:
    assert rows(read(("a.xml", golden("02"))), "additional_info")[2] == ["Bryggeri Bergslagen"]


def test_version_4_has_several_statements_charges_and_a_remittance_advice() -> None:
    inbox = read(("a.xml", golden("04")))
    columns = (
        "sheet",
        "statement_no",
        "amount_minor",
        "currency_code",
        "text",
        "additional_info",
        "payer_name",
    )
    advice = "103001 SEK400.00; 104001 -SEK100.00; KUND-4711"
    assert rows(inbox, *columns) == [
        ["STM-4", "17", 30_000, "SEK", "", advice, "Östgöta Café"],
        ["STM-4", "17", -500, "SEK", "Bank Charges", "", ""],
        ["STM-4", "17", -5_000, "SEK", "Opening Balance", "", ""],
        ["STM-4", "17", 24_500, "SEK", "Closing Balance", "", ""],
        ["STM-4 (2)", "STM-4", -1_500, "JPY", "Returned", "Reversal", "Kaito & Co"],
        ["STM-4 (2)", "STM-4", 20, "JPY", "", "", ""],
    ]
    assert rows(inbox, "transaction_id")[:2] == [["D-1"], [""]]
    assert codes(inbox) == []


def test_version_8_has_its_names_and_states_one_floor_deeper() -> None:
    inbox = read(("a", golden("08")))
    first = inbox.tables["bank_statement"].iloc[0]
    assert (first["amount_minor"], first["payer_name"], first["payer_address"], first["payer_city"]) == (
        70_000,
        "Åkerlunds Bygg AB",
        "Ängsvägen 1",
        "Lund",
    )
    assert first["payment_reference"] == "RF18539007547034"
    assert (first["text"], first["additional_info"]) == (
        "Inbetalning",
        "delbetalning; E2E-1; Bygg i Skåne KB",
    )
    assert codes(inbox) == ["statement-pending"]


def test_version_13_in_an_envelope_is_one_line_where_the_bank_gives_no_amounts() -> None:
    inbox = read(("a.txt", golden("13")))
    assert rows(inbox, "date", "amount_minor", "text", "additional_info") == [
        [DAY, 50_000, "103008", "103007 SEK300.00"]
    ]


@pytest.mark.parametrize("version", [f"{number:02d}" for number in range(2, 15)])
def test_every_version_is_known_by_its_name_space(version: str) -> None:
    content = golden("02" if int(version) < 8 else "08")
    other = re.sub(rb"camt\.053\.001\.\d\d", f"camt.053.001.{version}".encode(), content)
    assert len(read(("a.xml", other)).tables["bank_statement"]) == (6 if int(version) < 8 else 3)


@pytest.mark.parametrize(
    "name", ["utdrag.xml", "utdrag.txt", "utdrag", "UTDRAG.XML", "utdrag.053", "utdrag.csv"]
)
def test_a_file_is_known_by_its_content_and_not_by_its_name(name: str) -> None:
    assert len(read((name, golden("02"))).tables["bank_statement"]) == 6


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_is_the_file_s_own(encoding: str) -> None:
    text = golden("02").decode().replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    inbox = read(("a.xml", text.encode(encoding)))
    assert rows(inbox, "payer_name")[0] == ["Åkerlunds Bygg AB"]


def test_a_statement_without_movement_keeps_its_balances() -> None:
    inbox = read(("a.xml", camt(head="<Ccy>SEK</Ccy></Acct>" + balance("OPBD", "5") + balance("CLBD", "5"))))
    assert rows(inbox, "text", "amount_minor") == [["Opening Balance", 500], ["Closing Balance", 500]]
    assert codes(inbox) == ["statement-without-lines"]


def test_of_several_balances_the_first_opening_and_the_last_closing_count() -> None:
    days = [balance("OPBD", "1"), balance("CLBD", "2"), balance("OPBD", "2"), balance("CLBD", "3")]
    late = [day.replace("2026-10-08", "2026-10-09") for day in days[2:]]
    inbox = read(("a.xml", camt(entry("2"), head="<Ccy>SEK</Ccy></Acct>" + "".join([*late, *days[:2]]))))
    assert rows(inbox, "text", "amount_minor")[1:] == [["Opening Balance", 100], ["Closing Balance", 300]]


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("8.850", 885),
        ("8.85", 885),
        ("0", 0),
        (".5", 50),
        ("7.", 700),
        ("00012.30", 1230),
        ("9999999999999.99", 10**15 - 1),
    ],
)
def test_amounts_are_read_digit_by_digit(written: str, minor: int) -> None:
    assert rows(read(("a.xml", camt(entry(written)))), "amount_minor") == [[minor]]


@pytest.mark.parametrize(
    "written", ["", "8.855", "1,50", "1e3", "-", "12 000.00", "NaN", "٣", "10000000000000.00"]
)
def test_an_amount_that_is_none_refuses_the_file(written: str) -> None:
    inbox = read(("a.xml", camt(entry(written))), ("b.xml", golden("08")))
    assert inbox.unreadable == ("a.xml",)
    assert codes(inbox)[0] == "bank-file-value"
    assert set(inbox.tables["bank_statement"]["source"]) == {"b.xml"}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<DtTm>2026-10-08T23:59:59.999+02:00</DtTm>", "2026-10-08"),
        ("<Dt>2026-10-08Z</Dt>", "2026-10-08"),
    ],
)
def test_a_day_is_the_bank_s_own_day(written: str, day: str) -> None:
    assert str(rows(read(("a.xml", camt(entry(day=written)))), "date")[0][0])[:10] == day


@pytest.mark.parametrize("written", ["", "<Dt>2026-02-30</Dt>", "<Dt>8/10/2026</Dt>"])
def test_an_entry_without_a_day_refuses_the_file(written: str) -> None:
    assert codes(read(("a.xml", camt(entry(day=written))))) == ["bank-file-value"]


@pytest.mark.parametrize("word", ["NOTPROVIDED", "NotProvided", "NONREF", "000000", "-"])
def test_a_reference_that_says_nothing_is_no_id(word: str) -> None:
    one = entry().replace("<NtryDtls>", f"<AcctSvcrRef>{word}</AcctSvcrRef><NtryDtls>")
    assert rows(read(("a.xml", camt(one))), "transaction_id", "additional_info") == [["", ""]]


def test_a_debit_names_whom_it_was_paid_to_and_a_reversed_one_whom_it_came_back_from() -> None:
    parties = "<TxDtls><RltdPties><Dbtr><Nm>Betalare</Nm></Dbtr><Cdtr><Nm>Mottagare</Nm></Cdtr></RltdPties></TxDtls>"
    inbox = read(
        (
            "a.xml",
            camt(
                entry("1", parties),
                entry("2", parties, sign="DBIT"),
                entry("3", parties, sign="DBIT", more="<RvslInd>true</RvslInd>"),
            ),
        )
    )
    assert rows(inbox, "amount_minor", "payer_name", "additional_info") == [
        [100, "Betalare", ""],
        [-200, "Mottagare", ""],
        [-300, "Betalare", "Reversal"],
    ]


def test_characters_that_cannot_be_seen_are_left_out_and_long_texts_are_cut_with_a_notice() -> None:
    long = "<TxDtls><RmtInf>" + "<Ustrd>" + "x\u200b" * 140 + "</Ustrd>"
    many = "".join(f"<Ustrd>{'a' * 139}{number % 10}</Ustrd>" for number in range(70))
    inbox = read(("a.xml", camt(entry("1", long + many + "</RmtInf></TxDtls>"))))
    ((text,),) = rows(inbox, "text")
    assert text.startswith("x" * 140 + " aaa")
    assert len(text) == 8_000
    (item,) = inbox.findings
    assert (item.code, item.place.row, item.place.column) == ("statement-text-cut", 1, "Text")


def test_a_payer_who_writes_closing_balance_makes_no_balance() -> None:
    words = "<TxDtls><RmtInf><Ustrd>Utgående SALDO</Ustrd></RmtInf></TxDtls>"
    assert rows(read(("a.xml", camt(entry("1", words)))), "text") == [["(Utgående SALDO)"]]


# What does not add up -------------------------------------------------------------------------------------


def detail(amount: str, currency: str = "SEK") -> str:
    return f"<TxDtls><Amt Ccy='{currency}'>{amount}</Amt></TxDtls>"


def test_details_that_do_not_add_up_refuse_the_file_and_its_neighbours_are_read() -> None:
    inbox = read(
        ("wrong.xml", camt(entry("5"), entry("100", detail("60") + detail("39.99")))),
        ("right.xml", golden("02")),
    )
    assert inbox.unreadable == ("wrong.xml",)
    wrong = inbox.findings[0]
    assert wrong.code == "bank-file-split"
    assert "Statement S-1, entry 2" in wrong.message()
    assert "a difference of 0.01" in wrong.message()
    assert "skillnad på 0,01" in wrong.message("sv")
    assert set(inbox.tables["bank_statement"]["source"]) == {"right.xml"}


def test_a_single_payment_in_another_currency_is_the_amount_on_the_account() -> None:
    assert rows(read(("a.xml", camt(entry("100", detail("9.50", "EUR"))))), "amount_minor") == [[10_000]]


def test_details_may_have_signs_of_their_own() -> None:
    back = detail("20").replace("</TxDtls>", "<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>")
    assert rows(read(("a.xml", camt(entry("80", detail("100") + back)))), "amount_minor") == [
        [10_000],
        [-2_000],
    ]


@pytest.mark.parametrize(
    "head",
    [
        balance("OPBD", "1", currency="EUR"),
        balance("OPBD", "1") + balance("CLBD", "1", currency="EUR"),
    ],
)
def test_a_balance_in_another_currency_than_the_account_refuses_the_file(head: str) -> None:
    (item,) = read(("a.xml", camt(entry(), head="<Ccy>SEK</Ccy></Acct>" + head))).findings
    assert item.code == "bank-file-currency"
    assert "in SEK" in item.message()
    assert "in EUR" in item.message()


def test_without_balances_the_count_of_entries_proves_the_statement_whole() -> None:
    totals = "<Ccy>SEK</Ccy></Acct><TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>"
    assert codes(read(("a.xml", camt(entry(), entry(), head=totals)))) == ["bank-file-total"]
    assert codes(read(("a.xml", camt(entry(), entry(), entry(), head=totals)))) == []


@pytest.mark.parametrize(
    ("totals", "wrong"),
    [
        ("<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10.00</Sum></TtlCdtNtries>", ""),
        ("<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>12.50</Sum></TtlCdtNtries>", "2.50"),
        ("<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>4</Sum></TtlDbtNtries>", ""),
        ("<TtlDbtNtries><Sum>3</Sum></TtlDbtNtries>", "-1.00"),
        ("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>14</Sum></TtlNtries>", ""),
        ("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>14.01</Sum></TtlNtries>", "0.01"),
    ],
)
def test_the_banks_own_sums_must_be_those_of_the_entries(totals: str, wrong: str) -> None:
    head = f"<Ccy>SEK</Ccy></Acct><TxsSummry>{totals}</TxsSummry>"
    inbox = read(("a.xml", camt(entry(), entry("4.00", sign="DBIT"), head=head)))
    assert codes(inbox) == (["bank-file-sum"] if wrong else [])
    assert not wrong or f"a difference of {wrong};" in inbox.findings[0].message()


OTHERS = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def of_kind(content: bytes, kind: str) -> bytes:
    root, statement = OTHERS[kind]
    text = content.decode().replace("camt.053", kind).replace("BkToCstmrStmt", root)
    return re.sub(r"(</?)Stmt>", rf"\g<1>{statement}>", text).encode()


def test_a_report_during_the_day_is_named_and_gives_no_rows() -> None:
    inbox = read(("a.xml", of_kind(camt(entry(), entry("4", sign="DBIT")), "camt.052")))
    assert inbox.kinds["a.xml"] == "camt.052"
    assert (codes(inbox), inbox.unreadable) == (["bank-file-intraday"], ())
    assert "2 entries, together 6.00" in inbox.findings[0].message()
    assert "2026-10-08 10.00" in inbox.findings[0].message()
    assert "bank_statement" not in inbox.tables


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 15)])
def test_a_notification_of_every_version_explains_and_brings_no_money_of_its_own(version: str) -> None:
    two = "".join(f"<TxDtls><Amt Ccy='SEK'>{amount}</Amt></TxDtls>" for amount in ("7.00", "3.00"))
    content = of_kind(camt(entry("10.00", two), entry("4.00")), "camt.054").replace(
        b"001.08", f"001.{version}".encode()
    )
    inbox = read(("a.xml", content))
    assert inbox.kinds["a.xml"] == "camt.054"
    assert rows(inbox, "amount_minor", "entry_amount_minor", "explains") == [
        [700, 1000, True],
        [300, 1000, True],
        [400, 400, True],
    ]


def remitted(*parts: str) -> str:
    """Additional info of a payment with these structured parts."""
    strd = "".join(f"<Strd>{part}</Strd>" for part in parts)
    content = camt(entry("920.00", f"<TxDtls><RmtInf>{strd}</RmtInf></TxDtls>"))
    return str(read(("a.xml", content)).tables["bank_statement"]["additional_info"].iloc[0])


def test_references_and_documents_stand_with_their_amounts_and_credit_notes_negative() -> None:
    def document(number: str, kind: str, amounts: str) -> str:
        return (
            f"<RfrdDocInf><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Nb>{number}</Nb></RfrdDocInf>"
            f"<RfrdDocAmt>{amounts}</RfrdDocAmt>"
        )

    remitted_1000 = "<RmtdAmt Ccy='SEK'>1000.00</RmtdAmt>"
    assert (
        remitted(
            document("INV-1", "CINV", remitted_1000),
            document("CN-7", "CREN", "<CdtNoteAmt Ccy='SEK'>80</CdtNoteAmt>"),
        )
        == "INV-1 SEK1000.00; CN-7 -SEK80"
    )
    both = "<DuePyblAmt Ccy='SEK'>1000</DuePyblAmt><CdtNoteAmt Ccy='SEK'>80</CdtNoteAmt><RmtdAmt Ccy='SEK'>920</RmtdAmt>"
    assert remitted(document("INV-1", "CINV", both)) == "INV-1 SEK920"
    references = [
        f"<RfrdDocAmt><RmtdAmt Ccy='SEK'>{amount}</RmtdAmt></RfrdDocAmt><CdtrRefInf><Ref>{ocr}</Ref></CdtrRefInf>"
        for amount, ocr in (("500.00", "1030016"), ("420.00", "1030024"))
    ]
    assert remitted(*references) == "1030016 SEK500.00; 1030024 SEK420.00"
    assert remitted("<CdtrRefInf><Ref>1030016</Ref></CdtrRefInf>") == ""


# What comes from strangers --------------------------------------------------------------------------------

XXE = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE Document [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
NAMED = "<TxDtls><RltdPties><Dbtr><Nm>&{};</Nm></Dbtr></RltdPties></TxDtls>"
HOSTILE = {
    "external entity": (camt(entry("1", NAMED.format("x")), before=XXE), "bank-file-unsafe"),
    "billion laughs": (camt(entry("1", NAMED.format("j")), before=LAUGHS), "bank-file-unsafe"),
    "remote DTD": (camt(before='<!DOCTYPE Document SYSTEM "http://localhost/x.dtd">'), "bank-file-unsafe"),
    "DTD in UTF-16": (camt(entry(), before=XXE).decode().encode("utf-16"), "bank-file-unsafe"),
    "DTD in UTF-32": (
        camt(entry(), before=XXE).decode().replace('"1.0"', '"1.0" encoding="UTF-32"').encode("utf-32"),
        "bank-file-damaged",
    ),
    "unknown entity": (camt(entry("1", NAMED.format("who"))), "bank-file-damaged"),
    "cut short": (golden("02")[:-40], "bank-file-damaged"),
    "cut in the middle": (golden("02")[:2500], "bank-file-damaged"),
    "empty": (b"", "bank-file-damaged"),
    "no XML": (b"opening balance;1\n", "bank-file-damaged"),
    "something behind": (golden("02") + b"<More/>", "bank-file-damaged"),
    "another name space": (camt(entry(), namespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"), "bank-file-unknown"),
    "no name space": (golden("02").replace(b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', b""), "bank-file-unknown"),
    "another document": (b"<?xml version='1.0'?><Invoice xmlns='urn:x'/>", "bank-file-unknown"),
    "no statement": (f"<Document xmlns='{NS}'><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>".encode(), "bank-file-empty"),
    "no account": (camt(entry()).replace(b"IBAN", b"None"), "bank-file-value"),
    "no currency": (camt(entry().replace(" Ccy='SEK'", ""), head="</Acct>"), "bank-file-value"),
    "no sign": (camt(entry(sign="BOTH")), "bank-file-value"),
    "deep": (camt(entry("1", "<A>" * 100 + "</A>" * 100)), "bank-file-unsafe"),
    "very deep": (camt(entry("1", "<A>" * 100_000 + "</A>" * 100_000)), "bank-file-damaged"),
    "one endless entry": (camt(entry("1", "<A/>" * 1_500_000)), "bank-file-unsafe"),
    "endless balances": (camt(head="<Ccy>SEK</Ccy></Acct>" + "<Bal/>" * 20_000), "bank-file-unsafe"),
    "an entry outside": (camt(tail=entry()), "bank-file-damaged"),
    "a group that is none": (camt(entry("1", "<TxDtls><Amt/><RmtInf><Strd>x</Strd><Strd><A>1</A></Strd></RmtInf></TxDtls>")), ""),
    "too large": (b"<Document>" + b" " * LARGEST_FILE, "file-too-large"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_and_its_neighbour_is_read(name: str) -> None:
    content, code = HOSTILE[name]
    inbox = read(("a.xml", content), ("b.xml", golden("08")))
    assert codes(inbox) == [*([code] if code else []), "statement-pending"]
    assert inbox.unreadable == (("a.xml",) if code else ())
    assert set(inbox.tables["bank_statement"]["source"]) == ({"b.xml"} if code else {"a.xml", "b.xml"})
    for item in inbox.findings:
        assert "root:" not in item.message()
        assert item.message("sv") != item.message("en")


def test_more_entries_than_any_bank_sends_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salesbatch.readers.camt._MOST_ENTRIES", 2)
    assert codes(read(("a.xml", camt(entry(), entry())))) == []
    assert codes(read(("a.xml", camt(entry(), entry(), entry())))) == ["bank-file-unsafe"]


def test_every_cut_of_a_file_is_an_answer_and_never_a_crash() -> None:
    content = golden("02")
    sizes = range(30, len(content) - 12, 61)
    inbox = read(*((f"{size}.xml", content[:size]) for size in sizes))
    assert set(codes(inbox)) == {"bank-file-damaged"}
    assert len(inbox.unreadable) == len(sizes)


def test_no_mutation_of_a_file_is_ever_a_crash() -> None:
    dice = random.Random(7)
    names = ["02", "04", "08", "13"]
    for _ in range(400):
        content = bytearray(golden(dice.choice(names)))
        tags = sorted(set(re.findall(rb"<([\w:]+)[ >]", bytes(content))))
        old, new = dice.choice(tags), dice.choice(tags)
        first, last = sorted((dice.randrange(len(content)), dice.randrange(len(content))))
        mutations = (
            content[:first] + content[first + 40 :],
            content[:last] + content[first:],
            content[:first] + bytes([dice.randrange(256)]) + content[first + 1 :],
            re.sub(rb"(</?)" + old + rb"(?=[ >])", rb"\1" + new, bytes(content)),
            re.sub(rb"<" + old + rb">[^<]*</", b"<" + old + b">-1x</", bytes(content)),
        )
        try:
            statements = read_camt(bytes(dice.choice(mutations)))
        except UnreadableFileError:
            continue
        assert statements


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "file-damaged"),
        ("a.csv", b"<No.>;Name\n1;a\n", "file-nothing-known"),
        ("a.html", b"<!DOCTYPE html><p>", "file-unknown-kind"),
    ],
)  # fmt: skip
def test_what_another_reader_or_nobody_knows_is_left_to_it(name: str, content: bytes, code: str) -> None:
    assert codes(read((name, content))) == [code]


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_the_files_of_these_tests_are_what_the_standard_says(version: str) -> None:
    from lxml import etree

    path = SCHEMAS / f"camt.053.001.{version}.xsd"
    if not path.exists():
        pytest.skip("the schemas of the format are not here")
    schema = etree.XMLSchema(etree.parse(path))
    schema.assertValid(etree.parse(io.BytesIO(golden(version))))


DAY = read(("a.xml", camt(entry()))).tables["bank_statement"]["date"].iloc[0]


def test_what_the_payer_sent_in_another_currency_stands_with_the_line() -> None:
    exchange = "<CcyXchg><SrcCcy>EUR</SrcCcy><TrgtCcy>SEK</TrgtCcy><UnitCcy>EUR</UnitCcy><XchgRate>11.23456</XchgRate></CcyXchg>"
    details = (
        f"<TxDtls><Amt Ccy='SEK'>1123.46</Amt><AmtDtls><InstdAmt><Amt Ccy='EUR'>100.00</Amt>{exchange}</InstdAmt></AmtDtls>"
        "<RmtInf><Ustrd>Invoice</Ustrd></RmtInf></TxDtls>"
    )
    at_home = "<TxDtls><AmtDtls><InstdAmt><Amt Ccy='SEK'>10.00</Amt></InstdAmt></AmtDtls></TxDtls>"
    inbox = read(("a.xml", camt(entry("1123.46", details), entry("10.00", at_home))))
    assert rows(inbox, "amount_minor", "additional_info") == [
        [112346, "Instructed EUR100.00 EUR/SEK11.234"],
        [1000, ""],
    ]


def test_the_banks_reason_for_a_return_stands_with_the_line() -> None:
    details = (
        "<TxDtls><Refs><EndToEndId>E2E-778899</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>Bageri AB</Nm></Pty></Dbtr></RltdPties>"
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrInf></TxDtls>"
    )
    inbox = read(("a.xml", camt(entry("10.00", details, sign="DBIT"))))
    assert rows(inbox, "amount_minor", "payer_name", "additional_info") == [
        [-1000, "Bageri AB", "E2E-778899; Returned AC04 Account closed"]
    ]
