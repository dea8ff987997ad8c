"""Names: what nearness says, and that the look-up of near pairs loses none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesbatch.rules import nearness as module
from salesbatch.rules.nearness import find_name_hits, find_unique_names, move_first_word, nearness


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Berg Anna", "Anna Berg", 88),  # M6: the blank between the two is lost
        ("Alexandrinamagdalena Wallenbergstroemqvist", "Wallenbergstroemqvist Alexandrinamagdalena", 97),
        ("Volvo", "Betalning AB Volvo Göteborg", 100),  # a text that holds the name, without word boundaries
        ("Gatan", "Storgatan 1", 100),
        ("ABC", "ABC", 0),  # names under 4 characters never match
        ("Nordlunds Byggvaror Aktiebolag", "Nordlunds Byggvaror", 0),  # M7: under 65 percent of the name
        (
            "Nordlunds Byggvaror Aktiebolag",
            "Nordlunds Byggvaror ",
            100,
        ),  # 65 percent are counted before trimming
        ("NORDLUNDS", "nordlunds", 100),
        ("Åkerö Bygg", "åkerö bygg", 100),
        ("Åkerö Bygg", "Akero Bygg", 50),  # letters are not folded: " BYGG" of ten
        ("", "anything", 0),
        ("Anna", "", 0),
        ("xyzw", "abcdefgh", 0),
    ],
)
def test_nearness_is_the_share_of_the_shorter_text_found_in_pieces_of_four(name, text, expected):
    assert nearness(name, text) == expected


def test_pieces_that_meet_after_a_cut_count():
    # KLMNOP goes first; only then do AB and CD stand together in the name.
    assert nearness("ABKLMNOPCD", "KLMNOPABCD") == 100


def test_the_first_word_goes_to_the_end():
    assert move_first_word("Greta Maria Lundgren") == "Maria Lundgren Greta"  # M9
    assert move_first_word("Volvo") == "Volvo"


def pairs(names, sources, mode="Nearness"):
    name, source = find_name_hits(names, sources, mode)
    return sorted(zip(name.tolist(), source.tolist()))


def near_pairs_by_comparing_all(names, sources):
    return [
        (i, j)
        for i, name in enumerate(names)
        for j, source in enumerate(sources)
        if nearness(name, source) >= 95
    ]


WORDS = [
    *(
        "Nordlunds",
        "Byggvaror",
        "Aktiebolag",
        "Anna",
        "Berg",
        "Andersson",
        "Svensson",
        "Handelsbolag",
        "i",
        "Markaryd",
    ),
    *(
        "Ek",
        "AB",
        "Volvo",
        "Trucks",
        "och",
        "Grönt",
        "Frukt",
        "Ostkustens",
        "Bo",
        "Åkeri",
        "Måleri",
        "Lars-Erik",
    ),
    *("Bostadsrättsföreningen", "12", "13", "Solgläntan", "Storgatan"),
]
word = st.sampled_from(WORDS)
phrase = st.lists(word, min_size=1, max_size=6).map(" ".join)


@st.composite
def spoiled(draw, base):
    """A phrase with letters dropped, words moved, or noise before and after."""
    text = draw(base)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, max(len(text) - 1, 0)))
        text = draw(
            st.sampled_from(
                [
                    text[:place] + text[place + 1 :],
                    text[place:] + " " + text[:place],
                    "x" + text,
                    text + " 99",
                ]
            )
        )
    return text


@settings(deadline=None, max_examples=80)
@given(
    st.lists(phrase, min_size=1, max_size=12, unique=True),
    st.lists(spoiled(phrase), min_size=1, max_size=12, unique=True),
)
def test_the_look_up_finds_every_near_pair_of_names(names, sources):
    assert pairs(names, sources) == near_pairs_by_comparing_all(names, sources)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.text("ABC ", min_size=4, max_size=26), min_size=1, max_size=6, unique=True),
    st.lists(st.text("ABC ", min_size=4, max_size=30), min_size=1, max_size=6, unique=True),
)
def test_the_look_up_finds_every_near_pair_even_of_three_letters(names, sources):
    assert pairs(names, sources) == near_pairs_by_comparing_all(names, sources)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(phrase, min_size=1, max_size=12, unique=True),
    st.lists(spoiled(phrase), min_size=1, max_size=12, unique=True),
)
def test_the_telling_runs_alone_lose_only_pieces_that_meet_after_a_cut(names, sources):
    limit, module._GRAM_PAIRS = module._GRAM_PAIRS, 0
    try:
        found = pairs(names, sources)
    finally:
        module._GRAM_PAIRS = limit
    lost = set(near_pairs_by_comparing_all(names, sources)) - set(found)
    assert set(found) <= set(near_pairs_by_comparing_all(names, sources))
    assert not [
        pair
        for pair in lost
        if near_in_whole_pieces(names[pair[0]].upper(), sources[pair[1]].strip().upper())
    ]


def near_in_whole_pieces(a, b):
    """Near although no piece may reach over a place where another one was cut out."""
    left, shorter, total = (a, b), min(len(a), len(b)), 0
    while True:
        start, length = module._longest_common_piece(*left)
        if length < 4:
            return 100 * total >= 95 * shorter
        piece = left[0][start : start + length]
        if "\0" in piece:
            return False
        total += length
        # Different marks, so that no later piece can hold one.
        left = (left[0].replace(piece, "\0", 1), left[1].replace(piece, "\1", 1))


def test_a_common_word_in_thousands_of_names_does_not_make_thousands_of_pairs():
    names = [f"Bostadsrättsföreningen Solrosen {number:05d}" for number in range(3000)]
    name, source = find_name_hits(names, [text.lower() for text in names], "Nearness")
    # u is 1 of 37 characters, so a name is near its own text and the texts that differ in one outer digit.
    assert set(zip(range(3000), range(3000))) <= set(zip(name.tolist(), source.tolist()))


@settings(deadline=None)
@given(
    st.lists(phrase, min_size=1, max_size=10, unique=True),
    st.lists(phrase, min_size=1, max_size=10, unique=True),
)
def test_exact_matching_finds_the_name_or_the_name_with_its_first_word_last(names, sources):
    expected = [
        (i, j)
        for i, name in enumerate(names)
        for j, source in enumerate(sources)
        if len(name) >= 4 and (name in source or move_first_word(name) in source)
    ]
    assert pairs(names, sources, "Permutations") == expected


def test_exact_matching_minds_the_case():
    assert pairs(["Anna Berg"], ["anna berg"], "Permutations") == []  # M9


def test_name_matching_can_be_switched_off():
    assert pairs(["Anna Berg"], ["Anna Berg"], "Disabled") == []


def test_nothing_to_compare_is_no_hit():
    assert pairs([], ["x"]) == []
    assert pairs(["x"], []) == []
    assert pairs([""], [""]) == []
    assert pairs(["ab"], ["ab"], "Permutations") == []


def test_a_name_is_unique_when_no_other_name_holds_it():
    # M8: "Volvo" stands in "Volvo Trucks" too, though not the other way round; two customers share the last name.
    names = ["Volvo", "VOLVO Trucks", "Anna Berg", "Lars Ek"]
    unique = find_unique_names(names, np.array([0, 1, 2, 3]), np.array([1, 1, 1, 2]))
    assert unique.tolist() == [False, True, True, False]
