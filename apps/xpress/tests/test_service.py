"""The PDF as a reader finds it: order, links, outline, fonts, pictures; and text that stays text."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from typing import Any

import pypdf
import pytest
import typst
from hypothesis import HealthCheck, given, settings, strategies as st
from xpress_desk import PNG, TEMPLATE, ask, chunk, order, page, read, text_of, titles  # type: ignore[import-not-found]

from service.literal import literal
from service.tree import parse

BODY = """
<h2>Setting up</h2><p>Read <strong>this</strong> &amp; <em>that</em>; caf&eacute;&nbsp;1.</p>
<ul><li><p>first</p><ul><li>inner</li></ul></li><li>second</li></ul>
<ol start="3"><li>third</li></ol>
<table><tbody><tr><th>Name</th><th>Meaning</th></tr><tr><td colspan="2">wide</td></tr>
<tr><td rowspan="2">tall</td><td>x</td></tr><tr><td>y</td></tr></tbody></table>
<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">python</ac:parameter>
<ac:plain-text-body><![CDATA[if a < b & c:\n    print("#1")]]></ac:plain-text-body></ac:structured-macro>
<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Panel words</p></ac:rich-text-body></ac:structured-macro>
<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>
<ac:task-body>Task words</ac:task-body></ac:task></ac:task-list>
<h3>Going on</h3><p>See <ac:link><ri:page ri:content-title="Other page"/></ac:link>,
<a href="/wiki/spaces/DOCS/pages/2/Other">by address</a>, <a href="https://example.com/x">the web</a>,
<a href="javascript:alert(1)">a trap</a>.</p>
<ac:structured-macro ac:name="gallery"/><ac:image><ri:attachment ri:filename="plan.png"/></ac:image>
<ac:image ac:alt="Lost"><ri:attachment ri:filename="lost.png"/></ac:image>
"""


@pytest.fixture(scope="module")
def book() -> Any:
    return read(page(1, "First page", BODY), page(2, "Other page", "<h2>Below</h2><p>The end.</p>", 1, "1"))


def test_text_comes_in_reading_order(book: tuple[Any, dict[str, Any]]) -> None:
    text = text_of(book[0])
    words = [
        "Contents", "Setting up", "Read this & that; café", "first", "inner", "second", "third", "Name", "Meaning",
        "wide", "tall", "if a < b & c", 'print("#1")', "Panel words", "Task words", "Going on", "Other page",
        "by address", "the web", "a trap", "macro: gallery", "image: Lost", "Below", "The end.",
    ]  # fmt: skip
    at = text.index("Setting up")
    found = [text.find(word, 0 if word == "Contents" else at) for word in words]
    assert -1 not in found
    assert found == sorted(found)


def test_the_outline_has_the_headings(book: tuple[Any, dict[str, Any]]) -> None:
    assert titles(book[0].outline) == ["First page", "Setting up", "Going on", "Other page", "Below"]


def links(reader: pypdf.PdfReader) -> list[Any]:
    notes = [note.get_object() for sheet in reader.pages for note in sheet.get("/Annots", [])]
    return [note for note in notes if note["/Subtype"] == "/Link"]


def test_links_lead_to_sheets_or_to_the_web_and_never_to_code(book: tuple[Any, dict[str, Any]]) -> None:
    reader = book[0]
    sheets = {sheet.indirect_reference.idnum for sheet in reader.pages if sheet.indirect_reference}
    named = reader.named_destinations
    inside, outside = 0, []
    for note in links(reader):
        action = note.get("/A", {})
        if "/URI" in action:
            outside.append(action["/URI"])
            continue
        target = note.get("/Dest", action.get("/D"))
        place = named[target].page if isinstance(target, str) else target[0]
        assert place.idnum in sheets
        inside += 1
    assert outside == ["https://example.com/x"]
    assert inside >= 4  # two in the contents, two in the text


def test_every_font_is_inside(book: tuple[Any, dict[str, Any]]) -> None:
    fonts = [font.get_object() for sheet in book[0].pages for font in sheet["/Resources"].get("/Font", {}).values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert described
    assert all({"/FontFile2", "/FontFile3"} & each.get_object().keys() for each in described)


def test_what_cannot_be_shown_is_listed_and_pictures_are_there(book: tuple[Any, dict[str, Any]]) -> None:
    reader, answer = book
    assert answer["placeholders"] == [{"page": "1", "name": "gallery"}, {"page": "1", "name": "image"}]
    assert answer["sheets"] == len(reader.pages)
    assert sum(len(sheet.images) for sheet in reader.pages) == 1


def test_the_same_request_gives_the_same_bytes_and_the_clock_is_inside() -> None:
    asked = order(page(1, "First page", BODY))
    assert ask(asked) == ask(asked)
    reader, _ = read(page(1, "First page", BODY))
    assert reader.metadata is not None
    assert (reader.metadata.title, str(reader.metadata.creation_date)[:10]) == ("First page", "2026-01-05")


def test_cover_and_contents_can_be_left_out() -> None:
    plain = {**TEMPLATE, "cover": False, "contents": False, "paper": "letter"}
    reader, answer = read(page(1, "First page", "<p>Words</p>"), template=plain)
    assert (answer["sheets"], "Contents" in text_of(reader)) == (1, False)
    assert round(float(reader.pages[0].mediabox.width)) == 612


def test_a_broken_picture_spoils_nothing() -> None:
    broken = [{"page": "1", "name": "plan.png", "data": base64.b64encode(PNG[:-20] + b"x" * 20).decode()}]
    assert (
        read(page(1, "First page", BODY), pictures=broken)[1]["placeholders"].count({"page": "1", "name": "image"}) == 1
    )


def test_a_document_over_5_mb_is_refused_in_words() -> None:
    side = 1150
    rows = b"".join(b"\0" + random.Random(row).randbytes(3 * side) for row in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")]
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()
    pictures = [{"page": "1", "name": "plan.png", "data": data}]
    said, answer = ask(order(page(1, "First page", BODY), pictures=pictures))
    assert (said, answer) == (413, {"message": "The document is too large."})


REFUSED = {
    "another path": ("{}", "/other", "POST", 404),
    "another method": ("{}", "/render", "GET", 405),
    "no JSON": ("{", "/render", "POST", 400),
    "no pages": (order(), "/render", "POST", 400),
    "a page twice": (order(page(1, "a", "b"), page(1, "a", "b")), "/render", "POST", 400),
    "an id that is none": (order({**page(1, "a", "b"), "id": "1> #x"}), "/render", "POST", 400),
    "a template that is none": (order(page(1, "a", "b"), template={**TEMPLATE, "paper": "a3"}), "/render", "POST", 400),
}


@pytest.mark.parametrize(("body", "path", "method", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_understood(body: object, path: str, method: str, status: int) -> None:
    said, answer = ask(body, path, method)
    assert (said, list(answer)) == (status, ["message"])


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_literal_means_its_text_and_nothing_else(text: str) -> None:
    meant = json.loads(typst.eval(b"", literal(text)))
    assert meant == text.replace("\0", "�")


HOSTILE = st.sampled_from(
    ['"', "\\", "#", "[", "]", "{", "}", "$", "`", "*", "_", "<a>", "//", "/*", '"; #eval("', "&", "]]>"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(HOSTILE, min_size=1, max_size=12), st.sampled_from(["p", "h2", "code", "li", "td", "pre"]))
def test_hostile_text_is_printed_as_it_is(parts: list[str], element: str) -> None:
    text = "".join(parts)
    inside = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = f"<{element}>{inside}</{element}>"
    body = {"li": f"<ul>{body}</ul>", "td": f"<table><tr>{body}</tr></table>"}.get(element, body)
    plain = {**TEMPLATE, "cover": False, "contents": False}
    reader, _ = read(page(1, text, body), template=plain)
    printed = "".join(sheet.extract_text() for sheet in reader.pages)
    squeezed = "".join(printed.replace("\u200b", "").split())
    assert squeezed.count("".join(text.split())) >= 2  # as the title and in the body


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>/&;\"'=!-[]abAB h1p:ritdCDATAac\n\x00", max_size=300))
def test_any_body_has_a_tree(body: str) -> None:
    assert isinstance(parse(body).text(), str)


TAGS = st.sampled_from([
    "<p>", "</p>", "<table>", "<tr>", '<td colspan="3">', '<td rowspan="9">', "</td>", "</tr>", "</table>",
    "<ul>", "<li>", "</ul>", "<h2>", "</h2>", "<a href='https://[x'>", "</a>", "<pre>", "</pre>", "<blockquote>",
    "x", " ", "<br/>", "<hr>", '<ac:structured-macro ac:name="toc"/>', '<ac:structured-macro ac:name="panel">',
    "<ac:rich-text-body>", "<ol start='x'>", "<ac:link>", "<ri:page/>", "</ac:link>",
    '<ac:image ac:width="9px"><ri:attachment ri:filename="plan.png"/></ac:image>',
])  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TAGS, max_size=40))
def test_any_markup_becomes_a_document(tags: list[str]) -> None:
    assert ask(order(page(1, "Any", "".join(tags))))[0] == 200


def test_contents_name_a_heading_that_stands_where_no_heading_can() -> None:
    toc = '<ac:structured-macro ac:name="toc"/>'
    reader, _ = read(page(1, "Any", f"{toc}<h2>Real</h2><pre><h2>Inside code</h2></pre>"))
    assert titles(reader.outline) == ["Any", "Real"]
    assert text_of(reader).count("Inside code") == 2


def test_deep_nesting_becomes_a_document() -> None:
    deep = "<ul><li>" * 400 + "bottom" + "</li></ul>" * 400
    assert ask(order(page(1, "Deep", deep)))[0] == 200
