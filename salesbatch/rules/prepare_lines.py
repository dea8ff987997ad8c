"""The lines of a draft: what is sold, how much, at which price and discount, in which VAT group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.glyphs import missing_characters
from salesbatch.core.money import LIMIT, line_value, percent_of
from salesbatch.core.tables import plain_int
from salesbatch.rules.checking import Checks, close_to
from salesbatch.rules.exchange import digits_of
from salesbatch.rules.price_lines import price_lines

TYPES = {"Item": "item", "G/L Account": "gl_account", "Comment": "comment", "Charge": "charge"}
HEADER_FIELDS = (
    "customer_no",
    "bill_to_customer_no",
    "posting_date",
    "order_date",
    "language",
    "prices_including_vat",
    "gen_bus_posting_group",
    "vat_bus_posting_group",
    "customer_price_group",
    "customer_discount_group",
    "currency_code",
    "rate_e5",
    "action",
)


def prepare_lines(
    checks: Checks, books: Books, lines: pd.DataFrame, headers: pd.DataFrame, document_type: str
) -> pd.DataFrame:
    """Lines with type, number, VAT group, price, discount and amount; findings for those that cannot be sold.

    lines: input rows of the documents in `headers`. Adds gross_minor (quantity x price), line_discount_minor
    and line_amount_minor (D7), all in the document's currency.
    """
    owner = pd.Index(headers["document"]).get_indexer(lines["document"])
    lines = lines.drop(columns=[name for name in HEADER_FIELDS if name in lines])
    for name in HEADER_FIELDS:
        lines[name] = headers[name].array[owner]
    lines["line_no"], lines["order_line_no"] = _line_numbers(checks, lines), 0
    lines["type"] = _types(lines)
    lines = _describe(checks, books, lines, document_type)
    _check_quantities(checks, books, lines, document_type)
    lines = checks.good(lines).reset_index(drop=True)
    lines = find_vat(checks, books, lines)
    lines = price_lines(checks, books, lines, document_type)
    lines = checks.good(lines).reset_index(drop=True)
    quantity, price = lines["quantity_e5"].to_numpy(), lines["unit_price_e5"].to_numpy()
    checks.report(
        lines[np.abs(quantity.astype(float) * price) >= float(LIMIT) * 1e8],
        "amount-too-large",
        "unit_price_e5",
    )
    lines = checks.good(lines).reset_index(drop=True)
    quantity, price = lines["quantity_e5"].to_numpy(), lines["unit_price_e5"].to_numpy()
    gross = line_value(quantity, price, digits_of(lines["currency_code"]))
    discount = percent_of(gross, lines["line_discount_percent_e5"].to_numpy())
    lines["gross_minor"], lines["line_discount_minor"], lines["line_amount_minor"] = (
        gross,
        discount,
        gross - discount,
    )
    return lines


def _line_numbers(checks: Checks, lines: pd.DataFrame) -> pd.Series:
    """10000, 20000 … by place in the document where the sheet gives none; the same number twice is an error."""
    place = lines.groupby("document", sort=False).cumcount().to_numpy() + 1
    numbers = pd.Series(
        np.where(lines["line_no"].isna(), place * 10000, plain_int(lines["line_no"])), index=lines.index
    )
    twice = pd.DataFrame({"document": lines["document"], "line_no": numbers}).duplicated()
    checks.report(lines[twice.to_numpy() | (numbers <= 0).to_numpy()], "line-no-twice", "line_no")
    return numbers


def _types(lines: pd.DataFrame) -> pd.Series:
    """The typed type; blank is Item, or Comment for a line that holds only a text (D5)."""
    typed = lines["type"].map(TYPES)
    only_text = (lines["item_no"] == "") & lines["quantity_e5"].isna() & lines["unit_price_e5"].isna()
    return pd.Series(
        np.where(typed.notna(), typed, np.where(only_text, "comment", "item")), index=lines.index, dtype="str"
    )


def _describe(checks: Checks, books: Books, lines: pd.DataFrame, document_type: str) -> pd.DataFrame:
    """Description, unit, cost and posting groups from the item; a blocked or unknown item holds the document (D8)."""
    items = books.company.table("items").set_index("no")
    is_item, is_account = lines["type"] == "item", lines["type"] == "gl_account"
    checks.report(lines[lines["type"] == "charge"], "charge-not-posted", "type")
    unknown = lines[is_item & ~lines["item_no"].isin(items.index)]
    if len(unknown):
        checks.report(unknown[unknown["item_no"] == ""], "item-missing", "item_no")
        checks.report(
            unknown[unknown["item_no"] != ""],
            "item-unknown",
            "item_no",
            hint=close_to(items.index.to_series()),
        )
    item = items.reindex(lines["item_no"].where(is_item, "")).reset_index(drop=True)
    blocked = item["blocked"].fillna(False).to_numpy(dtype=bool) | item["sales_blocked"].fillna(
        False
    ).to_numpy(dtype=bool)
    checks.report(
        lines[blocked], "item-blocked", "item_no", severity="notice" if document_type == "credit_memo" else ""
    )
    _check_accounts(checks, books, lines[is_account])
    text = item["description"].fillna("")
    for language in ("sv", "de"):
        own = item[f"description_{language}"].fillna("")
        text = text.where(~((lines["language"] == language) & (own != "")), own)
    lines["description"] = lines["description"].where(lines["description"] != "", text)
    lines["unit_of_measure"] = lines["unit_of_measure"].where(
        lines["unit_of_measure"] != "", item["unit_of_measure"].fillna("")
    )
    lines["vat_prod_posting_group"] = lines["vat_prod_posting_group"].where(
        lines["vat_prod_posting_group"] != "", item["vat_prod_posting_group"].fillna("")
    )
    lines["gen_prod_posting_group"] = item["gen_prod_posting_group"].fillna("").to_numpy()
    lines["item_discount_group"] = item["item_discount_group"].fillna("").to_numpy()
    lines["item_type"] = item["type"].fillna("").to_numpy()
    lines["card_price_e5"] = plain_int(item["unit_price_e5"])
    lines["unit_cost_e5"] = plain_int(item["unit_cost_e5"]) if "unit_cost_e5" in item else 0
    lines["drop_shipment"] = (
        lines["drop_shipment"].fillna(item["drop_shipment"].astype("boolean")).fillna(False).astype(bool)
    )
    undrawable = missing_characters(lines["description"])
    lacking = lines[(undrawable != "").to_numpy()]
    if len(lacking):
        checks.report(
            lacking.assign(characters=undrawable[lacking.index]),
            "character-not-printable",
            "description",
            characters="characters",
        )
    return lines


def _check_accounts(checks: Checks, books: Books, lines: pd.DataFrame) -> None:
    accounts = books.company.table("gl_accounts").set_index("no")
    unknown = lines[~lines["item_no"].isin(accounts.index)]
    if len(unknown):
        checks.report(unknown, "account-unknown", "item_no", hint=close_to(accounts.index.to_series()))
    known = lines[lines["item_no"].isin(accounts.index)]
    account = accounts.reindex(known["item_no"])
    checks.report(known[account["blocked"].fillna(False).to_numpy(dtype=bool)], "account-blocked", "item_no")
    checks.report(
        known[~account["direct_posting"].fillna(True).to_numpy(dtype=bool)],
        "account-no-direct-posting",
        "item_no",
    )
    checks.report(lines[lines["unit_price_e5"].isna()], "unit-price-missing", "unit_price_e5")


def _check_quantities(checks: Checks, books: Books, lines: pd.DataFrame, document_type: str) -> None:
    """D4, D6, D11: something is sold, quantities are given, discounts lie within 0-100."""
    sold = lines["type"] != "comment"
    blank = sold & (lines["quantity_e5"].isna() | (lines["quantity_e5"] == 0).fillna(False))
    checks.report(lines[blank], "quantity-missing", "quantity_e5")
    nothing = ~sold.groupby(lines["document"]).transform("any")
    checks.report(lines[nothing].drop_duplicates("document"), "nothing-to-post")
    percent = lines["line_discount_percent_e5"]
    checks.report(
        lines[((percent < 0) | (percent > 10_000_000)).fillna(False)],
        "discount-out-of-range",
        "line_discount_percent_e5",
    )
    lines["quantity_e5"] = plain_int(lines["quantity_e5"]) * sold.to_numpy()
    if document_type == "order":
        checks.report(lines[lines["quantity_e5"] < 0], "quantity-negative", "quantity_e5")


def find_vat(checks: Checks, books: Books, lines: pd.DataFrame) -> pd.DataFrame:
    """V1: the VAT row of (business group, product group) that is in force on the posting date; none is an error."""
    setup = books.company.table("vat_posting_setup")
    setup = setup.assign(
        starts=setup["starting_date"].fillna(pd.Timestamp("1900-01-01")), setup_row=np.arange(len(setup))
    )
    key = ["vat_bus_posting_group", "vat_prod_posting_group"]
    combos = lines[[*key, "posting_date"]].drop_duplicates()
    combos = combos[combos["vat_prod_posting_group"] != ""]
    found = combos.merge(setup[[*key, "starts", "setup_row"]], on=key, how="inner")
    found = (
        found[found["starts"] <= found["posting_date"]]
        .sort_values("starts", kind="stable")
        .drop_duplicates([*key, "posting_date"], keep="last")
    )
    row = lines[[*key, "posting_date"]].merge(
        found.drop(columns="starts"), on=[*key, "posting_date"], how="left"
    )["setup_row"]
    sold = (lines["type"] != "comment").to_numpy()
    without_group = lines[sold & (lines["vat_prod_posting_group"] == "").to_numpy()]
    checks.report(without_group, "vat-group-missing", "vat_prod_posting_group")
    missing = lines[sold & row.isna().to_numpy() & (lines["vat_prod_posting_group"] != "").to_numpy()]
    checks.report(
        missing,
        "vat-setup-missing",
        "vat_prod_posting_group",
        business="vat_bus_posting_group",
        product="vat_prod_posting_group",
    )
    chosen = setup.set_index("setup_row").reindex(row).reset_index(drop=True)
    lines["vat_percent_e5"] = plain_int(chosen["vat_percent_e5"]) * sold
    kind = chosen["vat_calculation_type"].fillna("")
    lines["vat_calculation_type"] = np.where(sold, kind.where(kind != "", "Normal VAT"), "")
    identifier = chosen["vat_identifier"].fillna("")
    lines["vat_identifier"] = np.where(
        sold, identifier.where(identifier != "", lines["vat_prod_posting_group"]), ""
    )
    for name in ("vat_category", "sales_vat_account", "vat_return_box"):
        lines[name] = np.where(sold, chosen[name].fillna(""), "")
    _check_setup(checks, books, lines[sold])
    return lines


def _check_setup(checks: Checks, books: Books, lines: pd.DataFrame) -> None:
    """A posting group pair must have its row in the general posting setup, and it must not be blocked (D10)."""
    setup = books.company.table("general_posting_setup")
    items = lines[lines["type"] == "item"]
    without_group = items["gen_prod_posting_group"] == ""
    checks.report(items[without_group], "general-group-missing", "item_no")
    items = items[~without_group]
    pairs = pd.MultiIndex.from_frame(items[["gen_bus_posting_group", "gen_prod_posting_group"]])
    known = pd.MultiIndex.from_frame(setup[["gen_bus_posting_group", "gen_prod_posting_group"]])
    shut = known[setup["blocked"].fillna(False).to_numpy(dtype=bool)]
    checks.report(
        items[~pairs.isin(known)],
        "general-setup-missing",
        "item_no",
        business="gen_bus_posting_group",
        product="gen_prod_posting_group",
    )
    checks.report(
        items[pairs.isin(shut)],
        "general-setup-blocked",
        "item_no",
        business="gen_bus_posting_group",
        product="gen_prod_posting_group",
    )
    charged = lines[
        lines["vat_calculation_type"].isin(["Reverse Charge VAT"]) | lines["vat_category"].isin(["K", "AE"])
    ]
    numbers = (
        books.company.table("customers")
        .set_index("no")["vat_registration_no"]
        .reindex(charged["customer_no"])
    )
    checks.report(
        charged[(numbers.fillna("") == "").to_numpy()].drop_duplicates("document"),
        "vat-number-missing",
        "customer_no",
    )
