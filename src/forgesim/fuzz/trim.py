"""Cuts a case down: steps, then parts of texts and lists, for as long as it breaks the same promise.

Hypothesis shrinks what it drew; where a text came out of many draws it stops early, and this goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from forgesim.fuzz.campaign import Case, Cut

__all__ = ["trim"]


def trim(case: Case, is_bad: Callable[[Case], bool], cuts: Mapping[str, Cut], *, fixed: int = 0) -> Case:
    """A smaller case that ``is_bad`` too. In a step, only values of the keys of ``cuts`` are cut, each in its way; the
    first ``fixed`` steps stay.

    Deterministic. ``is_bad`` may end the search by raising; what was found until then is its caller's to remember.
    """
    stay = case[:fixed]
    case = stay + _cut(case[fixed:], lambda rest: is_bad(stay + rest))
    for step in case:
        for key in [key for key in step if key in cuts]:
            for holder, place in _holders(step, key, cuts[key]):
                holder[place] = _cut(holder[place], _with(case, is_bad, holder, place))
    return case


def _holders(holder: Any, place: Any, how: Cut) -> Iterator[tuple[Any, Any]]:
    """The value, and then what in it may be cut too, each as (what holds it, where)."""
    kinds: dict[Cut, Any] = {"number": int, "value": object}
    if not isinstance(holder[place], kinds.get(how, (str, list))):
        return
    yield holder, place
    value = holder[place]
    if how == "text" and isinstance(value, list):
        yield from ((value, inner) for inner, each in enumerate(value) if isinstance(each, str))
    elif how == "value" and isinstance(value, list | dict):
        for inner in list(value) if isinstance(value, dict) else range(len(value)):
            yield from _holders(value, inner, how)


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
    """The text, list, mapping or number without all that it can do without."""
    match value:
        case bool():
            return value
        case int():
            return _lowered(value, is_bad)
        case str() | list():
            return _cut_sequence(value, is_bad)
        case dict():
            kept = _cut_sequence(list(value), lambda names: is_bad({name: value[name] for name in names}))
            return {name: value[name] for name in kept}
        case _:
            return value


def _cut_sequence(value: Any, is_bad: Callable[[Any], bool]) -> Any:
    """Halves go first, then ever shorter pieces."""
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


def _lowered(value: int, is_bad: Callable[[int], bool]) -> int:
    """A number nearer to 0, as near as halving the way there finds one."""
    good, sign = -1, 1 if value >= 0 else -1
    bad = abs(value)
    while bad - good > 1:
        middle = 0 if good < 0 else (good + bad) // 2
        if middle != bad and is_bad(sign * middle):
            bad = middle
        else:
            good = middle
    return sign * bad
