"""Small bank files for tests: a camt.053 statement from a few rows of text."""

from __future__ import annotations

from decimal import Decimal

IBAN = "SE4550000000058398257466"
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def camt_statement(
    lines: str,
    *,
    number: int = 1,
    opening: str = "",
    closing: str = "",
    day: str = "2026-10-20",
    account: str = IBAN,
) -> str:
    """One statement. lines: 'date | amount | id | payer | text | reference' each; opening, closing: '' for none."""
    parts = [f"<Stmt><Id>STMT-{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"]
    parts.append(f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>SEK</Ccy></Acct>")
    rows = [[cell.strip() for cell in line.split("|")] for line in lines.strip().splitlines() if line.strip()]
    days = sorted(row[0] for row in rows) or [day]
    for code, amount, on in (("OPBD", opening, days[0]), ("CLBD", closing, days[-1])):
        if amount:
            parts.append(
                f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(amount)}<Dt><Dt>{on}</Dt></Dt></Bal>"
            )
    for row in rows:
        on, amount, reference, payer, text, ocr = (*row, "", "", "", "")[:6]
        own_id = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
        who = "Dbtr" if Decimal(amount) >= 0 else "Cdtr"
        party = f"<RltdPties><{who}><Pty><Nm>{payer}</Nm></Pty></{who}></RltdPties>" if payer else ""
        references = "".join(
            f"<Strd><CdtrRefInf><Ref>{item}</Ref></CdtrRefInf></Strd>" for item in ocr.split(";") if item
        )
        parts.append(
            f"<Ntry>{_money(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>{own_id}<NtryDtls><TxDtls>"
            f"{party}<RmtInf><Ustrd>{text}</Ustrd>{references}</RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    return "".join([*parts, "</Stmt>"])


def camt_file(*statements: str) -> bytes:
    """A file of these statements."""
    body = "".join(statements)
    return f'<?xml version="1.0"?><Document xmlns="{CAMT}"><BkToCstmrStmt>{body}</BkToCstmrStmt></Document>'.encode()


def camt_notification(
    entry: str, payments: str, *, day: str = "2026-10-20", reference: str = "", account: str = IBAN
) -> bytes:
    """A camt.054 file of one entry. payments: 'amount | payer | reference' each."""
    details = []
    for line in payments.strip().splitlines():
        amount, payer, ocr = (cell.strip() for cell in line.split("|"))
        details.append(
            f"<TxDtls>{_money(amount)}<RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr></RltdPties>"
            f"<RmtInf><Strd><CdtrRefInf><Ref>{ocr}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
        )
    own_id = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    body = (
        f"<Ntfctn><Id>N-1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>SEK</Ccy></Acct><Ntry>{_money(entry)}"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>{own_id}<NtryDtls>{''.join(details)}</NtryDtls>"
        "</Ntry></Ntfctn>"
    )
    root = "BkToCstmrDbtCdtNtfctn"
    return f'<Document xmlns="{CAMT.replace("053", "054")}"><{root}>{body}</{root}></Document>'.encode()


def bgmax_file(payments: str, *, day: str = "2026-10-20", bankgiro: str = "5050-1055") -> bytes:
    """A BgMax file of one deposit. payments: 'amount | payer | reference | text' each; a deduction is negative."""
    rows = [
        [cell.strip() for cell in (line + "|||").split("|")[:4]] for line in payments.strip().splitlines()
    ]
    number = bankgiro.replace("-", "").zfill(10)
    lines = ["01BGMAX               0120261020173035010331P", f"05{number}          SEK"]
    total, kinds = 0, []
    for place, (amount, payer, ocr, text) in enumerate(rows, 1):
        minor = round(Decimal(amount) * 100)
        kinds.append("20" if minor >= 0 else "21")
        total += minor
        code = "2" if ocr else "1"
        lines.append(f"{kinds[-1]}0003783511{ocr:>25}{abs(minor):018}{code}1{place:012}0")
        lines += [f"25{text}"] if text else []
        lines += [f"26{payer}", "27Storgatan 2                        12345", "28Storåker"] if payer else []
    lines.append(
        f"15{'58410000010098232':0>35}{day.replace('-', '')}00056{total:018}SEK{len(rows):08} ".ljust(80)
    )
    lines.append(f"70{kinds.count('20'):08}{kinds.count('21'):08}{0:08}{1:08}")
    return "".join(line.ljust(80) + "\r\n" for line in lines).encode("iso-8859-1")


def _money(amount: str) -> str:
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    return f'<Amt Ccy="SEK">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
