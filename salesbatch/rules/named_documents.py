"""What a line could pay of the documents that it names: all of them, some, others with them, or what is nearly named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from salesbatch.rules.combinations import Combination, combinations
from salesbatch.rules.evidence import SHORTEST_NUMBER
from salesbatch.rules.explain_amount import (
    EXACT,
    FITS,
    FITS_EXACTLY,
    OVER,
    PAID_EXACTLY,
    PART,
    SHORT_LUMP,
    Fit,
)
from salesbatch.rules.payment_text import (
    BETWEEN,
    GOOD,
    OTHER_WORD,
    STRONG,
    WEAK,
    Mention,
    Reading,
    one_edit_apart,
)
from salesbatch.rules.search import ALIKE_SHOWN, BY_CHANCE, Search
from salesbatch.rules.trust import (
    ANOTHER,
    LIKELY,
    MEDIUM,
    SURE,
    UNKNOWN,
    Hypothesis,
    Maker,
    ranked,
    trusted,
)

_SHORTEST_TYPO = 5
_INSTALMENTS = 12
_OFFICIAL = re.compile(r"(?<!\d)(\d{6})-(\d{4})(?!\d)")
"""Registration and personal numbers, of which no part is a document's number nearly."""
_DATE = re.compile(r"(?<![0-9A-Za-z])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![0-9A-Za-z])")
"""Days as 20261019, which are no number with a slip either."""


def documents_named(search: Search, line: int) -> list[Hypothesis]:
    """Hypotheses of the documents that a line names, the best first."""
    mentions = _usable(search, line, search.readings[line])
    if len(mentions) == 1 and (simple := _just_paid(search, line, mentions[0])):
        return [simple]
    by_customer: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_customer[search.customer[mention.document]].append(mention)
    found = []
    strong = [mention.document for mention in mentions if mention.strength >= GOOD]
    several = len({search.customer[entry] for entry in strong}) > 1
    for customer in sorted(by_customer):
        found += _explain_named(search, line, customer, by_customer[customer], several)
    fit = search.amounts.fit(strong, search.amount[line], search.day[line]) if several else None
    if fit is not None and fit.level == FITS_EXACTLY:
        note = "documents of several customers are never settled without asking"
        entries = tuple(search.ordered(strong, line))
        found = [
            Hypothesis(
                line, search.customer[entries[0]], entries, fit, STRONG, UNKNOWN, len(strong), note=note,
                confidence=MEDIUM,
            )
        ]  # fmt: skip
    if not any(one.fit.level >= FITS for one in found):
        found += _nearly_named(search, line)
    return ranked(found)


def _usable(search: Search, line: int, reading: Reading) -> list[Mention]:
    left, currency = search.amounts.left, search.currency[line]
    return [
        mention
        for mention in reading.mentions
        if mention.document < search.open
        and left[mention.document]
        and search.entry_currency[mention.document] == currency
    ]


def _just_paid(search: Search, line: int, mention: Mention) -> Hypothesis | None:
    """The one document that is named, when the line pays just what is open of it: most lines, answered at once."""
    entry, amount = mention.document, search.amount[line]
    if (
        mention.strength < GOOD
        or search.amounts.left[entry] != amount
        or search.posted[entry] > search.day[line]
    ):
        return None
    party = search.party(line, search.customer[entry])
    if party == ANOTHER:
        return None
    one = Hypothesis(
        line,
        search.customer[entry],
        (entry,),
        PAID_EXACTLY,
        mention.strength,
        party,
        1,
        mention.how,
        mention.written,
    )
    return trusted(one)


