"""The parts of a URL before they are one text, and a plain URL that an address allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

__all__ = ["Parts", "Trick", "inserted", "plain", "some_labels"]

_LABELS = ("a", "b{}", "api", "www-{}", "{}", "eu-west-1", "xn--bcher-kva", "0x{}", "127", "com", "localhost")
"""What may stand for the star of an address. A number is a name while a name follows it."""

_NAMES = ("example.com", "www.example.org", "evil.example", "a.b.c.d.example.net")
_TAILS = ("", "/", "/v1/items/{}?n=1", "/a/b{}#c", "?q={}", "#f")
_MANY = 1_000_000


@dataclass(slots=True)
class Parts:
    """A URL in pieces, as they are written: ``scheme`` and ``port`` with their colon, ``userinfo`` with its at sign,
    ``tail`` from the path on."""

    scheme: str
    host: str
    port: str
    tail: str
    lead: str = ""
    slashes: str = "//"
    userinfo: str = ""

    def text(self) -> str:
        return f"{self.lead}{self.scheme}{self.slashes}{self.userinfo}{self.host}{self.port}{self.tail}"


Trick = Callable[[Random, Parts], None]
"""Changes the parts in place. One that finds nothing to change leaves them alone."""


def plain(rng: Random, address: str) -> Parts:
    """A URL that a declared address allows, in its simplest spelling."""
    scheme, found, rest = address.partition("://")
    if not found:
        scheme, rest = "https", address
    authority = rest.lstrip("/").partition("/")[0]
    host, colon, port = authority.partition(":")
    if host == "*":
        host = rng.choice(_NAMES)
    elif host.startswith("*."):
        host = some_labels(rng) + host[1:]
    return Parts(scheme=f"{scheme}:", host=host, port=colon + port, tail=_numbered(rng, _TAILS))


def some_labels(rng: Random) -> str:
    return ".".join([_numbered(rng, _LABELS) for _ in range(rng.choice((1, 1, 2, 3)))])


def inserted(rng: Random, text: str, piece: str, start: int = 0) -> str:
    """The text with a piece put in at some place."""
    at = rng.randrange(start, len(text) + 1) if len(text) >= start else len(text)
    return text[:at] + piece + text[at:]


def _numbered(rng: Random, patterns: tuple[str, ...]) -> str:
    """One of the patterns with a number in its place, so that a long campaign seldom says the same twice."""
    return rng.choice(patterns).format(rng.randrange(_MANY))
