"""The grammar of the egress campaign: requests to URLs near the declared ones, and redirects that they meet."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from forgesim.fuzz.urls import write_location, write_url

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from forgesim.fuzz.campaign import Case

__all__ = ["CREDENTIALS", "asks"]

MOST_ASKS = 12
"""Requests of a case. Hypothesis draws at most 8 KiB for one."""

CREDENTIALS = (("authorization", "Bearer forgesim-fuzz"), ("Cookie", "sid=forgesim-fuzz"))

_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "CONNECT", "TRACE", "G\r\nET", "")
_STATUSES = (302, 301, 303, 307, 308)
_HEADERS = (
    *CREDENTIALS,
    ("accept", "*/*"),
    ("Host", "evil.example"),
    ("host", "127.0.0.1"),
    ("Connection", "close, authorization"),
    ("transfer-encoding", "chunked"),
    ("content-length", "0"),
    ("proxy-authorization", "Basic Zm9yZ2VzaW0="),
    ("x-forwarded-host", "evil.example"),
    ("x\r\nhost", "evil.example"),
    ("x-a", "1\r\nhost: evil.example"),
    ("x-b", "\0"),
    ("", "empty"),
    ("x-c", "caf\u00e9 \u2603"),
)


def asks(declared: Sequence[str]) -> SearchStrategy[Case]:
    """Cases for an app that declares these addresses."""
    from hypothesis import strategies as st

    one = st.randoms(use_true_random=False).map(lambda rng: _ask(rng, declared))
    return st.lists(one, min_size=1, max_size=MOST_ASKS)


def _ask(rng: Random, declared: Sequence[str]) -> dict[str, Any]:
    """A request. ``locations`` are answered one after the other, each with ``status``, before the empty 200."""
    return {
        "url": _json(write_url(rng, declared)),
        "method": rng.choice(_METHODS[:1] * 6 + _METHODS),
        "headers": [list(rng.choice(_HEADERS)) for _ in range(rng.choice((0, 0, 1, 2)))],
        "body": rng.choice(("", "{}")),
        "redirect": rng.choice(("follow", "follow", "follow", "manual", "error")),
        "status": rng.choice(_STATUSES),
        "locations": [_json(write_location(rng, declared)) for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3)))],
    }


def _json(text: str) -> str:
    """The text as it can cross the seam: JSON has no lone surrogates."""
    return text.encode("utf-8", "replace").decode()
