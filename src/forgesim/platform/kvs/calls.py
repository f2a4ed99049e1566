"""One storage call on one installation: what is done to one key, and pages of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from forgesim.clock import iso_utc
from forgesim.manifest.entities import Entity
from forgesim.platform.kvs import limits
from forgesim.platform.kvs.conditions import meets
from forgesim.platform.kvs.entities import check_entity, check_value
from forgesim.platform.kvs.queries import entity_query_of, query_of
from forgesim.platform.kvs.rates import Direction, Meter, units
from forgesim.platform.kvs.rows import ENTITY, Place, Position, Row, RowStore
from forgesim.platform.kvs.rules import (
    KvsChannel,
    KvsError,
    SetOptions,
    Written,
    check_key,
    metadata_fields,
    set_options,
    value_of,
)
from forgesim.seam import Answer

__all__ = ["DONE", "Call", "Item", "ThrottledError", "absent", "answer", "failed", "shown"]

JSON = (("content-type", "application/json"),)
DONE = Answer(204)
ALL_FIELDS = ("createdAt", "updatedAt", "expireTime")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class ThrottledError(Exception):
    """A limit of rates is reached; ``wait_ms`` is how long until the window ends."""

    def __init__(self, wait_ms: int) -> None:
        self.wait_ms = wait_ms
        super().__init__(wait_ms)


class Item(NamedTuple):
    """A key that a call names, checked, with its entity; the store is kvs, secret or ``entity NAME``."""

    place: Place
    entity: Entity | None
    data: Mapping[str, Any]

    @property
    def name(self) -> dict[str, str]:
        """How an answer names it."""
        return {"key": self.place.key} | ({"entityName": self.entity.name} if self.entity is not None else {})


class Call:
    """A call at a virtual time. ``lag_ms``: how much later queries see its writes; ``linger_ms``: how long a value may
    still be read after its time to live has ended."""

    __slots__ = ("declared", "installation", "lag_ms", "linger_ms", "meter", "now_ms", "rows")

    def __init__(
        self,
        rows: RowStore,
        installation: str,
        declared: Mapping[str, Entity],
        meter: Meter,
        *,
        now_ms: int,
        lag_ms: int,
        linger_ms: int,
    ) -> None:
        self.rows, self.installation, self.declared, self.meter = rows, installation, declared, meter
        self.now_ms, self.lag_ms, self.linger_ms = now_ms, lag_ms, linger_ms

    def declare(self) -> None:
        """Have the indexes that the manifest declares."""
        for entity in self.declared.values():
            self.rows.declare(self.installation, entity)

    # --- one key ---------------------------------------------------------------------------------------------------

    def item(self, data: Mapping[str, Any], store: KvsChannel) -> Item:
        """The key that a request names in a store."""
        if store != "entity":
            return Item(Place(self.installation, store, check_key(data.get("key"))), None, data)
        entity = check_entity(data.get("entityName"), self.declared)
        key = check_key(data.get("key"), of_entity=True)
        return Item(Place(self.installation, ENTITY + entity.name, key), entity, data)

    def value(self, item: Item) -> Written:
        """The value that a request stores under a key."""
        written = value_of(item.data)
        if item.entity is not None:
            check_value(item.entity, written.value)
        return written

    def get(self, data: Mapping[str, Any], store: KvsChannel) -> Answer:
        item = self.item(data, store)
        fields = metadata_fields(data)
        self.room("read", 1)
        row = self.find(item.place)
        self.read(item.place, row)
        self.meter.take("read", units(0 if row is None else len(row.value.encode())))
        if row is None:
            raise absent(item.place.key)
        return answer(shown(item.place.key, row, fields))

    def set(self, data: Mapping[str, Any], store: KvsChannel) -> Answer:
        item = self.item(data, store)
        written = self.value(item)
        options = set_options(data)
        taken = units(written.size)
        self.room("write", taken)
        previous = self.find(item.place)
        if options.keep_existing and previous is not None:
            raise KvsError(409, "KEY_CONFLICT", "Provided key already exists and cannot be overwritten")
        self.written(item.place, written.size)
        self.meter.take("write", taken)
        row = self.put(item.place, written.text, options, previous)
        match options.hand_back:
            case None:
                return DONE
            case "PREVIOUS":
                return answer(shown(item.place.key, previous, ALL_FIELDS))
            case "LATEST":
                return answer(shown(item.place.key, row, ALL_FIELDS))

    def delete(self, data: Mapping[str, Any], store: KvsChannel) -> Answer:
        item = self.item(data, store)
        self.room("write", 1)
        if self.find(item.place) is None:
            raise absent(item.place.key)
        self.meter.take("write", 1)
        self.remove(item.place)
        return DONE

    # --- rows ------------------------------------------------------------------------------------------------------

    def find(self, place: Place) -> Row | None:
        """The row as it was last written; one whose life is over is removed, and absent."""
        row = self.rows.get(place)
        if row is not None and self.is_over(row):
            self.settle()
            self.rows.forget(place)
            return None
        return row

    def settle(self) -> None:
        """Let queries see what has lagged for long enough."""
        self.rows.settle(self.now_ms - self.lag_ms)

    def is_over(self, row: Row) -> bool:
        return row.has_expired(self.now_ms - self.linger_ms)

    def put(self, place: Place, text: str, options: SetOptions, previous: Row | None) -> Row:
        """Write a row. One that was there keeps its time of creation."""
        expires = None if options.ttl_ms is None else self.now_ms + options.ttl_ms
        created = self.now_ms if previous is None else previous.created_ms
        row = Row(text, created, self.now_ms, expires)
        self.rows.write(place, row, at_ms=self.now_ms, lagging=self.lag_ms > 0)
        return row

    def remove(self, place: Place) -> None:
        self.rows.write(place, None, at_ms=self.now_ms, lagging=self.lag_ms > 0)

    # --- rates -----------------------------------------------------------------------------------------------------

    def room(self, direction: Direction, count: int) -> None:
        """Refuse where so many units more would be too many. Raises ThrottledError."""
        _pass(self.meter.has_room(direction, count, self.now_ms))

    def read(self, place: Place, row: Row | None) -> None:
        """Count what is read of one key. Raises ThrottledError."""
        if row is not None:
            _pass(self.meter.key("read", place, len(row.value.encode()), self.now_ms))

    def written(self, place: Place, size: int) -> None:
        """Count what is written to one key. Raises ThrottledError."""
        _pass(self.meter.key("write", place, size, self.now_ms))

    # --- queries ---------------------------------------------------------------------------------------------------

    def query(self, data: Mapping[str, Any]) -> Answer:
        """A page of plain keys."""
        asked = query_of(data, self.installation)
        self.room("read", 1)
        self.settle()
        found = self.rows.scan(self.installation, "kvs", asked.prefix, asked.after or "")
        page = self._page(((Position(key, key), row) for key, row in found), "kvs", asked.limit)
        listed = [shown(position.key, row, asked.fields) for position, row in page.rows]
        return self._listed(listed, page, None if page.last is None else asked.cursor_after(page.last.key))

    def query_entity(self, data: Mapping[str, Any]) -> Answer:
        """A page of an entity. Filters are applied to the rows of the page, which may be left empty with a cursor."""
        entity = check_entity(data.get("entityName"), self.declared)
        asked = entity_query_of(data, entity, self.installation)
        self.room("read", 1)
        self.settle()
        store = ENTITY + entity.name
        if asked.index is None:
            found = self.rows.by_key(self.installation, store, asked.part, asked.after, descending=asked.descending)
        else:
            found = self.rows.by_index(
                self.installation, store, asked.index, asked.part, asked.after, descending=asked.descending
            )
        page = self._page(found, store, asked.limit)
        _pass(self.meter.partition((store, asked.index), page.size, self.now_ms))
        listed = [
            shown(position.key, row, asked.fields)
            for position, row in page.rows
            if asked.wanted is None or meets(asked.wanted, _decode(row.value))
        ]
        return self._listed(listed, page, None if page.last is None else asked.cursor_after(page.last))

    def _page(self, found: Iterable[tuple[Position, Row]], store: str, limit: int) -> _Page:
        """Rows that live, up to a page; ``last`` is where it ends, if more follow."""
        rows: list[tuple[Position, Row]] = []
        over: list[Place] = []
        size, more = 0, False
        for position, row in found:
            if self.is_over(row):
                over.append(Place(self.installation, store, position.key))
                continue
            length = len(row.value.encode())
            if len(rows) == limit or (rows and size + length > limits.MAX_PAGE_BYTES):
                more = True
                break
            size += length
            rows.append((position, row))
        for place in over:
            self.rows.forget(place)
        return _Page(rows, rows[-1][0] if more else None, size)

    def _listed(self, listed: list[bytes], page: _Page, cursor: str | None) -> Answer:
        self.meter.take("read", units(page.size))
        end = b"" if cursor is None else b',"cursor":' + _encode(cursor)
        return answer(b'{"data":[' + b",".join(listed) + b"]" + end + b"}")


class _Page(NamedTuple):
    rows: list[tuple[Position, Row]]
    last: Position | None
    size: int


def shown(key: str, row: Row | None, fields: tuple[str, ...], **more: str) -> bytes:
    """A row as an answer has it: creation and change in epoch milliseconds, expiry as ISO 8601."""
    name = _encode({"key": key, **more})[:-1]
    if row is None:
        return name + b"}"
    head = name + b',"value":' + row.value.encode()
    if not fields:
        return head + b"}"
    known = {
        "createdAt": row.created_ms,
        "updatedAt": row.updated_ms,
        "expireTime": None if row.expires_ms is None else iso_utc(row.expires_ms),
    }
    meta = {name: known[name] for name in fields if known[name] is not None}
    return head + (b"," + _encode(meta)[1:] if meta else b"}")


def absent(key: str) -> KvsError:
    return KvsError(404, "KEY_NOT_FOUND", f"There is no key {key}")


def answer(body: bytes) -> Answer:
    return Answer(200, body, JSON)


def failed(status: int, code: str, message: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, _encode({"code": code, "message": message}), JSON + headers)


def _pass(wait_ms: int | None) -> None:
    if wait_ms is not None:
        raise ThrottledError(wait_ms)
