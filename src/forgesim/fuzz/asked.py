"""The grammar of the campaign ``payloads``: who calls what with which payload, and what fails meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from forgesim.fuzz.campaign import Case
from forgesim.fuzz.harvest import NO_TREES, Trees, expected, keys, words
from forgesim.gateway.faults import FAILURES
from forgesim.manifest.model import App, Scenario, Step
from forgesim.proof.hostile import HOSTILE_TEXTS, HOSTILE_VALUES, neighbours
from forgesim.runtime.attempt import MODEL_NAMES
from forgesim.site.facts import known_ids
from forgesim.site.model import Site
from forgesim.site.variables import expand

__all__ = ["HOSTILE", "Asker", "contexts"]

MOST_CALLS = 3

HOSTILE: tuple[Any, ...] = (
    *HOSTILE_VALUES, *HOSTILE_TEXTS, 0, -1, {}, " ", "1", "-1", "0", "00", "1.5", "1e309", "NaN", "Infinity", "null",
    "undefined", 1.5, -0.0, 1e308, 5e-324, 2**31, 2**53 + 1, -(2**63), "9" * 40, "__proto__", "__class__", "..",
    "../../etc/passwd", "%00", "\0", "\r\nhost: x", "a:b", "*", "%", "{0}", "${x}", "' OR 1=1 --", "<script>1</script>",
    "\u202e", "\U0001f600" * 9, "\u0130", "\uff11", "e\u0301", "x" * 5_000, ["x"], [1, "x", None], ["x"] * 300,
    {"id": 1}, {"__proto__": {"admin": True}}, {"": ""}, [[[[[[[[[]]]]]]]]],
)  # fmt: skip
"""Values that few programs are ready for, those of a proof first: empty, huge, negative, deep, of a wrong type, or with
a meaning elsewhere."""

DEPTH = 60
_ROOTS: tuple[Any, ...] = (None, [], "x", 0, True, {})


class Asker:
    """Draws cases for one app on one site: ``names`` are what can be called, as ``Handlers.names`` gives them;
    ``trees`` the source of a JavaScript app, as its image has it."""

    def __init__(self, app: App, site: Site, names: Sequence[str], trees: Trees = NO_TREES) -> None:
        self._names = list(names)
        self._people = _first([user.handle for user in site.users.values() if user.active], ("alice", "bob"))
        self._known = _given(app.trust.scenarios, site)
        asked = {key: None for payloads in self._known.values() for payload in payloads for key in _keys(payload)}
        self._keys = [*asked, *(key for key in keys(app, trees) if key not in asked)] or ["id"]
        self._ids = {kind: list(ids) for kind, ids in known_ids(site).items() if ids and kind != "account"}
        self._words = list(words(app, trees)) or ["word"]
        self._expected = expected(app, trees)
        hosts = [entry.address.rpartition("://")[2] for entry in app.manifest.backend_egress()]
        self._services = ["kvs", "confluence", "jira", "llm", *(host for host in hosts if "*" not in host)]

    def case(self, rng: Random) -> Case:
        """One to three calls; now and then something fails first, time passes, or another model answers."""
        case: Case = []
        if rng.random() < 0.15:
            case.append({"do": "model", "model": rng.choice(MODEL_NAMES[1:])})
        for _ in range(rng.choice((1, 1, 1, 2, 2, MOST_CALLS))):
            if rng.random() < 0.2:
                case.append(self._trouble(rng))
            name = rng.choice(self._names)
            case.append({"do": "call", "call": name, "as": self._person(rng), "with": self._payload(rng, name)})
        return case

    def _trouble(self, rng: Random) -> dict[str, Any]:
        roll = rng.random()
        if roll < 0.7:
            times = rng.choice((1, 1, 2, 9))
            return {"do": "fail", "fail": rng.choice(self._services), "with": rng.choice(FAILURES), "times": times}
        if roll < 0.85:
            return {"do": "wait", "hours": rng.choice((1, 24, 24 * 40, 24 * 400))}
        return {"do": "admin", "analytics": rng.random() < 0.3}

    def _person(self, rng: Random) -> str:
        return rng.choice(self._people[:2] if rng.random() < 0.7 else self._people)

    def _payload(self, rng: Random, name: str) -> Any:
        known = self._known.get(name)
        roll = rng.random()
        if roll < 0.06:
            return rng.choice(_ROOTS)
        payload: dict[str, Any] = dict(rng.choice(known)) if known and roll < 0.75 else {}
        for _ in range(rng.choice((0, 1, 1, 2, 3)) if payload else rng.randint(1, 4)):
            key = rng.choice(self._of(rng, payload))
            if rng.random() < 0.1:
                payload.pop(key, None)
            else:
                payload[key] = self._value(rng, key, payload.get(key))
        return payload

    def _of(self, rng: Random, payload: Mapping[str, Any]) -> list[str]:
        """The keys of which one is to change: those there are, those that the app compares something with, or all."""
        roll = rng.random()
        if payload and roll < 0.5:
            return list(payload)
        return list(self._expected) if self._expected and roll < 0.8 else self._keys

    def _value(self, rng: Random, key: str, before: Any) -> Any:
        roll = rng.random()
        if isinstance(before, dict) and before and roll < 0.7:
            inner = rng.choice(list(before))
            return {**before, inner: self._value(rng, inner, before[inner])}
        if key in self._expected and roll < 0.5:
            return rng.choice(self._expected[key])
        if isinstance(before, int) and roll < 0.65:
            return rng.choice((float(before), before + 1, before - 1, str(before), -before))
        if roll < 0.55:
            return self._id(rng, key)
        if roll < 0.67:
            return rng.choice(self._words)
        if roll < 0.7:
            return _deep(DEPTH)
        return rng.choice(HOSTILE)

    def _id(self, rng: Random, key: str) -> Any:
        """An id of the kind that the key's name says, or of another; or its neighbour, or a number in place of text."""
        fitting = [kind for kind in self._ids if kind in key.lower()] or list(self._ids)
        kind = rng.choice(fitting if rng.random() < 0.8 else list(self._ids))
        found: str = rng.choice(self._ids[kind])
        roll = rng.random()
        if not found.isdigit() or roll < 0.7:
            return found
        return rng.choice(neighbours(found)) if roll < 0.85 else int(found)


