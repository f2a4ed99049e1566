"""Two viewers: one who sees more uses the app, then one who sees less, then that one after losing a right.

What the second is shown may not depend on what they may not read. So everything is played again on sites that differ
in just that: other words in it; without it from the start; without it from the moment when they begin. Without it, an
aggregate that others had the app store may be another one, where enough things stand behind it.

What schedules and events have an app do, it does before the second viewer comes, and the events are about what only the
first may read. In the end the products fail: what an app remembers for that case, it may have read for anybody.

The app's own account is let in everywhere: products add it to spaces and projects when the app is installed, and people
to what is restricted. An app that reads as itself may see more than whoever asks it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from forgesim.claims.catalog.shows_only_what_viewer_may import LEAST, SHOWN
from forgesim.counted import counted
from forgesim.gateway.faults import Fault
from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario
from forgesim.proof.couples import Couple, couples_of
from forgesim.proof.transcript import Part, Transcript, differing, digest, last_line
from forgesim.proof.unasked import events_of, schedules_of
from forgesim.proof.way import Way
from forgesim.runtime.scenario import happen
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Stage
from forgesim.runtime.workers import Workers
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.facts import clone
from forgesim.site.hidden import admit, remove, reworded, withdraw
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.site.twin import twin

__all__ = ["compare_viewers", "record_viewers"]

LATER_MS = (86_400_000, 60_000)
"""How long after the first viewer the second one comes, pair by pair: what is kept for hours is still there after a
minute, and what is kept by the day is another row after a day."""

PRODUCTS = ("confluence", "jira")
OUTAGE = 1_000
"""Requests to a product that fail within one call: all."""


def compare_viewers(
    simulator: Simulator,
    scenarios: Sequence[Scenario],
    *,
    ways: Sequence[Way] = (),
    pair: int,
    seed: int,
    site_of: Callable[[str, int], Site],
) -> None:
    """One Trial record, ``shown``, per way of differing and call, for one pair: who the two are goes in turn. So it is
    for each of ``ways``, whose calls both make, the second a minute later. The first pair is on the site that was
    explored: what the scenarios brought about there, others may not have."""
    pair_seed = derive("viewers", seed, pair) % 2**31 if pair else seed
    for name in dict.fromkeys(scenario.site for scenario in scenarios):
        site = _open_to_app(site_of(name, pair_seed))
        own = [scenario for scenario in scenarios if scenario.site == name]
        couples = couples_of(site, own)
        if couples:
            later = LATER_MS[(pair + pair // len(couples)) % len(LATER_MS)]
            _compare(simulator, couples[pair % len(couples)], site, later, pair, pair_seed)
    for way in ways:
        site = _open_to_app(way.ground(site_of(way.scenario.site, pair_seed)))
        for couple in couples_of(site, [way.altered(site)])[:1]:
            told = replace(couple, label=f"{couple.label}: {way.label}")
            _compare(simulator, told, site, LATER_MS[1], pair, pair_seed, way)


def record_viewers(
    simulator: Simulator, scenarios: Sequence[Scenario], site_of: Callable[[str], Original], asked: Sequence[str]
) -> None:
    """Each couple once, recorded: whose row is read by whom, and what stands in results, the claim sees for itself. The
    calls of one couple have a process each, those of another share one, which may remember. ``asked``: members of
    payloads that the app knows."""
    for name in dict.fromkeys(scenario.site for scenario in scenarios):
        own = [scenario for scenario in scenarios if scenario.site == name]
        site = _open_to_app(site_of(name).copy())
        with closing(simulator.apart(counted=True)) as shared:
            couples = couples_of(site, own, asked)
            for couple, later, workers in zip(couples, reversed(LATER_MS), (None, shared), strict=False):
                with simulator.stage(clone(site), cause="explore", label=couple.label, workers=workers) as stage:
                    _play(stage, couple, Transcript(), _How(), later=later)


def _open_to_app(site: Site) -> Site:
    opened = clone(site)
    admit(opened, APP_ACCOUNT)
    return opened


# --- playing and comparing ----------------------------------------------------------------------------------------


class _How(NamedTuple):
    """How a play of two viewers goes: what is hidden is gone when the second one comes (``drop``), events tell the app
    of it (``told``), and in the end the products fail (``failing``)."""

    drop: bool = False
    told: bool = True
    failing: bool = False


def _play(stage: Stage, couple: Couple, transcript: Transcript, how: _How, *, later: int, at: int = 0) -> int:
    """The first viewer's calls, with what comes by itself, and ``later``, but not before ``at``, the second's; then
    that one's again, after losing a right, and while products fail. All that goes before the second one is one part of
    the transcript, the first. Returns when the second one began."""
    wishes = [*couple.wishes, *couple.attacks]
    transcript.begin("the first viewer")
    for wish in wishes:
        stage.call(wish.ask(couple.first))
    told = events_of(stage.app, stage.installation.site, couple.hidden) if how.told else []
    for step in (*schedules_of(stage.app), *told):
        happen(stage, step)
    stage.clock.advance(later)
    began = stage.clock.move_to(at)
    if how.drop:
        remove(stage.installation.site, couple.hidden)
        stage.installation.look_again()
    for wish in wishes:
        transcript.begin(wish.name)
        stage.call(wish.ask(couple.second))
    withdraw(stage.installation.site, couple.named, couple.first)
    stage.installation.look_again()  # what was found while the right was there is not found any more
    for wish in couple.wishes:
        transcript.begin(f"{wish.name}, after a right is lost")
        stage.call(wish.ask(couple.second))
    for wish in wishes if how.failing else ():
        transcript.begin(f"{wish.name}, while products fail")
        for product in PRODUCTS:
            stage.gateway.faults.add(Fault(service=product, failure="500", times=OUTAGE))
        stage.call(wish.ask(couple.second))
        stage.gateway.faults.clear()
    return began


def _watched(
    simulator: Simulator,
    couple: Couple,
    site: Site,
    seed: int,
    *,
    later: int,
    at: int,
    how: _How,
    way: Way | None,
) -> tuple[Transcript, int]:
    """Both viewers in one process, which may remember; and when the second one began."""
    transcript = Transcript()
    workers: Workers = simulator.apart()
    simulator.vendor.forget()
    try:
        with simulator.stage(
            clone(site), cause="control", label=couple.label, seed=seed, ledger=transcript, workers=workers,
            analytics=way is None or way.analytics, model=(way and way.model) or "extractive",
        ) as stage:  # fmt: skip
            if way is not None:
                way.set_up(stage)
            began = _play(stage, couple, transcript, how, later=later, at=at)
    finally:
        workers.close()
    return transcript, began


def _compare(
    simulator: Simulator, couple: Couple, site: Site, later: int, pair: int, seed: int, way: Way | None = None
) -> None:
    fails = _How(failing=way is None and pair % 2 == 0)
    base, began = _watched(simulator, couple, site, seed, later=later, at=0, how=fails, way=way)

    def play(other: Site, how: _How) -> Transcript:
        # The first viewer takes less time where less is there; the second one's clock may not tell.
        return _watched(simulator, couple, other, seed, later=later, at=began, how=how, way=way)[0]

    other_words = twin(site, seed)
    without = clone(site)
    remove(without, couple.hidden)
    kept = len(couple.wishes) + len(couple.attacks)
    end = kept + len(couple.wishes)
    last = end + kept if fails.failing else end
    # Nobody is told of what is not there: both do without events.
    untold = play(site, _How(told=False)) if events_of(simulator.app, site, couple.hidden) else base
    ways = [
        ("in other words", base, play(reworded(site, other_words, couple.hidden), _How()), range(end), False),
        ("in other words", base, play(reworded(site, other_words, couple.lost), fails), range(kept, last), False),
        ("gone", base, play(site, _How(drop=True)), range(end), False),
        ("never there", untold, play(without, _How(told=False)), range(kept), True),
    ]
    again: dict[Transcript, Transcript] = {}
    for differing_in, first, other, parts, counts in ways:
        for number in parts:
            ours, theirs = first.parts[1 + number], other.parts[1 + number]
            rows = _rows(ours, theirs, couple.hidden) if counts else {}
            differs = _shown(ours) != _shown(theirs)
            over = min(rows.values(), default=0)
            if differs and over >= LEAST:
                simulator.ledger.write(_trial(couple, differing_in, (ours, ours, ours), pair, seed, over=over))
                continue
            if differs and first not in again:
                again[first] = play(site, fails if first is base else _How(told=False))
            repeated = again[first].parts[1 + number] if first in again else ours
            simulator.ledger.write(_trial(couple, differing_in, (ours, repeated, theirs), pair, seed, few=rows))


def _shown(part: Part) -> str:
    return digest(part.shown)


def _rows(ours: Part, theirs: Part, hidden: frozenset[str]) -> dict[str, int]:
    """Stored rows that the two calls read with different values: how many things stand behind each. One that names
    what is hidden stands on that, and is no aggregate."""
    found: dict[str, int] = {}
    for row in dict.fromkeys((*ours.rows, *theirs.rows)):
        if ours.rows.get(row) != theirs.rows.get(row):
            names = _names(ours.rows.get(row, "null"), hidden)
            found[row[1]] = 1 if names else ours.stood.get(row, theirs.stood.get(row, 0))
    return found


def _names(text: str, hidden: frozenset[str]) -> bool:
    """Whether a text in a JSON value is the id or key of something hidden."""
    names = {ref.partition("/")[2] for ref in hidden}
    return any(f'"{name}"' in text for name in names)


def _trial(
    couple: Couple,
    way: str,
    parts: tuple[Part, Part, Part],
    pair: int,
    seed: int,
    *,
    over: int = 0,
    few: dict[str, int] | None = None,
) -> Trial:
    a, again, b = map(_shown, parts)
    first = None
    if a != b:
        number, said = differing(parts[0].shown, parts[2].shown)
        first = {"seq": number, "line": said.line or last_line(parts[0].said), "a": _why(parts[0].name, way, few or {})}
    return Trial(
        run=0,
        pair=pair,
        seed=seed,
        scenario=couple.label,
        channel=SHOWN,
        a=a,
        again=again,
        b=b,
        crossings=len(parts[0].shown),
        first=first,
        over=over,
    )


def _why(call: str, way: str, rows: dict[str, int]) -> str:
    few = [
        f"{key} stands on {counted(count, 'page or issue', 'pages or issues')}"
        for key, count in rows.items()
        if count < LEAST
    ]
    more = f": the stored row {few[0]}, of at least {LEAST}" if few else ""
    return f"{call} shows something else where what the viewer may not read is {way}{more}"
