"""Whose name is it? Names are compared by nearness (M6, M7) or exactly with the first word moved (M9).

`nearness` is the law; everything else here finds the pairs that reach 95 without comparing every name with
every text. Say the shorter string has m characters, of which at most u = m // 20 may be left over. As long as
the pieces are whole, that is, stand in both strings as they are:

* All but u characters of the shorter string stand in runs of 4 characters (grams) that both strings have.
* So of any u + 1 characters at least one does: the grams over u + 1 neighbours are looked up, at the place
  where they are rarest. What is found must then stand the first test as a whole.

A piece may also come into being only when an earlier one is cut out between its halves ("Karl Johansson" and
"Johan Karlsson"). Such odd pairs still share a gram of the longest piece, so all grams are looked up too, the
rarest first, within a limit; and what fails the test is cut into pieces all the same, within another. Up to
a thousand names or so no limit is reached and not one pair is missed. Beyond, odd pairs may be, which are
hardly ever the payer; and grams that stand nearly everywhere are passed over, so that thirty thousand names
on "Bostadsrättsföreningen" cost seconds and not hours. A name that stands whole in the text is always found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.money import Int64

NEAR = 95
PIECE = 4
"""Common pieces shorter than this say nothing (M6)."""
_SLACK = 100 // (100 - NEAR)
_RUN_PAIRS = 1_000_000
_RUN_PAIRS_EACH = 200
_GRAM_PAIRS = 200_000
_ODD_PAIRS = 60_000
_CHUNK = 500_000

Bools = npt.NDArray[np.bool_]
_NO_HITS: tuple[Int64, Int64] = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def nearness(name: str, text: str) -> int:
    """How much of the shorter of the two is found in the other, 0 to 100, in pieces of 4 characters or more.

    Again and again the longest common piece is cut out of both. A text shorter than 65 percent of the name
    is 0 (M7).

        >>> nearness("Berg Anna", "Anna Berg"), nearness("Volvo", "AB Volvo Göteborg")
        (88, 100)
    """
    if len(text) * 100 < 65 * len(name):
        return 0
    return _share_in_pieces(name.upper(), text.strip().upper())


def _share_in_pieces(a: str, b: str) -> int:
    shorter = min(len(a), len(b))
    if shorter == 0:
        return 0
    total = 0
    while True:
        start, length = _longest_common_piece(a, b)
        if length < PIECE:
            return 100 * total // shorter
        total += length
        piece = a[start : start + length]
        a = a[:start] + a[start + length :]
        b = b.replace(piece, "", 1)


def _longest_common_piece(a: str, b: str) -> tuple[int, int]:
    """Start in a and length of the longest piece that both have, the first in a where several are as long."""
    start, length = 0, PIECE - 1
    for position in range(len(a) - length):
        while position + length < len(a) and a[position : position + length + 1] in b:
            start, length = position, length + 1
    return (start, length) if length >= PIECE else (0, 0)


def move_first_word(name: str) -> str:
    """'Greta Maria Lundgren' -> 'Maria Lundgren Greta' (M9)."""
    first, _, rest = name.partition(" ")
    return f"{rest} {first}" if rest else name


def find_name_hits(names: Sequence[str], sources: Sequence[str], mode: str) -> tuple[Int64, Int64]:
    """All pairs (position in names, position in sources) that hit; both lists without doubles.

    mode: Nearness, Permutations (exact, or exact with the first word moved to the end) or Disabled. Names
    under 4 characters never hit.
    """
    if mode == "Disabled" or not names or not sources:
        return _NO_HITS
    if mode == "Permutations":
        return _find_exact(names, sources)
    return _find_near(names, sources)


def find_unique_names(names: Sequence[str], wanted: Int64, holders: Int64) -> Bools:
    """Which of the wanted names stand in one customer's name only, case aside (M8).

    names: distinct names in any case; wanted: positions in names; holders: customers per name. "Volvo" is
    not unique beside "Volvo Trucks", though the reverse is.
    """
    upper = [name.upper() for name in names]
    inner, outer = _find_containing([upper[i] for i in wanted.tolist()], upper)
    found = np.bincount(inner, weights=holders[outer], minlength=len(wanted)).astype(np.int64)
    return np.asarray(found == 1)


def _find_near(names: Sequence[str], sources: Sequence[str]) -> tuple[Int64, Int64]:
    upper_names = [name.upper() for name in names]
    upper_sources = [source.strip().upper() for source in sources]
    grams = _Grams.of([*upper_names, *upper_sources])
    count = len(names)
    left, right = np.arange(count), np.arange(count, count + len(sources))
    raw_name = np.fromiter(map(len, names), np.int64, count)
    raw_source = np.fromiter(map(len, sources), np.int64, len(sources))
    codes, likely = [], []
    for shorter, longer, swap in ((left, right, False), (right, left, True)):
        for a, b, is_likely in grams.candidates(shorter, longer):
            name, source = (b, a - count) if swap else (a, b - count)
            keep = raw_source[source] * 100 >= 65 * raw_name[name]
            codes.append((name * len(sources) + source)[keep])
            likely.append(is_likely[keep])
    if not codes:
        return _NO_HITS
    code, likely_code = np.concatenate(codes), np.concatenate(codes)[np.concatenate(likely)]
    near, odd = [], []
    for pair in _different(likely_code).tolist():
        a, b = upper_names[pair // len(sources)], upper_sources[pair % len(sources)]
        if a in b:  # A name that stands whole in the text is 100 at once.
            near.append(pair)
        elif not (_is_covered(a, b) if len(a) <= len(b) else _is_covered(b, a)):
            odd.append(pair)
        elif _share_in_pieces(a, b) >= NEAR:
            near.append(pair)
    odd_code = _different(np.r_[np.setdiff1d(code, likely_code), np.array(odd, dtype=np.int64)])
    if len(odd_code) <= _ODD_PAIRS:
        for pair in odd_code.tolist():
            if (
                _share_in_pieces(upper_names[pair // len(sources)], upper_sources[pair % len(sources)])
                >= NEAR
            ):
                near.append(pair)
    found = np.array(sorted(near), dtype=np.int64)
    return found // len(sources), found % len(sources)


def _is_covered(shorter: str, longer: str) -> bool:
    """Whether all but u characters stand in runs of 4 that both have: so it must be while pieces are whole."""
    spare, covered = len(shorter) // _SLACK, 0
    for place in range(len(shorter) - PIECE + 1):
        if place - covered > spare:
            return False
        if shorter[place : place + PIECE] in longer:
            if place > covered:
                spare -= place - covered
            covered = place + PIECE
    return len(shorter) - covered <= spare


def _find_exact(names: Sequence[str], sources: Sequence[str]) -> tuple[Int64, Int64]:
    moved = [move_first_word(name) for name in names]
    found = [np.stack(_find_containing(needles, sources)) for needles in (names, moved)]
    needle, text = np.concatenate(found, axis=1)
    code = _different(needle * len(sources) + text)
    return code // len(sources), code % len(sources)


def _find_containing(needles: Sequence[str], texts: Sequence[str]) -> tuple[Int64, Int64]:
    """All pairs (needle, text) where the text holds the needle; needles under 4 characters are not looked for."""
    grams = _Grams.of([*needles, *texts])
    needle, text = grams.containing(
        np.arange(len(needles)), np.arange(len(needles), len(needles) + len(texts))
    )
    text = text - len(needles)
    keep = np.array([needles[i] in texts[j] for i, j in zip(needle.tolist(), text.tolist())], dtype=bool)
    return needle[keep], text[keep]


@dataclass(frozen=True)
class _Grams:
    """The runs of 4 characters of many strings, one after the other, as dense numbers."""

    gram: Int64
    """Gram at each position where one starts."""
    owner: Int64
    """String that it stands in."""
    place: Int64
    """Its position in that string."""
    first: Int64
    """Where each string's grams start; one more at the end."""
    length: Int64
    """Characters of each string."""
    count: int
    """Number of different grams."""
    letters: npt.NDArray[np.uint16]
    """How often each of 32 classes of characters stands in each string."""
    presence: npt.NDArray[np.uint64]
    """Which of 64 classes of characters stand in each string, as bits."""

    @classmethod
    def of(cls, strings: Sequence[str]) -> _Grams:
        """Cut all strings at once."""
        codes = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        length = np.fromiter(map(len, strings), np.int64, len(strings))
        used = np.zeros(int(codes.max(initial=0)) + 1, dtype=bool)
        used[codes] = True
        letter = (np.cumsum(used) - 1).astype(np.uint64)[codes]
        owner = np.repeat(np.arange(len(strings)), length)
        place = np.arange(len(codes)) - np.repeat(np.cumsum(length) - length, length)
        starts = np.flatnonzero(place <= length[owner] - PIECE)
        base = np.uint64(max(int(used.sum()), 2))
        # Equal grams get equal numbers even where a huge alphabet wraps around; a clash costs one more look.
        mixed = np.zeros(len(starts), dtype=np.uint64)
        for step in range(PIECE):
            mixed = mixed * base + letter[starts + step]
        gram, found = pd.factorize(mixed)
        letters = np.bincount(owner * 32 + codes % 32, minlength=32 * len(strings)).reshape(-1, 32)
        present = np.zeros((len(strings), 64), dtype=bool)
        present[owner, codes % 64] = True
        bits = np.packbits(present, axis=1).view(np.uint64).reshape(-1)
        per_string = np.bincount(owner[starts], minlength=len(strings))
        return cls(
            gram.astype(np.int64), owner[starts], place[starts], np.r_[0, np.cumsum(per_string)], length,
            len(found), letters.astype(np.uint16), bits,
        )  # fmt: skip

    def candidates(self, shorter: Int64, longer: Int64) -> list[tuple[Int64, Int64, Bools]]:
        """Chunks of pairs (string of shorter, string of longer) that can be near, and whether in whole pieces."""
        postings = _Postings.of(self, longer)
        mine = self._grams_of(shorter)
        size = postings.size[self.gram[mine]]
        wanted = self._telling_runs(mine, size)
        wanted &= size <= _largest_within(size[wanted], _RUN_PAIRS + _RUN_PAIRS_EACH * len(shorter))
        wanted |= size <= _largest_within(size[~wanted], _GRAM_PAIRS)
        wanted[self._rarest(mine, size)] = True
        looked_up = mine[wanted & (size > 0)]
        chunks = []
        for a, b in postings.join(self.owner[looked_up], self.gram[looked_up], self._may_be_near):
            chunks.append((a, b, self._has_ends(a, b, postings)))
        return chunks

    def containing(self, needles: Int64, texts: Int64) -> tuple[Int64, Int64]:
        """Pairs of which the text holds the needle's rarest gram, and all its characters."""
        postings = _Postings.of(self, texts)
        mine = self._grams_of(needles)
        if len(mine) == 0:
            return _NO_HITS
        rarest = mine[self._rarest(mine, postings.size[self.gram[mine]])]
        chunks = [
            np.stack(pairs)
            for pairs in postings.join(self.owner[rarest], self.gram[rarest], self._may_be_contained)
        ]
        if not chunks:
            return _NO_HITS
        a, b = np.concatenate(chunks, axis=1)
        return a, b

    def _may_be_contained(self, a: Int64, b: Int64) -> Bools:
        """Whether b is as long as a and has all its characters."""
        return np.asarray((self.length[a] <= self.length[b]) & ((self.presence[a] & ~self.presence[b]) == 0))

    def _rarest(self, mine: Int64, size: Int64) -> Int64:
        """Which of `mine` is the rarest gram of its string."""
        order = np.lexsort((size, self.owner[mine]))
        owner = self.owner[mine][order]
        return order[np.r_[True, owner[1:] != owner[:-1]]] if len(order) else order

    def _grams_of(self, strings: Int64) -> Int64:
        """Positions of the grams of strings that stand next to one another."""
        if len(strings) == 0:
            return np.zeros(0, np.int64)
        return np.arange(self.first[strings[0]], self.first[strings[-1] + 1])

    def _may_be_near(self, a: Int64, b: Int64) -> Bools:
        """Whether b is as long as a, and has all but u of a's characters: what nearness 95 cannot do without."""
        spare = self.length[a] // _SLACK
        missing = np.bitwise_count(self.presence[a] & ~self.presence[b])
        keep = (self.length[a] <= self.length[b]) & (missing <= spare)
        rows = np.flatnonzero(keep)
        lack = self.letters[a[rows]].astype(np.int32) - self.letters[b[rows]]
        keep[rows] = np.maximum(lack, 0).sum(axis=1) <= spare[rows]
        return np.asarray(keep)

    def _has_ends(self, a: Int64, b: Int64, postings: _Postings) -> Bools:
        """Whether b has one of the first and one of the last u + 1 grams of a: so it must be while pieces are whole.

        Names that only begin or only end alike, as those of housing associations do, fall away here.
        """
        spare = np.minimum(self.length[a] // _SLACK, self.length[a] - PIECE)
        head, tail = np.zeros(len(a), dtype=bool), np.zeros(len(a), dtype=bool)
        for step in range(int(spare.max(initial=-1)) + 1):
            for found, place in ((head, self.first[a] + step), (tail, self.first[a + 1] - 1 - step)):
                rows = np.flatnonzero(~found & (spare >= step))
                found[rows] = postings.holds(self.gram[place[rows]], b[rows])
        return np.asarray(head & tail)

    def _telling_runs(self, mine: Int64, size: Int64) -> Bools:
        """The grams of which a near string must have one, as a mask over `mine`; size: strings that hold each.

        Of any u + 1 characters next to one another one is matched, so one of the grams over them is common.
        Of all such runs of grams the one with the fewest look-ups is taken. A string under 8 characters must
        stand whole in the other one: there any gram will do.
        """
        chosen = np.zeros(len(mine), dtype=bool)
        if len(mine) == 0:
            return chosen
        owner, place, here = self.owner[mine], self.place[mine], np.arange(len(mine))
        last = self.length[owner] - PIECE
        spare = self.length[owner] // _SLACK
        # One run per row: from each gram on, and, with fewer grams, over the first and over the last characters.
        start, end = here, here + np.where(last < PIECE, 1, PIECE + spare)
        whole = (last < PIECE) | (place + PIECE + spare <= last + 1)
        head, tail = here[place == 0], here[place == last]
        head_end = head + np.minimum(spare[head], last[head]) + 1
        tail_start = tail - np.minimum(spare[tail], last[tail])
        start, end = np.r_[start[whole], head, tail_start], np.r_[end[whole], head_end, tail + 1]
        upto = np.r_[0, np.cumsum(size)]
        order = np.lexsort((upto[end] - upto[start], owner[start]))
        best = order[np.r_[True, owner[start[order]][1:] != owner[start[order]][:-1]]]
        edges = np.zeros(len(mine) + 1, dtype=np.int64)
        edges[start[best]] += 1
        np.subtract.at(edges, end[best], 1)
        return np.asarray(np.cumsum(edges)[:-1] > 0)


@dataclass(frozen=True)
class _Postings:
    """Which strings hold a gram."""

    size: Int64
    """Strings per gram; a string that holds it twice counts twice."""
    start: Int64
    owner: Int64
    code: Int64
    """Gram and owner in one number, ascending."""
    strings: int

    @classmethod
    def of(cls, grams: _Grams, strings: Int64) -> _Postings:
        """Of some strings that stand next to one another."""
        mine = grams._grams_of(strings)
        order = np.argsort(grams.gram[mine], kind="stable")
        size = np.bincount(grams.gram[mine], minlength=grams.count)
        owner, count = grams.owner[mine][order], len(grams.length)
        return cls(size, np.cumsum(size) - size, owner, grams.gram[mine][order] * count + owner, count)

    def holds(self, gram: Int64, owner: Int64) -> Bools:
        """Whether each string holds each gram."""
        wanted = gram * self.strings + owner
        place = np.minimum(np.searchsorted(self.code, wanted), len(self.code) - 1)
        return np.asarray(self.code[place] == wanted)

    def join(
        self, query: Int64, gram: Int64, fits: Callable[[Int64, Int64], Bools]
    ) -> list[tuple[Int64, Int64]]:
        """Chunks of different pairs (query string, string that holds one of its grams) that fit.

        Most pairs do not fit, so they are tested before the different ones are picked out.
        """
        order = np.argsort(query, kind="stable")
        query, gram = query[order], gram[order]
        size = self.size[gram]
        upto = np.cumsum(size)
        chunks = []
        begin = 0
        while begin < len(query):
            done = upto[begin - 1] if begin else 0
            end = max(int(np.searchsorted(upto, done + _CHUNK, side="right")), begin + 1)
            part = slice(begin, end)
            total = int(upto[end - 1] - done)
            offset = np.arange(total) - np.repeat(upto[part] - size[part] - done, size[part])
            other = self.owner[np.repeat(self.start[gram[part]], size[part]) + offset]
            mine = np.repeat(query[part], size[part])
            keep = fits(mine, other)
            code = _different(mine[keep] * self.strings + other[keep])
            chunks.append((code // self.strings, code % self.strings))
            begin = end
        return chunks


def _different(values: Int64) -> Int64:
    """The different values, ascending. (`np.unique` hashes int64, which is many times slower on such codes.)"""
    ascending = np.sort(values)
    return ascending[np.r_[True, ascending[1:] != ascending[:-1]]] if len(ascending) else ascending


def _largest_within(size: Int64, limit: int) -> int:
    """The largest size up to which all sizes together stay within the limit, so that equal ones share a fate."""
    upto = np.cumsum(np.bincount(np.minimum(size, limit), weights=size))
    allowed = np.flatnonzero(upto <= limit)
    return int(allowed[-1]) if len(allowed) else 0
