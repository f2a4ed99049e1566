"""Colours and sides that authors chose are in the document, in both formats, and can be read."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
from hypothesis import given, strategies as st
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTTextContainer
from test_tables import cells  # type: ignore[import-not-found]
from xpress_desk import TEMPLATE, ask, macro, order, page, read  # type: ignore[import-not-found]
from xpress_ua import attributes_of, elements_of  # type: ignore[import-not-found]

from service.colour import Rgb, ink, light_of, paper, read_colour
from service.headings import shaded

PLAIN = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}
COLOURS = st.tuples(*(st.integers(0, 255),) * 3)


def contrast(one: Rgb, other: Rgb) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted((light_of(one), light_of(other)))
    return (high + 0.05) / (low + 0.05)


@given(COLOURS, COLOURS)
def test_any_text_can_be_read_on_any_ground(text: Rgb, ground: Rgb) -> None:
    assert contrast(ink(text), paper(ground)) >= 4.5
    for scope in ("", "Column", "Row"):
        assert contrast(ink(text), shaded(scope, paper(ground)) or (0, 0, 0)) >= 4.5
    assert contrast(ink(text), (255, 255, 255)) >= 4.5
    assert contrast((0, 0, 0), paper(ground)) >= 4.5


@given(COLOURS)
def test_what_can_be_read_stays_as_it_is(colour: Rgb) -> None:
    assert (ink(ink(colour)), paper(paper(colour))) == (ink(colour), paper(colour))
    assert light_of(ink(colour)) <= light_of(colour) <= light_of(paper(colour))


def test_luminance_is_that_of_the_standard() -> None:
    """From WCAG's own examples: #777777 on white has 4.48, #767676 has 4.54."""
    assert [round(contrast(each, (255, 255, 255)), 2) for each in ((119,) * 3, (118,) * 3)] == [4.48, 4.54]


@pytest.mark.parametrize("accent", ["#0b4f9e", "#1d6b3e", "#444b54", "#a02020"])
def test_links_and_headings_can_be_read_on_any_ground(accent: str) -> None:
    colour = read_colour(accent)
    assert colour is not None
    assert contrast(colour, paper((0, 0, 0))) >= 4.5


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("#36b37e", (54, 179, 126)),
        ("#3B7", (51, 187, 119)),
        ("rgb(54,179,126)", (54, 179, 126)),
        ("rgb( 54 179 126 / 50% )", (54, 179, 126)),
        ("RGBA(300, 0, 0, 1)", (255, 0, 0)),
        ("rgba(1,2,3,0)", None),
        ("rgba(1,2,3,0.0)", None),
        (" Teal ", (0, 128, 128)),
        ("var(--ds-text-accent-red, #AE2E24)", (174, 46, 36)),
        ("transparent", None),
        ("inherit", None),
        ("#12", None),
        ("#1234567", None),
        ('red"); #read("/etc/passwd', None),
        ("", None),
    ],
)
def test_colours_are_read_as_css_writes_them(written: str, wanted: Rgb | None) -> None:
    assert read_colour(written) == wanted


def adf(*content: dict[str, Any]) -> dict[str, Any]:
    return {"format": "adf", "body": json.dumps({"type": "doc", "version": 1, "content": list(content)})}


