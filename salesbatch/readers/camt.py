"""Bank files in camt.052, .053 and .054, every version, are read event by event, and nothing in them is trusted.

They are built alike: a statement (053), a report during the day (052) and a notification (054) hold entries,
and an entry holds the payments that it is made of. Only a statement brings money.

The parser may not fetch anything, resolves no entity, and a document type definition is refused before it is
read; libxml2's own limits on depth and length stay on. What was read is thrown away at once, so that a file of
50 MB needs no more memory than a small one, and a file that would is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from salesbatch.core.inbox import InputFile
from salesbatch.readers.bank_file import Balance, Statement
from salesbatch.readers.camt_entry import (
    LOCAL,
    CamtError,
    ControlTotals,
    Fields,
    day_of,
    entry_lines,
    flatten,
    minor_of,
    pending_in_words,
    signed,
    status_of,
)
from salesbatch.readers.workbook import UnreadableFileError

_CHUNK = 1 << 18
_LONGEST_PART = 4 << 20
"""No bank writes so many bytes between the ends of two entries, details or balances."""
_MOST_BALANCES, _MOST_DETAILS = 1_000, 200_000
_MOST_STATEMENTS, _MOST_ENTRIES = 10_000, 500_000
_NAMESPACE = re.compile(r"(camt\.05[234])\.001\.(?:0[2-9]|1[0-9])", re.ASCII)
_XML = re.compile(r"<(?:\?xml\b|!DOCTYPE(?!\s+html)|!--|(?:[A-Za-z_][\w.-]*:)?Document\b)", re.IGNORECASE)
_OTHER_KINDS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv")
_BYTE_ORDER = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_KINDS = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
"""Kind of file, and the element of a statement, by the element below Document."""
_STATEMENTS = tuple(name for _, name in _KINDS.values())
_NAMES = (*_KINDS, *_STATEMENTS, "Ntry", "TxDtls", "Bal")


def is_xml(file: InputFile) -> bool:
    """Whether the bytes are those of an XML file; a name that promises something else is believed first."""
    head = _head(file.content)
    lower = file.name.lower()
    if lower.endswith(_OTHER_KINDS) and "camt.05" not in head:
        return False
    return lower.endswith(".xml") or _XML.match(head.lstrip("\ufeff \t\r\n")) is not None


def _head(content: bytes) -> str:
    encoding = _BYTE_ORDER.get(content[:2])
    if encoding is None:
        encoding = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(content[:2], "utf-8")
    return content[:4096].decode(encoding, "replace")


def read_camt(content: bytes) -> tuple[str, list[Statement]]:
    """Kind of file ('camt.053') and its statements, booked entries only.

    Raises UnreadableFileError: the whole file is read or nothing of it.
    """
    for mark in ("<!DOCTYPE", "<!ENTITY"):
        if any(mark.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
            raise UnreadableFileError("bank-file-unsafe", reason="a document type definition (DTD)")
    reading = _Reading()
    for event, element in _events(content):
        reading.take(event, element)
    if not reading.kind:
        raise UnreadableFileError("bank-file-unknown", value=reading.root[:40])
    if not reading.statements:
        raise UnreadableFileError("bank-file-empty")
    return reading.kind, reading.statements


def _events(content: bytes) -> Iterator[tuple[str, Any]]:
    """Starts and ends of the elements that matter. Raises UnreadableFileError for what is no whole XML."""
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=["{*}Document", *(f"{{*}}{name}" for name in _NAMES)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    quiet = 0
    checked = False
    try:
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            parser.feed(chunk)
            quiet += len(chunk)
            for event, element in parser.read_events():
                quiet = 0
                if not checked:  # Whatever the encoding hid from the search of the bytes.
                    checked = True
                    if element.getroottree().docinfo.doctype:
                        raise UnreadableFileError(
                            "bank-file-unsafe", reason="a document type definition (DTD)"
                        )
                yield event, element
            if quiet > _LONGEST_PART:
                raise UnreadableFileError(
                    "bank-file-unsafe", reason=f"an entry of more than {_LONGEST_PART >> 20} MB"
                )
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError("bank-file-damaged", reason=str(error.msg)[:120]) from None
    if not checked:
        raise UnreadableFileError("bank-file-unknown", value=LOCAL[str(root.tag)][:40])


class _Reading:
    """What has been read so far of one file."""

    def __init__(self) -> None:
        self.root = ""
        self.kind = ""
        self._parents: dict[str, str] = {}
        self.statements: list[Statement] = []
        self._statement: _StatementReading | None = None
        self._balances: list[Fields] = []
        self._details: list[Fields] = []
        self._entries = 0

    def take(self, event: str, element: Any) -> None:
        """One start or end of an element."""
        name = LOCAL[element.tag]
        if event == "start":
            self.root = self.root or name
            if name in _KINDS:
                self.kind, statement = _KINDS[name]
                version = _NAMESPACE.search(element.tag)
                if version is None or version[1] != self.kind:
                    raise UnreadableFileError("bank-file-unknown", value=element.tag[1:60].partition("}")[0])
                self._parents = {statement: name, "Ntry": statement, "Bal": statement}
            return
        if not self.kind or name not in _NAMES or name in _KINDS:
            return
        parent = element.getparent()
        wanted = self._parents.get(name, "")
        if name != "TxDtls" and (not wanted or parent is None or LOCAL[parent.tag] != wanted):
            raise UnreadableFileError(
                "bank-file-damaged", reason=f"{name} outside of {wanted or 'its place'}"
            )
        if name == "TxDtls":
            _add(self._details, flatten(element), _MOST_DETAILS)
        elif name == "Bal":
            _add(self._balances, flatten(element), _MOST_BALANCES)
        elif name == "Ntry":
            _check_count(self._entries, _MOST_ENTRIES, "entries")
            self._entries += 1
            entry = flatten(element)
            element.clear()
            self._opened(parent, entry).take(entry, self._details)
            self._details = []
        else:
            _check_count(len(self.statements), _MOST_STATEMENTS, "statements")
            self.statements.append(self._opened(element, {}).finish())
            self._statement, self._balances, self._details = None, [], []
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            parent.remove(before)  # Read and cleared; even empty ones would add up.

    def _opened(self, statement: Any, entry: Fields) -> _StatementReading:
        """The statement that is being read; its account and balances stand before its first entry."""
        if self._statement is None:
            fields = flatten(statement)
            self._statement = _StatementReading(self.kind, fields, self._balances, entry)
        return self._statement


def _add(items: list[Fields], fields: Fields, most: int) -> None:
    _check_count(len(items), most, "parts of one entry or statement")
    items.append(fields)


def _check_count(count: int, most: int, what: str) -> None:
    if count >= most:
        raise UnreadableFileError("bank-file-unsafe", reason=f"more than {most} {what}")


class _StatementReading:
    """One statement while its entries come in; whatever is wrong names the statement and the entry."""

    def __init__(self, kind: str, fields: Fields, balances: Sequence[Fields], entry: Fields) -> None:
        self.fields = fields
        self.entries = 0
        self.totals = ControlTotals()
        self.statement_id = str(fields.get("Id", "")).replace("\n", " ")
        try:
            account = fields.get("Acct/Id/IBAN") or fields.get("Acct/Id/Othr/Id") or ""
            if not account:
                raise CamtError("bank-file-value", element="Acct/Id", value="")
            opening, closing = _balance(balances, ("OPBD", "PRCD")), _balance(balances, ("CLBD",))
            currency = _currency(fields, opening or closing, entry)
            self.statement = Statement(
                self.statement_id,
                str(account),
                currency,
                str(fields.get("ElctrncSeqNb") or fields.get("LglSeqNb") or self.statement_id),
                _balance_of(opening, currency),
                _balance_of(closing, currency),
                explains=kind == "camt.054",
                intraday=kind == "camt.052",
            )
        except CamtError as error:
            raise self._named(error) from None

    def take(self, entry: Fields, details: list[Fields]) -> None:
        """One entry: its lines when it is booked, else it is named."""
        self.entries += 1
        currency = self.statement.currency_code
        booked = status_of(entry) == "BOOK"
        try:
            if not booked:
                self.statement.pending.append(pending_in_words(entry, details))
            else:
                self.statement.lines += entry_lines(entry, details, currency)
            self.totals.add(entry, currency, booked=booked)
        except CamtError as error:
            raise self._named(error) from None

    def finish(self) -> Statement:
        """The whole statement, when the bank's own counts and sums are those of its entries."""
        try:
            self.totals.check(self.fields, self.statement.currency_code)
        except CamtError as error:
            raise self._named(error) from None
        return self.statement

    def _named(self, error: CamtError) -> UnreadableFileError:
        where = {"statement": self.statement_id or "?", "entry": str(self.entries or "-")}
        return UnreadableFileError(error.code, **{**error.values, **where})


