"""Putting pieces together: what is cut over writes, keys, fields and requests, one letter or number in each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forgesim.leaks.leaves import names, numbers as numbers_of, scalars
from forgesim.leaks.numbers import written
from forgesim.leaks.tables import as_numbers, column_texts, columns, natural
from forgesim.leaks.view import parsed
from forgesim.leaks.wrapped import address

__all__ = ["MAX_JOINED", "Piece", "joins"]

MAX_JOINED = 1 << 18
"""Characters of pieces put together that are scanned at once."""

MAX_PIECES = 1 << 15
SHORTEST = 12
"""Characters that a join needs: with fewer there is nothing to find."""

_COUNT = re.compile(r"^\d+[\W_]*|[\W_]*\d+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that crossed: a stored value, a key, a part of a request.

    ``seq`` is its crossing; ``key`` orders it where pieces are put together.
    """

    text: str
    seq: int | None = None
    key: str = ""


def joins(pieces: Sequence[Piece]) -> Iterator[str]:
    """The pieces put together, each way once: in order and by their keys, whole and place by place; their keys."""
    pieces = pieces[:MAX_PIECES]
    values = [_value(piece.text) for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda at: natural(pieces[at].key))
    orders = [list(range(len(pieces))), order] if order != sorted(order) else [order]
    seen: set[str] = set()
    for join in _all(pieces, values, orders):
        text = join[:MAX_JOINED]
        if len(text) >= SHORTEST and text not in seen:
            seen.add(text)
            yield text


def _all(pieces: Sequence[Piece], values: Sequence[Any], orders: Sequence[Sequence[int]]) -> Iterator[str]:
    slots = _slots(pieces)
    for order in orders:
        yield "".join("".join(scalars(values[at])) for at in order)
        yield from as_numbers([number for at in order for number in _numbers(values[at])])
        rows = [{slots[at]: values[at]} for at in order]
        for column in columns(rows):
            yield from column_texts(column)
    keys = [piece.key for piece in pieces]
    yield "".join(keys)
    for order in orders if any(keys) else ():
        for column in columns(_parts_of_key(keys[at]) for at in order):
            yield from column_texts(column)
    yield "".join(name for each in dict.fromkeys(tuple(names(value)) for value in values) for name in each)


def _parts_of_key(key: str) -> dict[str, str]:
    """The parts of a key by their place in it: between colons, and what letters stand beside a number."""
    parts = {str(at): part for at, part in enumerate(key.split(":"))}
    return parts | {f"letters of {at}": _COUNT.sub("", part) for at, part in parts.items() if _COUNT.search(part)}


def _slots(pieces: Sequence[Piece]) -> list[str]:
    """Of each piece, the how manieth it is of its crossing: bodies then stand with bodies, headers with headers."""
    counts: dict[int | None, int] = {}
    slots = []
    for piece in pieces:
        nth = counts.get(piece.seq, 0) if piece.seq is not None else 0
        counts[piece.seq] = nth + 1
        slots.append(str(nth))
    return slots


def _value(text: str) -> Any:
    """The JSON value that a piece is, the parts of a URL that it is, else the text."""
    value = parsed(text)
    if value is not None:
        return value
    if text[:1] in "-0123456789" and len(text) < 400:
        try:
            return json.loads(text)
        except ValueError:
            return text
    found = address(text)
    if found is None:
        return text
    host, path, query = found
    labels = {f"label {at}": label for at, label in enumerate(reversed(host.split(".")))}
    segments = {f"segment {at}": part for at, part in enumerate(path.split("/")) if part}
    fields = {f"query {name}": part for name, _, part in (each.partition("=") for each in query.split("&")) if part}
    return {**labels, **segments, **fields}


def _numbers(value: Any) -> list[int | float]:
    """The numbers of a JSON value, or those that stand in a line of words."""
    return written(value) if isinstance(value, str) else list(numbers_of(value))
