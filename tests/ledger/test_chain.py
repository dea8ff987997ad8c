"""The canonical bytes do not depend on where rows lie, and differ for every difference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from salesbatch.core import entries
from salesbatch.ledger import chain
from salesbatch.ledger.frames import rows_of

FRAME = entries.STATEMENT_LINES.frame(
    {
        "statement_line_no": [1, 2, 3],
        "run_no": 1,
        "date": np.array(["2026-10-05", "NaT", "1999-12-31"], dtype="datetime64[s]"),
        "amount_minor": [-5, 0, 10**14],
        "text": ["", "å\x00ä", "NA"],
        "payer_name": ["ab", "c", ""],
    }
)


def block(frame: pd.DataFrame) -> chain.Block:
    return chain.make_blocks(1, {"statement_lines": frame})[0]


def test_stored_rows_give_the_bytes_of_the_frame() -> None:
    stored = list(zip(*rows_of(entries.STATEMENT_LINES, FRAME)))
    values = [
        chain.stored_values(field.kind, column)
        for field, column in zip(entries.STATEMENT_LINES.fields, stored)
    ]
    made = block(FRAME)
    assert chain.digest("statement_lines", made.columns, values, 3) == made.sha256
    assert chain.row_checks(values, 3).astype("<u4").tobytes() == made.row_checks


def test_the_bytes_are_fixed_for_this_serialisation() -> None:
    # If this changes, SERIALISATION must be raised and the old way kept for old blocks.
    frame = entries.RUNS.frame(
        {
            "run_no": [1],
            "posting_date": np.array(["2026-10-05"], dtype="datetime64[s]"),
            "program_version": ["0.1.0"],
            "files": [2],
            "strict": [True],
        }
    )
    made = chain.make_blocks(1, {"runs": frame})
    assert made[0].sha256 == "b6ead53dd71369672de655b761b3c4afc93a4d20c365a97b24c10b40d51e2d87"
    assert (
        chain.next_head(chain.GENESIS, 1, made)
        == "a7e9b084d40c357d93c2e95e7052e201a573790646bc061699c9cb9f2c63ccd2"
    )


def test_texts_cannot_run_into_each_other() -> None:
    moved = FRAME.assign(payer_name=pd.array(["a", "bc", ""], dtype="str"))
    other_column = FRAME.assign(payer_name=FRAME["text"], text=FRAME["payer_name"])
    assert len({block(frame).sha256 for frame in (FRAME, moved, other_column)}) == 3


def test_the_days_of_a_block_are_known() -> None:
    made = block(FRAME)
    assert (made.first_day, made.last_day) == ("1999-12-31", "2026-10-05")
    assert (made.first_no, made.last_no, made.rows) == (1, 3, 3)


def test_every_head_depends_on_the_one_before_and_on_every_block() -> None:
    made = block(FRAME)
    heads = {
        chain.next_head("", 1, [made]),
        chain.next_head("x", 1, [made]),
        chain.next_head("", 2, [made]),
        chain.next_head("", 1, []),
    }
    assert len(heads) == 4


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", None),
        ("text", 5),
        ("number", "5"),
        ("number", None),
        ("day", "2026-1-5"),
        ("day", "20261005"),
        ("flag", 1.0),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_not_read_as_another(kind: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"not a|Invalid|isoformat"):
        chain.stored_values(kind, [value])
