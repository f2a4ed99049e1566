"""What is declared as content is left out where twin runs are compared, and nothing else is."""

from __future__ import annotations

import json

import pytest

from forgesim.manifest.model import Send
from forgesim.manifest.types import Const, Content, Fields, Int, ListOf, Maybe
from forgesim.proof.content import CONTENT, without_content

PAGE = Fields({"title": Content(), "depth": Int(0, 9), "note": Maybe(Content())})
SEND = Send(name="document", method=Const("POST"), path=Const("/"), body=Fields({"pages": ListOf(9, PAGE)}))
PLAIN = Send(name="count", method=Const("POST"), path=Const("/"), body=Fields({"count": Int(0, 9)}))
MASKED = {"pages": [{"title": CONTENT, "depth": 1, "note": None}]}

CASES: dict[str, tuple[object, object]] = {
    "content is masked, in lists and maps": ({"pages": [{"title": "a", "depth": 1, "note": None}]}, MASKED),
    "what is not declared stays": (
        {"pages": [{"title": "a", "more": "b"}], "count": 3},
        {"pages": [{"title": "a", "more": "b"}], "count": 3},
    ),
    "a field too many in a list's map stays": (
        {"pages": [{"title": "a", "more": "b"}]},
        {"pages": [{"title": CONTENT, "more": "b"}]},
    ),
    "no text is no content": ({"pages": [{"title": 7}]}, {"pages": [{"title": 7}]}),
    "a list of something else stays": ({"pages": "all"}, {"pages": "all"}),
}


@pytest.mark.parametrize(("sent", "compared"), CASES.values(), ids=CASES.keys())
def test_a_request_is_compared_without_its_content(sent: object, compared: object) -> None:
    assert json.loads(without_content(json.dumps(sent), (PLAIN, SEND))) == compared


@pytest.mark.parametrize("body", ["no json {", "", '{"count": 1}'])
def test_other_bodies_are_compared_as_they_are(body: str) -> None:
    assert without_content(body, (PLAIN, SEND)) == body


def test_how_many_pages_are_sent_shows() -> None:
    two = json.dumps({"pages": [{"title": "a"}, {"title": "b"}]})
    assert without_content(two, (SEND,)) != without_content('{"pages": [{"title": "a"}]}', (SEND,))
