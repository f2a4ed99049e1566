"""Apps that keep what they are sent: no branch asks for the value, all of their code runs, and still it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.kit import Outcome, Verdict
from forgesim.manifest.load import load_app
from forgesim.manifest.model import Scenario, Step
from forgesim.proof.hostile import Hostile, hostile, neighbours
from forgesim.proof.prove import prove
from forgesim.sandbox.open import open_sandbox
from forgesim.site.facts import known_ids
from forgesim.site.open import open_site
from forgesim.source.program import Program
from tests.conftest import MANIFEST, TRUST

SITE = open_site("proof", seed=1, base=Path.cwd())

CALL = """\
@resolver.define("call")
async def call(request):
    payload = request.payload
{lines}
    return {{}}
"""
STORES = """\
stores:
  - {in: kvs, key: mood, value: int 1..5}
  - {in: kvs, key: name, value: setting 40}
  - {in: kvs, key: note, value: {mood: int 1..5, name: setting 40}}
  - {in: kvs, key: word, value: enum good|bad}
"""
GIVEN = "{mood: 4, name: Nell, word: good, note: {mood: 4, name: Nell}}"

KEPT = {
    "as it came": 'await kvs.set("mood", payload["mood"])',
    "whatever is between two numbers": 'if 1 <= float(payload["mood"]) <= 5: await kvs.set("mood", payload["mood"])',
    "whatever begins as it should": (
        'import re\nif re.match("good|bad", str(payload["word"])): await kvs.set("word", payload["word"])'
    ),
    "whatever ends as it should, or a line after that": (
        'import re\nif re.match("^(good|bad)$", str(payload["word"])): await kvs.set("word", payload["word"])'
    ),
    "a text of any length": 'if type(payload["name"]) is str: await kvs.set("name", payload["name"])',
    "a name that may be no text": (
        'if payload["name"] and len(payload["name"]) <= 40: await kvs.set("name", payload["name"])'
    ),
    "a map as it came": (
        'note = payload["note"]\n'
        'if type(note["mood"]) is int and 1 <= note["mood"] <= 5 and 1 <= len(str(note["name"])) <= 40:\n'
        '    await kvs.set("note", {**note, "name": str(note["name"])})'
    ),
    "what no scenario gives": 'await kvs.set("word", payload.get("say") or "good")',
}  # fmt: skip
LOOKED_AT = {
    "a number in its range": (
        'mood = payload["mood"]\nif type(mood) is not int or not 1 <= mood <= 5: raise ValueError("one to five")\n'
        'await kvs.set("mood", mood)'
    ),
    "a free name that trust.yml declares": (
        'name = payload["name"]\nif type(name) is not str or len(name) > 40: raise ValueError("a name, please")\n'
        'await kvs.set("name", name)'
    ),
    "a word of two": (
        'if payload["word"] not in ("good", "bad"): raise ValueError("good or bad")\n'
        'await kvs.set("word", payload["word"])'
    ),
    "a map member by member": (
        'mood, name = payload["note"]["mood"], payload["note"]["name"]\n'
        'if type(mood) is not int or not 1 <= mood <= 5: raise ValueError("one to five")\n'
        'if type(name) is not str or len(name) > 40: raise ValueError("a name, please")\n'
        'await kvs.set("note", {"mood": mood, "name": name})'
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with open_sandbox() as opened:
        yield opened


def proved(make_app: Any, sandbox: Any, lines: str) -> dict[str, Verdict]:
    body = CALL.format(lines="\n".join(f"    {line}" for line in lines.splitlines()))
    old = TRUST[TRUST.index("stores:") : TRUST.index("sends:")]
    trust = TRUST.replace(old, STORES).replace("{spaceId: $space.id, pageId: $page}", GIVEN)
    trust = trust.replace("reads:\n  call: spaces, pages\n", "reads: {}\n")
    manifest = MANIFEST.replace("read:page:confluence, read:space:confluence, ", "")
    proof = prove(load_app(make_app(body, manifest=manifest, trust=trust)), sandbox=lambda: sandbox, trials=2)
    assert proof.ledger.header.units
    return {each.claim: each for each in proof.verdicts}


@pytest.mark.slow
@pytest.mark.parametrize("lines", KEPT.values(), ids=KEPT)
def test_an_app_that_stores_what_it_is_sent_breaks_its_declared_types(make_app: Any, sandbox: Any, lines: str) -> None:
    verdict = proved(make_app, sandbox, lines)["stores_only_aggregates"]
    assert verdict.outcome is Outcome.BROKEN
    assert "what trust.yml does not declare" in verdict.evidence[0].why


@pytest.mark.slow
@pytest.mark.parametrize("lines", LOOKED_AT.values(), ids=LOOKED_AT)
def test_an_app_that_looks_at_it_first_holds(make_app: Any, sandbox: Any, lines: str) -> None:
    verdicts = proved(make_app, sandbox, lines)
    outcomes = {verdict.outcome for verdict in verdicts.values()}
    assert verdicts["stores_only_aggregates"].outcome is Outcome.HOLDS, verdicts["stores_only_aggregates"].says
    assert Outcome.BROKEN not in outcomes


# --- what is sent ---------------------------------------------------------------------------------------------------


def made(app: Any, *calls: tuple[str, Any]) -> tuple[list[Scenario], list[Hostile]]:
    steps = [Step(kind="call", data={"as": "bob", "call": name, "with": given}, line=1) for name, given in calls]
    starts = [Scenario(name=f"call {number}", site="proof", steps=(step,), line=1) for number, step in enumerate(steps)]
    return starts, hostile(app, Program(app.sources), starts, SITE)


@pytest.fixture
def app(make_app: Any) -> Any:
    return load_app(make_app(CALL.format(lines='    await kvs.set("count", len(payload))')))


def sent(ways: Sequence[Hostile]) -> list[Any]:
    return [way.way.scenario.steps[number].data["with"] for way in ways for number in sorted(way.made_up)]


def test_one_key_at_a_time_is_another_and_each_call_is_made_as_it_stands_too(app: Any) -> None:
    given = {"page": "$page", "how": {"mood": 4, "all": ["a", "b"]}}
    starts, ways = made(app, ("open", {}), ("vote", given))
    assert len(ways) == 3
    for way in ways:
        steps = way.way.scenario.steps
        assert [step for number, step in enumerate(steps) if number not in way.made_up] == [
            step for start in starts for step in start.steps
        ]
        assert steps[-1] == starts[-1].steps[0]
    known = {"page": SITE.variables["page"], "how": given["how"]}
    for payload in sent(ways):
        if isinstance(payload, dict) and "page" in payload:
            assert sum(payload.get(key) != value for key, value in known.items()) + ("more" in payload) == 1


def test_an_id_becomes_its_neighbours_others_and_somebodys(app: Any) -> None:
    _, ways = made(app, ("look", {"page": "$page"}))
    (others,) = [way for way in ways if "another id" in way.way.label]
    page, ids = SITE.variables["page"], known_ids(SITE)
    tried = [payload["page"] for payload in sent([others])]
    assert set(neighbours(page)) < set(tried)
    assert set(tried) & set(ids["page"]) - {page}
    assert set(tried) & set(ids["account"])
    assert page not in tried


def test_only_what_told_something_is_played_again(app: Any) -> None:
    starts, ways = made(app, ("note", {"mood": 4}), ("note", {"mood": 2}))
    for way in ways:
        first = min(way.made_up)
        assert way.only([]).scenario.steps == tuple(step for start in starts for step in start.steps)
        assert way.only([first]).scenario.steps[0] == way.way.scenario.steps[first]
        assert len(way.only([first]).scenario.steps) == len(starts) + 1


def test_apps_without_calls_are_sent_nothing(app: Any) -> None:
    scenario = Scenario(name="daily", site="proof", steps=(Step(kind="schedule", data={"schedule": "daily"}),), line=1)
    assert hostile(app, Program(app.sources), [scenario], SITE) == []


def test_the_number_of_calls_is_bounded(app: Any) -> None:
    _, ways = made(app, *((f"call{number}", {f"key{key}": "a" for key in range(40)}) for number in range(40)))
    assert all(len(way.way.scenario.steps) <= 24 * 61 for way in ways)


@pytest.mark.parametrize(
    ("known", "beside"), [("10", ("9", "11")), ("0", ("-1", "1")), ("DOCS", ()), ("", ()), ("\u0663", ())]
)
def test_only_numbers_have_neighbours(known: str, beside: tuple[str, ...]) -> None:
    assert neighbours(known) == beside
