"""The matcher gives what a plain comparison of every line with every entry gives, on hundreds of small books."""

import re
from random import Random

import numpy as np
import pandas as pd
import pytest

from salesbatch.core.company import Settings
from salesbatch.core.entries import CUSTOMER_LEDGER_ENTRIES, STATEMENT_LINES
from salesbatch.rules.nearness import nearness
from salesbatch.rules.propose import propose_matches
from salesbatch.rules.scoring import DEFAULT_RULES, build_score_table

FAR = 10**18
NAMES = ["Nordlunds Byggvaror AB", "Anna Berg", "Anna Bergström", "Volvo", "Volvo Trucks", "Anna Berg"]
ACCOUNTS = ["", "5050-1055", "SE45 5000; 991-2346", "", "5050-1055", ""]
NUMBERS = ["INV-1001", "INV-1002", "1003", "2026/10-04", "1005", "1006", "100", "1008"]
WORDS = [*NUMBERS, *NAMES[:5], "k1003", "10051", "ref", "Bankavgift", "x"]


def any_entry(random):
    return {
        "customer": random.randrange(6) if random.random() < 0.5 else 0,
        "document_type": random.choice(["invoice"] * 5 + ["credit_memo", "payment", "reminder"]),
        "external": random.choice(["", "", "PO-77", "1005"]),
        "posted": random.randint(1, 10),
        "due": random.randint(10, 14),
        "amount": random.choice([100, 200, 300, 300, 490, 500, 10_000]),
        "discount": random.choice([0, 0, 10, 100]),
        "discount_days": random.randint(0, 9),
        "currency": random.choice(["", "SEK", "SEK", "SEK", "SEK", "EUR"]),
    }


def any_line(random):
    numbers = random.sample(NUMBERS[:5], random.choice([0, 0, 1, 2, 3]))
    return {
        "day": random.randint(6, 16),
        "amount": random.choice([100, 190, 200, 290, 300, 400, 500, 590, 600, 800, 980, 0, -300, -200]),
        "text": " ".join([*numbers, *random.sample(WORDS, random.choice([0, 0, 1, 2]))]),
        "info": random.choice(["", "", "", "INV-1001, 1003", "1006"]),
        "name": random.choice(["", "", "", *NAMES]),
        "account": random.choice(["", "", "", "50501055", "se455000"]),
        "reference": random.choice(["", "", "", "70 3", "704"]),
        "currency": random.choice(["", "SEK", "SEK", "SEK", "SEK", "EUR", "USD"]),
    }


def any_rules(random):
    if random.random() < 0.6:
        return list(DEFAULT_RULES)

    def code():
        return random.choice([-1, 0, 1, 2])

    confidence = ["high", "medium", "low"]
    return [
        (random.choice(confidence), random.randint(1, 9), code(), code(), code(), -1)
        for _ in range(random.randint(1, 9))
    ]


WORDS_OF = (
    {-1: "Not Considered", 0: "No", 1: "Partially", 2: "Fully"},
    {-1: "Not Considered", 0: "No", 1: "Yes", 2: "Yes - Multiple"},
    {-1: "Not Considered", 0: "No Matches", 1: "One Match", 2: "Multiple Matches"},
)
RULE_COLUMNS = [
    "match_confidence",
    "priority",
    "related_party_matched",
    "document_no_matched",
    "amount_matched",
]


def day(number):
    return pd.Timestamp("2026-01-01") + pd.Timedelta(days=number)


def entry_frame(entries):
    sign = [-1 if row["document_type"] in ("credit_memo", "payment") else 1 for row in entries]
    return CUSTOMER_LEDGER_ENTRIES.frame(
        {
            "entry_no": list(range(1, len(entries) + 1)),
            "customer_no": [f"C{row['customer']}" for row in entries],
            "document_type": [row["document_type"] for row in entries],
            "document_no": NUMBERS[: len(entries)],
            "external_document_no": [row["external"] for row in entries],
            "payment_reference": [f"70{position}" for position in range(1, len(entries) + 1)],
            "posting_date": [day(row["posted"]) for row in entries],
            "due_date": [day(row["due"]) for row in entries],
            "currency_code": [row["currency"] for row in entries],
            "discount_minor": [row["discount"] for row in entries],
            "discount_date": [day(row["posted"] + row["discount_days"]) for row in entries],
        }
    ).assign(remaining_minor=np.array([s * row["amount"] for s, row in zip(sign, entries)], dtype=np.int64))