def _first(handles: Sequence[str], first: Sequence[str]) -> list[str]:
    return [*(each for each in first if each in handles), *(each for each in handles if each not in first)]


def _given(scenarios: Sequence[Scenario], site: Site) -> dict[str, list[Mapping[str, Any]]]:
    """Name → the payloads that scenarios call it with."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for step in (step for scenario in scenarios for step in _calls(scenario.steps)):
        payload = expand(step.data.get("with") or {}, site)
        if isinstance(payload, Mapping) and payload not in found.setdefault(str(step.data["call"]), []):
            found[str(step.data["call"])].append(payload)
    return found


def contexts(scenarios: Sequence[Scenario], site: Site) -> dict[str, Mapping[str, Any]]:
    """Name → where scenarios first call it from."""
    found: dict[str, Mapping[str, Any]] = {}
    for step in (step for scenario in scenarios for step in _calls(scenario.steps)):
        if "context" in step.data:
            found.setdefault(str(step.data["call"]), expand(step.data["context"], site))
    return found


def _calls(steps: Sequence[Step]) -> list[Step]:
    inner = [each for step in steps for each in _calls(step.steps)]
    return [step for step in steps if step.kind == "call"] + inner


def _keys(payload: Any) -> list[str]:
    """The names in a payload, inner ones too."""
    if not isinstance(payload, Mapping):
        return []
    return [name for key, value in payload.items() for name in (key, *_keys(value))]


def _deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"x": [value]}
    return value
