"""One entry of a camt file becomes statement lines: one, or one a payment where the bank names them.

The entry's own amount is what moved on the account; the amounts of its details must add up to it. Elements are
known by their local names, because every version of the format has a name space of its own, and most places
are the same in all of them. Where they moved, every known place is asked: the name of a payer is at `Dbtr/Nm`
up to version 7 and at `Dbtr/Pty/Nm` from version 8 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from salesbatch.core.money import decimal_text, minor_digits
from salesbatch.readers.bank_file import StatementLine, amount_of, clean_reference, plain_text
from salesbatch.readers.workbook import UnreadableFileError

Fields = dict[str, Any]
"""Path of local names -> text; several texts of one path parted by line breaks, a group's as a list of Fields.
The currency of an amount stands under its path and `@`."""

GROUPS = frozenset(("Strd", "Chrgs", "Rcrd", "RmtAmtAndTp"))
"""Elements that repeat and whose parts belong together."""
_DEEPEST = 60
_MOST_NAMES = 5_000
_LONGEST_TEXT = 20_000
"""What an element that repeats says beyond this is left out."""
_POST_CODE = re.compile(r"^(?:[A-Z]{1,3}-)?[0-9][0-9 ]{2,6}\s+", re.ASCII)
_DETAIL_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")
_PAYERS = tuple(f"RltdPties/{who}/{name}" for who in ("Dbtr", "Cdtr") for name in ("Pty/Nm", "Nm"))
_ADVISED = ("RmtdAmt", "DuePyblAmt", "CdtNoteAmt")


class _LocalNames(dict[str, str]):
    """The local name of every tag met so far."""

    def __missing__(self, tag: str) -> str:
        if len(self) > _MOST_NAMES:  # The format has a few hundred names; a file may invent more.
            self.clear()
        self[tag] = local = tag.rpartition("}")[2]
        return local


LOCAL = _LocalNames()


class CamtError(UnreadableFileError):
    """What is wrong with an entry; the reader adds which statement and entry it is."""


def flatten(element: Any, into: Fields | None = None, path: str = "", depth: int = 0) -> Fields:
    """All texts below an element by their paths."""
    fields: Fields = {} if into is None else into
    if depth > _DEEPEST:
        raise UnreadableFileError("bank-file-unsafe", reason=f"elements more than {_DEEPEST} deep")
    for child in element:
        local = LOCAL[child.tag]
        name = path + local
        if len(child):
            if local in GROUPS:
                fields.setdefault(name, []).append(flatten(child, None, "", depth + 1))
            else:
                flatten(child, fields, name + "/", depth + 1)
            continue
        text = child.text
        if text and local not in GROUPS and (text := plain_text(text)):
            if name not in fields:
                fields[name] = text
            elif len(fields[name]) < _LONGEST_TEXT:
                fields[name] = f"{fields[name]}\n{text}"
            if local.endswith("Amt") and (currency := child.get("Ccy")):
                fields[name + "@"] = currency
    return fields


def minor_of(text: str, currency: str, element: str) -> int:
    """Minor units of an amount as written, exactly. Raises CamtError where it is none, or has too many decimals."""
    amount = amount_of(text, currency)
    if amount is not None:
        return amount
    raise CamtError("bank-file-value", element=element, value=text[:40])


def signed(fields: Fields, element: str, amount: int, path: str = "") -> int:
    """An amount with the sign of its credit or debit indicator."""
    indicator = fields.get(path + "CdtDbtInd", "")
    if indicator not in ("CRDT", "DBIT"):
        raise CamtError("bank-file-value", element=f"{element}/CdtDbtInd", value=str(indicator)[:40])
    return amount if indicator == "CRDT" else -amount


def day_of(fields: Fields, path: str) -> str:
    """The ISO date at `path/Dt` or `path/DtTm`, as the bank wrote it, its time zone left alone; '' for none."""
    text = str(fields.get(path + "/Dt") or fields.get(path + "/DtTm") or "")
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise CamtError("bank-file-value", element=path, value=text[:40]) from None


def status_of(entry: Fields) -> str:
    """BOOK, PDNG, INFO, FUTR …: text of Sts before version 8, Sts/Cd since."""
    return str(entry.get("Sts/Cd") or entry.get("Sts") or "")


def entry_lines(entry: Fields, details: list[Fields], currency: str) -> list[StatementLine]:
    """The statement lines of one booked entry. Raises CamtError where it does not add up or cannot be read."""
    own = str(entry.get("Amt@", currency))
    if own != currency:
        raise CamtError("bank-file-currency", element="Ntry/Amt", currency=currency, other=own)
    amount = signed(entry, "Ntry", minor_of(str(entry.get("Amt", "")), currency, "Ntry/Amt"))
    booked = day_of(entry, "BookgDt") or day_of(entry, "ValDt")
    if not booked:
        raise CamtError("bank-file-value", element="Ntry/BookgDt", value="")
    value_date = day_of(entry, "ValDt")
    parts = [_detail_amount(detail, currency, amount) for detail in details]
    known = [part for part in parts if part is not None]
    if not known:
        # The bank gives no amounts of the parts: the entry is one line, with all that they say.
        return [_line(entry, _joined(details), booked, value_date, amount, 0, currency)]
    charged = _check_sum(entry, details, amount, sum(known), currency)
    many = len(details) > 1
    lines = [
        _line(entry, detail, booked, value_date, part or 0, index if many else 0, currency)
        for index, (detail, part) in enumerate(zip(details, parts), 1)
    ]
    if charged:
        reference = clean_reference(entry.get("AcctSvcrRef", ""))
        own_id = f"{reference}/C" if reference else ""
        lines.append(StatementLine(booked, value_date, charged, "Bank Charges", transaction_id=own_id))
    if len(lines) > 1:
        return [line._replace(entry_amount_minor=amount) for line in lines]
    return lines


def _detail_amount(detail: Fields, currency: str, amount: int) -> int | None:
    """What a detail moved on the account, in the account's currency; None where the bank does not say."""
    for path in _DETAIL_AMOUNTS:
        text = detail.get(path)
        if text is not None and detail.get(path + "@", currency) == currency:
            size = minor_of(str(text), currency, f"TxDtls/{path}")
            if "CdtDbtInd" in detail:
                return signed(detail, "TxDtls", size)
            return size if amount >= 0 else -size
    return None


