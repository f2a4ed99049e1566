"""What a write to Confluence tells triggers: which events, in which order, with which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.products.conftest import TASKS, form
from tests.products.test_confluence_writes import storage, update

from forgesim.clock import EPOCH_MS
from forgesim.ids import derive
from forgesim.products.confluence.events import RAISES
from forgesim.products.confluence.samples import sample
from forgesim.products.confluence.service import ROUTES
from forgesim.scopes.table import operations
from forgesim.site.model import Site

Ask = Callable[..., Any]
V2, V1 = "/wiki/api/v2", "/wiki/rest/api/content"
NEW = {"spaceId": "10", "title": "New", "body": storage("<p>n</p>")}
TASK = str(derive("task", "300", "1") % 10**12 + 10**12)
INLINE = {
    "pageId": "101",
    "body": storage("<p>c</p>"),
    "inlineCommentProperties": {"textSelection": "Body", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0},
}
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
    ("POST", f"{V2}/blogposts", NEW, ["created:blogpost"]),
    ("PUT", f"{V2}/blogposts/300", update("300", body=storage(TASKS)), ["updated:blogpost"]),
    ("PUT", f"{V2}/blogposts/300", update("300"), ["updated:blogpost", "removed:task", "removed:task"]),
    ("PUT", f"{V2}/pages/101", update(body=storage(TASKS)), ["updated:page", "created:task", "created:task"]),
    ("DELETE", f"{V2}/blogposts/300", None, ["trashed:blogpost"]),
    ("PUT", f"{V2}/tasks/{TASK}", {"status": "complete"}, ["updated:task"]),
    ("PUT", f"{V2}/tasks/{TASK}", {"status": "incomplete"}, []),
    ("PUT", f"{V2}/inline-comments/603", {"version": {"number": 2}, "resolved": False}, ["updated:comment"]),
    ("DELETE", f"{V2}/inline-comments/603", None, ["deleted:comment"]),
    ("POST", f"{V2}/inline-comments", INLINE, ["created:comment"]),
    ("POST", f"{V2}/spaces", {"name": "Team"}, ["created:space:V2"]),
    ("POST", f"{V1}/101/child/attachment", form(minorEdit="true"), ["created:attachment"]),
    ("PUT", f"{V1}/101/child/attachment", form("plan a.pdf", minorEdit="true"), ["updated:attachment"]),
    ("POST", f"{V1}/101/child/attachment/701/data", form(minorEdit="true"), ["updated:attachment"]),
    ("DELETE", f"{V2}/attachments/701", None, ["trashed:attachment"]),
    ("DELETE", f"{V1}/101/restriction", None, ["permissions_updated:page"]),
    ("DELETE", f"{V1}/300/restriction", None, ["permissions_updated:blogpost"]),
    ("PUT", f"{V1}/101/restriction/byOperation/read/user?accountId=712020:bob", None, ["permissions_updated:page"]),
    ("POST", f"{V1}/101/copy", {"destination": {"type": "parent_page", "value": "102"}, "pageTitle": "Copy"},
     ["copied:page"]),
    ("PUT", f"{V1}/101/move/append/102", None, ["moved:page"]),
    ("PUT", f"{V1}/101/move/after/102", None, ["children_reordered:page"]),
    ("POST", f"{V1}/101/version", {"operationKey": "restore", "params": {"versionNumber": 1, "message": ""}},
     ["updated:page"]),
]  # fmt: skip
PURGED = [
    ("blogposts/300", "deleted:blogpost"),
    ("attachments/701", "deleted:attachment"),
    ("pages/101", "deleted:page"),
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
    seen = {name for *_, events in WRITES for name in events} | {name for _, name in PURGED}
    assert listed == {f"avi:confluence:{name}" for name in seen}


@pytest.mark.parametrize(("what", "event"), PURGED)
def test_what_is_purged_is_deleted(ask: Ask, what: str, event: str) -> None:
    assert ask("DELETE", f"{V2}/{what}?purge=true").status == 400
    ask("DELETE", f"{V2}/{what}")
    assert ask("DELETE", f"{V2}/{what}?purge=true").events == [event]


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
    short = name.removeprefix("avi:confluence:")
    row = next((each for each in WRITES if short in each[3]), None)
    if row is None:
        at = next(at for at, event in PURGED if event == short)
        ask("DELETE", f"{V2}/{at}")
        row = ("DELETE", f"{V2}/{at}?purge=true", None, [short])
    real = next(each for each in ask(*row[:3]).happened if each.name == name)
    assert found is not None
    assert found.payload.keys() == real.payload.keys()
    about = "space" if short.endswith(":space:V2") else "content"
    assert found.payload[about].keys() - {"subType"} == real.payload[about].keys() - {"subType"}


def test_of_what_is_not_raised_and_of_an_empty_site_there_is_no_sample(site: Site) -> None:
    site.variables["page"] = "101"
    assert sample(site, "avi:confluence:liked:page", EPOCH_MS) is None
    site.pages.clear()
    assert sample(site, "avi:confluence:updated:page", EPOCH_MS) is None
