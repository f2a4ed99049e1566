"""What SyncUp asks of Jira and storage, answer by answer, and what it says when they refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from forgesim.sdk import fetch
from forgesim.sdk.fetch import Init
from forgesim.sdk.response import Response
from syncup import patience
from syncup.jira import Jira
from syncup.look import lines_of, look_at, window_of
from syncup.patience import Patience, RefusedError
from syncup.records import SETTINGS, Records
from syncup.resolvers import handler
from syncup.timeline import Board

Answer = Callable[[str, Any], tuple[int, Any]]
BOARD = Board(id=1, waiting=frozenset({"1"}), done=frozenset({"3"}), estimate="customfield_7")


class Wire:
    """Answers by a function of path and body; writes down what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[tuple[dict[str, Any], str, Init]] = []

    async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
        self.asked.append((descriptor, path, init))
        status, body = self.answer(path, json.loads(init.body or b"null"))
        return Response(status, (("retry-after", "0"),), json.dumps(body).encode())

    def log(self, level: str, text: str) -> None:
        """Nobody reads it here."""

    def app_context(self) -> Mapping[str, Any]:
        return {}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Wire]:
    def install(answer: Answer) -> Wire:
        wire = Wire(answer)
        monkeypatch.setattr(fetch, "_transport", wire)
        return wire

    return install


def run(work: Awaitable[Any]) -> Any:
    async def finish() -> Any:
        return await work

    return asyncio.run(finish())


def query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def issue(number: int, *, subtask: bool = False) -> dict[str, Any]:
    fields = {
        "created": "2026-03-01T00:00:00.000+0000",
        "status": {"id": "1"},
        "issuetype": {"name": "Story", "subtask": subtask},
        "parent": {"id": "1"},
        "sprint": {"id": 5},
    }
    return {"id": str(number), "fields": fields, "changelog": {"total": 0, "histories": []}}


def test_pages_of_issues_are_read_to_the_end_and_sub_tasks_are_no_issues(wire: Any) -> None:
    pages = {
        None: {"issues": [issue(1), issue(2, subtask=True)], "nextPageToken": "a"},
        "a": {"issues": [issue(3)], "nextPageToken": "b"},
        "b": {"issues": [issue(4)]},
    }
    seen = wire(lambda path, _: (200, pages[query(path).get("nextPageToken")]))
    found = run(Jira(Patience()).issues(1, [5, 6], 1_772_442_000_000, "customfield_7"))
    assert [each["id"] for each in found] == ["1", "2", "3", "4"]
    assert len(lines_of(found, BOARD)) == 3
    assert {urlsplit(path).path for _, path, _ in seen.asked} == {"/rest/software/1.0/board/1/issue"}
    first = query(seen.asked[0][1])
    # 2026-03-02T09:00Z, and a day before, since Jira reads dates where the user is.
    assert first["jql"] == 'sprint = 5 OR sprint = 6 OR updated >= "2026-03-01"'
    assert first["fields"].split(",") == ["created", "status", "issuetype", "sprint", "closedSprints", "customfield_7"]
    assert first["expand"] == "changelog"


def test_pages_of_sprints_are_read_to_the_end_and_put_in_order(wire: Any) -> None:
    named = {"name": "", "state": "closed"}
    sprints = [{"id": n, "startDate": f"2026-0{n}-01T00:00:00.000Z", **named} for n in (3, 1, 2)]
    wire(lambda path, _: (200, {"values": sprints[(at := int(query(path)["startAt"])) :][:2], "isLast": at == 2}))
    assert [each["id"] for each in run(Jira(Patience()).sprints(1))] == [1, 2, 3]


def test_everything_is_asked_as_the_user_and_by_get(wire: Any) -> None:
    sprint = {"id": 5, "name": "", "state": "future", "originBoardId": 1}
    seen = wire(lambda path, _: (200, {"issues": [], "values": [], "isLast": True, **sprint}))
    jira = Jira(Patience())
    run(jira.issues(1, [], 1_772_442_000_000, ""))
    run(jira.sprints(1))
    run(jira.sprint("5"))
    assert {(d["provider"], d["remote"], init.method) for d, _, init in seen.asked} == {("user", "jira", "GET")}


@pytest.mark.parametrize(
    ("status", "tries", "says"),
    [
        (400, 1, "Jira cannot answer this; only scrum boards have sprints."),
        (401, 1, "Jira does not accept SyncUp's permissions; ask an admin to approve the app's scopes."),
        (403, 1, "Jira does not allow you this."),
        (404, 1, "Jira has no such thing, or you may not see it."),
        (418, 1, "Jira answered 418."),
        (429, 3, "Jira is busy; try again in a minute."),
        (500, 3, "Jira had an error of its own; try again later."),
        (503, 3, "Jira answered 503."),
    ],
)
def test_what_is_tried_again_and_what_is_said(wire: Any, status: int, tries: int, says: str) -> None:
    seen = wire(lambda path, _: (status, {}))
    with pytest.raises(RefusedError) as refused:
        run(Jira(Patience()).board(1))
    assert (len(seen.asked), refused.value.sentence) == (tries, says)


