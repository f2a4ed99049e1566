"""Swapping words one for one: an injective map within the form of each word, fixed by a seed."""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.ordering import branching, ordered_images
from forgesim.site.seeded import seeded
from forgesim.site.words import MARKERS, form, lowered, mapped, recased

__all__ = ["Swap"]


class Swap(dict[str, str]):
    """An injective map from words to other words of the same form, fixed by ``seed``: ``swap["Page"]``.

    Markers map to themselves. ``titles`` are texts whose order (by code point, and without regard to case)
    their images keep. ``unmapped`` collects words with no other word in their form, or none that the order
    allows.
    """

    def __init__(self, seed: int, *, titles: Iterable[str] = (), avoid: Iterable[str] = ()) -> None:
        super().__init__()
        self._seed = seed
        self._lower: dict[str, str] = {word: word for word in MARKERS}
        self._taken: set[str] = {*MARKERS, *avoid}
        self._tables: dict[tuple[int, int, str], dict[str, str]] = {}
        self.unmapped: set[str] = set()
        self._lower |= ordered_images(branching(titles), seed, self._taken)
        self._taken |= set(self._lower.values())
        self.unmapped |= {a for a, b in self._lower.items() if a == b and a not in MARKERS}

    def __missing__(self, word: str) -> str:
        lower = lowered(word)
        image = self._lower.get(lower)
        if image is None:
            image = self._lower[lower] = self._free_image(lower)
            self._taken.add(image)
        result = image if lower == word else recased(word, lower, image)
        self[word] = result
        return result

    def text(self, text: str) -> str:
        """``text`` with each word and number swapped."""
        return mapped(text, self.__getitem__)

    def _free_image(self, word: str) -> str:
        choices = form(word)
        rounds = 1 if all(len(each) == 1 for each in choices) else 64
        for turn in range(rounds):
            image = "".join(
                [
                    self._table(turn, index, each)[char]
                    for index, (char, each) in enumerate(zip(word, choices, strict=True))
                ]
            )
            if image not in self._taken and image != word:
                return image
        self.unmapped.add(word)
        return word

    def _table(self, turn: int, index: int, alphabet: str) -> dict[str, str]:
        """A permutation of ``alphabet`` without fixed points, where it has two characters or more."""
        key = (turn, index % 16, alphabet)
        table = self._tables.get(key)
        if table is None:
            ring = list(alphabet)
            seeded("swap", self._seed, *key).shuffle(ring)
            table = self._tables[key] = dict(zip(ring, [*ring[1:], ring[0]], strict=True))
        return table
