"""What a space grants and a restriction takes away is what every operation does, and what the checks answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.products.conftest import form
from tests.products.test_confluence_writes import storage, update

from forgesim.site.groups import EVERYBODY
from forgesim.site.model import Site

Ask = Callable[..., Any]
V2, V1 = "/wiki/api/v2", "/wiki/rest/api"
BOB, ALICE = "712020:bob", "712020:alice"

GRANTED = {
    "create:page": ("POST", f"{V2}/pages", {"spaceId": "10", "title": "N", "body": storage("x")}),
    "create:blogpost": ("POST", f"{V2}/blogposts", {"spaceId": "10", "title": "N", "body": storage("x")}),
    "create:comment": ("POST", f"{V2}/footer-comments", {"pageId": "101", "body": storage("x")}),
    "create:attachment": ("POST", f"{V1}/content/101/child/attachment", form(minorEdit="true")),
    "delete:page": ("DELETE", f"{V2}/pages/101", None),
    "delete:blogpost": ("DELETE", f"{V2}/blogposts/300", None),
    "delete:comment": ("DELETE", f"{V2}/footer-comments/601", None),
    "delete:attachment": ("DELETE", f"{V2}/attachments/701", None),
    "restrict_content:space": ("DELETE", f"{V1}/content/101/restriction", None),
}


@pytest.mark.parametrize("operation", GRANTED)
def test_what_the_space_grants_to_others_alone_is_refused(ask: Ask, site: Site, operation: str) -> None:
    site.spaces["10"].permissions[operation] = [ALICE]
    got = [ask(*GRANTED[operation], by=by).status for by in ("bob", "app")]
    assert got == [403, 403]
    site.spaces["10"].permissions[operation] = ["group:docs"]
    site.users[BOB].groups = ["docs"]
    assert ask(*GRANTED[operation], by="bob").status // 100 == 2


def test_nobody_reads_only_what_is_open_to_all_on_a_site_that_allows_it(ask: Ask, site: Site) -> None:
    site.spaces["10"].viewers = ["anonymous"]
    assert ask("GET", f"{V2}/pages/101", by="nobody").status == 404
    site.anonymous = True
    assert ask("GET", f"{V2}/pages", by="nobody").ids == ["100", "101", "102", "105"]
    assert ask("GET", f"{V2}/spaces", by="nobody").ids == ["10"]
    assert ask("PUT", f"{V2}/pages/101", update(), by="nobody").status == 403
    assert ask("GET", f"{V1}/content/102/restriction", by="nobody").status == 403
    assert ask("POST", f"{V2}/footer-comments", {"pageId": "101", "body": storage("x")}, by="nobody").status == 403
    site.spaces["10"].permissions["create:comment"] = ["anonymous"]
    made = ask("POST", f"{V2}/footer-comments", {"pageId": "101", "body": storage("x")}, by="nobody")
    assert (made.status, "atlassianId" in made.happened[0].payload) == (201, False)


def test_an_archived_space_is_read_and_not_written(ask: Ask, site: Site) -> None:
    site.spaces["10"].status = "archived"
    assert ask("GET", f"{V2}/pages/101", by="bob").status == 200
    assert [ask(*GRANTED[each], by="bob").status for each in ("create:page", "create:comment")] == [403, 403]


AT = f"{V1}/content/101/restriction"


def test_a_restriction_hides_the_page_until_it_is_lifted(ask: Ask, site: Site) -> None:
    asked = [{"operation": "read", "restrictions": {"user": [{"type": "known", "accountId": ALICE}]}}]
    got = ask("POST", AT, asked)
    users = got.json["results"][0]["restrictions"]["user"]
    assert ([each["accountId"] for each in users["results"]], got.reads) == ([ALICE], ("page/101", f"user/{ALICE}"))
    assert ask("GET", f"{V2}/pages/101", by="bob").status == 404
    ask("PUT", f"{AT}/byOperation/read/user?accountId={BOB}")
    assert ask("GET", f"{V2}/pages/101", by="bob").status == 200
    assert ask("GET", f"{AT}/byOperation/read/user?accountId={BOB}").status == 200
    assert ask("DELETE", f"{AT}/byOperation/read/user?accountId={BOB}").status == 200
    assert ask("GET", f"{AT}/byOperation/read/user?accountId={BOB}").status == 404
    assert ask("DELETE", AT, by="bob").status == 404
    ask("DELETE", AT)
    assert (site.pages["101"].viewers, site.pages["101"].editors) == (None, None)


def test_a_group_is_listed_by_its_id(ask: Ask, site: Site) -> None:
    site.users[BOB].groups = ["docs"]
    group = next(each["id"] for each in ask("GET", f"{V1}/group").json["results"] if each["name"] == "docs")
    ask("PUT", f"{AT}/byOperation/update/byGroupId/{group}")
    assert site.pages["101"].editors == ["group:docs"]
    shown = ask("GET", f"{AT}/byOperation").json["update"]["restrictions"]["group"]["results"]
    assert [each["name"] for each in shown] == ["docs"]
    assert [ask("PUT", f"{V2}/pages/101", update(), by=by).status for by in ("alice", "bob")] == [403, 200]


BAD = [
    ("POST", AT, {"results": "x"}, 400),
    ("POST", AT, [{"operation": "delete", "restrictions": {}}], 400),
    ("POST", AT, [{"operation": "read", "restrictions": {"user": [{"accountId": "x"}]}}], 400),
    ("POST", AT, [{"operation": "read", "restrictions": {"group": ["x"]}}], 400),
    ("GET", f"{AT}/byOperation/delete", None, 400),
    ("GET", f"{AT}?expand=content", None, 501),
    ("PUT", f"{AT}/byOperation/read/user", None, 400),
    ("PUT", f"{AT}/byOperation/read/byGroupId/none", None, 404),
    ("GET", AT.replace("101", "103"), None, 404),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD)
def test_a_bad_restriction_is_refused(ask: Ask, site: Site, method: str, path: str, body: Any, status: int) -> None:
    by = "bob" if status == 404 and "103" in path else "alice"
    assert ask(method, path, body, by=by).status == status
    assert site.pages["101"].viewers is None


@pytest.mark.parametrize("by", ["alice", "bob", "app"])
@pytest.mark.parametrize("id_", ["101", "102", "300"])
def test_the_check_answers_what_operations_do(ask: Ask, by: str, id_: str) -> None:
    account = {"alice": ALICE, "bob": BOB}.get(by) or ask("GET", f"{V1}/user/current", by="app").json["accountId"]
    told = {
        operation: ask(
            "POST",
            f"{V1}/content/{id_}/permission/check",
            {"subject": {"type": "user", "identifier": account}, "operation": operation},
            by=by,
        ).json["hasPermission"]
        for operation in ("read", "update", "delete")
    }
    kind = "blogposts" if id_ == "300" else "pages"
    may = [each["operation"] for each in ask("GET", f"{V2}/{kind}/{id_}/operations", by=by).json["operations"]]
    assert [name for name, has in told.items() if has] == may
    done = ask("PUT", f"{V2}/{kind}/{id_}", update(id_), by=by).status == 200
    assert done == told["update"]


def check(ask: Ask, kind: str, name: str, by: str = "alice", page: str = "101", operation: str = "read") -> Any:
    asked = {"subject": {"type": kind, "identifier": name}, "operation": operation}
    return ask("POST", f"{V1}/content/{page}/permission/check", asked, by=by)


def test_only_admins_ask_about_others(ask: Ask) -> None:
    assert check(ask, "user", BOB, page="103").json["hasPermission"] is False
    assert check(ask, "user", ALICE, by="bob").status == 403
    assert check(ask, "group", EVERYBODY).json["hasPermission"] is True
    assert check(ask, "group", EVERYBODY, page="102", operation="update").json["hasPermission"] is False
    assert check(ask, "user", "x").status == 404
    assert check(ask, "user", BOB, operation="fly").status == 400
    assert check(ask, "user", BOB, by="nobody").status == 403


def test_a_space_lists_who_may_do_what(ask: Ask, site: Site) -> None:
    site.spaces["10"].permissions["delete:page"] = [ALICE]
    first = ask("GET", f"{V2}/spaces/10/permissions?limit=250", by="bob")
    rows = {
        (row["operation"]["key"], row["operation"]["targetType"], row["principal"]["id"])
        for row in first.json["results"]
    }
    everybody = next(each["id"] for each in ask("GET", f"{V1}/group").json["results"] if each["name"] == EVERYBODY)
    assert {("delete", "page", ALICE), ("read", "space", everybody), ("administer", "space", ALICE)} <= rows
    assert ("delete", "page", everybody) not in rows
    assert ask("GET", f"{V2}/spaces/20/permissions", by="bob").status == 404
    assert len(ask("GET", f"{V2}/spaces/10/permissions?limit=2").json["results"]) == 2


def test_a_space_says_what_the_caller_may_do(ask: Ask) -> None:
    def may(by: str) -> set[str]:
        got = ask("GET", f"{V2}/spaces/10/operations", by=by).json["operations"]
        return {f"{each['operation']}:{each['targetType']}" for each in got}

    assert may("alice") - may("bob") == {"administer:space"}
    assert "create:page" in may("app")


def test_a_space_is_made_with_a_homepage(ask: Ask, site: Site) -> None:
    asked = {"name": "My team", "description": {"value": "Ours", "representation": "plain"}, "createPrivateSpace": True}
    made = ask("POST", f"{V2}/spaces", asked, by="bob")
    assert (made.status, made.json["key"], made.json["description"]["plain"]["value"]) == (201, "MYTEAM", "Ours")
    assert site.pages[made.json["homepageId"]].author == BOB
    assert [ask("GET", f"{V2}/spaces/{made.json['id']}", by=by).status for by in ("bob", "alice")] == [200, 404]
    assert ask("POST", f"{V2}/spaces", {"name": "x", "key": "docs"}).status == 400
    assert ask("POST", f"{V2}/spaces", {"name": "x", "key": "a b"}).status == 400
    assert ask("POST", f"{V2}/spaces", {"name": "x", "templateKey": "t"}).status == 501
    assert ask("POST", f"{V2}/spaces", {"name": "x"}, by="nobody").status == 404


def test_groups_and_people_are_told(ask: Ask, site: Site) -> None:
    site.users[BOB].groups = ["docs"]
    groups = {each["name"]: each["id"] for each in ask("GET", f"{V1}/group").json["results"]}
    members = ask("GET", f"{V1}/group/{groups['docs']}/membersByGroupId", by="app")
    assert ([each["accountId"] for each in members.json["results"]], members.reads) == ([BOB], (f"user/{BOB}",))
    assert [each["name"] for each in ask("GET", f"{V1}/user/memberof?accountId={BOB}").json["results"]] == [
        EVERYBODY,
        "docs",
    ]
    assert ask("GET", f"{V1}/group/by-id?id=x").status == 404
    assert ask("GET", f"{V1}/group/picker?query=DOC").json["results"][0]["name"] == "docs"
    assert ask("GET", f"{V1}/group", by="nobody").status == 403
    some = ask("GET", f"{V1}/user/bulk?accountId={BOB}&accountId=x&accountId={ALICE}&limit=1").json
    assert ([each["accountId"] for each in some["results"]], "start=1" in some["_links"]["next"]) == ([BOB], True)


def test_app_properties_are_for_the_app_alone(ask: Ask, site: Site) -> None:
    at = f"{V2}/app/properties/k"
    assert ask("PUT", at, {"n": 1}).status == 403
    assert [ask("PUT", at, {"n": each}, by="app").status for each in (1, 2)] == [201, 200]
    assert ask("GET", at, by="app").json == {"key": "k", "value": {"n": 2}}
    assert ask("GET", f"{V2}/app/properties", by="app").json["results"] == [{"key": "k", "value": {"n": 2}}]
    assert ask("PUT", f"{V2}/app/properties/{'k' * 128}", 1, by="app").status == 400
    assert [ask("DELETE", at, by="app").status for _ in range(2)] == [204, 404]


def test_ids_are_told_their_kinds(ask: Ask) -> None:
    asked = {"contentIds": [101, "300", "att701", "601", "603", "103", "x"]}
    got = ask("POST", f"{V2}/content/convert-ids-to-types", asked, by="bob")
    assert got.json["results"] == {
        "101": "page", "300": "blogpost", "att701": "attachment", "601": "footer-comment", "603": "inline-comment",
        "103": None, "x": None,
    }  # fmt: skip
    assert ask("POST", f"{V2}/content/convert-ids-to-types", {"contentIds": "x"}).status == 400
