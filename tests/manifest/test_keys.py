from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.manifest import shapes
from forgesim.manifest.keys import KeyPattern
from forgesim.manifest.types import World

NOW = 1_767_603_600_000
WORLD = World(
    ids={
        "page": frozenset({"101", "102"}),
        "space": frozenset({"10", "DOCS", "A-B"}),
        "issue": frozenset({"5", "KEY-1"}),
        "sprint": frozenset({"7"}),
        "board": frozenset({"8"}),
        "account": frozenset({"712020:aa-bb", "5b10ac8d82e05b22cc7d4ef5"}),
    },
    now_ms=NOW,
    times=frozenset({0}),
)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("settings", "settings"),
        ("space:{space}:score", "space:DOCS:score"),
        ("space:{space}:score", "space:10:score"),
        ("{page}", "101"),
        ("{issue}.x", "KEY-1.x"),
        ("s{sprint}b{board}", "s7b8"),
        ("day:{date}", "day:2026-01-05"),
        ("day:{date}", "day:1970-01-01"),
        ("rank:{int -2..10}", "rank:-2"),
        ("rank:{int 0..10}", "rank:0"),
        ("{space}-{page}", "A-B-101"),
        ("any:{id}", "any:KEY-1"),
        ("of:{account}", "of:5b10ac8d82e05b22cc7d4ef5"),
        ("of:{account}", "of:712020.aa-bb"),
    ],
)
def test_a_key_of_the_pattern_matches(pattern: str, key: str) -> None:
    found = KeyPattern.parse(pattern)
    assert found.match(key, WORLD) is None
    assert found.fits(key)


@pytest.mark.parametrize(
    ("pattern", "key", "reason"),
    [
        ("settings", "setting", "does not have the form settings"),
        ("space:{space}:score", "space:DOCS:score\n", "does not have the form"),
        ("space:{space}:score", "space:DOCS:x:score", "does not have the form"),
        ("space:{space}:score", "space:NOPE:score", "'NOPE' is no space of space:{space}:score here"),
        ("page:{page}", "page:0101", "'0101' is no page"),
        ("page:{page}", "page:١٠١", "does not have the form"),
        ("day:{date}", "day:2026-01-06", "'2026-01-06' is no date"),
        ("rank:{int 1..10}", "rank:11", "does not have the form"),
        ("rank:{int 1..10}", "rank:05", "does not have the form"),
        ("rank:{int -5..10}", "rank:-0", "does not have the form"),
        ("of:{account}", "of:712020:aa-bb", "does not have the form"),
        ("of:{page}", "of:" + "1" * 50, "a text of 50 characters is no page"),
        ("of:{page}", "of:" + "1" * 500, "a key of 503 characters is longer than 500"),
    ],
)
def test_a_key_that_is_none_of_the_pattern_says_why(pattern: str, key: str, reason: str) -> None:
    found = KeyPattern.parse(pattern).match(key, WORLD)
    assert found is not None
    assert found.startswith(reason)


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("", "1 to 500 characters"),
        ("{pge}", "did you mean {page}?"),
        ("{who}", "known are {page}"),
        ("a{page", "a lone '{'"),
        ("{page}{space}", "two placeholders touch"),
        ("{int 5..1}", "is empty: 5 is over 1"),
        ("{int a..b}", "did you mean {int A..B}?"),
    ],
)
def test_a_bad_pattern_says_what_to_write(pattern: str, what: str) -> None:
    with pytest.raises(ValueError, match=re.escape(what)):
        KeyPattern.parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("settings", 1),
        ("space:{space}:{int 0..7}", 24),
        ("{date}", 2),
        ("{account}", 2),
        ("{id}", 11),
        ("{int 5..5}", 1),
    ],
)
def test_bits_count_the_keys(pattern: str, count: int) -> None:
    assert KeyPattern.parse(pattern).bits(WORLD) == pytest.approx(math.log2(count))


def test_a_placeholder_of_what_does_not_exist_carries_nothing() -> None:
    empty = World(ids={}, now_ms=NOW)
    assert KeyPattern.parse("{page}:{int 0..255}").bits(empty) == 0


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("space:{space}", "space:{page}", True),
        ("space:{space}", "space:config", True),
        ("page:{page}", "page:config", False),
        ("page:{page}", "page:{page}:score", False),
        ("{page}:x", "{space}:x", True),
        ("{int 0..9}", "{int 10..99}", False),
        ("{int 0..10}", "{int 10..99}", True),
        ("{int -9..-1}", "{page}", False),
        ("{int 0..9}", "{page}", True),
        ("{date}", "{int 0..9999}-01-0{int 0..9}", True),
        ("{date}", "{page}", False),
        ("{date}", "{space}", True),
        ("{issue}", "{page}", True),
        ("{issue}x", "A-{page}x", False),
        ("{issue}x", "AB-{page}x", True),
        ("{space}-a", "a-{space}", True),
        ("{page}a", "{page}b", False),
        ("{page}.{page}", "{page}.{page}.{page}", False),
        ("{space}.{page}", "{page}.{page}.{page}", True),
        ("{account}", "{id}", True),
    ],
)
def test_overlap_is_decided_on_shapes(left: str, right: str, overlap: bool) -> None:
    one, other = KeyPattern.parse(left), KeyPattern.parse(right)
    assert one.overlaps(other) is overlap
    assert other.overlaps(one) is overlap


PIECES = st.lists(
    st.sampled_from(["a", "-", ":", "1", "{page}", "{space}", "{date}", "{int 3..14}", "{issue}"]),
    min_size=1,
    max_size=5,
)
TEXTS = st.text("a-:1234567890A.", max_size=12) | st.sampled_from(["2026-01-05", "KEY-1", "DOCS"])


@settings(deadline=None, max_examples=400)
@given(PIECES, PIECES, st.lists(TEXTS, max_size=5))
def test_a_key_that_fits_two_patterns_shows_that_they_overlap(
    left: list[str], right: list[str], texts: list[str]
) -> None:
    try:
        one, other = KeyPattern.parse("".join(left)), KeyPattern.parse("".join(right))
    except ValueError:
        return
    if any(one.fits(text) and other.fits(text) for text in ("".join(texts), *texts)):
        assert one.overlaps(other)


@settings(deadline=None, max_examples=200)
@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(-(10**6), 2 * 10**6))
def test_an_integer_shape_holds_the_range_and_nothing_else(low: int, width: int, number: int) -> None:
    fits = re.fullmatch(shapes.integer(low, low + width).regex, str(number)) is not None
    assert fits is (low <= number <= low + width)


@settings(deadline=None, max_examples=100)
@given(st.text("{}:abcpageintspacedt 0123456789.", max_size=30))
def test_parsing_a_pattern_raises_nothing_but_value_error(text: str) -> None:
    try:
        pattern = KeyPattern.parse(text)
    except ValueError:
        return
    assert pattern.text == text
