"""One call of an operation: its parameters read and checked, a 400 in Confluence's words for what is
malformed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from forgesim.products.answer import Happened
from forgesim.products.clock import Clock
from forgesim.products.confluence.errors import bad_request
from forgesim.scopes.table import Operation

__all__ = ["Call", "Result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``account`` acts (None is nobody) at the time of ``clock``; ``query`` holds decoded pairs in order. ``happened``
    collects the events that the call brings about. ``places`` outlives it: where in its list the last item of a page
    lay. ``headers`` by their names in small letters; ``as_app``: no user's call."""

    operation: Operation
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes
    account: str | None
    clock: Clock
    headers: Mapping[str, str] = field(default_factory=dict)
    as_app: bool = True
    happened: list[Happened] = field(default_factory=list)
    places: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def now_ms(self) -> int:
        """The moment of the call, for an answer that rests on it."""
        return self.clock.now_ms

    def header(self, name: str) -> str:
        """The value of a header, by its name in small letters; empty where there is none."""
        return self.headers.get(name, "")

    def path(self, *pairs: tuple[str, str]) -> str:
        """The path of this call with other parameters."""
        path = self.operation.path
        for name, value in self.params.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return f"{path}?{urlencode(pairs)}"

    def one(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def many(self, name: str) -> tuple[str, ...]:
        """All values of an array parameter: repeated, separated by commas, or both."""
        found = [part.strip() for key, value in self.query if key == name for part in value.split(",")]
        return tuple(part for part in found if part)

    def choice(self, name: str, allowed: Sequence[str]) -> str | None:
        value = self.one(name)
        if value is not None and value not in allowed:
            raise bad_request(f"'{name}' must be one of {', '.join(allowed)}, not '{value}'")
        return value

    def choices(self, name: str, allowed: Sequence[str], default: Sequence[str]) -> frozenset[str]:
        found = self.many(name)
        for value in found:
            if value not in allowed:
                raise bad_request(f"'{name}' must be among {', '.join(allowed)}, not '{value}'")
        return frozenset(found or default)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.one(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise bad_request(f"'{name}' must be true or false, not '{value}'")
        return value == "true"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.one(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or not low <= int(value[:10]) <= high:
            raise bad_request(f"'{name}' must be a whole number from {low} to {high}, not '{value}'")
        return int(value)

    def ids(self, name: str, most: int) -> tuple[str, ...]:
        """Ids of an array parameter, each once, ascending."""
        found = self.many(name)
        if len(found) > most:
            raise bad_request(f"'{name}' takes at most {most} ids")
        return tuple(sorted({_digits(name, value) for value in found}, key=lambda each: (len(each), each)))

    def id(self, name: str) -> str:
        """An id of the path."""
        return _digits(name, self.params[name])

    def json(self) -> Any:
        """The body as JSON, whatever it is."""
        try:
            return msgspec.json.decode(self.body)
        except (ValueError, RecursionError) as error:
            raise bad_request(f"the body is no JSON: {error}") from None

    def fields(self, *required: str) -> dict[str, Any]:
        """The body as a JSON object that has the required fields."""
        found = self.json()
        if not isinstance(found, dict):
            raise bad_request("the body must be a JSON object")
        for name in required:
            if found.get(name) is None:
                raise bad_request(f"'{name}' is required in the body")
        return found


def version_message(given: object) -> str:
    """The message of the ``version`` of a body; empty where there is none."""
    message = given.get("message") if isinstance(given, dict) else None
    if not isinstance(message, str | None):
        raise bad_request("'version.message' must be a string")
    return message or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a handler answers: ``payload`` is the JSON to send, or bytes as they are (None sends no body)."""

    payload: object
    reads: tuple[str, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def _digits(name: str, value: str) -> str:
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise bad_request(f"'{name}' must be a whole number, not '{value}'")
    return value
