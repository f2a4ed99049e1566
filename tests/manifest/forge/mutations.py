"""Changes of manifests: anything done to any place, in a fixed order, and a draw of them by a seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from tests.manifest.forge.examples import Manifest

__all__ = ["drawn", "mutations", "text_of"]

VALUES: Mapping[str, Any] = {
    "null": None,
    "a number": 7,
    "a text": "word",
    "true": True,
    "a list": ["word"],
    "a map": {"word": "word"},
    "an empty text": "",
    "an empty list": [],
    "an empty map": {},
    "a long text": "a" * 1200,
    "an odd text": "a b/ü",
}
"""What is put in the place of a value."""
Place = tuple[str | int, ...]


def text_of(manifest: Manifest) -> str:
    """JSON, which is YAML."""
    return json.dumps(manifest, ensure_ascii=False, indent=1)


def mutations(name: str, manifest: Manifest, base: Manifest) -> Iterator[tuple[str, str]]:
    """What the change is → the text of the manifest after it, at each place that ``base`` has not."""
    for place, value in _places(manifest, ()):
        if (name != "base" and _at(base, place) == value) or (name != "base" and not place):
            continue
        where = f"{name}: {'.'.join(map(str, place)) or 'all'}"
        yield from ((f"{where} {what}", text_of(made)) for what, made in _changed(manifest, place, value))
        if isinstance(place[-1] if place else 0, str):
            yield f"{where} twice", _key_twice(manifest, place)


def _changed(manifest: Manifest, place: Place, value: Any) -> Iterator[tuple[str, Manifest]]:
    if place:
        yield "left out", _with(manifest, place, lambda above, last: above.__delitem__(last))
    for what, other in VALUES.items():
        if other != value or type(other) is not type(value):
            yield f"is {what}", _with(manifest, place, lambda above, last, new=other: above.__setitem__(last, new))
    if isinstance(value, dict):
        yield "has a surprise", _with(manifest, (*place, "surprise"), lambda above, last: above.__setitem__(last, 1))
    if isinstance(value, list) and value:
        yield "has its first twice", _with(manifest, (*place, 0), lambda above, last: above.append(above[last]))


def _with(manifest: Manifest, place: Place, change: Any) -> Any:
    made = {"all": copy.deepcopy(manifest)}
    above: Any = made
    for step in ("all", *place)[:-1]:
        above = above[step]
    change(above, ("all", *place)[-1])
    return made["all"]


def _key_twice(manifest: Manifest, place: Place) -> str:
    """The key at the place given twice, as no JSON value can say."""
    marked = text_of(
        _with(manifest, place, lambda above, last: above.__setitem__(f"{last}\0", copy.deepcopy(above[last])))
    )
    return marked.replace("\\u0000", "")


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    yield place, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _places(child, (*place, key))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _places(child, (*place, number))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def drawn(population: Mapping[str, str], count: int, seed: int) -> dict[str, str]:
    """So many of them, the same ones for a seed."""
    names = random.Random(seed).sample(sorted(population), count)
    return {name: population[name] for name in names}
