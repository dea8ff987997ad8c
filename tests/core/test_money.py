"""Money: exact, half away from zero, and safe beyond int64."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesbatch.core import money

WHOLE = st.integers(min_value=-(10**13), max_value=10**13)


def exact(numerator: int, divisor: int) -> int:
    return int((Decimal(numerator) / Decimal(divisor)).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("amount", "rounded"), [(5, 1), (-5, -1), (4, 0), (-4, 0), (15, 2), (-15, -2), (14, 1)]
)
def test_halves_round_away_from_zero_on_both_sides(amount: int, rounded: int) -> None:
    assert money.divide_round(np.array([amount]), 10).tolist() == [rounded]


@given(st.lists(st.tuples(WHOLE, st.integers(-(10**11), 10**11)), min_size=1, max_size=20))
def test_products_are_exact_also_where_int64_would_overflow(pairs: list[tuple[int, int]]) -> None:
    left = np.array([pair[0] for pair in pairs])
    right = np.array([pair[1] for pair in pairs])
    assert money.multiply_divide(left, right, 10**10).tolist() == [exact(a * b, 10**10) for a, b in pairs]


def test_ten_thousand_pieces_at_a_hundred_thousand_is_a_thousand_million() -> None:
    assert money.line_value([10_000 * money.E5], [100_000 * money.E5]).tolist() == [100_000_000_000]


def test_a_product_beyond_the_limit_is_refused() -> None:
    with pytest.raises(money.MoneyOverflowError):
        money.line_value([10**17], [10**17])


def test_the_remainder_is_carried_over_the_lines() -> None:  # V5: three net lines of 0.10 at 25 %
    shares = money.spread(np.array([10, 10, 10]), np.array([0, 0, 0]), np.array([8]))
    assert shares.tolist() == [3, 2, 3]


@given(
    st.lists(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), min_size=1, max_size=6),
    st.integers(-(10**9), 10**9),
)
def test_shares_always_sum_to_the_total(groups: list[list[int]], total: int) -> None:
    weights = np.array([weight for group in groups for weight in group])
    index = np.array([place for place, group in enumerate(groups) for _ in group])
    totals = np.array([total + place for place in range(len(groups))])
    shares = money.spread(weights, index, totals)
    assert [int(shares[index == place].sum()) for place in range(len(groups))] == totals.tolist()


def test_vat_inside_a_gross_price() -> None:  # V4
    assert money.percent_inside(np.array([12500, 9999, -12500]), np.array([2_500_000] * 3)).tolist() == [
        2500,
        2000,
        -2500,
    ]


@pytest.mark.parametrize(
    ("direction", "rounded"),
    [("Nearest", [1000, 1100, -1100]), ("Up", [1100, 1100, -1100]), ("Down", [1000, 1000, -1000])],
)
def test_invoice_rounding_goes_to_whole_kronor(direction: str, rounded: list[int]) -> None:  # V11
    assert money.to_precision(np.array([1049, 1050, -1050]), 100, direction).tolist() == rounded


def test_a_sheet_float_is_read_through_fifteen_digits() -> None:
    scaled, good = money.floats_to_e5(
        np.array([0.1 + 0.2, 100.10, -0.00001, 1e-6, float("inf"), float("nan"), 2.675])
    )
    assert scaled[:3].tolist() == [30000, 10010000, -1]
    assert good.tolist() == [True, True, True, False, False, False, True]
    assert scaled[6] == 267500


@given(st.integers(-(10**15), 10**15), st.sampled_from([0, 2, 3]))
def test_decimal_text_is_the_number(value: int, digits: int) -> None:
    assert Decimal(money.decimal_text(value, digits)) == Decimal(value).scaleb(-digits)


def test_a_sum_that_would_wrap_is_still_right() -> None:
    assert money.checked_sum(np.array([2**62, 2**62, 2**62])) == 3 * 2**62
