"""Posting of an invoice or credit memo: number, document, entries in all ledgers, all at once or not at all (L1-L3, L8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.core.money import E5, Int64, percent_of
from salesbatch.core.references import make_references
from salesbatch.core.tables import Table, in_order, look_up
from salesbatch.rules.account import customer_entry_rows, document_postings, gl_rows, vat_rows
from salesbatch.rules.corrected_invoices import invoice_rates
from salesbatch.rules.document_rows import document_rows, key_rows, line_rows, new_ids
from salesbatch.rules.exchange import find_rates
from salesbatch.rules.local_amounts import in_local_currency
from salesbatch.rules.number_series import MANUAL, allows_manual, draw_manual, draw_numbers, number_rows
from salesbatch.rules.parties import customer_texts, seller_texts, warn_seller
from salesbatch.rules.possible_discount import possible_discount
from salesbatch.rules.ship_orders import OF_OWNER, item_entry_rows

SERIES = {"invoice": "POSTED-INVOICE", "credit_memo": "POSTED-CREDIT-MEMO"}
SIGN = {"invoice": 1, "credit_memo": -1}
TITLES = {
    "en": {
        "invoice": "Invoice",
        "credit_memo": "Credit memo",
        "payment": "Payment",
        "refund": "Refund",
        "opening": "Opening entry",
        "rounding": "Rounding",
        "unapplied": "Unapplied",
        "written_off": "Written off",
    },
    "sv": {
        "invoice": "Faktura",
        "credit_memo": "Kreditnota",
        "payment": "Betalning",
        "refund": "Återbetalning",
        "opening": "Ingående post",
        "rounding": "Öresavrundning",
        "unapplied": "Bortkopplad",
        "written_off": "Avskriven",
    },
}


def title(company: Company, word: str) -> str:
    """A word of an entry's description in the company's language."""
    return TITLES.get(company.settings.language, TITLES["en"])[word]


def post_documents(
    books: Books, company: Company, headers: pd.DataFrame, lines: pd.DataFrame, document_type: str
) -> Journal:
    """Everything that posting these documents writes. headers: totalled; lines: with VAT; both joined by `document`."""
    sign, series = SIGN[document_type], SERIES[document_type]
    headers = in_order(headers, "posting_date", "key", "document")
    count = len(headers)
    headers["document_id"] = new_ids(books, headers)
    numbers = _numbers(books, series, headers, document_type)
    headers["posted_no"] = look_up(headers["document_id"], numbers.set_index("document_id")["number"])
    headers["no"] = headers["no"].where(headers["no"] != "", headers["posted_no"])
    transaction = books.next_no("transaction_no")
    headers["transaction_no"] = np.arange(transaction, transaction + count)
    headers["document_type"] = document_type
    headers["customer"] = headers["bill_to_customer_no"]
    headers["description"] = title(company, document_type) + " " + headers["posted_no"]
    references = make_references(headers["posted_no"], company.settings.ocr_level) if sign > 0 else ""
    headers["payment_reference"] = references
    headers["discount_minor"] = percent_of(
        headers["total_minor"].to_numpy(), headers["discount_percent_e5"].to_numpy()
    )
    headers = possible_discount(company, headers)
    headers["exchange_rate_e5"] = _rates(books, company, headers, document_type)
    bill_to = customer_texts(company, headers["bill_to_customer_no"])
    other = headers["customer_no"] != headers["bill_to_customer_no"]
    sell_to = customer_texts(company, headers["customer_no"].where(other, ""))
    documents = document_rows(
        books,
        headers,
        document_type,
        "posted",
        version=headers["version"],
        bill_to=bill_to,
        sell_to=sell_to,
        seller=seller_texts(company, headers["currency_code"], books.logo),
        action="",
    )
    ids = headers.set_index("document")["document_id"]
    place = pd.Series(np.arange(count), index=headers["document"])
    rounding = _rounding_lines(company, headers, lines)
    all_lines = pd.concat([lines, rounding], ignore_index=True) if len(rounding) else lines
    in_local, local_lines = in_local_currency(company, headers, lines)
    moves = document_postings(books, in_local, local_lines, sign)
    ledger = pd.DataFrame(
        {
            name: headers[name]
            for name in (
                "transaction_no",
                "document_id",
                "document_type",
                "external_document_no",
                "description",
                "posting_date",
                "document_date",
                "due_date",
                "currency_code",
                "payment_reference",
                "discount_date",
                "discount_tolerance_date",
                "customer_posting_group",
            )
        }
        | {
            "customer_no": headers["bill_to_customer_no"],
            "document_no": headers["posted_no"],
            "amount_minor": headers["total_minor"] * sign,
            "amount_lcy_minor": in_local["total_minor"] * sign,
            "discount_minor": headers["discount_minor"] * sign,
        }
    )
    rows = {
        "documents": documents,
        "document_lines": line_rows(books, all_lines, ids, place),
        "numbers": numbers,
        "gl_entries": gl_rows(books, moves, headers, series),
        "vat_entries": vat_rows(books, headers, local_lines, sign),
        **customer_entry_rows(books, ledger),
    }
    goods = rows["document_lines"]
    goods = goods[goods["type"] == "item"].reset_index(drop=True)
    owner = pd.Index(documents["document_id"]).get_indexer(goods["document_id"])
    owners = documents[list(OF_OWNER)].iloc[owner].reset_index(drop=True)
    rows["item_ledger_entries"] = _item_rows(books, company, goods, owners, document_type)
    rows["input_keys"] = _posted_keys(books, headers, document_type)
    return Journal(
        rows=rows,
        findings=warn_seller(company, books.logo) if sign > 0 else (),
        closed_held=tuple(held_id for held_id in headers["held_id"].tolist() if held_id),
    )


def _rates(books: Books, company: Company, headers: pd.DataFrame, document_type: str) -> Int64:
    """The rate of the posting date; a credit memo has that of the invoice that it changes."""
    rates, _ = find_rates(company, headers["currency_code"], headers["posting_date"])
    if document_type != "credit_memo":
        return rates
    of_invoice = invoice_rates(books, headers, "corrects_no")
    return np.where(of_invoice > 0, of_invoice, rates)


def _numbers(books: Books, series: str, headers: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Rows of `numbers`, one a header in order: of the series, or the sender's own where it may be used (N3)."""
    manual = (headers["no"] != "") & allows_manual(books, series)
    own, given = headers[manual], headers[~manual]
    drawn = draw_numbers(books, series, given["posting_date"])
    rows = number_rows(books, series, drawn, given["posting_date"], document_type, given["document_id"])
    if len(own):
        sequence = draw_manual(books, series, own["no"])
        own_rows = number_rows(
            books, series + MANUAL, sequence, own["posting_date"], document_type, own["document_id"]
        )
        rows = pd.concat([part for part in (rows, own_rows) if len(part)], ignore_index=True)
        rows["number_id"] = np.arange(books.next_no("numbers"), books.next_no("numbers") + len(rows))
    return rows


