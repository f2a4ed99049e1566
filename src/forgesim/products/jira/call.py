"""One call of an operation: its parameters read and checked, a 400 in Jira's shape for what is malformed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from forgesim.products.answer import Happened
from forgesim.products.clock import Clock
from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.scopes.table import Operation

__all__ = ["Call", "Raw", "Result"]

_ID = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``account`` acts (None is nobody) at the time of ``clock``; ``query`` holds decoded pairs in order. ``happened``
    collects the events that the call brings about."""

    operation: Operation
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes
    account: str | None
    clock: Clock
    happened: list[Happened] = field(default_factory=list)
    headers: Sequence[tuple[str, str]] = ()

    @property
    def now_ms(self) -> int:
        """The moment of the call, for an answer that rests on it."""
        return self.clock.now_ms

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever the case of its letters."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def one(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def many(self, name: str) -> tuple[str, ...]:
        """All values of an array parameter: repeated, separated by commas, or both."""
        found = [part.strip() for key, value in self.query if key == name for part in value.split(",")]
        return tuple(part for part in found if part)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.one(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise bad_request(f"'{name}' must be true or false, not '{value}'")
        return value == "true"

    def choice(self, name: str, default: str, *others: str) -> str:
        """One of the words that a parameter may be."""
        value = self.one(name)
        if value is not None and value != default and value not in others:
            raise bad_request(f"{name} must be one of: {', '.join((default, *others))}.")
        return default if value is None else value

    def choices(self, name: str, *known: str) -> tuple[str, ...]:
        """An array parameter of such words."""
        found = self.many(name)
        if wrong := next((each for each in found if each not in known), None):
            raise bad_request(f"{name} must be of: {', '.join(known)}; not '{wrong}'.")
        return found

    def ids(self, name: str, most: int) -> tuple[str, ...]:
        """An array parameter of at most ``most`` ids, which are whole numbers of 64 bits."""
        found = self.many(name)
        if wrong := next((each for each in found if not _ID.fullmatch(each)), None):
            raise bad_request(f"'{wrong}' is not a valid value of {name}: ids are whole numbers.")
        if len(found) > most:
            raise bad_request(f"{name} takes at most {most} ids.")
        return found

    def refuse_flag(self, name: str) -> None:
        """501 where a parameter that is not emulated is true."""
        if self.flag(name):
            raise UnsupportedError(f"{self.operation.name} with {name}=true")

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A whole number that is not negative; more than ``most`` counts as ``most``, as Jira does it."""
        value = self.one(name)
        if value is None:
            return default
        return capped(name, value, most)

    def id(self, name: str) -> str:
        """A numeric id of the path; what is no number is nobody's id."""
        value = self.params[name]
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise bad_request(f"'{value}' is not a valid id")
        return str(int(value))

    def refuse_others(self, *names: str) -> None:
        """501 for parameters whose effect is not emulated."""
        for name in names:
            if self.one(name) is not None:
                raise UnsupportedError(f"{self.operation.name} with {name}")

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            found = msgspec.json.decode(self.body)
        except (ValueError, RecursionError):
            raise bad_request("There was an error parsing JSON. Check that your request body is valid.") from None
        if not isinstance(found, dict):
            raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
        return found


def capped(name: str, value: str, most: int | None) -> int:
    if not value.isascii() or not value.isdigit():
        raise bad_request(f"'{name}' must be a whole number of 0 or more, not '{value}'")
    found = int(value[:10])
    return found if most is None else min(found, most)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes to send as they are."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a handler answers: ``payload`` is the JSON to send (None sends no body), or ``Raw``."""

    payload: object
    reads: tuple[str, ...] = ()
    status: int = 200
