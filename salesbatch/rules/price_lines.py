"""Best price and best discount (R1-R8): the cheapest price line that fits, the highest discount that fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.money import PERCENT_E5, line_value, multiply_divide, percent_of
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks

FAR_PAST, FAR_FUTURE = pd.Timestamp("1900-01-01"), pd.Timestamp("2999-12-31")


def price_lines(checks: Checks, books: Books, lines: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Fill unit_price_e5 and line_discount_percent_e5 where the sheet left them blank.

    The date tested is the posting date for invoices and credit memos and the order date for orders (R2). A
    line without a fitting price takes the item card's price (R7). Prices are net; for a customer whose prices
    include VAT the VAT is put on top.
    """
    day = lines["order_date"] if document_type == "order" else lines["posting_date"]
    wanted = (lines["type"] == "item") & (
        lines["unit_price_e5"].isna() | lines["line_discount_percent_e5"].isna()
    )
    asked = lines.assign(day=day, line=lines.index)[wanted]
    price, own_discount = _best_price(books, asked)
    price = price.reindex(lines.index)
    card = lines["card_price_e5"].to_numpy(dtype=np.int64)
    found = price.notna().to_numpy()
    looked_up = np.where(found, price.fillna(0).to_numpy(dtype=np.int64), card)
    with_vat = multiply_divide(looked_up, PERCENT_E5 + lines["vat_percent_e5"].to_numpy(), PERCENT_E5)
    looked_up = np.where(lines["prices_including_vat"].to_numpy(dtype=bool), with_vat, looked_up)
    typed = lines["unit_price_e5"].notna()
    lines["unit_price_e5"] = np.where(
        typed, plain_int(lines["unit_price_e5"]), np.where(lines["type"] == "item", looked_up, 0)
    ).astype(np.int64)
    general = _best_discount(books, asked).reindex(lines.index).fillna(0).to_numpy(dtype=np.int64)
    of_price = own_discount.reindex(lines.index).fillna(0).to_numpy(dtype=np.int64)
    discount = np.maximum(general, np.where(typed, 0, of_price))
    given = lines["line_discount_percent_e5"].notna()
    lines["line_discount_percent_e5"] = np.where(
        given, plain_int(lines["line_discount_percent_e5"]), discount
    ).astype(np.int64)
    checks.report(lines[lines["unit_price_e5"] < 0], "unit-price-negative", "unit_price_e5")
    return lines


def _best_price(books: Books, asked: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Unit price and the discount that belongs to it, by line index, for lines that some price line fits (R4)."""
    prices = books.company.table("sales_prices")
    nothing = pd.Series([], dtype="float64"), pd.Series([], dtype="float64")
    if not len(prices) or not len(asked):
        return nothing
    fitting = _fitting(
        asked,
        prices,
        "item_no",
        "customer_price_group",
        "Customer Price Group",
        books.company.settings.local_currency_code,
    )
    if not len(fitting):
        return nothing
    amount = line_value(fitting["quantity_e5"].to_numpy(), plain_int(fitting["offer_unit_price_e5"]))
    percent = plain_int(fitting["offer_line_discount_percent_e5"])
    fitting = fitting.assign(
        amount=amount - percent_of(amount, percent),
        percent=percent,
        price=plain_int(fitting["offer_unit_price_e5"]),
    )
    fitting["amount"] = np.where(fitting["quantity_e5"] < 0, -fitting["amount"], fitting["amount"])
    best = (
        fitting.sort_values(["line", "amount", "price", "offer_key"], kind="stable")
        .drop_duplicates("line")
        .set_index("line")
    )
    return best["price"], best["percent"]


def _best_discount(books: Books, asked: pd.DataFrame) -> pd.Series:
    """The highest line discount percentage that fits, by line index (R4)."""
    discounts = books.company.table("line_discounts")
    if not len(discounts) or not len(asked):
        return pd.Series([], dtype="float64")
    local = books.company.settings.local_currency_code
    by_item = _fitting(
        asked,
        discounts[discounts["item_no"] != ""],
        "item_no",
        "customer_discount_group",
        "Customer Discount Group",
        local,
    )
    by_group = discounts[(discounts["item_no"] == "") & (discounts["item_discount_group"] != "")]
    fits_group = _fitting(
        asked, by_group, "item_discount_group", "customer_discount_group", "Customer Discount Group", local
    )
    everything = pd.concat(
        [
            by_item[["line", "offer_line_discount_percent_e5"]],
            fits_group[["line", "offer_line_discount_percent_e5"]],
        ]
    )
    return everything.groupby("line")["offer_line_discount_percent_e5"].max()


def _fitting(
    asked: pd.DataFrame, offers: pd.DataFrame, on: str, group: str, group_word: str, local: str
) -> pd.DataFrame:
    """Pairs of line and offer that fit: item or group, whom it applies to, quantity, dates, currency (R1, R3, R5)."""
    start = offers["starting_date"].fillna(FAR_PAST)
    end = offers["ending_date"].fillna(FAR_FUTURE)
    minimum = plain_int(offers["minimum_quantity_e5"])
    offers = offers.assign(starting_date=start, ending_date=end, minimum_quantity_e5=minimum).add_prefix(
        "offer_"
    )
    needed = [
        "line",
        "item_no",
        "item_discount_group",
        "bill_to_customer_no",
        group,
        "quantity_e5",
        "day",
        "currency_code",
    ]
    pairs = asked[needed].merge(offers, left_on=on, right_on=f"offer_{on}", how="inner")
    whom, which = pairs["offer_applies_to"], pairs["offer_applies_to_no"]
    applies = whom.isin(["", "All Customers"])
    applies |= (whom == "Customer") & (which == pairs["bill_to_customer_no"])
    applies |= (whom == group_word) & (which == pairs[group]) & (which != "")
    applies &= (pairs["day"] >= pairs["offer_starting_date"]) & (pairs["day"] <= pairs["offer_ending_date"])
    applies &= pairs["quantity_e5"].abs() >= pairs["offer_minimum_quantity_e5"]
    if "offer_currency_code" in pairs:
        currency = pairs["offer_currency_code"].where(pairs["offer_currency_code"] != "", local)
        applies &= currency == pairs["currency_code"]
    return pairs[applies]
