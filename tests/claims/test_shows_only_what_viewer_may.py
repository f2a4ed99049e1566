"""shows_only_what_viewer_may"""

from __future__ import annotations

import base64
from typing import Any

import pytest

NAME = "shows_only_what_viewer_may"


def why(book: Any) -> str:
    broken = book.broken()
    assert list(broken) == [NAME]
    return " | ".join(item.why for item in broken[NAME].evidence)


@pytest.mark.parametrize("how", ["as it is", "base64"])
def test_content_that_the_viewer_may_not_read_in_a_result_breaks_it_alone(honest: Any, secret: str, how: str) -> None:
    honest.call(principal="bob")
    honest.show(secret if how == "as it is" else base64.b64encode(secret.encode()).decode())
    assert "the result shows a viewer the body of page/103" in why(honest)


def test_so_does_the_text_of_an_error(honest: Any, secret: str) -> None:
    honest.call(principal="bob")
    honest.cross("error", "raise", "", body={"type": "ValueError", "message": secret, "at": None})
    assert "an error tells a viewer" in honest.broken()[NAME].evidence[0].why


def test_whoever_may_read_it_may_be_shown_it(honest: Any, secret: str, page_text: str) -> None:
    honest.call(principal="alice")
    honest.show(secret)
    honest.call(principal="bob")
    honest.show(page_text)
    assert honest.broken() == {}


@pytest.mark.parametrize(
    ("audience", "key", "reader", "reason"),
    [
        ("same-viewer", "space:DOCS:score", "bob", "another viewer than the one it was made for"),
        ("admins", "space:DOCS:score", "bob", "somebody who is no admin"),
        ("space-viewers", "seen:103", "bob", "somebody who may not see space/11"),
    ],
)
def test_a_row_read_for_somebody_outside_its_audience_breaks_it(
    honest: Any, audience: str, key: str, reader: str, reason: str
) -> None:
    pattern = "space:{space}:score" if key.startswith("space") else "seen:{page}"
    honest.trust_text = honest.trust_text.replace(f'key: "{pattern}"', f'key: "{pattern}"\n    audience: {audience}')
    value = {"score": 1, "pages": 1} if key.startswith("space") else {"at": "2026-01-05T09:00:00Z"}
    honest.call(principal="alice")
    honest.fetch(key, value) if audience != "same-viewer" else honest.store(key, value)
    assert honest.broken() == {}
    honest.call(principal=reader)
    honest.fetch(key, value)
    assert reason in why(honest)


def test_a_web_trigger_that_reads_a_row_reads_it_for_nobody_in_particular(honest: Any) -> None:
    honest.call("webtrigger", principal=None, resolver=None)
    honest.fetch("space:DOCS:score", {"score": 1, "pages": 1})
    assert "whoever calls a web trigger" in why(honest)


def test_a_result_that_depends_on_what_is_hidden_breaks_it(honest: Any) -> None:
    honest.trial("shown", pair=5, b="y")
    assert "depends on what its viewer may not read" in why(honest)


def test_a_result_that_does_not_repeat_leaves_it_open(honest: Any) -> None:
    honest.trial("shown", pair=5, again="z", b="y")
    assert (honest.broken(), honest.outcomes()[NAME]) == ({}, "UNPROVEN")


def test_an_app_that_can_read_and_store_nothing_has_nothing_to_show(blank: Any) -> None:
    blank.manifest["permissions"] = {"scopes": []}
    start, end = blank.trust_text.index("stores:"), blank.trust_text.index("sends:")
    blank.trust_text = blank.trust_text[:start] + blank.trust_text[end:]
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


def test_without_two_viewers_it_is_unproven(honest: Any) -> None:
    honest.ledger.trials = [trial for trial in honest.ledger.trials if trial.channel != "shown"]
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == (
        "UNPROVEN", "no trial compared results that were shown to viewers with different rights")  # fmt: skip


@pytest.mark.parametrize(
    ("result", "says"),
    [("null", "the app showed nobody anything"), ('{"pages":1}', "the app read nothing that another viewer may not")],
)
def test_where_nothing_was_shown_or_nothing_hidden_asked_for_it_is_unproven(blank: Any, result: str, says: str) -> None:
    blank.run(first=True)
    blank.call()
    blank.read()
    blank.cross("result", "return", "", body=result)
    blank.finish()
    blank.trial("shown")
    verdict = blank.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert verdict.says.startswith(says)


def test_it_holds_and_says_what_was_compared(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "tested", 9)
    assert "9 results compared: none changed with what its viewer may not read; 0 of 3 pairs of viewers" in verdict.says
