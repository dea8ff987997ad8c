"""Statement lines are matched with open entries; every line says why, and what came second.

The door of the matcher. With Strict Rules on this is the reference behaviour: four facts, the score of the rule
sheet, entries used once, discounts in time, and the rule sheet alone gives the confidence. Where the reference
leaves a tie to the order of keys, the oldest due entry is taken, and the lowest line is served first. With
Strict Rules off the search of `propose_by_search` finds the matches. Nothing is decided here about posting: the
caller applies what its settings trust, and proposes the rest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.rules.assignment import Assignment, Outcome
from salesbatch.rules.decide import LONGEST_ID, is_alive
from salesbatch.rules.evidence import (
    DocumentEdges,
    Payments,
    Pool,
    amount_codes,
    build_payments,
    build_pool,
    count_in_band,
    find_documents,
    find_parties,
)
from salesbatch.rules.groups import form_groups
from salesbatch.rules.hypotheses import COLLECTED, MAPPING, Facts
from salesbatch.rules.match_words import Words
from salesbatch.rules.matches import Matches, application_frame
from salesbatch.rules.payer_aliases import with_aliases
from salesbatch.rules.propose_by_search import propose_by_search
from salesbatch.rules.scoring import (
    AMOUNT_WORDS,
    DOCUMENT_WORDS,
    NO,
    NOT_CONSIDERED,
    PARTY_WORDS,
    TEXT_MAPPING_BASE,
    build_score_table,
    confidence_word,
    look_up_scores,
)
from salesbatch.rules.search import Known
from salesbatch.rules.text_mappings import TEXT_MAPPING, find_mappings, mapped_account, usable_mappings

__all__ = ["Known", "Matches", "propose_matches", "score_pairs"]


def propose_matches(
    lines: pd.DataFrame,
    open_entries: pd.DataFrame,
    customers: pd.DataFrame,
    rules: pd.DataFrame,
    text_mappings: pd.DataFrame,
    settings: Settings,
    refused: pd.DataFrame | None = None,
    known: Known | None = None,
    *,
    accept_late: bool = True,
) -> Matches:
    """Match statement lines with open entries; the same result whatever the order of rows.

    lines: columns of `STATEMENT_LINES`, their numbers unique; open_entries: columns of
    `CUSTOMER_LEDGER_ENTRIES` and remaining_minor; customers: no, name, address, city, bank_account (several
    parted by ;); rules: the rule sheet, empty for the default; text_mappings: text, debit_account,
    credit_account, customer_no; refused: statement_line_no and entry_no of pairs that a person rejected, which
    are not proposed again; known: payer aliases, direct debits, bank fees, documents settled lately; accept_late:
    whether a discount is given inside the grace days. Entries in another currency than the line's are no
    candidates.
    """
    known = known or Known()
    pool = build_pool(open_entries, customers, settings.local_currency_code, accept_late)
    payments = build_payments(lines, pool, settings)
    if not settings.strict_rules:
        found = propose_by_search(
            pool, payments, customers, build_score_table(rules), text_mappings, settings,
            _refused_by_line(refused, pool, payments), known,
        )  # fmt: skip
        return Matches(_in_order(found.lines, lines), found.applications, found.shared)
    customers = with_aliases(customers, known.aliases)
    named = find_documents(pool, payments, every_occurrence=not settings.strict_rules)
    refused_by_line = _refused_by_line(refused, pool, payments)
    usable = _usable(named, pool, payments, refused_by_line)
    mappings = usable_mappings(text_mappings)
    mapping_line, mapping = find_mappings(mappings, payments)
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
        collected=_collected(known.direct_debits, pool, payments),
    )
    assignment = Assignment(facts, build_score_table(rules), settings)
    outcome = assignment.run()
    words = Words(assignment, outcome, named, mappings, settings.language)
    result = _line_frame(assignment, outcome, mappings, words)
    return Matches(_in_order(result, lines), _application_frame(facts, outcome))


def score_pairs(
    lines: pd.DataFrame,
    open_entries: pd.DataFrame,
    customers: pd.DataFrame,
    rules: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """What the rule sheet says of every pair of a line and an entry, whatever their signs and days; applies nothing.

    To look at rules with a few lines: the cost is lines times entries. Columns: statement_line_no, entry_no, the
    three facts in words, match_score (0 where no rule fits).
    """
    pool = build_pool(open_entries, customers, settings.local_currency_code)
    payments = build_payments(lines, pool, settings)
    named = find_documents(pool, payments, every_occurrence=False)
    parties = find_parties(pool, payments, customers, settings)
    count = len(pool.remaining)
    line, entry = np.repeat(np.arange(len(lines)), count), np.tile(np.arange(count), len(lines))
    party = np.r_[parties.level, NO][parties.find(line, pool.customer[entry])]
    document = np.isin(line * count + entry, named.line * count + named.entry).astype(np.int64)
    asked = pool.applicable(entry, payments.day[line])
    fits = (asked >= payments.low[line]) & (asked <= payments.high[line])
    amount = np.where(fits, amount_codes(count_in_band(pool, payments))[line], NO)
    words = {
        "related_party_matched": np.array(PARTY_WORDS)[party],
        "document_no_matched": np.array(DOCUMENT_WORDS)[document],
        "amount_matched": np.array(AMOUNT_WORDS)[amount],
    }
    return pd.DataFrame(
        {
            "statement_line_no": payments.line_no[line],
            "entry_no": pool.entry_no[entry],
            **{name: pd.Series(texts, dtype="str") for name, texts in words.items()},
            "match_score": look_up_scores(build_score_table(rules), party, document, amount),
        }
    )


def _in_order(result: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per line in the order of the lines that came in."""
    return result.set_index("statement_line_no").loc[lines["statement_line_no"].to_numpy()].reset_index()


