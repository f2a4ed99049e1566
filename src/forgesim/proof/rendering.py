"""Warm requests: what a vendor's service answers to one site after it has served another, and what it still holds.

The app's own requests, taken from a scenario on two twin sites, are put to the service in processes of its own: to a
warm one (A, then B), to fresh ones, and to another warm one. What is left of either is looked for after each, and,
for control, in processes that only ever saw the other. What a process holds after A and after B is compared, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import msgspec

from forgesim.claims.catalog.rendering_keeps_nothing import KEPT, RENDERED, RENDERERS
from forgesim.counted import counted
from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import App, Scenario, Subprocessor
from forgesim.proof.explore import Played
from forgesim.runtime.bench import Requests, ServiceRequest, serve_afresh
from forgesim.runtime.runner import Residue, ServiceRunner
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.seam import Answer
from forgesim.site.model import Site
from forgesim.site.twin import twin

__all__ = ["compare_warm", "marks_of", "parties"]

MOST_MARKS = 12
_WORD = re.compile(r"[^\W\d_]{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Where requests go, the scenario that makes them, and which pair it is."""

    party: Subprocessor
    scenario: Scenario
    pair: int
    seed: int


def compare_warm(
    simulator: Simulator,
    played: Played,
    *,
    pair: int,
    seed: int,
    site_of: Callable[[str, int], Site],
) -> None:
    """Two Trial records, ``rendered`` and ``kept``, per service and request that a scenario makes of it, for one pair
    of sites."""
    for party in parties(simulator.app):
        scenario = _scenario(played, party, pair)
        if scenario is not None:
            order = _Order(party=party, scenario=scenario, pair=pair, seed=derive("warm", seed, pair) % 2**31)
            _pair(simulator, simulator.vendor, order, site_of)


def parties(app: App) -> Sequence[Subprocessor]:
    """The subprocessors whose service takes what an app sends and answers with what it makes of it."""
    return [party for party in app.trust.subprocessors if party.service.get("kind") in RENDERERS]


def _scenario(played: Played, party: Subprocessor, pair: int) -> Scenario | None:
    """The scenarios that reach the service in turn, the shortest first."""
    reached = [way.scenario for place, way in played.places.items() if place.service in party.hosts]
    by_name = {scenario.name: scenario for scenario in reached}
    shortest = sorted(by_name.values(), key=lambda scenario: played.crossings[scenario.name])
    return shortest[pair % len(shortest)] if shortest else None


def _pair(simulator: Simulator, runner: ServiceRunner, order: _Order, site_of: Callable[[str, int], Site]) -> None:
    site = site_of(order.scenario.site, order.seed)
    other = twin(site, order.seed)
    first, second = (_requests(simulator, order, each) for each in (site, other))
    for one, two in zip(first, second, strict=False):
        _compare(simulator, runner, order, one, two)


def _requests(simulator: Simulator, order: _Order, site: Site) -> Sequence[ServiceRequest]:
    pen = Requests(frozenset(order.party.hosts))
    with simulator.stage(site, cause="control", label=order.scenario.name, seed=order.seed, ledger=pen) as stage:
        play(stage, order.scenario)
    return pen.found


def _compare(
    simulator: Simulator, runner: ServiceRunner, order: _Order, one: ServiceRequest, two: ServiceRequest
) -> None:
    of_one, of_two = marks_of(_sent(one), _sent(two)), marks_of(_sent(two), _sent(one))
    both = [*of_one, *of_two]
    warm, left = _serve(runner, order, [one, two], marks=both)
    fresh, held = _serve(runner, order, [two], at=1, state=True)
    # What agrees need not be repeated: to look takes longer than to render.
    again, left_again = None, None
    if _answer(warm) != _answer(fresh) or (left is not None and left.left):
        again, left_again = _serve(runner, order, [one, two], marks=both)
    differs = f"{warm.status} with {counted(len(warm.body), 'byte')}, not {fresh.status} with {len(fresh.body):,}"
    answers = (_answer(warm), _answer(again) if again is not None else None, _answer(fresh))
    _write(simulator, order, RENDERED, answers, differs, crossings=2 if warm.status < 400 else 0)
    if left is not None:
        _left(simulator, runner, order, (one, two), (of_one, of_two), left, left_again)
        _hold(simulator, runner, order, one, held)
    runner.forget()


