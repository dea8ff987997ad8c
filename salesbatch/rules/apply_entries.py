"""Application of entries: paired detailed entries that reduce both sides by the same amount (T1-T5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.journal import Journal


def apply_entries(books: Books, pairs: pd.DataFrame) -> Journal:
    """Apply each pair: `applying_no` (payment or credit memo) settles `amount_minor` of `entry_no`.

    pairs: entry_no, applying_no, amount_minor (positive: what the claim is reduced by; negative where money
    out settles a credit). Both must be open entries of `books`, of the same customer and opposite sign (T2).
    The application is dated by the later of the two entries (T5).
    """
    pairs = pairs[pairs["amount_minor"] != 0].reset_index(drop=True)
    if not len(pairs):
        return Journal()
    known = books.open_entries.set_index("entry_no")
    claim, applying = known.loc[pairs["entry_no"]], known.loc[pairs["applying_no"]]
    days = np.maximum(claim["posting_date"].to_numpy(), applying["posting_date"].to_numpy())
    count = len(pairs)
    first, transaction = books.next_no("detailed_entries"), books.next_no("transaction_no")
    # The applications of one payment are one transaction.
    _, event = np.unique(pairs["applying_no"].to_numpy(), return_inverse=True)
    amount = pairs["amount_minor"].to_numpy()

    def side(
        own: pd.DataFrame, own_no: pd.Series, other_no: pd.Series, signed: np.ndarray, offset: int
    ) -> dict[str, object]:
        return {
            "entry_no": first + 2 * np.arange(count) + offset,
            "run_no": np.full(count, books.run_no),
            "transaction_no": transaction + event,
            "customer_ledger_entry_no": own_no.to_numpy(),
            "entry_type": ["application"] * count,
            "customer_no": own["customer_no"].to_numpy(),
            "posting_date": days,
            "document_type": applying["document_type"].to_numpy(),
            "document_no": applying["document_no"].to_numpy(),
            "currency_code": own["currency_code"].to_numpy(),
            "amount_minor": signed,
            "amount_lcy_minor": signed,
            "applied_entry_no": other_no.to_numpy(),
            "application_no": first + 2 * np.arange(count),
        }

    both = pd.concat(
        [
            entries.DETAILED_ENTRIES.frame(
                side(claim, pairs["entry_no"], pairs["applying_no"], -amount, 0), count
            ),
            entries.DETAILED_ENTRIES.frame(
                side(applying, pairs["applying_no"], pairs["entry_no"], amount, 1), count
            ),
        ],
        ignore_index=True,
    )
    return Journal(rows={"detailed_entries": both.sort_values("entry_no", ignore_index=True)})


def applicable_amounts(
    claims: pd.Series, wanted: pd.Series, available: pd.Series, payment: pd.Series
) -> np.ndarray:
    """How much of each claim its payment can settle, claims served in order (T3).

    claims: remaining of the entry (signed); wanted: amount asked for, 0 for as much as possible; available:
    what the payment has in all, same sign as the claims; payment: which payment a row belongs to.
    """
    most = np.where(wanted.to_numpy() != 0, np.minimum(claims.abs(), wanted.abs()), claims.abs())
    frame = pd.DataFrame({"payment": payment.to_numpy(), "most": most})
    before = frame.groupby("payment", sort=False)["most"].cumsum().to_numpy() - most
    rest = np.maximum(available.abs().to_numpy() - before, 0)
    return np.asarray(np.minimum(most, rest) * np.sign(claims.to_numpy()), dtype=np.int64)
