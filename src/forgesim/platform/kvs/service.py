"""The key-value store as the gateway calls it: one request in, one answer out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from forgesim.clock import iso_utc
from forgesim.errors import InputError, Problem
from forgesim.platform.kvs import limits, rules
from forgesim.platform.kvs.rules import KvsError
from forgesim.platform.kvs.stores import Move, Regions, Row, RowStore
from forgesim.seam import Answer

__all__ = ["Kvs", "MoveStage", "Regions"]

MoveStage = Literal["intended", "copying", "copied", "journalled", "deleting", "deleted"]
"""How far a move is; ``copying`` and ``deleting`` are reached just before their transaction is committed."""

_JSON = (("content-type", "application/json"),)
_DONE = Answer(204)
_ALL_FIELDS = ("createdAt", "updatedAt", "expireTime")
_encode = msgspec.json.Encoder().encode


class Kvs:
    """Forge's key-value and secret store for any number of installations.

    Moves that an earlier process did not finish are finished first.
    """

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self.resume_moves()

    def perform(self, installation: str, region: str, path: str, body: bytes, now_ms: int) -> Answer:
        """Answer one storage call; ``now_ms`` is the virtual time, epoch milliseconds.

        Raises InputError where the region is unknown or its database cannot be used.
        """
        where = rules.EMULATED.get(path)
        if where is None:
            return _not_emulated(path) if rules.unsupported(path) else _no_such_path(path)
        call = _Call(self._regions.store(region), installation, where[0], now_ms)
        try:
            data = rules.decode(body)
            match where[1]:
                case "set":
                    return call.set(data)
                case "get":
                    return call.get(data)
                case "delete":
                    return call.delete(data)
                case "query":
                    return call.query(data)
        except KvsError as error:
            return _failed(error.status, error.code, error.message)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def rows(self, installation: str, region: str) -> list[tuple[str, str, str]]:
        """Everything at rest for the installation in the region: ``(store, key, JSON text)``."""
        with _database():
            return self._regions.store(region).rows(installation)

    def move(
        self,
        installation: str,
        source: str,
        target: str,
        *,
        progress: Callable[[MoveStage], None] = lambda _: None,
    ) -> None:
        """Move all rows to another region: note the intent, copy, journal the copy, delete, forget.

        Wherever the process dies, ``resume_moves`` ends the move with every row in one region.
        ``progress`` hears of each stage as it is reached.
        """
        self.resume_moves()
        for region in (source, target):
            self._regions.store(region)
        if source == target:
            return
        move = Move(installation, source, target, copied=False)
        with _database():
            self._regions.note(move)
            progress("intended")
            self._carry_on(move, progress)

    def resume_moves(self) -> None:
        """Finish every move that has begun."""
        with _database():
            for move in self._regions.moves():
                self._carry_on(move, lambda _: None)

    def drop(self, installation: str) -> None:
        """Delete everything that the installation stored, in every region."""
        with _database():
            for region in self._regions.existing():
                self._regions.store(region).drop(installation)

    def close(self) -> None:
        """Close every database; the store answers nothing more."""
        self._regions.close()

    def _carry_on(self, move: Move, progress: Callable[[MoveStage], None]) -> None:
        source, target = self._regions.store(move.source), self._regions.store(move.target)
        if not move.copied:
            source.copy_to(target, move.installation, lambda: progress("copying"))
            progress("copied")
            self._regions.note(move._replace(copied=True))
            progress("journalled")
        source.drop(move.installation, lambda: progress("deleting"))
        progress("deleted")
        self._regions.forget(move.installation)


@contextmanager
def _database() -> Iterator[None]:
    """Name a failing database for what it is: a matter of the user's disk."""
    try:
        yield
    except sqlite3.Error as error:
        raise _unusable(error) from None


def _unusable(error: sqlite3.Error) -> InputError:
    return InputError(
        Problem(what=f"stored data cannot be used: {error}", hint="is the state folder whole, and writable?")
    )


