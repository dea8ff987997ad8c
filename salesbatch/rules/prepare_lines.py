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
    place, numbers = pd.factorize(lines["item_no"].where(is_item, ""))
    item = items.reindex(numbers).reset_index(drop=True)  # Each item once; `place` takes it to its lines.
    blocked = item["blocked"].fillna(False).to_numpy(dtype=bool) | item["sales_blocked"].fillna(
        False
    ).to_numpy(dtype=bool)
    checks.report(
        lines[blocked[place]],
        "item-blocked",
        "item_no",
        severity="notice" if document_type == "credit_memo" else "",
    )
    _check_accounts(checks, books, lines[is_account])
    text = item["description"].fillna("").array[place]
    for language in ("sv", "de"):
        own = item[f"description_{language}"].fillna("")
        if (own != "").any():
            spoken = (lines["language"] == language).to_numpy() & (own != "").to_numpy()[place]
            text = pd.Series(text).where(~spoken, own.array[place]).array
    lines["description"] = lines["description"].where(lines["description"] != "", text)
    for name in ("unit_of_measure", "vat_prod_posting_group"):
        lines[name] = lines[name].where(lines[name] != "", item[name].fillna("").array[place])
    lines["gen_prod_posting_group"] = item["gen_prod_posting_group"].fillna("").array[place]
    lines["item_discount_group"] = item["item_discount_group"].fillna("").array[place]
    lines["item_type"] = item["type"].fillna("").array[place]
    lines["card_price_e5"] = plain_int(item["unit_price_e5"])[place]
    lines["unit_cost_e5"] = plain_int(item["unit_cost_e5"])[place] if "unit_cost_e5" in item else 0
    of_item = pd.Series(item["drop_shipment"].astype("boolean").array[place], index=lines.index)
    lines["drop_shipment"] = lines["drop_shipment"].fillna(of_item).fillna(False).astype(bool)
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
    key = ["vat_bus_posting_group", "vat_prod_posting_group"]
    facts = [*key, "posting_date", "gen_bus_posting_group", "gen_prod_posting_group", "type"]
    # Lines are many, their kinds are few: each is looked up once, and `kind` takes it to its lines.
    kind = lines.groupby(facts, sort=False, dropna=False).ngroup().to_numpy()
    kinds = lines.loc[~pd.Series(kind).duplicated().to_numpy(), facts].reset_index(drop=True)
    setup = books.company.table("vat_posting_setup")
    setup = setup.assign(
        starts=setup["starting_date"].fillna(pd.Timestamp("1900-01-01")), setup_row=np.arange(len(setup))
    )
    combos = kinds[[*key, "posting_date"]].drop_duplicates()
    combos = combos[combos["vat_prod_posting_group"] != ""]
    found = combos.merge(setup[[*key, "starts", "setup_row"]], on=key, how="inner")
    found = (
        found[found["starts"] <= found["posting_date"]]
        .sort_values("starts", kind="stable")
        .drop_duplicates([*key, "posting_date"], keep="last")
    )
    row = kinds[[*key, "posting_date"]].merge(
        found.drop(columns="starts"), on=[*key, "posting_date"], how="left"
    )["setup_row"]
    sold = (kinds["type"] != "comment").to_numpy()
    without_group = (kinds["vat_prod_posting_group"] == "").to_numpy()
    checks.report(lines[(sold & without_group)[kind]], "vat-group-missing", "vat_prod_posting_group")
    checks.report(
        lines[(sold & row.isna().to_numpy() & ~without_group)[kind]],
        "vat-setup-missing",
        "vat_prod_posting_group",
        business="vat_bus_posting_group",
        product="vat_prod_posting_group",
    )
    chosen = setup.set_index("setup_row").reindex(row).reset_index(drop=True)
    percent = plain_int(chosen["vat_percent_e5"]) * sold
    calculation = chosen["vat_calculation_type"].fillna("")
    identifier = chosen["vat_identifier"].fillna("")
    texts = {
        "vat_calculation_type": calculation.where(calculation != "", "Normal VAT"),
        "vat_identifier": identifier.where(identifier != "", kinds["vat_prod_posting_group"]),
        **{name: chosen[name].fillna("") for name in ("vat_category", "sales_vat_account", "vat_return_box")},
    }
    kinds = kinds.assign(**{name: values.astype("str").where(sold, "") for name, values in texts.items()})
    lines = lines.assign(vat_percent_e5=percent[kind], **{name: kinds[name].array[kind] for name in texts})
    _check_setup(checks, books, lines, kinds, kind)
    return lines


def _check_setup(
    checks: Checks, books: Books, lines: pd.DataFrame, kinds: pd.DataFrame, kind: np.ndarray
) -> None:
    """A posting group pair must have its row in the general posting setup, and it must not be blocked (D10).

    kind: the row of `kinds` that each line is of.
    """
    setup = books.company.table("general_posting_setup")
    is_item = (kinds["type"] == "item").to_numpy()
    without_group = (kinds["gen_prod_posting_group"] == "").to_numpy()
    checks.report(lines[(is_item & without_group)[kind]], "general-group-missing", "item_no")
    grouped = is_item & ~without_group
    pairs = pd.MultiIndex.from_frame(kinds[["gen_bus_posting_group", "gen_prod_posting_group"]])
    known = pd.MultiIndex.from_frame(setup[["gen_bus_posting_group", "gen_prod_posting_group"]])
    shut = known[setup["blocked"].fillna(False).to_numpy(dtype=bool)]
    checks.report(
        lines[(grouped & ~pairs.isin(known))[kind]],
        "general-setup-missing",
        "item_no",
        business="gen_bus_posting_group",
        product="gen_prod_posting_group",
    )
    checks.report(
        lines[(grouped & pairs.isin(shut))[kind]],
        "general-setup-blocked",
        "item_no",
        business="gen_bus_posting_group",
        product="gen_prod_posting_group",
    )
    is_charged = (kinds["vat_calculation_type"] == "Reverse Charge VAT") | kinds["vat_category"].isin(
        ["K", "AE"]
    )
    charged = lines[is_charged.to_numpy()[kind]]
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
