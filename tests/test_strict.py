"""A body is read in one way or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from forgesim.strict import MAX_LEVELS, TooDeepError, depth, strict

REFUSED = {
    "nothing": b"",
    "half an object": b'{"a": ',
    "two values": b"{} {}",
    "NaN": b'{"a": NaN}',
    "an infinite number": b"[1e999]",
    "5,000 digits": b"9" * 5000,
    "half of a surrogate pair": rb'["\ud800"]',
    "a byte that is no UTF-8, in a text": b'{"a": "\xff"}',
    "a byte that is no UTF-8, outside": b"\xff",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a member twice": b'{"a":1,"a":1}',
    "a member twice, spelled in two ways": rb'[{"a":1,"\u0061":1}]',
    "a member twice, far inside": b'[[[[{"b":{"a":1,"c":2,"a":1}}]]]]',
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_readers_take_in_different_ways_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the body "):
        strict(body)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_every_value_is_read_as_it_was_written_however_it_was_spelled(value: Any, indent: Any, ascii_: bool) -> None:
    body = json.dumps(value, indent=indent, ensure_ascii=ascii_).encode()
    assert strict(body) == value


@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("levels", [MAX_LEVELS + 1, 900, 990, 1_000, 100_000])
def test_levels_have_a_bound_that_is_not_the_stacks(opens: bytes, closes: bytes, levels: int) -> None:
    inner = b"1" if opens != b"[" else b""
    value = strict(opens * MAX_LEVELS + inner + closes * MAX_LEVELS)
    assert depth(value) == MAX_LEVELS
    with pytest.raises(TooDeepError):
        strict(opens * levels + inner + closes * levels)


def test_brackets_in_a_text_are_no_levels() -> None:
    assert strict(b'["%s"]' % (b"[" * 5_000)) == ["[" * 5_000]
