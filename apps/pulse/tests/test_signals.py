"""The eight signals: their formulas at the edges, and what must not move them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from forgesim.site.generate import demo
from forgesim.site.twin import twin
from pulse import signals
from pulse.roll import Roll, check_sum
from pulse.storage_format import Form, read_page


@pytest.mark.parametrize(
    ("age_days", "value"), [(0, 100), (-3, 100), (180, 50), (360, 25), (90, 71), (1800, 0)], ids=str
)
def test_freshness_halves_every_180_days(age_days: float, value: int) -> None:
    assert signals.freshness(age_days) == value


@pytest.mark.parametrize(("age_days", "value"), [(0, 100), (90, 100), (180, 50), (360, 12)], ids=str)
def test_a_page_with_a_review_cycle_is_fresh_until_it_is_due(age_days: float, value: int) -> None:
    assert signals.freshness(age_days, 90) == value


CYCLES = {
    "none": ([], 0, 0),
    "that of the space": (["guide"], 180, 180),
    "a label's": (["guide", "review-90d"], 180, 90),
    "the shortest of several": (["review-365d", "review-30d"], 0, 30),
    "never, though the space has one": (["review-0d"], 180, 0),
    "no label of this form": (["review-90", "review-d", "xreview-90d", "review-99999d"], 7, 7),
}


@pytest.mark.parametrize(("names", "otherwise", "days"), CYCLES.values(), ids=CYCLES)
def test_a_review_cycle_is_a_label_s_or_the_space_s(names: list[str], otherwise: int, days: int) -> None:
    assert signals.review_cycle(names, otherwise) == days


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
    assert signals.readability(Form(**vars(form) | {"latin": form.words})) == value


@pytest.mark.parametrize(("latin", "is_judged"), [(100, True), (90, True), (89, False), (0, False)])
def test_readability_is_silent_where_few_words_are_in_latin_script(latin: int, is_judged: bool) -> None:
    assert (signals.readability(Form(words=100, sentences=10, latin=latin)) is not None) == is_judged


STRUCTURED = {
    "nothing in the way": (Form(words=100), 100),
    "long without headings": (Form(words=151), 60),
    "long with one": (Form(words=151, headings=[2]), 100),
    "levels left out": (Form(words=100, headings=[1, 3, 1, 4, 6]), 80),
    "four walls count as three": (Form(words=600, headings=[1], walls=4), 70),
    "three images without description count as two": (Form(words=100, images=3, images_without_alt=3), 80),
    "a marker": (Form(words=100, markers=1), 90),
    "five open tasks count as four": (Form(words=100, open_tasks=5), 80),
    "everything at once": (Form(words=200, headings=[], walls=9, images_without_alt=9, markers=9), 0),
    "an empty page": (Form(), 0),
}


@pytest.mark.parametrize(("form", "value"), STRUCTURED.values(), ids=STRUCTURED.keys())
def test_structure(form: Form, value: int) -> None:
    assert signals.structure(form) == value


ROLL = Roll("DOCS", "https://a.example/wiki", [1, 2], [check_sum("Home"), check_sum("Guide")])
LINKED: dict[str, tuple[list[tuple[str, str]], list[int | None], int]] = {
    "none": ([], [], 70),
    "by title": ([("", "Guide")], [1], 100),
    "by title and own key": ([("DOCS", "Home")], [0], 100),
    "by both kinds of address": (
        [("/wiki/spaces/DOCS", "1"), ("https://a.example/wiki/spaces/DOCS", "2")],
        [0, 1],
        100,
    ),
    "half of them broken": ([("", "Guide"), ("", "Gone")], [1, None], 65),
    "all broken": ([("", "Gone"), ("/wiki/spaces/DOCS", "9")], [None, None], 30),
    "other spaces are not looked at": ([("OPS", "Guide"), ("/wiki/spaces/OPS", "1")], [], 70),
}


@pytest.mark.parametrize(("links", "places", "points"), LINKED.values(), ids=LINKED.keys())
def test_links(links: list[tuple[str, str]], places: list[int | None], points: int) -> None:
    assert ROLL.places(links) == places
    assert signals.links(places) == points


@pytest.mark.parametrize(("count", "value"), [(0, 0), (1, 60), (2, 100), (9, 100)])
def test_labels(count: int, value: int) -> None:
    assert signals.labels(count) == value


SHOWN = Form(files={"a.png", "b.pdf"})
BOTH = {"a.png": (1, 1.0), "b.pdf": (1, 1.0)}
FILED: dict[str, tuple[Form, dict[str, tuple[int, float]], int]] = {
    "nothing shown and nothing there": (Form(), {}, 100),
    "what is shown is there": (SHOWN, BOTH, 100),
    "one of two is missing": (SHOWN, {"a.png": (1, 1.0)}, 70),
    "three missing count as two": (Form(files={"a", "b", "c"}), {}, 40),
    "one is not shown": (SHOWN, BOTH | {"c.zip": (1, 1.0)}, 90),
    "four not shown count as three": (Form(), dict.fromkeys("abcd", (1, 1.0)), 70),
    "a list shows them all": (Form(lists_files=True), dict.fromkeys("abcd", (1, 1.0)), 100),
    "ten million bytes are not large": (Form(files={"a"}), {"a": (10_000_000, 1.0)}, 100),
    "one byte more is": (Form(files={"a"}), {"a": (10_000_001, 1.0)}, 90),
    "two years are not old": (Form(files={"a"}), {"a": (1, 730.0)}, 100),
    "more is": (Form(files={"a"}), {"a": (1, 730.1)}, 95),
    "everything at once": (Form(files={"x", "y"}), dict.fromkeys("abc", (10**8, 999.0)), 0),
}


@pytest.mark.parametrize(("form", "files", "value"), FILED.values(), ids=FILED)
def test_attachments(form: Form, files: dict[str, tuple[int, float]], value: int) -> None:
    assert signals.attachments(form, files) == value


@pytest.mark.parametrize(
    ("ages", "value"), [([], 100), ([0], 90), ([30], 90), ([30.1], 80), ([1, 40, 50], 50), ([99] * 9, 0)], ids=str
)
def test_comments(ages: list[float], value: int) -> None:
    assert signals.comments(ages) == value


@pytest.mark.parametrize("signal", [signals.readability, signals.structure])
def test_twin_pages_have_the_same_signals(signal: Callable[[Form], int | None]) -> None:
    site = demo(3)
    other = twin(site, 4)
    assert sum(page.body != other.pages[id_].body for id_, page in site.pages.items()) > 100
    for id_, page in site.pages.items():
        assert signal(read_page(page.body)[0]) == signal(read_page(other.pages[id_].body)[0])
