"""Bodies in the form that is asked for, as the caller may see what they lead to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from forgesim.site.model import Site

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"
FORMATS = ("storage", "atlas_doc_format", "view", "export_view", "anonymous_export_view", "styled_view", "editor")
LINK = '<p><ac:link><ri:page ri:content-title="{}" /></ac:link></p>'
CHILDREN = '<ac:structured-macro ac:name="children" ac:schema-version="1" />'
DOC = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "new"}]}]}


def body(ask: Ask, format_: str, by: str = "alice") -> str:
    return str(ask("GET", f"{V2}/pages/101?body-format={format_}", by=by).json["body"][format_]["value"])


@pytest.mark.parametrize("form", FORMATS)
def test_one_page_and_one_comment_have_every_form(ask: Ask, form: str) -> None:
    for path in ("pages/101", "footer-comments/601", "inline-comments/603"):
        got = ask("GET", f"{V2}/{path}?body-format={form}")
        assert list(got.json["body"]) == [form]
        assert got.json["body"][form]["representation"] == form
    assert "Body 101" in body(ask, form)


@pytest.mark.parametrize("path", ["pages", "spaces/10/pages", "labels/501/pages", "pages/101/versions"])
def test_lists_have_storage_format_and_adf_only(ask: Ask, path: str) -> None:
    first = ask("GET", f"{V2}/{path}?body-format=atlas_doc_format").json["results"][0]
    text = first.get("page", first)["body"]["atlas_doc_format"]["value"]
    assert json.loads(text)["type"] == "doc"
    assert ask("GET", f"{V2}/{path}?body-format=view").status == 400


def test_a_link_to_a_hidden_page_shows_what_a_link_to_no_page_shows(ask: Ask, site: Site) -> None:
    for form in FORMATS[1:]:
        site.pages["101"].body = LINK.format("Page 103")
        hidden, open_ = body(ask, form, by="bob"), body(ask, form)
        site.pages["101"].body = LINK.format("Page 993")
        assert body(ask, form, by="bob") == hidden.replace("103", "993")
        assert ("/pages/103/" in open_) == (form != "anonymous_export_view")


def test_children_are_those_that_the_caller_sees_and_are_read(ask: Ask, site: Site) -> None:
    site.pages["101"].body = CHILDREN
    site.pages["102"].parent_id = site.pages["103"].parent_id = "101"
    alice, bob = (ask("GET", f"{V2}/pages/101?body-format=view", by=by) for by in ("alice", "bob"))
    assert "Page 103" in alice.json["body"]["view"]["value"]
    assert alice.reads == ("page/101", "page/102", "page/103")
    assert "Page 103" not in bob.json["body"]["view"]["value"]
    assert bob.reads == ("page/101", "page/102")


def test_a_macro_that_shows_other_pages_is_named_and_empty(ask: Ask, site: Site) -> None:
    site.pages["101"].body = CHILDREN.replace("children", "include")
    assert body(ask, "view") == '<div class="unrendered-macro" data-macro-name="include"></div>'


def test_a_mention_shows_a_name_and_reads_it(ask: Ask, site: Site) -> None:
    site.pages["101"].body = '<p><ac:link><ri:user ri:account-id="712020:bob" /></ac:link></p>'
    got = ask("GET", f"{V2}/pages/101?body-format=view")
    assert ">Bob</a>" in got.json["body"]["view"]["value"]
    assert got.reads == ("page/101", "user/712020:bob")
    assert ask("GET", f"{V2}/pages/101?body-format=storage").reads == ("page/101",)


def test_a_body_is_written_in_adf_kept_as_storage_and_answered_as_written(ask: Ask, site: Site) -> None:
    written = {"representation": "atlas_doc_format", "value": json.dumps(DOC)}
    got = ask("POST", f"{V2}/pages", {"spaceId": "10", "title": "New", "body": written})
    assert json.loads(got.json["body"]["atlas_doc_format"]["value"]) == DOC
    assert site.pages[got.json["id"]].body == "<p>new</p>"
    comment = ask("POST", f"{V2}/footer-comments", {"pageId": "101", "body": {"atlas_doc_format": written}})
    assert (comment.status, site.pages["101"].comments[-1].body) == (201, "<p>new</p>")


@pytest.mark.parametrize(
    ("form", "value", "status"),
    [
        ("storage", "<p>open", 400),
        ("storage", "<p>&nbsp;</p>", 200),
        ("atlas_doc_format", "{", 400),
        ("atlas_doc_format", '{"type":"doc","version":1,"content":[{"type":"nope"}]}', 400),
        ("wiki", "h1. x", 501),
        ("view", "<p/>", 400),
    ],
)
def test_a_malformed_body_is_refused(ask: Ask, site: Site, form: str, value: str, status: int) -> None:
    pages = len(site.pages)
    made = {"spaceId": "10", "title": "New", "body": {"representation": form, "value": value}}
    assert ask("POST", f"{V2}/pages", made).status == status
    assert len(site.pages) == pages + (status == 200)
