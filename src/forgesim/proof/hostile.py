"""What no scenario sends: each key of each payload gets hostile values in turn, whatever the source asks about it.

Code that hands on what it was given has no branch to aim at, and all of it runs. What such a call leaves behind is
judged like anything else: what is stored as it came is of no declared type, and an app that refuses it stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from forgesim.manifest.model import App, Scenario, Step
from forgesim.proof.alter import altered_steps
from forgesim.proof.callers import guess
from forgesim.proof.way import Way
from forgesim.runtime.endpoints import called
from forgesim.site.access import readable_refs
from forgesim.site.facts import known_ids
from forgesim.site.model import Site
from forgesim.site.variables import expand
from forgesim.source.keys import payload_keys
from forgesim.source.leaves import EACH
from forgesim.source.program import Program
from forgesim.source.solve import Want

__all__ = ["HOSTILE_TEXTS", "HOSTILE_VALUES", "Hostile", "hostile", "neighbours"]

WORDS = "Whoever finds this sentence kept somewhere knows that it was not looked at: it was made up to be sent."
"""Prose as content has it, and of no site: what a site holds would break claims that are about its content."""
HOSTILE_TEXTS = (WORDS, f"<h2>Kept</h2>{f'<p>{WORDS}</p>' * 50}", "constructor", "")
"""No field has these: prose, a page of markup, a name that every object of JavaScript has, nothing."""
HOSTILE_VALUES: tuple[Any, ...] = ([], None, True, 2**53)
"""No texts; the number is one that JavaScript holds exactly."""

UNASKED = "more"
"""A key that nobody asks for: it leaves an app that hands a whole map on."""
MOST_CALLS = 24
MOST_A_CALL = 60
"""Calls that are gone through, and hostile ones in the place of each."""
MOST_DEEP = 4
MOST_THINGS = 300
"""Of a list that is far too long."""

Path = tuple[str, ...]
Sort = Callable[[Any], Iterator[Any]]


class Place(NamedTuple):
    """Where in a payload, and what a scenario gives there. ``is_given``: it gives something; where it does not, one
    value of a sort says as much as all of them."""

    path: Path
    value: Any
    is_given: bool = True


@dataclass(frozen=True, slots=True)
class Hostile:
    """A way of many calls, and the numbers of those that no scenario makes."""

    way: Way
    made_up: frozenset[int]

    def only(self, telling: Collection[int]) -> Way:
        """The way without those made-up calls that are not among ``telling``: what is to be played again, and gone on
        from, should not take hundreds."""
        steps = self.way.scenario.steps
        kept = [step for number, step in enumerate(steps) if number in telling or number not in self.made_up]
        return replace(self.way, scenario=replace(self.way.scenario, steps=tuple(kept)))


def hostile(app: App, program: Program, starts: Sequence[Scenario], site: Site) -> list[Hostile]:
    """One way for each sort of value: each call of ``starts`` is made with one such value for one key at a time, for
    what is refused for one key was not looked at for another, and then as it stands, for the calls after it. One
    process serves them all. Not what goes to endpoints: no code of the app's looks at that."""
    given = _given(app, program, starts, site)
    ids = _Ids(site)
    sorts: dict[str, Sort] = {
        "a hostile text": lambda value: _texts(value, is_id=bool(ids.kinds(value))),
        "a value of another type": _of_other_types,
        "another id": ids.others,
    }
    ways = (_way(name, sort, starts, given, site) for name, sort in sorts.items())
    return [way for way in ways if way.made_up]


def neighbours(known: str) -> tuple[str, ...]:
    """The ids before and after an id that is a number."""
    return (str(int(known) - 1), str(int(known) + 1)) if known.isascii() and known.isdigit() else ()


def _way(
    name: str, sort: Sort, starts: Sequence[Scenario], given: Mapping[str, Sequence[Place]], site: Site
) -> Hostile:
    steps: list[Step] = []
    made_up: set[int] = set()
    for start in starts[:MOST_CALLS]:
        wants = [
            Want("payload", place.path, value)
            for place in given.get(start.name, ())
            for value in islice(sort(place.value), None if place.is_given else 1)
        ]
        for want in wants[:MOST_A_CALL]:
            made_up.add(len(steps))
            steps += altered_steps(start.steps, site, [want])
        steps += start.steps
    scenario = replace(starts[0], name=f"every call, each key of its payload {name}", steps=tuple(steps))
    return Hostile(Way(scenario, warm=True, sampled=True), frozenset(made_up))


