"""`make laws STORIES=200 SEED=1`: random stories against the model; prints what was done and checked."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time

from hypothesis import Phase
from laws.broken import VARIANTS, begin, verdict
from laws.papers import steps
from laws.stories import ACTS, tell_stories

OUTCOMES = (
    "discounts taken",
    "discounts taken late",
    "discounts taken, taken back",
    "tolerance taken",
    "tolerance taken, taken back",
    "gains and losses",
    "gains and losses, taken back",
    "applied in another currency",
    "rests written off",
    "--dry-run, nothing posted",
    "--strict, nothing posted",
    "--strict, all posted",
    "runs killed",
)
"""What comes of the steps and of the runs."""
ENOUGH = 50
"""So many stories must have told every step."""


def main() -> int:
    """Tell the stories; a broken law ends them with the story that broke it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=ENOUGH)
    parser.add_argument("--days", type=int, default=4)
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
    broken, phases = 1, [Phase.generate, *([Phase.shrink] if given.shrink else [])]
    try:
        tell_stories(given.stories, given.days, phases, given.seed)
        broken = 0
    except KeyboardInterrupt:
        broken = 0  # Stopped by a clock or by hand: what was told so far held.
    finally:
        expected = (*(one.name for one in ACTS), *OUTCOMES)
        for name in sorted({*steps, *expected}):
            print(f"{name:44} {steps[name]:6}")
        never = [name for name in expected if not steps[name]]
        print(f"never told: {', '.join(never) or 'nothing'}")
        print(
            f"seed={given.seed} stories={steps['stories checked by beancount']} runs={steps['runs']} "
            f"broken={broken} never_told={len(never)} wall_s={time.monotonic() - started:.0f} "
            f"cpu_s={time.process_time():.0f}"
        )
    return 1 if never and given.stories >= ENOUGH else 0


def stop(*_: object) -> None:
    """Stopped by a clock, it still says what it did."""
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
