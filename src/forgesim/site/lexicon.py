"""The private lexicon: pseudo-words that stand in no other text, and canaries among them."""

from __future__ import annotations

from collections.abc import Callable

from forgesim.site.model import Site
from forgesim.site.seeded import Dice, seeded
from forgesim.site.words import MARKERS, WORD, lowered, mapped

__all__ = ["CANARY_EVERY", "Lexicon", "canary_word", "pseudo_word"]

CANARY_EVERY = 12
"""In running text, one word in so many is a canary."""

_ONSETS = ("zv", "kv", "gw", "vl", "zd", "fn", "shk", "tlv", "dv", "zh", "kz", "vr", "mb", "gz", "pn", "kh")
_MIDDLES = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "z", "lk", "rv", "zm", "nd", "vg")
_NUCLEI = ("a", "e", "i", "o", "u", "au", "oi", "ua")
_CODAS = ("k", "zd", "rv", "lm", "x", "nk", "vs", "zk", "mp", "rg", "lv", "gn")


def pseudo_word(dice: Dice, size: int) -> str:
    """A word of ``size`` vowel groups or a few more that stands in no dictionary."""
    pick = dice.pick
    middle = "".join([pick(_NUCLEI[:5]) + pick(_MIDDLES) for _ in range(size - 1)])
    return pick(_ONSETS) + middle + pick(_NUCLEI) + pick(_CODAS)


def canary_word(dice: Dice) -> str:
    """A canary of eleven letters, one of some eleven million; no pseudo-word looks like one."""
    pick = dice.pick
    parts = [pick("zvkgx") + pick("aeiou") + pick("lrnmd") for _ in range(3)]
    return "".join(parts) + pick("uo") + pick("kxz")


class Lexicon:
    """Words for a proof site: every word of ``site`` gets a pseudo-word, every text with a name a canary.

    Numbers and markers stay. Canaries all have the same length, so none is part of another.
    """

    def __init__(self, seed: int, site: Site) -> None:
        self._dice = seeded("lexicon", seed)
        self._images: dict[str, str] = {}
        self._cased = _Cased(self._new_word)
        self._taken: set[str] = set()
        self._canaries: dict[str, str] = {}
        self.salt = f"proof/{seed}"
        self._titles = {page.title: self._titled(page.title, f"title/{page.id}") for page in site.pages.values()}

    def canaries(self) -> list[str]:
        """All canaries, in lower case, in the order in which they were first needed."""
        return list(self._canaries.values())

    def word(self, word: str) -> str:
        return self._cased[word]

    def title(self, title: str) -> str:
        return self._titles.get(title) or mapped(title, self.word)

    def prose(self, unit: str) -> Callable[[str], str]:
        kind = unit.partition("/")[0]
        if kind == "site":
            return self.word
        if kind in ("user", "space", "project", "board", "sprint"):
            return self._planted(unit, first=2, every=2)
        if kind == "issue":
            return self._planted(unit, first=3, every=CANARY_EVERY)
        return self._planted(unit, first=CANARY_EVERY // 2, every=CANARY_EVERY)

    def _titled(self, title: str, unit: str) -> str:
        """The title with its longest word, the last of these, replaced by the page's canary."""
        words = [match for match in WORD.finditer(title) if match[0].lower() not in MARKERS]
        if not words:
            return title
        longest = max(words, key=lambda match: (len(match[0]), match.start()))
        parts = title[: longest.start()], longest[0], title[longest.end() :]
        head, tail = (mapped(part, self.word) for part in (parts[0], parts[2]))
        return head + _dressed(self._canary(unit), parts[1]) + tail

    def _planted(self, unit: str, *, first: int, every: int) -> Callable[[str], str]:
        """Plants the unit's canary for the ``first`` word and then in every so many; a number or marker
        passes it on to the word after."""
        wait, cased = first, self._cased

        def image(word: str) -> str:
            nonlocal wait
            wait -= 1
            if wait > 0 or word.isdecimal() or word.lower() in MARKERS:
                return cased[word]
            wait = every
            return _dressed(self._canary(unit), word)

        return image

    def _canary(self, unit: str) -> str:
        canary = self._canaries.get(unit)
        while canary is None:
            canary = canary_word(self._dice)
            canary = None if canary in self._taken else canary
        self._taken.add(canary)
        self._canaries[unit] = canary
        return canary

    def _new_word(self, word: str) -> str:
        if word.isdecimal() or word.lower() in MARKERS:
            return word
        low = lowered(word)
        image = self._images.get(low)
        while image is None:
            image = pseudo_word(self._dice, 1 if len(low) < 5 else 2 if len(low) < 9 else 3)
            image = None if image in self._taken else image
        self._taken.add(image)
        self._images[low] = image
        return _dressed(image, word)


class _Cased(dict[str, str]):
    """Words as they stand in texts, and their images, made when they are first met."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> str:
        image = self[word] = self._make(word)
        return image


def _dressed(image: str, word: str) -> str:
    """``image`` in the case of ``word``: capitals, a capital, or none."""
    if word == lowered(word):
        return image
    if len(word) > 1 and word.isupper():
        return image.upper()
    return image[0].upper() + image[1:]
