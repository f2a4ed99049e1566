"""Texts come out of markup as they went in, made visible, and never as markup."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st
from lxml import html

from forgesim.report.markup import join, tag, visible

ANY = st.text(st.characters(), max_size=40)


@given(ANY)
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    element = html.fragment_fromstring(tag("p", text, title=text, data_more=text))
    assert (element.tag, len(element)) == ("p", 0)
    assert element.text_content().replace("\r", "") == visible(text)
    assert set(element.attrib) == {"title", "data-more"}


@given(ANY)
def test_what_is_visible_is_legal_xml_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    element = ET.fromstring(f"<a>{join([shown])}</a>")
    assert (element.text or "") == shown


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200b", "\x00", "\x9b", "\ufffe", "\ufdd0", "\U0001ffff", "\ud800"]
)
def test_what_hides_or_reorders_text_is_shown_as_an_escape(char: str) -> None:
    assert char not in visible(f"a{char}b")
    assert visible(f"a{char}b").startswith("a\\")


def test_markup_is_not_escaped_again_and_nothing_is_left_out() -> None:
    assert join(["<", tag("b", "&"), None, "\n"]) == "&lt;<b>&amp;</b>\n"


def test_an_attribute_is_a_name_and_nothing_else() -> None:
    assert tag("input", type="radio", checked=True, id=None, open=False) == '<input type="radio" checked>'
    with pytest.raises(ValueError, match="no attribute name"):
        tag("p", **{"x onload=y": "z"})
