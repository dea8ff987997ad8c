"""Whose name is it, however a bank writes it: whole words, accents and company forms aside, any order, slips.

A name is compared as its folded words without the company form ("Åkerö Trädgårdsmästeri AB" is AKERO
TRADGARDSMASTERI), and the form is taken off as a whole word only. In this order:

    sure      all words equal in any order; '?' stands for a letter that the bank lost; the start of one name only,
              where a bank cuts names off; all words of one name only in a text
    likely    nearly equal; where several are, something else must say which
    possible  less near

Candidates come from equal words and from runs of three letters; nothing is compared with every customer.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from salesbatch.core.money import Int64
from salesbatch.rules.payment_text import fold

SURE, LIKELY, POSSIBLE = 3, 2, 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORMS = _words(
    "AB AKTIEBOLAG AKTIEBOLAGET AKTIEB HB HANDELSBOLAG KB KOMMANDITBOLAG PUBL EF EK FOR FORENING EKONOMISK"
    " GMBH AG KG OHG UG MBH CO"
    " APS AS A/S IVS ANPA OY OYJ LTD LIMITED LLC INC PLC CORP LLP SA SARL SAS BV NV SRL SPA SIA UAB OU SP ZOO STIFTELSE"
    " ENSKILD FIRMA FA"
)
_LONG_FORMS = tuple(sorted(form for form in _FORMS if len(form) > 6))
_CUT_FORMS = frozenset(form[:length] for form in _LONG_FORMS for length in range(5, len(form) + 1))
"""The beginnings of long forms, where a bank cuts names off."""
_SHORT_FOR = {"BOSTADSRATTSFORENING": "BRF", "BOSTADSRATTSFORENINGEN": "BRF"}
_SMALL_WORDS = _words("OCH OG JA ET AND UND I THE OF")
_SAYS_NOTHING = _FORMS | _SMALL_WORDS
_FILLERS = _words(
    "BETALNING BETALN BET OVERFORING INBETALNING INSATTNING TACK BANKGIRO PLUSGIRO SWISH FAKTURA FAKT FAKTNR INV INVOICE"
    " OCR REF AVS FRAN FROM NR TEL ORDER ORG KUNDNR PAYMENT RECHNUNG UTLANDSBETALNING AUTOGIRO RETUR ATERBETALNING"
)
_WORD = re.compile(r"[0-9A-Z?]+(?:/S\b)?")
_TWO_SIGNS = re.compile("([AOU])E|A(?=A)")
"""Letters that are written with two signs where accents are lost: Mueller and Müller, Aarhus and Århus."""
_GRAM = 3
_COMMON_WORD = 400
_SHORTEST = 4
_LIKELY_FROM, POSSIBLE_FROM, _MARGIN = 88.0, 78.0, 6.0
_NEXT_LIKE = 8.0
"""A name that is less like by so many points of 100 is another name."""
_CUT_FROM = 12
_MOST_CUT = 30


class NameHit(NamedTuple):
    """A customer that a written name may be."""

    customer: int
    strength: int
    name: str
    how: str


def core_words(name: str) -> tuple[str, ...]:
    """The words of a name that tell: folded, without company form and small words, in their order."""
    return _core_words(fold(name))


@lru_cache(maxsize=200_000)
def _core_words(text: str) -> tuple[str, ...]:
    text = text.replace("'", "").replace("A.B.", "AB ").replace("G.M.B.H.", "GMBH ").replace("&", " ")
    if "AE" in text or "OE" in text or "UE" in text or "AA" in text:
        text = _TWO_SIGNS.sub(r"\1", text)
    words = _WORD.findall(text)
    told = tuple(
        [word for word in words if word not in _SAYS_NOTHING and not ("?" in word and _is_form(word))]
    )
    if len(told) > 1 and told[-1] in _CUT_FORMS:
        told = told[:-1]
    return told or tuple(words)


def _word_key(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name in one order, the usual abbreviation for each."""
    if not _SHORT_FOR.keys().isdisjoint(words):
        words = tuple([_SHORT_FOR.get(word, word) for word in words])
    return tuple(sorted(words))


def _numbers(words: tuple[str, ...]) -> list[str]:
    return sorted(word for word in words if word.isdecimal())


def _is_form(word: str) -> bool:
    """A company form, also one that lost its accented letters: F?RENING."""
    if "?" not in word:
        return word in _FORMS
    return len(word) > 2 and any(
        len(form) == len(word) and all(a in (b, "?") for a, b in zip(word, form)) for form in _LONG_FORMS
    )


