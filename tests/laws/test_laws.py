"""Random stories against the model, one in the ordinary suite; `make laws STORIES=200` tells more."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from fuzz.judge import scratch_folder
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from laws.broken import VARIANTS, Variant
from laws.model import Line
from laws.stories import Story
from office import Office

from salesbatch.batch import write_outputs

pytestmark = pytest.mark.slow
LINES = [Line("A1", Decimal(2), Decimal("99.99"), Decimal(10)), Line("A2", Decimal("2.5"))]


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


@pytest.fixture(scope="module")
def begun() -> Iterator[Story]:
    """A story of one run, with a period that is closed."""
    story = Story()
    story.begin(LINES)
    story.run(1)
    story.day = date(2026, 10, 8)
    story.close_period(0)
    story.the_books_are_what_the_model_says()
    yield story
    story.place.cleanup()


def go_on(begun: Story) -> Story:
    """The same story on a copy of its folder."""
    story = copy.copy(begun)
    story.place = tempfile.TemporaryDirectory(dir=scratch_folder())
    story.office = Office(Path(shutil.copytree(begun.office.root, Path(story.place.name) / "company")))
    story.model, story.papers, story.past = copy.deepcopy(begun.model), [], [*begun.past]
    story.facts, story.mistakes, story.open_orders = dict(begun.facts), {}, {}
    return story


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.law for variant in VARIANTS])
def test_a_program_that_breaks_a_law_is_caught_by_that_law(
    begun: Story, variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = go_on(begun)
    variant.put_in(monkeypatch)
    try:
        with pytest.raises(AssertionError, match=rf"\b{variant.law}\b"):
            tell_and_check(story, variant.law)
    finally:
        story.place.cleanup()


def tell_and_check(story: Story, law: str) -> None:
    """One more run, or for what is only drawn the outputs again, and then every law."""
    if law in ("I11", "I12"):
        write_outputs(story.office.root)
    elif law != "beancount":
        story.invoice(LINES, "C1", 0)
        story.pay(0, "half")
        if law == "I9":
            story.mistake(0)
        story.run(1)
    if law == "I6":
        story.past = story.past[-1:]
        story.drop_again(0, renamed=True)
    story.the_books_are_what_the_model_says()
    story.check_the_end()
