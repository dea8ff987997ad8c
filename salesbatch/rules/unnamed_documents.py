"""What a line that names nothing could pay of what its payer has open: one document, a sum, or one with a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from salesbatch.core.returns import says_return
from salesbatch.rules.combinations import Combination, combinations
from salesbatch.rules.explain_amount import EXACT, FITS_EXACTLY, ROUNDING, Fit
from salesbatch.rules.payment_text import GOOD
from salesbatch.rules.search import BY_CHANCE, Search
from salesbatch.rules.trust import (
    LIKELY,
    LOW,
    MEDIUM,
    POSSIBLE,
    SURE,
    Hypothesis,
    Maker,
    Party,
    ranked,
    trusted,
)

ROUNDED_BY_CHANCE = 5e-3
_MOST_PARTIES = 40
_FEW = 3
_COMMON = 8
"""An amount that more customers owe does not say which of several is meant."""
_ROUND = 100_000
"""Whole thousands, which people also pay on account; documents that are not round themselves add up to them by chance."""


def documents_of_payers(
    search: Search, line: int, contested: Mapping[int, set[int]] = MappingProxyType({})
) -> list[Hypothesis]:
    """Hypotheses of the payer's open documents that explain the amount, the best first."""
    found: list[Hypothesis] = []
    parties = search.parties(line)
    for party in parties[:_MOST_PARTIES]:
        found += _explain_unnamed(search, line, party, contested)
    sure = [one for one in found if one.fit.level == FITS_EXACTLY]
    owners = {one.customer for one in sure}
    likely = [party for party in parties if party.strength >= LIKELY]
    if len(likely) > 1 and len(search.customers_with_amount(line)) > _COMMON:
        note = "several customers may be meant, and many owe that amount"
        found = [trusted(one._replace(note=one.note or note)) if one.party < SURE else one for one in found]
    if sure and _others_alike(search, line, max(sure, key=lambda one: one.party).customer):
        note = "others of a like name have the amount"
        found = [trusted(one._replace(note=one.note or note)) for one in found]
    if len(owners) > 1:
        best = max(one.party for one in sure)
        if sum(party.strength == best for party in parties) > 1 or best < SURE:
            found = [
                trusted(one._replace(note=one.note or "the amount fits other customers of that name"))
                for one in found
            ]
    elif len(sure) == 1 and sure[0].party == POSSIBLE and len(search.with_amount(line)) == 1:
        # Nobody else in the whole ledger has the amount, and the name is near.
        found = [one._replace(confidence=MEDIUM) for one in found]
    return ranked(found)


def _others_alike(search: Search, line: int, customer: int) -> bool:
    """Whether others about as like the payer's name had a document of the line's amount.

    Also when that is settled by now: the name does not say whose payment that was.
    """
    return search.payers.are_alike(line, customer, search.customers_with_amount(line))


def _explain_unnamed(
    search: Search, line: int, party: Party, contested: Mapping[int, set[int]]
) -> list[Hypothesis]:
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    money = abs(amount)
    open_now = search.candidates(line, party.customer)
    claims = [entry for entry in open_now if sign * search.amounts.left[entry] > 0]
    note = _against(search, line)

    def made(entries: Sequence[int], fit: Fit, rivals: int, more: str = "") -> Hypothesis:
        more = more or note
        if not more and any(contested.get(entry, set()) - {line} for entry in entries):
            more = "another line may be for it"
        one = Hypothesis(
            line, party.customer, tuple(entries), fit, 0, party.strength, 0, "", "", rivals, more
        )
        return trusted(one)

    asked = [search.amounts.asked(entry, day, sign) for entry in open_now]
    full = [sign * search.amounts.left[entry] for entry in open_now]
    singles = [
        entry
        for entry in claims
        if money in (sign * search.amounts.left[entry], search.amounts.asked(entry, day, sign))
    ]
    sums = combinations(asked, money)
    if full != asked:
        known = {one.items for one in sums}
        sums += [one for one in combinations(full, money) if one.items not in known]
    if singles:  # A single document is doubted for the sake of a simple sum, not of any that can be made.
        sums = [one for one in sums if _is_simple(one, len(open_now))]
    rivals = len(singles) + len(sums) - 1
    if amount % 100 == 0:  # A round payment may be that of a document that differs by öre.
        rivals += sum(
            min(abs(whole - money), abs(net - money)) <= search.amounts.rounding_limit
            for entry, whole, net in zip(open_now, full, asked)
            if whole > 0 and entry not in singles
        )
    on_account = (
        "a round amount may be meant for the account" if amount % _ROUND == 0 < len(claims) - 1 else ""
    )
    found = [
        made([entry], search.amounts.fit([entry], amount, day) or Fit(EXACT), rivals, on_account)
        for entry in singles
    ]
    for one in sums[:4]:
        entries = search.ordered([open_now[item] for item in one.items], line)
        fit = search.amounts.fit(entries, amount, day)
        if fit is not None and fit.level == FITS_EXACTLY:
            easily = one.by_chance > BY_CHANCE and not _is_natural(one, len(open_now))
            found.append(
                made(
                    entries,
                    fit,
                    rivals,
                    "so many sums are possible that one had to fit"
                    if easily
                    else "a round amount may be meant for the account"
                    if amount % _ROUND == 0
                    else "",
                )
            )
    if found:
        return found
    return _with_gap(search, line, open_now, claims, made)


