"""What is counted in a page, well-formed or not."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from pulse.storage_format import Form, read_page


def read_form(body: str) -> Form:
    return read_page(body)[0]


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
    "what is still to be written": (
        "<p>Lorem ipsum dolor. WIP</p><ac:placeholder>Say who</ac:placeholder>",
        Form(words=4, sentences=1, markers=3),
    ),
    "open tasks": (
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
        "<ac:task-body>Ask.</ac:task-body></ac:task><ac:task><ac:task-status>complete</ac:task-status>"
        "<ac:task-body>Tell.</ac:task-body></ac:task></ac:task-list>",
        Form(words=2, sentences=2, open_tasks=1),
    ),
    "images with and without a description": (
        '<ac:image ac:alt="Plan"><ri:attachment ri:filename="a.png"/></ac:image><img src="b.png"/><img alt=""/>',
        Form(images=3, images_without_alt=2, files={"a.png"}),
    ),
    "files of its own, not those of another page": (
        '<ac:link><ri:attachment ri:filename="a &amp; b.pdf"/></ac:link><ri:attachment/>'
        '<ac:link><ri:attachment ri:filename="c.pdf"><ri:page ri:content-title="D"/></ri:attachment></ac:link>',
        Form(files={"a & b.pdf"}, links={("", "D")}),
    ),
    "files by their addresses": (
        '<a href="https://a.example/wiki/download/attachments/12/a+b%20%C3%BC.pdf?version=1&amp;api=v2"/>'
        '<img alt="x" src="/wiki/download/thumbnails/12/c.png"/><a href="/wiki/download/attachments/9/d.pdf"/>'
        '<a href="/wiki/download/attachments/12/"/><a href="/download/"/>',
        Form(addressed={"12": {"a b ü.pdf", "c.png"}, "9": {"d.pdf"}}, images=1),
    ),
    "a list of all files": (
        '<ac:structured-macro ac:name="attachments"/><ac:structured-macro ac:name="toc"/>',
        Form(lists_files=True),
    ),
    "a parameter is no macro": ('<ac:parameter ac:name="gallery">x</ac:parameter>', Form()),
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
    assert read_form(body) == Form(**vars(form) | {"latin": form.words})


def test_text_has_one_block_a_line_and_no_markup() -> None:
    assert read_page("<h1>Set up</h1><p>Open <b>it</b>.</p><pre>rm</pre>")[1].split("\n")[:2] == ["Set up", "Open it."]


@given(st.text(alphabet="<>/&;\"'=!-[]abAB h1p:rit. \n\x00", max_size=200))
def test_any_text_has_a_form(body: str) -> None:
    form = read_form(body)
    assert 0 <= form.long_words <= form.words


@pytest.mark.parametrize("section", ["<![CD", "<![CD>", "<![x]]>", "<![", '<!["', "<![CDATA[", "<![if x]>"])
def test_what_comes_before_a_broken_section_is_read(section: str) -> None:
    assert read_page(f"<p>One<br></p>{section}")[1].startswith("One")


def test_a_section_that_a_broken_page_writes_about_is_text() -> None:
    assert "inside" in read_page("<p>&lt;![CDATA[ begins<br> inside ]]> after</p>")[1]


def test_entities_cannot_be_declared_by_a_page() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><p>&b; one</p>'
    assert read_form(bomb).words < 10


SCRIPTS = {
    "Arabic": ("افتح الباب وادخل. ثم اجلس.", 5, 0),
    "Armenian": ("Բացեք դուռը և ներս մտեք։", 5, 0),
    "Bengali": ("দরজা", 1, 0),
    "Chinese": ("打开门，走进去。", 2, 0),
    "Cyrillic": ("Откройте дверь и войдите.", 4, 0),
    "Devanagari": ("घर", 1, 0),
    "Georgian": ("გააღეთ კარი.", 2, 0),
    "Greek": ("Άνοιξε την πόρτα.", 3, 0),
    "Hebrew": ("פתח את הדלת.", 3, 0),
    "Japanese": ("ドアを開ける。", 1, 0),
    "Korean": ("문을 열고 들어가세요.", 3, 0),
    "Latin": ("Öffne die Tür, çok güzel, łatwo.", 6, 6),
    "Thai": ("กา", 1, 0),
}


@pytest.mark.parametrize(("text", "words", "latin"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_told_by_its_letters(text: str, words: int, latin: int) -> None:
    form, read = read_page(f"<p>{text}</p>")
    assert (form.words, form.latin) == (words, latin)
    assert read.strip() == text


def test_a_page_of_two_megabytes_is_read() -> None:
    body = "<h2>Part</h2><p>Open the door and walk in. Then sit down.</p>" * 36_000
    form = read_form(body)
    assert len(body) > 2_000_000
    assert (form.words, form.sentences, len(form.headings)) == (36_000 * 10, 36_000 * 3, 36_000)
