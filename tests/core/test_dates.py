"""Date formulas after P5."""

import numpy as np
import pytest

from salesbatch.core.dates import DateFormulaError, add_formula, add_formulas, parse_formula


@pytest.mark.parametrize(
    ("start", "formula", "result"),
    [
        ("2026-10-15", "", "2026-10-15"),
        ("2026-10-15", "30D", "2026-11-14"),
        ("2026-10-15", "2W", "2026-10-29"),
        ("2026-01-31", "1M", "2026-02-28"),
        ("2024-02-29", "1Y", "2025-02-28"),
        ("2026-10-15", "1Q", "2027-01-15"),
        ("2026-10-15", "CM", "2026-10-31"),
        ("2026-10-15", "-CM", "2026-10-01"),
        ("2026-10-15", "CM+10D", "2026-11-10"),
        ("2026-10-15", "CQ", "2026-12-31"),
        ("2026-10-15", "-CQ", "2026-10-01"),
        ("2026-10-15", "CY", "2026-12-31"),
        ("2026-10-15", "-CY", "2026-01-01"),
        ("2026-10-15", "CW", "2026-10-18"),
        ("2026-10-15", "-CW", "2026-10-12"),
        ("2026-10-15", "CD", "2026-10-15"),
        ("2026-10-15", "D10", "2026-11-10"),
        ("2026-10-05", "D10", "2026-10-10"),
        ("2026-10-10", "D10", "2026-11-10"),
        ("2026-10-15", "-D10", "2026-10-10"),
        ("2026-01-15", "D31", "2026-01-31"),
        ("2026-10-15", "WD1", "2026-10-19"),
        ("2026-10-19", "WD1", "2026-10-26"),
        ("2026-10-15", "1M-1D", "2026-11-14"),
        ("2026-10-15", "-1Y", "2025-10-15"),
        ("2026-10-15", "cm + 10d", "2026-11-10"),
    ],
)
def test_a_date_moves_as_the_formula_says(start: str, formula: str, result: str) -> None:  # P5
    assert str(add_formula(np.array([start], dtype="datetime64[D]"), formula)[0]) == result


@pytest.mark.parametrize("text", ["30", "D", "X5", "10D5", "CM10D", "D32", "WD8", "D0", "1MM", "--1D"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(DateFormulaError):
        parse_formula(text)


def test_a_missing_date_stays_missing_in_every_unit() -> None:
    nothing = np.array(["NaT"], dtype="datetime64[s]")
    for formula in ("1D", "1M", "CM", "CQ", "CW", "D10", "WD3", "-CY"):
        assert np.isnat(add_formula(nothing, formula)[0]), formula


def test_every_row_has_its_own_formula() -> None:
    days = np.array(["2026-10-01"] * 3, dtype="datetime64[s]")
    assert add_formulas(days, np.array(["10D", "", "CM"], dtype=object)).astype(str).tolist() == [
        "2026-10-11",
        "2026-10-01",
        "2026-10-31",
    ]
