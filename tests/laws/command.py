"""`make laws STORIES=200 SEED=1`: random stories against the model; prints what was done and checked."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from laws.broken import VARIANTS, begin, verdict
from laws.papers import steps
from laws.stories import Story


def main() -> int:
    """Tell the stories; a broken law ends them with the story that broke it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=50)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--shrink", action="store_true", help="look for a shorter story when one breaks a law"
    )
    parser.add_argument("--broken", action="store_true", help="only break each law on purpose")
    given = parser.parse_args()
    if given.broken:
        return break_every_law()
    started = time.monotonic()
    signal.signal(signal.SIGTERM, stop)
    broken = 1
    try:
        run_state_machine_as_test(
            seed(given.seed)(Story),
            settings=settings(
                max_examples=given.stories,
                stateful_step_count=given.steps,
                deadline=None,
                database=None,
                report_multiple_bugs=False,
                phases=[Phase.generate, *([Phase.shrink] if given.shrink else [])],
            ),
        )
        broken = 0
    except KeyboardInterrupt:
        broken = 0  # Stopped by hand: what was told so far held.
    finally:
        for name, count in sorted(steps.items()):
            print(f"{name:36} {count:6}")
        print(
            f"seed={given.seed} stories={steps['stories checked by beancount']} runs={steps['runs']} "
            f"broken={broken} wall_s={time.monotonic() - started:.0f} cpu_s={time.process_time():.0f}"
        )
    return 0


def stop(*_: object) -> None:
    """Stopped by a clock, it still says what it did."""
    Story.stopped = True
    raise KeyboardInterrupt


def break_every_law() -> int:
    """Each law is broken on purpose: prints which are caught, each by its own name."""
    begun = begin()
    caught = 0
    for variant in VARIANTS:
        seen = bool(re.search(rf"\b{variant.law}\b", verdict(begun, variant)))
        caught += seen
        print(f"{variant.law:10} {variant.name:40} {'caught' if seen else 'NOT CAUGHT'}")
    begun.place.cleanup()
    print(f"broken={len(VARIANTS)} caught={caught} cpu_s={time.process_time():.0f}")
    return 0 if caught == len(VARIANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