class NameIndex:
    """The customers' names, and the names they are known by, to be looked up."""

    def __init__(self, names: Sequence[str], owners: Sequence[int]) -> None:
        self._names, self._owners = list(names), list(owners)
        self._words = [core_words(name) for name in names]
        self._solid = ["".join(words) for words in self._words]
        self._by_words: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for position, (words, solid) in enumerate(zip(self._words, self._solid)):
            if len(solid) >= _SHORTEST:
                self._by_words[_word_key(words)].append(position)
        self._found: dict[str, tuple[NameHit, ...]] = {}
        self._found_in: dict[str, tuple[NameHit, ...]] = {}

    # What only a name that is written otherwise needs is made for the first of them.

    @cached_property
    def _by_solid(self) -> dict[str, list[int]]:
        by_solid: defaultdict[str, list[int]] = defaultdict(list)
        for position, solid in enumerate(self._solid):
            if len(solid) >= _SHORTEST:
                by_solid[solid].append(position)
        return dict(by_solid)

    @cached_property
    def _holding(self) -> dict[str, list[int]]:
        holding: defaultdict[str, list[int]] = defaultdict(list)
        for position, (words, solid) in enumerate(zip(self._words, self._solid)):
            if len(solid) >= _SHORTEST:
                for word in set(words):
                    holding[word].append(position)
        return dict(holding)

    @cached_property
    def _core(self) -> list[str]:
        return [" ".join(words) for words in self._words]

    @cached_property
    def _sorted(self) -> list[str]:
        return [" ".join(sorted(words)) for words in self._words]

    @cached_property
    def _whole(self) -> list[str]:
        return [_whole_of(name) for name in self._names]

    @cached_property
    def _starts(self) -> list[tuple[str, int]]:
        return sorted((solid, position) for position, solid in enumerate(self._solid))

    @cached_property
    def _grams(self) -> _GramIndex:
        return _GramIndex(self._solid)

    def of_name(self, written: str) -> tuple[NameHit, ...]:
        """Customers that a payer's name may be, the surest first."""
        if written not in self._found:
            found = self._search(core_words(written), written)
            if not found or found[0].strength < LIKELY:
                found = self._before_its_form(written) or found
            self._found[written] = found
        return self._found[written]

    def _before_its_form(self, written: str) -> tuple[NameHit, ...]:
        """A name of several words that ends in its company form, whatever stands behind: a town, a department."""
        words = _WORD.findall(fold(written))
        for place, word in enumerate(words[:-1]):
            if place > 1 and _is_form(word):
                name = core_words(" ".join(words[:place]))
                return self._hits(self._by_words.get(_word_key(name), []), LIKELY, "the name, and more")
        return ()

    def in_text(self, text: str) -> tuple[NameHit, ...]:
        """Customers whose whole name stands among the words of a text, or whose name the text nearly is."""
        if text not in self._found_in:
            words = _words_of_text(text)
            told = tuple(word for word in words if word not in _FILLERS)
            whole = self._contained(words)
            explained = {word for hit in whole for word in core_words(hit.name)}
            if whole and set(told) <= explained:
                self._found_in[text] = whole
            else:
                # A shorter name may stand within a longer one that is written with a slip.
                more = [
                    hit for hit in self._search(told) if hit.customer not in {one.customer for one in whole}
                ]
                doubted = (
                    [hit._replace(strength=min(hit.strength, LIKELY)) for hit in whole] if more else whole
                )
                self._found_in[text] = (*doubted, *more)
        return self._found_in[text]

    def has_rival(self, name: str, text: str, owner: int, others: Collection[int]) -> bool:
        """Whether one of the others is about as like a written name, or a text where there is none, as its owner.

        The beginning of a long name is that name.
        """
        words = core_words(name) or tuple(word for word in _words_of_text(text) if word not in _FILLERS)
        solid, position = "".join(words), self._position_of[owner]
        written = " ".join(words), " ".join(sorted(words)), solid, _whole_of(name)
        (own,) = self._likeness_of(*written, [position])
        if own < POSSIBLE_FROM:
            return False  # It stands in a text among other words.
        # Letters written with two signs are taken for one, and so is a letter that was left out: Sarangen, Saraängen.
        same_signs = _two_signs(name or text) == _two_signs(self._names[position])
        least = own if own == 100.0 and same_signs else own - _NEXT_LIKE
        if "?" in solid:  # What is left of a name that was cut off and has lost letters too is like many.
            least = min(least, self._likeness(*written[:3], position) - _NEXT_LIKE)
        rivals = [self._position_of[other] for other in others if other != owner]
        return bool(rivals) and max(self._likeness_of(*written, rivals)) >= least

    def _likeness_of(
        self, in_order: str, sorted_words: str, solid: str, whole: str, positions: list[int]
    ) -> list[float]:
        """0 to 100 for each of the names."""
        if "?" in solid:
            bare = solid.replace("??", "?")
            return [
                100.0
                if len(bare) >= _CUT_FROM
                and self._solid[position].startswith(_fill(bare, self._solid[position]))
                else max(
                    self._likeness(in_order, sorted_words, solid, position),
                    self._whole_ratio(whole, position),
                )
                for position in positions
            ]
        likeness = np.zeros(len(positions), dtype=np.float64)
        for mine, names, less in (
            (in_order, self._core, 0), (sorted_words, self._sorted, 0), (solid, self._solid, 0),
            (whole, self._whole, 1),
        ):  # fmt: skip
            found = cdist(
                [mine], [names[position] for position in positions], scorer=fuzz.ratio, dtype=np.float64
            )
            likeness = np.maximum(likeness, found[0] - less)
        if len(solid) >= _CUT_FROM:
            begins = [self._solid[position].startswith(solid) for position in positions]
            likeness[begins] = 100.0
        return likeness.tolist()

    def _whole_ratio(self, whole: str, position: int) -> float:
        return float(fuzz.ratio(whole, self._whole[position])) - 1

    @cached_property
    def _position_of(self) -> dict[int, int]:
        return {owner: position for position, owner in enumerate(self._owners)}

    def _search(self, words: tuple[str, ...], written: str = "") -> tuple[NameHit, ...]:
        solid = "".join(words)
        if len(solid) < _SHORTEST:
            return ()
        exact = self._by_words.get(_word_key(words), []) or self._by_solid.get(solid, [])
        if exact:
            return self._hits(exact, SURE, "the name")
        cut = self._cut_off(solid) if "?" not in solid else []
        if cut and len(cut) <= _MOST_CUT:
            return self._hits(cut, SURE, "the name, cut off")
        return self._near(words, solid, _whole_of(written))

    def _hits(self, positions: Sequence[int], strength: int, how: str) -> tuple[NameHit, ...]:
        """One hit a customer; where several have the name, none is sure."""
        if len(positions) == 1:
            return (NameHit(self._owners[positions[0]], strength, self._names[positions[0]], how),)
        owners = {self._owners[position]: self._names[position] for position in reversed(positions)}
        if len(owners) > 1:
            strength = min(strength, LIKELY)
        return tuple(NameHit(owner, strength, owners[owner], how) for owner in sorted(owners))

    def _cut_off(self, solid: str) -> list[int]:
        """Names that begin with what is written, when that is long enough to be a name that was cut off."""
        if len(solid) < _CUT_FROM:
            return []
        found: list[int] = []
        place = bisect_left(self._starts, (solid, -1))
        while (
            place < len(self._starts) and self._starts[place][0].startswith(solid) and len(found) <= _MOST_CUT
        ):
            found.append(self._starts[place][1])
            place += 1
        return found

    def _contained(self, words: list[str]) -> tuple[NameHit, ...]:
        """The longest names of which every word stands in the text; a name within another one does not count."""
        present = set(words)
        met: defaultdict[int, int] = defaultdict(int)
        for word in sorted(present):
            holders = self._holding.get(word, ())
            if len(holders) <= _COMMON_WORD * 4:
                for position in holders:
                    met[position] += 1
        whole = [
            position
            for position, count in met.items()
            if count == len(set(self._words[position])) and (count > 1 or len(self._solid[position]) >= 6)
        ]
        if not whole:
            return ()
        most = max(len(set(self._words[position])) for position in whole)
        return self._hits(
            sorted(position for position in whole if len(set(self._words[position])) == most),
            SURE if most > 1 else LIKELY,
            "the name in the text",
        )

    def _near(self, words: tuple[str, ...], solid: str, whole: str) -> tuple[NameHit, ...]:
        """The nearest names; whole: with the company form, in which the slip may be ("Svets Atiebolag")."""
        candidates = set(self._grams.most_alike(solid))
        for word in words:
            holders = self._holding.get(word, ())
            if len(holders) <= 50:
                candidates.update(holders)
        if not candidates:
            return ()
        in_order, sorted_words = " ".join(words), " ".join(sorted(words))
        numbers = _numbers(words)
        best: dict[int, tuple[float, int]] = {}
        holders_of_all: dict[int, tuple[float, int]] = {}
        for position in sorted(candidates):
            if numbers and numbers != _numbers(self._words[position]):
                continue  # Brf Eken 1 is not nearly Brf Eken 2.
            score = self._likeness(in_order, sorted_words, solid, position)
            if whole:
                score = max(score, self._whole_ratio(whole, position))
            owner = self._owners[position]
            if score >= POSSIBLE_FROM and (
                owner not in best or (score, -position) > (best[owner][0], -best[owner][1])
            ):
                best[owner] = (score, position)
            if set(words) <= set(self._words[position]):
                holders_of_all[owner] = (score, position)
        if len(holders_of_all) > 1:  # The words that several names have say none of them more than another.
            most = max(score for score, _ in holders_of_all.values())
            if most >= POSSIBLE_FROM:
                best |= {owner: (most, position) for owner, (_, position) in holders_of_all.items()}
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:6]
        if not ranked:
            return ()
        top = ranked[0][1][0]
        clear = len(ranked) == 1 or top - ranked[1][1][0] >= _MARGIN
        hits = []
        for owner, (score, position) in ranked:
            if score < top - _MARGIN:
                break
            strength = POSSIBLE if score < _LIKELY_FROM else LIKELY
            if score == 100.0 and clear:
                strength = SURE
            hits.append(NameHit(owner, strength, self._names[position], "a name like it"))
        return tuple(hits)

    def _likeness(self, in_order: str, sorted_words: str, solid: str, position: int) -> float:
        """0 to 100; '?' is whatever the other name has in its place."""
        other = self._solid[position]
        if "?" in solid:
            bare = solid.replace("??", "?")
            if len(bare) == len(other) and all(a in (b, "?") for a, b in zip(bare, other)):
                return 100.0
            solid = _fill(bare, other)
            return float(fuzz.ratio(solid, other))
        return float(
            max(
                fuzz.ratio(in_order, self._core[position]),
                fuzz.ratio(sorted_words, self._sorted[position]),
                fuzz.ratio(solid, other),
            )
        )


