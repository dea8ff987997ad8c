"""MT940 statements and MT942 reports become statements: fields `:61:` are lines, `:86:` what they say.

Own reader instead of the library `mt-940`: that one joins all statements of a file under the balances of the
last, counts a reversed credit (`RC`) as money in unless told otherwise, and passes over what it cannot read,
while here a file is read whole or refused with its reason. Banks differ in how they write `:86:`; the German
subfields (`?20`), the words between slashes (`/REMI/`) and plain text are told apart by what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

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

_TAG = re.compile(
    r"^:(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|NS|13D?|34F|90[CD]):", re.MULTILINE | re.ASCII
)
_TAGS_AT_ALL = re.compile(r"^:(?:[0-9]{2}[A-Z]?|NS):", re.MULTILINE | re.ASCII)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})?([0-9]+,?[0-9]*)", re.ASCII)
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<booked>[0-9]{4}|[ ]{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?[ \n]?"
    r"(?P<amount>[0-9]+,?[0-9]*)(?P<kind>[A-Z][A-Z0-9]{3})?(?P<rest>[^\n]*)(?P<more>(?:\n[^\n]*)*)",
    re.ASCII,
)
_SUM = re.compile(r"([0-9]+)([A-Z]{3})([0-9]+,?[0-9]*)", re.ASCII)
_GERMAN = re.compile(r"\s?[0-9]{3}\s?([^0-9A-Za-z\s])(?=[0-9]{2})", re.ASCII)
_SLASHED = re.compile(
    r"/(EREF|KREF|MREF|CRED|DEBT|PREF|RTRN|ACCW|IBAN|BIC|NAME|REMI|ADDR|ISDT|BENM|ORDP|ID|CSID|MARF|ULTD|ULTC|PURP|CNTP|TRTP|TRCD|SVCL|INIT)/"
)
_KEYWORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_LINE_LENGTH = 65
_MOST_LINES = 500_000


def is_mt940(file: InputFile) -> bool:
    """Whether a line near the top begins with one of the format's tags."""
    head = file.content[:4096].decode("latin-1").replace("\r", "\n")
    lines = [line for line in head.split("\n") if line.strip()][:12]
    return any(_TAGS_AT_ALL.match(line) for line in lines)


def read_mt940(content: bytes) -> tuple[str, list[Statement]]:
    """Kind of file (MT940 or MT942) and its statements. Raises UnreadableFileError, whole file or nothing."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    statements = [_Message(fields).statement() for fields in _messages(text)]
    if not statements:
        raise UnreadableFileError("bank-file-value", statement="?", entry="-", element=":20:", value="")
    kinds = {"MT942" if statement.intraday else "MT940" for statement in statements}
    return max(kinds), statements


def _messages(text: str) -> Iterator[list[tuple[str, str]]]:
    """The fields of one message after the other: each begins at its `:20:`."""
    fields: list[tuple[str, str]] = []
    for tag, value in _fields(text):
        if tag == "20" and fields:
            yield fields
            fields = []
        fields.append((tag, value))
    if fields:
        yield fields


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Tags and values. What follows a value on its last lines (`-`, `-}`) ends a message and is no part of it."""
    marks = [mark for mark in _TAG.finditer(text) if not _is_time(text, mark)]
    for mark, following in zip(marks, [*(mark.start() for mark in marks[1:]), len(text)]):
        value = text[mark.end() : following]
        end = re.search(r"\n-[^\n]{0,8}(?:\n|$)|\n\{1:", value)
        yield mark[1], value[: end.start()] if end else value.rstrip("\n")


def _is_time(text: str, mark: re.Match[str]) -> bool:
    """A time of day that was cut at the end of a full line ('…T16' and ':20:35') only looks like a tag."""
    before = text[text.rfind("\n", 0, mark.start() - 1) + 1 : mark.start() - 1]
    follows = text[mark.end() : mark.end() + 2].isdigit()
    cut = follows and len(before) >= _LINE_LENGTH - 6 and before[-1:].isdigit()
    return cut and mark[1] in ("13", "20", "21", "25", "28")


