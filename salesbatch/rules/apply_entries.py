"""Open entries applied to each other because a person says so: the action Apply (T2-T5, T16)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.inbox import Inbox
from salesbatch.core.journal import Journal
from salesbatch.core.money import minor_digits
from salesbatch.rules.entry_actions import (
    APPLY,
    Actions,
    done_rows,
    find_entries,
    settle_amounts,
    settle_dates,
    take_actions,
)
from salesbatch.rules.exchange import may_apply
from salesbatch.rules.named_entries import amount_of, at_rows, best_of, entries_by_number, parts_of
from salesbatch.rules.settle import Settlement, settle

_APPLYING = {"refund": 3, "payment": 2, "credit_memo": 1}
"""Of two entries the higher one is applied to the other, whichever of them the row names first."""


def apply_entries(inbox: Inbox, books: Books, company: Company, posting_date: date) -> Journal:
    """Apply the named entries to each other as far as both go, or as far as the amounts say."""
    actions = take_actions(inbox, books, posting_date, APPLY)
    if actions is None:
        return Journal()
    actions = settle_amounts(find_entries(actions, books.open_entries, books), books, in_all=False)
    pairs = _pairs(actions, books, company)
    actions = actions.with_rows(actions.rows)  # Without those that _pairs reported.
    latest = pairs.groupby("document")["latest"].max()
    latest_of_row = latest.reindex(actions.rows["document"]).reset_index(drop=True)
    actions = settle_dates(actions, books, latest_of_row)
    settled, actions = _settle(actions, books, pairs)
    done = _transactions(actions, settled)
    return Journal.join([settled.journal, done_rows(books, done, done["document_no"]), actions.journal()])


def _pairs(actions: Actions, books: Books, company: Company) -> pd.DataFrame:
    """The pairs that the rows ask for, in their order; what cannot be is reported.

    Columns: document, entry_no (the claim), applying_no, wanted_minor, latest (the later posting date).
    """
    checks, rows = actions.checks, actions.rows
    checks.report(
        rows[rows["applies_to_document_no"] == ""], "action-applies-to-missing", "applies_to_document_no"
    )
    targets = _targets(actions)
    found = entries_by_number(books.open_entries, books.named, set(targets["number"])).add_prefix("other_")
    asked = targets.merge(found, left_on="number", right_on="other_number", how="inner")
    asked = asked.rename(columns={"other_by_sender": "by_sender", "other_entry_no": "other_no"})
    known = asked.merge(
        rows[["document", *(name for name in rows if str(name).startswith("entry_"))]], on="document"
    )
    opposite = np.sign(known["entry_remaining_minor"]) * np.sign(known["other_remaining_minor"]) < 0
    fits = known[opposite & (known["entry_customer_no"] == known["other_customer_no"])]
    best = best_of(
        fits.assign(entry_of_row=fits["entry_no"], entry_no=fits["other_no"]), ["document", "place"]
    )
    place = pd.MultiIndex.from_frame(targets[["document", "place"]])
    open_somewhere = place.isin(pd.MultiIndex.from_frame(known[["document", "place"]]))
    usable = place.isin(pd.MultiIndex.from_frame(best[["document", "place"]]))
    checks.report(
        at_rows(rows, targets[~open_somewhere]),
        "payment-document-not-open",
        "applies_to_document_no",
        named="number",
    )
    unfit = at_rows(rows, targets[open_somewhere & ~usable])
    checks.report(unfit, "action-cannot-apply", "document_no", other="number")
    several = at_rows(rows, best[best["several"]])
    checks.report(several, "action-document-several", "applies_to_document_no")
    barred = ~may_apply(company, best["entry_currency_code"], best["other_currency_code"])
    checks.report(
        at_rows(rows, best[barred]),
        "payment-document-other-currency",
        "applies_to_document_no",
        named="number",
    )
    return _directed(checks.good(best).reset_index(drop=True))


def _targets(actions: Actions) -> pd.DataFrame:
    """document, place, number and wanted_minor of every document on the other side; a bad amount is reported."""
    checks, rows = actions.checks, actions.rows
    found: list[tuple[int, int, str, int]] = []
    for row in rows.to_dict("records"):  # Typed by hand: a few a day.
        parts = parts_of(str(row["applies_to_document_no"]))
        one = rows[rows["document"] == row["document"]]
        typed = pd.notna(row["amount_minor"])
        if typed and (len(parts) > 1 or any(amount for _, amount in parts)):
            checks.report(one, "action-amount-several", "amount_minor")
        for place, (number, text) in enumerate(parts):
            amount: int | None = int(row["amount"]) if typed else 0
            if text:
                amount = amount_of(text, minor_digits(str(row["entry_currency_code"])))
            if amount is None or (text and not amount):
                checks.report(one, "applies-to-amount-unreadable", "applies_to_document_no")
                continue
            found.append((int(row["document"]), place, number, amount))
    frame = pd.DataFrame(found, columns=["document", "place", "number", "wanted_minor"])
    return frame.astype({"document": "int64", "place": "int64", "number": "str", "wanted_minor": "int64"})


def _directed(best: pd.DataFrame) -> pd.DataFrame:
    """Pairs with the claim as entry_no: of an invoice and a payment the invoice, of a refund and a credit the credit."""
    own = best["entry_document_type"].map(_APPLYING).fillna(0).to_numpy()
    other = best["other_document_type"].map(_APPLYING).fillna(0).to_numpy()
    applies = own >= other
    days = np.maximum(best["entry_posting_date"].to_numpy(), best["other_posting_date"].to_numpy())
    return pd.DataFrame(
        {
            "document": best["document"],
            "place": best["place"],
            "entry_no": np.where(applies, best["other_no"], best["entry_of_row"]).astype(np.int64),
            "applying_no": np.where(applies, best["entry_of_row"], best["other_no"]).astype(np.int64),
            "wanted_minor": best["wanted_minor"],
            "latest": pd.Series(days, dtype="datetime64[s]"),
        }
    )


def _settle(actions: Actions, books: Books, pairs: pd.DataFrame) -> tuple[Settlement, Actions]:
    """Settle; a row with a pair that may not be settled, or of which nothing came, is held and the rest settled anew."""
    while True:
        rows = actions.rows
        about = rows[["document", "posting_date", "source", "sheet", "row"]].assign(rank=np.arange(len(rows)))
        wanted = pairs.merge(about.rename(columns={"posting_date": "applied_on"}), on="document", how="inner")
        settled = settle(books, wanted.sort_values(["rank", "place"], ignore_index=True))
        refused = settled.refused
        if len(refused):
            for reason, part in refused.groupby("reason", sort=True):
                facts = part[["document", "claim_document_no", "claim_currency_code", "claim_group"]]
                actions.checks.report(
                    rows.merge(facts.drop_duplicates("document"), on="document"),
                    str(reason),
                    "applies_to_document_no",
                    severity="error",
                    document_no="claim_document_no",
                    currency="claim_currency_code",
                    group="claim_group",
                )
        else:
            idle = rows[~rows["document"].isin(settled.pairs["document"] if len(settled.pairs) else [])]
            if not len(idle):
                return settled, actions
            actions.checks.report(idle, "action-document-unknown", "document_no", kind="document_type")
        actions = actions.with_rows(rows)


def _transactions(actions: Actions, settled: Settlement) -> pd.DataFrame:
    """The rows that were done, once per transaction of theirs, with the money that each applied."""
    if not len(settled.pairs):
        return actions.rows.assign(transaction_no=0)
    applied = settled.journal.table("detailed_entries").query("entry_type == 'application'")
    of_pair = applied.drop_duplicates(["customer_ledger_entry_no", "applied_entry_no"]).set_index(
        ["customer_ledger_entry_no", "applied_entry_no"]
    )["transaction_no"]
    done = settled.pairs[["document", "entry_no", "applying_no", "cash_minor"]]
    number = of_pair.reindex(pd.MultiIndex.from_frame(done[["entry_no", "applying_no"]])).fillna(0)
    done = done.assign(transaction_no=number.to_numpy(dtype=np.int64))
    sums = done.groupby(["document", "transaction_no"], sort=False)["cash_minor"].sum().reset_index()
    return actions.rows.drop(columns=["amount"]).merge(
        sums.rename(columns={"cash_minor": "amount"}), on="document", how="inner"
    )
