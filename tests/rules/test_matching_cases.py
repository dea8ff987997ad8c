"""The worked cases of payment application: what the matcher answers, line by line.

Each case gives settings, customers, open entries and statement lines, and per line what is settled, the
customer, the three facts, the score and the difference. Cases named BPA follow the reference (M1 to M23) with
Strict Rules on; those marked as a quirk are ones where another answer is better. Cases named HARD are what an
accountant would do and the reference does not; they are for Strict Rules off.

A row tells only what differs from `ENTRY`, `LINE` and `CUSTOMER`. Only what is expected of a line is compared.
`at_most` is the confidence that an answer may have where a person has to decide: it is proposed, or nothing is.
`on_account` is what waits on the customer's account, `pairs_with_line` the line that cancels this one out.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from salesbatch.core.company import Settings
from salesbatch.core.entries import CUSTOMER_LEDGER_ENTRIES, STATEMENT_LINES
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.propose import Known, propose_matches, score_pairs

TEXTS = ["text", "additional_info", "payer_name", "payer_address", "payer_city", "payer_account"]
CUSTOMER = {"address": "", "city": "", "bank_account": ""}
ENTRY = {
    "external_document_no": "", "posting_date": "2026-01-10", "due_date": "2026-02-09", "discount_date": None,
    "discount_amount": "0.00", "currency": "SEK",
}  # fmt: skip
LINE = {"date": "2026-02-01"} | dict.fromkeys([*TEXTS, "payment_reference", "transaction_id"], "")


def read_cases(file):
    for case in json.loads(file.read_text("utf-8")):
        case["settings"] = {"tolerance_type": "none", "tolerance_value": 0} | case.get("settings", {})
        case["customers"] = [CUSTOMER | row for row in case["customers"]]
        case["open_entries"] = [
            {"entry_no": number, "amount": row["remaining"], "document_type": kind_of(row)} | ENTRY | row
            for number, row in enumerate(case["open_entries"], start=1)
        ]
        for name, default in (("statement_lines", LINE), ("expected", {})):
            case[name] = [{"line_no": no} | default | row for no, row in enumerate(case[name], start=1)]
        yield case


def kind_of(row):
    return "credit_memo" if row["remaining"].startswith("-") else "invoice"


ALL = [case for file in sorted((Path(__file__).parent / "cases").glob("*.json")) for case in read_cases(file)]
ANSWERED_BETTER = {
    "BPA-038": "two equal invoices of the payer: the oldest, not the newest",
    "BPA-052": "two named invoices, money for one: the oldest, not the newest",
    "BPA-086": "two equal credit memos: the oldest, not the newest",
    "BPA-144": "named invoices of two customers: the oldest, not the newest",
}
"""All are marked as a quirk."""
PREVIEWS = [case for case in ALL if case["settings"].get("mode") == "score_only"]
CASES = [case for case in ALL if case["id"].startswith("BPA") and case not in PREVIEWS]
HARD = [case for case in ALL if case["id"].startswith("HARD")]
ANSWERS = {}
CAME_BACK = re.compile(r"line (\d+) was returned")
NEVER = ("low", 999, "-", "-", "-", "yes")
"""A rule that fits direct debits only: how a sheet says that no rule fits, as an empty one means the default."""
COMPARED = (
    "line_no", "applications", "customer_no", "confidence", "score", "difference", "on_account", "pairs_with_line",
)  # fmt: skip
CONFIDENCES = ("none", "low", "medium", "high")
PARTY = {"fully": "fully", "partially": "partially", "no": "no"}
DOCUMENT = {"yes": "yes", "multiple": "yes - multiple", "no": "no"}
AMOUNT = {"one": "one match", "multiple": "multiple matches", "none": "no matches"}
NAME_MATCHING = {"nearness": "Nearness", "permutations": "Permutations", "disabled": "Disabled"}
SHEET_WORD = {
    "-": "Not Considered", "fully": "Fully", "partially": "Partially", "no": "No", "yes": "Yes",
    "high": "High", "medium": "Medium", "low": "Low",
}  # fmt: skip
DOCUMENT_WORD = SHEET_WORD | {"multiple": "Yes - Multiple"}
AMOUNT_WORD = SHEET_WORD | {"one": "One Match", "multiple": "Multiple Matches", "none": "No Matches"}


def minor(amount):
    return int(Decimal(amount) * 100)


def amount_text(value):
    return f"{Decimal(int(value)) / 100:.2f}"


def settings_of(case):
    given = case["settings"]
    return Settings(
        match_tolerance_type="Amount" if given["tolerance_type"] == "amount" else "Percentage",
        match_tolerance_value_e5=int(Decimal(str(given["tolerance_value"])) * 100_000),
        name_matching=NAME_MATCHING[given.get("name_matching", "nearness")],
        strict_rules=case["id"].startswith("BPA"),
        payment_tolerance_percent_e5=int(given.get("payment_tolerance_pct", 0) * 100_000),
        rounding_write_off_limit_minor=minor(given.get("rounding_limit", "0")),
        rounding_account=given.get("rounding_account", ""),
    )


def known_of(case):
    """What the case knows of payers, collections and fees, as the setup sheets say it."""
    given = case["settings"]
    number = {row["entry_no"]: row["document_no"] for row in case["open_entries"]}
    debits = [
        (row["transaction_id"], number.get(row["applies_to_entry_no"], "?"), row["status"])
        if row["collection_status"] != "canceled"
        else (row["transaction_id"], number.get(row["applies_to_entry_no"], "?"), "Canceled")
        for row in given.get("direct_debit_entries", [])
    ]
    fees = [(minor(amount), given.get("fee_account", "6570"), "") for amount in given.get("known_fees", [])]
    history = [(row["payer"], row["customer_no"], row["times"]) for row in given.get("history", [])]
    entries = entries_of(case)
    return Known(
        aliases=pd.DataFrame(history, columns=["payer", "customer_no", "times"]),
        direct_debits=pd.DataFrame(debits, columns=["transaction_id", "document_no", "status"], dtype="str"),
        fees=pd.DataFrame(fees, columns=["amount_minor", "account", "text"]),
        settled=entries[entries["remaining_minor"] == 0],
    )


def rules_of(case):
    given = case["settings"].get("rules")
    given = [] if given is None else given or [NEVER]
    rows = [
        {
            "match_confidence": SHEET_WORD[confidence], "priority": priority,
            "related_party_matched": SHEET_WORD[party], "document_no_matched": DOCUMENT_WORD[document],
            "amount_matched": AMOUNT_WORD[amount], "direct_debit": SHEET_WORD[direct_debit],
        }
        for confidence, priority, party, document, amount, direct_debit in given
    ]  # fmt: skip
    return pd.DataFrame(rows) if rows else BY_NAME["payment_application_rules"].empty()


def mappings_of(case):
    columns = ["text", "debit_account", "credit_account", "customer_no"]
    rows = [
        (
            row["mapping_text"],
            row.get("debit_account", ""),
            row.get("credit_account", ""),
            row.get("customer_no", ""),
        )
        for row in case["settings"].get("text_mappings", [])
    ]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def entries_of(case):
    rows = case["open_entries"]
    frame = CUSTOMER_LEDGER_ENTRIES.frame(
        {
            "entry_no": [row["entry_no"] for row in rows],
            "customer_no": [row["customer_no"] for row in rows],
            "document_type": [row["document_type"] for row in rows],
            "document_no": [row["document_no"] for row in rows],
            "external_document_no": [row["external_document_no"] for row in rows],
            "posting_date": pd.to_datetime([row["posting_date"] for row in rows]),
            "due_date": pd.to_datetime([row["due_date"] for row in rows]),
            "currency_code": [row["currency"] for row in rows],
            "amount_minor": [minor(row["amount"]) for row in rows],
            "payment_reference": [row.get("payment_reference", "") for row in rows],
            "discount_date": pd.to_datetime([row["discount_date"] for row in rows]),
            "discount_tolerance_date": pd.to_datetime([row.get("discount_tolerance_date") for row in rows]),
            "discount_minor": [minor(row["discount_amount"]) for row in rows],
            "on_hold": [row.get("on_hold", "") for row in rows],
        }
    )
    return frame.assign(remaining_minor=[minor(row["remaining"]) for row in rows])


def lines_of(case):
    rows = case["statement_lines"]
    return STATEMENT_LINES.frame(
        {
            "statement_line_no": [row["line_no"] for row in rows],
            "date": pd.to_datetime([row["date"] for row in rows]),
            "amount_minor": [minor(row["amount"]) for row in rows],
            "currency_code": [case["settings"].get("bank_currency", "")] * len(rows),
            "payment_reference": [row.get("payment_reference", "") for row in rows],
            "transaction_id": [row.get("transaction_id", "") for row in rows],
            **{name: [row[name] for row in rows] for name in TEXTS},
        }
    )


def customers_of(case):
    frame = pd.DataFrame(case["customers"]).rename(columns={"customer_no": "no"})
    return frame.astype("str")


def answer(case, order=1):
    """What the matcher says of each line; order -1: with all rows the other way round."""
    if (case["id"], order) not in ANSWERS:
        ANSWERS[case["id"], order] = match(case, order)
    return ANSWERS[case["id"], order]


def match(case, order):
    lines, entries, customers = (
        frame.iloc[::order] for frame in (lines_of(case), entries_of(case), customers_of(case))
    )
    rules, mappings = rules_of(case).iloc[::order], mappings_of(case).iloc[::order]
    accept_late = case["settings"].get("discount_tolerance_decision") != "reject"
    known = known_of(case)
    matches = propose_matches(
        lines, entries, customers, rules, mappings, settings_of(case), known=known, accept_late=accept_late
    )
    number = dict(zip(entries["entry_no"], entries["document_no"]))
    found = []
    for row in matches.lines.sort_values("statement_line_no").itertuples():
        mine = matches.applications[matches.applications["statement_line_no"] == row.statement_line_no]
        applications = []
        for application in mine.itertuples():
            applications.append(
                {"document_no": number[application.entry_no], "amount": amount_text(application.amount_minor)}
            )
            for name in ("discount", "tolerance"):
                if taken := getattr(application, f"{name}_minor"):
                    applications[-1][name] = amount_text(taken)
            if application.write_off_minor:
                reason = "fee" if application.write_off_account else "rounding"
                applications[-1]["write_off"] = {
                    "reason": reason, "amount": amount_text(application.write_off_minor)
                }  # fmt: skip
        found.append(
            {
                "line_no": row.statement_line_no,
                "applications": applications,
                "customer_no": row.customer_no or None,
                "confidence": "high" if row.match_confidence == "text_mapping" else row.match_confidence,
                "facts": (row.related_party_matched, row.document_no_matched, row.amount_matched),
                "score": row.match_score,
                "difference": amount_text(row.difference_minor),
                "mapped_account": row.mapped_account,
                "on_account": amount_text(row.difference_minor) if row.kind == "on account" else None,
                "pairs_with_line": int(pair[1]) if (pair := CAME_BACK.search(row.evidence)) else None,
            }
        )
    return found


def wanted(case):
    for line in case["expected"]:
        kept = {name: line[name] for name in COMPARED if name in line}
        rule = line.get("rule")
        if rule and rule["party"] == "not_considered":
            kept["facts"] = ("not considered",) * 3
        elif rule:
            kept["facts"] = (PARTY[rule["party"]], DOCUMENT[rule["document"]], AMOUNT[rule["amount"]])
        yield kept | {"mapped_account": line.get("mapped_account", {}).get("no", "")}


def marked():
    for case in CASES:
        reason = ANSWERED_BETTER.get(case["id"])
        assert not reason or case["quirk"]
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        yield pytest.param(case, id=case["id"], marks=marks)


def ids(cases):
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", list(marked()))
def test_the_matcher_gives_the_reference_answer(case):
    for found, line in zip(answer(case), wanted(case), strict=True):
        assert {name: found[name] for name in line} == line, case["about"]


@pytest.mark.parametrize("case", ids(PREVIEWS))
def test_a_preview_lists_every_pair_with_its_score_and_applies_nothing(case):
    pairs = score_pairs(
        lines_of(case), entries_of(case), customers_of(case), rules_of(case), settings_of(case)
    )
    facts = ["related_party_matched", "document_no_matched", "amount_matched", "match_score"]
    assert len(pairs) == len(case["statement_lines"]) * len(case["open_entries"])
    assert [tuple(row) for row in pairs[facts].itertuples(index=False)] == [
        (*line["facts"], line["score"]) for line in wanted(case)
    ]


@pytest.mark.parametrize("case", ids(HARD))
def test_the_search_answers_what_an_accountant_would(case):
    for found, line, told in zip(answer(case), wanted(case), case["expected"], strict=True):
        assert {name: found[name] for name in line} == line, case["about"]
        most = told.get("at_most", "high")
        assert CONFIDENCES.index(found["confidence"]) <= CONFIDENCES.index(most), case["about"]


@pytest.mark.parametrize("case", ids([case for case in [*CASES, *HARD] if len(case["statement_lines"]) > 1]))
def test_the_order_of_rows_changes_nothing(case):
    assert answer(case, -1) == answer(case)


def case_of(name):
    return next(case for case in CASES if case["id"] == name)


@pytest.mark.parametrize("name", sorted(ANSWERED_BETTER))
def test_a_tie_goes_to_the_oldest_entry_with_the_same_facts_and_score(name):
    case = case_of(name)
    for found, line in zip(answer(case), wanted(case), strict=True):
        assert [one["document_no"][-4:] for one in found["applications"]] == ["1001"]
        assert [one["document_no"][-4:] for one in line["applications"]] == ["1002"]
        assert [found[name] for name in ("facts", "score", "confidence")] == [
            line[n] for n in ("facts", "score", "confidence")
        ]
