"""What is looked for in a service's process after a request."""

from __future__ import annotations

import json

from forgesim.proof.rendering import MOST_MARKS, marks_of


def test_marks_are_long_words_of_the_one_request_that_the_other_has_not_in_any_case() -> None:
    one = json.dumps({"title": "Ferns of the Orchard", "kind": "document"}).encode()
    two = json.dumps({"title": "MOSSES of the ORCHARD", "kind": "document"}).encode()
    assert marks_of(one, two) == []
    assert marks_of(two, one) == ["MOSSES"]


def test_names_of_fields_are_no_marks_and_there_are_a_few_at_most() -> None:
    words = [f"plantation{'abcdefghijklmnopqrst'[n]}" for n in range(20)]
    found = marks_of(json.dumps({"fieldname": words}).encode(), b"{}")
    assert len(found) == MOST_MARKS
    assert set(found) <= set(words)


def test_a_request_that_is_no_json_has_marks_too() -> None:
    assert marks_of(b"<p>Rhododendron</p>", b"<p>Sycamore</p>") == ["Rhododendron"]
