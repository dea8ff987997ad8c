"""What the accountant is told of a settlement: every write-off by name, and accounts that the setup lacks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from salesbatch.core.company import Company
from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.money import amount_text


def name_write_offs(company: Company, done: pd.DataFrame) -> tuple[Finding, ...]:
    """A notice per difference that was accepted without asking: reason, account, amount and limit."""
    rows = done[(done["tolerance"] != 0) | (done["write_off"] != 0) | (done["rounding"] != 0)]
    late = done[(done["discount"] != 0) & done["late"]]
    return (*_differences(company, rows), *_late(late))


def _differences(company: Company, rows: pd.DataFrame) -> Iterator[Finding]:
    local = company.settings.local_currency_code
    limit = amount_text(company.settings.rounding_write_off_limit_minor, local)
    for row in rows.to_dict("records"):
        currency = str(row["claim_currency_code"])
        for name, code, account, allowed in (
            (
                "tolerance",
                "payment-tolerance-taken",
                row["payment_tolerance_account"],
                amount_text(row["tolerance_wanted"], currency),
            ),
            (
                "write_off",
                "fee-written-off" if row["fee_account"] else "rounding-written-off",
                row["rounding_account"],
                amount_text(row["fee_minor"], currency) if row["fee_account"] else limit,
            ),
            ("rounding", "rounding-written-off", row["rounding_account"], amount_text(1, currency)),
        ):
            if row[name]:
                yield finding(
                    code,
                    _place(row),
                    document_no=row["claim_document_no"],
                    amount=amount_text(row[name], currency),
                    limit=allowed,
                    account=account,
                )


def _late(rows: pd.DataFrame) -> Iterator[Finding]:
    for row in rows.to_dict("records"):
        yield finding(
            "late-discount-taken",
            _place(row),
            document_no=row["claim_document_no"],
            amount=amount_text(row["discount"], str(row["claim_currency_code"])),
            account=row["payment_discount_account"],
            until=f"{row['claim_discount_tolerance_date']:%Y-%m-%d}",
        )


def _place(row: dict[Hashable, Any]) -> Place:  # type: ignore[type-arg,unused-ignore]
    return Place(str(row["source"]), str(row["sheet"]), int(str(row["row"])))


def account_warnings(company: Company, facts: pd.DataFrame) -> tuple[Finding, ...]:
    """A discount or tolerance that a posting group has no account for is not given: said once a group."""
    found: list[Finding] = []
    for wanted, possible, caption in (
        ("discount_wanted", "possible_discount", "Payment Discount Account"),
        ("tolerance_wanted", "possible_tolerance", "Payment Tolerance Account"),
    ):
        lacking = (facts[wanted] != 0) & (facts[possible] == 0)
        if wanted == "discount_wanted":
            lacking &= facts["in_time"] | facts["late"]
        for group in facts.loc[lacking, "claim_group"].drop_duplicates():
            found.append(finding("settlement-account-missing", account=caption, group=group))
    return tuple(found)
