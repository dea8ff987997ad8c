"""The invoice that a credit memo changes, and the exchange rate that it was posted at.

A memo takes back what its invoice claimed, and so its VAT, at the rate of the invoice: a reduction of the taxable
amount is no new sale (ML 8 kap.; art. 91 of the VAT directive).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.money import E5, Int64, minor_digits, proportion
from salesbatch.core.tables import look_up
from salesbatch.rules.exchange import digits_of


def corrected_invoices(books: Books, typed: pd.Series) -> pd.DataFrame:
    """What is known of the invoice of each typed number, in the order of `typed`.

    typed: a posted number, or the sender's own. Columns: document_id (0 for none of ours), posted_no (as typed
    for an invoice taken over from an earlier system), bill_to_customer_no, currency_code, exchange_rate_e5 (0
    where unknown), total_minor (-1 where unknown), known.
    """
    named = books.named[(books.named["document_type"] == "invoice") & (books.named["posted_no"] != "")]
    by_posted = named.drop_duplicates("posted_no").set_index("posted_no")["document_id"]
    by_own = named.drop_duplicates("no").set_index("no")["document_id"]
    posted = look_up(typed, by_posted, 0)
    found = posted.where(posted != 0, look_up(typed, by_own, 0))
    about = named.drop_duplicates("document_id").set_index("document_id")
    opened = books.open_entries
    old = opened[(opened["document_type"] == "invoice") & (opened["document_id"] == 0)]
    old = old.assign(exchange_rate_e5=_rates_of(books, old)).drop_duplicates("document_no")
    old = old.set_index("document_no")
    ours = found != 0

    def fact(name: str, old_name: str = "", blank: str | int = "") -> pd.Series:
        own = look_up(found, about[name], blank)
        return own.where(ours, look_up(typed, old[old_name], blank) if old_name else blank)

    return pd.DataFrame(
        {
            "document_id": found,
            "posted_no": fact("posted_no").where(ours, typed),
            "bill_to_customer_no": fact("bill_to_customer_no", "customer_no"),
            "currency_code": fact("currency_code", "currency_code"),
            "exchange_rate_e5": fact("exchange_rate_e5", "exchange_rate_e5", 0),
            "total_minor": fact("amount_including_vat_minor", "", -1),
            "known": ours | typed.isin(old.index),
        }
    )


def invoice_rates(books: Books, headers: pd.DataFrame, column: str) -> Int64:
    """Rate of the invoice that each header names in `column`; 0 for none, or for one in another currency."""
    invoices = corrected_invoices(books, headers[column])
    same = invoices["currency_code"] == headers["currency_code"]
    return np.where(same, invoices["exchange_rate_e5"], 0).astype(np.int64)


def _rates_of(books: Books, entries: pd.DataFrame) -> Int64:
    """The rate that the two amounts of an entry come to."""
    local = minor_digits(books.company.settings.local_currency_code)
    digits = np.power(np.int64(10), digits_of(entries["currency_code"]))
    amount = entries["amount_minor"].to_numpy() * 10**local
    return proportion(entries["amount_lcy_minor"].to_numpy() * digits, np.int64(E5), amount)
