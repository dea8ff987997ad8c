"""Frames of the ledger tables: what is given keeps its type, what is not given is blank."""

from __future__ import annotations

import numpy as np
import pytest

from salesbatch.core.entries import GL_ENTRIES


def test_a_value_for_all_rows_and_what_is_not_given_have_the_tables_types() -> None:
    frame = GL_ENTRIES.frame({"entry_no": [1, 2], "description": "Kaffe", "amount_minor": np.int64(250)})
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        field.name: field.dtype for field in GL_ENTRIES.fields
    }
    assert frame["description"].tolist() == ["Kaffe", "Kaffe"]
    assert frame["amount_minor"].tolist() == [250, 250]
    assert frame["account_no"].tolist() == ["", ""]
    assert frame["posting_date"].isna().all()


def test_an_amount_that_is_a_float_is_refused_and_never_cut() -> None:
    for amounts in (2.5, [2.5, 1.0]):
        with pytest.raises(ValueError, match="holds floats"):
            GL_ENTRIES.frame({"entry_no": [1, 2], "amount_minor": amounts})
