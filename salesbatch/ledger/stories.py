"""The story of one thing, gathered from every table that knows it. Nothing is computed here but what remains."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import pandas as pd
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.engine import Connection

from salesbatch.core import entries
from salesbatch.core.entries import LedgerTable
from salesbatch.core.stories import Record, Story, Subject
from salesbatch.ledger import schema
from salesbatch.ledger.database import Database, fetch, fetch_in
from salesbatch.ledger.exports import as_text
from salesbatch.ledger.frames import frame_of
from salesbatch.ledger.scopes import EVERYTHING, in_local, looked_up, master_frame, settings_of, text_series
from salesbatch.ledger.views import VERSIONED, customer_ledger_entries

_LEDGER = schema.LEDGER
_FROZEN = ("sell_to", "bill_to", "ship_to", "seller")


def tell_story(database: Database, subject: Subject) -> Story:
    """Everything that the books know about a subject. Raises KeyError for one that is not there."""
    with database.read() as connection:
        return _Teller(connection, subject).tell()


class _Teller:
    """One read of the books for one story."""

    def __init__(self, connection: Connection, subject: Subject) -> None:
        self.connection = connection
        self.subject = subject
        settings = settings_of(connection)
        self.local = settings.local_currency_code
        self.parts: dict[str, Any] = {}
        self.language = "sv" if settings.language == "sv" else "en"

    def tell(self) -> Story:
        kind, number = self.subject.kind, self.subject.id
        if kind == "document":
            self._document(int(number))
        elif kind == "entry":
            self._entry(int(number))
        elif kind == "line":
            self._statement_line(int(number))
        else:
            self._held(str(number))
        return Story(self.subject, self.language, self.local, **self.parts)

    # Kinds of subject --------------------------------------------------------------------------------------

    def _document(self, document_id: int) -> None:
        sql = _LEDGER["documents"]
        frame = self._frame(entries.DOCUMENTS, sql.c.document_id == document_id)
        if not len(frame):
            raise KeyError(f"there is no document {document_id}")
        states = self._frame(entries.DOCUMENT_STATES, _LEDGER["document_states"].c.document_id == document_id)
        head = self._texts(frame)[0]
        head["status"] = str(states["status"].iloc[0]) if len(states) else head["status"]
        head["canceled_by_no"] = str(states["canceled_by_no"].iloc[0]) if len(states) else ""
        head["customer_name"] = _name_of(head) or self._customer_name(head["customer_no"])
        self.parts["facts"] = {name: value for name, value in head.items() if name not in _FROZEN}
        self.parts["origin"] = self._origin(head["source"], head["sheet"], head["row"], head["run_no"])
        self.parts["lines"] = self._document_lines(head)
        self.parts["versions"] = self._versions(head)
        self.parts["held_before"] = self._held_before(head["key"], head["run_no"])
        self.parts["findings"] = self._findings(head["run_no"], head["source"], head["key"])
        self.parts["related"] = self._related(head)
        own = _LEDGER["customer_ledger_entries"].c.document_id == document_id
        self._customer_entries(own)
        self._entered(head["transaction_no"])
        outbox = _LEDGER["outbox"].c.document_id == document_id
        self.parts["outputs"] = self._texts(self._frame(entries.OUTBOX, outbox))

    def _entry(self, entry_no: int) -> None:
        sql, bank = _LEDGER["customer_ledger_entries"], _LEDGER["bank_entries"]
        frame = self._frame(entries.CUSTOMER_LEDGER_ENTRIES, sql.c.entry_no == entry_no)
        if not len(frame):
            raise KeyError(f"there is no customer ledger entry {entry_no}")
        head = self._texts(frame)[0]
        head["customer_name"] = self._customer_name(head["customer_no"])
        self.parts["facts"] = head
        of_bank = self._frame(
            entries.BANK_ENTRIES,
            bank.c.transaction_no == head["transaction_no"],
            bank.c.document_no == head["document_no"],
        )
        line_no = int(of_bank["statement_line_no"].max()) if len(of_bank) else 0
        if line_no:
            self._line_and_decisions(line_no)
        else:
            matches = _LEDGER["payment_matches"]
            closed = matches.c.bank_entry_no.in_(of_bank["entry_no"].tolist())
            met = self._frame(entries.PAYMENT_MATCHES, closed, matches.c.bank_entry_no > 0)
            if len(met):  # A line of a later statement closed what was booked by hand.
                self._line_and_decisions(int(met["statement_line_no"].iloc[-1]))
            keys = _LEDGER["input_keys"]
            made = self._frame(
                entries.INPUT_KEYS,
                keys.c.run_no == head["run_no"],
                keys.c.posted == head["document_no"],
                keys.c.table_name.in_(("payments", "opening_entries", "actions")),
            )
            table = str(made["table_name"].iloc[0]) if len(made) == 1 else ""
            self.parts["origin"] = self._origin("", "", 0, head["run_no"]) | {"table": table}
        self._customer_entries(sql.c.entry_no == entry_no)
        self._entered(head["transaction_no"])

    def _statement_line(self, line_no: int) -> None:
        bank = _LEDGER["bank_entries"]
        self._line_and_decisions(line_no)
        if not self.parts["statement_line"]:
            raise KeyError(f"there is no statement line {line_no}")
        self.parts["facts"] = dict(self.parts["statement_line"])
        closed = [row["bank_entry_no"] for row in self.parts["decisions"] if row["bank_entry_no"]]
        own_entries = or_(bank.c.statement_line_no == line_no, bank.c.entry_no.in_(closed))
        of_bank = self._frame(entries.BANK_ENTRIES, own_entries)
        transactions = [int(number) for number in of_bank["transaction_no"]]
        own = _LEDGER["customer_ledger_entries"]
        self._customer_entries(own.c.transaction_no.in_(transactions), own.c.document_id == 0)
        self._entered(*transactions)

    def _held(self, held_id: str) -> None:
        rows = self._texts(self._frame(entries.HELD, _LEDGER["held"].c.held_id == held_id))
        if not rows:
            raise KeyError(f"nothing is held as {held_id}")
        first = rows[0]
        still = self._frame(entries.OPEN_HELD, _LEDGER["open_held"].c.held_id == held_id)
        self.parts["facts"] = {
            "held_id": held_id,
            "table_name": first["table_name"],
            "key": first["key"],
            "reason": first["reason"],
            "open": bool(len(still)),
        }
        self.parts["origin"] = self._origin(first["source"], first["sheet"], first["row"], first["run_no"])
        self.parts["lines"] = [
            {
                "row": row["row"],
                "cells": dict(zip(json.loads(row["captions"]), json.loads(row["cells"]), strict=False)),
            }
            for row in rows
        ]
        self.parts["findings"] = self._findings(first["run_no"], first["source"], first["key"])
        keys = _LEDGER["input_keys"]
        later = self._frame(
            entries.INPUT_KEYS, keys.c.table_name == first["table_name"], keys.c.key == first["key"]
        )
        self.parts["related"] = [
            {"document_type": row["table_name"], "no": row["posted"] or row["key"], "run_no": row["run_no"]}
            for row in self._texts(later)
        ]
        outbox = _LEDGER["outbox"]
        drawn = self._texts(
            self._frame(entries.OUTBOX, outbox.c.run_no == first["run_no"], outbox.c.kind == "to_fix")
        )
        # One workbook for each file of which something was held, in the order of the files' names.
        held = self._frame(entries.HELD, _LEDGER["held"].c.run_no == first["run_no"])
        place = sorted(set(held["source"])).index(first["source"])
        self.parts["outputs"] = drawn[place : place + 1]

    # Parts of a story --------------------------------------------------------------------------------------

    def _origin(self, source: str, sheet: str, row: int, run_no: int) -> Record:
        """File, sheet and row, and the run that took it in: when, by whom, and the file's fingerprint."""
        runs, times, files = (_LEDGER[name] for name in ("runs", "run_times", "files"))
        found: Record = {"source": source, "sheet": sheet, "row": row, "run_no": run_no}
        run = self._frame(entries.RUNS, runs.c.run_no == run_no)
        when = self._frame(entries.RUN_TIMES, times.c.run_no == run_no)
        if len(run):
            found["posting_date"] = self._texts(run)[0]["posting_date"]
        if len(when):
            found |= {name: str(when[name].iloc[0]) for name in ("registered_at", "registered_by")}
        conditions = [files.c.run_no == run_no] + ([files.c.name == source] if source else [])
        known = self._frame(entries.FILES, *conditions)
        if source:
            found["sha256"] = str(known["sha256"].iloc[0]) if len(known) else ""
        else:  # The entry does not say which; the run does.
            found["files"] = known["name"].tolist()
        return found

    def _document_lines(self, head: Record) -> list[Record]:
        sql, states = _LEDGER["document_lines"], _LEDGER["order_lines"]
        lines = self._frame(entries.DOCUMENT_LINES, sql.c.document_id == head["document_id"])
        lines["currency_code"] = head["currency_code"]
        rows = self._texts(lines)
        if head["document_type"] not in VERSIONED:
            return rows
        now = self._frame(
            entries.ORDER_LINES,
            states.c.document_type == head["document_type"],
            states.c.no == head["no"],
        )
        names = ("quantity_shipped", "quantity_invoiced", "quantity_returned")
        known = {row["line_no"]: {name: row[name] for name in names} for row in self._texts(now)}
        return [row | known.get(row["line_no"], {}) for row in rows]

    def _versions(self, head: Record) -> list[Record]:
        if head["document_type"] not in VERSIONED:
            return []
        sql = _LEDGER["documents"]
        frame = self._frame(
            entries.DOCUMENTS,
            sql.c.document_type == head["document_type"],
            sql.c.no == head["no"],
            sql.c.document_id < head["document_id"],
        )
        names = ("version", "run_no", "source", "sheet", "row", "amount_including_vat", "currency_code")
        return [{name: row[name] for name in names} for row in self._texts(frame)]

    def _held_before(self, key: str, run_no: int) -> list[Record]:
        sql = _LEDGER["held"]
        frame = self._frame(entries.HELD, sql.c.key == key, sql.c.run_no <= run_no)
        rows = self._texts(frame.drop_duplicates("held_id"))
        return [
            {
                **{name: row[name] for name in ("held_id", "run_no", "reason", "source")},
                "messages": [item["message"] for item in self._findings(row["run_no"], row["source"], key)],
            }
            for row in rows
        ]

    def _findings(self, run_no: int, source: str, document: str) -> list[Record]:
        sql = _LEDGER["findings"]
        frame = self._frame(
            entries.FINDINGS, sql.c.run_no == run_no, sql.c.source == source, sql.c.document == document
        )
        return self._texts(frame)

    def _line_and_decisions(self, line_no: int) -> None:
        lines, matches = _LEDGER["statement_lines"], _LEDGER["payment_matches"]
        found = self._texts(self._frame(entries.STATEMENT_LINES, lines.c.statement_line_no == line_no))
        line = found[0] if found else {}
        self.parts["statement_line"] = line
        if not line:
            return
        self.parts["origin"] = self._origin(line["source"], line["sheet"], line["row"], line["run_no"])
        decided = self._frame(entries.PAYMENT_MATCHES, matches.c.statement_line_no == line_no)
        decided["currency_code"] = line["currency_code"]
        self.parts["decisions"] = self._texts(decided)

    def _entered(self, *transactions: int) -> None:
        """G/L rows with the names of their accounts, and VAT entries; those of the applications as well."""
        applied = {row["transaction_no"] for row in self.parts["applications"]}
        wanted = sorted({number for number in (*transactions, *applied) if number > 0})
        gl, vat = _LEDGER["gl_entries"], _LEDGER["vat_entries"]
        rows = self._frame(entries.GL_ENTRIES, gl.c.transaction_no.in_(wanted))
        chart = master_frame(self.connection, "gl_accounts")
        rows["account_name"] = text_series(looked_up(rows["account_no"], chart, "no", "name", ""))
        self.parts["gl_entries"] = self._texts(rows)
        self.parts["vat_entries"] = self._texts(
            self._frame(entries.VAT_ENTRIES, vat.c.transaction_no.in_(wanted))
        )

    def _customer_entries(self, *conditions: ColumnElement[bool]) -> None:
        sql = _LEDGER["customer_ledger_entries"]
        numbers = [
            int(row[0])
            for row in fetch(
                self.connection, select(sql.c.entry_no).where(*conditions).order_by(sql.c.entry_no)
            )
        ]
        own = customer_ledger_entries(self.connection, EVERYTHING, numbers)
        self.parts["entries"] = self._texts(own)
        self.parts["applications"] = self._applications(numbers)
        self.parts["actions"] = self._actions(numbers)

    def _actions(self, numbers: Sequence[int]) -> list[Record]:
        """What a person had done with the entries, or with others that they were applied to, and on which of them."""
        asked, entry = _LEDGER["entry_actions"], _LEDGER["customer_ledger_entries"]
        transactions = sorted({row["transaction_no"] for row in self.parts["applications"]})
        mine = or_(asked.c.entry_no.in_(list(numbers)), asked.c.transaction_no.in_(transactions))
        actions = self._frame(entries.ENTRY_ACTIONS, mine)
        wanted = actions["entry_no"].unique().tolist()
        found = fetch_in(self.connection, select(entry), entry.c.entry_no, wanted)
        owners = frame_of(entries.CUSTOMER_LEDGER_ENTRIES, found)
        for name in ("document_type", "document_no", "currency_code"):
            actions[name] = text_series(looked_up(actions["entry_no"], owners, "entry_no", name, ""))
        return self._texts(actions)

    def _applications(self, numbers: Sequence[int]) -> list[Record]:
        """Every movement of the entries after their first, with the other side and the match that led to it."""
        sql, owner = _LEDGER["detailed_entries"], _LEDGER["customer_ledger_entries"]
        if not numbers:
            return []
        moves = self._frame(
            entries.DETAILED_ENTRIES,
            sql.c.customer_ledger_entry_no.in_(list(numbers)),
            sql.c.entry_type != "initial",
        )
        table = entries.CUSTOMER_LEDGER_ENTRIES
        others = frame_of(
            table,
            fetch_in(
                self.connection, select(owner), owner.c.entry_no, sorted(set(moves["applied_entry_no"]))
            ),
        )
        known = {row["entry_no"]: row for row in self._texts(others)}
        matches = self._matches_behind([*others["transaction_no"].tolist()])
        found = []
        for row in self._texts(moves):
            other = known.get(row["applied_entry_no"], {})
            match = matches.get(other.get("transaction_no", 0), {})
            found.append(
                {
                    **{
                        name: row[name]
                        for name in ("customer_ledger_entry_no", "entry_type", "posting_date", "run_no")
                    },
                    **{
                        name: row[name]
                        for name in ("transaction_no", "currency_code", "amount", "amount_lcy")
                    },
                    "applied_entry_no": row["applied_entry_no"],
                    "applied_document_type": other.get("document_type", ""),
                    "applied_document_no": other.get("document_no", ""),
                    **{name: match.get(name, "") for name in ("statement_line_no", "match_confidence")},
                    "evidence": match.get("evidence", ""),
                }
            )
        return found

    def _matches_behind(self, transactions: Sequence[int]) -> dict[int, Record]:
        """The last decision on the statement line that a payment came from, by the payment's transaction."""
        bank, matches = _LEDGER["bank_entries"], _LEDGER["payment_matches"]
        wanted = (
            select(bank.c.transaction_no, bank.c.statement_line_no)
            .where(bank.c.statement_line_no > 0)
            .order_by(bank.c.entry_no)
        )
        of_bank: dict[int, int] = dict(
            fetch_in(self.connection, wanted, bank.c.transaction_no, sorted(set(transactions)))
        )
        decided = frame_of(
            entries.PAYMENT_MATCHES,
            fetch_in(
                self.connection,
                select(matches).order_by(matches.c.match_no),
                matches.c.statement_line_no,
                sorted(set(of_bank.values())),
            ),
        )
        by_line = {row["statement_line_no"]: row for row in self._texts(decided)}
        return {number: by_line[line] for number, line in of_bank.items() if line in by_line}

    def _related(self, head: Record) -> list[Record]:
        """Documents of the same order, what this one corrects, and what corrects it; itself left out."""
        sql = _LEDGER["documents"]
        order = head["no"] if head["document_type"] in VERSIONED else head["order_no"]
        ways: list[ColumnElement[bool]] = []
        if order:
            ways += [sql.c.order_no == order, (sql.c.no == order) & sql.c.document_type.in_(VERSIONED)]
        if head["corrects_no"]:
            ways.append(sql.c.posted_no == head["corrects_no"])
        if head["posted_no"]:
            ways.append(sql.c.corrects_no == head["posted_no"])
        if head["quote_no"]:
            ways.append((sql.c.no == head["quote_no"]) & sql.c.document_type.in_(VERSIONED))
        if not ways:
            return []
        rows = self._texts(
            self._frame(entries.DOCUMENTS, or_(*ways), sql.c.document_id != head["document_id"])
        )
        names = ("document_type", "no", "posted_no", "posting_date", "amount_including_vat", "currency_code")
        newest = {
            (row["document_type"], row["posted_no"] or row["no"]): {
                **{name: row[name] for name in names},
                "corrects_no": row["corrects_no"],
                "run_no": row["run_no"],
            }
            for row in rows
            if (row["document_type"], row["no"]) != (head["document_type"], head["no"])
        }
        return list(newest.values())

    def _customer_name(self, customer_no: str) -> str:
        sql = schema.MASTER["customers"]
        found = fetch(self.connection, select(sql.c.name).where(sql.c.no == customer_no))
        return str(found[0][0]) if found else ""

    # Rows --------------------------------------------------------------------------------------------------

    def _frame(self, table: LedgerTable, *conditions: ColumnElement[bool]) -> pd.DataFrame:
        sql = _LEDGER[table.name]
        statement = select(*(sql.c[name] for name in table.names)).where(*conditions)
        return frame_of(table, fetch(self.connection, statement.order_by(*sql.primary_key.columns)))

    def _texts(self, frame: pd.DataFrame) -> list[Record]:
        if "currency_code" in frame:
            frame = frame.assign(currency_code=in_local(frame, self.local))
        return cast("list[Record]", as_text(frame, self.local).to_dict("records"))


def _name_of(head: Record) -> str:
    """The customer's name as it was frozen for the print."""
    for part in ("sell_to", "bill_to"):
        name = json.loads(head[part]).get("name") if head[part] else ""
        if name:
            return str(name)
    return ""
