"""Warm reuse: one process serves another site's installation and then ours, as Forge may do, beside a fresh process.

What crosses for our site may not depend on who was served before. The other site is at first the twin of ours, with
the same ids in another cloud, so that whatever is remembered by id meets again; then one of other ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from forgesim.claims.catalog.tenants_are_apart import TENANT
from forgesim.ids import derive, derived_uuid
from forgesim.proof.transcript import Part, Transcript, differing, digest, trial
from forgesim.proof.way import Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.facts import scan_index
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.site.twin import twin

__all__ = ["compare_tenants"]

_WORD = re.compile(r"[^\W\d_]{6,}")

Sites = Mapping[str, Original]
Tour = Sequence[tuple[Way, Original]]


def compare_tenants(
    simulator: Simulator,
    ways: Sequence[Way],
    *,
    pair: int,
    seed: int,
    site_of: Callable[[str, int], Site],
) -> None:
    """One Trial record, ``tenant``, per way that leaves its process alive, for one pair of tenants; in the first pair
    ours is the site that was explored."""
    names = list(dict.fromkeys(way.scenario.site for way in ways))
    pair_seed = derive("tenants", seed, pair) % 2**31 if pair else seed
    built = {name: site_of(name, pair_seed) for name in names}
    others = {name: site_of(name, pair_seed + 1) for name in names} if pair % 2 else {}
    ours = {name: Original(site) for name, site in built.items()}
    theirs = {name: Original(_other(site, others.get(name), pair_seed)) for name, site in built.items()}
    calm, alone = _alone(simulator, ways, ours)
    tour = [(way, sites[way.scenario.site]) for sites in (theirs, ours) for way in calm]
    both = _served(simulator, tour)
    if any(map(_ended, both[: len(calm)])):
        return  # the process that served the other tenant is not the one that served ours
    after = both[len(calm) :]
    alike = [digest(part.said) for part in after] == [digest(part.said) for part in alone]
    again = after if alike else _served(simulator, tour)[len(calm) :]
    for parts in zip(after, again, alone, strict=True):
        told = _told(parts, theirs.values(), ours.values())
        simulator.ledger.write(trial(TENANT, parts, pair=pair, seed=pair_seed, first=told))


def _other(ours: Site, another: Site | None, seed: int) -> Site:
    """Another customer's site: the twin of ours where there is no other, as of one that is imported."""
    if another is not None and another.cloud_id != ours.cloud_id:
        return another
    cloud = derived_uuid("other cloud", ours.cloud_id)
    return replace(twin(ours, seed), cloud_id=cloud, host=f"other-{ours.host}")


def _alone(simulator: Simulator, ways: Sequence[Way], ours: Sites) -> tuple[list[Way], list[Part]]:
    """The ways that leave their process alive, and what crosses in those where ours is the only tenant: after a
    process that was ended the next one is fresh, and has nothing to remember."""
    calm = list(ways)
    while True:
        parts = _served(simulator, [(way, ours[way.scenario.site]) for way in calm])
        alive = [way for way, part in zip(calm, parts, strict=True) if not _ended(part)]
        if len(alive) == len(calm):
            return calm, parts
        calm = alive


def _ended(part: Part) -> bool:
    return any(said.channel == "end" for said in part.said)


def _served(simulator: Simulator, tour: Tour) -> list[Part]:
    """What crosses where one process plays all of that, each way on a fresh installation. A vendor's service
    begins afresh each time: what that keeps is another claim's matter."""
    transcript = Transcript()
    workers = simulator.apart()
    try:
        for way, site in tour:
            simulator.vendor.forget()
            transcript.begin(way.label)
            with simulator.stage(
                way.on(site), cause="control", label=way.label, analytics=way.analytics,
                model=way.model or "extractive", ledger=transcript, workers=workers,
            ) as stage:  # fmt: skip
                way.play(stage)
    finally:
        workers.close()
    return transcript.parts


def _told(
    parts: tuple[Part, Part, Part], theirs: Iterable[Original], ours: Iterable[Original]
) -> Mapping[str, object] | None:
    """That the first crossing that differs holds words of the other tenant's site, where it does."""
    if digest(parts[0].said) == digest(parts[2].said):
        return None
    _, said = differing(parts[0].said, parts[2].said)
    foreign = set(_words(theirs)) - set(_words(ours))
    if foreign.isdisjoint(word.lower() for word in _WORD.findall(f"{said.target} {said.text}")):
        return None
    return {"a": f"{said.channel} {said.verb} with words of the other tenant's site"}


def _words(sites: Iterable[Original]) -> Iterable[str]:
    for site in sites:
        for *_, text in scan_index(site.copy()).texts:
            yield from (word.lower() for word in _WORD.findall(text))
