"""A case is cut down to what breaks the promise, and what is left breaks it still."""

from __future__ import annotations

from hypothesis import given, strategies as st

from forgesim.fuzz.campaign import Case
from forgesim.fuzz.trim import trim


def test_steps_and_texts_go_that_nothing_needs() -> None:
    case: Case = [{"url": "https://a.example/" + "x" * 50 + "!", "method": "GET"} for _ in range(9)]

    small = trim(case, lambda tried: any("!" in step["url"] for step in tried), {"url"})

    assert small == [{"url": "!", "method": "GET"}]


def test_what_is_not_named_is_not_cut() -> None:
    assert trim([{"do": "fork", "steps": [1, 2]}], lambda _: True, {"steps"}) == []
    assert trim([{"do": "fork", "steps": [1, 2]}], bool, {"steps"}) == [{"do": "fork", "steps": []}]


@given(st.lists(st.text(st.sampled_from("ab!"), max_size=9), max_size=6), st.integers(0, 4))
def test_what_is_left_is_as_bad_and_nothing_more_can_go(texts: list[str], least: int) -> None:
    def is_bad(case: Case) -> bool:
        return sum(str(step["text"]).count("!") for step in case) >= least

    case: Case = [{"text": text} for text in texts]
    bad = is_bad(case)

    small = trim([dict(step) for step in case], lambda tried: bad and is_bad(tried), {"text"})

    assert is_bad(small) is bad
    assert small == case if not bad else sum(len(step["text"]) for step in small) == least


def test_a_list_in_a_step_is_cut_and_so_are_its_texts() -> None:
    case: Case = [{"locations": ["https://one.example/", "two", "!three"]}]

    small = trim(case, lambda tried: any("!" in each for step in tried for each in step["locations"]), {"locations"})

    assert small == [{"locations": ["!"]}]
