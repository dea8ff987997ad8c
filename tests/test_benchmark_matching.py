"""The benchmark of matching on a short statement: nothing is posted wrongly, and nearly all that can be told is posted."""

import pytest

from benchmarks.matching import judge, match, summed
from benchmarks.matching_books import SHARES, UNDECIDABLE
from benchmarks.matching_statements import Maker


@pytest.mark.parametrize("seed", [40, 41, 42, 43])  # One for each kind of document number.
def test_nothing_is_posted_wrongly_and_nearly_all_payable_lines_are_posted(seed):
    statement = Maker(seed, 1000).statement()
    matches, status, _ = match(statement, strict=False)
    tallies, wrong = judge(statement, matches, status)
    total = summed(tallies)
    assert wrong == []
    assert total.covered >= 0.95 * total.payable


def test_the_shares_are_as_they_were_fixed():
    assert sum(SHARES.values()) == pytest.approx(1)
    assert sum(SHARES[family] for family in UNDECIDABLE) >= 0.15
    truths = Maker(44, 1000).statement().truths
    assert sum(not truth.payable for truth in truths) >= 0.15 * len(truths)
    assert sum(not truth.reference for truth in truths) >= 0.25 * len(truths)
