"""Random stories against the model, one in the ordinary suite; `make laws STORIES=200` tells more."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from laws.broken import VARIANTS, begin, verdict
from laws.stories import Story

pytestmark = pytest.mark.slow


def test_after_every_step_of_a_story_the_books_are_what_a_plain_calculation_says() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=1,
            stateful_step_count=5,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
        ),
    )


def test_a_program_that_breaks_a_law_is_caught_by_that_law() -> None:
    """Some of the variants; `make laws` tries them all."""
    begun = begin()
    try:
        for variant in VARIANTS:
            if variant.law in ("I3", "I8", "I9", "I11"):
                assert re.search(rf"\b{variant.law}\b", verdict(begun, variant)), variant
    finally:
        begun.place.cleanup()
