"""Which documents does a payer mean? Numbers in a bank's text, however they are written (M10 and better).

A number is found when it stands in full between boundaries, with other signs between its parts, without its
letters or leading zeros, glued to a word, as an OCR number, RF reference, KID or viitenumero with a right check
digit, as a payment reference, or as the tail of a list: `1001/02/03`, `1001-1004`. Each mention has a strength:

    3  the whole number or reference, or its digits with a check digit
    2  its digits alone, in groups, glued or out of a list; a bare number of 4 digits
    1  after a word that says it is something else (a street, a telephone, an order), or between two numbers

Fewer than 4 digits never count. Everything is looked up; nothing is compared with every document.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from salesbatch.core.references import luhn_digit
from salesbatch.rules.evidence import SHORTEST_NUMBER, TOO_COMMON

STRONG, GOOD, WEAK = 3, 2, 1
IN_FULL, DIGITS, CHECKED, REFERENCE, LISTED, BETWEEN, OTHER_WORD, EXTERNAL = (
    "in full", "digits", "check digit", "reference", "list", "between", "other word", "external",
)  # fmt: skip
_LETTERS = str.maketrans(
    {
        "ß": "SS",
        "Æ": "AE",
        "æ": "AE",
        "Ø": "O",
        "ø": "O",
        "Ł": "L",
        "ł": "L",
        "Đ": "D",
        "đ": "D",
        "Œ": "OE",
        "œ": "OE",
    }
)
_MONEY = re.compile(
    r"INSTRUCTED [A-Z]{3}[0-9.]+(?: [A-Z]{3}/[A-Z]{3}[0-9.]+)?"
    r"|(?<![0-9A-Z])(?:SEK|EUR|USD|NOK|DKK|GBP|CHF|PLN|CZK|HUF|CAD|AUD)-?[0-9]+\.[0-9]{2}(?![0-9A-Z])"
)
"""Amounts as the readers of bank files write them; no part of one is a document's number."""
_TOKEN = re.compile("[0-9A-Z]+")
_DIGITS = re.compile("[0-9]+")
_JOINS = re.compile(r"[-/ .#:–]{0,2}$")
_LIST_SIGN = re.compile(r"\s*(?:[,/+&;]|OCH|AND|U)\s*$")
_RANGE_SIGN = re.compile(r"\s*(?:-|–|TILL|TIL|TO|BIS|T\.? ?O\.? ?M\.?)\s*$")
_RANGE_WORDS = frozenset({"TILL", "TIL", "TO", "BIS", "TOM", "T", "O", "M"})
_OTHER_TEXT = (
    "TEL TFN TELEFON PHONE MOB MOBIL ORG ORGANISATIONS ORDER KVITTO RECEIPT KONTO KTO ACCOUNT"
    " POST BOX PERS PERSON DATUM DATE KUND CUSTOMER KORT CARD LAN LOAN"
)
_OTHER_WORDS = frozenset(_OTHER_TEXT.split())
_OUR_TEXT = "FAKTURA FAKT INV INVOICE OCR REF KID VIITE RECHNUNG RE LASKU"
_OUR_WORDS = frozenset(_OUR_TEXT.split())
_NUMBER_WORD = re.compile("(?:NR|NO|NUMMER|NUMBER|NUMRO)$")
_PLAIN = re.compile(
    r"(?<![0-9A-Z])(?:[0-9]{6}-[0-9]{4}|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:BG|BANKGIRO)[ :]*[0-9]{3,4}-[0-9]{4}|[0-9]{3} [0-9]{2}(?= [A-Z]{3})"
    r"|(?:SEK|NOK|DKK|EUR|KR|BELOPP) ?[0-9]+[.,][0-9]{2}|[0-9]+[.,][0-9]{2}(?= ?(?:SEK|NOK|DKK|EUR|KR)))(?![0-9])"
)
"""Registration numbers, dates, bankgiro numbers, postcodes with their town, amounts."""
_STREET = re.compile(
    "(?:GATAN|VAGEN|GATA|VAG|GRAND|TORG|TORGET|STREET|ROAD|STRASSE|STR|VEI|VEIEN|GADE|KATU|ALLE|PLAN)$"
)
_WIDEST = 3
_CHECKS = {"KID": "NOK", "VIITE": "EUR"}
"""References with a check digit of their own, by the word for them, and the currency in which they need no word.

Every kind more lets one mistyped digit in ten pass for a right one, so a kind counts where it is used.
"""