def _check_sum(entry: Fields, details: list[Fields], amount: int, total: int, currency: str) -> int:
    """0 when the details add up to the entry, or the charges that the bank named and kept. Raises CamtError."""
    difference = amount - total
    if difference == 0:
        return 0
    charges = sum(
        _charge(group, currency) for fields in (entry, *details) for group in _charge_groups(fields)
    )
    if charges == difference:
        return difference
    digits = minor_digits(currency)
    texts = {"amount": amount, "sum": total, "difference": difference}
    raise CamtError("bank-file-split", **{name: decimal_text(value, digits) for name, value in texts.items()})


def _charge_groups(fields: Fields) -> Iterator[Fields]:
    for group in fields.get("Chrgs", ()):
        yield from group.get("Rcrd", [group])


def _charge(group: Fields, currency: str) -> int:
    """A charge in the account's currency: it is paid unless it says that it is credited."""
    text = group.get("Amt")
    if text is None or group.get("Amt@", currency) != currency:
        return 0
    size = minor_of(str(text), currency, "Chrgs/Amt")
    return size if group.get("CdtDbtInd") == "CRDT" else -size


def pending_in_words(entry: Fields, details: list[Fields]) -> str:
    """An entry that is not booked, as a finding names it; its texts are shown as they are."""
    day = str(entry.get("BookgDt/Dt") or entry.get("ValDt/Dt") or "")[:10]
    sign = "-" if entry.get("CdtDbtInd") == "DBIT" else ""
    detail = details[0] if details else {}
    who = next((detail[path] for path in _PAYERS if path in detail), entry.get("AddtlNtryInf", ""))
    return " ".join(f"{day} {sign}{entry.get('Amt', '')} {str(who)[:40]}".split())


