"""What of a match is posted unasked: its confidence, the rule that found it, and what the sheet wants reviewed."""

import pandas as pd
import pytest
from small_books import NO_MAPPINGS, customers, entries, lines

from salesbatch.core.company import Company, Settings
from salesbatch.rules.match_payments import decide_status
from salesbatch.rules.propose import propose_matches

NORD = customers(("C1", "Nordlunds Byggvaror AB", "5050-1055"), ("C2", "Anna Berg"))
BOOK = entries(("C1", "103001", 620_00), ("C2", "103002", 705_50))
COLUMNS = [
    "match_confidence", "priority", "related_party_matched", "document_no_matched", "amount_matched",
    "review_required",
]  # fmt: skip
HIGH = ("High", 4, "Fully", "Yes", "One Match")
MEDIUM = ("Medium", 6, "No", "Yes", "One Match")
BY_PAYER_AND_NUMBER = {"text": ["103001"], "payer_account": ["5050-1055"]}
BY_NUMBER = {"text": ["103001"]}


def status(line, rules=(), **given):
    """The status of one line. rules: rows of the rule sheet with what they say of review (None: nothing)."""
    sheet = pd.DataFrame([[*rule, review] for rule, review in rules], columns=COLUMNS).astype(
        {"review_required": "boolean", "priority": "Int64"}
    )
    company = Company(Settings(**given), {"payment_application_rules": sheet})
    statement = lines(620_00, **line)
    matches = propose_matches(statement, BOOK, NORD, sheet, NO_MAPPINGS, company.settings)
    return decide_status(matches, statement, company).item()


@pytest.mark.parametrize(
    ("line", "rules", "auto_post", "expected"),
    [
        (BY_PAYER_AND_NUMBER, [], "High", "applied"),
        (BY_NUMBER, [], "High", "proposed"),  # medium
        (BY_NUMBER, [], "Medium", "proposed"),  # trusted, but medium rules ask for a review by default
        (BY_NUMBER, [(MEDIUM, False)], "Medium", "applied"),
        (BY_NUMBER, [(MEDIUM, None)], "Medium", "proposed"),
        (BY_NUMBER, [(MEDIUM, False)], "High", "proposed"),
        (BY_PAYER_AND_NUMBER, [(HIGH, None)], "High", "applied"),
        (BY_PAYER_AND_NUMBER, [(HIGH, True)], "High", "proposed"),
        (BY_PAYER_AND_NUMBER, [(HIGH, True)], "Medium", "proposed"),
        (BY_PAYER_AND_NUMBER, [(("Low", *HIGH[1:]), False)], "Medium", "proposed"),  # low is never posted
        ({"text": ["Betalning"]}, [], "Medium", "proposed"),  # the amount alone
    ],
)
def test_with_strict_rules_the_sheet_says_what_is_reviewed(line, rules, auto_post, expected):
    # M22
    assert status(line, rules, strict_rules=True, auto_post_confidence=auto_post) == expected


@pytest.mark.parametrize(
    ("line", "rules", "expected"),
    [
        (BY_NUMBER, [], "applied"),  # the search is sure, though the rule is a medium one
        (BY_NUMBER, [(MEDIUM, None)], "applied"),
        (BY_PAYER_AND_NUMBER, [(HIGH, True)], "proposed"),
        ({"text": ["Betalning"]}, [], "proposed"),
    ],
)
def test_the_search_has_its_own_confidence_and_a_high_rule_may_ask_for_a_review(line, rules, expected):
    assert status(line, rules, strict_rules=False) == expected


def test_a_day_that_is_not_open_yet_and_an_overpayment_under_review_are_proposed():
    assert status(BY_PAYER_AND_NUMBER, allow_posting_to=pd.Timestamp("2026-01-31").date()) == "proposed"
    over = lines(700_00, **BY_PAYER_AND_NUMBER)
    found = {}
    for way in ("Review", "On Account"):
        company = Company(Settings(on_overpayment=way), {})
        matches = propose_matches(
            over, BOOK, NORD, company.table("payment_application_rules"), NO_MAPPINGS, company.settings
        )
        found[way] = decide_status(matches, over, company).item()
    assert found == {"Review": "proposed", "On Account": "applied"}
