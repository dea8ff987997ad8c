"""The rule sheet becomes a table of 81 scores."""

import itertools

import pandas as pd
import pytest

from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.scoring import DEFAULT_RULES, build_score_table, confidence_word, look_up_scores

EMPTY = BY_NAME["payment_application_rules"].empty()
COLUMNS = ["match_confidence", "priority", "related_party_matched", "document_no_matched", "amount_matched"]


def sheet(*rows, columns=COLUMNS):
    return pd.DataFrame([list(row) for row in rows], columns=columns)


@pytest.mark.parametrize(
    ("party", "document", "amount", "score"),
    [
        (2, 2, 1, 3998), (2, 2, 2, 3997), (2, 1, 1, 3996), (2, 1, 2, 3995), (1, 2, 1, 3994), (1, 2, 2, 3993),
        (1, 1, 1, 3992), (2, 0, 1, 3991), (0, 2, 1, 3990), (0, 2, 2, 3989), (2, 2, 0, 2999), (2, 1, 0, 2998),
        (2, 0, 2, 2997), (1, 2, 0, 2996), (1, 1, 0, 2995), (1, 1, 2, 2995), (0, 1, 1, 2994), (0, 2, 0, 2993),
        (1, 0, 1, 2992), (0, 1, 0, 2991), (0, 1, 2, 2991), (2, 0, 0, 1999), (1, 0, 2, 1998), (1, 0, 0, 1997),
        (0, 0, 1, 1996), (0, 0, 2, 1995), (0, 0, 0, 0),
    ],
)  # fmt: skip
def test_an_empty_sheet_means_the_default_rules(party, document, amount, score):
    # M15, M16
    assert look_up_scores(build_score_table(EMPTY), party, document, amount) == score


def test_a_direct_debit_scores_3999_whatever_the_other_facts():
    table = build_score_table(EMPTY)
    scores = {int(look_up_scores(table, *facts, 2)) for facts in itertools.product(range(3), repeat=3)}
    assert scores == {3999}


def test_there_are_25_default_rules():
    assert len(DEFAULT_RULES) == 25


def test_the_best_of_several_rules_that_fit_wins_whatever_their_order():
    rows = [
        ("Medium", 1, "Not Considered", "No", "Not Considered"),
        ("Low", 1, "Fully", "No", "Not Considered"),
    ]
    for rules in (rows, rows[::-1]):
        assert look_up_scores(build_score_table(sheet(*rules)), 2, 0, 0) == 2999


def test_a_rule_for_no_party_does_not_fit_a_partial_one():
    table = build_score_table(sheet(("High", 1, "No", "Not Considered", "Not Considered")))
    assert [int(look_up_scores(table, party, 0, 1)) for party in range(3)] == [3999, 0, 0]


def test_a_blank_field_is_not_considered():
    table = build_score_table(sheet(("Low", 7, "", "Yes - Multiple", "")))
    assert look_up_scores(table, 1, 2, 0) == 1993


def test_a_word_that_the_sheet_does_not_know_is_a_bug():
    with pytest.raises(ValueError, match="related_party_matched"):
        build_score_table(sheet(("High", 1, "Maybe", "Yes", "One Match")))
    with pytest.raises(ValueError, match="no match confidence"):
        build_score_table(sheet(("Sure", 1, "Fully", "Yes", "One Match")))


def test_the_confidence_is_the_thousands_of_the_score():
    assert [confidence_word(score) for score in (0, 1995, 2999, 3001, 3999)] == [
        "none",
        "low",
        "medium",
        "high",
        "high",
    ]