class ControlTotals:
    """The bank's own counts and sums of a statement's entries, against those that are there.

    Banks count with or without the entries that are not booked yet, so either is right; but one of the two
    must be.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, bool], list[int]] = {}

    def add(self, entry: Fields, currency: str, *, booked: bool) -> None:
        """Count one entry."""
        mine = self._found.setdefault((str(entry.get("CdtDbtInd", "")), booked), [0, 0])
        mine[0] += 1
        mine[1] += minor_of(str(entry.get("Amt", "0")), currency, "Ntry/Amt")

    def check(self, fields: Fields, currency: str) -> None:
        """Raises CamtError with the difference where a count or sum is neither of the two."""
        digits = minor_digits(currency)
        for name, signs in _TOTALS.items():
            counted = [self._of(signs, only_booked) for only_booked in (False, True)]
            stated = str(fields.get(f"TxsSummry/{name}/NbOfNtries", ""))
            if stated and not (stated.isdecimal() and int(stated) in [count for count, _ in counted]):
                raise CamtError("bank-file-total", stated=stated[:20], count=str(counted[0][0]))
            text = fields.get(f"TxsSummry/{name}/Sum")
            if text is None:
                continue
            total = minor_of(str(text), currency, f"{name}/Sum")
            sums = [amount for _, amount in counted]
            if total not in sums:
                texts = {"stated": total, "sum": sums[0], "difference": total - sums[0]}
                shown = {key: decimal_text(value, digits) for key, value in texts.items()}
                raise CamtError("bank-file-sum", **shown)

    def _of(self, signs: tuple[str, ...], only_booked: bool) -> tuple[int, int]:
        rows = [
            found
            for (sign, booked), found in self._found.items()
            if sign in signs and (booked or not only_booked)
        ]
        return sum(count for count, _ in rows), sum(amount for _, amount in rows)


_TOTALS = {
    "TtlNtries": ("CRDT", "DBIT"),
    "TtlCdtNtries": ("CRDT",),
    "TtlDbtNtries": ("DBIT",),
}


# What a line says -------------------------------------------------------------------------------------------


def _joined(details: list[Fields]) -> Fields:
    """Several details that are one line: their texts together; the payer only where there is a single one."""
    if len(details) <= 1:
        return details[0] if details else {}
    joined: Fields = {}
    for path in ("RmtInf/Ustrd", "AddtlTxInf", "Refs/EndToEndId"):
        if texts := [detail[path] for detail in details if path in detail]:
            joined[path] = "\n".join(texts)
    joined["RmtInf/Strd"] = [part for detail in details for part in detail.get("RmtInf/Strd", ())]
    return joined


def _line(
    entry: Fields, detail: Fields, booked: str, value_date: str, amount: int, index: int, currency: str
) -> StatementLine:
    """One line. index: number of the detail where the entry has several, else 0; currency: the account's."""
    get = detail.get
    reversal = entry.get("RvslInd", "") in ("true", "1")
    returned = _returned(detail)
    # A returned payment moves money the other way, but it is about the same payer.
    who = "Dbtr" if (amount >= 0) != (reversal or bool(returned)) else "Cdtr"
    party, account = f"RltdPties/{who}/", f"RltdPties/{who}Acct/Id/"
    person = party + "Pty/" if party + "Pty/Nm" in detail else party
    name = get(person + "Nm") or get(party + "Agt/FinInstnId/Nm") or ""
    ultimate = f"RltdPties/Ultmt{who}/"
    behind = get(ultimate + "Nm") or get(ultimate + "Pty/Nm") or ""
    address, city = _address(detail, person)
    structured = get("RmtInf/Strd", ())
    references = dict.fromkeys(
        text for part in structured for text in part.get("CdtrRefInf/Ref", "").split("\n") if text
    )
    messages = [get("RmtInf/Ustrd", ""), get("AddtlTxInf", ""), entry.get("AddtlNtryInf", "")]
    said = [" ".join(message.split("\n")) for message in messages if message]
    more = [
        *(_document(part) for part in structured),
        *(part.get("AddtlRmtInf", "").replace("\n", " ") for part in structured),
        *said[1:],
        *(clean_reference(text) for text in get("Refs/EndToEndId", "").split("\n")),
        behind if name and behind != name else "",
        "Reversal" if reversal else "",
        returned,
        _instructed(entry, detail, currency),
    ]
    return StatementLine(
        booked,
        value_date,
        amount,
        said[0] if said else "",
        "; ".join(dict.fromkeys(text for text in more if text)),
        name or behind,
        address,
        city,
        get(account + "IBAN") or get(account + "Othr/Id") or "",
        ";".join(references),
        _transaction_id(entry, detail, index),
    )


