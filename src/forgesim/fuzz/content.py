"""The campaign ``content``: what an app keeps, sends and logs is the same on two sites that differ in every word.

A case is a way to use the app and a recipe for the site. It is played on the site that the recipe makes, and on its
twin; where they differ, on the first once more: only then is the difference the content's doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from forgesim.counted import counted
from forgesim.errors import InputError, Problem
from forgesim.fuzz.campaign import Case, Cut, Finding, pytest_text
from forgesim.fuzz.harvest import words
from forgesim.fuzz.notebook import Notebook
from forgesim.fuzz.steps import by, meant
from forgesim.ids import derive
from forgesim.manifest.model import App, Scenario, Step
from forgesim.proof.sites import Sites
from forgesim.proof.tap import CHANNELS, Tap
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.drawn import Recipe, as_json, build, draw, from_json, told
from forgesim.site.drawn_drops import Only
from forgesim.site.drawn_edit import named
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.twin import twin

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["ContentCampaign"]

SITE_SEED = 1
PAIR_SEED = derive("fuzz", "content") % 2**31

_VERBS = {"stored": "is stored", "sent": "is sent", "logged": "is logged"}
_HOURS = (*[0] * 18, 7, 15, *(24 * day for day in range(1, 7)), *(24 * 30 * month for month in range(1, 12)), 87_663)
"""Hours after the site's last change: other times of day, days of the week, months; ten years. Most often none."""
_MOST_KEPT = 12
_MOST_WORDINGS = 3


