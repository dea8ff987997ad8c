"""Prose on stderr: sentences, and the progress of long work as a bar on a terminal or as plain lines."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable

_WIDTH = 24
_PAUSE = 0.1


def say(text: str = "") -> None:
    """One line of prose on stderr; what the terminal cannot show is replaced, never an error.

    Names and values come from strangers: a character that could steer the terminal, or turn the line round, is
    replaced too.
    """
    text = "".join(
        "\ufffd" if unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t" else sign
        for sign in text
    )
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()


class Progress:
    """Called as progress(stage, done, total): one line redrawn on a terminal, elsewhere a line per stage."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._drawn = float("-inf")
        self._stage = ""
        self._open = False
        self._terminal = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are made; total 0 means unknown."""
        if not self._terminal:
            if stage != self._stage:
                self._stage = stage
                say(f"{stage} ..." if total <= 1 else f"{stage} ({total}) ...")
            return
        moment = self._clock()
        if stage == self._stage and done < total and moment - self._drawn < _PAUSE:
            return
        self._stage, self._drawn, self._open = stage, moment, True
        share = min(done / total, 1.0) if total else 0.0
        bar = "#" * round(share * _WIDTH)
        sys.stderr.write(f"\r\x1b[K{stage:<12.12} [{bar:<{_WIDTH}}] {f'{done}/{total}' if total > 1 else ''}")
        sys.stderr.flush()

    def close(self) -> None:
        """Wipe the bar, so that the next sentence begins on a clean line."""
        if self._open:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._open = False
