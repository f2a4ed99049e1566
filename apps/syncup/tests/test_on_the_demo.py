"""SyncUp on the demo site: its numbers against the site itself, what it keeps, and what it keeps to itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from forgesim.claims.wire import body_text
from forgesim.manifest.load import load_trust
from forgesim.manifest.types import World, bits
from forgesim.site.facts import known_ids
from forgesim.site.jira_history import fields_at, members_at
from forgesim.site.jira_model import DONE, STORY_POINTS_FIELD, Change, Issue, Item
from forgesim.site.model import Site
from forgesim.site.twin import twin
from forgesim.testing.kit import Forge, InstalledApp

APP = Path(__file__).parents[1]


@pytest.fixture
def demo(forge: Forge) -> Site:
    return forge.site("demo", seed=1)


@pytest.fixture
def app(forge: Forge, demo: Site) -> InstalledApp:
    return forge.install(APP, demo)


def value(issue: Issue, at: int, field: str) -> str | None:
    fields = fields_at(issue, at)
    return None if fields is None else fields[field]


def points(issues: list[Issue], at: int) -> float:
    return sum(float(value(issue, at, STORY_POINTS_FIELD) or 0) for issue in issues)


@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_report_is_what_the_site_s_own_history_says(app: InstalledApp, demo: Site, back: int) -> None:
    board = int(demo.variables["board"])
    closed = [each for each in demo.sprints.values() if each.board_id == board and each.state == "closed"]
    sprint = sorted(closed, key=lambda each: each.start_at or 0)[-back]
    start, last = sprint.start_at or 0, (sprint.complete_at or 0) - 1
    issues = list(demo.issues.values())
    committed = [each for each in members_at(issues, sprint.id, start) if value(each, start, "status") != DONE]
    at_end = members_at(issues, sprint.id, last)
    completed = [
        each
        for each in at_end
        if value(each, last, "status") == DONE and (each in committed or value(each, start, "status") != DONE)
    ]
    carried = [each for each in at_end if value(each, last, "status") != DONE]
    kept = [each for each in completed if each in committed]

    result = app.invoke("sprintReport", {"sprintId": str(sprint.id)})
    scope = {each["what"]: (each["issues"], each["points"]) for each in result["scope"]}
    assert scope["committed"] == (len(committed), points(committed, start))
    assert scope["completed"] == (len(completed), points(completed, last))
    assert scope["carried"] == (len(carried), points(carried, last))
    assert result["sayDo"] == pytest.approx(100 * points(kept, start) / points(committed, start), abs=0.5)
    assert result["burndown"][0] == scope["committed"][1]
    assert result["burndown"][-1] == scope["carried"][1]


def test_velocity_is_made_of_the_reports_and_is_kept(app: InstalledApp) -> None:
    first = app.invoke("velocity", {"boardId": "$board"})
    reads = len([each for each in app.ledger.crossings if each.decided.channel == "jira"])
    assert app.invoke("velocity", {"boardId": "$board"}) == first
    again = len([each for each in app.ledger.crossings if each.decided.channel == "jira"]) - reads
    assert again == 2, "configuration and sprints; the issues are not read again"
    for each in first["sprints"]:
        report = app.invoke("sprintReport", {"sprintId": str(each["sprint"])})
        scope = {row["what"]: row["points"] for row in report["scope"]}
        assert (each["committed"], each["completed"], each["sayDo"]) == (
            scope["committed"],
            scope["completed"],
            report["sayDo"],
        )
    assert first["low"] <= first["mean"] <= first["high"]


def test_a_forecast_is_the_same_for_whoever_asks_and_on_a_twin(forge: Forge, app: InstalledApp, demo: Site) -> None:
    result = app.invoke("forecast", {"boardId": "$board"})
    other = forge.install(APP, twin(demo, 5)).invoke("forecast", {"boardId": "$board"}, user="bob")
    assert result["name"] != other["name"]
    assert {**result, "name": ""} == {**other, "name": ""}
    assert sum(result["futures"]) == 1000


def test_of_sprints_that_overlap_the_one_that_is_asked_for_is_forecast(forge: Forge, demo: Site) -> None:
    board = int(demo.variables["board"])
    begun = [each for each in demo.sprints.values() if each.board_id == board and each.state != "future"]
    before, last = sorted(begun, key=lambda each: each.start_at or 0)[-2:]
    app = forge.install(APP, demo)
    over = app.invoke("forecast", {"boardId": "$board", "sprintId": str(before.id)})
    assert (over["name"], over["problem"]) == (before.name, "This sprint is over: there is nothing to forecast.")
    assert "finish" not in over
    before.state, before.end_at, before.complete_at = "active", last.end_at, None
    app = forge.install(APP, demo)
    for wanted in (before, last):
        found = app.invoke("forecast", {"boardId": "$board", "sprintId": str(wanted.id)})
        assert (found["name"], len(found["finish"]), found["problem"]) == (wanted.name, 3, None)
    for other in ("$sprint.private", "99999"):
        assert app.invoke("forecast", {"boardId": "$board", "sprintId": other})["name"] == last.name


def issue_reads(app: InstalledApp) -> int:
    return len([each for each in app.ledger.crossings if each.decided.target.endswith("/issue")])


def test_a_forecast_asks_for_issues_once_and_says_the_same_when_the_past_is_known(forge: Forge, demo: Site) -> None:
    fresh, known = forge.install(APP, demo), forge.install(APP, demo)
    first = fresh.invoke("forecast", {"boardId": "$board"})
    asked = issue_reads(fresh)
    known.invoke("velocity", {"boardId": "$board"})
    before = issue_reads(known)
    assert known.invoke("forecast", {"boardId": "$board"}) == first
    assert first["learntFrom"] == 6
    assert asked <= before, "as many pages as the past alone"


def test_weeks_of_the_board_are_those_of_the_site_s_own_history(app: InstalledApp, demo: Site) -> None:
    board = demo.boards[demo.variables["board"]]
    for at, moved in enumerate(issue for issue in demo.issues.values() if issue.project_id == board.project_id):
        if moved.status_id != DONE and moved.type_id != "10000" and at % 2:
            moved.status_id, moved.status_changed_at = DONE, demo.clock_ms - 3_600_000
            moved.changes.append(Change(f"{10**7 + at}", demo.clock_ms - 3_600_000, "x", (Item("status", "3", DONE),)))
            moved.updated_at = demo.clock_ms - 3_600_000
    result = app.invoke("flow", {"boardId": "$board"})
    (done,) = [each for each in result["unusual"] if each["sign"] == "issues done"]
    week = 7 * 86_400_000
    issues = [each for each in demo.issues.values() if each.project_id == board.project_id and each.type_id != "10000"]

    def completed(start: int) -> int:
        ends = [each.status_changed_at for each in issues if each.status_id == DONE]
        return sum(start <= at < start + week for at in ends)

    counts = [completed(demo.clock_ms - week * back) for back in range(result["weeks"] + 1, 0, -1)]
    assert done["value"] == counts[-1]
    assert done["usual"] == pytest.approx(float(np.median(counts[:-1])), abs=0.05)
    assert done["high"] < counts[-1]


def test_a_team_of_four_has_no_numbers_and_leaves_none(app: InstalledApp) -> None:
    for name in ("sprintReport", "forecast", "velocity"):
        result = app.invoke(name, {"boardId": "$board.private"})
        assert set(result) <= {"board", "sprint", "name", "state", "problem", "unit", "completed", "sprints"}
        assert not result.get("completed")
        assert "fewer than five" in result["problem"]
    assert [each for each in app.ledger.crossings if each.decided.channel == "kvs" and each.decided.writes] == []


def test_who_may_not_see_a_board_is_told_so(app: InstalledApp) -> None:
    for payload in ({"sprintId": "$sprint.private"}, {"boardId": "$board.private"}):
        result = app.invoke("sprintReport", payload, user="bob")
        assert result == {"problem": "Jira has no such thing, or you may not see it."}


def test_nothing_that_leaves_the_app_names_a_person_or_an_issue(app: InstalledApp, demo: Site) -> None:
    results = [app.invoke(name, {"boardId": "$board"}) for name in ("sprintReport", "velocity", "forecast")]
    kept = [body_text(each.decided.body) for each in app.ledger.crossings if each.decided.channel in ("kvs", "log")]
    text = json.dumps(results) + " ".join(kept)
    people = [word for user in demo.users.values() for word in (user.account_id, user.name, user.email)]
    issues = [word for issue in demo.issues.values() for word in (issue.key, issue.summary)]
    assert [word for word in people + issues if word in text] == []


def test_a_sprint_takes_at_most_four_kilobits(demo: Site) -> None:
    ids = {kind: frozenset(found) for kind, found in known_ids(demo).items()}
    world = World(ids=ids, now_ms=demo.clock_ms, times=frozenset(), settings=frozenset())
    sizes = {store.key.text: bits(store.value, world) + store.key.bits(world) for store in load_trust(APP).stores}
    assert sizes.keys() == {"board:{board}:sprint:{sprint}", "settings"}
    assert 1000 < sizes["board:{board}:sprint:{sprint}"] < 2000


SCRIPTS = (
    *("Sprint één", "Спринт", "Σπριντ", "ספרינט", "سباق", "स्प्रिंट"),
    *("สปรินต์", "スプリント", "스프린트", "冲刺", "სპრინტი", "Սպրինտ"),
)


def test_names_in_twelve_scripts_are_shown_as_they_are_and_change_no_number(forge: Forge, demo: Site) -> None:
    plain = forge.install(APP, demo).invoke("velocity", {"boardId": "$board"})
    board = int(demo.variables["board"])
    mine = [each for each in demo.sprints.values() if each.board_id == board]
    for sprint, name in zip(reversed(mine), SCRIPTS * 3, strict=False):
        sprint.name = name
    for issue, name in zip(demo.issues.values(), SCRIPTS * 99, strict=False):
        issue.summary = name
    result = forge.install(APP, demo).invoke("velocity", {"boardId": "$board"})
    named = {each.id: each.name for each in mine}
    assert [each["name"] for each in result["sprints"]] == [named[each["sprint"]] for each in result["sprints"]]
    for each in (*plain["sprints"], *result["sprints"]):
        del each["name"]
    assert result == plain


def test_flow_of_the_board_is_that_of_the_site_s_own_history(app: InstalledApp, demo: Site) -> None:
    result = app.invoke("flow", {"boardId": "$board"})
    board = demo.boards[demo.variables["board"]]
    since = demo.clock_ms - 28 * 86_400_000
    issues = [each for each in demo.issues.values() if each.project_id == board.project_id and each.type_id != "10000"]
    finished = [each for each in issues if since <= each.status_changed_at and each.status_id == DONE]
    assert result["completed"] == sum(value(each, since, "status") != DONE for each in finished)
    open_now = sum(each.status_id != DONE for each in issues)
    assert result["burnup"]["scope"][-1] - result["burnup"]["done"][-1] == open_now


def test_boards_of_a_project_are_those_that_one_may_see(app: InstalledApp) -> None:
    assert app.invoke("boards", {"projectId": "$project.id"})["boards"] == [
        {"board": 1, "name": "WEB board", "kind": "scrum"}
    ]
    hidden = app.invoke("boards", {"projectId": "99"}, user="bob")
    assert (hidden["boards"], hidden["problem"] is None) == ([], False)
