"""The one way in which open entries settle each other: receipts, refunds and credit memos (T1-T13, T16, T18).

Per pair of a claim and what is applied to it: tolerance, discount, late discount, rounding, then the
application itself. A claim shrinks in its own currency and in local currency at the rate at which it was
posted; what another rate on the other side leaves over is a realised gain or loss.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesbatch.core.books import Books
from salesbatch.core.company import Company
from salesbatch.core.findings import Finding, Place, finding
from salesbatch.core.journal import Journal
from salesbatch.core.money import Int64, percent_of, proportion
from salesbatch.rules.exchange import digits_of, find_rates, may_apply
from salesbatch.rules.settlement import Bools, Claims, Settled, settle_claims
from salesbatch.rules.settlement_rows import settlement_rows
from salesbatch.rules.settlement_words import account_warnings, name_write_offs

MONEY = ("payment", "refund")
"""What is paid gets discounts and tolerance; a credit memo that settles an invoice does not."""
DISCOUNTED = ("invoice", "credit_memo")
PAIR_COLUMNS = ("applying_no", "entry_no")
_GROUP_ACCOUNTS = (
    "receivables_account",
    "invoice_rounding_account",
    "payment_discount_account",
    "payment_tolerance_account",
    "realized_gains_account",
    "realized_losses_account",
)
PIECES = ("tolerance", "discount", "write_off", "rounding", "applied")
"""What a claim shrinks by, in the order of T18."""


@dataclass(frozen=True)
class Settlement:
    """What came of the pairs.

    pairs: one row per pair that settled something: applying_no, entry_no, cash_minor (in the currency of what
    is applied), and tolerance, discount, write_off, rounding and applied in the claim's; all without sign.
    refused: pairs that may not settle each other, with the code of the reason.
    """

    journal: Journal
    pairs: pd.DataFrame
    refused: pd.DataFrame = field(default_factory=pd.DataFrame)


def settle(
    books: Books,
    pairs: pd.DataFrame,
    *,
    vouchers: pd.DataFrame | None = None,
    round_off: bool = False,
    accept_late: bool = True,
    accept_tolerance: bool = True,
) -> Settlement:
    """Settle open entries of `books` with each other.

    pairs: applying_no (the receipt, refund or credit memo) and entry_no (the claim), in the order of settling;
    optional wanted_minor (money that the claim shall have at most, in the currency of what is applied, 0 for
    as much as possible), applied_on (a later date for the application), fee_minor and fee_account (a bank fee
    that may be missing, and where it is written off), and source, sheet and row for findings. Pairs of entries
    that are not open, of different customers or of the same sign settle nothing (T2). vouchers: G/L rows of this
    run; what they posted and is applied here goes into the same voucher.
    round_off: a rest within the Rounding Write-off Limit is written off.
    """
    company = books.company
    facts, refused = _gather(books, company, pairs)
    if not len(facts):
        return Settlement(Journal(findings=_refusals(refused)), facts, refused)
    facts = _settle_in_rounds(company, facts, round_off, accept_late, accept_tolerance)
    findings = (*account_warnings(company, facts), *_refusals(refused))
    done = facts[(facts[["cash_minor", *PIECES]] != 0).any(axis=1)].reset_index(drop=True)
    journal = settlement_rows(books, done, vouchers)
    findings = (*findings, *name_write_offs(company, done))
    return Settlement(Journal(rows=journal.rows, findings=findings), done, refused)


def _refusals(refused: pd.DataFrame) -> tuple[Finding, ...]:
    """Why pairs were left unsettled, once per reason and document."""
    found: list[Finding] = []
    if len(refused):
        for row in refused.drop_duplicates(["reason", "claim_document_no"]).itertuples(index=False):
            found.append(
                finding(
                    str(row.reason),
                    Place(str(row.source), str(row.sheet), int(str(row.row))),
                    document_no=row.claim_document_no,
                    currency=row.claim_currency_code,
                    group=row.claim_group,
                )
            )
    return tuple(found)


# What is known of each pair --------------------------------------------------------------------------------


def _gather(books: Books, company: Company, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts of the pairs that can settle each other, those of one payment together; and the refused ones.

    Columns of the claim begin with claim_, those of what is applied with pay_.
    """
    opened = pd.Index(books.open_entries["entry_no"])
    claim_at, pay_at = opened.get_indexer(pairs["entry_no"]), opened.get_indexer(pairs["applying_no"])
    known = (claim_at >= 0) & (pay_at >= 0) & (claim_at != pay_at)
    kept = pairs[known].drop_duplicates(list(PAIR_COLUMNS))
    position = pd.Index(pairs.index[known]).get_indexer(kept.index)
    claims = books.open_entries.iloc[claim_at[known][position]].reset_index(drop=True).add_prefix("claim_")
    paying = books.open_entries.iloc[pay_at[known][position]].reset_index(drop=True).add_prefix("pay_")
    facts = pd.concat([kept.reset_index(drop=True), claims, paying], axis=1)
    opposite = np.sign(facts["claim_remaining_minor"]) * np.sign(facts["pay_remaining_minor"]) < 0
    facts = facts[opposite & (facts["claim_customer_no"] == facts["pay_customer_no"])].reset_index(drop=True)
    for name in ("wanted_minor", "row", "fee_minor"):
        if name not in facts:
            facts[name] = 0
    for name in ("source", "sheet", "fee_account"):
        if name not in facts:
            facts[name] = ""
    code, _ = pd.factorize(facts["applying_no"])
    facts = facts.iloc[np.argsort(code, kind="stable")].reset_index(drop=True)
    facts = _date(facts)
    facts = _accounts(company, facts)
    facts = _rates(company, facts)
    refused = facts[facts["reason"] != ""].reset_index(drop=True)
    facts = facts[facts["reason"] == ""].reset_index(drop=True)
    return _allowances(company, facts), refused


