"""Best price and best discount (R1-R8): the cheapest price line that fits, the highest discount that fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.money import E5, PERCENT_E5, line_value, multiply_divide, percent_of, proportion
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks
from salesbatch.rules.exchange import digits_of

FAR_PAST, FAR_FUTURE = pd.Timestamp("1900-01-01"), pd.Timestamp("2999-12-31")


_ASKED = (
    "item_no",
    "item_discount_group",
    "bill_to_customer_no",
    "customer_price_group",
    "customer_discount_group",
    "quantity_e5",
    "currency_code",
)
"""What a price or discount may depend on, beside the day."""


def price_lines(checks: Checks, books: Books, lines: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Fill unit_price_e5 and line_discount_percent_e5 where the sheet left them blank.

    The date tested is the posting date for invoices and credit memos and the order date for orders (R2). A
    line without a fitting price takes the item card's price (R7). A price in the document's currency goes
    before every one in local currency (R5); those and the card's are converted at the line's rate_e5. Prices
    are net; for a customer whose prices include VAT the VAT is put on top. price_source and discount_source
    say which row it was.
    """
    day = lines["order_date"] if document_type == "order" else lines["posting_date"]
    wanted = (lines["type"] == "item") & (
        lines["unit_price_e5"].isna() | lines["line_discount_percent_e5"].isna()
    )
    asked = lines[list(_ASKED)].assign(day=day, line=lines.index)[wanted]
    best = _best_price(books, asked).reindex(lines.index)
    price, own_discount = best["price"], best["percent"]
    card = lines["card_price_e5"].to_numpy(dtype=np.int64)
    found = price.notna().to_numpy()
    looked_up = np.where(found, price.fillna(0).to_numpy(dtype=np.int64), card)
    in_local = ~(found & best["own"].eq(True).to_numpy(dtype=bool))  # A local price of a local document too.
    foreign = in_local & (lines["currency_code"] != books.company.settings.local_currency_code).to_numpy()
    looked_up = np.where(foreign, proportion(looked_up, E5, lines["rate_e5"].to_numpy()), looked_up)
    with_vat = multiply_divide(looked_up, PERCENT_E5 + lines["vat_percent_e5"].to_numpy(), PERCENT_E5)
    looked_up = np.where(lines["prices_including_vat"].to_numpy(dtype=bool), with_vat, looked_up)
    typed = lines["unit_price_e5"].notna()
    lines["unit_price_e5"] = np.where(
        typed, plain_int(lines["unit_price_e5"]), np.where(lines["type"] == "item", looked_up, 0)
    ).astype(np.int64)
    offered = _best_discount(books, asked).reindex(lines.index)
    general = offered["percent"].fillna(0).to_numpy(dtype=np.int64)
    of_price = np.where(typed, 0, own_discount.fillna(0).to_numpy(dtype=np.int64))
    discount = np.maximum(general, of_price)
    given = lines["line_discount_percent_e5"].notna()
    of_list, sold = "sales_prices " + best["key"].fillna(""), lines["type"] != "comment"
    lines["price_source"] = np.select([~sold, typed, found], ["", "typed", of_list], "item_card")
    lines["discount_source"] = np.select(
        [~sold | (~given & (discount == 0)), given, general >= of_price],
        ["", "typed", "line_discounts " + offered["key"].fillna("")],
        of_list,
    )
    lines["line_discount_percent_e5"] = np.where(
        given, plain_int(lines["line_discount_percent_e5"]), discount
    ).astype(np.int64)
    checks.report(lines[lines["unit_price_e5"] < 0], "unit-price-negative", "unit_price_e5")
    return lines


_NOTHING = pd.DataFrame({"price": [], "percent": [], "key": pd.Series([], dtype="str"), "own": []})


def _best_price(books: Books, asked: pd.DataFrame) -> pd.DataFrame:
    """Unit price, its discount, the key of the price line and whether it is in the document's currency (R4, R5)."""
    prices = books.company.table("sales_prices")
    if not len(prices) or not len(asked):
        return _NOTHING
    fitting = _fitting(
        asked,
        prices,
        "item_no",
        "customer_price_group",
        "Customer Price Group",
        books.company.settings.local_currency_code,
    )
    if not len(fitting):
        return _NOTHING
    price = plain_int(fitting["offer_unit_price_e5"])
    amount = line_value(fitting["quantity_e5"].to_numpy(), price, digits_of(fitting["currency_code"]))
    percent = plain_int(fitting["offer_line_discount_percent_e5"])
    fitting = fitting.assign(
        amount=amount - percent_of(amount, percent),
        percent=percent,
        price=price,
    )
    fitting["amount"] = np.where(fitting["quantity_e5"] < 0, -fitting["amount"], fitting["amount"])
    best = (
        fitting.assign(other=~fitting["own"])
        .sort_values(["line", "other", "amount", "price", "offer_key"], kind="stable")
        .drop_duplicates("line")
        .set_index("line")
    )
    return best.rename(columns={"offer_key": "key"})[["price", "percent", "key", "own"]]


def _best_discount(books: Books, asked: pd.DataFrame) -> pd.DataFrame:
    """The highest line discount percentage that fits, and the key of its row, by line index (R4)."""
    discounts = books.company.table("line_discounts")
    if not len(discounts) or not len(asked):
        return _NOTHING
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
    names = {"offer_line_discount_percent_e5": "percent", "offer_key": "key"}
    everything = pd.concat([by_item[["line", *names]], fits_group[["line", *names]]]).rename(columns=names)
    ranked = everything.sort_values(["line", "percent", "key"], ascending=[True, False, True], kind="stable")
    return ranked.drop_duplicates("line").set_index("line")


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
        pairs["own"] = currency == pairs["currency_code"]
        applies &= pairs["own"] | (currency == local)
    return pairs[applies]