def fold(text: str) -> str:
    """Capitals without accents: 'Åkerö Café' is 'AKERO CAFE'."""
    return text.upper() if text.isascii() else _without_accents(text)


@lru_cache(maxsize=200_000)
def _without_accents(text: str) -> str:
    if "Ã" in text:  # UTF-8 that a bank read as Latin-1: 'Ã¤' is 'ä'.
        for code in ("cp1252", "latin-1"):
            with contextlib.suppress(UnicodeError):
                text = text.encode(code).decode("utf-8")
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).upper()


class Mention(NamedTuple):
    """A document that a text means. document: position in the index; how: one of the words above."""

    document: int
    strength: int
    how: str
    written: str


class Reading(NamedTuple):
    """What a text says of documents. digits: runs of 4 digits or more that may be one, without leading zeros.

    unknown: numbers that look like ours and are none that is open or was lately settled.
    """

    mentions: tuple[Mention, ...]
    digits: tuple[str, ...]
    unknown: tuple[str, ...]


_NOTHING = Reading((), (), ())


class NumberIndex:
    """Documents by everything that a payer may write for them."""

    def __init__(
        self,
        numbers: Sequence[str],
        externals: Sequence[str],
        references: Sequence[str],
        owners: Sequence[object],
        local_currency: str = "",
    ) -> None:
        self._owners = owners
        self._checks_used = frozenset(
            word for word, currency in _CHECKS.items() if currency == local_currency
        )
        self.all_digits_of = [_digits_in(number) for number in numbers]
        self.digits_of = [digits.lstrip("0") for digits in self.all_digits_of]
        self._as_written = frozenset(numbers)
        self._compacts = [_compact(fold(number)) for number in numbers]
        self._full = _index(self._compacts)
        self._external = _index(
            _compact(fold(number)) if len(number) > SHORTEST_NUMBER else "" for number in externals
        )
        self._reference = _index(_reference_key(reference) for reference in references)
        self._digits = _index(self.digits_of)
        self._last = _index([_last_run(number) for number in numbers])
        self._read: dict[tuple[str, str], Reading] = {}

    @cached_property
    def _shapes(self) -> dict[tuple[str, int], tuple[int, int]]:
        """The least and the greatest number by the letters before it and its length; only unknown numbers ask."""
        shapes: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for compact in self._compacts:
            digits = compact.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if digits.isdecimal():
                letters, value = compact[: -len(digits)], int(digits)
                shapes[letters, len(digits)].append(value)
                if letters or digits[0] == "0":
                    shapes["", len(digits.lstrip("0"))].append(value)
        return {shape: (min(values), max(values)) for shape, values in shapes.items()}

    def read(self, text: str, reference: str) -> Reading:
        """What a line's text and its payment reference say; the same text is read once."""
        if not text and not reference:
            return _NOTHING
        key = (text, reference)
        reading = self._read.get(key)
        if reading is None:
            reading = self._read_reference(text, reference) or self._read_anew(text, reference)
            self._read[key] = reading
        return reading

    def _read_reference(self, text: str, reference: str) -> Reading | None:
        """A line that has a payment reference of ours in digits, and no other number: most lines, answered at once."""
        if not (reference.isdecimal() and reference.isascii()) or _DIGITS.search(fold(text)):
            return None
        bare = reference.lstrip("0")
        documents = self._reference.get(bare, ())
        stem, shorter, digits = bare[:-1], bare[:-2], self._digits
        if (
            len(documents) != 1
            or reference in self._full
            or reference in self._external
            or bare in digits
            or bare in self._last
            or digits.get(stem, documents) != documents
            or digits.get(shorter, documents) != documents
        ):
            return None
        return Reading((Mention(documents[0], STRONG, REFERENCE, reference),), (bare,), ())

    def _read_anew(self, text: str, reference: str) -> Reading:
        found: dict[int, Mention] = {}
        digits: list[str] = []
        unknown: list[str] = []
        for part in filter(None, map(str.strip, reference.split(";"))):
            for document in self._reference.get(_reference_key(part), ()):
                _keep(found, document, STRONG, REFERENCE, part)
        for source in (fold(text), fold(reference)):
            if (
                source.isascii()
                and source.isdecimal()
                and (hits := self._look_up(source, 1, self._checks_used))
            ):
                for document, strength, how in hits:
                    _keep(found, document, strength, how, source)
                digits.append(source.lstrip("0"))
            elif _DIGITS.search(source):  # No number without a digit.
                self._read_text(_MONEY.sub(" ", source), found, digits, unknown)
        return Reading(tuple(found[key] for key in sorted(found)), tuple(digits), tuple(unknown))

    def _read_text(self, text: str, found: dict[int, Mention], digits: list[str], unknown: list[str]) -> None:
        tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
        checks = self._checks_used.union([word for word in _CHECKS if word in text])
        plain = [match.span() for match in _PLAIN.finditer(text) if match.group() not in self._as_written]
        place = 0
        while place < len(tokens):
            word = tokens[place][0]
            if word.isalpha() and word != "RF":
                # A prefix may be part of the number: 'INV 103 001' is tried from INV on.
                width = self._longest_full(text, tokens, place, found, digits)
                place += max(width, 1)
                continue
            other = place > 0 and _is_of_something_else(text, tokens, place)
            if plain and not other and _word_before(tokens, place) not in _OUR_WORDS:
                other = any(low <= tokens[place][1] < high for low, high in plain)
            width = self._read_number(text, tokens, place, other, checks, found, digits, unknown)
            place += max(width, 1)

    def _longest_full(
        self,
        text: str,
        tokens: list[tuple[str, int, int]],
        place: int,
        found: dict[int, Mention],
        digits: list[str],
    ) -> int:
        for width in range(min(_WIDEST + 1, len(tokens) - place), 1, -1):
            if not _adjacent(text, tokens, place, width):
                continue
            joined = "".join(token[0] for token in tokens[place : place + width])
            for index, how in ((self._full, IN_FULL), (self._external, EXTERNAL)):
                if (documents := index.get(joined)) and not joined.isalpha():
                    written = text[tokens[place][1] : tokens[place + width - 1][2]]
                    for document in documents:
                        _keep(found, document, STRONG, how, written)
                    self._tail(text, tokens, place + width, documents, found)
                    digits.append(_digits_in(joined).lstrip("0"))
                    return width
        return 0

    def _read_number(
        self, text: str, tokens: list[tuple[str, int, int]], place: int, other: bool, checks: frozenset[str],
        found: dict[int, Mention], digits: list[str], unknown: list[str],
    ) -> int:  # fmt: skip
        """Read a number that starts at a token with digits; how many tokens it took."""
        for width in range(min(_WIDEST, len(tokens) - place), 0, -1):
            if not _adjacent(text, tokens, place, width):
                continue
            joined = "".join(token[0] for token in tokens[place : place + width])
            written = text[tokens[place][1] : tokens[place + width - 1][2]]
            hits = self._look_up(joined, width, checks)
            by_digit = width > 1 and hits and all(how == CHECKED for _, _, how in hits)
            if by_digit and self._look_up(tokens[place][0], 1, checks):
                continue  # '107079-82' is a list, though it has a right check digit by chance.
            if hits:
                other = other and joined.isdecimal()  # A number with its letters is not a telephone's.
                for document, strength, how in hits:
                    _keep(found, document, *((WEAK, OTHER_WORD) if other else (strength, how)), written)
                if not other:
                    self._tail(text, tokens, place + width, [hit[0] for hit in hits], found)
                    digits.append(_digits_in(joined).lstrip("0"))
                return width
        word = tokens[place][0]
        if place + 1 < len(tokens) and text[tokens[place][2] : tokens[place + 1][1]] in ("-", "/"):
            # A number of ours in two parts that is not there: 'F2026-03010'.
            joined = word + tokens[place + 1][0]
            run = _digits_in(joined)
            if tokens[place + 1][0].isdecimal() and self._looks_like_ours(joined, run):
                if not other:
                    digits.append(run.lstrip("0"))
                    unknown.append(joined)
                return 2
        if other:
            return 0
        for run in _DIGITS.findall(word):
            bare = run.lstrip("0")
            if len(run) >= SHORTEST_NUMBER and len(bare) > 2:
                digits.append(bare)
                if len(run) > len(bare):
                    digits.append(run)
                said_ours = _word_before(tokens, place) in _OUR_WORDS and ("", len(bare)) in self._shapes
                if said_ours or self._looks_like_ours(word, run):
                    unknown.append(word)
        return 0

    def _look_up(self, joined: str, width: int, checks: frozenset[str]) -> list[tuple[int, int, str]]:
        if len(joined) < SHORTEST_NUMBER or joined.isalpha():
            return []
        decimal = joined.isdecimal()
        # A number in several pieces may be none: '08 103001'.
        strength = STRONG if (width == 1 or not decimal) and len(joined) > SHORTEST_NUMBER else GOOD

        places = [
            (self._full, joined, strength, IN_FULL),
            (self._external, joined, strength, EXTERNAL),
            (self._reference, _reference_key(joined), STRONG, REFERENCE),
        ]
        for run in (joined,) if decimal else sorted(set(_DIGITS.findall(joined))) if width == 1 else ():
            bare = run.lstrip("0")
            if len(bare) < SHORTEST_NUMBER:
                continue
            places.append((self._digits, bare, GOOD, DIGITS))
            if decimal:
                places.append((self._last, bare, WEAK, DIGITS))
                places += [(self._digits, stem, STRONG, CHECKED) for stem in stems(run, checks)]
        if joined.startswith("RF") and joined[2:4].isdecimal() and _right_rf(joined):
            body = joined[4:].lstrip("0")
            places += [
                (index, body, STRONG, CHECKED) for index in (self._full, self._digits, self._reference)
            ]
            places += [(self._digits, stem, STRONG, CHECKED) for stem in stems(body, checks | {"VIITE"})]
        return [
            (document, strength, how)
            for index, key, strength, how in places
            for document in index.get(key, ())
        ]

    def _looks_like_ours(self, word: str, run: str) -> bool:
        """Whether a number has the form of our documents and lies among them, or just above."""
        letters, value = word[: -len(run)], int(run)
        if not word.endswith(run):
            return False
        # With our letters in front, a digit too few or too many is a slip.
        if (letters or run[0] == "0") and any((letters, len(run) + more) in self._shapes for more in (-1, 1)):
            return True
        for shape in ((letters, len(run)), ("", len(run.lstrip("0")))):
            low_high = self._shapes.get(shape)
            if low_high is not None:
                low, high = low_high
                if low - (high - low) // 2 <= value <= high + (high - low) // 10 + 100:
                    return True
        return False

    def _tail(
        self,
        text: str,
        tokens: list[tuple[str, int, int]],
        place: int,
        heads: Iterable[int],
        found: dict[int, Mention],
    ) -> None:
        """The short rest of a list after a full number: '/02/03', or all of a customer's numbers up to '-04'."""
        for head in list(dict.fromkeys(heads)):
            base = self.digits_of[head]
            current, step = base, place
            while (ahead := _after_range_word(tokens, step)) < len(tokens) and tokens[ahead][0].isdecimal():
                word, gap = tokens[ahead][0], text[tokens[step - 1][2] : tokens[ahead][1]]
                is_range = bool(_RANGE_SIGN.match(gap))
                if not (is_range or _LIST_SIGN.match(gap)):
                    break
                short = len(word) < len(base)
                full = base[: -len(word)] + word if short else word.lstrip("0")
                written = f"{base}{gap}{word}".replace(" ", "")
                if is_range:
                    self._between(current, full, head, written, found)
                elif short:
                    for document in self._digits.get(full, ()):
                        if self._owners[document] == self._owners[head]:
                            _keep(found, document, GOOD, LISTED, written)
                if not short:
                    break
                current, step = full, ahead + 1
            if ahead < len(tokens) and _RANGE_SIGN.match(text[tokens[step - 1][2] : tokens[ahead][1]]):
                # 'INV-1001 - INV-1004'
                joined = "".join(token[0] for token in tokens[ahead : ahead + 2])
                for document in self._full.get(joined, self._full.get(tokens[ahead][0], ())):
                    self._between(base, self.digits_of[document], head, joined, found)

    def _between(self, low: str, high: str, head: int, written: str, found: dict[int, Mention]) -> None:
        """The customer's numbers from low to high; the ends are named, what lies between them is implied."""
        if not (low.isdecimal() and high.isdecimal() and 0 < int(high) - int(low) <= TOO_COMMON):
            return
        for value in range(int(low) + 1, int(high) + 1):
            for document in self._digits.get(str(value), ()):
                if self._owners[document] == self._owners[head]:
                    strength, how = (GOOD, LISTED) if value == int(high) else (WEAK, BETWEEN)
                    _keep(found, document, strength, how, written)


