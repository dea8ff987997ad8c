"""A receipt that was booked by hand and its line on the statement are one payment: the line is closed by it (M20).

They meet where account and amount are the same, the days are near, and the payer is the receipt's customer or
the text holds a number that belongs to it: its own, the sender's, or that of a document it settled. A line
closes one receipt, and the pairs with most in common go first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import NEAR_DAYS, Books, open_entries_frame
from salesbatch.core.company import Company
from salesbatch.core.match_texts import match_phrase
from salesbatch.core.tables import look_up
from salesbatch.rules.evidence import SHORTEST_NUMBER, build_payments, build_pool, find_parties, holds_number
from salesbatch.rules.payer_aliases import known_payers
from salesbatch.rules.scoring import PARTY_WORDS

FACTS = (
    "statement_line_no", "customer_no", "match_confidence", "match_score", "related_party_matched",
    "document_no_matched", "amount_matched", "applied_documents", "difference_minor", "status", "evidence",
    "runner_up", "document_no", "bank_entry_no",
)  # fmt: skip


def meet_receipts(books: Books, company: Company, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that a receipt booked by hand explains, as facts of `payment_matches` with bank_entry_no."""
    pairs = near_receipts(books, lines)
    if not len(pairs):
        return entries.PAYMENT_MATCHES.empty()[list(FACTS)]
    pairs["party"] = _party_levels(
        company, lines[lines["statement_line_no"].isin(pairs["statement_line_no"])], pairs
    )
    pairs["number"] = [
        _number_in(text, numbers) for text, numbers in zip(pairs["line_text"], pairs["numbers"])
    ]
    good = pairs[(pairs["party"] > 0) | (pairs["number"] != "")]
    good = good.assign(strength=(good["number"] != "").astype("int64") * 4 + good["party"]).sort_values(
        ["strength", "apart", "statement_line_no", "entry_no"], ascending=[False, True, True, True]
    )
    chosen, lines_met, receipts_met = [], set(), set()
    for place, line, receipt in zip(good.index, good["statement_line_no"], good["entry_no"]):
        if line not in lines_met and receipt not in receipts_met:  # Hand-booked receipts: a few a day.
            chosen.append(place)
            lines_met.add(line)
            receipts_met.add(receipt)
    chosen_pairs = good.loc[chosen].sort_values("statement_line_no", ignore_index=True)
    return closing_facts(chosen_pairs, company.settings.language)


def near_receipts(books: Books, lines: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a line and an open receipt of the same account and amount, a few days apart.

    Columns: statement_line_no, line_text, entry_no, customer_no, document_no, posting_date, numbers, apart.
    """
    receipts = books.open_receipts
    columns = [
        "entry_no",
        "bank_account",
        "amount_minor",
        "customer_no",
        "document_no",
        "posting_date",
        "numbers",
    ]
    lines = lines[lines["amount_minor"].isin(receipts["amount_minor"])]
    text = lines["text"] + " " + lines["additional_info"] + " " + lines["payment_reference"]
    pairs = (
        lines[["statement_line_no", "bank_account", "amount_minor", "date"]]
        .assign(line_text=text)
        .merge(receipts[columns], on=["bank_account", "amount_minor"], how="inner")
    )
    pairs["apart"] = (pairs["posting_date"] - pairs["date"]).dt.days.abs()
    return pairs[pairs["apart"] <= NEAR_DAYS].reset_index(drop=True)


def closing_facts(pairs: pd.DataFrame, language: str) -> pd.DataFrame:
    """Facts of lines that close a receipt. pairs: as of near_receipts, with party and number."""
    words = [
        "; ".join(
            [
                match_phrase("receipt", language, number=number, day=f"{day:%Y-%m-%d}", customer=customer),
                *([match_phrase("found", language, number=found)] if found else []),
                *([match_phrase("payer fits", language)] if party else []),
            ]
        )
        for number, day, customer, found, party in zip(
            *(pairs[name] for name in ("document_no", "posting_date", "customer_no", "number", "party"))
        )
    ]
    party_words = np.array(PARTY_WORDS, dtype=object)[pairs["party"].to_numpy(dtype=np.int64)]
    return pd.DataFrame(
        {
            "statement_line_no": pairs["statement_line_no"],
            "customer_no": pairs["customer_no"],
            "match_confidence": "high",
            "match_score": np.int64(0),
            "related_party_matched": pd.array(party_words, dtype="str"),
            "document_no_matched": pd.array(np.where(pairs["number"] != "", "yes", "no"), dtype="str"),
            "amount_matched": "one match",
            "applied_documents": "",
            "difference_minor": np.int64(0),
            "status": "applied",
            "evidence": pd.array(words, dtype="str"),
            "runner_up": "",
            "document_no": pairs["document_no"],
            "bank_entry_no": pairs["entry_no"],
        }
    )


def _party_levels(company: Company, lines: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """How surely each pair's line comes from the receipt's customer: 0, or the level of `scoring`."""
    payers = known_payers(company)
    pool = build_pool(open_entries_frame(), payers, company.settings.local_currency_code)
    payments = build_payments(lines, pool, company.settings)
    parties = find_parties(pool, payments, payers, company.settings)
    level = pd.Series(
        parties.level,
        index=[
            f"{line} {customer}"
            for line, customer in zip(
                payments.line_no[parties.line].tolist(),
                np.array(pool.customer_nos, dtype=object)[parties.customer].tolist(),
            )
        ],
        dtype="int64",
    )
    wanted = pairs["statement_line_no"].astype("str") + " " + pairs["customer_no"]
    return look_up(wanted, level, 0).to_numpy()


def _number_in(text: str, numbers: str) -> str:
    """The first number of the receipt that stands alone in the line's text."""
    upper = text.upper()
    for number in numbers.split(" "):
        if len(number) >= SHORTEST_NUMBER and holds_number(upper, number.upper()):
            return number
    return ""
