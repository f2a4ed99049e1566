"""What is written is really there afterwards, for those who may write and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.site.model import Site

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"


def storage(value: str) -> dict[str, str]:
    return {"representation": "storage", "value": value}


def update(id_: str = "101", number: int = 2, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": id_,
        "status": "current",
        "title": f"Page {id_}",
        "body": storage("<p>new</p>"),
        "version": {"number": number, "message": "why"},
    }
    return fields | changes


def test_an_update_makes_the_next_version_and_keeps_the_last(ask: Ask, site: Site) -> None:
    got = ask("PUT", f"{V2}/pages/101", update(title="Renamed"), by="bob")
    assert (got.status, got.json["version"]["number"], got.reads) == (200, 2, ("page/101",))
    page = site.pages["101"]
    assert (page.title, page.body, page.updated_by, page.updated_at) == (
        "Renamed",
        "<p>new</p>",
        "712020:bob",
        EPOCH_MS,
    )
    versions = ask("GET", f"{V2}/pages/101/versions?body-format=storage").json["results"]
    assert [(each["number"], each["message"]) for each in versions] == [(2, "why"), (1, "")]
    assert versions[1]["page"]["body"]["storage"]["value"] == "<p>Body 101</p>"
    past = ask("GET", f"{V2}/pages/101?version=1&body-format=storage").json
    assert (past["title"], past["status"]) == ("Page 101", "historical")
    assert ask("GET", f"{V2}/pages/101/versions/2").json["prevVersion"] == 1


def test_a_stale_version_is_a_conflict_and_changes_nothing(ask: Ask, site: Site) -> None:
    got = ask("PUT", f"{V2}/pages/101", update(number=1))
    (error,) = got.json["errors"]
    assert (got.status, error["code"]) == (409, "CONFLICT")
    assert error["title"].endswith("Current Version: [1]. Provided version: [1]")
    assert site.pages["101"].body == "<p>Body 101</p>"


def test_a_title_changes_by_itself(ask: Ask, site: Site) -> None:
    got = ask("PUT", f"{V2}/pages/101/title", {"status": "current", "title": "Other"})
    assert (got.status, got.json["title"], got.json["version"]["number"]) == (200, "Other", 2)
    assert site.pages["101"].body == "<p>Body 101</p>"


def test_a_new_page_goes_below_the_homepage_unless_told_otherwise(ask: Ask, site: Site) -> None:
    got = ask("POST", f"{V2}/pages", {"spaceId": "10", "title": "New", "body": storage("<p>x</p>")}, by="bob")
    assert (got.status, got.json["parentId"], got.json["authorId"]) == (200, "100", "712020:bob")
    assert site.pages[got.json["id"]].body == "<p>x</p>"
    below = ask("POST", f"{V2}/pages", {"spaceId": "10", "title": "Below", "parentId": "101"})
    assert ask("GET", f"{V2}/pages/101/children").ids == [below.json["id"]]
    top = ask("POST", f"{V2}/pages?root-level=true", {"spaceId": "10", "title": "Top"})
    assert top.json["parentId"] is None
    mine = ask("POST", f"{V2}/pages?private=true", {"spaceId": "10", "title": "Mine"})
    assert ask("GET", f"{V2}/pages/{mine.json['id']}", by="bob").status == 404


def test_deleting_trashes_and_purging_removes(ask: Ask, site: Site) -> None:
    assert ask("DELETE", f"{V2}/pages/103?purge=true").status == 400
    assert ask("DELETE", f"{V2}/pages/103").status == 204
    assert site.pages["103"].status == "trashed"
    assert site.pages["104"].parent_id == "100"
    assert "103" not in ask("GET", f"{V2}/pages").ids
    assert ask("DELETE", f"{V2}/pages/103").status == 404
    assert ask("DELETE", f"{V2}/pages/103?purge=true").status == 204
    assert "103" not in site.pages


def test_a_draft_is_published_as_version_1_or_deleted_for_good(ask: Ask, site: Site) -> None:
    one, two = (ask("POST", f"{V2}/pages", {"spaceId": "10", "status": "draft"}).json["id"] for _ in range(2))
    assert ask("PUT", f"{V2}/pages/{one}", update(one, 1)).json["version"]["number"] == 1
    assert site.pages[one].status == "current"
    assert ask("DELETE", f"{V2}/pages/{two}").status == 404
    assert ask("DELETE", f"{V2}/pages/{two}?draft=true").status == 204
    assert two not in site.pages


BAD_WRITES = [
    ("PUT", "pages/101", update(id="102"), 400, "'id' is not"),
    ("PUT", "pages/101", update(title="Page 102"), 400, "already exists"),
    ("PUT", "pages/101", update(title=" "), 400, "'title'"),
    ("PUT", "pages/101", update(parentId="101"), 400, "below the page"),
    ("PUT", "pages/103", update("103", parentId="104"), 400, "below the page"),
    ("PUT", "pages/101", update(parentId="200"), 400, "another space"),
    ("PUT", "pages/101", update(spaceId="20"), 400, "'spaceId'"),
    ("PUT", "pages/101", update(ownerId="x"), 400, "'ownerId'"),
    ("PUT", "pages/101", update(ownerId=["x"]), 400, "'ownerId'"),
    ("PUT", "pages/101", update(version={"number": True}), 400, "'version.number'"),
    ("PUT", "pages/101", update(body={"representation": "storage"}), 400, "'body'"),
    ("PUT", "pages/106", update("106"), 400, "trash"),
    ("PUT", "pages/101", {"id": "101"}, 400, "'status' is required"),
    ("PUT", "pages/101/title", {"status": "draft", "title": "x"}, 400, "'status'"),
    ("POST", "pages", [], 400, "JSON object"),
    ("POST", "pages", {"spaceId": "99", "title": "x"}, 404, "Not Found"),
    ("POST", "pages", {"spaceId": "10", "title": "x", "parentId": "999"}, 404, "Not Found"),
    ("POST", "pages?root-level=true", {"spaceId": "10", "title": "x", "parentId": "101"}, 400, "'parentId'"),
    ("POST", "pages/101/properties", {"key": "b", "value": 1}, 409, "exists already"),
    ("POST", "pages/101/properties", {"key": "k" * 256, "value": 1}, 400, "'key'"),
    ("POST", "pages/101/properties", {"key": "k"}, 400, "'value'"),
    ("POST", "footer-comments", {"body": storage("x")}, 400, "either"),
    ("POST", "users-bulk", {"accountIds": "x"}, 400, "'accountIds'"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "why"), BAD_WRITES)
def test_a_malformed_write_is_refused_with_its_reason(
    ask: Ask, site: Site, method: str, path: str, body: Any, status: int, why: str
) -> None:
    before = {id_: (page.title, page.version, page.parent_id) for id_, page in site.pages.items()}
    got = ask(method, f"{V2}/{path}", body)
    assert got.status == status
    assert why in got.json["errors"][0]["title"]
    assert {id_: (page.title, page.version, page.parent_id) for id_, page in site.pages.items()} == before


def test_a_page_over_5_mb_is_too_large(ask: Ask) -> None:
    big = {"spaceId": "10", "title": "Big", "body": storage("x" * 5_300_000)}
    assert ask("POST", f"{V2}/pages", big).status == 413


EDITS = [
    ("PUT", "pages/102", update("102")),
    ("PUT", "pages/102/title", {"status": "current", "title": "x"}),
    ("DELETE", "pages/102", None),
    ("POST", "pages/102/properties", {"key": "k", "value": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), EDITS)
@pytest.mark.parametrize(("by", "status"), [("alice", 2), ("bob", 403), ("app", 403), ("nobody", 404)])
def test_only_who_may_edit_a_page_changes_it(ask: Ask, method: str, path: str, body: Any, by: str, status: int) -> None:
    got = ask(method, f"{V2}/{path}", body, by=by)
    assert status in (got.status, got.status // 100)


@pytest.mark.parametrize(("by", "status"), [("bob", 404), ("app", 404), ("alice", 200)])
def test_a_hidden_page_cannot_be_changed_nor_seen_to_exist(ask: Ask, by: str, status: int) -> None:
    assert ask("PUT", f"{V2}/pages/103", update("103"), by=by).status == status


def test_a_property_lives_from_creation_to_deletion(ask: Ask, site: Site) -> None:
    at = f"{V2}/pages/102/properties"
    made = ask("POST", at, {"key": "score", "value": {"n": 1}})
    assert (made.status, made.json["version"]["number"]) == (200, 1)
    one = f"{at}/{made.json['id']}"
    assert ask("PUT", one, {"key": "score", "value": 2, "version": {"number": 5}}).status == 409
    changed = ask("PUT", one, {"key": "score", "value": 2, "version": {"number": 2}})
    assert (changed.json["id"], changed.json["value"]) == (made.json["id"], 2)
    assert site.pages["102"].properties == {"score": 2}
    assert ask("GET", one, by="bob").json["value"] == 2
    assert ask("GET", f"{at}?key=score").ids == [made.json["id"]]
    assert ask("DELETE", one, by="bob").status == 403
    assert ask("PUT", one, {"key": "score", "value": 3, "version": {"number": 3}}, by="bob").status == 403
    assert site.pages["102"].properties == {"score": 2}
    assert ask("DELETE", one).status == 204
    assert (ask("GET", one).status, site.pages["102"].properties) == (404, {})


def test_space_properties_are_for_admins_and_owners(ask: Ask) -> None:
    at = f"{V2}/spaces/10/properties"
    assert ask("POST", at, {"key": "k", "value": 1}, by="bob").status == 403
    made = ask("POST", at, {"key": "k", "value": 1}).json
    assert (made["createdBy"], made["version"]["createdBy"]) == ("712020:alice", "712020:alice")
    assert ask("GET", at, by="bob").ids == [made["id"]]


def test_a_comment_is_written_answered_changed_and_deleted(ask: Ask, site: Site) -> None:
    made = ask("POST", f"{V2}/footer-comments", {"pageId": "102", "body": storage("<p>c</p>")}, by="bob")
    assert (made.status, made.headers["location"]) == (201, f"{V2}/footer-comments/{made.json['id']}")
    id_ = made.json["id"]
    reply = ask("POST", f"{V2}/footer-comments", {"parentCommentId": id_, "body": storage("<p>r</p>")}, by="app")
    assert ask("GET", f"{V2}/footer-comments/{id_}/children").ids == [reply.json["id"]]
    changes = {"version": {"number": 2}, "body": storage("<p>d</p>")}
    assert ask("PUT", f"{V2}/footer-comments/{id_}", changes).status == 403
    assert ask("PUT", f"{V2}/footer-comments/{id_}", changes, by="bob").json["version"]["number"] == 2
    assert [each.body for each in site.pages["102"].comments] == ["<p>d</p>", "<p>r</p>"]
    assert ask("DELETE", f"{V2}/footer-comments/{id_}", by="app").status == 403
    assert ask("DELETE", f"{V2}/footer-comments/{id_}", by="bob").status == 204
    assert site.pages["102"].comments == []
    nobody = ask("POST", f"{V2}/footer-comments", {"pageId": "102", "body": storage("x")}, by="nobody")
    assert nobody.status == 403


def test_labels_are_added_once_and_share_their_id(ask: Ask, site: Site) -> None:
    at = "/wiki/rest/api/content/101/label"
    got = ask("POST", at, [{"prefix": "global", "name": "howto"}, {"prefix": "global", "name": "New"}], by="bob")
    first = got.json["results"][0]
    assert (first["id"], first["name"]) == ("501", "howto")
    assert [each.name for each in site.pages["101"].labels] == ["howto", "new"]
    assert len(ask("POST", at, {"prefix": "global", "name": "new"}).json["results"]) == 2
    assert ask("POST", at.replace("101", "102"), {"prefix": "global", "name": "x"}, by="bob").status == 403
    assert ask("POST", at, {"prefix": "global", "name": "two words"}).status == 400
    assert ask("DELETE", f"{at}?name=howto").status == 204
    assert ask("DELETE", f"{at}/new").status == 204
    assert ask("DELETE", f"{at}/new").status == 404
    assert site.pages["101"].labels == []
