"""Lines that name a document in another currency than their own: proposed at the rate of the day, or told why not (T16).

The search compares amounts in one currency only. Where it found nothing for a line that names such a document, the
amount is compared at the rate of the line's day. Near it, and where Appln. between Currencies lets the money settle
the document, a person is asked; a bank's own rate is never ours to the öre, so nothing of it is posted unasked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import written
from salesbatch.core.match_texts import match_phrase
from salesbatch.core.money import amount_text, decimal_text, minor_digits, proportion
from salesbatch.rules.evidence import Pool, build_payments, build_pool, find_documents
from salesbatch.rules.exchange import find_rates, may_apply
from salesbatch.rules.match_rows import refused_pairs
from salesbatch.rules.matches import Matches, application_frame

NEAR_PERCENT = 3
"""The amount may be so far from the documents at the rate of the day: what banks take between currencies."""


def propose_other_currencies(
    books: Books, company: Company, lines: pd.DataFrame, matches: Matches
) -> Matches:
    """The matches with proposals and reasons for lines that name documents in another currency.

    lines: as they were matched. Lines that have an answer already keep it, unless only the amount spoke for it.
    """
    facts = matches.lines
    weak = (facts["match_confidence"] == "low") & (facts["document_no_matched"] == "no")
    waiting = facts.loc[
        (facts["kind"] == "nothing") | (weak & (facts["kind"] == "settle")), "statement_line_no"
    ]
    mine = lines[lines["statement_line_no"].isin(waiting) & (lines["amount_minor"] != 0)]
    local = company.settings.local_currency_code
    paid_in = mine["currency_code"].where(mine["currency_code"] != "", local).unique().tolist()
    opened = books.open_entries
    owed_in = opened["currency_code"].where(opened["currency_code"] != "", local)
    if len(paid_in) == 1:
        opened = opened[owed_in != paid_in[0]]
    if company.settings.strict_rules or not len(mine) or not len(opened):
        return matches
    pool = build_pool(opened, company.table("customers"), local)
    payments = build_payments(mine, pool, company.settings)
    edges = find_documents(pool, payments, every_occurrence=True)
    refused = set(map(tuple, refused_pairs(books).itertuples(index=False)))
    by_line = {int(row["statement_line_no"]): row for row in mine.to_dict("records")}
    told: dict[int, dict[str, Any]] = {}
    rows: list[tuple[int, int, int]] = []
    for place in np.unique(edges.line).tolist():  # Lines that name such a document: a few a day.
        number = int(payments.line_no[place])
        line = by_line[number]
        named = [
            entry
            for entry in edges.entry[edges.line == place].tolist()
            if pool.currencies[pool.currency[entry]] != (line["currency_code"] or local)
            and (number, int(pool.entry_no[entry])) not in refused
            and int(pool.remaining[entry]) * int(line["amount_minor"]) > 0
            and pool.posting_day[entry] <= payments.day[place]
        ]
        if named:
            fact, applied = _weigh(company, pool, line, named)
            told[number] = fact
            rows += [(number, entry, amount) for entry, amount in applied]
    return _with(matches, told, rows) if told else matches


def _weigh(
    company: Company, pool: Pool, line: dict[Any, Any], named: Sequence[int]
) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """What is to be said of a line that names these entries, and what it would settle of them (entry_no, amount)."""
    language, local = company.settings.language, company.settings.local_currency_code
    paid, owed = str(line["currency_code"]) or local, pool.currencies[pool.currency[named[0]]]
    both = pd.Series([owed, paid], dtype="str")
    rates = find_rates(company, both, pd.Series([line["date"]] * 2))[0].tolist()
    up, down = rates[0] * 10 ** minor_digits(paid), rates[1] * 10 ** minor_digits(owed)
    numbers = ", ".join(pool.document_no[entry] for entry in named)
    whole = sum(abs(int(pool.remaining[entry])) for entry in named)
    money = abs(int(line["amount_minor"]))
    parts = [match_phrase("in full", language, numbers=numbers)]
    one_debt = len({(int(pool.customer[entry]), int(pool.currency[entry])) for entry in named}) == 1
    if not one_debt or not up or not down:
        return {"words": "; ".join([*parts, match_phrase("in currency", language, currency=owed)])}, []
    asked = int(proportion([whole], [up], [down])[0])
    amounts = [written(amount_text(value, code), language) for value, code in ((whole, owed), (asked, paid))]
    parts.append(match_phrase("at the rate", language, amount=amounts[0], converted=amounts[1]))
    # What the payer sent, where the bank says so: the gap is the bank's rate and fee then.
    sent = f"{owed}{decimal_text(whole, minor_digits(owed))}"
    was_sent = f"Instructed {sent}" in re.split(r"; | (?=[A-Z]{3}/)", str(line["additional_info"]))
    if was_sent:
        parts.append(match_phrase("was sent", language, amount=amounts[0]))
    if not may_apply(company, pd.Series([owed]), pd.Series([paid]))[0]:
        return {"words": "; ".join([*parts, match_phrase("currency barred", language, currency=paid)])}, []
    if not was_sent and abs(money - asked) * 100 > NEAR_PERCENT * asked:
        return {"words": "; ".join(parts)}, []
    sign, left, applied = int(np.sign(line["amount_minor"])), money, []
    for entry in sorted(named):  # The pool is in the order of settling.
        open_now = abs(int(pool.remaining[entry]))
        price = int(proportion([open_now], [up], [down])[0])
        amount = open_now if left >= price else int(proportion([left], [down], [up])[0])
        left -= min(price, left)
        applied.append((int(pool.entry_no[entry]), sign * amount))
    fact = {
        "customer_no": pool.customer_nos[pool.customer[named[0]]],
        "match_confidence": "medium",
        "match_score": 0,
        "document_no_matched": "yes" if len(named) == 1 else "yes - multiple",
        "amount_matched": "no matches",
        "difference_minor": sign * left,
        "kind": "settle",
        "runner_up": "",
        "words": "; ".join(parts),
    }
    return fact, [pair for pair in applied if pair[1]]


def _with(matches: Matches, told: dict[int, dict[str, Any]], rows: list[tuple[int, int, int]]) -> Matches:
    """The matches with what is proposed; where nothing is, the words are added to the reason."""
    facts = matches.lines
    columns: dict[str, list[Any]] = {str(name): facts[name].tolist() for name in facts}
    for place, number in enumerate(columns["statement_line_no"]):
        if number in told:
            changes = dict(told[number])
            words = changes.pop("words")
            columns["evidence"][place] = words if changes else f"{columns['evidence'][place]}; {words}"
            for name, value in changes.items():
                columns[name][place] = value
    changed = pd.DataFrame(columns, index=facts.index).astype(facts.dtypes.to_dict())
    proposed = {line for line, _, _ in rows}
    others = matches.applications[~matches.applications["statement_line_no"].isin(proposed)]
    lines, entries, amounts = (list(column) for column in zip(*rows)) if rows else ([], [], [])
    more = application_frame({"statement_line_no": lines, "entry_no": entries, "amount_minor": amounts})
    applications = pd.concat([part for part in (others, more) if len(part)] or [others], ignore_index=True)
    applications = applications.sort_values("statement_line_no", kind="stable", ignore_index=True)
    return replace(
        matches, lines=changed, applications=applications, asked=matches.asked | frozenset(proposed)
    )
