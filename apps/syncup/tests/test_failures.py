"""Every failure of every service, for every call: words for who asked, and nothing that was found is lost.

Services are played here, answer by answer, where the SDK hands requests on; the clock runs as fast as nobody waits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from xpress_clock import finished  # type: ignore[import-not-found]

from forgesim.sdk import fetch
from forgesim.sdk.fetch import Init
from forgesim.sdk.response import Response
from syncup.resolvers import handler

Answer = tuple[int, bytes] | None
"""Status and body; nothing is silence."""

JIRA, STORAGE, LLM = "Jira", "Forge storage", "Forge LLM"
NOW = datetime.now(UTC)  # noqa: TID251 -- the app's clock is this one here
CALLS: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "boards": ({"projectId": "1"}, (JIRA,)),
    "sprintReport": ({"boardId": "1"}, (JIRA, STORAGE)),
    "sprintReport of one": ({"sprintId": "5"}, (JIRA, STORAGE)),
    "flow": ({"boardId": "1"}, (JIRA,)),
    "velocity": ({"boardId": "1"}, (JIRA, STORAGE)),
    "forecast": ({"boardId": "1"}, (JIRA, STORAGE)),
    "retrospective": ({"boardId": "1"}, (JIRA, STORAGE, LLM)),
    "settings": ({}, (STORAGE,)),
    "saveSettings": ({"unit": "issues", "sprints": 3}, (STORAGE,)),
}
"""Call → payload and the services that it asks."""


def at(days: float) -> str:
    return f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%S}.000+0000"


def sprint(number: int, start: float, state: str) -> dict[str, Any]:
    dates = {"startDate": at(start), "endDate": at(start + 14), "completeDate": at(start + 14)}
    return {"id": number, "name": f"Sprint {number}", "state": state, "originBoardId": 1, **dates}


SPRINTS = [sprint(4, -20, "closed"), sprint(5, -5, "active")]
COLUMNS = {"columns": [{"statuses": [{"id": each}]} for each in "123"]}
PARTS: Mapping[str, Any] = {
    "board": {"values": [{"id": 1, "name": "Team", "type": "scrum"}], "isLast": True},
    "configuration": {"id": 1, "type": "scrum", "columnConfig": COLUMNS},
    "sprint": {"values": SPRINTS, "isLast": True},
    "5": SPRINTS[1],
}


def issue(number: int) -> dict[str, Any]:
    """The first eight are done in the closed sprint, the next in the one that runs."""
    move = {"field": "status", "fieldId": "status", "from": "1", "to": "3", "fromString": "a", "toString": "b"}
    done = at(-12 + number / 2) if number < 8 else at(-6 + number / 4)
    entry = {"id": "1", "created": done, "author": {"accountId": f"p{number}"}, "items": [move]}
    fields = {
        "created": at(-25), "status": {"id": "3"}, "issuetype": {"name": "Story", "subtask": False},
        "closedSprints": [{"id": 4}], "sprint": {"id": 5},
    }  # fmt: skip
    return {"id": str(number), "fields": fields, "changelog": {"total": 1, "histories": [entry]}}


class World:
    """All services; one of them may fail, or one answer of it: that of a path that ends with ``where``."""

    def __init__(self, broken: str, answer: Answer, *, where: str = "", times: int = 999) -> None:
        self.broken, self.answer, self.where, self.times = broken, answer, where, times
        self.stored: dict[str, Any] = {}

    async def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Response:
        service = {"kvs": STORAGE, "llm": LLM}.get(descriptor["type"], JIRA)
        place = urlsplit(path).path
        answer: Answer = self.honest(service, place, json.loads(init.body or b"null"))
        if service == self.broken and place.endswith(self.where) and self.times > 0:
            self.times -= 1
            answer = self.answer
        if answer is None:
            await asyncio.Event().wait()
            raise AssertionError("never")
        return Response(answer[0], (("content-type", "application/json"),), answer[1])

    def honest(self, service: str, place: str, body: Any) -> tuple[int, bytes]:
        if service == LLM:
            return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": "Why?"}}]}).encode()
        if service == JIRA:
            found = {"issues": [issue(number) for number in range(16)]}
            return 200, json.dumps(PARTS.get(place.rpartition("/")[2], found)).encode()
        if "query" in place:
            rows = [{"key": key, "value": value} for key, value in self.stored.items() if key.startswith("board:")]
            return 200, json.dumps({"data": rows}).encode()
        if "value" in body:
            self.stored[body["key"]] = body["value"]
            return 200, b""
        known = self.stored.get(body["key"])
        missing = {"code": "KEY_NOT_FOUND", "message": "no"}
        return (404, json.dumps(missing).encode()) if known is None else (200, json.dumps({"value": known}).encode())

    def log(self, level: str, text: str) -> None:
        """Nobody reads it here."""

    def app_context(self) -> Mapping[str, Any]:
        return {}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[[World, str], Any]:
    def call(world: World, name: str) -> Any:
        monkeypatch.setattr(fetch, "_transport", world)
        asked = {"functionKey": name.split(" ", maxsplit=1)[0], "payload": CALLS[name][0]}
        return finished(handler({"call": asked}))

    return call


def seen(call: Any) -> World:
    """A world in which the board's closed sprint is known."""
    world = World("nobody", None)
    assert call(world, "velocity")["problem"] is None
    return world


