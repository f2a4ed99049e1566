"""Inline comments hang on words of a body; comments have versions; lists of the whole site hide what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.products.test_confluence_writes import storage

from forgesim.products.confluence.errors import Refused, UnsupportedError
from forgesim.products.confluence.marking import mark, unmark
from forgesim.site.model import Site
from forgesim.site.storage import plain_text

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"


def inline(text: str, count: int = 1, index: int = 0, page: str = "101") -> dict[str, Any]:
    where = {"textSelection": text, "textSelectionMatchCount": count, "textSelectionMatchIndex": index}
    return {"pageId": page, "body": storage("<p>why?</p>"), "inlineCommentProperties": where}


def test_an_inline_comment_marks_its_words_and_leaves_no_trace(ask: Ask, site: Site) -> None:
    page = site.pages["101"]
    before, version = page.body, page.version
    made = ask("POST", f"{V2}/inline-comments", inline("Body"), by="bob")
    ref = made.json["properties"]["inlineMarkerRef"]
    assert (made.status, made.json["resolutionStatus"]) == (201, "open")
    assert page.body == (f'<p><ac:inline-comment-marker ac:ref="{ref}">Body</ac:inline-comment-marker> 101</p>')
    assert page.version == version
    assert ask("DELETE", f"{V2}/inline-comments/{made.json['id']}", by="bob").status == 204
    assert page.body == before


BAD = [
    (inline("Body", 2, 1), 400),
    (inline("absent"), 400),
    (inline(" "), 400),
    (inline("Body", 1, 1), 400),
    ({"pageId": "101", "body": storage("x")}, 400),
    (inline("Body") | {"blogPostId": "300"}, 400),
    (inline("Body", page="103"), 404),
]


@pytest.mark.parametrize(("body", "status"), BAD)
def test_a_bad_inline_comment_changes_nothing(ask: Ask, site: Site, body: Any, status: int) -> None:
    before = site.pages["101"].body
    assert ask("POST", f"{V2}/inline-comments", body, by="bob").status == status
    assert site.pages["101"].body == before


def test_words_across_elements_say_that_they_are_not_emulated(ask: Ask, site: Site) -> None:
    site.pages["101"].body = "<p>one <em>two</em> three</p>"
    assert ask("POST", f"{V2}/inline-comments", inline("one two")).status == 501


@given(st.lists(st.sampled_from(["a", "b", "&amp;", "<b>", "</b>", " ", "<br/>"]), max_size=12), st.sampled_from("ab&"))
def test_a_marker_changes_no_text_and_comes_off_whole(parts: list[str], word: str) -> None:
    body = "".join(parts)
    count = sum(run.count(word) for run in [plain_text(body)])
    try:
        marked = mark(body, word, (count or 1, 0), "r")
    except (Refused, UnsupportedError):
        assert count == 0
        return
    assert plain_text(marked) == plain_text(body)
    assert unmark(marked, "r") == body


def test_resolving_and_reopening_are_versions(ask: Ask) -> None:
    at = f"{V2}/inline-comments/603"
    assert ask("PUT", at, {"version": {"number": 3}, "resolved": False}).status == 409
    opened = ask("PUT", at, {"version": {"number": 2}, "resolved": False}).json
    assert (opened["resolutionStatus"], opened["resolutionLastModifierId"]) == ("reopened", "712020:alice")
    assert ask("GET", f"{V2}/pages/101/inline-comments?resolution-status=reopened").ids == ["603"]
    assert ask("PUT", at, {"version": {"number": 3}, "resolved": True}).json["resolutionStatus"] == "resolved"
    assert [each["number"] for each in ask("GET", f"{at}/versions").json["results"]] == [3, 2, 1]
    assert ask("PUT", at, {"version": {"number": 4}, "resolved": "no"}).status == 400
    assert ask("PUT", at, {"version": {"number": 4}, "body": storage("mine")}).status == 403


def test_an_older_version_keeps_its_text(ask: Ask) -> None:
    at = f"{V2}/footer-comments/601"
    ask("PUT", at, {"version": {"number": 2, "message": "m"}, "body": storage("<p>new</p>")})
    old = ask("GET", f"{at}?version=1&body-format=storage").json
    assert (old["status"], old["body"]["storage"]["value"]) == ("historical", "<p>one</p>")
    listed = ask("GET", f"{at}/versions?body-format=storage").json["results"]
    assert [each["comment"]["body"]["storage"]["value"] for each in listed] == ["<p>new</p>", "<p>one</p>"]
    assert ask("GET", f"{at}/versions/2").json["prevVersion"] == 1
    assert ask("GET", f"{at}/versions/3").status == 404


def test_the_comments_of_the_site_are_those_on_what_is_seen(ask: Ask) -> None:
    assert ask("GET", f"{V2}/footer-comments").ids == ["601", "602", "604"]
    seen = ask("GET", f"{V2}/footer-comments?limit=1", by="bob")
    rest = ask("GET", seen.json["_links"]["next"], by="bob")
    assert (seen.ids, rest.ids, rest.reads) == (["601"], ["602"], ("comment/602",))
    assert ask("GET", f"{V2}/inline-comments", by="app").ids == ["603"]
    assert ask("GET", f"{V2}/footer-comments", by="nobody").ids == []


@pytest.mark.parametrize("of", ["", "/versions", "/operations", "/likes/count", "/likes/users", "/children"])
def test_a_comment_on_a_hidden_page_is_not_found(ask: Ask, of: str) -> None:
    assert ask("GET", f"{V2}/footer-comments/604{of}", by="bob").status == 404
    assert ask("GET", f"{V2}/footer-comments/604{of}").status == 200


def test_what_may_be_done_with_a_comment_is_told(ask: Ask) -> None:
    def may(by: str) -> list[str]:
        return [
            each["operation"] for each in ask("GET", f"{V2}/footer-comments/601/operations", by=by).json["operations"]
        ]

    assert (may("alice"), may("bob")) == (["read", "update", "delete"], ["read", "delete"])


def test_a_comment_keeps_properties_that_its_author_writes(ask: Ask, site: Site) -> None:
    at = f"{V2}/comments/601/properties"
    assert ask("POST", at, {"key": "k", "value": [1]}, by="bob").status == 403
    made = ask("POST", at, {"key": "k", "value": [1]}).json
    assert ask("GET", at, by="bob").ids == [made["id"]]
    assert ask("PUT", f"{at}/{made['id']}", {"key": "k", "value": 2, "version": {"number": 2}}).json["value"] == 2
    assert ask("DELETE", f"{at}/{made['id']}").status == 204
    assert site.pages["101"].comments[0].properties == {}
