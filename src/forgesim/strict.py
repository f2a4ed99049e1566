"""The JSON of a request's body, read strictly: what JSON readers take in different ways is refused."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

__all__ = ["MAX_LEVELS", "TooDeepError", "depth", "strict"]

MAX_LEVELS: Final = 500
"""Arrays and objects inside each other. Ours: what is read is written again elsewhere, where less of the stack may be
left, and whether it can be must not depend on that."""

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class TooDeepError(ValueError):
    """A body of more than ``MAX_LEVELS`` levels."""


def strict(body: bytes) -> Any:
    """The value. Raises ValueError, in words, for what is no JSON in UTF-8, has a member twice, a number that is not
    finite or half a surrogate pair; TooDeepError for what is nested too deep."""
    try:
        value = _decode(body)
        if isinstance(value, dict | list) and _encode(value) != body:
            json.loads(body, object_pairs_hook=_once)
    except RecursionError:
        raise _too_deep() from None
    except UnicodeError:
        raise ValueError("the body is no valid UTF-8") from None
    except (msgspec.MsgspecError, json.JSONDecodeError):
        raise ValueError("the body is not valid JSON") from None
    # So many levels take two bytes each.
    if len(body) > 2 * MAX_LEVELS and body.count(b"{") + body.count(b"[") > MAX_LEVELS and depth(value) > MAX_LEVELS:
        raise _too_deep()
    return value


def depth(value: object) -> int:
    """Arrays and objects inside each other: 0 for any other value, 1 for ``[]``."""
    levels, layer = 0, [value]
    while layer := [item for item in layer if isinstance(item, dict | list)]:
        levels += 1
        layer = [inner for item in layer for inner in (item.values() if isinstance(item, dict) else item)]
    return levels


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of one text must see one value: with a member given twice they need not. What is written as this
    reader writes it has none."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("the body has a member twice")
    return members


def _too_deep() -> TooDeepError:
    return TooDeepError(f"the body is nested too deep: {MAX_LEVELS} levels are read")
