"""Every kind of step does what it says, and says when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from tests.conftest import MANIFEST, TRUST

ECHO = """\
@resolver.define("call")
async def call(request):
    payload = request.payload
    if "key" in payload:
        await kvs.set(payload["key"], payload.get("value", 1))
    if payload.get("fail"):
        raise ValueError("as asked")
    if "pageId" in payload:
        answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=payload["pageId"]))
        page = await answer.json()
        return {"status": answer.status, "title": page.get("title"), "owner": page.get("ownerId")}
    if payload.get("send"):
        return (await api.fetch("https://us.i.posthog.com/capture/", method="POST", json={})).status
    return {"who": request.context.account_id, "payload": payload}


@resolver.define("pages")
async def pages(request):
    seen = request.payload.get("cursor", 0) + 1
    return {"seen": seen, "cursor": seen if seen < request.payload.get("until", 3) else None}


async def on_event(event, context):
    await kvs.set("event", event.get("eventType", "none"))
    return context.get("principal")
"""

MODULES = """\
  trigger:
    - key: watcher
      function: watch
      events: [avi:confluence:updated:page]
    - key: second
      function: watch
      events: [avi:confluence:updated:page, avi:confluence:created:page]
  scheduledTrigger:
    - key: nightly
      function: watch
      interval: day
  webtrigger:
    - key: hook
      function: watch
  function:
    - key: watch
      handler: index.on_event
"""
SENDS = """\
permissions:
  external:
    fetch:
      backend:
        - address: https://us.i.posthog.com
          category: analytics
          inScopeEUD: false