def _words_of_text(text: str) -> list[str]:
    return [word for word in core_words(text) if not any(sign.isdigit() for sign in word)]


def _two_signs(text: str) -> int:
    """How many letters of a text are counted as one with the sign before or behind them."""
    return len(_TWO_SIGNS.findall(fold(text)))


def _whole_of(name: str) -> str:
    return "".join(_WORD.findall(fold(name)))


def _fill(written: str, other: str) -> str:
    """The written name with each '?' read as what the other name has there, as far as both go in step."""
    return "".join(
        other[place] if sign == "?" and place < len(other) else sign for place, sign in enumerate(written)
    )


class _GramIndex:
    """Names by their runs of three letters: which names share most of them."""

    def __init__(self, solids: Sequence[str]) -> None:
        self._postings: dict[str, Int64] = {}
        self._count = len(solids)
        holding: defaultdict[str, list[int]] = defaultdict(list)
        for position, solid in enumerate(solids):
            for gram in {solid[place : place + _GRAM] for place in range(len(solid) - _GRAM + 1)}:
                holding[gram].append(position)
        self._postings = {gram: np.array(positions, dtype=np.int64) for gram, positions in holding.items()}

    def most_alike(self, solid: str) -> list[int]:
        """Positions of up to 12 names that share at least a third of the telling runs, most of them first."""
        grams = {solid[place : place + _GRAM] for place in range(len(solid) - _GRAM + 1)}
        found = [self._postings[gram] for gram in sorted(grams) if gram in self._postings]
        found.sort(key=len)
        kept: list[Int64] = []
        volume = 0
        for posting in found:  # The rarest runs first, as far as the work stays small.
            volume += len(posting)
            if volume > 20_000 and kept:
                break
            kept.append(posting)
        if not kept:
            return []
        names, shared = np.unique(np.concatenate(kept), return_counts=True)
        good = shared >= max(len(kept) // 3, 2)
        names, shared = names[good], shared[good]
        order = np.lexsort((names, -shared))[:12]
        chosen: list[int] = names[order].tolist()
        return chosen
