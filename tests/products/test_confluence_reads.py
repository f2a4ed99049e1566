"""What Confluence shows: shapes, filters, sorting, and the refs of what was shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.model import Site, Version

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"
STORAGE = "body-format=storage"


def test_a_page_has_the_documented_shape(ask: Ask) -> None:
    got = ask("GET", f"{V2}/pages/101?{STORAGE}")
    assert got.status == 200
    assert got.reads == ("page/101",)
    assert got.json == {
        "id": "101",
        "status": "current",
        "title": "Page 101",
        "spaceId": "10",
        "parentId": "100",
        "parentType": "page",
        "position": 101,
        "authorId": "712020:alice",
        "ownerId": "712020:bob",
        "lastOwnerId": None,
        "createdAt": "2025-09-26T09:00:00.000Z",
        "version": {
            "createdAt": "2025-09-26T09:00:01.000Z",
            "message": "",
            "number": 1,
            "minorEdit": False,
            "authorId": "712020:alice",
        },
        "body": {"storage": {"representation": "storage", "value": "<p>Body 101</p>"}},
        "_links": {
            "webui": "/spaces/DOCS/pages/101/Page+101",
            "editui": "/pages/resumedraft.action?draftId=101",
            "tinyui": "/x/ZQ",
            "base": "https://test.example.org/wiki",
        },
    }


def test_a_body_is_shown_only_when_asked_for(ask: Ask) -> None:
    assert ask("GET", f"{V2}/pages/101").json["body"] == {}
    assert all(each["body"] == {} for each in ask("GET", f"{V2}/pages").json["results"])


def test_the_list_shows_current_and_archived_pages_that_the_caller_sees(ask: Ask) -> None:
    assert ask("GET", f"{V2}/pages").ids == ["100", "101", "102", "103", "104", "105", "200"]
    seen = ask("GET", f"{V2}/pages", by="bob")
    assert seen.ids == ["100", "101", "102", "105"]
    assert seen.reads == ("page/100", "page/101", "page/102", "page/105")
    assert ask("GET", f"{V2}/pages", by="app").ids == seen.ids
    assert ask("GET", f"{V2}/pages", by="nobody").ids == []


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("id=101,200&id=999", ["101", "200"]),
        ("id=200&space-id=10", []),
        ("space-id=20", ["200"]),
        ("space-id=20,10&status=archived", ["105"]),
        ("status=trashed,archived", ["105", "106"]),
        ("status=deleted", []),
        ("title=Page%20102", ["102"]),
        ("title=page%20102", []),
        ("subtype=live", []),
        ("space-id=10&sort=-id", ["105", "104", "103", "102", "101", "100"]),
        ("space-id=10&sort=created-date", ["105", "104", "103", "102", "101", "100"]),
        ("sort=-title&id=101,102", ["102", "101"]),
        ("sort=modified-date&id=101,102", ["102", "101"]),
    ],
)
def test_page_lists_are_filtered_and_sorted(ask: Ask, query: str, ids: list[str]) -> None:
    assert ask("GET", f"{V2}/pages?{query}").ids == ids


@pytest.mark.parametrize(
    "path",
    [
        "pages?limit=0",
        "pages?limit=251",
        "pages?limit=ten",
        "pages?sort=owner",
        "pages?status=gone",
        "pages?body-format=view",
        "pages?id=abc",
        "pages?cursor=abc",
        "pages?cursor=%ff",
        "pages/abc",
        "pages/101?version=0",
        "pages/101?include-labels=yes",
        "spaces/10/pages?depth=some",
        "spaces/DOCS",
        "pages/101/descendants?depth=11",
        "pages/101/inline-comments?resolution-status=done",
        "pages?" + "&".join(f"space-id={each}" for each in range(101)),
    ],
)
def test_a_malformed_parameter_is_a_400(ask: Ask, path: str) -> None:
    got = ask("GET", f"{V2}/{path}")
    assert got.status == 400
    (error,) = got.json["errors"]
    assert (error["status"], error["code"]) == (400, "INVALID_REQUEST_PARAMETER")
    assert error["title"]
    assert got.reads == ()


HIDDEN_FROM_BOB = [
    "pages/103",
    "pages/104",
    "pages/104/labels",
    "pages/103/versions",
    "pages/103/footer-comments",
    "pages/103/children",
    "pages/103/properties",
    "footer-comments/604",
    "footer-comments/604/children",
    "spaces/20",
    "spaces/20/pages",
    "spaces/20/labels",
    "pages/200/attachments",
]


@pytest.mark.parametrize("path", HIDDEN_FROM_BOB)
def test_what_is_hidden_looks_as_if_it_were_not_there(ask: Ask, path: str) -> None:
    missing = ask("GET", f"{V2}/pages/999")
    hidden = ask("GET", f"{V2}/{path}", by="bob")
    assert ask("GET", f"{V2}/{path}").status == 200
    assert (hidden.status, hidden.json, hidden.reads) == (404, missing.json, ())
    assert missing.json == {"errors": [{"status": 404, "code": "NOT_FOUND", "title": "Not Found", "detail": None}]}


def test_a_page_brings_what_it_is_asked_to_include(ask: Ask) -> None:
    asked = "include-labels=true&include-properties=true&include-versions=true&include-operations=true"
    got = ask("GET", f"{V2}/pages/101?{asked}&include-version=false", by="bob").json
    assert "version" not in got
    assert [each["key"] for each in got["properties"]["results"]] == ["a", "b"]
    assert got["labels"] == {
        "results": [],
        "meta": {"hasMore": False},
        "_links": {"self": "/wiki/api/v2/pages/101/labels"},
    }
    assert len(got["versions"]["results"]) == 1
    assert {each["operation"] for each in got["operations"]["results"]} == {"read", "update", "delete"}
    only_read = ask("GET", f"{V2}/pages/102/operations", by="bob").json["operations"]
    assert only_read == [{"operation": "read", "targetType": "page"}]


def test_a_draft_is_found_by_its_author_who_asks_for_it(ask: Ask) -> None:
    made = ask("POST", f"{V2}/pages", {"spaceId": "10", "status": "draft", "title": "Soon"}).json["id"]
    assert ask("GET", f"{V2}/pages/{made}").status == 404
    assert ask("GET", f"{V2}/pages/{made}?get-draft=true").json["status"] == "draft"
    assert ask("GET", f"{V2}/pages/{made}?get-draft=true", by="bob").status == 404
    assert made not in ask("GET", f"{V2}/pages").ids


def test_the_tree_is_walked_in_both_directions(ask: Ask) -> None:
    children = ask("GET", f"{V2}/pages/100/direct-children", by="bob")
    assert children.ids == ["101", "102", "105"]
    assert children.json["results"][0] == {
        "id": "101",
        "status": "current",
        "title": "Page 101",
        "childPosition": 101,
        "type": "page",
        "spaceId": "10",
    }
    assert "type" not in ask("GET", f"{V2}/pages/100/children").json["results"][0]
    below = ask("GET", f"{V2}/pages/100/descendants").json["results"]
    assert [(each["id"], each["depth"]) for each in below][-2:] == [("105", 1), ("104", 2)]
    assert "104" not in ask("GET", f"{V2}/pages/100/descendants?depth=1").ids
    assert ask("GET", f"{V2}/pages/104/ancestors").json["results"] == [
        {"id": "100", "type": "page"},
        {"id": "103", "type": "page"},
    ]
    assert ask("GET", f"{V2}/pages/104/ancestors?limit=1").ids == ["103"]
    assert ask("GET", f"{V2}/spaces/10/pages?depth=root").ids == ["100"]


def test_spaces_are_listed_for_those_who_see_them(ask: Ask) -> None:
    assert ask("GET", f"{V2}/spaces").ids == ["10", "20"]
    got = ask("GET", f"{V2}/spaces?description-format=plain", by="bob")
    assert (got.ids, got.reads) == (["10"], ("space/10",))
    assert got.json["results"][0]["description"] == {"plain": {"representation": "plain", "value": "All & sundry"}}
    assert ask("GET", f"{V2}/spaces?keys=SEC,DOCS&sort=-key").ids == ["20", "10"]
    assert ask("GET", f"{V2}/spaces?ids=20").ids == ["20"]
    assert ask("GET", f"{V2}/spaces?type=personal").ids == []
    one = ask("GET", f"{V2}/spaces/10").json
    assert (one["homepageId"], one["type"], one["_links"]["webui"]) == ("100", "global", "/spaces/DOCS")


def test_labels_are_shown_per_page_and_per_space(ask: Ask) -> None:
    got = ask("GET", f"{V2}/pages/100/labels?sort=name")
    assert got.json["results"] == [
        {"id": "502", "name": "draft", "prefix": "team"},
        {"id": "501", "name": "howto", "prefix": "global"},
    ]
    assert ask("GET", f"{V2}/pages/100/labels?prefix=team").ids == ["502"]
    assert ask("GET", f"{V2}/spaces/10/content/labels").ids == ["502", "503"]
    assert ask("GET", f"{V2}/spaces/10/content/labels?prefix=global").status == 400
    assert ask("GET", f"{V2}/spaces/10/content/labels?prefix=my").ids == ["503"]
    assert ask("GET", f"{V2}/spaces/10/content/labels?prefix=my", by="bob").ids == []
    assert ask("GET", f"{V2}/spaces/10/labels").ids == []
    assert ask("GET", f"{V2}/labels/501/pages").ids == ["100", "102"]
    assert ask("GET", f"{V2}/labels/999/pages").status == 404


def test_comments_are_listed_by_kind_and_thread(ask: Ask) -> None:
    roots = ask("GET", f"{V2}/pages/101/footer-comments?{STORAGE}", by="bob")
    assert (roots.ids, roots.reads) == (["601"], ("comment/601",))
    (first,) = roots.json["results"]
    assert (first["pageId"], first["title"]) == ("101", "Re: Page 101")
    assert first["body"]["storage"]["value"] == "<p>one</p>"
    (reply,) = ask("GET", f"{V2}/footer-comments/601/children").json["results"]
    assert (reply["id"], reply["parentCommentId"], reply["version"]["authorId"]) == ("602", "601", "712020:bob")
    (inline,) = ask("GET", f"{V2}/pages/101/inline-comments").json["results"]
    assert (inline["resolutionStatus"], inline["properties"]["inlineOriginalSelection"]) == ("resolved", "some words")
    assert ask("GET", f"{V2}/pages/101/inline-comments?resolution-status=open").ids == []
    assert ask("GET", f"{V2}/footer-comments/603").status == 404
    assert ask("GET", f"{V2}/inline-comments/603").status == 200


def test_attachments_have_their_prefix_and_size(ask: Ask) -> None:
    got = ask("GET", f"{V2}/pages/101/attachments")
    (only,) = got.json["results"]
    assert (only["id"], only["fileSize"], only["pageId"]) == ("att701", 4, "101")
    assert only["downloadLink"].startswith("/download/attachments/101/plan+a.pdf?")
    assert got.reads == ("attachment/701",)
    assert ask("GET", f"{V2}/pages/101/attachments?filename=other").ids == []
    assert ask("GET", f"{V2}/attachments/att701").json["title"] == "plan a.pdf"


def test_people_are_shown_without_their_mail(ask: Ask) -> None:
    got = ask("POST", f"{V2}/users-bulk", {"accountIds": ["712020:bob", "unknown", "712020:bob"]})
    (bob,) = got.json["results"]
    assert (bob["displayName"], bob["email"], bob["accountStatus"]) == ("Bob", "", "active")
    assert got.reads == ("user/712020:bob",)
    assert ask("GET", "/wiki/rest/api/user/current").json["accountId"] == "712020:alice"
    assert ask("GET", "/wiki/rest/api/user/current").json["locale"] == "en-US"
    assert ask("GET", "/wiki/rest/api/user/current", by="app").json["accountType"] == "app"
    assert ask("GET", "/wiki/rest/api/user?accountId=712020:bob").json["displayName"] == "Bob"
    assert ask("GET", "/wiki/rest/api/user/current", by="nobody").status == 403


def test_v1_errors_have_the_v1_shape(ask: Ask) -> None:
    got = ask("GET", "/wiki/rest/api/user?accountId=x")
    assert (got.status, got.json["statusCode"], got.json["data"]["successful"]) == (404, 404, False)


def test_views_are_counted_for_those_who_see_the_page(ask: Ask) -> None:
    views = "/wiki/rest/api/analytics/content/101/views"
    assert ask("GET", views).json == {"id": 101, "count": 7}
    assert ask("GET", views.replace("views", "viewers")).json["count"] == 3
    assert ask("GET", f"{views}?fromDate=2020-01-01").json["count"] == 7
    assert ask("GET", f"{views}?fromDate=2026-01-01").status == 501
    assert ask("GET", f"{views}?fromDate=then").status == 400
    assert ask("GET", views.replace("101", "103"), by="bob").status == 404


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/wiki/api/v2/space-permissions", "GET /wiki/api/v2/space-permissions"),
        ("/wiki/rest/api/search?cql=watcher=x", "CQL field watcher"),
        (
            "/wiki/api/v2/pages/101?include-collaborators=true",
            "GET /wiki/api/v2/pages/{id} with include-collaborators",
        ),
        ("/wiki/api/v2/spaces?favorited-by=x", "GET /wiki/api/v2/spaces with favorited-by"),
    ],
)
def test_what_is_not_emulated_says_so_by_name(ask: Ask, path: str, what: str) -> None:
    got = ask("GET", path)
    assert (got.status, got.unsupported, got.reads) == (501, what, ())
    assert got.json == {"code": 501, "message": f"forgesim does not emulate {what}"}


def test_the_text_of_a_version_that_the_site_does_not_keep_is_not_made_up(ask: Ask, site: Site) -> None:
    page = site.pages["101"]
    page.versions = [Version(number=1, at=1, author="712020:bob"), Version(number=2, at=2, author="712020:bob")]
    page.version = 2
    assert [each["number"] for each in ask("GET", f"{V2}/pages/101/versions").json["results"]] == [2, 1]
    assert ask("GET", f"{V2}/pages/101?version=1").json["version"]["number"] == 1
    assert ask("GET", f"{V2}/pages/101?version=1&{STORAGE}").status == 501
    assert ask("GET", f"{V2}/pages/101/versions?{STORAGE}").status == 501
    assert ask("GET", f"{V2}/pages/101?version=3").status == 404


@pytest.mark.parametrize("by", ["alice", "bob", "app", "nobody"])
def test_reading_one_by_one_shows_exactly_what_the_site_lets_each_read(ask: Ask, site: Site, by: str) -> None:
    accounts = {"app": APP_ACCOUNT, "nobody": None}
    account = accounts.get(by, f"712020:{by}")
    shown = {ref for id_ in site.pages for ref in ask("GET", f"{V2}/pages/{id_}", by=by).reads}
    shown |= {ref for id_ in site.pages for ref in ask("GET", f"{V2}/blogposts/{id_}", by=by).reads}
    shown |= {ref for id_ in site.spaces for ref in ask("GET", f"{V2}/spaces/{id_}", by=by).reads}
    kinds = ("page/", "space/")
    assert shown == {ref for ref in readable_refs(site, account) if ref.startswith(kinds)}
