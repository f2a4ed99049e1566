"""Triggers and schedules run by themselves: on what people change, on what becomes of the app, and on time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forgesim.manifest.model import Scenario, Step
from forgesim.runtime.scenario import play
from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.generate import demo
from tests.conftest import MANIFEST, TRUST

SOURCE = """\
from forgesim.sdk import InvocationError, app_events


@resolver.define("write")
async def write(request):
    made = await api.as_app().request_confluence(
        route("/wiki/api/v2/pages/{id}/title", id=request.payload["id"]),
        method="PUT", json={"status": "current", "title": "By itself"},
    )
    return made.status


@resolver.define("comment")
async def comment(request):
    words = {"type": "doc", "version": 1, "content": []}
    made = await api.as_app().request_jira(
        route("/rest/api/3/issue/{key}/comment", key=request.payload["key"]), method="POST", json={"body": words}
    )
    return made.status


@resolver.define("publish")
async def publish(request):
    return await app_events.publish([{"key": key} for key in request.payload["keys"]])


async def on_event(event, context):
    number = await kvs.get("count") or 0
    await kvs.set("count", number + 1)
    await kvs.set(f"event-{number}", event)
    if number < ASKS:
        return InvocationError(retry_after=60, retry_data=number)


async def on_time(event, context):
    return context.get("principal")
"""
MODULES = """\
  trigger:
    - key: watcher
      function: watch
      events: [{EVENTS}]
      FILTER
  scheduledTrigger:
    - {key: hourly, function: tick, interval: hour}
    - {key: daily, function: tick, interval: day}
  event:
    - {key: mine, name: something, allowedRecipients: []}
  function:
    - key: watch
      handler: index.on_event
    - key: tick
      handler: index.on_time
"""
UPDATED = "avi:confluence:updated:page"


@pytest.fixture
def run(make_house: Any) -> Any:
    """Plays these steps on an app whose one trigger listens to an event."""

    def play(*lines: str, event: str = UPDATED, scopes: str = "read:confluence-content.summary", **options: Any) -> Any:
        modules = MODULES.replace("{EVENTS}", f'"{event}"').replace("FILTER", options.pop("filtered", ""))
        manifest = MANIFEST.replace("  function:\n", modules).replace('"storage:app"', f'"storage:app", {scopes}')
        source = SOURCE.replace("ASKS", str(options.pop("asks", 0)))
        steps = TRUST.split("      - {as:")[0] + "".join(f"      - {line}\n" for line in lines)
        house = make_house(source=source, manifest=manifest, trust=steps.replace("  call: ", "  publish: "), **options)
        house.play()
        return house

    return play


def told(house: Any) -> list[dict[str, Any]]:
    """What the trigger got, run by run."""
    stage = house.stage
    rows = stage.services.kvs.rows(stage.installation.id, stage.installation.region)
    kept = {key: json.loads(text) for _, key, text in rows}
    return [kept[f"event-{number}"] for number in range(kept.get("count", 0))]


def test_an_edit_is_told_with_ids_in_place_of_people(run: Any) -> None:
    house = run("{edit: $page, title: Quite another}")
    [event], site = told(house), house.stage.installation.site
    page = site.pages[site.variables["page"]]
    assert (event["eventType"], event["selfGenerated"], event["atlassianId"]) == (UPDATED, False, page.updated_by)
    assert (event["content"]["id"], event["content"]["title"]) == (page.id, "Quite another")
    assert event["content"]["version"]["number"] == page.version
    assert event["context"] == {"cloudId": site.cloud_id, "moduleKey": "watcher"}
    names = [user.name for user in site.users.values()] + [user.email for user in site.users.values()]
    assert not any(name in json.dumps(event) for name in names)


def test_without_the_scope_nobody_is_told(run: Any) -> None:
    assert told(run("{edit: $page, title: Quite another}", scopes="read:user:confluence")) == []


def opened(house: Any) -> list[Any]:
    """How the trigger's runs began."""
    return [each.open for each in house.ledger.invocations.values() if each.open.cause == "event"]


def test_a_run_says_its_event_and_which_scopes_let_it_through(run: Any) -> None:
    house = run("{edit: $page, title: A}")
    assert [(each.event, each.scopes, each.guess) for each in opened(house)] == [
        (UPDATED, (("read:confluence-content.summary",),), False)
    ]


