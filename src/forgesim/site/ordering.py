"""Swapping words without moving the order of the texts that they are in.

The words that decide an order are mapped by a tree of letters in which the children of every node keep
their order. Such a map keeps the order of words, and which word is a prefix of which; so it keeps the order
of texts made of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import eq
from random import Random

from forgesim.site.seeded import seeded
from forgesim.site.words import MARKERS, WORD, form, lowered

__all__ = ["branching", "ordered_images"]

_TURNS = 24
_DRAWS = 6


def branching(texts: Iterable[str]) -> set[str]:
    """The lower-case words of ``texts`` that stand where another text, equal up to there, has another
    word."""
    after: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        low = lowered(text)
        for match in WORD.finditer(low):
            after[low[: match.start()]].add(match[0])
    return {word for words in after.values() if len(words) > 1 for word in words}


def ordered_images(words: Collection[str], seed: int, taken: Collection[str]) -> dict[str, str]:
    """Another word of the same form for each of ``words``, in the same order as they are.

    Where order and form leave no other word, the image is the word itself. No image is one of ``taken`` but
    for markers, which keep their place.
    """
    forms = {word: tuple(word) if word in MARKERS else form(word) for word in sorted(words)}
    best = {word: word for word in forms}
    fewest = len(best) + 1
    for turn in range(_TURNS):
        images = _descend(forms, seeded("order", seed, turn))
        if any(new in taken and new != word for word, new in images.items()):
            continue
        same = sum(new == word for word, new in images.items())
        if same < fewest:
            best, fewest = images, same
        if same == 0:
            break
    return best


def _descend(forms: Mapping[str, Sequence[str]], rng: Random) -> dict[str, str]:
    images: dict[str, str] = {}
    stack: list[tuple[str, list[str]]] = [("", list(forms))]
    while stack:
        prefix, words = stack.pop()
        depth = len(prefix)
        branches: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) == depth:
                images[word] = prefix
            else:
                branches[word[depth]].append(word)
        letters = sorted(branches)
        choices = [_common(forms, branches[letter], depth) for letter in letters]
        drawn = _draw(letters, choices, rng)
        stack += [(prefix + new, branches[old]) for old, new in zip(letters, drawn, strict=True)]
    return images


def _common(forms: Mapping[str, Sequence[str]], words: list[str], depth: int) -> str:
    """The characters that every one of ``words`` allows at ``depth``."""
    sets = {forms[word][depth] for word in words}
    first = sets.pop()
    if not sets:
        return first
    return "".join(char for char in first if all(char in other for other in sets))


def _draw(letters: list[str], choices: list[str], rng: Random) -> list[str]:
    """Rising characters, one from each of ``choices``, as few as possible equal to ``letters``."""
    ceilings: list[str] = []
    above = chr(0x10FFFF)
    for choice in reversed(choices):
        above = max(char for char in choice if char < above)
        ceilings.append(above)
    ceilings.reverse()
    best = letters
    fewest = len(letters) + 1
    for _ in range(_DRAWS):
        drawn = _rise(letters, choices, ceilings, rng)
        same = sum(map(eq, letters, drawn))
        if same < fewest:
            best, fewest = drawn, same
        if same == 0:
            break
    return best


def _rise(letters: list[str], choices: list[str], ceilings: list[str], rng: Random) -> list[str]:
    floor = ""
    drawn = []
    for letter, choice, ceiling in zip(letters, choices, ceilings, strict=True):
        open_now = [char for char in choice if floor < char <= ceiling]
        others = [char for char in open_now if char != letter]
        floor = rng.choice(others or open_now)
        drawn.append(floor)
    return drawn