def line_frame(lines):
    return STATEMENT_LINES.frame(
        {
            "statement_line_no": list(range(1, len(lines) + 1)),
            "date": [day(row["day"]) for row in lines],
            "amount_minor": [row["amount"] for row in lines],
            "text": [row["text"] for row in lines],
            "additional_info": [row["info"] for row in lines],
            "payer_name": [row["name"] for row in lines],
            "payer_account": [row["account"] for row in lines],
            "payment_reference": [row["reference"] for row in lines],
            "currency_code": [row["currency"] for row in lines],
        }
    )


CUSTOMERS = pd.DataFrame(
    {"no": [f"C{i}" for i in range(6)], "name": NAMES, "address": "", "city": "", "bank_account": ACCOUNTS},
    dtype="str",
)
MAPPINGS = pd.DataFrame(
    {"text": ["bankavgift"], "debit_account": ["6570"], "credit_account": ["6570"], "customer_no": [""]},
    dtype="str",
)


def key(text):
    return re.sub("[^A-Z0-9]", "", text.upper())


def party_of(row, customer):
    if row["account"] and key(row["account"]) in [key(part) for part in ACCOUNTS[customer].split(";")]:
        return 2
    if nearness(NAMES[customer], row["name"] or row["text"]) < 95:
        return 0
    return 2 if sum(NAMES[customer].upper() in name.upper() for name in NAMES) == 1 else 1


def names_number(row, *numbers):
    text = f"{row['text']} {row['info']}".upper()
    for number in numbers:
        place = text.find(number.upper())
        around = text[max(place - 1, 0) : place] + text[place + len(number) : place + len(number) + 1]
        if len(number) >= 4 and place >= 0 and not re.search("[A-Z0-9]", around):
            return True
    return False


def rounded(hundredths):
    return (abs(hundredths) + 50) // 100 * (1 if hundredths > 0 else -1)


def match_all_pairs(lines, entries, table, tolerance):
    """Plain, slow and direct: every line with every entry."""
    frame = entry_frame(entries)
    pool = []
    for position, row in enumerate(entries):
        if row["document_type"] == "payment":
            continue
        remaining = int(frame["remaining_minor"].iloc[position])
        discount = (
            min(row["discount"], abs(remaining)) if row["document_type"] in ("invoice", "credit_memo") else 0
        )
        last = row["posted"] + row["discount_days"] if discount else -1
        pool.append((row["due"], position, remaining, (1 if remaining > 0 else -1) * discount, last))
    pool.sort()

    def asked(item, when):
        return item[2] - (item[3] if when <= item[4] else 0)

    def currency(row):
        return row["currency"] or "SEK"

    def band(row):
        return sorted(rounded(row["amount"] * (100 + percent)) for percent in (-tolerance, tolerance))

    def fits(row, amount):
        low, high = band(row)
        return low <= amount <= high

    def count(row):
        return sum(
            currency(entries[item[1]]) == currency(row) and fits(row, asked(item, row["day"]))
            for item in pool
        )

    named = {}
    for line_no, row in enumerate(lines):
        for rank, item in enumerate(pool):
            other = entries[item[1]]
            if (
                currency(other) != currency(row)
                or other["posted"] > row["day"]
                or item[2] * row["amount"] <= 0
            ):
                continue
            by_reference = row["reference"].replace(" ", "") == f"70{item[1] + 1}"
            named[line_no, rank] = by_reference or names_number(row, NUMBERS[item[1]], other["external"])
    groups = {}
    for (line_no, rank), is_named in named.items():
        if is_named:
            groups.setdefault((line_no, entries[pool[rank][1]]["customer"]), []).append(rank)
    groups = {where: members for where, members in groups.items() if len(members) > 1}
    totals = {
        where: sum(asked(pool[rank], lines[where[0]]["day"]) for rank in members)
        for where, members in groups.items()
    }
    candidates = []
    for (line_no, rank), is_named in named.items():
        row, item = lines[line_no], pool[rank]
        inside = fits(row, asked(item, row["day"]))
        facts = (
            party_of(row, entries[item[1]]["customer"]),
            int(is_named),
            (1 if count(row) == 1 else 2) if inside else 0,
        )
        score = table[facts[0] * 27 + facts[1] * 9 + facts[2] * 3]
        distance = abs(asked(item, row["day"]) - row["amount"]) if inside else FAR
        if score and facts != (0, 0, 0):
            candidates.append((-score, -1, line_no, distance, rank, facts, [rank]))
    for (line_no, customer), members in groups.items():
        row, amount = lines[line_no], 0
        if fits(row, totals[line_no, customer]):
            equal = sum(
                currency(lines[other]) == currency(row) and fits(row, total)
                for (other, _), total in totals.items()
            )
            amount = 2 if equal > 1 or count(row) else 1
        facts = (party_of(row, customer), 2, amount)
        if score := table[facts[0] * 27 + 18 + amount * 3]:
            candidates.append((-score, -len(members), line_no, -1, customer, facts, members))
    for line_no, row in enumerate(lines):
        if "bankavgift" in row["text"].lower() and row["amount"]:
            candidates.append((-3011, 0, line_no, 0, 0, "mapping", []))
    candidates.sort(key=lambda one: one[:5])
    left, latest, answers = [abs(item[2]) for item in pool], [-1] * len(pool), {}
    for score, size, line_no, _, _, facts, members in candidates:
        if line_no in answers:
            continue
        row = lines[line_no]
        free = [rank for rank in members if (left[rank] == abs(pool[rank][2]) if size < -1 else left[rank])]
        if facts != "mapping" and not free:
            continue
        money, applied = abs(row["amount"]), []
        in_full = money >= sum(left[rank] for rank in free)
        for rank in free:
            discount = abs(pool[rank][3])
            in_time = max(row["day"], latest[rank]) <= pool[rank][4]
            if discount and not in_full and in_time and money >= left[rank] - discount:
                amount, discount = left[rank], min(discount, left[rank])
            else:
                amount, discount = min(left[rank], money), 0
            if money == 0:
                break
            left[rank] -= amount
            latest[rank] = max(latest[rank], row["day"])
            money -= amount - discount
            applied.append((pool[rank][1] + 1, amount, discount))
        answers[line_no] = (-int(score), facts, applied)
    return [answers.get(line_no, (0, (0, 0, 0), [])) for line_no in range(len(lines))]


