"""Seeded identifiers: the same seed gives the same ids, and no two kinds share a sequence."""

from __future__ import annotations

import hashlib
from itertools import count

__all__ = ["Ids", "derive", "derived_uuid"]


def derive(*parts: object) -> int:
    """A 64-bit number that depends on every part and on nothing else (not on the hash seed)."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def derived_uuid(*parts: object) -> str:
    """A version-4-shaped UUID that depends on the parts alone."""
    raw = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:32]}"


class Ids:
    """Numbered ids per prefix (``inv-1``, ``inv-2``) and unguessable-looking tokens, from one seed."""

    __slots__ = ("_counts", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: dict[str, count[int]] = {}

    def next(self, prefix: str) -> str:
        number = next(self._counts.setdefault(prefix, count(1)))
        return f"{prefix}-{number}"

    def token(self, name: str) -> str:
        return f"{derive('token', self._seed, name):016x}"
