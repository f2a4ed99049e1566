"""The history of an issue, as the API tells it, leads back through every state that the API has shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.site.jira_model import FLAG_FIELD, SPRINT_FIELD, STORY_POINTS_FIELD

Ask = Callable[..., Any]
Json = dict[str, Any]
A3, AG = "/rest/api/3", "/rest/agile/1.0"
NEW = {"project": {"key": "OPEN"}, "summary": "Made", "issuetype": {"name": "Task"}}


def words(value: Any) -> str | None:
    """The words of a document, a block a line."""
    if value is None:
        return None
    return "\n".join("".join(each.get("text", "") for each in block.get("content", ())) for block in value["content"])


def number(value: Any) -> str | None:
    return None if value is None else f"{value:g}"


def ids(value: Any) -> str | None:
    return None if value is None else value["id"]


FIELDS: dict[str, Callable[[Any], Any]] = {
    "summary": lambda it: it,
    "description": words,
    "environment": words,
    "status": ids,
    "issuetype": ids,
    "priority": ids,
    "resolution": ids,
    "security": ids,
    "assignee": lambda it: it and it["accountId"],
    "reporter": lambda it: it and it["accountId"],
    "parent": ids,
    "duedate": lambda it: it,
    "labels": " ".join,
    "components": lambda it: {each["id"] for each in it},
    "fixVersions": lambda it: {each["id"] for each in it},
    "versions": lambda it: {each["id"] for each in it},
    "timeoriginalestimate": number,
    "timeestimate": number,
    "timespent": number,
    STORY_POINTS_FIELD: number,
    FLAG_FIELD: lambda it: it[0]["value"] if it else None,
    SPRINT_FIELD: lambda it: ", ".join(sorted((str(each["id"]) for each in it or ()), key=int)),
    "customfield_10100": ids,
    "customfield_10101": lambda it: it,
    "customfield_10102": lambda it: it and it["accountId"],
}
"""Field → what a history may say of its value."""
BY_WORDS = frozenset(("summary", "description", "environment", "duedate", "labels", STORY_POINTS_FIELD, FLAG_FIELD,
                      "customfield_10101"))  # fmt: skip
"""Fields whose items give words and no ids."""
EACH = frozenset(("components", "fixVersions", "versions"))
"""Fields whose items give one value that came or went."""


def state(ask: Ask, key: str) -> Json:
    shown = ask("GET", f"{A3}/issue/{key}").json["fields"]
    return {name: tell(shown.get(name)) for name, tell in FIELDS.items()}


def history(ask: Ask, key: str) -> list[Json]:
    """All entries, oldest first, page by page."""
    found: list[Json] = []
    while True:
        page = ask("GET", f"{A3}/issue/{key}/changelog?startAt={len(found)}&maxResults=2").json
        found += page["values"]
        if page["isLast"]:
            return found


def undone(now: Json, entry: Json) -> Json:
    """The state before an entry. Raises where the entry does not lead to the state that it is taken from."""
    before = {name: set(value) if isinstance(value, set) else value for name, value in now.items()}
    for item in reversed(entry["items"]):
        name = item["fieldId"]
        old, new = ("fromString", "toString") if name in BY_WORDS else ("from", "to")
        if name in EACH:
            before[name] -= {item["to"]}
            before[name] |= {item["from"]} - {None}
            continue
        assert (item[new] or None) == (before[name] or None), item
        before[name] = item[old]
    return before


def same(state: Json) -> Json:
    """Nothing and an empty value are one."""
    return {name: value or None for name, value in state.items()}


WORDS = st.sampled_from(["red", "blue sky", "a, b", "x"])
PEOPLE = st.sampled_from([None, "712020:alice", "712020:bob"])


def doc(text: str) -> Json:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def _some(*ids: str) -> st.SearchStrategy[list[Json]]:
    return st.lists(st.sampled_from(ids), unique=True, max_size=2).map(lambda some: [{"id": each} for each in some])


def _person(account: str | None) -> Json | None:
    return {"accountId": account} if account else None


EDITS: dict[str, st.SearchStrategy[Any]] = {
    "summary": WORDS,
    "description": st.none() | WORDS.map(doc),
    "environment": st.none() | WORDS.map(doc),
    "priority": st.sampled_from(["1", "2", "5"]).map(lambda it: {"id": it}),
    "issuetype": st.sampled_from(["Task", "Bug", "Story"]).map(lambda it: {"name": it}),
    "assignee": PEOPLE.map(_person),
    "reporter": PEOPLE.filter(bool).map(_person),
    "parent": st.sampled_from([None, {"key": "OPEN-6"}]),
    "duedate": st.sampled_from([None, "2026-03-01", "2026-04-01"]),
    "labels": st.lists(st.sampled_from(["red", "blue"]), max_size=2),
    "components": _some("71"),
    "fixVersions": _some("72", "73"),
    "versions": _some("72", "73"),
    "timetracking": st.sampled_from([{"originalEstimate": "2h"}, {"remainingEstimate": "30m"}]),
    STORY_POINTS_FIELD: st.sampled_from([None, 0.5, 3, 8]),
    FLAG_FIELD: st.sampled_from([None, [{"value": "Impediment"}]]),
    SPRINT_FIELD: st.sampled_from([None, 2, 3]),
    "customfield_10100": st.sampled_from([None, {"id": "1"}, {"id": "2"}]),
    "customfield_10101": st.none() | WORDS,
    "customfield_10102": PEOPLE.map(_person),
}
GIVEN = st.sets(st.sampled_from(sorted(EDITS)), min_size=5, max_size=12).flatmap(
    lambda names: st.fixed_dictionaries({name: EDITS[name] for name in sorted(names)})
)
Step = Callable[[Ask, str], Any]


def _edit(fields: Json) -> Step:
    return lambda ask, key: ask("PUT", f"{A3}/issue/{key}", {"fields": fields})


def _transition(pick: int) -> Step:
    def step(ask: Ask, key: str) -> Any:
        offered = ask("GET", f"{A3}/issue/{key}/transitions").json["transitions"]
        return ask("POST", f"{A3}/issue/{key}/transitions", {"transition": {"id": offered[pick % len(offered)]["id"]}})

    return step


def _move(where: str) -> Step:
    return lambda ask, key: ask("POST", f"{AG}/{where}/issue", {"issues": [key]})


def _estimate(value: str) -> Step:
    return lambda ask, key: ask("PUT", f"{AG}/issue/{key}/estimation?boardId=1", {"value": value})


def _work(seconds: int) -> Step:
    return lambda ask, key: ask("POST", f"{A3}/issue/{key}/worklog", {"timeSpentSeconds": seconds})


STEPS = st.lists(
    st.one_of(
        GIVEN.map(_edit),
        st.integers(0, 5).map(_transition),
        st.sampled_from(["sprint/2", "sprint/3", "backlog"]).map(_move),
        st.sampled_from(["1", "2.5", "13"]).map(_estimate),
        st.sampled_from([600, 3600]).map(_work),
    ),
    min_size=4,
    max_size=9,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_changelog_read_backwards_gives_every_earlier_state(ask: Ask, steps: list[Step]) -> None:
    key = ask("POST", f"{A3}/issue", {"fields": NEW}).json["key"]
    seen = [state(ask, key)]
    told = [0]
    for step in steps:
        assert step(ask, key).status in (201, 204, 200)
        seen.append(state(ask, key))
        told.append(len(history(ask, key)))
    entries, now = history(ask, key), seen[-1]
    for entry in reversed(range(len(entries) + 1)):
        for number, known in enumerate(told):
            if known == entry:
                assert same(now) == same(seen[number])
        if entry:
            now = undone(now, entries[entry - 1])
    assert same(now) == same(seen[0])
