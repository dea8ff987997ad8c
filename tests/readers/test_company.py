"""The Company sheet: every row has the kind of its setting."""

from __future__ import annotations

import datetime

from typed_sheets import found, read

from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.sheets import BY_NAME


def company(*rows: list[object], language: str = "sv") -> Inbox:
    return read({"Company": [["Setting", "Value"], *rows]}, tables=[BY_NAME["company"]], language=language)


def values(inbox: Inbox) -> dict[str, str]:
    frame = inbox.tables["company"]
    return dict(zip(frame["setting"], frame["value"]))


def test_settings_become_canonical_text_that_the_setup_reads_back() -> None:
    inbox = company(
        ["Namn", "Provbolaget AB"],
        ["Registration No.", "556036-0793"],
        ["Postnummer", 11122],
        ["F-skatt", "ja"],
        ["Invoice Rounding Precision", "1,00"],
        ["Rounding Write-off Limit", 0.5],
        ["Payment Tolerance %", 2.5],
        ["Shipping Advice", "complete"],
        ["Allow Posting From", datetime.date(2026, 1, 1)],
        ["Quote Validity", "30d"],
        ["OCR Level", 3],
    )
    assert found(inbox) == []
    assert values(inbox) == {
        "name": "Provbolaget AB",
        "registration_no": "556036-0793",
        "post_code": "11122",
        "f_tax": "yes",
        "invoice_rounding_precision_minor": "100",
        "rounding_write_off_limit_minor": "50",
        "payment_tolerance_percent_e5": "250000",
        "shipping_advice": "Complete",
        "allow_posting_from": "2026-01-01",
        "quote_validity": "30D",
        "ocr_level": "3",
    }
    assert inbox.tables["company"]["key"].tolist()[:2] == ["name", "registration_no"]
    settings = Company.of(inbox.tables).settings
    assert (settings.f_tax, settings.invoice_rounding_precision_minor, settings.ocr_level) == (True, 100, 3)


def test_a_bad_value_is_named_at_its_cell_and_holds_that_setting_only() -> None:
    inbox = company(["Name", "AB"], ["Shipping Advice", "Partiel"], ["Allow Posting From", "igår"])
    assert [(item.cell, item.code, item.hint) for item in inbox.findings] == [
        ("B3", "choice-unknown", "Partial"),
        ("B4", "date-unknown", ""),
    ]
    assert values(inbox) == {"name": "AB"}
    assert [held.key for held in inbox.held] == ["shipping_advice", "allow_posting_from"]


def test_an_unknown_setting_is_a_notice_and_is_left_out() -> None:
    inbox = company(["Name", "AB"], ["Favourite Colour", "blue"])
    assert found(inbox, notices=True) == [("A3", "setting-unknown", "Favourite Colour")]
    assert values(inbox) == {"name": "AB"}
    assert inbox.held == ()


def test_amounts_follow_the_currency_that_the_sheet_itself_names() -> None:
    inbox = company(["Local Currency Code", "JPY"], ["Rounding Write-off Limit", 50])
    assert values(inbox)["rounding_write_off_limit_minor"] == "50"


def test_a_dash_clears_a_setting_and_a_blank_says_nothing() -> None:
    inbox = company(["Bankgiro", "-"], ["Plusgiro", None])
    assert values(inbox) == {"bankgiro": "", "plusgiro": ""}
    assert inbox.tables["company"]["cleared"].tolist() == ["value", ""]


def test_the_same_setting_twice_is_held_when_it_differs() -> None:
    inbox = company(["Name", "AB"], ["Namn", "CD"], ["City", "Falun"], ["Ort", "Falun"])
    assert values(inbox) == {"city": "Falun"}
    assert [item.code for item in inbox.findings] == ["input-key-twice", "input-key-twice", "input-twice"]
