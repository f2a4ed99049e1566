"""One app in two languages: a core of Pulse in JavaScript, on Atlassian's own packages, does what it does in Python."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st
from tests.conformance.conftest import PACKAGES
from tests.node.stories import Story, play

from forgesim.claims.judge import judge
from forgesim.claims.kit import Outcome, Strength
from forgesim.ledger.read import Crossing
from forgesim.manifest.load import load_app
from forgesim.manifest.model import Scenario, Step
from forgesim.sandbox.javascript.node import find_node
from forgesim.site.drawn import build, draw
from forgesim.site.open import open_site
from forgesim.testing.kit import Forge

pytestmark = pytest.mark.node

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "tests" / "apps" / "py-pulse"
SOURCE = ROOT / "tests" / "apps" / "js-pulse"
TRUST = load_app(SOURCE).trust
ODD_PAGES = (
    "",
    "<p>One two three.</p><h2>Where</h2><h4>How</h4><p>un<em>break</em>able</p><li>three</li>",
    "<p>caf&eacute;&nbsp;bar &amp; grill &lt;b&gt; a &#60;b&#62; &#38; c &LT;d&GT;.</p>",
    "<ac:parameter>php</ac:parameter><ac:plain-text-body><![CDATA[x. TODO <p>]]></ac:plain-text-body><p>End.</p>",
    "<p>TODO, todo, DRAFTED, TBD, TODO\u00e9 12 3.5 v2 x\u00b2</p>",
    "<p>\u4e00\u4e8c \u2160\u2161 na\u0308ive \U0001d400\U0001d401</p>",
    '<ac:image ac:alt="Plan"><ri:attachment ri:filename="a.png"/></ac:image><img src="b.png"/><img alt=""/>',
    '<ri:page ri:content-title="A &amp; B"/><a href="/wiki/spaces/DOCS/pages/12/Title?x=1">x</a>',
    f"<p>{'so ' * 121}</p>{'<p>A rather considerable paragraph without punctuation</p>' * 30}",
    "<table><tbody><tr><th>Name</th><td><p>One</p><p>Two!? Three...</p></td></tr></tbody></table><pre>rm</pre>",
    "<p>Wait<br/>for it.\n Next\u00a0one</p><ul><li>One<ul><li>Inner</li></ul></li></ul><!-- not this -->",
)
SCENARIOS = {scenario.name: scenario for scenario in TRUST.scenarios}


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
    """When it crossed, what it was, what it carried; of an error the message, as each language has types of its own."""
    asked = crossing.decided
    body = _bytes(asked.body.text or "") if asked.body is not None else ""
    if asked.channel == "error":
        body = msgspec.json.decode(body)["message"]
    if asked.channel == "kvs":  # the members of a request are the package's; those of a stored value are the app's
        body = str(sorted(msgspec.json.decode(body).items()))
    return asked.at, asked.channel, asked.verb, asked.target, asked.acts_as, asked.account, asked.decision.allow, body


def _verdicts(story: Story) -> list[tuple[Any, ...]]:
    """Of every claim but the one on models: the core asks none, and its manifest has no module for one."""
    verdicts = [(each.claim, each.outcome, each.strength) for each in judge(story.ledger, TRUST)]
    return [verdict for verdict in verdicts if verdict[0] != "ai_stays_on_platform"]


def _assert_alike(python: Story, javascript: Story) -> None:
    theirs, ours = ([_told(each) for each in story.ledger.crossings] for story in (python, javascript))
    assert ours == theirs
    assert _verdicts(javascript) == _verdicts(python)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_crosses_alike(js_pulse: Path, name: str) -> None:
    """Same requests at the same virtual times, same rows, same results, refusals and failures among them."""
    scenario = SCENARIOS[name]
    _assert_alike(play(PYTHON, scenario=scenario), play(js_pulse, scenario=scenario))


def test_a_request_that_its_signal_gives_up_outlives_nothing(js_pulse: Path) -> None:
    """PostHog is silent for longer than anybody waits: no answer can run the app's code once its result is out."""
    story = play(js_pulse, scenario=SCENARIOS["PostHog does not answer"])

    (logged,) = story.crossings("log")
    assert logged.decided.body is not None
    assert logged.decided.body.text == "usage count: no answer"
    assert story.ledger.witnesses == []


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


def test_odd_pages_are_measured_alike(js_pulse: Path) -> None:
    """Entities, letters of every kind, code, tables and comments."""
    steps = []
    for body in ODD_PAGES:
        steps.append(Step(kind="edit", data={"edit": "$page", "body": body}))
        steps.append(Step(kind="call", data={"as": "alice", "call": "checkPage", "with": {"pageId": "$page"}}))
    scenario = Scenario(name="Odd pages", site="demo", steps=tuple(steps))

    python, javascript = play(PYTHON, scenario=scenario), play(js_pulse, scenario=scenario)

    _assert_alike(python, javascript)
    assert len({json.dumps(result) for result in javascript.results}) == len(ODD_PAGES)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_are_proved_alike(forge: Forge, js_pulse: Path) -> None:
    """Every verdict, and how strong it is: none is left open in one language that holds in the other. Only the Python
    one asks a model, which is no part of the core."""
    python, javascript = (
        {each.claim: (each.outcome, each.strength) for each in forge.prove(app, trials=2)} for app in (PYTHON, js_pulse)
    )

    assert python.pop("ai_stays_on_platform") == (Outcome.HOLDS, Strength.TESTED)
    assert javascript.pop("ai_stays_on_platform") == (Outcome.NOT_APPLICABLE, None)
    assert javascript == python
    assert {outcome for outcome, _ in python.values()} == {Outcome.HOLDS, Outcome.NOT_APPLICABLE}


@given(st.lists(st.integers(-(10**6), 10**6).map(lambda n: n / 800) | st.floats(-1000, 1000), min_size=1, max_size=40))
def _rounds_and_sums_as_python_does(node: Callable[[Any], Any], values: list[float]) -> None:
    scores = [round(abs(value) % 100, 2) for value in values]
    asked = {"values": values, "scores": scores}
    expected = {
        "rounded": [[float(round(value)), round(value, 2), round(value, 4)] for value in values],
        "sum": math.fsum(scores),
    }
    assert node(asked) == expected


def test_rounding_and_sums_are_those_of_python() -> None:
    """Also for what lies in the very middle of two digits, where Python takes the even one."""
    script = f"""
      import {{ createInterface }} from 'node:readline';
      import {{ round, sum }} from {json.dumps((SOURCE / "src" / "arithmetic.js").as_uri())};
      for await (const line of createInterface({{ input: process.stdin }})) {{
        const {{ values, scores }} = JSON.parse(line);
        const rounded = values.map((value) => [0, 2, 4].map((places) => round(value, places)));
        console.log(JSON.stringify({{ rounded, sum: sum(scores) }}));
      }}
    """
    command = [find_node().path, "--no-warnings", "--input-type=module", "-e", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asks, says = process.stdin, process.stdout

        def node(asked: Any) -> Any:
            asks.write(json.dumps(asked) + "\n")
            asks.flush()
            return json.loads(says.readline())

        _rounds_and_sums_as_python_does(node)
        asks.close()
