"""Printed documents are what was frozen when they were posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hand_made import FACTS, first_journal

from salesbatch.core.books import Books
from salesbatch.core.documents import Party, PrintedVat
from salesbatch.ledger import Database, open_database, post, printed_documents, printing


def test_an_invoice_says_what_was_posted(database: Database) -> None:
    (invoice,) = printed_documents(database, [3])
    assert (invoice.document_type, invoice.no, invoice.currency_code, invoice.minor_digits) == (
        "invoice",
        "103001",
        "SEK",
        2,
    )
    assert (invoice.net_minor, invoice.vat_minor, invoice.total_minor) == (40_000, 10_000, 50_000)
    assert (invoice.posting_date, invoice.due_date, invoice.delivery_date) == (
        date(2026, 10, 5),
        date(2026, 11, 4),
        date(2026, 10, 5),
    )
    assert invoice.bill_to == Party(
        "Björk & Lind", address="Storgatan 1", post_code="111 22", city="Stockholm"
    )
    assert invoice.ship_to is None
    assert (invoice.seller.party.name, invoice.seller.registered_office, invoice.seller.bankgiro) == (
        "Ekdala Snickeri AB",
        "Nora",
        "5050-1055",
    )
    assert (invoice.payment_terms, invoice.our_reference, invoice.payment_reference) == (
        "30 days net",
        "Anna Nord",
        "1030016",
    )
    (line,) = invoice.lines
    assert (line.no, line.quantity_e5, line.line_amount_minor) == ("I1", 400_000, 40_000)
    assert invoice.vat == (PrintedVat("VAT25", 2_500_000, 40_000, 10_000, "Standard rate"),)
    assert invoice.vat_lcy == ()


def test_a_credit_memo_names_the_invoice_that_it_changes(database: Database) -> None:  # ML 17:22
    (memo,) = printed_documents(database, [5])
    assert (memo.no, memo.corrects_no, memo.language, memo.total_minor) == ("104001", "103001", "sv", 12_500)


def test_documents_come_in_the_order_asked_for_whatever_the_chunks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "CHUNK", 1)
    # 1 is an order and 99 is nothing: neither is printed.
    assert [document.no for document in printed_documents(database, [5, 1, 3, 99])] == ["104001", "103001"]


def test_a_foreign_invoice_states_its_vat_in_local_currency(tmp_path_factory: pytest.TempPathFactory) -> None:
    journal = first_journal(Books())
    documents = journal.table("documents")
    foreign = documents.assign(
        currency_code=documents["currency_code"].mask(documents["document_id"] == 3, "EUR")
    )
    with open_database(tmp_path_factory.mktemp("foreign"), create=True) as database:
        post(database, Books(), replace(journal, rows={**journal.rows, "documents": foreign}), run=FACTS)
        (invoice,) = printed_documents(database, [3])
    assert invoice.vat_lcy == (("VAT25", 10_000),)
