"""Calls of every emulated operation: values for its path, and what a body or a query needs to succeed.

What is not here follows from the documents: an operation without a body, whose path goes through things that
``things`` knows, needs no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from itertools import islice
from types import MappingProxyType
from typing import Any

from tests.openapi import Documented, Json, documented
from tests.products.openapi import confluence
from tests.products.openapi.bench import Bench, Pairs, Request
from tests.products.openapi.confluence import busy_page, storage
from tests.products.openapi.made import MADE, adf, an_issue, another_issue, issues, project_filter

__all__ = ["BODIES", "QUERIES", "allowed", "plain", "spoiled", "values_of", "varied"]

Body = Callable[[Bench], Any]


# --- things of the site ---------------------------------------------------------------------------------------------


def epics(bench: Bench) -> list[str]:
    used = {each.parent_id for each in issues(bench)}
    return [each.key for each in issues(bench) if each.id in used and each.type_id == "10000"]


THINGS: Mapping[str, Callable[[Bench], Sequence[str]]] = MappingProxyType(
    {
        "issue": lambda b: [each.key for each in issues(b)],
        "issue comment": lambda b: [issues(b)[0].comments[0].id],
        "api comment": lambda b: [issues(b)[0].comments[0].id],
        "project": lambda b: [b.site.variables["project"], b.site.variables["project.id"]],
        "board": lambda b: [b.site.variables["board"]],
        "sprint": lambda b: [b.site.variables[each] for each in ("sprint.active", "sprint", "sprint.future")],
        "epic": epics,
        "issueLinkType": lambda b: ["10000"],
        "status": lambda b: ["10000"],
        "issuetype": lambda b: ["10001"],
        "issuetypes": lambda b: ["10001"],
        "createmeta": lambda b: [b.site.variables["project"]],
        "resolution": lambda b: ["10000"],
        "priority": lambda b: ["3"],
        **MADE,
        **confluence.THINGS,
    }
)
"""The parameter, or the segment before it (two, where the last alone is not enough) → its values, the best first."""


def values_of(told: Documented, bench: Bench, turn: int) -> dict[str, str]:
    """Values for the parameters of the path; other ones in each turn, as far as there are others."""
    segments = told.name.partition(" ")[2].split("/")
    literal = [each for each in segments if not each.startswith("{")]
    found, before = {}, []
    for segment in segments:
        if not segment.startswith("{"):
            before.append(segment)
            continue
        first = next(
            (each for each in reversed(literal) if f"{each} {before[-1]}" in THINGS and each != before[-1]), ""
        )
        make = THINGS.get(segment) or THINGS.get(f"{first} {before[-1]}") or THINGS.get(before[-1])
        values = list(make(bench)) if make else ["1"]
        found[segment[1:-1]] = values[turn % len(values)] if values else "1"
    return found


# --- bodies and queries ---------------------------------------------------------------------------------------------


def new_page(bench: Bench) -> Json:
    return {"spaceId": bench.site.variables["space.id"], "status": "current", "title": "New", "body": storage("a")}


def changed_page(bench: Bench) -> Json:
    page = busy_page(bench)
    version = {"number": page.version + 1, "message": "why"}
    return {"id": page.id, "status": "current", "title": "Other", "body": storage("b"), "version": version}


def new_issue(bench: Bench) -> Json:
    fields = {"project": {"id": bench.site.variables["project.id"]}, "issuetype": {"id": "10001"}, "summary": "New"}
    return {"fields": {**fields, "description": adf("a"), "labels": ["one"]}}


def step(bench: Bench) -> Json:
    at = {"issueIdOrKey": issues(bench)[0].key}
    found = bench.json("GET /rest/api/3/issue/{issueIdOrKey}/transitions", at)["transitions"]
    return {"transition": {"id": found[0]["id"]}}


def some_issues(bench: Bench) -> list[str]:
    return [each.key for each in islice(issues(bench), 3)]


def remote(bench: Bench) -> Json:
    return {"globalId": "two", "object": {"url": "https://example.org/y", "title": "Y"}}


HOLDERS = (
    "/rest/api/3/issue/{issueIdOrKey}/properties",
    "/rest/api/3/project/{projectIdOrKey}/properties",
    "/rest/api/3/comment/{commentId}/properties",
    "/rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties",
    "/rest/api/3/user/properties",
    "/rest/agile/1.0/board/{boardId}/properties",
    "/rest/agile/1.0/sprint/{sprintId}/properties",
    "/rest/forge/1/app/properties",
)
"""Paths of what holds properties in Jira."""

BODIES: Mapping[str, Body] = MappingProxyType(
    {
        **confluence.BODIES,
        "POST /wiki/api/v2/pages": new_page,
        "PUT /wiki/api/v2/pages/{id}": changed_page,
        "PUT /wiki/api/v2/pages/{id}/title": lambda b: {"status": "current", "title": "Other"},
        "POST /wiki/api/v2/footer-comments": lambda b: {"pageId": busy_page(b).id, "body": storage("c")},
        "POST /wiki/api/v2/users-bulk": lambda b: {"accountIds": [b.accounts["alice"], b.accounts["bob"]]},
        "POST /wiki/rest/api/content/{id}/label": lambda b: [{"prefix": "global", "name": "fresh"}],
        "POST /rest/api/3/search/jql": lambda b: {"jql": "project = WEB", "maxResults": 3, "fields": ["*all"]},
        "POST /rest/api/3/search/approximate-count": lambda b: {"jql": "project = WEB"},
        "POST /rest/api/3/issue/bulkfetch": lambda b: {"issueIdsOrKeys": some_issues(b), "fields": ["summary"]},
        "POST /rest/api/3/issue": new_issue,
        "PUT /rest/api/3/issue/{issueIdOrKey}": lambda b: {"fields": {"summary": "Other", "priority": {"id": "1"}}},
        "POST /rest/api/3/changelog/bulkfetch": lambda b: {"issueIdsOrKeys": some_issues(b), "maxResults": 5},
        "POST /rest/api/3/issue/{issueIdOrKey}/transitions": step,
        "POST /rest/api/3/issue/{issueIdOrKey}/comment": lambda b: {"body": adf("e")},
        "PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}": lambda b: {"body": adf("f")},
        "PUT /rest/agile/1.0/issue/{issueIdOrKey}/estimation": lambda b: {"value": "3"},
        "POST /rest/agile/1.0/backlog/issue": lambda b: {"issues": some_issues(b)},
        "POST /rest/agile/1.0/sprint/{sprintId}/issue": lambda b: {"issues": some_issues(b)},
        "POST /rest/agile/1.0/sprint": lambda b: {
            "name": "Next", "originBoardId": int(b.site.variables["board"]), "goal": "g"},
        "POST /rest/agile/1.0/sprint/{sprintId}": lambda b: {"name": "Renamed"},
        "PUT /rest/agile/1.0/sprint/{sprintId}": lambda b: {"name": "Renamed", "state": "active", "goal": "g",
            "startDate": "2026-01-05T09:00:00.000Z", "endDate": "2026-01-19T09:00:00.000Z"},
        "POST /rest/api/3/issue/bulk": lambda b: {"issueUpdates": [new_issue(b)]},
        "PUT /rest/api/3/issue/{issueIdOrKey}/assignee": lambda b: {"accountId": b.accounts["alice"]},
        "POST /rest/api/3/issue/{issueIdOrKey}/changelog/list": lambda b: {
            "changelogIds": [int(each.id) for each in issues(b)[0].changes[:2]]},
        "POST /rest/api/3/comment/list": lambda b: {"ids": [int(issues(b)[0].comments[0].id)]},
        "POST /rest/api/3/issue/{issueIdOrKey}/worklog": lambda b: {"timeSpent": "1h", "comment": adf("g")},
        "PUT /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": lambda b: {"comment": adf("h")},
        "POST /rest/api/3/worklog/list": lambda b: {"ids": [int(MADE["worklog"](b)[0])]},
        "POST /rest/api/3/issueLink": lambda b: {
            "type": {"name": "Blocks"}, "inwardIssue": {"key": an_issue(b)}, "outwardIssue": {"key": another_issue(b)}},
        "POST /rest/api/3/issue/{issueIdOrKey}/remotelink": remote,
        "PUT /rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}": remote,
        **{f"PUT {each}/{{propertyKey}}": lambda b: {"n": 2} for each in HOLDERS},
        "POST /rest/api/3/permissions/project": lambda b: {"permissions": ["BROWSE_PROJECTS"]},
        "POST /rest/api/3/component": lambda b: {"name": "C", "project": b.site.variables["project"]},
        "PUT /rest/api/3/component/{id}": lambda b: {"name": "D", "description": "d"},
        "POST /rest/api/3/version": lambda b: {"name": "2.0", "projectId": int(b.site.variables["project.id"])},
        "PUT /rest/api/3/version/{id}": lambda b: {"name": "3.0", "released": True},
        "POST /rest/api/3/jql/parse": lambda b: {"queries": ["project = WEB and not key = A-1 order by key"]},
        "POST /rest/api/3/jql/match": lambda b: {
            "issueIds": [int(each.id) for each in issues(b)[:3]], "jqls": ["project = WEB", "nonsense"]},
        "POST /rest/agile/1.0/board": lambda b: {
            "name": "Another", "type": "kanban", "filterId": int(project_filter(b)),
            "location": {"type": "project", "projectKeyOrId": b.site.variables["project"]}},
        "POST /rest/api/3/filter": lambda b: {"name": "New", "jql": "project = WEB", "description": "d"},
        "PUT /rest/api/3/filter/{id}": lambda b: {"name": "Other", "jql": "order by key"},
        "PUT /rest/agile/1.0/issue/rank": lambda b: {"issues": [another_issue(b)], "rankBeforeIssue": an_issue(b)},
        "POST /rest/agile/1.0/backlog/{boardId}/issue": lambda b: {"issues": some_issues(b)},
        "POST /rest/agile/1.0/board/{boardId}/issue": lambda b: {"issues": some_issues(b)},
        "PUT /rest/agile/1.0/epic/{epicIdOrKey}/rank": lambda b: {"rankBeforeEpic": epics(b)[1]},
        "POST /rest/agile/1.0/epic/{epicIdOrKey}/issue": lambda b: {"issues": some_issues(b)},
        "POST /rest/agile/1.0/epic/none/issue": lambda b: {"issues": some_issues(b)},
    }
)  # fmt: skip
"""A body with which the operation succeeds, for those that need one."""

QUERIES: Mapping[str, Callable[[Bench], Pairs]] = MappingProxyType(
    {
        **confluence.QUERIES,
        "GET /wiki/rest/api/user": lambda b: (("accountId", str(b.accounts["bob"])),),
        "DELETE /wiki/rest/api/content/{id}/label": lambda b: (("name", busy_page(b).labels[0].name),),
        "GET /rest/api/3/user": lambda b: (("accountId", str(b.accounts["bob"])),),
        "GET /rest/api/3/user/bulk": lambda b: (("accountId", str(b.accounts["bob"])),),
        "GET /rest/api/3/mypermissions": lambda b: (("permissions", "BROWSE_PROJECTS"),),
        "GET /rest/api/3/search/jql": lambda b: (("jql", "project = WEB"), ("fields", "*all"), ("maxResults", "3")),
        "GET /rest/agile/1.0/issue/{issueIdOrKey}/estimation": lambda b: (("boardId", b.site.variables["board"]),),
        "PUT /rest/agile/1.0/issue/{issueIdOrKey}/estimation": lambda b: (("boardId", b.site.variables["board"]),),
        "GET /wiki/rest/api/search": lambda b: (("cql", "type = page"), ("limit", "3")),
        "GET /wiki/rest/api/search/user": lambda b: (("cql", "type = user"), ("limit", "3")),
        "GET /wiki/rest/api/content/search": lambda b: (("cql", "type = page"), ("limit", "3")),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/watchers": lambda b: (("accountId", str(b.accounts["alice"])),),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/remotelink": lambda b: (
            ("globalId", "one" if MADE["remotelink"](b) else ""),),
        "GET /rest/api/3/user/assignable/search": lambda b: (("query", ""), ("project", "WEB")),
        "GET /rest/api/3/user/assignable/multiProjectSearch": lambda b: (("query", ""), ("projectKeys", "WEB")),
        "GET /rest/api/3/user/viewissue/search": lambda b: (("query", ""), ("projectKey", "WEB")),
        "GET /rest/api/3/user/permission/search": lambda b: (
            ("query", ""), ("projectKey", "WEB"), ("permissions", "BROWSE_PROJECTS")),
        "POST /rest/api/3/jql/parse": lambda b: (("validation", "none"),),
        "GET /rest/api/3/user/groups": lambda b: (("accountId", str(b.accounts["alice"])),),
        "GET /rest/api/3/group/member": lambda b: (("groupname", "engineering"),),
        **{f"{method} /rest/api/3/user/properties{rest}": lambda b: (("accountId", str(b.accounts["alice"])),)
           for method, rest in (("GET", ""), ("GET", "/{propertyKey}"), ("PUT", "/{propertyKey}"),
                                ("DELETE", "/{propertyKey}"))},
    }
)  # fmt: skip
"""What a query must have so that the operation succeeds."""


def plain(name: str, bench: Bench, turn: int = 0) -> Request:
    """A valid call of the operation, with nothing that it does not need."""
    headers = confluence.HEADERS.get(name, ())
    made = Request(name=name, params=values_of(documented()[name], bench, turn), headers=headers)
    if name in QUERIES:
        made = made.but(query=QUERIES[name](bench))
    if name in BODIES:
        made = made.but(body=BODIES[name](bench))
    return made


def varied(name: str, bench: Bench) -> Iterator[Request]:
    """The valid call, and for each documented parameter of the query the same with each kind of value."""
    usual = plain(name, bench)
    yield usual
    for each in documented()[name].of("query"):
        yield from (usual.also(each["name"], value) for value in allowed(each["schema"]))


def spoiled(name: str, bench: Bench) -> Iterator[Request]:
    """The valid call with one thing wrong: in the path, in the query, in the body."""
    usual, told = plain(name, bench), documented()[name]
    for parameter in usual.params:
        for value in ("999999999", "abc", "-1", "9" * 30):
            yield usual.but(params={**usual.params, parameter: value})
    for each in told.of("query"):
        yield usual.but(query=tuple(pair for pair in usual.query if pair[0] != each["name"]))
        for value in ("", "nonsense", "-1", "1.5", "9" * 20, "é\u0000"):
            yield usual.also(each["name"], value)
        yield usual.also(each["name"], "1", "2")
    if "requestBody" in told.raw:
        for raw in (b"", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b"\xff", b"[[]]", b"[null]", b'{"a":' * 5000):
            yield usual.but(body=raw)
        for body in _broken(usual.body):
            yield usual.but(body=body)


def _broken(value: Any) -> Iterator[Any]:
    """The body without one of its parts, and with another kind of value in the place of each."""
    if not isinstance(value, dict | list):
        return
    for key, one in list(value.items() if isinstance(value, dict) else enumerate(value)):
        less, more = copy(value), copy(value)
        del less[key]
        yield less
        for other in (*ODD, *_broken(one)):
            more[key] = other
            yield copy(more)


ODD: tuple[Any, ...] = (None, True, -1, 99, 1e300, "", "x" * 300, [], [[]], {}, {"a": 1})


def allowed(schema: Json) -> Sequence[str]:
    """Values that the schema allows: every one of an enumeration, a few of anything else."""
    schema = schema.get("items", schema) if schema.get("type") == "array" else schema
    if "enum" in schema:
        return [str(each) for each in schema["enum"]]
    match schema.get("type"):
        case "boolean":
            return ["true", "false"]
        case "integer" | "number":
            low, high = schema.get("minimum", 1), schema.get("maximum", 50)
            return [str(each) for each in sorted({int(low), int(high)})]
    return {"date-time": ["2026-01-01T00:00:00Z"], "date": ["2026-01-01"]}.get(schema.get("format", ""), ["x"])
