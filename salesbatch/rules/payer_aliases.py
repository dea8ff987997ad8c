"""Payers that are known under another name: what reviews have taught is used by the matcher, and grows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from salesbatch.core import entries
from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.journal import Journal
from salesbatch.core.sheets import BY_NAME

ALIASES = BY_NAME["payer_aliases"]


def known_payers(company: Company) -> pd.DataFrame:
    """The customers and the payers that are known as them, as `with_aliases` gives them."""
    return with_aliases(company.table("customers"), company.table("payer_aliases"))


def with_aliases(customers: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """The customers with each alias as a further name and account of its customer.

    Columns: no, name, address, city, bank_account.
    """
    customers = customers[["no", "name", "address", "city", "bank_account"]]
    aliases = aliases[aliases["customer_no"].isin(customers["no"])]
    if not len(aliases):
        return customers
    more = pd.DataFrame(
        {
            "no": aliases["customer_no"],
            "name": aliases["payer"],
            "address": "",
            "city": "",
            "bank_account": aliases["payer"],
        }
    ).astype("str")
    return pd.concat([customers, more], ignore_index=True)


def learn_payers(books: Books, lines: pd.DataFrame) -> Journal:
    """Remember who paid for whom: a new alias, or one time more for an alias that is known.

    lines: payer_account, payer_name, customer_no of the lines that a person has settled, and `known`: whether
    the matcher knew the payer as that customer by itself. The account says more than the name.
    """
    payer = lines["payer_account"].where(lines["payer_account"] != "", lines["payer_name"]).str.strip()
    taught = pd.DataFrame({"payer": payer, "customer_no": lines["customer_no"]})[
        ~lines["known"] & (payer != "") & (lines["customer_no"] != "")
    ]
    if not len(taught):
        return Journal()
    counted = taught.groupby(["payer", "customer_no"], sort=True).size().reset_index(name="more")
    stored = books.rows_of(ALIASES)
    known = stored.set_index(["payer", "customer_no"])
    place = known.index.get_indexer(pd.MultiIndex.from_frame(counted[["payer", "customer_no"]]))
    times = known["times"].fillna(1).to_numpy(dtype=np.int64) if len(known) else np.zeros(1, dtype=np.int64)
    counted["times"] = counted["more"] + np.where(place >= 0, times[place], 0)
    keys = [
        "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in pair)
        for pair in zip(counted["payer"], counted["customer_no"])
    ]
    master = ALIASES.empty()[[column.name for column in ALIASES.columns] + ["key"]]
    master = pd.concat(
        [
            master,
            pd.DataFrame(
                {
                    "payer": counted["payer"],
                    "customer_no": counted["customer_no"],
                    "times": counted["times"].astype("Int64"),
                    "key": pd.array(keys, dtype="str"),
                }
            ),
        ],
        ignore_index=True,
    ).astype(master.dtypes.to_dict())
    contents = [
        json.dumps(
            {"times": times} if at >= 0 else {"payer": payer, "customer_no": customer, "times": times},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for at, payer, customer, times in zip(
            place, counted["payer"], counted["customer_no"], counted["times"].tolist()
        )
    ]
    first = books.next_no("master_changes")
    changes = entries.MASTER_CHANGES.frame(
        {
            "change_no": np.arange(first, first + len(counted)),
            "run_no": books.run_no,
            "table_name": ALIASES.name,
            "key": keys,
            "content": contents,
        },
        len(counted),
    )
    return Journal(rows={"master_changes": changes}, master={ALIASES.name: master})
