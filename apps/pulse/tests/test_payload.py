"""What no page of Pulse sends is refused in its own words, whoever sends it."""

from __future__ import annotations

from typing import Any

import pytest

from pulse.payload import Payload


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
