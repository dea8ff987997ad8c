"""Many lines that want the same documents: the best way to serve all of them, and nothing by chance."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_books import customers, entries, lines, search

from salesbatch.rules import rival_lines
from salesbatch.rules.explain_amount import EXACT, Fit, Piece
from salesbatch.rules.rival_lines import assign, components
from salesbatch.rules.trust import LIKELY, SURE, Hypothesis

NORD = customers(("C1", "Nordlunds Byggvaror AB", "5050-1055"))


class Whole:
    """Documents of 100 öre each, of which a line settles as much as its money reaches for."""

    def __init__(self, count: int) -> None:
        self.left = [100] * count

    def pieces(self, wanted: tuple[int, ...], fit: Fit, amount: int) -> list[Piece]:
        return [Piece(entry, min(amount, 100)) for entry in wanted]


def hypothesis(line: int, *wanted: int, party: int = SURE, document: int = 0) -> Hypothesis:
    return Hypothesis(line, 0, wanted, Fit(EXACT), document, party)


def served(wanted: dict[int, list[Hypothesis]], documents: int, money: int = 100):
    """Documents by line, and the lines that are tied."""
    best, tied = assign(list(wanted), wanted, Whole(documents), [money] * len(wanted))
    return {line: one.entries for line, one in best.items()}, tied


@pytest.mark.parametrize("count", [12, 200])
def test_each_line_gets_what_only_it_can_have_though_another_is_nearer_to_it(count):
    # Every line is as sure of the next one's document as of its own; the last one has its own only.
    wanted = {line: [hypothesis(line, line + 1), hypothesis(line, line)] for line in range(count - 1)}
    wanted[count - 1] = [hypothesis(count - 1, count - 1)]
    assert [len(lines) for lines in components(wanted)] == [count]
    assert served(wanted, count) == ({line: (line,) for line in range(count)}, set())


@pytest.mark.parametrize("count", [12, 200])
def test_where_one_document_more_is_open_every_line_that_it_may_move_is_tied(count):
    wanted = {line: [hypothesis(line, line), hypothesis(line, line + 1)] for line in range(count)}
    best, tied = served(wanted, count + 1)
    assert len(set(best.values())) == count
    assert tied == set(range(count))


def test_a_tie_among_two_of_twelve_lines_leaves_the_others_certain():
    wanted = {line: [hypothesis(line, line + 1), hypothesis(line, line)] for line in range(11)}
    wanted[11] = [hypothesis(11, 11)]
    wanted[0] = [hypothesis(0, 0), hypothesis(0, 12)]
    assert served(wanted, 13) == ({line: (line,) for line in range(12)}, {0})


def test_the_first_of_many_payments_of_a_named_document_settles_it():
    wanted = {line: [hypothesis(line, 0, document=3)] for line in range(12)}
    assert served(wanted, 1) == ({0: (0,)}, set())
    # Of lines that name nothing none is the one.
    wanted = {line: [hypothesis(line, 0)] for line in range(12)}
    assert served(wanted, 1) == ({0: (0,)}, set(range(12)))


def test_many_parts_of_one_document_are_served_as_far_as_it_reaches():
    wanted = {line: [hypothesis(line, 0, document=3)] for line in range(12)}
    best, _ = served(wanted, 1, money=10)
    assert sorted(best) == list(range(10))


@settings(max_examples=100, deadline=None)
@example([[({0}, LIKELY, 3)], [({0, 1, 2}, LIKELY, 3)], [({0, 1, 2}, LIKELY, 3)]])
@example([[({0}, LIKELY, 3)]] * 2 + [[({0, 1, 2}, LIKELY, 3)]] * 2)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sets(st.integers(0, 6), min_size=1, max_size=3),
                st.sampled_from([LIKELY, SURE]),
                st.sampled_from([0, 3]),
            ),
            min_size=1,
            max_size=3,
        ),
        min_size=2,
        max_size=6,
    )
)
def test_the_program_finds_what_trying_all_ways_finds(drawn):
    wanted = {
        line: [hypothesis(line, *sorted(some), party=party, document=named) for some, party, named in options]
        for line, options in enumerate(drawn)
    }
    amounts, money = Whole(7), [100] * len(wanted)
    tried, tied = assign(list(wanted), wanted, amounts, money)
    solved = rival_lines._assign_many(list(wanted), wanted, amounts, money)
    assert sum(map(rival_lines._value, solved[0].values())) == sum(map(rival_lines._value, tried.values()))
    # Of several best ways each may be the one.
    assert solved[1] == tied or solved[0] != tried


@pytest.mark.parametrize(("payments", "invoices"), [(12, 13), (12, 11), (200, 201)])
def test_more_or_fewer_equal_payments_than_equal_invoices_are_asked_about_in_whatever_order(
    payments, invoices
):
    book = entries(*[("C1", f"INV-{100001 + place}", 995_00) for place in range(invoices)])
    statement = lines(*[995_00] * payments, payer_account=["5050-1055"] * payments)
    found = search(statement, book, NORD)
    assert "high" not in set(found.lines["match_confidence"])
    mixed = search(statement.sample(frac=1, random_state=3), book.sample(frac=1, random_state=4), NORD)
    pd.testing.assert_frame_equal(
        found.lines, mixed.lines.sort_values("statement_line_no", ignore_index=True)
    )
    pd.testing.assert_frame_equal(found.applications, mixed.applications)


def test_as_many_equal_payments_as_equal_invoices_are_served_oldest_first():
    book = entries(
        *[("C1", f"INV-{100001 + place}", 995_00) for place in range(12)],
        due_date=[f"2026-02-{20 - place}" for place in range(12)],
    )
    found = search(lines(*[995_00] * 12, payer_account=["5050-1055"] * 12), book, NORD)
    assert set(found.lines["match_confidence"]) == {"high"}
    assert found.applications.sort_values("statement_line_no")["entry_no"].tolist() == list(range(12, 0, -1))


def test_equal_payments_are_not_served_as_twins_where_a_third_invoice_differs_by_ore_only():
    book = entries(
        ("C1", "INV-100001", 3125_00), ("C1", "INV-100002", 3125_00), ("C1", "INV-100003", 3125_44)
    )
    paid = lines(3125_00, 3125_00, payer_account=["5050-1055"] * 2)
    found = search(paid, book, NORD, rounding_write_off_limit_minor=50)
    assert set(found.lines["match_confidence"]) == {"medium"}
    found = search(paid, book.iloc[:2], NORD, rounding_write_off_limit_minor=50)
    assert set(found.lines["match_confidence"]) == {"high"}