def _date(facts: pd.DataFrame) -> pd.DataFrame:
    """T5: an application is dated by the later of the two entries, or by a later date that was asked for."""
    days = np.maximum(facts["claim_posting_date"].to_numpy(), facts["pay_posting_date"].to_numpy())
    if "applied_on" in facts:
        asked = facts["applied_on"].to_numpy()
        days = np.where(np.isnat(asked), days, np.maximum(days, asked))
    return facts.assign(posting_date=pd.Series(days, dtype="datetime64[s]"))


def _accounts(company: Company, facts: pd.DataFrame) -> pd.DataFrame:
    """The accounts of the claim's posting group, and the receivables account of the other side."""
    groups = company.table("customer_posting_groups").set_index("code")[list(_GROUP_ACCOUNTS)]
    mine = groups.reindex(facts["claim_customer_posting_group"]).fillna("")
    own = {name: mine[name].to_numpy(dtype=object) for name in _GROUP_ACCOUNTS}
    other = groups["receivables_account"].reindex(facts["pay_customer_posting_group"]).fillna("").to_numpy()
    rounding = company.settings.rounding_account
    own["rounding_account"] = (
        np.full(len(facts), rounding, dtype=object) if rounding else own["invoice_rounding_account"]
    )
    own["rounding_account"] = np.where(
        facts["fee_account"] != "", facts["fee_account"], own["rounding_account"]
    )
    texts = {name: pd.Series(values, dtype="str") for name, values in own.items()}
    return facts.assign(
        **texts, pay_account=pd.Series(other, dtype="str"), claim_group=facts["claim_customer_posting_group"]
    )


def _rates(company: Company, facts: pd.DataFrame) -> pd.DataFrame:
    """T16: the rates that turn one side's currency into the other's, and the reason why a pair is refused."""
    local = company.settings.local_currency_code
    for side in ("claim", "pay"):
        name = f"{side}_currency_code"
        facts[name] = facts[name].where(facts[name] != "", local)
    claim, pay = facts["claim_currency_code"], facts["pay_currency_code"]
    cross = (claim != pay).to_numpy()
    foreign = ((claim != local) | (pay != local)).to_numpy()
    # The rate of the day on which money is applied; only pairs of two currencies need it.
    claim_rate, pay_rate = np.ones(len(facts), np.int64), np.ones(len(facts), np.int64)
    if cross.any():
        days = facts.loc[cross, "pay_posting_date"]
        claim_rate[cross] = find_rates(company, claim[cross], days)[0]
        pay_rate[cross] = find_rates(company, pay[cross], days)[0]
    accounts = (facts["realized_gains_account"] != "") & (facts["realized_losses_account"] != "")
    reason = np.select(
        [
            ~may_apply(company, claim, pay),
            (claim_rate == 0) | (pay_rate == 0),
            foreign & ~accounts.to_numpy(),
        ],
        ["currencies-not-applied", "exchange-rate-missing-for-application", "exchange-accounts-missing"],
        "",
    )
    return facts.assign(
        cross=cross,
        up=claim_rate * 10 ** digits_of(pay),
        down=pay_rate * 10 ** digits_of(claim),
        reason=pd.Series(reason, dtype="str"),
    )


