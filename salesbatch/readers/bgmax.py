"""BgMax files: payments to a bankgiro, deposit by deposit. They explain deposits of the account's statement.

Lines of 80 characters in ISO-8859-1; the first two digits say what a line is. A deposit begins with line 05,
ends with line 15 and holds payments (20), deductions (21), further references (22, 23) and what the payer says
(25-29). The sum and the number in 15 and the counts in 70 must be those of the lines, or the file is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from salesbatch.core.inbox import InputFile
from salesbatch.core.money import decimal_text
from salesbatch.readers.bank_file import Statement, StatementLine, plain_text
from salesbatch.readers.workbook import UnreadableFileError

_WIDTH = 80
_START = re.compile(rb"\s*01BGMAX", re.ASCII)
_PARTS = re.compile(r"(?:0[125]|15|2[0-9]|70)", re.ASCII)
_REFERENCE_READ = ("2", "3", "4", "5")
"""Codes of a reference that was given, right or wrong; 0 and 1 say that there is none."""


def is_bgmax(file: InputFile) -> bool:
    """Whether the first line is the start of a BgMax file."""
    return _START.match(file.content[:200].removeprefix(b"\xef\xbb\xbf")) is not None


def read_bgmax(content: bytes) -> tuple[str, list[Statement]]:
    """Kind of file and one statement a deposit. Raises UnreadableFileError, whole file or nothing."""
    if b"\xc3\xaf\xc2\xbf\xc2\xbd" in content or b"\xef\xbf\xbd" in content:
        raise UnreadableFileError("bank-file-characters")
    return "BgMax", _Reading(_decoded(content)).statements


def _decoded(content: bytes) -> list[str]:
    """The lines. A copy in UTF-8 is known by its letters being valid as such; the format itself is ISO-8859-1."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-1")
    return re.split(r"\r\n|\n|\r", text)


class _Payment:
    """One payment and what the lines after it say."""

    def __init__(self, line: str, amount: int) -> None:
        self.amount = amount
        self.sender = line[2:12].strip().lstrip("0")
        self.serial = line[57:69].strip()
        self.references: list[str] = []
        self.parts: list[str] = []
        self.texts: list[str] = []
        self.name = self.street = self.city = self.registration_no = ""
        self.refer(line, 0)

    def refer(self, line: str, amount: int) -> None:
        """A reference, with its amount where several stand in one payment."""
        reference = line[12:37].strip()
        if not reference or line[55] not in _REFERENCE_READ:
            return
        self.references.append(reference)
        if amount:
            self.parts.append(f"{reference} SEK{decimal_text(amount, 2)}")

    def statement_line(self, day: str, entry: int, currency: str, deposit: str) -> StatementLine:
        """The payment as a line of the sheet."""
        said = [" ".join(self.texts), *(part.replace(" SEK", f" {currency}") for part in self.parts)]
        if self.registration_no:
            said.append(self.registration_no)
        return StatementLine(
            day,
            "",
            self.amount,
            plain_text(said[0]),
            "; ".join(plain_text(text) for text in said[1:]),
            plain_text(self.name),
            plain_text(self.street),
            plain_text(self.city),
            self.sender,
            ";".join(dict.fromkeys(self.references)),
            f"{deposit}/{self.serial}" if self.serial else "",
            entry,
        )


