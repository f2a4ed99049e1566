"""What a reader of any kind gets: tags, levels, languages, letters of many scripts, both body formats, looks."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings, strategies as st
from xpress_desk import TEMPLATE, ask, order, page, read, text_of, titles  # type: ignore[import-not-found]

from service.adf import parse_adf
from service.levels import Levels
from service.tongue import tongue_of

SCRIPTS = {
    "Greek": "Καλημέρα κόσμε", "Cyrillic": "Добрый день", "Armenian": "Բարեւ ձեզ", "Hebrew": "שלום עולם",
    "Arabic": "مرحبا بالعالم", "Devanagari": "नमस्ते दुनिया", "Bengali": "ওহে বিশ্ব", "Tamil": "வணக்கம்",
    "Thai": "สวัสดีชาวโลก", "Georgian": "გამარჯობა", "Ethiopic": "ሰላም ልዑል", "Chinese": "你好世界",
    "Japanese": "こんにちは世界", "Korean": "안녕하세요", "Khmer": "សួស្តី", "emoji": "😀 ✅ 👍🏽",
}  # fmt: skip


def tags(reader: Any) -> list[tuple[str, str | None]]:
    """The names and languages of all structure elements, in reading order."""

    def below(node: Any) -> Iterator[tuple[str, str | None]]:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                yield from below(each)
        elif isinstance(node, dict):
            if "/S" in node:
                yield str(node["/S"]), str(node["/Lang"]) if "/Lang" in node else None
            if "/K" in node:
                yield from below(node["/K"])

    root: Any = reader.trailer["/Root"]
    return [*below(root["/StructTreeRoot"])]


def names(reader: pypdf.PdfReader) -> list[str]:
    return [name for name, _ in tags(reader)]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_has_letters_in_title_text_and_code(text: str) -> None:
    reader, answer = read(page(1, text, f"<p>{text}</p><pre>{text}</pre><p><strong>{text}</strong></p>"))
    assert (answer["accessible"], answer["placeholders"]) == ("pdf/ua-1", [])
    assert reader.metadata is not None
    assert reader.metadata.title == text
    printed = "".join(sheet.extract_text() for sheet in reader.pages)
    assert set(text) - set(" \u200d\ufe0f") - {"ء"} <= set(printed) or text in "שלום עולםمرحبا بالعالم"


def test_a_script_without_font_is_listed_and_the_document_is_tagged_all_the_same() -> None:
    reader, answer = read(page(1, "Any", "<p>བོད་སྐད</p><pre>ᚠᚢᚦ</pre>"))
    assert (answer["accessible"], answer["placeholders"]) == ("tagged", [{"page": "1", "name": "characters"}])
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_a_document_says_that_it_is_pdf_ua_and_in_which_language() -> None:
    reader, _ = read(page(1, "Any", "<p>Wort</p>"), template={**TEMPLATE, "language": "de"})
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("de", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_what_is_written_has_its_tags_in_order() -> None:
    body = (
        "<h2>A</h2><p>b</p><ul><li>c</li></ul><table><tbody><tr><th>d</th></tr><tr><td>e</td></tr></tbody></table>"
        '<ac:image ac:alt="Plan of it"><ri:attachment ri:filename="plan.png"/></ac:image>'
    )
    reader, _ = read(page(1, "Any", body), template={**TEMPLATE, "cover": False, "contents": False})
    wanted = ["H1", "H2", "P", "L", "LI", "Table", "THead", "TH", "TBody", "TD", "Figure"]
    found = [name.removeprefix("/") for name in names(reader)]
    assert [name for name in found if name in wanted and (name != "P" or found.index("P") < found.index("L"))]
    assert [found.index(name) for name in wanted] == sorted(found.index(name) for name in wanted)


def test_pictures_speak_by_their_alternative_text() -> None:
    body = '<ac:image ac:alt="Plan of it"><ri:attachment ri:filename="plan.png"/></ac:image>'
    status, answer = ask(order(page(1, "Any", body)))
    assert status == 200
    assert b"Plan of it" in b"".join(
        obj.get_object().get("/Alt", "").encode()
        for obj in _objects(pypdf.PdfReader(io.BytesIO(base64.b64decode(answer["pdf"]))))
    )


def _objects(reader: Any) -> Iterator[Any]:
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        found = reader.get_object(number)
        if isinstance(found, dict):
            yield found


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=40))
def test_levels_never_skip_one(asked: list[tuple[bool, int]]) -> None:
    levels = Levels()
    given_out = [levels.page(3)]
    given_out += [levels.page(depth) if is_page else levels.heading(depth % 6 + 1) for is_page, depth in asked]
    assert given_out[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(given_out))


def test_headings_that_skip_levels_become_an_accessible_document() -> None:
    body = "<h5>Deep</h5><h1>Top</h1><h4>Deep again</h4><h3></h3><table><tr><td><h6>In a cell</h6></td></tr></table>"
    reader, answer = read(page(7, "Part two", body, depth=4), page(8, "Sister", body, depth=4))
    assert answer["accessible"] == "pdf/ua-1"
    assert titles(reader.outline)[:4] == ["Part two", "Deep", "Top", "Deep again"]
    assert [item.title for item in reader.outline if not isinstance(item, list)] == ["Part two", "Sister"]


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Hello", None),
        ("12 שלום", "he"),
        ("Hello שלום", None),
        ("漢字とかな", "ja"),
        ("漢字", "zh"),
        ("한국 漢字", "ko"),
    ],
)
def test_a_text_shows_its_language(text: str, tongue: str | None) -> None:
    assert tongue_of(text) == tongue


def test_a_paragraph_from_right_to_left_begins_at_the_right() -> None:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    plain = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}
    status, answer = ask(order(page(1, "Any", "<p>Left</p><p>שלום</p>"), template=plain))
    assert status == 200
    lines = [
        (line.bbox[0], line.bbox[2])
        for sheet in extract_pages(io.BytesIO(base64.b64decode(answer["pdf"])))
        for line in sheet
        if isinstance(line, LTTextContainer)
    ]
    left = min(start for start, _ in lines)
    assert max(end for _, end in lines) > 500
    assert left < 100


def doc(*content: object) -> str:
    return json.dumps({"type": "doc", "version": 1, "content": content})


def text(words: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": list(marks)}


def block(kind: str, *content: object, **attrs: object) -> dict[str, Any]:
    return {"type": kind, "attrs": attrs, "content": list(content)}


ADF = doc(
    block("heading", text("Setting up"), level=2),
    block("paragraph", text("See "), text("this", {"type": "strong"}), text(" or "),
          text("that", {"type": "link", "attrs": {"href": "https://example.com/x"}}),
          {"type": "mention", "attrs": {"id": "1", "text": "@Ada"}},
          {"type": "emoji", "attrs": {"shortName": ":smile:", "id": "1f642", "text": "🙂"}},
          {"type": "date", "attrs": {"timestamp": "1767571200000"}},
          {"type": "status", "attrs": {"text": "DONE SO FAR", "color": "green"}}),
    block("orderedList", block("listItem", block("paragraph", text("third"))), order=3),
    block("codeBlock", text("if a < b:\n    pass"), language="python"),
    block("panel", block("paragraph", text("Panel words")), panelType="error"),
    block("expand", block("paragraph", text("Hidden words")), title="Open me"),
    block("taskList", block("taskItem", text("Task words"), state="DONE", localId="1"),
          block("blockTaskItem", block("paragraph", text("Block of a task")), state="DONE", localId="2")),
    block("paragraph", block("inlineCard", data={"url": "https://example.com/y", "name": "Card name"})),
    block("bodiedSyncBlock", block("paragraph", text("Synced words"))),
    block("decisionList", block("decisionItem", text("Decided words"), state="DECIDED", localId="1")),
    block("layoutSection", block("layoutColumn", block("paragraph", text("left")), width=33.33),
          block("layoutColumn", block("paragraph", text("right")), width=66.66)),
    block("table", block("tableRow", block("tableHeader", block("paragraph", text("Head")), colspan=2)),
          block("tableRow", block("tableCell", block("paragraph", text("cell"))),
                block("tableCell", block("paragraph", text("beside"))))),
    block("mediaSingle", {"type": "media", "attrs": {"type": "file", "id": "x", "__fileName": "plan.png"}}),
    block("extension", extensionKey="toc", extensionType="com.atlassian.confluence.macro.core"),
    block("extension", extensionKey="gallery", extensionType="com.atlassian.confluence.macro.core"),
    block("somethingNew", block("paragraph", text("of later days"))),
    {"type": "rule"},
)  # fmt: skip


def test_adf_becomes_a_document_in_reading_order() -> None:
    reader, answer = read({**page(1, "First page", ADF), "format": "adf"})
    printed = text_of(reader)
    words = [
        "See this or that", "@Ada", "2026-01-05", "DONE SO FAR", "third", "if a < b", "Panel words", "Open me",
        "Hidden words", "☑", "Task words", "☑ Block of a task", "Card name",
        "Synced words", "Decided words", "left", "right", "Head", "cell", "beside",
        "macro: gallery", "of later days",
    ]  # fmt: skip
    found = [printed.find(word, printed.index("See this")) for word in words]
    assert -1 not in found, [word for word, at in zip(words, found, strict=True) if at < 0]
    assert found == sorted(found)
    assert (answer["accessible"], [each["name"] for each in answer["placeholders"]]) == (
        "pdf/ua-1", ["gallery", "somethingnew"],
    )  # fmt: skip
    assert sum(len(sheet.images) for sheet in reader.pages) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.docx", "file"), ("plan.v2.pdf", "file"), ("a.PNG", "image"), ("v1.2", "image"), ("", "image")],
)
def test_a_file_that_is_no_picture_is_called_a_file(name: str, kind: str) -> None:
    media = {"type": "media", "attrs": {"type": "file", "id": "x", "__fileName": name}}
    body = doc(block("mediaGroup", media))
    reader, answer = read({**page(1, "Any", body), "format": "adf"})
    assert [each["name"] for each in answer["placeholders"]] == [kind]
    assert f"{kind}: {name}".strip() in text_of(reader)


@pytest.mark.parametrize("body", ["", "{", "[]", "<p>Words</p>", "[" * 100_000, '{"type": "doc", "content": 7}'])
def test_what_is_said_to_be_adf_and_is_none_becomes_a_document(body: str) -> None:
    assert ask(order({**page(1, "Any", body), "format": "adf"}))[0] == 200


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.fixed_dictionaries({
        "type": st.sampled_from(["doc", "text", "table", "tableRow", "heading", "media", "extension", "taskItem"]),
        "attrs": inner, "content": inner, "marks": inner, "text": inner,
    }),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(ANY_JSON)
def test_any_adf_has_a_tree(content: object) -> None:
    assert parse_adf(json.dumps({"type": "doc", "content": content})).name == "page"


LOOKS = {
    "a landscape sheet": ({"landscape": True}, lambda reader, _: reader.pages[0].mediabox.width > 800),
    "a small sheet": ({"paper": "a5"}, lambda reader, _: reader.pages[0].mediabox.width < 430),
    "the title at the top": ({"header": "title"}, lambda _, printed: printed.count("A title") == 2),
    "the space at the top": ({"header": "space"}, lambda _, printed: printed.count("DOCS") == 1),
    "numbers of all": ({"footer": "pages"}, lambda _, printed: "1 / 1" in printed),
    "the day": ({"footer": "date"}, lambda _, printed: "5 January 2026" in printed),
    "a day in another language": ({"footer": "date", "language": "fr"}, lambda _, printed: "2026-01-05" in printed),
    "contents in another language": (
        {"contents": True, "language": "fr"}, lambda _, printed: "Table des matières" in printed,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "shows"), LOOKS.values(), ids=LOOKS.keys())
def test_a_template_decides_the_look(changes: dict[str, Any], shows: Any) -> None:
    template = {**TEMPLATE, "cover": False, "contents": False, **changes}
    reader, answer = read(page(1, "A title", "<p>Words</p>"), template=template)
    assert answer["accessible"] == "pdf/ua-1"
    assert shows(reader, text_of(reader))


@pytest.mark.parametrize(("hyphenate", "breaks"), [(True, True), (False, False)])
def test_words_are_broken_where_the_template_says_so(hyphenate: bool, breaks: bool) -> None:
    words = "Donaudampfschifffahrtsgesellschaft " * 30
    template = {**TEMPLATE, "paper": "a5", "size": 14, "language": "de", "hyphenate": hyphenate}
    reader, _ = read(page(1, "Any", f"<p>{words}</p>"), template={**template, "cover": False, "contents": False})
    lines = reader.pages[0].extract_text().splitlines()
    assert any(line.rstrip().endswith(("-", "\u2010", "\u00ad")) for line in lines) is breaks


def test_margins_hold_more_or_less() -> None:
    body = f"<p>{'word ' * 2000}</p>"
    sheets = [
        read(page(1, "Any", body), template={**TEMPLATE, "margins": margins})[1]["sheets"]
        for margins in ("narrow", "normal", "wide")
    ]
    assert sheets == sorted(sheets)
    assert sheets[0] < sheets[2]


@pytest.mark.parametrize(("columns", "turned"), [(7, False), (8, True), (30, True)])
def test_a_wide_table_lies_on_a_sheet_on_its_side(columns: int, turned: bool) -> None:
    cells = "".join(f"<td>c{number}</td>" for number in range(columns))
    reader, _ = read(page(1, "Any", f"<p>Before</p><table><tbody><tr>{cells}</tr></tbody></table><p>After</p>"))
    assert any(sheet.mediabox.width > sheet.mediabox.height for sheet in reader.pages) is turned
    printed = text_of(reader)
    assert printed.index("Before") < printed.index(f"c{columns - 1}") < printed.index("After")


def test_columns_of_a_layout_stand_side_by_side_and_are_read_one_after_another() -> None:
    body = (
        '<ac:layout><ac:layout-section ac:type="two_left_sidebar"><ac:layout-cell><p>one</p><p>two</p></ac:layout-cell>'
        "<ac:layout-cell><p>three</p></ac:layout-cell></ac:layout-section></ac:layout>"
    )
    from pdfminer.high_level import extract_text

    plain = {**TEMPLATE, "cover": False, "contents": False}
    _, answer = ask(order(page(1, "Any", body), template=plain))
    printed = extract_text(io.BytesIO(base64.b64decode(answer["pdf"])))
    assert {"one", "two", "three"} <= set(printed.split())
    reader, _ = read(page(1, "Any", body), template=plain)
    assert text_of(reader).index("two") < text_of(reader).index("three")


@pytest.mark.parametrize("language", ["python", "C#", "ActionScript3", "bash", "sql", "yaml"])
def test_code_has_colours(language: str) -> None:
    body = (
        f'<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">{language}</ac:parameter>'
        '<ac:plain-text-body><![CDATA[if x == "a": return 1 # b // c]]></ac:plain-text-body></ac:structured-macro>'
    )
    reader, _ = read(page(1, "Any", body), template={**TEMPLATE, "cover": False, "contents": False})
    drawn = b"".join(sheet.get_contents().get_data() for sheet in reader.pages)
    assert len({line for line in drawn.split(b"\n") if line.endswith(b" scn")}) >= 4


def test_two_megabytes_of_one_page_become_a_document() -> None:
    status, answer = ask(order(page(1, "Large", "<p>Some words of a long page, again.</p>" * 52_000)))
    assert (status, answer.get("accessible")) in {(200, "no"), (413, None)}


def test_an_empty_page_becomes_a_document() -> None:
    reader, answer = read(page(1, "", ""))
    assert (answer["accessible"], titles(reader.outline)) == ("pdf/ua-1", ["Untitled"])