def _allowances(company: Company, facts: pd.DataFrame) -> pd.DataFrame:
    """Possible discount and tolerance of each claim, without sign, in its currency (T6, T9, T11, T13)."""
    by_money = facts["pay_document_type"].isin(MONEY).to_numpy()
    eligible = by_money & facts["claim_document_type"].isin(DISCOUNTED).to_numpy()
    customers = company.table("customers").set_index("no")["block_payment_tolerance"]
    blocked = (
        customers.reindex(facts["claim_customer_no"]).astype("boolean").fillna(False).to_numpy(dtype=bool)
    )
    # A receipt keeps the bank's own date as its document date; by that a discount is in time.
    paid = facts["pay_document_date"].fillna(facts["pay_posting_date"])
    in_time = (paid <= facts["claim_discount_date"]).to_numpy()
    late = ~in_time & (paid <= facts["claim_discount_tolerance_date"]).to_numpy() & ~blocked
    amount = np.abs(facts["claim_amount_minor"].to_numpy())
    local_amount = np.abs(facts["claim_amount_lcy_minor"].to_numpy())
    tolerance = largest_tolerance(company, amount, local_amount)
    possible = np.abs(facts["claim_discount_minor"].to_numpy()) * eligible
    facts = facts.assign(
        in_time=in_time & (possible != 0),
        late=late & (possible != 0),
        discount_wanted=possible,
        tolerance_wanted=np.where(eligible & ~blocked, tolerance, 0),
        by_money=by_money,
    )
    return facts.assign(
        possible_discount=np.where(facts["payment_discount_account"] != "", possible, 0),
        possible_tolerance=np.where(facts["payment_tolerance_account"] != "", facts["tolerance_wanted"], 0),
    )


def largest_tolerance(company: Company, amount: Int64, local_amount: Int64) -> Int64:
    """T9: the largest difference that is accepted on entries of these amounts, in their currency."""
    percent = company.settings.payment_tolerance_percent_e5
    largest = company.settings.max_payment_tolerance_amount_minor
    tolerance = percent_of(amount, np.int64(percent)) if percent else np.zeros(len(amount), np.int64)
    if largest:
        most = proportion(np.full(len(amount), largest), amount, local_amount)
        tolerance = np.minimum(tolerance, most) if percent else most
    return np.minimum(tolerance, amount)


# Settling --------------------------------------------------------------------------------------------------


def _settle_in_rounds(
    company: Company, facts: pd.DataFrame, round_off: bool, accept_late: bool, accept_tolerance: bool
) -> pd.DataFrame:
    """Settle all pairs; a payment waits for the earlier payments that share a claim with it.

    Few payments share a claim, so nearly everything is settled in the first round, all at once.
    """
    claim, _ = pd.factorize(facts["entry_no"])
    payment, _ = pd.factorize(facts["applying_no"])
    rounds = _rounds(claim, payment)
    sign = np.sign(facts["claim_remaining_minor"].to_numpy())
    open_now, open_lcy = np.zeros(claim.max() + 1, np.int64), np.zeros(claim.max() + 1, np.int64)
    open_now[claim] = np.abs(facts["claim_remaining_minor"].to_numpy())
    open_lcy[claim] = np.abs(facts["claim_remaining_lcy_minor"].to_numpy())
    names = ("cash_minor", "cash_lcy_minor", *PIECES, *(f"{name}_lcy" for name in PIECES))
    result: dict[str, Int64] = {name: np.zeros(len(facts), dtype=np.int64) for name in names}
    for number in range(int(rounds.max()) + 1):
        rows = np.flatnonzero(rounds == number)
        part = facts.iloc[rows]
        remaining, remaining_lcy = open_now[claim[rows]], open_lcy[claim[rows]]
        pieces = _settle_round(company, part, remaining, round_off, accept_late, accept_tolerance)
        running = np.zeros(len(rows), dtype=np.int64)
        running_lcy = np.zeros(len(rows), dtype=np.int64)
        for name in PIECES:
            running = running + pieces[name]
            upto = proportion(remaining_lcy, running, remaining)
            pieces[f"{name}_lcy"] = upto - running_lcy
            running_lcy = upto
        pieces["cash_lcy_minor"] = _cash_in_local(part, pieces["cash_minor"])
        for name in names:
            result[name][rows] = pieces[name]
        open_now[claim[rows]] = remaining - running
        open_lcy[claim[rows]] = remaining_lcy - running_lcy
    return facts.assign(sign=sign, **result)


