"""What ``~`` asks of a text: words, phrases in quotes, ``*`` and ``?`` in a word, ``word~`` for what is spelt alike.

All terms must occur, ``-term`` and ``NOT term`` must not, ``OR`` separates groups of which one is enough. Case does not
count. Writing without blanks between words (Chinese, Japanese) is read character by character, so what is written
together is a phrase. (Atlassian's references of JQL and CQL on text searches; stemming is not emulated.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["BREAK", "BadTextError", "UnknownTextError", "Words", "folded", "read_words", "spans"]

MOST_TERMS, LONGEST_TERM, MOST_EDITS = 64, 1000, 2

_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u109f"
    "\u1780-\u17d3"
)
"""Signs that belong to the letter before them, which ``\\w`` leaves out."""
_ALONE = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Letters that are words of their own: Han and Hiragana."""
BREAK = "\ufdd0"
"""Stands between texts that are searched as one: a word that nobody can ask for, so no phrase goes over it."""
_ASKED = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[\w{_MARKS}])+")
_WORD = re.compile(rf"[{_ALONE}{BREAK}]|(?:(?![{_ALONE}])[\w{_MARKS}])+")
_PATTERN = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[\w{_MARKS}*?])+")
_TERM = re.compile(
    r"\s*(?P<sign>[-+!](?=\S))?"
    r"(?:\"(?P<phrase>(?:[^\"\\]|\\.)*)\"(?P<after>[~^]\S*)?|(?P<word>[^\s\"]+))",
    re.DOTALL,
)


class BadTextError(Exception):
    """The text is no search."""


class UnknownTextError(Exception):
    """The search is one, but not emulated; ``args[0]`` names what."""


def folded(text: str) -> str:
    """``text`` with differences of case and of composition taken away."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class _Term:
    """Words that follow each other: each as it is, or a pattern. ``absent``: they must not occur."""

    words: tuple[str, ...]
    fuzzy: bool = False
    absent: bool = False

    @property
    def plain(self) -> bool:
        return not self.fuzzy and not any("*" in word or "?" in word for word in self.words)

    def one(self, word: str) -> Callable[[str], bool]:
        if self.fuzzy:
            return lambda other: other != BREAK and _near(word, other)
        if "*" in word or "?" in word:
            return lambda other: _like(word, other)
        return lambda other: other == word


@dataclass(frozen=True)
class Words:
    """A text search, read: groups of terms. ``matches`` takes texts that are folded."""

    groups: tuple[tuple[_Term, ...], ...]

    @cached_property
    def _tests(self) -> tuple[tuple[Callable[[str], bool], ...], ...]:
        return tuple(tuple(map(_test, group)) for group in self.groups)

    def matches(self, text: str) -> bool:
        """Whether the folded ``text`` is found."""
        return any(all(test(text) for test in group) for group in self._tests)

    @cached_property
    def marked(self) -> tuple[_Term, ...]:
        """The terms that a found text holds, for highlighting."""
        return tuple(term for group in self.groups for term in group if not term.absent)


def read_words(text: str) -> Words:
    """The search that ``text`` is. Raises BadTextError and UnknownTextError."""
    groups: list[list[_Term]] = [[]]
    if any(len(each) > LONGEST_TERM for each in text.split()):
        raise BadTextError(f"a word is longer than {LONGEST_TERM} characters")
    absent, at, end = False, 0, len(text.rstrip())
    while at < end:
        match = _TERM.match(text, at)
        if match is None:
            raise BadTextError("a quote is not closed")
        at = match.end()
        word = match["word"]
        if word == "OR" and match["sign"] is None:
            groups.append([])
        elif word == "NOT" and match["sign"] is None:
            absent = True
        elif word not in ("AND", "&&"):
            groups[-1] += _terms(match, absent or (match["sign"] or "+") != "+")
            absent = False
    if absent or not all(any(not term.absent for term in group) for group in groups):
        raise BadTextError("there is no word to look for")
    if sum(map(len, groups)) > MOST_TERMS:
        raise BadTextError(f"there are more than {MOST_TERMS} terms")
    return Words(tuple(map(tuple, groups)))


def _terms(match: re.Match[str], absent: bool) -> list[_Term]:
    word, after = match["word"] or "", match["after"] or ""
    if match["phrase"] is not None:
        if after:
            raise UnknownTextError("text search for words near each other, or with a boost")
        words = tuple(_ASKED.findall(folded(match["phrase"])))
        return [_Term(words, absent=absent)] if words else []
    if word[0] in "*?":
        raise BadTextError("'*' and '?' are not allowed as the first character of a word")
    if any(each in word for each in "()[]{}^"):
        raise UnknownTextError("text search with groups, ranges or a boost")
    fuzzy = word.endswith("~")
    if "~" in word.removesuffix("~"):
        raise UnknownTextError("text search for similar words with a number")
    found = tuple(_PATTERN.findall(folded(word)))
    kept = tuple(each for each in found if each.strip("*?"))
    return [_Term(kept, fuzzy=fuzzy and len(kept) == 1, absent=absent)] if kept else []


def _test(term: _Term) -> Callable[[str], bool]:
    return _absent(_found(term)) if term.absent else _found(term)


def _absent(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not test(text)


def _found(term: _Term) -> Callable[[str], bool]:
    ones = [term.one(word) for word in term.words]
    size, first = len(ones), term.words[0]

    def test(text: str) -> bool:
        # Most texts lack the first word as letters: that is seen without reading their words.
        if plain and first not in text:
            return False
        words = _WORD.findall(text)
        return any(
            ones[0](words[at]) and all(ones[more](words[at + more]) for more in range(1, size))
            for at in range(len(words) - size + 1)
        )

    plain = term.plain
    return test


@lru_cache(maxsize=1 << 16)
def _near(word: str, other: str) -> bool:
    """Whether at most two letters are added, lost, changed or swapped with their neighbour."""
    if abs(len(word) - len(other)) > MOST_EDITS:
        return False
    two_above: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(word, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            edits = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == word[i - 2]:
                edits = min(edits, two_above[j - 2] + 1)
            row.append(edits)
        two_above, above = above, row
    return above[-1] <= MOST_EDITS


def _like(pattern: str, word: str) -> bool:
    """Whether ``*`` and ``?`` of the pattern can stand for what the word has. Takes steps, not guesses: a pattern of
    many stars cannot make it slow."""
    at = here = 0
    star, resume = -1, 0
    while at < len(word):
        if here < len(pattern) and pattern[here] == "*":
            star, resume = here, at
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", word[at]):
            here, at = here + 1, at + 1
        elif star >= 0:
            resume += 1
            here, at = star + 1, resume
        else:
            return False
    return all(each == "*" for each in pattern[here:])


def spans(terms: Iterable[_Term], text: str) -> list[tuple[int, int]]:
    """Where the words of the terms stand in ``text``, which is as people wrote it: each word, from start to end."""
    tests = [term.one(word) for term in terms for word in term.words]
    return [match.span() for match in _WORD.finditer(text) if any(test(folded(match[0])) for test in tests)]
