"""Routes: product paths whose variable parts cannot climb out of the template, as Forge's ``route`` tag has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

__all__ = ["Route", "assume_trusted_route", "route", "route_from_absolute"]

_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_CLIMBS = re.compile(r"\.\.|\.%2e|%2e\.|%2e%2e|[/\\?#]", re.IGNORECASE)
_SAFE = "-_.!~*'()"


class Route:
    """A path that ``request_confluence`` and ``request_jira`` accept; made by ``route``."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"Route({self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Route) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _encode(value: Any) -> str:
    return quote(_text(value), safe=_SAFE)


def _query(query: Mapping[str, Any]) -> str:
    pairs = []
    for name, value in query.items():
        if value is not None:
            items = value if isinstance(value, (list, tuple)) else (value,)
            pairs += [f"{_encode(name)}={_encode(item)}" for item in items]
    return "&".join(pairs)


def route(template: str, /, *, query: Mapping[str, Any] | None = None, **params: Any) -> Route:
    """A route from a template such as ``/wiki/api/v2/pages/{id}``; ``params`` fill the holes, percent-encoded.

    ``query`` appends parameters: None is left out, a list repeats its name. Raises ValueError where a hole has no
    parameter or a parameter no hole, and where a value in the path part could leave it (``..``, ``/``, ``?`` …).
    """
    used: set[str] = set()
    before_query = re.split(r"[?#]", template, maxsplit=1)[0]

    def fill(hole: re.Match[str]) -> str:
        name = hole[1]
        if name not in params:
            raise ValueError(f"the route {template!r} needs a value for {{{name}}}")
        used.add(name)
        text = _text(params[name])
        if hole.start() < len(before_query) and (not text or _CLIMBS.search(text)):
            raise ValueError(f"Disallowing path manipulation attempt: {{{name}}} of {template!r} is {text!r}")
        return _encode(text)

    path = _HOLE.sub(fill, template)
    if unused := sorted(params.keys() - used):
        raise ValueError(f"the route {template!r} has no {{{unused[0]}}}")
    if query and (text := _query(query)):
        path += ("&" if "?" in path else "?") + text
    return Route(path)


def assume_trusted_route(path: str) -> Route:
    """A route from text as it is. The caller answers for what is in it."""
    return Route(path)


def route_from_absolute(url: str) -> Route:
    """The path and query of an absolute URL, such as the ``next`` link of an answer, as a route."""
    parts = urlsplit(url)
    return Route(parts.path + (f"?{parts.query}" if parts.query else ""))
