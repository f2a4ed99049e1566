"""The picture: as wide as it says, inside its frame, and with every number that it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from lxml import etree

from forgesim.report.flow import Flow, Stream
from forgesim.report.picture import STEP, drawings, line_width

SVG = "{http://www.w3.org/2000/svg}"


def flow(count: int) -> Flow:
    streams = [
        Stream(
            into=n % 3 == 0,
            kind="read",
            group="site",
            name=f"party {n} <b>",
            detail="d" * 99,
            passed=n,
            refused=n % 2,
        )
        for n in range(1, count + 1)
    ]
    return Flow(streams=tuple(streams), probes=0, probes_refused=0)


def parsed(made: str) -> etree._Element:
    return etree.fromstring(f"<all>{made}</all>")


@given(st.integers(1, 10**9))
def test_a_line_is_a_step_wider_for_each_tenfold(count: int) -> None:
    assert line_width(count * 10) - line_width(count) == pytest.approx(STEP, abs=0.011)
    assert line_width(count) <= line_width(count + 1)


@pytest.mark.parametrize("count", [1, 2, 9, 40])
def test_boxes_and_lines_stay_inside_the_frame(count: int) -> None:
    for svg in parsed(drawings("app", flow(count), "x")):
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        for box in svg.iter(f"{SVG}rect"):
            x, y, w, h = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height


def test_every_stream_has_its_numbers_a_line_for_what_passed_and_one_for_what_was_refused() -> None:
    for svg in parsed(drawings("app", flow(9), "x")):
        texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
        assert [text for text in texts if "refused" in text] == [f"{n} · 1 refused" for n in (3, 9, 1, 5, 7)]
        kinds = [path.attrib["class"].split()[0] for path in svg.iter(f"{SVG}path")]
        assert (kinds.count("passed"), kinds.count("refused")) == (9, 5)
        assert all(len(text) <= 37 for text in texts)


def test_the_picture_has_words_for_who_cannot_see_it_and_ids_of_its_own() -> None:
    made = parsed(drawings("app", flow(2), "x"))
    for svg in made:
        named = {svg.attrib["aria-labelledby"], svg.attrib["aria-describedby"]}
        assert named == {each.attrib["id"] for each in svg if "id" in each.attrib}
        assert "to party 1 <b>: 1 passed, 1 refused" in (svg.findtext(f"{SVG}desc") or "")
    ids = [each.attrib["id"] for each in made.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
