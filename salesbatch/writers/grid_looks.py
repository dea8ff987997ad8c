"""How workbooks look: colours and formats in one place, quiet enough to print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesbatch.writers.grid_parts import GridColumn

INK, BLUE, ACCENT, GREY, LINE, PALE = "#1F2937", "#1F3A5F", "#2F6DA8", "#6B7280", "#D5DAE1", "#EEF3F8"
GREEN, AMBER, RED = "#3C8D5A", "#E0A030", "#C0504D"
AGE_COLORS = ("#3C8D5A", "#A9C46C", "#E8C25A", "#E0903C", "#C0504D")
TABLE_STYLE = "Table Style Light 15"
HEADER_HEIGHT, LINE_HEIGHT, WRAP_WIDTH = 30, 15, 40.0
TAB_COLORS: Mapping[str, str] = {
    "customer_ledger_entries": ACCENT, "open_entries": AMBER, "gl_entries": GREEN, "payment_matches": GREY,
    "findings": RED, "held": RED,
}  # fmt: skip
CHART_FONT = {"size": 9, "color": GREY}
CHART_TITLE = {"size": 12, "bold": True, "color": BLUE}

LINK: Mapping[str, Any] = {"num_format": "@", "font_color": ACCENT, "underline": 1}
TOTAL: Mapping[str, Any] = {"bold": True, "top": 1, "top_color": BLUE, "bg_color": PALE}
TONES: Mapping[str, Mapping[str, Any]] = {
    "error": {"bg_color": "#F8CBC6", "font_color": "#8A1C14"},
    "warning": {"bg_color": "#FCE8B2", "font_color": "#6B4E00"},
    "notice": {"bg_color": "#DCE9F5", "font_color": "#1F4E78"},
    "good": {"bg_color": "#D3EBD8", "font_color": "#14572B"},
    "answer": {"bg_color": "#FFF9DB", "border": 1, "border_color": "#E5D38A"},
    "line": {"bottom": 1, "bottom_color": LINE},
    "plain": {},
}
_HEADER_TONES = {
    "plain": BLUE,
    "required": BLUE,
    "optional": "#7C93AE",
    "problem": "#A8322A",
    "answer": "#9A6B12",
}


def cell(number_format: str) -> dict[str, Any]:
    """The look of a value: numbers to the right, text and dates to the left with a little room before them."""
    if number_format == "link":
        return {**LINK, "valign": "top", "align": "left", "indent": 1}
    if number_format in ("@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"):
        return {"num_format": number_format, "valign": "top", "align": "left", "indent": 1}
    return {"num_format": number_format, "valign": "top"}


def of_column(column: GridColumn) -> dict[str, Any]:
    """What a column adds to the look of its cells."""
    problem = {"font_color": "#8A1C14"} if column.tone == "problem" else {}
    return {**problem, "text_wrap": True} if column.wrap else problem


def header(kind: str, tone: str) -> dict[str, Any]:
    """The look of a caption; numbers stand to the right as their values do."""
    right = kind in ("money", "quantity", "percent", "integer")
    return {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": _HEADER_TONES[tone],
        **({"align": "right"} if right else {"align": "left", "indent": 1}),
        "valign": "vcenter",
        "text_wrap": True,
        "num_format": "@",
    }


_COLUMN = {"bold": True, "font_color": GREY, "font_size": 9, "bottom": 1, "bottom_color": LINE}
PAGE: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 20, "font_color": BLUE, "valign": "vcenter"},
    "subtitle": {"bold": True, "font_size": 12, "font_color": BLUE},
    "heading": {"bold": True, "font_size": 12, "font_color": BLUE, "bottom": 2, "bottom_color": ACCENT},
    "column": _COLUMN,
    "number_column": {**_COLUMN, "align": "right"},
    "label": {"font_color": GREY},
    "text": {"font_color": INK, "num_format": "@"},
    "wrapped": {"font_color": INK, "text_wrap": True, "valign": "top", "num_format": "@"},
    "muted": {"font_color": GREY, "font_size": 9},
    "code": {"font_color": INK, "font_name": "Courier New", "font_size": 9, "num_format": "@"},
    "money": {"font_color": INK},
    "money_total": {"font_color": INK, "bold": True, "top": 1, "top_color": LINE},
    "integer": {"font_color": INK, "num_format": "#,##0"},
    "date": {"font_color": INK, "num_format": "yyyy-mm-dd", "align": "left"},
    "good": {**TONES["good"], "bold": True, "align": "center"},
    "bad": {**TONES["error"], "bold": True, "align": "center"},
    "link": {"font_color": ACCENT, "underline": 1},
    "error": {**TONES["error"], "text_wrap": True, "valign": "top", "num_format": "@"},
    "warning": {**TONES["warning"], "text_wrap": True, "valign": "top", "num_format": "@"},
    "notice": {**TONES["notice"], "text_wrap": True, "valign": "top", "num_format": "@"},
}