def test_an_app_hears_of_what_its_own_account_may_not_see(run: Any) -> None:
    site = demo(1)
    hidden = next(
        page for page in site.pages.values() if page.status == "current" and not may_view_page(site, APP_ACCOUNT, page)
    )
    [event] = told(run(f"{{edit: '{hidden.id}', title: Quite another}}"))
    assert (event["content"]["id"], event["content"]["title"]) == (hidden.id, "Quite another")


@pytest.mark.parametrize(("life", "labels"), [("added", "[brand-new]"), ("removed", "[]")])
def test_labels_that_an_edit_adds_or_removes_are_told_of(run: Any, life: str, labels: str) -> None:
    site = demo(1)
    page = next(each for each in site.pages.values() if each.status == "current" and each.labels)
    scopes = "read:confluence-content.summary, read:confluence-space.summary"
    events = told(run(f"{{edit: '{page.id}', labels: {labels}}}", event=f"avi:confluence:{life}:label", scopes=scopes))
    known = {each.name for each in page.labels}
    assert {each["label"]["name"] for each in events} == ({"brand-new"} if life == "added" else known)


def test_an_app_hears_what_it_does_to_jira(run: Any) -> None:
    house = run("{call: comment, with: {key: $issue}}", event="avi:jira:commented:issue",
                scopes="read:jira-work, write:jira-work")  # fmt: skip
    [event], site = told(house), house.stage.installation.site
    assert (event["selfGenerated"], event["issue"]["key"]) == (True, site.variables["issue"])
    assert event["atlassianId"] == event["comment"]["author"]["accountId"] == APP_ACCOUNT


def made_up(house: Any, event: str, given: Any) -> Any:
    """The trigger's run on an event that no scenario gives."""
    step = Step(kind="trigger", data={"trigger": event, "with": given, "sampled": True})
    play(house.stage, Scenario(name="x", site="demo", steps=(step,)))
    return opened(house)[-1]


def test_an_event_that_no_scenario_gives_is_what_the_product_would_say(run: Any) -> None:
    house = run("{wait: 1 minute}")
    first, other = list(house.stage.installation.site.pages.values())[:2]
    for page in (first, other):
        began = made_up(house, UPDATED, {"content": {"id": page.id, "x": 1}})
        assert (began.event, began.guess, began.input["updateTrigger"]) == (UPDATED, False, "updated")
        assert (began.input["content"]["title"], began.input["content"]["x"]) == (page.title, 1)


def test_an_event_that_nothing_raises_is_a_guess_and_so_is_a_further_run_on_it(run: Any) -> None:
    event = "avi:confluence:liked:page"
    house = run("{wait: 1 minute}", event=event, asks=1)
    began = made_up(house, event, {"content": {"id": "$page"}})
    assert [(each.event, each.guess) for each in opened(house)] == [(event, True)] * 2
    assert began.input["content"] == {"id": house.stage.installation.site.variables["page"]}


def test_an_edit_in_the_past_is_no_news(run: Any) -> None:
    assert told(run("{edit: $page, title: Quite another, at: '2025-01-01'}")) == []


def test_a_filter_lets_others_changes_pass(run: Any) -> None:
    assert len(told(run("{edit: $page, title: A}", filtered="filter: {ignoreSelf: true, appIsLicensed: true}"))) == 1


@pytest.mark.parametrize(("filtered", "heard"), [("", ["By itself"]), ("filter: {ignoreSelf: true}", [])])
def test_an_app_hears_what_it_does_itself_unless_it_does_not_want_to(run: Any, filtered: str, heard: Any) -> None:
    scopes = "read:confluence-content.summary, write:page:confluence"
    events = told(run("{call: write, with: {id: $page}}", filtered=filtered, scopes=scopes))
    assert [event["content"]["title"] for event in events if event["selfGenerated"]] == heard


def test_an_expression_is_not_evaluated_and_that_is_told_by_name(run: Any) -> None:
    house = run("{edit: $page, title: A}", filtered="filter: {expression: 'true'}")
    assert told(house) == []
    assert [c.answered.unsupported for c in house.ledger.crossings] == ["expression filters of triggers"]


