"""Numbers in log lines that twin sites may make differ: sizes in a vendor's answer, told by the answer itself.

Twins keep every length and every count, so an app that logs those logs the same on both. What a vendor's service
makes of content that it may receive can still be of another size: a PDF has more bytes where its letters are wider.
Only such numbers may differ, and few of them, or a text written as numbers would pass for sizes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from forgesim.ledger.records import Body

__all__ = ["MOST", "Logged", "Place", "differing_sizes", "masked", "sizes_of"]

MOST = 3
"""Sizes for each answer that may differ: its own bytes, those of a file in it, a count."""
MAX_COUNT = 100_000

Place = tuple[int, int]
"""Position of a line on its channel, and of a number in that line."""

_NUMBER = re.compile(r"(?<![\w.])\d{1,12}(?![\w.]*\d)")


def sizes_of(body: Body | None) -> frozenset[int]:
    """The sizes that an answer tells: its bytes, and in JSON each whole number up to 100,000 and the bytes of each
    base64 file."""
    if body is None:
        return frozenset()
    found = {body.size}
    with suppress(msgspec.MsgspecError, RecursionError):
        found.update(_sizes(msgspec.json.decode(body.text or "null")))
    return frozenset(found)


def _sizes(value: Any) -> Iterator[int]:
    match value:
        case bool():
            pass
        case int() if 0 <= value <= MAX_COUNT:
            yield value
        case str():
            with suppress(binascii.Error, ValueError):
                yield len(base64.b64decode(value, validate=True))
        case list() | dict():
            for part in value.values() if isinstance(value, dict) else value:
                yield from _sizes(part)
        case _:
            pass


class Logged(NamedTuple):
    """A run's log lines, and the sizes that each answer to a request with content told it."""

    lines: Sequence[str]
    answers: Sequence[frozenset[int]]


def differing_sizes(ours: Logged, theirs: Logged) -> frozenset[Place]:
    """Where two runs log different numbers that each run's own answers tell as sizes; empty where there are more of
    them than the answers account for."""
    of_ours, of_theirs = (frozenset[int]().union(*run.answers) for run in (ours, theirs))
    places: set[Place] = set()
    pairs: set[tuple[int, int]] = set()
    for line, (a, b) in enumerate(zip(ours.lines, theirs.lines, strict=False)):
        numbers = zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=False)
        for at, (mine, other) in enumerate((int(x), int(y)) for x, y in numbers):
            if mine != other and mine in of_ours and other in of_theirs:
                places.add((line, at))
                pairs.add((mine, other))
    return frozenset(places) if len(pairs) <= MOST * min(len(ours.answers), len(theirs.answers)) else frozenset()


def masked(text: str, line: int, places: frozenset[Place]) -> str:
    """A line with the numbers at these places left out."""
    count = -1

    def number(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return "#" if (line, count) in places else found[0]

    return _NUMBER.sub(number, text) if places else text
