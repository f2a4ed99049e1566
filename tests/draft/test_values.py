"""Types for values that were seen: each value is of its type, and a text that may be content has none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from forgesim.draft.values import CannotTellError, Raw, type_of, words_of
from forgesim.manifest.types import World, mismatch, parse_type

WORLD = World(
    ids={"page": frozenset({"100", "101"}), "space": frozenset({"DOCS"}), "sprint": frozenset({"42"})},
    now_ms=1_767_603_600_000,
    settings=frozenset({"dark theme"}),
)
WORDS = frozenset({"seen", "new", "a|b"})

TYPES: dict[str, tuple[list[Any], Raw]] = {
    "small numbers": ([3, 97], "int 0..100"),
    "a larger one": ([3, 970], "int 0..9999"),
    "below zero": ([-3, 1], "int -100..100"),
    "decimals": ([1, 83.25], "number 0..100 step 0.01"),
    "one of two": ([True, False], "bool"),
    "null at times": ([None, 5], "int 0..100?"),
    "an id": (["100", "101"], "id page"),
    "the time": (["2026-01-05T09:00:00Z"], "time"),
    "the time in milliseconds": ([1_767_603_600_000], "time"),
    "the user's words": (["dark theme"], "setting 40"),
    "words of the source": (["seen", "new"], "enum seen|new"),
    "a word that needs quotes": (["a|b"], ["a|b"]),
    "a list": ([[1, 2], []], "list 10 of int 0..100"),
    "a list with nulls": ([[None, 7]], {"list": 10, "of": "int 0..100?"}),
    "a field that is absent at times": ([{"a": 1}, {}], {"a": "int 0..100?"}),
    "a sprint by its number": ([{"sprint": 42}], {"sprint": "id sprint"}),
}
UNTOLD = {
    "a title": ["Quarterly plan"],
    "a number and a text": [1, "seen"],
    "a number of many decimals": [0.123456789],
    "a map that is null at times": [{"a": 1}, None],
}


@pytest.mark.parametrize(("values", "raw"), TYPES.values(), ids=TYPES.keys())
def test_the_narrowest_type(values: list[Any], raw: Raw) -> None:
    assert type_of([(value, WORLD) for value in values], WORDS) == raw


@pytest.mark.parametrize("values", UNTOLD.values(), ids=UNTOLD.keys())
def test_what_has_no_type(values: list[Any]) -> None:
    with pytest.raises(CannotTellError):
        type_of([(value, WORLD) for value in values], WORDS)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.integers(-9_999, 9_999).map(lambda number: number / 100)
    | st.sampled_from(["seen", "new", "a|b", "100", "DOCS", "dark theme", "2026-01-05T09:00:00Z"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8
)


@given(st.lists(values, min_size=1, max_size=4))
def test_every_value_seen_is_of_the_type_that_was_made_from_it(seen: list[Any]) -> None:
    try:
        of = parse_type(type_of([(value, WORLD) for value in seen], WORDS))
    except CannotTellError:
        return
    assert [mismatch(of, value, WORLD) for value in seen] == [None] * len(seen)


def test_the_words_of_a_source_are_what_stands_between_quotes() -> None:
    sources = {"src/index.py": "x = 'seen'  # isn't \"new\"\n", "src/page.js": 'const state = "old";\n'}
    assert words_of(sources) >= {"seen", "old"}
    assert "new" not in words_of(sources)
