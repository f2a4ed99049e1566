"""What a write to Confluence tells triggers: which events, in which order, with which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.products.test_confluence_writes import storage, update

from forgesim.clock import EPOCH_MS
from forgesim.products.confluence.events import RAISES
from forgesim.products.confluence.samples import sample
from forgesim.products.confluence.service import ROUTES
from forgesim.scopes.table import operations
from forgesim.site.model import Site

Ask = Callable[..., Any]
V2, V1 = "/wiki/api/v2", "/wiki/rest/api/content"
NEW = {"spaceId": "10", "title": "New", "body": storage("<p>n</p>")}
DRAFT = {"spaceId": "10", "title": "Idea", "status": "draft"}

WRITES = [
    ("POST", f"{V2}/pages", NEW, ["created:page"]),
    ("POST", f"{V2}/pages", NEW | {"subtype": "live"}, ["initialized:page"]),
    ("POST", f"{V2}/pages", DRAFT, []),
    ("POST", f"{V2}/pages", NEW | {"spaceId": "99"}, []),
    ("PUT", f"{V2}/pages/101", update(), ["updated:page"]),
    ("PUT", f"{V2}/pages/101", update(parentId="102"), ["updated:page", "moved:page"]),
    ("PUT", f"{V2}/pages/101", update(number=9), []),
    ("PUT", f"{V2}/pages/101/title", {"status": "current", "title": "Other"}, ["updated:page"]),
    ("DELETE", f"{V2}/pages/100", None, ["trashed:page"]),
    ("DELETE", f"{V2}/pages/106?purge=true", None, ["deleted:page"]),
    ("POST", f"{V2}/footer-comments", {"pageId": "101", "body": storage("<p>c</p>")}, ["created:comment"]),
    ("PUT", f"{V2}/footer-comments/601", {"version": {"number": 2}, "body": storage("<p>c</p>")}, ["updated:comment"]),
    ("DELETE", f"{V2}/footer-comments/601", None, ["deleted:comment"]),
    ("POST", f"{V1}/100/label", [{"prefix": "global", "name": "brand-new"}], ["created:label", "added:label"]),
    ("POST", f"{V1}/101/label", [{"prefix": "global", "name": "howto"}], ["added:label"]),
    ("POST", f"{V1}/100/label", [{"prefix": "global", "name": "howto"}], []),
    ("DELETE", f"{V1}/100/label?name=howto", None, ["removed:label"]),
    ("DELETE", f"{V1}/100/label/howto", None, ["removed:label"]),
    ("DELETE", f"{V1}/100/label/unknown", None, []),
    ("POST", f"{V2}/pages/101/properties", {"key": "k", "value": 1}, []),
    ("POST", f"{V2}/spaces/10/properties", {"key": "k", "value": 1}, []),
    ("GET", f"{V2}/pages/101", None, []),
]


@pytest.mark.parametrize(("method", "path", "body", "events"), WRITES)
def test_a_write_raises_its_events(ask: Ask, method: str, path: str, body: Any, events: list[str]) -> None:
    assert ask(method, path, body).events == events


def test_a_draft_is_created_once_it_is_published(ask: Ask) -> None:
    draft = ask("POST", f"{V2}/pages", DRAFT).json["id"]
    title = ask("PUT", f"{V2}/pages/{draft}/title", {"status": "draft", "title": "Better"})
    published = ask("PUT", f"{V2}/pages/{draft}", update(draft, number=1, title="Best"))
    assert (title.events, published.events) == ([], ["created:page"])
    again = ask("POST", f"{V2}/pages", DRAFT).json["id"]
    assert ask("DELETE", f"{V2}/pages/{again}?draft=true").events == []


def test_every_write_has_its_events_and_the_table_is_what_is_raised() -> None:
    writes = {each.name for each in operations() if each.writes and each.name in ROUTES}
    assert writes == set(RAISES)
    listed = {name for names in RAISES.values() for name in names}
    assert listed == {f"avi:confluence:{name}" for *_, events in WRITES for name in events}


def test_an_event_has_ids_in_place_of_people_and_says_who_did_it(ask: Ask) -> None:
    (told,) = ask("PUT", f"{V2}/pages/101", update(title="Renamed"), by="bob").happened
    payload = told.payload
    assert (payload["eventType"], payload["atlassianId"]) == ("avi:confluence:updated:page", "712020:bob")
    assert (payload["updateTrigger"], payload["content"]["title"]) == ("updated", "Renamed")
    assert payload["content"]["version"]["by"]["displayName"] == "712020:bob"
    assert not any(name in json.dumps(payload) for name in ("Alice", "Bob", "example.org"))


def test_a_moved_page_is_told_of_with_what_it_was_before(ask: Ask) -> None:
    moved = ask("PUT", f"{V2}/pages/101", update(title="Renamed", parentId="102")).happened[1].payload
    assert (moved["content"]["title"], moved["prevContent"]["title"]) == ("Renamed", "Page 101")


def test_a_reply_is_told_of_with_what_it_replies_to_and_where(ask: Ask) -> None:
    reply = {"parentCommentId": "602", "body": storage("<p>c</p>")}
    content = ask("POST", f"{V2}/footer-comments", reply).happened[0].payload["content"]
    assert [each["id"] for each in content["ancestors"]] == ["602", "601"]
    assert (content["title"], content["container"]["id"], content["version"]["number"]) == ("Re: Page 101", "101", 1)
    assert content["extensions"] == {"location": "footer"}
    changed = ask("PUT", f"{V2}/footer-comments/601", {"version": {"number": 2}, "body": storage("<p>c</p>")})
    assert changed.happened[0].payload["content"]["version"]["number"] == 2


def test_a_label_is_told_of_with_the_others_of_its_page(ask: Ask) -> None:
    told = ask("DELETE", f"{V1}/100/label?name=howto").happened[0].payload
    assert told["label"] == {"id": "501", "name": "howto", "prefix": "global"}
    assert [each["name"] for each in told["content"]["labels"]] == ["draft"]


@pytest.mark.parametrize("name", sorted({name for names in RAISES.values() for name in names}))
def test_a_sample_looks_as_the_event_does(ask: Ask, site: Site, name: str) -> None:
    site.variables["page"] = "101"
    found = sample(site, name, EPOCH_MS)
    row = next(each for each in WRITES if name.removeprefix("avi:confluence:") in each[3])
    real = next(each for each in ask(*row[:3]).happened if each.name == name)
    assert found is not None
    assert found.payload.keys() == real.payload.keys()
    assert found.payload["content"].keys() - {"subType"} == real.payload["content"].keys() - {"subType"}


def test_of_what_is_not_raised_and_of_an_empty_site_there_is_no_sample(site: Site) -> None:
    site.variables["page"] = "101"
    assert sample(site, "avi:confluence:liked:page", EPOCH_MS) is None
    site.pages.clear()
    assert sample(site, "avi:confluence:updated:page", EPOCH_MS) is None
