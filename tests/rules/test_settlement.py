"""How far money settles claims: the oracle of the reference, and what must hold whatever the amounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesbatch.rules.settlement import Claims, Settled, settle_claims

WHEN = ("in time", "in grace", "after grace")


def claims_of(*rows: dict[str, int | str]) -> Claims:
    """Claims with the fields given; what is left out is nothing."""

    def column(name: str) -> np.ndarray:
        return np.array([row.get(name, 0) for row in rows], dtype=np.int64)

    when = [row.get("when", "after grace") for row in rows]
    return Claims(
        column("payment"),
        column("remaining"),
        column("discount"),
        np.array([word == "in time" for word in when], dtype=bool),
        np.array([word == "in grace" for word in when], dtype=bool),
        column("tolerance"),
        column("wanted"),
        column("absorbed"),
    )


def settle(money: int | list[int], *rows: dict[str, int | str], **options: object) -> Settled:
    paid = np.array(money if isinstance(money, list) else [money], dtype=np.int64)
    return settle_claims(claims_of(*rows), paid, **options)  # type: ignore[arg-type]


INVOICE = {"remaining": 1000, "discount": 20, "tolerance": 5}


@pytest.mark.parametrize(
    ("when", "accepted", "paid", "closed", "on_invoice", "on_payment", "discount", "tolerance"),
    [
        ("in time", True, 985, True, 0, 0, 20, -5),
        ("in time", True, 980, True, 0, 0, 20, 0),
        ("in time", True, 975, True, 0, 0, 20, 5),
        ("in grace", True, 1005, True, 0, 25, 20, 0),
        ("in grace", True, 1000, True, 0, 20, 20, 0),
        ("in grace", True, 995, True, 0, 15, 20, 0),
        ("in grace", False, 1005, True, 0, 0, 0, -5),
        ("in grace", False, 1000, True, 0, 0, 0, 0),
        ("in grace", False, 995, True, 0, 0, 0, 5),
        ("in grace", True, 985, True, 0, 0, 20, -5),
        ("in grace", True, 980, True, 0, 0, 20, 0),
        ("in grace", True, 975, True, 0, 0, 20, 5),
        ("after grace", True, 1005, True, 0, 0, 0, -5),
        ("after grace", True, 1000, True, 0, 0, 0, 0),
        ("after grace", True, 995, True, 0, 0, 0, 5),
        ("after grace", True, 985, False, 15, 0, 0, 0),
        ("after grace", True, 980, False, 20, 0, 0, 0),
        ("after grace", True, 975, False, 25, 0, 0, 0),
    ],
)
def test_one_invoice_of_1000_with_discount_20_and_tolerance_5(
    when: str,
    accepted: bool,
    paid: int,
    closed: bool,
    on_invoice: int,
    on_payment: int,
    discount: int,
    tolerance: int,
) -> None:  # T6, T9-T12, T18
    settled = settle(paid, {**INVOICE, "when": when}, accept_late=accepted)
    left = 1000 - settled.cash - settled.discount - settled.tolerance
    found = (settled.closes, left, settled.rest, settled.discount, settled.tolerance)
    assert [value.tolist() for value in found] == [
        [closed],
        [on_invoice],
        [on_payment],
        [discount],
        [tolerance],
    ]


@pytest.mark.parametrize(
    ("paid", "discount", "tolerance", "on_payment"), [(1000, 0, 0, 0), (1004, 0, -4, 0), (1006, 0, 0, 6)]
)
def test_full_payment_in_time_settles_in_full_without_a_discount(
    paid: int, discount: int, tolerance: int, on_payment: int
) -> None:  # decision 9
    settled = settle(paid, {**INVOICE, "when": "in time"})
    assert settled.closes.tolist() == [True]
    assert (settled.discount[0], settled.tolerance[0], settled.rest[0]) == (discount, tolerance, on_payment)


def test_a_part_payment_in_time_gets_no_discount_and_the_last_one_does() -> None:  # T8
    first = settle(400, {**INVOICE, "when": "in time"})
    assert (first.cash[0], first.discount[0], first.closes[0]) == (400, 0, False)
    last = settle(580, {**INVOICE, "remaining": 600, "when": "in time"})
    assert (last.cash[0], last.discount[0], last.closes[0], last.rest[0]) == (580, 20, True, 0)


def test_differences_that_are_to_be_left_are_left() -> None:  # T12
    settled = settle(995, INVOICE, accept_tolerance=False)
    assert (settled.cash[0], settled.tolerance[0], settled.closes[0]) == (995, 0, False)


def test_a_lump_pays_claims_in_order_and_the_last_one_in_part() -> None:  # T3, T17
    settled = settle(700, {"remaining": 500}, {"remaining": 300}, {"remaining": 100})
    assert settled.cash.tolist() == [500, 200, 0]
    assert settled.closes.tolist() == [True, False, False]


def test_a_lump_within_the_sum_of_the_tolerances_closes_everything() -> None:  # T10
    # 1,600 is due; 1,588 was paid: 12 short, of which the last claim takes 5 and the first 7.
    settled = settle(1588, {"remaining": 1000, "tolerance": 10}, {"remaining": 600, "tolerance": 5})
    assert settled.tolerance.tolist() == [7, 5]
    assert settled.cash.tolist() == [993, 595]
    assert settled.closes.all()
    assert settle(
        1584, {"remaining": 1000, "tolerance": 10}, {"remaining": 600, "tolerance": 5}
    ).cash.tolist() == [
        1000,
        584,
    ]


def test_a_lump_in_time_takes_every_discount_unless_it_is_paid_in_full() -> None:  # T6, decision 9
    rows = (
        {**INVOICE, "tolerance": 0, "when": "in time"},
        {"remaining": 500, "discount": 10, "when": "in time"},
    )
    assert settle(1470, *rows).discount.tolist() == [20, 10]
    assert settle(1500, *rows).discount.tolist() == [0, 0]
    between = settle(1485, *rows)
    assert (between.discount.tolist(), between.rest.tolist()) == ([20, 10], [15])


def test_a_claim_gets_no_more_than_was_asked_for_it() -> None:  # T3
    settled = settle(1000, {**INVOICE, "wanted": 400}, {"remaining": 300})
    assert (settled.cash.tolist(), settled.rest.tolist()) == ([400, 300], [300])
    reduced = settle(980, {**INVOICE, "wanted": 980, "when": "in time"})
    assert (reduced.cash[0], reduced.discount[0], reduced.closes[0]) == (980, 20, True)
    short = settle(996, {**INVOICE, "wanted": 996})
    assert (short.cash[0], short.tolerance[0], short.closes[0]) == (996, 0, False)


def test_a_small_rest_is_written_off_on_either_side() -> None:
    limit = np.array([50])
    short = settle(960, {"remaining": 1000}, write_off_limit=limit)
    assert (short.cash[0], short.write_off[0], short.closes[0]) == (960, 40, True)
    much = settle(1040, {"remaining": 1000}, write_off_limit=limit)
    assert (much.cash[0], much.write_off[0], much.rest[0]) == (1040, -40, 0)
    assert settle(949, {"remaining": 1000}, write_off_limit=limit).write_off.tolist() == [0]
    assert settle(10, {"remaining": 30}, write_off_limit=limit).write_off.tolist() == [20]


def test_tolerance_goes_before_rounding() -> None:  # T18
    settled = settle(997, INVOICE, write_off_limit=np.array([50]))
    assert (settled.tolerance[0], settled.write_off[0]) == (3, 0)


def test_a_discount_is_not_lost_over_the_last_unit() -> None:  # T6
    row = {"remaining": 1000, "discount": 20, "when": "in time"}
    settled = settle(979, row, precision=1)
    assert (settled.discount[0], settled.rounding[0], settled.closes[0]) == (20, 1, True)
    assert settle(979, row).discount.tolist() == [0]
    assert settle(978, row, precision=1).discount.tolist() == [0]
    assert settle(999, {"remaining": 1000}, precision=1).rounding.tolist() == [0]


def test_what_two_exchange_rates_leave_over_closes_both_sides() -> None:  # T16
    settled = settle(1003, {"remaining": 1000, "absorbed": 5})
    assert (settled.cash[0], settled.closes[0], settled.rest[0]) == (1003, True, 0)
    assert settle(994, {"remaining": 1000, "absorbed": 5}).closes.tolist() == [False]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "remaining": st.integers(0, 2000),
            "discount": st.integers(0, 100),
            "tolerance": st.integers(0, 60),
            "wanted": st.sampled_from([0, 0, 0, 1, 500, 1900]),
            "when": st.sampled_from(WHEN),
        }
    ),
    min_size=1,
    max_size=4,
)


@given(
    payments=st.lists(st.tuples(st.integers(1, 4000), ROWS), min_size=1, max_size=4),
    limit=st.integers(0, 30),
    late=st.booleans(),
    tolerant=st.booleans(),
    precision=st.integers(0, 1),
)
@settings(max_examples=300, deadline=None)
def test_money_is_neither_made_nor_lost(
    payments: list[tuple[int, list[dict[str, int | str]]]],
    limit: int,
    late: bool,
    tolerant: bool,
    precision: int,
) -> None:
    rows = [{**row, "payment": place} for place, (_, part) in enumerate(payments) for row in part]
    money = np.array([paid for paid, _ in payments])
    claims = claims_of(*rows)
    settled = settle_claims(
        claims,
        money,
        accept_late=late,
        accept_tolerance=tolerant,
        write_off_limit=np.full(len(money), limit),
        precision=precision,
    )
    used = np.zeros(len(money), dtype=np.int64)
    np.add.at(used, claims.payment, settled.cash)
    assert (used + settled.rest == money).all()
    assert (settled.rest >= 0).all()
    assert (settled.cash >= 0).all()
    gone = settled.cash + settled.discount + settled.tolerance + settled.write_off + settled.rounding
    assert (gone <= claims.remaining).all()
    assert ((gone == claims.remaining) == settled.closes).all()
    assert (np.abs(settled.tolerance) <= claims.tolerance).all()
    assert (np.abs(settled.write_off) <= limit).all()
    assert (
        (settled.discount == 0) | (settled.discount == np.minimum(claims.discount, claims.remaining))
    ).all()
    assert ((settled.discount == 0) | claims.in_time | (claims.late & late)).all()
    # The payments do not know of each other: each alone comes to the same.
    for place, (paid, part) in enumerate(payments):
        alone = settle(
            paid,
            *part,
            accept_late=late,
            accept_tolerance=tolerant,
            write_off_limit=np.array([limit]),
            precision=precision,
        )
        assert alone.cash.tolist() == settled.cash[claims.payment == place].tolist()
