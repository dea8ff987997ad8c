"""Evidence is written in the company's language from one table, and every phrase stands in it twice."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from small_books import customers, entries, lines, propose

from salesbatch.core.match_texts import MATCH_TEXTS, NOTES, document_label, note_phrase

RULES = Path(__file__).resolve().parents[2] / "salesbatch" / "rules"
TWO = customers(("C1", "Åkerlunds Bygg AB", "5050-1055"), ("C2", "Östgöta Café"))


@pytest.mark.parametrize("name", MATCH_TEXTS)
def test_both_languages_fill_in_the_same_values(name: str) -> None:
    english, swedish = (set(re.findall(r"{\w+}", text)) for text in MATCH_TEXTS[name])
    assert english == swedish


def written_notes() -> set[str]:
    """What the modules of the search say in whole words, an inserted value as {number}."""
    found = set()
    for path in RULES.glob("*.py"):
        text = path.read_text("utf-8")
        if not re.search(r"\bHypothesis\(", text):
            continue
        tree = ast.parse(text)
        known = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # Docstrings.
        known |= {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "{number}" for part in node.values]
                found.add("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
                found.add(node.value)
    return {text for text in found if re.fullmatch(r"[a-z{][^_|]*[a-z}]", text) and " " in text}


def test_every_note_of_the_search_has_a_swedish_text() -> None:
    notes = written_notes() - set(MATCH_TEXTS)
    assert len(notes & set(NOTES)) > 15
    no_notes = {"on account", "other word", "{number} {number}", "closed rejected"}
    assert notes - set(NOTES) - no_notes == set()
    assert set(NOTES) - notes == set()


def test_a_note_keeps_the_number_that_it_names() -> None:
    assert (
        note_phrase("the text names F-7, which is not open", "sv") == "texten nämner F-7, som inte är öppet"
    )
    assert note_phrase("the text names F-7, which is not open", "en").endswith("which is not open")


def test_a_document_is_named_with_its_kind_where_its_number_is_digits_only() -> None:
    assert document_label("credit_memo", "7", "en") == "CM 7"
    assert document_label("credit_memo", "7", "sv") == "kreditnota 7"
    assert document_label("invoice", "INV-7", "sv") == "INV-7"


@pytest.mark.parametrize(
    ("given", "evidence", "runner_up"),
    [
        (
            {"payer_account": ["5050-1055"], "text": ["103001"]},
            "betalarens konto 5050-1055 är kund C1; 103001 i texten; beloppet är lika med det som återstår "
            "(2 öppna dokument har det)",
            "faktura 103002: samma belopp, samma kund",
        ),
        (
            {"payer_name": ["Östgöta Café"]},
            'betalarens namn "Östgöta Café" är kund C2, den enda med det namnet, '
            "men ingen öppen post hos kunden kan ta emot betalningen",
            "",
        ),
    ],
)
def test_the_rule_sheet_tells_in_swedish(given: dict[str, list[str]], evidence: str, runner_up: str) -> None:
    book = entries(("C1", "103001", 125000), ("C1", "103002", 125000))
    amount = 125000 if "text" in given else 77
    found = propose(lines(amount, **given), book, TWO, language="sv").lines.iloc[0]
    assert found["evidence"] == evidence
    if runner_up:
        assert found["runner_up"] == runner_up
