"""Evidence is kept in one wording and shown in the reader's language."""

from __future__ import annotations

import pytest

from salesbatch.core.evidence_texts import evidence_text


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        (
            "payer account 5050-1055 is customer C001; number 103001 in the text; amount equals the remaining amount",
            "betalarens konto 5050-1055 är kund C001; nummer 103001 i texten; beloppet är lika med det som återstår",
        ),
        (
            "payment references 1030016, 1030024 and 3 more; amount is 12.00 more than the sum of the 5 documents",
            "betalningsreferenser 1030016, 1030024 och 3 till; beloppet är 12.00 mer än summan av de 5 dokumenten",
        ),
        (
            "amount equals the remaining amount less the discount (4 open documents have it)",
            "beloppet är lika med det som återstår minus kassarabatten (4 öppna dokument har det)",
        ),
        ("INV 103007: same amount, other payer", "faktura 103007: samma belopp, annan betalare"),
        (
            "the line names CM 7, which has the opposite sign",
            "raden nämner kreditnota 7, som har motsatt tecken",
        ),
    ],
)
def test_known_phrases_are_told_in_swedish(english: str, swedish: str) -> None:
    assert evidence_text(english, "sv") == swedish
    assert evidence_text(english, "en") == english


def test_what_a_user_wrote_stays_as_it_is() -> None:
    assert (
        evidence_text(
            'accepted by Eva (paid by the same customer): payer name "The Number and AB" fits customer C1',
            "sv",
        )
        == 'godkänd av Eva (paid by the same customer): betalarens namn "The Number and AB" passar kund C1'
    )


def test_a_phrase_that_is_not_known_stays() -> None:
    assert evidence_text("something quite new", "sv") == "something quite new"
