"""Hashes of known texts: whole or cut, in hex or as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

__all__ = ["ALGORITHMS", "LEAST_BYTES", "KnownHashes"]

LEAST_BYTES = 6
"""Bytes of a hash that are evidence: of so many hashes that a site's texts have, none shares them by chance."""

LONG = 400
"""Characters from which on a text is hashed as it is and in no other spelling."""

KEPT = 8192
"""Texts whose hashes are kept: sites that are compared share most of theirs."""

_Digest = Callable[[bytes], bytes]
ALGORITHMS: tuple[tuple[str, _Digest], ...] = (
    ("sha256", lambda data: hashlib.sha256(data).digest()),
    ("sha1", lambda data: hashlib.sha1(data, usedforsecurity=False).digest()),
    ("md5", lambda data: hashlib.md5(data, usedforsecurity=False).digest()),
    ("sha224", lambda data: hashlib.sha224(data).digest()),
    ("sha384", lambda data: hashlib.sha384(data).digest()),
    ("sha512", lambda data: hashlib.sha512(data).digest()),
    ("sha3-256", lambda data: hashlib.sha3_256(data).digest()),
    ("blake2b", lambda data: hashlib.blake2b(data).digest()),
    ("blake2b-256", lambda data: hashlib.blake2b(data, digest_size=32).digest()),
    ("blake2s", lambda data: hashlib.blake2s(data).digest()),
)

SIZES = tuple(len(digest(b"")) for _, digest in ALGORITHMS)


class KnownHashes:
    """The hashes of texts, each text as it is, without blanks at its ends, and in small and capital letters."""

    __slots__ = ("_found",)

    def __init__(self, texts: Sequence[str]) -> None:
        self._found: dict[bytes, tuple[int, bytes, int]] = {}
        for number, text in enumerate(texts):
            digests = _digests(text)
            for at in range(0, len(digests), sum(SIZES)):
                for which, size in enumerate(SIZES):
                    whole = digests[at : at + size]
                    self._found.setdefault(whole[:LEAST_BYTES], (number, whole, which))
                    at += size  # noqa: PLW2901 - one after the other

    def find(self, head: bytes) -> tuple[int, str] | None:
        """The number of the text whose hash starts with ``head``, or is its start, and the algorithm's name."""
        known = self._found.get(head[:LEAST_BYTES])
        if known is None or not (known[1].startswith(head) or head.startswith(known[1])):
            return None
        return known[0], ALGORITHMS[known[2]][0]


@lru_cache(maxsize=KEPT)
def _digests(text: str) -> bytes:
    """Every hash of a text, by ``SIZES``, and so for each spelling: one value, for thousands are kept."""
    forms = [form.encode("utf-8", "surrogatepass") for form in _spellings(text)]
    return b"".join([digest(data) for data in forms for _, digest in ALGORITHMS])


def _spellings(text: str) -> tuple[str, ...]:
    """The forms in which a text is hashed."""
    bare = text.strip()
    forms = (text, bare) if len(text) > LONG else (text, bare, bare.lower(), bare.upper())
    return tuple(dict.fromkeys(form for form in forms if len(form) >= 3))
