"""Shallow copies of the site's values, in their thousands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["copier"]

T = TypeVar("T")


def copier(kind: type[T]) -> Callable[[T], T]:
    """A shallow copy of a slotted dataclass that is not frozen, many times as fast as ``copy.copy`` and ``replace``."""
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]
    lines = ["def copied(it):", " new = make(kind)", *(f" new.{name} = it.{name}" for name in names), " return new"]
    made: dict[str, Any] = {"make": object.__new__, "kind": kind}
    exec("\n".join(lines), made)  # noqa: S102 - names of a class of ours; a loop over them takes three times as long
    found: Callable[[T], T] = made["copied"]
    return found
