"""What is left of a request in a service's process: texts that module variables, or anything else alive, still hold."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

__all__ = ["RESIDUE", "find"]

RESIDUE = "(residue)"
"""The function key under which the host asks a service's process what is left."""

MOST = 8
NAMELESS = "an object that no module names"


def find(asked: Any) -> list[str]:
    """Where one of the marks still stands. ``asked["marks"]`` are texts in hex, so that asking leaves no trace of
    them; an answer is ``service.LAST``, a module and its variable, or says that nothing names the object.

    Seen is what Python can reach: not the memory of native libraries, and not what was encoded or compressed.
    """
    marks = [bytes.fromhex(mark).decode() for mark in asked["marks"]]
    forms = [mark.encode() for mark in marks]
    gc.unfreeze()
    gc.collect()
    own = {id(marks), id(forms), *map(id, marks), *map(id, forms)}
    own |= {id(getattr(module, "__dict__", None)) for module in sys.modules.values()}  # each is looked at by itself
    found: dict[str, None] = {}
    for name, root in _roots():
        if _holds(root, marks, forms, own):
            found[name] = None
            if len(found) == MOST:
                break
    return list(found)


def _roots() -> Iterator[tuple[str, Any]]:
    """Variables of modules by name, what was imported last first, then everything that the collector knows."""
    for name, module in reversed(list(sys.modules.items())):
        for variable, value in list(getattr(module, "__dict__", {}).items()):
            yield f"{name}.{variable}", value
    yield NAMELESS, [thing for thing in gc.get_objects() if not isinstance(thing, FrameType)]


def _holds(root: Any, marks: list[str], forms: list[bytes], seen: set[int]) -> bool:
    """Whether a mark stands in anything that can be reached from ``root`` and was not looked at before."""
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, str):
            if any(mark in thing for mark in marks):
                return True
        elif isinstance(thing, bytes | bytearray):
            if any(form in thing for form in forms):
                return True
        elif not isinstance(thing, FrameType | ModuleType | int | float):
            waiting.extend(gc.get_referents(thing))
    return False
