"""Counts in sentences that people read: one thing or several, with thousands apart. JSON has plain numbers."""

from __future__ import annotations

__all__ = ["counted", "each_of"]


def counted(number: int, one: str, several: str | None = None) -> str:
    """``1 request``, ``0 requests``, ``2,400 requests``. ``several`` is what more than one are called, where that is
    not ``one`` with an s; a verb that goes with the number belongs into both."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def each_of(number: int, one: str, several: str | None = None) -> str:
    """``the only scope``, ``each of 4 scopes``: so that a verb in the singular may follow."""
    return f"the only {one}" if number == 1 else f"each of {counted(number, one, several)}"