def _returned(detail: Fields) -> str:
    """'Returned AC04 Account closed': that a payment came back, with the bank's reason; '' for any other."""
    if not any(path.startswith("RtrInf/") for path in detail):
        return ""
    reason = detail.get("RtrInf/Rsn/Cd") or detail.get("RtrInf/Rsn/Prtry") or ""
    return " ".join(f"Returned {reason} {detail.get('RtrInf/AddtlInf', '')}".split())


def _instructed(entry: Fields, detail: Fields, currency: str) -> str:
    """'Instructed EUR100.00 EUR/SEK11.2': what the payer sent in another currency, and the bank's rate; '' for none.

    Amount and rate stand behind letters without a blank, so that neither can be taken for a document number.
    """
    for fields in (detail, entry):
        for name in ("InstdAmt", "TxAmt"):
            path = f"AmtDtls/{name}/"
            amount, paid_in = fields.get(f"{path}Amt", ""), fields.get(f"{path}Amt@", currency)
            if amount and paid_in != currency:
                paths = (f"AmtDtls/{other}/CcyXchg/" for other in ("InstdAmt", "TxAmt", "CntrValAmt"))
                return " ".join(
                    [f"Instructed {paid_in}{amount}", *(rate for at in paths if (rate := _rate(fields, at)))][
                        :2
                    ]
                )
    return ""


def _rate(fields: Fields, path: str) -> str:
    """'EUR/SEK11.2': the local price of one unit of the first currency; '' where the bank gives none."""
    rate, source = fields.get(path + "XchgRate", ""), fields.get(path + "SrcCcy", "")
    if not rate or not source:
        return ""
    unit, target = fields.get(path + "UnitCcy", source), fields.get(path + "TrgtCcy", "")
    whole, _, rest = rate.partition(".")
    rest = rest[:3].rstrip("0")  # Four digits could be taken for a number.
    return f"{unit}/{target if unit == source else source}{whole}{'.' if rest else ''}{rest}"


def _transaction_id(entry: Fields, detail: Fields, index: int) -> str:
    """The bank's own reference of the entry, and which of its payments this is; '' where it gave none."""
    reference = clean_reference(entry.get("AcctSvcrRef", "")) or clean_reference(
        detail.get("Refs/AcctSvcrRef", "")
    )
    return f"{reference}/{index}" if reference and index else reference


def _document(part: Fields) -> str:
    """What a remittance advice says of one document: 'INV-1 SEK1250.00', a credit note 'CN-7 -SEK80.00'.

    The currency stands before the amount without a blank, so that no amount can be taken for a document number.
    """
    named = [(part.get(f"RfrdDocAmt/{name}"), part.get(f"RfrdDocAmt/{name}@", ""), name) for name in _ADVISED]
    named += [
        (group.get("Amt"), group.get("Amt@", ""), "") for group in part.get("RfrdDocAmt/RmtAmtAndTp", ())
    ]
    text, currency, name = next((item for item in named if item[0]), ("", "", ""))
    numbers = part.get("RfrdDocInf/Nb", "").replace("\n", " ")
    if not numbers and text:  # The reference alone stands with the others; with an amount it is an advice.
        numbers = part.get("CdtrRefInf/Ref", "").replace("\n", " ")
    if not numbers or not text:
        return str(numbers)
    kind = part.get("RfrdDocInf/Tp/CdOrPrtry/Cd")
    # A credit note's amount beside what is remitted was taken off already.
    credit = kind == "CREN" or (name == "CdtNoteAmt" and kind != "CINV")
    return f"{numbers} {'-' * credit}{currency or 'A'}{text}"


def _address(detail: Fields, person: str) -> tuple[str, str]:
    """Street and city: from their own elements, else from the lines of the address, of which the last is the city."""
    address = person + "PstlAdr/"
    street = detail.get(address + "StrtNm", "")
    if street:
        street = f"{street} {detail.get(address + 'BldgNb', '')}".rstrip()
    city = detail.get(address + "TwnNm", "")
    lines = [line for line in detail.get(address + "AdrLine", "").split("\n") if line]
    if not city and len(lines) > 1:
        city = _POST_CODE.sub("", lines.pop())
    return street or ", ".join(lines), city
