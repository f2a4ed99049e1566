"""The leaves of JSON values: strings, numbers, names of fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["leaves", "names", "numbers", "scalars"]

MAX_NESTING = 64


def leaves(value: Any) -> Iterator[Any]:
    """The values in a JSON value that hold no others, in order; what lies deeper than ``MAX_NESTING`` is left out."""
    inside = [iter((value,))]
    while inside:
        for part in inside[-1]:
            if not isinstance(part, dict | list):
                yield part
            elif len(inside) <= MAX_NESTING:
                inside.append(iter(part.values() if isinstance(part, dict) else part))
                break
        else:
            inside.pop()


def names(value: Any, nesting: int = 0) -> Iterator[str]:
    """The names of the fields of all maps in a JSON value, in order."""
    if not isinstance(value, dict | list) or nesting >= MAX_NESTING:
        return
    if isinstance(value, dict):
        for name, part in value.items():
            yield str(name)
            yield from names(part, nesting + 1)
    else:
        for part in value:
            yield from names(part, nesting + 1)


def scalars(value: Any) -> Iterator[str]:
    """The strings of a JSON value in order, names of fields not included."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, str))


def numbers(value: Any) -> Iterator[int | float]:
    """The numbers of a JSON value in order."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, int | float) and not isinstance(leaf, bool))
