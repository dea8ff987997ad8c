"""The history that the growth benchmark posts straight into the books obeys every law, and nothing of it is open."""

from office import Office

from benchmarks.growth import MONTHS, post_history


def test_the_history_is_proven_and_settled(office: Office) -> None:
    post_history(office.root, 10 * len(MONTHS))
    assert office.verify() == []
    entries = office.table("customer_ledger_entries")
    assert len(entries) == 2 * 10 * len(MONTHS)
    assert set(entries["remaining_amount"]) == {"0.00"}
