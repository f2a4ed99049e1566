"""The sites that the scenarios of an app name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from forgesim.manifest.model import App, Scenario, Step
from forgesim.site.drawn import build
from forgesim.site.drawn_drops import Thin
from forgesim.site.facts import clone, known_ids
from forgesim.site.generate import demo, proof, worded
from forgesim.site.model import Site
from forgesim.site.open import GENERATED, asks_for_confluence, asks_for_jira, open_site
from forgesim.site.original import Original

__all__ = ["Sites"]

SMALL = 25
"""Percent of the pages and issues that a small site has."""
KEPT = 3
"""Generated sites that a process keeps: lots play on the explored one time and again, and proofs on the same ones."""


@lru_cache(maxsize=KEPT)
def _proof(seed: int, *, jira: bool, confluence: bool) -> Site:
    return proof(seed, jira=jira, confluence=confluence)


class Sites:
    """The sites that an app's scenarios name, built once per seed and copied per run; ``demo`` becomes ``proof``.

    A generated one has nothing of a product of which the app can see nothing, but for what its variables name.
    """

    def __init__(self, app: App, seed: int) -> None:
        scopes = app.manifest.scopes
        self._base = app.path
        self._holds = {
            "jira": asks_for_jira(scopes),
            "confluence": asks_for_confluence(scopes, app.manifest.module_types()),
        }
        self._seed = seed
        self._originals: dict[str, Original] = {}

    def build(self, name: str, seed: int) -> Site:
        """The site of this name and seed."""
        if name in GENERATED:
            return clone(_proof(seed, **self._holds))
        return self._opened(name, seed)

    def thinned(self, name: str, seed: int, thin: Thin, scenarios: Sequence[Scenario]) -> tuple[Site, frozenset[str]]:
        """That site, thinned, and refs of what these scenarios name of it, all of which is there. What goes from a
        generated site goes before it gets its words: those take most of the time."""
        own = [scenario for scenario in scenarios if scenario.site == name]
        site = demo(seed, **self._holds) if name in GENERATED else self._opened(name, seed)
        keep = _named_in(site, own)
        site = build(site, (thin,), keep)
        return (worded(site, seed) if name in GENERATED else site), keep

    def small(self, name: str, seed: int, *, scenarios: Sequence[Scenario]) -> Site:
        """That site with ``SMALL`` percent of its pages and issues, for what compares a site with itself."""
        return self.thinned(name, seed, Thin(SMALL, seed), scenarios)[0]

    def _opened(self, name: str, seed: int) -> Site:
        return open_site(name, seed=seed, base=self._base, jira=self._holds["jira"])

    def __call__(self, name: str) -> Original:
        if name not in self._originals:
            self._originals[name] = Original(self.build(name, self._seed))
        return self._originals[name]


def _named_in(site: Site, scenarios: Sequence[Scenario]) -> frozenset[str]:
    """Refs of what the steps of these scenarios name by an id or key of the site."""
    told = {text for scenario in scenarios for step in scenario.steps for text in _told(step)}
    return frozenset(f"{kind}/{name}" for kind, names in known_ids(site).items() for name in names if name in told)


def _told(step: Step) -> Iterator[str]:
    yield from _scalars(step.data)
    for inner in step.steps:
        yield from _told(inner)


def _scalars(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            for part in value.values():
                yield from _scalars(part)
        case list() | tuple():
            for part in value:
                yield from _scalars(part)
        case str() | int():
            yield str(value)
        case _:
            pass
