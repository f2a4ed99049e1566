"""Warm requests: what a vendor's service answers to one site after it has served another, and what it still holds.

The app's own requests, taken from a scenario on two twin sites, are put to the service in processes of its own: to a
warm one (A, then B), to fresh ones, and to another warm one. What is left of either is looked for after each, and,
for control, in processes that only ever saw the other. What a process holds after A and after B is compared, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import msgspec
from msgspec import structs

from forgesim.claims.catalog.rendering_keeps_nothing import KEPT, RENDERED, RENDERERS
from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario, Subprocessor
from forgesim.proof.explore import Played
from forgesim.runtime.bench import Requests, ServiceRequest, serve_afresh
from forgesim.runtime.runner import Residue, ServiceRunner
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.seam import Answer
from forgesim.site.model import Site
from forgesim.site.twin import twin

__all__ = ["MOST_PAIRS", "marks_of", "run_warm"]

MOST_PAIRS = 5
"""Pairs of sites; each costs nine renderings for every request of its scenario."""

MOST_MARKS = 12
_WORD = re.compile(r"[^\W\d_]{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Where requests go, the scenario that makes them, and which pair it is."""

    party: Subprocessor
    scenario: Scenario
    pair: int
    seed: int


def run_warm(
    simulator: Simulator,
    played: Played,
    *,
    pairs: int,
    seed: int,
    site_of: Callable[[str, int], Site],
    done: Callable[[], None],
) -> None:
    """Two Trial records, ``rendered`` and ``kept``, per pair, service and request that a scenario makes of it."""
    parties = [party for party in simulator.app.trust.subprocessors if party.service.get("kind") in RENDERERS]
    if not parties:
        return
    runner = ServiceRunner(simulator.app, tier=simulator.workers.sandbox.tier)
    try:
        for pair in range(min(pairs, MOST_PAIRS)):
            for party in parties:
                scenario = _scenario(played, party, pair)
                if scenario is not None:
                    order = _Order(party=party, scenario=scenario, pair=pair, seed=derive("warm", seed, pair) % 2**31)
                    _pair(simulator, runner, order, site_of)
            done()
    finally:
        runner.close()


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
    warm, left = _serve(runner, order, [one, two], both)
    runner.mode = "fresh"
    fresh, _ = _serve(runner, order, [one, two], None)
    runner.mode = "warm"
    again, left_again = _serve(runner, order, [one, two], both)
    answers = [_digest([answer.status, _own(answer), answer.body.hex()]) for answer in (warm, again, fresh)]
    differs = f"{warm.status} with {len(warm.body)} bytes, not {fresh.status} with {len(fresh.body)}"
    _write(simulator, order, RENDERED, answers, differs, crossings=2 if warm.status < 400 else 0)
    _, after_two = _serve(runner, order, [two], of_one, state=True)
    _, after_one = _serve(runner, order, [one], of_two, state=True)
    _, after_one_again = _serve(runner, order, [one], of_two, state=True)
    runner.forget()
    if left is None or left_again is None or after_one is None or after_one_again is None or after_two is None:
        return
    control = sorted({*after_two.left, *after_one.left})
    names = ", ".join(name for name in left.left if name not in control) or "its process"
    texts = [_digest(sorted(each)) for each in (left.left, left_again.left, control)]
    _write(simulator, order, KEPT, texts, f"text of a request in {names}", crossings=2)
    _hold(simulator, order, after_one, after_one_again, after_two)


def _hold(simulator: Simulator, order: _Order, one: Residue, again: Residue, two: Residue) -> None:
    """A Trial record of what the process holds, in whatever form, after a request and after its twin's. Nothing may
    wait in a pipe, whosoever it is."""
    # A variable that only one of them has may be named after what was sent.
    names = [
        name if name in one.state and name in two.state else f"{name.partition('.')[0]}, which has another variable"
        for name in dict.fromkeys([*one.state, *two.state])
        if one.state.get(name) != two.state.get(name)
    ]
    digests = [_digest([each.state, each.waiting]) for each in (one, again)]
    differs = f"something that depends on the request in {', '.join([*names[:8], *one.waiting]) or 'its process'}"
    # The requests are those of the record before.
    _write(simulator, order, KEPT, [*digests, _digest([two.state, []])], differs, crossings=0)


def _serve(
    runner: ServiceRunner,
    order: _Order,
    requests: Sequence[ServiceRequest],
    marks: Sequence[str] | None,
    *,
    state: bool = False,
) -> tuple[Answer, Residue | None]:
    """The last answer of a service that begins with these requests, and what is left then: where the marks stand, and
    with ``state`` what its variables hold."""
    answers = serve_afresh(runner, order.party, requests)
    if marks is None:
        return answers[-1], None
    left = runner.left(marks, now_ms=requests[-1].now_ms)
    held = runner.left((), now_ms=requests[-1].now_ms, state=True) if state else left
    if left is None or held is None:
        return answers[-1], None
    return answers[-1], structs.replace(left, state=held.state)


def _own(answer: Answer) -> Sequence[tuple[str, str]]:
    return [header for header in answer.headers if header[0] != "apigw-requestid"]


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()


def _write(
    simulator: Simulator, order: _Order, channel: str, digests: Sequence[str], differs: str, *, crossings: int
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
