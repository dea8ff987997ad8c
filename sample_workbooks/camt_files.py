"""Bank statements as files in camt.053, written as plain text: versions 001.02, 001.04 and 001.08.

A bank puts the payments that came by reference on one day into one entry; all others have an entry of their
own. The statements of a file follow on each other with their balances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import escape

from sample_workbooks.tables import ZERO, Row

COLLECTED = "Bg-inbetalning"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053."


@dataclass(frozen=True)
class BankFile:
    """A file to be written: an account's lines between two balances, in one or several statements."""

    version: str
    iban: str
    currency: str
    owner: str
    number: int
    opening: Decimal
    first: date
    last: date
    lines: Sequence[Row]
    parts: int = 1
    pending: Row | None = None


def camt_text(file: BankFile) -> str:
    """The file's text; equal content gives equal text."""
    created = f"{file.last + timedelta(days=1)}T05:30:00"
    message = f"NRSK{file.last:%Y%m%d}{file.currency}"
    head = _tag("GrpHdr", _tag("MsgId", message), _tag("CreDtTm", created))
    half = file.first + (file.last - file.first) / 2
    bounds = [file.last] if file.parts == 1 else [half, file.last]
    first, opening, statements = file.first, file.opening, []
    for place, last in enumerate(bounds):
        lines = [line for line in file.lines if first <= line["Date"] <= last]
        closing = opening + sum((line["Amount"] for line in lines), ZERO)
        pending = file.pending if last == file.last else None
        statements.append(_statement(file, place, created, (first, opening), (last, closing), lines, pending))
        first, opening = last + timedelta(days=1), closing
    body = _tag("BkToCstmrStmt", head, *statements)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}{file.version}">{body}</Document>'
    return _indented(text)


def _tag(name: str, *content: str) -> str:
    """An element; the content is text that is escaped already."""
    filled = "".join(content)
    return f"<{name}>{filled}</{name}>" if filled else ""


def _amount(name: str, amount: Decimal, currency: str) -> str:
    return f'<{name} Ccy="{currency}">{abs(amount):.2f}</{name}>'


def _sign(amount: Decimal) -> str:
    return _tag("CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")


def _day(name: str, day: date) -> str:
    return _tag(name, _tag("Dt", day.isoformat()))


def _statement(
    file: BankFile, place: int, created: str, opening: tuple[date, Decimal], closing: tuple[date, Decimal],
    lines: Sequence[Row], pending: Row | None,
) -> str:  # fmt: skip
    number = file.number * file.parts + place
    owner = _tag("Ownr", _tag("Nm", escape(file.owner)))
    entries = [
        _entry(file, f"{opening[0]:%Y%m%d}{serial:04d}", group)
        for serial, group in enumerate(_entries(lines), start=1)
    ]
    if pending:
        entries.append(_entry(file, "", [pending]))
    return _tag(
        "Stmt",
        _tag("Id", f"{file.iban[-7:]}-{opening[0]:%y%m}-{number:03d}"),
        _tag("ElctrncSeqNb", str(number)),
        _tag("CreDtTm", created),
        _tag("FrToDt", _tag("FrDtTm", f"{opening[0]}T00:00:00"), _tag("ToDtTm", f"{closing[0]}T23:59:59")),
        _tag("Acct", _tag("Id", _tag("IBAN", file.iban)), _tag("Ccy", file.currency), owner),
        _balance("OPBD", *opening, file.currency),
        _balance("CLBD", *closing, file.currency),
        _tag("TxsSummry", _tag("TtlNtries", _tag("NbOfNtries", str(len(entries))))),
        *entries,
    )  # fmt: skip


def _balance(code: str, day: date, amount: Decimal, currency: str) -> str:
    kind = _tag("Tp", _tag("CdOrPrtry", _tag("Cd", code)))
    return _tag("Bal", kind, _amount("Amt", amount, currency), _sign(amount), _day("Dt", day))


def _entries(lines: Sequence[Row]) -> list[list[Row]]:
    """Lines by entry: what came by reference on a day together, the line of a charge with its payment."""
    entries: list[list[Row]] = []
    for _, of_day in groupby(lines, key=lambda line: line["Date"]):
        single: list[list[Row]] = []
        together: list[Row] = []
        for line in of_day:
            if line.get("Is Charge"):
                continue
            if line["Text"] == COLLECTED and line["Amount"] > 0:
                together.append(line)
            else:
                single.append([line])
        entries += ([together] if together else []) + single
    return entries


