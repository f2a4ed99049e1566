"""What lies in issues and projects, people, permissions, ranks: how each operation answers, and whom it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.products.jira.test_writes import doc

from forgesim.products.jira.ranks import place
from forgesim.products.jira.values import duration
from forgesim.products.jira.world import World, by_rank
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import DONE, IN_PROGRESS, TO_DO
from forgesim.site.jira_parts import PermissionScheme
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AG = "/rest/api/3", "/rest/agile/1.0"
ALICE, BOB, DAN = "712020:alice", "712020:bob", "712020:dan"
LINK = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "OPEN-1"}, "outwardIssue": {"key": "OPEN-2"}}

READS = [
    (f"{A3}/issue/OPEN-4/worklog", {"worklogs", "startAt", "maxResults", "total"}),
    (f"{A3}/issue/OPEN-4/worklog/911", {"id", "issueId", "timeSpent", "timeSpentSeconds", "started", "comment"}),
    (f"{A3}/issue/OPEN-4/watchers", {"self", "isWatching", "watchCount", "watchers"}),
    (f"{A3}/issue/OPEN-4/votes", {"self", "votes", "hasVoted", "voters"}),
    (f"{A3}/issue/OPEN-4/properties", {"keys"}),
    (f"{A3}/issue/OPEN-4/remotelink/941", {"id", "self", "globalId", "object", "application"}),
    (f"{A3}/issue/OPEN-4/editmeta", {"fields"}),
    (f"{A3}/issueLink/931", {"id", "self", "type", "inwardIssue", "outwardIssue"}),
    (f"{A3}/issueLinkType", {"issueLinkTypes"}),
    (f"{A3}/issueLinkType/10000", {"id", "name", "inward", "outward", "self"}),
    (f"{A3}/attachment/921", {"id", "self", "filename", "author", "created", "size", "mimeType", "content"}),
    (f"{A3}/attachment/meta", {"enabled", "uploadLimit"}),
    (f"{A3}/issue/createmeta/OPEN/issuetypes", {"issueTypes", "startAt", "maxResults", "total"}),
    (f"{A3}/issue/createmeta/OPEN/issuetypes/10002", {"fields", "startAt", "maxResults", "total"}),
    (f"{A3}/worklog/updated", {"values", "since", "until", "self", "lastPage"}),
    (f"{A3}/worklog/deleted", {"values", "since", "until", "self", "lastPage"}),
    (f"{A3}/component/71", {"id", "name", "self", "lead", "project", "projectId", "assigneeType"}),
    (f"{A3}/component/71/relatedIssueCounts", {"self", "issueCount"}),
    (f"{A3}/version/73", {"id", "name", "self", "archived", "released", "releaseDate", "overdue", "projectId"}),
    (f"{A3}/version/73/relatedIssueCounts", {"self", "issuesFixedCount", "issuesAffectedCount"}),
    (f"{A3}/version/73/unresolvedIssueCount", {"self", "issuesUnresolvedCount", "issuesCount"}),
    (f"{A3}/project/OPEN/role", {"Administrators", "Members", "Viewers"}),
    (f"{A3}/project/OPEN/role/10003", {"self", "name", "id", "description", "actors"}),
    (f"{A3}/project/10/hierarchy", {"projectId", "hierarchy"}),
    (f"{A3}/project/OPEN/permissionscheme", {"id", "self", "name", "description", "expand"}),
    (f"{A3}/project/OPEN/securitylevel", {"levels"}),
    (f"{A3}/permissions", {"permissions"}),
    (f"{A3}/permissionscheme", {"permissionSchemes"}),
    (f"{A3}/issuesecurityschemes", {"issueSecuritySchemes"}),
    (f"{A3}/securitylevel/61", {"id", "name", "self", "description"}),
    (f"{A3}/configuration", {"votingEnabled", "timeTrackingConfiguration"}),
    (f"{A3}/user/picker?query=b", {"users", "total", "header"}),
    (f"{A3}/filter/81", {"id", "name", "jql", "owner", "favourite", "sharePermissions"}),
    (f"{AG}/epic/OPEN-6", {"id", "key", "self", "name", "summary", "color", "done"}),
    (f"{AG}/board/1/reports", {"reports"}),
    (f"{AG}/board/1/features", {"features"}),
    (f"{AG}/board/1/project/full", {"total", "values"}),
]
PAGES = [
    (f"{A3}/project/OPEN/component", "71"), (f"{A3}/project/OPEN/version", "72"), (f"{A3}/statuses/search", "10000"),
    (f"{A3}/priority/search", "1"), (f"{A3}/resolution/search", "10000"), (f"{A3}/label", "blue"),
    (f"{A3}/filter/search", "81"), (f"{AG}/board/1/epic", 1006), (f"{AG}/board/1/version", 72),
    (f"{AG}/board/1/project", "10"), (f"{AG}/board/filter/1", 1), (f"{A3}/field/customfield_10100/context", "10100"),
    (f"{A3}/field/customfield_10100/context/10100/option", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "names"), READS, ids=[each[0] for each in READS])
def test_a_read_has_its_shape(ask: Ask, path: str, names: set[str]) -> None:
    got = ask("GET", path)
    assert got.status == 200
    assert names <= set(got.json)


@pytest.mark.parametrize(("path", "first"), PAGES)
def test_a_list_comes_in_pages(ask: Ask, path: str, first: object) -> None:
    one = ask("GET", f"{path}?maxResults=1").json
    assert (one["maxResults"], one["startAt"], len(one["values"])) == (1, 0, 1)
    assert (one["values"][0] if isinstance(one["values"][0], str) else one["values"][0]["id"]) == first
    beyond = ask("GET", f"{path}?startAt=90").json
    assert (beyond["values"], beyond["isLast"]) == ([], True)
    assert ask("GET", f"{path}?startAt=-1").status == 400


HIDDEN = [
    "worklog", "watchers", "votes", "properties", "properties/x", "remotelink", "editmeta", "worklog/1",
]  # fmt: skip


@pytest.mark.parametrize("what", HIDDEN)
def test_what_lies_in_a_hidden_issue_is_not_there(ask: Ask, what: str) -> None:
    hidden = ask("GET", f"{A3}/issue/SEC-1/{what}", by="bob")
    assert (hidden.status, hidden.json) == (404, ask("GET", f"{A3}/issue/NONE-1/{what}", by="bob").json)
    assert hidden.json["errorMessages"] == ["Issue does not exist or you do not have permission to see it."]


def test_a_link_to_a_hidden_issue_is_not_there(ask: Ask) -> None:
    def shown(who: str) -> list[str]:
        fields = ask("GET", f"{A3}/issue/OPEN-4?fields=issuelinks", by=who).json["fields"]
        return [each["outwardIssue"]["key"] for each in fields["issuelinks"]]

    assert (shown("alice"), shown("bob")) == (["OPEN-5", "SEC-1"], ["OPEN-5"])
    back = ask("GET", f"{A3}/issue/OPEN-5?fields=issuelinks").json["fields"]["issuelinks"]
    assert [each["inwardIssue"]["key"] for each in back] == ["OPEN-4"]
    assert [ask("GET", f"{A3}/issueLink/932", by=who).status for who in ("alice", "bob")] == [200, 404]


def test_a_hidden_parent_and_hidden_children_are_not_there(ask: Ask, site: Site) -> None:
    site.issues["1006"].security_id, site.issues["1006"].reporter = "61", ALICE
    seen = [
        "parent" in ask("GET", f"{A3}/issue/OPEN-2?fields=parent", by=who).json["fields"] for who in ("alice", "bob")
    ]
    assert seen == [True, False]
    assert ask("GET", f"{AG}/epic/OPEN-6", by="bob").status == 404
    assert ask("GET", f"{AG}/board/1/epic", by="bob").json["values"] == []
    epic = ask("GET", f"{AG}/board/1/issue?fields=epic", by="bob").json["issues"][1]["fields"]["epic"]
    assert epic is None


def test_a_sprint_is_seen_by_one_issue_of_it(ask: Ask, site: Site) -> None:
    assert ask("GET", f"{AG}/sprint/4", by="bob").status == 404
    site.issues["1003"].sprints = (4,)
    assert ask("GET", f"{AG}/sprint/4", by="bob").reads == ("sprint/4",)
    assert ask("DELETE", f"{AG}/sprint/4", by="bob").status == 403


def test_what_is_said_to_a_role_is_for_its_members(ask: Ask, site: Site) -> None:
    ids = {
        who: [each["id"] for each in ask("GET", f"{A3}/issue/OPEN-4/worklog", by=who).json["worklogs"]]
        for who in ("alice", "bob")
    }
    assert ids == {"alice": ["911", "912"], "bob": ["911"]}
    assert ask("GET", f"{A3}/issue/OPEN-4/worklog/912", by="bob").status == 404
    assert ask("POST", f"{A3}/worklog/list", {"ids": [911, 912]}, by="bob").json[0]["id"] == "911"
    said = {"body": doc("hush"), "visibility": {"type": "role", "value": "Members"}}
    made = ask("POST", f"{A3}/issue/OPEN-4/comment", said).json
    assert made["visibility"] == {"type": "role", "value": "Members", "identifier": "10003"}
    assert ask("GET", f"{A3}/issue/OPEN-4/comment", by="bob").json["total"] == 0
    assert ask("POST", f"{A3}/comment/list", {"ids": [int(made["id"])]}, by="bob").json["values"] == []
    assert ask("POST", f"{A3}/issue/OPEN-4/comment", said, by="bob").status == 400


REFUSED = [
    ("POST", f"{A3}/issue/OPEN-4/worklog", {"timeSpent": "1h"}, 400),
    ("DELETE", f"{A3}/issue/OPEN-4/worklog/911", None, 400),
    ("PUT", f"{A3}/issue/OPEN-4/assignee", {"accountId": None}, 403),
    ("PUT", f"{A3}/issue/OPEN-4/properties/x", 1, 403),
    ("PUT", f"{A3}/project/OPEN/properties/x", 1, 403),
    ("PUT", f"{AG}/board/1/properties/x", 1, 403),
    ("PUT", f"{AG}/sprint/3/properties/x", 1, 403),
    ("POST", f"{A3}/issue/OPEN-4/remotelink", {"object": {"url": "u", "title": "t"}}, 403),
    ("DELETE", f"{A3}/issue/OPEN-4/remotelink/941", None, 403),
    ("POST", f"{A3}/issueLink", LINK, 404),
    ("DELETE", f"{A3}/issueLink/931", None, 404),
    ("DELETE", f"{A3}/attachment/921", None, 403),
    ("POST", f"{A3}/component", {"name": "c", "project": "OPEN"}, 403),
    ("DELETE", f"{A3}/component/71", None, 403),
    ("POST", f"{A3}/version", {"name": "v", "projectId": 10}, 404),
    ("DELETE", f"{A3}/version/72", None, 401),
    ("PUT", f"{AG}/issue/rank", {"issues": ["OPEN-3"], "rankAfterIssue": "OPEN-1"}, 207),
    ("POST", f"{AG}/epic/OPEN-6", {"name": "n"}, 403),
    ("POST", f"{AG}/epic/OPEN-6/issue", {"issues": ["OPEN-3"]}, 403),
    ("POST", f"{AG}/board/1/issue", {"issues": ["OPEN-3"]}, 403),
    ("PUT", f"{A3}/filter/81", {"name": "n"}, 400),
    ("GET", f"{A3}/project/OPEN/permissionscheme", None, 403),
    ("GET", f"{A3}/issuesecurityschemes", None, 403),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
def test_looking_is_not_changing(ask: Ask, method: str, path: str, body: Any, status: int) -> None:
    got = ask(method, path, body, by="dan")
    assert got.status == status
    assert got.events == []


MALFORMED = [
    ("POST", f"{A3}/issue/OPEN-4/worklog", {"timeSpent": "soon"}),
    ("POST", f"{A3}/issue/OPEN-4/worklog", {"timeSpentSeconds": 0}),
    ("POST", f"{A3}/issue/OPEN-4/worklog?adjustEstimate=new", {"timeSpent": "1h"}),
    ("POST", f"{A3}/issue/OPEN-4/worklog?adjustEstimate=never", {"timeSpent": "1h"}),
    ("POST", f"{A3}/worklog/list", {"ids": ["911"]}),
    ("POST", f"{A3}/comment/list", {"ids": "901"}),
    ("POST", f"{A3}/issue/OPEN-4/watchers", {"a": 1}),
    ("DELETE", f"{A3}/issue/OPEN-4/watchers", None),
    ("POST", f"{A3}/issueLink", LINK | {"outwardIssue": {"key": "OPEN-1"}}),
    ("POST", f"{A3}/issueLink", LINK | {"inwardIssue": 1}),
    ("POST", f"{A3}/issue/OPEN-4/remotelink", {"object": {"url": "u"}}),
    ("PUT", f"{A3}/issue/OPEN-4/assignee", {}),
    ("PUT", f"{A3}/issue/OPEN-4/assignee", {"accountId": "712020:none"}),
    ("POST", f"{A3}/issue/bulk", {"issueUpdates": [{"fields": {}}]}),
    ("POST", f"{A3}/issue/OPEN-2/changelog/list", {"changelogIds": ["72"]}),
    ("POST", f"{A3}/component", {"name": "Engine", "project": "OPEN"}),
    ("POST", f"{A3}/version", {"name": "3.0", "projectId": 10, "releaseDate": "soon"}),
    ("POST", f"{A3}/permissions/check", {"globalPermissions": ["FLY"]}),
    ("POST", f"{A3}/permissions/project", {"permissions": []}),
    ("PUT", f"{AG}/issue/rank", {"issues": ["OPEN-3"]}),
    ("PUT", f"{AG}/issue/rank", {"issues": ["OPEN-3"], "rankAfterIssue": "SEC-9"}),
    ("POST", f"{AG}/epic/OPEN-6", {"color": {"key": "blue"}}),
    ("POST", f"{AG}/epic/OPEN-6/issue", {"issues": ["OPEN-6"]}),
    ("POST", f"{A3}/filter", {"name": "f", "jql": "project ="}),
    ("GET", f"{A3}/user/search", None),
    ("GET", f"{A3}/user/assignable/search", None),
    ("GET", f"{A3}/group/member", None),
]


@pytest.mark.parametrize(("method", "path", "body"), MALFORMED)
def test_what_is_malformed_is_a_400(ask: Ask, method: str, path: str, body: Any) -> None:
    assert ask(method, path, body).status == 400


def test_a_worklog_moves_the_estimate_and_the_history_tells(ask: Ask, site: Site) -> None:
    issue = site.issues["1004"]
    made = ask("POST", f"{A3}/issue/OPEN-4/worklog", {"timeSpent": "30m", "comment": doc("did")}).json
    assert (issue.remaining_seconds, issue.spent_seconds) == (1800, 4200)
    changed = {item.field: (item.old, item.new) for item in issue.changes[-1].items}
    assert changed == {"timeestimate": ("3600", "1800"), "timespent": ("2400", "4200")}
    assert ask("DELETE", f"{A3}/issue/OPEN-4/worklog/{made['id']}?adjustEstimate=new&newEstimate=2h").status == 204
    assert (issue.remaining_seconds, issue.spent_seconds) == (7200, 2400)
    assert ask("GET", f"{A3}/worklog/deleted").json["values"][0]["worklogId"] == int(made["id"])
    tracking = ask("GET", f"{A3}/issue/OPEN-4?fields=timetracking").json["fields"]["timetracking"]
    assert (tracking["originalEstimate"], tracking["timeSpent"], tracking["timeSpentSeconds"]) == ("2h", "40m", 2400)


@pytest.mark.parametrize(("text", "seconds"), [("2d 4h", 72_000), ("1w", 144_000), ("90", 5400), ("1.5h", 5400)])
def test_spans_are_read(text: str, seconds: int) -> None:
    assert duration(text) == seconds


def test_properties_come_and_go(ask: Ask) -> None:
    for path in (f"{A3}/issue/OPEN-4", f"{A3}/project/OPEN", f"{A3}/comment/901", f"{A3}/issue/OPEN-4/worklog/912",
                 f"{AG}/board/1", f"{AG}/sprint/3"):  # fmt: skip
        where = f"{path}/properties/my.key"
        assert [ask("PUT", where, {"a": 1}).status, ask("PUT", where, {"a": 2}).status] == [201, 200]
        assert ask("GET", where).json == {"key": "my.key", "value": {"a": 2}}
        assert [each["key"] for each in ask("GET", f"{path}/properties").json["keys"]] == ["my.key"]
        assert ask("PUT", f"{path}/properties/{'k' * 256}", 1).status == 400
        assert ask("PUT", where, "x" * 32_768).status == 400
        assert [ask("DELETE", where).status, ask("DELETE", where).status] == [204, 404]


def test_an_app_keeps_its_own_properties_as_itself_alone(ask: Ask) -> None:
    where = "/rest/forge/1/app/properties/k"
    assert ask("PUT", where, 1, by="alice").status == 403
    assert ask("PUT", where, 1, by="app").json["statusCode"] == 201
    assert ask("GET", where, by="app").json == {"key": "k", "value": 1}
    assert ask("GET", where, by="bob").status == 403


def test_a_permission_scheme_is_all_that_counts(ask: Ask, site: Site) -> None:
    grants = {
        "BROWSE_PROJECTS": ("anyone",), "ADD_COMMENTS": (f"user:{DAN}",), "EDIT_ISSUES": ("reporter",),
        "TRANSITION_ISSUES": ("role:10003",),
    }  # fmt: skip
    site.jira.permission_schemes["5"] = PermissionScheme(id="5", name="own", grants=grants)
    site.projects["10"].scheme_id = "5"
    assert ask("GET", f"{A3}/issue/OPEN-3", by="nobody").status == 200
    assert ask("GET", f"{A3}/issue/SEC-1", by="nobody").status == 404
    assert ask("POST", f"{A3}/issue/OPEN-3/comment", {"body": doc("w")}, by="dan").status == 201
    assert ask("POST", f"{A3}/issue/OPEN-3/comment", {"body": doc("w")}, by="bob").status == 403
    edit = {"fields": {"summary": "n"}}
    assert [ask("PUT", f"{A3}/issue/OPEN-3", edit, by=who).status for who in ("alice", "bob")] == [204, 403]
    moved = [
        ask("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": "21"}}, by=who).status
        for who in ("alice", "bob", "nobody")
    ]
    assert moved == [204, 403, 403]
    asked = {
        "accountId": DAN,
        "projectPermissions": [{"permissions": ["ADD_COMMENTS", "EDIT_ISSUES"], "projects": [10, 20]}],
    }
    told = ask("POST", f"{A3}/permissions/check", asked).json["projectPermissions"]
    assert [(each["permission"], each["projects"]) for each in told] == [("ADD_COMMENTS", [10]), ("EDIT_ISSUES", [])]
    assert ask("POST", f"{A3}/permissions/check", asked, by="bob").status == 403
    mine = ask("GET", f"{A3}/mypermissions?permissions=EDIT_ISSUES&issueKey=OPEN-3", by="alice").json["permissions"]
    assert mine["EDIT_ISSUES"]["havePermission"]
    assert ask("POST", f"{A3}/permissions/project", {"permissions": ["ADD_COMMENTS"]}, by="dan").json == {
        "projects": [{"id": 10, "key": "OPEN"}]
    }


def test_a_secured_issue_is_nowhere_for_others(ask: Ask, site: Site) -> None:
    site.issues["1003"].security_id = "61"
    assert [ask("GET", f"{A3}/issue/OPEN-3", by=who).status for who in ("alice", "bob")] == [200, 404]
    found = ask("POST", f"{A3}/search/jql", {"jql": "sprint = 2", "fields": ["key"]}, by="bob")
    assert found.keys == ["OPEN-2"]
    assert ask("POST", f"{A3}/search/approximate-count", {"jql": "sprint = 2"}, by="bob").json == {"count": 1}
    assert [each["key"] for each in ask("GET", f"{AG}/sprint/2/issue", by="bob").json["issues"]] == ["OPEN-2"]
    assert ask("GET", f"{A3}/label", by="bob").json["values"] == []
    wrong = ask("PUT", f"{A3}/issue/OPEN-4", {"fields": {"security": {"id": "99"}}})
    assert wrong.json["errors"] == {"security": "Specify a valid security level"}


def test_a_workflow_limits_what_may_follow(ask: Ask, site: Site) -> None:
    site.projects["10"].transitions = {TO_DO: (IN_PROGRESS,), IN_PROGRESS: (DONE,)}
    path = f"{A3}/issue/OPEN-3/transitions"
    assert [each["to"]["id"] for each in ask("GET", path).json["transitions"]] == [IN_PROGRESS]
    assert ask("POST", path, {"transition": {"id": "41"}}).status == 400
    assert ask("POST", path, {"transition": {"id": "21"}}).status == 204
    assert [each["to"]["id"] for each in ask("GET", path).json["transitions"]] == [DONE]
    assert ask("GET", path, by="dan").json["transitions"] == []


def test_fields_of_all_kinds_are_set_and_shown(ask: Ask, site: Site) -> None:
    given = {
        "environment": doc("lab"), "components": [{"name": "Engine"}], "fixVersions": [{"id": "73"}],
        "timetracking": {"originalEstimate": "1d"}, "customfield_10100": {"value": "Large"},
        "customfield_10101": "a note", "customfield_10102": {"accountId": BOB},
        "customfield_10021": [{"value": "Impediment"}], "security": {"name": "Reporters"},
    }  # fmt: skip
    assert ask("PUT", f"{A3}/issue/OPEN-3", {"fields": given}).status == 204
    fields = ask("GET", f"{A3}/issue/OPEN-3").json["fields"]
    assert fields["customfield_10100"]["value"] == "Large"
    assert [each["name"] for each in fields["fixVersions"]] == ["2.0"]
    assert fields["timetracking"]["remainingEstimateSeconds"] == 28_800
    assert (fields["customfield_10102"]["accountId"], fields["security"]["id"]) == (BOB, "61")
    items = {
        each["fieldId"]: each["toString"]
        for each in ask("GET", f"{A3}/issue/OPEN-3/changelog").json["values"][0]["items"]
    }
    assert (items["components"], items["customfield_10100"], items["customfield_10021"]) == (
        "Engine",
        "Large",
        "Impediment",
    )
    assert fields_now(site.issues["1003"])["environment"] == "lab"


@pytest.mark.parametrize(
    ("field", "value"),
    [("components", [{"name": "None"}]), ("fixVersions", {}), ("timetracking", {"originalEstimate": "soon"}),
     ("customfield_10100", {"value": "Huge"}), ("customfield_10101", 5), ("customfield_10102", {"accountId": "x"}),
     ("customfield_99999", 1), ("environment", "text")],
)  # fmt: skip
def test_a_wrong_value_is_named(ask: Ask, field: str, value: object) -> None:
    got = ask("PUT", f"{A3}/issue/OPEN-3", {"fields": {field: value}})
    assert (got.status, list(got.json["errors"])) == (400, [field])


def test_an_issue_expands(ask: Ask) -> None:
    names = "renderedFields,transitions,operations,editmeta,names,schema,changelog"
    found = ask("GET", f"{A3}/issue/OPEN-2?expand={names}").json
    assert set(names.split(",")) <= set(found)
    assert found["renderedFields"]["description"] == "<p>first</p><p>second</p>"
    assert found["editmeta"]["fields"]["priority"]["allowedValues"][0]["name"] == "Highest"
    assert ask("GET", f"{A3}/issue/OPEN-2?expand=editmeta", by="dan").json["editmeta"] == {"fields": {}}
    versioned = ask("GET", f"{A3}/issue/OPEN-2?fields=summary&expand=versionedRepresentations").json
    assert versioned["versionedRepresentations"] == {"summary": {"1": "Summary OPEN-2"}}


def test_bytes_are_downloaded_by_who_sees_the_issue(ask: Ask, site: Site) -> None:
    got = ask("GET", f"{A3}/attachment/content/921", by="dan")
    assert (got.json, got.headers["content-type"], got.reads) == (b"bytes", "text/plain", ("attachment/921",))
    site.issues["1004"].security_id = "61"
    assert ask("GET", f"{A3}/attachment/content/921", by="dan").status == 404


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a b.bin"\r\nContent-Type: image/png\r\n\r\n'
    b'\x00\r\n--c\n\xff\r\n--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n'
)
TOKEN, KIND = ("X-Atlassian-Token", "no-check"), ("Content-Type", "multipart/form-data; boundary=b")


def test_files_are_uploaded_byte_by_byte(ask: Ask, site: Site) -> None:
    got = ask("POST", f"{A3}/issue/OPEN-3/attachments", FORM, by="bob", headers=[TOKEN, KIND])
    (shown,) = got.json
    assert (shown["filename"], shown["mimeType"], shown["size"]) == ("a b.bin", "image/png", 8)
    assert site.issues["1003"].attachments[0].data == b"\x00\r\n--c\n\xff"
    assert got.events == ["created:attachment"]
    assert ask("DELETE", f"{A3}/attachment/{shown['id']}", by="bob").status == 204


@pytest.mark.parametrize(
    ("by", "headers", "body", "status"),
    [("bob", [KIND], FORM, 403), ("dan", [TOKEN, KIND], FORM, 403), ("bob", [TOKEN], FORM, 400),
     ("bob", [TOKEN, KIND], b"--b--", 400), ("bob", [TOKEN, KIND], FORM.replace(b"a b", b"../a"), 400)],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(ask: Ask, by: str, headers: Any, body: bytes, status: int) -> None:
    assert ask("POST", f"{A3}/issue/OPEN-3/attachments", body, by=by, headers=headers).status == status


def test_the_second_version_says_text_where_the_third_says_documents(ask: Ask, site: Site) -> None:
    path = "/rest/api/2/issue/OPEN-2"
    found = ask("GET", f"{path}?fields=description,comment").json
    assert found["fields"]["description"] == "first\nsecond"
    assert "/rest/api/2/" in found["self"]
    assert ask("PUT", path, {"fields": {"description": "one\ntwo"}}).status == 204
    assert ask("POST", f"{path}/comment", {"body": "said"}).json["body"] == "said"
    assert ask("GET", f"{A3}/issue/OPEN-2?fields=comment").json["fields"]["comment"]["comments"][0]["body"] == doc(
        "said"
    )
    assert fields_now(site.issues["1002"])["description"] == "one\ntwo"


def test_links_are_made_once_and_go_with_the_issue(ask: Ask, site: Site) -> None:
    assert [ask("POST", f"{A3}/issueLink", LINK).status for _ in range(2)] == [201, 201]
    assert [link.target for link in site.issues["1001"].links] == ["1002"]
    assert ask("POST", f"{A3}/issueLink", LINK | {"outwardIssue": {"key": "SEC-1"}}, by="bob").status == 404
    assert ask("DELETE", f"{A3}/issue/OPEN-2").status == 204
    assert site.issues["1001"].links == ()


def test_people_are_found(ask: Ask) -> None:
    def found(path: str, by: str = "bob") -> list[str]:
        return [each["displayName"] for each in ask("GET", f"{A3}/{path}", by=by).json]

    assert found("user/search?query=al") == ["Alice"]
    assert found("users/search?maxResults=2") == ["Alice", "Bob"]
    assert found("user/assignable/search?project=OPEN&query=") == ["Alice", "Bob", "Dan"]
    editors = "user/permission/search?permissions=EDIT_ISSUES&projectKey=OPEN&query="
    assert found(editors, by="alice") == ["Alice", "Bob"]
    assert ask("GET", f"{A3}/{editors}", by="bob").status == 403
    assert found("user/viewissue/search?issueKey=SEC-1&query=", by="alice") == ["Alice"]
    assert ask("GET", f"{A3}/user/viewissue/search?issueKey=SEC-1&query=", by="bob").status == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.booleans()), max_size=40))
def test_ranking_puts_an_issue_where_it_is_asked_to_be_and_moves_no_other(site: Site, moves: list[Any]) -> None:
    world = World(site)
    order = [each.id for each in sorted(site.issues.values(), key=by_rank)]
    for moved, anchor, before in moves:
        one, other = site.issues[str(1000 + moved)], site.issues[str(1000 + anchor)]
        if one is other:
            continue
        place(world, [one], **{"before" if before else "after": other})
        order.remove(one.id)
        order.insert(order.index(other.id) + (not before), one.id)
        assert [each.id for each in sorted(site.issues.values(), key=by_rank)] == order
    assert len({each.rank for each in site.issues.values()}) >= 6


def test_ranks_hold_out_where_all_go_to_one_place(site: Site) -> None:
    world = World(site)
    for number in range(300):
        one, other = site.issues[str(1002 + number % 3)], site.issues["1001"]
        place(world, [one], after=other)
        first, second = sorted(site.issues.values(), key=by_rank)[:2]
        assert (first, second) == (other, one)
    assert max(len(each.rank) for each in site.issues.values()) < 120


def test_epics_are_filled_and_emptied(ask: Ask, site: Site) -> None:
    assert ask("POST", f"{AG}/epic/OPEN-6/issue", {"issues": ["OPEN-3"]}).status == 204
    assert [each["key"] for each in ask("GET", f"{AG}/epic/OPEN-6/issue").json["issues"]] == ["OPEN-2", "OPEN-3"]
    assert ask("POST", f"{AG}/epic/none/issue", {"issues": ["OPEN-2", "OPEN-3"]}).status == 204
    assert ask("GET", f"{AG}/epic/OPEN-6/issue").json["total"] == 0
    got = ask("POST", f"{AG}/epic/OPEN-6", {"name": "N", "color": {"key": "color_4"}, "done": True}).json
    assert (got["name"], got["color"], got["done"]) == ("N", {"key": "color_4"}, True)
    assert [each["id"] for each in ask("GET", f"{AG}/board/1/epic?done=true").json["values"]] == [1006]
    assert ask("GET", f"{AG}/board/1/epic?done=false").json["values"] == []


def test_components_and_versions_live(ask: Ask, site: Site) -> None:
    made = ask("POST", f"{A3}/component", {"name": "Hull", "project": "OPEN", "leadAccountId": BOB})
    assert (made.status, made.json["lead"]["displayName"]) == (201, "Bob")
    assert ask("DELETE", f"{A3}/component/71?moveIssuesTo={made.json['id']}").status == 204
    assert site.issues["1004"].components == (made.json["id"],)
    version = ask("POST", f"{A3}/version", {"name": "3.0", "projectId": 10, "startDate": "2026-01-01"})
    assert (version.status, version.json["released"]) == (201, False)
    assert ask("PUT", f"{A3}/version/{version.json['id']}", {"released": True}).json["released"]
    assert ask("DELETE", f"{A3}/version/73?moveFixIssuesTo={version.json['id']}").status == 204
    assert site.issues["1004"].fix_versions == (version.json["id"],)
    assert ask("GET", f"{A3}/version/73").status == 404