class _Call:
    """One call on one store of one installation."""

    __slots__ = ("installation", "now_ms", "rows", "store")

    def __init__(self, rows: RowStore, installation: str, store: str, now_ms: int) -> None:
        self.rows, self.installation, self.store, self.now_ms = rows, installation, store, now_ms

    def get(self, data: dict[str, Any]) -> Answer:
        key = rules.check_key(data.get("key"))
        fields = rules.metadata_fields(data)
        row = self._find(key)
        if row is None:
            raise _absent(key)
        return Answer(200, _shown(key, row, fields), _JSON)

    def set(self, data: dict[str, Any]) -> Answer:
        key = rules.check_key(data.get("key"))
        value = rules.value_text(data)
        options = rules.set_options(data)
        previous = self._find(key) if options.keep_existing or options.hand_back else None
        if options.keep_existing and previous is not None:
            text = "Provided key already exists and cannot be overwritten"
            raise KvsError(409, "KEY_CONFLICT", text)
        expires = None if options.ttl_ms is None else self.now_ms + options.ttl_ms
        self.rows.set(self.installation, self.store, key, Row(value, self.now_ms, self.now_ms, expires))
        match options.hand_back:
            case None:
                return _DONE
            case "PREVIOUS":
                return Answer(200, _shown(key, previous, _ALL_FIELDS), _JSON)
            case "LATEST":
                return Answer(200, _shown(key, self._find(key), _ALL_FIELDS), _JSON)

    def delete(self, data: dict[str, Any]) -> Answer:
        key = rules.check_key(data.get("key"))
        if self._find(key) is None:
            raise _absent(key)
        self.rows.delete(self.installation, self.store, key)
        return _DONE

    def query(self, data: dict[str, Any]) -> Answer:
        asked = rules.query_of(data, self.installation)
        page: list[bytes] = []
        expired: list[str] = []
        size, last, more = 0, asked.after or "", False
        for key, row in self.rows.scan(self.installation, self.store, asked.prefix, last):
            if row.has_expired(self.now_ms):
                expired.append(key)
                continue
            shown = _shown(key, row, asked.fields)
            size += len(shown)
            if len(page) == asked.limit or (page and size > limits.MAX_PAGE_BYTES):
                more = True
                break
            page.append(shown)
            last = key
        for key in expired:
            self.rows.delete(self.installation, self.store, key)
        cursor = b',"cursor":' + _encode(rules.cursor_after(asked, last)) if more else b""
        return Answer(200, b'{"data":[' + b",".join(page) + b"]" + cursor + b"}", _JSON)

    def _find(self, key: str) -> Row | None:
        return self.rows.get(self.installation, self.store, key, self.now_ms)


def _shown(key: str, row: Row | None, fields: tuple[str, ...]) -> bytes:
    """A row as the answer has it: creation and change in epoch milliseconds, expiry as ISO 8601."""
    if row is None:
        return b'{"key":' + _encode(key) + b"}"
    head = b'{"key":' + _encode(key) + b',"value":' + row.value.encode()
    if not fields:
        return head + b"}"
    known = {
        "createdAt": row.created_ms,
        "updatedAt": row.updated_ms,
        "expireTime": None if row.expires_ms is None else iso_utc(row.expires_ms),
    }
    meta = {name: known[name] for name in fields if known[name] is not None}
    return head + (b"," + _encode(meta)[1:] if meta else b"}")


def _absent(key: str) -> KvsError:
    return KvsError(404, "KEY_NOT_FOUND", f"There is no key {key}")


def _failed(status: int, code: str, message: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, _encode({"code": code, "message": message}), _JSON + headers)


def _not_emulated(path: str) -> Answer:
    text = f"forgesim does not emulate {path}"
    return _failed(501, "NOT_EMULATED", text, ("x-forgesim-unsupported", path))


def _no_such_path(path: str) -> Answer:
    return _failed(404, "NOT_FOUND", f"There is no storage operation {path}")