def _is_simple(one: Combination, count: int) -> bool:
    """A few documents, or all of them but at most one."""
    return len(one.items) <= _FEW or len(one.items) >= count - 1


def _is_natural(one: Combination, count: int) -> bool:
    """All that is open, which is a thing that payers do."""
    return len(one.items) == count


def _with_gap(
    search: Search, line: int, open_now: list[int], claims: list[int], made: Maker
) -> list[Hypothesis]:
    """Documents that fit with a gap that has a name: rounding, a fee, tolerance, a discount taken too late."""
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    fits = [(entry, fit) for entry in claims if (fit := search.amounts.fit([entry], amount, day)) is not None]
    # A round sum is often money on account; that it rounds an invoice may be chance.
    round_sum = "a round sum may be meant for the account" if amount % 10_000 == 0 else ""
    found = [
        made([entry], fit, len(fits) - 1, round_sum if fit.kind == ROUNDING else "") for entry, fit in fits
    ]
    room = search.amounts.rounding_limit
    if not room or amount % 100:
        return found
    sums = combinations([search.amounts.asked(entry, day, sign) for entry in open_now], abs(amount), room)
    if fits:
        sums = [one for one in sums if _is_simple(one, len(open_now))]
    rivals = len(fits) + len(sums) - 1
    if sums:
        found = [trusted(one._replace(rivals=rivals)) for one in found]
    for one in sums[:3]:
        entries = search.ordered([open_now[item] for item in one.items], line)
        fit = search.amounts.fit(entries, amount, day)
        if fit is not None:
            easily = one.by_chance > ROUNDED_BY_CHANCE or amount % 10_000 == 0
            found.append(made(entries, fit, rivals, "a rounded sum fits too easily" if easily else ""))
    return found


def _against(search: Search, line: int) -> str:
    """What the line's text says against an answer that does not name what it names."""
    if search.amount[line] > 0 and says_return(search.payments.words(line)):
        return "the text says that money came back"
    reading = search.readings[line]
    for mention in reading.mentions:
        if mention.strength >= GOOD:
            number = search.document_no[mention.document]
            return f"the text names {number}" if mention.document < search.open else f"{number} is settled"
    return f"the text names {reading.unknown[0]}, which is not open" if reading.unknown else ""


def documents_of_amount(search: Search, line: int) -> list[Hypothesis]:
    """Documents of anybody with the amount, where nothing else speaks for one: never more than low."""
    found = [entry for entry in search.with_amount(line) if search.amounts.left[entry]]
    amount, day = search.amount[line], search.day[line]
    return [
        Hypothesis(
            line, search.customer[entry], (entry,), search.amounts.fit([entry], amount, day) or Fit(EXACT),
            0, search.party(line, search.customer[entry]), rivals=len(found) - 1, confidence=LOW,
        )
        for entry in found[:3]
    ]  # fmt: skip
