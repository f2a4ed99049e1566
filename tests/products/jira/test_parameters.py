"""Parameters that order, choose and switch: what they do, and what is none of their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.site.jira_parts import Filter, PermissionScheme, ProjectVersion
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AGILE = "/rest/api/3", "/rest/agile/1.0"
ISSUE = f"{A3}/issue/OPEN-3"
WORK = {"timeSpent": "1h"}

WRONG = [
    ("GET", f"{A3}/project/search?orderBy=nonsense", None),
    ("GET", f"{A3}/project/search?orderBy=", None),
    ("GET", f"{A3}/project/search?orderBy=--key", None),
    ("GET", f"{A3}/project/search?id=OPEN", None),
    ("GET", f"{A3}/filter/search?orderBy=jql", None),
    ("GET", f"{A3}/filter/search?id=x,1", None),
    ("GET", f"{A3}/field/search?type=odd", None),
    ("GET", f"{A3}/project/OPEN/component?orderBy=id", None),
    ("GET", f"{A3}/project/OPEN/version?orderBy=lead", None),
    ("GET", f"{AGILE}/board?orderBy=id", None),
    ("GET", f"{AGILE}/board?includePrivate=yes", None),
    ("GET", f"{ISSUE}/comment?orderBy=updated", None),
    ("GET", f"{ISSUE}?failFast=1", None),
    ("GET", f"{ISSUE}?fieldsByKeys=", None),
    ("GET", f"{A3}/search/jql?jql=key=OPEN-1&includeArchivedProjects=all", None),
    ("GET", f"{A3}/search/jql?jql=key=OPEN-1&reconcileIssues=x", None),
    ("GET", f"{A3}/search/jql?jql=key=OPEN-1&properties=a,b,c,d,e,f", None),
    ("POST", f"{A3}/search/jql", {"jql": "key = OPEN-1", "reconcileIssues": list(range(51))}),
    ("PUT", f"{ISSUE}?notifyUsers=perhaps", {"fields": {"summary": "x"}}),
    ("DELETE", f"{ISSUE}?deleteSubtasks=1", None),
    ("POST", f"{ISSUE}/worklog?adjustEstimate=", WORK),
    ("POST", f"{ISSUE}/worklog?adjustEstimate=new", WORK),
    ("POST", f"{ISSUE}/worklog?notifyUsers=0", WORK),
]


@pytest.mark.parametrize(("method", "path", "body"), WRONG, ids=[each[1] for each in WRONG])
def test_what_is_none_of_its_values_is_a_400_and_changes_nothing(ask: Ask, method: str, path: str, body: Any) -> None:
    before = ask("GET", f"{ISSUE}?fields=*all&expand=changelog").json
    assert ask(method, path, body).status == 400
    assert ask("GET", f"{ISSUE}?fields=*all&expand=changelog").json == before


NOT_EMULATED = [
    ("GET", f"{A3}/project/search?orderBy=-owner", None, "orderBy=-owner"),
    ("GET", f"{A3}/filter/search?orderBy=owner", None, "orderBy=owner"),
    ("GET", f"{ISSUE}?updateHistory=true", None, "updateHistory=true"),
    ("POST", f"{A3}/issue?updateHistory=true", {}, "updateHistory=true"),
    ("GET", f"{A3}/myself?expand=applicationRoles", None, "expand=applicationRoles"),
    ("GET", f"{A3}/user?accountId=712020:bob&expand=groups,applicationRoles", None, "expand=applicationRoles"),
    ("GET", f"{A3}/permissionscheme?expand=permissions,user", None, "expand=user"),
    ("POST", f"{ISSUE}/worklog?newEstimate=1h", WORK, "newEstimate"),
    ("POST", f"{ISSUE}/worklog?adjustEstimate=new&newEstimate=1h&reduceBy=1h", WORK, "reduceBy"),
]


@pytest.mark.parametrize(("method", "path", "body", "names"), NOT_EMULATED, ids=[each[1] for each in NOT_EMULATED])
def test_what_would_have_an_effect_and_is_not_emulated_is_named(
    ask: Ask, method: str, path: str, body: Any, names: str
) -> None:
    got = ask(method, path, body)
    assert (got.status, got.unsupported.partition(" with ")[2]) == (501, names)


def test_a_user_has_their_groups_where_they_are_asked_for(ask: Ask, site: Site) -> None:
    site.users["712020:bob"].groups = ["staff", "a-team"]
    user = f"{A3}/user?accountId=712020:bob"
    assert ask("GET", user).json["groups"] == {"size": 2, "items": []}
    assert [each["name"] for each in ask("GET", f"{user}&expand=groups").json["groups"]["items"]] == ["a-team", "staff"]


def test_any_expansion_shows_the_grants_of_permission_schemes(ask: Ask, site: Site) -> None:
    grants = {"BROWSE_PROJECTS": ("signedIn",)}
    site.jira.permission_schemes = {"901": PermissionScheme(id="901", name="S", grants=grants)}
    assert "permissions" not in ask("GET", f"{A3}/permissionscheme").json["permissionSchemes"][0]
    for value in ("permissions", "field"):
        (found,) = ask("GET", f"{A3}/permissionscheme?expand={value}").json["permissionSchemes"]
        assert [each["permission"] for each in found["permissions"]] == ["BROWSE_PROJECTS"]


def test_versions_without_a_date_come_last_either_way(ask: Ask, site: Site) -> None:
    days = {"1": "2026-02-01", "2": None, "3": "2026-01-01"}
    site.projects["10"].versions = [ProjectVersion(id=id_, name=id_, release_date=day) for id_, day in days.items()]

    def ids(order: str) -> list[str]:
        found = ask("GET", f"{A3}/project/OPEN/version?orderBy={order}").json["values"]
        return [each["id"] for each in found]

    assert (ids("releaseDate"), ids("%2BreleaseDate"), ids("-releaseDate")) == (
        ["3", "1", "2"], ["3", "1", "2"], ["1", "3", "2"]
    )  # fmt: skip


def test_filters_are_ordered(ask: Ask, site: Site) -> None:
    liked = ("712020:bob", "712020:dan")
    site.jira.filters = {
        id_: Filter(id=id_, name=name, owner="712020:alice", jql="", favourite_of=likes)
        for id_, name, likes in (("801", "b", liked), ("802", "A", ()), ("1000", "c", liked[:1]))
    }

    def ids(order: str) -> list[str]:
        return [each["id"] for each in ask("GET", f"{A3}/filter/search?orderBy={order}").json["values"]]

    assert ids("name") == ["802", "801", "1000"]
    assert ids("-id") == ["1000", "802", "801"]
    assert ids("-favourite_count") == ["801", "1000", "802"]


@pytest.mark.parametrize("flags", ["notifyUsers=false", "notifyUsers=true"])
def test_an_issue_is_changed_whether_mail_is_wanted_or_not(ask: Ask, flags: str) -> None:
    assert ask("PUT", f"{ISSUE}?{flags}", {"fields": {"summary": "other"}}).status == 204
    assert ask("GET", ISSUE).json["fields"]["summary"] == "other"


def test_searches_show_the_properties_that_are_asked_for(ask: Ask) -> None:
    for key, value in (("score", {"n": 1}), ("other", 2)):
        assert ask("PUT", f"{ISSUE}/properties/{key}", value).status == 201
    query = {"jql": "key in (OPEN-3, OPEN-4)", "properties": ["score", "nothing"], "reconcileIssues": [1003]}
    found = ask("POST", f"{A3}/search/jql", query).json["issues"]
    assert {each["key"]: each["properties"] for each in found} == {"OPEN-3": {"score": {"n": 1}}, "OPEN-4": {}}
    got = ask("GET", f"{A3}/search/jql?jql=key=OPEN-3&properties=other&reconcileIssues=1003").json["issues"]
    assert [each["properties"] for each in got] == [{"other": 2}]
    bulk = ask("POST", f"{A3}/issue/bulkfetch", {"issueIdsOrKeys": ["OPEN-3"], "properties": ["score"]})
    assert bulk.json["issues"][0]["properties"] == {"score": {"n": 1}}


def test_an_apps_own_properties_err_in_their_own_form(ask: Ask) -> None:
    path = "/rest/forge/1/app/properties/missing"
    missing = ask("GET", path, by="app")
    assert (missing.status, set(missing.json), missing.json["statusCode"]) == (404, {"message", "statusCode"}, 404)
    refused = ask("GET", path, by="alice")
    assert (refused.status, set(refused.json)) == (403, {"errorMessages", "errors"})