def _collected(debits: pd.DataFrame, pool: Pool, payments: Payments) -> dict[int, list[int]]:
    """Entries by line that a direct debit of the line's id collects (the reference's highest rule)."""
    by_number = {number: entry for entry, number in enumerate(pool.document_no)}
    found: dict[int, list[int]] = {}
    if not len(debits):
        return found
    collected: dict[str, list[int]] = {}
    for name, number, status in zip(
        *(debits[column] for column in ("transaction_id", "document_no", "status"))
    ):
        if number in by_number and is_alive(status):
            collected.setdefault(name, []).append(by_number[number])
    for line, name in enumerate(payments.transaction_id):
        if name in collected and len(name) <= LONGEST_ID:
            found[line] = collected[name]
    return found


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


def _line_frame(
    assignment: Assignment, outcome: Outcome, mappings: pd.DataFrame, words: Words
) -> pd.DataFrame:
    """One row per line, by line number."""
    facts, hypotheses = assignment.facts, assignment.hypotheses
    pool, payments, chosen = facts.pool, facts.payments, outcome.chosen
    count = len(chosen)
    rows = list(mappings.itertuples(index=False))
    matched = chosen >= 0
    collected = matched & (np.r_[hypotheses.kind, -1][chosen] == COLLECTED)
    mapped = matched & (np.r_[hypotheses.kind, -1][chosen] == MAPPING)
    by_rule = matched & ~mapped & ~collected
    score = np.where(matched, np.r_[hypotheses.score, 0][chosen], 0)
    cash = np.zeros(count, dtype=np.int64)
    np.add.at(
        cash,
        np.array(outcome.line, np.int64),
        np.array(outcome.amount, np.int64)
        - np.array(outcome.discount, np.int64)
        - np.array(outcome.tolerance, np.int64),
    )
    customer, account = [""] * count, [""] * count
    for line in np.flatnonzero(mapped).tolist():
        mapping = rows[hypotheses.subject[chosen[line]]]
        account[line], customer[line] = mapped_account(mapping, int(payments.amount[line]))
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
            np.where(mapped | collected, NOT_CONSIDERED, np.array(spelled, dtype=object)[code]), dtype="str"
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
            "kind": pd.Series(np.where(matched, "settle", "nothing"), dtype="str"),
            "evidence": pd.Series([words.evidence(line) for line in range(count)], dtype="str"),
            "runner_up": pd.Series([words.runner_up(line) for line in range(count)], dtype="str"),
        }
    )


def _application_frame(facts: Facts, outcome: Outcome) -> pd.DataFrame:
    line, entry = np.array(outcome.line, np.int64), np.array(outcome.entry, np.int64)
    return application_frame(
        {
            "statement_line_no": facts.payments.line_no[line],
            "entry_no": facts.pool.entry_no[entry],
            "amount_minor": outcome.amount,
            "discount_minor": outcome.discount,
            "tolerance_minor": outcome.tolerance,
        }
    )
