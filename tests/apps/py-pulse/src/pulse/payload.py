"""What a page sends: names and values that may be anything, for who calls need not be the page."""

from __future__ import annotations

from typing import Any

__all__ = ["Payload"]

IDS = frozenset({"pageId", "spaceId"})
"""Names whose values are ids as the REST API writes them: digits."""


class Payload(dict[str, Any]):
    """The payload of a call, with ids as text. Raises ValueError where it is no map, where an id cannot be one, and for
    a name that it lacks."""

    def __init__(self, given: object) -> None:
        if not isinstance(given, dict):
            raise ValueError("a payload is a map of names to values")
        super().__init__(given)
        for name in IDS & self.keys():
            self[name] = _id(name, self[name])

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"the payload lacks {name}")


def _id(name: str, value: object) -> str:
    if isinstance(value, str | int) and str(value).isascii() and str(value).isdigit():
        return str(value)
    raise ValueError(f"{name} is no id: an id is digits")
