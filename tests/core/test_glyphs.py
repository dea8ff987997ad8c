"""The table of drawable characters is the font's own, and asking it is cheap."""

from __future__ import annotations

from importlib import resources
from io import BytesIO

import pandas as pd
import pytest

from salesbatch.core.glyphs import DRAWABLE, missing_characters, to_printed


@pytest.mark.parametrize("name", ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"])
def test_the_table_is_what_the_shipped_font_holds(name: str) -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    data = (resources.files("salesbatch.writers") / "fonts" / name).read_bytes()
    font = ttlib.TTFont(BytesIO(data))
    assert {chr(code) for code in font.getBestCmap()} == DRAWABLE
    assert len(data) < 60_000
    assert "Open Font License" in font["name"].getDebugName(13)


def test_the_licence_is_shipped_with_the_fonts() -> None:
    text = (resources.files("salesbatch.writers") / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert "Google LLC" in text


def test_the_letters_and_signs_of_european_invoices_can_be_drawn() -> None:
    wanted = "ÅÄÖåäöéüßÆØæøŁłŽžŐőŞşȘșŢţẞĐđÞþ" + "€£%§°²³½×÷±µΩ≤≥→–—−…•”’„«»№™" + "\u00a0\u202f"
    assert set(wanted) <= DRAWABLE


def test_missing_characters_are_named_once_and_in_order() -> None:
    texts = pd.Series(["Åsa", "", "寿司 寿", "Ж€Ж☃"], index=[7, 3, 9, 1], name="description", dtype="str")
    result = missing_characters(texts)
    assert result.to_dict() == {7: "", 3: "", 9: "寿司", 1: "Ж☃"}
    assert result.dtype == texts.dtype
    assert result.name == "description"


def test_what_is_drawn_after_composing_or_has_no_ink_is_not_missing() -> None:
    texts = pd.Series(["A\u030a\u200b", "rad\r\nrad\ttab", "e\u0301\u00ad\ufeff", "x\u0336"], dtype="str")
    assert missing_characters(texts).tolist() == ["", "", "", "\u0336"]
    assert to_printed("A\u030a\u200b\r\nb\tc") == "Å\nb c"


def test_no_texts_have_no_missing_characters() -> None:
    assert missing_characters(pd.Series([], dtype="str")).tolist() == []


def test_other_control_characters_are_missing() -> None:
    assert missing_characters(pd.Series(["a\x07b"], dtype="str")).tolist() == ["\x07"]
