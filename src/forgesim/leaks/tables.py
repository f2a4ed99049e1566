"""Tables in JSON: columns of leaves that stand at the same place, rows in the order that a field of theirs gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forgesim.leaks.leaves import MAX_NESTING
from forgesim.leaks.numbers import LEAST, MAX_NUMBERS
from forgesim.leaks.view import Raw, View

__all__ = ["as_numbers", "column_texts", "columns", "natural", "tables"]

MAX_COLUMNS = 64
FEWEST = 4
"""Leaves that have to stand at the same place to be put together."""

_DIGITS = re.compile(r"(\d+)")


def tables(view: View) -> Iterator[tuple[str, Raw]]:
    """The columns of a JSON value, its rows put in order, and the fields of a map in the order of their names."""
    value = view.value
    if isinstance(value, list):
        for column in columns([value]) if any(isinstance(row, dict | list) for row in value) else ():
            yield from (("column", text) for text in column_texts(column))
        yield from (("rows in order", text) for text in _rows_in_order(value))
    elif isinstance(value, dict):
        order = sorted(value, key=natural)
        if order != list(value):
            yield from (("fields in order", text) for text in column_texts([value[name] for name in order]))
        for column in columns([value]) if any(isinstance(part, list) for part in value.values()) else ():
            yield from (("column", text) for text in column_texts(column))


def columns(rows: Iterable[Any]) -> list[list[Any]]:
    """The leaves of many values, those at the same place together: of ``[{"n": 1, "c": "a"}, {"n": 2, "c": "b"}]``
    the columns ``[1, 2]`` and ``["a", "b"]``. Places in a list count as one. The longest ``MAX_COLUMNS``."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for place, leaf in _placed(row, ""):
            found.setdefault(place, []).append(leaf)
    return sorted(found.values(), key=len, reverse=True)[:MAX_COLUMNS]


def _placed(value: Any, place: str, nesting: int = 0) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict | list):
        yield place, value
    elif nesting < MAX_NESTING:
        if isinstance(value, dict):
            for name, part in value.items():
                yield from _placed(part, f"{place}.{name}", nesting + 1)
        else:
            for part in value:
                yield from _placed(part, f"{place}[]", nesting + 1)


def column_texts(column: Sequence[Any]) -> Iterator[str]:
    """What stands at one place, as one text, unless it never changes."""
    if len(column) < FEWEST or len(set(map(str, column))) < 2:
        return
    texts = [leaf for leaf in column if isinstance(leaf, str)]
    if texts:
        yield "".join(texts)
    flags = [leaf for leaf in column if isinstance(leaf, bool)]
    if flags:
        yield json.dumps(flags)
    yield from as_numbers([leaf for leaf in column if isinstance(leaf, int | float) and not isinstance(leaf, bool)])


def as_numbers(found: Sequence[int | float]) -> Iterator[str]:
    if len(found) >= LEAST:
        yield json.dumps(found[:MAX_NUMBERS])


def natural(key: str) -> list[tuple[int, str]]:
    """``part:10`` after ``part:9``."""
    return [(int(word) if word.isdecimal() and len(word) < 18 else -1, word) for word in _DIGITS.split(key)]


def _rows_in_order(value: Any) -> Iterator[str]:
    """The fields of a list of maps, each as one text, in the order that a field of distinct numbers gives."""
    if not isinstance(value, list) or len(value) < FEWEST or not all(isinstance(row, dict) for row in value):
        return
    for name in list(value[0])[:4]:
        ranks = [row.get(name) for row in value]
        if all(isinstance(rank, int | float) for rank in ranks) and len(set(ranks)) == len(ranks):
            rows = [
                {of: part for of, part in row.items() if of != name} for row in sorted(value, key=lambda row: row[name])
            ]
            for column in columns(rows):
                yield from column_texts(column)
