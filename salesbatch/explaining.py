"""The words of a story: the same facts as lines for a person, in the company's language, and for a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from salesbatch.core.stories import Record, Story, Subject
from salesbatch.explaining_words import KIND_WORDS, WORDS
from salesbatch.folder import run_name

_LABEL, _INDENT = 20, "  "
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")


# What a person asks for ------------------------------------------------------------------------------------


def kind_and_number(wanted: str) -> tuple[str, str]:
    """'invoice 103001' -> ('invoice', '103001'); a number alone has no kind.

    >>> kind_and_number("rad 12"), kind_and_number("INV-1"), kind_and_number("credit memo 7")
    (('line', '12'), ('', 'INV-1'), ('credit_memo', '7'))
    """
    text = " ".join(wanted.split())
    for word in sorted(KIND_WORDS, key=len, reverse=True):
        if text.casefold().startswith(f"{word} "):
            return KIND_WORDS[word], text[len(word) + 1 :]
    return "", text


def hit_lines(folder: str, subjects: Sequence[Subject], language: str) -> list[str]:
    """Several things of one number, each with the words that ask for it alone."""
    words = WORDS[language]
    lines = [words["several"].format(count=len(subjects))]
    for subject in subjects:
        about = ", ".join(
            part
            for part in (subject.date, subject.customer_no, f"{words['run']} {run_name(subject.run_no)}")
            if part
        )
        lines.append(f"{_INDENT}{_title(subject, words)} ({about})")
        lines.append(f"{_INDENT * 3}salesbatch explain {folder} {asking_for(subject)}")
    return _printable(lines)


def asking_for(subject: Subject) -> str:
    """The words that mean this subject and no other."""
    if subject.kind == "document":
        return f"{subject.type.replace('_', ' ')} {subject.no}"
    return str(subject.id) if subject.kind == "held" else f"{subject.kind} {subject.id}"


def hits_report(wanted: str, subjects: Sequence[Subject]) -> dict[str, Any]:
    """Several things of one number, for a program."""
    return {
        "key": wanted,
        "hits": [{**asdict(subject), "ask": asking_for(subject)} for subject in subjects],
        "exit_code": 0,
    }


def story_report(wanted: str, story: Story) -> dict[str, Any]:
    """The story for a program: every part by name, amounts as decimal text."""
    return {"key": wanted, "story": asdict(story), "exit_code": 0}


# The story -------------------------------------------------------------------------------------------------


def story_lines(story: Story) -> list[str]:
    """The story from its beginning to what remains."""
    return _printable(_Page(story).lines())


def _printable(lines: Iterable[str]) -> list[str]:
    """What a user typed is printed, never obeyed: no sign can move the cursor or hide itself."""
    return ["".join(sign if sign.isprintable() else " " for sign in line).rstrip() for line in lines]


def _title(subject: Subject, words: dict[str, str]) -> str:
    return f"{words.get(subject.type, subject.type)} {subject.no}"


class _Page:
    """Sections of lines, each left out when there is nothing to say."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.words = WORDS[story.language]
        self.made: list[str] = []

    def lines(self) -> list[str]:
        story = self.story
        self.made.append(_title(story.subject, self.words))
        self._facts()
        self._origin()
        if story.subject.kind == "held":
            self._held_rows()
        else:
            self._document_lines()
        self._statement_line()
        self._decisions()
        self._findings()
        self._entered()
        self._settled()
        self._asked()
        self._related()
        self._files()
        return self.made

    # Small parts -------------------------------------------------------------------------------------------

    def _word(self, text: Any) -> str:
        return self.words.get(str(text), str(text).replace("_", " "))

    def _heading(self, name: str) -> None:
        self.made += ["", self.words[name]]

    def _fact(self, name: str, value: object) -> None:
        if value not in ("", None, 0, False):
            self.made.append(f"{_INDENT}{self.words[name]:<{_LABEL}} {value}")

    def _line(self, text: str, deep: int = 1) -> None:
        self.made.append(_INDENT * deep + text)

    def _run(self, run_no: object) -> str:
        return f"{self.words['run']} {run_name(int(str(run_no)))}"

    def _money(self, record: Record, name: str) -> str:
        """An amount with its currency; in another currency than the company's also as it is booked."""
        currency = record.get("currency_code") or self.story.currency_code
        return f"{grouped(record[name])} {currency}"

    # Sections ----------------------------------------------------------------------------------------------

    def _facts(self) -> None:
        facts = self.story.facts
        if self.story.subject.kind == "document":
            self._document_facts(facts)
        elif self.story.subject.kind == "entry":
            self._fact("status", self._standing())
            self._fact("customer", _joined(facts["customer_no"], facts["customer_name"]))
            self._fact("dated", facts["posting_date"])
            self._fact("due", facts["due_date"] if facts["due_date"] != facts["posting_date"] else "")
            self._fact("amount", self._money(facts, "amount"))
            self._fact("your_number", facts["external_document_no"])
            self._fact("reference", facts["payment_reference"])
            self._fact("on_hold", self.story.entries[0]["on_hold"])
        elif self.story.subject.kind == "held":
            self._fact("status", self.words["still_held" if facts["open"] else "no_longer_held"])
            self._fact("reason", facts["reason"].replace(",", ", "))
        elif self.story.decisions:
            self._fact("status", self._word(self.story.decisions[-1]["status"]))

    def _document_facts(self, facts: Record) -> None:
        standing = self._standing() if self.story.entries else ""
        corrected = facts["canceled_by_no"]
        by = f"{self.words['corrected_by']} {corrected}" if corrected else ""
        self._fact("status", "; ".join(part for part in (self._word(facts["status"]), standing, by) if part))
        own = facts["no"] if facts["no"] != self.story.subject.no else ""
        self._fact("your_number", own)
        self._fact("their_number", facts["external_document_no"])
        self._fact("customer", _joined(facts["customer_no"], facts["customer_name"]))
        if facts["bill_to_customer_no"] != facts["customer_no"]:
            self._fact("bill_to", facts["bill_to_customer_no"])
        self._fact("dated", facts["posting_date"] or facts["order_date"])
        self._fact("due", _joined(facts["due_date"], facts["payment_terms_code"]))
        self._fact("order", facts["order_no"])
        self._fact("corrects", facts["corrects_no"])
        self._fact("reference", facts["payment_reference"])
        self._fact("on_hold", self.story.entries[0]["on_hold"] if self.story.entries else "")
        if _AMOUNT.fullmatch(facts["amount_including_vat"]) and float(facts["amount_including_vat"]):
            self._fact("net", self._money(facts, "amount"))
            self._fact("vat", self._money(facts, "vat_amount"))
            rounding = facts["rounding"]
            self._fact("rounding", grouped(rounding) if rounding.strip("0.-") else "")
            self._fact("total", self._money(facts, "amount_including_vat"))
            self._fact("rate", facts["exchange_rate"] if facts["exchange_rate"] not in ("0", "1") else "")
        self._fact("groups", _joined(facts["gen_bus_posting_group"], facts["vat_bus_posting_group"], " / "))

    def _standing(self) -> str:
        """Settled, or how much of what is open."""
        entries = self.story.entries
        if not entries:
            return ""
        remaining = [row for row in entries if row["open"]]
        if not remaining:
            return self.words["settled_word"]
        return self.words["remains"].format(
            amount=", ".join(self._money(row, "remaining_amount") for row in remaining)
        )

    def _origin(self) -> None:
        origin = self.story.origin
        if not origin:
            return
        self._heading("origin")
        place = [
            origin["source"],
            origin["sheet"],
            f"{self.words['row']} {origin['row']}" if origin["row"] else "",
        ]
        self._fact("file", ", ".join(part for part in place if part))
        self._fact("sheet", self._word(origin.get("table", "")))
        self._fact("files", ", ".join(origin.get("files", ())))
        posted = origin.get("posting_date", "")
        run = self._run(origin["run_no"]) + (f", {self.words['posting_date']} {posted}" if posted else "")
        self._fact("taken_in", run)
        when = origin.get("registered_at", "")
        self._fact("registered", f"{when} {self.words['by']} {origin['registered_by']}" if when else "")
        if origin["source"]:
            self._fact("kept", f"processed/{run_name(origin['run_no'])}/{origin['source']}")
            self._fact("sha256", origin.get("sha256", ""))
        for row in self.story.versions:
            place_of = ", ".join(
                (row["source"], row["sheet"], f"{self.words['row']} {row['row']}", self._run(row["run_no"]))
            )
            self._fact("version", f"{row['version']}: {self._money(row, 'amount_including_vat')}, {place_of}")
        for row in self.story.held_before:
            why = " ".join(row["messages"]) or row["reason"].replace(",", ", ")
            self._fact("held_before", f"{self._run(row['run_no'])}: {why}")

    def _held_rows(self) -> None:
        self._heading("rows")
        for row in self.story.lines:
            cells = [
                f"{caption}: {_cell(value)}" for caption, value in row["cells"].items() if value is not None
            ]
            self._line(f"{self.words['row']} {row['row']}: {'; '.join(cells)}")

    def _document_lines(self) -> None:
        if not self.story.lines:
            return
        self._heading("decided")
        for line in self.story.lines:
            named = _joined(line["item_no"], line["description"])
            if line["type"] == "comment":
                self._line(named)
                continue
            self._line(f"{line['line_no']:>6} {named}")
            sum_of = (
                f"{line['quantity']} {line['unit_of_measure']}".strip() + f" x {grouped(line['unit_price'])}"
            )
            if line["line_discount_percent"] not in ("0", ""):
                sum_of += f" - {line['line_discount_percent']} %"
            self._line(f"{sum_of} = {self._money(line, 'line_amount')}", 5)
            self._line_reasons(line)

    def _line_reasons(self, line: Record) -> None:
        """Where price and discount came from, the VAT group, and what an order line has become."""
        words = self.words
        for name in ("price_source", "discount_source"):
            if line.get(name):
                kind, _, key = line[name].partition(" ")
                self._line(f"{words[name]} {_joined(self._word(kind), row_of_key(kind, key), ': ')}", 5)
        if line["vat_prod_posting_group"]:
            vat = f"{words['vat']} {line['vat_percent']} % = {grouped(line['vat_amount'])}"
            group = ", ".join(
                part
                for part in (
                    f"{words['vat_group']} {line['vat_prod_posting_group']}",
                    line["vat_identifier"],
                    line["vat_calculation_type"],
                )
                if part
            )
            self._line(f"{vat} ({group})", 5)
        if line["gen_prod_posting_group"]:
            self._line(f"{words['product_group']} {line['gen_prod_posting_group']}", 5)
        if "quantity_shipped" in line:
            done = (f"{words[name]} {line[name]}" for name in ("quantity_shipped", "quantity_invoiced"))
            self._line(", ".join(done), 5)

    def _statement_line(self) -> None:
        line = self.story.statement_line
        if not line:
            return
        self._heading("statement_line_head")
        self._fact("bank_account", _joined(line["bank_account"], line["statement_no"]))
        self._fact("dated", line["date"])
        self._fact("amount", self._money(line, "amount"))
        for name in ("text", "additional_info", "payer_name", "payer_account", "transaction_id"):
            self._fact(name, line[name])
        self._fact("reference", line["payment_reference"])

    def _decisions(self) -> None:
        for match in self.story.decisions:
            self.made += ["", f"{self.words['decided']} ({self._run(match['run_no'])})"]
            self._fact("status", self._word(match["status"]))
            self._fact("customer", match["customer_no"])
            facts = (
                f"{self.words[name]}: {self._word(match[name])}"
                for name in ("related_party_matched", "document_no_matched", "amount_matched")
            )
            self._fact("confidence", f"{self._word(match['match_confidence'])}, {match['match_score']}")
            self._fact("facts", "; ".join(facts))
            self._fact("evidence", match["evidence"])
            self._fact("runner_up", match["runner_up"])
            self._fact("applied_to", match["applied_documents"].replace(";", ", "))
            if match["difference"].strip("0.-"):
                self._fact("difference", self._money(match, "difference"))

    def _findings(self) -> None:
        if self.story.findings:
            self._heading("findings")
        for item in self.story.findings:
            place = item["cell"] or (f"{self.words['row']} {item['row']}" if item["row"] else "")
            sentence = _joined(item["message"], item["suggestion"])
            self._line(f"{self._word(item['severity'])}: {place + ': ' if place else ''}{sentence}")

    def _entered(self) -> None:
        story = self.story
        if not (story.gl_entries or story.entries):
            return
        self._heading("entered")
        widest = max(
            (len(row["account_no"] + row["account_name"]) + 1 for row in story.gl_entries), default=0
        )
        voucher = ""
        for row in story.gl_entries:
            name = f"{row['voucher_series']} {row['voucher_no']}"
            if name != voucher:
                self._line(f"{self.words['voucher']} {name}, {row['posting_date']}: {row['description']}")
                voucher = name
            account = _joined(row["account_no"], row["account_name"])
            self._line(f"{account:<{widest}} {grouped(row['amount']):>16}", 2)
        for row in story.vat_entries:
            box = f", {self.words['box']} {row['vat_return_box']}" if row["vat_return_box"] else ""
            figures = self.words["vat_figures"].format(
                base=grouped(row["base"]), amount=grouped(row["amount"]), percent=row["vat_percent"]
            )
            self._line(
                f"{self.words['vat_entry']} {row['entry_no']}: {row['vat_identifier']}, {figures}{box}"
            )
        for row in story.entries:
            name = _joined(self._word(row["document_type"]), row["document_no"])
            self._line(
                f"{self.words['customer_entry']} {row['entry_no']}: {name}, {self._money(row, 'amount')}"
                f", {self.words['due_on']} {row['due_date']}"
            )

    def _settled(self) -> None:
        if not self.story.entries:
            return
        self._heading("settled")
        for row in self.story.applications:
            other = _joined(self._word(row["applied_document_type"]), row["applied_document_no"])
            kind = "" if row["entry_type"] == "application" else f"{self._word(row['entry_type'])}, "
            entry = f"{self.words['entry']} {row['applied_entry_no']}" if other else ""
            about = f"{kind}{other}".removesuffix(", ")
            self._line(
                f"{row['posting_date']}  {self._money(row, 'amount'):>18}  {about}"
                f" ({_joined(entry, self._run(row['run_no']), ', ')})"
            )
            if row["evidence"]:
                line = f"{self.words['statement_line']} {row['statement_line_no']}"
                why = row["evidence"]
                self._line(f"{line}, {self._word(row['match_confidence'])}: {why}", 6)
        for row in self.story.entries:
            state = self._money(row, "remaining_amount") if row["open"] else self.words["nothing"]
            self._fact("remaining", state)

    def _asked(self) -> None:
        """What a person had done with the entries, and where it was written."""
        if self.story.actions:
            self._heading("asked")
        for row in self.story.actions:
            named = _joined(self._word(row["document_type"]), row["document_no"])
            amount = self._money(row, "amount") if row["amount"].strip("0.") else ""
            what = ", ".join(
                part
                for part in (_joined(self._word(row["action"]), named), amount, row["account_no"])
                if part
            )
            self._line(
                f"{row['posting_date']}  {what} ({_joined(row['action_no'], self._run(row['run_no']), ', ')})"
            )
            told = (row["on_hold"], row["reason_code"], row["requested_by"], row["comment"])
            why = ", ".join(part for part in dict.fromkeys(told) if part)
            place = ", ".join((row["source"], row["sheet"], f"{self.words['row']} {row['row']}"))
            self._line(f"{why}; {place}" if why else place, 6)

    def _related(self) -> None:
        if self.story.related:
            self._heading("related")
        for row in self.story.related:
            named = f"{self._word(row['document_type'])} {row.get('posted_no') or row['no']}"
            figures = row.get("amount_including_vat", "")
            figures = self._money(row, "amount_including_vat") if figures.strip("0.-") else ""
            parts = (named, row.get("posting_date", ""), figures, self._run(row["run_no"]))
            self._line(", ".join(part for part in parts if part))

    def _files(self) -> None:
        if self.story.outputs:
            self._heading("drawn")
        for row in self.story.outputs:
            state = f"sha256 {row['sha256']}" if row["done"] else self.words["not_drawn"]
            self._line(row["path"])
            self._line(state, 2)


def _joined(first: str, second: str, between: str = " ") -> str:
    return between.join(part for part in (first, second) if part)


def row_of_key(table: str, key: str) -> str:
    """The key of a row of setup or master data in words: its columns that are not blank."""
    from salesbatch.core.money import plain_text
    from salesbatch.core.sheets import BY_NAME

    if not key or table not in BY_NAME:
        return key
    columns, values = BY_NAME[table].key_columns, key.split("|")
    if len(columns) != len(values):
        return key
    return ", ".join(
        f"{column.caption} {plain_text(int(value)) if column.name.endswith('_e5') else value}"
        for column, value in zip(columns, values)
        if value
    )


def _cell(value: object) -> str:
    return str(next(iter(value.values()), "")) if isinstance(value, dict) else str(value)


def grouped(amount: str) -> str:
    """'-1234567.80' -> '-1 234 567.80'.

    >>> grouped("-1234567.80"), grouped("12"), grouped("")
    ('-1 234 567.80', '12', '')
    """
    if not _AMOUNT.fullmatch(amount):
        return amount
    whole, point, part = amount.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}".replace(",", " ") + point + part
