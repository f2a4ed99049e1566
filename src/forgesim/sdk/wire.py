"""JSON as it crosses the seam: what JavaScript's JSON does, for Python values.

Dates become RFC 3339 text, NaN becomes null, dataclasses, Structs, tuples and sets become objects and arrays, an object
with ``to_json()`` becomes what that returns. Everything else that is no JSON raises TypeError.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

__all__ = ["decode", "encode"]


def _hook(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.time)):  # a frozen clock hands out subclasses of these
        text = value.isoformat()
        return text[:-6] + "Z" if text.endswith("+00:00") else text
    to_json = getattr(type(value), "to_json", None)
    if to_json is None:
        raise TypeError(f"a value of type {type(value).__qualname__} is not JSON")
    return to_json(value)


encode = msgspec.json.Encoder(enc_hook=_hook).encode
"""The JSON text of a value, as UTF-8. Raises TypeError, ValueError or RecursionError where it has none."""

_decode = msgspec.json.Decoder().decode


def decode(data: bytes | str) -> Any:
    """The value of a JSON text. Raises ValueError where it is none."""
    try:
        return _decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not JSON: {error}") from None
