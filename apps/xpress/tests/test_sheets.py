"""What somebody who looks at the sheets sees: nothing runs off them, and what belongs together stands together."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTPage, LTRect
from test_reading import block, doc, text  # type: ignore[import-not-found]
from xpress_desk import TEMPLATE, ask, macro, order, page, read, text_of  # type: ignore[import-not-found]

PLAIN = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}
MARGIN = 21 / 25.4 * 72


def sheets(*pages: dict[str, Any], **template: object) -> list[LTPage]:
    status, answer = ask(order(*pages, template={**PLAIN, **template}))
    assert (status, answer["accessible"]) == (200, "pdf/ua-1")
    return [*extract_pages(io.BytesIO(base64.b64decode(answer["pdf"])))]


def letters(item: Any) -> Iterator[LTChar]:
    if isinstance(item, LTChar):
        yield item
    elif hasattr(item, "__iter__"):
        for each in item:
            yield from letters(each)


def code(words: str, **settings: str) -> str:
    return str(macro("code", plain=words, **settings))


LONG = {
    "code without a blank": code("x" * 300),
    "minified code": code("a.b(c,d);e=f?g:h;" * 30, language="javascript", linenumbers="true"),
    "a hash": f"<p>{'9f86d081884c7d65' * 16}</p>",
    "a hash in a cell": f"<table><tr><td>{'9f86d081' * 16}</td><td>{'9f86d081' * 16}</td></tr></table>",
    "an address": f"<p>https://example.com/{'path' * 60}?q=1</p>",
    "a word": f"<p>{'w' * 400}</p>",
    "inline code": f"<p><code>{'ab0' * 100}</code></p>",
    "a linked address": f'<p><a href="https://example.com/">https://example.com/{"x1" * 90}</a></p>',
}


@pytest.mark.parametrize("body", LONG.values(), ids=LONG.keys())
def test_nothing_runs_off_a_sheet(body: str) -> None:
    (sheet,) = sheets(page(1, "Any", body))
    assert max(letter.x1 for letter in letters(sheet)) <= sheet.width - MARGIN + 1


def test_words_that_people_write_are_not_cut() -> None:
    words = "Rechtsschutzversicherungsgesellschaften Donaudampfschifffahrtsgesellschaftskapitän"
    reader, _ = read(page(1, "Any", f"<p>{words}</p>{code('short_name = other_name')}"), template=PLAIN)
    printed = reader.pages[0].extract_text()
    assert all(word in printed for word in [*words.split(), "short_name = other_name"])
    assert "\u200b" not in printed


WIDE = f"<table><tbody><tr>{'<th>h</th>' * 9}</tr><tr>{'<td>c</td>' * 9}</tr></tbody></table>"


@pytest.mark.parametrize("gap", ["", "\n"])
def test_headings_go_with_the_wide_table_that_follows_them(gap: str) -> None:
    body = f"<p>Before</p><h2>Far</h2><p>words</p>{gap}<h2>Near</h2>{gap}<h3>Nearer</h3>{gap}{WIDE}<p>After</p>"
    reader, _ = read(page(1, "Any", body), template=PLAIN)
    upright, across, last = [" ".join(sheet.extract_text().split()) for sheet in reader.pages]
    assert (upright.endswith("Far words"), across.startswith("Near Nearer h"), last) == (True, True, "After")


SIGNS = {"info": "ℹ", "note": "✎", "warning": "⚠", "tip": "✔"}


@pytest.mark.parametrize(("name", "sign"), SIGNS.items())
def test_panels_differ_by_more_than_their_colour(name: str, sign: str) -> None:
    reader, answer = read(page(1, "Any", macro(name, rich="<p>words</p>")), template=PLAIN)
    assert (f"{sign} words" in text_of(reader), answer["accessible"]) == (True, "pdf/ua-1")


def test_a_title_at_the_top_takes_one_line() -> None:
    reader, _ = read(page(1, "long title " * 22, "<p>x</p>"), template={**PLAIN, "header": "title"})
    assert re.search(r"long title[^…]{60,90}…", reader.pages[0].extract_text())


def numbered(**attrs: object) -> str:
    cell = block("tableCell", block("paragraph", text("cell")))
    head = block("tableHeader", block("paragraph", text("head")))
    rows = [block("tableRow", head, head), block("tableRow", cell, cell), block("tableRow", head, cell)]
    return str(doc(block("table", *rows, **attrs)))


def test_a_table_of_adf_has_the_column_of_numbers_that_its_author_asked_for() -> None:
    shown = [
        text_of(read({**page(1, "Any", numbered(**attrs)), "format": "adf"}, template=PLAIN)[0])
        for attrs in ({"isNumberColumnEnabled": True}, {})
    ]
    assert shown == ["Any head head 1 cell cell 2 head cell", "Any head head cell cell head cell"]


def test_tasks_below_a_task_are_indented_in_both_formats() -> None:
    tasks = block(
        "taskList",
        block("taskItem", text("Above"), state="DONE"),
        block("taskList", block("taskItem", text("Below"), state="TODO")),
        block("taskItem", text("Beside"), state="TODO"),
    )
    inner = "<ac:task-list><ac:task><ac:task-body>Below</ac:task-body></ac:task></ac:task-list>"
    stored = (
        f"<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>Above{inner}</ac:task-body>"
        "</ac:task><ac:task><ac:task-body>Beside</ac:task-body></ac:task></ac:task-list>"
    )
    for body, form in ((doc(tasks), "adf"), (stored, "storage")):
        (sheet,) = sheets({**page(1, "Any", body), "format": form})
        marks = [(letter.get_text(), round(letter.x0)) for letter in letters(sheet) if letter.get_text() in "☑☐"]
        (above, left), (below, indented), (beside, also_left) = marks
        assert (above, below, beside) == ("☑", "☐", "☐")
        assert left == also_left < indented


def test_frames_of_a_macro_with_several_bodies_are_no_macros() -> None:
    frames = [block("extensionFrame", block("paragraph", text(words))) for words in ("one", "two")]
    body = doc(block("multiBodiedExtension", *frames, extensionKey="tabs"))
    reader, answer = read({**page(1, "Any", body), "format": "adf"}, template=PLAIN)
    assert [each["name"] for each in answer["placeholders"]] == ["tabs"]
    assert "one two" in text_of(reader)


def test_latin_text_of_a_document_from_right_to_left_runs_to_the_right() -> None:
    body = "<p>مرحبا</p><p>Hello, is it?</p><ul><li><p>Item</p></li><li><p>بند</p></li></ul>"
    (sheet,) = sheets(page(1, "دليل", body), language="ar")
    hello = [letter for letter in letters(sheet) if letter.get_text() in "H?"]
    assert hello[0].x0 < 100
    assert hello[0].x0 < hello[1].x0, "the question mark comes last"
    arabic = [letter.x1 for letter in letters(sheet) if "\u0600" <= letter.get_text()[0] <= "\u06ff"]
    assert max(arabic) > sheet.width - MARGIN - 20


@pytest.mark.parametrize(("language", "left"), [("en", True), ("ar", False)])
def test_the_band_of_a_cover_is_where_lines_begin(language: str, left: bool) -> None:
    cover = sheets(page(1, "x", "<p>y</p>"), language=language, cover=True)[0]
    (band,) = [each for each in cover if isinstance(each, LTRect)]
    assert ((band.x0 == 0), (band.x1 == pytest.approx(cover.width))) == (left, not left)


@pytest.mark.parametrize(("language", "tongues"), [("ja", set()), ("ko", set()), ("en", {"zh"})])
def test_han_characters_alone_are_in_the_language_of_east_asia_around_them(language: str, tongues: set[str]) -> None:
    reader, _ = read(page(1, "直", "<p>骨</p>"), template={**PLAIN, "language": language})
    named = {
        str(each["/Lang"])
        for each in map(reader.get_object, range(1, 60))
        if isinstance(each, dict) and "/Lang" in each and each.get("/Type") == "/StructElem"
    }
    assert named == tongues
