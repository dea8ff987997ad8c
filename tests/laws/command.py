"""`make laws STORIES=200 SEED=1`: random stories against the model; prints what was done and checked."""

from __future__ import annotations

import argparse
import sys
import time

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from laws.stories import Story, steps


def main() -> int:
    """Tell the stories; a broken law ends them with the story that broke it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=50)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--shrink", action="store_true", help="look for a shorter story when one breaks a law"
    )
    given = parser.parse_args()
    started = time.monotonic()
    run_state_machine_as_test(
        seed(given.seed)(Story),
        settings=settings(
            max_examples=given.stories,
            stateful_step_count=given.steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, *([Phase.shrink] if given.shrink else [])],
        ),
    )
    for name, count in sorted(steps.items()):
        print(f"{name:36} {count:6}")
    print(f"seed={given.seed} stories={given.stories} broken=0 wall_s={time.monotonic() - started:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
