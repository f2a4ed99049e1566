"""What a storage call asks for, and whether its words are legal. Pure: no rows are looked at here.

Codes, statuses and the text of ``KEY_CONFLICT`` are those that Forge documents, or that a public project
measured on a live site (2026-10-09). A malformed request has no documented code; here it is ``BAD_REQUEST``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from forgesim.platform.kvs import limits
from forgesim.strict import TooDeepError, depth, strict

__all__ = [
    "PATHS", "KvsCall", "KvsChannel", "KvsError", "SetOptions", "Written", "check_key", "decode", "decode_list",
    "identify", "metadata_fields", "only_ttl", "set_options", "value_of",
]  # fmt: skip

KvsChannel = Literal["kvs", "secret", "entity"]
Verb = Literal["get", "set", "delete", "query"]
Where = tuple[KvsChannel, Verb]

PATHS: Mapping[str, Where] = {
    "/api/v1/get": ("kvs", "get"),
    "/api/v1/set": ("kvs", "set"),
    "/api/v1/delete": ("kvs", "delete"),
    "/api/v1/query": ("kvs", "query"),
    "/api/v1/secret/get": ("secret", "get"),
    "/api/v1/secret/set": ("secret", "set"),
    "/api/v1/secret/delete": ("secret", "delete"),
    "/api/v1/entity/get": ("entity", "get"),
    "/api/v1/entity/set": ("entity", "set"),
    "/api/v1/entity/delete": ("entity", "delete"),
    "/api/v1/entity/query": ("entity", "query"),
    "/api/v1/batch/get": ("kvs", "get"),
    "/api/v1/batch/set": ("kvs", "set"),
    "/api/v1/batch/delete": ("kvs", "delete"),
    "/api/v1/transaction": ("kvs", "set"),
}
"""Every storage call → its channel and verb, as the record names them. A batch or a transaction may name entities
beside plain keys, and is of the channel kvs."""

# JavaScript's \s, spelled out: Python's differs at U+001C-1F, U+0085 and U+FEFF, and $ lets a newline pass.
_BLANK = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_KEY = re.compile(rf"(?![{_BLANK}]+\Z)[a-zA-Z0-9:._#\-{_BLANK}]+")
_FIELDS = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "EXPIRE_TIME": "expireTime"}


class KvsError(Exception):
    """A call that the store refuses: HTTP status, code and message of the answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(status, code, message)


class KvsCall(msgspec.Struct, frozen=True):
    """What a request asks for, as far as it can be read: channel, verb, and the keys or prefix it names."""

    channel: KvsChannel
    verb: Verb
    keys: tuple[str, ...] = ()


class SetOptions(msgspec.Struct, frozen=True):
    """Options of ``set``: life in milliseconds, whether an existing key is kept, and what to hand back."""

    ttl_ms: int | None = None
    keep_existing: bool = False
    hand_back: Literal["PREVIOUS", "LATEST"] | None = None


_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


# --- what is asked ---------------------------------------------------------------------------------------


def identify(path: str, body: bytes) -> KvsCall:
    """Name a call for the record. Never raises: what cannot be read has no keys; an unknown path is a set, for
    nobody knows what it would do with its body."""
    channel, verb = PATHS.get(path, ("kvs", "set"))
    try:
        data = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return KvsCall(channel, verb)
    return KvsCall(channel, verb, _named_keys(data, verb))


def _named_keys(data: object, verb: Verb) -> tuple[str, ...]:
    """Keys of a plain call, of a batch (array), of a transaction (arrays by operation); a query's prefix."""
    if isinstance(data, list):
        return tuple(item["key"] for item in data if isinstance(item, dict) and isinstance(item.get("key"), str))
    if not isinstance(data, dict):
        return ()
    key = data.get("key")
    if isinstance(key, str):
        return (key,)
    if verb == "query":
        where = data.get("where")
        first = where[0] if isinstance(where, list) and where else None
        values = first.get("values") if isinstance(first, dict) else None
        return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    parts = (data.get(name) for name in ("set", "delete", "check"))
    return tuple(key for part in parts if isinstance(part, list) for key in _named_keys(part, verb))


# --- the words of a request ------------------------------------------------------------------------------


def decode(body: bytes) -> dict[str, Any]:
    """The members of a request body. Refuses what is not one JSON object, and members given twice."""
    data = _read(body)
    if not isinstance(data, dict):
        raise KvsError(400, "BAD_REQUEST", "The request body must be a JSON object")
    return data


def decode_list(body: bytes) -> list[Any]:
    """The items of a batch. Refuses what is not one JSON array, and members given twice."""
    data = _read(body)
    if not isinstance(data, list):
        raise KvsError(400, "BAD_REQUEST", "The request body must be a JSON array")
    return data


def _read(body: bytes) -> object:
    try:
        return strict(body)
    except TooDeepError:
        raise KvsError(400, "MAX_DEPTH", "The request is nested too deeply") from None
    except ValueError as error:
        raise KvsError(400, "BAD_REQUEST", f"The request cannot be read: {error}") from None


