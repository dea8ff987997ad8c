"""The declarations of the sheets, and the Swedish setup that is made of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from salesbatch.core import entries
from salesbatch.core.company import SETTING_COLUMNS
from salesbatch.core.dates import parse_formula
from salesbatch.core.declare import columns, sheet, swedish_caption, swedish_sheet, without
from salesbatch.core.sheets import BY_NAME, SHEETS
from salesbatch.core.sheets_setup import SETUP_TABLES
from salesbatch.core.swedish_setup import BUSINESS_GROUPS, TO_FILL_IN, swedish_setup
from salesbatch.core.tables import NUMBER_KINDS, Column, Table, normal_name

SETUP = swedish_setup()
ALL = pytest.mark.parametrize("table", SHEETS, ids=[table.name for table in SHEETS])


def codes(table: str, caption: str) -> set[str]:
    return {row[caption] for row in SETUP[table]}


# How a declaration is written ---------------------------------------------------------------------------


def test_two_lines_of_text_declare_a_column() -> None:
    (column,) = columns("""
Unit Price* | price >=0 | 125.00 | À-pris, Price
    Price of one unit.
""")
    assert column == Column(
        "Unit Price", "price", required=True, aliases=("À-pris", "Price"), help="Price of one unit.",
        example="125.00", non_negative=True,
    )  # fmt: skip
    assert (column.name, column.dtype) == ("unit_price_e5", "Int64")


def test_options_default_and_long_lists_of_captions_are_read() -> None:
    typed, written = columns("""
Type | choice (Item, G/L Account) = Item | - | Typ,
        Radtyp
    What the line
    is.
Date | date written | 2026-10-09 | Datum
    Booking date.
