"""Random stories against the model, a few in the ordinary suite; `make laws STORIES=200` tells more."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from laws.stories import Story

pytestmark = pytest.mark.slow


def test_after_every_step_of_a_story_the_books_are_what_a_plain_calculation_says() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=1,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
        ),
    )
