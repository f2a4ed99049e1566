"""The six signals: their formulas at the edges, and what must not move them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from forgesim.site.generate import demo
from forgesim.site.twin import twin
from pulse import signals
from pulse.storage_format import Form, read_form


@pytest.mark.parametrize(
    ("age_days", "value"), [(0, 100), (-3, 100), (180, 50), (360, 25), (90, 71), (1800, 0)], ids=str
)
def test_freshness_halves_every_180_days(age_days: float, value: int) -> None:
    assert signals.freshness(age_days) == value


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_older_is_never_fresher(one: float, other: float) -> None:
    assert signals.freshness(max(one, other)) <= signals.freshness(min(one, other))


@pytest.mark.parametrize(("status", "value"), [("active", 100), ("none", 0), ("inactive", 40), ("closed", 40)])
def test_ownership(status: str, value: int) -> None:
    assert signals.ownership(status) == value


READABLE = {
    "short words, short sentences": (Form(words=100, sentences=10), 100),
    "an index of 50": (Form(words=100, sentences=5, long_words=30), 62),
    "an index of 75": (Form(words=100, sentences=2, long_words=25), 0),
    "half a stub": (Form(words=12, sentences=2), 48),
    "an empty page": (Form(), 0),
}


@pytest.mark.parametrize(("form", "value"), READABLE.values(), ids=READABLE.keys())
def test_readability(form: Form, value: int) -> None:
    assert signals.readability(form) == value


STRUCTURED = {
    "nothing in the way": (Form(words=100), 100),
    "long without headings": (Form(words=151), 60),
    "long with one": (Form(words=151, headings=[2]), 100),
    "levels left out": (Form(words=100, headings=[1, 3, 1, 4, 6]), 80),
    "four walls count as three": (Form(words=600, headings=[1], walls=4), 70),
    "three images without description count as two": (Form(words=100, images=3, images_without_alt=3), 80),
    "a marker": (Form(words=100, markers=1), 90),
    "everything at once": (Form(words=200, headings=[], walls=9, images_without_alt=9, markers=9), 0),
    "an empty page": (Form(), 0),
}


@pytest.mark.parametrize(("form", "value"), STRUCTURED.values(), ids=STRUCTURED.keys())
def test_structure(form: Form, value: int) -> None:
    assert signals.structure(form) == value


OWN, KNOWN = signals.know("DOCS", "https://a.example/wiki", {"1": "Home", "2": "Guide"})
LINKED = {
    "none": (set(), 50, set()),
    "by title": ({("", "Guide")}, 70, {"2"}),
    "by title and own key": ({("DOCS", "Home")}, 70, {"1"}),
    "by both kinds of address": (
        {("/wiki/spaces/DOCS", "1"), ("https://a.example/wiki/spaces/DOCS", "2")},
        70,
        {"1", "2"},
    ),
    "half of them broken": ({("", "Guide"), ("", "Gone")}, 45, {"2"}),
    "all broken": ({("", "Gone"), ("/wiki/spaces/DOCS", "9")}, 20, set()),
    "other spaces are not looked at": ({("OPS", "Guide"), ("/wiki/spaces/OPS", "1")}, 50, set()),
}


@pytest.mark.parametrize(("links", "points", "ids"), LINKED.values(), ids=LINKED.keys())
def test_outgoing_links(links: set[tuple[str, str]], points: int, ids: set[str]) -> None:
    form = Form(links=links)
    assert (signals.outgoing(form, OWN, KNOWN), signals.targets(form, KNOWN)) == (points, ids)


def test_an_orphan_loses_30_points() -> None:
    assert signals.links(70, linked=True) - signals.links(70, linked=False) == 30


@pytest.mark.parametrize(("count", "value"), [(0, 0), (1, 60), (2, 100), (9, 100)])
def test_labels(count: int, value: int) -> None:
    assert signals.labels(count) == value


@pytest.mark.parametrize("signal", [signals.readability, signals.structure])
def test_twin_pages_have_the_same_signals(signal: Callable[[Form], int]) -> None:
    site = demo(3)
    other = twin(site, 4)
    assert sum(page.body != other.pages[id_].body for id_, page in site.pages.items()) > 100
    for id_, page in site.pages.items():
        assert signal(read_form(page.body)) == signal(read_form(other.pages[id_].body))