def _rounds(claim: Int64, payment: Int64) -> Int64:
    """The round of each pair: one later than that of every earlier payment on one of its payment's claims."""
    order = np.lexsort((payment, claim))
    follows = np.r_[False, claim[order][1:] == claim[order][:-1]]
    later, earlier = payment[order][follows], payment[order][np.flatnonzero(follows) - 1]
    level = np.zeros(payment.max() + 1, dtype=np.int64)
    while len(later):  # As often as the longest chain of payments that hang together.
        before = level.copy()
        np.maximum.at(level, later, level[earlier] + 1)
        if (level == before).all():
            break
    return np.asarray(level[payment], dtype=np.int64)


def _settle_round(
    company: Company,
    part: pd.DataFrame,
    remaining: Int64,
    round_off: bool,
    accept_late: bool,
    accept_tolerance: bool,
) -> dict[str, Int64]:
    """What each claim shrinks by, piece by piece, and the money that goes to it."""
    settings = company.settings
    group, _ = pd.factorize(part["applying_no"])
    first = np.r_[True, group[1:] != group[:-1]]
    possible = np.minimum(part["possible_discount"].to_numpy(), remaining)
    cross = part["cross"].to_numpy(dtype=bool)
    whole = _across(part, remaining)
    claims = Claims(
        payment=group.astype(np.int64),
        remaining=whole,
        discount=np.where(cross, whole - _across(part, remaining - possible), possible),
        in_time=part["in_time"].to_numpy(dtype=bool),
        late=part["late"].to_numpy(dtype=bool),
        tolerance=_across(part, np.minimum(part["possible_tolerance"].to_numpy(), remaining)),
        wanted=part["wanted_minor"].abs().to_numpy(),
        absorbed=np.where(cross, _across(part, np.ones(len(part), dtype=np.int64)) + 1, 0),
    )
    money = np.abs(part["pay_remaining_minor"].to_numpy()[first])
    can_round = (part["rounding_account"] != "").to_numpy() & part["by_money"].to_numpy(dtype=bool)
    limit = np.zeros(len(money), dtype=np.int64)
    if round_off:
        in_own = proportion(
            np.full(len(part), settings.rounding_write_off_limit_minor),
            np.abs(part["pay_amount_minor"].to_numpy()),
            np.abs(part["pay_amount_lcy_minor"].to_numpy()),
        )
        limit = np.where(can_round, np.maximum(in_own, part["fee_minor"].to_numpy()), 0)[first]
    settled = settle_claims(
        claims,
        money,
        accept_late=accept_late,
        accept_tolerance=accept_tolerance,
        write_off_limit=limit,
        precision=1 if can_round.all() else 0,
    )
    return _in_claim_currency(part, remaining, possible, settled, cross)


def _in_claim_currency(
    part: pd.DataFrame, remaining: Int64, possible: Int64, settled: Settled, cross: Bools
) -> dict[str, Int64]:
    pieces = {"discount": np.where(settled.discount > 0, possible, 0), "cash_minor": settled.cash}
    for name in ("tolerance", "write_off", "rounding"):
        value: Int64 = getattr(settled, name)
        pieces[name] = np.where(cross, _back(part, value), value)
    others = pieces["tolerance"] + pieces["discount"] + pieces["write_off"] + pieces["rounding"]
    some = np.where(cross, np.minimum(_back(part, settled.cash), remaining - others), settled.cash)
    pieces["applied"] = np.where(settled.closes, remaining - others, some)
    return pieces


def _across(part: pd.DataFrame, amount: Int64) -> Int64:
    """Amounts of the claims in the currency of their payments."""
    cross = part["cross"].to_numpy(dtype=bool)
    if not cross.any():
        return amount
    return np.where(cross, proportion(amount, part["up"].to_numpy(), part["down"].to_numpy()), amount)


def _back(part: pd.DataFrame, amount: Int64) -> Int64:
    return proportion(amount, part["down"].to_numpy(), part["up"].to_numpy())


def _cash_in_local(part: pd.DataFrame, cash: Int64) -> Int64:
    """Each payment's money in local currency, from running totals, so that a payment used up leaves nothing (L7)."""
    group, _ = pd.factorize(part["applying_no"])
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    running = np.cumsum(cash)
    running = running - np.repeat(running[starts] - cash[starts], lengths)
    whole = np.abs(part["pay_remaining_minor"].to_numpy())
    upto = proportion(np.abs(part["pay_remaining_lcy_minor"].to_numpy()), running, whole)
    before = np.r_[0, upto[:-1]]
    before[starts] = 0
    return np.asarray(upto - before, dtype=np.int64)
