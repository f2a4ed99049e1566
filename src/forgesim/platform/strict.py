"""The JSON of a request's body, read strictly: what JSON readers take in different ways is refused."""

from __future__ import annotations

import json
import math
from typing import Any

__all__ = ["strict"]

_BIGGEST = 2**53
"""Beyond it a whole number is a double, as it is where the platform's own code is JavaScript."""


def strict(body: bytes) -> Any:
    """The value. Raises ValueError, in words, for what is no JSON, has a member twice, a number that is not finite or
    half a surrogate pair, or is nested too deep."""
    try:
        value = json.loads(
            body, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("the body is nested too deep") from None
    except UnicodeError:
        raise ValueError("the body is no valid UTF-8") from None
    except json.JSONDecodeError:
        raise ValueError("the body is not valid JSON") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("the body has a member twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"the body has {name}, which is no JSON")


def _whole(digits: str) -> int | float:
    if len(digits) < 17 and abs(number := int(digits)) <= _BIGGEST:
        return number
    return _finite(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the body has a number that is not finite")
    return number
