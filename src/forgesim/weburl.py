"""URLs as browsers and Node.js read them (WHATWG): one parser for whoever asks where a text leads.

To bring a host to its one form takes time by the square of its length, so what stands before the path is bounded.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Final

import can_ada

__all__ = ["MAX_BEFORE_PATH", "join", "parse"]

MAX_BEFORE_PATH: Final = 2_560
"""Characters of a URL before its path. The longest name takes 2,277 where each of its letters is a full-width one with
every byte escaped. Ours."""

_BEFORE_PATH: Final = re.compile(r"[^/\\?#]*[/\\\t\r\n]*[^/\\?#]*")
"""No less than what stands before the path: a parser drops tabs and line breaks, and takes any run of slashes."""


def parse(url: object) -> Any:
    """The parsed URL: protocol, hostname, port, pathname, search. Raises ValueError, in words that go after the text,
    where it is no absolute URL or too long before its path."""
    if isinstance(url, str):
        _bound(url)
        with suppress(ValueError, TypeError):  # the second for a text with half a surrogate pair
            return can_ada.parse(url)
    raise ValueError("is not an absolute URL")


def join(base: str, relative: str) -> str:
    """Where ``relative`` leads, read beside ``base``. Raises ValueError where the two cannot be joined."""
    _bound(relative)
    try:
        return str((parse(base) + relative).href)
    except TypeError:
        raise ValueError("is no URL") from None


def _bound(url: str) -> None:
    before = _BEFORE_PATH.match(url) if len(url) > MAX_BEFORE_PATH else None
    if before is not None and before.end() > MAX_BEFORE_PATH:
        raise ValueError(f"has more than {MAX_BEFORE_PATH} characters before its path")