def _entry(file: BankFile, reference: str, group: Sequence[Row]) -> str:
    first = group[0]
    charges = first.get("Charges") or ZERO
    amount = sum((line["Amount"] for line in group), ZERO) - charges
    status = "BOOK" if reference else "PDNG"
    newest = file.version >= "001.08"
    bare = not (first.get("Payer Name") or first.get("Payment Reference") or first.get("Payer Account"))
    collected = first["Text"] == COLLECTED
    details = [] if bare else [_details(file, line) for line in group]
    batch = _tag("Btch", _tag("NbOfTxs", str(len(group)))) if len(group) > 1 else ""
    return _tag(
        "Ntry",
        _amount("Amt", amount, file.currency),
        _sign(amount),
        _tag("RvslInd", "true") if first.get("Returned") else "",
        _tag("Sts", _tag("Cd", status) if newest else status),
        _day("BookgDt", first["Date"]),
        _day("ValDt", first["Date"]),
        _tag("AcctSvcrRef", f"NB{reference}") if reference else "",
        _tag("BkTxCd", _tag("Prtry", _tag("Cd", "BGI" if collected else "OVF"))),
        _tag("NtryDtls", batch, *details),
        _tag("AddtlNtryInf", escape(first["Text"])) if bare or collected else "",
    )


def _details(file: BankFile, line: Row) -> str:
    amount, charges = line["Amount"], line.get("Charges")
    newest, oldest = file.version >= "001.08", file.version == "001.02"
    party = "Cdtr" if amount < 0 and not line.get("Returned") else "Dbtr"
    name, account = line.get("Payer Name"), line.get("Payer Account")
    named = _tag("Nm", escape(name)) if name else ""
    number = str(account or "").replace(" ", "")
    is_iban = number[:2].isalpha() and number[:2].isascii()
    known = _tag("IBAN", number) if is_iban else _tag("Othr", _tag("Id", escape(str(account or ""))))
    whole = _amount("Amt", amount, file.currency)
    exchanged = line.get("Instructed")
    instructed = _tag("InstdAmt", _amount("Amt", exchanged[1], exchanged[0])) if exchanged else ""
    inside = (_tag("TxAmt", whole) if oldest else "",)
    charge = ""
    if charges:
        record = _amount("Amt", charges, file.currency) + _tag("CdtDbtInd", "DBIT")
        charge = _tag("Chrgs", record if oldest else _tag("Rcrd", record))
    return _tag(
        "TxDtls",
        _tag("Refs", _tag("EndToEndId", "NOTPROVIDED")),
        "" if oldest else whole + _sign(amount),
        _tag("AmtDtls", instructed, *inside),
        charge,
        _tag(
            "RltdPties",
            _tag(party, _tag("Pty", named) if newest else named),
            _tag(f"{party}Acct", _tag("Id", known)) if account else "",
        ),
        _tag("RmtInf", *_remittance(file, line)),
    )


def _remittance(file: BankFile, line: Row) -> list[str]:
    parts = [] if line["Text"] == COLLECTED else [_tag("Ustrd", escape(line["Text"]))]
    for number, amount in line.get("Advice", ()):
        kind = _tag("Tp", _tag("CdOrPrtry", _tag("Cd", "CINV")))
        about = _tag("RfrdDocInf", kind, _tag("Nb", number))
        parts.append(_tag("Strd", about, _tag("RfrdDocAmt", _amount("RmtdAmt", amount, file.currency))))
    if line.get("Payment Reference"):
        kind = _tag("Tp", _tag("CdOrPrtry", _tag("Cd", "SCOR")))
        parts.append(_tag("Strd", _tag("CdtrRefInf", kind, _tag("Ref", line["Payment Reference"]))))
    return parts


def _indented(text: str) -> str:
    """Each larger element on a line of its own, so that a person can read the file."""
    for name in ("GrpHdr", "Stmt", "Acct", "Bal", "Ntry", "TxDtls", "RmtInf", "RltdPties"):
        text = text.replace(f"<{name}>", f"\n<{name}>")
    for name in ("Stmt", "Ntry", "BkToCstmrStmt"):
        text = text.replace(f"</{name}>", f"\n</{name}>")
    return text + "\n"
