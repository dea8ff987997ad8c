"""The syntax of the text journal: account names, quoting, links."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from books_check import bean_check

from salesbatch.core import entries
from salesbatch.core.general_journal import GeneralJournal
from salesbatch.writers import draw_text_journal
from salesbatch.writers.text_journal import account_names, quoted


def journal(accounts: list[tuple[str, str]], text: str = "Sale") -> GeneralJournal:
    """Two rows between the first two accounts."""
    rows = entries.GL_ENTRIES.frame(
        {
            "entry_no": [1, 2],
            "run_no": 1,
            "transaction_no": 1,
            "voucher_series": "A",
            "voucher_no": 1,
            "account_no": [accounts[0][0], accounts[1][0]],
            "posting_date": pd.Series(["2026-10-31", "2026-10-31"], dtype="datetime64[s]"),
            "document_type": "invoice",
            "document_no": text,
            "description": text,
            "customer_no": text,
            "amount_minor": [12345, -12345],
        },
        2,
    )
    rows["customer_name"] = rows["customer_no"]
    chart = pd.DataFrame(
        {
            "no": pd.array([no for no, _ in accounts], dtype="str"),
            "name": pd.array([text] * len(accounts), dtype="str"),
            "type": pd.array([kind for _, kind in accounts], dtype="str"),
        }
    )
    balances = pd.DataFrame(
        {
            "account_no": pd.array([accounts[0][0]], dtype="str"),
            "day": pd.Series(["2026-10-31"], dtype="datetime64[s]"),
            "amount_minor": [12345],
            "ledger": pd.array(["customer ledger"], dtype="str"),
        }
    )
    return GeneralJournal("Bolaget", "SEK", chart, rows, balances)


def test_an_account_stands_where_its_type_and_its_class_say() -> None:
    accounts = [
        ("1510", "Balance"), ("1930", ""), ("2010", "Balance"), ("2611", ""), ("3001", "Income"), ("4010", ""),
        ("8311", "Income"), ("9001", ""), ("3999", "Balance"), ("1999", "Income"),
    ]  # fmt: skip
    assert list(account_names(journal(accounts)).values()) == [
        "Assets:1510", "Assets:1930", "Equity:2010", "Liabilities:2611", "Income:3001", "Expenses:4010",
        "Expenses:8311", "Equity:9001", "Assets:3999", "Income:1999",
    ]  # fmt: skip


def test_account_numbers_of_any_form_become_names_of_their_own() -> None:
    names = account_names(journal([("15.10", ""), ("15/10", ""), ("kassa", ""), ("", "")]))
    assert list(names.values()) == ["Assets:15-10", "Assets:15-10-2", "Equity:Akassa", "Equity:A"]


def test_any_text_keeps_the_syntax_whole(tmp_path: Path) -> None:
    text = 'Nisse "N" \\ AB\n2026-01-01 open Assets:Evil\r\t\x00 * ; # ^ÅÄÖ\u2028'
    path = tmp_path / "books.beancount"
    path.write_bytes(draw_text_journal(journal([("1510", ""), ("3.001 x", "")], text)))
    done = bean_check(path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    opened = [line for line in path.read_text("utf-8").splitlines() if line.startswith("2026-10-31 open ")]
    assert [line.split()[2] for line in opened] == ["Assets:1510", "Income:3-001-x"]
    assert not any(line.startswith("2026-01-01") for line in path.read_text("utf-8").splitlines())


def test_a_quoted_text_is_one_line() -> None:
    assert quoted('a "b" \\c\nd') == '"a \\"b\\" \\\\c d"'