def test_silence_has_an_end(wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "ANSWER_S", 0.01)

    async def never() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RefusedError) as refused:
        run(Patience().ask("Jira", never))
    assert refused.value.sentence == "Jira did not answer in time; try again later."


def test_all_pauses_together_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def busy() -> None:
        raise RefusedError("Jira", 429, "4")

    monkeypatch.setattr(asyncio, "sleep", sleep)
    patient = Patience()
    for _ in range(2):
        with pytest.raises(RefusedError):
            run(patient.ask("Jira", busy))
    assert (sum(slept), max(slept)) == (patience.PAUSES_S, 4)


def test_a_log_that_jira_cut_is_told(wire: Any) -> None:
    long = issue(1) | {"changelog": {"total": 101, "histories": []}}
    wire(lambda path, _: (200, {"issues": [long]}))
    sprint = {"id": 5, "state": "active", "startDate": "2026-03-02T09:00:00Z", "endDate": "2026-03-16T09:00:00Z"}
    looks, cut = run(look_at(Jira(Patience()), BOARD, [sprint], 1_772_442_000_000))
    assert (len(looks[0].passages), looks[0].is_group, cut) == (1, False, True)


def test_when_a_sprint_is(wire: Any) -> None:
    start, end, close = "2026-03-02T09:00:00Z", "2026-03-16T09:00:00Z", "2026-03-17T09:00:00Z"
    dates = {"startDate": start, "endDate": end}
    monday, day = 1_772_442_000_000, 86_400_000
    now = monday + 3 * day
    closed = window_of({"id": 1, "state": "closed", "completeDate": close} | dates, now)
    active = window_of({"id": 1, "state": "active"} | dates, now)
    future = window_of({"id": 1, "state": "future"}, now)
    assert [(each.start_ms, each.end_ms, each.planned_ms) for each in (closed, active, future)] == [
        (monday, monday + 15 * day, monday + 15 * day),
        (monday, now, monday + 14 * day),
        (now, now, now + day),
    ]


def test_settings_that_cannot_be_read_are_the_usual_ones_and_it_is_said(wire: Any) -> None:
    wire(lambda path, _: (403, {"code": "FORBIDDEN", "message": "no"}))
    result = run(handler({"call": {"functionKey": "settings"}}))
    assert result == {**SETTINGS, "problem": "Forge storage does not allow you this."}


def test_rows_of_a_board_are_one_query(wire: Any) -> None:
    row = {"key": "board:1:sprint:5", "value": {"reopened": 0}}
    seen = wire(lambda path, body: (200, {"data": [row]}))
    assert run(Records(Patience()).rows(1)) == {5: {"reopened": 0}}
    assert len(seen.asked) == 1


def test_a_board_whose_sprints_have_not_begun_says_so(wire: Any) -> None:
    columns = [{"statuses": [{"id": "1"}]}, {"statuses": [{"id": "3"}]}]

    def answer(path: str, body: Any) -> tuple[int, Any]:
        if path.startswith("/rest"):
            empty = {"issues": [], "values": [], "isLast": True}
            return 200, {"id": 1, "columnConfig": {"columns": columns}} | empty
        empty = {"data": []}
        return (200, empty) if "query" in path else (404, {"code": "KEY_NOT_FOUND", "message": "no"})

    wire(answer)
    result = run(handler({"call": {"functionKey": "sprintReport", "payload": {"boardId": "1"}}}))
    assert result == {"board": 1, "sprints": [], "problem": "No sprint of this board has begun."}


COLUMNS = {"columns": [{"statuses": [{"id": "1"}]}, {"statuses": [{"id": "2"}]}, {"statuses": [{"id": "3"}]}]}
KANBAN = {"id": 1, "type": "kanban", "columnConfig": COLUMNS}
ABSENT = {"code": "KEY_NOT_FOUND", "message": "no"}


def kanban(issues: list[dict[str, Any]]) -> Answer:
    """A kanban board: Jira has no sprints of it."""

    def answer(path: str, body: Any) -> tuple[int, Any]:
        match urlsplit(path).path.split("/")[-1]:
            case "configuration":
                return 200, KANBAN
            case "sprint":
                return 400, {"errorMessages": ["The board does not support sprints"]}
            case "issue":
                return 200, {"issues": issues}
            case _:
                return (200, {"data": []}) if "query" in path else (404, ABSENT)

    return answer


def call(function: str, **payload: Any) -> Any:
    return run(handler({"call": {"functionKey": function, "payload": payload}}))


