"""What is counted in a page, well-formed or not."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from pulse.storage_format import Form, read_form, read_text

PAGES = {
    "nothing at all": ("", Form()),
    "a sentence": ("<p>One two three.</p>", Form(words=3, sentences=1)),
    "a block without a full stop is a sentence": ("<p>One two</p><li>three</li>", Form(words=3, sentences=2)),
    "emphasis does not split a word": ("<p>un<em>break</em>able.</p>", Form(words=1, long_words=1, sentences=1)),
    "a line break does": ("<p>one<br/>two</p>", Form(words=2, sentences=1)),
    "entities are read": ("<p>caf&eacute;&nbsp;bar &amp; grill &lt;b&gt;</p>", Form(words=4, sentences=1)),
    "escaped markup stays text": ("<p>a &#60;b&#62; &#38; c &LT;d&GT;.</p>", Form(words=4, sentences=1)),
    "code is not prose": (
        "<ac:parameter>php</ac:parameter><ac:plain-text-body><![CDATA[x. TODO <p>]]></ac:plain-text-body><p>End.</p>",
        Form(words=1, sentences=1),
    ),
    "numbers are not words": ("<p>12 3.5 v2</p>", Form(words=1, sentences=1)),
    "headings in order": ("<h1>A</h1><h3>B</h3>", Form(words=2, sentences=2, headings=[1, 3])),
    "markers in capitals only": (
        "<p>TODO, todo, DRAFTED, TBD.</p>",
        Form(words=4, long_words=1, sentences=1, markers=2),
    ),
    "images with and without a description": (
        '<ac:image ac:alt="Plan"><ri:attachment ri:filename="a.png"/></ac:image><img src="b.png"/><img alt=""/>',
        Form(images=3, images_without_alt=2),
    ),
    "links by title": (
        '<ri:page ri:content-title="A &amp; B"/><ac:link><ri:page ri:space-key="OPS" ri:content-title="C"/></ac:link>',
        Form(links={("", "A & B"), ("OPS", "C")}),
    ),
    "links by address": (
        '<a href="/wiki/spaces/DOCS/pages/12/Title?x=1">x</a> <a href="https://example.com/pages/9">y</a>',
        Form(words=2, sentences=1, links={("/wiki/spaces/DOCS", "12")}),
    ),
    "unclosed and crossed tags": ("<p>One <b>two</p> three</b><br>four", Form(words=4, sentences=2)),
    "a wall of text": (f"<p>{'so ' * 121}</p>", Form(words=121, sentences=1, walls=1)),
}


@pytest.mark.parametrize(("body", "form"), PAGES.values(), ids=PAGES.keys())
def test_form_of_a_page(body: str, form: Form) -> None:
    assert read_form(body) == form


def test_text_has_one_block_a_line_and_no_markup() -> None:
    assert read_text("<h1>Set up</h1><p>Open <b>it</b>.</p><pre>rm</pre>").split("\n")[:2] == ["Set up", "Open it."]


@given(st.text(alphabet="<>/&;\"'=!-[]abAB h1p:rit. \n\x00", max_size=200))
def test_any_text_has_a_form(body: str) -> None:
    form = read_form(body)
    assert 0 <= form.long_words <= form.words


def test_entities_cannot_be_declared_by_a_page() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><p>&b; one</p>'
    assert read_form(bomb).words < 10
