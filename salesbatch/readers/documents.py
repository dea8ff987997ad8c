"""Rows become documents: where one begins, and what its first row says for all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from salesbatch.readers.cells import Problem, Values
from salesbatch.readers.raw_cells import Mask

Int64 = npt.NDArray[np.int64]


def number_documents(number: Int64, customer: Int64, external: Int64, after_gap: Mask) -> Int64:
    """Give each row the number of its document, from 0, in the order of the sheet.

    number, customer, external: places of the texts of No., Customer No. and External Document No. (0: blank);
    after_gap: an empty row lies before the row. A new No. begins a document. A row without a No. goes on with
    the document above it, unless another customer or external number stands there, or an empty row lies between
    and the document above has no number of its own either (or the row names a customer itself).
    """
    documents = np.zeros(len(number), np.int64)
    current = -1
    own = buyer = reference = 0
    # A row belongs to the document of the row above or begins one, so that each row needs the answer for the
    # one before; the loop handles plain integers and costs less than a tenth of parsing the rows.
    for row, (no, customer_no, external_no, gap) in enumerate(
        zip(number.tolist(), customer.tolist(), external.tolist(), after_gap.tolist())
    ):
        if no:
            begins = no != own
        else:
            begins = (
                (gap and (not own or customer_no != 0 or external_no != 0))
                or (customer_no != 0 and buyer not in (0, customer_no))
                or (external_no not in (0, reference) and (reference != 0 or not own))
            )
        if begins or current < 0:
            current += 1
            own, buyer, reference = no, customer_no, external_no
        else:
            buyer = buyer or customer_no
            reference = reference or external_no
        documents[row] = current
    return documents


def fill_down(values: Values, documents: Int64) -> list[Problem]:
    """Give all rows of a document the value of the first row that has one; a differing repeat is a problem.

    Changes `values` in place. The cell that differs keeps its own value; its document is held anyway.
    """
    filled = np.flatnonzero(~values.blank)
    if not len(filled):
        return []
    owners, first = np.unique(documents[filled], return_index=True)
    source = np.full(int(documents[-1]) + 1, -1, np.int64)
    source[owners] = filled[first]
    rows = source[documents]
    has = rows >= 0
    wanted = np.where(has, values.values[rows], 0)
    differs = has & ~values.blank & (values.values != wanted)
    problems = [
        Problem("header-differs", int(row), (("first", shown_value(values, int(rows[row]))),))
        for row in np.flatnonzero(differs)
    ]
    values.values = np.where(has & values.blank, wanted, values.values)
    values.blank = values.blank & ~has
    if values.marks:
        values.marks = {
            int(row): values.marks[int(rows[row])]
            for row in np.flatnonzero(has)
            if int(rows[row]) in values.marks
        }
    return problems


def shown_value(values: Values, row: int) -> str:
    """One typed value as a person writes it."""
    from salesbatch.core.money import plain_text

    number = int(values.values[row])
    kind = values.column.kind
    if values.blank[row]:
        return ""
    if kind == "date":
        return str(np.datetime64(number, "s").astype("datetime64[D]"))
    if kind == "yes_no":
        return "yes" if number else "no"
    if kind == "integer":
        return str(number)
    if kind in ("amount", "quantity", "price", "percent"):
        return plain_text(number)
    return values.texts[number]


def repeated_lines(line_no: Values, documents: Int64) -> list[Problem]:
    """Line numbers that stand twice in one document."""
    rows = np.flatnonzero(~line_no.blank)
    if not len(rows):
        return []
    order = rows[np.lexsort((line_no.values[rows], documents[rows]))]
    same = (documents[order][1:] == documents[order][:-1]) & (
        line_no.values[order][1:] == line_no.values[order][:-1]
    )
    return [Problem("line-twice", int(row)) for row in order[1:][same]]
