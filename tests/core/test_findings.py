"""What a finding says, in both languages."""

from __future__ import annotations

import pytest

from salesbatch.core.findings import finding


@pytest.mark.parametrize(("language", "said"), [("en", "of 12.50 SEK on"), ("sv", "på 12,50 SEK på")])
def test_amounts_are_written_as_the_language_does(language: str, said: str) -> None:
    item = finding(
        "rounding-written-off", amount="12.50 SEK", document_no="10.30", limit="0.50 SEK", account="3740"
    )
    message = item.message(language)
    assert said in message
    assert "10.30" in message  # The number of a document is no amount.