WORDS = {
    400: "cannot answer this; only scrum boards have sprints",
    401: "does not accept SyncUp's permissions; ask an admin to approve the app's scopes",
    403: "does not allow you this",
    404: "has no such thing, or you may not see it",
    418: "answered 418",
    429: "is busy; try again in a minute",
    500: "had an error of its own; try again later",
    502: "answered 502",
    503: "answered 503",
}
GARBLED = "answered with something that SyncUp cannot use; try again later"
BODIES = {
    "no JSON": b"<html>Sign in</html>", "nothing": b"", "half of it": b'{"values": [{"id"', "a list": b"[]",
    "a number": b"7", "another map": b"{}", "no text": b"\xff\xfe", "null": b"null", "values that are none":
    b'{"values": [7], "isLast": true, "issues": [7], "choices": []}', "an issue without fields": b'{"issues": [{}]}',
}  # fmt: skip
FAILURES: dict[str, tuple[str, Answer, str]] = {
    **{
        f"{service}: {status}": (service, (status, b'{"code": "X", "message": "no"}'), words)
        for service in (JIRA, STORAGE, LLM)
        for status, words in WORDS.items()
        if not (service == STORAGE and status == 404)  # that is how storage says that nothing is stored
    },
    **{f"{each}: silence": (each, None, "did not answer in time; try again later") for each in (JIRA, STORAGE, LLM)},
    **{f"{each}: {name}": (each, (200, body), GARBLED) for each in (JIRA, LLM) for name, body in BODIES.items()},
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("service", "answer", "words"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_said_in_words(call: Any, name: str, service: str, answer: Answer, words: str) -> None:
    world = seen(call)
    whole = call(world, name)
    world.broken, world.answer = service, answer
    result = call(world, name)
    assert whole["problem"] is None
    if service not in CALLS[name][1]:
        assert result == whole
    else:
        assert result["problem"] == f"{service} {words}."


@pytest.mark.parametrize("name", ["sprintReport", "velocity", "forecast"])
def test_storage_that_fails_costs_no_number_of_jira_s(call: Any, name: str) -> None:
    world = seen(call)
    whole = call(world, name)
    world.broken, world.answer = STORAGE, (500, b'{"code": "X", "message": "no"}')
    result = call(world, name)
    assert result | {"problem": None, "unusual": []} == whole | {"unusual": []}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("where", ["/configuration", "/sprint", "/issue", "/board", "/5"])
@pytest.mark.parametrize("name", CALLS)
def test_one_answer_that_makes_no_sense_raises_nothing(call: Any, name: str, where: str, body: bytes) -> None:
    world = seen(call)
    world.broken, world.answer, world.where = JIRA, (200, body), where
    result = call(world, name)
    assert result["problem"] is None or result["problem"].startswith(f"Jira {GARBLED}.")


def test_storage_that_fails_costs_no_question(call: Any) -> None:
    world = seen(call)
    world.broken, world.answer = STORAGE, (500, b'{"code": "X", "message": "no"}')
    result = call(world, "retrospective")
    assert (result["of"], result["questions"]) == ("weeks", "Why?")


def test_what_is_kept_is_shown_where_jira_refuses_the_history(call: Any) -> None:
    world = seen(call)
    world.broken, world.answer, world.where = JIRA, (503, b"{}"), "/issue"
    assert [each["sprint"] for each in call(world, "velocity")["sprints"]] == [4]
    world.stored.clear()
    assert call(world, "velocity")["problem"].startswith("Jira answered 503. 0 of the last 1 closed sprints")


PASSING = {
    "busy": (429, b"{}"),
    "an error": (500, b"{}"),
    "half an answer": (200, b'{"values"'),
    "a gateway": (502, b"<"),
}


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING.keys())
@pytest.mark.parametrize("name", CALLS)
def test_what_passes_is_asked_again_and_loses_nothing(call: Any, name: str, answer: Answer) -> None:
    world = seen(call)
    whole = call(world, name)
    for service in CALLS[name][1]:
        if (service, answer) != (STORAGE, PASSING["half an answer"]):
            world.broken, world.answer, world.times = service, answer, 2
            assert call(world, name) == whole
