"""One document, many forms: whatever comes in, nothing raises, no word is lost and the way back is the same."""

from __future__ import annotations

import contextlib
import re
from html import unescape
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree, html as lxml_html
from tests.site.bodies.drawn_bodies import ANY_BODY

from forgesim.site.bodies.around import Alone
from forgesim.site.bodies.from_adf import read_adf
from forgesim.site.bodies.from_storage import read_storage
from forgesim.site.bodies.node import BodyError, texts
from forgesim.site.bodies.to_adf import write_adf
from forgesim.site.bodies.to_html import write_html
from forgesim.site.bodies.to_storage import write_storage
from forgesim.site.generate import demo, proof
from forgesim.site.storage import captions, plain_text, storage_problem


def adf(text: str) -> dict[str, Any]:
    return write_adf(read_storage(text), Alone())


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def is_within(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)


def adf_text(node: dict[str, Any]) -> str:
    own = str(node.get("text", ""))
    for name in ("title", "text"):
        own += str(node.get("attrs", {}).get(name, ""))
    body = node.get("attrs", {}).get("parameters", {}).get("macroParams", {}).get("__bodyContent", {})
    return own + str(body.get("value", "")) + "".join(map(adf_text, node.get("content", ())))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANY_BODY)
def test_storage_format_written_and_read_again_is_the_same_document(body: str) -> None:
    once = read_storage(body)
    written = write_storage(once)
    assert read_storage(written) == once
    assert write_storage(read_storage(written)) == written
    assert storage_problem(written) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANY_BODY)
def test_adf_that_we_emit_comes_back_the_same_through_storage_format(body: str) -> None:
    shown = adf(body)
    back = write_storage(read_adf(msgspec.json.encode(shown).decode(), Alone()))
    assert adf(back) == shown


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANY_BODY)
def test_every_form_has_all_words_in_order(body: str) -> None:
    document = read_storage(body)
    said = letters("".join(texts(document)))
    assert is_within(said, letters(adf_text(adf(body))))
    shown = write_html(document, Alone())
    assert is_within(said, letters(unescape(re.sub(r"<[^>]*>", "", shown))))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANY_BODY, st.booleans())
def test_html_has_no_script_no_handler_and_nothing_unescaped(body: str, editor: bool) -> None:
    shown = write_html(read_storage(body), Alone(), editor=editor)
    tree = lxml_html.fragment_fromstring(shown, create_parent="div")
    for element in tree.iter():
        assert element.tag not in ("script", "style", "iframe", "object", "embed", "form", "svg", "unknown")
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            clean = re.sub(r"[\x00-\x20]", "", value).lower()
            assert name not in ("href", "src") or not clean.startswith(("javascript:", "data:", "vbscript:"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "attrs", "content", "marks", "text", "level", "url", "id"]), inner)
    ),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(), JSON.map(lambda held: msgspec.json.encode({"type": "doc", "version": 1, "content": held}).decode())
    )
)
def test_adf_of_a_caller_is_read_or_refused(value: str) -> None:
    with contextlib.suppress(BodyError):
        assert storage_problem(write_storage(read_adf(value, Alone()))) is None


BAD = [
    ({"type": "doc", "version": 2, "content": []}, "version 1"),
    ({"type": "doc", "version": 1, "content": [{"type": "nope"}]}, "doc.content[0]: 'nope'"),
    ({"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": 7}}]}, "'level'"),
    ({"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]}, "doc.content[0]: 'text'"),
    ({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text"}]}]}, "'text' must"),
    (
        {"type": "doc", "version": 1, "content": [{"type": "bulletList", "content": [{"type": "rule"}]}]},
        "only listItem",
    ),
    ({"type": "doc", "version": 1, "content": [{"type": "mediaSingle", "content": []}]}, "one media"),
]


@pytest.mark.parametrize(("document", "why"), BAD)
def test_malformed_adf_is_refused_with_its_place(document: dict[str, Any], why: str) -> None:
    with pytest.raises(BodyError, match=re.escape(why)):
        read_adf(msgspec.json.encode(document).decode(), Alone())


def canonical(body: str) -> bytes:
    body = body.replace("&nbsp;", "&#160;")
    return etree.tostring(etree.fromstring(f'<r xmlns:ac="urn:ac" xmlns:ri="urn:ri">{body}</r>'), method="c14n")


@pytest.mark.parametrize("make", [demo, proof])
def test_bodies_of_generated_sites_come_back_as_they_were(make: Any) -> None:
    site = make(3)
    bodies = [each.body for page in site.pages.values() for each in (page, *page.comments)]
    assert len(bodies) > 200
    for body in bodies:
        assert canonical(write_storage(read_storage(body))) == canonical(body)


@pytest.mark.parametrize(
    "body", ["<div>" * 10_000 + "deep", "<strong><p>" * 5_000 + "deep", "<ul><li>" * 5_000 + "deep"]
)
def test_ten_thousand_elements_inside_each_other_keep_their_text(body: str) -> None:
    assert "deep" in write_storage(read_storage(body))
    assert "deep" in adf_text(adf(body))
    assert "deep" in write_html(read_storage(body), Alone())


def test_adf_that_is_nested_without_end_is_refused() -> None:
    nested = '{"type":"blockquote","content":[' * 300 + "]}" * 300
    with pytest.raises(BodyError, match="deeper"):
        read_adf(f'{{"type":"doc","version":1,"content":[{nested}]}}', Alone())


SHOWN_FROM_ATTRIBUTES = [
    '<ac:image ac:alt="secret words"><ri:attachment ri:filename="a.png" /></ac:image>',
    '<ac:image><ri:attachment ri:filename="secret words" /></ac:image>',
    '<p><ac:link><ri:page ri:content-title="secret words" /></ac:link></p>',
    '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">secret words</ac:parameter>'
    "<ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
    '<ac:structured-macro ac:name="x"><ac:parameter ac:name="label">secret words</ac:parameter></ac:structured-macro>',
    '<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ri:page ri:content-title="secret words" />'
    "</ac:parameter></ac:structured-macro>",
    '<p><ac:structured-macro ac:name="status"><ac:parameter ac:name="title">secret words</ac:parameter>'
    "</ac:structured-macro></p>",
    '<p><a href="/x" title="secret words">y</a></p>',
    '<p><ac:emoticon ac:emoji-shortname=":x:" ac:emoji-fallback="secret words" /></p>',
    "<p><ac:placeholder>secret words</ac:placeholder></p>",
]


@pytest.mark.parametrize("body", SHOWN_FROM_ATTRIBUTES)
def test_what_a_form_shows_out_of_attributes_the_scanner_knows(body: str) -> None:
    assert "secret words" in msgspec.json.encode(adf(body)).decode()
    assert "secret words" in f"{plain_text(body)}\n{captions(body)}"