def _explain_named(
    search: Search, line: int, customer: int, mentions: list[Mention], several: bool
) -> list[Hypothesis]:
    """Hypotheses of what a line names of one customer; several: it names documents of others too."""
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    party = search.party(line, customer)
    named = {mention.document: mention for mention in mentions}
    strong = search.ordered([entry for entry, one in named.items() if one.strength >= GOOD], line)
    note = ""
    if strong and max([search.posted[entry] for entry in strong]) > day:
        note = "dated after the payment"
    elif several:
        note = "documents of other customers are named too"
    elif party == ANOTHER and (own := _payers_own(search, line)):
        note = f"the payer's own {search.document_no[own[0]]} has the amount too"

    def made(entries: Sequence[int], fit: Fit, document: int, more: str = "", rivals: int = 0) -> Hypothesis:
        first = named[entries[0]] if entries[0] in named else mentions[0]
        count = sum([entry in named for entry in entries])
        one = Hypothesis(
            line, customer, tuple(entries), fit, document, party, count, first.how, first.written, rivals,
            more or note,
        )  # fmt: skip
        return trusted(one)

    if not strong:
        weak = [entry for entry in named if sign * search.amounts.left[entry] > 0]
        fitting = [
            (entry, fit)
            for entry in weak
            if named[entry].how != OTHER_WORD
            and (fit := search.amounts.fit([entry], amount, day)) is not None
        ]
        return [made([entry], fit, WEAK, rivals=len(fitting) - 1) for entry, fit in fitting]
    document = min([named[entry].strength for entry in strong])
    if max([sign * search.amounts.left[entry] for entry in strong]) <= 0:
        return []
    fit = search.amounts.fit(strong, amount, day)
    if fit is None and (implied := [entry for entry, one in named.items() if one.how == BETWEEN]):
        everything = search.ordered([*strong, *implied], line)
        fit = search.amounts.fit(everything, amount, day)
        strong = everything if fit is not None else strong
    if fit is not None:
        gap = fit.level < FITS_EXACTLY
        return [made(strong, fit, document, _against_gap(search, line, customer, strong) if gap else "")]
    found = _some_of_the_named(search, line, strong, made, document)
    found += [] if found or several else _with_unnamed(search, line, customer, strong, made, document)
    if found:
        return found
    return [_gap(search, line, customer, strong, made, document)]


def _payers_own(search: Search, line: int) -> list[int]:
    """Documents of the payer, who is surely known, that ask for exactly the line's amount."""
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    return [
        entry
        for party in search.parties(line)
        if party.strength == SURE
        for entry in search.candidates(line, party.customer)
        if abs(amount) in (sign * search.amounts.left[entry], search.amounts.asked(entry, day, sign))
    ]


def _some_of_the_named(
    search: Search, line: int, strong: list[int], made: Maker, document: int
) -> list[Hypothesis]:
    """More documents are named than the money pays: those of them that add up."""
    if len(strong) < 2:
        return []
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    singles = [(entry,) for entry in strong if abs(amount) == search.amounts.asked(entry, day, sign)]
    sums = combinations([search.amounts.asked(entry, day, sign) for entry in strong], abs(amount))
    sets = [*singles, *(tuple(strong[item] for item in one.items) for one in sums)]
    found = []
    for entries in sets:
        if (fit := search.amounts.fit(entries, amount, day)) is not None:
            found.append(made(search.ordered(entries, line), fit, document, rivals=len(sets) - 1))
    return found


def _with_unnamed(
    search: Search, line: int, customer: int, strong: list[int], made: Maker, document: int
) -> list[Hypothesis]:
    """The named documents and others of the customer that are not named, credit memos first."""
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    missing = abs(amount) - sum(search.amounts.asked(entry, day, sign) for entry in strong)
    others = [entry for entry in search.candidates(line, customer) if entry not in strong]
    against = [entry for entry in others if sign * search.amounts.left[entry] < 0]
    for pool in (against if missing < 0 else [], others):
        asked = [search.amounts.asked(entry, day, sign) for entry in pool]
        single = [Combination((place,), value, 0.0) for place, value in enumerate(asked) if value == missing]
        # A sum may be negative here, so the target is shifted by what is named.
        shifted = [*asked, abs(amount) - missing]
        sums = [
            Combination(tuple(item for item in one.items if item < len(pool)), missing, one.by_chance)
            for one in combinations(shifted, abs(amount))
            if len(pool) in one.items and len(one.items) > 2
        ]
        sets = [*single, *sums]
        if not sets:
            continue
        found = []
        for one in sets[:3]:
            entries = search.ordered([*strong, *(pool[item] for item in one.items)], line)
            fit = search.amounts.fit(entries, amount, day)
            if fit is not None and fit.level == FITS_EXACTLY:
                note = "" if one.by_chance < BY_CHANCE else "others that are not named add up too easily"
                full = abs(amount) - missing
                shared = any(abs(full - parts * abs(amount)) < parts for parts in range(2, _INSTALMENTS + 1))
                if (amount % 100 == 0 or shared) and not note:
                    note = "it may be a part payment of what is named"
                found.append(made(entries, fit, min(document, GOOD), note, len(sets) - 1))
        return found
    return []


def _gap(
    search: Search, line: int, customer: int, strong: list[int], made: Maker, document: int
) -> Hypothesis:
    """A part payment or an overpayment of what is named."""
    amount = search.amount[line]
    sign = 1 if amount > 0 else -1
    full = sum(sign * search.amounts.left[entry] for entry in strong)
    claims = [entry for entry in strong if sign * search.amounts.left[entry] > 0]
    note = _own_of_that_amount(search, line, customer, strong)
    if not note and search.readings[line].unknown and abs(amount) > full:
        note = f"{search.readings[line].unknown[0]} is not open"
    if abs(amount) > full > 0:
        return made(strong, Fit(OVER, full - abs(amount)), document, note)
    if len(claims) == 1 and len(strong) == 1:
        return made(claims, Fit(PART, full - abs(amount)), document, note)
    return made(
        claims, Fit(SHORT_LUMP, full - abs(amount)), document, note or "the money does not reach for all"
    )


