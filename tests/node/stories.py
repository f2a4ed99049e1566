"""Plays the first scenario of an app folder, as ``forgesim run`` does, and tells what came of it and what crossed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.ledger.read import Crossing, Ledger
from forgesim.manifest.load import load_app
from forgesim.manifest.model import Scenario
from forgesim.runtime.running import run
from forgesim.sandbox.open import open_sandbox
from forgesim.site.model import Site
from forgesim.site.open import open_site

__all__ = ["Story", "play"]


@dataclass(frozen=True, slots=True)
class Story:
    """What a run did, from its ledger alone."""

    site: Site
    ledger: Ledger

    @property
    def results(self) -> list[Any]:
        """What every call came to, in order: its result, or the message of its error."""
        return [said(each) for each in self.crossings("result", "error")]

    def crossings(self, *channels: str) -> list[Crossing]:
        return [each for each in self.ledger.crossings if each.decided.channel in channels]

    def told(self, *channels: str) -> list[str]:
        """``verb target`` of each crossing of those channels."""
        return [f"{each.decided.verb} {each.decided.target}" for each in self.crossings(*channels)]

    def written(self, *channels: str) -> list[tuple[str, Any]]:
        """Key and value of all that was written there."""
        return [(each.decided.target, said(each)) for each in self.crossings(*channels) if each.decided.writes]


def said(crossing: Crossing) -> Any:
    """The JSON of what the app sent."""
    body = crossing.decided.body
    return None if body is None or not body.text else msgspec.json.decode(body.text)


def play(path: Path, *, scenario: Scenario | None = None, seed: int = 0, site: Site | None = None) -> Story:
    """The story of a scenario, the app's first by itself, on a site, the demo by itself."""
    app, world = load_app(path), site or open_site("demo", seed=1, base=path)
    if scenario is not None:
        app = replace(app, trust=replace(app.trust, scenarios=(scenario,)))
    with open_sandbox() as sandbox:
        ran = run(app, sandbox=lambda: sandbox, site=world, function=None, seed=seed, catalog=CATALOG_VERSION)
    return Story(world, ran.ledger)
