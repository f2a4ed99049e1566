"""The narrowest declared type that values seen fit, in the words of trust.yml.

A text is an id that exists, a time that was read, a word of the user's, or one of the words that the app's own source
spells. Any other text may be content: it has no type, and a draft says so instead of declaring it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from forgesim.errors import InputError
from forgesim.manifest.types import ID_KINDS, World, mismatch, parse_type

__all__ = ["CannotTellError", "Raw", "Sample", "type_of", "words_of"]

Raw: TypeAlias = str | list[Any] | dict[str, Any]
"""A type as YAML writes it."""
Sample: TypeAlias = tuple[Any, World]
"""A value that crossed, and what it could refer to."""

MOST_WORDS = 12
"""Words that a choice has at most."""
MOST_DECIMALS = 6
"""A number with more has room for a message."""
SETTING_SIZES = (40, 200, 1_000, 10_000)
LIST_SIZES = (10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 999_999)

_PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_RESERVED = frozenset({"true", "false", "null"})


class CannotTellError(Exception):
    """No type fits what was seen. ``path`` is where, from the top; ``why`` in words."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}" if path else why)


def type_of(samples: Sequence[Sample], words: Collection[str], *, content: bool = False, path: str = "") -> Raw:
    """The type of all these values. ``words``: what the app's source spells; ``content``: a text that is nothing else
    may be declared as content. Raises CannotTellError."""
    known = [(value, world) for value, world in samples if value is not None]
    if not known:
        return "const null"
    found = _type_of(known, words, content, path)
    if len(known) == len(samples) or found == "content":
        return found
    if not isinstance(found, str):
        raise CannotTellError(path, "is null at times and a map or a choice at others")
    return f"{found}?"


def _type_of(samples: Sequence[Sample], words: Collection[str], content: bool, path: str) -> Raw:
    kinds = {_kind(value) for value, _ in samples}
    match sorted(kinds):
        case ["map"]:
            return _fields(samples, words, content, path)
        case ["list"]:
            return _list(samples, words, content, path)
        case ["bool"]:
            return "bool"
        case ["text"]:
            return _text(samples, words, content, path)
        case ["int"]:
            return _integer(samples, path)
        case ["int", "number"] | ["number"]:
            return _number(samples, path)
        case _:
            raise CannotTellError(path, f"is a {' at times and a '.join(sorted(kinds))} at others")


def _kind(value: Any) -> str:
    match value:
        case dict():
            return "map"
        case list():
            return "list"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "number"
        case _:
            return "text"


def _fields(samples: Sequence[Sample], words: Collection[str], content: bool, path: str) -> Raw:
    names = dict.fromkeys(name for value, _ in samples for name in value)
    found: dict[str, Any] = {}
    for name in names:
        here = [(value[name], world) for value, world in samples if name in value]
        inner = f"{path}.{name}" if path else name
        of = type_of(here, words, content=content, path=inner)
        if len(here) < len(samples) and of != "content" and not (isinstance(of, str) and of.endswith("?")):
            if not isinstance(of, str):
                raise CannotTellError(inner, "is a map or a choice that is absent at times")
            of = f"{of}?"
        found[name] = of
    return found


def _list(samples: Sequence[Sample], words: Collection[str], content: bool, path: str) -> Raw:
    longest = max(len(value) for value, _ in samples)
    items = [(item, world) for value, world in samples for item in value]
    size = next((size for size in LIST_SIZES if longest <= size), longest)
    if not items:
        return "list 0 of bool"
    of = type_of(items, words, content=content, path=f"{path}[]")
    # At the end of a list's words, a question mark would be the list's.
    return f"list {size} of {of}" if isinstance(of, str) and not of.endswith("?") else {"list": size, "of": of}


def _text(samples: Sequence[Sample], words: Collection[str], content: bool, path: str) -> Raw:
    for kind in ID_KINDS:
        if all(value in world.ids.get(kind, ()) for value, world in samples):
            return f"id {kind}"
    if _all_fit("time", samples):
        return "time"
    texts = list(dict.fromkeys(value for value, _ in samples))
    if len(texts) <= MOST_WORDS and all(text in words for text in texts):
        return _choice(texts)
    longest = max(map(len, texts))
    if all(value in world.settings for value, world in samples) and longest <= SETTING_SIZES[-1]:
        return f"setting {next(size for size in SETTING_SIZES if longest <= size)}"
    if content:
        return "content"
    raise CannotTellError(path, "is a text that is no id, no time, no word of the user's and none of the app's source")


def _choice(texts: list[str]) -> Raw:
    plain = all(_PLAIN_WORD.fullmatch(text) and text not in _RESERVED for text in texts)
    if not plain:
        return list(texts)
    return f"const {texts[0]}" if len(texts) == 1 else f"enum {'|'.join(texts)}"


def _integer(samples: Sequence[Sample], path: str) -> Raw:
    for kind in ("board", "sprint"):
        if kind in path.lower().rpartition(".")[2] and _all_fit(f"id {kind}", samples):
            return f"id {kind}"
    if min(value for value, _ in samples) > 10**12 and _all_fit("time", samples):
        return "time"
    lo, hi = _range([value for value, _ in samples])
    return f"int {lo}..{hi}"


def _number(samples: Sequence[Sample], path: str) -> Raw:
    decimals = max(_decimals(value) for value, _ in samples)
    if decimals > MOST_DECIMALS:
        raise CannotTellError(path, f"is a number of {decimals} decimals: round it, or it has room for a message")
    lo, hi = _range([value for value, _ in samples])
    raw = f"number {lo}..{hi} step {Decimal(1).scaleb(-max(decimals, 1)):f}"
    if not _all_fit(raw, samples):
        raise CannotTellError(path, "is a number of no even steps: round it, or it has room for a message")
    return raw


def _range(values: Sequence[int | float]) -> tuple[int, int]:
    """From 0, or as far below as above, to the next of 100, 9999, 999999 and so on."""
    largest = max(abs(value) for value in values)
    hi = 100
    while hi < largest:
        hi = 9_999 if hi == 100 else hi * 100 + 99
    return (-hi if min(values) < 0 else 0), hi


def _decimals(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else MOST_DECIMALS + 1


def _all_fit(raw: Raw, samples: Sequence[Sample]) -> bool:
    try:
        of = parse_type(raw)
    except InputError:
        return False
    return all(mismatch(of, value, world) is None for value, world in samples)


def words_of(sources: Mapping[str, str]) -> frozenset[str]:
    """The texts that the app's source spells: a stored one of them says nothing about content."""
    found: set[str] = set()
    for path, source in sources.items():
        found |= _python_words(source) if path.endswith(".py") else {match[2] for match in _QUOTED.finditer(source)}
    return frozenset(found)


def _python_words(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


_QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]){1,200})\1""")
