"""Two viewers of a site: who sees more and who sees less, and what both ask the app for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from forgesim.manifest.model import Scenario, Step
from forgesim.runtime.stage import Ask
from forgesim.site.access import readable_refs
from forgesim.site.facts import clone, known_ids
from forgesim.site.hidden import hidden_from, withdraw
from forgesim.site.model import Site
from forgesim.site.variables import expand

__all__ = ["Couple", "Wish", "couples_of"]

PLACES = frozenset({"page", "space", "board", "sprint", "issue", "project"})
ATTACKED = 2
"""Ids that only others may read, tried in place of each id of a payload."""


class Wish(NamedTuple):
    """A call that anybody may make: resolver or function, payload, and where it is made from."""

    name: str
    payload: Any
    context: Any = None

    def ask(self, user: str) -> Ask:
        return Ask(name=self.name, payload=self.payload, user=user, context=self.context)


Known = Mapping[str, frozenset[str]]
"""Kind → ids and keys of a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """Who sees more and who sees less, with what is hidden from the latter, and what is once the right to see what the
    calls name (``named``) is lost (``lost``)."""

    first: str
    second: str
    label: str
    hidden: frozenset[str]
    lost: frozenset[str]
    named: Sequence[str]
    wishes: Sequence[Wish]
    attacks: Sequence[Wish]


def couples_of(site: Site, scenarios: Sequence[Scenario], asked: Sequence[str] = ()) -> list[Couple]:
    """Bob after the one who sees most of what he may not, and alice after another such one. ``asked``: members of
    payloads that the app knows and no scenario may give; they could say whose things are meant."""
    known = {kind: frozenset(ids) for kind, ids in known_ids(site).items() if kind in PLACES}
    wishes = list(_wishes(site, known, scenarios))
    found = []
    for handle in ("bob", "alice"):
        second = next((user for user in site.users.values() if user.handle == handle), None)
        if second is None or not second.active:
            continue
        hidden = hidden_from(site, second.account_id)
        people = [user for user in site.users.values() if user.active and user.kind == "atlassian"]
        first = max(people, key=lambda user: len(readable_refs(site, user.account_id) & hidden))
        only = readable_refs(site, first.account_id) & hidden
        if not only or not wishes:
            continue
        lost, named = clone(site), _named(known, wishes)
        withdraw(lost, named, first.account_id)
        found.append(
            Couple(
                first=first.account_id,
                second=second.account_id,
                label=f"{first.handle}, and then {handle}",
                hidden=hidden,
                lost=hidden_from(lost, second.account_id),
                named=named,
                wishes=wishes,
                attacks=[
                    *_attacks(site, known, wishes, only, first.account_id),
                    *_as_another(wishes, asked, first.account_id),
                ],
            )
        )
    return found


def _wishes(site: Site, known: Known, scenarios: Sequence[Scenario]) -> Iterator[Wish]:
    """The calls of the scenarios, each once, with those that are to fail: what an error says is shown too. Of calls
    with ids of the site one for each function and kind of ids."""
    seen: set[str] = set()
    for step in (step for scenario in scenarios for step in _calls(scenario.steps)):
        data = expand(dict(step.data), site)
        payload, context = data.get("with"), data.get("context")
        form = _formed(known, [payload, context])
        mark = f"{step.data['call']} {json.dumps(form, sort_keys=True, default=str)}"
        if mark not in seen:
            seen.add(mark)
            yield Wish(str(step.data["call"]), {} if payload is None else payload, context)


def _calls(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if step.kind == "call":
            yield step
        yield from _calls(step.steps)


def _formed(known: Known, payload: Any) -> Any:
    """A payload with the kind of each id in its place, so that two calls for different pages are one form."""

    def form(name: str, value: str) -> object:
        kind = _kind(known, name, value)
        return f"<{kind}>" if kind or value.isdigit() else value

    return _replaced(payload, "", form)


def _replaced(value: Any, name: str, by: Callable[[str, str], object]) -> Any:
    match value:
        case dict():
            return {key: _replaced(part, str(key), by) for key, part in value.items()}
        case list():
            return [_replaced(part, name, by) for part in value]
        case str():
            return by(name, value)
        case int() if not isinstance(value, bool):
            other = by(name, str(value))
            return int(other) if isinstance(other, str) and other.isdecimal() else other
        case _:
            return value


def _kind(known: Known, name: str, value: str) -> str | None:
    """What a value is the id or key of: of several kinds the one that its name says."""
    kinds = [kind for kind, ids in known.items() if value in ids]
    kinds.sort(key=lambda kind: (kind not in name.lower(), kind))
    return kinds[0] if kinds else None


def _named(known: Known, wishes: Sequence[Wish]) -> list[str]:
    """Refs of what the payloads name, but for spaces: all else is in one."""
    refs: list[str] = []

    def note(name: str, value: str) -> object:
        kind = _kind(known, name, value)
        if kind not in (None, "space"):
            refs.append(f"{kind}/{value}")
        return value

    for wish in wishes:
        _replaced([wish.payload, wish.context], "", note)
    return list(dict.fromkeys(refs))


def _as_another(wishes: Sequence[Wish], asked: Sequence[str], first: str) -> Iterator[Wish]:
    """The same calls with the first viewer's account id in a member that none of them has."""
    plain = {wish.name: wish for wish in reversed(wishes) if isinstance(wish.payload, dict)}
    given = {name for wish in plain.values() for name in wish.payload}
    for member in dict.fromkeys(asked):
        if member not in given:
            for wish in plain.values():
                yield wish._replace(payload={**wish.payload, member: first})


def _attacks(site: Site, known: Known, wishes: Sequence[Wish], only: frozenset[str], first: str) -> Iterator[Wish]:
    """The same calls for what only the first viewer may read, and for that person where they name one."""
    seen: set[str] = set()
    by_kind: dict[str, list[str]] = {}
    for ref in sorted(only):
        kind, _, name = ref.partition("/")
        by_kind.setdefault(_own_kind(site, kind, name), []).append(name)
    for wish in wishes:
        for number in range(ATTACKED):

            def swap(name: str, value: str, number: int = number) -> object:
                if value in site.users:
                    return first
                kind = _own_kind(site, _kind(known, name, value) or "", value)
                others = by_kind.get(kind, [])
                if not others:
                    return value
                return _spelled(site, kind, others[min(number * (len(others) - 1), len(others) - 1)], value)

            given = [wish.payload, wish.context]
            other = _replaced(given, "", swap)
            mark = f"{wish.name} {json.dumps(other, sort_keys=True, default=str)}"
            if other != given and mark not in seen:
                seen.add(mark)
                yield Wish(wish.name, *other)


def _spelled(site: Site, kind: str, name: str, value: str) -> str:
    """The id ``name`` of a thing, or its key where ``value`` is one: an app may look into it."""
    match kind:
        case _ if value.isdigit():
            return name
        case "issue":
            return site.issues[name].key
        case "project":
            return site.projects[name].key
        case "space":
            return site.spaces[name].key
        case _:
            return name


def _own_kind(site: Site, kind: str, name: str) -> str:
    """A blog post is no page to those who ask for pages."""
    return site.pages[name].kind if kind == "page" and name in site.pages else kind
