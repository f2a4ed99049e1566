"""What is left of a request in a service's process: its texts, wherever they still stand, and what its variables hold.

Seen is what Python can reach: not the memory of native libraries. A text that was encoded no longer stands there, but
a variable that holds it is another after another request, which ``state`` tells.
"""

from __future__ import annotations

import os
import select
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from gc import collect, get_objects, get_referents, unfreeze
from hashlib import blake2b
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from forgesim.guest.plain import Plain

__all__ = ["EXITS", "RESIDUE", "find"]

RESIDUE = "(residue)"
"""The function key under which the host asks a service's process what is left."""

MOST = 8
NAMELESS = "an object that no module names"
EXITS: list[Any] = []
"""What the service registered with ``atexit``, which keeps it where nobody can look."""

_NUMBERS = frozenset({int, float, complex, bool, type(None)})
_ATOMS = _NUMBERS | {str, bytes, bytearray}
_RAW = (bytes, bytearray)
_CALLED = [vars(type)[name].__get__ for name in ("__name__", "__qualname__")]
_MANAGED_DICT = 1 << 4
"""The flag of classes whose objects have their attributes without a dict at first (CPython's ``object.h``)."""
_FIXED = frozenset({
    CodeType, BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType, GetSetDescriptorType,
    MemberDescriptorType,
})  # fmt: skip
"""Types of what a program is made of. Nothing in them changes; who makes more of them at run time is told of."""
_LEFT_OUT = _FIXED | _ATOMS
_DESCRIPTORS = range(256)
_AT_ONCE = 4096
"""Objects of which the collector is asked in one call."""


def find(asked: Any) -> dict[str, Any]:
    """``left``: where one of the marks still stands, in any case of its letters. ``asked["marks"]`` are texts in hex,
    so that asking leaves no trace of them; a place is ``service.LAST``, a module and its variable, or says that nothing
    names the object. ``state``, where it is asked for: variable → digest of all that it reaches, and what waits in
    pipes and in files without a name.
    """
    marks = [bytes.fromhex(mark).decode().lower() for mark in asked["marks"]]
    forms = [mark.encode() for mark in marks]
    unfreeze()
    collect()
    own = {id(marks), id(forms), *map(id, marks), *map(id, forms), *map(id, _own_frames())}
    # Variables are looked at by themselves, so the dict that has them is not.
    own |= {id(vars(module)) for _, module in _modules() if issubclass(type(module), ModuleType)}
    return {
        "left": _left(marks, forms, set(own)) if marks else [],
        "state": _state(set(own)) if asked.get("state") else {},
        "waiting": list(_waiting()),
    }


def _modules() -> list[tuple[str, object]]:
    """What ``sys.modules`` has, last first; a program may put anything there."""
    return list(reversed(sys.modules.items()))


def _own_frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 -- the frames that look
    while frame is not None:
        yield frame
        frame = frame.f_back


# --- texts ----------------------------------------------------------------------------------------------------------


def _left(marks: list[str], forms: list[bytes], seen: set[int]) -> list[str]:
    found: dict[str, None] = {}
    places = [*_variables(), (NAMELESS, get_objects())]
    if not _stands(places, marks, forms, seen):
        return []
    for name, things in places:
        if _holds(things, marks, forms, seen):
            found[f"{name.partition('.')[0]}, in a name" if any(mark in name.lower() for mark in marks) else name] = (
                None
            )
            if len(found) == MOST:
                break
    return list(found)


def _stands(places: list[tuple[str, list[Any]]], marks: list[str], forms: list[bytes], seen: set[int]) -> bool:
    """Whether a mark stands in anything that can be reached from these places. Most often none does, and all texts
    together are soon looked through: where it stands, nobody has to ask then."""
    known = set(seen)
    waiting = [thing for _, things in places for thing in things if id(thing) not in seen]
    held = [waiting]  # or another thing gets the place, and so the id, of one that is known
    while waiting:
        texts = {thing for thing in waiting if type(thing) is str}
        rest = [thing for thing in waiting if type(thing) is not str and type(thing) not in _NUMBERS]
        raw = {thing for thing in rest if type(thing) is bytes}
        rest = [thing for thing in rest if type(thing) is not bytes]
        more = [bytes(memoryview(thing)) for thing in rest if issubclass(type(thing), _RAW)]
        joined = "\0".join([*texts, *(str.__str__(thing) for thing in rest if issubclass(type(thing), str))]).lower()
        joined_raw = b"\0".join([*raw, *more]).lower()
        if any(mark in joined for mark in marks) or any(form in joined_raw for form in forms):
            return True
        inner = {id(thing): thing for thing in rest if type(thing) is not bytearray}
        fresh = inner.keys() - known
        known |= fresh
        waiting = _referents([inner[number] for number in fresh])
        held.append(waiting)
        waiting = [thing for thing in waiting if type(thing) in _ATOMS or id(thing) not in known]
    return False


def _variables() -> Iterator[tuple[str, list[Any]]]:
    """Variables of modules, what was imported last first: what each is called, and it with its name; then what
    ``atexit`` has."""
    for name, module in _modules():
        if issubclass(type(module), ModuleType):
            for variable, value in list(vars(module).items()):
                yield f"{name}.{variable}", [variable, value]
        else:
            yield name, [module]
    yield "atexit.register", [EXITS]


