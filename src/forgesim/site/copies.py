"""Shallow copies of the site's values, in their thousands."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar

__all__ = ["copier"]

T = TypeVar("T")


def copier(kind: type[T]) -> Callable[[T], T]:
    """A shallow copy of a slotted dataclass, several times as fast as ``copy.copy`` and ``replace``."""
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]
    values = attrgetter(*names)
    return lambda source: kind(**dict(zip(names, values(source), strict=True)))