def stems(digits: str, checks: frozenset[str]) -> list[str]:
    """What a number with a right check digit may stand for: OCR (with or without length digit), KID, viitenumero.

    checks: which of the last two are used here.
    """
    bare = digits.lstrip("0")
    if len(bare) <= SHORTEST_NUMBER:
        return []
    found = []
    if luhn_digit(bare[:-1]) == bare[-1]:
        found.append(bare[:-1])
        if int(bare[-2]) == len(digits) % 10 and len(bare) > SHORTEST_NUMBER + 1:
            found.append(bare[:-2])
    elif ("KID" in checks and _modulo_11(bare[:-1]) == bare[-1]) or (
        "VIITE" in checks and _finnish(bare[:-1]) == bare[-1]
    ):
        found.append(bare[:-1])
    return found


def _modulo_11(digits: str) -> str:
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    rest = -total % 11
    return "-" if rest == 10 else str(rest)


def _finnish(digits: str) -> str:
    return str(-sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits))) % 10)


def _right_rf(reference: str) -> bool:
    """ISO 11649: the check digits make the whole 1 modulo 97."""
    moved = reference[4:] + reference[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def one_edit_apart(one: str, other: str) -> bool:
    """Whether two numbers differ by one digit changed, left out or put in, or by two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        places = [place for place in range(len(one)) if one[place] != other[place]]
        if len(places) == 1:
            return True
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and one[places[0]] == other[places[1]]
            and one[places[1]] == other[places[0]]
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _keep(found: dict[int, Mention], document: int, strength: int, how: str, written: str) -> None:
    """The strongest mention of a document stands."""
    known = found.get(document)
    if known is None or strength > known.strength:
        found[document] = Mention(document, strength, how, written)


def _adjacent(text: str, tokens: list[tuple[str, int, int]], place: int, width: int) -> bool:
    return all(
        _JOINS.match(text[tokens[step][2] : tokens[step + 1][1]]) for step in range(place, place + width - 1)
    )


def _digits_in(text: str) -> str:
    return text if text.isascii() and text.isdecimal() else "".join(_DIGITS.findall(text))


def _last_run(number: str) -> str:
    """The digits after the last sign within a number, '0042' of 'F2026-0042' as 42; '' where all is one run."""
    runs = () if number.isdecimal() else _DIGITS.findall(number)
    return runs[-1].lstrip("0") if len(runs) > 1 else ""


def _after_range_word(tokens: list[tuple[str, int, int]], place: int) -> int:
    """The place behind 'till' or 't.o.m.', or the place itself."""
    while place < len(tokens) and tokens[place][0] in _RANGE_WORDS:
        place += 1
    return place


def _word_before(tokens: list[tuple[str, int, int]], place: int) -> str:
    """The word that says what a number is: ORDER before 'order 77', 'ordernr 77' and 'order no. 77'."""
    word = tokens[place - 1][0] if place else ""
    if place > 1 and _NUMBER_WORD.fullmatch(word):
        word = tokens[place - 2][0]
    return _NUMBER_WORD.sub("", word) or word


def _is_of_something_else(text: str, tokens: list[tuple[str, int, int]], place: int) -> bool:
    """Whether the word before a number says that it is a street's, a telephone's, an order's."""
    said = _word_before(tokens, place)
    if said in _OTHER_WORDS or _STREET.search(said):
        return True
    # The second half of 'TEL 08-123456'.
    halves = place > 1 and said.isdigit() and text[tokens[place - 1][2] : tokens[place][1]] == "-"
    return halves and _word_before(tokens, place - 1) in _OTHER_WORDS


def _compact(text: str) -> str:
    if text.isascii() and text.isdecimal():
        return text
    return "".join(_TOKEN.findall(text)) if len(text) >= SHORTEST_NUMBER else ""


def _reference_key(reference: str) -> str:
    if reference.isascii() and reference.isdecimal():
        return reference.lstrip("0")
    compact = "".join(_TOKEN.findall(fold(reference)))
    return compact.lstrip("0") if compact.isdecimal() else compact


def _index(keys: Iterable[str]) -> dict[str, list[int]]:
    """Positions by key; keys that are too short or too common are left out."""
    index: defaultdict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        if len(key) >= SHORTEST_NUMBER:
            index[key].append(position)
    return {key: positions for key, positions in index.items() if len(positions) <= TOO_COMMON}