def _balance(balances: Sequence[Fields], codes: tuple[str, ...]) -> Fields | None:
    """The balance of the first of these codes that there is: the earliest opening, the latest closing one."""
    for code in codes:
        mine = [item for item in balances if item.get("Tp/CdOrPrtry/Cd") == code]
        if mine:
            mine.sort(key=lambda item: day_of(item, "Dt"))
            return mine[-1] if code == "CLBD" else mine[0]
    return None


def _currency(fields: Fields, balance: Fields | None, entry: Fields) -> str:
    """The account's currency; where the bank does not say, that of its balance or first entry."""
    currency = str(fields.get("Acct/Ccy") or (balance or {}).get("Amt@") or entry.get("Amt@", ""))
    if not re.fullmatch("[A-Z]{3}", currency) and entry:
        raise CamtError("bank-file-value", element="Acct/Ccy", value=currency[:40])
    return currency


def _balance_of(fields: Fields | None, currency: str) -> Balance | None:
    if fields is None:
        return None
    code = str(fields["Tp/CdOrPrtry/Cd"])
    other = str(fields.get("Amt@", currency))
    if other != currency:
        raise CamtError("bank-file-currency", element=code, currency=currency, other=other)
    amount = signed(fields, f"Bal {code}", minor_of(str(fields.get("Amt", "")), currency, f"Bal {code}"))
    day = day_of(fields, "Dt")
    if not day:
        raise CamtError("bank-file-value", element=f"Bal {code}/Dt", value="")
    return Balance(day, amount)
