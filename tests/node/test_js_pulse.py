"""The core of Pulse in JavaScript, on Atlassian's own packages, does what the one in Python does."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from tests.conformance.conftest import PACKAGES
from tests.node.stories import Story, play

from forgesim.ledger.read import Crossing
from forgesim.manifest.load import load_app
from forgesim.site.drawn import build, draw
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.open import open_site

pytestmark = pytest.mark.node

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "apps" / "pulse"
SOURCE = ROOT / "tests" / "apps" / "js-pulse"
SCENARIOS = {scenario.name: scenario for scenario in load_app(SOURCE).trust.scenarios}


@pytest.fixture(scope="module")
def js_pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (PACKAGES / "htmlparser2").is_dir():
        pytest.skip(f"npm has not installed htmlparser2 into {PACKAGES}: npm install in tests/conformance/node")
    folder = tmp_path_factory.mktemp("apps") / "js-pulse"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(PACKAGES.resolve())
    return folder


def _one_kind_of_number(value: Any) -> Any:
    """The value with every whole number as an integer: JavaScript has one kind, and writes 83.0 as 83."""
    if isinstance(value, dict):
        return {name: _one_kind_of_number(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_one_kind_of_number(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _bytes(text: str) -> str:
    """JSON as both languages can have written it, its members in their order; other text as it is."""
    try:
        return msgspec.json.encode(_one_kind_of_number(msgspec.json.decode(text))).decode()
    except msgspec.DecodeError:
        return text


def _told(crossing: Crossing) -> tuple[Any, ...]:
    """When it crossed, what it was, and what it carried; of an error the message, for each language has its own types."""
    asked = crossing.decided
    body = _bytes(asked.body.text or "") if asked.body is not None else ""
    if asked.channel == "error":
        body = msgspec.json.decode(body)["message"]
    return asked.at, asked.channel, asked.verb, asked.target, asked.acts_as, asked.account, asked.decision.allow, body


def _assert_alike(python: Story, javascript: Story) -> None:
    theirs, ours = ([_told(each) for each in story.ledger.crossings] for story in (python, javascript))
    assert len(theirs) > 0
    assert ours == theirs


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_crosses_alike(js_pulse: Path, name: str) -> None:
    """Same requests at the same virtual times, same rows, same results, refusals and failures among them."""
    scenario = SCENARIOS[name]
    _assert_alike(play(PYTHON, scenario=scenario), play(js_pulse, scenario=scenario))


@pytest.mark.parametrize("number", range(4))
def test_a_drawn_site_is_scored_alike(js_pulse: Path, number: int) -> None:
    """Pages that are empty, old, restricted, unowned or labelled otherwise are no exception."""
    demo = open_site("demo", seed=1, base=ROOT)
    recipe = draw(Random(number), demo)
    for name in ("Alice scans a space", "Alice checks a page"):
        python, javascript = (
            play(app, scenario=SCENARIOS[name], seed=number, site=build(demo, recipe)) for app in (PYTHON, js_pulse)
        )
        _assert_alike(python, javascript)
