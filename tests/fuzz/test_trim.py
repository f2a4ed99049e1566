"""A case is cut down to what breaks the promise, and what is left breaks it still."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from forgesim.fuzz.campaign import Case, Cut
from forgesim.fuzz.trim import trim


def test_steps_and_texts_go_that_nothing_needs() -> None:
    case: Case = [{"url": "https://a.example/" + "x" * 50 + "!", "method": "GET"} for _ in range(9)]

    small = trim(case, lambda tried: any("!" in step["url"] for step in tried), {"url": "text"})

    assert small == [{"url": "!", "method": "GET"}]


def test_what_is_not_named_is_not_cut() -> None:
    assert trim([{"do": "fork", "steps": [1, 2]}], lambda _: True, {"steps": "text"}) == []
    assert trim([{"do": "fork", "steps": [1, 2]}], bool, {"steps": "text"}) == [{"do": "fork", "steps": []}]


@given(st.lists(st.text(st.sampled_from("ab!"), max_size=9), max_size=6), st.integers(0, 4))
def test_what_is_left_is_as_bad_and_nothing_more_can_go(texts: list[str], least: int) -> None:
    def is_bad(case: Case) -> bool:
        return sum(str(step["text"]).count("!") for step in case) >= least

    case: Case = [{"text": text} for text in texts]
    bad = is_bad(case)

    small = trim([dict(step) for step in case], lambda tried: bad and is_bad(tried), {"text": "text"})

    assert is_bad(small) is bad
    assert small == case if not bad else sum(len(step["text"]) for step in small) == least


def test_a_list_in_a_step_is_cut_and_so_are_its_texts() -> None:
    case: Case = [{"locations": ["https://one.example/", "two", "!three"]}]

    small = trim(
        case, lambda tried: any("!" in each for step in tried for each in step["locations"]), {"locations": "text"}
    )

    assert small == [{"locations": ["!"]}]


def test_a_list_of_whole_items_loses_items_and_no_letters() -> None:
    case: Case = [{"labels": ["red", "blue", "green"]}]
    small = trim(case, lambda tried: any("e" in each for step in tried for each in step["labels"]), {"labels": "items"})
    assert small == [{"labels": ["green"]}]


@pytest.mark.parametrize(("number", "least"), [(60, 4), (-60, 4), (7, 0), (3, 3), (10**9, 123_456)])
def test_a_number_goes_towards_0(number: int, least: int) -> None:
    case: Case = [{"count": number, "on": True, "other": "x"}]
    cuts: dict[str, Cut] = {"count": "number", "on": "number", "other": "number"}
    small = trim(case, lambda tried: all(abs(step["count"]) >= least and step["on"] for step in tried), cuts, fixed=1)
    assert small == [{"count": least if number > 0 else -least, "on": True, "other": "x"}]


def test_any_value_loses_what_nothing_needs() -> None:
    value = {"a": 1, "b": {"c": ["x", {"secret": "abc!def", "n": 9}], "d": None}, "e": True}
    small = trim([{"with": value}], lambda tried: any("!" in str(step) for step in tried), {"with": "value"})
    assert small == [{"with": {"b": {"c": [{"secret": "!"}]}}}]


def test_the_first_steps_stay() -> None:
    case: Case = [{"do": "play"}, {"do": "x"}, {"do": "y"}]
    assert trim(case, lambda tried: {"do": "y"} in tried, {}, fixed=1) == [{"do": "play"}, {"do": "y"}]
