"""A file that explains a deposit never adds money: its payments take the place of the statement's one line.

The statement says that 18,400.00 came on a day; BgMax or camt.054 says which forty payments that was. Both lines
stay in the books: the deposit, closed as `reversed`; a line of the explaining file that takes its amount back;
and the payments, which are matched like any other line. So the lines of an explaining file add up to nothing.

Entry and explanation meet where account, booking date and amount are the same; banks date them apart by a few
days too, which is enough where one lump only has the amount (`explaining_search`). What waits for its statement is held,
and comes back by itself when a statement is dropped.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.findings import Place, finding
from salesbatch.core.journal import Journal
from salesbatch.core.match_texts import match_phrase
from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.rules.checking import Checks
from salesbatch.rules.explaining_search import MISSING, Entry, ExplainingSearch
from salesbatch.rules.match_rows import match_rows
from salesbatch.rules.statement_entries import number_entries

_KEY = ["account", "date", "entry_amount_minor"]


def explain_lines(checks: Checks, books: Books, rows: pd.DataFrame) -> Journal:
    """Put the payments in the place of the lines that they explain; what finds no line is held.

    rows: lines that explain, in the order of their files, with account, identity and `document`, of which each
    entry has one of its own. The books hold the lines of this drop already.
    """
    known = set(books.known_statement["identity"]) | set(books.bank_lines["identity"])
    again = rows["identity"].isin(known) | rows.duplicated("identity")
    whole = again.groupby(rows["document"]).transform("all")
    _tell_known(checks, rows, whole, "input-exists")
    rows = rows[~whole]
    replaced, reasons = _find_lines(ExplainingSearch(books), rows)
    _tell_known(checks, rows, rows["document"].isin(reasons.pop("known", [])), "statement-line-known")
    for code, documents in reasons.items():
        _report(checks, rows[rows["document"].isin(documents)], code)
    used = rows[rows["document"].isin(list(replaced))].reset_index(drop=True)
    return _journal(checks, books, used, replaced) if len(used) else Journal()


def _find_lines(search: ExplainingSearch, rows: pd.DataFrame) -> tuple[dict[int, int], dict[str, list[int]]]:
    """The line that each document explains; and by reason the documents for which there is none.

    Documents whose day has their line choose first; what is left may be a few days off.
    """
    wanted = rows.drop_duplicates("document").groupby(_KEY).size().to_dict()
    documents = rows.groupby("document")
    ids = documents["transaction_id"].agg(set)
    parts = {int(str(name)): tuple(sorted(part)) for name, part in documents["amount_minor"]}
    heads = rows.drop_duplicates("document").sort_values("document")
    replaced: dict[int, int] = {}
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    missing: dict[int, Entry] = {}
    for document, *named in zip(*(heads[name].tolist() for name in ("document", *_KEY))):
        key: Entry = (named[0], named[1], named[2])
        line, reason = search.line_of(key, ids[document], parts[document], wanted[key])
        if line:
            replaced[document] = line
        elif reason == MISSING:
            missing[document] = key
        else:
            reasons[reason].append(document)
    for document, key in missing.items():
        line, reason = search.near_line_of(key, list(missing.values()))
        if line:
            replaced[document] = line
        else:
            reasons[reason].append(document)
    return replaced, reasons


def report_parts(checks: Checks, rows: pd.DataFrame) -> None:
    """Hold entries whose payments do not add up to them."""
    _report(checks, rows[~rows["true_part"].astype(bool)], "statement-entry-parts")


def _report(checks: Checks, rows: pd.DataFrame, code: str) -> None:
    """One finding an entry, at its first payment."""
    heads = rows.drop_duplicates("document")
    digits = [minor_digits(currency) for currency in heads["currency_code"]]
    named = [decimal_text(entry, digit) for entry, digit in zip(heads["entry_amount_minor"].tolist(), digits)]
    heads = heads.assign(amount=named, day=heads["date"].dt.strftime("%Y-%m-%d"))
    checks.report(heads, code, "entry_amount_minor", amount="amount", day="day")


def _tell_known(checks: Checks, rows: pd.DataFrame, known: pd.Series, code: str) -> None:
    for (source, sheet), part in rows[known].groupby(["source", "sheet"], sort=False):
        total = int(((rows["source"] == source) & (rows["sheet"] == sheet)).sum())
        checks.findings.append(finding(code, Place(str(source), str(sheet)), count=len(part), total=total))


def _journal(checks: Checks, books: Books, used: pd.DataFrame, replaced: dict[int, int]) -> Journal:
    """The payments, a line that takes each entry back, and both sides of that as closed."""
    whole = books.bank_lines.set_index("statement_line_no", drop=False)
    heads = used.drop_duplicates("document").set_index("document")
    old = whole.loc[[replaced[int(document)] for document in heads.index]].reset_index(drop=True)
    # The day is the statement's, so that the lines of every day are what the statement says.
    used = used.assign(date=used["document"].map(dict(zip(heads.index, old["date"]))).astype("datetime64[s]"))
    counter = old.assign(
        amount_minor=-old["amount_minor"],
        identity=old["identity"] + "|explained",
        entry_amount_minor=old["amount_minor"],
        **{name: heads[name].to_numpy() for name in ("source", "sheet", "row", "statement_no")},
    )
    counter["account"] = counter["bank_account"]
    lines = pd.concat([used.assign(order=1), counter.assign(order=0)], ignore_index=True)
    lines = lines.sort_values(["source", "sheet", "row", "order"], kind="stable", ignore_index=True)
    first = books.next_no("statement_lines")
    lines["explains"] = True
    frame = statement_rows(books, lines, first)
    closing = pd.concat([old["statement_line_no"], frame.loc[lines["order"] == 0, "statement_line_no"]])
    by = dict(zip(old["statement_line_no"], heads["source"]))
    language = books.company.settings.language
    facts = pd.DataFrame(
        {
            "statement_line_no": closing.to_numpy(),
            "status": "reversed",
            "match_confidence": "none",
            "evidence": [
                match_phrase("explained", language, file=by[line])
                if line in by
                else match_phrase("taken back", language)
                for line in closing
            ],
        }
    )
    for (source, sheet), part in used.groupby(["source", "sheet"], sort=False):
        count, entry_count = len(part), int(part["document"].nunique())
        place = Place(str(source), str(sheet))
        checks.findings.append(finding("statement-entry-explained", place, count=count, entries=entry_count))
    return Journal(rows={"statement_lines": frame, "payment_matches": match_rows(books, facts)})


def own_documents(rows: pd.DataFrame, first: int) -> pd.DataFrame:
    """Lines that explain, with a `document` and a `key` for each entry, so that one that waits holds no other."""
    entry, true_part = number_entries(rows)
    rows = rows.assign(document=first + entry)
    day = rows["date"].dt.strftime("%Y-%m-%d")
    numbers = rows.groupby("document")["row"].transform("min").astype("str")
    key = rows["account"] + " " + rows["statement_no"] + " " + day + " " + numbers
    return rows.assign(key=key.astype("str"), true_part=true_part)


def statement_rows(books: Books, lines: pd.DataFrame, first: int) -> pd.DataFrame:
    """STATEMENT_LINES rows of input lines with account and identity, numbered from `first`."""
    amount = lines["amount_minor"].astype("int64")
    given = {name: lines[name] for name in entries.STATEMENT_LINES.names if name in lines}
    return entries.STATEMENT_LINES.frame(
        given
        | {
            "statement_line_no": np.arange(first, first + len(lines)),
            "run_no": books.run_no,
            "bank_account": lines["account"],
            "line_no": lines.groupby(["account", "statement_no", "source", "sheet"], sort=False).cumcount()
            + 1,
            "amount_minor": amount,
            "entry_amount_minor": lines["entry_amount_minor"].fillna(amount).astype("int64"),
            "explains": lines["explains"].fillna(False).astype(bool),
        },
        len(lines),
    )
