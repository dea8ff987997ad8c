"""What the matcher never does, whatever the book: small books drawn at random, with lines that nearly fit."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_books import customers, entries, known, lines, mappings, propose, search

from salesbatch.core.references import make_ocr

PEOPLE = customers(
    ("C1", "Nordlunds Byggvaror Aktiebolag", "5050-1055"),
    ("C2", "Ostkustens Frukt och Grönt HB", "991-2346; 400-1122"),
    ("C3", "Anna Lindgren", "", "Storgatan 2", "Umeå"),
    ("C4", "Anna Lindgren", "400-1122", "Kajen 9", "Luleå"),
)
NUMBERS = ["INV-1001", "INV-1002", "103017", "103018", "2026-0042", "CM-2001", "00048213", "77"]
AMOUNTS = [620_00, 620_00, 705_50, 1325_50, 99_60, 411_10, 5000_00]
TEXTS = [
    "", "", "INV-1001", "fakt 1002", "INV-1001/02", "103017 103018", "103071", f"OCR {make_ocr('103017')}", "77",
    "INV-1001 CM-2001", "20260042", "48213", "retur", "retur 103017", "Anna Lindgren", "Hyra", "tel 08-1001",
]  # fmt: skip
NAMES = [
    "",
    "",
    "NORDLUNDS BYGGVAROR",
    "Lindgren Anna",
    "Ostkustens Frukt",
    "Inkassobyrån X",
    "Nordlund Bygg",
]
ACCOUNTS = ["", "", "50501055", "991-2346", "400-1122", "1-1"]
DAYS = [f"2026-02-{day:02}" for day in (1, 2, 5, 12)]
KNOWN = known(
    aliases=[("Inkassobyrån X", "C2", 3)],
    fees=[(35_00, "6570", "")],
    direct_debits=[("AG-7", "103017", "Sent")],
)
HIRE = mappings(("hyra", "3910", "5010", ""))
LIMIT = 50
QUICK = settings(max_examples=25, deadline=None)


@st.composite
def books(draw):
    """Open entries of four customers, and statement lines most of which are sums of them, or nearly."""
    numbers = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=7, unique=True))
    sizes = [draw(st.sampled_from(AMOUNTS)) for _ in numbers]
    signed = [-size if number.startswith("CM") else size for number, size in zip(numbers, sizes)]
    owners = [draw(st.sampled_from(["C1", "C1", "C2", "C3", "C4"])) for _ in numbers]
    discounts = [draw(st.sampled_from([0, 0, 20_00])) for _ in numbers]
    book = entries(
        *zip(owners, numbers, signed),
        document_type=["credit_memo" if amount < 0 else "invoice" for amount in signed],
        due_date=[f"2026-02-{draw(st.integers(8, 11)):02}" for _ in numbers],
        posting_date=[draw(st.sampled_from(["2026-01-10", "2026-01-10", "2026-02-02"])) for _ in numbers],
        discount_minor=[d if amount > 0 else -d for d, amount in zip(discounts, signed)],
        discount_date=[draw(st.sampled_from(["2026-01-20", "2026-02-03"])) for _ in numbers],
        on_hold=[draw(st.sampled_from(["", "", "", "KB"])) for _ in numbers],
    )
    paid = []
    for _ in range(draw(st.integers(1, 6))):
        chosen = draw(st.lists(st.sampled_from(signed), min_size=1, max_size=3))
        paid.append(sum(chosen) + draw(st.sampled_from([0, 0, 0, 0, 40, -35_00, -20_00, 100_00])))
        paid[-1] *= draw(st.sampled_from([1, 1, 1, 1, -1]))

    def drawn(values):
        return [draw(st.sampled_from(values)) for _ in paid]

    statement = lines(
        *paid, text=drawn(TEXTS), payer_name=drawn(NAMES), payer_account=drawn(ACCOUNTS), date=drawn(DAYS),
        transaction_id=drawn(["", "", "", "AG-7"]),
    )  # fmt: skip
    return book, statement


def match(book, statement, people=PEOPLE, strict=False):
    return propose(
        statement, book, people, HIRE, KNOWN, strict_rules=strict, rounding_write_off_limit_minor=LIMIT,
        payment_tolerance_percent_e5=0,
    )  # fmt: skip


def with_facts(matches, book):
    """Every application with the facts of its line and of its entry."""
    found = matches.applications.merge(matches.lines, on="statement_line_no")
    return found.merge(
        book[["entry_no", "customer_no", "remaining_minor"]], on="entry_no", suffixes=("", "_owner")
    )


def assert_nothing_is_over_applied(found, taken):
    """taken: the applications that would be posted together; found: all of them."""
    opened = taken.groupby("entry_no").agg(amount=("amount_minor", "sum"), left=("remaining_minor", "first"))
    assert (opened["amount"].abs() <= opened["left"].abs()).all()
    assert (found["amount_minor"] * found["remaining_minor"] > 0).all()
    assert (found["amount_minor"].abs() <= found["remaining_minor"].abs()).all()
    assert (found["discount_minor"].abs() < found["amount_minor"].abs()).all()


@QUICK
@given(books(), st.randoms(use_true_random=False))
@pytest.mark.parametrize("strict", [False, True])
def test_the_order_of_rows_changes_nothing_and_no_money_is_given_twice(strict, drawn, random):
    book, statement = drawn
    first = match(book, statement, strict=strict)
    seed = random.randrange(1000)
    mixed = statement.sample(frac=1, random_state=seed)
    again = match(
        book.sample(frac=1, random_state=seed), mixed, PEOPLE.sample(frac=1, random_state=seed), strict
    )
    ordered = again.lines.sort_values("statement_line_no", ignore_index=True)
    pd.testing.assert_frame_equal(first.lines, ordered)
    key = ["statement_line_no", "entry_no"]
    pd.testing.assert_frame_equal(
        first.applications.sort_values(key, ignore_index=True),
        again.applications.sort_values(key, ignore_index=True),
    )
    found = with_facts(first, book)
    assert_nothing_is_over_applied(found, found if strict else found[found["match_confidence"] == "high"])
    # What a line settles and what it leaves is the line's money, to the öre.
    cash = found["amount_minor"] - found[["discount_minor", "tolerance_minor", "write_off_minor"]].sum(axis=1)
    given_out = cash.groupby(found["statement_line_no"]).sum()
    rows = first.lines.set_index("statement_line_no")
    settled = rows.loc[given_out.index, "difference_minor"] + given_out
    money = statement.set_index("statement_line_no")["amount_minor"]
    assert settled.tolist() == money.loc[given_out.index].tolist()
    assert (rows["difference_minor"].abs() <= money.abs()).all()


@QUICK
@given(books())
def test_what_is_posted_unasked_has_two_witnesses_and_one_customer(drawn):
    book, statement = drawn
    matches = match(book, statement)
    found = with_facts(matches, book)
    by_debit = found["match_score"] == 3999
    nobody = (found["related_party_matched"] == "no") & (found["document_no_matched"] == "no") & ~by_debit
    assert set(found.loc[nobody, "match_confidence"]) <= {"low"}
    assert (found.loc[nobody, "amount_matched"] != "no matches").all()
    owners = found.groupby("statement_line_no")["customer_no_owner"].nunique()
    several = owners.index[owners > 1]
    assert set(several) == set(matches.shared)
    assert "high" not in set(matches.lines.set_index("statement_line_no").loc[several, "match_confidence"])
    high = found[(found["match_confidence"] == "high") & ~by_debit]
    assert (high["customer_no"] == high["customer_no_owner"]).all()
    # Without a number the payer is known and the amount fits; held and later documents must be named.
    unnamed = high[high["document_no_matched"] == "no"]
    assert set(unnamed["related_party_matched"]) <= {"partially", "fully"}
    assert set(unnamed["amount_matched"]) <= {"one match", "multiple matches"}
    facts = unnamed.merge(book[["entry_no", "on_hold", "posting_date"]], on="entry_no")
    facts = facts.merge(statement[["statement_line_no", "date"]], on="statement_line_no")
    assert (facts["on_hold"] == "").all()
    assert (facts["posting_date"] <= facts["date"]).all()
    # Every write-off is a rounding inside its limit, or a fee of the list.
    written_off = found[found["write_off_minor"] != 0]
    fee = written_off["write_off_account"] != ""
    assert (written_off.loc[~fee, "write_off_minor"].abs() <= LIMIT).all()
    assert set(written_off.loc[fee, "write_off_minor"].abs()) <= {35_00}
    assert (found["tolerance_minor"] == 0).all()


@QUICK
@given(st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=6), st.sampled_from(AMOUNTS))
def test_an_amount_alone_is_never_above_low(sizes, paid):
    book = entries(
        *[("C1" if place % 2 else "C2", f"10{place:04}", size) for place, size in enumerate(sizes)]
    )
    for matches in (
        search(lines(paid, text=["Insättning"]), book, PEOPLE),
        propose(lines(paid), book, PEOPLE),
    ):
        assert matches.lines["match_confidence"].isin(["none", "low"]).all()


@QUICK
@given(
    st.integers(1, 999),
    st.sampled_from(["{}", "INV-{}", "F{}", "000{}"]),
    st.sampled_from(["{}", "faktura {}"]),
)
def test_fewer_than_four_digits_are_no_number(number, form, text):
    book = entries(("C1", form.format(number), 620_00), ("C1", "103018", 705_50))
    written = search(lines(620_00, 100_00, text=[text.format(number)] * 2), book, PEOPLE).lines
    assert set(written["document_no_matched"]) == {"no"}
    assert "high" not in set(written["match_confidence"])


@QUICK
@given(books())
def test_a_stranger_of_other_numbers_and_amounts_changes_nothing(drawn):
    book, statement = drawn
    stranger = entries(("C9", "ZX987654321", 83_17_31)).assign(entry_no=99)
    more = customers(("C9", "Quitzow Zeppelinwerft Köpenick", "777-7777"))
    alone = match(book, statement)
    beside = match(pd.concat([book, stranger]), statement, pd.concat([PEOPLE, more]))
    pd.testing.assert_frame_equal(alone.lines, beside.lines)
    pd.testing.assert_frame_equal(alone.applications, beside.applications)