"""


def steps(*lines: str) -> str:
    return TRUST.split("      - {as:")[0] + "".join(f"      - {line}\n" for line in lines)


@pytest.fixture
def run(make_house: Any) -> Any:
    """Plays a scenario of these steps: what came of them, and the house they were played in."""

    def play(*lines: str, **options: Any) -> tuple[list[Any], Any]:
        manifest = MANIFEST.replace("  function:\n", MODULES).replace("permissions:\n", SENDS)
        house = make_house(source=ECHO, trust=steps(*lines), manifest=manifest, **options)
        return house.play(), house

    return play


def test_a_call_is_made_by_who_is_named_and_by_alice_otherwise(run: Any) -> None:
    done, house = run("{as: bob, call: call, with: {a: $space}}", "{call: call}")
    people = {user.handle: user.account_id for user in house.stage.installation.site.users.values()}
    assert [each.outcome.result["who"] for each in done] == [people["bob"], people["alice"]]
    assert done[0].outcome.result["payload"] == {"a": house.stage.installation.site.variables["space"]}
    assert [(step.name, step.user, step.outcome, step.met) for step in house.ledger.steps] == [
        ("call", people["bob"], "ok", True),
        ("call", people["alice"], "ok", True),
    ]


def test_what_is_expected_is_compared_with_what_came(run: Any) -> None:
    done, house = run(
        "{call: call, with: {fail: true}, expect: error}",
        "{call: call, expect: error}",
        "{call: call, with: {fail: true}}",
    )
    assert [each.expected for each in done] == [True, False, False]
    said = "ValueError: as asked at src/index.py:13"
    assert [step.message for step in house.ledger.steps] == [said, None, said]


@pytest.mark.parametrize(
    ("step", "cause", "event"),
    [
        ("{trigger: 'avi:confluence:updated:page', with: {id: $page}}", "event", "avi:confluence:updated:page"),
        ("{trigger: 'avi:confluence:created:page'}", "event", "avi:confluence:created:page"),
        ("{schedule: nightly}", "schedule", "none"),
        ("{webtrigger: hook, with: {method: GET}}", "webtrigger", "none"),
    ],
)
def test_events_schedules_and_web_triggers_run_their_modules_for_nobody(
    run: Any, step: str, cause: str, event: str
) -> None:
    done, house = run(step)
    assert len(done) == (2 if "updated" in step else 1)
    told = [(each.outcome.result or {}).get("statusCode") for each in done]
    assert told == [500 if cause == "webtrigger" else None] * len(done)
    opened = [each.open for each in house.ledger.invocations.values() if each.open.cause != "import"]
    assert {(each.cause, each.principal, each.function) for each in opened} == {(cause, None, "watch")}
    rows = house.stage.services.kvs.rows(house.stage.installation.id, house.stage.installation.region)
    assert rows == [("kvs", "event", f'"{event}"')]


def test_time_passes_between_steps(run: Any) -> None:
    _, house = run("{call: call}", "{wait: 1 day}", "{call: call}")
    first, second = (each.open.at for each in house.ledger.invocations.values() if each.open.cause == "user")
    assert second - first == 86_400_000


def test_a_service_fails_as_often_as_it_should(run: Any) -> None:
    done, _ = run(
        "{fail: confluence, with: 404, times: 2}",
        *["{call: call, with: {pageId: $page}}"] * 3,
    )
    assert [each.outcome.result["status"] for each in done] == [404, 404, 200]


def test_the_admin_switches_analytics_off_and_on(run: Any) -> None:
    done, house = run(
        "{call: call, with: {send: true}}",
        "{admin: {analytics: off}}",
        "{call: call, with: {send: true}}",
        "{admin: {analytics: on}}",
        "{call: call, with: {send: true}}",
    )
    rules = [c.decided.decision.rule for c in house.ledger.crossings if c.decided.channel == "egress"]
    assert rules == ["declared", "analytics-off", "declared"]
    assert done[1].outcome.result == 403


def test_a_run_that_begins_with_analytics_off_says_so(run: Any) -> None:
    _, house = run("{call: call, with: {send: true}}")
    site = house.stage.installation.site
    with house.simulator.stage(site, cause="explore", label="off", analytics=False) as stage:
        stage.call(house.ask(payload={"send": True}))
    assert [each.analytics for each in house.ledger.runs.values()] == [True, False]
    assert house.ledger.crossings[-2].decided.decision.rule == "analytics-off"


def test_an_edit_changes_what_the_app_reads(run: Any) -> None:
    done, _ = run(
        "{call: call, with: {pageId: $page}}",
        "{edit: $page, title: Quite another, owner: bob, at: '2025-01-01'}",
        "{call: call, with: {pageId: $page}}",
    )
    before, after = (each.outcome.result for each in done)
    assert before["title"] != after["title"] == "Quite another"
    assert before["owner"] != after["owner"]


def test_calls_events_and_edits_may_come_together(run: Any) -> None:
    done, _ = run(
        "{together: [{call: call, with: {pageId: $page}}, {trigger: 'avi:confluence:updated:page'}, "
        "{edit: $page, title: Meanwhile}, {as: bob, call: pages, with: {until: 3}}]}"
    )
    assert [each.ask.name for each in done] == ["call", "watch", "watch", "pages"]
    assert done[0].outcome.result["title"] == "Meanwhile"
    assert done[3].outcome.result == {"seen": 3, "cursor": None}
    assert all(each.expected for each in done)


def test_a_cursor_is_followed_to_its_end_and_not_for_ever(run: Any) -> None:
    done, _ = run("{call: pages, with: {until: 5}}", max_steps=5)
    assert done[0].outcome.result == {"seen": 5, "cursor": None}
    done, house = run("{call: pages, with: {until: 6}}", max_steps=5, name="other")
    assert (done[0].outcome.type, done[0].expected) == ("EndlessCursor", False)
    assert len([each for each in house.ledger.invocations.values() if each.open.resolver]) == 5


def test_rows_move_with_the_installation(run: Any) -> None:
    _, house = run("{call: call, with: {key: a}}", "{move: EU}", "{call: call, with: {key: b}}")
    stage = house.stage
    assert [key for _, key, _ in stage.services.kvs.rows(stage.installation.id, "EU")] == ["a", "b"]
    stage.finish()
    assert (house.ledger.inventories[0].region, len(house.ledger.inventories[0].rows)) == ("EU", 2)


def test_the_next_run_finds_the_rows_where_they_were_moved_to(run: Any, tmp_path: Path) -> None:
    _, first = run("{call: call, with: {key: a}}", "{move: EU}", state=tmp_path / "state")
    first.stage.finish()
    _, second = run("{call: call, with: {key: b}}", state=tmp_path / "state", name="other")
    second.stage.finish()
    assert [run.region for run in second.ledger.runs.values()] == ["EU"]
    assert [(each.region, [row.key for row in each.rows]) for each in second.ledger.inventories] == [("EU", ["a", "b"])]


def test_uninstalling_drops_the_rows_and_ends_the_calls(run: Any) -> None:
    _, house = run("{call: call, with: {key: a}}", "{uninstall: true}")
    with pytest.raises(InputError, match="not installed any more"):
        house.call()
    house.stage.finish()
    assert house.ledger.inventories[0].rows == ()


WRONG = {
    "{as: mallory, call: call}": "no user 'mallory'",
    "{call: cal}": "did you mean 'call'",
    "{call: call, with: {a: $galaxy}}": "galaxy",
    "{edit: No such page, title: x}": "No such page",
    "{edit: $page, owner: mallory}": "mallory",
}


@pytest.mark.parametrize(("step", "says"), WRONG.items(), ids=WRONG.keys())
def test_a_step_that_names_what_is_not_there_is_told(run: Any, step: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        run(step)
