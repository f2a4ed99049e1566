"""A grammar of URLs around declared addresses: about half are plain spellings of them, half come close and are not.

Each URL is a plain one with up to three tricks played on it. Every choice is drawn from the ``random.Random`` that the
caller gives, so a seed repeats a URL, and a Hypothesis ``st.randoms(use_true_random=False)`` shrinks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from forgesim.fuzz.url_lures import LURES
from forgesim.fuzz.url_parts import Parts, plain
from forgesim.fuzz.url_spellings import SPELLINGS

__all__ = ["write_location", "write_url"]

_RELATIVE = (
    "", "/", "/next", "next", "./a/../b", "../..", "?q=1", "#f", ";p", "@evil.example", ":8443/", ".evil.example/",
    "\\next", "..\\..\\x", "%2f%2fevil.example", "/%2fevil.example", "/.//evil.example", "/..//evil.example",
    "https:next", "https:/next", "https:\\next", "http:next", "wss:/next", "https:", "https://", "//", "///", "\\\\",
    "/\x00", "\x00", "\ud800", " ", "//[", "//@", "//:443", "javascript:alert(1)", "data:,x", "mailto:a@b.example",
)  # fmt: skip
"""Redirect targets that say no host of their own, or none that there is."""

_SLASHES = ("//", "\\\\", "/\\", "\\/", "///", "/\t/", "\n//", " //", "/", "\\", "")


def write_url(rng: Random, declared: Sequence[str]) -> str:
    """One text for a policy to judge, near one of the ``declared`` addresses as a manifest has them
    (``api.x.com``, ``*.x.com``, ``https://a.b.com:8443``). Without any, it is near ``example.com``.

    Any text may come: NUL and lone surrogates too, and up to some thousands of characters.
    """
    return _parts(rng, declared).text()


def write_location(rng: Random, declared: Sequence[str]) -> str:
    """One ``Location`` of a redirect: a whole URL, one that takes over the scheme, or one that takes over the
    host."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(_RELATIVE)
    parts = _parts(rng, declared)
    if kind == 1:
        parts.scheme, parts.slashes = "", rng.choice(_SLASHES)
    elif kind == 2:
        return parts.lead + parts.tail
    return parts.text()


def _parts(rng: Random, declared: Sequence[str]) -> Parts:
    parts = plain(rng, rng.choice(declared) if declared else "example.com")
    for _ in range(rng.randrange(3)):
        rng.choice(SPELLINGS)(rng, parts)
    if rng.randrange(9) > 3:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            rng.choice(LURES)(rng, parts)
    return parts