def _holds(things: list[Any], marks: list[str], forms: list[bytes], seen: set[int]) -> bool:
    """Whether a mark stands in anything that can be reached from these and was not looked at before. They have to live
    on, or another thing gets the place, and so the id, of one that was seen."""
    waiting = list(things)
    shortest = min(map(len, marks))
    while waiting:
        inner: list[Any] = []
        for thing in waiting:
            kind = type(thing)
            if kind in _NUMBERS or (kind is str and len(thing) < shortest and thing.isascii()):
                continue  # most of what a process holds is shorter than any mark
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if issubclass(kind, str):
                low = str.lower(thing)
                for mark in marks:
                    if mark in low:
                        return True
            elif issubclass(kind, _RAW):
                raw = bytes.lower(thing) if issubclass(kind, bytes) else bytearray.lower(thing)
                for form in forms:
                    if form in raw:
                        return True
            if kind not in _ATOMS:
                inner.append(thing)
        waiting = _referents(inner)
    return False


def _referents(things: list[Any]) -> list[Any]:
    """What these refer to. Each call is an audit event, and hooks that hear of it cost more than the call."""
    found = [name for thing in things for name in _names(thing)]
    for at in range(0, len(things), _AT_ONCE):
        found += get_referents(*things[at : at + _AT_ONCE])
    return found


def _names(thing: Any) -> Iterable[Any]:
    """What the collector passes over, for no cycle goes through it: keys of a dict that are texts, what classes are
    called, and the names of attributes. Ask for them before the referents: an object may have its dict only from then
    on."""
    kind = type(thing)  # a proxy says that it is an instance of another one
    if issubclass(kind, dict):
        return dict.keys(thing)
    if issubclass(kind, type):
        return [get(thing) for get in _CALLED]
    if not kind.__flags__ & _MANAGED_DICT:
        return ()
    try:
        held = object.__getattribute__(thing, "__dict__")
    except Exception:  # noqa: BLE001 -- a class may have anything there
        return ()
    return dict.keys(held) if issubclass(type(held), dict) else ()


# --- state ----------------------------------------------------------------------------------------------------------


def _state(seen: set[int]) -> dict[str, str]:
    """Variable → digest over what it reaches and no variable before it does, in whatever order. Ours are left out."""
    ours, words = _our_types(), Plain()
    state = {
        name: _digest(things, seen, ours, words)
        for name, things in _variables()
        if not name.startswith(("forgesim.", "freezegun."))
    }
    return state | {"the interpreter's settings": words.plain(_settings(words))}


def _our_types() -> set[int]:
    """Classes of forgesim's own, whose objects serve the very request that asks."""
    modules = [(name, module) for name, module in sys.modules.items() if name.startswith("forgesim")]
    return {
        id(value)
        for name, module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == name
    }


def _digest(things: list[Any], seen: set[int], ours: set[int], words: Plain) -> str:
    plain, shown = words.plain, words.shown
    total = _number(shown(things), " ")
    waiting = list(things)
    while waiting:
        fresh: list[Any] = []
        for thing in waiting:
            kind = type(thing)
            # What is an atom, whoever refers to it has said.
            if kind not in _LEFT_OUT and id(thing) not in seen and id(kind) not in ours:
                seen.add(id(thing))
                fresh.append(thing)
        waiting = []
        for at in range(0, len(fresh), _AT_ONCE):
            batch = fresh[at : at + _AT_ONCE]
            for thing, children in zip(batch, _children(batch, seen), strict=True):
                parts = [plain(thing), *shown(children)]
                if isinstance(thing, set | frozenset):
                    parts.sort()
                total += _number(parts, "\0")
                waiting += children
    return f"{total % 2**128:032x}"


def _number(parts: list[str], between: str) -> int:
    return int.from_bytes(blake2b(between.join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _children(things: list[Any], seen: set[int]) -> list[list[Any]]:
    """What each of these refers to. One call for all, with something between them that only we have."""
    end = object()
    between = (end,)
    seen.update((id(end), id(between)))
    names = [[*_names(thing)] for thing in things]
    asked = [part for thing in things for part in (thing, between)]
    found: list[list[Any]] = [[]]
    for each in get_referents(*asked):
        if each is end:
            found.append([])
        else:
            found[-1].append(each)
    return [[*children, *own] for children, own in zip(found, names, strict=False)]


def _settings(words: Plain) -> list[Any]:
    """Numbers and functions that the interpreter keeps for whoever sets them."""
    import gc
    import signal

    handlers = [signal.getsignal(number) for number in sorted(signal.valid_signals())]
    timers = [signal.getitimer(which)[0] > 0 for which in (0, 1, 2)]
    mask = None
    with suppress(OSError):
        mask = os.umask(0o77)
        os.umask(mask)
    return [
        sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits(), gc.get_threshold(),
        gc.get_debug(), mask, timers, words.shown(handlers),
    ]  # fmt: skip


def _waiting() -> Iterator[str]:
    """Pipes and sockets that have something to read, and files that have no name but bytes."""
    poll = select.poll()
    for fd in _DESCRIPTORS:
        try:
            found = os.fstat(fd)
        except OSError:
            continue
        if stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode):
            poll.register(fd, select.POLLIN)
        elif stat.S_ISREG(found.st_mode) and found.st_nlink == 0 and found.st_size:
            yield f"descriptor {fd}, a file without a name"
    for fd, events in poll.poll(0):
        if events & select.POLLIN:
            yield f"descriptor {fd}, a pipe or socket with unread data"
