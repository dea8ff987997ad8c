"""Statement lines are matched with open entries; every line says why, and what came second.

The door of the matcher. This is the reference behaviour: four facts, the score of the rule sheet, entries
used once, discounts in time. The rule sheet alone gives the confidence. Where the reference leaves a tie to
the order of keys, the oldest due entry is taken, and the lowest line is served first. Nothing is decided here
about posting: the caller applies what its settings trust, and proposes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.money import Int64
from salesbatch.rules.assignment import Assignment, Outcome
from salesbatch.rules.evidence import (
    DocumentEdges,
    Payments,
    Pool,
    build_payments,
    build_pool,
    count_in_band,
    find_documents,
    find_parties,
)
from salesbatch.rules.groups import form_groups
from salesbatch.rules.hypotheses import MAPPING, Facts
from salesbatch.rules.match_words import Words
from salesbatch.rules.scoring import (
    AMOUNT_WORDS,
    DOCUMENT_WORDS,
    NOT_CONSIDERED,
    PARTY_WORDS,
    TEXT_MAPPING_BASE,
    build_score_table,
    confidence_word,
)

BOOKED_ELSEWHERE = "Booked Elsewhere"
TEXT_MAPPING = "text_mapping"


@dataclass(frozen=True)
class Matches:
    """What is proposed for every line.

    lines: one row per line in input order: statement_line_no, customer_no, match_confidence (high, medium,
    low, none or text_mapping), match_score, related_party_matched, document_no_matched, amount_matched,
    difference_minor (the line's amount less the cash on its applications), mapped_account, evidence, runner_up.
    applications: statement_line_no, entry_no, amount_minor (settled, discount included), discount_minor, by
    line, in the order of settling; amounts have the line's sign.
    """

    lines: pd.DataFrame
    applications: pd.DataFrame


def propose_matches(
    lines: pd.DataFrame,
    open_entries: pd.DataFrame,
    customers: pd.DataFrame,
    rules: pd.DataFrame,
    text_mappings: pd.DataFrame,
    settings: Settings,
    refused: pd.DataFrame | None = None,
) -> Matches:
    """Match statement lines with open entries; the same result whatever the order of rows.

    lines: columns of `STATEMENT_LINES`, their numbers unique; open_entries: columns of
    `CUSTOMER_LEDGER_ENTRIES` and remaining_minor; customers: no, name, address, city, bank_account (several
    parted by ;); rules: the rule sheet, empty for the default; text_mappings: text, debit_account,
    credit_account, customer_no; refused: statement_line_no and entry_no of pairs that a person rejected, which
    are not proposed again. Entries in another currency than the line's are no candidates.
    """
    pool = build_pool(open_entries, customers, settings.local_currency_code)
    payments = build_payments(lines, pool, settings)
    named = find_documents(pool, payments, every_occurrence=not settings.strict_rules)
    refused_by_line = _refused_by_line(refused, pool, payments)
    usable = _usable(named, pool, payments, refused_by_line)
    mappings = _usable_mappings(text_mappings)
    mapping_line, mapping = _find_mappings(mappings, payments)
    facts = Facts(
        pool=pool,
        payments=payments,
        counts=count_in_band(pool, payments),
        documents=usable,
        parties=find_parties(pool, payments, customers, settings),
        groups=form_groups(usable, pool, payments),
        mapping_line=mapping_line,
        mapping=mapping,
        mapping_score=TEXT_MAPPING_BASE
        + 1
        + np.array([len(text) for text in mappings["text"]], np.int64)[mapping],
        refused=refused_by_line,
    )
    assignment = Assignment(facts, build_score_table(rules))
    outcome = assignment.run()
    words = Words(assignment, outcome, named, mappings)
    result = _line_frame(assignment, outcome, mappings, words)
    result = result.set_index("statement_line_no").loc[lines["statement_line_no"].to_numpy()].reset_index()
    return Matches(result, _application_frame(facts, outcome))


def _refused_by_line(refused: pd.DataFrame | None, pool: Pool, payments: Payments) -> dict[int, list[int]]:
    """Positions of the refused entries by position of the line; what is no longer open is left out."""
    found: dict[int, list[int]] = {}
    if refused is None or not len(refused):
        return found
    line_of = {number: position for position, number in enumerate(payments.line_no.tolist())}
    entry_of = {number: position for position, number in enumerate(pool.entry_no.tolist())}
    for line, entry in refused[["statement_line_no", "entry_no"]].itertuples(index=False):
        if line in line_of and entry in entry_of:
            found.setdefault(line_of[line], []).append(entry_of[entry])
    return found


def _usable(
    edges: DocumentEdges, pool: Pool, payments: Payments, refused: dict[int, list[int]]
) -> DocumentEdges:
    """Edges whose entry has the line's sign and currency, is not dated after it (M2), and was not refused."""
    line, entry = edges.line, edges.entry
    keep = pool.currency[entry] == payments.currency[line]
    keep &= pool.posting_day[entry] <= payments.day[line]
    keep &= np.sign(pool.remaining[entry]) == np.sign(payments.amount[line])
    if refused:
        pairs = [(one, other) for one, others in refused.items() for other in others]
        width = len(pool.remaining)
        keep &= ~np.isin(line * width + entry, [one * width + other for one, other in pairs])
    return replace(edges, line=line[keep], entry=entry[keep], how=edges.how[keep])


def _usable_mappings(text_mappings: pd.DataFrame) -> pd.DataFrame:
    """Mappings with a text, the longest first, equally long ones by text."""
    mappings = text_mappings.assign(text=text_mappings["text"].str.strip())
    mappings = mappings[mappings["text"] != ""]
    return (
        mappings.assign(length=-mappings["text"].str.len(), fold=mappings["text"].str.casefold())
        .sort_values(["length", "fold", "debit_account", "credit_account", "customer_no"], kind="stable")
        .reset_index(drop=True)
    )


def _find_mappings(mappings: pd.DataFrame, payments: Payments) -> tuple[Int64, Int64]:
    """Lines whose text holds a mapping's whole text, each with the longest that has an account for it (M19).

    All texts are one long string that is searched once per mapping.
    """
    if len(mappings) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    texts = [text.casefold().replace("\0", " ") for text in payments.text]
    joined = "\0".join(texts) + "\0"
    ends = np.cumsum([len(text) + 1 for text in texts])
    found = np.full(len(texts), -1, dtype=np.int64)
    for position, row in enumerate(mappings.itertuples(index=False)):
        place = joined.find(str(row.fold))
        while place >= 0:
            line = int(np.searchsorted(ends, place, side="right"))
            if (
                found[line] < 0
                and payments.amount[line] != 0
                and _account(row, payments.amount[line]) != ("", "")
            ):
                found[line] = position
            place = joined.find(str(row.fold), int(ends[line]))
    lines = np.flatnonzero(found >= 0)
    return lines, found[lines]


def _account(mapping: Any, amount: int) -> tuple[str, str]:
    """(account, customer) of a mapping for money in (debit account) or out (credit account) (M20)."""
    if mapping.customer_no:
        return "", mapping.customer_no
    accounts = (mapping.debit_account, mapping.credit_account)
    own, other = accounts if amount >= 0 else accounts[::-1]
    wanted = BOOKED_ELSEWHERE.casefold()
    if wanted in (own.strip().casefold(), "" if own else other.strip().casefold()):
        return BOOKED_ELSEWHERE, ""
    return own, ""


def _line_frame(
    assignment: Assignment, outcome: Outcome, mappings: pd.DataFrame, words: Words
) -> pd.DataFrame:
    """One row per line, by line number."""
    facts, hypotheses = assignment.facts, assignment.hypotheses
    pool, payments, chosen = facts.pool, facts.payments, outcome.chosen
    count = len(chosen)
    rows = list(mappings.itertuples(index=False))
    matched = chosen >= 0
    mapped = matched & (np.r_[hypotheses.kind, -1][chosen] == MAPPING)
    by_rule = matched & ~mapped
    score = np.where(matched, np.r_[hypotheses.score, 0][chosen], 0)
    cash = np.zeros(count, dtype=np.int64)
    np.add.at(
        cash,
        np.array(outcome.line, np.int64),
        np.array(outcome.amount, np.int64) - np.array(outcome.discount, np.int64),
    )
    customer, account = [""] * count, [""] * count
    for line in np.flatnonzero(mapped).tolist():
        mapping = rows[hypotheses.subject[chosen[line]]]
        account[line], customer[line] = _account(mapping, int(payments.amount[line]))
    for line, entries in outcome.entries_of.items():
        customer[line] = pool.customer_nos[pool.customer[entries[0]]]
    confidence = [
        TEXT_MAPPING if is_mapped else confidence_word(value)
        for is_mapped, value in zip(mapped.tolist(), score.tolist())
    ]
    fact_words = {}
    for name, spelled, codes in (
        ("related_party_matched", PARTY_WORDS, hypotheses.party),
        ("document_no_matched", DOCUMENT_WORDS, hypotheses.document),
        ("amount_matched", AMOUNT_WORDS, hypotheses.amount),
    ):
        code = np.where(by_rule, np.r_[codes, 0][chosen], 0)
        fact_words[name] = pd.Series(
            np.where(mapped, NOT_CONSIDERED, np.array(spelled, dtype=object)[code]), dtype="str"
        )
    return pd.DataFrame(
        {
            "statement_line_no": payments.line_no,
            "customer_no": pd.Series(customer, dtype="str"),
            "match_confidence": pd.Series(confidence, dtype="str"),
            "match_score": score.astype(np.int64),
            **fact_words,
            "difference_minor": np.where(mapped, 0, payments.amount - cash),
            "mapped_account": pd.Series(account, dtype="str"),
            "evidence": pd.Series([words.evidence(line) for line in range(count)], dtype="str"),
            "runner_up": pd.Series([words.runner_up(line) for line in range(count)], dtype="str"),
        }
    )


def _application_frame(facts: Facts, outcome: Outcome) -> pd.DataFrame:
    line, entry = np.array(outcome.line, np.int64), np.array(outcome.entry, np.int64)
    frame = pd.DataFrame(
        {
            "statement_line_no": facts.payments.line_no[line],
            "entry_no": facts.pool.entry_no[entry],
            "amount_minor": np.array(outcome.amount, np.int64),
            "discount_minor": np.array(outcome.discount, np.int64),
        }
    )
    return frame.sort_values("statement_line_no", kind="stable", ignore_index=True)
