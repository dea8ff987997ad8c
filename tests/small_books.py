"""A small book in a few lines: customers, open entries and statement lines for the matcher's door."""

import pandas as pd

from salesbatch.core.company import Settings
from salesbatch.core.entries import CUSTOMER_LEDGER_ENTRIES, STATEMENT_LINES
from salesbatch.core.sheets import BY_NAME
from salesbatch.rules.propose import Known, propose_matches

NO_MAPPINGS = BY_NAME["text_mapping"].empty()
NO_RULES = BY_NAME["payment_application_rules"].empty()


def customers(*rows):
    columns = ["no", "name", "bank_account", "address", "city"]
    return pd.DataFrame([[*row, *[""] * (5 - len(row))] for row in rows], columns=columns, dtype="str")


def entries(*rows, **more):
    """Rows of (customer, number, amount in öre); everything else by column name."""
    given = {
        "entry_no": list(range(1, len(rows) + 1)),
        "customer_no": [row[0] for row in rows],
        "document_type": ["invoice"] * len(rows),
        "document_no": [row[1] for row in rows],
        "posting_date": pd.to_datetime(["2026-01-10"] * len(rows)),
        "due_date": pd.to_datetime(["2026-02-09"] * len(rows)),
    }
    for name, values in more.items():
        given[name] = pd.to_datetime(values) if name.endswith("date") else values
    frame = CUSTOMER_LEDGER_ENTRIES.frame(given, len(rows))
    return frame.assign(remaining_minor=pd.Series([row[2] for row in rows], dtype="int64"))


def lines(*amounts, **more):
    given = {
        "statement_line_no": list(range(1, len(amounts) + 1)),
        "date": pd.to_datetime(["2026-02-01"] * len(amounts)),
        "amount_minor": list(amounts),
    }
    for name, values in more.items():
        given[name] = pd.to_datetime(values) if name == "date" else values
    return STATEMENT_LINES.frame(given, len(amounts))


def propose(lines, entries, customers, mappings=NO_MAPPINGS, known=None, **settings):
    """The reference's rules unless strict_rules=False is given."""
    settings = Settings(**{"strict_rules": True, **settings})
    return propose_matches(lines, entries, customers, NO_RULES, mappings, settings, known=known)


def search(lines, entries, customers, mappings=NO_MAPPINGS, known=None, **settings):
    """The search, which is what runs when Strict Rules is off."""
    return propose(lines, entries, customers, mappings, known, strict_rules=False, **settings)


def known(**tables):
    """What else is known: aliases, direct_debits, fees and settled as lists of rows."""
    columns = {
        "aliases": ["payer", "customer_no", "times"],
        "direct_debits": ["transaction_id", "document_no", "status"],
        "fees": ["amount_minor", "account", "text"],
    }
    return Known(**{name: pd.DataFrame(rows, columns=columns[name]) for name, rows in tables.items()})


def applied(matches):
    frame = matches.applications
    return list(
        zip(
            *(
                frame[name].tolist()
                for name in ("statement_line_no", "entry_no", "amount_minor", "discount_minor")
            )
        )
    )


def mappings(*rows):
    return pd.DataFrame(rows, columns=["text", "debit_account", "credit_account", "customer_no"], dtype="str")
