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


def _money(amount: str) -> str:
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    return f'<Amt Ccy="SEK">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
