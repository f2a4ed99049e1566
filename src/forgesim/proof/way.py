"""A way to bring an app somewhere: a scenario, and everything that is different from playing it as it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from forgesim.gateway.faults import Fault
from forgesim.ledger.write import Pen
from forgesim.manifest.model import Scenario
from forgesim.proof.alter import alter_content, alter_structure, altered_steps, said_by_browsers, told
from forgesim.runtime.endpoints import called
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Stage
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.source.solve import Want

__all__ = ["LATER_MS", "Place", "Way"]

LATER_MS = 3_653 * 86_400_000 + 12_345_678
"""Ten years, and some hours: another year, month, weekday and hour."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the app calls a service: what a failure is put in place of."""

    service: str
    line: str | None
    op: str | None
    verb: str
    function: str


@dataclass(frozen=True, slots=True)
class Way:
    """What brings the app to a place: a scenario, the admin's switch, what is altered, and failures met on the way."""

    scenario: Scenario
    analytics: bool = True
    failures: tuple[tuple[Place, str], ...] = ()
    late: bool = False
    """Years after the site's last change: what waits for a date shows."""
    wants: tuple[Want, ...] = ()
    """What payloads, people, context, content, time and number of calls are made to be."""
    model: str | None = None
    """Another model behind Forge LLM."""
    warm: bool = False
    """One process serves all calls."""
    sampled: bool = False
    """The scenario's steps name ids of the explored site."""

    @property
    def label(self) -> str:
        """The scenario's name, and what is different on this way."""
        failed = [f"{place.service} answers {failure} at {place.line}" for place, failure in self.failures]
        told_of = [
            *([] if self.analytics else ["analytics off"]),
            *(["years later"] if self.late else []),
            *(told(want) for want in self.wants),
            *([f"the model is {self.model}"] if self.model else []),
            *(["one process"] if self.warm else []),
            *([", then ".join(failed)] if failed else []),
        ]
        return ": ".join([self.scenario.name, *told_of])

    @property
    def names_ids(self) -> bool:
        """Whether it can be played as meant only on the site that was explored: other seeds have other ids."""
        return self.sampled or any(want.kind == "id" for want in self.wants)

    def ground(self, site: Site) -> Site:
        """A copy of the site with all that this way alters of it."""
        copy = self.prepared(clone(site))
        alter_content(copy, self.scenario, self.wants)
        return copy

    def prepared(self, site: Site) -> Site:
        """The site with what this way alters of its structure; it is changed in place."""
        alter_structure(site, self.scenario, self.wants)
        return site

    def on(self, site: Original) -> Site | Original:
        """What a stage of this way opens on: a copy with what it alters of the structure, where it does."""
        return self.prepared(site.copy()) if self.wants else site

    @contextmanager
    def stage(
        self, simulator: Simulator, site: Site | Original, *, ledger: Pen | None = None, **options: Any
    ) -> Iterator[Stage]:
        """A stage for this way on ``site``, which is changed in place, or on a copy of an original; it ends when the
        block does."""
        workers = simulator.apart(counted=True) if self.warm else None
        played = self.on(site) if isinstance(site, Original) else self.prepared(site)
        try:
            with simulator.stage(
                played, label=self.label, analytics=self.analytics, model=self.model or "extractive",
                workers=workers, ledger=ledger, **options,
            ) as stage:  # fmt: skip
                yield stage
        finally:
            if workers is not None:
                workers.close()

    def altered(self, site: Site, given: Collection[str] = ()) -> Scenario:
        """The scenario as it is played on a site: payloads and people are those wanted. ``given``: names whose payloads
        stay."""
        return replace(self.scenario, steps=altered_steps(self.scenario.steps, site, self.wants, given))

    def set_up(self, stage: Stage) -> None:
        """Bring about what is no matter of the site: time, failures, and what browsers say."""
        if self.late:
            stage.clock.advance(LATER_MS)
        for want in self.wants:
            if want.kind == "time":
                stage.clock.move_to(int(want.value))
        for place, failure in self.failures:
            stage.gateway.faults.add(
                Fault(
                    service=place.service,
                    failure=failure,
                    line=place.line,
                    op=place.op,
                    verb=place.verb,
                    function=place.function,
                )
            )
        if self.wants:
            stage.said = said_by_browsers(self.wants)

    def play(self, stage: Stage, after_step: Callable[[], None] = lambda: None) -> None:
        """Play the scenario on a stage of its site, altered, with its failures."""
        self.set_up(stage)
        if not self.wants:
            play(stage, self.scenario, after_step=after_step)
            return
        site = stage.installation.site
        alter_content(site, self.scenario, self.wants)
        stage.installation.look_again()
        # Not what a front end sends to an endpoint: a remote gets it as it is, and no code of the app's looks at it.
        play(stage, self.altered(site, called(stage.app.manifest)), after_step=after_step)