class ContentCampaign:
    """Plays the scenarios of one app, or each of its functions where it has none, on drawn twins."""

    name = "content"
    cuts: Mapping[str, Cut] = MappingProxyType({
        **dict.fromkeys(("keep", "labels", "words", "viewers"), "items"),
        **dict.fromkeys(("count", "times", "days", "hours", "wording"), "number"),
    })  # fmt: skip
    fixed = 1
    shrink_s = 40.0

    def __init__(self, app: App, *, sandbox: Sandbox) -> None:
        self.tried = 0
        self.allowed = 0
        self._app = app
        self._sites = Sites(app, SITE_SEED)
        self._worded: dict[tuple[str, int], Site] = {}
        image = build_image(app, coverage=False)
        self._words = words(app, image.trees)
        self._simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=Notebook(), quotas=False)
        self._scenarios = {scenario.name: scenario for scenario in self._ways()}

    def _ways(self) -> tuple[Scenario, ...]:
        """The scenarios of trust.yml, else a call of every function. The app is loaded here: what that brings to light
        is no scenario's."""
        site = self._site("demo", 0)
        with self._simulator.stage(clone(site), cause="explore", label="loading", ledger=Notebook()) as stage:
            names = stage.handlers().names()
        return self._app.trust.scenarios or tuple(
            Scenario(name=name, site="demo", steps=(Step(kind="call", data={"call": name}),)) for name in names
        )

    # --- cases -----------------------------------------------------------------------------------------------------

    def cases(self) -> SearchStrategy[Case]:
        from hypothesis import strategies as st

        return st.randoms(use_true_random=False).map(self._draw)

    def _draw(self, rng: Random) -> Case:
        scenario = self._scenarios[rng.choice(list(self._scenarios))]
        way: dict[str, Any] = {"do": "play", "scenario": scenario.name}
        wording = rng.choice((0, 0, *range(_MOST_WORDINGS + 1)))
        site = self._site(scenario.site, wording)
        if wording:
            way["wording"] = wording
        if rng.random() < 0.2:
            way["as"] = rng.choice([user.handle for user in site.users.values() if user.active])
        if hours := rng.choice(_HOURS):
            way["hours"] = hours
        if rng.random() < 0.75:
            way["keep"] = self._some(rng, site)
            site = build(site, (Only(tuple(way["keep"])),))
        return [way, *as_json(draw(rng, site, self._words))]

    def _some(self, rng: Random, site: Site) -> list[str]:
        """A few things to keep, most of them from where what is named lies: small sites are soon played."""
        stay = named(site)
        near = [f"page/{page.id}" for page in site.pages.values() if f"space/{page.space_id}" in stay]
        sprints = {sprint.id for sprint in site.sprints.values() if f"sprint/{sprint.id}" in stay}
        near += [f"issue/{issue.id}" for issue in site.issues.values() if not sprints.isdisjoint(issue.sprints)]
        far = [*(f"page/{page}" for page in site.pages), *(f"sprint/{sprint}" for sprint in site.sprints)]
        most = rng.randint(0, _MOST_KEPT)
        return sorted({rng.choice(near if rng.random() < 0.8 else far) for _ in range(most if near and far else 0)})

    def simpler(self, case: Case) -> Iterator[Case]:
        joined = [case[0], *_joined(case[1:])]
        yield from self._placed(joined)
        if joined != case:
            yield from self._placed(case)

    def _placed(self, case: Case) -> Iterator[Case]:
        """The case by who plays anyway, at the site's own time, on as small a site as it gets."""
        way, edits = case[0], case[1:]
        theirs = {key: value for key, value in way.items() if key != "as"}
        plain = {key: value for key, value in theirs.items() if key != "hours"}
        touched = sorted({f"{kind}/{edit[kind]}" for edit in edits for kind in ("page", "issue") if kind in edit})
        for keep in ([], touched):
            yield from ([{**each, "keep": keep}, *edits] for each in (plain, theirs, way))
        yield from ([each, *edits] for each in (plain, theirs))
        if "keep" not in way:
            site = self._site(self._scenario(way).site, way.get("wording", 0))
            yield [{**way, "keep": [*(f"page/{page}" for page in site.pages), *_in_jira(site)]}, *edits]

    def as_pytest(self, case: Case, finding: Finding) -> str:
        return pytest_text(self._app.path, self.name, case, finding)

    def close(self) -> None:
        self._simulator.close()

    # --- attempts --------------------------------------------------------------------------------------------------

    def attempt(self, case: Case) -> Finding | None:
        way = case[0]
        scenario = self._played(way)
        recipe = from_json(case[1:])
        site = self._built(scenario, way, recipe)
        other = twin(site, PAIR_SEED)
        a, b = self._observe(scenario, way, site), self._observe(scenario, way, other)
        self.tried += 1
        self.allowed += any(a.sunk.values())
        free = a.free_beside(b)
        differs = [channel for channel in CHANNELS if a.digest(channel, free) != b.digest(channel, free)]
        if not differs:
            return None
        again = self._observe(scenario, way, site)
        free = a.free_beside(b)
        for channel in differs:
            if a.digest(channel, free) == again.digest(channel, free):
                return _finding(a, b, channel, free, scenario, way, recipe)
        return None

    def _scenario(self, way: dict[str, Any]) -> Scenario:
        found = self._scenarios.get(way.get("scenario", ""))
        if way.get("do") != "play" or found is None:
            what = f"there is no scenario {way.get('scenario')!r} to play"
            raise InputError(Problem(what=what, hint=f"there are: {', '.join(self._scenarios)}"))
        return found

    def _played(self, way: dict[str, Any]) -> Scenario:
        scenario = self._scenario(way)
        return replace(scenario, steps=by(scenario.steps, way["as"])) if way.get("as") else scenario

    def _site(self, spec: str, wording: int) -> Site:
        """The site of a scenario, in one of some wordings; never changed."""
        key = (spec, wording)
        if key not in self._worded:
            site = self._sites(spec).copy()
            self._worded[key] = twin(site, wording) if wording else site
        return self._worded[key]

    def _built(self, scenario: Scenario, way: dict[str, Any], recipe: Recipe) -> Site:
        site = self._site(scenario.site, way.get("wording", 0))
        keep = meant(scenario.steps, site)
        only = (Only(tuple(way["keep"])),) if "keep" in way else ()
        return build(site, (*only, *recipe), keep)

    def _observe(self, scenario: Scenario, way: dict[str, Any], site: Site) -> Tap:
        tap = Tap(tuple(self._app.trust.sends.values()))
        with self._simulator.stage(
            clone(site), cause="scenario", label=scenario.name, seed=PAIR_SEED, ledger=tap
        ) as stage:
            stage.clock.advance(way.get("hours", 0) * 3_600_000)
            play(stage, scenario)
        return tap


def _joined(edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The edits, those that add comments to one thing as one: two of them could not be cut down to one."""
    found: list[dict[str, Any]] = []
    added: dict[tuple[str, str], dict[str, Any]] = {}
    for edit in edits:
        key = (edit["do"], str(edit.get("page") or edit.get("issue")))
        if edit["do"] not in ("add comments", "comment issue"):
            found.append(edit)
        elif key in added:
            added[key]["count"] += edit["count"]
        else:
            added[key] = {**edit}
            found.append(added[key])
    return found


def _finding(
    a: Tap,
    b: Tap,
    channel: str,
    free: frozenset[tuple[int, int]],
    scenario: Scenario,
    way: dict[str, Any],
    recipe: Recipe,
) -> Finding:
    first = a.first_difference(b, channel, free)
    where = f" at {first['line']}" if first["line"] else ""
    later = f", {counted(way['hours'], 'hour')} later" if way.get("hours") else ""
    who = f", by {way['as']}" if way.get("as") else ""
    return Finding(
        f"what {_VERBS[channel]} does not depend on content",
        f"{scenario.name}{who}{later}, where {told(recipe)}: {first['a']} on one site, {first['b']} on its twin{where}",
    )


def _in_jira(site: Site) -> Iterator[str]:
    yield from (f"issue/{issue}" for issue in site.issues)
    yield from (f"sprint/{sprint}" for sprint in site.sprints)
