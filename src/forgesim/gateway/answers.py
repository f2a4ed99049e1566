"""What products answer about a site that nobody has changed: plays of a proof ask the same of the same site."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec

from forgesim.products.answer import ProductAnswer
from forgesim.products.clock import MINUTE_MS, Holds

__all__ = ["KEPT", "MOST_BYTES", "Answers", "Shelf"]

KEPT = 6
"""Sites whose answers are kept at a time: twins, and what stands beside them."""
MOST_BYTES = 16 << 20
"""What the answers about one site may take; from there on nothing more is kept."""
EACH_BYTES, REF_BYTES = 1_000, 80
"""What an answer takes besides its body, and what each thing does that it shows: an app chooses what it asks, and how
often."""

_encode = msgspec.msgpack.Encoder().encode


class Answers:
    """The answers about one site, by all that they depend on besides."""

    __slots__ = ("_holds", "_kept", "_room")

    def __init__(self) -> None:
        self._holds: dict[bytes, Holds] = {}
        self._kept: dict[tuple[bytes, int], ProductAnswer] = {}
        self._room = MOST_BYTES

    def of(self, asked: tuple[object, ...], now_ms: int, answer: Callable[[], ProductAnswer]) -> ProductAnswer:
        """The answer to what is ``asked`` at a time: the kept one where one still stands, else what ``answer`` gives.
        Answers that bring events about are not kept: those happen each time."""
        key = blake2b(_encode(asked), digest_size=32).digest()
        holds = self._holds.get(key)
        kept = None if holds is None else self._kept.get((key, _when(holds, now_ms)))
        return self._made(key, now_ms, answer()) if kept is None else kept

    def _made(self, key: bytes, now_ms: int, made: ProductAnswer) -> ProductAnswer:
        size = len(made.answer.body) + EACH_BYTES + REF_BYTES * len(made.reads)
        if not made.happened and size <= self._room:
            self._room -= size
            self._holds[key] = made.holds
            self._kept[key, _when(made.holds, now_ms)] = made
        return made


def _when(holds: Holds, now_ms: int) -> int:
    match holds:
        case "always":
            return 0
        case "minute":
            return now_ms // MINUTE_MS
        case "moment":
            return now_ms


class Shelf:
    """Answers by the digest of the site that they are about. Which site it is nobody has to say, and none that was
    changed in any way is taken for another."""

    def __init__(self) -> None:
        self._kept: dict[str, Answers] = {}

    def about(self, site_digest: str) -> Answers:
        found = self._kept.pop(site_digest, None) or Answers()
        self._kept[site_digest] = found
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return found