def _left(
    simulator: Simulator,
    runner: ServiceRunner,
    order: _Order,
    requests: tuple[ServiceRequest, ServiceRequest],
    marks: tuple[Sequence[str], Sequence[str]],
    left: Residue,
    again: Residue | None,
) -> None:
    """A Trial record of the texts that are left, beside those that stand in processes which never saw them."""
    control: set[str] = set()
    if left.left:
        for request, others in zip(requests, reversed(marks), strict=True):
            _, found = _serve(runner, order, [request], marks=others)
            control |= set(found.left) if found is not None else set()
    names = ", ".join(name for name in left.left if name not in control) or "its process"
    texts = (_texts(left.left), _texts(again.left) if again is not None else None, _texts(control))
    _write(simulator, order, KEPT, texts, f"text of a request in {names}", crossings=2)


def _hold(
    simulator: Simulator, runner: ServiceRunner, order: _Order, request: ServiceRequest, two: Residue | None
) -> None:
    """A Trial record of what the process holds, in whatever form, after a request and after its twin's, which ``two``
    tells, and after the first once more where that differs. Nothing may wait in a pipe, whosoever it is."""
    _, one = _serve(runner, order, [request], at=1, state=True)
    if one is None or two is None:
        return
    held, twins = _digest([one.state, one.waiting]), _digest([two.state, []])
    again = None
    if held != twins:
        _, repeated = _serve(runner, order, [request], at=1, state=True)
        again = _digest([repeated.state, repeated.waiting] if repeated is not None else None)
    # The requests are those of the record before.
    _write(simulator, order, KEPT, (held, again, twins), _differing(one, two), crossings=0)


def _differing(one: Residue, two: Residue) -> str:
    """Which variables hold something else after a request than after its twin's, and what waits in a pipe."""
    # A variable that only one of them has may be named after what was sent.
    names = [
        name if name in one.state and name in two.state else f"{name.partition('.')[0]}, which has another variable"
        for name in dict.fromkeys([*one.state, *two.state])
        if one.state.get(name) != two.state.get(name)
    ]
    return f"something that depends on the request in {', '.join([*names[:8], *one.waiting]) or 'its process'}"


def _serve(
    runner: ServiceRunner,
    order: _Order,
    requests: Sequence[ServiceRequest],
    *,
    at: int = 0,
    marks: Sequence[str] | None = None,
    state: bool = False,
) -> tuple[Answer, Residue | None]:
    """The last answer of a service whose process begins with these requests, and what is left then: where the marks
    stand, and with ``state`` what its variables hold. ``at``: as after how many requests that others served they are
    numbered, for their randomness goes by their number."""
    answers = serve_afresh(runner, order.party, requests, at=at)
    if marks is None and not state:
        return answers[-1], None
    return answers[-1], runner.left(marks or (), now_ms=requests[-1].now_ms, state=state)


def _answer(answer: Answer) -> str:
    return _digest([answer.status, _own(answer), answer.body.hex()])


def _texts(names: Iterable[str]) -> str:
    return _digest(sorted(names))


def _own(answer: Answer) -> Sequence[tuple[str, str]]:
    return [header for header in answer.headers if header[0] != "apigw-requestid"]


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()


def _write(
    simulator: Simulator,
    order: _Order,
    channel: str,
    digests: tuple[str, str | None, str],
    differs: str,
    *,
    crossings: int,
) -> None:
    a, again, b = digests
    simulator.ledger.write(
        Trial(
            run=0,
            pair=order.pair,
            seed=order.seed,
            scenario=order.scenario.name,
            channel=channel,
            a=a,
            again=again,
            b=b,
            crossings=crossings,
            first={"line": None, "a": differs} if a != b else None,
        )
    )


def _sent(request: ServiceRequest) -> bytes:
    """What a request says: its body, and what stands beside it where that is not the service's own."""
    return request.body or f"{unquote(request.path)} {unquote(request.query)}".encode()


def marks_of(one: bytes, two: bytes) -> Sequence[str]:
    """Long words that the first request has and the second has not, in any case: what may not be left of it."""
    texts = [_told(body) for body in (one, two)]
    others = texts[1].lower()
    words = dict.fromkeys(word for word in _WORD.findall(texts[0]) if word.lower() not in others)
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_MARKS]


def _told(body: bytes) -> str:
    """The texts of a request; what is JSON without its names and escapes."""
    text = body.decode("utf-8", "ignore")
    try:
        return " ".join(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def _strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for part in value.values() for text in _strings(part)]
        case list():
            return [text for part in value for text in _strings(part)]
        case _:
            return []
