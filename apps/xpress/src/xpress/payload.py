"""What a page sends: names and values that may be anything, for who calls need not be the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["Payload"]

IDS = frozenset({"pageId"})
"""Names whose values are ids as the REST API writes them: digits."""

ID_LISTS = frozenset({"pageIds"})
"""Names whose values are lists of those."""

MOST_IDS = 250


class Payload(dict[str, Any]):
    """The payload of a call, with ids as text and no id twice. Raises ValueError where it is no map, where an id cannot
    be one, and for a name that it lacks."""

    def __init__(self, given: object) -> None:
        if not isinstance(given, dict):
            raise ValueError("a payload is a map of names to values")
        super().__init__(given)
        for name in IDS & self.keys():
            self[name] = _id(name, self[name])
        for name in ID_LISTS & self.keys():
            self[name] = _ids(name, self[name])

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """The value, one of the choices; the first where it is lacking. Raises ValueError for others."""
        value = self.get(name, choices[0])
        if value not in choices:
            raise ValueError(f"{name} is {' or '.join(choices)}")
        return str(value)

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"the payload lacks {name}")


def _id(name: str, value: object) -> str:
    if isinstance(value, str | int) and str(value).isascii() and str(value).isdigit():
        return str(value)
    raise ValueError(f"{name} is no id: an id is digits")


def _ids(name: str, value: object) -> list[str]:
    if isinstance(value, list) and 0 < len(value) <= MOST_IDS:
        return [*dict.fromkeys(_id(name, each) for each in value)]
    raise ValueError(f"{name} is a list of 1 to {MOST_IDS} ids, which is no id")
