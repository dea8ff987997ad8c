"""The summary of a month names who owes most, as it was at the month's end."""

from __future__ import annotations

from office import Office

from salesbatch import ledger


def test_who_owes_most_stands_first_with_what_is_overdue(office: Office) -> None:
    office.drop(
        "Sales.xlsx",
        Invoices="""
            No. | Customer No. | Posting Date | Item No. | Quantity
            I1 | C1 | 2026-09-10 | A1 | 1
            I2 | C1 | 2026-10-20 | A1 | 2
            I3 | C2 | 2026-10-20 | A1 | 4
        """,
    )
    office.run("2026-10-31")
    office.drop(
        "Later.xlsx",  # Paid in November: in October it was owed.
        Payments="Payment No. | Posting Date | Customer No. | Amount\nP1 | 2026-11-05 | C2 | 5000",
    )
    office.run("2026-11-05")
    with ledger.open_database(office.root) as database:
        report = ledger.ledger_report(database, "2026-10")
    debtors = report.largest_debtors[["customer_no", "customer_name", "amount_minor", "overdue_minor"]]
    assert debtors.to_numpy().tolist() == [
        ["C2", "Östgöta Café", 500000, 0],
        ["C1", "Åkerlunds Bygg AB", 375000, 125000],
    ]
    assert debtors["amount_minor"].sum() == report.totals["receivables"]