class _Reading:
    """A file line by line."""

    def __init__(self, lines: list[str]) -> None:
        self.statements: list[Statement] = []
        self._counts: Counter[str] = Counter()
        self._opened: str = ""
        self._currency = ""
        self._payments: list[_Payment] = []
        self._damaged = 0
        self._ended = False
        for number, typed in enumerate(lines, 1):
            if typed.strip():
                self._take(number, typed)
        if self._opened:
            raise self._broken("the deposit has no line 15")
        if not self._ended:
            raise self._broken("the last line 70 is missing")
        if self._damaged and self.statements:
            self.statements[0].findings.append(("bank-file-mended", {"count": str(self._damaged)}))
        if not self.statements:
            raise UnreadableFileError("bank-file-empty")

    def _take(self, number: int, typed: str) -> None:
        line = typed.expandtabs(8).rstrip().ljust(_WIDTH)
        self._damaged += "\t" in typed or len(typed) != _WIDTH
        kind = line[:2]
        if self._ended:
            raise self._broken(f"line {number} stands after the last one")
        self._counts[kind] += 1
        if kind == "05":
            if self._opened:
                raise self._broken("the deposit has no line 15")
            self._opened, self._currency, self._payments = line, line[22:25].strip(), []
        elif kind in ("20", "21"):
            amount = self._number(number, line, 37, 55)
            self._inside(number, kind)
            self._payments.append(_Payment(line, -amount if kind == "21" else amount))
        elif kind in ("22", "23"):
            amount = self._number(number, line, 37, 55)
            self._payment(number, kind).refer(line, -amount if kind == "23" else amount)
        elif kind in ("25", "26", "27", "28", "29"):
            self._describe(self._payment(number, kind), kind, line)
        elif kind == "15":
            self._inside(number, kind)
            self._close(number, line)
        elif kind == "70":
            self._check_counts(number, line)
        elif not _PARTS.fullmatch(kind) and not kind.isdigit():
            raise self._broken(f"line {number} begins with {kind!r}")

    def _describe(self, payment: _Payment, kind: str, line: str) -> None:
        if kind == "25":
            payment.texts.append(line[2:52].strip())
        elif kind == "26":
            payment.name = f"{line[2:37].strip()} {line[37:72].strip()}".strip()
        elif kind == "27":
            payment.street = line[2:37].strip()
        elif kind == "28":
            payment.city = line[2:37].strip()
        else:
            payment.registration_no = line[2:14].strip().removeprefix("00")

    def _close(self, number: int, line: str) -> None:
        """Line 15: the deposit's own sum and number of payments."""
        stated, count = self._number(number, line, 50, 68), self._number(number, line, 71, 79)
        currency = line[68:71].strip() or self._currency or "SEK"
        total = sum(payment.amount for payment in self._payments)
        deposit, account = line[45:50], line[2:37].strip().lstrip("0")
        if self._currency and currency != self._currency:
            raise UnreadableFileError(
                "bank-file-currency", statement=deposit, currency=self._currency, element="15", other=currency
            )
        if stated != total:
            texts = {"stated": stated, "sum": total, "difference": stated - total}
            shown = {name: decimal_text(value, 2) for name, value in texts.items()}
            raise UnreadableFileError("bank-file-sum", statement=deposit, **shown)
        if count != len(self._payments):
            raise UnreadableFileError(
                "bank-file-total", statement=deposit, stated=str(count), count=str(len(self._payments))
            )
        day = self._day(number, line[37:45])
        own_id = f"{day}/{deposit}"
        bankgiro = self._opened[2:12].strip().lstrip("0")
        # The money arrives on the account; a company may have told us either of the two numbers.
        ours = "/".join(number for number in (account, bankgiro) if number)
        statement = Statement(own_id, ours, currency, deposit.lstrip("0") or deposit)
        statement.explains = True
        statement.lines = [payment.statement_line(day, total, currency, own_id) for payment in self._payments]
        self.statements.append(statement)
        self._opened = ""

    def _check_counts(self, number: int, line: str) -> None:
        """Line 70: how many payments, deductions, further references and deposits the file holds."""
        places = {"20": (2, 10), "21": (10, 18), "22": (18, 26), "15": (26, 34)}
        found = {**self._counts, "22": self._counts["22"] + self._counts["23"]}
        for kind, (first, last) in places.items():
            stated = self._number(number, line, first, last)
            if stated != found.get(kind, 0):
                raise UnreadableFileError(
                    "bank-file-count", kind=kind, stated=str(stated), count=str(found.get(kind, 0))
                )
        self._ended = True

    def _inside(self, number: int, kind: str) -> None:
        if not self._opened:
            raise self._broken(f"line {number} ({kind}) stands outside of a deposit")

    def _payment(self, number: int, kind: str) -> _Payment:
        if not self._payments or not self._opened:
            raise self._broken(f"line {number} ({kind}) belongs to no payment")
        return self._payments[-1]

    def _number(self, number: int, line: str, first: int, last: int) -> int:
        text = line[first:last].strip()
        if text and not (text.isascii() and text.isdigit()):
            raise self._broken(f"line {number}: {text!r} is no number")
        return int(text or "0")

    def _day(self, number: int, text: str) -> str:
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
        except ValueError:
            raise self._broken(f"line {number}: {text!r} is no date") from None

    def _broken(self, reason: str) -> UnreadableFileError:
        return UnreadableFileError("bank-file-damaged", reason=reason)