def _own_of_that_amount(search: Search, line: int, customer: int, strong: list[int]) -> str:
    """Says which document of the payer, or of whose number is named, has the very amount and is not named."""
    amount, day = search.amount[line], search.day[line]
    sign = 1 if amount > 0 else -1
    payers = [customer, *(one.customer for one in search.parties(line) if one.strength >= LIKELY)]
    for payer in dict.fromkeys(payers):
        for entry in search.candidates(line, payer):
            asked = sign * search.amounts.left[entry], search.amounts.asked(entry, day, sign)
            if entry not in strong and abs(amount) in asked:
                return f"the amount is that of {search.document_no[entry]}"
    return ""


def _against_gap(search: Search, line: int, customer: int, strong: list[int]) -> str:
    """What says that a number is a slip, where it fits with a gap: a slip makes the number of another document."""
    if note := _own_of_that_amount(search, line, customer, strong):
        return note
    parties = search.parties(line)
    if search.party(line, customer) >= LIKELY:
        return ""
    if parties and parties[0].strength >= LIKELY:
        return "the payer is more like another customer"
    for entry in search.all_with_amount(line):
        if entry not in strong and any(
            _is_nearly(search, run, entry) for run in search.readings[line].digits
        ):
            return f"{search.document_no[entry]} has the amount, and nearly that number"
    return ""


def _nearly_named(search: Search, line: int) -> list[Hypothesis]:
    """Documents of the line's exact amount whose number is written nearly: one slip, or only its end."""
    text = search.payments.words(line)
    others = {part for number in _OFFICIAL.findall(text) for part in number} | set(_DATE.findall(text))
    digits = [run for run in search.readings[line].digits if run not in others]
    if not digits:
        return []
    parties = search.parties(line)
    anybody = search.with_amount(line)
    own = [
        entry
        for party in parties[:ALIKE_SHOWN]
        for entry in search.candidates(line, party.customer)
        if (fit := search.amounts.fit([entry], search.amount[line], search.day[line]))
        and fit.level == FITS_EXACTLY
    ]
    pool = list(dict.fromkeys([*own, *anybody]))
    found = []
    named = [mention for mention in search.readings[line].mentions if mention.strength >= GOOD]
    taken = {mention.document for mention in named}
    # A slip may make the number of another document; what else is named stands against it.
    slips = {_digits_of(mention.written) for mention in named}
    near = [(entry, run) for entry in pool for run in digits if _is_nearly(search, run, entry, run in slips)]
    near = list({entry: (entry, run) for entry, run in near}.values())
    if any(
        mention.document >= search.open
        and search.settled_amount[mention.document - search.open] == search.amount[line]
        for mention in named
    ):
        return []  # It is that payment a second time.
    for entry, run in near:
        if entry in taken:
            continue
        fit = search.amounts.fit([entry], search.amount[line], search.day[line]) or Fit(EXACT)
        party = search.party(line, search.customer[entry])
        rivals = len(near) - 1
        # A customer's own open document is paid in part sooner than a slip makes its number.
        own_number = any(
            mention.document < search.open
            and search.customer[mention.document] == search.customer[entry]
            and _digits_of(mention.written) == run
            for mention in named
        )
        note = "another document is named" if slips - {run} or own_number else ""
        one = trusted(
            Hypothesis(
                line, search.customer[entry], (entry,), fit, WEAK, party, 1, "nearly", run, rivals, note
            )
        )
        found.append(one)
    return found


def _is_nearly(search: Search, run: str, entry: int, is_another: bool = False) -> bool:
    """Whether digits as they are typed are a document's with one slip, or its last four or more.

    is_another: they are the number of another document, so that only one slip in the number itself counts.
    """
    numbers = search.numbers
    ours = {numbers.digits_of[entry], numbers.all_digits_of[entry]}
    if not is_another:
        ours.add(_digits_of(search.references[entry]))
    for number in ours:
        if len(number) >= _SHORTEST_TYPO <= len(run) and one_edit_apart(run, number):
            return True
        if SHORTEST_NUMBER <= len(run) < len(number) and number.endswith(run) and not is_another:
            return True
    return False


def _digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit()).lstrip("0")
