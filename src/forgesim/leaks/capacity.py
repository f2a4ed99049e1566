"""How many bits declared types let through: per stored value, per key, per event sent."""

from __future__ import annotations

import math

from forgesim.counted import counted
from forgesim.manifest.model import Send, Store
from forgesim.manifest.types import Fields, ListOf, Maybe, Type, World, bits

__all__ = ["event_bits", "key_bits", "order_bits", "shown_bits", "value_bits"]


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


def order_bits(type: Type | None) -> float:  # noqa: A002
    """Bits that the order of fields carries at most, in a value of the type: a writer may choose it."""
    match type:
        case Fields(fields):
            return math.lgamma(len(fields) + 1) / math.log(2) + math.fsum(map(order_bits, fields.values()))
        case ListOf(size, of):
            return size * order_bits(of)
        case Maybe(of):
            return order_bits(of)
        case _:
            return 0.0


def shown_bits(amount: float) -> str:
    """``37 bits``, rounded up; ``without bound`` for infinity."""
    if math.isinf(amount):
        return "without bound"
    return counted(math.ceil(amount - 1e-9), "bit")
