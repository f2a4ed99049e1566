"""What a page holds is in its document, wherever it stands: nothing is dropped, and sisters look like sisters."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
import typst
from xpress_desk import TEMPLATE, ask, macro, order, page, read, task, text_of, titles  # type: ignore[import-not-found]

from service.document import write
from service.request import read_request

PLAIN = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}
PICTURE = '<ac:image ac:alt="Plan"><ri:attachment ri:filename="plan.png"/></ac:image>'
INSIDE = {
    "a paragraph": "<p>x{}y</p>",
    "a paragraph alone": "<p>{}</p>",
    "bold in a paragraph": "<p>x<strong>b{}</strong></p>",
    "a link": '<p><a href="https://example.com/">{}</a></p>',
    "a heading": "<h2>Words{}</h2>",
    "a heading without words": "<h2>{}</h2>",
    "a list": "<ul><li>x{}</li></ul>",
    "a numbered list": "<ol><li><p>x{}</p></li></ol>",
    "a cell": "<table><tbody><tr><td>{}</td></tr></tbody></table>",
    "a heading cell": "<table><tbody><tr><th>{}</th></tr><tr><td>x</td></tr></tbody></table>",
    "a quote": "<blockquote><p>{}</p></blockquote>",
    "italics": "<em>x{}</em>",
    "a line below": "<p><u>{}</u></p>",
    "a line through": "<p><s>{}</s></p>",
    "a division": "<div>x{}</div>",
    "a panel": macro("info", rich="<p>{}</p>"),
    "an unknown macro": f"<p>{macro('new', rich='{}')}</p>",
    "a task": f"<ac:task-list>{task('complete', 'x{}')}</ac:task-list>",
    "a column": "<ac:layout-section><ac:layout-cell>{}</ac:layout-cell><ac:layout-cell/></ac:layout-section>",
    "a definition": "<dl><dt>x{}</dt><dd>y</dd></dl>",
}  # fmt: skip


def warnings_of(body: str) -> list[str]:
    """What typst says of a document that it could make."""
    rendered = write(read_request(json.dumps(order(page(1, "Any", body))).encode()))
    _, said = typst.compile_with_warnings(rendered.source.encode(), format="pdf")
    return [str(each.message) for each in said if "font" not in each.message]


@pytest.mark.parametrize("around", INSIDE.values(), ids=INSIDE.keys())
def test_a_picture_is_shown_wherever_it_stands(around: str) -> None:
    reader, answer = read(page(1, "Any", around.format(PICTURE)), template=PLAIN)
    assert (sum(len(sheet.images) for sheet in reader.pages), answer["accessible"]) == (1, "pdf/ua-1")


STANDING = {
    "code": macro("code", plain="words"),
    "a panel": macro("tip", rich="<p>words</p>"),
    "a table": "<table><tbody><tr><td>words</td></tr></tbody></table>",
    "a list": "<ul><li>words</li></ul>",
    "a quote": "<blockquote>words</blockquote>",
}  # fmt: skip


@pytest.mark.parametrize("block", STANDING.values(), ids=STANDING.keys())
@pytest.mark.parametrize("around", INSIDE.values(), ids=INSIDE.keys())
def test_what_stands_is_printed_wherever_it_stands(around: str, block: str) -> None:
    body = around.format(block)
    reader, _ = read(page(1, "Any", body), template=PLAIN)
    assert "words" in text_of(reader)
    assert warnings_of(body) == []


CODE_LANGUAGES = (
    "actionscript3", "applescript", "bash", "c#", "coldfusion", "cpp", "css", "delphi", "diff", "erlang", "groovy",
    "java", "javafx", "javascript", "perl", "php", "powershell", "python", "ruby", "sass", "scala", "sql", "vb", "xml",
    "yml", "json", "typescript", "go", "rust", "kotlin", "swift", "tsx",
)  # fmt: skip
"""What the code macro of Confluence lets its users choose, and what its newer editor has beside it."""

SAMPLE = 'if x = "a b" then // c\n# c\n-- c\nend\n/* d */ <a href="b">c</a>\n+ added\nkey: 12\nselect 1 from a;'


def colours(language: str) -> int:
    reader, _ = read(page(1, "Any", code(SAMPLE, language=language)), template=PLAIN)
    return colours_of(reader)


def colours_of(reader: Any) -> int:
    """How many colours the sheets are filled with."""
    drawn = b"".join(sheet.get_contents().get_data() for sheet in reader.pages)
    return len({*re.findall(rb"((?:[\d.]+ )+)scn?\b", drawn)})


def code(text: str, **parameters: str) -> str:
    return str(macro("code", plain=text, **parameters))


@pytest.mark.parametrize("language", CODE_LANGUAGES)
def test_every_language_of_the_code_macro_has_colours(language: str) -> None:
    assert colours(language) > colours("text")


@pytest.mark.parametrize(
    ("language", "text"),
    [("powershell", "Get-Item 12"), ("PS1", "-gt"), ("vb", "Dim"), ("vb.net", "' says")],
)
def test_languages_that_the_highlighter_lacks_are_ours(language: str, text: str) -> None:
    reader, answer = read(page(1, "Any", code(f"a\n{text}", language=language)), template=PLAIN)
    assert (text in text_of(reader), answer["accessible"]) == (True, "pdf/ua-1")
    assert warnings_of(code(text, language=language)) == []


def test_code_has_its_title_and_its_line_numbers() -> None:
    body = code("first()\nsecond()", title="Main.java", linenumbers="true", firstline="41", language="java")
    reader, answer = read(page(1, "Any", body), template=PLAIN)
    assert "Main.java 41 first() 42 second()" in text_of(reader)
    assert answer["accessible"] == "pdf/ua-1"
    bare, _ = read(page(1, "Any", code("first()\nsecond()", language="java")), template=PLAIN)
    assert "41" not in text_of(bare)


def test_sister_headings_have_one_level() -> None:
    body = "<h3>Left</h3><h3>Right</h3><h4>Below</h4><h2>Higher</h2><h3>Under it</h3>"
    reader, _ = read(page(1, "Any", body), template=PLAIN)
    assert nested(reader.outline) == ["Any", ["Left", "Right", ["Below"], "Higher", ["Under it"]]]


def nested(outline: Any) -> list[Any]:
    return [nested(item) if isinstance(item, list) else item.title for item in outline]


def test_numbers_stay_numbers_beside_keycaps() -> None:
    reader, _ = read(page(1, "Any", "<p>1️⃣ then 2️⃣, and 11 of 12</p>"), template=PLAIN)
    assert "1 then 2, and 11 of 12" in text_of(reader)


def test_tasks_are_a_list_whose_marks_are_its_labels() -> None:
    tasks = task("complete", "complete it") + task("incomplete", "incomplete it")
    reader, answer = read(page(1, "Any", f"<ac:task-list>{tasks}</ac:task-list>"), template=PLAIN)
    assert "☑ complete it ☐ incomplete it" in text_of(reader)
    assert answer["accessible"] == "pdf/ua-1"


RIGHTWARD = {
    "a task": f"<ac:task-list>{task('complete', 'مهمة')}</ac:task-list>",
    "a panel": macro("info", rich="<p>مهمة</p>", title="مهمة"),
    "a list": "<ul><li>مهمة</li></ul>",
    "a quote": "<blockquote>مهمة</blockquote>",
}


@pytest.mark.parametrize("body", RIGHTWARD.values(), ids=RIGHTWARD.keys())
def test_arabic_begins_at_the_right_in(body: str) -> None:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    _, answer = ask(order(page(1, "A", body), template=PLAIN))
    boxes = [
        each.bbox
        for sheet in extract_pages(io.BytesIO(base64.b64decode(answer["pdf"])))
        for each in sheet
        if isinstance(each, LTTextContainer) and each.get_text().strip() != "A"
    ]
    assert boxes
    assert all(left > 300 for left, *_ in boxes)


def test_titles_of_pages_alone_are_the_outline_of_empty_pages() -> None:
    reader, answer = read(page(1, "One", ""), page(2, "Two", "<p> </p>", 1, "1"))
    assert (titles(reader.outline), answer["placeholders"]) == (["One", "Two"], [])


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ('ri:content-title="Far page"', "https://a.example/wiki/display/DOCS/Far%20page"),
        ('ri:content-title="Größe/2" ri:space-key="OPS"', "https://a.example/wiki/display/OPS/Gr%C3%B6%C3%9Fe%2F2"),
        ('ri:content-title="Near page"', None),
        ("", None),
    ],
)
def test_a_page_of_another_part_is_linked_in_confluence(link: str, address: str | None) -> None:
    body = f"<p>See <ac:link><ri:page {link}/><ac:link-body>it</ac:link-body></ac:link></p>"
    here = [page(1, "Any", body), page(2, "Near page", "", 1, "1")]
    reader, _ = read(*here, template=PLAIN, site="https://a.example/wiki/")
    notes = [note.get_object() for sheet in reader.pages for note in sheet.get("/Annots", [])]
    addresses = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
    assert addresses == ([] if address is None else [address])