def test_a_trigger_may_ask_for_four_more_runs(run: Any) -> None:
    events = told(run("{edit: $page, title: A}", asks=9))
    assert [event.get("retryContext", {}).get("retryCount") for event in events] == [None, 1, 2, 3, 4]
    assert events[2]["retryContext"] == {
        "retryCount": 2, "retryReason": "FUNCTION_RETRY_REQUEST", "retryData": 1,
    }  # fmt: skip


def test_an_explicit_trigger_runs_whatever_the_scopes(run: Any) -> None:
    [event] = told(run(f"{{trigger: '{UPDATED}', with: {{content: {{id: $page}}}}}}", scopes="read:user:confluence"))
    assert event["content"] == {"id": event["content"]["id"]}


def test_a_trigger_that_a_step_runs_may_ask_for_more_runs_too(run: Any) -> None:
    events = told(run(f"{{trigger: '{UPDATED}', with: {{content: {{id: $page}}}}}}", asks=1))
    assert [event.get("retryContext", {}).get("retryData") for event in events] == [None, 0]


@pytest.mark.parametrize(
    ("life", "steps"),
    [("installed", ["{call: publish, with: {keys: []}}"]), ("uninstalled", ["{uninstall: true}"])],
)
def test_an_app_hears_of_its_own_life(run: Any, life: str, steps: list[str]) -> None:
    house = run(*steps, event=f"avi:forge:{life}:app")
    events = [each.open.input for each in house.ledger.invocations.values() if each.open.cause == "event"]
    assert [(event["eventType"], event["app"]["id"]) for event in events] == [
        (f"avi:forge:{life}:app", house.app.manifest.app_id)
    ]


def test_a_new_installation_is_empty_and_hears_that_it_is_installed(run: Any) -> None:
    house = run("{wait: 1 minute}", "{uninstall: true}", event="avi:forge:installed:app")
    first = house.stage.installation.id
    house.stage.reinstall()
    house.stage.wait(1000)
    assert [event["id"] for event in told(house)] == [house.stage.installation.id]
    assert house.stage.installation.id != first


def test_an_upgrade_is_told(run: Any) -> None:
    house = run("{wait: 1 minute}", event="avi:forge:upgraded:app")
    house.simulator.upgrade(house.stage, house.app, house.simulator.workers.image, major=True)
    [event] = told(house)
    assert "storage:app" in event["permissions"]["scopes"]


def test_an_app_event_reaches_the_apps_own_trigger(run: Any) -> None:
    event = "avi:cloud:ecosystem::event/5d4f7a0e-1111-4222-8333-444455556666/mine"
    house = run("{call: publish, with: {keys: [mine, yours]}}", event=event)
    assert [each["name"] for each in told(house)] == ["mine"]
    result = json.loads(next(c.decided.body.text for c in house.ledger.crossings if c.decided.channel == "result"))
    assert [each["event"] for each in result["failedEvents"]] == [{"key": "yours"}]
    pusher, listener = (each.open for each in house.ledger.invocations.values() if each.open.cause != "import")
    assert (listener.root, listener.cause) == (pusher.inv, "event")


def at_times(house: Any) -> list[tuple[str, int]]:
    start = next(iter(house.ledger.runs.values())).clock
    opened = [each.open for each in house.ledger.invocations.values() if each.open.cause == "schedule"]
    return [(each.function, round((each.at - start) / 60_000)) for each in opened]


def test_schedules_run_while_time_passes_each_once_when_it_is_due(run: Any) -> None:
    hours = [("tick", 5 + 60 * hour) for hour in range(4)]
    assert at_times(run("{wait: 2 hours}", "{wait: 2 hours}")) == [hours[0], *hours]
    assert at_times(run("{wait: 4 minutes}", name="early")) == []


def test_of_a_schedule_that_is_due_very_often_the_first_and_the_last_runs_take_place(run: Any) -> None:
    times = at_times(run("{wait: 1 week}"))
    daily = list(range(5, 7 * 24 * 60, 24 * 60))
    hourly = list(range(5, 7 * 24 * 60, 60))
    assert sorted(at for _, at in times) == sorted([*daily, *hourly[:24], *hourly[-24:]])


def test_a_schedule_can_be_run_by_a_step(run: Any) -> None:
    assert at_times(run("{schedule: hourly}")) == [("tick", 0)]
