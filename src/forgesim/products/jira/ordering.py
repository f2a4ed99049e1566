"""``orderBy``: a field, with a minus in front for the other way round (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from forgesim.products.jira.call import Call
from forgesim.products.jira.errors import UnsupportedError, bad_request

__all__ = ["ordered"]

T = TypeVar("T")


def ordered(
    call: Call, items: Iterable[T], keys: Mapping[str, Callable[[T], Any]], *, also: Iterable[str] = (),
    default: str | None = None,
) -> list[T]:  # fmt: skip
    """The items as the call orders them, else by ``default``; those without a value (None) last, either way.

    ``keys``: the fields to order by. ``also``: further documented ones, which are not emulated. Raises Refused (400)
    for any other, UnsupportedError.
    """
    asked = call.one("orderBy")
    order = default if asked is None else asked
    if order is None:
        return list(items)
    field = order[1:] if order[:1] in ("+", "-") else order
    if field not in keys:
        if field in also:
            raise UnsupportedError(f"{call.operation.name} with orderBy={order}")
        raise bad_request(f"orderBy must be one of: {', '.join((*keys, *also))}; with + or - before it.")
    key = keys[field]
    found = list(items)
    held = sorted((each for each in found if key(each) is not None), key=key, reverse=order.startswith("-"))
    return [*held, *(each for each in found if key(each) is None)]
