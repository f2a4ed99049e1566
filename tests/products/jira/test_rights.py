"""Who may see and change what: one table over the operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]
A3, AG, SW = "/rest/api/3", "/rest/agile/1.0", "/rest/software/1.0"
DOC = {"type": "doc", "version": 1, "content": []}
NEW = {"fields": {"project": {"key": "SEC"}, "summary": "s", "issuetype": {"name": "Task"}}}

SECRET_READS = [
    f"{A3}/project/SEC", f"{A3}/project/20", f"{A3}/project/SEC/statuses", f"{A3}/issue/SEC-1", f"{A3}/issue/2001",
    f"{A3}/issue/SEC-1/changelog", f"{A3}/issue/SEC-1/comment", f"{A3}/issue/SEC-1/transitions",
    f"{AG}/board/2", f"{AG}/board/2/configuration", f"{AG}/board/2/sprint", f"{AG}/board/2/issue",
    f"{SW}/board/2/issue", f"{SW}/board/2/backlog", f"{AG}/sprint/4", f"{SW}/sprint/4/issue", f"{AG}/sprint/4/issue",
    f"{AG}/issue/SEC-1", f"{A3}/mypermissions?permissions=BROWSE_PROJECTS&projectKey=SEC",
]  # fmt: skip


@pytest.mark.parametrize("path", SECRET_READS)
def test_what_one_may_not_browse_is_not_there(ask: Ask, path: str) -> None:
    assert ask("GET", path, by="alice").status == 200
    for who in ("bob", "app"):
        hidden = ask("GET", path, by=who)
        assert (hidden.status, hidden.reads) == (404, ())
        missing = path.replace("SEC", "NONE").replace("2001", "9999").replace("/20", "/99")
        missing = missing.replace("/2", "/9").replace("sprint/4", "sprint/99")
        assert ask("GET", missing, by=who).status == 404
        assert "Secret" not in str(hidden.json)


@pytest.mark.parametrize(
    "path", [f"{A3}/project/OPEN", f"{A3}/issue/OPEN-1", f"{AG}/board/1", f"{AG}/board", f"{A3}/field"]
)
@pytest.mark.parametrize("who", ["gone", "nobody"])
def test_without_access_to_jira_everything_is_a_403(ask: Ask, path: str, who: str) -> None:
    assert ask("GET", path, by=who).status == 403


def test_lists_leave_out_what_is_hidden(ask: Ask) -> None:
    for who, keys, boards in (("alice", ["OPEN", "SEC"], [1, 2, 3]), ("bob", ["OPEN"], [1, 3])):
        assert [each["key"] for each in ask("GET", f"{A3}/project/search", by=who).json["values"]] == keys
        assert [each["id"] for each in ask("GET", f"{AG}/board", by=who).json["values"]] == boards
    found = ask("POST", f"{A3}/search/jql", {"jql": "created > -1000d", "fields": ["summary"]}, by="bob")
    assert all(key.startswith("OPEN") for key in found.keys)
    assert all(ref.partition("/")[2] < "2000" for ref in found.reads if ref.startswith("issue/"))
    bulk = ask("POST", f"{A3}/issue/bulkfetch", {"issueIdsOrKeys": ["SEC-1", "OPEN-1", "X-1"]}, by="bob").json
    assert [each["key"] for each in bulk["issues"]] == ["OPEN-1"]
    assert [each["id"] for each in bulk["issueErrors"]] == ["SEC-1", "X-1"]
    logs = ask("POST", f"{A3}/changelog/bulkfetch", {"issueIdsOrKeys": ["SEC-1", "OPEN-1"]}, by="bob").json
    assert [each["issueId"] for each in logs["issueChangeLogs"]] == ["1001"]


WRITES = [
    ("POST", f"{A3}/issue", {"fields": NEW["fields"] | {"project": {"key": "OPEN"}}}, 201),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"summary": "new"}}, 204),
    ("DELETE", f"{A3}/issue/OPEN-3", None, 204),
    ("POST", f"{A3}/issue/OPEN-3/comment", {"body": DOC}, 201),
    ("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": "41"}}, 204),
    ("PUT", f"{AG}/issue/OPEN-3/estimation?boardId=1", {"value": "3"}, 200),
    ("POST", f"{AG}/sprint/3/issue", {"issues": ["OPEN-3"]}, 204),
    ("POST", f"{AG}/backlog/issue", {"issues": ["OPEN-3"]}, 204),
    ("POST", f"{AG}/sprint", {"name": "n", "originBoardId": 1}, 201),
    ("POST", f"{AG}/sprint/3", {"name": "n"}, 200),
    ("DELETE", f"{AG}/sprint/3", None, 204),
]


@pytest.mark.parametrize(("method", "path", "body", "ok"), WRITES, ids=[f"{w[0]} {w[1]}" for w in WRITES])
def test_looking_is_not_changing(ask: Ask, method: str, path: str, body: Any, ok: int) -> None:
    assert ask(method, path, body, by="dan").status == 403
    assert ask(method, path, body, by="bob").status == ok


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{A3}/issue", NEW, 400),
        ("PUT", f"{A3}/issue/SEC-1", {"fields": {"summary": "new"}}, 404),
        ("DELETE", f"{A3}/issue/SEC-1", None, 404),
        ("POST", f"{A3}/issue/SEC-1/comment", {"body": DOC}, 404),
        ("POST", f"{AG}/sprint/4/issue", {"issues": ["OPEN-3"]}, 404),
        ("POST", f"{AG}/sprint/3/issue", {"issues": ["SEC-1"]}, 404),
        ("POST", f"{AG}/sprint", {"name": "n", "originBoardId": 2}, 404),
    ],
)
def test_writes_do_not_tell_what_is_hidden(ask: Ask, method: str, path: str, body: Any, status: int) -> None:
    assert ask(method, path, body, by="bob").status == status


def test_comments_are_changed_by_who_wrote_them(ask: Ask) -> None:
    path = f"{A3}/issue/OPEN-5/comment/901"
    assert ask("PUT", path, {"body": DOC}, by="app").status == 403
    assert ask("PUT", path, {"body": DOC}, by="bob").status == 200
    assert ask("DELETE", path, by="alice").status == 204
    assert ask("GET", path).status == 404


def test_permissions_are_told_as_they_are(ask: Ask) -> None:
    def held(who: str, where: str = "") -> dict[str, bool]:
        names = "BROWSE_PROJECTS,EDIT_ISSUES,ADMINISTER"
        found = ask("GET", f"{A3}/mypermissions?permissions={names}{where}", by=who).json["permissions"]
        return {key: each["havePermission"] for key, each in found.items()}

    assert held("dan") == {"BROWSE_PROJECTS": True, "EDIT_ISSUES": False, "ADMINISTER": False}
    assert held("bob", "&issueKey=OPEN-1") == {"BROWSE_PROJECTS": True, "EDIT_ISSUES": True, "ADMINISTER": False}
    assert held("alice", "&projectId=20")["ADMINISTER"]
    assert ask("GET", f"{A3}/mypermissions").status == 400
    assert ask("GET", f"{A3}/mypermissions?permissions=FLY").status == 400