# --- where ----------------------------------------------------------------------------------------------------------


def _given(app: App, program: Program, starts: Sequence[Scenario], site: Site) -> dict[str, list[Place]]:
    """Name of a start → the places of its payload that no start before it has for the same function."""
    kept, asked = called(app.manifest), payload_keys(program)
    payloads = {start.name: _payload(start, site) for start in starts if _is_call(start, kept)}
    named = {key for payload in payloads.values() if isinstance(payload, Mapping) for key in payload}
    more = [Place(path, expand(guess(path[-1], site), site), is_given=False) for path in asked if path[0] not in named]
    seen: set[tuple[str, Path]] = set()
    found: dict[str, list[Place]] = {}
    for start in starts:
        if start.name in payloads:
            name = str(start.steps[0].data["call"])
            places = [*_places(payloads[start.name], ()), *more]
            found[start.name] = [place for place in places if (name, place.path) not in seen]
            seen |= {(name, place.path) for place in found[start.name]}
    return found


def _is_call(start: Scenario, kept: frozenset[str]) -> bool:
    return start.steps[0].kind == "call" and start.steps[0].data["call"] not in kept


def _payload(start: Scenario, site: Site) -> Any:
    return expand(start.steps[0].data.get("with") or {}, site)


def _places(value: Any, path: Path) -> Iterator[Place]:
    """The payload itself, all that it has inside, and in each map a key that nobody asks for."""
    yield Place(path, value, is_given=bool(path))
    if len(path) >= MOST_DEEP:
        return
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _places(part, (*path, str(key)))
        yield Place((*path, UNASKED), None, is_given=False)
    elif isinstance(value, list) and value:
        yield from _places(value[0], (*path, EACH))


# --- what -----------------------------------------------------------------------------------------------------------


def _texts(value: Any, *, is_id: bool) -> Iterator[str]:
    """Hostile texts, and those that begin as the value does: a pattern without an end lets them in. Not for an id: who
    takes the number out of such a text, and reads what it names, does what was asked for."""
    yield from HOSTILE_TEXTS
    if isinstance(value, str | int | float) and not is_id:
        yield from (f"{value} {WORDS}", f"{value}\n")


def _of_other_types(value: Any) -> Iterator[Any]:
    """The value as another type has it, and hostile ones."""
    match value:
        case bool():
            near = [not value, str(value).lower(), int(value)]
        case int() | float():
            near = [str(value), value + 0.5, -1]
        case str():
            near = [int(value) if value.isascii() and value.isdigit() else 7]
        case list() if value:
            near = [(value * MOST_THINGS)[:MOST_THINGS]]
        case _:
            near = []
    yield from (*near, *HOSTILE_VALUES, [value], {"value": value})


class _Ids:
    """What else there is, by what a value names."""

    def __init__(self, site: Site) -> None:
        self._known = known_ids(site)
        bob = next((user.account_id for user in site.users.values() if user.handle == "bob"), "")
        self._open = readable_refs(site, bob)
        self._person = next(iter(site.users), "")

    def kinds(self, value: Any) -> list[str]:
        """The kinds of things that have this id or key; ids come as texts, and a number is just a number."""
        return [kind for kind, ids in self._known.items() if value in ids] if isinstance(value, str) else []

    def others(self, value: Any) -> Iterator[Any]:
        """For an id its neighbours, one of its kind that bob may not see, the last of its kind, one of another kind,
        and somebody's account id; for anything else nothing."""
        kinds = self.kinds(value)
        if not kinds:
            return
        alike = [ref for ref in self._known[kinds[0]] if ref != str(value)]
        hidden = [ref for ref in alike if f"{kinds[0]}/{ref}" not in self._open]
        strange = [ids[0] for kind, ids in self._known.items() if ids and kind not in (*kinds, "account")]
        yield from dict.fromkeys((*neighbours(str(value)), *hidden[:1], *alike[-1:], *strange[:1], self._person))
