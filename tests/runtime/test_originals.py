"""Stages on a site and on altered copies of it: each app reads the site that it is on, whatever was read before."""

from __future__ import annotations

from typing import Any

from forgesim.manifest.model import Scenario, Step
from forgesim.proof.way import Way
from forgesim.runtime.stage import Ask, Stage
from forgesim.site.generate import demo
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.source.solve import Want

SOURCE = """\
@resolver.define("call")
async def call(request):
    path = route("/wiki/api/v2/pages/{page}?body-format=storage", page=request.payload["id"])
    answer = await api.as_user().request_confluence(path)
    return len((await answer.json())["body"]["storage"]["value"])
"""
LONG = 40_000


class Notes:
    """A pen that keeps nothing: on a stage without the ledger answers are as they are on one with it."""

    def write(self, record: Any) -> None:
        """Nothing is kept."""

    def flush(self) -> None:
        """Nothing is handed on."""


def length(stage: Stage, page: str) -> object:
    """How long the app finds the page."""
    return stage.call(Ask(name="call", payload={"id": page}, user=stage.account("alice"))).result


def test_a_site_that_is_altered_before_its_stage_opens_has_answers_of_its_own(make_house: Any) -> None:
    simulator = make_house(source=SOURCE).simulator
    original = Original(demo(1))
    copy = original.copy()
    page = copy.variables["page"]
    whole = len(copy.pages[page].body)
    copy.pages[page].body = "<p>cut</p>"
    step = Step(kind="call", data={"as": "alice", "call": "call", "with": {"id": page}})
    longer = Way(Scenario(name="x", site="demo", steps=(step,)), wants=(Want("size", ("body",), LONG),))

    def on(site: Site | Original) -> object:
        with simulator.stage(site, cause="scenario", label="x", ledger=Notes()) as stage:
            return length(stage, page)

    assert on(original) == whole
    assert on(copy) == len("<p>cut</p>")
    with longer.stage(simulator, original, cause="scenario", ledger=Notes()) as stage:
        assert length(stage, page) == len(stage.installation.site.pages[page].body) > LONG
    assert on(original) == whole


def test_an_edit_on_a_running_stage_stays_on_that_stage(make_house: Any) -> None:
    simulator = make_house(source=SOURCE).simulator
    original = Original(demo(1))
    page = original.copy().variables["page"]
    whole = len(original.copy().pages[page].body)
    for _ in range(2):
        with simulator.stage(original, cause="scenario", label="x", ledger=Notes()) as stage:
            assert length(stage, page) == whole
            stage.installation.site.pages[page].body = "<p>cut</p>"
            stage.installation.look_again()
            assert length(stage, page) == len("<p>cut</p>")
