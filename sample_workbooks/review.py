"""The person who answers the payment review: reads each row, compares it with the papers, types a decision.

What the papers say stands in `answers.json`. Where the proposal names the right documents it is accepted, else
the right ones are typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

PERSON = "Anna Lindgren"
REMARK = " · "
"""In the workbook a name may follow a number after this sign."""
_SHEET = ("Payment Review", "Betalningsgranskning")
_CAPTIONS = {
    "bank": ("Bank Account", "Bankkonto"),
    "date": ("Date", "Datum"),
    "amount": ("Amount", "Belopp"),
    "text": ("Text",),
    "payer": ("Payer Name", "Betalarens namn"),
    "customer": ("Proposed Customer No.", "Föreslaget kundnr"),
    "documents": ("Proposed Documents", "Föreslagna dokument"),
    "decision": ("Decision", "Beslut"),
    "apply_to": ("Apply-to Documents", "Kopplas till dokument"),
    "account": ("Account", "Konto"),
    "customer_no": ("Customer No.", "Kundnr"),
    "decided_by": ("Decided By", "Beslutad av"),
}
Key = tuple[str, str, Decimal, str, str]


def answers_for_review(statements: Mapping[str, list[dict[str, Any]]]) -> dict[Key, dict[str, Any]]:
    """The answer to each statement line, by account, date, amount, text and payer."""
    return {
        (row["bank_account"], row["date"], Decimal(row["amount"]), row["text"], row["payer_name"]): row
        for rows in statements.values()
        for row in rows
    }


def type_decisions(path: Path, target: Path, answers: Mapping[Key, Mapping[str, Any]]) -> int:
    """Type a decision into each row of a review workbook whose line is known; returns how many."""
    import openpyxl

    workbook = openpyxl.load_workbook(path)
    sheet = next(workbook[name] for name in _SHEET if name in workbook.sheetnames)
    captions = {cell.value: cell.column for cell in sheet[1] if cell.value}
    column = {
        name: next(captions[word] for word in words if word in captions) for name, words in _CAPTIONS.items()
    }
    typed = 0
    for row in range(2, sheet.max_row + 1):
        shown = {name: sheet.cell(row, place).value for name, place in column.items()}
        decided = decide(shown, answers.get(_key(shown), {}))
        for name, value in decided.items():
            sheet.cell(row, column[name]).value = value
        typed += bool(decided)
    workbook.save(target)
    return typed


def decide(shown: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """What is typed into the cells of a row; nothing where there is nothing to decide yet."""
    decision = str(answer.get("decision", ""))
    if not decision and answer.get("expect") == "applied":
        decision = "Accept"  # It was sure enough for a person.
    typed = {"decision": decision, "decided_by": PERSON}
    if decision in ("", "Leave"):
        return {}
    if decision in ("Accept", "Apply To"):
        wanted, customer = str(answer["documents"]).split(), answer["customer_no"]
        if _proposed(shown) == (customer, set(wanted)):
            return {**typed, "decision": "Accept"}
        return {**typed, "decision": "Apply To", "apply_to": ";".join(wanted), "customer_no": customer}
    if decision == "On Account":
        return {**typed, "customer_no": str(answer["customer_no"])}
    if decision == "Post To Account":
        return {**typed, "account": str(answer["account"])}
    return typed


def _key(shown: Mapping[str, Any]) -> Key:
    day = shown["date"]
    return (
        str(shown["bank"]),
        day.date().isoformat() if isinstance(day, datetime) else str(day),
        Decimal(f"{shown['amount'] or 0:.15g}"),
        str(shown["text"] or ""),
        str(shown["payer"] or ""),
    )


def _proposed(shown: Mapping[str, Any]) -> tuple[str, set[str]]:
    """Customer and document numbers of `103001=1250.00;` and the like."""
    parts = str(shown["documents"] or "").split(";")
    numbers = {part.partition("=")[0].strip() for part in parts if part.strip()}
    return str(shown["customer"] or "").partition(REMARK)[0], numbers
