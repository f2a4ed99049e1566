from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from forgesim.leaks.leaves import MAX_NESTING, leaves

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
)


def in_order(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return [value]
    return [leaf for part in (value.values() if isinstance(value, dict) else value) for leaf in in_order(part)]


@given(VALUES)
def test_leaves_are_told_in_their_order(value: Any) -> None:
    assert list(leaves(value)) == in_order(value)


def test_what_lies_too_deep_is_left_out_and_what_follows_it_is_not() -> None:
    deep: Any = ["in"]
    for _ in range(MAX_NESTING - 1):
        deep = [deep]
    assert list(leaves([deep, "after"])) == ["after"]
    assert list(leaves(deep)) == ["in"]