def marked(text: str, **marks: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": [{"type": kind, "attrs": {"color": c}} for kind, c in marks.items()]}


def placed(text: str, **marks: dict[str, Any]) -> dict[str, Any]:
    kinds = [{"type": kind, "attrs": attrs} for kind, attrs in marks.items()]
    return {"type": "paragraph", "content": [{"type": "text", "text": text}], "marks": kinds}


def document(given: dict[str, Any]) -> bytes:
    status, answer = ask(order({**page(1, "Any", ""), **given}, template=PLAIN))
    assert (status, answer["accessible"]) == (200, "pdf/ua-1")
    return base64.b64decode(answer["pdf"])


def letters(pdf: bytes) -> Iterator[LTChar]:
    todo: list[Any] = [*extract_pages(io.BytesIO(pdf))]
    while todo:
        each = todo.pop()
        if isinstance(each, LTChar):
            yield each
        elif isinstance(each, LTContainer | LTTextContainer):
            todo += each


def colour_of(pdf: bytes, letter: str) -> Rgb:
    (found,) = {rgb(each.graphicstate.ncolor) for each in letters(pdf) if each.get_text() == letter}
    return found


def rgb(said: object) -> Rgb:
    """Three parts of 255, of what pdfminer says of a colour; a grey has one."""
    parts = [round(255 * float(part)) for part in str(said).strip("()[],").split(",")]
    red, green, blue = parts if len(parts) == 3 else parts * 3
    return red, green, blue


COLOURED = {
    "storage": {"body": '<p>x<span style="color: rgb(255, 86, 48);">Q</span></p>'},
    "storage of old": {"body": '<p>x<font color="#FF5630">Q</font></p>'},
    "bold": {"body": '<p>x<strong style="color: #ff5630">Q</strong></p>'},
    "a cell": {"body": '<table><tr><td style="color: #ff5630">Q</td></tr></table>'},
    "ADF": adf({"type": "paragraph", "content": [marked("Q", textColor="#ff5630")]}),
    "ADF on a ground": adf(
        {"type": "paragraph", "content": [marked("Q", backgroundColor="#000", textColor="#ff5630")]}
    ),
}


@pytest.mark.parametrize("given", COLOURED.values(), ids=COLOURED.keys())
def test_a_text_has_the_colour_that_its_author_chose_as_far_as_it_can_be_read(given: dict[str, Any]) -> None:
    assert colour_of(document(given), "Q") == ink((255, 86, 48))


def test_the_colour_of_code_and_of_a_link_is_its_authors() -> None:
    both = marked("Q", code="", textColor="#6554c0"), marked("W", textColor="#6554c0", link="")
    both[1]["marks"][1]["attrs"] = {"href": "https://a.example/"}
    pdf = document(adf({"type": "paragraph", "content": list(both)}))
    assert [colour_of(pdf, letter) for letter in "QW"] == [ink((101, 84, 192))] * 2


def left_edge(pdf: bytes, letter: str) -> float:
    return min(each.x0 for each in letters(pdf) if each.get_text() == letter)


SIDES = {
    "storage": ({"body": '<p style="text-align: {};">Q</p>'}, ("center", "right")),
    "a heading": ({"body": '<h2 style="text-align: {};">Q</h2>'}, ("center", "right")),
    "a division": ({"body": '<div style="text-align:{}"><p>Q</p></div>'}, ("center", "end")),
}


@pytest.mark.parametrize(("given", "sides"), SIDES.values(), ids=SIDES.keys())
def test_lines_begin_on_the_side_that_their_author_chose(given: dict[str, Any], sides: tuple[str, str]) -> None:
    middle, right = (left_edge(document({"body": given["body"].format(side)}), "Q") for side in sides)
    assert 270 < middle < 310
    assert right > 500


def test_adf_says_sides_and_steps_as_marks() -> None:
    marks: list[dict[str, dict[str, Any]]] = [
        {}, {"indentation": {"level": 1}}, {"indentation": {"level": 3}}, {"alignment": {"align": "center"}},
        {"alignment": {"align": "end"}}, {"alignment": {"align": "up"}, "indentation": {"level": "x"}},
    ]  # fmt: skip
    edges = [left_edge(document(adf(placed("Q", **each))), "Q") for each in marks]
    assert edges[0] < edges[1] < edges[2] < edges[3] < edges[4]
    assert edges[5] == edges[0]


def test_the_end_of_a_line_from_right_to_left_is_on_the_left() -> None:
    start, end = (
        left_edge(document({"body": f'<p style="text-align: {side}">\u05e9</p>'}), "\u05e9")
        for side in ("start", "end")
    )
    assert end < 70
    assert start > 500


def picture(body: dict[str, Any]) -> tuple[float, float]:
    """Where the picture begins and ends."""
    reader, _ = read({**page(1, "Any", ""), **body}, template=PLAIN)
    root: Any = reader.trailer["/Root"]
    (found,) = [attributes_of(each) for each in elements_of(root["/StructTreeRoot"]) if each["/S"] == "/Figure"]
    return float(found["/BBox"][0]), float(found["/BBox"][2])


PLAN = '<ri:attachment ri:filename="plan.png"/>'
PICTURES: dict[str, Callable[[str], dict[str, Any]]] = {
    "storage": lambda side: {"body": f'<ac:image ac:layout="{side}">{PLAN}</ac:image>'},
    "ADF": lambda side: adf({
        "type": "mediaSingle", "attrs": {"layout": side},
        "content": [{"type": "media", "attrs": {"type": "file", "alt": "plan.png", "width": 40}}],
    }),
}  # fmt: skip


@pytest.mark.parametrize("given", PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_stands_on_the_side_that_its_author_chose(given: Callable[[str], dict[str, Any]]) -> None:
    (start, _), (left, right), (_, end) = (picture(given(side)) for side in ("align-start", "center", "align-end"))
    assert start == pytest.approx(21 / 25.4 * 72, abs=1)
    assert left + right == pytest.approx(595.3, abs=1)
    assert end == pytest.approx(595.3 - start, abs=1)


GROUNDS = ("#deebff", "#4C9AFF", "grey", "#000", "#fff", "#f0f0f0", "rgb(241, 241, 241)", "#f0f0f1", "#f0f0f2")


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_colour_behind_cells_says_nothing_of_what_they_head(ground: str) -> None:
    cell = f'data-highlight-colour="{ground}"'
    body = f"<table><tr><th {cell}>a</th><th>b</th></tr><tr><th {cell}>c</th><td {cell}>1</td></tr></table>"
    reader, _ = read(page(1, "Any", body), template=PLAIN)
    assert cells(reader) == "C C / R ."


def test_the_colour_behind_a_cell_of_adf_is_in_the_document() -> None:
    row = [{"type": "tableCell", "attrs": {"background": "#ffc400"}, "content": [placed("Q")]}]
    pdf = document(adf({"type": "table", "content": [{"type": "tableRow", "content": row}]}))
    root: Any = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    (found,) = [attributes_of(each) for each in elements_of(root["/StructTreeRoot"]) if each["/S"] == "/TD"]
    assert tuple(round(255 * part) for part in found["/BackgroundColor"]) == shaded("", paper((255, 196, 0)))


PANELS = {
    "storage": {"body": macro("panel", rich="<p>Q</p>", bgColor="#E6FCFF")},
    "ADF": adf({"type": "panel", "attrs": {"panelType": "custom", "panelColor": "#e6fcff"}, "content": [placed("Q")]}),
}


@pytest.mark.parametrize("given", PANELS.values(), ids=PANELS.keys())
def test_a_panel_has_the_colour_that_its_author_chose(given: dict[str, Any]) -> None:
    (sheet,) = extract_pages(io.BytesIO(document(given)))
    fills = [rgb(each.non_stroking_color) for each in sheet if isinstance(each, LTCurve) and each.fill]
    assert (230, 252, 255) in fills


def test_a_style_cannot_become_code() -> None:
    body = "<p style='color: rgb(1,2,3), #panic(&quot;x&quot;); text-align: center)#panic(1'>words</p>"
    assert document({"body": body})
