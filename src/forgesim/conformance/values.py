"""Values that are too long to write out, as a table writes them.

``{$repeat: [TEXT, N]}`` is the text N times over, ``{$nest: N}`` N arrays one in the other, ``{$each: [VALUE, N]}`` a
list of N values in whose texts ``{n}`` stands for 0, 1, 2, …, and ``{$answer: MEMBER}`` a member of what the step
before was answered.
"""

from __future__ import annotations

from typing import Any

__all__ = ["expand"]


def expand(value: Any, answer: Any = None) -> Any:
    """The value that is meant; ``answer`` is the JSON of the step before.

    Raises ValueError for a word with ``$`` that is none of the four.
    """
    match value:
        case {"$answer": str() as member}:
            return answer.get(member) if isinstance(answer, dict) else None
        case {"$repeat": [str() as text, int() as times]}:
            return text * times
        case {"$nest": int() as levels}:
            nested: list[Any] = []
            for _ in range(levels - 1):
                nested = [nested]
            return nested
        case {"$each": [template, int() as times]}:
            return [_numbered(expand(template, answer), number) for number in range(times)]
        case dict():
            if wrong := [name for name in value if str(name).startswith("$")]:
                raise ValueError(f"{wrong[0]} is no word of a case's values")
            return {name: expand(inner, answer) for name, inner in value.items()}
        case list():
            return [expand(inner, answer) for inner in value]
        case _:
            return value


def _numbered(value: Any, number: int) -> Any:
    match value:
        case str():
            return value.replace("{n}", str(number))
        case dict():
            return {name: _numbered(inner, number) for name, inner in value.items()}
        case list():
            return [_numbered(inner, number) for inner in value]
        case _:
            return value
