"""The balances of the statements that were taken in: what the bank says that the account holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.money import decimal_text
from salesbatch.core.sheets_bank import CLOSING_WORDS, OPENING_WORDS
from salesbatch.rules.checking import Checks
from salesbatch.rules.exchange import digits_of
from salesbatch.rules.statement_chain import check_chain

_TYPED = ("workbook", "csv", None)


def balance_kinds(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """True for the rows that are opening balances, and for those that are closing balances; the rest are lines."""
    codes, texts = pd.factorize(rows["text"], use_na_sentinel=False)  # Each text once.
    word = pd.Series(texts, dtype="str").str.strip().str.casefold()
    opening, closing = (word.isin(words).to_numpy()[codes] for words in (OPENING_WORDS, CLOSING_WORDS))
    return pd.Series(opening, index=rows.index), pd.Series(closing, index=rows.index)


def statements_of(checks: Checks, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per statement of the drop, by `document`: its place, days, balances, kind of file, and if it has lines.

    rows: input rows with `account` and `document` (one statement). A balance is known where it stands once.
    """
    opening, closing = (kind.to_numpy() for kind in balance_kinds(rows))
    amount = rows["amount_minor"].fillna(0).to_numpy(dtype=np.int64)
    table = pd.DataFrame(
        {
            "document": rows["document"],
            "bank_account": rows["account"],
            "currency_code": rows["currency_code"],
            "statement_no": rows["statement_no"],
            "source": rows["source"],
            "sheet": rows["sheet"],
            "date": rows["date"],
            "opening_minor": np.where(opening, amount, 0),
            "closing_minor": np.where(closing, amount, 0),
            "moved_minor": np.where(opening | closing, 0, amount),
            "openings": opening.astype(np.int64),
            "closings": closing.astype(np.int64),
            "moved": ~opening & ~closing,
        }
    )
    found = table.groupby("document", sort=True).agg(
        bank_account=("bank_account", "first"),
        currency_code=("currency_code", "first"),
        statement_no=("statement_no", "first"),
        source=("source", "first"),
        sheet=("sheet", "first"),
        first_date=("date", "min"),
        date=("date", "max"),
        opening_minor=("opening_minor", "sum"),
        closing_minor=("closing_minor", "sum"),
        moved_minor=("moved_minor", "sum"),
        openings=("openings", "sum"),
        closings=("closings", "sum"),
        moved=("moved", "any"),
    )
    found["opening_known"], found["closing_known"] = found["openings"] == 1, found["closings"] == 1
    kinds = [checks.inbox.kinds.get(source, "workbook") for source in found["source"]]
    found["kind"] = pd.array(kinds, dtype="str")
    found["digits"] = digits_of(found["currency_code"])
    return found


def check_balances(checks: Checks, rows: pd.DataFrame, statements: pd.DataFrame) -> None:
    """A statement that does not add up is held whole, with the difference."""
    both = (statements["openings"] == statements["closings"]) & (statements["openings"] > 0)
    difference = statements["opening_minor"] + statements["moved_minor"] - statements["closing_minor"]
    wrong = difference[both & (difference != 0)]
    if len(wrong):
        places = rows[balance_kinds(rows)[1] & rows["document"].isin(wrong.index)]
        places = places.drop_duplicates("document", keep="last")
        digits = statements.loc[places["document"], "digits"].tolist()
        named = [
            decimal_text(value, own) for value, own in zip(wrong.loc[places["document"]].tolist(), digits)
        ]
        checks.report(
            places.assign(difference=named),
            "statement-does-not-add-up",
            "amount_minor",
            difference="difference",
        )
        _hold_file(checks, rows, statements.loc[wrong.index, "source"])


def _hold_file(checks: Checks, rows: pd.DataFrame, sources: pd.Series) -> None:
    """A bank's file is right or wrong as a whole; a workbook is typed by hand, and there each sheet is its own."""
    files = [source for source in sources.unique() if checks.inbox.kinds.get(source) not in _TYPED]
    others = rows[rows["source"].isin(files) & ~rows["document"].isin(list(checks.held))]
    checks.report(others.drop_duplicates("document"), "statement-of-bad-file")


def balance_rows(checks: Checks, books: Books, rows: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """BANK_STATEMENTS rows, one per statement that brought anything new; their balances must follow one another.

    rows: all input rows of the statements with `account` and `document` (one statement); lines: the new lines.
    A statement of balances alone, of an account that did not move, counts as new.
    """
    found = statements_of(checks, checks.good(rows))
    place = ["bank_account", "statement_no", "source", "sheet"]
    new_lines = pd.MultiIndex.from_frame(lines[place])
    is_new = pd.MultiIndex.from_frame(found[place]).isin(new_lines)
    balances = ["bank_account", "first_date", "date", "opening_minor", "closing_minor"]
    again = pd.MultiIndex.from_frame(found[balances]).isin(
        pd.MultiIndex.from_frame(books.statements[balances])
    )
    found = found[is_new | (~found["moved"] & found["closing_known"] & ~again)]
    check_chain(checks, books.statements, found, rows, lines)
    first = books.next_no("bank_statements")
    columns = {name: found[name] for name in entries.BANK_STATEMENTS.names if name in found}
    numbers = {"bank_statement_no": np.arange(first, first + len(found)), "run_no": books.run_no}
    return entries.BANK_STATEMENTS.frame(columns | numbers, len(found))
