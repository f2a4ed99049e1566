"""A record without content: what remains where a ledger of real content is handed on.

Everything that an app or a service words freely may hold content: bodies, keys, paths and hosts that nobody declared,
headers, error messages, inputs. Each becomes a salted digest or goes. What stays: channels, decisions by rule,
documented operations, declared hosts, ids of the site, the app's lines, sizes, statuses and times.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import re
from typing import Any

import msgspec

from forgesim.decision import Decision
from forgesim.ledger.records import (
    Answered,
    Body,
    Close,
    Decided,
    Header,
    Inventory,
    Open,
    Profile,
    Record,
    Removal,
    Run,
    ScanIndex,
    Step,
    StoredRow,
    Trial,
    Witness,
)

__all__ = ["Redactor"]

VERBS = frozenset({
    "get", "set", "delete", "query", "chat", "list", "return", "raise", "push", "retry", "respond",
    "trace", "debug", "info", "warn", "error", "stdout", "stderr",
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
})  # fmt: skip
DOCUMENTED = frozenset({"confluence", "jira", "property", "kvs", "secret", "entity"})
"""Channels whose ``op`` comes from a table, not from the app."""

_CALL = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,40}){0,3}")
_LINE = re.compile(r"[\w./-]{1,200}:\d{1,6}")
_SCHEME = re.compile(r"(https|wss)://")


class Redactor:
    """Takes the content out of records, in the order of the ledger. Equal texts have equal digests.

    Whoever knows ``salt`` can test a guess, so it is made of the content itself (``ledger_salt``) and never written.
    """

    def __init__(self, salt: str) -> None:
        self._key = hashlib.blake2b(salt.encode(), digest_size=32).digest()
        self._ids: set[str] = set()

    def record(self, record: Record) -> Record:  # noqa: C901, PLR0911, PLR0912 - one case a record kind
        match record:
            case Header():
                return msgspec.structs.replace(record, bodies=False)
            case Run():
                for ids in record.ids.values():
                    self._ids.update(ids)
                return msgspec.structs.replace(record, index=ScanIndex(()) if record.index else None)
            case Open():
                given, where = self._input(record.input), self._input(record.context)
                return msgspec.structs.replace(record, input=given, context=where)
            case Close():
                return self._close(record)
            case Decided():
                return self._decided(record)
            case Answered():
                unsupported = record.unsupported and "what only the full ledger names"
                body = self._body(record.body)
                return msgspec.structs.replace(record, body=body, headers=(), unsupported=unsupported)
            case Witness():
                return self._witness(record)
            case Inventory():
                return msgspec.structs.replace(record, rows=tuple(map(self._row, record.rows)))
            case Removal():
                return msgspec.structs.replace(record, left=tuple(map(self._row, record.left)))
            case Profile():
                return msgspec.structs.replace(record, account=self._id(record.account) or "")
            case Trial():
                return self._trial(record)
            case Step():
                return msgspec.structs.replace(record, message=None)
            case _:
                return record

    # --- records ---------------------------------------------------------------------------------------------------

    def _decided(self, record: Decided) -> Decided:
        decision = record.decision
        return msgspec.structs.replace(
            record,
            verb=record.verb if record.verb in VERBS else "other",
            target=self._url(record) if record.channel == "egress" else self._digest(record.target),
            op=record.op if record.channel in DOCUMENTED else None,
            account=self._id(record.account),
            headers=(),
            body=self._body(record.body) or Body(0, digest=self._hash(b"")),
            decision=decision if decision.allow else Decision(False, decision.rule, ""),
            line=_line(record.line),
        )

    def _close(self, record: Close) -> Close:
        by_host = record.outcome == "timeout"
        kind = record.type if by_host or hasattr(builtins, record.type or "") else None
        return msgspec.structs.replace(
            record, type=kind, message=record.message if by_host else None, line=_line(record.line)
        )

    def _witness(self, record: Witness) -> Witness:
        target = record.target
        if target is not None:
            way, _, _ = target.partition(" ")
            target = f"{way} {self._digest(target)}" if way in ("read", "write") else self._digest(target)
        call = record.call if _CALL.fullmatch(record.call) else "other"
        return msgspec.structs.replace(record, call=call, target=target, line=_line(record.line))

    def _trial(self, record: Trial) -> Trial:
        first = None if record.first is None else {name: record.first.get(name) for name in ("seq", "line")}
        return msgspec.structs.replace(
            record,
            a=self._digest(record.a),
            b=self._digest(record.b),
            again=None if record.again is None else self._digest(record.again),
            first=first,
        )

    def _url(self, record: Decided) -> str:
        """The declared host, for a declared one; for any other a name that says nothing."""
        label, decision = self._digest(record.target), record.decision
        form = _SCHEME.match(decision.reason) if decision.allow else None
        address = decision.reason[form.end() :] if form else decision.reason
        scheme = form[0] if form else "https://"
        if not decision.allow or address == "*":
            return f"{scheme}{label}.invalid/"
        host = address.split("/", 1)[0]
        return f"{scheme}{label}{host[1:]}/" if host.startswith("*.") else f"{scheme}{host}/{label}"

    def _row(self, row: StoredRow) -> StoredRow:
        return StoredRow(row.store, self._digest(row.key), self._body(row.body) or row.body)

    # --- values ----------------------------------------------------------------------------------------------------

    def _hash(self, raw: bytes) -> str:
        return hashlib.blake2b(raw, key=self._key, digest_size=16).hexdigest()

    def _digest(self, text: str) -> str:
        """A digest in place of a text; an empty one stays."""
        return f"redacted-{self._hash(text.encode())}" if text else text

    def _id(self, text: str | None) -> str | None:
        return text if text is None or text in self._ids else self._digest(text)

    def _body(self, body: Body | None) -> Body | None:
        if body is None or body.digest is not None:
            return body
        raw = body.text.encode() if body.text is not None else base64.b64decode(body.base64 or "")
        return Body(body.size, digest=self._hash(raw))

    def _input(self, value: Any) -> Any:
        """Ids of the site stay, under the names that the payload gives them; all else is a digest."""
        match value:
            case None | bool():
                return value
            case str() if value in self._ids:
                return value
            case dict() if all(len(name) <= 40 and name.isidentifier() for name in value):
                return {name: self._input(part) for name, part in value.items() if name != "cursor"}
            case _:
                return self._digest(msgspec.json.encode(value).decode())


def _line(line: str | None) -> str | None:
    return line if line is None or _LINE.fullmatch(line) else None
