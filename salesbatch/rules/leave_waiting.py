"""What was brought back from the held rows and still cannot be accepted is left as it was held before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from salesbatch.core.findings import ERROR
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal


def leave_waiting(inbox: Inbox, journal: Journal, brought_back: Collection[str]) -> tuple[Inbox, Journal]:
    """Inbox and journal without the brought-back documents that are held again, and without idle files.

    brought_back: names of the files that the program itself put into the drop. Holding their documents anew,
    under a new number, would tell nobody anything: they are held already.
    """
    if not brought_back:
        return inbox, journal
    again = [item for item in (*inbox.held, *journal.held) if item.source in brought_back]
    waiting = {(item.source, item.key) for item in again}
    busy = set(journal.closed_held)
    idle = {name for name in brought_back if not busy & _held_ids(inbox, name)}
    new_inbox = replace(
        inbox,
        files=tuple(file for file in inbox.files if file.name not in idle),
        held=tuple(item for item in inbox.held if (item.source, item.key) not in waiting),
        findings=tuple(item for item in inbox.findings if item.place.source not in brought_back),
    )
    findings = tuple(
        item
        for item in journal.findings
        if item.place.source not in brought_back or (item.severity != ERROR and item.place.source not in idle)
    )
    held = tuple(item for item in journal.held if (item.source, item.key) not in waiting)
    return new_inbox, replace(journal, findings=findings, held=held)


def _held_ids(inbox: Inbox, source: str) -> set[str]:
    """Ids under which the rows of a file were held before."""
    ids: set[str] = set()
    for frame in inbox.tables.values():
        ids |= set(frame.loc[frame["source"] == source, "held_id"])
    return ids - {""}