def check_key(key: object, *, of_entity: bool = False) -> str:
    """The key, if it is legal: 1 to 500 characters of ASCII letters, digits, ``: . _ - #`` and blanks."""
    if not isinstance(key, str):
        raise KvsError(400, "INVALID_KEY", "The key must be a string")
    if not key:
        code = "EMPTY_KEY" if of_entity else "KEY_TOO_SHORT"
        raise KvsError(400, code, "The key must have at least 1 character")
    if len(key) > limits.MAX_KEY_LENGTH:
        raise KvsError(400, "KEY_TOO_LONG", f"The key must have at most {limits.MAX_KEY_LENGTH} characters")
    if _KEY.fullmatch(key) is None:
        raise KvsError(400, "INVALID_KEY", "The key may have letters, digits, blanks and : . _ - # only")
    return key


class Written(msgspec.Struct, frozen=True):
    """A value that may be stored, as JSON text too, with its size in bytes."""

    value: Any
    text: str
    size: int


def value_of(data: Mapping[str, Any]) -> Written:
    """The value, if it may be stored: not null, at most 240 KiB of compact JSON and 31 levels deep."""
    value = data.get("value")
    if value is None:
        raise KvsError(400, "BAD_REQUEST", "The value must be a string, number, boolean, array or object")
    raw = _encode(value)
    if len(raw) > limits.MAX_VALUE_BYTES:
        raise KvsError(400, "MAX_SIZE", f"The value must have at most {limits.MAX_VALUE_BYTES} bytes")
    if raw.count(b"{") + raw.count(b"[") > limits.MAX_DEPTH and depth(value) > limits.MAX_DEPTH:
        raise KvsError(400, "MAX_DEPTH", f"The value must be at most {limits.MAX_DEPTH} levels deep")
    return Written(value, raw.decode(), len(raw))


def _options(data: Mapping[str, Any]) -> Mapping[str, Any]:
    options = data.get("options")
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise KvsError(400, "BAD_REQUEST", "options must be an object")
    return options


def metadata_fields(data: Mapping[str, Any], name: str = "metadataFields") -> tuple[str, ...]:
    """The members that the answer shall carry beside the value: createdAt, updatedAt, expireTime."""
    asked = _options(data).get(name)
    if asked is None:
        return ()
    if not isinstance(asked, list) or not all(isinstance(item, str) and item in _FIELDS for item in asked):
        raise KvsError(400, "BAD_REQUEST", f"{name} may list {', '.join(_FIELDS)}")
    return tuple(_FIELDS[item] for item in asked)


def set_options(data: Mapping[str, Any]) -> SetOptions:
    """The options of a ``set``, if they go together."""
    if data.get("options") is None:
        return _NO_OPTIONS
    options = _options(data)
    policy, hand_back = options.get("keyPolicy"), options.get("returnValue")
    if policy not in (None, "OVERRIDE", "FAIL_IF_EXISTS"):
        raise KvsError(400, "BAD_REQUEST", "keyPolicy is OVERRIDE or FAIL_IF_EXISTS")
    if hand_back not in (None, "PREVIOUS", "LATEST"):
        raise KvsError(400, "BAD_REQUEST", "returnValue is PREVIOUS or LATEST")
    if policy == "FAIL_IF_EXISTS" and hand_back:
        text = "returnValue goes with key policy OVERRIDE only"
        raise KvsError(400, "INVALID_KEY_POLICY_RETURN_VALUE_COMBINATION", text)
    if metadata_fields(data, "returnMetadataFields") and not hand_back:
        raise KvsError(400, "BAD_REQUEST", "returnMetadataFields needs returnValue")
    return SetOptions(_ttl_ms(options.get("ttl")), policy == "FAIL_IF_EXISTS", hand_back)


def only_ttl(data: Mapping[str, Any]) -> SetOptions:
    """The options of an item of a batch or a transaction, which may have a ttl and nothing else."""
    more = [name for name in _options(data) if name != "ttl"]
    if more:
        raise KvsError(400, "BAD_REQUEST", "An item of a batch or a transaction may have the option ttl only")
    return set_options(data)


_NO_OPTIONS = SetOptions()


def _ttl_ms(ttl: object) -> int | None:
    """Milliseconds of ``{value, unit}``: more than 0, at most one year."""
    if ttl is None:
        return None
    amount = ttl.get("value") if isinstance(ttl, dict) else None
    unit = ttl.get("unit") if isinstance(ttl, dict) else None
    if not isinstance(unit, str) or unit not in limits.UNIT_MS:
        raise KvsError(400, "INVALID_TTL", f"The unit of a ttl is one of {', '.join(limits.UNIT_MS)}")
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise KvsError(400, "INVALID_TTL", "The value of a ttl must be a number")
    if not 0 < amount <= limits.MAX_TTL_MS / limits.UNIT_MS[unit]:
        raise KvsError(400, "INVALID_TTL", "A ttl must be more than 0 and at most one year")
    return max(1, round(amount * limits.UNIT_MS[unit]))
