"""Counts as people read them."""

from __future__ import annotations

import pytest

from forgesim.counted import counted, each_of


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (counted(0, "request"), "0 requests"),
        (counted(1, "request"), "1 request"),
        (counted(2_400, "request"), "2,400 requests"),
        (counted(1, "row lies", "rows lie"), "1 row lies"),
        (counted(12_345, "row lies", "rows lie"), "12,345 rows lie"),
        (each_of(1, "scope"), "the only scope"),
        (each_of(1_000, "scope"), "each of 1,000 scopes"),
    ],
)
def test_one_is_one_and_thousands_stand_apart(said: str, expected: str) -> None:
    assert said == expected