class _Message:
    """One message while it becomes a statement; whatever is wrong names it and the line."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields
        self.name = next((value.strip() for tag, value in fields if tag.startswith("28")), "")
        self.name = self.name or next((value.strip() for tag, value in fields if tag == "20"), "?")
        self.count = 0

    def statement(self) -> Statement:
        """The statement, with what its own counts and sums say checked."""
        tags = {tag for tag, _ in self.fields}
        intraday = not tags & {"60F", "60M"} and bool(tags & {"34F", "13D", "13", "90C", "90D"})
        currency = self._currency()
        account = self._one("25", "25P").strip()
        if account.endswith(currency) and account[:-3].rstrip()[-1:].isdigit():
            account = account[:-3].rstrip()
        if not account:
            raise self._error(":25:", "")
        result = Statement(self.name, account, currency, self.name, intraday=intraday)
        if not intraday:
            result.opening = self._balance(":60F:", self._one("60F", "60M"), currency)
            result.closing = self._balance(":62F:", self._one("62F", "62M"), currency)
        for line, expected in self._lines(currency):
            if expected:
                result.pending.append(
                    f"{line.date} {decimal_text(line.amount_minor, minor_digits(currency))}"
                )
            else:
                result.lines.append(line)
        self._check_sums(result)
        return result

    def _one(self, *tags: str) -> str:
        return next((value for tag, value in self.fields if tag in tags), "")

    def _currency(self) -> str:
        for tag, pattern in (("60", _BALANCE), ("62", _BALANCE)):
            for name, value in self.fields:
                if name.startswith(tag) and (match := pattern.match(value.strip())) and match[3]:
                    return str(match[3])
        match = re.match("[A-Z]{3}", self._one("34F") or self._one("90C")[1:] or self._one("90D")[1:])
        if match is None:
            raise self._error(":60F:", self._one("60F", "60M"))
        return match[0]

    def _balance(self, element: str, value: str, currency: str) -> Balance:
        match = _BALANCE.fullmatch(value.strip())
        if match is None:
            raise self._error(element, value)
        if match[3] not in (None, currency):
            raise UnreadableFileError(
                "bank-file-currency", statement=self.name, currency=currency, element=element, other=match[3]
            )
        amount = self._amount(element, match[4], currency)
        return Balance(self._day(element, match[2]), amount if match[1] == "C" else -amount)

    def _lines(self, currency: str) -> Iterator[tuple[StatementLine, bool]]:
        """Every line, and whether it is only expected (`EC`, `ED`)."""
        waiting: tuple[re.Match[str], list[str]] | None = None
        for tag, value in [*self.fields, ("61", "")]:
            if tag == "61":
                if waiting is not None:
                    yield self._line(*waiting, currency)
                self.count += 1
                if self.count > _MOST_LINES:
                    raise UnreadableFileError("bank-file-unsafe", reason=f"more than {_MOST_LINES} entries")
                match = _LINE.fullmatch(value.strip("\n"))
                if match is None and value:
                    raise self._error(":61:", value)
                waiting = (match, []) if match else None
            elif tag in ("86", "NS") and waiting is not None:
                waiting[1].append(value)
            elif waiting is not None:  # A later :86: is about the statement, no longer about the line.
                yield self._line(*waiting, currency)
                waiting = None

    def _line(self, match: re.Match[str], said: list[str], currency: str) -> tuple[StatementLine, bool]:
        element = ":61:"
        value_date = self._day(element, match["value"], clamp=True)
        booked = value_date
        if (match["booked"] or "").strip():
            booked = self._booked(match["booked"], value_date)
        amount = self._amount(element, match["amount"], currency)
        # A reversed credit takes money back, a reversed debit brings it back.
        out = match["mark"] in ("D", "RC", "ED")
        own, _, bank = match["rest"].partition("//")
        more = [own[16:], match["more"]]
        words = _Words("\n".join(said))
        info = [
            words.more,
            clean_reference(own[:16].strip()),
            *(" ".join(text.split()) for text in more),
            "Reversal" if match["mark"][0] == "R" else "",
        ]
        line = StatementLine(
            booked,
            value_date,
            -amount if out else amount,
            plain_text(words.text),
            "; ".join(dict.fromkeys(plain_text(text) for text in info if text.strip())),
            plain_text(words.name),
            payer_account=plain_text(words.account),
            transaction_id=clean_reference(bank.strip()),
        )
        return line, match["mark"][0] == "E"

    def _booked(self, month_and_day: str, value_date: str) -> str:
        """The booking date stands without its year: it is the one nearest to the value date."""
        year, month = int(value_date[:4]), int(value_date[5:7])
        mine = int(month_and_day[:2])
        year += (month == 12 and mine == 1) - (month == 1 and mine == 12)
        try:
            return date(year, mine, int(month_and_day[2:])).isoformat()
        except ValueError:
            raise self._error(":61:", month_and_day) from None

    def _day(self, element: str, text: str, *, clamp: bool = False) -> str:
        """ISO date of YYMMDD. clamp: 30 February, as interest is counted, is the last day of February."""
        year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
        year += 2000 if year < 80 else 1900
        for shorter in range(4 if clamp and 29 <= day <= 31 else 1):
            try:
                return date(year, month, day - shorter).isoformat()
            except ValueError:
                continue
        raise self._error(element, text)

    def _amount(self, element: str, text: str, currency: str) -> int:
        amount = amount_of(text, currency, ",")
        if amount is None:
            raise self._error(element, text)
        return amount

    def _check_sums(self, statement: Statement) -> None:
        """`:90D:` and `:90C:` count and add up the debits and credits of a report."""
        for tag, sign in (("90D", -1), ("90C", 1)):
            match = _SUM.match(self._one(tag).strip())
            if match is None:
                continue
            amounts = [line.amount_minor for line in statement.lines if line.amount_minor * sign > 0]
            # Amounts below a floor limit are counted and not listed, so only without one it must be all.
            floor = re.search(r"[1-9]", self._one("34F"))
            total, stated = abs(sum(amounts)), self._amount(f":{tag}:", match[3], statement.currency_code)
            if floor or (len(amounts), total) == (int(match[1]), stated):
                continue
            digits = minor_digits(statement.currency_code)
            texts = {"stated": stated, "sum": total, "difference": stated - total}
            shown = {name: decimal_text(value, digits) for name, value in texts.items()}
            raise UnreadableFileError("bank-file-sum", statement=self.name, **shown)

    def _error(self, element: str, value: str) -> UnreadableFileError:
        entry = str(self.count or "-")
        shown = " ".join(value.split())[:40]
        return UnreadableFileError(
            "bank-file-value", statement=self.name[:40], entry=entry, element=element, value=shown
        )


class _Words:
    """What `:86:` says: text, more of it, name and account of the other party."""

    def __init__(self, value: str) -> None:
        self.text = self.more = self.name = self.account = ""
        if match := _GERMAN.match(value):
            self._german(value.replace("\n", ""), match[1])
        elif _SLASHED.search(value):
            self._slashed(_unfolded(value))
        else:
            self.text = _unfolded(value)

    def _german(self, value: str, mark: str) -> None:
        """`166?00GUTSCHRIFT?20SVWZ+…?31…?32…`: two digits say what a part is."""
        parts: dict[str, str] = {}
        for part in value.split(mark)[1:]:
            if part[:2].isdigit():
                parts[part[:2]] = parts.get(part[:2], "") + part[2:]
        purpose = "".join(parts.get(f"{number}", "") for number in (*range(20, 30), *range(60, 64)))
        words = _KEYWORD.split(purpose)
        found = dict(zip(words[1::2], words[2::2]))
        self.text = (found.pop("SVWZ", "") or words[0]).strip()
        others = [found.get(name, "").strip() for name in ("EREF", "KREF", "MREF", "ABWA", "ABWE")]
        leading = words[0].strip() if words[0].strip() != self.text else ""
        self.more = "; ".join(
            text for text in (parts.get("00", "").strip(), leading, *others) if clean_reference(text)
        )
        self.name = (parts.get("32", "") + parts.get("33", "")).strip()
        self.account = parts.get("31", "").strip()

    def _slashed(self, value: str) -> None:
        """`/EREF/…/NAME/…/REMI/…`: a word between slashes says what follows."""
        words = _SLASHED.split(value)
        found: dict[str, str] = {}
        for name, text in zip(words[1::2], words[2::2]):
            found.setdefault(name, text.strip(" /"))
        self.text = found.get("REMI", "") or words[0].strip()
        self.name = found.get("NAME", "")
        self.account = found.get("IBAN", "")
        self.more = "; ".join(
            text for text in (found.get("EREF", ""), found.get("ISDT", "")) if clean_reference(text)
        )


def _unfolded(value: str) -> str:
    """Lines as one text: a full line was cut anywhere, a short one at a blank."""
    lines = value.split("\n")
    return "".join(line if len(line) >= _LINE_LENGTH else line + " " for line in lines).strip()
