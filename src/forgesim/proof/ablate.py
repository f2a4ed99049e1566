"""Ablation: the app runs again with one scope of its manifest missing, to see whether anything is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from forgesim.manifest.model import Scenario
from forgesim.proof.explore import Place, Played
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.scopes.needs import REPORT_OPERATION, REPORT_SCOPE, STORAGE_SCOPE, needs, operation_named, uses
from forgesim.site.original import Original

__all__ = ["run_ablations", "shortest_uses"]


def run_ablations(
    simulator: Simulator, played: Played, site_of: Callable[[str], Original], done: Callable[[], None]
) -> None:
    """One recorded run per scope that the scenarios used, of the shortest scenario that does."""
    granted = frozenset(simulator.app.manifest.scopes)
    for scope, scenario in shortest_uses(played, granted).items():
        label = f"{scenario.name}: without {scope}"
        with simulator.stage(site_of(scenario.site), cause="ablation", label=label, scopes=granted - {scope}) as stage:
            play(stage, scenario)
        done()


def shortest_uses(played: Played, granted: frozenset[str]) -> Mapping[str, Scenario]:
    """Scope → the scenario to play without it: one where it is needed goes before one where it is merely used."""
    found: dict[str, tuple[bool, int, Scenario]] = {}
    for place, way in played.places.items():
        scenario = way.scenario
        for scope, only in _scopes(place, granted):
            rank = (not only, played.crossings[scenario.name], scenario)
            if scope not in found or rank[:2] < found[scope][:2]:
                found[scope] = rank
    return {scope: found[scope][2] for scope in sorted(found)}


def _scopes(place: Place, granted: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The granted scopes that a place rests on, and whether it needs each."""
    if place.service == "kvs":
        yield STORAGE_SCOPE, True
    if place.op == REPORT_OPERATION:
        yield REPORT_SCOPE, True
    operation = operation_named(place.op) if place.op else None
    if operation is not None:
        needed = needs(operation, granted)
        yield from ((scope, scope in needed) for scope in uses(operation, granted))
