"""Several keys in one storage call: batches, item by item, and transactions, all or nothing.

Measured (reported from a live site, 2026-10-09): 26 items of a batch are ``TOO_MANY_BATCH_ENTITIES``, a missing key of
a batch get is in ``failedKeys`` with ``KEY_NOT_FOUND``; 26 operations of a transaction are 422
``UNPROCESSABLE_ENTITY``, a key twice ``KEY_DUPLICATION_ERROR``, a condition that does not hold or an absent key
``CONDITIONAL_CHECK_FAILED``.

Ours, for want of a source: a batch with a key twice is ``KEY_DUPLICATION_ERROR`` too, an empty one ``BAD_REQUEST``, one
that is too large ``MAX_SIZE``; a missing key of a batch delete fails as one of a get does; items of a batch are
answered in their order; conditions go with an entity only, and a key that is deleted without conditions may be absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from forgesim.platform.kvs import limits
from forgesim.platform.kvs.calls import DONE, Call, Item, absent, answer, shown
from forgesim.platform.kvs.conditions import Filter, filter_of, meets
from forgesim.platform.kvs.rates import units
from forgesim.platform.kvs.rows import Row
from forgesim.platform.kvs.rules import (
    KvsError,
    SetOptions,
    Verb,
    Written,
    decode,
    decode_list,
    metadata_fields,
    only_ttl,
)
from forgesim.seam import Answer

__all__ = ["perform_batch", "perform_transaction"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_TOGETHER: tuple[Literal["set", "delete", "check"], ...] = ("set", "delete", "check")


# --- batches -------------------------------------------------------------------------------------------------------


def perform_batch(call: Call, verb: Verb, body: bytes) -> Answer:
    """Answer ``batch/get``, ``batch/set`` or ``batch/delete``: what passed and what did not."""
    if len(body) > limits.MAX_REQUEST_BYTES:
        raise KvsError(400, "MAX_SIZE", f"A batch may have {limits.MAX_REQUEST_BYTES} bytes")
    items = decode_list(body)
    if not items or not all(isinstance(item, dict) for item in items):
        raise KvsError(400, "BAD_REQUEST", "A batch is a list of objects, and not empty")
    if len(items) > limits.MAX_ITEMS:
        raise KvsError(400, "TOO_MANY_BATCH_ENTITIES", f"A batch may have {limits.MAX_ITEMS} items")
    _check_once(items)
    direction: Literal["read", "write"] = "read" if verb == "get" else "write"
    call.room(direction, 1)
    passed: list[bytes] = []
    refused: list[dict[str, Any]] = []
    size = 0
    with call.rows.together():
        for data in items:
            try:
                done, taken = _one(call, verb, data)
            except KvsError as error:
                refused.append({**_named(data), "error": {"code": error.code, "message": error.message}})
            else:
                passed.append(done)
                size += taken
        if direction == "write":
            call.room(direction, units(size))
    call.meter.take(direction, units(size))
    return answer(b'{"successfulKeys":[' + b",".join(passed) + b'],"failedKeys":' + _encode(refused) + b"}")


def _one(call: Call, verb: Verb, data: Mapping[str, Any]) -> tuple[bytes, int]:
    """What an item's answer says, and the bytes it takes."""
    item = call.item(data, _store(data))
    row = call.find(item.place)
    match verb:
        case "get":
            fields = metadata_fields(data)
            if row is None:
                raise absent(item.place.key)
            call.read(item.place, row)
            entity = {} if item.entity is None else {"entityName": item.entity.name}
            return shown(item.place.key, row, fields, **entity), len(row.value.encode())
        case "set":
            written, options = call.value(item), only_ttl(data)
            call.written(item.place, written.size)
            call.put(item.place, written.text, options, row)
            return _encode(item.name), written.size
        case _:
            if row is None:
                raise absent(item.place.key)
            call.remove(item.place)
            return _encode(item.name), 0


def _store(data: Mapping[str, Any]) -> Literal["kvs", "entity"]:
    return "kvs" if data.get("entityName") is None else "entity"


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """An item that failed, as the request names it."""
    return {name: data[name] for name in ("key", "entityName") if isinstance(data.get(name), str)}


def _check_once(items: Iterable[Mapping[str, Any]]) -> None:
    names = [_encode([item.get("key"), item.get("entityName")]) for item in items]
    if len(set(names)) != len(names):
        raise KvsError(400, "KEY_DUPLICATION_ERROR", "Each key may be named once")


# --- transactions --------------------------------------------------------------------------------------------------


class _Operation(NamedTuple):
    """One operation of a transaction, checked. ``written`` is null for what stores nothing."""

    kind: Literal["set", "delete", "check"]
    item: Item
    conditions: Filter | None
    written: Written | None = None
    options: SetOptions | None = None


def perform_transaction(call: Call, body: bytes) -> Answer:
    """Do all operations or none."""
    if len(body) > limits.MAX_REQUEST_BYTES:
        raise KvsError(400, "MAX_SIZE", f"A transaction may have {limits.MAX_REQUEST_BYTES} bytes")
    data = decode(body)
    asked = [(kind, each) for kind in _TOGETHER for each in _operations(data, kind)]
    if not asked:
        raise KvsError(400, "INVALID_TRANSACTION_REQUEST", "A transaction has at least one operation")
    if len(asked) > limits.MAX_ITEMS:
        raise KvsError(422, "UNPROCESSABLE_ENTITY", f"A transaction may have {limits.MAX_ITEMS} operations")
    _check_once(each for _, each in asked)
    operations = [_operation(call, kind, each) for kind, each in asked]
    call.room("write", 1)
    with call.rows.together():
        found = [call.find(operation.item.place) for operation in operations]
        if not all(_passes(operation, row) for operation, row in zip(operations, found, strict=True)):
            text = "A condition of the transaction does not hold"
            raise KvsError(400, "CONDITIONAL_CHECK_FAILED", text)
        for operation in operations:
            if operation.written is not None:
                call.written(operation.item.place, operation.written.size)
        _write(call, operations, found)
    call.meter.take("write", 1)
    return DONE


def _operations(data: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    listed = data.get(kind)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise KvsError(400, "INVALID_TRANSACTION_REQUEST", f"{kind} must be a list of objects")
    return listed


def _operation(call: Call, kind: Literal["set", "delete", "check"], data: Mapping[str, Any]) -> _Operation:
    item = call.item(data, _store(data))
    conditions = data.get("conditions")
    if conditions is not None and item.entity is None:
        raise KvsError(400, "INVALID_TRANSACTION_REQUEST", "conditions go with an entityName")
    wanted = None if item.entity is None else filter_of(item.entity, conditions)
    if kind == "check" and wanted is None:
        raise KvsError(400, "INVALID_TRANSACTION_REQUEST", "A check needs entityName and conditions")
    if kind != "set":
        return _Operation(kind, item, wanted)
    return _Operation(kind, item, wanted, call.value(item), only_ttl(data))


def _passes(operation: _Operation, row: Row | None) -> bool:
    if operation.conditions is None:
        return True
    return row is not None and meets(operation.conditions, _decode(row.value))


def _write(call: Call, operations: Sequence[_Operation], found: Sequence[Row | None]) -> None:
    for operation, row in zip(operations, found, strict=True):
        place = operation.item.place
        if operation.written is not None and operation.options is not None:
            call.put(place, operation.written.text, operation.options, row)
        elif operation.kind == "delete" and row is not None:
            call.remove(place)
