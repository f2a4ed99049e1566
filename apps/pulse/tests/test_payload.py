"""What no page of Pulse sends is refused in its own words, whoever sends it."""

from __future__ import annotations

from typing import Any

import pytest

from pulse.payload import Payload
from pulse.scan import START, checked

NUMBERS = [100, 0, 50, 7, 70, 100]


def test_an_id_is_text_of_digits() -> None:
    assert Payload({"pageId": 12, "other": [1]}) == {"pageId": "12", "other": [1]}


@pytest.mark.parametrize(
    "given", [None, [], "x", {"pageId": ""}, {"pageId": [1]}, {"pageId": True}, {"spaceId": "../1"}, {"spaceId": "٣"}]
)
def test_what_is_no_payload_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r"payload|is no id"):
        Payload(given)


def test_what_is_lacking_is_named() -> None:
    with pytest.raises(ValueError, match="lacks pageId"):
        Payload({})["pageId"]


@pytest.mark.parametrize("cursor", [None, {}, START, {"after": 3, "signals": {"3": NUMBERS}, "linked": ["9"]}])
def test_a_cursor_of_a_scan_goes_on(cursor: Any) -> None:
    assert checked(cursor) == cursor


WRONG = {
    "no map": 1,
    "another map": {"after": 0},
    "a place that is no number": {**START, "after": "0"},
    "a page that is none": {**START, "signals": {"x": NUMBERS}},
    "a link to a list": {**START, "linked": [[]]},
    "five numbers": {**START, "signals": {"3": NUMBERS[:5]}},
    "a number beyond all": {**START, "signals": {"3": [101, *NUMBERS[1:]]}},
    "more for links than a page has by itself": {**START, "signals": {"3": [0, 0, 0, 0, 71, 0]}},
    "a fraction": {**START, "signals": {"3": [0.5, *NUMBERS[1:]]}},
}


@pytest.mark.parametrize("cursor", WRONG.values(), ids=WRONG)
def test_what_no_scan_has_made_is_refused(cursor: Any) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        checked(cursor)
