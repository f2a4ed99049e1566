"""What a Python object holds by itself, as a text that is the same in every process."""

from __future__ import annotations

import array
import ctypes
import datetime as dt
import decimal
import hashlib
import hmac
import io
import itertools
import mmap
import random
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

__all__ = ["Plain"]

_LONG = 64


def _text(text: str) -> str:
    return f"{len(text)} {blake2b(text.encode('utf-8', 'surrogatepass')).hexdigest()}" if len(text) > _LONG else text


def _bytes(data: Any) -> str:
    return _text(bytes(data).hex())


def _buffer(thing: Any) -> str:
    return blake2b(memoryview(thing)).hexdigest()


def _database(database: sqlite3.Connection) -> str:
    """Everything in it, temporary tables and attached databases too."""
    cursor = sqlite3.Connection.cursor(database)
    cursor.row_factory = None
    names = [name for _, name, _ in cursor.execute("PRAGMA database_list")]
    return " ".join(_serialised(database, name) for name in names)


def _serialised(database: sqlite3.Connection, name: str) -> str:
    try:
        return _bytes(database.serialize(name=name))
    except sqlite3.OperationalError:  # one that has no table yet
        return ""


_DIGESTS = [type(hashlib.sha256()), type(hashlib.blake2b()), type(hashlib.blake2s()), hmac.HMAC]
if hasattr(keyed := hmac.new(b"", digestmod="sha256"), "_hmac"):
    _DIGESTS.append(type(keyed._hmac))  # noqa: SLF001 -- the key and the text are in there

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
    re.Pattern: lambda pattern: Plain().plain(pattern.pattern),
    random.Random: lambda source: _text(repr(random.Random.getstate(source))),
    decimal.Decimal: decimal.Decimal.__str__,
    dt.timedelta: dt.timedelta.__repr__,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    **dict.fromkeys(_DIGESTS, lambda digest: str(digest.hexdigest())),
    type(hashlib.shake_128()): lambda digest: str(digest.hexdigest(16)),
    type(zlib.compressobj()): lambda stream: _bytes(stream.copy().flush()),
    ctypes.Array: _buffer,
    mmap.mmap: _buffer,
    sqlite3.Connection: _database,
}
"""Types of the standard library whose value no reference shows."""


class Plain:
    """How things read, for one look through a process: what a type is called is worked out once."""

    def __init__(self) -> None:
        self._kinds = _Kinds()

    def plain(self, thing: Any) -> str:
        """The type, and the value where it has one of its own; what it refers to is not looked at. Raises nothing."""
        kind = type(thing)
        name, say, _ = self._kinds[kind]
        if kind is list:
            return " ".join([name, *self.shown(thing)])
        return name if say is None else _said(name, say, thing)

    def shown(self, things: Iterable[Any]) -> list[str]:
        """The same for things that are referred to: of what is no plain value, the type alone."""
        kinds = self._kinds
        said = []
        for thing in things:
            kind = type(thing)
            if kind is str and len(thing) <= _LONG:  # most of them, so that it is done here
                said.append(f"builtins.str {thing}")
                continue
            name, say, own = kinds[kind]
            said.append(_said(name, say, thing) if own and say is not None else name)
        return said


class _Kinds(dict[type, tuple[str, Callable[[Any], str] | None, bool]]):
    """Type → its name, what says its values, and whether it is itself one of those whose values are said."""

    def __missing__(self, kind: type) -> tuple[str, Callable[[Any], str] | None, bool]:
        say = next((_PLAIN[base] for base in kind.__mro__ if base in _PLAIN), None)
        found = self[kind] = f"{kind.__module__}.{kind.__qualname__}", say, kind in _PLAIN
        return found


def _said(name: str, say: Callable[[Any], str], thing: Any) -> str:
    try:
        return f"{name} {say(thing)}"
    except MemoryError:
        raise  # what is too big to look at is not nothing
    except Exception:  # noqa: BLE001 -- a released buffer, a file in use: its type has to do
        return name
