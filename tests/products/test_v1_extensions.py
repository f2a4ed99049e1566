"""What a search shows of content by its kind, and the answer that no frame holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forgesim.site.model import Comment, Site

Ask = Callable[..., Any]
CONTENT = "/wiki/rest/api/content/search"


def found(ask: Ask, cql: str, expand: str) -> dict[str, Any]:
    got = ask("GET", f"{CONTENT}?cql={cql.replace(' ', '+')}&expand={expand}")
    assert got.status == 200, got.json
    return {each["id"]: each for each in got.json["results"]}


def test_a_file_tells_its_type_and_size(ask: Ask) -> None:
    shown = found(ask, "id = att701", "extensions")["att701"]["extensions"]
    assert (shown["mediaType"], shown["fileSize"], shown["collectionName"]) == ("application/pdf", 4, "contentId-101")


def test_a_page_tells_its_place(ask: Ask, site: Site) -> None:
    assert found(ask, "id = 102", "extensions")["102"]["extensions"] == {"position": site.pages["102"].position}


def test_an_inline_comment_tells_what_it_hangs_on_and_whether_it_is_resolved(ask: Ask) -> None:
    whole = found(ask, "id = 603", "extensions.resolution,extensions.inlineProperties")["603"]["extensions"]
    assert (whole["location"], whole["resolution"]) == ("inline", {"status": "resolved"})
    assert whole["inlineProperties"]["originalSelection"] == "some words"
    bare = found(ask, "id = 603", "extensions")["603"]["extensions"]
    assert bare == {"location": "inline", "_expandable": {"inlineProperties": "", "resolution": ""}}


def test_a_resolution_that_was_changed_tells_by_whom(ask: Ask) -> None:
    body = {"version": {"number": 2}, "body": {"representation": "storage", "value": "<p>in</p>"}, "resolved": False}
    assert ask("PUT", "/wiki/api/v2/inline-comments/603", body, by="bob").status == 200
    shown = found(ask, "id = 603", "extensions.resolution")["603"]["extensions"]["resolution"]
    assert shown["status"] == "reopened"
    assert shown["lastModifier"]["accountId"] == "712020:bob"
    assert shown["lastModifiedDate"].endswith("Z")


def test_a_comment_below_the_page_is_never_resolved_and_a_reply_names_what_it_replies_to(ask: Ask, site: Site) -> None:
    late = Comment(id="605", author="712020:bob", created_at=site.clock_ms, body="<p>three</p>", parent_id="602")
    site.pages["101"].comments.append(late)
    shown = found(ask, "container = 101 and type = comment", "extensions.resolution,ancestors")
    assert shown["601"]["extensions"] == {"location": "footer"}
    above = {id_: [each["id"] for each in comment["ancestors"]] for id_, comment in shown.items()}
    assert above == {"601": [], "602": ["601"], "603": [], "605": ["601", "602"]}


def test_an_answer_that_no_frame_holds_is_told_by_name(ask: Ask, site: Site) -> None:
    for page in site.pages.values():
        page.body = f"<p>{'word ' * 700_000}</p>"
    one = ask("GET", "/wiki/api/v2/spaces/10/pages?body-format=storage&limit=1")
    many = ask("GET", "/wiki/api/v2/spaces/10/pages?body-format=storage&limit=5")
    assert (one.status, many.status) == (200, 501)
    assert many.unsupported == "answers of more than 8,388,608 bytes"
