"""Who paid: the customers that a line may come from, by account, known payer, customer number, name and address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from salesbatch.rules.evidence import SHORTEST_NUMBER, TOO_COMMON, Payments, account_key
from salesbatch.rules.payer_names import NameIndex
from salesbatch.rules.payment_text import fold
from salesbatch.rules.trust import ANOTHER, LIKELY, SURE, UNKNOWN, Party

_NOT_BY_NAME = frozenset({"account", "alias", "customer number", "name and address"})
_HAS_DIGIT = re.compile("[0-9]")


class Payers:
    """The payers of lines. customers, aliases: frames of the sheets; a customer is its place in customer_nos."""

    def __init__(
        self, customer_nos: Sequence[str], payments: Payments, customers: pd.DataFrame, aliases: pd.DataFrame
    ) -> None:
        self._payments = payments
        self._code = {number: code for code, number in enumerate(customer_nos)}
        self._parties: dict[int, list[Party]] = {}
        codes = [self._code[number] for number in customers["no"]]
        self._accounts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for code, accounts in zip(codes, customers["bank_account"].tolist()):
            for account in filter(None, accounts.split(";")):
                self._accounts[account_key(account)].setdefault(code, 0)
        self._places = dict(zip(codes, zip(customers["address"].tolist(), customers["city"].tolist())))
        self._names = NameIndex(customers["name"].tolist(), codes)
        self._aliases: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for payer, number, times in zip(
            *(aliases[name].tolist() for name in ("payer", "customer_no", "times"))
        ):
            if number in self._code:
                count = int(times) if not pd.isna(times) else 1
                for key in {account_key(payer), account_key(fold(payer))} - {""}:
                    self._aliases[key][self._code[number]] = count

    @cached_property
    def _numbers_of_customers(self) -> dict[str, int]:
        """Customers by their number, for texts that hold a number."""
        return {
            account_key(fold(number)): code
            for number, code in self._code.items()
            if len(number) >= SHORTEST_NUMBER and _HAS_DIGIT.search(number)
        }

    def parties(self, line: int) -> list[Party]:
        """Customers that the line may come from, each with its best evidence, the surest first."""
        if line in self._parties:
            return self._parties[line]
        payments = self._payments
        name, account = payments.payer_name[line], payments.payer_account[line]
        text = payments.words(line)
        found = []
        if account and (key := account_key(account)):
            found += self._owners_of(self._accounts.get(key), "account", account)
            found += self._owners_of(self._aliases.get(key), "alias", account)
        if self._aliases and (written := name or text):
            found += self._owners_of(self._aliases.get(account_key(fold(written))), "alias", written)
        hits = self._names.of_name(name) if name else ()
        if text and not (hits and max([hit.strength for hit in hits]) >= LIKELY):
            hits = (*hits, *self._names.in_text(text))
        for hit in hits:
            if hit.strength == LIKELY and self._lives_here(line, hit.customer):
                found.append(Party(hit.customer, SURE, "name and address", name or text))
            else:
                found.append(Party(hit.customer, hit.strength, hit.how, name or text))
        if _HAS_DIGIT.search(folded := fold(text)):
            for word in dict.fromkeys([account_key(part) for part in folded.split()]):
                if word in self._numbers_of_customers:
                    found.append(Party(self._numbers_of_customers[word], SURE, "customer number", word))
        if len(found) > 1:  # Of each customer the surest, and of equal ones the first.
            best: dict[int, Party] = {}
            for party in sorted(found, key=lambda party: (-party.strength, party.customer)):
                best.setdefault(party.customer, party)
            found = list(best.values())
        self._parties[line] = found
        return found

    @staticmethod
    def _owners_of(owners: dict[int, int] | None, how: str, written: str) -> list[Party]:
        """An account that several customers have, or a payer for several, does not say which."""
        if not owners or len(owners) > TOO_COMMON:
            return []
        strength = SURE if len(owners) == 1 else LIKELY
        return [Party(customer, strength, how, written, times) for customer, times in owners.items()]

    def _lives_here(self, line: int, customer: int) -> bool:
        """Whether the payer's address and city, both written, are the customer's."""
        here = fold(self._payments.payer_address[line]), fold(self._payments.payer_city[line])
        place = self._places.get(customer, ("", ""))
        return all(here) and here == (fold(place[0]), fold(place[1]))

    def party(self, line: int, customer: int) -> int:
        """How surely a line comes from a customer; ANOTHER where it surely comes from somebody else."""
        parties = self.parties(line)
        for party in parties:
            if party.customer == customer:
                return party.strength
        return ANOTHER if parties and parties[0].strength == SURE else UNKNOWN

    def are_alike(self, line: int, customer: int, others: frozenset[int]) -> bool:
        """Whether a customer is the payer by name only, and one of the others is about as like."""
        parties = {party.customer: party for party in self.parties(line)}
        party = parties[customer]
        if party.how in _NOT_BY_NAME or others <= {customer}:
            return False
        if party.strength < SURE and any(other in others for other in parties if other != customer):
            return True
        payments = self._payments
        return self._names.has_rival(payments.payer_name[line], payments.words(line), customer, others)
