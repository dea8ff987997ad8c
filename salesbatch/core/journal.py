"""The Journal: what the rules propose, as rows of the ledger's tables. Nothing in it is true until committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from salesbatch.core.findings import Finding
from salesbatch.core.inbox import Held


@dataclass(frozen=True)
class Journal:
    """Proposed rows by ledger table, the new state of master rows, findings and held input.

    rows: complete frames of `core.entries` tables (append-only ones, and upserts of input_keys).
    master: by `Table.name`, the new state of the setup and master rows that changed, one row a key.
    closed_held: ids of held items that this drop settled.
    """

    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    master: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()
    closed_held: tuple[str, ...] = ()

    def table(self, name: str) -> pd.DataFrame:
        """The proposed rows of a ledger table; an empty frame of its shape when there are none."""
        from salesbatch.core.entries import BY_NAME

        frame = self.rows.get(name)
        return BY_NAME[name].empty() if frame is None else frame

    @staticmethod
    def join(journals: Iterable[Journal]) -> Journal:
        """All journals of a run as one, rows in the order in which they were proposed."""
        rows: dict[str, list[pd.DataFrame]] = {}
        master: dict[str, list[pd.DataFrame]] = {}
        findings: list[Finding] = []
        held: list[Held] = []
        closed: list[str] = []
        for journal in journals:
            for name, frame in journal.rows.items():
                if len(frame):
                    rows.setdefault(name, []).append(frame)
            for name, frame in journal.master.items():
                if len(frame):
                    master.setdefault(name, []).append(frame)
            findings += journal.findings
            held += journal.held
            closed += journal.closed_held
        stacked = {name: _stack(frames) for name, frames in rows.items()}
        # An order is taken in, and then invoiced: the later state is the one.
        if len(rows.get("input_keys", ())) > 1:
            stacked["input_keys"] = stacked["input_keys"].drop_duplicates(
                ["table_name", "key"], keep="last", ignore_index=True
            )
        return Journal(
            stacked,
            {
                name: _stack(frames).drop_duplicates("key", keep="last", ignore_index=True)
                for name, frames in master.items()
            },
            tuple(findings),
            tuple(held),
            tuple(closed),
        )


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
