"""The rule sheet decides how much a match is trusted: four facts, one score (M15, M16).

The facts of a pair (statement line, open entry or group of entries) are small codes:

    party          0 no            1 partially     2 fully
    document       0 no            1 yes           2 yes - multiple
    amount         0 no matches    1 one match     2 multiple matches
    direct debit   0 not considered 1 no           2 yes

Together they are one index 0..80 into a table that is built once from the sheet `Payment Application Rules`.
score = (confidence + 1) x 1000 - priority with low 1, medium 2, high 3; the best rule that fits wins; 0 means
that no rule fits, and such a pair is never applied.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesbatch.core.money import Int64

PARTY_WORDS = ("no", "partially", "fully")
DOCUMENT_WORDS = ("no", "yes", "yes - multiple")
AMOUNT_WORDS = ("no matches", "one match", "multiple matches")
CONFIDENCE_WORDS = ("none", "low", "medium", "high")
NOT_CONSIDERED = "not considered"

NO, PARTIALLY, FULLY = 0, 1, 2
YES, MULTIPLE_DOCUMENTS = 1, 2
ONE, MULTIPLE = 1, 2

TEXT_MAPPING_BASE = 3000
"""A text mapping scores 3000 + length + 1: above medium and low, below the high rules (M19)."""

_ANY = -1
_CODES: dict[str, dict[str, int]] = {
    "related_party_matched": {"no": 0, "partially": 1, "fully": 2},
    "document_no_matched": {"no": 0, "yes": 1, "yesmultiple": 2, "multiple": 2},
    "amount_matched": {
        "nomatches": 0,
        "none": 0,
        "onematch": 1,
        "one": 1,
        "multiplematches": 2,
        "multiple": 2,
    },
    "direct_debit": {"no": 1, "yes": 2},
}
_CONFIDENCE = {"low": 1, "medium": 2, "high": 3}

DEFAULT_RULES: tuple[tuple[str, int, int, int, int, int], ...] = (
    # confidence, priority, party, document, amount, direct debit (-1: not considered)
    ("high", 1, _ANY, _ANY, _ANY, 2),
    ("high", 2, FULLY, MULTIPLE_DOCUMENTS, ONE, _ANY),
    ("high", 3, FULLY, MULTIPLE_DOCUMENTS, MULTIPLE, _ANY),
    ("high", 4, FULLY, YES, ONE, _ANY),
    ("high", 5, FULLY, YES, MULTIPLE, _ANY),
    ("high", 6, PARTIALLY, MULTIPLE_DOCUMENTS, ONE, _ANY),
    ("high", 7, PARTIALLY, MULTIPLE_DOCUMENTS, MULTIPLE, _ANY),
    ("high", 8, PARTIALLY, YES, ONE, _ANY),
    ("high", 9, FULLY, NO, ONE, _ANY),
    ("high", 10, NO, MULTIPLE_DOCUMENTS, ONE, _ANY),
    ("high", 11, NO, MULTIPLE_DOCUMENTS, MULTIPLE, _ANY),
    ("medium", 1, FULLY, MULTIPLE_DOCUMENTS, _ANY, _ANY),
    ("medium", 2, FULLY, YES, _ANY, _ANY),
    ("medium", 3, FULLY, NO, MULTIPLE, _ANY),
    ("medium", 4, PARTIALLY, MULTIPLE_DOCUMENTS, _ANY, _ANY),
    ("medium", 5, PARTIALLY, YES, _ANY, _ANY),
    ("medium", 6, NO, YES, ONE, _ANY),
    ("medium", 7, NO, MULTIPLE_DOCUMENTS, _ANY, _ANY),
    ("medium", 8, PARTIALLY, NO, ONE, _ANY),
    ("medium", 9, NO, YES, _ANY, _ANY),
    ("low", 1, FULLY, NO, NO, _ANY),
    ("low", 2, PARTIALLY, NO, MULTIPLE, _ANY),
    ("low", 3, PARTIALLY, NO, NO, _ANY),
    ("low", 4, NO, NO, ONE, _ANY),
    ("low", 5, NO, NO, MULTIPLE, _ANY),
)
"""What holds while the rule sheet is empty: one rule for direct debit and the twenty-four of M16."""


def build_score_table(rules: pd.DataFrame) -> Int64:
    """81 scores, one per combination of facts, from the rule sheet; an empty sheet means `DEFAULT_RULES`.

    rules: columns match_confidence, priority, related_party_matched, document_no_matched, amount_matched and
    direct_debit in the sheet's words, blank meaning Not Considered. Raises ValueError for a word that the
    sheet's own check should have refused.
    """
    table = np.zeros((3, 3, 3, 3), dtype=np.int64)
    for confidence, priority, *fields in _typed_rules(rules):
        score = (_CONFIDENCE[confidence] + 1) * 1000 - priority
        view = table[tuple(slice(None) if code == _ANY else slice(code, code + 1) for code in fields)]
        np.maximum(view, score, out=view)
    return table.reshape(81)


def _typed_rules(rules: pd.DataFrame) -> list[tuple[Any, ...]]:
    if len(rules) == 0:
        return list(DEFAULT_RULES)
    columns = [[_code(name, word) for word in _words(rules, name)] for name in _CODES]
    confidence = [_squeeze(word) for word in _words(rules, "match_confidence")]
    if unknown := set(confidence) - set(_CONFIDENCE):
        raise ValueError(f"no match confidence: {sorted(unknown)}")
    priority = [int(value) for value in rules["priority"]]
    return list(zip(confidence, priority, *columns))


def _words(rules: pd.DataFrame, name: str) -> list[str]:
    return rules[name].tolist() if name in rules else [""] * len(rules)


def _squeeze(word: str) -> str:
    return re.sub(r"[^a-z]", "", str(word).lower())


def _code(name: str, word: str) -> int:
    squeezed = _squeeze(word)
    if squeezed in ("", "notconsidered"):
        return _ANY
    if squeezed not in _CODES[name]:
        raise ValueError(f"{word!r} is no value of {name}")
    return _CODES[name][squeezed]


def look_up_scores(
    table: Int64,
    party: npt.ArrayLike,
    document: npt.ArrayLike,
    amount: npt.ArrayLike,
    direct_debit: npt.ArrayLike = 0,
) -> Int64:
    """Scores of whole columns of facts."""
    index = place_of_facts(
        np.asarray(party), np.asarray(document), np.asarray(amount), np.asarray(direct_debit)
    )
    return np.asarray(table[index], dtype=np.int64)


def place_of_facts(party: Any, document: Any, amount: Any, direct_debit: Any) -> Any:
    """Where in the table of scores the four facts of a line stand; for one line or for whole columns."""
    return party * 27 + document * 9 + amount * 3 + direct_debit


def confidence_word(score: int) -> str:
    """high, medium, low or none of a rule's score."""
    return CONFIDENCE_WORDS[score // 1000]
