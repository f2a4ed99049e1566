"""What a Python object holds by itself, as a text that is the same in every process."""

from __future__ import annotations

import array
import datetime as dt
import decimal
import hashlib
import io
import itertools
import random
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

__all__ = ["plain", "shown"]

_LONG = 64


def _text(text: str) -> str:
    return f"{len(text)} {blake2b(text.encode('utf-8', 'surrogatepass')).hexdigest()}" if len(text) > _LONG else text


def _bytes(data: Any) -> str:
    return _text(bytes(data).hex())


_HASH = type(hashlib.sha256())

_PLAIN: Mapping[type, Callable[[Any], str]] = {
    str: lambda text: _text(str.__str__(text)),
    bytes: _bytes,
    bytearray: _bytes,
    bool: str,
    int: lambda number: _text(int.__format__(number, "x")),
    float: float.__repr__,
    complex: complex.__repr__,
    memoryview: _bytes,
    array.array: lambda numbers: _bytes(numbers.tobytes()),
    io.BytesIO: lambda file: "" if file.closed else f"{file.tell()} {_bytes(file.getvalue())}",
    io.StringIO: lambda file: "" if file.closed else f"{file.tell()} {_text(file.getvalue())}",
    itertools.count: repr,
    range: repr,
    slice: repr,
    re.Pattern: lambda pattern: shown(pattern.pattern),
    random.Random: lambda source: _text(repr(random.Random.getstate(source))),
    decimal.Decimal: decimal.Decimal.__str__,
    dt.timedelta: dt.timedelta.__repr__,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    _HASH: lambda digest: str(digest.hexdigest()),
}
"""Types of the standard library whose value no reference shows."""


def plain(thing: Any) -> str:
    """The type, and the value where it has one of its own; what it refers to is not looked at. Raises nothing."""
    kind = type(thing)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(thing, list) and kind is list:
        return " ".join([name, *map(shown, thing)])
    for base in kind.__mro__:
        if (say := _PLAIN.get(base)) is not None:
            try:
                return f"{name} {say(thing)}"
            except Exception:  # noqa: BLE001 -- a released buffer, a file in use: its type has to do
                return name
    return name


def shown(thing: Any) -> str:
    """The same for something that is referred to: of what is no plain value, the type alone."""
    return plain(thing) if type(thing) in _PLAIN else f"{type(thing).__module__}.{type(thing).__qualname__}"
