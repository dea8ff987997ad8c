"""The answer of the search as frames: facts, score and words of every line, and what it settles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.money import Int64
from salesbatch.rules.decide import DEBIT, NOTHING, RETURNED, SETTLE, Decider, Decision
from salesbatch.rules.evidence import Payments, Pool
from salesbatch.rules.explain_amount import FEE, FITS
from salesbatch.rules.matches import Matches, application_frame
from salesbatch.rules.payment_text import GOOD
from salesbatch.rules.scoring import (
    AMOUNT_WORDS,
    CONFIDENCE_WORDS,
    DOCUMENT_WORDS,
    FULLY,
    MULTIPLE,
    MULTIPLE_DOCUMENTS,
    NO,
    NOT_CONSIDERED,
    ONE,
    PARTIALLY,
    PARTY_WORDS,
    TEXT_MAPPING_BASE,
    YES,
    place_of_facts,
)
from salesbatch.rules.search import Known, Search
from salesbatch.rules.search_words import SearchWords
from salesbatch.rules.text_mappings import TEXT_MAPPING, find_mappings, mapped_account, usable_mappings
from salesbatch.rules.trust import HIGH, SURE

_DIRECT_DEBIT = 2


def propose_by_search(
    pool: Pool,
    payments: Payments,
    customers: pd.DataFrame,
    table: Int64,
    text_mappings: pd.DataFrame,
    settings: Settings,
    refused: dict[int, list[int]],
    known: Known,
) -> Matches:
    """Matches by line number. table: scores of the rule sheet, which are told beside the search's own confidence."""
    search = Search(pool, payments, customers, settings, known)
    decisions = Decider(search, refused).run()
    words = SearchWords(search, settings)
    mappings = usable_mappings(text_mappings)
    mapped = dict(zip(*(part.tolist() for part in find_mappings(mappings, payments))))
    mapping_rows: list[Any] = list(mappings.itertuples(index=False))
    scores: list[int] = table.tolist()
    rows: list[tuple[object, ...]] = []
    kept: list[tuple[int, Decision]] = []
    for line, decision in enumerate(decisions):  # Once per line: the words of each are its own.
        mapping = mapped.get(line, -1)
        if mapping >= 0 and _beats(decision):
            row = mapping_rows[mapping]
            account, customer = mapped_account(row, int(payments.amount[line]))
            score = TEXT_MAPPING_BASE + 1 + len(row.text)
            evidence = words.mapping(row.text)
            rows.append(
                (customer, TEXT_MAPPING, score, *[NOT_CONSIDERED] * 3, 0, account, "mapping", evidence, "")
            )
            continue
        rows.append(_row(line, decision, search, scores, words))
        kept.append((line, decision))
    names = ("customer_no", "match_confidence", "match_score", "related_party_matched", "document_no_matched",
             "amount_matched", "difference_minor", "mapped_account", "kind", "evidence", "runner_up")  # fmt: skip
    columns = dict(zip(names, zip(*rows))) if rows else dict.fromkeys(names, ())
    numbers = {"match_score", "difference_minor"}
    frame = pd.DataFrame(
        {
            "statement_line_no": payments.line_no,
            **{
                name: pd.Series(list(values), dtype="int64" if name in numbers else "str")
                for name, values in columns.items()
            },
        }
    )
    shared = frozenset(
        int(payments.line_no[line])
        for line, decision in kept
        if len({search.customer[piece.entry] for piece in decision.pieces}) > 1
    )
    return Matches(frame, _applications(kept, pool, payments), shared)


def _beats(decision: Decision) -> bool:
    """Whether a text mapping goes before a decision: not before a sure one, nor before a number with its amount."""
    one = decision.chosen
    named = one is not None and one.document >= GOOD and one.fit.level >= FITS
    return decision.confidence < HIGH and not named


def _row(
    line: int, decision: Decision, search: Search, scores: list[int], words: SearchWords
) -> tuple[object, ...]:
    one, amount = decision.chosen, search.amount[line]
    party = document = in_band = NO
    if one is not None:
        party = FULLY if one.party >= SURE else PARTIALLY if one.party > 0 else NO
        document = NO if one.document == 0 else MULTIPLE_DOCUMENTS if one.named > 1 else YES
        in_band = NO if one.fit.level < FITS else MULTIPLE if one.rivals else ONE
    elif decision.customer >= 0 and decision.kind != NOTHING:
        level = search.party(line, decision.customer)
        party = FULLY if level >= SURE else PARTIALLY if level > 0 else NO
    debit = decision.kind == DEBIT
    score = scores[place_of_facts(party, document, in_band, _DIRECT_DEBIT if debit else 0)]
    facts: tuple[str, ...] = (PARTY_WORDS[party], DOCUMENT_WORDS[document], AMOUNT_WORDS[in_band])
    if debit:
        facts = (NOT_CONSIDERED,) * 3
    paid = sum([p.amount - p.discount - p.tolerance - p.write_off for p in decision.pieces])
    customer = (
        search.pool.customer_nos[decision.customer]
        if decision.customer >= 0 and decision.kind != NOTHING
        else ""
    )
    return (
        customer,
        CONFIDENCE_WORDS[decision.confidence],
        score if one is not None else 0,
        *facts,
        0 if decision.kind == RETURNED else amount - paid,
        "",
        SETTLE if debit else decision.kind,
        words.evidence(line, decision),
        words.runner_up(line, decision),
    )


def _applications(kept: list[tuple[int, Decision]], pool: Pool, payments: Payments) -> pd.DataFrame:
    pieces = [(line, decision, piece) for line, decision in kept for piece in decision.pieces]
    line = np.array([line for line, _, _ in pieces], dtype=np.int64)
    entry = np.array([piece.entry for _, _, piece in pieces], dtype=np.int64)
    fees = [
        decision.chosen.fit.account
        if decision.chosen and decision.chosen.fit.kind == FEE and piece.write_off
        else ""
        for _, decision, piece in pieces
    ]
    return application_frame(
        {
            "statement_line_no": payments.line_no[line],
            "entry_no": pool.entry_no[entry],
            "amount_minor": [piece.amount for _, _, piece in pieces],
            "discount_minor": [piece.discount for _, _, piece in pieces],
            "tolerance_minor": [piece.tolerance for _, _, piece in pieces],
            "write_off_minor": [piece.write_off for _, _, piece in pieces],
        },
        fees,
    )