def busy(number: int) -> dict[str, Any]:
    """An issue that somebody else has changed a moment ago."""
    now = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 -- the app's clock is this one here
    entry = {
        "id": "1",
        "created": f"{now:%Y-%m-%dT%H:%M:%S}.000+0000",
        "author": {"accountId": f"p{number}"},
        "items": [],
    }
    return issue(number) | {"changelog": {"total": 1, "histories": [entry]}}


def test_a_kanban_board_has_a_flow_and_no_sprints(wire: Any) -> None:
    seen = wire(kanban([busy(number) for number in range(6)]))
    assert call("sprintReport", boardId="1") == {"problem": "Jira cannot answer this; only scrum boards have sprints."}
    flow = call("flow", boardId="1")
    assert (flow["burnup"]["scope"][-1], flow["completed"], flow["problem"]) == (6, 0, None)
    asked = [query(path)["jql"] for _, path, _ in seen.asked if "jql" in path]
    assert asked[0].startswith('statusCategory != Done OR updated >= "')


@pytest.mark.parametrize("estimate", ["", "customfield_7"])
def test_estimates_are_asked_for_in_points_and_in_hours(wire: Any, estimate: str) -> None:
    seen = wire(lambda path, _: (200, {"issues": []}))
    sprint = {"id": 5, "state": "future"}
    run(look_at(Jira(Patience()), BOARD._replace(estimate=estimate), [sprint], 1_772_442_000_000))
    asked = query(seen.asked[0][1])["fields"].split(",")
    assert asked[5:] == [*filter(None, [estimate]), "timeoriginalestimate", "parent"]


def test_a_board_without_issues_has_no_numbers_and_says_so(wire: Any) -> None:
    wire(kanban([]))
    says = "A board on which fewer than five people or issues moved has no numbers."
    assert call("flow", boardId="1") == {"board": 1, "days": 28, "problem": says}


def test_a_sprint_without_issues_has_no_numbers_and_says_so(wire: Any) -> None:
    sprint = {"id": 5, "name": "冲刺", "state": "future", "originBoardId": 1}
    plain = kanban([])
    wire(lambda path, body: (200, sprint) if path.endswith("/sprint/5") else plain(path, body))
    result = call("sprintReport", sprintId="5")
    assert (result["name"], result["problem"]) == (
        "冲刺",
        "A sprint of fewer than five issues or people has no numbers.",
    )
    assert "burnup" not in result


def test_another_board_s_view_of_a_sprint_is_asked_for_by_both_ids(wire: Any) -> None:
    sprint = {"id": 5, "name": "", "state": "future", "originBoardId": 1}
    plain = kanban([])
    seen = wire(lambda path, body: (200, sprint) if path.endswith("/sprint/5") else plain(path, body))
    call("sprintReport", sprintId="5", boardId="77")
    assert "/rest/agile/1.0/board/77/configuration" in [urlsplit(path).path for _, path, _ in seen.asked]


ROW = {
    "issues": {"committed": 9, "added": 0, "removed": 0, "kept": 5},
    "points": {"committed": 9, "added": 0, "removed": 0, "kept": 5},
    "bugs": 1,
    "reopened": 0,
    "efficiency": 60,
    "blocked": 0,
    "cycle": {},
}


@pytest.mark.parametrize(
    ("status", "says"),
    [(403, "does not allow you this."), (429, "is busy; try again in a minute."), (500, "had an error of its own")],
)
def test_forge_llm_that_refuses_is_named(wire: Any, status: int, says: str) -> None:
    plain = kanban([])
    kept = {"data": [{"key": "board:1:sprint:5", "value": ROW}]}

    def answer(path: str, body: Any) -> tuple[int, Any]:
        if path.startswith("https://llm"):
            return status, {"code": "NO", "message": "no"}
        return (200, kept) if "query" in path else plain(path, body)

    wire(answer)
    assert call("retrospective", boardId="1")["problem"].startswith(f"Forge LLM {says}")


def test_storage_that_refuses_costs_a_comparison_and_no_number(wire: Any) -> None:
    sprint = {"id": 5, "name": "", "state": "active", "originBoardId": 1, "startDate": "2026-03-02T09:00:00Z"}
    issues = [busy(number) | {"id": str(number)} for number in range(6)]
    plain = kanban(issues)

    def answer(path: str, body: Any) -> tuple[int, Any]:
        if not path.startswith("/rest"):
            return 403, {"code": "FORBIDDEN", "message": "no"}
        return (200, sprint) if path.endswith("/sprint/5") else plain(path, body)

    wire(answer)
    result = call("sprintReport", sprintId="5")
    assert (len(result["scope"]), result["unusual"]) == (6, [])
    assert result["problem"] == "Forge storage does not allow you this."
