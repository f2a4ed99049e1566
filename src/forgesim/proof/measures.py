"""Measures: a declared field may follow what trust.yml says it depends on; where only something else in the content
changes, the field may not change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from forgesim.claims.declared import sends_to
from forgesim.claims.measures import MEASURED
from forgesim.claims.wire import body_text, canonical, request_of, strict_json, writes_of
from forgesim.errors import InputError
from forgesim.ids import derive
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Decided, Record, Trial
from forgesim.manifest.depends import ASPECTS, Depends, may_follow
from forgesim.manifest.model import Scenario, Send, Store, Trust
from forgesim.manifest.types import World, text_mismatch
from forgesim.proof.way import Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.aspects import varied
from forgesim.site.model import Site
from forgesim.site.original import Original

__all__ = ["followed", "measure"]

STORES = frozenset({"kvs", "secret", "entity", "property", "queue"})
NOWHERE = World(ids={}, now_ms=0)


class Field(NamedTuple):
    """A field that trust.yml says what it depends on: trial channel, the row or request that it is in, its path."""

    channel: str
    where: str
    path: str


class Measured(NamedTuple):
    """A field's value as JSON text, what it may follow, and the app's line that wrote it."""

    text: str
    follows: frozenset[str]
    line: str | None


def followed(trust: Trust) -> list[str]:
    """The aspects that some declared field may not follow."""
    parts: tuple[Store | Send, ...] = (*trust.stores, *trust.sends.values())
    said = [aspects for part in parts for aspects in part.depends_on.values()]
    return [aspect for aspect in ASPECTS if any(aspect not in aspects for aspects in said)]


def measure(
    simulator: Simulator,
    scenario: Scenario,
    *,
    number: int,
    seed: int,
    site_of: Callable[[str, int], Site],
) -> None:
    """One Trial record per aspect and trial channel in which a field was compared that may not follow it, for one
    scenario: where each call has a process of its own, and where one process serves them all."""
    aspects = followed(simulator.app.trust)
    pair_seed = derive("measures", seed, number) % 2**31
    site = site_of(scenario.site, pair_seed)
    base, others = Original(site), {aspect: Original(varied(site, aspect)) for aspect in aspects}
    for warm in (False, True) if aspects else ():
        _measure(simulator, Way(scenario, warm=warm), base, others, number=number, seed=pair_seed)


def _measure(
    simulator: Simulator, way: Way, base: Original, others: Mapping[str, Original], *, number: int, seed: int
) -> None:
    ours = _watched(simulator, way, base, seed)
    for aspect, other in others.items() if ours else ():
        theirs = _watched(simulator, way, other, seed)
        shared = [
            field for field, measured in ours.items() if field in theirs and aspect not in measured.follows
        ]  # a row that only one site has is judged by its key, not by its fields
        again = None
        if any(ours[field].text != theirs[field].text for field in shared):
            again = _watched(simulator, way, base, seed)
        for channel in MEASURED.values():
            fields = [field for field in shared if field.channel == channel]
            if fields:
                simulator.ledger.write(
                    _trial(way.scenario, aspect, fields, (ours, again, theirs), pair=number, seed=seed)
                )


def _watched(simulator: Simulator, way: Way, site: Original, seed: int) -> dict[Field, Measured]:
    """The declared fields as a scenario leaves them; none where the site has no place for a step of it."""
    pen = _Written(simulator.app.trust)
    try:
        with way.stage(simulator, site, cause="scenario", seed=seed, ledger=pen) as stage:
            way.play(stage)
    except InputError:
        return {}
    return pen.fields


class _Written:
    """A Pen that keeps the last value of each field of which trust.yml says what it depends on."""

    def __init__(self, trust: Trust) -> None:
        self.fields: dict[Field, Measured] = {}
        self._trust = trust
        self._sent: dict[str, int] = {}

    def write(self, record: Record) -> None:
        if not isinstance(record, Decided) or record.cause != "app":
            return
        crossing = Crossing(record, None)
        if record.channel in STORES:
            self._store(crossing)
        elif record.channel == "egress":
            self._send(crossing)

    def flush(self) -> None:
        """Nothing to hand on."""

    def _store(self, crossing: Crossing) -> None:
        for write in writes_of(crossing):
            for store in self._trust.stores:
                if store.place == write.place and store.depends_on and store.key.fits(write.key):
                    where = f"{write.place} {write.key}"
                    if write.place == "queue":  # no event replaces another one
                        number = self._sent[where] = self._sent.get(where, 0) + 1
                        where = f"{where}, event {number}"
                    self._note(MEASURED["stored"], where, write.value, "", store.depends_on, crossing.decided.line)

    def _send(self, crossing: Crossing) -> None:
        request = request_of(crossing)
        for send in sends_to(self._trust, request.host):
            if not send.depends_on or not _is(send, request.method, request.path):
                continue
            number = self._sent[send.name] = self._sent.get(send.name, 0) + 1
            parts = {"path": request.path, "query": dict(request.query), "headers": dict(request.headers)}
            parts["body"] = _json(body_text(crossing.decided.body))
            where = f"{send.name}, request {number}"
            for part, value in parts.items():
                self._note(MEASURED["sent"], where, value, part, send.depends_on, crossing.decided.line)

    def _note(self, channel: str, where: str, value: Any, path: str, depends: Depends, line: str | None) -> None:
        for leaf, text in _leaves(value, path):
            follows = may_follow(depends, leaf)
            if follows is not None:
                self.fields[Field(channel, where, leaf)] = Measured(text, follows, line)


def _is(send: Send, method: str, path: str) -> bool:
    return text_mismatch(send.method, method, NOWHERE) is None and text_mismatch(send.path, path, NOWHERE) is None


def _json(text: str) -> Any:
    try:
        return strict_json(text)
    except (ValueError, RecursionError):
        return text


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Dotted path → JSON text of everything in a value that is no map; a list is one thing."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, canonical(value)


Fields = Mapping[Field, Measured]


def _trial(
    scenario: Scenario,
    aspect: str,
    fields: Sequence[Field],
    played: tuple[Fields, Fields | None, Fields],
    *,
    pair: int,
    seed: int,
) -> Trial:
    ours, again, theirs = played
    moved = next((field for field in fields if ours[field].text != theirs[field].text), None)
    first = None
    if moved is not None:
        told = f"{moved.path or 'the value'} of {moved.where}"
        first = {"seq": fields.index(moved), "line": ours[moved].line, "a": told, "b": aspect}
    return Trial(
        run=0,
        pair=pair,
        seed=seed,
        scenario=scenario.name,
        channel=fields[0].channel,
        a=_digest(fields, ours),
        again=None if again is None else _digest([field for field in fields if field in again], again),
        b=_digest(fields, theirs),
        crossings=len(fields),
        first=first,
        aspect=aspect,
    )


def _digest(fields: Sequence[Field], played: Fields) -> str:
    return hashlib.sha256(msgspec.json.encode([(*field, played[field].text) for field in fields])).hexdigest()
