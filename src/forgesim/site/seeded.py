"""Randomness that depends on named parts and on nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from forgesim.ids import derive

__all__ = ["Dice", "seeded"]

T = TypeVar("T")


class Dice(Random):
    """A generator with the draws that texts and trees need, each one call of ``random``."""

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.random() * len(options))]

    def chance(self, share: float) -> bool:
        return self.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.random() * (high - low + 1))


def seeded(*parts: object) -> Dice:
    """Dice that fall the same for the same parts, in every process."""
    return Dice(derive(*parts))
