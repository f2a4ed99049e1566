"""Blog posts are pages without a tree: their own lists, the same operations; likes and tasks of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.products.test_confluence_writes import storage, update

from forgesim.clock import EPOCH_MS
from forgesim.ids import derive
from forgesim.site.model import Site

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"
FIRST, SECOND = (str(derive("task", "300", local) % 10**12 + 10**12) for local in "12")


def test_a_blog_post_has_the_documented_shape(ask: Ask) -> None:
    got = ask("GET", f"{V2}/blogposts/300")
    assert got.reads == ("page/300",)
    assert got.json.keys() == {"id", "status", "title", "spaceId", "authorId", "createdAt", "version", "body", "_links"}
    assert got.json["_links"]["webui"] == "/spaces/DOCS/blog/2025/03/11/300/Page+300"


@pytest.mark.parametrize("path", ["pages", "spaces/10/pages", "labels/501/pages", "pages/100/direct-children"])
def test_no_list_of_pages_has_blog_posts(ask: Ask, path: str) -> None:
    got = ask("GET", f"{V2}/{path}").ids
    assert got
    assert "300" not in got


@pytest.mark.parametrize("path", ["blogposts", "spaces/10/blogposts", "labels/501/blogposts", "blogposts?id=300,101"])
def test_a_list_of_blog_posts_has_nothing_else(ask: Ask, path: str) -> None:
    assert ask("GET", f"{V2}/{path}", by="bob").ids == ["300"]


@pytest.mark.parametrize(("kind", "id_"), [("pages", "300"), ("blogposts", "101")])
@pytest.mark.parametrize("of", ["", "/versions", "/labels", "/likes/count", "/footer-comments", "/operations"])
def test_neither_is_found_as_the_other(ask: Ask, kind: str, id_: str, of: str) -> None:
    assert ask("GET", f"{V2}/{kind}/{id_}{of}").status == 404


def test_a_blog_post_is_written_changed_and_trashed(ask: Ask, site: Site) -> None:
    asked = {"spaceId": "10", "title": "News", "body": storage("<p>n</p>"), "createdAt": "2020-05-01T00:00:00Z"}
    made = ask("POST", f"{V2}/blogposts", asked, by="bob").json
    assert (made["createdAt"], site.pages[made["id"]].parent_id) == ("2020-05-01T00:00:00.000Z", None)
    changed = ask("PUT", f"{V2}/blogposts/{made['id']}", update(made["id"], title="Old news"), by="bob").json
    assert (changed["title"], changed["version"]["number"]) == ("Old news", 2)
    versions = ask("GET", f"{V2}/blogposts/{made['id']}/versions?body-format=storage").json["results"]
    assert versions[1]["page"]["body"]["storage"]["value"] == "<p>n</p>"
    assert ask("DELETE", f"{V2}/blogposts/{made['id']}", by="bob").status == 204
    assert made["id"] not in ask("GET", f"{V2}/blogposts").ids
    assert made["id"] in ask("GET", f"{V2}/blogposts?status=trashed").ids


def test_posts_come_page_by_page(ask: Ask) -> None:
    for number in range(3):
        ask("POST", f"{V2}/blogposts", {"spaceId": "10", "title": f"P{number}", "body": storage("x")})
    first = ask("GET", f"{V2}/blogposts?limit=3")
    second = ask("GET", first.json["_links"]["next"])
    assert (len(first.ids), len(second.ids), len({*first.ids, *second.ids})) == (3, 1, 4)


def test_a_post_has_comments_labels_and_properties_of_its_own(ask: Ask) -> None:
    made = ask("POST", f"{V2}/footer-comments", {"blogPostId": "300", "body": storage("c")}, by="bob").json
    assert made["blogPostId"] == "300"
    assert ask("GET", f"{V2}/blogposts/300/footer-comments").ids == [made["id"]]
    assert ask("GET", f"{V2}/blogposts/300/labels").ids == ["501"]
    ask("POST", f"{V2}/blogposts/300/properties", {"key": "k", "value": 1})
    assert [each["key"] for each in ask("GET", f"{V2}/blogposts/300/properties").json["results"]] == ["k"]


LIKED = [("pages/101", "page/101"), ("blogposts/300", "page/300"), ("footer-comments/601", "comment/601"),
         ("inline-comments/603", "comment/603")]  # fmt: skip


@pytest.mark.parametrize(("path", "ref"), LIKED)
def test_likes_are_counted_and_listed(ask: Ask, site: Site, path: str, ref: str) -> None:
    people = ("712020:alice", "712020:bob")
    kind, id_ = ref.split("/")
    if kind == "page":
        site.pages[id_].likes = people
    else:
        next(each for each in site.pages["101"].comments if each.id == id_).likes = people
    count = ask("GET", f"{V2}/{path}/likes/count", by="bob")
    assert (count.json, count.reads) == ({"count": 2}, (ref,))
    listed = ask("GET", f"{V2}/{path}/likes/users?limit=1")
    rest = ask("GET", listed.json["_links"]["next"])
    assert [each["accountId"] for got in (listed, rest) for each in got.json["results"]] == list(people)
    included = ask("GET", f"{V2}/{path}?include-likes=true").json["likes"]
    assert [each["accountId"] for each in included["results"]] == list(people)


def test_a_task_is_read_from_its_body(ask: Ask) -> None:
    got = ask("GET", f"{V2}/tasks/{FIRST}?body-format=storage", by="bob")
    assert got.reads == ("page/300",)
    assert got.json["body"]["storage"]["value"].startswith("Call ")
    kept = {key: got.json[key] for key in ("localId", "spaceId", "blogPostId", "status", "assignedTo", "dueAt")}
    assert kept == {
        "localId": "1",
        "spaceId": "10",
        "blogPostId": "300",
        "status": "incomplete",
        "assignedTo": "712020:bob",
        "dueAt": "2026-02-01T00:00:00.000Z",
    }


FILTERS = [
    ("", {FIRST, SECOND}),
    ("status=complete", {SECOND}),
    ("assigned-to=712020:bob", {FIRST}),
    ("assigned-to=712020:alice", set()),
    ("blogpost-id=300&status=incomplete", {FIRST}),
    ("page-id=101", set()),
    ("space-id=20", set()),
    (f"task-id={SECOND}", {SECOND}),
    ("due-at-from=1769904000000", {FIRST}),
    ("due-at-to=1769903999999", set()),
    ("created-by=712020:alice", {FIRST, SECOND}),
    ("completed-by=712020:alice", set()),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_tasks_are_filtered(ask: Ask, query: str, found: set[str]) -> None:
    assert set(ask("GET", f"{V2}/tasks?{query}").ids) == found


def test_a_task_is_completed_in_the_body_without_a_version(ask: Ask, site: Site) -> None:
    before = site.pages["300"].body
    got = ask("PUT", f"{V2}/tasks/{FIRST}", {"status": "complete"}, by="bob")
    assert (got.json["status"], got.json["completedBy"], site.pages["300"].version) == ("complete", "712020:bob", 1)
    assert site.pages["300"].body == before.replace("incomplete", "complete")
    (told,) = got.happened
    assert (told.payload["task"]["status"], told.payload["oldTask"]["status"]) == ("CHECKED", "UNCHECKED")
    assert set(ask("GET", f"{V2}/tasks?completed-at-from={EPOCH_MS}").ids) == {FIRST}


def test_hidden_tasks_are_absent_and_may_not_be_changed_by_those_who_may_not_edit(ask: Ask, site: Site) -> None:
    site.pages["300"].editors = ["712020:alice"]
    assert ask("PUT", f"{V2}/tasks/{FIRST}", {"status": "complete"}, by="bob").status == 403
    assert ask("PUT", f"{V2}/tasks/{FIRST}", {"status": "done"}).status == 400
    site.pages["300"].viewers = ["712020:alice"]
    assert ask("GET", f"{V2}/tasks", by="bob").ids == []
    assert [
        ask(method, f"{V2}/tasks/{FIRST}", {"status": "complete"}, by="bob").status for method in ("GET", "PUT")
    ] == [404, 404]


@pytest.mark.parametrize("path", ["blogposts/300", f"tasks/{FIRST}"])
def test_a_body_comes_in_the_document_format_too(ask: Ask, path: str) -> None:
    body = ask("GET", f"{V2}/{path}?body-format=atlas_doc_format").json["body"]["atlas_doc_format"]
    assert json.loads(body["value"])["type"] == "doc"
    assert "Call" in body["value"]
