"""What a rehearsal stored, as ``stores`` of trust.yml: keys with placeholders for what they name, values by type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from forgesim.claims.case import Case
from forgesim.claims.wire import Write, writes_of
from forgesim.draft.values import CannotTellError, Raw, Sample, type_of
from forgesim.manifest.keys import KeyPattern
from forgesim.manifest.types import ID_KINDS, World

__all__ = ["StoreDraft", "Untold", "stores_of"]

CHANNELS = ("kvs", "secret", "entity", "property", "queue")
MOST_DIGITS = 6
"""Of a number in a key that is no id; a longer one has room for a message."""
MOST_PATTERNS = 40
"""Stores of one place; an app with more names its keys by something that no placeholder stands for."""

_SPLIT = re.compile(r"([:/#|.])")
_INNER = re.compile(r"([-_])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"0|[1-9]\d{0,5}")
_INT = "{int}"


@dataclass(frozen=True, slots=True)
class StoreDraft:
    """A store as trust.yml would write it, and how many writes it stands for."""

    place: str
    key: str
    value: Raw
    writes: int


@dataclass(frozen=True, slots=True)
class Untold:
    """What a draft cannot declare, and why: ``prove`` will call it undeclared."""

    what: str
    why: str


def stores_of(case: Case, words: Collection[str]) -> tuple[list[StoreDraft], list[Untold]]:
    """The stores, by place and key in the order of their first write; and what has no type."""
    groups: dict[tuple[str, str], list[Write]] = {}
    worlds: dict[int, World] = {}
    untold: list[Untold] = []
    for crossing in case.on(*CHANNELS):
        world = case.world(crossing)
        worlds[crossing.decided.seq] = world
        for write in writes_of(crossing):
            if write.wrong is not None:
                untold.append(Untold(f"{write.place} {_shown(write.key)}", write.wrong))
            else:
                groups.setdefault((write.place, _form(write.key, world)), []).append(write)
    found: list[StoreDraft] = []
    for (place, form), writes in groups.items():
        samples: list[Sample] = [(write.value, worlds[write.crossing.decided.seq]) for write in writes]
        key = _pattern(form, [write.key for write in writes])
        try:
            _check_key(place, key, writes, samples, found)
            found.append(StoreDraft(place, key, type_of(samples, words), len(writes)))
        except CannotTellError as error:
            untold.append(Untold(f"{place} {_shown(key)}", str(error)))
    if any(True for _ in case.on("object")):
        untold.append(Untold("object store", "its values are bytes, which have no type"))
    return found, list(dict.fromkeys(untold))


def _check_key(
    place: str, key: str, writes: Sequence[Write], samples: Sequence[Sample], others: Sequence[StoreDraft]
) -> None:
    """Raises CannotTellError where the pattern is none, is not that of its keys, or another store has it too."""
    try:
        pattern = KeyPattern.parse(key)
    except ValueError as error:
        raise CannotTellError("its key", str(error)) from None
    beside = [other for other in others if other.place == place]
    if len(beside) >= MOST_PATTERNS:
        raise CannotTellError("its key", f"is one of more than {MOST_PATTERNS} forms: it names what has no placeholder")
    for other in beside:
        if KeyPattern.parse(other.key).overlaps(pattern):
            raise CannotTellError("its key", f"belongs to {other.key} too: give the two different beginnings")
    for write, (_, world) in zip(writes, samples, strict=True):
        if reason := pattern.match(write.key, world):
            raise CannotTellError("its key", reason)


def _form(key: str, world: World) -> str:
    """The key with placeholders; numbers that are no ids as ``{int}``, whose range is known when all keys are."""
    parts: list[str] = []
    before = ""
    for part in _SPLIT.split(key):
        parts.append(_placeholder(part, before, world) or "".join(_inner(part, before, world)))
        before += part
    return "".join(parts)


def _inner(part: str, before: str, world: World) -> Iterator[str]:
    for piece in _INNER.split(part):
        yield _placeholder(piece, before, world) or piece
        before += piece


def _placeholder(text: str, before: str, world: World) -> str | None:
    """The placeholder for a text, if it is one; of several kinds of ids the one that the key names before it."""
    if not text:
        return None
    kinds = [kind for kind in ID_KINDS if text in world.ids.get(kind, ()) or _is_account(kind, text, world)]
    if kinds:
        named = {kind: before.rfind(kind) for kind in kinds}
        return f"{{{max(kinds, key=lambda kind: named[kind])}}}"
    if _DATE.fullmatch(text):
        return "{date}"
    return _INT if _WHOLE.fullmatch(text) else None


def _is_account(kind: str, text: str, world: World) -> bool:
    return kind == "account" and text.replace(".", ":") in world.ids.get(kind, ())


def _pattern(form: str, keys: Sequence[str]) -> str:
    if _INT not in form:
        return form
    numbers = (int(number) for key in keys for number in re.findall(r"\d+", key) if len(number) <= MOST_DIGITS)
    largest = max(numbers, default=0)
    hi = 9
    while hi < largest:
        hi = hi * 10 + 9
    return form.replace(_INT, f"{{int 0..{hi}}}")


def _shown(key: str) -> str:
    return key if len(key) <= 60 else f"{key[:60]}…"
