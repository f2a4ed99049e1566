"""The cursor of a scan: it holds what a step packed, stays small, and is refused where no step can have made it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulse.progress import MOST_PAGES, Progress, taken_up
from pulse.scan import begin
from pulse.score import WEIGHTS

MADE = Progress(
    ids=[98305, 98310, 5 * 10**9], titles=[7, 0, 2**32 - 1], left_out=0, weights=dict(WEIGHTS), review=90,
    following="abc", linked=0b101, worst=[(5125, "98310", "Old notes")],
)  # fmt: skip
MADE.tally |= {"pages": 1, "score": 5125, "F": 1, "links": 70}


def sent(progress: Progress) -> Any:
    """The cursor as it comes back from a browser."""
    return json.loads(json.dumps(progress.packed()))


def test_a_cursor_brings_back_what_was_packed() -> None:
    assert taken_up(sent(MADE)) == MADE


def test_a_space_without_pages_has_a_cursor_too() -> None:
    nothing = begin({}, WEIGHTS, 0)
    assert taken_up(sent(nothing)) == nothing


def test_the_cursor_of_the_largest_scan_is_a_third_of_what_a_call_may_have() -> None:
    titles = {str(10**10 + 99_991 * number): f"Page {number}" for number in range(MOST_PAGES + 5)}
    progress = begin(titles, WEIGHTS, 0)
    progress.linked = (1 << MOST_PAGES) - 1
    assert (len(progress.ids), progress.left_out) == (MOST_PAGES, 5)
    assert len(json.dumps(progress.packed())) < 500_000 / 3


WRONG: dict[str, Any] = {
    "no map": [1],
    "an empty place to begin": {"ids": ""},
    "ids that are none": {"ids": "a b c"},
    "ids that fall": {"ids": "98310 -5 1"},
    "an id more than titles": {"ids": "1 1 1 1"},
    "titles that are no numbers": {"titles": "AAAA"},
    "titles that are no text": {"titles": 5},
    "more pages linked than there are": {"linked": "ff"},
    "bits that are none": {"linked": "xyz"},
    "a place that is no text": {"following": 7},
    "a weight beyond all": {"weights": {**WEIGHTS, "links": 11}},
    "a weight too few": {"weights": {"links": 5}},
    "weights in a list": {"weights": []},
    "a cycle of half a day": {"review": 0.5},
    "sums of more than the pages": {"tally": {**MADE.tally, "freshness": 101}},
    "a sum below nothing": {"tally": {**MADE.tally, "broken": -1}},
    "a sum that is true": {"tally": {**MADE.tally, "broken": True}},
    "sums without pages": {"tally": {}},
    "a sum of something else": {"tally": {**MADE.tally, "words": 1}},
    "a row of two": {"worst": [[1, "2"]]},
    "a row whose id is a number": {"worst": [[1, 2, "A"]]},
    "a row with a title without an end": {"worst": [[1, "2", "A" * 256]]},
    "eleven rows": {"worst": [[1, "2", "A"]] * 11},
    "something else": {"words": 1},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_no_step_has_made_is_refused(change: Any) -> None:
    cursor = {**sent(MADE), **change} if isinstance(change, dict) else change
    with pytest.raises(ValueError, match="no cursor"):
        taken_up(cursor)
