"""A payment that names a document in another currency: proposed at the rate of its day, or told why not."""

from __future__ import annotations

import pytest
from office import Office
from reviewing import codes, run_answers, unexplained

OPENING = """
    Customer No. | Document Type | Document No. | Posting Date | Due Date | Amount | Currency Code
    C1 | Invoice | OLD-1 | 2026-10-05 | 2026-11-04 | 100 | EUR
    C2 | Invoice | OLD-2 | 2026-10-05 | 2026-11-04 | 1120 |
"""
"""OLD-1 was posted at 11.00; on 21 October the rate is 11.20."""


def paid(
    bank: Office,
    amount: str,
    text: str = "Betalning OLD-1",
    *,
    account: str = "BANK",
    info: str = "",
    **settings: str,
) -> Office:
    """The company with both invoices and one payment of 21 October."""
    rows = "\n".join(f"{caption.replace('_', ' ')} | {value}" for caption, value in settings.items())
    bank.drop(
        "Drop.xlsx",
        Company=f"Setting | Value\nOn Overpayment | On Account\n{rows}",
        Opening_Entries=OPENING,
        Bank_Statement=f"""
            Bank Account | Statement No. | Date | Amount | Text | Additional Info | Payer Name
            {account} | 1 | 2026-10-21 | 0 | Opening Balance | |
            {account} | 1 | 2026-10-21 | {amount} | {text} | {info} | Nobody Known
            {account} | 1 | 2026-10-21 | {amount} | Closing Balance | |
        """,
    )
    bank.run("2026-10-31")
    return bank


def proposal(bank: Office) -> list[str]:
    columns = ["status", "match_confidence", "customer_no", "applied_documents", "difference"]
    return bank.table("payment_matches").iloc[-1][columns].tolist()


def evidence(bank: Office) -> str:
    return str(bank.table("payment_matches").iloc[-1]["evidence"])


def remaining(bank: Office) -> dict[str, str]:
    entries = bank.table("customer_ledger_entries")
    return {row.document_no: row.remaining_amount for row in entries.itertuples() if row.open}


ALL = {"Appln._between_Currencies": "All"}


def test_kronor_for_an_invoice_in_euro_are_proposed_at_the_rate_of_the_day(bank: Office) -> None:  # T16
    paid(bank, "1120", **ALL, **{"Auto-Post_Confidence": "Medium"})
    assert proposal(bank) == ["proposed", "medium", "C1", "OLD-1=100.00", "0.00"]
    assert evidence(bank) == ("number OLD-1 in the text; 100.00 EUR at the rate of the day is 1120.00 SEK")
    assert "1930" not in bank.balance()


def test_accepted_they_settle_it_and_the_rate_is_a_gain(bank: Office) -> None:  # T16
    paid(bank, "1120", **ALL)
    result = run_answers(bank, {1: {"Decision": "Accept"}})
    assert codes(result) == []
    assert proposal(bank) == ["applied", "accepted", "C1", "OLD-1=100.00", "0.00"]
    assert remaining(bank) == {"OLD-2": "1120.00"}
    assert bank.balance()["3960"] == "-20.00"
    assert bank.balance()["1930"] == "1120.00"
    assert unexplained(bank, "2026-10") == 0
    assert bank.verify() == []


@pytest.mark.parametrize(
    ("amount", "proposed", "difference", "left"),
    [
        ("1115", "OLD-1=99.55", "0.00", {"OLD-1": "0.45", "OLD-2": "1120.00"}),
        ("1130", "OLD-1=100.00", "10.00", {"6001": "-10.00", "OLD-2": "1120.00"}),
    ],
)
def test_what_the_bank_took_or_gave_stays_open_or_on_account(
    bank: Office, amount: str, proposed: str, difference: str, left: dict[str, str]
) -> None:
    paid(bank, amount, **ALL)
    assert proposal(bank)[3:] == [proposed, difference]
    run_answers(bank, {1: {"Decision": "Accept"}})
    assert remaining(bank) == left
    assert bank.verify() == []


def test_euro_for_an_invoice_in_kronor_are_proposed_and_settle_it(bank: Office) -> None:
    paid(bank, "100", "OLD-2", account="EURO", **ALL)
    assert proposal(bank) == ["proposed", "medium", "C2", "OLD-2=1120.00", "0.00"]
    run_answers(bank, {1: {"Decision": "Accept"}})
    assert remaining(bank) == {"OLD-1": "100.00"}
    assert bank.verify() == []


def test_where_the_setting_forbids_it_the_reason_is_said(bank: Office) -> None:  # T16
    paid(bank, "1120")
    # OLD-2 has the amount; that another document is named is told with it.
    assert proposal(bank)[0] == "proposed"
    assert evidence(bank).endswith(
        "number OLD-1 in the text; 100.00 EUR at the rate of the day is 1120.00 SEK; "
        "Appln. between Currencies does not let SEK settle it"
    )


def test_an_amount_far_from_the_rate_is_not_proposed_but_explained(bank: Office) -> None:
    paid(bank, "500", **ALL)
    assert proposal(bank)[0] == "unmatched"
    assert evidence(bank).endswith("100.00 EUR at the rate of the day is 1120.00 SEK")


def test_a_rejected_document_is_not_proposed_again(bank: Office) -> None:
    paid(bank, "1121", **ALL)
    run_answers(bank, {1: {"Decision": "Reject"}})
    assert proposal(bank)[0] == "unmatched"


def test_a_typed_amount_is_money_of_the_line(bank: Office) -> None:
    paid(bank, "1120", **ALL)
    run_answers(bank, {1: {"Decision": "Apply To", "Apply-to Documents": "OLD-1=560"}})
    assert remaining(bank) == {"OLD-1": "50.00", "6001": "-560.00", "OLD-2": "1120.00"}
    assert proposal(bank)[3] == "OLD-1=50.00"
    assert bank.verify() == []


def test_what_the_payer_sent_counts_more_than_the_rate(bank: Office) -> None:
    paid(bank, "1050", info="Instructed EUR100.00 EUR/SEK10.75", **ALL)  # The bank kept six percent.
    assert proposal(bank)[:4] == ["proposed", "medium", "C1", "OLD-1=93.75"]
    assert evidence(bank).endswith("is 1120.00 SEK; the payer sent 100.00 EUR")
