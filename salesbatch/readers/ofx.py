"""OFX files, version 1 (SGML) and 2 (XML): one reader for both, because only tags and texts matter.

Tags are found one after the other and nothing is expanded, so there is no entity, no definition and no depth
that a file could do harm with. A closing tag after a value may be missing, as SGML allows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from salesbatch.core.inbox import InputFile
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.readers.bank_file import (
    Balance,
    Statement,
    StatementLine,
    amount_of,
    clean_reference,
    plain_text,
)
from salesbatch.readers.workbook import UnreadableFileError

_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)(?:\s[^<>]*)?>([^<]*)")
_HEAD = re.compile(r"^\s*(?:OFXHEADER\s*:|<\?OFX\b|<OFX>)|<\?OFX\s", re.IGNORECASE)
_MOST_LINES = 500_000
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_LINES = {"STMTTRN": False, "STMTTRNP": True}
"""Elements of a transaction, and whether it is only pending."""


def is_ofx(file: InputFile) -> bool:
    """Whether the file begins as OFX does."""
    return _HEAD.search(file.content[:1024].decode("latin-1").lstrip("\ufeffï»¿")) is not None


def read_ofx(content: bytes) -> tuple[str, list[Statement]]:
    """Kind of file and its statements. Raises UnreadableFileError, whole file or nothing."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableFileError("bank-file-unsafe", reason="a document type definition (DTD)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "</OFX>" not in text[-2000:].upper():
        raise UnreadableFileError("bank-file-damaged", reason="its end is missing")
    statements = list(_statements(text))
    if not statements:
        raise UnreadableFileError("bank-file-empty")
    return "OFX", statements


def _statements(text: str) -> Iterator[Statement]:
    """One statement after the other, its lines read as they come."""
    fields: dict[str, str] = {}
    path: list[str] = []
    lines: list[tuple[dict[str, str], bool]] = []
    inside: dict[str, str] | None = None
    for mark in _TAG.finditer(text):
        closing, name, value = mark[1] == "/", mark[2].upper(), mark[3].strip()
        if not closing and value:
            target = fields if inside is None else inside
            target.setdefault("/".join((*path[-1:], name)) if inside is None else name, html.unescape(value))
        elif not closing and name in _LINES:
            inside = {}
            lines.append((inside, _LINES[name]))
            if len(lines) > _MOST_LINES:
                raise UnreadableFileError("bank-file-unsafe", reason=f"more than {_MOST_LINES} entries")
        elif closing and name in _LINES:
            inside = None
        elif not closing and name in _STATEMENTS:
            fields, lines, path = {}, [], []
        elif closing and name in _STATEMENTS:
            yield _statement(fields, lines)
            lines = []
        elif not closing and inside is None and name in _GROUPS:
            path = [name]
        elif closing and name in _GROUPS:
            path = []
    if lines:
        raise UnreadableFileError("bank-file-damaged", reason="a statement has no end")


_GROUPS = ("BANKACCTFROM", "CCACCTFROM", "LEDGERBAL", "AVAILBAL", "BANKTRANLIST")


def _statement(fields: dict[str, str], lines: list[tuple[dict[str, str], bool]]) -> Statement:
    account = fields.get("BANKACCTFROM/ACCTID") or fields.get("CCACCTFROM/ACCTID") or ""
    currency = fields.get("CURDEF", "").upper()
    if not account:
        raise _error("?", "-", "ACCTID", "")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise _error(account, "-", "CURDEF", currency)
    last = fields.get("BANKTRANLIST/DTEND", "")
    number = f"{fields.get('BANKTRANLIST/DTSTART', '')[:8]}-{last[:8]}".strip("-")
    result = Statement("", account, currency, number)
    digits = minor_digits(currency)
    for place, (line, pending) in enumerate(lines, 1):
        read = _line(line, account, str(place), currency)
        if pending:
            result.pending.append(f"{read.date} {decimal_text(read.amount_minor, digits)} {read.text[:40]}")
        else:
            result.lines.append(read)
    balance, on = fields.get("LEDGERBAL/BALAMT"), fields.get("LEDGERBAL/DTASOF", "")
    # A balance of a later day than the lines is not theirs.
    if balance and on and last and on[:8] <= last[:8]:
        amount = _amount(balance, currency)
        if amount is None:
            raise _error(account, "-", "BALAMT", balance)
        result.closing = Balance(_day(account, "-", "DTASOF", on), amount)
    return result


def _line(fields: dict[str, str], account: str, place: str, currency: str) -> StatementLine:
    get: Any = fields.get
    amount = _amount(get("TRNAMT", ""), currency)
    if amount is None:
        raise _error(account, place, "TRNAMT", get("TRNAMT", ""))
    name, memo = get("NAME", ""), get("MEMO", "")
    more = [get("CHECKNUM", ""), get("REFNUM", "")]
    value_date = _day(account, place, "DTAVAIL", get("DTAVAIL")) if "DTAVAIL" in fields else ""
    return StatementLine(
        _day(account, place, "DTPOSTED", get("DTPOSTED", "")),
        value_date,
        amount,
        plain_text(memo or name),
        "; ".join(plain_text(text) for text in more if text),
        plain_text(name),
        plain_text(get("ADDR1", "")),
        plain_text(get("CITY", "")),
        "",
        "",
        clean_reference(get("FITID", "")),
    )


def _amount(text: str, currency: str) -> int | None:
    """A signed amount with a point or a comma before its decimals."""
    bare = text.strip()
    sign = -1 if bare.startswith(("-", "\u2212")) else 1
    amount = amount_of(bare.lstrip("+-\u2212"), currency, "," if "," in bare else ".")
    return None if amount is None else sign * amount


def _day(account: str, place: str, element: str, text: str) -> str:
    """ISO date of '20261020120000.000[+1:CET]': the day as the bank wrote it."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        raise _error(account, place, element, text) from None


def _error(statement: str, entry: str, element: str, value: str) -> UnreadableFileError:
    return UnreadableFileError(
        "bank-file-value", statement=statement[:40], entry=entry, element=element, value=value[:40]
    )