""")
    assert (typed.options, typed.default, typed.example) == (("Item", "G/L Account"), "Item", "")
    assert (typed.aliases, typed.help) == (("Typ", "Radtyp"), "What the line is.")
    assert (typed.in_hash, written.in_hash) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "No. | code | 1",
        "No. | number | 1 | Nr",
        "Type | choice (A, B) = C | A | Typ",
        "    help without a column",
    ],
)
def test_a_mistake_in_a_declaration_is_a_bug(text: str) -> None:
    with pytest.raises(ValueError, match=r"column|kind|default"):
        columns(text)


def test_a_key_that_is_no_column_is_a_bug() -> None:
    with pytest.raises(ValueError, match=r"no column Nr"):
        sheet("X", "No. | code | 1 | Nr", key="Nr", group="master", aliases="", help="")
    with pytest.raises(ValueError, match=r"twice"):
        sheet("X", "No. | code | 1 | Nr\nNo. | code | 1 | Nr", key="No.", group="master", aliases="", help="")
    with pytest.raises(ValueError, match=r"Nr"):
        without(columns("No. | code | 1 | Nr"), "Nr")


# What every sheet must have -----------------------------------------------------------------------------


@ALL
def test_no_caption_of_a_sheet_can_mean_two_columns(table: Table) -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for column in table.columns:
        for name in (column.caption, column.field, *column.aliases):
            meant[normal_name(name)].add(column.caption)
    assert {name: sorted(found) for name, found in meant.items() if len(found) > 1} == {}
    assert not {"problem", "heldid"} & set(meant)


def test_no_name_of_a_sheet_can_mean_two_sheets() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for table in SHEETS:
        for name in (table.sheet, table.name, *table.aliases):
            whole = normal_name(name)
            # Readers may leave out the ending of a plural.
            meant[whole].add(table.name)
            for ending in ("s", "or", "er", "ar", "na", "n"):
                meant[whole.removesuffix(ending)].add(table.name)
    assert {name: sorted(found) for name, found in meant.items() if len(found) > 1} == {}


def test_names_of_tables_are_unique_and_none_is_a_ledger_table() -> None:
    assert len({table.name for table in SHEETS}) == len(SHEETS)
    stored = {table.name for table in SHEETS if table.group in ("setup", "master")}
    assert not stored & set(entries.BY_NAME)


@ALL
def test_every_column_has_a_swedish_caption_and_help(table: Table) -> None:
    assert table.help.endswith(".")
    assert len(swedish_sheet(table)) <= 31
    assert len(table.sheet) <= 31
    for column in table.columns:
        assert column.aliases, column.caption
        assert column.help.endswith((".", "No.")), column.caption
        assert "\n" not in column.help
    swedish = [normal_name(swedish_caption(column)) for column in table.columns]
    assert len(set(swedish)) == len(swedish)


@ALL
def test_every_column_has_a_frame_name_of_its_own_and_a_model(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert not set(names) & set(table.provenance)
    frame = table.empty()
    assert list(frame.columns)[: len(names)] == names
    table.model().validate(frame)


@ALL
def test_examples_and_defaults_are_values_of_their_kind(table: Table) -> None:
    for column in table.columns:
        for text in filter(None, (column.example, column.default)):
            check_value(column, text)


def check_value(column: Column, text: str) -> None:
    if column.kind == "date":
        date.fromisoformat(text)
    elif column.kind in NUMBER_KINDS:
        number = Decimal(text)
        assert column.kind != "integer" or number == int(number), column.caption
        assert not column.non_negative or number >= 0, column.caption
        assert column.kind != "percent" or 0 <= number <= 100, column.caption
    elif column.kind == "yes_no":
        assert text in ("yes", "no"), column.caption
    elif column.kind == "choice":
        assert text in column.options, column.caption
    elif column.kind == "formula":
        parse_formula(text)


@ALL
def test_the_key_of_a_document_sheet_belongs_to_the_document(table: Table) -> None:
    if not table.documents:
        assert not table.header_columns
        return
    assert table.key == ("No.",)
    assert table.alternative_keys == ("External Document No.", "Your Reference")
    for caption in (*table.key, *table.alternative_keys, "Customer No.", "Action"):
        assert table.by_caption[caption].header, caption
    for caption in ("Line No.", "Item No.", "Quantity", "Unit Price", "Line Discount %"):
        assert not table.by_caption[caption].header, caption


def test_credit_memos_must_name_the_invoice_that_they_change() -> None:
    assert BY_NAME["credit_memos"].by_caption["Applies-to Document No."].required
    assert not BY_NAME["return_orders"].by_caption["Applies-to Document No."].required


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("vat_posting_setup", ("VAT Bus. Posting Group", "VAT Prod. Posting Group", "Starting Date")),
        ("number_series", ("Code", "Starting Date")),
        ("exchange_rates", ("Currency Code", "Starting Date")),
        ("shipments", ("Shipment No.", "Order No.", "Line No.", "Item No.")),
        ("payments", ("Payment No.",)),
        ("payment_review", ("Statement Line No.",)),
    ],
)
def test_keys_name_what_makes_a_row_unique(table: str, key: tuple[str, ...]) -> None:
    assert BY_NAME[table].key == key


@pytest.mark.parametrize(
    ("table", "swedish", "caption"),
    [
        ("customers", "Kundnr", "No."),
        ("items", "Artikelnr", "No."),
        ("invoices", "Kundnr", "Customer No."),
        ("invoices", "À-pris", "Unit Price"),
        ("invoices", "Antal", "Quantity"),
        ("invoices", "Radrabatt %", "Line Discount %"),
        ("invoices", "Förfallodatum", "Due Date"),
        ("invoices", "Fakturanr", "No."),
        ("invoices", "Qty", "Quantity"),
        ("orders", "Ordernr", "No."),
        ("bank_statement", "Belopp", "Amount"),
        ("payments", "Inbetalningsnr", "Payment No."),
    ],
)
def test_the_words_of_swedish_accounting_are_known(table: str, swedish: str, caption: str) -> None:
    assert swedish in BY_NAME[table].by_caption[caption].aliases


# The Swedish setup --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", SETUP_TABLES, ids=[table.name for table in SETUP_TABLES])
def test_the_setup_has_only_columns_of_its_sheet_and_values_of_their_kind(table: Table) -> None:
    rows = SETUP.get(table.name, ())
    for row in rows:
        assert set(row) <= set(table.by_caption)
        for caption, text in row.items():
            if text:
                check_value(table.by_caption[caption], text)
        for column in table.columns:
            assert row.get(column.caption) or not column.required, (column.caption, row)
    keys = [tuple(row.get(caption, "") for caption in table.key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_every_account_that_the_setup_names_exists() -> None:
    accounts = codes("gl_accounts", "No.")
    named = {
        row[column.caption]
        for table in SETUP_TABLES
        for row in SETUP.get(table.name, ())
        for column in table.columns
        if (column.caption.endswith("Account") or column.caption == "Bal. Account No.") and row.get(column.caption)
    }  # fmt: skip
    named |= {row["Value"] for row in SETUP["company"] if row["Setting"].endswith("Account") and row["Value"]}
    assert "2611" in named
    assert named - accounts == set()


def test_accounts_that_only_the_program_posts_to_are_closed_to_others() -> None:
    closed = {row["No."] for row in SETUP["gl_accounts"] if row["Direct Posting"] == "no"}
    wanted = codes("customer_posting_groups", "Receivables Account") | {"2420", "3740"}
    wanted |= codes("vat_posting_setup", "Sales VAT Account") - {""}
    assert closed == wanted


def test_every_template_names_groups_and_terms_that_exist() -> None:
    for row in SETUP["customer_templates"]:
        assert row["Customer Posting Group"] in codes("customer_posting_groups", "Code")
        assert row["Gen. Bus. Posting Group"] in codes("general_posting_setup", "Gen. Bus. Posting Group")
        assert row["VAT Bus. Posting Group"] in codes("vat_posting_setup", "VAT Bus. Posting Group")
        assert row["Payment Terms Code"] in codes("payment_terms", "Code")
        assert row["Payment Method Code"] in codes("payment_methods", "Code")
        assert row["Reminder Terms"] in codes("reminder_levels", "Reminder Terms")
        assert row["Finance Charge Terms"] in codes("finance_charge_terms", "Code")
    assert codes("customer_templates", "Code") == set(BUSINESS_GROUPS)


@pytest.mark.parametrize(
    ("table", "business", "product"),
    [
        ("general_posting_setup", "Gen. Bus. Posting Group", "Gen. Prod. Posting Group"),
        ("vat_posting_setup", "VAT Bus. Posting Group", "VAT Prod. Posting Group"),
    ],
)
def test_every_customer_of_a_template_can_buy_every_kind_of_item(
    table: str, business: str, product: str
) -> None:
    pairs = {(row[business], row[product]) for row in SETUP[table]}
    products = codes(table, product)
    assert {(template, item) for template in BUSINESS_GROUPS for item in products} - pairs == set()


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2026-03-31", "12"), ("2026-04-01", "6"), ("2027-12-31", "6"), ("2028-01-01", "12")],
)
def test_food_is_taxed_at_six_per_cent_from_april_2026_to_the_end_of_2027(day: str, rate: str) -> None:
    rows = [
        row for row in SETUP["vat_posting_setup"]
        if (row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]) == ("DOMESTIC", "FOOD")
    ]  # fmt: skip
    holding = max((row for row in rows if row["Starting Date"] <= day), key=lambda row: row["Starting Date"])
    assert holding["VAT %"] == rate


def test_vat_rows_have_an_account_where_there_is_vat_and_a_clause_where_there_is_none() -> None:
    for row in SETUP["vat_posting_setup"]:
        taxed = row["VAT Category"] == "S"
        assert (Decimal(row["VAT %"]) > 0) == taxed == (row["Sales VAT Account"] != ""), row
        assert (row["Clause"] != "") == (row["VAT Category"] not in ("S", "Z")), row
        assert (row["VAT Calculation Type"] == "Normal VAT") == (row["VAT Category"] in ("S", "Z")), row


@pytest.mark.parametrize(
    ("business", "product", "category", "box"),
    [
        ("DOMESTIC", "GOODS25", "S", "05"),
        ("CONSTRUCTION", "BUILD25", "AE", "41"),
        ("EU", "GOODS25", "K", "35"),
        ("EU", "SERV25", "AE", "39"),
        ("EXPORT", "GOODS25", "G", "36"),
        ("EXPORT", "SERV25", "O", "40"),
        ("DOMESTIC", "EXEMPT", "E", "42"),
    ],
)
def test_sales_go_to_the_right_box_of_the_vat_return(
    business: str, product: str, category: str, box: str
) -> None:
    (row,) = (
        row for row in SETUP["vat_posting_setup"]
        if (row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]) == (business, product)
    )  # fmt: skip
    assert (row["VAT Category"], row["VAT Return Box"]) == (category, box)


def test_every_number_series_is_there_and_what_is_posted_has_a_voucher_letter() -> None:
    rows = {row["Code"]: row for row in SETUP["number_series"]}
    assert set(rows) == {
        "CUSTOMER", "CONTACT", "QUOTE", "ORDER", "INVOICE", "POSTED-INVOICE", "CREDIT-MEMO", "POSTED-CREDIT-MEMO",
        "SHIPMENT", "RETURN-ORDER", "RETURN-RECEIPT", "PREPAYMENT-INVOICE", "PREPAYMENT-CREDIT-MEMO", "PAYMENT",
        "REMINDER", "FINANCE-CHARGE", "PURCHASE-ORDER", "STATEMENT",
    }  # fmt: skip
    for code in (
        "POSTED-INVOICE",
        "POSTED-CREDIT-MEMO",
        "PREPAYMENT-INVOICE",
        "PAYMENT",
        "REMINDER",
        "FINANCE-CHARGE",
    ):
        assert rows[code]["Voucher Series"], code
    assert len({row["Starting No."] for row in rows.values()}) == len(rows)


def test_the_matching_rules_are_those_of_the_reference() -> None:
    # Score = (confidence + 1) * 1000 - priority.
    worth = {"High": 4000, "Medium": 3000, "Low": 2000}
    scores = {
        worth[row["Match Confidence"]] - int(row["Priority"]): row for row in SETUP["payment_application_rules"]
    }  # fmt: skip
    assert sorted(scores, reverse=True) == [
        *range(3999, 3988, -1),
        *range(2999, 2990, -1),
        *range(1999, 1994, -1),
    ]

    def facts(score: int) -> tuple[str, str, str]:
        row = scores[score]
        return row["Related Party Matched"], row["Document No. Matched"], row["Amount Matched"]

    assert scores[3999]["Direct Debit"] == "Yes"
    assert facts(3996) == ("Fully", "Yes", "One Match")
    assert facts(3989) == ("No", "Yes - Multiple", "Multiple Matches")
    assert facts(2992) == ("Partially", "No", "One Match")
    assert facts(1995) == ("No", "No", "Multiple Matches")
    assert {score >= 3000: row["Review Required"] for score, row in scores.items()} == {
        True: "no",
        False: "yes",
    }


def test_every_setting_stands_on_the_company_sheet_in_the_language_asked_for() -> None:
    rows = {row["Setting"]: row["Value"] for row in SETUP["company"]}
    assert list(rows) == [column.caption for column in SETTING_COLUMNS.values()]
    assert (rows["Country Code"], rows["Language"], rows["Invoice Rounding Precision"]) == (
        "SE",
        "sv",
        "0.01",
    )
    assert rows["Rounding Write-off Limit"] == "0.50"
    assert {caption for caption in TO_FILL_IN if rows[caption] not in ("", "no")} == set()
    assert {row["Setting"]: row["Value"] for row in swedish_setup("en")["company"]}["Language"] == "en"
    for column in SETTING_COLUMNS.values():
        assert column.help, column.caption


def test_the_examples_of_customers_and_items_fit_the_swedish_setup() -> None:
    customers, items = BY_NAME["customers"].by_caption, BY_NAME["items"].by_caption
    assert customers["Payment Terms Code"].example in codes("payment_terms", "Code")
    assert customers["Customer Posting Group"].example in codes("customer_posting_groups", "Code")
    assert customers["Finance Charge Terms"].example in codes("finance_charge_terms", "Code")
    assert items["Gen. Prod. Posting Group"].example in codes(
        "general_posting_setup", "Gen. Prod. Posting Group"
    )
    assert items["VAT Prod. Posting Group"].example in codes("vat_posting_setup", "VAT Prod. Posting Group")
