"""Header fields that cross the broker: what cannot stand in a message, and what is not theirs to say, stays out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["answer_headers", "clean_headers", "is_token"]

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_CONNECTION: Final = frozenset({
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
"""Headers of the connection (RFC 9110, 7.6.1) and those that say where a message goes and how long it is."""
_PLATFORM: Final = ("forge-", "x-forgesim-", "x-squid-")
"""How the names of headers begin that only the platform and forgesim write: no host speaks for them."""


def is_token(text: str) -> bool:
    """Whether a text is one word, as methods and header names are (RFC 9110, 5.6.2)."""
    return _TOKEN.fullmatch(text) is not None


def clean_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The guest's headers, names in lower case and repeated ones joined, without those that are not its to
    say.

    Raises ValueError where a name or value cannot stand in a request, line breaks above all.
    """
    clean: dict[str, str] = {}
    for name, value in _end_to_end(headers):
        clean[name] = f"{clean[name]}, {value}" if name in clean else value
    return clean


def answer_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """A real host's headers in their order, names in lower case, without those of the connection, of the coding of a
    body that is handed on decoded, and those that are the platform's to write.

    Raises ValueError where a name or value cannot stand in an answer, or where two say where to go.
    """
    kept = [
        (name, value)
        for name, value in _end_to_end(headers)
        if name != "content-encoding" and not name.startswith(_PLATFORM)
    ]
    if len({value for name, value in kept if name == "location"}) > 1:
        raise ValueError("it says twice where to go")
    return tuple(kept)


def _end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    given = [(name.lower(), value) for name, value in headers]
    for name, value in given:
        if not is_token(name) or _VALUE.fullmatch(value) is None:
            raise ValueError(f"the header {name[:80]!r} cannot be sent")
    named = {part.strip().lower() for name, value in given if name == "connection" for part in value.split(",")}
    return [(name, value) for name, value in given if name not in _CONNECTION and name not in named]
