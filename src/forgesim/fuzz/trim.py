"""Cuts a case down: steps, then parts of texts and lists, for as long as it breaks the same promise.

Hypothesis shrinks what it drew; where a text came out of many draws it stops early, and this goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from forgesim.fuzz.campaign import Case

__all__ = ["trim"]


def trim(case: Case, is_bad: Callable[[Case], bool], keys: Collection[str]) -> Case:
    """A smaller case that ``is_bad`` too. In a step, only values of these keys are cut: texts and lists.

    Deterministic. ``is_bad`` may end the search by raising; what was found until then is its caller's to remember.
    """
    case = _cut(case, is_bad)
    for step in case:
        for key in [key for key in step if key in keys]:
            for holder, place in _holders(step, key):
                holder[place] = _cut(holder[place], _with(case, is_bad, holder, place))
    return case


def _holders(step: dict[str, Any], key: str) -> Iterator[tuple[Any, Any]]:
    """The value, and then the texts in it where it is a list, each as (what holds it, where)."""
    yield step, key
    if isinstance(step[key], list):
        yield from ((step[key], place) for place, each in enumerate(step[key]) if isinstance(each, str))


def _with(case: Case, is_bad: Callable[[Case], bool], holder: Any, place: Any) -> Callable[[Any], bool]:
    def tried(value: Any) -> bool:
        kept = holder[place]
        holder[place] = value
        try:
            return is_bad(case)
        finally:
            holder[place] = kept

    return tried


def _cut(value: Any, is_bad: Callable[[Any], bool]) -> Any:
    """The text or list without all that it can do without: halves first, then ever shorter pieces."""
    if not isinstance(value, str | list):
        return value
    return _cut_sequence(value, is_bad)


def _cut_sequence(value: Any, is_bad: Callable[[Any], bool]) -> Any:
    size = max(1, len(value) // 2)
    while value:
        start = 0
        while start < len(value):
            shorter = value[:start] + value[start + size :]
            if is_bad(shorter):
                value = shorter
            else:
                start += size
        if size == 1:
            break
        size //= 2
    return value
