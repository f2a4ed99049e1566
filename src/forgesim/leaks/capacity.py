"""How many bits declared types let through: per stored value, per key, per event sent."""

from __future__ import annotations

import math

from forgesim.manifest.model import Send, Store
from forgesim.manifest.types import Type, World, bits

__all__ = ["event_bits", "key_bits", "shown_bits", "value_bits"]


def value_bits(store: Store, world: World) -> float:
    """Bits that one stored value carries at most."""
    return bits(store.value, world)


def key_bits(store: Store, world: World) -> float:
    """Bits that the choice of one key carries at most."""
    return store.key.bits(world)


def event_bits(send: Send, world: World) -> float:
    """Bits that the declared parts of one request carry at most; ``inf`` where a part is content."""
    parts: tuple[Type | None, ...] = (send.method, send.path, send.query, send.headers, send.body)
    return math.fsum(bits(part, world) for part in parts if part is not None)


def shown_bits(amount: float) -> str:
    """``37 bits``, rounded up; ``without bound`` for infinity."""
    if math.isinf(amount):
        return "without bound"
    whole = math.ceil(amount - 1e-9)
    return f"{whole} bit" if whole == 1 else f"{whole} bits"