def _rounding_lines(company: Company, headers: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The invoice rounding as a line of its own, without VAT (V11)."""
    rounded = headers[headers["rounding_minor"] != 0]
    groups = (
        company.table("customer_posting_groups").set_index("code").reindex(rounded["customer_posting_group"])
    )
    last = lines.groupby("document")["line_no"].max()
    return pd.DataFrame(
        {
            "document": rounded["document"].to_numpy(),
            "line_no": look_up(rounded["document"], last, 0).to_numpy() + 10000,
            "type": "rounding",
            "item_no": groups["invoice_rounding_account"].fillna("").to_numpy(dtype=object),
            "description": title(company, "rounding"),
            "quantity_e5": E5,
            "unit_price_e5": rounded["rounding_minor"].to_numpy() * 1000,
            "line_amount_minor": rounded["rounding_minor"].to_numpy(),
            "vat_base_minor": 0,
            "vat_amount_minor": 0,
            **dict.fromkeys(
                ("line_discount_percent_e5", "line_discount_minor", "vat_percent_e5", "order_line_no", "row"),
                0,
            ),
            **dict.fromkeys(
                (
                    "unit_of_measure",
                    "vat_prod_posting_group",
                    "gen_prod_posting_group",
                    "vat_identifier",
                    "vat_calculation_type",
                    "reason_code",
                    "purchase_order_no",
                ),
                "",
            ),
            "drop_shipment": False,
        }
    )


def _item_rows(
    books: Books, company: Company, goods: pd.DataFrame, owners: pd.DataFrame, document_type: str
) -> pd.DataFrame:
    """Goods of an invoice leave the stock, those of a credit memo come back; what an order shipped moves no more (L6)."""
    if document_type == "credit_memo":
        return item_entry_rows(books, company, goods, owners, sign=1, shipped=True, invoiced=True)
    direct = (owners["order_no"] == "").to_numpy()
    own = item_entry_rows(books, company, goods[direct], owners[direct], sign=-1, shipped=True, invoiced=True)
    # What this run shipped to be invoiced at once is invoiced in its shipment's entry; the rest was shipped earlier.
    line = pd.MultiIndex.from_arrays([owners["order_no"], goods["order_line_no"]])
    at_once = books.shipped_now.set_index(["order_no", "line_no"])["quantity_e5"]
    place = at_once.index.get_indexer(line)
    shipped = (
        np.where(place >= 0, at_once.to_numpy()[place], 0)
        if len(at_once)
        else np.zeros(len(goods), dtype=np.int64)
    )
    goods = goods.assign(quantity_e5=goods["quantity_e5"] - shipped)
    earlier = ~direct & (goods["quantity_e5"] != 0).to_numpy()
    late = item_entry_rows(
        books, company, goods[earlier], owners[earlier], sign=-1, shipped=False, invoiced=True
    )
    late["entry_no"] += len(own)
    return pd.concat([own, late], ignore_index=True) if len(late) else own


def _posted_keys(books: Books, headers: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Keys of the sheet's documents, and of the orders that are now invoiced in full and can no longer be amended."""
    table = {"invoice": "invoices", "credit_memo": "credit_memos"}[document_type]
    own = headers[headers["order_no"] == ""]
    keys = key_rows(books, table, own, own["document_id"], own["posted_no"])
    from_orders = headers[headers["order_no"] != ""]
    if not len(from_orders):
        return keys
    known = books.keys[books.keys["table_name"] == "orders"].set_index("key")
    done = from_orders[from_orders["key"].isin(known.index)]
    hashes = known["content_hash"].reindex(done["key"]).to_numpy()
    order_keys = key_rows(
        books,
        "orders",
        done.assign(content_hash=hashes),
        known["document_id"].reindex(done["key"]).to_numpy(),
        done["posted_no"],
    )
    return (
        pd.concat([part for part in (keys, order_keys) if len(part)], ignore_index=True)
        if len(keys) or len(order_keys)
        else keys
    )


def store_open_documents(
    books: Books, table: Table, headers: pd.DataFrame, lines: pd.DataFrame, document_type: str
) -> Journal:
    """Action Open: the document is kept unposted, with a number of its own, and posts nothing."""
    series = {"invoice": "INVOICE", "credit_memo": "CREDIT-MEMO"}[document_type]
    headers = in_order(headers, "posting_date", "key")
    blank = headers["no"] == ""
    drawn = draw_numbers(books, series, headers.loc[blank, "posting_date"])
    headers.loc[blank, "no"] = drawn.numbers
    headers["document_id"] = new_ids(books, headers)
    documents = document_rows(books, headers, document_type, "open")
    ids = headers.set_index("document")["document_id"]
    place = pd.Series(np.arange(len(headers)), index=headers["document"])
    numbered = headers[blank]
    return Journal(
        rows={
            "documents": documents,
            "document_lines": line_rows(
                books, lines[lines["document"].isin(headers["document"])], ids, place
            ),
            "numbers": number_rows(
                books, series, drawn, numbered["posting_date"], document_type, numbered["document_id"]
            ),
            "input_keys": key_rows(books, table.name, headers, headers["document_id"], ""),
        },
        closed_held=tuple(held_id for held_id in headers["held_id"] if held_id),
    )
