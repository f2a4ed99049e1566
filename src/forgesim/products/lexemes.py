"""The words, strings and signs of a query in JQL or CQL, and a reader that goes through them and says what it misses.

Both languages write strings between double or single quotes, and a backslash takes the meaning from what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Lexeme", "Reader", "Value", "lexemes", "quoted", "well_formed", "worded"]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<op>!=|!~|<=|>=|[=<>~(),!]|&&|\|\|?|&)"
    r"|(?P<word>(?:[^\s\"'=<>~(),!&|\\]|\\.)+))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_SPECIAL = re.compile(r"[\s\"'=<>~(),!&|\\]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}

Failure = Callable[[str, int], Exception]


class Lexeme(NamedTuple):
    """``kind`` is ``word``, ``string`` or ``op``; ``at`` counts characters from 0."""

    kind: str
    text: str
    at: int


class Value(NamedTuple):
    """An operand: its text, whether it was quoted, and its arguments where it is a function."""

    text: str
    quoted: bool = False
    arguments: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """The operand as a query writes it."""
        if self.arguments is not None:
            return f"{worded(self.text)}({', '.join(map(quoted, self.arguments))})"
        return quoted(self.text) if self.quoted else worded(self.text)


def lexemes(text: str, failure: Failure) -> list[Lexeme]:
    """What ``text`` consists of. Raises what ``failure`` makes of a problem and its place."""
    text = well_formed(text)
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise failure(f"The character '{text[start]}' is not expected here", start)
        raw = match[match.lastgroup]
        if match.lastgroup != "op":
            raw = _ESCAPE.sub(_escaped, raw[1:-1] if match.lastgroup == "string" else raw)
        found.append(Lexeme(match.lastgroup, raw, match.start(match.lastgroup)))
        at = match.end()
    return found


def _escaped(match: re.Match[str]) -> str:
    return well_formed(chr(int(match[1], 16))) if match[1] else _CONTROLS.get(match[2], match[2])


def well_formed(text: str) -> str:
    """``text`` with lone surrogates, which no answer can carry, replaced by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def quoted(text: str) -> str:
    """``text`` as a string of a query."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def worded(text: str) -> str:
    """``text``, which is not empty, as a word of a query."""
    return _SPECIAL.sub(_as_escape, text)


def _as_escape(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


class Reader:
    """A place in a list of lexemes."""

    def __init__(self, all_: list[Lexeme], failure: Failure) -> None:
        self._all, self._failure, self._at = all_, failure, 0

    def peek(self, ahead: int = 0) -> Lexeme | None:
        at = self._at + ahead
        return self._all[at] if at < len(self._all) else None

    def skip(self, count: int = 1) -> None:
        self._at += count

    def unexpected(self, wanted: str) -> Exception:
        found = self.peek()
        if found is None:
            last = self._all[-1] if self._all else Lexeme("word", "", 0)
            return self._failure(f"Expecting {wanted} before the end of the query", last.at + len(last.text))
        return self._failure(f"Expecting {wanted} but got '{found.text}'", found.at)

    def is_word(self, *words: str, ahead: int = 0) -> bool:
        found = self.peek(ahead)
        return found is not None and found.kind == "word" and found.text.lower() in words

    def is_op(self, *ops: str) -> bool:
        found = self.peek()
        return found is not None and found.kind == "op" and found.text in ops

    def skip_op(self, op: str) -> None:
        if not self.is_op(op):
            raise self.unexpected(f"'{op}'")
        self.skip()

    def name(self, wanted: str) -> Lexeme:
        """A word or a string."""
        found = self.peek()
        if found is None or found.kind == "op":
            raise self.unexpected(wanted)
        self.skip()
        return found

    def values(self) -> tuple[Value, ...]:
        """A list in parentheses, or one function that stands for a list."""
        if not self.is_op("("):
            at, value = self._at, self.value()
            if value.arguments is None:
                self._at = at
                raise self.unexpected("a list in parentheses or a function")
            return (value,)
        self.skip_op("(")
        found = [self.value()]
        while self.is_op(","):
            self.skip()
            found.append(self.value())
        self.skip_op(")")
        return tuple(found)

    def value(self) -> Value:
        found = self.name("a value")
        if found.kind == "word" and self.is_op("("):
            return Value(found.text, False, self._arguments())
        return Value(found.text, found.kind == "string")

    def _arguments(self) -> tuple[str, ...]:
        self.skip_op("(")
        found: list[str] = []
        while not self.is_op(")"):
            if found:
                self.skip_op(",")
            found.append(self.name("an argument").text)
        self.skip_op(")")
        return tuple(found)