@pytest.mark.parametrize("seed", range(60))
def test_the_matcher_gives_what_comparing_all_pairs_gives(seed):
    random = Random(seed)
    lines = [any_line(random) for _ in range(random.randint(1, 6))]
    entries = [any_entry(random) for _ in range(random.randint(1, 8))]
    rules, tolerance = any_rules(random), random.choice([0, 0, 0, 5, 50])
    sheet = pd.DataFrame(
        [
            [r[0].title(), r[1], *(words[value] for words, value in zip(WORDS_OF, r[2:5]))]
            for r in rules
            if r[5] == -1
        ],
        columns=RULE_COLUMNS,
    )
    table = build_score_table(sheet)
    expected = match_all_pairs(lines, entries, table.tolist(), tolerance)
    chosen = Settings(match_tolerance_value_e5=tolerance * 100_000, strict_rules=True)
    matches = propose_matches(line_frame(lines), entry_frame(entries), CUSTOMERS, sheet, MAPPINGS, chosen)
    for line_no, (score, facts, applied) in enumerate(expected, start=1):
        found = matches.lines.iloc[line_no - 1]
        mine = matches.applications[matches.applications["statement_line_no"] == line_no]
        pairs = zip(mine["entry_no"], mine["amount_minor"].abs(), mine["discount_minor"].abs())
        assert found["match_score"] == score
        assert [tuple(int(value) for value in pair) for pair in pairs] == applied
        if facts == "mapping":
            assert found["mapped_account"] == "6570"
        else:
            assert found["related_party_matched"] == ("no", "partially", "fully")[facts[0]]
            assert found["document_no_matched"] == ("no", "yes", "yes - multiple")[facts[1]]
            assert found["amount_matched"] == ("no matches", "one match", "multiple matches")[facts[2]]
            sign = 1 if lines[line_no - 1]["amount"] > 0 else -1
            cash = sum(amount - discount for _, amount, discount in applied)
            assert found["difference_minor"] == lines[line_no - 1]["amount"] - sign * cash
        assert found["evidence"]


@pytest.mark.parametrize("seed", range(15))
def test_shuffled_rows_give_the_same_matches(seed):
    random = Random(seed)
    lines = [any_line(random) for _ in range(6)]
    entries = [any_entry(random) for _ in range(8)]

    def shuffled(frame):
        order = list(range(len(frame)))
        random.shuffle(order)
        return frame.iloc[order]

    rules = pd.DataFrame(columns=RULE_COLUMNS)
    first = propose_matches(line_frame(lines), entry_frame(entries), CUSTOMERS, rules, MAPPINGS, Settings())
    mixed = shuffled(line_frame(lines))
    again = propose_matches(
        mixed, shuffled(entry_frame(entries)), shuffled(CUSTOMERS), rules, MAPPINGS, Settings()
    )
    assert again.lines["statement_line_no"].tolist() == mixed["statement_line_no"].tolist()
    pd.testing.assert_frame_equal(
        again.lines.sort_values("statement_line_no", ignore_index=True), first.lines
    )
    pd.testing.assert_frame_equal(again.applications, first.applications)
