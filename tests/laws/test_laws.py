"""Random stories against the model, one in the ordinary suite; `make laws STORIES=200` tells more."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase
from laws.broken import VARIANTS, begin, verdict
from laws.stories import tell_stories

pytestmark = pytest.mark.slow


def test_after_every_day_of_a_story_the_books_are_what_a_plain_calculation_says() -> None:
    tell_stories(1, days=1, phases=[Phase.generate], seed_of_all=1)


def test_a_program_that_breaks_a_law_is_caught_by_that_law() -> None:
    """Some of the variants; `make laws` tries them all."""
    begun = begin()
    try:
        for variant in VARIANTS:
            if variant.law in ("I8", "I9", "I11") or variant.name == "half of a payment settles nothing":
                assert re.search(rf"\b{variant.law}\b", verdict(begun, variant)), variant
    finally:
        begun.place.cleanup()
